/* SPDX-License-Identifier: MIT */
/* graph/reduce.c - reductions, matrix product, random numbers, assignment: shape rules and gradients.
   A reduction node reduces one axis and keeps it as 1; several axes are several nodes, the innermost first, so that the
   order of the additions depends on the shape only. */
#include "graph/node.h"

#include <string.h>

static mica_var reduce(mica__op op, mica_var x, uint32_t axes, bool keep)
{
	if (x->failed)
		return x;
	size_t rank = x->shape.rank;
	if (axes != MICA_ALL_AXES && axes >> rank)
		return mica__graph_fail(x->g, MICA_EINVAL, "%s: axes 0x%x of a shape of rank %zu", mica__op_describe(op)->name,
		                        axes, rank);
	if (x->dtype == MICA_U8)
		return mica__graph_fail(x->g, MICA_EINVAL, "%s: u8 is for storage; cast it first", mica__op_describe(op)->name);
	mica_var y = x;
	mica_shape kept = {0, {0}};
	for (size_t i = rank; i-- > 0;)
		if (axes >> i & 1) {
			mica_shape s = y->shape;
			s.dim[i] = 1;
			y = mica__node(x->g, op, x->dtype, &s, &y, 1, &(mica__attr){.axis = i});
		}
	for (size_t i = 0; i < rank; i++)
		if (!(axes >> i & 1))
			kept.dim[kept.rank++] = x->shape.dim[i];
	return keep ? y : mica_op_reshape(y, kept);
}

mica_var mica_op_sum(mica_var x, uint32_t axes, bool keep)
{
	return reduce(MICA__SUM, x, axes, keep);
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
	size_t n = 1;
	for (size_t i = 0; i < x->shape.rank; i++)
		n *= axes >> i & 1 ? x->shape.dim[i] : 1;
	return mica_op_mulc(reduce(MICA__SUM, x, axes, keep), n ? 1.0 / (double)n : 0);
}

mica_var mica_op_argmax(mica_var x, int axis)
{
	if (x->failed)
		return x;
	size_t rank = x->shape.rank;
	if (!rank || (axis != -1 && axis != (int)rank - 1) || !x->shape.dim[rank - 1])
		return mica__graph_fail(x->g, MICA_EINVAL, "argmax: axis %d of shape %s; only the last axis, not empty", axis,
		                        mica__shape_text(&x->shape));
	mica_shape s = x->shape, dropped = x->shape;
	s.dim[rank - 1] = 1;
	dropped.rank--;
	mica_var y = mica__node(x->g, MICA__ARGMAX, MICA_I32, &s, &x, 1, &(mica__attr){.axis = rank - 1});
	return mica_op_reshape(y, dropped);
}

/* All ones where x is the first element along the axis that equals y, else 0: as nodes, by a running count. */
static mica_var first_equal(mica_var x, mica_var y, size_t axis)
{
	mica_var position = mica_graph_iota(x->g, x->shape, axis);
	mica_var equal = mica_op_cast(mica_op_eq(x, y), MICA_I32);
	mica_var far = mica_graph_fill(x->g, (double)x->shape.dim[axis], MICA_I32, MICA_SCALAR_SHAPE);
	mica_var first = mica_op_reduce_min(mica_op_where(equal, position, far), MICA_AXIS(axis), true);
	return mica_op_cast(mica_op_eq(position, first), x->dtype);
}

void mica__reduce_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	mica_var x = y->in[0];
	if (y->op == MICA__SUM)
		dx[0] = mica_op_broadcast(dy, x->shape);
	else if (y->op != MICA__ARGMAX)
		dx[0] = mica_op_mul(dy, first_equal(x, y, y->attr.axis));
}

/* ---- matrix product ---- */

