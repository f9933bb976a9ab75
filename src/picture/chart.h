/* SPDX-License-Identifier: MIT */
/* picture/chart.h - curves over a whole number, as epochs, with axes, ticks and a legend: part of a picture (svg.h).  Uses base only. */
#ifndef MICA_PICTURE_CHART_H
#define MICA_PICTURE_CHART_H
#include "base/base.h"

typedef struct mica__curve {
	const char *name, *colour; /* in the legend */
	const double *x, *y;       /* x increases; a y that is not finite, or has no logarithm where that is drawn, is a gap */
	size_t n;
} mica__curve;

typedef struct mica__chart {
	const char *title, *x_title;
	const mica__curve *curves;
	size_t n;
	bool log;                  /* the y axis is */
} mica__chart;

/* Into the rectangle whose upper left corner is x, y. */
void mica__chart_add(mica__text *t, const mica__chart *c, double x, double y, double width, double height);

/* Ticks of an axis from low to high, which are finite and low < high: multiples of 1, 2 or 5 times a power of ten; at most
   MICA__MOST_TICKS, at least 2.  whole: of whole numbers.  log: the axis is, and low is above 0: powers of ten where there are
   enough, else 1, 2 and 5 times these, else as without. */
enum { MICA__MOST_TICKS = 12 };
size_t mica__ticks(double out[MICA__MOST_TICKS], double low, double high, bool whole, bool log);

#endif
