/* SPDX-License-Identifier: MIT */
/* tools/mica/bench_sequence.c - mica bench sequence: what networks over sequences are made of, through the public graph interface: an
   LSTM by scan, causal attention, and an embedding trained by Adam. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const option_row rows[] = {
	{"shapes", OPTION_TEXT, offsetof(bench_options, shapes), "TEXT", "only those whose name contains it, as in attention", NO_RANGE},
	BENCH_ROWS,
};
static const command self = {
	.name = "mica bench sequence",
	.about = "Measures an LSTM over time, causal attention and an embedding: ms of one run, medians of several bursts.  The JSON is a\n"
	         "list of name, what, seconds.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

enum { GATES = 4, MOST = 3 * GATES + 1 /* an LSTM's sequence and weights */ };

/* What a plan is made of: variables to be filled with numbers up to `scale`, rows to be looked up, results. */
typedef struct work {
	mica_graph *g;
	mica_var filled[MOST], indices, out[MOST];
	size_t n_filled, n_out, n_rows;
	double scale;
} work;

static mica_var variable(work *w, const char *name, mica_shape s)
{
	return w->filled[w->n_filled++] = mica_graph_variable(w->g, name, MICA_F32, s);
}

static mica_var numbered(work *w, const char *name, size_t k, mica_shape s)
{
	char path[16];

	snprintf(path, sizeof path, "%s%zu", name, k);
	return variable(w, path, s);
}

/* s: batch, steps, features, units.  The mean of the outputs of all steps, and its gradients by the weights. */
static bool lstm(work *w, const size_t s[4], bool gradients)
{
	mica_var x = variable(w, "x", MICA_SHAPE(s[1], s[0], s[2])), z[GATES];
	mica_scan *scan = mica_scan_begin(w->g, s[1], false);
	mica_var none = mica_graph_fill(w->g, 0, MICA_F32, MICA_SHAPE(s[0], s[3]));
	mica_var h = mica_scan_carry(scan, none), c = mica_scan_carry(scan, none);

	w->scale = 0.1;
	for (size_t k = 0; k < GATES; k++) {
		mica_var of_x = numbered(w, "w", k, MICA_SHAPE(s[2], s[3])), of_h = numbered(w, "u", k, MICA_SHAPE(s[3], s[3]));
		mica_var bias = numbered(w, "b", k, MICA_SHAPE(s[3]));
		z[k] = mica_op_add(mica_scan_read(scan, mica_op_add(mica_op_matmul(x, of_x), bias), 0), mica_op_matmul(h, of_h));
	}
	mica_var kept = mica_op_mul(mica_op_sigmoid(z[1]), c);
	mica_var cell = mica_op_add(kept, mica_op_mul(mica_op_sigmoid(z[0]), mica_op_tanh(z[2])));
	mica_var out = mica_op_mul(mica_op_sigmoid(z[3]), mica_op_tanh(cell));
	mica_scan_next(scan, c, cell);
	mica_scan_next(scan, h, out);
	mica_scan_end(scan);
	w->out[0] = mica_op_mean(mica_scan_stack(scan, out), MICA_ALL_AXES, false);
	w->n_out = gradients ? 3 * GATES : 1;
	return !gradients || mica_gradient(w->out[0], NULL, w->filled + 1, 3 * GATES, w->out) == MICA_OK;
}

/* s: batch, heads, length, width of a head.  The result, and the gradients of queries, keys and values. */
static bool attention(work *w, const size_t s[4], bool gradients)
{
	mica_shape shape = MICA_SHAPE(s[0], s[1], s[2], s[3]);
	mica_var in[3] = {variable(w, "q", shape), variable(w, "k", shape), variable(w, "v", shape)};
	mica_attention_opts causal = {.causal = true};

	w->out[0] = mica_op_attention(in[0], in[1], in[2], &causal);
	w->n_out = gradients ? 4 : 1;
	return !gradients || mica_gradient(w->out[0], variable(w, "dy", shape), in, 3, w->out + 1) == MICA_OK;
}

