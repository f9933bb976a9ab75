/* SPDX-License-Identifier: MIT */
/* runtime/test_plan.c - plans as their user meets them: what a run reads and writes and in which order, values that stay
   between runs and plans, memory that is counted and given back, and every refusal. */
#include "runtime/plan.h"
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float variable_value(mica_var v)
{
	float x = -1;
	OK(mica_value_read(mica_var_value(v), &x, sizeof x));
	return x;
}

static void expect_floats(const char *label, const float *got, const float *want, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect(got[i] == want[i], "%s [%zu]: got %g, want %g", label, i, (double)got[i], (double)want[i]);
}

static const uint32_t ways[] = {0, MICA_NO_PERSISTENT, MICA_NO_FUSE, MICA_NO_PANELS, 63};

/* ---- assignments ---- */

/* Both right sides read the old values, whatever the order and the passes. */
Test(plan, variables_are_swapped)
{
	world w = {.ctx = open_context()};
	for (size_t k = 0; k < COUNT(ways); k++) {
		w.g = mica_graph_create(w.ctx);
		mica_var a = mica_graph_variable(w.g, "a", MICA_F32, MICA_SHAPE(3, 21)), b = mica_graph_variable(w.g, "b", MICA_F32, MICA_SHAPE(3, 21));
		mica_var outputs[2] = {mica_op_assign(a, b), mica_op_assign(b, a)};
		float one[63], two[63], got[63];
		for (size_t i = 0; i < 63; i++)
			one[i] = (float)i, two[i] = -(float)i;
		mica_plan *p = plan_of(outputs, 2, ways[k]);
		OK(mica_value_write(mica_var_value(a), one, sizeof one));
		OK(mica_value_write(mica_var_value(b), two, sizeof two));
		OK(mica_plan_run(p, 3));
		OK(mica_value_read(mica_var_value(a), got, sizeof got));
		expect_floats("a", got, two, 63);
		OK(mica_value_read(mica_var_value(b), got, sizeof got));
		expect_floats("b", got, one, 63);
		OK(mica_plan_fetch(p, 0, got, sizeof got));
		expect_floats("the value assigned to a", got, two, 63);
	}
	mica_close(w.ctx);
}

static mica_var softmax(mica_var x)
{
	mica_var e = mica_op_exp(mica_op_sub(x, mica_op_reduce_max(x, MICA_AXIS(1), true)));
	return mica_op_div(e, mica_op_sum(e, MICA_AXIS(1), true));
}

/* Between passes over a row a value may stand where the result will, unless that is what the last pass reads. */
Test(plan, rows_are_read_until_the_result_is_stored)
{
	enum { N = 19 * 70 };
	world w = {.ctx = open_context()};
	for (size_t k = 0; k < COUNT(ways); k++) {
		w.g = mica_graph_create(w.ctx);
		mica_var v[2], outputs[2];
		float start[N], got[2][N];
		for (size_t i = 0; i < N; i++)
			start[i] = (float)(i * 31 % 97) / 16;
		for (size_t i = 0; i < 2; i++) {
			v[i] = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(19, 70));
			OK(mica_value_write(mica_var_value(v[i]), start, sizeof start));
		}
		for (size_t i = 0; i < 2; i++) /* the first reads and writes v[0], the other writes elsewhere */
			outputs[i] = mica_op_assign(v[i], mica_op_add(softmax(v[0]), v[0]));
		for (size_t i = 2; i-- > 0;)
			OK(mica_plan_run(plan_of(&outputs[i], 1, ways[k]), 1));
		for (size_t i = 0; i < 2; i++)
			OK(mica_value_read(mica_var_value(v[i]), got[i], sizeof got[i]));
		expect_floats("in place", got[0], got[1], N);
		for (size_t r = 0; r < 19; r++) {
			double sum = 0;
			for (size_t i = 0; i < 70; i++)
				sum += (double)(got[1][r * 70 + i] - start[r * 70 + i]);
			cr_expect(sum > 1 - 1e-4 && sum < 1 + 1e-4, "row %zu: softmax sums to %g", r, sum);
		}
	}
	mica_close(w.ctx);
}

