/* SPDX-License-Identifier: MIT */
/* graph/movement.c - operations that move elements: for each its gradient, its map, its constant and its shape rule.
   None of them needs memory of its own: the code generator reads through their maps, or a view serves. */
#include "graph/node.h"

#include <string.h>

/* Whether the arrays of a size per axis that op needs are there. */
static bool arrays_there(const char *op, mica_var x, const char *names, bool there)
{
	if (!there && x->shape.rank)
		mica__graph_fail(x->g, MICA_EINVAL, "%s: %s is NULL; a number for each of the %zu axes of %s is needed", op, names,
		                 x->shape.rank, mica__shape_text(&x->shape));
	return x->g->status == MICA_OK;
}

static void same_along_all(mica__map *m, size_t rank)
{
	for (size_t k = 0; k < rank; k++)
		mica__map_along(m, k, k);
}

/* ---- reshape ---- */

static void reshape_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	dx[0] = mica_op_reshape(dy, y->in[0]->shape);
}

static void reshape_map(mica_var x, size_t i, mica__map *m)
{
	(void)x, (void)i;
	m->linear = true;
}

const mica__op_info mica__op_RESHAPE = {
	.name = "reshape", .family = MICA__FAMILY_MOVE, .arity = 1, .gradient = reshape_gradient, .map = reshape_map};

mica_var mica_op_reshape(mica_var x, mica_shape s)
{
	mica_var bad;
	if (!mica__operands("reshape", &x, 1, &bad))
		return bad;
	if (s.rank > MICA_MAX_RANK)
		return mica__graph_fail(x->g, MICA_ESHAPE, "reshape: rank %zu, at most %d", s.rank, MICA_MAX_RANK);
	size_t known = 1, infer = MICA_MAX_RANK, count = mica_var_count(x);
	for (size_t i = 0; i < s.rank; i++)
		if (s.dim[i] == MICA_INFER && infer == MICA_MAX_RANK)
			infer = i;
		else if (s.dim[i] == MICA_INFER)
			return mica__graph_fail(x->g, MICA_ESHAPE, "reshape: axes %zu and %zu are both MICA_INFER; give all sizes but "
			                        "one", infer, i);
		else if (!mica__mul(known, s.dim[i], &known))
			return mica__graph_fail(x->g, MICA_EOVERFLOW, "reshape: %s has too many elements", mica__shape_text(&s));
	if (infer < MICA_MAX_RANK)
		s.dim[infer] = known ? count / known : 0;
	if (mica__shape_count(&s) != count)
		return mica__graph_fail(x->g, MICA_ESHAPE, "reshape: %s has %zu elements, the new shape %s %zu",
		                        mica__shape_text(&x->shape), count, mica__shape_text(&s), mica__shape_count(&s));
	return mica__shape_equal(&s, &x->shape) ? x : mica__node(x->g, MICA__RESHAPE, x->dtype, &s, &x, 1, NULL);
}

/* ---- transpose ---- */

static void transpose_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	size_t inverse[MICA_MAX_RANK];
	for (size_t i = 0; i < y->shape.rank; i++)
		inverse[y->attr.perm[i]] = i;
	dx[0] = mica_op_transpose(dy, inverse);
}

static void transpose_map(mica_var x, size_t i, mica__map *m)
{
	(void)i;
	for (size_t k = 0; k < x->shape.rank; k++)
		mica__map_along(m, x->attr.perm[k], k);
}

const mica__op_info mica__op_TRANSPOSE = {.name = "transpose", .family = MICA__FAMILY_MOVE, .uses = MICA__USES_PERM,
                                          .arity = 1, .gradient = transpose_gradient, .map = transpose_map};

mica_var mica_op_transpose(mica_var x, const size_t *perm)
{
	mica_var bad;
	if (!mica__operands("transpose", &x, 1, &bad))
		return bad;
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

/* ---- broadcast ---- */

static void broadcast_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	(void)y;
	dx[0] = dy; /* pointwise: broadcasting is undone for it */
}

const mica__op_info mica__op_BROADCAST = {
	.name = "broadcast", .family = MICA__FAMILY_MOVE, .arity = 1, .pointwise = true, .gradient = broadcast_gradient};

