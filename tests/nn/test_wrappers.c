/* SPDX-License-Identifier: MIT */
/* nn/test_wrappers.c - layers that call another layer compute what Keras' do, forwards and backwards. */
#include "golden/wrapper_layers.h"
#include "nn/golden_call.h"

Test(wrappers, layers_are_those_of_keras)
{
	GOLDEN_WRAPPER_LAYERS(GOLDEN_CALL, GOLDEN_TRAINED)
}
