/* SPDX-License-Identifier: MIT */
/* nn/padding.c - layers that add zeros around spatial axes, or cut elements off there (Keras 1.1). */
#include "nn/spatial.h"

#include <string.h>

/* Elements at the ends of each axis of x, those of the batch and of the channels too. */
typedef struct ends {
	size_t before[MICA_MAX_RANK], after[MICA_MAX_RANK];
} ends;

/* What the options say; usual: where they say nothing. */
static bool ends_of(mica_build *b, mica_var x, const mica_edge_opts *o, size_t axes, size_t usual, ends *e)
{
	bool each = false;

	*e = (ends){0};
	for (size_t i = 0; i < MICA_WINDOW_AXES; i++) {
		each = each || o->before[i] || o->after[i];
		if (i >= axes && (o->before[i] || o->after[i]))
			return mica__graph_fail(b->graph, MICA_EINVAL, "before[%zu] is %zu, after[%zu] %zu, and there %s %zu spatial ax%s", i,
			                        o->before[i], i, o->after[i], axes == 1 ? "is" : "are", axes, axes == 1 ? "is" : "es"), false;
	}
	if (each && o->all >= 0)
		return mica__graph_fail(b->graph, MICA_EINVAL, "all %ld and before or after; give one of them", o->all), false;
	for (size_t i = 0; i < axes; i++) {
		e->before[1 + i] = each ? o->before[i] : o->all >= 0 ? (size_t)o->all : usual;
		e->after[1 + i] = each ? o->after[i] : o->all >= 0 ? (size_t)o->all : usual;
	}
	return mica__is_spatial(b, x, axes);
}

static mica_var zero_padding(mica_build *b, mica_var x, const mica_edge_opts *o, size_t axes)
{
	ends e;

	return ends_of(b, x, o, axes, 1, &e) ? mica_op_pad(x, e.before, e.after, 0) : x;
}

static mica_var cropping(mica_build *b, mica_var x, const mica_edge_opts *o, size_t axes)
{
	mica_shape s = mica_var_shape(x);
	size_t stop[MICA_MAX_RANK] = {0};
	ends e;

	if (!ends_of(b, x, o, axes, axes != 2, &e))
		return x;
	for (size_t i = 0; i < s.rank; i++) {
		if (e.before[i] >= s.dim[i] || e.after[i] >= s.dim[i] - e.before[i])
			return mica__graph_fail(b->graph, MICA_ESHAPE, "%zu before and %zu after are cut off spatial axis %zu, which has %zu; at least "
			                        "one must be left", e.before[i], e.after[i], i - 1, s.dim[i]);
		stop[i] = s.dim[i] - e.after[i];
	}
	return mica_op_slice(x, e.before, stop, NULL);
}

static const mica_field edge_fields[] = {
	MICA_FIELD_LONG(mica_edge_opts, all, .otherwise = -1, MICA_WITHIN(-1, MICA_MOST_COUNT)),
	MICA_FIELD_SIZE(mica_edge_opts, before, .count = MICA_WINDOW_AXES, MICA_COUNT_FROM(0)),
	MICA_FIELD_SIZE(mica_edge_opts, after, .count = MICA_WINDOW_AXES, MICA_COUNT_FROM(0)),
	MICA_FIELD_TEXT(mica_edge_opts, name),
};
MICA__SPATIALS(zero_padding, "ZeroPadding", edge_fields, mica_edge_opts, zero_padding)
MICA__SPATIALS(cropping, "Cropping", edge_fields, mica_edge_opts, cropping)
