/* SPDX-License-Identifier: MIT */
/* model/callbacks/monitor.h - what callbacks share that watch a figure: in which direction it is better, and its best so far. */
#ifndef MICA_MODEL_CALLBACKS_MONITOR_H
#define MICA_MODEL_CALLBACKS_MONITOR_H
#include "model/model.h"

typedef struct mica__monitor {
	const char *figure;   /* its name */
	int better;           /* 1: larger is, -1: smaller */
	double least;         /* by which it has to be, from 0 */
	bool any;             /* there was a best */
	double best;
	bool said;            /* that there is no such figure */
} mica__monitor;

/* figure NULL: "val_loss".  EINVAL where the mode is auto and nobody knows what is better.  caller begins messages. */
mica_status mica__monitor_begin(mica__monitor *w, const mica_model *m, const char *caller, const char *figure, mica_mode mode, double least);
/* The figure of an epoch; false where there is none, which is said once. */
bool mica__monitor_read(mica__monitor *w, mica_training *t, const char *caller, double *x);
/* Whether x is better than another number; than the best so far, which it then is. */
bool mica__monitor_better(const mica__monitor *w, double x, double than);
bool mica__monitor_improved(mica__monitor *w, double x);

/* Rows of the options. */
#define MICA__MONITOR_FIELDS(options) MICA_FIELD_TEXT(options, monitor), MICA_FIELD_INT(options, mode, MICA_WITHIN(0, MICA_MODE_MAX))
/* A number that may be left out: infinite then. */
#define MICA__MAYBE_FIELD(options, member) \
	MICA_FIELD_REAL(options, member, .otherwise = INFINITY, .high = INFINITY, .range = MICA_RANGE_HIGH)

#endif
