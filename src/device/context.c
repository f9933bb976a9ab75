/* SPDX-License-Identifier: MIT */
/* device/context.c - opens a device and closes it with everything that was made from it. */
#include "device/objects.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- opening ---- */

/* "512", "64K", "100M", "2.5G". */
static mica_status parse_bytes(uint64_t *out, const char *text)
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
		return mica__fail(MICA_EINVAL, "MICA_MEMORY is '%s', which is not a number of bytes, or one with K, M or G", text);
	*out = (uint64_t)value;
	return MICA_OK;
}

static mica_status choose_budget(uint64_t *out, const mica_open_opts *opts, const mica_device_info *info)
{
	const char *text = getenv("MICA_MEMORY");
	*out = opts->memory_budget ? opts->memory_budget : info->memory_bytes;
	return !opts->memory_budget && text && *text ? parse_bytes(out, text) : MICA_OK;
}

static mica_status choose_device(mica_context *ctx, const mica_open_opts *opts)
{
	mica__found *found;
	size_t n, index;
	mica_status st = mica__discover(&found, &n);
	if (st == MICA_OK)
		st = mica__select(&index, found, n, opts->device);
	if (st == MICA_OK) {
		ctx->found = found[index];
		ctx->found.info.selected = true;
	}
	mica__free(found);
	return st;
}

/* Drivers without sub-devices may have no such call at all. */
static bool has_parts(cl_device_id device)
{
	cl_device_partition_property ways[16] = {0};
	size_t bytes = 0;
	if (clGetDeviceInfo(device, CL_DEVICE_PARTITION_PROPERTIES, sizeof ways, ways, &bytes) != CL_SUCCESS)
		return false;
	for (size_t i = 0; i < bytes / sizeof *ways; i++)
		if (ways[i] == CL_DEVICE_PARTITION_BY_COUNTS)
			return true;
	return false;
}

static mica_status take_part(mica_context *ctx, unsigned units)
{
	cl_device_partition_property by_counts[] = {CL_DEVICE_PARTITION_BY_COUNTS, (cl_device_partition_property)units,
	                                            CL_DEVICE_PARTITION_BY_COUNTS_LIST_END, 0};
	cl_device_id part;
	if (!units)
		return MICA_OK;
	if (!has_parts(ctx->found.device) ||
	    MICA__CL(clCreateSubDevices(ctx->found.device, by_counts, 1, &part, NULL)) != MICA_OK)
		return mica__fail(MICA_EUNSUPPORTED, "no sub-device of %u compute units on %s, which has %u", units,
		                  ctx->found.info.name, ctx->found.info.compute_units);
	ctx->found.device = part;
	ctx->found.info.compute_units = units;
	ctx->sub_device = true;
	return MICA_OK;
}

static mica_status make_queues(mica_context *ctx)
{
	mica_status st;
	cl_int code;
	cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)ctx->found.platform, 0};
	ctx->cl = clCreateContext(properties, 1, &ctx->found.device, NULL, NULL, &code);
	MICA_TRY(mica__cl_check(code, "clCreateContext"));
	ctx->compute = clCreateCommandQueue(ctx->cl, ctx->found.device, ctx->profile ? CL_QUEUE_PROFILING_ENABLE : 0, &code);
	MICA_TRY(mica__cl_check(code, "clCreateCommandQueue"));
	ctx->upload = clCreateCommandQueue(ctx->cl, ctx->found.device, 0, &code);
	MICA_TRY(mica__cl_check(code, "clCreateCommandQueue"));
out:
	return st;
}

static mica_status open_device(mica_context *ctx, const mica_open_opts *opts)
{
	mica_status st;
	ctx->profile = opts->profile;
	MICA_TRY(choose_device(ctx, opts));
	MICA_TRY(choose_budget(&ctx->usage.budget_bytes, opts, &ctx->found.info));
	MICA_TRY(take_part(ctx, opts->sub_device_units));
	MICA_TRY(make_queues(ctx));
	ctx->class = mica__classify(&ctx->found);
	if (ctx->profile) /* so that each kernel has an event of its own */
		ctx->class.persistent = false;
	if (!mica__is_pocl(&ctx->found)) /* which has its own, and makes binaries for many processors when asked for one */
		ctx->cache = mica__cache_folder();
	if (mica__debug("device"))
		mica__log("opened %s (%s, %s): %s, %u workers, vectors of %u", ctx->found.info.name, ctx->found.info.platform,
		          ctx->found.info.driver, ctx->class.cpu ? "cpu" : "simt", ctx->class.workers, ctx->class.vector_width);
out:
	return st;
}

