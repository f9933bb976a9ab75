/* SPDX-License-Identifier: MIT */
/* lower/kinds/column.c - reductions over rows, with what is elementwise after them.  Rows of the input are (outer, reduced,
   inner), of the result (outer, inner).  Several reductions of the same rows are made together.

   On CPUs rows are read as they lie, each column (or vector of them) with its accumulators side by side.  How much lies
   between the rows of one result decides the order of the loops:
     taps   few reduced, nothing inside, several results: one after the other; what a window sees is such, and a single
            result is not, since what it is reduced over may be the batch, on whose size no code depends
     side   few inside: all of them together, over all reduced; the weights of a window are such
     block  many inside: some of them together */
#include "lower/emit.h"
#include "lower/kinds/fold.h"

#include <math.h>
#include <stdio.h>

enum {
	COLUMNS = 32,     /* that a task sums side by side: one cache line of a GPU, and more */
	MOST_SLICES = 8,  /* rows that each slice of a sum over rows should have on a GPU, at least */
	MOST_BLOCKS = 256, /* of result rows, among which tasks are dealt out on CPUs */
	MOST_TAPS = 64,   /* rows that loops inside go over */
	UNROLLED = 32,    /* taps in a row of code */
	BLOCK = 32        /* results of a block */
};
static const char file[] = "skeletons/column.cl";

/* Rows of the input of a reduction. */
typedef struct reduced {
	size_t outer, n, inner;
} reduced;

static reduced reduced_of(mica_var x)
{
	const mica_shape *in = &x->in[0]->shape;
	reduced r = {1, in->dim[x->attr.axis], 1};
	for (size_t i = 0; i + 1 < in->rank; i++)
		*(i < x->attr.axis ? &r.outer : &r.inner) *= i == x->attr.axis ? 1 : in->dim[i];
	return r;
}

static void check_rows(mica__emitter *e)
{
	const mica__group *g = e->g;
	size_t rows;
	if (!mica__mul(g->rows, reduced_of(g->anchor).n, &rows) || rows > INT32_MAX)
		mica__size(e, (size_t)INT32_MAX + 1, "g input rows"); /* says that it is too many */
}

static mica__at row_at(const mica__emitter *e, const char *row)
{
	mica__at at = mica__here(e);
	at.lead = mica__literal(row, MICA__PER_ROW);
	return at;
}

/* ---- CPUs ---- */

/* What the three ways have in common: `side` results together, `taps` rows in the loops inside; accumulators of reduction
   number i are A<i>, indices of an argmax I<i>, and the one at hand is `slot` of them. */
typedef struct loops {
	size_t side, taps;
	reduced rows;
	const char *each, *lanes, *slot; /* the loop over columns; accumulators of a result; the one at hand */
	mica_shape axes;                 /* of the input's rows, where they are known */
	size_t n_taps;                   /* the last of them: those of the loops inside */
} loops;

/* How many of the last axes make up n rows; the axes are of no use if none do. */
static size_t last_axes(mica_shape *axes, size_t n)
{
	size_t k = 0, product = 1;
	while (product < n && k < axes->rank)
		product *= axes->dim[axes->rank - 1 - k++];
	if (product != n)
		axes->rank = 0;
	return product == n ? k : 0;
}

static const char *each_column(const mica__emitter *e)
{
	if (e->g->vector)
		return mica__for_vectors(e);
	return "for (int c = x * 32; c < min(x * 32 + 32, columns); c++) {\n";
}

static void declare_accumulators(mica__emitter *e, const loops *l, mica__text *out)
{
	for (size_t i = 0; i < e->g->n_roots; i++) {
		mica_var x = e->g->roots[i];
		if (!mica__is_reduction(x))
			continue;
		const char *type = mica__type(x->in[0]->dtype, e->g->vector);
		mica__text_add(out, "%s A%zu[%zu * %s];\n", type, i, l->side, l->lanes);
		if (x->op == MICA__ARGMAX)
			mica__text_add(out, "%s I%zu[%zu * %s];\n", mica__type(MICA_I32, e->g->vector), i, l->side, l->lanes);
		mica__text_add(out, "#pragma unroll\nfor (int i = 0; i < %zu * %s; i++) {\nA%zu[i] = (%s)%s;\n", l->side, l->lanes, i, type,
		               mica__reduction_start(x));
		mica__text_add(out, x->op == MICA__ARGMAX ? "I%zu[i] = 0;\n}\n" : "}\n", i);
	}
}

