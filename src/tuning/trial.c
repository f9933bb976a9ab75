/* SPDX-License-Identifier: MIT */
/* tuning/trial.c - one trial: a model is built and trained, its best epoch is found, and nothing is left of it but that.
   What goes wrong with it (the build function's values, memory, numbers) is the trial's failure, and the context forgets it; what is wrong
   with the search (questions, objective, files) ends that. */
#include "tuning/tuning.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what looks on while it trains ---- */

typedef struct look {
	mica__monitor watch;
	mica__snapshot weights;   /* of the best epoch */
	mica_logs logs, last;     /* of the best epoch; of the last one */
	size_t best_epoch, epochs; /* 0: none; the last one */
	bool seen, snapshots;     /* the objective was among the figures; weights are kept */
} look;

static mica_status on_epoch_end(mica_training *t, void *payload)
{
	look *l = payload;

	l->last = *t->logs;
	l->epochs = t->epoch;
	for (size_t i = 0; i < t->logs->n; i++)
		l->seen = l->seen || strcmp(t->logs->at[i].name, l->watch.figure) == 0;
	if (!isfinite(mica_log(t->logs, "loss")))
		mica_stop_training(t);
	double x = mica_log(t->logs, l->watch.figure);
	if (!isfinite(x) || !mica__monitor_improved(&l->watch, x))
		return MICA_OK;
	l->best_epoch = t->epoch;
	l->logs = *t->logs;
	return l->snapshots ? mica__snapshot_take(&l->weights, t->model) : MICA_OK;
}

static mica_status no_such_figure(const look *l)
{
	mica__text names = {0};

	for (size_t i = 0; i < l->last.n; i++)
		mica__text_add(&names, "%s %s", i ? "," : "", l->last.at[i].name);
	mica_status st = mica__fail(MICA_EINVAL, "search: the objective \"%s\" is no figure of this training; there are%s", l->watch.figure,
	                            mica__text_string(&names));
	mica__text_free(&names);
	return st;
}

/* ---- what becomes of it ---- */

/* A line that a file can hold. */
static void failed(mica__trial *t, mica_status st, const char *message)
{
	t->shown.status = st;
	snprintf(t->message, sizeof t->message, "%s", message[0] ? message : mica_status_text(st));
	json_t *utf8 = json_string(t->message);
	for (char *c = t->message; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127 || (!utf8 && (unsigned char)*c > 127))
			*c = '?';
	json_decref(utf8);
}

static void over(mica__trial *t, const look *l)
{
	char text[160];

	t->shown.epochs = l->epochs;
	t->shown.best_epoch = l->best_epoch;
	t->shown.logs = l->logs;
	if (l->best_epoch) {
		t->shown.objective = mica_log(&l->logs, l->watch.figure);
		return;
	}
	snprintf(text, sizeof text, "no epoch has a finite %s; in epoch %zu it is %g, and the loss %g", l->watch.figure, l->epochs,
	         mica_log(&l->last, l->watch.figure), mica_log(&l->last, "loss"));
	failed(t, MICA_ENAN, text);
}

/* What was asked, as it is shown. */
static mica_status show_values(mica__trial *t)
{
	size_t n = t->point.n;

	if (!(t->values = mica__alloc(n, sizeof *t->values)) || !(t->texts = mica__alloc(n, sizeof *t->texts)))
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const mica__asked *a = &t->point.at[i];
		t->values[i] = (mica_hyper_value){a->name, a->value, mica__range_text(&a->range, a->value, t->texts[i])};
	}
	t->shown.values = t->values;
	t->shown.n_values = n;
	t->shown.message = t->message;
	return MICA_OK;
}

/* ---- building ---- */

/* With its input known, which a chain may have of the data.  Why it cannot be trained, if it cannot, is said by the model, or by what was
   made beside it. */
static mica_status build(mica_model **out, mica_context *ctx, mica_build_model function, mica_hyper *h, mica_shape samples, void *payload)
{
	bool ok = mica_ok(ctx);
	const mica_model *m = *out = function(ctx, h, payload);

	if (h->status != MICA_OK)
		return mica__fail(h->status, "%s", h->why);
	if (m && mica_model_status(m) != MICA_OK)
		return mica__fail(mica_model_status(m), "%s", m->why);
	if (ok && !mica_ok(ctx))
		return mica__fail(mica_context_status(ctx), "%s", mica_error(ctx));
	return m ? mica__model_infer(*out, &samples) : mica__fail(MICA_EINVAL, "the build function returned no model");
}

mica_status mica__build_with(mica_model **out, mica_context *ctx, mica_build_model function, const mica_trial *t, mica_shape samples,
                             void *payload)
{
	mica__proposal p = {.given = t ? (mica_hyper_value *)(uintptr_t)t->values : NULL, .n_given = t ? t->n_values : 0};
	mica_hyper h = {.how = &p};
	mica_status st = build(out, ctx, function, &h, samples, payload);

	mica__hyper_free(&h);
	if (st == MICA_OK)
		return MICA_OK;
	mica_model_destroy(*out);
	*out = NULL;
	return mica__context_record(ctx, st);
}

