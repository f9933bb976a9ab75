/* SPDX-License-Identifier: MIT */
/* nn/initializers.c - first values of weights, made on the host from Philox.
   The numbers of element i depend on seed, stream and i only: the same weights on every device and machine.
   Variance scaling (Keras 1.3): s = scale / max(1, fan); uniform limit sqrt(3 s), normal deviation sqrt(s) divided by
   that of a standard normal cut at two deviations. */
#include "nn/layers.h"

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

static double product(mica_shape s, unsigned axes)
{
	double n = 1;

	for (size_t i = 0; i < s.rank; i++)
		n *= axes & MICA_AXIS(i) ? (double)s.dim[i] : 1;
	return n;
}

/* Elements of the axes that count as in, and as out.  Keras' rule goes by position where nothing is said: the last two axes are in and
   out, those before them a receptive field of both. */
static void fans(mica_shape s, const mica_variance_scaling_opts *o, double *in, double *out)
{
	unsigned ins = (unsigned)o->input_axes, outs = (unsigned)o->output_axes;

	if (!ins && !outs) {
		ins = s.rank < 2 ? ~0u : ~MICA_AXIS(s.rank - 1);
		outs = s.rank < 2 ? ~0u : ~MICA_AXIS(s.rank - 2);
	}
	*in = product(s, ins);
	*out = product(s, outs);
}

static double variance(mica_shape s, const mica_variance_scaling_opts *o)
{
	double in, out, n;

	fans(s, o, &in, &out);
	n = o->mode == MICA_FAN_IN ? in : o->mode == MICA_FAN_OUT ? out : (in + out) / 2;
	return o->scale / (n > 1 ? n : 1);
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
	double v = variance(shape, o), limit = sqrt(3 * v);

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

/* In eight sums, which compilers can add at once. */
static double dot(const double *a, const double *b, size_t n)
{
	double sums[8] = {0}, all = 0;
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		for (size_t k = 0; k < 8; k++)
			sums[k] += a[i + k] * b[i + k];
	for (; i < n; i++)
		all += a[i] * b[i];
	for (size_t k = 0; k < 8; k++)
		all += sums[k];
	return all;
}

/* v minus what it has of r directions of length 1; returns its square. */
static double without(double *v, const double *directions, size_t r, size_t n)
{
	for (size_t k = 0; k < r; k++) {
		double d = dot(v, directions + k * n, n);
		for (size_t i = 0; i < n; i++)
			v[i] -= d * directions[k * n + i];
	}
	return dot(v, v, n);
}

/* Makes `few` directions of `many` numbers each orthonormal, by Gram and Schmidt: the Q of a QR decomposition in which the diagonal of
   R is positive.  Where less than half of a direction is left, it has lost digits, and what is wrong in them is taken out as well. */
static void orthonormalize(double *rows, size_t few, size_t many)
{
	for (size_t r = 0; r < few; r++) {
		double *v = rows + r * many, was = dot(v, v, many), square = without(v, rows, r, many);
		if (square < 0.5 * was)
			square = without(v, rows, r, many);
		for (size_t i = 0; i < many; i++)
			v[i] /= sqrt(square);
	}
}

static mica_status orthogonal(float *values, mica_shape shape, uint64_t seed, uint32_t stream, const void *options)
{
	double gain = ((const mica_gain_opts *)options)->gain;
	source s = source_of(seed, stream);
	size_t columns = mica__shape_last(&shape), rows = mica__shape_lead(&shape);
	size_t few = rows < columns ? rows : columns, many = rows < columns ? columns : rows;

	if (shape.rank < 2)
		return mica__fail(MICA_EINVAL, "orthogonal: a value of shape %s has no rows; give it another initializer", mica__shape_text(&shape));
	double *q = mica__alloc(few * many, sizeof *q);
	if (!q && few)
		return mica__fail(MICA_ENOMEM, "orthogonal: no memory for shape %s", mica__shape_text(&shape));
	for (size_t i = 0; i < few * many; i++)
		q[i] = normal(&s, i, 0);
	orthonormalize(q, few, many);
	for (size_t r = 0; r < rows; r++)
		for (size_t c = 0; c < columns; c++)
			values[r * columns + c] = (float)(gain * q[rows < columns ? r * many + c : c * many + r]);
	mica__free(q);
	return MICA_OK;
}

static mica_status identity(float *values, mica_shape shape, uint64_t seed, uint32_t stream, const void *options)
{
	(void)seed;
	(void)stream;
	if (shape.rank != 2)
		return mica__fail(MICA_EINVAL, "identity: shape %s; it is for matrices", mica__shape_text(&shape));
	fill_constant(values, mica__shape_count(&shape), 0);
	for (size_t i = 0; i < shape.dim[0] && i < shape.dim[1]; i++)
		values[i * shape.dim[1] + i] = (float)((const mica_gain_opts *)options)->gain;
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
	            MICA_FIELD_INT(mica_variance_scaling_opts, distribution, .otherwise = (distribution_), MICA_WITHIN(1, 3)),  \
	            MICA_FIELD_INT(mica_variance_scaling_opts, input_axes, MICA_WITHIN(0, 255)),                        \
	            MICA_FIELD_INT(mica_variance_scaling_opts, output_axes, MICA_WITHIN(0, 255)))
#define GAIN(id) INITIALIZER(id, id, mica_gain_opts, MICA_FIELD_REAL(mica_gain_opts, gain, .otherwise = 1))
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
GAIN(orthogonal)
GAIN(identity)

/* ---- using them ---- */

mica_initializer mica__initializer_over(const mica_initializer *init, int summed, int made, mica_variance_scaling_opts *own)
{
	if (init->part.kind->initialize != mica_kind_variance_scaling.initialize)
		return *init;
	*own = *(const mica_variance_scaling_opts *)init->part.options;
	if (!own->input_axes && !own->output_axes) {
		own->input_axes = summed;
		own->output_axes = made;
	}
	return MICA_PART(mica_initializer, init->part.kind, own);
}

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
