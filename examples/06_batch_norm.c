/* SPDX-License-Identifier: MIT */
/* examples/06_batch_norm.c - a network of eight sigmoid layers, with batch normalization and without.
   Sigmoids pass on a quarter of a gradient at most, so that the first layers of eight learn next to nothing.  Normalized to mean 0
   and deviation 1 before the sigmoid, numbers stay where its slope is.
   You should see the plain network guess (loss 2.3, which is log 10, accuracy 0.1), and the normalized one at an accuracy of more than
   0.9 after as many epochs.  Then: while it predicts, a batch normalization uses the means that it gathered in training, so that what
   it says of a sample does not depend on the others in its batch. */
#include "example.h"

enum { LAYERS = 8, UNITS = 32, CLASSES = 10, TEST = 360 };

static mica_model *network(mica_context *ctx, bool normalize)
{
	mica_model *m = mica_sequential(ctx, .seed = 6);

	mica_add(m, mica_flatten());
	for (int i = 0; i < LAYERS; i++) {
		mica_add(m, mica_dense(UNITS, .no_bias = normalize)); /* beta stands for the bias */
		if (normalize)
			mica_add(m, mica_batch_normalization(.momentum = 0.9));
		mica_add(m, mica_activation_layer(MICA_SIGMOID));
	}
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.01), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});
	return m;
}

int main(void)
{
	static float together[TEST * CLASSES], alone[CLASSES];
	mica_context *ctx = open_device();
	mica_dataset *train = mica_dataset_digits(ctx, MICA_TRAIN), *test = mica_dataset_digits(ctx, MICA_TEST);
	double accuracy[2];
	mica_model *m = NULL;
	mica_logs scores;

	for (int normalize = 0; normalize < 2; normalize++) {
		printf(normalize ? "with batch normalization\n" : "without\n");
		m = network(ctx, normalize);
		TRY(mica_fit(m, train, .epochs = 5, .verbose = 2, .print = print_text));
		TRY(mica_evaluate(m, test, &scores));
		accuracy[normalize] = mica_log(&scores, "accuracy");
		printf("test accuracy: %.4f\n", accuracy[normalize]);
	}
	require(accuracy[0] < 0.3, "eight sigmoids do not learn");
	require(accuracy[1] > 0.85, "normalized they do");

	mica_dataset *one = mica_dataset_range(test, 7, 8);
	TRY(mica_predict(m, mica_dataset_samples(test), together, sizeof together, .batch_size = TEST));
	TRY(mica_predict(m, mica_dataset_samples(one), alone, sizeof alone));
	for (size_t c = 0; c < CLASSES; c++)
		require(fabsf(alone[c] - together[7 * CLASSES + c]) < 1e-5f, "a sample alone is what it is among others");
	mica_close(ctx);
	return 0;
}
