/* SPDX-License-Identifier: MIT */
/* data/csv.c - tables as text: a line for each sample, fields between separators, names of columns in the first line.
   Empty lines are skipped.
   Every number is finite and fits into 32 bits, or the file is refused: a training that takes a hole for a number gives no
   sign of it. */
#include "data/csv.h"
#include "data/csv_fields.h"

#include "base/files.h"
#include "device/device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 44 };
#define BOM "\xef\xbb\xbf"

/* What becomes of a column: a place in the sample, or one of these. */
#define IGNORED SIZE_MAX
#define LABEL (SIZE_MAX - 1)

typedef struct table {
	mica__csv_reader r;
	const mica_csv_opts *o;
	const mica__legend *like;   /* or NULL */
	mica__names columns;     /* of the file */
	size_t *role;            /* of each of these */
	size_t rows, features;
	float *x;                /* rows * features */
	float *number;           /* labels that are numbers, or which of the names below they are */
	size_t x_capacity, number_capacity;
	bool has_label, by_name; /* there are labels; they are names */
	mica__names classes;     /* in the order of their first appearance */
} table;

/* ---- fields ---- */

/* Text of a file as messages can show it: of one line, and not long. */
static const char *shown(char out[SHOWN], const char *s)
{
	size_t n = 0;

	for (; s[n] && n < SHOWN - 4; n++)
		out[n] = (unsigned char)s[n] < ' ' || s[n] == 127 ? '?' : s[n];
	memcpy(out + n, s[n] ? "..." : "", s[n] ? 4 : 1);
	return out;
}

/* ---- the first line ---- */

static mica_status add_column(table *t, const char *name)
{
	char text[SHOWN];

	if (!*name)
		return mica__fail(MICA_EFORMAT, "%s: line %zu: column %zu has no name; name each column, or give .no_header = true", t->r.file,
		                  t->r.field_line, t->columns.n + 1);
	if (mica__names_find(&t->columns, name) != SIZE_MAX)
		return mica__fail(MICA_EFORMAT, "%s: line %zu: two columns are called \"%s\"; rename one", t->r.file, t->r.field_line,
		                  shown(text, name));
	return mica__names_add(&t->columns, name);
}

/* Names of all columns; without a line of them, their numbers from 1. */
static mica_status read_header(table *t)
{
	mica__csv_reader begin;
	char number[24];
	mica_status st;

	do {
		begin = t->r;
		MICA_TRY(mica__csv_next(&t->r));
	} while (mica__csv_empty_line(&t->r, 0) && t->r.after == MICA__AFTER_LINE);
	if (mica__csv_empty_line(&t->r, 0))
		return mica__fail(MICA_EFORMAT, "%s: the file is empty; expected a line with the names of the columns, and a line for each sample",
		                  t->r.file);
	for (;; st = mica__csv_next(&t->r)) {
		MICA_TRY(st);
		mica__format(number, sizeof number, "%zu", t->columns.n + 1);
		MICA_TRY(add_column(t, t->o->no_header ? number : mica__text_string(&t->r.text)));
		if (t->r.after != MICA__AFTER_FIELD)
			break;
	}
	if (t->o->no_header) {
		t->r.at = begin.at;
		t->r.line = begin.line;
		t->r.after = MICA__AFTER_LINE;
	}
out:
	return st;
}

static mica_status no_column(const table *t, const char *name)
{
	mica__text all = {0};
	char wanted[SHOWN], text[SHOWN];

	for (size_t i = 0; i < t->columns.n && all.n < 300; i++)
		mica__text_add(&all, "%s%s", i ? ", " : "", shown(text, mica__names_get(&t->columns, i)));
	mica__fail(MICA_EFORMAT, "%s: there is no column \"%s\"; it has: %s%s", t->r.file, shown(wanted, name), mica__text_string(&all),
	           t->columns.n == 1 ? "; if these are several, give .separator" : "");
	mica__text_free(&all);
	return MICA_EFORMAT;
}

static mica_status find_column(const table *t, const char *name, size_t *i)
{
	*i = mica__names_find(&t->columns, name);
	return *i == SIZE_MAX ? no_column(t, name) : MICA_OK;
}

/* The columns of a sample in the order of a list of n names, which NULL ends, too. */
static mica_status choose_listed(table *t, const char *(*get)(const void *list, size_t i), const void *list, size_t n)
{
	size_t at;
	mica_status st = MICA_OK;
	const char *name;

	for (size_t i = 0; i < n && (name = get(list, i)); i++) {
		char text[SHOWN];
		MICA_TRY(find_column(t, name, &at));
		if (t->role[at] != IGNORED)
			return mica__fail(MICA_EINVAL, "%s: column \"%s\" is named twice; name each one once, the label only as that", t->r.file,
			                  shown(text, name));
		t->role[at] = t->features++;
	}
out:
	return st;
}

