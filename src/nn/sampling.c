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

/* ---- weighted sums of several neighbours ---- */

/* What an element at distance d >= 0 counts: cubic (Keys 1981, a = -1/2), or sinc(d) sinc(d / radius), each 0 beyond its radius. */
static mica_var cubic(mica_var d)
{
	mica_var square = mica_op_square(d);
	mica_var near = mica_op_addc(mica_op_mul(mica_op_addc(mica_op_mulc(d, 1.5), -2.5), square), 1);
	mica_var far = mica_op_addc(mica_op_mul(mica_op_addc(mica_op_mul(mica_op_addc(mica_op_mulc(d, -0.5), 2.5), d), -4), d), 2);
	mica_graph *g = mica_var_graph(d);

	far = mica_op_where(mica_op_lt(d, mica_graph_scalar(g, 2)), far, mica_graph_scalar(g, 0));
	return mica_op_where(mica_op_lt(d, mica_graph_scalar(g, 1)), near, far);
}

static mica_var lanczos(mica_var d, double radius)
{
	const double pi = 3.14159265358979323846;
	mica_graph *g = mica_var_graph(d);
	mica_var least = mica_graph_scalar(g, 1e-3), angle = mica_op_mulc(mica_op_max(d, least), pi);
	mica_var sines = mica_op_mul(mica_op_sin(angle), mica_op_sin(mica_op_mulc(angle, 1 / radius)));
	mica_var value = mica_op_div(mica_op_mulc(sines, radius), mica_op_square(angle));

	value = mica_op_where(mica_op_le(d, least), mica_graph_scalar(g, 1), value);
	return mica_op_where(mica_op_lt(d, mica_graph_scalar(g, radius)), value, mica_graph_scalar(g, 0));
}

/* (n factor, n): what each element counts for each new one; together 1, at the ends as well, where some are missing.  Distances are those
   of new element k of element i, (k + 1/2) / factor - 1/2 behind that one's centre, to element j; a cubic's are whole 1024ths, since
   TensorFlow's come from a table. */
static mica_var weights(mica_graph *g, size_t n, size_t factor, mica_interpolation how)
{
	mica_shape s = MICA_SHAPE(n, factor, n);
	mica_var i = mica_op_cast(mica_graph_iota(g, s, 0), g->real), j = mica_op_cast(mica_graph_iota(g, s, 2), g->real);
	mica_var behind = mica_op_mulc(mica_op_addc(mica_op_cast(mica_graph_iota(g, s, 1), g->real), 0.5), 1 / (double)factor);

	behind = mica_op_addc(behind, -0.5);
	if (how == MICA_BICUBIC)
		behind = mica_op_mulc(mica_op_round(mica_op_mulc(behind, 1024)), 1.0 / 1024);
	mica_var d = mica_op_abs(mica_op_add(mica_op_sub(i, j), behind));
	mica_var w = how == MICA_BICUBIC ? cubic(d) : lanczos(d, how == MICA_LANCZOS3 ? 3 : 5);
	return mica_op_reshape(mica_op_div(w, mica_op_sum(w, MICA_AXIS(2), true)), MICA_SHAPE(n * factor, n));
}

/* x: (batch, rows, columns, channels). */
static mica_var weighted(mica_var x, size_t axis, size_t factor, mica_interpolation how)
{
	mica_shape s = mica_var_shape(x);
	mica_var w = weights(mica_var_graph(x), s.dim[axis], factor, how);

	return mica_op_einsum(axis == 1 ? "ij,bjwc->biwc" : "ij,bhjc->bhic", (mica_var[]){w, x}, 2);
}

static mica_var more(mica_var x, size_t axis, size_t factor, mica_interpolation how)
{
	switch (how) {
	case MICA_NEAREST: return repeated(x, axis, factor);
	case MICA_BILINEAR: return interpolated(x, axis, factor);
	default: return weighted(x, axis, factor, how);
	}
}

static mica_var up_sampling(mica_build *b, mica_var x, const mica_up_sampling_opts *o, size_t axes)
{
	size_t factors[MICA_WINDOW_AXES], count = 1;
	mica_shape s = mica_var_shape(x);

	if (!mica__is_spatial(b, x, axes) ||
	    !mica__for_axes(b, "factor", o->factor || o->factors[0] ? o->factor : 2, "factors", o->factors, axes, factors))
		return x;
	if (o->interpolation != MICA_NEAREST && axes != 2)
		return mica__graph_fail(b->graph, MICA_EINVAL, "interpolation is %d, which is for two axes; leave it out", (int)o->interpolation);
	for (size_t i = 0; i < axes; i++)
		if (!mica__mul(count, s.dim[1 + i], &count) || !mica__mul(count, factors[i], &count) || count > MICA_MOST_COUNT)
			return mica__graph_fail(b->graph, MICA_EOVERFLOW, "factors %zu, %zu, %zu make too many elements of a sample; give less",
			                        factors[0], factors[1], factors[2]);
	for (size_t i = 0; i < axes; i++)
		x = more(x, 1 + i, factors[i], o->interpolation);
	return x;
}

static const mica_field up_sampling_fields[] = {
	MICA_FIELD_SIZE(mica_up_sampling_opts, factor, MICA_COUNT_FROM(0)),
	MICA__EACH(mica_up_sampling_opts, factors, MICA_COUNT_FROM(0)),
	MICA_FIELD_INT(mica_up_sampling_opts, interpolation, MICA_WITHIN(0, MICA_LANCZOS5)),
	MICA_FIELD_TEXT(mica_up_sampling_opts, name),
};
MICA__SPATIALS(up_sampling, "UpSampling", up_sampling_fields, mica_up_sampling_opts, up_sampling)
