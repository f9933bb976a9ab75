/* SPDX-License-Identifier: MIT */
/* runtime/copy.c - copies of values on devices: their places in shared buffers, their forms, and how one is made valid
   from another, through the host. */
#include "runtime/runtime.h"

#include <string.h>

/* ---- forms ---- */

static void copy_panels(char *panels, char *flat, size_t rows, size_t columns, size_t bytes, size_t pw, bool in)
{
	for (size_t c = 0; c < columns; c += pw) {
		size_t n = (columns - c < pw ? columns - c : pw) * bytes;
		char *panel = panels + c * rows * bytes, *at = flat + c * bytes;
		for (size_t r = 0; r < rows; r++, panel += pw * bytes, at += columns * bytes)
			memcpy(in ? panel : at, in ? at : panel, n);
	}
}

void mica__to_panels(void *panels, const void *flat, size_t rows, size_t columns, size_t bytes, size_t panel_width)
{
	copy_panels(panels, (char *)flat, rows, columns, bytes, panel_width, true);
}

void mica__from_panels(void *flat, const void *panels, size_t rows, size_t columns, size_t bytes, size_t panel_width)
{
	copy_panels((char *)panels, flat, rows, columns, bytes, panel_width, false);
}

static void transpose(char *out, const char *in, size_t rows, size_t columns, size_t bytes)
{
	for (size_t r = 0; r < rows; r++)
		for (size_t c = 0; c < columns; c++)
			memcpy(out + (c * rows + r) * bytes, in + (r * columns + c) * bytes, bytes);
}

/* Between row-major memory of the value and a form of it. */
static mica_status reform(const mica_value *v, mica__form f, void *formed, void *flat, bool in)
{
	size_t rows = mica__form_rows(f, &v->shape), columns = mica__form_columns(f, &v->shape), bytes = mica__dtype_bytes(v->dtype);
	char *turned = f.transposed ? mica__alloc(rows * columns, bytes) : flat;
	if (!turned)
		return MICA_ENOMEM;
	if (in && f.transposed)
		transpose(turned, flat, columns, rows, bytes);
	if (f.panel)
		copy_panels(formed, turned, rows, columns, bytes, f.panel, in);
	else
		memcpy(in ? formed : turned, in ? turned : formed, rows * columns * bytes);
	if (!in && f.transposed)
		transpose(flat, turned, rows, columns, bytes);
	if (f.transposed)
		mica__free(turned);
	return MICA_OK;
}

/* ---- places ---- */

static mica_status make_pool(mica__pool **out, mica_context *ctx, size_t bytes, const void *over)
{
	mica__pool *p = *out = mica__alloc(1, sizeof *p);
	if (!p)
		return MICA_ENOMEM;
	mica_status st = over ? mica__buffer_over(&p->buffer, mica__device_of(ctx), over, bytes) : mica__buffer_create(&p->buffer, mica__device_of(ctx), bytes);
	if (st == MICA_OK) {
		p->users = 1;
		return MICA_OK;
	}
	mica__free(p);
	*out = NULL;
	return st;
}

static void release_pool(mica__pool *p)
{
	if (p && --p->users == 0) {
		mica__buffer_destroy(p->buffer);
		mica__free(p);
	}
}

static void unlink_copy(mica__copy *c)
{
	for (mica__copy **at = &c->value->copies; *at; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			return;
		}
}

static void free_copy(mica__copy *c)
{
	unlink_copy(c);
	release_pool(c->pool);
	mica__free(c);
}

/* When its context is closed.  What others still need, and have nowhere else, goes to the host. */
static void rescue_and_free(void *object)
{
	mica__copy *c = object;
	mica_value *v = c->value;
	void *temporary = NULL;
	const void *data;
	bool elsewhere = v->host_valid, needed = v->home != c->ctx || v->guests > 0;
	for (mica__copy *other = v->copies; other; other = other->next)
		elsewhere = elsewhere || (other != c && other->valid);
	if (c->valid && needed && !elsewhere) {
		v->lost = mica__value_linear(v, &data, &temporary) != MICA_OK;
		mica__free(v->own);
		v->host = v->own = temporary;
		v->host_valid = !v->lost;
	}
	free_copy(c);
}

