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
typedef struct mica_huber_opts { size_t size; double delta; MICA_LOSS_MEMBERS; } mica_huber_opts; /* above 0; 0: 1 */
typedef struct mica_cosine_opts { size_t size; int axis; MICA_LOSS_MEMBERS; } mica_cosine_opts;    /* axis: 0: the last; not the batch */
typedef struct mica_crossentropy_opts {
	size_t size;
	bool from_logits;       /* y_pred has not been through sigmoid or softmax */
	double label_smoothing; /* 0 to 1; 0: none */
	int axis;               /* of the classes; 0: the last; not the batch */
	MICA_LOSS_MEMBERS;
} mica_crossentropy_opts;
typedef struct mica_sparse_crossentropy_opts {
	size_t size;
	bool from_logits;
	double label_smoothing;
	int ignore_class;       /* rows with this label have no loss; 0: none has, MICA_NONE: class 0 */
	int axis;
	MICA_LOSS_MEMBERS;
} mica_sparse_crossentropy_opts;
typedef struct mica_focal_crossentropy_opts {
	size_t size;
	bool from_logits;
	double label_smoothing;
	double alpha, gamma;    /* from 0; 0: 0.25 and 2 */
	bool apply_class_balancing; /* of the binary one: by alpha, and 1 - alpha where t is 0 */
	int axis;
	MICA_LOSS_MEMBERS;
} mica_focal_crossentropy_opts;
typedef struct mica_generalized_crossentropy_opts { size_t size; double q; MICA_LOSS_MEMBERS; } mica_generalized_crossentropy_opts; /* 0 to 1; 0: 0.5 */
typedef struct mica_dice_opts { size_t size; int axes; MICA_LOSS_MEMBERS; } mica_dice_opts; /* to sum over: MICA_AXIS(1) | ...; 0: all */
typedef struct mica_tversky_opts { size_t size; double alpha, beta; int axes; MICA_LOSS_MEMBERS; } mica_tversky_opts; /* from 0; 0: 0.5 */
typedef struct mica_circle_opts {
	size_t size;
	double gamma, margin;   /* 0: 80 and 0.4 */
	bool keep_diagonal;     /* a sample is a pair with itself */
	MICA_LOSS_MEMBERS;
} mica_circle_opts;
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
#define mica_cosine_similarity(...) MICA_SCORE_(cosine_similarity, mica_cosine_opts, __VA_ARGS__) /* loss: - sum t p / (|t| |p|); metric: with + */
#define mica_hinge(...) MICA_PLAIN_SCORE_(hinge, __VA_ARGS__)                         /* mean max(1 - t p, 0); where all t are 0 or 1: 2 t - 1 */
#define mica_squared_hinge(...) MICA_PLAIN_SCORE_(squared_hinge, __VA_ARGS__)         /* mean max(1 - t p, 0)^2; likewise */
#define mica_categorical_hinge(...) MICA_PLAIN_SCORE_(categorical_hinge, __VA_ARGS__) /* max(max (1 - t) p - sum t p + 1, 0) */
#define mica_kl_divergence(...) MICA_PLAIN_SCORE_(kl_divergence, __VA_ARGS__)         /* sum t log(t / p), t and p from 1e-7 to 1; "kld" */
#define mica_poisson(...) MICA_PLAIN_SCORE_(poisson, __VA_ARGS__)                     /* mean (p - t log(p + 1e-7)) */
#define mica_binary_crossentropy(...) MICA_SCORE_(binary_crossentropy, mica_crossentropy_opts, __VA_ARGS__)           /* - mean (t log p + (1 - t) log(1 - p)); "bce" */
#define mica_categorical_crossentropy(...) MICA_SCORE_(categorical_crossentropy, mica_crossentropy_opts, __VA_ARGS__) /* - sum t log p */
#define mica_sparse_categorical_crossentropy(...) MICA_SCORE_(sparse_categorical_crossentropy, mica_sparse_crossentropy_opts, __VA_ARGS__) /* - log p_t, t: class number */
/* (1 - r)^gamma times the binary one, r = t p + (1 - t) (1 - p); - sum alpha (1 - p)^gamma t log p; (1 - p_t^q) / q, t: class number */
#define mica_binary_focal_crossentropy(...) MICA_SCORE_(binary_focal_crossentropy, mica_focal_crossentropy_opts, __VA_ARGS__)
#define mica_categorical_focal_crossentropy(...) MICA_SCORE_(categorical_focal_crossentropy, mica_focal_crossentropy_opts, __VA_ARGS__)
#define mica_categorical_generalized_cross_entropy(...) \
	MICA_SCORE_(categorical_generalized_cross_entropy, mica_generalized_crossentropy_opts, __VA_ARGS__)
/* Of regions t and p, one number for the batch, or what is left of it if axes are given: 1 - 2 I / (sum t + sum p + 1e-7),
   1 - I / (I + alpha sum t (1 - p) + beta sum (1 - t) p + 1e-7), where I = sum t p. */
#define mica_dice(...) MICA_SCORE_(dice, mica_dice_opts, __VA_ARGS__)
#define mica_tversky(...) MICA_SCORE_(tversky, mica_tversky_opts, __VA_ARGS__)
/* y_pred: embeddings of length 1, y_true: class numbers; d = max(1 - p p', 0) between samples of the batch: softplus(log sum over the same
   class of e^(gamma (m + d) (d - m)) + log sum over others of e^(gamma max(1 + m - d, 0) (1 - m - d))), m the margin. */
#define mica_circle(...) MICA_SCORE_(circle, mica_circle_opts, __VA_ARGS__)
/* - log of the probability that the steps of y_pred, logits (batch, steps, classes), read as the labels (batch, most) once repeats are
   joined and blanks, class 0, dropped; labels end with zeros. */
#define mica_ctc(...) MICA_PLAIN_SCORE_(ctc, __VA_ARGS__)
/* mica_custom_loss(.score = mine, .payload = &my_data, .name = "mine") */
#define mica_custom_loss(...) MICA_SCORE_(custom_loss, mica_custom_loss_opts, __VA_ARGS__)
MICA_API extern const mica_kind mica_kind_mean_squared_error, mica_kind_mean_absolute_error,
	mica_kind_mean_absolute_percentage_error, mica_kind_mean_squared_logarithmic_error, mica_kind_huber,
	mica_kind_log_cosh, mica_kind_cosine_similarity, mica_kind_hinge, mica_kind_squared_hinge,
	mica_kind_categorical_hinge, mica_kind_kl_divergence, mica_kind_poisson, mica_kind_binary_crossentropy,
	mica_kind_categorical_crossentropy, mica_kind_sparse_categorical_crossentropy, mica_kind_binary_focal_crossentropy,
	mica_kind_categorical_focal_crossentropy, mica_kind_categorical_generalized_cross_entropy, mica_kind_dice, mica_kind_tversky,
	mica_kind_circle, mica_kind_ctc, mica_kind_custom_loss;

MICA_END_DECLS
#endif
