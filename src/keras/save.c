/* SPDX-License-Identifier: MIT */
/* keras/save.c - Keras' files, written: the arrays are in the file as they lie in memory, behind what says where they are. */
#include "keras/translate.h"

#include "base/files.h"
#include "base/types.h"
#include "data/zip.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KERAS_VERSION "3.15.1" /* whose files these are like */

/* Arrays of the file, and the numbers among them that are no tensors. */
typedef struct arrays {
	mica__stored *at;
	size_t n, capacity;
	int64_t steps;
	float rate;
	float *zeros;         /* as many as the largest slot that is blank has */
} arrays;

static const mica__stored *find(const mica__stored *tensors, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(tensors[i].name, name))
			return &tensors[i];
	return NULL;
}

static mica_status add(arrays *a, const char *path, const mica__stored *tensor)
{
	mica_status st = mica__grow(&a->at, &a->capacity, a->n + 1, sizeof *a->at);

	if (st == MICA_OK) {
		a->at[a->n] = *tensor;
		a->at[a->n++].name = path;
	}
	return st;
}

/* Every weight must have its place. */
static mica_status add_weights(arrays *a, mica__keras_places *places, const mica__stored *tensors, size_t n)
{
	size_t placed = 0, weights = 0;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < places->n; i++) {
		static const int64_t none = 0;
		static const mica__stored number = {.type = MICA_I64, .data = &none};
		const mica__stored *t = places->at[i].blank ? &number : find(tensors, n, places->at[i].name);
		if (!t)
			return mica__fail(MICA_EUNSUPPORTED, "save: the model has no weight \"%s\", as Keras' would", places->at[i].name);
		places->at[i].shape = t->shape;
		MICA_TRY(add(a, places->at[i].path, t));
		placed += !places->at[i].again && !places->at[i].blank;
	}
	for (size_t i = 0; i < n; i++)
		weights += tensors[i].name[0] != '/';
	for (size_t i = 0; i < n && placed != weights; i++) {
		bool there = tensors[i].name[0] == '/';
		for (size_t k = 0; k < places->n && !there; k++)
			there = !strcmp(places->at[k].name, tensors[i].name);
		if (!there)
			return mica__fail(MICA_EUNSUPPORTED, "save: Keras has no place for the weight \"%s\": no output depends on its layer", tensors[i].name);
	}
out:
	return st;
}

static mica_status make_zeros(arrays *a, const mica__keras_places *slots)
{
	size_t most = 0;

	for (size_t i = 0; i < slots->n; i++) {
		size_t n = slots->at[i].blank ? mica__shape_count(&slots->at[i].shape) : 0;
		most = n > most ? n : most;
	}
	return !most || (a->zeros = mica__alloc(most, sizeof(float))) ? MICA_OK : MICA_ENOMEM;
}

/* Nothing, if a slot is not there. */
static mica_status add_progress(arrays *a, const json_t *training, const mica__keras_places *weights, mica__keras_places *slots,
                                const mica__stored *tensors, size_t n)
{
	const json_t *optimizer = json_object_get(training, "optimizer");
	bool scheduled = json_is_object(json_object_get(json_object_get(optimizer, "options"), "schedule")), known;
	size_t before = a->n;
	mica_status st;

	MICA_TRY(mica__keras_slots_find(slots, weights, optimizer, scheduled ? 1 : 2, &known));
	if (!known || !json_object_get(training, "slots"))
		return MICA_OK;
	a->steps = json_integer_value(json_object_get(training, "steps"));
	a->rate = (float)json_number_value(json_object_get(training, "learning_rate"));
	MICA_TRY(add(a, "optimizer/vars/0", &(mica__stored){.type = MICA_I64, .data = &a->steps}));
	if (!scheduled)
		MICA_TRY(add(a, "optimizer/vars/1", &(mica__stored){.type = MICA_F32, .data = &a->rate}));
	MICA_TRY(make_zeros(a, slots));
	for (size_t i = 0; i < slots->n; i++) {
		const mica__keras_place *p = &slots->at[i];
		const mica__stored zeros = {.type = MICA_F32, .shape = p->shape, .data = a->zeros}, *t = p->blank ? &zeros : find(tensors, n, p->name);
		if (!t) {
			a->n = before;
			return MICA_OK;
		}
		if (!p->shared)
			MICA_TRY(add(a, p->path, t));
	}
out:
	return st;
}

/* ---- texts ---- */

/* Names of the outputs, by which Keras compiles: those of the layers that make them. */
static json_t *output_names(const json_t *config)
{
	const json_t *ends = json_object_get(json_object_get(config, "config"), "output_layers");
	json_t *names = json_array();

	if (!json_is_array(json_array_get(ends, 0))) /* the only one */
		json_array_append_new(names, json_string(""));
	else
		for (size_t i = 0; i < json_array_size(ends); i++)
			json_array_append(names, json_array_get(json_array_get(ends, i), 0));
	return names;
}

