/* SPDX-License-Identifier: MIT */
/* tuning/test_search.c - what is tried, in which order, and what becomes of it: against KerasTuner where it has the same. */
#include "base/fault.h"
#include "golden/tuning.h"
#include "tuning/rig.h"

/* ---- grids ---- */

static mica_model *conditional(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	if (mica_hyper_choice(h, "optimizer", "sgd", "adam") == 0)
		mica_hyper_real(h, "momentum", 0, 0.9, .step = 0.45);
	mica_hyper_int(h, "units", 16, 48, .step = 16, .first = 32);
	mica_hyper_bool(h, "bias");
	mica_hyper_int(h, "units", 16, 48, .step = 16, .first = 32); /* again: the same value, no other one */
	return line(ctx, 0.01);
}

static mica_model *steps(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	mica_hyper_int(h, "batch", 2, 40, .step = 2, .log = true);
	return line(ctx, mica_hyper_real(h, "rate", 1e-3, 1, .step = 10, .log = true) / 100);
}

static void check_grid(mica_build_model build, const char *const *want, size_t n, long most)
{
	mica_context *ctx = open_any();
	told told = {0};
	char text[256];
	mica_search *s = mica_search(ctx, build, four_points(ctx), .algorithm = mica_grid_search(most), .objective = "score", .mode = MICA_MODE_MAX,
	                             .fit = {.callbacks = {TOLD(&told)}});

	OK(mica_search_status(s));
	for (size_t i = 0; i < n; i++) {
		cr_assert(mica_search_trial(s, i), "%zu trials", i);
		cr_expect_str_eq(values_text(mica_search_trial(s, i), text), want[i]);
	}
	cr_expect(!mica_search_trial(s, n) && mica_ok(ctx));
	mica_close(ctx);
}

Test(search, grids_are_in_order)
{
	check_grid(conditional, golden_grid_conditional, sizeof golden_grid_conditional / sizeof(char *), 0);
	check_grid(steps, golden_grid_steps, sizeof golden_grid_steps / sizeof(char *), 0);
	check_grid(steps, golden_grid_steps, 7, 7);
}

/* ---- chance ---- */

/* All 24 points of the tree, none twice, whatever the seed; then it ends. */
Test(search, random_points_differ_and_end)
{
	mica_context *ctx = open_any();
	char text[256], other[256];

	for (uint64_t seed = 0; seed < 3; seed++) {
		told told = {0};
		mica_search *s = mica_search(ctx, conditional, four_points(ctx), .algorithm = mica_random_search(100), .objective = "score",
		                             .mode = MICA_MODE_MAX, .seed = seed, .fit = {.callbacks = {TOLD(&told)}});
		OK(mica_search_status(s));
		cr_expect(mica_search_trial(s, 23) && !mica_search_trial(s, 24));
		for (size_t i = 0; i < 24; i++)
			for (size_t k = 0; k < i; k++)
				cr_expect(strcmp(values_text(mica_search_trial(s, i), text), values_text(mica_search_trial(s, k), other)) != 0, "%s", text);
		mica_search_destroy(s);
	}
	mica_close(ctx);
}

static mica_model *reals(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	mica_hyper_int(h, "units", 1, 1000, .log = true);
	return line(ctx, mica_hyper_real(h, "rate", 1e-4, 1e-1, .log = true));
}

/* Of a range by .log a third of all rates is in each power of ten; the same seed draws the same, another one others. */
Test(search, random_points_are_spread)
{
	mica_context *ctx = open_any();
	size_t in[3] = {0}, units[3] = {0};
	double first[2];

	for (uint64_t seed = 1; seed <= 2; seed++) {
		mica_search *s = mica_search(ctx, reals, four_points(ctx), .algorithm = mica_random_search(60), .objective = "loss", .seed = seed);
		OK(mica_search_status(s));
		first[seed - 1] = mica_search_trial(s, 0)->values[1].value;
		for (size_t i = 0; i < 60; i++) {
			const mica_trial *t = mica_search_trial(s, i);
			in[(size_t)fmin(2, log10(t->values[1].value) + 4)]++;
			units[(size_t)fmin(2, log10(t->values[0].value))]++;
			cr_expect(i == 0 || mica_search_best(s, i)->objective >= mica_search_best(s, i - 1)->objective);
		}
		mica_search_destroy(s);
	}
	for (size_t i = 0; i < 3; i++)
		cr_expect(in[i] > 25 && in[i] < 55 && units[i] > 25 && units[i] < 55, "%zu and %zu of 120", in[i], units[i]);
	cr_expect(first[0] != first[1]);
	mica_close(ctx);
}

