/* SPDX-License-Identifier: MIT */
/* model/progress.c - the lines that fit prints, as Keras writes them.
   On a terminal the line is drawn over itself, at most every 0.05 s; elsewhere there is one line per epoch, without
   escapes.  NO_COLOR leaves out colours, and a locale that is not UTF-8 gets a bar of ASCII. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_WIDTH 20
#define REDRAW_SECONDS 0.05

bool mica__utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < MICA__COUNT(names); i++) {
		const char *v = getenv(names[i]);
		if (v && v[0])
			return strstr(v, "UTF-8") || strstr(v, "utf-8") || strstr(v, "UTF8") || strstr(v, "utf8");
	}
	return false;
}

static bool coloured(const mica__progress *p)
{
	const char *no = getenv("NO_COLOR");

	return p->opts->terminal && !(no && no[0]);
}

static void print(const mica__progress *p, mica__text *t)
{
	if (t->s)
		p->opts->print(t->s, p->opts->payload);
	mica__text_free(t);
}

void mica__progress_epoch(mica__progress *p, size_t epoch, size_t epochs)
{
	mica__text t = {0};

	p->started = mica__now();
	p->after_first = p->drawn = p->trained = 0;
	p->width = 0;
	if (!p->opts->verbose || epochs == 1)
		return;
	mica__text_add(&t, "Epoch %zu/%zu\n", epoch, epochs);
	print(p, &t);
}

void mica__progress_step(mica__progress *p, size_t done)
{
	if (done == 1)
		p->after_first = mica__now();
}

void mica__progress_trained(mica__progress *p)
{
	p->trained = mica__now();
}

bool mica__progress_due(const mica__progress *p)
{
	return p->opts->verbose == 1 && p->opts->terminal && mica__now() - p->drawn >= REDRAW_SECONDS;
}

/* Columns that the text takes: bytes that begin a character, escapes left out. */
static size_t columns(const char *s)
{
	size_t n = 0;

	for (; *s; s++) {
		if (*s == '\033')
			while (*s && *s != 'm')
				s++;
		else
			n += ((unsigned char)*s & 0xc0) != 0x80;
		if (!*s)
			break;
	}
	return n;
}

static double step_seconds(const mica__progress *p, size_t done)
{
	double now = p->trained > 0 ? p->trained : mica__now();

	if (p->after_first > 0 && done > 1)
		return (now - p->after_first) / (double)(done - 1);
	return (now - p->started) / (double)(done ? done : 1);
}

static void add_count(mica__text *t, size_t done, size_t of)
{
	int digits = snprintf(NULL, 0, "%zu", of);

	mica__text_add(t, "%*zu/%zu", digits, done, of);
}

static void add_bar(mica__text *t, size_t done, size_t of, bool colour)
{
	const char *cell = mica__utf8() ? "\u2501" : "=", *open = mica__utf8() ? "\u2501" : ".";
	size_t full = BAR_WIDTH * done / of;

	if (mica__utf8() && !colour)
		open = "\u2500"; /* where colour cannot tell them apart */
	if (colour && full)
		mica__text_add(t, "\033[32m");
	for (size_t i = 0; i < full; i++)
		mica__text_add(t, "%s", cell);
	if (colour)
		mica__text_add(t, full ? "\033[0m\033[37m" : "\033[37m");
	for (size_t i = full; i < BAR_WIDTH; i++)
		mica__text_add(t, "%s", open);
	if (colour)
		mica__text_add(t, "\033[0m");
}

static void add_duration(mica__text *t, double s)
{
	unsigned long n = (unsigned long)s;

	if (s > 3600)
		mica__text_add(t, "%lu:%02lu:%02lu", n / 3600, n % 3600 / 60, n % 60);
	else if (s > 60)
		mica__text_add(t, "%lu:%02lu", n / 60, n % 60);
	else
		mica__text_add(t, "%lus", n);
}

static void add_per_step(mica__text *t, double s)
{
	if (s >= 1 || s == 0)
		mica__text_add(t, " %.0fs/step", s);
	else if (s >= 1e-3)
		mica__text_add(t, " %.0fms/step", s * 1e3);
	else
		mica__text_add(t, " %.0fus/step", s * 1e6);
}

static void add_figures(mica__text *t, const mica_figure *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		mica__text_add(t, fabs(f[i].value) > 1e-3 ? " - %s: %.4f" : " - %s: %.4e", f[i].name, f[i].value);
}

/* Columns that a line may have; in the last one a cursor would wrap. */
static size_t room(const mica__progress *p)
{
	return p->opts->terminal && p->opts->columns > 1 ? (size_t)p->opts->columns - 1 : SIZE_MAX;
}

