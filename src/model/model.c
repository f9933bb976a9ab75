/* SPDX-License-Identifier: MIT */
/* model/model.c - a model's life, and what it has. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- its life ---- */

void mica__model_hold(mica_model *m)
{
	m->users++;
}

void mica__model_release(mica_model *m)
{
	if (--m->users)
		return;
	mica__steps_free(m);
	mica__history_free(&m->history);
	mica__model_free_values(m);
	mica__training_drop(m);
	mica__network_free(&m->net);
	mica__free(m);
}

static void close_model(void *object)
{
	mica__model_release(object);
}

void mica_model_destroy(mica_model *m)
{
	if (!m)
		return;
	mica__context_disown(m->ctx, m);
	mica__model_release(m);
}

mica_model *mica__model_make(mica_context *ctx, const char *caller, const char *name, uint64_t seed, bool chain)
{
	if (!ctx) {
		mica__fail_null("%s: no context; check what mica_open returned", caller);
		return NULL;
	}
	if (mica__context_building(ctx) != MICA_OK)
		return NULL;
	name = name ? name : caller;
	if (strlen(name) >= sizeof ((mica_model *)0)->name || (*name && mica__name_fault(name))) { /* so that what is trained can be saved */
		mica__context_fail(ctx, mica__fail(MICA_EINVAL, "%s: the model's name \"%s\" %s; give another", caller, name,
		                                   strlen(name) >= sizeof ((mica_model *)0)->name ? "has more than 47 bytes" : mica__name_fault(name)));
		return NULL;
	}
	mica_model *m = mica__alloc(1, sizeof *m);
	if (!m || mica__context_own(ctx, m, close_model) != MICA_OK) {
		mica__free(m);
		mica__context_fail(ctx, MICA_ENOMEM);
		return NULL;
	}
	*m = (mica_model){.users = 1, .ctx = ctx, .real = MICA_F32, .seed = seed, .chain = chain, .changed = true};
	snprintf(m->name, sizeof m->name, "%s", name);
	return m;
}

static mica_model *make(mica_context *ctx, const mica_model_opts *o, const char *caller, bool chain)
{
	mica_model_opts opts;
	mica_status st = mica__options(&opts, o, sizeof opts, caller);

	if (ctx && st != MICA_OK) {
		mica__context_fail(ctx, st);
		return NULL;
	}
	return mica__model_make(ctx, caller, opts.name, opts.seed, chain);
}

mica_model *mica_model_sequential(mica_context *ctx, const mica_model_opts *o)
{
	return make(ctx, o, "sequential", true);
}

mica_model *mica_model_functional(mica_context *ctx, const mica_model_opts *o)
{
	return make(ctx, o, "functional", false);
}

/* ---- what it has ---- */

mica_value *mica_model_weight(mica_model *m, size_t i)
{
	if (mica__model_check(m, "weight", false) != MICA_OK || mica__model_initialize(m) != MICA_OK || i >= m->n_variables)
		return NULL;
	return m->variables[i].weight->value;
}

static mica_value *counter_at(const mica_model *m, size_t i)
{
	mica_value *const counters[] = {m->step, m->position, m->rate, m->sum};

	if (i < MICA__COUNT(counters))
		return counters[i];
	i -= MICA__COUNT(counters);
	for (size_t k = 0; k < m->net.n_outputs; k++) {
		const mica__goal *g = &m->goals[k];
		if (g->sum && i-- == 0)
			return g->sum;
		for (size_t j = 0; j < g->n_metrics; i -= g->metrics[j++].of.states.n)
			if (i < g->metrics[j].of.states.n)
				return g->metrics[j].of.states.at[i].value;
	}
	return NULL;
}

mica_value *mica_model_value(mica_model *m, size_t i)
{
	if (mica__model_check(m, "value", false) != MICA_OK || mica__model_initialize(m) != MICA_OK)
		return NULL;
	if (i < m->n_variables)
		return m->variables[i].weight->value;
	i -= m->n_variables;
	for (size_t k = 0; k < m->n_variables; i -= m->variables[k++].slots.n)
		if (i < m->variables[k].slots.n)
			return m->variables[k].slots.at[i].value;
	return m->compiled ? counter_at(m, i) : NULL;
}

static bool is_at(const mica_value *v, const char *path)
{
	return strcmp(mica_value_path(v), path) == 0;
}

mica_value *mica_model_find(mica_model *m, const char *path)
{
	mica_value *v;

	if (!path || mica__model_check(m, "find", false) != MICA_OK || mica__model_initialize(m) != MICA_OK)
		return NULL;
	for (size_t i = 0; i < m->n_variables; i++) {
		const mica__variable *w = &m->variables[i];
		if (strcmp(w->name, path) == 0)
			return w->weight->value;
		for (size_t k = 0; k < w->slots.n; k++)
			if (is_at(w->slots.at[k].value, path))
				return w->slots.at[k].value;
	}
	for (size_t i = 0; m->compiled && (v = counter_at(m, i)); i++)
		if (is_at(v, path))
			return v;
	return NULL;
}

mica_shape mica_model_output_shape(const mica_model *m)
{
	return m && m->net.n_outputs ? mica__model_output(m, 0)->shape : MICA_SCALAR_SHAPE;
}

mica_model_info mica_model_describe(const mica_model *m)
{
	return m ? m->info : (mica_model_info){0};
}

size_t mica_model_print_plan(const mica_model *m, bool dot, char *out, size_t size)
{
	if (m && m->training)
		return mica_plan_print(m->training->plan, dot, out, size);
	if (out && size)
		out[0] = 0;
	return 0;
}
