/* SPDX-License-Identifier: MIT */
/* nn/score.c - labels, weights and values of losses and metrics: see score.h. */
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

mica_var mica__fitted(mica_var y_true, mica_var y_pred)
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
	mica_var t = mica__fitted(as_type(y_true, mica_var_dtype(y_pred)), y_pred);
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

mica_var mica__last_mean(mica_var x)
{
	size_t rank = mica_var_shape(x).rank;

	return rank > 1 ? mica_op_mean(x, MICA_AXIS(rank - 1), false) : x;
}

mica_var mica__divided(mica_var a, mica_var b)
{
	mica_var zero = mica_graph_fill(mica_var_graph(b), 0, mica_var_dtype(b), MICA_SCALAR_SHAPE), none = mica_op_eq(b, zero);

	return mica_op_where(none, zero, mica_op_div(a, mica_op_where(none, mica_op_addc(zero, 1), b)));
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
	return mica_op_sum(both, MICA_AXIS(mica_var_shape(y_pred).rank - 1), false);
}

/* ---- weights and masks ---- */

mica_var mica__weights_for(mica_var w, mica_var x, const char *what)
{
	mica_graph *g = mica_var_graph(x);

	if (!w || mica_graph_status(g) != MICA_OK)
		return w;
	mica_shape is = mica_var_shape(w), of = mica_var_shape(x), s = {of.rank, {0}};
	bool fits = true;
	for (size_t i = 0; i < is.rank || i < of.rank; i++) {
		size_t n = i < is.rank ? is.dim[i] : 1;
		fits &= (n == 1 && i > 0) || (i < of.rank && n == of.dim[i]);
		if (i < of.rank)
			s.dim[i] = n;
	}
	if (!fits)
		return mica__graph_fail(g, MICA_ESHAPE, "a %s of shape %s does not fit values of shape %s; it has their first dimensions, or fewer",
		                        what, mica__shape_text(&is), mica__shape_text(&of));
	return mica_op_reshape(as_type(w, mica_var_dtype(x)), s);
}

mica_var mica__mask_for(mica_var mask, mica_var x)
{
	return mica__weights_for(mask && mica_var_dtype(mask) != MICA_BOOL ? mica_op_cast(mask, MICA_BOOL) : mask, x, "mask");
}

/* ---- options ---- */

const mica_field mica__loss_fields[2] = {MICA__LOSS_FIELDS(mica_loss_opts)};
const mica_field mica__cosine_fields[3] = {MICA__AXIS_FIELD(mica_cosine_opts), MICA__LOSS_FIELDS(mica_cosine_opts)};
const mica_field mica__metric_fields[1] = {MICA_FIELD_TEXT(mica_metric_opts, name)};

const char *mica__score_name(const mica_loss *s)
{
	const char *own = mica__part_text(&s->part, "name");

	return own ? own : s->part.kind->name;
}

/* Where the number of that name and type is in its options; NULL: it has none. */
static void *member(const mica_part *p, void *options, mica_field_type type, const char *name)
{
	for (size_t i = 0; options && i < p->kind->n_fields; i++)
		if (p->kind->fields[i].type == type && strcmp(p->kind->fields[i].name, name) == 0)
			return (char *)options + p->kind->fields[i].offset;
	return NULL;
}

int mica__score_int(const mica_part *p, const char *name, int otherwise)
{
	const void *at = member(p, (void *)(uintptr_t)p->options, MICA_FIELD_IS_INT, name);

	if (at)
		memcpy(&otherwise, at, sizeof otherwise);
	return otherwise;
}

/* ---- values ---- */

/* The options with from_logits set; to be freed.  NULL without memory. */
static void *of_logits(const mica_part *p)
{
	void *copy = mica__alloc(1, p->kind->size), *flag;

	if (copy)
		memcpy(copy, p->options, p->kind->size);
	if ((flag = member(p, copy, MICA_FIELD_IS_FLAG, "from_logits")))
		memcpy(flag, &(bool){true}, sizeof(bool));
	return copy;
}

/* The axis of that number in x moved to the end. */
static mica_var with_last(mica_var x, size_t axis)
{
	size_t rank = mica_var_shape(x).rank, order[MICA_MAX_RANK], n = 0;

	for (size_t i = 0; i < rank; i++)
		if (i != axis)
			order[n++] = i;
	order[n] = axis;
	return axis + 1 == rank ? x : mica_op_transpose(x, order);
}

