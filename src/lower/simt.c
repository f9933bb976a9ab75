/* SPDX-License-Identifier: MIT */
/* lower/simt.c - the function of a group for GPUs: a task is one work-group of MICA_GROUP work-items, `item` of them
   numbered along the last dimension so that neighbours touch neighbours in memory.
   Items combine through the local memory `m` in trees whose shape depends on the group's sizes only.  Where a tree is,
   every item takes part: one without work of its own computes at a valid position and stores nothing. */
#include "lower/emit.h"

#include <stdio.h>

enum {
	PER_ITEM = 4,     /* elements of a large map that one item computes */
	FEW_GROUPS = 64,  /* fewer work-groups than this leave a GPU idle */
	WIDTH = 32,       /* columns that a work-group sums side by side: one cache line, and more */
	MOST_SLICES = 8,  /* rows that each slice of a sum over rows should have, at least */
	MOST_SLOTS = 8,   /* MICA_SLOTS of cl/prelude.cl */
	TILE_COLUMNS = 64, LEAST_GROUP = 16 /* of cl/product_simt.cl */
};

static const mica__name row = {"r", MICA__PER_ROW, false}, nil = {"0", MICA__PER_TASK, false};
static const mica__name column = {"c", MICA__PER_ELEMENT, false};

/* Row and element text together, for where the row changes with the element. */
static mica__text take_all(mica__emitter *e)
{
	mica__text all = mica__take(e, MICA__PER_ROW), elements = mica__take(e, MICA__PER_ELEMENT);
	mica__text_append(&all, mica__text_string(&elements), elements.n);
	mica__text_free(&elements);
	return all;
}

/* All items may read a variable's only element, or a row's, of which one item stores the new value. */
static void wait_for_reads(const mica__emitter *e, mica__text *out)
{
	bool assigned = false;
	for (size_t i = 0; i < e->g->n_roots; i++)
		assigned = assigned || e->p->info[e->g->roots[i]->id].assigned;
	if (assigned && (e->g->anchor == MICA__ROW || e->g->rows * e->g->columns == 1))
		mica__text_add(out, "barrier(CLK_GLOBAL_MEM_FENCE);\n");
}

/* Elements are counted in 32 bits. */
static size_t count_elements(mica__emitter *e, size_t rows, size_t columns)
{
	size_t n, most = INT32_MAX - PER_ITEM * e->p->device.group_size;
	if (mica__mul(rows, columns, &n) && n <= most)
		return n;
	e->st = mica__fail(MICA_EUNSUPPORTED, "plan: a value of %zu x %zu elements; at most %zu on this device", rows, columns, most);
	return 0;
}

static size_t power_of_two(size_t least, size_t most)
{
	size_t n = 1;
	while (n < least && n < most)
		n *= 2;
	return n;
}

/* ---- elementwise ---- */

static void map_group(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t group = e->p->device.group_size, n = count_elements(e, g->rows, g->columns);
	size_t each = n / group >= FEW_GROUPS * PER_ITEM ? PER_ITEM : 1;
	g->across = mica__ceil_div(n, group * each);
	g->along = 1;
	mica__name rows = mica__size(e, g->rows, "g rows"), columns = mica__size(e, g->columns, "g columns");
	mica__name k = mica__size(e, each, "g each");
	mica__put_elements(e, row);
	mica__text body = take_all(e);
	wait_for_reads(e, out);
	mica__text_add(out,
	               "const int item = x * (MICA_GROUP * %s) + (int)get_local_id(0);\n"
	               "const int down = MICA_GROUP / %s, right = REST(MICA_GROUP, %s);\n"
	               "int r = item / %s, c = REST(item, %s);\n"
	               "for (int n = 0; n < %s && r < %s; n++) {\n%s"
	               "r += down;\nc += right;\nif (c >= %s) {\nc -= %s;\nr++;\n}\n}\n",
	               k.s, columns.s, columns.s, columns.s, columns.s, k.s, rows.s, mica__text_string(&body), columns.s, columns.s);
	mica__text_free(&body);
}

/* ---- reductions ---- */

