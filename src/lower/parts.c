/* SPDX-License-Identifier: MIT */
/* lower/parts.c - what the kinds of kernels have in common: which roots are stored where, the reductions of a group by how
   they lie upon each other, vectors of panels and transposed copies on CPUs, work-items on GPUs. */
#include "lower/emit.h"

#include <stdio.h>

/* ---- roots ---- */

bool mica__is_stored_root(const mica__emitter *e, mica_var x)
{
	return e->p->info[x->id].store >= 0;
}

bool mica__is_element(const mica__emitter *e, mica_var x)
{
	return mica__is_stored_root(e, x) && !mica__per_row(e->g, x) && !e->p->info[x->id].beside;
}

bool mica__has_elements(const mica__emitter *e)
{
	for (size_t i = 0; i < e->g->n_roots; i++)
		if (mica__is_element(e, e->g->roots[i]))
			return true;
	return false;
}

void mica__put_elements(mica__emitter *e, mica__at at)
{
	mica__group *g = e->g;
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica__is_element(e, g->roots[i]))
			mica__value(e, g->roots[i], at);
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica__is_element(e, g->roots[i]))
			mica__put(e, g->roots[i], mica__value(e, g->roots[i], at), at);
}

bool mica__row_position(const mica__emitter *e, mica_var x, mica__at *at)
{
	mica__name row = mica__literal("r", MICA__PER_ROW), zero = mica__literal("0", MICA__PER_TASK);
	bool sideways = !mica__is_reduction(x) && mica__shape_last(&x->shape) != 1;
	*at = (mica__at){sideways ? zero : row, sideways ? row : zero, false};
	return mica__is_stored_root(e, x) && mica__per_row(e->g, x);
}

/* ---- reductions ---- */

const char *mica__reduction_start(mica_var x)
{
	const mica__dtype_info *info = mica__dtype_describe(mica__dtype_describe(x->in[0]->dtype)->computed);
	switch (mica__op_of(x)->start) {
	case MICA__START_ONE: return "1";
	case MICA__START_FIRST: return info->first;
	case MICA__START_LAST: return info->last;
	default: return "0";
	}
}

void mica__reduction_join(mica_var x, const char *a, const char *b, bool vector, mica__text *out)
{
	mica__name of[] = {mica__literal(a, MICA__PER_ELEMENT), mica__literal(b, MICA__PER_ELEMENT)};
	of[0].vector = of[1].vector = vector;
	mica__expand(mica__op_of(x)->expression, of, mica__type(x->dtype, vector), mica__type(x->dtype, vector), vector, out);
}

static size_t depth_below(const mica__emitter *e, mica_var x)
{
	uint32_t group = (uint32_t)(e->g - e->p->groups) + 1;
	size_t deepest = 0;
	if (e->scratch->reductions[x->id].group == group)
		return e->scratch->reductions[x->id].depth;
	for (size_t i = 0; i < x->n_in; i++) {
		mica_var y = x->in[i];
		if (mica__from_outside(e, y))
			continue;
		size_t d = depth_below(e, y) + (mica__is_reduction(y) ? 1 : 0);
		deepest = d > deepest ? d : deepest;
	}
	e->scratch->reductions[x->id].group = group;
	e->scratch->reductions[x->id].depth = (uint32_t)deepest;
	return deepest;
}

size_t mica__reduction_depth(const mica__emitter *e, mica_var x)
{
	return depth_below(e, x);
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

/* ---- CPUs ---- */

mica__matrix mica__matrix_of(mica__emitter *e, int store, mica_var view)
{
	mica__matrix o = {.base = mica__pointer(e, store)};
	bool panels = e->p->stores[store].form.panel > 0;
	o.panel = panels ? mica__panel_stride(e, store) : mica__literal("PW", MICA__PER_TASK);
	snprintf(o.row, sizeof o.row, "%s", panels ? mica__panel_row(e, store) : mica__shape_lead(&view->shape) == 1 ? "PW" : mica__last(e, view).s);
	return o;
}

void mica__put_result(mica__emitter *e, mica__text *base, char row[24])
{
	const mica__group *g = e->g;
	mica_var x = NULL;
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica__is_element(e, g->roots[i]) && g->roots[i]->dtype == g->anchor->dtype)
			x = g->roots[i];
	if (!x) {
		mica__text_add(base, "0");
		snprintf(row, 24, "0");
		return;
	}
	mica__matrix to = mica__matrix_of(e, e->p->info[mica__stored(e->p, x)->id].store, x);
	mica__text_add(base, "%s + (size_t)p * %s + (size_t)r0 * %s", to.base.s, to.panel.s, to.row);
	snprintf(row, 24, "%s", to.row);
}

