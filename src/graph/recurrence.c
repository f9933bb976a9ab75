/* SPDX-License-Identifier: MIT */
/* graph/recurrence.c - what is carried along an axis: y[i] = a[i] y[i-1] + b[i], from y[first] = b[first], in the order of
   the axis or backward.  Cumulative sums are such with a = 1, cumulative products with b = 0 after the first.
   The gradient of a recurrence is one in the other direction, so it can be differentiated as often as one likes, and that
   of a product is right where factors are 0. */
#include "graph/node.h"

/* x moved by one element along axis, forward or backward; a zero comes in. */
static mica_var moved(mica_var x, size_t axis, bool forward)
{
	size_t start[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK], zero[MICA_MAX_RANK] = {0}, one[MICA_MAX_RANK] = {0};
	if (!x->shape.dim[axis])
		return x;
	for (size_t i = 0; i < x->shape.rank; i++)
		stop[i] = x->shape.dim[i];
	one[axis] = 1;
	if (forward)
		stop[axis]--;
	else
		start[axis]++;
	x = mica_op_slice(x, start, stop, NULL);
	return forward ? mica_op_pad(x, one, zero, 0) : mica_op_pad(x, zero, one, 0);
}

/* Axes of size 1 after it do not hide that an axis is the last. */
static mica_var recurrence(mica_var a, mica_var b, size_t axis, bool backward)
{
	mica_shape s = b->shape;
	while (s.rank > axis + 1 && s.dim[s.rank - 1] == 1)
		s.rank--;
	mica_var y = mica__node(b->g, MICA__RECURRENCE, b->dtype, &s, (mica_var[]){mica_op_reshape(a, s), mica_op_reshape(b, s)}, 2,
	                        &(mica__attr){.along = {.axis = axis, .backward = backward}});
	return mica_op_reshape(y, b->shape);
}

/* g[i] = dy[i] + a[i+1] g[i+1] is the gradient of b[i], and g[i] y[i-1] that of a[i].  Where a is a constant, one as long
   is its neighbours, too. */
static void recurrence_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	size_t axis = y->attr.along.axis;
	bool forward = !y->attr.along.backward;
	mica_var a = y->in[0], next = a->op == MICA__FILL ? a : moved(a, axis, !forward);
	dx[1] = recurrence(next, dy, axis, forward);
	if (a->op != MICA__FILL)
		dx[0] = mica_op_mul(dx[1], moved(y, axis, forward));
}

const mica__op_info mica__op_RECURRENCE = {.name = "recurrence", .family = MICA__FAMILY_KERNEL, .uses = MICA__USES_ALONG,
                                           .arity = 2, .gradient = recurrence_gradient};

/* Whether what comes along an axis of x is carried as another type, and rounded in the end. */
static bool is_short(mica_var x)
{
	return mica__dtype_real(x->dtype) && !mica__dtype_computes(x->dtype);
}

/* Whether op can go along that axis of x; *out is its number from 0. */
static bool goes_along(const char *op, mica_var x, int axis, size_t *out)
{
	if (!mica__dtype_computes(x->dtype))
		mica__graph_fail(x->g, MICA_EINVAL, "%s: %s holds no sums; cast it to i32", op, mica__dtype_name(x->dtype));
	return mica__axis(x, op, axis, out) && x->g->status == MICA_OK;
}

mica_var mica_op_recurrence(mica_var a, mica_var b, int axis, bool backward)
{
	mica_var bad, in[] = {a, b};
	mica_graph *g = mica__operands("recurrence", in, 2, &bad);
	mica_shape s;
	size_t k;
	if (!g)
		return bad;
	if (a->dtype != b->dtype)
		return mica__graph_fail(g, MICA_EINVAL, "recurrence: types %s and %s; cast one of them", mica__dtype_name(a->dtype),
		                        mica__dtype_name(b->dtype));
	if (!mica__shape_broadcast(&a->shape, &b->shape, &s))
		return mica__graph_fail(g, MICA_ESHAPE, "recurrence: shapes %s and %s; from the last axis on, sizes must be equal or 1",
		                        mica__shape_text(&a->shape), mica__shape_text(&b->shape));
	if (is_short(b))
		return mica_op_cast(mica_op_recurrence(mica__widened(a), mica__widened(b), axis, backward), b->dtype);
	b = mica_op_broadcast(b, s);
	if (!goes_along("recurrence", b, axis, &k))
		return &g->failed;
	return recurrence(mica_op_broadcast(a, s), b, k, backward);
}

mica_var mica_op_cumsum(mica_var x, int axis, bool exclusive, bool backward)
{
	mica_var bad;
	size_t k;
	if (!mica__operands("cumsum", &x, 1, &bad))
		return bad;
	if (is_short(x))
		return mica_op_cast(mica_op_cumsum(mica__widened(x), axis, exclusive, backward), x->dtype);
	if (!goes_along("cumsum", x, axis, &k))
		return &x->g->failed;
	return recurrence(mica_graph_fill(x->g, 1, x->dtype, x->shape), exclusive ? moved(x, k, !backward) : x, k, backward);
}

/* The product of those before is carried, beginning with 1. */
mica_var mica_op_cumprod(mica_var x, int axis, bool exclusive, bool backward)
{
	mica_var bad;
	size_t k;
	if (!mica__operands("cumprod", &x, 1, &bad))
		return bad;
	if (is_short(x))
		return mica_op_cast(mica_op_cumprod(mica__widened(x), axis, exclusive, backward), x->dtype);
	if (!goes_along("cumprod", x, axis, &k))
		return &x->g->failed;
	size_t n = x->shape.dim[k];
	mica_var first = mica_graph_fill(x->g, backward && n ? (double)(n - 1) : 0, MICA_I32, MICA_SCALAR_SHAPE);
	mica_var one = mica_op_cast(mica_op_eq(mica_graph_iota(x->g, x->shape, k), first), x->dtype);
	mica_var before = recurrence(moved(x, k, !backward), one, k, backward);
	return exclusive ? before : mica_op_mul(x, before);
}
