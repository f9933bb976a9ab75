/* SPDX-License-Identifier: MIT */
/* data/split.c - samples in two parts, for training and for testing: a share of them, or fold after fold.
   Strata are the classes, by the values of the labels; each part has its share of every stratum. */
#include "base/fields.h"
#include "data/dataset.h"
#include "device/device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TAG 0x73706c69u /* of the seed's numbers, those that are drawn here */

/* ---- order ---- */

/* Numbers 0 .. n-1, as they are, or each in any place with the same chance, by the seed.  EOVERFLOW, ENOMEM. */
static mica_status make_order(size_t **out, size_t n, bool shuffled, uint64_t seed)
{
	size_t *order = *out = mica__alloc(n, sizeof *order);
	int32_t *by_chance = NULL;

	if (!order)
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	if (!shuffled)
		return MICA_OK;
	if (n > INT32_MAX)
		return mica__fail(MICA_EOVERFLOW, "data set: %zu samples cannot be shuffled; at most %d", n, INT32_MAX);
	if (!(by_chance = mica__alloc(n, sizeof *by_chance)))
		return MICA_ENOMEM;
	mica__shuffled(by_chance, n, seed, 0, TAG);
	for (size_t i = 0; i < n; i++)
		order[i] = (size_t)by_chance[i];
	mica__free(by_chance);
	return MICA_OK;
}

/* ---- strata ---- */

typedef struct strata {
	size_t *of;              /* each sample's, numbered in the order in which they are met */
	size_t *counts;          /* samples of each */
	size_t n;
} strata;

static void strata_free(strata *s)
{
	mica__free(s->of);
	mica__free(s->counts);
	*s = (strata){NULL};
}

typedef struct labelled {
	double label;
	size_t sample;
} labelled;

/* By label, and of equal ones in their order. */
static int by_label(const void *a, const void *b)
{
	const labelled *x = a, *y = b;

	if (x->label != y->label)
		return x->label < y->label ? -1 : 1;
	return x->sample < y->sample ? -1 : 1;
}

static mica_status read_labels(labelled *to, const mica_dataset *d)
{
	const mica__column *y = mica__dataset_column(d, MICA__TARGET, 0);
	size_t each = y ? y->bytes / mica__dtype_bytes(y->array.type) : 0;

	if (each != 1)
		return mica__fail(MICA_EINVAL, "data set: %zu labels for each sample; to stratify there must be one, its class", each);
	for (size_t i = 0; i < d->count; i++) {
		to[i] = (labelled){mica__number_get(y->array.type, mica__column_at(d, y, i), 0), i};
		if (isnan(to[i].label))
			return mica__fail(MICA_EINVAL, "data set: the label of sample %zu is no number, and so no class to stratify by", i);
	}
	return MICA_OK;
}

/* Each sample gets the number of the first sample of its class, and these become numbers of classes, in the samples' order. */
static void number_strata(strata *s, labelled *l, size_t n)
{
	size_t first = 0;

	qsort(l, n, sizeof *l, by_label);
	for (size_t i = 0; i < n; i++) {
		first = i && l[i].label == l[i - 1].label ? first : l[i].sample;
		s->of[l[i].sample] = first;
	}
	for (size_t i = 0; i < n; i++) {
		bool new = s->of[i] == i;
		s->of[i] = new ? s->n++ : s->of[s->of[i]];
		s->counts[s->of[i]]++;
	}
}

static mica_status strata_find(strata *s, const mica_dataset *d)
{
	labelled *l = mica__alloc(d->count, sizeof *l);
	mica_status st = MICA_ENOMEM;

	*s = (strata){mica__alloc(d->count, sizeof *s->of), mica__alloc(d->count, sizeof *s->counts), 0};
	if (l && s->of && s->counts)
		st = read_labels(l, d);
	if (st == MICA_OK)
		number_strata(s, l, d->count);
	mica__free(l);
	if (st != MICA_OK)
		strata_free(s);
	return st;
}

/* ---- a share of them ---- */

typedef struct lost_part {
	double part;
	size_t stratum;
} lost_part;

static int by_remainder(const void *a, const void *b)
{
	const lost_part *x = a, *y = b;

	if (x->part != y->part)
		return x->part > y->part ? -1 : 1;
	return x->stratum < y->stratum ? -1 : 1;
}