/* a, b, c = b + 1, c * 2, transpose of a: each from the values before the step. */
Test(plan, variables_go_round)
{
	world w = {.ctx = open_context()};
	for (size_t k = 0; k < COUNT(ways); k++) {
		w.g = mica_graph_create(w.ctx);
		mica_var v[3];
		for (size_t i = 0; i < 3; i++)
			v[i] = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(20, 20));
		mica_var outputs[3] = {mica_op_assign(v[0], mica_op_addc(v[1], 1)), mica_op_assign(v[1], mica_op_mulc(v[2], 2)),
		                       mica_op_assign(v[2], mica_op_transpose(v[0], NULL))};
		float now[3][400], next[3][400], got[400];
		for (size_t i = 0; i < 400; i++)
			now[0][i] = (float)i, now[1][i] = (float)(7 * i % 13), now[2][i] = -(float)i;
		mica_plan *p = plan_of(outputs, 3, ways[k]);
		for (size_t i = 0; i < 3; i++)
			OK(mica_value_write(mica_var_value(v[i]), now[i], sizeof now[i]));
		for (int step = 0; step < 4; step++) {
			for (size_t i = 0; i < 400; i++) {
				next[0][i] = now[1][i] + 1;
				next[1][i] = now[2][i] * 2;
				next[2][i] = now[0][i % 20 * 20 + i / 20];
			}
			memcpy(now, next, sizeof now);
			OK(mica_plan_run(p, 1));
			for (size_t i = 0; i < 3; i++) {
				OK(mica_value_read(mica_var_value(v[i]), got, sizeof got));
				expect_floats("v", got, now[i], 400);
			}
		}
	}
	mica_close(w.ctx);
}

Test(plan, steps_are_counted)
{
	world w = world_open();
	mica_var n = mica_graph_variable(w.g, "n", MICA_I32, MICA_SCALAR_SHAPE), sum = mica_graph_variable(w.g, "sum", MICA_F32, MICA_SCALAR_SHAPE);
	mica_var old = mica_op_cast(n, MICA_F32), outputs[3] = {mica_op_assign(n, mica_op_addc(n, 1)), mica_op_assign(sum, mica_op_add(sum, old)), old};
	mica_plan *p = plan_of(outputs, 3, 0);
	int32_t count = -1;
	float before;
	OK(mica_plan_run(p, 10));
	OK(mica_plan_run(p, 90));
	OK(mica_value_read(mica_var_value(n), &count, sizeof count));
	OK(mica_plan_fetch(p, 2, &before, sizeof before));
	cr_expect(count == 100 && variable_value(sum) == 4950 && before == 99, "%d, %g, %g", count, (double)variable_value(sum), (double)before);
	mica_close(w.ctx);
}

/* A variable keeps its value between runs, plans and contexts' waits, and is zero at first. */
Test(plan, variables_live_with_their_graph)
{
	world w = world_open();
	mica_var v = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(5, 40)), x = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(5, 40));
	float ones[200], got[200], want[200] = {0};
	for (size_t i = 0; i < 200; i++)
		ones[i] = (float)i;
	OK(mica_value_read(mica_var_value(v), got, sizeof got));
	expect_floats("before any plan", got, want, 200);
	mica_var add = mica_op_assign(v, mica_op_add(v, x)), twice = mica_op_mulc(v, 2);
	mica_plan *p = plan_of(&add, 1, 0), *q = plan_of(&twice, 1, MICA_NO_FUSE), *r = plan_of(&v, 1, 0);
	OK(mica_plan_feed(p, mica_var_name(x), ones, sizeof ones));
	for (int k = 1; k < 4; k++) {
		OK(mica_plan_run(p, 1));
		OK(mica_plan_run(q, 1));
		OK(mica_plan_run(r, 1));
		for (size_t i = 0; i < 200; i++)
			want[i] = 2 * (float)k * ones[i];
		OK(mica_plan_fetch(q, 0, got, sizeof got));
		expect_floats("twice", got, want, 200);
		for (size_t i = 0; i < 200; i++)
			want[i] /= 2;
		OK(mica_plan_fetch(r, 0, got, sizeof got));
		expect_floats("as an output", got, want, 200);
	}
	mica_plan_destroy(p);
	OK(mica_context_wait(w.ctx));
	OK(mica_value_read(mica_var_value(v), got, sizeof got));
	expect_floats("after the plan is gone", got, want, 200);
	mica_close(w.ctx);
}

