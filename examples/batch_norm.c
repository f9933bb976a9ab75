/* SPDX-License-Identifier: MIT */
/* examples/batch_norm.c - batch normalization with ReLU, forward and backward, as expressions.

     y = relu((x - mean) / sqrt(variance + EPSILON) * gamma + beta), mean and variance over all but the channels

   The mean and the variance are sums that are made in one pass over x; so are the four sums of the gradient, over x and dy; and
   y and dx are made together.  That is three passes over memory, and a small launch after each pass of sums, which adds up the
   parts that tasks have made.
   Checked: y and the gradients of x, gamma and beta, against double precision; the launches. */
#include "example.h"

enum { N = 6, SIZE = 24, CHANNELS = 5, ROWS = N * SIZE * SIZE, MOST_LAUNCHES = 5 };
static const double EPSILON = 1e-3;

static mica_var normalized(mica_var x, mica_var gamma, mica_var beta)
{
	uint32_t axes = MICA_AXIS(0) | MICA_AXIS(1) | MICA_AXIS(2);
	mica_var centred = mica_op_sub(x, mica_op_mean(x, axes, true));
	mica_var over = mica_op_rsqrt(mica_op_addc(mica_op_variance(x, axes, true), EPSILON));

	return mica_op_relu(mica_op_add(mica_op_mul(mica_op_mul(centred, over), gamma), beta));
}

/* One channel: y, and dx, dgamma and dbeta under the cotangent dy, by the formulas of Ioffe and Szegedy (2015). */
static void reference(size_t c, const double *x, const double *gamma, const double *beta, const double *dy, double *y, double *d[3])
{
	double mean = 0, variance = 0, sum = 0, product = 0;

	for (size_t i = c; i < ROWS * CHANNELS; i += CHANNELS)
		mean += x[i] / ROWS;
	for (size_t i = c; i < ROWS * CHANNELS; i += CHANNELS)
		variance += (x[i] - mean) * (x[i] - mean) / ROWS;
	double over = 1 / sqrt(variance + EPSILON);
	for (size_t i = c; i < ROWS * CHANNELS; i += CHANNELS) {
		double hat = (x[i] - mean) * over;
		y[i] = fmax(hat * gamma[c] + beta[c], 0);
		sum += y[i] > 0 ? dy[i] : 0;
		product += y[i] > 0 ? dy[i] * hat : 0;
	}
	for (size_t i = c; i < ROWS * CHANNELS; i += CHANNELS)
		d[0][i] = gamma[c] * over * ((y[i] > 0 ? dy[i] : 0) - sum / ROWS - (x[i] - mean) * over * product / ROWS);
	d[1][c] = product;
	d[2][c] = sum;
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_graph *g = mica_graph_create(ctx);
	mica_shape s = MICA_SHAPE(N, SIZE, SIZE, CHANNELS), channels = MICA_SHAPE(CHANNELS);
	double *x = numbers(ROWS * CHANNELS, 1), *gamma = numbers(CHANNELS, 2), *beta = numbers(CHANNELS, 3), *dy = numbers(ROWS * CHANNELS, 4);
	double *y = numbers(ROWS * CHANNELS, 5), *d[3] = {numbers(ROWS * CHANNELS, 6), numbers(CHANNELS, 7), numbers(CHANNELS, 8)};
	mica_var in[3] = {variable(g, "x", s, x), variable(g, "gamma", channels, gamma), variable(g, "beta", channels, beta)};
	mica_var out[4] = {normalized(in[0], in[1], in[2])};

	TRY(mica_gradient(out[0], variable(g, "dy", s, dy), in, 3, &out[1]));
	mica_plan *plan = run_plan("batch_norm", out, 4);
	size_t launches = mica_plan_describe(plan).launches;
	for (size_t c = 0; c < CHANNELS; c++)
		reference(c, x, gamma, beta, dy, y, d);
	printf("%zu launches\n", launches);
	compare("y", plan, 0, ROWS * CHANNELS, y, 64);
	compare("gradient of x", plan, 1, ROWS * CHANNELS, d[0], 128);
	compare("gradient of gamma", plan, 2, CHANNELS, d[1], 256);
	compare("gradient of beta", plan, 3, CHANNELS, d[2], 256);
	require(launches <= MOST_LAUNCHES, "as few launches as written down");
	for (size_t i = 0; i < 3; i++)
		free(d[i]);
	free(y);
	free(dy);
	free(beta);
	free(gamma);
	free(x);
	mica_close(ctx);
	return 0;
}
