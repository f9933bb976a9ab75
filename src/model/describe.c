/* SPDX-License-Identifier: MIT */
/* model/describe.c - what a model is, as a text of JSON: its layers and calls, those of the models that are layers of it, and
   what it is trained for.  docs/file-format.md has the members.  Layers are listed once, in all models together, as they may be
   shared; a model stands behind those that are layers of it. */
#include "model/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What was met so far: the number of each is that in the lists of the text. */
typedef struct describer {
	json_t *models, *layers;
	const mica_model **model;
	const mica_instance **layer;
	size_t n_models, model_capacity, n_layers, layer_capacity;
	bool symbols;         /* say what they are */
} describer;

static mica_status short_of_memory(void)
{
	return mica__fail(MICA_ENOMEM, "save: no memory for the description of the model");
}

static size_t model_number(const describer *d, const mica_model *m)
{
	size_t i = 0;

	while (i < d->n_models && d->model[i] != m)
		i++;
	return i;
}

static size_t layer_number(const describer *d, const mica_instance *l)
{
	size_t i = 0;

	while (i < d->n_layers && d->layer[i] != l)
		i++;
	return i;
}

/* ---- layers ---- */

/* Of a model that is a layer, or goes over steps, the pointer to it is no option of the file's. */
static json_t *layer_part(const mica_instance *l, const char *where)
{
	mica_part p = l->layer.part;

	if (!l->model)
		return mica__part_written(&p, MICA_LAYER, where);
	return json_pack("{s:s, s:{s:s?}}", "kind", p.kind->name, "options", "name", mica__part_text(&p, "name"));
}

static mica_status add_layer(describer *d, const mica_instance *l)
{
	char where[80];
	mica_status st;

	if (layer_number(d, l) < d->n_layers)
		return MICA_OK;
	snprintf(where, sizeof where, "save: layer \"%s\"", l->name);
	json_t *written = layer_part(l, where);
	if (!written)
		return mica__unmade("save");
	json_object_set_new(written, "name", json_string(l->name));
	json_object_set_new(written, "trainable", json_boolean(!l->frozen));
	if (l->rate_factor != 1)
		json_object_set_new(written, "learning_rate_factor", json_real(l->rate_factor));
	if (l->model)
		json_object_set_new(written, "model", json_integer((json_int_t)model_number(d, l->model)));
	if (json_array_append_new(d->layers, written))
		return short_of_memory();
	MICA_TRY(mica__grow(&d->layer, &d->layer_capacity, d->n_layers + 1, sizeof *d->layer));
	d->layer[d->n_layers++] = l;
out:
	return st;
}

/* ---- networks ---- */

static json_t *shape_written(mica_shape s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s.rank; i++)
		json_array_append_new(list, mica__whole_written(s.dim[i]));
	return list;
}

static json_t *inputs_written(const mica_model *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->net.n_inputs; i++) {
		const mica_symbol *s = mica__model_input(m, i);
		json_t *of = json_pack("{s:s, s:o, s:s}", "name", m->net.inputs[i].name, "shape", shape_written(s->shape), "type",
		                       mica__dtype_name(s->type));
		if (m->net.batch)
			json_object_set_new(of, "batch", mica__whole_written(m->net.batch));
		json_array_append_new(list, of);
	}
	return list;
}

static json_t *layers_written(const describer *d, const mica__network *n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n->n_layers; i++)
		json_array_append_new(list, json_integer((json_int_t)layer_number(d, n->layers[i])));
	return list;
}

/* Symbols are numbered anew: inputs first, then what the calls make.  at: the new numbers. */
static void number_symbols(const mica__network *n, size_t *at)
{
	size_t next = 0;

	for (size_t i = 0; i < n->n_inputs; i++)
		at[n->inputs[i].symbol] = next++;
	for (size_t i = 0; i < n->n_calls; i++)
		for (size_t k = 0; k < n->calls[i].n_out; k++)
			at[n->calls[i].out + k] = next++;
}

static json_t *calls_written(const describer *d, const mica__network *n, const size_t *at)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n->n_calls; i++) {
		json_t *of = json_array();
		for (size_t k = 0; k < n->calls[i].n_in; k++)
			json_array_append_new(of, json_integer((json_int_t)at[n->calls[i].in[k]]));
		json_array_append_new(list, json_pack("{s:I, s:o}", "layer", (json_int_t)layer_number(d, n->calls[i].layer), "of", of));
	}
	return list;
}

static json_t *outputs_written(const mica__network *n, const size_t *at)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n->n_outputs; i++)
		json_array_append_new(list, json_integer((json_int_t)at[n->outputs[i].symbol]));
	return list;
}

/* Shape and type of each: what no reader of ours needs, and one of another format may. */
static json_t *symbols_written(const mica__network *n, const size_t *at)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n->n_symbols; i++)
		json_array_append_new(list, json_null());
	for (size_t i = 0; i < n->n_symbols; i++)
		json_array_set_new(list, at[i], json_pack("{s:o, s:s}", "shape", shape_written(n->symbols[i]->shape), "type",
		                                          mica__dtype_name(n->symbols[i]->type)));
	return list;
}

