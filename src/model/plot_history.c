/* SPDX-License-Identifier: MIT */
/* model/plot_history.c - how a training went, as a picture: a chart for each figure, with its twin of validation, side by side. */
#include "base/files.h"
#include "data/csv_fields.h"
#include "mica/plot.h"
#include "model/model.h"
#include "picture/chart.h"
#include "picture/svg.h"

#include <math.h>
#include <string.h>

enum { CHART_WIDTH = 460, CHART_HEIGHT = 290, TITLE = 16, HEAD = 34, LARGEST_LOG = 1 << 28 };

/* ---- the file of a logger ---- */

/* "", NA: there is none. */
static mica_status take_field(mica__history *h, const mica__csv_reader *r, const char *figure, double *epoch)
{
	const char *text = mica__text_string(&r->text), *end;
	double x = mica__parse_number(text, &end);
	bool is_epoch = strcmp(figure, "epoch") == 0;

	if (!is_epoch && (!*text || strcmp(text, "NA") == 0))
		return MICA_OK;
	if (end == text || *end)
		return mica__fail(MICA_EFORMAT, "plot_history: %s: line %zu: column \"%.40s\": \"%.40s\" is no number", r->file, r->field_line, figure,
		                  text);
	if (!is_epoch)
		return mica__history_add(h, (size_t)*epoch, figure, x);
	if (!(x >= 0 && x < MICA_MOST_COUNT && x == floor(x)))
		return mica__fail(MICA_EFORMAT, "plot_history: %s: line %zu: the epoch is %g; expected a whole number from 0", r->file, r->field_line, x);
	*epoch = x + 1;
	return mica__history_note(h, (size_t)*epoch, &(mica_logs){.n = 0});
}

/* The names, whose first is "epoch". */
static mica_status read_names(mica_logs *names, mica__csv_reader *r)
{
	mica_status st = MICA_OK;

	do {
		MICA_TRY(mica__csv_next(r));
		if (names->n == MICA_MAX_LOGS || r->text.n >= sizeof names->at[0].name)
			return mica__fail(MICA_EFORMAT, "plot_history: %s: more than %d columns, or a name of more than %zu bytes", r->file, MICA_MAX_LOGS,
			                  sizeof names->at[0].name - 1);
		strcpy(names->at[names->n++].name, mica__text_string(&r->text));
	} while (r->after == MICA__AFTER_FIELD);
	if (strcmp(names->at[0].name, "epoch") != 0)
		st = mica__fail(MICA_EFORMAT, "plot_history: %s: the first column is \"%s\"; expected \"epoch\", as mica_csv_logger writes it", r->file,
		                names->at[0].name);
out:
	return st;
}

/* A second line of names, which an appended log may have, is no epoch. */
static mica_status read_line(mica__history *h, mica__csv_reader *r, const mica_logs *names)
{
	size_t line = r->line, n = 0;
	double epoch = 0;
	bool again = false;
	mica_status st;

	do {
		MICA_TRY(mica__csv_next(r));
		if (mica__csv_empty_line(r, n))
			return MICA_OK;
		again = again || (n == 0 && strcmp(mica__text_string(&r->text), "epoch") == 0);
		if (!again && n < names->n)
			MICA_TRY(take_field(h, r, names->at[n].name, &epoch));
		n++;
	} while (r->after == MICA__AFTER_FIELD);
	if (!again && n != names->n)
		st = mica__fail(MICA_EFORMAT, "plot_history: %s: line %zu has not as many fields as the first, which has %zu", r->file, line, names->n);
out:
	return st;
}

/* The separator is what stands behind "epoch". */
static mica_status read_log(mica__history *h, const char *file)
{
	unsigned char *bytes = NULL;
	size_t n;
	mica_logs names = {.n = 0};
	mica__csv_reader r = {.file = file, .line = 1, .separator = ','};
	mica_status st;

	MICA_TRY(mica__file_read(&bytes, &n, file, LARGEST_LOG));
	r.at = bytes;
	r.end = bytes + n;
	if (n > 5 && memcmp(bytes, "epoch", 5) == 0 && bytes[5] > ' ' && bytes[5] != '"')
		r.separator = (char)bytes[5];
	else if (n > 5 && bytes[5] == '\t')
		r.separator = '\t';
	MICA_TRY(read_names(&names, &r));
	while (r.after != MICA__AFTER_FILE)
		MICA_TRY(read_line(h, &r, &names));
out:
	mica__text_free(&r.text);
	mica__free(bytes);
	return st;
}

/* ---- charts ---- */

/* Points of a figure; room for all. */
typedef struct series {
	double *x, *y;
	size_t n;
} series;

static size_t figure_of(const mica__history *h, const char *prefix, const char *name)
{
	size_t n = strlen(prefix), i = 0;

	while (i < h->n_figures && (strncmp(h->figures[i].name, prefix, n) != 0 || strcmp(h->figures[i].name + n, name) != 0))
		i++;
	return i;
}

