/* SPDX-License-Identifier: MIT */
/* nn/score.c - fitting labels to outputs for losses and metrics. */
#include "nn/score.h"

static mica_var as_type(mica_var x, mica_dtype t)
{
	return mica_var_dtype(x) == t ? x : mica_op_cast(x, t);
}

static mica_var refuse(mica_var y_true, mica_var y_pred, const char *expected)
{
	mica_shape t = mica__sample_shape(mica_var_shape(y_true)), p = mica__sample_shape(mica_var_shape(y_pred));

	return mica__graph_fail(mica_var_graph(y_pred), MICA_ESHAPE, "a label of shape %s does not fit an output of shape %s: %s",
	                        mica__shape_text(&t), mica__shape_text(&p), expected);
}

mica_var mica__same_shape(mica_var y_true, mica_var y_pred)
{
	mica_shape t = mica_var_shape(y_true), p = mica_var_shape(y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return y_true;
	mica_var real = as_type(y_true, mica_var_dtype(y_pred));
	if (mica__shape_equal(&t, &p))
		return real;
	size_t common = t.rank < p.rank ? t.rank : p.rank;
	for (size_t i = 0; i < t.rank || i < p.rank; i++)
		if (i < common ? t.dim[i] != p.dim[i] : (i < t.rank ? t.dim[i] : p.dim[i]) != 1)
			return refuse(y_true, y_pred, "this loss or metric compares them element by element");
	return mica_op_reshape(real, p);
}

mica_var mica__class_numbers(mica_var y_true, mica_var y_pred)
{
	mica_shape t = mica_var_shape(y_true), p = mica_var_shape(y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return y_true;
	if (p.rank < 2)
		return refuse(y_true, y_pred, "class numbers need an output with one value per class");
	p.dim[p.rank - 1] = 1;
	bool fits = t.rank == p.rank || t.rank + 1 == p.rank;
	for (size_t i = 0; fits && i < t.rank; i++)
		fits = t.dim[i] == p.dim[i];
	if (!fits)
		return refuse(y_true, y_pred, "one class number is needed where the output has one row of classes");
	mica_var label = as_type(y_true, MICA_I32);
	return t.rank == p.rank ? label : mica_op_reshape(label, p);
}

mica_var mica__sample_mean(mica_var x)
{
	size_t rank = mica_var_shape(x).rank;
	uint32_t axes = 0;

	for (size_t i = 1; i < rank; i++)
		axes |= MICA_AXIS(i);
	return axes ? mica_op_mean(x, axes, false) : x;
}

mica_var mica__per_sample(const char *what, const char *name, mica_var values, mica_var y_pred)
{
	mica_graph *g = mica_var_graph(y_pred);

	if (mica_graph_status(g) != MICA_OK)
		return y_pred;
	if (!values)
		return mica__graph_fail(g, MICA_EINVAL, "%s %s: its function returned NULL", what, name);
	mica_shape s = mica_var_shape(values);
	size_t batch = mica_var_shape(y_pred).dim[0];
	if (s.rank == 0 || s.dim[0] != batch || mica_var_dtype(values) != mica_var_dtype(y_pred))
		return mica__graph_fail(g, MICA_ESHAPE, "%s %s: its function returned shape %s of %s; %zu reals, one per sample, "
		                        "are needed", what, name, mica__shape_text(&s), mica__dtype_name(mica_var_dtype(values)), batch);
	return mica__sample_mean(values);
}
