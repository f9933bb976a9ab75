/* SPDX-License-Identifier: MIT */
/* model/sequential.c - a model and what it is built of: layers and compile; and the checks before it is used.
   mica_add calls each layer at once with a small batch, so that a wrong shape is reported where it is written, and the
   weights exist from then on. */
#include "model/model.h"

#include <stdio.h>
#include <string.h>

void mica__model_hold(mica_model *m)
{
	m->users++;
}

static void free_entry(mica__entry *e)
{
	mica__part_drop(&e->layer.part);
	mica__free(e);
}

/* Lets go of what compile kept. */
static void drop_training(mica_model *m)
{
	mica__part_drop(&m->optimizer.part);
	mica__part_drop(&m->loss.part);
	while (m->n_metrics)
		mica__part_drop(&m->metrics[--m->n_metrics].part);
}

void mica__model_release(mica_model *m)
{
	if (--m->users)
		return;
	mica__steps_free(m);
	mica__model_free_values(m);
	drop_training(m);
	for (size_t i = 0; i < m->n_layers; i++)
		free_entry(m->layers[i]);
	mica__free(m->layers);
	mica__free(m->stems);
	mica__weights_free(&m->weights);
	mica__table_free(&m->names);
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

mica_status mica__model_done(const mica_model *m, mica_status st)
{
	return m && st != MICA_EINTERRUPTED ? mica__context_record(m->ctx, st) : st;
}

mica_model *mica_model_sequential(mica_context *ctx, const mica_sequential_opts *o)
{
	mica_sequential_opts opts;
	mica_status st;

	if (!ctx) {
		mica__fail_null("sequential: no context; check what mica_open returned");
		return NULL;
	}
	if (mica__context_building(ctx) != MICA_OK)
		return NULL;
	st = mica__options(&opts, o, sizeof opts, "sequential");
	if (st != MICA_OK) {
		mica__context_fail(ctx, st);
		return NULL;
	}
	mica_model *m = mica__alloc(1, sizeof *m);
	if (!m || mica__context_own(ctx, m, close_model) != MICA_OK) {
		mica__free(m);
		mica__context_fail(ctx, MICA_ENOMEM);
		return NULL;
	}
	m->users = 1;
	m->ctx = ctx;
	m->real = MICA_F32;
	m->seed = opts.seed;
	snprintf(m->name, sizeof m->name, "%s", opts.name ? opts.name : "sequential");
	return m;
}

/* Keeps the first failure of building, for the model and its context. */
static mica_status model_fail(mica_model *m, mica_status s)
{
	m->status = s;
	snprintf(m->why, sizeof m->why, "%s", mica__reason());
	return mica__context_fail(m->ctx, s);
}

mica_status mica_model_status(const mica_model *m)
{
	return m ? m->status : MICA_EINVAL;
}

mica_status mica__model_check(const mica_model *m, const char *caller, bool compiled)
{
	if (!m)
		return mica__fail_null("%s: no model; check what mica_sequential returned", caller);
	if (m->status != MICA_OK)
		return mica__fail(m->status, "%s", m->why);
	if (!m->has_input || m->n_layers == 0)
		return mica__fail(MICA_EINVAL, "%s: the model has no %s; mica_add one", caller,
		                  m->has_input ? "layer" : "Input, so the shape of a sample is unknown");
	if (compiled && !m->compiled)
		return mica__fail(MICA_EINVAL, "%s: the model is not compiled; call mica_compile first", caller);
	return MICA_OK;
}

/* ---- layers ---- */

static uint64_t hash_of(const char *name)
{
	return mica__hash(0, name, strlen(name));
}

static bool name_taken(const mica_model *m, const char *name)
{
	for (size_t i, at = 0; (i = mica__table_next(&m->names, hash_of(name), &at)) != SIZE_MAX;)
		if (strcmp(m->layers[i]->name, name) == 0)
			return true;
	return false;
}

/* How many layers got their name from stem: so many of the names made of it are taken. */
static mica_status count_stem(mica_model *m, const char *stem, size_t **out)
{
	size_t i = 0;
	while (i < m->n_stems && strcmp(m->stems[i].text, stem) != 0)
		i++;
	if (i == m->n_stems) {
		mica_status st = mica__grow(&m->stems, &m->stem_capacity, i + 1, sizeof *m->stems);
		if (st != MICA_OK)
			return st;
		m->stems[m->n_stems++].text = stem;
	}
	*out = &m->stems[i].layers;
	return MICA_OK;
}

/* The user's name, or "dense", "dense_1", ... */
static mica_status choose_name(mica_model *m, const mica_layer *l, char *out, size_t size)
{
	const char *given = mica__part_text(&l->part, "name"), *kind = l->part.kind->name, *stem = strrchr(kind, '/');
	size_t *made;

	if (given) {
		if (given[0] == 0 || strlen(given) >= size || strchr(given, '/'))
			return mica__fail(MICA_EINVAL, "layer name \"%s\": give 1 to %zu bytes without /", given, size - 1);
		if (mica__name_fault(given)) /* so that what is trained can be saved */
			return mica__fail(MICA_EINVAL, "layer name \"%s\" %s; give another", given, mica__name_fault(given));
		if (name_taken(m, given))
			return mica__fail(MICA_EINVAL, "layer name \"%s\" is there twice; names must differ", given);
		snprintf(out, size, "%s", given);
		return MICA_OK;
	}
	stem = stem ? stem + 1 : kind;
	mica_status st = count_stem(m, stem, &made);
	if (st != MICA_OK)
		return st;
	for (size_t i = *made; i == *made || name_taken(m, out); i++)
		snprintf(out, size, i ? "%s_%zu" : "%s", stem, i);
	++*made;
	return MICA_OK;
}

static mica_status add_input(mica_model *m, const mica_layer *l)
{
	mica_layer kept = *l;
	mica_status st = mica__part_keep(&kept.part, MICA_LAYER, MICA_LAYER);

	if (st == MICA_OK)
		st = mica__input_shape(&kept, &m->sample);
	mica__part_drop(&kept.part);
	m->type = m->real;
	m->has_input = st == MICA_OK;
	return st;
}

/* Calls the layer with a small batch: its output's shape and type. */
static mica_status probe(mica_model *m, const mica__entry *e, bool training, mica_shape *shape, mica_dtype *type)
{
	mica_shape sample = m->n_layers ? m->layers[m->n_layers - 1]->output : m->sample, s = {sample.rank + 1, {MICA__PROBE}};
	mica_graph *g = mica_graph_create(m->ctx);

	if (!g)
		return MICA_ENOMEM;
	if (sample.rank < MICA_MAX_RANK)
		memcpy(s.dim + 1, sample.dim, sample.rank * sizeof s.dim[0]);
	mica_build b = {.graph = g, .weights = &m->weights, .seed = m->seed, .training = training};
	mica_var y = mica__layer_call(&b, &e->layer, e->name, m->n_layers, mica_graph_input(g, "x", m->type, s));
	mica_status st = mica_graph_status(g);
	if (st == MICA_OK) {
		*shape = mica__sample_shape(mica_var_shape(y));
		*type = mica_var_dtype(y);
	} else {
		mica__fail(st, "%s", mica_graph_error(g));
	}
	mica_graph_destroy(g);
	return st;
}

/* Called both ways, as a layer may have weights that only one of them needs. */
static mica_status add_layer(mica_model *m, const mica_layer *l)
{
	mica_shape trained;
	mica_dtype type;
	mica_status st = mica__grow(&m->layers, &m->layer_capacity, m->n_layers + 1, sizeof *m->layers);
	mica__entry *e = st == MICA_OK ? mica__alloc(1, sizeof *e) : NULL;

	if (!e)
		return MICA_ENOMEM;
	e->layer = *l;
	MICA_TRY(mica__part_keep(&e->layer.part, MICA_LAYER, MICA_LAYER));
	MICA_TRY(choose_name(m, &e->layer, e->name, sizeof e->name));
	MICA_TRY(probe(m, e, false, &e->output, &type));
	MICA_TRY(probe(m, e, true, &trained, &type));
	MICA_TRY(mica__table_add(&m->names, hash_of(e->name), m->n_layers));
	m->type = type;
	m->layers[m->n_layers++] = e;
	mica__steps_free(m); /* which do without it */
	return MICA_OK;
out:
	free_entry(e);
	return st;
}

static mica_status add(mica_model *m, const mica_layer *l)
{
	if (!l->part.kind)
		return mica__fail(MICA_EINVAL, "add: an empty layer; make it with mica_dense(...) and the like");
	if (m->compiled)
		return mica__fail(MICA_EINVAL, "add: the model is compiled; add all layers before mica_compile");
	if (l->part.kind == &mica_kind_input && !m->has_input)
		return add_input(m, l);
	if (!m->has_input)
		return mica__fail(MICA_EINVAL, "%s: the first layer must be mica_input(...), the shape of a sample", l->part.kind->name);
	return add_layer(m, l);
}

/* What a call that asks functions of the user's relies on may not change under it. */
static mica_status check_rest(const mica_model *m, const char *caller)
{
	return m->users == 1 ? MICA_OK : mica__fail(MICA_EINVAL, "%s: the model is at work: this is called by a function that fit, "
	                                            "evaluate, predict, compile or mica_add has called; wait until that has returned", caller);
}

void mica_add(mica_model *m, mica_layer layer)
{
	if (!m)
		mica__fail_null("add: no model; check what mica_sequential returned");
	if (!m || m->status != MICA_OK)
		return;
	mica_status st = check_rest(m, "add");
	mica__model_hold(m);
	if (st == MICA_OK)
		st = add(m, &layer);
	if (st != MICA_OK)
		model_fail(m, st);
	mica__model_release(m);
}

/* ---- compile ---- */

/* Makes parts of its own of what was asked for. */
static mica_status keep_training(mica_model *m, const mica_compile_opts *o)
{
	const mica__entry *last = m->layers[m->n_layers - 1];
	mica_status st;

	drop_training(m);
	m->optimizer = o->optimizer;
	MICA_TRY(mica__optimizer_keep(&m->optimizer));
	m->loss = o->loss;
	MICA_TRY(mica__loss_keep(&m->loss, last->name, last->output));
	for (size_t i = 0; i < MICA_MAX_METRICS && o->metrics[i].part.kind; i++) {
		m->metrics[i] = o->metrics[i];
		MICA_TRY(mica__metric_keep(&m->metrics[i]));
		m->n_metrics = i + 1;
	}
out:
	return st;
}

static mica_status compile(mica_model *m, const mica_compile_opts *o)
{
	mica_status st;

	MICA_TRY(mica__model_check(m, "compile", false));
	mica__steps_free(m);
	mica__model_free_slots(m);
	m->compiled = false;
	m->info = (mica_model_info){0};
	m->epoch = 0;
	MICA_TRY(keep_training(m, o));
	MICA_TRY(mica__model_initialize(m));
	MICA_TRY(mica__model_slots(m));
	MICA_TRY(mica__model_counters(m));
	m->compiled = true;
	m->trained = false;
out:
	return st;
}

mica_status mica_model_compile(mica_model *m, const mica_compile_opts *o)
{
	if (!m || m->status != MICA_OK)
		return mica__model_check(m, "compile", false);
	mica_compile_opts opts;
	mica_status st = check_rest(m, "compile");
	if (st != MICA_OK) /* of what it is at work with nothing changes */
		return mica__model_done(m, st);
	mica__model_hold(m);
	st = mica__options(&opts, o, sizeof opts, "compile");
	if (st == MICA_OK)
		st = o ? compile(m, &opts) : mica__fail(MICA_EINVAL, "compile: no options; a loss is needed");
	if (st != MICA_OK)
		model_fail(m, st);
	mica__model_release(m);
	return st;
}

/* ---- what it has ---- */

mica_value *mica_model_weight(mica_model *m, size_t i)
{
	if (mica__model_check(m, "weight", false) != MICA_OK || i >= m->weights.n || mica__model_initialize(m) != MICA_OK)
		return NULL;
	return m->weights.at[i].value;
}

static mica_value *counter_at(const mica_model *m, size_t i)
{
	mica_value *const counters[] = {m->step, m->position, m->rate, m->loss_sum};

	if (i < MICA__COUNT(counters))
		return counters[i];
	i -= MICA__COUNT(counters);
	return i < m->n_metrics ? m->metric_sum[i] : NULL;
}

mica_value *mica_model_value(mica_model *m, size_t i)
{
	if (mica__model_check(m, "value", false) != MICA_OK || mica__model_initialize(m) != MICA_OK)
		return NULL;
	if (i < m->weights.n)
		return m->weights.at[i].value;
	i -= m->weights.n;
	for (size_t k = 0; k < m->weights.n; i -= m->weights.at[k++].slots.n)
		if (i < m->weights.at[k].slots.n)
			return m->weights.at[k].slots.at[i].value;
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
	for (size_t i = 0; i < m->weights.n; i++) {
		const mica__weight *w = &m->weights.at[i];
		if (is_at(w->value, path))
			return w->value;
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
	return m && m->n_layers ? m->layers[m->n_layers - 1]->output : MICA_SCALAR_SHAPE;
}

mica_model_info mica_model_describe(const mica_model *m)
{
	return m ? m->info : (mica_model_info){0};
}

size_t mica_model_print_plan(const mica_model *m, bool dot, char *out, size_t size)
{
	if (m && m->training)
		return mica_plan_print(m->training->plan, dot, out, size);
	if (size)
		out[0] = 0;
	return 0;
}

/* ---- data against the model ---- */

mica_status mica__model_check_samples(const mica_model *m, mica_shape shape, const char *caller)
{
	mica_shape sample = mica__sample_shape(shape);

	if (!mica__shape_equal(&sample, &m->sample))
		return mica__fail(MICA_ESHAPE, "%s: a sample has shape %s, the model's Input is %s", caller, mica__shape_text(&sample),
		                  mica__shape_text(&m->sample));
	return MICA_OK;
}

mica_status mica__model_check_data(const mica_model *m, const mica_dataset *d, const char *caller, bool labels)
{
	if (!d || d->count == 0)
		return mica__fail(MICA_EINVAL, d ? "%s: empty data set" : "%s: no data set; check what mica_dataset_... returned",
		                  caller);
	if (d->count > INT32_MAX / 2)
		return mica__fail(MICA_EOVERFLOW, "%s: %zu samples; at most %d", caller, d->count, INT32_MAX / 2);
	mica_status st = mica__model_check_samples(m, d->all->x.shape, caller);
	if (st != MICA_OK || !labels)
		return st;
	if (!d->all->y.data)
		return mica__fail(MICA_EINVAL, "%s: the data set has no labels", caller);
	const mica__entry *last = m->layers[m->n_layers - 1];
	if (mica__loss_of_classes(&m->loss))
		return mica__dataset_check_labels(d, mica__shape_last(&last->output));
	return MICA_OK;
}
