/* SPDX-License-Identifier: MIT */
/* graph/test_reduce.c - sums, means, extremes and argmax over every set of axes of shapes of rank 1 to 4, exact on whole
   numbers and bounded on others; long, thin and empty ones; softmax and layer norm as compositions; ties; gradients. */
#include "support/support.h"

#include <math.h>
#include <string.h>

typedef struct reduction {
	const char *name;
	mica_var (*build)(mica_var x, uint32_t axes, bool keep);
	double start;
	double (*join)(double a, double b);
} reduction;

static double plus(double a, double b)
{
	return a + b;
}
static double larger(double a, double b)
{
	return isnan(a) || isnan(b) ? (double)NAN : fmax(a, b);
}
static double smaller(double a, double b)
{
	return isnan(a) || isnan(b) ? (double)NAN : fmin(a, b);
}

static const reduction reductions[] = {
	{"sum", mica_op_sum, 0, plus},
	{"max", mica_op_reduce_max, -(double)INFINITY, larger},
	{"min", mica_op_reduce_min, (double)INFINITY, smaller},
};
enum { SUM };

static mica_shape reduced(mica_shape s, uint32_t axes, bool keep)
{
	mica_shape r = {0, {0}};
	for (size_t k = 0; k < s.rank; k++)
		if (!(axes >> k & 1))
			r.dim[r.rank++] = s.dim[k];
		else if (keep)
			r.dim[r.rank++] = 1;
	return r;
}

/* Joins x over axes into out, which has the kept shape. */
static void reduce(const reduction *op, mica_shape s, uint32_t axes, const double *x, double *out)
{
	mica_shape kept = reduced(s, axes, true);
	for (size_t i = 0; i < shape_count(kept); i++)
		out[i] = op->start;
	for (size_t i = 0; i < shape_count(s); i++) {
		size_t at[MICA_MAX_RANK];
		shape_unravel(s, i, at);
		for (size_t k = 0; k < s.rank; k++)
			at[k] = axes >> k & 1 ? 0 : at[k];
		double *to = &out[shape_ravel(kept, at)];
		*to = op->join(*to, x[i]);
	}
}

static void expect_shape(mica_var y, mica_shape want, const char *label)
{
	mica_shape s = mica_var_shape(y);
	cr_assert(s.rank == want.rank && !memcmp(s.dim, want.dim, s.rank * sizeof(size_t)), "%s: shape %s, want %s", label,
	          shape_text(s), shape_text(want));
}

static void expect_reduction(check *c, const reduction *op, mica_var x, uint32_t axes, bool keep, tolerance t)
{
	mica_shape s = mica_var_shape(x);
	const char *label = check_label(c, "%s of %s over 0x%x%s", op->name, shape_text(s), axes, keep ? ", kept" : "");
	mica_var y = op->build(x, axes, keep);
	double *want = check_array(c, shape_count(reduced(s, axes, true)) + 1);
	reduce(op, s, axes, check_values(c, x), want);
	expect_shape(y, reduced(s, axes, keep), label);
	check_expect(c, label, y, want, t);
}

/* ---- exact ---- */

static const mica_shape shapes[] = {
	{1, {1}}, {1, {33}}, {2, {3, 5}}, {2, {17, 35}}, {2, {64, 16}}, {3, {2, 3, 5}}, {3, {5, 19, 33}}, {4, {2, 3, 4, 5}},
	{4, {3, 1, 17, 2}}, {2, {1, 40}}, {2, {40, 1}},
};

CASE(over_every_mask)
{
	for (size_t k = 0; k < COUNT(shapes); k++)
		for (size_t m = 0; m < COUNT(reductions); m++) {
			mica_var x = check_input(c, MICA_F32, shapes[k], check_whole(c, shape_count(shapes[k]), -99, 99));
			for (uint32_t axes = 0; axes < 1u << shapes[k].rank; axes++)
				expect_reduction(c, &reductions[m], x, axes, axes % 2, tolerance_exact());
		}
}

