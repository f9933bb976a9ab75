/* SPDX-License-Identifier: MIT */
/* graph/graph.c - the graph itself: making and freeing, sticky failure, what a var says.  Uses device for ownership. */
#include "device/device.h"
#include "graph/node.h"

#include <stdio.h>
#include <string.h>

/* ---- graphs ---- */

mica_graph *mica__graph_bare(mica_dtype real)
{
	mica_graph *g = mica__alloc(1, sizeof *g);
	if (g) {
		g->real = real;
		g->failed = (struct mica_node){.g = g, .failed = true, .dtype = real};
	}
	return g;
}

static void free_graph(void *object)
{
	mica_graph *g = object;
	for (size_t i = 0; i < g->n; i++) {
		if (g->nodes[i]->value && g->release)
			g->release(g->nodes[i]->value, g->ctx);
		mica__free(g->nodes[i]);
	}
	mica__free(g->nodes);
	mica__free(g->values);
	mica__free(g);
}

mica_graph *mica_graph_create_real(mica_context *ctx, mica_dtype real)
{
	if (!ctx) {
		mica__fail_null("graph: no context; check what mica_open returned");
		return NULL;
	}
	if (!mica__dtype_valid(real) || !mica__dtype_real(real)) {
		mica__fail(MICA_EINVAL, "graph: reals of type %s (%d); they are f32 or f64", mica__dtype_name(real), (int)real);
		return NULL;
	}
	if (real == MICA_F64 && !mica__class_of(mica__device_of(ctx))->fp64) {
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

/* ---- failure ---- */

mica_status mica_graph_status(const mica_graph *g)
{
	return g ? g->status : MICA_EINVAL;
}

const char *mica_graph_error(const mica_graph *g)
{
	return g ? g->error : mica__reason();
}

void mica_graph_scope(mica_graph *g, const char *scope)
{
	if (g)
		snprintf(g->scope, sizeof g->scope, "%s", scope ? scope : "");
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
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	mica__vformat(text, sizeof text, fmt, ap);
	va_end(ap);
	mica__fail(s, "%s%s%s", g->scope, g->scope[0] ? ": " : "", text);
	remember(g, s, mica__reason());
	return &g->failed;
}

mica_var mica__graph_fail_null(mica_graph *g, const char *fmt, ...)
{
	char text[400], line[500];
	va_list ap;
	va_start(ap, fmt);
	mica__vformat(text, sizeof text, fmt, ap);
	va_end(ap);
	mica__format(line, sizeof line, "%s%s%s", g->scope, g->scope[0] ? ": " : "", text);
	remember(g, mica__fail_null("%s", line), line);
	return &g->failed;
}

bool mica__graph_there(const mica_graph *g, const char *what)
{
	if (!g)
		mica__fail_null("%s: no graph; check what mica_graph_create returned", what);
	return g != NULL;
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
