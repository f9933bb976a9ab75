/* SPDX-License-Identifier: MIT */
/* tools/mica/bench_ops.c - mica bench ops: operations that only move memory, against a copy of the same array. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const option_row rows[] = {
	{"shapes", OPTION_TEXT, offsetof(bench_options, shapes), "RxC", "rows and columns of the array (16384x1024)", NO_RANGE},
	BENCH_ROWS,
};
static const command self = {
	.name = "mica bench ops",
	.about = "Measures operations that are bound by memory: GB/s read and written, and the share of a copy's rate.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

static mica_var copy(mica_var x, mica_var y) { (void)y; return x; }
static mica_var relu(mica_var x, mica_var y) { (void)y; return mica_op_relu(x); }
static mica_var add(mica_var x, mica_var y) { return mica_op_add(x, y); }
static mica_var softmax(mica_var x, mica_var y) { (void)y; return mica_activate(x, MICA_SOFTMAX); }
static mica_var row_sum(mica_var x, mica_var y) { (void)y; return mica_op_sum(x, MICA_AXIS(1), false); }
static mica_var column_sum(mica_var x, mica_var y) { (void)y; return mica_op_sum(x, MICA_AXIS(0), false); }

static mica_var layer_norm(mica_var x, mica_var y)
{
	mica_var centred = mica_op_sub(x, mica_op_mean(x, MICA_AXIS(1), true));
	mica_var variance = mica_op_mean(mica_op_square(centred), MICA_AXIS(1), true);

	(void)y;
	return mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(variance, 1e-3)));
}

static const struct operation {
	const char *name;
	mica_var (*build)(mica_var x, mica_var y);
	size_t reads; /* arrays */
} operations[] = {
	{"copy", copy, 1}, {"relu", relu, 1}, {"add", add, 2}, {"row softmax", softmax, 1},
	{"row sum", row_sum, 1}, {"column sum", column_sum, 1}, {"layer norm", layer_norm, 1},
};
enum { OPERATIONS = sizeof operations / sizeof operations[0] };

/* The three arrays of the operations; the result is assigned, so that every operation writes to memory once. */
static bool measure(mica_context *ctx, const struct operation *op, const long s[2], double seconds, double *rate)
{
	mica_graph *g = mica_graph_create(ctx);
	mica_shape shape = MICA_SHAPE((size_t)s[0], (size_t)s[1]);
	mica_var x = mica_graph_variable(g, "x", MICA_F32, shape), y = mica_graph_variable(g, "y", MICA_F32, shape);
	mica_var value = op->build(x, y);
	mica_var stored = mica_op_assign(mica_graph_variable(g, "z", MICA_F32, mica_var_shape(value)), value);
	double bytes = sizeof(float) * ((double)op->reads * (double)mica_var_count(x) + (double)mica_var_count(value)), step;
	mica_plan *p;

	bool good = mica_plan_create(&p, &stored, 1, NULL) == MICA_OK && measure_plan(ctx, p, seconds, &step);
	if (!good)
		complain(&self, "%s: %s", op->name, mica_error(NULL));
	else
		*rate = bytes / step;
	return good;
}

static bool bench_operation(report *r, const struct operation *op, const long s[2], double *copy_rate)
{
	mica_context *ctx = report_open(r);
	double rate;

	if (!ctx || !measure(ctx, op, s, r->options->seconds, &rate)) {
		mica_close(ctx);
		return false;
	}
	if (op->build == copy) {
		*copy_rate = rate;
		fprintf(r->out, "| %-12s | %8s | %9s |\n|:%.12s-|%.9s:|%.10s:|\n", "operation", "GB/s", "of copy %", RULE, RULE,
		        RULE);
	}
	fprintf(r->out, "| %-12s | %8.2f | %9.1f |\n", op->name, 1e-9 * rate, 100 * rate / *copy_rate);
	fflush(r->out);
	if (r->options->json) {
		json_open(&r->json, NULL, '{');
		json_put_text(&r->json, "device", mica_context_device(ctx)->name);
		json_put_text(&r->json, "operation", op->name);
		json_put_real(&r->json, "bytes_per_second", rate);
		json_put_real(&r->json, "of_copy", rate / *copy_rate);
	}
	report_kernels(r, ctx);
	if (r->options->json)
		json_close(&r->json, '}');
	mica_close(ctx);
	return true;
}

int bench_ops_main(int argc, char **argv)
{
	bench_options o = {.shapes = "16384x1024", .seconds = 3};
	int code = parse_options(&self, argc, argv, &o);
	double copy_rate = 0;
	long s[2];
	report r;

	if (code >= 0)
		return code;
	if (!parse_numbers(o.shapes, 'x', s, 2))
		return misused(&self, "--shapes is '%s'; give RxC, as in 16384x1024", o.shapes);
	if (!report_begin(&r, &self, &o))
		return EXIT_FAILURE;
	code = EXIT_SUCCESS;
	for (size_t i = 0; code == EXIT_SUCCESS && i < OPERATIONS; i++)
		code = bench_operation(&r, &operations[i], s, &copy_rate) ? EXIT_SUCCESS : EXIT_FAILURE;
	return report_end(&r, code);
}
