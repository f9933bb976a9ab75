/* SPDX-License-Identifier: MIT */
/* tools/mica/bench_gemm.c - mica bench gemm: products of two variables through the public graph interface. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const option_row rows[] = {
	{"shapes", OPTION_TEXT, offsetof(bench_options, shapes), "MxNxK,...", "(M, K) times (K, N)"},
	BENCH_ROWS,
};
static const command self = {
	.name = "mica bench gemm",
	.about = "Measures matrix products in single precision: GFLOP/s, the median of several bursts.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

static bool failed(void)
{
	return complain(&self, "%s", mica_error(NULL)), false;
}

/* Numbers around 0, so that nothing grows or becomes denormal. */
static bool fill(mica_var v)
{
	size_t n = mica_var_count(v);
	float *values = malloc(n * sizeof *values);

	if (!values)
		return complain(&self, "no memory for %zu numbers; give smaller --shapes", n), false;
	for (size_t i = 0; i < n; i++)
		values[i] = (float)((i * 2654435761u >> 16) % 2001) / 1000 - 1;
	bool good = mica_value_write(mica_var_value(v), values, n * sizeof *values) == MICA_OK;
	free(values);
	return good || failed();
}

static bool measure(mica_context *ctx, const long s[3], double seconds, double *step)
{
	mica_graph *g = mica_graph_create(ctx);
	size_t m = (size_t)s[0], n = (size_t)s[1], k = (size_t)s[2];
	mica_var a = mica_graph_variable(g, "a", MICA_F32, MICA_SHAPE(m, k));
	mica_var b = mica_graph_variable(g, "b", MICA_F32, MICA_SHAPE(k, n));
	mica_var product = mica_op_matmul(a, b);
	mica_plan *p;

	if (mica_plan_create(&p, &product, 1, NULL) != MICA_OK)
		return failed();
	bool good = fill(a) && fill(b) && (measure_plan(ctx, p, seconds, step) || failed());
	mica_plan_destroy(p);
	return good;
}

static bool bench_shape(report *r, mica_context *ctx, const char *name, const long s[3])
{
	double step, flops = 2.0 * (double)s[0] * (double)s[1] * (double)s[2];

	if (!measure(ctx, s, r->options->seconds, &step))
		return false;
	fprintf(r->out, "| %-20s | %10.1f | %8.1f |\n", name, 1e6 * step, 1e-9 * flops / step);
	fflush(r->out);
	if (r->options->json) {
		json_open(&r->json, NULL, '{');
		json_text(&r->json, "device", mica_context_device(ctx)->name);
		json_text(&r->json, "shape", name);
		json_real(&r->json, "seconds", step);
		json_real(&r->json, "gflops", 1e-9 * flops / step);
	}
	report_kernels(r, ctx);
	if (r->options->json)
		json_close(&r->json, '}');
	return true;
}

/* Cuts the next "MxNxK" out of *text; false if there is none left or after a message with *code. */
static bool next_shape(char **text, long out[3], const char **name, int *code)
{
	if (!**text)
		return false;
	char *s = *text, *comma = strchr(s, ',');
	*text = comma ? comma + 1 : s + strlen(s);
	if (comma)
		*comma = 0;
	*name = s;
	if (parse_numbers(s, 'x', out, 3))
		return true;
	*code = misused(&self, "--shapes has '%s'; give MxNxK, as in 128x512x784", s);
	return false;
}

static int bench_all(report *r, char *shapes)
{
	const char *name;
	long s[3];
	int code = EXIT_SUCCESS;

	for (bool first = true; code == EXIT_SUCCESS && next_shape(&shapes, s, &name, &code); first = false) {
		mica_context *ctx = report_open(r);
		if (ctx && first)
			fprintf(r->out, "| %-20s | %10s | %8s |\n|:%.20s-|%.11s:|%.9s:|\n", "MxNxK", "us", "GFLOP/s", RULE,
			        RULE, RULE);
		code = ctx && bench_shape(r, ctx, name, s) ? EXIT_SUCCESS : EXIT_FAILURE;
		mica_close(ctx);
	}
	return code;
}

int bench_gemm_main(int argc, char **argv)
{
	bench_options o = {.shapes = "128x512x784,128x256x512,784x512x128,1024x1024x1024,2048x2048x2048", .seconds = 3};
	int code = parse_options(&self, argc, argv, &o);
	report r;

	if (code >= 0)
		return code;
	char *shapes = strdup(o.shapes);
	if (!shapes)
		return complain(&self, "no memory");
	code = report_begin(&r, &self, &o) ? report_end(&r, bench_all(&r, shapes)) : EXIT_FAILURE;
	free(shapes);
	return code;
}
