/* SPDX-License-Identifier: MIT */
/* graph/test_passes.c - what no pass may change: whole training steps give the same bits without merging, without memory
   reuse and as separate launches, on one core and on all, and run after run; and what each pass is for. */
#include "support/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* These only choose where and in which launch a kernel runs: the arithmetic is the same. */
static const uint32_t same_arithmetic[] = {MICA_NO_PERSISTENT, MICA_NO_MERGE | MICA_NO_REUSE};
static void same_bits(const named_model *m)
{
	mica_context *ctx = open_context();
	outcome all = model_run(ctx, m, MICA_F32, 0, 3), again = model_run(ctx, m, MICA_F32, 0, 3);
	char label[96];
	snprintf(label, sizeof label, "%s, run again", m->name);
	expect_same_bits(label, &all, &again);
	outcome_free(&again);
	for (size_t i = 0; i < COUNT(same_arithmetic); i++) {
		outcome o = model_run(ctx, m, MICA_F32, same_arithmetic[i], 3);
		snprintf(label, sizeof label, "%s, without 0x%x", m->name, same_arithmetic[i]);
		cr_expect(!(same_arithmetic[i] & MICA_NO_PERSISTENT) || !o.info.persistent, "%s: still persistent", label);
		expect_same_bits(label, &o, &all);
		outcome_free(&o);
	}
	outcome_free(&all);
	mica_close(ctx);
}

#define MODELS(X) X(mlp_adam, 0) X(mlp_clipped, 1) X(norm_gelu, 2) X(attention, 3) X(shared_weights, 4) X(embedding, 5) X(moves, 6)
#define X(id, k)                               \
	Test(same_bits, id)                    \
	{                                      \
		same_bits(&models[k]);         \
	}
MODELS(X)
#undef X

/* The order of additions depends on shapes only, not on how many cores there are. */
Test(same_bits, on_one_core)
{
	mica_context *all = open_context(), *one = mica_open(&(mica_open_opts){.sub_device_units = 1});
	if (!one)
		cr_skip_test("no sub-devices: %s", mica_error(NULL));
	cr_expect(mica_context_device(one)->compute_units == 1, "%u compute units", mica_context_device(one)->compute_units);
	for (size_t i = 0; i < n_models; i++) {
		outcome a = model_run(all, &models[i], MICA_F32, 0, 2), b = model_run(one, &models[i], MICA_F32, 0, 2);
		expect_same_bits(models[i].name, &a, &b);
		outcome_free(&a);
		outcome_free(&b);
	}
	mica_close(one);
	mica_close(all);
}

/* Ten steps at once are ten times one step. */
Test(same_bits, steps_at_once)
{
	mica_context *ctx = open_context();
	for (size_t i = 0; i < n_models; i++) {
		outcome once = model_run(ctx, &models[i], MICA_F32, 0, 10), launches = model_run(ctx, &models[i], MICA_F32, MICA_NO_PERSISTENT, 10);
		expect_same_bits(models[i].name, &once, &launches);
		outcome_free(&once);
		outcome_free(&launches);
	}
	mica_close(ctx);
}

/* ---- what the passes are for ---- */

static mica_plan_info described(mica_context *ctx, const mica_var *y, size_t n, uint32_t without)
{
	mica_plan *p = NULL;
	(void)ctx;
	OK(mica_plan_create(&p, y, n, &(mica_plan_opts){.without = without | MICA_ONLY_PLAN}));
	mica_plan_info info = mica_plan_describe(p);
	mica_plan_destroy(p);
	return info;
}

Test(passes, fuse_chains_into_one_kernel)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(20, 50)), y = x;
	for (int i = 0; i < 5; i++)
		y = mica_op_addc(mica_op_mulc(y, 1.5), 0.25);
	cr_expect(described(ctx, &y, 1, 0).kernels == 1, "%zu kernels", described(ctx, &y, 1, 0).kernels);
	cr_expect(described(ctx, &y, 1, MICA_NO_FUSE).kernels == 10, "%zu kernels", described(ctx, &y, 1, MICA_NO_FUSE).kernels);
	mica_var e = mica_op_exp(mica_op_sub(x, mica_op_reduce_max(x, MICA_AXIS(1), true)));
	mica_var soft = mica_op_div(e, mica_op_sum(e, MICA_AXIS(1), true));
	cr_expect(described(ctx, &soft, 1, 0).kernels == 1, "softmax: %zu kernels", described(ctx, &soft, 1, 0).kernels);
	mica_var w = mica_graph_variable(g, "w", MICA_F32, MICA_SHAPE(50, 30)), b = mica_graph_variable(g, "b", MICA_F32, MICA_SHAPE(30));
	mica_var h = mica_op_relu(mica_op_add(mica_op_matmul(x, w), b));
	mica_plan_info info = described(ctx, &h, 1, 0);
	cr_expect(info.kernels == 1, "dense: %zu kernels", info.kernels);
	cr_expect(info.flops == 2 * 20 * 50 * 30, "dense: %llu flops", (unsigned long long)info.flops);
	mica_close(ctx);
}

