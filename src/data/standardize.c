/* SPDX-License-Identifier: MIT */
/* data/standardize.c - samples whose numbers have mean 0 and deviation 1, by the statistics of the same or of other samples.
   Deviations are those of all samples (divided by n), from the means, in double. */
#include "data/dataset.h"

#include <math.h>
#include <string.h>

/* Of each number of a sample. */
typedef struct statistics {
	double *mean, *deviation;
} statistics;

static size_t numbers_of(const mica__column *c)
{
	return c->bytes / mica__dtype_bytes(c->array.type);
}

static double number_at(const mica_dataset *d, const mica__column *c, size_t sample, size_t k)
{
	return mica__column_scale(d, c) * mica__number_get(c->array.type, mica__column_at(d, c, sample), k);
}

/* Where rounding is all there is to a deviation, it is 1. */
static void measure(const mica_dataset *d, const mica__column *c, statistics *s)
{
	for (size_t k = 0; k < numbers_of(c); k++) {
		double sum = 0, squares = 0;
		for (size_t i = 0; i < d->count; i++)
			sum += number_at(d, c, i, k);
		s->mean[k] = sum / (double)d->count;
		for (size_t i = 0; i < d->count; i++) {
			double e = number_at(d, c, i, k) - s->mean[k];
			squares += e * e;
		}
		s->deviation[k] = sqrt(squares / (double)d->count);
		if (!(s->deviation[k] > 1e-12 * fabs(s->mean[k])))
			s->deviation[k] = 1;
	}
}

/* The samples of d's column as an array of floats. */
static mica_status standardize(const mica_dataset *d, const mica__column *c, const mica_dataset *like, const mica__column *like_c,
                               mica__array *out)
{
	size_t n = numbers_of(c);
	statistics s = {mica__alloc(n, sizeof(double)), mica__alloc(n, sizeof(double))};
	mica_status st = s.mean && s.deviation ? mica__array_alloc(out) : MICA_ENOMEM;

	if (st == MICA_OK) {
		measure(like, like_c, &s);
		for (size_t i = 0; i < d->count; i++)
			for (size_t k = 0; k < n; k++)
				((float *)out->data)[i * n + k] = (float)((number_at(d, c, i, k) - s.mean[k]) / s.deviation[k]);
	}
	mica__free(s.mean);
	mica__free(s.deviation);
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
	to->bytes = numbers_of(c) * sizeof(float);
	to->scale = 1;
	return standardize(d, c, m->like, like, &to->array);
}

mica_dataset *mica_dataset_standardized(const mica_dataset *d, const mica_dataset *like)
{
	model m = {like ? like : d, 0};

	if (!d)
		mica__fail_null("standardized: no data set; check what made it");
	return d ? mica__dataset_remade(d, make_column, &m) : NULL;
}
