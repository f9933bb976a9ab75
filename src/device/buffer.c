/* SPDX-License-Identifier: MIT */
/* device/buffer.c - ranges of device memory, counted against the device's budget.
   Drivers promise memory they do not have, so the budget is the limit that users meet. */
#include "device/objects.h"

#include <string.h>

static mica_status over_budget(const mica__device *d, size_t bytes)
{
	const mica_device_usage *u = &d->usage;
	return mica__fail(MICA_EBUDGET, "%s of device memory are needed, %s of %s are in use; use smaller batches, or raise "
	                  "memory_budget or MICA_MEMORY (the device has %s)", mica__bytes_text((double)bytes),
	                  mica__bytes_text((double)u->bytes), mica__bytes_text((double)u->budget_bytes),
	                  mica__bytes_text((double)d->found.info.memory_bytes));
}

bool mica__device_fits(const mica__device *d, uint64_t bytes)
{
	return d->usage.bytes <= d->usage.budget_bytes && bytes <= d->usage.budget_bytes - d->usage.bytes;
}

/* Where a place in a buffer of the reference device is; NULL for those of other devices. */
static char *host_memory(const mica__buffer *b, size_t offset)
{
	return b->slab->host ? b->slab->host + b->at + offset : NULL;
}

static mica_status fill_zeros(mica__buffer *b)
{
	static const unsigned char zeros[16];
	mica__device *d = b->device;
	cl_event zeroed = NULL;
	if (host_memory(b, 0)) {
		memset(host_memory(b, 0), 0, b->whole);
		return MICA_OK;
	}
	mica_status st = MICA__CL(clEnqueueFillBuffer(d->compute, b->slab->cl, zeros, sizeof zeros, b->at, b->whole, 0, NULL, &zeroed));
	if (st == MICA_OK) { /* else the newest is the one before */
		mica__cl_forget(&d->zeroed);
		d->zeroed = zeroed;
	}
	return st;
}

static void give_back(mica__buffer *b)
{
	if (b->part)
		clReleaseMemObject(b->part);
	if (b->slab)
		mica__slab_give(b->device, b->slab, b->at, b->whole);
}

/* Its memory, zeros unless it is the host's. */
static mica_status allocate(mica__buffer *b, const void *memory)
{
	mica_status st;
	if (memory)
		return mica__slab_over(&b->slab, b->device, memory, b->whole);
	MICA_TRY(mica__slab_take(&b->slab, &b->at, b->device, b->whole));
	MICA_TRY(fill_zeros(b));
out:
	return st;
}

static mica_status create(mica__buffer **out, mica__device *d, size_t bytes, const void *memory)
{
	*out = NULL;
	mica_status st = mica__device_usable(d);
	if (st != MICA_OK)
		return st;
	if (bytes > SIZE_MAX / 2)
		return mica__fail(MICA_EOVERFLOW, "a buffer of %zu bytes", bytes);
	if (!mica__device_fits(d, bytes))
		return over_budget(d, bytes);
	mica__buffer *b = mica__alloc(1, sizeof *b);
	if (!b)
		return MICA_ENOMEM;
	*b = (mica__buffer){.device = d, .bytes = bytes, .whole = bytes, .over = memory};
	if (!memory)
		b->whole = bytes ? mica__round_up(bytes, d->align) : d->align;
	if ((st = allocate(b, memory)) != MICA_OK) {
		give_back(b);
		mica__free(b);
		return st;
	}
	d->usage.bytes += bytes;
	if (d->usage.peak_bytes < d->usage.bytes)
		d->usage.peak_bytes = d->usage.bytes;
	*out = b;
	return MICA_OK;
}

mica_status mica__buffer_create(mica__buffer **out, mica__device *d, size_t bytes)
{
	return create(out, d, bytes, NULL);
}

mica_status mica__buffer_over(mica__buffer **out, mica__device *d, const void *memory, size_t bytes)
{
	return create(out, d, bytes, memory);
}