/* s: batch, length, words, width.  The rows that are looked up, and the table after a step of Adam by their cotangent. */
static bool embedding(work *w, const size_t s[4], bool gradients)
{
	mica_shape shape = MICA_SHAPE(s[2], s[3]);
	mica_var table = variable(w, "table", shape), m = mica_graph_variable(w->g, "m", MICA_F32, shape);
	mica_var v = mica_graph_variable(w->g, "v", MICA_F32, shape), d;

	w->indices = mica_graph_variable(w->g, "indices", MICA_I32, MICA_SHAPE(s[0], s[1]));
	w->n_rows = s[2];
	w->out[0] = mica_op_gather(table, w->indices);
	w->n_out = gradients ? 4 : 1;
	if (!gradients)
		return true;
	if (mica_gradient(w->out[0], variable(w, "dy", MICA_SHAPE(s[0], s[1], s[3])), &table, 1, &d) != MICA_OK)
		return false;
	mica_var m1 = mica_op_add(m, mica_op_mulc(mica_op_sub(d, m), 0.1));
	mica_var v1 = mica_op_add(v, mica_op_mulc(mica_op_sub(mica_op_mul(d, d), v), 0.001));
	mica_var change = mica_op_div(mica_op_mulc(m1, 1e-3), mica_op_addc(mica_op_sqrt(v1), 1e-7));
	w->out[1] = mica_op_assign(m, m1);
	w->out[2] = mica_op_assign(v, v1);
	w->out[3] = mica_op_assign(table, mica_op_sub(table, change));
	return true;
}

static const struct operation {
	const char *name;
	bool (*build)(work *w, const size_t s[4], bool gradients);
	size_t sizes[4];
	const char *whole; /* what the second line is */
} operations[] = {
	{"lstm 128x28x28x128", lstm, {128, 28, 28, 128}, "with gradients"},
	{"attention 16x4x128x32", attention, {16, 4, 128, 32}, "with gradients"},
	{"attention 4x8x512x64", attention, {4, 8, 512, 64}, "with gradients"},
	{"embedding 128x200 of 20000x64", embedding, {128, 200, 20000, 64}, "with Adam"},
};
enum { OPERATIONS = sizeof operations / sizeof operations[0] };

static bool fill(const work *w)
{
	for (size_t i = 0; i < w->n_filled; i++)
		if (!fill_numbers(&self, w->filled[i], w->scale))
			return false;
	return !w->indices || fill_indices(&self, w->indices, w->n_rows);
}

static bool measure(mica_context *ctx, const struct operation *op, bool gradients, double seconds, double *step)
{
	work w = {.g = mica_graph_create(ctx), .scale = 1};
	mica_plan *p = NULL;
	bool good = op->build(&w, op->sizes, gradients) && mica_plan_create(&p, w.out, w.n_out, NULL) == MICA_OK;

	if (!good)
		complain(&self, "%s: %s", op->name, mica_error(NULL));
	else if ((good = fill(&w)) && !(good = measure_plan(ctx, p, seconds, step)))
		complain(&self, "%s: %s", op->name, mica_error(NULL));
	mica_plan_destroy(p);
	return good;
}

static bool bench(report *r, const struct operation *op, bool gradients)
{
	const char *what = gradients ? op->whole : "forward";
	double step;
	mica_context *ctx = report_open(r);
	bool good = ctx && measure(ctx, op, gradients, r->options->seconds, &step);

	if (good) {
		fprintf(r->out, "| %-30s | %-14s | %9.3f |\n", op->name, what, 1e3 * step);
		fflush(r->out);
	}
	if (good && r->options->json) {
		json_open(&r->json, NULL, '{');
		json_put_text(&r->json, "name", op->name);
		json_put_text(&r->json, "what", what);
		json_put_real(&r->json, "seconds", step);
	}
	if (good)
		report_kernels(r, ctx);
	if (good && r->options->json)
		json_close(&r->json, '}');
	mica_close(ctx);
	return good;
}

static int bench_all(report *r)
{
	bool good = true, any = false;

	for (size_t i = 0; i < OPERATIONS && good; i++) {
		if (!strstr(operations[i].name, r->options->shapes))
			continue;
		if (!any)
			fprintf(r->out, "| %-30s | %-14s | %9s |\n|:%.30s-|:%.14s-|%.10s:|\n", "operation", "what", "ms", RULE, RULE, RULE);
		any = true;
		good = bench(r, &operations[i], false) && bench(r, &operations[i], true);
	}
	if (!any)
		return misused(&self, "--shapes %s is in no name; the names are those of the table without it", r->options->shapes);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int bench_sequence_main(int argc, char **argv)
{
	bench_options o = {.shapes = "", .seconds = 3};
	int code = parse_options(&self, argc, argv, &o);
	report r;

	if (code >= 0)
		return code;
	return report_begin_list(&r, &self, &o) ? report_end(&r, bench_all(&r)) : EXIT_FAILURE;
}
