/* SPDX-License-Identifier: MIT */
/* device/buffer.c - device memory, counted against the context's budget.
   Drivers promise memory they do not have, so the budget is the limit that users meet. */
#include "device/objects.h"

#include <string.h>

enum { GRAIN = 64 }; /* what kernels may read beyond the last element; also what the driver is asked for at least */

static mica_status over_budget(const mica__device *d, size_t bytes)
{
	const mica_device_usage *u = &d->usage;
	return mica__fail(MICA_EBUDGET, "%zu bytes of device memory are needed, %ju of %ju are in use; use smaller batches, or "
	                  "raise memory_budget or MICA_MEMORY (the device has %ju)", bytes, (uintmax_t)u->bytes,
	                  (uintmax_t)u->budget_bytes, (uintmax_t)d->found.info.memory_bytes);
}

bool mica__device_fits(const mica__device *d, uint64_t bytes)
{
	return d->usage.bytes <= d->usage.budget_bytes && bytes <= d->usage.budget_bytes - d->usage.bytes;
}

/* whole: bytes to ask for, not 0; memory: what they are already, or NULL. */
static mica_status allocate(mica__buffer *b, size_t whole, const void *memory)
{
	cl_mem_flags flags = memory ? CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR : CL_MEM_READ_WRITE;
	mica__device *d = b->device;
	cl_int code;
	b->cl = MICA__CL_MAKE(code, clCreateBuffer(d->cl, flags, whole, (void *)(uintptr_t)memory, &code));
	if (code == CL_INVALID_BUFFER_SIZE || code == CL_MEM_OBJECT_ALLOCATION_FAILURE)
		return mica__fail(MICA_EBUDGET, "the device has no %zu bytes for a buffer (the largest may have %ju); use smaller "
		                  "batches", b->bytes, (uintmax_t)d->found.info.max_alloc_bytes);
	return mica__cl_check(code, "clCreateBuffer");
}

static mica_status fill_zeros(mica__buffer *b, size_t whole)
{
	static const unsigned char zeros[16];
	mica__device *d = b->device;
	mica__cl_forget(&d->zeroed);
	return MICA__CL(clEnqueueFillBuffer(d->compute, b->cl, zeros, sizeof zeros, 0, whole, 0, NULL, &d->zeroed));
}

static mica_status create(mica__buffer **out, mica__device *d, size_t bytes, const void *memory)
{
	*out = NULL;
	mica_status st = mica__device_usable(d);
	if (st != MICA_OK)
		return st;
	if (bytes > SIZE_MAX - GRAIN)
		return mica__fail(MICA_EOVERFLOW, "a buffer of %zu bytes", bytes);
	if (!mica__device_fits(d, bytes))
		return over_budget(d, bytes);
	mica__buffer *b = mica__alloc(1, sizeof *b);
	if (!b)
		return MICA_ENOMEM;
	b->device = d;
	b->bytes = bytes;
	size_t whole = memory ? bytes : bytes ? mica__round_up(bytes, GRAIN) : GRAIN;
	st = allocate(b, whole, memory);
	if (st == MICA_OK && !memory)
		st = fill_zeros(b, whole);
	if (st != MICA_OK) {
		if (b->cl)
			clReleaseMemObject(b->cl);
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

void mica__buffer_destroy(mica__buffer *b)
{
	if (!b)
		return;
	if (mica__device_is_here(b->device)) {
		mica__cl_settle(b->device->compute);
		mica__cl_settle(b->device->upload);
		clReleaseMemObject(b->cl);
	}
	b->device->usage.bytes -= b->bytes;
	mica__free(b);
}

size_t mica__buffer_bytes(const mica__buffer *b)
{
	return b->bytes;
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
static bool is_pattern(size_t offset, size_t bytes)
{
	return bytes <= 128 && !(bytes & (bytes - 1)) && offset % bytes == 0;
}

mica_status mica__buffer_write(mica__buffer *b, size_t offset, const void *data, size_t bytes)
{
	mica_status st = mica__buffer_range(b, offset, bytes);
	if (st != MICA_OK || !bytes)
		return st;
	st = is_pattern(offset, bytes)
		? MICA__CL(clEnqueueFillBuffer(b->device->compute, b->cl, data, bytes, offset, bytes, 0, NULL, NULL))
		: MICA__CL(clEnqueueWriteBuffer(b->device->compute, b->cl, CL_TRUE, offset, bytes, data, 0, NULL, NULL));
	if (st == MICA_OK)
		b->device->usage.uploaded_bytes += bytes;
	return st;
}

mica_status mica__buffer_read(mica__buffer *b, size_t offset, void *data, size_t bytes)
{
	mica_status st = mica__buffer_range(b, offset, bytes);
	if (st != MICA_OK || !bytes)
		return st;
	st = MICA__CL(clEnqueueReadBuffer(b->device->compute, b->cl, CL_TRUE, offset, bytes, data, 0, NULL, NULL));
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
	while ((offset | bytes) & (pattern - 1))
		pattern /= 2;
	return MICA__CL(clEnqueueFillBuffer(b->device->compute, b->cl, zeros, pattern, offset, bytes, 0, NULL, NULL));
}
