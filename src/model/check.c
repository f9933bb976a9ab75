/* SPDX-License-Identifier: MIT */
/* model/check.c - failures of models, and the checks before one is used. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>

mica_status mica__model_done(const mica_model *m, mica_status st)
{
	return m && st != MICA_EINTERRUPTED ? mica__context_record(m->ctx, st) : st;
}

mica_status mica__model_fail(mica_model *m, mica_status s)
{
	m->status = s;
	m->refused = false;
	snprintf(m->why, sizeof m->why, "%s", mica__reason());
	return mica__context_fail(m->ctx, s);
}

/* A network from which a call was left out never counts as whole; what compile refused is over once the context has forgotten it. */
mica_status mica_model_status(const mica_model *m)
{
	if (!m)
		return MICA_EINVAL;
	return m->refused && mica__context_building(m->ctx) == MICA_OK ? MICA_OK : m->status;
}

bool mica__model_may_grow(const mica_model *m)
{
	mica_status st = mica_model_status(m);

	if (m && st != MICA_OK && mica__context_building(m->ctx) == MICA_OK)
		mica__context_fail(m->ctx, mica__fail(st, "%s", m->why));
	return st == MICA_OK;
}

mica_status mica__model_at_rest(const mica_model *m, const char *caller)
{
	return m->users == 1 + m->nests ? MICA_OK : mica__fail(MICA_EINVAL, "%s: the model is at work: this is called by a function that fit, "
	                                            "evaluate, predict, compile or mica_add has called; wait until that has returned", caller);
}

mica_status mica__model_may_change(const mica_model *m, const char *caller)
{
	if (m->nests)
		return mica__fail(MICA_EINVAL, "%s: \"%s\" is a layer of another model; add all layers before", caller, m->name);
	return mica__model_at_rest(m, caller);
}

mica_status mica__array_check(const mica_array *x, const char *caller)
{
	mica_status st;
	size_t n;

	if (!x->data)
		return mica__fail(MICA_EINVAL, "%s: no samples: the array's data is NULL", caller);
	if (!mica__dtype_valid(x->type))
		return mica__fail(MICA_EINVAL, "%s: samples of type %d, which there is not; see mica_dtype", caller, (int)x->type);
	MICA_TRY(mica__scale_check(x->scale, caller));
	if (x->shape.rank == 0 || x->shape.rank > MICA_MAX_RANK || !mica__shape_checked_count(&x->shape, &n) || n == 0)
		return mica__fail(MICA_EINVAL, "%s: an array of shape %s holds no samples; the first dimension counts them", caller,
		                  x->shape.rank > MICA_MAX_RANK ? "of too high a rank" : mica__shape_text(&x->shape));
	st = mica__reals_check(x->data, x->type, n, caller);
out:
	return st;
}

mica_status mica__model_check(const mica_model *m, const char *caller, bool compiled)
{
	if (!m)
		return mica__fail_null("%s: no model; check what mica_sequential or mica_functional returned", caller);
	if (mica_model_status(m) != MICA_OK)
		return mica__fail(m->status, "%s", m->why);
	const mica__network *n = &m->net;
	const char *lacks = n->n_inputs == 0 ? m->chain ? "Input, so the shape of a sample is unknown; mica_add one" : "input; mica_model_input makes one"
	                    : n->n_layers == 0 ? m->chain ? "layer; mica_add one" : "layer; mica_apply one"
	                    : n->n_outputs == 0 ? "output; mica_model_output says which" : NULL;
	if (lacks)
		return mica__fail(MICA_EINVAL, "%s: the model has no %s", caller, lacks);
	if (compiled && !m->compiled && *m->untranslated)
		return mica__fail(MICA_EINVAL, "%s: the model is not compiled, as mica could not take over the training in its file (%s); "
		                  "call mica_compile first", caller, m->untranslated);
	if (compiled && !m->compiled)
		return mica__fail(MICA_EINVAL, "%s: the model is not compiled; call mica_compile first", caller);
	return MICA_OK;
}
