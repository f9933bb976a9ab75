/* SPDX-License-Identifier: MIT */
/* examples/digits.c - training with a callback, predictions, and weights that come back from a file.
   Checked: the test accuracy, that probabilities are ones, and that loaded weights predict the same bits. */
#include "example.h"

enum { CLASSES = 10 };

static mica_model *network(mica_context *ctx, uint64_t seed)
{
	mica_model *m = mica_sequential(ctx, .seed = seed);

	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(64, .activation = MICA_TANH, .name = "hidden"));
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX, .name = "classes"));
	mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.1, .momentum = 0.9),
	             .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	return m;
}

static mica_status tell(mica_training *t, void *payload)
{
	(void)payload;
	printf("epoch %2zu: loss %.4f, accuracy %.4f, with new data %.4f\n", t->epoch, mica_log(t->logs, "loss"), mica_log(t->logs, "accuracy"),
	       mica_log(t->logs, "val_accuracy"));
	return MICA_OK;
}

static float *predict(mica_model *m, const mica_dataset *d)
{
	size_t n = mica_dataset_count(d) * CLASSES;
	float *p = malloc(n * sizeof *p);

	require(p != NULL, "memory");
	TRY(mica_predict(m, mica_dataset_samples(d), p, n * sizeof *p, .batch_size = 32));
	return p;
}

static void check_probabilities(const float *p, size_t n)
{
	for (size_t i = 0; i < n; i++, p += CLASSES) {
		double sum = 0;
		for (size_t c = 0; c < CLASSES; c++) {
			require(p[c] >= 0, "no probability is below 0");
			sum += (double)p[c];
		}
		require(fabs(sum - 1) < CLASSES * 0x1p-23, "probabilities sum to 1");
	}
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_dataset *train = mica_dataset_digits(ctx, MICA_TRAIN), *test = mica_dataset_digits(ctx, MICA_TEST);
	mica_model *m = network(ctx, 1);
	mica_logs scores;

	TRY(mica_fit(m, train, .epochs = 15, .validation_data = test, .callbacks = {mica_custom_callback(.on_epoch_end = tell)}));
	TRY(mica_evaluate(m, test, &scores));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") > 0.88, "test accuracy above 0.88");

	TRY(mica_save(m, "example-digits.safetensors"));
	mica_model *again = network(ctx, 2);
	TRY(mica_load(again, "example-digits.safetensors"));
	float *a = predict(m, test), *b = predict(again, test);
	check_probabilities(a, mica_dataset_count(test));
	require(memcmp(a, b, mica_dataset_count(test) * CLASSES * sizeof *a) == 0, "loaded weights predict the same");
	free(b);
	free(a);
	remove("example-digits.safetensors");
	mica_close(ctx);
	return 0;
}
