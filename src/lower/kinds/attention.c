/* SPDX-License-Identifier: MIT */
/* lower/kinds/attention.c - attention and its gradient, a block of scores at a time: what belongs to the same operands is one
   group, so that scores are computed once for the result and the sums, and once for all three gradients.

   On CPUs a task has a head, or some of its rows: the order of all sums is that of the keys, or of the queries, whatever the
   tasks.  The gradient of a head is one task, where there are enough heads for all workers: otherwise some tasks have keys, for
   dk and dv, and others rows, for dq, and scores are computed twice. */
#include "lower/emit.h"
#include "lower/groups.h"

#include <stdio.h>

enum {
	KEYS = 128,                          /* of a block, at most */
	TURNED = 32768,                      /* reals of a block of keys or values, transposed */
	MOST_ROWS = 512,                     /* of a task */
	LEAST_GROUP = 16                     /* of cl/product_simt.cl */
};
enum { RESULT, LOG_SUM, BY_Q = 0, BY_K, BY_V, PARTS };
static const char file[] = "skeletons/attention.cl";

typedef struct problem {
	mica_var x;               /* any of its roots */
	mica_var part[PARTS];     /* those that are wanted; NULL */
	mica_var mask;            /* NULL */
	size_t heads, group;      /* heads of q in all; as many of them share one of k */
	size_t lq, lk, size, size_v;
	bool gradient, causal;
} problem;

static problem problem_of(const mica__group *g)
{
	mica_var x = g->anchor;
	const mica_shape *q = &x->in[0]->shape, *k = &x->in[1]->shape, *v = &x->in[2]->shape;
	size_t rank = q->rank, mask = x->op == MICA__ATTENTION ? 3 : 6;
	problem a = {.x = x, .mask = x->n_in > mask ? x->in[mask] : NULL, .heads = 1, .group = 1, .lq = q->dim[rank - 2],
	             .lk = k->dim[rank - 2], .size = q->dim[rank - 1], .size_v = v->dim[rank - 1],
	             .gradient = x->op == MICA__ATTENTION_GRADIENT, .causal = x->attr.attention.causal};
	for (size_t i = 0; i + 2 < rank; i++)
		a.heads *= q->dim[i];
	if (rank > 2 && k->dim[rank - 3])
		a.group = q->dim[rank - 3] / k->dim[rank - 3];
	for (size_t i = 0; i < g->n_roots; i++)
		a.part[g->roots[i]->attr.attention.part] = g->roots[i];
	return a;
}

static double flops(const mica__plan *p, const mica__group *g)
{
	(void)p;
	problem a = problem_of(g);
	double scores = 2.0 * (double)a.heads * (double)a.lq * (double)a.lk / (a.causal ? 2 : 1), size = (double)a.size, v = (double)a.size_v;
	if (!a.gradient)
		return scores * (size + (a.part[RESULT] ? v : 0));
	return scores * (size + v + (a.part[BY_Q] ? size : 0) + (a.part[BY_K] ? size : 0) + (a.part[BY_V] ? v : 0));
}

/* ---- CPUs ---- */

static mica__matrix operand(mica__emitter *e, mica_var x)
{
	return mica__matrix_of(e, e->p->info[mica__stored(e->p, x)->id].store, x);
}

/* The columns of a root that may be stored: in panels whole ones, which is cheaper. */
static mica__name stored_columns(mica__emitter *e, mica_var x)
{
	const mica__store *t = &e->p->stores[e->p->info[x->id].store];
	size_t last = mica__shape_last(&x->shape);
	return mica__size(e, t->form.panel ? mica__round_up(last, t->form.panel) : last, "n%u stored columns", x->id);
}

/* Keys of a block: as many as there is room for in the transposed one. */
static size_t keys_of_block(mica__emitter *e, const problem *a)
{
	size_t pw = mica__panel_width(e->p), size = a->size > a->size_v || !a->gradient ? a->size : a->size_v;
	size_t most = size ? TURNED / size / pw * pw : KEYS;
	if (!most && e->st == MICA_OK)
		e->st = mica__fail(MICA_EUNSUPPORTED, "attention: heads of size %zu; at most %zu on this device, or make it with "
		                   ".plain = true", size, TURNED / pw);
	return most < KEYS ? most : KEYS;
}

