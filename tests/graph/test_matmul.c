/* SPDX-License-Identifier: MIT */
/* graph/test_matmul.c - matrix products: whole numbers must give the same bits as a plain loop whatever the sizes,
   transpositions, batches and epilogues, and wherever the operands live; any numbers stay within the bound of a dot
   product; weights that are read both ways while they are updated; gradients. */
#include "support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- reference: (batch, m, k) by (batch, k, n), each operand as it lies in memory ---- */

typedef struct sizes {
	size_t batch, m, k, n;
} sizes;

static double at(const double *x, size_t rows, size_t columns, bool transposed, size_t i, size_t j)
{
	return transposed ? x[j * rows + i] : x[i * columns + j];
}

static double *product(check *c, sizes s, const double *a, bool ta, const double *b, bool tb, double *magnitude)
{
	double *y = check_array(c, s.batch * s.m * s.n);
	for (size_t i = 0; i < s.batch * s.m * s.n; i++) {
		size_t z = i / (s.m * s.n), row = i / s.n % s.m, column = i % s.n;
		for (size_t k = 0; k < s.k; k++) {
			double p = at(a + z * s.m * s.k, s.m, s.k, ta, row, k) * at(b + z * s.k * s.n, s.k, s.n, tb, k, column);
			y[i] += p;
			if (magnitude)
				magnitude[i] += fabs(p);
		}
	}
	return y;
}

/* The shape of an operand of these rows and columns, as it lies in memory. */
static mica_shape matrix(size_t batch, size_t rows, size_t columns, bool transposed)
{
	size_t r = transposed ? columns : rows, k = transposed ? rows : columns;
	return batch > 1 ? MICA_SHAPE(batch, r, k) : MICA_SHAPE(r, k);
}

static mica_var turned(mica_var x, bool transposed)
{
	return transposed ? mica_op_transpose(x, NULL) : x;
}

static void expect_product(check *c, sizes s, bool ta, bool tb, bool whole)
{
	mica_shape sa = matrix(s.batch, s.m, s.k, ta), sb = matrix(s.batch, s.k, s.n, tb);
	size_t na = shape_count(sa), nb = shape_count(sb);
	mica_dtype t = check_real(c);
	mica_var a = check_input(c, t, sa, whole ? check_whole(c, na, -50, 50) : check_uniform(c, na, -1, 1));
	mica_var b = check_input(c, t, sb, whole ? check_whole(c, nb, -50, 50) : check_uniform(c, nb, -1, 1));
	double *magnitude = check_array(c, s.batch * s.m * s.n);
	double *want = product(c, s, check_values(c, a), ta, check_values(c, b), tb, magnitude);
	const char *label = check_label(c, "%zu x (%zu,%zu)%s (%zu,%zu)%s", s.batch, s.m, s.k, ta ? "'" : "", s.k, s.n, tb ? "'" : "");
	check_expect(c, label, mica_op_matmul(turned(a, ta), turned(b, tb)), want,
	             whole ? tolerance_exact() : tolerance_dot(t, s.k, magnitude));
}

static const sizes table[] = {
	{1, 1, 1, 1}, {1, 1, 3, 1}, {1, 3, 1, 7}, {1, 7, 10, 3}, {1, 13, 14, 15}, {1, 14, 16, 32}, {1, 15, 17, 31}, {1, 16, 16, 16},
	{1, 17, 33, 13}, {1, 31, 32, 33}, {1, 32, 64, 10}, {1, 33, 100, 1}, {1, 64, 13, 64}, {1, 100, 31, 130}, {1, 130, 257, 17},
	{1, 257, 15, 100}, {1, 1, 257, 64}, {1, 64, 130, 257}, {1, 128, 3, 16}, {1, 28, 1, 48},
};

static void all_sizes(check *c, bool ta, bool tb)
{
	for (size_t i = 0; i < COUNT(table); i++)
		expect_product(c, table[i], ta, tb, true);
	expect_product(c, (sizes){1, 33, 257, 100}, ta, tb, false);
	expect_product(c, (sizes){1, 15, 100, 7}, ta, tb, false);
}

CASE(plain)
{
	all_sizes(c, false, false);
}

