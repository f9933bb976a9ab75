/* SPDX-License-Identifier: MIT */
/* model/compile.c - compile: a model gets what it is trained for and by, and begins anew. */
#include "model/model.h"

static mica_status compile(mica_model *m, const mica_compile_opts *o)
{
	mica_status st;

	MICA_TRY(mica__model_check(m, "compile", false));
	mica__steps_free(m);
	mica__model_free_slots(m);
	m->compiled = false;
	m->info = (mica_model_info){0};
	m->epoch = 0;
	MICA_TRY(mica__training_keep(m, o));
	MICA_TRY(mica__model_initialize(m));
	MICA_TRY(mica__model_slots(m));
	MICA_TRY(mica__model_counters(m));
	m->compiled = true;
	m->trained = false;
out:
	return st;
}

mica_status mica_model_compile(mica_model *m, const mica_compile_opts *o)
{
	if (!m || m->status != MICA_OK)
		return mica__model_check(m, "compile", false);
	mica_compile_opts opts;
	mica_status st = mica__model_at_rest(m, "compile");
	if (st != MICA_OK) /* of what it is at work with nothing changes */
		return mica__model_done(m, st);
	mica__model_hold(m);
	st = mica__options(&opts, o, sizeof opts, "compile");
	if (st == MICA_OK)
		st = o ? compile(m, &opts) : mica__fail(MICA_EINVAL, "compile: no options; a loss is needed");
	if (st != MICA_OK)
		mica__model_fail(m, st);
	mica__model_release(m);
	return st;
}