/* Axes that are neighbours are one; what is left of several takes a kernel for each, of which only the first sees all elements. */
Test(passes, axes_are_reduced_together)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(4, 5, 6, 32)), image = mica_graph_input(g, "i", MICA_F32, MICA_SHAPE(64, 9, 9, 3));
	const uint32_t spatial = MICA_AXIS(0) | MICA_AXIS(1) | MICA_AXIS(2), last = MICA_AXIS(3);
	mica_var columns = mica_op_sum(x, spatial, true), apart = mica_op_sum(x, MICA_AXIS(0) | last, false);
	mica_var rows[] = {mica_op_mean(x, last, true), mica_op_reduce_max(x, last, true), mica_op_variance(x, last, true)};
	mica_var all = mica_op_mean(image, MICA_ALL_AXES, false);
	cr_expect(described(ctx, &columns, 1, 0).kernels == 1, "%zu kernels", described(ctx, &columns, 1, 0).kernels);
	cr_expect(described(ctx, rows, 3, 0).kernels == 1, "siblings: %zu kernels", described(ctx, rows, 3, 0).kernels);
	cr_expect(described(ctx, &apart, 1, 0).kernels <= 2, "%zu kernels", described(ctx, &apart, 1, 0).kernels);
	mica_plan_info info = described(ctx, &all, 1, 0);
	cr_expect(info.kernels <= 3 && info.arena_bytes < 64 * 9 * 9 * 4, "%zu kernels, %llu bytes", info.kernels,
	          (unsigned long long)info.arena_bytes);
	mica_close(ctx);
}

Test(passes, merge_independent_kernels_into_one_launch)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var y[3];
	for (size_t i = 0; i < 3; i++) {
		char name[2][8] = {{'a', (char)('0' + i), 0}, {'b', (char)('0' + i), 0}};
		mica_var a = mica_graph_input(g, name[0], MICA_F32, MICA_SHAPE(20 + i, 50)), b = mica_graph_input(g, name[1], MICA_F32, MICA_SHAPE(50, 30 + i));
		y[i] = mica_op_matmul(a, b);
	}
	const char *class = getenv("MICA_CLASS");
	if (class && !strcmp(class, "simt") && mica_context_device(ctx)->is_cpu) /* PoCL compiles such launches for minutes */
		cr_skip_test("a CPU that plays a GPU gets one kernel a launch");
	mica_plan_info merged = described(ctx, y, 3, 0), apart = described(ctx, y, 3, MICA_NO_MERGE);
	cr_expect(merged.kernels == 3 && merged.launches == 1, "%zu kernels in %zu launches", merged.kernels, merged.launches);
	cr_expect(apart.kernels == 3 && apart.launches == 3, "%zu kernels in %zu launches", apart.kernels, apart.launches);
	mica_close(ctx);
}

Test(passes, equal_nodes_are_computed_once)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var a = mica_graph_input(g, "a", MICA_F32, MICA_SHAPE(20, 50)), b = mica_graph_input(g, "b", MICA_F32, MICA_SHAPE(50, 30));
	mica_var y[2] = {mica_op_exp(mica_op_matmul(a, b)), mica_op_sin(mica_op_matmul(a, b))};
	cr_expect(described(ctx, y, 2, 0).flops == 2 * 20 * 50 * 30, "%llu flops", (unsigned long long)described(ctx, y, 2, 0).flops);
	cr_expect(described(ctx, y, 2, MICA_NO_SIMPLIFY).flops == 2 * 2 * 20 * 50 * 30, "%llu flops",
	          (unsigned long long)described(ctx, y, 2, MICA_NO_SIMPLIFY).flops);
	mica_close(ctx);
}

/* A plan without kernels says what the plan with them would be, takes no device memory, and does not run. */
Test(passes, only_plan)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(20, 50)), w = mica_graph_variable(g, "w", MICA_F32, MICA_SHAPE(50, 30));
	mica_var y = mica_op_relu(mica_op_matmul(x, w));
	float out[20 * 30];
	mica_plan *p = NULL;
	OK(mica_plan_create(&p, &y, 1, NULL));
	mica_plan_info whole = mica_plan_describe(p), only;
	mica_plan_destroy(p);
	OK(mica_plan_create(&p, &y, 1, &(mica_plan_opts){.without = MICA_ONLY_PLAN}));
	only = mica_plan_describe(p);
	cr_expect(only.kernels == whole.kernels && only.launches == whole.launches && only.flops == whole.flops &&
	          only.arena_bytes == whole.arena_bytes && only.nodes == whole.nodes && only.nodes > 0, "%zu kernels", only.kernels);
	cr_expect(!strcmp(mica_pass_name(MICA_CODEGEN), "codegen") && !strcmp(mica_pass_name(MICA_PASSES), ""));
	for (size_t i = 0; i < MICA_PASSES; i++)
		cr_expect(only.seconds[i] > 0, "%s: %g seconds", mica_pass_name(i), only.seconds[i]);
	cr_expect(mica_plan_run(p, 1) == MICA_EINVAL && strstr(mica_error(NULL), "MICA_ONLY_PLAN"), "%s", mica_error(NULL));
	cr_expect(mica_plan_fetch(p, 0, out, sizeof out) == MICA_EINVAL, "%s", mica_error(NULL));
	mica_plan_destroy(p);
	mica_close(ctx);
}

/* A long chain of products needs room for two values, not for all. */
Test(passes, memory_is_used_again)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(200, 64)), w = mica_graph_variable(g, "w", MICA_F32, MICA_SHAPE(64, 64));
	for (int i = 0; i < 10; i++)
		x = mica_op_matmul(x, w);
	uint64_t value = 200 * 64 * 4, again = described(ctx, &x, 1, 0).arena_bytes, apart = described(ctx, &x, 1, MICA_NO_REUSE).arena_bytes;
	cr_expect(again < 4 * value, "%llu bytes for values of %llu", (unsigned long long)again, (unsigned long long)value);
	cr_expect(apart >= 10 * value, "%llu bytes", (unsigned long long)apart);
	mica_close(ctx);
}
