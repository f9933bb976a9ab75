/* SPDX-License-Identifier: MIT */
/* nn/test_single.c - layers with one input that are not about spatial axes compute what Keras' do, forwards and backwards. */
#include "golden/single.h"
#include "nn/golden_layer.h"

/* The mask of an element is whether it is above 0; that of a step, whether its first feature is. */
static mica_var above_0(mica_build *b, mica_var x)
{
	return mica_op_cast(mica_op_gt(x, mica_graph_scalar(mica_layer_graph(b), 0)), MICA_BOOL);
}

static mica_var hiding_softmax(mica_build *b, mica_var x, void *payload)
{
	(void)payload;
	return mica_sublayer(b, "softmax", mica_softmax_layer(), x, above_0(b, x));
}

static mica_var hiding_softmax_over_two(mica_build *b, mica_var x, void *payload)
{
	(void)payload;
	return mica_sublayer(b, "softmax", mica_softmax_layer(.axes = {1, -1}), x, above_0(b, x));
}

static void hide_steps(mica_build *b, mica_var x)
{
	mica_shape s = mica_var_shape(x);
	size_t start[3] = {0}, stop[3] = {s.dim[0], s.dim[1], 1};
	mica_var first = mica_op_slice(x, start, stop, NULL);

	mica_layer_set_mask(b, x, above_0(b, mica_op_reshape(first, MICA_SHAPE(s.dim[0], s.dim[1]))));
}

static mica_var hiding_average(mica_build *b, mica_var x, void *payload)
{
	(void)payload;
	hide_steps(b, x);
	return mica_sublayer(b, "average", mica_global_average_pooling1d(), x);
}

static mica_var hiding_normalization(mica_build *b, mica_var x, void *payload)
{
	(void)payload;
	hide_steps(b, x);
	return mica_sublayer(b, "normalization", mica_batch_normalization(), x);
}

Test(single, layers_are_those_of_keras)
{
	GOLDEN_SINGLE(GOLDEN_CASE)
}

