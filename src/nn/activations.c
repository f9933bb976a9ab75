/* SPDX-License-Identifier: MIT */
/* nn/activations.c - activations as nodes: one function and one row each.  Formulas are Keras', and slopes at borders
   TensorFlow's.  Where a branch is not taken its argument is kept in range, because 0 times the infinite slope of a branch
   not taken would be NaN. */
#include "base/fields.h"
#include "nn/nn.h"

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

/* x minus the row's largest element, which the gradient may ignore: the result of its users does not depend on it. */
static mica_var centred(mica_var x)
{
	uint32_t last = MICA_AXIS(mica_var_shape(x).rank - 1);
	return mica_op_sub(x, mica_op_stop_gradient(mica_op_reduce_max(x, last, true)));
}

static mica_var row_sum(mica_var x)
{
	return mica_op_sum(x, MICA_AXIS(mica_var_shape(x).rank - 1), true);
}

/* ---- of a row ---- */

static mica_var softmax(mica_var x, const mica_activation *o)
{
	mica_var e = mica_op_exp(centred(x));

	(void)o;
	return mica_op_mul(e, mica_op_reciprocal(row_sum(e)));
}

static mica_var log_softmax(mica_var x, const mica_activation *o)
{
	mica_var z = centred(x);

	(void)o;
	return mica_op_sub(z, mica_op_log(row_sum(mica_op_exp(z))));
}

/* max(x - t, 0) with the t for which a row adds up to 1 (Martins and Astudillo 2016).  An element belongs to the support
   when 1 + k x > s, where k counts the elements not below it and s is their sum: compared in pairs, without sorting, so a row
   of n costs n^2.  The gradient goes through the support's mean only. */
static mica_var sparsemax(mica_var x, const mica_activation *o)
{
	mica_var z = centred(x), mine, others;
	mica_shape s = mica_var_shape(x), column = s, row = s;
	size_t n = s.dim[s.rank - 1];

	(void)o;
	if (s.rank == MICA_MAX_RANK)
		return mica__graph_fail(mica_var_graph(x), MICA_ESHAPE, "sparsemax: at most %d dimensions", MICA_MAX_RANK - 1);
	column.dim[column.rank++] = 1;
	row.dim[row.rank - 1] = 1;
	row.dim[row.rank++] = n;
	mica_var fixed = mica_op_stop_gradient(z);
	mine = mica_op_reshape(fixed, column);
	others = mica_op_reshape(fixed, row);
	mica_var first = mica_op_ge(others, mine);
	mica_var k = mica_op_sum(first, MICA_AXIS(s.rank), false);
	mica_var sum = mica_op_sum(mica_op_where(first, others, number(x, 0)), MICA_AXIS(s.rank), false);
	mica_var support = mica_op_gt(mica_op_addc(mica_op_mul(k, fixed), 1), sum);
	mica_var t = mica_op_addc(row_sum(mica_op_where(support, z, number(x, 0))), -1);
	return mica_op_max(mica_op_sub(z, mica_op_div(t, row_sum(support))), number(x, 0));
}

/* One half of the row times the sigmoid of the other. */
static mica_var glu(mica_var x, const mica_activation *o)
{
	mica_shape s = mica_var_shape(x);
	size_t n = s.dim[s.rank - 1], start[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK];

	(void)o;
	if (n % 2)
		return mica__graph_fail(mica_var_graph(x), MICA_ESHAPE, "glu: a row of %zu has no halves", n);
	memcpy(stop, s.dim, sizeof stop);
	stop[s.rank - 1] = n / 2;
	mica_var a = mica_op_slice(x, start, stop, NULL);
	start[s.rank - 1] = n / 2;
	stop[s.rank - 1] = n;
	return mica_op_mul(a, mica_op_sigmoid(mica_op_slice(x, start, stop, NULL)));
}

/* ---- of one element ---- */

static mica_var linear(mica_var x, const mica_activation *o)
{
	(void)o;
	return x;
}

/* min(max(x, 0), 6), with slope 0 at both borders: a tie's slope goes to the first operand. */
static mica_var relu6(mica_var x, const mica_activation *o)
{
	(void)o;
	return mica_op_min(number(x, 6), mica_op_relu(x));
}

/* At 0 the slope is that of below. */
static mica_var leaky_relu(mica_var x, const mica_activation *o)
{
	return mica_op_where(above(x, 0), x, mica_op_mulc(x, o->negative_slope));
}

