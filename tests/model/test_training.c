/* SPDX-License-Identifier: MIT */
/* model/test_training.c - 50 steps of small networks with each optimizer against Keras: the loss of every step, to about 1e-6. */
#include "golden/training.h"
#include "model/rig.h"

#include <unistd.h>

enum { ROWS = 32, WIDTH = 12, HIDDEN = 8, OUT = 3, STEPS = 50 };

typedef struct training_case {
	const char *name;
	mica_optimizer optimizer;
	bool classes; /* class numbers behind softmax, or numbers */
	const float *losses;
} training_case;

static mica_model *network(mica_context *ctx, const training_case *c)
{
	static const size_t sizes[] = {WIDTH * HIDDEN, HIDDEN * OUT};
	static const double limits[] = {0.5, 0.7};
	mica_model *m = mica_sequential(ctx);
	float kernel[WIDTH * HIDDEN];

	mica_add(m, mica_input(WIDTH));
	mica_add(m, mica_dense(HIDDEN, .activation = MICA_TANH, .name = "first"));
	mica_add(m, mica_dense(OUT, .activation = c->classes ? MICA_SOFTMAX : MICA_LINEAR, .name = "last"));
	OK(mica_compile(m, .optimizer = c->optimizer,
	                .loss = c->classes ? mica_sparse_categorical_crossentropy() : mica_mean_squared_error()));
	for (size_t i = 0; i < 2; i++) {
		spread(kernel, sizes[i], (uint32_t)(33 + i), limits[i]);
		OK(mica_value_write(mica_model_weight(m, 2 * i), kernel, sizes[i] * sizeof *kernel));
	}
	return m;
}

static mica_dataset *data(mica_context *ctx, bool classes)
{
	float x[ROWS * WIDTH], y[ROWS * OUT];
	int32_t labels[ROWS];

	spread(x, ROWS * WIDTH, 30, 1);
	spread(y, ROWS * OUT, 31, 1);
	for (size_t i = 0; i < ROWS; i++)
		labels[i] = (int32_t)(hash_unit((uint32_t)i, 32) * OUT);
	if (classes)
		return mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(ROWS, WIDTH), labels, MICA_I32, MICA_SHAPE(ROWS), 0);
	return mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(ROWS, WIDTH), y, MICA_F32, MICA_SHAPE(ROWS, OUT), 0);
}

static bool interpreted(void)
{
	mica_context *ctx = open_any();
	bool is = strcmp(mica_context_device(ctx)->name, "reference") == 0;

	mica_close(ctx);
	return is;
}

/* An epoch is one step over all rows. */
static void follow_keras(const training_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		mica_context *ctx = open_any();
		mica_epoch e[STEPS];
		OK(mica_fit(network(ctx, &cases[i]), data(ctx, cases[i].classes), .epochs = STEPS, .no_shuffle = true, .history = e));
		for (size_t s = 0; s < STEPS; s++)
			cr_expect(near(mica_log(&e[s].logs, "loss"), (double)cases[i].losses[s], 1e-6, 0), "%s: step %zu: loss %.9g, Keras %.9g", cases[i].name,
			          s, mica_log(&e[s].logs, "loss"), (double)cases[i].losses[s]);
		mica_close(ctx);
	}
}

