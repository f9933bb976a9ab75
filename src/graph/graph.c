/* SPDX-License-Identifier: MIT */
/* graph/graph.c - the graph itself: nodes, leaves, sticky failure, shapes as text.  Uses base and device (ownership). */
#include "device/device.h"
#include "graph/node.h"

#include <stdio.h>
#include <string.h>

static const mica__op_info op_infos[MICA__OP_COUNT] = {
#define X(id, n, h, e) [MICA__##id] = {.name = #id, .expression = e, .arity = n, .heavy = h},
	MICA__ELEMENTWISE(X)
#undef X
#define X(id) [MICA__##id] = {.name = #id},
	MICA__STRUCTURAL(X)
#undef X
};

const mica__op_info *mica__op_describe(mica__op op)
{
	return &op_infos[op];
}

/* ---- graphs ---- */

mica_graph *mica__graph_bare(mica_dtype real)
{
	mica_graph *g = mica__alloc(1, sizeof *g);
	if (g) {
		g->real = real;
		g->failed = (struct mica_node){.g = g, .failed = true};
	}
	return g;
}

static void free_graph(void *object)
{
	mica_graph *g = object;
	for (size_t i = 0; i < g->n; i++) {
		if (g->nodes[i]->storage && g->free_storage)
			g->free_storage(g->nodes[i]->storage);
		mica__free(g->nodes[i]);
	}
	mica__free(g->nodes);
	mica__free(g);
}

mica_graph *mica_graph_create_real(mica_context *ctx, mica_dtype real)
{
	if (!ctx) {
		mica__fail(MICA_EINVAL, "graph: no context; check what mica_open returned");
		return NULL;
	}
	if (real != MICA_F32 && real != MICA_F64) {
		mica__fail(MICA_EINVAL, "graph: real numbers are f32 or f64");
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
	return g->ctx;
}

mica_status mica_graph_status(const mica_graph *g)
{
	return g->status;
}

const char *mica_graph_error(const mica_graph *g)
{
	return g->error;
}

void mica_graph_scope(mica_graph *g, const char *scope)
{
	snprintf(g->scope, sizeof g->scope, "%s", scope ? scope : "");
}

mica_var mica__graph_fail(mica_graph *g, mica_status s, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	mica__fail(s, "%s%s%s", g->scope, g->scope[0] ? ": " : "", text);
	if (g->status == MICA_OK) {
		g->status = s;
		snprintf(g->error, sizeof g->error, "%s", mica__reason());
	}
	return &g->failed;
}

/* ---- nodes ---- */

mica_var mica__node(mica_graph *g, mica__op op, mica_dtype t, const mica_shape *s, const mica_var *in, size_t n_in,
                    const mica__attr *attr)
{
	if (g->status != MICA_OK)
		return &g->failed;
	for (size_t i = 0; i < n_in; i++) {
		if (in[i]->failed)
			return &g->failed;
		if (in[i]->g != g) /* both of them are broken by it */
			return mica__graph_fail(in[i]->g, MICA_EINVAL, "%s: operands of two different graphs", op_infos[op].name),
			       mica__graph_fail(g, MICA_EINVAL, "%s: operands of two different graphs", op_infos[op].name);
	}
	size_t count;
	if (s->rank > MICA_MAX_RANK)
		return mica__graph_fail(g, MICA_ESHAPE, "%s: rank %zu, at most %d", op_infos[op].name, s->rank, MICA_MAX_RANK);
	if (!mica__shape_checked_count(s, &count))
		return mica__graph_fail(g, MICA_EOVERFLOW, "%s: shape %s has too many elements", op_infos[op].name,
		                        mica__shape_text(s));
	struct mica_node *x = mica__alloc(1, sizeof *x + n_in * sizeof(mica_var));
	if (!x || mica__grow(&g->nodes, &g->capacity, g->n + 1, sizeof *g->nodes) != MICA_OK) {
		mica__free(x);
		return mica__graph_fail(g, MICA_ENOMEM, "%s: no memory for a node", op_infos[op].name);
	}
	x->g = g;
	x->id = (uint32_t)g->n;
	x->op = op;
	x->dtype = t;
	x->shape = *s;
	for (size_t i = s->rank; i < MICA_MAX_RANK; i++)
		x->shape.dim[i] = 0;
	if (attr)
		x->attr = *attr;
	x->in = (mica_var *)(x + 1);
	x->n_in = n_in;
	if (n_in)
		memcpy(x->in, in, n_in * sizeof *in);
	g->nodes[g->n++] = x;
	return x;
}

static mica_var leaf(mica_graph *g, mica__op op, const char *name, mica_dtype t, mica_shape s)
{
	if (s.rank > MICA_MAX_RANK)
		return mica__graph_fail(g, MICA_ESHAPE, "%s: rank %zu, at most %d", name ? name : "", s.rank, MICA_MAX_RANK);
	mica_var x = mica__node(g, op, t, &s, NULL, 0, NULL);
	if (!x->failed)
		snprintf(x->name, sizeof x->name, "%s", name ? name : "");
	return x;
}

mica_var mica_graph_input(mica_graph *g, const char *name, mica_dtype t, mica_shape s)
{
	return leaf(g, MICA__INPUT, name, t, s);
}

mica_var mica_graph_variable(mica_graph *g, const char *name, mica_dtype t, mica_shape s)
{
	return leaf(g, MICA__VARIABLE, name, t, s);
}

mica_var mica_graph_fill(mica_graph *g, double value, mica_dtype t, mica_shape s)
{
	return mica__node(g, MICA__FILL, t, &s, NULL, 0, &(mica__attr){.value = value});
}

mica_var mica_graph_scalar(mica_graph *g, double value)
{
	return mica_graph_fill(g, value, g->real, MICA_SCALAR_SHAPE);
}

mica_var mica_graph_iota(mica_graph *g, mica_shape s, size_t axis)
{
	if (axis >= s.rank)
		return mica__graph_fail(g, MICA_EINVAL, "iota: axis %zu of a shape of rank %zu", axis, s.rank);
	return mica__node(g, MICA__IOTA, MICA_I32, &s, NULL, 0, &(mica__attr){.axis = axis});
}

mica_shape mica_var_shape(mica_var x)
{
	return x->shape;
}

mica_dtype mica_var_dtype(mica_var x)
{
	return x->dtype;
}

size_t mica_var_count(mica_var x)
{
	return mica__shape_count(&x->shape);
}

const char *mica_var_name(mica_var x)
{
	return x->name;
}

mica_graph *mica_var_graph(mica_var x)
{
	return x->g;
}

mica_var *mica__topological(const mica_var *roots, size_t n, size_t *n_out)
{
	*n_out = 0;
	mica_graph *g = n ? roots[0]->g : NULL;
	if (!g)
		return mica__alloc(1, 1);
	bool *need = mica__alloc(g->n + 1, sizeof *need);
	mica_var *order = mica__alloc(g->n + 1, sizeof *order);
	if (!need || !order) {
		mica__free(need);
		mica__free(order);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		need[roots[i]->id] = true;
	for (size_t i = g->n; i-- > 0;) /* inputs have smaller numbers */
		for (size_t j = 0; need[i] && j < g->nodes[i]->n_in; j++)
			need[g->nodes[i]->in[j]->id] = true;
	for (size_t i = 0; i < g->n; i++)
		if (need[i])
			order[(*n_out)++] = g->nodes[i];
	mica__free(need);
	return order;
}
