/* SPDX-License-Identifier: MIT */
/* graph/gradient.c - reverse-mode differentiation: walks the nodes backwards and adds each one's rule as new nodes. */
#include "graph/node.h"

#define MOST_INPUTS 64

static void no_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	(void)y, (void)dy, (void)dx;
}

static void cast_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	if (y->in[0]->dtype == y->dtype)
		dx[0] = dy;
}

static void assign_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	(void)y;
	dx[1] = dy;
}

static mica__gradient_rule *rule_of(mica_var y)
{
	if (mica__is_elementwise(y))
		return mica__elementwise_gradient(y->op) ? mica__elementwise_gradient(y->op) : no_gradient;
	if (mica__is_reduction(y))
		return mica__reduce_gradient;
	switch (y->op) {
	case MICA__RESHAPE: case MICA__TRANSPOSE: case MICA__BROADCAST: case MICA__SLICE: case MICA__PAD:
	case MICA__CONCAT: case MICA__FLIP: case MICA__GATHER: case MICA__SCATTER_ADD: return mica__movement_gradient;
	case MICA__MATMUL: return mica__matmul_gradient;
	case MICA__CAST: return cast_gradient;
	case MICA__ASSIGN: return assign_gradient;
	default: return no_gradient;
	}
}

/* Which nodes lie on a path from an x: only they need gradients. */
static void mark(bool *on_path, mica_var *order, size_t n, const mica_var *xs, size_t n_xs)
{
	for (size_t i = 0; i < n_xs; i++)
		on_path[xs[i]->id] = true;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < order[i]->n_in; j++)
			if (on_path[order[i]->in[j]->id] && order[i]->op != MICA__STOP_GRADIENT)
				on_path[order[i]->id] = true;
}

static mica_status propagate(mica_var y, mica_var dy, const bool *on_path, mica_var *grads)
{
	mica_var dx[MOST_INPUTS] = {0};
	if (y->n_in > MOST_INPUTS)
		return mica__fail(MICA_EUNSUPPORTED, "gradient: an operation with %zu inputs, at most %d", y->n_in, MOST_INPUTS);
	rule_of(y)(y, dy, dx);
	for (size_t j = 0; j < y->n_in; j++) {
		mica_var x = y->in[j];
		if (!dx[j] || !on_path[x->id] || x->dtype != y->g->real)
			continue;
		mica_var d = mica__is_elementwise(y) ? mica__unbroadcast(dx[j], &x->shape) : dx[j];
		grads[x->id] = grads[x->id] ? mica_op_add(grads[x->id], d) : d;
	}
	return y->g->status;
}

mica_status mica_gradient(mica_var y, mica_var seed, const mica_var *xs, size_t n, mica_var *out)
{
	mica_graph *g = y->g;
	mica_status st = MICA_OK;
	size_t order_n = 0, nodes = g->n;
	for (size_t i = 0; i < n; i++)
		out[i] = &g->failed;
	if (g->status != MICA_OK)
		return g->status;
	for (size_t i = 0; i < n; i++)
		if (xs[i]->g != g || (seed && seed->g != g))
			return mica__graph_fail(g, MICA_EINVAL, "gradient: vars of two different graphs"), g->status;
	if (y->dtype != g->real || (seed && !mica__shape_equal(&seed->shape, &y->shape)))
		return mica__graph_fail(g, MICA_EINVAL, "gradient: of a real value, with a seed of its shape %s",
		                        mica__shape_text(&y->shape)), g->status;
	mica_var *order = mica__topological(&y, 1, &order_n);
	bool *on_path = mica__alloc(nodes + 1, sizeof *on_path);
	mica_var *grads = mica__alloc(nodes + 1, sizeof *grads);
	if (!order || !on_path || !grads) {
		st = mica__fail(MICA_ENOMEM, "gradient: no memory for %zu nodes", nodes);
		goto out;
	}
	mark(on_path, order, order_n, xs, n);
	grads[y->id] = seed ? seed : mica_graph_fill(g, 1, g->real, y->shape);
	for (size_t i = order_n; i-- > 0;) {
		mica_var x = order[i];
		if (grads[x->id] && on_path[x->id] && x->n_in && x->op != MICA__STOP_GRADIENT)
			MICA_TRY(propagate(x, grads[x->id], on_path, grads));
	}
	for (size_t i = 0; i < n; i++)
		out[i] = grads[xs[i]->id] && on_path[y->id] ? mica_op_broadcast(grads[xs[i]->id], xs[i]->shape)
		                          : mica_graph_fill(g, 0, g->real, xs[i]->shape);
	st = g->status;
out:
	mica__free(order);
	mica__free(on_path);
	mica__free(grads);
	return st;
}
