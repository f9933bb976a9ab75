/* SPDX-License-Identifier: MIT */
/* data/dataset.c - samples and labels in host memory, and what can be asked of them.
   Samples are counted: they are freed with the last data set, or pass of a fit, that looks at them.  A context frees the data
   sets that are left when it is closed. */
#include "data/dataset.h"

#include "device/device.h"
#include "graph/node.h"

#include <math.h>
#include <string.h>

void mica__samples_hold(mica__samples *s)
{
	s->users++;
}

void mica__samples_release(mica__samples *s)
{
	if (!s || --s->users)
		return;
	mica__array_free(&s->x);
	mica__array_free(&s->y);
	mica__free(s);
}

static void dataset_free(void *object)
{
	mica_dataset *d = object;

	mica__samples_release(d->all);
	mica__free(d);
}

void mica_dataset_destroy(mica_dataset *d)
{
	if (!d)
		return;
	mica__context_disown(d->ctx, d);
	dataset_free(d);
}

static mica_status check_array(const mica__array *a, const char *name, const char *what, size_t *bytes)
{
	size_t count;

	if (!mica__dtype_valid(a->type))
		return mica__fail(MICA_EINVAL, "%s: %s is of type %d, which there is not; see mica_dtype", name, what, (int)a->type);
	if (a->shape.rank < 1 || a->shape.rank > MICA_MAX_RANK)
		return mica__fail(MICA_EINVAL,
		                  "%s: %s has rank %zu; expected 1 to %d, the first dimension counting samples", name,
		                  what, a->shape.rank, MICA_MAX_RANK);
	if (!mica__shape_checked_count(&a->shape, &count))
		return mica__fail(MICA_EOVERFLOW, "%s: %s of shape %s is larger than memory can be", name, what,
		                  mica__shape_text(&a->shape));
	if (!count)
		return mica__fail(MICA_EINVAL, "%s: empty data set: %s has shape %s; expected at least one sample",
		                  name, what, mica__shape_text(&a->shape));
	*bytes = count * mica__dtype_bytes(a->type);
	return MICA_OK;
}

/* Everything that can be wrong with two arrays, before their memory is looked at. */
static mica_status check_samples(const mica__array *x, const mica__array *y, bool labels, double scale,
                                 const char *name, size_t *x_bytes, size_t *y_bytes)
{
	mica_status st = check_array(x, name, "x", x_bytes);

	*y_bytes = 0;
	if (!st && labels)
		st = check_array(y, name, "y", y_bytes);
	if (!st && labels && x->shape.dim[0] != y->shape.dim[0])
		st = mica__fail(MICA_ESHAPE, "%s: %zu samples and %zu labels; expected a label for each sample", name,
		                x->shape.dim[0], y->shape.dim[0]);
	if (!st && !isfinite(scale))
		st = mica__fail(MICA_EINVAL, "%s: scale is %g; expected a finite number, or 0 for the usual one", name,
		                scale);
	return st;
}

static mica_dataset *dataset_create(mica_context *ctx, mica__samples *all, size_t offset, size_t count, double scale)
{
	mica_dataset *d = mica__alloc(1, sizeof *d);
	mica_status st = MICA_ENOMEM;

	if (d) {
		*d = (mica_dataset){ctx, all, offset, count, scale};
		st = mica__context_own(ctx, d, dataset_free);
		if (st)
			mica__free(d);
		else
			mica__samples_hold(all);
	}
	if (st)
		mica__context_fail(ctx, st);
	return st ? NULL : d;
}

/* Bytes are levels from 0 to 255, as of pixels; bools are 0 and 1. */
static double usual_scale(const mica__array *x)
{
	return mica__dtype_scale(x->type);
}

mica_dataset *mica__dataset_take(mica_context *ctx, mica__array x, mica__array y, double scale, const char *name)
{
	mica__samples *s = NULL;
	size_t x_bytes = 0, y_bytes = 0;
	mica_status st;

	MICA_TRY(check_samples(&x, &y, y.data, scale, name, &x_bytes, &y_bytes));
	st = MICA_ENOMEM;
	s = mica__alloc(1, sizeof *s);
	if (!s)
		goto out;
	*s = (mica__samples){x, y, x_bytes / x.shape.dim[0], y.data ? y_bytes / y.shape.dim[0] : 0, 1};
	mica_dataset *d = dataset_create(ctx, s, 0, x.shape.dim[0], scale == 0 ? usual_scale(&x) : scale);
	mica__samples_release(s);
	return d;
out:
	mica__context_fail(ctx, st);
	mica__array_free(&x);
	mica__array_free(&y);
	mica__free(s);
	return NULL;
}

static mica_status copy_array(mica__array *a, const void *data, size_t bytes)
{
	mica_status st = mica__array_alloc(a);

	if (!st)
		memcpy(a->data, data, bytes);
	return st;
}

