/* SPDX-License-Identifier: MIT */
/* examples/02_functional.c - a network that is no row of layers: one layer reads the upper and the lower half of a digit (its weights are
   there once), a second path looks at the whole, and both come together again.
   You should see a summary in which the layer "half", of 792 weights, is connected to both halves, a test accuracy of 0.88,
   and what is inside: a model from the input to the shared layer gives 24 numbers for a half. */
#include "example.h"

enum { UNITS = 24, SIDE = 8 };

int main(void)
{
	static float inside[360 * UNITS];
	mica_context *ctx = open_device();
	mica_dataset *train = mica_dataset_digits(ctx, MICA_TRAIN), *test = mica_dataset_digits(ctx, MICA_TEST);
	mica_model *m = mica_functional(ctx, .seed = 2);

	mica_symbol *image = mica_model_input(m, mica_input(SIDE, SIDE, .name = "image"));
	mica_symbol *whole = mica_apply(mica_flatten(), image);
	mica_symbol *upper = mica_apply(mica_flatten(), mica_apply(mica_cropping1d(.after = {4}), image));
	mica_symbol *lower = mica_apply(mica_flatten(), mica_apply(mica_cropping1d(.before = {4}), image));
	mica_instance *half = mica_make(m, mica_dense(UNITS, .activation = MICA_RELU, .name = "half"));
	mica_symbol *seen = mica_call(half, upper);
	mica_symbol *both = mica_apply(mica_concatenate(), seen, mica_call(half, lower));
	mica_symbol *wide = mica_apply(mica_dense(2 * UNITS, .activation = MICA_RELU), whole);
	mica_symbol *sum = mica_apply(mica_merge_add(), both, wide);
	mica_model_output(m, mica_apply(mica_dense(10, .activation = MICA_SOFTMAX), sum));

	TRY(mica_summary(m, print_text, NULL));
	require(mica_value_count(mica_instance_weight(half, 0)) == SIDE * SIDE / 2 * UNITS, "one kernel, for halves");
	require(mica_model_parameters(m) == 4402, "its weights count once");
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.003), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});
	TRY(mica_fit(m, train, .epochs = 8, .verbose = 2, .print = print_text));
	mica_logs scores;
	TRY(mica_evaluate(m, test, &scores));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") > 0.85, "test accuracy above 0.85");

	mica_model *eye = mica_between({image}, {seen}); /* the same weights, without the rest */
	TRY(mica_predict(eye, mica_dataset_samples(test), inside, sizeof inside));
	printf("the upper half of the first digit:");
	for (size_t i = 0; i < UNITS; i++) {
		printf(" %.1f", (double)inside[i]);
		require(inside[i] >= 0, "what relu gives");
	}
	printf("\n");
	mica_close(ctx);
	return 0;
}