/* Only the host's memory has to be waited for, which may be gone when this returns. */
void mica__buffer_destroy(mica__buffer *b)
{
	if (!b)
		return;
	if (mica__device_is_here(b->device)) {
		if (b->over)
			mica__cl_settle(b->device->compute);
		give_back(b);
	}
	b->device->usage.bytes -= b->bytes;
	mica__free(b);
}

mica_status mica__buffer_part(cl_mem *out, mica__buffer *b)
{
	cl_buffer_region region = {b->at, b->whole};
	cl_int code;
	mica_status st = MICA_OK;
	if (!b->part && b->whole < b->slab->bytes) {
		b->part = MICA__CL_MAKE(code, clCreateSubBuffer(b->slab->cl, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &region, &code));
		st = mica__cl_check(code, "clCreateSubBuffer");
	}
	*out = b->part ? b->part : b->slab->cl;
	return st;
}

size_t mica__buffer_bytes(const mica__buffer *b)
{
	return b->bytes;
}

uint64_t mica__buffer_slab(const mica__buffer *b)
{
	return b->slab->id;
}

mica_status mica__buffer_range(const mica__buffer *b, size_t offset, size_t bytes)
{
	mica_status st = mica__device_usable(b->device);
	if (st == MICA_OK && (offset > b->bytes || bytes > b->bytes - offset))
		st = mica__fail(MICA_EINVAL, "bytes %zu to %zu + %zu of a buffer of %zu", offset, offset, bytes, b->bytes);
	return st;
}

/* What a driver copies when it is asked to fill, so that the caller's memory is free at once without waiting for the
   queue: learning rates and step numbers are written between steps. */
static bool is_pattern(size_t offset, size_t bytes) /* offset in the buffer: where that begins is a multiple of more */
{
	return bytes <= 128 && !(bytes & (bytes - 1)) && offset % bytes == 0;
}

mica_status mica__buffer_write(mica__buffer *b, size_t offset, const void *data, size_t bytes)
{
	mica_status st = mica__buffer_range(b, offset, bytes);
	if (st != MICA_OK || !bytes)
		return st;
	if (host_memory(b, offset))
		memcpy(host_memory(b, offset), data, bytes);
	else
		st = is_pattern(offset, bytes)
			? MICA__CL(clEnqueueFillBuffer(b->device->compute, b->slab->cl, data, bytes, b->at + offset, bytes, 0, NULL, NULL))
			: MICA__CL(clEnqueueWriteBuffer(b->device->compute, b->slab->cl, CL_TRUE, b->at + offset, bytes, data, 0, NULL, NULL));
	if (st == MICA_OK)
		b->device->usage.uploaded_bytes += bytes;
	return st;
}

mica_status mica__buffer_read(mica__buffer *b, size_t offset, void *data, size_t bytes)
{
	mica_status st = mica__buffer_range(b, offset, bytes);
	if (st != MICA_OK || !bytes)
		return st;
	if (host_memory(b, offset))
		memcpy(data, host_memory(b, offset), bytes);
	else
		st = MICA__CL(clEnqueueReadBuffer(b->device->compute, b->slab->cl, CL_TRUE, b->at + offset, bytes, data, 0, NULL, NULL));
	if (st == MICA_OK)
		b->device->usage.downloaded_bytes += bytes;
	return st;
}

mica_status mica__buffer_zero(mica__buffer *b, size_t offset, size_t bytes)
{
	static const unsigned char zeros[16];
	size_t pattern = sizeof zeros;
	mica_status st = mica__buffer_range(b, offset, bytes);
	if (st != MICA_OK || !bytes)
		return st;
	if (host_memory(b, offset)) {
		memset(host_memory(b, offset), 0, bytes);
		return MICA_OK;
	}
	while ((offset | bytes) & (pattern - 1))
		pattern /= 2;
	return MICA__CL(clEnqueueFillBuffer(b->device->compute, b->slab->cl, zeros, pattern, b->at + offset, bytes, 0, NULL, NULL));
}
