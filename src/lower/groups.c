/* SPDX-License-Identifier: MIT */
/* lower/groups.c - second pass, second half: which roots are computed by one kernel.
   Each root starts as a group of its own; a group is merged into another when every value that goes between them stays
   at the same element (or row) of the same domain, and nothing outside has to come between.  Groups are tried with those
   that they read, and with those that read what they read; a pair is tried again only when one of it has changed. */
#include "lower/groups.h"
#include "lower/kind.h"

#include <stdlib.h>
#include <string.h>

enum {
	MOST_NODES = 1024,   /* that one group computes, so that its function stays of a size that compilers take well */
	MOST_ROOTS = 16,     /* that one group of a GPU computes: where each is stored stands in registers */
	MOST_SIBLINGS = 32,  /* tried with a group, of those that read the same value */
	MOST_ROUNDS = 16     /* of finding what several groups compute */
};

/* Groups of one kind and domain that read one value. */
typedef struct shelf {
	uint32_t value;
	const mica__kind *kind;
	size_t rows, columns;
	size_t last;      /* in members, + 1; 0: free */
} shelf;

typedef struct member {
	uint32_t group;
	size_t before;    /* in members, + 1 */
} member;

typedef struct fuser {
	mica__plan *p;
	size_t n;
	size_t now;                          /* merges so far, from 1 on */
	size_t *changed, *tried, *tried_aside; /* by group: when; with what it reads, with siblings */
	size_t *nodes;                       /* by group: that it computes */
	uint32_t *depth;                     /* by root: of it in the group that is tried */
	uint32_t *place, counts;             /* by node: the count of places that saw it last */
	uint32_t *seen, searches;            /* by group: the search that found it last */
	uint32_t *list;                      /* groups to try */
	size_t n_list;
	shelf *shelves;                      /* a hash table */
	size_t n_shelves;                    /* places in it */
	member *members;
	size_t n_members, cap_members;
} fuser;

mica_status mica__add_group(mica__plan *p, mica_var x)
{
	mica_status st = mica__grow(&p->groups, &p->cap_groups, p->n_groups + 1, sizeof *p->groups);
	if (st != MICA_OK)
		return st;
	mica__group *g = &p->groups[p->n_groups];
	memset(g, 0, sizeof *g);
	if ((st = mica__grow(&g->roots, &g->cap_roots, 1, sizeof *g->roots)) != MICA_OK)
		return st;
	g->roots[g->n_roots++] = g->anchor = x;
	g->rows = mica__shape_lead(&x->shape);
	g->columns = mica__shape_last(&x->shape);
	g->segment = p->info[x->id].segment;
	g->kind = mica__kind_of(p, x);
	if (g->kind->domain)
		g->kind->domain(p, g);
	p->info[x->id].group = (int)p->n_groups++;
	return MICA_OK;
}

/* ---- may two groups merge? ---- */

/* Would every value that x, a root of a or b, reads of theirs stay at its element or row in the group `as`? */
static bool reads_fit(const mica__plan *p, const mica__group *as, mica_var x, size_t a, size_t b)
{
	const mica__facts *f = &p->facts;
	bool row_x = mica__per_row(as, x);
	for (size_t i = 0; i < f->reads_of[x->id].n; i++) {
		const mica__read *r = &f->reads[f->reads_of[x->id].first + i];
		int from = p->info[r->value->id].group;
		if (from != (int)a && from != (int)b)
			continue;
		bool row_y = mica__per_row(as, r->value);
		mica__reads how = row_x ? r->row : r->element;
		if (how != (row_y ? MICA__READ_ROW : MICA__READ_SAME) && !(how == MICA__READ_SAME && row_y && as->columns == 1))
			return false;
		if (row_x && !row_y && !mica__is_reduction(x))
			return false;
	}
	return true;
}

/* Nothing but elementwise values. */
static bool is_map(const mica__group *g)
{
	return g->kind->before && g->kind->after && !g->kind->per_row;
}

static bool all_count(const mica__group *g, size_t rows)
{
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica_var_count(g->roots[i]) != rows ||
		    (mica__shape_last(&g->roots[i]->shape) != 1 && mica__shape_lead(&g->roots[i]->shape) != 1))
			return false;
	return is_map(g);
}

/* The group that a (read by b, or its sibling) and b would be together; false if they have no common domain. */
static bool joined(const mica__plan *p, const mica__group *a, const mica__group *b, mica__group *as)
{
	bool same = a->rows == b->rows && a->columns == b->columns;
	*as = *a;
	if (same && a->kind == b->kind && a->kind->together)
		return a->kind->together(p, a, b);
	if (same && is_map(b))
		return a->kind->after;
	if (same && b->kind->before && (is_map(a) || a->kind == b->kind))
		return *as = *b, true;
	if (a->kind->per_row && all_count(b, a->rows))
		return true;
	if (b->kind->per_row && all_count(a, b->rows))
		return *as = *b, true;
	return false;
}

