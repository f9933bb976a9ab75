/* SPDX-License-Identifier: MIT */
/* data/dataset.c - samples and labels in host memory, and what can be asked of them.
   Samples are counted: they are freed with the last data set, or pass of a fit, that looks at them.  A context frees the data
   sets that are left when it is closed. */
#include "data/dataset.h"

#include "device/device.h"
#include "graph/node.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void mica__samples_hold(mica__samples *s)
{
	s->users++;
}

void mica__standard_release(mica__standard *s)
{
	if (s && --s->users == 0)
		mica__free(s);
}

static void free_column(mica__column *c)
{
	mica__array_free(&c->array);
	mica__standard_release(c->standard);
	c->standard = NULL;
}

void mica__samples_release(mica__samples *s)
{
	if (!s || --s->users)
		return;
	for (size_t i = 0; i < s->n; i++)
		free_column(&s->at[i]);
	mica__legend_free(&s->legend);
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

/* ---- made of arrays ---- */

/* A column before its memory is looked at: data is borrowed, and array.data NULL. */
typedef struct given {
	mica__column column;
	const void *data;
	const char *what;        /* in messages: "x" */
} given;

/* Everything that can be wrong with the arrays. */
static mica_status check_given(given *g, size_t n, const char *name)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < n && st == MICA_OK; i++) {
		mica__column *c = &g[i].column;
		MICA_TRY(check_array(&c->array, name, g[i].what, &c->bytes));
		size_t samples = g[0].column.array.shape.dim[0];
		if (c->array.shape.dim[0] != samples)
			return c->role == MICA__TARGET ? mica__fail(MICA_ESHAPE, "%s: %zu samples and %zu labels; expected a label for each sample",
			                                            name, samples, c->array.shape.dim[0])
			                               : mica__fail(MICA_ESHAPE, "%s: %zu samples in x and %zu in %s; expected as many in each", name,
			                                            samples, c->array.shape.dim[0], g[i].what);
		MICA_TRY(mica__scale_check(c->scale, name));
		c->bytes /= samples;
		/* Bytes are levels from 0 to 255, as of pixels; bools are 0 and 1. */
		if (c->scale == 0)
			c->scale = mica__dtype_scale(c->array.type);
	}
out:
	return st;
}

/* From columns whose memory is there, which it takes, also when it fails. */
static mica_dataset *take(mica_context *ctx, given *g, size_t n, const char *name)
{
	mica_status st = check_given(g, n, name);
	mica__samples *s = st == MICA_OK ? mica__alloc(1, sizeof *s) : NULL;
	mica_dataset *d = NULL;

	if (s) {
		s->users = 1;
		for (size_t i = 0; i < n; i++)
			s->at[s->n++] = g[i].column;
		d = dataset_create(ctx, s, 0, g[0].column.array.shape.dim[0], 0);
		mica__samples_release(s);
		return d;
	}
	mica__context_fail(ctx, st == MICA_OK ? MICA_ENOMEM : st);
	for (size_t i = 0; i < n; i++)
		free_column(&g[i].column);
	return NULL;
}

mica_dataset *mica__dataset_take(mica_context *ctx, mica__array x, mica__array y, double scale, const char *name)
{
	given g[] = {{{MICA__SAMPLE, .array = x, .scale = scale}, NULL, "x"}, {{MICA__TARGET, .array = y}, NULL, "y"}};

	return take(ctx, g, y.data ? 2 : 1, name);
}

mica_dataset *mica__dataset_take_columns(mica_context *ctx, const mica__column *c, size_t n, mica__legend *legend, const char *name)
{
	static const char *const what[] = {"x", "y", "the weights"};
	given g[MICA__MOST_COLUMNS];

	for (size_t i = 0; i < n; i++)
		g[i] = (given){c[i], NULL, what[c[i].role]};
	mica_dataset *d = take(ctx, g, n, name);
	if (d)
		d->all->legend = *legend;
	else
		mica__legend_free(legend);
	return d;
}

mica_dataset *mica__dataset_remade(const mica_dataset *d, mica__column_maker *make, void *payload)
{
	mica__column made[MICA__MOST_COLUMNS];
	mica__legend legend;
	size_t n = 0;
	mica_status st = mica__legend_copy(&legend, &d->all->legend);

	for (; st == MICA_OK && n < d->all->n; n += st == MICA_OK) {
		made[n] = d->all->at[n];
		made[n].array = (mica__array){.type = made[n].array.type, .shape = made[n].array.shape};
		made[n].array.shape.dim[0] = d->count;
		if (made[n].standard)
			made[n].standard->users++;
		st = make(&made[n], d, &d->all->at[n], payload);
		if (st != MICA_OK)
			free_column(&made[n]);
	}
	if (st == MICA_OK)
		return mica__dataset_take_columns(d->ctx, made, n, &legend, "data set");
	while (n-- > 0)
		free_column(&made[n]);
	mica__legend_free(&legend);
	mica__context_fail(d->ctx, st);
	return NULL;
}

