/* SPDX-License-Identifier: MIT */
/* graph/elementwise.c - elementwise operations: gradients, shape rule, public functions.
   The rows of op.h's table become constants and functions here; cast and stop_gradient, which have no expression, are
   written out. */
#include "graph/node.h"

#include <math.h>

static mica_var number(mica_var like, double value)
{
	return mica_graph_fill(like->g, value, like->dtype, MICA_SCALAR_SHAPE);
}

/* ---- gradients: y = f(x...), dy given; broadcasting is undone for all of them ---- */

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
RULE(RELU) { dx[0] = mica_op_where(mica_op_gt(y, number(y, 0)), dy, number(dy, 0)); }
RULE(ADD) { (void)y; dx[0] = dx[1] = dy; }
RULE(SUB) { (void)y; dx[0] = dy; dx[1] = mica_op_neg(dy); }
RULE(MUL) { dx[0] = mica_op_mul(dy, X1); dx[1] = mica_op_mul(dy, X0); }
RULE(DIV) { dx[0] = mica_op_div(dy, X1); dx[1] = mica_op_neg(mica_op_div(mica_op_mul(dy, y), X1)); }
RULE(POW)
{
	dx[0] = mica_op_mul(dy, mica_op_mul(X1, mica_op_pow(X0, mica_op_addc(X1, -1))));
	/* x^b log x, and 0 where x is 0 */
	mica_var zero = number(X0, 0), safe = mica_op_where(mica_op_eq(X0, zero), number(X0, 1), X0);
	dx[1] = mica_op_mul(dy, mica_op_mul(y, mica_op_log(safe)));
}
RULE(MAX)
{
	mica_var first = mica_op_ge(X0, X1), zero = number(dy, 0);
	dx[0] = mica_op_where(first, dy, zero);
	dx[1] = mica_op_where(first, zero, dy);
}
RULE(MIN)
{
	mica_var first = mica_op_le(X0, X1), zero = number(dy, 0);
	dx[0] = mica_op_where(first, dy, zero);
	dx[1] = mica_op_where(first, zero, dy);
}
RULE(WHERE)
{
	mica_var zero = number(dy, 0);
	dx[1] = mica_op_where(X0, dy, zero);
	dx[2] = mica_op_where(X0, zero, dy);
}

/* ---- operations ---- */

#define GRADIENT_RULE(id) grad_##id
#define GRADIENT_ZERO(id) NULL
#define X(id, op, inputs, taken, costly, slope, text)                                                            \
	const mica__op_info mica__op_##id = {.name = #op, .family = MICA__FAMILY_POINTWISE, .arity = inputs,     \
	                                     .pointwise = true, .types = MICA__TAKES_##taken, .heavy = costly, \
	                                     .expression = text, .gradient = GRADIENT_##slope(id)};
MICA__ELEMENTWISE(X)
#undef X

/* ---- operations that change nothing ---- */

/* Whether x + v is x for every x: -0 + 0 is 0. */
static bool adds_nothing(double v, mica_dtype t)
{
	return v == 0 && (!mica__dtype_real(t) || signbit(v));
}

mica_var mica__same_as(const struct mica_node *x, const mica_var *in)
{
	double v[2] = {NAN, NAN};
	for (size_t i = 0; i < x->n_in && i < MICA__COUNT(v); i++)
		mica__is_fill(in[i], &v[i]);
	switch (x->op) {
	case MICA__NEG: return in[0]->op == MICA__NEG ? in[0]->in[0] : NULL;
	case MICA__ADD: return adds_nothing(v[1], x->dtype) ? in[0] : adds_nothing(v[0], x->dtype) ? in[1] : NULL;
	case MICA__SUB: return adds_nothing(-v[1], x->dtype) ? in[0] : NULL;
	case MICA__MUL: return v[1] == 1 ? in[0] : v[0] == 1 ? in[1] : NULL;
	case MICA__DIV: return v[1] == 1 ? in[0] : NULL;
	default: return NULL;
	}
}

/* ---- making ---- */

/* Whether op takes operands of those types: one for all, but for a condition. */
static bool types_fit(mica_graph *g, const mica__op_info *op, const mica_var *in)
{
	size_t first = op->types == MICA__TAKES_CHOICE;
	mica_dtype t = in[first]->dtype;
	for (size_t i = first; i < op->arity; i++)
		if (in[i]->dtype != t)
			mica__graph_fail(g, MICA_EINVAL, "%s: types %s and %s; cast one of them", op->name, mica__dtype_name(t),
			                 mica__dtype_name(in[i]->dtype));
	if (op->types == MICA__TAKES_REAL && !mica__dtype_real(t))
		mica__graph_fail(g, MICA_EINVAL, "%s: type %s; cast it to a real type", op->name, mica__dtype_name(t));
	else if (op->types == MICA__TAKES_NUMBER && mica__dtype_describe(t)->class == MICA__CLASS_TRUTH)
		mica__graph_fail(g, MICA_EINVAL, "%s: truth values are no numbers; cast them to a type of numbers, or use min for "
		                 "and, max for or, ne", op->name);
	return g->status == MICA_OK;
}

