/* SPDX-License-Identifier: MIT */
/* lower/cpu_reduce.c - reductions along rows and over rows for CPUs, with what is elementwise around them.

   Along rows, a task takes its rows in blocks: one pass over a block for the reductions that depend on no other, one
   for those that depend on these, and so on, and one for values of elements. */
#include "lower/emit.h"

#include <stdio.h>
#include <string.h>

enum {
	ROWS_AT_ONCE = 8,    /* in a block: enough sums for none to wait for its last addition */
	AHEAD_COLUMNS = 8192 /* the longest rows of which a block and the next stay in a core's cache */
};

static const mica__name row = {"r", MICA__PER_ROW, false}, nil = {"0", MICA__PER_TASK, false};
static const mica__name scalar_column = {"c", MICA__PER_ELEMENT, false};

/* ---- along rows ---- */

static const char *reduction_name(mica_var x)
{
	return x->op == MICA__SUM ? "sum" : x->op == MICA__REDUCE_MIN ? "min" : "max";
}

/* Adds the element (or vector) at hand to the accumulator of reduction x. */
static void accumulate(mica__emitter *e, mica_var x, size_t index, const char *columns)
{
	bool vector = e->g->vector, integer = x->in[0]->dtype == MICA_I32;
	mica__text *body = &e->text[MICA__PER_ELEMENT];
	mica__name v = mica__value(e, x->in[0], row, vector ? nil : scalar_column, vector);
	const char *type = mica__type(x->in[0]->dtype, vector);
	char a[32], at[32], m[32];
	snprintf(a, sizeof a, "a%zu", index);
	snprintf(at, sizeof at, "i%zu", index);
	snprintf(m, sizeof m, "m%zu", index);
	if (vector)
		mica__text_add(body, "const %s %s = %s(c + LANES < %s) ? (%s)%s : (%s)%s;\n", type, m, integer ? "" : "MASK",
		               columns, type, v.s, type, mica__reduction_start(x));
	else
		mica__text_add(body, "const %s %s = %s;\n", type, m, v.s);
	if (x->op == MICA__SUM)
		mica__text_add(body, "%s += %s;\n", a, m);
	else if (x->op == MICA__ARGMAX && vector)
		mica__text_add(body, "{ const %s b = %s;\nconst %s t = %s > b || (%s != %s && b == b);\n"
		               "%s = %s(t) ? c + LANES : %s;\n%s = t ? %s : b; }\n", type, a, integer ? "intv" : "maskv", m, m, m,
		               at, integer ? "" : "CONVERT_I", at, a, m);
	else if (x->op == MICA__ARGMAX)
		mica__text_add(body, "if (%s > %s || (%s != %s && %s == %s)) { %s = %s; %s = c; }\n", m, a, m, m, a, a, a, m, at);
	else
		mica__text_add(body, "{ const %s b = %s;\n%s = %s %s b || %s != %s ? %s : b; }\n", type, a, a, m,
		               x->op == MICA__REDUCE_MAX ? ">" : "<", m, m, m);
}

/* Makes the value of a finished reduction: from its accumulator, of one row or of the block's row r. */
static void finish_reduction(mica__text *t, mica_var x, size_t index, bool vector)
{
	bool integer = x->in[0]->dtype == MICA_I32;
	const char *type = mica__type(x->dtype, false);
	if (!vector)
		mica__text_add(t, x->op == MICA__ARGMAX ? "const %s f%zu = i%zu;\n" : "const %s f%zu = a%zu;\n", type, index, index);
	else if (x->op == MICA__ARGMAX)
		mica__text_add(t, "f%zu[r - r0] = mica_across_argmax(%s(A%zu[r - r0]), I%zu[r - r0]);\n", index,
		               integer ? "CONVERT_R" : "", index, index);
	else
		mica__text_add(t, "f%zu[r - r0] = ACROSS(%s%s)(A%zu[r - r0]);\n", index, reduction_name(x), integer ? "_i" : "",
		               index);
}

/* At the beginning of a row: the reductions that are done, below depth. */
static void name_finished(mica__emitter *e, size_t depth)
{
	for (size_t i = 0; i < e->g->n_roots; i++) {
		mica_var x = e->g->roots[i];
		if (!mica__is_reduction(x) || mica__reduction_depth(e, x) >= depth)
			continue;
		mica__name n = {.level = MICA__PER_ROW};
		snprintf(n.s, sizeof n.s, e->g->vector ? "d%zu" : "f%zu", i);
		if (e->g->vector)
			mica__text_add(&e->text[MICA__PER_ROW], "const %s d%zu = f%zu[r - r0];\n", mica__type(x->dtype, false), i, i);
		mica__remember(e, x, row, nil, false, n);
	}
}