/* The product of two values that x is; NULL if it is none. */
static mica_var product_below(const mica__emitter *e, mica_var x)
{
	while (x->op == MICA__RESHAPE && !mica__has_storage(e->p, x) && mica__shape_last(&x->shape) == mica__shape_last(&x->in[0]->shape))
		x = x->in[0];
	return x->op == MICA__MUL && !mica__has_storage(e->p, x) ? x : NULL;
}

/* A product is added in one expression, which compilers make one instruction of. */
static bool multiply_add(mica__emitter *e, size_t i, const char *slot)
{
	mica_var x = e->g->roots[i], y = x->op == MICA__SUM ? product_below(e, x->in[0]) : NULL;
	if (!y || !mica__dtype_real(x->dtype))
		return false;
	mica__at at = mica__here(e);
	mica__name a = mica__value(e, y->in[0], mica__operand_at(e, y, y->in[0], at));
	mica__name b = mica__value(e, y->in[1], mica__operand_at(e, y, y->in[1], at));
	mica__text_add(&e->text[MICA__PER_ELEMENT], "A%zu[%s] += %s * %s;\n", i, slot, a.s, b.s);
	return true;
}

/* Takes the value v of the row at hand into the accumulator of root number i. */
static void accumulate(mica__emitter *e, size_t i, const char *slot, mica__name v)
{
	mica_var x = e->g->roots[i];
	const char *type = mica__type(x->in[0]->dtype, e->g->vector), *whole = mica__type(MICA_I32, e->g->vector);
	mica__text *body = &e->text[MICA__PER_ELEMENT];
	if (x->op == MICA__ARGMAX) {
		mica__text_add(body, "{ const %s a = A%zu[%s], b = (%s)%s;\nconst %s%s t = b > a || (b != b && a == a);\nA%zu[%s] = t ? b : a;\n",
		               type, i, slot, type, v.s, e->g->vector ? "mask_" : "", e->g->vector ? mica__type(x->in[0]->dtype, false) : "int", i,
		               slot);
		mica__text_add(body, e->g->vector ? "I%zu[%s] = TOV_i32(t) ? (%s)along : I%zu[%s]; }\n" : "I%zu[%s] = t ? (%s)along : I%zu[%s]; }\n", i,
		               slot, whole, i, slot);
	} else {
		mica__text_add(body, "{ const %s a = A%zu[%s], b = (%s)%s;\nA%zu[%s] = ", type, i, slot, type, v.s, i, slot);
		mica__reduction_join(x, "a", "b", e->g->vector, body);
		mica__text_add(body, "; }\n");
	}
}

/* What all accumulators are that have taken in nothing. */
static double neutral(mica_var x)
{
	const mica__dtype_info *type = mica__dtype_describe(mica__dtype_describe(x->in[0]->dtype)->computed);
	bool real = mica__dtype_real(x->in[0]->dtype);
	if (x->op == MICA__SUM || x->op == MICA__PROD)
		return x->op == MICA__PROD;
	if (x->op == MICA__REDUCE_MIN)
		return real ? (double)INFINITY : type->most;
	return real ? -(double)INFINITY : type->least;
}

/* Takes row r into all accumulators; it is passed over where it is outside of what all of them move. */
static void accumulate_all(mica__emitter *e, const loops *l)
{
	mica__group *g = e->g;
	mica__name v, inside = {.s = ""}, of_this = {.s = ""};
	bool guarded = true;
	for (size_t i = 0; i < g->n_roots && guarded; i++) {
		mica_var x = g->roots[i];
		if (!mica__is_reduction(x))
			continue;
		guarded = mica__move_inside(e, x->in[0], mica__here(e), neutral(x), &of_this, &v) &&
		          (!inside.s[0] || mica__is(inside, of_this.s));
		inside = of_this;
	}
	if (guarded && !mica__is(inside, "1"))
		mica__text_add(&e->text[MICA__PER_ROW], "if (!%s)\ncontinue;\n", inside.s);
	for (size_t i = 0; i < g->n_roots; i++) {
		mica_var x = g->roots[i];
		if (!mica__is_reduction(x))
			continue;
		if (multiply_add(e, i, l->slot))
			continue;
		if (!guarded || !mica__move_inside(e, x->in[0], mica__here(e), neutral(x), &inside, &v))
			v = mica__value(e, x->in[0], mica__here(e));
		accumulate(e, i, l->slot, v);
	}
}

