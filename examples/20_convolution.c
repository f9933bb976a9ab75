/* SPDX-License-Identifier: MIT */
/* examples/20_convolution.c - the convolutional network that Keras introduces itself with: two convolutions, each followed by a
   pooling that halves the image, dropout, and a softmax over ten classes.
   On MNIST (tools/get-mnist gets it; MICA_DATA_DIR says where it is) it is right about 99 of 100 images after 15 epochs, as many as
   Keras takes; where there is no MNIST, on the digits that come with the library.  Argument: epochs.
   Checked: the test accuracy, and that the network has as many parameters as Keras'. */
#include "example.h"

#include <unistd.h>

/* What is fitted, and how well it must do. */
typedef struct task {
	mica_dataset *train, *test;
	size_t side;       /* of an image */
	size_t parameters; /* as Keras counts them */
	size_t batch;
	long epochs;
	double accuracy;
} task;

static task choose(mica_context *ctx)
{
	mica_dataset *train = mica_dataset_mnist(ctx, MICA_TRAIN, NULL);

	if (train)
		return (task){train, mica_dataset_mnist(ctx, MICA_TEST, NULL), 28, 34826, 128, 15, 0.99};
	printf("%s\nso these are the digits of the library, 8 by 8\n", mica_error(ctx));
	mica_clear(ctx); /* a context keeps its first failure; this one is dealt with */
	return (task){mica_dataset_digits(ctx, MICA_TRAIN), mica_dataset_digits(ctx, MICA_TEST), 8, 21386, 32, 12, 0.92};
}

/* (side, side, 1): what a convolution slides over has channels, and these have one. */
static mica_model *network(mica_context *ctx, size_t side)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_padding padding = side > 8 ? MICA_VALID : MICA_SAME; /* of small images the border is too much to lose */

	mica_add(m, mica_input(side, side));
	mica_add(m, mica_reshape(side, side, 1));
	mica_add(m, mica_conv2d(32, 3, .activation = MICA_RELU, .padding = padding));
	mica_add(m, mica_max_pooling2d(2));
	mica_add(m, mica_conv2d(64, 3, .activation = MICA_RELU, .padding = padding));
	mica_add(m, mica_max_pooling2d(2));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dropout(0.5));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(), .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	return m;
}

int main(int argc, char **argv)
{
	mica_context *ctx = open_device();
	task t = choose(ctx);
	mica_model *m = network(ctx, t.side);
	mica_logs scores;

	t.epochs = argc > 1 ? atol(argv[1]) : t.epochs;
	require(t.epochs > 0, "epochs are 1 or more");
	TRY(mica_summary(m, print_text, NULL));
	require(mica_model_parameters(m) == t.parameters, "as many parameters as Keras has");
	TRY(mica_fit(m, t.train, .epochs = t.epochs, .batch_size = t.batch, .verbose = 1, .print = print_text, .terminal = isatty(1)));
	TRY(mica_evaluate(m, t.test, &scores, .batch_size = t.batch));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") >= t.accuracy, "the test accuracy that is asked for");
	mica_close(ctx);
	return 0;
}
