/* SPDX-License-Identifier: MIT */
/* nn/test_attention.c - attention layers compute what Keras' do, forwards and backwards, with masks. */
#include "golden/attention_layers.h"
#include "nn/golden_call.h"

Test(attention, layers_are_those_of_keras)
{
	GOLDEN_ATTENTION_LAYERS(GOLDEN_CALL, GOLDEN_TRAINED)
}
