/* SPDX-License-Identifier: MIT */
/* nn/tally.c - metrics at work: states that batches are added to, and what is made of them.  Adding is part of a step's graph;
   the result is a graph of its own, of a few nodes, interpreted on the host in double: no kernel is compiled for it, and a
   difference of large sums keeps its digits. */
#include "nn/score.h"
#include "reference/reference.h"
#include "runtime/runtime.h"

#include <math.h>
#include <stdio.h>

struct mica_tally {
	mica__metric *of;
	mica_graph *graph;
	mica_var weight, mask; /* of the batch that is added */
	bool result;           /* none is: the result is made */
};

/* Outside of a metric's functions there is nothing to ask for. */
static const char call_only[] = "mica_tally; a metric's functions are given one";

static mica__slots_owner owner(const mica_tally *t)
{
	return (mica__slots_owner){"metric state", "mica_tally_state", t->of->path, MICA_ROLE_METRIC, t->graph->real};
}

/* ---- while a batch is added ---- */

static bool adding(mica_tally *t, const char *name)
{
	if (t->result)
		mica__graph_fail(t->graph, MICA_EINVAL, "metric state \"%s\": a result only reads; call mica_tally_value", name ? name : "");
	return !t->result;
}

mica_var mica_tally_state(mica_tally *t, const char *name, mica_shape shape, double start)
{
	if (mica__absent(t, "tally_state", call_only))
		return NULL;
	mica__slots_owner o = owner(t);
	return adding(t, name) ? mica__slots_ask(&t->of->states, &o, t->graph, name, shape, start) : &t->graph->failed;
}

mica_var mica_tally_assign(mica_tally *t, const char *name, mica_var value)
{
	if (mica__absent(t, "tally_assign", call_only))
		return NULL;
	mica__slots_owner o = owner(t);
	return adding(t, name) ? mica__slots_assign(&t->of->states, &o, t->graph, name, value) : &t->graph->failed;
}

mica_var mica_tally_add(mica_tally *t, const char *name, mica_var x)
{
	mica_var old = mica_tally_state(t, name, mica_var_shape(x), 0);

	return mica_tally_assign(t, name, mica_op_add(old, x));
}

mica_var mica_tally_weight(mica_tally *t, mica_var x)
{
	if (mica__absent(t, "tally_weight", call_only))
		return NULL;
	mica_var w = mica__weights_for(t->weight, x, "sample weight"), m = mica__mask_for(t->mask, x);
	return !w ? m : !m ? w : mica_op_mul(w, m);
}

/* Sums over all of a batch, whose samples have `each` values. */
static mica_var samples(mica_var x, double each)
{
	return mica_op_mulc(mica_op_sum(x, MICA_ALL_AXES, false), 1 / each);
}

/* counted: which values are there; looked at only where there are weights, as in Keras. */
static void add_mean(mica_tally *t, mica_var values, mica_var counted)
{
	mica_var w = mica_tally_weight(t, values);

	if (mica_graph_status(t->graph) != MICA_OK)
		return;
	mica_shape s = mica_var_shape(values);
	double batch = s.rank ? (double)s.dim[0] : 1, each = (double)mica_var_count(values) / batch;
	if (w && counted)
		w = mica_op_mul(w, counted);
	mica_tally_add(t, "total", samples(w ? mica_op_mul(values, w) : values, each));
	mica_tally_add(t, "count", w ? samples(w, (double)mica_var_count(w) / batch) : mica_graph_fill(t->graph, batch, t->graph->real, MICA_SCALAR_SHAPE));
}

void mica_tally_mean(mica_tally *t, mica_var values)
{
	if (!mica__absent(t, "tally_mean", call_only))
		add_mean(t, values, NULL);
}

static void add_score(mica_tally *t, mica_var y_true, mica_var y_pred, mica_var logits)
{
	mica__scored s = mica__score(&t->of->metric.part, y_true, y_pred, logits);
	bool whole = mica_graph_status(t->graph) == MICA_OK && mica_var_shape(s.values).rank == 0;

	if (whole && (t->weight || t->mask))
		s.values = mica_op_broadcast(s.values, MICA_SHAPE(mica_var_shape(y_pred).dim[0]));
	add_mean(t, s.values, s.counted);
}

void mica__metric_add(mica__metric *m, mica_var y_true, mica_var y_pred, mica_var logits, mica_var weight, mica_var mask)
{
	mica_graph *g = mica_var_graph(y_pred);
	const mica_part *p = &m->metric.part;
	mica_tally t = {m, g, weight, mask, false};

	mica__slots_begin(&m->states);
	if (mica_graph_status(g) != MICA_OK)
		return;
	mica_var fitted = mica__fitted(y_true, y_pred);
	if (p->kind->accumulate)
		p->kind->accumulate(&t, fitted ? fitted : y_true, y_pred, p->options);
	else
		add_score(&t, y_true, y_pred, logits);
	const mica__slot *left = mica__slots_unassigned(&m->states);
	if (left)
		mica__graph_fail(g, MICA_EINVAL, "metric %s: no new value for state %s; call mica_tally_assign", p->kind->name,
		                 mica_value_path(left->value));
}

