/* SPDX-License-Identifier: MIT */
/* device/staging.c - pinned host memory from which batches are uploaded beside the compute queue.
   Order: an upload waits for the guard (the compute queue's last use of the destination), and the compute queue's later
   work waits for the upload.  Nothing here waits on the host but wait and destroy. */
#include "device/objects.h"

struct mica__staging {
	mica__device *device;
	cl_mem cl;
	void *memory;
	size_t bytes;
	cl_event guard, uploaded; /* NULL: none */
};

mica_status mica__staging_create(mica__staging **out, mica__device *d, size_t bytes)
{
	cl_int code;
	mica_status st;
	mica__staging *s = mica__alloc(1, sizeof *s);
	*out = NULL;
	if (!s)
		return MICA_ENOMEM;
	s->device = d;
	s->bytes = bytes ? bytes : 1;
	MICA_TRY(mica__device_usable(d));
	if (d->class.reference) {
		s->memory = mica__alloc(s->bytes, 1);
		MICA_TRY(s->memory ? MICA_OK : MICA_ENOMEM);
		*out = s;
		return MICA_OK;
	}
	s->cl = MICA__CL_MAKE(code, clCreateBuffer(d->cl, CL_MEM_ALLOC_HOST_PTR | CL_MEM_READ_ONLY, s->bytes, NULL, &code));
	MICA_TRY(mica__cl_check(code, "clCreateBuffer"));
	s->memory = MICA__CL_MAKE(code, clEnqueueMapBuffer(d->upload, s->cl, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0, s->bytes, 0, NULL,
	                                                   NULL, &code));
	MICA_TRY(mica__cl_check(code, "clEnqueueMapBuffer"));
	*out = s;
	return MICA_OK;
out:
	mica__staging_destroy(s);
	return st;
}

static void release(mica__staging *s)
{
	if (s->memory && s->cl && MICA__CL_CODE(clEnqueueUnmapMemObject(s->device->upload, s->cl, s->memory, 0, NULL, NULL)) != CL_SUCCESS)
		mica__log("pinned memory was not unmapped");
	mica__cl_settle(s->device->upload);
	mica__cl_forget(&s->guard);
	mica__cl_forget(&s->uploaded);
	if (s->cl)
		clReleaseMemObject(s->cl);
}

void mica__staging_destroy(mica__staging *s)
{
	if (!s)
		return;
	if (mica__device_is_here(s->device))
		release(s);
	if (s->device->class.reference)
		mica__free(s->memory);
	mica__free(s);
}

void *mica__staging_memory(mica__staging *s)
{
	return s->memory;
}

mica_status mica__staging_guard(mica__staging *s)
{
	mica_status st;
	MICA_TRY(mica__device_usable(s->device));
	if (s->device->class.reference) /* nothing is ever still running */
		return MICA_OK;
	mica__cl_forget(&s->guard);
	MICA_TRY(MICA__CL(clEnqueueMarkerWithWaitList(s->device->compute, 0, NULL, &s->guard)));
	MICA_TRY(MICA__CL(clFlush(s->device->compute))); /* else the other queue could wait for ever */
out:
	return st;
}

/* The upload itself, on its queue. */
static mica_status enqueue(mica__staging *s, mica__buffer *b, size_t offset, size_t bytes)
{
	mica__device *d = s->device;
	cl_event before[2];
	cl_uint n = 0;
	if (s->guard)
		before[n++] = s->guard;
	if (d->zeroed)
		before[n++] = d->zeroed;
	mica_status st = d->zeroed ? MICA__CL(clFlush(d->compute)) : MICA_OK;
	if (st == MICA_OK)
		st = MICA__CL(clEnqueueWriteBuffer(d->upload, b->slab->cl, CL_FALSE, b->at + offset, bytes, s->memory, n, n ? before : NULL,
		                                   &s->uploaded));
	if (st == MICA_OK)
		mica__cl_forget(&d->zeroed);
	return st;
}

mica_status mica__staging_upload(mica__staging *s, mica__buffer *b, size_t offset, size_t bytes)
{
	mica_status st;
	MICA_TRY(mica__buffer_range(b, offset, bytes));
	if (bytes > s->bytes)
		return mica__fail(MICA_EINVAL, "an upload of %zu bytes from a staging block of %zu", bytes, s->bytes);
	if (!bytes)
		return MICA_OK;
	if (s->device->class.reference)
		return mica__buffer_write(b, offset, s->memory, bytes);
	mica__cl_forget(&s->uploaded);
	MICA_TRY(enqueue(s, b, offset, bytes));
	mica__cl_forget(&s->guard);
	MICA_TRY(MICA__CL(clFlush(s->device->upload)));
	st = MICA__CL(clEnqueueBarrierWithWaitList(s->device->compute, 1, &s->uploaded, NULL));
	if (st != MICA_OK) /* nothing may use the destination, nor what takes its place, before the upload is over */
		mica__cl_settle(s->device->upload);
	MICA_TRY(st);
	s->device->usage.uploaded_bytes += bytes;
out:
	return st;
}

mica_status mica__staging_wait(mica__staging *s)
{
	mica_status st = mica__device_usable(s->device);
	if (st != MICA_OK || !s->uploaded)
		return st;
	st = MICA__CL(clWaitForEvents(1, &s->uploaded));
	mica__cl_forget(&s->uploaded);
	return st;
}
