/* SPDX-License-Identifier: MIT */
/* reference/test_operations.c - every operation of the interpreter against numbers written by hand. */
#include "reference/rig.h"

#define S MICA_SHAPE
#define L(...) ((size_t[]){__VA_ARGS__})

Test(reference, functions_of_reals)
{
	rig *r = rig_open(MICA_F64);
	mica_var x = IN(r, MICA_F64, S(4), -1.5, 0, 2.5, NAN), p = IN(r, MICA_F64, S(4), 0.25, 1, 4, INFINITY);
	const mica_dtype t = MICA_F64;
	EXPECT(r, mica_op_neg(x), S(4), t, 1.5, 0, -2.5, NAN);
	EXPECT(r, mica_op_abs(x), S(4), t, 1.5, 0, 2.5, NAN);
	EXPECT(r, mica_op_sign(x), S(4), t, -1, 0, 1, NAN);
	EXPECT(r, mica_op_exp(x), S(4), t, 0.22313016014842982, 1, 12.182493960703473, NAN);
	EXPECT(r, mica_op_expm1(x), S(4), t, -0.77686983985157021, 0, 11.182493960703473, NAN);
	EXPECT(r, mica_op_log(p), S(4), t, -1.3862943611198906, 0, 1.3862943611198906, INFINITY);
	EXPECT(r, mica_op_log(x), S(4), t, NAN, -INFINITY, 0.91629073187415511, NAN);
	EXPECT(r, mica_op_log1p(p), S(4), t, 0.22314355131420976, 0.69314718055994529, 1.6094379124341003, INFINITY);
	EXPECT(r, mica_op_sqrt(p), S(4), t, 0.5, 1, 2, INFINITY);
	EXPECT(r, mica_op_rsqrt(p), S(4), t, 2, 1, 0.5, 0);
	EXPECT(r, mica_op_square(x), S(4), t, 2.25, 0, 6.25, NAN);
	EXPECT(r, mica_op_reciprocal(x), S(4), t, -1 / 1.5, INFINITY, 0.4, NAN);
	EXPECT(r, mica_op_tanh(x), S(4), t, -0.90514825364486640, 0, 0.98661429815143031, NAN);
	EXPECT(r, mica_op_sigmoid(x), S(4), t, 0.18242552380635635, 0.5, 0.92414181997875655, NAN);
	EXPECT(r, mica_op_softplus(x), S(4), t, 0.20141327798275246, 0.69314718055994529, 2.5788897342925496, NAN);
	EXPECT(r, mica_op_erf(x), S(4), t, -0.96610514647531076, 0, 0.99959304798255499, NAN);
	EXPECT(r, mica_op_sin(x), S(4), t, -0.99749498660405445, 0, 0.59847214410395655, NAN);
	EXPECT(r, mica_op_cos(x), S(4), t, 0.070737201667702906, 1, -0.80114361554693370, NAN);
	EXPECT(r, mica_op_floor(x), S(4), t, -2, 0, 2, NAN);
	EXPECT(r, mica_op_round(x), S(4), t, -2, 0, 2, NAN); /* half to even */
	EXPECT(r, mica_op_relu(x), S(4), t, 0, 0, 2.5, NAN);
	EXPECT(r, mica_op_is_finite(p), S(4), t, 1, 1, 1, 0);
	EXPECT(r, mica_op_is_finite(x), S(4), t, 1, 1, 1, 0);
	EXPECT(r, mica_op_stop_gradient(x), S(4), t, -1.5, 0, 2.5, NAN);
	rig_close(r);
}