/* values, if they have y_pred's first axes, with 1s behind them or not. */
static mica_var checked(const mica_kind *kind, mica_var values, mica_var y_true, mica_var y_pred)
{
	mica_graph *g = mica_var_graph(y_pred);
	const char *type = mica_part_type_name(kind->type);

	if (mica_graph_status(g) != MICA_OK)
		return y_pred;
	if (!values)
		return mica__graph_fail(g, MICA_EINVAL, "the %s's function returned NULL", type);
	mica_shape is = mica_var_shape(values), label = mica_var_shape(y_true), output = mica_var_shape(y_pred);
	size_t rank = is.rank;
	while (rank > 1 && is.dim[rank - 1] == 1 && (rank > output.rank || output.dim[rank - 1] != 1))
		rank--;
	bool fits = rank <= output.rank && (rank > 0 || kind->whole) && mica_var_dtype(values) == mica_var_dtype(y_pred);
	for (size_t i = 0; fits && i < rank; i++)
		fits = is.dim[i] == output.dim[i];
	if (!fits)
		return mica__graph_fail(g, MICA_ESHAPE, "the %s's function returned shape %s of %s for labels of shape %s and outputs "
		                        "of shape %s; one real per sample is needed, shape (%zu), or one for each of its rows: take the "
		                        "mean over the rest",
		                        type, mica__shape_text(&is), mica__dtype_name(mica_var_dtype(values)),
		                        mica__shape_text(&label), mica__shape_text(&output), output.dim[0]);
	is.rank = rank;
	return mica_op_reshape(values, is);
}

/* Where there are by chance as many samples as the output has elements along the axis that the labels' first one broadcasts to, what a
   function makes of them tells nothing: each label may have met another sample's outputs, or all of them.  With one sample more it
   does. */
static bool may_mix_samples(const mica_shape *label, const mica_shape *output)
{
	return label->rank && label->rank < output->rank && label->dim[0] > 1 && label->dim[0] == output->dim[output->rank - label->rank];
}

static mica_status with_one_more(const mica_kind *kind, mica__score_fn *score, const void *options, mica_var y_true, mica_var y_pred)
{
	mica_graph *of = mica_var_graph(y_pred), *g = mica_graph_create_real(mica_graph_context(of), of->real);
	mica_shape label = mica_var_shape(y_true), output = mica_var_shape(y_pred);

	if (!g)
		return MICA_ENOMEM;
	label.dim[0]++;
	output.dim[0]++;
	mica_var t = mica_graph_input(g, "y_true", mica_var_dtype(y_true), label), p = mica_graph_input(g, "y_pred", mica_var_dtype(y_pred), output);
	checked(kind, score(t, p, options), t, p);
	mica_status st = mica_graph_status(g);
	mica_graph_destroy(g);
	return st;
}

mica_var mica__score_values(const mica_kind *kind, mica__score_fn *score, const void *options, mica_var y_true, mica_var y_pred)
{
	mica_graph *g = mica_var_graph(y_pred);
	mica_var values = checked(kind, score(y_true, y_pred, options), y_true, y_pred);
	mica_shape label = mica_var_shape(y_true), output = mica_var_shape(y_pred);
	mica__kept_reason kept;

	if (mica_graph_status(g) != MICA_OK || !may_mix_samples(&label, &output))
		return values;
	mica__reason_keep(&kept);
	mica_status st = with_one_more(kind, score, options, y_true, y_pred);
	mica__reason_restore(&kept);
	if (st == MICA_ENOMEM)
		return mica__graph_fail(g, st, "no memory to check the %s's function", mica_part_type_name(kind->type));
	if (st != MICA_OK)
		return mica__graph_fail(g, MICA_ESHAPE, "the %s's function makes one of labels of shape %s and outputs of shape %s only because there "
		                        "are %zu samples: a label would meet the outputs of others; reshape the labels to (%zu, 1), or give labels of "
		                        "the output's shape", mica_part_type_name(kind->type), mica__shape_text(&label),
		                        mica__shape_text(&output), label.dim[0], label.dim[0]);
	return values;
}

mica__scored mica__score(const mica_part *p, mica_var y_true, mica_var y_pred, mica_var logits)
{
	mica_graph *g = mica_var_graph(y_pred);
	const mica_kind *kind = p->kind;
	mica__scored s = {y_pred, NULL};
	const void *options = p->options;
	void *own = NULL;

	if (mica_graph_status(g) != MICA_OK)
		return s;
	if (kind->logits && logits) {
		y_pred = logits;
		if (!(options = own = of_logits(p)))
			return (mica__scored){mica__graph_fail(g, MICA_ENOMEM, "no memory for the options of %s", kind->name), NULL};
	}
	mica_var t = mica__fitted(y_true, y_pred), y = t ? t : y_true;
	size_t rank = mica_var_shape(y_pred).rank, axis = rank - 1;
	int wanted = mica__score_int(p, "axis", -1);
	if (wanted != -1 && (!mica__axis(y_pred, kind->name, wanted, &axis) || axis == 0))
		s.values = mica__graph_fail(g, MICA_EINVAL, "%s: axis %d; the first is the batch, and there are %zu", kind->name, wanted, rank);
	y_pred = with_last(y_pred, axis);
	y_true = with_last(y, mica_var_shape(y).rank == rank ? axis : mica_var_shape(y).rank - 1);
	s.values = mica__score_values(kind, kind->score, options, y_true, y_pred);
	if (kind->counted)
		s.counted = kind->counted(y_true, y_pred, s.values, options);
	mica__free(own);
	return s;
}
