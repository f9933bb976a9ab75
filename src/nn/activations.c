/* SPDX-License-Identifier: MIT */
/* nn/activations.c - activations as nodes: for each a function and a kind.  Formulas are Keras', and slopes at borders
   TensorFlow's.  Where a branch is not taken its argument is kept in range, because 0 times the infinite slope of a branch
   not taken would be NaN. */
#include "nn/nn.h"

#include <math.h>
#include <string.h>

static mica_var number(mica_var like, double value)
{
	return mica_graph_scalar(mica_var_graph(like), value);
}

static mica_var above(mica_var x, double border)
{
	return mica_op_gt(x, number(x, border));
}

/* x up to 0, else 0; unlike mica_op_min it passes the slope of NaN. */
static mica_var up_to_0(mica_var x)
{
	return mica_op_where(above(x, 0), number(x, 0), x);
}

/* x <= 0 ? alpha (e^x - 1) : x; no x above 0 is ever raised.  At 0 the slope is that of below. */
static mica_var exponential_linear(mica_var x, double alpha)
{
	mica_var below = mica_op_mulc(mica_op_expm1(up_to_0(x)), alpha);

	return mica_op_where(mica_op_le(x, number(x, 0)), below, x);
}

/* ---- along an axis ---- */

/* False, with the failure in the graph, if x has no axis `wanted`, which may count from the last. */
static bool find_axis_of(mica_var x, const char *name, int wanted, size_t *axis)
{
	int rank = (int)mica_var_shape(x).rank;

	if (mica_graph_status(mica_var_graph(x)) == MICA_OK && rank == 0)
		mica__graph_fail(mica_var_graph(x), MICA_ESHAPE, "%s: a scalar has no axes", name);
	else if (wanted >= rank || wanted < -rank)
		mica__graph_fail(mica_var_graph(x), MICA_EINVAL, "%s: axis %d of %d; give one from %d to %d", name, wanted, rank, -rank, rank - 1);
	*axis = (size_t)(wanted < 0 ? wanted + rank : wanted);
	return mica_graph_status(mica_var_graph(x)) == MICA_OK;
}

/* The same of the axis that the options name. */
static bool find_axis(mica_var x, const char *name, const void *options, size_t *axis)
{
	return find_axis_of(x, name, ((const mica_along_opts *)options)->axis, axis);
}

/* x minus the largest element along the axes, which the gradient may ignore: the result of its users does not depend on it. */
static mica_var centred_over(mica_var x, uint32_t axes)
{
	return mica_op_sub(x, mica_op_stop_gradient(mica_op_reduce_max(x, axes, true)));
}

static mica_var centred(mica_var x, size_t axis)
{
	return centred_over(x, MICA_AXIS(axis));
}

static mica_var sum_along(mica_var x, size_t axis)
{
	return mica_op_sum(x, MICA_AXIS(axis), true);
}

static mica_var softmax_over(mica_var x, uint32_t axes)
{
	mica_var e = mica_op_exp(centred_over(x, axes));

	return mica_op_mul(e, mica_op_reciprocal(mica_op_sum(e, axes, true)));
}

static mica_var softmax(mica_var x, const void *options)
{
	size_t axis;

	if (!find_axis(x, "softmax", options, &axis))
		return x;
	return softmax_over(x, MICA_AXIS(axis));
}

mica_var mica__softmax_nodes(mica_var x, const int *axes, size_t most)
{
	uint32_t bits = 0;
	size_t axis;

	for (size_t i = 0; i < most && axes[i]; i++) {
		if (!find_axis_of(x, "softmax", axes[i], &axis))
			return x;
		if (bits & MICA_AXIS(axis))
			return mica__graph_fail(mica_var_graph(x), MICA_EINVAL, "softmax: axes[%zu] is %d, which is named before", i, axes[i]);
		bits |= MICA_AXIS(axis);
	}
	return softmax_over(x, bits);
}

