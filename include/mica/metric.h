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
/* While the result is made, a graph of MICA_F64: the state of that name; the mean so far, 0 of nothing. */
MICA_API mica_var mica_tally_value(mica_tally *t, const char *name);
MICA_API mica_var mica_tally_mean_value(mica_tally *t);

/* ---- the metrics of the library ---- */

typedef struct mica_metric_opts { size_t size; const char *name; } mica_metric_opts; /* of those without options */
typedef struct mica_accuracy_opts { size_t size; double threshold; const char *name; } mica_accuracy_opts; /* of one output; 0: 0.5 */
typedef struct mica_top_k_opts {
	size_t size;
	size_t k;               /* 0: 5 */
	bool from_sorted_ids;   /* of the sparse one: y_pred holds class numbers, the likeliest first, and no scores */
	const char *name;
} mica_top_k_opts;
typedef struct mica_correlation_opts { size_t size; int axis; const char *name; } mica_correlation_opts; /* axis: 0: the last; not the batch */
typedef enum mica_class_aggregation { MICA_UNIFORM_AVERAGE = 1, MICA_VARIANCE_WEIGHTED_AVERAGE, MICA_NO_AGGREGATION } mica_class_aggregation;
typedef struct mica_r2_opts {
	size_t size;
	int class_aggregation;  /* a mica_class_aggregation: of the numbers of an output; 0: MICA_UNIFORM_AVERAGE */
	size_t num_regressors;  /* for the adjusted R2; 0: not adjusted */
	const char *name;
} mica_r2_opts;

/* Thresholds, labels and target classes are lists: 0 ends one, a number that is 0 is MICA_ZERO or, of classes, MICA_NONE. */
enum { MICA_MOST_THRESHOLDS = 16, MICA_MOST_LABELS = 32, MICA_MOST_TARGETS = 16 };
typedef struct mica_confusion_opts {
	size_t size;
	double thresholds[MICA_MOST_THRESHOLDS]; /* from 0 to 1, that increase: a result for each; none: 0.5, with top_k any number */
	size_t top_k;           /* only so many of the greatest of a row are predictions at all; 0: all */
	int class_id;           /* the only class that counts; 0: all, MICA_NONE: class 0 */
	const char *name;
} mica_confusion_opts;
typedef struct mica_at_opts {
	size_t size;
	double at;              /* what the other one has to be at least; 0 to 1, 0: 0.5 */
	size_t num_thresholds;  /* evenly from 0 to 1; 0: 200 */
	int class_id;
	const char *name;
} mica_at_opts;
typedef enum mica_curve { MICA_ROC = 1, MICA_PR, MICA_PR_GAIN } mica_curve;
typedef enum mica_summation { MICA_INTERPOLATION = 1, MICA_MINORING, MICA_MAJORING } mica_summation;
typedef struct mica_auc_opts {
	size_t size;
	size_t num_thresholds;  /* evenly from 0 to 1, from 2; 0: 200 */
	int curve;              /* a mica_curve; 0: MICA_ROC */
	int summation_method;   /* a mica_summation: trapezoids (for MICA_PR Davis and Goadrich's), or below or above the curve; 0: the first */
	double thresholds[MICA_MOST_THRESHOLDS]; /* instead of even ones; one below 0 and one above 1 come in addition */
	bool multi_label;       /* an area for each label of (batch, labels), of which the mean is shown */
	double label_weights[MICA_MOST_LABELS];  /* of that mean; without multi_label, of each prediction; none: 1 */
	bool from_logits;       /* y_pred has not been through sigmoid */
	const char *name;
} mica_auc_opts;

typedef enum mica_average { MICA_NO_AVERAGE = 1, MICA_MICRO, MICA_MACRO, MICA_WEIGHTED } mica_average;
typedef struct mica_f1_opts {
	size_t size;
	int average;            /* a mica_average: none, a number for each class; over all predictions; over classes; these by their labels; 0: none */
	double threshold;       /* above it a class is predicted; 0: the greatest is */
	const char *name;
} mica_f1_opts;
typedef struct mica_fbeta_opts {
	size_t size;
	double beta;            /* 0: 1 */
	int average;
	double threshold;
	const char *name;
} mica_fbeta_opts;
typedef struct mica_iou_opts {
	size_t size;
	size_t num_classes;     /* required */
	int target_class_ids[MICA_MOST_TARGETS]; /* over which the mean is taken; none: all */
	int ignore_class;       /* labels that count nowhere; 0: none, MICA_NONE: class 0 */
	bool one_hot_y_true, one_hot_y_pred; /* they are no class numbers, but largest at the class */
	int axis;               /* of the classes then; 0: the last */
	const char *name;
} mica_iou_opts;
typedef struct mica_one_hot_iou_opts {
	size_t size;
	size_t num_classes;
	int target_class_ids[MICA_MOST_TARGETS];
	int ignore_class;
	bool sparse_y_pred;     /* y_pred holds class numbers */
	int axis;
	const char *name;
} mica_one_hot_iou_opts;
typedef struct mica_binary_iou_opts {
	size_t size;
	int target_class_ids[MICA_MOST_TARGETS];
	double threshold;       /* from it on y_pred is class 1; 0: 0.5 */
	const char *name;
} mica_binary_iou_opts;
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

