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

/* d's column as an array of floats, by the moments of like. */
static mica_status standardize(const mica_array *x, const mica_array *like, mica__array *out)
{
	size_t n = mica__shape_count(&x->shape) / x->shape.dim[0];
	double *mean = mica__alloc(n, sizeof *mean), *variance = mica__alloc(n, sizeof *variance);
	mica_status st = MICA_ENOMEM;

	if (!mean || !variance)
		goto out;
	MICA_TRY(mica__moments(like, UINT32_MAX, mean, variance));
	MICA_TRY(mica__array_alloc(out));
	for (size_t i = 0; i < x->shape.dim[0] * n; i++)
		((float *)out->data)[i] = (float)((x->scale * mica__number_get(x->type, x->data, i) - mean[i % n]) / sqrt(variance[i % n]));
out:
	mica__free(mean);
	mica__free(variance);
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
	return standardize(&x, &like_x, &to->array);
}

mica_dataset *mica_dataset_standardized(const mica_dataset *d, const mica_dataset *like)
{
	model m = {like ? like : d, 0};

	if (!d)
		mica__fail_null("standardized: no data set; check what made it");
	return d ? mica__dataset_remade(d, make_column, &m) : NULL;
}
