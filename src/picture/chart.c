/* SPDX-License-Identifier: MIT */
/* picture/chart.c - see chart.h. */
#include "picture/chart.h"
#include "picture/svg.h"

#include <float.h>
#include <math.h>

enum { LEFT = 70, RIGHT = 16, TOP = 34, BOTTOM = 42, WANTED_TICKS = 6, MOST_MARKED = 40 };
static const double font = 12;

/* ---- ticks ---- */

/* The next of 1, 2, 5, 10, ... that is not below x. */
static double nice_step(double x)
{
	double power = pow(10, floor(log10(x))), part = x / power;

	return power * (part <= 1 + 1e-9 ? 1 : part <= 2 + 1e-9 ? 2 : part <= 5 + 1e-9 ? 5 : 10);
}

static size_t even_ticks(double out[MICA__MOST_TICKS], double low, double high, bool whole)
{
	double step = nice_step(high / WANTED_TICKS - low / WANTED_TICKS);
	size_t n = 0;

	step = whole && step < 1 ? 1 : step;
	for (double k = ceil(low / step - 1e-9); n < MICA__MOST_TICKS && isfinite(k * step) && k * step <= high + step * 1e-9; k++)
		out[n++] = k * step;
	return n;
}

/* 1, and 2 and 5 where `all`, times every stride-th power of ten. */
static size_t power_ticks(double out[MICA__MOST_TICKS], double low, double high, bool all, int stride)
{
	static const double parts[] = {1, 2, 5};
	size_t n = 0;

	for (int power = (int)floor(log10(low)); power <= (int)ceil(log10(high)); power++)
		for (size_t i = 0; i < (all ? 3 : 1) && power % stride == 0; i++) {
			double x = parts[i] * pow(10, power);
			if (isfinite(x) && x >= low * (1 - 1e-9) && x <= high * (1 + 1e-9) && n < MICA__MOST_TICKS)
				out[n++] = x;
		}
	return n;
}

size_t mica__ticks(double out[MICA__MOST_TICKS], double low, double high, bool whole, bool log)
{
	double powers = log ? log10(high) - log10(low) : 0;
	size_t n;

	if (powers >= 2)
		return power_ticks(out, low, high, powers < 3, 1 + (int)(powers / 8));
	if (log && (n = power_ticks(out, low, high, true, 1)) >= 3)
		return n;
	return even_ticks(out, low, high, whole);
}

/* Of ticks with that step: no more digits than it takes to tell them apart; step 0: of a logarithmic axis, the shortest. */
static void write_tick(char out[32], double x, double step)
{
	double size = fabs(x);
	int digits = step > 0 && step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;

	if (step == 0)
		mica__format(out, 32, "%.6g", x);
	else if (x != 0 && (size >= 1e7 || digits > 6))
		mica__format(out, 32, "%.*e", size > step ? (int)ceil(log10(size / step) - 1e-9) : 0, x);
	else
		mica__format(out, 32, "%.*f", digits, x == 0 ? 0 : x);
}

/* ---- axes ---- */

typedef struct axis {
	double low, high;      /* values at its ends */
	double from, to;       /* these in the picture */
	bool log;
} axis;

static bool is_shown(double y, bool log)
{
	return isfinite(y) && (!log || y > 0);
}

static double at(const axis *a, double x)
{
	double part = a->log ? (log(x) - log(a->low)) / (log(a->high) - log(a->low)) : (x / 2 - a->low / 2) / (a->high / 2 - a->low / 2);

	return a->from + part * (a->to - a->from);
}

/* Some room around what there is, as far as numbers go; what is all the same, or not to be told apart, stands in the middle. */
static void widen(axis *a, double room)
{
	double size = fmax(fabs(a->low), fabs(a->high));
	bool same = !(a->high / 2 - a->low / 2 > 1e-12 * size);

	if (a->log) {
		double factor = same ? 2 : exp((log(a->high) - log(a->low)) * room);
		a->low = fmax(a->low / factor, DBL_TRUE_MIN);
		a->high = fmin(a->high * factor, DBL_MAX);
		return;
	}
	double by = !same ? a->high * room - a->low * room : size == 0 ? 1 : size * 0.1;
	a->low = fmax(a->low - by, -DBL_MAX);
	a->high = fmin(a->high + by, DBL_MAX);
}

/* From all values that are shown; false: there is none. */
static bool find_ends(const mica__chart *c, axis *x, axis *y)
{
	bool found = false;

	*x = *y = (axis){.low = INFINITY, .high = -INFINITY};
	y->log = c->log;
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->curves[i].n; k++) {
			const mica__curve *of = &c->curves[i];
			x->low = fmin(x->low, of->x[k]);
			x->high = fmax(x->high, of->x[k]);
			if (!is_shown(of->y[k], c->log))
				continue;
			y->low = fmin(y->low, of->y[k]);
			y->high = fmax(y->high, of->y[k]);
			found = true;
		}
	if (!found) {
		x->low = x->low > x->high ? 0 : x->low;
		x->high = x->high < x->low ? x->low : x->high;
		y->low = y->high = 1;
	}
	if (x->low == x->high) {
		x->low -= 0.5;
		x->high += 0.5;
	}
	widen(y, 0.06);
	return found;
}

