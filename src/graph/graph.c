/* SPDX-License-Identifier: MIT */
/* graph/graph.c - the graph itself: making and freeing, sticky failure, the scope of the next node, what a var says.  Uses
   device for ownership. */
#include "device/device.h"
#include "graph/node.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

/* ---- graphs ---- */

static void free_loops(mica_graph *g)
{
	for (size_t i = 0; i < g->n_loops; i++) {
		mica__free(g->loops[i]->carries);
		mica__free(g->loops[i]);
	}
	mica__free(g->loops);
}

static void free_graph(void *object)
{
	mica_graph *g = object;
	for (size_t i = 0; i < g->n; i++) {
		if (g->nodes[i]->value && g->release)
			g->release(g->nodes[i]->value, g->ctx);
		mica__free(g->nodes[i]);
	}
	free_loops(g);
	mica__scopes_close(g);
	mica__free(g->nodes);
	mica__free(g->values);
	mica__table_free(&g->value_numbers);
	mica__free(g);
}

static mica_graph *make_graph(mica_dtype real, mica__scopes *scopes)
{
	mica_graph *g = mica__alloc(1, sizeof *g);
	if (!g)
		return NULL;
	g->real = real;
	g->failed = (struct mica_node){.g = g, .failed = true, .dtype = real};
	g->failed.scope = mica__scopes_open(g, scopes);
	if (!g->scope) {
		free_graph(g);
		return NULL;
	}
	return g;
}

mica_graph *mica__graph_bare(mica_dtype real)
{
	return make_graph(real, NULL);
}

mica_graph *mica__graph_like(const mica_graph *other)
{
	return make_graph(other->real, other->scopes);
}

bool mica__graph_has(mica_graph *g, const char *what, mica_dtype t)
{
	if (!mica__dtype_valid(t))
		mica__graph_fail(g, MICA_EINVAL, "%s: %d is no type; see mica_dtype", what, (int)t);
	else if (mica__dtype_describe(t)->digits > FLT_MANT_DIG && g->ctx && !mica__class_of(mica__device_of(g->ctx))->fp64)
		mica__graph_fail(g, MICA_EUNSUPPORTED, "%s: %s has no double precision; use f32", what,
		                 mica_context_device(g->ctx)->name);
	return g->status == MICA_OK;
}

mica_graph *mica_graph_create_real(mica_context *ctx, mica_dtype real)
{
	if (!ctx) {
		mica__fail_null("graph: no context; check what mica_open returned");
		return NULL;
	}
	if (!mica__dtype_valid(real) || !mica__dtype_real(real) || !mica__dtype_computes(real)) {
		mica__fail(MICA_EINVAL, "graph: reals of type %s (%d); they are f32 or f64", mica__dtype_name(real), (int)real);
		return NULL;
	}
	if (mica__dtype_describe(real)->digits > FLT_MANT_DIG && !mica__class_of(mica__device_of(ctx))->fp64) {
		mica__fail(MICA_EUNSUPPORTED, "graph: %s has no double precision; use f32", mica_context_device(ctx)->name);
		return NULL;
	}
	mica_graph *g = mica__graph_bare(real);
	if (!g)
		return NULL;
	g->ctx = ctx;
	if (mica__context_own(ctx, g, free_graph) != MICA_OK) {
		free_graph(g);
		return NULL;
	}
	return g;
}

mica_graph *mica_graph_create(mica_context *ctx)
{
	return mica_graph_create_real(ctx, MICA_F32);
}

void mica_graph_destroy(mica_graph *g)
{
	if (!g)
		return;
	if (g->ctx)
		mica__context_disown(g->ctx, g);
	free_graph(g);
}

mica_context *mica_graph_context(const mica_graph *g)
{
	return g ? g->ctx : NULL;
}

mica_scan *mica__loop_add(mica_graph *g, size_t steps, bool reverse)
{
	mica_scan *s = mica__alloc(1, sizeof *s);
	if (!s || mica__grow(&g->loops, &g->cap_loops, g->n_loops + 1, sizeof *g->loops) != MICA_OK) {
		mica__free(s);
		return NULL;
	}
	g->loops[g->n_loops++] = s;
	*s = (mica_scan){.g = g, .number = (uint32_t)g->n_loops, .steps = steps, .reverse = reverse, .open = true};
	return s;
}

