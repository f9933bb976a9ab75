/* SPDX-License-Identifier: MIT */
/* mica/train.h - losses, metrics and optimizers, as values: a name and options.  Formulas and defaults are those of Keras 3
   with TensorFlow; docs/keras.md names the differences.
   A loss gives one value per sample; the model's loss is their mean.  A metric gives one value per sample too, and shows
   their mean over the epoch; any loss may be a metric.  An optimizer gives each variable's new value and state as
   expressions. */
#ifndef MICA_TRAIN_H
#define MICA_TRAIN_H
#include "mica/graph.h"

MICA_BEGIN_DECLS

/* ---- losses and metrics ---- */

/* A user's loss or metric.  y_pred is the model's output (batch, ...), y_true the labels in their own type, and in y_pred's
   shape wherever theirs differs by dimensions of 1 only.  Returns one real per sample: (batch) or (batch, 1, ...); another
   shape is refused when the step is built (ESHAPE), since it is a mean that was forgotten or an unwanted broadcast. */
typedef mica_var (*mica_score_fn)(mica_var y_true, mica_var y_pred, const void *payload);

/* A loss, or a metric.  Options that it does not have must be left out; compile refuses them, numbers out of range, and
   names that there are not (EINVAL). */
typedef struct mica_loss {
	const char *name;       /* Keras' name or short name ("mse"), or how the user's own is shown; borrowed, outlives the model */
	bool from_logits;       /* crossentropies: y_pred has not been through sigmoid or softmax */
	double label_smoothing; /* crossentropies, 0 to 1; 0: none */
	double delta;           /* huber, above 0; 0: 1 */
	double threshold;       /* accuracy of one output, binary_accuracy; 0: 0.5 */
	mica_score_fn score;    /* the user's, and its payload; borrowed, must outlive the model */
	const void *payload;
} mica_loss;
typedef mica_loss mica_metric;

#define MICA_SCORE_(...) ((mica_loss){.name = __VA_ARGS__})

/* Losses, each a metric too.  t: label, p: output, e = p - t; means and sums are over the last axis, and the value of a
   sample is the mean over the axes between; 1e-7 is Keras' epsilon.
   Crossentropies of probabilities take the logits behind a softmax or sigmoid that the model ends with. */
#define mica_mean_squared_error(...) MICA_SCORE_("mean_squared_error", __VA_ARGS__)                         /* mean e^2; "mse" */
#define mica_mean_absolute_error(...) MICA_SCORE_("mean_absolute_error", __VA_ARGS__)                       /* mean |e|; "mae" */
#define mica_mean_absolute_percentage_error(...) MICA_SCORE_("mean_absolute_percentage_error", __VA_ARGS__) /* 100 mean |e| / max(|t|, 1e-7); "mape" */
#define mica_mean_squared_logarithmic_error(...) MICA_SCORE_("mean_squared_logarithmic_error", __VA_ARGS__) /* mean (log(1 + p) - log(1 + t))^2; "msle" */
#define mica_huber(...) MICA_SCORE_("huber", __VA_ARGS__)                         /* mean (|e| <= delta ? e^2 / 2 : delta |e| - delta^2 / 2) */
#define mica_log_cosh(...) MICA_SCORE_("log_cosh", __VA_ARGS__)                   /* mean log(cosh(e)) */
#define mica_cosine_similarity(...) MICA_SCORE_("cosine_similarity", __VA_ARGS__) /* loss: - sum t p / (|t| |p|); metric: with + */
#define mica_hinge(...) MICA_SCORE_("hinge", __VA_ARGS__)                         /* mean max(1 - t p, 0); where all t are 0 or 1: 2 t - 1 */
#define mica_squared_hinge(...) MICA_SCORE_("squared_hinge", __VA_ARGS__)         /* mean max(1 - t p, 0)^2; likewise */
#define mica_categorical_hinge(...) MICA_SCORE_("categorical_hinge", __VA_ARGS__) /* max(max (1 - t) p - sum t p + 1, 0) */
#define mica_kl_divergence(...) MICA_SCORE_("kl_divergence", __VA_ARGS__)         /* sum t log(t / p), t and p from 1e-7 to 1; "kld" */
#define mica_poisson(...) MICA_SCORE_("poisson", __VA_ARGS__)                     /* mean (p - t log(p + 1e-7)) */
#define mica_binary_crossentropy(...) MICA_SCORE_("binary_crossentropy", __VA_ARGS__)           /* - mean (t log p + (1 - t) log(1 - p)); "bce" */
#define mica_categorical_crossentropy(...) MICA_SCORE_("categorical_crossentropy", __VA_ARGS__) /* - sum t log p */
#define mica_sparse_categorical_crossentropy(...) MICA_SCORE_("sparse_categorical_crossentropy", __VA_ARGS__) /* - log p_t, t: class number */
/* mica_loss_custom("mine", mine, payload) */
#define mica_loss_custom(name_, score_, payload_) MICA_SCORE_(name_, .score = (score_), .payload = (payload_))