/* Whether a result is stored in a panel of one vector, beside which is the next row: of a loop's single row, another step's. */
static bool stores_one_vector(const mica__emitter *e)
{
	for (size_t i = 0; i < e->g->n_roots; i++) {
		int store = e->p->info[e->g->roots[i]->id].store;
		if (store >= 0 && e->p->stores[store].form.panel == e->p->device.vector_width)
			return true;
	}
	return false;
}

const char *mica__for_vectors(const mica__emitter *e)
{
	/* The second vector would be padding.  (Of a single row the columns may be the batch, on whose size no code depends.) */
	if (e->g->columns <= e->p->device.vector_width && (e->g->rows > 1 || stores_one_vector(e)))
		return "for (int h = 0; h < V; h += V) {\nconst int c = p * PW + h;\n";
	return "for (int h = 0; h < PW; h += V) {\nconst int c = p * PW + h;\n";
}

void mica__close_vectors(mica__emitter *e)
{
	mica__text body = mica__take(e, MICA__PER_ELEMENT);
	mica__text_add(&e->text[MICA__PER_ROW], "#pragma unroll\n%s%s}\n", mica__for_vectors(e), mica__text_string(&body));
	mica__done(e, &body);
	mica__forget(e, MICA__PER_ELEMENT);
}

/* The store of the transposed form that the group writes for a root, or as one, and that of the values; false if there is
   none.  rows: of each matrix. */
static bool is_turned(const mica__emitter *e, mica_var root, int *to, int *from, size_t *rows)
{
	const mica__info *info = &e->p->info[root->id];
	*to = info->beside ? info->store : info->assigned ? e->p->info[info->assigned->id].turned : -1;
	*from = info->beside ? e->p->info[mica__stored(e->p, root->in[0])->id].store : info->store;
	*rows = info->beside ? mica__shape_last(&root->shape) : e->g->rows;
	return *to >= 0;
}

bool mica__keeps_copies(const mica__emitter *e)
{
	int to, from;
	size_t rows;
	for (size_t i = 0; i < e->g->n_roots; i++)
		if (is_turned(e, e->g->roots[i], &to, &from, &rows))
			return true;
	return false;
}

void mica__put_copies(mica__emitter *e, mica__text *out)
{
	int to, from;
	size_t rows;
	for (size_t i = 0; i < e->g->n_roots; i++)
		if (is_turned(e, e->g->roots[i], &to, &from, &rows))
			mica__loops(e, out, "skeletons/turn.cl", rows == e->g->rows ? "beside" : "matrices_beside", MICA__HOLES(
			            {"to", mica__pointer(e, to).s}, {"to_stride", mica__panel_stride(e, to).s}, {"to_row", mica__panel_row(e, to)},
			            {"from", mica__pointer(e, from).s}, {"panel", mica__panel_stride(e, from).s}, {"row", mica__panel_row(e, from)},
			            {"rows", mica__size(e, rows, "s%d matrix", to).s},
			            {"columns", mica__size(e, e->p->stores[from].columns, "s%d columns", from).s}));
}

/* ---- GPUs ---- */

size_t mica__count_elements(mica__emitter *e, size_t rows, size_t columns)
{
	size_t n, most = INT32_MAX - 16 * e->p->device.group_size;
	if (mica__mul(rows, columns, &n) && n <= most)
		return n;
	if (e->st == MICA_OK)
		e->st = mica__fail(MICA_EUNSUPPORTED, "plan: a value of %zu x %zu elements; at most %zu on this device", rows, columns,
		                   most);
	return 0;
}

size_t mica__tile_rows(mica__emitter *e)
{
	enum { LEAST_GROUP = 16 };
	if (e->p->device.group_size >= LEAST_GROUP)
		return e->p->device.group_size / 4;
	if (e->st == MICA_OK)
		e->st = mica__fail(MICA_EUNSUPPORTED, "product: this device runs %u work-items in a group; at least %d are needed",
		                   e->p->device.group_size, LEAST_GROUP);
	return 0;
}

size_t mica__power_of_two(size_t least, size_t most)
{
	size_t n = 1;
	while (n < least && n < most)
		n *= 2;
	return n;
}

/* All items may read a variable's only element, or a row's, of which one item stores the new value. */
void mica__wait_for_reads(mica__emitter *e, mica__text *out)
{
	bool assigned = false;
	for (size_t i = 0; i < e->g->n_roots; i++)
		assigned = assigned || e->p->info[e->g->roots[i]->id].assigned;
	if (assigned && (e->g->kind->per_row || e->g->rows * e->g->columns == 1))
		mica__text_add(out, "barrier(CLK_GLOBAL_MEM_FENCE);\n");
}
