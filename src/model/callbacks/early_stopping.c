/* SPDX-License-Identifier: MIT */
/* model/callbacks/early_stopping.c - ends training when a figure gets no better, and may put the best epoch's weights back. */
#include "model/callbacks/monitor.h"

#include <math.h>
#include <stdio.h>

static const char name[] = "early_stopping";

typedef struct state {
	mica__monitor watch;
	size_t wait, best_epoch, stopped;  /* epochs; of the best, and of the last one, from 1; 0: none */
	mica__snapshot weights;            /* of the best epoch */
} state;

static void free_state(void *of)
{
	mica__snapshot_free(&((state *)of)->weights);
}

static mica_status on_train_begin(mica_training *t, const void *options)
{
	const mica_early_stopping_opts *o = options;
	state *s = t->state;

	return mica__monitor_begin(&s->watch, t->model, name, o->monitor, o->mode, o->min_delta);
}

static mica_status on_epoch_end(mica_training *t, const void *options)
{
	const mica_early_stopping_opts *o = options;
	state *s = t->state;
	double x;
	mica_status st = MICA_OK;

	if (!mica__monitor_read(&s->watch, t, name, &x) || t->epoch <= (size_t)o->start_from_epoch)
		return MICA_OK;
	s->wait++;
	bool improved = mica__monitor_improved(&s->watch, x);
	if (o->restore_best_weights && (improved || !s->best_epoch)) {
		st = mica__snapshot_take(&s->weights, t->model);
		s->best_epoch = t->epoch;
	}
	if (improved && (isinf(o->baseline) || mica__monitor_better(&s->watch, x, o->baseline)))
		s->wait = 0;
	if (!improved && s->wait >= (size_t)o->patience && t->epoch > 1) {
		s->stopped = t->epoch;
		mica_stop_training(t);
	}
	return st;
}

static void say(mica_training *t, const char *format, size_t epoch)
{
	char line[96];

	snprintf(line, sizeof line, format, epoch);
	mica_say(t, line);
}

static mica_status on_train_end(mica_training *t, const void *options)
{
	const mica_early_stopping_opts *o = options;
	state *s = t->state;

	if (s->stopped && o->verbose)
		say(t, "Epoch %zu: early stopping", s->stopped);
	if (!s->best_epoch)
		return MICA_OK;
	if (o->verbose)
		say(t, "Restoring model weights from the end of the best epoch: %zu.", s->best_epoch);
	return mica__snapshot_put(&s->weights, t->model);
}

static const mica_field fields[] = {
	MICA__MONITOR_FIELDS(mica_early_stopping_opts),
	MICA_FIELD_REAL(mica_early_stopping_opts, min_delta),
	MICA_FIELD_LONG(mica_early_stopping_opts, patience, MICA_COUNT_FROM(0)),
	MICA__MAYBE_FIELD(mica_early_stopping_opts, baseline),
	MICA_FIELD_FLAG(mica_early_stopping_opts, restore_best_weights),
	MICA_FIELD_LONG(mica_early_stopping_opts, start_from_epoch, MICA_COUNT_FROM(0)),
	MICA_FIELD_FLAG(mica_early_stopping_opts, verbose),
};
static const mica_hooks hooks = {
	.state = sizeof(state), .free = free_state, .on_train_begin = on_train_begin, .on_epoch_end = on_epoch_end, .on_train_end = on_train_end};
const mica_kind mica_kind_early_stopping = {
	.name = name, .type = MICA_CALLBACK, .size = sizeof(mica_early_stopping_opts), MICA_FIELDS(fields), .hooks = &hooks};
