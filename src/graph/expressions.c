/* SPDX-License-Identifier: MIT */
/* graph/expressions.c - operations that are expressions of others, which the passes make one kernel of, and which have
   gradients for that reason. */
#include "graph/node.h"

#include <string.h>

/* ---- reductions ---- */

/* What is seen first along the axes, which stay as 1. */
static mica_var first_of(mica_var x, uint32_t axes)
{
	size_t start[MICA_MAX_RANK] = {0};
	mica_shape s = x->shape;
	for (size_t i = 0; i < s.rank; i++)
		if (axes >> i & 1 && s.dim[i])
			s.dim[i] = 1;
	return mica_op_slice(x, start, s.dim, NULL);
}

/* Rows are in a core's cache when their mean is known, and are gone over again.  Along other axes that would be another pass over
   memory: there the sums of x - k and of its square are made together.  Any k gives the same variance, and the same derivatives,
   but digits are lost to a k far from the mean, so it is one of the values. */
mica_var mica_op_variance(mica_var x, uint32_t axes, bool keep)
{
	mica_var bad;
	if (!mica__operands("variance", &x, 1, &bad))
		return bad;
	if (!mica__dtype_real(x->dtype))
		x = mica_op_cast(x, x->g->real);
	if (x->shape.rank < 2 || axes == MICA_ALL_AXES || axes >> (x->shape.rank - 1) || x->dtype != x->g->real) {
		mica_var from_mean = mica_op_sub(x, mica_op_mean(x, axes, true));
		return mica_op_mean(mica_op_square(from_mean), axes, keep);
	}
	mica_var d = mica_op_sub(x, mica_op_stop_gradient(first_of(x, axes)));
	mica_var squares = mica_op_mean(mica_op_square(d), axes, keep), mean = mica_op_mean(d, axes, keep);
	return mica_op_max(mica_op_sub(squares, mica_op_square(mean)), mica_graph_fill(x->g, 0, x->dtype, MICA_SCALAR_SHAPE));
}

static mica_var zero_like(mica_var x)
{
	return mica_graph_fill(x->g, 0, x->dtype, MICA_SCALAR_SHAPE);
}

/* The maximum is taken out, where it is a number, so that nothing overflows; the result does not depend on it. */
mica_var mica_op_logsumexp(mica_var x, uint32_t axes, bool keep)
{
	mica_var bad;
	if (!mica__operands("logsumexp", &x, 1, &bad))
		return bad;
	if (!mica__dtype_real(x->dtype))
		return mica__graph_fail(x->g, MICA_EINVAL, "logsumexp: type %s; cast it to a real type", mica__dtype_name(x->dtype));
	mica_var most = mica_op_reduce_max(x, axes, true);
	if (most->failed)
		return most;
	most = mica_op_stop_gradient(mica_op_where(mica_op_is_finite(most), most, zero_like(most)));
	mica_var sum = mica_op_log(mica_op_sum(mica_op_exp(mica_op_sub(x, most)), axes, keep));
	return sum->failed ? sum : mica_op_add(sum, mica_op_reshape(most, sum->shape));
}

mica_var mica_op_any(mica_var x, uint32_t axes, bool keep)
{
	mica_var bad;
	if (!mica__operands("any", &x, 1, &bad))
		return bad;
	return mica_op_max(mica_op_reduce_max(mica_op_ne(x, zero_like(x)), axes, keep), zero_like(x));
}

mica_var mica_op_all(mica_var x, uint32_t axes, bool keep)
{
	mica_var bad;
	if (!mica__operands("all", &x, 1, &bad))
		return bad;
	return mica_op_csub(1, mica_op_max(mica_op_reduce_max(mica_op_eq(x, zero_like(x)), axes, keep), zero_like(x)));
}

/* ---- movement ---- */

mica_var mica_op_roll(mica_var x, long by, int axis)
{
	size_t k, start[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK];
	mica_var bad, parts[2];
	if (!mica__operands("roll", &x, 1, &bad))
		return bad;
	if (!mica__axis(x, "roll", axis, &k))
		return &x->g->failed;
	long n = (long)x->shape.dim[k], first = n ? ((-by % n) + n) % n : 0; /* that comes first */
	if (!first)
		return x;
	memcpy(stop, x->shape.dim, sizeof stop);
	start[k] = (size_t)first;
	parts[0] = mica_op_slice(x, start, stop, NULL);
	stop[k] = start[k];
	start[k] = 0;
	parts[1] = mica_op_slice(x, start, stop, NULL);
	return mica_op_concat(parts, 2, (int)k);
}