void mica__copy_destroy(mica__copy *c)
{
	mica__context_disown(c->ctx, c);
	free_copy(c);
}

static mica__copy *find(const mica__wanted *w, const mica_context *ctx)
{
	mica__copy *c = w->value->copies;
	while (c && (c->ctx != ctx || c->form.panel != w->form.panel || c->form.transposed != w->form.transposed ||
	             (w->alone && c->offset)))
		c = c->next;
	return c;
}

/* A copy at offset of the pool, which was zeros. */
static mica_status add_copy(mica__wanted *w, mica_context *ctx, mica__pool *pool, size_t offset)
{
	mica_value *v = w->value;
	mica__copy *c = mica__alloc(1, sizeof *c);
	if (!c)
		return MICA_ENOMEM;
	*c = (mica__copy){v, ctx, w->form, pool, offset, !mica__value_valid_anywhere(v), v->copies};
	mica_status st = mica__context_own(ctx, c, rescue_and_free);
	if (st != MICA_OK) {
		mica__free(c);
		return st;
	}
	pool->users++;
	v->copies = w->copy = c;
	return MICA_OK;
}

/* Adds what a copy takes to *bytes. */
static mica_status add_place(const mica__wanted *w, size_t *bytes)
{
	size_t more;
	if (!mica__form_bytes(w->form, &w->value->shape, w->value->dtype, MICA__TAIL, &more) || *bytes > MICA__MOST_BYTES)
		return mica__fail(MICA_EOVERFLOW, "value %s, %s %s, and those with it take more bytes than can be addressed; make them "
		                  "smaller", w->value->path, mica__dtype_name(w->value->dtype), mica__shape_text(&w->value->shape));
	*bytes += more;
	return MICA_OK;
}

static mica_status too_large(const mica__wanted *w, size_t bytes, size_t largest)
{
	const mica_value *v = w->value;
	return mica__fail(MICA_EBUDGET, "value %s, %s %s, takes %s in one piece of device memory, which is %s at most (its "
	                  "CL_DEVICE_MAX_MEM_ALLOC_SIZE or MICA_LARGEST); make several smaller ones of it", v->path,
	                  mica__dtype_name(v->dtype), mica__shape_text(&v->shape), mica__bytes_text((double)bytes), mica__bytes_text((double)largest));
}

/* Host memory that is only read, and that the device can read too, is its own copy. */
static bool is_there_already(const mica__wanted *w, const mica_context *ctx)
{
	const mica_value *v = w->value;
	return w->alone && mica__form_linear(w->form) && v->host && !v->own && mica__class_of(mica__device_of(ctx))->host_memory;
}

/* Makes those of the first copies that are missing and fit into one piece of memory; *done: how many were looked at. */
static mica_status make_copies(mica__wanted *w, size_t n, mica_context *ctx, size_t *done)
{
	mica_status st = MICA_OK;
	mica__pool *pool = NULL;
	size_t bytes = 0, at = 0, largest = mica__class_of(mica__device_of(ctx))->largest;
	bool over = n == 1 && is_there_already(w, ctx);
	for (*done = 0; *done < n; ++*done) {
		size_t before = bytes;
		if (w[*done].copy)
			continue;
		MICA_TRY(add_place(&w[*done], &bytes));
		if (bytes > largest && before) {
			bytes = before;
			break;
		}
		if (bytes > largest && !over)
			return too_large(&w[*done], bytes, largest);
	}
	if (!bytes)
		return MICA_OK;
	if (over)
		bytes = w->value->bytes + MICA__TAIL * mica__dtype_bytes(w->value->dtype);
	MICA_TRY(make_pool(&pool, ctx, bytes, over ? w->value->host : NULL));
	for (size_t i = 0; i < *done; i++)
		if (!w[i].copy) {
			MICA_TRY(add_copy(&w[i], ctx, pool, at));
			MICA_TRY(add_place(&w[i], &at));
			w[i].copy->valid = w[i].copy->valid || over;
		}
out:
	release_pool(pool);
	return st;
}

