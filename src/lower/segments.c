/* SPDX-License-Identifier: MIT */
/* lower/segments.c - loops in a plan: which nodes run with which, and where values are that loops hand on.

   A plan is a line of segments: a loop, whose stages are run for each of its steps, or what runs once, before it and after it.
   Nodes are numbered segment by segment, and groups are made of nodes of one segment; so no pass has to ask whether something
   must run between two groups of a loop and others.  A node that runs once does so as late as what needs it allows, next to it.

   What a loop hands from step to step, takes row by row, or stacks, is a window on a whole (mica__pane): a carry reads row t
   of its history and what it becomes is stored as row t + 1 (of a reverse loop the other way round), so that it is there for
   the gradient and nothing is copied.  Where nobody asks for the history it has two rows that take turns. */
#include "lower/groups.h"

#include <stdlib.h>
#include <string.h>

/* ---- segments ---- */

/* Loops of one epoch do not need each other; what runs once in an epoch does so before them, what comes out of them is of the
   next. */
typedef struct sorter {
	mica__plan *p;
	uint32_t *epoch;  /* by node: the first in which it may run */
	uint32_t *late;   /* the last, for what its readers are */
	uint32_t *loops;  /* by number of a loop - 1: its epoch */
} sorter;

typedef struct key {
	uint32_t epoch, loop, id;
	mica_var node;
} key;

static bool raise(uint32_t *to, uint32_t epoch)
{
	bool more = epoch > *to;
	*to = more ? epoch : *to;
	return more;
}

static void find_epochs(const sorter *s)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < s->p->g->n; i++) {
			mica_var x = s->p->g->nodes[i];
			uint32_t *mine = x->loop ? &s->loops[x->loop - 1] : &s->epoch[i];
			for (size_t j = 0; j < x->n_in; j++) {
				mica_var in = x->in[j];
				if (mica__is_from_loop(x) || !in->loop)
					again = raise(mine, in->loop ? s->loops[in->loop - 1] + 1 : s->epoch[in->id]) || again;
			}
		}
	}
}

static void find_late(const sorter *s)
{
	const mica_graph *g = s->p->g;
	memset(s->late, 0xff, g->n * sizeof *s->late);
	for (size_t i = g->n; i-- > 0;) {
		mica_var x = g->nodes[i];
		if (x->loop)
			s->late[i] = s->loops[x->loop - 1];
		else if (s->late[i] == UINT32_MAX)
			s->late[i] = s->epoch[i];
		for (size_t j = 0; j < x->n_in; j++)
			if (!x->in[j]->loop && s->late[i] < s->late[x->in[j]->id])
				s->late[x->in[j]->id] = s->late[i];
	}
}

static int by_key(const void *a, const void *b)
{
	const key *x = a, *y = b;
	if (x->epoch != y->epoch)
		return x->epoch < y->epoch ? -1 : 1;
	if (x->loop != y->loop)
		return x->loop < y->loop ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

mica_status mica__find_segments(mica__plan *p)
{
	mica_status st = MICA_OK;
	mica_graph *g = p->g;
	if (!g->n_loops)
		return MICA_OK;
	sorter s = {p, mica__alloc(g->n, sizeof *s.epoch), mica__alloc(g->n, sizeof *s.late), mica__alloc(g->n_loops, sizeof *s.loops)};
	key *keys = mica__alloc(g->n, sizeof *keys);
	if (!s.epoch || !s.late || !s.loops || !keys) {
		st = MICA_ENOMEM;
		goto out;
	}
	find_epochs(&s);
	find_late(&s);
	for (size_t i = 0; i < g->n; i++)
		keys[i] = (key){s.late[i], g->nodes[i]->loop, (uint32_t)i, g->nodes[i]};
	qsort(keys, g->n, sizeof *keys, by_key);
	for (size_t i = 0; i < g->n; i++)
		(g->nodes[i] = keys[i].node)->id = (uint32_t)i;
out:
	mica__free(s.epoch);
	mica__free(s.late);
	mica__free(s.loops);
	mica__free(keys);
	return st;
}

/* ---- windows ---- */

size_t mica__count_carries(const mica__plan *p)
{
	size_t n = 0;
	for (size_t i = 0; i < p->g->n_loops; i++)
		n += p->g->loops[i]->n_carries;
	return n;
}

static void place(mica__plan *p, mica_var x, mica_var whole, size_t row, bool stepped)
{
	p->info[x->id].window = (mica__pane){whole, row, stepped};
}

/* The history of a carry, with its first value, what it is at each step, and what it becomes. */
static mica_status place_carry(mica__plan *p, const mica_scan *s, const mica__carry *c, bool whole)
{
	size_t rows = whole || s->steps < 2 ? s->steps + 1 : 2;
	mica_shape shape = mica__stacked(rows, &c->carry->shape);
	p->g->scope = c->carry->scope;
	mica_var history = mica__node(p->g, MICA__HISTORY, c->carry->dtype, &shape, NULL, 0, NULL);
	if (history->failed)
		return mica__fail(p->g->status, "%s", p->g->error);
	place(p, c->carry->in[0], history, s->reverse ? s->steps % rows : 0, false);
	place(p, c->carry, history, s->reverse, true);
	place(p, c->next, history, !s->reverse, true);
	return MICA_OK;
}

/* What came out: the last row, all rows but the first or the last, or a whole. */
static void place_result(mica__plan *p, mica_var x)
{
	mica_var in = x->in[0];
	const mica_scan *s = mica__loop_of(in);
	mica__pane *w = &p->info[in->id].window;
	if (x->op == MICA__LAST)
		place(p, x, w->whole, s->reverse ? 0 : s->steps % w->whole->shape.dim[0], false);
	else if (w->whole)
		place(p, x, w->whole, w->row, false);
	else
		place(p, in, x, 0, true);
}

mica_status mica__make_windows(mica__plan *p)
{
	mica_status st = MICA_OK;
	size_t n = p->g->n;
	bool *stacked = mica__alloc(n + 1, sizeof *stacked);
	if (!stacked)
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		mica_var x = p->g->nodes[i];
		p->info[i].segment = (uint32_t)(p->n_segments += !i || x->loop != p->g->nodes[i - 1]->loop) - 1;
		if (x->op == MICA__STACK)
			stacked[x->in[0]->id] = true;
	}
	for (size_t i = 0; i < p->g->n_loops; i++)
		for (size_t j = 0; j < p->g->loops[i]->n_carries; j++) {
			const mica__carry *c = &p->g->loops[i]->carries[j];
			if (c->carry)
				MICA_TRY(place_carry(p, p->g->loops[i], c, stacked[c->carry->id] || stacked[c->next->id]));
		}
	for (size_t i = 0; i < n; i++)
		if (mica__is_from_loop(p->g->nodes[i]))
			place_result(p, p->g->nodes[i]);
	p->segments = mica__alloc(p->n_segments + 1, sizeof *p->segments);
	if (!p->segments)
		st = MICA_ENOMEM;
	for (size_t i = 0; i < n && p->segments; i++)
		p->segments[p->info[i].segment].loop = mica__loop_of(p->g->nodes[i]);
out:
	mica__free(stacked);
	return st;
}
