/* SPDX-License-Identifier: MIT */
/* model/test_metrics.c - metrics with states while a model is trained, against Keras: a short last batch, weights, masks, validation,
   and evaluation from within a fit. */
#include "golden/scores.h"
#include "model/rig.h"

enum { ROWS = 20, WIDTH = 5, STEPS = 4, EPOCHS = 3, BATCH = 8 };

static void set(mica_model *m, const char *path, uint32_t salt)
{
	mica_value *v = mica_model_find(m, path);
	float values[64];

	cr_assert(v && mica_value_count(v) <= 64, "%s", path);
	spread(values, mica_value_count(v), salt, 1);
	OK(mica_value_write(v, values, mica_value_bytes(v)));
}

static void unit(float *out, size_t n, uint32_t salt, double scale)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (float)(scale * hash_unit((uint32_t)i, salt));
}

/* Epoch by epoch, the figures of those names. */
static void expect(const mica_epoch *e, const char *const *names, size_t n, const float *golden)
{
	for (size_t i = 0; i < EPOCHS * n; i++) {
		double got = mica_log(&e[i / n].logs, names[i % n]);
		cr_expect(near(got, (double)golden[i], 1e-5, 1e-6), "epoch %zu, %s: %.8g, Keras' %.8g", i / n, names[i % n], got, (double)golden[i]);
	}
}

/* A model has up to eight of either list; all begin anew with each epoch. */
Test(metrics, begin_anew_however_many_there_are)
{
	mica_context *ctx = open_any();
	float x[ROWS * WIDTH], y[ROWS], weights[ROWS];
	mica_epoch e[EPOCHS];

	spread(x, ROWS * WIDTH, 90, 1);
	spread(y, ROWS, 91, 1);
	unit(weights, ROWS, 92, 2);
	mica_dataset *d = mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(x, ROWS, WIDTH)}}, .targets = {{NULL, MICA_ARRAY(y, ROWS, 1)}},
	                                       .weights = {{NULL, MICA_ARRAY(weights, ROWS)}});
	mica_model *m = mica_sequential(ctx);
	mica_metric error = mica_root_mean_squared_error();
	mica_add(m, mica_input(WIDTH));
	mica_add(m, mica_dense(1));
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = MICA_ZERO), .loss = mica_mean_squared_error(),
	                .metrics = {error, error, error, error, error, error, error, error},
	                .weighted_metrics = {error, error, error, error, error, error, error, error}));
	OK(mica_fit(m, d, .epochs = EPOCHS, .batch_size = BATCH, .no_shuffle = true, .validation_data = d, .history = e));
	for (size_t i = 1; i < EPOCHS; i++)
		cr_expect(e[i].logs.n == 34 && same_logs(&e[i].logs, &e[0].logs), "epoch %zu has other figures", i + 1);
	mica_close(ctx);
}

typedef struct binary {
	float x[ROWS * WIDTH], y[ROWS], weights[ROWS];
	mica_dataset *train, *rest;
	mica_model *m;
	mica_logs last; /* what an evaluation of the rest gave after the last step */
} binary;

static void make_binary(binary *b, mica_context *ctx)
{
	spread(b->x, ROWS * WIDTH, 90, 1);
	unit(b->weights, ROWS, 92, 2);
	for (size_t i = 0; i < ROWS; i++)
		b->y[i] = hash_unit((uint32_t)i, 91) > 0.5;
	b->train = mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(b->x, ROWS, WIDTH)}}, .targets = {{NULL, MICA_ARRAY(b->y, ROWS, 1)}},
	                                .weights = {{NULL, MICA_ARRAY(b->weights, ROWS)}});
	b->rest = mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(b->x + 5 * WIDTH, ROWS - 5, WIDTH)}}, .targets = {{NULL, MICA_ARRAY(b->y + 5, ROWS - 5, 1)}});
	b->m = mica_sequential(ctx);
	mica_add(b->m, mica_input(WIDTH));
	mica_add(b->m, mica_dense(1, .activation = MICA_SIGMOID));
	OK(mica_compile(b->m, .optimizer = mica_sgd(.learning_rate = 0.5),
	                .loss = mica_binary_focal_crossentropy(.reduction = MICA_MEAN_WITH_SAMPLE_WEIGHT),
	                .metrics = {mica_auc(), mica_precision(), mica_f1_score(.threshold = 0.4)},
	                .weighted_metrics = {mica_auc(.name = "heavy_auc", .curve = MICA_PR), mica_root_mean_squared_error(),
	                                     mica_recall(.thresholds = {0.3, 0.6})}));
	set(b->m, "dense/kernel", 93);
}

static const char *const binary_names[] = {"loss",   "auc",      "precision", "f1_score",  "heavy_auc", "root_mean_squared_error",
                                           "recall", "val_loss", "val_auc",   "val_recall"};

