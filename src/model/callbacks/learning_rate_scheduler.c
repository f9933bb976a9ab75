/* SPDX-License-Identifier: MIT */
/* model/callbacks/learning_rate_scheduler.c - the learning rate of each epoch by a function of the user's. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>

static const char name[] = "learning_rate_scheduler";

static mica_status on_train_begin(mica_training *t, const void *options)
{
	const mica_learning_rate_scheduler_opts *o = options;

	if (!o->rate)
		return mica__fail(MICA_EINVAL, "%s: it has no function", name);
	return mica__rate_check(t->model, name);
}

static mica_status on_epoch_begin(mica_training *t, const void *options)
{
	const mica_learning_rate_scheduler_opts *o = options;
	char line[120];
	double rate = o->rate(t->epoch - 1, mica_learning_rate(t->model), o->payload);

	if (!(rate >= 0 && isfinite(rate)))
		return mica__fail(MICA_EINVAL, "%s: its function returned %g for epoch %zu; give a finite number from 0", name, rate, t->epoch);
	if (o->verbose) {
		snprintf(line, sizeof line, "Epoch %zu: %s setting learning rate to %g.", t->epoch, name, rate);
		mica_say(t, line);
	}
	return mica_set_learning_rate(t->model, rate);
}

static mica_status on_epoch_end(mica_training *t, const void *options)
{
	(void)options;
	return mica_log_set(t->logs, "learning_rate", mica_learning_rate(t->model));
}

static const mica_field fields[] = {MICA_FIELD_FLAG(mica_learning_rate_scheduler_opts, verbose)};
static const mica_hooks hooks = {.on_train_begin = on_train_begin, .on_epoch_begin = on_epoch_begin, .on_epoch_end = on_epoch_end};
const mica_kind mica_kind_learning_rate_scheduler = {
	.name = name, .type = MICA_CALLBACK, .size = sizeof(mica_learning_rate_scheduler_opts), MICA_FIELDS(fields), .hooks = &hooks};
