/* SPDX-License-Identifier: MIT */
/* lower/roots.c - second pass, first half: which nodes are stored.
   A root is a node whose value is stored: that of an operation for which a kind of kernel is made (products, reductions),
   what operations read at places of their own (products, table lookups), outputs and assigned values, what is too costly
   to compute in two kernels or for every row, and what would make one kernel too long.  Everything else is computed where it is read. */
#include "lower/groups.h"
#include "lower/kind.h"

#include <string.h>

enum {
	LONG_EXPRESSION = 16, /* operations; longer ones are stored rather than computed in several kernels */
	VERY_LONG = 64,       /* stored rather than looked at by several roots, even if these come to be one kernel */
	LARGEST = 512,        /* nodes of one expression: what compilers take well */
	MANY_READS = 3,       /* values as large as a result, which is stored rather than made of them in several kernels */
	MANY_ROWS = 64        /* for which it is worth another kernel that a value is computed once */
};

static void mark_root(mica__plan *p, mica_var x)
{
	p->info[x->id].root = true;
}

/* The node that has (or, if need be, is given) storage for x. */
static mica_var need_stored(mica__plan *p, mica_var x)
{
	mica_var y = mica__stored(p, x);
	if (!y)
		mark_root(p, y = x);
	return y;
}

/* A transposition that is stored on a CPU is written beside the value by whoever makes that, if it is stored as well. */
static void need_turned(mica__plan *p, mica_var x)
{
	if (p->device.cpu && mica__swaps_last_two(x) && mica__in_panels(p, x) && mica__in_panels(p, x->in[0]))
		need_stored(p, x->in[0]);
}

static void mark_operands(mica__plan *p, mica_var x)
{
	uint32_t stored = mica__op_of(x)->stored_in;
	const mica__kind *kind = stored && mica__has_kind(x) ? mica__kind_of(p, x) : NULL;
	bool computes = mica__is_move(x) && !mica__is_row_of_step(x); /* what is of its position alone, wherever that is */
	for (size_t i = 0; stored && i < x->n_in; i++)
		if (stored >> i & 1 && !(computes && mica__op_of(x->in[i])->family == MICA__FAMILY_SOURCE))
			need_turned(p, need_stored(p, kind && kind->operand ? kind->operand(p, x, i) : x->in[i]));
}

/* Whether without fusion x gets a kernel of its own: what comes from outside or of the position alone, and what only gives
   another view of a value, does not. */
static bool is_work(mica_var x)
{
	mica__family family = mica__op_of(x)->family;
	return family != MICA__FAMILY_LEAF && family != MICA__FAMILY_SOURCE && x->op != MICA__RESHAPE && x->op != MICA__TRANSPOSE;
}

static bool is_slow(mica_var x)
{
	return mica__is_elementwise(x) && (mica__op_of(x)->heavy || x->op == MICA__DIV || x->op == MICA__SQRT || x->op == MICA__RSQRT ||
	                                   x->op == MICA__RECIPROCAL);
}

/* A value of each column that takes roots or quotients, and that many rows read, is computed before them and not in each. */
static mica_status mark_columns(mica__plan *p)
{
	bool *slow = mica__alloc(p->g->n + 1, sizeof *slow); /* by node: what is computed for it is */
	for (size_t i = 0; slow && i < p->g->n; i++) {
		mica_var x = p->g->nodes[i];
		bool wide = mica__is_elementwise(x) || x->op == MICA__BROADCAST;
		slow[i] = is_slow(x);
		for (size_t j = 0; j < x->n_in && (wide || x->op == MICA__RESHAPE); j++) {
			mica_var y = x->in[j];
			while (y->op == MICA__RESHAPE && !mica__has_storage(p, y))
				y = y->in[0];
			if (mica__has_storage(p, y) || !slow[y->id])
				continue;
			if (wide && mica__shape_last(&y->shape) > 1 && mica__shape_count(&x->shape) / MANY_ROWS >= mica__shape_count(&y->shape))
				mark_root(p, y);
			else
				slow[i] = true;
		}
	}
	mica__free(slow);
	return slow ? MICA_OK : MICA_ENOMEM;
}

