/* SPDX-License-Identifier: MIT */
/* mica/optimizer.h - optimizers and schedules of their learning rates: parts (part.h).  An optimizer gives each variable's new value
   and state as expressions.  Formulas and defaults are those of Keras 3 with TensorFlow; docs/keras.md names the differences. */
#ifndef MICA_OPTIMIZER_H
#define MICA_OPTIMIZER_H
#include "mica/part.h"

MICA_BEGIN_DECLS

/* What an optimizer's function is given: a variable, the gradient of the loss by it, the learning rate and the number of this
   update, from 1, both real scalars.  Weight decay has been taken off variable already. */
struct mica_update {
	mica_var variable, gradient, rate, step;
	void *own; /* not the caller's business */
};
/* State that the optimizer keeps for this variable: made by the first call of that name, all elements `start` before the first
   step; the shape is the variable's, or one given.  Every slot that is asked for must be assigned.  Failures are in the graph:
   EINVAL for a name, ESHAPE where the shape is not that of before. */
MICA_API mica_var mica_slot(mica_update *u, const char *name, double start);
MICA_API mica_var mica_slot_shaped(mica_update *u, const char *name, mica_shape shape, double start);
/* The slot's value after this step; returns value. */
MICA_API mica_var mica_slot_assign(mica_update *u, const char *name, mica_var value);

/* ---- schedules (Keras 1.8): the learning rate of the step after s of them ---- */

typedef struct mica_exponential_decay_opts {
	size_t size;
	double initial_learning_rate, decay_steps, decay_rate;
	bool staircase;        /* whole multiples of decay_steps only */
} mica_exponential_decay_opts;
/* values[i] up to boundaries[i] steps, that included; then the next.  The first boundary of 0 ends the list. */
enum { MICA_MOST_PIECES = 16 };
typedef struct mica_piecewise_constant_decay_opts {
	size_t size;
	double boundaries[MICA_MOST_PIECES], values[MICA_MOST_PIECES + 1];
} mica_piecewise_constant_decay_opts;
typedef struct mica_polynomial_decay_opts {
	size_t size;
	double initial_learning_rate, decay_steps;
	double end_learning_rate; /* 0: 1e-4 */
	double power;          /* 0: 1 */
	bool cycle;            /* after decay_steps: again, over twice as many, ... */
} mica_polynomial_decay_opts;
typedef struct mica_cosine_decay_opts {
	size_t size;
	double initial_learning_rate, decay_steps;
	double alpha;          /* the last rate, as a share of the first; 0 to 1 */
	double warmup_target;  /* the rate after warmup_steps, from which it decays; 0: no warm-up */
	double warmup_steps;   /* come before decay_steps */
} mica_cosine_decay_opts;
typedef struct mica_cosine_decay_restarts_opts {
	size_t size;
	double initial_learning_rate, first_decay_steps;
	double t_mul;          /* how many times as long each period is; from 1, 0: 2 */
	double m_mul;          /* and as high; 0: 1 */
	double alpha;          /* from 0 to 1 */
} mica_cosine_decay_restarts_opts;
typedef struct mica_one_cycle_opts {
	size_t size;
	double max_learning_rate, total_steps;
	double rise;           /* share of the steps in which it rises; above 0, below 1, 0: 0.3 */
	double first_factor;   /* it begins at max / first_factor; from 1, 0: 25 */
	double last_factor;    /* and ends at that / last_factor; from 1, 0: 1e4 */
} mica_one_cycle_opts;
/* The user's, as `rate` of mica_kind in part.h; payload is borrowed and must outlive the model. */
typedef struct mica_custom_schedule_opts {
	size_t size;
	mica_var (*rate)(mica_var steps, const void *payload);
	const void *payload;
} mica_custom_schedule_opts;
#define mica_exponential_decay(...) MICA_SCHEDULE_(exponential_decay, mica_exponential_decay_opts, __VA_ARGS__) /* initial decay_rate^(s / decay_steps) */
#define mica_inverse_time_decay(...) MICA_SCHEDULE_(inverse_time_decay, mica_exponential_decay_opts, __VA_ARGS__) /* initial / (1 + decay_rate s / decay_steps) */
#define mica_piecewise_constant_decay(...) MICA_SCHEDULE_(piecewise_constant_decay, mica_piecewise_constant_decay_opts, __VA_ARGS__)
#define mica_polynomial_decay(...) MICA_SCHEDULE_(polynomial_decay, mica_polynomial_decay_opts, __VA_ARGS__) /* (initial - end) (1 - s / decay_steps)^power + end */
#define mica_cosine_decay(...) MICA_SCHEDULE_(cosine_decay, mica_cosine_decay_opts, __VA_ARGS__) /* initial ((1 - alpha) (1 + cos(pi s / decay_steps)) / 2 + alpha) */
#define mica_cosine_decay_restarts(...) MICA_SCHEDULE_(cosine_decay_restarts, mica_cosine_decay_restarts_opts, __VA_ARGS__)
#define mica_one_cycle(...) MICA_SCHEDULE_(one_cycle, mica_one_cycle_opts, __VA_ARGS__) /* up and down by half cosines (Smith 2018) */
#define mica_custom_schedule(...) MICA_SCHEDULE_(custom_schedule, mica_custom_schedule_opts, __VA_ARGS__)
#define MICA_SCHEDULE_(id, type, ...) MICA_PART(mica_schedule, &mica_kind_##id, &(type){MICA_OPTS(type), __VA_ARGS__})
MICA_API extern const mica_kind mica_kind_exponential_decay, mica_kind_inverse_time_decay, mica_kind_piecewise_constant_decay,
	mica_kind_polynomial_decay, mica_kind_cosine_decay, mica_kind_cosine_decay_restarts, mica_kind_one_cycle,
	mica_kind_custom_schedule;

