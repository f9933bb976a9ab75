/* SPDX-License-Identifier: MIT */
/* graph/convolution.c - convolution, over one to three spatial axes with groups of channels, as three operations that are
   each other's gradients.  With x (N, spatial..., C), y (N, outputs..., F), a window and g groups:
     conv         x, w (taps..., C/g, F) -> y:  what each window sees, times the weights of its taps
     conv_data    y, v (taps..., F/g, C) -> x:  the transpose: each output is added to what its window saw
     conv_weight  x, y -> w:                    what a tap saw times the outputs, summed over all windows
   v is w with its two axes of channels swapped within each group, so that in both products the inner sum runs over the last
   axis but one of the weights, as in a matrix product.  g is read off the shapes.
   What is simpler by nature is never a node of these: windows of one tap are matrix products.  Groups of one channel have one
   filter: depthwise convolution. */
#include "graph/convolution.h"
#include "graph/window.h"

#include <string.h>

mica__convolution mica__convolution_of(const struct mica_node *node)
{
	const mica__window *w = &node->attr.window.shape;
	const mica_shape *x = node->op == MICA__CONV_DATA ? &node->shape : &node->in[0]->shape;
	const mica_shape *y = node->op == MICA__CONV ? &node->shape : &node->in[node->op == MICA__CONV_WEIGHT]->shape;
	const mica_shape *weights = node->op == MICA__CONV_WEIGHT ? &node->shape : &node->in[1]->shape;
	size_t c = mica__shape_last(x), f = mica__shape_last(y), inner = weights->dim[weights->rank - 2]; /* of one group */
	size_t groups = inner ? (node->op == MICA__CONV_DATA ? f : c) / inner : 1;
	mica__convolution g = {.n = x->dim[0], .groups = groups, .in = c / groups, .out = f / groups, .parts = weights->rank > w->axes + 2 ? weights->dim[0] : 1};
	for (size_t i = 0; i < MICA__MOST_SPATIAL; i++) {
		size_t missing = MICA__MOST_SPATIAL - w->axes, k = i - missing;
		bool there = i >= missing;
		g.size[i] = there ? x->dim[1 + k] : 1;
		g.outputs[i] = there ? y->dim[1 + k] : 1;
		g.taps[i] = there ? w->taps[k] : 1;
		g.stride[i] = there ? w->stride[k] : 1;
		g.dilation[i] = there ? w->dilation[k] : 1;
		g.before[i] = there ? w->before[k] : 0;
	}
	return g;
}

/* ---- nodes ---- */

static mica_shape shape_of(size_t n, const size_t *spatial, size_t axes, size_t c)
{
	mica_shape s = {axes + 2, {n}};
	memcpy(&s.dim[1], spatial, axes * sizeof *spatial);
	s.dim[axes + 1] = c;
	return s;
}

static mica_var node(mica__op op, const mica__window *w, mica_shape s, mica_var a, mica_var b)
{
	return mica__node(a->g, op, a->dtype, &s, (mica_var[]){a, b}, 2, &(mica__attr){.window = {*w, 0}});
}

/* (taps..., I, O) as (taps..., O/g, g I): the channels of each group swapped. */
static mica_var swapped(mica_var w, size_t groups)
{
	mica_shape s = w->shape, parts = s;
	size_t axes = s.rank - 2, in = s.dim[axes], out = s.dim[axes + 1] / groups, perm[MICA_MAX_RANK];
	if (groups == 1)
		return mica_op_transpose(w, NULL);
	parts.rank++;
	parts.dim[axes + 1] = groups;
	parts.dim[axes + 2] = out;
	for (size_t i = 0; i < axes + 3; i++)
		perm[i] = i;
	perm[axes] = axes + 2;
	perm[axes + 2] = axes;
	s.dim[axes] = out;
	s.dim[axes + 1] = groups * in;
	return mica_op_reshape(mica_op_transpose(mica_op_reshape(w, parts), perm), s);
}

static mica_var weight_of(const mica__window *w, mica_var x, mica_var y, size_t groups)
{
	mica_shape s = {w->axes + 2, {0}};
	memcpy(s.dim, w->taps, w->axes * sizeof *s.dim);
	s.dim[w->axes] = mica__shape_last(&x->shape) / groups;
	s.dim[w->axes + 1] = mica__shape_last(&y->shape);
	return node(MICA__CONV_WEIGHT, w, s, x, y);
}

/* ---- gradients ---- */

static void conv_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	mica_var x = y->in[0], w = y->in[1];
	const mica__window *window = &y->attr.window.shape;
	size_t groups = mica__convolution_of(y).groups;
	dx[0] = node(MICA__CONV_DATA, window, x->shape, dy, swapped(w, groups));
	dx[1] = weight_of(window, x, dy, groups);
}

static void conv_data_gradient(mica_var x, mica_var dx, mica_var *d)
{
	mica_var y = x->in[0], v = x->in[1];
	const mica__window *window = &x->attr.window.shape;
	size_t groups = mica__convolution_of(x).groups;
	d[0] = node(MICA__CONV, window, y->shape, dx, swapped(v, groups));
	d[1] = swapped(weight_of(window, dx, y, groups), groups);
}