CASE(all_axes_keep_and_integers)
{
	static const mica_shape s[] = {{0, {0}}, {1, {7}}, {2, {33, 18}}, {3, {2, 3, 5}}};
	for (size_t k = 0; k < COUNT(s); k++)
		for (size_t m = 0; m < COUNT(reductions); m++) {
			double *v = check_whole(c, shape_count(s[k]), -99, 99);
			expect_reduction(c, &reductions[m], check_input(c, MICA_F32, s[k], v), MICA_ALL_AXES, k % 2, tolerance_exact());
			if (s[k].rank)
				expect_reduction(c, &reductions[m], check_input(c, MICA_I32, s[k], v), MICA_AXIS(0), true, tolerance_exact());
			if (s[k].rank)
				expect_reduction(c, &reductions[m], check_input(c, MICA_I32, s[k], v), MICA_AXIS(s[k].rank - 1), false,
				                 tolerance_exact());
		}
}

/* Whole numbers whose sums stay below 2^24: any order gives the same bits. */
Test(reduce, long_ones)
{
	check *c = check_open("long", MICA_F32);
	static const mica_shape s[] = {{1, {100003}}, {2, {2, 50021}}, {2, {10007, 9}}, {2, {4099, 1}}, {2, {300, 301}}};
	for (size_t k = 0; k < COUNT(s); k++) {
		mica_var x = check_input(c, MICA_F32, s[k], check_whole(c, shape_count(s[k]), -50, 99));
		for (size_t m = 0; m < COUNT(reductions); m++)
			for (uint32_t axes = 1; axes < 1u << s[k].rank; axes++)
				expect_reduction(c, &reductions[m], x, axes, false, tolerance_exact());
	}
	check_run(c);
	check_close(c);
}

CASE(empty_ones)
{
	static const mica_shape s[] = {{1, {0}}, {2, {0, 5}}, {2, {5, 0}}, {3, {3, 0, 17}}};
	for (size_t k = 0; k < COUNT(s); k++) {
		mica_var x = check_input(c, MICA_F32, s[k], check_array(c, 0));
		for (size_t m = 0; m < COUNT(reductions); m++)
			for (uint32_t axes = 0; axes < 1u << s[k].rank; axes++)
				expect_reduction(c, &reductions[m], x, axes, true, tolerance_exact());
	}
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(0, 9, 35), check_array(c, 0)); /* as many rows as its sums: none */
	check_expect(c, "centred", mica_op_sub(x, mica_op_sum(x, MICA_AXIS(1), true)), check_array(c, 1), tolerance_exact());
}

/* ---- rounding ---- */

static double *largest_of(check *c, mica_shape s, uint32_t axes, const double *x, double factor)
{
	double *magnitudes = check_array(c, shape_count(s)), *out = check_array(c, shape_count(reduced(s, axes, true)) + 1);
	for (size_t i = 0; i < shape_count(s); i++)
		magnitudes[i] = fabs(x[i]) * factor;
	reduce(&reductions[SUM], s, axes, magnitudes, out);
	return out;
}

CASE(sums_and_means_of_any_numbers)
{
	static const mica_shape s[] = {{1, {33}}, {2, {17, 35}}, {3, {5, 19, 33}}, {1, {100003}}, {2, {5003, 20}}};
	for (size_t k = 0; k < COUNT(s); k++) {
		mica_var x = check_input(c, MICA_F32, s[k], check_uniform(c, shape_count(s[k]), -3, 5));
		for (uint32_t axes = 1; axes < 1u << s[k].rank; axes++) {
			size_t kept = shape_count(reduced(s[k], axes, true)), n = shape_count(s[k]) / kept;
			const double *v = check_values(c, x), *sums = largest_of(c, s[k], axes, v, 1);
			double *mean = check_array(c, kept), *scale = largest_of(c, s[k], axes, v, 1.0 / (double)n);
			expect_reduction(c, &reductions[SUM], x, axes, true, tolerance_dot(MICA_F32, n, sums));
			reduce(&reductions[SUM], s[k], axes, v, mean);
			for (size_t i = 0; i < kept; i++)
				mean[i] /= (double)n;
			check_expect(c, check_label(c, "mean of %s over 0x%x", shape_text(s[k]), axes), mica_op_mean(x, axes, true), mean,
			             tolerance_reduced(MICA_F32, scale));
		}
	}
}

