/* SPDX-License-Identifier: MIT */
/* nn/test_spatial.c - layers over spatial axes compute what Keras' do, forwards and backwards. */
#include "golden/network.h"
#include "golden/spatial.h"
#include "nn/golden_layer.h"

Test(spatial, layers_are_those_of_keras)
{
	GOLDEN_SPATIAL(GOLDEN_CASE)
}

Test(spatial, options_that_do_not_fit_are_named)
{
	const mica_shape row = MICA_SHAPE(1, 8, 2), image = MICA_SHAPE(1, 5, 4, 6);
	const golden_wrong wrong[] = {
		{mica_conv2d(), image, "conv2d: filters is 0; give a whole number from 1"},
		{mica_conv2d(4), image, "layer: kernel is 0; give a whole number from 1 to 2147483647, or kernel_size with one for each axis"},
		{mica_conv2d(4, 3, .kernel_size = {3, 5}), image, "layer: kernel 3 and kernel_size; give one of them"},
		{mica_conv1d(4, .kernel_size = {3, 5}), row, "layer: kernel_size[1] is 5, and there is 1 spatial axis"},
		{mica_conv2d(4, 3, .strides = {1, 1, 2}), image, "layer: strides[2] is 2, and there are 2 spatial axes"},
		{mica_conv2d(4, 3, .dilation = {1, 2, 3}), image, "layer: dilation[2] is 3"},
		{mica_conv2d(4, 3, .strides = {2, (size_t)MICA_NONE}), image, "conv2d: strides[1] is 0; give a whole number from 1"},
		{mica_conv2d(4, 3), row, "layer: a sample of shape (8, 2); it must be (height, width, channels): put a mica_reshape(...) before it"},
		{mica_conv3d(4, 3), image, "layer: a sample of shape (5, 4, 6); it must be (depth, height, width, channels)"},
		{mica_conv1d(4, 3), MICA_SHAPE(1, 0, 2), "layer: a sample of shape (0, 2) is empty"},
		{mica_conv2d(4, .kernel_size = {3, 5}), image, "layer: kernel 5 with dilation 1 along spatial axis 1, which has 4; give less, or .padding = MICA_SAME"},
		{mica_conv2d(4, 3, .dilation = {3}), image, "layer: kernel 3 with dilation 3 along spatial axis 0, which has 5"},
		{mica_conv2d(4, 3, .groups = 4), image, "layer: groups is 4, which must divide the 6 channels and the 4 filters"},
		{mica_conv2d(4, 3, .groups = 3), image, "layer: groups is 3"},
		{mica_conv2d(4, 3, .padding = MICA_CAUSAL), image, "layer: padding is MICA_CAUSAL, which is for one axis; give MICA_VALID or MICA_SAME"},
		{mica_conv2d(4, 3, .padding = MICA_EXPLICIT), image, "conv2d: padding is 3; give a whole number from 0 to 2"},
		{mica_conv2d_transpose(4, 3, .padding = MICA_CAUSAL), image, "conv2d_transpose: padding is 2; give a whole number from 0 to 1"},
		{mica_conv2d_transpose(4, 3, .strides = {2}, .output_padding = {2}), image, "layer: output_padding[0] is 2, strides[0] 2; it must be less"},
		{mica_conv2d_transpose(4, 3, .output_padding = {-2}), image, "conv2d_transpose: output_padding[0] is -2"},
		{mica_depthwise_conv2d(3, .depth_multiplier = (size_t)MICA_NONE), image, "depthwise_conv2d: depth_multiplier is 0"},
		{mica_separable_conv1d(2, 9), row, "layer: kernel 9 with dilation 1 along spatial axis 0, which has 8"},
		{mica_max_pooling2d(5), image, "layer: pool 5 with dilation 1 along spatial axis 1, which has 4; give less, or .padding = MICA_SAME"},
		{mica_average_pooling1d(2, .pool_size = {3}), row, "layer: pool 2 and pool_size; give one of them"},
		{mica_max_pooling1d(.strides = {1, 2}), row, "layer: strides[1] is 2, and there is 1 spatial axis"},
		{mica_global_average_pooling1d(), image, "layer: a sample of shape (5, 4, 6); it must be (length, channels)"},
		{mica_adaptive_max_pooling2d(), image, "layer: output is 0; give a whole number from 1 to 2147483647, or output_size with one for each axis"},
		{mica_adaptive_average_pooling1d(2147483647), row, "layer: output 2147483647 along spatial axis 0, which has 8, is too much"},
		{mica_zero_padding2d(1, .before = {1}), image, "layer: all 1 and before or after; give one of them"},
		{mica_zero_padding1d(.after = {1, 2}), row, "layer: before[1] is 0, after[1] 2, and there is 1 spatial axis"},
		{mica_cropping2d(2), image, "layer: 2 before and 2 after are cut off spatial axis 1, which has 4; at least one must be left"},
		{mica_up_sampling1d(.interpolation = MICA_BILINEAR), row, "layer: interpolation is 1, which is for two axes"},
		{mica_up_sampling2d(2, .factors = {1, 2}), image, "layer: factor 2 and factors; give one of them"},
		{mica_up_sampling2d(2147483647), image, "layer: factors 2147483647, 2147483647, 0 make too many elements of a sample"},
		{mica_conv1d(2147483647, 2147483647, .padding = MICA_SAME), row, "layer: "},
	};

	golden_check_wrong(wrong, sizeof wrong / sizeof *wrong);
}

