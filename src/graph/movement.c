/* SPDX-License-Identifier: MIT */
/* graph/movement.c - operations that move elements: shape rules, gradients.
   None of them need memory of their own: the code generator reads through them (lower/value.c), or a view serves. */
#include "graph/node.h"

#include <string.h>

static bool normal_axis(mica_graph *g, const char *op, int axis, size_t rank, size_t *out)
{
	long a = axis < 0 ? axis + (long)rank : axis;
	if (a < 0 || a >= (long)rank) {
		mica__graph_fail(g, MICA_EINVAL, "%s: axis %d of a shape of rank %zu", op, axis, rank);
		return false;
	}
	*out = (size_t)a;
	return true;
}

mica_var mica_op_reshape(mica_var x, mica_shape s)
{
	if (x->failed)
		return x;
	if (s.rank > MICA_MAX_RANK)
		return mica__graph_fail(x->g, MICA_ESHAPE, "reshape: rank %zu, at most %d", s.rank, MICA_MAX_RANK);
	size_t known = 1, infer = MICA_MAX_RANK, count = mica_var_count(x);
	mica_shape wanted = s;
	for (size_t i = 0; i < s.rank; i++)
		if (s.dim[i] == MICA_INFER && infer == MICA_MAX_RANK)
			infer = i;
		else if (s.dim[i] == MICA_INFER || !mica__mul(known, s.dim[i], &known))
			return mica__graph_fail(x->g, MICA_ESHAPE, "reshape: to %s is not possible", mica__shape_text(&wanted));
	if (infer < MICA_MAX_RANK)
		s.dim[infer] = known ? count / known : 0;
	if (mica__shape_count(&s) != count)
		return mica__graph_fail(x->g, MICA_ESHAPE, "reshape: %s has %zu elements, the new shape %zu",
		                        mica__shape_text(&x->shape), count, mica__shape_count(&s));
	return mica__shape_equal(&s, &x->shape) ? x : mica__node(x->g, MICA__RESHAPE, x->dtype, &s, &x, 1, NULL);
}

mica_var mica_op_transpose(mica_var x, const size_t *perm)
{
	if (x->failed)
		return x;
	size_t rank = x->shape.rank, seen = 0;
	mica__attr attr = {.perm = {0}};
	mica_shape s = x->shape;
	if (!perm && rank < 2)
		return mica__graph_fail(x->g, MICA_ESHAPE, "transpose: shape %s has fewer than two axes",
		                        mica__shape_text(&x->shape));
	for (size_t i = 0; i < rank; i++) {
		attr.perm[i] = perm ? perm[i] : i + 2 < rank ? i : 2 * rank - 3 - i;
		if (attr.perm[i] >= rank || seen >> attr.perm[i] & 1)
			return mica__graph_fail(x->g, MICA_EINVAL, "transpose: perm is not a permutation of %zu axes", rank);
		seen |= (size_t)1 << attr.perm[i];
		s.dim[i] = x->shape.dim[attr.perm[i]];
	}
	return mica__node(x->g, MICA__TRANSPOSE, x->dtype, &s, &x, 1, &attr);
}

mica_var mica_op_broadcast(mica_var x, mica_shape s)
{
	mica_shape both;
	if (!x->failed && s.rank > MICA_MAX_RANK)
		return mica__graph_fail(x->g, MICA_ESHAPE, "broadcast: rank %zu, at most %d", s.rank, MICA_MAX_RANK);
	if (x->failed || mica__shape_equal(&x->shape, &s))
		return x;
	if (!mica__shape_broadcast(&x->shape, &s, &both) || !mica__shape_equal(&both, &s))
		return mica__graph_fail(x->g, MICA_ESHAPE, "broadcast: %s to %s", mica__shape_text(&x->shape),
		                        mica__shape_text(&s));
	return mica__node(x->g, MICA__BROADCAST, x->dtype, &s, &x, 1, NULL);
}

mica_var mica_op_slice(mica_var x, const size_t *start, const size_t *stop, const size_t *step)
{
	if (x->failed)
		return x;
	mica__attr attr = {.slice = {{0}, {0}}};
	mica_shape s = x->shape;
	for (size_t i = 0; i < s.rank; i++) {
		size_t by = step ? step[i] : 1;
		if (!by || start[i] > stop[i] || stop[i] > x->shape.dim[i])
			return mica__graph_fail(x->g, MICA_EINVAL, "slice: axis %zu from %zu to %zu by %zu, size %zu", i, start[i],
			                        stop[i], by, x->shape.dim[i]);
		attr.slice.start[i] = start[i];
		attr.slice.step[i] = by;
		s.dim[i] = mica__ceil_div(stop[i] - start[i], by);
	}
	return mica__node(x->g, MICA__SLICE, x->dtype, &s, &x, 1, &attr);
}

