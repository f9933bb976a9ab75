/* SPDX-License-Identifier: MIT */
/* model/compile.c - what a model is trained for and by: losses, metrics, optimizer. */
#include "model/model.h"

/* Lets go of what compile kept. */
void mica__training_drop(mica_model *m)
{
	mica__part_drop(&m->optimizer.part);
	mica__part_drop(&m->loss.part);
	while (m->n_metrics)
		mica__part_drop(&m->metrics[--m->n_metrics].part);
}

/* Makes parts of its own of what was asked for. */
static mica_status keep_training(mica_model *m, const mica_compile_opts *o)
{
	mica_status st;

	mica__training_drop(m);
	m->optimizer = o->optimizer;
	MICA_TRY(mica__optimizer_keep(&m->optimizer));
	m->loss = o->loss;
	MICA_TRY(mica__loss_keep(&m->loss, m->net.outputs[0].name, mica__model_output(m, 0)->shape));
	for (size_t i = 0; i < MICA_MAX_METRICS && o->metrics[i].part.kind; i++) {
		m->metrics[i] = o->metrics[i];
		MICA_TRY(mica__metric_keep(&m->metrics[i]));
		m->n_metrics = i + 1;
	}
out:
	return st;
}

static mica_status compile(mica_model *m, const mica_compile_opts *o)
{
	mica_status st;

	MICA_TRY(mica__model_check(m, "compile", false));
	mica__steps_free(m);
	mica__model_free_slots(m);
	m->compiled = false;
	m->info = (mica_model_info){0};
	m->epoch = 0;
	MICA_TRY(keep_training(m, o));
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