static mica__name scale_of(mica__emitter *e, const problem *a)
{
	mica__text t = {0};
	mica__table_number(e, a->x->attr.attention.scale, a->x->dtype, "g scale", &t);
	mica__name n = mica__declare(e, "const real", MICA__PER_TASK, "%s", mica__text_string(&t));
	mica__done(e, &t);
	return n;
}

/* The loop over a row's scores, which adds the mask; `use` is what becomes of each. */
static void score_loop(mica__emitter *e, const problem *a, const char *use, mica__text *out)
{
	mica__text body = {0}, mask = {0};
	if (a->mask) {
		bool vector = mica__can_vector_inside(e->p, a->mask, a->lk);
		mica__name v = mica__value(e, a->mask, (mica__at){mica__literal("r", MICA__PER_ROW),
		                           mica__literal(vector ? "0" : "k", vector ? MICA__PER_TASK : MICA__PER_ELEMENT), vector});
		mask = mica__take(e, MICA__PER_ELEMENT);
		mica__loops(e, &body, file, vector ? "cpu_mask" : "cpu_mask_by_lane", MICA__HOLES({"mask", mica__text_string(&mask)},
		            {"value", v.s}, {"lk", mica__size(e, a->lk, "g lk").s}));
	}
	mica__loops(e, out, file, "cpu_scores", MICA__HOLES({"mask", mica__text_string(&body)}, {"use", use}));
	mica__done(e, &body);
	mica__done(e, &mask);
}

/* The rows of a task of n: all if there are heads enough, a multiple of the rows of a block. */
static size_t rows_of_task(const mica__emitter *e, size_t heads, size_t n, size_t most, size_t multiple)
{
	size_t parts = mica__ceil_div(n, most), wanted = heads ? mica__ceil_div(4 * e->p->device.workers, heads) : 1;
	size_t part = mica__round_up(mica__ceil_div(n, parts > wanted ? parts : wanted), multiple);
	return part > multiple ? part : multiple;
}

static unsigned tile_rows(const mica__plan *p)
{
	if (p->without & MICA_NO_PANELS) /* what follows the last row may be anything, even nothing */
		return 1;
	return p->device.vector_width == 16 ? MICA__MOST_ROWS : p->device.vector_width == 8 ? 6 : 8;
}

/* Of a block of scores: whole tiles. */
static size_t block_rows(const mica__plan *p)
{
	return 64 / tile_rows(p) * tile_rows(p);
}

static void result_text(mica__emitter *e, const problem *a, mica__text *out)
{
	mica_var y = a->part[RESULT];
	if (!y || !mica__is_stored_root(e, y))
		return;
	mica__matrix to = mica__matrix_of(e, e->p->info[y->id].store, y), v = operand(e, a->x->in[2]);
	mica__loops(e, out, file, "cpu_result", MICA__HOLES({"columns", stored_columns(e, y).s}, {"v", v.base.s},
	            {"row_v", v.row}, {"panel_v", v.panel.s}, {"to", to.base.s}, {"row", to.row}, {"panel", to.panel.s}));
}

static void log_sum_text(mica__emitter *e, const problem *a, mica__text *out)
{
	mica_var y = a->part[LOG_SUM];
	if (!y || !mica__is_stored_root(e, y))
		return;
	mica__put(e, y, mica__literal("log_sum", MICA__PER_ROW), mica__at_row(mica__literal("r", MICA__PER_ROW)));
	*out = mica__take_all(e);
	mica__forget(e, MICA__PER_ROW);
}

