/* SPDX-License-Identifier: MIT */
/* graph/pad.c - axes made longer by elements that are there already: the edge again, a mirror, the other end.
   A move: its map says what a coordinate beyond an end means.  The gradient brings what was added back to where it came from. */
#include "graph/node.h"

#include <string.h>

/* dy's elements first..first + n along axis. */
static mica_var piece(mica_var dy, size_t axis, size_t first, size_t n)
{
	size_t start[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK];
	memcpy(stop, dy->shape.dim, sizeof stop);
	start[axis] = first;
	stop[axis] = first + n;
	return mica_op_slice(dy, start, stop, NULL);
}

/* sum, of n elements along axis, with those of x added from place `at` on. */
static mica_var added(mica_var sum, mica_var x, size_t axis, size_t at)
{
	size_t before[MICA_MAX_RANK] = {0}, after[MICA_MAX_RANK] = {0};
	if (x->failed)
		return x;
	before[axis] = at;
	after[axis] = sum->shape.dim[axis] - at - x->shape.dim[axis];
	return mica_op_add(sum, mica_op_pad(x, before, after, 0));
}

/* What was added at one end, as it lies where it came from; *at is where that begins, among n. */
static mica_var returned(mica_var x, mica_pad_mode how, size_t axis, size_t n, bool front, size_t *at)
{
	size_t m = x->shape.dim[axis];
	switch (how) {
	case MICA_PAD_EDGE:
		*at = front ? 0 : n - 1;
		return mica_op_sum(x, MICA_AXIS(axis), true);
	case MICA_PAD_REFLECT: *at = front ? 1 : n - 1 - m; return mica_op_flip(x, (int)axis);
	case MICA_PAD_SYMMETRIC: *at = front ? 0 : n - m; return mica_op_flip(x, (int)axis);
	default: *at = front ? n - m : 0; return x;
	}
}

static void pad_mode_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	for (size_t k = 0; k < y->shape.rank; k++) {
		size_t n = y->in[0]->shape.dim[k], before = y->attr.mode.before[k], after = y->shape.dim[k] - n - before, at;
		if (!before && !after)
			continue;
		mica_var sum = piece(dy, k, before, n), x;
		if (before) {
			x = returned(piece(dy, k, 0, before), y->attr.mode.how, k, n, true, &at);
			sum = added(sum, x, k, at);
		}
		if (after) {
			x = returned(piece(dy, k, before + n, after), y->attr.mode.how, k, n, false, &at);
			sum = added(sum, x, k, at);
		}
		dy = sum;
	}
	dx[0] = dy;
}

static void pad_mode_map(mica_var x, size_t i, mica__map *m)
{
	static const mica__beyond beyond[] = {MICA__BEYOND_EDGE, MICA__BEYOND_REFLECT, MICA__BEYOND_SYMMETRIC, MICA__BEYOND_WRAP};
	for (size_t k = 0; k < x->shape.rank; k++) {
		mica__map_along(m, k, k);
		m->axis[k].start = -(int64_t)x->attr.mode.before[k];
		if (x->shape.dim[k] != x->in[i]->shape.dim[k])
			m->axis[k].beyond = beyond[x->attr.mode.how];
	}
}

const mica__op_info mica__op_PAD_MODE = {.name = "pad_mode", .family = MICA__FAMILY_MOVE, .uses = MICA__USES_PAD_MODE, .arity = 1,
                                         .gradient = pad_mode_gradient, .map = pad_mode_map};

/* How many elements of n can be added at one end. */
static size_t most_added(mica_pad_mode how, size_t n)
{
	return how == MICA_PAD_EDGE ? n ? SIZE_MAX : 0 : how == MICA_PAD_REFLECT ? n ? n - 1 : 0 : n;
}

mica_var mica_op_pad_mode(mica_var x, const size_t *before, const size_t *after, mica_pad_mode how)
{
	mica_var bad;
	if (!mica__operands("pad_mode", &x, 1, &bad))
		return bad;
	if ((int)how < 0 || how > MICA_PAD_WRAP)
		return mica__graph_fail(x->g, MICA_EINVAL, "pad_mode: %d is no way to do it; see mica_pad_mode", (int)how);
	if ((!before || !after) && x->shape.rank)
		return mica__graph_fail(x->g, MICA_EINVAL, "pad_mode: before or after is NULL; a number for each of the %zu axes of %s is "
		                        "needed", x->shape.rank, mica__shape_text(&x->shape));
	mica__attr attr;
	memset(&attr, 0, sizeof attr);
	attr.mode.how = how;
	mica_shape s = x->shape;
	for (size_t i = 0; i < s.rank; i++) {
		size_t most = most_added(how, s.dim[i]);
		if (before[i] > most || after[i] > most)
			return mica__graph_fail(x->g, MICA_ESHAPE, "pad_mode: axis %zu of %s by %zu and %zu; at most %zu can be added at an end",
			                        i, mica__shape_text(&x->shape), before[i], after[i], most);
		attr.mode.before[i] = before[i];
		if (__builtin_add_overflow(s.dim[i], before[i], &s.dim[i]) || __builtin_add_overflow(s.dim[i], after[i], &s.dim[i]))
			return mica__graph_fail(x->g, MICA_EOVERFLOW, "pad_mode: axis %zu of size %zu by %zu and %zu is too large", i,
			                        x->shape.dim[i], before[i], after[i]);
	}
	return mica__shape_equal(&s, &x->shape) ? x : mica__node(x->g, MICA__PAD_MODE, x->dtype, &s, &x, 1, &attr);
}
