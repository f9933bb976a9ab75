/* SPDX-License-Identifier: MIT */
/* tuning/space.c - the space that is searched, as far as trials have shown it: a tree, in which a way from the root is what was told
   and a node is what is asked then.  It is not stored: the trials are its ways.  A node is exhausted when all ways on from it were tried;
   drawing leaves these out, so no point is tried twice, and it is known when there is none left. */
#include "tuning/tuning.h"

#include <stdlib.h>

/* Whether a point begins with these values. */
static bool begins(const mica__point *p, const double *values, size_t n)
{
	bool same = p->n >= n;

	for (size_t i = 0; same && i < n; i++)
		same = p->at[i].value == values[i];
	return same;
}

/* A trial from `at` on that begins with these values; s->n: none. */
static size_t find(const mica_search *s, const double *values, size_t n, size_t at)
{
	while (at < s->n && !begins(&s->trials[at]->point, values, n))
		at++;
	return at;
}

/* values has room for those of the longest point. */
static bool exhausted(const mica_search *s, double *values, size_t n)
{
	size_t first = find(s, values, n, 0);

	if (first == s->n)
		return false;
	const mica__point *p = &s->trials[first]->point;
	if (p->n == n)
		return true;
	const mica__range *r = &p->at[n].range;
	size_t count = mica__range_count(r);
	if (!count || count > s->n)
		return false;
	for (size_t i = 0; i < count; i++) {
		values[n] = mica__range_at(r, i);
		if (!exhausted(s, values, n + 1))
			return false;
	}
	return true;
}

static double *values_of(const mica_search *s, const mica__point *p)
{
	size_t most = p ? p->n : 0;

	for (size_t i = 0; i < s->n; i++)
		most = s->trials[i]->point.n > most ? s->trials[i]->point.n : most;
	double *values = mica__alloc(most + 2, sizeof *values);
	for (size_t i = 0; values && p && i < p->n; i++)
		values[i] = p->at[i].value;
	return values;
}

mica_status mica__space_exhausted(bool *out, const mica_search *s)
{
	double *values = values_of(s, NULL);

	if (!values)
		return MICA_ENOMEM;
	*out = exhausted(s, values, 0);
	mica__free(values);
	return MICA_OK;
}

const mica__asked *mica__space_asked(const mica_search *s, const mica__point *p)
{
	for (size_t i = 0; i < s->n; i++) {
		const mica__point *q = &s->trials[i]->point;
		size_t same = 0;
		while (q->n > p->n && same < p->n && q->at[same].value == p->at[same].value)
			same++;
		if (q->n > p->n && same == p->n)
			return &q->at[p->n];
	}
	return NULL;
}

/* ---- drawing ---- */

/* Of reals, among which the same comes twice by chance only. */
enum { MOST_DRAWS = 100 };

/* 53 bits and 64 bits of the seed, for the n-th value of this trial. */
static void draw_bits(const mica_search *s, size_t n, uint32_t again, double *share, uint64_t *other)
{
	const uint32_t key[2] = {(uint32_t)s->opts.seed, (uint32_t)(s->opts.seed >> 32)};
	const uint32_t counter[4] = {(uint32_t)n, (uint32_t)s->n, again, 0x73656172}; /* "sear": no other user of the seed has it */
	uint32_t r[4];

	mica__philox(r, counter, key);
	*share = (double)(((uint64_t)r[0] << 32 | r[1]) >> 11) * 0x1p-53;
	*other = (uint64_t)r[2] << 32 | r[3];
}

static int by_place(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

/* The places in r of values from where all was tried, in their order. */
static size_t list_closed(size_t *closed, const mica_search *s, double *values, size_t n, const mica__range *r)
{
	size_t n_closed = 0, different = 0;

	for (size_t i = find(s, values, n, 0); i < s->n; i = find(s, values, n, i + 1)) {
		const mica__point *p = &s->trials[i]->point;
		if (p->n == n)
			continue;
		values[n] = p->at[n].value;
		if (exhausted(s, values, n + 1))
			closed[n_closed++] = mica__range_place(r, values[n]);
	}
	qsort(closed, n_closed, sizeof *closed, by_place);
	for (size_t i = 0; i < n_closed; i++)
		if (!different || closed[different - 1] != closed[i])
			closed[different++] = closed[i];
	return different;
}

/* Number k, or so, of those that are left. */
static mica_status pick_open(double *out, const mica_search *s, double *values, size_t n, const mica__range *r, uint64_t k)
{
	size_t count = mica__range_count(r), *closed = mica__alloc(s->n, sizeof *closed);

	if (!closed)
		return MICA_ENOMEM;
	size_t n_closed = list_closed(closed, s, values, n, r), place = n_closed < count ? (size_t)(k % (count - n_closed)) : 0;
	for (size_t i = 0; n_closed < count && i < n_closed && closed[i] <= place; i++)
		place++;
	*out = mica__range_at(r, place);
	mica__free(closed);
	return MICA_OK;
}

mica_status mica__space_draw(double *out, const mica_search *s, const mica__point *p, const mica__range *r)
{
	double *values = values_of(s, p), share;
	mica_status st = MICA_OK;
	uint64_t other;
	bool tried = true;

	if (!values)
		return MICA_ENOMEM;
	for (uint32_t again = 0; tried && again < MOST_DRAWS; again++) {
		draw_bits(s, p->n, again, &share, &other);
		*out = values[p->n] = mica__range_share(r, share);
		tried = exhausted(s, values, p->n + 1);
		if (!tried || !mica__range_count(r))
			continue;
		st = pick_open(out, s, values, p->n, r, other);
		break;
	}
	mica__free(values);
	return st;
}
