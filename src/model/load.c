/* SPDX-License-Identifier: MIT */
/* model/load.c - files into models: weights by name, where a training stands, and models as they were described (file.h).
   All of a file is checked before a value of the model changes. */
#include "keras/keras.h"
#include "model/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file while it is read. */
typedef struct reading {
	mica_model *m;
	const char *file;
	mica__safetensors *f;
	json_t *model;         /* the description; NULL: there is none, or nobody asked */
	const mica_load_opts *o;
} reading;

/* ---- the file ---- */

/* Files of other programs have another format or name none; "0.1.0" is the same as "1". */
static mica_status check_version(const reading *r)
{
	const char *format = mica__safetensors_note(r->f, "format"), *version = mica__safetensors_note(r->f, "version");

	if (!format || strcmp(format, MICA__FORMAT) != 0 || !version || !strcmp(version, MICA__FORMAT_VERSION) || !strcmp(version, "0.1.0"))
		return MICA_OK;
	return mica__fail(MICA_EUNSUPPORTED, "%s: version %.40s of the format, and mica %s reads version " MICA__FORMAT_VERSION
	                  "; use a later Mica", r->file, mica__name_fault(version) ? "(not printable)" : version, mica_version());
}

static mica_status parse_model(reading *r)
{
	const char *text = mica__safetensors_note(r->f, MICA__FORMAT_MODEL);
	json_error_t error;

	if (!text)
		return mica__fail(MICA_EFORMAT, "%s: it holds weights only; build the model, then mica_load them", r->file);
	r->model = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!r->model && !error.text[0]) /* what a parser says nothing of */
		return mica__fail(MICA_ENOMEM, "%s: no memory for the description of the model", r->file);
	return r->model ? MICA_OK : mica__fail(MICA_EFORMAT, "%s: the description of the model is no JSON: %s", r->file, error.text);
}

static mica_status open_file(reading *r, bool model)
{
	mica_status st;

	if (!r->file)
		return mica__fail(MICA_EINVAL, "load: no file name");
	MICA_TRY(mica__file_open(&r->f, r->file, r->m, !(r->o && r->o->by_name)));
	MICA_TRY(check_version(r));
	if (model)
		st = parse_model(r);
out:
	return st;
}

static void close_file(reading *r)
{
	mica__safetensors_destroy(r->f);
	json_decref(r->model);
}

/* ---- weights ---- */

static bool is_weight(const mica__stored *s)
{
	return s->name[0] != '/';
}

static const mica__variable *variable_of(const mica_model *m, const char *name)
{
	for (size_t i = 0; i < m->n_variables; i++)
		if (strcmp(m->variables[i].name, name) == 0)
			return &m->variables[i];
	return NULL;
}

/* The file's tensor for a value: there, of the same shape, of reals. */
static mica_status check_stored(const reading *r, const char *name, const mica_value *v, const mica__stored **out)
{
	mica_shape shape = mica_value_shape(v);
	const mica__stored *s = *out = mica__safetensors_find(r->f, name);

	if (!s)
		return mica__fail(MICA_EFORMAT, "%s: no tensor \"%s\", which the model has with shape %s", r->file, name, mica__shape_text(&shape));
	if (!mica__shape_equal(&s->shape, &shape))
		return mica__fail(MICA_EFORMAT, "%s: \"%s\" has shape %s, the model's is %s", r->file, s->name, mica__shape_text(&s->shape),
		                  mica__shape_text(&shape));
	if (!mica__stored_converts(s))
		return mica__fail(MICA_EFORMAT, "%s: \"%s\" holds %s; weights are F32, F64, F16 or BF16: convert it", r->file, s->name, s->dtype);
	return MICA_OK;
}

/* Whether the file has no place for it: what stateful layers hand on stays as it is, where Keras wrote the file. */
static bool is_left_out(const reading *r, const mica__variable *v)
{
	const char *format = mica__safetensors_note(r->f, "format");

	return v->weight->carried && format && !strncmp(format, "keras", 5);
}

