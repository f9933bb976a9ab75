/* SPDX-License-Identifier: MIT */
/* model/inspect.c - what a file of weights or of a model holds, as lines of text: its notes, the table of its layers, what it is trained
   for and how far, and its tensors.  No value is read, and a file of which no model can be made here is shown all the same. */
#include "base/fields.h"
#include "model/file.h"

#include <stdio.h>
#include <string.h>

typedef struct inspector {
	void (*print)(const char *text, void *payload);
	void *payload;
	mica_context *ctx;
	int columns;
	bool failed;
} inspector;

static void say(inspector *p, const char *fmt, ...) MICA__PRINTF(2, 3);
static void say(inspector *p, const char *fmt, ...)
{
	mica__text t = {0};
	va_list args;

	va_start(args, fmt);
	mica__text_addv(&t, fmt, args);
	va_end(args);
	if (t.failed)
		p->failed = true;
	else
		p->print(mica__text_string(&t), p->payload);
	mica__text_free(&t);
}

/* A text of the file's as part of a line. */
static const char *shown(const char *text)
{
	return !text || !*text || mica__name_fault(text) ? "(not printable)" : text;
}

/* ---- notes ---- */

static void say_notes(inspector *p, const mica__safetensors *f, const char *file)
{
	const char *key, *value;

	say(p, "%s: %s\n", file, mica__bytes_text((double)mica__safetensors_size(f)));
	for (size_t i = 0; (key = mica__safetensors_note_at(f, i, &value)); i++)
		if (strcmp(key, MICA__FORMAT_MODEL) != 0)
			say(p, "  %s: %s\n", shown(key), shown(value));
}

/* ---- training ---- */

static void add_part(const inspector *p, mica__text *t, const json_t *part, mica_part_type type, int depth);

static const mica_field *field_of(const mica_kind *kind, const char *name)
{
	for (size_t i = 0; kind && i < kind->n_fields; i++)
		if (strcmp(kind->fields[i].name, name) == 0)
			return &kind->fields[i];
	return NULL;
}

static bool is_default(const mica_field *f, const json_t *x)
{
	return json_is_null(x) || json_is_false(x) || json_is_array(x) || (json_is_number(x) && json_number_value(x) == (f ? f->otherwise : 0));
}

/* "(beta_1=0.8, ...)": options that are not as nobody gave them; lists are left out. */
static void add_options(const inspector *p, mica__text *t, const mica_kind *kind, const json_t *options, int depth)
{
	const char *key;
	json_t *value;
	size_t n = 0;

	json_object_foreach ((json_t *)(uintptr_t)options, key, value) {
		const mica_field *f = field_of(kind, key);
		if (is_default(f, value))
			continue;
		mica__text_add(t, "%s%s=", n++ ? ", " : "(", shown(key));
		if (json_is_object(value))
			add_part(p, t, value, f ? f->part_type : MICA_LAYER, depth + 1);
		else if (json_is_string(value))
			mica__text_add(t, "%s", shown(json_string_value(value)));
		else
			mica__text_add(t, "%.9g", json_is_true(value) ? 1 : json_number_value(value));
	}
	mica__text_add(t, "%s", n ? ")" : "");
}

static void add_part(const inspector *p, mica__text *t, const json_t *part, mica_part_type type, int depth)
{
	const char *name = shown(json_string_value(json_object_get(part, "kind")));
	const mica_kind *kind = mica__kind_find(p->ctx, type, name);

	if (!kind && type == MICA_METRIC)
		kind = mica__kind_find(p->ctx, MICA_LOSS, name);
	mica__text_add(t, "%s", name);
	if (depth < 8)
		add_options(p, t, kind, json_object_get(part, "options"), depth);
}

static void say_part(inspector *p, const char *what, const json_t *part, mica_part_type type)
{
	mica__text t = {0};

	if (!json_is_object(part))
		return;
	add_part(p, &t, part, type, 0);
	say(p, "  %s: %s\n", what, mica__text_string(&t));
	p->failed = p->failed || t.failed;
	mica__text_free(&t);
}