CASE(right_transposed)
{
	all_sizes(c, false, true);
}

CASE(left_transposed)
{
	all_sizes(c, true, false);
}

CASE(both_transposed)
{
	all_sizes(c, true, true);
}

/* What is made by a product, or element by element, and then read transposed, each matrix of a batch by itself. */
CASE(right_transposed_of_what_was_computed)
{
	static const sizes left[] = {{1, 21, 5, 35}, {3, 11, 4, 37}, {1, 40, 3, 2}, {2, 2, 3, 16}};
	for (size_t i = 0; i < COUNT(left); i++) {
		sizes s = left[i], right = {s.batch, 6, s.n, s.m};
		mica_var a = check_input(c, MICA_F32, matrix(s.batch, s.m, s.k, false), check_whole(c, s.batch * s.m * s.k, -5, 5));
		mica_var b = check_input(c, MICA_F32, matrix(s.batch, s.k, s.n, false), check_whole(c, s.batch * s.k * s.n, -5, 5));
		mica_var d = check_input(c, MICA_F32, matrix(s.batch, 6, s.n, false), check_whole(c, s.batch * 6 * s.n, -5, 5));
		mica_var e = check_input(c, MICA_F32, matrix(s.batch, s.m, s.n, false), check_whole(c, s.batch * s.m * s.n, -5, 5));
		double *y = product(c, s, check_values(c, a), false, check_values(c, b), false, NULL);
		double *h = check_array(c, s.batch * s.m * s.n);
		for (size_t k = 0; k < s.batch * s.m * s.n; k++)
			h[k] = 2 * check_values(c, e)[k] + 1;
		mica_var made = mica_op_matmul(a, b), mapped = mica_op_addc(mica_op_mulc(e, 2), 1);
		check_expect(c, "product", made, y, tolerance_exact());
		check_expect(c, "elements", mapped, h, tolerance_exact());
		check_expect(c, "by the product's transpose", mica_op_matmul(d, turned(made, true)),
		             product(c, right, check_values(c, d), false, y, true, NULL), tolerance_exact());
		check_expect(c, "by the elements' transpose", mica_op_matmul(d, turned(mapped, true)),
		             product(c, right, check_values(c, d), false, h, true, NULL), tolerance_exact());
	}
}

Test(matmul, transposed)
{
	check_cases("transposed", MICA_F32, CASES(THE(right_transposed), THE(left_transposed), THE(both_transposed),
	            THE(right_transposed_of_what_was_computed)));
}

/* Few enough numbers for an interpreter of kernels, and more than one tile in each direction where tiles are small. */
CASE(every_form_across_tiles)
{
	for (int t = 0; t < 4; t++)
		expect_product(c, (sizes){1, 18, 17, 67}, t & 1, t & 2, true);
}

CASE(batched)
{
	static const sizes s[] = {{2, 3, 5, 7}, {3, 17, 16, 15}, {5, 1, 33, 1}, {4, 32, 10, 33}, {2, 13, 1, 40}};
	for (size_t i = 0; i < COUNT(s); i++)
		for (int t = 0; t < 4; t++)
			expect_product(c, s[i], t & 1, t & 2, true);
}

/* A batch on one side only: the matrix on the other side serves all of it. */
CASE(batch_on_one_side)
{
	mica_var a = check_input(c, MICA_F32, MICA_SHAPE(3, 17, 10), check_whole(c, 510, -50, 50));
	mica_var b = check_input(c, MICA_F32, MICA_SHAPE(10, 15), check_whole(c, 150, -50, 50));
	mica_var left = check_input(c, MICA_F32, MICA_SHAPE(7, 17), check_whole(c, 119, -50, 50));
	double *want = product(c, (sizes){1, 51, 10, 15}, check_values(c, a), false, check_values(c, b), false, NULL);
	check_expect(c, "(3,17,10) (10,15)", mica_op_matmul(a, b), want, tolerance_exact());
	double *repeated = check_array(c, 3 * 119);
	for (size_t i = 0; i < 3 * 119; i++)
		repeated[i] = check_values(c, left)[i % 119];
	want = product(c, (sizes){3, 7, 17, 10}, repeated, false, check_values(c, a), false, NULL);
	check_expect(c, "(7,17) (3,17,10)", mica_op_matmul(left, a), want, tolerance_exact());
	mica_var four = mica_op_reshape(a, MICA_SHAPE(3, 1, 17, 10));
	want = product(c, (sizes){3, 17, 10, 17}, check_values(c, a), false, check_values(c, a), true, NULL);
	check_expect(c, "rank four", mica_op_matmul(four, mica_op_transpose(four, NULL)), want, tolerance_exact());
}