static mica_var log_softmax(mica_var x, const void *options)
{
	size_t axis;

	if (!find_axis(x, "log_softmax", options, &axis))
		return x;
	mica_var z = centred(x, axis);
	return mica_op_sub(z, mica_op_log(sum_along(mica_op_exp(z), axis)));
}

/* s with a 1 before the axis. */
static mica_shape opened(mica_shape s, size_t axis)
{
	mica_shape o = {s.rank + 1, {0}};

	for (size_t i = 0; i < o.rank; i++)
		o.dim[i] = i < axis ? s.dim[i] : i == axis ? 1 : s.dim[i - 1];
	return o;
}

/* max(x - t, 0) with the t for which the axis adds up to 1 (Martins and Astudillo 2016).  An element belongs to the support
   when 1 + k x > s, where k counts the elements not below it and s is their sum: compared in pairs, without sorting, so an axis
   of n costs n^2.  The gradient goes through the support's mean only. */
static mica_var sparsemax(mica_var x, const void *options)
{
	mica_shape s = mica_var_shape(x);
	size_t axis;

	if (!find_axis(x, "sparsemax", options, &axis))
		return x;
	if (s.rank == MICA_MAX_RANK)
		return mica__graph_fail(mica_var_graph(x), MICA_ESHAPE, "sparsemax: at most %d dimensions", MICA_MAX_RANK - 1);
	mica_var z = centred(x, axis), fixed = mica_op_stop_gradient(z);
	mica_var mine = mica_op_reshape(fixed, opened(s, axis + 1)), others = mica_op_reshape(fixed, opened(s, axis));
	mica_var first = mica_op_ge(others, mine);
	mica_var k = mica_op_sum(first, MICA_AXIS(axis + 1), false);
	mica_var sum = mica_op_sum(mica_op_where(first, others, number(x, 0)), MICA_AXIS(axis + 1), false);
	mica_var support = mica_op_gt(mica_op_addc(mica_op_mul(k, fixed), 1), sum);
	mica_var t = mica_op_addc(sum_along(mica_op_where(support, z, number(x, 0)), axis), -1);
	return mica_op_max(mica_op_sub(z, mica_op_div(t, sum_along(support, axis))), number(x, 0));
}

/* One half of the axis times the sigmoid of the other. */
static mica_var glu(mica_var x, const void *options)
{
	mica_shape s = mica_var_shape(x);
	size_t axis, start[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK];

	if (!find_axis(x, "glu", options, &axis))
		return x;
	size_t n = s.dim[axis];
	if (n % 2)
		return mica__graph_fail(mica_var_graph(x), MICA_ESHAPE, "glu: an axis of %zu has no halves", n);
	memcpy(stop, s.dim, sizeof stop);
	stop[axis] = n / 2;
	mica_var a = mica_op_slice(x, start, stop, NULL);
	start[axis] = n / 2;
	stop[axis] = n;
	return mica_op_mul(a, mica_op_sigmoid(mica_op_slice(x, start, stop, NULL)));
}

/* ---- of one element ---- */

static mica_var linear(mica_var x, const void *options)
{
	(void)options;
	return x;
}

/* min(max(x, 0), 6), with slope 0 at both borders: a tie's slope goes to the first operand. */
static mica_var relu6(mica_var x, const void *options)
{
	(void)options;
	return mica_op_min(number(x, 6), mica_op_relu(x));
}

/* At 0 the slope is that of below. */
static mica_var leaky(mica_var x, double slope)
{
	return mica_op_where(above(x, 0), x, mica_op_mulc(x, slope));
}

static mica_var leaky_relu(mica_var x, const void *options)
{
	return leaky(x, ((const mica_leaky_relu_opts *)options)->negative_slope);
}

