/* SPDX-License-Identifier: MIT */
/* nn/normalization.c - layers that divide by a deviation or a norm (Keras 1.1, 2.6).
   Statistics are expressions, so forward and backward become as many passes as fusion leaves of them. */
#include "nn/layers.h"

/* The options that the three with gamma and beta share. */
typedef struct scaling {
	bool center, scale;
	mica_weight_opts gamma, beta;
} scaling;

#define SCALING(o)                                                                                                               \
	((scaling){!(o)->no_center, !(o)->no_scale, {.initializer = (o)->gamma_initializer, .regularizer = (o)->gamma_regularizer, \
	           .constraint = (o)->gamma_constraint},                                                                     \
	           {.initializer = (o)->beta_initializer, .regularizer = (o)->beta_regularizer, .constraint = (o)->beta_constraint}})
#define SCALING_FIELDS(options)                                                                                                  \
	MICA_FIELD_FLAG(options, no_center), MICA_FIELD_FLAG(options, no_scale),                                                 \
	MICA_FIELD_PART(options, beta_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_zeros),                     \
	MICA_FIELD_PART(options, gamma_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_ones),                     \
	MICA_FIELD_PART(options, beta_regularizer, .part_type = MICA_REGULARIZER),                                               \
	MICA_FIELD_PART(options, gamma_regularizer, .part_type = MICA_REGULARIZER),                                              \
	MICA_FIELD_PART(options, beta_constraint, .part_type = MICA_CONSTRAINT),                                                 \
	MICA_FIELD_PART(options, gamma_constraint, .part_type = MICA_CONSTRAINT), MICA_FIELD_TEXT(options, name)
#define EPSILON(options, otherwise_) MICA_FIELD_REAL(options, epsilon, .otherwise = (otherwise_), MICA_FROM(0))
#define AXIS(options) MICA_FIELD_INT(options, axis, .otherwise = -1)
#define AXES(options) MICA_FIELD_INT(options, axes, MICA_WITHIN(0, 255))

/* ---- axes ---- */

/* Axes of x that have weights: as bits, as the weights' shape, and as the shape in which these go with x. */
typedef struct places {
	uint32_t bits;
	mica_shape weight, spread;
} places;

/* Of those whose bits are given, or else of the axis; false if x has no such axes but the batch. */
static bool find(mica_build *b, mica_var x, int axes, int axis, places *p)
{
	mica_shape s = mica_var_shape(x);
	int rank = (int)s.rank, at = axis < 0 ? axis + rank : axis;

	*p = (places){.spread = {s.rank, {1, 1, 1, 1, 1, 1, 1, 1}}};
	if (mica_graph_status(b->graph) != MICA_OK)
		return false;
	if (rank < 2)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample needs at least one dimension"), false;
	if (axes & 1 || axes >> rank)
		return mica__graph_fail(b->graph, MICA_EINVAL, "axes are the bits %#x; give some of MICA_AXIS(1) to MICA_AXIS(%d)", (unsigned)axes,
		                        rank - 1), false;
	if (!axes && (at < 1 || at >= rank))
		return mica__graph_fail(b->graph, MICA_EINVAL, "axis %d of %d; give one from 1 to %d, or %d to -1", axis, rank, rank - 1,
		                        1 - rank), false;
	p->bits = axes ? (uint32_t)axes : MICA_AXIS(at);
	for (size_t i = 0; i < s.rank; i++)
		if (p->bits & MICA_AXIS(i))
			p->weight.dim[p->weight.rank++] = p->spread.dim[i] = s.dim[i];
	return true;
}

/* A weight in the shape that goes with x; of x's last axes it does so as it is. */
static mica_var spread(mica_var w, const places *p)
{
	size_t lead = p->spread.rank - p->weight.rank;
	bool last = p->bits >> lead == (1u << p->weight.rank) - 1;

	return last ? w : mica_op_reshape(w, p->spread);
}

