/* SPDX-License-Identifier: MIT */
/* examples/layernorm_gelu.c - layer normalization, GELU and a matrix product, written as expressions.
   Checked: values and all gradients against double precision; at most 2 launches forward, and 5 more for the gradients. */
#include "example.h"

enum { ROWS = 13, UNITS = 37, OUT = 11 };
static const double epsilon = 1e-3;
static double *x, *gamma_, *beta, *w, *seed; /* seed: what each output counts in the sum that is differentiated */
static double y[ROWS * OUT];

/* The same in plain C; returns the sum of seed times y. */
static double reference(void)
{
	double total = 0;

	for (size_t r = 0; r < ROWS; r++) {
		double mean = 0, variance = 0, h[UNITS];
		for (size_t i = 0; i < UNITS; i++)
			mean += x[r * UNITS + i] / UNITS;
		for (size_t i = 0; i < UNITS; i++)
			variance += pow(x[r * UNITS + i] - mean, 2) / UNITS;
		for (size_t i = 0; i < UNITS; i++) {
			double n = (x[r * UNITS + i] - mean) / sqrt(variance + epsilon) * gamma_[i] + beta[i];
			h[i] = n / 2 * (1 + erf(n / sqrt(2)));
		}
		for (size_t o = 0; o < OUT; o++) {
			y[r * OUT + o] = 0;
			for (size_t i = 0; i < UNITS; i++)
				y[r * OUT + o] += h[i] * w[i * OUT + o];
			total += y[r * OUT + o] * seed[r * OUT + o];
		}
	}
	return total;
}

static mica_var layer_norm(mica_var v, mica_var scale, mica_var shift)
{
	mica_var centred = mica_op_sub(v, mica_op_mean(v, MICA_AXIS(1), true));
	mica_var variance = mica_op_mean(mica_op_square(centred), MICA_AXIS(1), true);

	return mica_op_add(mica_op_mul(mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(variance, epsilon))), scale), shift);
}

int main(void)
{
	x = numbers(ROWS * UNITS, 1), gamma_ = numbers(UNITS, 2), beta = numbers(UNITS, 3), w = numbers(UNITS * OUT, 4);
	seed = numbers(ROWS * OUT, 5);
	double *const at[4] = {x, gamma_, beta, w};
	const char *const names[4] = {"gradient of x", "gradient of gamma", "gradient of beta", "gradient of w"};

	mica_context *ctx = open_device();
	mica_graph *g = mica_graph_create(ctx);
	mica_var v[4] = {variable(g, "x", MICA_SHAPE(ROWS, UNITS), x), variable(g, "gamma", MICA_SHAPE(UNITS), gamma_),
	                 variable(g, "beta", MICA_SHAPE(UNITS), beta), variable(g, "w", MICA_SHAPE(UNITS, OUT), w)};
	mica_var s = variable(g, "seed", MICA_SHAPE(ROWS, OUT), seed), d[5];

	d[4] = mica_op_matmul(mica_activate(layer_norm(v[0], v[1], v[2]), MICA_GELU), v[3]);
	TRY(mica_gradient(d[4], s, v, 4, d));

	reference();
	mica_plan *forward = run_plan("forward", &d[4], 1), *both = run_plan("forward and backward", d, 5);
	compare("forward", forward, 0, mica_var_count(d[4]), y, 16);
	for (size_t i = 0; i < 4; i++) {
		double *expected = central_differences(reference, at[i], mica_var_count(v[i]));
		compare(names[i], both, i, mica_var_count(d[i]), expected, 32);
		free(expected);
	}
	require(mica_plan_describe(forward).launches <= 2, "at most 2 launches forward");
	require(mica_plan_describe(both).launches <= 2 + 5, "at most 5 launches more for the gradients");
	for (size_t i = 0; i < 4; i++)
		free(at[i]);
	free(seed);
	mica_close(ctx);
	return 0;
}