mica_var mica_op_broadcast(mica_var x, mica_shape s)
{
	mica_shape both;
	mica_var bad;
	if (!mica__operands("broadcast", &x, 1, &bad))
		return bad;
	if (s.rank > MICA_MAX_RANK)
		return mica__graph_fail(x->g, MICA_ESHAPE, "broadcast: rank %zu, at most %d", s.rank, MICA_MAX_RANK);
	if (mica__shape_equal(&x->shape, &s))
		return x;
	if (!mica__shape_broadcast(&x->shape, &s, &both) || !mica__shape_equal(&both, &s))
		return mica__graph_fail(x->g, MICA_ESHAPE, "broadcast: %s to %s; from the last axis on, sizes must be equal or 1",
		                        mica__shape_text(&x->shape), mica__shape_text(&s));
	return mica__node(x->g, MICA__BROADCAST, x->dtype, &s, &x, 1, NULL);
}

/* ---- slice ---- */

/* dy with step - 1 zeros between neighbours along axis: each element is padded to a row of step of them, the surplus cut. */
static mica_var spread(mica_var dy, size_t axis, size_t step)
{
	mica_shape flat = dy->shape, s = dy->shape;
	size_t rank = s.rank, n = s.dim[axis], i = axis, zero[MICA_MAX_RANK] = {0}, more[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK];
	if (rank == MICA_MAX_RANK) { /* two other axes become one, to have room for the new one */
		size_t k = axis >= 2 ? 0 : axis + 1;
		s.dim[k] *= s.dim[k + 1];
		memmove(&s.dim[k + 1], &s.dim[k + 2], (rank - k - 2) * sizeof(size_t));
		s.rank--;
		i -= k < axis;
	}
	memmove(&s.dim[i + 2], &s.dim[i + 1], (s.rank - i - 1) * sizeof(size_t));
	s.dim[i + 1] = 1;
	s.rank++;
	more[i + 1] = step - 1;
	flat.dim[axis] = n * step;
	memcpy(stop, flat.dim, sizeof stop);
	stop[axis] = (n - 1) * step + 1;
	dy = mica_op_reshape(mica_op_pad(mica_op_reshape(dy, s), zero, more, 0), flat);
	return mica_op_slice(dy, zero, stop, NULL);
}

static void slice_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	const mica_shape *x = &y->in[0]->shape;
	size_t before[MICA_MAX_RANK], after[MICA_MAX_RANK];
	for (size_t i = 0; i < x->rank; i++) {
		size_t n = y->shape.dim[i], step = y->attr.slice.step[i];
		if (step > 1 && n > 1)
			dy = spread(dy, i, step);
		before[i] = y->attr.slice.start[i];
		after[i] = x->dim[i] - before[i] - (n ? (n - 1) * step + 1 : 0);
	}
	dx[0] = mica_op_pad(dy, before, after, 0);
}

static void slice_map(mica_var x, size_t i, mica__map *m)
{
	(void)i;
	same_along_all(m, x->shape.rank);
	for (size_t k = 0; k < x->shape.rank; k++) {
		m->axis[k].start = (int64_t)x->attr.slice.start[k];
		m->axis[k].step = (int64_t)x->attr.slice.step[k];
	}
}

const mica__op_info mica__op_SLICE = {.name = "slice", .family = MICA__FAMILY_MOVE, .uses = MICA__USES_SLICE, .arity = 1,
                                      .gradient = slice_gradient, .map = slice_map};

mica_var mica_op_slice(mica_var x, const size_t *start, const size_t *stop, const size_t *step)
{
	mica_var bad;
	if (!mica__operands("slice", &x, 1, &bad))
		return bad;
	if (!arrays_there("slice", x, "start or stop", start && stop))
		return &x->g->failed;
	mica__attr attr = {.slice = {{0}, {0}}};
	mica_shape s = x->shape;
	for (size_t i = 0; i < s.rank; i++) {
		size_t by = step ? step[i] : 1, size = x->shape.dim[i];
		if (!by || start[i] > stop[i] || stop[i] > size)
			return mica__graph_fail(x->g, MICA_EINVAL, "slice: axis %zu from %zu to %zu by %zu, size %zu", i, start[i],
			                        stop[i], by, size);
		s.dim[i] = mica__ceil_div(stop[i] - start[i], by);
		attr.slice.start[i] = start[i];
		attr.slice.step[i] = s.dim[i] > 1 ? by : 1; /* one element or none: any step is the same */
	}
	return mica__node(x->g, MICA__SLICE, x->dtype, &s, &x, 1, &attr);
}