Test(training, has_the_losses_of_keras)
{
	const training_case cases[] = {
		{"adam", mica_adam(), true, golden_training_adam},
		{"adam_fast", mica_adam(.learning_rate = 0.03), false, golden_training_adam_fast},
		{"adamw", mica_adamw(.learning_rate = 0.01, .weight_decay = 0.1), false, golden_training_adamw},
		{"amsgrad", mica_adam(.learning_rate = 0.01, .amsgrad = true), true, golden_training_amsgrad},
		{"nesterov", mica_sgd(.learning_rate = 0.05, .momentum = 0.9, .nesterov = true), false, golden_training_nesterov},
		{"rmsprop", mica_rmsprop(.learning_rate = 0.003, .momentum = 0.5, .centered = true), true, golden_training_rmsprop},
		{"adagrad", mica_adagrad(.learning_rate = 0.05), false, golden_training_adagrad},
		{"adafactor", mica_adafactor(.learning_rate = 0.01), false, golden_training_adafactor},
		{"lamb", mica_lamb(.learning_rate = 0.01), false, golden_training_lamb},
		{"nadam", mica_nadam(.learning_rate = 0.01), true, golden_training_nadam},
		{"cosine", mica_adamw(.schedule = mica_cosine_decay(0, 40, .warmup_target = 0.03, .warmup_steps = 10), .global_clipnorm = 0.1),
		 false, golden_training_cosine},
		{"accumulated_averages", mica_adamw(.schedule = mica_exponential_decay(0.05, 10, 0.5), .weight_decay = 0.1, .use_ema = true,
		                                    .gradient_accumulation_steps = 3, .ema_momentum = 0.7, .ema_overwrite_frequency = 2),
		 false, golden_training_accumulated_averages},
		{"muon", mica_muon(.learning_rate = 0.01), false, golden_training_muon},
	};

	follow_keras(cases, sizeof cases / sizeof *cases);
}

/* The kernels are those of the cases above or like them, element by element, so that the interpreter is enough. */
Test(training, has_the_losses_of_keras_with_other_options)
{
	const training_case cases[] = {
		{"muon_other", mica_muon(.learning_rate = 0.02, .adam_lr_ratio = 0.5, .momentum = 0.8, .ns_steps = 3, .no_nesterov = true,
		                         .rms_rate = MICA_ZERO, .weight_decay = 0.1, .adam_weight_decay = 0.3, .exclude_layers = "none,last"),
		 false, golden_training_muon_other},
		{"averages", mica_sgd(.learning_rate = 0.05, .momentum = 0.9, .use_ema = true, .ema_momentum = 0.8, .ema_overwrite_frequency = 3), false,
		 golden_training_averages},
		{"accumulated", mica_adam(.learning_rate = 0.03, .gradient_accumulation_steps = 4, .clipnorm = 0.3), false, golden_training_accumulated},
		{"adadelta", mica_adadelta(.learning_rate = 1, .rho = 0.9), false, golden_training_adadelta},
		{"adamax", mica_adamax(.learning_rate = 0.01), true, golden_training_adamax},
		{"lion", mica_lion(.learning_rate = 0.003), false, golden_training_lion},
		{"ftrl", mica_ftrl(.learning_rate = 0.1, .l1_regularization_strength = 0.001, .l2_regularization_strength = 0.01), false, golden_training_ftrl},
		{"excluded", mica_adamw(.learning_rate = 0.02, .weight_decay = 2, .exclude_from_weight_decay = "bias"), false, golden_training_excluded},
	};

	if (interpreted())
		follow_keras(cases, sizeof cases / sizeof *cases);
}

