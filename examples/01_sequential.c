/* SPDX-License-Identifier: MIT */
/* examples/01_sequential.c - the program in the README, word for word below this comment: layers in a row, compile, fit,
   evaluate, save.
   You should see the accuracy rise from 0.45 to 0.95 in ten epochs, that of the validation ahead of it, as nothing is dropped there,
   and a test accuracy of 0.88 on the last digits of the set, which are harder. */
#include <mica/mica.h>
#include <stdio.h>

static void print(const char *text, void *payload)
{
	(void)payload;
	fputs(text, stdout);
}

int main(void)
{
	mica_context *ctx = mica_open(NULL); /* the fastest device; MICA_DEVICE or an option chooses another */
	mica_dataset *train = mica_dataset_digits(ctx, MICA_TRAIN), *test = mica_dataset_digits(ctx, MICA_TEST);

	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(128, .activation = MICA_RELU));
	mica_add(m, mica_dropout(0.2));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 1e-3),
	                .loss = mica_sparse_categorical_crossentropy(),
	                .metrics = {mica_accuracy()});

	mica_logs scores = {0};
	mica_status st = mica_fit(m, train, .epochs = 10, .validation_split = 0.1, .verbose = 1, .print = print);
	if (st == MICA_OK)
		st = mica_evaluate(m, test, &scores);
	if (st == MICA_OK)
		st = mica_save(m, "digits.safetensors");

	if (st == MICA_OK)
		printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	else
		fprintf(stderr, "%s\n", mica_error(ctx)); /* the first failure: building calls after it do nothing */
	mica_close(ctx);                               /* frees all that was made from ctx */
	return st == MICA_OK && mica_log(&scores, "accuracy") > 0.85 ? 0 : 1;
}
