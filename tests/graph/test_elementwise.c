/* SPDX-License-Identifier: MIT */
/* graph/test_elementwise.c - every elementwise operation against a reference in double precision: shapes on both sides of
   each vector width, empty ones, broadcasting, special values, integers, and gradients. */
#include "support/support.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

/* X(name, reference, low, high, ulp bound of OpenCL or EXACT) */
enum { EXACT = -1 };
#define UNARY_OPS(X)                                                            \
	X(neg, -x, -9, 9, EXACT)                                                \
	X(abs, fabs(x), -9, 9, EXACT)                                           \
	X(sign, x > 0 ? 1 : x < 0 ? -1 : x * 0, -9, 9, EXACT)                   \
	X(exp, exp(x), -20, 20, 3)                                              \
	X(expm1, expm1(x), -2, 2, 3)                                            \
	X(log, log(x), 1e-3, 30, 3)                                             \
	X(log1p, log1p(x), -0.9, 30, 3)                                         \
	X(sqrt, sqrt(x), 0, 30, 3)                                              \
	X(rsqrt, 1 / sqrt(x), 1e-3, 30, 5)                                      \
	X(square, x * x             , -9, 9, EXACT)                  \
	X(reciprocal, 1 / x, 0.1, 30, 3)                                        \
	X(tanh, tanh(x), -5, 5, 5)                                              \
	X(sigmoid, 1 / (1 + exp(-x)), -20, 20, 6)                               \
	X(softplus, (x > 0 ? x : isnan(x) ? x : 0) + log1p(exp(-fabs(x))), -20, 20, 6) \
	X(erf, erf(x), -3, 3, 16)                                               \
	X(sin, sin(x), -9, 9, 4)                                                \
	X(cos, cos(x), -9, 9, 4)                                                \
	X(floor, floor(x), -9, 9, EXACT)                                        \
	X(round, nearbyint(x), -9, 9, EXACT)                                    \
	X(relu, x < 0 ? 0 : x, -9, 9, EXACT)                                    \
	X(is_finite, isfinite(x) ? 1 : 0, -9, 9, EXACT)

#define BINARY_OPS(X)                                                           \
	X(add, x + y,                         -9, 9, EXACT)                     \
	X(sub, x - y,                         -9, 9, EXACT)                     \
	X(mul, x * y,                         -9, 9, EXACT)                     \
	X(div, x / y, 0.5, 9, 3)                                                \
	X(pow, pow(x, y), 0.3, 4, 16)                                           \
	X(max, isnan(x) || isnan(y) ? x + y : x >= y ? x : y, -9, 9, EXACT)     \
	X(min, isnan(x) || isnan(y) ? x + y : x <= y ? x : y, -9, 9, EXACT)     \
	X(lt, x < y, -9, 9, EXACT)                                              \
	X(le, x <= y, -9, 9, EXACT)                                             \
	X(gt, x > y, -9, 9, EXACT)                                              \
	X(ge, x >= y, -9, 9, EXACT)                                             \
	X(eq, x == y, -9, 9, EXACT)                                             \
	X(ne, x != y, -9, 9, EXACT)

typedef struct unary {
	const char *name;
	mica_var (*build)(mica_var x);
	double (*reference)(double x);
	double low, high, ulps;
} unary;

typedef struct binary {
	const char *name;
	mica_var (*build)(mica_var a, mica_var b);
	double (*reference)(double x, double y);
	double low, high, ulps;
} binary;

#define X(id, expression, low, high, ulps)        \
	static double unary_##id(double x)        \
	{                                         \
		return expression;                \
	}
UNARY_OPS(X)
#undef X
#define X(id, expression, low, high, ulps)              \
	static double binary_##id(double x, double y)   \
	{                                               \
		return expression;                      \
	}
BINARY_OPS(X)
#undef X

static const unary unaries[] = {
#define X(id, expression, low, high, ulps) {#id, mica_op_##id, unary_##id, low, high, ulps},
	UNARY_OPS(X)
#undef X
};
static const binary binaries[] = {
#define X(id, expression, low, high, ulps) {#id, mica_op_##id, binary_##id, low, high, ulps},
	BINARY_OPS(X)
#undef X
};
enum {
#define X(id, expression, low, high, ulps) BINARY_##id,
	BINARY_OPS(X)
#undef X
};

