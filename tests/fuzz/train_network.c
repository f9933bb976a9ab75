/* SPDX-License-Identifier: MIT */
/* fuzz/train_network.c - trains one network that a JSON text describes and says what came of it: the side of tools/fuzz-keras
   that is Mica.
   usage: train_network FOLDER
   Reads from FOLDER case.json, data and start.safetensors; writes end.safetensors and result.json with the figures of every
   epoch, of an evaluation and the predictions.  A part is an object with the name of its kind and its options.  Where the case names a
   "file", the model is that of this file of FOLDER, whose training goes on, and is written to end.keras, too. */
#include "mica/mica.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_EPOCHS = 1000, MOST_SYMBOLS = 64, MOST_CLASSES = 64 };

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

static void check(mica_status st, const char *what)
{
	if (st != MICA_OK)
		fail(what, mica_error(NULL));
}

/* ---- parts ---- */

static long whole(json_t *o, const char *name)
{
	return (long)json_integer_value(json_object_get(o, name));
}

static mica_part part(mica_part_type type, json_t *o);
static mica_model *network(mica_context *ctx, json_t *net);

/* Element i of a member: null is a real 0. */
static void set_number(const mica_field *f, void *options, size_t i, json_t *value)
{
	bool none = json_is_null(value) || (json_is_real(value) && json_real_value(value) == 0);
	double x = json_is_true(value) ? 1 : json_number_value(value);
	char *at = (char *)options + f->offset;

	switch (f->type) {
	case MICA_FIELD_IS_REAL: ((double *)at)[i] = none ? MICA_ZERO : x; break;
	case MICA_FIELD_IS_FLAG: ((bool *)at)[i] = x != 0; break;
	case MICA_FIELD_IS_INT: ((int *)at)[i] = none ? MICA_NONE : (int)x; break;
	case MICA_FIELD_IS_LONG: ((long *)at)[i] = none ? MICA_NONE : (long)x; break;
	case MICA_FIELD_IS_SIZE: ((size_t *)at)[i] = none ? (size_t)MICA_NONE : (size_t)(long)x; break;
	default: fail(f->name, "is no number");
	}
}

static void set_option(mica_context *ctx, const mica_kind *kind, void *options, const char *name, json_t *value)
{
	const mica_field *f = kind->fields;
	json_t *one;
	size_t i;

	if (kind == &mica_kind_nested && strcmp(name, "model") == 0) {
		((mica_nested_opts *)options)->model = network(ctx, value);
		return;
	}
	while (f < kind->fields + kind->n_fields && strcmp(f->name, name) != 0)
		f++;
	if (f == kind->fields + kind->n_fields)
		fail(name, "no such option");
	if (f->type == MICA_FIELD_IS_PART) {
		mica_part p = part(f->part_type, value);
		memcpy((char *)options + f->offset, &p, sizeof p);
	} else if (f->type == MICA_FIELD_IS_TEXT) {
		*(const char **)((char *)options + f->offset) = json_string_value(value);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, one) set_number(f, options, i, one);
	} else {
		set_number(f, options, 0, value);
	}
}

/* {"name": of the kind, "named": its option name, its options}; the options stay until the process ends. */
static mica_part part_of(mica_context *ctx, mica_part_type type, json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "name")), *key;
	const mica_kind *kind = mica_kind_find(type, name ? name : "");
	json_t *value;

	if (!kind && type == MICA_LAYER && name && strcmp(name, "nested") == 0)
		kind = &mica_kind_nested;
	if (!kind)
		fail(name ? name : "a part without name", "no such kind");
	void *options = kind->size ? calloc(1, kind->size) : NULL;
	json_object_foreach(o, key, value)
	{
		if (strcmp(key, "name") != 0)
			set_option(ctx, kind, options, strcmp(key, "named") == 0 ? "name" : key, value);
	}
	return (mica_part){kind, options};
}

static mica_part part(mica_part_type type, json_t *o)
{
	return part_of(NULL, type, o);
}

/* Metrics, or losses as such. */
static void set_metrics(mica_metric to[MICA_MAX_METRICS], json_t *list)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *name = json_string_value(json_object_get(one, "name"));
		to[i].part = part(mica_kind_find(MICA_METRIC, name) ? MICA_METRIC : MICA_LOSS, one);
	}
}

/* ---- the network ---- */

/* {"layers": [...]}: one after the other. */
static mica_model *chain(mica_context *ctx, json_t *net)
{
	mica_model *m = mica_sequential(ctx, .seed = 1, .name = json_string_value(json_object_get(net, "named")));
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(net, "layers"), i, one) mica_add(m, (mica_layer){part_of(ctx, MICA_LAYER, one)});
	return m;
}

