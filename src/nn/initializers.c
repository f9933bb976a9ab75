/* SPDX-License-Identifier: MIT */
/* nn/initializers.c - first values of weights, made on the host from Philox.
   The numbers of element i depend on seed, stream and i only: the same weights on every device and machine.
   Variance scaling (Keras 1.3): s = scale / max(1, fan); uniform limit sqrt(3 s), normal deviation sqrt(s) divided by
   that of a standard normal cut at two deviations. */
#include "nn/nn.h"

#include <math.h>

#define CUT_NORMAL_DEVIATION 0.87962566103423978
#define TAG 0x6d696361u /* keeps these counters apart from those of dropout and shuffling */

typedef struct source {
	uint32_t key[2], stream;
} source;

/* Two numbers in [0, 1) with 32 bits each; attempt tells redraws of one element apart. */
static void draw(const source *s, uint64_t element, uint32_t attempt, double out[2])
{
	uint32_t bits[4];
	uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32) ^ TAG, s->stream, attempt};

	mica__philox(bits, counter, s->key);
	out[0] = bits[0] * 0x1p-32;
	out[1] = bits[1] * 0x1p-32;
}

/* Box and Muller; 1 - u is never 0. */
static double normal(const source *s, uint64_t element, uint32_t attempt)
{
	double u[2];

	draw(s, element, attempt, u);
	return sqrt(-2 * log(1 - u[0])) * cos(6.283185307179586 * u[1]);
}

static void fill_uniform(float *values, size_t n, const source *s, double least, double most)
{
	double u[2];

	for (size_t i = 0; i < n; i++) {
		draw(s, i, 0, u);
		values[i] = (float)(least + u[0] * (most - least));
	}
}

/* cut: redraw what lies beyond two deviations (1 in 22). */
static void fill_normal(float *values, size_t n, const source *s, double mean, double deviation, bool cut)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t attempt = 0;
		double z = normal(s, i, attempt);
		while (cut && fabs(z) > 2)
			z = normal(s, i, ++attempt);
		values[i] = (float)(mean + z * deviation);
	}
}

static void fill_constant(float *values, size_t n, float value)
{
	for (size_t i = 0; i < n; i++)
		values[i] = value;
}

/* Keras' rule goes by position: the last two axes are in and out, those before them a receptive field. */
static void fans(mica_shape s, double *in, double *out)
{
	double field = 1;

	*in = *out = s.rank ? (double)s.dim[0] : 1;
	if (s.rank < 2)
		return;
	for (size_t i = 0; i + 2 < s.rank; i++)
		field *= (double)s.dim[i];
	*in = field * (double)s.dim[s.rank - 2];
	*out = field * (double)s.dim[s.rank - 1];
}

static double variance(mica_shape s, double scale, mica_fan mode)
{
	double in, out, n;

	fans(s, &in, &out);
	n = mode == MICA_FAN_IN ? in : mode == MICA_FAN_OUT ? out : (in + out) / 2;
	return scale / (n > 1 ? n : 1);
}

/* ---- the kinds ---- */

static source source_of(uint64_t seed, uint32_t stream)
{
	return (source){{(uint32_t)seed, (uint32_t)(seed >> 32)}, stream};
}

static mica_status constant(float *values, mica_shape shape, uint64_t seed, uint32_t stream, const void *options)
{
	(void)seed;
	(void)stream;
	fill_constant(values, mica__shape_count(&shape), (float)((const mica_constant_opts *)options)->value);
	return MICA_OK;
}

static mica_status variance_scaling(float *values, mica_shape shape, uint64_t seed, uint32_t stream, const void *options)
{
	const mica_variance_scaling_opts *o = options;
	source s = source_of(seed, stream);
	size_t n = mica__shape_count(&shape);
	double v = variance(shape, o->scale, (mica_fan)o->mode), limit = sqrt(3 * v);

	if (o->distribution == MICA_UNIFORM)
		fill_uniform(values, n, &s, -limit, limit);
	else if (o->distribution == MICA_UNTRUNCATED_NORMAL)
		fill_normal(values, n, &s, 0, sqrt(v), false);
	else
		fill_normal(values, n, &s, 0, sqrt(v) / CUT_NORMAL_DEVIATION, true);
	return MICA_OK;
}

static mica_status random_uniform(float *values, mica_shape shape, uint64_t seed, uint32_t stream, const void *options)
{
	const mica_random_uniform_opts *o = options;
	source s = source_of(seed, stream);

	if (o->minval > o->maxval)
		return mica__fail(MICA_EINVAL, "random_uniform: minval %g is above maxval %g", o->minval, o->maxval);
	fill_uniform(values, mica__shape_count(&shape), &s, o->minval, o->maxval);
	return MICA_OK;
}

static mica_status random_normal(float *values, mica_shape shape, uint64_t seed, uint32_t stream, const void *options)
{
	const mica_random_normal_opts *o = options;
	source s = source_of(seed, stream);

	fill_normal(values, mica__shape_count(&shape), &s, o->mean, o->stddev, o->truncated);
	return MICA_OK;
}

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* Normal vectors, n of m numbers (m >= n), made orthonormal one after the other (Gram and Schmidt, modified): the Q of a QR
   decomposition whose R has a positive diagonal.  Vectors of m or fewer normal numbers are far from dependent. */