Test(reference, functions_of_two_and_three)
{
	rig *r = rig_open(MICA_F32);
	const mica_dtype t = MICA_F32;
	mica_var a = IN(r, t, S(4), 1, -2, 3, NAN), b = IN(r, t, S(4), 1, 4, -0.5, 1), n = IN(r, t, S(4), NAN, 1, 1, NAN);
	EXPECT(r, mica_op_add(a, b), S(4), t, 2, 2, 2.5, NAN);
	EXPECT(r, mica_op_sub(a, b), S(4), t, 0, -6, 3.5, NAN);
	EXPECT(r, mica_op_mul(a, b), S(4), t, 1, -8, -1.5, NAN);
	EXPECT(r, mica_op_div(a, b), S(4), t, 1, -0.5, -6, NAN);
	EXPECT(r, mica_op_pow(a, b), S(4), t, 1, 16, (double)(float)0.57735026918962573, NAN);
	EXPECT(r, mica_op_max(a, b), S(4), t, 1, 4, 3, NAN);
	EXPECT(r, mica_op_max(b, a), S(4), t, 1, 4, 3, NAN);
	EXPECT(r, mica_op_max(n, a), S(4), t, NAN, 1, 3, NAN);
	EXPECT(r, mica_op_min(a, b), S(4), t, 1, -2, -0.5, NAN);
	EXPECT(r, mica_op_min(b, a), S(4), t, 1, -2, -0.5, NAN);
	EXPECT(r, mica_op_lt(a, b), S(4), t, 0, 1, 0, 0);
	EXPECT(r, mica_op_le(a, b), S(4), t, 1, 1, 0, 0);
	EXPECT(r, mica_op_gt(a, b), S(4), t, 0, 0, 1, 0);
	EXPECT(r, mica_op_ge(a, b), S(4), t, 1, 0, 1, 0);
	EXPECT(r, mica_op_eq(a, b), S(4), t, 1, 0, 0, 0);
	EXPECT(r, mica_op_ne(a, b), S(4), t, 0, 1, 1, 1);
	EXPECT(r, mica_op_where(mica_op_gt(a, b), a, b), S(4), t, 1, 4, 3, 1);
	EXPECT(r, mica_op_where(a, b, n), S(4), t, 1, 4, -0.5, 1); /* NaN is not 0 */
	EXPECT(r, mica_op_clip(a, -1, 2), S(4), t, 1, -1, 2, NAN);
	rig_close(r);
}

/* Arithmetic modulo 2^32, division by zero 0. */
Test(reference, integers)
{
	rig *r = rig_open(MICA_F32);
	const mica_dtype t = MICA_I32;
	mica_var a = IN(r, t, S(4), INT32_MIN, INT32_MAX, -7, 16777217), b = IN(r, t, S(4), -1, 2, 2, 0);
	EXPECT(r, mica_op_neg(a), S(4), t, INT32_MIN, -2147483647.0, 7, -16777217);
	EXPECT(r, mica_op_abs(a), S(4), t, INT32_MIN, INT32_MAX, 7, 16777217);
	EXPECT(r, mica_op_sign(a), S(4), t, -1, 1, -1, 1);
	EXPECT(r, mica_op_square(a), S(4), t, 0, 1, 49, 33554433);
	EXPECT(r, mica_op_relu(a), S(4), t, 0, INT32_MAX, 0, 16777217);
	EXPECT(r, mica_op_add(a, b), S(4), t, INT32_MAX, -2147483647.0, -5, 16777217);
	EXPECT(r, mica_op_sub(a, b), S(4), t, -2147483647.0, INT32_MAX - 2, -9, 16777217);
	EXPECT(r, mica_op_mul(a, b), S(4), t, INT32_MIN, -2, -14, 0);
	EXPECT(r, mica_op_div(a, b), S(4), t, INT32_MIN, 1073741823, -3, 0);
	EXPECT(r, mica_op_max(a, b), S(4), t, -1, INT32_MAX, 2, 16777217);
	EXPECT(r, mica_op_min(a, b), S(4), t, INT32_MIN, 2, -7, 0);
	EXPECT(r, mica_op_lt(a, b), S(4), t, 1, 0, 1, 0);
	EXPECT(r, mica_op_where(b, a, b), S(4), t, INT32_MIN, INT32_MAX, -7, 0);
	EXPECT(r, mica_op_sum(a, 1, false), MICA_SCALAR_SHAPE, t, 16777209);
	EXPECT(r, mica_op_reduce_max(a, 1, true), S(1), t, INT32_MAX);
	EXPECT(r, mica_op_argmax(mica_op_sub(a, mica_op_mulc(mica_op_relu(a), 1)), -1), MICA_SCALAR_SHAPE, t, 1);
	rig_close(r);
}

