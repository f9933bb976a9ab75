/* SPDX-License-Identifier: MIT */
/* lower/fuse.c - second pass: which nodes are stored, and which of those are computed by one kernel.

   A root is a node whose value is stored: what a product or a table lookup reads, every product and reduction, outputs
   and assigned values, and what is too costly to compute in two kernels.  Everything else is computed where it is read.
   Each root starts as a group of its own; a group is merged into another when every value that goes between them stays
   at the same element (or row) of the same domain, and nothing outside has to come between. */
#include "lower/lower.h"

#include <stdio.h>
#include <string.h>

enum { LONG_EXPRESSION = 16 }; /* operations; longer ones are stored rather than computed in several kernels */

typedef struct fuser {
	mica__plan *p;
	bool *depends; /* n_groups x n_groups: row reads something of column */
	size_t n;
} fuser;

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

static bool swaps_last_two(mica_var x)
{
	size_t rank = x->shape.rank;
	if (x->op != MICA__TRANSPOSE || rank < 2)
		return false;
	for (size_t i = 0; i + 2 < rank; i++)
		if (x->attr.perm[i] != i)
			return false;
	return x->attr.perm[rank - 1] == rank - 2;
}

/* On CPUs the right operand is read along its columns, so a transposed one must be stored that way: variables in
   panels have a transposed copy that their updates keep, anything else is transposed by a kernel. */
static mica__product product_of(mica__plan *p, mica_var x)
{
	mica_var a = x->in[0], b = x->in[1];
	size_t rank = x->shape.rank;
	mica__product m = {.batch = 1, .m = x->shape.dim[rank - 2], .n = x->shape.dim[rank - 1], .k = a->shape.dim[a->shape.rank - 1]};
	for (size_t i = 0; i + 2 < rank; i++)
		m.batch *= x->shape.dim[i];
	m.transposed_a = swaps_last_two(a) && !p->info[a->id].root;
	m.transposed_b = swaps_last_two(b) && !p->info[b->id].root;
	if (m.transposed_b && p->device.cpu && (b->in[0]->op != MICA__VARIABLE || m.batch != 1 || !mica__in_panels(p, b->in[0])))
		m.transposed_b = false;
	m.a = m.transposed_a ? a->in[0] : a;
	m.b = m.transposed_b ? b->in[0] : b;
	return m;
}

static void mark_operands(mica__plan *p, mica_var x)
{
	if (x->op == MICA__MATMUL) {
		mica__product m = product_of(p, x);
		need_stored(p, m.a);
		need_stored(p, m.b);
	} else if (x->op == MICA__GATHER) {
		need_stored(p, x->in[0]);
	} else if (x->op == MICA__SCATTER_ADD) {
		need_stored(p, x->in[0]);
		need_stored(p, x->in[1]);
	}
}

static bool is_leaf_like(mica_var x)
{
	return x->op == MICA__INPUT || x->op == MICA__VARIABLE || x->op == MICA__FILL || x->op == MICA__IOTA;
}

static mica_status mark_roots(mica__plan *p)
{
	bool every = p->without & MICA_NO_FUSE;
	for (size_t i = 0; i < p->g->n; i++) {
		mica_var x = p->g->nodes[i];
		p->info[i].group = p->info[i].store = p->info[i].shadow = -1;
		if (x->op == MICA__MATMUL || x->op == MICA__SCATTER_ADD || mica__is_reduction(x))
			mark_root(p, x);
		else if (every && !is_leaf_like(x) && x->op != MICA__RESHAPE && x->op != MICA__TRANSPOSE)
			mark_root(p, x);
	}
	for (size_t i = 0; i < p->n_assigns; i++)
		mark_root(p, p->assigns[i].value);
	for (size_t i = 0; i < p->n_outputs; i++)
		p->info[need_stored(p, p->outputs[i])->id].keep = true;
	for (size_t i = 0; i < p->g->n; i++)
		mark_operands(p, p->g->nodes[i]);
	return MICA_OK;
}

/* ---- groups ---- */