/* On CPUs what stands around a product or a sum over rows must be computed by vectors, as it is. */
static bool keeps_vectors(const mica__plan *p, const mica__group *as, mica_var x)
{
	return !p->device.cpu || !as->kind->vectors || mica__by_vectors(p, as, x);
}

/* Would x, a root of a or b whose operands were asked before, lie no deeper than one kernel can compute? */
static bool depth_fits(fuser *f, mica_var x, size_t a, size_t b)
{
	const mica__facts *facts = &f->p->facts;
	uint32_t most = 0;
	for (size_t i = 0; i < facts->reads_of[x->id].n; i++) {
		mica_var y = facts->reads[facts->reads_of[x->id].first + i].value;
		int from = f->p->info[y->id].group;
		if ((from == (int)a || from == (int)b) && f->depth[y->id] > most)
			most = f->depth[y->id];
	}
	f->depth[x->id] = most + facts->depth[x->id];
	return f->depth[x->id] <= MICA__DEEPEST;
}

static size_t count_place(fuser *f, mica_var x)
{
	bool new = f->place[x->id] != f->counts;
	f->place[x->id] = f->counts;
	return new;
}

/* The places of values that are the roots of two groups or that these read, each counted once. */
static size_t count_places(fuser *f, const mica__group *a, const mica__group *b)
{
	const mica__facts *facts = &f->p->facts;
	size_t n = 0;
	f->counts++;
	for (const mica__group *g = a; g; g = g == a ? b : NULL)
		for (size_t i = 0; i < g->n_roots; i++) {
			mica__span reads = facts->reads_of[g->roots[i]->id];
			n += count_place(f, g->roots[i]);
			for (size_t j = 0; j < reads.n; j++)
				n += count_place(f, facts->reads[reads.first + j].value);
		}
	return n;
}

static bool too_large(fuser *f, size_t a, size_t b)
{
	const mica__group *ga = &f->p->groups[a], *gb = &f->p->groups[b];
	if (f->nodes[a] + f->nodes[b] > MOST_NODES)
		return true;
	return !f->p->device.cpu && (ga->n_roots + gb->n_roots > MOST_ROOTS || count_places(f, ga, gb) > MICA__MOST_PLACES);
}

static bool fits(fuser *f, const mica__group *as, size_t a, size_t b)
{
	const mica__group *ga = &f->p->groups[a], *gb = &f->p->groups[b];
	for (size_t i = 0, j = 0; i < ga->n_roots || j < gb->n_roots;) {
		bool from_a = j == gb->n_roots || (i < ga->n_roots && ga->roots[i]->id < gb->roots[j]->id);
		mica_var x = from_a ? ga->roots[i++] : gb->roots[j++];
		if (!reads_fit(f->p, as, x, a, b) || !keeps_vectors(f->p, as, x) || !depth_fits(f, x, a, b))
			return false;
	}
	return true;
}

/* ---- merging ---- */

/* The roots of both, in topological order. */
static mica_status join_roots(mica__group *a, const mica__group *b)
{
	mica_status st = mica__grow(&a->roots, &a->cap_roots, a->n_roots + b->n_roots, sizeof *a->roots);
	size_t i = a->n_roots, j = b->n_roots;
	if (st != MICA_OK)
		return st;
	for (size_t at = i + j; at-- > 0 && j > 0;)
		a->roots[at] = i > 0 && a->roots[i - 1]->id > b->roots[j - 1]->id ? a->roots[--i] : b->roots[--j];
	a->n_roots += b->n_roots;
	return MICA_OK;
}

mica_status mica__join_groups(mica__plan *p, size_t a, size_t b)
{
	mica__group *gb = &p->groups[b];
	mica_status st = join_roots(&p->groups[a], gb);
	if (st != MICA_OK)
		return st;
	for (size_t i = 0; i < gb->n_roots; i++)
		p->info[gb->roots[i]->id].group = (int)a;
	gb->dead = true;
	gb->n_roots = 0;
	return MICA_OK;
}

static mica_status merge(fuser *f, size_t a, size_t b, const mica__group *as)
{
	mica__group *ga = &f->p->groups[a];
	mica_status st = mica__join_groups(f->p, a, b);
	if (st != MICA_OK)
		return st;
	ga->kind = as->kind;
	ga->anchor = as->anchor;
	ga->rows = as->rows;
	ga->columns = as->columns;
	f->nodes[a] += f->nodes[b];
	f->changed[a] = ++f->now;
	return MICA_OK;
}

