/* SPDX-License-Identifier: MIT */
/* tuning/trials.c - the trials of a search that are over, and their order by the objective. */
#include "tuning/tuning.h"

#include <string.h>

/* Where a trial belongs among the best: behind those that are as good, which were there before. */
static size_t place_of(const mica_search *s, const mica__trial *t)
{
	size_t at = s->n_ranked;

	while (at > 0) {
		double before = s->trials[s->ranked[at - 1]]->shown.objective, x = t->shown.objective;
		if (s->better > 0 ? before >= x : before <= x)
			break;
		at--;
	}
	return at;
}

mica_status mica__trials_add(mica_search *s, mica__trial *t)
{
	mica_status st;

	MICA_TRY(mica__grow(&s->trials, &s->capacity, s->n + 1, sizeof *s->trials));
	MICA_TRY(mica__grow(&s->ranked, &s->ranked_capacity, s->n + 1, sizeof *s->ranked));
	if (t->shown.status == MICA_OK) {
		size_t at = place_of(s, t);
		memmove(&s->ranked[at + 1], &s->ranked[at], (s->n_ranked++ - at) * sizeof *s->ranked);
		s->ranked[at] = s->n;
	}
	s->failures = t->shown.status == MICA_OK ? 0 : s->failures + 1;
	s->trials[s->n++] = t;
out:
	return st;
}

size_t mica__trial_rank(const mica_search *s, const mica__trial *t)
{
	size_t i = 0;

	while (i < s->n_ranked && s->trials[s->ranked[i]] != t)
		i++;
	return i < s->n_ranked ? i : SIZE_MAX;
}

void mica__trial_free(mica__trial *t)
{
	if (!t)
		return;
	mica__point_free(&t->point);
	mica__snapshot_free(&t->weights);
	mica__free(t->values);
	mica__free(t->texts);
	mica__free(t);
}
