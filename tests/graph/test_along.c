/* SPDX-License-Identifier: MIT */
/* graph/test_along.c - operations along an axis: cumulative sums and products, recurrences, order, elements by index; against
   what PyTorch printed, and against loops on awkward shapes. */
#include "golden/along.h"
#include "golden/golden.h"
#include "support/support.h"

#include <stdlib.h>
#include <string.h>

#define S(...) MICA_SHAPE(__VA_ARGS__)

/* As make_along.py makes them. */
static double *halves(check *c, size_t n, uint32_t salt)
{
	double *v = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		v[i] = rint((2 * hash_unit((uint32_t)i, salt) - 1) * 3) / 2;
	return v;
}

static mica_var input(check *c, mica_shape s, uint32_t salt)
{
	return check_input(c, MICA_F64, s, halves(c, shape_count(s), salt));
}

static void expect(check *c, const char *label, mica_var y, const double *want)
{
	check_expect(c, label, y, want, tolerance_exact());
}

/* The gradient of y by x under halves. */
static void expect_slope(check *c, const char *label, mica_var y, mica_var x, uint32_t salt, const double *want)
{
	mica_var dx;
	OK(mica_gradient(y, input(c, mica_var_shape(y), salt), &x, 1, &dx));
	check_expect(c, check_label(c, "gradient of %s", label), dx, want, (tolerance){4, 0, NULL});
}

/* ---- against PyTorch ---- */

CASE(cumulative_as_pytorch)
{
	const double *const sums[] = {golden_cumsum0, golden_cumsum1, golden_cumsum2};
	const double *const back[] = {golden_cumsum_back0, golden_cumsum_back1, golden_cumsum_back2};
	const double *const products[] = {golden_cumprod0, golden_cumprod1, golden_cumprod2};
	const double *const slopes[] = {golden_cumprod0_slope, golden_cumprod1_slope, golden_cumprod2_slope};
	mica_var x = input(c, S(2, 5, 3), 1), y, d, dd;
	for (int k = 0; k < 3; k++) {
		expect(c, "cumsum", mica_op_cumsum(x, k, false, false), sums[k]);
		expect(c, "cumsum backward", mica_op_cumsum(x, k - 3, false, true), back[k]);
		expect(c, "cumprod", y = mica_op_cumprod(x, k, false, false), products[k]);
		expect_slope(c, "cumprod", y, x, 2, slopes[k]);
	}
	expect_slope(c, "prod", y = mica_op_prod(x, MICA_AXIS(1), false), x, 3, golden_prod_slope);
	OK(mica_gradient(y, NULL, &x, 1, &d));
	OK(mica_gradient(d, input(c, S(2, 5, 3), 4), &x, 1, &dd));
	expect(c, "gradient of the gradient of prod", dd, golden_prod_second);
}

static double *with_nan(check *c)
{
	double *v = halves(c, 84, 5);
	v[3] = v[20] = v[41] = v[62] = (double)NAN;
	return v;
}

CASE(order_as_pytorch)
{
	const double *const sorted[] = {golden_sort0_0, golden_sort1_0, golden_sort2_0, golden_sort0_1, golden_sort1_1, golden_sort2_1};
	const double *const places[] = {golden_argsort0_0, golden_argsort1_0, golden_argsort2_0,
	                                golden_argsort0_1, golden_argsort1_1, golden_argsort2_1};
	mica_var x = check_input(c, MICA_F64, S(4, 7, 3), with_nan(c));
	for (int k = 0; k < 6; k++) {
		expect(c, "sort", mica_op_sort(x, k % 3, k > 2), sorted[k]);
		expect(c, "argsort", mica_op_argsort(x, k % 3, k > 2), places[k]);
	}
}

CASE(greatest_as_pytorch)
{
	const double *const top[] = {golden_top0, golden_top1, golden_top2}, *const at[] = {golden_top_at0, golden_top_at1, golden_top_at2};
	const double *const slopes[] = {golden_top0_slope, golden_top1_slope, golden_top2_slope};
	const double *const sort_slopes[] = {golden_sort0_slope, golden_sort1_slope, golden_sort2_slope};
	double *v = halves(c, 84, 6);
	for (size_t i = 0; i < 84; i++)
		v[i] += (double)i / 1024;
	mica_var x = check_input(c, MICA_F64, S(4, 7, 3), v), index, y;
	for (int k = 0; k < 3; k++) {
		expect(c, "top_k", y = mica_op_top_k(x, 3, k, &index), top[k]);
		expect(c, "places of top_k", index, at[k]);
		expect_slope(c, "top_k", y, x, 7, slopes[k]);
		expect_slope(c, "sort", mica_op_sort(x, k, false), x, 8, sort_slopes[k]);
	}
}

