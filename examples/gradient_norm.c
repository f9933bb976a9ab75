/* SPDX-License-Identifier: MIT */
/* examples/gradient_norm.c - a gradient of a gradient: how the size of f's slope in x depends on f's weights.

     f(x) = sum tanh(x w) v     slope = df/dx     penalty = sum slope^2     wanted: dpenalty/dw, dpenalty/dv

   Checked: slope, penalty and both gradients against double precision. */
#include "example.h"

enum { ROWS = 7, IN = 17, UNITS = 10 };
static double *x, *w, *v, slope[ROWS * IN];

static double reference(void)
{
	double penalty = 0;

	for (size_t r = 0; r < ROWS; r++) {
		double back[UNITS]; /* df/d(x w) */
		for (size_t u = 0; u < UNITS; u++) {
			double z = 0;
			for (size_t i = 0; i < IN; i++)
				z += x[r * IN + i] * w[i * UNITS + u];
			back[u] = v[u] * (1 - tanh(z) * tanh(z));
		}
		for (size_t i = 0; i < IN; i++) {
			slope[r * IN + i] = 0;
			for (size_t u = 0; u < UNITS; u++)
				slope[r * IN + i] += back[u] * w[i * UNITS + u];
			penalty += slope[r * IN + i] * slope[r * IN + i];
		}
	}
	return penalty;
}

int main(void)
{
	x = numbers(ROWS * IN, 1), w = numbers(IN * UNITS, 2), v = numbers(UNITS, 3);

	mica_context *ctx = open_device();
	mica_graph *g = mica_graph_create(ctx);
	mica_var vx = variable(g, "x", MICA_SHAPE(ROWS, IN), x), out[4];
	mica_var weights[2] = {variable(g, "w", MICA_SHAPE(IN, UNITS), w), variable(g, "v", MICA_SHAPE(UNITS, 1), v)};
	mica_var f = mica_op_matmul(mica_op_tanh(mica_op_matmul(vx, weights[0])), weights[1]);

	TRY(mica_gradient(f, NULL, &vx, 1, &out[0]));
	out[1] = mica_op_sum(mica_op_square(out[0]), MICA_ALL_AXES, false);
	TRY(mica_gradient(out[1], NULL, weights, 2, &out[2]));

	mica_plan *p = run_plan("penalty", out, 4);
	double penalty = reference();
	double *dw = central_differences(reference, w, IN * UNITS), *dv = central_differences(reference, v, UNITS);
	reference();
	compare("slope", p, 0, mica_var_count(out[0]), slope, 16);
	compare("penalty", p, 1, mica_var_count(out[1]), &penalty, 16);
	compare("gradient of w", p, 2, mica_var_count(out[2]), dw, 32);
	compare("gradient of v", p, 3, mica_var_count(out[3]), dv, 32);
	free(dw), free(dv), free(x), free(w), free(v);
	mica_close(ctx);
	return 0;
}
