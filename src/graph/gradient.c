/* SPDX-License-Identifier: MIT */
/* graph/gradient.c - reverse-mode differentiation: walks the nodes that y needs backwards and adds each one's rule as new
   nodes.  Takes time for these nodes, however many the graph has. */
#include "graph/node.h"

typedef struct backward {
	mica_var *order;  /* the nodes that y needs, inputs first */
	size_t n;
	bool *on_path;    /* by place in it: whether it depends on an x, through operations that have gradients */
	mica_var *grads;  /* by place: the sum of what has come so far */
	mica_var *dx;     /* of one node: as many as the one with most inputs has */
} backward;

static bool open_backward(backward *b, mica_var y)
{
	size_t most = 0;
	b->order = mica__topological(&y, 1, &b->n);
	for (size_t i = 0; b->order && i < b->n; i++)
		most = b->order[i]->n_in > most ? b->order[i]->n_in : most;
	b->on_path = mica__alloc(b->n, sizeof *b->on_path);
	b->grads = mica__alloc(b->n, sizeof *b->grads);
	b->dx = mica__alloc(most, sizeof *b->dx);
	return b->order && b->on_path && b->grads && b->dx;
}

static void close_backward(backward *b)
{
	mica__free(b->order);
	mica__free(b->on_path);
	mica__free(b->grads);
	mica__free(b->dx);
}

static void mark(backward *b, const mica_var *xs, size_t n_xs)
{
	for (size_t i = 0; i < n_xs; i++)
		if (mica__order_of(xs[i]) != SIZE_MAX)
			b->on_path[mica__order_of(xs[i])] = true;
	for (size_t i = 0; i < b->n; i++)
		for (size_t j = 0; j < b->order[i]->n_in; j++)
			if (b->on_path[mica__order_of(b->order[i]->in[j])] && mica__op_of(b->order[i])->gradient)
				b->on_path[i] = true;
}

/* Sums x over the axes that were broadcast, so that it has shape s. */
static mica_var unbroadcast(mica_var x, const mica_shape *s)
{
	if (x->failed || mica__shape_equal(&x->shape, s))
		return x;
	size_t extra = x->shape.rank - s->rank;
	uint32_t axes = 0;
	for (size_t i = 0; i < x->shape.rank; i++)
		if (i < extra || (s->dim[i - extra] == 1 && x->shape.dim[i] != 1))
			axes |= MICA_AXIS(i);
	return mica_op_reshape(axes ? mica_op_sum(x, axes, true) : x, *s);
}

static void propagate(backward *b, mica_var y, mica_var dy)
{
	const mica__scope *before = mica__scope_of(y->g, y, MICA_BACKWARD);
	for (size_t j = 0; j < y->n_in; j++)
		b->dx[j] = NULL;
	mica__op_of(y)->gradient(y, dy, b->dx);
	for (size_t j = 0; j < y->n_in; j++) {
		mica_var x = y->in[j], *sum = &b->grads[mica__order_of(x)];
		if (!b->dx[j] || !b->on_path[mica__order_of(x)] || x->dtype != y->g->real)
			continue;
		mica_var d = mica__is_pointwise(y) ? unbroadcast(b->dx[j], &x->shape) : b->dx[j];
		*sum = *sum ? mica_op_add(*sum, d) : d;
	}
	y->g->scope = before;
}

/* The gradient of x, or zeros. */
static mica_var result(const backward *b, mica_var y, mica_var x)
{
	const mica__scope *before = mica__scope_of(x->g, y, MICA_BACKWARD);
	size_t at = mica__order_of(x);
	bool reached = at != SIZE_MAX && b->grads[at] && b->on_path[mica__order_of(y)];
	mica_var dx = reached ? mica_op_broadcast(b->grads[at], x->shape) : mica_graph_fill(x->g, 0, x->g->real, x->shape);
	x->g->scope = before;
	return dx;
}

/* What y's own gradient is: the seed, or ones. */
static mica_var first(mica_var y, mica_var seed)
{
	const mica__scope *before = mica__scope_of(y->g, y, MICA_BACKWARD);
	mica_var dy = seed ? seed : mica_graph_fill(y->g, 1, y->dtype, y->shape);
	y->g->scope = before;
	return dy;
}

/* Of the values to differentiate, and by which: one graph, reals, a seed of y's shape. */
static bool check(mica_graph *g, mica_var y, mica_var seed, const mica_var *xs, size_t n, mica_var *out)
{
	mica_var bad;
	if (n && (!xs || !out))
		mica__graph_fail(g, MICA_EINVAL, "gradient: %s is NULL with n = %zu", xs ? "out" : "xs", n);
	else if ((!n || mica__operands("gradient", xs, n, &bad)) &&
	         mica__operands("gradient", (mica_var[]){y, seed ? seed : y, n ? xs[0] : y}, 3, &bad)) {
		if (y->dtype != g->real)
			mica__graph_fail(g, MICA_EINVAL, "gradient: of a value of type %s; cast it to a real type",
			                 mica__dtype_name(y->dtype));
		else if (seed && (seed->dtype != g->real || !mica__shape_equal(&seed->shape, &y->shape)))
			mica__graph_fail(g, MICA_EINVAL, "gradient: of %s %s with a seed of %s %s; they must be equal",
			                 mica__dtype_name(y->dtype), mica__shape_text(&y->shape), mica__dtype_name(seed->dtype),
			                 mica__shape_text(&seed->shape));
	}
	return g->status == MICA_OK;
}

mica_status mica_gradient(mica_var y, mica_var seed, const mica_var *xs, size_t n, mica_var *out)
{
	mica_var bad;
	backward b = {.n = 0};
	mica_graph *g = mica__operands("gradient", &y, 1, &bad);
	if (!g || !check(g, y, seed, xs, n, out))
		goto out;
	if (!open_backward(&b, y)) {
		mica__graph_fail(g, MICA_ENOMEM, "gradient: no memory for %zu nodes", b.n);
		goto out;
	}
	mark(&b, xs, n);
	b.grads[mica__order_of(y)] = first(y, seed);
	for (size_t i = b.n; i-- > 0 && g->status == MICA_OK;)
		if (b.grads[i] && b.on_path[i] && mica__op_of(b.order[i])->gradient)
			propagate(&b, b.order[i], b.grads[i]);
	for (size_t i = 0; i < n; i++)
		out[i] = result(&b, y, xs[i]);
out:
	close_backward(&b);
	mica_status st = bad ? bad->g->status : MICA_EINVAL;
	for (size_t i = 0; out && i < n && st != MICA_OK; i++)
		out[i] = bad;
	return st;
}
