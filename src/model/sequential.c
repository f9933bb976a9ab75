/* SPDX-License-Identifier: MIT */
/* model/sequential.c - a model and what it is built of: layers, compile, weights; and the checks before it is used.
   mica_add calls each layer at once with a small batch, so that a wrong shape is reported where it is written, and the
   weights exist from then on. */
#include "model/model.h"

#include <stdio.h>
#include <string.h>

static void free_slots(mica_model *m)
{
	for (size_t i = 0; i < m->slots_made * m->n_slots; i++)
		mica__value_release(m->slots[i], m->ctx);
	mica__free(m->slots);
	m->slots = NULL;
	m->slots_made = 0;
}

static void free_values(mica_model *m)
{
	mica_value *counters[] = {m->step, m->position, m->rate, m->loss_sum};

	free_slots(m);
	for (size_t i = 0; i < m->weights.n; i++)
		mica__value_release(m->weights.at[i].value, m->ctx);
	for (size_t i = 0; i < MICA__COUNT(counters); i++)
		mica__value_release(counters[i], m->ctx);
	for (size_t i = 0; i < MICA_MAX_METRICS; i++)
		mica__value_release(m->metric_sum[i], m->ctx);
}

void mica__model_hold(mica_model *m)
{
	m->users++;
}

void mica__model_release(mica_model *m)
{
	if (--m->users)
		return;
	mica__steps_free(m);
	free_values(m);
	for (size_t i = 0; i < m->n_layers; i++)
		mica__free(m->layers[i]);
	mica__free(m->layers);
	mica__free(m->weights.at);
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

static bool name_taken(const mica_model *m, const char *name)
{
	for (size_t i = 0; i < m->n_layers; i++)
		if (strcmp(m->layers[i]->name, name) == 0)
			return true;
	return false;
}

/* The user's name, or "dense", "dense_1", ... */
static mica_status choose_name(const mica_model *m, const mica_layer *l, char *out, size_t size)
{
	const char *given = mica__layer_name(l);

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
	snprintf(out, size, "%s", l->kind->stem);
	for (size_t i = 1; name_taken(m, out); i++)
		snprintf(out, size, "%s_%zu", l->kind->stem, i);
	return MICA_OK;
}

static mica_status add_input(mica_model *m, const mica_layer *l)
{
	mica_status st = mica__input_shape(l, &m->sample);

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
	MICA_TRY(choose_name(m, l, e->name, sizeof e->name));
	mica__layer_rename(&e->layer, e->name);
	MICA_TRY(probe(m, e, false, &e->output, &type));
	MICA_TRY(probe(m, e, true, &trained, &type));
	m->type = type;
	m->layers[m->n_layers++] = e;
	mica__steps_free(m); /* which do without it */
	return MICA_OK;
out:
	mica__free(e);
	return st;
}

static mica_status add(mica_model *m, const mica_layer *l)
{
	if (!l->kind)
		return mica__fail(MICA_EINVAL, "add: an empty layer; make it with mica_dense(...) and the like");
	if (m->compiled)
		return mica__fail(MICA_EINVAL, "add: the model is compiled; add all layers before mica_compile");
	if (l->kind == &mica__input_kind && !m->has_input)
		return add_input(m, l);
	if (!m->has_input)
		return mica__fail(MICA_EINVAL, "%s: the first layer must be mica_input(...), the shape of a sample", l->kind->stem);
	return add_layer(m, l);
}

void mica_add(mica_model *m, mica_layer layer)
{
	if (!m || m->status != MICA_OK)
		return;
	mica_status st = add(m, &layer);
	if (st != MICA_OK)
		model_fail(m, st);
}

/* ---- compile ---- */

static mica_status check_loss(const mica_model *m)
{
	const mica__entry *last = m->layers[m->n_layers - 1];

	return mica__loss_check(&m->loss, last->name, last->output);
}

static mica_status keep_metrics(mica_model *m, const mica_compile_opts *o)
{
	m->n_metrics = 0;
	for (size_t i = 0; i < MICA_MAX_METRICS && o->metrics[i].name; i++) {
		mica_status st = mica__metric_check(&o->metrics[i]);
		if (st != MICA_OK)
			return st;
		snprintf(m->metric_name[i], sizeof m->metric_name[i], "%s", o->metrics[i].name);
		m->metrics[i] = o->metrics[i];
		m->metrics[i].name = m->metric_name[i];
		m->n_metrics = i + 1;
	}
	return MICA_OK;
}

static mica_status fill(mica_value *v, float x)
{
	size_t n = mica_value_count(v);
	float *elements = mica__alloc(n, sizeof *elements);

	if (!elements)
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++)
		elements[i] = x;
	mica_status st = mica_value_write(v, elements, n * sizeof *elements);
	mica__free(elements);
	return st;
}

/* A value with its first elements for slot k of weight w, if there is one. */
static mica_status make_slot(mica_model *m, const mica_value *w, size_t k, mica_value **out)
{
	char path[96];
	mica_slot slot;
	mica_status st;

	if (!mica__optimizer_slot(&m->optimizer, k, &slot))
		return MICA_OK;
	mica_shape s = slot.shape ? slot.shape(w->shape) : w->shape;
	snprintf(path, sizeof path, "%.60s/slot_%zu", w->path, k);
	MICA_TRY(mica__value_make(out, m->ctx, path, MICA_ROLE_SLOT, w->dtype, s));
	if (slot.start != 0)
		MICA_TRY(fill(*out, (float)slot.start));
out:
	return st;
}

