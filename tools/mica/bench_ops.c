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

enum { MOST_RESULTS = 4 };
typedef struct results {
	mica_var of[MOST_RESULTS];
	size_t n;
} results;

static results one(mica_var x) { return (results){{x}, 1}; }
static results copy(mica_var x, mica_var y) { (void)y; return one(x); }
static results relu(mica_var x, mica_var y) { (void)y; return one(mica_op_relu(x)); }
static results add(mica_var x, mica_var y) { return one(mica_op_add(x, y)); }
static results softmax(mica_var x, mica_var y) { (void)y; return one(mica_activate(x, MICA_SOFTMAX)); }
static results row_sum(mica_var x, mica_var y) { (void)y; return one(mica_op_sum(x, MICA_AXIS(1), false)); }
static results column_sum(mica_var x, mica_var y) { (void)y; return one(mica_op_sum(x, MICA_AXIS(0), false)); }

/* What y is made of x, under a cotangent dy: the gradient by x. */
static mica_var gradient(mica_var y, mica_var dy, mica_var x)
{
	mica_var dx = y;

	return mica_gradient(y, dy, &x, 1, &dx) == MICA_OK ? dx : y;
}

static results softmax_gradient(mica_var x, mica_var y) { return one(gradient(mica_activate(x, MICA_SOFTMAX), y, x)); }

static mica_var normalized(mica_var x, uint32_t axes)
{
	mica_var centred = mica_op_sub(x, mica_op_mean(x, axes, true));

	return mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(mica_op_variance(x, axes, true), 1e-3)));
}

static results layer_norm(mica_var x, mica_var y) { (void)y; return one(normalized(x, MICA_AXIS(1))); }
static results layer_norm_gradient(mica_var x, mica_var y) { return one(gradient(normalized(x, MICA_AXIS(1)), y, x)); }

/* relu(normalized * gamma + beta) of images (N, H, W, C); gamma and beta are variables. */
static mica_var batch_norm_of(mica_var x, mica_var *weights)
{
	mica_shape s = mica_var_shape(x), c = MICA_SHAPE(s.dim[s.rank - 1]);

	weights[0] = mica_graph_variable(mica_var_graph(x), "gamma", MICA_F32, c);
	weights[1] = mica_graph_variable(mica_var_graph(x), "beta", MICA_F32, c);
	return mica_op_relu(mica_op_add(mica_op_mul(normalized(x, MICA_AXIS(0) | MICA_AXIS(1) | MICA_AXIS(2)), weights[0]), weights[1]));
}

static results batch_norm(mica_var x, mica_var y)
{
	mica_var weights[2];

	(void)y;
	return one(batch_norm_of(x, weights));
}

/* The result and all gradients. */
static results batch_norm_step(mica_var x, mica_var y)
{
	mica_var in[3] = {x}, r = batch_norm_of(x, &in[1]), d[3] = {r, r, r};

	return mica_gradient(r, y, in, 3, d) == MICA_OK ? (results){{r, d[0], d[1], d[2]}, 4} : one(r);
}

static const mica_window_opts halves = {.taps = {2, 2}}, thirds = {.taps = {3, 3}, .stride = {2, 2}, .padding = MICA_SAME};
static results max_pool(mica_var x, mica_var y) { (void)y; return one(mica_op_max_pool(x, &halves)); }
static results max_pool_3(mica_var x, mica_var y) { (void)y; return one(mica_op_max_pool(x, &thirds)); }

static results pool_gradient(mica_var x, const mica_window_opts *o)
{
	mica_var y = mica_op_max_pool(x, o);

	return one(gradient(y, mica_graph_variable(mica_var_graph(x), "dy", MICA_F32, mica_var_shape(y)), x));
}

static results max_pool_gradient(mica_var x, mica_var y) { (void)y; return pool_gradient(x, &halves); }
static results max_pool_3_gradient(mica_var x, mica_var y) { (void)y; return pool_gradient(x, &thirds); }

/* reads: arrays that have to come from memory, beside the results that go there.  Batch normalization reads its input once for the
   sums and once for the result, and backward both the input and the cotangent as often. */
static const struct operation {
	const char *name;
	results (*build)(mica_var x, mica_var y);
	double reads;
	bool images; /* of 64 channels, 32 by 32, in place of a matrix of as many elements */
} operations[] = {
	{"copy", copy, 1, false}, {"relu", relu, 1, false}, {"add", add, 2, false}, {"row softmax", softmax, 1, false},
	{"softmax gradient", softmax_gradient, 2, false}, {"row sum", row_sum, 1, false}, {"column sum", column_sum, 1, false},
	{"layer norm", layer_norm, 1, false}, {"layer norm grad.", layer_norm_gradient, 2, false},
	{"batch norm, relu", batch_norm, 2, true}, {"and gradients", batch_norm_step, 6, true},
	{"max pool 2x2", max_pool, 1, true}, {"its gradient", max_pool_gradient, 1.25, true},
	{"max pool 3x3/2", max_pool_3, 1, true}, {"its gradient", max_pool_3_gradient, 1.25, true},
};
enum { OPERATIONS = sizeof operations / sizeof operations[0] };

/* The results are assigned, so that every operation writes them to memory once. */
static bool measure(mica_context *ctx, const struct operation *op, const long s[2], double seconds, double *rate)
{
	enum { SIDE = 32, CHANNELS = 64 };
	mica_graph *g = mica_graph_create(ctx);
	size_t images = (size_t)s[0] * (size_t)s[1] / (SIDE * SIDE * CHANNELS);
	mica_shape shape = op->images ? MICA_SHAPE(images ? images : 1, SIDE, SIDE, CHANNELS) : MICA_SHAPE((size_t)s[0], (size_t)s[1]);
	mica_var x = mica_graph_variable(g, "x", MICA_F32, shape), y = mica_graph_variable(g, "y", MICA_F32, shape);
	results r = op->build(x, y);
	double bytes = sizeof(float) * op->reads * (double)mica_var_count(x), step;
	mica_plan *p;

	for (size_t i = 0; i < r.n; i++) {
		r.of[i] = mica_op_assign(mica_graph_variable(g, "z", MICA_F32, mica_var_shape(r.of[i])), r.of[i]);
		bytes += sizeof(float) * (double)mica_var_count(r.of[i]);
	}
	bool good = mica_plan_create(&p, r.of, r.n, NULL) == MICA_OK && measure_plan(ctx, p, seconds, &step);
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
		fprintf(r->out, "| %-16s | %8s | %9s |\n|:%.16s-|%.9s:|%.10s:|\n", "operation", "GB/s", "of copy %", RULE, RULE,
		        RULE);
	}
	fprintf(r->out, "| %-16s | %8.2f | %9.1f |\n", op->name, 1e-9 * rate, 100 * rate / *copy_rate);
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