CASE(empty)
{
	static const sizes s[] = {{1, 0, 5, 7}, {1, 5, 0, 7}, {1, 5, 7, 0}, {1, 17, 0, 33}, {1, 0, 0, 0}};
	for (size_t i = 0; i < COUNT(s); i++)
		for (int t = 0; t < 4; t++)
			expect_product(c, s[i], t & 1, t & 2, true);
}

/* ---- epilogues ---- */

static double *with_epilogue(check *c, sizes s, const double *y, const double *bias, const double *residual, bool by_row)
{
	double *z = check_array(c, s.m * s.n);
	for (size_t i = 0; i < s.m * s.n; i++) {
		z[i] = y[i] + bias[by_row ? i / s.n : i % s.n];
		z[i] = z[i] < 0 ? 0 : z[i];
		z[i] = residual ? z[i] * 2 - residual[i] : z[i];
	}
	return z;
}

CASE(epilogues)
{
	static const sizes all[] = {{1, 17, 16, 33}, {1, 14, 10, 16}, {1, 1, 7, 13}, {1, 64, 32, 1}, {1, 100, 31, 64}};
	for (size_t k = 0; k < COUNT(all); k++) {
		sizes s = all[k];
		mica_var a = check_input(c, MICA_F32, MICA_SHAPE(s.m, s.k), check_whole(c, s.m * s.k, -50, 50));
		mica_var b = check_input(c, MICA_F32, MICA_SHAPE(s.k, s.n), check_whole(c, s.k * s.n, -50, 50));
		mica_var column = check_input(c, MICA_F32, MICA_SHAPE(s.n), check_whole(c, s.n, -999, 999));
		mica_var row = check_input(c, MICA_F32, MICA_SHAPE(s.m, 1), check_whole(c, s.m, -999, 999));
		mica_var rest = check_input(c, MICA_F32, MICA_SHAPE(s.m, s.n), check_whole(c, s.m * s.n, -999, 999));
		const double *r = check_values(c, rest);
		mica_var y = mica_op_matmul(a, b);
		double *p = product(c, s, check_values(c, a), false, check_values(c, b), false, NULL);
		mica_var z = mica_op_relu(mica_op_add(y, column)), w = mica_op_relu(mica_op_add(y, row));
		check_expect(c, "product itself", y, p, tolerance_exact());
		check_expect(c, "relu(y + bias)", z, with_epilogue(c, s, p, check_values(c, column), NULL, false), tolerance_exact());
		check_expect(c, "2 relu(y + bias) - residual", mica_op_sub(mica_op_mulc(z, 2), rest),
		             with_epilogue(c, s, p, check_values(c, column), r, false), tolerance_exact());
		check_expect(c, "2 relu(y + row) - residual", mica_op_sub(mica_op_mulc(w, 2), rest),
		             with_epilogue(c, s, p, check_values(c, row), r, true), tolerance_exact());
	}
}

Test(matmul, sizes)
{
	check_cases("sizes", MICA_F32, CASES(THE(plain), THE(batched), THE(empty), THE(epilogues)));
}

