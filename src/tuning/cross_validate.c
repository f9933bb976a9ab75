/* SPDX-License-Identifier: MIT */
/* tuning/cross_validate.c - a model for each fold, trained with the others and evaluated with it. */
#include "tuning/tuning.h"

#include <math.h>
#include <stdio.h>

static const mica_field fields[] = {MICA_FIELD_LONG(mica_cross_validate_opts, folds, .otherwise = 5, MICA_COUNT_FROM(2))};

typedef struct validation {
	mica_context *ctx;
	mica_build_model build;
	mica_dataset *data;
	mica_cross_validate_opts opts;
	mica_logs *each;
} validation;

static mica_status run_fold(const validation *v, size_t k)
{
	const mica_cross_validate_opts *o = &v->opts;
	mica_dataset *train = NULL, *test = NULL;
	mica_model *m = NULL;
	mica_status st;

	MICA_TRY(mica_dataset_fold(v->data, k, &train, &test, .folds = o->folds, .stratify = o->stratify, .shuffle = o->shuffle, .seed = o->seed));
	MICA_TRY(mica__build_with(&m, v->ctx, v->build, o->trial, v->data->all->at[0].array.shape, o->payload));
	MICA_TRY(mica_model_fit(m, train, &o->fit));
	st = mica_evaluate(m, test, &v->each[k], .batch_size = o->fit.validation_batch_size ? o->fit.validation_batch_size : o->fit.batch_size);
out:
	mica_model_destroy(m);
	mica_dataset_destroy(test);
	mica_dataset_destroy(train);
	return st;
}

/* Of the figures of the first fold, which all have. */
static void summarize(const validation *v, mica_logs *mean, mica_logs *deviation)
{
	size_t folds = (size_t)v->opts.folds;

	*mean = *deviation = v->each[0];
	for (size_t i = 0; i < mean->n; i++) {
		double sum = 0, squares = 0;
		for (size_t k = 0; k < folds; k++)
			sum += mica_log(&v->each[k], mean->at[i].name);
		mean->at[i].value = sum / (double)folds;
		for (size_t k = 0; k < folds; k++) {
			double off = mica_log(&v->each[k], mean->at[i].name) - mean->at[i].value;
			squares += off * off;
		}
		deviation->at[i].value = sqrt(squares / (double)folds);
	}
}

static mica_status run(validation *v, mica_logs *mean, mica_logs *deviation)
{
	mica_logs own[2];
	mica_status st = mica__fields_resolve("cross_validate", &v->opts, fields, MICA__COUNT(fields));

	if (st != MICA_OK)
		return st;
	v->opts.fit.history = NULL; /* there is no one training that they could be of */
	v->opts.fit.epochs_done = NULL;
	if (!v->build || !v->data)
		return mica__fail_null("cross_validate: no %s", v->build ? "data; check what made it" : "build function");
	if (!(v->each = mica__alloc((size_t)v->opts.folds, sizeof *v->each)))
		return MICA_ENOMEM;
	for (size_t k = 0; k < (size_t)v->opts.folds && st == MICA_OK; k++)
		st = run_fold(v, k);
	if (st == MICA_OK)
		summarize(v, mean ? mean : &own[0], deviation ? deviation : &own[1]);
	for (size_t k = 0; v->opts.each && st == MICA_OK && k < (size_t)v->opts.folds; k++)
		v->opts.each[k] = v->each[k];
	mica__free(v->each);
	return st;
}

mica_status mica_cross_validate_model(mica_context *ctx, mica_build_model build, mica_dataset *d, mica_logs *mean, mica_logs *deviation,
                                      const mica_cross_validate_opts *o)
{
	validation v = {.ctx = ctx, .build = build, .data = d};

	if (!ctx)
		return mica__fail_null("cross_validate: no context; check what mica_open returned");
	mica_status st = mica__options(&v.opts, o, sizeof v.opts, "cross_validate");
	st = st == MICA_OK ? run(&v, mean, deviation) : st;
	return st == MICA_EINTERRUPTED ? st : mica__context_record(ctx, st);
}