/* Merges b into a if they may; b is dead then. */
static mica_status try_merge(fuser *f, size_t a, size_t b)
{
	mica__group *ga = &f->p->groups[a], *gb = &f->p->groups[b], as;
	if (ga->segment != gb->segment || too_large(f, a, b) || mica__is_call(f->p, ga) || mica__is_call(f->p, gb) ||
	    !joined(f->p, ga, gb, &as) ||
	    !fits(f, &as, a, b) || !mica__sequence_merge(f->p, a, b))
		return MICA_OK;
	return merge(f, a, b, &as);
}

static void add_candidate(fuser *f, size_t g, size_t b)
{
	if (g == b || f->p->groups[g].dead || f->seen[g] == f->searches)
		return;
	f->seen[g] = f->searches;
	f->list[f->n_list++] = (uint32_t)g;
}

static int downwards(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x < y) - (x > y);
}

static int upwards(const void *a, const void *b)
{
	return downwards(b, a);
}

/* With what group b reads, the latest first. */
static mica_status merge_read(fuser *f, size_t b)
{
	mica_status st = MICA_OK;
	const mica__facts *facts = &f->p->facts;
	const mica__group *g = &f->p->groups[b];
	f->n_list = 0;
	f->searches++;
	for (size_t i = 0; i < g->n_roots; i++)
		for (size_t j = 0; j < facts->reads_of[g->roots[i]->id].n; j++) {
			int from = f->p->info[facts->reads[facts->reads_of[g->roots[i]->id].first + j].value->id].group;
			if (from >= 0 && (f->changed[from] > f->tried[b] || f->changed[b] > f->tried[b]))
				add_candidate(f, (size_t)from, b);
		}
	qsort(f->list, f->n_list, sizeof *f->list, downwards);
	for (size_t i = 0; i < f->n_list && !f->p->groups[b].dead; i++)
		MICA_TRY(try_merge(f, f->list[i], b));
	f->tried[b] = f->now;
out:
	return st;
}

/* ---- siblings ---- */

static shelf *shelf_of(const fuser *f, const mica__group *g, mica_var value)
{
	size_t words[] = {value->id, (size_t)(uintptr_t)g->kind, g->rows, g->columns};
	size_t at = (size_t)mica__hash(0, words, sizeof words) & (f->n_shelves - 1);
	for (;; at = (at + 1) & (f->n_shelves - 1)) {
		shelf *s = &f->shelves[at];
		if (!s->last || (s->value == value->id && s->kind == g->kind && s->rows == g->rows && s->columns == g->columns)) {
			s->value = value->id;
			s->kind = g->kind;
			s->rows = g->rows;
			s->columns = g->columns;
			return s;
		}
	}
}

/* Puts group g where those will look for it that read what root x reads; or, with look, looks there for group g itself. */
static mica_status shelve(fuser *f, size_t g, mica_var x, bool look)
{
	const mica__facts *facts = &f->p->facts;
	for (size_t j = 0; j < facts->reads_of[x->id].n; j++) {
		mica_var y = facts->reads[facts->reads_of[x->id].first + j].value;
		shelf *s = mica_var_count(y) > 1 ? shelf_of(f, &f->p->groups[g], y) : NULL;
		size_t tries = MOST_SIBLINGS;
		for (size_t m = s && look ? s->last : 0; m && tries-- > 0; m = f->members[m - 1].before)
			add_candidate(f, f->members[m - 1].group, g);
		if (!s || look || (s->last && f->members[s->last - 1].group == g))
			continue;
		mica_status st = mica__grow(&f->members, &f->cap_members, f->n_members + 1, sizeof *f->members);
		if (st != MICA_OK)
			return st;
		f->members[f->n_members++] = (member){(uint32_t)g, s->last};
		s->last = f->n_members;
	}
	return MICA_OK;
}

static mica_status shelve_all(fuser *f, size_t g, bool look)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < f->p->groups[g].n_roots && st == MICA_OK; i++)
		st = shelve(f, g, f->p->groups[g].roots[i], look);
	return st;
}

