/* SPDX-License-Identifier: MIT */
/* graph/elementwise.c - elementwise operations: shape rule, public functions, gradients.
   The expressions stand in node.h's table; a gradient rule here is written without regard to broadcasting, which
   mica__unbroadcast undoes for all of them. */
#include "graph/node.h"

#include <math.h>
#include <string.h>

static mica_var elementwise(mica__op op, mica_var a, mica_var b, mica_var c)
{
	mica_graph *g = a->g;
	const mica__op_info *info = mica__op_describe(op);
	mica_var in[3] = {a, b, c};
	mica_shape s = a->shape;

	for (size_t i = 0; i < info->arity; i++) {
		if (in[i]->failed)
			return &g->failed;
		if (in[i]->dtype != a->dtype)
			return mica__graph_fail(g, MICA_EINVAL, "%s: types %s and %s; cast one of them", info->name,
			                        mica__dtype_name(a->dtype), mica__dtype_name(in[i]->dtype));
		if (in[i]->dtype == MICA_U8)
			return mica__graph_fail(g, MICA_EINVAL, "%s: u8 is for storage; cast it first", info->name);
		mica_shape before = s;
		if (!mica__shape_broadcast(&before, &in[i]->shape, &s))
			return mica__graph_fail(g, MICA_ESHAPE, "%s: shapes %s and %s do not broadcast", info->name,
			                        mica__shape_text(&before), mica__shape_text(&in[i]->shape));
	}
	return mica__node(g, op, a->dtype, &s, in, info->arity, NULL);
}

