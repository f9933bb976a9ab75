/* SPDX-License-Identifier: MIT */
/* lower/kinds/row.c - reductions along rows, with what is elementwise around them.

   On CPUs a task takes its rows in blocks: one pass over a block for the reductions that depend on no other, one for those
   that depend on these, and so on, and one for values of elements. */
#include "lower/emit.h"
#include "lower/kinds/kept.h"
#include "lower/kinds/fold.h"

#include <stdio.h>

enum {
	ROWS_AT_ONCE = 8,    /* in a block: enough sums for none to wait for its last addition */
	AHEAD_COLUMNS = 8192 /* the longest rows of which a block and the next stay in a core's cache */
};
static const char file[] = "skeletons/row.cl";

static mica__at this_row(void)
{
	return mica__at_row(mica__literal("r", MICA__PER_ROW));
}

static mica__name numbered(const char *letter, size_t i, mica__level level)
{
	mica__name n = {.level = (uint8_t)level};
	snprintf(n.s, sizeof n.s, "%s%zu", letter, i);
	return n;
}

/* ---- one reduction on a CPU ---- */

static void accumulate_argmax(mica__emitter *e, mica_var x, const char *index)
{
	mica__loops(e, &e->text[MICA__PER_ELEMENT], file, e->g->vector ? "argmax_vector" : "argmax_element",
	            MICA__HOLES({"i", index}, {"type", mica__type(x->in[0]->dtype, e->g->vector)},
	            {"scalar", mica__type(x->in[0]->dtype, false)}));
}

/* Adds the element (or vector) at hand to the accumulator of reduction x. */
static void accumulate(mica__emitter *e, mica_var x, size_t index)
{
	bool vector = e->g->vector;
	mica__text *body = &e->text[MICA__PER_ELEMENT];
	mica__name v = mica__value(e, x->in[0], mica__here(e));
	const char *type = mica__type(x->in[0]->dtype, vector), *start = mica__reduction_start(x);
	char i[24];
	snprintf(i, sizeof i, "%zu", index);
	if (vector)
		mica__text_add(body, "const %s m%s = MASK_%s(c + LANES < %s) ? (%s)%s : (%s)%s;\n", type, i,
		               mica__type(x->in[0]->dtype, false), mica__columns(e).s, type, v.s, type, start);
	else
		mica__text_add(body, "const %s m%s = %s;\n", type, i, v.s);
	if (x->op == MICA__ARGMAX) {
		accumulate_argmax(e, x, i);
		return;
	}
	mica__text_add(body, "{ const %s b = a%s;\na%s = ", type, i, i);
	mica__reduction_join(x, "b", numbered("m", index, MICA__PER_ELEMENT).s, vector, body);
	mica__text_add(body, "; }\n");
}

/* Makes the value of a finished reduction: from its accumulator, of one row or of the block's row r. */
static void finish_reduction(mica__text *t, mica_var x, size_t index, bool vector)
{
	const char *type = mica__type(x->dtype, false), *of = mica__type(x->in[0]->dtype, false);
	if (!vector)
		mica__text_add(t, x->op == MICA__ARGMAX ? "const %s f%zu = i%zu;\n" : "const %s f%zu = a%zu;\n", type, index, index);
	else if (x->op == MICA__ARGMAX)
		mica__text_add(t, "f%zu[r - r0] = mica_across_argmax_%s(A%zu[r - r0], I%zu[r - r0]);\n", index, of, index, index);
	else
		mica__text_add(t, "f%zu[r - r0] = ACROSS(%s, %s)(A%zu[r - r0]);\n", index, mica__op_of(x)->name, of, index);
}

/* At the beginning of a row: the reductions that are done, below depth. */
static void name_finished(mica__emitter *e, size_t depth)
{
	for (size_t i = 0; i < e->g->n_roots; i++) {
		mica_var x = e->g->roots[i];
		if (!mica__is_reduction(x) || mica__reduction_depth(e, x) >= depth)
			continue;
		if (e->g->vector)
			mica__text_add(&e->text[MICA__PER_ROW], "const %s d%zu = f%zu[r - r0];\n", mica__type(x->dtype, false), i, i);
		mica__remember(e, x, this_row(), numbered(e->g->vector ? "d" : "f", i, MICA__PER_ROW));
	}
}