/* ---- the optimizers of the library (Keras 1.7) ---- */

/* What all of them have.  Formulas and numbers are Keras', so decay is decoupled: w -= w wd lr before the update; and gradients
   are clipped before both, in one of three ways. */
#define MICA_OPTIMIZER_MEMBERS                                                                            \
	double learning_rate;     /* 0: 1e-3, SGD 1e-2 */                                                 \
	mica_schedule schedule;   /* instead of it */                                                     \
	double weight_decay;      /* from 0; 0: none, AdamW 0.004 */                                      \
	double clipnorm;          /* each gradient is no longer than this; 0: not clipped */              \
	double clipvalue;         /* none of their elements is larger; 0: not clipped */                  \
	double global_clipnorm;   /* all of them together are no longer; 0: not clipped */                \
	const char *exclude_from_weight_decay; /* weights whose paths have one of these in them: "bias,gamma" */ \
	long gradient_accumulation_steps; /* so many steps' mean gradient makes one update; 0: one */     \
	bool use_ema;             /* a moving average of each weight is kept, and taken at the end of fit */ \
	double ema_momentum;      /* 0 to 1; 0: 0.99 */                                                   \
	long ema_overwrite_frequency /* and every so many updates; 0: not before */
/* The average of a weight w after an update is m average + (1 - m) w, and w after the first one; its slot is "average".  Between the
   updates of an accumulation a weight stays, a schedule goes on, and the average does, too.

   Options.  epsilon: 0: 1e-7.  Betas and rho: from 0, below 1. */
typedef struct mica_sgd_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;
	double momentum;          /* 0 to 1; 0: none */
	bool nesterov;
} mica_sgd_opts;
typedef struct mica_rmsprop_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;
	double rho;               /* 0: 0.9 */
	double momentum;          /* 0 to 1; 0: none */
	double epsilon;
	bool centered;
} mica_rmsprop_opts;
typedef struct mica_adam_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;
	double beta_1, beta_2;    /* 0: 0.9 and 0.999 */
	double epsilon;
	bool amsgrad;             /* Adam, AdamW */
} mica_adam_opts;
typedef struct mica_lion_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;
	double beta_1, beta_2;    /* 0: 0.9 and 0.99 */
} mica_lion_opts;
typedef struct mica_adagrad_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;
	double initial_accumulator_value; /* 0: 0.1 */
	double epsilon;
} mica_adagrad_opts;
typedef struct mica_adadelta_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;
	double rho;               /* 0: 0.95 */
	double epsilon;
} mica_adadelta_opts;
typedef struct mica_ftrl_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;
	double learning_rate_power; /* at most 0; 0: -0.5 */
	double initial_accumulator_value; /* 0: 0.1 */
	double l1_regularization_strength, l2_regularization_strength, l2_shrinkage_regularization_strength, beta; /* from 0 */
} mica_ftrl_opts;
typedef struct mica_adafactor_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;
	double beta_2_decay;      /* 0: -0.8 */
	double epsilon_1, epsilon_2; /* 0: 1e-30 and 1e-3 */
	double clip_threshold;    /* above 0; 0: 1 */
} mica_adafactor_opts;
/* Matrices whose layer is no embedding move by their momentum made orthogonal, by Newton-Schulz iterations x = a x + (b A + c A A) x
   with A = x x^T; all other weights as AdamW has it. */
