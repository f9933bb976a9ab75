/* SPDX-License-Identifier: MIT */
/* data/standardize.c - means and variances of samples, and samples whose numbers have mean 0 and deviation 1 by those. */
#include "data/dataset.h"

#include <math.h>
#include <string.h>

/* Which mean each number of a sample goes to. */
static size_t place_of(mica_shape shape, uint32_t kept, size_t number)
{
	size_t place = 0, step = 1;

	for (size_t axis = shape.rank; axis-- > 1; number /= shape.dim[axis])
		if (kept & MICA_AXIS(axis)) {
			place += number % shape.dim[axis] * step;
			step *= shape.dim[axis];
		}
	return place;
}

/* Adds what the numbers are, or the squares of how far they are from the means, to sums. */
static void add_up(const mica_array *x, const size_t *place, size_t numbers, const double *mean, double *sums)
{
	double scale = x->scale != 0 ? x->scale : mica__dtype_scale(x->type);

	for (size_t i = 0; i < x->shape.dim[0] * numbers; i++) {
		size_t at = place[i % numbers];
		double v = scale * mica__number_get(x->type, x->data, i), e = mean ? v - mean[at] : v;
		sums[at] += mean ? e * e : e;
	}
}

mica_status mica__moments(const mica_array *x, uint32_t kept, double *mean, double *variance)
{
	mica_shape sample = mica__sample_shape(x->shape);
	size_t numbers = mica__shape_count(&sample), places = 1, *place = mica__alloc(numbers, sizeof *place);

	if (!place)
		return MICA_ENOMEM;
	for (size_t axis = 1; axis < x->shape.rank; axis++)
		places *= kept & MICA_AXIS(axis) ? x->shape.dim[axis] : 1;
	for (size_t k = 0; k < numbers; k++)
		place[k] = place_of(x->shape, kept, k);
	double n = (double)x->shape.dim[0] * (double)(numbers / places);
	memset(mean, 0, places * sizeof *mean);
	memset(variance, 0, places * sizeof *variance);
	add_up(x, place, numbers, NULL, mean);
	for (size_t k = 0; k < places; k++)
		mean[k] /= n;
	add_up(x, place, numbers, mean, variance);
	for (size_t k = 0; k < places; k++) {
		variance[k] /= n;
		if (!(sqrt(variance[k]) > 1e-12 * fabs(mean[k])))
			variance[k] = 1;
	}
	mica__free(place);
	return MICA_OK;
}

static mica__standard *new_standard(size_t n)
{
	mica__standard *s = n < SIZE_MAX / (4 * sizeof s->at[0]) ? mica__alloc(1, sizeof *s + 2 * n * sizeof s->at[0]) : NULL;

	if (s)
		*s = (mica__standard){.users = 1, .n = n};
	return s;
}

static bool same_standard(const mica__standard *a, const mica__standard *b)
{
	return a == b || (a && b && a->n == b->n && !memcmp(a->at, b->at, 2 * a->n * sizeof a->at[0]));
}

/* The numbers of x by s, as floats. */
static mica_status apply(const mica_array *x, const mica__standard *s, mica__array *out)
{
	mica_status st = mica__array_alloc(out);

	for (size_t i = 0; st == MICA_OK && i < x->shape.dim[0] * s->n; i++)
		((float *)out->data)[i] = (float)((x->scale * mica__number_get(x->type, x->data, i) - s->at[i % s->n]) / s->at[s->n + i % s->n]);
	return st;
}

static mica_status measure(mica__standard *s, const mica_array *like)
{
	mica_status st = mica__moments(like, UINT32_MAX, s->at, s->at + s->n);

	for (size_t i = 0; i < s->n; i++)
		s->at[s->n + i] = sqrt(s->at[s->n + i]);
	return st;
}

/* s becomes what first and then s do. */
static void compose(mica__standard *s, const mica__standard *first)
{
	for (size_t i = 0; i < s->n; i++) {
		s->at[i] = first->at[i] + s->at[i] * first->at[s->n + i];
		s->at[s->n + i] *= first->at[s->n + i];
	}
}

/* What is as it was read becomes what like is made of, if that was standardized; else both are measured as they are, and were to have been
   standardized by the same. */
static mica_status standardize(mica__column *to, const mica_array *x, const mica__column *like, const mica_array *like_x)
{
	mica__standard *was = to->standard, *s;
	mica_status st = MICA_OK;

	if (!was && like->standard) {
		to->standard = like->standard;
		to->standard->users++;
		return apply(x, to->standard, &to->array);
	}
	if (!same_standard(was, like->standard))
		return mica__fail(MICA_EINVAL, "data set: its samples are standardized already, and otherwise than those they are to be like; give them as they were read");
	if (!(s = new_standard(mica__shape_count(&x->shape) / x->shape.dim[0])))
		return MICA_ENOMEM;
	MICA_TRY(measure(s, like_x));
	MICA_TRY(apply(x, s, &to->array));
	if (was)
		compose(s, was);
	to->standard = s;
	mica__standard_release(was);
	return MICA_OK;
out:
	mica__free(s);
	return st;
}

/* By whose inputs, and how many of these have been used. */
typedef struct model {
	const mica_dataset *like;
	size_t inputs;
} model;

/* One column of the result: inputs standardized, all others as they are. */
static mica_status make_column(mica__column *to, const mica_dataset *d, const mica__column *c, void *payload)
{
	model *m = payload;
	mica_status st;

	if (c->role != MICA__SAMPLE) {
		st = mica__array_alloc(&to->array);
		if (st == MICA_OK)
			memcpy(to->array.data, mica__column_at(d, c, 0), d->count * c->bytes);
		return st;
	}
	const mica__column *like = mica__dataset_column(m->like, MICA__SAMPLE, m->inputs++);
	mica_shape shape = mica__sample_shape(c->array.shape), like_shape = like ? mica__sample_shape(like->array.shape) : MICA_SCALAR_SHAPE;
	if (!like || !mica__shape_equal(&shape, &like_shape))
		return mica__fail(MICA_ESHAPE, "data set: samples of shape %s cannot be standardized by those of shape %s; give data of one kind",
		                  mica__shape_text(&shape), mica__shape_text(&like_shape));
	to->array.type = MICA_F32;
	to->bytes = mica__shape_count(&shape) * sizeof(float);
	to->scale = 1;
	mica_array x = mica__column_array(d, c), like_x = mica__column_array(m->like, like);
	return standardize(to, &x, like, &like_x);
}

mica_dataset *mica_dataset_standardized(const mica_dataset *d, const mica_dataset *like)
{
	model m = {like ? like : d, 0};

	if (!d)
		mica__fail_null("standardized: no data set; check what made it");
	return d ? mica__dataset_remade(d, make_column, &m) : NULL;
}
