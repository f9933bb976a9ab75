/* SPDX-License-Identifier: MIT */
/* tuning/results.c - a search in a file: JSON, what the search is and a line for each trial that is over, written anew as a whole after
   each.  What a former run has written is only what became of trials; which trials these are follows from the search itself, so each
   is held against what is in the file.  Nothing that is read is trusted. */
#include "base/files.h"
#include "model/file.h"
#include "tuning/tuning.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char name[] = "search.json";
enum { VERSION = 1, LARGEST = 1 << 28 };

const char *mica__results_path(mica__text *text, const mica_search *s, const char *file)
{
	text->n = 0;
	mica__text_add(text, "%s/%s", s->opts.folder, file);
	return mica__text_string(text);
}

/* ---- what makes a search the same ---- */

/* All numbers of the algorithm but how many trials there are at most: a search may be made longer. */
static json_t *algorithm_written(const mica_part *p)
{
	json_t *out = json_pack("{s:s}", "kind", p->kind->name);

	for (size_t i = 0; i < p->kind->n_fields; i++)
		if (strcmp(p->kind->fields[i].name, "trials") != 0)
			json_object_set_new(out, p->kind->fields[i].name, json_integer(mica__field_get(&p->kind->fields[i], p->options, 0).l));
	return out;
}

/* Samples, and a sum over all their bytes. */
static json_t *data_written(const mica_dataset *d)
{
	uint64_t sum = 0;

	if (!d)
		return json_null();
	for (size_t i = 0; i < d->all->n; i++) {
		const mica__column *c = &d->all->at[i];
		double scale = mica__column_scale(d, c);
		uint32_t crc = mica__checksum(MICA__CRC32C, 0, mica__column_at(d, c, 0), d->count * c->bytes);
		sum = mica__hash(mica__hash(sum, &crc, sizeof crc), &scale, sizeof scale);
	}
	char text[24];
	snprintf(text, sizeof text, "%016" PRIx64, sum);
	return json_pack("{s:I,s:s}", "samples", (json_int_t)d->count, "sum", text);
}

static json_t *fit_written(const mica_fit_opts *o)
{
	json_t *weights = json_array();

	for (long i = 0; o->class_weight && i < o->classes; i++)
		json_array_append_new(weights, mica__real_written(o->class_weight[i]));
	return json_pack("{s:I,s:I,s:I,s:I,s:b,s:o,s:I,s:I,s:I,s:o}", "epochs", (json_int_t)o->epochs, "batch_size", (json_int_t)o->batch_size,
	                 "initial_epoch", (json_int_t)o->initial_epoch, "steps_per_epoch", (json_int_t)o->steps_per_epoch,
	                 "no_shuffle", o->no_shuffle, "validation_split", mica__real_written(o->validation_split),
	                 "validation_batch_size", (json_int_t)o->validation_batch_size, "validation_steps", (json_int_t)o->validation_steps,
	                 "validation_freq", (json_int_t)o->validation_freq, "class_weight", weights);
}

static json_t *header_written(const mica_search *s, const mica_dataset *d)
{
	const mica_search_opts *o = &s->opts;

	return json_pack("{s:o,s:s,s:i,s:o,s:I,s:o,s:o,s:o}", "algorithm", algorithm_written(&o->algorithm.part), "objective", o->objective,
	                 "mode", (int)o->mode, "seed", mica__whole_written(o->seed), "keep", (json_int_t)o->keep, "fit", fit_written(&o->fit),
	                 "data", data_written(d), "validation_data", data_written(o->fit.validation_data));
}

/* ---- writing ---- */

static json_t *value_written(const mica__asked *a)
{
	char text[MICA__VALUE_TEXT];

	switch (a->range.kind) {
	case MICA__BOOLS: return json_boolean(a->value != 0);
	case MICA__TEXTS: return json_string(mica__range_text(&a->range, a->value, text));
	case MICA__WHOLES: return json_integer((json_int_t)a->value);
	default: return mica__real_written(a->value);
	}
}

