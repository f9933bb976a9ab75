/* SPDX-License-Identifier: MIT */
/* examples/21_recurrent.c - an LSTM that reads an image row by row, from top to bottom, and then says which digit it saw.
   A row is a step, its pixels are the features; what the units hold after the last row is all that the softmax gets to see.
   On MNIST (tools/get-mnist gets it; MICA_DATA_DIR says where it is), where that is not on the digits that come with the library.
   Then the same by a cell that is written here, a minimal gated unit (Zhou et al. 2016): one gate, half of an LSTM's weights.
   Argument: epochs.
   Checked: both test accuracies, and that the networks have as many parameters as they should. */
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

/* ---- a cell: a layer whose inputs are one step and the state before it, and whose outputs are its result and the state after it ---- */

typedef struct minimal_opts { size_t size; size_t units; const char *name; } minimal_opts;

/* x W + h U + b, with weights of those names. */
static mica_var sum(mica_build *b, mica_var x, mica_var h, const char *w, const char *u, const char *bias, size_t units)
{
	mica_var from_x = mica_op_matmul(x, mica_weight(b, w, MICA_SHAPE(mica_var_shape(x).dim[1], units)));
	mica_var from_h = mica_op_matmul(h, mica_weight(b, u, MICA_SHAPE(units, units), .initializer = MICA_ORTHOGONAL));

	return mica_op_add(mica_op_add(from_x, from_h), mica_weight(b, bias, MICA_SHAPE(units)));
}

/* f = sigmoid(x W_f + h U_f + b_f), h' = (1 - f) h + f tanh(x W + (f h) U + b) */
static mica_var minimal(mica_build *b, mica_var x, const void *options)
{
	size_t units = ((const minimal_opts *)options)->units;
	mica_var h = mica_layer_input(b, 1);
	mica_var f = mica_op_sigmoid(sum(b, x, h, "forget_kernel", "forget_recurrent_kernel", "forget_bias", units));
	mica_var candidate = mica_op_tanh(sum(b, x, mica_op_mul(f, h), "kernel", "recurrent_kernel", "bias", units));

	h = mica_op_add(h, mica_op_mul(f, mica_op_sub(candidate, h)));
	mica_layer_output(b, h);
	return h;
}

/* It has one state, of so many numbers. */
static size_t minimal_states(mica_shape step, const void *options, mica_shape *states)
{
	(void)step;
	states[0] = MICA_SHAPE(((const minimal_opts *)options)->units);
	return 1;
}

static const mica_field minimal_fields[] = {MICA_FIELD_SIZE(minimal_opts, units, MICA_COUNT_FROM(1)), MICA_FIELD_TEXT(minimal_opts, name)};
static const mica_kind minimal_cell = {.name = "example/minimal_cell", .type = MICA_LAYER, .size = sizeof(minimal_opts),
                                       MICA_FIELDS(minimal_fields), .call = minimal, .states = minimal_states, .least_inputs = 2};

/* ---- the networks ---- */

/* A sample is (rows, pixels), which is what a recurrent layer takes: (steps, features). */
static mica_model *network(mica_context *ctx, size_t side, mica_layer recurrent)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);

	mica_add(m, mica_input(side, side));
	mica_add(m, recurrent);
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(3e-3), .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	return m;
}

/* gates: each has weights for the pixels, for the units, and a bias. */
static void learn(mica_context *ctx, const task *t, mica_layer recurrent, size_t gates)
{
	mica_model *m = network(ctx, t->side, recurrent);
	mica_logs scores;

	TRY(mica_summary(m, print_text, NULL));
	require(mica_model_parameters(m) == gates * UNITS * (t->side + UNITS + 1) + CLASSES * (UNITS + 1), "as many parameters as it should have");
	TRY(mica_fit(m, t->train, .epochs = t->epochs, .batch_size = t->batch, .verbose = 1, .print = print_text, .terminal = isatty(1)));
	printf("%zu launches a step, whatever the number of rows\n", mica_model_describe(m).launches_per_step);
	TRY(mica_evaluate(m, t->test, &scores, .batch_size = t->batch));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") >= t->accuracy, "the test accuracy that is asked for");
}

int main(int argc, char **argv)
{
	mica_context *ctx = open_device();
	task t = choose(ctx);
	mica_layer cell = MICA_PART(mica_layer, &minimal_cell, &(minimal_opts){MICA_OPTS(minimal_opts), UNITS});

	t.epochs = argc > 1 ? atol(argv[1]) : t.epochs;
	learn(ctx, &t, mica_lstm(UNITS, .dropout = 0.2), 4);
	learn(ctx, &t, mica_rnn(cell), 2);
	mica_close(ctx);
	return 0;
}
