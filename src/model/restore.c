/* SPDX-License-Identifier: MIT */
/* model/restore.c - a model made of its description (describe.c), which is a stranger's: each name, number and kind is checked,
   and what a network may be is checked again by those who build it. */
#include "model/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What small files may not blow up to: models in models, each called several times. */
enum { MOST_NESTED = 32, MOST_CALLS = 20000 };

typedef struct restorer {
	mica_context *ctx;
	const char *file;
	const json_t *models, *layers;
	mica_instance **layer;    /* NULL: not made yet */
	mica_model **model;
	size_t n_layers, n_models;
	size_t *calls, *depth;    /* of each model, those in it included */
} restorer;

/* ---- members ---- */

static bool get_number(const json_t *object, const char *key, size_t most, size_t *out)
{
	uint64_t x;

	if (!mica__whole_read(json_object_get(object, key), &x) || x > most)
		return false;
	*out = (size_t)x;
	return true;
}

static bool item_number(const json_t *list, size_t i, size_t below, size_t *out)
{
	const json_t *item = json_array_get(list, i);

	*out = (size_t)json_integer_value(item);
	return json_is_integer(item) && json_integer_value(item) >= 0 && *out < below;
}

/* A name that a layer or an input can have. */
static const char *get_name(const json_t *object, const char *key)
{
	const char *name = json_string_value(json_object_get(object, key));

	return name && strlen(name) < sizeof ((mica_instance *)0)->name && !strchr(name, '/') && !mica__name_fault(name) ? name : NULL;
}

/* ---- layers ---- */

/* A model as a layer, or one that goes over steps. */
static mica_status nested_part(const restorer *r, const json_t *j, size_t below, const mica_kind *kind, const char *where, mica_part *out)
{
	size_t k;

	if (!get_number(j, "model", below ? below - 1 : 0, &k) || !below)
		return mica__fail(MICA_EFORMAT, "%s: it is a model, of which no number below %zu is given", where, below);
	const mica_part model = {&mica_kind_nested, &(mica_nested_opts){MICA_OPTS(mica_nested_opts), .model = r->model[k]}};
	mica_status st;

	MICA_TRY(mica__options_read(out, r->ctx, kind, json_object_get(j, "options"), where));
	if (kind == &mica_kind_nested) {
		((mica_nested_opts *)(uintptr_t)out->options)->model = r->model[k];
		return st;
	}
	mica_part *inside = &((mica_time_distributed_opts *)(uintptr_t)out->options)->layer.part;
	mica__part_drop(inside);
	*inside = model;
	if ((st = mica__part_keep(inside, MICA_LAYER, MICA_LAYER)) != MICA_OK)
		mica__part_drop(out);
out:
	return st;
}

/* Layer k, for model number below. */
static mica_status make_layer(restorer *r, size_t k, size_t below)
{
	static const char *const members[] = {"kind", "options", "name", "trainable", "learning_rate_factor", "model", NULL};
	json_t *j = json_array_get(r->layers, k), *bare = NULL;
	const char *name = get_name(j, "name"), *kind = json_string_value(json_object_get(j, "kind"));
	const json_t *trainable = json_object_get(j, "trainable"), *factor = json_object_get(j, "learning_rate_factor");
	char where[600];
	mica_layer l = {{NULL, NULL}};
	mica_instance *i = NULL;
	mica_status st;

	snprintf(where, sizeof where, "%.400s: layer %zu", r->file, k);
	if (!name || !kind || (trainable && !json_is_boolean(trainable)) || (factor && !(json_number_value(factor) >= 0 && json_is_number(factor))))
		return mica__fail(MICA_EFORMAT, "%s: a name, a kind and whether it is trainable were expected", where);
	snprintf(where, sizeof where, "%.400s: layer \"%s\"", r->file, name);
	MICA_TRY(mica__members_known(j, members, where));
	if (strcmp(kind, mica_kind_nested.name) == 0) {
		MICA_TRY(nested_part(r, j, below, &mica_kind_nested, where, &l.part));
	} else if (strcmp(kind, mica_kind_time_distributed.name) == 0 && json_object_get(j, "model")) {
		MICA_TRY(nested_part(r, j, below, &mica_kind_time_distributed, where, &l.part));
	} else {
		bare = json_pack("{s:s, s:O*}", "kind", kind, "options", json_object_get(j, "options"));
		MICA_TRY(bare ? mica__part_read(&l.part, r->ctx, bare, MICA_LAYER, where) : mica__fail(MICA_ENOMEM, "%s: no memory for it", where));
	}
	MICA_TRY(mica__instance_make(&i, r->ctx, l));
	snprintf(i->name, sizeof i->name, "%s", name);
	i->frozen = json_is_false(trainable);
	i->rate_factor = factor ? json_number_value(factor) : 1;
	if ((st = mica__model_nest(i)) == MICA_OK)
		r->layer[k] = i;
	else
		mica__instance_release(i);
out:
	json_decref(bare);
	return st;
}

