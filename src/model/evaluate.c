/* SPDX-License-Identifier: MIT */
/* model/evaluate.c - evaluate: losses and metrics of a data set, without training. */
#include "base/fields.h"
#include "model/model.h"

static const mica_field fields[] = {
	MICA_FIELD_LONG(mica_evaluate_opts, batch_size, .otherwise = 32, MICA_COUNT_FROM(1)),
	MICA_FIELD_LONG(mica_evaluate_opts, steps, MICA_COUNT_FROM(0)),
};

static mica_status score(mica_model *m, const mica_dataset *d, const mica__feed *feed, const mica_evaluate_opts *o, mica_logs *out)
{
	mica__callbacks callbacks = {.n = 0};
	mica__pass p = {0};
	mica_status st;

	MICA_TRY(mica__callbacks_open(&callbacks, m, o->callbacks, "evaluate"));
	MICA_TRY(mica__pass_open(&p, m, d, feed, MICA__SCORE, (size_t)o->batch_size));
	MICA_TRY(mica__pass_score(&p, (size_t)o->steps, &callbacks, true));
	*out = callbacks.logs;
out:
	mica__pass_close(&p);
	mica__callbacks_close(&callbacks);
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
