/* SPDX-License-Identifier: MIT */
/* graph/pool.c - pooling: windows, and a reduction over their taps; and depthwise convolution.  Nothing here is an operation of
   its own: fusion makes one kernel of each, and of its gradient. */
#include "graph/window.h"

#include <math.h>

/* Windows of x as (N, outputs..., taps, C): all taps are one axis, number *axis. */
static mica_var seen(mica_var x, const mica_window_opts *o, size_t *axis)
{
	mica_var y = mica_op_window(x, o);
	return y->failed ? y : mica__taps_joined(y, axis);
}

/* ---- pooling ---- */

/* The options of a pooling window: side by side unless a stride is given. */
static bool pooling(const char *op, mica_var x, const mica_window_opts *opts, mica_window_opts *o)
{
	if (mica__options(o, opts, sizeof *o, op) != MICA_OK)
		mica__graph_fail(x->g, MICA_EUNSUPPORTED, "%s", mica_error(NULL));
	else if (o->outside != 0)
		mica__graph_fail(x->g, MICA_EINVAL, "%s: %g outside; what lies outside is never pooled, so leave it out", op, o->outside);
	for (size_t i = 0; i < MICA_WINDOW_AXES; i++)
		o->stride[i] = o->stride[i] ? o->stride[i] : o->taps[i];
	return x->g->status == MICA_OK;
}

mica_var mica_op_max_pool(mica_var x, const mica_window_opts *opts)
{
	mica_var bad;
	mica_window_opts o;
	size_t axis = 0;
	if (!mica__operands("max_pool", &x, 1, &bad))
		return bad;
	if (!pooling("max_pool", x, opts, &o))
		return &x->g->failed;
	o.outside = mica__dtype_real(x->dtype) ? -(double)INFINITY : mica__dtype_describe(x->dtype)->least;
	mica_var y = seen(x, &o, &axis);
	return mica_op_reduce_max(y, MICA_AXIS(axis), false);
}

/* Elements that each window of x sees, as (1, outputs..., 1) in x's type. */
static mica_var count(mica_var x, const mica_window_opts *o)
{
	mica_shape s = x->shape;
	size_t axis = 0;
	s.dim[0] = s.dim[s.rank - 1] = 1;
	mica_var y = seen(mica_graph_fill(x->g, 1, x->dtype, s), o, &axis);
	return mica_op_sum(y, MICA_AXIS(axis), false);
}

mica_var mica_op_average_pool(mica_var x, const mica_window_opts *opts)
{
	mica_var bad;
	mica_window_opts o;
	size_t axis = 0;
	if (!mica__operands("average_pool", &x, 1, &bad))
		return bad;
	if (!pooling("average_pool", x, opts, &o))
		return &x->g->failed;
	if (!mica__dtype_real(x->dtype))
		x = mica_op_cast(x, x->g->real);
	mica_var y = seen(x, &o, &axis);
	if (y->failed)
		return y;
	mica_var sum = mica_op_sum(y, MICA_AXIS(axis), false);
	if (o.padding == MICA_VALID)
		return mica_op_mulc(sum, 1 / (double)y->shape.dim[axis]);
	return mica_op_div(sum, count(x, &o));
}

/* The bits of the spatial axes; 0 after a failure. */
static uint32_t spatial(const char *op, mica_var x)
{
	if (x->shape.rank < 3)
		mica__graph_fail(x->g, MICA_ESHAPE, "%s: shape %s has no spatial axes; (N, spatial..., C) is needed", op,
		                 mica__shape_text(&x->shape));
	return x->g->status == MICA_OK ? ((1u << (x->shape.rank - 2)) - 1) << 1 : 0;
}

mica_var mica_op_global_max_pool(mica_var x, bool keep)
{
	mica_var bad;
	if (!mica__operands("global_max_pool", &x, 1, &bad))
		return bad;
	uint32_t axes = spatial("global_max_pool", x);
	return axes ? mica_op_reduce_max(x, axes, keep) : &x->g->failed;
}

mica_var mica_op_global_average_pool(mica_var x, bool keep)
{
	mica_var bad;
	if (!mica__operands("global_average_pool", &x, 1, &bad))
		return bad;
	uint32_t axes = spatial("global_average_pool", x);
	return axes ? mica_op_mean(x, axes, keep) : &x->g->failed;
}

/* ---- depthwise convolution ---- */

/* Whether w (taps..., C, M) are weights for x, and the window that they make. */
static bool weighs(mica_var x, mica_var w, const mica_window_opts *opts, mica_window_opts *o)
{
	mica_graph *g = x->g;
	size_t d = x->shape.rank - 2, m, all;
	if (mica__options(o, opts, sizeof *o, "depthwise_conv") != MICA_OK)
		mica__graph_fail(g, MICA_EUNSUPPORTED, "%s", mica_error(NULL));
	else if (x->dtype != g->real || w->dtype != g->real)
		mica__graph_fail(g, MICA_EINVAL, "depthwise_conv: types %s and %s; both must be %s: cast them", mica__dtype_name(x->dtype),
		                 mica__dtype_name(w->dtype), mica__dtype_name(g->real));
	else if (x->shape.rank < 3 || w->shape.rank != d + 2 || w->shape.dim[d] != mica__shape_last(&x->shape))
		mica__graph_fail(g, MICA_ESHAPE, "depthwise_conv: x %s, weights %s; (N, spatial..., C) and (taps..., C, M) are needed",
		                 mica__shape_text(&x->shape), mica__shape_text(&w->shape));
	else if (o->outside != 0)
		mica__graph_fail(g, MICA_EINVAL, "depthwise_conv: %g outside; it is 0", o->outside);
	for (size_t i = 0; g->status == MICA_OK && i < d && i < MICA_WINDOW_AXES; i++) {
		if (o->taps[i] && o->taps[i] != w->shape.dim[i])
			mica__graph_fail(g, MICA_ESHAPE, "depthwise_conv: %zu taps along spatial axis %zu, weights %s; leave them out",
			                 o->taps[i], i, mica__shape_text(&w->shape));
		o->taps[i] = w->shape.dim[i];
	}
	m = mica__shape_last(&w->shape);
	if (g->status == MICA_OK && !mica__mul(m, mica__shape_last(&x->shape), &all))
		mica__graph_fail(g, MICA_EOVERFLOW, "depthwise_conv: %zu for each of %zu channels are too many", m,
		                 mica__shape_last(&x->shape));
	return g->status == MICA_OK;
}

mica_var mica_op_depthwise_conv(mica_var x, mica_var w, const mica_window_opts *opts)
{
	mica_var bad, in[] = {x, w};
	mica_window_opts o;
	if (!mica__operands("depthwise_conv", in, 2, &bad))
		return bad;
	if (!weighs(x, w, opts, &o))
		return &x->g->failed;
	mica_shape s = w->shape;
	size_t d = s.rank - 2;
	s.dim[d + 1] *= s.dim[d];
	s.dim[d] = s.dim[d] ? 1 : 0;
	return mica_op_conv(x, mica_op_reshape(w, s), &o);
}