Test(reference, types)
{
	rig *r = rig_open(MICA_F32);
	mica_var x = IN(r, MICA_F32, S(5), -2.75, 3.9, NAN, 1e20, -1e20), b = IN(r, MICA_U8, S(2, 2), 0, 255, 7, 128);
	EXPECT(r, mica_op_cast(x, MICA_I32), S(5), MICA_I32, -2, 3, 0, INT32_MAX, INT32_MIN);
	EXPECT(r, mica_op_cast(b, MICA_F32), S(2, 2), MICA_F32, 0, 255, 7, 128);
	EXPECT(r, mica_op_cast(mica_op_addc(mica_op_cast(b, MICA_I32), 250), MICA_U8), S(2, 2), MICA_U8, 250, 249, 1, 122);
	EXPECT(r, mica_op_transpose(b, NULL), S(2, 2), MICA_U8, 0, 7, 255, 128);
	EXPECT(r, mica_op_cast(mica_graph_fill(r->g, 16777217, MICA_I32, S(1)), MICA_F32), S(1), MICA_F32, 16777216);
	EXPECT(r, mica_graph_fill(r->g, 0.1, MICA_F32, S(2)), S(2), MICA_F32, (double)0.1f, (double)0.1f);
	EXPECT(r, mica_graph_fill(r->g, -7, MICA_I32, S(2)), S(2), MICA_I32, -7, -7);
	EXPECT(r, mica_graph_iota(r->g, S(2, 3), 1), S(2, 3), MICA_I32, 0, 1, 2, 0, 1, 2);
	EXPECT(r, mica_graph_iota(r->g, S(2, 3), 0), S(2, 3), MICA_I32, 0, 0, 0, 1, 1, 1);
	rig_close(r);
}

Test(reference, broadcasting)
{
	rig *r = rig_open(MICA_F32);
	const mica_dtype t = MICA_F32;
	mica_var row = IN(r, t, S(3), 1, 2, 3), column = IN(r, t, S(2, 1), 10, 20), one = IN(r, t, MICA_SCALAR_SHAPE, 100);
	EXPECT(r, mica_op_add(row, column), S(2, 3), t, 11, 12, 13, 21, 22, 23);
	EXPECT(r, mica_op_add(one, mica_op_reshape(column, S(1, 2, 1))), S(1, 2, 1), t, 110, 120);
	EXPECT(r, mica_op_where(mica_op_gt(column, mica_graph_scalar(r->g, 15)), row, one), S(2, 3), t, 100, 100, 100, 1, 2, 3);
	EXPECT(r, mica_op_broadcast(column, S(2, 2, 2)), S(2, 2, 2), t, 10, 10, 20, 20, 10, 10, 20, 20);
	EXPECT(r, mica_op_broadcast(one, S(2)), S(2), t, 100, 100);
	mica_var deep = mica_op_reshape(mica_op_cast(mica_graph_iota(r->g, S(16), 0), t), S(2, 1, 2, 1, 2, 1, 2, 1));
	mica_var sum = mica_op_add(deep, mica_op_reshape(row, S(3, 1, 1)));
	cr_assert(rig_run(r, &sum, 1) == MICA_OK);
	for (size_t i = 0; i < 48; i++) { /* (2, 1, 2, 1, 2, 3, 2, 1) */
		double want = (double)(i / 24 * 8 + i / 12 % 2 * 4 + i / 6 % 2 * 2 + i % 2) + (double)(i / 2 % 3 + 1);
		cr_expect(r->result[0][i] == want, "[%zu]: %g, want %g", i, r->result[0][i], want);
	}
	rig_close(r);
}

