/* SPDX-License-Identifier: MIT */
/* nn/losses.c - losses: one value per sample from labels and outputs (Keras 1.5; from probabilities as Keras does on
   TensorFlow).  Crossentropies of class numbers select by comparing with an iota and summing the row, so that a whole
   loss is one pass over each row, and the gradient needs no scatter. */
#include "nn/nn.h"
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
static mica_var sparse_categorical_crossentropy(mica_var y_true, mica_var y_pred, const void *payload)
{
	const mica_crossentropy_opts *o = payload;
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
	return mica__sample_mean(mica_op_sub(log_sum_exp(z, false), picked));
}

/* y_true: probabilities of the classes, usually one 1 per row. */
static mica_var categorical_crossentropy(mica_var y_true, mica_var y_pred, const void *payload)
{
	const mica_crossentropy_opts *o = payload;
	mica_var t = mica__same_shape(y_true, y_pred), minus_log;

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	mica_shape s = mica_var_shape(y_pred);
	t = smoothed(t, o->label_smoothing, 1 / (double)s.dim[s.rank - 1]);
	if (o->from_logits) {
		mica_var z = centred(y_pred);
		minus_log = mica_op_sub(log_sum_exp(z, true), z);
	} else {
		minus_log = mica_op_neg(safe_log(mica_op_div(y_pred, mica_op_sum(y_pred, last_axis(y_pred), true))));
	}
	return mica__sample_mean(mica_op_sum(mica_op_mul(t, minus_log), last_axis(y_pred), false));
}

/* max(x, 0) - x t + log(1 + e^-|x|), written so that the slope at x = 0 is right: 1/2 - t. */
static mica_var logit_crossentropy(mica_var t, mica_var x)
{
	mica_var zero = mica_graph_scalar(mica_var_graph(x), 0), up = mica_op_ge(x, zero);
	mica_var above = mica_op_where(up, x, zero), minus_abs = mica_op_where(up, mica_op_neg(x), x);

	return mica_op_add(mica_op_sub(above, mica_op_mul(x, t)), mica_op_softplus(minus_abs));
}

static mica_var binary_crossentropy(mica_var y_true, mica_var y_pred, const void *payload)
{
	const mica_crossentropy_opts *o = payload;
	mica_var t = mica__same_shape(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	t = smoothed(t, o->label_smoothing, 0.5);
	if (o->from_logits)
		return mica__sample_mean(logit_crossentropy(t, y_pred));
	mica_var p = mica_op_clip(y_pred, EPSILON, 1 - EPSILON);
	mica_var not_t = mica_op_addc(mica_op_neg(t), 1), not_p = mica_op_addc(mica_op_neg(p), 1);
	mica_var sum = mica_op_add(mica_op_mul(t, mica_op_log(p)), mica_op_mul(not_t, mica_op_log(not_p)));
	return mica__sample_mean(mica_op_neg(sum));
}

mica_var mica__squared_error(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)payload;
	return mica__sample_mean(mica_op_square(mica_op_sub(y_pred, mica__same_shape(y_true, y_pred))));
}

static mica_loss crossentropy(const char *name, mica_score_fn score, const mica_crossentropy_opts *o)
{
	return (mica_loss){.name = name, .score = score, .opts = o ? *o : (mica_crossentropy_opts){0}};
}

mica_loss mica_loss_sparse_categorical_crossentropy(const mica_crossentropy_opts *o)
{
	mica_loss l = crossentropy("sparse_categorical_crossentropy", sparse_categorical_crossentropy, o);

	l.sparse = true;
	return l;
}

mica_loss mica_loss_categorical_crossentropy(const mica_crossentropy_opts *o)
{
	return crossentropy("categorical_crossentropy", categorical_crossentropy, o);
}

mica_loss mica_loss_binary_crossentropy(const mica_crossentropy_opts *o)
{
	return crossentropy("binary_crossentropy", binary_crossentropy, o);
}

mica_loss mica_loss_mean_squared_error(void)
{
	return (mica_loss){.name = "mean_squared_error", .score = mica__squared_error};
}

mica_loss mica_loss_custom(const char *name, mica_score_fn score, const void *payload)
{
	return (mica_loss){.name = name, .score = score, .payload = payload};
}

/* The activation whose argument a loss is better computed from; linear if it takes the output as it is. */
static mica_activation inverse_of(mica_score_fn score)
{
	if (score == sparse_categorical_crossentropy || score == categorical_crossentropy)
		return MICA_SOFTMAX;
	return score == binary_crossentropy ? MICA_SIGMOID : MICA_LINEAR;
}

mica_var mica__loss_values(const mica_loss *l, mica_var y_true, mica_var y_pred, mica_var logits, mica_activation a)
{
	mica_activation inverse = inverse_of(l->score);
	mica_crossentropy_opts o = l->opts;

	if (inverse == MICA_LINEAR)
		return mica__per_sample("loss", l->name, l->score(y_true, y_pred, l->payload), y_pred);
	if (logits && a == inverse) {
		o.from_logits = true;
		y_pred = logits;
	}
	return l->score(y_true, y_pred, &o);
}