/* As add_figures, in as many lines as the terminal's width needs: of the last figures nothing is left out. */
static void add_figures_in_lines(mica__text *t, const mica_figure *f, size_t n, size_t most)
{
	size_t at = t->s ? columns(t->s) : 0;

	for (size_t i = 0; i < n; i++) {
		mica__text one = {0};
		add_figures(&one, &f[i], 1);
		if (at + one.n > most) {
			mica__text_add(t, "\n   ");
			at = 3;
		}
		mica__text_append(t, mica__text_string(&one), one.n);
		at += one.n;
		t->failed = t->failed || one.failed;
		mica__text_free(&one);
	}
}

/* Cuts the line after so many columns, between characters and not inside an escape. */
static void clip(mica__text *t, size_t most, bool colour)
{
	size_t i = 0, at = 0;

	if (!t->s || columns(t->s) <= most)
		return;
	for (; i < t->n; i++)
		if (t->s[i] == '\033')
			i += strcspn(t->s + i, "m");
		else if (((unsigned char)t->s[i] & 0xc0) != 0x80 && at++ == most)
			break;
	t->n = i < t->n ? i : t->n;
	t->s[t->n] = 0;
	if (colour)
		mica__text_add(t, "\033[0m");
}

/* " 1s 4ms/step" */
static void add_times(mica__text *t, const mica__progress *p, size_t done, bool last, const char *bold, const char *plain)
{
	mica__text_add(t, " %s", bold);
	if (last)
		mica__text_add(t, "%.0fs", mica__now() - p->started);
	else
		add_duration(t, step_seconds(p, done) * (double)(p->steps - done));
	mica__text_add(t, "%s", plain);
	add_per_step(t, step_seconds(p, done));
}

/* "235/469 ━━━━━━━━━━──────────  1s 4ms/step - accuracy: 0.8541 - loss: 0.5012" */
static void draw(mica__progress *p, size_t done, bool last, const mica_figure *figures, size_t n)
{
	mica__text line = {0}, times = {0}, out = {0};
	bool colour = coloured(p);
	const char *bold = colour ? "\033[1m" : "", *plain = colour ? "\033[0m" : "";

	mica__text_add(&line, "%s", bold);
	add_count(&line, done, p->steps);
	mica__text_add(&line, "%s ", plain);
	add_times(&times, p, done, last, bold, plain);
	if (columns(mica__text_string(&line)) + BAR_WIDTH + columns(mica__text_string(&times)) <= room(p))
		add_bar(&line, done, p->steps, colour);
	mica__text_append(&line, mica__text_string(&times), times.n);
	line.failed = line.failed || times.failed;
	mica__text_free(&times);
	if (last)
		add_figures_in_lines(&line, figures, n, room(p));
	else
		add_figures(&line, figures, n);
	clip(&line, last ? SIZE_MAX : room(p), colour);
	size_t width = line.s ? columns(line.s) : 0;
	for (size_t i = 0; p->opts->terminal && i < p->width; i++)
		mica__text_add(&out, "\b");
	mica__text_add(&out, "%s%s", p->opts->terminal ? "\r" : "", line.s ? line.s : "");
	for (size_t i = width; i < p->width; i++)
		mica__text_add(&out, " ");
	mica__text_add(&out, last ? "\n" : "");
	p->width = last ? 0 : width > p->width ? width : p->width;
	p->drawn = mica__now();
	mica__text_free(&line);
	print(p, &out);
}

void mica__progress_draw(mica__progress *p, size_t done, const mica_logs *logs)
{
	draw(p, done, false, logs->at, logs->n);
}

void mica__progress_end(mica__progress *p, size_t done, const mica_logs *logs)
{
	mica__text t = {0};

	if (p->opts->verbose == 1)
		draw(p, done, true, logs->at, logs->n);
	if (p->opts->verbose != 2)
		return;
	add_count(&t, done, p->steps);
	mica__text_add(&t, " - %.0fs -", mica__now() - p->started);
	add_per_step(&t, step_seconds(p, done));
	add_figures(&t, logs->at, logs->n);
	mica__text_add(&t, "\n");
	print(p, &t);
}

void mica__progress_break(mica__progress *p)
{
	if (p->width)
		p->opts->print("\n", p->opts->payload);
	p->width = 0;
}

void mica__progress_say(mica__progress *p, const char *text)
{
	mica__text t = {0};

	if (!p->opts->print)
		return;
	mica__progress_break(p);
	mica__text_add(&t, "%s\n", text);
	print(p, &t);
}
