/* SPDX-License-Identifier: MIT */
/* nn/adam.c - Adam and its kin (Keras 1.7): optimizers that keep a mean of gradients, of their squares, or both. */
#include "nn/optimizers.h"

/* The two means, moved. */
static mica_var first_moment(mica_update *u, double beta)
{
	return mica_slot_assign(u, "momentum", mica__towards(mica_slot(u, "momentum", 0), u->gradient, beta));
}

static mica_var second_moment(mica_update *u, double beta)
{
	return mica_slot_assign(u, "velocity", mica__towards(mica_slot(u, "velocity", 0), mica_op_square(u->gradient), beta));
}

mica_var mica__adam(mica_update *u, const mica_adam_opts *o)
{
	mica_var root = mica_op_sqrt(mica__correction(u->step, o->beta_2));
	mica_var alpha = mica_op_div(mica_op_mul(u->rate, root), mica__correction(u->step, o->beta_1));
	mica_var m = first_moment(u, o->beta_1), v = second_moment(u, o->beta_2);

	if (o->amsgrad)
		v = mica_slot_assign(u, "velocity_hat", mica_op_max(mica_slot(u, "velocity_hat", 0), v));
	return mica_op_sub(u->variable, mica_op_div(mica_op_mul(m, alpha), mica_op_addc(mica_op_sqrt(v), o->epsilon)));
}

static mica_var adam(mica_update *u, const void *options)
{
	return mica__adam(u, options);
}

/* The second moment is the largest gradient, which fades. */
static mica_var adamax(mica_update *u, const void *options)
{
	const mica_adam_opts *o = options;
	mica_var m = first_moment(u, o->beta_1), faded = mica__flush(mica_op_mulc(mica_slot(u, "norm", 0), o->beta_2));
	mica_var largest = mica_slot_assign(u, "norm", mica_op_max(faded, mica_op_abs(u->gradient)));
	mica_var down = mica_op_mul(mica__correction(u->step, o->beta_1), mica_op_addc(largest, o->epsilon));

	return mica_op_sub(u->variable, mica_op_div(mica_op_mul(u->rate, m), down));
}

/* beta_1 (1 - 0.96^t / 2) */
static mica_var nadam_beta(mica_var t, double beta_1)
{
	return mica_op_mulc(mica_op_addc(mica_op_mulc(mica_op_pow(mica__number(t, 0.96), t), -0.5), 1), beta_1);
}

/* Its betas are numbers of the variable's type from the start, so that 1 - beta is, too. */
static mica_var nadam(mica_update *u, const void *options)
{
	const mica_adam_opts *o = options;
	mica_dtype type = mica_var_dtype(u->variable);
	mica_var now = nadam_beta(u->step, o->beta_1), next = nadam_beta(mica_op_addc(u->step, 1), o->beta_1), one = mica__number(now, 1);
	mica_var product = mica_slot_assign(u, "u_product", mica_op_mul(mica_slot_shaped(u, "u_product", MICA_SCALAR_SHAPE, 1), now));
	mica_var m = first_moment(u, mica__dtype_round(type, o->beta_1)), v = second_moment(u, mica__dtype_round(type, o->beta_2));
	mica_var of_m = mica_op_div(next, mica_op_sub(one, mica_op_mul(product, next)));
	mica_var of_g = mica_op_div(mica_op_sub(one, now), mica_op_sub(one, product));
	mica_var m_hat = mica_op_add(mica_op_mul(of_m, m), mica_op_mul(of_g, u->gradient));
	mica_var v_hat = mica_op_div(v, mica__correction(u->step, o->beta_2));

	return mica_op_sub(u->variable, mica_op_div(mica_op_mul(m_hat, u->rate), mica_op_addc(mica_op_sqrt(v_hat), o->epsilon)));
}

/* The mean moves after it was used. */
static mica_var lion(mica_update *u, const void *options)
{
	const mica_lion_opts *o = options;
	mica_var m = mica_slot(u, "momentum", 0), g = u->gradient;
	mica_var direction = mica_op_sign(mica_op_add(mica_op_mulc(m, o->beta_1), mica_op_mulc(g, 1 - o->beta_1)));

	mica_slot_assign(u, "momentum", mica__blended(m, g, o->beta_2));
	return mica_op_sub(u->variable, mica_op_mul(u->rate, direction));
}

static mica_var length(mica_var x)
{
	return mica_op_sqrt(mica_op_sum(mica_op_square(x), MICA_ALL_AXES, false));
}

/* Steps as long as the variable is, but where one of the two is 0. */
static mica_var lamb(mica_update *u, const void *options)
{
	const mica_adam_opts *o = options;
	mica_var m = mica_op_div(first_moment(u, o->beta_1), mica__correction(u->step, o->beta_1));
	mica_var v = mica_op_div(second_moment(u, o->beta_2), mica__correction(u->step, o->beta_2));
	mica_var move = mica_op_div(m, mica_op_addc(mica_op_sqrt(v), o->epsilon)), of_w = length(u->variable), of_move = length(move);
	mica_var zero = mica__number(of_w, 0), one = mica__number(of_w, 1);
	mica_var ratio = mica_op_where(mica_op_mul(mica_op_gt(of_w, zero), mica_op_gt(of_move, zero)), mica_op_div(of_w, of_move), one);

	return mica_op_sub(u->variable, mica_op_mul(mica_op_mul(ratio, u->rate), move));
}