/* Takes v into the accumulator a<index> (and i<index>, the place, for an argmax). */
static void accumulate(mica__emitter *e, mica_var x, size_t index, mica__name v)
{
	mica__text *t = &e->text[MICA__PER_ELEMENT];
	if (x->op == MICA__SUM)
		mica__text_add(t, "a%zu += %s;\n", index, v.s);
	else if (x->op == MICA__ARGMAX)
		mica__text_add(t, "if (MICA_BEATS(%s, c, a%zu, i%zu)) {\na%zu = %s;\ni%zu = c;\n}\n", v.s, index, index, index, v.s, index);
	else
		mica__text_add(t, "a%zu = %s(%s, a%zu);\n", index, x->op == MICA__REDUCE_MIN ? "MICA_MIN" : "MICA_MAX", v.s, index);
}

/* The accumulators of n work-items, `stride` apart and numbered by `at`, together: declares f<index> of each reduction in
   which[0..count), as many as there are slots at a time. */
static size_t fold_some(const mica__group *g, const size_t *which, size_t count, const char *at, const char *n,
                        const char *stride, mica__text *out)
{
	mica__text before = {0}, level = {0}, after = {0};
	size_t slot = 0, done = 0;
	for (; done < count; done++) {
		mica_var x = g->roots[which[done]];
		size_t i = which[done], needs = x->op == MICA__ARGMAX ? 2 : 1;
		const char *type = mica__type(x->in[0]->dtype, false);
		if (slot + needs > MOST_SLOTS)
			break;
		mica__text_add(&before, "MICA_SLOT(%s, %zu)[0] = a%zu;\n", type, slot, i);
		if (x->op == MICA__ARGMAX) {
			mica__text_add(&before, "MICA_SLOT(int, %zu)[0] = i%zu;\n", slot + 1, i);
			mica__text_add(&level, "MICA_FOLD_FIRST(%s, %zu, h * %s)\n", type, slot, stride);
		} else {
			mica__text_add(&level, "MICA_FOLD(%s, %zu, %s, h * %s);\n", type, slot,
			               x->op == MICA__SUM ? "MICA_ADD" : x->op == MICA__REDUCE_MIN ? "MICA_MIN" : "MICA_MAX", stride);
		}
		mica__text_add(&after, "const %s f%zu = MICA_SLOT(%s, %zu)[-%s * %s];\n", mica__type(x->dtype, false), i,
		               mica__type(x->dtype, false), slot + needs - 1, at, stride);
		slot += needs;
	}
	mica__text_add(out,
	               "%sbarrier(CLK_LOCAL_MEM_FENCE);\nfor (int h = %s / 2; h; h /= 2) {\nif (%s < h) {\n%s}\n"
	               "barrier(CLK_LOCAL_MEM_FENCE);\n}\n%sbarrier(CLK_LOCAL_MEM_FENCE);\n",
	               mica__text_string(&before), n, at, mica__text_string(&level), mica__text_string(&after));
	mica__text_free(&before);
	mica__text_free(&level);
	mica__text_free(&after);
	return done;
}

static void fold(const mica__group *g, const size_t *which, size_t count, const char *at, const char *n, const char *stride,
                 mica__text *out)
{
	for (size_t i = 0; i < count;)
		i += fold_some(g, which + i, count - i, at, n, stride, out);
}

static void declare_accumulator(mica_var x, size_t index, const char *first, mica__text *out)
{
	mica__text_add(out, "%s a%zu = %s;\n", mica__type(x->in[0]->dtype, false), index, mica__reduction_start(x));
	if (x->op == MICA__ARGMAX)
		mica__text_add(out, "int i%zu = %s;\n", index, first);
}

/* ---- reductions along rows ---- */

/* The element text as a loop over the columns of this lane. */
static void close_columns(mica__emitter *e, mica__name lanes)
{
	mica__text body = mica__take(e, MICA__PER_ELEMENT);
	mica__text_add(&e->text[MICA__PER_ROW], "for (int c = lane; c < end; c += %s) {\n%s}\n", lanes.s, mica__text_string(&body));
	mica__text_free(&body);
	mica__forget(e, MICA__PER_ELEMENT);
}

