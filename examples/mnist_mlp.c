/* SPDX-License-Identifier: MIT */
/* examples/mnist_mlp.c - 784-512-256-128-10 on MNIST, as fast as the device allows.
   Checked: the test accuracy.  Exits with 77 where there is no MNIST: tools/get-mnist gets it. */
#include "example.h"

#include <unistd.h>

int main(void)
{
	mica_context *ctx = open_device();
	mica_dataset *train = mica_dataset_mnist(ctx, MICA_TRAIN, NULL);
	mica_logs scores;

	if (!train) {
		printf("skipped: %s\n", mica_error(NULL));
		mica_close(ctx);
		return 77;
	}
	mica_dataset *test = mica_dataset_mnist(ctx, MICA_TEST, NULL);
	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_add(m, mica_input(28, 28));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(512, .activation = MICA_RELU));
	mica_add(m, mica_dense(256, .activation = MICA_RELU));
	mica_add(m, mica_dense(128, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 1e-3), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});

	TRY(mica_summary(m, print_text, NULL));
	TRY(mica_fit(m, train, .epochs = 3, .batch_size = 128, .verbose = 1, .print = print_text, .terminal = isatty(1)));
	TRY(mica_evaluate(m, test, &scores, .batch_size = 128));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") >= 0.97, "test accuracy of 0.97 or more");
	mica_close(ctx);
	return 0;
}