/* A value that is assigned, an output, and read by more work is one value. */
Test(plan, an_assigned_value_is_used_on)
{
	world w = world_open();
	mica_var v = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(33)), next = mica_op_addc(v, 1);
	mica_var stored = mica_op_assign(v, next), outputs[4] = {stored, next, mica_op_mulc(stored, 10), mica_op_neg(v)};
	mica_plan *p = plan_of(outputs, 4, 0);
	float got[33], want[33];
	OK(mica_plan_run(p, 2));
	static const float each[] = {2, 2, 20, -1}; /* the last reads the old value */
	for (size_t k = 0; k < 4; k++) {
		for (size_t i = 0; i < 33; i++)
			want[i] = each[k];
		OK(mica_plan_fetch(p, k, got, sizeof got));
		expect_floats("output", got, want, 33);
	}
	mica_close(w.ctx);
}

Test(plan, constants_and_bytes_are_assigned)
{
	world w = world_open();
	mica_var f = mica_graph_variable(w.g, "f", MICA_F32, MICA_SHAPE(2, 19)), b = mica_graph_variable(w.g, "b", MICA_U8, MICA_SHAPE(19));
	mica_var x = mica_graph_input(w.g, "x", MICA_U8, MICA_SHAPE(19));
	mica_var outputs[2] = {mica_op_assign(f, mica_graph_fill(w.g, 2.5, MICA_F32, MICA_SHAPE(2, 19))), mica_op_assign(b, x)};
	mica_plan *p = plan_of(outputs, 2, 0);
	uint8_t bytes[19], back[19];
	float got[38], want[38];
	for (size_t i = 0; i < 38; i++)
		want[i] = 2.5f;
	for (size_t i = 0; i < 19; i++)
		bytes[i] = (uint8_t)(200 + i);
	OK(mica_plan_feed(p, mica_var_name(x), bytes, sizeof bytes));
	OK(mica_plan_run(p, 1));
	OK(mica_value_read(mica_var_value(f), got, sizeof got));
	expect_floats("fill", got, want, 38);
	OK(mica_value_read(mica_var_value(b), back, sizeof back));
	cr_expect(!memcmp(bytes, back, sizeof bytes), "bytes");
	mica_close(w.ctx);
}

/* ---- memory and launches ---- */

Test(plan, runs_allocate_and_move_nothing)
{
	world w = world_open();
	mica_var x = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(40, 50)), v = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(50, 30));
	mica_var y = mica_op_sum(mica_op_relu(mica_op_matmul(x, v)), MICA_ALL_AXES, false);
	mica_plan *p = plan_of(&y, 1, MICA_NO_PERSISTENT);
	mica_plan_info info = mica_plan_describe(p);
	float zeros[2000] = {0};
	OK(mica_plan_feed(p, mica_var_name(x), zeros, sizeof zeros));
	OK(mica_plan_run(p, 1));
	OK(mica_context_wait(w.ctx));
	mica_device_usage before = mica_context_usage(w.ctx);
	OK(mica_plan_run(p, 100));
	OK(mica_context_wait(w.ctx));
	mica_device_usage after = mica_context_usage(w.ctx);
	cr_expect(info.launches > 0 && after.launches - before.launches == 100 * info.launches, "%llu launches of %zu each",
	          (unsigned long long)(after.launches - before.launches), info.launches);
	cr_expect(before.bytes == after.bytes && before.peak_bytes == after.peak_bytes, "device memory grew");
	cr_expect(before.uploaded_bytes == after.uploaded_bytes && before.downloaded_bytes == after.downloaded_bytes, "bytes were moved");
	cr_expect(after.peak_bytes >= after.bytes && after.bytes >= info.arena_bytes, "%llu bytes", (unsigned long long)after.bytes);
	mica_close(w.ctx);
}