/* Names and shapes are exactly the model's. */
static mica_status check_exactly(const reading *r)
{
	const mica__stored *s;
	mica_status st = MICA_OK;

	for (size_t i = 0; st == MICA_OK && i < r->m->n_variables; i++)
		st = is_left_out(r, &r->m->variables[i]) ? MICA_OK : check_stored(r, r->m->variables[i].name, r->m->variables[i].weight->value, &s);
	for (size_t i = 0; st == MICA_OK && (s = mica__safetensors_at(r->f, i)); i++)
		if (is_weight(s) && !variable_of(r->m, s->name))
			st = mica__fail(MICA_EFORMAT, "%s: the model has no weight \"%s\"", r->file, s->name);
	return st;
}

static void tell(const reading *r, const char *text)
{
	mica__text line = {0};

	mica__text_add(&line, "%s\n", text);
	if (r->o->print && line.s)
		r->o->print(line.s, r->o->payload);
	mica__text_free(&line);
}

/* Tells what does not fit; at least one weight must. */
static mica_status check_by_name(const reading *r)
{
	const mica__stored *s;
	size_t fit = 0;

	for (size_t i = 0; i < r->m->n_variables; i++) {
		mica__kept_reason why;
		if (is_left_out(r, &r->m->variables[i]))
			continue;
		mica__reason_keep(&why);
		bool fits = check_stored(r, r->m->variables[i].name, r->m->variables[i].weight->value, &s) == MICA_OK;
		if (!fits)
			tell(r, mica__reason());
		mica__reason_restore(&why);
		fit += fits;
	}
	for (size_t i = 0; (s = mica__safetensors_at(r->f, i)); i++)
		if (is_weight(s) && !variable_of(r->m, s->name)) {
			mica__text line = {0};
			mica__text_add(&line, "%s: the model has no weight \"%s\"", r->file, s->name);
			tell(r, mica__text_string(&line));
			mica__text_free(&line);
		}
	return fit ? MICA_OK : mica__fail(MICA_EFORMAT, "%s: no weight of the model is there by name and shape", r->file);
}

static bool fits(const reading *r, const mica__variable *v, const mica__stored **s)
{
	mica_shape shape = mica_value_shape(v->weight->value);

	*s = mica__safetensors_find(r->f, v->name);
	return *s && mica__shape_equal(&(*s)->shape, &shape) && mica__stored_converts(*s);
}

/* So that either all weights are the file's, or none. */
static mica_status reserve_weights(const reading *r)
{
	const mica__stored *s;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < r->m->n_variables && st == MICA_OK; i++)
		if (fits(r, &r->m->variables[i], &s))
			st = mica__value_reserve(r->m->variables[i].weight->value);
	return st;
}

static mica_status write_weights(const reading *r)
{
	const mica__stored *s;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < r->m->n_variables && st == MICA_OK; i++) {
		mica__weight *w = r->m->variables[i].weight;
		if (!fits(r, &r->m->variables[i], &s))
			continue;
		st = mica_value_write(w->value, s->data, s->bytes);
		w->started = true;
	}
	return st;
}

/* ---- where a training stands ---- */

/* The tensor of a slot, whose path stands behind the prefix; NULL in *out: there is none. */
static mica_status find_slot(const reading *r, const char *path, const char *name, const mica__stored **out)
{
	mica__text full = {0};

	mica__text_add(&full, MICA__FILE_SLOTS "%s%s%s", path, name ? "/" : "", name ? name : "");
	mica_status st = full.failed ? MICA_ENOMEM : MICA_OK;
	*out = mica__safetensors_find(r->f, mica__text_string(&full));
	mica__text_free(&full);
	return st;
}

/* Makes the slot if the optimizer did not ask for it, as those of frozen layers. */
static mica_status make_slot(const reading *r, mica__variable *v, const char *name)
{
	const mica__stored *s = NULL;
	size_t before = v ? v->slots.n : 0;
	mica__slot *made;
	mica_status st = MICA_OK;

	if (v && name && !mica__name_fault(name))
		MICA_TRY(find_slot(r, v->name, name, &s));
	if (!s)
		return mica__fail(MICA_EFORMAT, "%s: a slot of \"%s\" is named that is not there", r->file, v ? v->name : "(no weight)");
	MICA_TRY(mica__variable_slot(v, r->m->ctx, name, s->shape, &made));
	if (v->slots.n > before && mica__variable_trained(v))
		return mica__fail(MICA_EFORMAT, "%s: the optimizer has no slot \"%s\" for \"%s\"", r->file, name, v->name);
out:
	return st;
}