static mica_var relu(mica_var x, const void *options)
{
	const mica_relu_opts *o = options;
	bool cut = o->max_value < INFINITY;

	if (o->negative_slope != 0 && o->threshold == 0 && !cut)
		return leaky(x, o->negative_slope);
	if (o->threshold == 0 && o->max_value == 6)
		cut = false;
	mica_var y = o->threshold != 0 ? mica_op_where(above(x, o->threshold), x, number(x, 0))
	             : o->max_value == 6 ? relu6(x, NULL) : mica_op_relu(x);
	if (cut)
		y = mica_op_clip(y, 0, o->max_value);
	if (o->negative_slope == 0)
		return y;
	mica_var below = mica_op_relu(mica_op_addc(mica_op_neg(x), o->threshold));
	return mica_op_sub(y, mica_op_mulc(below, o->negative_slope));
}

static mica_var sigmoid(mica_var x, const void *options)
{
	(void)options;
	return mica_op_sigmoid(x);
}

static mica_var tanh_(mica_var x, const void *options)
{
	(void)options;
	return mica_op_tanh(x);
}

static mica_var elu(mica_var x, const void *options)
{
	const mica_elu_opts *o = options;
	return exponential_linear(x, o->alpha);
}

static mica_var celu(mica_var x, const void *options)
{
	const mica_elu_opts *o = options;
	mica_var zero = number(x, 0), below = mica_op_expm1(mica_op_mulc(mica_op_min(x, zero), 1 / o->alpha));

	return mica_op_add(mica_op_max(x, zero), mica_op_mulc(below, o->alpha));
}

/* At 0 the slope is that of x > 0. */
static mica_var selu(mica_var x, const void *options)
{
	mica_var below = mica_op_mulc(mica_op_expm1(up_to_0(x)), 1.6732632423543772);

	(void)options;
	return mica_op_mulc(mica_op_where(mica_op_lt(x, number(x, 0)), below, x), 1.0507009873554805);
}

/* Approximately with sigmoid(2 u), which is (1 + tanh(u)) / 2 without the difference of two numbers near 1. */
static mica_var gelu(mica_var x, const void *options)
{
	const mica_gelu_opts *o = options;
	if (!o->approximate)
		return mica_op_mul(mica_op_mulc(x, 0.5), mica_op_addc(mica_op_erf(mica_op_mulc(x, sqrt(0.5))), 1));
	mica_var cubic = mica_op_mulc(mica_op_mul(x, mica_op_square(x)), 0.044715), u = mica_op_add(x, cubic);
	return mica_op_mul(x, mica_op_sigmoid(mica_op_mulc(u, 2 * 0.7978845608028654))); /* sqrt(2 / pi) */
}

static mica_var silu(mica_var x, const void *options)
{
	(void)options;
	return mica_op_mul(x, mica_op_sigmoid(x));
}

static mica_var softplus(mica_var x, const void *options)
{
	(void)options;
	return mica_op_softplus(x);
}

/* x r with r = 1 / (1 + |x|), which far from 0 is sign(x) (1 - r): infinity has a value and slope 0. */
static mica_var softsign(mica_var x, const void *options)
{
	mica_var r = mica_op_reciprocal(mica_op_addc(mica_op_abs(x), 1)), one = number(x, 1);
	mica_var outside = mica_op_gt(mica_op_abs(x), one), near = mica_op_where(outside, number(x, 0), x);
	mica_var far = mica_op_mul(mica_op_sign(x), mica_op_addc(mica_op_neg(r), 1));

	(void)options;
	return mica_op_where(outside, far, mica_op_mul(near, r));
}

static mica_var hard_sigmoid(mica_var x, const void *options)
{
	return mica_op_mulc(relu6(mica_op_addc(x, 3), options), 1.0 / 6);
}

static mica_var hard_silu(mica_var x, const void *options)
{
	return mica_op_mul(x, hard_sigmoid(x, options));
}

static mica_var hard_tanh(mica_var x, const void *options)
{
	(void)options;
	return mica_op_clip(x, -1, 1);
}

/* tanh(softplus(x)) is n / (n + 2) with n = e^x (e^x + 2).  Above 0 that is 1 - 2 / (n + 2), of which the slope is not the
   difference of two numbers near 1; above 20 it is 1. */