mica_status mica__model_slots(mica_model *m)
{
	size_t n = m->n_slots, have = m->slots_made * n, most = 0;
	mica_status st = MICA_OK;

	if (!n || m->slots_made == m->weights.n)
		return MICA_OK;
	mica_value **slots = mica__mul(m->weights.n, n, &most) ? mica__alloc(most, sizeof *slots) : NULL;
	if (!slots)
		return mica__fail(MICA_ENOMEM, "compile: no memory for %zu slots of the optimizer", n);
	if (have)
		memcpy(slots, m->slots, have * sizeof *slots);
	mica__free(m->slots);
	m->slots = slots;
	for (; m->slots_made < m->weights.n; m->slots_made++) {
		slots = m->slots + m->slots_made * n;
		for (size_t k = 0; st == MICA_OK && k < n; k++)
			st = make_slot(m, m->weights.at[m->slots_made].value, k, &slots[k]);
		for (size_t k = 0; st != MICA_OK && k < n; k++)
			mica__value_release(slots[k], m->ctx);
		if (st != MICA_OK)
			return st;
	}
	return MICA_OK;
}

size_t mica__model_slot_elements(const mica_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->slots_made * m->n_slots; i++)
		n += mica_value_count(m->slots[i]);
	return n;
}

static mica_status make_counter(mica_model *m, mica_value **v, const char *path, mica_role role, mica_dtype t)
{
	return *v ? MICA_OK : mica__value_make(v, m->ctx, path, role, t, MICA_SCALAR_SHAPE);
}

static mica_status make_counters(mica_model *m)
{
	mica_status st;
	float rate = (float)m->optimizer.learning_rate;

	MICA_TRY(make_counter(m, &m->step, "step", MICA_ROLE_COUNTER, MICA_I32));
	MICA_TRY(make_counter(m, &m->position, "position", MICA_ROLE_COUNTER, MICA_I32));
	MICA_TRY(make_counter(m, &m->rate, "learning_rate", MICA_ROLE_COUNTER, m->real));
	MICA_TRY(make_counter(m, &m->loss_sum, "loss", MICA_ROLE_METRIC, m->real));
	for (size_t i = 0; i < MICA_MAX_METRICS; i++)
		MICA_TRY(make_counter(m, &m->metric_sum[i], "metric", MICA_ROLE_METRIC, m->real));
	mica__value_zero(m->step);
	MICA_TRY(mica_value_write(m->rate, &rate, sizeof rate));
out:
	return st;
}

static mica_status compile(mica_model *m, const mica_compile_opts *o)
{
	mica_status st;

	MICA_TRY(mica__model_check(m, "compile", false));
	mica__steps_free(m);
	free_slots(m);
	m->compiled = false;
	m->info = (mica_model_info){0};
	m->epoch = 0;
	m->optimizer = o->optimizer;
	m->loss = o->loss;
	MICA_TRY(mica__optimizer_resolve(&m->optimizer));
	MICA_TRY(check_loss(m));
	MICA_TRY(keep_metrics(m, o));
	MICA_TRY(mica__model_initialize(m));
	m->n_slots = mica__optimizer_slots(&m->optimizer);
	MICA_TRY(mica__model_slots(m));
	MICA_TRY(make_counters(m));
	m->compiled = true;
	m->trained = false;
out:
	return st;
}

mica_status mica_model_compile(mica_model *m, const mica_compile_opts *o)
{
	if (!m || m->status != MICA_OK)
		return mica__model_check(m, "compile", false);
	if (m->fitting)
		return mica__fail(MICA_EINVAL, "compile: the model is being trained");
	mica_compile_opts opts;
	mica_status st = mica__options(&opts, o, sizeof opts, "compile");
	if (st == MICA_OK)
		st = o ? compile(m, &opts) : mica__fail(MICA_EINVAL, "compile: no options; a loss is needed");
	return st == MICA_OK ? st : model_fail(m, st);
}

/* ---- weights ---- */

static mica_status set_first_values(mica_model *m, size_t i)
{
	const mica__weight *w = &m->weights.at[i];
	float *values = mica__alloc(mica_value_count(w->value), sizeof *values);
	mica_status st = values ? MICA_OK : MICA_ENOMEM;

	if (st == MICA_OK)
		st = mica_initialize(values, mica_value_shape(w->value), w->init, m->seed, (uint32_t)i);
	if (st == MICA_OK)
		st = mica_value_write(w->value, values, mica_value_bytes(w->value));
	mica__free(values);
	return st;
}

mica_status mica__model_initialize(mica_model *m)
{
	mica_status st = MICA_OK;

	for (; st == MICA_OK && m->weights_set < m->weights.n; m->weights_set += st == MICA_OK)
		st = set_first_values(m, m->weights_set);
	return st;
}

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
	for (size_t k = 0; k < m->slots_made * m->n_slots; k++) /* an optimizer may leave some out */
		if (m->slots[k] && i-- == 0)
			return m->slots[k];
	return m->compiled ? counter_at(m, i) : NULL;
}

mica_value *mica_model_find(mica_model *m, const char *path)
{
	mica_value *v = NULL;

	for (size_t i = 0; path && (v = mica_model_value(m, i)) && strcmp(mica_value_path(v), path) != 0;)
		i++;
	return v;
}

size_t mica__model_parameters_of(const mica_model *m, size_t layer)
{
	size_t n = 0;

	for (size_t i = 0; i < m->weights.n; i++)
		n += m->weights.at[i].layer == layer ? mica_value_count(m->weights.at[i].value) : 0;
	return n;
}

size_t mica_model_parameters(mica_model *m)
{
	size_t n = 0;

	for (size_t i = 0; m && i < m->weights.n; i++)
		n += mica_value_count(m->weights.at[i].value);
	return n;
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
