/* SPDX-License-Identifier: MIT */
/* model/feed.c - which columns of a data set are a model's inputs, targets and weights: by name where they have names, otherwise
   in their order; and whether their shapes and labels fit. */
#include "model/model.h"

#include <string.h>

/* The data set's column for end i of n: named so, or, if columns of that role have no names, the i-th. */
static const mica__column *column_for(const mica_dataset *d, mica__column_role role, const mica__end *ends, size_t i, size_t n)
{
	const mica__column *named = mica__dataset_named(d, role, ends[i].name), *at = mica__dataset_column(d, role, i);

	if (named || !at)
		return named;
	return at->name[0] == 0 || (n == 1 && mica__dataset_columns(d, role) == 1) ? at : NULL;
}

static mica_status no_input(const mica_dataset *d, const char *name, const char *caller)
{
	mica__text there = {0};
	const mica__column *c;

	for (size_t i = 0; (c = mica__dataset_column(d, MICA__SAMPLE, i)); i++)
		mica__text_add(&there, "%s\"%s\"", i ? ", " : "", c->name);
	mica_status st = mica__fail(MICA_EINVAL, "%s: the data set has no input \"%s\"; it has %s", caller, name, mica__text_string(&there));
	mica__text_free(&there);
	return st;
}

static mica_status find_inputs(mica__feed *f, const mica_model *m, const mica_dataset *d, const char *caller)
{
	const mica__network *n = &m->net;
	size_t there = mica__dataset_columns(d, MICA__SAMPLE);
	mica_status st = MICA_OK;

	if (there != n->n_inputs)
		return mica__fail(MICA_EINVAL, "%s: the data set has %zu input%s and the model %zu, of which \"%s\" is the first; mica_dataset_columns makes "
		                  "a data set of several", caller, there, there == 1 ? "" : "s", n->n_inputs, n->inputs[0].name);
	for (size_t i = 0; i < n->n_inputs && st == MICA_OK; i++) {
		if (!(f->x[i] = column_for(d, MICA__SAMPLE, n->inputs, i, n->n_inputs)))
			return no_input(d, n->inputs[i].name, caller);
		st = mica__feed_check_samples(m, i, f->x[i]->array.shape, caller);
	}
	return st;
}

mica_status mica__feed_check_samples(const mica_model *m, size_t i, mica_shape shape, const char *caller)
{
	mica_shape sample = mica__sample_shape(shape), input = mica__model_input(m, i)->shape;

	if (mica__shape_equal(&sample, &input))
		return MICA_OK;
	if (m->net.n_inputs == 1)
		return mica__fail(MICA_ESHAPE, "%s: a sample has shape %s, the model's Input is %s", caller, mica__shape_text(&sample),
		                  mica__shape_text(&input));
	return mica__fail(MICA_ESHAPE, "%s: a sample has shape %s, the model's input \"%s\" is %s", caller, mica__shape_text(&sample),
	                  m->net.inputs[i].name, mica__shape_text(&input));
}

static bool wanted(const mica__goal *g)
{
	return g->loss.part.kind || g->n_metrics;
}

/* Targets without names are those of all outputs, or of those that have a goal. */
static mica_status find_targets(mica__feed *f, const mica_model *m, const mica_dataset *d, const char *caller)
{
	const mica__network *n = &m->net;
	size_t there = mica__dataset_columns(d, MICA__TARGET), goals = 0;
	mica_status st = MICA_OK;

	if (!there)
		return mica__fail(MICA_EINVAL, "%s: the data set has no labels", caller);
	for (size_t i = 0; i < n->n_outputs; i++)
		goals += wanted(&m->goals[i]);
	for (size_t i = 0, k = 0; i < n->n_outputs && st == MICA_OK; i++) {
		const mica__goal *g = &m->goals[i];
		if (!wanted(g))
			continue;
		size_t place = there == n->n_outputs ? i : k++;
		const mica__column *at = mica__dataset_column(d, MICA__TARGET, place);
		f->y[i] = mica__dataset_named(d, MICA__TARGET, n->outputs[i].name);
		if (!f->y[i] && at && (at->name[0] == 0 || (there == 1 && goals == 1)) && (there == n->n_outputs || there == goals))
			f->y[i] = at;
		if (!f->y[i])
			return mica__fail(MICA_EINVAL, "%s: the data set has no labels for output \"%s\"", caller, n->outputs[i].name);
		mica_shape output = mica__model_output(m, i)->shape;
		if (g->loss.part.kind && mica__loss_of_classes(&g->loss))
			st = mica__dataset_check_labels(d, f->y[i], mica__shape_last(&output), mica__loss_ignored(&g->loss));
	}
	return st;
}

/* One without a name is for all outputs. */
static mica_status find_weights(mica__feed *f, const mica_model *m, const mica_dataset *d, const char *caller)
{
	const mica__network *n = &m->net;
	size_t there = mica__dataset_columns(d, MICA__WEIGHT), used = 0;

	for (size_t i = 0; i < n->n_outputs && there; i++) {
		const mica__column *first = mica__dataset_column(d, MICA__WEIGHT, 0);
		f->w[i] = there == 1 && first->name[0] == 0 ? first : column_for(d, MICA__WEIGHT, n->outputs, i, n->n_outputs);
		used += f->w[i] != NULL;
	}
	if (there && !used)
		return mica__fail(MICA_EINVAL, "%s: the data set's weights are for no output of the model; \"%s\" is one", caller, n->outputs[0].name);
	return MICA_OK;
}

mica_status mica__feed_find(mica__feed *f, const mica_model *m, const mica_dataset *d, const char *caller)
{
	mica_status st;

	*f = (mica__feed){{NULL}, {NULL}, {NULL}};
	if (!d || d->count == 0)
		return mica__fail(MICA_EINVAL, d ? "%s: empty data set" : "%s: no data set; check what mica_dataset_... returned",
		                  caller);
	if (d->count > INT32_MAX / 2)
		return mica__fail(MICA_EOVERFLOW, "%s: %zu samples; at most %d", caller, d->count, INT32_MAX / 2);
	MICA_TRY(find_inputs(f, m, d, caller));
	MICA_TRY(find_targets(f, m, d, caller));
	MICA_TRY(find_weights(f, m, d, caller));
out:
	return st;
}