static mica_var mish(mica_var x, const void *options)
{
	mica_var e = mica_op_exp(mica_op_where(above(x, 20), number(x, 20), x)), n = mica_op_mul(e, mica_op_addc(e, 2));
	mica_var r = mica_op_reciprocal(mica_op_addc(n, 2));
	mica_var high = mica_op_addc(mica_op_mulc(r, -2), 1);

	(void)options;
	return mica_op_mul(x, mica_op_where(above(x, 0), high, mica_op_mul(n, r)));
}

static mica_var exponential(mica_var x, const void *options)
{
	(void)options;
	return mica_op_exp(x);
}

static mica_var squareplus(mica_var x, const void *options)
{
	const mica_squareplus_opts *o = options;
	return mica_op_mulc(mica_op_add(x, mica_op_sqrt(mica_op_addc(mica_op_square(x), o->b))), 0.5);
}

static mica_var soft_shrink(mica_var x, const void *options)
{
	const mica_shrink_opts *o = options;
	mica_var low = mica_op_where(mica_op_lt(x, number(x, -o->threshold)), mica_op_addc(x, o->threshold), number(x, 0));

	return mica_op_where(above(x, o->threshold), mica_op_addc(x, -o->threshold), low);
}

static mica_var hard_shrink(mica_var x, const void *options)
{
	const mica_shrink_opts *o = options;
	return mica_op_where(above(mica_op_abs(x), o->threshold), x, number(x, 0));
}

static mica_var tanh_shrink(mica_var x, const void *options)
{
	(void)options;
	return mica_op_sub(x, mica_op_tanh(x));
}

static mica_var threshold(mica_var x, const void *options)
{
	const mica_threshold_opts *o = options;
	return mica_op_where(above(x, o->threshold), x, number(x, o->default_value));
}

/* 0 up to -1, a parabola between, x from 1. */
static mica_var sparse_plus(mica_var x, const void *options)
{
	mica_var high = mica_op_ge(x, number(x, 1)), low = mica_op_le(x, number(x, -1));
	mica_var inside = mica_op_where(high, number(x, 1), mica_op_where(low, number(x, -1), x));

	(void)options;
	return mica_op_where(high, x, mica_op_mulc(mica_op_square(mica_op_addc(inside, 1)), 0.25));
}

static mica_var sparse_sigmoid(mica_var x, const void *options)
{
	mica_var half = mica_op_mulc(mica_op_addc(x, 1), 0.5);
	mica_var rest = mica_op_where(mica_op_ge(x, number(x, 1)), number(x, 1), half);

	(void)options;
	return mica_op_where(mica_op_le(x, number(x, -1)), number(x, 0), rest);
}

static mica_var log_sigmoid(mica_var x, const void *options)
{
	(void)options;
	return mica_op_neg(mica_op_softplus(mica_op_neg(x)));
}

/* ---- the user's ---- */

static mica_var custom(mica_var x, const void *options)
{
	const mica_custom_activation_opts *o = options;

	if (!o->call)
		return mica__graph_fail(mica_var_graph(x), MICA_EINVAL, "custom_activation: it has no call");
	return o->call(x, o->payload);
}

/* ---- the kinds ---- */

#define PLAIN(id, function) ACTIVATION(id, function, .alias = NULL)
#define ACTIVATION(id, function, ...) \
	const mica_kind mica_kind_##id = {.name = #id, .type = MICA_ACTIVATION, .activate = (function), __VA_ARGS__};
#define WITH(id, options, rows) ACTIVATION(id, id, .size = sizeof(options), MICA_FIELDS(rows))

