/* SPDX-License-Identifier: MIT */
/* nn/score.h - what losses and metrics share: rows of options, fitting labels to outputs, and one value per sample. */
#ifndef MICA_NN_SCORE_H
#define MICA_NN_SCORE_H
#include "nn/nn.h"

typedef mica_var mica__score_fn(mica_var y_true, mica_var y_pred, const void *options);

/* Rows of options that several kinds have, and a kind of rows' length. */
extern const mica_field mica__score_fields[1], mica__custom_score_fields[1];
#define MICA__SCORE(type_, id, function, options, rows, ...)                                                              \
	const mica_kind mica_kind_##id = {.name = #id, .type = (type_), .size = sizeof(options), MICA_FIELDS(rows), .score = (function), \
	                                  __VA_ARGS__};

/* y_true as reals in y_pred's shape; dimensions of 1 may differ at the end, as (batch) and (batch, 1) do. */
mica_var mica__same_shape(mica_var y_true, mica_var y_pred);
/* The same where y_pred needs a last axis besides the batch, which the value of a sample is computed over. */
mica_var mica__same_rows(mica_var y_true, mica_var y_pred);
/* y_true as I32, with y_pred's shape but 1 in the last axis. */
mica_var mica__class_numbers(mica_var y_true, mica_var y_pred);
/* Mean over all axes but the first. */
mica_var mica__sample_mean(mica_var x);
/* sum t p / (|t| |p|) over the last axis; 0 where one is 0. */
mica_var mica__cosine(mica_var y_true, mica_var y_pred);

#endif