mica_status mica__add_group(mica__plan *p, mica_var x)
{
	mica__grow(&p->groups, &p->cap_groups, p->n_groups + 1, sizeof *p->groups);
	if (p->cap_groups <= p->n_groups)
		return MICA_ENOMEM;
	mica__group *g = &p->groups[p->n_groups];
	memset(g, 0, sizeof *g);
	if (mica__grow(&g->roots, &g->cap_roots, 1, sizeof *g->roots) != MICA_OK)
		return MICA_ENOMEM;
	g->roots[g->n_roots++] = x;
	g->rows = mica__shape_lead(&x->shape);
	g->columns = mica__shape_last(&x->shape);
	if (x->op == MICA__MATMUL) {
		g->anchor = MICA__PRODUCT;
		g->product = product_of(p, x);
	} else if (x->op == MICA__SCATTER_ADD) {
		g->anchor = MICA__SCATTER;
	} else if (mica__is_reduction(x)) {
		const mica_shape *in = &x->in[0]->shape;
		if (x->attr.axis + 1 == in->rank) {
			g->anchor = MICA__ROW;
			g->columns = mica__shape_last(in);
		} else {
			g->anchor = MICA__COL;
			g->outer = g->inner = 1;
			g->reduced = in->dim[x->attr.axis];
			for (size_t i = 0; i + 1 < in->rank; i++)
				*(i < x->attr.axis ? &g->outer : &g->inner) *= i == x->attr.axis ? 1 : in->dim[i];
		}
	}
	p->info[x->id].group = (int)p->n_groups++;
	return MICA_OK;
}

bool mica__per_row(const mica__group *g, mica_var x)
{
	return g->anchor == MICA__ROW && (mica__is_reduction(x) || mica__shape_lead(&x->shape) != g->rows ||
	                                  mica__shape_last(&x->shape) != g->columns);
}

typedef struct reader {
	const mica__plan *p;
	size_t group;
	bool *row; /* of the edges */
} reader;

static void note_read(void *payload, mica_var y)
{
	reader *r = payload;
	int from = r->p->info[y->id].group;
	if (from >= 0 && (size_t)from != r->group)
		r->row[from] = true;
}

void mica__note_reads(const mica__plan *p, size_t group, bool *edges, size_t n)
{
	reader r = {p, group, edges + group * n};
	for (size_t j = 0; j < p->groups[group].n_roots; j++)
		mica__visit_reads(p, p->groups[group].roots[j], note_read, &r);
}

bool mica__reaches(const bool *edges, size_t n, size_t from, size_t to, bool direct, bool *seen)
{
	for (size_t k = 0; k < n; k++) {
		if (!edges[from * n + k] || (k == to && !direct) || seen[k])
			continue;
		if (k == to)
			return true;
		seen[k] = true;
		if (mica__reaches(edges, n, k, to, true, seen))
			return true;
	}
	return false;
}

static bool something_between(const fuser *f, size_t a, size_t b)
{
	bool *seen = mica__alloc(f->n, sizeof *seen);
	bool found = !seen || mica__reaches(f->depends, f->n, a, b, false, seen);
	if (!found) {
		memset(seen, 0, f->n);
		found = mica__reaches(f->depends, f->n, b, a, false, seen);
	}
	mica__free(seen);
	return found;
}

/* Would every value that b's roots read of a's stay at its element or row in the group `as`? */
static bool reads_fit(const fuser *f, const mica__group *as, const mica__group *a, const mica__group *b)
{
	for (size_t i = 0; i < b->n_roots; i++)
		for (size_t j = 0; j < a->n_roots; j++) {
			mica_var x = b->roots[i], y = a->roots[j];
			bool row_x = mica__per_row(as, x), row_y = mica__per_row(as, y);
			mica__reads how = mica__how_reads(f->p, x, row_x, y);
			if (how == MICA__READ_NOT)
				continue;
			if (how != (row_y ? MICA__READ_ROW : MICA__READ_SAME) && !(how == MICA__READ_SAME && row_y && as->columns == 1))
				return false;
			if (row_x && !row_y && !mica__is_reduction(x))
				return false;
		}
	return true;
}

static bool all_count(const mica__group *g, size_t rows)
{
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica_var_count(g->roots[i]) != rows ||
		    (mica__shape_last(&g->roots[i]->shape) != 1 && mica__shape_lead(&g->roots[i]->shape) != 1))
			return false;
	return g->anchor == MICA__MAP;
}

/* The group that a (read by b, or its sibling) and b would be together; false if they have no common domain. */
static bool joined(const mica__group *a, const mica__group *b, mica__group *as)
{
	bool same = a->rows == b->rows && a->columns == b->columns;
	*as = *a;
	if (same && b->anchor == MICA__MAP)
		return a->anchor != MICA__SCATTER;
	if (same && b->anchor == MICA__ROW && (a->anchor == MICA__MAP || a->anchor == MICA__ROW))
		return *as = *b, true;
	if (a->anchor == MICA__ROW && all_count(b, a->rows))
		return true;
	if (b->anchor == MICA__ROW && all_count(a, b->rows))
		return *as = *b, true;
	return false;
}

