/* SPDX-License-Identifier: MIT */
/* model/step.c - one step of training, scoring or predicting, as nodes and as the plan made of them.
   A step takes its batch from the window on the device by itself: rows order[position .. position + batch), and moves
   position on, so that running it again trains the next batch and the host has nothing to say in between.  The graph is
   thrown away as soon as the plan is made. */
#include "model/model.h"

#include <stdio.h>
#include <string.h>

/* A step while it is built: its outputs are what the plan computes. */
typedef struct maker {
	mica_model *m;
	mica_graph *g;
	const mica__step_key *key;
	mica_build build;
	mica_var *out;
	size_t n, capacity;
} maker;

static void output(maker *k, mica_var x)
{
	if (mica__grow(&k->out, &k->capacity, k->n + 1, sizeof *k->out) == MICA_OK)
		k->out[k->n++] = x;
	else
		mica__graph_fail(k->g, MICA_ENOMEM, "no memory for an output");
}

static void assign(maker *k, mica_value *to, mica_var x)
{
	output(k, mica_op_assign(mica_graph_value(k->g, to), x));
}

/* A column as it is in the window, one row for each of key->rows samples. */
static mica_var column(const maker *k, const char *prefix, size_t i, const mica__column_key *c)
{
	char name[24];

	snprintf(name, sizeof name, "%s%zu", prefix, i);
	return mica_graph_input(k->g, name, c->type, mica__with_rows(k->key->rows, c->shape));
}

/* Samples as the i-th input reads them: of its type, and scaled. */
static mica_var as_read(const maker *k, mica_var x, size_t i)
{
	mica_dtype type = mica__model_input(k->m, i)->type;

	if (mica_var_dtype(x) != type)
		x = mica_op_cast(x, type);
	return k->key->x[i].scale == 1 || !mica__dtype_real(type) ? x : mica_op_mulc(x, k->key->x[i].scale);
}

/* The rows of the window that this step takes; also moves position on, to 0 behind the window's end. */
static mica_var batch_rows(maker *k)
{
	mica_graph *g = k->g;
	size_t batch = k->key->batch;
	mica_var position = mica_graph_value(g, k->m->position);
	mica_var next = mica_op_add(position, mica_graph_fill(g, (double)batch, MICA_I32, MICA_SCALAR_SHAPE));
	mica_var end = mica_graph_fill(g, (double)k->key->rows, MICA_I32, MICA_SCALAR_SHAPE);
	mica_var zero = mica_graph_fill(g, 0, MICA_I32, MICA_SCALAR_SHAPE);

	assign(k, k->m->position, mica_op_where(mica_op_ge(next, end), zero, next));
	mica_var order = mica_graph_input(g, "order", MICA_I32, MICA_SHAPE(k->key->rows));
	return mica_op_gather(order, mica_op_add(mica_graph_iota(g, MICA_SHAPE(batch), 0), position));
}

/* Labels in the output's shape where they differ from it in axes of size 1 only: nobody's function may compare (n) with
   (n, 1), which would broadcast. */
