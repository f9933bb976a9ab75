/* SPDX-License-Identifier: MIT */
/* examples/shared_weights.c - two inputs through one layer, side by side into two heads with a loss each.

     a -> tanh(a w + b) --+              +-> softmax -> cross-entropy -> 0.7
                          +-- concat ----+                                   sum
     c -> tanh(c w + b) --+              +-> linear  -> squared error -> 0.3

   Checked: the loss and the gradients of all weights, the shared ones too, against double precision. */
#include "example.h"

enum { ROWS = 9, IN = 5, UNITS = 6, CLASSES = 4, BOTH = 2 * UNITS };
static double *a, *c, *target, *p[4]; /* p: w (IN, UNITS), b (UNITS), heads (BOTH, CLASSES) and (BOTH, 1) */
static int32_t label[ROWS];

static void shared(const double *in, double *out)
{
	for (size_t u = 0; u < UNITS; u++) {
		double sum = p[1][u];
		for (size_t i = 0; i < IN; i++)
			sum += in[i] * p[0][i * UNITS + u];
		out[u] = tanh(sum);
	}
}

static double reference(void)
{
	double loss = 0;

	for (size_t r = 0; r < ROWS; r++) {
		double h[BOTH], z[CLASSES] = {0}, value = 0, sum = 0;
		shared(a + r * IN, h);
		shared(c + r * IN, h + UNITS);
		for (size_t i = 0; i < BOTH; i++) {
			for (size_t k = 0; k < CLASSES; k++)
				z[k] += h[i] * p[2][i * CLASSES + k];
			value += h[i] * p[3][i];
		}
		for (size_t k = 0; k < CLASSES; k++)
			sum += exp(z[k]);
		loss += 0.7 * (log(sum) - z[label[r]]) / ROWS + 0.3 * pow(value - target[r], 2) / ROWS;
	}
	return loss;
}

static mica_var cross_entropy(mica_var logits, mica_var labels)
{
	mica_var one_hot = mica_op_cast(mica_op_eq(mica_graph_iota(mica_var_graph(logits), MICA_SHAPE(ROWS, CLASSES), 1),
	                                           mica_op_reshape(labels, MICA_SHAPE(ROWS, 1))), MICA_F32);

	return mica_op_neg(mica_op_sum(mica_op_mul(one_hot, mica_activate(logits, MICA_LOG_SOFTMAX)), MICA_AXIS(1), false));
}

int main(void)
{
	a = numbers(ROWS * IN, 1), c = numbers(ROWS * IN, 2), target = numbers(ROWS, 3);
	p[0] = numbers(IN * UNITS, 4), p[1] = numbers(UNITS, 5), p[2] = numbers(BOTH * CLASSES, 6), p[3] = numbers(BOTH, 7);
	for (int r = 0; r < ROWS; r++)
		label[r] = r * 7 % CLASSES;

	mica_context *ctx = open_device();
	mica_graph *g = mica_graph_create(ctx);
	mica_var in[2] = {variable(g, "a", MICA_SHAPE(ROWS, IN), a), variable(g, "c", MICA_SHAPE(ROWS, IN), c)};
	mica_var labels = mica_graph_variable(g, "labels", MICA_I32, MICA_SHAPE(ROWS));
	mica_var v[4] = {variable(g, "w", MICA_SHAPE(IN, UNITS), p[0]), variable(g, "b", MICA_SHAPE(UNITS), p[1]),
	                 variable(g, "classes", MICA_SHAPE(BOTH, CLASSES), p[2]),
	                 variable(g, "value", MICA_SHAPE(BOTH, 1), p[3])};
	mica_var h[2], out[5];

	TRY(mica_value_write(mica_var_value(labels), label, sizeof label));
	for (size_t i = 0; i < 2; i++)
		h[i] = mica_op_tanh(mica_op_add(mica_op_matmul(in[i], v[0]), v[1]));
	mica_var both = mica_op_concat(h, 2, 1);
	mica_var first = cross_entropy(mica_op_matmul(both, v[2]), labels);
	mica_var error = mica_op_sub(mica_op_matmul(both, v[3]), variable(g, "target", MICA_SHAPE(ROWS, 1), target));
	out[4] = mica_op_add(mica_op_mulc(mica_op_mean(first, MICA_ALL_AXES, false), 0.7),
	                     mica_op_mulc(mica_op_mean(mica_op_square(error), MICA_ALL_AXES, false), 0.3));
	TRY(mica_gradient(out[4], NULL, v, 4, out));

	mica_plan *plan = run_plan("two losses", out, 5);
	double loss = reference();
	compare("loss", plan, 4, mica_var_count(out[4]), &loss, 16);
	for (size_t i = 0; i < 4; i++) {
		double *expected = central_differences(reference, p[i], mica_var_count(v[i]));
		compare(mica_var_name(v[i]), plan, i, mica_var_count(out[i]), expected, 32);
		free(expected);
	}
	for (size_t i = 0; i < 4; i++)
		free(p[i]);
	free(a), free(c), free(target);
	mica_close(ctx);
	return 0;
}