/* ---- training ---- */

static mica_status fit(mica_model *m, const mica_dataset *d, mica_fit_opts *o, look *l)
{
	size_t n = 0;

	while (n < MICA_MAX_CALLBACKS && o->callbacks[n].part.kind)
		n++;
	if (n == MICA_MAX_CALLBACKS)
		return mica__fail(MICA_EINVAL, "search: %zu callbacks; one fewer, since it has one of its own", n);
	o->callbacks[n] = mica_custom_callback(.on_epoch_end = on_epoch_end, .payload = l); /* last: it sees what the others set */
	return mica_model_fit(m, d, o);
}

typedef struct run {
	mica__trial *trial;
	mica_search *search;
	const mica_dataset *data;
	const mica__proposal *how;
	const json_t *record;     /* NULL: it has to be trained */
	mica_model *model;
	mica_fit_opts fit;
	look look;
} run;

static mica_status train(run *r)
{
	mica__trial *t = r->trial;
	mica_status st = MICA_OK;

	if (r->how->from)
		MICA_TRY(mica__weights_put(r->search, r->search->trials[r->how->from - 1], r->model));
	if (r->how->epochs) {
		r->fit.epochs = (long)r->how->epochs;
		r->fit.initial_epoch = (long)r->how->initial_epoch;
	}
	st = fit(r->model, r->data, &r->fit, &r->look);
	if (st == MICA_EINTERRUPTED)
		return st;
	t->shown.epochs = r->look.epochs;
	if (st != MICA_OK)
		failed(t, st, mica__reason());
	else if (!r->look.seen)
		return no_such_figure(&r->look);
	else
		over(t, &r->look);
	return MICA_OK;
out:
	return st;
}

/* Asks the build function, whether the trial is over already or not. */
static mica_status prepare(run *r, mica_status *failure)
{
	mica_search *s = r->search;
	mica_hyper h = {.search = s, .how = r->how};
	mica_status st = build(&r->model, s->ctx, s->build, &h, s->samples, s->opts.payload);

	if (st == MICA_OK && s->opts.prepare)
		s->opts.prepare(&h, &r->fit, s->opts.payload);
	r->trial->point = h.point;
	if (h.status != MICA_OK)
		return mica__fail(h.status, "%s", h.why);
	st = st == MICA_OK ? mica__model_check(r->model, "search", true) : st;
	if (st != MICA_OK) {
		*failure = st;
		return MICA_OK;
	}
	st = mica__monitor_begin(&r->look.watch, r->model, "search", s->opts.objective, s->opts.mode, 0);
	s->better = st == MICA_OK ? r->look.watch.better : s->better;
	return st;
}

static mica_status attempt(run *r)
{
	mica__trial *t = r->trial;
	mica_status failure = MICA_OK, st;

	MICA_TRY(prepare(r, &failure));
	if (r->record)
		MICA_TRY(mica__results_recall(t, r->search, r->record));
	else if (failure == MICA_OK)
		MICA_TRY(train(r));
	if (failure != MICA_OK && t->shown.status == MICA_OK) /* also of one that could be built by a former run */
		failed(t, failure, mica__reason());
	MICA_TRY(show_values(t));
	MICA_TRY(mica__trials_add(r->search, t));
	r->trial = NULL; /* the search's */
	if (r->record)
		mica__weights_are_there(r->search, t);
	else if (t->shown.status == MICA_OK && r->look.snapshots)
		st = mica__weights_keep(r->search, t, &r->look.weights, r->model);
out:
	return st;
}

mica_status mica__trial_run(mica_search *s, const mica_dataset *d, const mica__proposal *p, const json_t *record)
{
	run r = {.trial = mica__alloc(1, sizeof *r.trial), .search = s, .data = d, .how = p, .record = record, .fit = s->opts.fit};
	mica__kept_failure before;
	mica__kept_reason why;
	double start = mica__now();

	if (!r.trial)
		return MICA_ENOMEM;
	r.trial->shown = (mica_trial){.number = s->n + 1, .objective = (double)NAN, .initial_epoch = p->initial_epoch, .from = p->from,
	                              .iteration = p->iteration, .bracket = p->bracket, .round = p->round};
	r.look.snapshots = mica__weights_wanted(s);
	mica__context_keep(&before, s->ctx);
	mica_clear(s->ctx);
	mica_status st = attempt(&r);
	mica__reason_keep(&why);
	mica_model_destroy(r.model);
	mica__snapshot_free(&r.look.weights);
	mica__trial_free(r.trial);
	if (!r.trial && !record)
		s->trials[s->n - 1]->shown.seconds = mica__now() - start;
	mica__context_restore(s->ctx, &before);
	if (st != MICA_OK)
		mica__reason_restore(&why);
	return st;
}