static double step_of(const double *ticks, size_t n)
{
	double step = INFINITY;

	for (size_t i = 1; i < n; i++)
		step = fmin(step, ticks[i] - ticks[i - 1]);
	return n > 1 ? step : 1;
}

static void add_line(mica__text *t, double x1, double y1, double x2, double y2, const char *colour, double width)
{
	mica__text_add(t, "<path d=\"M%.2f %.2fL%.2f %.2f\" stroke=\"%s\" stroke-width=\"%g\"/>\n", x1, y1, x2, y2, colour, width);
}

static void add_axes(mica__text *t, const mica__chart *c, const axis *x, const axis *y, bool any)
{
	double ticks[MICA__MOST_TICKS];
	char label[32];
	size_t n = any ? mica__ticks(ticks, y->low, y->high, false, y->log) : 0;

	for (size_t i = 0; i < n; i++) {
		double middle = at(y, ticks[i]);
		write_tick(label, ticks[i], y->log ? 0 : step_of(ticks, n));
		add_line(t, x->from, middle, x->to, middle, MICA__FINE, 1);
		mica__svg_text(t, x->from - 8, middle + font * 0.35, font, MICA__PALE, "end", false, label);
	}
	n = mica__ticks(ticks, x->low, x->high, true, false);
	for (size_t i = 0; i < n; i++) {
		double middle = at(x, ticks[i]);
		write_tick(label, ticks[i], 1);
		add_line(t, middle, y->from, middle, y->from + 4, MICA__PALE, 1);
		mica__svg_text(t, middle, y->from + 4 + font * 1.1, font, MICA__PALE, "middle", false, label);
	}
	add_line(t, x->from, y->from, x->to, y->from, MICA__PALE, 1);
	mica__svg_text(t, (x->from + x->to) / 2, y->from + 2 * font + 10, font, MICA__PALE, "middle", false, c->x_title);
}

/* ---- curves ---- */

/* Of few points each is marked, and one without neighbours always is. */
static void add_curve(mica__text *t, const mica__curve *c, const axis *x, const axis *y)
{
	bool down = false;

	mica__text_add(t, "<path d=\"");
	for (size_t i = 0; i < c->n; i++) {
		bool shown = is_shown(c->y[i], y->log);
		if (shown)
			mica__text_add(t, "%s%.2f %.2f", down ? "L" : "M", at(x, c->x[i]), at(y, c->y[i]));
		down = shown;
	}
	mica__text_add(t, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-linejoin=\"round\"/>\n", c->colour);
	for (size_t i = 0; i < c->n; i++) {
		bool before = i && is_shown(c->y[i - 1], y->log), after = i + 1 < c->n && is_shown(c->y[i + 1], y->log);
		if (is_shown(c->y[i], y->log) && (c->n <= MOST_MARKED || (!before && !after)))
			mica__text_add(t, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"2.6\" fill=\"%s\"/>\n", at(x, c->x[i]), at(y, c->y[i]), c->colour);
	}
}

static double legend_width(const mica__chart *c)
{
	double width = 0;

	for (size_t i = 0; i < c->n; i++)
		width += mica__svg_width(c->curves[i].name, font, false) + 38;
	return width;
}

/* From the right end on. */
static void add_legend(mica__text *t, const mica__chart *c, double right, double y)
{
	for (size_t i = c->n; i-- > 0;) {
		double width = mica__svg_width(c->curves[i].name, font, false);
		mica__svg_text(t, right, y, font, MICA__PALE, "end", false, c->curves[i].name);
		add_line(t, right - width - 24, y - font * 0.35, right - width - 6, y - font * 0.35, c->curves[i].colour, 3);
		right -= width + 38;
	}
}

/* Title and legend, above the curves: beside each other, or, where there is no room for that, one above the other. */
static void add_head(mica__text *t, const mica__chart *c, double from, double to, double top)
{
	bool beside = mica__svg_width(c->title, font + 2, true) + legend_width(c) <= to - from;

	mica__svg_text(t, from, top + (beside ? 20 : 9), font + 2, MICA__INK, "start", true, c->title);
	add_legend(t, c, to, top + (beside ? 20 : 26));
}

/* Epochs without a point are said. */
static void add_gaps(mica__text *t, const mica__chart *c, const axis *x, const axis *y, bool any)
{
	size_t gaps = 0;
	char text[96];

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->curves[i].n; k++)
			gaps += !is_shown(c->curves[i].y[k], c->log);
	if (!gaps)
		return;
	mica__format(text, sizeof text, c->log ? "%zu values not finite or not above 0" : "%zu values not finite", gaps);
	mica__svg_text(t, any ? x->to - 4 : (x->from + x->to) / 2, any ? y->to + font : (y->from + y->to) / 2, font, MICA__PALE,
	               any ? "end" : "middle", false, text);
}

void mica__chart_add(mica__text *t, const mica__chart *c, double left, double top, double width, double height)
{
	axis x, y;
	bool any = find_ends(c, &x, &y);

	x.from = left + LEFT;
	x.to = left + width - RIGHT;
	y.from = top + height - BOTTOM;
	y.to = top + TOP;
	add_head(t, c, x.from, x.to, top);
	add_axes(t, c, &x, &y, any);
	for (size_t i = 0; i < c->n; i++)
		add_curve(t, &c->curves[i], &x, &y);
	add_gaps(t, c, &x, &y, any);
}
