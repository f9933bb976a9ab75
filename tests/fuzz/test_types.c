/* SPDX-License-Identifier: MIT */
/* fuzz/test_types.c - every operation on every type it takes, conversions between all of them, and graphs of several, against
   the reference executor and the host's conversions. */
#include "fuzz/fuzz.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

enum { ROWS = 5, COLUMNS = 37 };

typedef mica_var unary(mica_var x);
typedef mica_var binary(mica_var a, mica_var b);

static const mica_dtype types[] = {
#define X(id, name, bytes, class, digits, exponent, least, most, safetensors, npy, memory, suffix, computed) MICA_##id,
	MICA__DTYPES(X)
#undef X
};

/* MICA_F32, or another that this type is computed in. */
static mica_dtype graph_type(mica_dtype t)
{
	mica_dtype computed = mica__dtype_describe(t)->computed;
	return mica__dtype_real(computed) ? computed : MICA_F32;
}

static bool is_there(mica_context *ctx, mica_dtype t)
{
	return t != MICA_F64 || mica_context_device(ctx)->has_fp64;
}

/* ---- every operation ---- */

static mica_var leaf(fuzz *f, mica_dtype t, mica_shape s)
{
	const mica__dtype_info *info = mica__dtype_describe(t);
	if (info->class != MICA__CLASS_REAL && info->least == 0) /* all values, but for 0 where something is divided by it */
		return fuzz_leaf(f, false, t, s, info->most > 1, info->most + 1);
	return fuzz_leaf(f, false, t, s, mica__dtype_real(t) ? 0.1 : 1, mica__dtype_real(t) ? 2 : 90);
}

static void elementwise(fuzz *f, mica_dtype t, mica_shape s)
{
	static unary *const of_reals[] = {
		mica_op_exp, mica_op_expm1, mica_op_log, mica_op_log1p, mica_op_sqrt, mica_op_rsqrt, mica_op_reciprocal, mica_op_tanh,
		mica_op_sigmoid, mica_op_softplus, mica_op_erf, mica_op_sin, mica_op_cos, mica_op_is_finite,
	};
	static unary *const of_numbers[] = {mica_op_neg, mica_op_abs, mica_op_sign, mica_op_square, mica_op_relu};
	static binary *const two_numbers[] = {mica_op_add, mica_op_sub, mica_op_mul, mica_op_div};
	static binary *const two_of_any[] = {mica_op_max, mica_op_min, mica_op_lt, mica_op_le, mica_op_gt, mica_op_ge, mica_op_eq, mica_op_ne};
	mica_var x = leaf(f, t, s), y = leaf(f, t, s);
	bool real = mica__dtype_real(t), truth = mica__dtype_describe(t)->class == MICA__CLASS_TRUTH;
	for (size_t i = 0; i < COUNT(of_reals) && real; i++)
		fuzz_output(f, of_reals[i](x), i);
	if (real)
		fuzz_output(f, mica_op_pow(x, y), 0);
	for (size_t i = 0; i < COUNT(of_numbers) && !truth; i++)
		fuzz_output(f, of_numbers[i](x), i);
	for (size_t i = 0; i < COUNT(two_numbers) && !truth; i++)
		fuzz_output(f, two_numbers[i](x, y), i);
	for (size_t i = 0; i < COUNT(two_of_any); i++)
		fuzz_output(f, two_of_any[i](x, y), i);
	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i] != MICA_F64)
			fuzz_output(f, mica_op_where(fuzz_leaf(f, false, types[i], s, 0, 2), x, y), i);
}

