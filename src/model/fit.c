/* SPDX-License-Identifier: MIT */
/* model/fit.c - training: epochs of passes, each with its validation, figures and progress.
   The host only enqueues bursts of steps; sums of loss and metrics are read when they are shown. */
#include "base/fields.h"
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct fit {
	mica_model *m;
	mica_fit_opts opts;
	mica_dataset train_data, validation_data; /* parts of the user's */
	mica__feed train_feed, validation_feed;
	bool validate;
	mica__pass train, validation;
	mica__progress progress;
	double started;
	double checked;   /* when the sums were last read */
	size_t epoch;     /* of this fit, from 1 */
	bool nan_said;
} fit;

/* ---- options ---- */

static const mica_field fields[] = {
	MICA_FIELD_LONG(mica_fit_opts, epochs, .otherwise = 1, MICA_COUNT_FROM(0)),
	MICA_FIELD_LONG(mica_fit_opts, batch_size, .otherwise = 32, MICA_COUNT_FROM(1)),
	MICA_FIELD_REAL(mica_fit_opts, validation_split, MICA_BELOW(0, 1)),
	MICA_FIELD_INT(mica_fit_opts, verbose, MICA_WITHIN(0, 2)),
	MICA_FIELD_LONG(mica_fit_opts, classes, MICA_COUNT_FROM(0)),
};

static mica_status check_options(fit *f)
{
	mica_status st = mica__fields_resolve("fit", &f->opts, fields, MICA__COUNT(fields));

	if (!f->opts.print)
		f->opts.verbose = 0;
	return st;
}

/* The samples to train and those to validate with: the user's two data sets, or the two parts of one. */
static mica_status share_data(fit *f, const mica_dataset *d)
{
	const mica_fit_opts *o = &f->opts;
	mica_status st = mica__feed_find(&f->train_feed, f->m, d, "fit");

	if (st != MICA_OK)
		return st;
	f->train_data = *d;
	f->validation_feed = f->train_feed;
	f->validate = o->validation_data || o->validation_split > 0;
	if (o->validation_data) {
		f->validation_data = *o->validation_data;
		return mica__feed_find(&f->validation_feed, f->m, &f->validation_data, "fit: validation_data");
	}
	size_t train = (size_t)floor((double)d->count * (1 - o->validation_split));
	if (train == 0 || (f->validate && train == d->count))
		return mica__fail(MICA_EINVAL, "fit: validation_split %g of %zu samples leaves nothing to %s", o->validation_split,
		                  d->count, train ? "validate with" : "train with");
	f->train_data.count = train;
	f->validation_data = *d;
	f->validation_data.offset += train;
	f->validation_data.count -= train;
	return MICA_OK;
}

/* The value that steps read them from; none where the fit has none. */
static mica_status set_class_weights(fit *f)
{
	const mica_fit_opts *o = &f->opts;
	mica_model *m = f->m;
	float *w;
	mica_status st;

	size_t there = m->class_weights ? mica_value_count(m->class_weights) : 0;

	if (there != (o->class_weight ? (size_t)o->classes : 0)) { /* steps that know them refer to this value */
		mica__steps_free(m);
		mica__value_release(m->class_weights, m->ctx);
		m->class_weights = NULL;
	}
	if (!o->class_weight)
		return MICA_OK;
	if (o->classes < 1 || m->net.n_outputs > 1)
		return mica__fail(MICA_EINVAL, o->classes < 1 ? "fit: class_weight without .classes; say how many there are"
		                  : "fit: class_weight is for models of one output; give .weights of samples in the data set");
	if (!(w = mica__alloc((size_t)o->classes, sizeof *w)))
		return MICA_ENOMEM;
	for (long i = 0; i < o->classes; i++)
		w[i] = (float)o->class_weight[i];
	if (f->train_feed.y[0] && mica__column_shape(f->train_feed.y[0]).rank == 0)
		MICA_TRY(mica__dataset_check_labels(&f->train_data, f->train_feed.y[0], (size_t)o->classes, (double)NAN));
	if (!m->class_weights)
		MICA_TRY(mica__value_make(&m->class_weights, m->ctx, "class_weight", MICA_ROLE_DATA, MICA_F32, MICA_SHAPE((size_t)o->classes)));
	st = mica_value_write(m->class_weights, w, (size_t)o->classes * sizeof *w);
out:
	mica__free(w);
	return st;
}

/* ---- while it runs ---- */

/* A loss that is no number is said once, or ends the training. */
static mica_status check_loss(fit *f, double loss, size_t steps)
{
	char text[160];

	if (isfinite(loss))
		return MICA_OK;
	snprintf(text, sizeof text, "the loss is %g after step %zu of epoch %zu; lower the learning rate or check the data",
	         loss, steps, f->epoch);
	if (f->opts.stop_on_nan)
		return mica__fail(MICA_ENAN, "fit: %s", text);
	if (!f->nan_said)
		mica__progress_say(&f->progress, text);
	f->nan_said = true;
	return MICA_OK;
}

static bool asked_to_stop(const fit *f)
{
	return f->opts.stop && f->opts.stop(f->opts.payload);
}

static mica_status interrupted(const fit *f)
{
	return mica__fail(MICA_EINTERRUPTED, "fit: stopped on request in epoch %zu", f->epoch);
}

static void note_first_step(fit *f)
{
	mica_model *m = f->m;
	mica_plan_info plan = mica_plan_describe(m->training->plan);

	m->info = (mica_model_info){plan.launches, plan.persistent, mica_context_usage(m->ctx).bytes,
	                            mica__now() - f->started};
}

