/* SPDX-License-Identifier: MIT */
/* graph/window.c - windows over the spatial axes, as operations that move elements (see mica__window in op.h).
   Two nodes are each other's transpose, with an axis for the taps of each spatial axis on both sides:
     window  (N, spatial..., taps..., C) -> (N, outputs..., taps..., C), what a tap sees
     spread  (N, outputs..., taps..., C) -> (N, spatial..., taps..., C), where it was seen, zero elsewhere
   An input of the first without axes of taps is the same for all of them: that is mica_op_window; mica_op_fold is a spread
   and the sum over its taps.  So gradients of any order are made of these two. */
#include "graph/window.h"

#include <string.h>

/* ---- what a window is ---- */

/* Sizes of opts for one axis, padding aside. */
static bool set_axis(mica_graph *g, const char *op, const mica_window_opts *o, size_t i, mica__window *w)
{
	size_t reach;
	w->taps[i] = o->taps[i];
	w->stride[i] = o->stride[i] ? o->stride[i] : 1;
	w->dilation[i] = o->dilation[i] ? o->dilation[i] : 1;
	if (!w->taps[i])
		return mica__graph_fail(g, MICA_EINVAL, "%s: no taps along spatial axis %zu; give at least 1 for each of the %zu axes", op,
		                        i, w->axes), false;
	if (!mica__mul(w->taps[i] - 1, w->dilation[i], &reach) || reach >= INT32_MAX || w->stride[i] > INT32_MAX)
		return mica__graph_fail(g, MICA_EOVERFLOW, "%s: %zu taps with stride %zu and dilation %zu along spatial axis %zu; a window "
		                        "may reach over %d elements", op, w->taps[i], w->stride[i], w->dilation[i], i, INT32_MAX), false;
	return true;
}

/* Padding of one axis of n elements, and the outputs that it then has. */
static bool pad_axis(mica_graph *g, const char *op, const mica_window_opts *o, size_t i, size_t n, mica__window *w, size_t *outputs)
{
	size_t reach = mica__window_reach(w, i), all;
	if (o->padding == MICA_SAME) {
		size_t wanted = (mica__ceil_div(n, w->stride[i]) - (n > 0)) * w->stride[i] + reach;
		w->before[i] = n && wanted > n ? (wanted - n) / 2 : 0;
		w->after[i] = n && wanted > n ? wanted - n - w->before[i] : 0;
	} else if (o->padding == MICA_CAUSAL) {
		w->before[i] = reach - 1;
	} else if (o->padding == MICA_EXPLICIT) {
		w->before[i] = o->before[i];
		w->after[i] = o->after[i];
	}
	if (__builtin_add_overflow(n, w->before[i], &all) || __builtin_add_overflow(all, w->after[i], &all) || all > INT32_MAX)
		return mica__graph_fail(g, MICA_EOVERFLOW, "%s: spatial axis %zu of %zu with %zu before and %zu after; at most %d in all", op,
		                        i, n, w->before[i], w->after[i], INT32_MAX), false;
	if (all < reach && o->padding != MICA_SAME)
		return mica__graph_fail(g, MICA_ESHAPE, "%s: a window reaches over %zu elements along spatial axis %zu, which has %zu with "
		                        "its padding; pad more, or take fewer taps", op, reach, i, all), false;
	*outputs = all < reach ? 0 : (all - reach) / w->stride[i] + 1;
	return true;
}

/* Numbers that nothing reads are a mistake. */
static bool used_all(mica_graph *g, const char *op, const mica_window_opts *o, size_t axes)
{
	for (size_t i = 0; i < MICA_WINDOW_AXES; i++) {
		if (i >= axes && (o->taps[i] || o->stride[i] || o->dilation[i] || o->before[i] || o->after[i]))
			return mica__graph_fail(g, MICA_EINVAL, "%s: options for spatial axis %zu of an operand with %zu", op, i, axes), false;
		if (o->padding != MICA_EXPLICIT && (o->before[i] || o->after[i]))
			return mica__graph_fail(g, MICA_EINVAL, "%s: before %zu, after %zu along spatial axis %zu; say .padding = "
			                        "MICA_EXPLICIT with them", op, o->before[i], o->after[i], i), false;
	}
	return true;
}