static void movement(fuzz *f, mica_dtype t, mica_shape s)
{
	mica_var x = leaf(f, t, s), y = leaf(f, t, s), w = fuzz_leaf(f, true, t, s, 0, 2);
	mica_var index = fuzz_leaf(f, false, MICA_I64, MICA_SHAPE(3), -2, ROWS + 2);
	fuzz_output(f, mica_op_transpose(x, NULL), 0);
	fuzz_output(f, mica_op_pad(x, (size_t[]){1, 2}, (size_t[]){0, 1}, 1), 1);
	fuzz_output(f, mica_op_concat((mica_var[]){x, y}, 2, 1), 2);
	fuzz_output(f, mica_op_flip(mica_op_slice(x, (size_t[]){1, 3}, (size_t[]){ROWS, COLUMNS}, (size_t[]){1, 2}), 1), 3);
	fuzz_output(f, mica_op_gather(x, index), 4);
	fuzz_output(f, mica_op_broadcast(mica_op_reshape(x, MICA_SHAPE(ROWS, 1, COLUMNS)), MICA_SHAPE(ROWS, 2, COLUMNS)), 5);
	fuzz_output(f, mica_op_assign(w, mica_op_max(w, x)), 6);
}

static void reductions(fuzz *f, mica_dtype t, mica_shape s)
{
	mica_var x = leaf(f, t, s);
	for (size_t i = 0; i < 3; i++) {
		uint32_t axes = i == 2 ? MICA_ALL_AXES : MICA_AXIS(i);
		fuzz_output(f, mica_op_reduce_max(x, axes, true), i);
		fuzz_output(f, mica_op_reduce_min(x, axes, false), i);
		if (mica__dtype_real(t) || mica__dtype_computes(t))
			fuzz_output(f, mica_op_sum(x, axes, false), i);
		if (mica__dtype_real(t))
			fuzz_output(f, mica_op_mean(x, axes, false), i);
		if (i < 2)
			fuzz_output(f, mica_op_argmax(x, (int)i), i);
	}
	if (mica__dtype_real(t) || mica__dtype_computes(t))
		fuzz_output(f, mica_op_scatter_add(x, fuzz_leaf(f, false, MICA_I32, MICA_SHAPE(ROWS), 0, 3), 3), 9);
}

static void products(fuzz *f, mica_dtype t, mica_shape s)
{
	mica_var x = fuzz_leaf(f, false, t, s, -1, 1), w = fuzz_leaf(f, true, t, MICA_SHAPE(COLUMNS, 18), -1, 1), d[2];
	mica_var y = mica_op_tanh(mica_op_matmul(x, w));
	fuzz_output(f, y, 0);
	mica_gradient(y, NULL, (mica_var[]){x, w}, 2, d);
	fuzz_output(f, d[0], 1);
	fuzz_output(f, mica_op_assign(w, mica_op_sub(w, mica_op_mulc(d[1], 0.125))), 2);
}

static void check_parts(mica_context *ctx, void (*const *parts)(fuzz *f, mica_dtype t, mica_shape s), size_t n, mica_dtype t)
{
	mica__text report = {0};
	if (is_there(ctx, t)) {
		fuzz *f = fuzz_open(ctx, graph_type(t));
		for (size_t i = 0; i < n; i++)
			parts[i](f, t, MICA_SHAPE(ROWS, COLUMNS));
		cr_assert_eq(mica_graph_status(fuzz_graph(f)), MICA_OK, "%s", mica_graph_error(fuzz_graph(f)));
		size_t wrong = fuzz_check(f, 0, 0, &report);
		cr_expect(!wrong, "%s: %zu values differ: %.900s", mica__dtype_name(t), wrong, mica__text_string(&report));
		fuzz_close(f);
	}
	mica__text_free(&report);
}

static void (*const all[])(fuzz *f, mica_dtype t, mica_shape s) = {elementwise, movement, reductions, products};

/* Short reals compute as floats; long integers, bytes and truth values have no products. */
Test(types, compute_as_the_reference_does)
{
	mica_context *ctx = open_context();
	check_parts(ctx, all, 4, MICA_F16);
	check_parts(ctx, all, 4, MICA_BF16);
	check_parts(ctx, all, 3, MICA_I64);
	check_parts(ctx, all, 3, MICA_U8);
	check_parts(ctx, all, 3, MICA_BOOL);
	mica_close(ctx);
}

/* ---- as another type ---- */

enum { MOST_VALUES = 64 };

