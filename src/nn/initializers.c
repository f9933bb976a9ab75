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

static void fill_uniform(float *values, size_t n, const source *s, double limit)
{
	double u[2];

	for (size_t i = 0; i < n; i++) {
		draw(s, i, 0, u);
		values[i] = (float)((2 * u[0] - 1) * limit);
	}
}

/* cut: redraw what lies beyond two deviations (1 in 22). */
static void fill_normal(float *values, size_t n, const source *s, double deviation, bool cut)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t attempt = 0;
		double z = normal(s, i, attempt);
		while (cut && fabs(z) > 2)
			z = normal(s, i, ++attempt);
		values[i] = (float)(z * deviation);
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

static double variance(mica_shape s, mica_initializer init)
{
	double in, out, scale = 1, fan;

	fans(s, &in, &out);
	fan = in;
	if (init == MICA_GLOROT_UNIFORM || init == MICA_GLOROT_NORMAL)
		fan = (in + out) / 2;
	if (init == MICA_HE_UNIFORM || init == MICA_HE_NORMAL)
		scale = 2;
	return scale / (fan > 1 ? fan : 1);
}

mica_status mica_initialize(float *values, mica_shape shape, mica_initializer init, uint64_t seed, uint32_t stream)
{
	source s = {{(uint32_t)seed, (uint32_t)(seed >> 32)}, stream};
	size_t n;

	if (!values || shape.rank > MICA_MAX_RANK || !mica__shape_checked_count(&shape, &n))
		return mica__fail(MICA_EINVAL, "initialize: no values, or a shape that is too large");
	if (init == MICA_INIT_DEFAULT)
		init = shape.rank < 2 ? MICA_ZEROS : MICA_GLOROT_UNIFORM;
	switch (init) {
	case MICA_ZEROS:
	case MICA_ONES:
		fill_constant(values, n, init == MICA_ONES ? 1 : 0);
		break;
	case MICA_GLOROT_UNIFORM:
	case MICA_HE_UNIFORM:
	case MICA_LECUN_UNIFORM:
		fill_uniform(values, n, &s, sqrt(3 * variance(shape, init)));
		break;
	case MICA_GLOROT_NORMAL:
	case MICA_HE_NORMAL:
	case MICA_LECUN_NORMAL:
		fill_normal(values, n, &s, sqrt(variance(shape, init)) / CUT_NORMAL_DEVIATION, true);
		break;
	case MICA_RANDOM_UNIFORM:
		fill_uniform(values, n, &s, 0.05);
		break;
	case MICA_RANDOM_NORMAL:
	case MICA_TRUNCATED_NORMAL:
		fill_normal(values, n, &s, 0.05, init == MICA_TRUNCATED_NORMAL);
		break;
	default:
		return mica__fail(MICA_EINVAL, "there is no initializer %d", (int)init);
	}
	return MICA_OK;
}
