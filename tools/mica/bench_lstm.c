/* SPDX-License-Identifier: MIT */
/* tools/mica/bench_lstm.c - mica bench lstm: an LSTM by scan through the public graph interface, forward alone and with the
   gradients of its weights. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const option_row rows[] = {
	{"shapes", OPTION_TEXT, offsetof(bench_options, shapes), "NxTxFxU", "batch, steps, features and units (128x28x28x128)", NO_RANGE},
	BENCH_ROWS,
};
static const command self = {
	.name = "mica bench lstm",
	.about = "Measures an LSTM over time: ms of one run, forward alone and with gradients.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};
enum { GATES = 4 };

static mica_var weight(mica_graph *g, const char *name, size_t k, mica_shape s)
{
	char path[16];

	snprintf(path, sizeof path, "%s%zu", name, k);
	mica_var v = mica_graph_variable(g, path, MICA_F32, s);
	float *values = calloc(mica_var_count(v), sizeof *values);
	for (size_t i = 0; values && i < mica_var_count(v); i++)
		values[i] = (float)((i * 2654435761u >> 16) % 2001) / 10000 - 0.1f;
	if (values)
		mica_value_write(mica_var_value(v), values, mica_var_count(v) * sizeof *values);
	free(values);
	return v;
}

/* Outputs of all steps, (T, N, U); w: of each gate the weights of the inputs, of the units, and the bias. */
static mica_var lstm(mica_var x, const long s[4], mica_var *w)
{
	mica_graph *g = mica_var_graph(x);
	size_t batch = (size_t)s[0], units = (size_t)s[3];
	mica_scan *scan = mica_scan_begin(g, (size_t)s[1], false);
	mica_var none = mica_graph_fill(g, 0, MICA_F32, MICA_SHAPE(batch, units)), z[GATES];
	mica_var h = mica_scan_carry(scan, none), c = mica_scan_carry(scan, none);

	for (size_t k = 0; k < GATES; k++) {
		w[3 * k] = weight(g, "w", k, MICA_SHAPE((size_t)s[2], units));
		w[3 * k + 1] = weight(g, "u", k, MICA_SHAPE(units, units));
		w[3 * k + 2] = weight(g, "b", k, MICA_SHAPE(units));
		mica_var from_x = mica_scan_read(scan, mica_op_add(mica_op_matmul(x, w[3 * k]), w[3 * k + 2]), 0);
		z[k] = mica_op_add(from_x, mica_op_matmul(h, w[3 * k + 1]));
	}
	mica_var kept = mica_op_mul(mica_op_sigmoid(z[1]), c);
	mica_var cell = mica_op_add(kept, mica_op_mul(mica_op_sigmoid(z[0]), mica_op_tanh(z[2])));
	mica_var out = mica_op_mul(mica_op_sigmoid(z[3]), mica_op_tanh(cell));
	mica_scan_next(scan, c, cell);
	mica_scan_next(scan, h, out);
	mica_scan_end(scan);
	return mica_scan_stack(scan, out);
}

static bool measure(mica_context *ctx, const long s[4], bool backward, double seconds, double *step)
{
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = weight(g, "x", 0, MICA_SHAPE((size_t)s[1], (size_t)s[0], (size_t)s[2])), w[3 * GATES], out[3 * GATES];
	mica_plan *p;
	size_t n = 1;

	out[0] = mica_op_mean(lstm(x, s, w), MICA_ALL_AXES, false);
	if (backward)
		mica_gradient(out[0], NULL, w, n = 3 * GATES, out);
	bool good = mica_plan_create(&p, out, n, NULL) == MICA_OK && measure_plan(ctx, p, seconds, step);
	if (!good)
		complain(&self, "%s", mica_error(NULL));
	return good;
}

static bool bench(report *r, const char *text, const long s[4])
{
	static const char *const names[] = {"forward", "with gradients"};
	double step;

	fprintf(r->out, "| %-16s | %-14s | %9s |\n|:%.16s-|:%.14s-|%.9s:|\n", "NxTxFxU", "what", "ms", RULE, RULE, RULE);
	for (int backward = 0; backward < 2; backward++) {
		mica_context *ctx = report_open(r);
		bool good = ctx && measure(ctx, s, backward, r->options->seconds, &step);
		if (good) {
			fprintf(r->out, "| %-16s | %-14s | %9.3f |\n", text, names[backward], 1e3 * step);
			fflush(r->out);
		}
		if (good && r->options->json) {
			json_open(&r->json, NULL, '{');
			json_put_text(&r->json, "device", mica_context_device(ctx)->name);
			json_put_text(&r->json, "shape", text);
			json_put_text(&r->json, "what", names[backward]);
			json_put_real(&r->json, "seconds", step);
		}
		if (good)
			report_kernels(r, ctx);
		if (good && r->options->json)
			json_close(&r->json, '}');
		mica_close(ctx);
		if (!good)
			return false;
	}
	return true;
}

int bench_lstm_main(int argc, char **argv)
{
	bench_options o = {.shapes = "128x28x28x128", .seconds = 3};
	int code = parse_options(&self, argc, argv, &o);
	char text[80];
	long s[4];
	report r;

	if (code >= 0)
		return code;
	snprintf(text, sizeof text, "%s", o.shapes);
	if (!parse_numbers(o.shapes, 'x', s, 4))
		return misused(&self, "--shapes is '%s'; give NxTxFxU, as in 128x28x28x128", text);
	if (!report_begin(&r, &self, &o))
		return EXIT_FAILURE;
	return report_end(&r, bench(&r, text, s) ? EXIT_SUCCESS : EXIT_FAILURE);
}