/* ---- Hyperband ---- */

static void check_rounds(mica_algorithm algorithm, const golden_round *want, size_t n)
{
	mica_context *ctx = open_any();
	told told = {0};
	char text[256], other[256];
	mica_search *s = mica_search(ctx, reals, four_points(ctx), .algorithm = algorithm, .objective = "score", .mode = MICA_MODE_MAX,
	                             .fit = {.callbacks = {TOLD(&told)}});

	OK(mica_search_status(s));
	for (size_t i = 0; i < n; i++) {
		const mica_trial *t = mica_search_trial(s, i);
		cr_assert(t, "%zu trials instead of %zu", i, n);
		golden_round got = {(int)t->bracket, (int)t->round, (int)t->initial_epoch, (int)t->epochs, (int)t->from};
		cr_expect(memcmp(&got, &want[i], sizeof got) == 0, "trial %zu: bracket %d, round %d, epochs %d to %d, from %d", i + 1, got.bracket, got.round,
		          got.initial_epoch, got.epochs, got.from);
		cr_expect(t->best_epoch == t->initial_epoch + 1, "of equal epochs the first");
		if (t->from)
			cr_expect_str_eq(values_text(t, text), values_text(mica_search_trial(s, t->from - 1), other));
	}
	cr_expect(!mica_search_trial(s, n));
	mica_close(ctx);
}

Test(search, hyperband_is_keras_tuners)
{
	check_rounds(mica_hyperband(9, 3), golden_hyperband_9_3_1, sizeof golden_hyperband_9_3_1 / sizeof(golden_round));
	check_rounds(mica_hyperband(10, 2, 2), golden_hyperband_10_2_2, sizeof golden_hyperband_10_2_2 / sizeof(golden_round));
	check_rounds(mica_hyperband(.max_epochs = 16, .factor = 4), golden_hyperband_16_4_1, sizeof golden_hyperband_16_4_1 / sizeof(golden_round));
}

/* "trial 1 of 254": sizes of all rounds. */
Test(search, hyperband_knows_how_many)
{
	mica_context *ctx = open_any();

	for (size_t i = 0; i < sizeof golden_sizes / sizeof golden_sizes[0]; i++) {
		told told = {.stop_in = 2};
		transcript out = {.n = 0};
		char want[32];
		mica_search *s = mica_search(ctx, reals, four_points(ctx), .algorithm = mica_hyperband(golden_sizes[i][0], golden_sizes[i][1]), .objective = "score",
		                             .mode = MICA_MODE_MAX, .fit = {.print = write_down, .payload = &out, .callbacks = {TOLD(&told)}});
		snprintf(want, sizeof want, "trial 1 of %d: score", golden_sizes[i][2]);
		cr_expect(strncmp(out.text, want, strlen(want)) == 0, "%s instead of %s", out.text, want);
		cr_expect(mica_search_status(s) == (golden_sizes[i][2] > 1 ? MICA_EINTERRUPTED : MICA_OK) && mica_ok(ctx));
	}
	mica_close(ctx);
}

/* Those that failed are left behind, and do not keep others from going on; nor does a space that is smaller than a round. */
Test(search, hyperband_with_failures_and_few_points)
{
	mica_context *ctx = open_any();
	told told = {.failing = {2, 3, 7, 11, 14}};
	size_t rounds[3] = {0};
	mica_search *s = mica_search(ctx, reals, four_points(ctx), .algorithm = mica_hyperband(9), .objective = "score", .mode = MICA_MODE_MAX,
	                             .fit = {.callbacks = {TOLD(&told)}});

	OK(mica_search_status(s));
	for (size_t i = 0; mica_search_trial(s, i) && mica_search_trial(s, i)->bracket == 2; i++)
		rounds[mica_search_trial(s, i)->round]++;
	cr_expect(rounds[0] == 9 && rounds[1] == 3 && rounds[2] == 1, "%zu %zu %zu", rounds[0], rounds[1], rounds[2]);
	told = (struct told){.trials = 0};
	s = mica_search(ctx, steps, four_points(ctx), .algorithm = mica_hyperband(27), .objective = "score", .mode = MICA_MODE_MAX,
	                .fit = {.callbacks = {TOLD(&told)}});
	OK(mica_search_status(s));
	cr_expect(mica_search_trial(s, 19)->round == 0 && mica_search_trial(s, 20)->round == 1, "twenty points there are");
	cr_expect(mica_search_trial(s, 32) && !mica_search_trial(s, 33), "and then 9, 3, 1 go on");
	mica_close(ctx);
}

