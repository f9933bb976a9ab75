/* SPDX-License-Identifier: MIT */
/* model/summary.c - Keras' table of a model's layers: 88 columns wide, or as wide as the terminal. */
#include "base/fields.h"
#include "model/model.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 3, WIDEST = 88, NARROWEST = 40 };

typedef struct printer {
	void (*print)(const char *text, void *payload);
	void *payload;
	size_t widths[COLUMNS]; /* of the texts; each cell has a blank on both sides */
	bool utf8, failed;
} printer;

/* Keras' columns end at 0.45, 0.8 and 1 of the table. */
static void choose_widths(printer *p, size_t table)
{
	p->widths[0] = table * 45 / 100 - 3;
	p->widths[2] = table - table * 80 / 100 - 3;
	p->widths[1] = table - 10 - p->widths[0] - p->widths[2]; /* 4 bars and 6 blanks */
}

static void emit(printer *p, mica__text *t)
{
	if (t->failed)
		p->failed = true;
	else
		p->print(t->s ? t->s : "", p->payload);
	mica__text_free(t);
}

/* A horizontal line: left end, fill, crossing, right end. */
static void rule(printer *p, const char *const utf8[4])
{
	static const char *const ascii[4] = {"+", "-", "+", "+"};
	const char *const *c = p->utf8 ? utf8 : ascii;
	mica__text t = {0};

	mica__text_add(&t, "%s", c[0]);
	for (size_t i = 0; i < COLUMNS; i++) {
		for (size_t k = 0; k < p->widths[i] + 2; k++)
			mica__text_add(&t, "%s", c[1]);
		mica__text_add(&t, "%s", i + 1 < COLUMNS ? c[2] : c[3]);
	}
	mica__text_add(&t, "\n");
	emit(p, &t);
}

/* ---- cells ---- */

static size_t characters(const char *s, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80; /* begins one */
	return n;
}

/* Bytes of the first n characters of s. */
static size_t bytes_of(const char *s, size_t n)
{
	size_t bytes = strlen(s);

	while (characters(s, bytes) > n)
		bytes--;
	return bytes;
}

/* Takes from *rest what one line of a cell holds, as Keras fills it: as many words as fit, or of one that is too long the
   beginning and a mark. */
static void take_line(const printer *p, const char **rest, size_t width, mica__text *out)
{
	const char *s = *rest + strspn(*rest, " ");
	size_t fits = 0, end = strcspn(s, " ");

	while (end > fits && characters(s, end) <= width) {
		fits = end;
		end += strspn(s + end, " ");
		end += strcspn(s + end, " ");
	}
	*rest = s + fits;
	if (fits || !*s) {
		mica__text_append(out, s, fits);
		return;
	}
	*rest = s + strcspn(s, " ");
	mica__text_append(out, s, bytes_of(s, width - (p->utf8 ? 1 : 3)));
	mica__text_add(out, p->utf8 ? "\u2026" : "...");
}

static void add_cell(const printer *p, mica__text *t, size_t column, const char **rest)
{
	mica__text text = {0};

	take_line(p, rest, p->widths[column], &text);
	size_t n = text.s ? characters(text.s, text.n) : 0, blanks = p->widths[column] > n ? p->widths[column] - n : 0;
	bool right = column + 1 == COLUMNS;
	mica__text_add(t, " %*s%s%*s ", right ? (int)blanks : 0, "", mica__text_string(&text), right ? 0 : (int)blanks, "");
	t->failed = t->failed || text.failed;
	mica__text_free(&text);
}

/* A line of cells, or as many as the longest of them needs.  The last column stands right. */
static void row(printer *p, const char *bar, const char *const cells[COLUMNS])
{
	const char *rest[COLUMNS];
	bool more = true;

	memcpy(rest, cells, sizeof rest);
	while (more) {
		mica__text t = {0};
		more = false;
		for (size_t i = 0; i < COLUMNS; i++) {
			mica__text_add(&t, "%s", p->utf8 ? bar : "|");
			add_cell(p, &t, i, &rest[i]);
			more = more || rest[i][strspn(rest[i], " ")];
		}
		mica__text_add(&t, "%s\n", p->utf8 ? bar : "|");
		emit(p, &t);
	}
}

/* ---- rows ---- */

/* 1234567 as "1,234,567". */
static void with_commas(char out[32], size_t n)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%zu", n), at = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = 0;
}

