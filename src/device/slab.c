/* SPDX-License-Identifier: MIT */
/* device/slab.c - device memory in a few large pieces, of which buffers are ranges.
   Kernels take the slabs as arguments and read where their values are from a table, so what is bound is a table's word.  A
   range that is given back may be taken again at once: whoever writes to it next stands behind its last reader in the one
   compute queue, and an upload waits for the zeros that a new buffer begins with (see staging.c).
   What would take more than half of a slab has one of its own, which goes with it.  Ranges are taken first-fit from lists
   ordered by offset.  A list has room for one range more than there are buffers in the slab, so giving back cannot fail. */
#include "device/objects.h"

#include <string.h>

enum { FIRST_SLAB = 1 << 20 };

/* ---- ranges ---- */

static void insert(mica__slab *s, size_t at, mica__range r)
{
	memmove(&s->free[at + 1], &s->free[at], (s->n_free - at) * sizeof r);
	s->free[at] = r;
	s->n_free++;
}

static void drop(mica__slab *s, size_t at)
{
	s->n_free--;
	memmove(&s->free[at], &s->free[at + 1], (s->n_free - at) * sizeof *s->free);
}

/* The first free range that is long enough; n_free if there is none. */
static size_t find(const mica__slab *s, size_t bytes)
{
	size_t i = 0;
	while (i < s->n_free && s->free[i].bytes < bytes)
		i++;
	return i;
}

static size_t take(mica__slab *s, size_t bytes)
{
	size_t i = find(s, bytes), offset = s->free[i].offset;
	s->free[i].offset += bytes;
	s->free[i].bytes -= bytes;
	if (!s->free[i].bytes)
		drop(s, i);
	return offset;
}

static void give(mica__slab *s, mica__range r)
{
	size_t at = 0;
	while (at < s->n_free && s->free[at].offset < r.offset)
		at++;
	insert(s, at, r);
	if (at + 1 < s->n_free && r.offset + r.bytes == s->free[at + 1].offset) {
		s->free[at].bytes += s->free[at + 1].bytes;
		drop(s, at + 1);
	}
	if (at && s->free[at - 1].offset + s->free[at - 1].bytes == s->free[at].offset) {
		s->free[at - 1].bytes += s->free[at].bytes;
		drop(s, at);
	}
}

/* ---- slabs ---- */

static void destroy(mica__slab *s)
{
	if (s->cl)
		clReleaseMemObject(s->cl); /* the driver keeps it for the work that uses it */
	if (!s->over)
		mica__free(s->host);
	mica__free(s->free);
	mica__free(s);
}

static mica_status refused(const mica__device *d, size_t bytes)
{
	if (bytes > d->class.largest)
		return mica__fail(MICA_EBUDGET, "%s in one piece are more than the device gives (%s, of its CL_DEVICE_MAX_MEM_ALLOC_SIZE or "
		                  "MICA_LARGEST); use smaller batches, or several smaller tensors", mica__bytes_text((double)bytes),
		                  mica__bytes_text((double)d->class.largest));
	return mica__fail(MICA_EBUDGET, "the device has no %s left; use smaller batches, or free what other programs hold",
	                  mica__bytes_text((double)bytes));
}

/* memory: what the slab is over, or NULL. */
static mica_status take_memory(mica__slab *s, mica__device *d, const void *memory)
{
	cl_mem_flags flags = memory ? CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR : CL_MEM_READ_WRITE;
	cl_int code;
	if (!memory && s->bytes > d->class.largest)
		return refused(d, s->bytes);
	if (d->class.reference) {
		s->host = memory ? (char *)(uintptr_t)memory : mica__alloc(s->bytes, 1);
		return s->host ? MICA_OK : refused(d, s->bytes);
	}
	s->cl = MICA__CL_MAKE(code, clCreateBuffer(d->cl, flags, s->bytes, (void *)(uintptr_t)memory, &code));
	if (code == CL_INVALID_BUFFER_SIZE || code == CL_MEM_OBJECT_ALLOCATION_FAILURE)
		return refused(d, s->bytes);
	return mica__cl_check(code, "clCreateBuffer");
}