static mica_status make_slots(const reading *r, const json_t *slots)
{
	const char *weight;
	json_t *names;
	mica_status st = MICA_OK;

	json_object_foreach ((json_t *)(uintptr_t)slots, weight, names) {
		mica__variable *v = (mica__variable *)(uintptr_t)variable_of(r->m, weight);
		for (size_t i = 0; i < json_array_size(names); i++)
			MICA_TRY(make_slot(r, v, json_string_value(json_array_get(names, i))));
	}
out:
	return st;
}

static mica_status check_slot(const reading *r, const mica__slot *slot)
{
	const mica__stored *s;
	mica_status st = find_slot(r, mica_value_path(slot->value), NULL, &s);

	if (st == MICA_OK && !s)
		return mica__fail(MICA_EFORMAT, "%s: no slot \"%s\", which the optimizer keeps", r->file, mica_value_path(slot->value));
	return st != MICA_OK ? st : check_stored(r, s->name, slot->value, &s);
}

/* The numbers of a description's training. */
typedef struct standing {
	uint64_t epoch, steps, samples;
	double rate;
	bool averages_in;
} standing;

static mica_status check_training(const reading *r, const json_t *training, standing *to)
{
	mica_status st;

	if (!mica__whole_read(json_object_get(training, "epoch"), &to->epoch) || !mica__whole_read(json_object_get(training, "steps"), &to->steps) ||
	    to->steps > INT32_MAX || !mica__real_read(json_object_get(training, "learning_rate"), &to->rate))
		return mica__fail(MICA_EFORMAT, "%s: epoch, steps and learning_rate of the training are not the numbers they should be", r->file);
	to->samples = 0;
	mica__whole_read(json_object_get(training, "samples_done"), &to->samples);
	to->averages_in = json_is_true(json_object_get(training, "averages_in_place"));
	MICA_TRY(make_slots(r, json_object_get(training, "slots")));
	for (size_t i = 0; i < r->m->n_variables; i++)
		for (size_t k = 0; k < r->m->variables[i].slots.n; k++)
			MICA_TRY(check_slot(r, &r->m->variables[i].slots.at[k]));
out:
	return st;
}

static mica_status write_training(const reading *r, const standing *at)
{
	const mica__stored *s;
	mica_status st;

	MICA_TRY(mica_value_write(r->m->step, &(int32_t){(int32_t)at->steps}, sizeof(int32_t)));
	MICA_TRY(mica_value_write(r->m->rate, &(float){(float)at->rate}, sizeof(float)));
	for (size_t i = 0; i < r->m->n_variables; i++)
		for (size_t k = 0; k < r->m->variables[i].slots.n; k++) {
			mica__slot *slot = &r->m->variables[i].slots.at[k];
			MICA_TRY(find_slot(r, mica_value_path(slot->value), NULL, &s));
			MICA_TRY(mica_value_write(slot->value, s->data, s->bytes));
			slot->started = true;
		}
	r->m->epoch = at->epoch;
	r->m->averages_in = at->averages_in;
	r->m->behind = at->samples < SIZE_MAX ? (size_t)at->samples : 0;
out:
	return st;
}

/* ---- into a model that is there ---- */

/* The description's training, if it says how far it is; NULL: it does not. */
static const json_t *training_in(const reading *r)
{
	const json_t *training = json_object_get(r->model, "training");

	return json_object_get(training, "slots") ? training : NULL;
}

static mica_status check_weights(const reading *r)
{
	mica_status st = mica__model_variables(r->m);

	return st != MICA_OK ? st : r->o->by_name ? check_by_name(r) : check_exactly(r);
}

