/* SPDX-License-Identifier: MIT */
/* graph/test_shapes.c - what the graph refuses, with which status, and what the text says; shapes of what it accepts;
   failure is sticky and begins with the scope. */
#include "support/support.h"

#include <stdio.h>
#include <string.h>

typedef struct operands {
	mica_context *ctx;
	mica_graph *g, *other;
	mica_var v3, v4, m34, m45, m35, scalar, whole, bytes, cube, variable, foreign;
} operands;

static operands operands_open(mica_context *ctx)
{
	operands w = {.ctx = ctx, .g = mica_graph_create(ctx), .other = mica_graph_create(ctx)};
	cr_assert(w.g && w.other, "%s", mica_error(NULL));
	w.v3 = mica_graph_input(w.g, "v3", MICA_F32, MICA_SHAPE(3));
	w.v4 = mica_graph_input(w.g, "v4", MICA_F32, MICA_SHAPE(4));
	w.m34 = mica_graph_input(w.g, "m34", MICA_F32, MICA_SHAPE(3, 4));
	w.m45 = mica_graph_input(w.g, "m45", MICA_F32, MICA_SHAPE(4, 5));
	w.m35 = mica_graph_input(w.g, "m35", MICA_F32, MICA_SHAPE(3, 5));
	w.scalar = mica_graph_scalar(w.g, 2);
	w.whole = mica_graph_input(w.g, "whole", MICA_I32, MICA_SHAPE(3));
	w.bytes = mica_graph_input(w.g, "bytes", MICA_U8, MICA_SHAPE(3));
	w.cube = mica_graph_input(w.g, "cube", MICA_F32, MICA_SHAPE(2, 3, 4));
	w.variable = mica_graph_variable(w.g, "weights", MICA_F32, MICA_SHAPE(3));
	w.foreign = mica_graph_input(w.other, "foreign", MICA_F32, MICA_SHAPE(3));
	OK(mica_graph_status(w.g));
	return w;
}

#define L(...) ((size_t[]){__VA_ARGS__})
#define NINE ((mica_shape){9, {1, 1, 1, 1, 1, 1, 1, 1}})

