/* SPDX-License-Identifier: MIT */
/* runtime/value.c - values: made, held, read, written, and the leaves of graphs that refer to them.  Copies on devices are
   in copy.c. */
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

/* ---- who holds it ---- */

static void free_value(mica_value *v)
{
	while (v->copies)
		mica__copy_destroy(v->copies);
	if (v->home)
		mica__context_disown(v->home, v);
	mica__free(v->own);
	mica__free(v->path);
	mica__free(v);
}

void mica__value_hold(mica_value *v, mica_context *by)
{
	v->users++;
	v->guests += by != v->home;
}

void mica__value_release(mica_value *v, mica_context *by)
{
	if (!v)
		return;
	v->guests -= v->guests && by != v->home;
	if (--v->users == 0)
		free_value(v);
}

/* Its own context is closed: nothing of it may look there any more. */
static void leave_home(void *object)
{
	mica_value *v = object;
	mica_context *home = v->home;
	v->home = NULL;
	v->guests = v->users - v->handle;
	if (v->handle) {
		v->handle = false;
		mica__value_release(v, home);
	}
}

mica_status mica__value_make(mica_value **out, mica_context *home, const char *path, mica_role role, mica_dtype t,
                             mica_shape s)
{
	mica_status st = MICA_OK;
	size_t count, bytes;
	*out = NULL;
	if (s.rank > MICA_MAX_RANK || !mica__dtype_valid(t))
		return mica__fail(MICA_EINVAL, "value %s: rank %zu, at most %d, and %s", path ? path : "", s.rank, MICA_MAX_RANK,
		                  mica__dtype_name(t));
	if (!mica__shape_checked_count(&s, &count) || !mica__mul(count, mica__dtype_bytes(t), &bytes))
		return mica__fail(MICA_EOVERFLOW, "value %s: shape %s has too many elements", path ? path : "", mica__shape_text(&s));
	mica_value *v = mica__alloc(1, sizeof *v);
	if (!v)
		return MICA_ENOMEM;
	*v = (mica_value){.users = 1, .home = home, .role = role, .dtype = t, .shape = s, .bytes = bytes};
	for (size_t i = s.rank; i < MICA_MAX_RANK; i++)
		v->shape.dim[i] = 0;
	st = (v->path = mica__strdup(path ? path : "")) ? MICA_OK : MICA_ENOMEM;
	if (st == MICA_OK && home)
		st = mica__context_own(home, v, leave_home);
	if (st == MICA_OK) {
		*out = v;
		return MICA_OK;
	}
	mica__free(v->path);
	mica__free(v);
	return st;
}

mica_status mica__value_over(mica_value **out, mica_context *home, mica_dtype t, mica_shape s, const void *data)
{
	mica_status st = mica__value_make(out, home, NULL, MICA_ROLE_DATA, t, s);
	if (st == MICA_OK) {
		(*out)->host = data;
		(*out)->host_valid = true;
	}
	return st;
}

mica_status mica_value_create(mica_value **out, mica_context *ctx, const char *path, mica_role role, mica_dtype t,
                              mica_shape s)
{
	mica_status st = MICA_OK;
	if (!out)
		return mica__context_record(ctx, mica__fail(MICA_EINVAL, "value: nowhere to put it: out is NULL"));
	*out = NULL;
	if (!ctx)
		return mica__fail_null("value: no context; check what mica_open returned");
	if ((unsigned)role > MICA_ROLE_METRIC)
		st = mica__fail(MICA_EINVAL, "value %s: there is no role %d", path ? path : "", (int)role);
	if (st == MICA_OK && (st = mica__value_make(out, ctx, path, role, t, s)) == MICA_OK)
		(*out)->handle = true;
	return mica__context_record(ctx, st);
}

void mica_value_destroy(mica_value *v)
{
	if (!v || !v->handle)
		return;
	v->handle = false;
	mica__value_release(v, v->home);
}

/* ---- what it is ---- */

const char *mica_value_path(const mica_value *v)
{
	return v ? v->path : "";
}

const char *mica_value_name(const mica_value *v)
{
	const char *slash = strrchr(mica_value_path(v), '/');
	return slash ? slash + 1 : mica_value_path(v);
}

mica_role mica_value_role(const mica_value *v)
{
	return v ? v->role : MICA_ROLE_DATA;
}

mica_dtype mica_value_dtype(const mica_value *v)
{
	return v ? v->dtype : MICA_F32;
}

mica_shape mica_value_shape(const mica_value *v)
{
	return v ? v->shape : MICA_SCALAR_SHAPE;
}

size_t mica_value_count(const mica_value *v)
{
	return v ? mica__shape_count(&v->shape) : 0;
}

size_t mica_value_bytes(const mica_value *v)
{
	return v ? v->bytes : 0;
}

uint64_t mica_value_bytes_moved(const mica_value *v)
{
	return v ? v->moved : 0;
}

bool mica_value_is_on(const mica_value *v, const mica_context *ctx)
{
	const mica__copy *c = v ? v->copies : NULL;
	while (c && (c->ctx != ctx || !c->valid))
		c = c->next;
	return c;
}

/* ---- its contents ---- */