mica_var mica_op_pad(mica_var x, const size_t *before, const size_t *after, double value)
{
	if (x->failed)
		return x;
	mica__attr attr;
	memset(&attr, 0, sizeof attr);
	mica_shape s = x->shape;
	attr.pad.value = value;
	for (size_t i = 0; i < s.rank; i++) {
		attr.pad.before[i] = before[i];
		if (__builtin_add_overflow(s.dim[i], before[i], &s.dim[i]) || __builtin_add_overflow(s.dim[i], after[i], &s.dim[i]))
			return mica__graph_fail(x->g, MICA_EOVERFLOW, "pad: axis %zu of size %zu by %zu and %zu is too large", i,
			                        x->shape.dim[i], before[i], after[i]);
	}
	return mica__node(x->g, MICA__PAD, x->dtype, &s, &x, 1, &attr);
}

mica_var mica_op_concat(const mica_var *xs, size_t n, int axis)
{
	mica_graph *g = xs[0]->g;
	size_t a;
	for (size_t i = 0; i < n; i++)
		if (xs[i]->failed)
			return xs[i];
	if (!normal_axis(g, "concat", axis, xs[0]->shape.rank, &a))
		return &g->failed;
	mica_shape s = xs[0]->shape;
	for (size_t i = 1; i < n; i++) {
		mica_shape other = xs[i]->shape;
		size_t along = other.rank > a ? other.dim[a] : 0;
		if (other.rank > a)
			other.dim[a] = s.dim[a];
		if (xs[i]->dtype != xs[0]->dtype)
			return mica__graph_fail(g, MICA_EINVAL, "concat: types %s and %s; cast one of them",
			                        mica__dtype_name(xs[0]->dtype), mica__dtype_name(xs[i]->dtype));
		if (!mica__shape_equal(&other, &s))
			return mica__graph_fail(g, MICA_ESHAPE, "concat: shapes %s and %s along axis %zu",
			                        mica__shape_text(&xs[0]->shape), mica__shape_text(&xs[i]->shape), a);
		s.dim[a] += along;
	}
	return n == 1 ? xs[0] : mica__node(g, MICA__CONCAT, xs[0]->dtype, &s, xs, n, &(mica__attr){.axis = a});
}

mica_var mica_op_flip(mica_var x, int axis)
{
	size_t a;
	if (x->failed || !normal_axis(x->g, "flip", axis, x->shape.rank, &a))
		return &x->g->failed;
	return mica__node(x->g, MICA__FLIP, x->dtype, &x->shape, &x, 1, &(mica__attr){.axis = a});
}

mica_var mica_op_gather(mica_var table, mica_var index)
{
	mica_graph *g = table->g;
	if (table->failed || index->failed)
		return &g->failed;
	if (index->dtype != MICA_I32 || table->shape.rank < 1 || index->shape.rank + table->shape.rank - 1 > MICA_MAX_RANK)
		return mica__graph_fail(g, MICA_EINVAL, "gather: table %s, index %s of type %s (i32 wanted)",
		                        mica__shape_text(&table->shape), mica__shape_text(&index->shape),
		                        mica__dtype_name(index->dtype));
	mica_shape s = index->shape;
	for (size_t i = 1; i < table->shape.rank; i++)
		s.dim[s.rank++] = table->shape.dim[i];
	if (table->shape.dim[0] == 0 && mica__shape_count(&s))
		return mica__graph_fail(g, MICA_ESHAPE, "gather: the table has no rows");
	return mica__node(g, MICA__GATHER, table->dtype, &s, (mica_var[]){table, index}, 2, NULL);
}

