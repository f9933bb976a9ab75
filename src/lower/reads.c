/* SPDX-License-Identifier: MIT */
/* lower/reads.c - what the expression of a root reads, and from where.
   A root's expression reaches down to leaves and other roots; everything between is computed where it is read. */
#include "lower/lower.h"

#include <string.h>

bool mica__in_panels(const mica__plan *p, mica_var x)
{
	if (!p->device.cpu || p->without & MICA_NO_PANELS || x->op == MICA__INPUT)
		return false;
	return mica__shape_last(&x->shape) > 1 && mica__shape_lead(&x->shape) > 1;
}

bool mica__has_storage(const mica__plan *p, mica_var x)
{
	return x->op == MICA__INPUT || x->op == MICA__VARIABLE || p->info[x->id].root;
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

/* How an operand is read by x when x itself is evaluated at s; same: element (r, c); row: the r-th of all elements. */
static mica__reads operand_state(mica_var x, mica_var in, mica__reads s)
{
	bool pointwise = mica__is_elementwise(x) || x->op == MICA__CAST || x->op == MICA__STOP_GRADIENT || x->op == MICA__BROADCAST;
	size_t n = mica_var_count(x), n_in = mica_var_count(in);
	size_t last = mica__shape_last(&x->shape), last_in = mica__shape_last(&in->shape);
	if (s == MICA__READ_OTHER || !(pointwise || x->op == MICA__RESHAPE))
		return MICA__READ_OTHER;
	if (s == MICA__READ_ROW)
		return n == n_in ? MICA__READ_ROW : MICA__READ_OTHER;
	if (n == n_in)
		return last == last_in || n == 1 ? MICA__READ_SAME : MICA__READ_OTHER;
	if (pointwise && last_in == 1 && n_in == mica__shape_lead(&x->shape))
		return MICA__READ_ROW;
	return MICA__READ_OTHER;
}

typedef struct walk {
	const mica__plan *p;
	uint8_t *seen; /* per node, a bit per state */
	void (*visit)(void *payload, mica_var y, mica__reads how);
	void *payload;
} walk;

static void walk_down(walk *w, mica_var x, mica__reads s, bool start)
{
	if (w->seen[x->id] >> s & 1)
		return;
	w->seen[x->id] |= (uint8_t)(1u << s);
	if (!start && mica__has_storage(w->p, x)) {
		w->visit(w->payload, x, s);
		return;
	}
	for (size_t i = 0; i < x->n_in; i++) {
		mica__reads next = operand_state(x, x->in[i], s);
		if (start && mica__is_reduction(x)) /* along rows: its operand is the domain itself */
			next = x->attr.axis + 1 == x->shape.rank ? MICA__READ_SAME : MICA__READ_OTHER;
		walk_down(w, x->in[i], next, false);
	}
}

static void walk_root(const mica__plan *p, mica_var x, bool per_row, void (*visit)(void *, mica_var, mica__reads),
                      void *payload)
{
	walk w = {p, mica__alloc(p->g->n, 1), visit, payload};
	if (w.seen)
		walk_down(&w, x, per_row && !mica__is_reduction(x) ? MICA__READ_ROW : MICA__READ_SAME, true);
	mica__free(w.seen);
}

typedef struct worst {
	mica_var y;
	mica__reads how;
} worst;

static void keep_worst(void *payload, mica_var y, mica__reads how)
{
	worst *w = payload;
	if (y == w->y && how > w->how)
		w->how = how;
}

mica__reads mica__how_reads(const mica__plan *p, mica_var x, bool per_row, mica_var y)
{
	worst w = {y, MICA__READ_NOT};
	walk_root(p, x, per_row, keep_worst, &w);
	return w.how;
}

typedef struct simple {
	void (*visit)(void *payload, mica_var y);
	void *payload;
} simple;

static void call_simple(void *payload, mica_var y, mica__reads how)
{
	simple *s = payload;
	(void)how;
	s->visit(s->payload, y);
}

void mica__visit_reads(const mica__plan *p, mica_var x, void (*visit)(void *, mica_var), void *payload)
{
	simple s = {visit, payload};
	walk_root(p, x, false, call_simple, &s);
}

static bool vector_operands(const mica__plan *p, mica_var x, size_t columns)
{
	for (size_t i = 0; i < x->n_in; i++) {
		size_t last = mica__shape_last(&x->in[i]->shape);
		if (last != 1 && (last != columns || !mica__can_vector_inside(p, x->in[i], columns)))
			return false;
	}
	return true;
}

/* x has that many columns and is read at a vector of them. */
bool mica__can_vector_inside(const mica__plan *p, mica_var x, size_t columns)
{
	return mica__stored(p, x) || mica__can_vector(p, x, columns);
}

bool mica__can_vector(const mica__plan *p, mica_var x, size_t columns)
{
	size_t last = x->shape.rank - 1;
	mica_var in = x->n_in ? x->in[0] : NULL;
	if (columns < 2)
		return false;
	if (mica__is_elementwise(x) || x->op == MICA__CAST || x->op == MICA__STOP_GRADIENT || x->op == MICA__BROADCAST)
		return vector_operands(p, x, columns);
	if (mica__is_reduction(x))
		return mica__can_vector_inside(p, in, columns);
	switch (x->op) {
	case MICA__FILL: case MICA__IOTA: case MICA__RANDOM: case MICA__MATMUL: return true;
	case MICA__RESHAPE: return mica__shape_last(&in->shape) == columns && mica__can_vector_inside(p, in, columns);
	case MICA__GATHER: return in->shape.rank >= 2;
	case MICA__TRANSPOSE: return x->attr.perm[last] == last && mica__can_vector_inside(p, in, columns);
	case MICA__SLICE: return x->shape.dim[last] == in->shape.dim[last] && mica__can_vector_inside(p, in, columns);
	case MICA__PAD: return x->shape.dim[last] == in->shape.dim[last] && mica__can_vector_inside(p, in, columns);
	case MICA__FLIP: return x->attr.axis != last && mica__can_vector_inside(p, in, columns);
	case MICA__CONCAT: return x->attr.axis != last && vector_operands(p, x, columns);
	default: return false;
	}
}