static void cpu_forward(mica__emitter *e, const problem *a, mica__text *out)
{
	size_t block = block_rows(e->p), most = MOST_ROWS / block * block;
	size_t part = rows_of_task(e, a->heads, a->lq, most, block);
	char most_rows[24];
	e->g->across = a->heads;
	e->g->along = mica__ceil_div(a->lq, part);
	snprintf(most_rows, sizeof most_rows, "%d", MOST_ROWS);
	mica__matrix q = operand(e, a->x->in[0]), k = operand(e, a->x->in[1]);
	mica__text result = {0}, log_sum = {0}, scores = {0}, use = {0};
	log_sum_text(e, a, &log_sum);
	result_text(e, a, &result);
	mica__loops(e, &use, file, "cpu_use", MICA__HOLES({NULL, NULL}));
	score_loop(e, a, mica__text_string(&use), &scores);
	mica__text row = mica__take(e, MICA__PER_ROW);
	mica__loops(e, out, file, "cpu", MICA__HOLES({"row_part", mica__size(e, part, "g row part").s},
	            {"lq", mica__size(e, a->lq, "g lq").s}, {"lk", mica__size(e, a->lk, "g lk").s},
	            {"group", mica__size(e, a->group, "g group").s}, {"causal", mica__size(e, a->causal, "g causal").s}, {"most_rows", most_rows},
	            {"keys", mica__size(e, keys_of_block(e, a), "g keys").s}, {"size", mica__size(e, a->size, "g size").s},
	            {"scale", scale_of(e, a).s}, {"q", q.base.s}, {"row_q", q.row}, {"panel_q", q.panel.s}, {"k", k.base.s},
	            {"row_k", k.row}, {"panel_k", k.panel.s}, {"row", mica__text_string(&row)},
	            {"scores", mica__text_string(&scores)}, {"log_sum", mica__text_string(&log_sum)},
	            {"result", mica__text_string(&result)}));
	mica__done(e, &result);
	mica__done(e, &log_sum);
	mica__done(e, &scores);
	mica__done(e, &use);
	mica__done(e, &row);
}

/* One of the gradients: zeros first, then what each block of scores adds. */
static void gradient_text(mica__emitter *e, const problem *a, unsigned part, mica__text *zero, mica__text *products)
{
	mica_var x = a->x, y = a->part[part];
	if (!y || !mica__is_stored_root(e, y))
		return;
	bool keys = part != BY_Q;
	mica__matrix to = mica__matrix_of(e, e->p->info[y->id].store, y);
	mica__matrix from = operand(e, part == BY_Q ? x->in[1] : part == BY_K ? x->in[0] : x->in[3]);
	mica__name columns = stored_columns(e, y), group = mica__size(e, a->group, "g group"), lq = mica__size(e, a->lq, "g lq"), lk = mica__size(e, a->lk, "g lk");
	mica__loops(e, zero, file, "cpu_zero", MICA__HOLES({"task", keys ? "by_keys" : "by_queries"},
	            {"matrices", keys ? "1" : group.s}, {"rows", keys ? lk.s : lq.s}, {"begin", keys ? "key_begin" : "row_begin"},
	            {"end", keys ? "key_end" : "row_end"}, {"columns", columns.s}, {"to", to.base.s}, {"row", to.row},
	            {"panel", to.panel.s}));
	mica__loops(e, products, file, keys ? "cpu_by_queries" : "cpu_by_keys", MICA__HOLES({"columns", columns.s},
	            {"block", part == BY_V ? "s" : "t"}, {"from", from.base.s}, {"row_from", from.row}, {"panel_from", from.panel.s},
	            {"to", to.base.s}, {"row", to.row}, {"panel", to.panel.s}));
}

/* Sets the group's tasks and the sizes that say which of them do what. */
static void share_gradient(mica__emitter *e, const problem *a, size_t keys, mica__name size[4])
{
	size_t matrices = a->heads / a->group, block = block_rows(e->p);
	bool whole = matrices >= 2 * e->p->device.workers, by_keys = a->part[BY_K] || a->part[BY_V];
	size_t key_part = rows_of_task(e, matrices, a->lk, a->lk ? a->lk : 1, keys);
	size_t row_part = rows_of_task(e, matrices, a->lq, a->lq ? a->lq : 1, block);
	size_t key_parts = !whole && by_keys ? mica__ceil_div(a->lk, key_part) : 0;
	size_t row_parts = !whole && a->part[BY_Q] ? mica__ceil_div(a->lq, row_part) : 0;
	e->g->across = matrices;
	e->g->along = whole ? 1 : key_parts + row_parts;
	size[0] = mica__size(e, whole ? 0 : 1, "g apart");
	size[1] = mica__size(e, key_parts, "g key parts");
	size[2] = mica__size(e, key_part, "g key part");
	size[3] = mica__size(e, row_part, "g row part");
}

