/* SPDX-License-Identifier: MIT */
/* nn/losses_batch.c - losses that look at a batch as a whole (Keras 1.5): how far two regions overlap, and how far apart samples of
   one class are from those of others. */
#include "nn/score.h"

/* ---- regions ---- */

/* One number for the batch, or, where the batch is left, one for each sample and each axis before those that went.  Other axes that are
   left are added up as the reduction will. */
static mica_var left(mica_var x, uint32_t axes, bool sum)
{
	size_t rank = mica_var_shape(x).rank, first = 0;
	uint32_t rest = 0;

	while (first < rank && !(axes >> first & 1))
		first++;
	for (size_t i = first; i < rank; i++)
		rest |= MICA_AXIS(i);
	if (!rest || mica_graph_status(mica_var_graph(x)) != MICA_OK)
		return x;
	return sum ? mica_op_sum(x, rest, false) : mica_op_mean(x, rest, false);
}

static uint32_t axes_of(unsigned axes)
{
	return axes ? axes : MICA_ALL_AXES;
}

static mica_var total(mica_var x, uint32_t axes)
{
	return mica_op_sum(x, axes, false);
}

/* 1 - 2 sum t p / (sum t + sum p + 1e-7) (Milletari et al. 2016, without squares). */
static mica_var dice(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_dice_opts *o = options;
	uint32_t axes = axes_of(o->axes);
	mica_var t = mica__same_shape(y_true, y_pred), both = mica_op_mulc(total(mica_op_mul(t, y_pred), axes), 2);
	mica_var all = mica_op_addc(mica_op_add(total(t, axes), total(y_pred, axes)), MICA__EPSILON);

	return left(mica__not(mica_op_div(both, all)), axes, o->reduction == MICA_SUM);
}

/* 1 - I / (I + alpha A + beta B + 1e-7), I = sum t p, A = sum t (1 - p), B = sum (1 - t) p (Salehi et al. 2017; Keras' alpha
   weighs what was missed). */
static mica_var tversky(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_tversky_opts *o = options;
	uint32_t axes = axes_of(o->axes);
	mica_var t = mica__same_shape(y_true, y_pred), both = total(mica_op_mul(t, y_pred), axes);
	mica_var missed = mica_op_mulc(total(mica_op_mul(t, mica__not(y_pred)), axes), o->alpha);
	mica_var wrong = mica_op_mulc(total(mica_op_mul(mica__not(t), y_pred), axes), o->beta);
	mica_var all = mica_op_addc(mica_op_add(both, mica_op_add(missed, wrong)), MICA__EPSILON);

	return left(mica__not(mica_op_div(both, all)), axes, o->reduction == MICA_SUM);
}

/* ---- pairs ---- */

/* e^this is 0; finite, so that no slope is infinity times 0. */
#define NO_LOGARITHM (-1e30)

/* log of the sum over a row of e^x where mask is not 0. */
static mica_var log_sum_where(mica_var mask, mica_var x)
{
	mica_var z = mica_op_where(mask, x, mica__real(x, NO_LOGARITHM));
	mica_var most = mica_op_stop_gradient(mica_op_reduce_max(z, MICA_AXIS(1), true));
	mica_var sum = mica_op_sum(mica_op_exp(mica_op_sub(z, most)), MICA_AXIS(1), true);

	return mica_op_reshape(mica_op_add(mica_op_log(sum), most), MICA_SHAPE(mica_var_shape(x).dim[0]));
}

/* y_pred: embeddings of length 1, (batch, size); y_true: numbers of classes.  Of distances d = max(1 - p p', 0), softplus(log sum
   over the same class of e^(- gamma max(m + d, 0) (m - d)) + log sum over others of e^(gamma max(1 + m - d, 0) (1 - m - d)))
   (Sun et al. 2020). */
static mica_var circle(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_circle_opts *o = options;
	mica_shape p = mica_var_shape(y_pred), t = mica_var_shape(y_true);
	mica_graph *g = mica_var_graph(y_pred);

	if (mica_graph_status(g) != MICA_OK)
		return y_pred;
	size_t n = p.dim[0];
	if (p.rank != 2 || mica_var_count(y_true) != n)
		return mica__graph_fail(g, MICA_ESHAPE, "circle: labels of shape %s and outputs of shape %s; it needs a class number and a row for each sample",
		                        mica__shape_text(&t), mica__shape_text(&p));
	mica_var label = mica_var_dtype(y_true) == MICA_I32 ? y_true : mica_op_cast(y_true, MICA_I32);
	mica_var row = mica_op_reshape(label, MICA_SHAPE(n, 1)), column = mica_op_reshape(label, MICA_SHAPE(1, n));
	mica_var same = mica_op_eq(row, column), other = mica_op_ne(row, column);
	if (!o->keep_diagonal)
		same = mica_op_mul(same, mica_op_ne(mica_graph_iota(g, MICA_SHAPE(n, n), 0), mica_graph_iota(g, MICA_SHAPE(n, n), 1)));
	mica_var zero = mica__real(y_pred, 0);
	mica_var d = mica_op_max(mica__not(mica_op_matmul(y_pred, mica_op_transpose(y_pred, NULL))), zero);
	mica_var near = mica_op_mul(mica_op_max(mica_op_addc(d, o->margin), zero), mica_op_addc(d, -o->margin));
	mica_var far = mica_op_mul(mica_op_max(mica_op_csub(1 + o->margin, d), zero), mica_op_csub(1 - o->margin, d));
	mica_var sum = mica_op_add(log_sum_where(same, mica_op_mulc(near, o->gamma)), log_sum_where(other, mica_op_mulc(far, o->gamma)));
	return mica_op_softplus(sum);
}

/* Samples without another of their class, or of another, have no pair, and are no part of the mean. */
static mica_var has_pairs(mica_var y_true, mica_var y_pred, mica_var values, const void *options)
{
	(void)y_true;
	(void)y_pred;
	(void)options;
	return mica_op_gt(values, mica__real(values, 0));
}

/* ---- the kinds ---- */

#define AXES_FIELD(options) {.name = "axes", .offset = offsetof(options, axes), .type = MICA_FIELD_IS_INT}

static const mica_field dice_fields[] = {AXES_FIELD(mica_dice_opts), MICA__LOSS_FIELDS(mica_dice_opts)};
static const mica_field tversky_fields[] = {
	MICA_FIELD_REAL(mica_tversky_opts, alpha, .otherwise = 0.5, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_tversky_opts, beta, .otherwise = 0.5, MICA_FROM(0)),
	AXES_FIELD(mica_tversky_opts),
	MICA__LOSS_FIELDS(mica_tversky_opts),
};
static const mica_field circle_fields[] = {
	MICA_FIELD_REAL(mica_circle_opts, gamma, .otherwise = 80, MICA_ABOVE(0)),
	MICA_FIELD_REAL(mica_circle_opts, margin, .otherwise = 0.4, MICA_WITHIN(0, 1)),
	MICA_FIELD_FLAG(mica_circle_opts, keep_diagonal),
	MICA__LOSS_FIELDS(mica_circle_opts),
};

MICA__LOSS(dice, dice, mica_dice_opts, dice_fields, .whole = true)
MICA__LOSS(tversky, tversky, mica_tversky_opts, tversky_fields, .whole = true)
MICA__LOSS(circle, circle, mica_circle_opts, circle_fields, .counted = has_pairs)