Test(reduce, values)
{
	check_cases("reduce", MICA_F32, CASES(THE(over_every_mask), THE(all_axes_keep_and_integers), THE(empty_ones),
	            THE(sums_and_means_of_any_numbers)));
}

CASE(nan_goes_through)
{
	double *v = check_whole(c, 5 * 37, -9, 9);
	v[40] = v[80] = v[184] = (double)NAN; /* in the vector part, and at the very end */
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(5, 37), v);
	for (size_t m = 0; m < COUNT(reductions); m++)
		for (uint32_t axes = 1; axes < 4; axes++)
			expect_reduction(c, &reductions[m], x, axes, false, tolerance_exact());
}

/* ---- argmax ---- */

static void expect_argmax(check *c, mica_dtype type, mica_shape s, const double *v)
{
	mica_var x = check_input(c, type, s, v);
	size_t inner = 1, results;
	for (int axis = (int)s.rank; axis-- > 0; inner *= s.dim[axis]) {
		size_t n = s.dim[axis];
		results = shape_count(s) / n;
		double *most = check_array(c, results), *least = check_array(c, results);
		for (size_t i = 0; i < results; i++)
			for (size_t k = 1; k < n; k++) {
				const double *line = v + i / inner * n * inner + i % inner;
				most[i] = line[k * inner] > line[(size_t)most[i] * inner] ? (double)k : most[i];
				least[i] = line[k * inner] < line[(size_t)least[i] * inner] ? (double)k : least[i];
			}
		check_expect(c, check_label(c, "%s axis %d", shape_text(s), axis), mica_op_argmax(x, axis), most, tolerance_exact());
		check_expect(c, check_label(c, "%s axis %d", shape_text(s), axis), mica_op_argmin(x, axis - (int)s.rank), least, tolerance_exact());
	}
}

CASE(argmax)
{
	static const mica_shape s[] = {{1, {1}}, {1, {33}}, {2, {17, 10}}, {2, {3, 1000}}, {3, {2, 5, 16}}, {2, {40, 1}}, {4, {3, 70, 2, 5}}};
	for (size_t k = 0; k < COUNT(s); k++) {
		expect_argmax(c, MICA_F32, s[k], check_uniform(c, shape_count(s[k]), -1, 1));
		expect_argmax(c, MICA_F32, s[k], check_whole(c, shape_count(s[k]), -2, 2)); /* many ties: the first of equals */
	}
	double *low = check_array(c, 35);
	for (size_t i = 0; i < 35; i++)
		low[i] = i < 18 ? -1e30 : -(double)INFINITY;
	expect_argmax(c, MICA_F32, MICA_SHAPE(2, 9), low);
	expect_argmax(c, MICA_F32, MICA_SHAPE(17), low + 18); /* nothing but -inf: the first */
	double *close = check_array(c, 80); /* whole numbers that a float cannot tell apart */
	for (size_t i = 0; i < 80; i++)
		close[i] = 16777216 + (double)(i * 7 % 40);
	expect_argmax(c, MICA_I32, MICA_SHAPE(2, 40), close);
	expect_argmax(c, MICA_I64, MICA_SHAPE(2, 40), close);
	expect_argmax(c, MICA_I32, MICA_SHAPE(8, 10), close);
}

/* ---- compositions ---- */

static mica_var softmax(mica_var x)
{
	uint32_t last = MICA_AXIS(mica_var_shape(x).rank - 1);
	mica_var e = mica_op_exp(mica_op_sub(x, mica_op_reduce_max(x, last, true)));
	return mica_op_div(e, mica_op_sum(e, last, true));
}

static mica_var layer_norm(mica_var x, mica_var gain, mica_var bias)
{
	uint32_t last = MICA_AXIS(mica_var_shape(x).rank - 1);
	mica_var centred = mica_op_sub(x, mica_op_mean(x, last, true));
	mica_var variance = mica_op_mean(mica_op_square(centred), last, true);
	return mica_op_add(mica_op_mul(mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(variance, 1e-5))), gain), bias);
}

