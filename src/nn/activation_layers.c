/* SPDX-License-Identifier: MIT */
/* nn/activation_layers.c - activations that are layers of their own (Keras 1.1): with their options, and with weights. */
#include "nn/layers.h"

#include <math.h>

/* ---- of one element ---- */

static mica_var relu_call(mica_build *b, mica_var x, const void *options)
{
	const mica_relu_layer_opts *o = options;

	(void)b;
	return mica_kind_relu.activate(x, &(mica_relu_opts){.negative_slope = o->negative_slope, .max_value = o->max_value,
	                                                   .threshold = o->threshold});
}

static const mica_field relu_fields[] = {
	MICA_FIELD_REAL(mica_relu_layer_opts, max_value, .otherwise = INFINITY, MICA_WITHIN(0, INFINITY)),
	MICA_FIELD_REAL(mica_relu_layer_opts, negative_slope, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_relu_layer_opts, threshold, MICA_FROM(0)),
	MICA_FIELD_TEXT(mica_relu_layer_opts, name),
};
#define LAYER(id, name_, title_, rows, ...)                                                                                      \
	const mica_kind mica_kind_##id = {.name = (name_), .title = (title_), .type = MICA_LAYER, .size = sizeof(mica_##id##_opts), \
	                                  MICA_FIELDS(rows), .masks = true, .call = __VA_ARGS__};
LAYER(relu_layer, "re_lu", "ReLU", relu_fields, relu_call)

static mica_var leaky_call(mica_build *b, mica_var x, const void *options)
{
	(void)b;
	return mica_kind_leaky_relu.activate(x, &(mica_leaky_relu_opts){.negative_slope = ((const mica_leaky_relu_layer_opts *)options)->negative_slope});
}

static const mica_field leaky_fields[] = {
	MICA_FIELD_REAL(mica_leaky_relu_layer_opts, negative_slope, .otherwise = 0.3, MICA_FROM(0)),
	MICA_FIELD_TEXT(mica_leaky_relu_layer_opts, name),
};
LAYER(leaky_relu_layer, "leaky_re_lu", "LeakyReLU", leaky_fields, leaky_call)

static mica_var elu_call(mica_build *b, mica_var x, const void *options)
{
	(void)b;
	return mica_kind_elu.activate(x, &(mica_elu_opts){.alpha = ((const mica_elu_layer_opts *)options)->alpha});
}

static const mica_field elu_fields[] = {
	MICA_FIELD_REAL(mica_elu_layer_opts, alpha, .otherwise = 1),
	MICA_FIELD_TEXT(mica_elu_layer_opts, name),
};
LAYER(elu_layer, "elu", "ELU", elu_fields, elu_call)

/* ---- with weights ---- */

/* The sample's shape with 1 in place of the axes that share; axis 1 is the sample's first. */
static bool alpha_shape(mica_build *b, mica_var x, const mica_prelu_opts *o, mica_shape *out)
{
	mica_shape sample = mica__sample_shape(mica_var_shape(x));

	*out = sample;
	for (size_t i = 0; i < MICA_MAX_RANK && o->shared_axes[i]; i++) {
		if (o->shared_axes[i] > sample.rank)
			return mica__graph_fail(b->graph, MICA_EINVAL, "shared_axes[%zu] is %zu; a sample of shape %s has axes 1 to %zu", i,
			                        o->shared_axes[i], mica__shape_text(&sample), sample.rank), false;
		out->dim[o->shared_axes[i] - 1] = 1;
	}
	return true;
}

static mica_var prelu_call(mica_build *b, mica_var x, const void *options)
{
	const mica_prelu_opts *o = options;
	mica_shape s;

	if (!alpha_shape(b, x, o, &s))
		return x;
	mica_var alpha = mica_weight(b, "alpha", s, .initializer = o->alpha_initializer, .regularizer = o->alpha_regularizer,
	                             .constraint = o->alpha_constraint);
	return mica_op_sub(mica_op_relu(x), mica_op_mul(alpha, mica_op_relu(mica_op_neg(x))));
}

static const mica_field prelu_fields[] = {
	MICA_FIELD_PART(mica_prelu_opts, alpha_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_zeros),
	MICA_FIELD_PART(mica_prelu_opts, alpha_regularizer, .part_type = MICA_REGULARIZER),
	MICA_FIELD_PART(mica_prelu_opts, alpha_constraint, .part_type = MICA_CONSTRAINT),
	MICA_FIELD_SIZE(mica_prelu_opts, shared_axes, .count = MICA_MAX_RANK),
	MICA_FIELD_TEXT(mica_prelu_opts, name),
};
LAYER(prelu, "p_re_lu", "PReLU", prelu_fields, prelu_call)

/* ---- along an axis ---- */

/* What is not to be counted: where the mask is false; NULL: nothing.  It is the second input, or the first one's own. */
static mica_var mask_of(mica_build *b, mica_var x)
{
	mica_var mask = mica_layer_inputs(b) > 1 ? mica_layer_input(b, 1) : mica_layer_mask(b, x);

	if (!mask || !mica__dtype_real(mica_var_dtype(mask)))
		return mask;
	return mica_op_gt(mask, mica_op_cast(mica_graph_scalar(b->graph, 0.5), mica_var_dtype(mask)));
}

static mica_var softmax_of(mica_var x, const mica_softmax_layer_opts *o)
{
	const mica_activation a = MICA_SOFTMAX_OF(.axis = o->axis);

	return o->axes[0] ? mica__softmax_nodes(x, o->axes, MICA_MAX_RANK) : mica__activation_nodes(x, &a);
}

/* What is hidden has 0, and -1e9 in the sums, as in Keras: where all is, they are those of equal elements. */
static mica_var softmax_call(mica_build *b, mica_var x, const void *options)
{
	const mica_softmax_layer_opts *o = options;
	const mica_activation a = MICA_SOFTMAX_OF(.axis = o->axis);
	mica_var mask = mask_of(b, x);

	if (!mask && o->axes[0])
		return softmax_of(x, o);
	if (!mask)
		return mica__layer_end(b, x, &a, &(mica_regularizer){{NULL, NULL}});
	mica_var seen = mica_op_where(mask, x, mica_graph_fill(b->graph, -1e9, mica_var_dtype(x), MICA_SCALAR_SHAPE));
	return mica_op_where(mask, softmax_of(seen, o), mica_graph_fill(b->graph, 0, mica_var_dtype(x), MICA_SCALAR_SHAPE));
}

static const mica_field softmax_fields[] = {
	MICA_FIELD_INT(mica_softmax_layer_opts, axis, .otherwise = -1),
	MICA_FIELD_INT(mica_softmax_layer_opts, axes, .count = MICA_MAX_RANK),
	MICA_FIELD_TEXT(mica_softmax_layer_opts, name),
};
LAYER(softmax_layer, "softmax", "Softmax", softmax_fields, softmax_call, .most_inputs = 2)
