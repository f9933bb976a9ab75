/* SPDX-License-Identifier: MIT */
/* fuzz/train_network.c - trains one network that a JSON text describes and says what came of it: the side of tools/fuzz-keras
   that is Mica.
   usage: train_network FOLDER
   Reads from FOLDER case.json, x.npy, y.npy and start.safetensors; writes end.safetensors and result.json with the figures
   of every epoch, of an evaluation and the predictions.  A part is an object with the name of its kind and its options. */
#include "mica/mica.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_EPOCHS = 1000 };

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

/* The sizes of an input or a reshape: members d0, d1, ..., one after the other. */
static void set_dimensions(const mica_kind *kind, void *options, json_t *list)
{
	size_t dim[MICA_MAX_RANK] = {0}, n = json_array_size(list);
	for (size_t i = 0; i < n && i < MICA_MAX_RANK; i++)
		dim[i] = (size_t)json_integer_value(json_array_get(list, i));
	memcpy((char *)options + (kind == &mica_kind_input ? offsetof(mica_input_opts, d0) : offsetof(mica_reshape_opts, d0)), dim, sizeof dim);
}

static mica_part part(mica_part_type type, json_t *o);

/* The option of that name: a part, or a number, of which 0 is said as such. */
static void set_option(const mica_kind *kind, void *options, const char *name, json_t *value)
{
	const mica_field *f = kind->fields;
	double number = json_is_true(value) ? 1 : json_number_value(value);

	if (json_is_object(value)) {
		while (f < kind->fields + kind->n_fields && strcmp(f->name, name) != 0)
			f++;
		if (f == kind->fields + kind->n_fields)
			fail(name, "no such part");
		mica_part p = part(f->part_type, value);
		memcpy((char *)options + f->offset, &p, sizeof p);
	} else {
		check(mica_option_set(kind, options, name, number == 0 && json_is_real(value) ? MICA_ZERO : number), kind->name);
	}
}

/* {"name": of the kind, its options}; the options stay until the process ends. */
static mica_part part(mica_part_type type, json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "name")), *key;
	const mica_kind *kind = mica_kind_find(type, name ? name : "");
	json_t *value;

	if (!kind)
		fail(name ? name : "a part without name", "no such kind");
	void *options = kind->size ? calloc(1, kind->size) : NULL;
	json_object_foreach(o, key, value)
	{
		if (json_is_array(value))
			set_dimensions(kind, options, value);
		else if (strcmp(key, "name") != 0)
			set_option(kind, options, key, value);
	}
	return (mica_part){kind, options};
}

/* ---- the network ---- */

static mica_model *build(mica_context *ctx, json_t *net)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_compile_opts o = {.size = sizeof o, .optimizer = {part(MICA_OPTIMIZER, json_object_get(net, "optimizer"))},
	                       .loss = {part(MICA_LOSS, json_object_get(net, "loss"))}};
	json_t *layers = json_object_get(net, "layers"), *metrics = json_object_get(net, "metrics"), *one;
	size_t i;

	json_array_foreach(layers, i, one) mica_add(m, (mica_layer){part(MICA_LAYER, one)});
	json_array_foreach(metrics, i, one)
	{
		const char *name = json_string_value(json_object_get(one, "name"));
		o.metrics[i].part = part(mica_kind_find(MICA_METRIC, name) ? MICA_METRIC : MICA_LOSS, one);
	}
	check(mica_model_compile(m, &o), "compile");
	return m;
}

/* ---- what comes of it ---- */

/* JSON has no NaN and no infinity: they are texts. */
static void put(json_t *list, double v)
{
	json_array_append_new(list, isfinite(v) ? json_real(v) : json_string(isnan(v) ? "nan" : v > 0 ? "inf" : "-inf"));
}

/* A metric's figure stands under its own name, which may have been given in short. */
static const char *full_name(const char *name)
{
	const mica_kind *kind = mica_kind_find(MICA_METRIC, name);

	if (!kind)
		kind = mica_kind_find(MICA_LOSS, name);
	return kind ? kind->name : name;
}

/* The loss, then the metrics in their order. */
static json_t *figures(const mica_logs *logs, const char *prefix, json_t *net)
{
	json_t *list = json_array(), *one;
	char name[96];
	size_t i;

	snprintf(name, sizeof name, "%sloss", prefix);
	put(list, mica_log(logs, name));
	json_array_foreach(json_object_get(net, "metrics"), i, one)
	{
		snprintf(name, sizeof name, "%s%s", prefix, full_name(json_string_value(json_object_get(one, "name"))));
		put(list, mica_log(logs, name));
	}
	return list;
}

static json_t *fit(mica_model *m, const mica_dataset *d, json_t *net)
{
	static mica_epoch history[MOST_EPOCHS];
	long epochs = whole(net, "epochs");
	double split = json_number_value(json_object_get(net, "validation"));
	json_t *train = json_array(), *validation = json_array();

	if (epochs > MOST_EPOCHS)
		fail("epochs", "too many");
	check(mica_fit(m, d, .epochs = epochs, .batch_size = whole(net, "batch"), .no_shuffle = true, .validation_split = split,
	               .history = history), "fit");
	for (long i = 0; i < epochs; i++) {
		json_array_append_new(train, figures(&history[i].logs, "", net));
		if (split > 0)
			json_array_append_new(validation, figures(&history[i].logs, "val_", net));
	}
	return json_pack("{s:o, s:o}", "train", train, "validation", validation);
}

static json_t *predictions(mica_model *m, const mica_dataset *d, long batch)
{
	mica_shape s = mica_model_output_shape(m);
	size_t n = mica_dataset_count(d);
	json_t *list = json_array();

	for (size_t i = 0; i < s.rank; i++)
		n *= s.dim[i];
	float *out = malloc(n * sizeof *out + 1);
	check(out ? mica_predict(m, mica_dataset_samples(d), out, n * sizeof *out, .batch_size = batch) : MICA_ENOMEM, "predict");
	for (size_t i = 0; i < n; i++)
		put(list, (double)out[i]);
	free(out);
	return list;
}

int main(int argc, char **argv)
{
	json_error_t why;
	mica_logs scores;

	if (argc != 2)
		fail("usage", "train_network FOLDER");
	char path[6][4096];
	static const char *const name[] = {"case.json", "x.npy", "y.npy", "start.safetensors", "end.safetensors", "result.json"};
	for (size_t i = 0; i < 6; i++)
		snprintf(path[i], sizeof path[i], "%s/%s", argv[1], name[i]);
	json_t *net = json_load_file(path[0], 0, &why);
	if (!net)
		fail(path[0], why.text);
	mica_context *ctx = mica_open(NULL);
	if (!ctx)
		fail("open", mica_error(NULL));
	mica_dataset *d = mica_dataset_npy(ctx, path[1], path[2]);
	if (!d)
		fail("data", mica_error(ctx));
	mica_model *m = build(ctx, net);
	check(mica_load(m, path[3]), "load");
	json_t *result = fit(m, d, net);
	check(mica_evaluate(m, d, &scores, .batch_size = whole(net, "other_batch")), "evaluate");
	json_object_set_new(result, "evaluation", figures(&scores, "", net));
	json_object_set_new(result, "predictions", predictions(m, d, whole(net, "other_batch")));
	check(mica_save(m, path[4]), "save");
	if (json_dump_file(result, path[5], JSON_REAL_PRECISION(17)) != 0)
		fail(path[5], "cannot be written");
	json_decref(result);
	json_decref(net);
	mica_close(ctx);
	return 0;
}
