/* SPDX-License-Identifier: MIT */
/* model/training.c - what a model is trained for and by: for each output a loss and metrics; the optimizer; and the figures that
   are shown of them. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void drop_goal(mica__goal *g, mica_context *ctx)
{
	mica__part_drop(&g->loss.part);
	while (g->n_metrics)
		mica__metric_drop(&g->metrics[--g->n_metrics].of);
	mica__value_release(g->sum, ctx);
	*g = (mica__goal){.sum = NULL};
}

void mica__training_drop(mica_model *m)
{
	mica__part_drop(&m->optimizer.part);
	for (size_t i = 0; i < MICA_MAX_OUTPUTS; i++)
		drop_goal(&m->goals[i], m->ctx);
	mica__free(m->shown);
	m->shown = NULL;
	m->n_shown = m->losses = 0;
}

/* ---- goals ---- */

/* A chain that waits for its input has one output all the same, of which only nothing is known. */
static size_t outputs_of(const mica_model *m)
{
	return m->chain ? 1 : m->net.n_outputs;
}

static const char *output_name(const mica_model *m, size_t i)
{
	return i < m->net.n_outputs ? m->net.outputs[i].name : "output";
}

static mica_shape output_shape(const mica_model *m, size_t i)
{
	return i < m->net.n_outputs ? mica__model_output(m, i)->shape : MICA_SHAPE(MICA_MOST_COUNT);
}

static mica_status add_metrics(mica_model *m, size_t i, const mica_metric *list, bool weighted)
{
	mica__goal *g = &m->goals[i];
	mica_status st = MICA_OK;
	char path[96];

	for (size_t k = 0; k < MICA_MAX_METRICS && list[k].part.kind && st == MICA_OK; k++) {
		mica__goal_metric *to = &g->metrics[g->n_metrics];
		snprintf(path, sizeof path, "metric/%s/%zu", output_name(m, i), g->n_metrics);
		st = mica__metric_keep(&to->of, &list[k], m->ctx, path);
		to->weighted = weighted;
		g->n_metrics += st == MICA_OK;
	}
	return st;
}

static mica_status set_goal(mica_model *m, size_t i, const mica_output_opts *o)
{
	mica__goal *g = &m->goals[i];
	mica_status st = MICA_OK;

	drop_goal(g, m->ctx);
	g->weight = o->weight == 0 && !signbit(o->weight) ? 1 : o->weight;
	if (!isfinite(g->weight))
		return mica__fail(MICA_EINVAL, "compile: the weight of \"%s\" is %g; give a finite number", output_name(m, i), g->weight);
	if (o->loss.part.kind) {
		g->loss = o->loss;
		MICA_TRY(mica__loss_keep(&g->loss, output_name(m, i), output_shape(m, i)));
	}
	MICA_TRY(add_metrics(m, i, o->metrics, false));
	MICA_TRY(add_metrics(m, i, o->weighted_metrics, true));
out:
	return st;
}

/* Outputs named one by one: those that are not have no goal. */
static mica_status set_named(mica_model *m, const mica_output_opts *list)
{
	const mica__network *n = &m->net;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < MICA_MAX_OUTPUTS && list[i].name && st == MICA_OK; i++) {
		size_t k = 0;
		while (k < n->n_outputs && strcmp(n->outputs[k].name, list[i].name) != 0)
			k++;
		if (k == n->n_outputs)
			return mica__fail(MICA_EINVAL, "compile: \"%s\" has no output \"%s\"; its first is \"%s\"", m->name, list[i].name, n->outputs[0].name);
		for (size_t j = 0; j < i; j++)
			if (strcmp(list[j].name, list[i].name) == 0)
				return mica__fail(MICA_EINVAL, "compile: output \"%s\" is there twice", list[i].name);
		st = set_goal(m, k, &list[i]);
	}
	return st;
}

/* ---- figures ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const mica__shown *)a)->name, ((const mica__shown *)b)->name);
}

/* "val_", the output's name where there are several, and `what` the figure is, before which `kind` may stand. */
static mica_status name_shown(mica__shown *s, const char *output, const char *kind, const char *what)
{
	const char *between = output ? "_" : "";

	if (snprintf(s->name, sizeof s->name, "val_%s%s%s%s", output ? output : "", between, kind, what) >= (int)sizeof s->name)
		return mica__fail(MICA_EINVAL, "compile: the name of figure \"%s\" is too long; give it a shorter one", s->name);
	return MICA_OK;
}

static mica_status add_shown(mica_model *m, const char *output, const char *name, const mica__goal *g, size_t metric)
{
	mica__shown *s = &m->shown[m->n_shown++];

	*s = (mica__shown){.goal = g, .metric = metric};
	return name_shown(s, output, "", name);
}