static mica_status see_rate(mica_training *t, void *payload)
{
	float w;
	double *weights = payload;

	OK(mica_value_read(mica_model_find(t->model, "dense/kernel"), &w, sizeof w));
	weights[0] = (double)w; /* at the beginning of this training */
	return MICA_OK;
}

static mica_status see_end(mica_training *t, void *payload)
{
	double *weights = payload;
	float w;

	OK(mica_value_read(mica_model_find(t->model, "dense/kernel"), &w, sizeof w));
	if (t->epoch == 2)
		weights[1] = weights[0];
	weights[2] = (double)w;
	return MICA_OK;
}

static mica_model *good_line(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	return line(ctx, mica_hyper_number(h, "rate", 0.01, 0.02));
}

/* It goes on from the weights that the trial before ended with, which was the best epoch: all of them are better than the last. */
Test(search, hyperband_goes_on_with_the_weights)
{
	mica_context *ctx = open_any();
	double w[3] = {0};
	mica_search *s = mica_search(ctx, good_line, four_points(ctx), .algorithm = mica_hyperband(2, 2), .objective = "loss",
	                             .fit = {.callbacks = {mica_custom_callback(.on_train_begin = see_rate, .on_epoch_end = see_end, .payload = w)}});

	OK(mica_search_status(s));
	const mica_trial *t = mica_search_trial(s, 2);
	cr_assert(t && t->from && t->initial_epoch == 1 && t->epochs == 2);
	const mica_trial *before = mica_search_trial(s, t->from - 1);
	cr_expect(t->objective < before->objective);
	mica_model *m = good_line(ctx, NULL, NULL);
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = t->values[0].value), .loss = mica_mean_squared_error()));
	OK(mica_fit(m, four_points(ctx)));
	float kernel;
	OK(mica_value_read(mica_model_find(m, "dense/kernel"), &kernel, sizeof kernel));
	cr_expect((double)kernel == w[1], "%g, %g", (double)kernel, w[1]);
	mica_close(ctx);
}

/* ---- what becomes of trials ---- */

static mica_model *long_named(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	mica_hyper_int(h, "eine_lange_Bezeichnung_\xc3\xbc", 3, 3);
	mica_hyper_int(h, "und_eine_zweite_lange_Bezeichnung", 4, 4);
	return line(ctx, 0.01);
}

/* Long names are cut between characters, and no column is wider than what is shown. */
Test(search, tables_have_whole_characters)
{
	mica_context *ctx = open_any();
	transcript out = {.n = 0};

	mica_search *s = mica_search(ctx, long_named, four_points(ctx), .algorithm = mica_random_search(1), .objective = "loss");
	OK(mica_search_status(s));
	OK(mica_search_print(s, write_down, &out));
	cr_expect(strstr(out.text, "  eine_lange_Bezeichnung_  und_eine_zweite_lange_Be\n"), "%s", out.text);
	mica_close(ctx);
}

/* Epoch 2 is the best of three, in all trials alike; notes the kernel that each epoch of the first ends with. */
static mica_status rise_and_fall(mica_training *t, void *payload)
{
	float *kernels = payload;

	if (kernels[t->epoch - 1] == 0)
		OK(mica_value_read(mica_model_weight(t->model, 0), &kernels[t->epoch - 1], sizeof(float)));
	return mica_log_set(t->logs, "score", t->epoch == 2);
}

