/* SPDX-License-Identifier: MIT */
/* examples/convolution.c - one training step of a small convolutional network, as expressions.

     x -> relu(conv 3x3 + b) -> relu(conv 3x3, stride 2, + b) -> mean over the image -> dense -> softmax -> cross-entropy
     each weight w becomes w - RATE * dloss/dw

   Checked: the loss and all weights after the step, against double precision; and that the step takes no more launches than
   written down here. */
#include "example.h"

enum { BATCH = 5, SIZE = 9, HALF = 5, IN = 2, MIDDLE = 4, OUT = 6, CLASSES = 3, WEIGHTS = 6 };
enum {
	/* 2 convolutions (bias and relu of the first in its kernel); 2 for the mean over two axes; dense; softmax, loss and their
	   gradient; dense's data gradient; its weights' with the update; 2 for both convolutions' gradients, 2 for updates and
	   what is left of the sums for the biases */
	MOST_LAUNCHES = 12
};
static const double RATE = 0.125;
static double *x, *p[WEIGHTS]; /* p: weights and biases of both convolutions, then of the dense layer */
static int32_t label[BATCH];

/* relu(conv(in) + bias) of one image of size x size, with one element of padding. */
static void convolve(const double *in, size_t size, size_t c, const double *w, const double *bias, size_t stride, size_t f, double *out)
{
	size_t to = (size + stride - 1) / stride;

	for (size_t i = 0; i < to * to * f; i++) {
		size_t row = i / f / to * stride, column = i / f % to * stride;
		double sum = bias[i % f];
		for (size_t t = 0; t < 9; t++) {
			size_t y = row + t / 3 - 1, at = column + t % 3 - 1; /* too large if they would be negative */
			for (size_t k = 0; k < c && y < size && at < size; k++)
				sum += in[(y * size + at) * c + k] * w[(t * c + k) * f + i % f];
		}
		out[i] = sum > 0 ? sum : 0;
	}
}

static double reference(void)
{
	double loss = 0;

	for (size_t n = 0; n < BATCH; n++) {
		double h[SIZE * SIZE * MIDDLE], g[HALF * HALF * OUT], z[CLASSES], sum = 0;
		convolve(x + n * SIZE * SIZE * IN, SIZE, IN, p[0], p[1], 1, MIDDLE, h);
		convolve(h, SIZE, MIDDLE, p[2], p[3], 2, OUT, g);
		for (size_t k = 0; k < CLASSES; k++) {
			z[k] = p[5][k];
			for (size_t i = 0; i < HALF * HALF * OUT; i++)
				z[k] += g[i] / (HALF * HALF) * p[4][i % OUT * CLASSES + k];
			sum += exp(z[k]);
		}
		loss += (log(sum) - z[label[n]]) / BATCH;
	}
	return loss;
}

static mica_var cross_entropy(mica_var logits, mica_var labels)
{
	mica_var classes = mica_graph_iota(mica_var_graph(logits), MICA_SHAPE(BATCH, CLASSES), 1);
	mica_var one_hot = mica_op_cast(mica_op_eq(classes, mica_op_reshape(labels, MICA_SHAPE(BATCH, 1))), MICA_F32);
	mica_var rows = mica_op_sum(mica_op_mul(one_hot, mica_activate(logits, MICA_LOG_SOFTMAX)), MICA_AXIS(1), false);

	return mica_op_neg(mica_op_mean(rows, MICA_ALL_AXES, false));
}

/* The loss, then an update of each weight. */
static void training_step(mica_graph *g, mica_var *v, mica_var *out)
{
	mica_var labels = mica_graph_variable(g, "labels", MICA_I32, MICA_SHAPE(BATCH)), d[WEIGHTS];
	mica_var in = variable(g, "x", MICA_SHAPE(BATCH, SIZE, SIZE, IN), x);
	mica_window_opts same = {.padding = MICA_SAME}, half = {.stride = {2, 2}, .padding = MICA_EXPLICIT, .before = {1, 1}, .after = {1, 1}};

	TRY(mica_value_write(mica_var_value(labels), label, sizeof label));
	mica_var h = mica_op_relu(mica_op_add(mica_op_conv(in, v[0], &same), v[1]));
	mica_var y = mica_op_relu(mica_op_add(mica_op_conv(h, v[2], &half), v[3]));
	mica_var mean = mica_op_mean(y, MICA_AXIS(1) | MICA_AXIS(2), false);
	out[0] = cross_entropy(mica_op_add(mica_op_matmul(mean, v[4]), v[5]), labels);
	TRY(mica_gradient(out[0], NULL, v, WEIGHTS, d));
	for (size_t i = 0; i < WEIGHTS; i++)
		out[1 + i] = mica_op_assign(v[i], mica_op_sub(v[i], mica_op_mulc(d[i], RATE)));
}

int main(void)
{
	static const mica_shape shapes[WEIGHTS] = {{4, {3, 3, IN, MIDDLE}}, {1, {MIDDLE}}, {4, {3, 3, MIDDLE, OUT}},
	                                           {1, {OUT}}, {2, {OUT, CLASSES}}, {1, {CLASSES}}};
	mica_context *ctx = open_device();
	mica_graph *g = mica_graph_create(ctx);
	mica_var v[WEIGHTS], out[1 + WEIGHTS];

	x = numbers(BATCH * SIZE * SIZE * IN, 1);
	for (int n = 0; n < BATCH; n++)
		label[n] = n * 2 % CLASSES;
	for (unsigned i = 0; i < WEIGHTS; i++) {
		size_t n = 1;
		for (size_t k = 0; k < shapes[i].rank; k++)
			n *= shapes[i].dim[k];
		p[i] = numbers(n, 2 + i);
		v[i] = variable(g, "w", shapes[i], p[i]);
	}
	training_step(g, v, out);
	mica_plan *plan = run_plan("step", out, 1 + WEIGHTS);
	size_t launches = mica_plan_describe(plan).launches;
	double loss = reference();

	printf("%zu launches\n", launches);
	compare("loss", plan, 0, 1, &loss, 16);
	for (size_t i = 0; i < WEIGHTS; i++) {
		size_t n = mica_var_count(v[i]);
		double *d = central_differences(reference, p[i], n);
		for (size_t k = 0; k < n; k++)
			d[k] = p[i][k] - RATE * d[k];
		compare("weights after the step", plan, 1 + i, n, d, 64);
		free(d);
	}
	require(launches <= MOST_LAUNCHES, "as few launches as written down");
	for (size_t i = 0; i < WEIGHTS; i++)
		free(p[i]);
	free(x);
	mica_close(ctx);
	return 0;
}
