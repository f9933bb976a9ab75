/* SPDX-License-Identifier: MIT */
/* model/callbacks/csv_logger.c - the figures of each epoch as a line of a file, written as Keras writes them: columns in the order of
   their names as they are after the first epoch, lines that end with CR LF, epochs from 0, NA for a figure that is not there. */
#include "base/files.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct state {
	mica__growing file;
	mica_logs columns;    /* in the file's order; none before the first line */
	bool has_header;
} state;

static void free_state(void *of)
{
	mica__growing_close(&((state *)of)->file);
}

static char separator_of(const mica_csv_logger_opts *o)
{
	return o->separator ? o->separator[0] : ',';
}

static mica_status on_train_begin(mica_training *t, const void *options)
{
	const mica_csv_logger_opts *o = options;
	state *s = t->state;

	if (!o->filename || !o->filename[0])
		return mica__fail(MICA_EINVAL, "csv_logger: no file name");
	if (o->separator && (strlen(o->separator) != 1 || strchr("\"\r\n", o->separator[0])))
		return mica__fail(MICA_EINVAL, "csv_logger: separator \"%s\"; give one character that is no quote and no end of line", o->separator);
	mica_status st = mica__growing_open(&s->file, o->filename, o->append);
	s->has_header = !s->file.was_empty;
	return st;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const mica_figure *)a)->name, ((const mica_figure *)b)->name);
}

/* Where there is no figure of validation yet, it has its columns all the same. */
static void choose_columns(state *s, const mica_logs *logs)
{
	bool validated = false;

	s->columns = *logs;
	qsort(s->columns.at, s->columns.n, sizeof s->columns.at[0], by_name);
	for (size_t i = 0; i < logs->n; i++)
		validated = validated || strncmp(logs->at[i].name, "val_", 4) == 0;
	for (size_t i = 0; !validated && i < logs->n && s->columns.n < MICA_MAX_LOGS; i++) {
		mica_figure *f = &s->columns.at[s->columns.n++];
		memcpy(f->name, "val_", 5);
		snprintf(f->name + 4, sizeof f->name - 4, "%.*s", (int)(sizeof f->name - 5), s->columns.at[i].name);
	}
}

/* In quotes where it has to be. */
static void add_cell(mica__text *line, char separator, const char *cell)
{
	bool quoted = strchr(cell, separator) || strpbrk(cell, "\"\r\n");

	mica__text_add(line, "%c%s", separator, quoted ? "\"" : "");
	for (const char *c = cell; *c; c++)
		mica__text_add(line, *c == '"' ? "\"\"" : "%c", *c);
	mica__text_add(line, "%s", quoted ? "\"" : "");
}

static bool has(const mica_logs *logs, const char *figure)
{
	for (size_t i = 0; i < logs->n; i++)
		if (strcmp(logs->at[i].name, figure) == 0)
			return true;
	return false;
}

static void add_row(mica__text *text, const state *s, const mica_training *t, char separator)
{
	char number[32];

	mica__text_add(text, "%zu", t->epoch - 1);
	for (size_t i = 0; i < s->columns.n; i++) {
		const char *figure = s->columns.at[i].name;
		mica__number_text(number, mica_log(t->logs, figure));
		add_cell(text, separator, has(t->logs, figure) ? number : "NA");
	}
	mica__text_add(text, "\r\n");
}

static mica_status on_epoch_end(mica_training *t, const void *options)
{
	state *s = t->state;
	char separator = separator_of(options);
	mica__text text = {0};

	if (!s->columns.n)
		choose_columns(s, t->logs);
	if (!s->has_header) {
		mica__text_add(&text, "epoch");
		for (size_t i = 0; i < s->columns.n; i++)
			add_cell(&text, separator, s->columns.at[i].name);
		mica__text_add(&text, "\r\n");
	}
	s->has_header = true;
	add_row(&text, s, t, separator);
	mica_status st = text.failed ? MICA_ENOMEM : mica__growing_add(&s->file, text.s, text.n);
	mica__text_free(&text);
	return st;
}

static const mica_field fields[] = {
	MICA_FIELD_TEXT(mica_csv_logger_opts, filename), MICA_FIELD_TEXT(mica_csv_logger_opts, separator),
	MICA_FIELD_FLAG(mica_csv_logger_opts, append),
};
static const mica_hooks hooks = {.state = sizeof(state), .free = free_state, .on_train_begin = on_train_begin, .on_epoch_end = on_epoch_end};
const mica_kind mica_kind_csv_logger = {
	.name = "csv_logger", .type = MICA_CALLBACK, .size = sizeof(mica_csv_logger_opts), MICA_FIELDS(fields), .hooks = &hooks};