#define UNARY(function, ID)                                    \
	mica_var function(mica_var x)                          \
	{                                                      \
		return elementwise(MICA__##ID, x, NULL, NULL); \
	}
#define BINARY(function, ID)                                \
	mica_var function(mica_var a, mica_var b)           \
	{                                                   \
		return elementwise(MICA__##ID, a, b, NULL); \
	}
/* Only real numbers: on integers the expression has no meaning in OpenCL C. */
#define REAL(function, ID)                                                                                        \
	mica_var function(mica_var x)                                                                             \
	{                                                                                                         \
		if (!x->failed && x->dtype != x->g->real)                                                         \
			return mica__graph_fail(x->g, MICA_EINVAL, #ID ": type %s; cast it to a real type",       \
			                        mica__dtype_name(x->dtype));                                      \
		return elementwise(MICA__##ID, x, NULL, NULL);                                                    \
	}

UNARY(mica_op_neg, NEG)
UNARY(mica_op_abs, ABS)
UNARY(mica_op_sign, SIGN)
REAL(mica_op_exp, EXP)
REAL(mica_op_expm1, EXPM1)
REAL(mica_op_log, LOG)
REAL(mica_op_log1p, LOG1P)
REAL(mica_op_sqrt, SQRT)
REAL(mica_op_rsqrt, RSQRT)
UNARY(mica_op_square, SQUARE)
REAL(mica_op_reciprocal, RECIPROCAL)
REAL(mica_op_tanh, TANH)
REAL(mica_op_sigmoid, SIGMOID)
REAL(mica_op_softplus, SOFTPLUS)
REAL(mica_op_erf, ERF)
REAL(mica_op_sin, SIN)
REAL(mica_op_cos, COS)
REAL(mica_op_floor, FLOOR)
REAL(mica_op_round, ROUND)
UNARY(mica_op_relu, RELU)
REAL(mica_op_is_finite, IS_FINITE)

BINARY(mica_op_add, ADD)
BINARY(mica_op_sub, SUB)
BINARY(mica_op_mul, MUL)
BINARY(mica_op_div, DIV)
BINARY(mica_op_max, MAX)
BINARY(mica_op_min, MIN)
BINARY(mica_op_lt, LT)
BINARY(mica_op_le, LE)
BINARY(mica_op_gt, GT)
BINARY(mica_op_ge, GE)
BINARY(mica_op_eq, EQ)
BINARY(mica_op_ne, NE)

mica_var mica_op_pow(mica_var a, mica_var b)
{
	if (!a->failed && a->dtype != a->g->real)
		return mica__graph_fail(a->g, MICA_EINVAL, "POW: type %s; cast it to a real type", mica__dtype_name(a->dtype));
	return elementwise(MICA__POW, a, b, NULL);
}

mica_var mica_op_where(mica_var condition, mica_var a, mica_var b)
{
	return elementwise(MICA__WHERE, condition, a, b);
}

static mica_var constant_like(mica_var x, double value)
{
	return mica_graph_fill(x->g, value, x->dtype, MICA_SCALAR_SHAPE);
}

mica_var mica_op_addc(mica_var a, double b)
{
	return mica_op_add(a, constant_like(a, b));
}

mica_var mica_op_mulc(mica_var a, double b)
{
	return mica_op_mul(a, constant_like(a, b));
}

mica_var mica_op_clip(mica_var x, double low, double high)
{
	if (!x->failed && !(low <= high))
		return mica__graph_fail(x->g, MICA_EINVAL, "clip: low %g is not below high %g", low, high);
	return mica_op_min(mica_op_max(x, constant_like(x, low)), constant_like(x, high));
}

mica_var mica_op_cast(mica_var x, mica_dtype t)
{
	if (x->failed || x->dtype == t)
		return x;
	if ((t == MICA_F32 || t == MICA_F64) && t != x->g->real)
		return mica__graph_fail(x->g, MICA_EINVAL, "cast: the graph's real type is %s", mica__dtype_name(x->g->real));
	return mica__node(x->g, MICA__CAST, t, &x->shape, &x, 1, NULL);
}

mica_var mica_op_stop_gradient(mica_var x)
{
	return x->failed ? x : mica__node(x->g, MICA__STOP_GRADIENT, x->dtype, &x->shape, &x, 1, NULL);
}

/* ---- gradients: y = f(x...), dy given ---- */

#define RULE(ID) static void grad_##ID(mica_var y, mica_var dy, mica_var *dx)
#define X0 (y->in[0])
#define X1 (y->in[1])

RULE(NEG) { (void)y; dx[0] = mica_op_neg(dy); }
RULE(ABS) { dx[0] = mica_op_mul(dy, mica_op_sign(X0)); }
RULE(EXP) { dx[0] = mica_op_mul(dy, y); }
RULE(EXPM1) { dx[0] = mica_op_mul(dy, mica_op_addc(y, 1)); }
RULE(LOG) { dx[0] = mica_op_div(dy, X0); }
RULE(LOG1P) { dx[0] = mica_op_div(dy, mica_op_addc(X0, 1)); }
RULE(SQRT) { dx[0] = mica_op_div(mica_op_mulc(dy, 0.5), y); }
RULE(RSQRT) { dx[0] = mica_op_mul(mica_op_mulc(dy, -0.5), mica_op_mul(y, mica_op_square(y))); }
RULE(SQUARE) { dx[0] = mica_op_mul(dy, mica_op_mulc(X0, 2)); }
RULE(RECIPROCAL) { dx[0] = mica_op_neg(mica_op_mul(dy, mica_op_square(y))); }
RULE(TANH) { dx[0] = mica_op_mul(dy, mica_op_addc(mica_op_neg(mica_op_square(y)), 1)); }
RULE(SIGMOID) { dx[0] = mica_op_mul(dy, mica_op_mul(y, mica_op_addc(mica_op_neg(y), 1))); }
RULE(SOFTPLUS) { dx[0] = mica_op_mul(dy, mica_op_sigmoid(X0)); }
RULE(ERF) { dx[0] = mica_op_mul(dy, mica_op_mulc(mica_op_exp(mica_op_neg(mica_op_square(X0))), 1.1283791670955126)); }
RULE(SIN) { dx[0] = mica_op_mul(dy, mica_op_cos(X0)); }
RULE(COS) { dx[0] = mica_op_neg(mica_op_mul(dy, mica_op_sin(X0))); }
/* From y, which is kept anyway: y > 0 exactly where x > 0. */
RULE(RELU) { dx[0] = mica_op_where(mica_op_gt(y, constant_like(y, 0)), dy, constant_like(dy, 0)); }
RULE(ADD) { (void)y; dx[0] = dx[1] = dy; }
RULE(SUB) { (void)y; dx[0] = dy; dx[1] = mica_op_neg(dy); }
RULE(MUL) { dx[0] = mica_op_mul(dy, X1); dx[1] = mica_op_mul(dy, X0); }
RULE(DIV) { dx[0] = mica_op_div(dy, X1); dx[1] = mica_op_neg(mica_op_div(mica_op_mul(dy, y), X1)); }
RULE(POW)
{
	dx[0] = mica_op_mul(dy, mica_op_mul(X1, mica_op_pow(X0, mica_op_addc(X1, -1))));
	/* x^b log x, and 0 where x is 0 */
	mica_var zero = constant_like(X0, 0), safe = mica_op_where(mica_op_eq(X0, zero), constant_like(X0, 1), X0);
	dx[1] = mica_op_mul(dy, mica_op_mul(y, mica_op_log(safe)));
}
RULE(MAX)
{
	mica_var first = mica_op_ge(X0, X1), zero = constant_like(dy, 0);
	dx[0] = mica_op_where(first, dy, zero);
	dx[1] = mica_op_where(first, zero, dy);
}
RULE(MIN)
{
	mica_var first = mica_op_le(X0, X1), zero = constant_like(dy, 0);
	dx[0] = mica_op_where(first, dy, zero);
	dx[1] = mica_op_where(first, zero, dy);
}
RULE(WHERE)
{
	mica_var zero = constant_like(dy, 0);
	dx[1] = mica_op_where(X0, dy, zero);
	dx[2] = mica_op_where(X0, zero, dy);
}

/* No entry: the gradient is zero everywhere it exists (sign, floor, round, comparisons). */
static mica__gradient_rule *const rules[MICA__ELEMENTWISE_END] = {
#define R(ID) [MICA__##ID] = grad_##ID
	R(NEG), R(ABS), R(EXP), R(EXPM1), R(LOG), R(LOG1P), R(SQRT), R(RSQRT), R(SQUARE), R(RECIPROCAL), R(TANH),
	R(SIGMOID), R(SOFTPLUS), R(ERF), R(SIN), R(COS), R(RELU), R(ADD), R(SUB), R(MUL), R(DIV), R(POW), R(MAX), R(MIN),
	R(WHERE),
#undef R
};

mica__gradient_rule *mica__elementwise_gradient(mica__op op)
{
	return rules[op];
}

mica_var mica__unbroadcast(mica_var x, const mica_shape *s)
{
	if (x->failed || mica__shape_equal(&x->shape, s))
		return x;
	size_t extra = x->shape.rank - s->rank;
	uint32_t axes = 0;
	for (size_t i = 0; i < x->shape.rank; i++)
		if (i < extra || (s->dim[i - extra] == 1 && x->shape.dim[i] != 1))
			axes |= MICA_AXIS(i);
	return mica_op_reshape(axes ? mica_op_sum(x, axes, true) : x, *s);
}