/* Of equal trials the former is the better one. */
Test(search, keeps_the_weights_of_the_best_epoch_of_the_first_best)
{
	mica_context *ctx = open_any();
	float kernels[3] = {0}, kernel;
	mica_search *s = mica_search(ctx, good_line, four_points(ctx), .algorithm = mica_random_search(3), .objective = "score", .mode = MICA_MODE_MAX,
	                             .fit = {.epochs = 3, .callbacks = {mica_custom_callback(.on_epoch_end = rise_and_fall, .payload = kernels)}});

	OK(mica_search_status(s));
	for (size_t i = 0; i < 3; i++)
		cr_expect_eq(mica_search_best(s, i), mica_search_trial(s, i));
	cr_expect_eq(mica_search_best(s, 0)->best_epoch, 2);
	OK(mica_value_read(mica_model_weight(mica_search_model(s, mica_search_best(s, 0)), 0), &kernel, sizeof kernel));
	cr_expect(kernel == kernels[1] && kernel != kernels[0] && kernel != kernels[2], "%g", (double)kernel);
	mica_close(ctx);
}

static mica_model *troubled(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	switch (mica_hyper_choice(h, "trouble", "diverges", "none", "refused", "still none", "nothing", "also none")) {
	case 0: return line(ctx, 1e30);
	case 2: return line(ctx, -1);
	case 4: return NULL;
	default: return line(ctx, 0.01);
	}
}

static mica_model *refused_line(mica_context *ctx, mica_hyper *h, void *payload)
{
	mica_model *m = mica_sequential(ctx);

	(void)payload;
	mica_add(m, mica_dense((size_t)mica_hyper_int(h, "units", 0, 0)));
	mica_dataset_arrays(ctx, NULL, MICA_F32, MICA_SHAPE(1), NULL, MICA_F32, MICA_SCALAR_SHAPE, 0); /* a building call that fails */
	return m;
}

Test(search, failures_are_noted_and_it_goes_on)
{
	mica_context *ctx = open_any();
	mica_dataset *d = four_points(ctx);
	transcript out = {.n = 0};
	mica_search *s = mica_search(ctx, troubled, d, .algorithm = mica_grid_search(), .fit = {.epochs = 3, .validation_data = d});
	static const struct { size_t trial; mica_status status; const char *message; } want[] = {
		{0, MICA_ENAN, "no epoch has a finite val_loss; in epoch"}, {2, MICA_EINVAL, "learning_rate"}, {4, MICA_EINVAL, "returned no model"},
	};

	OK(mica_search_status(s));
	cr_expect(mica_ok(ctx) && !mica_error(ctx)[0], "%s", mica_error(ctx));
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		const mica_trial *t = mica_search_trial(s, want[i].trial);
		cr_assert(t);
		cr_expect(t->status == want[i].status && strstr(t->message, want[i].message) && isnan(t->objective), "trial %zu: %s: %s", t->number,
		          mica_status_name(t->status), t->message);
	}
	cr_expect(mica_search_best(s, 2) && !mica_search_best(s, 3));
	mica_search(ctx, refused_line, d, .algorithm = mica_random_search(1), .most_failures = 5);
	OK(mica_model_status(line(ctx, 0.01))); /* what a build function could not build stops no other */
	OK(mica_search_print(s, write_down, &out));
	cr_expect(strstr(out.text, "ENAN") && strstr(out.text, "still none"), "%s", out.text);
	mica_close(ctx);
}

static mica_model *wide(mica_context *ctx, mica_hyper *h, void *payload)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);

	(void)payload;
	mica_add(m, mica_input(1));
	mica_add(m, mica_dense((size_t)mica_hyper_number(h, "units", 10, 1000000, 20)));
	mica_add(m, mica_dense(1));
	mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.001), .loss = mica_mean_squared_error());
	return m;
}

Test(search, a_trial_without_memory)
{
	mica_context *ctx = mica_open(&(mica_open_opts){.memory_budget = 3000000});
	mica_search *s = mica_search(ctx, wide, four_points(ctx), .algorithm = mica_grid_search(), .objective = "loss");

	OK(mica_search_status(s));
	cr_expect(mica_ok(ctx) && mica_search_best(s, 1) && !mica_search_best(s, 2));
	cr_expect(mica_search_trial(s, 1)->status == MICA_EBUDGET, "%s", mica_search_trial(s, 1)->message);
	mica_close(ctx);
}

static mica_model *never(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	mica_hyper_real(h, "x", 0, 1);
	return line(ctx, -1);
}