static void say_training(inspector *p, const json_t *training)
{
	const json_t *outputs = json_object_get(training, "outputs"), *part;
	double rate;

	if (!json_is_object(training))
		return;
	say(p, "Training:\n");
	say_part(p, "optimizer", json_object_get(training, "optimizer"), MICA_OPTIMIZER);
	for (size_t i = 0; i < json_array_size(outputs); i++) {
		const json_t *o = json_array_get(outputs, i), *lists[] = {json_object_get(o, "metrics"), json_object_get(o, "weighted_metrics")};
		say_part(p, "loss", json_object_get(o, "loss"), MICA_LOSS);
		for (size_t k = 0; k < 2; k++)
			for (size_t j = 0; (part = json_array_get(lists[k], j)); j++)
				say_part(p, k ? "weighted metric" : "metric", part, MICA_METRIC);
	}
	if (mica__real_read(json_object_get(training, "learning_rate"), &rate))
		say(p, "  so far: %lld epochs, %lld steps; learning rate %.6g\n", (long long)json_integer_value(json_object_get(training, "epoch")),
		    (long long)json_integer_value(json_object_get(training, "steps")), rate);
}

/* ---- the model ---- */

/* Its table, or why there is none, which is no failure: another program may have registered what it needs. */
static void say_layers(inspector *p, const json_t *from, const char *file)
{
	mica_model *m = NULL;
	mica__kept_reason why;

	mica__reason_keep(&why);
	if (mica__model_restored(&m, p->ctx, from, file) != MICA_OK || mica_summary(m, p->print, p->payload, .columns = p->columns) != MICA_OK)
		say(p, "The layers cannot be shown: %s\n", mica__reason());
	mica_model_destroy(m);
	mica__reason_restore(&why);
}

static void say_model(inspector *p, const char *file, const char *text)
{
	json_t *model = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	say_layers(p, model, file);
	say_training(p, json_object_get(model, "training"));
	json_decref(model);
}

/* ---- tensors ---- */

static void say_tensors(inspector *p, const mica__safetensors *f)
{
	const mica__stored *s;
	size_t widest = 6, bytes = 0, i;

	for (i = 0; (s = mica__safetensors_at(f, i)); i++) {
		widest = strlen(s->name) > widest ? strlen(s->name) : widest;
		bytes += s->bytes;
	}
	widest = widest > 60 ? 60 : widest;
	say(p, "Tensors: %zu, %s\n", i, mica__bytes_text((double)bytes));
	for (i = 0; (s = mica__safetensors_at(f, i)); i++)
		say(p, "  %-*s  %-4s  %-16s  %s\n", (int)widest, shown(s->name), s->dtype, mica__shape_text(&s->shape), mica__bytes_text((double)s->bytes));
}

static const mica_field fields[] = {MICA_FIELD_INT(mica_inspect_opts, columns, MICA_COUNT_FROM(0))};

static mica_status inspect(inspector *p, const char *file)
{
	mica__safetensors *f = NULL;
	mica_status st;

	if (!file || !p->print)
		return mica__fail(MICA_EINVAL, "inspect: no %s", file ? "print function" : "file name");
	MICA_TRY(mica__file_open(&f, file, NULL, true));
	say_notes(p, f, file);
	if (mica__safetensors_note(f, MICA__FORMAT_MODEL))
		say_model(p, file, mica__safetensors_note(f, MICA__FORMAT_MODEL));
	say_tensors(p, f);
	st = p->failed ? MICA_ENOMEM : MICA_OK;
out:
	mica__safetensors_destroy(f);
	return st;
}

mica_status mica_inspect_file(mica_context *ctx, const char *file, void (*print)(const char *text, void *payload), void *payload,
                              const mica_inspect_opts *o)
{
	inspector p = {.print = print, .payload = payload, .ctx = ctx};
	mica_inspect_opts opts;
	mica_status st;

	if (!ctx)
		return mica__fail_null("inspect: no context; check what mica_open returned");
	MICA_TRY(mica__options(&opts, o, sizeof opts, "inspect"));
	MICA_TRY(mica__fields_resolve("inspect", &opts, fields, MICA__COUNT(fields)));
	p.columns = opts.columns;
	st = inspect(&p, file);
out:
	return mica__context_record(ctx, st);
}
