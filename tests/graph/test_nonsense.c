/* SPDX-License-Identifier: MIT */
/* graph/test_nonsense.c - every function of graph.h with NULL, a failed var, a var of another graph, an unknown type, too
   high a rank, strange axes, missing arrays, huge sizes: none crashes, each gives a failed var and a text.  Needs no
   device. */
#include "graph/node.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

typedef struct operands {
	mica_graph *g, *other;
	mica_var x, whole, bytes, variable, foreign;
} operands;

static operands open_world(void)
{
	operands w = {.g = mica__graph_bare(MICA_F32), .other = mica__graph_bare(MICA_F32)};
	cr_assert(w.g && w.other);
	w.x = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(3, 4));
	w.whole = mica_graph_input(w.g, "whole", MICA_I32, MICA_SHAPE(3));
	w.bytes = mica_graph_input(w.g, "bytes", MICA_U8, MICA_SHAPE(3));
	w.variable = mica__leaf(w.g, MICA__VARIABLE, "variable", MICA_F32, MICA_SHAPE(3, 4));
	w.foreign = mica_graph_input(w.other, "foreign", MICA_F32, MICA_SHAPE(3, 4));
	return w;
}

static void close_world(operands *w)
{
	mica_graph_destroy(w->g);
	mica_graph_destroy(w->other);
}

/* Calls on one var v, with otherwise good arguments. */
#define ONE(X)                                                                                             \
	X(mica_op_neg(v)) X(mica_op_abs(v)) X(mica_op_sign(v)) X(mica_op_exp(v)) X(mica_op_expm1(v))       \
	X(mica_op_log(v)) X(mica_op_log1p(v)) X(mica_op_sqrt(v)) X(mica_op_rsqrt(v)) X(mica_op_square(v))  \
	X(mica_op_reciprocal(v)) X(mica_op_tanh(v)) X(mica_op_sigmoid(v)) X(mica_op_softplus(v))           \
	X(mica_op_erf(v)) X(mica_op_sin(v)) X(mica_op_cos(v)) X(mica_op_floor(v)) X(mica_op_round(v))      \
	X(mica_op_relu(v)) X(mica_op_is_finite(v)) X(mica_op_cast(v, MICA_I32)) X(mica_op_stop_gradient(v)) \
	X(mica_op_addc(v, 1)) X(mica_op_mulc(v, 1)) X(mica_op_csub(1, v)) X(mica_op_cdiv(1, v))            \
	X(mica_op_clip(v, 0, 1)) X(mica_op_reshape(v, MICA_SHAPE(12))) X(mica_op_transpose(v, NULL))       \
	X(mica_op_broadcast(v, MICA_SHAPE(2, 3, 4))) X(mica_op_slice(v, sizes, sizes, NULL))               \
	X(mica_op_pad(v, sizes, sizes, 0)) X(mica_op_concat(&v, 1, 0)) X(mica_op_flip(v, 0))               \
	X(mica_op_pad_mode(v, sizes, sizes, MICA_PAD_EDGE))                                                \
	X(mica_op_window(v, &window)) X(mica_op_fold(v, MICA_SHAPE(1, 3, 4), &window))                     \
	X(mica_op_sum(v, 1, true)) X(mica_op_mean(v, 1, true)) X(mica_op_reduce_max(v, 1, true))           \
	X(mica_op_reduce_min(v, 1, true)) X(mica_op_argmax(v, -1)) X(mica_op_argmin(v, 0))                 \
	X(mica_op_prod(v, 1, true)) X(mica_op_variance(v, 1, true)) X(mica_op_logsumexp(v, 1, true))       \
	X(mica_op_any(v, 1, true)) X(mica_op_all(v, 1, true)) X(mica_op_cumsum(v, 0, false, false))        \
	X(mica_op_cumprod(v, 0, true, true)) X(mica_op_sort(v, 0, false)) X(mica_op_argsort(v, 0, true))   \
	X(mica_op_top_k(v, 1, 0, NULL)) X(mica_op_roll(v, 1, 0)) X(mica_op_diagonal(v, 0, 1))              \
	X(mica_op_diag(v)) X(mica_op_tril(v, 0)) X(mica_op_triu(v, 0)) X(mica_op_one_hot(v, 3))            \
	X(mica_op_einsum("ij->ji", &v, 1))