/* Without the bare product among the outputs it need not be stored anywhere. */
CASE(epilogue_of_an_unstored_product)
{
	sizes s = {1, 33, 17, 31};
	mica_var a = check_input(c, MICA_F32, MICA_SHAPE(s.m, s.k), check_whole(c, s.m * s.k, -50, 50));
	mica_var b = check_input(c, MICA_F32, MICA_SHAPE(s.k, s.n), check_whole(c, s.k * s.n, -50, 50));
	mica_var bias = check_input(c, MICA_F32, MICA_SHAPE(s.n), check_whole(c, s.n, -999, 999));
	mica_var scalar = check_input(c, MICA_F32, MICA_SCALAR_SHAPE, (double[]){3});
	double *p = product(c, s, check_values(c, a), false, check_values(c, b), false, NULL);
	double *scaled = check_array(c, s.m * s.n), *sums = check_array(c, s.m), *turn = check_array(c, s.m * s.n);
	for (size_t i = 0; i < s.m * s.n; i++) {
		scaled[i] = p[i] * 3 + check_values(c, bias)[i % s.n];
		sums[i / s.n] += scaled[i];
		turn[i % s.n * s.m + i / s.n] = scaled[i];
	}
	mica_var y = mica_op_add(mica_op_mul(mica_op_matmul(a, b), scalar), bias);
	check_expect(c, "3 y + bias", y, scaled, tolerance_exact());
	check_expect(c, "row sums", mica_op_sum(y, MICA_AXIS(1), false), sums, tolerance_exact());
	check_expect(c, "transposed", mica_op_transpose(y, NULL), turn, tolerance_exact());
}

/* Operands that are computed: sums, constants, products, parts of others. */
CASE(computed_operands)
{
	mica_var a = check_input(c, MICA_F32, MICA_SHAPE(17, 20), check_whole(c, 340, -9, 9));
	mica_var b = check_input(c, MICA_F32, MICA_SHAPE(20, 15), check_whole(c, 300, -9, 9));
	const double *va = check_values(c, a), *vb = check_values(c, b);
	double *plus = check_array(c, 340), *part = check_array(c, 17 * 8), *ones = check_array(c, 17);
	for (size_t i = 0; i < 340; i++)
		plus[i] = 2 * va[i] + 1;
	for (size_t i = 0; i < 17 * 8; i++)
		part[i] = va[i / 8 * 20 + 5 + i % 8];
	for (size_t i = 0; i < 17; i++)
		ones[i] = 1;
	mica_var computed = mica_op_addc(mica_op_mulc(a, 2), 1), one = mica_graph_fill(check_graph(c), 1, MICA_F32, MICA_SHAPE(1, 17));
	double *first = product(c, (sizes){1, 17, 20, 15}, plus, false, vb, false, NULL);
	mica_var y = mica_op_matmul(computed, b);
	check_expect(c, "computed left", y, first, tolerance_exact());
	check_expect(c, "product of products", mica_op_matmul(mica_op_transpose(y, NULL), y),
	             product(c, (sizes){1, 15, 17, 15}, first, true, first, false, NULL), tolerance_exact());
	check_expect(c, "constant left", mica_op_matmul(one, a), product(c, (sizes){1, 1, 17, 20}, ones, false, va, false, NULL),
	             tolerance_exact());
	mica_var cut = mica_op_slice(a, (size_t[]){0, 5}, (size_t[]){17, 13}, NULL);
	check_expect(c, "part of a, by its own transpose", mica_op_matmul(cut, mica_op_transpose(cut, NULL)),
	             product(c, (sizes){1, 17, 8, 17}, part, false, part, true, NULL), tolerance_exact());
	mica_var flat = mica_op_reshape(mica_op_matmul(a, b), MICA_SHAPE(15, 17));
	double *p = product(c, (sizes){1, 17, 20, 15}, va, false, vb, false, NULL);
	check_expect(c, "reshaped product", mica_op_matmul(flat, a), product(c, (sizes){1, 15, 17, 20}, p, false, va, false, NULL),
	             tolerance_exact());
}

Test(matmul, forms)
{
	check_cases("forms", MICA_F32, CASES(THE(every_form_across_tiles), THE(batch_on_one_side),
	            THE(epilogue_of_an_unstored_product), THE(computed_operands)));
}

/* Double precision kernels within a double's bound. */
Test(matmul, double_precision)
{
	check *c = check_open("f64", MICA_F64);
	for (int t = 0; t < 4; t++) {
		expect_product(c, (sizes){1, 33, 100, 17}, t & 1, t & 2, false);
		expect_product(c, (sizes){2, 5, 3, 35}, t & 1, t & 2, false);
	}
	check_run(c);
	check_close(c);
}

/* ---- weights that are read both ways and change ---- */

typedef struct weights {
	mica_graph *g;
	mica_plan *p;
	mica_var x, z, w, forward, backward;
	double x_values[5 * 17], z_values[5 * 33], w_values[17 * 33];
} weights;