mica_status mica__copies_find(mica__wanted *w, size_t n, mica_context *ctx)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < n; i++)
		w[i].copy = find(&w[i], ctx);
	for (size_t i = 0, done; i < n; i += done)
		MICA_TRY(make_copies(w + i, n - i, ctx, &done));
out:
	return st;
}

/* ---- contents ---- */

static mica_status write_copy(mica__copy *c, const void *flat)
{
	mica_value *v = c->value;
	size_t bytes = mica__form_elements(c->form, &v->shape) * mica__dtype_bytes(v->dtype);
	if (mica__form_linear(c->form))
		return mica__buffer_write(c->pool->buffer, c->offset, flat, bytes);
	void *formed = mica__alloc(bytes, 1);
	mica_status st = formed ? reform(v, c->form, formed, (void *)(uintptr_t)flat, true) : MICA_ENOMEM;
	if (st == MICA_OK)
		st = mica__buffer_write(c->pool->buffer, c->offset, formed, bytes);
	mica__free(formed);
	return st;
}

static mica_status read_copy(const mica__copy *c, void *flat)
{
	const mica_value *v = c->value;
	size_t bytes = mica__form_elements(c->form, &v->shape) * mica__dtype_bytes(v->dtype);
	if (mica__form_linear(c->form))
		return mica__buffer_read(c->pool->buffer, c->offset, flat, bytes);
	void *formed = mica__alloc(bytes, 1);
	mica_status st = formed ? mica__buffer_read(c->pool->buffer, c->offset, formed, bytes) : MICA_ENOMEM;
	if (st == MICA_OK)
		st = reform(v, c->form, formed, flat, false);
	mica__free(formed);
	return st;
}

mica_status mica__copy_renew(mica__copy *c)
{
	mica_value *v = c->value;
	const void *data;
	void *temporary = NULL;
	mica_status st = MICA_OK;
	if (c->valid)
		return MICA_OK;
	MICA_TRY(mica__value_linear(v, &data, &temporary));
	if (v->bytes)
		MICA_TRY(write_copy(c, data));
	v->moved += v->bytes;
	c->valid = true;
out:
	mica__free(temporary);
	return st;
}

bool mica__value_valid_anywhere(const mica_value *v)
{
	bool valid = v->host_valid || v->lost; /* a new copy of what is lost is not valid as it is */
	for (const mica__copy *c = v->copies; c; c = c->next)
		valid = valid || c->valid;
	return valid;
}

/* Into row-major memory. */
static mica_status read_anywhere(mica_value *v, void *flat)
{
	const mica__copy *c = v->copies, *best = NULL;
	for (; c; c = c->next)
		if (c->valid && (!best || mica__form_linear(c->form)))
			best = c;
	if (!best || !v->bytes) {
		memset(flat, 0, v->bytes);
		return MICA_OK;
	}
	v->moved += v->bytes;
	return read_copy(best, flat);
}

mica_status mica__value_linear(mica_value *v, const void **out, void **temporary)
{
	*temporary = NULL;
	if (v->lost)
		return mica__fail(MICA_EDEVICE, "value %s: its contents were lost: they could not be read when the context that had them was "
		                  "closed; write it anew", v->path);
	if (v->host_valid) {
		*out = v->host;
		return MICA_OK;
	}
	if (!(*temporary = mica__alloc(v->bytes, 1)))
		return MICA_ENOMEM;
	*out = *temporary;
	mica_status st = read_anywhere(v, *temporary);
	if (st != MICA_OK) {
		mica__free(*temporary);
		*temporary = NULL;
	}
	return st;
}

mica_status mica__value_buffer(mica_value *v, mica_context *ctx, mica__buffer **out, size_t *byte_offset)
{
	mica__wanted w = {.value = v, .alone = true};
	mica_status st;
	MICA_TRY(mica__copies_find(&w, 1, ctx));
	MICA_TRY(mica__copy_renew(w.copy));
	*out = w.copy->pool->buffer;
	*byte_offset = w.copy->offset;
out:
	return st;
}