/* How many of each stratum are among `test` samples of all: what is left over when all are rounded down goes to those that lost most. */
static mica_status share_out(size_t *quota, const strata *s, size_t all, size_t test)
{
	lost_part *lost = mica__alloc(s->n, sizeof *lost);
	size_t left = test;

	if (!lost)
		return MICA_ENOMEM;
	for (size_t k = 0; k < s->n; k++) {
		double exact = (double)test * (double)s->counts[k] / (double)all;
		quota[k] = (size_t)exact;
		lost[k] = (lost_part){exact - floor(exact), k};
		left -= quota[k];
	}
	qsort(lost, s->n, sizeof *lost, by_remainder);
	for (size_t k = 0; k < left; k++)
		quota[lost[k].stratum]++;
	mica__free(lost);
	return MICA_OK;
}

/* Puts numbers that are for testing behind the others, all in the order in which they were: the last ones of each stratum. */
static mica_status stratify(size_t *order, const mica_dataset *d, size_t test)
{
	strata s = {NULL};
	mica_status st = strata_find(&s, d);
	size_t *quota = st == MICA_OK ? mica__alloc(s.n, sizeof *quota) : NULL, *parts = mica__alloc(d->count, sizeof *parts);
	size_t train_end = d->count - test, test_end = d->count;

	if (st == MICA_OK && (!quota || !parts))
		st = MICA_ENOMEM;
	for (size_t k = 0; st == MICA_OK && k < s.n; k++)
		if (s.counts[k] == 1)
			st = mica__fail(MICA_EINVAL, "data set: a class has one sample only, which cannot be in both parts; split without .stratify");
	if (st == MICA_OK)
		st = share_out(quota, &s, d->count, test);
	for (size_t i = d->count; st == MICA_OK && i-- > 0;) {
		size_t *left = &quota[s.of[order[i]]];
		parts[*left ? --test_end : --train_end] = order[i];
		*left -= *left > 0;
	}
	if (st == MICA_OK)
		memcpy(order, parts, d->count * sizeof *order);
	mica__free(parts);
	mica__free(quota);
	strata_free(&s);
	return st;
}

/* The samples in the order of which the last ones are for testing; d itself where that is its own. */
static mica_status put_in_order(mica_dataset **all, mica_dataset *d, const mica_split_opts *o, size_t test)
{
	size_t *order;
	mica_status st;

	*all = d;
	if (o->no_shuffle && !o->stratify)
		return MICA_OK;
	st = make_order(&order, d->count, !o->no_shuffle, o->seed);
	if (st == MICA_OK && o->stratify)
		st = stratify(order, d, test);
	if (st == MICA_OK && !(*all = mica_dataset_pick(d, order, d->count)))
		st = mica_context_status(d->ctx);
	mica__free(order);
	return st;
}

static mica_status split(mica_dataset *d, const mica_split_opts *o, mica_dataset **train, mica_dataset **test)
{
	double share = o->test != 0 ? o->test : 0.25;
	size_t n = (size_t)ceil(share * (double)d->count);
	mica_dataset *all;

	if (!(share > 0 && share < 1) || n >= d->count)
		return mica__fail(MICA_EINVAL, "data set: %g of %zu samples are to be for testing; give a share above 0 and below 1 that leaves some", share,
		                  d->count);
	mica_status st = put_in_order(&all, d, o, n);
	if (st != MICA_OK)
		return st;
	*train = mica_dataset_range(all, 0, d->count - n);
	*test = mica_dataset_range(all, d->count - n, d->count);
	if (all != d)
		mica_dataset_destroy(all);
	return *train && *test ? MICA_OK : mica_context_status(d->ctx);
}

/* ---- what both ways begin with and end in ---- */

static mica_status begin(const mica_dataset *d, mica_dataset **train, mica_dataset **test, const char *what)
{
	if (train)
		*train = NULL;
	if (test)
		*test = NULL;
	if (!d)
		return mica__fail_null("data set: there is none to %s; check what made it", what);
	if (!train || !test)
		return mica__context_fail(d->ctx, mica__fail(MICA_EINVAL, "data set: to %s: NULL is no place for a part", what));
	return MICA_OK;
}

static mica_status done(const mica_dataset *d, mica_status st, mica_dataset **train, mica_dataset **test)
{
	if (st == MICA_OK)
		return st;
	mica_dataset_destroy(*train);
	mica_dataset_destroy(*test);
	*train = *test = NULL;
	return mica__context_fail(d->ctx, st);
}

