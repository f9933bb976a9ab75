/* SPDX-License-Identifier: MIT */
/* examples/lstm.c - an LSTM by scan, through the graph interface alone: what it was told at the first of many steps it has to say
   after the last.

   A sequence is faint noise, but for its first step, which is the answer.  Four gates, each with weights of its own:
     i, f, o = sigmoid(x_t W + h U + b), g = tanh(x_t W + h U + b), c = f c + i g, h = o tanh(c)
   and the answer is tanh of a weighted sum of the last h.

   Checked: it learns over 28 steps, then with the same weights over 500; a training step takes at most 9 launches, 3 of them in
   loops, and no more kernels for 500 steps than for 28. */
#include "example.h"

enum { BATCH = 16, WIDTH = 3, UNITS = 8, SHORT = 28, LONG = 500 };
enum { INPUT, FORGET, CELL, OUTPUT, GATES, HEAD = 3 * GATES, WEIGHTS = HEAD + 1 };

/* Of each gate W (WIDTH, UNITS), U (UNITS, UNITS) and b (UNITS), then the head's (UNITS, 1); made once, for both lengths.  It
   begins by forgetting nothing. */
static void use_weights(mica_graph *g, mica_var *w)
{
	static mica_value *values_of[WEIGHTS];

	for (unsigned k = 0; k < WEIGHTS; k++) {
		mica_shape s = k == HEAD ? MICA_SHAPE(UNITS, 1) : k % 3 == 0 ? MICA_SHAPE(WIDTH, UNITS) : k % 3 == 1 ? MICA_SHAPE(UNITS, UNITS) : MICA_SHAPE(UNITS);
		char name[16];
		snprintf(name, sizeof name, "w%u", k);
		if (values_of[k]) {
			w[k] = mica_graph_value(g, values_of[k]);
			continue;
		}
		double *values = numbers(UNITS * UNITS, k + 1);
		for (size_t i = 0; i < UNITS * UNITS; i++)
			values[i] = k / 3 == FORGET && k % 3 == 2 ? 8 : k % 3 == 2 ? 0 : values[i] / 2;
		w[k] = variable(g, name, s, values);
		values_of[k] = mica_var_value(w[k]);
		free(values);
	}
}

/* x: (steps, BATCH, WIDTH).  The inputs' products of all steps are one product before the loop. */
static mica_var last_of_lstm(mica_var x, const mica_var *w)
{
	mica_graph *g = mica_var_graph(x);
	mica_scan *s = mica_scan_begin(g, mica_var_shape(x).dim[0], false);
	mica_var none = mica_graph_fill(g, 0, MICA_F32, MICA_SHAPE(BATCH, UNITS)), z[GATES];
	mica_var h = mica_scan_carry(s, none), c = mica_scan_carry(s, none);

	for (int k = 0; k < GATES; k++) {
		mica_var from_x = mica_scan_read(s, mica_op_matmul(x, w[3 * k]), 0);
		z[k] = mica_op_add(mica_op_add(from_x, mica_op_matmul(h, w[3 * k + 1])), w[3 * k + 2]);
	}
	mica_var kept = mica_op_mul(mica_op_sigmoid(z[FORGET]), c);
	mica_var cell = mica_op_add(kept, mica_op_mul(mica_op_sigmoid(z[INPUT]), mica_op_tanh(z[CELL])));
	mica_scan_next(s, c, cell);
	mica_scan_next(s, h, mica_op_mul(mica_op_sigmoid(z[OUTPUT]), mica_op_tanh(cell)));
	TRY(mica_scan_end(s));
	return mica_scan_last(s, h);
}

/* w - rate * m, where m is a running mean of gradients cut to -1..1. */
static mica_var descend(mica_var w, mica_var dw, unsigned k, double rate)
{
	char name[16];

	snprintf(name, sizeof name, "m%u", k);
	mica_var m = mica_graph_variable(mica_var_graph(w), name, MICA_F32, mica_var_shape(w));
	mica_var mean = mica_op_add(mica_op_mulc(m, 0.9), mica_op_mulc(mica_op_clip(dw, -1, 1), 0.1));
	return mica_op_assign(w, mica_op_sub(w, mica_op_mulc(mica_op_assign(m, mean), rate)));
}

