/* SPDX-License-Identifier: MIT */
/* nn/test_merge.c - layers of several inputs compute what Keras' do, forwards and backwards, with masks. */
#include "golden/merge_layers.h"
#include "nn/golden_call.h"

Test(merge, layers_are_those_of_keras)
{
	GOLDEN_MERGE_LAYERS(GOLDEN_CALL, GOLDEN_TRAINED)
}

Test(merge, options_and_inputs_that_do_not_fit_are_named)
{
	const mica_shape x = MICA_SHAPE(3, 4, 2);

	golden_check_inputs(mica_merge_subtract(), x, x, 1, "layer: it was given 1 inputs and takes 2");
	golden_check_inputs(mica_merge_subtract(), x, x, 3, "layer: it was given 3 inputs and takes at most 2");
	golden_check_inputs(mica_merge_add(), x, MICA_SHAPE(1, 4, 2), 2, "layer: inputs of 3 and 1 samples; they must be as many");
	golden_check_inputs(mica_merge_multiply(), x, MICA_SHAPE(3, 3, 2), 2, "layer: samples of shapes (4, 2) and (3, 2); from the last on");
	golden_check_inputs(mica_concatenate(3), x, x, 2, "layer: axis 3 of 3, the batch included; give 1 to 2, or -1 for the last");
	golden_check_inputs(mica_concatenate(), x, MICA_SHAPE(3, 3, 2), 2, "layer: samples of shapes (4, 2) and (3, 2) along axis 2");
	golden_check_inputs(mica_dot(.axes = {-3}), x, x, 2, "layer: axes[0] is -3 for an input of rank 3; give 1 to 2, or -1 for the last");
	golden_check_inputs(mica_dot(.axes = {1, 2}), x, x, 2, "layer: axis 1 of the first input has 4, axis 2 of the second 2");
}
