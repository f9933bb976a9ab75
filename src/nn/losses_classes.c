/* SPDX-License-Identifier: MIT */
/* nn/losses_classes.c - losses of classes (Keras 1.5; from probabilities as Keras does on TensorFlow): crossentropies, and what
   is made of them.  Those of class numbers select by comparing with an iota and summing the row, so that a whole loss is one
   pass over each row, and the gradient needs no scatter. */
#include "nn/score.h"

/* log(x) of probabilities, away from 0 and 1. */
static mica_var safe_log(mica_var p)
{
	return mica_op_log(mica_op_clip(p, MICA__EPSILON, 1 - MICA__EPSILON));
}

static mica_var smoothed(mica_var t, double smoothing, double mean)
{
	return smoothing > 0 ? mica_op_addc(mica_op_mulc(t, 1 - smoothing), smoothing * mean) : t;
}

static double classes(mica_var y)
{
	mica_shape s = mica_var_shape(y);

	return (double)mica__shape_last(&s);
}

/* z minus its row's maximum, of which the loss does not depend. */
static mica_var centred(mica_var z)
{
	return mica_op_sub(z, mica_op_stop_gradient(mica_op_reduce_max(z, mica__last_axis(z), true)));
}

static mica_var log_sum_exp(mica_var z, bool keep)
{
	return mica_op_log(mica_op_sum(mica_op_exp(z), mica__last_axis(z), keep));
}

/* Probabilities whose row adds up to 1. */
static mica_var shared(mica_var p)
{
	return mica_op_div(p, mica_op_sum(p, mica__last_axis(p), true));
}

/* ---- of class numbers ---- */

/* Of each row of x, the element at its label. */
static mica_var at_label(mica_var x, mica_var label)
{
	mica_shape s = mica_var_shape(x);
	mica_var hit = mica_op_eq(mica_graph_iota(mica_var_graph(x), s, s.rank - 1), label);

	return mica_op_sum(mica_op_where(mica_op_cast(hit, mica_var_dtype(x)), x, mica__real(x, 0)), mica__last_axis(x), false);
}

static bool ignores(const mica_sparse_crossentropy_opts *o)
{
	return o->ignore_class != MICA__NO_CLASS;
}

/* One for each row: whether its label is none that is ignored. */
static mica_var valid(mica_var label, mica_var like, int ignored)
{
	mica_var is = mica_op_cast(mica_op_ne(label, mica_graph_fill(mica_var_graph(label), ignored, MICA_I32, MICA_SCALAR_SHAPE)), mica_var_dtype(like));

	return mica_op_reshape(is, mica_var_shape(like));
}

/* y_true: class numbers, one for each row of the last axis of y_pred. */
static mica_var sparse_categorical_crossentropy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_sparse_crossentropy_opts *o = options;
	mica_var label = mica__class_numbers(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return label;
	mica_var z = centred(o->from_logits ? y_pred : safe_log(y_pred)), picked = at_label(z, label);
	if (o->label_smoothing > 0)
		picked = mica_op_add(mica_op_mulc(picked, 1 - o->label_smoothing),
		                     mica_op_mulc(mica_op_sum(z, mica__last_axis(z), false), o->label_smoothing / classes(z)));
	mica_var values = mica_op_sub(log_sum_exp(z, false), picked);
	return ignores(o) ? mica_op_where(valid(label, values, o->ignore_class), values, mica__real(values, 0)) : values;
}

static mica_var not_ignored(mica_var y_true, mica_var y_pred, mica_var values, const void *options)
{
	const mica_sparse_crossentropy_opts *o = options;
	mica_var label = ignores(o) ? mica__class_numbers(y_true, y_pred) : NULL;

	return label && mica_graph_status(mica_var_graph(y_pred)) == MICA_OK ? valid(label, values, o->ignore_class) : NULL;
}

