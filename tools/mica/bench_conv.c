/* SPDX-License-Identifier: MIT */
/* tools/mica/bench_conv.c - mica bench conv: convolutions of variables, and their two gradients, through the public graph
   interface. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const option_row rows[] = {
	{"shapes", OPTION_TEXT, offsetof(bench_options, shapes), "TEXT", "only those whose name contains it, as in 3x3", NO_RANGE},
	{"batches", OPTION_LIST, offsetof(bench_options, batches), "N,N,...", "images at a time (128,8)", NO_RANGE},
	BENCH_ROWS,
};
static const command self = {
	.name = "mica bench conv",
	.about = "Measures convolutions in single precision, their data and their weight gradient: GFLOP/s each, medians of several\n"
	         "bursts.  The JSON is a list of name, batch, forward, data, weight.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

/* Square images and windows, padded so that with stride 1 (and one tap, or 'same') the size stays. */
typedef struct shape {
	const char *name;
	size_t in, out, size, taps, stride, padding, groups;
} shape;
static const shape shapes[] = {
	{"3x3 32->64 26x26", 32, 64, 26, 3, 1, 1, 1},   {"3x3 16->16 32x32", 16, 16, 32, 3, 1, 1, 1},
	{"3x3 64->64 8x8", 64, 64, 8, 3, 1, 1, 1},      {"1x1 256->64 14x14", 256, 64, 14, 1, 1, 0, 1},
	{"3x3/2 64->128 28x28", 64, 128, 28, 3, 2, 1, 1}, {"5x5 1->32 28x28", 1, 32, 28, 5, 1, 2, 1},
	{"depthwise 3x3 64 28x28", 64, 64, 28, 3, 1, 1, 64},
};
enum { FORWARD, DATA, WEIGHT, PARTS };

static bool failed(void)
{
	return complain(&self, "%s", mica_error(NULL)), false;
}

/* Seconds of one part, in a plan of its own. */
static bool measure(mica_context *ctx, const shape *s, size_t batch, int part, double seconds, double *step, double *flops)
{
	mica_graph *g = mica_graph_create(ctx);
	mica_window_opts window = {.padding = MICA_EXPLICIT};
	mica_var in[2] = {mica_graph_variable(g, "x", MICA_F32, MICA_SHAPE(batch, s->size, s->size, s->in)),
	                  mica_graph_variable(g, "w", MICA_F32, MICA_SHAPE(s->taps, s->taps, s->in / s->groups, s->out))};
	mica_plan *p;

	for (size_t i = 0; i < 2; i++) {
		window.stride[i] = s->stride;
		window.before[i] = window.after[i] = s->padding;
	}
	mica_var y = mica_op_conv(in[0], in[1], &window), dy = mica_graph_variable(g, "dy", MICA_F32, mica_var_shape(y)), d[2] = {y, y};
	if (part != FORWARD && mica_gradient(y, dy, in, 2, d) != MICA_OK)
		return failed();
	*flops = 2.0 * (double)mica_var_count(y) * (double)(s->taps * s->taps * s->in / s->groups);
	if (mica_plan_create(&p, part == WEIGHT ? &d[1] : &d[0], 1, NULL) != MICA_OK)
		return failed();
	bool good = fill_numbers(&self, in[0], 1) && fill_numbers(&self, in[1], 1) && fill_numbers(&self, dy, 1);
	good = good && (measure_plan(ctx, p, seconds, step) || failed());
	mica_plan_destroy(p);
	return good;
}

static bool bench_shape(report *r, mica_context *ctx, const shape *s, size_t batch)
{
	static const char *const names[PARTS] = {"forward", "data", "weight"};
	double rate[PARTS], step, flops;

	for (int part = 0; part < PARTS; part++) {
		if (!measure(ctx, s, batch, part, r->options->seconds / PARTS, &step, &flops))
			return false;
		rate[part] = 1e-9 * flops / step;
	}
	fprintf(r->out, "| %-22s | %5zu | %8.1f | %8.1f | %8.1f |\n", s->name, batch, rate[FORWARD], rate[DATA], rate[WEIGHT]);
	fflush(r->out);
	if (r->options->json) {
		json_open(&r->json, NULL, '{');
		json_put_text(&r->json, "name", s->name);
		json_put_whole(&r->json, "batch", batch);
		for (int part = 0; part < PARTS; part++)
			json_put_real(&r->json, names[part], rate[part]);
	}
	report_kernels(r, ctx);
	if (r->options->json)
		json_close(&r->json, '}');
	return true;
}

static int bench_all(report *r)
{
	const char *text = r->options->batches;
	bool first = true;
	int code = EXIT_SUCCESS;

	for (long batch; code == EXIT_SUCCESS && take_number(&text, ',', &batch);)
		for (size_t i = 0; i < sizeof shapes / sizeof shapes[0] && code == EXIT_SUCCESS; i++) {
			if (!strstr(shapes[i].name, r->options->shapes))
				continue;
			mica_context *ctx = report_open(r);
			if (ctx && first)
				fprintf(r->out, "| %-22s | %5s | %8s | %8s | %8s |\n|:%.22s-|%.6s:|%.9s:|%.9s:|%.9s:|\n", "GFLOP/s", "batch",
				        "forward", "data", "weight", RULE, RULE, RULE, RULE, RULE);
			code = ctx && bench_shape(r, ctx, &shapes[i], (size_t)batch) ? EXIT_SUCCESS : EXIT_FAILURE;
			first = false;
			mica_close(ctx);
		}
	if (first && code == EXIT_SUCCESS)
		return misused(&self, "--shapes %s is in no name; the names are those of the table without it", r->options->shapes);
	return code;
}

int bench_conv_main(int argc, char **argv)
{
	bench_options o = {.batches = "128,8", .shapes = "", .seconds = 3};
	int code = parse_options(&self, argc, argv, &o);
	report r;

	if (code >= 0)
		return code;
	return report_begin_list(&r, &self, &o) ? report_end(&r, bench_all(&r)) : EXIT_FAILURE;
}
