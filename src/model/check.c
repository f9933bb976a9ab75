/* SPDX-License-Identifier: MIT */
/* model/check.c - failures of models, and the checks before one is used. */
#include "model/model.h"

#include <stdio.h>

mica_status mica__model_done(const mica_model *m, mica_status st)
{
	return m && st != MICA_EINTERRUPTED ? mica__context_record(m->ctx, st) : st;
}

mica_status mica__model_fail(mica_model *m, mica_status s)
{
	m->status = s;
	snprintf(m->why, sizeof m->why, "%s", mica__reason());
	return mica__context_fail(m->ctx, s);
}

mica_status mica_model_status(const mica_model *m)
{
	return m ? m->status : MICA_EINVAL;
}

mica_status mica__model_at_rest(const mica_model *m, const char *caller)
{
	return m->users == 1 ? MICA_OK : mica__fail(MICA_EINVAL, "%s: the model is at work: this is called by a function that fit, "
	                                            "evaluate, predict, compile or mica_add has called; wait until that has returned", caller);
}

mica_status mica__model_check(const mica_model *m, const char *caller, bool compiled)
{
	if (!m)
		return mica__fail_null("%s: no model; check what mica_sequential or mica_functional returned", caller);
	if (m->status != MICA_OK)
		return mica__fail(m->status, "%s", m->why);
	const mica__network *n = &m->net;
	const char *lacks = n->n_inputs == 0 ? m->chain ? "Input, so the shape of a sample is unknown; mica_add one" : "input; mica_model_input makes one"
	                    : n->n_layers == 0 ? m->chain ? "layer; mica_add one" : "layer; mica_apply one"
	                    : n->n_outputs == 0 ? "output; mica_model_output says which" : NULL;
	if (lacks)
		return mica__fail(MICA_EINVAL, "%s: the model has no %s", caller, lacks);
	if (compiled && !m->compiled)
		return mica__fail(MICA_EINVAL, "%s: the model is not compiled; call mica_compile first", caller);
	return MICA_OK;
}

/* ---- data against the model ---- */

mica_status mica__model_check_samples(const mica_model *m, mica_shape shape, const char *caller)
{
	mica_shape sample = mica__sample_shape(shape), input = mica__model_input(m, 0)->shape;

	if (!mica__shape_equal(&sample, &input))
		return mica__fail(MICA_ESHAPE, "%s: a sample has shape %s, the model's Input is %s", caller, mica__shape_text(&sample),
		                  mica__shape_text(&input));
	return MICA_OK;
}

mica_status mica__model_check_data(const mica_model *m, const mica_dataset *d, const char *caller, bool labels)
{
	if (!d || d->count == 0)
		return mica__fail(MICA_EINVAL, d ? "%s: empty data set" : "%s: no data set; check what mica_dataset_... returned",
		                  caller);
	if (d->count > INT32_MAX / 2)
		return mica__fail(MICA_EOVERFLOW, "%s: %zu samples; at most %d", caller, d->count, INT32_MAX / 2);
	mica_status st = mica__model_check_samples(m, d->all->x.shape, caller);
	if (st != MICA_OK || !labels)
		return st;
	if (!d->all->y.data)
		return mica__fail(MICA_EINVAL, "%s: the data set has no labels", caller);
	mica_shape output = mica__model_output(m, 0)->shape;
	if (mica__loss_of_classes(&m->loss))
		return mica__dataset_check_labels(d, mica__shape_last(&output), mica__loss_ignored(&m->loss));
	return MICA_OK;
}
