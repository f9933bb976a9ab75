/* SPDX-License-Identifier: MIT */
/* mica/train.h - losses, metrics and optimizers, as values.  Formulas and defaults are those of Keras 3.
   A loss gives one value per sample; the model's loss is their mean.  A metric gives one value per sample too, and shows
   their mean over the epoch.  An optimizer gives each variable's new value and state as expressions. */
#ifndef MICA_TRAIN_H
#define MICA_TRAIN_H
#include "mica/graph.h"

MICA_BEGIN_DECLS

/* y_true in the labels' own type, y_pred the model's output (batch, ...); returns (batch). */
typedef mica_var (*mica_score_fn)(mica_var y_true, mica_var y_pred, const void *payload);

typedef struct mica_crossentropy_opts { size_t size; bool from_logits; double label_smoothing; } mica_crossentropy_opts;

typedef struct mica_loss {
	const char *name;           /* Keras' name; static */
	mica_score_fn score;
	mica_crossentropy_opts opts;
	const void *payload;        /* of a custom loss */
	bool sparse;                /* y_true is a class number per sample: labels are checked before training */
} mica_loss;

MICA_API mica_loss mica_loss_sparse_categorical_crossentropy(const mica_crossentropy_opts *o);
MICA_API mica_loss mica_loss_categorical_crossentropy(const mica_crossentropy_opts *o);
MICA_API mica_loss mica_loss_binary_crossentropy(const mica_crossentropy_opts *o);
MICA_API mica_loss mica_loss_mean_squared_error(void);
MICA_API mica_loss mica_loss_custom(const char *name, mica_score_fn score, const void *payload);
#define mica_sparse_categorical_crossentropy(...) mica_loss_sparse_categorical_crossentropy(&(mica_crossentropy_opts){MICA_OPTS(mica_crossentropy_opts), __VA_ARGS__})
#define mica_categorical_crossentropy(...) mica_loss_categorical_crossentropy(&(mica_crossentropy_opts){MICA_OPTS(mica_crossentropy_opts), __VA_ARGS__})
#define mica_binary_crossentropy(...) mica_loss_binary_crossentropy(&(mica_crossentropy_opts){MICA_OPTS(mica_crossentropy_opts), __VA_ARGS__})
#define mica_mean_squared_error() mica_loss_mean_squared_error()

typedef struct mica_metric {
	const char *name;    /* shown name; NULL in a list: end */
	mica_score_fn score; /* NULL: accuracy, chosen by the shapes as Keras does */
	const void *payload;
	double threshold;    /* binary accuracy: 0 means 0.5 */
} mica_metric;

MICA_API mica_metric mica_metric_accuracy(void); /* binary, sparse or categorical, by the shapes (Keras 1.6) */
MICA_API mica_metric mica_metric_binary_accuracy(void);
MICA_API mica_metric mica_metric_categorical_accuracy(void);
MICA_API mica_metric mica_metric_sparse_categorical_accuracy(void);
MICA_API mica_metric mica_metric_mean_squared_error(void);
MICA_API mica_metric mica_metric_custom(const char *name, mica_score_fn score, const void *payload);
#define mica_accuracy() mica_metric_accuracy()

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
