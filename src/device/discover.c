/* SPDX-License-Identifier: MIT */
/* device/discover.c - lists devices and chooses one.  Platforms without devices are passed over; a platform that fails
   is as good as absent, because one broken driver must not hide the others. */
#include "device/discover.h"

#include <CL/cl_ext.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char nothing[] = "no OpenCL device was found; install your GPU's OpenCL driver, or a CPU device: "
                              "install pocl-opencl-icd";

enum { MOST_PLATFORMS = 64, MOST_DEVICES = 64 };

/* ---- exit ---- */

/* Its platform, if it is there: other drivers must not even be asked for their names that late. */
static _Atomic(cl_platform_id) pocl;

static void unload_pocl(void)
{
	if (pocl && mica__has_driver())
		clUnloadPlatformCompiler(pocl);
}

/* PoCL frees its devices and compiler when it is told to unload, under POCL_ENABLE_UNINIT only, and once in a process
   only: leak checkers want it at exit.  Registered after the driver was loaded, so that it runs before the driver's own
   handlers. */
static void unload_at_exit(void)
{
	static atomic_flag registered = ATOMIC_FLAG_INIT;
	const char *wanted = getenv("POCL_ENABLE_UNINIT");
	if (wanted && !strcmp(wanted, "1") && !atomic_flag_test_and_set(&registered))
		atexit(unload_pocl);
}

/* ---- what there is ---- */

static bool contains(const char *text, const char *part)
{
	size_t n = strlen(part);
	for (; *text; text++)
		if (!strncasecmp(text, part, n))
			return true;
	return false;
}

static void describe(mica__found *f)
{
	mica_device_info *info = &f->info;
	cl_device_type type = mica__cl_device_number(f->device, CL_DEVICE_TYPE);
	mica__cl_device_text(f->device, CL_DEVICE_NAME, info->name, sizeof info->name);
	mica__cl_device_text(f->device, CL_DRIVER_VERSION, info->driver, sizeof info->driver);
	mica__cl_device_text(f->device, CL_DEVICE_VERSION, info->version, sizeof info->version);
	mica__cl_platform_text(f->platform, CL_PLATFORM_NAME, info->platform, sizeof info->platform);
	mica__cl_platform_text(f->platform, CL_PLATFORM_VERSION, f->platform_version, sizeof f->platform_version);
	info->is_cpu = type & CL_DEVICE_TYPE_CPU;
	info->is_gpu = !info->is_cpu && type & CL_DEVICE_TYPE_GPU;
	info->has_fp64 = mica__cl_device_number(f->device, CL_DEVICE_DOUBLE_FP_CONFIG) != 0;
	info->compute_units = (unsigned)mica__cl_device_number(f->device, CL_DEVICE_MAX_COMPUTE_UNITS);
	info->vector_width = (unsigned)mica__cl_device_number(f->device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT);
	info->clock_mhz = (unsigned)mica__cl_device_number(f->device, CL_DEVICE_MAX_CLOCK_FREQUENCY);
	info->memory_bytes = mica__cl_device_number(f->device, CL_DEVICE_GLOBAL_MEM_SIZE);
	info->max_alloc_bytes = mica__cl_device_number(f->device, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
	info->local_bytes = mica__cl_device_number(f->device, CL_DEVICE_LOCAL_MEM_SIZE);
}

/* Appends a platform's devices. */
static mica_status add_devices(mica__found **found, size_t *capacity, size_t *n, cl_platform_id platform)
{
	cl_device_id devices[MOST_DEVICES];
	cl_uint count = 0;
	if (MICA__CL_CODE(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, MOST_DEVICES, devices, &count)) != CL_SUCCESS)
		return MICA_OK;
	count = count < MOST_DEVICES ? count : MOST_DEVICES;
	mica_status st = mica__grow(found, capacity, *n + count, sizeof **found);
	for (cl_uint i = 0; i < count && st == MICA_OK; i++) {
		mica__found *f = &(*found)[(*n)++];
		f->platform = platform;
		f->device = devices[i];
		describe(f);
		if (mica__is_pocl(f))
			pocl = platform;
	}
	return st;
}

mica_status mica__discover(mica__found **out, size_t *n)
{
	cl_platform_id platforms[MOST_PLATFORMS];
	cl_uint count = 0;
	size_t capacity = 0;
	*out = NULL;
	*n = 0;
	mica_status st = MICA_OK;
	if (MICA__CL_CODE(clGetPlatformIDs(MOST_PLATFORMS, platforms, &count)) == CL_SUCCESS)
		for (cl_uint i = 0; i < count && i < MOST_PLATFORMS && st == MICA_OK; i++)
			st = add_devices(out, &capacity, n, platforms[i]);
	unload_at_exit();
	if (st == MICA_OK && !*n)
		st = mica__fail(MICA_ENODEVICE, "%s", nothing);
	if (st != MICA_OK) {
		mica__free(*out);
		*out = NULL;
		*n = 0;
	}
	return st;
}

/* ---- which one ---- */

bool mica__is_pocl(const mica__found *f)
{
	return !strcmp(f->info.platform, "Portable Computing Language");
}

/* Oclgrind is a simulator; llvmpipe, Mesa's CPU device, leaves a work-item's loops after 65535 rounds in all, whatever the
   program says. */