static mica_status noted(const mica_value *v, mica_status st)
{
	return v->home ? mica__context_record(v->home, st) : st;
}

static mica_status check_memory(const mica_value *v, const void *data, size_t bytes, const char *caller)
{
	if (bytes != v->bytes)
		return mica__fail(MICA_ESHAPE, "%s %s: %zu bytes given, %s %s has %zu", caller, v->path, bytes,
		                  mica__dtype_name(v->dtype), mica__shape_text(&v->shape), v->bytes);
	if (!data && bytes)
		return mica__fail(MICA_EINVAL, "%s %s: no memory: data is NULL", caller, v->path);
	return MICA_OK;
}

mica_status mica__value_reserve(mica_value *v)
{
	return v->own || (v->own = mica__alloc(v->bytes, 1)) ? MICA_OK : MICA_ENOMEM;
}

static mica_status write_host(mica_value *v, const void *data)
{
	if (v->host && !v->own)
		return mica__fail(MICA_EINVAL, "write %s: its values are only read: they are not its own", v->path);
	if (mica__value_reserve(v) != MICA_OK)
		return MICA_ENOMEM;
	if (v->bytes)
		memcpy(v->own, data, v->bytes);
	v->host = v->own;
	v->host_valid = true;
	v->lost = false;
	for (mica__copy *c = v->copies; c; c = c->next)
		c->valid = false;
	return MICA_OK;
}

mica_status mica_value_write(mica_value *v, const void *data, size_t bytes)
{
	if (!v)
		return mica__fail_null("write: no value");
	mica_status st = check_memory(v, data, bytes, "write");
	return noted(v, st == MICA_OK ? write_host(v, data) : st);
}

mica_status mica_value_read(mica_value *v, void *data, size_t bytes)
{
	const void *from;
	void *temporary = NULL;
	if (!v)
		return mica__fail_null("read: no value");
	mica_status st = check_memory(v, data, bytes, "read");
	if (st == MICA_OK)
		st = mica__value_linear(v, &from, &temporary);
	if (st == MICA_OK && bytes)
		memcpy(data, from, bytes);
	mica__free(temporary);
	return noted(v, st);
}

mica_status mica_value_move(mica_value *v, mica_context *ctx)
{
	mica__wanted w = {.value = v, .alone = true};
	mica_status st = MICA_OK;
	if (!v || !ctx)
		return mica__fail_null("move: no value, or no context");
	if (mica_value_is_on(v, ctx))
		return MICA_OK;
	MICA_TRY(mica__copies_find(&w, 1, ctx));
	MICA_TRY(mica__copy_renew(w.copy));
out:
	return noted(v, st);
}

void mica__value_zero(mica_value *v)
{
	mica__free(v->own);
	v->own = NULL;
	v->host = NULL;
	v->host_valid = v->lost = false;
	for (mica__copy *c = v->copies; c; c = c->next)
		c->valid = false;
}

/* ---- leaves ---- */

static uint64_t hash_of(const mica_value *v)
{
	uintptr_t address = (uintptr_t)v;
	return mica__hash(0, &address, sizeof address);
}

static mica_var find_leaf(const mica_graph *g, const mica_value *v)
{
	size_t at = 0;
	for (size_t i; (i = mica__table_next(&g->value_numbers, hash_of(v), &at)) != SIZE_MAX;)
		if (g->values[i]->value == v)
			return g->values[i];
	return NULL;
}

mica_var mica_graph_value(mica_graph *g, mica_value *v)
{
	if (!g)
		return NULL;
	if (!v)
		return mica__graph_fail(g, MICA_EINVAL, "value: NULL; check what mica_value_create returned");
	mica_var x = find_leaf(g, v);
	if (x)
		return x;
	x = mica__leaf(g, MICA__VARIABLE, v->path, v->dtype, v->shape);
	if (x->failed)
		return x;
	if (mica__grow(&g->values, &g->cap_values, g->n_values + 1, sizeof *g->values) != MICA_OK ||
	    mica__table_add(&g->value_numbers, hash_of(v), g->n_values) != MICA_OK)
		return mica__graph_fail(g, MICA_ENOMEM, "value %s: no memory for a leaf", v->path);
	mica__value_hold(v, g->ctx);
	x->value = v;
	g->values[g->n_values++] = x;
	g->release = mica__value_release;
	return x;
}

mica_var mica_graph_variable(mica_graph *g, const char *path, mica_dtype t, mica_shape s)
{
	mica_value *v;
	if (!g)
		return NULL;
	mica_status st = mica__value_make(&v, g->ctx, path, MICA_ROLE_WEIGHT, t, s);
	if (st != MICA_OK)
		return mica__graph_fail(g, st, "%s", mica__reason());
	mica_var x = mica_graph_value(g, v);
	mica__value_release(v, g->ctx);
	return x;
}

mica_value *mica_var_value(mica_var x)
{
	if (x && x->value)
		return x->value;
	if (!x || x->failed)
		mica__fail_null("no value: no var");
	else
		mica__fail(MICA_EINVAL, "%s %s is no leaf that refers to a value", mica__op_describe(x->op)->name, x->name);
	return NULL;
}
