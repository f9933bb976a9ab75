/* SPDX-License-Identifier: MIT */
/* nn/losses.c - losses of numbers, rows and signs (Keras 1.5), and the user's own: values from labels and outputs.  A loss is a
   function and a kind at the end. */
#include "nn/score.h"

/* ---- of numbers ---- */

static mica_var difference(mica_var y_true, mica_var y_pred)
{
	return mica_op_sub(y_pred, mica__same_shape(y_true, y_pred));
}

static mica_var mean_squared_error(mica_var y_true, mica_var y_pred, const void *options)
{
	(void)options;
	return mica__last_mean(mica_op_square(difference(y_true, y_pred)));
}

static mica_var mean_absolute_error(mica_var y_true, mica_var y_pred, const void *options)
{
	(void)options;
	return mica__last_mean(mica_op_abs(difference(y_true, y_pred)));
}

static mica_var mean_absolute_percentage_error(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_shape(y_true, y_pred), size = mica_op_max(mica_op_abs(t), mica__real(y_pred, MICA__EPSILON));

	(void)options;
	return mica_op_mulc(mica__last_mean(mica_op_abs(mica_op_div(mica_op_sub(t, y_pred), size))), 100);
}

static mica_var log_of_more(mica_var x)
{
	return mica_op_log(mica_op_addc(mica_op_max(x, mica__real(x, MICA__EPSILON)), 1));
}

static mica_var mean_squared_logarithmic_error(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_shape(y_true, y_pred);

	(void)options;
	return mica__last_mean(mica_op_square(mica_op_sub(log_of_more(y_pred), log_of_more(t))));
}

static mica_var huber(mica_var y_true, mica_var y_pred, const void *options)
{
	double delta = ((const mica_huber_opts *)options)->delta;
	mica_var e = difference(y_true, y_pred), size = mica_op_abs(e);
	mica_var near = mica_op_mulc(mica_op_square(e), 0.5);
	mica_var far = mica_op_addc(mica_op_mulc(size, delta), -0.5 * delta * delta);

	return mica__last_mean(mica_op_where(mica_op_le(size, mica__real(y_pred, delta)), near, far));
}

/* e + log(1 + e^-2e) - log 2 */
static mica_var log_cosh(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var e = difference(y_true, y_pred);

	(void)options;
	return mica__last_mean(mica_op_addc(mica_op_add(e, mica_op_softplus(mica_op_mulc(e, -2))), -0.69314718055994531));
}

static mica_var poisson(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_shape(y_true, y_pred);

	(void)options;
	return mica__last_mean(mica_op_sub(y_pred, mica_op_mul(t, mica_op_log(mica_op_addc(y_pred, MICA__EPSILON)))));
}

/* ---- of rows ---- */

static mica_var cosine_similarity(mica_var y_true, mica_var y_pred, const void *options)
{
	(void)options;
	return mica_op_neg(mica__cosine(y_true, y_pred));
}

static mica_var kl_divergence(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_rows(y_true, y_pred);

	(void)options;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	t = mica_op_clip(t, MICA__EPSILON, 1);
	mica_var ratio = mica_op_div(t, mica_op_clip(y_pred, MICA__EPSILON, 1));
	return mica_op_sum(mica_op_mul(t, mica_op_log(ratio)), mica__last_axis(y_pred), false);
}

/* ---- hinges ---- */

/* Labels that are all 0 or 1 become -1 and 1: a decision about the whole batch, as in Keras. */
static mica_var signs(mica_var t)
{
	mica_var bit = mica_op_max(mica_op_eq(t, mica__real(t, 0)), mica_op_eq(t, mica__real(t, 1)));

	return mica_op_where(mica_op_reduce_min(bit, MICA_ALL_AXES, false), mica_op_addc(mica_op_mulc(t, 2), -1), t);
}

/* max(1 - t p, 0); at 1 = t p the slope is that of above, as in TensorFlow. */
static mica_var hinges(mica_var y_true, mica_var y_pred)
{
	mica_var t = mica__same_shape(y_true, y_pred);
	mica_var gap = mica_op_addc(mica_op_neg(mica_op_mul(signs(t), y_pred)), 1);

	return mica_op_max(gap, mica__real(y_pred, 0));
}

static mica_var hinge(mica_var y_true, mica_var y_pred, const void *options)
{
	(void)options;
	return mica__last_mean(hinges(y_true, y_pred));
}

static mica_var squared_hinge(mica_var y_true, mica_var y_pred, const void *options)
{
	(void)options;
	return mica__last_mean(mica_op_square(hinges(y_true, y_pred)));
}

static mica_var categorical_hinge(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_rows(y_true, y_pred);

	(void)options;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	mica_var own = mica_op_sum(mica_op_mul(t, y_pred), mica__last_axis(y_pred), false);
	mica_var other = mica_op_mul(mica_op_addc(mica_op_neg(t), 1), y_pred);
	mica_var gap = mica_op_sub(mica_op_reduce_max(other, mica__last_axis(y_pred), false), own);
	return mica_op_max(mica_op_addc(gap, 1), mica__real(y_pred, 0));
}

/* ---- the user's ---- */

static mica_var custom(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_custom_loss_opts *o = options;

	if (!o->score)
		return mica__graph_fail(mica_var_graph(y_pred), MICA_EINVAL, "it has no score function");
	return o->score(y_true, y_pred, o->payload);
}

/* ---- the kinds ---- */

static const mica_field huber_fields[] = {
	MICA_FIELD_REAL(mica_huber_opts, delta, .otherwise = 1, MICA_ABOVE(0)),
	MICA__LOSS_FIELDS(mica_huber_opts),
};
static const mica_field custom_fields[] = {MICA__LOSS_FIELDS(mica_custom_loss_opts)};

#define PLAIN(id, ...) MICA__LOSS(id, id, mica_loss_opts, mica__loss_fields, __VA_ARGS__)

PLAIN(mean_squared_error, .alias = "mse")
PLAIN(mean_absolute_error, .alias = "mae")
PLAIN(mean_absolute_percentage_error, .alias = "mape")
PLAIN(mean_squared_logarithmic_error, .alias = "msle")
PLAIN(log_cosh, .alias = "logcosh")
PLAIN(hinge, .alias = NULL)
PLAIN(squared_hinge, .alias = NULL)
PLAIN(categorical_hinge, .alias = NULL)
PLAIN(kl_divergence, .alias = "kld")
PLAIN(poisson, .alias = NULL)
MICA__LOSS(huber, huber, mica_huber_opts, huber_fields, .alias = NULL)
MICA__LOSS(cosine_similarity, cosine_similarity, mica_cosine_opts, mica__cosine_fields, .metric = &mica_kind_cosine_similarity_metric)
MICA__LOSS(custom_loss, custom, mica_custom_loss_opts, custom_fields, .alias = NULL)
