/* SPDX-License-Identifier: MIT */
/* examples/14_save_and_resume.c - a training that is interrupted and goes on the next day, in another process:

     mica_save(m, "digits.mica")              all of it: layers, weights, what Adam remembers, how far it is
     mica_load_model(ctx, "digits.mica")      the same model, compiled, in the middle of its training

   Data: the handwritten digits of the UCI repository, which come with the library (data/README.md has the licence).
   Checked: four epochs, and two that are saved, loaded in a new context and followed by two more, end with the same bits,
   dropout, shuffling and a falling learning rate included; a file of weights alone gives the same answers. */
#include "example.h"

static mica_model *network(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);

	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(64, .activation = MICA_RELU));
	mica_add(m, mica_batch_normalization());
	mica_add(m, mica_dropout(0.3));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.schedule = mica_cosine_decay(.initial_learning_rate = 0.005, .decay_steps = 4 * 23)),
	             .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	require(mica_model_status(m) == MICA_OK, "a compiled model");
	return m;
}

static void train(mica_model *m, mica_context *ctx, long epochs, const char *what)
{
	mica_logs test;

	TRY(mica_fit(m, mica_dataset_digits(ctx, MICA_TRAIN), .epochs = epochs, .batch_size = 64));
	TRY(mica_evaluate(m, mica_dataset_digits(ctx, MICA_TEST), &test));
	printf("%-34s accuracy %.4f  loss %.6f\n", what, mica_log(&test, "accuracy"), mica_log(&test, "loss"));
}

/* Whether all weights are the same, to the last bit. */
static bool same(mica_model *a, mica_model *b)
{
	bool equal = true;

	for (size_t i = 0; mica_model_weight(a, i); i++) {
		mica_value *v = mica_model_weight(a, i), *w = mica_model_weight(b, i);
		size_t n = mica_value_bytes(v);
		char *x = malloc(n), *y = malloc(n);
		TRY(mica_value_read(v, x, n));
		TRY(mica_value_read(w, y, n));
		equal = equal && memcmp(x, y, n) == 0;
		free(x), free(y);
	}
	return equal;
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_model *whole = network(ctx), *first = network(ctx), *plain = network(ctx);

	train(whole, ctx, 4, "four epochs:");
	train(first, ctx, 2, "two epochs, saved:");
	TRY(mica_save(first, "14_save_and_resume.mica"));

	mica_context *tomorrow = mica_open(NULL);
	mica_model *second = mica_load_model(tomorrow, "14_save_and_resume.mica");
	require(second != NULL, "mica_load_model");
	train(second, tomorrow, 2, "loaded, and two more:");
	require(same(whole, second), "the same weights as of four epochs without a break");
	printf("all weights are the same, to the last bit\n");

	TRY(mica_save(second, "14_save_and_resume.safetensors")); /* the weights alone, by name: for a network that is built already */
	TRY(mica_load(plain, "14_save_and_resume.safetensors"));
	require(same(plain, second), "the weights of the file");
	mica_close(tomorrow);
	mica_close(ctx);
	remove("14_save_and_resume.mica");
	remove("14_save_and_resume.safetensors");
	return 0;
}
