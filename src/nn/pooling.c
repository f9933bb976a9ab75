/* SPDX-License-Identifier: MIT */
/* nn/pooling.c - layers that pool over windows of one to three spatial axes, or over all there is (Keras 1.1). */
#include "nn/spatial.h"

/* ---- windows ---- */

typedef mica_var pool(mica_var x, const mica_window_opts *w);

static mica_var pooled(mica_build *b, mica_var x, const mica_pooling_opts *o, size_t axes, pool *p)
{
	mica_window_opts w; /* whose stride of 0 is the size of the window, as that of the layer */
	mica__window_of of = {"pool", o->pool, 2, o->pool_size, o->strides, NULL, o->padding};

	return mica__windows(b, x, axes, &of, &w) ? p(x, &w) : x;
}

static mica_var max(mica_build *b, mica_var x, const mica_pooling_opts *o, size_t axes)
{
	return pooled(b, x, o, axes, mica_op_max_pool);
}

static mica_var average(mica_build *b, mica_var x, const mica_pooling_opts *o, size_t axes)
{
	return pooled(b, x, o, axes, mica_op_average_pool);
}

static const mica_field pooling_fields[] = {
	MICA_FIELD_SIZE(mica_pooling_opts, pool, MICA_COUNT_FROM(0)),
	MICA__EACH(mica_pooling_opts, pool_size, MICA_COUNT_FROM(0)),
	MICA__EACH(mica_pooling_opts, strides, MICA_COUNT_FROM(0)),
	MICA_FIELD_INT(mica_pooling_opts, padding, MICA_WITHIN(0, MICA_SAME)),
	MICA_FIELD_TEXT(mica_pooling_opts, name),
};
MICA__SPATIAL(max_pooling1d, "MaxPooling1D", pooling_fields, mica_pooling_opts, max, 1)
MICA__SPATIAL(max_pooling2d, "MaxPooling2D", pooling_fields, mica_pooling_opts, max, 2)
MICA__SPATIAL(max_pooling3d, "MaxPooling3D", pooling_fields, mica_pooling_opts, max, 3)
MICA__SPATIAL(average_pooling1d, "AveragePooling1D", pooling_fields, mica_pooling_opts, average, 1)
MICA__SPATIAL(average_pooling2d, "AveragePooling2D", pooling_fields, mica_pooling_opts, average, 2)
MICA__SPATIAL(average_pooling3d, "AveragePooling3D", pooling_fields, mica_pooling_opts, average, 3)

/* ---- all there is ---- */

static mica_var global_max(mica_build *b, mica_var x, const mica_global_pooling_opts *o, size_t axes)
{
	return mica__is_spatial(b, x, axes) ? mica_op_global_max_pool(x, o->keepdims) : x;
}

static mica_var global_average(mica_build *b, mica_var x, const mica_global_pooling_opts *o, size_t axes)
{
	return mica__is_spatial(b, x, axes) ? mica_op_global_average_pool(x, o->keepdims) : x;
}

static const mica_field global_fields[] = {
	MICA_FIELD_FLAG(mica_global_pooling_opts, keepdims),
	MICA_FIELD_TEXT(mica_global_pooling_opts, name),
};
MICA__SPATIAL(global_max_pooling1d, "GlobalMaxPooling1D", global_fields, mica_global_pooling_opts, global_max, 1)
MICA__SPATIAL(global_max_pooling2d, "GlobalMaxPooling2D", global_fields, mica_global_pooling_opts, global_max, 2)
MICA__SPATIAL(global_max_pooling3d, "GlobalMaxPooling3D", global_fields, mica_global_pooling_opts, global_max, 3)
MICA__SPATIAL(global_average_pooling1d, "GlobalAveragePooling1D", global_fields, mica_global_pooling_opts, global_average, 1)
MICA__SPATIAL(global_average_pooling2d, "GlobalAveragePooling2D", global_fields, mica_global_pooling_opts, global_average, 2)
MICA__SPATIAL(global_average_pooling3d, "GlobalAveragePooling3D", global_fields, mica_global_pooling_opts, global_average, 3)
