/* SPDX-License-Identifier: MIT */
/* support/models.c - see models.h.  Sizes are such that no dimension is a multiple of a vector or tile. */
#include "support/models.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- building blocks ---- */

static mica_var input(model *m, mica_shape s)
{
	char name[16];
	snprintf(name, sizeof name, "x%zu", m->n_inputs);
	mica_dtype real = mica_var_dtype(mica_graph_scalar(m->g, 0));
	return m->inputs[m->n_inputs++] = mica_graph_input(m->g, name, real, s);
}

static mica_var labels(model *m, mica_shape s, int below)
{
	char name[16];
	snprintf(name, sizeof name, "labels%zu", m->n_inputs);
	m->below[m->n_inputs] = below;
	return m->inputs[m->n_inputs++] = mica_graph_input(m->g, name, MICA_I32, s);
}

static mica_var variable(model *m, mica_dtype t, mica_shape s)
{
	char name[16];
	snprintf(name, sizeof name, "w%zu", m->n_variables);
	return m->variables[m->n_variables++] = mica_graph_variable(m->g, name, t, s);
}

static mica_var weights(model *m, mica_shape s)
{
	return variable(m, mica_var_dtype(mica_graph_scalar(m->g, 0)), s);
}

static void output(model *m, mica_var y)
{
	m->outputs[m->n_outputs++] = y;
}

static uint32_t last_axis(mica_var x)
{
	return MICA_AXIS(mica_var_shape(x).rank - 1);
}

static mica_var softmax(mica_var x)
{
	mica_var e = mica_op_exp(mica_op_sub(x, mica_op_reduce_max(x, last_axis(x), true)));
	return mica_op_div(e, mica_op_sum(e, last_axis(x), true));
}

/* Mean of -log softmax(logits)[label]. */
static mica_var cross_entropy(mica_var logits, mica_var label)
{
	mica_shape s = mica_var_shape(logits);
	mica_var z = mica_op_sub(logits, mica_op_stop_gradient(mica_op_reduce_max(logits, MICA_AXIS(1), true)));
	mica_var log_p = mica_op_sub(z, mica_op_log(mica_op_sum(mica_op_exp(z), MICA_AXIS(1), true)));
	mica_var column = mica_graph_iota(mica_var_graph(logits), s, 1);
	mica_var hit = mica_op_cast(mica_op_eq(column, mica_op_reshape(label, MICA_SHAPE(s.dim[0], 1))), mica_var_dtype(logits));
	return mica_op_mulc(mica_op_sum(mica_op_mul(hit, log_p), MICA_ALL_AXES, false), -1.0 / (double)s.dim[0]);
}

static mica_var layer_norm(mica_var x, mica_var gain, mica_var bias)
{
	mica_var centred = mica_op_sub(x, mica_op_mean(x, last_axis(x), true));
	mica_var variance = mica_op_mean(mica_op_square(centred), last_axis(x), true);
	return mica_op_add(mica_op_mul(mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(variance, 1e-5))), gain), bias);
}

static mica_var gelu(mica_var x)
{
	return mica_op_mul(mica_op_mulc(x, 0.5), mica_op_addc(mica_op_erf(mica_op_mulc(x, 0.70710678118654752)), 1));
}

/* w -= rate * gradient, for every variable so far. */
static void descend(model *m, mica_var loss, double rate)
{
	mica_var d[MOST_VARS];
	size_t n = m->n_variables;
	if (mica_gradient(loss, NULL, m->variables, n, d) != MICA_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		output(m, d[i]);
		output(m, mica_op_assign(m->variables[i], mica_op_sub(m->variables[i], mica_op_mulc(d[i], rate))));
	}
	output(m, loss);
}

/* Adam with a counter on the device. */
static void adam(model *m, mica_var loss)
{
	mica_var d[MOST_VARS];
	size_t n = m->n_variables;
	if (mica_gradient(loss, NULL, m->variables, n, d) != MICA_OK)
		return;
	m->n_set = n;
	mica_var count = variable(m, MICA_I32, MICA_SCALAR_SHAPE), next = mica_op_addc(count, 1);
	mica_var t = mica_op_cast(next, mica_var_dtype(loss));
	mica_var one = mica_graph_scalar(m->g, 1), b1 = mica_graph_scalar(m->g, 0.9), b2 = mica_graph_scalar(m->g, 0.999);
	mica_var rate = mica_op_mulc(mica_op_div(mica_op_sqrt(mica_op_sub(one, mica_op_pow(b2, t))), mica_op_sub(one, mica_op_pow(b1, t))), 1e-3);
	for (size_t i = 0; i < n; i++) {
		mica_var w = m->variables[i], first = weights(m, mica_var_shape(w)), second = weights(m, mica_var_shape(w));
		mica_var mean = mica_op_add(first, mica_op_mulc(mica_op_sub(d[i], first), 0.1));
		mica_var square = mica_op_add(second, mica_op_mulc(mica_op_sub(mica_op_square(d[i]), second), 0.001));
		mica_var step = mica_op_div(mica_op_mul(mean, rate), mica_op_addc(mica_op_sqrt(square), 1e-7));
		output(m, mica_op_assign(first, mean));
		output(m, mica_op_assign(second, square));
		output(m, mica_op_assign(w, mica_op_sub(w, step)));
	}
	output(m, mica_op_assign(count, next));
	output(m, loss);
}

