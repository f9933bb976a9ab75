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
		.columns = mica__form_columns(form, &x->shape), .elements = mica__form_elements(form, &x->shape), .whole = -1};
	p->stores[p->n_stores].panel_rows = p->stores[p->n_stores].rows;
	*index = (int)p->n_stores++;
	return MICA_OK;
}

static mica__form usual_form(const mica__plan *p, mica_var x)
{
	return (mica__form){mica__in_panels(p, x) ? mica__width_in_panels(p, mica__shape_last(&x->shape)) : 0, false};
}

static void touch(mica__plan *p, int store, size_t stage)
{
	mica__store *t = &p->stores[p->stores[store].whole < 0 ? store : p->stores[store].whole];
	if (stage > t->last)
		t->last = stage;
}

/* The stage until which a loop may need what it reads from outside. */
static size_t last_of_segment(const mica__plan *p, size_t segment)
{
	return p->segments[segment].first + (p->segments[segment].n ? p->segments[segment].n - 1 : 0);
}

static bool is_leaf(mica_var x)
{
	return x->op == MICA__INPUT || x->op == MICA__VARIABLE;
}

/* x in the place of a whole. */
static mica_status add_window(mica__plan *p, mica_var x)
{
	mica_status st = MICA_OK;
	mica__pane w = mica__pane_of(p, x);
	const mica_shape *one = x->op == MICA__STACK ? &x->in[0]->shape : &x->shape;
	int *whole = &p->info[w.whole->id].store, *index = &p->info[x->id].store;
	if (*index >= 0)
		return MICA_OK;
	MICA_TRY(add_store(p, w.whole, is_leaf(w.whole) ? MICA__IN_LEAF : MICA__IN_ARENA, usual_form(p, w.whole), whole));
	MICA_TRY(add_store(p, x, MICA__IN_WHOLE, p->stores[*whole].form, index));
	mica__store *t = &p->stores[*index];
	const mica__store *base = &p->stores[*whole];
	size_t elements = base->form.panel ? mica__shape_lead(one) * base->form.panel : mica__shape_count(one);
	size_t bytes = elements * mica__dtype_bytes(x->dtype);
	const mica_scan *loop = mica__loop_of(x);
	bool turns = w.whole->op == MICA__HISTORY && loop && w.whole->shape.dim[0] <= loop->steps;
	t->whole = base->whole < 0 ? *whole : base->whole; /* the whole may be rows of a history, too */
	t->panel_rows = base->panel_rows;
	t->offset = (base->whole < 0 ? 0 : base->offset) + (w.stepped ? 0 : w.row * bytes);
	t->step_bytes = w.stepped ? bytes : 0;
	t->row = w.row;
	t->rows_mask = turns ? 1 : INT32_MAX;
out:
	return st;
}

/* What loops hand on: alive while the loop runs, and its first value from when it is stored. */
static mica_status store_windows(mica__plan *p)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < p->g->n; i++) {
		mica_var x = p->g->nodes[i];
		if (p->info[i].window.whole)
			MICA_TRY(add_window(p, x));
		if (!p->info[i].window.whole || !x->loop)
			continue;
		mica__store *t = &p->stores[p->stores[p->info[i].store].whole];
		t->first = p->segments[p->info[i].segment].first;
		touch(p, p->info[i].store, last_of_segment(p, p->info[i].segment));
	}
	for (size_t i = 0; i < p->g->n; i++)
		if (p->g->nodes[i]->op == MICA__CARRY)
			p->stores[p->stores[p->info[i].store].whole].first = p->groups[p->info[p->g->nodes[i]->in[0]->id].group].stage;
out:
	return st;
}

