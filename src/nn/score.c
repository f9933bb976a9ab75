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
	return t ? t : refuse(y_true, y_pred, "this loss or metric compares them element by element; for class numbers there are the sparse ones");
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

/* ---- options ---- */

const mica_field mica__score_fields[1] = {MICA_FIELD_TEXT(mica_score_opts, name)};
const mica_field mica__custom_score_fields[1] = {MICA_FIELD_TEXT(mica_custom_score_opts, name)};

const char *mica__score_name(const mica_loss *s)
{
	const char *own = mica__part_text(&s->part, "name");

	return own ? own : s->part.kind->name;
}

mica_status mica__loss_keep(mica_loss *l, const char *layer, mica_shape output)
{
	const mica_kind *kind = l->part.kind;
	size_t width = mica__shape_last(&output);

	if (!kind)
		return mica__fail(MICA_EINVAL, "no loss; give one, as in .loss = mica_mean_squared_error()");
	if (kind->labels != MICA_LABELS_VALUES && width < 2) {
		l->part = (mica_part){NULL, NULL};
		return mica__fail(MICA_EINVAL, "%s: its %zu output does not fit %s, which needs one per class; use "
		                  "binary_crossentropy for two classes in one output", layer, width, kind->name);
	}
	return mica__part_keep(&l->part, MICA_LOSS, MICA_LOSS);
}

mica_status mica__metric_keep(mica_metric *m)
{
	if (m->part.kind && m->part.kind->metric)
		m->part.kind = m->part.kind->metric;
	return mica__part_keep(&m->part, MICA_METRIC, MICA_LOSS);
}

bool mica__loss_of_classes(const mica_loss *l)
{
	return l->part.kind->labels == MICA_LABELS_CLASSES;
}

/* ---- values ---- */

/* The options with from_logits set; to be freed.  NULL without memory. */
static void *of_logits(const mica_part *p)
{
	void *copy = mica__alloc(1, p->kind->size);

	if (copy)
		memcpy(copy, p->options, p->kind->size);
	for (size_t i = 0; copy && i < p->kind->n_fields; i++)
		if (p->kind->fields[i].type == MICA_FIELD_IS_FLAG && strcmp(p->kind->fields[i].name, "from_logits") == 0)
			memcpy((char *)copy + p->kind->fields[i].offset, &(bool){true}, sizeof(bool));
	return copy;
}

static mica_var score(const mica_part *p, mica_var y_true, mica_var y_pred, mica_var logits)
{
	if (!p->kind->logits || !logits)
		return p->kind->score(y_true, y_pred, p->options);
	void *options = of_logits(p);
	if (!options)
		return mica__graph_fail(mica_var_graph(y_pred), MICA_ENOMEM, "no memory for the options of %s", p->kind->name);
	mica_var values = p->kind->score(y_true, logits, options);
	mica__free(options);
	return values;
}

/* The values if they are one per sample, as a row. */
static mica_var checked(mica_var values, mica_var y_true, mica_var y_pred, const char *type)
{
	mica_graph *g = mica_var_graph(y_pred);

	if (mica_graph_status(g) != MICA_OK)
		return y_pred;
	if (!values)
		return mica__graph_fail(g, MICA_EINVAL, "the %s's function returned NULL", type);
	mica_shape is = mica_var_shape(values), label = mica_var_shape(y_true), output = mica_var_shape(y_pred);
	size_t batch = output.dim[0];
	if (is.rank == 0 || is.dim[0] != batch || mica_var_count(values) != batch ||
	    mica_var_dtype(values) != mica_var_dtype(y_pred))
		return mica__graph_fail(g, MICA_ESHAPE, "the %s's function returned shape %s of %s for labels of shape %s and outputs "
		                        "of shape %s; one real per sample is needed, shape (%zu): take the mean over the sample",
		                        type, mica__shape_text(&is), mica__dtype_name(mica_var_dtype(values)),
		                        mica__shape_text(&label), mica__shape_text(&output), batch);
	return is.rank == 1 ? values : mica_op_reshape(values, MICA_SHAPE(batch));
}

mica_var mica__score_values(const mica_loss *s, mica_var y_true, mica_var y_pred, mica_var logits)
{
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return y_pred;
	mica_var t = fitted(y_true, y_pred), values = score(&s->part, t ? t : y_true, y_pred, logits);
	return checked(values, y_true, y_pred, mica_part_type_name(s->part.kind->type));
}
