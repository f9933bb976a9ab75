/* SPDX-License-Identifier: MIT */
/* nn/merge.c - layers that make one result of several inputs (Keras 1.1), and which steps of it count. */
#include "nn/layers.h"

#include <stdio.h>

static bool same_batch(mica_build *b)
{
	for (size_t i = 1; i < mica_layer_inputs(b); i++) {
		mica_shape first = mica_var_shape(mica_layer_input(b, 0)), s = mica_var_shape(mica_layer_input(b, i));
		if (s.dim[0] != first.dim[0])
			mica__graph_fail(b->graph, MICA_ESHAPE, "inputs of %zu and %zu samples; they must be as many", first.dim[0], s.dim[0]);
	}
	return mica_graph_status(b->graph) == MICA_OK;
}

/* Input i, of the rank of the longest. */
static mica_var aligned(const mica_build *b, size_t i)
{
	mica_var x = mica_layer_input(b, i);
	mica_shape s = mica_var_shape(x), to = {0, {s.dim[0]}};

	for (size_t k = 0; k < mica_layer_inputs(b); k++)
		to.rank = mica_var_shape(mica_layer_input(b, k)).rank > to.rank ? mica_var_shape(mica_layer_input(b, k)).rank : to.rank;
	for (size_t k = 1; k < to.rank; k++)
		to.dim[k] = k < to.rank - s.rank + 1 ? 1 : s.dim[k - (to.rank - s.rank)];
	return to.rank == s.rank ? x : mica_op_reshape(x, to);
}

/* Whether elements of the inputs go together: of one type and as many along each axis, or one.  Shapes are told as a sample has them. */
static bool fits(mica_build *b)
{
	mica_var first = mica_layer_input(b, 0);

	if (!same_batch(b))
		return false;
	for (size_t i = 1; i < mica_layer_inputs(b); i++) {
		mica_var x = mica_layer_input(b, i);
		if (mica_var_dtype(x) != mica_var_dtype(first))
			mica__graph_fail(b->graph, MICA_EINVAL, "inputs of types %s and %s; they must be of one", mica__dtype_name(mica_var_dtype(first)),
			                 mica__dtype_name(mica_var_dtype(x)));
		for (size_t j = 0; j < i; j++) {
			mica_var other = mica_layer_input(b, j);
			mica_shape s = mica_var_shape(aligned(b, j)), t = mica_var_shape(aligned(b, i));
			mica_shape sample = mica__sample_shape(mica_var_shape(other)), its = mica__sample_shape(mica_var_shape(x));
			for (size_t k = 1; k < s.rank; k++)
				if (s.dim[k] != t.dim[k] && s.dim[k] != 1 && t.dim[k] != 1)
					mica__graph_fail(b->graph, MICA_ESHAPE, "samples of shapes %s and %s; from the last on, axes must be as long as each other, or 1",
					                 mica__shape_text(&sample), mica__shape_text(&its));
		}
	}
	return mica_graph_status(b->graph) == MICA_OK;
}

/* Input i's mask, NULL: none; broadcast: with axes of 1 for those of the input that it has not. */
static mica_var mask_of(const mica_build *b, size_t i, bool broadcast)
{
	mica_var mask = mica_layer_mask(b, mica_layer_input(b, i));
	mica_shape s = mask ? mica_var_shape(mask) : MICA_SCALAR_SHAPE, x = mica_var_shape(aligned(b, i));

	if (!mask || !broadcast)
		return mask;
	for (; s.rank < x.rank; s.rank++)
		s.dim[s.rank] = 1;
	return mica_op_reshape(mask, s);
}

/* True where one of the inputs' masks is; NULL if one has none. */
static mica_var any_mask(const mica_build *b, bool broadcast)
{
	mica_var any = mask_of(b, 0, broadcast);

	for (size_t i = 1; any && i < mica_layer_inputs(b); i++) {
		mica_var mask = mask_of(b, i, broadcast);
		any = mask ? mica_op_max(any, mask) : NULL;
	}
	return any;
}

static mica_var masked(mica_build *b, mica_var y)
{
	if (mica_graph_status(b->graph) == MICA_OK)
		mica_layer_set_mask(b, y, any_mask(b, false));
	return y;
}

/* ---- element by element ---- */

static mica_var fold(mica_build *b, mica_var (*op)(mica_var, mica_var))
{
	if (!fits(b))
		return mica_layer_input(b, 0);
	mica_var y = aligned(b, 0);
	for (size_t i = 1; i < mica_layer_inputs(b); i++)
		y = op(y, aligned(b, i));
	return y;
}

static mica_var add_call(mica_build *b, mica_var x, const void *options)
{
	(void)x, (void)options;
	return masked(b, fold(b, mica_op_add));
}

