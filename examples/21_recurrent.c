/* SPDX-License-Identifier: MIT */
/* examples/21_recurrent.c - an LSTM that reads an image row by row, from top to bottom, and then says which digit it saw.
   A row is a step, its pixels are the features; what the units hold after the last row is all that the softmax gets to see.
   On MNIST (tools/get-mnist gets it; MICA_DATA_DIR says where it is), where that is not on the digits that come with the library.
   Argument: epochs.
   Checked: the test accuracy, and that the network has as many parameters as Keras'. */
#include "example.h"

#include <unistd.h>

enum { UNITS = 64, CLASSES = 10 };

/* What is fitted, and how well it must do. */
typedef struct task {
	mica_dataset *train, *test;
	size_t side; /* of an image */
	size_t batch;
	long epochs;
	double accuracy;
} task;

static task choose(mica_context *ctx)
{
	mica_dataset *train = mica_dataset_mnist(ctx, MICA_TRAIN, NULL);

	if (train)
		return (task){train, mica_dataset_mnist(ctx, MICA_TEST, NULL), 28, 128, 5, 0.95};
	printf("%s\nso these are the digits of the library, 8 by 8\n", mica_error(ctx));
	mica_clear(ctx); /* a context keeps its first failure; this one is dealt with */
	return (task){mica_dataset_digits(ctx, MICA_TRAIN), mica_dataset_digits(ctx, MICA_TEST), 8, 32, 20, 0.85};
}

/* A sample is (rows, pixels), which is what an LSTM takes: (steps, features). */
static mica_model *network(mica_context *ctx, size_t side)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);

	mica_add(m, mica_input(side, side));
	mica_add(m, mica_lstm(UNITS, .dropout = 0.2));
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(3e-3), .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	return m;
}

int main(int argc, char **argv)
{
	mica_context *ctx = open_device();
	task t = choose(ctx);
	mica_model *m = network(ctx, t.side);
	mica_logs scores;

	t.epochs = argc > 1 ? atol(argv[1]) : t.epochs;
	TRY(mica_summary(m, print_text, NULL));
	/* Four gates, each with weights for the pixels, for the units, and a bias. */
	require(mica_model_parameters(m) == 4 * UNITS * (t.side + UNITS + 1) + CLASSES * (UNITS + 1), "as many parameters as Keras has");
	TRY(mica_fit(m, t.train, .epochs = t.epochs, .batch_size = t.batch, .verbose = 1, .print = print_text, .terminal = isatty(1)));
	printf("%zu launches a step, whatever the number of rows\n", mica_model_describe(m).launches_per_step);
	TRY(mica_evaluate(m, t.test, &scores, .batch_size = t.batch));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") >= t.accuracy, "the test accuracy that is asked for");
	mica_close(ctx);
	return 0;
}
