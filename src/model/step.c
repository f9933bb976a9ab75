/* SPDX-License-Identifier: MIT */
/* model/step.c - one step of training, scoring or predicting, as nodes and as the plan made of them.
   A step takes its batch from the window on the device by itself: rows order[position .. position + batch), and moves
   position on, so that running it again trains the next batch and the host has nothing to say in between. */
#include "model/model.h"

#include <string.h>

/* A step while it is built: its outputs are what the plan computes. */
typedef struct maker {
	mica_model *m;
	const mica__step_key *key;
	mica__step *step;
	mica_build build;
	mica_var *out;
	size_t n;
} maker;

static mica_shape with_rows(size_t rows, mica_shape sample)
{
	mica_shape s = {sample.rank + 1, {rows}};

	memcpy(s.dim + 1, sample.dim, (sample.rank < MICA_MAX_RANK ? sample.rank : MICA_MAX_RANK - 1) * sizeof s.dim[0]);
	return s;
}

static void output(maker *k, mica_var x)
{
	k->out[k->n++] = x;
}

static void assign(maker *k, mica_var variable, mica_var value)
{
	output(k, mica_op_assign(variable, value));
}

/* Samples as the model reads them: real, and scaled. */
static mica_var as_read(const maker *k, mica_var x)
{
	if (mica_var_dtype(x) != k->m->graph->real)
		x = mica_op_cast(x, k->m->graph->real);
	return k->key->scale == 1 ? x : mica_op_mulc(x, k->key->scale);
}

/* The rows of the window that this step takes; also moves position on, to 0 behind the window's end. */
static mica_var batch_rows(maker *k)
{
	mica_model *m = k->m;
	mica_graph *g = m->graph;
	size_t batch = k->key->batch;
	mica_var next = mica_op_add(m->position, mica_graph_fill(g, (double)batch, MICA_I32, MICA_SCALAR_SHAPE));
	mica_var end = mica_graph_fill(g, (double)k->key->rows, MICA_I32, MICA_SCALAR_SHAPE);
	mica_var zero = mica_graph_fill(g, 0, MICA_I32, MICA_SCALAR_SHAPE);

	assign(k, m->position, mica_op_where(mica_op_ge(next, end), zero, next));
	k->step->order = mica_graph_input(g, "order", MICA_I32, MICA_SHAPE(k->key->rows));
	return mica_op_gather(k->step->order, mica_op_add(mica_graph_iota(g, MICA_SHAPE(batch), 0), m->position));
}

static mica_var all_layers(maker *k, mica_var x)
{
	for (size_t i = 0; i < k->m->n_layers; i++)
		x = mica__layer_call(&k->build, &k->m->layers[i]->layer, k->m->layers[i]->name, i, x);
	return x;
}

/* sum += the total of values; returns the total. */
static mica_var add_up(maker *k, mica_var sum, mica_var values)
{
	mica_var total = mica_op_sum(values, MICA_ALL_AXES, false);

	assign(k, sum, mica_op_add(sum, total));
	return total;
}

/* Sums of loss and metrics; returns the batch's mean loss. */
static mica_var scores(maker *k, mica_var y, mica_var y_pred)
{
	mica_model *m = k->m;
	mica_graph *g = m->graph;

	mica_graph_scope(g, m->loss.name);
	mica_var values = mica__loss_values(&m->loss, y, y_pred, k->build.logits, k->build.activation);
	mica_var total = add_up(k, m->loss_sum, values);
	for (size_t i = 0; i < m->n_metrics; i++) {
		mica_graph_scope(g, m->metrics[i].name);
		add_up(k, m->metric_sum[i], mica__metric_values(&m->metrics[i], y, y_pred));
	}
	mica_graph_scope(g, NULL);
	return mica_op_mulc(total, 1 / (double)k->key->batch);
}

static mica_status update_weight(maker *k, size_t i, mica_var gradient, mica_var step)
{
	mica_model *m = k->m;
	mica_var w = m->weights.at[i].var, *slots = m->slots + i * m->n_slots;
	mica_var *new_slots = mica__alloc(m->n_slots, sizeof *new_slots);
	mica_status st = MICA_OK;

	if (!new_slots)
		return MICA_ENOMEM;
	mica_var value = mica__optimizer_update(&m->optimizer, w, gradient, slots, new_slots, m->rate, step);

	if (!value)
		st = mica__fail(MICA_EINVAL, "optimizer: its function returned NULL for %s", mica_var_name(w));
	else
		assign(k, w, value);
	for (size_t s = 0; st == MICA_OK && s < m->n_slots; s++) {
		if (slots[s] && !new_slots[s])
			st = mica__fail(MICA_EINVAL, "optimizer: no new value for slot %zu of %s", s, mica_var_name(w));
		else if (slots[s])
			assign(k, slots[s], new_slots[s]);
	}
	mica__free(new_slots);
	return st;
}

