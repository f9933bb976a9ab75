/* SPDX-License-Identifier: MIT */
/* reference/reduce.c - reductions of one axis.  Of NaNs a maximum or minimum is NaN, and argmax finds the first one. */
#include "reference/run.h"

#include <math.h>

/* Element i of the result is reduced from n elements `inner` apart. */
typedef struct axis {
	size_t n, inner;
} axis;

static axis axis_of(mica_var x)
{
	const mica_shape *s = &x->in[0]->shape;
	axis a = {s->dim[x->attr.axis], 1};
	for (size_t k = x->attr.axis + 1; k < s->rank; k++)
		a.inner *= s->dim[k];
	return a;
}

static size_t first_of(const axis *a, size_t i)
{
	return i / a->inner * a->n * a->inner + i % a->inner;
}

static double of_reals(mica__run *run, mica_var x, const double *v, const axis *a)
{
	double y = x->op == MICA__SUM ? 0 : x->op == MICA__PROD ? 1 : x->op == MICA__REDUCE_MAX ? -INFINITY : INFINITY;
	mica__terms order = mica__terms_of(run, a->n);
	for (size_t i = 0; i < a->n; i++) {
		double next = v[mica__terms_next(&order) * a->inner];
		if (x->op == MICA__SUM)
			y = mica__partial(run, x->dtype, y + next);
		else if (x->op == MICA__PROD)
			y = mica__partial(run, x->dtype, y * next);
		else if (isnan(next) || (x->op == MICA__REDUCE_MAX ? next > y : next < y))
			y = isnan(y) ? y : next;
	}
	return y;
}

static int64_t of_integers(mica_var x, const int64_t *v, const axis *a)
{
	int64_t y = x->op == MICA__SUM ? 0 : x->op == MICA__PROD ? 1 : mica__whole_of(x->dtype, x->op == MICA__REDUCE_MAX ? -INFINITY : INFINITY);
	for (size_t i = 0; i < a->n; i++) {
		int64_t next = v[i * a->inner];
		if (x->op == MICA__SUM)
			y = mica__whole_sum(x->dtype, y, next);
		else if (x->op == MICA__PROD)
			y = mica__dtype_wrap(x->dtype, (int64_t)((uint64_t)y * (uint64_t)next));
		else if (x->op == MICA__REDUCE_MAX ? next > y : next < y)
			y = next;
	}
	return y;
}

void mica__run_reduce(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	axis a = axis_of(x);
	for (size_t i = 0; i < out->count; i++)
		if (mica__dtype_real(x->dtype))
			out->real[i] = of_reals(run, x, in[0]->real + first_of(&a, i), &a);
		else
			out->whole[i] = of_integers(x, in[0]->whole + first_of(&a, i), &a);
	mica__settle(run, out, 0);
}

void mica__run_argmax(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	axis a = axis_of(x);
	(void)run;
	for (size_t i = 0; i < out->count; i++) {
		size_t first = first_of(&a, i), best = 0;
		double most = mica__array_element(in[0], first);
		for (size_t k = 1; k < a.n && !isnan(most); k++) {
			double next = mica__array_element(in[0], first + k * a.inner);
			if (next > most || isnan(next)) {
				most = next;
				best = k;
			}
		}
		out->whole[i] = (int64_t)best;
	}
}
