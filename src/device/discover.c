/* SPDX-License-Identifier: MIT */
/* device/discover.c - lists devices and chooses one.  Platforms without devices are passed over; a platform that fails
   is as good as absent, because one broken driver must not hide the others. */
#include "device/discover.h"
#include "device/missing.h"

#include <CL/cl_ext.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

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

static mica_status number(unsigned *out, const mica__found *f, cl_device_info what)
{
	uint64_t value;
	mica_status st = mica__cl_device_number(&value, f->device, what);
	*out = (unsigned)value;
	return st;
}

/* A device that does not say all of this is not used. */
static mica_status describe(mica__found *f)
{
	mica_status st;
	mica_device_info *info = &f->info;
	uint64_t type, doubles;
	MICA_TRY(mica__cl_device_text(f->device, CL_DEVICE_NAME, info->name, sizeof info->name));
	MICA_TRY(mica__cl_device_text(f->device, CL_DRIVER_VERSION, info->driver, sizeof info->driver));
	MICA_TRY(mica__cl_device_text(f->device, CL_DEVICE_VERSION, info->version, sizeof info->version));
	MICA_TRY(mica__cl_platform_text(f->platform, CL_PLATFORM_NAME, info->platform, sizeof info->platform));
	MICA_TRY(mica__cl_platform_text(f->platform, CL_PLATFORM_VERSION, f->platform_version, sizeof f->platform_version));
	MICA_TRY(mica__cl_device_number(&type, f->device, CL_DEVICE_TYPE));
	MICA_TRY(mica__cl_device_number(&doubles, f->device, CL_DEVICE_DOUBLE_FP_CONFIG));
	MICA_TRY(mica__cl_device_number(&f->vendor, f->device, CL_DEVICE_VENDOR_ID));
	MICA_TRY(mica__cl_device_number(&info->memory_bytes, f->device, CL_DEVICE_GLOBAL_MEM_SIZE));
	MICA_TRY(mica__cl_device_number(&info->max_alloc_bytes, f->device, CL_DEVICE_MAX_MEM_ALLOC_SIZE));
	MICA_TRY(mica__cl_device_number(&info->local_bytes, f->device, CL_DEVICE_LOCAL_MEM_SIZE));
	MICA_TRY(number(&info->compute_units, f, CL_DEVICE_MAX_COMPUTE_UNITS));
	MICA_TRY(number(&info->vector_width, f, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT));
	MICA_TRY(number(&info->clock_mhz, f, CL_DEVICE_MAX_CLOCK_FREQUENCY));
	info->is_cpu = type & CL_DEVICE_TYPE_CPU;
	info->is_gpu = !info->is_cpu && type & CL_DEVICE_TYPE_GPU;
	info->has_fp64 = doubles != 0;
out:
	return st;
}

/* Appends a platform's devices; those that fail are left out, and *why gets this thread's reason then. */
static mica_status add_devices(mica__found **found, size_t *capacity, size_t *n, cl_platform_id platform, mica__kept_reason *why)
{
	cl_device_id devices[MOST_DEVICES];
	cl_uint count = 0;
	cl_int code = MICA__CL_CODE(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, MOST_DEVICES, devices, &count));
	if (code != CL_SUCCESS) {
		mica__platform_without_devices(platform, code);
		mica__reason_keep(why);
		return MICA_OK;
	}
	count = count < MOST_DEVICES ? count : MOST_DEVICES;
	mica_status st = mica__grow(found, capacity, *n + count, sizeof **found);
	for (cl_uint i = 0; i < count && st == MICA_OK; i++) {
		mica__found *f = &(*found)[*n];
		*f = (mica__found){.platform = platform, .device = devices[i]};
		if (describe(f) != MICA_OK) {
			mica__reason_keep(why);
			continue;
		}
		(*n)++;
		if (mica__is_pocl(f))
			pocl = platform;
	}
	return st;
}

void mica__describe_reference(mica__found *out)
{
	*out = (mica__found){.reference = true, .info = {.name = "reference", .platform = "Mica", .driver = "interpreter", .version = "without OpenCL",
		.has_fp64 = true, .compute_units = 1, .vector_width = 1, .memory_bytes = (uint64_t)1 << 32}};
	long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGE_SIZE);
	if (pages > 0 && bytes > 0)
		out->info.memory_bytes = (uint64_t)pages * (uint64_t)bytes;
	out->info.max_alloc_bytes = out->info.memory_bytes;
}

static const char *meant(const char *text)
{
	if (!text || !*text)
		text = getenv("MICA_DEVICE");
	return text ? text : "";
}

bool mica__names_reference(const char *text)
{
	return !strcasecmp(meant(text), "reference");
}