/* At the end of fit the weights are their averages, which are what a validation can be done with. */
Test(training, ends_with_the_averages_of_keras)
{
	const training_case c = {.optimizer = mica_sgd(.learning_rate = 0.05, .momentum = 0.9, .use_ema = true, .ema_momentum = 0.9)};
	mica_context *ctx = open_any();
	mica_model *a = network(ctx, &c), *b = network(ctx, &c), *e = network(ctx, &c);
	mica_dataset *d = data(ctx, false);
	float w[HIDDEN * OUT];
	mica_epoch swapped[10], plain[10];
	mica_logs s;

	if (!interpreted())
		return;
	OK(mica_fit(a, d, .epochs = 10, .no_shuffle = true, .validation_data = d, .history = swapped, .callbacks = {mica_swap_ema_weights()}));
	OK(mica_fit(b, d, .epochs = 10, .no_shuffle = true, .validation_data = d, .history = plain));
	OK(mica_value_read(mica_model_weight(a, 2), w, sizeof w));
	for (size_t i = 0; i < HIDDEN * OUT; i++)
		cr_expect(near((double)w[i], (double)golden_training_averaged[i], 1e-5, 1e-7), "%zu: %.9g, Keras %.9g", i, (double)w[i],
		          (double)golden_training_averaged[i]);
	OK(mica_fit(e, d, .epochs = 10, .no_shuffle = true, .callbacks = {mica_swap_ema_weights(.swap_on_epoch = true)}));
	same_weights(a, b);
	same_weights(a, e);
	OK(mica_evaluate(a, d, &s));
	cr_expect(mica_log(&swapped[9].logs, "val_loss") == mica_log(&s, "loss") && mica_log(&plain[9].logs, "val_loss") != mica_log(&s, "loss"));
	cr_expect(mica_log(&swapped[9].logs, "loss") == mica_log(&plain[9].logs, "loss"), "training is as without");
	mica_close(ctx);
}

Test(training, refuses_options_of_optimizers)
{
	const struct { mica_optimizer o; const char *says; } bad[] = {
		{mica_sgd(.use_ema = true, .ema_momentum = 2), "sgd: ema_momentum is 2"}, {mica_adam(.ema_overwrite_frequency = -1), "ema_overwrite_frequency is -1"},
		{mica_lion(.gradient_accumulation_steps = -1), "gradient_accumulation_steps is -1"}, {mica_muon(.ns_steps = 1000), "muon: ns_steps is 1000"},
		{mica_muon(.momentum = -1), "momentum is -1"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		mica_context *ctx = open_any();
		mica_model *m = mica_sequential(ctx);
		mica_add(m, mica_input(2));
		mica_add(m, mica_dense(1));
		cr_expect(mica_compile(m, .optimizer = bad[i].o, .loss = mica_mean_squared_error()) == MICA_EINVAL && strstr(mica_error(NULL), bad[i].says), "%s",
		          mica_error(NULL));
		mica_close(ctx);
	}
}

/* A layer whose rate is half moves as one that is trained with half of it; factors come back from files. */
Test(training, multiplies_the_rate_of_a_layer)
{
	const training_case whole = {.optimizer = mica_sgd(.learning_rate = 0.25, .momentum = 0.5)}, half = {.optimizer = mica_sgd(.learning_rate = 0.125, .momentum = 0.5)};
	mica_context *ctx = open_any();
	mica_model *a = network(ctx, &whole), *b = network(ctx, &half), *c = network(ctx, &whole);
	mica_dataset *d = data(ctx, false);
	float w[3][WIDTH * HIDDEN], v[2][HIDDEN * OUT];
	char file[600];

	if (!interpreted())
		return;
	mica_set_learning_rate_factor(mica_model_layer(a, "first"), 0.5);
	mica_set_learning_rate_factor(mica_model_layer(a, "first"), NAN);
	mica_set_learning_rate_factor(mica_model_layer(a, "last"), 0);
	mica_set_trainable(mica_model_layer(b, "last"), false);
	snprintf(file, sizeof file, "%s/factors-%ld.mica", getenv("MICA_TEST_FOLDER") ? getenv("MICA_TEST_FOLDER") : "/tmp", (long)getpid());
	OK(mica_save(a, file));
	mica_model *loaded = mica_load_model(ctx, file);
	remove(file);
	OK(mica_fit(a, d, .epochs = 3));
	OK(mica_fit(loaded, d, .epochs = 3));
	same_weights(a, loaded);
	OK(mica_fit(b, d, .epochs = 3));
	OK(mica_fit(c, d, .epochs = 3));
	mica_model *const all[] = {a, b, c};
	for (size_t i = 0; i < 3; i++)
		OK(mica_value_read(mica_model_weight(all[i], 0), w[i], sizeof w[i]));
	for (size_t i = 0; i < 2; i++)
		OK(mica_value_read(mica_model_weight(all[i], 2), v[i], sizeof v[i]));
	cr_expect(memcmp(w[0], w[1], sizeof w[0]) == 0 && memcmp(v[0], v[1], sizeof v[0]) == 0 && memcmp(w[0], w[2], sizeof w[0]));
	mica_close(ctx);
}

/* ---- the user's own, and options of 0 ---- */

static mica_var squares(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)payload;
	return mica_op_square(mica_op_sub(y_pred, y_true));
}