/* The shape of operands that broadcast. */
static bool shape_of(mica_graph *g, const mica__op_info *op, const mica_var *in, mica_shape *out)
{
	mica_shape s = in[0]->shape;
	for (size_t i = 1; i < op->arity; i++) {
		mica_shape before = s;
		if (!mica__shape_broadcast(&before, &in[i]->shape, &s))
			mica__graph_fail(g, MICA_ESHAPE, "%s: shapes %s and %s do not broadcast", op->name, mica__shape_text(&before),
			                 mica__shape_text(&in[i]->shape));
	}
	*out = s;
	return g->status == MICA_OK;
}

static mica_var elementwise(mica__op op, const mica_var *in)
{
	const mica__op_info *info = mica__op_describe(op);
	mica_var bad, wide[3];
	mica_shape s;
	mica_graph *g = mica__operands(info->name, in, info->arity, &bad);
	if (!g)
		return bad;
	if (!types_fit(g, info, in) || !shape_of(g, info, in, &s))
		return &g->failed;
	for (size_t i = 0; i < info->arity; i++)
		wide[i] = mica__widened(in[i]);
	mica_var y = mica__node(g, op, wide[info->arity - 1]->dtype, &s, wide, info->arity, NULL);
	return mica_op_cast(y, in[info->arity - 1]->dtype);
}

#define FUNCTION_1(id, name)                                        \
	mica_var mica_op_##name(mica_var x)                         \
	{                                                           \
		return elementwise(MICA__##id, (mica_var[]){x});    \
	}
#define FUNCTION_2(id, name)                                        \
	mica_var mica_op_##name(mica_var a, mica_var b)             \
	{                                                           \
		return elementwise(MICA__##id, (mica_var[]){a, b}); \
	}
#define FUNCTION_3(id, name)                                           \
	mica_var mica_op_##name(mica_var a, mica_var b, mica_var c)    \
	{                                                              \
		return elementwise(MICA__##id, (mica_var[]){a, b, c}); \
	}
#define X(id, name, arity, types, heavy, gradient, expression) FUNCTION_##arity(id, name)
MICA__ELEMENTWISE(X)
#undef X

/* ---- with constants ---- */

static mica_var constant(const char *op, mica_var x, double value)
{
	if (!mica__dtype_holds(x->dtype, value))
		return mica__graph_fail(x->g, MICA_EINVAL, "%s: %g is no value of type %s; cast the operand to a real type", op,
		                        value, mica__dtype_name(x->dtype));
	return number(x, value);
}

mica_var mica_op_addc(mica_var a, double b)
{
	mica_var bad;
	return mica__operands("addc", &a, 1, &bad) ? mica_op_add(a, constant("addc", a, b)) : bad;
}

mica_var mica_op_mulc(mica_var a, double b)
{
	mica_var bad;
	return mica__operands("mulc", &a, 1, &bad) ? mica_op_mul(a, constant("mulc", a, b)) : bad;
}

mica_var mica_op_csub(double a, mica_var b)
{
	mica_var bad;
	return mica__operands("csub", &b, 1, &bad) ? mica_op_sub(constant("csub", b, a), b) : bad;
}

mica_var mica_op_cdiv(double a, mica_var b)
{
	mica_var bad;
	return mica__operands("cdiv", &b, 1, &bad) ? mica_op_div(constant("cdiv", b, a), b) : bad;
}

mica_var mica_op_clip(mica_var x, double low, double high)
{
	mica_var bad;
	if (!mica__operands("clip", &x, 1, &bad))
		return bad;
	if (!(low <= high))
		return mica__graph_fail(x->g, MICA_EINVAL, "clip: low %g is not below high %g", low, high);
	return mica_op_min(mica_op_max(x, constant("clip", x, low)), constant("clip", x, high));
}

/* ---- without an expression ---- */

static void cast_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	if (mica__dtype_real(y->in[0]->dtype))
		dx[0] = mica_op_cast(dy, y->in[0]->dtype);
}

const mica__op_info mica__op_CAST = {
	.name = "cast", .family = MICA__FAMILY_POINTWISE, .arity = 1, .pointwise = true, .gradient = cast_gradient};

mica_var mica_op_cast(mica_var x, mica_dtype t)
{
	mica_var bad;
	if (!mica__operands("cast", &x, 1, &bad))
		return bad;
	if (!mica__graph_has(x->g, "cast", t))
		return &x->g->failed;
	return x->dtype == t ? x : mica__node(x->g, MICA__CAST, t, &x->shape, &x, 1, NULL);
}

mica_var mica__widened(mica_var x)
{
	return mica_op_cast(x, mica__dtype_describe(x->dtype)->computed);
}

bool mica__is_index(mica_var *index, const char *op)
{
	mica_var x = *index;
	if (x->dtype == MICA_I64)
		*index = mica_op_cast(mica_op_clip(x, INT32_MIN, INT32_MAX), MICA_I32);
	else if (x->dtype != MICA_I32)
		mica__graph_fail(x->g, MICA_EINVAL, "%s: index %s is of type %s; i32 or i64 wanted, cast it", op,
		                 mica__shape_text(&x->shape), mica__dtype_name(x->dtype));
	return x->g->status == MICA_OK;
}

const mica__op_info mica__op_STOP_GRADIENT = {
	.name = "stop_gradient", .family = MICA__FAMILY_MOVE, .arity = 1, .pointwise = true};

mica_var mica_op_stop_gradient(mica_var x)
{
	mica_var bad;
	if (!mica__operands("stop_gradient", &x, 1, &bad))
		return bad;
	return mica__node(x->g, MICA__STOP_GRADIENT, x->dtype, &x->shape, &x, 1, NULL);
}
