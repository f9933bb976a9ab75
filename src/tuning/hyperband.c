/* SPDX-License-Identifier: MIT */
/* tuning/hyperband.c - many trials for a few epochs, of which the best go on (Li et al. 2018), with the sizes and decisions that
   KerasTuner has.  How far a bracket is is found by looking at its trials, so that nothing has to be kept beside them.  Brackets are
   numbered through all iterations, `turn`; in each the one with the most rounds comes first. */
#include "tuning/tuning.h"

#include <math.h>

static size_t brackets(const mica_hyperband_opts *o)
{
	size_t n = 0;

	for (double epochs = (double)o->max_epochs; epochs >= 1; epochs /= (double)o->factor)
		n++;
	return n;
}

/* Trials of a round: as many that all brackets cost about the same. */
static size_t size_of(const mica_hyperband_opts *o, size_t bracket, size_t round)
{
	double end = ceil(1 + log((double)o->max_epochs) / log((double)o->factor)) / (double)(bracket + 1);

	return (size_t)ceil(end * pow((double)o->factor, (double)(bracket - round)));
}

/* The last epoch of a round. */
static size_t epochs_of(const mica_hyperband_opts *o, size_t bracket, size_t round)
{
	return (size_t)ceil((double)o->max_epochs / pow((double)o->factor, (double)(bracket - round)));
}

static size_t turn_of(const mica_hyperband_opts *o, const mica_trial *t)
{
	return t->iteration * brackets(o) + brackets(o) - 1 - t->bracket;
}

static bool is_of(const mica_hyperband_opts *o, const mica_trial *t, size_t turn, size_t round)
{
	return t->round == round && turn_of(o, t) == turn;
}

static size_t count(const mica_search *s, const mica_hyperband_opts *o, size_t turn, size_t round)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += is_of(o, &s->trials[i]->shown, turn, round);
	return n;
}

static bool went_on(const mica_search *s, const mica_trial *t)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->trials[i]->shown.from == t->number)
			return true;
	return false;
}

static void place(mica__proposal *p, const mica_hyperband_opts *o, size_t turn, size_t round)
{
	p->iteration = turn / brackets(o);
	p->bracket = brackets(o) - 1 - turn % brackets(o);
	p->round = round;
	p->epochs = epochs_of(o, p->bracket, round);
	p->initial_epoch = round ? epochs_of(o, p->bracket, round - 1) : 0;
}

/* The best trial of a round that may go on; SIZE_MAX: none. */
static size_t candidate(const mica_search *s, const mica_hyperband_opts *o, size_t turn, size_t round)
{
	for (size_t i = 0; i < s->n_ranked; i++) {
		const mica_trial *t = &s->trials[s->ranked[i]]->shown;
		if (is_of(o, t, turn, round) && !went_on(s, t))
			return s->ranked[i];
	}
	return SIZE_MAX;
}

/* A round is over when it has its trials, or there are no more for it: nothing is left to try, or too many failed. */
static mica_status propose_of(mica__proposal *p, bool *more, const mica_search *s, const mica_hyperband_opts *o, size_t turn,
                              bool exhausted)
{
	size_t bracket = brackets(o) - 1 - turn % brackets(o);

	if (!exhausted && count(s, o, turn, 0) < size_of(o, bracket, 0)) {
		place(p, o, turn, 0);
		p->random = *more = true;
		return MICA_OK;
	}
	for (size_t round = 1; round <= bracket; round++) {
		size_t best = candidate(s, o, turn, round - 1);
		if (best == SIZE_MAX || count(s, o, turn, round) == size_of(o, bracket, round))
			continue;
		place(p, o, turn, round);
		p->from = best + 1;
		*more = true;
		return mica__proposal_give(p, &s->trials[best]->point, s->trials[best]->point.n);
	}
	return MICA_OK;
}

static mica_status propose(mica__proposal *p, bool *more, const mica_search *s, const void *options)
{
	const mica_hyperband_opts *o = options;
	bool exhausted = false;
	mica_status st = mica__space_exhausted(&exhausted, s);

	*more = false;
	for (size_t turn = 0; turn < (size_t)o->iterations * brackets(o) && !*more && st == MICA_OK; turn++) {
		if (exhausted && !count(s, o, turn, 0))
			break;
		st = propose_of(p, more, s, o, turn, exhausted);
	}
	return st;
}

/* Those of a round that may still go on: the best of it, as many as the next round has. */
static bool wants(const mica_search *s, const mica__trial *t, const void *options)
{
	const mica_hyperband_opts *o = options;
	const mica_trial *shown = &t->shown;
	size_t better = 0;

	if (shown->round == shown->bracket || went_on(s, shown))
		return false;
	for (size_t i = 0; i < s->n_ranked && s->trials[s->ranked[i]] != t; i++)
		better += is_of(o, &s->trials[s->ranked[i]]->shown, turn_of(o, shown), shown->round);
	return better < size_of(o, shown->bracket, shown->round + 1);
}

static size_t trials(const void *options)
{
	const mica_hyperband_opts *o = options;
	size_t n = 0;

	for (size_t bracket = 0; bracket < brackets(o); bracket++)
		for (size_t round = 0; round <= bracket; round++)
			n += (size_t)o->iterations * size_of(o, bracket, round);
	return n;
}

static const mica_field fields[] = {
	MICA_FIELD_LONG(mica_hyperband_opts, max_epochs, .otherwise = 100, MICA_COUNT_FROM(1)),
	MICA_FIELD_LONG(mica_hyperband_opts, factor, .otherwise = 3, MICA_COUNT_FROM(2)),
	MICA_FIELD_LONG(mica_hyperband_opts, iterations, .otherwise = 1, MICA_COUNT_FROM(1)),
};
static const mica__proposer proposer = {.propose = propose, .wants = wants, .trials = trials, .decides_epochs = true};
const mica_kind mica_kind_hyperband = {
	.name = "hyperband", .type = MICA_ALGORITHM, .size = sizeof(mica_hyperband_opts), MICA_FIELDS(fields), .proposer = &proposer};