/* The row text as one pass over a block of rows, panel by panel, so that neighbours in memory are read one after the
   other. */
static void close_block(mica__emitter *e, mica__text *out, const char *n_panels)
{
	mica__text body = mica__take(e, MICA__PER_ROW);
	mica__text_add(out, "for (int p = 0; p < %s; p++) {\nfor (int r = r0; r < r1; r++) {\n%s}\n}\n", n_panels,
	               mica__text_string(&body));
	mica__text_free(&body);
	mica__forget(e, MICA__PER_ROW);
}

/* Declares the accumulators of reduction x and its results for a block of rows; the row at hand works on a copy. */
static void declare_accumulator(mica__emitter *e, mica_var x, size_t index, mica__text *out, mica__text *back)
{
	const char *type = mica__type(x->in[0]->dtype, true);
	mica__text *before = &e->text[MICA__PER_ROW];
	mica__text_add(out, "%s A%zu[ROWS];\n%s f%zu[ROWS];\nfor (int i = 0; i < ROWS; i++) A%zu[i] = (%s)%s;\n", type, index,
	               mica__type(x->dtype, false), index, index, type, mica__reduction_start(x));
	mica__text_add(before, "%s a%zu = A%zu[r - r0];\n", type, index, index);
	mica__text_add(back, "A%zu[r - r0] = a%zu;\n", index, index);
	if (x->op != MICA__ARGMAX)
		return;
	mica__text_add(out, "intv I%zu[ROWS];\nfor (int i = 0; i < ROWS; i++) I%zu[i] = LANES;\n", index, index);
	mica__text_add(before, "intv i%zu = I%zu[r - r0];\n", index, index);
	mica__text_add(back, "I%zu[r - r0] = i%zu;\n", index, index);
}

/* The first pass over a block of rows would wait for memory; so later ones, which find theirs in the cache, fetch the
   next block, where the cache has room for two. */
static void fetch_ahead(mica__emitter *e, bool yes)
{
	size_t rows = e->g->columns <= AHEAD_COLUMNS ? ROWS_AT_ONCE : 0;
	snprintf(e->ahead, sizeof e->ahead, "%s", yes ? mica__size(e, rows, "g rows ahead").s : "");
}

/* A costly value of each element that several passes need: the first of them, for the reductions at depth, stores it
   where the root `place` will be stored by the last.  value is NULL if there is none. */
typedef struct kept {
	mica_var value, place;
	size_t depth;
} kept;

static bool computes(const mica__emitter *e, mica_var x, mica_var y)
{
	bool found = x == y;
	for (size_t i = 0; i < x->n_in && !found && !mica__is_reduction(x) && !mica__from_outside(e, x); i++)
		found = computes(e, x->in[i], y);
	return found;
}

static bool needed_after(const mica__emitter *e, mica_var y, size_t depth)
{
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

static kept find_kept(const mica__emitter *e, size_t deepest)
{
	kept k = {.value = NULL};
	for (; k.depth <= deepest; k.depth++)
		for (size_t i = 0; i < e->g->n_roots; i++) {
			if (!mica__reduces_at(e, e->g->roots[i], k.depth))
				continue;
			k.value = costly(e, e->g->roots[i]->in[0], k.depth);
			k.place = k.value ? free_place(e, k.value->dtype) : NULL;
			if (k.place)
				return k;
		}
	return (kept){.value = NULL};
}

/* In the pass that makes the kept value stores it, in later ones loads it before anything computes it. */
static void store_kept(mica__emitter *e, const kept *k)
{
	mica__put(e, k->place, mica__value(e, k->value, row, nil, true), row, nil, true);
}

static void load_kept(mica__emitter *e, const kept *k)
{
	char out[200];
	uint8_t level;
	mica__load(e, e->p->info[k->place->id].store, k->place, row, nil, true, out, sizeof out, &level);
	mica__name n = mica__declare(e, "const realv", MICA__PER_ELEMENT, "%s", out);
	n.vector = true;
	mica__remember(e, k->value, row, nil, true, n);
}

/* Every reduction at this depth, for a block of rows at once. */
static void sweep_vectors(mica__emitter *e, size_t depth, const kept *k, const char *columns, const char *n_panels,
                          mica__text *out)
{
	mica__group *g = e->g;
	mica__text back = {0}, finish = {0};
	name_finished(e, depth);
	if (k->value && depth > k->depth)
		load_kept(e, k);
	for (size_t i = 0; i < g->n_roots; i++) {
		if (!mica__reduces_at(e, g->roots[i], depth))
			continue;
		declare_accumulator(e, g->roots[i], i, out, &back);
		accumulate(e, g->roots[i], i, columns);
		finish_reduction(&finish, g->roots[i], i, true);
	}
	if (k->value && depth == k->depth)
		store_kept(e, k);
	mica__close_vectors(e);
	mica__text_add(&e->text[MICA__PER_ROW], "%s", mica__text_string(&back));
	close_block(e, out, n_panels);
	mica__text_add(out, "for (int r = r0; r < r1; r++) {\n%s}\n", mica__text_string(&finish));
	mica__text_free(&back);
	mica__text_free(&finish);
}

/* The same for one row, element by element, into the row text. */
static void sweep_elements(mica__emitter *e, size_t depth, const char *columns)
{
	mica__group *g = e->g;
	mica__text *t = &e->text[MICA__PER_ROW];
	mica__text declarations = {0};
	for (size_t i = 0; i < g->n_roots; i++) {
		mica_var x = g->roots[i];
		if (!mica__reduces_at(e, g->roots[i], depth))
			continue;
		const char *type = mica__type(x->in[0]->dtype, false);
		mica__text_add(&declarations, "%s a%zu = (%s)%s;\n", type, i, type, mica__reduction_start(x));
		if (x->op == MICA__ARGMAX)
			mica__text_add(&declarations, "int i%zu = 0;\n", i);
		accumulate(e, x, i, columns);
	}
	mica__text body = mica__take(e, MICA__PER_ELEMENT);
	mica__text_append(t, declarations.s, declarations.n);
	mica__text_add(t, "for (int c = 0; c < %s; c++) {\n%s}\n", columns, body.s);
	mica__text_free(&body);
	mica__text_free(&declarations);
	mica__forget(e, MICA__PER_ELEMENT);
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica__reduces_at(e, g->roots[i], depth))
			finish_reduction(t, g->roots[i], i, false);
	name_finished(e, depth + 1);
}