static mica_status updates(maker *k, mica_var loss)
{
	mica_model *m = k->m;
	size_t n = m->weights.n;
	mica_var one = mica_graph_fill(m->graph, 1, MICA_I32, MICA_SCALAR_SHAPE), next = mica_op_add(m->step, one);
	mica_var step = mica_op_cast(next, m->graph->real);
	mica_var *w = mica__alloc(n, 2 * sizeof *w);

	if (!w)
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++)
		w[i] = m->weights.at[i].var;
	mica_status st = mica_gradient(loss, NULL, w, n, w + n);
	mica_graph_scope(m->graph, "optimizer");
	for (size_t i = 0; st == MICA_OK && i < n; i++)
		st = update_weight(k, i, w[n + i], step);
	mica_graph_scope(m->graph, NULL);
	if (st == MICA_OK)
		assign(k, m->step, next);
	mica__free(w);
	return st;
}

static mica_status make_nodes(maker *k)
{
	mica_model *m = k->m;
	mica_graph *g = m->graph;
	const mica__step_key *key = k->key;
	mica_status st = MICA_OK;

	k->step->x = mica_graph_input(g, "x", key->x_type, with_rows(key->rows, m->sample));
	if (key->use == MICA__PREDICT) {
		output(k, k->step->output = all_layers(k, as_read(k, k->step->x)));
	} else {
		mica_var rows = batch_rows(k);
		k->step->y = mica_graph_input(g, "y", key->y_type, with_rows(key->rows, key->target));
		mica_var y_pred = all_layers(k, as_read(k, mica_op_gather(k->step->x, rows)));
		mica_var loss = scores(k, mica_op_gather(k->step->y, rows), y_pred);
		if (key->use == MICA__TRAIN && mica_graph_status(g) == MICA_OK)
			st = updates(k, loss);
	}
	if (mica_graph_status(g) == MICA_OK)
		return st;
	/* A label of the wrong shape must not spoil the model: what was built is not used by any plan. */
	st = mica__fail(mica_graph_status(g), "%s", mica_graph_error(g));
	g->status = MICA_OK;
	g->error[0] = 0;
	return st;
}

static mica_status make_step(mica__step *s, mica_model *m)
{
	static const char *const names[] = {[MICA__TRAIN] = "train", [MICA__SCORE] = "score", [MICA__PREDICT] = "predict"};
	size_t most = m->weights.n * (1 + m->n_slots) + MICA_MAX_METRICS + 4;
	maker k = {.m = m, .key = &s->key, .step = s, .out = mica__alloc(most, sizeof *k.out)};
	mica_status st = k.out ? MICA_OK : MICA_ENOMEM;

	k.build = (mica_build){.graph = m->graph, .weights = &m->weights, .seed = m->seed, .step = m->step,
	                       .training = s->key.use == MICA__TRAIN};
	if (st == MICA_OK)
		st = make_nodes(&k);
	if (st == MICA_OK)
		st = mica_plan_create(&s->plan, k.out, k.n,
		                      &(mica_plan_opts){.typical_rows = s->key.typical, .name = names[s->key.use]});
	mica__free(k.out);
	return st;
}

mica_status mica__step_get(mica__step **out, mica_model *m, const mica__step_key *key)
{
	for (mica__step *s = m->steps; s; s = s->next)
		if (memcmp(&s->key, key, sizeof *key) == 0) {
			*out = s;
			return MICA_OK;
		}
	mica__step *s = mica__alloc(1, sizeof *s);
	*out = NULL;
	if (!s)
		return MICA_ENOMEM;
	memcpy(&s->key, key, sizeof *key); /* padding too: keys are compared bytewise */
	mica_status st = make_step(s, m);
	if (st != MICA_OK) {
		mica__free(s);
		return st;
	}
	s->next = m->steps;
	m->steps = *out = s;
	return MICA_OK;
}

void mica__steps_free(mica_model *m, bool plans)
{
	while (m->steps) {
		mica__step *s = m->steps;
		m->steps = s->next;
		if (plans)
			mica_plan_destroy(s->plan);
		mica__free(s);
	}
}