static void fill_orthonormal(double *v, size_t n, size_t m, const source *s)
{
	for (size_t i = 0; i < n * m; i++)
		v[i] = normal(s, i, 0);
	for (size_t i = 0; i < n; i++) {
		double *a = v + i * m, length;
		for (size_t k = 0; k < i; k++) {
			const double *b = v + k * m, along = dot(a, b, m);
			for (size_t j = 0; j < m; j++)
				a[j] -= along * b[j];
		}
		length = sqrt(dot(a, a, m));
		for (size_t j = 0; j < m; j++)
			a[j] /= length;
	}
}

/* The last axis are columns, all others together rows; the shorter of the two is the number of vectors. */
static mica_status orthogonal(float *values, mica_shape shape, uint64_t seed, uint32_t stream, const void *options)
{
	const mica_orthogonal_opts *o = options;
	source s = source_of(seed, stream);

	if (shape.rank < 2)
		return mica__fail(MICA_EINVAL, "orthogonal: a value of shape %s has no rows; give it another initializer", mica__shape_text(&shape));
	size_t columns = shape.dim[shape.rank - 1], rows = columns ? mica__shape_count(&shape) / columns : 0;
	size_t n = rows < columns ? rows : columns, m = rows < columns ? columns : rows;
	double *v = mica__alloc(n * m, sizeof *v);
	if (!v)
		return MICA_ENOMEM;
	fill_orthonormal(v, n, m, &s);
	for (size_t i = 0; i < rows; i++)
		for (size_t k = 0; k < columns; k++)
			values[i * columns + k] = (float)(o->gain * (rows < columns ? v[i * m + k] : v[k * m + i]));
	mica__free(v);
	return MICA_OK;
}

/* Many kinds are one function with other defaults. */
#define INITIALIZER(id, function, options, ...)                                                                       \
	static const mica_field id##_fields[] = {__VA_ARGS__};                                                        \
	const mica_kind mica_kind_##id = {.name = #id, .type = MICA_INITIALIZER, .size = sizeof(options),             \
	                                  MICA_FIELDS(id##_fields), .initialize = (function)};
#define CONSTANT(id, number) \
	INITIALIZER(id, constant, mica_constant_opts, MICA_FIELD_REAL(mica_constant_opts, value, .otherwise = (number)))
#define SCALED(id, scale_, mode_, distribution_)                                                                      \
	INITIALIZER(id, variance_scaling, mica_variance_scaling_opts,                                                 \
	            MICA_FIELD_REAL(mica_variance_scaling_opts, scale, .otherwise = (scale_), MICA_ABOVE(0)),           \
	            MICA_FIELD_INT(mica_variance_scaling_opts, mode, .otherwise = (mode_), MICA_WITHIN(1, 3)),          \
	            MICA_FIELD_INT(mica_variance_scaling_opts, distribution, .otherwise = (distribution_), MICA_WITHIN(1, 3)))
#define NORMAL(id, truncated_)                                                                                        \
	INITIALIZER(id, random_normal, mica_random_normal_opts, MICA_FIELD_REAL(mica_random_normal_opts, mean),        \
	            MICA_FIELD_REAL(mica_random_normal_opts, stddev, .otherwise = 0.05, MICA_FROM(0)),                  \
	            MICA_FIELD_INT(mica_random_normal_opts, truncated, .otherwise = (truncated_), MICA_WITHIN(0, 1)))

CONSTANT(zeros, 0)
CONSTANT(ones, 1)
CONSTANT(constant, 0)
SCALED(variance_scaling, 1, MICA_FAN_IN, MICA_TRUNCATED)
SCALED(glorot_uniform, 1, MICA_FAN_AVERAGE, MICA_UNIFORM)
SCALED(glorot_normal, 1, MICA_FAN_AVERAGE, MICA_TRUNCATED)
SCALED(he_uniform, 2, MICA_FAN_IN, MICA_UNIFORM)
SCALED(he_normal, 2, MICA_FAN_IN, MICA_TRUNCATED)
SCALED(lecun_uniform, 1, MICA_FAN_IN, MICA_UNIFORM)
SCALED(lecun_normal, 1, MICA_FAN_IN, MICA_TRUNCATED)
INITIALIZER(random_uniform, random_uniform, mica_random_uniform_opts,
            MICA_FIELD_REAL(mica_random_uniform_opts, minval, .otherwise = -0.05),
            MICA_FIELD_REAL(mica_random_uniform_opts, maxval, .otherwise = 0.05))
NORMAL(random_normal, 0)
NORMAL(truncated_normal, 1)
INITIALIZER(orthogonal, orthogonal, mica_orthogonal_opts, MICA_FIELD_REAL(mica_orthogonal_opts, gain, .otherwise = 1))

/* ---- using them ---- */

mica_status mica_initialize(float *values, mica_shape shape, mica_initializer init, uint64_t seed, uint32_t stream)
{
	size_t n;

	if (!values || shape.rank > MICA_MAX_RANK || !mica__shape_checked_count(&shape, &n))
		return mica__fail(MICA_EINVAL, "initialize: no values, or a shape that is too large");
	if (!init.part.kind)
		init = shape.rank < 2 ? MICA_ZEROS : MICA_GLOROT_UNIFORM;
	mica_status st = mica__part_keep(&init.part, MICA_INITIALIZER, MICA_INITIALIZER);
	if (st == MICA_OK)
		st = init.part.kind->initialize(values, shape, seed, stream, init.part.options);
	mica__part_drop(&init.part);
	return st;
}