/* One step of training: the loss, the mean of (answer - said)^2, and the new weights. */
static mica_plan *training_step(mica_context *ctx, size_t steps, const char *name)
{
	mica_graph *g = mica_graph_create(ctx);
	mica_var w[WEIGHTS], out[WEIGHTS + 1], x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(steps, BATCH, WIDTH));
	mica_var answer = mica_graph_input(g, "answer", MICA_F32, MICA_SHAPE(BATCH, 1));
	mica_plan *p;

	use_weights(g, w);
	mica_var said = mica_op_tanh(mica_op_matmul(last_of_lstm(x, w), w[HEAD]));
	out[WEIGHTS] = mica_op_mean(mica_op_square(mica_op_sub(said, answer)), MICA_ALL_AXES, false);
	TRY(mica_gradient(out[WEIGHTS], NULL, w, WEIGHTS, out));
	for (unsigned k = 0; k < WEIGHTS; k++)
		out[k] = descend(w[k], out[k], k, 0.2 * SHORT / (double)steps);
	TRY(mica_plan_create(&p, out, WEIGHTS + 1, &(mica_plan_opts){.name = name}));
	mica_graph_destroy(g);
	return p;
}

/* Noise, and at the first step the answer, -1 or 1. */
static void feed_batch(mica_plan *p, size_t steps, unsigned seed)
{
	double *noise = numbers(steps * BATCH * WIDTH, seed);
	float *x = to_floats(noise, steps * BATCH * WIDTH), answer[BATCH];

	for (size_t i = 0; i < BATCH; i++)
		x[i * WIDTH] = answer[i] = (seed * 7919 + (unsigned)i * 104729) % 9973 % 2 ? -1 : 1;
	for (size_t i = BATCH * WIDTH; i < steps * BATCH * WIDTH; i++)
		x[i] = i % WIDTH ? x[i] / 16 : 0;
	TRY(mica_plan_feed(p, "x", x, steps * BATCH * WIDTH * sizeof *x));
	TRY(mica_plan_feed(p, "answer", answer, sizeof answer));
	free(noise);
	free(x);
}

static double train(mica_plan *p, size_t steps, unsigned batches)
{
	float loss = 0;
	double sum = 0;

	for (unsigned k = 0; k < batches; k++) {
		feed_batch(p, steps, k + 100);
		TRY(mica_plan_run(p, 1));
		TRY(mica_plan_fetch(p, WEIGHTS, &loss, sizeof loss));
		sum += k + 8 >= batches ? (double)loss / 8 : 0;
		if (k % 20 == 0)
			printf("%zu steps, batch %u: loss %.4f\n", steps, k, (double)loss);
	}
	return sum;
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_plan *few = training_step(ctx, SHORT, "28 steps"), *many = training_step(ctx, LONG, "500 steps");
	mica_plan_info a = mica_plan_describe(few), b = mica_plan_describe(many);

	printf("%zu launches, %zu kernels, %zu nodes for %d steps; %zu, %zu, %zu for %d\n", a.launches, a.kernels, a.nodes, SHORT, b.launches,
	       b.kernels, b.nodes, LONG);
	require(a.launches <= 9 || a.launches == a.kernels, "at most 9 launches, where one may hold several kernels");
	require(b.kernels <= a.kernels + GATES, "as many kernels for 500 steps, but for a second one of each bias' long sum");
	double loss = train(few, SHORT, 80), long_loss = train(many, LONG, 40);
	printf("loss of the last batches: %.4f over %d steps, %.4f over %d\n", loss, SHORT, long_loss, LONG);
	require(loss < 0.2, "a loss under 0.2 over 28 steps; one that says nothing has 1");
	require(long_loss < 0.2, "a loss under 0.2 over 500 steps");
	mica_close(ctx);
	return 0;
}
