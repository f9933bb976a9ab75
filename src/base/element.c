/* SPDX-License-Identifier: MIT */
/* base/element.c - elements of arrays in memory: rounding, and the bits of each.  What is particular to a type stands in its
   row; reals of any width follow from their digits and least exponent (IEEE 754). */
#include "base/types.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- rounding ---- */

/* To a multiple of the unit in the last place; beyond the largest by half a unit or more it is infinite. */
static double round_real(const mica__dtype_info *t, double v)
{
	int e;
	if (t->digits == DBL_MANT_DIG)
		return v;
	if (t->digits == FLT_MANT_DIG) /* the machine's own does it in one step */
		return (double)(float)v;
	if (v == 0 || !isfinite(v))
		return v;
	frexp(v, &e); /* 2^(e - 1) <= |v| < 2^e */
	e = (e - 1 < t->exponent ? t->exponent : e - 1) - (t->digits - 1);
	double r = ldexp(rint(ldexp(v, -e)), e); /* to even, as is the default everywhere; both powers are exact */
	return fabs(r) > t->most ? copysign(INFINITY, v) : r;
}

double mica__dtype_round(mica_dtype type, double v)
{
	const mica__dtype_info *t = mica__dtype_describe(type);
	return t->class == MICA__CLASS_REAL ? round_real(t, v) : v;
}

int64_t mica__whole_of(mica_dtype type, double v)
{
	const mica__dtype_info *t = mica__dtype_describe(type);
	if (t->class == MICA__CLASS_TRUTH)
		return v != 0;
	if (v > t->most) /* which a double may not hold exactly */
		return t->bytes == sizeof(int64_t) ? INT64_MAX : (int64_t)t->most;
	return isnan(v) ? 0 : v < t->least ? (int64_t)t->least : (int64_t)v;
}

int64_t mica__dtype_wrap(mica_dtype type, int64_t v)
{
	const mica__dtype_info *t = mica__dtype_describe(type);
	uint64_t sign = UINT64_C(1) << (8 * t->bytes - 1), bits = (uint64_t)v & (sign | (sign - 1));
	if (t->class == MICA__CLASS_TRUTH)
		return v != 0;
	return (int64_t)(t->least < 0 ? (bits ^ sign) - sign : bits);
}

double mica__real_of(mica_dtype type, int64_t v)
{
	const mica__dtype_info *t = mica__dtype_describe(type);
	return t->digits > FLT_MANT_DIG ? (double)v : round_real(t, (double)(float)v);
}

/* ---- bits ---- */

static uint64_t load(const void *p, size_t bytes)
{
	uint8_t narrow;
	uint16_t half;
	uint32_t word;
	uint64_t wide;
	switch (bytes) {
	case 1: return memcpy(&narrow, p, sizeof narrow), narrow;
	case 2: return memcpy(&half, p, sizeof half), half;
	case 4: return memcpy(&word, p, sizeof word), word;
	default: return memcpy(&wide, p, sizeof wide), wide;
	}
}

static void store(void *p, size_t bytes, uint64_t bits)
{
	uint8_t narrow = (uint8_t)bits;
	uint16_t half = (uint16_t)bits;
	uint32_t word = (uint32_t)bits;
	switch (bytes) {
	case 1: memcpy(p, &narrow, sizeof narrow); break;
	case 2: memcpy(p, &half, sizeof half); break;
	case 4: memcpy(p, &word, sizeof word); break;
	default: memcpy(p, &bits, sizeof bits);
	}
}

/* Sign, exponent, fraction.  All ones for an exponent: infinite, or with a fraction NaN; none: no leading one. */
static uint64_t all_ones(const mica__dtype_info *t)
{
	return (uint64_t)(3 - 2 * t->exponent);
}

static uint64_t bits_of(const mica__dtype_info *t, double v)
{
	int fraction = t->digits - 1;
	uint64_t sign = (uint64_t)(signbit(v) != 0) << (8 * t->bytes - 1), infinite = all_ones(t) << fraction;
	if (isnan(v))
		return sign | infinite | UINT64_C(1) << (fraction - 1);
	v = fabs(round_real(t, v));
	if (isinf(v))
		return sign | infinite;
	if (v < ldexp(1, t->exponent))
		return sign | (uint64_t)ldexp(v, fraction - t->exponent);
	int e = ilogb(v); /* the leading one adds to the exponent's field */
	return sign | (((uint64_t)(e - t->exponent) << fraction) + (uint64_t)ldexp(v, fraction - e));
}

static double real_from(const mica__dtype_info *t, uint64_t bits)
{
	int fraction = t->digits - 1;
	uint64_t one = UINT64_C(1) << fraction, digits = bits & (one - 1), e = bits >> fraction & all_ones(t);
	double v = e == all_ones(t) ? (digits ? NAN : INFINITY)
	                            : ldexp((double)(e ? digits | one : digits), (e ? (int)e - 1 : 0) + t->exponent - fraction);
	return bits >> (8 * t->bytes - 1) ? -v : v;
}

/* ---- elements ---- */

static const void *element(const mica__dtype_info *t, const void *array, size_t i)
{
	return (const char *)array + i * t->bytes;
}

int64_t mica__whole_get(mica_dtype type, const void *array, size_t i)
{
	const mica__dtype_info *t = mica__dtype_describe(type);
	return mica__dtype_wrap(type, (int64_t)load(element(t, array, i), t->bytes));
}

void mica__whole_put(mica_dtype type, void *array, size_t i, int64_t value)
{
	const mica__dtype_info *t = mica__dtype_describe(type);
	store((char *)array + i * t->bytes, t->bytes, (uint64_t)mica__dtype_wrap(type, value));
}

double mica__number_get(mica_dtype type, const void *array, size_t i)
{
	const mica__dtype_info *t = mica__dtype_describe(type);
	float single;
	double wide;
	if (t->class != MICA__CLASS_REAL)
		return (double)mica__whole_get(type, array, i);
	if (t->digits == FLT_MANT_DIG)
		return memcpy(&single, element(t, array, i), sizeof single), (double)single;
	if (t->digits == DBL_MANT_DIG)
		return memcpy(&wide, element(t, array, i), sizeof wide), wide;
	return real_from(t, load(element(t, array, i), t->bytes));
}

void mica__number_put(mica_dtype type, void *array, size_t i, double value)
{
	const mica__dtype_info *t = mica__dtype_describe(type);
	void *to = (char *)array + i * t->bytes;
	float single = (float)value;
	if (t->class != MICA__CLASS_REAL)
		mica__whole_put(type, array, i, mica__whole_of(type, value));
	else if (t->digits == FLT_MANT_DIG)
		memcpy(to, &single, sizeof single);
	else if (t->digits == DBL_MANT_DIG)
		memcpy(to, &value, sizeof value);
	else
		store(to, t->bytes, bits_of(t, value));
}

void mica_convert(void *to, mica_dtype to_type, const void *from, mica_dtype from_type, size_t n)
{
	if (!to || !from || !mica__dtype_valid(to_type) || !mica__dtype_valid(from_type))
		return;
	bool to_real = mica__dtype_real(to_type), from_real = mica__dtype_real(from_type);
	for (size_t i = 0; i < n; i++)
		if (from_real)
			mica__number_put(to_type, to, i, mica__number_get(from_type, from, i));
		else if (to_real)
			mica__number_put(to_type, to, i, mica__real_of(to_type, mica__whole_get(from_type, from, i)));
		else
			mica__whole_put(to_type, to, i, mica__whole_get(from_type, from, i));
}