mica_status mica_dataset_split_by(mica_dataset *d, mica_dataset **train, mica_dataset **test, const mica_split_opts *o)
{
	mica_split_opts opts;
	mica_status st = begin(d, train, test, "split");

	if (st != MICA_OK)
		return st;
	st = mica__options(&opts, o, sizeof opts, "split");
	return done(d, st == MICA_OK ? split(d, &opts, train, test) : st, train, test);
}

/* ---- folds ---- */

/* Sizes of folds differ by one: the first n % folds have one more. */
static size_t fold_at(size_t place, size_t n, size_t folds)
{
	size_t more = n % folds, small = n / folds;

	return place < more * (small + 1) ? place / (small + 1) : more + (place - more * (small + 1)) / small;
}

/* Samples of one stratum after the other are dealt out to the folds in turn; that says how many each fold has of each, and they get
   theirs in the order that is given. */
static mica_status deal(size_t *fold, const size_t *order, const mica_dataset *d, size_t folds)
{
	strata s;
	mica_status st = strata_find(&s, d);
	size_t *quota = st == MICA_OK ? mica__alloc(s.n * folds, sizeof *quota) : NULL, place = 0, most = 0;

	if (st != MICA_OK)
		return st;
	st = quota ? MICA_OK : MICA_ENOMEM;
	for (size_t k = 0; st == MICA_OK && k < s.n; k++) {
		for (size_t i = 0; i < s.counts[k]; i++)
			quota[k * folds + place++ % folds]++;
		most = s.counts[k] > most ? s.counts[k] : most;
	}
	if (st == MICA_OK && most < folds)
		st = mica__fail(MICA_EINVAL, "data set: %zu folds, and no class has more than %zu samples; give fewer folds, or none by class",
		                folds, most);
	for (size_t i = 0; st == MICA_OK && i < d->count; i++) {
		size_t *left = &quota[s.of[order[i]] * folds], f = 0;
		while (!left[f])
			f++;
		left[f]--;
		fold[order[i]] = f;
	}
	mica__free(quota);
	strata_free(&s);
	return st;
}

/* The fold of each sample. */
static mica_status assign(size_t *fold, const mica_dataset *d, const mica_fold_opts *o)
{
	size_t *order;
	mica_status st = make_order(&order, d->count, o->shuffle, o->seed);

	if (st == MICA_OK && o->stratify)
		st = deal(fold, order, d, (size_t)o->folds);
	else
		for (size_t i = 0; st == MICA_OK && i < d->count; i++)
			fold[order[i]] = fold_at(i, d->count, (size_t)o->folds);
	mica__free(order);
	return st;
}

static const mica_field fields[] = {MICA_FIELD_LONG(mica_fold_opts, folds, .otherwise = 5, MICA_COUNT_FROM(2))};

static mica_status take_fold(const mica_dataset *d, size_t k, mica_fold_opts *o, mica_dataset **train, mica_dataset **test)
{
	mica_status st = mica__fields_resolve("fold", o, fields, MICA__COUNT(fields));
	size_t n[2] = {0, 0};

	if (st != MICA_OK)
		return st;
	if ((size_t)o->folds > d->count)
		return mica__fail(MICA_EINVAL, "data set: %ld folds of %zu samples; each needs a sample, so give at most %zu", o->folds, d->count, d->count);
	if (k >= (size_t)o->folds)
		return mica__fail(MICA_EINVAL, "data set: there is no fold %zu of %ld; they are numbered from 0", k, o->folds);
	size_t *fold = mica__alloc(d->count, sizeof *fold), *part[2] = {mica__alloc(d->count, sizeof *fold), mica__alloc(d->count, sizeof *fold)};
	st = fold && part[0] && part[1] ? assign(fold, d, o) : MICA_ENOMEM;
	for (size_t i = 0; st == MICA_OK && i < d->count; i++)
		part[fold[i] == k][n[fold[i] == k]++] = i;
	if (st == MICA_OK && (!(*train = mica_dataset_pick(d, part[0], n[0])) || !(*test = mica_dataset_pick(d, part[1], n[1]))))
		st = mica_context_status(d->ctx);
	mica__free(part[1]);
	mica__free(part[0]);
	mica__free(fold);
	return st;
}

mica_status mica_dataset_fold_by(const mica_dataset *d, size_t k, mica_dataset **train, mica_dataset **test, const mica_fold_opts *o)
{
	mica_fold_opts opts;
	mica_status st = begin(d, train, test, "take a fold of");

	if (st != MICA_OK)
		return st;
	st = mica__options(&opts, o, sizeof opts, "fold");
	return done(d, st == MICA_OK ? take_fold(d, k, &opts, train, test) : st, train, test);
}
