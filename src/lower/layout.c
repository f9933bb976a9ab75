/* SPDX-License-Identifier: MIT */
/* lower/layout.c - third pass: in which stage each group runs, and where each value lives.
   Groups of one stage do not depend on each other and run in one launch.  A stored value keeps its place in the arena
   from the stage that makes it to the last that reads it.  An assigned value is stored straight into its variable where
   every other reader of the old value can come before, through a temporary otherwise. */
#include "lower/lower.h"

#include <stdio.h>
#include <string.h>

typedef struct pass {
	mica__plan *p;
	bool *after; /* n x n: group of the row runs after the group of the column */
	size_t n;    /* groups, copies for assignments included */
} pass;

typedef struct search {
	mica_var wanted;
	bool found;
} search;

static void look_for(void *payload, mica_var y)
{
	search *s = payload;
	s->found = s->found || y == s->wanted;
}

static bool group_reads(const pass *s, size_t group, mica_var y)
{
	search found = {y, false};
	for (size_t i = 0; i < s->p->groups[group].n_roots; i++)
		mica__visit_reads(s->p, s->p->groups[group].roots[i], look_for, &found);
	return found.found;
}

/* May group store into variable what it computes, element by element, while it still reads the old value? */
static bool reads_in_place(const mica__plan *p, const mica__group *g, mica_var variable)
{
	bool whole = mica__shape_lead(&variable->shape) == g->rows && mica__shape_last(&variable->shape) == g->columns;
	for (size_t i = 0; i < g->n_roots; i++) {
		bool row = mica__per_row(g, g->roots[i]);
		mica__reads how = mica__how_reads(p, g->roots[i], row, variable);
		if (how != MICA__READ_NOT && how != (whole ? MICA__READ_SAME : MICA__READ_ROW))
			return false;
	}
	return true;
}

static mica_status assign_through_copy(pass *s, size_t index)
{
	mica__plan *p = s->p;
	mica_var value = p->assigns[index].value;
	mica_var copy = mica__node(p->g, MICA__STOP_GRADIENT, value->dtype, &value->shape, &value, 1, NULL);
	if (copy->failed)
		return p->g->status;
	p->info[copy->id] = (mica__info){.root = true, .group = -1, .store = -1, .shadow = -1};
	p->info[copy->id].assigned = p->assigns[index].variable;
	mica_status st = mica__add_group(p, copy);
	if (st == MICA_OK) {
		size_t c = p->n_groups - 1;
		mica__note_reads(p, c, s->after, s->n);
		for (size_t h = 0; h < c; h++)
			if (group_reads(s, h, p->assigns[index].variable))
				s->after[c * s->n + h] = true;
	}
	return st;
}

static bool has_transposed_copy(const mica__plan *p, mica_var variable)
{
	for (size_t i = 0; i < p->n_groups; i++)
		if (p->device.cpu && p->groups[i].anchor == MICA__PRODUCT && p->groups[i].product.transposed_b &&
		    p->groups[i].product.b == variable)
			return true;
	return false;
}

/* Only kernels that go through a panel row by row can write the transposed copy beside it. */
static bool can_write_copy(const mica__plan *p, const mica__group *g)
{
	if (g->anchor == MICA__PRODUCT)
		return true;
	for (size_t i = 0; i < g->n_roots; i++)
		if (g->anchor != MICA__MAP || !mica__can_vector(p, g->roots[i], g->columns))
			return false;
	return true;
}

static mica_status place_assignment(pass *s, size_t index)
{
	mica__plan *p = s->p;
	mica_var variable = p->assigns[index].variable, value = p->assigns[index].value;
	size_t g = (size_t)p->info[value->id].group;
	bool direct = reads_in_place(p, &p->groups[g], variable) && !p->info[value->id].assigned;
	direct = direct && (!has_transposed_copy(p, variable) || can_write_copy(p, &p->groups[g]));
	bool *seen = mica__alloc(s->n, sizeof *seen);
	if (!seen)
		return MICA_ENOMEM;
	for (size_t h = 0; h < p->n_groups && direct; h++) {
		memset(seen, 0, s->n);
		if (h != g && group_reads(s, h, variable))
			direct = !mica__reaches(s->after, s->n, h, g, true, seen);
	}
	mica__free(seen);
	if (!direct)
		return assign_through_copy(s, index);
	p->info[value->id].assigned = variable;
	for (size_t h = 0; h < p->n_groups; h++)
		if (h != g && group_reads(s, h, variable))
			s->after[g * s->n + h] = true;
	return MICA_OK;
}

