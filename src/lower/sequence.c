/* SPDX-License-Identifier: MIT */
/* lower/sequence.c - groups in a topological order that is kept while groups merge and new edges come.
   Whether something runs between two groups is then a question about the groups that stand between them: those after the
   one and those before the other are searched in turn until one side has no more (Pearce and Kelly, "A dynamic
   topological sort algorithm for directed acyclic graphs", 2006).  That side then makes room.  A search that takes too
   long counts as found, so that the work is in proportion to the number of questions. */
#include "lower/groups.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_EDGES = 4096 /* followed by one search */ };

typedef struct edge {
	uint32_t from, to;
	size_t next_from, next_to; /* in edges, + 1; of the same from or to */
} edge;

/* What one side of a search has found; groups are marked with its number. */
typedef struct side {
	uint32_t *list;
	size_t n, done, edges;
	uint32_t mark;
} side;

/* For sorting what moves. */
typedef struct labelled {
	uint64_t label;
	uint32_t group;
} labelled;

struct mica__sequence {
	size_t n, room;
	uint32_t *next, *previous; /* by group; `room` stands for both ends */
	uint64_t *label;           /* grows along the order */
	uint32_t *mark;            /* of the search that found the group last */
	uint32_t marks;
	side after, before;        /* of the last search */
	labelled *places;
	edge *edges;               /* that do not come from what groups read */
	size_t n_edges, cap_edges;
	size_t *edges_from, *edges_to; /* first of a group, + 1 */
};

void mica__sequence_free(mica__sequence *s)
{
	if (!s)
		return;
	mica__free(s->next);
	mica__free(s->previous);
	mica__free(s->label);
	mica__free(s->mark);
	mica__free(s->places);
	mica__free(s->after.list);
	mica__free(s->before.list);
	mica__free(s->edges);
	mica__free(s->edges_from);
	mica__free(s->edges_to);
	mica__free(s);
}

/* ---- the order ---- */

static void renumber(mica__sequence *s)
{
	uint64_t step = UINT64_MAX / (s->room + 2), at = step;
	for (size_t g = s->next[s->room]; g != s->room; g = s->next[g], at += step)
		s->label[g] = at;
}

static void take_out(mica__sequence *s, size_t g)
{
	s->next[s->previous[g]] = s->next[g];
	s->previous[s->next[g]] = s->previous[g];
}

/* Labels between which there is nothing: after `place`, or after the beginning if that is `room`. */
static uint64_t gap_after(const mica__sequence *s, size_t place, uint64_t *from)
{
	size_t next = s->next[place];
	*from = place == s->room ? 0 : s->label[place];
	return (next == s->room ? UINT64_MAX : s->label[next]) - *from;
}

/* Puts groups that are in no order behind place. */
static void put_behind(mica__sequence *s, size_t place, const uint32_t *groups, size_t n)
{
	uint64_t from, gap = gap_after(s, place, &from);
	if (gap / (n + 1) == 0) {
		renumber(s);
		gap = gap_after(s, place, &from);
	}
	for (size_t i = 0; i < n; i++) {
		size_t g = groups[i], next = s->next[place];
		s->label[g] = from + gap / (n + 1) * (i + 1);
		s->previous[g] = (uint32_t)place;
		s->next[g] = (uint32_t)next;
		s->next[place] = s->previous[next] = (uint32_t)g;
		place = g;
	}
}

void mica__sequence_append(mica__sequence *s, size_t group)
{
	put_behind(s, s->previous[s->room], &(uint32_t){(uint32_t)group}, 1);
	s->n++;
}

