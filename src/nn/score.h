/* SPDX-License-Identifier: MIT */
/* nn/score.h - what losses and metrics share: fitting labels to outputs, and one value per sample. */
#ifndef MICA_NN_SCORE_H
#define MICA_NN_SCORE_H
#include "nn/nn.h"

/* y_true as reals in y_pred's shape; dimensions of 1 may differ at the end, as (batch) and (batch, 1) do. */
mica_var mica__same_shape(mica_var y_true, mica_var y_pred);
/* y_true as I32, with y_pred's shape but 1 in the last axis. */
mica_var mica__class_numbers(mica_var y_true, mica_var y_pred);
/* Mean over all axes but the first. */
mica_var mica__sample_mean(mica_var x);
/* values of a user's function, made (batch): fails if they are not (batch, ...). */
mica_var mica__per_sample(const char *what, const char *name, mica_var values, mica_var y_pred);

/* Mean over the sample of (y_pred - y_true)^2: a loss and a metric. */
mica_var mica__squared_error(mica_var y_true, mica_var y_pred, const void *payload);

#endif
