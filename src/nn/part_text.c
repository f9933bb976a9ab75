/* SPDX-License-Identifier: MIT */
/* nn/part_text.c - parts as people type them, "huber(delta=2)", by the rows of their kinds. */
#include "nn/nn.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { DEEPEST = 8, LONGEST = 256, LISTED = 700 };

typedef struct reader {
	mica_context *ctx;
	const char *text, *at; /* all of it, and what comes next */
	int depth;
} reader;

static mica_status parse(reader *r, mica_part_type type, mica_part *out);

static bool takes(reader *r, char c)
{
	r->at += strspn(r->at, " ");
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

static mica_status unexpected(const reader *r, const char *wanted)
{
	return mica__fail(MICA_EINVAL, "\"%s\": expected %s %s%s%s", r->text, wanted, *r->at ? "before \"" : "at the end", r->at, *r->at ? "\"" : "");
}

/* Letters, digits and what names have beside them. */
static mica_status take_name(reader *r, char out[LONGEST], const char *what)
{
	size_t n = 0;

	r->at += strspn(r->at, " ");
	while (n < LONGEST - 1 && r->at[n] && !strchr(" ,()[]=\"'", r->at[n]))
		n++;
	memcpy(out, r->at, n);
	out[n] = 0;
	if (!n)
		return unexpected(r, what);
	r->at += n;
	return MICA_OK;
}

/* ---- kinds ---- */

/* Whether they are one name but for underscores and capitals: MeanSquaredError, mean_squared_error. */
static bool is_alike(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, "_");
		b += strspn(b, "_");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

static const mica_kind *find_kind(const reader *r, mica_part_type type, const char *name)
{
	const mica_kind *kind = r->ctx ? mica__kind_find(r->ctx, type, name) : mica_kind_find(type, name), *k;

	for (size_t i = 0; !kind && (k = mica_kind_at(type, i)); i++)
		if (is_alike(k->name, name) || (k->alias && is_alike(k->alias, name)))
			kind = k;
	return kind || type != MICA_METRIC ? kind : find_kind(r, MICA_LOSS, name);
}

static mica_status no_kind(mica_part_type type, const char *name)
{
	mica__text all = {0};
	const mica_kind *k;

	for (size_t i = 0; (k = mica_kind_at(type, i)) && all.n < LISTED; i++)
		mica__text_add(&all, "%s%s", i ? ", " : "", k->name);
	mica__fail(MICA_EINVAL, "there is no %s '%s'; there is %s%s", mica_part_type_name(type), name, mica__text_string(&all),
	           type == MICA_METRIC ? " and every loss" : "");
	mica__text_free(&all);
	return MICA_EINVAL;
}

/* ---- values ---- */

static mica_status take_text(reader *r, char **out)
{
	char quote = takes(r, '"') ? '"' : takes(r, '\'') ? '\'' : 0, text[LONGEST];
	size_t n = quote ? strcspn(r->at, quote == '"' ? "\"" : "'") : strcspn(r->at, ",)]");

	if (quote && r->at[n] != quote)
		return unexpected(r, "the quote that ends a text");
	while (!quote && n && r->at[n - 1] == ' ')
		n--;
	if (n >= sizeof text)
		return mica__fail(MICA_EINVAL, "\"%.40s...\": a text of more than %d bytes", r->at, LONGEST - 1);
	memcpy(text, r->at, n);
	text[n] = 0;
	r->at += n + (quote != 0);
	*out = mica__strdup(text);
	return *out ? MICA_OK : MICA_ENOMEM;
}

static mica_status take_number(reader *r, const mica_field *f, void *options, size_t i)
{
	char word[LONGEST];
	const char *end;
	mica_status st = take_name(r, word, "a value");

	if (st != MICA_OK)
		return st;
	bool yes = is_alike(word, "true"), no = is_alike(word, "false");
	double x = yes || no ? yes : mica__parse_number(word, &end);
	if (!yes && !no && *end)
		return mica__fail(MICA_EINVAL, "\"%s\": %s is '%s'; give a number%s", r->text, f->name, word,
		                  f->type == MICA_FIELD_IS_FLAG ? ", true or false" : "");
	if (isnan(x) || !mica__field_fits(f, x))
		return mica__fail(MICA_EINVAL, "\"%s\": %s is %s; give a%s number", r->text, f->name, word,
		                  f->type == MICA_FIELD_IS_REAL ? "" : " whole");
	mica__field_put(f, options, i, x == 0 ? mica__field_none(f) : mica__field_of(f, x));
	return MICA_OK;
}

static mica_status take_list(reader *r, const mica_field *f, void *options)
{
	size_t n = 0;
	mica_status st = MICA_OK;

	do {
		if (n == f->count)
			return mica__fail(MICA_EINVAL, "\"%s\": %s has at most %zu numbers", r->text, f->name, f->count);
		MICA_TRY(take_number(r, f, options, n++));
	} while (takes(r, ','));
	if (!takes(r, ']'))
		st = unexpected(r, "a comma or ]");
out:
	return st;
}

static mica_status take_value(reader *r, const mica_field *f, void *options)
{
	mica_part part;
	char *text = NULL;
	mica_status st;

	switch (f->type) {
	case MICA_FIELD_IS_PART:
		MICA_TRY(parse(r, f->part_type, &part));
		memcpy((char *)options + f->offset, &part, sizeof part);
		return MICA_OK;
	case MICA_FIELD_IS_TEXT:
		MICA_TRY(take_text(r, &text));
		memcpy((char *)options + f->offset, &text, sizeof text);
		return MICA_OK;
	default:
		return f->count && takes(r, '[') ? take_list(r, f, options) : take_number(r, f, options, 0);
	}
out:
	return st;
}

/* ---- options ---- */

static mica_status no_option(const reader *r, const mica_kind *kind, const char *name)
{
	mica__text all = {0};

	for (size_t i = 0; i < kind->n_fields; i++)
		mica__text_add(&all, "%s%s", i ? ", " : "", kind->fields[i].name);
	mica__fail(MICA_EINVAL, "\"%s\": %s has no option '%s'; it has %s", r->text, kind->name, name, all.n ? mica__text_string(&all) : "none");
	mica__text_free(&all);
	return MICA_EINVAL;
}

/* given: bits of the fields that were. */
static mica_status take_option(reader *r, const mica_kind *kind, void *options, uint64_t *given)
{
	char name[LONGEST];
	size_t i = 0;
	mica_status st;

	MICA_TRY(take_name(r, name, "the name of an option"));
	while (i < kind->n_fields && strcmp(kind->fields[i].name, name) != 0)
		i++;
	if (i == kind->n_fields)
		return no_option(r, kind, name);
	if (*given >> i % 64 & 1)
		return mica__fail(MICA_EINVAL, "\"%s\": %s is given twice", r->text, name);
	*given |= UINT64_C(1) << i % 64;
	if (!takes(r, '='))
		return unexpected(r, "=");
	st = take_value(r, &kind->fields[i], options);
out:
	return st;
}

static mica_status take_options(reader *r, const mica_kind *kind, void *options)
{
	uint64_t given = 0;
	mica_status st = MICA_OK;

	if (!takes(r, '(') || takes(r, ')'))
		return st;
	do
		MICA_TRY(take_option(r, kind, options, &given));
	while (takes(r, ','));
	if (!takes(r, ')'))
		st = unexpected(r, "a comma or )");
out:
	return st;
}

/* What the options own goes with them, as they are a kept part's. */
static mica_status parse_kind(reader *r, mica_part_type type, mica_part *out)
{
	char name[LONGEST];
	mica_part own = {NULL, NULL};
	void *options = NULL;
	mica_status st;

	MICA_TRY(take_name(r, name, "a name"));
	own.kind = find_kind(r, type, name);
	if (!own.kind)
		return no_kind(type, name);
	if (own.kind->size) {
		own.options = options = mica__alloc(1, own.kind->size);
		MICA_TRY(options ? MICA_OK : MICA_ENOMEM);
		memcpy(options, &own.kind->size, sizeof own.kind->size);
	}
	MICA_TRY(take_options(r, own.kind, options));
	*out = own;
	st = mica_part_keep(out);
out:
	mica__part_drop(&own);
	return st;
}

static mica_status parse(reader *r, mica_part_type type, mica_part *out)
{
	*out = (mica_part){NULL, NULL};
	if (r->depth == DEEPEST)
		return mica__fail(MICA_EINVAL, "\"%s\": parts in parts, more than %d deep", r->text, DEEPEST);
	r->depth++;
	mica_status st = parse_kind(r, type, out);
	r->depth--;
	return st;
}

mica_status mica_part_parse(mica_context *ctx, mica_part_type type, const char *text, mica_part *out)
{
	reader r = {ctx, text, text, 0};
	mica_status st;

	if (out)
		*out = (mica_part){NULL, NULL};
	if (!text || !out)
		return mica__fail(MICA_EINVAL, "part: no %s", text ? "place for it" : "text");
	MICA_TRY(parse(&r, type, out));
	r.at += strspn(r.at, " ");
	if (*r.at) {
		mica_part_drop(out);
		st = unexpected(&r, "nothing");
	}
out:
	return st;
}