/* y = x W and u = z W', and in the same plan W becomes W + step. */
static void weights_open(weights *t, mica_context *ctx, uint32_t without, bool assign)
{
	t->g = mica_graph_create(ctx);
	t->x = mica_graph_input(t->g, "x", MICA_F32, MICA_SHAPE(5, 17));
	t->z = mica_graph_input(t->g, "z", MICA_F32, MICA_SHAPE(5, 33));
	t->w = mica_graph_variable(t->g, "w", MICA_F32, MICA_SHAPE(17, 33));
	t->forward = mica_op_matmul(t->x, t->w);
	t->backward = mica_op_matmul(t->z, mica_op_transpose(t->w, NULL));
	mica_var gradient = mica_op_matmul(mica_op_transpose(t->x, NULL), t->z);
	mica_var outputs[3] = {t->forward, t->backward, mica_op_assign(t->w, mica_op_add(t->w, gradient))};
	OK(mica_graph_status(t->g));
	OK(mica_plan_create(&t->p, outputs, assign ? 3 : 2, &(mica_plan_opts){.without = without}));
	float x[5 * 17], z[5 * 33];
	for (size_t i = 0; i < COUNT(x); i++)
		t->x_values[i] = x[i] = (float)((int)(i * 7 % 11) - 5);
	for (size_t i = 0; i < COUNT(z); i++)
		t->z_values[i] = z[i] = (float)((int)(i * 5 % 7) - 3);
	OK(mica_plan_feed(t->p, mica_var_name(t->x), x, sizeof x));
	OK(mica_plan_feed(t->p, mica_var_name(t->z), z, sizeof z));
}

static void weights_set(weights *t, int seed)
{
	float w[17 * 33];
	for (size_t i = 0; i < COUNT(w); i++)
		t->w_values[i] = w[i] = (float)((int)((i * 13 + (size_t)seed) % 17) - 8);
	OK(mica_value_write(mica_var_value(t->w), w, sizeof w));
}

/* The reference takes one step of the update. */
static void weights_advance(weights *t)
{
	for (size_t i = 0; i < COUNT(t->w_values); i++)
		for (size_t b = 0; b < 5; b++)
			t->w_values[i] += t->x_values[b * 17 + i / 33] * t->z_values[b * 33 + i % 33];
}

static void weights_compare(weights *t, const char *when)
{
	float y[5 * 33], u[5 * 17];
	OK(mica_plan_fetch(t->p, 0, y, sizeof y));
	OK(mica_plan_fetch(t->p, 1, u, sizeof u));
	double want_y[COUNT(y)] = {0}, want_u[COUNT(u)] = {0}, got[COUNT(y)];
	for (size_t i = 0; i < COUNT(y); i++)
		for (size_t k = 0; k < 17; k++)
			want_y[i] += t->x_values[i / 33 * 17 + k] * t->w_values[k * 33 + i % 33];
	for (size_t i = 0; i < COUNT(u); i++)
		for (size_t k = 0; k < 33; k++)
			want_u[i] += t->z_values[i / 17 * 33 + k] * t->w_values[i % 17 * 33 + k];
	from_bytes(got, MICA_F32, y, COUNT(y));
	compare(when, "x W", MICA_F32, got, want_y, COUNT(y), tolerance_exact());
	from_bytes(got, MICA_F32, u, COUNT(u));
	compare(when, "z W'", MICA_F32, got, want_u, COUNT(u), tolerance_exact());
}

static void weights_compare_variable(weights *t)
{
	float w[17 * 33];
	OK(mica_value_read(mica_var_value(t->w), w, sizeof w));
	for (size_t i = 0; i < COUNT(w); i++)
		cr_expect((double)w[i] == t->w_values[i], "w [%zu]: got %g, want %g", i, (double)w[i], t->w_values[i]);
}

