/* SPDX-License-Identifier: MIT */
/* lower/kinds/product.c - matrix products, and what is elementwise after them, on the tile loops of cl/product_*.cl.
   On CPUs a group may have several products of one shape, if something reads the results of all at the same element: a task makes
   that tile of each, so that what meets there, as an LSTM's gates or the terms of a sum, does so in the cache. */
#include "lower/kinds/product.h"
#include "lower/emit.h"

#include <stdio.h>

enum {
	TILES = 10,       /* row tiles of a product per task: their sums fit into the first-level cache */
	MOST_ROWS_T = 112, /* rows of a task of A^T B */
	ACC_ROWS = 144,   /* rows that the accumulators of one task can hold, of all products */
	MOST_PRODUCTS = 4, /* in a group */
	LARGE = 1 << 19   /* elements of A that a core's cache has no room for, beside a panel of B */
};
static const char file[] = "skeletons/product.cl";

mica__product mica__product_of(const mica__plan *p, mica_var x)
{
	mica_var a = x->in[0], b = x->in[1];
	size_t rank = x->shape.rank;
	mica__product m = {.batch = 1, .m = x->shape.dim[rank - 2], .n = x->shape.dim[rank - 1], .k = a->shape.dim[a->shape.rank - 1]};
	for (size_t i = 0; i + 2 < rank; i++)
		m.batch *= x->shape.dim[i];
	m.transposed_a = mica__swaps_last_two(a) && !p->info[a->id].root;
	m.transposed_b = mica__swaps_last_two(b) && !p->info[b->id].root;
	if (m.transposed_b && p->device.cpu && (b->in[0]->op != MICA__VARIABLE || m.batch != 1 || !mica__in_panels(p, b->in[0])))
		m.transposed_b = false;
	m.a = m.transposed_a ? a->in[0] : a;
	m.b = m.transposed_b ? b->in[0] : b;
	return m;
}

static mica_var stored_operand(const mica__plan *p, mica_var x, size_t i)
{
	mica__product m = mica__product_of(p, x);
	return i ? m.b : m.a;
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__MATMUL;
}

/* The i-th product of a group; NULL: there are fewer. */
static mica_var product_at(const mica__plan *p, const mica__group *g, size_t i)
{
	for (size_t j = 0; j < g->n_roots; j++)
		if (takes(p, g->roots[j]) && i-- == 0)
			return g->roots[j];
	return NULL;
}

static size_t count_products(const mica__plan *p, const mica__group *g)
{
	size_t n = 0;
	while (product_at(p, g, n))
		n++;
	return n;
}

static bool together(const mica__plan *p, const mica__group *a, const mica__group *b)
{
	mica__product x = mica__product_of(p, a->anchor), y = mica__product_of(p, b->anchor);
	return p->device.cpu && x.batch == y.batch && x.m == y.m && x.transposed_a == y.transposed_a &&
	       count_products(p, a) + count_products(p, b) <= MOST_PRODUCTS;
}

static mica_var turned(const mica__plan *p, const mica__group *g, size_t i)
{
	mica_var x;
	for (size_t j = 0; (x = product_at(p, g, j)); j++)
		if (mica__product_of(p, x).transposed_b && i-- == 0)
			return x->in[1];
	return NULL;
}

/* Rows of the register tile: as many accumulators as the registers hold, and no more than divide the rows evenly. */
static void tune(mica__plan *p)
{
	unsigned most = p->device.vector_width == 16 ? MICA__MOST_ROWS : p->device.vector_width == 8 ? 6 : 8;
	if (p->without & MICA_NO_PANELS) /* what follows the last row may be anything, even nothing */
		most = 1;
	size_t rows = p->typical_rows;
	double work = 0;
	for (size_t i = 0; !p->typical_rows && i < p->n_groups; i++) {
		if (p->groups[i].dead || p->groups[i].kind->tune != tune)
			continue;
		mica__product m = mica__product_of(p, p->groups[i].anchor);
		double w = (double)m.m * (double)m.n * (double)m.k;
		if (!m.transposed_a && w > work) {
			work = w;
			rows = m.m;
		}
	}
	size_t tiles = mica__ceil_div(rows ? rows : most, most);
	p->tile_rows = (unsigned)mica__ceil_div(rows ? rows : most, tiles);
	p->tile_rows_t = p->device.vector_width == 8 ? 4 : 8;
}

static void options(const mica__plan *p, mica__text *out)
{
	if (p->device.cpu)
		mica__text_add(out, " -DMICA_ROWS=%u -DMICA_ROWS_T=%u", p->tile_rows, p->tile_rows_t);
}

/* ---- CPUs ---- */

