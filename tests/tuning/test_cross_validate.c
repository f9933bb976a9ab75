/* SPDX-License-Identifier: MIT */
/* tuning/test_cross_validate.c - folds that are trained and evaluated: the same figures as by hand, and nothing left. */
#include "tuning/rig.h"

static mica_model *classifier(mica_context *ctx, mica_hyper *h, void *payload)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);
	size_t *asked = payload;

	*asked += 1;
	mica_add(m, mica_dense((size_t)mica_hyper_int(h, "units", 4, 16, .step = 4), .activation = MICA_RELU));
	mica_add(m, mica_dense(3, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.05), .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	return m;
}

static mica_logs by_hand(mica_context *ctx, mica_dataset *d, size_t k)
{
	mica_dataset *train, *test;
	mica_logs logs;
	size_t asked = 0;

	OK(mica_dataset_fold(d, k, &train, &test, .folds = 4, .stratify = true, .shuffle = true, .seed = 7));
	mica_model *m = classifier(ctx, NULL, &asked);
	OK(mica_fit(m, train, .epochs = 3));
	OK(mica_evaluate(m, test, &logs));
	return logs;
}

Test(cross_validate, figures_are_those_by_hand)
{
	mica_context *ctx = open_any();
	mica_dataset *d = mica_dataset_standardized(mica_dataset_wine(ctx, MICA_TRAIN), NULL);
	uint64_t before = mica_context_usage(ctx).bytes;
	mica_logs mean, deviation, each[4];
	size_t asked = 0;
	double sum = 0, squares = 0;

	OK(mica_cross_validate(ctx, classifier, d, &mean, &deviation, .folds = 4, .stratify = true, .shuffle = true, .seed = 7, .each = each,
	                       .payload = &asked, .fit = {.epochs = 3}));
	cr_expect(asked == 4 && mica_context_usage(ctx).bytes == before);
	for (size_t k = 0; k < 4; k++) {
		mica_logs want = by_hand(ctx, d, k);
		cr_expect(each[k].n == 2 && want.n == 2);
		cr_expect(mica_log(&each[k], "loss") == mica_log(&want, "loss") && mica_log(&each[k], "accuracy") == mica_log(&want, "accuracy"));
		sum += mica_log(&want, "loss");
	}
	for (size_t k = 0; k < 4; k++)
		squares += pow(mica_log(&each[k], "loss") - sum / 4, 2);
	cr_expect(near(mica_log(&mean, "loss"), sum / 4, 1e-14, 0) && near(mica_log(&deviation, "loss"), sqrt(squares / 4), 1e-12, 0));
	cr_expect(mica_log(&deviation, "loss") > 0 && mica_log(&mean, "accuracy") > 0.5);
	mica_close(ctx);
}

/* The values of a trial, as a search has found them. */
Test(cross_validate, with_a_trials_values)
{
	mica_context *ctx = open_any();
	mica_dataset *d = mica_dataset_standardized(mica_dataset_wine(ctx, MICA_TRAIN), NULL);
	size_t asked = 0;
	mica_logs mean, first;
	mica_search *s = mica_search(ctx, classifier, d, .algorithm = mica_grid_search(), .objective = "accuracy", .payload = &asked);

	OK(mica_search_status(s));
	OK(mica_cross_validate(ctx, classifier, d, &mean, NULL, .folds = 2, .trial = mica_search_trial(s, 3), .payload = &asked));
	OK(mica_cross_validate(ctx, classifier, d, &first, NULL, .folds = 2, .payload = &asked));
	cr_expect(mica_log(&mean, "loss") != mica_log(&first, "loss"));
	OK(mica_cross_validate(ctx, classifier, d, &mean, NULL, .folds = 2, .trial = mica_search_trial(s, 0), .payload = &asked));
	cr_expect(mica_log(&mean, "loss") == mica_log(&first, "loss"), "the first of the range");
	mica_close(ctx);
}

static mica_model *refused(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)h;
	(void)payload;
	return line(ctx, -1);
}

static mica_model *nothing(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)ctx;
	(void)h;
	(void)payload;
	return NULL;
}

Test(cross_validate, what_is_refused)
{
	mica_context *ctx = open_any();
	mica_dataset *d = four_points(ctx);
	mica_logs mean;

	cr_expect(mica_cross_validate(ctx, refused, d, &mean, NULL) == MICA_EINVAL);
	cr_expect(strstr(mica_error(ctx), "5 folds of 4 samples"), "%s", mica_error(ctx));
	mica_clear(ctx);
	cr_expect(mica_cross_validate(ctx, refused, d, &mean, NULL, .folds = 2) == MICA_EINVAL);
	cr_expect(strstr(mica_error(ctx), "learning_rate"), "%s", mica_error(ctx));
	mica_clear(ctx);
	cr_expect(mica_cross_validate(ctx, nothing, d, &mean, NULL, .folds = 2) == MICA_EINVAL);
	cr_expect(strstr(mica_error(ctx), "no model"), "%s", mica_error(ctx));
	mica_clear(ctx);
	cr_expect(mica_cross_validate(ctx, nothing, d, &mean, NULL, .folds = 1) == MICA_EINVAL);
	mica_clear(ctx);
	cr_expect(mica_cross_validate(ctx, nothing, NULL, &mean, NULL) == MICA_EINVAL);
	cr_expect(mica_cross_validate(NULL, nothing, d, &mean, NULL) == MICA_EINVAL);
	cr_expect(mica_cross_validate(ctx, NULL, d, &mean, NULL) == MICA_EINVAL);
	mica_close(ctx);
}