Test(spatial, constraints_may_be_of_whole_filters)
{
	const mica_constraint each[] = {
		mica_max_norm(1, .axes = MICA_AXIS(0) | MICA_AXIS(1) | MICA_AXIS(2)), mica_unit_norm(.axes = 7),
		mica_min_max_norm(0.5, 1.5, .rate = 0.7, .axes = 7), mica_unit_norm(.axes = 16),
	};
	const float *want[] = {golden_max_norm, golden_unit_norm, golden_min_max_norm};
	bench b = bench_open();
	float filters[36], got[3][36];
	mica_var y[4];

	spread(filters, 36, 80, 1);
	mica_var w = given(&b, filters, MICA_SHAPE(2, 3, 2, 3));
	for (size_t i = 0; i < 4; i++) {
		mica_part p = each[i].part;
		if (i == 3)
			values_of(y, (float *[]){got[0], got[1], got[2]}, 3);
		cr_assert(mica__part_keep(&p, MICA_CONSTRAINT, MICA_CONSTRAINT) == MICA_OK, "%s", mica_error(NULL));
		y[i] = p.kind->project(w, p.options);
		mica__part_drop(&p);
	}
	for (size_t i = 0; i < 3; i++)
		check_near(each[i].part.kind->name, got[i], want[i], 36, 2e-6, 0);
	cr_expect(strstr(mica_graph_error(b.g), "unit_norm: axes are the bits 0x10, and a weight has shape (2, 3, 2, 3)"), "%s", mica_graph_error(b.g));
	mica_close(b.ctx);
}

/* Ends that are given as 0 are none. */
Test(spatial, padding_of_0_is_none)
{
	const struct {
		mica_layer l;
		size_t length;
	} each[] = {{mica_zero_padding1d(MICA_NONE), 3}, {mica_cropping1d(.all = MICA_NONE), 3}, {mica_zero_padding1d(3), 9}};

	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		golden_bench g;
		cr_assert(golden_open(&g, each[i].l) == MICA_OK, "%s", mica_error(NULL));
		mica_var y = golden_call(&g, mica_graph_input(g.b.g, "x", MICA_F32, MICA_SHAPE(1, 3, 2)));
		cr_expect(mica_var_shape(y).dim[1] == each[i].length, "%zu: %s", i, mica_graph_error(g.b.g));
		golden_close(&g);
	}
}
