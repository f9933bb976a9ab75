/* SPDX-License-Identifier: MIT */
/* torture/lives.c - see lives.h.  Between them they have what is made, read and written in another way each: a chain and a graph of layers,
   recurrence, states of layers and metrics, several inputs and outputs, validation, callbacks, files of all kinds, a training that goes on. */
#include "torture/lives.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CLASSES = 10, TRAINED = 512, TESTED = 360 };

char file[512];
static char keras[512], weights[512], best[512], history[512], events[512], backup[512], table[512];

bool step(life *l, const char *name, mica_status st)
{
	if (st == MICA_OK || *l->failed)
		return st == MICA_OK && !*l->failed;
	l->st = st;
	snprintf(l->failed, sizeof l->failed, "%s", name);
	snprintf(l->why, sizeof l->why, "%s", mica_error(l->ctx));
	return false;
}

static bool made(life *l, const char *name)
{
	return step(l, name, mica_context_status(l->ctx));
}

/* Numbers of -1 to 1. */
static void spread(float *x, size_t n, unsigned salt)
{
	for (size_t i = 0; i < n; i++)
		x[i] = (float)((i * (2 * salt + 7) + 3 * salt) % 23) / 11 - 1;
}

/* ---- digits: a chain of dense layers, callbacks, a file of weights ---- */

static bool predict_digits(life *l)
{
	return step(l, "predict", mica_predict(l->model, mica_dataset_samples(l->test), l->predicted, (size_t)TESTED * CLASSES * sizeof(float)));
}

static bool build_digits(life *l)
{
	l->train = mica_dataset_range(mica_dataset_digits(l->ctx, MICA_TRAIN), 0, TRAINED);
	l->test = mica_dataset_digits(l->ctx, MICA_TEST);
	l->model = mica_sequential(l->ctx, .seed = 3);
	mica_add(l->model, mica_input(8, 8));
	mica_add(l->model, mica_flatten());
	mica_add(l->model, mica_dense(32, .activation = MICA_RELU));
	mica_add(l->model, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	mica_compile(l->model, .optimizer = mica_adam(.learning_rate = 3e-3), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy(), mica_mean_iou(.num_classes = CLASSES, .one_hot_y_pred = true)});
	return made(l, "build");
}

static bool use_digits(life *l)
{
	return step(l, "fit", mica_fit(l->model, l->train, .batch_size = 64, .epochs = 2,
	                               .callbacks = {mica_early_stopping("loss", .restore_best_weights = true), mica_csv_logger(history),
	                                             mica_tensorboard(events, .histogram_freq = 1), mica_backup_and_restore(backup)})) &&
	       step(l, "save", mica_save(l->model, file)) && step(l, "load", mica_load(l->model, file)) && predict_digits(l);
}

/* ---- network: two inputs, two outputs, words through recurrence, weights of samples, validation ---- */

enum { ROWS = 70, WORDS = 6, NUMBERS = 5, KINDS = 3 };

static const struct inputs {
	int32_t words[ROWS * WORDS];
	float numbers[ROWS * NUMBERS];
} *two_inputs(void)
{
	static struct inputs in;

	spread(in.numbers, (size_t)ROWS * NUMBERS, 1);
	for (size_t i = 0; i < (size_t)ROWS * WORDS; i++)
		in.words[i] = (int32_t)(i * i % 9 % (WORDS + 2 - i % WORDS)); /* zeros, which are no words, rather at the end */
	return &in;
}

static bool predict_network(life *l)
{
	const struct inputs *in = two_inputs();

	return step(l, "predict", mica_predict_all(l->model, .inputs = {MICA_ARRAY(in->words, ROWS, WORDS), MICA_ARRAY(in->numbers, ROWS, NUMBERS)},
	                                           .outputs = {{l->predicted, (size_t)ROWS * KINDS * sizeof(float)},
	                                                       {l->predicted + (size_t)ROWS * KINDS, ROWS * sizeof(float)}}));
}