/* One pass over the columns of a row: every reduction at this depth. */
static void sweep(mica__emitter *e, size_t depth, mica__name lanes)
{
	mica__group *g = e->g;
	mica__text *t = &e->text[MICA__PER_ROW];
	size_t n = 0, *which = mica__alloc(g->n_roots, sizeof *which);
	if (!which) {
		e->st = MICA_ENOMEM;
		return;
	}
	for (size_t i = 0; i < g->n_roots; i++)
		if (mica__reduces_at(e, g->roots[i], depth)) {
			which[n++] = i;
			declare_accumulator(g->roots[i], i, "lane", t);
			accumulate(e, g->roots[i], i, mica__value(e, g->roots[i]->in[0], row, column, false));
		}
	close_columns(e, lanes);
	fold(g, which, n, "lane", lanes.s, "1", t);
	for (size_t i = 0; i < n; i++) {
		mica__name f = {.level = MICA__PER_ROW};
		snprintf(f.s, sizeof f.s, "f%zu", which[i]);
		mica__remember(e, g->roots[which[i]], row, nil, false, f);
	}
	mica__free(which);
}

/* Values of all roots that are per row, as row text; then their stores, by one item of the row. */
static void put_rows(mica__emitter *e)
{
	mica__group *g = e->g;
	mica__text puts = {0}, all;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < g->n_roots; i++) {
			mica_var x = g->roots[i];
			mica__name lead, at;
			if (!mica__row_position(e, x, &lead, &at))
				continue;
			mica__name v = mica__value(e, x, lead, at, false);
			if (pass)
				mica__put(e, x, v, lead, at, false);
		}
		*(pass ? &puts : &all) = take_all(e);
	}
	wait_for_reads(e, &all);
	mica__text_append(&e->text[MICA__PER_ROW], mica__text_string(&all), all.n);
	if (puts.n)
		mica__text_add(&e->text[MICA__PER_ROW], "if (live && lane == 0) {\n%s}\n", mica__text_string(&puts));
	mica__text_free(&all);
	mica__text_free(&puts);
}

/* Work-items for one row: some columns for each, unless there would be few work-groups then. */
static size_t lanes_per_row(const mica__emitter *e)
{
	size_t group = e->p->device.group_size, n = power_of_two(mica__ceil_div(e->g->columns, 4), group);
	while (n < group && n < e->g->columns && e->g->rows * n < FEW_GROUPS * group)
		n *= 2;
	return n;
}

static void rows_group(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t each = lanes_per_row(e), deepest = mica__deepest_reduction(e);
	g->across = mica__ceil_div(g->rows, e->p->device.group_size / each);
	g->along = 1;
	mica__name rows = mica__size(e, g->rows, "g rows"), columns = mica__size(e, g->columns, "g columns");
	mica__name lanes = mica__size(e, each, "g lanes");
	for (size_t d = 0; d <= deepest; d++)
		sweep(e, d, lanes);
	if (mica__has_elements(e)) {
		mica__put_elements(e, row);
		close_columns(e, lanes);
	}
	put_rows(e);
	mica__text body = mica__take(e, MICA__PER_ROW);
	mica__text_add(out,
	               "const int item = (int)get_local_id(0), lane = REST(item, %s), at = x * (MICA_GROUP / %s) + item / %s;\n"
	               "const bool live = at < %s;\nconst int r = live ? at : %s - 1, end = live ? %s : 0;\n%s",
	               lanes.s, lanes.s, lanes.s, rows.s, rows.s, columns.s, mica__text_string(&body));
	mica__text_free(&body);
}

/* ---- reductions over rows ---- */

/* A work-group makes `side` results side by side; the rows of each are dealt out to `slices` of its items. */
static size_t slices_per_result(const mica__emitter *e)
{
	const mica__group *g = e->g;
	size_t group = e->p->device.group_size, side = power_of_two(g->rows * g->columns, WIDTH), n = 1;
	while (side * n < group && g->reduced >= 2 * n * MOST_SLICES && g->rows * g->columns * n < FEW_GROUPS * group)
		n *= 2;
	return n;
}

