/* SPDX-License-Identifier: MIT */
/* lower/kinds/scatter.c - rows added where an index says, in their order, whatever the device, and what is elementwise after
   them: each row of the result looks up its own in the sorted index (buckets in graph/movement.c), which is a kernel of its
   own before.  So nothing is written twice, and a table's update reads its gradient from no memory. */
#include "lower/emit.h"

#include <stdio.h>

enum { AHEAD = 12 /* rows that are fetched before they are added: as many as a core waits for at once, roughly */ };
static const char file[] = "skeletons/scatter.cl";

/* ---- sorting the index ---- */

/* The index of its element i, in the row text. */
static mica__name target_row(mica__emitter *e, mica_var index)
{
	mica__name last = mica__size(e, mica__shape_last(&index->shape), "g index last");
	mica__name lead = mica__declare(e, "const int", MICA__PER_ROW, "i / %s", last.s);
	mica__name column = mica__declare(e, "const int", MICA__PER_ROW, "REST(i, %s)", last.s);
	return mica__value(e, index, (mica__at){lead, column, false});
}

/* One task, or one work-group: it is short, and nothing waits for it but what comes of the whole forward and backward pass. */
static void sort(mica__emitter *e, mica__text *out, const char *section)
{
	mica_var x = e->g->anchor, index = x->in[0];
	size_t rows = x->attr.rows;
	e->g->across = e->g->along = 1;
	mica__name at = target_row(e, index);
	mica__text row = mica__take_all(e);
	mica__loops(e, out, file, section, MICA__HOLES({"to", mica__pointer(e, e->p->info[x->id].store).s},
	            {"rows", mica__size(e, rows, "g rows").s}, {"n", mica__size(e, rows ? mica_var_count(index) : 0, "g n").s},
	            {"index", at.s}, {"row", mica__text_string(&row)}));
	mica__done(e, &row);
}

static void sort_cpu(mica__emitter *e, mica__text *out)
{
	sort(e, out, "cpu_sort");
}

static void sort_simt(mica__emitter *e, mica__text *out)
{
	sort(e, out, "simt_sort");
}

static bool takes_buckets(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__BUCKETS;
}

static void label(const mica__plan *p, const mica__group *g, char *out, size_t size)
{
	(void)p;
	snprintf(out, size, " %zu of %zu", mica_var_count(g->anchor->in[0]), g->anchor->attr.rows);
}

const mica__kind mica__buckets_kind = {.name = "sort index", .takes = takes_buckets, .label = label, .cpu = sort_cpu, .simt = sort_simt};

/* ---- adding ---- */

/* The row of the result is q, that of what is added r. */
static mica__at result_at(const mica__emitter *e)
{
	mica__at at = mica__here(e);
	at.lead = mica__literal("q", MICA__PER_ROW);
	return at;
}

/* The loop around the additions, and behind it what is computed of the sum. */
static void add(mica__emitter *e, mica__text *out, const char *section, size_t block)
{
	mica_var x = e->g->anchor;
	size_t rows = x->attr.rows;
	mica__name sum = {"a", MICA__PER_ELEMENT, e->g->vector, false};
	mica__name v = mica__value(e, x->in[0], mica__here(e)), table = mica__pointer(e, e->p->info[mica__stored(e->p, x->in[1])->id].store);
	mica__text_add(&e->text[MICA__PER_ELEMENT], "a += %s;\n", v.s);
	mica__text row = mica__take(e, MICA__PER_ROW), each = mica__take(e, MICA__PER_ELEMENT);
	mica__matrix from = mica__matrix_of(e, e->p->info[mica__stored(e->p, x->in[0])->id].store, x->in[0]);
	char ahead[16];
	snprintf(ahead, sizeof ahead, "%d", AHEAD);
	mica__forget(e, MICA__PER_ROW);
	mica__remember(e, x, result_at(e), sum);
	mica__put_elements(e, result_at(e));
	mica__text after_row = mica__take(e, MICA__PER_ROW), after = mica__take(e, MICA__PER_ELEMENT);
	mica__loops(e, out, file, section, MICA__HOLES({"row_block", mica__size(e, block, "g row block").s},
	            {"from", from.base.s}, {"panel", from.panel.s}, {"row_from", from.row}, {"ahead", ahead},
	            {"panels", e->p->device.cpu ? mica__panels(e).s : ""}, {"rows", mica__rows(e).s}, {"columns", mica__columns(e).s},
	            {"inner", mica__size(e, rows ? e->g->rows / rows : 1, "g inner").s}, {"below", table.s},
	            {"targets", mica__size(e, rows, "g targets").s}, {"type", mica__type(x->dtype, e->g->vector)},
	            {"vectors", e->p->device.cpu ? mica__for_vectors(e) : ""}, {"row", mica__text_string(&row)},
	            {"each", mica__text_string(&each)}, {"after_row", mica__text_string(&after_row)}, {"after", mica__text_string(&after)}));
	mica__done(e, &row);
	mica__done(e, &each);
	mica__done(e, &after_row);
	mica__done(e, &after);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	size_t block = mica__ceil_div(MICA__TASK_ELEMENTS, e->g->columns + mica__panel_width(e->p));
	if (block < mica__ceil_div(e->g->rows, 8192))
		block = mica__ceil_div(e->g->rows, 8192);
	e->g->across = mica__ceil_div(e->g->rows, block);
	e->g->along = 1;
	add(e, out, "cpu", block);
}

static void simt(mica__emitter *e, mica__text *out)
{
	e->g->across = mica__ceil_div(mica__count_elements(e, e->g->rows, e->g->columns), e->p->device.group_size);
	e->g->along = 1;
	add(e, out, "simt", 1);
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__SCATTER_ADD;
}

const mica__kind mica__scatter_kind = {.name = "scatter", .takes = takes, .after = true, .vectors = true, .panels = true,
                                       .element_reads = true, .cpu = cpu, .simt = simt};