/* A chain's calls follow from its layers. */
static mica_status add_model(describer *d, const mica_model *m)
{
	size_t *at = mica__alloc(m->net.n_symbols, sizeof *at);
	mica_status st;

	if (!at)
		return MICA_ENOMEM;
	for (size_t i = 0; i < m->net.n_layers; i++)
		MICA_TRY(add_layer(d, m->net.layers[i]));
	number_symbols(&m->net, at);
	json_t *written = json_pack("{s:s, s:s, s:o, s:I, s:o, s:o}", "class", m->chain ? "sequential" : "functional", "name", m->name, "seed",
	                            mica__whole_written(m->seed), "weights_made", (json_int_t)m->net.streams, "inputs", inputs_written(m),
	                            "layers", layers_written(d, &m->net));
	if (!m->chain) {
		json_object_set_new(written, "calls", calls_written(d, &m->net, at));
		json_object_set_new(written, "outputs", outputs_written(&m->net, at));
	}
	if (d->symbols)
		json_object_set_new(written, "symbols", symbols_written(&m->net, at));
	if (json_array_append_new(d->models, written)) {
		st = short_of_memory();
		goto out;
	}
	MICA_TRY(mica__grow(&d->model, &d->model_capacity, d->n_models + 1, sizeof *d->model));
	d->model[d->n_models++] = m;
out:
	mica__free(at);
	return st;
}

/* Those that are layers of it come first. */
static mica_status describe(describer *d, const mica_model *m)
{
	mica_status st = MICA_OK;

	if (model_number(d, m) < d->n_models)
		return st;
	for (size_t i = 0; i < m->net.n_layers; i++)
		if (m->net.layers[i]->model)
			MICA_TRY(describe(d, m->net.layers[i]->model));
	st = add_model(d, m);
out:
	return st;
}

/* ---- training ---- */

static json_t *metrics_written(const mica__goal *g, bool weighted)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->n_metrics; i++)
		if (g->metrics[i].weighted == weighted &&
		    json_array_append_new(list, mica__part_written(&g->metrics[i].of.metric.part, MICA_METRIC, "save: a metric"))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *goal_written(const mica__goal *g)
{
	json_t *loss = mica__part_written(&g->loss.part, MICA_LOSS, "save: the loss");
	json_t *metrics = loss ? metrics_written(g, false) : NULL, *weighted = metrics ? metrics_written(g, true) : NULL;

	if (weighted)
		return json_pack("{s:o, s:f, s:o, s:o}", "loss", loss, "weight", g->weight == 0 ? 0 : g->weight, "metrics", metrics, "weighted_metrics", weighted);
	json_decref(loss);
	json_decref(metrics);
	return NULL;
}

/* {"dense/kernel": ["momentum", ...]}: which tensors of the file are slots. */
static json_t *slots_written(const mica_model *m)
{
	json_t *object = json_object();

	for (size_t i = 0; i < m->n_variables; i++) {
		const mica__variable *v = &m->variables[i];
		json_t *names = json_array();
		for (size_t k = 0; k < v->slots.n; k++)
			json_array_append_new(names, json_string(mica_value_path(v->slots.at[k].value) + strlen(v->name) + 1));
		json_object_set_new(object, v->name, names);
	}
	return object;
}

static json_t *progress_written(json_t *training, const mica_model *m)
{
	size_t samples = m->within ? m->within : m->behind;
	int32_t steps;
	float rate;

	if (mica_value_read(m->step, &steps, sizeof steps) != MICA_OK || mica_value_read(m->rate, &rate, sizeof rate) != MICA_OK) {
		json_decref(training);
		return NULL;
	}
	json_object_set_new(training, "epoch", mica__whole_written(m->epoch + (m->within == SIZE_MAX)));
	json_object_set_new(training, "steps", json_integer(steps));
	json_object_set_new(training, "learning_rate", mica__real_written((double)rate));
	json_object_set_new(training, "slots", slots_written(m));
	if (samples != 0 && samples != SIZE_MAX)
		json_object_set_new(training, "samples_done", mica__whole_written(samples));
	if (m->averages_in)
		json_object_set_new(training, "averages_in_place", json_true());
	return training;
}

static json_t *training_written(const mica_model *m, bool progress)
{
	json_t *outputs = json_array(), *optimizer = mica__part_written(&m->optimizer.part, MICA_OPTIMIZER, "save: the optimizer"), *goal;

	for (size_t i = 0; i < m->net.n_outputs && optimizer; i++) {
		if (!(goal = goal_written(&m->goals[i]))) {
			json_decref(optimizer);
			optimizer = NULL;
		}
		json_array_append_new(outputs, goal);
	}
	if (!optimizer) {
		json_decref(outputs);
		return NULL;
	}
	json_t *written = json_pack("{s:o, s:o}", "optimizer", optimizer, "outputs", outputs);
	return progress && written ? progress_written(written, m) : written;
}

mica_status mica__model_describe(mica_model *m, bool progress, bool symbols, json_t **out)
{
	describer d = {.models = json_array(), .layers = json_array(), .symbols = symbols};
	json_t *training = NULL;
	mica__kept_reason before;
	mica_status st;

	*out = NULL;
	mica__reason_keep(&before);
	mica__reason_clear(); /* for mica__unmade */
	if (m->compiled)
		MICA_TRY(mica__model_ready(m));
	MICA_TRY(describe(&d, m));
	if (m->compiled && !(training = training_written(m, progress))) {
		st = mica__unmade("save");
		goto out;
	}
	*out = json_pack("{s:O, s:O}", "models", d.models, "layers", d.layers);
	if (training)
		json_object_set_new(*out, "training", training);
	if (!*out)
		st = short_of_memory();
out:
	json_decref(d.models);
	json_decref(d.layers);
	mica__free(d.model);
	mica__free(d.layer);
	if (st == MICA_OK)
		mica__reason_restore(&before);
	return st;
}

mica_status mica__model_describe_text(mica_model *m, bool progress, char **out)
{
	json_t *root;
	mica_status st = mica__model_describe(m, progress, false, &root);

	*out = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
	json_decref(root);
	return st == MICA_OK && !*out ? short_of_memory() : st;
}
