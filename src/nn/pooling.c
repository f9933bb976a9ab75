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
MICA__SPATIALS(max_pooling, "MaxPooling", pooling_fields, mica_pooling_opts, max)
MICA__SPATIALS(average_pooling, "AveragePooling", pooling_fields, mica_pooling_opts, average)

/* ---- all there is ---- */

static mica_var global_max(mica_build *b, mica_var x, const mica_global_pooling_opts *o, size_t axes)
{
	return mica__is_spatial(b, x, axes) ? mica_op_global_max_pool(x, o->keepdims) : x;
}

/* The average of the steps that the mask (batch, steps) leaves; of none, NaN, as in Keras. */
static mica_var masked_average(mica_var x, mica_var mask, bool keep)
{
	mica_shape s = mica_var_shape(x);
	mica_var seen = mica_op_reshape(mica_op_cast(mask, mica_var_dtype(x)), MICA_SHAPE(s.dim[0], s.dim[1], 1));
	mica_var y = mica_op_div(mica_op_sum(mica_op_mul(x, seen), MICA_AXIS(1), true), mica_op_sum(seen, MICA_AXIS(1), true));

	return keep ? y : mica_op_reshape(y, MICA_SHAPE(s.dim[0], s.dim[2]));
}

static mica_var global_average(mica_build *b, mica_var x, const mica_global_pooling_opts *o, size_t axes)
{
	mica_var mask = axes == 1 ? mica_layer_mask(b, x) : NULL;

	if (!mica__is_spatial(b, x, axes))
		return x;
	return mask ? masked_average(x, mask, o->keepdims) : mica_op_global_average_pool(x, o->keepdims);
}

static const mica_field global_fields[] = {
	MICA_FIELD_FLAG(mica_global_pooling_opts, keepdims),
	MICA_FIELD_TEXT(mica_global_pooling_opts, name),
};
MICA__SPATIALS(global_max_pooling, "GlobalMaxPooling", global_fields, mica_global_pooling_opts, global_max)
MICA__SPATIALS(global_average_pooling, "GlobalAveragePooling", global_fields, mica_global_pooling_opts, global_average)