/* Of what was checked. */
static mica_status read_weights(const reading *r)
{
	mica_status st;

	MICA_TRY(mica__safetensors_values(r->f, r->m->real, r->file));
	MICA_TRY(reserve_weights(r));
	st = write_weights(r);
out:
	return st;
}

static mica_status load(reading *r)
{
	standing at;
	mica_status st;

	if (r->o->resume && r->o->by_name)
		return mica__fail(MICA_EINVAL, "load: give one of .by_name and .resume");
	MICA_TRY(mica__model_check(r->m, "load", r->o->resume));
	MICA_TRY(open_file(r, r->o->resume));
	if (r->o->resume && !training_in(r))
		return mica__fail(MICA_EFORMAT, "%s: it does not say where a training stands", r->file);
	MICA_TRY(check_weights(r));
	if (r->o->resume) {
		MICA_TRY(mica__model_ready(r->m));
		MICA_TRY(check_training(r, training_in(r), &at));
	}
	MICA_TRY(read_weights(r));
	if (r->o->resume)
		st = write_training(r, &at);
out:
	return st;
}

mica_status mica_model_load(mica_model *m, const char *file, const mica_load_opts *o)
{
	mica_load_opts opts;
	reading r = {.m = m, .file = file, .o = &opts};
	mica_status st = mica__options(&opts, o, sizeof opts, "load");

	if (st == MICA_OK)
		st = load(&r);
	close_file(&r);
	return mica__model_done(m, st);
}

/* ---- a model of its own ---- */

/* What builders refuse is the file's fault here. */
static mica_status blame_file(const reading *r, mica_status st)
{
	mica__kept_reason why;

	mica__reason_keep(&why);
	if (st != MICA_EINVAL && st != MICA_ESHAPE && (st != MICA_EOVERFLOW))
		return st;
	return strstr(why.line, r->file) ? mica__fail(MICA_EFORMAT, "%s", why.line) : mica__fail(MICA_EFORMAT, "%.300s: %s", r->file, why.line);
}

/* So that who trains the model hears why it is not compiled. */
static void note_untranslated(reading *r)
{
	const char *why = mica__keras_form_of(r->file) == MICA__KERAS_MODEL ? mica__safetensors_note(r->f, "training") : NULL;

	if (why)
		snprintf(r->m->untranslated, sizeof r->m->untranslated, "%s", why);
}

/* Weights come first, as their shapes are the file's to prove before anything is made of them. */
static mica_status load_model(reading *r, mica_context *ctx, const mica_load_model_opts *o)
{
	const json_t *training;
	standing at;
	mica_status st;

	MICA_TRY(open_file(r, true));
	if ((st = mica__model_restored(&r->m, ctx, r->model, r->file)) != MICA_OK)
		return blame_file(r, st);
	if (o->no_weights)
		return st;
	MICA_TRY(check_weights(r));
	MICA_TRY(read_weights(r));
	training = json_object_get(r->model, "training");
	if (!training && !o->no_training)
		note_untranslated(r);
	if (!training || o->no_training)
		return st;
	if ((st = mica__training_restored(r->m, training, r->file)) != MICA_OK)
		return blame_file(r, st);
	if (training_in(r)) {
		MICA_TRY(check_training(r, training, &at));
		st = write_training(r, &at);
	}
out:
	return st;
}

mica_model *mica_model_from_file(mica_context *ctx, const char *file, const mica_load_model_opts *o)
{
	static const mica_load_opts exactly = {.by_name = false};
	mica_load_model_opts opts;
	reading r = {.file = file, .o = &exactly};
	mica_status st;

	if (!ctx) {
		mica__fail_null("load_model: no context; check what mica_open returned");
		return NULL;
	}
	if ((st = mica__options(&opts, o, sizeof opts, "load_model")) == MICA_OK)
		st = load_model(&r, ctx, &opts);
	mica__context_record(ctx, st);
	close_file(&r);
	if (st == MICA_OK)
		return r.m;
	mica__kept_reason why;
	mica__reason_keep(&why);
	mica_model_destroy(r.m);
	mica__reason_restore(&why);
	return NULL;
}
