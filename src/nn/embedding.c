/* SPDX-License-Identifier: MIT */
/* nn/embedding.c - the rows of a table, by their numbers (Keras 1.1). */
#include "nn/layers.h"

/* x: numbers of any type; embeddings (input_dim, output_dim). */
static mica_var embedding_call(mica_build *b, mica_var x, const void *options)
{
	const mica_embedding_opts *o = options;
	mica_var table = mica_weight(b, "embeddings", MICA_SHAPE(o->input_dim, o->output_dim), .initializer = o->embeddings_initializer,
	                             .regularizer = o->embeddings_regularizer, .constraint = o->embeddings_constraint);
	mica_var index = mica_var_dtype(x) == MICA_I64 ? x : mica_op_cast(x, MICA_I32);
	mica_var y = mica_op_gather(table, index);

	if (o->mask_zero && mica_graph_status(b->graph) == MICA_OK)
		mica_layer_set_mask(b, y, mica_op_cast(index, MICA_BOOL));
	return y;
}

static const mica_field embedding_fields[] = {
	MICA_FIELD_SIZE(mica_embedding_opts, input_dim, MICA_COUNT_FROM(1)),
	MICA_FIELD_SIZE(mica_embedding_opts, output_dim, MICA_COUNT_FROM(1)),
	MICA_FIELD_FLAG(mica_embedding_opts, mask_zero),
	MICA_FIELD_PART(mica_embedding_opts, embeddings_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_random_uniform),
	MICA_FIELD_PART(mica_embedding_opts, embeddings_regularizer, .part_type = MICA_REGULARIZER),
	MICA_FIELD_PART(mica_embedding_opts, embeddings_constraint, .part_type = MICA_CONSTRAINT),
	MICA_FIELD_TEXT(mica_embedding_opts, name),
};
MICA__LAYER(embedding, "Embedding", embedding_fields, embedding_call)
