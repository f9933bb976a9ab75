/* SPDX-License-Identifier: MIT */
/* nn/noise.c - layers that change their input at random, while training only (Keras 1.1). */
#include "nn/layers.h"

#include <math.h>

static uint64_t seed_for(const mica_build *b, uint64_t seed)
{
	return seed == MICA__MODEL_SEED ? b->seed : seed;
}

mica_var mica__layer_uniform(mica_build *b, mica_shape s, uint64_t seed)
{
	uint64_t before = b->seed;

	b->seed = seed_for(b, seed);
	mica_var u = mica_layer_random(b, s);
	b->seed = before;
	return u;
}

mica_var mica__layer_gaussian(mica_build *b, mica_shape s, uint64_t seed)
{
	uint64_t before = b->seed;

	b->seed = seed_for(b, seed);
	mica_var n = mica_layer_normal(b, s);
	b->seed = before;
	return n;
}

/* ---- dropout ---- */

mica_var mica__layer_dropped(mica_build *b, mica_var x, mica_shape s, double rate, uint64_t seed)
{
	if (!b->training || rate == 0)
		return x;
	if (rate == 1)
		return mica_graph_fill(b->graph, 0, mica_var_dtype(x), mica_var_shape(x));
	mica_var keep = mica_op_ge(mica__layer_uniform(b, s, seed), mica_graph_scalar(b->graph, rate));
	return mica_op_where(keep, mica_op_mulc(x, 1 / (1 - rate)), mica_graph_scalar(b->graph, 0));
}

/* The shape of the numbers that decide, where the options say one; MICA_INFER is the sample's size. */
static bool noise_shape(mica_build *b, mica_var x, const size_t dim[MICA_MAX_RANK], mica_shape *s)
{
	mica_shape sample = mica__sample_shape(mica_var_shape(x));
	size_t n = 0;
	bool fits = true;

	*s = mica_var_shape(x);
	while (n < MICA_MAX_RANK && dim[n])
		n++;
	for (size_t i = 0; i < n && i < sample.rank; i++) {
		fits = fits && (dim[i] == 1 || dim[i] == MICA_INFER || dim[i] == sample.dim[i]);
		s->dim[1 + i] = dim[i] == 1 ? 1 : sample.dim[i];
	}
	if (n && (n != sample.rank || !fits))
		return mica__graph_fail(b->graph, MICA_ESHAPE, "noise_shape does not go with a sample of shape %s; give its sizes, or 1 in place of them",
		                        mica__shape_text(&sample)), false;
	return true;
}

static mica_var dropout_call(mica_build *b, mica_var x, const void *options)
{
	const mica_dropout_opts *o = options;
	mica_shape s;

	return noise_shape(b, x, o->noise_shape, &s) ? mica__layer_dropped(b, x, s, o->rate, o->seed) : x;
}

static const mica_field dropout_fields[] = {
	MICA_FIELD_REAL(mica_dropout_opts, rate, MICA_WITHIN(0, 1)),
	MICA__SEED_FIELD(mica_dropout_opts),
	MICA_FIELD_SIZE(mica_dropout_opts, noise_shape, .count = MICA_MAX_RANK),
	MICA_FIELD_TEXT(mica_dropout_opts, name),
};
MICA__LAYER(dropout, "Dropout", dropout_fields, dropout_call, .masks = true)

static mica_var spatial_call(mica_build *b, mica_var x, const void *options)
{
	const mica_spatial_dropout_opts *o = options;
	mica_shape s = mica_var_shape(x);

	for (size_t i = 1; i + 1 < s.rank; i++)
		s.dim[i] = 1;
	return mica__layer_dropped(b, x, s, o->rate, o->seed);
}

static const mica_field spatial_fields[] = {
	MICA_FIELD_REAL(mica_spatial_dropout_opts, rate, MICA_WITHIN(0, 1)),
	MICA__SEED_FIELD(mica_spatial_dropout_opts),
	MICA_FIELD_TEXT(mica_spatial_dropout_opts, name),
};
MICA__LAYER(spatial_dropout, "SpatialDropout", spatial_fields, spatial_call, .masks = true)

/* a (kept ? x : p) + b, where p = -1.7580993408473766 is what SELU makes of -infinity, and a and b keep mean 0 and variance 1. */
static mica_var alpha_call(mica_build *b, mica_var x, const void *options)
{
	const mica_alpha_dropout_opts *o = options;
	const double p = -1.7580993408473766, a = 1 / sqrt((1 - o->rate) * (1 + o->rate * p * p));

	mica_shape s;

	if (!noise_shape(b, x, o->noise_shape, &s) || !b->training || o->rate == 0)
		return x;
	mica_var keep = mica_op_ge(mica__layer_uniform(b, s, o->seed), mica_graph_scalar(b->graph, o->rate));
	return mica_op_addc(mica_op_mulc(mica_op_where(keep, x, mica_graph_scalar(b->graph, p)), a), -a * p * o->rate);
}

static const mica_field alpha_fields[] = {
	MICA_FIELD_REAL(mica_alpha_dropout_opts, rate, MICA_BELOW(0, 1)),
	MICA__SEED_FIELD(mica_alpha_dropout_opts),
	MICA_FIELD_SIZE(mica_alpha_dropout_opts, noise_shape, .count = MICA_MAX_RANK),
	MICA_FIELD_TEXT(mica_alpha_dropout_opts, name),
};
MICA__LAYER(alpha_dropout, "AlphaDropout", alpha_fields, alpha_call, .masks = true)

/* ---- normal noise ---- */

static mica_var noise_call(mica_build *b, mica_var x, const void *options)
{
	const mica_gaussian_noise_opts *o = options;

	if (!b->training || o->stddev == 0)
		return x;
	return mica_op_add(x, mica_op_mulc(mica__layer_gaussian(b, mica_var_shape(x), o->seed), o->stddev));
}

static const mica_field noise_fields[] = {
	MICA_FIELD_REAL(mica_gaussian_noise_opts, stddev, MICA_FROM(0)),
	MICA__SEED_FIELD(mica_gaussian_noise_opts),
	MICA_FIELD_TEXT(mica_gaussian_noise_opts, name),
};
MICA__LAYER(gaussian_noise, "GaussianNoise", noise_fields, noise_call, .masks = true)

static mica_var gaussian_call(mica_build *b, mica_var x, const void *options)
{
	const mica_gaussian_dropout_opts *o = options;

	if (!b->training || o->rate == 0)
		return x;
	mica_var n = mica__layer_gaussian(b, mica_var_shape(x), o->seed);
	return mica_op_mul(x, mica_op_addc(mica_op_mulc(n, sqrt(o->rate / (1 - o->rate))), 1));
}

static const mica_field gaussian_fields[] = {
	MICA_FIELD_REAL(mica_gaussian_dropout_opts, rate, MICA_BELOW(0, 1)),
	MICA__SEED_FIELD(mica_gaussian_dropout_opts),
	MICA_FIELD_TEXT(mica_gaussian_dropout_opts, name),
};
MICA__LAYER(gaussian_dropout, "GaussianDropout", gaussian_fields, gaussian_call, .masks = true)