mica_var mica_op_scatter_add(mica_var x, mica_var index, size_t rows)
{
	mica_graph *g = x->g;
	if (x->failed || index->failed)
		return &g->failed;
	mica_shape s = {1, {rows}};
	bool fits = x->shape.rank >= index->shape.rank;
	if (index->dtype != MICA_I32 || x->dtype == MICA_U8)
		return mica__graph_fail(g, MICA_EINVAL, "scatter_add: x of type %s (not u8), index of type %s (i32 wanted)",
		                        mica__dtype_name(x->dtype), mica__dtype_name(index->dtype));
	for (size_t i = 0; fits && i < index->shape.rank; i++)
		fits = x->shape.dim[i] == index->shape.dim[i];
	if (!fits)
		return mica__graph_fail(g, MICA_ESHAPE, "scatter_add: x %s does not begin with the index's %s",
		                        mica__shape_text(&x->shape), mica__shape_text(&index->shape));
	for (size_t i = index->shape.rank; i < x->shape.rank; i++)
		s.dim[s.rank++] = x->shape.dim[i];
	return mica__node(g, MICA__SCATTER_ADD, x->dtype, &s, (mica_var[]){x, index}, 2, &(mica__attr){.rows = rows});
}

/* ---- gradients ---- */

static mica_var slice_gradient(mica_var y, mica_var dy)
{
	mica_var x = y->in[0];
	size_t before[MICA_MAX_RANK], after[MICA_MAX_RANK];
	/* A step is undone by spreading: pad each element to a row of step, then cut the surplus. */
	for (size_t i = 0; i < x->shape.rank; i++) {
		size_t step = y->attr.slice.step[i], n = y->shape.dim[i];
		if (step > 1 && n) {
			mica_shape spread = dy->shape, flat = dy->shape;
			size_t zero[MICA_MAX_RANK] = {0}, more[MICA_MAX_RANK] = {0};
			if (spread.rank == MICA_MAX_RANK)
				return mica__graph_fail(y->g, MICA_EUNSUPPORTED, "slice: gradient of a step at rank %d", MICA_MAX_RANK);
			memmove(&spread.dim[i + 2], &spread.dim[i + 1], (spread.rank - i - 1) * sizeof(size_t));
			spread.dim[i + 1] = 1;
			spread.rank++;
			more[i + 1] = step - 1;
			flat.dim[i] = n * step;
			dy = mica_op_reshape(mica_op_pad(mica_op_reshape(dy, spread), zero, more, 0), flat);
			size_t keep = (n - 1) * step + 1, stop[MICA_MAX_RANK];
			memcpy(stop, flat.dim, sizeof stop);
			stop[i] = keep;
			dy = mica_op_slice(dy, zero, stop, NULL);
		}
		before[i] = y->attr.slice.start[i];
		after[i] = x->shape.dim[i] - before[i] - dy->shape.dim[i];
	}
	return mica_op_pad(dy, before, after, 0);
}

static mica_var pad_gradient(mica_var y, mica_var dy)
{
	size_t stop[MICA_MAX_RANK];
	for (size_t i = 0; i < y->shape.rank; i++)
		stop[i] = y->attr.pad.before[i] + y->in[0]->shape.dim[i];
	return mica_op_slice(dy, y->attr.pad.before, stop, NULL);
}

static mica_var transpose_gradient(mica_var y, mica_var dy)
{
	size_t inverse[MICA_MAX_RANK];
	for (size_t i = 0; i < y->shape.rank; i++)
		inverse[y->attr.perm[i]] = i;
	return mica_op_transpose(dy, inverse);
}

static void concat_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	size_t start[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK], a = y->attr.axis;
	memcpy(stop, y->shape.dim, sizeof stop);
	for (size_t i = 0; i < y->n_in; i++) {
		stop[a] = start[a] + y->in[i]->shape.dim[a];
		dx[i] = mica_op_slice(dy, start, stop, NULL);
		start[a] = stop[a];
	}
}

void mica__movement_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	mica_var x = y->in[0];
	switch (y->op) {
	case MICA__RESHAPE: dx[0] = mica_op_reshape(dy, x->shape); break;
	case MICA__TRANSPOSE: dx[0] = transpose_gradient(y, dy); break;
	case MICA__BROADCAST: dx[0] = mica__unbroadcast(dy, &x->shape); break;
	case MICA__SLICE: dx[0] = slice_gradient(y, dy); break;
	case MICA__PAD: dx[0] = pad_gradient(y, dy); break;
	case MICA__CONCAT: concat_gradient(y, dy, dx); break;
	case MICA__FLIP: dx[0] = mica_op_flip(dy, (int)y->attr.axis); break;
	case MICA__GATHER: dx[0] = mica_op_scatter_add(dy, y->in[1], x->shape.dim[0]); break;
	case MICA__SCATTER_ADD: dx[0] = mica_op_gather(dy, y->in[1]); break;
	default: break;
	}
}