static void sort_roots(mica__group *g)
{
	for (size_t i = 1; i < g->n_roots; i++)
		for (size_t j = i; j > 0 && g->roots[j]->id < g->roots[j - 1]->id; j--) {
			mica_var t = g->roots[j];
			g->roots[j] = g->roots[j - 1];
			g->roots[j - 1] = t;
		}
}

static mica_status merge(fuser *f, size_t a, size_t b, const mica__group *as)
{
	mica__group *ga = &f->p->groups[a], *gb = &f->p->groups[b];
	if (mica__grow(&ga->roots, &ga->cap_roots, ga->n_roots + gb->n_roots, sizeof *ga->roots) != MICA_OK)
		return MICA_ENOMEM;
	ga->anchor = as->anchor;
	ga->rows = as->rows;
	ga->columns = as->columns;
	for (size_t i = 0; i < gb->n_roots; i++) {
		ga->roots[ga->n_roots++] = gb->roots[i];
		f->p->info[gb->roots[i]->id].group = (int)a;
	}
	sort_roots(ga);
	gb->dead = true;
	gb->n_roots = 0;
	for (size_t k = 0; k < f->n; k++) {
		f->depends[a * f->n + k] |= f->depends[b * f->n + k];
		f->depends[k * f->n + a] |= f->depends[k * f->n + b];
		f->depends[b * f->n + k] = f->depends[k * f->n + b] = false;
	}
	f->depends[a * f->n + a] = false;
	return MICA_OK;
}

/* On CPUs what stands around a product or a sum over rows must be computed by vectors, as it is. */
static bool keeps_vectors(const mica__plan *p, const mica__group *as, const mica__group *part)
{
	if (!p->device.cpu || (as->anchor != MICA__PRODUCT && as->anchor != MICA__COL))
		return true;
	for (size_t i = 0; i < part->n_roots; i++)
		if (part->roots[i]->op != MICA__MATMUL && !mica__can_vector(p, part->roots[i], as->columns))
			return false;
	return true;
}

static bool try_merge(fuser *f, size_t a, size_t b, mica_status *st)
{
	mica__group *ga = &f->p->groups[a], *gb = &f->p->groups[b], as;
	if (a == b || ga->dead || gb->dead || mica__is_call(f->p, ga) || mica__is_call(f->p, gb) || !joined(ga, gb, &as) || something_between(f, a, b))
		return false;
	if (!reads_fit(f, &as, ga, gb) || !reads_fit(f, &as, gb, ga) || !reads_fit(f, &as, ga, ga) || !reads_fit(f, &as, gb, gb))
		return false;
	if (!keeps_vectors(f->p, &as, ga) || !keeps_vectors(f->p, &as, gb))
		return false;
	*st = merge(f, a, b, &as);
	return *st == MICA_OK;
}

typedef struct shared {
	const mica__plan *p;
	mica_var *list;
	size_t n;
} shared;

static void collect(void *payload, mica_var y)
{
	shared *s = payload;
	if (s->n < 64 && mica_var_count(y) > 1)
		s->list[s->n++] = y;
}

/* Do two groups read one stored value, so that one kernel would read it once? */
static bool share_a_read(const mica__plan *p, const mica__group *a, const mica__group *b)
{
	mica_var la[64], lb[64];
	shared sa = {p, la, 0}, sb = {p, lb, 0};
	for (size_t i = 0; i < a->n_roots; i++)
		mica__visit_reads(p, a->roots[i], collect, &sa);
	for (size_t i = 0; i < b->n_roots; i++)
		mica__visit_reads(p, b->roots[i], collect, &sb);
	for (size_t i = 0; i < sa.n; i++)
		for (size_t j = 0; j < sb.n; j++)
			if (la[i] == lb[j])
				return true;
	return false;
}

static mica_status merge_all(fuser *f)
{
	mica_status st = MICA_OK;
	bool changed = true;
	while (changed && st == MICA_OK) {
		changed = false;
		for (size_t b = 0; b < f->n; b++) /* with what it reads, the latest first */
			for (size_t a = f->n; a-- > 0 && !f->p->groups[b].dead;)
				if (f->depends[b * f->n + a])
					changed |= try_merge(f, a, b, &st);
		for (size_t b = 0; b < f->n; b++) /* with siblings */
			for (size_t a = 0; a < b && !f->p->groups[b].dead; a++) {
				mica__group *ga = &f->p->groups[a], *gb = &f->p->groups[b];
				bool kind = (ga->anchor == MICA__MAP || ga->anchor == MICA__ROW) && ga->anchor == gb->anchor;
				if (kind && !ga->dead && ga->rows == gb->rows && ga->columns == gb->columns && share_a_read(f->p, ga, gb))
					changed |= try_merge(f, a, b, &st);
			}
	}
	return st;
}