static json_t *trial_written(const mica__trial *t)
{
	json_t *values = json_object(), *logs = json_object();

	for (size_t i = 0; i < t->point.n; i++)
		json_object_set_new(values, t->point.at[i].name, value_written(&t->point.at[i]));
	for (size_t i = 0; i < t->shown.logs.n; i++)
		json_object_set_new(logs, t->shown.logs.at[i].name, mica__real_written(t->shown.logs.at[i].value));
	return json_pack("{s:o,s:s,s:s,s:I,s:I,s:o,s:o}", "values", values, "status", mica_status_name(t->shown.status),
	                 "message", t->message, "epochs", (json_int_t)t->shown.epochs, "best_epoch", (json_int_t)t->shown.best_epoch,
	                 "logs", logs, "seconds", mica__real_written(t->shown.seconds));
}

/* Takes object. */
static void add_line(mica__text *text, const char *before, json_t *object)
{
	char *line = object ? json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

	mica__text_add(text, "%s", before);
	if (line)
		mica__text_append(text, line, strlen(line));
	text->failed = text->failed || !line;
	free(line);
	json_decref(object);
}

mica_status mica__results_write(const mica_search *s)
{
	mica__text text = {0}, path = {0};
	mica_status st = MICA_ENOMEM;

	mica__text_add(&text, "{\"version\": %d, \"search\": ", VERSION);
	add_line(&text, "", json_incref(s->header));
	mica__text_add(&text, ", \"trials\": [");
	for (size_t i = 0; i < s->n; i++)
		add_line(&text, i ? ",\n" : "\n", trial_written(s->trials[i]));
	mica__text_add(&text, "\n]}\n");
	if (!text.failed)
		st = mica__file_replace(mica__results_path(&path, s, name), &(mica__piece){text.s, text.n}, 1);
	mica__text_free(&path);
	mica__text_free(&text);
	return st;
}

/* ---- reading ---- */

static mica_status bad(const mica_search *s, const char *what)
{
	return mica__fail(MICA_EFORMAT, "%s/%s: trial %zu: %s", s->opts.folder, name, s->n + 1, what);
}

static mica_status recall_logs(mica__trial *t, const mica_search *s, const json_t *logs)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)logs, key, value) {
		double x;
		if (mica__name_fault(key) || !mica__real_read(value, &x) || mica_log_set(&t->shown.logs, key, x) != MICA_OK)
			return bad(s, "a figure has no name, or no number");
	}
	return MICA_OK;
}

static bool read_status(mica_status *out, const json_t *from)
{
#define X(id, value, text) MICA_##id,
	static const mica_status all[] = {MICA_STATUS_MAP(X)};
#undef X
	const char *text = json_string_value(from);

	for (size_t i = 0; text && i < MICA__COUNT(all); i++)
		if (strcmp(text, mica_status_name(all[i])) == 0) {
			*out = all[i];
			return true;
		}
	return false;
}

