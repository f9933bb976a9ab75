/* SPDX-License-Identifier: MIT */
/* graph/test_window.c - windows over one to three spatial axes and what is made of them, exact against plain loops; gradients
   of any order against central differences. */
#include "support/support.h"

#include <math.h>
#include <string.h>

#define S(...) MICA_SHAPE(__VA_ARGS__)

/* ---- reference ---- */

/* A window in numbers: of axes that are not there, one tap of one element. */
typedef struct window {
	size_t n[3], taps[3], stride[3], dilation[3], before[3], outputs[3];
} window;

/* n (spatial sizes), and what opts mean for them, by the definition in graph.h. */
static window window_of(mica_shape x, const mica_window_opts *o)
{
	window w;
	for (size_t k = 0; k < 3; k++) {
		bool there = k + 2 < x.rank;
		size_t after = 0, n = there ? x.dim[1 + k] : 1;
		w.n[k] = n;
		w.taps[k] = there ? o->taps[k] : 1;
		w.stride[k] = there && o->stride[k] ? o->stride[k] : 1;
		w.dilation[k] = there && o->dilation[k] ? o->dilation[k] : 1;
		size_t reach = (w.taps[k] - 1) * w.dilation[k] + 1;
		w.before[k] = o->before[k];
		after = o->after[k];
		if (o->padding == MICA_CAUSAL && there)
			w.before[k] = reach - 1;
		if (o->padding == MICA_SAME && n) {
			size_t outputs = (n + w.stride[k] - 1) / w.stride[k], needs = (outputs - 1) * w.stride[k] + reach;
			w.before[k] = needs > n ? (needs - n) / 2 : 0;
			after = needs > n ? needs - n - w.before[k] : 0;
		}
		w.outputs[k] = n + w.before[k] + after < reach ? 0 : (n + w.before[k] + after - reach) / w.stride[k] + 1;
	}
	return w;
}

/* (N, sizes..., more..., C) with as many axes of each as x has spatial ones; more may be NULL. */
static mica_shape shape_of(mica_shape x, const size_t *sizes, const size_t *more)
{
	size_t d = x.rank - 2;
	mica_shape s = {more ? 2 * d + 2 : d + 2, {x.dim[0]}};
	memcpy(&s.dim[1], sizes, d * sizeof *sizes);
	if (more)
		memcpy(&s.dim[1 + d], more, d * sizeof *more);
	s.dim[s.rank - 1] = x.dim[x.rank - 1];
	return s;
}

/* The element of x that element i of its windows (N, outputs..., taps..., C) sees; SIZE_MAX outside. */
static size_t seen(const window *w, mica_shape x, mica_shape y, size_t i)
{
	size_t d = x.rank - 2, at[MICA_MAX_RANK], to[MICA_MAX_RANK];
	shape_unravel(y, i, at);
	to[0] = at[0];
	to[1 + d] = at[y.rank - 1];
	for (size_t k = 0; k < d; k++) {
		to[1 + k] = at[1 + k] * w->stride[k] + at[1 + d + k] * w->dilation[k] - w->before[k];
		if (to[1 + k] >= w->n[k])
			return SIZE_MAX;
	}
	return shape_ravel(x, to);
}

/* ---- cases ---- */

typedef struct row {
	mica_shape x;
	mica_window_opts o;
} row;
static const row rows[] = {
	{{3, {2, 9, 5}}, {.taps = {3}}},
	{{3, {3, 10, 17}}, {.taps = {4}, .stride = {3}, .padding = MICA_SAME, .outside = -2}},
	{{3, {1, 7, 35}}, {.taps = {3}, .dilation = {2}, .padding = MICA_CAUSAL}},
	{{3, {2, 8, 1}}, {.taps = {2}, .stride = {2}}},
	{{3, {2, 5, 4}}, {.taps = {1}, .stride = {7}}},
	{{4, {2, 6, 7, 3}}, {.taps = {3, 3}, .padding = MICA_SAME}},
	{{4, {2, 5, 4, 40}}, {.taps = {3, 2}, .stride = {1, 3}, .padding = MICA_EXPLICIT, .before = {2, 0}, .after = {0, 5}, .outside = 7}},
	{{4, {1, 5, 11, 8}}, {.taps = {2, 5}, .stride = {1, 2}, .dilation = {3, 1}}},
	{{4, {2, 5, 7, 33}}, {.taps = {2, 3}, .stride = {2, 3}}},
	{{4, {1, 3, 3, 2}}, {.taps = {5, 5}, .padding = MICA_SAME}},
	{{5, {1, 4, 5, 3, 6}}, {.taps = {2, 3, 2}, .padding = MICA_SAME, .stride = {1, 2, 1}}},
	{{5, {2, 2, 4, 6, 3}}, {.taps = {2, 2, 3}, .stride = {2, 2, 3}}},
	{{4, {2, 6, 6, 0}}, {.taps = {3, 3}}},
	{{3, {2, 0, 3}}, {.taps = {3}, .padding = MICA_SAME}},
	{{3, {2, 0, 3}}, {.taps = {3}, .padding = MICA_EXPLICIT, .before = {2}, .after = {4}, .outside = 5}},
};

static mica_var input(check *c, mica_shape s)
{
	return check_input(c, MICA_F32, s, check_whole(c, shape_count(s), -99, 99));
}

