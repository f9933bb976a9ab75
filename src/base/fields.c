/* SPDX-License-Identifier: MIT */
/* base/fields.c - defaults and ranges of options: see fields.h. */
#include "base/fields.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const size_t widths[] = {
	[MICA_FIELD_IS_REAL] = sizeof(double), [MICA_FIELD_IS_FLAG] = sizeof(bool),   [MICA_FIELD_IS_INT] = sizeof(int),
	[MICA_FIELD_IS_LONG] = sizeof(long),   [MICA_FIELD_IS_SIZE] = sizeof(size_t), [MICA_FIELD_IS_U64] = sizeof(uint64_t),
	[MICA_FIELD_IS_TEXT] = sizeof(char *), [MICA_FIELD_IS_PART] = sizeof(mica_part),
};

size_t mica__field_bytes(const mica_field *f)
{
	return widths[f->type] * (f->count ? f->count : 1);
}

/* What bounds a field, from its range. */
static bool bounded_below(const mica_field *f)
{
	return f->range & (MICA_RANGE_LOW | MICA_RANGE_ABOVE_LOW);
}

static bool bounded_above(const mica_field *f)
{
	return f->range & (MICA_RANGE_HIGH | MICA_RANGE_BELOW_HIGH);
}

/* The largest finite number of float, since that is what computes. */
static bool in_range(const mica_field *f, double x)
{
	bool infinite = bounded_above(f) && isinf(f->high);

	if (f->type == MICA_FIELD_IS_REAL && !(fabs(x) <= (double)FLT_MAX) && !(infinite && isinf(x)))
		return false;
	if (bounded_below(f) && !(f->range & MICA_RANGE_ABOVE_LOW ? x > f->low : x >= f->low))
		return false;
	return !bounded_above(f) || (f->range & MICA_RANGE_BELOW_HIGH ? x < f->high : x <= f->high);
}

mica__field_value mica__field_get(const mica_field *f, const void *options, size_t i)
{
	mica__field_value v = {0};

	memcpy(&v, (const char *)options + f->offset + i * widths[f->type], widths[f->type]);
	return v;
}

void mica__field_put(const mica_field *f, void *options, size_t i, mica__field_value v)
{
	memcpy((char *)options + f->offset + i * widths[f->type], &v, widths[f->type]);
}

bool mica__field_is_zero(const mica_field *f, mica__field_value v)
{
	switch (f->type) {
	case MICA_FIELD_IS_REAL: return v.real == 0;
	case MICA_FIELD_IS_FLAG: return !v.flag;
	case MICA_FIELD_IS_INT: return v.i == 0;
	case MICA_FIELD_IS_LONG: return v.l == 0;
	case MICA_FIELD_IS_SIZE: return v.size == 0;
	default: return v.u == 0;
	}
}

static bool is_none(const mica_field *f, mica__field_value v)
{
	switch (f->type) {
	case MICA_FIELD_IS_REAL: return v.real == 0 && signbit(v.real);
	case MICA_FIELD_IS_FLAG: return false;
	case MICA_FIELD_IS_INT: return v.i == MICA_NONE;
	case MICA_FIELD_IS_LONG: return v.l == MICA_NONE;
	case MICA_FIELD_IS_SIZE: return v.size == (size_t)MICA_NONE;
	default: return v.u == (uint64_t)MICA_NONE;
	}
}

mica__field_value mica__field_none(const mica_field *f)
{
	mica__field_value v = {0};

	switch (f->type) {
	case MICA_FIELD_IS_REAL: v.real = MICA_ZERO; break;
	case MICA_FIELD_IS_FLAG: break;
	case MICA_FIELD_IS_INT: v.i = MICA_NONE; break;
	case MICA_FIELD_IS_LONG: v.l = MICA_NONE; break;
	case MICA_FIELD_IS_SIZE: v.size = (size_t)MICA_NONE; break;
	default: v.u = (uint64_t)MICA_NONE; break;
	}
	return v;
}

bool mica__field_fits(const mica_field *f, double x)
{
	bool whole = f->type != MICA_FIELD_IS_REAL && f->type != MICA_FIELD_IS_FLAG;

	return !whole || (x == floor(x) && fabs(x) <= (f->type == MICA_FIELD_IS_INT ? INT_MAX : 0x1p53));
}