/* {"inputs": [...], "calls": [{"layer": {...} or "again": number of a call, "x": symbols, "results": how many, "frozen": true}],
   "outputs": symbols}.  Symbols are numbered: inputs, then the results of calls. */
static mica_model *graph(mica_context *ctx, json_t *net)
{
	mica_model *m = mica_functional(ctx, .seed = 1, .name = json_string_value(json_object_get(net, "named")));
	mica_symbol *symbol[MOST_SYMBOLS] = {NULL};
	mica_instance *made[MOST_SYMBOLS] = {NULL};
	size_t n = 0, i, k;
	json_t *one, *x;

	json_array_foreach(json_object_get(net, "inputs"), i, one) symbol[n++] = mica_model_input(m, (mica_layer){part(MICA_LAYER, one)});
	json_array_foreach(json_object_get(net, "calls"), i, one)
	{
		mica_symbol *given[MICA_MAX_INPUTS];
		json_t *layer = json_object_get(one, "layer"), *list = json_object_get(one, "x");
		json_array_foreach(list, k, x) given[k] = symbol[json_integer_value(x)];
		made[i] = layer ? mica_make(m, (mica_layer){part_of(ctx, MICA_LAYER, layer)}) : made[whole(one, "again")];
		if (json_is_true(json_object_get(one, "frozen")))
			mica_set_trainable(made[i], false);
		mica_symbol *first = mica_call_layer(made[i], given, json_array_size(list));
		check(mica_model_status(m), "a call");
		for (long r = 0; r < whole(one, "results") && n < MOST_SYMBOLS; r++)
			symbol[n++] = r ? mica_symbol_beside(first, (size_t)r) : first;
	}
	json_array_foreach(json_object_get(net, "outputs"), i, one) mica_model_output(m, symbol[json_integer_value(one)]);
	return m;
}

static mica_model *network(mica_context *ctx, json_t *net)
{
	return json_object_get(net, "layers") ? chain(ctx, net) : graph(ctx, net);
}

static mica_model *build(mica_context *ctx, json_t *net)
{
	mica_model *m = network(ctx, net);
	mica_compile_opts o = {.size = sizeof o, .optimizer = {part(MICA_OPTIMIZER, json_object_get(net, "optimizer"))}};
	json_t *trained = json_object_get(net, "trained"), *one;
	size_t i;

	if (!trained) {
		o.loss.part = part(MICA_LOSS, json_object_get(net, "loss"));
		set_metrics(o.metrics, json_object_get(net, "metrics"));
	}
	json_array_foreach(trained, i, one)
	{
		mica_output_opts *out = &o.outputs[i];
		out->name = json_string_value(json_object_get(one, "output"));
		out->loss.part = part(MICA_LOSS, json_object_get(one, "loss"));
		out->weight = json_number_value(json_object_get(one, "weight"));
		set_metrics(out->metrics, json_object_get(one, "metrics"));
		set_metrics(out->weighted_metrics, json_object_get(one, "weighted_metrics"));
	}
	check(mica_model_compile(m, &o), "compile");
	return m;
}

/* ---- data ---- */

static mica_array inputs[MICA_MAX_INPUTS];

/* NAME0.npy, NAME1.npy, ...; those that are missing have no values. */
static void read_columns(mica_context *ctx, const char *folder, const char *name, json_t *names, mica_column to[MICA_MAX_COLUMNS])
{
	char path[4096];
	json_t *one;
	size_t i;

	json_array_foreach(names, i, one)
	{
		snprintf(path, sizeof path, "%s/%s%zu.npy", folder, name, i);
		mica_dataset *d = mica_dataset_npy(ctx, path, NULL);
		if (!d)
			fail(path, mica_error(ctx));
		to[i] = (mica_column){json_string_value(one), mica_dataset_samples(d)};
	}
}

/* x.npy and y.npy, or, with {"columns": {"x": names, "y": names, "w": names}}, x0.npy and so on. */
static mica_dataset *read_data(mica_context *ctx, const char *folder, json_t *net)
{
	json_t *columns = json_object_get(net, "columns");
	mica_columns_opts o = {.size = sizeof o};
	char x[4096], y[4096];

	if (columns) {
		read_columns(ctx, folder, "x", json_object_get(columns, "x"), o.inputs);
		read_columns(ctx, folder, "y", json_object_get(columns, "y"), o.targets);
		read_columns(ctx, folder, "w", json_object_get(columns, "w"), o.weights);
		for (size_t i = 0; i < MICA_MAX_INPUTS; i++)
			inputs[i] = o.inputs[i].array;
		return mica_dataset_of_columns(ctx, &o);
	}
	snprintf(x, sizeof x, "%s/x.npy", folder);
	snprintf(y, sizeof y, "%s/y.npy", folder);
	return mica_dataset_npy(ctx, x, y);
}