/* Metrics only. */
#define mica_accuracy(...) MICA_SCORE_("accuracy", __VA_ARGS__) /* binary, sparse or categorical, by the shapes as Keras chooses; "acc" */
#define mica_binary_accuracy(...) MICA_SCORE_("binary_accuracy", __VA_ARGS__)           /* mean ((p > threshold) == t) */
#define mica_categorical_accuracy(...) MICA_SCORE_("categorical_accuracy", __VA_ARGS__) /* largest p where t is largest */
#define mica_sparse_categorical_accuracy(...) MICA_SCORE_("sparse_categorical_accuracy", __VA_ARGS__) /* largest p at class t */
#define mica_metric_custom(name_, score_, payload_) mica_loss_custom(name_, score_, payload_)

/* ---- optimizers ---- */

/* One variable's update: slots hold the old state, in the order of the optimizer's slots; the new state goes to new_slots.
   step counts from 1 (real scalar); rate is the learning rate.  Returns the variable's new value. */
typedef mica_var (*mica_update_fn)(mica_var variable, mica_var gradient, const mica_var *slots, mica_var *new_slots,
                                   mica_var rate, mica_var step, const void *payload);

/* A tensor of state that an optimizer keeps for each variable. */
typedef struct mica_slot {
	const char *name;                         /* "velocity"; NULL: its number */
	double start;                             /* what all its elements are before the first step */
	mica_shape (*shape)(mica_shape variable); /* NULL: the variable's own */
} mica_slot;

/* An optimizer: its name and its options.  Formulas and numbers are Keras', so decay is decoupled: w -= w wd lr before the
   update.  Options that an optimizer does not have must be left out; compile refuses them, and numbers out of range. */
typedef struct mica_optimizer {
	const char *name;          /* NULL: "rmsprop", as in Keras; static */
	double learning_rate;      /* 0: 1e-3, SGD 1e-2 */
	double momentum;           /* SGD, RMSprop, 0 to 1; 0: none */
	bool nesterov;             /* SGD */
	double rho;                /* RMSprop, from 0, below 1; 0: 0.9 */
	bool centered;             /* RMSprop */
	double beta_1, beta_2;     /* Adam, from 0, below 1; 0: 0.9 and 0.999 */
	double epsilon;            /* 0: 1e-7 */
	bool amsgrad;              /* Adam */
	double initial_accumulator_value; /* Adagrad; 0: 0.1 */
	double weight_decay;       /* 0: none, AdamW 0.004 */
	mica_update_fn update;     /* the user's, with its state and payload; all three borrowed, they outlive the model */
	const mica_slot *slots;    /* slot_count of them; NULL: each is zeros of the variable's shape */
	size_t slot_count;
	const void *payload;
} mica_optimizer;
#define mica_sgd(...) ((mica_optimizer){.name = "sgd", __VA_ARGS__})
#define mica_rmsprop(...) ((mica_optimizer){.name = "rmsprop", __VA_ARGS__})
#define mica_adam(...) ((mica_optimizer){.name = "adam", __VA_ARGS__})
#define mica_adamw(...) ((mica_optimizer){.name = "adamw", __VA_ARGS__})
#define mica_adagrad(...) ((mica_optimizer){.name = "adagrad", __VA_ARGS__})
/* mica_custom_optimizer(.update = lion, .slot_count = 1); it also has learning_rate and weight_decay. */
#define mica_custom_optimizer(...) ((mica_optimizer){.name = "custom", __VA_ARGS__})
/* The optimizer of that name ("sgd", "rmsprop", "adam", "adamw", "adagrad"); false if there is none. */
MICA_API bool mica_optimizer_parse(const char *name, mica_optimizer *out);

MICA_END_DECLS
#endif