static void conv_weight_gradient(mica_var w, mica_var dw, mica_var *d)
{
	mica_var x = w->in[0], y = w->in[1];
	const mica__window *window = &w->attr.window.shape;
	d[0] = node(MICA__CONV_DATA, window, x->shape, y, swapped(dw, mica__convolution_of(w).groups));
	d[1] = node(MICA__CONV, window, y->shape, x, dw);
}

/* Parts of the windows, whose number depends on shapes only, give a sum each, so that many tasks share the work. */
static size_t weight_parts(mica_var x)
{
	enum { WINDOWS = 1024, MOST = 16 };
	size_t parts = mica__shape_lead(&x->in[1]->shape) / WINDOWS;
	return parts < 2 ? 1 : parts < MOST ? parts : MOST;
}

#define CONVOLUTION(text, ...)                                                                                        \
	{                                                                                                             \
		.name = text, .family = MICA__FAMILY_KERNEL, .uses = MICA__USES_WINDOW, .arity = 2, .stored_in = 3, __VA_ARGS__ \
	}
const mica__op_info mica__op_CONV = CONVOLUTION("conv", .gradient = conv_gradient);
const mica__op_info mica__op_CONV_DATA = CONVOLUTION("conv_data", .gradient = conv_data_gradient);
const mica__op_info mica__op_CONV_WEIGHT = CONVOLUTION("conv_weight", .gradient = conv_weight_gradient, .parts = weight_parts);

/* Weights (3, 3, I, O) as (4, 4, I, O), of which Winograd's algorithm takes a convolution: made by plans only. */
const mica__op_info mica__op_WINOGRAD = {.name = "winograd", .family = MICA__FAMILY_KERNEL, .arity = 1, .stored_in = 1};

/* ---- what is given ---- */

/* Whether x and w are reals of as many spatial axes; opts with the taps of w. */
static bool operands_fit(const char *op, mica_var x, mica_var w, const mica_window_opts *opts, mica_window_opts *out)
{
	mica_graph *g = x->g;
	size_t axes = x->shape.rank - 2;
	if (mica__options(out, opts, sizeof *out, op) != MICA_OK)
		return mica__graph_fail(g, MICA_EUNSUPPORTED, "%s: %s", op, mica_error(NULL)), false;
	if (x->dtype != g->real || w->dtype != g->real)
		return mica__graph_fail(g, MICA_EINVAL, "%s: %s and %s; both must be %s: cast them", op, mica__dtype_name(x->dtype),
		                        mica__dtype_name(w->dtype), mica__dtype_name(g->real)), false;
	if (x->shape.rank < 3 || axes > MICA__MOST_SPATIAL || w->shape.rank != x->shape.rank)
		return mica__graph_fail(g, MICA_ESHAPE, "%s: shapes %s and %s; (N, spatial..., channels) and (taps..., channels, channels) "
		                        "with one to %d spatial axes are needed", op, mica__shape_text(&x->shape),
		                        mica__shape_text(&w->shape), MICA__MOST_SPATIAL), false;
	for (size_t i = 0; i < axes; i++) {
		if (out->taps[i] && out->taps[i] != w->shape.dim[i])
			return mica__graph_fail(g, MICA_EINVAL, "%s: %zu taps along spatial axis %zu, where the weights %s have %zu; leave "
			                        "taps out", op, out->taps[i], i, mica__shape_text(&w->shape), w->shape.dim[i]), false;
		out->taps[i] = w->shape.dim[i];
	}
	if (out->outside != 0)
		return mica__graph_fail(g, MICA_EINVAL, "%s: %g outside; windows of a convolution see 0 there: pad the operand first", op,
		                        out->outside), false;
	return true;
}

/* One tap, one output for each element: no window at all. */
static bool is_product(const mica__window *w, size_t groups)
{
	bool all = groups == 1;
	for (size_t i = 0; i < w->axes; i++)
		all = all && w->taps[i] == 1 && w->stride[i] == 1 && !w->before[i] && !w->after[i];
	return all;
}

/* Every channel m times, one after the other. */
static mica_var repeated(mica_var x, size_t m)
{
	mica_shape one = x->shape, many, s = x->shape;
	one.dim[one.rank++] = 1;
	many = one;
	many.dim[many.rank - 1] = m;
	s.dim[s.rank - 1] *= m;
	return m == 1 ? x : mica_op_reshape(mica_op_broadcast(mica_op_reshape(x, one), many), s);
}

/* x (N, spatial..., I) times w (1..., I, O). */
static mica_var product(mica_var x, mica_var w)
{
	size_t axes = w->shape.rank - 2;
	return mica_op_matmul(x, mica_op_reshape(w, MICA_SHAPE(w->shape.dim[axes], w->shape.dim[axes + 1])));
}

/* ---- public ---- */