/* Ties, ends and beyond, denormals of the short types; of integers those that no double has. */
static size_t some_values(mica_dtype t, unsigned char *out)
{
	static const double values[] = {
		0, 1, -1, 0.5, 1.5, 2.5, -2.5, 0.1, -1.0 / 3, 100.7, 127.5, 255, 256, 300, -3, 2049, 2051, 65504, 65519, 65520, 70000, 16777217,
		6e-8, 3e-8, 2.99e-8, 1e-7, 6.1e-5, -6e-5, 1e9, 2147483647, 2147483648.0, -2147483649.0, 4294967301.0, 1e19, -1e19, 3.39e38, -3.4e38,
		INFINITY, -INFINITY, NAN, 1.00390625, 1.01171875, 1.001953125 + 1e-12, 1.00048828125, 1.00048828125 + 1e-12,
	};
	static const int64_t wide[] = {INT64_MAX, INT64_MIN, INT64_C(9007199254740993), INT64_C(-4611686293305294849), 0x1000000ff, 256};
	size_t n = COUNT(values);
	mica_convert(out, t, values, MICA_F64, n);
	if (!mica__dtype_real(t))
		for (size_t i = 0; i < COUNT(wide); i++)
			mica__whole_put(t, out, n++, wide[i]);
	return n;
}

static bool same_number(double a, double b)
{
	return isnan(a) ? isnan(b) : a == b;
}

static void check_conversions(mica_context *ctx, size_t rows)
{
	static unsigned char given[COUNT(types)][MOST_VALUES * 8], got[MOST_VALUES * 8], want[MOST_VALUES * 8];
	mica_graph *g = mica_graph_create(ctx);
	mica_var y[COUNT(types) * COUNT(types)];
	size_t from[COUNT(y)], n = 0, count[COUNT(types)];
	mica_plan *p;
	for (size_t i = 0; i < COUNT(types); i++) {
		count[i] = some_values(types[i], given[i]) / rows * rows;
		if (!is_there(ctx, types[i]))
			continue;
		mica_var x = mica_graph_input(g, mica__dtype_name(types[i]), types[i], MICA_SHAPE(rows, count[i] / rows));
		for (size_t k = 0; k < COUNT(types); k++)
			if (is_there(ctx, types[k])) {
				from[n] = i;
				y[n++] = mica_op_cast(x, types[k]);
			}
	}
	OK(mica_plan_create(&p, y, n, NULL));
	for (size_t i = 0; i < COUNT(types); i++)
		if (is_there(ctx, types[i]))
			OK(mica_plan_feed(p, mica__dtype_name(types[i]), given[i], count[i] * mica__dtype_bytes(types[i])));
	OK(mica_plan_run(p, 1));
	for (size_t i = 0; i < n; i++) {
		mica_dtype a = types[from[i]], b = mica_var_dtype(y[i]);
		OK(mica_plan_fetch(p, i, got, count[from[i]] * mica__dtype_bytes(b)));
		mica_convert(want, b, given[from[i]], a, count[from[i]]);
		for (size_t k = 0; k < count[from[i]]; k++) {
			double u = mica__number_get(b, got, k), v = mica__number_get(b, want, k), x = mica__number_get(a, given[from[i]], k);
			bool flushed = fabs(x) < 0x1p-126 && u == 0; /* by devices that know no denormal numbers */
			cr_expect(flushed || (mica__dtype_real(b) ? same_number(u, v) : mica__whole_get(b, got, k) == mica__whole_get(b, want, k)),
			          "%s %.17g as %s: %.17g, not %.17g", mica__dtype_name(a), x, mica__dtype_name(b), u, v);
		}
	}
	mica_graph_destroy(g);
	mica_plan_destroy(p);
}

Test(types, each_becomes_each_other)
{
	mica_context *ctx = open_context();
	check_conversions(ctx, 1);
	check_conversions(ctx, 3);
	mica_close(ctx);
}

/* ---- several at once ---- */