/* ---- models ---- */

static mica_var dense(model *m, mica_var x, size_t out)
{
	mica_shape s = mica_var_shape(x);
	return mica_op_add(mica_op_matmul(x, weights(m, MICA_SHAPE(s.dim[s.rank - 1], out))), weights(m, MICA_SHAPE(out)));
}

static void mlp(model *m)
{
	mica_var x = input(m, MICA_SHAPE(17, 37)), label = labels(m, MICA_SHAPE(17), 10);
	mica_var h = mica_op_relu(dense(m, mica_op_relu(dense(m, x, 45)), 31)), logits = dense(m, h, 10);
	output(m, mica_op_argmax(logits, -1));
	adam(m, cross_entropy(logits, label));
}

static void mlp_with_clipping(model *m)
{
	mica_var x = input(m, MICA_SHAPE(33, 20)), target = input(m, MICA_SHAPE(33, 7)), d[MOST_VARS];
	mica_var y = dense(m, mica_op_tanh(dense(m, x, 19)), 7);
	mica_var loss = mica_op_mean(mica_op_square(mica_op_sub(y, target)), MICA_ALL_AXES, false), squares = NULL;
	size_t n = m->n_variables;
	if (mica_gradient(loss, NULL, m->variables, n, d) != MICA_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		mica_var s = mica_op_sum(mica_op_square(d[i]), MICA_ALL_AXES, false);
		squares = squares ? mica_op_add(squares, s) : s;
	}
	mica_var norm = mica_op_sqrt(squares), limit = mica_graph_scalar(m->g, 0.1);
	mica_var factor = mica_op_where(mica_op_gt(norm, limit), mica_op_div(limit, norm), mica_graph_scalar(m->g, 1));
	for (size_t i = 0; i < n; i++)
		output(m, mica_op_assign(m->variables[i], mica_op_sub(m->variables[i], mica_op_mul(d[i], factor))));
	output(m, norm);
	output(m, loss);
}

static void transformer_mlp(model *m)
{
	mica_var x = input(m, MICA_SHAPE(3, 11, 18)), target = input(m, MICA_SHAPE(3, 11, 18));
	mica_var h = layer_norm(x, weights(m, MICA_SHAPE(18)), weights(m, MICA_SHAPE(18)));
	mica_var y = mica_op_add(x, dense(m, gelu(dense(m, h, 50)), 18));
	output(m, y);
	descend(m, mica_op_mean(mica_op_square(mica_op_sub(y, target)), MICA_ALL_AXES, false), 0.1);
}

static void attention(model *m)
{
	mica_var x = input(m, MICA_SHAPE(2, 9, 20)), target = input(m, MICA_SHAPE(2, 9, 20)), part[3];
	const size_t heads_first[4] = {0, 2, 1, 3};
	for (size_t i = 0; i < 3; i++) { /* (2, 9, 20) -> (2, 4 heads, 9, 5) -> (8, 9, 5) */
		mica_var heads = mica_op_reshape(mica_op_matmul(x, weights(m, MICA_SHAPE(20, 20))), MICA_SHAPE(2, 9, 4, 5));
		part[i] = mica_op_reshape(mica_op_transpose(heads, heads_first), MICA_SHAPE(8, 9, 5));
	}
	mica_var scores = mica_op_mulc(mica_op_matmul(part[0], mica_op_transpose(part[1], NULL)), 0.4472135955);
	mica_var mixed = mica_op_reshape(mica_op_matmul(softmax(scores), part[2]), MICA_SHAPE(2, 4, 9, 5));
	mica_var y = dense(m, mica_op_reshape(mica_op_transpose(mixed, heads_first), MICA_SHAPE(2, 9, 20)), 20);
	output(m, scores);
	descend(m, mica_op_mean(mica_op_square(mica_op_sub(mica_op_add(x, y), target)), MICA_ALL_AXES, false), 0.1);
}