Test(metrics, are_shown_as_in_keras)
{
	mica_context *ctx = open_any();
	mica_epoch e[EPOCHS];
	binary b;

	make_binary(&b, ctx);
	OK(mica_fit(b.m, b.train, .epochs = EPOCHS, .batch_size = BATCH, .no_shuffle = true, .history = e, .validation_data = b.rest));
	expect(e, binary_names, 10, golden_trained_binary);
	mica_close(ctx);
}

/* What Keras calls metrics that have one name: a number tells those without weights apart, "weighted_" those with. */
Test(metrics, that_have_one_name_are_told_apart_as_in_keras)
{
	static const char *const names[] = {
		"a_loss", "a_m", "a_m_1", "a_m_2", "a_weighted_m", "a_weighted_m_1", "b_loss", "b_mean_squared_error", "b_mean_squared_error_1",
		"b_weighted_mean_squared_error", "loss",
	};
	mica_context *ctx = open_any();
	mica_model *m = mica_functional(ctx);
	mica_symbol *x = mica_model_input(m, mica_input(2));
	float none[4] = {0};
	mica_logs logs;

	mica_model_output(m, mica_apply(mica_dense(1, .name = "a"), x));
	mica_model_output(m, mica_apply(mica_dense(1, .name = "b"), x));
	mica_metric m_ = mica_mean_absolute_error(.name = "m"), error = mica_mean_squared_error();
	OK(mica_compile(m, .outputs = {{"a", mica_mean_squared_error(), .metrics = {m_, m_, m_}, .weighted_metrics = {m_, m_}},
	                               {"b", mica_mean_squared_error(), .metrics = {error, error}, .weighted_metrics = {error}}}));
	mica_dataset *d = mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(none, 2, 2)}},
	                                       .targets = {{"a", MICA_ARRAY(none, 2, 1)}, {"b", MICA_ARRAY(none, 2, 1)}});
	OK(mica_test_on_batch(m, d, &logs));
	cr_assert(logs.n == sizeof names / sizeof *names, "%zu", logs.n);
	for (size_t i = 0; i < logs.n; i++)
		cr_expect(strcmp(logs.at[i].name, names[i]) == 0, "%s, Keras has %s", logs.at[i].name, names[i]);
	mica_close(ctx);
}

/* A masked step counts neither in a loss nor in a metric. */
Test(metrics, of_masked_steps_are_shown_as_in_keras)
{
	static const char *const names[] = {"loss", "accuracy", "crossentropy"};
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	mica_epoch e[EPOCHS];
	int tokens[ROWS * STEPS], y[ROWS * STEPS];
	float weights[ROWS * STEPS];

	for (size_t i = 0; i < ROWS * STEPS; i++) {
		tokens[i] = (int)(hash_unit((uint32_t)i, 94) * 6);
		y[i] = (int)(hash_unit((uint32_t)i, 95) * 3);
	}
	unit(weights, ROWS * STEPS, 98, 2);
	mica_dataset *d = mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(tokens, ROWS, STEPS)}}, .targets = {{NULL, MICA_ARRAY(y, ROWS, STEPS)}},
	                                       .weights = {{NULL, MICA_ARRAY(weights, ROWS, STEPS)}});
	mica_add(m, mica_input(STEPS, .type = MICA_I32));
	mica_add(m, mica_embedding(6, 4, .mask_zero = true));
	mica_add(m, mica_dense(3, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.5), .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()},
	                .weighted_metrics = {mica_sparse_categorical_crossentropy(.name = "crossentropy")}));
	set(m, "embedding/embeddings", 96);
	set(m, "dense/kernel", 97);
	OK(mica_fit(m, d, .epochs = EPOCHS, .batch_size = BATCH, .no_shuffle = true, .history = e));
	expect(e, names, 3, golden_trained_masked);
	mica_close(ctx);
}

static mica_status evaluate_inside(mica_training *t, void *payload)
{
	binary *b = payload;

	return mica_evaluate(t->model, b->rest, &b->last);
}

/* An evaluation between two steps leaves the states of the epoch as they were. */
Test(metrics, survive_an_evaluation_within_an_epoch)
{
	mica_context *ctx = open_any();
	mica_epoch e[EPOCHS];
	binary b;

	make_binary(&b, ctx);
	OK(mica_fit(b.m, b.train, .epochs = EPOCHS, .batch_size = BATCH, .no_shuffle = true, .history = e, .validation_data = b.rest,
	            .callbacks = {mica_custom_callback(.on_train_batch_end = evaluate_inside, .payload = &b)}));
	expect(e, binary_names, 10, golden_trained_binary);
	cr_expect(near(mica_log(&b.last, "auc"), (double)golden_trained_binary[28], 1e-5, 0), "%g", mica_log(&b.last, "auc"));
	mica_close(ctx);
}
