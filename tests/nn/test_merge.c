/* SPDX-License-Identifier: MIT */
/* nn/test_merge.c - layers of several inputs compute what Keras' do, forwards and backwards, with masks. */
#include "golden/merge_layers.h"
#include "nn/golden_call.h"

Test(merge, layers_are_those_of_keras)
{
	GOLDEN_MERGE_LAYERS(GOLDEN_CALL, GOLDEN_TRAINED)
}