mica_dataset *mica_dataset_arrays(mica_context *ctx, const void *x, mica_dtype xt, mica_shape xs, const void *y,
                                  mica_dtype yt, mica_shape ys, double scale)
{
	mica__array ax = {.type = xt, .shape = xs}, ay = {.type = yt, .shape = ys};
	size_t x_bytes = 0, y_bytes = 0;
	mica_status st;

	if (!ctx) {
		mica__fail_null("data set: no context; check what mica_open returned");
		return NULL;
	}
	MICA_TRY(check_samples(&ax, &ay, y, scale, "data set", &x_bytes, &y_bytes));
	if (!x) {
		st = mica__fail(MICA_EINVAL, "data set: x is NULL; expected the samples");
		goto out;
	}
	MICA_TRY(copy_array(&ax, x, x_bytes));
	if (y)
		MICA_TRY(copy_array(&ay, y, y_bytes));
	return mica__dataset_take(ctx, ax, ay, scale, "data set");
out:
	mica__context_fail(ctx, st);
	mica__array_free(&ax);
	return NULL;
}

mica_dataset *mica_dataset_range(mica_dataset *d, size_t from, size_t to)
{
	if (!d)
		return NULL; /* its own failure is recorded already */
	if (from >= to || to > d->count) {
		mica__context_fail(d->ctx, mica__fail(MICA_EINVAL,
		                                      "data set: range %zu..%zu is empty or outside the %zu samples",
		                                      from, to, d->count));
		return NULL;
	}
	return dataset_create(d->ctx, d->all, d->offset + from, to - from, d->scale);
}

mica_dataset *mica_dataset_scaled(mica_dataset *d, double scale)
{
	if (!d)
		return NULL; /* its own failure is recorded already */
	if (!isfinite(scale)) {
		mica__context_fail(d->ctx, mica__fail(MICA_EINVAL, "data set: scale is %g; expected a finite number, or 0 for the"
		                                      " usual one", scale));
		return NULL;
	}
	return dataset_create(d->ctx, d->all, d->offset, d->count, scale == 0 ? usual_scale(&d->all->x) : scale);
}

double mica_dataset_scale(const mica_dataset *d)
{
	return d ? d->scale : 0;
}

mica_array mica_dataset_samples(const mica_dataset *d)
{
	if (!d)
		return (mica_array){.shape = MICA_SCALAR_SHAPE};
	mica_array a = {mica__dataset_x(d, 0), d->all->x.type, d->all->x.shape, d->scale};
	a.shape.dim[0] = d->count;
	return a;
}

size_t mica_dataset_count(const mica_dataset *d)
{
	return d ? d->count : 0;
}

static mica_shape without_first(mica_shape s)
{
	if (s.rank) {
		s.rank--;
		memmove(s.dim, s.dim + 1, s.rank * sizeof s.dim[0]);
		s.dim[s.rank] = 0;
	}
	return s;
}

mica_shape mica_dataset_sample_shape(const mica_dataset *d)
{
	return d ? without_first(d->all->x.shape) : MICA_SCALAR_SHAPE;
}

mica_shape mica__dataset_target_shape(const mica_dataset *d)
{
	return without_first(d->all->y.shape);
}

const void *mica__dataset_x(const mica_dataset *d, size_t i)
{
	return (const char *)d->all->x.data + (d->offset + i) * d->all->x_bytes;
}

const void *mica__dataset_y(const mica_dataset *d, size_t i)
{
	return d->all->y.data ? (const char *)d->all->y.data + (d->offset + i) * d->all->y_bytes : NULL;
}

/* Label values per sample, and the k-th of the dataset's as a double. */
static size_t label_values(const mica_dataset *d)
{
	return d->all->y_bytes / mica__dtype_bytes(d->all->y.type);
}

static double label(const mica_dataset *d, size_t k)
{
	return mica__number_get(d->all->y.type, mica__dataset_y(d, 0), k);
}

size_t mica_dataset_classes(const mica_dataset *d)
{
	double most = -1;

	if (!d)
		return 0;
	if (!d->all->y.data || label_values(d) != 1) {
		mica__fail(MICA_EINVAL, "data set: %zu labels for each sample; expected one class number",
		           d->all->y.data ? label_values(d) : 0);
		return 0;
	}
	for (size_t k = 0; k < d->count; k++) {
		double v = label(d, k);
		if (!(v >= 0 && v < INT32_MAX && v == floor(v))) {
			mica__fail(MICA_EINVAL, "label %.10g at sample %zu is no class number; expected whole numbers from 0",
			           v, k);
			return 0;
		}
		most = v > most ? v : most;
	}
	return (size_t)most + 1;
}

mica_status mica__dataset_check_labels(const mica_dataset *d, size_t classes, double ignored)
{
	size_t each = label_values(d);

	if (!d->all->y.data)
		return mica__fail(MICA_EINVAL, "data set: there are no labels; expected integers 0..%zu", classes - 1);
	for (size_t k = 0; k < d->count * each; k++) {
		double v = label(d, k);
		if (v != floor(v))
			return mica__fail(MICA_EINVAL, "label %g at sample %zu is not an integer; expected 0..%zu", v,
			                  k / each, classes - 1);
		if (!(v >= 0 && v < (double)classes) && v != ignored)
			return mica__fail(MICA_EINVAL, "label %.0f at sample %zu is outside 0..%zu, of which the last layer has an output each", v, k / each,
			                  classes - 1);
	}
	return MICA_OK;
}