/* ---- pad ---- */

static void pad_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	size_t stop[MICA_MAX_RANK];
	for (size_t i = 0; i < y->shape.rank; i++)
		stop[i] = y->attr.pad.before[i] + y->in[0]->shape.dim[i];
	dx[0] = mica_op_slice(dy, y->attr.pad.before, stop, NULL);
}

static void pad_map(mica_var x, size_t i, mica__map *m)
{
	same_along_all(m, x->shape.rank);
	m->otherwise = x->attr.pad.value;
	for (size_t k = 0; k < x->shape.rank; k++) {
		m->axis[k].start = -(int64_t)x->attr.pad.before[k];
		m->axis[k].bounded = x->shape.dim[k] != x->in[i]->shape.dim[k];
	}
}

const mica__op_info mica__op_PAD = {.name = "pad", .family = MICA__FAMILY_MOVE, .uses = MICA__USES_PAD, .arity = 1,
                                    .gradient = pad_gradient, .map = pad_map};

mica_var mica_op_pad(mica_var x, const size_t *before, const size_t *after, double value)
{
	mica_var bad;
	if (!mica__operands("pad", &x, 1, &bad))
		return bad;
	if (!arrays_there("pad", x, "before or after", before && after))
		return &x->g->failed;
	if (!mica__dtype_holds(x->dtype, value))
		return mica__graph_fail(x->g, MICA_EINVAL, "pad: %g is no value of type %s; cast the operand to a real type", value,
		                        mica__dtype_name(x->dtype));
	mica__attr attr = {.pad = {{0}, value}};
	mica_shape s = x->shape;
	for (size_t i = 0; i < s.rank; i++) {
		attr.pad.before[i] = before[i];
		if (__builtin_add_overflow(s.dim[i], before[i], &s.dim[i]) || __builtin_add_overflow(s.dim[i], after[i], &s.dim[i]))
			return mica__graph_fail(x->g, MICA_EOVERFLOW, "pad: axis %zu of size %zu by %zu and %zu is too large", i,
			                        x->shape.dim[i], before[i], after[i]);
	}
	return mica__node(x->g, MICA__PAD, x->dtype, &s, &x, 1, &attr);
}

/* ---- concat ---- */

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

static void concat_map(mica_var x, size_t i, mica__map *m)
{
	size_t a = x->attr.axis;
	same_along_all(m, x->shape.rank);
	for (size_t k = 0; k < i; k++)
		m->axis[a].start -= (int64_t)x->in[k]->shape.dim[a];
	m->axis[a].bounded = true;
}

const mica__op_info mica__op_CONCAT = {.name = "concat", .family = MICA__FAMILY_MOVE, .uses = MICA__USES_AXIS,
                                       .arity = MICA__ANY_ARITY, .gradient = concat_gradient, .map = concat_map};

/* Nodes of at most MOST_PARTS inputs: equal shares of them are joined, then what comes of these, until few enough are
   left, so that no kernel looks at all of them for one element. */
static mica_var join(mica_graph *g, const mica_shape *s, const mica_var *xs, size_t n, size_t axis)
{
	enum { MOST_PARTS = 16 };
	mica_var few[MOST_PARTS];
	size_t parts = 0, each = 1;
	while (mica__ceil_div(n, each) > MOST_PARTS)
		each *= MOST_PARTS;
	if (each == 1)
		return mica__node(g, MICA__CONCAT, xs[0]->dtype, s, xs, n, &(mica__attr){.axis = axis});
	each = mica__ceil_div(n, mica__ceil_div(n, each));
	for (size_t i = 0; i < n; i += each) {
		size_t count = n - i < each ? n - i : each;
		mica_shape t = *s;
		t.dim[axis] = 0;
		for (size_t j = 0; j < count; j++)
			t.dim[axis] += xs[i + j]->shape.dim[axis];
		few[parts++] = count == 1 ? xs[i] : join(g, &t, xs + i, count, axis);
	}
	return join(g, s, few, parts, axis);
}