bool mica__window_over(mica_graph *g, const char *op, const mica_shape *x, const mica_window_opts *opts, mica__window *out,
                       size_t outputs[MICA__MOST_SPATIAL])
{
	mica_window_opts o;
	size_t axes = x->rank - 2;
	*out = (mica__window){.axes = axes};
	if (mica__options(&o, opts, sizeof o, op) != MICA_OK)
		return mica__graph_fail(g, MICA_EUNSUPPORTED, "%s", mica_error(NULL)), false;
	if (x->rank < 3 || axes > MICA__MOST_SPATIAL)
		return mica__graph_fail(g, MICA_ESHAPE, "%s: shape %s; (N, spatial..., C) with one to %d spatial axes is needed", op,
		                        mica__shape_text(x), MICA__MOST_SPATIAL), false;
	if ((unsigned)o.padding > MICA_EXPLICIT)
		return mica__graph_fail(g, MICA_EINVAL, "%s: padding %d is none of mica_padding", op, (int)o.padding), false;
	if (!used_all(g, op, &o, axes))
		return false;
	for (size_t i = 0; i < axes; i++)
		if (!set_axis(g, op, &o, i, out) || !pad_axis(g, op, &o, i, x->dim[1 + i], out, &outputs[i]))
			return false;
	return true;
}

/* (N, sizes..., taps..., C) */
static mica_shape with_taps(size_t n, const mica__window *w, const size_t *sizes, size_t c)
{
	mica_shape s = {2 * w->axes + 2, {n}};
	memcpy(&s.dim[1], sizes, w->axes * sizeof *sizes);
	memcpy(&s.dim[1 + w->axes], w->taps, w->axes * sizeof *sizes);
	s.dim[2 * w->axes + 1] = c;
	return s;
}

mica_var mica__taps_joined(mica_var x, size_t *axis)
{
	size_t d = (x->shape.rank - 2) / 2;
	mica_shape s = {d + 3, {0}};
	memcpy(s.dim, x->shape.dim, (1 + d) * sizeof *s.dim);
	s.dim[1 + d] = 1;
	for (size_t i = 0; i < d; i++)
		s.dim[1 + d] *= x->shape.dim[1 + d + i];
	s.dim[2 + d] = mica__shape_last(&x->shape);
	*axis = 1 + d;
	return mica_op_reshape(x, s);
}

/* ---- the two moves ---- */

static mica_var spread(mica_var dy, const mica__window *w, const size_t *spatial)
{
	mica_shape s = with_taps(dy->shape.dim[0], w, spatial, mica__shape_last(&dy->shape));
	return mica__node(dy->g, MICA__SPREAD, dy->dtype, &s, &dy, 1, &(mica__attr){.window = {*w, 0}});
}

/* The sum of what all taps saw where they saw it. */
static mica_var folded(mica_var dy, const mica__window *w, const size_t *spatial)
{
	size_t axis = 0;
	mica_var y = spread(dy, w, spatial);
	y = y->failed ? y : mica__taps_joined(y, &axis);
	return mica_op_sum(y, MICA_AXIS(axis), false);
}

static void window_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	const mica_shape *x = &y->in[0]->shape;
	const mica__window *w = &y->attr.window.shape;
	dx[0] = (x->rank == y->shape.rank ? spread : folded)(dy, w, &x->dim[1]);
}

