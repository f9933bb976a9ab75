/* SPDX-License-Identifier: MIT */
/* nn/optimizers.c - optimizers without moments of both kinds: one variable's new value and state as nodes (Keras 1.7).
   An optimizer is a function and a kind.  What is the same for all variables (rate, bias correction) is made of scalars, so it
   is computed once per step.  Formulas are written as Keras computes them, in its order, since a training follows its last
   digits. */
#include "nn/optimizers.h"

#include <math.h>

/* ---- parts of updates ---- */

mica_var mica__flush(mica_var x)
{
	mica_graph *g = mica_var_graph(x);
	double least = mica__dtype_smallest(mica_var_dtype(x));

	return mica_op_where(mica_op_lt(mica_op_abs(x), mica_graph_scalar(g, least)), mica_graph_scalar(g, 0), x);
}

mica_var mica__towards(mica_var old, mica_var now, double keep)
{
	return mica__flush(mica_op_add(old, mica_op_mulc(mica_op_sub(now, old), 1 - keep)));
}

mica_var mica__blended(mica_var old, mica_var now, double keep)
{
	return mica__flush(mica_op_add(mica_op_mulc(old, keep), mica_op_mulc(now, 1 - keep)));
}

mica_var mica__correction(mica_var step, double beta)
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
	mica_var m = mica__flush(mica_op_sub(mica_op_mulc(mica_slot(u, "momentum", 0), o->momentum), move));
	mica_slot_assign(u, "momentum", m);
	if (o->nesterov)
		return mica_op_add(u->variable, mica_op_sub(mica_op_mulc(m, o->momentum), move));
	return mica_op_add(u->variable, m);
}

static mica_var rmsprop(mica_update *u, const void *options)
{
	const mica_rmsprop_opts *o = options;
	mica_var g = u->gradient, d = mica__blended(mica_slot(u, "velocity", 0), mica_op_square(g), o->rho);

	mica_slot_assign(u, "velocity", d);
	if (o->centered) {
		mica_var mean = mica_slot_assign(u, "average_gradient", mica__blended(mica_slot(u, "average_gradient", 0), g, o->rho));
		d = mica_op_sub(d, mica_op_square(mean));
	}
	mica_var move = mica_op_div(mica_op_mul(u->rate, g), mica_op_sqrt(mica_op_addc(d, o->epsilon)));
	if (o->momentum == 0)
		return mica_op_sub(u->variable, move);
	mica_var m = mica_op_add(mica_op_mulc(mica_slot(u, "momentum", 0), o->momentum), move);
	return mica_op_sub(u->variable, mica_slot_assign(u, "momentum", mica__flush(m)));
}

static mica_var adagrad(mica_update *u, const void *options)
{
	const mica_adagrad_opts *o = options;
	mica_var g = u->gradient, sum = mica_op_add(mica_slot(u, "accumulator", o->initial_accumulator_value), mica_op_square(g));

	mica_slot_assign(u, "accumulator", sum);
	return mica_op_sub(u->variable, mica_op_div(mica_op_mul(u->rate, g), mica_op_sqrt(mica_op_addc(sum, o->epsilon))));
}

static mica_var adadelta(mica_update *u, const void *options)
{
	const mica_adadelta_opts *o = options;
	mica_var g = u->gradient, old = mica_slot(u, "accumulated_delta_var", 0);
	mica_var sum = mica_slot_assign(u, "accumulated_grad", mica__blended(mica_slot(u, "accumulated_grad", 0), mica_op_square(g), o->rho));
	mica_var up = mica_op_sqrt(mica_op_addc(old, o->epsilon)), down = mica_op_sqrt(mica_op_addc(sum, o->epsilon));
	mica_var move = mica_op_neg(mica_op_div(mica_op_mul(up, g), down));

	mica_slot_assign(u, "accumulated_delta_var", mica__blended(old, mica_op_square(move), o->rho));
	return mica_op_add(u->variable, mica_op_mul(u->rate, move));
}