static bool is_last_resort(const mica__found *f)
{
	return contains(f->info.platform, "Oclgrind") || contains(f->info.name, "llvmpipe");
}

/* Faster kinds have higher ranks. */
static int rank(const mica__found *f)
{
	return is_last_resort(f) ? 0 : f->info.is_gpu ? 3 : f->info.is_cpu ? 2 : 1;
}

static bool matches(const mica__found *f, size_t index, const char *text)
{
	if (!*text)
		return true;
	if (!strcasecmp(text, "gpu"))
		return f->info.is_gpu;
	if (!strcasecmp(text, "cpu"))
		return f->info.is_cpu;
	if (text[strspn(text, "0123456789")] == 0)
		return strtoull(text, NULL, 10) == index;
	return contains(f->info.name, text) || contains(f->info.platform, text);
}

static mica_status no_match(const mica__found *found, size_t n, const char *text)
{
	mica__text list = {0};
	for (size_t i = 0; i < n; i++)
		mica__text_add(&list, "%s %zu = %s (%s, %s)", i ? "," : "", i, found[i].info.name, found[i].info.platform,
		               found[i].info.is_gpu ? "gpu" : found[i].info.is_cpu ? "cpu" : "accelerator");
	mica__fail(MICA_ENODEVICE, "no device matches '%s'; there is:%s", text, list.s ? list.s : " (no memory for the list)");
	mica__text_free(&list);
	return MICA_ENODEVICE;
}

mica_status mica__select(size_t *out, const mica__found *found, size_t n, const char *text)
{
	size_t best = n;
	if (!text || !*text)
		text = getenv("MICA_DEVICE");
	if (!text)
		text = "";
	for (size_t i = 0; i < n; i++)
		if (matches(&found[i], i, text) && (best == n || rank(&found[i]) > rank(&found[best])))
			best = i;
	if (best == n)
		return no_match(found, n, text);
	*out = best;
	return MICA_OK;
}

size_t mica_device_list(mica_device_info *out, size_t n)
{
	mica__found *found;
	size_t count, selected;
	if (mica__refuse_fork() != MICA_OK)
		return 0;
	mica__driver_lock();
	mica_status st = mica__discover(&found, &count);
	mica__driver_unlock();
	if (st != MICA_OK)
		return 0;
	if (mica__select(&selected, found, count, NULL) != MICA_OK)
		selected = count;
	for (size_t i = 0; out && i < count && i < n; i++) {
		out[i] = found[i].info;
		out[i].selected = i == selected;
	}
	mica__free(found);
	return count;
}

/* ---- what kind it is ---- */

/* 4, 8 or 16, from the environment or from the device. */
static unsigned choose_width(unsigned native)
{
	const char *text = getenv("MICA_VECTOR_WIDTH");
	unsigned width = text && *text ? (unsigned)strtoul(text, NULL, 10) : native;
	return width >= 16 ? 16 : width >= 8 ? 8 : 4;
}

/* Whether one kernel may walk a whole plan: where work-groups are known to be operating-system threads, unless
   MICA_PERSISTENT says 0, and on any CPU if it says 1. */
static bool can_walk(const mica__found *f)
{
	const char *text = getenv("MICA_PERSISTENT");
	if (text && *text)
		return strcmp(text, "0");
	return mica__is_pocl(f) || contains(f->info.platform, "Intel(R)");
}

static bool runs_on_cpu(const mica__found *f)
{
	const char *text = getenv("MICA_CLASS");
	if (text && (!strcasecmp(text, "simt") || !strcasecmp(text, "cpu")))
		return !strcasecmp(text, "cpu");
	return f->info.is_cpu;
}

/* Only Intel's drivers know the question; their CPU runtime does too, but has no use for the answer. */
static unsigned least_sub_group(const mica__found *f)
{
	size_t sizes[16], bytes = 0, least = 0;
	if (!f->info.is_gpu ||
	    MICA__CL_CODE(clGetDeviceInfo(f->device, CL_DEVICE_SUB_GROUP_SIZES_INTEL, sizeof sizes, sizes, &bytes)) != CL_SUCCESS)
		return 0;
	for (size_t i = 0; i < bytes / sizeof *sizes; i++)
		least = !least || sizes[i] < least ? sizes[i] : least;
	return (unsigned)least;
}

mica__device_class mica__classify(const mica__found *f)
{
	bool cpu = runs_on_cpu(f), pocl_cpu = cpu && f->info.is_cpu && mica__is_pocl(f);
	size_t most = (size_t)mica__cl_device_number(f->device, CL_DEVICE_MAX_WORK_GROUP_SIZE);
	mica__device_class c = {
		.cpu = cpu,
		.persistent = cpu && f->info.is_cpu && can_walk(f),
#if defined(__x86_64__) || defined(__i386__)
		.inline_assembly = pocl_cpu,
#endif
		.apart = !cpu && mica__is_pocl(f),
		.vector_width = choose_width(f->info.vector_width),
		.workers = f->info.compute_units ? f->info.compute_units : 1,
		.group_size = 1,
		.sub_group = least_sub_group(f),
		.fp64 = f->info.has_fp64,
		.host_memory = cpu && f->info.is_cpu && mica__cl_device_number(f->device, CL_DEVICE_HOST_UNIFIED_MEMORY),
	};
	while (c.group_size < 256 && c.group_size * 2 <= most)
		c.group_size *= 2;
	return c;
}
