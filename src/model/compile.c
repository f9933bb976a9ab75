/* SPDX-License-Identifier: MIT */
/* model/compile.c - compile: a model gets what it is trained for and by, and begins anew. */
#include "model/model.h"

/* A model whose input is not known yet gets its values when it is. */
static mica_status compile(mica_model *m, const mica_compile_opts *o)
{
	mica_status st;

	if (m->net.n_inputs || !m->chain)
		MICA_TRY(mica__model_check(m, "compile", false));
	else if (!m->net.n_layers)
		return mica__fail(MICA_EINVAL, "compile: the model has no layer; mica_add one");
	mica__steps_free(m);
	mica__model_free_slots(m);
	m->compiled = m->ready = m->trained = false;
	m->info = (mica_model_info){0};
	m->averages_in = false;
	m->epoch = m->within = m->behind = 0;
	MICA_TRY(mica__training_keep(m, o));
	if (m->net.n_inputs)
		MICA_TRY(mica__model_ready(m));
	m->compiled = true;
out:
	return st;
}

mica_status mica_model_compile(mica_model *m, const mica_compile_opts *o)
{
	if (mica_model_status(m) != MICA_OK)
		return mica__model_check(m, "compile", false);
	mica_compile_opts opts;
	mica_status st = mica__model_at_rest(m, "compile");
	if (st != MICA_OK) /* of what it is at work with nothing changes */
		return mica__model_done(m, st);
	mica__model_hold(m);
	st = mica__options(&opts, o, sizeof opts, "compile");
	if (st == MICA_OK)
		st = o ? compile(m, &opts) : mica__fail(MICA_EINVAL, "compile: no options; a loss is needed");
	if (st != MICA_OK) {
		mica__model_fail(m, st);
		m->refused = true;
	}
	mica__model_release(m);
	return st;
}
