/* SPDX-License-Identifier: MIT */
/* lower/test_depth.c - graphs that are deep, wide, or use a value twice at every step can be planned, without time or stack
   that grows faster than the graph, and give right values; and what simplifying must not change.
   Whole numbers are used where arithmetic is, so that every right order of operations gives the same bits. */
#include "support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static mica_plan_info only_plan(mica_var y)
{
	mica_plan *p = plan_of(&y, 1, MICA_ONLY_PLAN);
	mica_plan_info info = mica_plan_describe(p);
	mica_plan_destroy(p);
	return info;
}

/* The values of y on a row of whole numbers from -3 on. */
enum { WIDTH = 5 };
static float start(size_t i)
{
	return (float)i - 3;
}

static mica_var row(world *w)
{
	return mica_graph_input(w->g, "x", MICA_F32, MICA_SHAPE(WIDTH));
}

static void run_on_row(const mica_var *y, size_t n, mica_plan **p)
{
	float values[WIDTH];
	for (size_t i = 0; i < WIDTH; i++)
		values[i] = start(i);
	*p = plan_of(y, n, 0);
	OK(mica_plan_feed(*p, "x", values, sizeof values));
	OK(mica_plan_run(*p, 1));
}

static void expect_values(const char *label, mica_plan *p, size_t output, const float *want, size_t n)
{
	float *got = calloc(n, sizeof *got);
	cr_assert(got);
	OK(mica_plan_fetch(p, output, got, n * sizeof *got));
	for (size_t i = 0; i < n; i++)
		cr_expect(got[i] == want[i], "%s [%zu]: got %g, want %g", label, i, (double)got[i], (double)want[i]);
	free(got);
}

/* ---- depth ---- */

Test(depth, a_chain_of_3000)
{
	world w = world_open();
	mica_var x = row(&w), y = x;
	float want[WIDTH];
	mica_plan *p;
	for (size_t i = 0; i < 3000; i++)
		y = i % 3 == 2 ? mica_op_neg(y) : mica_op_addc(y, (double)(i % 3) + 1);
	for (size_t k = 0; k < WIDTH; k++) {
		want[k] = start(k);
		for (size_t i = 0; i < 3000; i++)
			want[k] = i % 3 == 2 ? -want[k] : want[k] + (float)(i % 3) + 1;
	}
	run_on_row(&y, 1, &p);
	expect_values("chain", p, 0, want, WIDTH);
	mica_close(w.ctx);
}

Test(depth, a_chain_of_100000_is_planned)
{
	world w = world_open();
	mica_var y = row(&w);
	for (size_t i = 0; i < 100000; i++)
		y = i % 2 ? mica_op_neg(y) : mica_op_addc(y, 1);
	mica_plan_info info = only_plan(y);
	cr_expect(info.nodes > 100000 && info.kernels < 1000, "%zu nodes, %zu kernels", info.nodes, info.kernels);
	mica_close(w.ctx);
}

/* Each step uses the last value twice: 2^60 ways through the graph. */
static mica_var doubled(mica_var y, size_t steps)
{
	for (size_t i = 0; i < steps; i++)
		y = mica_op_add(y, mica_op_mulc(y, 0.5));
	return y;
}

static void doubled_values(float want[WIDTH], size_t steps)
{
	for (size_t k = 0; k < WIDTH; k++) {
		want[k] = start(k);
		for (size_t i = 0; i < steps; i++)
			want[k] += want[k] / 2;
	}
}

Test(depth, a_value_used_twice_at_every_step)
{
	world w = world_open();
	mica_var x = row(&w), y = doubled(x, 60), most = mica_op_reduce_max(y, MICA_AXIS(0), true);
	mica_var reshaped = doubled(mica_op_reshape(y, MICA_SHAPE(WIDTH, 1)), 1), out[4] = {y, most, mica_op_sub(y, most), reshaped};
	float want[WIDTH], less[WIDTH], next[WIDTH];
	mica_plan *p;
	doubled_values(want, 60);
	doubled_values(next, 61);
	for (size_t k = 0; k < WIDTH; k++)
		less[k] = want[k] - want[WIDTH - 1];
	run_on_row(out, COUNT(out), &p);
	expect_values("y", p, 0, want, WIDTH);
	expect_values("most", p, 1, want + WIDTH - 1, 1);
	expect_values("y - most", p, 2, less, WIDTH);
	expect_values("reshaped", p, 3, next, WIDTH);
	mica_close(w.ctx);
}

