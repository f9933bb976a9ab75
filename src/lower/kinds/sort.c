/* SPDX-License-Identifier: MIT */
/* lower/kinds/sort.c - the order of rows: of runs of MICA__RUN elements, or of two runs that are in order each.

   Of two elements the one goes first that compares so, or stands first: no two are equal, so every way to sort gives the same.
   On CPUs a run is merged from nothing in private memory; on GPUs a work-group sorts it in local memory by a bitonic network.
   Two runs are merged where each result is found by itself: of the first t elements of both, so many are of the first run
   as a bisection along the diagonal t = i + j says. */
#include "lower/emit.h"

#include <stdio.h>

enum { BLOCK = 2 * MICA__RUN /* results that a task of a CPU merges: two runs, or a part of longer ones */ };
static const char file[] = "skeletons/sort.cl";

static mica__name here(const char *s)
{
	return mica__literal(s, MICA__PER_ELEMENT);
}

static mica__at in_row(const char *column)
{
	return (mica__at){mica__literal("r", MICA__PER_ROW), here(column), false};
}

/* The value of x at that column of row r, as text that declares it as name. */
static mica__text key_at(mica__emitter *e, mica_var x, const char *column, const char *name)
{
	mica__name v = mica__value(e, x, in_row(column));
	mica__text_add(&e->text[MICA__PER_ELEMENT], "%s = %s;\n", name, v.s);
	mica__text t = mica__take(e, MICA__PER_ELEMENT);
	mica__forget(e, MICA__PER_ELEMENT);
	return t;
}

/* What stands at that column of the index so far, and its key. */
static mica__text ordered_at(mica__emitter *e, mica_var x, const char *column, const char *place, const char *key)
{
	mica__text t = key_at(e, x->in[1], column, place), k = key_at(e, x->in[0], place, key);
	mica__text_append(&t, mica__text_string(&k), k.n);
	mica__done(e, &k);
	return t;
}

static mica__text put_at(mica__emitter *e, mica_var x, const char *column, const char *value)
{
	mica__put(e, x, here(value), in_row(column));
	mica__text t = mica__take(e, MICA__PER_ELEMENT);
	mica__forget(e, MICA__PER_ELEMENT);
	return t;
}

/* Whether key b goes before key a, whatever their places. */
static const char *comparison(mica_var x)
{
	return x->attr.along.backward ? "MICA_GREATER" : "MICA_LESS";
}

static void runs(mica__emitter *e, mica_var x, bool cpu, mica__text *out)
{
	mica__group *g = e->g;
	size_t length = g->columns < MICA__RUN ? g->columns : MICA__RUN;
	char run[16];
	snprintf(run, sizeof run, "%d", MICA__RUN);
	size_t block = cpu ? mica__ceil_div(BLOCK, g->columns + 1) : 1;
	g->across = mica__ceil_div(g->rows, block);
	g->along = mica__ceil_div(g->columns, MICA__RUN);
	mica__text load = key_at(e, x->in[0], "c", cpu ? "key[c - c0]" : "key[i]"), put = put_at(e, x, "c", "place"),
	           row = mica__take(e, MICA__PER_ROW);
	mica__loops(e, out, file, cpu ? "cpu_runs" : "simt_runs", MICA__HOLES({"run", run}, {"type", mica__type(x->in[0]->dtype, false)},
	            {"columns", mica__columns(e).s}, {"rows", mica__rows(e).s}, {"block", mica__size(e, block, "g block").s},
	            {"before", comparison(x)}, {"row", mica__text_string(&row)},
	            {"power", cpu ? "" : mica__size(e, mica__power_of_two(length, MICA__RUN), "g power").s},
	            {"load", mica__text_string(&load)}, {"put", mica__text_string(&put)}));
	mica__done(e, &load);
	mica__done(e, &put);
	mica__done(e, &row);
}

static void merges(mica__emitter *e, mica_var x, bool cpu, mica__text *out)
{
	mica__group *g = e->g;
	size_t each = cpu ? BLOCK : e->p->device.group_size;
	g->across = g->rows;
	g->along = mica__ceil_div(g->columns, each);
	mica__text left = ordered_at(e, x, "i", "place", "a"), right = ordered_at(e, x, "j", "other", "b"),
	           put = put_at(e, x, "c", "place"), row = mica__take(e, MICA__PER_ROW);
	mica__loops(e, out, file, cpu ? "cpu_merge" : "simt_merge", MICA__HOLES({"type", mica__type(x->in[0]->dtype, false)},
	            {"columns", mica__columns(e).s}, {"rows", mica__rows(e).s}, {"each", mica__size(e, each, "g each").s},
	            {"length", mica__size(e, x->attr.along.run, "g run").s}, {"before", comparison(x)},
	            {"row", mica__text_string(&row)}, {"left", mica__text_string(&left)}, {"right", mica__text_string(&right)},
	            {"put", mica__text_string(&put)}));
	mica__done(e, &left);
	mica__done(e, &right);
	mica__done(e, &put);
	mica__done(e, &row);
}

static void write(mica__emitter *e, bool cpu, mica__text *out)
{
	mica_var x = e->g->anchor;
	(x->n_in == 1 ? runs : merges)(e, x, cpu, out);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	write(e, true, out);
}

static void simt(mica__emitter *e, mica__text *out)
{
	write(e, false, out);
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__ORDER;
}

const mica__kind mica__sort_kind = {.name = "sort", .takes = takes, .cpu = cpu, .simt = simt};