static tolerance bound(double ulps)
{
	return ulps == EXACT ? tolerance_exact() : tolerance_ulps(ulps);
}

#define S(...) {sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t), {__VA_ARGS__}}
static const mica_shape shapes[] = {
	{0, {0}}, S(1), S(7), S(17), S(33), S(3, 5), S(16, 16), S(31, 33), S(2, 3, 5), S(1, 100), S(130, 1), S(0), S(3, 0),
};
static const mica_shape pairs[][2] = {
	{{0, {0}}, {0, {0}}}, {S(17), S(17)}, {S(3, 5), S(5)}, {S(3, 5), S(3, 1)}, {S(2, 3, 5), S(3, 5)}, {S(2, 3, 5), S(5)},
	{{0, {0}}, S(16, 16)}, {S(31, 33), {0, {0}}}, {S(3, 1), S(1, 5)}, {S(5), S(3, 1)}, {S(33, 31), S(33, 31)},
	{S(2, 1, 5), S(3, 1)}, {S(0), S(1)}, {S(4, 0), S(4, 1)}, {S(1, 1), S(7)}, {S(40, 1), S(1, 40)},
};

/* ---- forward ---- */

static void add_unary(check *c, const unary *op)
{
	for (size_t k = 0; k < COUNT(shapes); k++) {
		size_t n = shape_count(shapes[k]);
		mica_var x = check_input(c, MICA_F32, shapes[k], check_uniform(c, n, op->low, op->high));
		double *want = check_array(c, n);
		for (size_t i = 0; i < n; i++)
			want[i] = op->reference(check_values(c, x)[i]);
		check_expect(c, check_label(c, "%s %s", op->name, shape_text(shapes[k])), op->build(x), want, bound(op->ulps));
	}
}

static void expect_binary(check *c, const binary *op, mica_dtype t, const mica_shape s[2], double *a, double *b)
{
	mica_var x = check_input(c, t, s[0], a), y = check_input(c, t, s[1], b);
	mica_shape result = shape_broadcast(s[0], s[1]);
	size_t n = shape_count(result);
	double *want = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		want[i] = op->reference(check_values(c, x)[shape_source(result, i, s[0])],
		                        check_values(c, y)[shape_source(result, i, s[1])]);
	check_expect(c, check_label(c, "%s %s x %s", op->name, shape_text(s[0]), shape_text(s[1])), op->build(x, y), want,
	             t == MICA_I32 ? tolerance_exact() : bound(op->ulps));
}

static void add_binary(check *c, const binary *op)
{
	for (size_t k = 0; k < COUNT(pairs); k++) {
		double *a = check_uniform(c, shape_count(pairs[k][0]), op->low, op->high);
		double *b = check_uniform(c, shape_count(pairs[k][1]), op->low, op->high);
		if (k % 2 && shape_count(pairs[k][0]) && shape_count(pairs[k][1]))
			a[0] = b[0]; /* so that comparisons see equal numbers */
		expect_binary(c, op, MICA_F32, pairs[k], a, b);
	}
}

CASE(of_one)
{
	for (size_t i = 0; i < COUNT(unaries); i++)
		add_unary(c, &unaries[i]);
}

CASE(of_two)
{
	for (size_t i = 0; i < COUNT(binaries); i++)
		add_binary(c, &binaries[i]);
}

/* Wherever the result is an ordinary number, and at the last arguments before it is none. */
CASE(exp_to_the_ends_of_its_range)
{
	enum { N = 1003 };
	double *v = check_uniform(c, N, -87.3, 88.7), *want = check_array(c, N);
	v[0] = 0x1.62e42ep+6;
	v[N - 1] = -0x1.5d589ep+6;
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(N), v);
	for (size_t i = 0; i < N; i++)
		want[i] = exp(check_values(c, x)[i]);
	check_expect(c, "exp", mica_op_exp(x), want, bound(3));
}

/* ---- special values: each operation on each of them, in the vector part and in the tail ---- */

static const double specials[] = {
	(double)NAN, (double)INFINITY, -(double)INFINITY, 0.0, -0.0, (double)FLT_MAX, -(double)FLT_MAX, 1e-36, 0.5, 1.5, 2.5, -0.5,
	-1.5, 1, -1, 200, -200, 1e-30, -1e-30, 8388607.5, 3,
};