static void cpu_gradient(mica__emitter *e, const problem *a, mica__text *out)
{
	mica_var x = a->x;
	size_t block_keys = keys_of_block(e, a);
	mica__name size[4], scale = scale_of(e, a);
	share_gradient(e, a, block_keys ? block_keys : 1, size);
	mica__matrix q = operand(e, x->in[0]), k = operand(e, x->in[1]), v = operand(e, x->in[2]), dy = operand(e, x->in[3]);
	mica__text zero = {0}, products = {0}, scores = {0}, use = {0};
	for (unsigned part = BY_Q; part <= BY_V; part++)
		gradient_text(e, a, part, &zero, &products);
	mica__at at = mica__at_row(mica__literal("r", MICA__PER_ROW));
	mica__name log_sum = mica__value(e, x->in[4], at), product = mica__value(e, x->in[5], at);
	mica__loops(e, &use, file, "cpu_gradient_use", MICA__HOLES({"log_sum", log_sum.s}, {"product", product.s}, {"scale", scale.s}));
	score_loop(e, a, mica__text_string(&use), &scores);
	mica__text row = mica__take(e, MICA__PER_ROW);
	mica__loops(e, out, file, "cpu_gradient", MICA__HOLES({"apart", size[0].s}, {"key_parts", size[1].s}, {"key_part", size[2].s},
	            {"row_part", size[3].s}, {"lq", mica__size(e, a->lq, "g lq").s}, {"lk", mica__size(e, a->lk, "g lk").s},
	            {"group", mica__size(e, a->group, "g group").s}, {"causal", mica__size(e, a->causal, "g causal").s},
	            {"keys", mica__size(e, block_keys, "g keys").s}, {"size", mica__size(e, a->size, "g size").s},
	            {"size_v", mica__size(e, a->size_v, "g size of v").s}, {"scale", scale.s},
	            {"q", q.base.s}, {"row_q", q.row}, {"panel_q", q.panel.s}, {"k", k.base.s}, {"row_k", k.row}, {"panel_k", k.panel.s},
	            {"v", v.base.s}, {"row_v", v.row}, {"panel_v", v.panel.s}, {"dy", dy.base.s}, {"row_dy", dy.row},
	            {"panel_dy", dy.panel.s}, {"row", mica__text_string(&row)}, {"scores", mica__text_string(&scores)},
	            {"zero", mica__text_string(&zero)}, {"products", mica__text_string(&products)}));
	mica__done(e, &zero);
	mica__done(e, &products);
	mica__done(e, &scores);
	mica__done(e, &use);
	mica__done(e, &row);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	problem a = problem_of(e->g);
	(a.gradient ? cpu_gradient : cpu_forward)(e, &a, out);
}

/* ---- GPUs ---- */

/* A matrix of the head at hand, whose number of rows before it is `first`. */
static mica__text matrix_text(mica__emitter *e, mica_var x, const char *first)
{
	mica__text t = {0};
	int store = e->p->info[mica__stored(e->p, x)->id].store;
	mica__text_add(&t, "%s + (size_t)%s * %s", mica__pointer(e, store).s, first, mica__last(e, x).s);
	return t;
}

/* The mask at (r, c), as statements that add it to the score. */
static mica__text mask_text(mica__emitter *e, const problem *a)
{
	mica__at at = {mica__literal("r", MICA__PER_ROW), mica__literal("c", MICA__PER_ELEMENT), false};
	mica__name v = a->mask ? mica__value(e, a->mask, at) : mica__literal("0", MICA__PER_TASK);
	mica__text t = mica__take_all(e);
	if (a->mask)
		mica__text_add(&t, "score += %s;\n", v.s);
	mica__forget(e, MICA__PER_ROW);
	return t;
}

static mica__text put_text(mica__emitter *e, mica_var y, const char *value, bool row)
{
	mica__at at = {mica__literal("r", MICA__PER_ROW), mica__literal(row ? "0" : "c", row ? MICA__PER_TASK : MICA__PER_ELEMENT), false};
	if (y && mica__is_stored_root(e, y))
		mica__put(e, y, mica__literal(value, MICA__PER_ELEMENT), at);
	mica__text t = mica__take_all(e);
	mica__forget(e, MICA__PER_ROW);
	return t;
}