static void expect_shape(const char *label, mica_var y, mica_shape want)
{
	mica_shape s = mica_var_shape(y);
	cr_assert(s.rank == want.rank && !memcmp(s.dim, want.dim, s.rank * sizeof(size_t)), "%s: shape %s, want %s", label, shape_text(s),
	          shape_text(want));
}

CASE(sees)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		mica_shape s = rows[i].x;
		window w = window_of(s, &rows[i].o);
		mica_var x = input(c, s), y = mica_op_window(x, &rows[i].o);
		mica_shape t = shape_of(s, w.outputs, w.taps);
		double *want = check_array(c, shape_count(t));
		OK(mica_graph_status(check_graph(c)));
		expect_shape(check_label(c, "row %zu", i), y, t);
		for (size_t k = 0; k < shape_count(t); k++) {
			size_t from = seen(&w, s, t, k);
			want[k] = from == SIZE_MAX ? rows[i].o.outside : check_values(c, x)[from];
		}
		check_expect(c, check_label(c, "row %zu", i), y, want, tolerance_exact());
	}
}

CASE(folds)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		mica_shape s = rows[i].x;
		window w = window_of(s, &rows[i].o);
		mica_shape t = shape_of(s, w.outputs, w.taps);
		mica_var x = input(c, t), y = mica_op_fold(x, s, &rows[i].o);
		double *want = check_array(c, shape_count(s));
		OK(mica_graph_status(check_graph(c)));
		expect_shape(check_label(c, "row %zu", i), y, s);
		for (size_t k = 0; k < shape_count(t); k++) {
			size_t to = seen(&w, s, t, k);
			if (to != SIZE_MAX)
				want[to] += check_values(c, x)[k];
		}
		check_expect(c, check_label(c, "row %zu", i), y, want, tolerance_exact());
	}
}

/* Of other types, of values that have no storage of their own, and inside of larger expressions. */
CASE(of_what_is_computed)
{
	mica_window_opts o = {.taps = {3, 2}, .padding = MICA_SAME, .stride = {2, 1}};
	mica_shape s = S(2, 5, 6, 18);
	window w = window_of(s, &o);
	mica_shape t = shape_of(s, w.outputs, w.taps);
	mica_var x = input(c, s), k = check_input(c, MICA_I32, s, check_whole(c, shape_count(s), -9, 9));
	const double *v = check_values(c, x), *vk = check_values(c, k);
	double *whole = check_array(c, shape_count(t)), *squares = check_array(c, shape_count(t)), *turned = check_array(c, shape_count(t));
	for (size_t i = 0; i < shape_count(t); i++) {
		size_t from = seen(&w, s, t, i);
		whole[i] = from == SIZE_MAX ? 0 : vk[from];
		squares[i] = from == SIZE_MAX ? 1 : v[from] * v[from] + 1;
		turned[i] = from == SIZE_MAX ? 1 : 2 * v[from] + 1;
	}
	check_expect(c, "whole numbers", mica_op_window(k, &o), whole, tolerance_exact());
	check_expect(c, "inside", mica_op_addc(mica_op_square(mica_op_window(x, &o)), 1), squares, tolerance_exact());
	mica_window_opts from_1 = o;
	from_1.outside = 1;
	check_expect(c, "of squares", mica_op_window(mica_op_addc(mica_op_square(x), 1), &from_1), squares, tolerance_exact());
	mica_var back = mica_op_transpose(mica_op_transpose(x, (size_t[]){3, 1, 2, 0}), (size_t[]){3, 1, 2, 0});
	check_expect(c, "of a move", mica_op_window(mica_op_addc(mica_op_add(back, x), 1), &from_1), turned, tolerance_exact());
}

Test(window, values)
{
	check_cases("window", MICA_F32, CASES(THE(sees), THE(folds), THE(of_what_is_computed)));
}

TestSuite(window_gradient, .init = without_kernels);

/* What comes back of windows of x is a fold, whose gradient is a window again. */
Test(window_gradient, of_any_order)
{
	check *c = check_open("window gradients", MICA_F64);
	static const size_t which[] = {2, 6};
	for (size_t i = 0; i < COUNT(which); i++) {
		mica_shape s = rows[which[i]].x;
		const mica_window_opts *o = &rows[which[i]].o;
		s.dim[s.rank - 1] = 2;
		s.dim[0] = 1;
		window w = window_of(s, o);
		mica_shape t = shape_of(s, w.outputs, w.taps);
		mica_var x = check_input(c, MICA_F64, s, check_uniform(c, shape_count(s), -1, 1)), d[2];
		mica_var y = check_input(c, MICA_F64, t, check_uniform(c, shape_count(t), -1, 1));
		mica_var cubes = mica_op_sum(mica_op_mul(mica_op_square(mica_op_window(x, o)), mica_op_mul(mica_op_window(x, o), y)),
		                             MICA_ALL_AXES, false);
		OK(mica_gradient(cubes, NULL, (mica_var[]){x, y}, 2, d));
		check_gradient(c, check_label(c, "first, %zu", which[i]), cubes, (mica_var[]){x, y}, 2);
		check_gradient(c, check_label(c, "second, %zu", which[i]), mica_op_add(mica_op_sum(mica_op_square(d[0]), MICA_ALL_AXES, false),
		               mica_op_sum(d[1], MICA_ALL_AXES, false)), (mica_var[]){x, y}, 2);
	}
	check_run(c);
	check_close(c);
}