CASE(special_values_of_one)
{
	mica_dtype real = check_real(c);
	mica_var x = check_input(c, real, MICA_SHAPE(COUNT(specials)), specials);
	double want[COUNT(specials)];
	for (size_t k = 0; k < COUNT(unaries); k++) {
		for (size_t i = 0; i < COUNT(specials); i++)
			want[i] = unaries[k].reference(check_values(c, x)[i]);
		check_expect(c, unaries[k].name, unaries[k].build(x), want, bound(unaries[k].ulps));
	}
}

/* Every pair: a column of special values against a row of them. */
CASE(special_values_of_two)
{
	mica_dtype real = check_real(c);
	enum { N = COUNT(specials) };
	mica_var a = check_input(c, real, MICA_SHAPE(N, 1), specials), b = check_input(c, real, MICA_SHAPE(N), specials);
	double want[N * N];
	for (size_t k = 0; k < COUNT(binaries); k++) {
		for (size_t i = 0; i < N * N; i++)
			want[i] = binaries[k].reference(check_values(c, a)[i / N], check_values(c, b)[i % N]);
		check_expect(c, binaries[k].name, binaries[k].build(a, b), want, bound(binaries[k].ulps));
	}
}

Test(elementwise, special_values_in_double)
{
	check_cases("special", MICA_F64, CASES(THE(special_values_of_one), THE(special_values_of_two)));
}

CASE(nan_goes_through)
{
	double x[19], want_x[19], ones[19];
	for (size_t i = 0; i < 19; i++) {
		x[i] = i % 3 ? (double)i - 9 : (double)NAN;
		ones[i] = 1;
	}
	mica_var v = check_input(c, MICA_F32, MICA_SHAPE(19), x), one = check_input(c, MICA_F32, MICA_SHAPE(19), ones);
	for (size_t i = 0; i < 19; i++)
		want_x[i] = isnan(x[i]) ? x[i] : fmin(fmax(x[i], -2), 3);
	check_expect(c, "clip", mica_op_clip(v, -2, 3), want_x, tolerance_exact());
	for (size_t i = 0; i < 19; i++)
		want_x[i] = isnan(x[i]) ? 1 : x[i] != 0 ? 1 : 2; /* a NaN is not zero */
	check_expect(c, "where", mica_op_where(v, one, mica_op_addc(one, 1)), want_x, tolerance_exact());
}

CASE(where_and_clip)
{
	static const mica_shape s[][3] = {
		{S(17), S(17), S(17)}, {S(3, 5), {0, {0}}, S(5)}, {{0, {0}}, S(3, 5), S(3, 1)}, {S(3, 1), S(5), S(2, 1, 1)},
		{S(31, 33), S(31, 33), {0, {0}}}, {S(0), S(0), {0, {0}}},
	};
	for (size_t k = 0; k < COUNT(s); k++) {
		mica_var in[3];
		mica_shape result = shape_broadcast(shape_broadcast(s[k][0], s[k][1]), s[k][2]);
		size_t n = shape_count(result);
		double *want = check_array(c, n), *clipped = check_array(c, n);
		for (size_t j = 0; j < 3; j++) {
			double *v = j ? check_uniform(c, shape_count(s[k][j]), -9, 9) : check_whole(c, shape_count(s[k][0]), -1, 1);
			in[j] = check_input(c, MICA_F32, s[k][j], v);
		}
		for (size_t i = 0; i < n; i++) {
			bool yes = check_values(c, in[0])[shape_source(result, i, s[k][0])] != 0;
			want[i] = check_values(c, in[2 - yes])[shape_source(result, i, s[k][2 - yes])];
			clipped[i] = fmin(fmax(want[i], -4), 2.5);
		}
		mica_var y = mica_op_where(in[0], in[1], in[2]);
		check_expect(c, shape_text(result), y, want, tolerance_exact());
		check_expect(c, "clip", mica_op_clip(y, -4, 2.5), clipped, tolerance_exact());
	}
}