CASE(extremes_as_numpy)
{
	const double *const most[] = {golden_argmax0, golden_argmax1, golden_argmax2, golden_argmax_nan0, golden_argmax_nan1, golden_argmax_nan2};
	const double *const least[] = {golden_argmin0, golden_argmin1, golden_argmin2, golden_argmin_nan0, golden_argmin_nan1, golden_argmin_nan2};
	double *twice = halves(c, 84, 5);
	mica_var x = input(c, S(4, 7, 3), 5), y = check_input(c, MICA_F64, S(4, 7, 3), with_nan(c));
	for (size_t i = 0; i < 84; i++)
		twice[i] = 2 * twice[i] + 3;
	mica_var whole = check_input(c, MICA_I32, S(4, 7, 3), twice), bytes = check_input(c, MICA_U8, S(4, 7, 3), twice);
	for (int k = 0; k < 3; k++) {
		expect(c, "argmax", mica_op_argmax(x, k), most[k]);
		expect(c, "argmin", mica_op_argmin(x, k), least[k]);
		expect(c, "argmax with NaN", mica_op_argmax(y, k), most[k + 3]);
		expect(c, "argmin with NaN", mica_op_argmin(y, k), least[k + 3]);
		expect(c, "argmax of i32", mica_op_argmax(whole, k), most[k]);
		expect(c, "argmin of u8", mica_op_argmin(bytes, k), least[k]);
	}
}

CASE(taking_as_pytorch)
{
	const double *const taken[] = {golden_take0, golden_take1, golden_take2};
	const double *const slopes[] = {golden_take0_slope, golden_take1_slope, golden_take2_slope};
	mica_var x = input(c, S(3, 5, 4), 9), y;
	for (uint32_t k = 0; k < 3; k++) {
		mica_shape s = S(3, 5, 4);
		size_t rows = s.dim[k];
		s.dim[k] = 6;
		double *v = check_array(c, shape_count(s));
		for (size_t i = 0; i < shape_count(s); i++)
			v[i] = floor(hash_unit((uint32_t)i, 10 + k) * (double)rows);
		expect(c, "take_along", y = mica_op_take_along(x, check_input(c, MICA_I32, s, v), (int)k), taken[k]);
		expect_slope(c, "take_along", y, x, 13, slopes[k]);
	}
	expect(c, "roll", mica_op_roll(x, 2, 1), golden_roll);
	expect(c, "roll back", mica_op_roll(x, -9, 2), golden_roll_back);
	expect(c, "tril", mica_op_tril(x, -1), golden_tril);
	expect(c, "triu", mica_op_triu(x, 1), golden_triu);
	expect(c, "diagonal", mica_op_diagonal(x, 1, 2), golden_diagonal);
	expect(c, "diag", mica_op_diag(x), golden_diag);
	const double *const padded[] = {golden_pad_edge, golden_pad_reflect, golden_pad_symmetric, golden_pad_wrap};
	const double *const pad_slopes[] = {golden_pad_edge_slope, golden_pad_reflect_slope, NULL, golden_pad_wrap_slope};
	for (int k = 0; k < 4; k++) {
		const size_t before[] = {1, k ? 3 : 7, 2}, after[] = {0, k ? 4 : 0, k ? 3 : 5};
		expect(c, check_label(c, "padding %d", k), mica_op_pad_mode(x, before, after, (mica_pad_mode)k), padded[k]);
		y = mica_op_pad_mode(x, (const size_t[]){0, 3, 2}, (const size_t[]){0, 4, 3}, (mica_pad_mode)k);
		if (pad_slopes[k])
			expect_slope(c, check_label(c, "padding %d", k), y, x, 14, pad_slopes[k]);
	}
	check_expect(c, "logsumexp", mica_op_logsumexp(x, MICA_AXIS(0) | MICA_AXIS(2), false), golden_logsumexp, (tolerance){8, 0, NULL});
	check_expect(c, "variance", mica_op_variance(x, MICA_AXIS(0) | MICA_AXIS(2), false), golden_variance, (tolerance){8, 0, NULL});
}

Test(along, as_others)
{
	check_cases("as others", MICA_F64, CASES(THE(cumulative_as_pytorch), THE(order_as_pytorch), THE(greatest_as_pytorch),
	            THE(extremes_as_numpy), THE(taking_as_pytorch)));
}

/* ---- awkward shapes ---- */

static const struct {
	mica_shape s;
	int axis;
} shapes[] = {
	{{1, {1}}, 0}, {{1, {1001}}, 0}, {{2, {3, 33}}, 1}, {{2, {3, 33}}, 0}, {{2, {130, 1}}, 0}, {{2, {1, 70}}, 0}, {{2, {70, 9}}, 1},
	{{3, {5, 17, 35}}, 1}, {{3, {2, 300, 3}}, 1}, {{3, {0, 4, 5}}, 1}, {{3, {4, 0, 5}}, 1}, {{3, {4, 5, 0}}, 1},
	{{8, {2, 1, 3, 2, 5, 1, 2, 3}}, 4}, {{8, {2, 1, 3, 2, 2, 1, 2, 9}}, 7},
};

