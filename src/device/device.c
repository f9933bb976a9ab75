/* SPDX-License-Identifier: MIT */
/* device/device.c - opens a device, closes it, and asks its queues. */
#include "device/objects.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- opening ---- */

/* "512", "64K", "100M", "2.5G". */
static mica_status parse_bytes(uint64_t *out, const char *variable, const char *text)
{
	static const char units[] = "KMG";
	const char *end;
	double value = mica__parse_number(text, &end);
	const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (unit && *unit) {
		value *= (double)(1024ull << 10 * (unit - units));
		end++;
	}
	if (end == text || *end || !(value >= 1 && value < 0x1p63))
		return mica__fail(MICA_EINVAL, "%s is '%s', which is not a number of bytes, or one with K, M or G", variable, text);
	*out = (uint64_t)value;
	return MICA_OK;
}

static mica_status choose_budget(uint64_t *out, const mica_open_opts *opts, const mica_device_info *info)
{
	const char *text = getenv("MICA_MEMORY");
	*out = opts->memory_budget ? opts->memory_budget : info->memory_bytes;
	return !opts->memory_budget && text && *text ? parse_bytes(out, "MICA_MEMORY", text) : MICA_OK;
}

/* What the device gives in one piece, in whole units of its alignment; the reference device, all it has. */
static mica_status choose_largest(mica__device *d)
{
	const char *text = getenv("MICA_LARGEST");
	uint64_t most = d->found.info.max_alloc_bytes ? d->found.info.max_alloc_bytes : SIZE_MAX / 2, asked = most;
	mica_status st = text && *text ? parse_bytes(&asked, "MICA_LARGEST", text) : MICA_OK;
	d->class.largest = (size_t)(asked < most ? asked : most) / d->align * d->align;
	return st;
}

static mica_status choose_device(mica__device *d, const mica_open_opts *opts)
{
	mica__found *found;
	size_t n, index;
	if (mica__names_reference(opts->device)) {
		mica__describe_reference(&d->found);
		return MICA_OK;
	}
	mica_status st = mica__discover(&found, &n);
	if (st == MICA_ENODEVICE)
		return mica__fail(st, "%s; the device 'reference' needs none, but is slow", mica__reason());
	if (st == MICA_OK)
		st = mica__select(&index, found, n, opts->device);
	if (st == MICA_OK) {
		d->found = found[index];
		d->found.info.selected = true;
	}
	mica__free(found);
	return st;
}

/* Drivers without sub-devices may have no such call at all. */
static bool has_parts(cl_device_id device)
{
	cl_device_partition_property ways[16] = {0};
	size_t bytes = 0;
	if (MICA__CL_CODE(clGetDeviceInfo(device, CL_DEVICE_PARTITION_PROPERTIES, sizeof ways, ways, &bytes)) != CL_SUCCESS)
		return false;
	for (size_t i = 0; i < bytes / sizeof *ways; i++)
		if (ways[i] == CL_DEVICE_PARTITION_BY_COUNTS)
			return true;
	return false;
}

static mica_status take_part(mica__device *d, unsigned units)
{
	cl_device_partition_property by_counts[] = {CL_DEVICE_PARTITION_BY_COUNTS, (cl_device_partition_property)units,
	                                            CL_DEVICE_PARTITION_BY_COUNTS_LIST_END, 0};
	cl_device_id part;
	if (!units)
		return MICA_OK;
	if (!has_parts(d->found.device) ||
	    MICA__CL(clCreateSubDevices(d->found.device, by_counts, 1, &part, NULL)) != MICA_OK)
		return mica__fail(MICA_EUNSUPPORTED, "no sub-device of %u compute units on %s, which has %u", units,
		                  d->found.info.name, d->found.info.compute_units);
	d->found.device = part;
	d->found.info.compute_units = units;
	d->sub_device = true;
	return MICA_OK;
}

static mica_status make_queues(mica__device *d)
{
	mica_status st;
	cl_int code;
	cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)d->found.platform, 0};
	d->cl = MICA__CL_MAKE(code, clCreateContext(properties, 1, &d->found.device, NULL, NULL, &code));
	MICA_TRY(mica__cl_check(code, "clCreateContext"));
	cl_command_queue_properties timed = d->profile ? CL_QUEUE_PROFILING_ENABLE : 0;
	d->compute = MICA__CL_MAKE(code, clCreateCommandQueue(d->cl, d->found.device, timed, &code));
	MICA_TRY(mica__cl_check(code, "clCreateCommandQueue"));
	d->upload = MICA__CL_MAKE(code, clCreateCommandQueue(d->cl, d->found.device, 0, &code));
	MICA_TRY(mica__cl_check(code, "clCreateCommandQueue"));
