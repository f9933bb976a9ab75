/* SPDX-License-Identifier: MIT */
/* fuzz/test_alone.c - each operation as the only output of a plan, on shapes without elements and with one. */
#include "fuzz/fuzz.h"
#include "support/support.h"

#include <stdlib.h>
#include <string.h>

typedef mica_var operation(fuzz *f, mica_var x);

static mica_var leaf(fuzz *f, mica_dtype t, mica_shape s)
{
	return fuzz_leaf(f, false, t, s, 0.1, 2);
}

/* What the last two axes of x make a product with. */
static mica_shape turned(mica_var x)
{
	mica_shape s = mica_var_shape(x);
	size_t last = s.dim[s.rank - 1];
	s.dim[s.rank - 1] = s.dim[s.rank - 2];
	s.dim[s.rank - 2] = last;
	return s;
}

static mica_shape first_axis(mica_var x)
{
	return MICA_SHAPE(mica_var_shape(x).dim[0]);
}

static size_t zeros[MICA_MAX_RANK], ones[MICA_MAX_RANK] = {1, 1, 1, 1, 1, 1, 1, 1}, twos[MICA_MAX_RANK] = {2, 2, 2, 2, 2, 2, 2, 2};

/* X(name, least rank, expression of x) */
#define OPERATIONS(X)                                                                            \
	X(neg, 0, mica_op_neg(x))                                                                \
	X(exp, 0, mica_op_exp(x))                                                                \
	X(add, 0, mica_op_add(x, leaf(f, MICA_F32, mica_var_shape(x))))                          \
	X(add_scalar, 0, mica_op_add(leaf(f, MICA_F32, MICA_SCALAR_SHAPE), x))                   \
	X(where, 0, mica_op_where(mica_op_gt(x, mica_graph_scalar(g, 1)), x, leaf(f, MICA_F32, mica_var_shape(x)))) \
	X(cast, 0, mica_op_cast(x, MICA_I32))                                                    \
	X(bytes, 0, mica_op_cast(leaf(f, MICA_U8, mica_var_shape(x)), MICA_F32))                 \
	X(stop_gradient, 0, mica_op_stop_gradient(x))                                            \
	X(input, 0, x)                                                                           \
	X(variable, 0, fuzz_leaf(f, true, MICA_F32, mica_var_shape(x), 0, 1))                    \
	X(fill, 0, mica_graph_fill(g, 3, MICA_F32, mica_var_shape(x)))                           \
	X(random, 0, mica_op_random(g, mica_var_shape(x), 1, 2, NULL))                           \
	X(iota, 1, mica_graph_iota(g, mica_var_shape(x), 0))                                     \
	X(reshape, 0, mica_op_reshape(x, MICA_SHAPE(mica_var_count(x))))                         \
	X(transpose, 2, mica_op_transpose(x, NULL))                                              \
	X(broadcast, 0, mica_op_broadcast(mica_op_reshape(leaf(f, MICA_F32, MICA_SHAPE(1)), MICA_SCALAR_SHAPE), mica_var_shape(x))) \
	X(slice, 1, mica_op_slice(x, zeros, mica_var_shape(x).dim, twos))                        \
	X(slice_to_nothing, 1, mica_op_slice(x, zeros, zeros, NULL))                             \
	X(pad, 1, mica_op_pad(x, ones, twos, 5))                                                 \
	X(concat, 1, mica_op_concat((mica_var[]){x, leaf(f, MICA_F32, mica_var_shape(x))}, 2, -1)) \
	X(flip, 1, mica_op_flip(x, -1))                                                          \
	X(gather, 1, mica_op_gather(leaf(f, MICA_F32, MICA_SHAPE(4, 3)), mica_op_cast(x, MICA_I32))) \
	X(gather_nothing, 1, mica_op_gather(x, leaf(f, MICA_I32, MICA_SHAPE(0))))                \
	X(scatter_add, 1, mica_op_scatter_add(x, fuzz_leaf(f, false, MICA_I32, first_axis(x), 0, 2), 2)) \
	X(scatter_add_nowhere, 1, mica_op_scatter_add(leaf(f, MICA_F32, MICA_SHAPE(0, 2)), leaf(f, MICA_I32, MICA_SHAPE(0)), 0)) \
	X(sum_first, 1, mica_op_sum(x, MICA_AXIS(0), false))                                     \
	X(sum_last, 1, mica_op_sum(x, MICA_AXIS(mica_var_shape(x).rank - 1), true))              \
	X(sum_all, 0, mica_op_sum(x, MICA_ALL_AXES, false))                                      \
	X(mean, 0, mica_op_mean(x, MICA_ALL_AXES, false))                                        \
	X(max_first, 1, mica_op_reduce_max(x, MICA_AXIS(0), false))                              \
	X(max_last, 1, mica_op_reduce_max(x, MICA_AXIS(mica_var_shape(x).rank - 1), false))      \
	X(min_all, 0, mica_op_reduce_min(x, MICA_ALL_AXES, false))                               \
	X(argmax, 1, mica_var_shape(x).dim[mica_var_shape(x).rank - 1] ? mica_op_argmax(x, -1) : x) \
	X(softmax, 1, mica_op_exp(mica_op_sub(x, mica_op_reduce_max(x, MICA_AXIS(mica_var_shape(x).rank - 1), true)))) \
	X(product, 2, mica_op_matmul(x, leaf(f, MICA_F32, turned(x))))                           \
	X(product_from_the_left, 2, mica_op_matmul(leaf(f, MICA_F32, turned(x)), x))             \
	X(product_turned, 2, mica_op_matmul(x, mica_op_transpose(x, NULL)))                      \
	X(assign, 0, mica_op_assign(fuzz_leaf(f, true, MICA_F32, mica_var_shape(x), 0, 1), x))

#define X(name, rank, expression)                                    \
	static mica_var name##_of(fuzz *f, mica_var x)               \
	{                                                            \
		mica_graph *g = fuzz_graph(f);                       \
		(void)g, (void)x;                                    \
		return expression;                                   \
	}
OPERATIONS(X)
#undef X

static const struct {
	const char *name;
	size_t rank;
	operation *make;
} operations[] = {
#define X(name, rank, expression) {#name, rank, name##_of},
	OPERATIONS(X)
#undef X
};

/* MICA_ALONE: only operations with this in their name. */
static void check_shape(mica_context *ctx, mica_shape s)
{
	const char *only = getenv("MICA_ALONE");
	for (size_t i = 0; i < COUNT(operations); i++) {
		if (operations[i].rank > s.rank || (only && !strstr(operations[i].name, only)))
			continue;
		mica__text report = {0};
		fuzz *f = fuzz_open(ctx, MICA_F32);
		fuzz_output(f, operations[i].make(f, leaf(f, MICA_F32, s)), i);
		size_t wrong = fuzz_check(f, 0, 0, &report);
		cr_expect(!wrong, "%s of %s: %s", operations[i].name, shape_text(s), mica__text_string(&report));
		mica__text_free(&report);
		fuzz_close(f);
	}
}

/* A plan with nothing to do must end: a time limit tells. */
Test(alone, every_operation, .timeout = 300)
{
	mica_context *ctx = open_context();
	check_shape(ctx, MICA_SHAPE(0, 3));
	check_shape(ctx, MICA_SHAPE(3, 0));
	check_shape(ctx, MICA_SHAPE(0));
	check_shape(ctx, MICA_SCALAR_SHAPE);
	check_shape(ctx, MICA_SHAPE(1, 1, 1));
	mica_close(ctx);
}
