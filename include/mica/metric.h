/* SPDX-License-Identifier: MIT */
/* mica/metric.h - metrics: parts (part.h) that are shown while a training goes on.  Formulas and defaults are those of
   Keras 3 with TensorFlow; docs/keras.md names the differences.
   A metric gives one value per sample, and shows their mean over the epoch.  Any loss (loss.h) may be a metric. */
#ifndef MICA_METRIC_H
#define MICA_METRIC_H
#include "mica/loss.h"

MICA_BEGIN_DECLS

typedef struct mica_accuracy_opts { size_t size; double threshold; const char *name; } mica_accuracy_opts; /* of one output; 0: 0.5 */
#define mica_accuracy(...) MICA_SCORE_(accuracy, mica_accuracy_opts, __VA_ARGS__) /* binary, sparse or categorical, by the shapes as Keras chooses; "acc" */
#define mica_binary_accuracy(...) MICA_SCORE_(binary_accuracy, mica_accuracy_opts, __VA_ARGS__)           /* mean ((p > threshold) == t) */
#define mica_categorical_accuracy(...) MICA_PLAIN_SCORE_(categorical_accuracy, __VA_ARGS__) /* largest p where t is largest */
#define mica_sparse_categorical_accuracy(...) MICA_PLAIN_SCORE_(sparse_categorical_accuracy, __VA_ARGS__) /* largest p at class t */
#define mica_custom_metric(...) MICA_SCORE_(custom_metric, mica_custom_score_opts, __VA_ARGS__)
MICA_API extern const mica_kind mica_kind_accuracy, mica_kind_binary_accuracy, mica_kind_categorical_accuracy,
	mica_kind_sparse_categorical_accuracy, mica_kind_cosine_similarity_metric, mica_kind_custom_metric;

MICA_END_DECLS
#endif