mica__field_value mica__field_of(const mica_field *f, double x)
{
	mica__field_value v = {0};

	switch (f->type) {
	case MICA_FIELD_IS_REAL: v.real = x; break;
	case MICA_FIELD_IS_FLAG: v.flag = x != 0; break;
	case MICA_FIELD_IS_INT: v.i = (int)x; break;
	case MICA_FIELD_IS_LONG: v.l = (long)x; break;
	case MICA_FIELD_IS_SIZE: v.size = x < 0 ? (size_t)(long long)x : (size_t)x; break; /* -1 as in C */
	default: v.u = x < 0 ? (uint64_t)(long long)x : (uint64_t)x; break;
	}
	return v;
}

void mica__field_set(const mica_field *f, void *options, double x)
{
	mica__field_put(f, options, 0, mica__field_of(f, x));
}

static double to_number(const mica_field *f, mica__field_value v)
{
	switch (f->type) {
	case MICA_FIELD_IS_REAL: return v.real;
	case MICA_FIELD_IS_FLAG: return v.flag;
	case MICA_FIELD_IS_INT: return v.i;
	case MICA_FIELD_IS_LONG: return (double)v.l;
	case MICA_FIELD_IS_SIZE: return (double)v.size;
	default: return (double)v.u;
	}
}

static void say_number(char *out, size_t size, const mica_field *f, mica__field_value v)
{
	switch (f->type) {
	case MICA_FIELD_IS_REAL: snprintf(out, size, "%g", v.real); break;
	case MICA_FIELD_IS_FLAG: snprintf(out, size, "%d", v.flag); break;
	case MICA_FIELD_IS_INT: snprintf(out, size, "%d", v.i); break;
	case MICA_FIELD_IS_LONG: snprintf(out, size, "%ld", v.l); break;
	case MICA_FIELD_IS_SIZE: snprintf(out, size, "%zu", v.size); break;
	default: snprintf(out, size, "%llu", (unsigned long long)v.u); break;
	}
}

/* " from 0, below 1", " above 0", " from 0 to 2"; infinity bounds nothing. */
static void say_range(char *out, size_t size, const mica_field *f)
{
	size_t n = 0;
	bool least = bounded_below(f), most = bounded_above(f) && !isinf(f->high);

	out[0] = 0;
	if (least)
		n = (size_t)snprintf(out, size, " %s %.10g", f->range & MICA_RANGE_ABOVE_LOW ? "above" : "from", f->low);
	if (most && f->range == (MICA_RANGE_LOW | MICA_RANGE_HIGH))
		snprintf(out + n, size - n, " to %.10g", f->high);
	else if (most)
		snprintf(out + n, size - n, "%s %s %.10g", n ? "," : "", f->range & MICA_RANGE_BELOW_HIGH ? "below" : "at most", f->high);
}

static mica_status refuse(const char *what, const mica_field *f, size_t i, mica__field_value v)
{
	char number[40], range[80], zero[80] = "", index[24] = "";

	say_number(number, sizeof number, f, v);
	say_range(range, sizeof range, f);
	if (f->otherwise != 0)
		snprintf(zero, sizeof zero, " (0 stands for %g)", f->otherwise);
	if (f->count)
		snprintf(index, sizeof index, "[%zu]", i);
	return mica__fail(MICA_EINVAL, "%s%s%s%s is %s; give a %snumber%s%s", what ? what : "", what ? ": " : "", f->name, index, number,
	                  f->type != MICA_FIELD_IS_REAL ? "whole " : isinf(f->high) ? "" : "finite ", range, zero);
}

static mica_status resolve(const char *what, void *options, const mica_field *f)
{
	if (f->type == MICA_FIELD_IS_FLAG || f->type == MICA_FIELD_IS_TEXT || f->type == MICA_FIELD_IS_PART)
		return MICA_OK;
	for (size_t i = 0; i < (f->count ? f->count : 1); i++) {
		mica__field_value v = mica__field_get(f, options, i);
		if (is_none(f, v))
			v = mica__field_of(f, 0);
		else if (mica__field_is_zero(f, v))
			v = f->repeats && i ? mica__field_get(f, options, 0) : mica__field_of(f, f->otherwise);
		if (!in_range(f, to_number(f, v)))
			return refuse(what, f, i, v);
		mica__field_put(f, options, i, v);
	}
	return MICA_OK;
}

mica_status mica__fields_resolve(const char *what, void *options, const mica_field *fields, size_t n)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < n && st == MICA_OK; i++)
		st = resolve(what, options, &fields[i]);
	return st;
}
