/* SPDX-License-Identifier: MIT */
/* graph/node.c - nodes: made of checked operands, compared, mapped to their inputs, put in order. */
#include "graph/node.h"

#include <stdlib.h>
#include <string.h>

const mica__op_info *const mica__ops[MICA__OP_COUNT] = {
#define X(id, name, arity, types, heavy, gradient, expression) [MICA__##id] = &mica__op_##id,
	MICA__ELEMENTWISE(X)
#undef X
#define X(id) [MICA__##id] = &mica__op_##id,
	MICA__STRUCTURAL(X)
#undef X
};

/* ---- making ---- */

mica_graph *mica__operands(const char *op, const mica_var *in, size_t n, mica_var *bad)
{
	mica_graph *g = NULL;
	for (size_t i = 0; in && i < n && !g; i++)
		g = in[i] ? in[i]->g : NULL;
	*bad = g ? &g->failed : NULL;
	if (!g)
		mica__fail_null("%s: %s", op, n ? "NULL is no var; look at the call that gave it" : "no operands; at least one is needed");
	if (!g || g->status != MICA_OK)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!in[i]) {
			mica__graph_fail_null(g, "%s: operand %zu of %zu is NULL; look at the call that gave it", op, i + 1, n);
			return NULL;
		}
		if (in[i]->g == g)
			continue;
		/* Both of them are broken by it. */
		mica__graph_fail(in[i]->g, MICA_EINVAL, "%s: operands of two different graphs", op);
		mica__graph_fail(g, MICA_EINVAL, "%s: operands of two different graphs; make both in one", op);
		return NULL;
	}
	return g;
}

bool mica__axis(mica_var x, const char *op, int axis, size_t *out)
{
	long rank = (long)x->shape.rank, a = axis < 0 ? axis + rank : axis;
	if (a < 0 || a >= rank)
		mica__graph_fail(x->g, MICA_EINVAL, "%s: axis %d of shape %s, which has %ld axes", op, axis, mica__shape_text(&x->shape), rank);
	*out = a < 0 || a >= rank ? 0 : (size_t)a;
	return x->g->status == MICA_OK;
}

/* Whether op calculates with its operands, and so must have them as what they are computed as; others only carry them. */
static bool calculates(const mica__op_info *op)
{
	return op->expression || op->family == MICA__FAMILY_REDUCTION || op->family == MICA__FAMILY_KERNEL;
}

/* The loop at whose steps a node of these inputs has its values. */
static bool common_loop(mica_graph *g, const char *name, const mica_var *in, size_t n_in, uint32_t *out)
{
	for (size_t i = 0; i < n_in; i++) {
		uint32_t loop = in[i]->loop;
		if (loop && *out && loop != *out)
			mica__graph_fail(g, MICA_EUNSUPPORTED, "%s: operands have values at the steps of two loops; loops do not nest: "
			                 "end one, and take mica_scan_stack or mica_scan_last of it", name);
		else if (loop && !g->loops[loop - 1]->open)
			mica__graph_fail(g, MICA_EINVAL, "%s: operand %zu has a value at each step of a loop that has ended; take "
			                 "mica_scan_stack of it, or mica_scan_last of a carry", name, i + 1);
		*out = loop ? loop : *out;
	}
	return g->status == MICA_OK;
}

mica_var mica__node(mica_graph *g, mica__op op, mica_dtype t, const mica_shape *s, const mica_var *in, size_t n_in,
                    const mica__attr *attr)
{
	const char *name = mica__op_describe(op)->name;
	size_t count;
	uint32_t loop = 0;
	mica_var bad;
	if (g->status != MICA_OK)
		return &g->failed;
	if (n_in && mica__operands(name, in, n_in, &bad) != g)
		return mica__graph_fail(g, MICA_EINVAL, "%s: an operand of another graph; make it in this one", name);
	if (mica__op_describe(op)->family != MICA__FAMILY_LOOP && !common_loop(g, name, in, n_in, &loop))
		return &g->failed;
	for (size_t i = 0; i < n_in && calculates(mica__op_describe(op)); i++)
		if (!mica__dtype_computes(in[i]->dtype))
			return mica__graph_fail(g, MICA_EINVAL, "%s: type %s; cast it to %s", name, mica__dtype_name(in[i]->dtype),
			                        mica__dtype_name(mica__dtype_describe(in[i]->dtype)->computed));
	if (s->rank > MICA_MAX_RANK)
		return mica__graph_fail(g, MICA_ESHAPE, "%s: rank %zu, at most %d", name, s->rank, MICA_MAX_RANK);
	if (!mica__shape_checked_count(s, &count))
		return mica__graph_fail(g, MICA_EOVERFLOW, "%s: shape %s has too many elements", name, mica__shape_text(s));
	struct mica_node *x = g->n < UINT32_MAX ? mica__alloc(1, sizeof *x + n_in * sizeof(mica_var)) : NULL;
	if (!x || mica__grow(&g->nodes, &g->capacity, g->n + 1, sizeof *g->nodes) != MICA_OK) {
		mica__free(x);
		return mica__graph_fail(g, MICA_ENOMEM, "%s: no memory for node %zu", name, g->n);
	}
	x->g = g;
	x->scope = g->scope;
	x->id = (uint32_t)g->n;
	x->loop = loop;
	x->op = op;
	x->dtype = t;
	x->shape = *s;
	for (size_t i = s->rank; i < MICA_MAX_RANK; i++)
		x->shape.dim[i] = 0;
	if (attr)
		x->attr = *attr;
	x->in = (mica_var *)(x + 1);
	x->n_in = n_in;
	if (n_in)
		memcpy(x->in, in, n_in * sizeof *in);
	g->nodes[g->n++] = x;
	return x;
}