Test(reference, movement)
{
	rig *r = rig_open(MICA_F32);
	const mica_dtype t = MICA_F32;
	mica_var x = IN(r, t, S(2, 3), 1, 2, 3, 4, 5, 6), w = IN(r, t, S(5), 1, 2, 3, 4, 5);
	mica_var cube = mica_op_reshape(mica_op_cast(mica_graph_iota(r->g, S(12), 0), t), S(2, 3, 2));
	EXPECT(r, mica_op_reshape(x, S(3, 2)), S(3, 2), t, 1, 2, 3, 4, 5, 6);
	EXPECT(r, mica_op_transpose(x, NULL), S(3, 2), t, 1, 4, 2, 5, 3, 6);
	EXPECT(r, mica_op_transpose(cube, L(2, 0, 1)), S(2, 2, 3), t, 0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11);
	EXPECT(r, mica_op_slice(x, L(0, 1), L(2, 3), NULL), S(2, 2), t, 2, 3, 5, 6);
	EXPECT(r, mica_op_slice(w, L(0), L(5), L(2)), S(3), t, 1, 3, 5);
	EXPECT(r, mica_op_pad(x, L(1, 0), L(0, 1), 9), S(3, 4), t, 9, 9, 9, 9, 1, 2, 3, 9, 4, 5, 6, 9);
	EXPECT(r, mica_op_concat((mica_var[]){x, mica_op_neg(x)}, 2, 0), S(4, 3), t, 1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6);
	EXPECT(r, mica_op_concat((mica_var[]){x, mica_op_slice(x, L(0, 0), L(2, 1), NULL)}, 2, 1), S(2, 4), t, 1, 2, 3, 1, 4, 5, 6, 4);
	EXPECT(r, mica_op_flip(x, 0), S(2, 3), t, 4, 5, 6, 1, 2, 3);
	EXPECT(r, mica_op_flip(x, 1), S(2, 3), t, 3, 2, 1, 6, 5, 4);
	rig_close(r);
}

Test(reference, by_index)
{
	rig *r = rig_open(MICA_F32);
	const mica_dtype t = MICA_F32;
	mica_var x = IN(r, t, S(3, 2), 1, 2, 3, 4, 5, 6), i = IN(r, MICA_I32, S(4), 2, -5, 9, 1), b = IN(r, MICA_U8, S(2), 3, 4);
	mica_var to = IN(r, MICA_I32, S(3), 1, 3, 1), whole = IN(r, MICA_I32, S(3), 5, 6, 7);
	EXPECT(r, mica_op_gather(x, i), S(4, 2), t, 5, 6, 1, 2, 5, 6, 3, 4);
	EXPECT(r, mica_op_gather(b, mica_op_reshape(i, S(2, 2))), S(2, 2), MICA_U8, 4, 3, 4, 4);
	EXPECT(r, mica_op_scatter_add(x, to, 4), S(4, 2), t, 0, 0, 6, 8, 0, 0, 3, 4);
	EXPECT(r, mica_op_scatter_add(whole, to, 4), S(4), MICA_I32, 0, 12, 0, 6);
	rig_close(r);
}