static mica__matrix operand_of(mica__emitter *e, mica_var x, bool turned)
{
	const mica__info *info = &e->p->info[mica__stored(e->p, x)->id];
	return mica__matrix_of(e, turned ? info->turned : info->store, x);
}

/* Rows of a task, of which each of n products has so many accumulators. */
static size_t row_block(const mica__emitter *e, const mica__product *m, size_t n)
{
	size_t np = mica__ceil_div(m->n, mica__panel_width(e->p)) * m->batch, tile = m->transposed_a ? e->p->tile_rows_t : e->p->tile_rows;
	size_t tiles = mica__ceil_div(m->m, tile), most = n > 1 ? ACC_ROWS / n / tile : m->transposed_a ? MOST_ROWS_T / tile : TILES;
	size_t parts = mica__ceil_div(tiles, most), wanted = np ? mica__ceil_div(2 * e->p->device.workers, np) : 1;
	parts = parts < wanted ? wanted : parts;
	parts = parts > tiles ? tiles : parts;
	return parts ? mica__ceil_div(tiles, parts) * tile : tile;
}

/* A panel of B usually meets all blocks of A one after the other.  Where A fits into no core's cache, but a block of it does, it is
   the other way round. */
static bool goes_by_blocks(const mica__product *m, size_t block)
{
	return !m->transposed_a && m->batch == 1 && m->m * m->k > LARGE && block * m->k <= LARGE;
}

static double flops(const mica__plan *p, const mica__group *g)
{
	double sum = 0;
	mica_var x;
	for (size_t i = 0; (x = product_at(p, g, i)); i++) {
		mica__product m = mica__product_of(p, x);
		sum += 2.0 * (double)m.m * (double)m.n * (double)m.k * (double)m.batch;
	}
	return sum;
}

/* Products of a group whose operands have rows as far apart: a loop goes over them. */
typedef struct run {
	mica__text operands;  /* a mica_operands for each */
	size_t n;
	char row_a[24], row_b[24];
} run;

/* Product x, whose tile begins at `at` in the accumulators; runs has room for one more. */
static void add_to_run(mica__emitter *e, run *runs, mica_var x, size_t at)
{
	mica__product m = mica__product_of(e->p, x);
	mica__matrix a = operand_of(e, m.a, false), b = operand_of(e, m.b, m.transposed_b);
	run *r = runs;
	while (r->n && (strcmp(r->row_a, a.row) || strcmp(r->row_b, b.row)))
		r++;
	memcpy(r->row_a, a.row, sizeof r->row_a);
	memcpy(r->row_b, b.row, sizeof r->row_b);
	mica__text_add(&r->operands, "%s{%s, %s, %s, %s, %s, %zu}", r->n++ ? ", " : "", a.base.s, b.base.s, a.panel.s, b.panel.s,
	               mica__size(e, m.k, "n%u k", x->id).s, at);
}

/* The products of a group, and in results the names that their values have at each element. */
static void put_products(mica__emitter *e, bool transposed_a, const char *rows_of, mica__text *out, mica__text *results)
{
	run runs[MOST_PRODUCTS] = {{.n = 0}};
	size_t rows = ACC_ROWS / count_products(e->p, e->g);
	mica__text to = {0};
	char row_to[24];
	mica_var x;
	for (size_t i = 0; (x = product_at(e->p, e->g, i)); i++) {
		mica__name result = {.level = MICA__PER_ELEMENT, .vector = true};
		snprintf(result.s, sizeof result.s, "product%zu", i);
		mica__text_add(results, "const realv %s = acc[2 * (%zu + r - r0) + (h != 0)];\n", result.s, i * rows);
		mica__remember(e, x, mica__here(e), result);
		add_to_run(e, runs, x, 2 * i * rows);
	}
	mica__put_result(e, &to, row_to);
	for (run *r = runs; r < runs + MOST_PRODUCTS && r->n; r++) {
		char n[24];
		snprintf(n, sizeof n, "%zu", r->n);
		mica__loops(e, out, file, transposed_a ? "cpu_atb" : "cpu_ab", MICA__HOLES(
		            {"n", n}, {"operands", mica__text_string(&r->operands)}, {"rows", rows_of}, {"row_a", r->row_a},
		            {"row_b", r->row_b}, {"to", r == runs ? mica__text_string(&to) : "0"}, {"row_to", row_to}));
		mica__done(e, &r->operands);
	}
	mica__done(e, &to);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	const mica__product of = mica__product_of(e->p, g->anchor), *m = &of;
	size_t block = row_block(e, m, count_products(e->p, g));
	size_t n_panels = mica__ceil_div(m->n, mica__panel_width(e->p)) * m->batch, n_blocks = mica__ceil_div(m->m, block);
	bool by_blocks = goes_by_blocks(m, block);
	g->across = by_blocks ? n_blocks : n_panels;
	g->along = by_blocks ? n_panels : n_blocks;
	mica__name rows = mica__size(e, m->m, "g m"), panels = mica__panels(e);
	mica__text products = {0}, results = {0}, copies = {0};
	put_products(e, m->transposed_a, rows.s, &products, &results);
	mica__put_elements(e, mica__here(e));
	mica__text body = mica__take(e, MICA__PER_ELEMENT), row = mica__take(e, MICA__PER_ROW);
	char accumulators[16];
	snprintf(accumulators, sizeof accumulators, "%d", 2 * ACC_ROWS);
	mica__put_copies(e, &copies);
	mica__loops(e, out, file, "cpu", MICA__HOLES(
	            {"panel", by_blocks ? "y" : "x"}, {"block", by_blocks ? "x" : "y"}, {"panels", panels.s}, {"rows", rows.s}, {"row_block", mica__size(e, block, "g row block").s},
	            {"accumulators", accumulators}, {"products", mica__text_string(&products)}, {"row", mica__text_string(&row)},
	            {"vectors", mica__for_vectors(e)}, {"results", mica__text_string(&results)}, {"body", mica__text_string(&body)},
	            {"copies", mica__text_string(&copies)}));
	mica__done(e, &products);
	mica__done(e, &results);
	mica__done(e, &body);
	mica__done(e, &row);
	mica__done(e, &copies);
}

