/* SPDX-License-Identifier: MIT */
/* mica/metric.h - metrics: parts (part.h) that are shown while a training goes on.  Formulas and defaults are those of
   Keras 3 with TensorFlow; docs/keras.md names the differences.
   A metric adds each batch to states, and shows what it makes of them: most the mean of a value of each sample.  Any loss
   (loss.h) may be a metric. */
#ifndef MICA_METRIC_H
#define MICA_METRIC_H
#include "mica/loss.h"

MICA_BEGIN_DECLS

/* ---- states ---- */

/* What a metric's functions (`accumulate` and `result` of mica_kind in part.h) are given: its states, by name.  States are values
   on the device: a step's graph adds each batch to them, and nothing is computed on the host but the result, in double, when
   it is shown.  Most metrics are sums, and need mica_tally_add only.  Failures are in the graph: EINVAL for a name, ESHAPE.

   While a batch is added: the state of that name, made by the first call of it, all elements `start` before the first batch of an
   epoch; what it becomes, which every state that is asked for must be given; both at once for a sum from 0 of x's shape. */
MICA_API mica_var mica_tally_state(mica_tally *t, const char *name, mica_shape shape, double start);
MICA_API mica_var mica_tally_assign(mica_tally *t, const char *name, mica_var value);
MICA_API mica_var mica_tally_add(mica_tally *t, const char *name, mica_var x);
/* The batch's sample weights, a mask included, as reals that broadcast against x: of its first dimensions, and 1s.  NULL: none.
   ESHAPE where they do not fit x. */
MICA_API mica_var mica_tally_weight(mica_tally *t, mica_var x);
/* Adds values, (batch, ...), weighted, to the states "total" and "count" of a mean: each sample counts once, or as much as it
   weighs on average. */
MICA_API void mica_tally_mean(mica_tally *t, mica_var values);
/* While the result is made: the state of that name; the mean so far, 0 of nothing. */
MICA_API mica_var mica_tally_value(mica_tally *t, const char *name);
MICA_API mica_var mica_tally_mean_value(mica_tally *t);

/* ---- the metrics of the library ---- */

typedef struct mica_metric_opts { size_t size; const char *name; } mica_metric_opts; /* of those without options */
typedef struct mica_accuracy_opts { size_t size; double threshold; const char *name; } mica_accuracy_opts; /* of one output; 0: 0.5 */
/* The user's: score's values, whose mean is shown, or both other functions, as those of mica_kind in part.h; payload is borrowed
   and must outlive the model. */
typedef struct mica_custom_metric_opts {
	size_t size;
	mica_var (*score)(mica_var y_true, mica_var y_pred, const void *payload);
	void (*accumulate)(mica_tally *t, mica_var y_true, mica_var y_pred, const void *payload);
	mica_var (*result)(mica_tally *t, const void *payload);
	const void *payload;
	const char *name;
} mica_custom_metric_opts;

#define MICA_PLAIN_METRIC_(id, ...) MICA_SCORE_(id, mica_metric_opts, __VA_ARGS__)

#define mica_accuracy(...) MICA_SCORE_(accuracy, mica_accuracy_opts, __VA_ARGS__) /* binary, sparse or categorical, by the shapes as Keras chooses; "acc" */
#define mica_binary_accuracy(...) MICA_SCORE_(binary_accuracy, mica_accuracy_opts, __VA_ARGS__)           /* mean ((p > threshold) == t) */
#define mica_categorical_accuracy(...) MICA_PLAIN_METRIC_(categorical_accuracy, __VA_ARGS__) /* largest p where t is largest */
#define mica_sparse_categorical_accuracy(...) MICA_PLAIN_METRIC_(sparse_categorical_accuracy, __VA_ARGS__) /* largest p at class t */
#define mica_custom_metric(...) MICA_SCORE_(custom_metric, mica_custom_metric_opts, __VA_ARGS__)
MICA_API extern const mica_kind mica_kind_accuracy, mica_kind_binary_accuracy, mica_kind_categorical_accuracy,
	mica_kind_sparse_categorical_accuracy, mica_kind_cosine_similarity_metric, mica_kind_custom_metric;

MICA_END_DECLS
#endif
