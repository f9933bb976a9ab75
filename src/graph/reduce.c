/* SPDX-License-Identifier: MIT */
/* graph/reduce.c - reductions: gradients, shape rule, public functions.
   A reduction node reduces one axis and keeps it as 1.  Axes that are neighbours are one axis of another shape; the last one
   stays by itself, since rows and what lies across them are read in different ways.  What is left of several axes are
   several nodes, the innermost first, so that the order of the additions depends on the shape only. */
#include "graph/node.h"

#include <math.h>
#include <string.h>

/* ---- gradients ---- */

static void sum_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	dx[0] = mica_op_broadcast(dy, y->in[0]->shape);
}

/* dy times the product of all others, without a division: right where factors are 0. */
static void product_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	int axis = (int)y->attr.axis;
	mica_var before = mica_op_cumprod(y->in[0], axis, true, false), after = mica_op_cumprod(y->in[0], axis, true, true);
	dx[0] = mica_op_mul(dy, mica_op_mul(before, after));
}

/* Where x first equals y along the axis: an index, kept as 1. */
static mica_var first_equal(mica_var x, mica_var y, size_t axis)
{
	mica_var position = mica_graph_iota(x->g, x->shape, axis);
	mica_var equal = mica_op_cast(mica_op_eq(x, y), MICA_I32);
	mica_var far = mica_graph_fill(x->g, (double)x->shape.dim[axis], MICA_I32, MICA_SCALAR_SHAPE);
	return mica_op_reduce_min(mica_op_where(equal, position, far), MICA_AXIS(axis), true);
}

/* The same of a maximum over a few rows, by an operation that is made in one pass with it, and in bytes. */
static mica_var first_greatest(mica_var x, mica_var y, size_t axis)
{
	mica_var first = mica__node(x->g, MICA__ARGMAX, MICA_I32, &y->shape, &x, 1, &(mica__attr){.axis = axis});
	return mica_op_cast(mica_op_cast(first, MICA_U8), MICA_I32);
}

static void extreme_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	enum { FEW = 256 };
	mica_var x = y->in[0];
	size_t axis = y->attr.axis, n = x->shape.dim[axis];
	bool few = y->op == MICA__REDUCE_MAX && n && n <= FEW && axis + 1 < x->shape.rank;
	mica_var first = (few ? first_greatest : first_equal)(x, y, axis);
	mica_var here = mica_op_eq(mica_graph_iota(x->g, x->shape, y->attr.axis), first);
	dx[0] = mica_op_where(mica_op_cast(here, x->dtype), dy, mica_graph_fill(x->g, 0, x->dtype, MICA_SCALAR_SHAPE));
}

/* ---- over axes ---- */

#define REDUCTION(text, parts, rule, so_far, first)                                                              \
	{                                                                                                        \
		.name = text, .family = MICA__FAMILY_REDUCTION, .uses = MICA__USES_AXIS, .arity = 1,             \
		.in_parts = parts, .gradient = rule, .expression = so_far, .start = MICA__START_##first          \
	}
const mica__op_info mica__op_SUM = REDUCTION("sum", true, sum_gradient, "$a + $b", ZERO);
const mica__op_info mica__op_PROD = REDUCTION("prod", true, product_gradient, "$a * $b", ONE);
const mica__op_info mica__op_REDUCE_MAX =
	REDUCTION("reduce_max", true, extreme_gradient, "($b > $a || $b != $b ? $b : $a)", FIRST);
const mica__op_info mica__op_REDUCE_MIN =
	REDUCTION("reduce_min", true, extreme_gradient, "($b < $a || $b != $b ? $b : $a)", LAST);

/* Whether x can be reduced over axes by what is called name. */
static bool reducible(const char *name, mica_var x, uint32_t axes)
{
	if (axes != MICA_ALL_AXES && axes >> x->shape.rank)
		mica__graph_fail(x->g, MICA_EINVAL, "%s: axes 0x%x of a shape of rank %zu; a bit for each axis, or MICA_ALL_AXES",
		                 name, axes, x->shape.rank);
	return x->g->status == MICA_OK;
}

/* A group of axes that are reduced as one: neighbours, but for axes of size 1. */
typedef struct span {
	size_t first, last, size;
} span;

/* The groups that axes of s are, the innermost first; returns how many. */
static size_t spans_of(const mica_shape *s, uint32_t axes, span *out)
{
	size_t n = 0;
	bool open = false, last = true;
	for (size_t i = s->rank; i-- > 0;) {
		if (s->dim[i] == 1)
			continue;
		if (!(axes >> i & 1)) {
			open = false;
		} else if (open) {
			out[n - 1].first = i;
			out[n - 1].size *= s->dim[i];
		} else {
			out[n++] = (span){i, i, s->dim[i]};
			open = !last;
		}
		last = false;
	}
	return n;
}

/* Which group goes first: the innermost, or, where that would leave a large part of all elements, the longest. */
static size_t first_span(const span *spans, size_t n)
{
	enum { SHORT = 8 };
	size_t first = 0;
	for (size_t i = 1; i < n && spans[0].size < SHORT; i++)
		first = spans[i].size > spans[first].size ? i : first;
	return first;
}