mica_context *mica_open(const mica_open_opts *opts)
{
	mica_open_opts o;
	mica_context *ctx = mica__options(&o, opts, sizeof o, "open") == MICA_OK ? mica__alloc(1, sizeof *ctx) : NULL;
	if (!ctx)
		return NULL;
	ctx->process = (long)getpid();
	mica_status st = mica__refuse_fork();
	if (st == MICA_OK) {
		mica__driver_lock();
		st = open_device(ctx, &o);
		mica__driver_unlock();
	}
	if (st == MICA_OK)
		return ctx;
	mica_close(ctx);
	return NULL;
}

/* ---- closing ---- */

static void release_cl(mica_context *ctx)
{
	if (ctx->upload)
		clReleaseCommandQueue(ctx->upload);
	if (ctx->compute)
		clReleaseCommandQueue(ctx->compute);
	if (ctx->cl)
		clReleaseContext(ctx->cl);
	if (ctx->sub_device)
		clReleaseDevice(ctx->found.device);
}

void mica_close(mica_context *ctx)
{
	if (!ctx || mica__context_usable(ctx) != MICA_OK) /* a forked child cannot call the driver, not even to release */
		return;
	while (ctx->n_owned) {
		mica__owned o = ctx->owned[--ctx->n_owned];
		o.destroy(o.object);
	}
	if (ctx->compute)
		clFinish(ctx->compute);
	if (ctx->upload)
		clFinish(ctx->upload);
	mica__profile_free(ctx);
	mica__cl_forget(&ctx->zeroed);
	mica__driver_lock();
	release_cl(ctx);
	mica__driver_unlock();
	mica__free(ctx->owned);
	mica__free(ctx->right_products);
	mica__free(ctx->cache);
	mica__free(ctx);
}

/* ---- what it owns ---- */

mica_status mica__context_own(mica_context *ctx, void *object, void (*destroy)(void *object))
{
	mica_status st = mica__grow(&ctx->owned, &ctx->owned_capacity, ctx->n_owned + 1, sizeof *ctx->owned);
	if (st == MICA_OK)
		ctx->owned[ctx->n_owned++] = (mica__owned){object, destroy};
	return st;
}

/* Searches from the end, as the newest objects go first. */
void mica__context_disown(mica_context *ctx, void *object)
{
	for (size_t i = ctx->n_owned; i-- > 0;)
		if (ctx->owned[i].object == object) {
			ctx->n_owned--;
			memmove(&ctx->owned[i], &ctx->owned[i + 1], (ctx->n_owned - i) * sizeof *ctx->owned);
			return;
		}
}

/* ---- what it says ---- */

mica_status mica__context_usable(const mica_context *ctx)
{
	long me = (long)getpid();
	if (me == ctx->process)
		return MICA_OK;
	return mica__fail(MICA_EUNSUPPORTED, "a context of process %ld is used in its forked child %ld; OpenCL drivers do not "
	                  "survive a fork: fork before the first use of Mica", ctx->process, me);
}

mica_status mica__context_fail(mica_context *ctx, mica_status s)
{
	if (ctx->status == MICA_OK && s != MICA_OK) {
		const char *why = mica__reason();
		size_t n = strlen(why);
		n = n < sizeof ctx->error ? n : sizeof ctx->error - 1;
		memcpy(ctx->error, why, n);
		ctx->error[n] = 0;
		ctx->status = s;
	}
	return s;
}

const mica__device_class *mica__context_class(const mica_context *ctx)
{
	return &ctx->class;
}

bool mica_ok(const mica_context *ctx)
{
	return mica_context_status(ctx) == MICA_OK;
}

mica_status mica_context_status(const mica_context *ctx)
{
	return ctx ? ctx->status : MICA_EINVAL;
}

const char *mica_error(const mica_context *ctx)
{
	return ctx ? ctx->error : mica__reason();
}

void mica_clear(mica_context *ctx)
{
	if (!ctx)
		return;
	ctx->status = MICA_OK;
	ctx->error[0] = 0;
}

const mica_device_info *mica_context_device(const mica_context *ctx)
{
	return &ctx->found.info;
}

mica_device_usage mica_context_usage(const mica_context *ctx)
{
	return ctx->usage;
}

/* ---- its queues ---- */

mica_status mica__context_flush(mica_context *ctx)
{
	mica_status st = mica__context_usable(ctx);
	return st == MICA_OK ? MICA__CL(clFlush(ctx->compute)) : st;
}

mica_status mica__context_finish(mica_context *ctx)
{
	mica_status st;
	MICA_TRY(mica__context_usable(ctx));
	MICA_TRY(MICA__CL(clFinish(ctx->compute)));
	MICA_TRY(MICA__CL(clFinish(ctx->upload)));
out:
	return st;
}
