/* SPDX-License-Identifier: MIT */
/* examples/08_lr_schedules.c - learning rates that change while a network is trained: schedules, which the steps compute by themselves;
   a function that says the rate of each epoch; and a rate that falls when validation gets no better.
   Printed: the rate after each epoch, and what was reached.  Checked: rates by their formulas, and that all of them learn. */
#include "example.h"

enum { EPOCHS = 8, BATCH = 64, SAMPLES = 1437, STEPS = (SAMPLES + BATCH - 1) / BATCH };

static double by_halves(size_t epochs, double rate, void *payload)
{
	(void)payload;
	return epochs && epochs % 2 == 0 ? rate / 2 : rate;
}

static mica_status note_rate(mica_training *t, void *payload)
{
	((double *)payload)[t->epoch - 1] = mica_learning_rate(t->model);
	return MICA_OK;
}

/* Rates after each epoch; the accuracy. */
static double train(mica_context *ctx, mica_optimizer optimizer, mica_callback callback, double *rates)
{
	mica_dataset *train = mica_dataset_digits(ctx, MICA_TRAIN), *test = mica_dataset_digits(ctx, MICA_TEST);
	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_logs scores;

	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(64, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = optimizer, .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	TRY(mica_fit(m, train, .epochs = EPOCHS, .batch_size = BATCH, .validation_data = test,
	             .callbacks = {mica_custom_callback(.on_epoch_end = note_rate, .payload = rates), callback}));
	TRY(mica_evaluate(m, test, &scores));
	mica_model_destroy(m);
	return mica_log(&scores, "accuracy");
}

static void show(const char *name, const double *rates, double accuracy)
{
	printf("%-22s", name);
	for (size_t i = 0; i < EPOCHS; i++)
		printf(" %.4f", rates[i]);
	printf("   accuracy %.4f\n", accuracy);
	require(accuracy > 0.85, "test accuracy above 0.85");
}

static void check(double rate, double want)
{
	require(fabs(rate - want) <= 1e-4 * want, "the rate by its formula");
}

int main(void)
{
	mica_context *ctx = open_device();
	const mica_callback none = {{NULL, NULL}};
	const double pi = acos(-1);
	double r[EPOCHS];

	printf("%-22s rate after each epoch\n", "");
	show("constant", r, train(ctx, mica_sgd(.learning_rate = 0.1, .momentum = 0.9), none, r));
	check(r[EPOCHS - 1], 0.1);
	/* The rate that is shown is the last step's, before which STEPS * epochs - 1 were done. */
	show("exponential decay", r, train(ctx, mica_sgd(.schedule = mica_exponential_decay(0.1, STEPS, 0.7), .momentum = 0.9), none, r));
	for (size_t i = 0; i < EPOCHS; i++)
		check(r[i], 0.1 * pow(0.7, (double)(STEPS * (i + 1) - 1) / STEPS));
	show("cosine with warm-up", r, train(ctx, mica_sgd(.schedule = mica_cosine_decay(0.01, STEPS * (EPOCHS - 1), .warmup_target = 0.2,
	                                                                                 .warmup_steps = STEPS), .momentum = 0.9), none, r));
	check(r[0], 0.01 + 0.19 * (STEPS - 1) / STEPS);
	for (size_t i = 1; i < EPOCHS; i++)
		check(r[i], 0.1 * (1 + cos(pi * (double)(STEPS * i - 1) / (STEPS * (EPOCHS - 1)))));
	show("one cycle", r, train(ctx, mica_sgd(.schedule = mica_one_cycle(0.3, STEPS * EPOCHS), .momentum = 0.9), none, r));
	require(r[2] > r[0] && r[2] > r[EPOCHS - 1], "up, then down");
	show("a function of epochs", r, train(ctx, mica_sgd(.learning_rate = 0.1, .momentum = 0.9), mica_learning_rate_scheduler(by_halves), r));
	for (size_t i = 0; i < EPOCHS; i++)
		check(r[i], 0.1 * pow(0.5, (double)(i / 2)));
	show("on plateaus", r, train(ctx, mica_sgd(.learning_rate = 0.5, .momentum = 0.9),
	                             mica_reduce_lr_on_plateau(.factor = 0.5, .patience = 1, .min_lr = 0.01), r));
	require(r[EPOCHS - 1] <= 0.5, "it never rises");
	mica_close(ctx);
	return 0;
}