mica_var mica_op_concat(const mica_var *xs, size_t n, int axis)
{
	mica_var bad;
	size_t a;
	mica_graph *g = mica__operands("concat", xs, n, &bad);
	if (!g)
		return bad;
	if (!mica__axis(xs[0], "concat", axis, &a))
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
			return mica__graph_fail(g, MICA_ESHAPE, "concat: shapes %s and %s along axis %zu; all other axes must be equal",
			                        mica__shape_text(&xs[0]->shape), mica__shape_text(&xs[i]->shape), a);
		if (__builtin_add_overflow(s.dim[a], along, &s.dim[a]))
			return mica__graph_fail(g, MICA_EOVERFLOW, "concat: axis %zu of %zu operands is too large", a, n);
	}
	return n == 1 ? xs[0] : join(g, &s, xs, n, a);
}

/* ---- flip ---- */

static void flip_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	dx[0] = mica_op_flip(dy, (int)y->attr.axis);
}

static void flip_map(mica_var x, size_t i, mica__map *m)
{
	size_t a = x->attr.axis;
	(void)i;
	same_along_all(m, x->shape.rank);
	m->axis[a].start = (int64_t)x->shape.dim[a] - 1;
	m->axis[a].step = -1;
}

const mica__op_info mica__op_FLIP = {.name = "flip", .family = MICA__FAMILY_MOVE, .uses = MICA__USES_AXIS, .arity = 1,
                                     .gradient = flip_gradient, .map = flip_map};

mica_var mica_op_flip(mica_var x, int axis)
{
	size_t a;
	mica_var bad;
	if (!mica__operands("flip", &x, 1, &bad))
		return bad;
	if (!mica__axis(x, "flip", axis, &a))
		return &x->g->failed;
	return mica__node(x->g, MICA__FLIP, x->dtype, &x->shape, &x, 1, &(mica__attr){.axis = a});
}

/* ---- rows by index ---- */

static void gather_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	dx[0] = mica_op_scatter_add(dy, y->in[1], y->in[0]->shape.dim[0]);
}

static void gather_map(mica_var x, size_t i, mica__map *m)
{
	size_t of_index = x->in[1]->shape.rank;
	if (i == 1) {
		same_along_all(m, of_index);
		return;
	}
	m->axis[0].indexed = true;
	for (size_t k = 1; k < x->in[0]->shape.rank; k++)
		mica__map_along(m, k, of_index + k - 1);
}

/* The axes of the index stay; those of the table's rows may be others. */
static bool gather_reshape(mica_var x, const mica_shape *s, size_t i, mica_shape *out)
{
	size_t keep = x->in[1]->shape.rank;
	if (s->rank < keep || memcmp(s->dim, x->shape.dim, keep * sizeof(size_t)) || 1 + s->rank - keep > MICA_MAX_RANK)
		return false;
	*out = x->in[i]->shape;
	if (i == 1)
		return true;
	out->rank = 1 + s->rank - keep;
	for (size_t j = 1; j < MICA_MAX_RANK; j++)
		out->dim[j] = j < out->rank ? s->dim[keep + j - 1] : 0;
	return true;
}

const mica__op_info mica__op_GATHER = {.name = "gather", .family = MICA__FAMILY_MOVE, .arity = 2, .stored_in = 1,
                                       .gradient = gather_gradient, .map = gather_map, .reshape = gather_reshape};

mica_var mica_op_gather(mica_var table, mica_var index)
{
	mica_var bad, in[] = {table, index};
	mica_graph *g = mica__operands("gather", in, 2, &bad);
	if (!g)
		return bad;
	if (!mica__is_index(&in[1], "gather"))
		return &g->failed;
	if (table->shape.rank < 1 || index->shape.rank + table->shape.rank - 1 > MICA_MAX_RANK)
		return mica__graph_fail(g, MICA_ESHAPE, "gather: table %s, index %s; the table needs rows, and the result's rank may "
		                        "be %d", mica__shape_text(&table->shape), mica__shape_text(&index->shape), MICA_MAX_RANK);
	mica_shape s = index->shape;
	for (size_t i = 1; i < table->shape.rank; i++)
		s.dim[s.rank++] = table->shape.dim[i];
	if (table->shape.dim[0] == 0 && mica__shape_count(&s))
		return mica__graph_fail(g, MICA_ESHAPE, "gather: table %s has no rows", mica__shape_text(&table->shape));
	return mica__node(g, MICA__GATHER, table->dtype, &s, in, 2, NULL);
}