/* ---- failure ---- */

mica_status mica_graph_status(const mica_graph *g)
{
	return g ? g->status : MICA_EINVAL;
}

const char *mica_graph_error(const mica_graph *g)
{
	return g ? g->error : mica__reason();
}

/* Puts the scope in front of a text; of a long one the end, which is the innermost. */
static void in_scope(const mica_graph *g, char *line, size_t size, const char *fmt, va_list ap)
{
	enum { LONGEST = 120 };
	const char *scope = g->scope->text, *cut = "";
	size_t length = strlen(scope);
	if (length > LONGEST) {
		cut = "...";
		scope += length - LONGEST;
		while ((*scope & 0xc0) == 0x80) /* not from within a character */
			scope++;
	}
	int n = mica__format(line, size, "%s%s%s", cut, scope, length ? ": " : "");
	mica__vformat(line + n, size - (size_t)n, fmt, ap);
}

static void remember(mica_graph *g, mica_status s, const char *line)
{
	if (g->status == MICA_OK) {
		g->status = s;
		snprintf(g->error, sizeof g->error, "%s", line);
	}
}

mica_var mica__graph_fail(mica_graph *g, mica_status s, const char *fmt, ...)
{
	char line[sizeof g->error];
	va_list ap;
	va_start(ap, fmt);
	in_scope(g, line, sizeof line, fmt, ap);
	va_end(ap);
	mica__fail(s, "%s", line);
	remember(g, s, mica__reason());
	return &g->failed;
}

mica_var mica__graph_fail_null(mica_graph *g, const char *fmt, ...)
{
	char line[sizeof g->error];
	va_list ap;
	va_start(ap, fmt);
	in_scope(g, line, sizeof line, fmt, ap);
	va_end(ap);
	remember(g, mica__fail_null("%s", line), line);
	return &g->failed;
}

bool mica__graph_there(const mica_graph *g, const char *what)
{
	if (!g)
		mica__fail_null("%s: no graph; check what mica_graph_create returned", what);
	return g != NULL;
}

/* ---- where nodes come from ---- */

static void enter(mica_graph *g, const char *name, mica_phase phase)
{
	mica__text path = {0};
	const mica__scope *now = g->scope, *next = NULL;
	mica__text_append(&path, now->text, now->length);
	if (name && name[0])
		mica__text_add(&path, "%s%s", now->length ? "/" : "", name);
	for (size_t i = 0; i < path.n; i++) /* it will be part of a line */
		path.s[i] = (unsigned char)path.s[i] < ' ' || path.s[i] == 127 ? '?' : path.s[i];
	if (!path.failed && mica__grow(&g->outer, &g->cap_outer, g->n_outer + 1, sizeof *g->outer) == MICA_OK)
		next = mica__scope_at(g->scopes, mica__text_string(&path), path.n, phase);
	mica__text_free(&path);
	if (!next) {
		mica__graph_fail(g, MICA_ENOMEM, "scope: no memory for %s", name ? name : "it");
		return;
	}
	g->outer[g->n_outer++] = now;
	g->scope = next;
}

void mica_scope_enter(mica_graph *g, const char *name)
{
	if (mica__graph_there(g, "scope"))
		enter(g, name, g->scope->phase);
}

void mica_scope_update(mica_graph *g, const char *name)
{
	if (mica__graph_there(g, "scope"))
		enter(g, name, MICA_UPDATE);
}

void mica_scope_leave(mica_graph *g)
{
	if (mica__graph_there(g, "scope") && g->n_outer)
		g->scope = g->outer[--g->n_outer];
}

const char *mica_var_scope(mica_var x)
{
	return x && !x->failed ? x->scope->text : "";
}

/* ---- what a var says: NULL is a failed var ---- */

mica_shape mica_var_shape(mica_var x)
{
	return x ? x->shape : MICA_SCALAR_SHAPE;
}

mica_dtype mica_var_dtype(mica_var x)
{
	return x ? x->dtype : MICA_F32;
}

size_t mica_var_count(mica_var x)
{
	return x && !x->failed ? mica__shape_count(&x->shape) : 0;
}

const char *mica_var_name(mica_var x)
{
	return x ? x->name : "";
}

mica_graph *mica_var_graph(mica_var x)
{
	return x ? x->g : NULL;
}