/* Means of values. */
#define mica_accuracy(...) MICA_SCORE_(accuracy, mica_accuracy_opts, __VA_ARGS__) /* binary, sparse or categorical, by the shapes as Keras chooses; "acc" */
#define mica_exact_accuracy(...) MICA_PLAIN_METRIC_(exact_accuracy, __VA_ARGS__)                          /* p == t; the class keras.metrics.Accuracy */
#define mica_binary_accuracy(...) MICA_SCORE_(binary_accuracy, mica_accuracy_opts, __VA_ARGS__)           /* (p > threshold) == t */
#define mica_categorical_accuracy(...) MICA_PLAIN_METRIC_(categorical_accuracy, __VA_ARGS__)              /* largest p where t is largest */
#define mica_sparse_categorical_accuracy(...) MICA_PLAIN_METRIC_(sparse_categorical_accuracy, __VA_ARGS__) /* largest p at class t */
#define mica_top_k_categorical_accuracy(...) MICA_SCORE_(top_k_categorical_accuracy, mica_top_k_opts, __VA_ARGS__) /* t is largest at one of the k largest p */
#define mica_sparse_top_k_categorical_accuracy(...) MICA_SCORE_(sparse_top_k_categorical_accuracy, mica_top_k_opts, __VA_ARGS__)
#define mica_pearson_correlation(...) MICA_SCORE_(pearson_correlation, mica_correlation_opts, __VA_ARGS__) /* of rows */
#define mica_concordance_correlation(...) MICA_SCORE_(concordance_correlation, mica_correlation_opts, __VA_ARGS__)
#define mica_mean(...) MICA_PLAIN_METRIC_(mean, __VA_ARGS__)                                               /* of the output */
/* Made of sums over all samples. */
#define mica_sum(...) MICA_PLAIN_METRIC_(sum, __VA_ARGS__)                                                 /* of the output */
#define mica_root_mean_squared_error(...) MICA_PLAIN_METRIC_(root_mean_squared_error, __VA_ARGS__)         /* "rmse" */
#define mica_r2_score(...) MICA_SCORE_(r2_score, mica_r2_opts, __VA_ARGS__) /* 1 - sum (t - p)^2 / sum (t - mean t)^2 of each output number */
/* Of labels that are 0 or not, and outputs from 0 to 1: p > threshold is a positive. */
#define mica_true_positives(...) MICA_SCORE_(true_positives, mica_confusion_opts, __VA_ARGS__)
#define mica_true_negatives(...) MICA_SCORE_(true_negatives, mica_confusion_opts, __VA_ARGS__)
#define mica_false_positives(...) MICA_SCORE_(false_positives, mica_confusion_opts, __VA_ARGS__)
#define mica_false_negatives(...) MICA_SCORE_(false_negatives, mica_confusion_opts, __VA_ARGS__)
#define mica_precision(...) MICA_SCORE_(precision, mica_confusion_opts, __VA_ARGS__) /* true positives / positives */
#define mica_recall(...) MICA_SCORE_(recall, mica_confusion_opts, __VA_ARGS__)       /* true positives / true */
#define mica_sensitivity_at_specificity(...) MICA_SCORE_(sensitivity_at_specificity, mica_at_opts, __VA_ARGS__) /* the best recall, by threshold */
#define mica_specificity_at_sensitivity(...) MICA_SCORE_(specificity_at_sensitivity, mica_at_opts, __VA_ARGS__)
#define mica_precision_at_recall(...) MICA_SCORE_(precision_at_recall, mica_at_opts, __VA_ARGS__)
#define mica_recall_at_precision(...) MICA_SCORE_(recall_at_precision, mica_at_opts, __VA_ARGS__)
#define mica_auc(...) MICA_SCORE_(auc, mica_auc_opts, __VA_ARGS__)                   /* area under a curve over the thresholds */
/* Of classes: (1 + beta^2) precision recall / (beta^2 precision + recall); true / (true + wrong + missed), mean of the target classes. */
#define mica_f1_score(...) MICA_SCORE_(f1_score, mica_f1_opts, __VA_ARGS__)
#define mica_fbeta_score(...) MICA_SCORE_(fbeta_score, mica_fbeta_opts, __VA_ARGS__)
#define mica_iou(...) MICA_SCORE_(iou, mica_iou_opts, __VA_ARGS__)
#define mica_mean_iou(...) MICA_SCORE_(mean_iou, mica_iou_opts, __VA_ARGS__)
#define mica_binary_iou(...) MICA_SCORE_(binary_iou, mica_binary_iou_opts, __VA_ARGS__)
#define mica_one_hot_iou(...) MICA_SCORE_(one_hot_iou, mica_one_hot_iou_opts, __VA_ARGS__)
#define mica_one_hot_mean_iou(...) MICA_SCORE_(one_hot_mean_iou, mica_one_hot_iou_opts, __VA_ARGS__)
#define mica_custom_metric(...) MICA_SCORE_(custom_metric, mica_custom_metric_opts, __VA_ARGS__)
MICA_API extern const mica_kind mica_kind_accuracy, mica_kind_exact_accuracy, mica_kind_binary_accuracy, mica_kind_categorical_accuracy,
	mica_kind_sparse_categorical_accuracy, mica_kind_top_k_categorical_accuracy, mica_kind_sparse_top_k_categorical_accuracy,
	mica_kind_cosine_similarity_metric, mica_kind_pearson_correlation, mica_kind_concordance_correlation, mica_kind_mean, mica_kind_sum,
	mica_kind_root_mean_squared_error, mica_kind_r2_score, mica_kind_true_positives, mica_kind_true_negatives,
	mica_kind_false_positives, mica_kind_false_negatives, mica_kind_precision, mica_kind_recall,
	mica_kind_sensitivity_at_specificity, mica_kind_specificity_at_sensitivity, mica_kind_precision_at_recall,
	mica_kind_recall_at_precision, mica_kind_auc, mica_kind_f1_score, mica_kind_fbeta_score, mica_kind_iou, mica_kind_mean_iou,
	mica_kind_binary_iou, mica_kind_one_hot_iou, mica_kind_one_hot_mean_iou, mica_kind_custom_metric;

MICA_END_DECLS
#endif
