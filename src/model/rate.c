/* SPDX-License-Identifier: MIT */
/* model/rate.c - a model's learning rate: a value that steps read, so that no kernel depends on it. */
#include "model/model.h"

#include <float.h>
#include <math.h>

mica_status mica__rate_check(const mica_model *m, const char *caller)
{
	if (mica__optimizer_scheduled(&m->optimizer))
		return mica__fail(MICA_EINVAL, "%s: the optimizer's schedule decides the learning rate; give .learning_rate instead of .schedule", caller);
	return MICA_OK;
}

double mica_learning_rate(mica_model *m)
{
	float rate;

	if (mica__model_check(m, "learning_rate", true) != MICA_OK)
		return (double)NAN;
	if (!m->rate)
		return mica__optimizer_option(&m->optimizer, "learning_rate");
	return mica_value_read(m->rate, &rate, sizeof rate) == MICA_OK ? (double)rate : (double)NAN;
}

static mica_status set_rate(mica_model *m, double rate)
{
	mica_status st;

	MICA_TRY(mica__model_check(m, "set_learning_rate", true));
	MICA_TRY(mica__rate_check(m, "set_learning_rate"));
	if (!(rate >= 0 && rate <= (double)FLT_MAX))
		return mica__fail(MICA_EINVAL, "set_learning_rate: %g; give a finite number from 0", rate);
	MICA_TRY(mica__model_ready(m));
	st = mica_value_write(m->rate, &(float){(float)rate}, sizeof(float));
out:
	return st;
}

mica_status mica_set_learning_rate(mica_model *m, double rate)
{
	return mica__model_done(m, set_rate(m, rate));
}