static mica_var as_output(mica_var y, mica_var y_pred)
{
	mica_shape s = mica_var_shape(y), p = mica_var_shape(y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return y;
	for (size_t i = 0; i < s.rank || i < p.rank; i++)
		if ((i < s.rank ? s.dim[i] : 1) != (i < p.rank ? p.dim[i] : 1))
			return y;
	return mica_op_reshape(y, p);
}

/* What weights and layers add to the mean loss; NULL: nothing. */
static mica_var penalty(const maker *k)
{
	mica_var sum = k->build.penalty;

	for (size_t i = 0; i < k->m->n_variables; i++)
		if (mica__variable_trained(&k->m->variables[i]))
			sum = mica__weight_penalty(k->m->variables[i].weight, &k->build, sum);
	return sum;
}

/* sum += rows * loss. */
static void add_loss(maker *k, mica_value *sum, mica_var loss)
{
	assign(k, sum, mica_op_add(mica_graph_value(k->g, sum), mica_op_mulc(loss, (double)k->key->batch)));
}

/* The weights of the samples' classes, given as numbers, or by the largest of each row. */
static mica_var of_classes(const maker *k, mica_var y)
{
	mica_shape s = mica_var_shape(y);
	bool rows = s.rank > 1 && s.dim[s.rank - 1] > 1;
	mica_var number = rows ? mica_op_argmax(y, -1) : mica_op_cast(y, MICA_I32);

	if (mica_graph_status(k->g) == MICA_OK && !rows && s.rank > 1)
		number = mica_op_reshape(number, MICA_SHAPE(s.dim[0]));
	return mica_op_gather(mica_graph_value(k->g, k->m->class_weights), number);
}

static mica_var product(mica_var a, mica_var b)
{
	return !a ? b : !b ? a : mica_op_mul(a, b);
}

static void add_metrics(maker *k, mica__goal *goal, mica_var y, mica_var y_pred, mica_var weight)
{
	mica_var logits = mica__build_logits(&k->build, y_pred), mask = mica_layer_mask(&k->build, y_pred);

	for (size_t i = 0; i < goal->n_metrics; i++) {
		mica__metric *metric = &goal->metrics[i].of;
		mica_scope_enter(k->g, mica__metric_name(metric));
		mica__metric_add(metric, y, y_pred, logits, goal->metrics[i].weighted ? weight : NULL, mask);
		for (size_t s = 0; s < metric->states.n && mica_graph_status(k->g) == MICA_OK; s++)
			assign(k, metric->states.at[s].value, metric->states.at[s].next);
		mica_scope_leave(k->g);
	}
}

/* Adds what output i is trained for to the batch's loss so far. */
static mica_var add_goal(maker *k, size_t i, mica_var rows, mica_var y_pred, mica_var loss)
{
	mica__goal *goal = &k->m->goals[i];
	const mica__step_key *key = k->key;

	if (!key->y[i].there)
		return loss;
	mica_var y = as_output(mica_op_gather(column(k, "y", i, &key->y[i]), rows), y_pred);
	mica_var weight = key->w[i].there ? mica_op_cast(mica_op_gather(column(k, "w", i, &key->w[i]), rows), k->m->real) : NULL;
	if (key->classes)
		weight = product(weight, of_classes(k, y));
	if (goal->loss.part.kind) {
		mica_scope_enter(k->g, mica__score_name(&goal->loss));
		mica_var own = mica__loss_reduced(&goal->loss, y, y_pred, mica__build_logits(&k->build, y_pred), weight,
		                                  mica_layer_mask(&k->build, y_pred));
		if (goal->sum)
			add_loss(k, goal->sum, own);
		own = goal->weight == 1 ? own : mica_op_mulc(own, goal->weight);
		loss = loss ? mica_op_add(loss, own) : own;
		mica_scope_leave(k->g);
	}
	add_metrics(k, goal, y, y_pred, weight);
	return loss;
}

/* Sums of losses and metrics; returns the batch's loss. */
static mica_var scores(maker *k, mica_var rows, const mica_var *y_pred)
{
	mica_var loss = NULL, more = penalty(k);

	for (size_t i = 0; i < k->m->net.n_outputs; i++)
		loss = add_goal(k, i, rows, y_pred[i], loss);
	if (more)
		loss = mica_op_add(loss, more);
	add_loss(k, k->m->sum, loss);
	return loss;
}

/* The new values of states that layers set, and of weights that they changed. */
static void update_states(maker *k)
{
	for (size_t i = 0; i < k->build.n_changes; i++)
		assign(k, k->build.changes[i].of->value, k->build.changes[i].next);
}

/* The weight's new value and those of its slots. */
static void assign_weight(maker *k, const mica__variable *of, mica_var w)
{
	mica__change *change;

	mica__weight_now(&k->build, of->weight, &change);
	if (change)
		change->next = w;
	else
		assign(k, of->weight->value, w);
	for (size_t s = 0; s < of->slots.n && mica_graph_status(k->g) == MICA_OK; s++)
		if (of->slots.at[s].next)
			assign(k, of->slots.at[s].value, of->slots.at[s].next);
}

/* The rate of this step; a schedule's is kept, so that it can be shown. */
static mica_var learning_rate(maker *k)
{
	mica_var set = mica_graph_value(k->g, k->m->rate), steps = mica_op_cast(mica_graph_value(k->g, k->m->step), k->m->real);
	mica_var rate = mica__optimizer_rate(&k->m->optimizer, set, steps);

	if (rate != set)
		assign(k, k->m->rate, rate);
	return rate;
}

static mica_status updates(maker *k, mica_var loss)
{
	mica_model *m = k->m;
	mica_status st;
	size_t n = 0;
	mica_var one = mica_graph_fill(k->g, 1, MICA_I32, MICA_SCALAR_SHAPE), next = mica_op_add(mica_graph_value(k->g, m->step), one);
	mica_var step = mica_op_cast(next, m->real), *w = mica__alloc(m->n_variables, 2 * sizeof *w);
	mica__variable **of = mica__alloc(m->n_variables, sizeof *of);

	if (!w || !of) {
		st = MICA_ENOMEM;
		goto out;
	}
	for (size_t i = 0; i < m->n_variables; i++)
		if (mica__variable_trained(&m->variables[i])) {
			of[n] = &m->variables[i];
			w[n++] = mica__weight_now(&k->build, m->variables[i].weight, NULL);
		}
	MICA_TRY(mica_gradient(loss, NULL, w, n, w + n));
	mica_scope_update(k->g, "optimizer");
	mica__optimizer_update(&m->optimizer, of, w, w + n, n, learning_rate(k), step);
	for (size_t i = 0; i < n; i++)
		assign_weight(k, of[i], w[n + i]);
	mica_scope_leave(k->g);
	assign(k, m->step, next);
	st = mica__model_start_slots(m);
out:
	mica__free(of);
	mica__free(w);
	return st;
}

/* Layers may have asked for new weights while they were called. */
static mica_status layers_called(maker *k)
{
	k->m->changed = true;
	return mica__model_initialize(k->m);
}

static mica_status make_nodes(maker *k)
{
	const mica__step_key *key = k->key;
	const mica__network *n = &k->m->net;
	mica_var x[MICA_MAX_INPUTS], y[MICA_MAX_OUTPUTS], rows = key->use == MICA__PREDICT ? NULL : batch_rows(k);
	mica_status st = MICA_OK;

	for (size_t i = 0; i < n->n_inputs; i++) {
		x[i] = column(k, "x", i, &key->x[i]);
		x[i] = as_read(k, rows ? mica_op_gather(x[i], rows) : x[i], i);
	}
	mica__network_run(k->m, &k->build, x, y);
	MICA_TRY(layers_called(k));
	for (size_t i = 0; i < n->n_outputs && key->use == MICA__PREDICT; i++)
		output(k, y[i]);
	if (key->use != MICA__PREDICT) {
		mica_var loss = scores(k, rows, y);
		if (key->use == MICA__TRAIN && mica_graph_status(k->g) == MICA_OK)
			st = updates(k, loss);
	}
	if (st == MICA_OK && mica_graph_status(k->g) == MICA_OK)
		update_states(k);
out:
	return st == MICA_OK && mica_graph_status(k->g) != MICA_OK ? mica__fail(mica_graph_status(k->g), "%s", mica_graph_error(k->g)) : st;
}

static mica_status make_step(mica__step *s, mica_model *m)
{
	static const char *const names[] = {[MICA__TRAIN] = "train", [MICA__SCORE] = "score", [MICA__PREDICT] = "predict"};
	maker k = {.m = m, .g = mica_graph_create(m->ctx), .key = &s->key};
	mica_status st = k.g ? MICA_OK : MICA_ENOMEM;

	if (st == MICA_OK) {
		k.build = (mica_build){.graph = k.g, .streams = &m->net.streams, .seed = m->seed,
		                       .step = m->step ? mica_graph_value(k.g, m->step) : NULL,
		                       .training = s->key.use == MICA__TRAIN, .batch = m->net.batch};
		st = make_nodes(&k);
	}
	if (st == MICA_OK)
		st = mica__plan_make(&s->plan, k.out, k.n, &(mica_plan_opts){.typical_rows = s->key.typical, .name = names[s->key.use]});
	mica__build_free(&k.build);
	mica__free(k.out);
	mica_graph_destroy(k.g);
	return st;
}

/* ---- the steps that are kept ---- */

/* Member by member, as what is between them is compared too. */
void mica__column_key_set(mica__column_key *c, mica_dtype type, mica_shape rows, double scale)
{
	c->there = true;
	c->type = type;
	c->shape = mica__sample_shape(rows);
	c->scale = scale;
}

static void free_step(mica_model *m, mica__step *s)
{
	for (mica__step **at = &m->steps; *at; at = &(*at)->next)
		if (*at == s) {
			*at = s->next;
			break;
		}
	mica__plan_free(s->plan);
	mica__free(s);
}

void mica__step_release(mica_model *m, mica__step *s)
{
	if (s && --s->users == 0 && !s->proven)
		free_step(m, s);
}

bool mica__steps_trim(mica_model *m, size_t keep)
{
	bool any = false;
	size_t n = 0;

	if (!keep && m->training && m->training->users == 1) { /* of the last fit, kept to be printed */
		m->training->users = 0;
		m->training = NULL;
	}
	for (mica__step *s = m->steps, *next; s; s = next) {
		next = s->next;
		if (s->users || n++ < keep)
			continue;
		free_step(m, s);
		any = true;
	}
	return any;
}

static mica__step *find(mica_model *m, const mica__step_key *key)
{
	for (mica__step **at = &m->steps, *s; (s = *at); at = &s->next)
		if (memcmp(&s->key, key, sizeof *key) == 0) {
			*at = s->next; /* to the front */
			s->next = m->steps;
			return m->steps = s;
		}
	return NULL;
}

mica_status mica__step_get(mica__step **out, mica_model *m, const mica__step_key *key)
{
	mica_status st = MICA_OK;
	mica__step *s = *out = find(m, key);

	if (!s) {
		if (!(s = mica__alloc(1, sizeof *s)))
			return MICA_ENOMEM;
		memcpy(&s->key, key, sizeof *key); /* padding too: keys are compared bytewise */
		st = make_step(s, m);
		if (st == MICA_EBUDGET && mica__steps_trim(m, 0))
			st = make_step(s, m);
		if (st != MICA_OK) {
			mica__free(s);
			return st;
		}
		s->next = m->steps;
		m->steps = *out = s;
	}
	s->users++;
	mica__steps_trim(m, MICA__MOST_STEPS);
	return st;
}

void mica__steps_free(mica_model *m)
{
	m->training = NULL;
	while (m->steps)
		free_step(m, m->steps);
}
