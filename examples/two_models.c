/* SPDX-License-Identifier: MIT */
/* examples/two_models.c - two training steps over shared values, as of a generator and its critic:

     critic     d: ascends  mean(x d) - mean(z g d) - d d / 2     (g as it is)
     generator  g: ascends  mean(z g d)                           (d as it is)

   Each step is a graph of its own that refers to the values g and d, and is destroyed as soon as its plan is made.
   Checked: both values after some rounds against double precision, and that no graph is needed any more. */
#include "example.h"

enum { N = 8, ROUNDS = 20 };
static const double rate = 0.25;

/* A plan of one step: value += rate * gradient of what it ascends. */
static mica_plan *step(mica_context *ctx, bool critic, mica_value *g_value, mica_value *d_value, const double *xs, const double *zs)
{
	mica_graph *graph = mica_graph_create(ctx);
	mica_var g = mica_graph_value(graph, g_value), d = mica_graph_value(graph, d_value), own = critic ? d : g, slope;
	mica_var made = mica_op_mean(mica_op_mul(mica_op_mul(variable(graph, "z", MICA_SHAPE(N), zs), g), d), MICA_ALL_AXES, false);
	mica_var real = mica_op_mean(mica_op_mul(variable(graph, "x", MICA_SHAPE(N), xs), d), MICA_ALL_AXES, false);
	mica_var goal = critic ? mica_op_sub(mica_op_sub(real, made), mica_op_mulc(mica_op_square(d), 0.5)) : made;
	mica_plan *p;

	TRY(mica_gradient(goal, NULL, &own, 1, &slope));
	mica_var stored = mica_op_assign(own, mica_op_add(own, mica_op_mulc(slope, rate)));
	TRY(mica_plan_create(&p, &stored, 1, &(mica_plan_opts){.name = critic ? "critic" : "generator"}));
	mica_graph_destroy(graph);
	return p;
}

int main(void)
{
	double *x = numbers(N, 1), *z = numbers(N, 2), mean_x = 0, mean_z = 0, g = 0.5, d = 0;
	float got_g = 0.5f, got_d;
	mica_context *ctx = open_device();
	mica_value *g_value, *d_value;

	TRY(mica_value_create(&g_value, ctx, "generator/g", MICA_ROLE_WEIGHT, MICA_F32, MICA_SCALAR_SHAPE));
	TRY(mica_value_create(&d_value, ctx, "critic/d", MICA_ROLE_WEIGHT, MICA_F32, MICA_SCALAR_SHAPE));
	TRY(mica_value_write(g_value, &got_g, sizeof got_g));
	mica_plan *critic = step(ctx, true, g_value, d_value, x, z), *generator = step(ctx, false, g_value, d_value, x, z);

	for (size_t i = 0; i < N; i++) {
		mean_x += x[i] / N;
		mean_z += z[i] / N;
	}
	for (int round = 0; round < ROUNDS; round++) {
		TRY(mica_plan_run(critic, 2));
		TRY(mica_plan_run(generator, 1));
		for (int k = 0; k < 2; k++)
			d += rate * (mean_x - mean_z * g - d);
		g += rate * mean_z * d;
	}
	TRY(mica_value_read(g_value, &got_g, sizeof got_g));
	TRY(mica_value_read(d_value, &got_d, sizeof got_d));
	printf("g = %.6f (%.6f), d = %.6f (%.6f)\n", (double)got_g, g, (double)got_d, d);
	require(fabs((double)got_g - g) < 1e-5 && fabs((double)got_d - d) < 1e-5, "both values as in double precision");
	free(x), free(z);
	mica_close(ctx);
	return 0;
}