/* ---- Adafactor ---- */

static mica_var root_mean_square(mica_var x)
{
	return mica_op_sqrt(mica_op_mean(mica_op_square(x), MICA_ALL_AXES, false));
}

/* keep old + (1 - keep) now, where keep changes from step to step. */
static mica_var faded(mica_update *u, const char *name, mica_shape s, mica_var now, mica_var keep)
{
	mica_var rest = mica_op_sub(mica__number(keep, 1), keep);

	return mica_slot_assign(u, name, mica_op_add(mica_op_mul(mica_slot_shaped(u, name, s, 0), keep), mica_op_mul(now, rest)));
}

/* The mean of squares of a matrix is kept as those of its rows and its columns. */
static mica_var factored(mica_update *u, mica_var squares, mica_var keep)
{
	size_t last = mica_var_shape(squares).rank - 1;
	mica_var rows = mica_op_mean(squares, MICA_AXIS(last), false), columns = mica_op_mean(squares, MICA_AXIS(last - 1), false);
	mica_var r = faded(u, "r", mica_var_shape(rows), rows, keep), c = faded(u, "c", mica_var_shape(columns), columns, keep);
	mica_shape tall = mica_var_shape(squares), wide = tall;

	tall.dim[last] = 1;
	wide.dim[last - 1] = 1;
	mica_var share = mica_op_div(r, mica_op_mean(r, MICA_AXIS(last - 1), true));
	return mica_op_mul(mica_op_reshape(share, tall), mica_op_reshape(c, wide));
}

/* Keras' relative_step changes nothing: the rate is never above 1 / sqrt(step). */
static mica_var adafactor(mica_update *u, const void *options)
{
	const mica_adafactor_opts *o = options;
	mica_var rho = mica_op_min(u->rate, mica_op_rsqrt(u->step)), one = mica__number(rho, 1);
	mica_var keep = mica_op_sub(one, mica_op_pow(u->step, mica__number(rho, o->beta_2_decay)));
	mica_var alpha = mica_op_mul(mica_op_max(mica__number(rho, o->epsilon_2), root_mean_square(u->variable)), rho);
	mica_var squares = mica_op_addc(mica_op_square(u->gradient), o->epsilon_1);
	mica_shape s = mica_var_shape(squares);
	mica_var v = s.rank >= 2 ? factored(u, squares, keep) : faded(u, "v", s, squares, keep);
	mica_var move = mica_op_div(u->gradient, mica_op_sqrt(v));
	mica_var cut = mica_op_max(one, mica_op_mulc(root_mean_square(move), 1 / o->clip_threshold));

	return mica_op_sub(u->variable, mica_op_mul(alpha, mica_op_div(move, cut)));
}

/* ---- the kinds ---- */

#define ADAM_FIELDS(decay)                                                                                       \
	MICA__OPTIMIZER_FIELDS(mica_adam_opts, 1e-3, decay), MICA__BETA_FIELD(mica_adam_opts, beta_1, 0.9),      \
	MICA__BETA_FIELD(mica_adam_opts, beta_2, 0.999), MICA__EPSILON_FIELD(mica_adam_opts)
static const mica_field adam_fields[] = {ADAM_FIELDS(0), MICA_FIELD_FLAG(mica_adam_opts, amsgrad)};
static const mica_field adamw_fields[] = {ADAM_FIELDS(0.004), MICA_FIELD_FLAG(mica_adam_opts, amsgrad)};
static const mica_field kin_fields[] = {ADAM_FIELDS(0)};
static const mica_field lion_fields[] = {
	MICA__OPTIMIZER_FIELDS(mica_lion_opts, 1e-3, 0), MICA__BETA_FIELD(mica_lion_opts, beta_1, 0.9),
	MICA__BETA_FIELD(mica_lion_opts, beta_2, 0.99),
};
static const mica_field adafactor_fields[] = {
	MICA__OPTIMIZER_FIELDS(mica_adafactor_opts, 1e-3, 0), MICA_FIELD_REAL(mica_adafactor_opts, beta_2_decay, .otherwise = -0.8),
	MICA_FIELD_REAL(mica_adafactor_opts, epsilon_1, .otherwise = 1e-30, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_adafactor_opts, epsilon_2, .otherwise = 1e-3, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_adafactor_opts, clip_threshold, .otherwise = 1, MICA_ABOVE(0)),
};

MICA__OPTIMIZER(adam, mica_adam_opts, adam_fields, adam)
MICA__OPTIMIZER(adamw, mica_adam_opts, adamw_fields, adam)
MICA__OPTIMIZER(adamax, mica_adam_opts, kin_fields, adamax)
MICA__OPTIMIZER(nadam, mica_adam_opts, kin_fields, nadam)
MICA__OPTIMIZER(lion, mica_lion_opts, lion_fields, lion)
MICA__OPTIMIZER(lamb, mica_adam_opts, kin_fields, lamb)
MICA__OPTIMIZER(adafactor, mica_adafactor_opts, adafactor_fields, adafactor)