/* gamma and beta; NULL where there is none. */
static void weights_of(mica_build *b, const scaling *s, const places *p, mica_var *gamma, mica_var *beta)
{
	*gamma = s->scale ? mica_layer_weight(b, "gamma", p->weight, &s->gamma) : NULL;
	*beta = s->center ? mica_layer_weight(b, "beta", p->weight, &s->beta) : NULL;
}

static mica_var scaled_and_shifted(mica_var x, mica_var gamma, mica_var beta, const places *p)
{
	x = gamma ? mica_op_mul(x, spread(gamma, p)) : x;
	return beta ? mica_op_add(x, spread(beta, p)) : x;
}

/* x - mean over the axes, and its biased variance. */
static mica_var moments(mica_var x, uint32_t axes, mica_var *mean, mica_var *variance)
{
	*mean = mica_op_mean(x, axes, true);
	*variance = mica_op_variance(x, axes, true);
	return mica_op_sub(x, *mean);
}

static mica_var over_deviation(mica_var centred, mica_var variance, double epsilon)
{
	return mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(variance, epsilon)));
}

/* ---- over the batch ---- */

/* The same of the steps that the mask (batch, steps) leaves; the sums are divided by their number and 1e-7, as in Keras. */
static mica_var masked_moments(mica_var x, mica_var mask, uint32_t axes, mica_var *mean, mica_var *variance)
{
	mica_shape s = mica_var_shape(mask);
	mica_var seen = mica_op_reshape(mica_op_cast(mask, mica_var_dtype(x)), MICA_SHAPE(s.dim[0], s.dim[1], 1));
	mica_var all = mica_op_broadcast(seen, mica_var_shape(x)), n = mica_op_addc(mica_op_sum(all, axes, true), 1e-7);

	*mean = mica_op_div(mica_op_sum(mica_op_mul(x, seen), axes, true), n);
	mica_var centred = mica_op_sub(x, *mean);
	*variance = mica_op_div(mica_op_sum(mica_op_mul(mica_op_square(centred), seen), axes, true), n);
	return centred;
}

/* moving <- moving momentum + now (1 - momentum), in this order as Keras computes it. */
static void move(mica_build *b, const char *name, mica_var moving, mica_var now, double momentum)
{
	mica_var flat = mica_op_reshape(now, mica_var_shape(moving));

	mica_layer_state_assign(b, name, mica_op_add(mica_op_mulc(moving, momentum), mica_op_mulc(flat, 1 - momentum)));
}

static mica_var batch_call(mica_build *b, mica_var x, const void *options)
{
	const mica_batch_normalization_opts *o = options;
	mica_var gamma, beta, mean, variance, y, mask = mica_layer_mask(b, x);
	places p;

	if (!find(b, x, 0, o->axis, &p))
		return x;
	if (mask && mica_var_shape(x).rank != 3)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "it has a mask of steps, and the input of shape %s has not (batch, steps, features)",
		                        mica__shape_text(&x->shape));
	weights_of(b, &SCALING(o), &p, &gamma, &beta);
	mica_var moving_mean = mica_layer_state(b, "moving_mean", p.weight, o->moving_mean_initializer);
	mica_var moving_variance = mica_layer_state(b, "moving_variance", p.weight, o->moving_variance_initializer);
	if (mica_graph_status(b->graph) != MICA_OK)
		return x;
	if (b->training && mica_layer_trainable(b)) { /* a frozen one keeps its statistics, as in Keras */
		uint32_t axes = ((1u << mica_var_shape(x).rank) - 1) & ~p.bits;
		mica_var centred = mask ? masked_moments(x, mask, axes, &mean, &variance) : moments(x, axes, &mean, &variance);
		y = over_deviation(centred, variance, o->epsilon);
		move(b, "moving_mean", moving_mean, mica_op_stop_gradient(mean), o->momentum);
		move(b, "moving_variance", moving_variance, mica_op_stop_gradient(variance), o->momentum);
	} else {
		y = over_deviation(mica_op_sub(x, spread(moving_mean, &p)), spread(moving_variance, &p), o->epsilon);
	}
	return scaled_and_shifted(y, gamma, beta, &p);
}