mica_status mica__sequence_create(mica__plan *p, size_t more)
{
	size_t room = p->n_groups + more;
	mica__sequence_free(p->sequence);
	mica__sequence *s = p->sequence = mica__alloc(1, sizeof *s);
	if (!s)
		return MICA_ENOMEM;
	if (room >= UINT32_MAX)
		return mica__fail(MICA_EUNSUPPORTED, "plan: %zu kernels", room);
	s->room = room;
	s->next = mica__alloc(room + 1, sizeof *s->next);
	s->previous = mica__alloc(room + 1, sizeof *s->previous);
	s->label = mica__alloc(room + 1, sizeof *s->label);
	s->mark = mica__alloc(room + 1, sizeof *s->mark);
	s->places = mica__alloc(room + 1, sizeof *s->places);
	s->after.list = mica__alloc(room + 1, sizeof *s->after.list);
	s->before.list = mica__alloc(room + 1, sizeof *s->before.list);
	s->edges_from = mica__alloc(room + 1, sizeof *s->edges_from);
	s->edges_to = mica__alloc(room + 1, sizeof *s->edges_to);
	if (!s->next || !s->previous || !s->label || !s->mark || !s->places || !s->after.list || !s->before.list || !s->edges_from ||
	    !s->edges_to)
		return MICA_ENOMEM;
	for (size_t i = 0; i < p->n_groups; i++) {
		s->next[i] = (uint32_t)(i + 1 < p->n_groups ? i + 1 : room);
		s->previous[i] = (uint32_t)(i ? i - 1 : room);
	}
	s->next[room] = (uint32_t)(p->n_groups ? 0 : room);
	s->previous[room] = (uint32_t)(p->n_groups ? p->n_groups - 1 : room);
	s->n = p->n_groups;
	renumber(s);
	return MICA_OK;
}

size_t mica__sequence_first(const mica__sequence *s)
{
	return mica__sequence_next(s, s->room);
}

size_t mica__sequence_next(const mica__sequence *s, size_t group)
{
	return s->next[group] == s->room ? SIZE_MAX : s->next[group];
}

mica_status mica__sequence_edge(mica__sequence *s, size_t first, size_t then)
{
	mica_status st = mica__grow(&s->edges, &s->cap_edges, s->n_edges + 1, sizeof *s->edges);
	if (st != MICA_OK)
		return st;
	s->edges[s->n_edges++] = (edge){(uint32_t)first, (uint32_t)then, s->edges_from[first], s->edges_to[then]};
	s->edges_from[first] = s->edges_to[then] = s->n_edges;
	return MICA_OK;
}

size_t mica__sequence_edge_to(const mica__sequence *s, size_t group, size_t *at)
{
	size_t e = *at ? s->edges[*at - 1].next_to : s->edges_to[group];
	if (!e)
		return SIZE_MAX;
	*at = e;
	return s->edges[e - 1].from;
}

/* ---- searching ---- */

typedef struct search {
	const mica__plan *p;
	mica__sequence *s;
	size_t low, high;
	bool direct; /* a step from one to the other counts, too */
	bool found;
} search;

static void visit(search *q, side *mine, const side *other, size_t from, size_t g)
{
	bool forward = mine == &q->s->after;
	size_t own = forward ? q->low : q->high, goal = forward ? q->high : q->low;
	mine->edges++;
	if (g == goal) {
		q->found = q->found || q->direct || from != own;
		return;
	}
	if (g == from || q->s->label[g] <= q->s->label[q->low] || q->s->label[g] >= q->s->label[q->high] || q->s->mark[g] == mine->mark)
		return;
	q->found = q->found || q->s->mark[g] == other->mark;
	q->s->mark[g] = mine->mark;
	mine->list[mine->n++] = (uint32_t)g;
}

/* The steps from group g: to what reads it, or to what it reads. */
static void expand(search *q, side *mine, const side *other, size_t g)
{
	const mica__facts *f = &q->p->facts;
	const mica__group *group = &q->p->groups[g];
	bool forward = mine == &q->s->after;
	for (size_t i = 0; i < group->n_roots && !q->found; i++) {
		mica_var x = group->roots[i];
		const mica__span *of = forward ? &f->readers_of[x->id] : &f->reads_of[x->id];
		for (size_t j = of->first; j < of->first + of->n && !q->found && mine->edges <= MOST_EDGES; j++) {
			int to = q->p->info[(forward ? f->readers[j] : f->reads[j].value)->id].group;
			if (to >= 0)
				visit(q, mine, other, g, (size_t)to);
		}
	}
	const mica__sequence *s = q->s;
	for (size_t e = forward ? s->edges_from[g] : s->edges_to[g]; e && !q->found;
	     e = forward ? s->edges[e - 1].next_from : s->edges[e - 1].next_to)
		visit(q, mine, other, g, forward ? s->edges[e - 1].to : s->edges[e - 1].from);
}

