/* SPDX-License-Identifier: MIT */
/* lower/parts.c - what the functions of groups have in common on CPUs (cpu.c) and GPUs (simt.c): which roots are stored
   where, and the reductions of a group by how they lie upon each other. */
#include "lower/emit.h"

static const mica__name row = {"r", MICA__PER_ROW, false}, nil = {"0", MICA__PER_TASK, false};
static const mica__name column = {"c", MICA__PER_ELEMENT, false};

bool mica__is_stored_root(const mica__emitter *e, mica_var x)
{
	return e->p->info[x->id].store >= 0;
}

bool mica__is_element(const mica__emitter *e, mica_var x)
{
	return mica__is_stored_root(e, x) && !mica__per_row(e->g, x);
}

bool mica__has_elements(const mica__emitter *e)
{
	for (size_t i = 0; i < e->g->n_roots; i++)
		if (mica__is_element(e, e->g->roots[i]))
			return true;
	return false;
}

void mica__put_elements(mica__emitter *e, mica__name lead)
{
	mica__group *g = e->g;
	mica__name at = g->vector ? nil : column;
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica__is_element(e, g->roots[i]))
			mica__value(e, g->roots[i], lead, at, g->vector);
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica__is_element(e, g->roots[i]))
			mica__put(e, g->roots[i], mica__value(e, g->roots[i], lead, at, g->vector), lead, at, g->vector);
}

bool mica__row_position(const mica__emitter *e, mica_var x, mica__name *lead, mica__name *at)
{
	bool sideways = !mica__is_reduction(x) && mica__shape_last(&x->shape) != 1;
	*lead = sideways ? nil : row;
	*at = sideways ? row : nil;
	return mica__is_stored_root(e, x) && mica__per_row(e->g, x);
}

const char *mica__reduction_start(mica_var x)
{
	bool integer = x->in[0]->dtype == MICA_I32;
	switch (x->op) {
	case MICA__SUM: return "0";
	case MICA__REDUCE_MIN: return integer ? "INT_MAX" : "INFINITY";
	default: return integer ? "INT_MIN" : "-INFINITY";
	}
}

bool mica__from_outside(const mica__emitter *e, mica_var x)
{
	bool mine = e->p->info[x->id].root && &e->p->groups[e->p->info[x->id].group] == e->g;
	return mica__has_storage(e->p, x) && !mine;
}

size_t mica__reduction_depth(const mica__emitter *e, mica_var x)
{
	size_t deepest = 0;
	for (size_t i = 0; i < x->n_in; i++) {
		mica_var y = x->in[i];
		if (mica__from_outside(e, y))
			continue;
		size_t d = mica__reduction_depth(e, y) + (mica__is_reduction(y) ? 1 : 0);
		deepest = d > deepest ? d : deepest;
	}
	return deepest;
}

bool mica__reduces_at(const mica__emitter *e, mica_var x, size_t depth)
{
	return mica__is_reduction(x) && mica__reduction_depth(e, x) == depth;
}

size_t mica__deepest_reduction(const mica__emitter *e)
{
	size_t deepest = 0;
	for (size_t i = 0; i < e->g->n_roots; i++) {
		size_t d = mica__is_reduction(e->g->roots[i]) ? mica__reduction_depth(e, e->g->roots[i]) : 0;
		deepest = d > deepest ? d : deepest;
	}
	return deepest;
}