static mica_var relu(mica_var x, const mica_activation *o)
{
	bool cut = o->max_value < INFINITY;

	if (o->negative_slope != 0 && o->threshold == 0 && !cut)
		return leaky_relu(x, o);
	if (o->threshold == 0 && o->max_value == 6)
		cut = false;
	mica_var y = o->threshold != 0 ? mica_op_where(above(x, o->threshold), x, number(x, 0))
	             : o->max_value == 6 ? relu6(x, o) : mica_op_relu(x);
	if (cut)
		y = mica_op_clip(y, 0, o->max_value);
	if (o->negative_slope == 0)
		return y;
	mica_var below = mica_op_relu(mica_op_addc(mica_op_neg(x), o->threshold));
	return mica_op_sub(y, mica_op_mulc(below, o->negative_slope));
}

static mica_var sigmoid(mica_var x, const mica_activation *o)
{
	(void)o;
	return mica_op_sigmoid(x);
}

static mica_var tanh_(mica_var x, const mica_activation *o)
{
	(void)o;
	return mica_op_tanh(x);
}

static mica_var elu(mica_var x, const mica_activation *o)
{
	return exponential_linear(x, o->alpha);
}

static mica_var celu(mica_var x, const mica_activation *o)
{
	mica_var zero = number(x, 0), below = mica_op_expm1(mica_op_mulc(mica_op_min(x, zero), 1 / o->alpha));

	return mica_op_add(mica_op_max(x, zero), mica_op_mulc(below, o->alpha));
}

/* At 0 the slope is that of x > 0. */
static mica_var selu(mica_var x, const mica_activation *o)
{
	mica_var below = mica_op_mulc(mica_op_expm1(up_to_0(x)), 1.6732632423543772);

	(void)o;
	return mica_op_mulc(mica_op_where(mica_op_lt(x, number(x, 0)), below, x), 1.0507009873554805);
}

/* Approximately with sigmoid(2 u), which is (1 + tanh(u)) / 2 without the difference of two numbers near 1. */
static mica_var gelu(mica_var x, const mica_activation *o)
{
	if (!o->approximate)
		return mica_op_mul(mica_op_mulc(x, 0.5), mica_op_addc(mica_op_erf(mica_op_mulc(x, sqrt(0.5))), 1));
	mica_var cubic = mica_op_mulc(mica_op_mul(x, mica_op_square(x)), 0.044715), u = mica_op_add(x, cubic);
	return mica_op_mul(x, mica_op_sigmoid(mica_op_mulc(u, 2 * 0.7978845608028654))); /* sqrt(2 / pi) */
}

static mica_var silu(mica_var x, const mica_activation *o)
{
	(void)o;
	return mica_op_mul(x, mica_op_sigmoid(x));
}

static mica_var softplus(mica_var x, const mica_activation *o)
{
	(void)o;
	return mica_op_softplus(x);
}

/* x r with r = 1 / (1 + |x|), which far from 0 is sign(x) (1 - r): infinity has a value and slope 0. */
static mica_var softsign(mica_var x, const mica_activation *o)
{
	mica_var r = mica_op_reciprocal(mica_op_addc(mica_op_abs(x), 1)), one = number(x, 1);
	mica_var outside = mica_op_gt(mica_op_abs(x), one), near = mica_op_where(outside, number(x, 0), x);
	mica_var far = mica_op_mul(mica_op_sign(x), mica_op_addc(mica_op_neg(r), 1));

	(void)o;
	return mica_op_where(outside, far, mica_op_mul(near, r));
}

static mica_var hard_sigmoid(mica_var x, const mica_activation *o)
{
	return mica_op_mulc(relu6(mica_op_addc(x, 3), o), 1.0 / 6);
}

static mica_var hard_silu(mica_var x, const mica_activation *o)
{
	return mica_op_mul(x, hard_sigmoid(x, o));
}

static mica_var hard_tanh(mica_var x, const mica_activation *o)
{
	(void)o;
	return mica_op_clip(x, -1, 1);
}

/* tanh(softplus(x)) is n / (n + 2) with n = e^x (e^x + 2).  Above 0 that is 1 - 2 / (n + 2), of which the slope is not the
   difference of two numbers near 1; above 20 it is 1. */
static mica_var mish(mica_var x, const mica_activation *o)
{
	mica_var e = mica_op_exp(mica_op_where(above(x, 20), number(x, 20), x)), n = mica_op_mul(e, mica_op_addc(e, 2));
	mica_var r = mica_op_reciprocal(mica_op_addc(n, 2));
	mica_var high = mica_op_addc(mica_op_mulc(r, -2), 1);

	(void)o;
	return mica_op_mul(x, mica_op_where(above(x, 0), high, mica_op_mul(n, r)));
}

