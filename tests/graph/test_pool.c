/* SPDX-License-Identifier: MIT */
/* graph/test_pool.c - pooling and depthwise convolution against numbers of TensorFlow and PyTorch, gradients included; second
   derivatives by central differences; what is empty, whole numbers, how many kernels they become. */
#include "golden/golden.h"
#include "golden/windows.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

#define S(...) MICA_SHAPE(__VA_ARGS__)
#define O(...) {.taps = __VA_ARGS__}

typedef mica_var pooling(mica_var x, const mica_window_opts *o);

static double *spread_of(check *c, mica_shape s, uint32_t salt, double limit)
{
	size_t n = shape_count(s);
	double *v = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		v[i] = (double)(float)((2 * hash_unit((uint32_t)i, salt) - 1) * limit);
	return v;
}

static double *doubles(check *c, const float *values, size_t n)
{
	double *v = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		v[i] = (double)values[i];
	return v;
}

/* y and its gradients under a random cotangent, as the header has them. */
static void expect(check *c, const char *label, mica_var y, const float *want, mica_var *xs, const float *const *dx, size_t n)
{
	mica_var d[2];
	OK(mica_graph_status(check_graph(c)));
	mica_shape s = mica_var_shape(y);
	mica_var dy = check_input(c, MICA_F32, s, spread_of(c, s, 2, 1));
	check_expect(c, label, y, doubles(c, want, shape_count(s)), tolerance_reduced(MICA_F32, NULL));
	OK(mica_gradient(y, dy, xs, n, d));
	for (size_t i = 0; i < n; i++)
		check_expect(c, check_label(c, "%s, gradient %zu", label, i), d[i], doubles(c, dx[i], mica_var_count(d[i])),
		             tolerance_reduced(MICA_F32, NULL));
}

#define ONE_MORE .padding = MICA_EXPLICIT, .before = {1, 1, 1}, .after = {1, 1, 1}
#define POOLS(X)                                                                                                              \
	X(max_1d, mica_op_max_pool, S(2, 9, 3), O({3}, .stride = {2}, .padding = MICA_SAME))                                  \
	X(max_2d, mica_op_max_pool, S(2, 5, 7, 3), O({3, 3}, .stride = {2, 2}, .padding = MICA_SAME))                         \
	X(max_side, mica_op_max_pool, S(1, 6, 5, 2), O({2, 2}))                                                               \
	X(max_dilated, mica_op_max_pool, S(1, 7, 6, 2), O({2, 3}, .stride = {1, 1}, .dilation = {2, 1}))                      \
	X(max_3d, mica_op_max_pool, S(1, 3, 4, 5, 2), O({2, 3, 2}, .stride = {1, 2, 2}, ONE_MORE))                            \
	X(max_padded, mica_op_max_pool, S(2, 6, 5, 3),                                                                        \
	  O({3, 2}, .stride = {2, 1}, .dilation = {1, 2}, .padding = MICA_EXPLICIT, .before = {1, 1}, .after = {1, 1}))       \
	X(average_1d, mica_op_average_pool, S(2, 9, 3), O({4}, .stride = {3}, .padding = MICA_SAME))                          \
	X(average_2d, mica_op_average_pool, S(2, 5, 7, 3), O({3, 2}, .stride = {2, 1}, .padding = MICA_SAME))                 \
	X(average_side, mica_op_average_pool, S(1, 6, 5, 2), O({3, 2}))                                                       \
	X(average_3d, mica_op_average_pool, S(1, 3, 4, 5, 2), O({2, 3, 2}, .stride = {1, 2, 2}, .padding = MICA_SAME))        \
	X(average_padded, mica_op_average_pool, S(2, 6, 5, 3),                                                                \
	  O({3, 2}, .stride = {2, 2}, .padding = MICA_EXPLICIT, .before = {1, 1}, .after = {1, 1}))