static mica_model *moody(mica_context *ctx, mica_hyper *h, void *payload)
{
	size_t *calls = payload;

	mica_hyper_int(h, "x", 0, (long)++*calls);
	return line(ctx, 0.01);
}

static mica_model *again(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	mica_hyper_int(h, "x", 0, 5);
	mica_hyper_int(h, "x", 0, 6);
	return line(ctx, 0.01);
}

static void expect_end(mica_context *ctx, mica_search *s, mica_status st, const char *message)
{
	cr_expect(mica_search_status(s) == st && mica_context_status(ctx) == st && strstr(mica_error(ctx), message), "%s: %s", message, mica_error(ctx));
	mica_search_destroy(s);
	mica_clear(ctx);
}

/* What is no trial's fault ends a search, and what is one's does when it comes again and again. */
Test(search, what_ends_it)
{
	mica_context *ctx = open_any();
	mica_dataset *d = four_points(ctx);
	size_t calls = 0;
	mica_search *s = mica_search(ctx, never, d, .objective = "loss");

	cr_expect(mica_search_trial(s, 2) && !mica_search_trial(s, 3));
	expect_end(ctx, s, MICA_EINVAL, "3 trials failed one after the other");
	s = mica_search(ctx, good_line, d, .objective = "lost", .mode = MICA_MODE_MIN);
	expect_end(ctx, s, MICA_EINVAL, "there are loss");
	s = mica_search(ctx, good_line, d);
	expect_end(ctx, s, MICA_EINVAL, "\"val_loss\" is no figure");
	s = mica_search(ctx, good_line, d, .objective = "score");
	expect_end(ctx, s, MICA_EINVAL, "MICA_MODE_MAX");
	s = mica_search(ctx, moody, d, .objective = "loss", .payload = &calls);
	expect_end(ctx, s, MICA_EINVAL, "must depend on nothing but");
	s = mica_search(ctx, again, d, .objective = "loss");
	expect_end(ctx, s, MICA_EINVAL, "in another range");
	cr_expect(!mica_search(ctx, good_line, NULL) && !mica_search(ctx, NULL, d) && !mica_search(NULL, good_line, d));
	mica_clear(ctx);
	cr_expect(!mica_search(ctx, good_line, d, .algorithm = mica_hyperband(9), .objective = "loss", .fit = {.epochs = 2}));
	cr_expect(strstr(mica_error(ctx), "hyperband decides"), "%s", mica_error(ctx));
	mica_clear(ctx);
	cr_expect(!mica_search(ctx, good_line, d, .algorithm = mica_hyperband(9, 1), .objective = "loss"));
	cr_expect(strstr(mica_error(ctx), "factor"), "%s", mica_error(ctx));
	mica_clear(ctx);
	cr_expect(mica_search_status(NULL) == MICA_EINVAL && !mica_search_trial(NULL, 0) && !mica_search_best(NULL, 0));
	cr_expect(!mica_search_model(NULL, NULL) && mica_search_print(NULL, write_down, NULL) == MICA_EINVAL);
	mica_search_destroy(NULL);
	mica_close(ctx);
}

/* ---- what stays ---- */

static mica_model *classifier(mica_context *ctx, mica_hyper *h, void *payload)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);

	(void)payload;
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(8, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = mica_hyper_real(h, "rate", 1e-3, 3e-1, .log = true)),
	             .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	return m;
}

