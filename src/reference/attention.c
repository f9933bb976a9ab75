/* SPDX-License-Identifier: MIT */
/* reference/attention.c - attention and its gradient, score by score, as the formulas stand (graph/attention.c). */
#include "reference/run.h"

#include <math.h>

enum { EXP_ULPS = 4 };

typedef struct problem {
	mica__run *run;
	mica_var x;
	const double *q, *k, *v, *mask;
	size_t heads, group, lq, lk, size, size_v; /* heads of q in all; as many of them as share one of k */
} problem;

static problem problem_of(mica__run *run, mica_var x, const mica__array *const *in, size_t mask)
{
	const mica_shape *q = &in[0]->shape, *k = &in[1]->shape, *v = &in[2]->shape;
	size_t rank = q->rank;
	problem a = {run, x, in[0]->real, in[1]->real, in[2]->real, x->n_in > mask ? in[mask]->real : NULL, 1, 1, q->dim[rank - 2],
	             k->dim[rank - 2], q->dim[rank - 1], v->dim[rank - 1]};
	for (size_t i = 0; i + 2 < rank; i++)
		a.heads *= q->dim[i];
	if (rank > 2 && k->dim[rank - 3])
		a.group = q->dim[rank - 3] / k->dim[rank - 3];
	return a;
}

static double dot(const problem *a, const double *x, const double *y, size_t n)
{
	double sum = 0;
	mica__terms order = mica__terms_of(a->run, n);
	for (size_t i = 0; i < n; i++) {
		size_t at = mica__terms_next(&order);
		sum = mica__partial(a->run, a->x->dtype, sum + x[at] * y[at]);
	}
	return sum;
}

/* to += f * from */
static void add(const problem *a, double *to, double f, const double *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = mica__partial(a->run, a->x->dtype, to[i] + f * from[i]);
}

/* Of query i of head h (of all) and key j; -inf where it may not look. */
static double score(const problem *a, size_t h, size_t i, size_t j)
{
	double s;
	if (a->x->attr.attention.causal && j > i)
		return -INFINITY;
	s = a->x->attr.attention.scale * dot(a, a->q + (h * a->lq + i) * a->size, a->k + (h / a->group * a->lk + j) * a->size, a->size);
	s = mica__partial(a->run, a->x->dtype, s);
	return a->mask ? mica__partial(a->run, a->x->dtype, s + a->mask[(h * a->lq + i) * a->lk + j]) : s;
}

static double exponential(const problem *a, double x)
{
	return a->run->r->rounding == MICA__NOISY ? mica__noisy(a->run, a->x->dtype, exp(x), EXP_ULPS) : exp(x);
}

/* One row: y, if it is wanted, and the logarithm of the sum of the exponentials. */
static double row(const problem *a, size_t h, size_t i, double *y)
{
	double most = -INFINITY, sum = 0;
	mica__terms order = mica__terms_of(a->run, a->lk);
	for (size_t j = 0; j < a->lk; j++)
		most = fmax(most, score(a, h, i, j));
	double base = most == -INFINITY ? 0 : most;
	for (size_t n = 0; n < a->lk; n++) {
		size_t j = mica__terms_next(&order);
		double s = score(a, h, i, j), e = exponential(a, s - base);
		sum = mica__partial(a->run, a->x->dtype, sum + e);
		if (y && s != -INFINITY)
			add(a, y, e, a->v + (h / a->group * a->lk + j) * a->size_v, a->size_v);
	}
	for (size_t d = 0; y && d < a->size_v && sum != 0; d++)
		y[d] /= sum;
	return sum == 0 ? INFINITY : base + log(sum);
}

void mica__run_attention(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	problem a = problem_of(run, x, in, 3);
	bool result = x->attr.attention.part == 0;
	for (size_t h = 0; h < a.heads; h++)
		for (size_t i = 0; i < a.lq; i++) {
			double log_sum = row(&a, h, i, result ? out->real + (h * a.lq + i) * a.size_v : NULL);
			if (!result)
				out->real[h * a.lq + i] = log_sum;
		}
	mica__settle(run, out, result ? 4 : EXP_ULPS);
}

void mica__run_attention_gradient(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	problem a = problem_of(run, x, in, 6);
	const double *dy = in[3]->real, *log_sum = in[4]->real, *product = in[5]->real, scale = x->attr.attention.scale;
	for (size_t h = 0; h < a.heads; h++)
		for (size_t i = 0; i < a.lq; i++)
			for (size_t j = 0; j < a.lk; j++) {
				size_t query = h * a.lq + i, key = h / a.group * a.lk + j;
				double s = score(&a, h, i, j), p = exponential(&a, s - log_sum[query]);
				if (s == -INFINITY)
					continue;
				if (x->attr.attention.part == 2) {
					add(&a, out->real + key * a.size_v, p, dy + query * a.size_v, a.size_v);
					continue;
				}
				double dp = dot(&a, dy + query * a.size_v, a.v + key * a.size_v, a.size_v);
				double ds = mica__partial(run, x->dtype, p * mica__partial(run, x->dtype, dp - product[query]) * scale);
				if (x->attr.attention.part == 0)
					add(&a, out->real + query * a.size, ds, a.k + key * a.size, a.size);
				else
					add(&a, out->real + key * a.size, ds, a.q + query * a.size, a.size);
			}
	mica__settle(run, out, 0);
}