static mica_status recall_outcome(mica__trial *t, const mica_search *s, const json_t *record)
{
	const char *message = json_string_value(json_object_get(record, "message"));
	uint64_t epochs, best;

	if (!read_status(&t->shown.status, json_object_get(record, "status")) || !message || strlen(message) >= sizeof t->message)
		return bad(s, "a status and a message were expected");
	snprintf(t->message, sizeof t->message, "%s", message);
	for (const char *c = message; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			return bad(s, "its message is no line of text");
	if (!mica__whole_read(json_object_get(record, "epochs"), &epochs) || !mica__whole_read(json_object_get(record, "best_epoch"), &best) ||
	    epochs > MICA_MOST_COUNT || best > epochs || !mica__real_read(json_object_get(record, "seconds"), &t->shown.seconds))
		return bad(s, "epochs, the best of them and seconds were expected");
	t->shown.epochs = (size_t)epochs;
	t->shown.best_epoch = (size_t)best;
	mica_status st = recall_logs(t, s, json_object_get(record, "logs"));
	if (st != MICA_OK || t->shown.status != MICA_OK)
		return st;
	t->shown.objective = mica_log(&t->shown.logs, s->opts.objective);
	return isfinite(t->shown.objective) ? MICA_OK : bad(s, "it has no objective, and did not fail");
}

/* Those beyond are not what the trial was. */
static void cut_point(mica__point *p, size_t n)
{
	for (; p->n > n; p->n--) {
		mica__free(p->at[p->n - 1].name);
		mica__range_free(&p->at[p->n - 1].range);
	}
}

/* Where it failed while it was built, the values that it had asked for by then are the first ones. */
mica_status mica__results_recall(mica__trial *t, const mica_search *s, const json_t *record)
{
	const json_t *values = json_object_get(record, "values");
	size_t n = json_object_size(values);
	char text[MICA__VALUE_TEXT];

	if (!json_is_object(values))
		return bad(s, "values were expected");
	for (size_t i = 0; i < t->point.n && i < n; i++) {
		const mica__asked *a = &t->point.at[i];
		const json_t *is = json_object_get(values, a->name);
		json_t *wanted = value_written(a);
		bool same = json_equal(is, wanted) != 0;
		json_decref(wanted);
		if (!same)
			return mica__fail(MICA_EINVAL, "%s/%s: trial %zu has another \"%s\" than this search, which has %s; the build function or its "
			                  "ranges are not those of the search that was kept: give another folder", s->opts.folder, name, s->n + 1,
			                  a->name, mica__range_text(&a->range, a->value, text));
	}
	mica_status st = recall_outcome(t, s, record);
	if (st == MICA_OK && (n > t->point.n || (n < t->point.n && t->shown.status == MICA_OK)))
		return mica__fail(MICA_EINVAL, "%s/%s: trial %zu has %zu values, and %zu in this search; the build function is not that of the search "
		                  "that was kept: give another folder", s->opts.folder, name, s->n + 1, n, t->point.n);
	cut_point(&t->point, n);
	return st;
}

/* The first member that is not the same. */
static mica_status check_header(const mica_search *s, const json_t *there)
{
	const char *key;
	json_t *value;

	json_object_foreach (s->header, key, value)
		if (!json_equal(value, json_object_get(there, key)))
			return mica__fail(MICA_EINVAL, "%s/%s: another search was kept there, with another %s; give another folder, or remove it",
			                  s->opts.folder, name, key);
	return MICA_OK;
}

static mica_status read_document(mica_search *s, const json_t *root, const json_error_t *error)
{
	uint64_t version = 0;
	json_t *trials = json_object_get(root, "trials");

	if (!root)
		return mica__fail(MICA_EFORMAT, "%s/%s: line %d: %.100s", s->opts.folder, name, error->line, error->text);
	if (!mica__whole_read(json_object_get(root, "version"), &version) || !json_is_array(trials))
		return mica__fail(MICA_EFORMAT, "%s/%s: a version and a list of trials were expected", s->opts.folder, name);
	if (version != VERSION)
		return mica__fail(MICA_EUNSUPPORTED, "%s/%s: version %" PRIu64 " of the format; mica %s knows version %d", s->opts.folder, name, version,
		                  mica_version(), VERSION);
	mica_status st = check_header(s, json_object_get(root, "search"));
	if (st == MICA_OK)
		s->recorded = json_incref(trials);
	return st;
}

mica_status mica__results_open(mica_search *s, const mica_dataset *d)
{
	mica__text path = {0};
	unsigned char *bytes = NULL;
	json_t *root = NULL;
	json_error_t error = {.line = 0};
	size_t n;
	mica_status st;

	MICA_TRY(mica__folder_make(s->opts.folder));
	if (!(s->header = header_written(s, d))) {
		st = mica__fail(MICA_EINVAL, "search: the objective \"%s\" is no text that can be written, or memory is out", s->opts.objective);
		goto out;
	}
	if (!mica__file_exists(mica__results_path(&path, s, name))) {
		st = mica__results_write(s);
		goto out;
	}
	MICA_TRY(mica__file_read(&bytes, &n, path.s, LARGEST));
	root = json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, &error);
	st = read_document(s, root, &error);
out:
	json_decref(root);
	mica__free(bytes);
	mica__text_free(&path);
	return st;
}
