/* SPDX-License-Identifier: MIT */
/* lower/reads.c - what the expression of a root reads, and from where.
   A root's expression reaches down to leaves and other roots; everything between is computed where it is read.  All of it
   is found by one walk of each expression, whenever the choice of roots has changed. */
#include "lower/groups.h"

#include <string.h>

bool mica__in_panels(const mica__plan *p, mica_var x)
{
	mica_var whole = mica__pane_of(p, x).whole;
	if (whole && whole != x)
		return mica__in_panels(p, whole);
	if (!p->device.cpu || p->without & MICA_NO_PANELS || x->op == MICA__INPUT)
		return false;
	return mica__shape_last(&x->shape) > 1 && mica__shape_lead(&x->shape) > 1;
}

bool mica__has_storage(const mica__plan *p, mica_var x)
{
	return x->op == MICA__INPUT || x->op == MICA__VARIABLE || p->info[x->id].root || x->op == MICA__CARRY ||
	       mica__is_from_loop(x) || mica__is_row_of_step(x);
}

mica__pane mica__pane_of(const mica__plan *p, mica_var x)
{
	if (p->info && mica__is_row_of_step(x))
		return (mica__pane){mica__stored(p, x->in[0]), 0, true};
	return p->info ? p->info[x->id].window : (mica__pane){.whole = NULL};
}

mica_var mica__stored(const mica__plan *p, mica_var x)
{
	mica_var y = x;
	while (y->op == MICA__RESHAPE && !mica__has_storage(p, y)) {
		y = y->in[0];
		if (y->op != MICA__RESHAPE && mica__has_storage(p, y) && mica__in_panels(p, y) &&
		    mica__shape_last(&y->shape) != mica__shape_last(&x->shape))
			return NULL;
	}
	return mica__has_storage(p, y) ? y : NULL;
}

bool mica__swaps_last_two(mica_var x)
{
	size_t rank = x->shape.rank;
	if (x->op != MICA__TRANSPOSE || rank < 2)
		return false;
	for (size_t i = 0; i + 2 < rank; i++)
		if (x->attr.perm[i] != i)
			return false;
	return x->attr.perm[rank - 1] == rank - 2;
}

/* ---- walking expressions ---- */

/* How an operand is read by x when x itself is evaluated at s; same: element (r, c); row: the r-th of all elements. */
static mica__reads operand_state(mica_var x, mica_var in, mica__reads s)
{
	bool pointwise = mica__is_pointwise(x);
	size_t n = mica_var_count(x), n_in = mica_var_count(in);
	size_t last = mica__shape_last(&x->shape), last_in = mica__shape_last(&in->shape);
	if (s == MICA__READ_OTHER || !n || !(pointwise || x->op == MICA__RESHAPE)) /* of nothing: equal counts mean nothing */
		return MICA__READ_OTHER;
	if (s == MICA__READ_ROW)
		return n == n_in ? MICA__READ_ROW : MICA__READ_OTHER;
	if (n == n_in)
		return last == last_in || n == 1 ? MICA__READ_SAME : MICA__READ_OTHER;
	if (pointwise && last_in == 1 && n_in == mica__shape_lead(&x->shape))
		return MICA__READ_ROW;
	return MICA__READ_OTHER;
}

/* A node to be evaluated: how, if the root is evaluated at each element, and if once per row. */
typedef struct step {
	mica_var x;
	mica__reads element, row;
} step;

/* What was seen of a node in the walk of root number `walk`: a bit per pair of states; its read, if it is stored. */
typedef struct mark {
	uint32_t walk;
	uint16_t seen;
	size_t read;
} mark;

typedef struct walker {
	mica__plan *p;
	mark *marks; /* by node */
	uint32_t walk;
	step *todo;
	size_t n_todo, cap_todo;
} walker;

/* The operands of s->x, the first on top. */
static mica_status push_operands(walker *w, const step *s, bool start)
{
	mica_var x = s->x;
	bool reduces = start && mica__is_reduction(x); /* along rows: its operand is the domain itself */
	mica__reads domain = reduces && x->attr.axis + 1 == x->shape.rank ? MICA__READ_SAME : MICA__READ_OTHER;
	mica_status st = mica__grow(&w->todo, &w->cap_todo, w->n_todo + x->n_in, sizeof *w->todo);
	for (size_t i = x->n_in; i-- > 0 && st == MICA_OK;)
		w->todo[w->n_todo++] = (step){x->in[i], reduces ? domain : operand_state(x, x->in[i], s->element),
		                              reduces ? domain : operand_state(x, x->in[i], s->row)};
	return st;
}