static const mica_field batch_fields[] = {
	AXIS(mica_batch_normalization_opts), MICA_FIELD_REAL(mica_batch_normalization_opts, momentum, .otherwise = 0.99, MICA_BELOW(0, 1)),
	EPSILON(mica_batch_normalization_opts, 1e-3),
	MICA_FIELD_PART(mica_batch_normalization_opts, moving_mean_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_zeros),
	MICA_FIELD_PART(mica_batch_normalization_opts, moving_variance_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_ones),
	SCALING_FIELDS(mica_batch_normalization_opts),
};
MICA__LAYER(batch_normalization, "BatchNormalization", batch_fields, batch_call, .masks = true)

/* ---- over a sample ---- */

static mica_var layer_call(mica_build *b, mica_var x, const void *options)
{
	const mica_layer_normalization_opts *o = options;
	mica_var gamma, beta, mean, variance;
	places p;

	if (!find(b, x, o->axes, -1, &p))
		return x;
	weights_of(b, &SCALING(o), &p, &gamma, &beta);
	mica_var centred = moments(x, p.bits, &mean, &variance);
	return scaled_and_shifted(over_deviation(centred, variance, o->epsilon), gamma, beta, &p);
}

static const mica_field layer_fields[] = {
	EPSILON(mica_layer_normalization_opts, 1e-3), AXES(mica_layer_normalization_opts), SCALING_FIELDS(mica_layer_normalization_opts),
};
MICA__LAYER(layer_normalization, "LayerNormalization", layer_fields, layer_call, .masks = true)

/* As (batch, places before, groups, size of a group, places behind). */
static mica_var group_call(mica_build *b, mica_var x, const void *options)
{
	const mica_group_normalization_opts *o = options;
	mica_shape s = mica_var_shape(x), split;
	mica_var gamma, beta, mean, variance;
	size_t before = 1, behind = 1;
	places p;

	if (!find(b, x, 0, o->axis, &p))
		return x;
	size_t channels = p.weight.dim[0], groups = o->groups == -1 ? channels : (size_t)o->groups;
	if (o->groups < -1 || o->groups == 0 || channels % groups)
		return mica__graph_fail(b->graph, MICA_EINVAL, "groups is %ld; give a divisor of the axis' %zu, or -1", o->groups, channels);
	weights_of(b, &SCALING(o), &p, &gamma, &beta);
	for (size_t i = 1; i < s.rank; i++)
		*(MICA_AXIS(i) < p.bits ? &before : &behind) *= MICA_AXIS(i) == p.bits ? 1 : s.dim[i];
	split = MICA_SHAPE(s.dim[0], before, groups, channels / groups, behind);
	mica_var centred = moments(mica_op_reshape(x, split), MICA_AXIS(1) | MICA_AXIS(3) | MICA_AXIS(4), &mean, &variance);
	return scaled_and_shifted(mica_op_reshape(over_deviation(centred, variance, o->epsilon), s), gamma, beta, &p);
}

static const mica_field group_fields[] = {
	AXIS(mica_group_normalization_opts), MICA_FIELD_LONG(mica_group_normalization_opts, groups, .otherwise = 32), EPSILON(mica_group_normalization_opts, 1e-3),
	SCALING_FIELDS(mica_group_normalization_opts),
};
MICA__LAYER(group_normalization, "GroupNormalization", group_fields, group_call, .masks = true)

static mica_var rms_call(mica_build *b, mica_var x, const void *options)
{
	const mica_rms_normalization_opts *o = options;
	places p;

	if (!find(b, x, o->axes, -1, &p))
		return x;
	mica_var scale = mica_weight(b, "scale", p.weight, .initializer = MICA_ONES);
	mica_var square = mica_op_mean(mica_op_square(x), p.bits, true);
	return mica_op_mul(over_deviation(x, square, o->epsilon), spread(scale, &p));
}

