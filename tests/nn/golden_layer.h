/* SPDX-License-Identifier: MIT */
/* nn/golden_layer.h - holds a layer's output, gradients and weights against what Keras has. */
#ifndef MICA_TESTS_NN_GOLDEN_LAYER_H
#define MICA_TESTS_NN_GOLDEN_LAYER_H
#include "golden/layer.h"
#include "nn/compute.h"
#include "nn/nn.h"

#include <stdio.h>
#include <string.h>

enum { GOLDEN_MOST_WEIGHTS = 8, GOLDEN_MOST_NUMBERS = 4096 };

/* A layer and the graph that it is called in. */
typedef struct golden_bench {
	bench b;
	mica_build pass;
	uint32_t streams;
	mica_instance *layer;
} golden_bench;

/* EINVAL: the options are refused. */
static inline mica_status golden_open(golden_bench *g, mica_layer l)
{
	*g = (golden_bench){.b = bench_open()};
	g->pass = (mica_build){.graph = g->b.g, .streams = &g->streams, .training = true};
	mica_status st = mica__part_keep(&l.part, MICA_LAYER, MICA_LAYER);
	if (st == MICA_OK)
		st = mica__instance_make(&g->layer, g->b.ctx, l);
	if (st == MICA_OK)
		memcpy(g->layer->name, "layer", sizeof "layer");
	return st;
}

static inline mica_var golden_call(golden_bench *g, mica_var x)
{
	mica_var y[MICA__MOST_OUTPUTS];

	mica__layer_call(&g->pass, g->layer, &x, 1, y);
	return y[0];
}

static inline void golden_close(golden_bench *g)
{
	mica__build_free(&g->pass);
	mica__instance_release(g->layer);
	mica_close(g->b.ctx);
}

/* Gives the weights of the layer, which was called, the numbers of the formula; the vars of those that are trained in w, the names of all in
   one text.  Returns how many are trained. */
static inline size_t golden_weights(golden_bench *g, mica_var w[GOLDEN_MOST_WEIGHTS], char *names)
{
	float numbers[GOLDEN_MOST_NUMBERS];
	size_t n = 0;

	for (size_t i = 0; i < g->layer->n_weights; i++) {
		mica_value *v = g->layer->weights[i]->value;
		golden_operand(numbers, mica_value_count(v), 1 + i, 1);
		cr_assert(mica_value_write(v, numbers, mica_value_bytes(v)) == MICA_OK);
		if (!g->layer->weights[i]->state)
			w[n++] = mica_graph_value(g->b.g, v);
		strcat(strcat(names, i ? " " : ""), strrchr(mica_value_path(v), '/') + 1);
	}
	return n;
}

/* Whole numbers are exact; others are sums of some ten products. */
static inline void golden_check(const golden_layer *of, mica_layer l)
{
	static float got[GOLDEN_MOST_NUMBERS], operand[GOLDEN_MOST_NUMBERS];
	golden_bench g;
	mica_var w[1 + GOLDEN_MOST_WEIGHTS], out[2 + GOLDEN_MOST_WEIGHTS];
	float *at[2 + GOLDEN_MOST_WEIGHTS];
	char names[256] = "";
	size_t n = 0;

	cr_assert(golden_open(&g, l) == MICA_OK, "%s: %s", of->name, mica_error(NULL));
	golden_operand(operand, mica__shape_count(&of->x), 0, of->scale);
	for (size_t i = 0; i < mica__shape_count(&of->x); i++)
		operand[i] += of->shift;
	w[0] = given(&g.b, operand, of->x);
	out[0] = golden_call(&g, w[0]);
	cr_assert(mica_graph_status(g.b.g) == MICA_OK, "%s: %s", of->name, mica_graph_error(g.b.g));
	size_t outputs = 2 + golden_weights(&g, w + 1, names);
	mica_shape is = mica_var_shape(out[0]);
	cr_assert(mica__shape_equal(&is, &of->y), "%s: shape %s, Keras has %s", of->name, mica__shape_text(&is), mica__shape_text(&of->y));
	cr_expect(strcmp(names, of->weights) == 0, "%s: weights %s, Keras has %s", of->name, names, of->weights);
	golden_operand(operand, mica__shape_count(&of->y), GOLDEN_SEED, 1);
	mica_var seed = given(&g.b, operand, of->y);
	cr_assert(mica_gradient(out[0], seed, w, outputs - 1, out + 1) == MICA_OK, "%s: %s", of->name, mica_error(NULL));
	for (size_t i = 0; i < outputs; i++) {
		at[i] = got + n;
		n += mica_var_count(out[i]);
	}
	cr_assert(n == of->n && n <= GOLDEN_MOST_NUMBERS, "%s: %zu numbers, Keras has %zu", of->name, n, of->n);
	values_of(out, at, outputs);
	check_near(of->name, got, of->numbers, n, 2e-6, 2e-6);
	golden_close(&g);
}
#define GOLDEN_CASE(id, ...) golden_check(&golden_##id, __VA_ARGS__);

/* A layer, the shape of a batch that it is called for, and what the text of the refusal must say. */
typedef struct golden_wrong {
	mica_layer l;
	mica_shape x;
	const char *says;
} golden_wrong;
static inline void golden_check_wrong(const golden_wrong *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		golden_bench g;
		const char *text = mica_error(NULL);
		if (golden_open(&g, all[i].l) == MICA_OK) {
			golden_call(&g, mica_graph_input(g.b.g, "x", MICA_F32, all[i].x));
			text = mica_graph_error(g.b.g);
		}
		cr_expect(strstr(text, all[i].says), "\"%s\" lacks \"%s\"", text, all[i].says);
		golden_close(&g);
	}
}

#endif
