/* SPDX-License-Identifier: MIT */
/* graph/along.c - elements chosen along an axis by an index for each, and the index that puts an axis in order.
   Sorting is taking along an axis by its order: so the order is the only operation that sorts, and gradients are those of
   taking.  A long axis is sorted in runs, which are then merged in pairs, run after run: as many nodes as there are passes
   over memory. */
#include "graph/node.h"

#include <string.h>

static mica__attr along(size_t axis)
{
	return (mica__attr){.along = {.axis = axis}};
}

/* ---- take ---- */

/* Whether index holds each place of its axis once. */
static bool is_order(mica_var index)
{
	return index->op == MICA__ORDER && index->n_in * index->attr.along.run >= index->shape.dim[index->attr.along.axis];
}

/* The inverse of an order is what puts its numbers in order. */
static void take_along_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	mica_var index = y->in[1];
	size_t axis = y->attr.along.axis;
	if (is_order(index) && index->attr.along.axis == axis)
		dx[0] = mica_op_take_along(dy, mica_op_argsort(index, (int)axis, false), (int)axis);
	else
		dx[0] = mica_op_scatter_along(dy, index, (int)axis, y->in[0]->shape.dim[axis]);
}

static void take_along_map(mica_var x, size_t i, mica__map *m)
{
	for (size_t k = 0; k < x->shape.rank; k++)
		if (i == 0 && k == x->attr.along.axis)
			m->axis[k].indexed = true;
		else
			mica__map_along(m, k, k);
}

const mica__op_info mica__op_TAKE_ALONG = {.name = "take_along", .family = MICA__FAMILY_MOVE, .uses = MICA__USES_ALONG, .arity = 2,
                                           .stored_in = 1, .gradient = take_along_gradient, .map = take_along_map};

/* Whether index can choose along that axis of x; makes both equally long along all others. */
static bool choose_along(const char *op, mica_var *x, mica_var *index, int axis, size_t *k)
{
	mica_graph *g = (*x)->g;
	if (!mica__is_index(index, op) || !mica__axis(*x, op, axis, k))
		return false;
	mica_shape a = (*x)->shape, b = (*index)->shape, both;
	bool fits = a.rank == b.rank;
	if (fits) {
		a.dim[*k] = b.dim[*k] = 1;
		fits = mica__shape_broadcast(&a, &b, &both);
	}
	if (!fits) {
		mica__graph_fail(g, MICA_ESHAPE, "%s: index %s for %s along axis %zu; of all other axes there must be as many, or 1", op,
		                 mica__shape_text(&(*index)->shape), mica__shape_text(&(*x)->shape), *k);
		return false;
	}
	a = b = both;
	a.dim[*k] = (*x)->shape.dim[*k];
	b.dim[*k] = (*index)->shape.dim[*k];
	*x = mica_op_broadcast(*x, a);
	*index = mica_op_broadcast(*index, b);
	return g->status == MICA_OK;
}

mica_var mica_op_take_along(mica_var x, mica_var index, int axis)
{
	mica_var bad;
	size_t k;
	mica_graph *g = mica__operands("take_along", (mica_var[]){x, index}, 2, &bad);
	if (!g)
		return bad;
	if (!choose_along("take_along", &x, &index, axis, &k))
		return &g->failed;
	if (!x->shape.dim[k] && mica_var_count(index))
		return mica__graph_fail(g, MICA_ESHAPE, "take_along: axis %zu of %s is empty", k, mica__shape_text(&x->shape));
	mica__attr attr = along(k);
	return mica__node(g, MICA__TAKE_ALONG, x->dtype, &index->shape, (mica_var[]){x, index}, 2, &attr);
}

/* ---- add at ---- */

static void scatter_along_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	if (y->shape.dim[y->attr.along.axis])
		dx[0] = mica_op_take_along(dy, y->in[1], (int)y->attr.along.axis);
}

const mica__op_info mica__op_SCATTER_ALONG = {.name = "scatter_along", .family = MICA__FAMILY_KERNEL, .uses = MICA__USES_ALONG,
                                              .arity = 2, .stored_in = 3, .gradient = scatter_along_gradient};

