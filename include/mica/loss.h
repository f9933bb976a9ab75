/* SPDX-License-Identifier: MIT */
/* mica/loss.h - losses: parts (part.h) that say what a training makes small.  Formulas and defaults are those
   of Keras 3 with TensorFlow; docs/keras.md names the differences.
   A loss gives values, one for each sample or for each step of each sample; what the model makes small is a number made of
   them (mica_reduction).  Any loss may be a metric, too. */
#ifndef MICA_LOSS_H
#define MICA_LOSS_H
#include "mica/part.h"

MICA_BEGIN_DECLS

/* How the batch's loss, one number, is made of a loss's values v, of which there are n in a batch.  w: sample weights, 1 where
   there are none, broadcast to v from the first axes on; m: the mask of the output, 1 where its value counts, else 0.

   MICA_SUM_OVER_BATCH_SIZE, MICA_MEAN    sum m w v / n, without a mask (so not divided by the sum of the weights);
                                          with one, sum m w v / (n sum m / size of the mask): a mean over what counts
   MICA_SUM                               sum m w v
   MICA_MEAN_WITH_SAMPLE_WEIGHT           sum m w v / sum m w
   MICA_NO_REDUCTION                      for those who reduce it themselves; refused by compile

   0 / 0 is 0.  The loss of an epoch is the mean of its batches' losses, each weighted by its number of samples, whatever the
   reduction was and whatever the weights were. */
typedef enum mica_reduction {
	MICA_SUM_OVER_BATCH_SIZE = 1, MICA_SUM, MICA_MEAN, MICA_MEAN_WITH_SAMPLE_WEIGHT, MICA_NO_REDUCTION
} mica_reduction;

/* Options.  0 stands for what the comment says. */
#define MICA_LOSS_MEMBERS                                                         \
	int reduction;          /* a mica_reduction; 0: MICA_SUM_OVER_BATCH_SIZE */ \
	const char *name        /* under which it is shown; NULL: its kind's */
typedef struct mica_loss_opts { size_t size; MICA_LOSS_MEMBERS; } mica_loss_opts; /* of those without options of their own */
typedef struct mica_crossentropy_opts {
	size_t size;
	bool from_logits;       /* y_pred has not been through sigmoid or softmax */
	double label_smoothing; /* 0 to 1; 0: none */
	MICA_LOSS_MEMBERS;
} mica_crossentropy_opts;
typedef struct mica_huber_opts { size_t size; double delta; MICA_LOSS_MEMBERS; } mica_huber_opts; /* above 0; 0: 1 */
/* The user's, as `score` of mica_kind in part.h; payload is borrowed and must outlive the model. */
typedef struct mica_custom_loss_opts {
	size_t size;
	mica_var (*score)(mica_var y_true, mica_var y_pred, const void *payload);
	const void *payload;
	MICA_LOSS_MEMBERS;
} mica_custom_loss_opts;

#define MICA_SCORE_(id, type, ...) MICA_PART(mica_loss, &mica_kind_##id, &(type){MICA_OPTS(type), __VA_ARGS__})
#define MICA_PLAIN_SCORE_(id, ...) MICA_SCORE_(id, mica_loss_opts, __VA_ARGS__)

/* Losses, each a metric too.  t: label, p: output, e = p - t; means and sums are over the last axis; 1e-7 is Keras'
   epsilon.
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
#define mica_custom_loss(...) MICA_SCORE_(custom_loss, mica_custom_loss_opts, __VA_ARGS__)
MICA_API extern const mica_kind mica_kind_mean_squared_error, mica_kind_mean_absolute_error,
	mica_kind_mean_absolute_percentage_error, mica_kind_mean_squared_logarithmic_error, mica_kind_huber,
	mica_kind_log_cosh, mica_kind_cosine_similarity, mica_kind_hinge, mica_kind_squared_hinge,
	mica_kind_categorical_hinge, mica_kind_kl_divergence, mica_kind_poisson, mica_kind_binary_crossentropy,
	mica_kind_categorical_crossentropy, mica_kind_sparse_categorical_crossentropy, mica_kind_custom_loss;

MICA_END_DECLS
#endif