mica_var mica__node_of_loop(mica_graph *g, uint32_t loop, mica__op op, mica_dtype t, const mica_shape *s, const mica_var *in,
                            size_t n_in, const mica__attr *attr)
{
	mica_var x = mica__node(g, op, t, s, in, n_in, attr);
	if (!x->failed)
		x->loop = loop;
	return x;
}

/* ---- equality ---- */

enum { MOST_WORDS = 2 * MICA_MAX_RANK + 1 };

static size_t put_sizes(uint64_t *out, const size_t *sizes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = sizes[i];
	return n;
}

static size_t put_window(uint64_t *out, const mica__window *w)
{
	const size_t *of_axes[] = {w->taps, w->stride, w->dilation, w->before, w->after};
	size_t n = 0;
	for (size_t i = 0; i < MICA__COUNT(of_axes); i++)
		n += put_sizes(out + n, of_axes[i], w->axes);
	return n;
}

static uint64_t bits_of(double v) /* so that -0 is not 0, and a NaN is itself */
{
	uint64_t bits;
	memcpy(&bits, &v, sizeof bits);
	return bits;
}

/* The attributes that x uses, and nothing else of the union. */
static size_t attributes(const struct mica_node *x, uint64_t out[MOST_WORDS])
{
	const mica__attr *a = &x->attr;
	size_t rank = x->shape.rank;
	switch (mica__op_of(x)->uses) {
	case MICA__USES_NOTHING: return 0;
	case MICA__USES_VALUE: return out[0] = bits_of(a->value), 1;
	case MICA__USES_AXIS: return put_sizes(out, &a->axis, 1);
	case MICA__USES_ALONG: return out[0] = a->along.axis, out[1] = a->along.run, out[2] = a->along.backward, 3;
	case MICA__USES_ROWS: return put_sizes(out, &a->rows, 1);
	case MICA__USES_PERM: return put_sizes(out, a->perm, rank);
	case MICA__USES_SLICE: return put_sizes(out, a->slice.start, rank) + put_sizes(out + rank, a->slice.step, rank);
	case MICA__USES_PAD_MODE: return out[rank] = a->mode.how, put_sizes(out, a->mode.before, rank) + 1;
	case MICA__USES_PAD: return out[rank] = bits_of(a->pad.value), put_sizes(out, a->pad.before, rank) + 1;
	case MICA__USES_ATTENTION:
		return out[0] = bits_of(a->attention.scale), out[1] = a->attention.causal, out[2] = a->attention.part, 3;
	case MICA__USES_WINDOW: return out[0] = bits_of(a->window.outside), put_window(out + 1, &a->window.shape) + 1;
	case MICA__USES_RANDOM: return out[0] = a->random.seed, out[1] = a->random.stream, 2;
	}
	return 0;
}

uint64_t mica__node_hash(const struct mica_node *x)
{
	uint64_t words[5 + MICA_MAX_RANK + MOST_WORDS] = {(uint64_t)x->op, (uint64_t)x->dtype, x->shape.rank, x->n_in, x->loop};
	size_t n = 5;
	if (mica__is_leaf(x))
		words[n++] = x->id;
	n += put_sizes(words + n, x->shape.dim, x->shape.rank);
	n += attributes(x, words + n);
	uint64_t h = mica__hash(0, words, n * sizeof words[0]);
	for (size_t i = 0; i < x->n_in; i++)
		h = mica__hash(h, &x->in[i]->id, sizeof x->in[i]->id);
	return h;
}

bool mica__node_equal(const struct mica_node *a, const struct mica_node *b)
{
	uint64_t of_a[MOST_WORDS], of_b[MOST_WORDS];
	if (a == b)
		return true;
	if (a->op != b->op || a->dtype != b->dtype || a->loop != b->loop || a->n_in != b->n_in || mica__is_leaf(a) ||
	    !mica__shape_equal(&a->shape, &b->shape))
		return false;
	for (size_t i = 0; i < a->n_in; i++)
		if (a->in[i] != b->in[i])
			return false;
	size_t n = attributes(a, of_a);
	attributes(b, of_b);
	return !memcmp(of_a, of_b, n * sizeof of_a[0]);
}

/* ---- maps ---- */