CASE(softmax)
{
	static const mica_shape s[] = {{1, {7}}, {2, {3, 10}}, {2, {17, 1000}}, {3, {2, 5, 33}}, {2, {4, 1}}};
	for (size_t k = 0; k < COUNT(s); k++) {
		size_t n = s[k].dim[s[k].rank - 1], count = shape_count(s[k]);
		mica_var x = check_input(c, MICA_F32, s[k], check_uniform(c, count, -90, 90)), y = softmax(x);
		const double *v = check_values(c, x);
		double *want = check_array(c, count), *ones = check_array(c, count / n);
		for (size_t i = 0; i < count / n; i++) {
			double largest = v[i * n], sum = 0;
			for (size_t j = 0; j < n; j++)
				largest = fmax(largest, v[i * n + j]);
			for (size_t j = 0; j < n; j++)
				sum += want[i * n + j] = exp(v[i * n + j] - largest);
			for (size_t j = 0; j < n; j++)
				want[i * n + j] /= sum;
			ones[i] = 1;
		}
		check_expect(c, shape_text(s[k]), y, want, tolerance_reduced(MICA_F32, NULL));
		check_expect(c, "sums to one", mica_op_sum(y, MICA_AXIS(s[k].rank - 1), false), ones, (tolerance){0, 1e-6 * 0x1p23, NULL});
	}
}

CASE(layer_norm)
{
	static const mica_shape s[] = {{2, {3, 10}}, {2, {17, 768}}, {3, {2, 5, 33}}};
	for (size_t k = 0; k < COUNT(s); k++) {
		size_t n = s[k].dim[s[k].rank - 1], count = shape_count(s[k]);
		mica_var x = check_input(c, MICA_F32, s[k], check_uniform(c, count, -3, 5));
		mica_var gain = check_input(c, MICA_F32, MICA_SHAPE(n), check_uniform(c, n, 0.5, 2));
		mica_var bias = check_input(c, MICA_F32, MICA_SHAPE(n), check_uniform(c, n, -1, 1));
		const double *v = check_values(c, x);
		double *want = check_array(c, count), *scale = check_array(c, count);
		for (size_t i = 0; i < count / n; i++) {
			double mean = 0, variance = 0;
			for (size_t j = 0; j < n; j++)
				mean += v[i * n + j] / (double)n;
			for (size_t j = 0; j < n; j++)
				variance += (v[i * n + j] - mean) * (v[i * n + j] - mean) / (double)n;
			for (size_t j = 0; j < n; j++) {
				want[i * n + j] = (v[i * n + j] - mean) / sqrt(variance + 1e-5) * check_values(c, gain)[j] + check_values(c, bias)[j];
				scale[i * n + j] = 5; /* the largest of x, gain and result */
			}
		}
		check_expect(c, shape_text(s[k]), layer_norm(x, gain, bias), want, tolerance_reduced(MICA_F32, scale));
	}
}

/* A reduction in the middle of other work, of another axis than the last, and of a reduction. */
CASE(inside_expressions)
{
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(18, 35), check_whole(c, 18 * 35, -9, 9));
	const double *v = check_values(c, x);
	double columns[35] = {0}, *centred = check_array(c, 18 * 35), squares[18] = {0}, total = 0, most = -(double)INFINITY;
	for (size_t i = 0; i < 18 * 35; i++)
		columns[i % 35] += v[i];
	for (size_t i = 0; i < 18 * 35; i++) {
		centred[i] = 18 * v[i] - columns[i % 35];
		squares[i / 35] += centred[i] * centred[i];
		total += v[i];
	}
	for (size_t i = 0; i < 18; i++)
		most = fmax(most, squares[i]);
	mica_var sums = mica_op_sum(x, MICA_AXIS(0), true), y = mica_op_sub(mica_op_mulc(x, 18), sums);
	mica_var row = mica_op_sum(mica_op_square(y), MICA_AXIS(1), false);
	check_expect(c, "column sums", sums, columns, tolerance_exact());
	check_expect(c, "centred", y, centred, tolerance_exact());
	check_expect(c, "row sums of squares", row, squares, tolerance_exact());
	check_expect(c, "largest", mica_op_reduce_max(row, MICA_ALL_AXES, false), &most, tolerance_exact());
	check_expect(c, "sum of sums", mica_op_sum(sums, MICA_ALL_AXES, false), &total, tolerance_exact());
}