/* x reduced over a group of its axes, each kept as 1. */
static mica_var reduce_span(mica__op op, mica_var x, const span *over)
{
	size_t more = over->last - over->first;
	mica_shape joined = x->shape, kept = x->shape;
	joined.rank -= more;
	joined.dim[over->first] = over->size;
	memmove(&joined.dim[over->first + 1], &x->shape.dim[over->last + 1], (x->shape.rank - over->last - 1) * sizeof(size_t));
	for (size_t i = over->first; i <= over->last; i++)
		kept.dim[i] = 1;
	mica_shape s = joined;
	s.dim[over->first] = 1;
	x = mica_op_reshape(x, joined);
	return mica_op_reshape(mica__node(x->g, op, x->dtype, &s, &x, 1, &(mica__attr){.axis = over->first}), kept);
}

static mica_var reduce(mica__op op, mica_var x, uint32_t axes, bool keep)
{
	const char *name = mica__op_describe(op)->name;
	mica_var bad;
	if (!mica__operands(name, &x, 1, &bad))
		return bad;
	if (!reducible(name, x, axes))
		return &x->g->failed;
	if ((op == MICA__SUM || op == MICA__PROD) && !mica__dtype_real(x->dtype) && !mica__dtype_computes(x->dtype))
		return mica__graph_fail(x->g, MICA_EINVAL, "%s: %s holds no sums; cast it to i32", name, mica__dtype_name(x->dtype));
	if (!mica__dtype_computes(x->dtype))
		return mica_op_cast(reduce(op, mica__widened(x), axes, keep), x->dtype);
	mica_var y = x;
	mica_shape kept = {0, {0}};
	span spans[MICA_MAX_RANK];
	for (size_t n = spans_of(&x->shape, axes, spans); n && !y->failed; n--) {
		size_t first = first_span(spans, n);
		y = reduce_span(op, y, &spans[first]);
		memmove(&spans[first], &spans[first + 1], (n - first - 1) * sizeof *spans);
	}
	for (size_t i = 0; i < x->shape.rank; i++)
		if (!(axes >> i & 1))
			kept.dim[kept.rank++] = x->shape.dim[i];
	return keep || y->failed ? y : mica_op_reshape(y, kept);
}

mica_var mica_op_sum(mica_var x, uint32_t axes, bool keep)
{
	return reduce(MICA__SUM, x, axes, keep);
}

mica_var mica_op_prod(mica_var x, uint32_t axes, bool keep)
{
	return reduce(MICA__PROD, x, axes, keep);
}

mica_var mica_op_reduce_max(mica_var x, uint32_t axes, bool keep)
{
	return reduce(MICA__REDUCE_MAX, x, axes, keep);
}

mica_var mica_op_reduce_min(mica_var x, uint32_t axes, bool keep)
{
	return reduce(MICA__REDUCE_MIN, x, axes, keep);
}

mica_var mica_op_mean(mica_var x, uint32_t axes, bool keep)
{
	mica_var bad;
	if (!mica__operands("mean", &x, 1, &bad))
		return bad;
	if (!reducible("mean", x, axes))
		return &x->g->failed;
	double n = 1;
	for (size_t i = 0; i < x->shape.rank; i++)
		n *= axes >> i & 1 ? (double)x->shape.dim[i] : 1;
	mica_var wide = mica__dtype_real(x->dtype) ? mica__widened(x) : mica_op_cast(x, x->g->real);
	mica_var y = mica_op_mulc(mica_op_sum(wide, axes, keep), n > 0 ? 1 / n : 0);
	return mica__dtype_real(x->dtype) ? mica_op_cast(y, x->dtype) : y;
}

/* ---- where the extreme is ---- */

const mica__op_info mica__op_ARGMAX = REDUCTION("argmax", false, NULL, NULL, FIRST);

static mica_var arg_extreme(const char *name, mica_var x, int axis, bool least)
{
	mica_var bad;
	if (!mica__operands(name, &x, 1, &bad))
		return bad;
	size_t a;
	if (!mica__axis(x, name, axis, &a))
		return &x->g->failed;
	size_t n = x->shape.dim[a];
	if (!n || n > INT32_MAX)
		return mica__graph_fail(x->g, MICA_ESHAPE, "%s: axis %d of shape %s; its size must be 1 to %d", name, axis,
		                        mica__shape_text(&x->shape), INT32_MAX);
	mica_shape kept = x->shape, dropped = {0, {0}};
	kept.dim[a] = 1;
	for (size_t i = 0; i < x->shape.rank; i++)
		if (i != a)
			dropped.dim[dropped.rank++] = x->shape.dim[i];
	x = mica__widened(x);
	if (least) /* for a whole number, -1 - x, which every one has */
		x = mica__dtype_real(x->dtype) ? mica_op_neg(x) : mica_op_csub(-1, x);
	return mica_op_reshape(mica__node(x->g, MICA__ARGMAX, MICA_I32, &kept, &x, 1, &(mica__attr){.axis = a}), dropped);
}

mica_var mica_op_argmax(mica_var x, int axis)
{
	return arg_extreme("argmax", x, axis, false);
}

mica_var mica_op_argmin(mica_var x, int axis)
{
	return arg_extreme("argmin", x, axis, true);
}
