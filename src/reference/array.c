/* SPDX-License-Identifier: MIT */
/* reference/array.c - values: their memory, their types, their rounding, and the walk over their elements. */
#include "reference/run.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- memory ---- */

mica_status mica__array_make(mica__array *out, mica_dtype t, const mica_shape *s)
{
	*out = (mica__array){.dtype = t, .shape = *s, .count = mica__shape_count(s)};
	out->data = mica__alloc(out->count, MICA__ELEMENT);
	out->users = mica__alloc(1, sizeof *out->users);
	if (out->data && out->users) {
		*out->users = 1;
		return MICA_OK;
	}
	mica__free(out->data);
	mica__free(out->users);
	*out = (mica__array){0};
	return MICA_ENOMEM;
}

mica__array mica__array_share(const mica__array *a, const mica_shape *s)
{
	mica__array shared = *a;
	shared.shape = *s;
	++*a->users;
	return shared;
}

void mica__array_release(mica__array *a)
{
	if (a->users && --*a->users == 0) {
		mica__free(a->data);
		mica__free(a->users);
	}
	a->data = NULL;
	a->users = NULL;
}

/* ---- types ---- */

void mica__array_read(mica__array *a, const void *values)
{
	if (mica__dtype_real(a->dtype))
		for (size_t i = 0; i < a->count; i++)
			a->real[i] = mica__number_get(a->dtype, values, i);
	else
		for (size_t i = 0; i < a->count; i++)
			a->whole[i] = mica__whole_get(a->dtype, values, i);
}

void mica__array_write(const mica__array *a, void *values)
{
	if (mica__dtype_real(a->dtype))
		for (size_t i = 0; i < a->count; i++)
			mica__number_put(a->dtype, values, i, a->real[i]);
	else
		for (size_t i = 0; i < a->count; i++)
			mica__whole_put(a->dtype, values, i, a->whole[i]);
}

double mica__array_element(const mica__array *a, size_t i)
{
	return mica__dtype_real(a->dtype) ? a->real[i] : (double)a->whole[i];
}

/* ---- rounding ---- */

static double uniform(mica__run *run) /* in [0, 1) */
{
	run->random ^= run->random << 13;
	run->random ^= run->random >> 7;
	run->random ^= run->random << 17;
	return (double)(run->random >> 11) * 0x1p-53;
}

/* The type's next number that is not below x, or not above. */
static double beside(const mica__dtype_info *t, double x, bool up)
{
	int e = (ilogb(x) < t->exponent ? t->exponent : ilogb(x)) - (t->digits - 1);
	double r = ldexp(up ? ceil(ldexp(x, -e)) : floor(ldexp(x, -e)), e);
	return fabs(r) > t->most ? copysign(INFINITY, x) : r;
}

/* What has a float is taken as exact in double precision too: a sum of whole numbers has no error in any order. */
double mica__noisy(mica__run *run, mica_dtype t, double x, double ulps)
{
	const mica__dtype_info *info = mica__dtype_describe(t);
	if (!isfinite(x) || x == 0)
		return x;
	if (ulps > 0)
		x += (2 * uniform(run) - 1) * ulps * mica__dtype_epsilon(t) * fabs(x);
	bool up = uniform(run) < 0.5;
	if (fabs(x) < mica__dtype_smallest(info->computed)) /* devices may flush it */
		return up ? x : 0;
	if (info->digits < DBL_MANT_DIG)
		return beside(info, x, up);
	return (double)(float)x == x ? x : nextafter(x, up ? INFINITY : -INFINITY);
}

void mica__settle(mica__run *run, mica__array *a, double ulps)
{
	double smallest = mica__dtype_smallest(mica__dtype_describe(a->dtype)->computed);
	if (!mica__dtype_real(a->dtype) || run->r->rounding == MICA__EXACT)
		return;
	if (run->r->rounding == MICA__NOISY)
		for (size_t i = 0; i < a->count; i++)
			a->real[i] = mica__noisy(run, a->dtype, a->real[i], ulps);
	else if (mica__dtype_describe(a->dtype)->digits < DBL_MANT_DIG)
		for (size_t i = 0; i < a->count; i++)
			a->real[i] = fabs(a->real[i]) < smallest ? copysign(0, a->real[i]) : mica__dtype_round(a->dtype, a->real[i]);
}

size_t mica__some_of(mica__run *run, size_t n)
{
	return run->r->rounding == MICA__NOISY ? 1 + (size_t)(uniform(run) * (double)n) : n;
}

mica__terms mica__terms_of(mica__run *run, size_t n)
{
	mica__terms o = {n, n, 0, n > 1 ? 1 : 0};
	if (run->r->rounding != MICA__NOISY || n < 3)
		return o;
	o.circle = n + (size_t)(uniform(run) * (double)n);
	o.at = (size_t)(uniform(run) * (double)o.circle);
	for (size_t rest = 0; rest != 1;) { /* a step that reaches every term */
		o.step = 1 + (size_t)(uniform(run) * (double)(o.circle - 1));
		rest = o.step;
		for (size_t a = o.circle, b; rest > 1 && a % rest; rest = b) {
			b = a % rest;
			a = rest;
		}
	}
	return o;
}

/* ---- positions ---- */

void mica__strides(const mica_shape *s, ptrdiff_t *stride)
{
	ptrdiff_t n = 1;
	for (size_t k = s->rank; k-- > 0; n *= (ptrdiff_t)s->dim[k])
		stride[k] = n;
}

bool mica__walk_next(mica__walk *w)
{
	for (size_t k = w->shape->rank > 1 ? w->shape->rank - 1 : 0; k-- > 0;) {
		bool again = ++w->index[k] < w->shape->dim[k];
		for (size_t j = 0; j < w->n; j++)
			w->position[j] += again ? w->stride[j][k] : -w->stride[j][k] * (ptrdiff_t)(w->shape->dim[k] - 1);
		if (again)
			return true;
		w->index[k] = 0;
	}
	return false;
}