/* The gradient of max and min goes to the first element that reaches it, in row-major order. */
CASE(slopes_of_ties)
{
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(2, 3), (double[]){1, 5, 5, 5, 1, 1});
	struct {
		const char *label;
		mica_var y;
		double dx[6];
	} rows[] = {
		{"max of rows", mica_op_reduce_max(x, MICA_AXIS(1), false), {0, 1, 0, 1, 0, 0}},
		{"max of columns", mica_op_reduce_max(x, MICA_AXIS(0), false), {0, 1, 1, 1, 0, 0}},
		{"max of all", mica_op_reduce_max(x, MICA_ALL_AXES, false), {0, 1, 0, 0, 0, 0}},
		{"min of rows", mica_op_reduce_min(x, MICA_AXIS(1), false), {1, 0, 0, 0, 1, 0}},
		{"min of all", mica_op_reduce_min(x, MICA_ALL_AXES, true), {1, 0, 0, 0, 0, 0}},
	};
	for (size_t k = 0; k < COUNT(rows); k++) {
		mica_var dx;
		OK(mica_gradient(rows[k].y, NULL, &x, 1, &dx));
		check_expect(c, rows[k].label, dx, rows[k].dx, tolerance_exact());
	}
}

Test(reduce, compositions)
{
	check_cases("compositions", MICA_F32, CASES(THE(nan_goes_through), THE(argmax), THE(softmax), THE(layer_norm),
	            THE(inside_expressions), THE(slopes_of_ties)));
}

/* ---- gradients ---- */

TestSuite(reduce_gradient, .init = without_kernels);

static mica_var real(check *c, mica_shape s)
{
	return check_input(c, MICA_F64, s, check_uniform(c, shape_count(s), -2, 2));
}

static mica_var sum_of_squares(mica_var x, uint32_t axes, bool keep)
{
	return mica_op_sum(mica_op_square(x), axes, keep);
}
static mica_var mean_of_squares(mica_var x, uint32_t axes, bool keep)
{
	return mica_op_mean(mica_op_square(x), axes, keep);
}

Test(reduce_gradient, every_mask)
{
	check *c = check_open("gradient", MICA_F64);
	mica_var (*const builds[])(mica_var, uint32_t, bool) = {sum_of_squares, mean_of_squares, mica_op_reduce_max, mica_op_reduce_min};
	mica_var x = real(c, MICA_SHAPE(2, 3, 4));
	for (size_t k = 0; k < COUNT(builds); k++)
		for (uint32_t axes = 0; axes < 8; axes++)
			check_gradient(c, check_label(c, "%zu over 0x%x", k, axes), builds[k](x, axes, axes % 2), &x, 1);
	check_run(c);
	check_close(c);
}

Test(reduce_gradient, softmax)
{
	check *c = check_open("softmax", MICA_F64);
	mica_var x = real(c, MICA_SHAPE(3, 7));
	check_gradient(c, "softmax", softmax(x), &x, 1);
	check_run(c);
	check_close(c);
}

Test(reduce_gradient, log_softmax)
{
	check *c = check_open("log softmax", MICA_F64);
	mica_var x = real(c, MICA_SHAPE(3, 7)), sum = mica_op_log(mica_op_sum(mica_op_exp(x), MICA_AXIS(1), true));
	check_gradient(c, "log softmax", mica_op_sub(x, sum), &x, 1);
	check_run(c);
	check_close(c);
}

Test(reduce_gradient, layer_norm)
{
	check *c = check_open("layer norm", MICA_F64);
	mica_var x = real(c, MICA_SHAPE(3, 7)), gain = real(c, MICA_SHAPE(7)), bias = real(c, MICA_SHAPE(7));
	check_gradient(c, "layer norm", layer_norm(x, gain, bias), (mica_var[]){x, gain, bias}, 3);
	check_run(c);
	check_close(c);
}

Test(reduce_gradient, columns)
{
	check *c = check_open("columns", MICA_F64);
	mica_var x = real(c, MICA_SHAPE(3, 7));
	check_gradient(c, "columns", mica_op_mul(x, mica_op_mean(mica_op_square(x), MICA_AXIS(0), true)), &x, 1);
	check_run(c);
	check_close(c);
}