/* Sets the tasks: tiles of `rows` by `columns` of each of `matrices`; the name of how many tiles stand side by side. */
static mica__name share_tiles(mica__emitter *e, size_t matrices, size_t rows, size_t columns)
{
	size_t tiles = columns ? mica__ceil_div(columns, MICA__TILE_COLUMNS) : 1, group = e->p->device.group_size;
	if (group < LEAST_GROUP && e->st == MICA_OK)
		e->st = mica__fail(MICA_EUNSUPPORTED, "attention: this device runs %u work-items in a group; at least %d are needed",
		                   e->p->device.group_size, LEAST_GROUP);
	e->g->across = matrices * tiles;
	e->g->along = mica__ceil_div(rows, group < LEAST_GROUP ? 1 : group / 4);
	return mica__size(e, tiles, "g tiles");
}

static void simt_forward(mica__emitter *e, const problem *a, mica__text *out)
{
	mica__name tiles = share_tiles(e, a->heads, a->lq, a->part[RESULT] ? a->size_v : 0);
	mica__text q = matrix_text(e, a->x->in[0], "first"), k = matrix_text(e, a->x->in[1], "first_key");
	mica__text v = matrix_text(e, a->x->in[2], "first_key"), mask = mask_text(e, a);
	mica__text log_sum = put_text(e, a->part[LOG_SUM], "log_sum", true), result = put_text(e, a->part[RESULT], "result", false);
	mica__loops(e, out, file, "simt", MICA__HOLES({"tiles", tiles.s}, {"lq", mica__size(e, a->lq, "g lq").s},
	            {"lk", mica__size(e, a->lk, "g lk").s}, {"group", mica__size(e, a->group, "g group").s},
	            {"causal", mica__size(e, a->causal, "g causal").s}, {"size", mica__size(e, a->size, "g size").s},
	            {"size_v", mica__size(e, a->size_v, "g size of v").s}, {"scale", scale_of(e, a).s}, {"q", mica__text_string(&q)},
	            {"k", mica__text_string(&k)}, {"v", mica__text_string(&v)}, {"mask", mica__text_string(&mask)},
	            {"log_sum", mica__text_string(&log_sum)}, {"result", mica__text_string(&result)}));
	mica__done(e, &q);
	mica__done(e, &k);
	mica__done(e, &v);
	mica__done(e, &mask);
	mica__done(e, &log_sum);
	mica__done(e, &result);
}

/* One of the gradients: tiles of scores lie as it does, with queries down for dq and keys down for dk and dv. */
static void simt_gradient(mica__emitter *e, const problem *a, mica__text *out)
{
	mica_var x = a->x;
	unsigned part = x->attr.attention.part;
	bool by_q = part == BY_Q, by_v = part == BY_V;
	mica__name lq = mica__size(e, a->lq, "g lq"), lk = mica__size(e, a->lk, "g lk"), group = mica__size(e, a->group, "g group");
	mica__name size = mica__size(e, a->size, "g size"), size_v = mica__size(e, a->size_v, "g size of v");
	mica__name causal = mica__size(e, a->causal, "g causal"), scale = scale_of(e, a);
	mica__name tiles = share_tiles(e, by_q ? a->heads : a->heads / a->group, by_q ? a->lq : a->lk, by_v ? a->size_v : a->size);
	mica__text q = matrix_text(e, x->in[0], "first"), k = matrix_text(e, x->in[1], "first_key");
	mica__text v = matrix_text(e, x->in[2], "first_key"), dy = matrix_text(e, x->in[3], "first"), mask = mask_text(e, a);
	mica__text slopes = {0}, slope = {0}, begin = {0}, end = {0};
	mica__at at = mica__at_row(mica__literal("r", MICA__PER_ROW));
	mica__name log_sum = mica__value(e, x->in[4], at), product = mica__value(e, x->in[5], at);
	mica__text sums = mica__take_all(e), result;
	mica__forget(e, MICA__PER_ROW);
	result = put_text(e, x, "result", false);
	mica__text_add(&mask, "%s", mica__text_string(&sums));
	if (by_q) {
		mica__text_add(&begin, "0");
		mica__text_add(&end, "(%s ? min(%s, top + MICA_TM) : %s)", causal.s, lk.s, lk.s);
	} else {
		mica__text_add(&begin, "%s ? top / MICA_TN * MICA_TN : 0", causal.s);
		mica__text_add(&end, "%s", lq.s);
	}
	const mica__hole shared[] = {
		{"a", mica__text_string(by_q ? &dy : &v)}, {"b", mica__text_string(by_q ? &v : &dy)}, {"rows", by_q ? lq.s : lk.s},
		{"columns", by_q ? lk.s : lq.s}, {"size_v", size_v.s}, {NULL, NULL}};
	if (!by_v) {
		mica__loops(e, &slopes, file, "simt_slopes", shared);
		mica__text_add(&slope, "value *= (t[4 * i + j] - %s) * %s;\n", product.s, scale.s);
	}
	mica__loops(e, out, file, "simt_gradient", MICA__HOLES({"tiles", tiles.s}, {"heads", by_q ? "1" : group.s}, {"group", group.s},
	            {"lq", lq.s}, {"lk", lk.s}, {"rows", by_q ? lq.s : lk.s}, {"columns", by_q ? lk.s : lq.s},
	            {"begin", mica__text_string(&begin)}, {"end", mica__text_string(&end)}, {"size", size.s},
	            {"a", mica__text_string(by_q ? &q : &k)}, {"b", mica__text_string(by_q ? &k : &q)},
	            {"at", by_q ? "row" : "column"}, {"key", by_q ? "column" : "row"}, {"causal", causal.s}, {"scale", scale.s},
	            {"slopes", mica__text_string(&slopes)}, {"slope", mica__text_string(&slope)}, {"mask", mica__text_string(&mask)},
	            {"log_sum", log_sum.s}, {"from", mica__text_string(by_q ? &k : by_v ? &dy : &q)}, {"stored", by_v ? size_v.s : size.s},
	            {"result", mica__text_string(&result)}));
	mica__done(e, &q);
	mica__done(e, &k);
	mica__done(e, &v);
	mica__done(e, &dy);
	mica__done(e, &mask);
	mica__done(e, &sums);
	mica__done(e, &result);
	mica__done(e, &slopes);
	mica__done(e, &slope);
	mica__done(e, &begin);
	mica__done(e, &end);
}

