/* SPDX-License-Identifier: MIT */
/* examples/08_lr_schedules.c - a learning rate that changes while the training goes on: large at first, to get far, and small at the end,
   to settle.  A schedule is part of the optimizer and computed on the device, one of our own is a few nodes; a callback says a rate once
   an epoch, by a function or by what became of the loss.
   You should see the rates after some of 20 epochs: cosine's warm-up rises for five of them, one-cycle rises and falls, our own falls like
   the root of the steps; and that all end near the least squared error of a line through these data, 2880, while the constant rate
   is too large to settle and ends above 5000. */
#include "example.h"

enum { EPOCHS = 20, BATCH = 8, STEPS = (353 + BATCH - 1) / BATCH * EPOCHS, SHOWN = 5 };
static const size_t shown[SHOWN] = {1, 5, 10, 15, 20};

typedef struct record { double rate[EPOCHS], loss; } record;

static mica_status note_rate(mica_training *t, void *payload)
{
	((record *)payload)->rate[t->epoch - 1] = mica_learning_rate(t->model);
	return MICA_OK;
}

/* peak / sqrt(1 + s / 20) */
static mica_var inverse_root(mica_var steps, const void *payload)
{
	return mica_op_mulc(mica_op_rsqrt(mica_op_addc(mica_op_mulc(steps, 1.0 / 20), 1)), *(const double *)payload);
}

/* Halved every two epochs; epochs: how many were done. */
static double by_halves(size_t epochs, double rate, void *payload)
{
	(void)payload;
	return epochs && epochs % 2 == 0 ? rate / 2 : rate;
}

static record train(mica_context *ctx, const char *name, double rate, mica_schedule schedule, mica_callback callback)
{
	mica_dataset *patients = mica_dataset_standardized(mica_dataset_diabetes(ctx, MICA_TRAIN), NULL);
	mica_model *m = mica_sequential(ctx, .seed = 8);
	record r = {.loss = 0};
	mica_logs scores;

	mica_add(m, mica_dense(1));
	mica_compile(m, .optimizer = mica_sgd(.learning_rate = rate, .schedule = schedule), .loss = mica_mean_squared_error());
	TRY(mica_fit(m, patients, .epochs = EPOCHS, .batch_size = BATCH,
	             .callbacks = {mica_custom_callback(.on_epoch_end = note_rate, .payload = &r), callback}));
	TRY(mica_evaluate(m, patients, &scores));
	r.loss = mica_log(&scores, "loss");
	printf("%-24s", name);
	for (size_t i = 0; i < SHOWN; i++)
		printf(" %8.5f", r.rate[shown[i] - 1]);
	printf("   loss %.1f\n", r.loss);
	return r;
}

int main(void)
{
	const double peak = 0.05;
	mica_context *ctx = open_device();

	printf("%-24s", "rate after epoch");
	for (size_t i = 0; i < SHOWN; i++)
		printf(" %8zu", shown[i]);
	printf("\n");
	const mica_schedule fixed = {.part = {.kind = NULL}};
	const mica_callback none = {.part = {.kind = NULL}};
	record constant = train(ctx, "constant", peak, fixed, none);
	record r[] = {
		train(ctx, "exponential", 0, mica_exponential_decay(peak, .decay_steps = STEPS, .decay_rate = 0.01), none),
		train(ctx, "pieces", 0, mica_piecewise_constant_decay({STEPS / 2, STEPS * 3 / 4}, {0.05, 0.005, 0.0005}), none),
		train(ctx, "cosine with warm-up", 0, mica_cosine_decay(0, .warmup_target = peak, .warmup_steps = STEPS / 4,
		                                                       .decay_steps = STEPS * 3 / 4), none),
		train(ctx, "one cycle", 0, mica_one_cycle(peak, .total_steps = STEPS), none),
		train(ctx, "inverse root, our own", 0, mica_custom_schedule(.rate = inverse_root, .payload = &peak), none),
		train(ctx, "halves, a callback", peak, fixed, mica_learning_rate_scheduler(by_halves)),
		train(ctx, "on plateaus, a callback", peak, fixed, mica_reduce_lr_on_plateau(.monitor = "loss", .factor = 0.3, .patience = 2)),
	};
	require(fabs(constant.rate[EPOCHS - 1] - peak) < 1e-8, "a constant is a constant");
	require(fabs(r[0].rate[EPOCHS - 1] - 0.01 * peak) < 1e-3 * peak, "exponential: a hundredth at the end");
	require(fabs(r[5].rate[EPOCHS - 1] - peak / 512) < 1e-6, "halves: nine times in twenty epochs");
	require(r[2].rate[0] < r[2].rate[3] && r[3].rate[0] < r[3].rate[4], "warm-up and one cycle rise");
	for (size_t i = 0; i < sizeof r / sizeof r[0]; i++)
		require(r[i].loss < 0.5 * constant.loss, "with a schedule it settles");
	mica_close(ctx);
	return 0;
}