mica_status mica__discover(mica__found **out, size_t *n)
{
	cl_platform_id platforms[MOST_PLATFORMS];
	mica__kept_reason before, why = {.line = ""};
	cl_uint count = 0;
	size_t capacity = 0;
	*out = NULL;
	*n = 0;
	mica_status st = MICA_OK;
	mica__reason_keep(&before);
	cl_int code = MICA__CL_CODE(clGetPlatformIDs(MOST_PLATFORMS, platforms, &count));
	if (code == CL_SUCCESS)
		for (cl_uint i = 0; i < count && i < MOST_PLATFORMS && st == MICA_OK; i++)
			st = add_devices(out, &capacity, n, platforms[i], &why);
	unload_at_exit();
	if (st == MICA_OK && *n)
		st = mica__grow(out, &capacity, *n + 1, sizeof **out);
	if (st == MICA_OK && *n) {
		mica__describe_reference(&(*out)[(*n)++]);
		mica__reason_restore(&before);
		return MICA_OK;
	}
	if (st == MICA_OK && *why.line)
		st = mica__fail(MICA_ENODEVICE, "%s", why.line);
	else if (st == MICA_OK)
		st = mica__no_platform(code);
	mica__free(*out);
	*out = NULL;
	*n = 0;
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
	bool number = *text && text[strspn(text, "0123456789")] == 0;
	if (f->reference)
		return number ? strtoull(text, NULL, 10) == index : !strcasecmp(text, f->info.name);
	if (!*text)
		return true;
	if (!strcasecmp(text, "gpu"))
		return f->info.is_gpu;
	if (!strcasecmp(text, "cpu"))
		return f->info.is_cpu;
	if (number)
		return strtoull(text, NULL, 10) == index;
	return contains(f->info.name, text) || contains(f->info.platform, text);
}

static mica_status no_match(const mica__found *found, size_t n, const char *text)
{
	mica__text list = {0};
	for (size_t i = 0; i < n; i++)
		mica__text_add(&list, "%s %zu = %s (%s, %s)", i ? "," : "", i, found[i].info.name, found[i].info.platform,
		               found[i].info.is_gpu ? "gpu" : found[i].info.is_cpu ? "cpu" : found[i].reference ? "slow, exact" : "accelerator");
	mica__fail(MICA_ENODEVICE, "no device matches '%s'; there is:%s", text, list.s ? list.s : " (no memory for the list)");
	mica__text_free(&list);
	return MICA_ENODEVICE;
}

mica_status mica__select(size_t *out, const mica__found *found, size_t n, const char *text)
{
	size_t best = n;
	text = meant(text);
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
	mica__found *found, reference;
	size_t count, selected;
	if (mica__refuse_fork() != MICA_OK)
		return 0;
	mica__driver_lock();
	mica_status st = mica__discover(&found, &count);
	mica__driver_unlock();
	if (st == MICA_ENODEVICE) { /* and why is told already */
		mica__describe_reference(&reference);
		if (out && n) {
			out[0] = reference.info;
			out[0].selected = mica__names_reference(NULL);
		}
		return 1;
	}
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

/* What runs on a CPU by Mesa's rusticl is compiled as shaders are, everything inlined, which kernels for CPUs take minutes for. */
static bool runs_on_cpu(const mica__found *f)
{
	const char *text = getenv("MICA_CLASS");
	if (text && (!strcasecmp(text, "simt") || !strcasecmp(text, "cpu")))
		return !strcasecmp(text, "cpu");
	return f->info.is_cpu && !contains(f->info.platform, "rusticl");
}

/* Only Intel's drivers know the question; their CPU runtime does too, but has no use for the answer. */
static mica_status least_sub_group(unsigned *out, const mica__found *f)
{
	size_t sizes[16], bytes = 0, least = 0;
	cl_int code = f->info.is_gpu
		? MICA__CL_CODE(clGetDeviceInfo(f->device, CL_DEVICE_SUB_GROUP_SIZES_INTEL, sizeof sizes, sizes, &bytes)) : CL_INVALID_VALUE;
	if (code == CL_SUCCESS)
		for (size_t i = 0; i < bytes / sizeof *sizes; i++)
			least = !least || sizes[i] < least ? sizes[i] : least;
	*out = (unsigned)least;
	return code == CL_INVALID_VALUE ? MICA_OK : mica__cl_check(code, "clGetDeviceInfo");
}

mica_status mica__classify(mica__device_class *out, const mica__found *f)
{
	bool cpu = runs_on_cpu(f), pocl_cpu = cpu && f->info.is_cpu && mica__is_pocl(f);
	unsigned most, unified, sub_group;
	mica_status st;
	MICA_TRY(number(&most, f, CL_DEVICE_MAX_WORK_GROUP_SIZE));
	MICA_TRY(number(&unified, f, CL_DEVICE_HOST_UNIFIED_MEMORY));
	MICA_TRY(least_sub_group(&sub_group, f));
	*out = (mica__device_class){
		.cpu = cpu,
		.persistent = cpu && f->info.is_cpu && can_walk(f),
#if defined(__x86_64__) || defined(__i386__)
		.inline_assembly = pocl_cpu,
#endif
		.apart = !cpu && mica__is_pocl(f),
		.vector_width = choose_width(f->info.vector_width),
		.workers = f->info.compute_units ? f->info.compute_units : 1,
		.group_size = 1,
		.sub_group = sub_group,
		.fp64 = f->info.has_fp64,
		.host_memory = cpu && f->info.is_cpu && unified,
	};
	while (out->group_size < 256 && out->group_size * 2 <= most)
		out->group_size *= 2;
out:
	return st;
}