/* Sums, moments and results of one type, weights of another, as mixed precision has it; a double beside floats. */
static void mixture(fuzz *f)
{
	mica_var w = fuzz_leaf(f, true, MICA_F32, MICA_SHAPE(20, 12), -1, 1), x = fuzz_leaf(f, false, MICA_U8, MICA_SHAPE(7, 20), 0, 256), d;
	mica_var h = mica_op_mulc(mica_op_cast(x, MICA_BF16), 1.0 / 255);
	mica_var y = mica_op_cast(mica_op_relu(mica_op_matmul(h, mica_op_cast(w, MICA_BF16))), MICA_F32);
	mica_var loss = mica_op_mean(mica_op_square(y), MICA_ALL_AXES, false);
	mica_gradient(loss, NULL, &w, 1, &d);
	cr_assert_eq(mica_var_dtype(d), MICA_F32);
	fuzz_output(f, loss, 0);
	fuzz_output(f, mica_op_assign(w, mica_op_sub(w, mica_op_mulc(d, 0.5))), 1);
	fuzz_output(f, mica_op_where(mica_op_cast(mica_op_gt(y, mica_graph_scalar(fuzz_graph(f), 0.5)), MICA_BOOL), mica_op_cast(y, MICA_F16),
	                             mica_graph_fill(fuzz_graph(f), 0.1, MICA_F16, MICA_SCALAR_SHAPE)), 2);
}

static void doubles(fuzz *f)
{
	mica_var x = fuzz_leaf(f, false, MICA_F32, MICA_SHAPE(ROWS, COLUMNS), -1, 1), z = mica_op_cast(x, MICA_F64);
	mica_var v = fuzz_leaf(f, true, MICA_F64, MICA_SHAPE(ROWS, COLUMNS), -1, 1), d;
	mica_var y = mica_op_sum(mica_op_mul(z, v), MICA_AXIS(1), true);
	mica_gradient(mica_op_cast(y, MICA_F32), NULL, &x, 1, &d);
	cr_assert_eq(mica_var_dtype(d), MICA_F32);
	fuzz_output(f, y, 0);
	fuzz_output(f, d, 1);
	fuzz_output(f, mica_op_assign(v, mica_op_sub(v, mica_op_mul(z, mica_op_exp(y)))), 2);
	fuzz_output(f, mica_op_argmax(v, 0), 3);
	fuzz_output(f, mica_op_add(mica_op_cast(z, MICA_F32), x), 4);
}

Test(types, mix_in_one_graph)
{
	mica_context *ctx = open_context();
	mica__text report = {0};
	fuzz *f = fuzz_open(ctx, MICA_F32);
	mixture(f);
	if (is_there(ctx, MICA_F64))
		doubles(f);
	cr_assert_eq(mica_graph_status(fuzz_graph(f)), MICA_OK, "%s", mica_graph_error(fuzz_graph(f)));
	size_t wrong = fuzz_check(f, 0, 0, &report);
	cr_expect(!wrong, "%zu values differ: %.900s", wrong, mica__text_string(&report));
	mica__text_free(&report);
	fuzz_close(f);
	mica_close(ctx);
}

/* Of unlike operands the text says what to do. */
Test(types, unlike_operands_are_refused)
{
	mica_context *ctx = open_context();
	static const mica_dtype unlike[][2] = {{MICA_F32, MICA_F16}, {MICA_F16, MICA_BF16}, {MICA_I32, MICA_I64}, {MICA_BOOL, MICA_U8}};
	for (size_t i = 0; i < COUNT(unlike); i++) {
		mica_graph *g = mica_graph_create(ctx);
		mica_op_max(mica_graph_input(g, "a", unlike[i][0], MICA_SHAPE(3)), mica_graph_input(g, "b", unlike[i][1], MICA_SHAPE(3)));
		cr_expect(mica_graph_status(g) == MICA_EINVAL && strstr(mica_graph_error(g), "cast"), "%s", mica_graph_error(g));
		mica_graph_destroy(g);
	}
	mica_close(ctx);
}
