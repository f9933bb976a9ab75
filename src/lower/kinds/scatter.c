/* SPDX-License-Identifier: MIT */
/* lower/kinds/scatter.c - scatter_add: rows added where an index says, in their order, whatever the device. */
#include "lower/emit.h"

#include <stdio.h>

enum { COLUMNS = 32 /* that a task on a CPU adds up, of all source rows */ };
static const char file[] = "skeletons/scatter.cl";

static mica__name here(const char *s)
{
	return mica__literal(s, MICA__PER_ELEMENT);
}

/* The index of source row i, in the row text. */
static mica__name target_row(mica__emitter *e, mica_var index)
{
	mica__name last = mica__size(e, mica__shape_last(&index->shape), "g index last");
	mica__name lead = mica__declare(e, "const int", MICA__PER_ROW, "i / %s", last.s);
	mica__name column = mica__declare(e, "const int", MICA__PER_ROW, "REST(i, %s)", last.s);
	return mica__value(e, index, (mica__at){lead, column, false});
}

/* x = 0, or x += v, at element (t, j). */
static void put_sum(mica__emitter *e, mica_var x, size_t width, const mica__name *v)
{
	mica__name sum = here("0");
	mica__at at = mica__reshaped_at(e, x, here("t"), here("j"), width);
	if (v) {
		mica__text old = {0};
		uint8_t level;
		mica__load(e, e->p->info[x->id].store, x, at, &old, &level);
		sum = mica__declare(e, mica__type(x->dtype, false), MICA__PER_ELEMENT, "%s + %s", mica__text_string(&old), v->s);
		mica__done(e, &old);
	}
	mica__put(e, x, sum, at);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica_var x = e->g->anchor, value = x->in[0], index = x->in[1];
	size_t n = mica_var_count(index), rows = x->attr.rows, width = rows ? mica_var_count(x) / rows : 0;
	char columns[16];
	snprintf(columns, sizeof columns, "%d", COLUMNS);
	e->g->across = mica__ceil_div(width ? width : 1, COLUMNS);
	e->g->along = 1;
	put_sum(e, x, width, NULL);
	mica__text zero = mica__take(e, MICA__PER_ELEMENT);
	mica__forget(e, MICA__PER_ELEMENT);
	mica__name at = target_row(e, index);
	mica__name v = mica__value(e, value, mica__reshaped_at(e, value, here("i"), here("j"), width));
	put_sum(e, x, width, &v);
	mica__text row = mica__take(e, MICA__PER_ROW), body = mica__take(e, MICA__PER_ELEMENT);
	mica__loops(e, out, file, "cpu", MICA__HOLES({"columns", columns}, {"width", mica__size(e, width, "g width").s},
	            {"rows", mica__size(e, rows, "g rows").s}, {"n", mica__size(e, rows ? n : 0, "g n").s}, {"index", at.s},
	            {"zero", mica__text_string(&zero)}, {"row", mica__text_string(&row)}, {"body", mica__text_string(&body)}));
	mica__done(e, &zero);
	mica__done(e, &row);
	mica__done(e, &body);
}

/* An item owns one element of the target and adds what the indices send there, in their order. */
static void simt(mica__emitter *e, mica__text *out)
{
	mica_var x = e->g->anchor, value = x->in[0], index = x->in[1];
	size_t n = mica_var_count(index), width = n ? mica_var_count(value) / n : 0, rows = x->attr.rows;
	e->g->across = mica__ceil_div(mica__count_elements(e, rows, width), e->p->device.group_size);
	e->g->along = 1;
	mica__name at = target_row(e, index);
	mica__text row = mica__take_all(e);
	mica__name v = mica__value(e, value, mica__reshaped_at(e, value, here("i"), here("j"), width));
	mica__text body = mica__take_all(e);
	mica__forget(e, MICA__PER_ROW);
	mica__put(e, x, here("sum"), mica__reshaped_at(e, x, here("t"), here("j"), width));
	mica__text put = mica__take_all(e);
	mica__loops(e, out, file, "simt", MICA__HOLES({"type", mica__type(x->dtype, false)},
	            {"width", mica__size(e, width, "g width").s}, {"rows", mica__size(e, rows, "g rows").s},
	            {"n", mica__size(e, n, "g n").s}, {"index", at.s}, {"value", v.s}, {"row", mica__text_string(&row)},
	            {"body", mica__text_string(&body)}, {"put", mica__text_string(&put)}));
	mica__done(e, &row);
	mica__done(e, &body);
	mica__done(e, &put);
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__SCATTER_ADD;
}

const mica__kind mica__scatter_kind = {.name = "scatter", .takes = takes, .cpu = cpu, .simt = simt};