static mica_status note_read(walker *w, const step *s, mark *m, bool first)
{
	mica__facts *f = &w->p->facts;
	if (first) {
		mica_status st = mica__grow(&f->reads, &f->cap_reads, f->n_reads + 1, sizeof *f->reads);
		if (st != MICA_OK)
			return st;
		m->read = f->n_reads++;
		f->reads[m->read] = (mica__read){.value = s->x};
	}
	mica__read *r = &f->reads[m->read];
	r->element = (uint8_t)(s->element > r->element ? s->element : r->element);
	r->row = (uint8_t)(s->row > r->row ? s->row : r->row);
	return MICA_OK;
}

static mica_status walk_root(walker *w, mica_var root)
{
	mica_status st = MICA_OK;
	mica__facts *f = &w->p->facts;
	size_t first = f->n_reads;
	uint32_t length = 1;
	w->walk++;
	MICA_TRY(push_operands(w, &(step){root, MICA__READ_SAME, MICA__READ_ROW}, true));
	while (w->n_todo) {
		step s = w->todo[--w->n_todo];
		mark *m = &w->marks[s.x->id];
		uint16_t bit = (uint16_t)(1u << ((s.element - 1) * 3 + (s.row - 1)));
		bool storage = mica__has_storage(w->p, s.x), new = m->walk != w->walk;
		if (new)
			*m = (mark){.walk = w->walk};
		if (m->seen & bit)
			continue;
		m->seen |= bit;
		length += new && !storage;
		MICA_TRY(storage ? note_read(w, &s, m, new) : push_operands(w, &s, false));
		if (new && mica__is_row_of_step(s.x)) /* what it is a window on is read, too */
			MICA_TRY(push_operands(w, &(step){s.x, MICA__READ_OTHER, MICA__READ_OTHER}, false));
	}
	f->reads_of[root->id] = (mica__span){first, f->n_reads - first};
	f->length[root->id] = length;
out:
	return st;
}

/* Roots by what they read, in the order of their numbers. */
static mica_status find_readers(mica__plan *p)
{
	mica__facts *f = &p->facts;
	if (!(f->readers = mica__alloc(f->n_reads + 1, sizeof *f->readers)))
		return MICA_ENOMEM;
	for (size_t i = 0; i < f->n_reads; i++)
		f->readers_of[f->reads[i].value->id].n++;
	for (size_t i = 0, first = 0; i < f->nodes; i++) {
		f->readers_of[i].first = first;
		first += f->readers_of[i].n;
		f->readers_of[i].n = 0;
	}
	for (size_t i = 0; i < f->nodes; i++)
		for (size_t j = 0; j < f->reads_of[i].n; j++) {
			mica__span *of = &f->readers_of[f->reads[f->reads_of[i].first + j].value->id];
			f->readers[of->first + of->n++] = p->g->nodes[i];
		}
	return MICA_OK;
}

void mica__free_facts(mica__facts *f)
{
	mica__free(f->reads);
	mica__free(f->reads_of);
	mica__free(f->readers);
	mica__free(f->readers_of);
	mica__free(f->length);
	mica__free(f->depth);
	mica__free(f->vectors);
	*f = (mica__facts){.nodes = 0};
}

mica_status mica__find_facts(mica__plan *p)
{
	mica_status st = MICA_OK;
	mica__facts *f = &p->facts;
	size_t n = p->g->n, room = n + p->n_assigns + 1;
	mica__free_facts(f);
	walker w = {.p = p, .marks = mica__alloc(n + 1, sizeof *w.marks)};
	f->reads_of = mica__alloc(room, sizeof *f->reads_of);
	f->readers_of = mica__alloc(room, sizeof *f->readers_of);
	f->length = mica__alloc(room, sizeof *f->length);
	f->depth = mica__alloc(room, sizeof *f->depth);
	f->vectors = mica__alloc(room, sizeof *f->vectors);
	if (!w.marks || !f->reads_of || !f->readers_of || !f->length || !f->depth || !f->vectors) {
		st = MICA_ENOMEM;
		goto out;
	}
	f->nodes = n;
	for (size_t i = 0; i < n; i++) { /* operands first */
		mica_var x = p->g->nodes[i];
		f->vectors[i] = mica__can_vector(p, x, mica__shape_last(&x->shape));
		f->depth[i] = 1;
		for (size_t j = 0; j < x->n_in; j++)
			if (!mica__has_storage(p, x->in[j]) && f->depth[x->in[j]->id] >= f->depth[i])
				f->depth[i] = f->depth[x->in[j]->id] + 1;
		if (p->info[i].root)
			MICA_TRY(walk_root(&w, x));
	}
	MICA_TRY(find_readers(p));
out:
	mica__free(w.marks);
	mica__free(w.todo);
	return st;
}