Test(plan, memory_is_given_back)
{
	world w = world_open();
	mica_var x = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(100, 50)), y = mica_op_matmul(mica_op_transpose(x, NULL), x), z = mica_op_exp(mica_op_matmul(x, y));
	mica_plan_destroy(plan_of(&z, 1, 0)); /* inputs keep their storage as long as the graph */
	uint64_t before = mica_context_usage(w.ctx).bytes;
	for (int i = 0; i < 5; i++)
		mica_plan_destroy(plan_of(&z, 1, 0));
	cr_expect(mica_context_usage(w.ctx).bytes == before, "%llu bytes, then %llu", (unsigned long long)before,
	          (unsigned long long)mica_context_usage(w.ctx).bytes);
	mica_graph_destroy(w.g);
	cr_expect(mica_context_usage(w.ctx).bytes < before || before == 0, "%llu bytes after the graph is gone",
	          (unsigned long long)mica_context_usage(w.ctx).bytes);
	mica_plan_destroy(NULL);
	mica_close(w.ctx);
}

Test(plan, a_budget_is_kept)
{
	mica_context *whole = open_context();
	mica_close(whole);
	mica_context *ctx = mica_open(&(mica_open_opts){.memory_budget = 1 << 20});
	cr_assert(ctx, "%s", mica_error(NULL));
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(1000, 1000)), y = mica_op_matmul(x, x);
	mica_plan *p = (mica_plan *)(uintptr_t)1;
	cr_expect(mica_plan_create(&p, &y, 1, NULL) == MICA_EBUDGET && p == NULL, "%s", mica_error(NULL));
	cr_expect(strpbrk(mica_error(NULL), "0123456789") != NULL && !strchr(mica_error(NULL), '\n'), "the text has numbers: %s", mica_error(NULL));
	cr_expect(mica_context_usage(ctx).bytes <= 1 << 20 && mica_context_usage(ctx).peak_bytes <= 1 << 20, "more than the budget was used");
	mica_var small = mica_graph_input(g, "s", MICA_F32, MICA_SHAPE(10, 10)), z = mica_op_matmul(small, small);
	cr_expect(mica_plan_create(&p, &z, 1, NULL) == MICA_OK && p, "a small plan still fits: %s", mica_error(NULL));
	mica_close(ctx);
}

/* Where the device gives little in one piece: variables, and what the arena holds, are spread over several; what is larger by
   itself is refused by its name, and nothing is lost. */
Test(plan, memory_is_taken_in_pieces)
{
	enum { N = 6, WIDTH = 60, ROWS = 1000 }; /* 240 KB each, and more in panels */
	setenv("MICA_LARGEST", "600K", 1);
	world w = world_open();
	mica_var v[N], outputs[2 * N], sum = mica_graph_scalar(w.g, 0);
	float *x = calloc(ROWS * WIDTH, sizeof *x);
	cr_assert(x);
	for (size_t i = 0; i < ROWS * WIDTH; i++)
		x[i] = (float)(i % 1000);
	for (size_t i = 0; i < N; i++) {
		char name[16];
		snprintf(name, sizeof name, "v%zu", i);
		v[i] = mica_graph_variable(w.g, name, MICA_F32, MICA_SHAPE(ROWS, WIDTH));
		OK(mica_value_write(mica_var_value(v[i]), x, ROWS * WIDTH * sizeof *x));
		sum = mica_op_add(sum, mica_op_mulc(v[i], (double)(i + 1)));
	}
	for (size_t i = 0; i < N; i++) {
		outputs[i] = mica_op_mulc(sum, (double)(i + 1));
		outputs[N + i] = mica_op_assign(v[i], mica_op_addc(v[i], (double)i));
	}
	mica_plan *p = plan_of(outputs, 2 * N, 0), *q = NULL;
	OK(mica_plan_run(p, 1));
	for (size_t k = 0; k < 2 * N; k++) {
		float *got = calloc(ROWS * WIDTH, sizeof *got);
		cr_assert(got);
		OK(mica_plan_fetch(p, k, got, ROWS * WIDTH * sizeof *got));
		for (size_t i = 0; i < ROWS * WIDTH; i++)
			cr_assert(got[i] == (k < N ? x[i] * 21 * (float)(k + 1) : x[i] + (float)(k - N)), "output %zu [%zu]: %g", k, i, (double)got[i]);
		free(got);
	}
	cr_expect(mica_plan_describe(p).arena_bytes > 1200 << 10);
	mica_var large = mica_graph_variable(w.g, "too_large", MICA_F32, MICA_SHAPE(1000, 200)), y = mica_op_sum(large, MICA_ALL_AXES, false);
	cr_expect(mica_plan_create(&q, &y, 1, NULL) == MICA_EBUDGET && strstr(mica_error(NULL), "too_large, f32 (1000, 200)"), "%s", mica_error(NULL));
	y = mica_op_exp(mica_op_matmul(mica_graph_input(w.g, "a", MICA_F32, MICA_SHAPE(1000, 2)), mica_graph_input(w.g, "b", MICA_F32, MICA_SHAPE(2, 200))));
	cr_expect(mica_plan_create(&q, &y, 1, NULL) == MICA_EBUDGET && strstr(mica_error(NULL), "(1000, 200), takes"), "%s", mica_error(NULL));
	OK(mica_plan_run(p, 1));
	free(x);
	mica_close(w.ctx);
	unsetenv("MICA_LARGEST");
}

