/* SPDX-License-Identifier: MIT */
/* base/types.c - the rows of the table of types; shapes as sizes and as text. */
#include "base/types.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const mica__dtype_info infos[] = {
#define X(id, name, bytes, class, digits, exponent, least, most, safetensors, npy, memory, suffix, computed)                \
	[MICA_##id] = {name, bytes, MICA__CLASS_##class, digits, exponent, least, most, safetensors, npy, memory, memory "v", suffix, \
	               "FIRST_" memory, "LAST_" memory, MICA_##computed},
	MICA__DTYPES(X)
#undef X
};

bool mica__dtype_valid(mica_dtype t)
{
	return (size_t)t < MICA__COUNT(infos);
}

const mica__dtype_info *mica__dtype_describe(mica_dtype t)
{
	return &infos[t];
}

size_t mica__dtype_bytes(mica_dtype t)
{
	return infos[t].bytes;
}

const char *mica__dtype_name(mica_dtype t)
{
	return mica__dtype_valid(t) ? infos[t].name : "an unknown type";
}

bool mica__dtype_real(mica_dtype t)
{
	return infos[t].class == MICA__CLASS_REAL;
}

bool mica__dtype_computes(mica_dtype t)
{
	return infos[t].computed == t;
}

bool mica__dtype_holds(mica_dtype t, double value)
{
	const mica__dtype_info *info = &infos[t];
	return info->class == MICA__CLASS_REAL || (value == floor(value) && info->least <= value && value <= info->most);
}

double mica__dtype_epsilon(mica_dtype t)
{
	return ldexp(1, 1 - infos[t].digits);
}

double mica__dtype_smallest(mica_dtype t)
{
	return ldexp(1, infos[t].exponent);
}

double mica__dtype_scale(mica_dtype t)
{
	bool levels = infos[t].class == MICA__CLASS_WHOLE && infos[t].bytes == 1;
	return levels ? 1 / infos[t].most : 1;
}

bool mica__shape_equal(const mica_shape *a, const mica_shape *b)
{
	return a->rank == b->rank && memcmp(a->dim, b->dim, a->rank * sizeof a->dim[0]) == 0;
}

bool mica__shape_checked_count(const mica_shape *s, size_t *out)
{
	size_t n = 1;
	if (s->rank > MICA_MAX_RANK)
		return false;
	for (size_t i = 0; i < s->rank; i++) /* zeros aside, so that the product of any of the sizes fits, too */
		if (s->dim[i] && !mica__mul(n, s->dim[i], &n))
			return false;
	*out = mica__shape_count(s);
	return n <= SIZE_MAX / 64;
}

size_t mica__shape_count(const mica_shape *s)
{
	size_t n = 1;
	for (size_t i = 0; i < s->rank; i++)
		n *= s->dim[i];
	return n;
}

size_t mica__shape_last(const mica_shape *s)
{
	return s->rank ? s->dim[s->rank - 1] : 1;
}

size_t mica__shape_lead(const mica_shape *s)
{
	size_t n = 1;
	for (size_t i = 0; i + 1 < s->rank; i++)
		n *= s->dim[i];
	return n;
}

size_t mica__form_rows(mica__form f, const mica_shape *s)
{
	return f.transposed ? mica__shape_last(s) : mica__shape_lead(s);
}

size_t mica__form_columns(mica__form f, const mica_shape *s)
{
	return f.transposed ? mica__shape_lead(s) : mica__shape_last(s);
}

size_t mica__form_elements(mica__form f, const mica_shape *s)
{
	size_t columns = mica__form_columns(f, s);
	return mica__form_rows(f, s) * (f.panel ? mica__round_up(columns, f.panel) : columns);
}

bool mica__form_bytes(mica__form f, const mica_shape *s, mica_dtype t, size_t more, size_t *out)
{
	size_t n, columns = mica__form_columns(f, s);
	if (!mica__mul(mica__form_rows(f, s), f.panel ? mica__round_up(columns, f.panel) : columns, &n) || n > MICA__MOST_BYTES - more ||
	    !mica__mul(n + more, mica__dtype_bytes(t), &n) || n > MICA__MOST_BYTES - MICA__LINES)
		return false;
	*out = mica__round_up(n, MICA__LINES);
	return true;
}

const char *mica__shape_text(const mica_shape *s)
{
	static _Thread_local char texts[4][128];
	static _Thread_local unsigned turn;
	char *t = texts[turn++ % 4];
	const char *end = s->rank > MICA_MAX_RANK ? ", ...)" : ")"; /* a shape that is refused may say any rank */
	size_t n = (size_t)snprintf(t, sizeof texts[0], "("), most = sizeof texts[0] - 1 - strlen(end);
	for (size_t i = 0; i < s->rank && i < MICA_MAX_RANK && n < 110; i++)
		n += (size_t)snprintf(t + n, sizeof texts[0] - n, i ? ", %zu" : "%zu", s->dim[i]);
	n = n < most ? n : most;
	snprintf(t + n, sizeof texts[0] - n, "%s", end);
	return t;
}

void mica__sample_shape_add(mica__text *t, mica_shape sample)
{
	mica__text_add(t, "(None");
	for (size_t i = 0; i < sample.rank; i++)
		mica__text_add(t, ", %zu", sample.dim[i]);
	mica__text_add(t, ")");
}

bool mica__shape_broadcast(const mica_shape *a, const mica_shape *b, mica_shape *out)
{
	mica_shape r = {a->rank > b->rank ? a->rank : b->rank, {0}};
	for (size_t i = 0; i < r.rank; i++) {
		size_t x = i < a->rank ? a->dim[a->rank - 1 - i] : 1;
		size_t y = i < b->rank ? b->dim[b->rank - 1 - i] : 1;
		if (x != y && x != 1 && y != 1)
			return false;
		r.dim[r.rank - 1 - i] = x == 1 ? y : x;
	}
	*out = r;
	return true;
}

mica_shape mica__sample_shape(mica_shape s)
{
	mica_shape sample = {s.rank ? s.rank - 1 : 0, {0}};

	for (size_t i = 0; i < sample.rank; i++)
		sample.dim[i] = s.dim[i + 1];
	return sample;
}

mica_shape mica__with_rows(size_t rows, mica_shape sample)
{
	mica_shape s = {sample.rank + 1, {rows}};

	memcpy(s.dim + 1, sample.dim, (sample.rank < MICA_MAX_RANK ? sample.rank : MICA_MAX_RANK - 1) * sizeof s.dim[0]);
	return s;
}
