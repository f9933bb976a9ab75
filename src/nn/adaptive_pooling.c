/* SPDX-License-Identifier: MIT */
/* nn/adaptive_pooling.c - layers that pool over as many windows as there are to be outputs (Keras 1.1).  Output i of o sees, of n elements
   along an axis, those from floor(i n / o) up to ceil((i + 1) n / o): windows that may overlap by one, one axis after the other. */
#include "nn/spatial.h"

#include <math.h>

/* (1, ..., outputs, taps, ..., 1): the axis of outputs is the given one. */
static mica_shape window_shape(size_t rank, size_t axis, size_t outputs, size_t taps)
{
	mica_shape s = {rank + 1, {1, 1, 1, 1, 1, 1, 1, 1}};

	s.dim[axis] = outputs;
	s.dim[axis + 1] = taps;
	return s;
}

static mica_var whole(mica_graph *g, size_t n)
{
	return mica_graph_fill(g, (double)n, MICA_I32, MICA_SCALAR_SHAPE);
}

/* What each output sees along the axis as a new axis of taps behind it, and there[..]: whether there is such a tap. */
static mica_var windows(mica_var x, size_t axis, size_t outputs, mica_var *there)
{
	mica_graph *g = mica_var_graph(x);
	mica_shape s = mica_var_shape(x);
	size_t n = s.dim[axis], taps = (n + outputs - 1) / outputs + (n % outputs != 0);
	mica_shape w = window_shape(s.rank, axis, outputs, taps), flat = {s.rank, {1, 1, 1, 1, 1, 1, 1, 1}};
	mica_var i = mica_graph_iota(g, w, axis), t = mica_graph_iota(g, w, axis + 1);
	mica_var at = mica_op_add(mica_op_div(mica_op_mul(i, whole(g, n)), whole(g, outputs)), t);
	mica_var end = mica_op_div(mica_op_add(mica_op_mul(i, whole(g, n)), whole(g, n + outputs - 1)), whole(g, outputs));

	flat.dim[axis] = outputs * taps;
	*there = mica_op_lt(at, end);
	mica_var seen = mica_op_take_along(x, mica_op_reshape(at, flat), (int)axis);
	mica_shape opened = {s.rank + 1, {0}};
	for (size_t k = 0; k < opened.rank; k++)
		opened.dim[k] = k < axis ? s.dim[k] : k == axis ? outputs : k == axis + 1 ? taps : s.dim[k - 1];
	return mica_op_reshape(seen, opened);
}

static mica_var number(mica_var like, double value)
{
	return mica_graph_fill(mica_var_graph(like), value, mica_var_dtype(like), MICA_SCALAR_SHAPE);
}

static mica_var greatest(mica_var seen, mica_var there, size_t taps)
{
	return mica_op_reduce_max(mica_op_where(there, seen, number(seen, -(double)INFINITY)), MICA_AXIS(taps), false);
}

static mica_var mean(mica_var seen, mica_var there, size_t taps)
{
	mica_var n = mica_op_sum(mica_op_cast(there, mica_var_dtype(seen)), MICA_AXIS(taps), false);

	return mica_op_div(mica_op_sum(mica_op_where(there, seen, number(seen, 0)), MICA_AXIS(taps), false), n);
}

static mica_var adaptive(mica_build *b, mica_var x, const mica_adaptive_pooling_opts *o, size_t axes, mica_var (*of)(mica_var, mica_var, size_t))
{
	size_t outputs[MICA_WINDOW_AXES];
	mica_var there;

	if (!mica__is_spatial(b, x, axes) || !mica__for_axes(b, "output", o->output, "output_size", o->output_size, axes, outputs))
		return x;
	for (size_t i = 0; i < axes; i++) {
		size_t n = mica_var_shape(x).dim[1 + i];
		if ((double)n * (double)outputs[i] + (double)outputs[i] > MICA_MOST_COUNT) /* what positions are counted with */
			return mica__graph_fail(b->graph, MICA_EOVERFLOW, "output %zu along spatial axis %zu, which has %zu, is too much", outputs[i], i, n);
		mica_var seen = windows(x, 1 + i, outputs[i], &there);
		x = of(seen, there, 2 + i);
	}
	return x;
}

static mica_var adaptive_max(mica_build *b, mica_var x, const mica_adaptive_pooling_opts *o, size_t axes)
{
	return adaptive(b, x, o, axes, greatest);
}

static mica_var adaptive_average(mica_build *b, mica_var x, const mica_adaptive_pooling_opts *o, size_t axes)
{
	return adaptive(b, x, o, axes, mean);
}

static const mica_field adaptive_fields[] = {
	MICA_FIELD_SIZE(mica_adaptive_pooling_opts, output, MICA_COUNT_FROM(0)),
	MICA__EACH(mica_adaptive_pooling_opts, output_size, MICA_COUNT_FROM(0)),
	MICA_FIELD_TEXT(mica_adaptive_pooling_opts, name),
};
MICA__SPATIALS(adaptive_max_pooling, "AdaptiveMaxPooling", adaptive_fields, mica_adaptive_pooling_opts, adaptive_max)
MICA__SPATIALS(adaptive_average_pooling, "AdaptiveAveragePooling", adaptive_fields, mica_adaptive_pooling_opts, adaptive_average)