/* ---- batches ---- */

/* A shorter last batch with typical_rows gives what the whole one gives for the same rows. */
Test(plan, a_short_batch)
{
	world w = world_open();
	mica_var v = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(30, 20));
	float weights[600], x[64 * 30], whole[64 * 20], part[64 * 20];
	for (size_t i = 0; i < 600; i++)
		weights[i] = (float)(i * 7 % 23) / 11 - 1;
	for (size_t i = 0; i < COUNT(x); i++)
		x[i] = (float)(i * 5 % 19) / 9 - 1;
	OK(mica_value_write(mica_var_value(v), weights, sizeof weights));
	static const size_t rows[] = {64, 1, 7, 33, 63};
	for (size_t k = 0; k < COUNT(rows); k++) {
		mica_var in = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(rows[k], 30)), y = mica_op_tanh(mica_op_matmul(in, v));
		mica_plan *p = NULL;
		float *out = k ? part : whole;
		OK(mica_plan_create(&p, &y, 1, &(mica_plan_opts){.typical_rows = 64}));
		OK(mica_plan_feed(p, mica_var_name(in), x, rows[k] * 30 * sizeof(float)));
		OK(mica_plan_run(p, 1));
		OK(mica_plan_fetch(p, 0, out, rows[k] * 20 * sizeof(float)));
		expect_floats("rows of a short batch", out, whole, rows[k] * 20);
	}
	mica_close(w.ctx);
}

/* What a training step makes of a batch runs the same program for a short one: a compilation takes longer than an epoch of little
   data.  (Those of 1 and 2 are different: dimensions of 1 and the constants 1 and 0.5 stand in the code.) */
Test(plan, a_short_batch_has_the_same_program)
{
	world w = world_open();
	mica_var v = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(30, 20)), b = mica_graph_variable(w.g, "b", MICA_F32, MICA_SHAPE(20));
	mica_var few = mica_graph_variable(w.g, "few", MICA_F32, MICA_SHAPE(20, 5));
	static const size_t rows[] = {40, 7, 33, 3};
	mica__program *program = NULL;
	for (size_t k = 0; k < COUNT(rows); k++) {
		mica_var in = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(rows[k], 30));
		mica_var y = mica_op_matmul(mica_op_tanh(mica_op_add(mica_op_matmul(in, v), b)), few);
		mica_var loss = mica_op_mean(mica_op_sum(mica_op_square(y), MICA_AXIS(1), false), MICA_ALL_AXES, false);
		const mica_var of[] = {v, b, few};
		mica_var outputs[4] = {loss};
		mica_plan *p = NULL;
		OK(mica_gradient(loss, NULL, of, 3, outputs + 1));
		OK(mica_plan_create(&p, outputs, 4, &(mica_plan_opts){.typical_rows = 40}));
		if (k)
			cr_expect(p->program == program, "%zu rows", rows[k]);
		program = p->program;
	}
	mica_close(w.ctx);
}