mica_var mica_op_conv(mica_var x, mica_var w, const mica_window_opts *opts)
{
	mica_var bad;
	mica_window_opts o;
	mica__window window;
	size_t outputs[MICA__MOST_SPATIAL];
	mica_graph *g = mica__operands("conv", (mica_var[]){x, w}, 2, &bad);
	if (!g)
		return bad;
	if (!operands_fit("conv", x, w, opts, &o) || !mica__window_over(g, "conv", &x->shape, &o, &window, outputs))
		return &g->failed;
	size_t c = mica__shape_last(&x->shape), in = w->shape.dim[window.axes], f = w->shape.dim[window.axes + 1];
	size_t groups = c == in ? 1 : in ? c / in : 0;
	if (!groups || groups * in != c || f % groups)
		return mica__graph_fail(g, MICA_ESHAPE, "conv: %zu channels by weights %s; these must take as many, or a part of them for "
		                        "each of several groups, whose number divides the last axis", c, mica__shape_text(&w->shape));
	if (is_product(&window, groups))
		return product(x, w);
	if (in == 1 && groups > 1 && f > groups) /* several filters for each channel: one for each of its copies */
		x = repeated(x, f / groups);
	return node(MICA__CONV, &window, shape_of(x->shape.dim[0], outputs, window.axes, f), x, w);
}

/* Elements along a spatial axis of what a transposed convolution makes of n; Keras' rule, with explicit padding PyTorch's. */
static bool transposed_length(mica_graph *g, const mica_window_opts *o, size_t i, size_t n, const size_t *more, size_t *out)
{
	size_t stride = o->stride[i] ? o->stride[i] : 1, dilation = o->dilation[i] ? o->dilation[i] : 1, reach, all;
	size_t extra = more ? more[i] : 0, cut = o->padding == MICA_EXPLICIT ? o->before[i] + o->after[i] : 0;
	if (more && extra >= stride)
		return mica__graph_fail(g, MICA_EINVAL, "conv_transpose: output padding %zu along spatial axis %zu with stride %zu; it must "
		                        "be less", extra, i, stride), false;
	if (!o->taps[i] || !mica__mul(o->taps[i] - 1, dilation, &reach) || !mica__mul(n, stride, &all) || reach >= INT32_MAX ||
	    all > INT32_MAX)
		return mica__graph_fail(g, MICA_EOVERFLOW, "conv_transpose: %zu taps with stride %zu and dilation %zu over the %zu elements "
		                        "of spatial axis %zu; at least one tap and at most %d elements are possible", o->taps[i], stride,
		                        dilation, n, i, INT32_MAX), false;
	reach++;
	if (o->padding == MICA_SAME && more)
		cut = reach / 2 * 2;
	size_t ends = reach > stride ? reach - stride : 0; /* of the last window, past the stride that is its own */
	if (o->padding == MICA_SAME && !more)
		*out = all;
	else if (o->padding == MICA_VALID && !more)
		*out = all + ends;
	else
		*out = n ? all - stride + reach + extra : 0;
	if (*out < cut)
		return mica__graph_fail(g, MICA_ESHAPE, "conv_transpose: %zu elements along spatial axis %zu, of which padding takes %zu", *out,
		                        i, cut), false;
	*out -= cut;
	return true;
}

mica_var mica_op_conv_transpose(mica_var x, mica_var w, const mica_window_opts *opts, const size_t *output_padding)
{
	mica_var bad;
	mica_window_opts o;
	mica__window window;
	size_t spatial[MICA__MOST_SPATIAL] = {0}, outputs[MICA__MOST_SPATIAL];
	mica_graph *g = mica__operands("conv_transpose", (mica_var[]){x, w}, 2, &bad);
	if (!g)
		return bad;
	if (!operands_fit("conv_transpose", x, w, opts, &o))
		return &g->failed;
	size_t axes = x->shape.rank - 2, c = mica__shape_last(&x->shape), f = w->shape.dim[axes];
	if (c != w->shape.dim[axes + 1])
		return mica__graph_fail(g, MICA_ESHAPE, "conv_transpose: %zu channels by weights %s; the last axis of these must be as long, "
		                        "the one before it is that of the result", c, mica__shape_text(&w->shape));
	if (o.padding == MICA_CAUSAL)
		return mica__graph_fail(g, MICA_EINVAL, "conv_transpose: causal padding; give MICA_VALID, MICA_SAME or MICA_EXPLICIT");
	for (size_t i = 0; i < axes; i++)
		if (!transposed_length(g, &o, i, x->shape.dim[1 + i], output_padding, &spatial[i]))
			return &g->failed;
	mica_shape s = shape_of(x->shape.dim[0], spatial, axes, f);
	if (!mica__window_over(g, "conv_transpose", &s, &o, &window, outputs))
		return &g->failed;
	for (size_t i = 0; i < axes; i++)
		if (outputs[i] != x->shape.dim[1 + i])
			return mica__graph_fail(g, MICA_ESHAPE, "conv_transpose: no %zu elements along spatial axis %zu have windows for the %zu "
			                        "there are; give another output padding", spatial[i], i, x->shape.dim[1 + i]);
	return is_product(&window, 1) ? product(x, swapped(w, 1)) : node(MICA__CONV_DATA, &window, s, x, swapped(w, 1));
}