/* Calls on v and a good var x. */
#define TWO(X)                                                                                             \
	X(mica_op_add(v, x)) X(mica_op_sub(x, v)) X(mica_op_mul(v, x)) X(mica_op_div(x, v)) X(mica_op_pow(v, x)) \
	X(mica_op_max(x, v)) X(mica_op_min(v, x)) X(mica_op_lt(x, v)) X(mica_op_le(v, x)) X(mica_op_gt(x, v)) \
	X(mica_op_ge(v, x)) X(mica_op_eq(x, v)) X(mica_op_ne(v, x)) X(mica_op_where(v, x, x))              \
	X(mica_op_where(x, v, x)) X(mica_op_where(x, x, v)) X(mica_op_concat((mica_var[]){x, v}, 2, 0))    \
	X(mica_op_concat((mica_var[]){v, x}, 2, 0)) X(mica_op_gather(v, w.whole)) X(mica_op_gather(x, v))  \
	X(mica_op_scatter_add(v, w.whole, 5)) X(mica_op_scatter_add(x, v, 5)) X(mica_op_matmul(v, x))      \
	X(mica_op_take_along(v, w.whole, 0)) X(mica_op_take_along(x, v, 0)) X(mica_op_recurrence(v, x, 0, false)) \
	X(mica_op_scatter_along(v, w.whole, 0, 2)) X(mica_op_scatter_along(x, v, 0, 2)) X(mica_op_recurrence(x, v, 0, true)) \
	X(mica_op_einsum("ij,jk", (mica_var[]){x, v}, 2)) X(mica_op_einsum("ij,jk", (mica_var[]){v, x}, 2)) \
	X(mica_op_matmul(x, v)) X(mica_op_assign(v, x)) X(mica_op_assign(w.variable, v))

static void expect_failed(const char *call, mica_graph *g, mica_var y)
{
	cr_expect(y && y->failed && y->g == g, "%s: no failed var", call);
	cr_expect(mica_graph_status(g) != MICA_OK, "%s: the graph has not failed", call);
	cr_expect(mica_graph_error(g)[0] && !strchr(mica_graph_error(g), '\n'), "%s: \"%s\"", call, mica_graph_error(g));
}