static mica_var exponential(mica_var x, const mica_activation *o)
{
	(void)o;
	return mica_op_exp(x);
}

static mica_var squareplus(mica_var x, const mica_activation *o)
{
	return mica_op_mulc(mica_op_add(x, mica_op_sqrt(mica_op_addc(mica_op_square(x), o->b))), 0.5);
}

static mica_var soft_shrink(mica_var x, const mica_activation *o)
{
	mica_var low = mica_op_where(mica_op_lt(x, number(x, -o->threshold)), mica_op_addc(x, o->threshold), number(x, 0));

	return mica_op_where(above(x, o->threshold), mica_op_addc(x, -o->threshold), low);
}

static mica_var hard_shrink(mica_var x, const mica_activation *o)
{
	return mica_op_where(above(mica_op_abs(x), o->threshold), x, number(x, 0));
}

static mica_var tanh_shrink(mica_var x, const mica_activation *o)
{
	(void)o;
	return mica_op_sub(x, mica_op_tanh(x));
}

static mica_var threshold(mica_var x, const mica_activation *o)
{
	return mica_op_where(above(x, o->threshold), x, number(x, o->default_value));
}

/* 0 up to -1, a parabola between, x from 1. */
static mica_var sparse_plus(mica_var x, const mica_activation *o)
{
	mica_var high = mica_op_ge(x, number(x, 1)), low = mica_op_le(x, number(x, -1));
	mica_var inside = mica_op_where(high, number(x, 1), mica_op_where(low, number(x, -1), x));

	(void)o;
	return mica_op_where(high, x, mica_op_mulc(mica_op_square(mica_op_addc(inside, 1)), 0.25));
}

static mica_var sparse_sigmoid(mica_var x, const mica_activation *o)
{
	mica_var half = mica_op_mulc(mica_op_addc(x, 1), 0.5);
	mica_var rest = mica_op_where(mica_op_ge(x, number(x, 1)), number(x, 1), half);

	(void)o;
	return mica_op_where(mica_op_le(x, number(x, -1)), number(x, 0), rest);
}

static mica_var log_sigmoid(mica_var x, const mica_activation *o)
{
	(void)o;
	return mica_op_neg(mica_op_softplus(mica_op_neg(x)));
}

/* ---- the table ---- */

#define REAL(member, ...) MICA__FIELD(mica_activation, member, MICA__REAL, __VA_ARGS__)
#define ANY -MICA__FINITE, MICA__FINITE, false, false
#define FROM_0 0, MICA__FINITE, false, false
#define ABOVE_0 0, MICA__FINITE, true, false

static const mica__field all_fields[] = {
	REAL(negative_slope, 0, ANY), REAL(max_value, 0, ANY), REAL(threshold, 0, ANY), REAL(alpha, 0, ANY), REAL(b, 0, ANY),
	REAL(default_value, 0, ANY), MICA__FLAG_FIELD(mica_activation, approximate),
};
static const mica__field relu_fields[] = {REAL(negative_slope, 0, FROM_0), REAL(max_value, INFINITY, 0, INFINITY, false, false),
                                          REAL(threshold, 0, ANY)};
static const mica__field leaky_relu_fields[] = {REAL(negative_slope, 0.2, FROM_0)};
static const mica__field elu_fields[] = {REAL(alpha, 1, ANY)};
static const mica__field celu_fields[] = {REAL(alpha, 1, ABOVE_0)};
static const mica__field gelu_fields[] = {MICA__FLAG_FIELD(mica_activation, approximate)};
static const mica__field squareplus_fields[] = {REAL(b, 4, FROM_0)};
static const mica__field shrink_fields[] = {REAL(threshold, 0.5, FROM_0)};
static const mica__field threshold_fields[] = {REAL(threshold, 0, ANY), REAL(default_value, 0, ANY)};

typedef struct row {
	const char *name, *alias;
	mica_var (*nodes)(mica_var x, const mica_activation *o);
	const mica__field *fields;
	size_t n_fields;
	bool of_rows; /* of the last axis: a scalar has none */
} row;