/* ---- networks ---- */

static mica_status wrong(const restorer *r, size_t k, const char *what)
{
	return mica__fail(MICA_EFORMAT, "%s: model %zu: its %s not what they should be", r->file, k, what);
}

static mica_status read_input(restorer *r, size_t k, const json_t *j)
{
	static const char *const members[] = {"name", "shape", "type", "batch", NULL};
	const char *name = get_name(j, "name"), *type = json_string_value(json_object_get(j, "type"));
	const json_t *shape = json_object_get(j, "shape");
	mica_input_opts o = {MICA_OPTS(mica_input_opts), .name = name};
	size_t dim[MICA_MAX_RANK] = {0};
	mica_symbol *s;
	mica_status st;

	while (type && mica__dtype_valid(o.type) && strcmp(mica__dtype_name(o.type), type) != 0)
		o.type++;
	if (!name || !type || !mica__dtype_valid(o.type) || json_array_size(shape) + 1 > MICA_MAX_RANK)
		return wrong(r, k, "inputs are");
	for (size_t i = 0; i < json_array_size(shape); i++)
		if (!item_number(shape, i, MICA_MOST_COUNT, &dim[i]) || !dim[i])
			return wrong(r, k, "inputs' shapes are");
	if (json_object_get(j, "batch") && !get_number(j, "batch", MICA_MOST_COUNT, &o.batch))
		return wrong(r, k, "inputs' batches are");
	memcpy((char *)&o + offsetof(mica_input_opts, d0), dim, sizeof dim);
	MICA_TRY(mica__members_known(j, members, r->file));
	st = mica__network_input(r->model[k], &MICA_PART(mica_layer, &mica_kind_input, &o), &s);
out:
	return st;
}

static mica_status read_layers(restorer *r, size_t k, const json_t *list)
{
	size_t i = 0, number;
	mica_status st = MICA_OK;

	for (; i < json_array_size(list); i++) {
		if (!item_number(list, i, r->n_layers, &number))
			return wrong(r, k, "layers are");
		if (!r->layer[number])
			MICA_TRY(make_layer(r, number, k));
		MICA_TRY(mica__network_keep(&r->model[k]->net, r->layer[number]));
	}
out:
	return st;
}

/* Calls of a model count as those in it. */
static mica_status count_calls(restorer *r, size_t k, const mica_instance *layer)
{
	for (size_t i = 0; i < k && layer->model; i++)
		if (r->model[i] == layer->model) {
			r->calls[k] += r->calls[i];
			r->depth[k] = r->depth[k] > r->depth[i] + 1 ? r->depth[k] : r->depth[i] + 1;
		}
	r->calls[k]++;
	if (r->calls[k] <= MOST_CALLS && r->depth[k] <= MOST_NESTED)
		return MICA_OK;
	return mica__fail(MICA_EFORMAT, "%s: more than %d calls of layers, or %d models in models", r->file, MOST_CALLS, MOST_NESTED);
}

static mica_status read_call(restorer *r, size_t k, const json_t *j)
{
	mica_model *m = r->model[k];
	const json_t *of = json_object_get(j, "of");
	size_t n = json_array_size(of), layer, made, at;
	mica_symbol *out[MICA__MOST_OUTPUTS], **in = NULL;
	mica_status st;

	if (json_object_size(j) != 2 || !n || !get_number(j, "layer", r->n_layers - 1, &layer) || !r->layer[layer] ||
	    mica__network_find(&m->net, r->layer[layer]->name) != r->layer[layer])
		return wrong(r, k, "calls are");
	MICA_TRY(count_calls(r, k, r->layer[layer]));
	if (!(in = mica__alloc(n, sizeof *in)))
		return MICA_ENOMEM;
	for (size_t i = 0; i < n && st == MICA_OK; i++) {
		if (item_number(of, i, m->net.n_symbols, &at))
			in[i] = m->net.symbols[at];
		else
			st = wrong(r, k, "calls are");
	}
	if (st == MICA_OK)
		st = mica__network_call(m, r->layer[layer], in, n, out, &made);
out:
	mica__free(in);
	return st;
}