/* Keras 1.7: n^-power of the old and the new sum of squares, and the solution of a quadratic that l1 cuts off at 0. */
static mica_var ftrl(mica_update *u, const void *options)
{
	const mica_ftrl_opts *o = options;
	mica_var g = u->gradient, w = u->variable, n = mica_slot(u, "accumulator", o->initial_accumulator_value), z = mica_slot(u, "linear", 0);
	mica_var minus_power = mica__number(w, -o->learning_rate_power);
	mica_var pulled = o->l2_shrinkage_regularization_strength == 0
	                ? g : mica_op_add(g, mica_op_mulc(w, 2 * o->l2_shrinkage_regularization_strength));
	mica_var new_n = mica_slot_assign(u, "accumulator", mica_op_add(n, mica_op_square(g)));
	mica_var powered = mica_op_pow(new_n, minus_power);
	mica_var slope = mica_op_div(mica_op_sub(powered, mica_op_pow(n, minus_power)), u->rate);
	mica_var new_z = mica_slot_assign(u, "linear", mica_op_add(z, mica_op_sub(pulled, mica_op_mul(slope, w))));
	mica_var l2 = mica_op_addc(mica_op_div(mica__number(w, o->beta), mica_op_mulc(u->rate, 2)), o->l2_regularization_strength);
	mica_var quadratic = mica_op_add(mica_op_div(powered, u->rate), mica_op_mulc(l2, 2));
	mica_var clipped = mica_op_clip(new_z, -o->l1_regularization_strength, o->l1_regularization_strength);

	return mica_op_div(mica_op_sub(clipped, new_z), quadratic);
}

static mica_var custom(mica_update *u, const void *options)
{
	const mica_custom_optimizer_opts *o = options;

	if (!o->update)
		return mica__graph_fail(mica_var_graph(u->variable), MICA_EINVAL, "custom_optimizer: it has no update function");
	return o->update(u, o->payload);
}

/* ---- the kinds ---- */

#define MOMENTUM(options) MICA_FIELD_REAL(options, momentum, MICA_WITHIN(0, 1))

static const mica_field sgd_fields[] = {
	MICA__OPTIMIZER_FIELDS(mica_sgd_opts, 1e-2, 0), MOMENTUM(mica_sgd_opts), MICA_FIELD_FLAG(mica_sgd_opts, nesterov),
};
static const mica_field rmsprop_fields[] = {
	MICA__OPTIMIZER_FIELDS(mica_rmsprop_opts, 1e-3, 0), MICA__BETA_FIELD(mica_rmsprop_opts, rho, 0.9),
	MOMENTUM(mica_rmsprop_opts), MICA__EPSILON_FIELD(mica_rmsprop_opts), MICA_FIELD_FLAG(mica_rmsprop_opts, centered),
};
static const mica_field adagrad_fields[] = {
	MICA__OPTIMIZER_FIELDS(mica_adagrad_opts, 1e-3, 0),
	MICA_FIELD_REAL(mica_adagrad_opts, initial_accumulator_value, .otherwise = 0.1, MICA_FROM(0)), MICA__EPSILON_FIELD(mica_adagrad_opts),
};
static const mica_field adadelta_fields[] = {
	MICA__OPTIMIZER_FIELDS(mica_adadelta_opts, 1e-3, 0), MICA__BETA_FIELD(mica_adadelta_opts, rho, 0.95),
	MICA__EPSILON_FIELD(mica_adadelta_opts),
};
static const mica_field ftrl_fields[] = {
	MICA__OPTIMIZER_FIELDS(mica_ftrl_opts, 1e-3, 0),
	MICA_FIELD_REAL(mica_ftrl_opts, learning_rate_power, .otherwise = -0.5, .high = 0, .range = MICA_RANGE_HIGH),
	MICA_FIELD_REAL(mica_ftrl_opts, initial_accumulator_value, .otherwise = 0.1, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_ftrl_opts, l1_regularization_strength, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_ftrl_opts, l2_regularization_strength, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_ftrl_opts, l2_shrinkage_regularization_strength, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_ftrl_opts, beta, MICA_FROM(0)),
};
static const mica_field custom_fields[] = {MICA__OPTIMIZER_FIELDS(mica_custom_optimizer_opts, 1e-3, 0)};

MICA__OPTIMIZER(rmsprop, mica_rmsprop_opts, rmsprop_fields, rmsprop)
MICA__OPTIMIZER(sgd, mica_sgd_opts, sgd_fields, sgd)
MICA__OPTIMIZER(adagrad, mica_adagrad_opts, adagrad_fields, adagrad)
MICA__OPTIMIZER(adadelta, mica_adadelta_opts, adadelta_fields, adadelta)
MICA__OPTIMIZER(ftrl, mica_ftrl_opts, ftrl_fields, ftrl)
MICA__OPTIMIZER(custom_optimizer, mica_custom_optimizer_opts, custom_fields, custom)
