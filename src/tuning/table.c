/* SPDX-License-Identifier: MIT */
/* tuning/table.c - the trials of a search as a table: those with an objective, best first, then those that failed, with the reason. */
#include "tuning/tuning.h"

#include <stdio.h>
#include <string.h>

enum { MOST_COLUMNS = 64, NARROWEST = 8, WIDEST = 24 };

typedef struct table {
	const mica_search *search;
	bool rounds;              /* of Hyperband */
	int objective;            /* its width */
	const char *names[MOST_COLUMNS]; /* of values: all that were asked for, in the order in which they were met first */
	int widths[MOST_COLUMNS];
	size_t n;
} table;

/* How much of a text is shown: whole characters. */
static int shown(const char *s)
{
	return (int)mica__utf8_fit(s, WIDEST);
}

static size_t column(table *t, const char *name)
{
	size_t i = 0;

	while (i < t->n && strcmp(t->names[i], name) != 0)
		i++;
	if (i == t->n && t->n < MOST_COLUMNS) {
		t->names[t->n] = name;
		t->widths[t->n++] = shown(name);
	}
	return i;
}

static void measure(table *t)
{
	int objective = shown(t->search->opts.objective);

	t->objective = objective < NARROWEST ? NARROWEST : objective;
	for (size_t i = 0; i < t->search->n; i++) {
		const mica_trial *trial = &t->search->trials[i]->shown;
		t->rounds = t->rounds || trial->from;
		for (size_t k = 0; k < trial->n_values; k++) {
			size_t c = column(t, trial->values[k].name);
			int width = shown(trial->values[k].text);
			if (c < t->n && t->widths[c] < width)
				t->widths[c] = width;
		}
	}
}

static const char *value_of(const mica_trial *t, const char *name)
{
	for (size_t i = 0; i < t->n_values; i++)
		if (strcmp(t->values[i].name, name) == 0)
			return t->values[i].text;
	return "-";
}

static void add_values(const table *t, mica__text *line, const mica_trial *trial)
{
	for (size_t c = 0; c < t->n; c++) {
		const char *text = trial ? value_of(trial, t->names[c]) : t->names[c];
		mica__text_add(line, "  %*.*s", t->widths[c], shown(text), text);
	}
}

static void add_header(const table *t, mica__text *line)
{
	const char *objective = t->search->opts.objective;

	mica__text_add(line, "trial  %*.*s  epoch%s", t->objective, shown(objective), objective, t->rounds ? "  from" : "");
	add_values(t, line, NULL);
}

static void add_trial(const table *t, mica__text *line, const mica_trial *trial)
{
	mica__text_add(line, "%5zu", trial->number);
	if (trial->status == MICA_OK)
		mica__text_add(line, "  %*.6g  %5zu", t->objective, trial->objective, trial->best_epoch);
	else
		mica__text_add(line, "  %*s  %5s", t->objective, mica_status_name(trial->status), "-");
	if (t->rounds && trial->from)
		mica__text_add(line, "  %4zu", trial->from);
	else if (t->rounds)
		mica__text_add(line, "     -");
	add_values(t, line, trial);
	if (trial->status != MICA_OK)
		mica__text_add(line, "  %s", trial->message);
}

/* Gives the line away, and begins another. */
static mica_status put(mica__text *line, void (*print)(const char *text, void *payload), void *payload)
{
	mica__text_add(line, "\n");
	mica_status st = line->failed ? MICA_ENOMEM : MICA_OK;
	if (st == MICA_OK)
		print(line->s, payload);
	mica__text_free(line);
	return st;
}

mica_status mica_search_print(const mica_search *s, void (*print)(const char *text, void *payload), void *payload)
{
	table t = {.search = s};
	mica__text line = {0};
	mica_status st;

	if (!s || !print)
		return mica__fail_null("search_print: no %s", s ? "function to print with" : "search");
	measure(&t);
	add_header(&t, &line);
	MICA_TRY(put(&line, print, payload));
	for (size_t i = 0; i < s->n_ranked; i++) {
		add_trial(&t, &line, &s->trials[s->ranked[i]]->shown);
		MICA_TRY(put(&line, print, payload));
	}
	for (size_t i = 0; i < s->n; i++) {
		if (s->trials[i]->shown.status == MICA_OK)
			continue;
		add_trial(&t, &line, &s->trials[i]->shown);
		MICA_TRY(put(&line, print, payload));
	}
out:
	return st;
}