static const char *of_options(const void *list, size_t i)
{
	return ((const char *const *)list)[i];
}

static const char *of_names(const void *list, size_t i)
{
	return mica__names_get(list, i);
}

/* All that are neither the label nor in .without. */
static mica_status choose_others(table *t)
{
	size_t at;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < t->columns.n; i++)
		t->role[i] = t->role[i] == IGNORED ? 0 : t->role[i];
	for (size_t i = 0; i < MICA_MOST_NAMED && t->o->without[i]; i++) {
		MICA_TRY(find_column(t, t->o->without[i], &at));
		t->role[at] = t->role[at] == LABEL ? LABEL : IGNORED;
	}
	for (size_t i = 0; i < t->columns.n; i++)
		if (t->role[i] == 0)
			t->role[i] = t->features++;
out:
	return st;
}

static mica_status choose_columns(table *t)
{
	const char *label = t->o->label ? t->o->label : t->like && t->like->label.n ? mica__names_get(&t->like->label, 0) : NULL;
	size_t at = SIZE_MAX;
	mica_status st = MICA_OK;

	t->role = mica__alloc(t->columns.n, sizeof *t->role);
	if (!t->role)
		return MICA_ENOMEM;
	for (size_t i = 0; i < t->columns.n; i++)
		t->role[i] = IGNORED;
	if (t->o->label)
		MICA_TRY(find_column(t, label, &at));
	else if (label) /* what is only to be predicted has none */
		at = mica__names_find(&t->columns, label);
	t->has_label = at != SIZE_MAX;
	if (t->has_label)
		t->role[at] = LABEL;
	if (t->like)
		st = choose_listed(t, of_names, &t->like->columns, t->like->columns.n);
	else if (t->o->columns[0])
		st = choose_listed(t, of_options, t->o->columns, MICA_MOST_NAMED);
	else
		st = choose_others(t);
	if (st == MICA_OK && !t->features)
		st = mica__fail(MICA_EFORMAT, "%s: no column is left for the samples, of %zu; is the separator right?  .separator says another",
		                t->r.file, t->columns.n);
out:
	return st;
}

/* ---- the other lines ---- */

/* The field as a number, or why it is none. */
static mica_status take_number(const table *t, size_t column, bool is_label, float *out)
{
	const char *s = mica__text_string(&t->r.text), *end;
	double v = mica__parse_number(s, &end);
	bool number = end != s && !*end, missing = !*s || (number && isnan(v));
	char text[SHOWN], name[SHOWN];
	const char *why, *remedy;

	*out = (float)v;
	if (number && isfinite(*out))
		return MICA_OK;
	why = missing ? "is missing" : number ? "does not fit into a 32-bit float" : "is no number";
	remedy = missing          ? "fill it in, or leave out the line or the column"
	         : number         ? "write smaller numbers, or leave out the column"
	         : strchr(s, ',') ? "write a decimal point, or name the .separator"
	         : is_label       ? "labels that are names of classes are taken for such where the first one is no number, or by .classes = true"
	                          : "write numbers for names, or leave out the column";
	return mica__fail(MICA_EFORMAT, "%s: line %zu: column \"%s\": \"%s\" %s; %s", t->r.file, t->r.field_line,
	                  shown(name, mica__names_get(&t->columns, column)), shown(text, s), why, remedy);
}

/* The field as a class: which of the names so far it is, or of those that are given. */
static mica_status take_class(table *t, size_t column, float *out)
{
	const char *s = mica__text_string(&t->r.text);
	const mica__names *known = t->like ? &t->like->classes : &t->classes;
	size_t i = mica__names_find(known, s);
	char text[SHOWN], name[SHOWN];
	mica_status st = MICA_OK;

	if (!*s)
		return mica__fail(MICA_EFORMAT, "%s: line %zu: column \"%s\": \"\" is missing; fill it in, or leave out the line", t->r.file,
		                  t->r.field_line, shown(name, mica__names_get(&t->columns, column)));
	if (i == SIZE_MAX && t->like)
		return mica__fail(MICA_EFORMAT, "%s: line %zu: column \"%s\": \"%s\" is no class of the data set that this one is to be like, which has"
		                  " %zu from \"%s\" on", t->r.file, t->r.field_line, shown(name, mica__names_get(&t->columns, column)), shown(text, s),
		                  known->n, mica__names_get(known, 0));
	if (i == SIZE_MAX) {
		i = t->classes.n;
		st = mica__names_add(&t->classes, s);
	}
	*out = (float)i;
	return st;
}