static bool build_network(life *l)
{
	const struct inputs *in = two_inputs();
	int32_t kind[ROWS];
	float amount[ROWS], counts[ROWS];

	spread(amount, ROWS, 2);
	spread(counts, ROWS, 3);
	for (size_t i = 0; i < ROWS; i++) {
		kind[i] = in->words[i * WORDS] % KINDS;
		counts[i] += 1;
	}
	l->train = mica_dataset_columns(l->ctx, .inputs = {{"words", MICA_ARRAY(in->words, ROWS, WORDS)}, {"numbers", MICA_ARRAY(in->numbers, ROWS, NUMBERS)}},
	                                .targets = {{"kind", MICA_ARRAY(kind, ROWS)}, {"amount", MICA_ARRAY(amount, ROWS)}},
	                                .weights = {{NULL, MICA_ARRAY(counts, ROWS)}});
	l->model = mica_functional(l->ctx, .seed = 4);
	mica_symbol *words = mica_model_input(l->model, mica_input(WORDS, .name = "words"));
	mica_symbol *numbers = mica_model_input(l->model, mica_input(NUMBERS, .name = "numbers"));
	mica_instance *shared = mica_make(l->model, mica_dense(NUMBERS, .activation = MICA_TANH));
	mica_symbol *read = mica_apply(mica_embedding(9, 4, .mask_zero = true), words);
	read = mica_apply(mica_gru(4), mica_apply(mica_bidirectional(mica_lstm(3, .return_sequences = true)), read));
	mica_symbol *seen = mica_apply(mica_batch_normalization(), mica_call(shared, mica_call(shared, numbers)));
	mica_symbol *both = mica_apply(mica_dropout(0.2), mica_apply(mica_concatenate(), read, seen));
	mica_model_output(l->model, mica_apply(mica_dense(KINDS, .activation = MICA_SOFTMAX, .name = "kind"), both));
	mica_model_output(l->model, mica_apply(mica_dense(1, .name = "amount"), both));
	mica_compile(l->model, .optimizer = mica_nadam(.learning_rate = 0.01),
	             .outputs = {{"kind", .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()}},
	                         {"amount", .loss = mica_mean_squared_error(), .weight = 0.5, .weighted_metrics = {mica_mean_absolute_error()}}});
	return made(l, "build");
}

static bool use_network(life *l)
{
	mica_logs figures;

	return step(l, "fit", mica_fit(l->model, l->train, .batch_size = 16, .epochs = 3, .validation_split = 0.25, .validation_batch_size = 10,
	                               .callbacks = {mica_early_stopping("val_loss", .patience = 1, .restore_best_weights = true),
	                                             mica_reduce_lr_on_plateau(.patience = 1),
	                                             mica_model_checkpoint(best, .save_best_only = true, .save_weights_only = true)})) &&
	       step(l, "save", mica_save(l->model, file)) && step(l, "load", mica_load(l->model, file, .resume = true)) &&
	       step(l, "evaluate", mica_evaluate(l->model, l->train, &figures, .batch_size = 20)) && predict_network(l);
}

/* ---- resumed: a training whose second half is that of a model from a .mica file ---- */

static bool build_resumed(life *l)
{
	l->train = mica_dataset_range(mica_dataset_digits(l->ctx, MICA_TRAIN), 0, 200);
	l->test = mica_dataset_digits(l->ctx, MICA_TEST);
	l->model = mica_sequential(l->ctx, .seed = 5);
	mica_add(l->model, mica_reshape(8, 8, 1));
	mica_add(l->model, mica_conv2d(4, 3, .activation = MICA_RELU));
	mica_add(l->model, mica_max_pooling2d(2));
	mica_add(l->model, mica_batch_normalization());
	mica_add(l->model, mica_flatten());
	mica_add(l->model, mica_dropout(0.1));
	mica_add(l->model, mica_dense(CLASSES));
	mica_compile(l->model, .optimizer = mica_sgd(.schedule = mica_exponential_decay(0.1, .decay_steps = 4, .decay_rate = 0.9), .momentum = 0.9),
	             .loss = mica_sparse_categorical_crossentropy(.from_logits = true), .metrics = {mica_accuracy()});
	return made(l, "build");
}

