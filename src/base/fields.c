/* SPDX-License-Identifier: MIT */
/* base/fields.c - defaults and ranges of options: see fields.h. */
#include "base/fields.h"

#include <stdio.h>
#include <string.h>

static const size_t widths[] = {
	[MICA__REAL] = sizeof(double), [MICA__FLAG] = sizeof(bool),   [MICA__INT] = sizeof(int),
	[MICA__LONG] = sizeof(long),   [MICA__SIZE] = sizeof(size_t), [MICA__U64] = sizeof(uint64_t),
};

typedef union value {
	double real;
	bool flag;
	int i;
	long l;
	size_t size;
	uint64_t u;
} value;

static value get(const mica__field *f, const void *options)
{
	value v = {0};

	memcpy(&v, (const char *)options + f->offset, widths[f->type]);
	return v;
}

static bool is_zero(const mica__field *f, value v)
{
	switch (f->type) {
	case MICA__REAL: return v.real == 0;
	case MICA__FLAG: return !v.flag;
	case MICA__INT: return v.i == 0;
	case MICA__LONG: return v.l == 0;
	case MICA__SIZE: return v.size == 0;
	default: return v.u == 0;
	}
}

static bool is_none(const mica__field *f, value v)
{
	switch (f->type) {
	case MICA__REAL: return v.real == 0 && signbit(v.real);
	case MICA__FLAG: return false;
	case MICA__INT: return v.i == MICA_NONE;
	case MICA__LONG: return v.l == MICA_NONE;
	case MICA__SIZE: return v.size == (size_t)MICA_NONE;
	default: return v.u == (uint64_t)MICA_NONE;
	}
}

static value from_number(const mica__field *f, double x)
{
	value v = {0};

	switch (f->type) {
	case MICA__REAL: v.real = x; break;
	case MICA__FLAG: v.flag = x != 0; break;
	case MICA__INT: v.i = (int)x; break;
	case MICA__LONG: v.l = (long)x; break;
	case MICA__SIZE: v.size = (size_t)x; break;
	case MICA__U64: v.u = (uint64_t)x; break;
	}
	return v;
}

static double to_number(const mica__field *f, value v)
{
	switch (f->type) {
	case MICA__REAL: return v.real;
	case MICA__FLAG: return v.flag;
	case MICA__INT: return v.i;
	case MICA__LONG: return (double)v.l;
	case MICA__SIZE: return (double)v.size;
	default: return (double)v.u;
	}
}

static void say_number(char *out, size_t size, const mica__field *f, value v)
{
	switch (f->type) {
	case MICA__REAL: snprintf(out, size, "%g", v.real); break;
	case MICA__FLAG: snprintf(out, size, "%d", v.flag); break;
	case MICA__INT: snprintf(out, size, "%d", v.i); break;
	case MICA__LONG: snprintf(out, size, "%ld", v.l); break;
	case MICA__SIZE: snprintf(out, size, "%zu", v.size); break;
	case MICA__U64: snprintf(out, size, "%llu", (unsigned long long)v.u); break;
	}
}

/* "from 0, below 1", "above 0", "0 to 2" */
static void say_range(char *out, size_t size, const mica__field *f)
{
	size_t n = 0;
	bool least = f->low > -MICA__FINITE, most = f->high < MICA__FINITE;

	if (least && most && !f->above_low && !f->below_high) {
		snprintf(out, size, "from %.10g to %.10g", f->low, f->high);
		return;
	}
	out[0] = 0;
	if (least)
		n = (size_t)snprintf(out, size, "%s %.10g", f->above_low ? "above" : "from", f->low);
	if (most)
		snprintf(out + n, size - n, "%s%s %.10g", n ? ", " : "", f->below_high ? "below" : "at most", f->high);
}

static mica_status refuse(const char *what, const mica__field *f, value v)
{
	char number[40], range[80], zero[80] = "";

	say_number(number, sizeof number, f, v);
	say_range(range, sizeof range, f);
	if (f->otherwise != 0)
		snprintf(zero, sizeof zero, " (0 stands for %g)", f->otherwise);
	return mica__fail(MICA_EINVAL, "%s%s%s is %s; give a %snumber%s%s%s", what ? what : "", what ? ": " : "", f->name, number,
	                  f->type != MICA__REAL ? "whole " : isinf(f->high) ? "" : "finite ", range[0] ? " " : "", range, zero);
}

static mica_status resolve(const char *what, void *options, const mica__field *f)
{
	value v = get(f, options);

	if (f->type == MICA__FLAG)
		return MICA_OK;
	if (is_none(f, v))
		v = from_number(f, 0);
	else if (is_zero(f, v))
		v = from_number(f, f->otherwise);
	double x = to_number(f, v);
	if (!(f->above_low ? x > f->low : x >= f->low) || !(f->below_high ? x < f->high : x <= f->high))
		return refuse(what, f, v);
	memcpy((char *)options + f->offset, &v, widths[f->type]);
	return MICA_OK;
}

mica_status mica__fields_resolve(const char *what, void *options, const mica__field *fields, size_t n)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < n && st == MICA_OK; i++)
		st = resolve(what, options, &fields[i]);
	return st;
}

mica_status mica__fields_only(const char *what, const void *options, const mica__field *fields, size_t n,
                              const mica__field *all, size_t n_all)
{
	for (size_t i = 0; i < n_all; i++) {
		value v = get(&all[i], options);
		size_t own = 0;
		if (is_zero(&all[i], v) && !is_none(&all[i], v))
			continue;
		while (own < n && fields[own].offset != all[i].offset)
			own++;
		if (own == n)
			return mica__fail(MICA_EINVAL, "%s: it has no option %s; leave it out", what, all[i].name);
	}
	return MICA_OK;
}