static mica_var subtract_call(mica_build *b, mica_var x, const void *options)
{
	(void)x, (void)options;
	return masked(b, fold(b, mica_op_sub));
}

static mica_var average_call(mica_build *b, mica_var x, const void *options)
{
	(void)x, (void)options;
	return masked(b, mica_op_mulc(fold(b, mica_op_add), 1 / (double)mica_layer_inputs(b)));
}

static mica_var multiply_call(mica_build *b, mica_var x, const void *options)
{
	mica_var y = NULL, one = mica_graph_fill(b->graph, 1, mica_var_dtype(x), MICA_SCALAR_SHAPE);

	(void)options;
	if (!fits(b))
		return x;
	for (size_t i = 0; i < mica_layer_inputs(b); i++) {
		mica_var mask = mask_of(b, i, true), factor = mask ? mica_op_where(mask, aligned(b, i), one) : aligned(b, i);
		y = y ? mica_op_mul(y, factor) : factor;
	}
	mica_var any = any_mask(b, true);
	return masked(b, any ? mica_op_where(any, y, mica_op_sub(one, one)) : y);
}

/* A masked element is what the others are. */
static mica_var extreme(mica_build *b, mica_var (*op)(mica_var, mica_var))
{
	if (!fits(b))
		return mica_layer_input(b, 0);
	mica_var y = aligned(b, 0), any = mask_of(b, 0, true);
	for (size_t i = 1; i < mica_layer_inputs(b); i++) {
		mica_var x = aligned(b, i), mask = mask_of(b, i, true);
		x = mask ? mica_op_where(mask, x, y) : x;
		y = any ? mica_op_where(any, y, x) : y;
		any = any && mask ? mica_op_max(any, mask) : NULL;
		y = op(y, x);
	}
	return masked(b, y);
}

static mica_var maximum_call(mica_build *b, mica_var x, const void *options)
{
	(void)x, (void)options;
	return extreme(b, mica_op_max);
}

static mica_var minimum_call(mica_build *b, mica_var x, const void *options)
{
	(void)x, (void)options;
	return extreme(b, mica_op_min);
}

#define MERGE(id, title_, least, most)                                                                                             \
	const mica_kind mica_kind_##id = {.name = #id, .title = (title_), .type = MICA_LAYER, .size = sizeof(mica_merge_opts),      \
	                                  MICA_FIELDS(merge_fields), .call = id##_call, .least_inputs = (least), .most_inputs = (most)};
static const mica_field merge_fields[] = {MICA_FIELD_TEXT(mica_merge_opts, name)};
MERGE(add, "Add", 1, MICA_ANY_INPUTS)
MERGE(subtract, "Subtract", 2, 2)
MERGE(multiply, "Multiply", 1, MICA_ANY_INPUTS)
MERGE(average, "Average", 1, MICA_ANY_INPUTS)
MERGE(maximum, "Maximum", 1, MICA_ANY_INPUTS)
MERGE(minimum, "Minimum", 1, MICA_ANY_INPUTS)

/* ---- one after the other ---- */

/* The steps' masks one after the other if the steps are, else those of all inputs joined; NULL if no input has one. */
static mica_var concatenated_mask(const mica_build *b, bool steps)
{
	mica_var all = NULL;
	bool some = false;

	for (size_t i = 0; i < mica_layer_inputs(b); i++) {
		mica_shape s = mica_var_shape(mica_layer_input(b, i));
		mica_var mask = mask_of(b, i, false);
		some = some || mask;
		mask = mask ? mask : mica_graph_fill(b->graph, 1, MICA_BOOL, MICA_SHAPE(s.dim[0], s.dim[1]));
		all = !all ? mask : steps ? mica_op_concat((mica_var[]){all, mask}, 2, 1) : mica_op_max(all, mask);
	}
	return some ? all : NULL;
}

/* Whether the inputs differ along that axis alone. */
static bool are_alike(mica_build *b, size_t axis)
{
	mica_shape first = mica__sample_shape(mica_var_shape(mica_layer_input(b, 0)));

	for (size_t i = 1; i < mica_layer_inputs(b); i++) {
		mica_shape s = mica__sample_shape(mica_var_shape(mica_layer_input(b, i)));
		bool alike = s.rank == first.rank;
		for (size_t k = 0; alike && k < s.rank; k++)
			alike = k + 1 == axis || s.dim[k] == first.dim[k];
		if (!alike)
			mica__graph_fail(b->graph, MICA_ESHAPE, "samples of shapes %s and %s along axis %zu, the batch's being 0; all other axes must be equal",
			                 mica__shape_text(&first), mica__shape_text(&s), axis);
	}
	return mica_graph_status(b->graph) == MICA_OK;
}

