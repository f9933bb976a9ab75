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

static mica_shape last_of(mica_var x)
{
	mica_shape s = mica_var_shape(x);

	return MICA_SHAPE(s.dim[s.rank - 1]);
}

static bool has_rows(mica_build *b, mica_var x)
{
	if (mica_graph_status(b->graph) == MICA_OK && mica_var_shape(x).rank < 2)
		mica__graph_fail(b->graph, MICA_ESHAPE, "a sample needs at least one dimension");
	return mica_graph_status(b->graph) == MICA_OK;
}

/* gamma and beta, of the last axis; NULL where there is none. */
static void weights_of(mica_build *b, const scaling *s, mica_var x, mica_var *gamma, mica_var *beta)
{
	*gamma = s->scale ? mica_layer_weight(b, "gamma", last_of(x), &s->gamma) : NULL;
	*beta = s->center ? mica_layer_weight(b, "beta", last_of(x), &s->beta) : NULL;
}

static mica_var scaled_and_shifted(mica_var x, mica_var gamma, mica_var beta)
{
	x = gamma ? mica_op_mul(x, gamma) : x;
	return beta ? mica_op_add(x, beta) : x;
}

/* x - mean over the axes, and its biased variance. */
static mica_var moments(mica_var x, uint32_t axes, mica_var *mean, mica_var *variance)
{
	*mean = mica_op_mean(x, axes, true);
	mica_var centred = mica_op_sub(x, *mean);
	*variance = mica_op_mean(mica_op_square(centred), axes, true);
	return centred;
}

static mica_var over_deviation(mica_var centred, mica_var variance, double epsilon)
{
	return mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(variance, epsilon)));
}

/* ---- over the batch ---- */

/* moving <- moving momentum + now (1 - momentum), in this order as Keras computes it. */
static void move(mica_build *b, const char *name, mica_var moving, mica_var now, double momentum)
{
	mica_var flat = mica_op_reshape(now, mica_var_shape(moving));

	mica_layer_state_assign(b, name, mica_op_add(mica_op_mulc(moving, momentum), mica_op_mulc(flat, 1 - momentum)));
}

static mica_var batch_call(mica_build *b, mica_var x, const void *options)
{
	const mica_batch_normalization_opts *o = options;
	mica_var gamma, beta, mean, variance, y;

	if (!has_rows(b, x))
		return x;
	weights_of(b, &SCALING(o), x, &gamma, &beta);
	mica_var moving_mean = mica_layer_state(b, "moving_mean", last_of(x), o->moving_mean_initializer);
	mica_var moving_variance = mica_layer_state(b, "moving_variance", last_of(x), o->moving_variance_initializer);
	if (mica_graph_status(b->graph) != MICA_OK)
		return x;
	if (b->training && mica_layer_trainable(b)) { /* a frozen one keeps its statistics, as in Keras */
		uint32_t axes = 0;
		for (size_t i = 0; i + 1 < mica_var_shape(x).rank; i++)
			axes |= MICA_AXIS(i);
		mica_var centred = moments(x, axes, &mean, &variance);
		y = over_deviation(centred, variance, o->epsilon);
		move(b, "moving_mean", moving_mean, mica_op_stop_gradient(mean), o->momentum);
		move(b, "moving_variance", moving_variance, mica_op_stop_gradient(variance), o->momentum);
	} else {
		y = over_deviation(mica_op_sub(x, moving_mean), moving_variance, o->epsilon);
	}
	return scaled_and_shifted(y, gamma, beta);
}

static const mica_field batch_fields[] = {
	MICA_FIELD_REAL(mica_batch_normalization_opts, momentum, .otherwise = 0.99, MICA_BELOW(0, 1)),
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

	if (!has_rows(b, x))
		return x;
	weights_of(b, &SCALING(o), x, &gamma, &beta);
	mica_var centred = moments(x, MICA_AXIS(mica_var_shape(x).rank - 1), &mean, &variance);
	return scaled_and_shifted(over_deviation(centred, variance, o->epsilon), gamma, beta);
}

static const mica_field layer_fields[] = {EPSILON(mica_layer_normalization_opts, 1e-3), SCALING_FIELDS(mica_layer_normalization_opts)};
MICA__LAYER(layer_normalization, "LayerNormalization", layer_fields, layer_call, .masks = true)

/* As (batch, places, groups, size of a group). */
static mica_var group_call(mica_build *b, mica_var x, const void *options)
{
	const mica_group_normalization_opts *o = options;
	mica_shape s = mica_var_shape(x), split;
	mica_var gamma, beta, mean, variance;

	if (!has_rows(b, x))
		return x;
	size_t channels = s.dim[s.rank - 1], groups = o->groups == -1 ? channels : (size_t)o->groups;
	if (o->groups < -1 || o->groups == 0 || channels % groups)
		return mica__graph_fail(b->graph, MICA_EINVAL, "groups is %ld; give a divisor of the last axis' %zu, or -1", o->groups, channels);
	weights_of(b, &SCALING(o), x, &gamma, &beta);
	split = MICA_SHAPE(s.dim[0], MICA_INFER, groups, channels / groups);
	mica_var centred = moments(mica_op_reshape(x, split), MICA_AXIS(1) | MICA_AXIS(3), &mean, &variance);
	return scaled_and_shifted(mica_op_reshape(over_deviation(centred, variance, o->epsilon), s), gamma, beta);
}

static const mica_field group_fields[] = {
	MICA_FIELD_LONG(mica_group_normalization_opts, groups, .otherwise = 32), EPSILON(mica_group_normalization_opts, 1e-3),
	SCALING_FIELDS(mica_group_normalization_opts),
};
MICA__LAYER(group_normalization, "GroupNormalization", group_fields, group_call, .masks = true)

static mica_var rms_call(mica_build *b, mica_var x, const void *options)
{
	const mica_rms_normalization_opts *o = options;

	if (!has_rows(b, x))
		return x;
	mica_var scale = mica_weight(b, "scale", last_of(x), .initializer = MICA_ONES);
	mica_var square = mica_op_mean(mica_op_square(x), MICA_AXIS(mica_var_shape(x).rank - 1), true);
	return mica_op_mul(over_deviation(x, square, o->epsilon), scale);
}

static const mica_field rms_fields[] = {EPSILON(mica_rms_normalization_opts, 1e-6), MICA_FIELD_TEXT(mica_rms_normalization_opts, name)};
MICA__LAYER(rms_normalization, "RMSNormalization", rms_fields, rms_call, .masks = true)

/* x / max(|x|, 1e-12) */
static mica_var unit_call(mica_build *b, mica_var x, const void *options)
{
	(void)options;
	if (!has_rows(b, x))
		return x;
	mica_var square = mica_op_sum(mica_op_square(x), MICA_AXIS(mica_var_shape(x).rank - 1), true);
	return mica_op_mul(x, mica_op_rsqrt(mica_op_max(square, mica_graph_scalar(b->graph, 1e-24))));
}

static const mica_field unit_fields[] = {MICA_FIELD_TEXT(mica_unit_normalization_opts, name)};
MICA__LAYER(unit_normalization, "UnitNormalization", unit_fields, unit_call, .masks = true)