CASE(constants_on_the_right)
{
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(3, 7), check_uniform(c, 21, -9, 9));
	double sum[21], product[21], nothing[21];
	for (size_t i = 0; i < 21; i++) {
		nothing[i] = check_values(c, x)[i];
		sum[i] = (double)((float)nothing[i] + 0.1f);
		product[i] = (double)((float)nothing[i] * -2.5f);
	}
	check_expect(c, "x + 0.1", mica_op_addc(x, 0.1), sum, tolerance_exact());
	check_expect(c, "x * -2.5", mica_op_mulc(x, -2.5), product, tolerance_exact());
	check_expect(c, "(x + 0) * 1", mica_op_mulc(mica_op_addc(x, 0), 1), nothing, tolerance_exact());
	check_expect(c, "--x", mica_op_neg(mica_op_neg(x)), nothing, tolerance_exact());
}

/* ---- integers ---- */

CASE(integers_of_one)
{
	static const char *const names[] = {"neg", "abs", "sign", "square", "relu"};
	mica_var x = check_input(c, MICA_I32, MICA_SHAPE(3, 11), check_whole(c, 33, -1000, 1000));
	double want[33];
	for (size_t k = 0; k < COUNT(unaries); k++)
		for (size_t m = 0; m < COUNT(names); m++) {
			if (strcmp(names[m], unaries[k].name))
				continue;
			for (size_t i = 0; i < 33; i++)
				want[i] = unaries[k].reference(check_values(c, x)[i]);
			check_expect(c, names[m], unaries[k].build(x), want, tolerance_exact());
		}
}

CASE(integers_of_two)
{
	static const mica_shape s[][2] = {{S(3, 11), S(3, 11)}, {S(3, 11), S(11)}, {S(19), {0, {0}}}};
	for (size_t k = 0; k < COUNT(binaries); k++)
		for (size_t m = 0; m < COUNT(s) && k != BINARY_div && k != BINARY_pow; m++)
			expect_binary(c, &binaries[k], MICA_I32, s[m], check_whole(c, shape_count(s[m][0]), -9, 9),
			              check_whole(c, shape_count(s[m][1]), -9, 9));
}

/* Integers use all 32 bits: they do not pass through floats. */
CASE(integers_are_exact)
{
	double x[5] = {16777217, 2147483646, -2147483647, 123456789, -16777219}, plus[5], kept[5];
	for (size_t i = 0; i < 5; i++) {
		plus[i] = x[i] + 1;
		kept[i] = x[i] > 0 ? x[i] : 16777217;
	}
	mica_var v = check_input(c, MICA_I32, MICA_SHAPE(5), x);
	check_expect(c, "x + 1", mica_op_addc(v, 1), plus, tolerance_exact());
	mica_var limit = mica_graph_fill(check_graph(c), 0, MICA_I32, MICA_SCALAR_SHAPE);
	mica_var other = mica_graph_fill(check_graph(c), 16777217, MICA_I32, MICA_SHAPE(5));
	check_expect(c, "where", mica_op_where(mica_op_gt(v, limit), v, other), kept, tolerance_exact());
}

/* Division rounds towards zero, and what a vector holds beyond the shape is never divided by. */
CASE(integers_divide)
{
	double *a = check_whole(c, 33, -1000, 1000), *b = check_whole(c, 33, 1, 9), want[33];
	for (size_t i = 0; i < 33; i++) {
		b[i] = i % 2 ? b[i] : -b[i];
		want[i] = trunc(a[i] / b[i]);
	}
	mica_var x = check_input(c, MICA_I32, MICA_SHAPE(3, 11), a), y = check_input(c, MICA_I32, MICA_SHAPE(3, 11), b);
	check_expect(c, "quotient", mica_op_div(x, y), want, tolerance_exact());
}