static mica_status make_config(const json_t *model, char **out)
{
	const json_t *training = json_object_get(model, "training");
	json_t *config = mica__keras_network_made(model), *outputs = NULL, *compile = NULL;
	mica__kept_reason why;

	if (!config)
		return mica__unmade("save");
	mica__reason_keep(&why);
	outputs = output_names(config);
	if (training && !(compile = mica__keras_training_made(training, outputs)))
		mica__log("%s; the file has the model without its training", mica__reason());
	json_object_set_new(config, "compile_config", compile ? compile : json_object());
	mica__reason_restore(&why);
	*out = json_dumps(config, JSON_COMPACT | JSON_REAL_PRECISION(17));
	json_decref(outputs);
	json_decref(config);
	return *out ? MICA_OK : mica__fail(MICA_ENOMEM, "save: no memory for config.json");
}

static char *make_metadata(void)
{
	char date[40] = "";
	time_t now = time(NULL);
	struct tm parts;
	json_t *metadata;

	if (gmtime_r(&now, &parts))
		strftime(date, sizeof date, "%Y-%m-%d@%H:%M:%S", &parts);
	metadata = json_pack("{s:s, s:s}", "keras_version", KERAS_VERSION, "date_saved", date);
	char *text = json_dumps(metadata, 0);
	json_decref(metadata);
	return text;
}

/* ---- files ---- */

/* The arrays' head and values as pieces. */
static mica_status make_pieces(mica__piece **pieces, mica__text *head, const arrays *a, const mica__keras_places *places)
{
	mica_status st;

	MICA_TRY(mica__hdf5_head(head, a->at, a->n, places->groups, places->n_groups));
	if (!(*pieces = mica__alloc(a->n + 1, sizeof **pieces)))
		return MICA_ENOMEM;
	(*pieces)[0] = (mica__piece){head->s, head->n};
	for (size_t i = 0; i < a->n; i++)
		(*pieces)[1 + i] = (mica__piece){a->at[i].data, mica__shape_count(&a->at[i].shape) * mica__dtype_bytes(a->at[i].type)};
out:
	return st;
}

/* metadata.json, config.json and the arrays, stored. */
static mica_status write_zip(const char *path, const char *config, const mica__piece *h5, size_t n)
{
	char *metadata = make_metadata();
	mica__packing packed[3] = {{.name = "metadata.json"}, {.name = "config.json"}, {.name = "model.weights.h5"}};
	mica__piece texts[2] = {{metadata, metadata ? strlen(metadata) : 0}, {config, strlen(config)}};
	mica__piece *pieces = mica__alloc(n + 6, sizeof *pieces);
	mica__text heads[3] = {0}, directory = {0};
	uint64_t at = 0;
	size_t k = 0;
	mica_status st = metadata && pieces ? MICA_OK : MICA_ENOMEM;

	MICA_TRY(st);
	for (size_t i = 0; i < 3; i++) {
		const mica__piece *body = i < 2 ? &texts[i] : h5;
		packed[i].at = at;
		mica__zip_begin(&heads[i], &packed[i], body, i < 2 ? 1 : n);
		pieces[k++] = (mica__piece){heads[i].s, heads[i].n};
		memcpy(&pieces[k], body, (i < 2 ? 1 : n) * sizeof *pieces);
		k += i < 2 ? 1 : n;
		at += heads[i].n + packed[i].size;
	}
	mica__zip_end(&directory, packed, 3, at);
	pieces[k++] = (mica__piece){directory.s, directory.n};
	st = heads[0].failed || heads[1].failed || heads[2].failed || directory.failed ? MICA_ENOMEM : mica__file_replace(path, pieces, k);
out:
	free(metadata);
	mica__free(pieces);
	mica__text_free(&directory);
	for (size_t i = 0; i < 3; i++)
		mica__text_free(&heads[i]);
	return st;
}

mica_status mica__keras_check(const char *path, const json_t *model)
{
	mica__keras_places places = {0};
	char *config = NULL;
	mica_status st;

	if (mica__keras_form_of(path) == MICA__KERAS_MODEL)
		MICA_TRY(make_config(model, &config));
	st = mica__keras_places_find(&places, model, false);
out:
	free(config);
	mica__keras_places_free(&places);
	return st;
}

mica_status mica__keras_write(const char *path, const json_t *model, const mica__stored *tensors, size_t n)
{
	bool whole = mica__keras_form_of(path) == MICA__KERAS_MODEL;
	const json_t *training = json_object_get(model, "training");
	mica__keras_places places = {0}, slots = {0};
	mica__piece *pieces = NULL;
	mica__text head = {0};
	arrays a = {0};
	char *config = NULL;
	mica_status st;

	if (whole)
		MICA_TRY(make_config(model, &config));
	MICA_TRY(mica__keras_places_find(&places, model, false));
	MICA_TRY(add_weights(&a, &places, tensors, n));
	if (whole && training)
		MICA_TRY(add_progress(&a, training, &places, &slots, tensors, n));
	MICA_TRY(make_pieces(&pieces, &head, &a, &places));
	st = whole ? write_zip(path, config, pieces, a.n + 1) : mica__file_replace(path, pieces, a.n + 1);
out:
	free(config);
	mica__free(pieces);
	mica__free(a.at);
	mica__free(a.zeros);
	mica__text_free(&head);
	mica__keras_places_free(&places);
	mica__keras_places_free(&slots);
	return st;
}