static void columns_group(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t index = 0, group = e->p->device.group_size, results = count_elements(e, g->rows, g->columns);
	for (size_t i = 0; i < g->n_roots; i++)
		index = mica__is_reduction(g->roots[i]) ? i : index;
	mica_var x = g->roots[index];
	size_t n_slices = slices_per_result(e);
	g->across = mica__ceil_div(results, group / n_slices);
	g->along = 1;
	mica__name rows = mica__size(e, g->rows, "g rows"), columns = mica__size(e, g->columns, "g columns");
	mica__name inner = mica__size(e, g->inner, "g inner"), n = mica__size(e, g->reduced, "g reduced");
	mica__name slices = mica__size(e, n_slices, "g slices"), side = mica__size(e, group / n_slices, "g side");
	accumulate(e, x, index, mica__value(e, x->in[0], row, column, false));
	mica__text loop = take_all(e), start = {0}, end = {0};
	mica__forget(e, MICA__PER_ROW);
	declare_accumulator(x, index, "0", &start);
	fold(g, &index, 1, "slice", slices.s, side.s, &end);
	mica__name q = mica__literal("q", MICA__PER_ROW), f = {.level = MICA__PER_ELEMENT};
	snprintf(f.s, sizeof f.s, "f%zu", index);
	mica__remember(e, x, q, column, false, f);
	mica__put_elements(e, q);
	mica__text after = take_all(e);
	wait_for_reads(e, &end);
	mica__text_add(out,
	               "const int item = (int)get_local_id(0), slice = item / %s, result = x * %s + REST(item, %s);\n"
	               "const bool live = result < %s * %s;\nconst int at = live ? result : 0, q = at / %s, c = REST(at, %s);\n%s"
	               "for (int k = slice; k < (live ? %s : 0); k += %s) {\nconst int r = (q / %s * %s + k) * %s + REST(q, %s);\n%s}\n"
	               "%sif (live && slice == 0) {\n%s}\n",
	               side.s, side.s, side.s, rows.s, columns.s, columns.s, columns.s, mica__text_string(&start), n.s, slices.s, inner.s, n.s, inner.s,
	               inner.s, mica__text_string(&loop), mica__text_string(&end), mica__text_string(&after));
	mica__text_free(&loop);
	mica__text_free(&start);
	mica__text_free(&end);
	mica__text_free(&after);
}

/* ---- products ---- */

/* The arguments of mica_product for one operand: place of its matrix, its two steps, and which of them is 1. */
static void add_operand(mica__emitter *e, mica_var x, bool along, const char *matrix, mica__text *out)
{
	mica__plan *p = e->p;
	mica__name base = mica__pointer(e, p->info[mica__stored(p, x)->id].store);
	mica__name stride = mica__size(e, mica__shape_last(&x->shape), "n%u.last", x->id);
	mica__text_add(out, "%s + (size_t)batch * (size_t)(%s), %s, %s, %d", base.s, matrix, along ? stride.s : "1",
	               along ? "1" : stride.s, along);
}

static void product_group(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica__product *m = &g->product;
	size_t tile_rows = e->p->device.group_size / 4, tiles = mica__ceil_div(m->n, TILE_COLUMNS);
	mica_var x = g->roots[0];
	char matrix[64];
	for (size_t i = 0; i < g->n_roots; i++)
		x = g->roots[i]->op == MICA__MATMUL ? g->roots[i] : x;
	if (e->p->device.group_size < LEAST_GROUP)
		e->st = mica__fail(MICA_EUNSUPPORTED, "product: this device runs %u work-items in a group; at least %d are needed",
		                   e->p->device.group_size, LEAST_GROUP);
	g->across = tiles * m->batch;
	g->along = mica__ceil_div(m->m, tile_rows);
	g->flops = 2.0 * (double)m->m * (double)m->n * (double)m->k * (double)m->batch;
	mica__name rows = mica__size(e, m->m, "g m"), columns = mica__size(e, m->n, "g n"), k = mica__size(e, m->k, "g k");
	mica__name n = mica__size(e, tiles, "g tiles");
	mica__text_add(out,
	               "const int item = (int)get_local_id(0), batch = x / %s, top = y * MICA_TM, left = REST(x, %s) * MICA_TN;\n"
	               "real acc[16];\nmica_product(acc, m, ", n.s, n.s);
	snprintf(matrix, sizeof matrix, "%s * (size_t)%s", rows.s, k.s);
	add_operand(e, m->a, !m->transposed_a, matrix, out);
	mica__text_add(out, ", top, %s, ", rows.s);
	snprintf(matrix, sizeof matrix, "%s * (size_t)%s", k.s, columns.s);
	add_operand(e, m->b, m->transposed_b, matrix, out);
	mica__text_add(out, ", left, %s, %s);\n", columns.s, k.s);
	mica__remember(e, x, row, column, false, (mica__name){"product", MICA__PER_ELEMENT, false});
	mica__put_elements(e, row);
	mica__text outer = mica__take(e, MICA__PER_ROW), body = mica__take(e, MICA__PER_ELEMENT);
	wait_for_reads(e, out);
	mica__text_add(out,
	               "#pragma unroll\nfor (int i = 0; i < 4; i++) {\nconst int at = top + item / 16 * 4 + i, r = batch * %s + at;\n"
	               "if (at < %s) {\n%s#pragma unroll\nfor (int j = 0; j < 4; j++) {\nconst int c = left + item %% 16 + 16 * j;\n"
	               "if (c < %s) {\nconst real product = acc[4 * i + j];\n%s}\n}\n}\n}\n",
	               rows.s, rows.s, mica__text_string(&outer), columns.s, mica__text_string(&body));
	mica__text_free(&outer);
	mica__text_free(&body);
}

