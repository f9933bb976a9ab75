/* SPDX-License-Identifier: MIT */
/* graph/test_movement.c - operations that move elements, exact against plain loops: alone, in chains, fused with
   elementwise operations, and their gradients.  The reference is an array library of a few functions with the same names. */
#include "support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct array {
	mica_shape s;
	double *v;
} array;

/* ---- reference ---- */

static array empty_array(check *c, mica_shape s)
{
	return (array){s, check_array(c, shape_count(s))};
}

static array transpose(check *c, array x, const size_t *perm)
{
	array y = empty_array(c, x.s);
	for (size_t k = 0; k < x.s.rank; k++)
		y.s.dim[k] = x.s.dim[perm[k]];
	for (size_t i = 0; i < shape_count(y.s); i++) {
		size_t to[MICA_MAX_RANK], from[MICA_MAX_RANK];
		shape_unravel(y.s, i, to);
		for (size_t k = 0; k < x.s.rank; k++)
			from[perm[k]] = to[k];
		y.v[i] = x.v[shape_ravel(x.s, from)];
	}
	return y;
}

static array broadcast(check *c, array x, mica_shape s)
{
	array y = empty_array(c, s);
	for (size_t i = 0; i < shape_count(s); i++)
		y.v[i] = x.v[shape_source(s, i, x.s)];
	return y;
}

static array slice(check *c, array x, const size_t *start, const size_t *stop, const size_t *step)
{
	mica_shape s = x.s;
	for (size_t k = 0; k < s.rank; k++)
		s.dim[k] = (stop[k] - start[k] + step[k] - 1) / step[k];
	array y = empty_array(c, s);
	for (size_t i = 0; i < shape_count(s); i++) {
		size_t at[MICA_MAX_RANK];
		shape_unravel(s, i, at);
		for (size_t k = 0; k < s.rank; k++)
			at[k] = start[k] + at[k] * step[k];
		y.v[i] = x.v[shape_ravel(x.s, at)];
	}
	return y;
}

static array pad(check *c, array x, const size_t *before, const size_t *after, double value)
{
	mica_shape s = x.s;
	for (size_t k = 0; k < s.rank; k++)
		s.dim[k] += before[k] + after[k];
	array y = empty_array(c, s);
	for (size_t i = 0; i < shape_count(s); i++)
		y.v[i] = value;
	for (size_t i = 0; i < shape_count(x.s); i++) {
		size_t at[MICA_MAX_RANK];
		shape_unravel(x.s, i, at);
		for (size_t k = 0; k < s.rank; k++)
			at[k] += before[k];
		y.v[shape_ravel(s, at)] = x.v[i];
	}
	return y;
}

static array concat(check *c, const array *xs, size_t n, size_t axis)
{
	array y = {xs[0].s, NULL};
	for (size_t j = 1; j < n; j++)
		y.s.dim[axis] += xs[j].s.dim[axis];
	y = empty_array(c, y.s);
	for (size_t j = 0, begin = 0; j < n; begin += xs[j++].s.dim[axis])
		for (size_t i = 0; i < shape_count(xs[j].s); i++) {
			size_t at[MICA_MAX_RANK];
			shape_unravel(xs[j].s, i, at);
			at[axis] += begin;
			y.v[shape_ravel(y.s, at)] = xs[j].v[i];
		}
	return y;
}

static array flip(check *c, array x, size_t axis)
{
	array y = empty_array(c, x.s);
	for (size_t i = 0; i < shape_count(x.s); i++) {
		size_t at[MICA_MAX_RANK];
		shape_unravel(x.s, i, at);
		at[axis] = x.s.dim[axis] - 1 - at[axis];
		y.v[i] = x.v[shape_ravel(x.s, at)];
	}
	return y;
}

static size_t row_size(mica_shape table)
{
	size_t n = 1;
	for (size_t k = 1; k < table.rank; k++)
		n *= table.dim[k];
	return n;
}

