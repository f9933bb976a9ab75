/* SPDX-License-Identifier: MIT */
/* nn/score.h - what losses and metrics share: rows of options, fitting labels and weights to outputs, and their values. */
#ifndef MICA_NN_SCORE_H
#define MICA_NN_SCORE_H
#include "nn/nn.h"

typedef mica_var mica__score_fn(mica_var y_true, mica_var y_pred, const void *options);

#define MICA__EPSILON 1e-7 /* Keras' */
static inline uint32_t mica__last_axis(mica_var x)
{
	return MICA_AXIS(mica_var_shape(x).rank - 1);
}
/* A number as a constant of x's graph; 1 - x. */
static inline mica_var mica__real(mica_var x, double value)
{
	return mica_graph_scalar(mica_var_graph(x), value);
}
static inline mica_var mica__not(mica_var x)
{
	return mica_op_csub(1, x);
}

/* Rows of what all losses have (MICA_LOSS_MEMBERS); of those that have nothing else, of losses and of metrics. */
#define MICA__LOSS_FIELDS(options)                                                                                               \
	MICA_FIELD_INT(options, reduction, .otherwise = MICA_SUM_OVER_BATCH_SIZE, MICA_WITHIN(MICA_SUM_OVER_BATCH_SIZE, MICA_NO_REDUCTION)), \
	MICA_FIELD_TEXT(options, name)
#define MICA__NO_CLASS (-2147483647) /* what stands for a class number that was not given */
#define MICA__CLASS_FIELD(options, member) MICA_FIELD_INT(options, member, .otherwise = MICA__NO_CLASS)
#define MICA__AXIS_FIELD(options) MICA_FIELD_INT(options, axis, .otherwise = -1)
extern const mica_field mica__loss_fields[2], mica__cosine_fields[3], mica__metric_fields[1];
/* A kind of rows' length. */
#define MICA__SCORE(type_, id, function, options, rows, ...)                                                              \
	const mica_kind mica_kind_##id = {.name = #id, .type = (type_), .size = sizeof(options), MICA_FIELDS(rows), .score = (function), \
	                                  __VA_ARGS__};
/* A metric with states. */
#define MICA__METRIC(id, options, rows, better_, add, of)                                                                              \
	const mica_kind mica_kind_##id = {.name = #id, .type = MICA_METRIC, .size = sizeof(options), MICA_FIELDS(rows), .better = (better_), \
	                                  .accumulate = (add), .result = (of)};
#define MICA__LOSS(id, function, options, rows, ...) MICA__SCORE(MICA_LOSS, id, function, options, rows, __VA_ARGS__)

/* y_true as reals in y_pred's shape; dimensions of 1 may differ at the end, as (batch) and (batch, 1) do. */
mica_var mica__same_shape(mica_var y_true, mica_var y_pred);
/* The same where y_pred needs a last axis besides the batch, which a value is computed over. */
mica_var mica__same_rows(mica_var y_true, mica_var y_pred);
/* y_true as I32, with y_pred's shape but 1 in the last axis. */
mica_var mica__class_numbers(mica_var y_true, mica_var y_pred);
/* Mean over the last axis, if there is one besides the batch. */
mica_var mica__last_mean(mica_var x);
/* sum t p / (|t| |p|) over the last axis; 0 where one is 0. */
mica_var mica__cosine(mica_var y_true, mica_var y_pred);

/* Weights or a mask, of x's first dimensions or 1s, as reals (a mask: 1 or 0) that broadcast against x; NULL if w is.  ESHAPE. */
mica_var mica__weights_for(mica_var w, mica_var x, const char *what);
mica_var mica__mask_for(mica_var mask, mica_var x);
/* a / b, 0 where b is 0. */
mica_var mica__divided(mica_var a, mica_var b);

/* The values of a loss or metric that is kept, checked, and which of them are there: NULL, all.  y_true, y_pred, logits: as
   those of mica__loss_reduced. */
typedef struct mica__scored { mica_var values, counted; } mica__scored;
mica__scored mica__score(const mica_part *p, mica_var y_true, mica_var y_pred, mica_var logits);
/* What a score function of that kind gives, if it has y_pred's first axes, with 1s behind them or not, and would have them of
   any number of samples; ESHAPE, EINVAL. */
mica_var mica__score_values(const mica_kind *kind, mica__score_fn *score, const void *options, mica_var y_true, mica_var y_pred);
/* The option of that name, an int; otherwise, if the kind has none. */
int mica__score_int(const mica_part *p, const char *name, int otherwise);
/* y_true in y_pred's shape where dimensions of 1 differ only. */
mica_var mica__fitted(mica_var y_true, mica_var y_pred);

#endif