/* ---- GPUs ---- */

/* The arguments of mica_product for one operand of rows by columns, `batch` of them: place of its matrix, its two steps, and
   which of them is 1. */
static mica__text operand_arguments(mica__emitter *e, mica_var x, bool along, mica__name rows, mica__name columns)
{
	mica__plan *p = e->p;
	mica__text t = {0};
	mica__name base = mica__pointer(e, p->info[mica__stored(p, x)->id].store), stride = mica__last(e, x);
	mica__text_add(&t, "%s + (size_t)batch * (size_t)(%s * (size_t)%s), %s, %s, %d", base.s, rows.s, columns.s,
	               along ? stride.s : "1", along ? "1" : stride.s, along);
	return t;
}

static void simt(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	const mica__product of = mica__product_of(e->p, g->anchor), *m = &of;
	size_t tile_rows = mica__tile_rows(e), n_tiles = mica__ceil_div(m->n, MICA__TILE_COLUMNS);
	if (!tile_rows)
		return;
	g->across = n_tiles * m->batch;
	g->along = mica__ceil_div(m->m, tile_rows);
	mica__name rows = mica__size(e, m->m, "g m"), columns = mica__size(e, m->n, "g n"), k = mica__size(e, m->k, "g k");
	mica__name tiles = mica__size(e, n_tiles, "g tiles");
	mica__text a = operand_arguments(e, m->a, !m->transposed_a, rows, k);
	mica__text b = operand_arguments(e, m->b, m->transposed_b, k, columns), wait = {0};
	mica__remember(e, g->anchor, mica__here(e), (mica__name){"product", MICA__PER_ELEMENT, false, false});
	mica__put_elements(e, mica__here(e));
	mica__text row = mica__take(e, MICA__PER_ROW), body = mica__take(e, MICA__PER_ELEMENT);
	mica__wait_for_reads(e, &wait);
	mica__loops(e, out, file, "simt", MICA__HOLES(
	            {"tiles", tiles.s}, {"rows", rows.s}, {"columns", columns.s}, {"k", k.s}, {"a", mica__text_string(&a)},
	            {"b", mica__text_string(&b)}, {"wait", mica__text_string(&wait)}, {"row", mica__text_string(&row)},
	            {"body", mica__text_string(&body)}));
	mica__done(e, &a);
	mica__done(e, &b);
	mica__done(e, &wait);
	mica__done(e, &row);
	mica__done(e, &body);
}

static void label(const mica__plan *p, const mica__group *g, char *out, size_t size)
{
	mica__product m = mica__product_of(p, g->anchor);
	snprintf(out, size, " %zux%zux%zu%s%s", m.m, m.n, m.k, m.transposed_a ? " tn" : "", m.transposed_b ? " nt" : "");
}

const mica__kind mica__product_kind = {
	.name = "product", .takes = takes, .operand = stored_operand, .turned = turned, .together = together, .past_end = 1, .after = true,
	.vectors = true, .panels = true, .library = true, .turns = true, .label = label, .flops = flops, .tune = tune, .options = options,
	.cpu_sources = {"product_cpu.cl"}, .simt_sources = {"product_simt.cl"}, .cpu = cpu, .simt = simt,
};