static array gather(check *c, array table, array index)
{
	array y = {index.s, NULL};
	size_t n = row_size(table.s);
	for (size_t k = 1; k < table.s.rank; k++)
		y.s.dim[y.s.rank++] = table.s.dim[k];
	y = empty_array(c, y.s);
	for (size_t i = 0; i < shape_count(y.s); i++) {
		double row = fmin(fmax(index.v[i / n], 0), (double)table.s.dim[0] - 1);
		y.v[i] = table.v[(size_t)row * n + i % n];
	}
	return y;
}

static array scatter_add(check *c, array x, array index, size_t rows)
{
	mica_shape s = MICA_SHAPE(rows);
	for (size_t k = index.s.rank; k < x.s.rank; k++)
		s.dim[s.rank++] = x.s.dim[k];
	array y = empty_array(c, s);
	size_t n = row_size(s);
	for (size_t i = 0; i < shape_count(x.s); i++) {
		double *to = &y.v[(size_t)index.v[i / n] * n + i % n];
		*to = (double)((float)*to + (float)x.v[i]);
	}
	return y;
}

/* ---- helpers ---- */

static mica_var input(check *c, mica_shape s, array *x)
{
	mica_var v = check_input(c, MICA_F32, s, check_uniform(c, shape_count(s), -9, 9));
	*x = (array){s, (double *)check_values(c, v)};
	return v;
}

static mica_var indices(check *c, mica_shape s, int rows, array *x)
{
	mica_var v = check_input(c, MICA_I32, s, check_whole(c, shape_count(s), 0, rows - 1));
	*x = (array){s, (double *)check_values(c, v)};
	return v;
}

static void expect(check *c, const char *label, mica_var y, array want)
{
	mica_shape s = mica_var_shape(y);
	cr_assert(s.rank == want.s.rank && !memcmp(s.dim, want.s.dim, s.rank * sizeof(size_t)), "%s: shape %s, want %s", label,
	          shape_text(s), shape_text(want.s));
	check_expect(c, label, y, want.v, tolerance_exact());
}