/* Neither softmax nor a column of sums below it, nor shapes that go to and fro, make the ways count. */
Test(depth, a_value_used_twice_is_planned_everywhere)
{
	world w = world_open();
	mica_var x = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(6, 20)), y = doubled(x, 40);
	mica_var e = mica_op_exp(mica_op_sub(y, mica_op_reduce_max(y, MICA_AXIS(1), true)));
	mica_var soft = mica_op_div(e, mica_op_sum(e, MICA_AXIS(1), true)), columns = mica_op_sum(y, MICA_AXIS(0), false);
	for (size_t i = 0; i < 40; i++)
		y = mica_op_reshape(mica_op_add(y, mica_op_mulc(y, 0.5)), i % 2 ? MICA_SHAPE(6, 20) : MICA_SHAPE(120));
	cr_expect(only_plan(soft).kernels == 1, "softmax: %zu kernels", only_plan(soft).kernels);
	cr_expect(only_plan(columns).kernels == 1, "columns: %zu kernels", only_plan(columns).kernels);
	cr_expect(only_plan(y).kernels == 1 && only_plan(y).nodes < 500, "reshaped: %zu kernels, %zu nodes", only_plan(y).kernels,
	          only_plan(y).nodes);
	mica_close(w.ctx);
}

/* ---- width ---- */

Test(width, a_concat_of_300)
{
	enum { PARTS = 300 };
	world w = world_open();
	mica_var parts[PARTS];
	float want[3 * PARTS], value[3];
	size_t n = 0;
	for (size_t i = 0; i < PARTS; i++) {
		size_t length = 1 + i % 3;
		parts[i] = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(length));
		for (size_t k = 0; k < length; k++)
			want[n++] = value[k] = (float)(10 * i + k);
		OK(mica_value_write(mica_var_value(parts[i]), value, length * sizeof(float)));
	}
	mica_var y = mica_op_concat(parts, PARTS, 0);
	mica_plan *p = plan_of(&y, 1, 0);
	OK(mica_plan_run(p, 1));
	expect_values("concat", p, 0, want, n);
	mica_close(w.ctx);
}

static bool on_gpu(void)
{
	const char *class = getenv("MICA_CLASS");
	return class && strcmp(class, "simt") == 0;
}

/* One function; of a GPU one for each 30: where an operand is stored stands in registers there. */
Test(width, a_sum_of_100_values)
{
	enum { TERMS = 100 };
	world w = world_open();
	mica_var y = mica_graph_fill(w.g, 0, MICA_F32, MICA_SHAPE(WIDTH));
	float want[WIDTH] = {0}, value[WIDTH];
	for (size_t i = 0; i < TERMS; i++) {
		mica_var x = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(WIDTH));
		for (size_t k = 0; k < WIDTH; k++)
			want[k] += (float)i * (value[k] = (float)(i + 7 * k));
		OK(mica_value_write(mica_var_value(x), value, sizeof value));
		y = mica_op_add(y, mica_op_mulc(x, (double)i));
	}
	mica_plan *p = plan_of(&y, 1, 0);
	mica_plan_info info = mica_plan_describe(p);
	cr_expect(info.kernels == (on_gpu() ? 4 : 1), "%zu kernels", info.kernels);
	OK(mica_plan_run(p, 1));
	expect_values("sum", p, 0, want, WIDTH);
	mica_close(w.ctx);
}

Test(width, outputs_300_of_one_input)
{
	enum { OUTPUTS = 300 };
	world w = world_open();
	mica_var x = row(&w), y[OUTPUTS];
	mica_plan *p;
	for (size_t i = 0; i < OUTPUTS; i++)
		y[i] = mica_op_addc(mica_op_mulc(x, (double)i), 1);
	run_on_row(y, OUTPUTS, &p);
	mica_plan_info info = mica_plan_describe(p);
	size_t most = on_gpu() ? OUTPUTS / 16 + 1 : 2; /* there one for each 16 */
	cr_expect(info.kernels <= most, "%zu kernels", info.kernels);
	for (size_t i = 0; i < OUTPUTS; i++) {
		float want[WIDTH];
		for (size_t k = 0; k < WIDTH; k++)
			want[k] = start(k) * (float)i + 1;
		expect_values("output", p, i, want, WIDTH);
	}
	mica_close(w.ctx);
}

/* Element j of x is in ten of the slices, more or less, each time with another weight. */
Test(width, gradient_of_a_concat_of_100_overlapping_slices)
{
	enum { LENGTH = 40, SLICES = 100, PART = 7 };
	world w = world_open();
	mica_var x = mica_graph_variable(w.g, "x", MICA_F32, MICA_SHAPE(LENGTH)), parts[SLICES], d;
	float want[LENGTH] = {0};
	for (size_t i = 0; i < SLICES; i++) {
		size_t from = 3 * i % (LENGTH - PART), to = from + PART;
		parts[i] = mica_op_slice(x, &from, &to, NULL);
		for (size_t k = 0; k < PART; k++)
			want[from + k] += (float)(i * PART + k);
	}
	mica_var all = mica_op_concat(parts, SLICES, 0), weight = mica_op_cast(mica_graph_iota(w.g, mica_var_shape(all), 0), MICA_F32);
	OK(mica_gradient(mica_op_sum(mica_op_mul(all, weight), MICA_ALL_AXES, false), NULL, &x, 1, &d));
	mica_plan *p = plan_of(&d, 1, 0);
	OK(mica_plan_run(p, 1));
	expect_values("gradient", p, 0, want, LENGTH);
	mica_close(w.ctx);
}