#define OPTIONS(fields) fields, MICA__COUNT(fields), false
static const row rows[] = {
	{"linear", NULL, linear, NULL, 0, false},
	{"relu", NULL, relu, OPTIONS(relu_fields)},
	{"softmax", NULL, softmax, NULL, 0, true},
	{"sigmoid", NULL, sigmoid, NULL, 0, false},
	{"tanh", NULL, tanh_, NULL, 0, false},
	{"elu", NULL, elu, OPTIONS(elu_fields)},
	{"selu", NULL, selu, NULL, 0, false},
	{"gelu", NULL, gelu, OPTIONS(gelu_fields)},
	{"silu", "swish", silu, NULL, 0, false},
	{"softplus", NULL, softplus, NULL, 0, false},
	{"softsign", NULL, softsign, NULL, 0, false},
	{"leaky_relu", NULL, leaky_relu, OPTIONS(leaky_relu_fields)},
	{"hard_sigmoid", NULL, hard_sigmoid, NULL, 0, false},
	{"mish", NULL, mish, NULL, 0, false},
	{"exponential", NULL, exponential, NULL, 0, false},
	{"log_softmax", NULL, log_softmax, NULL, 0, true},
	{"relu6", NULL, relu6, NULL, 0, false},
	{"celu", NULL, celu, OPTIONS(celu_fields)},
	{"squareplus", NULL, squareplus, OPTIONS(squareplus_fields)},
	{"soft_shrink", NULL, soft_shrink, OPTIONS(shrink_fields)},
	{"hard_shrink", NULL, hard_shrink, OPTIONS(shrink_fields)},
	{"tanh_shrink", NULL, tanh_shrink, NULL, 0, false},
	{"threshold", NULL, threshold, OPTIONS(threshold_fields)},
	{"sparse_plus", NULL, sparse_plus, NULL, 0, false},
	{"sparse_sigmoid", NULL, sparse_sigmoid, NULL, 0, false},
	{"hard_silu", "hard_swish", hard_silu, NULL, 0, false},
	{"hard_tanh", NULL, hard_tanh, NULL, 0, false},
	{"log_sigmoid", NULL, log_sigmoid, NULL, 0, false},
	{"sparsemax", NULL, sparsemax, NULL, 0, true},
	{"glu", NULL, glu, NULL, 0, true},
};

/* ---- using it ---- */

static const row *find(const char *name)
{
	for (size_t i = 0; i < MICA__COUNT(rows); i++)
		if (strcmp(rows[i].name, name) == 0 || (rows[i].alias && strcmp(rows[i].alias, name) == 0))
			return &rows[i];
	return NULL;
}

const char *mica_activation_name(size_t i)
{
	return i < MICA__COUNT(rows) ? rows[i].name : NULL;
}

bool mica_activation_parse(const char *name, mica_activation *out)
{
	const row *r = name && out ? find(name) : NULL;

	if (r)
		*out = (mica_activation){.name = r->name};
	return r != NULL;
}

static mica_var of_the_user(mica_var x, const mica_activation *a)
{
	const char *name = a->name ? a->name : "custom";
	mica_graph *g = mica_var_graph(x);

	if (mica__fields_only(name, a, NULL, 0, all_fields, MICA__COUNT(all_fields)) != MICA_OK)
		return mica__graph_fail(g, MICA_EINVAL, "%s", mica__reason());
	mica_var y = a->call(x, a->payload);
	return y ? y : mica__graph_fail(g, MICA_EINVAL, "%s: the activation's function returned NULL", name);
}

mica_var mica_activate(mica_var x, mica_activation a)
{
	mica_graph *g = mica_var_graph(x);

	if (mica_graph_status(g) != MICA_OK)
		return x;
	if (a.call)
		return of_the_user(x, &a);
	const row *r = a.name ? find(a.name) : &rows[0];
	if (!r)
		return mica__graph_fail(g, MICA_EINVAL, "there is no activation \"%s\"; mica_activation_name lists them", a.name);
	if (mica__fields_only(r->name, &a, r->fields, r->n_fields, all_fields, MICA__COUNT(all_fields)) != MICA_OK ||
	    mica__fields_resolve(r->name, &a, r->fields, r->n_fields) != MICA_OK)
		return mica__graph_fail(g, MICA_EINVAL, "%s", mica__reason());
	if (r->of_rows && mica_var_shape(x).rank == 0)
		return mica__graph_fail(g, MICA_ESHAPE, "%s: a scalar has no last axis", r->name);
	return r->nodes(x, &a);
}

bool mica__activation_keeps_logits(const mica_activation *a)
{
	const row *r = a->name && !a->call ? find(a->name) : NULL;

	return r && (r->nodes == softmax || r->nodes == sigmoid);
}
