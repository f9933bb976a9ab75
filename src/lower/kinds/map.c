/* SPDX-License-Identifier: MIT */
/* lower/kinds/map.c - elementwise kernels over (rows, columns). */
#include "lower/emit.h"

enum { PER_ITEM = 4 /* elements of a large map that one work-item of a GPU computes */ };
static const char file[] = "skeletons/map.cl";

static size_t at_least_1(size_t n)
{
	return n ? n : 1;
}

/* Tasks of some panels and rows, panel by panel: neighbours in a panel are neighbours in memory. */
static void by_panels(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t np = mica__ceil_div(g->columns, mica__panel_width(e->p));
	size_t block = MICA__TASK_ELEMENTS / mica__panel_width(e->p); /* rows times panels of a task */
	size_t row_block = g->rows < block ? g->rows : block;
	size_t panel_block = g->rows ? mica__ceil_div(block, mica__round_up(g->rows, 8)) : 1;
	if (g->rows > 1 && panel_block > mica__ceil_div(np, 4))
		panel_block = mica__ceil_div(np, 4);
	g->across = mica__ceil_div(np, at_least_1(panel_block));
	g->along = mica__ceil_div(g->rows, at_least_1(row_block));
	mica__close_vectors(e);
	mica__text copies = {0};
	mica__put_copies(e, &copies);
	mica__text body = mica__take(e, MICA__PER_ROW), lines = {0};
	mica__loop_rows(e, "r", "r0", "r1", mica__text_string(&body), &lines);
	mica__loops(e, out, file, "by_panels", MICA__HOLES({"panels", mica__panels(e).s}, {"rows", mica__rows(e).s},
	            {"panel_block", mica__size(e, panel_block, "g panel block").s},
	            {"row_block", mica__size(e, row_block, "g row block").s}, {"lines", mica__text_string(&lines)},
	            {"copies", mica__text_string(&copies)}));
	mica__done(e, &body);
	mica__done(e, &lines);
	mica__done(e, &copies);
}

/* The text of a row for each of a task's, which are `block`. */
static void close_rows(mica__emitter *e, size_t block, mica__text *row, mica__text *out)
{
	mica__text lines = {0};
	mica__loop_rows(e, "r", "r0", "r1", mica__text_string(row), &lines);
	mica__loops(e, out, file, "by_rows", MICA__HOLES({"rows", mica__rows(e).s}, {"row_block", mica__size(e, block, "g row block").s},
	            {"lines", mica__text_string(&lines)}));
	mica__done(e, row);
	mica__done(e, &lines);
}

/* Tasks of some rows, each from its first column to its last: for what lies row by row in memory, above all rows of a
   table in any order, where every one is another page. */
static void by_rows(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t block = mica__ceil_div(MICA__TASK_ELEMENTS, g->columns), share = mica__ceil_div(g->rows, 4 * e->p->device.workers);
	block = block > share && share ? share : block;
	g->across = mica__ceil_div(g->rows, block);
	g->along = 1;
	mica__text row = mica__take(e, MICA__PER_ROW);
	mica__close_vectors(e);
	mica__text body = mica__take(e, MICA__PER_ROW), rows = {0};
	mica__loops(e, &rows, file, "row_of_panels", MICA__HOLES({"panels", mica__panels(e).s}, {"row", mica__text_string(&row)},
	            {"body", mica__text_string(&body)}));
	close_rows(e, block, &rows, out);
	mica__done(e, &row);
	mica__done(e, &body);
}

static void by_elements(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t most = MICA__TASK_ELEMENTS / 8;
	size_t row_block = g->columns ? mica__ceil_div(most, g->columns) : 1;
	size_t column_block = g->columns < most ? g->columns : most;
	g->across = mica__ceil_div(g->rows, row_block);
	g->along = mica__ceil_div(g->columns, at_least_1(column_block));
	mica__text body = mica__take(e, MICA__PER_ELEMENT), row = mica__take(e, MICA__PER_ROW), rows = {0};
	mica__loops(e, &rows, file, "row_of_elements", MICA__HOLES({"columns", mica__columns(e).s}, {"column_block", mica__size(e, column_block, "g column block").s},
	            {"row", mica__text_string(&row)}, {"body", mica__text_string(&body)}));
	close_rows(e, row_block, &rows, out);
	mica__done(e, &body);
	mica__done(e, &row);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica_shape axes = mica__axes_of_rows(e, e->g->rows);
	mica__know_rows(e, "r", &axes, 0);
	mica__put_elements(e, mica__here(e));
	if (!e->g->vector)
		by_elements(e, out);
	else if (e->by_rows && !mica__keeps_copies(e))
		by_rows(e, out);
	else
		by_panels(e, out);
}

static void simt(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t group = e->p->device.group_size, n = mica__count_elements(e, g->rows, g->columns);
	size_t each = n / group >= MICA__FEW_GROUPS * PER_ITEM ? PER_ITEM : 1;
	g->across = mica__ceil_div(n, group * each);
	g->along = 1;
	mica__put_elements(e, mica__here(e));
	mica__text body = mica__take_all(e);
	mica__wait_for_reads(e, out);
	mica__loops(e, out, file, "by_items", MICA__HOLES({"rows", mica__rows(e).s}, {"columns", mica__columns(e).s},
	            {"each", mica__size(e, each, "g each").s}, {"body", mica__text_string(&body)}));
	mica__done(e, &body);
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p, (void)x;
	return true;
}

const mica__kind mica__map_kind = {
	.name = "map", .takes = takes, .before = true, .after = true, .siblings = true, .element_reads = true, .turns = true,
	.cpu = cpu, .simt = simt,
};
