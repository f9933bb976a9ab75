/* SPDX-License-Identifier: MIT */
/* nn/masking.c - a mask of the steps that have something to say (Keras 1.1). */
#include "nn/layers.h"

static mica_var masking_call(mica_build *b, mica_var x, const void *options)
{
	mica_shape s = mica_var_shape(x), sample = mica__sample_shape(s);
	mica_var value = mica_graph_fill(b->graph, ((const mica_masking_opts *)options)->mask_value, mica_var_dtype(x), MICA_SCALAR_SHAPE);

	if (s.rank != 3)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s is no sequence; give (steps, features)", mica__shape_text(&sample));
	mica_var counts = mica_op_any(mica_op_ne(x, value), MICA_AXIS(2), true);
	mica_var y = mica_op_where(counts, x, mica_graph_fill(b->graph, 0, mica_var_dtype(x), MICA_SCALAR_SHAPE));
	mica_layer_set_mask(b, y, mica_op_reshape(mica_op_cast(counts, MICA_BOOL), MICA_SHAPE(s.dim[0], s.dim[1])));
	return y;
}

static const mica_field masking_fields[] = {MICA_FIELD_REAL(mica_masking_opts, mask_value), MICA_FIELD_TEXT(mica_masking_opts, name)};
MICA__LAYER(masking, "Masking", masking_fields, masking_call)
