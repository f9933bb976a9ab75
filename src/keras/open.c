/* SPDX-License-Identifier: MIT */
/* keras/open.c - Keras' files as what a .mica file would hold.
   config.json says which arrays there have to be; all arrays of layers that the file has must be among them, so that none is
   lost in silence.  What the optimizer keeps is taken where it is all there. */
#include "keras/read.h"

#include "base/files.h"
#include "base/types.h"
#include "data/zip.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_CONFIG = 100000000 };
#define BOMB_FROM ((uint64_t)1 << 32) /* bytes: from there on a member may be no more than 100 times what is stored of it, as in Keras */

/* Arrays by Mica's names, which others own. */
typedef struct taken {
	const char *file;
	mica__hdf5 h5;
	bool *used;           /* of the file's arrays */
	mica__stored *at;
	size_t n, capacity;
} taken;

mica__keras_form mica__keras_form_of(const char *path)
{
	static const struct { const char *end; mica__keras_form form; } ends[] = {
		{".keras", MICA__KERAS_MODEL}, {".weights.h5", MICA__KERAS_WEIGHTS}, {".h5", MICA__KERAS_OLD}, {".hdf5", MICA__KERAS_OLD},
	};

	for (size_t i = 0; i < MICA__COUNT(ends); i++)
		if (mica__ends_with(path, ends[i].end) && strcmp(path, ends[i].end) != 0)
			return ends[i].form;
	return MICA__KERAS_NONE;
}

/* ---- arrays ---- */

static mica_status take(taken *t, const char *name, const mica__stored *array)
{
	mica_status st = mica__grow(&t->at, &t->capacity, t->n + 1, sizeof *t->at);

	if (st == MICA_OK) {
		t->at[t->n] = *array;
		t->at[t->n++].name = name;
	}
	return st;
}

static mica_status take_place(taken *t, mica__keras_place *p, bool exactly)
{
	const mica__stored *array = mica__hdf5_find(&t->h5, p->path);

	if (!array && !exactly)
		return MICA_OK;
	if (!array)
		return mica__fail(MICA_EFORMAT, "%s: no array \"%s\", which is the weight \"%s\"", t->file, p->path, p->name);
	t->used[array - t->h5.arrays] = true;
	if (array->foreign)
		return mica__fail(MICA_EFORMAT, "%s: \"%s\" holds %s", t->file, p->path, array->dtype);
	p->shape = array->shape;
	return p->again || p->blank ? MICA_OK : take(t, p->name, array);
}

/* States of random numbers are other ones here. */
static bool is_stranger(const char *path)
{
	return !strncmp(path, "layers/", 7) && !strstr(path, "/seed_generator/");
}

static mica_status take_weights(taken *t, mica__keras_places *places, bool exactly)
{
	mica_status st = MICA_OK;

	if (!(t->used = mica__alloc(t->h5.n, sizeof(bool))))
		return MICA_ENOMEM;
	for (size_t i = 0; i < places->n; i++)
		MICA_TRY(take_place(t, &places->at[i], exactly));
	for (size_t i = 0; i < t->h5.n; i++)
		if (!t->used[i] && is_stranger(t->h5.arrays[i].name) && (exactly || !t->h5.arrays[i].foreign))
			MICA_TRY(!exactly ? take(t, t->h5.arrays[i].name, &t->h5.arrays[i])
			         : mica__fail(MICA_EFORMAT, "%s: the model has no weight for \"%s\", of shape %s", t->file, t->h5.arrays[i].name,
			                    mica__shape_text(&t->h5.arrays[i].shape)));
out:
	return st;
}

static void free_taken(taken *t)
{
	mica__hdf5_free(&t->h5);
	mica__free(t->used);
	mica__free(t->at);
}

/* ---- where the training stands ---- */

static const char slot_names[] = "/optimizer/";

/* {"dense/kernel": ["momentum", ...]} */
static void say_slot(json_t *slots, const char *name)
{
	const char *weight = name + sizeof slot_names - 1, *slot = strrchr(weight, '/');
	char *of = mica__strdup(weight);

	if (!of)
		return;
	of[slot - weight] = 0;
	if (!json_object_get(slots, of))
		json_object_set_new(slots, of, json_array());
	json_array_append_new(json_object_get(slots, of), json_string(slot + 1));
	mica__free(of);
}

static bool take_number(const taken *t, const char *path, double *x)
{
	const mica__stored *a = mica__hdf5_find(&t->h5, path);

	if (!a || a->foreign || mica__shape_count(&a->shape) != 1)
		return false;
	*x = mica__number_get(a->type, a->data, 0);
	return true;
}

static size_t count_arrays(const taken *t, const char *begin)
{
	size_t n = 0;

	for (size_t i = 0; i < t->h5.n; i++)
		n += !strncmp(t->h5.arrays[i].name, begin, strlen(begin));
	return n;
}

