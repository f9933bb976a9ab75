/* SPDX-License-Identifier: MIT */
/* model/summary.c - Keras' table of a model's layers: 88 columns wide, 108 where it says what they are connected to, or as wide as
   the terminal. */
#include "base/fields.h"
#include "model/model.h"

#include <stdio.h>
#include <string.h>

enum { CHAIN = 3, MOST_COLUMNS = 4, NARROWEST = 40 };

typedef struct printer {
	void (*print)(const char *text, void *payload);
	void *payload;
	size_t columns, widths[MOST_COLUMNS]; /* of the texts; each cell has a blank on both sides */
	bool utf8, failed;
	bool head;               /* the line above was the table's head */
} printer;

static size_t widest(const printer *p)
{
	return p->columns == CHAIN ? 88 : 108;
}

/* Where Keras' columns end, in hundredths of the table; a bar and two blanks of each, and one more bar, are not for text. */
static void choose_widths(printer *p, size_t table)
{
	static const size_t chain[] = {45, 80, 100}, network[] = {30, 56, 74, 100};
	const size_t *end = p->columns == CHAIN ? chain : network;

	for (size_t i = 0; i < p->columns; i++)
		p->widths[i] = table * end[i] / 100 - (i ? table * end[i - 1] / 100 : 0) - 3;
	p->widths[p->columns - 2]--;
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
	for (size_t i = 0; i < p->columns; i++) {
		for (size_t k = 0; k < p->widths[i] + 2; k++)
			mica__text_add(&t, "%s", c[1]);
		mica__text_add(&t, "%s", i + 1 < p->columns ? c[2] : c[3]);
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
	bool right = column == CHAIN - 1;
	mica__text_add(t, " %*s%s%*s ", right ? (int)blanks : 0, "", mica__text_string(&text), right ? 0 : (int)blanks, "");
	t->failed = t->failed || text.failed;
	mica__text_free(&text);
}

/* A line of cells, or as many as the longest of them needs.  Numbers of parameters stand right. */
static void row(printer *p, const char *bar, const char *const cells[MOST_COLUMNS])
{
	const char *rest[MOST_COLUMNS];
	bool more = true;

	memcpy(rest, cells, sizeof rest);
	while (more) {
		mica__text t = {0};
		more = false;
		for (size_t i = 0; i < p->columns; i++) {
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

/* "shared[1][0]": the first output of its second call. */
static void add_source(mica__text *t, const mica_model *m, size_t symbol)
{
	const mica__network *n = &m->net;
	const mica__call *maker = mica__network_maker(n, n->symbols[symbol]);
	size_t before = 0, i = 0;

	for (const mica__call *c = n->calls; maker && c < maker; c++)
		before += c->layer == maker->layer;
	while (!maker && n->inputs[i].symbol != symbol)
		i++;
	mica__text_add(t, "%s%s[%zu][%zu]", t->n ? ", " : "", maker ? maker->layer->name : n->inputs[i].name, before,
	               maker ? symbol - maker->out : 0);
}

/* The line above a row, or below the head of a table without rows. */
static void row_rule(printer *p)
{
	if (p->head)
		rule(p, (const char *const[]){"\u2521", "\u2501", "\u2547", "\u2529"});
	else
		rule(p, (const char *const[]){"\u251c", "\u2500", "\u253c", "\u2524"});
	p->head = false;
}

/* built: weights are made already, if it has any. */
static void print_row(printer *p, const char *name, const char *title, const char *shape, size_t parameters, bool built, const char *from)
{
	char both[96], count[48];

	row_rule(p);
	snprintf(both, sizeof both, "%s (%s)", name, title);
	with_commas(count, parameters);
	if (!built)
		memcpy(count + strlen(count), " (unbuilt)", sizeof " (unbuilt)");
	row(p, "\u2502", (const char *[]){both, shape, count, from});
}

static void input_row(printer *p, const mica_model *m, size_t i)
{
	mica__text shape = {0};

	mica__sample_shape_add(&shape, mica__model_input(m, i)->shape);
	print_row(p, m->net.inputs[i].name, "InputLayer", mica__text_string(&shape), 0, true, "-");
	mica__text_free(&shape);
}

/* A layer with all its calls. */
static void layer_row(printer *p, const mica_model *m, mica_instance *layer)
{
	mica__text shape = {0}, from = {0};
	const mica__call *first = NULL;

	for (const mica__call *c = m->net.calls; c < m->net.calls + m->net.n_calls; c++) {
		if (c->layer != layer)
			continue;
		first = first ? first : c;
		for (size_t k = 0; k < c->n_in; k++)
			add_source(&from, m, c->in[k]);
	}
	for (size_t k = 0; first && k < first->n_out; k++) {
		mica__text_add(&shape, k ? ", " : first->n_out > 1 ? "[" : "");
		mica__sample_shape_add(&shape, m->net.symbols[first->out + k]->shape);
	}
	mica__text_add(&shape, first && first->n_out > 1 ? "]" : first ? "" : "?");
	print_row(p, layer->name, mica__kind_title(layer->layer.part.kind), mica__text_string(&shape), mica__instance_parameters(layer),
	          first, from.n ? mica__text_string(&from) : "-");
	p->failed = p->failed || shape.failed || from.failed;
	mica__text_free(&shape);
	mica__text_free(&from);
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
	double work = (double)mica_plan_describe(m->training->plan).flops / (double)batch;

	mica__text_add(&t, " Device memory: %s at batch size %zu\n", mica__bytes_text((double)m->info.device_bytes), batch);
	emit(p, &t);
	if (work <= 0) /* it is not counted where there are no kernels, and of networks without products */
		return;
	mica__text_add(&t, work < 1e4 ? " Training work: %.0f FLOP per sample\n" : " Training work: %.3f MFLOP per sample\n",
	               work < 1e4 ? work : work * 1e-6);
	emit(p, &t);
}

/* A chain whose input is not known yet: its layers have no shapes and no weights. */
static bool is_waiting(const mica_model *m)
{
	return m && m->chain && !m->net.n_inputs;
}

static void totals(printer *p, mica_model *m)
{
	size_t n = is_waiting(m) ? 0 : mica_model_parameters(m), trained = n ? mica__model_trained_parameters(m) : 0, optimizer = 0;
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
	row(p, "\u2503", (const char *[]){"Layer (type)", "Output Shape", "Param #", "Connected to"});
	p->head = true;
	for (size_t i = 0; i < m->net.n_inputs && !m->chain; i++)
		input_row(p, m, i);
	for (size_t i = 0; i < m->net.n_layers; i++)
		layer_row(p, m, m->net.layers[i]);
	if (p->head)
		row_rule(p);
	rule(p, (const char *const[]){"\u2514", "\u2500", "\u2534", "\u2518"});
	totals(p, m);
}

/* Each call has one input, which the call before it made. */
static bool is_chain(const mica__network *n)
{
	bool chain = n->n_inputs == 1 && n->n_calls == n->n_layers;

	for (size_t i = 0; i < n->n_calls && chain; i++)
		chain = n->calls[i].n_in == 1 && n->calls[i].n_out == 1 && n->calls[i].in[0] == (i ? n->calls[i - 1].out : n->inputs[0].symbol);
	return chain;
}

static const mica_field fields[] = {MICA_FIELD_INT(mica_summary_opts, columns, .otherwise = MICA_MOST_COUNT, MICA_COUNT_FROM(1))};

mica_status mica_model_summary(mica_model *m, void (*print)(const char *text, void *payload), void *payload,
                               const mica_summary_opts *o)
{
	printer p = {.print = print, .payload = payload, .utf8 = mica__utf8()};
	mica_summary_opts opts;
	mica_status st;

	if (!is_waiting(m) || mica_model_status(m) != MICA_OK)
		MICA_TRY(mica__model_check(m, "summary", false));
	MICA_TRY(mica__options(&opts, o, sizeof opts, "summary"));
	MICA_TRY(mica__fields_resolve("summary", &opts, fields, MICA__COUNT(fields)));
	if (!print)
		return mica__fail(MICA_EINVAL, "summary: no print function");
	p.columns = is_waiting(m) || is_chain(&m->net) ? CHAIN : MOST_COLUMNS;
	size_t table = (size_t)opts.columns - 1;
	choose_widths(&p, table > widest(&p) ? widest(&p) : table < NARROWEST ? NARROWEST : table);
	print_all(&p, m);
	st = p.failed ? MICA_ENOMEM : MICA_OK;
out:
	return st;
}
