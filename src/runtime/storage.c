/* SPDX-License-Identifier: MIT */
/* runtime/storage.c - values of variables: pending on the host, then at a place in a shared device buffer. */
#include "runtime/runtime.h"

#include <string.h>

mica_status mica__pool_create(mica__pool **out, mica_context *ctx, size_t bytes)
{
	mica_status st;
	mica__pool *p = mica__alloc(1, sizeof *p);
	*out = NULL;
	if (!p)
		return MICA_ENOMEM;
	if ((st = mica__buffer_create(&p->buffer, mica__device_of(ctx), bytes)) != MICA_OK) {
		mica__free(p);
		return st;
	}
	p->users = 1;
	*out = p;
	return MICA_OK;
}

void mica__pool_release(mica__pool *p)
{
	if (p && --p->users == 0) {
		mica__buffer_destroy(p->buffer);
		mica__free(p);
	}
}

static void free_storage(void *storage)
{
	mica__storage *s = storage;
	mica__free(s->pending);
	mica__pool_release(s->pool);
	mica__pool_release(s->copy);
	mica__free(s);
}

mica_status mica__storage_of(mica__storage **out, mica_var variable)
{
	if (!variable->storage) {
		variable->storage = mica__alloc(1, sizeof(mica__storage));
		variable->g->free_storage = free_storage;
	}
	*out = variable->storage;
	return *out ? MICA_OK : MICA_ENOMEM;
}

/* ---- panels ---- */

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

/* ---- reading and writing a placed value ---- */

typedef struct shape2 {
	size_t rows, columns, bytes, stored;
} shape2;

static shape2 sizes(mica_var v, const mica__storage *s)
{
	shape2 z = {mica__shape_lead(&v->shape), mica__shape_last(&v->shape), mica__dtype_bytes(v->dtype), 0};
	z.stored = z.rows * (s->panel ? mica__round_up(z.columns, s->panel_width) : z.columns) * z.bytes;
	return z;
}

static mica_status write_value(mica_var v, const mica__storage *s, const void *data)
{
	shape2 z = sizes(v, s);
	if (!s->panel)
		return mica__buffer_write(s->pool->buffer, s->offset, data, z.stored);
	void *packed = mica__alloc(z.stored, 1);
	if (!packed)
		return MICA_ENOMEM;
	mica__to_panels(packed, data, z.rows, z.columns, z.bytes, s->panel_width);
	mica_status st = mica__buffer_write(s->pool->buffer, s->offset, packed, z.stored);
	mica__free(packed);
	return st;
}

static mica_status read_value(mica_var v, const mica__storage *s, void *data)
{
	shape2 z = sizes(v, s);
	if (!s->panel)
		return mica__buffer_read(s->pool->buffer, s->offset, data, z.stored);
	void *packed = mica__alloc(z.stored, 1);
	if (!packed)
		return MICA_ENOMEM;
	mica_status st = mica__buffer_read(s->pool->buffer, s->offset, packed, z.stored);
	if (st == MICA_OK)
		mica__from_panels(data, packed, z.rows, z.columns, z.bytes, s->panel_width);
	mica__free(packed);
	return st;
}

static mica_status check_variable(mica_var v, size_t bytes, size_t *want)
{
	if (v->failed || v->op != MICA__VARIABLE)
		return mica__fail(MICA_EINVAL, "variable: the var is no variable%s%s", v->failed ? ": " : "",
		                  v->failed ? v->g->error : "");
	*want = mica_var_count(v) * mica__dtype_bytes(v->dtype);
	if (bytes != *want)
		return mica__fail(MICA_ESHAPE, "variable %s: %zu bytes given, %s %s has %zu", v->name, bytes,
		                  mica__dtype_name(v->dtype), mica__shape_text(&v->shape), *want);
	return MICA_OK;
}

mica_status mica_variable_set(mica_var v, const void *data, size_t bytes)
{
	mica_status st;
	mica__storage *s;
	if ((st = check_variable(v, bytes, &bytes)) != MICA_OK || (st = mica__storage_of(&s, v)) != MICA_OK)
		return st;
	if (s->pool) {
		s->copy_stale = true;
		return write_value(v, s, data);
	}
	if (!s->pending && !(s->pending = mica__alloc(bytes, 1)))
		return MICA_ENOMEM;
	memcpy(s->pending, data, bytes);
	return MICA_OK;
}

mica_status mica_variable_get(mica_var v, void *data, size_t bytes)
{
	mica_status st;
	mica__storage *s;
	if ((st = check_variable(v, bytes, &bytes)) != MICA_OK || (st = mica__storage_of(&s, v)) != MICA_OK)
		return st;
	if (s->pool)
		return read_value(v, s, data);
	if (s->pending)
		memcpy(data, s->pending, bytes);
	else
		memset(data, 0, bytes);
	return MICA_OK;
}

