/* SPDX-License-Identifier: MIT */
/* nn/rearranging.c - layers that move a sample's elements (Keras 1.1). */
#include "nn/layers.h"

/* ---- permute ---- */

/* Axes by Keras' numbers, of which 1 is the sample's first. */
static bool each_once(mica_build *b, mica_shape dims, size_t rank)
{
	unsigned seen = 0;

	for (size_t i = 0; i < dims.rank; i++)
		seen |= dims.dim[i] < MICA_MAX_RANK ? 1u << dims.dim[i] : 0;
	if (dims.rank != rank || seen != (1u << (rank + 1)) - 2)
		return mica__graph_fail(b->graph, MICA_EINVAL, "it takes each of the axes 1 to %zu of a sample once, as mica_permute(2, 1) does of "
		                        "two", rank), false;
	return true;
}

static mica_var permute_call(mica_build *b, mica_var x, const void *options)
{
	mica_shape dims = mica__dimensions(options, offsetof(mica_permute_opts, d0));
	size_t axes[MICA_MAX_RANK] = {0}, rank = mica_var_shape(x).rank;

	if (!each_once(b, dims, rank - 1))
		return x;
	for (size_t i = 1; i < rank; i++)
		axes[i] = dims.dim[i - 1];
	return mica_op_transpose(x, axes);
}

static const mica_field permute_fields[] = {
	MICA__DIMENSIONS_FIELD(mica_permute_opts),
	MICA_FIELD_TEXT(mica_permute_opts, name),
};
MICA__LAYER(permute, "Permute", permute_fields, permute_call)

/* ---- repeat ---- */

static mica_var repeat_call(mica_build *b, mica_var x, const void *options)
{
	size_t n = ((const mica_repeat_vector_opts *)options)->n;
	mica_shape s = mica_var_shape(x), sample = mica__sample_shape(s);

	if (sample.rank != 1)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s; it must be (features)", mica__shape_text(&sample));
	mica_var one = mica_op_reshape(x, MICA_SHAPE(s.dim[0], 1, s.dim[1]));
	return mica_op_broadcast(one, MICA_SHAPE(s.dim[0], n, s.dim[1]));
}

static const mica_field repeat_fields[] = {
	MICA_FIELD_SIZE(mica_repeat_vector_opts, n, MICA_COUNT_FROM(1)),
	MICA_FIELD_TEXT(mica_repeat_vector_opts, name),
};
MICA__LAYER(repeat_vector, "RepeatVector", repeat_fields, repeat_call)