#define L(...) ((size_t[]){__VA_ARGS__})
static const size_t perms3[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

/* ---- alone ---- */

CASE(reshape)
{
	static const struct {
		mica_shape from, to;
		size_t infer; /* rank: none */
	} rows[] = {
		{{2, {3, 4}}, {1, {12}}, 1}, {{1, {24}}, {3, {2, 3, 4}}, 1}, {{2, {6, 35}}, {3, {2, 3, 35}}, 3},
		{{2, {33, 31}}, {2, {31, 33}}, 0}, {{0, {0}}, {3, {1, 1, 1}}, 3}, {{2, {1, 1}}, {0, {0}}, 0},
		{{2, {0, 3}}, {1, {0}}, 1}, {{2, {40, 6}}, {4, {4, 10, 2, 3}}, 2}, {{3, {2, 17, 3}}, {2, {34, 3}}, 0},
	};
	for (size_t k = 0; k < COUNT(rows); k++) {
		array x;
		mica_var v = input(c, rows[k].from, &x);
		mica_shape to = rows[k].to;
		if (rows[k].infer < to.rank && shape_count(to))
			to.dim[rows[k].infer] = MICA_INFER;
		mica_var y = mica_op_reshape(v, to);
		expect(c, shape_text(rows[k].to), y, (array){rows[k].to, x.v});
		array moved = transpose(c, (array){rows[k].from, x.v}, rows[k].from.rank == 2 ? L(1, 0) : L(0, 1, 2));
		if (rows[k].from.rank == 2) /* of a value that is not row-major where it lies */
			expect(c, "transposed first", mica_op_reshape(mica_op_transpose(v, NULL), rows[k].to),
			       (array){rows[k].to, moved.v});
	}
}

CASE(transpose)
{
	array x, m;
	mica_var v = input(c, MICA_SHAPE(3, 17, 5), &x), w = input(c, MICA_SHAPE(33, 40), &m);
	for (size_t k = 0; k < COUNT(perms3); k++)
		expect(c, check_label(c, "%zu%zu%zu", perms3[k][0], perms3[k][1], perms3[k][2]), mica_op_transpose(v, perms3[k]),
		       transpose(c, x, perms3[k]));
	expect(c, "last two of three", mica_op_transpose(v, NULL), transpose(c, x, L(0, 2, 1)));
	expect(c, "matrix", mica_op_transpose(w, NULL), transpose(c, m, L(1, 0)));
	expect(c, "twice", mica_op_transpose(mica_op_transpose(w, NULL), NULL), m);
	for (size_t k = 0; k < COUNT(perms3); k++) {
		array once = transpose(c, x, perms3[k]);
		expect(c, "after 120", mica_op_transpose(mica_op_transpose(v, perms3[k]), L(1, 2, 0)), transpose(c, once, L(1, 2, 0)));
	}
	array e;
	mica_var none = input(c, MICA_SHAPE(3, 0), &e);
	expect(c, "empty", mica_op_transpose(none, NULL), transpose(c, e, L(1, 0)));
}

CASE(broadcast)
{
	static const mica_shape s[][2] = {
		{{0, {0}}, {1, {17}}}, {{1, {5}}, {2, {3, 5}}}, {{2, {3, 1}}, {2, {3, 35}}}, {{2, {1, 1}}, {3, {2, 3, 4}}},
		{{2, {3, 1}}, {3, {2, 3, 17}}}, {{3, {2, 1, 5}}, {3, {2, 33, 5}}}, {{1, {1}}, {1, {0}}}, {{2, {3, 5}}, {2, {3, 5}}},
	};
	for (size_t k = 0; k < COUNT(s); k++) {
		array x;
		mica_var v = input(c, s[k][0], &x);
		expect(c, shape_text(s[k][1]), mica_op_broadcast(v, s[k][1]), broadcast(c, x, s[k][1]));
	}
}

CASE(slice)
{
	static const size_t cuts[][3][3] = { /* start, stop, step of (4, 19, 35) */
		{{0, 0, 0}, {4, 19, 35}, {1, 1, 1}}, {{1, 3, 5}, {3, 10, 34}, {1, 1, 1}}, {{0, 1, 2}, {4, 19, 35}, {2, 3, 4}},
		{{3, 18, 34}, {4, 19, 35}, {1, 1, 1}}, {{0, 0, 0}, {4, 19, 35}, {5, 20, 36}}, {{2, 4, 6}, {2, 19, 35}, {1, 1, 1}},
		{{0, 0, 1}, {4, 19, 34}, {1, 2, 7}},
	};
	array x;
	mica_var v = input(c, MICA_SHAPE(4, 19, 35), &x);
	for (size_t k = 0; k < COUNT(cuts); k++)
		expect(c, check_label(c, "cut %zu", k), mica_op_slice(v, cuts[k][0], cuts[k][1], cuts[k][2]),
		       slice(c, x, cuts[k][0], cuts[k][1], cuts[k][2]));
	expect(c, "no step", mica_op_slice(v, cuts[1][0], cuts[1][1], NULL), slice(c, x, cuts[1][0], cuts[1][1], L(1, 1, 1)));
}

CASE(pad)
{
	array x, e;
	mica_var v = input(c, MICA_SHAPE(3, 17), &x), none = input(c, MICA_SHAPE(0, 3), &e);
	expect(c, "around", mica_op_pad(v, L(1, 2), L(3, 4), -2.5), pad(c, x, L(1, 2), L(3, 4), -2.5));
	expect(c, "after", mica_op_pad(v, L(0, 0), L(0, 15), 0), pad(c, x, L(0, 0), L(0, 15), 0));
	expect(c, "nothing", mica_op_pad(v, L(0, 0), L(0, 0), 7), x);
	expect(c, "twice", mica_op_pad(mica_op_pad(v, L(1, 0), L(0, 1), 1), L(0, 2), L(2, 0), 2),
	       pad(c, pad(c, x, L(1, 0), L(0, 1), 1), L(0, 2), L(2, 0), 2));
	expect(c, "of nothing", mica_op_pad(none, L(2, 0), L(1, 1), 3), pad(c, e, L(2, 0), L(1, 1), 3));
	expect(c, "infinite", mica_op_pad(v, L(1, 1), L(1, 1), -(double)INFINITY), pad(c, x, L(1, 1), L(1, 1), -(double)INFINITY));
}

CASE(concat)
{
	array xs[4], ys[3];
	mica_var a = input(c, MICA_SHAPE(3, 17), &xs[0]), b = input(c, MICA_SHAPE(3, 5), &xs[1]);
	mica_var n = input(c, MICA_SHAPE(3, 0), &xs[2]), l = input(c, MICA_SHAPE(3, 33), &xs[3]);
	mica_var p = input(c, MICA_SHAPE(2, 4, 3), &ys[0]), q = input(c, MICA_SHAPE(2, 1, 3), &ys[1]);
	mica_var r = input(c, MICA_SHAPE(2, 9, 3), &ys[2]);
	expect(c, "columns", mica_op_concat((mica_var[]){a, b, n, l}, 4, 1), concat(c, xs, 4, 1));
	expect(c, "last axis", mica_op_concat((mica_var[]){a, b}, 2, -1), concat(c, xs, 2, 1));
	expect(c, "middle axis", mica_op_concat((mica_var[]){p, q, r}, 3, 1), concat(c, ys, 3, 1));
	expect(c, "middle from the end", mica_op_concat((mica_var[]){p, q, r}, 3, -2), concat(c, ys, 3, 1));
	expect(c, "itself, by rows", mica_op_concat((mica_var[]){a, a, a}, 3, 0), concat(c, (array[]){xs[0], xs[0], xs[0]}, 3, 0));
	expect(c, "one", mica_op_concat(&b, 1, 0), xs[1]);
}

CASE(flip)
{
	array x, y;
	mica_var v = input(c, MICA_SHAPE(3, 5, 17), &x), w = input(c, MICA_SHAPE(33), &y);
	for (int axis = -3; axis < 3; axis++)
		expect(c, check_label(c, "axis %d", axis), mica_op_flip(v, axis), flip(c, x, (size_t)(axis + 3) % 3));
	expect(c, "vector", mica_op_flip(w, 0), flip(c, y, 0));
	expect(c, "twice", mica_op_flip(mica_op_flip(w, 0), 0), y);
}

/* ---- table lookups ---- */

CASE(gather)
{
	static const mica_shape tables[] = {{1, {9}}, {2, {9, 5}}, {2, {9, 33}}, {3, {9, 3, 4}}};
	static const mica_shape lists[] = {{0, {0}}, {1, {7}}, {2, {3, 17}}, {1, {0}}};
	for (size_t k = 0; k < COUNT(tables); k++)
		for (size_t m = 0; m < COUNT(lists); m++) {
			array t, i;
			mica_var table = input(c, tables[k], &t), index = indices(c, lists[m], 9, &i);
			expect(c, check_label(c, "%s by %s", shape_text(tables[k]), shape_text(lists[m])), mica_op_gather(table, index),
			       gather(c, t, i));
		}
	array t;
	mica_var table = input(c, MICA_SHAPE(4, 3), &t);
	const double outside[6] = {-1, 4, 3, 0, -2147483647, 2147483647};
	mica_var far = check_input(c, MICA_I32, MICA_SHAPE(6), outside);
	expect(c, "outside", mica_op_gather(table, far), gather(c, t, (array){MICA_SHAPE(6), (double *)outside}));
}

CASE(gather_of_bytes)
{
	array i;
	mica_var table = check_input(c, MICA_U8, MICA_SHAPE(20, 7), check_whole(c, 140, 0, 255));
	mica_var index = indices(c, MICA_SHAPE(33), 20, &i);
	array rows = gather(c, (array){MICA_SHAPE(20, 7), (double *)check_values(c, table)}, i), scaled = empty_array(c, rows.s);
	for (size_t k = 0; k < shape_count(rows.s); k++)
		scaled.v[k] = rows.v[k] * 0.5;
	expect(c, "u8", mica_op_gather(table, index), rows);
	expect(c, "u8, scaled", mica_op_mulc(mica_op_cast(mica_op_gather(table, index), MICA_F32), 0.5), scaled);
}

/* Duplicates are added in the order of the rows: the reference adds in float in that order, and the bits must agree. */
CASE(scatter_add)
{
	static const mica_shape rows[] = {{1, {0}}, {1, {5}}, {1, {33}}, {2, {3, 4}}};
	static const mica_shape lists[] = {{1, {7}}, {2, {3, 40}}, {1, {0}}};
	for (size_t k = 0; k < COUNT(rows); k++)
		for (size_t m = 0; m < COUNT(lists); m++) {
			array x, i;
			mica_shape s = lists[m];
			for (size_t d = 0; d < rows[k].rank && k; d++)
				s.dim[s.rank++] = rows[k].dim[d];
			mica_var v = input(c, s, &x), index = indices(c, lists[m], 6, &i);
			expect(c, check_label(c, "%s by %s", shape_text(s), shape_text(lists[m])), mica_op_scatter_add(v, index, 6),
			       scatter_add(c, x, i, 6));
		}
	array x, i = {MICA_SHAPE(50), check_array(c, 50)};
	mica_var v = input(c, MICA_SHAPE(50, 17), &x), same = check_input(c, MICA_I32, MICA_SHAPE(50), i.v);
	expect(c, "all to one row", mica_op_scatter_add(v, same, 3), scatter_add(c, x, i, 3));
}

/* ---- chains, with arithmetic before, between and after ---- */

static array mapped(check *c, array x, double factor, double plus)
{
	array y = empty_array(c, x.s);
	for (size_t i = 0; i < shape_count(x.s); i++)
		y.v[i] = (double)((float)((float)x.v[i] * (float)factor) + (float)plus);
	return y;
}

/* Whole numbers, so that a fused multiply-add gives the same bits. */
static mica_var whole_input(check *c, mica_shape s, array *x)
{
	mica_var v = check_input(c, MICA_F32, s, check_whole(c, shape_count(s), -99, 99));
	*x = (array){s, (double *)check_values(c, v)};
	return v;
}

static mica_var map(mica_var x, double factor, double plus)
{
	return mica_op_addc(mica_op_mulc(x, factor), plus);
}

CASE(chains)
{
	array x, y, z;
	mica_var a = whole_input(c, MICA_SHAPE(3, 17, 5), &x), b = whole_input(c, MICA_SHAPE(5, 3), &y);
	/* (3,17,5) -> (5,3,17) -> every second, padded -> reversed */
	mica_var v = mica_op_transpose(map(a, 2, 1), L(2, 0, 1));
	z = transpose(c, mapped(c, x, 2, 1), L(2, 0, 1));
	expect(c, "transposed", v, z);
	v = map(mica_op_slice(v, L(0, 1, 0), L(5, 3, 17), L(2, 1, 3)), 3, -4);
	z = mapped(c, slice(c, z, L(0, 1, 0), L(5, 3, 17), L(2, 1, 3)), 3, -4);
	expect(c, "then cut", v, z);
	v = mica_op_flip(map(mica_op_pad(v, L(0, 1, 2), L(1, 0, 3), 6), 1, 0.5), -1);
	z = flip(c, mapped(c, pad(c, z, L(0, 1, 2), L(1, 0, 3), 6), 1, 0.5), 2);
	expect(c, "then padded and flipped", v, z);
	mica_shape flat = MICA_SHAPE(shape_count(z.s));
	expect(c, "then flat", map(mica_op_reshape(v, flat), -1, 0), mapped(c, (array){flat, z.v}, -1, 0));
	/* both sides of an operation moved */
	mica_var w = mica_op_sub(mica_op_transpose(b, NULL), mica_op_slice(mica_op_reshape(a, MICA_SHAPE(51, 5)), L(4, 0), L(7, 5), NULL));
	array left = transpose(c, y, L(1, 0)), right = slice(c, (array){MICA_SHAPE(51, 5), x.v}, L(4, 0), L(7, 5), L(1, 1));
	for (size_t i = 0; i < 15; i++)
		left.v[i] -= right.v[i];
	expect(c, "of two", w, left);
}

/* Moved values feed reductions, products, concatenation and each other. */
CASE(chains_into_other_operations)
{
	array x, i;
	mica_var a = whole_input(c, MICA_SHAPE(9, 20), &x), index = indices(c, MICA_SHAPE(4), 9, &i);
	mica_var parts[3] = {mica_op_gather(a, index), map(a, 2, 0), mica_op_flip(a, 0)};
	array p[3] = {gather(c, x, i), mapped(c, x, 2, 0), flip(c, x, 0)}, all = concat(c, p, 3, 0);
	mica_var joined = mica_op_concat(parts, 3, 0);
	array sums = empty_array(c, MICA_SHAPE(22)), columns = empty_array(c, MICA_SHAPE(20)), gram = empty_array(c, MICA_SHAPE(22, 22));
	for (size_t k = 0; k < 440; k++) {
		sums.v[k / 20] += all.v[k];
		columns.v[k % 20] += all.v[k];
	}
	for (size_t k = 0; k < 484; k++)
		for (size_t m = 0; m < 20; m++)
			gram.v[k] += all.v[k / 22 * 20 + m] * all.v[k % 22 * 20 + m];
	expect(c, "joined", joined, all);
	expect(c, "row sums", mica_op_sum(joined, MICA_AXIS(1), false), sums);
	expect(c, "column sums", mica_op_sum(joined, MICA_AXIS(0), false), columns);
	expect(c, "product with itself", mica_op_matmul(joined, mica_op_transpose(joined, NULL)), gram);
	expect(c, "table lookup of a computed table", mica_op_gather(map(joined, 3, 1), index), gather(c, mapped(c, all, 3, 1), i));
	expect(c, "by computed indices", mica_op_gather(a, mica_op_addc(mica_op_neg(index), 8)),
	       gather(c, x, mapped(c, i, -1, 8)));
}

/* Rows of whole panels, put together and taken apart: vectors stay vectors, of a column of their own. */
Test(movement, reshape_of_whole_panels)
{
	check *c = check_open("panels", MICA_F32);
	const mica_shape wide = MICA_SHAPE(6, 192), narrow = MICA_SHAPE(3, 6, 64), column = MICA_SHAPE(3, 6, 1);
	array x, w, sums = empty_array(c, column), product = empty_array(c, MICA_SHAPE(6, 2));
	mica_var v = whole_input(c, wide, &x), u = whole_input(c, MICA_SHAPE(192, 2), &w), stored = map(v, 2, 1);
	array twice = mapped(c, x, 2, 1), numbered = empty_array(c, narrow), both = empty_array(c, wide);
	mica_var thin = mica_op_reshape(stored, narrow);
	for (size_t i = 0; i < 6 * 192; i++) {
		numbered.v[i] = twice.v[i] + (double)(i % 64) + (double)(i / 64 % 6);
		sums.v[i / 64] += twice.v[i];
		both.v[i] = twice.v[i] + numbered.v[i];
		for (size_t k = 0; k < 2; k++)
			product.v[i / 192 * 2 + k] += numbered.v[i] * w.v[i % 192 * 2 + k];
	}
	mica_var places = mica_op_add(mica_graph_iota(mica_var_graph(v), narrow, 2), mica_graph_iota(mica_var_graph(v), narrow, 1));
	mica_var y = mica_op_add(thin, mica_op_cast(places, MICA_F32)), back = mica_op_reshape(y, wide);
	expect(c, "stored", stored, twice);
	expect(c, "taken apart", y, numbered);
	expect(c, "and put together", mica_op_add(back, stored), both);
	expect(c, "sums of rows", mica_op_sum(thin, MICA_AXIS(2), true), sums);
	expect(c, "product", mica_op_matmul(back, u), product);
	check_run(c);
	check_close(c);
}

/* Columns that are whole vectors further on in what they are cut out of, or put into: these stay vectors too. */
Test(movement, whole_vectors_further_on)
{
	enum { ROWS = 5, ALL = 160, PART = 64, FIRST = 48, LAST = 41 };
	check *c = check_open("vectors further on", MICA_F32);
	array x;
	mica_var v = whole_input(c, MICA_SHAPE(ROWS, ALL), &x), twice = map(v, 2, 1);
	array cut = empty_array(c, MICA_SHAPE(ROWS, PART)), end = empty_array(c, MICA_SHAPE(ROWS, LAST));
	array joined = empty_array(c, MICA_SHAPE(ROWS, PART + ALL + LAST)), padded = empty_array(c, MICA_SHAPE(ROWS, FIRST + PART + 7));
	mica_var part = mica_op_slice(v, (size_t[]){0, FIRST}, (size_t[]){ROWS, FIRST + PART}, NULL);
	mica_var rest = mica_op_slice(twice, (size_t[]){0, ALL - FIRST}, (size_t[]){ROWS, ALL - FIRST + LAST}, NULL);
	for (size_t r = 0; r < ROWS; r++) {
		for (size_t i = 0; i < PART; i++)
			cut.v[r * PART + i] = 2 * x.v[r * ALL + FIRST + i] + 1;
		for (size_t i = 0; i < LAST; i++)
			end.v[r * LAST + i] = 2 * (2 * x.v[r * ALL + ALL - FIRST + i] + 1) + 1;
		for (size_t i = 0; i < PART + ALL + LAST; i++)
			joined.v[r * (PART + ALL + LAST) + i] = 2 * (i < PART ? x.v[r * ALL + FIRST + i] : i < PART + ALL
			        ? x.v[r * ALL + i - PART] : 2 * x.v[r * ALL + ALL - FIRST + i - PART - ALL] + 1) + 1;
		for (size_t i = 0; i < FIRST + PART + 7; i++)
			padded.v[r * (FIRST + PART + 7) + i] = 2 * (i < FIRST || i >= FIRST + PART ? 3 : x.v[r * ALL + i]) + 1;
	}
	expect(c, "cut out", map(part, 2, 1), cut);
	expect(c, "cut out of an expression", map(rest, 2, 1), end);
	expect(c, "one after the other", map(mica_op_concat((mica_var[]){part, v, rest}, 3, 1), 2, 1), joined);
	expect(c, "padded", map(mica_op_pad(part, (size_t[]){0, FIRST}, (size_t[]){0, 7}, 3), 2, 1), padded);
	check_run(c);
	check_close(c);
}

/* More elements, and more rows, than 32 bits count: nothing is stored of them but what is cut out. */
CASE(positions_beyond_32_bits)
{
	array cut = empty_array(c, MICA_SHAPE(3, 3)), rows = empty_array(c, MICA_SHAPE(2, 2, 2));
	mica_graph *g = mica_var_graph(whole_input(c, MICA_SHAPE(1), &(array){0}));
	mica_var x = mica_op_flip(mica_graph_iota(g, MICA_SHAPE(50000, 50000), 0), 0);
	for (size_t i = 0; i < 9; i++)
		cut.v[i] = (double)(49999 - ((24997 + i / 3) * 100000 + 99991 + 4 * (i % 3)) / 50000);
	expect(c, "element numbers", mica_op_slice(mica_op_reshape(x, MICA_SHAPE(25000, 100000)), L(24997, 99991), L(25000, 100000), L(1, 4)), cut);
	mica_var long_one = mica_op_flip(mica_graph_iota(g, MICA_SHAPE(100000, 300, 200, 2), 0), 1);
	for (size_t i = 0; i < 8; i++)
		rows.v[i] = (double)(99998 + i / 4);
	expect(c, "row numbers", mica_op_reshape(mica_op_slice(long_one, L(99998, 299, 198, 0), L(100000, 300, 200, 2), NULL),
	                                         MICA_SHAPE(2, 2, 2)), rows);
}

Test(movement, values)
{
	check_cases("movement", MICA_F32, CASES(THE(reshape), THE(transpose), THE(broadcast), THE(slice), THE(pad), THE(concat),
	            THE(flip), THE(gather), THE(gather_of_bytes), THE(scatter_add), THE(chains),
	            THE(chains_into_other_operations), THE(positions_beyond_32_bits)));
}

/* ---- gradients ---- */

TestSuite(movement_gradient, .init = without_kernels);

static mica_var real(check *c, mica_shape s)
{
	return check_input(c, MICA_F64, s, check_uniform(c, shape_count(s), -2, 2));
}

Test(movement_gradient, moves)
{
	check *c = check_open("moves", MICA_F64);
	mica_var x = real(c, MICA_SHAPE(3, 4, 5)), y = real(c, MICA_SHAPE(3, 2, 5)), r = real(c, MICA_SHAPE(3, 1));
	check_gradient(c, "reshape", mica_op_square(mica_op_reshape(x, MICA_SHAPE(4, 15))), &x, 1);
	check_gradient(c, "transpose", mica_op_square(mica_op_transpose(x, L(2, 0, 1))), &x, 1);
	check_gradient(c, "broadcast", mica_op_square(mica_op_broadcast(r, MICA_SHAPE(2, 3, 4))), &r, 1);
	check_gradient(c, "slice", mica_op_square(mica_op_slice(x, L(0, 1, 1), L(3, 4, 5), NULL)), &x, 1);
	check_gradient(c, "slice by steps", mica_op_square(mica_op_slice(x, L(0, 1, 0), L(3, 4, 5), L(2, 2, 3))), &x, 1);
	check_gradient(c, "pad", mica_op_square(mica_op_pad(x, L(1, 0, 2), L(0, 3, 1), 4)), &x, 1);
	check_gradient(c, "flip", mica_op_square(mica_op_flip(x, 1)), &x, 1);
	check_gradient(c, "concat", mica_op_square(mica_op_concat((mica_var[]){x, y, x}, 3, 1)), (mica_var[]){x, y}, 2);
	check_run(c);
	check_close(c);
}

Test(movement_gradient, lookups)
{
	check *c = check_open("lookups", MICA_F64);
	array i;
	mica_var table = real(c, MICA_SHAPE(5, 3)), index = indices(c, MICA_SHAPE(2, 4), 5, &i), rows = real(c, MICA_SHAPE(2, 4, 3));
	check_gradient(c, "gather", mica_op_square(mica_op_gather(table, index)), &table, 1);
	check_gradient(c, "scatter_add", mica_op_square(mica_op_scatter_add(rows, index, 6)), &rows, 1);
	check_gradient(c, "both", mica_op_mul(mica_op_gather(mica_op_exp(table), index), rows), (mica_var[]){table, rows}, 2);
	check_run(c);
	check_close(c);
}

/* The step of a slice is undone by an axis more than x has: at the greatest rank two others make room for it. */
Test(movement_gradient, step_at_the_greatest_rank)
{
	check *c = check_open("step", MICA_F64);
	mica_var x = check_input(c, MICA_F64, MICA_SHAPE(3, 2, 1, 2, 1, 1, 2, 3), check_uniform(c, 72, -1, 1));
	size_t start[8] = {0}, stop[8] = {3, 2, 1, 2, 1, 1, 2, 3}, last[8] = {1, 1, 1, 1, 1, 1, 1, 2}, both[8] = {2, 1, 1, 2, 1, 1, 2, 2};
	check_gradient(c, "of the last", mica_op_square(mica_op_slice(x, start, stop, last)), &x, 1);
	check_gradient(c, "of several", mica_op_square(mica_op_slice(x, start, stop, both)), &x, 1);
	check_run(c);
	check_close(c);
}