static size_t degree(const search *q, const side *mine, size_t g)
{
	const mica__facts *f = &q->p->facts;
	size_t n = 1;
	for (size_t i = 0; i < q->p->groups[g].n_roots; i++)
		n += (mine == &q->s->after ? f->readers_of : f->reads_of)[q->p->groups[g].roots[i]->id].n;
	return n;
}

/* Whether group high does not depend on low, which stands before it, through others, or not at all if direct.  Afterwards
   one of the sides has found all there is. */
static bool apart(search *q)
{
	mica__sequence *s = q->s;
	side *after = &s->after, *before = &s->before;
	if (s->marks > UINT32_MAX - 2) {
		memset(s->mark, 0, (s->room + 1) * sizeof *s->mark);
		s->marks = 0;
	}
	after->mark = ++s->marks;
	before->mark = ++s->marks;
	after->list[0] = (uint32_t)q->low;
	before->list[0] = (uint32_t)q->high;
	after->n = before->n = 1;
	after->done = before->done = after->edges = before->edges = 0;
	size_t cost_after = degree(q, after, q->low), cost_before = degree(q, before, q->high);
	while (!q->found && after->done < after->n && before->done < before->n) {
		if (after->edges + cost_after < before->edges + cost_before) {
			expand(q, after, before, after->list[after->done++]);
			cost_after = after->done < after->n ? degree(q, after, after->list[after->done]) : 0;
		} else {
			expand(q, before, after, before->list[before->done++]);
			cost_before = before->done < before->n ? degree(q, before, before->list[before->done]) : 0;
		}
		if (after->edges + before->edges > MOST_EDGES)
			return false;
	}
	return !q->found;
}

static int by_label(const void *a, const void *b)
{
	uint64_t x = ((const labelled *)a)->label, y = ((const labelled *)b)->label;
	return (x > y) - (x < y);
}

/* After a search that found them apart: high moves right before low, with all that has to go before or after. */
static void swap(search *q)
{
	mica__sequence *s = q->s;
	bool forward = s->after.done == s->after.n;
	side *moved = forward ? &s->after : &s->before;
	for (size_t i = 0; i < moved->n; i++)
		s->places[i] = (labelled){s->label[moved->list[i]], moved->list[i]};
	qsort(s->places, moved->n, sizeof *s->places, by_label);
	for (size_t i = 0; i < moved->n; i++) {
		moved->list[i] = s->places[i].group;
		take_out(s, moved->list[i]);
	}
	put_behind(s, forward ? q->high : s->previous[q->low], moved->list, moved->n);
}

bool mica__sequence_before(const mica__plan *p, size_t first, size_t then)
{
	mica__sequence *s = p->sequence;
	search q = {.p = p, .s = s, .low = then, .high = first, .direct = true};
	if (s->label[first] < s->label[then])
		return true;
	if (p->groups[first].segment != p->groups[then].segment)
		return false;
	bool can = apart(&q);
	if (can)
		swap(&q);
	return can;
}

bool mica__sequence_merge(const mica__plan *p, size_t a, size_t b)
{
	mica__sequence *s = p->sequence;
	bool a_first = s->label[a] < s->label[b];
	search q = {.p = p, .s = s, .low = a_first ? a : b, .high = a_first ? b : a};
	if (!apart(&q))
		return false;
	swap(&q);
	take_out(s, b);
	s->n--;
	return true;
}
