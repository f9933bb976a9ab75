/* SPDX-License-Identifier: MIT */
/* lower/kinds/kept.c - finds a costly value that several passes over a row need (see kept.h). */
#include "lower/kinds/kept.h"

/* Does the expression x compute y?  Each node is looked at once a question: marks are those of inner_stamp. */
static bool computes(const mica__emitter *e, mica_var x, mica_var y)
{
	if (x == y)
		return true;
	if (e->scratch->inner[x->id] == e->scratch->inner_stamp || mica__is_reduction(x) || mica__from_outside(e, x))
		return false;
	e->scratch->inner[x->id] = e->scratch->inner_stamp;
	for (size_t i = 0; i < x->n_in; i++)
		if (computes(e, x->in[i], y))
			return true;
	return false;
}

static bool needed_after(const mica__emitter *e, mica_var y, size_t depth)
{
	e->scratch->inner_stamp++;
	for (size_t i = 0; i < e->g->n_roots; i++) {
		mica_var x = e->g->roots[i];
		bool after = mica__is_reduction(x) ? mica__reduction_depth(e, x) > depth : mica__is_element(e, x);
		if (after && computes(e, mica__is_reduction(x) ? x->in[0] : x, y))
			return true;
	}
	return false;
}

/* The outermost costly value in the expression x that passes after the one at depth need too; NULL. */
static mica_var costly(const mica__emitter *e, mica_var x, size_t depth)
{
	bool whole = mica__shape_lead(&x->shape) == e->g->rows && mica__shape_last(&x->shape) == e->g->columns;
	mica_var y = NULL;
	if (e->scratch->outer[x->id] == e->scratch->outer_stamp)
		return NULL;
	e->scratch->outer[x->id] = e->scratch->outer_stamp;
	if (mica__is_elementwise(x) && mica__op_describe(x->op)->heavy && whole && needed_after(e, x, depth))
		return x;
	for (size_t i = 0; i < x->n_in && !y && !mica__is_reduction(x) && !mica__from_outside(e, x); i++)
		y = costly(e, x->in[i], depth);
	return y;
}

/* A root of this type whose place in memory no pass reads; NULL. */
static mica_var free_place(const mica__emitter *e, mica_dtype type)
{
	for (size_t i = 0; i < e->g->n_roots; i++) {
		mica_var x = e->g->roots[i], variable = e->p->info[x->id].assigned;
		bool is_free = mica__is_element(e, x) && x->dtype == type;
		for (size_t j = 0; j < e->g->n_roots && variable && is_free; j++)
			is_free = mica__how_reads(e->p, e->g->roots[j], mica__per_row(e->g, e->g->roots[j]), variable) == MICA__READ_NOT;
		if (is_free)
			return x;
	}
	return NULL;
}

mica__kept mica__kept_find(const mica__emitter *e, size_t deepest)
{
	mica__kept k = {.value = NULL};
	for (; k.depth <= deepest; k.depth++)
		for (size_t i = 0; i < e->g->n_roots; i++) {
			if (!mica__reduces_at(e, e->g->roots[i], k.depth))
				continue;
			e->scratch->outer_stamp++;
			k.value = costly(e, e->g->roots[i]->in[0], k.depth);
			k.place = k.value ? free_place(e, k.value->dtype) : NULL;
			if (k.place)
				return k;
		}
	return (mica__kept){.value = NULL};
}

void mica__kept_store(mica__emitter *e, const mica__kept *k)
{
	mica__put(e, k->place, mica__value(e, k->value, mica__here(e)), mica__here(e));
}

void mica__kept_load(mica__emitter *e, const mica__kept *k)
{
	mica__text load = {0};
	uint8_t level;
	mica__load(e, e->p->info[k->place->id].store, k->place, mica__here(e), &load, &level);
	mica__name n = mica__declare(e, mica__type(k->value->dtype, true), MICA__PER_ELEMENT, "%s", mica__text_string(&load));
	n.vector = true;
	mica__remember(e, k->value, mica__here(e), n);
	mica__done(e, &load);
}
