/* SPDX-License-Identifier: MIT */
/* nn/golden_call.h - holds outputs, masks and gradients of a layer with several inputs against what Keras has. */
#ifndef MICA_TESTS_NN_GOLDEN_CALL_H
#define MICA_TESTS_NN_GOLDEN_CALL_H
#include "golden/call.h"
#include "nn/golden_layer.h"

enum { GOLDEN_MOST_VARS = 48 };

/* What is computed of a case, and what was. */
typedef struct golden_vars {
	mica_var of[GOLDEN_MOST_VARS];
	size_t n;
} golden_vars;

static inline mica_var golden_input(golden_bench *g, const golden_case *of, size_t i)
{
	float x[GOLDEN_MOST_NUMBERS];
	unsigned char mask[GOLDEN_MOST_NUMBERS];
	mica_shape s = of->x[i];

	spread(x, mica__shape_count(&s), 100 + (uint32_t)i, 1);
	for (size_t k = 0; k < mica__shape_count(&s) && of->masks[i] == '4'; k++)
		x[k] = golden_bit(k, (uint32_t)i);
	mica_var v = given(&g->b, x, s);
	if (of->masks[i] == '0' || of->masks[i] == '4')
		return v;
	mica_var m = mica_graph_variable(g->b.g, "mask", MICA_BOOL, MICA_SHAPE(s.dim[0], s.dim[1]));
	golden_mask(mask, s.dim[0], s.dim[1], (uint32_t)i, of->masks[i]);
	cr_assert(mica_value_write(mica_var_value(m), mask, s.dim[0] * s.dim[1]) == MICA_OK, "%s", mica_error(NULL));
	mica_layer_set_mask(&g->pass, v, m);
	return v;
}

/* Writes the weights' numbers; those that are trained are added to v, all names to names. */
static inline void golden_call_weights(golden_bench *g, golden_vars *v, char *names)
{
	float numbers[GOLDEN_MOST_NUMBERS];

	for (size_t i = 0; i < g->layer->n_weights; i++) {
		mica__weight *w = g->layer->weights[i];
		spread(numbers, mica_value_count(w->value), 200 + (uint32_t)i, 0.7);
		cr_assert(mica_value_write(w->value, numbers, mica_value_bytes(w->value)) == MICA_OK);
		if (!w->state)
			v->of[v->n++] = mica__weight_now(&g->pass, w, NULL);
		strcat(strcat(names, i ? " " : ""), mica_value_path(w->value) + strlen("layer/"));
	}
}

/* The sum of each output times numbers of its own. */
static inline mica_var golden_total(golden_bench *g, const mica_var *y, size_t n)
{
	float numbers[GOLDEN_MOST_NUMBERS];
	mica_var total = NULL;

	for (size_t i = 0; i < n; i++) {
		spread(numbers, mica_var_count(y[i]), 300 + (uint32_t)i, 1);
		mica_var sum = mica_op_sum(mica_op_mul(y[i], given(&g->b, numbers, mica_var_shape(y[i]))), MICA_ALL_AXES, false);
		total = total ? mica_op_add(total, sum) : sum;
	}
	return total;
}

/* After a call of training what the weights became is compared too.  2e-6: sums of some ten products and a few functions, forwards and
   backwards. */
static inline void golden_check_call(const golden_case *of, mica_layer l, bool training)
{
	static float got[GOLDEN_MOST_NUMBERS];
	golden_bench g;
	golden_vars in = {.n = 0}, out = {.n = 0};
	mica_var y[MICA__MOST_OUTPUTS];
	float *at[GOLDEN_MOST_VARS];
	char names[1024] = "";
	size_t n = 0;

	cr_assert(golden_open(&g, l) == MICA_OK, "%s: %s", of->name, mica_error(NULL));
	g.pass.training = training;
	for (; in.n < of->n_inputs; in.n++)
		in.of[in.n] = golden_input(&g, of, in.n);
	size_t outputs = mica__layer_call(&g.pass, g.layer, in.of, in.n, y);
	cr_assert(mica_graph_status(g.b.g) == MICA_OK, "%s: %s", of->name, mica_graph_error(g.b.g));
	golden_call_weights(&g, &in, names);
	cr_expect(strcmp(names, of->weights) == 0, "%s: weights %s, Keras has %s", of->name, names, of->weights);
	for (size_t i = 0; i < outputs; i++)
		out.of[out.n++] = y[i];
	for (size_t i = 0; i < outputs; i++)
		if (mica_layer_mask(&g.pass, y[i]))
			out.of[out.n++] = mica_op_cast(mica_layer_mask(&g.pass, y[i]), MICA_F32);
	cr_assert(mica_gradient(golden_total(&g, y, outputs), NULL, in.of, in.n, out.of + out.n) == MICA_OK, "%s: %s", of->name, mica_error(NULL));
	out.n += in.n;
	for (size_t i = 0; i < g.layer->n_weights && training; i++)
		out.of[out.n++] = mica__weight_now(&g.pass, g.layer->weights[i], NULL);
	for (size_t i = 0; i < out.n; i++) {
		at[i] = got + n;
		n += mica_var_count(out.of[i]);
	}
	cr_assert(n == of->n && n <= GOLDEN_MOST_NUMBERS, "%s: %zu numbers, Keras has %zu", of->name, n, of->n);
	values_of(out.of, at, out.n);
	check_near(of->name, got, of->numbers, n, 2e-6, 2e-6);
	golden_close(&g);
}
/* A layer that is called with an input of shape x and others of another shape, n together, must say so. */
static inline void golden_check_inputs(mica_layer l, mica_shape x, mica_shape others, size_t n, const char *says)
{
	golden_bench g;
	mica_var in[GOLDEN_MOST_INPUTS], y[MICA__MOST_OUTPUTS];

	cr_assert(golden_open(&g, l) == MICA_OK, "%s", mica_error(NULL));
	for (size_t i = 0; i < n; i++)
		in[i] = mica_graph_input(g.b.g, i ? "other" : "x", MICA_F32, i ? others : x);
	mica__layer_call(&g.pass, g.layer, in, n, y);
	cr_expect(strstr(mica_graph_error(g.b.g), says), "\"%s\" lacks \"%s\"", mica_graph_error(g.b.g), says);
	golden_close(&g);
}

#define GOLDEN_CALL(id, ...) golden_check_call(&golden_##id, __VA_ARGS__, false);
#define GOLDEN_TRAINED(id, ...) golden_check_call(&golden_##id, __VA_ARGS__, true);

#endif
