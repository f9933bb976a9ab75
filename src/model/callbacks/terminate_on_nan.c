/* SPDX-License-Identifier: MIT */
/* model/callbacks/terminate_on_nan.c - ends training when the loss is no number.  The mean of an epoch that had such a step stays no
   number, so looking after each burst of steps is enough, and costs less than waiting for every one. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>

static mica_status on_burst_end(mica_training *t, const void *options)
{
	const mica_terminate_on_nan_opts *o = options;
	char line[96];

	if (t->testing)
		return MICA_OK;
	mica_status st = mica_read_logs(t);
	double loss = mica_log(t->logs, "loss");

	if (st != MICA_OK || isfinite(loss) || ((mica__callbacks *)t->own)->stop)
		return st;
	snprintf(line, sizeof line, "the loss is %g after step %zu of epoch %zu", loss, t->step, t->epoch);
	if (o->raise_error)
		return mica__fail(MICA_ENAN, "fit: %s; lower the learning rate or check the data", line);
	mica_say(t, line);
	mica_stop_training(t);
	return MICA_OK;
}

static const mica_field fields[] = {MICA_FIELD_FLAG(mica_terminate_on_nan_opts, raise_error)};
static const mica_hooks hooks = {.on_burst_end = on_burst_end};
const mica_kind mica_kind_terminate_on_nan = {
	.name = "terminate_on_nan", .type = MICA_CALLBACK, .size = sizeof(mica_terminate_on_nan_opts), MICA_FIELDS(fields), .hooks = &hooks};