/* ---- what is computed in several groups ---- */

typedef struct count {
	mica__plan *p;
	int *last_group; /* by node: the group that computed it last + 1 */
	uint8_t *times;
	size_t group;
} count;

static void count_inline(count *c, mica_var x, bool start)
{
	if (!start && mica__has_storage(c->p, x))
		return;
	if (c->last_group[x->id] == (int)c->group + 1)
		return;
	c->last_group[x->id] = (int)c->group + 1;
	if (!start && c->times[x->id] < 2)
		c->times[x->id]++;
	for (size_t i = 0; i < x->n_in; i++)
		count_inline(c, x->in[i], false);
}

static size_t expression_length(const mica__plan *p, mica_var x, size_t limit)
{
	size_t n = mica__is_elementwise(x);
	for (size_t i = 0; i < x->n_in && n < limit; i++)
		if (!mica__has_storage(p, x->in[i]))
			n += expression_length(p, x->in[i], limit - n);
	return n;
}

/* Marks costly nodes that several groups compute; true if there were any. */
static mica_status store_repeated(mica__plan *p, bool *any)
{
	count c = {p, mica__alloc(p->g->n, sizeof(int)), mica__alloc(p->g->n, 1), 0};
	*any = false;
	for (; c.last_group && c.times && c.group < p->n_groups; c.group++)
		for (size_t j = 0; j < p->groups[c.group].n_roots; j++)
			count_inline(&c, p->groups[c.group].roots[j], true);
	for (size_t i = 0; c.times && i < p->g->n; i++) {
		mica_var x = p->g->nodes[i];
		if (c.times[i] > 1 && mica__is_elementwise(x) &&
		    (mica__op_describe(x->op)->heavy || expression_length(p, x, LONG_EXPRESSION) >= LONG_EXPRESSION)) {
			mark_root(p, x);
			*any = true;
			break; /* one at a time: what reads it may no longer repeat anything */
		}
	}
	mica_status st = c.times && c.last_group ? MICA_OK : MICA_ENOMEM;
	mica__free(c.last_group);
	mica__free(c.times);
	return st;
}

static void drop_groups(mica__plan *p)
{
	for (size_t i = 0; i < p->n_groups; i++)
		mica__free(p->groups[i].roots);
	p->n_groups = 0;
}

/* Roots that outputs and assignments need, directly or through other roots. */
static void mark_needed(const mica__plan *p, mica_var x, bool *needed)
{
	if (needed[x->id])
		return;
	needed[x->id] = true;
	for (size_t i = 0; i < x->n_in; i++)
		mark_needed(p, x->in[i], needed);
}

static mica_status group_roots(mica__plan *p)
{
	mica_status st = MICA_OK;
	bool *needed = mica__alloc(p->g->n + 1, sizeof *needed);
	if (!needed)
		return MICA_ENOMEM;
	for (size_t i = 0; i < p->n_outputs; i++)
		mark_needed(p, p->outputs[i], needed);
	for (size_t i = 0; i < p->n_assigns; i++)
		mark_needed(p, p->assigns[i].value, needed);
	drop_groups(p);
	for (size_t i = 0; i < p->g->n && st == MICA_OK; i++)
		if (p->info[i].root && needed[i])
			st = mica__add_group(p, p->g->nodes[i]);
	mica__free(needed);
	if (st != MICA_OK)
		return st;
	fuser f = {p, mica__alloc(p->n_groups * p->n_groups + 1, sizeof(bool)), p->n_groups};
	if (!f.depends)
		return MICA_ENOMEM;
	for (size_t i = 0; i < f.n; i++)
		mica__note_reads(p, i, f.depends, f.n);
	if (!(p->without & MICA_NO_FUSE))
		st = merge_all(&f);
	mica__free(f.depends);
	return st;
}

mica_status mica__fuse(mica__plan *p)
{
	mica_status st = MICA_OK;
	bool again = true;
	p->info = mica__alloc(p->g->n + p->n_assigns + 1, sizeof *p->info);
	if (!p->info)
		return MICA_ENOMEM;
	MICA_TRY(mark_roots(p));
	while (again) {
		MICA_TRY(group_roots(p));
		MICA_TRY(store_repeated(p, &again));
		again = again && !(p->without & MICA_NO_FUSE);
	}
out:
	return st;
}
