/* SPDX-License-Identifier: MIT */
/* model/batch.c - one step with one batch: for training loops of the user's own. */
#include "base/fields.h"
#include "model/model.h"

static const mica_field classes = MICA_FIELD_LONG(mica_batch_opts, classes, MICA_COUNT_FROM(0));

static mica_status train(mica_model *m, const mica_dataset *d, const mica_batch_opts *o, mica_logs *out)
{
	static const char caller[] = "train_on_batch";
	mica_batch_opts opts;
	mica__pass p = {0};
	mica__feed feed;
	mica_status st;

	MICA_TRY(mica__options(&opts, o, sizeof opts, caller));
	MICA_TRY(mica__fields_resolve(caller, &opts, &classes, 1));
	MICA_TRY(mica__model_infer(m, d ? &d->all->at[0].array.shape : NULL));
	MICA_TRY(mica__model_check(m, caller, true));
	if (m->fitting || m->passing)
		return mica__fail(MICA_EINVAL, "%s: the model is being trained already", caller);
	MICA_TRY(mica__model_ready(m));
	MICA_TRY(mica__feed_find(&feed, m, d, caller));
	MICA_TRY(mica__class_weights_set(m, d, &feed, opts.class_weight, opts.classes, caller));
	MICA_TRY(mica__pass_open(&p, m, d, &feed, MICA__TRAIN, d->count));
	m->trained = true;
	MICA_TRY(mica__pass_run(&p, false, 0));
	if (out) {
		out->n = 0;
		st = mica__pass_logs(&p, false, out);
	}
out:
	mica__pass_close(&p);
	return st;
}

mica_status mica_model_train_on_batch(mica_model *m, const mica_dataset *d, const mica_batch_opts *o, mica_logs *out)
{
	if (!m)
		return mica__model_check(m, "train_on_batch", true);
	mica__model_hold(m);
	mica_status st = mica__model_done(m, train(m, d, o, out));
	mica__model_release(m);
	return st;
}

mica_status mica_test_on_batch(mica_model *m, const mica_dataset *d, mica_logs *out)
{
	return mica_evaluate(m, d, out, .batch_size = d && mica_dataset_count(d) ? (long)mica_dataset_count(d) : 1);
}
