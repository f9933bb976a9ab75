/* SPDX-License-Identifier: MIT */
/* examples/19_tuning.c - which values of the learning rate and the like train a network best: a search by chance, Hyperband that is stopped and
   goes on, and cross-validation of what was found.  Handwritten digits (data/README.md says from where).
   You should see that the learning rate decides most (the worst trials have the largest or the smallest), that Hyperband gives most trials one epoch
   and a few nine, that it finds its trials again after a stop, and that the network which was found reads digits that no trial has seen. */
#include "example.h"

enum { STOP_AFTER = 5, TRIALS = 23 }; /* of Hyperband */

/* What is asked for is the space.  A value may depend on another: only SGD has a momentum. */
static mica_model *build(mica_context *ctx, mica_hyper *h, void *payload)
{
	mica_model *m = mica_sequential(ctx, .seed = 19);
	long layers = mica_hyper_int(h, "layers", 1, 2);

	(void)payload;
	mica_add(m, mica_flatten());
	for (long i = 0; i < layers; i++)
		mica_add(m, mica_dense((size_t)mica_hyper_int(h, "units", 8, 32, .step = 8), .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	double rate = mica_hyper_real(h, "rate", 1e-4, 0.3, .log = true);
	mica_optimizer optimizer = mica_adam(.learning_rate = rate);
	if (mica_hyper_choice(h, "optimizer", "adam", "sgd") == 1)
		optimizer = mica_sgd(.learning_rate = rate, .momentum = mica_hyper_real(h, "momentum", 0, 0.9, .step = 0.3));
	mica_compile(m, .optimizer = optimizer, .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	return m;
}

/* As a key that was pressed, or a machine that was switched off. */
static mica_status stop(mica_training *t, void *payload)
{
	size_t *trials = payload;

	(void)t;
	return ++*trials > STOP_AFTER ? MICA_EINTERRUPTED : MICA_OK;
}

static mica_search *hyperband(mica_context *ctx, const mica_dataset *train, const mica_dataset *validation, mica_callback callback)
{
	return mica_search(ctx, build, train, .algorithm = mica_hyperband(9), .objective = "val_accuracy", .seed = 3, .folder = "example-search",
	                   .fit = {.validation_data = validation, .callbacks = {callback}});
}

/* Also one that a former run of this program left, when it was ended in the middle: that would go on. */
static void remove_search(void)
{
	char file[64];

	for (int i = 1; i <= TRIALS; i++) {
		snprintf(file, sizeof file, "example-search/trial-%d.safetensors", i);
		remove(file);
	}
	remove("example-search/search.json");
	remove("example-search");
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_dataset *digits = mica_dataset_digits(ctx, MICA_TRAIN), *test = mica_dataset_digits(ctx, MICA_TEST), *train, *validation;
	mica_callback none = {.part = {.kind = NULL}};
	mica_logs scores, mean, deviation;
	size_t trials = 0;

	TRY(mica_dataset_split(digits, &train, &validation, .test = 0.25, .stratify = true, .seed = 1));
	mica_search *s = mica_search(ctx, build, train, .algorithm = mica_random_search(8), .objective = "val_accuracy", .seed = 1,
	                             .fit = {.epochs = 4, .validation_data = validation, .print = print_text});
	TRY(mica_search_status(s));
	printf("\n");
	TRY(mica_search_print(s, print_text, NULL));
	require(mica_search_best(s, 0)->objective > mica_search_best(s, 7)->objective + 0.2, "it matters which values are taken");

	remove_search();
	s = hyperband(ctx, train, validation, mica_custom_callback(.on_train_begin = stop, .payload = &trials));
	require(mica_search_status(s) == MICA_EINTERRUPTED, "it was stopped");
	s = hyperband(ctx, train, validation, none); /* goes on */
	TRY(mica_search_status(s));
	printf("\nHyperband: of the first %d trials the results were in the folder\n", STOP_AFTER);
	TRY(mica_search_print(s, print_text, NULL));
	const mica_trial *best = mica_search_best(s, 0);
	require(best->objective > 0.9 && mica_search_trial(s, TRIALS - 1) && !mica_search_trial(s, TRIALS), "23 trials, of which one is good");

	TRY(mica_cross_validate(ctx, build, digits, &mean, &deviation, .folds = 3, .stratify = true, .trial = best, .fit = {.epochs = 9}));
	printf("\nthree folds with the best values: accuracy %.3f, +- %.3f\n", mica_log(&mean, "accuracy"), mica_log(&deviation, "accuracy"));
	require(mica_log(&mean, "accuracy") > 0.85 && mica_log(&deviation, "accuracy") < 0.05, "each fold says about the same");

	mica_model *m = mica_search_model(s, best), *first = build(ctx, NULL, NULL);
	require(m != NULL, "the weights of the best trial");
	TRY(mica_evaluate(m, test, &scores));
	printf("digits that were not looked at before: accuracy %.3f", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") > 0.85, "it has learned to read digits");
	TRY(mica_fit(first, train, .epochs = 9));
	TRY(mica_evaluate(first, test, &scores));
	printf(", and %.3f with the first value of each range\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") < 0.8, "searching was worth it");
	remove_search();
	mica_close(ctx);
	return 0;
}
