/* SPDX-License-Identifier: MIT */
/* lower/kinds/recurrence.c - y[i] = a[i] y[i-1] + b[i] along an axis, with what is elementwise after it.

   On CPUs a task carries all lanes of a panel, or 32 columns, side by side from row to row; along rows it goes over several
   rows at once, so that no sum waits for the one before.  On GPUs a line is dealt out to work-items, who pass on what a
   stretch of it makes of what comes in, (a, b): a tree in local memory. */
#include "lower/emit.h"
#include "lower/kinds/fold.h"

#include <stdio.h>

enum {
	COLUMNS = 32,     /* that a task on a CPU carries side by side, where there are no vectors */
	ROWS_AT_ONCE = 8, /* enough sums for none to wait for its last addition */
	MOST_BLOCKS = 256, /* of lines, among which tasks are dealt out on CPUs */
	SIDE_BY_SIDE = 16  /* work-items of a GPU for a row, at least, that read neighbours */
};
static const char file[] = "skeletons/recurrence.cl";

static bool along_rows(mica_var x)
{
	return x->attr.along.axis + 1 == x->shape.rank;
}

/* The axis, and the rows that lie between two steps along it; lines are rows, or rows of the first step. */
typedef struct axis {
	size_t n, inner, lines;
} axis;

static axis axis_of(mica_var x)
{
	size_t k = x->attr.along.axis;
	axis a = {x->shape.dim[k], 1, 1};
	for (size_t i = 0; i + 1 < x->shape.rank; i++) {
		a.lines *= i == k ? 1 : x->shape.dim[i];
		a.inner *= i > k ? x->shape.dim[i] : 1;
	}
	return a;
}

/* Whether what is carried is multiplied by nothing: a sum. */
static bool is_sum(mica_var x)
{
	return x->in[0]->op == MICA__FILL && x->in[0]->attr.value == 1;
}

/* The place of the element at hand from its step along the axis. */
static const char *from_step(mica_var x, const char *forward, const char *backward)
{
	return x->attr.along.backward ? backward : forward;
}

/* The next value y, from the one before, in the element text. */
static void carry(mica__emitter *e, mica_var x)
{
	const char *type = mica__type(x->dtype, e->g->vector);
	mica__at here = mica__here(e);
	mica__name b = mica__value(e, x->in[1], here);
	if (is_sum(x)) {
		mica__text_add(&e->text[MICA__PER_ELEMENT], "const %s now = before + %s;\n", type, b.s);
	} else {
		mica__name a = mica__value(e, x->in[0], here);
		mica__text_add(&e->text[MICA__PER_ELEMENT], "const %s now = (step ? before * %s : (%s)0) + %s;\n", type, a.s, type, b.s);
	}
	mica__remember(e, x, here, (mica__name){"now", MICA__PER_ELEMENT, e->g->vector, false});
	mica__put_elements(e, here);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	bool rows = along_rows(x);
	axis a = axis_of(x);
	size_t block = mica__ceil_div(a.lines, MOST_BLOCKS);
	block = rows ? mica__round_up(block, ROWS_AT_ONCE) : block;
	g->across = rows ? 1 : mica__ceil_div(g->columns, g->vector ? mica__panel_width(e->p) : COLUMNS);
	g->along = mica__ceil_div(a.lines, block ? block : 1);
	mica__rows(e); /* says if they are too many */
	carry(e, x);
	mica__text row = mica__take(e, MICA__PER_ROW), each = mica__take(e, MICA__PER_ELEMENT);
	mica__loops(e, out, file, rows ? "cpu_rows" : g->vector ? "cpu_vectors" : "cpu_elements", MICA__HOLES(
	            {"lines", mica__size(e, a.lines, "g lines").s}, {"columns", mica__columns(e).s},
	            {"n", mica__size(e, a.n, "g along").s}, {"inner", mica__size(e, a.inner, "g inner").s},
	            {"block", mica__size(e, block, "g block").s}, {"type", mica__type(x->dtype, g->vector)},
	            {"from_step", from_step(x, "step", "n - 1 - step")}, {"vectors", mica__for_vectors(e)},
	            {"row", mica__text_string(&row)}, {"each", mica__text_string(&each)}));
	mica__done(e, &row);
	mica__done(e, &each);
}

/* Work-items for one line: where lines are many, or short, few; along rows neighbours read neighbours. */
static size_t lanes_per_line(const mica__emitter *e, size_t lines)
{
	size_t group = e->p->device.group_size, length = axis_of(e->g->anchor).n;
	size_t n = along_rows(e->g->anchor) ? mica__power_of_two(length, group < SIDE_BY_SIDE ? group : SIDE_BY_SIDE) : 1;
	while (n < group && n < length && lines * n < MICA__FEW_GROUPS * group)
		n *= 2;
	return n;
}

static void simt(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	bool rows = along_rows(x);
	axis along = axis_of(x);
	size_t lines = mica__count_elements(e, along.lines, rows ? 1 : g->columns), each = lanes_per_line(e, lines);
	mica__name lanes = mica__size(e, each, "g lanes"), side = mica__size(e, e->p->device.group_size / each, "g side");
	mica__at here = mica__here(e);
	g->across = mica__ceil_div(lines, e->p->device.group_size / each);
	g->along = 1;
	mica__name a = is_sum(x) ? mica__literal("1", MICA__PER_TASK) : mica__value(e, x->in[0], here), b = mica__value(e, x->in[1], here);
	mica__text load = mica__take_all(e);
	mica__text_add(&load, "a = step ? %s : 0;\nb = %s;\n", a.s, b.s);
	mica__forget(e, MICA__PER_ROW);
	mica__remember(e, x, here, mica__literal("now", MICA__PER_ELEMENT));
	mica__put_elements(e, here);
	mica__text after = mica__take_all(e);
	mica__loops(e, out, file, "simt", MICA__HOLES(
	            {"lines", mica__size(e, lines, "g lines").s}, {"columns", mica__columns(e).s},
	            {"n", mica__size(e, along.n, "g along").s}, {"inner", mica__size(e, along.inner, "g inner").s},
	            {"lanes", lanes.s}, {"side", side.s}, {"stride", rows ? "1" : side.s}, {"type", mica__type(x->dtype, false)},
	            {"lane", rows ? "REST(item, lanes)" : "item / side"}, {"line", rows ? "item / lanes" : "REST(item, side)"},
	            {"place", rows ? "const int r = at, c = k;" : "const int q = at / columns, c = REST(at, columns);\n"
	             "const int r = (q / inner * n + k) * inner + REST(q, inner);"},
	            {"from_step", from_step(x, "step", "n - 1 - step")}, {"load", mica__text_string(&load)},
	            {"second", mica__value_slots(e, x) > 1 ? "2" : "1"},
	            {"after", mica__text_string(&after)}));
	mica__done(e, &load);
	mica__done(e, &after);
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__RECURRENCE;
}

static bool by_vectors(const mica__plan *p, mica_var x)
{
	size_t columns = mica__shape_last(&x->shape);
	return !along_rows(x) && columns > 1 && mica__can_vector_inside(p, x->in[0], columns) &&
	       mica__can_vector_inside(p, x->in[1], columns);
}

const mica__kind mica__recurrence_kind = {
	.name = "recurrence", .takes = takes, .after = true, .vectors = true, .by_vectors = by_vectors, .cpu = cpu, .simt = simt,
};
