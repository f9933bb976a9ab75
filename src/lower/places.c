/* SPDX-License-Identifier: MIT */
/* lower/places.c - third pass, second half: where each stored value lives.
   A value keeps its place in the arena from the stage that makes it to the last that reads it.  An assigned value lives in
   its variable, where stages.c found that it may. */
#include "lower/groups.h"
#include "lower/kind.h"

#include <stdlib.h>
#include <string.h>

/* A store of x in that form, if *index says that there is none. */
static mica_status add_store(mica__plan *p, mica_var x, mica__place place, mica__form form, int *index)
{
	if (*index >= 0)
		return MICA_OK;
	mica_status st = mica__grow(&p->stores, &p->cap_stores, p->n_stores + 1, sizeof *p->stores);
	if (st != MICA_OK)
		return st;
	p->stores[p->n_stores] = (mica__store){
		.node = x, .place = place, .form = form, .rows = mica__form_rows(form, &x->shape),
		.columns = mica__form_columns(form, &x->shape), .elements = mica__form_elements(form, &x->shape)};
	*index = (int)p->n_stores++;
	return MICA_OK;
}

static mica__form usual_form(const mica__plan *p, mica_var x)
{
	return (mica__form){mica__in_panels(p, x) ? mica__panel_width(p) : 0, false};
}

static void touch(mica__store *t, size_t stage)
{
	if (stage > t->last)
		t->last = stage;
}

/* What group i reads must have a store, if it is not only a value of its own that is read; it lives until then. */
static mica_status touch_reads(mica__plan *p, size_t i)
{
	mica_status st = MICA_OK;
	const mica__group *g = &p->groups[i];
	for (size_t j = 0; j < g->n_roots; j++) {
		mica__span of = p->facts.reads_of[g->roots[j]->id];
		for (size_t k = of.first; k < of.first + of.n; k++) {
			mica_var y = p->facts.reads[k].value;
			mica__info *info = &p->info[y->id];
			bool leaf = y->op == MICA__INPUT || y->op == MICA__VARIABLE;
			if (leaf || info->group != (int)i)
				MICA_TRY(add_store(p, y, leaf ? MICA__IN_LEAF : MICA__IN_ARENA, usual_form(p, y), &info->store));
			if (info->store >= 0)
				touch(&p->stores[info->store], g->stage);
		}
	}
out:
	return st;
}

/* A root that is assigned lives in its variable. */
static mica_status store_assigned(mica__plan *p, mica_var x)
{
	mica_var v = p->info[x->id].assigned;
	mica_status st = add_store(p, v, MICA__IN_LEAF, usual_form(p, v), &p->info[v->id].store);
	p->info[x->id].store = p->info[v->id].store;
	return st;
}

static mica_status make_stores(mica__plan *p)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < p->g->n; i++)
		if (p->info[i].assigned)
			MICA_TRY(store_assigned(p, p->g->nodes[i]));
	for (size_t i = 0; i < p->n_groups; i++) {
		mica_var turned = mica__turned_by(p, &p->groups[i]);
		MICA_TRY(touch_reads(p, i));
		if (turned)
			MICA_TRY(add_store(p, turned, MICA__IN_LEAF, (mica__form){mica__panel_width(p), true}, &p->info[turned->id].turned));
	}
	for (size_t i = 0; i < p->g->n; i++) { /* outputs, leaves among them */
		mica_var x = p->g->nodes[i];
		if (p->info[i].keep)
			MICA_TRY(add_store(p, x, p->info[i].root ? MICA__IN_ARENA : MICA__IN_LEAF, usual_form(p, x), &p->info[i].store));
	}
	for (size_t i = 0; i < p->g->n; i++) {
		mica__info *info = &p->info[i];
		if (!info->root || info->store < 0 || info->group < 0 || info->assigned)
			continue;
		p->stores[info->store].first = p->groups[info->group].stage;
		touch(&p->stores[info->store], info->keep ? p->n_stages : p->groups[info->group].stage);
	}
out:
	return st;
}

/* ---- the arena ---- */

typedef struct item {
	size_t bytes, store;
} item;

static int by_size(const void *a, const void *b)
{
	const item *x = a, *y = b;
	return x->bytes != y->bytes ? (x->bytes < y->bytes) - (x->bytes > y->bytes) : (x->store > y->store) - (x->store < y->store);
}

/* A value that has its place; in the order of their beginnings. */
typedef struct placed {
	size_t begin, end, first, last; /* bytes; stages */
} placed;

/* The lowest place that no value alive at the same time covers. */
static size_t lowest_place(const mica__plan *p, const placed *all, size_t n, const mica__store *t, size_t bytes)
{
	size_t begin = 0;
	for (size_t k = 0; k < n && (all[k].begin < begin + bytes); k++) {
		bool together = p->without & MICA_NO_REUSE || (all[k].first <= t->last && t->first <= all[k].last);
		if (together && all[k].end > begin)
			begin = all[k].end;
	}
	return begin;
}

/* Where a value that begins there stands among all. */
static size_t index_of(const placed *all, size_t n, size_t begin)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (all[middle].begin <= begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static mica_status too_large(void)
{
	return mica__fail(MICA_EOVERFLOW, "plan: its values take more bytes than can be addressed; make them smaller");
}

/* Values in order of size, the largest first. */
static mica_status make_arena(mica__plan *p)
{
	mica_status st = MICA_OK;
	item *items = mica__alloc(p->n_stores + 1, sizeof *items);
	placed *all = mica__alloc(p->n_stores + 1, sizeof *all);
	size_t n = 0;
	if (!items || !all) {
		st = MICA_ENOMEM;
		goto out;
	}
	for (size_t i = 0; i < p->n_stores; i++) {
		const mica__store *t = &p->stores[i];
		if (t->place != MICA__IN_ARENA)
			continue;
		if (!mica__form_bytes(t->form, &t->node->shape, t->node->dtype, MICA__TAIL, &items[n].bytes))
			MICA_TRY(too_large());
		items[n++].store = i;
	}
	qsort(items, n, sizeof *items, by_size);
	for (size_t i = 0; i < n; i++) {
		mica__store *t = &p->stores[items[i].store];
		t->offset = lowest_place(p, all, i, t, items[i].bytes);
		size_t end = t->offset + items[i].bytes, at = index_of(all, i, t->offset);
		if (end > MICA__MOST_BYTES)
			MICA_TRY(too_large());
		memmove(all + at + 1, all + at, (i - at) * sizeof *all);
		all[at] = (placed){t->offset, end, t->first, t->last};
		p->arena_bytes = end > p->arena_bytes ? end : p->arena_bytes;
	}
out:
	mica__free(items);
	mica__free(all);
	return st;
}

mica_status mica__make_places(mica__plan *p)
{
	mica_status st = make_stores(p);
	return st == MICA_OK ? make_arena(p) : st;
}