/* Elements of an index sorted by their value, which is clamped to 0..rows - 1 as gather clamps it, equal ones in their order:
   element t is how many have a value below t, for t up to rows; element rows + 1 is a kernel's own; from rows + 2 on their
   numbers follow.  What adds rows at an index is linear in both by it, and so are kernels that must not write one place twice. */
const mica__op_info mica__op_BUCKETS = {.name = "buckets", .family = MICA__FAMILY_KERNEL, .uses = MICA__USES_ROWS, .arity = 1,
                                        .stored_in = 1};

static mica_var buckets(mica_var index, size_t rows)
{
	size_t n = mica_var_count(index), all;
	if (__builtin_add_overflow(rows, n + 2, &all) || all > INT32_MAX)
		return mica__graph_fail(index->g, MICA_EOVERFLOW, "scatter_add: %zu rows at %zu indices; at most %d in all", rows, n,
		                        INT32_MAX - 2);
	return mica__node(index->g, MICA__BUCKETS, MICA_I32, &MICA_SHAPE(all), &index, 1, &(mica__attr){.rows = rows});
}

static void scatter_add_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	mica_var index = y->in[1]->in[0];
	if (y->attr.rows)
		dx[0] = mica_op_reshape(mica_op_gather(dy, index), y->in[0]->shape);
}

/* Of x (n, ...) and the buckets of n indices. */
const mica__op_info mica__op_SCATTER_ADD = {.name = "scatter_add", .family = MICA__FAMILY_KERNEL, .uses = MICA__USES_ROWS,
                                            .arity = 2, .stored_in = 3, .gradient = scatter_add_gradient};

mica_var mica_op_scatter_add(mica_var x, mica_var index, size_t rows)
{
	mica_var bad, in[] = {x, index};
	mica_graph *g = mica__operands("scatter_add", in, 2, &bad);
	if (!g)
		return bad;
	mica_shape s = {1, {rows}};
	bool fits = x->shape.rank >= index->shape.rank;
	if (!mica__is_index(&in[1], "scatter_add"))
		return &g->failed;
	if (!mica__dtype_real(x->dtype) && !mica__dtype_computes(x->dtype))
		return mica__graph_fail(g, MICA_EINVAL, "scatter_add: %s holds no sums; cast it to i32", mica__dtype_name(x->dtype));
	for (size_t i = 0; fits && i < index->shape.rank; i++)
		fits = x->shape.dim[i] == index->shape.dim[i];
	if (!fits)
		return mica__graph_fail(g, MICA_ESHAPE, "scatter_add: x %s does not begin with the index's %s",
		                        mica__shape_text(&x->shape), mica__shape_text(&index->shape));
	if (x->shape.rank - index->shape.rank >= MICA_MAX_RANK)
		return mica__graph_fail(g, MICA_ESHAPE, "scatter_add: x %s at index %s makes rank %zu, at most %d",
		                        mica__shape_text(&x->shape), mica__shape_text(&index->shape),
		                        x->shape.rank - index->shape.rank + 1, MICA_MAX_RANK);
	for (size_t i = index->shape.rank; i < x->shape.rank; i++)
		s.dim[s.rank++] = x->shape.dim[i];
	mica_shape from = s, to = s; /* with an axis beside that of the index, be it 1 */
	from.dim[0] = mica_var_count(index);
	if (s.rank == 1)
		from.dim[from.rank++] = to.dim[to.rank++] = 1;
	in[0] = mica_op_reshape(mica__widened(x), from);
	in[1] = buckets(in[1], rows);
	mica_var y = mica__node(g, MICA__SCATTER_ADD, in[0]->dtype, &to, in, 2, &(mica__attr){.rows = rows});
	return mica_op_cast(mica_op_reshape(y, s), x->dtype);
}
