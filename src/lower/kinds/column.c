/* SPDX-License-Identifier: MIT */
/* lower/kinds/column.c - a reduction over rows, with what is elementwise after it. */
#include "lower/emit.h"
#include "lower/kinds/fold.h"

#include <stdio.h>

enum {
	COLUMNS = 32,    /* that a task sums side by side: one cache line of a GPU, and more */
	MOST_SLICES = 8, /* rows that each slice of a sum over rows should have on a GPU, at least */
	MOST_BLOCKS = 256 /* of result rows, among which tasks are dealt out on CPUs */
};
static const char file[] = "skeletons/column.cl";

static mica__at result_at(const mica__emitter *e)
{
	mica__at at = mica__here(e);
	at.lead = mica__literal("q", MICA__PER_ROW);
	return at;
}

/* The elements of a column that make one result, and those that lie between two of them; rows of the input are (result rows
   / inner, reduced, inner). */
typedef struct reduced {
	size_t n, inner;
} reduced;

static reduced reduced_of(mica_var x)
{
	const mica_shape *in = &x->in[0]->shape;
	reduced r = {in->dim[x->attr.axis], 1};
	for (size_t i = x->attr.axis + 1; i + 1 < in->rank; i++)
		r.inner *= in->dim[i];
	return r;
}

static void check_rows(mica__emitter *e)
{
	const mica__group *g = e->g;
	size_t rows;
	if (!mica__mul(g->rows, reduced_of(g->anchor).n, &rows) || rows > INT32_MAX)
		mica__size(e, (size_t)INT32_MAX + 1, "g input rows"); /* says that it is too many */
}

/* Adds the element (or vector) of row r at hand to the accumulator of reduction x. */
static void accumulate(mica__emitter *e, mica_var x)
{
	const char *type = mica__type(x->dtype, e->g->vector);
	mica__text *body = &e->text[MICA__PER_ELEMENT];
	mica__name v = mica__value(e, x->in[0], mica__here(e));
	mica__text_add(body, "{ const %s b = a, m = (%s)%s;\na = ", type, type, v.s);
	mica__reduction_join(x, "b", "m", e->g->vector, body);
	mica__text_add(body, "; }\n");
}

/* All columns of a task side by side, each (or each vector) with its accumulator, so that rows are read as they lie. */
static void cpu(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	reduced r = reduced_of(x);
	mica__name sum = {"a", MICA__PER_ELEMENT, g->vector, false};
	size_t block = mica__ceil_div(g->rows, MOST_BLOCKS);
	check_rows(e);
	g->across = mica__ceil_div(g->columns, g->vector ? mica__panel_width(e->p) : COLUMNS);
	g->along = mica__ceil_div(g->rows, block ? block : 1);
	accumulate(e, x);
	mica__text row = mica__take(e, MICA__PER_ROW), each = mica__take(e, MICA__PER_ELEMENT);
	mica__forget(e, MICA__PER_ROW);
	mica__remember(e, x, result_at(e), sum);
	mica__put_elements(e, result_at(e));
	mica__text after_row = mica__take(e, MICA__PER_ROW), after = mica__take(e, MICA__PER_ELEMENT);
	mica__loops(e, out, file, g->vector ? "cpu_vectors" : "cpu_elements", MICA__HOLES(
	            {"rows", mica__rows(e).s}, {"columns", mica__columns(e).s}, {"n", mica__size(e, r.n, "g reduced").s},
	            {"inner", mica__size(e, r.inner, "g inner").s}, {"row_block", mica__size(e, block, "g row block").s},
	            {"type", mica__type(x->dtype, g->vector)}, {"start", mica__reduction_start(x)},
	            {"vectors", mica__for_vectors(e)}, {"row", mica__text_string(&row)}, {"each", mica__text_string(&each)},
	            {"after_row", mica__text_string(&after_row)}, {"after", mica__text_string(&after)}));
	mica__done(e, &row);
	mica__done(e, &each);
	mica__done(e, &after_row);
	mica__done(e, &after);
}

/* A work-group makes `side` results side by side; the rows of each are dealt out to `slices` of its items. */
static size_t slices_per_result(const mica__emitter *e)
{
	const mica__group *g = e->g;
	size_t group = e->p->device.group_size, results = g->rows * g->columns, side = mica__power_of_two(results, COLUMNS), n = 1;
	size_t length = reduced_of(g->anchor).n;
	while (side * n < group && length >= 2 * n * MOST_SLICES && results * n < MICA__FEW_GROUPS * group)
		n *= 2;
	return n;
}

static void simt(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t index = 0, group = e->p->device.group_size, results = mica__count_elements(e, g->rows, g->columns);
	mica_var x = g->anchor;
	reduced r = reduced_of(x);
	while (g->roots[index] != x)
		index++;
	size_t n_slices = slices_per_result(e);
	check_rows(e);
	g->across = mica__ceil_div(results, group / n_slices);
	g->along = 1;
	mica__name slices = mica__size(e, n_slices, "g slices"), side = mica__size(e, group / n_slices, "g side");
	mica__fold_add(e, x, index, mica__value(e, x->in[0], mica__here(e)));
	mica__text each = mica__take_all(e), start = {0}, fold = {0};
	mica__forget(e, MICA__PER_ROW);
	mica__fold_declare(x, index, "0", &start);
	mica__fold(e, &index, 1, "slice", slices.s, side.s, &fold);
	mica__name f = {.level = MICA__PER_ELEMENT};
	snprintf(f.s, sizeof f.s, "f%zu", index);
	mica__remember(e, x, result_at(e), f);
	mica__put_elements(e, result_at(e));
	mica__text after = mica__take_all(e);
	mica__wait_for_reads(e, &fold);
	mica__loops(e, out, file, "simt", MICA__HOLES(
	            {"rows", mica__rows(e).s}, {"columns", mica__columns(e).s}, {"n", mica__size(e, r.n, "g reduced").s},
	            {"inner", mica__size(e, r.inner, "g inner").s}, {"slices", slices.s}, {"side", side.s},
	            {"start", mica__text_string(&start)}, {"each", mica__text_string(&each)}, {"fold", mica__text_string(&fold)},
	            {"after", mica__text_string(&after)}));
	mica__done(e, &each);
	mica__done(e, &start);
	mica__done(e, &fold);
	mica__done(e, &after);
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return mica__is_reduction(x);
}

const mica__kind mica__column_kind = {
	.name = "col", .takes = takes, .after = true, .vectors = true, .cpu = cpu, .simt = simt,
};