static void simt(mica__emitter *e, mica__text *out)
{
	problem a = problem_of(e->g);
	(a.gradient ? simt_gradient : simt_forward)(e, &a, out);
}

/* ---- the kinds ---- */

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__ATTENTION;
}

static bool takes_gradient(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__ATTENTION_GRADIENT;
}

/* The same for all parts, so that they may become one. */
static void domain(const mica__plan *p, mica__group *g)
{
	(void)p;
	g->rows = mica__shape_lead(&g->anchor->in[0]->shape);
	g->columns = 1;
}

static bool together(const mica__plan *p, const mica__group *a, const mica__group *b)
{
	mica_var x = a->anchor, y = b->anchor;
	bool same = x->n_in == y->n_in && x->attr.attention.scale == y->attr.attention.scale &&
	            x->attr.attention.causal == y->attr.attention.causal && (p->device.cpu || x->op == MICA__ATTENTION);
	for (size_t i = 0; same && i < x->n_in; i++)
		same = x->in[i] == y->in[i];
	return same;
}

static void label(const mica__plan *p, const mica__group *g, char *out, size_t size)
{
	problem a = problem_of(g);
	(void)p;
	snprintf(out, size, " %zux(%zux%zux%zu)%s", a.heads, a.lq, a.lk, a.size, a.causal ? " causal" : "");
}

static void options(const mica__plan *p, mica__text *out)
{
	if (p->device.cpu)
		mica__text_add(out, " -DMICA_ATTENTION_ROWS=%u -DMICA_QUERIES=%zu -DMICA_KEYS=%d -DMICA_TURNED=%d", tile_rows(p), block_rows(p), KEYS,
		               TURNED);
}

const mica__kind mica__attention_kind = {
	.name = "attention", .takes = takes, .domain = domain, .past_end = 1, .together = together, .siblings = true, .label = label,
	.flops = flops, .options = options, .cpu_sources = {"product_cpu.cl", "attention_cpu.cl"},
	.simt_sources = {"product_simt.cl", "attention_simt.cl"}, .cpu = cpu, .simt = simt,
};

/* Of dy v' the rows are dy's. */
const mica__kind mica__attention_gradient_kind = {
	.name = "attention gradient", .takes = takes_gradient, .domain = domain, .past_end = 1 | 8, .together = together, .siblings = true,
	.label = label, .flops = flops, .cpu_sources = {"product_cpu.cl", "attention_cpu.cl"},
	.simt_sources = {"product_simt.cl", "attention_simt.cl"}, .cpu = cpu, .simt = simt,
};