/* Twenty trials leave what the first one left: the weights of the best, in host memory.  Its model is that of its best epoch. */
Test(search, trials_leave_nothing)
{
	mica_context *ctx = open_any();
	mica_dataset *all = mica_dataset_digits(ctx, MICA_TRAIN), *d = mica_dataset_range(all, 0, 320), *test = mica_dataset_range(all, 320, 448);
	uint64_t before = mica_context_usage(ctx).bytes;
	mica_logs logs;
	mica_search *s = mica_search(ctx, classifier, d, .algorithm = mica_random_search(20), .objective = "val_accuracy", .seed = 3,
	                             .fit = {.epochs = 2, .validation_data = test});

	OK(mica_search_status(s));
	cr_expect(mica_search_trial(s, 19) && mica_search_best(s, 19));
	cr_expect(mica_context_usage(ctx).bytes == before, "%llu bytes are left", (unsigned long long)(mica_context_usage(ctx).bytes - before));
	const mica_trial *best = mica_search_best(s, 0);
	mica_model *m = mica_search_model(s, best), *new = mica_search_build(s, best);
	cr_assert(m && new, "%s", mica_error(ctx));
	OK(mica_evaluate(m, test, &logs));
	cr_expect(mica_log(&logs, "accuracy") == best->objective && mica_log(&logs, "loss") == mica_log(&best->logs, "val_loss"));
	OK(mica_evaluate(new, test, &logs));
	cr_expect(mica_log(&logs, "accuracy") < best->objective);
	cr_expect(!mica_search_model(s, mica_search_best(s, 1)) && strstr(mica_error(ctx), "were not kept"), "%s", mica_error(ctx));
	mica_search_destroy(s);
	mica_close(ctx);
}

/* What fit is told may be asked for, too. */
static void prepare(mica_hyper *h, mica_fit_opts *o, void *payload)
{
	size_t *called = payload;

	*called += 1;
	o->batch_size = (long)mica_hyper_number(h, "batch", 1, 4);
}

Test(search, options_of_fit_are_values)
{
	mica_context *ctx = open_any();
	size_t called = 0;
	mica_search *s = mica_search(ctx, good_line, four_points(ctx), .algorithm = mica_grid_search(), .objective = "loss", .keep = MICA_NONE,
	                             .prepare = prepare, .payload = &called);

	OK(mica_search_status(s));
	cr_expect(called == 4 && mica_search_trial(s, 3) && !mica_search_trial(s, 4));
	const mica_trial *one = mica_search_trial(s, 0), *four = mica_search_trial(s, 1);
	cr_expect(strcmp(one->values[1].name, "batch") == 0 && one->values[1].value == 1 && four->values[1].value == 4);
	cr_expect(one->values[0].value == four->values[0].value && one->objective < four->objective, "four steps are better than one");
	cr_expect(!mica_search_model(s, one));
	mica_close(ctx);
}

/* ---- when memory is out ---- */

static mica_search *short_search(mica_context *ctx, mica_dataset *d)
{
	return mica_search(ctx, conditional, d, .algorithm = mica_random_search(3), .objective = "loss", .seed = 2);
}

/* NULL, or what is wrong with a search in which one allocation failed. */
static const char *wrong(mica_context *ctx, const mica_search *s, const char *table)
{
	static transcript out;
	const mica_trial *t;

	if (!s || mica_search_status(s) != MICA_OK)
		return mica_context_status(ctx) == MICA_ENOMEM && strstr(mica_error(ctx), "memory") ? NULL : "it ended for another reason";
	for (size_t i = 0; (t = mica_search_trial(s, i)); i++)
		if (t->status != MICA_OK)
			return t->status == MICA_ENOMEM && strstr(t->message, "memory") && mica_ok(ctx) ? NULL : t->message;
	out.n = 0;
	OK(mica_search_print(s, write_down, &out));
	return strcmp(out.text, table) == 0 ? NULL : "other results";
}

Test(search, any_allocation_may_fail)
{
	static transcript out;
	mica_context *ctx = open_any();
	mica_dataset *d = four_points(ctx);
	mica_search *s = short_search(ctx, d);

	OK(mica_search_print(s, write_down, &out));
	mica_search_destroy(s);
	mica__fault_after(MICA__FAULT_MEMORY, UINT64_MAX, false);
	mica_search_destroy(short_search(ctx, d));
	uint64_t all = mica__fault_count(MICA__FAULT_MEMORY);
	for (uint64_t n = 1; n <= all; n += 1 + n % 5) {
		mica__fault_after(MICA__FAULT_MEMORY, n, false);
		s = short_search(ctx, d);
		mica__fault_after(MICA__FAULT_MEMORY, 0, false);
		const char *why = wrong(ctx, s, out.text);
		cr_expect(!why, "allocation %llu of %llu: %s: %s", (unsigned long long)n, (unsigned long long)all, why, mica_error(ctx));
		mica_search_destroy(s);
		mica_clear(ctx);
	}
	s = short_search(ctx, d);
	cr_expect(!wrong(ctx, s, out.text));
	mica_close(ctx);
}
