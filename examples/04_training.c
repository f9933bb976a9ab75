/* SPDX-License-Identifier: MIT */
/* examples/04_training.c - fit, from the data to predictions: data that is split and standardized, a validation, figures of each
   epoch, a stop when it gets no better, and what the network says of samples it has not seen.
   You should see the loss of the training fall to the end, that of the validation reach its lowest point earlier, training stop
   some epochs after that, and the growers of almost all other wines named rightly. */
#include "example.h"

enum { CLASSES = 3, EPOCHS = 200 };

/* A function of our own, called after each epoch. */
static mica_status tell(mica_training *t, void *payload)
{
	long every = *(const long *)payload;

	if (t->epoch % (size_t)every == 0)
		printf("epoch %3zu: loss %.4f, of the validation %.4f\n", t->epoch, mica_log(t->logs, "loss"), mica_log(t->logs, "val_loss"));
	return MICA_OK;
}

/* The loss of the validation at its lowest. */
static size_t best_epoch(const mica_epoch *history, size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++)
		if (mica_log(&history[i].logs, "val_loss") < mica_log(&history[best].logs, "val_loss"))
			best = i;
	return history[best].epoch;
}

static size_t count_right(mica_model *m, const mica_dataset *test)
{
	size_t n = mica_dataset_count(test), right = 0;
	const int32_t *label = mica_dataset_labels(test).data;
	float (*p)[CLASSES] = malloc(n * sizeof *p);

	require(p != NULL, "memory");
	TRY(mica_predict(m, mica_dataset_samples(test), p[0], n * sizeof *p));
	for (size_t i = 0; i < n; i++) {
		int32_t most = p[i][1] > p[i][0], said = p[i][2] > p[i][most] ? 2 : most;
		require(fabs((double)(p[i][0] + p[i][1] + p[i][2]) - 1) < 1e-5, "probabilities add up to 1");
		right += said == label[i];
		if (i < 5)
			printf("a wine of %s: %.3f %.3f %.3f, so %s\n", mica_dataset_class_name(test, (size_t)label[i]), (double)p[i][0],
			       (double)p[i][1], (double)p[i][2], mica_dataset_class_name(test, (size_t)said));
	}
	free(p);
	return right;
}

int main(void)
{
	static mica_epoch history[EPOCHS];
	const long every = 5;
	size_t done = 0;
	mica_context *ctx = open_device();
	mica_dataset *wine = mica_dataset_wine(ctx, MICA_TRAIN), *train = mica_dataset_standardized(wine, NULL);
	mica_dataset *test = mica_dataset_standardized(mica_dataset_wine(ctx, MICA_TEST), wine);
	mica_model *m = mica_sequential(ctx, .seed = 4);

	mica_add(m, mica_dense(32, .activation = MICA_RELU));
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.01), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});
	TRY(mica_fit(m, train, .epochs = EPOCHS, .batch_size = 16, .validation_split = 0.3, .history = history, .epochs_done = &done,
	             .callbacks = {mica_early_stopping(.patience = 8, .restore_best_weights = true),
	                           mica_custom_callback(.on_epoch_end = tell, .payload = (void *)&every)}));
	size_t best = best_epoch(history, done);
	printf("stopped after epoch %zu, back to the weights of epoch %zu\n", done, best);
	require(done < EPOCHS && done == best + 8, "training stops eight epochs after the best one");
	require(mica_log(&history[done - 1].logs, "loss") < mica_log(&history[best - 1].logs, "loss"), "the training loss fell on");

	size_t right = count_right(m, test);
	printf("%zu of %zu right\n", right, mica_dataset_count(test));
	require(right + 3 > mica_dataset_count(test), "two mistakes at most");
	mica_close(ctx);
	return 0;
}