/* ---- what simplifying must not change ---- */

/* Whatever leads to an assigned variable, an output shows what it was before the assignment. */
Test(meaning, outputs_show_the_old_value)
{
	static const uint32_t ways[] = {0, MICA_NO_SIMPLIFY, MICA_NO_FUSE, MICA_NO_PANELS};
	for (size_t i = 0; i < COUNT(ways); i++) {
		world w = world_open();
		mica_var v = mica_graph_variable(w.g, "v", MICA_F32, MICA_SHAPE(2, 20)), turned = mica_op_transpose(v, NULL);
		mica_var y[] = {mica_op_stop_gradient(v), mica_op_mulc(v, 1), mica_op_neg(mica_op_neg(v)), mica_op_transpose(turned, NULL),
		                mica_op_reshape(v, MICA_SHAPE(40)), mica_op_reshape(v, MICA_SHAPE(2, 1, 20)), v,
		                mica_op_addc(mica_op_mulc(v, 2), 1), mica_op_assign(v, mica_op_addc(v, 10)), turned};
		enum { CHANGED = COUNT(y) - 2, OLD = CHANGED - 1 };
		float old[40], other[40], new[40], back[40];
		for (size_t k = 0; k < 40; k++) {
			old[k] = (float)k - 7;
			new[k] = old[k] + 10;
			other[k] = 2 * old[k] + 1;
		}
		for (size_t k = 0; k < 40; k++)
			back[k] = old[k % 2 * 20 + k / 2];
		OK(mica_value_write(mica_var_value(v), old, sizeof old));
		mica_plan *p = plan_of(y, COUNT(y), ways[i]);
		OK(mica_plan_run(p, 1));
		for (size_t k = 0; k < OLD; k++)
			expect_values("old", p, k, old, 40);
		expect_values("computed", p, OLD, other, 40);
		expect_values("turned", p, CHANGED + 1, back, 40);
		expect_values("new", p, CHANGED, new, 40);
		OK(mica_value_read(mica_var_value(v), back, sizeof back));
		cr_expect(!memcmp(back, new, sizeof new), "variable: %g", (double)back[0]);
		mica_close(w.ctx);
	}
}

/* Constants are what F32 computes, and no rule takes the sign of a zero. */
Test(meaning, folding_changes_no_value)
{
	static const uint32_t ways[] = {0, MICA_NO_SIMPLIFY};
	for (size_t i = 0; i < COUNT(ways); i++) {
		world w = world_open();
		mica_var x = row(&w), c[2] = {mica_graph_scalar(w.g, 100), mica_graph_scalar(w.g, 99)};
		mica_var zero = mica_op_mulc(x, -0.0); /* -0 or 0 */
		mica_var y[] = {mica_op_div(mica_op_exp(c[0]), mica_op_exp(c[1])),
		                mica_op_add(mica_graph_scalar(w.g, 0.1), mica_graph_scalar(w.g, 0.2)),
		                mica_op_sub(mica_graph_scalar(w.g, 16777216), mica_op_addc(mica_graph_scalar(w.g, 16777216), 1)),
		                mica_op_addc(zero, 0), mica_op_add(mica_graph_scalar(w.g, 0), zero), mica_op_addc(zero, -0.0),
		                mica_op_sub(zero, mica_graph_scalar(w.g, 0)), mica_op_abs(zero)};
		volatile float a = 0.1f, b = 0.2f;
		float values[WIDTH], v[COUNT(y)][WIDTH];
		for (size_t k = 0; k < WIDTH; k++)
			values[k] = start(k);
		mica_plan *p = plan_of(y, COUNT(y), ways[i]);
		OK(mica_plan_feed(p, "x", values, sizeof values));
		OK(mica_plan_run(p, 1));
		for (size_t k = 0; k < COUNT(y); k++)
			OK(mica_plan_fetch(p, k, v[k], mica_var_count(y[k]) * sizeof(float)));
		cr_expect(isnan(v[0][0]), "exp(100) / exp(99) is %g", (double)v[0][0]);
		cr_expect(v[1][0] == a + b, "0.1 + 0.2 is %.9g", (double)v[1][0]);
		cr_expect(v[2][0] == 0, "2^24 - (2^24 + 1) is %g", (double)v[2][0]);
		for (size_t k = 0; k < WIDTH; k++) {
			bool minus = values[k] >= 0; /* of values[k] * -0 */
			cr_expect(!signbit(v[3][k]) && !signbit(v[4][k]) && !signbit(v[7][k]), "%g: %g %g %g", (double)values[k],
			          (double)v[3][k], (double)v[4][k], (double)v[7][k]);
			cr_expect(!signbit(v[5][k]) == !minus && !signbit(v[6][k]) == !minus, "%g: %g %g", (double)values[k], (double)v[5][k],
			          (double)v[6][k]);
		}
		mica_close(w.ctx);
	}
}