CASE(as_others_have_it)
{
#define X(name, pool, shape, ...)                                                                             \
	{                                                                                                     \
		const mica_window_opts o = __VA_ARGS__;                                                       \
		double *v = spread_of(c, shape, 1, 3);                                                        \
		for (size_t i = 0; i < shape_count(shape); i++)                                               \
			v[i] = rint(v[i]); /* there are equal ones */                                         \
		mica_var x = check_input(c, MICA_F32, shape, v);                                              \
		expect(c, #name, pool(x, &o), golden_pool_##name, &x, (const float *[]){golden_pool_##name##_dx}, 1); \
	}
	POOLS(X)
#undef X
}

#define DEPTHWISE(X)                                                                                 \
	X(same, S(2, 5, 6, 3), S(3, 3, 3, 1), {.padding = MICA_SAME})                                \
	X(stride, S(1, 7, 6, 4), S(3, 2, 4, 1), {.stride = {2, 2}, .padding = MICA_SAME})            \
	X(dilated, S(1, 7, 8, 2), S(2, 3, 2, 1), {.dilation = {2, 2}})                               \
	X(multiplied, S(1, 5, 4, 3), S(2, 2, 3, 2), {.padding = MICA_SAME})

CASE(depthwise_as_others_have_it)
{
#define X(name, shape, weights, ...)                                                                                          \
	{                                                                                                                     \
		const mica_window_opts o = __VA_ARGS__;                                                                       \
		mica_var xs[] = {check_input(c, MICA_F32, shape, spread_of(c, shape, 1, 1)),                                  \
		                 check_input(c, MICA_F32, weights, spread_of(c, weights, 3, 1))};                             \
		expect(c, #name, mica_op_depthwise_conv(xs[0], xs[1], &o), golden_depthwise_##name, xs,                       \
		       (const float *[]){golden_depthwise_##name##_dx, golden_depthwise_##name##_dw}, 2);                     \
	}
	DEPTHWISE(X)
#undef X
}

TestSuite(pool_gradient, .init = without_kernels);

Test(pool_gradient, of_second_order)
{
	check *c = check_open("pooling twice", MICA_F64);
	mica_shape s = S(1, 4, 5, 2), k = S(3, 2, 2, 1);
	mica_var x = check_input(c, MICA_F64, s, check_uniform(c, shape_count(s), -1, 1)), d[2];
	mica_var w = check_input(c, MICA_F64, k, check_uniform(c, shape_count(k), -1, 1));
	const mica_window_opts o = O({3, 2}, .stride = {2, 1}, .padding = MICA_SAME);
	mica_var y[] = {
		mica_op_max_pool(x, &o), mica_op_average_pool(x, &o), mica_op_global_max_pool(x, true), mica_op_global_average_pool(x, false),
		mica_op_depthwise_conv(x, w, &(mica_window_opts){.stride = {2, 1}, .padding = MICA_SAME}),
	};
	for (size_t i = 0; i < COUNT(y); i++) {
		mica_var cubes = mica_op_sum(mica_op_mul(mica_op_square(y[i]), y[i]), MICA_ALL_AXES, false);
		OK(mica_gradient(cubes, NULL, (mica_var[]){x, w}, 2, d));
		mica_var both = mica_op_add(mica_op_sum(mica_op_square(d[0]), MICA_ALL_AXES, false),
		                            mica_op_sum(mica_op_square(d[1]), MICA_ALL_AXES, false));
		check_gradient(c, check_label(c, "row %zu", i), both, (mica_var[]){x, w}, 2);
	}
	check_run(c);
	check_close(c);
}

CASE(of_whole_numbers_and_of_nothing)
{
	const mica_window_opts o = O({2, 2}, .stride = {1, 1}, .padding = MICA_SAME);
	mica_var k = check_input(c, MICA_I32, S(1, 2, 2, 1), (double[]){-5, -7, -9, -8});
	check_expect(c, "greatest", mica_op_max_pool(k, &o), (double[]){-5, -7, -8, -8}, tolerance_exact());
	check_expect(c, "average", mica_op_average_pool(k, &o), (double[]){-7.25, -7.5, -8.5, -8}, tolerance_exact());
	mica_var none = check_input(c, MICA_F32, S(0, 4, 4, 3), (double[]){0}), narrow = check_input(c, MICA_F32, S(2, 4, 4, 0), (double[]){0});
	check_expect(c, "no image", mica_op_max_pool(none, &o), (double[]){0}, tolerance_exact());
	check_expect(c, "no channel", mica_op_average_pool(narrow, &o), (double[]){0}, tolerance_exact());
	mica_var n = check_input(c, MICA_F32, S(1, 3, 1), (double[]){1, (double)NAN, 2});
	check_expect(c, "a NaN", mica_op_max_pool(n, &(mica_window_opts)O({2}, .stride = {1})), (double[]){(double)NAN, (double)NAN},
	             tolerance_exact());
}

/* Only what is greatest takes part: an infinite cotangent is no NaN elsewhere. */
CASE(of_infinite_cotangents)
{
	mica_var x = check_input(c, MICA_F32, S(1, 4, 1), (double[]){1, 2, 4, 3}), dx;
	mica_var dy = check_input(c, MICA_F32, S(1, 2, 1), (double[]){(double)INFINITY, -1});
	OK(mica_gradient(mica_op_max_pool(x, &(mica_window_opts)O({2})), dy, &x, 1, &dx));
	check_expect(c, "gradient", dx, (double[]){0, (double)INFINITY, -1, 0}, tolerance_exact());
}

Test(pool, values)
{
	check_cases("pool", MICA_F32, CASES(THE(as_others_have_it), THE(depthwise_as_others_have_it),
	            THE(of_whole_numbers_and_of_nothing), THE(of_infinite_cotangents)));
}