static void window_map(mica_var x, size_t i, mica__map *m)
{
	const mica__window *w = &x->attr.window.shape;
	const mica_shape *in = &x->in[i]->shape;
	m->otherwise = x->attr.window.outside;
	mica__map_along(m, 0, 0);
	for (size_t k = 0; k < w->axes; k++) {
		size_t taps = 1 + w->axes + k, outputs = x->shape.dim[1 + k];
		size_t last = outputs ? (outputs - 1) * w->stride[k] + mica__window_reach(w, k) : 0;
		mica__map_along(m, 1 + k, 1 + k);
		m->axis[1 + k].start = -(int64_t)w->before[k];
		m->axis[1 + k].step = (int64_t)w->stride[k];
		m->axis[1 + k].from2 = taps;
		m->axis[1 + k].step2 = (int64_t)w->dilation[k];
		m->axis[1 + k].bounded = w->before[k] || last > in->dim[1 + k];
		if (in->rank == x->shape.rank)
			mica__map_along(m, taps, taps);
	}
	mica__map_along(m, in->rank - 1, x->shape.rank - 1);
}

const mica__op_info mica__op_WINDOW = {.name = "window", .family = MICA__FAMILY_MOVE, .uses = MICA__USES_WINDOW, .arity = 1,
                                       .stored_in = 1, .gradient = window_gradient, .map = window_map};

/* x (N, spatial..., taps..., C) without its axes of taps, if it is the same for all of them. */
static mica_var same_for_all(mica_var x, const mica__window *w)
{
	mica_var in = x->op == MICA__BROADCAST ? x->in[0] : x;
	mica_shape s = in->shape, one = x->shape;
	s.rank = w->axes + 2;
	s.dim[w->axes + 1] = s.dim[in->shape.rank - 1];
	for (size_t i = 0; i < w->axes; i++)
		one.dim[1 + w->axes + i] = 1;
	return in != x && mica__shape_equal(&in->shape, &one) ? mica_op_reshape(in, s) : x;
}

static void spread_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	mica_var same = same_for_all(dy, &y->attr.window.shape);
	dx[0] = mica__node(dy->g, MICA__WINDOW, dy->dtype, &y->in[0]->shape, &same, 1, &y->attr);
}

static void spread_map(mica_var x, size_t i, mica__map *m)
{
	const mica__window *w = &x->attr.window.shape;
	(void)i;
	for (size_t k = 0; k < x->shape.rank; k++)
		mica__map_along(m, k, k);
	for (size_t k = 0; k < w->axes; k++) {
		m->axis[1 + k].start = (int64_t)w->before[k];
		m->axis[1 + k].from2 = 1 + w->axes + k;
		m->axis[1 + k].step2 = -(int64_t)w->dilation[k];
		m->axis[1 + k].divisor = (int64_t)w->stride[k];
		m->axis[1 + k].bounded = true;
	}
}

const mica__op_info mica__op_SPREAD = {.name = "spread", .family = MICA__FAMILY_MOVE, .uses = MICA__USES_WINDOW, .arity = 1,
                                       .gradient = spread_gradient, .map = spread_map};

/* ---- windows side by side ---- */

/* Whether each element is seen once, or never if it is past the last window: then a window is a reshape. */
static bool side_by_side(const mica__window *w)
{
	bool all = true;
	for (size_t i = 0; i < w->axes; i++)
		all = all && w->stride[i] == w->taps[i] && (w->dilation[i] == 1 || w->taps[i] == 1) && !w->before[i] && !w->after[i];
	return all;
}

/* (N, outputs and taps in turn, C), and where its axes are in (N, outputs..., taps..., C). */
static mica_shape in_turn(const mica_shape *s, const mica__window *w, const size_t *outputs, size_t *perm)
{
	mica_shape t = {2 * w->axes + 2, {s->dim[0]}};
	perm[0] = 0;
	for (size_t i = 0; i < w->axes; i++) {
		t.dim[1 + 2 * i] = outputs[i];
		t.dim[2 + 2 * i] = w->taps[i];
		perm[1 + 2 * i] = 1 + i;
		perm[2 + 2 * i] = 1 + w->axes + i;
	}
	t.dim[t.rank - 1] = mica__shape_last(s);
	perm[t.rank - 1] = t.rank - 1;
	return t;
}