/* ---- while a result is made ---- */

mica_var mica_tally_value(mica_tally *t, const char *name)
{
	if (mica__absent(t, "tally_value", call_only))
		return NULL;
	mica__slots_owner o = owner(t);
	const mica__slot *s = name ? mica__slots_find(&t->of->states, &o, name) : NULL;
	if (mica_graph_status(t->graph) != MICA_OK)
		return &t->graph->failed;
	if (!s)
		return mica__graph_fail(t->graph, MICA_EINVAL, "metric state \"%s\": there is none of that name", name ? name : "");
	mica_var x = mica_graph_value(t->graph, s->value);
	return mica_var_dtype(x) == MICA_F64 ? x : mica_op_cast(x, MICA_F64);
}

mica_var mica_tally_mean_value(mica_tally *t)
{
	mica_var total = mica_tally_value(t, "total"), count = mica_tally_value(t, "count");

	return mica__divided(total, count);
}

static mica_status read_state(void *payload, mica_var leaf, mica__array *value)
{
	const void *data;
	void *temporary = NULL;
	mica_status st = mica__value_linear(leaf->value, &data, &temporary);

	(void)payload;
	if (st == MICA_OK)
		mica__array_read(value, data);
	mica__free(temporary);
	return st;
}

typedef struct numbers {
	double *at;
	size_t n;
} numbers;

static mica_status take_result(void *payload, size_t output, const mica__array *value)
{
	numbers *r = payload;

	(void)output;
	if (!(r->at = mica__alloc(value->count, sizeof *r->at)))
		return MICA_ENOMEM;
	r->n = value->count;
	for (size_t i = 0; i < r->n; i++)
		r->at[i] = mica__array_element(value, i);
	return MICA_OK;
}

static mica_status interpret(mica__metric *m, mica_graph *g, numbers *r)
{
	const mica_part *p = &m->metric.part;
	mica_tally t = {m, g, NULL, NULL, true};
	mica__reference how = {MICA__EXACT, 0, read_state, take_result, NULL, r};
	mica_var y = p->kind->result ? p->kind->result(&t, p->options) : mica_tally_mean_value(&t);

	if (mica_graph_status(g) == MICA_OK && !y)
		return mica__fail(MICA_EINVAL, "metric %s: its result is NULL", p->kind->name);
	if (mica_graph_status(g) != MICA_OK)
		return mica__fail(mica_graph_status(g), "metric %s: %s", p->kind->name, mica_graph_error(g));
	return mica__reference_run(&how, &y, 1);
}

/* The caller frees r->at; none where nothing was added. */
static mica_status compute(mica__metric *m, numbers *r)
{
	*r = (numbers){NULL, 0};
	if (!m->states.n)
		return MICA_OK;
	mica_graph *g = mica__graph_bare(MICA_F64); /* which the device need not have */
	if (!g)
		return MICA_ENOMEM;
	mica_status st = interpret(m, g, r);
	mica_graph_destroy(g);
	return st;
}

mica_status mica__metric_values(mica__metric *m, double *values, size_t capacity, size_t *n)
{
	numbers r;
	mica_status st = compute(m, &r);

	*n = r.n;
	for (size_t i = 0; i < r.n && i < capacity; i++)
		values[i] = r.at[i];
	mica__free(r.at);
	return st;
}

mica_status mica__metric_result(mica__metric *m, double *shown)
{
	numbers r;
	mica_status st = compute(m, &r);
	double sum = 0;

	for (size_t i = 0; i < r.n; i++)
		sum += r.at[i];
	*shown = r.n && !isnan(sum) ? sum / (double)r.n : (double)NAN; /* which has no sign to be printed */
	mica__free(r.at);
	return st;
}

/* ---- a metric's life ---- */

mica_status mica__metric_keep(mica__metric *m, const mica_metric *part, mica_context *ctx, const char *path)
{
	*m = (mica__metric){.metric = *part, .ctx = ctx};
	snprintf(m->path, sizeof m->path, "%s", path);
	if (part->part.kind && part->part.kind->metric)
		m->metric.part.kind = part->part.kind->metric;
	return mica__part_keep(&m->metric.part, MICA_METRIC, MICA_LOSS);
}

void mica__metric_drop(mica__metric *m)
{
	if (m->ctx)
		mica__slots_free(&m->states, m->ctx);
	mica__part_drop(&m->metric.part);
	*m = (mica__metric){.ctx = NULL};
}

const char *mica__metric_name(const mica__metric *m)
{
	return mica__score_name(&m->metric);
}

int mica__metric_better(const mica__metric *m)
{
	const mica_kind *kind = m->metric.part.kind;

	return kind->type == MICA_LOSS ? -1 : kind->better;
}

mica_status mica__metric_reset(mica__metric *m)
{
	return mica__slots_restart(&m->states);
}