static void splice(mica__emitter *e, mica__level into, mica__level from)
{
	mica__text t = mica__take(e, from);
	if (t.n)
		mica__text_append(&e->text[into], t.s, t.n);
	mica__text_free(&t);
}

static void put_rows(mica__emitter *e)
{
	mica__group *g = e->g;
	for (size_t i = 0; i < g->n_roots; i++) {
		mica_var x = g->roots[i];
		mica__name lead, at;
		if (!mica__row_position(e, x, &lead, &at))
			continue;
		mica__name v = mica__value(e, x, lead, at, false);
		mica__put(e, x, v, lead, at, false);
		splice(e, MICA__PER_ROW, MICA__PER_ELEMENT);
	}
}

static void rows_by_vectors(mica__emitter *e, size_t deepest, const char *columns, mica__text *out)
{
	mica__name n = mica__panels(e);
	bool elements = mica__has_elements(e);
	kept k = find_kept(e, deepest);
	for (size_t d = 0; d <= deepest; d++) {
		fetch_ahead(e, d > 0 || (!deepest && !elements));
		sweep_vectors(e, d, &k, columns, n.s, out);
	}
	if (elements) {
		fetch_ahead(e, true);
		name_finished(e, deepest + 1);
		if (k.value)
			load_kept(e, &k);
		mica__put_elements(e, row);
		mica__close_vectors(e);
		close_block(e, out, n.s);
	}
	name_finished(e, deepest + 1);
	put_rows(e);
	mica__text body = mica__take(e, MICA__PER_ROW);
	mica__text_add(out, "for (int r = r0; r < r1; r++) {\n%s}\n", mica__text_string(&body));
	mica__text_free(&body);
}

static void rows_by_elements(mica__emitter *e, size_t deepest, const char *columns, mica__text *out)
{
	for (size_t d = 0; d <= deepest; d++)
		sweep_elements(e, d, columns);
	if (mica__has_elements(e)) {
		mica__put_elements(e, row);
		mica__text body = mica__take(e, MICA__PER_ELEMENT);
		mica__text_add(&e->text[MICA__PER_ROW], "for (int c = 0; c < %s; c++) {\n%s}\n", columns, body.s);
		mica__text_free(&body);
		mica__forget(e, MICA__PER_ELEMENT);
	}
	put_rows(e);
	mica__text body = mica__take(e, MICA__PER_ROW);
	mica__text_add(out, "for (int r = r0; r < r1; r++) {\n%s}\n", body.s);
	mica__text_free(&body);
}

