/* SPDX-License-Identifier: MIT */
/* nn/layers.c - the layers: for each its nodes and its kind.
   x is (batch, sample...).  A call runs once per plan: weights are made by the first and found by name by the others. */
#include "nn/layers.h"

#include <string.h>

mica_shape mica__dimensions(const void *options, size_t offset)
{
	mica_shape s = {0, {0}};
	size_t dim[MICA_MAX_RANK];

	memcpy(dim, (const char *)options + offset, sizeof dim);
	while (s.rank < MICA_MAX_RANK && dim[s.rank]) {
		s.dim[s.rank] = dim[s.rank];
		s.rank++;
	}
	return s;
}

/* Ends a layer with an activation and remembers its argument if a loss may want it. */
static mica_var activate(mica_build *b, mica_var x, const mica_activation *a)
{
	mica_var y = mica__activation_nodes(x, a);

	mica__build_set_logits(b, y, mica__activation_keeps_logits(a) ? x : NULL);
	return y;
}

/* ---- input ---- */

static mica_var input_call(mica_build *b, mica_var x, const void *options)
{
	(void)x;
	(void)options;
	return mica__graph_fail(b->graph, MICA_EINVAL, "Input must be the first layer, and only the first");
}

static const mica_field input_fields[] = {
	MICA_FIELD_SIZE(mica_input_opts, batch, MICA_COUNT_FROM(0)),
	MICA__DIMENSIONS_FIELD(mica_input_opts),
	MICA_FIELD_TEXT(mica_input_opts, name),
	MICA_FIELD_INT(mica_input_opts, type, MICA_WITHIN(0, MICA_BOOL)),
};
MICA__LAYER(input, "InputLayer", input_fields, input_call)

mica_status mica__input_shape(const mica_layer *l, mica_shape *out, mica_dtype *type)
{
	mica_shape s = mica__dimensions(l->part.options, offsetof(mica_input_opts, d0));

	if (s.rank == 0 || s.rank + 1 > MICA_MAX_RANK)
		return mica__fail(MICA_EINVAL, "input: give the 1 to %d dimensions of one sample, as in mica_input(28, 28)",
		                  MICA_MAX_RANK - 1);
	*out = s;
	*type = ((const mica_input_opts *)l->part.options)->type;
	return MICA_OK;
}

/* ---- flatten, reshape ---- */

static mica_var flatten_call(mica_build *b, mica_var x, const void *options)
{
	mica_shape s = mica__sample_shape(mica_var_shape(x));

	(void)b;
	(void)options;
	return mica_op_reshape(x, mica__with_rows(mica_var_shape(x).dim[0], MICA_SHAPE(mica__shape_count(&s))));
}

static const mica_field flatten_fields[] = {MICA_FIELD_TEXT(mica_flatten_opts, name)};
MICA__LAYER(flatten, "Flatten", flatten_fields, flatten_call)

/* Replaces the one MICA_INFER, so that messages show whole shapes; false if the sizes do not fit. */
static bool infer(mica_shape *to, size_t count)
{
	size_t known = 1, open = MICA_MAX_RANK;

	for (size_t i = 0; i < to->rank; i++) {
		if (to->dim[i] != MICA_INFER) {
			if (!mica__mul(known, to->dim[i], &known))
				return false;
		} else if (open == MICA_MAX_RANK) {
			open = i;
		} else {
			return false;
		}
	}
	if (open < MICA_MAX_RANK && count % known == 0)
		to->dim[open] = count / known;
	return open < MICA_MAX_RANK ? count % known == 0 : count == known;
}

static mica_var reshape_call(mica_build *b, mica_var x, const void *options)
{
	mica_shape from = mica__sample_shape(mica_var_shape(x)), to = mica__dimensions(options, offsetof(mica_reshape_opts, d0));

	if (to.rank == 0 || to.rank + 1 > MICA_MAX_RANK)
		return mica__graph_fail(b->graph, MICA_EINVAL, "give 1 to %d dimensions", MICA_MAX_RANK - 1);
	if (!infer(&to, mica__shape_count(&from)))
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s cannot take %s", mica__shape_text(&from),
		                        mica__shape_text(&to));
	return mica_op_reshape(x, mica__with_rows(mica_var_shape(x).dim[0], to));
}