/* ---- what comes of it ---- */

/* JSON has no NaN and no infinity: they are texts. */
static void put(json_t *list, double v)
{
	json_array_append_new(list, isfinite(v) ? json_real(v) : json_string(isnan(v) ? "nan" : v > 0 ? "inf" : "-inf"));
}

/* All figures by name. */
static json_t *figures(const mica_logs *logs)
{
	json_t *all = json_object();

	for (size_t i = 0; i < logs->n; i++) {
		json_t *one = json_array();
		put(one, logs->at[i].value);
		json_object_set_new(all, logs->at[i].name, one);
	}
	return all;
}

static json_t *fit(mica_model *m, const mica_dataset *d, json_t *net)
{
	static mica_epoch history[MOST_EPOCHS];
	double of_class[MOST_CLASSES];
	json_t *class_weight = json_object_get(net, "class_weight"), *train = json_array(), *one;
	long epochs = whole(net, "epochs");
	size_t i;

	if (epochs > MOST_EPOCHS || json_array_size(class_weight) > MOST_CLASSES)
		fail("epochs or classes", "too many");
	json_array_foreach(class_weight, i, one) of_class[i] = json_number_value(one);
	check(mica_fit(m, d, .epochs = epochs, .batch_size = whole(net, "batch"), .no_shuffle = true,
	               .validation_split = json_number_value(json_object_get(net, "validation")), .history = history,
	               .class_weight = class_weight ? of_class : NULL, .classes = (long)json_array_size(class_weight)), "fit");
	for (long e = 0; e < epochs; e++)
		json_array_append_new(train, figures(&history[e].logs));
	return json_pack("{s:o}", "train", train);
}

/* Numbers of the first output. */
static json_t *predictions(mica_model *m, const mica_dataset *d, json_t *net)
{
	mica_shape s = mica_model_output_shape(m);
	size_t count = mica_dataset_count(d), n = count;
	json_t *list = json_array();

	for (size_t i = 0; i < s.rank; i++)
		n *= s.dim[i];
	float *out = malloc(n * sizeof *out + 1);
	if (!out)
		fail("predictions", "no memory");
	if (json_object_get(net, "columns")) {
		mica_predict_all_opts o = {.size = sizeof o, .outputs = {{out, n * sizeof *out}}, .batch_size = whole(net, "other_batch")};
		memcpy(o.inputs, inputs, sizeof inputs);
		check(mica_model_predict_all(m, &o), "predict");
	} else {
		check(mica_predict(m, mica_dataset_samples(d), out, n * sizeof *out, .batch_size = whole(net, "other_batch")), "predict");
	}
	for (size_t i = 0; i < n; i++)
		put(list, (double)out[i]);
	free(out);
	return list;
}

/* The model of the case, with its first weights or with those of its file. */
static mica_model *begin(mica_context *ctx, const char *folder, json_t *net)
{
	const char *file = json_string_value(json_object_get(net, "file"));
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", folder, file ? file : "start.safetensors");
	mica_model *m = file ? mica_load_model(ctx, path) : build(ctx, net);
	if (!m)
		fail(path, mica_error(ctx));
	if (!file)
		check(mica_load(m, path), "load");
	return m;
}

static void end(mica_model *m, const char *folder, const char *file)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", folder, file);
	check(mica_save(m, path), file);
}

int main(int argc, char **argv)
{
	json_error_t why;
	mica_logs scores;
	char path[4096];

	if (argc != 2)
		fail("usage", "train_network FOLDER");
	snprintf(path, sizeof path, "%s/case.json", argv[1]);
	json_t *net = json_load_file(path, 0, &why);
	if (!net)
		fail(path, why.text);
	mica_context *ctx = mica_open(NULL);
	if (!ctx)
		fail("open", mica_error(NULL));
	mica_dataset *d = read_data(ctx, argv[1], net);
	if (!d)
		fail("data", mica_error(ctx));
	mica_model *m = begin(ctx, argv[1], net);
	json_t *result = fit(m, d, net);
	check(mica_evaluate(m, d, &scores, .batch_size = whole(net, "other_batch")), "evaluate");
	json_object_set_new(result, "evaluation", figures(&scores));
	json_object_set_new(result, "predictions", predictions(m, d, net));
	json_object_set_new(result, "parameters", json_integer((json_int_t)mica_model_parameters(m)));
	end(m, argv[1], "end.safetensors");
	if (json_object_get(net, "file"))
		end(m, argv[1], "end.keras");
	snprintf(path, sizeof path, "%s/result.json", argv[1]);
	if (json_dump_file(result, path, JSON_REAL_PRECISION(17)) != 0)
		fail(path, "cannot be written");
	json_decref(result);
	json_decref(net);
	mica_close(ctx);
	return 0;
}
