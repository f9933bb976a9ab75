/* SPDX-License-Identifier: MIT */
/* model/save.c - models to files: weights by name, or all of a model with its description (file.h). */
#include "base/files.h"
#include "keras/keras.h"
#include "model/file.h"

#include <stdlib.h>
#include <string.h>

/* Tensors of a file that is written; they own what they have. */
typedef struct tensors {
	mica__stored *at;
	size_t n, capacity;
} tensors;

static void free_tensors(tensors *t)
{
	for (size_t i = 0; i < t->n; i++) {
		mica__free((void *)(uintptr_t)t->at[i].name);
		mica__free((void *)(uintptr_t)t->at[i].data);
	}
	mica__free(t->at);
}

static mica_status add_value(tensors *t, const char *prefix, const char *path, mica_value *v)
{
	mica__text name = {0};
	mica_status st = mica__grow(&t->at, &t->capacity, t->n + 1, sizeof *t->at);

	if (st != MICA_OK)
		return st;
	mica__text_add(&name, "%s%s", prefix, path);
	mica__stored *s = &t->at[t->n++];
	*s = (mica__stored){.name = name.s, .type = mica_value_dtype(v), .shape = mica_value_shape(v), .bytes = mica_value_bytes(v)};
	void *values = mica__alloc(s->bytes, 1);
	s->data = values;
	return name.s && values ? mica_value_read(v, values, s->bytes) : MICA_ENOMEM;
}

/* carried: with what stateful layers hand on from batch to batch, which Keras does not keep. */
static mica_status add_weights(tensors *t, const mica_model *m, bool carried)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < m->n_variables && st == MICA_OK; i++)
		if (carried || !m->variables[i].weight->carried)
			st = add_value(t, "", m->variables[i].name, m->variables[i].weight->value);
	return st;
}

static mica_status add_slots(tensors *t, const mica_model *m)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < m->n_variables; i++)
		for (size_t k = 0; k < m->variables[i].slots.n; k++) {
			mica_value *v = m->variables[i].slots.at[k].value;
			MICA_TRY(add_value(t, MICA__FILE_SLOTS, mica_value_path(v), v));
		}
out:
	return st;
}

static bool is_whole(const char *file, const mica_save_opts *o)
{
	return mica__ends_with(file, ".mica") && !o->weights_only;
}

static mica_status add_tensors(tensors *t, const mica_model *m, bool carried, bool slots)
{
	mica_status st = add_weights(t, m, carried);

	return st == MICA_OK && slots ? add_slots(t, m) : st;
}

static mica_status save_ours(mica_model *m, const char *file, const mica_save_opts *o)
{
	mica__note notes[] = {{"format", MICA__FORMAT}, {"version", MICA__FORMAT_VERSION}, {"written_by", "mica " MICA_VERSION},
	                      {MICA__FORMAT_MODEL, NULL}};
	tensors t = {0};
	char *text = NULL;
	bool whole = is_whole(file, o);
	mica_status st;

	if (whole)
		MICA_TRY(mica__model_describe_text(m, !o->no_optimizer, &text));
	MICA_TRY(add_tensors(&t, m, true, whole && m->compiled && !o->no_optimizer));
	notes[3].value = text;
	st = mica__safetensors_write(file, t.at, t.n, notes, MICA__COUNT(notes) - !whole);
out:
	free_tensors(&t);
	free(text);
	return st;
}

static mica_status save_keras(mica_model *m, const char *file, const mica_save_opts *o)
{
	tensors t = {0};
	json_t *description = NULL;
	mica_status st;

	MICA_TRY(mica__model_describe(m, !o->no_optimizer, true, &description));
	MICA_TRY(add_tensors(&t, m, false, m->compiled && !o->no_optimizer));
	st = mica__keras_write(file, description, t.at, t.n);
out:
	free_tensors(&t);
	json_decref(description);
	return st;
}

/* Whether a file of that name can hold what is asked for. */
static mica_status check_file(const char *file, const mica_save_opts *o)
{
	mica__keras_form form = file ? mica__keras_form_of(file) : MICA__KERAS_NONE;

	if (!file)
		return mica__fail(MICA_EINVAL, "save: no file name");
	if (form == MICA__KERAS_MODEL && o->weights_only)
		return mica__fail(MICA_EINVAL, "save: a .keras file holds a whole model; for the weights alone name it .weights.h5");
	if (form == MICA__KERAS_OLD)
		return mica__fail(MICA_EINVAL, "save: \"%s\" would be a file of Keras 2; name it .keras or, for the weights alone, .weights.h5", file);
	return MICA_OK;
}

static mica_status save(mica_model *m, const char *file, const mica_save_opts *o)
{
	mica_status st;

	MICA_TRY(mica__model_check(m, "save", false));
	MICA_TRY(check_file(file, o));
	MICA_TRY(mica__model_initialize(m));
	st = mica__keras_form_of(file) == MICA__KERAS_NONE ? save_ours(m, file, o) : save_keras(m, file, o);
out:
	return st;
}

mica_status mica_model_save(mica_model *m, const char *file, const mica_save_opts *o)
{
	mica_save_opts opts;
	mica_status st = mica__options(&opts, o, sizeof opts, "save");

	return mica__model_done(m, st == MICA_OK ? save(m, file, &opts) : st);
}

mica_status mica__save_check(mica_model *m, const char *file, const mica_save_opts *o)
{
	json_t *description = NULL;
	char *text = NULL;
	mica_status st;

	MICA_TRY(mica__model_check(m, "save", false));
	MICA_TRY(check_file(file, o));
	if (is_whole(file, o))
		MICA_TRY(mica__model_describe_text(m, !o->no_optimizer, &text));
	if (mica__keras_form_of(file) != MICA__KERAS_NONE) {
		MICA_TRY(mica__model_describe(m, !o->no_optimizer, true, &description));
		MICA_TRY(mica__keras_check(file, description));
	}
	st = mica__file_check(file);
out:
	json_decref(description);
	free(text);
	return st;
}

mica_status mica_save_check(mica_model *m, const char *file)
{
	return mica__save_check(m, file, &(mica_save_opts){MICA_OPTS(mica_save_opts)});
}