Test(nonsense, null_vars)
{
	operands w = open_world();
	size_t sizes[MICA_MAX_RANK] = {0};
	const mica_window_opts window = {.taps = {1}};
	mica_var v = NULL, x = NULL;
	mica__fail(MICA_ENODEVICE, "the cause");
#define X(call)                                                                                                 \
	cr_expect((call) == NULL, "%s", #call);                                                                 \
	cr_expect(!strcmp(mica_error(NULL), "the cause"), "%s says \"%s\" over the cause", #call, mica_error(NULL));
	ONE(X)
	w.whole = w.variable = NULL;
	TWO(X)
	X(mica_graph_input(NULL, "x", MICA_F32, MICA_SHAPE(1))) X(mica_graph_variable(NULL, "x", MICA_F32, MICA_SHAPE(1)))
	X(mica_graph_scalar(NULL, 1)) X(mica_graph_fill(NULL, 1, MICA_F32, MICA_SHAPE(1))) X(mica_graph_iota(NULL, MICA_SHAPE(1), 0))
	X(mica_op_random(NULL, MICA_SHAPE(1), 0, 0, NULL)) X(mica_op_concat(NULL, 3, 0)) X(mica_op_concat(NULL, 0, 0))
#undef X
	cr_expect(mica_gradient(NULL, NULL, NULL, 0, NULL) == MICA_EINVAL);
	cr_expect(mica_graph_status(NULL) == MICA_EINVAL && mica_graph_context(NULL) == NULL && mica_graph_error(NULL)[0]);
	cr_expect(mica_var_shape(NULL).rank == 0 && mica_var_count(NULL) == 0 && !mica_var_name(NULL)[0] && !mica_var_graph(NULL));
	cr_expect(mica_var_dtype(NULL) == MICA_F32 && !mica_var_scope(NULL)[0]);
	mica_scope_enter(NULL, "a");
	mica_scope_update(NULL, NULL);
	mica_scope_leave(NULL);
	mica_graph_destroy(NULL);
	cr_expect(!strcmp(mica_error(NULL), "the cause"), "%s", mica_error(NULL));
	close_world(&w);
}

/* A good operand beside a bad one: a NULL, one that failed, one of another graph. */
Test(nonsense, bad_vars_beside_good_ones)
{
	size_t sizes[MICA_MAX_RANK] = {0};
	const mica_window_opts window = {.taps = {1}};
	for (int kind = 0; kind < 3; kind++) {
#define PREPARE                                                                                                            \
	operands w = open_world();                                                                                            \
	mica_var x = w.x, v = kind == 0 ? NULL : kind == 1 ? mica_op_reshape(w.x, MICA_SHAPE(5)) : w.foreign;              \
	(void)x, (void)v, (void)sizes, (void)window;
#define X(call)                                                                                 \
	{                                                                                       \
		PREPARE                                                                         \
		mica_var y = call;                                                              \
		if (kind == 2 && y && y->g == w.other)                                          \
			expect_failed(#call, w.other, y);                                       \
		else                                                                            \
			expect_failed(#call, w.g, y);                                           \
		close_world(&w);                                                                \
	}
		TWO(X)
		if (kind == 1) {
			ONE(X)
		}
#undef X
	}
}

Test(nonsense, bad_arguments)
{
	const mica_shape deep = {9, {1, 1, 1, 1, 1, 1, 1, 1}}, endless = {SIZE_MAX, {1}};
	const mica_shape huge = MICA_SHAPE(SIZE_MAX / 2, 3), beside_none = MICA_SHAPE(0, SIZE_MAX / 2, 3);
	const mica_dtype odd = (mica_dtype)77, negative = (mica_dtype)-1;
	size_t most[MICA_MAX_RANK] = {SIZE_MAX, SIZE_MAX}, zeros[MICA_MAX_RANK] = {0};
#define EIGHT MICA_SHAPE(1, 1, 1, 1, 1, 1, 1, 2)
#define X(call)                                \
	{                                      \
		operands w = open_world();        \
		expect_failed(#call, w.g, call); \
		close_world(&w);               \
	}
	X(mica_graph_input(w.g, NULL, odd, MICA_SHAPE(1))) X(mica_graph_input(w.g, "x", negative, MICA_SHAPE(1)))
	X(mica_graph_input(w.g, "x", odd, MICA_SHAPE(1))) X(mica_graph_input(w.g, "x", MICA_F32, deep))
	X(mica_graph_input(w.g, "x", MICA_F32, endless)) X(mica_graph_input(w.g, "x", MICA_F32, huge))
	X(mica_graph_input(w.g, "x", MICA_F32, beside_none))
	X(mica_graph_fill(w.g, 1, odd, MICA_SHAPE(1))) X(mica_graph_fill(w.g, 2, MICA_BOOL, MICA_SHAPE(1)))
	X(mica_graph_fill(w.g, 0.5, MICA_I32, MICA_SHAPE(1))) X(mica_graph_fill(w.g, 3e9, MICA_I32, MICA_SHAPE(1)))
	X(mica_graph_fill(w.g, (double)NAN, MICA_I32, MICA_SHAPE(1))) X(mica_graph_fill(w.g, -1, MICA_U8, MICA_SHAPE(1)))
	X(mica_graph_fill(w.g, 256, MICA_U8, MICA_SHAPE(1))) X(mica_graph_fill(w.g, 1, MICA_F32, endless))
	X(mica_graph_iota(w.g, deep, 8)) X(mica_graph_iota(w.g, endless, 9)) X(mica_graph_iota(w.g, MICA_SCALAR_SHAPE, 0))
	X(mica_graph_iota(w.g, MICA_SHAPE(SIZE_MAX / 100), 0)) X(mica_op_random(w.g, endless, 0, 0, NULL))
	X(mica_op_random(w.g, MICA_SHAPE(1), 0, 0, w.whole)) X(mica_op_random(w.g, MICA_SHAPE(1), 0, 0, w.foreign))
	X(mica_op_cast(w.x, odd)) X(mica_op_cast(w.x, negative)) X(mica_op_exp(mica_op_cast(w.x, MICA_BOOL)))
	X(mica_op_addc(w.whole, 0.5)) X(mica_op_mulc(w.whole, (double)INFINITY)) X(mica_op_csub(0.25, w.whole))
	X(mica_op_cdiv(3e10, w.whole)) X(mica_op_clip(w.whole, 0.5, 1)) X(mica_op_clip(w.x, (double)NAN, 1))
	X(mica_op_pad(w.whole, zeros, zeros, 0.5)) X(mica_op_pad(w.x, most, zeros, 0)) X(mica_op_pad(w.x, NULL, zeros, 0))
	X(mica_op_window(w.x, NULL)) X(mica_op_fold(w.x, endless, NULL)) X(mica_op_fold(w.x, deep, &(mica_window_opts){.taps = {1}}))
	X(mica_op_fold(w.x, MICA_SHAPE(0, SIZE_MAX, 1), &(mica_window_opts){.taps = {1}}))
	X(mica_op_pad(w.x, zeros, NULL, 0)) X(mica_op_slice(w.x, NULL, zeros, NULL)) X(mica_op_slice(w.x, zeros, NULL, NULL))
	X(mica_op_slice(w.x, zeros, most, NULL)) X(mica_op_slice(w.x, zeros, zeros, zeros)) X(mica_op_transpose(w.x, most))
	X(mica_op_reshape(w.x, deep)) X(mica_op_reshape(w.x, endless)) X(mica_op_reshape(w.x, huge))
	X(mica_op_reshape(w.x, MICA_SHAPE(MICA_INFER, 0))) X(mica_op_broadcast(w.x, endless)) X(mica_op_broadcast(w.x, huge))
	X(mica_op_concat(&w.x, 1, 2)) X(mica_op_concat(&w.x, 1, INT32_MIN)) X(mica_op_flip(w.x, INT32_MAX))
	X(mica_op_flip(mica_graph_scalar(w.g, 1), 0)) X(mica_op_sum(w.x, 4, true)) X(mica_op_mean(w.x, 0x80000000u, false))
	X(mica_op_sum(w.bytes, 1, false)) X(mica_op_argmax(w.x, INT32_MIN)) X(mica_op_argmin(mica_graph_scalar(w.g, 1), 0))
	X(mica_op_scatter_add(mica_graph_fill(w.g, 0, MICA_F32, EIGHT), mica_graph_fill(w.g, 0, MICA_I32, MICA_SCALAR_SHAPE), 3))
	X(mica_op_scatter_add(w.x, w.whole, SIZE_MAX)) X(mica_op_scatter_add(w.bytes, w.whole, 3))
	X(mica_op_gather(mica_graph_fill(w.g, 0, MICA_F32, EIGHT), mica_graph_fill(w.g, 0, MICA_I32, EIGHT)))
	X(mica_op_assign(w.x, w.x)) X(mica_op_matmul(w.whole, w.whole))
#undef X
}

Test(nonsense, gradients)
{
	for (int kind = 0; kind < 7; kind++) {
		operands w = open_world();
		mica_var y = mica_op_square(w.x), xs[] = {w.x, NULL, w.foreign}, out[3] = {0};
		mica_status st = kind == 0   ? mica_gradient(y, NULL, NULL, 1, out)
		                 : kind == 1 ? mica_gradient(y, NULL, xs, 1, NULL)
		                 : kind == 2 ? mica_gradient(y, NULL, xs, 2, out)
		                 : kind == 3 ? mica_gradient(y, NULL, xs + 2, 1, out)
		                 : kind == 4 ? mica_gradient(y, w.foreign, xs, 1, out)
		                 : kind == 5 ? mica_gradient(w.whole, NULL, xs, 1, out)
		                             : mica_gradient(y, w.whole, xs, 1, out);
		cr_expect(st != MICA_OK && st == mica_graph_status(w.g), "kind %d: %s", kind, mica_graph_error(w.g));
		cr_expect(kind == 1 || (out[0] && out[0]->failed), "kind %d: no failed var", kind);
		close_world(&w);
	}
	operands w = open_world();
	cr_expect(mica_gradient(w.x, NULL, NULL, 0, NULL) == MICA_OK, "of nothing");
	close_world(&w);
}

Test(nonsense, prints)
{
	operands w = open_world();
	char text[1000];
	mica_var all[] = {NULL, mica_graph_input(w.g, "new\nline \"x\"", MICA_F32, MICA_SHAPE(1)), w.foreign, &w.g->failed};
	for (int dot = 0; dot < 2; dot++) {
		size_t n = mica_graph_print(all, COUNT(all), dot, text, sizeof text);
		cr_expect(n == strlen(text) && strstr(text, "NULL") && strstr(text, "another graph") && strstr(text, "failed"), "%s", text);
		cr_expect(!strstr(text, "new\nline"), "%s", text);
	}
	mica_graph_print(NULL, 3, false, text, sizeof text);
	mica_graph_print(NULL, 0, true, NULL, 0);
	close_world(&w);
}

/* What whole numbers give: their mean is real, and the largest is found along any axis. */
Test(nonsense, whole_numbers)
{
	operands w = open_world();
	mica_var mean = mica_op_mean(w.whole, 1, false), of_bytes = mica_op_mean(w.bytes, MICA_ALL_AXES, true);
	mica_var most = mica_op_argmax(mica_op_cast(w.x, MICA_I32), 0), least = mica_op_argmin(w.x, 0), small = mica_op_argmax(w.bytes, 0);
	cr_expect(mica_var_dtype(mean) == MICA_F32 && mica_var_dtype(of_bytes) == MICA_F32);
	cr_expect(mica_var_dtype(most) == MICA_I32 && mica_var_shape(most).dim[0] == 4 && mica_var_shape(least).dim[0] == 4);
	cr_expect(mica_var_shape(small).rank == 0 && mica_graph_status(w.g) == MICA_OK, "%s", mica_graph_error(w.g));
	close_world(&w);
}