static mica_status after_steps(void *payload, size_t steps)
{
	fit *f = payload;
	mica_logs logs = {.n = 0};
	mica_status st;

	if (f->epoch == 1 && f->m->info.first_step_seconds == 0)
		note_first_step(f);
	mica__progress_step(&f->progress, steps);
	if (asked_to_stop(f))
		return interrupted(f);
	bool draw = mica__progress_due(&f->progress), look = f->opts.stop_on_nan && mica__now() - f->checked > 0.05;
	if (steps == f->train.steps || !(draw || look))
		return MICA_OK;
	f->checked = mica__now();
	if ((st = mica__pass_logs(&f->train, mica__pass_samples(&f->train, steps), false, &logs)) != MICA_OK)
		return st;
	if (draw)
		mica__progress_draw(&f->progress, steps, &logs);
	return check_loss(f, mica_log(&logs, "loss"), steps);
}

static mica_status after_validation_steps(void *payload, size_t steps)
{
	(void)steps;
	return asked_to_stop(payload) ? interrupted(payload) : MICA_OK;
}

/* ---- epochs ---- */

static mica_status train_epoch(fit *f, mica_epoch *e)
{
	mica_model *m = f->m;
	double start = mica__now();
	mica_status st;

	mica__progress_epoch(&f->progress, f->epoch, (size_t)f->opts.epochs);
	m->trained = true;
	MICA_TRY(mica__pass_run(&f->train, !f->opts.no_shuffle, m->epoch, after_steps, f));
	MICA_TRY(mica__pass_logs(&f->train, f->train_data.count, false, &e->logs));
	m->epoch++;
	e->seconds = mica__now() - start;
	e->samples_per_second = (double)f->train_data.count / e->seconds;
	mica__progress_trained(&f->progress);
	MICA_TRY(check_loss(f, mica_log(&e->logs, "loss"), f->train.steps));
out:
	return st;
}

static mica_status validate_epoch(fit *f, mica_epoch *e)
{
	mica_status st = mica__pass_run(&f->validation, false, 0, after_validation_steps, f);

	return st == MICA_OK ? mica__pass_logs(&f->validation, f->validation_data.count, true, &e->logs) : st;
}

static void report_epoch(fit *f, const mica_epoch *e)
{
	const mica_fit_opts *o = &f->opts;

	mica__progress_end(&f->progress, &e->logs);
	if (o->history)
		o->history[f->epoch - 1] = *e;
	if (o->epochs_done)
		*o->epochs_done = f->epoch;
	if (o->on_epoch)
		o->on_epoch(e, o->payload);
}

static mica_status run_epochs(fit *f)
{
	mica_status st = MICA_OK;

	for (f->epoch = 1; f->epoch <= (size_t)f->opts.epochs; f->epoch++) {
		mica_epoch e = {.epoch = f->epoch};
		MICA_TRY(train_epoch(f, &e));
		if (f->validate)
			MICA_TRY(validate_epoch(f, &e));
		report_epoch(f, &e);
		if (f->epoch < (size_t)f->opts.epochs && asked_to_stop(f)) {
			st = interrupted(f);
			goto out;
		}
	}
out:
	if (st != MICA_OK)
		mica__progress_break(&f->progress);
	return st;
}

static mica_status run(fit *f, const mica_dataset *d)
{
	mica_status st;

	if (f->m->fitting)
		return mica__fail(MICA_EINVAL, "fit: the model is being trained already");
	MICA_TRY(mica__model_infer(f->m, d ? &d->all->at[0].array.shape : NULL));
	MICA_TRY(mica__model_check(f->m, "fit", true));
	MICA_TRY(check_options(f));
	MICA_TRY(mica__model_ready(f->m));
	MICA_TRY(share_data(f, d));
	MICA_TRY(set_class_weights(f));
	size_t batch = (size_t)f->opts.batch_size;
	MICA_TRY(mica__pass_open(&f->train, f->m, &f->train_data, &f->train_feed, MICA__TRAIN, batch));
	if (f->validate)
		MICA_TRY(mica__pass_open(&f->validation, f->m, &f->validation_data, &f->validation_feed, MICA__SCORE, batch));
	mica__step_release(f->m, f->m->training);
	f->m->training = f->train.whole ? f->train.whole : f->train.rest;
	f->m->training->users++;
	f->m->info = (mica_model_info){0};
	f->progress = (mica__progress){.opts = &f->opts, .steps = f->train.steps};
	f->m->fitting = true;
	if (f->opts.on_begin && f->opts.epochs)
		f->opts.on_begin(f->opts.payload);
	st = run_epochs(f);
	f->m->fitting = false;
out:
	return st;
}

/* Model and samples stay while it runs, even if a callback destroys them. */
static mica_status run_held(fit *f, const mica_dataset *d)
{
	mica__samples *held[] = {d ? d->all : NULL, f->opts.validation_data ? f->opts.validation_data->all : NULL};

	mica__model_hold(f->m);
	for (size_t i = 0; i < MICA__COUNT(held); i++)
		if (held[i])
			mica__samples_hold(held[i]);
	mica_status st = mica__model_done(f->m, run(f, d));
	mica__pass_close(&f->validation);
	mica__pass_close(&f->train);
	for (size_t i = 0; i < MICA__COUNT(held); i++)
		mica__samples_release(held[i]);
	mica__model_release(f->m);
	return st;
}

mica_status mica_model_fit(mica_model *m, const mica_dataset *d, const mica_fit_opts *o)
{
	fit f = {.m = m, .started = mica__now()};
	mica_status st = mica__options(&f.opts, o, sizeof f.opts, "fit");

	if (f.opts.epochs_done)
		*f.opts.epochs_done = 0;
	if (!m)
		return mica__model_check(m, "fit", true);
	return st == MICA_OK ? run_held(&f, d) : mica__model_done(m, st);
}