mica_status mica__add_copy_facts(mica__plan *p, mica_var copy)
{
	mica__facts *f = &p->facts;
	mica_status st = mica__grow(&f->reads, &f->cap_reads, f->n_reads + 1, sizeof *f->reads);
	if (st != MICA_OK)
		return st;
	f->reads[f->n_reads] = (mica__read){copy->in[0], MICA__READ_SAME, MICA__READ_ROW};
	f->reads_of[copy->id] = (mica__span){f->n_reads++, 1};
	f->length[copy->id] = f->depth[copy->id] = 1;
	return MICA_OK;
}

/* ---- what was found ---- */

mica__reads mica__how_reads(const mica__plan *p, mica_var x, bool per_row, mica_var y)
{
	const mica__facts *f = &p->facts;
	const mica__read *r = f->reads + f->reads_of[x->id].first;
	for (size_t i = 0; i < f->reads_of[x->id].n; i++)
		if (r[i].value == y)
			return per_row ? r[i].row : r[i].element;
	return MICA__READ_NOT;
}

void mica__visit_reads(const mica__plan *p, mica_var x, void (*visit)(void *, mica_var), void *payload)
{
	const mica__facts *f = &p->facts;
	for (size_t i = 0; i < f->reads_of[x->id].n; i++)
		visit(payload, f->reads[f->reads_of[x->id].first + i].value);
}

/* ---- vectors ---- */

static bool vector_operands(const mica__plan *p, mica_var x, size_t columns)
{
	for (size_t i = 0; i < x->n_in; i++) {
		size_t last = mica__shape_last(&x->in[i]->shape);
		if (last != 1 && (last != columns || !mica__can_vector_inside(p, x->in[i], columns)))
			return false;
	}
	return true;
}

/* x has that many columns and is read at a vector of them.  What was found of x before is not found again. */
bool mica__can_vector_inside(const mica__plan *p, mica_var x, size_t columns)
{
	if (mica__stored(p, x))
		return true;
	if (x->id < p->facts.nodes && mica__shape_last(&x->shape) == columns)
		return p->facts.vectors[x->id];
	return mica__can_vector(p, x, columns);
}

/* Rows of whole panels that are put together or taken apart: a vector is one in both. */
static bool regroups(const mica__plan *p, mica_var x)
{
	size_t last = mica__shape_last(&x->shape), in = mica__shape_last(&x->in[0]->shape), panel = mica__panel_width(p);
	return p->device.cpu && mica__map_of(x, 0).linear && last % panel == 0 && in % panel == 0 && in > 0 && last > 0 &&
	       mica_var_count(x) > 0 && mica__can_vector_inside(p, x->in[0], in);
}

bool mica__shifts_vectors(const mica__plan *p, mica_var x, size_t i)
{
	mica__map m = mica__map_of(x, i);
	size_t rank = x->in[i]->shape.rank, last = x->shape.rank - 1, width = p->device.vector_width;
	if (!p->device.cpu || m.linear || !rank || !x->shape.rank)
		return false;
	for (size_t k = 0; k + 1 < rank; k++)
		if (m.axis[k].from == last || m.axis[k].from2 == last || (m.axis[k].indexed && !mica__keeps_last_axis(x, i)))
			return false;
	return m.axis[rank - 1].from == last && m.axis[rank - 1].from2 == MICA__NO_AXIS && m.axis[rank - 1].step == 1 &&
	       m.axis[rank - 1].divisor == 1 && m.axis[rank - 1].beyond == MICA__BEYOND_NOTHING && !m.axis[rank - 1].indexed &&
	       m.axis[rank - 1].start % (int64_t)width == 0 && (!m.axis[rank - 1].bounded || x->in[i]->shape.dim[rank - 1] % width == 0);
}

/* The inputs of a move that may have the element, as far as the first that has it for certain. */
static bool vector_moves(const mica__plan *p, mica_var x, size_t columns)
{
	bool bounded = true;
	for (size_t i = 0; i < x->n_in && bounded; i++) {
		mica__map m = mica__map_of(x, i);
		if (i == 0 && mica__shape_last(&x->shape) == columns && regroups(p, x))
			return true;
		bool same = mica__keeps_last_axis(x, i), shifted = !same && mica__shifts_vectors(p, x, i);
		if (mica__shape_last(&x->shape) != columns || !(same || shifted) ||
		    !mica__can_vector_inside(p, x->in[i], same ? columns : mica__shape_last(&x->in[i]->shape)))
			return false;
		bounded = false;
		for (size_t k = 0; k < x->in[i]->shape.rank; k++)
			bounded = bounded || m.axis[k].bounded;
	}
	return true;
}

bool mica__can_vector(const mica__plan *p, mica_var x, size_t columns)
{
	if (columns < 2)
		return false;
	if (mica__is_pointwise(x))
		return vector_operands(p, x, columns);
	if (mica__is_move(x))
		return vector_moves(p, x, columns);
	if (mica__is_reduction(x))
		return mica__can_vector_inside(p, x->in[0], columns);
	return mica__op_of(x)->family == MICA__FAMILY_SOURCE;
}