/* From columns that are borrowed: copies of them. */
static mica_dataset *copy(mica_context *ctx, given *g, size_t n)
{
	char what[80];
	mica_status st;
	size_t i = 0;

	MICA_TRY(check_given(g, n, "data set"));
	for (; i < n; i++) {
		if (!g[i].data) {
			st = mica__fail(MICA_EINVAL, "data set: %s is NULL; expected the samples", g[i].what);
			goto out;
		}
		snprintf(what, sizeof what, "data set: %s", g[i].what);
		MICA_TRY(mica__reals_check(g[i].data, g[i].column.array.type, mica__shape_count(&g[i].column.array.shape), what));
		MICA_TRY(mica__array_alloc(&g[i].column.array));
		memcpy(g[i].column.array.data, g[i].data, g[i].column.bytes * g[i].column.array.shape.dim[0]);
	}
	return take(ctx, g, n, "data set");
out:
	mica__context_fail(ctx, st);
	while (i-- > 0)
		mica__array_free(&g[i].column.array);
	return NULL;
}

mica_status mica__dataset_context(const mica_context *ctx)
{
	return ctx ? MICA_OK : mica__fail_null("data set: no context; check what mica_open returned");
}

mica_dataset *mica_dataset_arrays(mica_context *ctx, const void *x, mica_dtype xt, mica_shape xs, const void *y,
                                  mica_dtype yt, mica_shape ys, double scale)
{
	given g[] = {{{MICA__SAMPLE, .array = {.type = xt, .shape = xs}, .scale = scale}, x, "x"},
	             {{MICA__TARGET, .array = {.type = yt, .shape = ys}}, y, "y"}};

	return mica__dataset_context(ctx) == MICA_OK ? copy(ctx, g, y ? 2 : 1) : NULL;
}

/* Appends the columns of a list, up to the first without values. */
static mica_status list_columns(given *g, size_t *n, const mica_column *list, mica__column_role role, const char *what)
{
	size_t first = *n;

	for (size_t i = 0; i < MICA_MAX_COLUMNS && list[i].array.data; i++) {
		const mica_column *c = &list[i];
		given *to = &g[*n];
		*to = (given){{role, .array = {.type = c->array.type, .shape = c->array.shape}, .scale = c->array.scale}, c->array.data, what};
		if (c->name && (!c->name[0] || strlen(c->name) >= sizeof to->column.name))
			return mica__fail(MICA_EINVAL, "data set: name \"%s\" of %s: give 1 to %zu bytes, or NULL", c->name, what,
			                  sizeof to->column.name - 1);
		if (c->name)
			memcpy(to->column.name, c->name, strlen(c->name));
		for (size_t k = first; k < *n; k++)
			if (c->name && strcmp(g[k].column.name, c->name) == 0)
				return mica__fail(MICA_EINVAL, "data set: name \"%s\" is there twice among %s; names must differ", c->name, what);
		++*n;
	}
	return MICA_OK;
}

mica_dataset *mica_dataset_of_columns(mica_context *ctx, const mica_columns_opts *o)
{
	given *g = mica__alloc(MICA__MOST_COLUMNS, sizeof *g);
	mica_dataset *d = NULL;
	mica_columns_opts opts;
	size_t n = 0;
	mica_status st;

	if (mica__dataset_context(ctx) != MICA_OK || !g) {
		mica__free(g);
		return NULL;
	}
	MICA_TRY(mica__options(&opts, o, sizeof opts, "data set"));
	MICA_TRY(list_columns(g, &n, opts.inputs, MICA__SAMPLE, "the inputs"));
	if (!n) {
		st = mica__fail(MICA_EINVAL, "data set: there are no inputs; give at least one, as .inputs = {{\"x\", MICA_ARRAY(x, n, 3)}}");
		goto out;
	}
	MICA_TRY(list_columns(g, &n, opts.targets, MICA__TARGET, "the targets"));
	MICA_TRY(list_columns(g, &n, opts.weights, MICA__WEIGHT, "the weights"));
	d = copy(ctx, g, n);
	mica__free(g);
	return d;
out:
	mica__context_fail(ctx, st);
	mica__free(g);
	return NULL;
}

/* ---- the same samples otherwise ---- */

static mica_dataset *no_data_set(const char *caller)
{
	mica__fail_null("%s: no data set; check what made it", caller);
	return NULL;
}

mica_dataset *mica_dataset_range(mica_dataset *d, size_t from, size_t to)
{
	if (!d)
		return no_data_set("range");
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
		return no_data_set("scaled");
	mica_status st = mica__scale_check(scale, "data set");
	if (st != MICA_OK) {
		mica__context_fail(d->ctx, st);
		return NULL;
	}
	return dataset_create(d->ctx, d->all, d->offset, d->count, scale == 0 ? mica__dtype_scale(d->all->at[0].array.type) : scale);
}