/* Two inputs through the same weights. */
static void shared_weights(model *m)
{
	mica_var a = input(m, MICA_SHAPE(13, 22)), b = input(m, MICA_SHAPE(13, 22)), y[2];
	mica_var w = weights(m, MICA_SHAPE(22, 15)), bias = weights(m, MICA_SHAPE(15));
	y[0] = mica_op_sigmoid(mica_op_add(mica_op_matmul(a, w), bias));
	y[1] = mica_op_sigmoid(mica_op_add(mica_op_matmul(b, w), bias));
	mica_var back = mica_op_matmul(y[1], mica_op_transpose(w, NULL)); /* tied decoder */
	mica_var distance = mica_op_sum(mica_op_square(mica_op_sub(y[0], y[1])), MICA_AXIS(1), false);
	mica_var loss = mica_op_add(mica_op_mean(distance, MICA_ALL_AXES, false),
	                            mica_op_mean(mica_op_square(mica_op_sub(back, b)), MICA_ALL_AXES, false));
	output(m, distance);
	descend(m, loss, 0.05);
}

static void embedding(model *m)
{
	mica_var index = labels(m, MICA_SHAPE(12, 9), 25), label = labels(m, MICA_SHAPE(12), 6);
	mica_var rows = mica_op_gather(weights(m, MICA_SHAPE(25, 19)), index);
	mica_var pooled = mica_op_mean(rows, MICA_AXIS(1), false);
	mica_var logits = dense(m, mica_op_softplus(pooled), 6);
	output(m, softmax(logits));
	descend(m, cross_entropy(logits, label), 0.5);
}

/* Everything that moves, with a dropout mask, extremes and column reductions. */
static void moves(model *m)
{
	mica_var x = input(m, MICA_SHAPE(14, 33)), w = weights(m, MICA_SHAPE(33, 18));
	mica_var step = variable(m, MICA_I32, MICA_SCALAR_SHAPE);
	mica_var keep = mica_op_lt(mica_op_random(m->g, MICA_SHAPE(14, 18), 7, 3, step), mica_graph_scalar(m->g, 0.8));
	mica_var h = mica_op_mul(mica_op_matmul(x, w), mica_op_mulc(keep, 1.25));
	mica_var cut = mica_op_slice(h, (size_t[]){0, 1}, (size_t[]){14, 18}, (size_t[]){2, 3});
	mica_var wide = mica_op_pad(cut, (size_t[]){1, 2}, (size_t[]){0, 3}, 0.5);
	mica_var both = mica_op_concat((mica_var[]){wide, mica_op_flip(wide, 0), mica_op_transpose(mica_op_transpose(wide, NULL), NULL)}, 3, 1);
	mica_var columns = mica_op_sum(both, MICA_AXIS(0), true), most = mica_op_reduce_max(both, MICA_AXIS(1), true);
	mica_var loss = mica_op_mean(mica_op_mul(mica_op_sub(both, most), mica_op_sin(columns)), MICA_ALL_AXES, false), dw;
	if (mica_gradient(loss, NULL, &w, 1, &dw) != MICA_OK)
		return;
	output(m, mica_op_argmax(both, -1));
	output(m, columns);
	output(m, mica_op_assign(w, mica_op_sub(w, mica_op_mulc(dw, 0.1))));
	output(m, mica_op_assign(step, mica_op_addc(step, 1)));
	output(m, loss);
}

const named_model models[] = {
	{"mlp, adam", mlp}, {"mlp, clipped", mlp_with_clipping}, {"layer norm, gelu", transformer_mlp}, {"attention", attention},
	{"shared weights", shared_weights}, {"embedding", embedding}, {"moves", moves},
};
const size_t n_models = COUNT(models);

/* ---- running ---- */

/* The same for all: values in (-0.5, 0.5), or whole ones below a bound. */
static void fill(double *v, size_t n, size_t seed, int below)
{
	uint64_t r = 0x9e3779b97f4a7c15u * (seed + 1);
	for (size_t i = 0; i < n; i++) {
		r ^= r << 13;
		r ^= r >> 7;
		r ^= r << 17;
		v[i] = below ? (double)(r >> 40) - floor((double)(r >> 40) / below) * below : (double)(float)((double)(r >> 40) * 0x1p-24 - 0.5);
	}
}

static void *some_data(mica_var x, size_t seed, int below, size_t *bytes)
{
	size_t n = mica_var_count(x);
	double *v = calloc(n + 1, sizeof *v);
	*bytes = n * dtype_bytes(mica_var_dtype(x));
	void *data = calloc(1, *bytes + 1);
	cr_assert(v && data, "no memory for the test");
	fill(v, n, seed, below);
	to_bytes(data, mica_var_dtype(x), v, n);
	free(v);
	return data;
}

