/* SPDX-License-Identifier: MIT */
/* tuning/hyper.c - what a build function asks for.
   A value is the one that was told before, or that the trial was given, or drawn, or the first of its range: in this order. */
#include "tuning/tuning.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void mica__point_free(mica__point *p)
{
	for (size_t i = 0; i < p->n; i++) {
		mica__free(p->at[i].name);
		mica__range_free(&p->at[i].range);
	}
	mica__free(p->at);
	*p = (mica__point){NULL, 0, 0};
}

void mica__hyper_free(mica_hyper *h)
{
	mica__point_free(&h->point);
}

mica_status mica__proposal_give(mica__proposal *p, const mica__point *from, size_t n)
{
	if (!(p->given = mica__alloc(n, sizeof *p->given)))
		return MICA_ENOMEM;
	p->n_given = n;
	for (size_t i = 0; i < n; i++)
		p->given[i] = (mica_hyper_value){from->at[i].name, from->at[i].value, NULL};
	return MICA_OK;
}

/* Keeps the first failure. */
static void fail(mica_hyper *h, mica_status st)
{
	if (!h || h->status != MICA_OK)
		return;
	h->status = st;
	snprintf(h->why, sizeof h->why, "%s", mica__reason());
}

static const mica__asked *find(const mica_hyper *h, const char *name)
{
	for (size_t i = 0; i < h->point.n; i++)
		if (strcmp(h->point.at[i].name, name) == 0)
			return &h->point.at[i];
	return NULL;
}

static mica_status append(mica__point *p, const char *name, const mica__range *r, double value)
{
	mica__asked a = {.name = mica__strdup(name), .value = value};
	mica_status st = a.name ? mica__range_copy(&a.range, r) : MICA_ENOMEM;

	if (st == MICA_OK)
		st = mica__grow(&p->at, &p->capacity, p->n + 1, sizeof *p->at);
	if (st == MICA_OK) {
		p->at[p->n++] = a;
		return MICA_OK;
	}
	mica__range_free(&a.range);
	mica__free(a.name);
	return st;
}

/* What a build function asks may depend on what it was told, and on nothing else. */
static mica_status check_same(const mica_hyper *h, const char *name, const mica__range *r)
{
	const mica__asked *other = h->search ? mica__space_asked(h->search, &h->point) : NULL;

	if (other && (strcmp(other->name, name) != 0 || !mica__range_same(&other->range, r)))
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\" is asked for where another trial, told the same, asked for \"%s\"%s; what a "
		                  "build function asks for must depend on nothing but what it was told", name, other->name,
		                  strcmp(other->name, name) ? "" : " in another range");
	return MICA_OK;
}

static mica_status decide(double *out, const mica_hyper *h, const char *name, const mica__range *r)
{
	const mica__proposal *how = h->how;
	size_t n = h->point.n;

	if (n >= how->n_given) {
		*out = mica__range_first(r);
		return how->random ? mica__space_draw(out, h->search, &h->point, r) : MICA_OK;
	}
	*out = how->given[n].value;
	if (strcmp(how->given[n].name, name) != 0 || !mica__range_holds(r, *out))
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\" is asked for where a trial with \"%s\" of %g is to be built; the build function "
		                  "must be the same", name, how->given[n].name, *out);
	return MICA_OK;
}

static mica_status answer(double *out, mica_hyper *h, const char *name, const mica__range *r)
{
	mica_status st = mica__range_check(r, name);

	if (st != MICA_OK)
		return st;
	*out = mica__range_first(r);
	const mica__asked *before = h ? find(h, name) : NULL;
	if (!h || h->status != MICA_OK)
		return MICA_OK;
	if (before) {
		*out = before->value;
		if (mica__range_same(&before->range, r))
			return MICA_OK;
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\" is asked for again, in another range; give it another name", name);
	}
	MICA_TRY(check_same(h, name, r));
	MICA_TRY(decide(out, h, name, r));
	st = append(&h->point, name, r, *out);
out:
	return st;
}

/* least: what is told where there is no range to tell of. */
static double ask(mica_hyper *h, const char *name, const mica__range *r, double least)
{
	double value = least;

	fail(h, answer(&value, h, name, r));
	return value;
}

/* A first of 0 stands for low, and a real 0 is said by MICA_ZERO or MICA_NONE. */
long mica_hyper_ask_int(mica_hyper *h, const char *name, const mica_hyper_int_opts *o)
{
	mica_hyper_int_opts own;
	mica_status st = mica__options(&own, o, sizeof own, "hyper_int");

	if (st != MICA_OK) {
		fail(h, st);
		return 0;
	}
	mica__range r = {.kind = MICA__WHOLES, .low = (double)own.low, .high = (double)own.high, .step = (double)own.step, .log = own.log};
	r.step = r.step == 0 && !r.log ? 1 : r.step;
	r.first = own.first == 0 ? r.low : own.first == MICA_NONE ? 0 : (double)own.first;
	double value = ask(h, name, &r, r.low);
	return value == r.low ? own.low : (long)value; /* the lowest may be none that a double has */
}

double mica_hyper_ask_real(mica_hyper *h, const char *name, const mica_hyper_real_opts *o)
{
	mica_hyper_real_opts own;
	mica_status st = mica__options(&own, o, sizeof own, "hyper_real");

	if (st != MICA_OK) {
		fail(h, st);
		return 0;
	}
	mica__range r = {.kind = MICA__REALS, .low = own.low, .high = own.high, .step = own.step, .log = own.log};
	r.first = own.first != 0 ? own.first : signbit(own.first) ? 0 : r.low;
	return ask(h, name, &r, r.low);
}

bool mica_hyper_bool(mica_hyper *h, const char *name)
{
	return ask(h, name, &(mica__range){.kind = MICA__BOOLS}, 0) != 0;
}

size_t mica_hyper_ask_choice(mica_hyper *h, const char *name, const char *const *texts, size_t n)
{
	return (size_t)ask(h, name, &(mica__range){.kind = MICA__TEXTS, .texts = texts, .n = texts ? n : 0}, 0);
}

double mica_hyper_ask_number(mica_hyper *h, const char *name, const double *numbers, size_t n)
{
	return ask(h, name, &(mica__range){.kind = MICA__NUMBERS, .numbers = numbers, .n = numbers ? n : 0}, numbers && n ? numbers[0] : 0);
}
