/* SPDX-License-Identifier: MIT */
/* graph/test_scatter.c - rows added at an index: many at one place and none, in their order; indices outside, where gather and
   its gradient must agree; a table's update, whose gradient is never stored. */
#include "support/support.h"

#include <string.h>

#define S MICA_SHAPE

/* ---- values ---- */

static size_t clamped(double index, size_t rows)
{
	return index < 0 ? 0 : index < (double)rows ? (size_t)index : rows - 1;
}

/* x (n, width) added at index (n) to (rows, width); whole numbers, so in any order, and bits must be equal. */
static void expect_scatter(check *c, size_t n, size_t rows, size_t width, int low, int high)
{
	mica_var x = check_input(c, MICA_F32, S(n, width), check_whole(c, n * width, -50, 50));
	mica_var index = check_input(c, MICA_I32, S(n), check_whole(c, n, low, high));
	double *want = check_array(c, rows * width);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < width; j++)
			want[clamped(check_values(c, index)[i], rows) * width + j] += check_values(c, x)[i * width + j];
	const char *label = check_label(c, "%zu rows of %zu into %zu, %d to %d", n, width, rows, low, high);
	check_expect(c, label, mica_op_scatter_add(x, index, rows), want, tolerance_exact());
}

Test(scatter, adds)
{
	static const struct {
		size_t n, rows, width;
		int low, high;
	} table[] = {{1, 1, 1, 0, 0}, {7, 3, 5, 0, 2}, {600, 40, 17, 0, 39}, {300, 2000, 33, 0, 1999}, {513, 5, 16, 3, 3}, {50, 7, 70, -9, 20},
	             {0, 4, 3, 0, 0}, {5, 4, 0, 0, 3}, {40, 300, 1, -3, 310}};
	check *c = check_open("scatter", MICA_F32);
	for (size_t i = 0; i < COUNT(table); i++)
		expect_scatter(c, table[i].n, table[i].rows, table[i].width, table[i].low, table[i].high);
	check_run(c);
	check_close(c);
}

/* The gradient goes where the value came from, outside too; central differences see that. */
Test(scatter, gather_and_its_gradient_agree_outside)
{
	static const double outside[] = {-1, 0, 4, 5, 2, -2147483648.0, 2147483647.0, 2};
	check *c = check_open("gather", MICA_F64);
	mica_var table = check_input(c, MICA_F64, S(5, 3), check_uniform(c, 15, -1, 1)), x = check_input(c, MICA_F64, S(8, 2), check_uniform(c, 16, -1, 1));
	mica_var index = check_input(c, MICA_I32, S(2, 4), outside);
	check_gradient(c, "gather", mica_op_tanh(mica_op_gather(table, index)), &table, 1);
	check_gradient(c, "scatter_add", mica_op_tanh(mica_op_scatter_add(mica_op_reshape(x, S(2, 4, 2)), index, 5)), &x, 1);
	check_run(c);
	check_close(c);
}

/* ---- cost ---- */

/* An embedding's step: read the rows, sort the index beside that, add up and update in one kernel; no gradient as large as the
   table, which two moments beside it would follow, is in memory. */
Test(scatter, updates_a_table_without_storing_its_gradient)
{
	enum { ROWS = 5000, WIDTH = 64, TOKENS = 400 };
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var w = mica_graph_variable(g, "w", MICA_F32, S(ROWS, WIDTH)), m = mica_graph_variable(g, "m", MICA_F32, S(ROWS, WIDTH));
	mica_var v = mica_graph_variable(g, "v", MICA_F32, S(ROWS, WIDTH)), index = mica_graph_input(g, "index", MICA_I32, S(20, TOKENS / 20));
	mica_var loss = mica_op_sum(mica_op_square(mica_op_gather(w, index)), MICA_ALL_AXES, false), d;
	OK(mica_gradient(loss, NULL, &w, 1, &d));
	mica_var new_m = mica_op_add(mica_op_mulc(m, 0.9), mica_op_mulc(d, 0.1));
	mica_var new_v = mica_op_add(mica_op_mulc(v, 0.999), mica_op_mulc(mica_op_square(d), 0.001));
	mica_var new_w = mica_op_sub(w, mica_op_mulc(mica_op_div(new_m, mica_op_addc(mica_op_sqrt(new_v), 1e-7)), 1e-3));
	mica_var out[] = {mica_op_assign(w, new_w), mica_op_assign(m, new_m), mica_op_assign(v, new_v)};
	mica_plan *p;
	OK(mica_plan_create(&p, out, COUNT(out), &(mica_plan_opts){.without = MICA_ONLY_PLAN}));
	if (strcmp(mica_context_device(ctx)->name, "reference")) {
		mica_plan_info info = mica_plan_describe(p);
		cr_expect(info.kernels == 3, "%zu kernels", info.kernels);
		cr_expect(info.arena_bytes < ROWS * WIDTH * sizeof(float), "%llu bytes", (unsigned long long)info.arena_bytes);
	}
	mica_close(ctx);
}
