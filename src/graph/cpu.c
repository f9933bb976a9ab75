/* SPDX-License-Identifier: MIT */
/* graph/cpu.c - the function of a group for CPUs: loops over panels, rows and vectors around the group's expressions.
   A task is one call with (x, y): x counts along `across`, y along `along`. */
#include "graph/emit.h"

#include <stdio.h>
#include <string.h>

enum {
	TILES = 10,       /* row tiles of a product per task: their sums fit into the first-level cache */
	ACC_ROWS = 144,   /* rows that the accumulators of one task can hold */
	TASK_ELEMENTS = 16384,
	ROWS_AT_ONCE = 8, /* of a reduction along rows: enough sums for none to wait for its last addition */
	AHEAD_COLUMNS = 8192
};

static const mica__name row = {"r", MICA__PER_ROW, false}, nil = {"0", MICA__PER_TASK, false};
static const mica__name scalar_column = {"c", MICA__PER_ELEMENT, false};

static void splice(mica__emitter *e, mica__level into, mica__level from)
{
	mica__text t = mica__take(e, from);
	if (t.n)
		mica__text_append(&e->text[into], t.s, t.n);
	mica__text_free(&t);
}

/* The transposed copy that the group keeps up to date for its i-th root; -1 if there is none. */
static int shadow_of(const mica__emitter *e, size_t i)
{
	mica_var variable = e->p->info[e->g->roots[i]->id].assigned;
	return variable ? e->p->info[variable->id].shadow : -1;
}

static bool has_shadows(const mica__emitter *e)
{
	for (size_t i = 0; i < e->g->n_roots; i++)
		if (shadow_of(e, i) >= 0)
			return true;
	return false;
}

/* Rows r0..r1 of panel p of each variable that has a transposed copy, after they were stored. */
static void put_shadows(mica__emitter *e, mica__text *out)
{
	mica__plan *p = e->p;
	for (size_t i = 0; i < e->g->n_roots; i++) {
		int shadow = shadow_of(e, i), store = p->info[e->g->roots[i]->id].store;
		if (shadow < 0)
			continue;
		const mica__store *t = &p->stores[store];
		mica__name to = mica__pointer(e, shadow), from = mica__pointer(e, store);
		mica__text_add(out, "mica_transpose_panel(%s, %s, %s + (size_t)p * %s, r0, r1, p * PW, %s);\n", to.s,
		               mica__panel_stride(e, shadow).s, from.s, mica__panel_stride(e, store).s,
		               mica__size(e, t->columns, "s%d columns", store).s);
	}
}

static mica__name panels(mica__emitter *e)
{
	mica__name n = mica__size(e, e->g->columns, "g columns");
	return mica__declare(e, "const int", MICA__PER_TASK, "(%s + PW - 1) / PW", n.s);
}

static mica__name rows_of(mica__emitter *e)
{
	return mica__size(e, e->g->rows, "g rows");
}

/* for h: c: the element text, into the row text. */
static void close_vectors(mica__emitter *e)
{
	mica__text body = mica__take(e, MICA__PER_ELEMENT);
	mica__text_add(&e->text[MICA__PER_ROW], "#pragma unroll\nfor (int h = 0; h < PW; h += V) {\nconst int c = p * PW + h;\n%s}\n",
	               mica__text_string(&body));
	mica__text_free(&body);
	mica__forget(e, MICA__PER_ELEMENT);
}

/* ---- elementwise ---- */

/* Tasks of some panels and rows, panel by panel: neighbours in a panel are neighbours in memory. */
static void map_by_panels(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t np = mica__ceil_div(g->columns, mica__panel_width(e->p));
	size_t block = TASK_ELEMENTS / mica__panel_width(e->p); /* rows times panels of a task */
	size_t row_block = g->rows < block ? g->rows : block;
	size_t panel_block = g->rows ? mica__ceil_div(block, mica__round_up(g->rows, 8)) : 1;
	if (g->rows > 1 && panel_block > mica__ceil_div(np, 4))
		panel_block = mica__ceil_div(np, 4);
	g->across = mica__ceil_div(np, panel_block ? panel_block : 1);
	g->along = mica__ceil_div(g->rows, row_block ? row_block : 1);
	mica__name n = panels(e), rows = rows_of(e);
	mica__name pb = mica__size(e, panel_block, "g panel block"), rb = mica__size(e, row_block, "g row block");
	close_vectors(e);
	mica__text shadows = {0};
	put_shadows(e, &shadows);
	mica__text body = mica__take(e, MICA__PER_ROW);
	mica__text_add(out,
	               "const int r0 = y * %s, r1 = min(r0 + %s, %s);\n"
	               "for (int p = x * %s; p < min(x * %s + %s, %s); p++) {\n"
	               "for (int r = r0; r < r1; r++) {\n%s}\n%s}\n",
	               rb.s, rb.s, rows.s, pb.s, pb.s, pb.s, n.s, mica__text_string(&body), mica__text_string(&shadows));
	mica__text_free(&body);
	mica__text_free(&shadows);
}