/* Whether labels are names: where that is said, or where the first one is no number. */
static bool are_names(const table *t)
{
	const char *s = mica__text_string(&t->r.text), *end;

	if (t->like)
		return t->like->classes.n;
	mica__parse_number(s, &end);
	return t->o->classes || (*s && (end == s || *end));
}

static mica_status take_field(table *t, size_t column)
{
	size_t role = t->role[column];
	float *label = t->has_label ? &t->number[t->rows] : NULL;

	if (role == IGNORED)
		return MICA_OK;
	if (role != LABEL)
		return take_number(t, column, false, &t->x[t->rows * t->features + role]);
	if (t->rows == 0)
		t->by_name = are_names(t);
	return t->by_name ? take_class(t, column, label) : take_number(t, column, true, label);
}

static mica_status wrong_count(const table *t, size_t fields, size_t line)
{
	return mica__fail(MICA_EFORMAT, "%s: line %zu: %s%zu fields, and the first line has %zu; quote fields with a separator in them, or"
	                  " leave out the line", t->r.file, line, fields > t->columns.n ? "more than " : "", t->columns.n < fields ? t->columns.n : fields,
	                  t->columns.n);
}

/* A line; an empty one adds nothing. */
static mica_status take_line(table *t)
{
	size_t line = t->r.line, k = 0;
	mica_status st;

	MICA_TRY(mica__grow(&t->x, &t->x_capacity, (t->rows + 1) * t->features + MICA__TAIL, sizeof *t->x));
	MICA_TRY(mica__grow(&t->number, &t->number_capacity, t->rows + 1 + MICA__TAIL, sizeof *t->number));
	do {
		MICA_TRY(mica__csv_next(&t->r));
		if (mica__csv_empty_line(&t->r, k))
			return MICA_OK;
		if (k == t->columns.n)
			return wrong_count(t, k + 1, line);
		MICA_TRY(take_field(t, k++));
	} while (t->r.after == MICA__AFTER_FIELD);
	if (k < t->columns.n)
		return wrong_count(t, k, line);
	t->rows++;
out:
	return st;
}

static mica_status take_lines(table *t)
{
	mica_status st = MICA_OK;

	while (t->r.after != MICA__AFTER_FILE)
		MICA_TRY(take_line(t));
	if (!t->rows)
		return mica__fail(MICA_EFORMAT, "%s: there is no line behind the names of the columns; expected one for each sample", t->r.file);
out:
	return st;
}

/* ---- classes ---- */

typedef struct entry {
	const char *name;
	size_t first;            /* its number by first appearance */
	double value;
	bool numeric;
} entry;

/* Numbers by what they are, before names, by their bytes. */
static int compare(const void *a, const void *b)
{
	const entry *p = a, *q = b;

	if (p->numeric != q->numeric)
		return p->numeric ? -1 : 1;
	if (p->numeric && p->value != q->value)
		return p->value < q->value ? -1 : 1;
	return strcmp(p->name, q->name);
}

static mica_status sort_classes(table *t)
{
	size_t n = t->classes.n;
	entry *e = mica__alloc(n, sizeof *e);
	size_t *place = mica__alloc(n, sizeof *place);
	mica__names sorted = {.n = 0};
	mica_status st = e && place ? MICA_OK : MICA_ENOMEM;

	MICA_TRY(st);
	for (size_t i = 0; i < n; i++) {
		const char *name = mica__names_get(&t->classes, i), *end;
		double value = mica__parse_number(name, &end);
		e[i] = (entry){name, i, value, end != name && !*end && !isnan(value)};
	}
	qsort(e, n, sizeof *e, compare);
	for (size_t i = 0; i < n; i++) {
		place[e[i].first] = i;
		MICA_TRY(mica__names_add(&sorted, e[i].name));
	}
	for (size_t i = 0; i < t->rows; i++)
		t->number[i] = (float)place[(size_t)t->number[i]];
	mica__names_free(&t->classes);
	t->classes = sorted;
	sorted = (mica__names){.n = 0};
out:
	mica__names_free(&sorted);
	mica__free(place);
	mica__free(e);
	return st;
}

/* ---- all of it ---- */