static void pointwise_map(const struct mica_node *x, const struct mica_node *in, mica__map *out)
{
	size_t extra = x->shape.rank - in->shape.rank;
	for (size_t i = 0; i < in->shape.rank; i++) {
		if (in->shape.dim[i] == 1 && x->shape.dim[i + extra] != 1)
			continue; /* broadcast: always its element 0 */
		out->axis[i].from = i + extra;
		out->axis[i].step = 1;
	}
}

mica__map mica__map_of(const struct mica_node *x, size_t i)
{
	mica__map m = {.linear = false};
	for (size_t k = 0; k < MICA_MAX_RANK; k++) {
		m.axis[k].from = m.axis[k].from2 = MICA__NO_AXIS;
		m.axis[k].divisor = 1;
	}
	if (mica__op_of(x)->map)
		mica__op_of(x)->map((mica_var)(uintptr_t)x, i, &m);
	else if (mica__is_pointwise(x))
		pointwise_map(x, x->in[i], &m);
	return m;
}

static bool pointwise_reshape(mica_var x, const mica_shape *s, size_t i, mica_shape *out)
{
	mica_var in = x->in[i];
	*out = mica__shape_equal(&in->shape, &x->shape) ? *s : MICA_SCALAR_SHAPE;
	return mica__shape_equal(&in->shape, &x->shape) || mica_var_count(in) == 1;
}

bool mica__reshape_through(mica_var x, const mica_shape *s, size_t i, mica_shape *out)
{
	const mica__op_info *op = mica__op_of(x);
	if (op->reshape)
		return op->reshape(x, s, i, out);
	return op->family == MICA__FAMILY_POINTWISE && pointwise_reshape(x, s, i, out);
}

/* Whether an index is another one along x's last axis. */
static bool indexed_along_last(const struct mica_node *x, const mica__map *m, size_t rank)
{
	bool indexed = false, along = false;
	for (size_t k = 0; k < rank; k++)
		indexed = indexed || m->axis[k].indexed;
	if (!indexed)
		return false;
	mica__map index = mica__map_of(x, 1);
	for (size_t k = 0; k < x->in[1]->shape.rank; k++)
		along = along || index.axis[k].from == x->shape.rank - 1;
	return along;
}

bool mica__keeps_last_axis(const struct mica_node *x, size_t i)
{
	const mica_shape *s = &x->shape, *in = &x->in[i]->shape;
	if (!s->rank || !in->rank || s->dim[s->rank - 1] != in->dim[in->rank - 1])
		return false;
	mica__map m = mica__map_of(x, i);
	size_t last = in->rank - 1;
	if (m.linear)
		return true;
	if (indexed_along_last(x, &m, in->rank))
		return false;
	for (size_t k = 0; k < last; k++) /* the last axis leads elsewhere too: a diagonal */
		if (m.axis[k].from == s->rank - 1 || m.axis[k].from2 == s->rank - 1)
			return false;
	return m.axis[last].from == s->rank - 1 && m.axis[last].from2 == MICA__NO_AXIS && m.axis[last].start == 0 &&
	       m.axis[last].step == 1 && m.axis[last].divisor == 1 && !m.axis[last].bounded;
}

/* ---- order ---- */

static int by_id(const void *a, const void *b)
{
	const struct mica_node *x = *(const mica_var *)a, *y = *(const mica_var *)b;
	return (x->id > y->id) - (x->id < y->id);
}

typedef struct walk {
	uint64_t number;
	mica_var *found; /* each once; those from next on have inputs still to be looked at */
	size_t n, next, capacity;
} walk;

static bool reach(walk *w, mica_var x)
{
	if (x->walk == w->number)
		return true;
	x->walk = w->number;
	if (mica__grow(&w->found, &w->capacity, w->n + 1, sizeof *w->found) != MICA_OK)
		return false;
	w->found[w->n++] = x;
	return true;
}

mica_var *mica__topological(const mica_var *roots, size_t n, size_t *n_out)
{
	walk w = {.capacity = 0};
	bool fits = mica__grow(&w.found, &w.capacity, 1, sizeof *w.found) == MICA_OK;
	for (size_t i = 0; i < n; i++) {
		if (!roots[i] || roots[i]->failed)
			continue;
		w.number = w.number ? w.number : ++roots[i]->g->walks;
		fits = fits && reach(&w, roots[i]);
	}
	for (; fits && w.next < w.n; w.next++) {
		mica_var x = w.found[w.next];
		for (size_t j = 0; fits && j < x->n_in; j++)
			fits = reach(&w, x->in[j]);
		mica_var next = x->op == MICA__CARRY ? mica__next_of(x) : NULL;
		fits = fits && (!next || reach(&w, next));
	}
	if (!fits) {
		mica__free(w.found);
		return NULL;
	}
	qsort(w.found, w.n, sizeof *w.found, by_id); /* inputs have smaller numbers */
	for (size_t i = 0; i < w.n; i++)
		w.found[i]->order = i;
	*n_out = w.n;
	return w.found;
}