/* Tasks of some rows, each from its first column to its last: for what lies row by row in memory, above all rows of a
   table in any order, where every one is another page. */
static void map_by_rows(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t block = mica__ceil_div(TASK_ELEMENTS, g->columns), share = mica__ceil_div(g->rows, 4 * e->p->device.workers);
	block = block > share && share ? share : block;
	g->across = mica__ceil_div(g->rows, block);
	g->along = 1;
	mica__name n = panels(e), rows = rows_of(e), rb = mica__size(e, block, "g row block");
	mica__text outer = mica__take(e, MICA__PER_ROW);
	close_vectors(e);
	mica__text body = mica__take(e, MICA__PER_ROW);
	mica__text_add(out, "for (int r = x * %s; r < min(x * %s + %s, %s); r++) {\n%sfor (int p = 0; p < %s; p++) {\n%s}\n}\n", rb.s, rb.s,
	               rb.s, rows.s, mica__text_string(&outer), n.s, mica__text_string(&body));
	mica__text_free(&outer);
	mica__text_free(&body);
}

static void map_vectors(mica__emitter *e, mica__text *out)
{
	mica__put_elements(e, row);
	(e->by_rows && !has_shadows(e) ? map_by_rows : map_by_panels)(e, out);
}

static void map_scalars(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t row_block = g->columns ? mica__ceil_div(TASK_ELEMENTS / 8, g->columns) : 1;
	size_t column_block = g->columns < TASK_ELEMENTS / 8 ? g->columns : TASK_ELEMENTS / 8;
	g->across = mica__ceil_div(g->rows, row_block);
	g->along = mica__ceil_div(g->columns, column_block ? column_block : 1);
	mica__name rows = rows_of(e), columns = mica__size(e, g->columns, "g columns");
	mica__name rb = mica__size(e, row_block, "g row block"), cb = mica__size(e, column_block, "g column block");
	mica__put_elements(e, row);
	mica__text body = mica__take(e, MICA__PER_ELEMENT), outer = mica__take(e, MICA__PER_ROW);
	mica__text_add(out,
	               "for (int r = x * %s; r < min(x * %s + %s, %s); r++) {\n%s"
	               "for (int c = y * %s; c < min(y * %s + %s, %s); c++) {\n%s}\n}\n",
	               rb.s, rb.s, rb.s, rows.s, mica__text_string(&outer), cb.s, cb.s, cb.s, columns.s, mica__text_string(&body));
	mica__text_free(&body);
	mica__text_free(&outer);
}

/* ---- reductions along rows ---- */

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
		mica__text_add(body, "const %s %s = %s(c + LANES < %s) ? (%s)%s : (%s)%s;\n", type, m, integer ? "" : "MASK", columns, type,
		               v.s, type, mica__reduction_start(x));
	else
		mica__text_add(body, "const %s %s = %s;\n", type, m, v.s);
	if (x->op == MICA__SUM)
		mica__text_add(body, "%s += %s;\n", a, m);
	else if (x->op == MICA__ARGMAX && vector)
		mica__text_add(body, "{ const %s b = %s;\nconst %s t = %s > b || (%s != %s && b == b);\n%s = %s(t) ? c + LANES : %s;\n"
		               "%s = t ? %s : b; }\n", type, a, integer ? "intv" : "maskv", m, m, m, at, integer ? "" : "CONVERT_I", at, a, m);
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
		mica__text_add(t, "f%zu[r - r0] = ACROSS(%s%s)(A%zu[r - r0]);\n", index, reduction_name(x), integer ? "_i" : "", index);
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

/* The row text as one pass over a block of rows, panel by panel, so that neighbours in memory are read one after the other. */
static void close_block(mica__emitter *e, mica__text *out, const char *n_panels)
{
	mica__text body = mica__take(e, MICA__PER_ROW);
	mica__text_add(out, "for (int p = 0; p < %s; p++) {\nfor (int r = r0; r < r1; r++) {\n%s}\n}\n", n_panels,
	               mica__text_string(&body));
	mica__text_free(&body);
	mica__forget(e, MICA__PER_ROW);
}