Test(reference, reductions)
{
	rig *r = rig_open(MICA_F32);
	const mica_dtype t = MICA_F32;
	mica_var x = IN(r, t, S(2, 3), 1, 5, 3, 4, 5, 5), n = IN(r, t, S(2, 3), 1, NAN, 3, NAN, 7, NAN);
	mica_var none = IN(r, t, S(0, 2), 0), whole = IN(r, MICA_I32, S(4), 10, 20, 30, 40), bytes = IN(r, MICA_U8, S(2), 255, 2);
	EXPECT(r, mica_op_mean(whole, MICA_ALL_AXES, false), MICA_SCALAR_SHAPE, t, 25);
	EXPECT(r, mica_op_variance(whole, MICA_ALL_AXES, false), MICA_SCALAR_SHAPE, t, 125);
	EXPECT(r, mica_op_mean(bytes, MICA_AXIS(0), true), S(1), t, 128.5);
	EXPECT(r, mica_op_sum(x, MICA_AXIS(0), false), S(3), t, 5, 10, 8);
	EXPECT(r, mica_op_sum(x, MICA_AXIS(1), true), S(2, 1), t, 9, 14);
	EXPECT(r, mica_op_sum(x, MICA_ALL_AXES, false), MICA_SCALAR_SHAPE, t, 23);
	EXPECT(r, mica_op_mean(x, MICA_AXIS(0), false), S(3), t, 2.5, 5, 4);
	EXPECT(r, mica_op_reduce_max(x, MICA_AXIS(0), false), S(3), t, 4, 5, 5);
	EXPECT(r, mica_op_reduce_min(x, MICA_AXIS(1), false), S(2), t, 1, 4);
	EXPECT(r, mica_op_reduce_max(n, MICA_AXIS(1), false), S(2), t, NAN, NAN);
	EXPECT(r, mica_op_reduce_min(n, MICA_AXIS(0), false), S(3), t, NAN, NAN, NAN);
	EXPECT(r, mica_op_argmax(x, -1), S(2), MICA_I32, 1, 1);
	EXPECT(r, mica_op_argmax(n, -1), S(2), MICA_I32, 1, 0);
	EXPECT(r, mica_op_sum(none, MICA_AXIS(0), false), S(2), t, 0, 0);
	EXPECT(r, mica_op_reduce_max(none, MICA_AXIS(0), false), S(2), t, -INFINITY, -INFINITY);
	EXPECT(r, mica_op_reduce_min(none, MICA_AXIS(0), false), S(2), t, INFINITY, INFINITY);
	rig_close(r);
}

Test(reference, products)
{
	rig *r = rig_open(MICA_F32);
	const mica_dtype t = MICA_F32;
	mica_var a = IN(r, t, S(2, 3), 1, 2, 3, 4, 5, 6), b = IN(r, t, S(3, 2), 1, 0, 0, 1, 1, 1), none = IN(r, t, S(3, 0), 0);
	mica_var two = mica_op_reshape(mica_op_concat((mica_var[]){a, mica_op_neg(a)}, 2, 0), S(2, 2, 3));
	EXPECT(r, mica_op_matmul(a, b), S(2, 2), t, 4, 5, 10, 11);
	EXPECT(r, mica_op_matmul(two, b), S(2, 2, 2), t, 4, 5, 10, 11, -4, -5, -10, -11);
	EXPECT(r, mica_op_matmul(two, mica_op_transpose(two, NULL)), S(2, 2, 2), t, 14, 32, 32, 77, 14, 32, 32, 77);
	EXPECT(r, mica_op_matmul(none, mica_op_transpose(none, NULL)), S(3, 3), t, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	rig_close(r);
}

/* The numbers of base/random.c by row and column, the key and the counter of a step. */
Test(reference, random_numbers)
{
	rig *r = rig_open(MICA_F32);
	mica_var step = IN(r, MICA_I32, MICA_SCALAR_SHAPE, -3), y = mica_op_random(r->g, S(2, 2, 40), 0x123456789abcdef0u, 7, step);
	cr_assert(rig_run(r, &y, 1) == MICA_OK);
	for (size_t i = 0; i < 160; i++) {
		uint32_t column = (uint32_t)(i % 40), out[4];
		mica__philox(out, (uint32_t[]){column / 32 * 8 + column % 8, (uint32_t)(i / 40), (uint32_t)-3, 7}, (uint32_t[]){0x9abcdef0u, 0x12345678u});
		cr_expect(r->result[0][i] == (out[column % 32 / 8] >> 8) * 0x1p-24, "[%zu]", i);
	}
	rig_close(r);
}
