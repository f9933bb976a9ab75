/* SPDX-License-Identifier: MIT */
/* model/test_layers.c - layers inside a model: names, shapes, dropout, the user's own. */
#include "model/rig.h"

/* The output of a model for ones. */
static float *outputs(mica_context *ctx, mica_model *m, size_t rows, size_t width, size_t out)
{
	float *x = malloc(rows * width * sizeof *x), *y = malloc(rows * out * sizeof *y);

	for (size_t i = 0; i < rows * width; i++)
		x[i] = 1;
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(rows, width), NULL, MICA_F32, MICA_SCALAR_SHAPE, 0);
	OK(mica_predict(m, mica_dataset_samples(d), y, rows * out * sizeof *y));
	free(x);
	return y;
}

Test(layers, are_named_as_in_keras)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	static const char *const want[] = {"dense/kernel", "dense/bias", "head/kernel", "dense_1/kernel", "dense_1/bias"};

	mica_add(m, mica_input(4, 3));
	mica_add(m, mica_dense(5));
	mica_add(m, mica_dense(6, .name = "head", .no_bias = true));
	mica_add(m, mica_reshape(3, MICA_INFER));
	mica_add(m, mica_dense(7));
	cr_assert(mica_model_status(m) == MICA_OK, "%s", mica_error(ctx));
	for (size_t i = 0; i < 5; i++)
		cr_expect_str_eq(mica_value_path(mica_model_weight(m, i)), want[i]);
	cr_expect(mica_model_weight(m, 5) == NULL);
	mica_shape s = mica_model_output_shape(m);
	cr_expect(s.rank == 2 && s.dim[0] == 3 && s.dim[1] == 7);
	cr_expect(mica_model_parameters(m) == 3 * 5 + 5 + 5 * 6 + 8 * 7 + 7);
	mica_close(ctx);
}

/* One trained weight behind dropout of a constant: the mask shows in the loss of each step. */
static mica_var keep_sum(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)y_true;
	(void)payload;
	return mica_op_sum(y_pred, MICA_AXIS(1), false);
}

static double dropped(double rate, uint64_t seed, long epochs, mica_epoch *e)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx, .seed = seed);
	static float x[64 * 1000], y[64];

	for (size_t i = 0; i < sizeof x / sizeof *x; i++)
		x[i] = 1;
	mica_add(m, mica_input(1000));
	mica_add(m, mica_dropout(rate));
	OK(mica_compile(m, .optimizer = mica_sgd(), .loss = mica_custom_loss(.score = keep_sum, .name = "sum")));
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(64, 1000), y, MICA_F32, MICA_SHAPE(64), 0);
	OK(mica_fit(m, d, .batch_size = 64, .epochs = epochs, .history = e));
	float *p = outputs(ctx, m, 2, 1000, 1000);
	for (size_t i = 0; i < 2000; i++)
		cr_assert(p[i] == 1, "dropout is for training only");
	free(p);
	mica_close(ctx);
	return mica_log(&e->logs, "loss");
}

/* The sum of 64000 kept values, scaled by 1 / (1 - rate), has a deviation of 1000 sqrt(rate / (1 - rate) / 64000). */
Test(layers, dropout_keeps_the_expected_sum)
{
	mica_epoch e[2];

	for (double rate = 0.1; rate < 0.95; rate += 0.4) {
		double sum = dropped(rate, 1, 2, e), sigma = 1000 * sqrt(rate / (1 - rate) / 64000);
		cr_expect(fabs(sum - 1000) < 5 * sigma && sum != 1000, "rate %g: %g, sigma %g", rate, sum, sigma);
		cr_expect(mica_log(&e[0].logs, "loss") != mica_log(&e[1].logs, "loss"), "a new mask at every step");
		cr_expect(dropped(rate, 1, 2, e) == sum, "the same masks for the same seed");
		cr_expect(dropped(rate, 2, 2, e) != sum, "other masks for another seed");
	}
	cr_expect(dropped(0, 1, 1, e) == 1000);
	cr_expect(dropped(1, 1, 1, e) == 0);
}

/* y = x w + noise-free bias made of a weight, as a layer of the user's. */
static mica_var scale_layer(mica_build *b, mica_var x, void *payload)
{
	size_t width = mica_var_shape(x).dim[1];
	mica_var w = mica_weight(b, "w", MICA_SHAPE(width), .initializer = MICA_ONES);

	*(int *)payload += 1;
	if (mica_layer_training(b))
		x = mica_op_add(x, mica_op_mulc(mica_layer_random(b, mica_var_shape(x)), 0));
	return mica_op_mul(x, w);
}

Test(layers, may_be_the_users)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	int calls = 0;
	float w[4];

	mica_add(m, mica_input(4));
	mica_add(m, mica_custom_layer(.call = scale_layer, .payload = &calls, .name = "scale"));
	cr_assert(mica_model_status(m) == MICA_OK, "%s", mica_error(ctx));
	cr_expect(calls == 2 && mica_model_parameters(m) == 4);
	float *y = outputs(ctx, m, 3, 4, 4);
	cr_expect(y[0] == 1 && y[11] == 1);
	free(y);
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.1), .loss = mica_mean_squared_error()));
	static const float x[8] = {1, 2, 3, 4, 1, 2, 3, 4}, target[8] = {0};
	OK(mica_fit(m, mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(2, 4), target, MICA_F32, MICA_SHAPE(2, 4), 0)));
	OK(mica_value_read(mica_model_weight(m, 0), w, sizeof w));
	for (size_t i = 0; i < 4; i++) /* w -= 0.1 * 2 x x w / 4 */
		cr_expect(near((double)w[i], 1 - 0.05 * (double)(x[i] * x[i]), 1e-6, 0), "%g", (double)w[i]);
	mica_close(ctx);
}

static mica_var signs(mica_update *u, const void *payload)
{
	(void)payload;
	mica_slot_assign(u, "steps", mica_op_add(mica_slot(u, "steps", 0), u->step));
	return mica_op_sub(u->variable, mica_op_mul(u->rate, mica_op_sign(u->gradient)));
}

Test(layers, train_with_the_users_optimizer)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	static const float x[2] = {1, 2}, y[2] = {-9, -9};
	float w;

	mica_add(m, mica_input(1));
	mica_add(m, mica_dense(1, .no_bias = true, .kernel_initializer = MICA_ONES));
	OK(mica_compile(m, .optimizer = mica_custom_optimizer(.update = signs, .learning_rate = 0.25),
	                .loss = mica_mean_squared_error()));
	OK(mica_fit(m, mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(2, 1), y, MICA_F32, MICA_SHAPE(2, 1), 0), .epochs = 3));
	OK(mica_value_read(mica_model_weight(m, 0), &w, sizeof w));
	cr_expect(w == 0.25f, "%g", (double)w);
	mica_close(ctx);
}