static const mica_field along_fields[] = {MICA_FIELD_INT(mica_along_opts, axis, .otherwise = -1)};
static const mica_field relu_fields[] = {
	MICA_FIELD_REAL(mica_relu_opts, negative_slope, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_relu_opts, max_value, .otherwise = INFINITY, MICA_WITHIN(0, INFINITY)),
	MICA_FIELD_REAL(mica_relu_opts, threshold),
};
static const mica_field leaky_relu_fields[] = {MICA_FIELD_REAL(mica_leaky_relu_opts, negative_slope, .otherwise = 0.2, MICA_FROM(0))};
static const mica_field elu_fields[] = {MICA_FIELD_REAL(mica_elu_opts, alpha, .otherwise = 1)};
static const mica_field celu_fields[] = {MICA_FIELD_REAL(mica_elu_opts, alpha, .otherwise = 1, MICA_ABOVE(0))};
static const mica_field gelu_fields[] = {MICA_FIELD_FLAG(mica_gelu_opts, approximate)};
static const mica_field squareplus_fields[] = {MICA_FIELD_REAL(mica_squareplus_opts, b, .otherwise = 4, MICA_FROM(0))};
static const mica_field shrink_fields[] = {MICA_FIELD_REAL(mica_shrink_opts, threshold, .otherwise = 0.5, MICA_FROM(0))};
static const mica_field threshold_fields[] = {
	MICA_FIELD_REAL(mica_threshold_opts, threshold),
	MICA_FIELD_REAL(mica_threshold_opts, default_value),
};

PLAIN(linear, linear)
WITH(relu, mica_relu_opts, relu_fields)
WITH(softmax, mica_along_opts, along_fields)
PLAIN(sigmoid, sigmoid)
PLAIN(tanh, tanh_)
WITH(elu, mica_elu_opts, elu_fields)
PLAIN(selu, selu)
WITH(gelu, mica_gelu_opts, gelu_fields)
ACTIVATION(silu, silu, .alias = "swish")
PLAIN(softplus, softplus)
PLAIN(softsign, softsign)
WITH(leaky_relu, mica_leaky_relu_opts, leaky_relu_fields)
PLAIN(hard_sigmoid, hard_sigmoid)
PLAIN(mish, mish)
PLAIN(exponential, exponential)
WITH(log_softmax, mica_along_opts, along_fields)
PLAIN(relu6, relu6)
WITH(celu, mica_elu_opts, celu_fields)
WITH(squareplus, mica_squareplus_opts, squareplus_fields)
WITH(soft_shrink, mica_shrink_opts, shrink_fields)
WITH(hard_shrink, mica_shrink_opts, shrink_fields)
PLAIN(tanh_shrink, tanh_shrink)
WITH(threshold, mica_threshold_opts, threshold_fields)
PLAIN(sparse_plus, sparse_plus)
PLAIN(sparse_sigmoid, sparse_sigmoid)
ACTIVATION(hard_silu, hard_silu, .alias = "hard_swish")
PLAIN(hard_tanh, hard_tanh)
PLAIN(log_sigmoid, log_sigmoid)
WITH(sparsemax, mica_along_opts, along_fields)
WITH(glu, mica_along_opts, along_fields)
ACTIVATION(custom_activation, custom, .size = sizeof(mica_custom_activation_opts))

/* ---- using them ---- */

mica_var mica__activation_nodes(mica_var x, const mica_activation *a)
{
	mica_graph *g = mica_var_graph(x);

	if (mica_graph_status(g) != MICA_OK || !a->part.kind)
		return x;
	mica_var y = a->part.kind->activate(x, a->part.options);
	return y ? y : mica__graph_fail(g, MICA_EINVAL, "%s: the activation's function returned NULL", a->part.kind->name);
}

mica_var mica_activate(mica_var x, mica_activation a)
{
	mica_graph *g = mica_var_graph(x);
	mica_status st = mica__part_keep(&a.part, MICA_ACTIVATION, MICA_ACTIVATION);

	if (st != MICA_OK)
		return mica__graph_fail(g, st, "%s", mica__reason());
	mica_var y = mica__activation_nodes(x, &a);
	mica__part_drop(&a.part);
	return y;
}

bool mica__activation_keeps_logits(const mica_activation *a)
{
	if (a->part.kind == &mica_kind_softmax) /* a loss looks along the last axis */
		return ((const mica_along_opts *)a->part.options)->axis == -1;
	return a->part.kind == &mica_kind_sigmoid;
}