/* ---- rows by vectors ---- */

/* The row text as one pass over a block of rows, panel by panel, so that neighbours in memory are read one after the
   other; or as one over the block's rows. */
static void close_block(mica__emitter *e, mica__text *out, bool by_panels)
{
	mica__text body = mica__take(e, MICA__PER_ROW);
	mica__loops(e, out, file, by_panels ? "cpu_pass" : "cpu_each_row",
	            MICA__HOLES({"panels", by_panels ? mica__panels(e).s : ""}, {"body", mica__text_string(&body)}));
	mica__done(e, &body);
	mica__forget(e, MICA__PER_ROW);
}

/* Declares the accumulators of reduction x and its results for a block of rows; the row at hand works on a copy. */
static void declare_accumulators(mica__emitter *e, mica_var x, size_t index, mica__text *out, mica__text *back)
{
	const char *type = mica__type(x->in[0]->dtype, true);
	mica__text *before = &e->text[MICA__PER_ROW];
	char i[24];
	snprintf(i, sizeof i, "%zu", index);
	mica__loops(e, out, file, "cpu_accumulator", MICA__HOLES({"i", i}, {"type", type},
	            {"result", mica__type(x->dtype, false)}, {"start", mica__reduction_start(x)}));
	mica__text_add(before, "%s a%s = A%s[r - r0];\n", type, i, i);
	mica__text_add(back, "A%s[r - r0] = a%s;\n", i, i);
	if (x->op != MICA__ARGMAX)
		return;
	mica__loops(e, out, file, "cpu_index", MICA__HOLES({"i", i}));
	mica__text_add(before, "intv i%s = I%s[r - r0];\n", i, i);
	mica__text_add(back, "I%s[r - r0] = i%s;\n", i, i);
}

/* The first pass over a block of rows would wait for memory; so later ones, which find theirs in the cache, fetch the
   next block, where the cache has room for two. */
static void fetch_ahead(mica__emitter *e, bool yes)
{
	size_t rows = e->g->columns <= AHEAD_COLUMNS ? ROWS_AT_ONCE : 0;
	snprintf(e->ahead, sizeof e->ahead, "%s", yes ? mica__size(e, rows, "g rows ahead").s : "");
}

/* Every reduction at this depth, for a block of rows at once. */
static void sweep_vectors(mica__emitter *e, size_t depth, const mica__kept *k, mica__text *out)
{
	mica__group *g = e->g;
	mica__text back = {0}, finish = {0};
	name_finished(e, depth);
	if (k->value && depth > k->depth)
		mica__kept_load(e, k);
	for (size_t i = 0; i < g->n_roots; i++) {
		if (!mica__reduces_at(e, g->roots[i], depth))
			continue;
		declare_accumulators(e, g->roots[i], i, out, &back);
		accumulate(e, g->roots[i], i);
		finish_reduction(&finish, g->roots[i], i, true);
	}
	if (k->value && depth == k->depth)
		mica__kept_store(e, k);
	mica__close_vectors(e);
	mica__text_add(&e->text[MICA__PER_ROW], "%s", mica__text_string(&back));
	close_block(e, out, true);
	mica__loops(e, out, file, "cpu_each_row", MICA__HOLES({"body", mica__text_string(&finish)}));
	mica__done(e, &back);
	mica__done(e, &finish);
}

static void splice(mica__emitter *e, mica__level into, mica__level from)
{
	mica__text t = mica__take(e, from);
	mica__text_append(&e->text[into], mica__text_string(&t), t.n);
	mica__done(e, &t);
}

static void put_rows(mica__emitter *e)
{
	for (size_t i = 0; i < e->g->n_roots; i++) {
		mica_var x = e->g->roots[i];
		mica__at at;
		if (!mica__row_position(e, x, &at))
			continue;
		mica__put(e, x, mica__value(e, x, at), at);
		splice(e, MICA__PER_ROW, MICA__PER_ELEMENT);
	}
}

