/* SPDX-License-Identifier: MIT */
/* examples/13_callbacks.c - callbacks: training ends when it no longer helps, the best weights are kept, the figures go into a file, and
   a function of one's own looks on.
   Checked: training ended early, the model is that of its best epoch, so is the file, and the CSV has a line for each epoch. */
#include "example.h"

enum { MOST_EPOCHS = 200 };

static mica_model *network(mica_context *ctx, uint64_t seed)
{
	mica_model *m = mica_sequential(ctx, .seed = seed);

	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(128, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.01), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});
	return m;
}

/* What a callback of one's own needs it gets by its payload. */
typedef struct best {
	size_t epoch, epochs;
	double val_loss;
} best;

static mica_status look(mica_training *t, void *payload)
{
	best *b = payload;
	double now = mica_log(t->logs, "val_loss");

	b->epochs = t->epoch;
	if (b->epoch && now >= b->val_loss)
		return MICA_OK;
	b->epoch = t->epoch;
	b->val_loss = now;
	printf("epoch %3zu: validation loss %.5f, the best so far\n", b->epoch, now);
	return MICA_OK;
}

static size_t lines_of(const char *file)
{
	FILE *f = fopen(file, "r");
	size_t n = 0;

	require(f != NULL, file);
	for (int c; (c = getc(f)) != EOF;)
		n += c == '\n';
	fclose(f);
	return n;
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_dataset *train = mica_dataset_digits(ctx, MICA_TRAIN), *test = mica_dataset_digits(ctx, MICA_TEST);
	mica_model *m = network(ctx, 1), *again = network(ctx, 2);
	best b = {0};
	mica_logs scores, saved;

	TRY(mica_fit(m, train, .epochs = MOST_EPOCHS, .batch_size = 64, .validation_data = test, .print = print_text,
	             .callbacks = {
		             mica_custom_callback(.on_epoch_end = look, .payload = &b),
		             mica_reduce_lr_on_plateau(.factor = 0.5, .patience = 3),
		             mica_early_stopping(.patience = 8, .restore_best_weights = true, .verbose = true),
		             mica_model_checkpoint("example-best.mica", .save_best_only = true),
		             mica_csv_logger("example-log.csv"),
	             }));
	require(b.epochs < MOST_EPOCHS && b.epochs == b.epoch + 8, "training ended eight epochs after the best one");
	TRY(mica_evaluate(m, test, &scores));
	printf("after %zu epochs: loss %.5f, accuracy %.4f; learning rate %g\n", b.epochs, mica_log(&scores, "loss"), mica_log(&scores, "accuracy"),
	       mica_learning_rate(m));
	require(mica_log(&scores, "loss") == b.val_loss, "the weights are those of the best epoch");
	TRY(mica_load(again, "example-best.mica"));
	TRY(mica_evaluate(again, test, &saved));
	require(mica_log(&saved, "loss") == b.val_loss, "and so are those in the file");
	require(lines_of("example-log.csv") == b.epochs + 1, "the CSV has a line for each epoch, and its header");
	require(mica_log(&scores, "accuracy") > 0.88, "test accuracy above 0.88");
	remove("example-best.mica");
	remove("example-log.csv");
	mica_close(ctx);
	return 0;
}