/* What is only read as a value of a shorter type is stored as that. */
static mica_status mark_shorter(mica__plan *p)
{
	uint8_t *readers = mica__alloc(p->g->n + 1, 1); /* by node; two are several */
	for (size_t i = 0; readers && i < p->g->n; i++)
		for (size_t j = 0; j < p->g->nodes[i]->n_in; j++) {
			uint8_t *of = &readers[p->g->nodes[i]->in[j]->id];
			*of = *of < 2 ? *of + 1 : 2;
		}
	for (size_t i = 0; readers && i < p->g->n; i++) {
		mica_var x = p->g->nodes[i], y = x->n_in ? x->in[0] : x;
		if (x->op == MICA__CAST && mica__is_reduction(y) && readers[y->id] == 1 &&
		    mica__dtype_bytes(x->dtype) < mica__dtype_bytes(y->dtype))
			mark_root(p, x);
	}
	mica__free(readers);
	return readers ? MICA_OK : MICA_ENOMEM;
}

/* What a loop reads from outside is computed before it, but for what only says where; what stands in another's place is
   stored there. */
static void mark_loops(mica__plan *p)
{
	for (size_t i = p->g->n; i-- > 0;) {
		mica_var x = p->g->nodes[i];
		mica__family f = mica__op_of(x)->family;
		if (p->info[i].window.whole && x->op != MICA__CARRY && f != MICA__FAMILY_LOOP)
			mark_root(p, x);
		bool moves = f == MICA__FAMILY_MOVE && !p->info[i].root;
		if (p->info[i].in_loop && !moves && (is_work(x) || x->op == MICA__RANDOM) && !mica__has_storage(p, x))
			mark_root(p, x);
		for (size_t j = 0; j < x->n_in; j++)
			if (!x->in[j]->loop && (x->loop || (p->info[i].in_loop && moves)))
				p->info[x->in[j]->id].in_loop = true;
	}
}

/* A row that many rows read, and that lies elsewhere in what it is part of, as one gate's biases among those of all: on a CPU these
   would go through it element by element, so it is stored. */
static void mark_rows(mica__plan *p, mica_var x)
{
	size_t last = mica__shape_last(&x->shape);
	if (!p->device.cpu || !mica__is_elementwise(x) || mica__shape_lead(&x->shape) < 2 || last < 2)
		return;
	for (size_t i = 0; i < x->n_in; i++) {
		mica_var y = x->in[i];
		while (y->op == MICA__RESHAPE && mica__shape_last(&y->in[0]->shape) == last && !mica__has_storage(p, y))
			y = y->in[0];
		if (mica__shape_lead(&y->shape) == 1 && mica__shape_last(&y->shape) == last && mica__is_move(y) && !mica__is_pointwise(y) && !y->loop &&
		    !mica__has_storage(p, y) && !mica__keeps_last_axis(y, 0))
			mark_root(p, y);
	}
}

/* Random numbers and the like, in what is computed where x is read. */
static bool is_costly(const mica__plan *p, mica_var x, const bool *costly)
{
	bool any = x->op == MICA__RANDOM || mica__op_describe(x->op)->heavy;
	for (size_t i = 0; i < x->n_in; i++)
		any = any || (!mica__has_storage(p, x->in[i]) && costly[x->in[i]->id]);
	return any;
}

/* Rows that are costly and that several rows each read, as the windows of a pool their gradient, are stored, rather than computed
   again by each of them. */
static mica_status mark_costly(mica__plan *p)
{
	bool *costly = mica__alloc(p->g->n + 1, sizeof *costly);
	if (!costly)
		return MICA_ENOMEM;
	for (size_t i = 0; i < p->g->n; i++) {
		mica_var x = p->g->nodes[i];
		size_t last = mica__shape_last(&x->shape), count = mica_var_count(x);
		for (size_t j = 0; j < x->n_in && mica__is_elementwise(x) && !x->loop; j++) {
			mica_var y = x->in[j];
			bool several = mica__shape_last(&y->shape) == last && last > 1 && mica__shape_lead(&y->shape) > 1 && mica_var_count(y) < count;
			if (several && costly[y->id] && !mica__has_storage(p, y) && mica__is_elementwise(y))
				mark_root(p, y);
		}
		costly[i] = is_costly(p, x, costly);
	}
	mica__free(costly);
	return MICA_OK;
}

/* ---- cutting what is too long ---- */

/* What a kernel that reads a node computes for it. */
typedef struct extent {
	uint32_t depth;
	uint32_t nodes, reads; /* reads: of stored values; no more than so many, counted again where it gets large */
} extent;

typedef struct cutter {
	mica__plan *p;
	uint32_t most_reads;
	extent *of;        /* by node */
	uint32_t *seen;    /* by node: the count that saw it last */
	uint32_t count;
	mica_var *todo;
	size_t cap_todo;
} cutter;