static mica_var concatenate_call(mica_build *b, mica_var x, const void *options)
{
	int axis = ((const mica_concatenate_opts *)options)->axis, rank = (int)mica_var_shape(x).rank, from_first = axis < 0 ? axis + rank : axis;

	if (from_first < 1 || from_first >= rank)
		return mica__graph_fail(b->graph, MICA_EINVAL, "axis %d of %d, the batch included; give 1 to %d, or -1 for the last", axis, rank, rank - 1);
	if (!same_batch(b) || !are_alike(b, (size_t)from_first))
		return x;
	mica_var y = mica_op_concat(b->frame->in, b->frame->n_in, from_first);
	if (rank > 2 && mica_graph_status(b->graph) == MICA_OK)
		mica_layer_set_mask(b, y, concatenated_mask(b, from_first == 1));
	return y;
}

static const mica_field concatenate_fields[] = {MICA_FIELD_INT(mica_concatenate_opts, axis, .otherwise = -1), MICA_FIELD_TEXT(mica_concatenate_opts, name)};
MICA__LAYER(concatenate, "Concatenate", concatenate_fields, concatenate_call, .least_inputs = 1, .most_inputs = MICA_ANY_INPUTS)

/* ---- products ---- */

/* An axis behind the batch, counted from the first; 0 with the failure in the graph if there is none. */
static size_t axis_of(mica_build *b, size_t i, int axis)
{
	int rank = (int)mica_var_shape(mica_layer_input(b, i)).rank, from_first = axis < 0 ? axis + rank : axis;

	if (from_first < 1 || from_first >= rank) {
		mica__graph_fail(b->graph, MICA_EINVAL, "axes[%zu] is %d for an input of rank %d; give 1 to %d, or -1 for the last", i, axis, rank, rank - 1);
		return 0;
	}
	return (size_t)from_first;
}

static mica_var over_norm(mica_var x, size_t axis)
{
	mica_var square = mica_op_sum(mica_op_square(x), MICA_AXIS(axis), true);

	return mica_op_mul(x, mica_op_rsqrt(mica_op_max(square, mica_graph_fill(mica_var_graph(x), 1e-14, mica_var_dtype(x), MICA_SCALAR_SHAPE))));
}

/* "abc,adb->acd": a is the batch, both summed axes have the first's letter, and the others a letter each. */
static void dot_text(const size_t rank[2], const size_t axis[2], char *text)
{
	char in[2][MICA_MAX_RANK + 1] = {{0}}, out[2 * MICA_MAX_RANK + 2] = "a";
	size_t letter = 1, left = 1;

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < rank[i]; k++) {
			in[i][k] = k == 0 ? 'a' : k == axis[i] && i ? in[0][axis[0]] : (char)('a' + letter++);
			if (k && k != axis[i])
				out[left++] = in[i][k];
		}
	snprintf(text, 4 * MICA_MAX_RANK + 4, "%s,%s->%s", in[0], in[1], out);
}

static mica_var dot_call(mica_build *b, mica_var x, const void *options)
{
	const mica_dot_opts *o = options;
	mica_var in[] = {x, mica_layer_input(b, 1)};
	size_t rank[] = {mica_var_shape(in[0]).rank, mica_var_shape(in[1]).rank}, axis[2];
	char text[4 * MICA_MAX_RANK + 4];

	for (size_t i = 0; i < 2; i++)
		if (!(axis[i] = axis_of(b, i, o->axes[i])))
			return x;
	size_t summed[] = {mica_var_shape(x).dim[axis[0]], mica_var_shape(in[1]).dim[axis[1]]};
	if (!same_batch(b))
		return x;
	if (summed[0] != summed[1])
		return mica__graph_fail(b->graph, MICA_ESHAPE, "axis %zu of the first input has %zu, axis %zu of the second %zu; they must be as long as each other",
		                        axis[0], summed[0], axis[1], summed[1]);
	for (size_t i = 0; i < 2 && o->normalize; i++)
		in[i] = over_norm(in[i], axis[i]);
	dot_text(rank, axis, text);
	mica_var y = mica_op_einsum(text, in, 2);
	return rank[0] + rank[1] == 4 ? mica_op_reshape(y, MICA_SHAPE(mica_var_shape(x).dim[0], 1)) : y;
}

static const mica_field dot_fields[] = {
	MICA_FIELD_INT(mica_dot_opts, axes, .count = 2, .repeats = true, .otherwise = -1),
	MICA_FIELD_FLAG(mica_dot_opts, normalize), MICA_FIELD_TEXT(mica_dot_opts, name),
};
MICA__LAYER(dot, "Dot", dot_fields, dot_call, .least_inputs = 2, .most_inputs = 2)
