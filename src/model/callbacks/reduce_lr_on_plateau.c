/* SPDX-License-Identifier: MIT */
/* model/callbacks/reduce_lr_on_plateau.c - multiplies the learning rate by a factor when a figure gets no better. */
#include "model/callbacks/monitor.h"

#include <math.h>
#include <stdio.h>

static const char name[] = "reduce_lr_on_plateau";

typedef struct state {
	mica__monitor watch;
	size_t wait, cooling;  /* epochs without a better figure; that are left of a cool-down */
} state;

static mica_status on_train_begin(mica_training *t, const void *options)
{
	const mica_reduce_lr_on_plateau_opts *o = options;
	state *s = t->state;
	mica_status st = mica__rate_check(t->model, name);

	return st == MICA_OK ? mica__monitor_begin(&s->watch, t->model, name, o->monitor, o->mode, o->min_delta) : st;
}

static mica_status reduce(mica_training *t, const mica_reduce_lr_on_plateau_opts *o, double rate)
{
	state *s = t->state;
	char line[120];
	double lower = rate * o->factor > o->min_lr ? rate * o->factor : o->min_lr;

	if (!(rate > (double)(float)o->min_lr))
		return MICA_OK;
	s->cooling = (size_t)o->cooldown;
	s->wait = 0;
	if (o->verbose) {
		snprintf(line, sizeof line, "Epoch %zu: %s reducing learning rate to %g.", t->epoch, name, lower);
		mica_say(t, line);
	}
	return mica_set_learning_rate(t->model, lower);
}

static mica_status on_epoch_end(mica_training *t, const void *options)
{
	const mica_reduce_lr_on_plateau_opts *o = options;
	state *s = t->state;
	double x, rate = mica_learning_rate(t->model);
	mica_status st = mica_log_set(t->logs, "learning_rate", rate);

	if (st != MICA_OK || !mica__monitor_read(&s->watch, t, name, &x))
		return st;
	if (s->cooling) {
		s->cooling--;
		s->wait = 0;
	}
	if (mica__monitor_improved(&s->watch, x))
		s->wait = 0;
	else if (!s->cooling && ++s->wait >= (size_t)o->patience)
		st = reduce(t, o, rate);
	return st;
}

static const mica_field fields[] = {
	MICA__MONITOR_FIELDS(mica_reduce_lr_on_plateau_opts),
	MICA_FIELD_REAL(mica_reduce_lr_on_plateau_opts, factor, .otherwise = 0.1, MICA_BELOW(0, 1)),
	MICA_FIELD_LONG(mica_reduce_lr_on_plateau_opts, patience, .otherwise = 10, MICA_COUNT_FROM(0)),
	MICA_FIELD_REAL(mica_reduce_lr_on_plateau_opts, min_delta, .otherwise = 1e-4),
	MICA_FIELD_LONG(mica_reduce_lr_on_plateau_opts, cooldown, MICA_COUNT_FROM(0)),
	MICA_FIELD_REAL(mica_reduce_lr_on_plateau_opts, min_lr, MICA_FROM(0)),
	MICA_FIELD_FLAG(mica_reduce_lr_on_plateau_opts, verbose),
};
static const mica_hooks hooks = {.state = sizeof(state), .on_train_begin = on_train_begin, .on_epoch_end = on_epoch_end};
const mica_kind mica_kind_reduce_lr_on_plateau = {
	.name = name, .type = MICA_CALLBACK, .size = sizeof(mica_reduce_lr_on_plateau_opts), MICA_FIELDS(fields), .hooks = &hooks};