typedef struct lines {
	size_t outer, n, inner;
} lines;

static lines lines_of(mica_shape s, int axis)
{
	lines l = {1, s.dim[axis], 1};
	for (int k = 0; k < (int)s.rank; k++)
		*(k < axis ? &l.outer : &l.inner) *= k == axis ? 1 : s.dim[k];
	return l;
}

static size_t place(lines l, size_t line, size_t k)
{
	return (line / l.inner * l.n + k) * l.inner + line % l.inner;
}

/* y[i] = a[i] y[i-1] + b[i] */
static double *carried(check *c, lines l, const double *a, const double *b, bool exclusive, bool backward)
{
	double *out = check_array(c, l.outer * l.n * l.inner);
	for (size_t i = 0; i < l.outer * l.inner; i++) {
		double y = 0;
		for (size_t step = 0; step < l.n; step++) {
			size_t at = place(l, i, backward ? l.n - 1 - step : step);
			double next = (a && step ? a[at] : 1) * y + b[at];
			out[at] = exclusive ? y : next;
			y = next;
		}
	}
	return out;
}

CASE(recurrences_of_any_shape)
{
	for (size_t k = 0; k < COUNT(shapes); k++) {
		mica_shape s = shapes[k].s;
		int axis = shapes[k].axis;
		const double *b = check_whole(c, shape_count(s), -9, 9), *a = check_whole(c, shape_count(s), -1, 1);
		mica_var x = check_input(c, MICA_F32, s, b), m = check_input(c, MICA_F32, s, a), whole = check_input(c, MICA_I32, s, b);
		lines l = lines_of(s, axis);
		const char *label = check_label(c, "%s along %d", shape_text(s), axis);
		expect(c, label, mica_op_cumsum(x, axis, k & 1, k & 2), carried(c, l, NULL, b, k & 1, k & 2));
		if (k % 5 > 1)
			expect(c, label, mica_op_recurrence(m, x, axis, k & 1), carried(c, l, a, b, false, k & 1));
		if (k == 2 || k == 3)
			expect(c, "integers", mica_op_cumsum(whole, axis, false, false), carried(c, l, NULL, b, false, false));
	}
}

/* What comes after a recurrence is computed with it, and what is carried may be an expression. */
CASE(recurrences_inside_expressions)
{
	double *v = check_whole(c, 6 * 35, -9, 9), *twice = check_array(c, 6 * 35), *want[2];
	for (size_t i = 0; i < 6 * 35; i++)
		twice[i] = 2 * v[i];
	mica_var x = check_input(c, MICA_F32, S(6, 35), v);
	for (int axis = 0; axis < 2; axis++) {
		want[axis] = carried(c, lines_of(S(6, 35), axis), NULL, twice, false, false);
		for (size_t i = 0; i < 6 * 35; i++)
			want[axis][i] = want[axis][i] * want[axis][i] - v[i];
		mica_var y = mica_op_cumsum(mica_op_mulc(x, 2), axis, false, false);
		expect(c, check_label(c, "along %d", axis), mica_op_sub(mica_op_square(y), x), want[axis]);
	}
}

typedef struct keyed {
	double key;
	size_t place;
} keyed;

static int ascending(const void *a, const void *b)
{
	const keyed *x = a, *y = b;
	return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x->place > y->place) - (x->place < y->place);
}

/* Sorted values, and where they stand; descending by the sign of the keys. */
static void sorted(lines l, const double *x, bool descending, double *values, double *places)
{
	keyed *row = calloc(l.n + 1, sizeof *row);
	cr_assert(row != NULL);
	for (size_t i = 0; i < l.outer * l.inner; i++) {
		for (size_t k = 0; k < l.n; k++)
			row[k] = (keyed){descending ? -x[place(l, i, k)] : x[place(l, i, k)], k};
		qsort(row, l.n, sizeof *row, ascending);
		for (size_t k = 0; k < l.n; k++) {
			values[place(l, i, k)] = x[place(l, i, row[k].place)];
			places[place(l, i, k)] = (double)row[k].place;
		}
	}
	free(row);
}