void mica__rows_group(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t block = mica__ceil_div(MICA__TASK_ELEMENTS, g->columns + 16);
	size_t share = mica__ceil_div(g->rows, 2 * e->p->device.workers);
	block = block > share ? share : block;
	if (block < mica__ceil_div(g->rows, 8192))
		block = mica__ceil_div(g->rows, 8192);
	block = g->rows > 2 * e->p->device.workers * ROWS_AT_ONCE ? mica__round_up(block, ROWS_AT_ONCE) : block;
	g->across = mica__ceil_div(g->rows, block ? block : 1);
	g->along = 1;
	mica__name rows = mica__rows(e), columns = mica__size(e, g->columns, "g columns");
	mica__name rb = mica__size(e, block, "g row block");
	mica__text_add(out, "enum { ROWS = %d };\nfor (int r0 = x * %s; r0 < min(x * %s + %s, %s); r0 += ROWS) {\n"
	               "const int r1 = min(r0 + ROWS, min(x * %s + %s, %s));\n", ROWS_AT_ONCE, rb.s, rb.s, rb.s, rows.s, rb.s,
	               rb.s, rows.s);
	(g->vector ? rows_by_vectors : rows_by_elements)(e, mica__deepest_reduction(e), columns.s, out);
	mica__text_add(out, "}\n");
}

/* ---- over rows ---- */

/* Adds the element (or vector) of row r at hand to the accumulator of reduction x. */
static void accumulate_row(mica__emitter *e, mica_var x)
{
	bool vector = e->g->vector;
	const char *type = mica__type(x->dtype, vector);
	mica__text *body = &e->text[MICA__PER_ELEMENT];
	mica__name v = mica__value(e, x->in[0], row, vector ? nil : scalar_column, vector);
	if (x->op == MICA__SUM)
		mica__text_add(body, "a += %s;\n", v.s);
	else
		mica__text_add(body, "{ const %s m = (%s)%s; a = m %s a || m != m ? m : a; }\n", type, type, v.s,
		               x->op == MICA__REDUCE_MAX ? ">" : "<");
}

/* All columns of a task side by side, each (or each vector) with its accumulator, so that rows are read as they lie. */
void mica__columns_group(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->roots[0];
	for (size_t i = 0; i < g->n_roots; i++)
		x = mica__is_reduction(g->roots[i]) ? g->roots[i] : x;
	bool vector = g->vector;
	const char *type = mica__type(x->dtype, vector);
	mica__name q = mica__literal("q", MICA__PER_ROW);
	g->across = vector ? mica__ceil_div(g->columns, mica__panel_width(e->p)) : mica__ceil_div(g->columns, 32);
	size_t block = mica__ceil_div(g->rows, 256);
	g->along = mica__ceil_div(g->rows, block ? block : 1);
	mica__name rows_n = mica__rows(e), qb = mica__size(e, block, "g row block");
	mica__name inner = mica__size(e, g->inner, "g inner"), n = mica__size(e, g->reduced, "g reduced");
	mica__name columns = mica__size(e, g->columns, "g columns");
	accumulate_row(e, x);
	mica__text each_row = mica__take(e, MICA__PER_ROW), each = mica__take(e, MICA__PER_ELEMENT);
	mica__forget(e, MICA__PER_ROW);
	mica__remember(e, x, q, vector ? nil : scalar_column, vector, (mica__name){"a", MICA__PER_ELEMENT, vector});
	mica__put_elements(e, q);
	mica__text after_rows = mica__take(e, MICA__PER_ROW), after = mica__take(e, MICA__PER_ELEMENT), head = {0};
	if (vector)
		mica__text_add(&head, "#pragma unroll\n%sconst int i = h / V;\n", mica__for_vectors(e));
	else
		mica__text_add(&head, "for (int c = x * 32, i = 0; c < min(x * 32 + 32, %s); c++, i++) {\n", columns.s);
	mica__text_add(out, "%sfor (int q = y * %s; q < min(y * %s + %s, %s); q++) {\n%s%s A[%s];\n%sA[i] = (%s)%s;\n}\n",
	               vector ? "const int p = x;\n" : "", qb.s, qb.s, qb.s, rows_n.s, mica__text_string(&after_rows), type,
	               vector ? "PW / V" : "32", mica__text_string(&head), type, mica__reduction_start(x));
	mica__text_add(out, "for (int k = 0; k < %s; k++) {\nconst int r = (q / %s * %s + k) * %s + REST(q, %s);\n%s%s"
	               "%s a = A[i];\n%sA[i] = a;\n}\n}\n", n.s, inner.s, n.s, inner.s, inner.s, mica__text_string(&each_row),
	               mica__text_string(&head), type, mica__text_string(&each));
	mica__text_add(out, "%sconst %s a = A[i];\n%s}\n}\n", mica__text_string(&head), type, mica__text_string(&after));
	mica__text_free(&each_row);
	mica__text_free(&each);
	mica__text_free(&after_rows);
	mica__text_free(&after);
	mica__text_free(&head);
}