/* The diagonal of n by m elements, seen as one row of them, is each (m + 1)th. */
mica_var mica_op_diagonal(mica_var x, int axis1, int axis2)
{
	size_t a, b, perm[MICA_MAX_RANK], n = 0;
	mica_var bad;
	if (!mica__operands("diagonal", &x, 1, &bad))
		return bad;
	if (!mica__axis(x, "diagonal", axis1, &a) || !mica__axis(x, "diagonal", axis2, &b))
		return &x->g->failed;
	if (a == b)
		return mica__graph_fail(x->g, MICA_EINVAL, "diagonal: axes %d and %d of %s are the same", axis1, axis2,
		                        mica__shape_text(&x->shape));
	for (size_t i = 0; i < x->shape.rank; i++)
		if (i != a && i != b)
			perm[n++] = i;
	perm[n] = a;
	perm[n + 1] = b;
	x = mica_op_transpose(x, perm);
	size_t rows = x->shape.dim[n], columns = x->shape.dim[n + 1], least = rows < columns ? rows : columns;
	size_t start[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK], step[MICA_MAX_RANK];
	mica_shape flat = x->shape;
	flat.rank = n + 1;
	flat.dim[n] = rows * columns;
	for (size_t i = 0; i <= n; i++) {
		stop[i] = i < n ? flat.dim[i] : least ? (least - 1) * (columns + 1) + 1 : 0;
		step[i] = i < n ? 1 : columns + 1;
	}
	return mica_op_slice(mica_op_reshape(x, flat), start, stop, step);
}

/* ---- masks ---- */

/* Whether column - row of x's matrices compares with k: 1 or 0 in the type of x, for one matrix. */
static mica_var by_distance(mica_var x, mica_var (*compare)(mica_var, mica_var), long k)
{
	size_t rank = x->shape.rank;
	mica_shape matrix = {2, {x->shape.dim[rank - 2], x->shape.dim[rank - 1]}};
	mica_var row = mica_graph_iota(x->g, matrix, 0), column = mica_graph_iota(x->g, matrix, 1);
	return mica_op_cast(compare(mica_op_sub(column, row), mica_graph_fill(x->g, (double)k, MICA_I32, MICA_SCALAR_SHAPE)), x->dtype);
}

static mica_var triangle(const char *op, mica_var x, mica_var (*compare)(mica_var, mica_var), long k)
{
	mica_var bad;
	if (!mica__operands(op, &x, 1, &bad))
		return bad;
	if (x->shape.rank < 2)
		return mica__graph_fail(x->g, MICA_ESHAPE, "%s: %s is no matrix, nor several", op, mica__shape_text(&x->shape));
	return mica_op_where(by_distance(x, compare, k), x, zero_like(x));
}

mica_var mica_op_tril(mica_var x, long k)
{
	return triangle("tril", x, mica_op_le, k);
}

mica_var mica_op_triu(mica_var x, long k)
{
	return triangle("triu", x, mica_op_ge, k);
}

mica_var mica_op_diag(mica_var x)
{
	mica_var bad;
	if (!mica__operands("diag", &x, 1, &bad))
		return bad;
	size_t rank = x->shape.rank;
	if (!rank || rank == MICA_MAX_RANK)
		return mica__graph_fail(x->g, MICA_ESHAPE, "diag: %s; at least one axis is needed, and room for one more of %d",
		                        mica__shape_text(&x->shape), MICA_MAX_RANK);
	mica_shape row = x->shape, square;
	row.dim[rank] = row.dim[rank - 1];
	row.dim[rank - 1] = 1;
	row.rank++;
	square = row;
	square.dim[rank - 1] = row.dim[rank];
	x = mica_op_broadcast(mica_op_reshape(x, row), square);
	return x->failed ? x : mica_op_where(by_distance(x, mica_op_eq, 0), x, zero_like(x));
}

mica_var mica_op_one_hot(mica_var index, size_t classes)
{
	mica_var bad;
	if (!mica__operands("one_hot", &index, 1, &bad))
		return bad;
	mica_shape s = index->shape, column = index->shape;
	if (!mica__is_index(&index, "one_hot"))
		return bad;
	if (s.rank == MICA_MAX_RANK)
		return mica__graph_fail(index->g, MICA_ESHAPE, "one_hot: index %s; there must be room for one more of %d axes",
		                        mica__shape_text(&s), MICA_MAX_RANK);
	s.dim[s.rank++] = classes;
	column.dim[column.rank++] = 1;
	return mica_op_cast(mica_op_eq(mica_graph_iota(index->g, s, s.rank - 1), mica_op_reshape(index, column)), index->g->real);
}