/* ---- places ---- */

static bool wants_place(const mica__store *t, bool copies)
{
	if (t->place != (copies ? MICA__IN_SHADOW : MICA__IN_LEAF) || t->node->op != MICA__VARIABLE)
		return false;
	mica__storage *s = t->node->origin->storage;
	return !(s && (copies ? s->copy : s->pool));
}

/* One new buffer for all values of a kind that have no place yet. */
static mica_status place_new(mica__plan *p, mica_context *ctx, bool copies)
{
	mica_status st;
	size_t bytes = 0, at = 0;
	mica__pool *pool;
	for (size_t i = 0; i < p->n_stores; i++)
		bytes += wants_place(&p->stores[i], copies) ? mica__store_bytes(&p->stores[i]) : 0;
	if (!bytes)
		return MICA_OK;
	if ((st = mica__pool_create(&pool, ctx, bytes)) != MICA_OK)
		return st;
	for (size_t i = 0; i < p->n_stores && st == MICA_OK; i++) {
		const mica__store *t = &p->stores[i];
		mica__storage *s;
		if (!wants_place(t, copies) || (st = mica__storage_of(&s, t->node->origin)) != MICA_OK)
			continue;
		pool->users++;
		if (copies) {
			s->copy = pool;
			s->copy_offset = at;
			s->copy_stale = true;
		} else {
			s->pool = pool;
			s->offset = at;
			s->panel = t->panel;
			s->panel_width = mica__panel_width(p);
			if (s->pending)
				st = write_value(t->node->origin, s, s->pending);
			mica__free(s->pending);
			s->pending = NULL;
		}
		at += mica__store_bytes(t);
	}
	mica__pool_release(pool);
	return st;
}

static mica_status number_buffer(mica__buffer *b, mica__buffer **buffers, size_t *n, size_t most, unsigned *out)
{
	size_t i = 0;
	while (i < *n && buffers[i] != b)
		i++;
	if (i == *n) {
		if (*n == most)
			return mica__fail(MICA_EUNSUPPORTED, "plan: more than %zu separate buffers; make variables before the first plan",
			                  most);
		buffers[(*n)++] = b;
	}
	*out = (unsigned)i;
	return MICA_OK;
}

mica_status mica__place_variables(mica__plan *p, mica_context *ctx, mica__buffer **buffers, size_t *n, size_t most)
{
	mica_status st = MICA_OK;
	MICA_TRY(place_new(p, ctx, false));
	MICA_TRY(place_new(p, ctx, true));
	for (size_t i = 0; i < p->n_stores; i++) {
		mica__store *t = &p->stores[i];
		if (t->place == MICA__IN_ARENA || t->node->op != MICA__VARIABLE)
			continue;
		mica__storage *s = t->node->origin->storage;
		bool copy = t->place == MICA__IN_SHADOW;
		if (!copy && (s->panel != t->panel || (s->panel && s->panel_width != mica__panel_width(p))))
			return mica__fail(MICA_EUNSUPPORTED, "plan: variable %s lives in another layout; plans of one graph must agree about "
			                  "MICA_NO_PANELS", t->node->name);
		t->offset = copy ? s->copy_offset : s->offset;
		MICA_TRY(number_buffer(copy ? s->copy->buffer : s->pool->buffer, buffers, n, most, &t->buffer));
	}
out:
	return st;
}

mica_status mica__refresh_copy(mica_var v)
{
	mica__storage *s = v->storage;
	mica_status st = MICA_OK;
	if (!s || !s->copy || !s->copy_stale)
		return MICA_OK;
	size_t rows = mica__shape_lead(&v->shape), columns = mica__shape_last(&v->shape), bytes = mica__dtype_bytes(v->dtype);
	size_t size = mica__round_up(rows, s->panel_width) * columns * bytes;
	char *flat = mica__alloc(rows * columns, bytes), *turned = mica__alloc(rows * columns, bytes), *packed = mica__alloc(size, 1);
	if (!flat || !turned || !packed) {
		st = MICA_ENOMEM;
		goto out;
	}
	MICA_TRY(read_value(v, s, flat));
	for (size_t r = 0; r < rows; r++)
		for (size_t c = 0; c < columns; c++)
			memcpy(turned + (c * rows + r) * bytes, flat + (r * columns + c) * bytes, bytes);
	mica__to_panels(packed, turned, columns, rows, bytes, s->panel_width);
	MICA_TRY(mica__buffer_write(s->copy->buffer, s->copy_offset, packed, size));
	s->copy_stale = false;
out:
	mica__free(flat);
	mica__free(turned);
	mica__free(packed);
	return st;
}