/* ---- refusals ---- */

Test(plan, refusals)
{
	world w = world_open();
	mica_var x = mica_graph_input(w.g, "images", MICA_F32, MICA_SHAPE(3)), v = mica_graph_variable(w.g, "weights", MICA_F32, MICA_SHAPE(3));
	mica_var y = mica_op_add(x, v), apart = mica_graph_input(w.g, "apart", MICA_F32, MICA_SHAPE(3)), z = mica_op_exp(y);
	float data[4] = {1, 2, 3, 4};
	mica_plan *p = plan_of(&y, 1, 0), *q = (mica_plan *)(uintptr_t)1;
	cr_expect(mica_plan_feed(p, mica_var_name(x), data, 16) == MICA_ESHAPE && strstr(mica_error(NULL), "images") && strstr(mica_error(NULL), "16") &&
	          strstr(mica_error(NULL), "12"), "%s", mica_error(NULL));
	cr_expect(mica_plan_run(p, 1) == MICA_EINVAL && strstr(mica_error(NULL), "images"), "not fed yet: %s", mica_error(NULL));
	cr_expect(mica_plan_feed(p, mica_var_name(apart), data, 12) == MICA_OK, "an input that this plan does not need: %s", mica_error(NULL));
	cr_expect(mica_plan_feed(p, mica_var_name(apart), data, 4) == MICA_ESHAPE, "is checked all the same: %s", mica_error(NULL));
	cr_expect(mica_plan_feed(p, mica_var_name(v), data, 12) == MICA_EINVAL && strstr(mica_error(NULL), "weights"), "a variable is set, not fed: %s", mica_error(NULL));
	cr_expect(mica_plan_fetch(p, 0, data, 8) == MICA_ESHAPE && strstr(mica_error(NULL), "8") && strstr(mica_error(NULL), "12"), "%s", mica_error(NULL));
	cr_expect(mica_plan_fetch(p, 1, data, 12) == MICA_EINVAL, "not an output: %s", mica_error(NULL));
	cr_expect(mica_plan_run(p, 0) == MICA_EINVAL && strstr(mica_error(NULL), "steps"), "%s", mica_error(NULL));
	cr_expect(mica_value_write(mica_var_value(v), data, 8) == MICA_ESHAPE && strstr(mica_error(NULL), "weights"), "%s", mica_error(NULL));
	cr_expect(mica_value_read(mica_var_value(v), data, 16) == MICA_ESHAPE && strstr(mica_error(NULL), "weights"), "%s", mica_error(NULL));
	cr_expect(mica_value_write(mica_var_value(x), data, 12) == MICA_EINVAL, "not a variable: %s", mica_error(NULL));
	cr_expect(mica_value_read(mica_var_value(y), data, 12) == MICA_EINVAL, "not a variable: %s", mica_error(NULL));
	cr_expect(mica_plan_create(&q, NULL, 0, NULL) == MICA_EINVAL && q == NULL, "no outputs: %s", mica_error(NULL));
	struct {
		mica_plan_opts known;
		char later;
	} opts = {.known.size = sizeof opts, .later = 1};
	cr_expect(mica_plan_create(&q, &y, 1, &opts.known) == MICA_EUNSUPPORTED && q == NULL, "later: %s", mica_error(NULL));
	mica_graph *other = mica_graph_create(w.ctx);
	mica_var pair[2] = {y, mica_graph_input(other, "o", MICA_F32, MICA_SHAPE(3))};
	cr_expect(mica_plan_create(&q, pair, 2, NULL) == MICA_EINVAL && q == NULL, "two graphs: %s", mica_error(NULL));
	mica_var twice[2] = {mica_op_assign(v, y), mica_op_assign(v, z)};
	cr_expect(mica_plan_create(&q, twice, 2, NULL) == MICA_EINVAL && strstr(mica_error(NULL), "weights") && q == NULL, "%s", mica_error(NULL));
	mica_close(w.ctx);
}