/* The elements of s that windows side by side see, and those after them. */
static mica_shape seen(const mica_shape *s, const mica__window *w, const size_t *outputs, size_t *after)
{
	mica_shape t = *s;
	memset(after, 0, MICA_MAX_RANK * sizeof *after);
	for (size_t i = 0; i < w->axes; i++) {
		t.dim[1 + i] = outputs[i] * w->taps[i];
		after[1 + i] = s->dim[1 + i] - t.dim[1 + i];
	}
	return t;
}

static mica_var split(mica_var x, const mica__window *w, const size_t *outputs)
{
	size_t none[MICA_MAX_RANK] = {0}, perm[MICA_MAX_RANK], inverse[MICA_MAX_RANK];
	mica_shape cut = seen(&x->shape, w, outputs, inverse), turns = in_turn(&x->shape, w, outputs, perm);
	for (size_t i = 0; i < turns.rank; i++)
		inverse[perm[i]] = i;
	if (!mica__shape_equal(&cut, &x->shape))
		x = mica_op_slice(x, none, cut.dim, NULL);
	return mica_op_transpose(mica_op_reshape(x, turns), inverse);
}

static mica_var joined(mica_var y, const mica_shape *s, const mica__window *w, const size_t *outputs)
{
	size_t none[MICA_MAX_RANK] = {0}, after[MICA_MAX_RANK], perm[MICA_MAX_RANK];
	mica_shape cut = seen(s, w, outputs, after);
	in_turn(s, w, outputs, perm);
	y = mica_op_reshape(mica_op_transpose(y, perm), cut);
	return mica__shape_equal(&cut, s) ? y : mica_op_pad(y, none, after, 0);
}

/* ---- public ---- */

mica_var mica_op_window(mica_var x, const mica_window_opts *opts)
{
	mica_var bad;
	mica__attr attr = {.window = {{0}, 0}};
	size_t outputs[MICA__MOST_SPATIAL];
	if (!mica__operands("window", &x, 1, &bad))
		return bad;
	if (!mica__window_over(x->g, "window", &x->shape, opts, &attr.window.shape, outputs))
		return &x->g->failed;
	attr.window.outside = opts->outside;
	if (!mica__dtype_holds(x->dtype, opts->outside))
		return mica__graph_fail(x->g, MICA_EINVAL, "window: %g outside is no value of type %s; cast the operand to a real type",
		                        opts->outside, mica__dtype_name(x->dtype));
	if (side_by_side(&attr.window.shape))
		return split(x, &attr.window.shape, outputs);
	mica_shape s = with_taps(x->shape.dim[0], &attr.window.shape, outputs, mica__shape_last(&x->shape));
	return mica__node(x->g, MICA__WINDOW, x->dtype, &s, &x, 1, &attr);
}

mica_var mica_op_fold(mica_var x, mica_shape s, const mica_window_opts *opts)
{
	mica_var bad;
	mica__window w;
	size_t outputs[MICA__MOST_SPATIAL];
	if (!mica__operands("fold", &x, 1, &bad))
		return bad;
	if (!mica__window_over(x->g, "fold", &s, opts, &w, outputs))
		return &x->g->failed;
	mica_shape taps = with_taps(s.dim[0], &w, outputs, mica__shape_last(&s));
	if (!mica__shape_equal(&taps, &x->shape))
		return mica__graph_fail(x->g, MICA_ESHAPE, "fold: the taps of windows over %s are %s; the operand is %s",
		                        mica__shape_text(&s), mica__shape_text(&taps), mica__shape_text(&x->shape));
	return side_by_side(&w) ? joined(x, &s, &w, outputs) : folded(x, &w, &s.dim[1]);
}
