/* SPDX-License-Identifier: MIT */
/* tools/mica/bench_gemm.c - mica bench gemm: products of two variables through the public graph interface. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const option_row rows[] = {
	{"shapes", OPTION_TEXT, offsetof(bench_options, shapes), "MxNxK,...",
	 "(M, K) times (K, N); B:MxNxK is a batch of B, MxNxKnt and MxNxKtn have the right or the left operand transposed in memory",
	 NO_RANGE},
	BENCH_ROWS,
};
static const command self = {
	.name = "mica bench gemm",
	.about = "Measures matrix products in single precision: GFLOP/s, the median of several bursts.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

typedef struct shape {
	const char *text;
	long batch, m, n, k;
	bool left, right; /* transposed in memory */
} shape;

static bool failed(void)
{
	return complain(&self, "%s", mica_error(NULL)), false;
}

/* A batch of matrices, or one; as memory has it. */
static mica_var operand(mica_graph *g, const char *name, long batch, long height, long width, bool transposed)
{
	size_t r = (size_t)(transposed ? width : height), c = (size_t)(transposed ? height : width);
	return mica_graph_variable(g, name, MICA_F32, batch > 1 ? MICA_SHAPE((size_t)batch, r, c) : MICA_SHAPE(r, c));
}

static bool measure(mica_context *ctx, const shape *s, double seconds, double *step)
{
	mica_graph *g = mica_graph_create(ctx);
	mica_var a = operand(g, "a", s->batch, s->m, s->k, s->left), b = operand(g, "b", s->batch, s->k, s->n, s->right);
	mica_var product = mica_op_matmul(s->left ? mica_op_transpose(a, NULL) : a, s->right ? mica_op_transpose(b, NULL) : b);
	mica_plan *p;

	if (mica_plan_create(&p, &product, 1, NULL) != MICA_OK)
		return failed();
	bool good = fill_numbers(&self, a, 1) && fill_numbers(&self, b, 1) && (measure_plan(ctx, p, seconds, step) || failed());
	mica_plan_destroy(p);
	return good;
}

static bool bench_shape(report *r, mica_context *ctx, const shape *s)
{
	double step, flops = 2.0 * (double)s->batch * (double)s->m * (double)s->n * (double)s->k;

	if (!measure(ctx, s, r->options->seconds, &step))
		return false;
	fprintf(r->out, "| %-20s | %10.1f | %8.1f |\n", s->text, 1e6 * step, 1e-9 * flops / step);
	fflush(r->out);
	if (r->options->json) {
		json_open(&r->json, NULL, '{');
		json_put_text(&r->json, "device", mica_context_device(ctx)->name);
		json_put_text(&r->json, "shape", s->text);
		json_put_real(&r->json, "seconds", step);
		json_put_real(&r->json, "gflops", 1e-9 * flops / step);
	}
	report_kernels(r, ctx);
	if (r->options->json)
		json_close(&r->json, '}');
	return true;
}

/* Reads "[B:]MxNxK[nt|tn]". */
static bool read_shape(const char *text, shape *out)
{
	long sizes[3] = {1};
	char numbers[80];
	const char *colon = strchr(text, ':'), *from = colon ? colon + 1 : text, *end = from + strspn(from, "0123456789x");
	*out = (shape){.text = text, .batch = 1, .left = !strcmp(end, "tn"), .right = !strcmp(end, "nt")};
	if (*end && !out->left && !out->right)
		return false;
	if (colon) {
		snprintf(numbers, sizeof numbers, "%.*s", (int)(colon - text), text);
		if (!parse_numbers(numbers, 'x', sizes, 1))
			return false;
		out->batch = sizes[0];
	}
	snprintf(numbers, sizeof numbers, "%.*s", (int)(end - from), from);
	if (!parse_numbers(numbers, 'x', sizes, 3))
		return false;
	out->m = sizes[0];
	out->n = sizes[1];
	out->k = sizes[2];
	return true;
}

/* Cuts the next shape out of *text; its text is NULL where there is none left.  False if it is none. */
static bool next_shape(char **text, shape *out)
{
	*out = (shape){.text = NULL};
	if (!**text)
		return true;
	char *s = *text, *comma = strchr(s, ',');
	*text = comma ? comma + 1 : s + strlen(s);
	if (comma)
		*comma = 0;
	return read_shape(s, out);
}

/* All of them, before the first is measured: -1, or the code to exit with. */
static int check_shapes(const char *shapes)
{
	char *text = strdup(shapes), *rest = text;
	shape s = {.text = text};
	int code = text ? -1 : complain(&self, "no memory");

	while (code < 0 && s.text)
		if (!next_shape(&rest, &s))
			code = misused(&self, "--shapes has '%s'; give MxNxK, as in 128x512x784, B:MxNxK or MxNxKnt", s.text);
	free(text);
	return code;
}

static int bench_all(report *r, char *shapes)
{
	shape s;
	int code = EXIT_SUCCESS;

	for (bool first = true; code == EXIT_SUCCESS && next_shape(&shapes, &s) && s.text; first = false) {
		mica_context *ctx = report_open(r);
		if (ctx && first)
			fprintf(r->out, "| %-20s | %10s | %8s |\n|:%.20s-|%.11s:|%.9s:|\n", "MxNxK", "us", "GFLOP/s", RULE,
			        RULE, RULE);
		code = ctx && bench_shape(r, ctx, &s) ? EXIT_SUCCESS : EXIT_FAILURE;
		mica_close(ctx);
	}
	return code;
}

int bench_gemm_main(int argc, char **argv)
{
	bench_options o = {.shapes = "128x512x784,128x256x512,784x512x128,1024x1024x1024,2048x2048x2048", .seconds = 3};
	int code = parse_options(&self, argc, argv, &o);
	report r;

	if (code < 0)
		code = check_shapes(o.shapes);
	if (code >= 0)
		return code;
	char *shapes = strdup(o.shapes);
	if (!shapes)
		return complain(&self, "no memory");
	code = report_begin(&r, &self, &o) ? report_end(&r, bench_all(&r, shapes)) : EXIT_FAILURE;
	free(shapes);
	return code;
}
