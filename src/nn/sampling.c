/* SPDX-License-Identifier: MIT */
/* nn/sampling.c - layers that make more elements of those along spatial axes (Keras 1.1). */
#include "nn/spatial.h"

/* Room for `factor` of each element along an axis: (..., n, ...) as (..., n, factor or 1, ...). */
static mica_shape opened(mica_shape s, size_t axis, size_t factor)
{
	mica_shape o = {s.rank + 1, {0}};

	for (size_t i = 0; i < o.rank; i++)
		o.dim[i] = i <= axis ? s.dim[i] : i == axis + 1 ? factor : s.dim[i - 1];
	return o;
}

/* Joins the axis with the one after it. */
static mica_shape joined(mica_shape s, size_t axis)
{
	mica_shape j = {s.rank - 1, {0}};

	for (size_t i = 0; i < j.rank; i++)
		j.dim[i] = i < axis ? s.dim[i] : i == axis ? s.dim[i] * s.dim[i + 1] : s.dim[i + 1];
	return j;
}

static mica_var repeated(mica_var x, size_t axis, size_t factor)
{
	mica_shape s = mica_var_shape(x), all = opened(s, axis, factor);
	mica_var each = mica_op_broadcast(mica_op_reshape(x, opened(s, axis, 1)), all);

	return mica_op_reshape(each, joined(all, axis));
}

/* x with every element replaced by the one before it (by -1) or after it (by 1) along an axis; at the end by itself. */
static mica_var neighbours(mica_var x, size_t axis, int by)
{
	mica_shape s = mica_var_shape(x);
	size_t before[MICA_MAX_RANK] = {0}, after[MICA_MAX_RANK] = {0}, start[MICA_MAX_RANK] = {0};

	before[axis] = by < 0;
	after[axis] = start[axis] = by > 0;
	mica_var padded = mica_op_pad_mode(x, before, after, MICA_PAD_EDGE);
	size_t stop[MICA_MAX_RANK];
	for (size_t i = 0; i < s.rank; i++)
		stop[i] = start[i] + s.dim[i];
	return mica_op_slice(padded, start, stop, NULL);
}

/* Number k of the `factor` new elements of one lies (k + 1/2) / factor - 1/2 elements behind its centre; its neighbour on that side
   has that much weight. */
static mica_var interpolated(mica_var x, size_t axis, size_t factor)
{
	mica_graph *g = mica_var_graph(x);
	mica_shape s = mica_var_shape(x), phases = {s.rank + 1, {1, 1, 1, 1, 1, 1, 1, 1}};

	phases.dim[axis + 1] = factor;
	mica_var k = mica_op_cast(mica_graph_iota(g, phases, axis + 1), mica_var_dtype(x));
	mica_var t = mica_op_addc(mica_op_mulc(k, 1 / (double)factor), 0.5 / (double)factor - 0.5);
	mica_var centre = mica_op_reshape(x, opened(s, axis, 1));
	mica_var previous = mica_op_reshape(neighbours(x, axis, -1), opened(s, axis, 1));
	mica_var next = mica_op_reshape(neighbours(x, axis, 1), opened(s, axis, 1));
	mica_var beside = mica_op_where(mica_op_lt(t, mica_graph_scalar(g, 0)), previous, next);
	mica_var y = mica_op_add(centre, mica_op_mul(mica_op_sub(beside, centre), mica_op_abs(t)));
	return mica_op_reshape(y, joined(mica_var_shape(y), axis));
}

static mica_var up_sampling(mica_build *b, mica_var x, const mica_up_sampling_opts *o, size_t axes)
{
	size_t factors[MICA_WINDOW_AXES], count = 1;
	mica_shape s = mica_var_shape(x);

	if (!mica__is_spatial(b, x, axes) ||
	    !mica__for_axes(b, "factor", o->factor || o->factors[0] ? o->factor : 2, "factors", o->factors, axes, factors))
		return x;
	if (o->interpolation != MICA_NEAREST && axes != 2)
		return mica__graph_fail(b->graph, MICA_EINVAL, "interpolation is MICA_BILINEAR, which is for two axes; leave it out");
	for (size_t i = 0; i < axes; i++)
		if (!mica__mul(count, s.dim[1 + i], &count) || !mica__mul(count, factors[i], &count) || count > MICA_MOST_COUNT)
			return mica__graph_fail(b->graph, MICA_EOVERFLOW, "factors %zu, %zu, %zu make too many elements of a sample; give less",
			                        factors[0], factors[1], factors[2]);
	for (size_t i = 0; i < axes; i++)
		x = o->interpolation == MICA_BILINEAR ? interpolated(x, 1 + i, factors[i]) : repeated(x, 1 + i, factors[i]);
	return x;
}

static const mica_field up_sampling_fields[] = {
	MICA_FIELD_SIZE(mica_up_sampling_opts, factor, MICA_COUNT_FROM(0)),
	MICA__EACH(mica_up_sampling_opts, factors, MICA_COUNT_FROM(0)),
	MICA_FIELD_INT(mica_up_sampling_opts, interpolation, MICA_WITHIN(0, MICA_BILINEAR)),
	MICA_FIELD_TEXT(mica_up_sampling_opts, name),
};
MICA__SPATIALS(up_sampling, "UpSampling", up_sampling_fields, mica_up_sampling_opts, up_sampling)
