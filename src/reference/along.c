/* SPDX-License-Identifier: MIT */
/* reference/along.c - operations along one axis: recurrences, orders, elements chosen or added to by an index. */
#include "reference/run.h"

#include <math.h>
#include <string.h>

/* (outer, n, inner): n elements `inner` apart are along the axis of x. */
typedef struct axis {
	size_t outer, n, inner;
} axis;

static axis axis_of(const mica_shape *s, size_t k)
{
	axis a = {1, s->dim[k], 1};
	for (size_t i = 0; i < s->rank; i++)
		*(i < k ? &a.outer : &a.inner) *= i == k ? 1 : s->dim[i];
	return a;
}

/* Element k of line i of outer * inner lines. */
static size_t at(const axis *a, size_t i, size_t k)
{
	return (i / a->inner * a->n + k) * a->inner + i % a->inner;
}

/* ---- recurrence ---- */

/* Devices carry from step to step, or deal a line out in stretches, of each of which they find what it makes of what comes in:
   y -> factor y + sum.  Rounded are then sums from where a stretch begins, which may be greater than those from the line's. */
static void line_of_reals(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out, const axis *a, size_t i)
{
	size_t length = mica__some_of(run, a->n), begin = 0, end = mica__some_of(run, length);
	double carried = 0, factor = 1, sum = 0, y = 0;
	for (size_t step = 0; step < a->n; step++) {
		size_t k = at(a, i, x->attr.along.backward ? a->n - 1 - step : step);
		if (step == end) {
			carried = y;
			begin = end;
			end += length;
		}
		factor = step == begin ? in[0]->real[k] : mica__partial(run, x->dtype, factor * in[0]->real[k]);
		sum = mica__partial(run, x->dtype, (step == begin ? 0 : in[0]->real[k] * sum) + in[1]->real[k]);
		out->real[k] = y = begin ? mica__partial(run, x->dtype, factor * carried + sum) : sum;
	}
}

static void line_of_integers(mica_var x, const mica__array *const *in, mica__array *out, const axis *a, size_t i)
{
	int64_t y = 0;
	for (size_t step = 0; step < a->n; step++) {
		size_t k = at(a, i, x->attr.along.backward ? a->n - 1 - step : step);
		int64_t before = (int64_t)((uint64_t)in[0]->whole[k] * (uint64_t)y);
		out->whole[k] = y = mica__whole_sum(x->dtype, before, in[1]->whole[k]);
	}
}

void mica__run_recurrence(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	axis a = axis_of(&x->shape, x->attr.along.axis);
	for (size_t i = 0; i < a.outer * a.inner; i++)
		if (mica__dtype_real(x->dtype))
			line_of_reals(run, x, in, out, &a, i);
		else
			line_of_integers(x, in, out, &a, i);
	mica__settle(run, out, 0);
}

/* ---- order ---- */

/* Whether the value a goes before b, wherever they are: a NaN is greater than any number. */
static bool goes_before(double a, double b, bool descending)
{
	return descending ? a > b || (isnan(a) && !isnan(b)) : a < b || (isnan(b) && !isnan(a));
}

/* Merges the orders of places first..middle and middle..end of a line into out. */
static void merge(const mica__array *x, bool descending, size_t line, const int64_t *from, int64_t *out, size_t first, size_t middle,
                  size_t end)
{
	for (size_t i = first, j = middle, k = first; k < end; k++) {
		bool right = i == middle || (j < end && goes_before(mica__array_element(x, line + (size_t)from[j]),
		                                                    mica__array_element(x, line + (size_t)from[i]), descending));
		out[k] = from[right ? j++ : i++];
	}
}

/* The order of places first..end, by how many go before each. */
static void order(const mica__array *x, bool descending, size_t line, int64_t *out, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		size_t before = first;
		double v = mica__array_element(x, line + i);
		for (size_t j = first; j < end; j++) {
			double w = mica__array_element(x, line + j);
			before += goes_before(w, v, descending) || (j < i && !goes_before(v, w, descending));
		}
		out[before] = (int64_t)i;
	}
}

void mica__run_order(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	size_t n = mica__shape_last(&x->shape), length = x->attr.along.run;
	(void)run;
	for (size_t line = 0; line < out->count; line += n)
		for (size_t first = 0; first < n; first += length * x->n_in) {
			size_t middle = first + length < n ? first + length : n, end = middle + length < n ? middle + length : n;
			if (x->n_in == 1)
				order(in[0], x->attr.along.backward, line, out->whole + line, first, middle);
			else
				merge(in[0], x->attr.along.backward, line, in[1]->whole + line, out->whole + line, first, middle, end);
		}
}

/* ---- by index ---- */

static size_t clamped(int64_t k, size_t n)
{
	return k < 0 ? 0 : (size_t)k < n ? (size_t)k : n - 1;
}

void mica__run_take_along(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	axis to = axis_of(&x->shape, x->attr.along.axis), from = axis_of(&in[0]->shape, x->attr.along.axis);
	(void)run;
	for (size_t i = 0; i < to.outer * to.inner; i++)
		for (size_t k = 0; k < to.n; k++) {
			size_t t = at(&to, i, k), f = at(&from, i, clamped(in[1]->whole[t], from.n));
			memcpy((char *)out->data + t * MICA__ELEMENT, (const char *)in[0]->data + f * MICA__ELEMENT, MICA__ELEMENT);
		}
}

void mica__run_scatter_along(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	axis to = axis_of(&x->shape, x->attr.along.axis), from = axis_of(&in[0]->shape, x->attr.along.axis);
	for (size_t i = 0; i < from.outer * from.inner && to.n; i++)
		for (size_t k = 0; k < from.n; k++) {
			size_t f = at(&from, i, k), t = at(&to, i, clamped(in[1]->whole[f], to.n));
			if (mica__dtype_real(x->dtype))
				out->real[t] = mica__partial(run, x->dtype, out->real[t] + in[0]->real[f]);
			else
				out->whole[t] = mica__whole_sum(x->dtype, out->whole[t], in[0]->whole[f]);
		}
	mica__settle(run, out, 0);
}
