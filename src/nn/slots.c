/* SPDX-License-Identifier: MIT */
/* nn/slots.c - values asked for by name: see slots.h. */
#include "nn/slots.h"
#include "runtime/runtime.h"

#include <string.h>

void mica__slots_begin(mica__slots *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->at[i].old = s->at[i].next = NULL;
}

mica__slot *mica__slots_find(const mica__slots *s, const mica__slots_owner *o, const char *name)
{
	size_t prefix = strlen(o->path) + 1;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(mica_value_path(s->at[i].value) + prefix, name) == 0)
			return &s->at[i];
	return NULL;
}

mica_status mica__slots_make(mica__slots *s, const mica__slots_owner *o, mica_context *ctx, const char *name, mica_shape shape,
                             double start)
{
	mica__text path = {0};
	mica_value *v;
	mica_status st = mica__grow(&s->at, &s->capacity, s->n + 1, sizeof *s->at);

	mica__text_add(&path, "%s/%s", o->path, name);
	if (st == MICA_OK)
		st = path.failed ? MICA_ENOMEM : mica__value_make(&v, ctx, path.s, o->role, o->type, shape);
	if (st == MICA_OK)
		s->at[s->n++] = (mica__slot){.value = v, .start = start};
	mica__text_free(&path);
	return st;
}

mica_var mica__slots_ask(mica__slots *s, const mica__slots_owner *o, mica_graph *g, const char *name, mica_shape shape, double start)
{
	if (mica_graph_status(g) != MICA_OK)
		return &g->failed;
	if (!name || !name[0] || mica__name_fault(name)) /* so that what is trained can be saved */
		return mica__graph_fail(g, MICA_EINVAL, "%s name \"%s\" %s; give another", o->what, name ? name : "",
		                        name && name[0] ? mica__name_fault(name) : "is empty");
	mica__slot *slot = mica__slots_find(s, o, name);
	if (!slot) {
		mica_status st = mica__slots_make(s, o, g->ctx, name, shape, start);
		if (st != MICA_OK)
			return mica__graph_fail(g, st, "%s \"%s\": %s", o->what, name, mica__reason());
		slot = &s->at[s->n - 1];
	}
	mica_shape was = mica_value_shape(slot->value);
	if (!mica__shape_equal(&was, &shape))
		return mica__graph_fail(g, MICA_ESHAPE, "%s \"%s\" has shape %s and was asked for as %s", o->what, name, mica__shape_text(&was),
		                        mica__shape_text(&shape));
	return slot->old = mica_graph_value(g, slot->value);
}

mica_var mica__slots_assign(mica__slots *s, const mica__slots_owner *o, mica_graph *g, const char *name, mica_var value)
{
	mica__slot *slot = name ? mica__slots_find(s, o, name) : NULL;

	if (mica_graph_status(g) != MICA_OK)
		return &g->failed;
	if (!slot || !value)
		return mica__graph_fail(g, MICA_EINVAL, "%s \"%s\": %s%s%s", o->what, name ? name : "",
		                        slot ? "its new value is NULL" : "assigned, but never asked for; call ", slot ? "" : o->ask, slot ? "" : " first");
	mica_shape is = mica_var_shape(value), wanted = mica_value_shape(slot->value);
	if (!mica__shape_equal(&is, &wanted))
		return mica__graph_fail(g, MICA_ESHAPE, "%s \"%s\" has shape %s, its new value %s", o->what, name, mica__shape_text(&wanted),
		                        mica__shape_text(&is));
	return slot->next = value;
}

const mica__slot *mica__slots_unassigned(const mica__slots *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].old && !s->at[i].next)
			return &s->at[i];
	return NULL;
}

static mica_status fill(mica_value *v, double x)
{
	size_t n = mica_value_count(v), each = mica__dtype_bytes(mica_value_dtype(v));
	char *elements = mica__alloc(n, each);

	if (!elements)
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++)
		mica_convert(elements + i * each, mica_value_dtype(v), &x, MICA_F64, 1);
	mica_status st = mica_value_write(v, elements, n * each);
	mica__free(elements);
	return st;
}

mica_status mica__slots_start(mica__slots *s)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < s->n && st == MICA_OK; i++) {
		mica__slot *slot = &s->at[i];
		if (!slot->started && slot->start != 0)
			st = fill(slot->value, slot->start);
		slot->started = st == MICA_OK;
	}
	return st;
}

mica_status mica__slots_restart(mica__slots *s)
{
	for (size_t i = 0; i < s->n; i++) {
		mica__value_zero(s->at[i].value);
		s->at[i].started = false;
	}
	return mica__slots_start(s);
}

mica_status mica__slots_save(const mica__slots *s, void **out)
{
	size_t bytes = 0, at = 0;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < s->n; i++)
		bytes += mica_value_bytes(s->at[i].value);
	char *saved = *out = mica__alloc(1, bytes);
	if (!saved)
		return MICA_ENOMEM;
	for (size_t i = 0; st == MICA_OK && i < s->n; i++) {
		size_t n = mica_value_bytes(s->at[i].value);
		st = mica_value_read(s->at[i].value, saved + at, n);
		at += n;
	}
	if (st != MICA_OK) {
		mica__free(saved);
		*out = NULL;
	}
	return st;
}

mica_status mica__slots_restore(const mica__slots *s, const void *saved)
{
	size_t at = 0;
	mica_status st = MICA_OK;

	for (size_t i = 0; st == MICA_OK && i < s->n; i++) {
		size_t n = mica_value_bytes(s->at[i].value);
		st = mica_value_write(s->at[i].value, (const char *)saved + at, n);
		at += n;
	}
	return st;
}

void mica__slots_free(mica__slots *s, mica_context *ctx)
{
	for (size_t i = 0; i < s->n; i++)
		mica__value_release(s->at[i].value, ctx);
	mica__free(s->at);
	*s = (mica__slots){0};
}
