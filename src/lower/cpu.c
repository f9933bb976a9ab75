/* SPDX-License-Identifier: MIT */
/* lower/cpu.c - the function of a group for CPUs: loops over panels, rows and vectors around the group's expressions.
   A task is one call with (x, y): x counts along `across`, y along `along`. */
#include "lower/emit.h"

#include <stdio.h>
#include <string.h>

enum {
	TILES = 10,       /* row tiles of a product per task: their sums fit into the first-level cache */
	ACC_ROWS = 144    /* rows that the accumulators of one task can hold */
};

static const mica__name row = {"r", MICA__PER_ROW, false}, nil = {"0", MICA__PER_TASK, false};

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

mica__name mica__panels(mica__emitter *e)
{
	mica__name n = mica__size(e, e->g->columns, "g columns");
	return mica__declare(e, "const int", MICA__PER_TASK, "(%s + PW - 1) / PW", n.s);
}

mica__name mica__rows(mica__emitter *e)
{
	return mica__size(e, e->g->rows, "g rows");
}

const char *mica__for_vectors(const mica__emitter *e)
{
	if (e->g->columns <= e->p->device.vector_width) /* the second vector would be padding */
		return "for (int h = 0; h < V; h += V) {\nconst int c = p * PW + h;\n";
	return "for (int h = 0; h < PW; h += V) {\nconst int c = p * PW + h;\n";
}

void mica__close_vectors(mica__emitter *e)
{
	mica__text body = mica__take(e, MICA__PER_ELEMENT);
	mica__text_add(&e->text[MICA__PER_ROW], "#pragma unroll\n%s%s}\n", mica__for_vectors(e), mica__text_string(&body));
	mica__text_free(&body);
	mica__forget(e, MICA__PER_ELEMENT);
}

/* ---- elementwise ---- */

/* Tasks of some panels and rows, panel by panel: neighbours in a panel are neighbours in memory. */
static void map_by_panels(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t np = mica__ceil_div(g->columns, mica__panel_width(e->p));
	size_t block = MICA__TASK_ELEMENTS / mica__panel_width(e->p); /* rows times panels of a task */
	size_t row_block = g->rows < block ? g->rows : block;
	size_t panel_block = g->rows ? mica__ceil_div(block, mica__round_up(g->rows, 8)) : 1;
	if (g->rows > 1 && panel_block > mica__ceil_div(np, 4))
		panel_block = mica__ceil_div(np, 4);
	g->across = mica__ceil_div(np, panel_block ? panel_block : 1);
	g->along = mica__ceil_div(g->rows, row_block ? row_block : 1);
	mica__name n = mica__panels(e), rows = mica__rows(e);
	mica__name pb = mica__size(e, panel_block, "g panel block"), rb = mica__size(e, row_block, "g row block");
	mica__close_vectors(e);
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
	size_t block = mica__ceil_div(MICA__TASK_ELEMENTS, g->columns), share = mica__ceil_div(g->rows, 4 * e->p->device.workers);
	block = block > share && share ? share : block;
	g->across = mica__ceil_div(g->rows, block);
	g->along = 1;
	mica__name n = mica__panels(e), rows = mica__rows(e), rb = mica__size(e, block, "g row block");
	mica__text outer = mica__take(e, MICA__PER_ROW);
	mica__close_vectors(e);
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
	size_t row_block = g->columns ? mica__ceil_div(MICA__TASK_ELEMENTS / 8, g->columns) : 1;
	size_t column_block = g->columns < MICA__TASK_ELEMENTS / 8 ? g->columns : MICA__TASK_ELEMENTS / 8;
	g->across = mica__ceil_div(g->rows, row_block);
	g->along = mica__ceil_div(g->columns, column_block ? column_block : 1);
	mica__name rows = mica__rows(e), columns = mica__size(e, g->columns, "g columns");
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
	mica__name rows = mica__size(e, m->m, "g m"), k = mica__size(e, m->k, "g k"), n = mica__panels(e), rb = mica__size(e, block, "g row block");
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
	mica__text_add(out, "r0 += batch * %s;\nr1 += batch * %s;\nfor (int r = r0; r < r1; r++) {\n%s%s"
	               "const realv product = acc[2 * (r - r0) + (h != 0)];\n%s}\n}\n%s",
	               rows.s, rows.s, mica__text_string(&outer), mica__for_vectors(e), mica__text_string(&body), mica__text_string(&shadows));
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
	case MICA__ROW: mica__rows_group(&e, &out); break;
	case MICA__COL: mica__columns_group(&e, &out); break;
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
