/* SPDX-License-Identifier: MIT */
/* nn/test_wrappers.c - layers that call another layer compute what Keras' do, forwards and backwards. */
#include "golden/wrapper_layers.h"
#include "nn/golden_call.h"

Test(wrappers, layers_are_those_of_keras)
{
	GOLDEN_WRAPPER_LAYERS(GOLDEN_CALL, GOLDEN_TRAINED)
}

Test(wrappers, layers_inside_that_do_not_fit_are_named)
{
	const mica_shape x = MICA_SHAPE(3, 4, 2);
	const golden_wrong wrong[] = {
		{mica_bidirectional(), x, "layer: no layer goes one way only; give a simple_rnn, lstm, gru or rnn"},
		{mica_bidirectional(mica_dense(3)), x, "layer: dense goes one way only; give a simple_rnn, lstm, gru or rnn"},
		{mica_bidirectional(mica_lstm(3), mica_gru(3, .go_backwards = true)), x, "layer: the layers of the two ways are of different kinds"},
		{mica_bidirectional(mica_lstm(3, .go_backwards = true)), x, "layer: the layers of the two ways say go_backwards, which must differ"},
		{mica_bidirectional(mica_lstm(3), mica_lstm(3, .go_backwards = true, .return_sequences = true)), x,
		 "layer: the layers of the two ways say return_sequences, which must not differ"},
		{mica_bidirectional(mica_lstm(3), .merge = 6), x, "bidirectional: merge is 6; give a whole number from 1 to 5"},
		{mica_bidirectional(mica_lstm()), x, "lstm: units is 0"},
		{mica_time_distributed(), x, "layer: it has no layer inside; give one, as in mica_time_distributed(mica_dense(10))"},
		{mica_time_distributed(mica_dense(3)), MICA_SHAPE(3, 4), "layer: a sample of shape (4) has no steps; give (steps, ...)"},
		{mica_time_distributed(mica_conv2d(3, 3)), x, "layer/conv2d: a sample of shape (2)"},
		{mica_spectral_normalization(), x, "layer: it has no layer inside"},
		{mica_spectral_normalization(mica_flatten()), x, "layer: flatten has no kernel and no embeddings that could be normalized"},
		{mica_masking(), MICA_SHAPE(3, 4), "layer: a sample of shape (4) is no sequence; give (steps, features)"},
	};

	golden_check_wrong(wrong, sizeof wrong / sizeof *wrong);
	golden_check_inputs(mica_bidirectional(mica_lstm(3)), x, MICA_SHAPE(3, 3), 3, "layer: give a sequence, or a sequence and the first states of both ways");
}
