/* SPDX-License-Identifier: MIT */
/* nn/regularizers.c - what weights add to the loss, and what is allowed of them after an update (Keras 1.4). */
#include "nn/nn.h"

#define EPSILON 1e-7

static mica_var total(mica_var x)
{
	return mica_op_sum(x, MICA_ALL_AXES, false);
}

/* ---- regularizers ---- */

static mica_var l1(mica_var w, const void *options)
{
	return mica_op_mulc(total(mica_op_abs(w)), ((const mica_l1_opts *)options)->l1);
}

static mica_var l2(mica_var w, const void *options)
{
	return mica_op_mulc(total(mica_op_square(w)), ((const mica_l2_opts *)options)->l2);
}

static mica_var l1_l2(mica_var w, const void *options)
{
	const mica_l1_l2_opts *o = options;
	mica_var first = o->l1 != 0 ? l1(w, &(mica_l1_opts){.l1 = o->l1}) : NULL;
	mica_var second = o->l2 != 0 ? l2(w, &(mica_l2_opts){.l2 = o->l2}) : NULL;

	if (!first && !second)
		return mica_graph_scalar(mica_var_graph(w), 0);
	return !first ? second : !second ? first : mica_op_add(first, second);
}

/* factor / 2 sum over i != j of |r_i r_j| / (n (n - 1) / 2), each r divided by its length, at least 1e-6 (sqrt of 1e-12). */
static mica_var orthogonal(mica_var w, const void *options)
{
	const mica_orthogonal_regularizer_opts *o = options;
	mica_shape s = mica_var_shape(w);

	if (s.rank != 2)
		return mica__graph_fail(mica_var_graph(w), MICA_ESHAPE, "orthogonal_regularizer: shape %s; it is for matrices",
		                        mica__shape_text(&s));
	mica_var rows = o->columns ? mica_op_transpose(w, NULL) : w;
	double n = (double)mica_var_shape(rows).dim[0], pairs = n * (n - 1) / 2;
	mica_var squares = mica_op_sum(mica_op_square(rows), MICA_AXIS(1), true);
	mica_var unit = mica_op_mul(rows, mica_op_rsqrt(mica_op_max(squares, mica_graph_scalar(mica_var_graph(w), EPSILON * EPSILON))));
	mica_var products = mica_op_abs(mica_op_matmul(unit, mica_op_transpose(unit, NULL)));
	mica_shape square = mica_var_shape(products);
	mica_var other = mica_op_ne(mica_graph_iota(mica_var_graph(w), square, 0), mica_graph_iota(mica_var_graph(w), square, 1));
	mica_var off = mica_op_mul(products, mica_op_cast(other, mica_var_dtype(w)));
	return pairs > 0 ? mica_op_mulc(total(off), o->factor * 0.5 / pairs) : mica_graph_scalar(mica_var_graph(w), 0);
}