static bool use_resumed(life *l)
{
	mica_dataset *few = mica_dataset_range(l->train, 0, 80);

	if (!step(l, "range", few ? MICA_OK : mica_context_status(l->ctx)) ||
	    !step(l, "fit", mica_fit(l->model, l->train, .batch_size = 48, .validation_data = few)) || !step(l, "save", mica_save(l->model, file)))
		return false;
	mica_dataset_destroy(few);
	mica_model *again = mica_load_model(l->ctx, file);
	if (!step(l, "load", again ? MICA_OK : mica_context_status(l->ctx)))
		return false;
	mica_model_destroy(l->model);
	l->model = again;
	return step(l, "fit", mica_fit(again, l->train, .batch_size = 48, .epochs = 3, .initial_epoch = 1, .validation_split = 0.3,
	                               .callbacks = {mica_backup_and_restore(backup)})) &&
	       predict_digits(l);
}

/* ---- keras: a model and weights from Keras' files and back; a table of text ---- */

enum { LINES = 40, COLUMNS = 4, WRITTEN = 2 };

static bool write_table(void)
{
	FILE *f = fopen(table, "w");

	if (!f)
		return false;
	fputs("a,b,c,d,kind\n", f);
	for (size_t i = 0; i < LINES; i++)
		fprintf(f, "%zu,%zu.5,%zu,%zu,%s\n", i % 7, i % 5, i % 11, i % 3, i % 2 ? "yes" : "\"no, not\"");
	return fclose(f) == 0;
}

static bool predict_table(life *l)
{
	return step(l, "predict", mica_predict(l->model, mica_dataset_samples(l->train), l->predicted,
	                                       mica_dataset_count(l->train) * WRITTEN * sizeof(float)));
}

static bool build_keras(life *l)
{
	float x[10 * COLUMNS], y[10 * WRITTEN];
	mica_dataset *all = mica_dataset_csv(l->ctx, table, .label = "kind"), *train = NULL;

	mica_dataset_split(all, &train, &l->test, .test = 0.25, .seed = 1, .stratify = true);
	l->train = mica_dataset_standardized(train, NULL);
	l->test = mica_dataset_standardized(l->test, train);
	l->model = mica_load_model(l->ctx, MICA_GOLDEN "/keras_files/trained.keras");
	spread(x, 10 * COLUMNS, 6);
	spread(y, 10 * WRITTEN, 7);
	mica_dataset *d = mica_dataset_arrays(l->ctx, x, MICA_F32, MICA_SHAPE(10, COLUMNS), y, MICA_F32, MICA_SHAPE(10, WRITTEN), 0);
	bool good = made(l, "build") && step(l, "build", mica_train_on_batch(l->model, d, NULL));
	mica_dataset_destroy(d);
	return good;
}

static bool use_keras(life *l)
{
	bool good = step(l, "compile", mica_compile(l->model, .optimizer = mica_rmsprop(.momentum = 0.5),
	                                            .loss = mica_sparse_categorical_crossentropy(.from_logits = true), .metrics = {mica_accuracy()})) &&
	            step(l, "fit", mica_fit(l->model, l->train, .batch_size = 12, .epochs = 2, .validation_data = l->test)) &&
	            step(l, "save", mica_save(l->model, keras));
	mica_model *again = good ? mica_load_model(l->ctx, keras) : NULL;
	if (!good || !step(l, "load", again ? MICA_OK : mica_context_status(l->ctx)))
		return false;
	mica_model_destroy(l->model);
	l->model = again;
	return step(l, "save", mica_save(again, weights)) && step(l, "load", mica_load(again, weights)) && predict_table(l);
}

const way_of_life lives[] = {
	{"digits", build_digits, use_digits, predict_digits},
	{"network", build_network, use_network, predict_network},
	{"resumed", build_resumed, use_resumed, predict_digits},
	{"keras", build_keras, use_keras, predict_table},
};
const size_t n_lives = sizeof lives / sizeof lives[0];

/* ---- files ---- */

bool name_files(const char *folder)
{
	static const struct {
		char *name;
		const char *begin, *end;
	} names[] = {{file, "torture", ".mica"}, {keras, "torture", ".keras"}, {weights, "torture", ".weights.h5"}, {best, "best", ".safetensors"},
	             {history, "history", ".csv"}, {events, "events", ""}, {backup, "backup", ""}, {table, "table", ".csv"}};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		snprintf(names[i].name, sizeof file, "%s/%s-%ld%s", folder, names[i].begin, (long)getpid(), names[i].end);
	return write_table();
}

void remove_files(void)
{
	char *const names[] = {file, keras, weights, best};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unlink(names[i]);
}