/* How many figures before that have its name. */
static size_t same_before(const mica_model *m, size_t i)
{
	size_t same = 0;

	for (size_t k = 0; k < i; k++)
		same += strcmp(m->shown[k].name, m->shown[i].name) == 0;
	return same;
}

/* A name that is there already is Keras' "weighted_..." for a weighted metric; then what is there still gets a number.  From the last
   to the first, as names before are what is compared with. */
static mica_status tell_apart(mica_model *m)
{
	mica_status st = MICA_OK;

	for (size_t i = m->n_shown; i-- > 0 && st == MICA_OK;) {
		mica__shown *s = &m->shown[i];
		const mica__goal_metric *metric = s->metric == SIZE_MAX ? NULL : &s->goal->metrics[s->metric];
		if (metric && metric->weighted && same_before(m, i))
			st = name_shown(s, outputs_of(m) > 1 ? output_name(m, (size_t)(s->goal - m->goals)) : NULL, "weighted_", mica__metric_name(&metric->of));
	}
	for (size_t i = m->n_shown; i-- > 0 && st == MICA_OK;) {
		size_t same = same_before(m, i), length = strlen(m->shown[i].name);
		if (same)
			snprintf(m->shown[i].name + length, sizeof m->shown[i].name - length, "_%zu", same);
	}
	return st;
}

/* As Keras names them. */
static mica_status list_shown(mica_model *m)
{
	size_t most = 1, outputs = outputs_of(m);
	mica_status st;

	for (size_t i = 0; i < outputs; i++)
		most += 1 + m->goals[i].n_metrics;
	if (!(m->shown = mica__alloc(most, sizeof *m->shown)))
		return MICA_ENOMEM;
	MICA_TRY(add_shown(m, NULL, "loss", NULL, SIZE_MAX));
	for (size_t i = 0; i < outputs; i++) {
		const mica__goal *g = &m->goals[i];
		const char *output = outputs > 1 ? output_name(m, i) : NULL;
		if (g->loss.part.kind && m->losses > 1)
			MICA_TRY(add_shown(m, output, "loss", g, SIZE_MAX));
		for (size_t k = 0; k < g->n_metrics; k++)
			MICA_TRY(add_shown(m, output, mica__metric_name(&g->metrics[k].of), g, k));
	}
	if (2 * m->n_shown > MICA_MAX_LOGS)
		return mica__fail(MICA_EINVAL, "compile: %zu losses and metrics; at most %d", m->n_shown, MICA_MAX_LOGS / 2);
	MICA_TRY(tell_apart(m));
	qsort(m->shown, m->n_shown, sizeof *m->shown, by_name);
out:
	return st;
}

static mica_status make_sums(mica_model *m)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < outputs_of(m); i++)
		m->losses += m->goals[i].loss.part.kind != NULL;
	for (size_t i = 0; i < m->net.n_outputs && m->losses > 1 && st == MICA_OK; i++)
		if (m->goals[i].loss.part.kind)
			st = mica__value_make(&m->goals[i].sum, m->ctx, "loss", MICA_ROLE_METRIC, m->real, MICA_SCALAR_SHAPE);
	if (st == MICA_OK && !m->losses)
		return mica__fail(MICA_EINVAL, "no loss; give one, as in .loss = mica_mean_squared_error()");
	return st;
}

mica_status mica__training_set(mica_model *m, mica_optimizer optimizer, const mica_output_opts *outputs)
{
	mica_status st;

	mica__training_drop(m);
	m->optimizer = optimizer;
	MICA_TRY(mica__optimizer_keep(&m->optimizer));
	for (size_t i = 0; i < outputs_of(m); i++)
		MICA_TRY(set_goal(m, i, &outputs[i]));
	MICA_TRY(make_sums(m));
	MICA_TRY(list_shown(m));
out:
	return st;
}

mica_status mica__training_keep(mica_model *m, const mica_compile_opts *o)
{
	mica_output_opts each = {.loss = o->loss};
	mica_status st;

	mica__training_drop(m);
	m->optimizer = o->optimizer;
	MICA_TRY(mica__optimizer_keep(&m->optimizer));
	memcpy(each.metrics, o->metrics, sizeof each.metrics);
	memcpy(each.weighted_metrics, o->weighted_metrics, sizeof each.weighted_metrics);
	if (o->outputs[0].name && (o->loss.part.kind || o->metrics[0].part.kind || o->weighted_metrics[0].part.kind))
		return mica__fail(MICA_EINVAL, "compile: give .outputs, or .loss and .metrics of all outputs, not both");
	if (o->outputs[0].name)
		MICA_TRY(set_named(m, o->outputs));
	for (size_t i = 0; i < outputs_of(m) && !o->outputs[0].name; i++)
		MICA_TRY(set_goal(m, i, &each));
	MICA_TRY(make_sums(m));
	MICA_TRY(list_shown(m));
out:
	return st;
}
