/* SPDX-License-Identifier: MIT */
/* nn/convolution.c - convolution layers of one to three spatial axes (Keras 1.1): weights as Keras lays them out, which is how the
   graph's operations take them. */
#include "nn/spatial.h"

#include <string.h>

/* Rows of the options that all of them have. */
#define WINDOW(options)                                                                                                          \
	MICA_FIELD_SIZE(options, kernel, MICA_COUNT_FROM(0)), MICA__EACH(options, kernel_size, MICA_COUNT_FROM(0)),               \
	MICA__EACH(options, strides, .otherwise = 1, MICA_COUNT_FROM(1)),                                                         \
	MICA__EACH(options, dilation, .otherwise = 1, MICA_COUNT_FROM(1))
#define WEIGHT(options, what)                                                                                                    \
	MICA_FIELD_PART(options, what##_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_glorot_uniform),           \
	MICA_FIELD_PART(options, what##_regularizer, .part_type = MICA_REGULARIZER),                                              \
	MICA_FIELD_PART(options, what##_constraint, .part_type = MICA_CONSTRAINT)
#define END(options)                                                                                                             \
	MICA_FIELD_PART(options, activation, .part_type = MICA_ACTIVATION), MICA_FIELD_FLAG(options, no_bias),                    \
	MICA_FIELD_PART(options, bias_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_zeros),                      \
	MICA_FIELD_PART(options, bias_regularizer, .part_type = MICA_REGULARIZER),                                                \
	MICA_FIELD_PART(options, activity_regularizer, .part_type = MICA_REGULARIZER),                                            \
	MICA_FIELD_PART(options, bias_constraint, .part_type = MICA_CONSTRAINT), MICA_FIELD_TEXT(options, name)

#define WINDOW_OF(o) ((mica__window_of){"kernel", (o)->kernel, 0, (o)->kernel_size, (o)->strides, (o)->dilation, (o)->padding})
/* The weight of that name, about which the options say what_initializer and so on. */
#define WEIGHT_OF(b, name, shape, o, what)                                                                                       \
	mica_weight(b, name, shape, .initializer = (o)->what##_initializer, .regularizer = (o)->what##_regularizer,               \
	            .constraint = (o)->what##_constraint)
/* What all of them do with what they computed. */
#define ENDED(b, y, filters, o)                                                                                                  \
	mica__layer_end(b, (o)->no_bias ? (y) : mica_op_add(y, WEIGHT_OF(b, "bias", MICA_SHAPE(filters), o, bias)), &(o)->activation, \
	                &(o)->activity_regularizer)

static size_t channels_of(mica_var x)
{
	mica_shape s = mica_var_shape(x);

	return mica__shape_last(&s);
}

/* (taps..., in, out) */
static mica_shape weight_shape(const size_t *taps, size_t axes, size_t in, size_t out)
{
	mica_shape s = {axes + 2, {0}};

	memcpy(s.dim, taps, axes * sizeof *taps);
	s.dim[axes] = in;
	s.dim[axes + 1] = out;
	return s;
}

/* ---- convolution ---- */

static mica_var conv(mica_build *b, mica_var x, const mica_conv_opts *o, size_t axes)
{
	mica_window_opts w;
	size_t channels = channels_of(x);

	if (!mica__windows(b, x, axes, &WINDOW_OF(o), &w))
		return x;
	if (channels % o->groups || o->filters % o->groups)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "groups is %zu, which must divide the %zu channels and the %zu filters", o->groups,
		                        channels, o->filters);
	mica_var kernel = WEIGHT_OF(b, "kernel", weight_shape(w.taps, axes, channels / o->groups, o->filters), o, kernel);
	mica_var y = mica_op_conv(x, kernel, &w);
	return ENDED(b, y, o->filters, o);
}

static const mica_field conv_fields[] = {
	MICA_FIELD_SIZE(mica_conv_opts, filters, MICA_COUNT_FROM(1)), WINDOW(mica_conv_opts),
	MICA_FIELD_INT(mica_conv_opts, padding, MICA_WITHIN(0, MICA_CAUSAL)),
	MICA_FIELD_SIZE(mica_conv_opts, groups, .otherwise = 1, MICA_COUNT_FROM(1)), WEIGHT(mica_conv_opts, kernel), END(mica_conv_opts)
};
MICA__SPATIALS(conv, "Conv", conv_fields, mica_conv_opts, conv)

/* ---- transposed ---- */

/* Elements more along each axis, less than its stride; NULL if no axis is given any number. */
static const size_t *more_of(mica_build *b, const mica_conv_transpose_opts *o, size_t axes, size_t more[MICA_WINDOW_AXES])
{
	bool given = false;

	for (size_t i = 0; i < axes; i++) {
		given = given || o->output_padding[i] >= 0;
		more[i] = o->output_padding[i] > 0 ? (size_t)o->output_padding[i] : 0;
		if (more[i] >= o->strides[i])
			mica__graph_fail(b->graph, MICA_EINVAL, "output_padding[%zu] is %zu, strides[%zu] %zu; it must be less than the stride", i,
			                 more[i], i, o->strides[i]);
	}
	return given ? more : NULL;
}

static mica_var conv_transpose(mica_build *b, mica_var x, const mica_conv_transpose_opts *o, size_t axes)
{
	mica_window_opts w;
	mica__window_of of = WINDOW_OF(o);
	size_t more[MICA_WINDOW_AXES] = {0};

	of.padding = MICA_SAME; /* whatever its size, a window fits: it is written, not read */
	if (!mica__windows(b, x, axes, &of, &w))
		return x;
	w.padding = o->padding;
	const size_t *output_padding = more_of(b, o, axes, more);
	mica_var kernel = WEIGHT_OF(b, "kernel", weight_shape(w.taps, axes, o->filters, channels_of(x)), o, kernel);
	mica_var y = mica_op_conv_transpose(x, kernel, &w, output_padding);
	return ENDED(b, y, o->filters, o);
}

static const mica_field transpose_fields[] = {
	MICA_FIELD_SIZE(mica_conv_transpose_opts, filters, MICA_COUNT_FROM(1)), WINDOW(mica_conv_transpose_opts),
	MICA_FIELD_INT(mica_conv_transpose_opts, padding, MICA_WITHIN(0, MICA_SAME)),
	MICA_FIELD_LONG(mica_conv_transpose_opts, output_padding, .count = MICA_WINDOW_AXES, .repeats = true, .otherwise = -1,
	                MICA_WITHIN(-1, MICA_MOST_COUNT)),
	WEIGHT(mica_conv_transpose_opts, kernel), END(mica_conv_transpose_opts)
};
MICA__SPATIAL(conv1d_transpose, "Conv1DTranspose", transpose_fields, mica_conv_transpose_opts, conv_transpose, 1)
MICA__SPATIAL(conv2d_transpose, "Conv2DTranspose", transpose_fields, mica_conv_transpose_opts, conv_transpose, 2)
MICA__SPATIAL(conv3d_transpose, "Conv3DTranspose", transpose_fields, mica_conv_transpose_opts, conv_transpose, 3)

/* ---- depthwise, and separable ---- */

static mica_var depthwise(mica_build *b, mica_var x, const mica_depthwise_conv_opts *o, size_t axes)
{
	mica_window_opts w;
	size_t channels = channels_of(x);

	if (!mica__windows(b, x, axes, &WINDOW_OF(o), &w))
		return x;
	mica_var kernel = WEIGHT_OF(b, "kernel", weight_shape(w.taps, axes, channels, o->depth_multiplier), o, depthwise);
	mica_var y = mica_op_depthwise_conv(x, kernel, &w);
	return ENDED(b, y, channels * o->depth_multiplier, o);
}

static const mica_field depthwise_fields[] = {
	WINDOW(mica_depthwise_conv_opts), MICA_FIELD_INT(mica_depthwise_conv_opts, padding, MICA_WITHIN(0, MICA_SAME)),
	MICA_FIELD_SIZE(mica_depthwise_conv_opts, depth_multiplier, .otherwise = 1, MICA_COUNT_FROM(1)),
	WEIGHT(mica_depthwise_conv_opts, depthwise), END(mica_depthwise_conv_opts)
};
MICA__SPATIAL(depthwise_conv1d, "DepthwiseConv1D", depthwise_fields, mica_depthwise_conv_opts, depthwise, 1)
MICA__SPATIAL(depthwise_conv2d, "DepthwiseConv2D", depthwise_fields, mica_depthwise_conv_opts, depthwise, 2)

static mica_var separable(mica_build *b, mica_var x, const mica_separable_conv_opts *o, size_t axes)
{
	static const size_t ones[MICA_WINDOW_AXES] = {1, 1, 1};
	mica_window_opts w;
	size_t channels = channels_of(x);

	if (!mica__windows(b, x, axes, &WINDOW_OF(o), &w))
		return x;
	mica_var each = WEIGHT_OF(b, "depthwise_kernel", weight_shape(w.taps, axes, channels, o->depth_multiplier), o, depthwise);
	mica_var all = WEIGHT_OF(b, "pointwise_kernel", weight_shape(ones, axes, channels * o->depth_multiplier, o->filters), o, pointwise);
	mica_var y = mica_op_conv(mica_op_depthwise_conv(x, each, &w), all, NULL);
	return ENDED(b, y, o->filters, o);
}

static const mica_field separable_fields[] = {
	MICA_FIELD_SIZE(mica_separable_conv_opts, filters, MICA_COUNT_FROM(1)), WINDOW(mica_separable_conv_opts),
	MICA_FIELD_INT(mica_separable_conv_opts, padding, MICA_WITHIN(0, MICA_SAME)),
	MICA_FIELD_SIZE(mica_separable_conv_opts, depth_multiplier, .otherwise = 1, MICA_COUNT_FROM(1)),
	WEIGHT(mica_separable_conv_opts, depthwise), WEIGHT(mica_separable_conv_opts, pointwise), END(mica_separable_conv_opts)
};
MICA__SPATIAL(separable_conv1d, "SeparableConv1D", separable_fields, mica_separable_conv_opts, separable, 1)
MICA__SPATIAL(separable_conv2d, "SeparableConv2D", separable_fields, mica_separable_conv_opts, separable, 2)