/* (1 - p_t^q) / q, between crossentropy (q to 0) and mean absolute error (q to 1) (Zhang and Sabuncu 2018). */
static mica_var categorical_generalized_cross_entropy(mica_var y_true, mica_var y_pred, const void *options)
{
	double q = ((const mica_generalized_crossentropy_opts *)options)->q;
	mica_var label = mica__class_numbers(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return label;
	return mica_op_mulc(mica__not(mica_op_pow(at_label(y_pred, label), mica__real(y_pred, q))), 1 / q);
}

/* ---- of distributions ---- */

/* From logits z, as TensorFlow has it: the value is sum t (log sum e^z - z), the slope softmax(z) - t even where the labels
   do not add up to 1. */
static mica_var of_logits(mica_var t, mica_var y_pred)
{
	mica_var z = centred(y_pred), sum = log_sum_exp(z, false);
	mica_var more = mica_op_mul(mica_op_addc(mica_op_sum(t, mica__last_axis(t), false), -1), sum);
	mica_var own = mica_op_sum(mica_op_mul(t, z), mica__last_axis(z), false);

	return mica_op_add(mica_op_sub(sum, own), mica_op_stop_gradient(more));
}

/* y_true: probabilities of the classes, usually one 1 per row. */
static mica_var categorical_crossentropy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_crossentropy_opts *o = options;
	mica_var t = mica__same_rows(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	t = smoothed(t, o->label_smoothing, 1 / classes(y_pred));
	if (o->from_logits)
		return of_logits(t, y_pred);
	return mica_op_neg(mica_op_sum(mica_op_mul(t, safe_log(shared(y_pred))), mica__last_axis(t), false));
}

/* sum alpha (1 - p)^gamma (- t log p) (Lin et al. 2018). */
static mica_var categorical_focal_crossentropy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_focal_crossentropy_opts *o = options;
	mica_var t = mica__same_rows(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	t = smoothed(t, o->label_smoothing, 1 / classes(y_pred));
	mica_var p = o->from_logits ? mica_op_exp(centred(y_pred)) : y_pred;
	p = mica_op_clip(shared(p), MICA__EPSILON, 1 - MICA__EPSILON);
	mica_var weight = mica_op_mulc(mica_op_pow(mica__not(p), mica__real(p, o->gamma)), o->alpha);
	return mica_op_neg(mica_op_sum(mica_op_mul(weight, mica_op_mul(t, mica_op_log(p))), mica__last_axis(t), false));
}

/* ---- of yes or no ---- */

/* max(x, 0) - x t + log(1 + e^-|x|), written so that the slope at x = 0 is right: 1/2 - t. */
static mica_var logit_crossentropy(mica_var t, mica_var x)
{
	mica_var zero = mica__real(x, 0), up = mica_op_ge(x, zero);
	mica_var above = mica_op_where(up, x, zero), minus_abs = mica_op_where(up, mica_op_neg(x), x);

	return mica_op_add(mica_op_sub(above, mica_op_mul(x, t)), mica_op_softplus(minus_abs));
}

static mica_var probability_crossentropy(mica_var t, mica_var y_pred)
{
	mica_var p = mica_op_clip(y_pred, MICA__EPSILON, 1 - MICA__EPSILON);
	mica_var yes = mica_op_mul(t, mica_op_log(p)), no = mica_op_mul(mica__not(t), mica_op_log(mica__not(p)));

	return mica_op_neg(mica_op_add(yes, no));
}

static mica_var binary_crossentropy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_crossentropy_opts *o = options;
	mica_var t = smoothed(mica__same_shape(y_true, y_pred), o->label_smoothing, 0.5);

	return mica__last_mean(o->from_logits ? logit_crossentropy(t, y_pred) : probability_crossentropy(t, y_pred));
}

/* t a + (1 - t) b */
static mica_var either(mica_var t, mica_var a, mica_var b)
{
	return mica_op_add(mica_op_mul(t, a), mica_op_mul(mica__not(t), b));
}