CASE(orders_of_any_length)
{
	static const struct {
		mica_shape s;
		int axis;
		mica_dtype type;
	} rows[] = {
		{{1, {1}}, 0, MICA_F32}, {{1, {512}}, 0, MICA_F32}, {{2, {3, 513}}, 1, MICA_F32}, {{2, {2, 3000}}, 1, MICA_F32},
		{{2, {1025, 3}}, 0, MICA_F32}, {{2, {40, 17}}, 1, MICA_I32}, {{2, {5, 700}}, 1, MICA_I32}, {{3, {2, 9, 3}}, 1, MICA_U8},
		{{2, {0, 7}}, 1, MICA_F32}, {{2, {7, 0}}, 1, MICA_F32}, {{8, {2, 1, 3, 2, 5, 1, 2, 3}}, 4, MICA_F32},
	};
	for (size_t k = 0; k < COUNT(rows); k++) {
		size_t n = shape_count(rows[k].s);
		const double *v = check_whole(c, n, 0, 99);
		mica_var x = check_input(c, rows[k].type, rows[k].s, v);
		for (int down = 0; down < 2; down++) {
			double *values = check_array(c, n), *places = check_array(c, n);
			const char *label = check_label(c, "%s along %d%s", shape_text(rows[k].s), rows[k].axis, down ? ", down" : "");
			sorted(lines_of(rows[k].s, rows[k].axis), v, down, values, places);
			expect(c, label, mica_op_argsort(x, rows[k].axis, down), places);
			if (down)
				expect(c, label, mica_op_sort(x, rows[k].axis, down), values);
		}
	}
}

CASE(elements_by_index)
{
	static const struct {
		mica_shape s;
		int axis;
		size_t n;
	} rows[] = {
		{{1, {5}}, 0, 9}, {{2, {130, 10}}, 1, 1}, {{2, {3, 40}}, 1, 70}, {{2, {40, 35}}, 0, 7}, {{3, {2, 5, 40}}, 1, 3},
		{{3, {0, 5, 4}}, 1, 3}, {{3, {2, 5, 4}}, 1, 0}, {{8, {2, 1, 3, 2, 5, 1, 2, 3}}, 4, 2},
	};
	for (size_t k = 0; k < COUNT(rows); k++) {
		mica_shape s = rows[k].s, t = s;
		int axis = rows[k].axis;
		t.dim[axis] = rows[k].n;
		size_t n = shape_count(s), m = shape_count(t);
		const double *v = check_whole(c, n, -99, 99), *w = check_whole(c, m, -99, 99);
		const double *at = check_whole(c, m, -2, (int)s.dim[axis] + 1); /* some outside */
		double *taken = check_array(c, m), *added = check_array(c, n);
		lines from = lines_of(s, axis), to = lines_of(t, axis);
		for (size_t i = 0; i < to.outer * to.inner; i++)
			for (size_t j = 0; j < to.n; j++) {
				double index = fmin(fmax(at[place(to, i, j)], 0), (double)from.n - 1);
				taken[place(to, i, j)] = v[place(from, i, (size_t)index)];
				added[place(from, i, (size_t)index)] += w[place(to, i, j)];
			}
		mica_var index = check_input(c, MICA_I32, t, at);
		const char *label = check_label(c, "%s along %d by %zu", shape_text(s), axis, rows[k].n);
		expect(c, label, mica_op_take_along(check_input(c, MICA_F32, s, v), index, axis), taken);
		expect(c, label, mica_op_scatter_along(check_input(c, MICA_F32, t, w), index, axis, s.dim[axis]), added);
		if (k == 2)
			expect(c, label, mica_op_scatter_along(check_input(c, MICA_I32, t, w), index, axis, s.dim[axis]), added);
	}
}

/* Of all axes but the one, the index may have 1. */
CASE(an_index_for_all_rows)
{
	mica_var x = check_input(c, MICA_F32, S(2, 3), (double[]){1, 2, 3, 4, 5, 6});
	mica_var one = check_input(c, MICA_I32, S(1, 4), (double[]){2, 0, 0, 1});
	expect(c, "take", mica_op_take_along(x, one, 1), (double[]){3, 1, 1, 2, 6, 4, 4, 5});
	expect(c, "one_hot", mica_op_one_hot(one, 3), (double[]){0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0});
	expect(c, "any", mica_op_any(mica_op_sub(x, mica_op_round(mica_op_mulc(x, 0.49))), MICA_AXIS(0), false), (double[]){1, 1, 1});
	expect(c, "all", mica_op_all(mica_op_addc(x, -2), MICA_AXIS(1), false), (double[]){0, 1});
	mica_var none = check_input(c, MICA_F32, S(2, 0), (double[]){0});
	expect(c, "any of none", mica_op_any(none, MICA_AXIS(1), false), (double[]){0, 0});
	expect(c, "all of none", mica_op_all(none, MICA_AXIS(1), false), (double[]){1, 1});
}

Test(along, by_index)
{
	check_cases("by index", MICA_F32, CASES(THE(elements_by_index), THE(an_index_for_all_rows), THE(recurrences_inside_expressions)));
}

Test(along, on_awkward_shapes)
{
	check_cases("along", MICA_F32, CASES(THE(recurrences_of_any_shape), THE(orders_of_any_length)));
}
