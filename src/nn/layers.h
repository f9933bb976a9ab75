/* SPDX-License-Identifier: MIT */
/* nn/layers.h - what the files of layers share. */
#ifndef MICA_NN_LAYERS_H
#define MICA_NN_LAYERS_H
#include "nn/nn.h"

/* The kind of a layer, whose options struct is mica_ID_opts: its function, and what else there is to say of it. */
#define MICA__LAYER(id, title_, rows, ...)                                                                                     \
	const mica_kind mica_kind_##id = {.name = #id, .title = (title_), .type = MICA_LAYER, .size = sizeof(mica_##id##_opts), \
	                                  MICA_FIELDS(rows), .call = __VA_ARGS__};

/* What a layer that computed x ends with: the activation, of whose argument a loss may want to know, and what a regularizer says of the
   result; either may be none. */
mica_var mica__layer_end(mica_build *b, mica_var x, const mica_activation *a, const mica_regularizer *r);

/* The row of an option seed, and what it keeps for a 0, the model's seed. */
#define MICA__MODEL_SEED ((uint64_t)1 << 63)
#define MICA__SEED_FIELD(options) MICA_FIELD_U64(options, seed, .otherwise = (double)MICA__MODEL_SEED)
/* Numbers of the layer's own seed if it has one, as its row keeps it: uniform in [0, 1), or normal. */
mica_var mica__layer_uniform(mica_build *b, mica_shape s, uint64_t seed);
mica_var mica__layer_gaussian(mica_build *b, mica_shape s, uint64_t seed);
/* While training: x / (1 - rate) where such a number for each element of s is rate or more, else 0; s broadcasts to x. */
mica_var mica__layer_dropped(mica_build *b, mica_var x, mica_shape s, double rate, uint64_t seed);

/* Rows of a layer with a kernel and a bias: how they start, what they and the result add to the loss, what is allowed. */
#define MICA__KERNEL_FIELDS(options)                                                                                           \
	MICA_FIELD_PART(options, kernel_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_glorot_uniform),        \
	MICA_FIELD_PART(options, bias_initializer, .part_type = MICA_INITIALIZER, .part = &mica_kind_zeros),                   \
	MICA_FIELD_PART(options, kernel_regularizer, .part_type = MICA_REGULARIZER),                                           \
	MICA_FIELD_PART(options, bias_regularizer, .part_type = MICA_REGULARIZER),                                             \
	MICA_FIELD_PART(options, activity_regularizer, .part_type = MICA_REGULARIZER),                                         \
	MICA_FIELD_PART(options, kernel_constraint, .part_type = MICA_CONSTRAINT),                                             \
	MICA_FIELD_PART(options, bias_constraint, .part_type = MICA_CONSTRAINT)
/* The initializer of a kernel whose axes (bits) are summed over or new, at which variance scaling looks unless it says itself at which;
   own: room for its options, as long as it is used. */
mica_initializer mica__initializer_over(const mica_initializer *init, int summed, int made, mica_variance_scaling_opts *own);
/* The dimensions (MICA_DIMENSIONS) that begin at offset in options; the row about them. */
mica_shape mica__dimensions(const void *options, size_t offset);
#define MICA__DIMENSIONS_FIELD(options) \
	{.name = "dims", .offset = offsetof(options, d0), .type = MICA_FIELD_IS_SIZE, .count = MICA_MAX_RANK}
/* What a layer inside of another one is called: its own name or its kind's, behind a prefix; returns out. */
enum { MICA__INNER_NAME = 64 };
const char *mica__inner_name(const mica_layer *l, const char *prefix, char out[MICA__INNER_NAME]);
/* BOOL of (n, m): step i of n may look at steps 0 to i of m. */
mica_var mica__causal_mask(mica_graph *g, size_t n, size_t m);

#endif