static void take(series *s, const mica__history *h, size_t figure)
{
	s->n = 0;
	for (size_t i = 0; i < h->n; i++)
		if (h->points[i].figure == figure) {
			s->x[s->n] = (double)h->points[i].epoch;
			s->y[s->n++] = h->points[i].value;
		}
}

/* The name of a chart: a figure's, without what says that it is of validation. */
static const char *plain(const char *name)
{
	return strncmp(name, "val_", 4) == 0 ? name + 4 : name;
}

/* loss first, the learning rate last, all others by name. */
static int rank(const char *name)
{
	return strcmp(name, "loss") == 0 ? 0 : strcmp(name, "learning_rate") == 0 ? 2 : 1;
}

static bool comes_before(const char *a, const char *b)
{
	return rank(a) != rank(b) ? rank(a) < rank(b) : strcmp(a, b) < 0;
}

/* The first name after `last` (NULL: of all); NULL: there is none. */
static const char *next_name(const mica__history *h, const char *last)
{
	const char *best = NULL;

	for (size_t i = 0; i < h->n_figures; i++) {
		const char *name = plain(h->figures[i].name);
		if ((!last || comes_before(last, name)) && (!best || comes_before(name, best)))
			best = name;
	}
	return best;
}

static void add_chart(mica__text *t, const mica__history *h, const char *name, bool log, series room[2], double x, double y)
{
	mica__curve curves[2] = {{.name = "training", .colour = "#2563eb"}, {.name = "validation", .colour = "#ea580c"}};
	mica__chart c = {.title = name, .x_title = "epoch", .curves = curves, .log = log};

	for (size_t i = 0; i < 2; i++) {
		size_t figure = figure_of(h, i ? "val_" : "", name);
		if (figure == h->n_figures)
			continue;
		take(&room[i], h, figure);
		curves[c.n] = (mica__curve){curves[i].name, curves[i].colour, room[i].x, room[i].y, room[i].n};
		c.n++;
	}
	mica__chart_add(t, &c, x, y, CHART_WIDTH, CHART_HEIGHT);
}

/* Two in a row, or three where there are many. */
static void draw(mica__text *t, const mica__history *h, const char *title, bool log, series room[2])
{
	size_t charts = 0, i = 0;

	for (const char *name = NULL; (name = next_name(h, name));)
		charts++;
	size_t columns = charts < 2 ? 1 : charts <= 4 ? 2 : 3;
	mica__svg_begin(t, (double)columns * CHART_WIDTH, HEAD + (double)mica__ceil_div(charts, columns) * CHART_HEIGHT, title);
	mica__svg_text(t, (double)columns * CHART_WIDTH / 2, 24, TITLE, MICA__INK, "middle", true, title);
	for (const char *name = NULL; (name = next_name(h, name)); i++)
		add_chart(t, h, name, log, room, (double)(i % columns) * CHART_WIDTH, HEAD + (double)(i / columns) * CHART_HEIGHT);
}

static mica_status write(const mica__history *h, const char *file, const char *title, bool log)
{
	double *numbers = mica__alloc(h->n * 4, sizeof *numbers);
	series room[2] = {{.x = numbers, .y = numbers + h->n}, {.x = numbers + 2 * h->n, .y = numbers + 3 * h->n}};
	mica__text t = {0};

	if (!numbers)
		return MICA_ENOMEM;
	draw(&t, h, title, log, room);
	mica__free(numbers);
	return mica__svg_end(&t, file);
}

static mica_status plot(const mica_model *m, const char *file, const mica_plot_history_opts *o)
{
	mica__history read = {0};
	const mica__history *h = o->log ? &read : &m->history;
	mica_status st = MICA_OK;

	if (!mica__ends_with(file, ".svg"))
		return mica__fail(MICA_EINVAL, "plot_history: file \"%s\"; give a name that ends in .svg", file ? file : "");
	if (o->log)
		MICA_TRY(read_log(&read, o->log));
	if (h->n)
		st = write(h, file, o->title ? o->title : m ? m->name : o->log, o->log_scale);
	else
		st = mica__fail(MICA_EINVAL, "plot_history: there is no epoch%s%s; train first", o->log ? " in " : "", o->log ? o->log : "");
out:
	mica__history_free(&read);
	return st;
}

mica_status mica_plot_history_to(mica_model *m, const char *file, const mica_plot_history_opts *o)
{
	mica_plot_history_opts opts;
	mica_status st = mica__options(&opts, o, sizeof opts, "plot_history");

	if (st == MICA_OK && !opts.log && !m)
		return mica__fail_null("plot_history: no model; check what mica_sequential or mica_functional returned, or give a .log");
	return mica__model_done(m, st == MICA_OK ? plot(m, file, &opts) : st);
}