static void rows_by_vectors(mica__emitter *e, size_t deepest, mica__text *out)
{
	bool elements = mica__has_elements(e);
	mica__kept k = mica__kept_find(e, deepest);
	for (size_t d = 0; d <= deepest; d++) {
		fetch_ahead(e, d > 0 || (!deepest && !elements));
		sweep_vectors(e, d, &k, out);
	}
	if (elements) {
		fetch_ahead(e, true);
		name_finished(e, deepest + 1);
		if (k.value)
			mica__kept_load(e, &k);
		mica__put_elements(e, mica__here(e));
		mica__close_vectors(e);
		close_block(e, out, true);
	}
	name_finished(e, deepest + 1);
	put_rows(e);
	close_block(e, out, false);
}

/* ---- rows by elements ---- */

/* The element text as a loop over the columns of a row, into the row text. */
static void close_elements(mica__emitter *e)
{
	mica__text body = mica__take(e, MICA__PER_ELEMENT);
	mica__loops(e, &e->text[MICA__PER_ROW], file, "cpu_elements",
	            MICA__HOLES({"columns", mica__columns(e).s}, {"body", mica__text_string(&body)}));
	mica__done(e, &body);
	mica__forget(e, MICA__PER_ELEMENT);
}

/* Every reduction at this depth for one row, into the row text. */
static void sweep_elements(mica__emitter *e, size_t depth)
{
	mica__group *g = e->g;
	mica__text declarations = {0};
	for (size_t i = 0; i < g->n_roots; i++) {
		mica_var x = g->roots[i];
		if (!mica__reduces_at(e, x, depth))
			continue;
		const char *type = mica__type(x->in[0]->dtype, false);
		mica__text_add(&declarations, "%s a%zu = (%s)%s;\n", type, i, type, mica__reduction_start(x));
		if (x->op == MICA__ARGMAX)
			mica__text_add(&declarations, "int i%zu = 0;\n", i);
		accumulate(e, x, i);
	}
	mica__text_append(&e->text[MICA__PER_ROW], mica__text_string(&declarations), declarations.n);
	mica__done(e, &declarations);
	close_elements(e);
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica__reduces_at(e, g->roots[i], depth))
			finish_reduction(&e->text[MICA__PER_ROW], g->roots[i], i, false);
	name_finished(e, depth + 1);
}

static void rows_by_elements(mica__emitter *e, size_t deepest, mica__text *out)
{
	for (size_t d = 0; d <= deepest; d++)
		sweep_elements(e, d);
	if (mica__has_elements(e)) {
		mica__put_elements(e, mica__here(e));
		close_elements(e);
	}
	put_rows(e);
	close_block(e, out, false);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t workers = e->p->device.workers, share = mica__ceil_div(g->rows, 2 * workers);
	size_t block = mica__ceil_div(MICA__TASK_ELEMENTS, g->columns + 16);
	block = block > share ? share : block;
	if (block < mica__ceil_div(g->rows, 8192))
		block = mica__ceil_div(g->rows, 8192);
	block = g->rows > 2 * workers * ROWS_AT_ONCE ? mica__round_up(block, ROWS_AT_ONCE) : block;
	g->across = mica__ceil_div(g->rows, block ? block : 1);
	g->along = 1;
	mica__text passes = {0};
	char rows_at_once[16];
	snprintf(rows_at_once, sizeof rows_at_once, "%d", ROWS_AT_ONCE);
	(g->vector ? rows_by_vectors : rows_by_elements)(e, mica__deepest_reduction(e), &passes);
	mica__loops(e, out, file, "cpu", MICA__HOLES({"rows_at_once", rows_at_once}, {"rows", mica__rows(e).s},
	            {"row_block", mica__size(e, block, "g row block").s}, {"passes", mica__text_string(&passes)}));
	mica__done(e, &passes);
}

/* ---- GPUs ---- */

