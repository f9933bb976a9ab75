/* SPDX-License-Identifier: MIT */
/* nn/losses.c - losses: values of samples from labels and outputs (Keras 1.5; from probabilities as Keras does on
   TensorFlow).  Crossentropies of class numbers select by comparing with an iota and summing the row, so that a whole
   loss is one pass over each row, and the gradient needs no scatter.  A loss is a function and a kind at the end. */
#include "nn/score.h"

#define EPSILON 1e-7

static uint32_t last_axis(mica_var x)
{
	return MICA_AXIS(mica_var_shape(x).rank - 1);
}

/* log(x) of probabilities, away from 0 and 1. */
static mica_var safe_log(mica_var p)
{
	return mica_op_log(mica_op_clip(p, EPSILON, 1 - EPSILON));
}

static mica_var smoothed(mica_var t, double smoothing, double mean)
{
	return smoothing > 0 ? mica_op_addc(mica_op_mulc(t, 1 - smoothing), smoothing * mean) : t;
}

/* z minus its row's maximum, of which the loss does not depend. */
static mica_var centred(mica_var z)
{
	return mica_op_sub(z, mica_op_stop_gradient(mica_op_reduce_max(z, last_axis(z), true)));
}

static mica_var log_sum_exp(mica_var z, bool keep)
{
	return mica_op_log(mica_op_sum(mica_op_exp(z), last_axis(z), keep));
}

/* y_true: class numbers, one for each row of the last axis of y_pred. */
static mica_var sparse_categorical_crossentropy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_crossentropy_opts *o = options;
	mica_var label = mica__class_numbers(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return label;
	mica_shape s = mica_var_shape(y_pred);
	mica_var z = centred(o->from_logits ? y_pred : safe_log(y_pred));
	mica_var hit = mica_op_eq(mica_graph_iota(mica_var_graph(z), s, s.rank - 1), label);
	mica_var own = mica_op_where(mica_op_cast(hit, mica_var_dtype(z)), z, mica_graph_scalar(mica_var_graph(z), 0));
	mica_var picked = mica_op_sum(own, last_axis(z), false);
	if (o->label_smoothing > 0) {
		double classes = (double)s.dim[s.rank - 1];
		picked = mica_op_add(mica_op_mulc(picked, 1 - o->label_smoothing),
		                     mica_op_mulc(mica_op_sum(z, last_axis(z), false), o->label_smoothing / classes));
	}
	return mica_op_sub(log_sum_exp(z, false), picked);
}

/* From logits z, as TensorFlow has it: the value is sum t (log sum e^z - z), the slope softmax(z) - t even where the labels
   do not add up to 1. */
static mica_var of_logits(mica_var t, mica_var y_pred)
{
	mica_var z = centred(y_pred), sum = log_sum_exp(z, false);
	mica_var more = mica_op_mul(mica_op_addc(mica_op_sum(t, last_axis(z), false), -1), sum);
	mica_var own = mica_op_sum(mica_op_mul(t, z), last_axis(z), false);

	return mica_op_add(mica_op_sub(sum, own), mica_op_stop_gradient(more));
}

/* y_true: probabilities of the classes, usually one 1 per row. */
static mica_var categorical_crossentropy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_crossentropy_opts *o = options;
	mica_var t = mica__same_rows(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	mica_shape s = mica_var_shape(y_pred);
	t = smoothed(t, o->label_smoothing, 1 / (double)s.dim[s.rank - 1]);
	if (o->from_logits)
		return of_logits(t, y_pred);
	mica_var p = mica_op_div(y_pred, mica_op_sum(y_pred, last_axis(y_pred), true));
	return mica_op_neg(mica_op_sum(mica_op_mul(t, safe_log(p)), last_axis(y_pred), false));
}

/* max(x, 0) - x t + log(1 + e^-|x|), written so that the slope at x = 0 is right: 1/2 - t. */
static mica_var logit_crossentropy(mica_var t, mica_var x)
{
	mica_var zero = mica_graph_scalar(mica_var_graph(x), 0), up = mica_op_ge(x, zero);
	mica_var above = mica_op_where(up, x, zero), minus_abs = mica_op_where(up, mica_op_neg(x), x);

	return mica_op_add(mica_op_sub(above, mica_op_mul(x, t)), mica_op_softplus(minus_abs));
}

static mica_var binary_crossentropy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_crossentropy_opts *o = options;
	mica_var t = mica__same_shape(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	t = smoothed(t, o->label_smoothing, 0.5);
	if (o->from_logits)
		return mica__last_mean(logit_crossentropy(t, y_pred));
	mica_var p = mica_op_clip(y_pred, EPSILON, 1 - EPSILON);
	mica_var not_t = mica_op_addc(mica_op_neg(t), 1), not_p = mica_op_addc(mica_op_neg(p), 1);
	mica_var sum = mica_op_add(mica_op_mul(t, mica_op_log(p)), mica_op_mul(not_t, mica_op_log(not_p)));
	return mica__last_mean(mica_op_neg(sum));
}