static mica_status read_outputs(restorer *r, size_t k, const json_t *list)
{
	mica_model *m = r->model[k];
	size_t number;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < json_array_size(list) && st == MICA_OK; i++)
		st = item_number(list, i, m->net.n_symbols, &number) ? mica__network_output(m, m->net.symbols[number]) : wrong(r, k, "outputs are");
	return st;
}

static mica_status read_chain(restorer *r, size_t k)
{
	mica_model *m = r->model[k];
	mica_status st = MICA_OK;

	for (size_t i = 0; i < m->net.n_layers; i++)
		MICA_TRY(count_calls(r, k, m->net.layers[i]));
	st = mica__chain_call(m);
out:
	return st;
}

static mica_status read_model(restorer *r, size_t k)
{
	static const char *const members[] = {"class", "name", "seed", "weights_made", "inputs", "layers", "calls", "outputs", NULL};
	const json_t *j = json_array_get(r->models, k), *inputs = json_object_get(j, "inputs"), *calls = json_object_get(j, "calls");
	const char *class = json_string_value(json_object_get(j, "class")), *name = json_string_value(json_object_get(j, "name"));
	char own[sizeof ((mica_model *)0)->name];
	uint64_t seed;
	size_t made, i;
	bool chain = class && !strcmp(class, "sequential");
	mica_status st;

	if (!class || (!chain && strcmp(class, "functional") != 0) || !name || (*name && mica__name_fault(name)) ||
	    !mica__whole_read(json_object_get(j, "seed"), &seed) || !get_number(j, "weights_made", UINT32_MAX, &made))
		return wrong(r, k, "class, name and numbers are");
	MICA_TRY(mica__members_known(j, members, r->file));
	snprintf(own, sizeof own, "%.*s", (int)mica__utf8_fit(name, sizeof own - 1), name); /* those of Keras' models may be longer */
	mica_model *m = r->model[k] = mica__model_make(r->ctx, "load", own, seed, chain);
	if (!m)
		return mica__context_building(r->ctx) != MICA_OK ? mica__context_building(r->ctx) : MICA_ENOMEM;
	for (i = 0; i < json_array_size(inputs); i++)
		MICA_TRY(read_input(r, k, json_array_get(inputs, i)));
	MICA_TRY(read_layers(r, k, json_object_get(j, "layers")));
	if (chain)
		MICA_TRY(read_chain(r, k));
	for (i = 0; i < json_array_size(calls) && !chain; i++)
		MICA_TRY(read_call(r, k, json_array_get(calls, i)));
	if (!chain)
		MICA_TRY(read_outputs(r, k, json_object_get(j, "outputs")));
	if (made > m->net.streams)
		m->net.streams = (uint32_t)made;
	st = mica__model_check(m, r->file, false);
out:
	return st;
}

static mica_status read_models(restorer *r)
{
	mica_status st = MICA_ENOMEM;

	r->layer = mica__alloc(r->n_layers, sizeof(mica_instance *));
	r->model = mica__alloc(r->n_models, sizeof(mica_model *));
	r->calls = mica__alloc(r->n_models, sizeof *r->calls);
	r->depth = mica__alloc(r->n_models, sizeof *r->depth);
	if (!r->layer || !r->model || !r->calls || !r->depth)
		return st;
	for (size_t k = 0; k < r->n_models; k++)
		MICA_TRY(read_model(r, k));
out:
	return st;
}

/* Layers and models live on in those that use them; of models the last is the caller's. */
static void let_go(restorer *r, bool all)
{
	mica__kept_reason why;

	mica__reason_keep(&why);
	for (size_t k = r->n_models; k-- > 0 && r->model;)
		if (all || k + 1 < r->n_models)
			mica_model_destroy(r->model[k]);
	for (size_t i = 0; i < r->n_layers && r->layer; i++)
		mica__instance_release(r->layer[i]);
	mica__free(r->layer);
	mica__free(r->model);
	mica__free(r->calls);
	mica__free(r->depth);
	mica__reason_restore(&why);
}

