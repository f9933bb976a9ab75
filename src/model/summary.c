/* SPDX-License-Identifier: MIT */
/* model/summary.c - Keras' table of a model's layers, 88 columns wide. */
#include "model/model.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 3 };
static const size_t widths[COLUMNS] = {36, 27, 15}; /* of the texts; each cell has a blank on both sides */

typedef struct printer {
	void (*print)(const char *text, void *payload);
	void *payload;
	bool utf8, failed;
} printer;

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
		for (size_t k = 0; k < widths[i] + 2; k++)
			mica__text_add(&t, "%s", c[1]);
		mica__text_add(&t, "%s", i + 1 < COLUMNS ? c[2] : c[3]);
	}
	mica__text_add(&t, "\n");
	emit(p, &t);
}

/* One line of cells; what does not fit is cut and ends with a mark.  The last column stands right. */
static void row(printer *p, const char *bar, const char *const cells[COLUMNS])
{
	mica__text t = {0};

	bar = p->utf8 ? bar : "|";
	for (size_t i = 0; i < COLUMNS; i++) {
		int w = (int)widths[i];
		mica__text_add(&t, "%s ", bar);
		if (strlen(cells[i]) > widths[i])
			mica__text_add(&t, "%.*s%s ", p->utf8 ? w - 1 : w - 3, cells[i], p->utf8 ? "\u2026" : "...");
		else
			mica__text_add(&t, i + 1 < COLUMNS ? "%-*s " : "%*s ", w, cells[i]);
	}
	mica__text_add(&t, "%s\n", bar);
	emit(p, &t);
}

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

static void readable_bytes(char out[32], double bytes)
{
	static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
	size_t u = 0;

	for (; bytes >= 1024 && u + 1 < MICA__COUNT(units); u++)
		bytes /= 1024;
	snprintf(out, 32, "%.2f %s", bytes, units[u]);
}

/* A class of Keras', or the name of the user's kind. */
static const char *title_of(const mica_kind *kind)
{
	return kind->title ? kind->title : kind->name;
}

static void layer_row(printer *p, const mica__entry *e, size_t parameters)
{
	char title[96], shape[128], count[32];
	size_t n = (size_t)snprintf(shape, sizeof shape, "(None");

	snprintf(title, sizeof title, "%s (%s)", e->name, title_of(e->layer.part.kind));
	for (size_t i = 0; i < e->output.rank && n < 100; i++)
		n += (size_t)snprintf(shape + n, sizeof shape - n, ", %zu", e->output.dim[i]);
	snprintf(shape + n, sizeof shape - n, ")");
	with_commas(count, parameters);
	/* As in Keras, the class goes to a line of its own where both do not fit into one. */
	if (strlen(title) <= widths[0]) {
		row(p, "\u2502", (const char *[]){title, shape, count});
		return;
	}
	row(p, "\u2502", (const char *[]){e->name, shape, count});
	snprintf(title, sizeof title, "(%s)", title_of(e->layer.part.kind));
	row(p, "\u2502", (const char *[]){title, "", ""});
}

static void total(printer *p, const char *what, size_t n, double bytes)
{
	char count[32], size[32];
	mica__text t = {0};

	with_commas(count, n);
	readable_bytes(size, bytes);
	mica__text_add(&t, " %s params: %s (%s)\n", what, count, size);
	emit(p, &t);
}

/* What Keras does not say: memory and work, known once the training plan is. */
static void measured(printer *p, const mica_model *m)
{
	char size[32];
	mica__text t = {0};
	size_t batch = m->training->key.batch;

	readable_bytes(size, (double)m->info.device_bytes);
	mica__text_add(&t, " Device memory: %s at batch size %zu\n", size, batch);
	emit(p, &t);
	mica__text_add(&t, " Training work: %.3f MFLOP per sample\n",
	               (double)mica_plan_describe(m->training->plan).flops / (double)batch * 1e-6);
	emit(p, &t);
}

static void totals(printer *p, mica_model *m)
{
	size_t n = mica_model_parameters(m), states = mica__model_states(m), optimizer = 0;
	double word = (double)mica__dtype_bytes(m->real);

	if (m->trained)
		optimizer = mica__model_slot_elements(m) + 2; /* step and learning rate */
	total(p, "Total", n + optimizer, word * (double)(n + optimizer));
	total(p, "Trainable", n - states, word * (double)(n - states));
	total(p, "Non-trainable", states, word * (double)states);
	if (optimizer)
		total(p, "Optimizer", optimizer, word * (double)optimizer);
	if (m->training && m->info.device_bytes)
		measured(p, m);
}

mica_status mica_summary(mica_model *m, void (*print)(const char *text, void *payload), void *payload)
{
	printer p = {print, payload, mica__utf8(), false};
	mica__text t = {0};
	mica_status st = mica__model_check(m, "summary", false);

	if (st != MICA_OK)
		return st;
	if (!print)
		return mica__fail(MICA_EINVAL, "summary: no print function");
	mica__text_add(&t, "Model: \"%s\"\n", m->name);
	emit(&p, &t);
	rule(&p, (const char *const[]){"\u250f", "\u2501", "\u2533", "\u2513"});
	row(&p, "\u2503", (const char *[]){"Layer (type)", "Output Shape", "Param #"});
	rule(&p, (const char *const[]){"\u2521", "\u2501", "\u2547", "\u2529"});
	for (size_t i = 0; i < m->n_layers; i++) {
		if (i)
			rule(&p, (const char *const[]){"\u251c", "\u2500", "\u253c", "\u2524"});
		layer_row(&p, m->layers[i], mica__model_parameters_of(m, i));
	}
	rule(&p, (const char *const[]){"\u2514", "\u2500", "\u2534", "\u2518"});
	totals(&p, m);
	return p.failed ? MICA_ENOMEM : MICA_OK;
}