/* A class of Keras', or the name of the user's kind. */
static const char *title_of(const mica_kind *kind)
{
	return kind->title ? kind->title : kind->name;
}

/* A call: of a layer that was called before, no weights are new. */
static void layer_row(printer *p, const mica_model *m, const mica__call *c, bool again)
{
	const mica_symbol *y = m->net.symbols[c->out];
	char title[96], shape[200], count[32];
	size_t n = (size_t)snprintf(shape, sizeof shape, "(None");

	snprintf(title, sizeof title, "%s (%s)", c->layer->name, title_of(c->layer->layer.part.kind));
	for (size_t i = 0; i < y->shape.rank && n < sizeof shape; i++)
		n += (size_t)snprintf(shape + n, sizeof shape - n, ", %zu", y->shape.dim[i]);
	snprintf(shape + n, sizeof shape - n, ")");
	with_commas(count, again ? 0 : mica__instance_parameters(c->layer));
	row(p, "\u2502", (const char *[]){title, shape, count});
}

static void total(printer *p, const char *what, size_t n, double bytes)
{
	char count[32];
	mica__text t = {0};

	with_commas(count, n);
	mica__text_add(&t, " %s params: %s (%s)\n", what, count, mica__bytes_text(bytes));
	emit(p, &t);
}

/* What Keras does not say: memory and work, known once the training plan is. */
static void measured(printer *p, const mica_model *m)
{
	mica__text t = {0};
	size_t batch = m->training->key.batch;

	mica__text_add(&t, " Device memory: %s at batch size %zu\n", mica__bytes_text((double)m->info.device_bytes), batch);
	emit(p, &t);
	mica__text_add(&t, " Training work: %.3f MFLOP per sample\n",
	               (double)mica_plan_describe(m->training->plan).flops / (double)batch * 1e-6);
	emit(p, &t);
}

static void totals(printer *p, mica_model *m)
{
	size_t n = mica_model_parameters(m), trained = mica__model_trained_parameters(m), optimizer = 0;
	double word = (double)mica__dtype_bytes(m->real);

	if (m->trained)
		optimizer = mica__model_slot_elements(m) + 2; /* step and learning rate */
	total(p, "Total", n + optimizer, word * (double)(n + optimizer));
	total(p, "Trainable", trained, word * (double)trained);
	total(p, "Non-trainable", n - trained, word * (double)(n - trained));
	if (optimizer)
		total(p, "Optimizer", optimizer, word * (double)optimizer);
	if (m->training && m->info.device_bytes)
		measured(p, m);
}

static void print_all(printer *p, mica_model *m)
{
	mica__text t = {0};

	mica__text_add(&t, "Model: \"%s\"\n", m->name);
	emit(p, &t);
	rule(p, (const char *const[]){"\u250f", "\u2501", "\u2533", "\u2513"});
	row(p, "\u2503", (const char *[]){"Layer (type)", "Output Shape", "Param #"});
	rule(p, (const char *const[]){"\u2521", "\u2501", "\u2547", "\u2529"});
	for (size_t i = 0; i < m->net.n_calls; i++) {
		if (i)
			rule(p, (const char *const[]){"\u251c", "\u2500", "\u253c", "\u2524"});
		layer_row(p, m, &m->net.calls[i], false);
	}
	rule(p, (const char *const[]){"\u2514", "\u2500", "\u2534", "\u2518"});
	totals(p, m);
}

static const mica_field fields[] = {MICA_FIELD_INT(mica_summary_opts, columns, .otherwise = WIDEST + 1, MICA_COUNT_FROM(1))};

mica_status mica_model_summary(mica_model *m, void (*print)(const char *text, void *payload), void *payload,
                               const mica_summary_opts *o)
{
	printer p = {.print = print, .payload = payload, .utf8 = mica__utf8()};
	mica_summary_opts opts;
	mica_status st;

	MICA_TRY(mica__model_check(m, "summary", false));
	MICA_TRY(mica__options(&opts, o, sizeof opts, "summary"));
	MICA_TRY(mica__fields_resolve("summary", &opts, fields, MICA__COUNT(fields)));
	if (!print)
		return mica__fail(MICA_EINVAL, "summary: no print function");
	size_t table = (size_t)opts.columns - 1;
	choose_widths(&p, table > WIDEST ? WIDEST : table < NARROWEST ? NARROWEST : table);
	print_all(&p, m);
	st = p.failed ? MICA_ENOMEM : MICA_OK;
out:
	return st;
}
