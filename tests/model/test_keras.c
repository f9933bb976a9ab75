/* SPDX-License-Identifier: MIT */
/* model/test_keras.c - a whole training run against Keras: the loss at each of 100 steps, scores and predictions after. */
#include "golden/keras.h"
#include "model/rig.h"

enum { ROWS = 1280, WIDTH = 64, BATCH = 32, STEPS = 100 };

static mica_model *keras_model(mica_context *ctx)
{
	static const size_t sizes[] = {WIDTH, 32, 16, 10};
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(WIDTH));
	mica_add(m, mica_dense(32, .activation = MICA_RELU));
	mica_add(m, mica_dense(16, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.003), .loss = mica_sparse_categorical_crossentropy(),
	                .metrics = {mica_accuracy()}));
	for (size_t i = 0; i < 3; i++) {
		size_t n = sizes[i] * sizes[i + 1];
		float kernel[WIDTH * 32];
		spread(kernel, n, (uint32_t)(20 + i), sqrt(6.0 / (double)(sizes[i] + sizes[i + 1])));
		OK(mica_value_write(mica_model_weight(m, 2 * i), kernel, n * sizeof *kernel));
	}
	return m;
}

/* Each fit is one step over a range of 32 rows; the optimizer's state goes on between them. */
Test(keras, has_the_same_loss_at_every_step)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, ROWS, WIDTH), *part[ROWS / BATCH];
	mica_model *m = keras_model(ctx);

	for (size_t i = 0; i < ROWS / BATCH; i++)
		part[i] = mica_dataset_range(d, i * BATCH, (i + 1) * BATCH);
	for (size_t s = 0; s < STEPS; s++) {
		mica_epoch e;
		OK(mica_fit(m, part[s % (ROWS / BATCH)], .batch_size = BATCH, .no_shuffle = true, .history = &e));
		cr_expect(near(mica_log(&e.logs, "loss"), (double)golden_model_losses[s], 1e-4, 0), "step %zu: loss %.8g, Keras %.8g", s, mica_log(&e.logs, "loss"),
		          (double)golden_model_losses[s]);
	}
	mica_logs scores;
	OK(mica_evaluate(m, d, &scores, .batch_size = BATCH));
	cr_expect(near(mica_log(&scores, "loss"), (double)golden_model_scores[0], 1e-4, 0), "%.8g", mica_log(&scores, "loss"));
	cr_expect(fabs(mica_log(&scores, "accuracy") - (double)golden_model_scores[1]) < 1.5 / ROWS, "%.8g", mica_log(&scores, "accuracy"));
	float p[40];
	OK(mica_predict(m, mica_dataset_samples(mica_dataset_range(d, 0, 4)), p, sizeof p));
	check_near("prediction", p, golden_model_predictions, 40, 1e-3, 1e-6);
	mica_close(ctx);
}

/* The same in one fit of 80 steps: two epochs in fixed order. */
Test(keras, has_the_same_loss_over_epochs)
{
	mica_context *ctx = open_any();
	mica_model *m = keras_model(ctx);
	mica_epoch e[2];

	OK(mica_fit(m, hashed(ctx, ROWS, WIDTH), .epochs = 2, .no_shuffle = true, .history = e));
	for (size_t k = 0; k < 2; k++) {
		double mean = 0;
		for (size_t s = 0; s < ROWS / BATCH; s++)
			mean += (double)golden_model_losses[k * ROWS / BATCH + s] * BATCH / ROWS;
		cr_expect(near(mica_log(&e[k].logs, "loss"), mean, 1e-4, 0), "epoch %zu: loss %.8g, Keras %.8g", k, mica_log(&e[k].logs, "loss"), mean);
	}
	mica_close(ctx);
}