/* Declares the accumulator of reduction x and of its result for a block of rows; those of the row at hand are copies. */
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

/* Every reduction at this depth, for a block of rows at once. */
static void sweep_vectors(mica__emitter *e, size_t depth, const char *columns, const char *n_panels, mica__text *out)
{
	mica__group *g = e->g;
	mica__text back = {0}, finish = {0};
	name_finished(e, depth);
	for (size_t i = 0; i < g->n_roots; i++) {
		if (!mica__reduces_at(e, g->roots[i], depth))
			continue;
		declare_accumulator(e, g->roots[i], i, out, &back);
		accumulate(e, g->roots[i], i, columns);
		finish_reduction(&finish, g->roots[i], i, true);
	}
	close_vectors(e);
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

/* The first pass over a block of rows would wait for memory; so later ones, which find theirs in the cache, fetch the next
   block, where the cache has room for two. */
static void fetch_ahead(mica__emitter *e, bool yes)
{
	size_t rows = e->g->columns <= AHEAD_COLUMNS ? ROWS_AT_ONCE : 0;
	snprintf(e->ahead, sizeof e->ahead, "%s", yes ? mica__size(e, rows, "g rows ahead").s : "");
}

static void rows_by_vectors(mica__emitter *e, size_t deepest, const char *columns, mica__text *out)
{
	mica__name n = panels(e);
	bool elements = mica__has_elements(e);
	for (size_t d = 0; d <= deepest; d++) {
		fetch_ahead(e, d > 0 || (!deepest && !elements));
		sweep_vectors(e, d, columns, n.s, out);
	}
	if (elements) {
		fetch_ahead(e, true);
		name_finished(e, deepest + 1);
		mica__put_elements(e, row);
		close_vectors(e);
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

static void rows_group(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t block = mica__ceil_div(TASK_ELEMENTS, g->columns + 16), share = mica__ceil_div(g->rows, 2 * e->p->device.workers);
	block = block > share ? share : block;
	if (block < mica__ceil_div(g->rows, 8192))
		block = mica__ceil_div(g->rows, 8192);
	block = g->rows > 2 * e->p->device.workers * ROWS_AT_ONCE ? mica__round_up(block, ROWS_AT_ONCE) : block;
	g->across = mica__ceil_div(g->rows, block ? block : 1);
	g->along = 1;
	mica__name rows = rows_of(e), columns = mica__size(e, g->columns, "g columns"), rb = mica__size(e, block, "g row block");
	mica__text_add(out, "enum { ROWS = %d };\nfor (int r0 = x * %s; r0 < min(x * %s + %s, %s); r0 += ROWS) {\n"
	               "const int r1 = min(r0 + ROWS, min(x * %s + %s, %s));\n", ROWS_AT_ONCE, rb.s, rb.s, rb.s, rows.s, rb.s, rb.s, rows.s);
	(g->vector ? rows_by_vectors : rows_by_elements)(e, mica__deepest_reduction(e), columns.s, out);
	mica__text_add(out, "}\n");
}

/* ---- reductions over rows ---- */

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
static void columns_group(mica__emitter *e, mica__text *out)
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
	mica__name rows_n = rows_of(e), qb = mica__size(e, block, "g row block");
	mica__name inner = mica__size(e, g->inner, "g inner"), n = mica__size(e, g->reduced, "g reduced");
	mica__name columns = mica__size(e, g->columns, "g columns");
	accumulate_row(e, x);
	mica__text each_row = mica__take(e, MICA__PER_ROW), each = mica__take(e, MICA__PER_ELEMENT);
	mica__forget(e, MICA__PER_ROW);
	mica__remember(e, x, q, vector ? nil : scalar_column, vector, (mica__name){"a", MICA__PER_ELEMENT, vector});
	mica__put_elements(e, q);
	mica__text after_rows = mica__take(e, MICA__PER_ROW), after = mica__take(e, MICA__PER_ELEMENT), head = {0};
	if (vector)
		mica__text_add(&head, "#pragma unroll\nfor (int h = 0; h < PW; h += V) {\nconst int c = p * PW + h, i = h / V;\n");
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

/* ---- products ---- */

typedef struct operand {
	mica__name base, stride_panel;
	char stride_row[24];
} operand;

/* How a product reads an operand: any layout is a row stride and a panel stride.  A single row has the strides of panels,
   so that what a tile reads past it is near. */
static operand product_operand(mica__emitter *e, mica_var x, bool shadow)
{
	mica__plan *p = e->p;
	mica_var y = mica__stored(p, x);
	int store = shadow ? p->info[y->id].shadow : p->info[y->id].store;
	const mica__store *t = &p->stores[store];
	operand o = {.base = mica__pointer(e, store)};
	if (t->panel) {
		o.stride_panel = mica__panel_stride(e, store);
		snprintf(o.stride_row, sizeof o.stride_row, "PW");
	} else {
		bool one = mica__shape_lead(&x->shape) == 1;
		o.stride_panel = mica__literal("PW", MICA__PER_TASK);
		snprintf(o.stride_row, sizeof o.stride_row, "%s",
		         one ? "PW" : mica__size(e, mica__shape_last(&x->shape), "n%u.last", x->id).s);
	}
	return o;
}

static size_t product_row_block(mica__emitter *e)
{
	mica__group *g = e->g;
	mica__product *m = &g->product;
	size_t np = mica__ceil_div(m->n, mica__panel_width(e->p)) * m->batch, tile = m->transposed_a ? e->p->tile_rows_t : e->p->tile_rows;
	size_t tiles = mica__ceil_div(m->m, tile), most = m->transposed_a ? 112 / tile : TILES;
	size_t parts = mica__ceil_div(tiles, most), wanted = np ? mica__ceil_div(2 * e->p->device.workers, np) : 1;
	parts = parts < wanted ? wanted : parts;
	parts = parts > tiles ? tiles : parts;
	return parts ? mica__ceil_div(tiles, parts) * tile : tile;
}

static void product_group(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica__product *m = &g->product;
	mica_var x = g->roots[0];
	for (size_t i = 0; i < g->n_roots; i++)
		x = g->roots[i]->op == MICA__MATMUL ? g->roots[i] : x;
	size_t block = product_row_block(e);
	g->across = mica__ceil_div(m->n, mica__panel_width(e->p)) * m->batch;
	g->along = mica__ceil_div(m->m, block);
	g->flops = 2.0 * (double)m->m * (double)m->n * (double)m->k * (double)m->batch;
	operand a = product_operand(e, m->a, false), b = product_operand(e, m->b, m->transposed_b);
	mica__name rows = mica__size(e, m->m, "g m"), k = mica__size(e, m->k, "g k"), n = panels(e), rb = mica__size(e, block, "g row block");
	mica__remember(e, x, row, nil, true, (mica__name){"product", MICA__PER_ELEMENT, true});
	mica__put_elements(e, row);
	mica__text body = mica__take(e, MICA__PER_ELEMENT), outer = mica__take(e, MICA__PER_ROW), shadows = {0};
	put_shadows(e, &shadows);
	mica__text_add(out, "const int p = REST(x, %s), batch = x / %s;\nint r0 = y * %s, r1 = min(r0 + %s, %s);\nprivate realv acc[%d];\n",
	               n.s, n.s, rb.s, rb.s, rows.s, 2 * ACC_ROWS);
	if (m->transposed_a)
		mica__text_add(out, "mica_product_t(acc, %s + (size_t)(batch * %s) * %s, %s, %s, %s + (size_t)p * %s + (size_t)(batch * %s) * %s, %s, r0, r1, %s);\n",
		               a.base.s, k.s, a.stride_row, a.stride_row, a.stride_panel.s, b.base.s, b.stride_panel.s, k.s, b.stride_row,
		               b.stride_row, k.s);
	else
		mica__text_add(out, "mica_product(acc, %s + (size_t)(batch * %s + r0) * %s, %s, %s, %s + (size_t)p * %s + (size_t)(batch * %s) * %s, %s, r1 - r0, %s);\n",
		               a.base.s, rows.s, a.stride_row, a.stride_row, a.stride_panel.s, b.base.s, b.stride_panel.s, k.s, b.stride_row,
		               b.stride_row, k.s);
	mica__text_add(out, "r0 += batch * %s;\nr1 += batch * %s;\nfor (int r = r0; r < r1; r++) {\n%sfor (int h = 0; h < PW; h += V) {\n"
	               "const int c = p * PW + h;\nconst realv product = acc[2 * (r - r0) + (h != 0)];\n%s}\n}\n%s",
	               rows.s, rows.s, mica__text_string(&outer), mica__text_string(&body), mica__text_string(&shadows));
	mica__text_free(&body);
	mica__text_free(&outer);
	mica__text_free(&shadows);
}

/* ---- scatter ---- */

/* Element (row, j) of x seen as rows of `width`: its number, split by x's own last dimension. */
static void at_element(mica__emitter *e, mica_var x, const char *r, size_t width, mica__name *lead, mica__name *column)
{
	size_t last = mica__shape_last(&x->shape);
	*lead = mica__literal(r, MICA__PER_ELEMENT);
	*column = mica__literal("j", MICA__PER_ELEMENT);
	if (last == width)
		return;
	mica__name w = mica__size(e, width, "g width"), l = mica__size(e, last, "n%u.last", x->id);
	*lead = mica__declare(e, "const int", MICA__PER_ELEMENT, "(%s * %s + j) / %s", r, w.s, l.s);
	*column = mica__declare(e, "const int", MICA__PER_ELEMENT, "REST(%s * %s + j, %s)", r, w.s, l.s);
}

/* x = 0, or x += v, at element (t, j). */
static void put_sum(mica__emitter *e, mica_var x, size_t width, const mica__name *v)
{
	mica__name lead, column, sum = mica__literal("0", MICA__PER_ELEMENT);
	char old[200];
	uint8_t level;
	at_element(e, x, "t", width, &lead, &column);
	if (v) {
		mica__load(e, e->p->info[x->id].store, x, lead, column, false, old, sizeof old, &level);
		sum = mica__declare(e, mica__type(x->dtype, false), MICA__PER_ELEMENT, "%s + %s", old, v->s);
	}
	mica__put(e, x, sum, lead, column, false);
}

/* Target seen as (rows, width), source as (n, width): a task adds up some columns of all source rows, in their order. */
static void scatter_group(mica__emitter *e, mica__text *out)
{
	enum { COLUMNS = 32 };
	mica_var x = e->g->roots[0], value = x->in[0], index = x->in[1];
	size_t n = mica_var_count(index), rows = x->attr.rows, width = rows ? mica_var_count(x) / rows : 0;
	e->g->across = mica__ceil_div(width ? width : 1, COLUMNS);
	e->g->along = 1;
	mica__name w = mica__size(e, width, "g width"), count = mica__size(e, rows ? n : 0, "g n"), limit = mica__size(e, rows, "g rows");
	mica__name last_i = mica__size(e, mica__shape_last(&index->shape), "g index last"), lead, column;
	put_sum(e, x, width, NULL);
	mica__text zero = mica__take(e, MICA__PER_ELEMENT);
	mica__forget(e, MICA__PER_ELEMENT);
	lead = mica__declare(e, "const int", MICA__PER_ROW, "i / %s", last_i.s);
	column = mica__declare(e, "const int", MICA__PER_ROW, "REST(i, %s)", last_i.s);
	mica__name at = mica__value(e, index, lead, column, false);
	at_element(e, value, "i", width, &lead, &column);
	mica__name v = mica__value(e, value, lead, column, false);
	put_sum(e, x, width, &v);
	mica__text outer = mica__take(e, MICA__PER_ROW), body = mica__take(e, MICA__PER_ELEMENT);
	mica__text_add(out, "(void)y;\nconst int j0 = x * %d, j1 = min(j0 + %d, %s);\nfor (int t = 0; t < %s; t++) {\nfor (int j = j0; j < j1; j++) {\n"
	               "%s}\n}\nfor (int i = 0; i < %s; i++) {\n%sconst int t = clamp(%s, 0, %s - 1);\nfor (int j = j0; j < j1; j++) {\n%s}\n}\n",
	               COLUMNS, COLUMNS, w.s, limit.s, mica__text_string(&zero), count.s, mica__text_string(&outer), at.s, limit.s,
	               mica__text_string(&body));
	mica__text_free(&zero);
	mica__text_free(&outer);
	mica__text_free(&body);
}

mica_status mica__emit_cpu(mica__plan *p, size_t group, mica__text *body)
{
	mica__group *g = &p->groups[group];
	mica__emitter e = {.p = p, .g = g};
	mica__text out = {0};
	switch (g->anchor) {
	case MICA__MAP: (g->vector ? map_vectors : map_scalars)(&e, &out); break;
	case MICA__ROW: rows_group(&e, &out); break;
	case MICA__COL: columns_group(&e, &out); break;
	case MICA__PRODUCT: product_group(&e, &out); break;
	case MICA__SCATTER: scatter_group(&e, &out); break;
	}
	mica__text_add(body, "%s%s", mica__text_string(&e.text[MICA__PER_TASK]), mica__text_string(&out));
	if (out.failed || body->failed)
		e.st = MICA_ENOMEM;
	mica__text_free(&out);
	for (int i = 0; i < MICA__LEVELS; i++)
		mica__text_free(&e.text[i]);
	mica__free(e.memo);
	return e.st;
}