mica_status mica__model_restored(mica_model **out, mica_context *ctx, const json_t *from, const char *file)
{
	static const char *const members[] = {"models", "layers", "training", NULL};
	restorer r = {.ctx = ctx, .file = file, .models = json_object_get(from, "models"), .layers = json_object_get(from, "layers")};
	mica_status st;

	*out = NULL;
	r.n_models = json_array_size(r.models);
	r.n_layers = json_array_size(r.layers);
	if (!r.n_models || !r.n_layers)
		return mica__fail(MICA_EFORMAT, "%s: the description of the model has no models or no layers", file);
	MICA_TRY(mica__members_known(from, members, file));
	st = read_models(&r);
	*out = st == MICA_OK ? r.model[r.n_models - 1] : NULL;
out:
	let_go(&r, st != MICA_OK);
	return st;
}

/* ---- training ---- */

static mica_status read_metrics(mica_metric *to, mica_model *m, const json_t *list, const char *where)
{
	mica_status st = MICA_OK;

	if (list && (!json_is_array(list) || json_array_size(list) > MICA_MAX_METRICS))
		return mica__fail(MICA_EFORMAT, "%s: metrics: a list of at most %d was expected", where, MICA_MAX_METRICS);
	for (size_t i = 0; i < json_array_size(list) && st == MICA_OK; i++) {
		st = mica__part_read(&to[i].part, m->ctx, json_array_get(list, i), MICA_METRIC, where);
		if (st == MICA_OK && !to[i].part.kind)
			st = mica__fail(MICA_EFORMAT, "%s: a metric is null", where);
	}
	return st;
}

static mica_status read_goal(mica_output_opts *to, mica_model *m, const json_t *j, const char *where)
{
	static const char *const members[] = {"loss", "weight", "metrics", "weighted_metrics", NULL};
	const json_t *weight = json_object_get(j, "weight");
	mica_status st;

	if (!json_is_object(j) || !json_is_number(weight))
		return mica__fail(MICA_EFORMAT, "%s: an object with a loss and its weight was expected", where);
	MICA_TRY(mica__members_known(j, members, where));
	to->weight = json_number_value(weight) == 0 ? MICA_ZERO : json_number_value(weight);
	MICA_TRY(mica__part_read(&to->loss.part, m->ctx, json_object_get(j, "loss"), MICA_LOSS, where));
	MICA_TRY(read_metrics(to->metrics, m, json_object_get(j, "metrics"), where));
	MICA_TRY(read_metrics(to->weighted_metrics, m, json_object_get(j, "weighted_metrics"), where));
out:
	return st;
}

static void drop_goals(mica_output_opts *goals, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		mica__part_drop(&goals[i].loss.part);
		for (size_t k = 0; k < MICA_MAX_METRICS; k++) {
			mica__part_drop(&goals[i].metrics[k].part);
			mica__part_drop(&goals[i].weighted_metrics[k].part);
		}
	}
}

mica_status mica__training_restored(mica_model *m, const json_t *from, const char *file)
{
	static const char *const members[] = {"optimizer", "outputs", "epoch", "steps", "learning_rate", "slots", "averages_in_place", "samples_done", NULL};
	const json_t *outputs = json_object_get(from, "outputs");
	mica_output_opts goals[MICA_MAX_OUTPUTS] = {0};
	mica_optimizer optimizer = {{NULL, NULL}};
	char where[500];
	mica_status st;

	snprintf(where, sizeof where, "%.400s: training", file);
	if (!json_is_object(from) || json_array_size(outputs) != m->net.n_outputs)
		return mica__fail(MICA_EFORMAT, "%s: an object was expected that has something for each of %zu outputs", where, m->net.n_outputs);
	MICA_TRY(mica__members_known(from, members, where));
	MICA_TRY(mica__part_read(&optimizer.part, m->ctx, json_object_get(from, "optimizer"), MICA_OPTIMIZER, where));
	for (size_t i = 0; i < m->net.n_outputs; i++)
		MICA_TRY(read_goal(&goals[i], m, json_array_get(outputs, i), where));
	MICA_TRY(mica__training_set(m, optimizer, goals));
	MICA_TRY(mica__model_ready(m));
	m->compiled = true;
out:
	mica__part_drop(&optimizer.part);
	drop_goals(goals, MICA_MAX_OUTPUTS);
	return st;
}
