/* SPDX-License-Identifier: MIT */
/* model/adapt.c - a normalization layer learns what samples are like. */
#include "model/model.h"

static mica_value *state_of(const mica_instance *i, const char *name)
{
	for (size_t k = 0; k < i->n_weights; k++)
		if (mica__ends_with(mica_value_path(i->weights[k]->value), name))
			return i->weights[k]->value;
	return NULL;
}

/* Axes of x that have moments of their own, by the layer's axes: -1 is the last, 0 none. */
static mica_status find_axes(const mica_instance *i, const mica_array *x, const mica_value *mean, uint32_t *kept)
{
	const mica_normalization_opts *o = i->layer.part.options;
	mica_shape own = {0}, has = mica_value_shape(mean);

	*kept = o->axes < 0 ? MICA_AXIS(x->shape.rank - 1) : (uint32_t)o->axes;
	for (size_t axis = 1; axis < x->shape.rank; axis++)
		if (*kept & MICA_AXIS(axis))
			own.dim[own.rank++] = x->shape.dim[axis];
	if (x->shape.rank < 2 || !mica__shape_equal(&own, &has))
		return mica__fail(MICA_ESHAPE, "adapt: samples of shape %s for %s, which has means of shape %s; give samples of the layer's input",
		                  mica__shape_text(&x->shape), i->name, mica__shape_text(&has));
	return MICA_OK;
}

static mica_status write_numbers(mica_value *v, const double *numbers, size_t n)
{
	float *as = mica__alloc(n, sizeof *as);

	if (!as)
		return MICA_ENOMEM;
	mica_convert(as, MICA_F32, numbers, MICA_F64, n);
	mica_status st = mica_value_write(v, as, n * sizeof *as);
	mica__free(as);
	return st;
}

/* First the first values of the layer's states, which would otherwise come later. */
static mica_status write_states(mica_instance *i, mica_value *mean, mica_value *variance, const double *moments, size_t n)
{
	mica_status st = MICA_OK;

	for (size_t k = 0; k < i->n_weights && st == MICA_OK; k++)
		st = mica__weight_start(i->weights[k]);
	MICA_TRY(st);
	MICA_TRY(write_numbers(mean, moments, n));
	st = write_numbers(variance, moments + n, n);
out:
	return st;
}

static mica_status adapt(mica_instance *i, const mica_array *x)
{
	mica_value *mean = state_of(i, "/mean"), *variance = state_of(i, "/variance");
	uint32_t kept;
	double *moments = NULL;
	mica_status st;

	if (i->layer.part.kind != &mica_kind_normalization)
		return mica__fail(MICA_EINVAL, "adapt: %s is %s; give a mica_normalization", i->name, i->layer.part.kind->name);
	if (!mean || !variance)
		return mica__fail(MICA_EINVAL, "adapt: %s was not called yet; add its input, or build the model, before", i->name);
	MICA_TRY(mica__array_check(x, "adapt"));
	MICA_TRY(find_axes(i, x, mean, &kept));
	mica_shape shape = mica_value_shape(mean);
	size_t n = mica__shape_count(&shape);
	moments = mica__alloc(2 * n, sizeof *moments);
	MICA_TRY(moments ? MICA_OK : MICA_ENOMEM);
	MICA_TRY(mica__moments(x, kept, moments, moments + n));
	st = write_states(i, mean, variance, moments, n);
out:
	mica__free(moments);
	return st;
}

mica_status mica_adapt(mica_instance *normalization, mica_array x)
{
	if (!normalization)
		return mica__fail_null("adapt: no layer; check what mica_make or mica_model_layer returned");
	return mica__context_record(normalization->ctx, adapt(normalization, &x));
}