/* The element text as a loop over the columns of this lane. */
static void close_lanes(mica__emitter *e, mica__name lanes)
{
	mica__text body = mica__take(e, MICA__PER_ELEMENT);
	mica__loops(e, &e->text[MICA__PER_ROW], file, "simt_lanes",
	            MICA__HOLES({"lanes", lanes.s}, {"body", mica__text_string(&body)}));
	mica__done(e, &body);
	mica__forget(e, MICA__PER_ELEMENT);
}

/* One pass over the columns of a row: every reduction at this depth. */
static void sweep_lanes(mica__emitter *e, size_t depth, mica__name lanes)
{
	mica__group *g = e->g;
	mica__text *t = &e->text[MICA__PER_ROW];
	size_t n = 0, *which = mica__alloc(g->n_roots, sizeof *which);
	if (!which) {
		e->st = e->st == MICA_OK ? MICA_ENOMEM : e->st;
		return;
	}
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica__reduces_at(e, g->roots[i], depth)) {
			which[n++] = i;
			mica__fold_declare(g->roots[i], i, "lane", t);
			mica__fold_add(e, g->roots[i], i, mica__value(e, g->roots[i]->in[0], mica__here(e)), "c");
		}
	close_lanes(e, lanes);
	mica__fold(e, which, n, "lane", lanes.s, "1", t);
	for (size_t i = 0; i < n; i++)
		mica__remember(e, g->roots[which[i]], this_row(), numbered("f", which[i], MICA__PER_ROW));
	mica__free(which);
}

/* Values of all roots that are per row, as row text; then their stores, by one item of the row. */
static void put_rows_by_item(mica__emitter *e)
{
	mica__group *g = e->g;
	mica__text puts = {0}, all = {0};
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < g->n_roots; i++) {
			mica_var x = g->roots[i];
			mica__at at;
			if (!mica__row_position(e, x, &at))
				continue;
			mica__name v = mica__value(e, x, at);
			if (pass)
				mica__put(e, x, v, at);
		}
		*(pass ? &puts : &all) = mica__take_all(e);
	}
	mica__wait_for_reads(e, &all);
	mica__text_append(&e->text[MICA__PER_ROW], mica__text_string(&all), all.n);
	if (puts.n)
		mica__text_add(&e->text[MICA__PER_ROW], "if (live && lane == 0) {\n%s}\n", mica__text_string(&puts));
	mica__done(e, &all);
	mica__done(e, &puts);
}

/* Work-items for one row: some columns for each, unless there would be few work-groups then. */
static size_t lanes_per_row(const mica__emitter *e)
{
	size_t group = e->p->device.group_size, n = mica__power_of_two(mica__ceil_div(e->g->columns, 4), group);
	while (n < group && n < e->g->columns && e->g->rows * n < MICA__FEW_GROUPS * group)
		n *= 2;
	return n;
}

static void simt(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t each = lanes_per_row(e), deepest = mica__deepest_reduction(e);
	g->across = mica__ceil_div(g->rows, e->p->device.group_size / each);
	g->along = 1;
	mica__name lanes = mica__size(e, each, "g lanes");
	for (size_t d = 0; d <= deepest; d++)
		sweep_lanes(e, d, lanes);
	if (mica__has_elements(e)) {
		mica__put_elements(e, mica__here(e));
		close_lanes(e, lanes);
	}
	put_rows_by_item(e);
	mica__text body = mica__take(e, MICA__PER_ROW);
	mica__loops(e, out, file, "simt", MICA__HOLES({"lanes", lanes.s}, {"rows", mica__rows(e).s},
	            {"columns", mica__columns(e).s}, {"body", mica__text_string(&body)}));
	mica__done(e, &body);
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return mica__is_reduction(x) && x->attr.axis + 1 == x->in[0]->shape.rank;
}

static void domain(const mica__plan *p, mica__group *g)
{
	(void)p;
	g->columns = mica__shape_last(&g->anchor->in[0]->shape);
}

const mica__kind mica__row_kind = {
	.name = "row", .takes = takes, .domain = domain, .before = true, .after = true, .per_row = true, .siblings = true,
	.element_reads = true, .cpu = cpu, .simt = simt,
};