static const mica_field rms_fields[] = {
	EPSILON(mica_rms_normalization_opts, 1e-6), AXES(mica_rms_normalization_opts), MICA_FIELD_TEXT(mica_rms_normalization_opts, name),
};
MICA__LAYER(rms_normalization, "RMSNormalization", rms_fields, rms_call, .masks = true)

/* x / max(|x|, 1e-12) */
static mica_var unit_call(mica_build *b, mica_var x, const void *options)
{
	const mica_unit_normalization_opts *o = options;
	places p;

	if (!find(b, x, o->axes, -1, &p))
		return x;
	mica_var square = mica_op_sum(mica_op_square(x), p.bits, true);
	return mica_op_mul(x, mica_op_rsqrt(mica_op_max(square, mica_graph_scalar(b->graph, 1e-24))));
}

static const mica_field unit_fields[] = {AXES(mica_unit_normalization_opts), MICA_FIELD_TEXT(mica_unit_normalization_opts, name)};
MICA__LAYER(unit_normalization, "UnitNormalization", unit_fields, unit_call, .masks = true)

/* ---- by what the data is like ---- */

enum { LAST = -1 }; /* of its axes */

static bool find_places(mica_build *b, mica_var x, int axes, places *p)
{
	if (axes)
		return find(b, x, axes == LAST ? 0 : axes, -1, p);
	*p = (places){.spread = {mica_var_shape(x).rank, {1, 1, 1, 1, 1, 1, 1, 1}}};
	return mica_graph_status(b->graph) == MICA_OK;
}

static mica_var data_call(mica_build *b, mica_var x, const void *options)
{
	const mica_normalization_opts *o = options;
	const mica_constant_opts mean_is = {.value = o->mean == 0 ? MICA_ZERO : o->mean};
	const mica_constant_opts variance_is = {.value = o->variance == 0 ? MICA_ZERO : o->variance};
	places p;

	if (!find_places(b, x, o->axes, &p))
		return x;
	mica_var mean = mica_layer_state(b, "mean", p.weight, MICA_PART(mica_initializer, &mica_kind_constant, &mean_is));
	mica_var variance = mica_layer_state(b, "variance", p.weight, MICA_PART(mica_initializer, &mica_kind_constant, &variance_is));
	if (mica_graph_status(b->graph) != MICA_OK)
		return x;
	mica_var deviation = spread(mica_op_max(mica_op_sqrt(variance), mica_graph_scalar(b->graph, 1e-7)), &p);
	return o->invert ? mica_op_add(mica_op_mul(x, deviation), spread(mean, &p)) : mica_op_div(mica_op_sub(x, spread(mean, &p)), deviation);
}

static const mica_field data_fields[] = {
	MICA_FIELD_INT(mica_normalization_opts, axes, .otherwise = LAST, MICA_WITHIN(LAST, 255)),
	MICA_FIELD_REAL(mica_normalization_opts, mean), MICA_FIELD_REAL(mica_normalization_opts, variance, .otherwise = 1, MICA_FROM(0)),
	MICA_FIELD_FLAG(mica_normalization_opts, invert), MICA_FIELD_TEXT(mica_normalization_opts, name),
};
MICA__LAYER(normalization, "Normalization", data_fields, data_call, .masks = true)

/* ---- by numbers that are known ---- */

static mica_var rescaling_call(mica_build *b, mica_var x, const void *options)
{
	const mica_rescaling_opts *o = options;

	return mica_op_addc(mica_op_mulc(mica_op_cast(x, b->graph->real), o->scale), o->offset);
}

static const mica_field rescaling_fields[] = {
	MICA_FIELD_REAL(mica_rescaling_opts, scale, .otherwise = 1 / 255.0), MICA_FIELD_REAL(mica_rescaling_opts, offset),
	MICA_FIELD_TEXT(mica_rescaling_opts, name),
};
MICA__LAYER(rescaling, "Rescaling", rescaling_fields, rescaling_call, .masks = true)