/* With groups before b that read the same, so that one kernel reads it once. */
static mica_status merge_aside(fuser *f, size_t b)
{
	mica_status st = MICA_OK;
	mica__group *g = &f->p->groups[b];
	if (g->dead || !g->kind->siblings)
		return MICA_OK;
	f->n_list = 0;
	f->searches++;
	MICA_TRY(shelve_all(f, b, true));
	qsort(f->list, f->n_list, sizeof *f->list, upwards);
	for (size_t i = 0, tries = 0; i < f->n_list && tries < MOST_SIBLINGS && !g->dead; i++) {
		size_t a = f->list[i], n = g->n_roots;
		if (f->changed[a] <= f->tried_aside[b] && f->changed[b] <= f->tried_aside[b])
			continue;
		tries++;
		MICA_TRY(try_merge(f, a, b));
		for (size_t j = 0; j < n && g->dead; j++) /* a reads what b read */
			MICA_TRY(shelve(f, a, g->roots[j], false));
	}
	f->tried_aside[b] = f->now;
	if (!g->dead)
		st = shelve_all(f, b, false);
out:
	return st;
}

static void empty_shelves(fuser *f)
{
	memset(f->shelves, 0, f->n_shelves * sizeof *f->shelves);
	f->n_members = 0;
}

static mica_status merge_all(fuser *f)
{
	mica_status st = MICA_OK;
	for (size_t before = 0; before != f->now;) {
		before = f->now;
		for (size_t b = 0; b < f->n; b++)
			if (!f->p->groups[b].dead)
				MICA_TRY(merge_read(f, b));
		empty_shelves(f);
		for (size_t b = 0; b < f->n; b++)
			MICA_TRY(merge_aside(f, b));
	}
out:
	return st;
}

/* ---- the pass ---- */

static mica_status fuser_begin(fuser *f, mica__plan *p)
{
	size_t n = p->n_groups;
	*f = (fuser){.p = p, .n = n, .now = 1, .n_shelves = 64};
	while (f->n_shelves < 2 * p->facts.n_reads)
		f->n_shelves *= 2;
	f->changed = mica__alloc(n + 1, sizeof *f->changed);
	f->tried = mica__alloc(n + 1, sizeof *f->tried);
	f->tried_aside = mica__alloc(n + 1, sizeof *f->tried_aside);
	f->nodes = mica__alloc(n + 1, sizeof *f->nodes);
	f->depth = mica__alloc(p->g->n + 1, sizeof *f->depth);
	f->place = mica__alloc(p->g->n + 1, sizeof *f->place);
	f->seen = mica__alloc(n + 1, sizeof *f->seen);
	f->list = mica__alloc(n + 1, sizeof *f->list);
	f->shelves = mica__alloc(f->n_shelves, sizeof *f->shelves);
	if (!f->changed || !f->tried || !f->tried_aside || !f->nodes || !f->depth || !f->place || !f->seen || !f->list || !f->shelves)
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		f->changed[i] = 1;
		f->nodes[i] = p->facts.length[p->groups[i].roots[0]->id];
	}
	return MICA_OK;
}

static void fuser_end(fuser *f)
{
	mica__free(f->changed);
	mica__free(f->tried);
	mica__free(f->tried_aside);
	mica__free(f->nodes);
	mica__free(f->depth);
	mica__free(f->place);
	mica__free(f->seen);
	mica__free(f->list);
	mica__free(f->shelves);
	mica__free(f->members);
}

static mica_status group_roots(mica__plan *p)
{
	mica_status st = MICA_OK;
	fuser f = {.p = p};
	for (size_t i = 0; i < p->n_groups; i++)
		mica__free(p->groups[i].roots);
	p->n_groups = 0;
	MICA_TRY(mica__find_facts(p));
	for (size_t i = 0; i < p->g->n; i++)
		if (p->info[i].root)
			MICA_TRY(mica__add_group(p, p->g->nodes[i]));
	MICA_TRY(mica__sequence_create(p, p->n_assigns));
	if (p->without & MICA_NO_FUSE)
		goto out;
	MICA_TRY(fuser_begin(&f, p));
	MICA_TRY(merge_all(&f));
out:
	fuser_end(&f);
	return st;
}

mica_status mica__fuse(mica__plan *p)
{
	mica_status st = MICA_OK;
	bool again = true;
	p->info = mica__alloc(p->g->n + p->n_assigns + mica__count_carries(p) + 1, sizeof *p->info);
	if (!p->info)
		return MICA_ENOMEM;
	MICA_TRY(mica__make_windows(p));
	MICA_TRY(mica__mark_roots(p));
	MICA_TRY(mica__mark_repeated(p, MICA__UNGROUPED, &again));
	again = true;
	for (int round = 1; again; round++) {
		MICA_TRY(group_roots(p));
		again = false;
		if (!(p->without & MICA_NO_FUSE) && round < MOST_ROUNDS)
			MICA_TRY(mica__mark_repeated(p, round + 1 == MOST_ROUNDS ? MICA__LAST_ROUND : MICA__GROUPED, &again));
	}
out:
	return st;
}