static uint32_t add(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static extent extent_of(const cutter *c, mica_var x)
{
	extent e = {0, 1, 0};
	for (size_t i = 0; i < x->n_in; i++) {
		extent in = mica__has_storage(c->p, x->in[i]) ? (extent){0, 1, 1} : c->of[x->in[i]->id];
		e.depth = in.depth + 1 > e.depth ? in.depth + 1 : e.depth;
		e.nodes = add(e.nodes, in.nodes);
		e.reads = add(e.reads, in.reads);
	}
	return e;
}

/* The nodes below x, each counted once; a few more than LARGEST if there are more. */
static mica_status count_again(cutter *c, mica_var x, extent *e)
{
	mica_status st = MICA_OK;
	size_t n = 0;
	e->nodes = e->reads = 0;
	c->count++;
	MICA_TRY(mica__grow(&c->todo, &c->cap_todo, 1, sizeof *c->todo));
	c->todo[n++] = x;
	while (n && e->nodes <= LARGEST) {
		mica_var y = c->todo[--n];
		if (c->seen[y->id] == c->count)
			continue;
		c->seen[y->id] = c->count;
		e->nodes++;
		if (y != x && mica__has_storage(c->p, y)) {
			e->reads++;
			continue;
		}
		MICA_TRY(mica__grow(&c->todo, &c->cap_todo, n + y->n_in, sizeof *c->todo));
		for (size_t i = 0; i < y->n_in; i++)
			c->todo[n++] = y->in[i];
	}
out:
	return st;
}

/* Stores x, or what it only gives another shape. */
static void cut_at(cutter *c, mica_var x)
{
	mica_var y = x;
	while ((y->op == MICA__BROADCAST || y->op == MICA__RESHAPE) && !mica__has_storage(c->p, y->in[0]))
		y = y->in[0];
	mark_root(c->p, y);
	c->of[x->id] = extent_of(c, x);
}

static bool is_too_large(const cutter *c, const extent *e)
{
	return e->nodes > LARGEST || e->reads > c->most_reads;
}

/* Of an operand: what there is too much of. */
static uint32_t excess(const extent *whole, const extent *e)
{
	return whole->depth > MICA__DEEPEST ? e->depth : whole->nodes > LARGEST ? e->nodes : e->reads;
}

/* The operand of x that reaches deepest, or is the largest; NULL if all that is left is loaded. */
static mica_var worst_operand(const cutter *c, mica_var x)
{
	mica_var worst = NULL;
	uint32_t most = 0;
	for (size_t i = 0; i < x->n_in; i++) {
		uint32_t n = excess(&c->of[x->id], &c->of[x->in[i]->id]);
		if (!mica__has_storage(c->p, x->in[i]) && n > most) {
			most = n;
			worst = x->in[i];
		}
	}
	return worst;
}

static mica_status cut_below(cutter *c, mica_var x)
{
	mica_status st = MICA_OK;
	mica_var y;
	extent *e = &c->of[x->id];
	for (*e = extent_of(c, x); e->depth > MICA__DEEPEST || is_too_large(c, e); *e = extent_of(c, x)) {
		if (e->depth <= MICA__DEEPEST) {
			MICA_TRY(count_again(c, x, e));
			if (!is_too_large(c, e))
				break;
		}
		if (!(y = worst_operand(c, x)))
			break;
		cut_at(c, y);
	}
out:
	return st;
}

static mica_status cut_long(mica__plan *p)
{
	mica_status st = MICA_OK;
	cutter c = {
		.p = p, .most_reads = p->device.cpu ? UINT32_MAX : MICA__MOST_PLACES - 1,
		.of = mica__alloc(p->g->n + 1, sizeof *c.of), .seen = mica__alloc(p->g->n + 1, sizeof *c.seen),
	};
	if (!c.of || !c.seen)
		st = MICA_ENOMEM;
	for (size_t i = 0; i < p->g->n && st == MICA_OK; i++)
		st = cut_below(&c, p->g->nodes[i]);
	mica__free(c.of);
	mica__free(c.seen);
	mica__free(c.todo);
	return st;
}

mica_status mica__mark_roots(mica__plan *p)
{
	mica_status st = MICA_OK;
	bool every = p->without & MICA_NO_FUSE;
	mark_loops(p);
	for (size_t i = 0; i < p->g->n; i++) {
		mica_var x = p->g->nodes[i];
		p->info[i].group = p->info[i].store = p->info[i].turned = -1;
		if (mica__has_kind(x) || (every && is_work(x) && !mica__has_storage(p, x)))
			mark_root(p, x);
	}
	for (size_t i = 0; i < p->n_assigns; i++)
		mark_root(p, p->assigns[i].value);
	for (size_t i = 0; i < p->n_outputs; i++)
		p->info[need_stored(p, p->outputs[i])->id].keep = true;
	for (size_t i = 0; i < p->g->n; i++)
		mark_operands(p, p->g->nodes[i]);
	for (size_t i = 0; i < p->g->n; i++)
		mark_rows(p, p->g->nodes[i]);
	MICA_TRY(mark_costly(p));
	MICA_TRY(mark_columns(p));
	MICA_TRY(mark_shorter(p));
	st = cut_long(p);
out:
	return st;
}

/* ---- what is computed in several groups ---- */

enum { NOBODY, SEVERAL, FIRST_OWNER }; /* who computes a node: FIRST_OWNER + i is group i, or root i before there are groups */

/* From the outputs down, so that who computes a node is known before its operands are asked. */
static void find_owners(const mica__plan *p, bool grouped, uint32_t *owner)
{
	for (size_t i = p->g->n; i-- > 0;) {
		mica_var x = p->g->nodes[i];
		uint32_t mine = p->info[i].root ? FIRST_OWNER + (uint32_t)(grouped ? (size_t)p->info[i].group : i) : owner[i];
		for (size_t j = 0; j < x->n_in && mine != NOBODY; j++) {
			uint32_t *of = &owner[x->in[j]->id];
			if (!mica__has_storage(p, x->in[j]))
				*of = *of == NOBODY || *of == mine ? mine : SEVERAL;
		}
	}
}

/* Values of x's size that its expression reads, as far as MANY_READS. */
static size_t large_reads(const mica__plan *p, mica_var x)
{
	mica_var todo[2 * LONG_EXPRESSION], read[MANY_READS];
	size_t n = 0, n_read = 0;
	todo[n++] = x;
	while (n && n_read < MANY_READS) {
		mica_var y = todo[--n];
		for (size_t i = 0; i < y->n_in; i++) {
			mica_var in = y->in[i];
			size_t k = 0;
			if (mica_var_count(in) != mica_var_count(x))
				continue;
			while (k < n_read && read[k] != in)
				k++;
			if (!mica__has_storage(p, in) && n < MICA__COUNT(todo))
				todo[n++] = in;
			else if (mica__has_storage(p, in) && k == n_read && n_read < MANY_READS)
				read[n_read++] = in;
		}
	}
	return n_read;
}

/* From the leaves up, the first that is costly: what reads it may then be short, or computed by one group only, so that is
   found out by another round, if there is one.  What reads much is known at once. */
mica_status mica__mark_repeated(mica__plan *p, mica__round round, bool *any)
{
	mica_status st = MICA_OK;
	bool grouped = round != MICA__UNGROUPED;
	size_t too_long = grouped ? LONG_EXPRESSION : VERY_LONG;
	size_t n = p->g->n;
	uint32_t *owner = mica__alloc(n + 1, sizeof *owner);
	uint8_t *length = mica__alloc(n + 1, sizeof *length); /* operations, as often as they stand in the expression */
	bool *above = mica__alloc(n + 1, sizeof *above);      /* one that was found */
	*any = false;
	if (!owner || !length || !above) {
		st = MICA_ENOMEM;
		goto out;
	}
	find_owners(p, grouped, owner);
	for (size_t i = 0; i < n; i++) {
		mica_var x = p->g->nodes[i];
		bool was_root = p->info[i].root;
		size_t operations = mica__is_elementwise(x);
		for (size_t j = 0; j < x->n_in; j++) {
			size_t in = x->in[j]->id;
			operations += mica__has_storage(p, x->in[j]) || operations >= too_long ? 0 : length[in];
			above[i] = above[i] || above[in];
		}
		length[i] = (uint8_t)(operations < too_long ? operations : too_long);
		bool heavy = grouped && mica__op_describe(x->op)->heavy && (round == MICA__LAST_ROUND || !above[i]);
		if (was_root)
			above[i] = false;
		else if (owner[i] == SEVERAL && mica__is_elementwise(x) &&
		         (heavy || length[i] == too_long || (grouped && mica__shape_lead(&x->shape) > 1 && large_reads(p, x) == MANY_READS)))
			mark_root(p, x), *any = above[i] = true;
	}
out:
	mica__free(owner);
	mica__free(length);
	mica__free(above);
	return st;
}