Test(single, options_that_do_not_fit_are_named)
{
	const mica_shape row = MICA_SHAPE(2, 5), steps = MICA_SHAPE(2, 3, 4);
	const golden_wrong wrong[] = {
		{mica_relu_layer(-1), row, "re_lu: max_value is -1; give a number from 0"},
		{mica_relu_layer(.threshold = -1), row, "re_lu: threshold is -1"},
		{mica_leaky_relu_layer(-0.5), row, "leaky_re_lu: negative_slope is -0.5; give a finite number from 0 (0 stands for 0.3)"},
		{mica_prelu(.shared_axes = {3}), steps, "layer: shared_axes[0] is 3; a sample of shape (3, 4) has axes 1 to 2"},
		{mica_softmax_layer(3), steps, "layer: softmax: axis 3 of 3; give one from -3 to 2"},
		{mica_softmax_layer(.axes = {1, 3}), steps, "layer: softmax: axis 3 of 3; give one from -3 to 2"},
		{mica_softmax_layer(.axes = {1, -2}), steps, "layer: softmax: axes[1] is -2, which is named before"},
		{mica_batch_normalization(.axis = 3), steps, "layer: axis 3 of 3; give one from 1 to 2, or -2 to -1"},
		{mica_layer_normalization(.axes = MICA_AXIS(0)), steps, "layer: axes are the bits 0x1; give some of MICA_AXIS(1) to MICA_AXIS(2)"},
		{mica_unit_normalization(.axes = MICA_AXIS(3)), steps, "layer: axes are the bits 0x8"},
		{mica_layer_normalization(), MICA_SHAPE(2), "layer: a sample needs at least one dimension"},
		{mica_group_normalization(3, .axis = 2), steps, "layer: groups is 3; give a divisor of the axis' 4, or -1"},
		{mica_permute(2, 2), steps, "layer: it takes each of the axes 1 to 2 of a sample once, as mica_permute(2, 1) does of two"},
		{mica_permute(1), steps, "layer: it takes each of the axes 1 to 2"},
		{mica_permute(1, 2, 3), steps, "layer: it takes each of the axes 1 to 2"},
		{mica_permute(1, 9), steps, "layer: it takes each of the axes 1 to 2"},
		{mica_repeat_vector(), row, "repeat_vector: n is 0; give a whole number from 1"},
		{mica_repeat_vector(2), steps, "layer: a sample of shape (3, 4); it must be (features)"},
		{mica_embedding(10), row, "embedding: output_dim is 0"},
		{mica_embedding(.output_dim = 4), row, "embedding: input_dim is 0"},
		{mica_einsum_dense(), row, "layer: equation is NULL; give it as [X],[Y]->[Z], ...[X],[Y]->...[Z] or [X]...,[Y]->[Z]..., with"},
		{mica_einsum_dense("ab,bc", {3}), row, "layer: equation is \"ab,bc\"; give it as"},
		{mica_einsum_dense("ab,bc->ac...", {3}), row, "layer: equation is"},
		{mica_einsum_dense("...b,bc->c", {3}), row, "layer: equation is"},
		{mica_einsum_dense("abcdefghij,bc->ac", {3}), row, "layer: equation is"},
		{mica_einsum_dense("a b,bc->ac", {3}), row, "layer: equation is"},
		{mica_einsum_dense("abc,cd->abd", {3, 4}), row, "layer: \"abc,cd->abd\" has 3 axes in its input, the batch included, and a sample has shape (5)"},
		{mica_einsum_dense("ab,bc->ac", {3}), steps, "layer: \"ab,bc->ac\" has 2 axes in its input, the batch included, and a sample has shape (3, 4)"},
		{mica_einsum_dense("abc,cd->abd", {4}), steps, "layer: output has 1 sizes; \"abc,cd->abd\" needs 2, which are those after the batch"},
		{mica_einsum_dense("...c,cd->...d", {3, 4}), steps, "needs 1, which are those after the batch and ..."},
		{mica_einsum_dense("abc,cd->abd", {5, 4}), steps, "layer: axis b has 3 elements in the input and 5 in the output"},
		{mica_einsum_dense("abc,cd->abd", {3, MICA_INFER}), steps, "layer: axis d of \"cd\" is in neither the input nor a size of output"},
		{mica_einsum_dense("abc,ce->abd", {3, 4}), steps, "layer: axis e of \"ce\""},
		{mica_einsum_dense("abc,cd->abd", {3, 4}, .bias_axes = "c"), steps, "layer: bias_axes is \"c\"; axis c is none of the output's"},
		{mica_einsum_dense("abc,cd->abde", {3, 4, 5}), steps, "layer: "},
	};

	golden_check_wrong(wrong, sizeof wrong / sizeof *wrong);
}

/* Of numbers, of any type; the mask is where they are not 0, and activations hand it on. */
Test(single, embedding_of_0_may_be_hidden)
{
	golden_bench g;
	int32_t numbers[6] = {3, 0, 1, 0, 0, 2};
	float mask[6];

	cr_assert(golden_open(&g, mica_embedding(4, 2, .mask_zero = true)) == MICA_OK, "%s", mica_error(NULL));
	mica_var x = mica_graph_variable(g.b.g, "x", MICA_I32, MICA_SHAPE(2, 3));
	cr_assert(mica_value_write(mica_var_value(x), numbers, sizeof numbers) == MICA_OK);
	mica_var y = golden_call(&g, x), hidden = mica_layer_mask(&g.pass, y);
	cr_assert(hidden && mica_var_dtype(hidden) == MICA_BOOL, "%s", mica_graph_error(g.b.g));
	values_of((mica_var[]){mica_op_cast(hidden, MICA_F32)}, (float *[]){mask}, 1);
	for (size_t i = 0; i < 6; i++)
		cr_expect(mask[i] == (numbers[i] != 0), "%zu: %g", i, (double)mask[i]);
	golden_close(&g);
}