CASE(casts)
{
	double reals[19], whole[19], bytes[19], want[19];
	for (size_t i = 0; i < 19; i++) {
		reals[i] = ((double)i - 9) * 1.75;
		whole[i] = ((double)i - 9) * 1000003;
		bytes[i] = (double)(i * 13);
	}
	mica_var r = check_input(c, MICA_F32, MICA_SHAPE(19), reals), w = check_input(c, MICA_I32, MICA_SHAPE(19), whole);
	mica_var b = check_input(c, MICA_U8, MICA_SHAPE(19), bytes);
	for (size_t i = 0; i < 19; i++)
		want[i] = trunc(reals[i]);
	check_expect(c, "f32 to i32", mica_op_cast(r, MICA_I32), want, tolerance_exact());
	check_expect(c, "i32 to f32", mica_op_cast(w, MICA_F32), whole, tolerance_exact());
	check_expect(c, "u8 to f32", mica_op_cast(b, MICA_F32), bytes, tolerance_exact());
	check_expect(c, "u8 to i32", mica_op_cast(b, MICA_I32), bytes, tolerance_exact());
	check_expect(c, "u8 to f32 to u8", mica_op_cast(mica_op_cast(b, MICA_F32), MICA_U8), bytes, tolerance_exact());
	check_expect(c, "u8 to i32 to u8", mica_op_cast(mica_op_cast(b, MICA_I32), MICA_U8), bytes, tolerance_exact());
	for (size_t i = 0; i < 19; i++)
		want[i] = (double)(float)((float)bytes[i] / 255.0f);
	check_expect(c, "u8 / 255", mica_op_div(mica_op_cast(b, MICA_F32), mica_graph_scalar(check_graph(c), 255)), want,
	             tolerance_ulps(3));
}

/* A leaf, a constant and an index are values like any other. */
CASE(leaves_are_outputs)
{
	mica_graph *g = check_graph(c);
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(3, 5), check_uniform(c, 15, -9, 9));
	double rows[15], columns[15], half[15];
	for (size_t i = 0; i < 15; i++) {
		rows[i] = (double)(i / 5);
		columns[i] = (double)(i % 5);
		half[i] = 0.5;
	}
	check_expect(c, "input", x, check_values(c, x), tolerance_exact());
	check_expect(c, "iota 0", mica_graph_iota(g, MICA_SHAPE(3, 5), 0), rows, tolerance_exact());
	check_expect(c, "iota 1", mica_graph_iota(g, MICA_SHAPE(3, 5), 1), columns, tolerance_exact());
	check_expect(c, "fill", mica_graph_fill(g, 0.5, MICA_F32, MICA_SHAPE(3, 5)), half, tolerance_exact());
	check_expect(c, "scalar", mica_graph_scalar(g, 0.5), half, tolerance_exact());
}

Test(elementwise, values)
{
	check_cases("elementwise", MICA_F32, CASES(THE(of_one), THE(of_two), THE(exp_to_the_ends_of_its_range), THE(special_values_of_one),
	            THE(special_values_of_two), THE(nan_goes_through), THE(where_and_clip), THE(constants_on_the_right), THE(integers_of_one),
	            THE(integers_of_two), THE(integers_are_exact), THE(integers_divide), THE(casts), THE(leaves_are_outputs)));
}

/* ---- gradients, at a distance from where a function is not smooth ---- */

/* Between n + 0.15 and n + 0.45: away from whole numbers and halves, where rounding and comparing jump. */
static double *smooth(check *c, size_t n, double low, double high)
{
	double *v = check_uniform(c, n, low, high);
	for (size_t i = 0; i < n; i++)
		v[i] = floor(v[i]) + 0.15 + 0.3 * (v[i] - floor(v[i]));
	return v;
}

TestSuite(elementwise_gradient, .init = without_kernels);

static void unary_gradient(check *c, size_t index)
{
	const unary *op = &unaries[index];
	static const mica_shape s[] = {{0, {0}}, S(7), S(3, 5)};
	for (size_t k = 0; k < COUNT(s); k++) {
		double low = op->low == 0 ? 0.1 : fmax(op->low, -3), high = fmin(op->high, 3);
		mica_var x = check_input(c, MICA_F64, s[k], smooth(c, shape_count(s[k]), low, high));
		check_gradient(c, check_label(c, "%s %s", op->name, shape_text(s[k])), op->build(x), &x, 1);
	}
}