/* Class numbers are integers, which numbers held so far: exactly, as there are fewer than 2^24. */
static mica_status finish_labels(table *t, mica__csv *out)
{
	mica_status st = MICA_OK;

	if (t->by_name && t->classes.n >= 1 << 24)
		return mica__fail(MICA_EFORMAT, "%s: %zu classes; is that column a label?", t->r.file, t->classes.n);
	if (t->by_name && !t->like && !t->o->by_appearance)
		MICA_TRY(sort_classes(t));
	if (t->by_name)
		for (size_t i = 0; i < t->rows; i++) {
			int32_t c = (int32_t)t->number[i];
			memcpy(&t->number[i], &c, sizeof c);
		}
	out->y = (mica__array){t->by_name ? MICA_I32 : MICA_F32, MICA_SHAPE(t->rows), t->number, t->number};
	t->number = NULL;
out:
	return st;
}

static mica_status finish_names(table *t, mica__csv *out)
{
	mica__legend *l = &out->legend;
	mica_status st = MICA_OK;

	if (t->like)
		return mica__legend_copy(l, t->like);
	size_t *column = mica__alloc(t->features, sizeof *column);
	if (!column)
		return MICA_ENOMEM;
	for (size_t i = 0; i < t->columns.n; i++)
		if (t->role[i] < t->features)
			column[t->role[i]] = i;
	for (size_t i = 0; i < t->features && st == MICA_OK; i++)
		st = mica__names_add(&l->columns, mica__names_get(&t->columns, column[i]));
	mica__free(column);
	for (size_t i = 0; i < t->columns.n && st == MICA_OK; i++)
		if (t->role[i] == LABEL)
			st = mica__names_add(&l->label, mica__names_get(&t->columns, i));
	if (st == MICA_OK)
		st = mica__names_copy(&l->classes, &t->classes);
	return st;
}

static mica_status check_options(const mica_csv_opts *o, const mica__legend *like, const char *name)
{
	if (o->separator == '"' || o->separator == '\n' || o->separator == '\r' || o->separator == '.')
		return mica__fail(MICA_EINVAL, "%s: a separator that is a quote, a point or the end of a line; give another, as ';' or '\\t'", name);
	if (o->columns[0] && o->without[0])
		return mica__fail(MICA_EINVAL, "%s: both .columns and .without are given; say which columns to take, or which not", name);
	if (like && (o->columns[0] || o->without[0]))
		return mica__fail(MICA_EINVAL, "%s: .columns or .without are given with .like, which says the columns", name);
	if (like && !like->columns.n)
		return mica__fail(MICA_EINVAL, "%s: the data set that this one is to be like has no names of columns; give one that was read from such"
		                  " a file", name);
	return MICA_OK;
}

mica_status mica__csv_parse(mica__csv *out, const unsigned char *bytes, size_t n, const char *name, const mica_csv_opts *o,
                            const mica__legend *like)
{
	char separator = o->separator ? o->separator : ',';
	table t = {.r = {.file = name, .at = bytes, .end = bytes + n, .line = 1, .separator = separator}, .o = o, .like = like};
	mica_status st;

	*out = (mica__csv){.x = {.data = NULL}};
	MICA_TRY(check_options(o, like, name));
	if (n >= 3 && !memcmp(bytes, BOM, 3))
		t.r.at += 3;
	MICA_TRY(read_header(&t));
	MICA_TRY(choose_columns(&t));
	MICA_TRY(take_lines(&t));
	if (t.has_label)
		MICA_TRY(finish_labels(&t, out));
	MICA_TRY(finish_names(&t, out));
	out->x = (mica__array){MICA_F32, MICA_SHAPE(t.rows, t.features), t.x, t.x};
	t.x = NULL;
out:
	mica__text_free(&t.r.text);
	mica__names_free(&t.columns);
	mica__names_free(&t.classes);
	mica__free(t.role);
	mica__free(t.x);
	mica__free(t.number);
	if (st)
		mica__csv_free(out);
	return st;
}

static bool is_text(const unsigned char *bytes, size_t n)
{
	return !memchr(bytes, 0, n);
}

mica_status mica__csv_read(mica__csv *out, const char *path, const mica_csv_opts *o, const mica__legend *like)
{
	unsigned char *bytes;
	size_t n;
	mica_status st = mica__file_read_if(&bytes, &n, path, is_text);

	*out = (mica__csv){.x = {.data = NULL}};
	if (st)
		return st;
	st = mica__csv_parse(out, bytes, n, path, o, like);
	mica__free(bytes);
	return st;
}

void mica__csv_free(mica__csv *c)
{
	mica__array_free(&c->x);
	mica__array_free(&c->y);
	mica__legend_free(&c->legend);
}