/* Steps, rate and slots, if the file has exactly those that there should be. */
static mica_status take_progress(taken *t, json_t *training, const mica__keras_places *weights, mica__keras_places *slots)
{
	const json_t *optimizer = json_object_get(training, "optimizer");
	bool scheduled = json_is_object(json_object_get(json_object_get(optimizer, "options"), "schedule")), known;
	size_t first = scheduled ? 1 : 2, there = count_arrays(t, "optimizer/vars/"), wanted = first;
	double steps, rate = 0;
	json_t *names;
	mica_status st;

	MICA_TRY(mica__keras_slots_find(slots, weights, optimizer, first, &known));
	for (size_t i = 0; i < slots->n; i++)
		wanted += !slots->at[i].shared;
	if (!known || there != wanted || !take_number(t, "optimizer/vars/0", &steps) || !(steps >= 0 && steps <= INT32_MAX) ||
	    (!scheduled && !take_number(t, "optimizer/vars/1", &rate)))
		return MICA_OK;
	names = json_object();
	for (size_t i = 0; i < slots->n && st == MICA_OK; i++) {
		if (slots->at[i].blank)
			continue;
		const mica__stored *array = mica__hdf5_find(&t->h5, slots->at[i].path);
		st = array && !array->foreign ? take(t, slots->at[i].name, array)
		     : mica__fail(MICA_EFORMAT, "%s: no numbers \"%s\", which the optimizer keeps", t->file, slots->at[i].path);
		say_slot(names, slots->at[i].name);
	}
	json_object_set_new(training, "epoch", json_integer(0));
	json_object_set_new(training, "steps", json_integer((json_int_t)steps));
	json_object_set_new(training, "learning_rate", json_real(rate));
	json_object_set_new(training, "slots", names);
out:
	return st;
}

/* ---- the file ---- */

static mica_status get_member(const mica__zip *z, const char *name, uint64_t most, const unsigned char **bytes, size_t *n,
                              unsigned char **unpacked)
{
	mica__member m;
	bool found;
	mica_status st;

	*unpacked = NULL;
	MICA_TRY(mica__zip_find(z, name, &m, &found));
	if (!found)
		return mica__fail(MICA_EFORMAT, "%s: no %s in it, as there is in each file of Keras'", z->file, name);
	if (m.size > most || (m.size > BOMB_FROM && m.size / 100 > m.packed))
		return mica__fail(MICA_EFORMAT, "%s: %s says that it has %llu bytes", z->file, name, (unsigned long long)m.size);
	st = mica__zip_get(z, &m, bytes, unpacked);
	*n = (size_t)m.size;
out:
	return st;
}

static mica_status get_json(const mica__zip *z, const char *name, json_t **out)
{
	const unsigned char *bytes = NULL;
	unsigned char *unpacked;
	json_error_t error;
	size_t n = 0;
	mica_status st;

	MICA_TRY(get_member(z, name, MOST_CONFIG, &bytes, &n, &unpacked));
	if (!(*out = json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, &error)))
		st = error.text[0] ? mica__fail(MICA_EFORMAT, "%s: %s is no JSON: %s", z->file, name, error.text)
		                   : mica__fail(MICA_ENOMEM, "%s: no memory for %s", z->file, name);
out:
	mica__free(unpacked);
	return st;
}

/* What compile_config calls the outputs: keys where the model has them as an object, else names of the layers that make them. */
static json_t *output_names(const json_t *model, const json_t *config)
{
	const json_t *ends = json_object_get(json_object_get(config, "config"), "output_layers");
	const json_t *models = json_object_get(model, "models"), *m = json_array_get(models, json_array_size(models) - 1);
	const json_t *layers = json_object_get(model, "layers"), *calls = json_object_get(m, "calls"), *outputs = json_object_get(m, "outputs");

	if (json_is_object(ends))
		return mica__keras_members(ends, true);
	json_t *names = json_array();
	for (size_t i = 0; i < json_array_size(outputs); i++) {
		json_int_t left = json_integer_value(json_array_get(outputs, i)) - (json_int_t)json_array_size(json_object_get(m, "inputs"));
		const json_t *layer = NULL;
		for (size_t k = 0; k < json_array_size(calls) && left >= 0; k++) {
			layer = json_array_get(layers, (size_t)json_integer_value(json_object_get(json_array_get(calls, k), "layer")));
			left -= (json_int_t)mica__keras_outputs(model, layer);
		}
		const char *name = json_string_value(json_object_get(layer, "name"));
		json_array_append_new(names, json_string(name ? name : ""));
	}
	if (!outputs)
		json_array_append_new(names, json_string(""));
	return names;
}