/* The loops inside, for row f of those around them.  Where all taps of it are within the edges of what they see, no
   coordinate is tested. */
static mica__text taps_of_row(mica__emitter *e, const loops *l, const char *along)
{
	mica__text text[2] = {{0}, {0}}, out = {0};
	for (int tested = 0; tested < 2; tested++) {
		mica__text body = {0};
		e->within = !tested;
		mica__forget(e, MICA__PER_ROW);
		accumulate_all(e, l);
		mica__text row = mica__take(e, MICA__PER_ROW), each = mica__take(e, MICA__PER_ELEMENT);
		mica__text_add(&body, "const int r = f * %zu + k, along = %s;\n%s#pragma unroll\n%s%s}\n", l->taps, along, mica__text_string(&row),
		               l->each, mica__text_string(&each));
		mica__loop_taps(e, l->taps, !tested && l->taps <= UNROLLED, mica__text_string(&body), &text[tested]);
		mica__done(e, &row);
		mica__done(e, &each);
		mica__done(e, &body);
		if (!e->edges.n)
			break;
	}
	if (e->edges.n)
		mica__text_add(&out, "if (1%s) {\n%s} else {\n%s}\n", mica__text_string(&e->edges), mica__text_string(&text[0]),
		               mica__text_string(&text[1]));
	else
		mica__text_append(&out, mica__text_string(&text[0]), text[0].n);
	e->within = false;
	mica__done(e, &e->edges);
	mica__done(e, &text[0]);
	mica__done(e, &text[1]);
	mica__forget(e, MICA__PER_ROW);
	return out;
}

/* What is made of finished accumulators, in the row of that name: its text per row, then the loop over columns. */
static mica__text results(mica__emitter *e, const loops *l, const char *row)
{
	mica__text out = {0}, names = {0};
	for (size_t i = 0; i < e->g->n_roots; i++) {
		mica_var x = e->g->roots[i];
		mica__name n = {.level = MICA__PER_ELEMENT, .vector = e->g->vector};
		if (!mica__is_reduction(x))
			continue;
		snprintf(n.s, sizeof n.s, "a%zu", i);
		mica__text_add(&names, "const %s a%zu = %c%zu[%s];\n", mica__type(x->dtype, e->g->vector), i, x->op == MICA__ARGMAX ? 'I' : 'A', i,
		               l->slot);
		mica__remember(e, x, row_at(e, row), n);
	}
	mica__put_elements(e, row_at(e, row));
	mica__text of_row = mica__take(e, MICA__PER_ROW), each = mica__take(e, MICA__PER_ELEMENT);
	mica__text_add(&out, "%s#pragma unroll\n%s%s%s}\n", mica__text_string(&of_row), l->each, mica__text_string(&names),
	               mica__text_string(&each));
	mica__done(e, &names);
	mica__done(e, &of_row);
	mica__done(e, &each);
	return out;
}

static void write_taps(mica__emitter *e, loops *l, mica__text *out)
{
	mica__group *g = e->g;
	size_t block = mica__ceil_div(g->rows, MOST_BLOCKS);
	mica_shape axes = l->axes;
	mica__text body = {0}, lines = {0};
	g->along = mica__ceil_div(g->rows, block ? block : 1);
	mica__know_rows(e, "r", &axes, l->n_taps);
	mica__text taps = taps_of_row(e, l, "k");
	axes.rank -= l->n_taps;
	mica__know_rows(e, "f", &axes, 0);
	mica__text after = results(e, l, "f");
	declare_accumulators(e, l, &body);
	mica__text_add(&body, "%s%s", mica__text_string(&taps), mica__text_string(&after));
	mica__loop_rows(e, "f", "f0", "f1", mica__text_string(&body), &lines);
	mica__loops(e, out, file, "taps", MICA__HOLES({"rows", mica__rows(e).s}, {"row_block", mica__size(e, block, "g row block").s},
	            {"columns", mica__columns(e).s}, {"lines", mica__text_string(&lines)}));
	mica__done(e, &taps);
	mica__done(e, &after);
	mica__done(e, &body);
	mica__done(e, &lines);
}