/* (1 - p_t)^gamma times the crossentropy, p_t the probability of what is right (Lin et al. 2018). */
static mica_var binary_focal_crossentropy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_focal_crossentropy_opts *o = options;
	mica_var t = smoothed(mica__same_shape(y_true, y_pred), o->label_smoothing, 0.5);
	mica_var p = o->from_logits ? mica_op_sigmoid(y_pred) : y_pred;
	mica_var each = o->from_logits ? logit_crossentropy(t, y_pred) : probability_crossentropy(t, y_pred);
	mica_var right = either(t, p, mica__not(p));

	each = mica_op_mul(mica_op_pow(mica__not(right), mica__real(y_pred, o->gamma)), each);
	if (o->apply_class_balancing)
		each = mica_op_mul(either(t, mica__real(y_pred, o->alpha), mica__real(y_pred, 1 - o->alpha)), each);
	return mica__last_mean(each);
}

/* ---- the kinds ---- */

static const mica_field crossentropy_fields[] = {
	MICA_FIELD_FLAG(mica_crossentropy_opts, from_logits),
	MICA_FIELD_REAL(mica_crossentropy_opts, label_smoothing, MICA_WITHIN(0, 1)),
	MICA__AXIS_FIELD(mica_crossentropy_opts),
	MICA__LOSS_FIELDS(mica_crossentropy_opts),
};
static const mica_field sparse_fields[] = {
	MICA_FIELD_FLAG(mica_sparse_crossentropy_opts, from_logits),
	MICA_FIELD_REAL(mica_sparse_crossentropy_opts, label_smoothing, MICA_WITHIN(0, 1)),
	MICA__CLASS_FIELD(mica_sparse_crossentropy_opts, ignore_class),
	MICA__AXIS_FIELD(mica_sparse_crossentropy_opts),
	MICA__LOSS_FIELDS(mica_sparse_crossentropy_opts),
};
static const mica_field focal_fields[] = {
	MICA_FIELD_FLAG(mica_focal_crossentropy_opts, from_logits),
	MICA_FIELD_REAL(mica_focal_crossentropy_opts, label_smoothing, MICA_WITHIN(0, 1)),
	MICA_FIELD_REAL(mica_focal_crossentropy_opts, alpha, .otherwise = 0.25, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_focal_crossentropy_opts, gamma, .otherwise = 2, MICA_FROM(0)),
	MICA_FIELD_FLAG(mica_focal_crossentropy_opts, apply_class_balancing),
	MICA__AXIS_FIELD(mica_focal_crossentropy_opts),
	MICA__LOSS_FIELDS(mica_focal_crossentropy_opts),
};
static const mica_field generalized_fields[] = {
	MICA_FIELD_REAL(mica_generalized_crossentropy_opts, q, .otherwise = 0.5, .low = 0, .high = 1, .range = MICA_RANGE_ABOVE_LOW | MICA_RANGE_BELOW_HIGH),
	MICA__LOSS_FIELDS(mica_generalized_crossentropy_opts),
};

#define CLASSES(id, options, rows, ...) MICA__LOSS(id, id, options, rows, __VA_ARGS__)

CLASSES(binary_crossentropy, mica_crossentropy_opts, crossentropy_fields, .logits = true, .alias = "bce")
CLASSES(binary_focal_crossentropy, mica_focal_crossentropy_opts, focal_fields, .logits = true)
CLASSES(categorical_crossentropy, mica_crossentropy_opts, crossentropy_fields, .logits = true, .labels = MICA_LABELS_DISTRIBUTION)
CLASSES(categorical_focal_crossentropy, mica_focal_crossentropy_opts, focal_fields, .labels = MICA_LABELS_DISTRIBUTION)
CLASSES(sparse_categorical_crossentropy, mica_sparse_crossentropy_opts, sparse_fields, .logits = true, .labels = MICA_LABELS_CLASSES,
        .counted = not_ignored)
CLASSES(categorical_generalized_cross_entropy, mica_generalized_crossentropy_opts, generalized_fields, .labels = MICA_LABELS_CLASSES)
