/* SPDX-License-Identifier: MIT */
/* tuning/random_search.c - values by chance. */
#include "tuning/tuning.h"

static mica_status propose(mica__proposal *p, bool *more, const mica_search *s, const void *options)
{
	const mica_random_search_opts *o = options;
	bool exhausted = false;
	mica_status st = mica__space_exhausted(&exhausted, s);

	p->random = true;
	*more = s->n < (size_t)o->trials && !exhausted;
	return st;
}

static size_t trials(const void *options)
{
	return (size_t)((const mica_random_search_opts *)options)->trials;
}

static const mica_field fields[] = {MICA_FIELD_LONG(mica_random_search_opts, trials, .otherwise = 10, MICA_COUNT_FROM(1))};
static const mica__proposer proposer = {.propose = propose, .trials = trials};
const mica_kind mica_kind_random_search = {
	.name = "random_search", .type = MICA_ALGORITHM, .size = sizeof(mica_random_search_opts), MICA_FIELDS(fields), .proposer = &proposer};