static double line_loss(mica_loss loss, mica_optimizer optimizer, long epochs, float *weight)
{
	static const float x[4] = {1, 2, 3, 4}, y[4] = {3, 1, 2, 5};
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	mica_epoch e[8] = {{.epoch = 0}};
	size_t done = 99;

	mica_add(m, mica_input(1));
	mica_add(m, mica_dense(1, .no_bias = true, .kernel_initializer = MICA_ONES));
	OK(mica_compile(m, .optimizer = optimizer, .loss = loss, .metrics = {loss}));
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(4, 1), y, MICA_F32, MICA_SHAPE(4), 0);
	OK(mica_fit(m, d, .epochs = epochs, .history = e, .epochs_done = &done));
	cr_expect(done == (epochs > 0 ? (size_t)epochs : 0), "%zu", done);
	OK(mica_value_read(mica_model_weight(m, 0), weight, sizeof *weight));
	double last = epochs > 0 ? mica_log(&e[epochs - 1].logs, "loss") : mica_log(&e[0].logs, "loss");
	cr_expect(epochs < 1 || near(metric_of(&e[epochs - 1].logs), last, 1e-6, 0), "the metric is the loss");
	mica_close(ctx);
	return last;
}

/* Labels (n) of outputs (n, 1) are not broadcast to (n, n): the user's squares are the mean squared error. */
Test(training, gives_the_users_loss_labels_that_fit)
{
	float own, built_in;
	double a = line_loss(mica_custom_loss(.score = squares, .name = "squares"), mica_sgd(), 3, &own);
	double b = line_loss(mica_mean_squared_error(), mica_sgd(), 3, &built_in);

	cr_expect(near(a, b, 1e-6, 0), "%g and %g", a, b);
	cr_expect(own == built_in && own != 1, "%g and %g", (double)own, (double)built_in);
}

Test(training, may_have_no_rate_and_no_epochs)
{
	float w;

	line_loss(mica_mean_squared_error(), mica_sgd(.learning_rate = MICA_ZERO), 2, &w);
	cr_expect(w == 1, "%g", (double)w);
	cr_expect(isnan(line_loss(mica_mean_squared_error(), mica_sgd(), MICA_NONE, &w)));
	cr_expect(w == 1, "%g", (double)w);
}

/* The slots count steps: one from 10 for the whole weight, five more from 0 for each element. */
static mica_var counting(mica_update *u, const void *payload)
{
	static const char *const names[5] = {"a", "b", "c", "d", "e"};
	mica_var whole = mica_slot_assign(u, "whole", mica_op_addc(mica_slot_shaped(u, "whole", MICA_SCALAR_SHAPE, 10), 1)), last = NULL;

	(void)payload;
	for (size_t i = 0; i < 5; i++)
		last = mica_slot_assign(u, names[i], mica_op_addc(mica_slot(u, names[i], 0), 1));
	return mica_op_add(u->variable, mica_op_mul(u->rate, mica_op_add(whole, last)));
}

Test(training, keeps_the_slots_an_optimizer_asks_for)
{
	float w;

	line_loss(mica_mean_squared_error(), mica_custom_optimizer(.update = counting, .learning_rate = 1), 3, &w);
	cr_expect(w == 1 + (11 + 1) + (12 + 2) + (13 + 3), "%g", (double)w);
}