static void write_side(mica__emitter *e, loops *l, mica__text *out)
{
	mica__group *g = e->g;
	size_t block = mica__ceil_div(l->rows.outer, MOST_BLOCKS);
	mica__text accumulators = {0}, lines = {0};
	char side[24];
	snprintf(side, sizeof side, "%zu", l->side);
	g->along = mica__ceil_div(l->rows.outer, block ? block : 1);
	mica__know_rows(e, "r", &l->axes, l->n_taps);
	mica__text taps = taps_of_row(e, l, "f - f0");
	mica__loop_rows(e, "f", "f0", "f1", mica__text_string(&taps), &lines);
	e->rows.n = 0;
	mica__text after = results(e, l, "q");
	declare_accumulators(e, l, &accumulators);
	mica__loops(e, out, file, "side", MICA__HOLES({"outer", mica__size(e, l->rows.outer, "g outer").s},
	            {"block", mica__size(e, block, "g row block").s}, {"n", mica__size(e, l->rows.n, "g reduced").s}, {"side", side},
	            {"columns", mica__columns(e).s}, {"accumulators", mica__text_string(&accumulators)},
	            {"lines", mica__text_string(&lines)}, {"after", mica__text_string(&after)}));
	mica__done(e, &taps);
	mica__done(e, &after);
	mica__done(e, &accumulators);
	mica__done(e, &lines);
}

static void write_block(mica__emitter *e, loops *l, mica__text *out)
{
	mica__group *g = e->g;
	size_t blocks = mica__ceil_div(l->rows.inner, BLOCK), each = mica__ceil_div(l->rows.outer * blocks, MOST_BLOCKS * 16);
	mica__text accumulators = {0}, lines = {0}, body = {0};
	char side[24];
	snprintf(side, sizeof side, "%d", BLOCK);
	g->along = mica__ceil_div(l->rows.outer, each ? each : 1) * blocks;
	mica__know_rows(e, "r", &l->axes, 0);
	accumulate_all(e, l);
	mica__text row = mica__take(e, MICA__PER_ROW), elements = mica__take(e, MICA__PER_ELEMENT);
	mica__forget(e, MICA__PER_ROW);
	mica__text_add(&body, "const int k = r - r0;\n%s#pragma unroll\n%s%s}\n", mica__text_string(&row), l->each,
	               mica__text_string(&elements));
	mica__loop_rows(e, "r", "r0", "r0 + left", mica__text_string(&body), &lines);
	e->rows.n = 0;
	mica__text after = results(e, l, "q");
	declare_accumulators(e, l, &accumulators);
	mica__loops(e, out, file, "block", MICA__HOLES({"outer", mica__size(e, l->rows.outer, "g outer").s},
	            {"block", mica__size(e, each, "g row block").s}, {"n", mica__size(e, l->rows.n, "g reduced").s}, {"side", side},
	            {"inner", mica__size(e, l->rows.inner, "g inner").s}, {"blocks", mica__size(e, blocks, "g blocks").s},
	            {"columns", mica__columns(e).s}, {"accumulators", mica__text_string(&accumulators)},
	            {"lines", mica__text_string(&lines)}, {"after", mica__text_string(&after)}));
	mica__done(e, &row);
	mica__done(e, &elements);
	mica__done(e, &body);
	mica__done(e, &after);
	mica__done(e, &accumulators);
	mica__done(e, &lines);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	loops l = {.side = 1, .taps = 1, .rows = reduced_of(g->anchor), .each = each_column(e), .lanes = g->vector ? "(PW / V)" : "32"};
	bool taps = l.rows.outer > 1 && l.rows.n && l.rows.inner == 1 && l.rows.n <= MOST_TAPS, block = !taps && l.rows.inner > MOST_TAPS;
	check_rows(e);
	g->across = mica__ceil_div(g->columns, g->vector ? mica__panel_width(e->p) : COLUMNS);
	l.axes = mica__axes_of_rows(e, g->rows * l.rows.n);
	l.slot = g->vector ? "k * (PW / V) + h / V" : "k * 32 + c - x * 32";
	if (taps) {
		l.taps = l.rows.n;
		l.slot = g->vector ? "h / V" : "c - x * 32";
	} else if (block) {
		l.side = BLOCK;
	} else {
		l.side = l.taps = l.rows.inner ? l.rows.inner : 1; /* OpenCL has no array of none, even where no task declares it */
	}
	l.n_taps = block ? 0 : last_axes(&l.axes, l.taps);
	(taps ? write_taps : block ? write_block : write_side)(e, &l, out);
}