static mica_status create(mica__slab **out, mica__device *d, size_t bytes, const void *memory)
{
	mica_status st;
	mica__slab *s = mica__alloc(1, sizeof *s);
	if (!s)
		return MICA_ENOMEM;
	*s = (mica__slab){.id = ++d->last_slab, .bytes = bytes, .over = memory};
	MICA_TRY(mica__grow(&s->free, &s->room, 1, sizeof *s->free));
	MICA_TRY(take_memory(s, d, memory));
	MICA_TRY(mica__grow(&d->slabs, &d->slabs_room, d->n_slabs + 1, sizeof *d->slabs));
	d->slabs[d->n_slabs++] = s;
	if (!memory) /* else all of it is taken */
		s->free[s->n_free++] = (mica__range){0, bytes};
	*out = s;
	return MICA_OK;
out:
	destroy(s);
	return st;
}

static void release(mica__device *d, mica__slab *s)
{
	size_t i = 0;
	while (d->slabs[i] != s)
		i++;
	d->n_slabs--;
	memmove(&d->slabs[i], &d->slabs[i + 1], (d->n_slabs - i) * sizeof *d->slabs);
	d->released_slabs++;
	destroy(s);
}

/* Each shared slab is as large as all before it together, so that there are few; but not so large that the budget, which is
   what the device has, would not hold it. */
static size_t next_size(const mica__device *d, size_t bytes)
{
	size_t all = 0;
	for (size_t i = 0; i < d->n_slabs; i++)
		all += d->slabs[i]->bytes;
	size_t size = all < FIRST_SLAB ? FIRST_SLAB : all;
	size = size > d->class.largest ? d->class.largest : size;
	if (bytes > size / 2)
		return bytes;
	return d->usage.budget_bytes > all + bytes && size > d->usage.budget_bytes - all
		? (size_t)(d->usage.budget_bytes - all) / d->align * d->align : size;
}

/* A slab with room for bytes; where a large one is refused, one of just that size may be had. */
static mica_status add(mica__slab **out, mica__device *d, size_t bytes)
{
	mica__kept_reason before;
	size_t size = next_size(d, bytes);
	size = size < bytes ? bytes : size;
	mica__reason_keep(&before);
	mica_status st = create(out, d, size, NULL);
	if (st == MICA_EBUDGET && size > bytes) {
		mica__reason_restore(&before);
		st = create(out, d, bytes, NULL);
	}
	if (st == MICA_OK)
		(*out)->shared = size > bytes;
	return st;
}

mica_status mica__slab_take(mica__slab **out, size_t *offset, mica__device *d, size_t bytes)
{
	mica_status st = MICA_OK;
	mica__slab *s = NULL;
	for (size_t i = 0; i < d->n_slabs && !s; i++)
		if (d->slabs[i]->shared && bytes <= d->slabs[i]->bytes / 2 && find(d->slabs[i], bytes) < d->slabs[i]->n_free)
			s = d->slabs[i];
	if (!s)
		MICA_TRY(add(&s, d, bytes));
	MICA_TRY(mica__grow(&s->free, &s->room, s->users + 2, sizeof *s->free));
	*offset = take(s, bytes);
	s->users++;
	*out = s;
out:
	if (st != MICA_OK && s && !s->users)
		release(d, s);
	return st;
}

mica_status mica__slab_over(mica__slab **out, mica__device *d, const void *memory, size_t bytes)
{
	mica_status st = create(out, d, bytes, memory);
	if (st == MICA_OK)
		(*out)->users = 1;
	return st;
}

/* One empty slab is kept, since who destroys often makes again. */
void mica__slab_give(mica__device *d, mica__slab *s, size_t offset, size_t bytes)
{
	bool kept = s->shared;
	give(s, (mica__range){offset, bytes});
	if (--s->users)
		return;
	for (size_t i = 0; i < d->n_slabs; i++)
		kept = kept && (d->slabs[i] == s || !d->slabs[i]->shared || d->slabs[i]->users);
	if (!kept)
		release(d, s);
}

void mica__slabs_free(mica__device *d)
{
	for (size_t i = 0; i < d->n_slabs; i++)
		destroy(d->slabs[i]);
	mica__free(d->slabs);
}
