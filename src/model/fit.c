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
	mica__callbacks callbacks;
	mica_epoch e;     /* that is trained, or was last */
	size_t done;      /* epochs of this fit */
	double started;
	bool nan_said;
} fit;

/* ---- options ---- */

static const mica_field fields[] = {
	MICA_FIELD_LONG(mica_fit_opts, epochs, .otherwise = 1, MICA_COUNT_FROM(0)),
	MICA_FIELD_LONG(mica_fit_opts, batch_size, .otherwise = 32, MICA_COUNT_FROM(1)),
	MICA_FIELD_REAL(mica_fit_opts, validation_split, MICA_BELOW(0, 1)),
	MICA_FIELD_INT(mica_fit_opts, verbose, MICA_WITHIN(0, 2)),
	MICA_FIELD_LONG(mica_fit_opts, classes, MICA_COUNT_FROM(0)),
	MICA_FIELD_LONG(mica_fit_opts, initial_epoch, MICA_COUNT_FROM(0)),
	MICA_FIELD_LONG(mica_fit_opts, steps_per_epoch, MICA_COUNT_FROM(0)),
	MICA_FIELD_LONG(mica_fit_opts, validation_batch_size, MICA_COUNT_FROM(0)),
	MICA_FIELD_LONG(mica_fit_opts, validation_steps, MICA_COUNT_FROM(0)),
	MICA_FIELD_LONG(mica_fit_opts, validation_freq, .otherwise = 1, MICA_COUNT_FROM(1)),
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

/* ---- while it runs ---- */

/* A loss that is no number is said once. */
static void check_loss(fit *f, double loss)
{
	char text[160];

	if (isfinite(loss) || f->nan_said)
		return;
	snprintf(text, sizeof text, "the loss is %g after step %zu of epoch %zu; lower the learning rate or check the data", loss, f->train.done,
	         f->e.epoch);
	mica__progress_say(&f->progress, text);
	f->nan_said = true;
}

static void note_first_step(fit *f)
{
	mica_model *m = f->m;
	mica_plan_info plan = mica_plan_describe(m->training->plan);

	m->info = (mica_model_info){plan.launches, (double)plan.flops, plan.persistent, mica_context_usage(m->ctx).bytes,
	                            mica__now() - f->started};
}

static mica_status tell(fit *f, size_t hook)
{
	return mica__callbacks_call(&f->callbacks, hook);
}

static mica_status before_step(void *payload)
{
	fit *f = payload;

	mica__callbacks_look_at(&f->callbacks, &f->train, false);
	return tell(f, MICA__HOOK(on_train_batch_begin));
}

static mica_status after_steps(void *payload)
{
	fit *f = payload;
	mica__pass *p = &f->train;
	mica_logs logs = {.n = 0};
	mica_status st = MICA_OK;

	if (f->m->info.first_step_seconds == 0)
		note_first_step(f);
	mica__progress_step(&f->progress, p->done);
	f->m->within = p->at == p->steps ? SIZE_MAX : p->at * p->batch;
	mica__callbacks_look_at(&f->callbacks, p, false);
	if (p->watch.each)
		MICA_TRY(tell(f, MICA__HOOK(on_train_batch_end)));
	MICA_TRY(tell(f, MICA__HOOK(on_burst_end)));
	p->stop = f->callbacks.stop;
	if (p->done == p->run || !mica__progress_due(&f->progress))
		return MICA_OK;
	MICA_TRY(mica__pass_logs(p, false, &logs));
	mica__progress_draw(&f->progress, p->done, &logs);
	check_loss(f, mica_log(&logs, "loss"));
out:
	return st;
}

/* ---- epochs ---- */

static mica_status train_epoch(fit *f)
{
	mica_model *m = f->m;
	mica__pass *p = &f->train;
	mica_epoch *e = &f->e;
	double start = mica__now();
	mica_status st;

	mica__progress_epoch(&f->progress, e->epoch, (size_t)f->opts.epochs);
	m->trained = true;
	p->stop = false;
	p->watch.each = f->callbacks.stop || mica__callbacks_by_step(&f->callbacks);
	p->from = m->behind;
	m->behind = 0;
	MICA_TRY(mica__pass_run(p, !f->opts.no_shuffle, m->epoch));
	m->epoch += !p->goes_on || p->at == p->steps;
	m->within = m->within == SIZE_MAX ? 0 : m->within;
	MICA_TRY(mica__pass_logs(p, false, &e->logs));
	e->seconds = mica__now() - start;
	e->samples_per_second = (double)p->samples / e->seconds;
	mica__progress_trained(&f->progress);
	check_loss(f, mica_log(&e->logs, "loss"));
out:
	return st;
}

static mica_status validate_epoch(fit *f)
{
	mica_status st = mica__pass_score(&f->validation, (size_t)f->opts.validation_steps, &f->callbacks, false);

	return st == MICA_OK ? mica__pass_logs(&f->validation, true, &f->e.logs) : st;
}

/* Around an epoch, where figures are those of it, and can be added to. */
static mica_status tell_of_epoch(fit *f, size_t hook)
{
	f->callbacks.pass = NULL;
	f->callbacks.t.logs = &f->e.logs;
	f->callbacks.t.testing = false;
	f->callbacks.t.step = f->train.done;
	f->callbacks.t.steps = f->train.run;
	return tell(f, hook);
}

static mica_status report_epoch(fit *f)
{
	const mica_fit_opts *o = &f->opts;

	mica__progress_end(&f->progress, f->train.done, &f->e.logs);
	if (o->history)
		o->history[f->done] = f->e;
	f->done++;
	if (o->epochs_done)
		*o->epochs_done = f->done;
	return mica__history_note(&f->m->history, f->e.epoch, &f->e.logs);
}

static mica_status run_epoch(fit *f, size_t epoch)
{
	mica_status st;

	f->e = (mica_epoch){.epoch = epoch};
	f->train.done = 0;
	f->callbacks.t.epoch = epoch;
	MICA_TRY(tell_of_epoch(f, MICA__HOOK(on_epoch_begin)));
	MICA_TRY(train_epoch(f));
	if (f->validate && epoch % (size_t)f->opts.validation_freq == 0)
		MICA_TRY(validate_epoch(f));
	MICA_TRY(tell_of_epoch(f, MICA__HOOK(on_epoch_end)));
	st = report_epoch(f);
out:
	return st;
}

static mica_status run_epochs(fit *f)
{
	mica_status st;

	f->callbacks.t.epochs = (size_t)f->opts.epochs;
	MICA_TRY(tell_of_epoch(f, MICA__HOOK(on_train_begin)));
	size_t done = f->callbacks.resumed ? f->callbacks.resumed : (size_t)f->opts.initial_epoch;
	for (; done < (size_t)f->opts.epochs; done++) {
		MICA_TRY(run_epoch(f, done + 1));
		if (f->callbacks.stop)
			break;
	}
	if (f->opts.epochs)
		MICA_TRY(mica__averages_take(f->m));
	st = tell_of_epoch(f, MICA__HOOK(on_train_end));
out:
	if (st != MICA_OK) {
		mica__kept_reason why;
		mica__reason_keep(&why);
		mica__averages_put(f->m, false);
		mica__reason_restore(&why);
		mica__progress_break(&f->progress);
	}
	return st;
}

static mica_status open_passes(fit *f)
{
	const mica_fit_opts *o = &f->opts;
	size_t batch = (size_t)o->batch_size, most = (size_t)o->steps_per_epoch;
	mica_status st;

	MICA_TRY(mica__pass_open(&f->train, f->m, &f->train_data, &f->train_feed, MICA__TRAIN, batch));
	f->train.watch = (mica__watch){.after = after_steps, .before = before_step, .payload = f};
	f->train.goes_on = most > 0;
	f->train.run = most && most < f->train.steps ? most : f->train.steps;
	if (!f->validate)
		return MICA_OK;
	batch = o->validation_batch_size ? (size_t)o->validation_batch_size : batch;
	st = mica__pass_open(&f->validation, f->m, &f->validation_data, &f->validation_feed, MICA__SCORE, batch);
out:
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
	MICA_TRY(mica__class_weights_set(f->m, &f->train_data, &f->train_feed, f->opts.class_weight, f->opts.classes, "fit"));
	MICA_TRY(mica__callbacks_open(&f->callbacks, f->m, f->opts.callbacks, "fit"));
	f->callbacks.progress = &f->progress;
	MICA_TRY(open_passes(f));
	mica__step_release(f->m, f->m->training);
	f->m->training = f->train.whole ? f->train.whole : f->train.rest;
	f->m->training->users++;
	f->m->info = (mica_model_info){0};
	f->progress = (mica__progress){.opts = &f->opts, .steps = f->train.run};
	f->m->fitting = true;
	f->m->within = 0;
	st = run_epochs(f);
	f->m->within = st == MICA_OK ? 0 : f->m->within;
	f->m->fitting = false;
out:
	return st;
}

/* Model and samples stay while it runs, even if a hook destroys them. */
static mica_status run_held(fit *f, const mica_dataset *d)
{
	mica__samples *held[] = {d ? d->all : NULL, f->opts.validation_data ? f->opts.validation_data->all : NULL};

	mica__model_hold(f->m);
	for (size_t i = 0; i < MICA__COUNT(held); i++)
		if (held[i])
			mica__samples_hold(held[i]);
	mica_status st = mica__model_done(f->m, run(f, d));
	mica__callbacks_close(&f->callbacks);
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