out:
	return st;
}

/* No queues, no driver: what is enqueued has happened when the call returns. */
static mica_status open_reference(mica__device *d, const mica_open_opts *opts)
{
	if (opts->sub_device_units)
		return mica__fail(MICA_EUNSUPPORTED, "no sub-device of %u compute units on the device 'reference', which has 1",
		                  opts->sub_device_units);
	d->class = (mica__device_class){
		.cpu = true, .vector_width = 8, .workers = 1, .group_size = 1, .fp64 = true, .host_memory = true, .reference = true};
	d->align = 256;
	return MICA_OK;
}

static mica_status open_it(mica__device *d, const mica_open_opts *opts)
{
	mica_status st;
	d->profile = opts->profile;
	MICA_TRY(choose_device(d, opts));
	MICA_TRY(choose_budget(&d->usage.budget_bytes, opts, &d->found.info));
	if (d->found.reference) {
		MICA_TRY(open_reference(d, opts));
		return choose_largest(d);
	}
	MICA_TRY(take_part(d, opts->sub_device_units));
	MICA_TRY(make_queues(d));
	MICA_TRY(mica__classify(&d->class, &d->found));
	uint64_t bits;
	MICA_TRY(mica__cl_device_number(&bits, d->found.device, CL_DEVICE_MEM_BASE_ADDR_ALIGN));
	d->align = bits / 8 < 256 ? 256 : (size_t)bits / 8;
	MICA_TRY(choose_largest(d));
	if (d->profile) /* so that each kernel has an event of its own */
		d->class.persistent = false;
	if (!mica__is_pocl(&d->found)) /* which has its own, and makes binaries for many processors when asked for one */
		d->cache = mica__cache_folder();
	if (mica__debug("device"))
		mica__log("opened %s (%s, %s): %s, %u workers, vectors of %u", d->found.info.name, d->found.info.platform,
		          d->found.info.driver, d->class.cpu ? "cpu" : "simt", d->class.workers, d->class.vector_width);
out:
	return st;
}

mica_status mica__device_open(mica__device **out, const mica_open_opts *opts)
{
	mica_status st;
	*out = NULL;
	if (!mica__names_reference(opts->device))
		MICA_TRY(mica__refuse_fork());
	mica__device *d = mica__alloc(1, sizeof *d);
	if (!d)
		return MICA_ENOMEM;
	d->process = (long)getpid();
	mica__driver_lock();
	st = open_it(d, opts);
	mica__driver_unlock();
	if (st == MICA_OK)
		*out = d;
	else
		mica__device_close(d);
out:
	return st;
}

/* ---- closing ---- */

static void release_cl(mica__device *d)
{
	if (d->upload)
		clReleaseCommandQueue(d->upload);
	if (d->compute)
		clReleaseCommandQueue(d->compute);
	if (d->cl)
		clReleaseContext(d->cl);
	if (d->sub_device)
		clReleaseDevice(d->found.device);
}

void mica__device_close(mica__device *d)
{
	if (!d)
		return;
	mica__cl_settle(d->compute);
	mica__cl_settle(d->upload);
	mica__profile_free(d);
	mica__cl_forget(&d->zeroed);
	mica__programs_free(d);
	mica__slabs_free(d);
	mica__driver_lock();
	release_cl(d);
	mica__driver_unlock();
	mica__free(d->right_products);
	mica__free(d->cache);
	mica__free(d);
}

/* ---- what it is, and its queues ---- */

const mica__device_class *mica__class_of(const mica__device *d)
{
	return &d->class;
}

mica_status mica__device_flush(mica__device *d)
{
	mica_status st = mica__device_usable(d);
	return st == MICA_OK && d->compute ? MICA__CL(clFlush(d->compute)) : st;
}

mica_status mica__device_finish(mica__device *d)
{
	mica_status st;
	MICA_TRY(mica__device_usable(d));
	if (d->compute)
		MICA_TRY(MICA__CL(clFinish(d->compute)));
	if (d->upload)
		MICA_TRY(MICA__CL(clFinish(d->upload)));
out:
	return st;
}
