/* SPDX-License-Identifier: MIT */
/* nn/losses_sequence.c - connectionist temporal classification (Graves et al. 2006): the probability that steps of an output, each
   a class or a blank, read as a shorter sequence of labels once repeats are joined and blanks dropped.  It is a sum over all ways
   to get there, added up step by step in logarithms; the gradient is the loop's. */
#include "nn/score.h"

/* e^this is 0; finite, so that differences of two are numbers. */
#define NO_LOGARITHM (-1e30)

static mica_var log_sum_3(mica_var a, mica_var b, mica_var c)
{
	mica_var most = mica_op_stop_gradient(mica_op_max(mica_op_max(a, b), c));
	mica_var sum = mica_op_add(mica_op_add(mica_op_exp(mica_op_sub(a, most)), mica_op_exp(mica_op_sub(b, most))), mica_op_exp(mica_op_sub(c, most)));

	return mica_op_add(mica_op_log(sum), most);
}

/* Along the places of (batch, places): each gets what stands `by` before it. */
static mica_var shifted(mica_var x, size_t by)
{
	mica_shape s = mica_var_shape(x);

	if (by >= s.dim[1])
		return mica_op_broadcast(mica__real(x, NO_LOGARITHM), s);
	mica_var before = mica_op_slice(x, (size_t[]){0, 0}, (size_t[]){s.dim[0], s.dim[1] - by}, NULL);
	return mica_op_pad(before, (size_t[]){0, by}, (size_t[]){0, 0}, NO_LOGARITHM);
}

/* Labels (batch, n) with blanks, class 0, before, between and behind them: (batch, 2 n + 1). */
static mica_var with_blanks(mica_var label)
{
	mica_shape s = mica_var_shape(label);
	mica_var columns = mica_op_reshape(label, MICA_SHAPE(s.dim[0], s.dim[1], 1));
	mica_var pairs = mica_op_pad(columns, (size_t[]){0, 0, 1}, (size_t[]){0, 0, 0}, 0);

	return mica_op_pad(mica_op_reshape(pairs, MICA_SHAPE(s.dim[0], 2 * s.dim[1])), (size_t[]){0, 0}, (size_t[]){0, 1}, 0);
}

/* Logarithms of the probability to be at each place after the last step.  e: (batch, steps, places), that of what is read
   there; skip: where the blank before a place may be left out. */
static mica_var last_places(mica_var e, mica_var skip)
{
	mica_graph *g = mica_var_graph(e);
	mica_shape s = mica_var_shape(e), places = MICA_SHAPE(s.dim[0], s.dim[2]);
	mica_var none = mica__real(e, NO_LOGARITHM), two = mica_graph_fill(g, 2, MICA_I32, MICA_SCALAR_SHAPE);
	mica_var first = mica_op_reshape(mica_op_slice(e, (size_t[]){0, 0, 0}, (size_t[]){s.dim[0], 1, s.dim[2]}, NULL), places);
	mica_var start = mica_op_where(mica_op_lt(mica_graph_iota(g, places, 1), two), first, none);

	if (s.dim[1] == 1)
		return start;
	mica_var others = mica_op_slice(e, (size_t[]){0, 1, 0}, s.dim, NULL);
	mica_scan *steps = mica_scan_begin(g, s.dim[1] - 1, false);
	mica_var here = mica_scan_read(steps, others, 1), at = mica_scan_carry(steps, start);
	mica_var over = mica_op_where(skip, shifted(at, 2), none);
	mica_scan_next(steps, at, mica_op_add(log_sum_3(at, shifted(at, 1), over), here));
	mica_scan_end(steps);
	return mica_scan_last(steps, at);
}

/* y_pred: logits, (batch, steps, classes), class 0 the blank; y_true: class numbers, (batch, most labels), zeros behind the last. */
static mica_var ctc(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_graph *g = mica_var_graph(y_pred);
	mica_shape p = mica_var_shape(y_pred), t = mica_var_shape(y_true);

	(void)options;
	if (mica_graph_status(g) != MICA_OK)
		return y_pred;
	if (p.rank != 3 || t.rank != 2 || t.dim[0] != p.dim[0] || !p.dim[1])
		return mica__graph_fail(g, MICA_ESHAPE, "ctc: labels of shape %s and outputs of shape %s; it needs (batch, labels) and (batch, steps, classes)",
		                        mica__shape_text(&t), mica__shape_text(&p));
	mica_var label = mica_var_dtype(y_true) == MICA_I32 ? y_true : mica_op_cast(y_true, MICA_I32);
	mica_var zero = mica_graph_fill(g, 0, MICA_I32, MICA_SCALAR_SHAPE), none = mica__real(y_pred, NO_LOGARITHM);
	mica_var length = mica_op_sum(mica_op_ne(label, zero), MICA_AXIS(1), true), read = with_blanks(label);
	size_t places = 2 * t.dim[1] + 1;
	mica_var two_before = mica_op_pad(mica_op_slice(read, (size_t[]){0, 0}, (size_t[]){p.dim[0], places - (places > 1 ? 2 : 1)}, NULL),
	                                  (size_t[]){0, places > 1 ? 2 : 1}, (size_t[]){0, 0}, 0);
	mica_var skip = mica_op_mul(mica_op_ne(read, two_before), mica_op_ne(read, zero));
	mica_var logs = mica_op_sub(y_pred, mica_op_logsumexp(y_pred, MICA_AXIS(2), true));
	mica_var e = mica_op_take_along(logs, mica_op_reshape(read, MICA_SHAPE(p.dim[0], 1, places)), 2);
	mica_var at = last_places(e, skip), end = mica_op_mulc(length, 2);
	mica_var blank = mica_op_take_along(at, end, 1), last = mica_op_take_along(at, mica_op_addc(end, -1), 1);
	last = mica_op_where(mica_op_gt(length, zero), last, none);
	return mica_op_neg(mica_op_reshape(log_sum_3(blank, last, none), MICA_SHAPE(p.dim[0])));
}

MICA__LOSS(ctc, ctc, mica_loss_opts, mica__loss_fields, .labels = MICA_LABELS_CLASSES)
