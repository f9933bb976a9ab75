/* SPDX-License-Identifier: MIT */
/* nn/stft.c - the initializer of kernels that make a short-time Fourier transform of a convolution (Keras 3.15, STFT).
   Tap t of band k is window(t) cos(-2 pi t k / (2 (bands - 1))), or the sine, over what the scaling says of the window.  Windows are those
   of scipy.signal.windows, sums of cosines of the phase 2 pi t / m but for bartlett: m is taps - 1 of a symmetric one, taps of a
   periodic one. */
#include "nn/layers.h"

#include <math.h>

#define PI 3.141592653589793

static double window_at(int window, size_t t, size_t m)
{
	double phase = 2 * PI * (double)t / (double)(m ? m : 1);

	if (!m) /* of one tap */
		return 1;
	switch (window) {
	case MICA_HANN: return 0.5 - 0.5 * cos(phase);
	case MICA_HAMMING: return 0.54 - 0.46 * cos(phase);
	case MICA_BLACKMAN: return 0.42 - 0.5 * cos(phase) + 0.08 * cos(2 * phase);
	case MICA_BARTLETT: return 1 - fabs(2 * (double)t / (double)m - 1);
	default: return 1;
	}
}

/* What the window is divided by. */
static double scale_of(const mica_stft_opts *o, size_t taps, size_t m)
{
	double sum = 0, squares = 0;

	for (size_t t = 0; t < taps; t++) {
		double w = window_at(o->window, t, m);
		sum += fabs(w);
		squares += w * w;
	}
	return o->window == MICA_NO_WINDOW || o->scaling == MICA_NO_SCALING ? 1 : o->scaling == MICA_SPECTRUM ? sum : sqrt(squares);
}

static mica_status stft(float *values, mica_shape shape, uint64_t seed, uint32_t stream, const void *options)
{
	const mica_stft_opts *o = options;
	size_t taps = shape.dim[0], bands = shape.dim[2], m = o->periodic || !taps ? taps : taps - 1;

	(void)seed;
	(void)stream;
	if (shape.rank != 3 || shape.dim[1] != 1 || bands < 2)
		return mica__fail(MICA_EINVAL, "stft: shape %s; it is for kernels (taps, 1, bands) of at least 2 bands", mica__shape_text(&shape));
	double scale = scale_of(o, taps, m);
	if (!(scale > 1e-12) && taps)
		return mica__fail(MICA_EINVAL, "stft: the window of %zu taps is 0 everywhere; give more taps or .periodic = true", taps);
	for (size_t t = 0; t < taps; t++)
		for (size_t k = 0; k < bands; k++) {
			size_t turn = t * k % (2 * (bands - 1)); /* whole turns change nothing, and would cost digits */
			double angle = -PI * (double)turn / (double)(bands - 1), wave = o->imaginary ? sin(angle) : cos(angle);
			values[t * bands + k] = (float)(wave * window_at(o->window, t, m) / scale);
		}
	return MICA_OK;
}

static const mica_field fields[] = {
	MICA_FIELD_FLAG(mica_stft_opts, imaginary),
	MICA_FIELD_INT(mica_stft_opts, window, .otherwise = MICA_HANN, MICA_WITHIN(1, MICA_NO_WINDOW)),
	MICA_FIELD_INT(mica_stft_opts, scaling, .otherwise = MICA_DENSITY, MICA_WITHIN(1, MICA_NO_SCALING)),
	MICA_FIELD_FLAG(mica_stft_opts, periodic),
};
const mica_kind mica_kind_stft = {.name = "stft", .type = MICA_INITIALIZER, .size = sizeof(mica_stft_opts), MICA_FIELDS(fields),
                                  .initialize = stft};
