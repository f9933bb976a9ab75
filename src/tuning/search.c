/* SPDX-License-Identifier: MIT */
/* tuning/search.c - a search: trial after trial, until its algorithm has no more. */
#include "tuning/tuning.h"

#include <stdio.h>
#include <string.h>

static const mica_field fields[] = {
	MICA_FIELD_INT(mica_search_opts, mode, MICA_WITHIN(0, MICA_MODE_MAX)),
	MICA_FIELD_LONG(mica_search_opts, keep, .otherwise = 1, MICA_COUNT_FROM(0)),
	MICA_FIELD_LONG(mica_search_opts, most_failures, .otherwise = 3, MICA_COUNT_FROM(1)),
};

/* ---- making and freeing ---- */

static void search_free(void *object)
{
	mica_search *s = object;

	for (size_t i = 0; i < s->n; i++)
		mica__trial_free(s->trials[i]);
	mica__free(s->trials);
	mica__free(s->ranked);
	json_decref(s->recorded);
	json_decref(s->header);
	mica__part_drop(&s->opts.algorithm.part);
	mica__free((void *)(uintptr_t)s->opts.objective);
	mica__free((void *)(uintptr_t)s->opts.folder);
	mica__free(s);
}

void mica_search_destroy(mica_search *s)
{
	if (!s)
		return;
	mica__context_disown(s->ctx, s);
	search_free(s);
}

/* Copies of what the options lend.  Where it fails, what is not a copy yet is none. */
static mica_status keep_options(mica_search *s)
{
	mica_search_opts *o = &s->opts;
	const char *objective = o->objective ? o->objective : "val_loss", *folder = o->folder;
	mica_part algorithm = o->algorithm.part.kind ? o->algorithm.part : (mica_part){&mica_kind_random_search, NULL};
	mica_status st;

	o->objective = o->folder = NULL;
	o->algorithm.part = (mica_part){NULL, NULL};
	MICA_TRY(mica__fields_resolve("search", o, fields, MICA__COUNT(fields)));
	MICA_TRY(mica__part_keep(&algorithm, MICA_ALGORITHM, MICA_ALGORITHM));
	o->algorithm.part = algorithm;
	if (!(o->objective = mica__strdup(objective)) || (folder && !(o->folder = mica__strdup(folder))))
		return MICA_ENOMEM;
	o->fit.history = NULL; /* there is no one training that they could be of */
	o->fit.epochs_done = NULL;
	if (!algorithm.kind->proposer)
		return mica__fail(MICA_EINVAL, "search: the algorithm %s has no function; use one of mica/tuning.h", algorithm.kind->name);
	if (o->fit.epochs && algorithm.kind->proposer->decides_epochs)
		return mica__fail(MICA_EINVAL, "search: epochs are %ld, but %s decides them; give it .max_epochs", o->fit.epochs, algorithm.kind->name);
	if (folder && !folder[0])
		return mica__fail(MICA_EINVAL, "search: the folder has no name");
out:
	return st;
}

static mica_status make(mica_search **out, mica_context *ctx, mica_build_model build, const mica_dataset *d, const mica_search_opts *o)
{
	mica_search *s = mica__alloc(1, sizeof *s);
	mica_status st;

	*out = NULL;
	if (!s)
		return MICA_ENOMEM;
	s->ctx = ctx;
	s->build = build;
	MICA_TRY(mica__options(&s->opts, o, sizeof s->opts, "search"));
	MICA_TRY(keep_options(s));
	if (!build || !d) {
		st = mica__fail(MICA_EINVAL, "search: no %s", build ? "data; check what made it" : "build function");
		goto out;
	}
	s->samples = d->all->at[0].array.shape;
	if (s->opts.folder)
		MICA_TRY(mica__results_open(s, d));
	MICA_TRY(mica__context_own(ctx, s, search_free));
	*out = s;
	return MICA_OK;
out:
	search_free(s);
	return st;
}

/* ---- running ---- */

static void say(const mica_search *s)
{
	const mica_fit_opts *f = &s->opts.fit;
	const mica_part *algorithm = &s->opts.algorithm.part;
	const mica_trial *t = &s->trials[s->n - 1]->shown;
	size_t most = algorithm->kind->proposer->trials(algorithm->options);
	mica__text line = {0};

	if (!f->print)
		return;
	mica__text_add(&line, "trial %zu", t->number);
	if (most)
		mica__text_add(&line, " of %zu", most);
	if (t->status == MICA_OK)
		mica__text_add(&line, ": %s %.5g in epoch %zu", s->opts.objective, t->objective, t->best_epoch);
	else
		mica__text_add(&line, " failed (%s): %s", mica_status_name(t->status), t->message);
	for (size_t i = 0; i < t->n_values; i++)
		mica__text_add(&line, "%s %s %s", i ? "," : ";", t->values[i].name, t->values[i].text);
	if (s->n_ranked)
		mica__text_add(&line, "; best is trial %zu: %.5g", s->ranked[0] + 1, s->trials[s->ranked[0]]->shown.objective);
	mica__text_add(&line, "\n");
	f->print(mica__text_string(&line), f->payload);
	mica__text_free(&line);
}

