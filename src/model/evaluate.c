/* SPDX-License-Identifier: MIT */
/* model/evaluate.c - evaluate: losses and metrics of a data set, without training. */
#include "base/fields.h"
#include "model/model.h"

static const mica_field fields[] = {
	MICA_FIELD_LONG(mica_evaluate_opts, batch_size, .otherwise = 32, MICA_COUNT_FROM(1)),
	MICA_FIELD_LONG(mica_evaluate_opts, steps, MICA_COUNT_FROM(0)),
};

typedef struct evaluation {
	mica__pass pass;
	mica__callbacks callbacks;
} evaluation;

static mica_status tell(evaluation *e, size_t hook)
{
	mica__callbacks *c = &e->callbacks;

	c->pass = &e->pass;
	c->t.testing = true;
	c->t.step = e->pass.done;
	c->t.steps = e->pass.run;
	return mica__callbacks_call(c, hook);
}

static mica_status before_step(void *payload)
{
	return tell(payload, MICA__HOOK(on_test_batch_begin));
}

static mica_status after_steps(void *payload)
{
	evaluation *e = payload;
	mica_status st = MICA_OK;

	e->callbacks.logs.n = 0;
	if (e->pass.watch.each)
		MICA_TRY(tell(e, MICA__HOOK(on_test_batch_end)));
	st = tell(e, MICA__HOOK(on_burst_end));
	e->pass.stop = e->callbacks.stop;
out:
	return st;
}

static mica_status score(mica_model *m, const mica_dataset *d, const mica__feed *feed, const mica_evaluate_opts *o, mica_logs *out)
{
	evaluation e = {.callbacks = {.n = 0}};
	mica__pass *p = &e.pass;
	mica_status st;

	MICA_TRY(mica__callbacks_open(&e.callbacks, m, o->callbacks, "evaluate"));
	MICA_TRY(mica__pass_open(p, m, d, feed, MICA__SCORE, (size_t)o->batch_size));
	p->watch = (mica__watch){after_steps, before_step, &e, mica__callbacks_by_step(&e.callbacks)};
	p->run = o->steps && (size_t)o->steps < p->steps ? (size_t)o->steps : p->steps;
	MICA_TRY(tell(&e, MICA__HOOK(on_test_begin)));
	MICA_TRY(mica__pass_run(p, false, 0));
	e.callbacks.logs.n = 0;
	MICA_TRY(mica__pass_logs(p, false, &e.callbacks.logs));
	MICA_TRY(tell(&e, MICA__HOOK(on_test_end)));
	*out = e.callbacks.logs;
out:
	mica__pass_close(p);
	mica__callbacks_close(&e.callbacks);
	return st;
}

static mica_status evaluate(mica_model *m, const mica_dataset *d, const mica_evaluate_opts *o, mica_logs *out)
{
	mica_evaluate_opts opts;
	mica__counters kept;
	mica__feed feed;
	mica__kept_reason why;
	mica_status st;

	MICA_TRY(mica__model_infer(m, d ? &d->all->at[0].array.shape : NULL));
	MICA_TRY(mica__model_check(m, "evaluate", true));
	MICA_TRY(mica__options(&opts, o, sizeof opts, "evaluate"));
	MICA_TRY(mica__fields_resolve("evaluate", &opts, fields, MICA__COUNT(fields)));
	if (!out)
		return mica__fail(MICA_EINVAL, "evaluate: there is no room for figures");
	MICA_TRY(mica__model_ready(m));
	MICA_TRY(mica__feed_find(&feed, m, d, "evaluate"));
	if (!m->passing)
		return score(m, d, &feed, &opts, out);
	MICA_TRY(mica__counters_keep(&kept, m)); /* called by a function that the running pass has called */
	st = score(m, d, &feed, &opts, out);
	mica__reason_keep(&why);
	mica_status back = mica__counters_restore(&kept, m);
	if (st == MICA_OK)
		return back;
	mica__reason_restore(&why);
out:
	return st;
}

/* Model and samples stay while it runs, even if a function of the user's destroys them. */
mica_status mica_model_evaluate(mica_model *m, const mica_dataset *d, const mica_evaluate_opts *o, mica_logs *out)
{
	if (!m || !d)
		return mica__model_done(m, evaluate(m, d, o, out));
	mica_dataset data = *d;
	mica__model_hold(m);
	mica__samples_hold(data.all);
	mica_status st = mica__model_done(m, evaluate(m, &data, o, out));
	mica__samples_release(data.all);
	mica__model_release(m);
	return st;
}