static void set_all(const model *m, mica_plan *p)
{
	for (size_t i = 0; i < m->n_inputs; i++) {
		size_t bytes;
		void *data = some_data(m->inputs[i], i, m->below[i], &bytes);
		OK(mica_plan_feed(p, mica_var_name(m->inputs[i]), data, bytes));
		free(data);
	}
	for (size_t i = 0; i < (m->n_set ? m->n_set : m->n_variables); i++) {
		size_t bytes;
		if (mica_var_dtype(m->variables[i]) == MICA_I32) /* counters start at zero */
			continue;
		void *data = some_data(m->variables[i], 100 + i, 0, &bytes);
		OK(mica_value_write(mica_var_value(m->variables[i]), data, bytes));
		free(data);
	}
}

/* Output i of p, or, where p is NULL, the value of x. */
static void take(outcome *o, mica_plan *p, size_t i, mica_var x)
{
	size_t n = mica_var_count(x), bytes = n * dtype_bytes(mica_var_dtype(x));
	void *data = calloc(1, bytes + 1);
	double *v = calloc(n + 1, sizeof *v);
	cr_assert(v && data, "no memory for the test");
	if (p)
		OK(mica_plan_fetch(p, i, data, bytes));
	else
		OK(mica_value_read(mica_var_value(x), data, bytes));
	from_bytes(v, mica_var_dtype(x), data, n);
	free(data);
	o->count[o->n_parts] = n;
	o->part[o->n_parts++] = v;
}

outcome model_run(mica_context *ctx, const named_model *named, mica_dtype real, uint32_t without, size_t steps)
{
	model m = {.g = mica_graph_create_real(ctx, real)};
	outcome o = {.n_parts = 0};
	mica_plan *p = NULL;
	cr_assert(m.g, "%s", mica_error(NULL));
	named->build(&m);
	cr_assert(mica_graph_status(m.g) == MICA_OK, "%s: %s", named->name, mica_graph_error(m.g));
	mica_status st = mica_plan_create(&p, m.outputs, m.n_outputs, &(mica_plan_opts){.without = without, .name = named->name});
	cr_assert(st == MICA_OK, "%s without 0x%x: %s: %s", named->name, without, mica_status_name(st), mica_error(NULL));
	set_all(&m, p);
	OK(mica_plan_run(p, steps));
	for (size_t i = 0; i < m.n_outputs; i++)
		take(&o, p, i, m.outputs[i]);
	for (size_t i = 0; i < m.n_variables; i++)
		take(&o, NULL, 0, m.variables[i]);
	o.info = mica_plan_describe(p);
	mica_plan_destroy(p);
	mica_graph_destroy(m.g);
	return o;
}

void outcome_free(outcome *o)
{
	for (size_t i = 0; i < o->n_parts; i++)
		free(o->part[i]);
}

void expect_same_bits(const char *label, const outcome *a, const outcome *b)
{
	cr_assert(a->n_parts == b->n_parts && a->n_parts > 0, "%s: %zu and %zu parts", label, a->n_parts, b->n_parts);
	for (size_t i = 0; i < a->n_parts; i++) {
		size_t k = 0;
		while (k < a->count[i] && !memcmp(&a->part[i][k], &b->part[i][k], sizeof(double)))
			k++;
		cr_expect(k == a->count[i], "%s: part %zu [%zu]: %.17g and %.17g", label, i, k, a->part[i][k], b->part[i][k]);
	}
}

void expect_near(const char *label, const outcome *got, const outcome *want, double limit)
{
	cr_assert(got->n_parts == want->n_parts && got->n_parts > 0, "%s: %zu and %zu parts", label, got->n_parts, want->n_parts);
	size_t wrong = 0;
	for (size_t i = 0; i < got->n_parts; i++) {
		double far = 0, length = 0;
		for (size_t k = 0; k < got->count[i]; k++) {
			far += (got->part[i][k] - want->part[i][k]) * (got->part[i][k] - want->part[i][k]);
			length += want->part[i][k] * want->part[i][k];
		}
		if (sqrt(far) <= limit * sqrt(length))
			continue;
		if (wrong++ < 3)
			cr_expect(false, "%s: part %zu of %zu is %.3g of its length away, %.3g allowed", label, i, got->n_parts,
			          sqrt(far / length), limit);
	}
	cr_expect(wrong == 0, "%s: %zu of %zu parts differ", label, wrong, got->n_parts);
}