/* ---- GPUs ---- */

/* A work-group makes `side` results side by side; the rows of each are dealt out to `slices` of its items. */
static size_t slices_per_result(const mica__emitter *e)
{
	const mica__group *g = e->g;
	size_t group = e->p->device.group_size, side = mica__power_of_two(g->rows * g->columns, COLUMNS), n = 1;
	while (side * n < group && reduced_of(g->anchor).n >= 2 * n * MOST_SLICES && g->rows * g->columns * n < MICA__FEW_GROUPS * group)
		n *= 2;
	return n;
}

/* The reductions' numbers among the roots; how many there are. */
static size_t reductions(const mica__emitter *e, size_t *which)
{
	size_t n = 0;
	for (size_t i = 0; i < e->g->n_roots; i++)
		if (mica__is_reduction(e->g->roots[i]))
			which[n++] = i;
	return n;
}

static void simt(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	size_t group = e->p->device.group_size, results = mica__count_elements(e, g->rows, g->columns), n_slices = slices_per_result(e);
	reduced r = reduced_of(g->anchor);
	size_t *which = mica__alloc(g->n_roots, sizeof *which), n = which ? reductions(e, which) : 0;
	if (!which)
		e->st = e->st == MICA_OK ? MICA_ENOMEM : e->st;
	check_rows(e);
	g->across = mica__ceil_div(results, group / n_slices);
	g->along = 1;
	mica__name slices = mica__size(e, n_slices, "g slices"), side = mica__size(e, group / n_slices, "g side");
	mica__text start = {0}, fold = {0};
	for (size_t i = 0; i < n; i++) {
		mica_var x = g->roots[which[i]];
		mica__fold_declare(x, which[i], "slice", &start);
		mica__fold_add(e, x, which[i], mica__value(e, x->in[0], mica__here(e)), "k");
	}
	mica__text each = mica__take_all(e);
	mica__forget(e, MICA__PER_ROW);
	mica__fold(e, which, n, "slice", slices.s, side.s, &fold);
	for (size_t i = 0; i < n; i++) {
		mica__name f = {.level = MICA__PER_ELEMENT};
		snprintf(f.s, sizeof f.s, "f%zu", which[i]);
		mica__remember(e, g->roots[which[i]], row_at(e, "q"), f);
	}
	mica__put_elements(e, row_at(e, "q"));
	mica__text after = mica__take_all(e);
	mica__wait_for_reads(e, &fold);
	mica__loops(e, out, file, "simt", MICA__HOLES(
	            {"rows", mica__rows(e).s}, {"columns", mica__columns(e).s}, {"n", mica__size(e, r.n, "g reduced").s},
	            {"inner", mica__size(e, r.inner, "g inner").s}, {"slices", slices.s}, {"side", side.s},
	            {"start", mica__text_string(&start)}, {"each", mica__text_string(&each)}, {"fold", mica__text_string(&fold)},
	            {"after", mica__text_string(&after)}));
	mica__free(which);
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

static bool together(const mica__plan *p, const mica__group *a, const mica__group *b)
{
	(void)p;
	reduced r = reduced_of(a->anchor), s = reduced_of(b->anchor);
	return r.outer == s.outer && r.n == s.n && r.inner == s.inner;
}

const mica__kind mica__column_kind = {
	.name = "col", .takes = takes, .together = together, .after = true, .siblings = true, .vectors = true, .cpu = cpu, .simt = simt,
};
