/* SPDX-License-Identifier: MIT */
/* nn/optimizers.c - optimizers: one variable's new value and state as nodes (Keras 1.7).
   An optimizer is a function and a kind.  What is the same for all variables (rate, bias
   correction) is made of scalars, so it is computed once per step.  Formulas are written as Keras computes them, in its
   order, since a training follows its last digits. */
#include "nn/nn.h"

#include <float.h>
#include <math.h>

/* ---- parts of updates ---- */

/* Moments of a weight without gradient shrink by a constant factor at every step, and end among the denormal numbers, where
   CPUs compute many times slower and GPUs not at all: these are 0.  A larger number is never dropped, since an epsilon may
   be so small that an update notices any of them. */
static mica_var flush(mica_var x)
{
	mica_graph *g = mica_var_graph(x);
	double least = mica__dtype_smallest(mica_var_dtype(x));

	return mica_op_where(mica_op_lt(mica_op_abs(x), mica_graph_scalar(g, least)), mica_graph_scalar(g, 0), x);
}

/* old + (now - old) (1 - keep): Adam's. */
static mica_var moved(mica_var old, mica_var now, double keep)
{
	return flush(mica_op_add(old, mica_op_mulc(mica_op_sub(now, old), 1 - keep)));
}

/* keep old + (1 - keep) now: RMSprop's, whose two factors need not add up to 1 in single precision. */
static mica_var mixed(mica_var old, mica_var now, double keep)
{
	return flush(mica_op_add(mica_op_mulc(old, keep), mica_op_mulc(now, 1 - keep)));
}

/* 1 - beta^step as Keras has it: beta is a number of the variable's type, not 0.999 but the float next to it; its power is
   rounded to that type, and then subtracted, which for 0.999 costs the first steps' correction five of its digits.  Devices'
   pow is not exact enough to be rounded like that; e^x - 1 near 0 is. */
static mica_var correction(mica_var step, double beta)
{
	double held = mica__dtype_round(mica_var_dtype(step), beta);

	if (held == 0)
		return mica_graph_scalar(mica_var_graph(step), 1);
	mica_var power = mica_op_addc(mica_op_expm1(mica_op_mulc(step, log(held))), 1);
	return mica_op_addc(mica_op_neg(power), 1);
}

/* ---- optimizers ---- */

static mica_var sgd(mica_update *u, const void *options)
{
	const mica_sgd_opts *o = options;
	mica_var move = mica_op_mul(u->gradient, u->rate);

	if (o->momentum == 0)
		return mica_op_sub(u->variable, move);
	mica_var m = flush(mica_op_sub(mica_op_mulc(mica_slot(u, "momentum", 0), o->momentum), move));
	mica_slot_assign(u, "momentum", m);
	if (o->nesterov)
		return mica_op_add(u->variable, mica_op_sub(mica_op_mulc(m, o->momentum), move));
	return mica_op_add(u->variable, m);
}

static mica_var rmsprop(mica_update *u, const void *options)
{
	const mica_rmsprop_opts *o = options;
	mica_var g = u->gradient, d = mixed(mica_slot(u, "velocity", 0), mica_op_square(g), o->rho);

	mica_slot_assign(u, "velocity", d);
	if (o->centered) {
		mica_var mean = mica_slot_assign(u, "average_gradient", mixed(mica_slot(u, "average_gradient", 0), g, o->rho));
		d = mica_op_sub(d, mica_op_square(mean));
	}
	mica_var move = mica_op_div(mica_op_mul(u->rate, g), mica_op_sqrt(mica_op_addc(d, o->epsilon)));
	if (o->momentum == 0)
		return mica_op_sub(u->variable, move);
	mica_var m = mica_op_add(mica_op_mulc(mica_slot(u, "momentum", 0), o->momentum), move);
	return mica_op_sub(u->variable, mica_slot_assign(u, "momentum", flush(m)));
}

static mica_var adam(mica_update *u, const void *options)
{
	const mica_adam_opts *o = options;
	mica_var g = u->gradient, root = mica_op_sqrt(correction(u->step, o->beta_2));
	mica_var alpha = mica_op_div(mica_op_mul(u->rate, root), correction(u->step, o->beta_1));
	mica_var m = mica_slot_assign(u, "momentum", moved(mica_slot(u, "momentum", 0), g, o->beta_1));
	mica_var v = mica_slot_assign(u, "velocity", moved(mica_slot(u, "velocity", 0), mica_op_square(g), o->beta_2));

	if (o->amsgrad)
		v = mica_slot_assign(u, "velocity_hat", mica_op_max(mica_slot(u, "velocity_hat", 0), v));
	return mica_op_sub(u->variable, mica_op_div(mica_op_mul(m, alpha), mica_op_addc(mica_op_sqrt(v), o->epsilon)));
}