/* ---- of numbers ---- */

static mica_var constant(mica_var like, double value)
{
	return mica_graph_scalar(mica_var_graph(like), value);
}

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
	mica_var t = mica__same_shape(y_true, y_pred), size = mica_op_max(mica_op_abs(t), constant(y_pred, EPSILON));

	(void)options;
	return mica_op_mulc(mica__last_mean(mica_op_abs(mica_op_div(mica_op_sub(t, y_pred), size))), 100);
}

static mica_var log_of_more(mica_var x)
{
	return mica_op_log(mica_op_addc(mica_op_max(x, constant(x, EPSILON)), 1));
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

	return mica__last_mean(mica_op_where(mica_op_le(size, constant(y_pred, delta)), near, far));
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
	return mica__last_mean(mica_op_sub(y_pred, mica_op_mul(t, mica_op_log(mica_op_addc(y_pred, EPSILON)))));
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
	t = mica_op_clip(t, EPSILON, 1);
	mica_var ratio = mica_op_div(t, mica_op_clip(y_pred, EPSILON, 1));
	return mica_op_sum(mica_op_mul(t, mica_op_log(ratio)), last_axis(y_pred), false);
}

/* ---- hinges ---- */

/* Labels that are all 0 or 1 become -1 and 1: a decision about the whole batch, as in Keras. */
static mica_var signs(mica_var t)
{
	mica_var bit = mica_op_max(mica_op_eq(t, constant(t, 0)), mica_op_eq(t, constant(t, 1)));

	return mica_op_where(mica_op_reduce_min(bit, MICA_ALL_AXES, false), mica_op_addc(mica_op_mulc(t, 2), -1), t);
}

/* max(1 - t p, 0); at 1 = t p the slope is that of above, as in TensorFlow. */
static mica_var hinges(mica_var y_true, mica_var y_pred)
{
	mica_var t = mica__same_shape(y_true, y_pred);
	mica_var gap = mica_op_addc(mica_op_neg(mica_op_mul(signs(t), y_pred)), 1);

	return mica_op_max(gap, constant(y_pred, 0));
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
	mica_var own = mica_op_sum(mica_op_mul(t, y_pred), last_axis(y_pred), false);
	mica_var other = mica_op_mul(mica_op_addc(mica_op_neg(t), 1), y_pred);
	mica_var gap = mica_op_sub(mica_op_reduce_max(other, last_axis(y_pred), false), own);
	return mica_op_max(mica_op_addc(gap, 1), constant(y_pred, 0));
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

static const mica_field crossentropy_fields[] = {
	MICA_FIELD_FLAG(mica_crossentropy_opts, from_logits),
	MICA_FIELD_REAL(mica_crossentropy_opts, label_smoothing, MICA_WITHIN(0, 1)),
	MICA__LOSS_FIELDS(mica_crossentropy_opts),
};
static const mica_field huber_fields[] = {
	MICA_FIELD_REAL(mica_huber_opts, delta, .otherwise = 1, MICA_ABOVE(0)),
	MICA__LOSS_FIELDS(mica_huber_opts),
};

static const mica_field custom_fields[] = {MICA__LOSS_FIELDS(mica_custom_loss_opts)};

#define LOSS_OF(id, function, options, rows, ...) MICA__SCORE(MICA_LOSS, id, function, options, rows, __VA_ARGS__)
#define LOSS(id, options, rows, ...) LOSS_OF(id, id, options, rows, __VA_ARGS__)
#define PLAIN(id, short_) LOSS(id, mica_loss_opts, mica__loss_fields, .alias = short_)
#define CROSSENTROPY(id, ...) LOSS(id, mica_crossentropy_opts, crossentropy_fields, .logits = true, __VA_ARGS__)

PLAIN(mean_squared_error, "mse")
PLAIN(mean_absolute_error, "mae")
PLAIN(mean_absolute_percentage_error, "mape")
PLAIN(mean_squared_logarithmic_error, "msle")
LOSS(huber, mica_huber_opts, huber_fields, .alias = NULL)
PLAIN(log_cosh, "logcosh")
LOSS(cosine_similarity, mica_loss_opts, mica__loss_fields, .metric = &mica_kind_cosine_similarity_metric)
PLAIN(hinge, NULL)
PLAIN(squared_hinge, NULL)
PLAIN(categorical_hinge, NULL)
PLAIN(kl_divergence, "kld")
PLAIN(poisson, NULL)
CROSSENTROPY(binary_crossentropy, .alias = "bce")
CROSSENTROPY(categorical_crossentropy, .labels = MICA_LABELS_DISTRIBUTION)
CROSSENTROPY(sparse_categorical_crossentropy, .labels = MICA_LABELS_CLASSES)
LOSS_OF(custom_loss, custom, mica_custom_loss_opts, custom_fields, .alias = NULL)
