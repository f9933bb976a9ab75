/* SPDX-License-Identifier: MIT */
/* mica/loss.h - losses: parts (part.h) that say what a training makes small.  Formulas and defaults are those
   of Keras 3 with TensorFlow; docs/keras.md names the differences.
   A loss gives one value per sample; the model's loss is their mean.  Any loss may be a metric, too. */
#ifndef MICA_LOSS_H
#define MICA_LOSS_H
#include "mica/part.h"

MICA_BEGIN_DECLS

/* Options.  Every one has a name, under which a metric is shown; NULL: its kind's.  0 stands for what the comment says. */
typedef struct mica_score_opts { size_t size; const char *name; } mica_score_opts; /* of those without options */
typedef struct mica_crossentropy_opts {
	size_t size;
	bool from_logits;       /* y_pred has not been through sigmoid or softmax */
	double label_smoothing; /* 0 to 1; 0: none */
	const char *name;
} mica_crossentropy_opts;
typedef struct mica_huber_opts { size_t size; double delta; const char *name; } mica_huber_opts;                /* above 0; 0: 1 */
/* The user's, as `score` of mica_kind in part.h; payload is borrowed and must outlive the model. */
typedef struct mica_custom_score_opts {
	size_t size;
	mica_var (*score)(mica_var y_true, mica_var y_pred, const void *payload);
	const void *payload;
	const char *name;
} mica_custom_score_opts;

#define MICA_SCORE_(id, type, ...) MICA_PART(mica_loss, &mica_kind_##id, &(type){MICA_OPTS(type), __VA_ARGS__})
#define MICA_PLAIN_SCORE_(id, ...) MICA_SCORE_(id, mica_score_opts, __VA_ARGS__)

/* Losses, each a metric too.  t: label, p: output, e = p - t; means and sums are over the last axis, and the value of a
   sample is the mean over the axes between; 1e-7 is Keras' epsilon.
   Crossentropies of probabilities take the logits behind a softmax or sigmoid that the model ends with. */
#define mica_mean_squared_error(...) MICA_PLAIN_SCORE_(mean_squared_error, __VA_ARGS__)                         /* mean e^2; "mse" */
#define mica_mean_absolute_error(...) MICA_PLAIN_SCORE_(mean_absolute_error, __VA_ARGS__)                       /* mean |e|; "mae" */
#define mica_mean_absolute_percentage_error(...) MICA_PLAIN_SCORE_(mean_absolute_percentage_error, __VA_ARGS__) /* 100 mean |e| / max(|t|, 1e-7); "mape" */
#define mica_mean_squared_logarithmic_error(...) MICA_PLAIN_SCORE_(mean_squared_logarithmic_error, __VA_ARGS__) /* mean (log(1 + p) - log(1 + t))^2; "msle" */
#define mica_huber(...) MICA_SCORE_(huber, mica_huber_opts, __VA_ARGS__)                         /* mean (|e| <= delta ? e^2 / 2 : delta |e| - delta^2 / 2) */
#define mica_log_cosh(...) MICA_PLAIN_SCORE_(log_cosh, __VA_ARGS__)                   /* mean log(cosh(e)) */
#define mica_cosine_similarity(...) MICA_PLAIN_SCORE_(cosine_similarity, __VA_ARGS__) /* loss: - sum t p / (|t| |p|); metric: with + */
#define mica_hinge(...) MICA_PLAIN_SCORE_(hinge, __VA_ARGS__)                         /* mean max(1 - t p, 0); where all t are 0 or 1: 2 t - 1 */
#define mica_squared_hinge(...) MICA_PLAIN_SCORE_(squared_hinge, __VA_ARGS__)         /* mean max(1 - t p, 0)^2; likewise */
#define mica_categorical_hinge(...) MICA_PLAIN_SCORE_(categorical_hinge, __VA_ARGS__) /* max(max (1 - t) p - sum t p + 1, 0) */
#define mica_kl_divergence(...) MICA_PLAIN_SCORE_(kl_divergence, __VA_ARGS__)         /* sum t log(t / p), t and p from 1e-7 to 1; "kld" */
#define mica_poisson(...) MICA_PLAIN_SCORE_(poisson, __VA_ARGS__)                     /* mean (p - t log(p + 1e-7)) */
#define mica_binary_crossentropy(...) MICA_SCORE_(binary_crossentropy, mica_crossentropy_opts, __VA_ARGS__)           /* - mean (t log p + (1 - t) log(1 - p)); "bce" */
#define mica_categorical_crossentropy(...) MICA_SCORE_(categorical_crossentropy, mica_crossentropy_opts, __VA_ARGS__) /* - sum t log p */
#define mica_sparse_categorical_crossentropy(...) MICA_SCORE_(sparse_categorical_crossentropy, mica_crossentropy_opts, __VA_ARGS__) /* - log p_t, t: class number */
/* mica_custom_loss(.score = mine, .payload = &my_data, .name = "mine") */
#define mica_custom_loss(...) MICA_SCORE_(custom_loss, mica_custom_score_opts, __VA_ARGS__)
MICA_API extern const mica_kind mica_kind_mean_squared_error, mica_kind_mean_absolute_error,
	mica_kind_mean_absolute_percentage_error, mica_kind_mean_squared_logarithmic_error, mica_kind_huber,
	mica_kind_log_cosh, mica_kind_cosine_similarity, mica_kind_hinge, mica_kind_squared_hinge,
	mica_kind_categorical_hinge, mica_kind_kl_divergence, mica_kind_poisson, mica_kind_binary_crossentropy,
	mica_kind_categorical_crossentropy, mica_kind_sparse_categorical_crossentropy, mica_kind_custom_loss;

MICA_END_DECLS
#endif