/* ---- stages ---- */

static size_t stage_of(pass *s, size_t g, size_t *known)
{
	if (known[g])
		return known[g];
	size_t most = 0;
	for (size_t k = 0; k < s->n; k++)
		if (s->after[g * s->n + k]) {
			size_t t = stage_of(s, k, known);
			most = t > most ? t : most;
		}
	return known[g] = most + 1;
}

/* Puts the groups of a level that are calls, each in a stage of its own, or that are not into order[at...]. */
static size_t fill_level(mica__plan *p, const size_t *known, size_t level, bool calls, size_t at)
{
	bool alone = calls || p->without & MICA_NO_MERGE || p->device.apart;
	mica__stage *stage = NULL;
	for (size_t i = 0; i < p->n_groups; i++) {
		if (p->groups[i].dead || known[i] != level || mica__is_call(p, &p->groups[i]) != calls)
			continue;
		if (!stage || alone) {
			stage = &p->stages[p->n_stages++];
			stage->first_group = at;
		}
		p->groups[i].stage = p->n_stages - 1;
		p->order[at++] = i;
		stage->n_groups++;
	}
	return at;
}

static mica_status make_stages(pass *s)
{
	mica__plan *p = s->p;
	size_t *known = mica__alloc(s->n + 1, sizeof *known), most = 0;
	p->order = mica__alloc(s->n + 1, sizeof *p->order);
	p->stages = mica__alloc(s->n + 1, sizeof *p->stages);
	if (!known || !p->order || !p->stages) {
		mica__free(known);
		return MICA_ENOMEM;
	}
	for (size_t i = 0; i < p->n_groups; i++)
		if (!p->groups[i].dead && stage_of(s, i, known) > most)
			most = known[i];
	size_t at = 0;
	for (size_t level = 1; level <= most; level++)
		for (int calls = 1; calls >= 0; calls--)
			at = fill_level(p, known, level, calls, at);
	mica__free(known);
	return MICA_OK;
}

/* ---- stores ---- */

static mica_status add_store(mica__plan *p, mica_var x, mica__place place, int *index)
{
	if (*index >= 0)
		return MICA_OK;
	if (mica__grow(&p->stores, &p->cap_stores, p->n_stores + 1, sizeof *p->stores) != MICA_OK)
		return MICA_ENOMEM;
	mica__store *t = &p->stores[p->n_stores];
	size_t lead = mica__shape_lead(&x->shape), last = mica__shape_last(&x->shape), pw = mica__panel_width(p);
	bool shadow = place == MICA__IN_SHADOW;
	*t = (mica__store){.node = x, .place = place, .panel = mica__in_panels(p, x), .rows = shadow ? last : lead,
	                   .columns = shadow ? lead : last};
	t->panel = shadow ? p->device.cpu : t->panel;
	t->elements = t->panel ? mica__round_up(t->columns, pw) * t->rows : t->rows * t->columns;
	*index = (int)p->n_stores++;
	return MICA_OK;
}

typedef struct toucher {
	mica__plan *p;
	size_t stage, group;
	mica_status st;
} toucher;

static void touch(mica__store *t, size_t stage)
{
	if (stage > t->last)
		t->last = stage;
}