static void binary_gradient(check *c, size_t index)
{
	const binary *op = &binaries[index];
	static const mica_shape s[][2] = {
		{S(7), S(7)}, {S(3, 5), S(5)}, {S(3, 5), S(3, 1)}, {S(3, 1), S(1, 5)}, {{0, {0}}, S(2, 3)}, {S(2, 3, 2), S(3, 1)},
	};
	for (size_t k = 0; k < COUNT(s); k++) {
		double low = fmax(op->low, -4), high = fmin(op->high, 4);
		double *a = smooth(c, shape_count(s[k][0]), low, high), *b = smooth(c, shape_count(s[k][1]), low, high);
		for (size_t i = 0; i < shape_count(s[k][1]); i++)
			b[i] += 0.07 - 0.005 * (double)i; /* never equal to an a */
		mica_var xs[2] = {check_input(c, MICA_F64, s[k][0], a), check_input(c, MICA_F64, s[k][1], b)};
		check_gradient(c, check_label(c, "%s %s x %s", op->name, shape_text(s[k][0]), shape_text(s[k][1])),
		               op->build(xs[0], xs[1]), xs, 2);
	}
}

/* A plan each: all of it is run for each difference. */
static void all_of(void (*add)(check *c, size_t op), size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check *c = check_open("gradient", MICA_F64);
		add(c, i);
		check_run(c);
		check_close(c);
	}
}

Test(elementwise_gradient, of_one)
{
	all_of(unary_gradient, COUNT(unaries));
}

Test(elementwise_gradient, of_two)
{
	all_of(binary_gradient, COUNT(binaries));
}

Test(elementwise_gradient, where_clip_cast)
{
	check *c = check_open("where", MICA_F64);
	mica_var condition = check_input(c, MICA_F64, MICA_SHAPE(3, 1), (double[]){1, 0, 2});
	mica_var xs[2] = {check_input(c, MICA_F64, MICA_SHAPE(3, 5), smooth(c, 15, -4, 4)),
	                  check_input(c, MICA_F64, MICA_SHAPE(5), smooth(c, 5, -4, 4))};
	check_gradient(c, "where", mica_op_where(condition, xs[0], xs[1]), xs, 2);
	check_gradient(c, "clip", mica_op_clip(xs[0], -2, 1), xs, 1);
	check_gradient(c, "cast", mica_op_mul(mica_op_cast(mica_op_cast(xs[0], MICA_I32), MICA_F64), xs[1]), xs, 2);
	check_run(c);
	check_close(c);
}

/* What the header promises where there is no derivative. */
Test(elementwise_gradient, conventions)
{
	check *c = check_open("convention", MICA_F32);
	mica_graph *g = check_graph(c);
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(5), (double[]){-1, 0, 1, 2, 3});
	mica_var y = check_input(c, MICA_F32, MICA_SHAPE(5), (double[]){-1, 5, 1, 1, 4});
	struct {
		const char *label;
		mica_var value;
		double dx[5], dy[5];
	} rows[] = {
		{"relu: 0 at 0", mica_op_relu(x), {0, 0, 1, 1, 1}, {0}},
		{"abs: sign", mica_op_abs(x), {-1, 0, 1, 1, 1}, {0}},
		{"sign: 0", mica_op_sign(x), {0}, {0}},
		{"floor: 0", mica_op_floor(x), {0}, {0}},
		{"round: 0", mica_op_round(x), {0}, {0}},
		{"max: a tie goes to a", mica_op_max(x, y), {1, 0, 1, 1, 0}, {0, 1, 0, 0, 1}},
		{"min: a tie goes to a", mica_op_min(x, y), {1, 1, 1, 0, 1}, {0, 0, 0, 1, 0}},
		{"clip: borders included", mica_op_clip(x, 0, 2), {0, 1, 1, 1, 0}, {0}},
		{"less", mica_op_lt(x, y), {0}, {0}},
		{"is_finite", mica_op_is_finite(x), {0}, {0}},
		{"stop_gradient", mica_op_stop_gradient(mica_op_square(x)), {0}, {0}},
	};
	for (size_t k = 0; k < COUNT(rows); k++) {
		mica_var d[2];
		mica_status st = mica_gradient(rows[k].value, NULL, (mica_var[]){x, y}, 2, d);
		cr_assert(st == MICA_OK, "%s: %s", rows[k].label, mica_graph_error(g));
		check_expect(c, rows[k].label, d[0], rows[k].dx, tolerance_exact());
		check_expect(c, rows[k].label, d[1], rows[k].dy, tolerance_exact());
	}
	check_run(c);
	check_close(c);
}