/* What group i reads must have a store, if it is not only a value of its own that is read; it lives until then. */
static mica_status touch_reads(mica__plan *p, size_t i)
{
	mica_status st = MICA_OK;
	const mica__group *g = &p->groups[i];
	bool loop = p->segments[g->segment].loop;
	for (size_t j = 0; j < g->n_roots; j++) {
		mica__span of = p->facts.reads_of[g->roots[j]->id];
		for (size_t k = of.first; k < of.first + of.n; k++) {
			mica_var y = p->facts.reads[k].value;
			mica__info *info = &p->info[y->id];
			if (mica__is_row_of_step(y))
				MICA_TRY(add_window(p, y));
			else if (is_leaf(y) || info->group != (int)i || p->info[g->roots[j]->id].beside)
				MICA_TRY(add_store(p, y, is_leaf(y) ? MICA__IN_LEAF : MICA__IN_ARENA, usual_form(p, y), &info->store));
			if (info->store >= 0)
				touch(p, info->store, loop && !y->loop ? last_of_segment(p, g->segment) : g->stage);
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
	MICA_TRY(store_windows(p));
	for (size_t i = 0; i < p->n_groups; i++) {
		mica_var turned;
		MICA_TRY(touch_reads(p, i));
		for (size_t j = 0; (turned = mica__turned_by(p, &p->groups[i], j)); j++)
			MICA_TRY(add_store(p, turned->in[0], MICA__IN_LEAF, (mica__form){mica__panel_width(p), true},
			                   &p->info[turned->in[0]->id].turned));
	}
	for (size_t i = 0; i < p->g->n; i++) { /* outputs, leaves among them */
		mica_var x = p->g->nodes[i];
		if (p->info[i].keep)
			MICA_TRY(add_store(p, x, p->info[i].root ? MICA__IN_ARENA : MICA__IN_LEAF, usual_form(p, x), &p->info[i].store));
		if (p->info[i].keep)
			touch(p, p->info[i].store, p->n_stages);
	}
	for (size_t i = 0; i < p->g->n; i++) {
		mica__info *info = &p->info[i];
		if (!info->root || info->store < 0 || info->group < 0 || info->assigned || p->stores[info->store].whole >= 0)
			continue;
		p->stores[info->store].first = p->groups[info->group].stage;
		touch(p, info->store, p->groups[info->group].stage);
	}
out:
	return st;
}

static mica_status make_renewal(mica__plan *p, mica_var turned)
{
	if (p->info[turned->id].store >= 0 || p->info[turned->in[0]->id].store < 0)
		return MICA_OK;
	mica_status st = mica__grow(&p->renewals, &p->cap_renewals, p->n_renewals + 1, sizeof *p->renewals);
	if (st != MICA_OK)
		return st;
	p->info[turned->id].store = p->info[turned->in[0]->id].turned;
	p->renewals[p->n_renewals++] = (mica__renewal){.variable = turned->in[0], .group = {
		.kind = mica__kind_of(p, turned), .anchor = turned, .rows = mica__shape_lead(&turned->shape),
		.columns = mica__shape_last(&turned->shape)}};
	return MICA_OK;
}

/* For transposed copies of variables that have their usual one here, too. */
static mica_status make_renewals(mica__plan *p)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < p->n_groups; i++) {
		mica_var turned;
		for (size_t j = 0; (turned = mica__turned_by(p, &p->groups[i], j)); j++)
			MICA_TRY(make_renewal(p, turned));
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

/* A value that has its place. */
typedef struct placed {
	size_t begin, end, first, last; /* bytes; stages */
} placed;

/* Values by their places, of arenas that lie one after the other.  low: those that begin lowest, in that order.  ends: how
   high all reach, as a tree over the stages: entries 2 i + 1 and 2 i + 2 are the halves of i; all: of values that are alive in
   all stages of an entry; any: in some. */
enum { LOOKS = 4096 /* so many, at most */ };
typedef struct layout {
	const mica__plan *p;
	size_t piece;           /* bytes of one arena; no value crosses from one to the next */
	placed *low;
	size_t n_low;
	bool more;              /* than are in low */
	struct { size_t all, any; } *ends;
	size_t stages;          /* of the tree: a power of two */
} layout;

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* How high values reach that are alive in stages from to last, of those that entry i has; with end: one that is added. */
static size_t reach(layout *l, size_t i, size_t begin, size_t n, size_t first, size_t last, size_t end)
{
	if (last < begin || first >= begin + n)
		return 0;
	l->ends[i].any = larger(l->ends[i].any, end);
	if (first <= begin && begin + n - 1 <= last) {
		l->ends[i].all = larger(l->ends[i].all, end);
		return l->ends[i].any;
	}
	size_t left = reach(l, 2 * i + 1, begin, n / 2, first, last, end);
	size_t right = reach(l, 2 * i + 2, begin + n / 2, n / 2, first, last, end);
	return larger(l->ends[i].all, larger(left, right));
}

static size_t within_piece(const layout *l, size_t begin, size_t bytes)
{
	return begin / l->piece == (begin + bytes - 1) / l->piece ? begin : mica__round_up(begin, l->piece);
}

/* The lowest place that no value alive at the same time covers; above all of those where too many values would have to be
   looked at. */
static size_t lowest_place(layout *l, const mica__store *t, size_t bytes)
{
	bool reuse = !(l->p->without & MICA_NO_REUSE);
	size_t begin = 0, k = 0;
	for (; k < l->n_low && l->low[k].begin < begin + bytes; k++) {
		bool together = !reuse || (l->low[k].first <= t->last && t->first <= l->low[k].last);
		if (together && l->low[k].end > begin)
			begin = within_piece(l, l->low[k].end, bytes);
	}
	if (l->more && k == l->n_low)
		begin = within_piece(l, larger(begin, reach(l, 0, 0, l->stages, reuse ? t->first : 0, reuse ? t->last : l->stages - 1, 0)), bytes);
	return begin;
}

/* Where a value that begins there stands among the lowest. */
static size_t index_of(const layout *l, size_t begin)
{
	size_t low = 0, high = l->n_low;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (l->low[middle].begin <= begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void note_place(layout *l, placed v)
{
	size_t at = index_of(l, v.begin);
	bool full = l->n_low == LOOKS;
	reach(l, 0, 0, l->stages, v.first, v.last, v.end);
	l->more = l->more || full;
	if (l->more && at == l->n_low) /* those left out may begin before it */
		return;
	l->n_low -= full;
	memmove(l->low + at + 1, l->low + at, (l->n_low - at) * sizeof *l->low);
	l->low[at] = v;
	l->n_low++;
}

static mica_status unaddressable(void)
{
	return mica__fail(MICA_EOVERFLOW, "plan: its values take more bytes than can be addressed; make them smaller");
}

static mica_status too_large(const mica__plan *p, const mica__store *t, size_t bytes)
{
	return mica__fail(MICA_EBUDGET, "plan: the result of %s%s%s, %s %s, takes %s in one piece of device memory, which is "
	                  "%s at most (its CL_DEVICE_MAX_MEM_ALLOC_SIZE or MICA_LARGEST); use smaller batches, or several smaller values",
	                  mica__op_of(t->node)->name, mica_var_scope(t->node)[0] ? " in " : "", mica_var_scope(t->node),
	                  mica__dtype_name(t->node->dtype), mica__shape_text(&t->node->shape), mica__bytes_text((double)bytes),
	                  mica__bytes_text((double)p->device.largest));
}

/* The values of the arena, the largest first. */
static mica_status list_items(const mica__plan *p, item *items, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < p->n_stores; i++) {
		const mica__store *t = &p->stores[i];
		if (t->place != MICA__IN_ARENA)
			continue;
		if (!mica__form_bytes(t->form, &t->node->shape, t->node->dtype, MICA__TAIL, &items[*n].bytes))
			return unaddressable();
		if (p->arena_piece && items[*n].bytes > p->arena_piece)
			return too_large(p, t, items[*n].bytes);
		items[(*n)++].store = i;
	}
	qsort(items, *n, sizeof *items, by_size);
	return MICA_OK;
}

static mica_status place(layout *l, mica__plan *p, const item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		mica__store *t = &p->stores[items[i].store];
		size_t begin = lowest_place(l, t, items[i].bytes), end = begin + items[i].bytes;
		if (end > MICA__MOST_BYTES)
			return unaddressable();
		note_place(l, (placed){begin, end, t->first, t->last});
		t->buffer = (unsigned)(begin / l->piece);
		t->offset = begin % l->piece;
		p->arena_bytes = larger(p->arena_bytes, end);
	}
	return MICA_OK;
}

static mica_status make_arena(mica__plan *p)
{
	mica_status st = MICA_OK;
	size_t n;
	item *items = mica__alloc(p->n_stores + 1, sizeof *items);
	p->arena_piece = p->without & MICA_ONLY_PLAN ? 0 : p->device.largest / MICA__LINES * MICA__LINES;
	layout l = {.p = p, .piece = p->arena_piece ? p->arena_piece : SIZE_MAX, .stages = 1};
	while (l.stages < p->n_stages + 1)
		l.stages *= 2;
	l.low = mica__alloc(LOOKS, sizeof *l.low);
	l.ends = mica__alloc(2 * l.stages, sizeof *l.ends);
	if (!items || !l.low || !l.ends) {
		st = MICA_ENOMEM;
		goto out;
	}
	MICA_TRY(list_items(p, items, &n));
	MICA_TRY(place(&l, p, items, n));
out:
	mica__free(items);
	mica__free(l.low);
	mica__free(l.ends);
	return st;
}

mica_status mica__make_places(mica__plan *p)
{
	mica_status st = make_stores(p);
	if (st == MICA_OK)
		st = make_renewals(p);
	return st == MICA_OK ? make_arena(p) : st;
}