/* The description, and what the training is, unless it has no like here, which *why says then. */
static mica_status describe(const mica__zip *z, json_t **model, char why[MICA__REASON])
{
	json_t *config = NULL, *outputs, *compile, *training;
	mica__kept_reason before, reason;
	mica_status st;

	*why = 0;
	MICA_TRY(get_json(z, "config.json", &config));
	MICA_TRY(mica__keras_network_read(model, config, z->file));
	compile = json_object_get(config, "compile_config");
	if (!json_object_get(compile, "optimizer"))
		goto out;
	outputs = output_names(*model, config);
	mica__reason_keep(&before);
	if ((training = mica__keras_training_read(compile, outputs, z->file))) {
		json_object_set_new(*model, "training", training);
	} else {
		mica__reason_keep(&reason);
		memcpy(why, reason.line, MICA__REASON);
		mica__reason_restore(&before);
	}
	json_decref(outputs);
out:
	json_decref(config);
	return st;
}

/* All of it as one object. */
static mica_status make(mica__safetensors **out, const taken *t, const json_t *model, const json_t *metadata, const char *why)
{
	char *text = json_dumps(model, JSON_COMPACT | JSON_REAL_PRECISION(17));
	const char *version = json_string_value(json_object_get(metadata, "keras_version"));
	const char *date = json_string_value(json_object_get(metadata, "date_saved"));
	mica__note notes[5] = {{"format", "keras"}, {"model", text}};
	size_t n = 2;
	mica_status st;

	if (!text)
		return mica__fail(MICA_ENOMEM, "%s: no memory for the description of the model", t->file);
	if (version)
		notes[n++] = (mica__note){"keras_version", version};
	if (date)
		notes[n++] = (mica__note){"date_saved", date};
	if (*why)
		notes[n++] = (mica__note){"training", why};
	st = mica__safetensors_made(out, t->at, t->n, notes, n, t->file);
	free(text);
	return st;
}

mica_status mica__keras_parse(mica__safetensors **out, const unsigned char *bytes, size_t n, const char *file)
{
	taken t = {.file = file};
	mica__keras_places places = {0}, slots = {0};
	json_t *model = NULL, *metadata = NULL, *training;
	unsigned char *unpacked = NULL;
	const unsigned char *weights = NULL;
	char why[MICA__REASON];
	size_t size = 0;
	mica__zip z;
	mica_status st;

	*out = NULL;
	MICA_TRY(mica__zip_open(&z, bytes, n, file));
	MICA_TRY(get_json(&z, "metadata.json", &metadata));
	MICA_TRY(describe(&z, &model, why));
	MICA_TRY(get_member(&z, "model.weights.h5", SIZE_MAX / 2, &weights, &size, &unpacked));
	MICA_TRY(mica__hdf5_parse(&t.h5, weights, size, file));
	MICA_TRY(mica__keras_places_find(&places, model, true));
	MICA_TRY(take_weights(&t, &places, true));
	if ((training = json_object_get(model, "training")))
		MICA_TRY(take_progress(&t, training, &places, &slots));
	st = make(out, &t, model, metadata, why);
out:
	free_taken(&t);
	mica__keras_places_free(&places);
	mica__keras_places_free(&slots);
	mica__free(unpacked);
	json_decref(model);
	json_decref(metadata);
	return st;
}

mica_status mica__keras_weights_parse(mica__safetensors **out, const unsigned char *bytes, size_t n, const char *file, const json_t *model,
                                      bool exactly)
{
	static const mica__note note = {"format", "keras weights"};
	taken t = {.file = file};
	mica__keras_places places = {0};
	mica_status st;

	*out = NULL;
	MICA_TRY(mica__hdf5_parse(&t.h5, bytes, n, file));
	if (model) {
		MICA_TRY(mica__keras_places_find(&places, model, false));
		MICA_TRY(take_weights(&t, &places, exactly));
	}
	for (size_t i = 0; i < t.h5.n && !model; i++)
		if (!t.h5.arrays[i].foreign)
			MICA_TRY(take(&t, t.h5.arrays[i].name, &t.h5.arrays[i]));
	st = mica__safetensors_made(out, t.at, t.n, &note, 1, file);
out:
	free_taken(&t);
	mica__keras_places_free(&places);
	return st;
}

mica_status mica__keras_open(mica__safetensors **out, const char *path)
{
	unsigned char *bytes;
	size_t n;
	mica_status st = mica__file_read_if(&bytes, &n, path, mica__zip_begins);

	*out = NULL;
	if (st != MICA_OK)
		return st;
	st = mica__keras_parse(out, bytes, n, path);
	mica__free(bytes);
	return st;
}

mica_status mica__keras_weights_open(mica__safetensors **out, const char *path, const json_t *model, bool exactly)
{
	unsigned char *bytes;
	size_t n;
	mica_status st = mica__file_read_if(&bytes, &n, path, mica__hdf5_begins);

	*out = NULL;
	if (st != MICA_OK)
		return st;
	st = mica__keras_weights_parse(out, bytes, n, path, model, exactly);
	mica__free(bytes);
	return st;
}