typedef struct mica_muon_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;   /* weight_decay: 0: 0.004 */
	double adam_beta_1, adam_beta_2; /* 0: 0.9 and 0.999 */
	double adam_weight_decay; /* 0: 0.004 */
	double epsilon;           /* Adam's */
	const char *exclude_layers; /* weights whose paths have one of these in them are Adam's: "head,query" */
	bool include_embeddings;  /* weights with "embedding" in their paths are not left to Adam */
	double muon_a, muon_b, muon_c; /* 0: 3.4445, -4.775 and 2.0315 */
	double adam_lr_ratio;     /* of Adam's rate to the others'; 0: 1 */
	double momentum;          /* 0: 0.95 */
	long ns_steps;            /* 0: 5 */
	bool no_nesterov;
	double rms_rate;          /* moves are as long as Adam's, times this; 0: 0.2, MICA_ZERO: they are not made longer */
} mica_muon_opts;
/* The user's, as `update` of mica_kind in part.h; payload is borrowed and must outlive the model.  A kind of one's own has
   options of the names above by rows about them, if it wants them. */
typedef struct mica_custom_optimizer_opts {
	size_t size;
	MICA_OPTIMIZER_MEMBERS;
	mica_var (*update)(mica_update *u, const void *payload);
	const void *payload;
} mica_custom_optimizer_opts;

MICA_API extern const mica_kind mica_kind_rmsprop, mica_kind_sgd, mica_kind_adam, mica_kind_adamw, mica_kind_adagrad,
	mica_kind_adamax, mica_kind_nadam, mica_kind_lion, mica_kind_lamb, mica_kind_adadelta, mica_kind_ftrl, mica_kind_adafactor,
	mica_kind_muon, mica_kind_custom_optimizer;
#define MICA_OPTIMIZER_(id, type, ...) MICA_PART(mica_optimizer, &mica_kind_##id, &(type){MICA_OPTS(type), __VA_ARGS__})
#define mica_sgd(...) MICA_OPTIMIZER_(sgd, mica_sgd_opts, __VA_ARGS__)
#define mica_rmsprop(...) MICA_OPTIMIZER_(rmsprop, mica_rmsprop_opts, __VA_ARGS__)
#define mica_adam(...) MICA_OPTIMIZER_(adam, mica_adam_opts, __VA_ARGS__)
#define mica_adamw(...) MICA_OPTIMIZER_(adamw, mica_adam_opts, __VA_ARGS__)
#define mica_adagrad(...) MICA_OPTIMIZER_(adagrad, mica_adagrad_opts, __VA_ARGS__)
#define mica_adamax(...) MICA_OPTIMIZER_(adamax, mica_adam_opts, __VA_ARGS__)
#define mica_nadam(...) MICA_OPTIMIZER_(nadam, mica_adam_opts, __VA_ARGS__)
#define mica_lion(...) MICA_OPTIMIZER_(lion, mica_lion_opts, __VA_ARGS__)
#define mica_lamb(...) MICA_OPTIMIZER_(lamb, mica_adam_opts, __VA_ARGS__)
#define mica_adadelta(...) MICA_OPTIMIZER_(adadelta, mica_adadelta_opts, __VA_ARGS__)
#define mica_ftrl(...) MICA_OPTIMIZER_(ftrl, mica_ftrl_opts, __VA_ARGS__)
#define mica_adafactor(...) MICA_OPTIMIZER_(adafactor, mica_adafactor_opts, __VA_ARGS__)
#define mica_muon(...) MICA_OPTIMIZER_(muon, mica_muon_opts, __VA_ARGS__)
#define mica_custom_optimizer(...) MICA_OPTIMIZER_(custom_optimizer, mica_custom_optimizer_opts, __VA_ARGS__)

MICA_END_DECLS
#endif
