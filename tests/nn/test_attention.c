/* SPDX-License-Identifier: MIT */
/* nn/test_attention.c - attention layers compute what Keras' do, forwards and backwards, with masks. */
#include "golden/attention_layers.h"
#include "nn/golden_call.h"

Test(attention, layers_are_those_of_keras)
{
	GOLDEN_ATTENTION_LAYERS(GOLDEN_CALL, GOLDEN_TRAINED)
}

/* Kernels (features, heads, size) and (heads, size, features) are drawn as matrices of features and of heads times size, as in Keras. */
Test(attention, kernels_are_drawn_by_what_they_sum_over)
{
	enum { FEATURES = 96, HEADS = 8, SIZE = 24, COUNT = FEATURES * HEADS * SIZE };
	static float x[5 * FEATURES], w[COUNT];
	const double limit = sqrt(6.0 / (FEATURES + HEADS * SIZE));
	golden_bench g;

	cr_assert(golden_open(&g, mica_multi_head_attention(HEADS, SIZE)) == MICA_OK);
	mica_var in = given(&g.b, x, MICA_SHAPE(1, 5, FEATURES)), out[MICA__MOST_OUTPUTS];
	mica__layer_call(&g.pass, g.layer, &in, 1, out);
	for (size_t i = 0; i < g.layer->n_weights; i += 2) {
		double most = 0;
		const mica__weight *kernel = g.layer->weights[i];
		cr_assert(mica_initialize(w, mica_value_shape(kernel->value), kernel->init, 1, 0) == MICA_OK);
		for (size_t k = 0; k < COUNT; k++)
			most = fmax(most, fabs((double)w[k]));
		cr_expect(most <= limit * (1 + 1e-6) && most > 0.98 * limit, "%s: %g, Keras' limit is %g", mica_value_path(kernel->value), most, limit);
	}
	golden_close(&g);
}

/* This one runs on a driver too. */
Test(attention, kernels_compute_what_keras_does)
{
	golden_check_call(&golden_heads_causal_masked, mica_multi_head_attention(2, 3, .use_causal_mask = true), false);
}

Test(attention, options_and_inputs_that_do_not_fit_are_named)
{
	const mica_shape x = MICA_SHAPE(3, 4, 2), image = MICA_SHAPE(3, 4, 2, 2);
	const golden_wrong wrong[] = {
		{mica_multi_head_attention(), x, "multi_head_attention: num_heads is 0; give a whole number from 1"},
		{mica_multi_head_attention(2), x, "multi_head_attention: key_dim is 0; give a whole number from 1"},
		{mica_multi_head_attention(2, 3, .dropout = 1), x, "multi_head_attention: dropout is 1"},
		{mica_multi_head_attention(2, 3), MICA_SHAPE(3, 4), "layer: samples of query (4), value (4) and key (4)"},
		{mica_multi_head_attention(4, 3, .num_key_value_heads = 3), x, "layer: num_key_value_heads is 3, which must divide num_heads, 4"},
		{mica_multi_head_attention(2, 3, .attention_axes = {3}), image, "layer: attention_axes[0] is 3 for a query of rank 4; give 1 to 2"},
		{mica_attention(), x, "layer: it was given 1 inputs and takes at least 2"},
		{mica_attention(.dropout = -1), x, "attention: dropout is -1"},
	};

	golden_check_wrong(wrong, sizeof wrong / sizeof *wrong);
	golden_check_inputs(mica_attention(), x, MICA_SHAPE(3, 5, 3), 2, "layer: samples of query (4, 2), value (5, 3) and key (5, 3)");
	golden_check_inputs(mica_additive_attention(), x, MICA_SHAPE(2, 5, 2), 2, "layer: query of 3 and value of 2 samples");
	golden_check_inputs(mica_multi_head_attention(2, 3), x, image, 2, "layer: samples of query (4, 2), value (4, 2, 2)");
}

/* Half of what a query looks at is lost while training, and the rest doubled: of one key, each head has all or nothing. */
Test(attention, dropout_is_of_what_is_looked_at)
{
	enum { SAMPLES = 256 };
	static float ones[SAMPLES], y[SAMPLES];
	golden_bench g;
	size_t lost = 0;

	for (size_t i = 0; i < SAMPLES; i++)
		ones[i] = 1;
	cr_assert(golden_open(&g, mica_attention(.dropout = 0.5)) == MICA_OK);
	mica_var x = given(&g.b, ones, MICA_SHAPE(SAMPLES, 1, 1)), out[MICA__MOST_OUTPUTS];
	mica__layer_call(&g.pass, g.layer, (mica_var[]){x, x}, 2, out);
	values_of(out, (float *[]){y}, 1);
	for (size_t i = 0; i < SAMPLES; i++) {
		lost += y[i] == 0;
		cr_expect(y[i] == 0 || y[i] == 2, "%g", (double)y[i]);
	}
	cr_expect(lost > 88 && lost < 168, "%zu of %d", lost, SAMPLES);
	golden_close(&g);
}
