/* SPDX-License-Identifier: MIT */
/* device/staging.c - pinned host memory from which batches are uploaded beside the compute queue.
   Order: an upload waits for the guard (the compute queue's last use of the destination), and the compute queue's later
   work waits for the upload.  Nothing here waits on the host but wait and destroy. */
#include "device/objects.h"

struct mica__staging {
	mica_context *ctx;
	cl_mem cl;
	void *memory;
	size_t bytes;
	cl_event guard, uploaded; /* NULL: none */
};

mica_status mica__staging_create(mica__staging **out, mica_context *ctx, size_t bytes)
{
	cl_int code;
	mica_status st;
	mica__staging *s = mica__alloc(1, sizeof *s);
	*out = NULL;
	if (!s)
		return MICA_ENOMEM;
	s->ctx = ctx;
	s->bytes = bytes ? bytes : 1;
	MICA_TRY(mica__context_usable(ctx));
	s->cl = clCreateBuffer(ctx->cl, CL_MEM_ALLOC_HOST_PTR | CL_MEM_READ_ONLY, s->bytes, NULL, &code);
	MICA_TRY(mica__cl_check(code, "clCreateBuffer"));
	s->memory = clEnqueueMapBuffer(ctx->upload, s->cl, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0, s->bytes, 0, NULL, NULL, &code);
	MICA_TRY(mica__cl_check(code, "clEnqueueMapBuffer"));
	*out = s;
	return MICA_OK;
out:
	mica__staging_destroy(s);
	return st;
}

void mica__staging_destroy(mica__staging *s)
{
	if (!s)
		return;
	if (s->memory)
		clEnqueueUnmapMemObject(s->ctx->upload, s->cl, s->memory, 0, NULL, NULL);
	clFinish(s->ctx->upload);
	mica__cl_forget(&s->guard);
	mica__cl_forget(&s->uploaded);
	if (s->cl)
		clReleaseMemObject(s->cl);
	mica__free(s);
}

void *mica__staging_memory(mica__staging *s)
{
	return s->memory;
}

mica_status mica__staging_guard(mica__staging *s)
{
	mica_status st;
	MICA_TRY(mica__context_usable(s->ctx));
	mica__cl_forget(&s->guard);
	MICA_TRY(MICA__CL(clEnqueueMarkerWithWaitList(s->ctx->compute, 0, NULL, &s->guard)));
	MICA_TRY(MICA__CL(clFlush(s->ctx->compute))); /* else the other queue could wait for ever */
out:
	return st;
}

/* The upload itself, on its queue. */
static mica_status enqueue(mica__staging *s, mica__buffer *b, size_t offset, size_t bytes)
{
	mica_context *ctx = s->ctx;
	cl_event before[2];
	cl_uint n = 0;
	if (s->guard)
		before[n++] = s->guard;
	if (ctx->zeroed)
		before[n++] = ctx->zeroed;
	mica_status st = ctx->zeroed ? MICA__CL(clFlush(ctx->compute)) : MICA_OK;
	if (st == MICA_OK)
		st = MICA__CL(clEnqueueWriteBuffer(ctx->upload, b->cl, CL_FALSE, offset, bytes, s->memory, n, n ? before : NULL,
		                                   &s->uploaded));
	if (st == MICA_OK)
		mica__cl_forget(&ctx->zeroed);
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
	mica__cl_forget(&s->uploaded);
	MICA_TRY(enqueue(s, b, offset, bytes));
	mica__cl_forget(&s->guard);
	MICA_TRY(MICA__CL(clFlush(s->ctx->upload)));
	MICA_TRY(MICA__CL(clEnqueueBarrierWithWaitList(s->ctx->compute, 1, &s->uploaded, NULL)));
	s->ctx->usage.uploaded_bytes += bytes;
out:
	return st;
}

mica_status mica__staging_wait(mica__staging *s)
{
	mica_status st = mica__context_usable(s->ctx);
	if (st != MICA_OK || !s->uploaded)
		return st;
	st = MICA__CL(clWaitForEvents(1, &s->uploaded));
	mica__cl_forget(&s->uploaded);
	return st;
}
