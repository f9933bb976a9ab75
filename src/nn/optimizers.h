/* SPDX-License-Identifier: MIT */
/* nn/optimizers.h - what the files of optimizers share: parts of updates, rows of options. */
#ifndef MICA_NN_OPTIMIZERS_H
#define MICA_NN_OPTIMIZERS_H
#include "nn/nn.h"

/* Moments of a weight without gradient shrink by a constant factor at every step, and end among the denormal numbers, where
   CPUs compute many times slower and GPUs not at all: these are 0.  A larger number is never dropped, since an epsilon may
   be so small that an update notices any of them. */
mica_var mica__flush(mica_var x);
/* old + (now - old) (1 - keep): Adam's. */
mica_var mica__towards(mica_var old, mica_var now, double keep);
/* keep old + (1 - keep) now: RMSprop's, whose two factors need not add up to 1 in single precision. */
mica_var mica__blended(mica_var old, mica_var now, double keep);
/* 1 - beta^step as Keras has it: beta is a number of the variable's type, not 0.999 but the float next to it; its power is
   rounded to that type, and then subtracted, which for 0.999 costs the first steps' correction five of its digits.  Devices'
   pow is not exact enough to be rounded like that; e^x - 1 near 0 is. */
mica_var mica__correction(mica_var step, double beta);

/* Adam's update, by its options that are defaults no more. */
mica_var mica__adam(mica_update *u, const mica_adam_opts *o);

/* A number as a constant of x's graph. */
static inline mica_var mica__number(mica_var x, double value)
{
	return mica_graph_scalar(mica_var_graph(x), value);
}

/* Rows of what all optimizers have (MICA_OPTIMIZER_MEMBERS), and of what several have. */
#define MICA__OPTIMIZER_FIELDS(options, rate, decay)                                       \
	MICA_FIELD_REAL(options, learning_rate, .otherwise = (rate), MICA_FROM(0)),        \
	MICA_FIELD_PART(options, schedule, .part_type = MICA_SCHEDULE),                    \
	MICA_FIELD_REAL(options, weight_decay, .otherwise = (decay), MICA_FROM(0)),        \
	MICA_FIELD_REAL(options, clipnorm, MICA_FROM(0)),                                  \
	MICA_FIELD_REAL(options, clipvalue, MICA_FROM(0)),                                 \
	MICA_FIELD_REAL(options, global_clipnorm, MICA_FROM(0)),                           \
	MICA_FIELD_TEXT(options, exclude_from_weight_decay),                               \
	MICA_FIELD_LONG(options, gradient_accumulation_steps, MICA_COUNT_FROM(0)),         \
	MICA_FIELD_FLAG(options, use_ema),                                                 \
	MICA_FIELD_REAL(options, ema_momentum, .otherwise = 0.99, MICA_WITHIN(0, 1)),      \
	MICA_FIELD_LONG(options, ema_overwrite_frequency, MICA_COUNT_FROM(0))
#define MICA__EPSILON_FIELD(options) MICA_FIELD_REAL(options, epsilon, .otherwise = 1e-7, MICA_FROM(0))
#define MICA__BETA_FIELD(options, beta, otherwise_) MICA_FIELD_REAL(options, beta, .otherwise = (otherwise_), MICA_BELOW(0, 1))
#define MICA__OPTIMIZER(id, options, rows, function) \
	const mica_kind mica_kind_##id = {           \
		.name = #id, .type = MICA_OPTIMIZER, .size = sizeof(options), MICA_FIELDS(rows), .update = (function)};

#endif