/* Each row: a call, its status, and words that must be in the text. */
#define REFUSALS(X)                                                                                                  \
	X(mica_op_add(w.v3, w.v4), ESHAPE, "ADD", "(3)", "(4)")                                                      \
	X(mica_op_mul(w.m34, w.m35), ESHAPE, "MUL", "(3, 4)", "(3, 5)")                                              \
	X(mica_op_where(w.v3, w.m34, w.v4), ESHAPE, "WHERE", "(3)", "(3, 4)")                                        \
	X(mica_op_add(w.v3, w.whole), EINVAL, "ADD", "f32", "i32")                                                   \
	X(mica_op_neg(mica_op_cast(w.v3, MICA_BOOL)), EINVAL, "NEG", "truth", "cast")                                \
	X(mica_op_exp(w.whole), EINVAL, "EXP", "i32", "cast")                                                        \
	X(mica_op_pow(w.whole, w.whole), EINVAL, "POW", "i32", "")                                                   \
	X(mica_op_add(w.v3, w.foreign), EINVAL, "ADD", "graph", "")                                                  \
	X(mica_op_matmul(w.m34, mica_graph_input(w.other, "f", MICA_F32, MICA_SHAPE(4, 2))), EINVAL, "matmul", "graph", "") \
	X(mica_op_gather(mica_graph_input(w.other, "f", MICA_F32, MICA_SHAPE(4, 2)), w.whole), EINVAL, "gather", "graph", "") \
	X(mica_op_concat((mica_var[]){w.v3, w.foreign}, 2, 0), EINVAL, "concat", "graph", "")                        \
	X(mica_op_assign(w.variable, w.foreign), EINVAL, "assign", "graph", "")                                      \
	X(mica_op_clip(w.v3, 2, 1), EINVAL, "clip", "2", "1")                                                        \
	X(mica_op_matmul(mica_op_cast(w.m34, MICA_F64), mica_op_cast(w.m45, MICA_F64)), EUNSUPPORTED, "matmul", "f64", "cast") \
	X(mica_op_reshape(w.m34, MICA_SHAPE(5, 2)), ESHAPE, "reshape", "(3, 4)", "12")                               \
	X(mica_op_reshape(w.m34, MICA_SHAPE(5, MICA_INFER)), ESHAPE, "reshape", "(3, 4)", "12")                      \
	X(mica_op_reshape(w.m34, MICA_SHAPE(MICA_INFER, MICA_INFER)), ESHAPE, "reshape", "", "")                     \
	X(mica_op_reshape(w.scalar, NINE), ESHAPE, "reshape", "9", "8")                                              \
	X(mica_op_transpose(w.v3, NULL), ESHAPE, "transpose", "(3)", "two")                                          \
	X(mica_op_transpose(w.m34, L(0, 0)), EINVAL, "transpose", "perm", "2")                                       \
	X(mica_op_transpose(w.m34, L(0, 2)), EINVAL, "transpose", "perm", "2")                                       \
	X(mica_op_broadcast(w.v3, MICA_SHAPE(3, 4)), ESHAPE, "broadcast", "(3)", "(3, 4)")                           \
	X(mica_op_broadcast(w.m34, MICA_SHAPE(4)), ESHAPE, "broadcast", "(3, 4)", "(4)")                             \
	X(mica_op_broadcast(w.scalar, NINE), ESHAPE, "broadcast", "9", "8")                                          \
	X(mica_op_slice(w.m34, L(0, 0), L(3, 5), NULL), EINVAL, "slice", "axis 1", "4")                              \
	X(mica_op_slice(w.m34, L(2, 0), L(1, 4), NULL), EINVAL, "slice", "axis 0", "2")                              \
	X(mica_op_slice(w.m34, L(0, 0), L(3, 4), L(1, 0)), EINVAL, "slice", "axis 1", "0")                           \
	X(mica_op_pad(w.v3, L(SIZE_MAX - 1), L(1), 0), EOVERFLOW, "pad", "", "")                                     \
	X(mica_op_window(w.m34, &(mica_window_opts){.taps = {2}}), ESHAPE, "window", "(3, 4)", "spatial")            \
	X(mica_op_window(w.cube, NULL), EINVAL, "window", "taps", "axis 0")                                          \
	X(mica_op_window(w.cube, &(mica_window_opts){.taps = {2, 2}}), EINVAL, "window", "axis 1", "")               \
	X(mica_op_window(w.cube, &(mica_window_opts){.taps = {4}}), ESHAPE, "window", "4", "3")                      \
	X(mica_op_window(w.cube, &(mica_window_opts){.taps = {2}, .dilation = {3}}), ESHAPE, "window", "4", "3")     \
	X(mica_op_window(w.cube, &(mica_window_opts){.taps = {2}, .before = {1}}), EINVAL, "window", "explicit", "1") \
	X(mica_op_window(w.cube, &(mica_window_opts){.taps = {2}, .padding = (mica_padding)9}), EINVAL, "window", "padding", "9") \
	X(mica_op_window(w.cube, &(mica_window_opts){.taps = {SIZE_MAX}, .dilation = {2}}), EOVERFLOW, "window", "taps", "") \
	X(mica_op_window(w.cube, &(mica_window_opts){.taps = {2}, .padding = MICA_EXPLICIT, .after = {SIZE_MAX}}), EOVERFLOW, "window", \
	  "after", "")                                                                                               \
	X(mica_op_window(mica_op_reshape(w.whole, MICA_SHAPE(1, 3, 1)), &(mica_window_opts){.taps = {2}, .outside = 0.5}), EINVAL, \
	  "window", "0.5", "i32")                                                                                    \
	X(mica_op_fold(w.cube, MICA_SHAPE(2, 3, 4), &(mica_window_opts){.taps = {2}}), ESHAPE, "fold", "(2, 3, 4)", "(2, 2, 2, 4)") \
	X(mica_op_concat((mica_var[]){w.m34, w.m45}, 2, 0), ESHAPE, "concat", "(3, 4)", "(4, 5)")                    \
	X(mica_op_concat((mica_var[]){w.v3, w.whole}, 2, 0), EINVAL, "concat", "f32", "i32")                         \
	X(mica_op_concat((mica_var[]){w.m34, w.m34}, 2, 2), EINVAL, "concat", "axis 2", "2")                         \
	X(mica_op_flip(w.m34, -3), EINVAL, "flip", "axis -3", "2")                                                   \
	X(mica_op_gather(w.m34, w.v3), EINVAL, "gather", "f32", "i32")                                               \
	X(mica_op_gather(w.scalar, w.whole), ESHAPE, "gather", "()", "(3)")                                          \
	X(mica_op_gather(mica_graph_fill(w.g, 0, MICA_F32, MICA_SHAPE(0, 2)), w.whole), ESHAPE, "gather", "rows", "") \
	X(mica_op_scatter_add(w.m45, w.whole, 7), ESHAPE, "scatter_add", "(4, 5)", "(3)")                            \
	X(mica_op_scatter_add(w.m34, w.v3, 7), EINVAL, "scatter_add", "f32", "i32")                                  \
	X(mica_op_sum(w.m34, MICA_AXIS(2), false), EINVAL, "SUM", "axes", "2")                                       \
	X(mica_op_sum(w.bytes, MICA_AXIS(0), false), EINVAL, "SUM", "u8", "cast")                                    \
	X(mica_op_argmax(w.m34, 2), EINVAL, "argmax", "(3, 4)", "axis 2")                                            \
	X(mica_op_argmin(w.m34, -3), EINVAL, "argmin", "(3, 4)", "axis -3")                                          \
	X(mica_op_argmax(mica_graph_fill(w.g, 0, MICA_F32, MICA_SHAPE(3, 0)), 1), ESHAPE, "argmax", "(3, 0)", "")    \
	X(mica_op_argmax(w.scalar, -1), EINVAL, "argmax", "()", "")                                                  \
	X(mica_op_matmul(w.m34, w.m34), ESHAPE, "matmul", "(3, 4)", "(3, 4)")                                        \
	X(mica_op_matmul(w.m34, w.v4), ESHAPE, "matmul", "(3, 4)", "(4)")                                            \
	X(mica_op_matmul(w.cube, mica_op_reshape(w.cube, MICA_SHAPE(1, 4, 6))), ESHAPE, "matmul", "(2, 3, 4)", "(1, 4, 6)") \
	X(mica_op_random(w.g, MICA_SHAPE(3), 1, 0, w.v3), EINVAL, "random", "step", "i32")                           \
	X(mica_op_assign(w.v3, w.v3), EINVAL, "assign", "variable", "")                                              \
	X(mica_op_assign(w.variable, w.v4), ESHAPE, "weights", "(3)", "(4)")                                         \
	X(mica_op_assign(w.variable, w.whole), EINVAL, "weights", "f32", "i32")                                      \
	X(mica_graph_iota(w.g, MICA_SHAPE(3, 4), 2), EINVAL, "iota", "axis 2", "2")                                  \
	X(mica_graph_input(w.g, "huge", MICA_F32, MICA_SHAPE(SIZE_MAX / 2, 4)), EOVERFLOW, "", "(", "")              \
	X(mica_graph_input(w.g, "deep", MICA_F32, NINE), ESHAPE, "deep", "9", "8")                                   \
	X(mica_graph_fill(w.g, 0, MICA_F32, NINE), ESHAPE, "fill", "9", "8")