static mica_var adagrad(mica_update *u, const void *options)
{
	const mica_adagrad_opts *o = options;
	mica_var g = u->gradient, sum = mica_op_add(mica_slot(u, "accumulator", o->initial_accumulator_value), mica_op_square(g));

	mica_slot_assign(u, "accumulator", sum);
	return mica_op_sub(u->variable, mica_op_div(mica_op_mul(u->rate, g), mica_op_sqrt(mica_op_addc(sum, o->epsilon))));
}

static mica_var custom(mica_update *u, const void *options)
{
	const mica_custom_optimizer_opts *o = options;

	if (!o->update)
		return mica__graph_fail(mica_var_graph(u->variable), MICA_EINVAL, "custom_optimizer: it has no update function");
	return o->update(u, o->payload);
}

/* ---- the kinds ---- */

#define COMMON(options, rate, decay)                                              \
	MICA_FIELD_REAL(options, learning_rate, .otherwise = (rate), MICA_FROM(0)), \
	MICA_FIELD_REAL(options, weight_decay, .otherwise = (decay), MICA_FROM(0))
#define EPSILON(options) MICA_FIELD_REAL(options, epsilon, .otherwise = 1e-7, MICA_FROM(0))
#define MOMENTUM(options) MICA_FIELD_REAL(options, momentum, MICA_WITHIN(0, 1))
#define ADAM_FIELDS(decay)                                                                   \
	COMMON(mica_adam_opts, 1e-3, decay),                                                 \
	MICA_FIELD_REAL(mica_adam_opts, beta_1, .otherwise = 0.9, MICA_BELOW(0, 1)),         \
	MICA_FIELD_REAL(mica_adam_opts, beta_2, .otherwise = 0.999, MICA_BELOW(0, 1)),       \
	EPSILON(mica_adam_opts), MICA_FIELD_FLAG(mica_adam_opts, amsgrad)

static const mica_field sgd_fields[] = {COMMON(mica_sgd_opts, 1e-2, 0), MOMENTUM(mica_sgd_opts), MICA_FIELD_FLAG(mica_sgd_opts, nesterov)};
static const mica_field rmsprop_fields[] = {
	COMMON(mica_rmsprop_opts, 1e-3, 0), MICA_FIELD_REAL(mica_rmsprop_opts, rho, .otherwise = 0.9, MICA_BELOW(0, 1)),
	MOMENTUM(mica_rmsprop_opts), EPSILON(mica_rmsprop_opts), MICA_FIELD_FLAG(mica_rmsprop_opts, centered),
};
static const mica_field adam_fields[] = {ADAM_FIELDS(0)};
static const mica_field adamw_fields[] = {ADAM_FIELDS(0.004)};
static const mica_field adagrad_fields[] = {
	COMMON(mica_adagrad_opts, 1e-3, 0),
	MICA_FIELD_REAL(mica_adagrad_opts, initial_accumulator_value, .otherwise = 0.1, MICA_FROM(0)), EPSILON(mica_adagrad_opts),
};
static const mica_field custom_fields[] = {COMMON(mica_custom_optimizer_opts, 1e-3, 0)};

#define OPTIMIZER(id, options, rows, function) \
	const mica_kind mica_kind_##id = {         \
		.name = #id, .type = MICA_OPTIMIZER, .size = sizeof(options), MICA_FIELDS(rows), .update = (function)};

OPTIMIZER(rmsprop, mica_rmsprop_opts, rmsprop_fields, rmsprop)
OPTIMIZER(sgd, mica_sgd_opts, sgd_fields, sgd)
OPTIMIZER(adam, mica_adam_opts, adam_fields, adam)
OPTIMIZER(adamw, mica_adam_opts, adamw_fields, adam)
OPTIMIZER(adagrad, mica_adagrad_opts, adagrad_fields, adagrad)
OPTIMIZER(custom_optimizer, mica_custom_optimizer_opts, custom_fields, custom)