static void updated_weights(mica_context *ctx, uint32_t without)
{
	weights t;
	weights_open(&t, ctx, without, true);
	weights_set(&t, 3);
	for (int step = 0; step < 4; step++) { /* outputs are of the weights before the step's update */
		OK(mica_plan_run(t.p, 1));
		weights_compare(&t, "step by step");
		weights_advance(&t);
		weights_compare_variable(&t);
	}
	OK(mica_plan_run(t.p, 3));
	weights_advance(&t);
	weights_advance(&t);
	weights_compare(&t, "after three at once");
	weights_set(&t, 8);
	OK(mica_plan_run(t.p, 2));
	weights_advance(&t);
	weights_compare(&t, "after they were set");
}

/* The transposed copy of a value must follow mica_value_write and another plan's updates too. */
static void changed_by_others(mica_context *ctx)
{
	weights t;
	weights_open(&t, ctx, 0, false);
	weights_set(&t, 3);
	OK(mica_plan_run(t.p, 1));
	weights_compare(&t, "set once");
	weights_set(&t, 5);
	OK(mica_plan_run(t.p, 1));
	weights_compare(&t, "set again");
	mica_plan *other;
	mica_var twice = mica_op_assign(t.w, mica_op_mulc(t.w, 2));
	OK(mica_plan_create(&other, &twice, 1, NULL));
	OK(mica_plan_run(other, 1));
	for (size_t i = 0; i < COUNT(t.w_values); i++)
		t.w_values[i] *= 2;
	uint64_t moved = mica_value_bytes_moved(mica_var_value(t.w));
	OK(mica_plan_run(t.p, 1));
	cr_expect(mica_value_bytes_moved(mica_var_value(t.w)) == moved, "it went through the host");
	weights_compare(&t, "doubled by another plan");
	weights_compare_variable(&t);
}

Test(matmul, weights_used_both_ways_and_updated)
{
	mica_context *ctx = open_context();
	updated_weights(ctx, 0);
	mica_close(ctx);
}

Test(matmul, weights_updated_another_way)
{
	mica_context *ctx = open_context();
	updated_weights(ctx, MICA_NO_PERSISTENT);
	updated_weights(ctx, MICA_NO_PANELS);
	updated_weights(ctx, 63);
	changed_by_others(ctx);
	mica_close(ctx);
}

/* ---- gradients ---- */

TestSuite(matmul_gradient, .init = without_kernels);

static mica_var real(check *c, mica_shape s)
{
	return check_input(c, MICA_F64, s, check_uniform(c, shape_count(s), -1, 1));
}

Test(matmul_gradient, all_ways)
{
	check *c = check_open("gradient", MICA_F64);
	for (int t = 0; t < 4; t++) {
		mica_var xs[2] = {real(c, matrix(1, 3, 5, t & 1)), real(c, matrix(1, 5, 4, t & 2))};
		mica_var ys[2] = {real(c, matrix(2, 3, 2, t & 1)), real(c, matrix(2, 2, 4, t & 2))};
		check_gradient(c, check_label(c, "way %d", t), mica_op_matmul(turned(xs[0], t & 1), turned(xs[1], t & 2)), xs, 2);
		check_gradient(c, check_label(c, "batch, way %d", t), mica_op_matmul(turned(ys[0], t & 1), turned(ys[1], t & 2)), ys, 2);
	}
	check_run(c);
	check_close(c);
}

Test(matmul_gradient, shared_batches_and_epilogues)
{
	check *c = check_open("gradient", MICA_F64);
	mica_var a = real(c, MICA_SHAPE(2, 3, 4)), b = real(c, MICA_SHAPE(4, 5)), left = real(c, MICA_SHAPE(2, 3)), bias = real(c, MICA_SHAPE(5));
	mica_var square = real(c, MICA_SHAPE(4, 4));
	check_gradient(c, "batch by matrix", mica_op_matmul(a, b), (mica_var[]){a, b}, 2);
	check_gradient(c, "matrix by batch", mica_op_matmul(left, a), (mica_var[]){left, a}, 2);
	check_gradient(c, "tanh(a b + bias)", mica_op_tanh(mica_op_add(mica_op_matmul(a, b), bias)), (mica_var[]){a, b, bias}, 3);
	check_gradient(c, "x x'", mica_op_matmul(square, mica_op_transpose(square, NULL)), &square, 1);
	check_gradient(c, "x x", mica_op_matmul(square, square), &square, 1);
	check_run(c);
	check_close(c);
}