static bool mentions(const char *text, const char *word)
{
	char low[512], w[64];
	for (size_t i = 0; i < sizeof low; i++)
		low[i] = 0;
	for (size_t i = 0; text[i] && i + 1 < sizeof low; i++)
		low[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
	snprintf(w, sizeof w, "%s", word);
	for (char *p = w; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	return strstr(low, w) != NULL;
}

static void expect_refusal(const operands *w, mica_var y, mica_status want, const char *call, const char *words[3])
{
	const char *text = mica_graph_error(w->g);
	mica_status st = mica_graph_status(w->g);
	cr_expect(st == want, "%s: %s (%s), want %s", call, mica_status_name(st), text, mica_status_name(want));
	for (size_t i = 0; i < 3; i++)
		cr_expect(mentions(text, words[i]), "%s: \"%s\" does not mention \"%s\"", call, text, words[i]);
	cr_expect(strchr(text, '\n') == NULL, "%s: \"%s\" is more than a line", call, text);
	/* What failed stays failed, and what is made from it fails with the same text. */
	char kept[512];
	snprintf(kept, sizeof kept, "%s", text);
	mica_op_matmul(mica_op_exp(mica_op_neg(y)), w->v3);
	cr_expect(!strcmp(kept, mica_graph_error(w->g)) && mica_graph_status(w->g) == st, "%s: not sticky", call);
	mica_plan *p = (mica_plan *)(uintptr_t)1;
	cr_expect(mica_plan_create(&p, &y, 1, NULL) == st && p == NULL, "%s: a plan of it was made", call);
}

Test(shapes, refusals)
{
	mica_context *ctx = open_context();
#define X(call, status, a, b, c)                                                        \
	{                                                                               \
		operands w = operands_open(ctx);                                              \
		mica_var y = call;                                                      \
		expect_refusal(&w, y, MICA_##status, #call, (const char *[]){a, b, c}); \
		mica_graph_destroy(w.other);                                            \
		mica_graph_destroy(w.g);                                                \
	}
	REFUSALS(X)
#undef X
	mica_close(ctx);
}

/* The first failure stays, whatever comes after it. */
Test(shapes, the_first_failure_is_kept)
{
	mica_context *ctx = open_context();
	operands w = operands_open(ctx);
	mica_op_add(w.v3, w.v4);
	char first[512];
	snprintf(first, sizeof first, "%s", mica_graph_error(w.g));
	mica_var after[] = {
		mica_op_matmul(w.m34, w.m34), mica_op_exp(w.whole), mica_op_reshape(w.m34, MICA_SHAPE(5)), mica_op_add(w.v3, w.v3),
		mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(3)), mica_graph_scalar(w.g, 1), mica_op_sum(w.v3, MICA_ALL_AXES, false),
	};
	cr_expect(!strcmp(first, mica_graph_error(w.g)), "\"%s\" became \"%s\"", first, mica_graph_error(w.g));
	for (size_t i = 0; i < COUNT(after); i++) {
		cr_expect(after[i] != NULL, "call %zu gave no var", i);
		cr_expect(mica_var_graph(after[i]) == w.g, "call %zu: a failed var knows its graph", i);
		mica_plan *p;
		cr_expect(mica_plan_create(&p, &after[i], 1, NULL) == MICA_ESHAPE && !p, "call %zu: %s", i, mica_error(NULL));
		cr_expect(!strcmp(mica_error(NULL), first), "call %zu: the plan says \"%s\"", i, mica_error(NULL));
	}
	mica_close(ctx);
}

Test(shapes, every_operation_takes_a_failed_var)
{
	mica_context *ctx = open_context();
	operands w = operands_open(ctx);
	mica_var f = mica_op_add(w.v3, w.v4), d;
	mica_var results[] = {
		mica_op_neg(f), mica_op_exp(f), mica_op_pow(f, w.v3), mica_op_add(w.v3, f), mica_op_where(w.v3, f, w.v3),
		mica_op_clip(f, 0, 1), mica_op_addc(f, 1), mica_op_mulc(f, 1), mica_op_cast(f, MICA_I32), mica_op_stop_gradient(f),
		mica_op_reshape(f, MICA_SHAPE(3)), mica_op_transpose(f, NULL), mica_op_broadcast(f, MICA_SHAPE(3)),
		mica_op_slice(f, L(0), L(1), NULL), mica_op_pad(f, L(0), L(1), 0), mica_op_concat(&f, 1, 0),
		mica_op_window(f, NULL), mica_op_fold(f, MICA_SHAPE(1, 2, 3), NULL),
		mica_op_concat((mica_var[]){w.v3, f}, 2, 0), mica_op_flip(f, 0), mica_op_gather(f, w.whole), mica_op_gather(w.m34, f),
		mica_op_scatter_add(f, w.whole, 3), mica_op_scatter_add(w.v3, f, 3), mica_op_sum(f, 1, true), mica_op_mean(f, 1, true),
		mica_op_reduce_max(f, 1, true), mica_op_reduce_min(f, MICA_ALL_AXES, false), mica_op_argmax(f, -1),
		mica_op_matmul(f, w.m34), mica_op_matmul(w.m34, f), mica_op_random(w.g, MICA_SHAPE(3), 1, 0, f),
		mica_op_assign(w.variable, f), mica_op_assign(f, w.v3),
	};
	for (size_t i = 0; i < COUNT(results); i++)
		cr_expect(results[i] && mica_var_graph(results[i]) == w.g, "call %zu", i);
	cr_expect(mica_gradient(f, NULL, &w.v3, 1, &d) == MICA_ESHAPE, "gradient of a failed var");
	cr_expect(mica_gradient(w.v3, NULL, &f, 1, &d) == MICA_ESHAPE, "gradient with respect to a failed var");
	cr_expect(mica_graph_status(w.g) == MICA_ESHAPE, "%s", mica_graph_error(w.g));
	mica_close(ctx);
}

Test(shapes, the_text_begins_with_the_scope)
{
	mica_context *ctx = open_context();
	operands w = operands_open(ctx);
	char scope[16] = "dense_1";
	mica_scope_enter(w.g, scope);
	scope[0] = 'x'; /* copied */
	mica_op_matmul(w.m34, w.m34);
	cr_expect(!strncmp(mica_graph_error(w.g), "dense_1: matmul", 15), "%s", mica_graph_error(w.g));
	operands v = operands_open(ctx);
	mica_scope_enter(v.g, "dense_1");
	mica_scope_leave(v.g);
	mica_op_matmul(v.m34, v.m34);
	cr_expect(!strncmp(mica_graph_error(v.g), "matmul", 6), "%s", mica_graph_error(v.g));
	operands u = operands_open(ctx);
	char lengthy[300];
	memset(lengthy, 'n', sizeof lengthy);
	lengthy[sizeof lengthy - 1] = 0;
	mica_scope_enter(u.g, lengthy);
	mica_op_add(u.v3, u.v4);
	cr_expect(strstr(mica_graph_error(u.g), "(3)") && strstr(mica_graph_error(u.g), "(4)"), "%s", mica_graph_error(u.g));
	mica_close(ctx);
}

/* ---- what is accepted ---- */

Test(shapes, of_results)
{
	mica_context *ctx = open_context();
	operands w = operands_open(ctx);
	struct {
		mica_var y;
		mica_shape s;
		mica_dtype t;
	} rows[] = {
		{mica_op_add(w.m34, w.v4), MICA_SHAPE(3, 4), MICA_F32},
		{mica_op_lt(w.scalar, w.cube), MICA_SHAPE(2, 3, 4), MICA_F32},
		{mica_op_lt(w.whole, w.whole), MICA_SHAPE(3), MICA_I32},
		{mica_op_cast(w.bytes, MICA_F32), MICA_SHAPE(3), MICA_F32},
		{mica_op_reshape(w.cube, MICA_SHAPE(MICA_INFER, 6)), MICA_SHAPE(4, 6), MICA_F32},
		{mica_op_reshape(w.cube, MICA_SHAPE(MICA_INFER)), MICA_SHAPE(24), MICA_F32},
		{mica_op_transpose(w.cube, NULL), MICA_SHAPE(2, 4, 3), MICA_F32},
		{mica_op_transpose(w.cube, L(1, 2, 0)), MICA_SHAPE(3, 4, 2), MICA_F32},
		{mica_op_slice(w.m34, L(0, 1), L(3, 4), L(2, 2)), MICA_SHAPE(2, 2), MICA_F32},
		{mica_op_pad(w.m34, L(1, 0), L(0, 2), 0), MICA_SHAPE(4, 6), MICA_F32},
		{mica_op_window(w.cube, &(mica_window_opts){.taps = {2}, .padding = MICA_CAUSAL}), MICA_SHAPE(2, 3, 2, 4), MICA_F32},
		{mica_op_window(w.cube, &(mica_window_opts){.taps = {2}, .stride = {9}}), MICA_SHAPE(2, 1, 2, 4), MICA_F32},
		{mica_op_concat((mica_var[]){w.m34, w.m35}, 2, -1), MICA_SHAPE(3, 9), MICA_F32},
		{mica_op_gather(w.m45, w.whole), MICA_SHAPE(3, 5), MICA_F32},
		{mica_op_gather(w.bytes, w.whole), MICA_SHAPE(3), MICA_U8},
		{mica_op_scatter_add(w.m35, w.whole, 7), MICA_SHAPE(7, 5), MICA_F32},
		{mica_op_sum(w.cube, MICA_AXIS(0) | MICA_AXIS(2), false), MICA_SHAPE(3), MICA_F32},
		{mica_op_sum(w.cube, MICA_AXIS(0) | MICA_AXIS(2), true), MICA_SHAPE(1, 3, 1), MICA_F32},
		{mica_op_sum(w.cube, MICA_ALL_AXES, false), MICA_SCALAR_SHAPE, MICA_F32},
		{mica_op_sum(w.cube, 0, false), MICA_SHAPE(2, 3, 4), MICA_F32},
		{mica_op_argmax(w.cube, -1), MICA_SHAPE(2, 3), MICA_I32},
		{mica_op_matmul(w.cube, w.m45), MICA_SHAPE(2, 3, 5), MICA_F32},
		{mica_op_matmul(mica_op_transpose(w.m34, NULL), w.m35), MICA_SHAPE(4, 5), MICA_F32},
		{mica_graph_iota(w.g, MICA_SHAPE(2, 3), 1), MICA_SHAPE(2, 3), MICA_I32},
		{mica_op_random(w.g, MICA_SHAPE(2, 3), 1, 2, NULL), MICA_SHAPE(2, 3), MICA_F32},
		{mica_op_assign(w.variable, w.v3), MICA_SHAPE(3), MICA_F32},
	};
	OK(mica_graph_status(w.g));
	for (size_t i = 0; i < COUNT(rows); i++) {
		mica_shape s = mica_var_shape(rows[i].y);
		cr_expect(s.rank == rows[i].s.rank && !memcmp(s.dim, rows[i].s.dim, s.rank * sizeof(size_t)), "row %zu: %s, want %s", i,
		          shape_text(s), shape_text(rows[i].s));
		cr_expect(mica_var_dtype(rows[i].y) == rows[i].t, "row %zu: type %d", i, (int)mica_var_dtype(rows[i].y));
		cr_expect(mica_var_count(rows[i].y) == shape_count(rows[i].s), "row %zu: count %zu", i, mica_var_count(rows[i].y));
	}
	mica_close(ctx);
}

Test(shapes, names_are_copied_and_cut)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	char name[100] = "weights";
	mica_var x = mica_graph_variable(g, name, MICA_F32, MICA_SHAPE(2));
	memset(name, 'n', 99);
	mica_var y = mica_graph_input(g, name, MICA_F32, MICA_SHAPE(2));
	cr_expect(!strcmp(mica_var_name(x), "weights"), "%s", mica_var_name(x));
	cr_expect(strlen(mica_var_name(y)) == 63, "%zu bytes", strlen(mica_var_name(y)));
	cr_expect(mica_var_name(mica_op_neg(x))[0] == 0, "%s", mica_var_name(mica_op_neg(x)));
	cr_expect(mica_graph_context(g) == ctx && mica_var_graph(x) == g, "a var knows its graph, a graph its context");
	mica_close(ctx);
}

/* ---- graphs and their text ---- */

Test(shapes, graphs_are_refused_without_a_context)
{
	cr_expect(mica_graph_create(NULL) == NULL && mica_error(NULL)[0], "no context");
	mica_context *ctx = open_context();
	cr_expect(mica_graph_create_real(ctx, MICA_I32) == NULL && strstr(mica_error(NULL), "f64"), "%s", mica_error(NULL));
	mica_graph_destroy(NULL);
	mica_graph *g = mica_graph_create(ctx);
	mica_graph_destroy(g);
	mica_close(ctx);
}

Test(shapes, print)
{
	mica_context *ctx = open_context();
	operands w = operands_open(ctx);
	mica_var y = mica_op_exp(mica_op_matmul(w.m34, w.m45));
	char text[4000], dot[4000], cut[20];
	size_t n = mica_graph_print(&y, 1, false, text, sizeof text);
	cr_expect(n == strlen(text) && n > 0 && n < sizeof text, "%zu", n);
	cr_expect(strstr(text, "m34") && strstr(text, "m45") && strstr(text, "(3, 5)"), "%s", text);
	cr_expect(strstr(text, "m35") == NULL, "only what is needed: %s", text);
	cr_expect(mica_graph_print(&y, 1, false, cut, sizeof cut) == n && strlen(cut) == 19 && !strncmp(cut, text, 19), "%s", cut);
	cr_expect(mica_graph_print(&y, 1, false, NULL, 0) == n, "the length without any memory");
	mica_graph_print(&y, 1, true, dot, sizeof dot);
	cr_expect(!strncmp(dot, "digraph", 7) && strchr(dot, '}') && strstr(dot, "->"), "%s", dot);
	mica_close(ctx);
}