mica_var mica_op_matmul(mica_var a, mica_var b)
{
	mica_graph *g = a->g;
	if (a->failed || b->failed)
		return &g->failed;
	size_t ra = a->shape.rank, rb = b->shape.rank;
	if (ra < 2 || rb < 2 || a->dtype != b->dtype || a->dtype != g->real)
		return mica__graph_fail(g, MICA_ESHAPE, "matmul: %s %s by %s %s; two matrices of reals are needed",
		                        mica__dtype_name(a->dtype), mica__shape_text(&a->shape), mica__dtype_name(b->dtype),
		                        mica__shape_text(&b->shape));
	mica_shape s = ra >= rb ? a->shape : b->shape;
	bool fits = a->shape.dim[ra - 1] == b->shape.dim[rb - 2];
	if (ra > 2 && rb > 2)
		fits = fits && ra == rb && !memcmp(a->shape.dim, b->shape.dim, (ra - 2) * sizeof(size_t));
	if (!fits)
		return mica__graph_fail(g, MICA_ESHAPE, "matmul: shapes %s and %s; the last of the one must be the last but one "
		                        "of the other, and leading dimensions equal", mica__shape_text(&a->shape),
		                        mica__shape_text(&b->shape));
	s.dim[s.rank - 2] = a->shape.dim[ra - 2];
	s.dim[s.rank - 1] = b->shape.dim[rb - 1];
	/* One matrix on the right for a batch on the left: one product with all rows. */
	if (ra > 2 && rb == 2) {
		mica_shape flat = MICA_SHAPE(mica__shape_lead(&a->shape), a->shape.dim[ra - 1]);
		return mica_op_reshape(mica_op_matmul(mica_op_reshape(a, flat), b), s);
	}
	if (ra == 2 && rb > 2) {
		mica_shape wide = b->shape;
		wide.dim[rb - 2] = a->shape.dim[0];
		wide.dim[rb - 1] = a->shape.dim[1];
		a = mica_op_broadcast(a, wide);
	}
	return mica__node(g, MICA__MATMUL, a->dtype, &s, (mica_var[]){a, b}, 2, NULL);
}

void mica__matmul_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	dx[0] = mica_op_matmul(dy, mica_op_transpose(y->in[1], NULL));
	dx[1] = mica_op_matmul(mica_op_transpose(y->in[0], NULL), dy);
}

/* ---- random numbers and state ---- */

mica_var mica_op_random(mica_graph *g, mica_shape s, uint64_t seed, uint32_t stream, mica_var step)
{
	if (step && (step->failed || step->dtype != MICA_I32 || mica_var_count(step) != 1))
		return mica__graph_fail(g, MICA_EINVAL, "random: step must be one i32");
	mica__attr attr;
	memset(&attr, 0, sizeof attr);
	attr.random.seed = seed;
	attr.random.stream = stream;
	return mica__node(g, MICA__RANDOM, g->real, &s, &step, step ? 1 : 0, &attr);
}

mica_var mica_op_assign(mica_var variable, mica_var value)
{
	mica_graph *g = variable->g;
	if (variable->failed || value->failed)
		return &g->failed;
	if (variable->op != MICA__VARIABLE)
		return mica__graph_fail(g, MICA_EINVAL, "assign: the target is no variable");
	if (variable->dtype != value->dtype)
		return mica__graph_fail(g, MICA_EINVAL, "assign: %s is of type %s, the value of type %s; cast it", variable->name,
		                        mica__dtype_name(variable->dtype), mica__dtype_name(value->dtype));
	if (!mica__shape_equal(&variable->shape, &value->shape))
		return mica__graph_fail(g, MICA_ESHAPE, "assign: %s is %s %s, the value %s %s", variable->name,
		                        mica__dtype_name(variable->dtype), mica__shape_text(&variable->shape),
		                        mica__dtype_name(value->dtype), mica__shape_text(&value->shape));
	return mica__node(g, MICA__ASSIGN, value->dtype, &value->shape, (mica_var[]){variable, value}, 2, NULL);
}
