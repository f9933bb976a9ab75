/* SPDX-License-Identifier: MIT */
/* mica/sequence.h - layers over sequences: samples of (steps, features), or of numbers that stand for words. */
#ifndef MICA_SEQUENCE_H
#define MICA_SEQUENCE_H
#include "mica/layer.h"

MICA_BEGIN_DECLS

typedef struct mica_embedding_opts {
	size_t size;
	size_t input_dim;                        /* rows of the table: numbers are 0 to input_dim - 1; 1 or more */
	size_t output_dim;                       /* 1 or more */
	bool mask_zero;                          /* the number 0 stands for a step that is not there: the result has a mask */
	mica_initializer embeddings_initializer; /* none: random_uniform, -0.05 to 0.05 */
	mica_regularizer embeddings_regularizer;
	mica_constraint embeddings_constraint;
	const char *name;
} mica_embedding_opts;
/* Rows of a table: (...) becomes (..., output_dim); weight "embeddings" (input_dim, output_dim).  A real is rounded towards zero; a
   number outside the table is read as the nearest inside. */
#define mica_embedding(...) MICA_LAYER_(embedding, __VA_ARGS__)

MICA_API extern const mica_kind mica_kind_embedding;

MICA_END_DECLS
#endif