static const mica_field reshape_fields[] = {MICA__DIMENSIONS_FIELD(mica_reshape_opts), MICA_FIELD_TEXT(mica_reshape_opts, name)};
MICA__LAYER(reshape, "Reshape", reshape_fields, reshape_call)

/* ---- activity regularization ---- */

/* What a regularizer says of a layer's output, for a sample. */
static void penalize(mica_build *b, mica_var y, const mica_regularizer *r)
{
	if (r->part.kind && mica_graph_status(b->graph) == MICA_OK)
		mica_layer_loss(b, mica_op_mulc(r->part.kind->penalty(y, r->part.options), 1 / (double)mica_var_shape(y).dim[0]));
}

mica_var mica__layer_end(mica_build *b, mica_var x, const mica_activation *a, const mica_regularizer *r)
{
	mica_var y = activate(b, x, a);

	penalize(b, y, r);
	return y;
}

static mica_var regularization_call(mica_build *b, mica_var x, const void *options)
{
	const mica_activity_regularization_opts *o = options;
	const mica_l1_l2_opts both = {MICA_OPTS(mica_l1_l2_opts), .l1 = o->l1, .l2 = o->l2};

	penalize(b, x, &MICA_PART(mica_regularizer, &mica_kind_l1_l2, &both));
	return x;
}

static const mica_field regularization_fields[] = {
	MICA_FIELD_REAL(mica_activity_regularization_opts, l1, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_activity_regularization_opts, l2, MICA_FROM(0)),
	MICA_FIELD_TEXT(mica_activity_regularization_opts, name),
};
MICA__LAYER(activity_regularization, "ActivityRegularization", regularization_fields, regularization_call, .masks = true)

/* ---- dense ---- */

/* kernel: (in, units), over the last axis of x. */
static mica_var dense_call(mica_build *b, mica_var x, const void *options)
{
	const mica_dense_opts *o = options;
	mica_shape s = mica_var_shape(x);

	if (s.rank < 2)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample needs at least one dimension");
	mica_var kernel = mica_weight(b, "kernel", MICA_SHAPE(s.dim[s.rank - 1], o->units), .initializer = o->kernel_initializer,
	                              .regularizer = o->kernel_regularizer, .constraint = o->kernel_constraint);
	mica_var y = mica_op_matmul(x, kernel);
	if (!o->no_bias)
		y = mica_op_add(y, mica_weight(b, "bias", MICA_SHAPE(o->units), .initializer = o->bias_initializer,
		                               .regularizer = o->bias_regularizer, .constraint = o->bias_constraint));
	return mica__layer_end(b, y, &o->activation, &o->activity_regularizer);
}

static const mica_field dense_fields[] = {
	MICA_FIELD_SIZE(mica_dense_opts, units, MICA_COUNT_FROM(1)),
	MICA_FIELD_PART(mica_dense_opts, activation, .part_type = MICA_ACTIVATION),
	MICA_FIELD_FLAG(mica_dense_opts, no_bias),
	MICA__KERNEL_FIELDS(mica_dense_opts),
	MICA_FIELD_TEXT(mica_dense_opts, name),
};
MICA__LAYER(dense, "Dense", dense_fields, dense_call, .masks = true)

/* ---- activation ---- */

static mica_var activation_call(mica_build *b, mica_var x, const void *options)
{
	return activate(b, x, &((const mica_activation_opts *)options)->activation);
}

static const mica_field activation_fields[] = {
	MICA_FIELD_PART(mica_activation_opts, activation, .part_type = MICA_ACTIVATION),
	MICA_FIELD_TEXT(mica_activation_opts, name),
};
MICA__LAYER(activation, "Activation", activation_fields, activation_call, .masks = true)

/* ---- the user's ---- */

static mica_var custom_call(mica_build *b, mica_var x, const void *options)
{
	const mica_custom_layer_opts *o = options;

	if (!o->call)
		return mica__graph_fail(b->graph, MICA_EINVAL, "a custom layer needs a call function");
	return o->call(b, x, o->payload);
}

static const mica_field custom_layer_fields[] = {MICA_FIELD_TEXT(mica_custom_layer_opts, name)};
MICA__LAYER(custom_layer, "Custom", custom_layer_fields, custom_call, .most_inputs = MICA_ANY_INPUTS)