/* ---- what it has ---- */

const mica__column *mica__dataset_column(const mica_dataset *d, mica__column_role role, size_t i)
{
	for (size_t k = 0; k < d->all->n; k++)
		if (d->all->at[k].role == role && i-- == 0)
			return &d->all->at[k];
	return NULL;
}

const mica__column *mica__dataset_named(const mica_dataset *d, mica__column_role role, const char *name)
{
	for (size_t k = 0; k < d->all->n; k++)
		if (d->all->at[k].role == role && strcmp(d->all->at[k].name, name) == 0)
			return &d->all->at[k];
	return NULL;
}

size_t mica__dataset_columns(const mica_dataset *d, mica__column_role role)
{
	size_t n = 0;

	for (size_t k = 0; k < d->all->n; k++)
		n += d->all->at[k].role == role;
	return n;
}

const void *mica__column_at(const mica_dataset *d, const mica__column *c, size_t i)
{
	return (const char *)c->array.data + (d->offset + i) * c->bytes;
}

double mica__column_scale(const mica_dataset *d, const mica__column *c)
{
	return d->scale != 0 ? d->scale : c->scale;
}

double mica_dataset_scale(const mica_dataset *d)
{
	return d ? mica__column_scale(d, d->all->at) : 0;
}

mica_array mica__column_array(const mica_dataset *d, const mica__column *c)
{
	return (mica_array){mica__column_at(d, c, 0), c->array.type, mica__with_rows(d->count, mica__sample_shape(c->array.shape)),
	                    mica__column_scale(d, c)};
}

/* The first column of a role. */
static mica_array array_of(const mica_dataset *d, mica__column_role role)
{
	const mica__column *c = d ? mica__dataset_column(d, role, 0) : NULL;

	return c ? mica__column_array(d, c) : (mica_array){.shape = MICA_SCALAR_SHAPE};
}

mica_array mica_dataset_samples(const mica_dataset *d)
{
	return array_of(d, MICA__SAMPLE);
}

mica_array mica_dataset_labels(const mica_dataset *d)
{
	mica_array a = array_of(d, MICA__TARGET);

	a.scale = 1; /* labels are what they are */
	return a;
}

size_t mica_dataset_count(const mica_dataset *d)
{
	return d ? d->count : 0;
}

mica_shape mica_dataset_sample_shape(const mica_dataset *d)
{
	return d ? mica__sample_shape(d->all->at->array.shape) : MICA_SCALAR_SHAPE;
}

/* Label values per sample, and the k-th of the dataset's as a double. */
static size_t label_values(const mica__column *y)
{
	return y ? y->bytes / mica__dtype_bytes(y->array.type) : 0;
}

static double label(const mica_dataset *d, const mica__column *y, size_t k)
{
	return mica__number_get(y->array.type, mica__column_at(d, y, 0), k);
}

const char *mica_dataset_class_name(const mica_dataset *d, size_t i)
{
	return d ? mica__names_get(&d->all->legend.classes, i) : NULL;
}

const char *mica_dataset_column_name(const mica_dataset *d, size_t i)
{
	return d ? mica__names_get(&d->all->legend.columns, i) : NULL;
}

size_t mica_dataset_classes(const mica_dataset *d)
{
	const mica__column *y = d ? mica__dataset_column(d, MICA__TARGET, 0) : NULL;
	double most = -1;

	if (!d)
		return 0;
	if (d->all->legend.classes.n)
		return d->all->legend.classes.n;
	if (label_values(y) != 1) {
		mica__fail(MICA_EINVAL, "data set: %zu labels for each sample; expected one class number", label_values(y));
		return 0;
	}
	for (size_t k = 0; k < d->count; k++) {
		double v = label(d, y, k);
		if (!(v >= 0 && v < INT32_MAX && v == floor(v))) {
			mica__fail(MICA_EINVAL, "label %.10g at sample %zu is no class number; expected whole numbers from 0",
			           v, k);
			return 0;
		}
		most = v > most ? v : most;
	}
	return (size_t)most + 1;
}

mica_status mica__dataset_check_labels(const mica_dataset *d, const mica__column *y, size_t classes, double ignored)
{
	size_t each = label_values(y);

	if (!y)
		return mica__fail(MICA_EINVAL, "data set: there are no labels; expected integers 0..%zu", classes - 1);

	for (size_t k = 0; k < d->count * each; k++) {
		double v = label(d, y, k);
		if (v != floor(v))
			return mica__fail(MICA_EINVAL, "label %g at sample %zu is not an integer; expected 0..%zu", v,
			                  k / each, classes - 1);
		if (!(v >= 0 && v < (double)classes) && v != ignored)
			return mica__fail(MICA_EINVAL, "label %.0f at sample %zu is outside 0..%zu, of which the last layer has an output each", v, k / each,
			                  classes - 1);
	}
	return MICA_OK;
}