static void touch_read(void *payload, mica_var y)
{
	toucher *r = payload;
	mica__info *info = &r->p->info[y->id];
	if (y->op == MICA__INPUT || y->op == MICA__VARIABLE) {
		if (r->st == MICA_OK)
			r->st = add_store(r->p, y, MICA__IN_LEAF, &info->store);
	} else if (info->group != (int)r->group) {
		if (r->st == MICA_OK && info->store < 0)
			r->st = add_store(r->p, y, MICA__IN_ARENA, &info->store);
	}
	if (r->st == MICA_OK && info->store >= 0)
		touch(&r->p->stores[info->store], r->stage);
}

/* A root that is assigned lives in its variable. */
static mica_status store_assigned(mica__plan *p, mica_var x)
{
	mica_var v = p->info[x->id].assigned;
	mica_status st = add_store(p, v, MICA__IN_LEAF, &p->info[v->id].store);
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
		mica__group *g = &p->groups[i];
		toucher t = {p, g->stage, i, MICA_OK};
		for (size_t j = 0; j < g->n_roots; j++)
			mica__visit_reads(p, g->roots[j], touch_read, &t);
		MICA_TRY(t.st);
		if (g->anchor == MICA__PRODUCT && g->product.transposed_b && p->device.cpu)
			MICA_TRY(add_store(p, g->product.b, MICA__IN_SHADOW, &p->info[g->product.b->id].shadow));
	}
	for (size_t i = 0; i < p->g->n; i++) { /* outputs, leaves among them */
		mica_var x = p->g->nodes[i];
		if (p->info[i].keep)
			MICA_TRY(add_store(p, x, p->info[i].root ? MICA__IN_ARENA : MICA__IN_LEAF, &p->info[i].store));
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

size_t mica__store_bytes(const mica__store *t)
{
	return mica__round_up((t->elements + MICA__TAIL) * mica__dtype_bytes(t->node->dtype), 256);
}

/* Lowest place that no value alive at the same time covers, values in order of size. */
static mica_status make_arena(mica__plan *p)
{
	size_t *placed = mica__alloc(p->n_stores + 1, sizeof *placed), n = 0;
	bool *done = mica__alloc(p->n_stores + 1, sizeof *done);
	if (!placed || !done) {
		mica__free(placed);
		mica__free(done);
		return MICA_ENOMEM;
	}
	for (;;) {
		mica__store *big = NULL;
		for (size_t i = 0; i < p->n_stores; i++)
			if (p->stores[i].place == MICA__IN_ARENA && !done[i] &&
			    (!big || mica__store_bytes(&p->stores[i]) > mica__store_bytes(big)))
				big = &p->stores[i];
		if (!big)
			break;
		done[big - p->stores] = true;
		bool moved = true;
		while (moved) {
			moved = false;
			for (size_t k = 0; k < n; k++) {
				const mica__store *o = &p->stores[placed[k]];
				bool together = p->without & MICA_NO_REUSE || (o->first <= big->last && big->first <= o->last);
				if (together && big->offset < o->offset + mica__store_bytes(o) && o->offset < big->offset + mica__store_bytes(big)) {
					big->offset = o->offset + mica__store_bytes(o);
					moved = true;
				}
			}
		}
		placed[n++] = (size_t)(big - p->stores);
		if (big->offset + mica__store_bytes(big) > p->arena_bytes)
			p->arena_bytes = big->offset + mica__store_bytes(big);
	}
	mica__free(placed);
	mica__free(done);
	return MICA_OK;
}

mica_status mica__layout(mica__plan *p)
{
	mica_status st = MICA_OK;
	pass s = {.p = p, .n = p->n_groups + p->n_assigns};
	s.after = mica__alloc(s.n * s.n + 1, sizeof *s.after);
	if (!s.after)
		return MICA_ENOMEM;
	for (size_t i = 0; i < p->n_groups; i++)
		mica__note_reads(p, i, s.after, s.n);
	for (size_t i = 0; i < p->n_assigns; i++)
		MICA_TRY(place_assignment(&s, i));
	MICA_TRY(make_stages(&s));
	MICA_TRY(make_stores(p));
	MICA_TRY(make_arena(p));
out:
	mica__free(s.after);
	return st;
}