mica_var mica_op_scatter_along(mica_var x, mica_var index, int axis, size_t size)
{
	mica_var bad;
	size_t k;
	mica_graph *g = mica__operands("scatter_along", (mica_var[]){x, index}, 2, &bad);
	if (!g)
		return bad;
	if (mica__dtype_real(x->dtype) && !mica__dtype_computes(x->dtype))
		return mica_op_cast(mica_op_scatter_along(mica__widened(x), index, axis, size), x->dtype);
	if (!mica__dtype_computes(x->dtype))
		return mica__graph_fail(g, MICA_EINVAL, "scatter_along: %s holds no sums; cast it to i32", mica__dtype_name(x->dtype));
	if (!choose_along("scatter_along", &x, &index, axis, &k))
		return &g->failed;
	if (x->shape.dim[k] != index->shape.dim[k])
		return mica__graph_fail(g, MICA_ESHAPE, "scatter_along: x %s and index %s along axis %zu; an index for each element",
		                        mica__shape_text(&x->shape), mica__shape_text(&index->shape), k);
	mica__attr attr = along(k);
	mica_shape s = x->shape;
	s.dim[k] = size;
	return mica__node(g, MICA__SCATTER_ALONG, x->dtype, &s, (mica_var[]){x, index}, 2, &attr);
}

/* ---- order ---- */

const mica__op_info mica__op_ORDER = {.name = "order", .family = MICA__FAMILY_KERNEL, .uses = MICA__USES_ALONG,
                                      .arity = MICA__ANY_ARITY, .stored_in = 3};

/* The order of x's last axis: of runs of MICA__RUN elements, then of twice as many, until it is that of all. */
static mica_var order(mica_var x, bool descending)
{
	size_t last = x->shape.rank - 1, n = x->shape.dim[last];
	x = mica__widened(x);
	mica__attr attr = {.along = {.axis = last, .run = MICA__RUN, .backward = descending}};
	mica_var index = mica__node(x->g, MICA__ORDER, MICA_I32, &x->shape, &x, 1, &attr);
	for (; attr.along.run < n; attr.along.run *= 2)
		index = mica__node(x->g, MICA__ORDER, MICA_I32, &x->shape, (mica_var[]){x, index}, 2, &attr);
	return index;
}

/* x with that axis as the last one and the last where it was; twice: x. */
static mica_var turned(mica_var x, size_t axis)
{
	size_t perm[MICA_MAX_RANK], last = x->shape.rank - 1;
	for (size_t i = 0; i <= last; i++)
		perm[i] = i == axis ? last : i == last ? axis : i;
	return axis == last ? x : mica_op_transpose(x, perm);
}

static bool sortable(const char *op, mica_var x, int axis, size_t *k)
{
	if (!mica__axis(x, op, axis, k))
		return false;
	if (x->shape.dim[*k] > INT32_MAX)
		mica__graph_fail(x->g, MICA_ESHAPE, "%s: axis %zu of %s; an i32 counts to %d", op, *k, mica__shape_text(&x->shape), INT32_MAX);
	return x->g->status == MICA_OK;
}

mica_var mica_op_argsort(mica_var x, int axis, bool descending)
{
	mica_var bad;
	size_t k;
	if (!mica__operands("argsort", &x, 1, &bad))
		return bad;
	return sortable("argsort", x, axis, &k) ? turned(order(turned(x, k), descending), k) : &x->g->failed;
}

mica_var mica_op_sort(mica_var x, int axis, bool descending)
{
	mica_var bad;
	size_t k;
	if (!mica__operands("sort", &x, 1, &bad))
		return bad;
	if (!sortable("sort", x, axis, &k))
		return &x->g->failed;
	mica_var rows = turned(x, k);
	return turned(mica_op_take_along(rows, order(rows, descending), -1), k);
}

mica_var mica_op_top_k(mica_var x, size_t n, int axis, mica_var *index)
{
	mica_var bad, found;
	size_t k, start[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK];
	if (!mica__operands("top_k", &x, 1, &bad) || !sortable("top_k", x, axis, &k)) {
		found = bad;
	} else if (n > x->shape.dim[k]) {
		found = mica__graph_fail(x->g, MICA_ESHAPE, "top_k: %zu of the %zu elements along axis %zu of %s", n, x->shape.dim[k], k,
		                         mica__shape_text(&x->shape));
	} else {
		memcpy(stop, x->shape.dim, sizeof stop);
		stop[k] = n;
		found = mica_op_slice(mica_op_argsort(x, (int)k, true), start, stop, NULL);
	}
	if (index)
		*index = found;
	return found && !found->failed ? mica_op_take_along(x, found, (int)k) : found;
}
