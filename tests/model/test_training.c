/* SPDX-License-Identifier: MIT */
/* model/test_training.c - 50 steps of small networks with each optimizer against Keras: the loss of every step, to about 1e-6. */
#include "golden/training.h"
#include "model/rig.h"

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
	mica_add(m, mica_dense(HIDDEN, .activation = MICA_TANH));
	mica_add(m, mica_dense(OUT, .activation = c->classes ? MICA_SOFTMAX : MICA_LINEAR));
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

/* An epoch is one step over all rows. */
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
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		mica_context *ctx = open_any();
		mica_epoch e[STEPS];
		OK(mica_fit(network(ctx, &cases[i]), data(ctx, cases[i].classes), .epochs = STEPS, .no_shuffle = true, .history = e));
		for (size_t s = 0; s < STEPS; s++)
			cr_expect(near(e[s].loss, (double)cases[i].losses[s], 1e-6, 0), "%s: step %zu: loss %.9g, Keras %.9g", cases[i].name,
			          s, e[s].loss, (double)cases[i].losses[s]);
		mica_close(ctx);
	}
}
