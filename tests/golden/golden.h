/* SPDX-License-Identifier: MIT */
/* golden/golden.h - comparing with the numbers of keras.h, and the formulas for inputs that make_keras.py has too. */
#ifndef MICA_GOLDEN_H
#define MICA_GOLDEN_H
#include <criterion/criterion.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* A number in [0, 1): 32-bit multiply and xor-shift. */
static inline double hash_unit(uint32_t i, uint32_t salt)
{
	uint32_t h = i * 2654435761u + salt * 40503u;

	h ^= h >> 15;
	h *= 2246822519u;
	h ^= h >> 13;
	return h * 0x1p-32;
}

/* n numbers in -limit .. limit. */
static inline void spread(float *out, size_t n, uint32_t salt, double limit)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (float)((2 * hash_unit((uint32_t)i, salt) - 1) * limit);
}

/* |got - want| <= relative |want| + absolute, infinities and NaN the same. */
static inline bool near(double got, double want, double relative, double absolute)
{
	if (isnan(want) || isinf(want))
		return isnan(want) ? (bool)isnan(got) : got == want;
	return fabs(got - want) <= relative * fabs(want) + absolute;
}

static inline void check_near(const char *what, const float *got, const float *want, size_t n, double relative,
                              double absolute)
{
	for (size_t i = 0; i < n; i++)
		cr_expect(near((double)got[i], (double)want[i], relative, absolute), "%s[%zu]: %.9g, Keras has %.9g", what, i,
		          (double)got[i], (double)want[i]);
}

#endif