/* The graph has not failed when a plan is refused, and works on. */
Test(plan, a_refused_plan_leaves_the_graph_alone)
{
	world w = world_open();
	mica_var v = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(3)), a = mica_op_assign(v, mica_op_addc(v, 1));
	mica_var pair[2] = {a, mica_op_assign(v, mica_op_mulc(v, 2))};
	mica_plan *p = NULL;
	cr_expect(mica_plan_create(&p, pair, 2, NULL) == MICA_EINVAL, "%s", mica_error(NULL));
	OK(mica_graph_status(w.g));
	p = plan_of(&a, 1, 0);
	OK(mica_plan_run(p, 3));
	float got[3], want[3] = {3, 3, 3};
	OK(mica_value_read(mica_var_value(v), got, sizeof got));
	expect_floats("v", got, want, 3);
	mica_close(w.ctx);
}

/* ---- outputs ---- */

/* The same output twice, an output that another output is computed from, an output that is only reshaped. */
Test(plan, outputs_overlap)
{
	world w = world_open();
	mica_var x = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(4, 18)), y = mica_op_mulc(x, 2), flat = mica_op_reshape(y, MICA_SHAPE(72)), z = mica_op_addc(y, 1);
	mica_var outputs[6] = {y, y, flat, z, x, mica_op_reshape(x, MICA_SHAPE(72))};
	mica_plan *p = plan_of(outputs, 6, 0);
	float in[72], got[72], want[6][72];
	for (size_t i = 0; i < 72; i++) {
		in[i] = want[4][i] = want[5][i] = (float)i;
		want[0][i] = want[1][i] = want[2][i] = 2 * (float)i;
		want[3][i] = 2 * (float)i + 1;
	}
	OK(mica_plan_feed(p, mica_var_name(x), in, sizeof in));
	OK(mica_plan_run(p, 1));
	for (size_t k = 0; k < 6; k++) {
		OK(mica_plan_fetch(p, k, got, sizeof got));
		expect_floats("output", got, want[k], 72);
	}
	mica_close(w.ctx);
}

/* Feeding copies at once: the host's memory may change, and an input keeps its value for the runs to come. */
Test(plan, inputs_are_copied_and_stay)
{
	world w = world_open();
	mica_var x = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(70)), y = mica_op_addc(x, 1);
	mica_plan *p = plan_of(&y, 1, 0);
	float in[70], got[70], want[70];
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 70; i++) {
			in[i] = (float)((int)i * round);
			want[i] = in[i] + 1;
		}
		OK(mica_plan_feed(p, mica_var_name(x), in, sizeof in));
		memset(in, 0xff, sizeof in);
		for (int again = 0; again < 2; again++) {
			OK(mica_plan_run(p, 1));
			OK(mica_plan_fetch(p, 0, got, sizeof got));
			expect_floats("y", got, want, 70);
		}
	}
	mica_close(w.ctx);
}

Test(plan, print)
{
	world w = world_open();
	mica_var x = mica_graph_input(w.g, "images", MICA_F32, MICA_SHAPE(20, 30)), v = mica_graph_variable(w.g, "weights", MICA_F32, MICA_SHAPE(30, 10));
	mica_scope_enter(w.g, "encoder");
	mica_var h = mica_op_relu(mica_op_matmul(x, v));
	mica_scope_leave(w.g);
	mica_var y = mica_op_softplus(mica_op_matmul(h, mica_op_transpose(v, NULL)));
	mica_plan *p = plan_of(&y, 1, 0);
	char text[8000], dot[8000], cut[30];
	size_t n = mica_plan_print(p, false, text, sizeof text);
	cr_expect(n > 0 && n == strlen(text), "%zu and %zu", n, strlen(text));
	cr_expect(strstr(text, "images") && strstr(text, "weights"), "%s", text);
	cr_expect(strstr(text, "product 20x10x30 +1: encoder:") && !strstr(text, "product 20x30x10: "), "%s", text);
	cr_expect(mica_plan_print(p, false, cut, sizeof cut) == n && strlen(cut) == 29, "%s", cut);
	mica_plan_print(p, true, dot, sizeof dot);
	cr_expect(!strncmp(dot, "digraph", 7) && strstr(dot, "->"), "%s", dot);
	mica_close(w.ctx);
}
