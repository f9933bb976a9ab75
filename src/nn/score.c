/* SPDX-License-Identifier: MIT */
/* nn/score.c - what losses and metrics share: see score.h. */
#include "nn/score.h"

#include <string.h>

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

/* y_true in y_pred's shape, NULL if more than dimensions of 1 at the end are different. */
static mica_var fitted(mica_var y_true, mica_var y_pred)
{
	mica_shape t = mica_var_shape(y_true), p = mica_var_shape(y_pred);
	size_t common = t.rank < p.rank ? t.rank : p.rank;

	for (size_t i = 0; i < t.rank || i < p.rank; i++)
		if (i < common ? t.dim[i] != p.dim[i] : (i < t.rank ? t.dim[i] : p.dim[i]) != 1)
			return NULL;
	return t.rank == p.rank ? y_true : mica_op_reshape(y_true, p);
}

mica_var mica__same_shape(mica_var y_true, mica_var y_pred)
{
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return y_true;
	mica_var t = fitted(as_type(y_true, mica_var_dtype(y_pred)), y_pred);
	return t ? t : refuse(y_true, y_pred, "this loss or metric compares them element by element");
}

mica_var mica__same_rows(mica_var y_true, mica_var y_pred)
{
	if (mica_graph_status(mica_var_graph(y_pred)) == MICA_OK && mica_var_shape(y_pred).rank < 2)
		return refuse(y_true, y_pred, "this loss or metric needs outputs with a dimension besides the batch");
	return mica__same_shape(y_true, y_pred);
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

/* x / |x|; 0 where x is 0.  |x|^2 is at least 1e-14, as in Keras. */
static mica_var normalized(mica_var x)
{
	mica_graph *g = mica_var_graph(x);
	mica_var sum = mica_op_sum(mica_op_square(x), MICA_AXIS(mica_var_shape(x).rank - 1), true);

	return mica_op_mul(x, mica_op_rsqrt(mica_op_max(sum, mica_graph_scalar(g, 1e-14))));
}

mica_var mica__cosine(mica_var y_true, mica_var y_pred)
{
	mica_var t = mica__same_rows(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	mica_var both = mica_op_mul(normalized(t), normalized(y_pred));
	return mica__sample_mean(mica_op_sum(both, MICA_AXIS(mica_var_shape(y_pred).rank - 1), false));
}

/* ---- rows and options ---- */

static const mica__field all_fields[] = {
	MICA__FLAG_FIELD(mica_loss, from_logits),
	MICA__FIELD(mica_loss, label_smoothing, MICA__REAL, 0, 0, 1, false, false),
	MICA__FIELD(mica_loss, delta, MICA__REAL, 0, 0, 1, false, false),
	MICA__FIELD(mica_loss, threshold, MICA__REAL, 0, 0, 1, false, false),
};

const mica__score *mica__score_find(const mica__score *rows, size_t n, const char *name)
{
	for (size_t i = 0; name && i < n; i++)
		if (strcmp(rows[i].name, name) == 0 || (rows[i].alias && strcmp(rows[i].alias, name) == 0))
			return &rows[i];
	return NULL;
}

mica_status mica__score_resolve(mica_loss *s, const mica__score *row)
{
	static const mica__score none;
	const mica__score *r = row ? row : &none;
	const char *name = row ? row->name : s->name ? s->name : "custom";
	mica_status st;

	MICA_TRY(mica__fields_only(name, s, r->fields, r->n_fields, all_fields, MICA__COUNT(all_fields)));
	MICA_TRY(mica__fields_resolve(name, s, r->fields, r->n_fields));
out:
	return st;
}

/* ---- the user's ---- */

mica_var mica__user_values(const char *what, const mica_loss *s, mica_var y_true, mica_var y_pred)
{
	mica_graph *g = mica_var_graph(y_pred);
	const char *name = s->name ? s->name : "custom";

	if (mica_graph_status(g) != MICA_OK)
		return y_pred;
	mica_var t = fitted(y_true, y_pred), values = s->score(t ? t : y_true, y_pred, s->payload);
	if (mica_graph_status(g) != MICA_OK)
		return y_pred;
	if (!values)
		return mica__graph_fail(g, MICA_EINVAL, "%s %s: its function returned NULL", what, name);
	mica_shape is = mica_var_shape(values), label = mica_var_shape(y_true), output = mica_var_shape(y_pred);
	size_t batch = output.dim[0];
	if (is.rank == 0 || is.dim[0] != batch || mica_var_count(values) != batch ||
	    mica_var_dtype(values) != mica_var_dtype(y_pred))
		return mica__graph_fail(g, MICA_ESHAPE, "%s %s: its function returned shape %s of %s for labels of shape %s and outputs "
		                        "of shape %s; one real per sample is needed, shape (%zu): take the mean over the sample",
		                        what, name, mica__shape_text(&is), mica__dtype_name(mica_var_dtype(values)),
		                        mica__shape_text(&label), mica__shape_text(&output), batch);
	return is.rank == 1 ? values : mica_op_reshape(values, MICA_SHAPE(batch));
}