/* ---- scatter ---- */

/* An item owns one element of the target and adds what the indices send there, in their order. */
static void scatter_group(mica__emitter *e, mica__text *out)
{
	mica_var x = e->g->roots[0], value = x->in[0], index = x->in[1];
	size_t n = mica_var_count(index), rest = n ? mica_var_count(value) / n : 0, rows = x->attr.rows;
	e->g->across = mica__ceil_div(count_elements(e, rows, rest), e->p->device.group_size);
	e->g->along = 1;
	mica__name width = mica__size(e, rest, "g rest"), count = mica__size(e, n, "g n"), limit = mica__size(e, rows, "g rows");
	mica__name last = mica__size(e, mica__shape_last(&x->shape), "g last");
	mica__name last_v = mica__size(e, mica__shape_last(&value->shape), "g value last");
	mica__name last_i = mica__size(e, mica__shape_last(&index->shape), "g index last");
	mica__name il = mica__declare(e, "const int", MICA__PER_ROW, "i / %s", last_i.s);
	mica__name ic = mica__declare(e, "const int", MICA__PER_ROW, "REST(i, %s)", last_i.s);
	mica__name at = mica__value(e, index, il, ic, false);
	mica__text where = take_all(e);
	mica__name vl = mica__declare(e, "const int", MICA__PER_ELEMENT, "(i * %s + j) / %s", width.s, last_v.s);
	mica__name vc = mica__declare(e, "const int", MICA__PER_ELEMENT, "REST(i * %s + j, %s)", width.s, last_v.s);
	mica__name v = mica__value(e, value, vl, vc, false);
	mica__text get = take_all(e);
	mica__forget(e, MICA__PER_ROW);
	mica__name tl = mica__declare(e, "const int", MICA__PER_ELEMENT, "result / %s", last.s);
	mica__name tc = mica__declare(e, "const int", MICA__PER_ELEMENT, "REST(result, %s)", last.s);
	mica__put(e, x, mica__literal("sum", MICA__PER_ELEMENT), tl, tc, false);
	mica__text put = take_all(e);
	mica__text_add(out,
	               "const int result = x * MICA_GROUP + (int)get_local_id(0), t = result / %s, j = REST(result, %s);\n"
	               "if (t < %s) {\n%s sum = 0;\nfor (int i = 0; i < %s; i++) {\n%sif (clamp(%s, 0, %s - 1) == t) {\n"
	               "%ssum += %s;\n}\n}\n%s}\n",
	               width.s, width.s, limit.s, mica__type(x->dtype, false), count.s, mica__text_string(&where), at.s, limit.s, mica__text_string(&get), v.s,
	               mica__text_string(&put));
	mica__text_free(&where);
	mica__text_free(&get);
	mica__text_free(&put);
}

mica_status mica__emit_simt(mica__plan *p, size_t group, mica__text *body)
{
	mica__group *g = &p->groups[group];
	mica__emitter e = {.p = p, .g = g};
	mica__text out = {0};
	switch (g->anchor) {
	case MICA__MAP: map_group(&e, &out); break;
	case MICA__ROW: rows_group(&e, &out); break;
	case MICA__COL: columns_group(&e, &out); break;
	case MICA__PRODUCT: product_group(&e, &out); break;
	case MICA__SCATTER: scatter_group(&e, &out); break;
	}
	mica__text_append(body, mica__text_string(&e.text[MICA__PER_TASK]), e.text[MICA__PER_TASK].n);
	mica__text_append(body, mica__text_string(&out), out.n);
	if (out.failed || body->failed)
		e.st = MICA_ENOMEM;
	mica__text_free(&out);
	for (int i = 0; i < MICA__LEVELS; i++)
		mica__text_free(&e.text[i]);
	mica__free(e.memo);
	return e.st;
}
