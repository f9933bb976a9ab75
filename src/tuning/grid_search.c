/* SPDX-License-Identifier: MIT */
/* tuning/grid_search.c - all values, as an odometer shows them: of what was asked last the next one, and when there is none, of what was
   asked before; what is asked after that begins anew, and may be something else then. */
#include "tuning/tuning.h"

static mica_status propose(mica__proposal *p, bool *more, const mica_search *s, const void *options)
{
	const mica_grid_search_opts *o = options;
	const mica__point *last = s->n ? &s->trials[s->n - 1]->point : NULL;
	double next = 0;

	*more = s->n == 0;
	if (!last || (o->trials && s->n >= (size_t)o->trials))
		return MICA_OK;
	for (size_t n = last->n; n > 0; n--) {
		if (!mica__range_next(&last->at[n - 1].range, last->at[n - 1].value, &next))
			continue;
		mica_status st = mica__proposal_give(p, last, n);
		if (st == MICA_OK)
			p->given[n - 1].value = next;
		*more = st == MICA_OK;
		return st;
	}
	return MICA_OK;
}

static size_t trials(const void *options)
{
	return (size_t)((const mica_grid_search_opts *)options)->trials;
}

static const mica_field fields[] = {MICA_FIELD_LONG(mica_grid_search_opts, trials, MICA_COUNT_FROM(0))};
static const mica__proposer proposer = {.propose = propose, .trials = trials};
const mica_kind mica_kind_grid_search = {
	.name = "grid_search", .type = MICA_ALGORITHM, .size = sizeof(mica_grid_search_opts), MICA_FIELDS(fields), .proposer = &proposer};
