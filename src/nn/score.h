/* SPDX-License-Identifier: MIT */
/* nn/score.h - what losses and metrics share: rows, options, fitting labels to outputs, and one value per sample. */
#ifndef MICA_NN_SCORE_H
#define MICA_NN_SCORE_H
#include "base/fields.h"
#include "nn/nn.h"

/* What the labels of a loss or metric are. */
typedef enum mica__labels { MICA__VALUES, MICA__DISTRIBUTION, MICA__CLASSES } mica__labels;

/* A loss or a metric: a row of losses.c or metrics.c. */
typedef struct mica__score {
	const char *name, *alias;
	mica_score_fn score;  /* its payload is the mica_loss, resolved */
	const mica__field *fields;
	size_t n_fields;
	mica__labels labels;  /* other than values: one output per class is needed */
	bool logits;          /* has from_logits, and takes the logits behind the output if there are any */
} mica__score;

/* The row of that name or alias among n; NULL if there is none. */
const mica__score *mica__score_find(const mica__score *rows, size_t n, const char *name);
/* The loss of that name; NULL if there is none. */
const mica__score *mica__loss_find(const char *name);
/* Defaults and ranges of s, whose row is row, or NULL if score is the user's: EINVAL. */
mica_status mica__score_resolve(mica_loss *s, const mica__score *row);
/* The values of a user's function: fails if they are not one per sample.  what: "loss" or "metric". */
mica_var mica__user_values(const char *what, const mica_loss *s, mica_var y_true, mica_var y_pred);

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