#define REGULARIZER(id, function, ...)                                                                                         \
	static const mica_field id##_fields[] = {__VA_ARGS__};                                                                 \
	const mica_kind mica_kind_##id = {.name = #id, .type = MICA_REGULARIZER, .size = sizeof(mica_##id##_opts),             \
	                                  MICA_FIELDS(id##_fields), .penalty = (function)};

REGULARIZER(l1, l1, MICA_FIELD_REAL(mica_l1_opts, l1, .otherwise = 0.01, MICA_FROM(0)))
REGULARIZER(l2, l2, MICA_FIELD_REAL(mica_l2_opts, l2, .otherwise = 0.01, MICA_FROM(0)))
REGULARIZER(l1_l2, l1_l2, MICA_FIELD_REAL(mica_l1_l2_opts, l1, MICA_FROM(0)), MICA_FIELD_REAL(mica_l1_l2_opts, l2, MICA_FROM(0)))
REGULARIZER(orthogonal_regularizer, orthogonal,
            MICA_FIELD_REAL(mica_orthogonal_regularizer_opts, factor, .otherwise = 0.01, MICA_FROM(0)),
            MICA_FIELD_FLAG(mica_orthogonal_regularizer_opts, columns))

/* ---- constraints ---- */

/* |w| along the axes whose bits are given, or else along the axis, kept as 1; NULL with the failure in the graph if there are no such. */
static mica_var norm(mica_var w, int axis, int axes, const char *what)
{
	mica_shape s = mica_var_shape(w);
	long a = axis < 0 ? axis + (long)s.rank : axis;

	if (!axes && (a < 0 || a >= (long)s.rank)) {
		mica__graph_fail(mica_var_graph(w), MICA_EINVAL, "%s: axis %d of a weight of shape %s", what, axis, mica__shape_text(&s));
		return NULL;
	}
	if (axes >> s.rank) {
		mica__graph_fail(mica_var_graph(w), MICA_EINVAL, "%s: axes are the bits %#x, and a weight has shape %s", what, (unsigned)axes,
		                 mica__shape_text(&s));
		return NULL;
	}
	return mica_op_sqrt(mica_op_sum(mica_op_square(w), axes ? (uint32_t)axes : MICA_AXIS(a), true));
}

/* w of length `wanted` where its length is n. */
static mica_var scaled(mica_var w, mica_var wanted, mica_var n)
{
	return mica_op_mul(w, mica_op_div(wanted, mica_op_addc(n, EPSILON)));
}

static mica_var max_norm(mica_var w, const void *options)
{
	const mica_max_norm_opts *o = options;
	mica_var n = norm(w, o->axis, o->axes, "max_norm");

	return n ? scaled(w, mica_op_clip(n, 0, o->max_value), n) : w;
}

static mica_var unit_norm(mica_var w, const void *options)
{
	const mica_unit_norm_opts *o = options;
	mica_var n = norm(w, o->axis, o->axes, "unit_norm");

	return n ? mica_op_div(w, mica_op_addc(n, EPSILON)) : w;
}

static mica_var min_max_norm(mica_var w, const void *options)
{
	const mica_min_max_norm_opts *o = options;
	mica_var n = norm(w, o->axis, o->axes, "min_max_norm");

	if (!n)
		return w;
	mica_var clipped = mica_op_mulc(mica_op_clip(n, o->min_value, o->max_value), o->rate);
	return scaled(w, o->rate == 1 ? clipped : mica_op_add(clipped, mica_op_mulc(n, 1 - o->rate)), n);
}

static mica_var non_neg(mica_var w, const void *options)
{
	(void)options;
	return mica_op_mul(w, mica_op_ge(w, mica_graph_scalar(mica_var_graph(w), 0)));
}

#define AXES(options) MICA_FIELD_INT(options, axis), MICA_FIELD_INT(options, axes, MICA_WITHIN(0, 255))
#define CONSTRAINT(id, ...)                                                                                                    \
	static const mica_field id##_fields[] = {__VA_ARGS__};                                                                 \
	const mica_kind mica_kind_##id = {.name = #id, .type = MICA_CONSTRAINT, .size = sizeof(mica_##id##_opts),              \
	                                  MICA_FIELDS(id##_fields), .project = id};

CONSTRAINT(max_norm, MICA_FIELD_REAL(mica_max_norm_opts, max_value, .otherwise = 2, MICA_FROM(0)), AXES(mica_max_norm_opts))
CONSTRAINT(unit_norm, AXES(mica_unit_norm_opts))
CONSTRAINT(min_max_norm, MICA_FIELD_REAL(mica_min_max_norm_opts, min_value, MICA_FROM(0)),
           MICA_FIELD_REAL(mica_min_max_norm_opts, max_value, .otherwise = 1, MICA_FROM(0)),
           MICA_FIELD_REAL(mica_min_max_norm_opts, rate, .otherwise = 1, MICA_WITHIN(0, 1)), AXES(mica_min_max_norm_opts))
const mica_kind mica_kind_non_neg = {.name = "non_neg", .type = MICA_CONSTRAINT, .project = non_neg};