/* After a trial. */
static mica_status note(mica_search *s, bool looked_up)
{
	const mica_trial *t = &s->trials[s->n - 1]->shown;
	mica_status st;

	if (!looked_up && s->opts.folder)
		MICA_TRY(mica__results_write(s));
	MICA_TRY(mica__weights_tidy(s));
	if (!looked_up)
		say(s);
	if (s->failures >= (size_t)s->opts.most_failures)
		st = mica__fail(t->status, "search: %zu trials failed one after the other, which .most_failures may allow; the last with: %s",
		                s->failures, t->message);
out:
	return st;
}

static mica_status step(mica_search *s, const mica_dataset *d, bool *more)
{
	const mica_part *algorithm = &s->opts.algorithm.part;
	const json_t *record = json_array_get(s->recorded, s->n);
	mica__proposal p = {.given = NULL};
	mica_status st = algorithm->kind->proposer->propose(&p, more, s, algorithm->options);

	if (st == MICA_OK && *more)
		st = mica__trial_run(s, d, &p, record);
	mica__free(p.given);
	if (st == MICA_OK && *more)
		st = note(s, record != NULL);
	return st;
}

/* Hooks may destroy the user's data sets. */
static mica_status run(mica_search *s, const mica_dataset *d)
{
	const mica_dataset *given = s->opts.fit.validation_data;
	mica_dataset data = *d, validation = given ? *given : *d;
	bool more = true;
	mica_status st = MICA_OK;

	s->opts.fit.validation_data = given ? &validation : NULL;
	mica__samples_hold(data.all);
	mica__samples_hold(validation.all);
	while (more && st == MICA_OK)
		st = step(s, &data, &more);
	mica__samples_release(validation.all);
	mica__samples_release(data.all);
	return st;
}

mica_search *mica_search_run(mica_context *ctx, mica_build_model build, const mica_dataset *d, const mica_search_opts *o)
{
	mica_search *s;
	mica_status st;

	if (!ctx) {
		mica__fail_null("search: no context; check what mica_open returned");
		return NULL;
	}
	if (mica__context_building(ctx) != MICA_OK)
		return NULL; /* that failure is recorded already */
	st = make(&s, ctx, build, d, o);
	if (st != MICA_OK) {
		mica__context_record(ctx, st);
		return NULL;
	}
	st = s->status = run(s, d);
	s->opts.fit = (mica_fit_opts){.size = 0}; /* what it lent is given back */
	json_decref(s->recorded);
	s->recorded = NULL;
	if (st != MICA_EINTERRUPTED)
		mica__context_record(ctx, st);
	return s;
}

/* ---- what it found ---- */

mica_status mica_search_status(const mica_search *s)
{
	return s ? s->status : MICA_EINVAL;
}

const mica_trial *mica_search_trial(const mica_search *s, size_t i)
{
	return s && i < s->n ? &s->trials[i]->shown : NULL;
}

const mica_trial *mica_search_best(const mica_search *s, size_t i)
{
	return s && i < s->n_ranked ? &s->trials[s->ranked[i]]->shown : NULL;
}

/* What the user says is one of its trials. */
static mica__trial *find(const mica_search *s, const mica_trial *t)
{
	for (size_t i = 0; s && i < s->n; i++)
		if (&s->trials[i]->shown == t)
			return s->trials[i];
	mica__fail_null("search: no trial of this search");
	return NULL;
}

mica_model *mica_search_build(mica_search *s, const mica_trial *t)
{
	mica_model *m = NULL;

	if (find(s, t))
		mica__build_with(&m, s->ctx, s->build, t, s->samples, s->opts.payload);
	return m;
}

mica_model *mica_search_model(mica_search *s, const mica_trial *t)
{
	mica_model *m = mica_search_build(s, t);

	if (!m || mica__context_record(s->ctx, mica__weights_put(s, find(s, t), m)) == MICA_OK)
		return m;
	mica_model_destroy(m);
	return NULL;
}
