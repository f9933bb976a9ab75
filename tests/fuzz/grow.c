/* SPDX-License-Identifier: MIT */
/* fuzz/grow.c - makes random graphs.  A pool of values grows by one operation after another: products and what networks are made of,
   loops, gradients, and those of operations.c. */
#include "fuzz/grow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void product(pool *p)
{
	static const size_t sizes[] = {1, 2, 3, 5, 8, 16, 17, 33, 40};
	fuzz *f = p->f;
	const value *a = pool_pick(p, has_matrix, NULL);
	if (!a)
		return;
	mica_var x = a->x, other;
	mica_dtype t = x->dtype;
	mica_shape s = x->shape;
	size_t rank = s.rank, n = sizes[below(f, 9)], batch = mica__shape_count(&s) / (s.dim[rank - 1] * s.dim[rank - 2] + 1) + 1;
	if (batch * (n * s.dim[rank - 1] + n * s.dim[rank - 2]) > MOST_COUNT * 4)
		return;
	switch (below(f, 5)) {
	case 0: /* with itself, turned */
		if (batch * s.dim[rank - 2] * s.dim[rank - 2] < MOST_COUNT)
			pool_keep(p, mica_op_matmul(x, mica_op_transpose(x, NULL)));
		return;
	case 1:
		if (batch * s.dim[rank - 1] * s.dim[rank - 1] < MOST_COUNT)
			pool_keep(p, mica_op_matmul(mica_op_transpose(x, NULL), x));
		return;
	case 2: { /* one matrix for all */
		other = pool_leaf(p, true, t, MICA_SHAPE(s.dim[rank - 1], n));
		pool_keep(p, other);
		mica_var y = mica_op_matmul(x, other);
		pool_keep(p, y);
		pool_keep(p, chance(f, 50) ? mica_op_tanh(y) : mica_op_add(y, pool_leaf(p, true, t, MICA_SHAPE(n))));
		return;
	}
	case 3: /* b turned */
		s.dim[rank - 2] = n;
		other = pool_leaf(p, chance(f, 50), t, s);
		pool_keep(p, other);
		pool_keep(p, mica_op_matmul(x, mica_op_transpose(other, NULL)));
		return;
	default: /* from the left */
		s.dim[rank - 1] = s.dim[rank - 2];
		s.dim[rank - 2] = n;
		if (chance(f, 30))
			s = MICA_SHAPE(s.dim[rank - 2], s.dim[rank - 1]);
		pool_keep(p, mica_op_matmul(pool_leaf(p, false, t, s), x));
	}
}

/* Of a value of the pool, sometimes with itself, with fewer heads, with a mask that is read or computed. */
static void attention(pool *p)
{
	static const size_t lengths[] = {1, 2, 5, 16, 17, 33, 70, 140};
	fuzz *f = p->f;
	const value *a = pool_pick(p, has_matrix, NULL);
	if (!a || value_largest(a) > 4 || a->x->shape.rank > 4)
		return;
	mica_var q = a->x, k = q, v = q;
	mica_shape s = q->shape;
	size_t rank = s.rank, lk = lengths[below(f, 8)], heads = rank > 2 ? s.dim[rank - 3] : 1;
	if (chance(f, 75)) {
		mica_shape t = s;
		t.dim[rank - 2] = lk;
		if (rank > 2 && heads > 1 && chance(f, 40))
			t.dim[rank - 3] = heads % 2 || chance(f, 50) ? 1 : heads / 2;
		k = fuzz_leaf(f, chance(f, 30), q->dtype, t, -2, 2);
		t.dim[rank - 1] = 1 + below(f, 20);
		v = fuzz_leaf(f, chance(f, 30), q->dtype, t, -2, 2);
	}
	lk = k->shape.dim[rank - 2];
	mica_shape scores = s;
	scores.dim[rank - 1] = lk;
	mica_attention_opts o = {.causal = chance(f, 40), .scale = chance(f, 30) ? 0.3 : 0};
	if (mica__shape_count(&scores) > MOST_COUNT * 4)
		return;
	if (chance(f, 40)) {
		mica_shape m = scores;
		for (size_t i = 0; i < rank; i++)
			m.dim[i] = chance(f, 40) ? 1 : m.dim[i];
		bool hides = chance(f, 40);
		o.mask = fuzz_leaf(f, false, hides ? MICA_I32 : f->real, m, hides ? 0 : -2, hides ? 3 : 2);
		if (!hides && chance(f, 30))
			o.mask = mica_op_flip(o.mask, (int)rank - 1);
	}
	pool_keep(p, mica_op_attention(q, k, v, &o));
}

static bool has_real_space(const value *v, const void *with)
{
	const mica_shape *s = &v->x->shape;
	(void)with;
	return v->x->dtype == v->x->g->real && s->rank > 2 && s->rank <= 2 + MICA_WINDOW_AXES && s->dim[s->rank - 1] > 0;
}

/* Windows of a few taps, with any padding; weights from a leaf, for one group of channels or, where they divide, for some. */
static void convolution(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, has_real_space, NULL);
	if (!a)
		return;
	mica_shape s = a->x->shape, w = s;
	size_t axes = s.rank - 2, c = s.dim[axes + 1], filters[] = {1, 2, 3, 6, 16, 17, 24, 40}, groups = 2 + below(f, 2);
	mica_window_opts o = {.padding = (mica_padding)below(f, 4)};
	bool transposed = chance(f, 25);
	o.padding = transposed && o.padding == MICA_CAUSAL ? MICA_SAME : o.padding;
	for (size_t i = 0; i < axes; i++) {
		size_t n = s.dim[i + 1], room;
		o.stride[i] = 1 + below(f, 3) * chance(f, 40);
		o.dilation[i] = 1 + below(f, 3) * chance(f, 25);
		if (o.padding == MICA_EXPLICIT && !transposed) {
			o.before[i] = below(f, 4);
			o.after[i] = below(f, 3);
		}
		room = o.padding == MICA_SAME || o.padding == MICA_CAUSAL || transposed ? 3 : n + o.before[i] + o.after[i];
		w.dim[i] = 1 + below(f, 4);
		if (!n || !room)
			return;
		if ((w.dim[i] - 1) * o.dilation[i] + 1 > room)
			w.dim[i] = 1;
	}
	size_t k = filters[below(f, sizeof filters / sizeof filters[0])];
	groups = !transposed && c % groups == 0 && chance(f, 30) ? groups : 1;
	w.dim[axes] = transposed ? k : c / groups;
	w.dim[axes + 1] = transposed ? c : k * groups;
	if (mica__shape_count(&w) > MOST_COUNT || mica__shape_count(&w) * mica_var_count(a->x) > 2000000)
		return;
	mica_var v = pool_leaf(p, chance(f, 50), f->real, w);
	pool_keep(p, transposed ? mica_op_conv_transpose(a->x, v, &o, NULL) : mica_op_conv(a->x, v, &o));
}

/* What networks are made of: a row is reduced and the result goes back to its elements. */
static void pattern(pool *p)
{
	const value *a = pool_pick(p, is_real, NULL);
	if (!a || !a->x->shape.rank || value_largest(a) > 50)
		return;
	mica_var x = a->x, y;
	uint32_t axes = chance(p->f, 70) ? MICA_AXIS(x->shape.rank - 1) : MICA_AXIS(below(p->f, x->shape.rank));
	switch (below(p->f, 3)) {
	case 0:
		y = mica_op_exp(mica_op_sub(x, mica_op_reduce_max(x, axes, true)));
		pool_keep(p, mica_op_div(y, mica_op_sum(y, axes, true)));
		break;
	case 1:
		y = mica_op_sub(x, mica_op_mean(x, axes, true));
		pool_keep(p, mica_op_mul(y, mica_op_rsqrt(mica_op_addc(mica_op_mean(mica_op_square(y), axes, true), 0.01))));
		break;
	default:
		y = mica_op_sub(x, mica_op_reduce_max(x, axes, true));
		pool_keep(p, mica_op_sub(y, mica_op_log(mica_op_sum(mica_op_exp(y), axes, true))));
	}
}

/* Attention has no second derivative. */
static bool has_gradient(mica_var y)
{
	size_t n;
	bool good = true;
	mica_var *order = mica__topological(&y, 1, &n);
	if (!order)
		abort();
	for (size_t i = 0; i < n; i++)
		good = good && order[i]->op != MICA__ATTENTION_GRADIENT;
	mica__free(order);
	return good;
}

static bool may_be_carried(const value *v, const void *with)
{
	(void)with;
	return mica__dtype_real(v->x->dtype) && v->x->shape.rank < MICA_MAX_RANK && mica_var_count(v->x) <= MOST_COUNT / 8 &&
	       value_largest(v) < 50;
}

/* One thing that a body makes of its carry h: with a row of a sequence, a value from outside, a product, or along an axis. */
static mica_var body(pool *p, mica_scan *s, size_t steps, mica_var h)
{
	fuzz *f = p->f;
	mica_shape one = h->shape, all = mica__stacked(steps, &one);
	size_t rank = one.rank, columns = rank ? one.dim[rank - 1] : 1;
	switch (below(f, 7)) {
	case 0: return mica_op_add(mica_op_mulc(h, 0.75), mica_scan_read(s, fuzz_leaf(f, chance(f, 40), h->dtype, all, -1, 1), 0));
	case 1: return mica_op_mul(h, mica_scan_read(s, mica_op_tanh(fuzz_leaf(f, false, h->dtype, all, -1, 1)), 0));
	case 2: return mica_op_sub(h, mica_op_sin(fuzz_leaf(f, true, h->dtype, one, -1, 1)));
	case 3:
		if (rank < 2 || columns > 64)
			return mica_op_neg(h);
		return mica_op_matmul(h, fuzz_leaf(f, true, h->dtype, MICA_SHAPE(columns, columns), -0.3, 0.3));
	case 4: return rank ? mica_op_sub(h, mica_op_mean(h, MICA_AXIS(below(f, rank)), true)) : h;
	case 5: return rank ? mica_op_flip(h, (int)below(f, rank)) : h;
	default: {
		mica_var t = mica_op_cast(mica_scan_step(s), h->dtype), some = fuzz_leaf(f, false, h->dtype, all, -1, 1);
		return mica_op_where(mica_op_gt(mica_scan_read(s, some, 0), mica_graph_fill(f->g, 0, h->dtype, MICA_SCALAR_SHAPE)),
		                     mica_op_add(h, mica_op_mulc(t, 0.25)), h); /* a mask */
	}
	}
}

/* A loop of a carry or two; what comes out of it. */
static void scan(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, may_be_carried, NULL);
	if (!a || f->n_leaves + 8 > MOST_LEAVES)
		return;
	size_t steps = chance(f, 5) ? 0 : 1 + below(f, 5);
	mica_var first = a->x, last[2], other = NULL;
	mica_scan *s = mica_scan_begin(f->g, steps, chance(f, 40));
	mica_var h = mica_scan_carry(s, first), part = body(p, s, steps, h), next = mica_op_tanh(body(p, s, steps, part));
	if (chance(f, 40)) {
		other = mica_scan_carry(s, chance(f, 50) ? first : mica_graph_fill(f->g, 0.5, first->dtype, first->shape));
		mica_scan_next(s, other, chance(f, 30) ? h : mica_op_add(mica_op_mulc(other, 0.5), part));
		next = mica_op_mul(next, mica_op_sigmoid(other));
	}
	mica_scan_next(s, h, next);
	mica_scan_end(s);
	last[0] = mica_scan_last(s, h);
	last[1] = mica_scan_last(s, other ? other : h);
	if (chance(f, 60))
		pool_keep(p, mica_scan_stack(s, chance(f, 50) ? next : part));
	if (chance(f, 30))
		pool_keep(p, mica_scan_stack(s, h));
	pool_keep(p, last[below(f, 2)]);
}

static void gradient(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, is_real, NULL);
	mica_var xs[3], d[3];
	size_t n = 0;
	if (!a)
		return;
	mica_var y = a->x; /* keep may move nothing, but be plain */
	for (size_t k = 0; k < 3; k++) {
		const value *b = pool_pick(p, is_real, NULL);
		if (b && b->x->id < y->id)
			xs[n++] = b->x;
	}
	if (!n || !has_gradient(y))
		return;
	mica_status st = mica_gradient(y, NULL, xs, n, d);
	if (st != MICA_OK) {
		fprintf(stderr, "fuzz: gradient: %s\n", mica_graph_error(f->g));
		abort();
	}
	for (size_t i = 0; i < n; i++)
		pool_keep(p, d[i]);
}

static void source(pool *p)
{
	fuzz *f = p->f;
	mica_shape s = fuzz_shape(f);
	switch (below(f, 4)) {
	case 0: pool_keep(p, mica_op_random(f->g, s, next(f), (uint32_t)below(f, 1000), NULL)); break;
	case 1:
		if (s.rank)
			pool_keep(p, mica_graph_iota(f->g, s, below(f, s.rank)));
		break;
	case 2: pool_keep(p, mica_graph_fill(f->g, (double)(float)uniform(f, -2, 2), f->real, s)); break;
	default: pool_keep(p, pool_leaf(p, chance(f, 40), fuzz_type(f), s));
	}
}

static void grow_one(pool *p)
{
	static void (*const kinds[])(pool *) = {
		grow_elementwise_one, grow_elementwise_one, grow_elementwise_one, grow_elementwise_two, grow_elementwise_two,
		grow_elementwise_two, grow_elementwise_two, grow_elementwise_three, grow_cast, grow_reshape, grow_move,
		grow_move, grow_move, grow_concat, grow_by_index, grow_along, grow_along, grow_windows, grow_windows,
		grow_reduce, grow_reduce, grow_reduce, product, product, convolution, attention, pattern, gradient, scan, scan,
		source,
	};
	kinds[below(p->f, sizeof kinds / sizeof kinds[0])](p);
}

/* ---- a whole graph ---- */

/* A value for a variable to take: something that fits, or something made of itself and a number that fits. */
static void assign(pool *p, mica_var w, uint64_t seed)
{
	const value *v = pool_pick(p, has_type_and_shape, w);
	mica_var y = v && v->x != w ? v->x : NULL;
	if (!y && !mica__dtype_computes(w->dtype))
		return;
	if (!y) {
		const value *b = pool_pick(p, is_real, NULL);
		y = mica_op_addc(w, 1);
		if (b && b->x->dtype == w->dtype)
			y = mica_op_sub(w, mica_op_mulc(mica_op_mean(b->x, MICA_ALL_AXES, false), 0.25));
	}
	measure m = measure_of(p->f, y, 3);
	double size = m.n ? fmax(fabs(m.low), fabs(m.high)) : 0;
	bool good = size < 1e6 && (mica__dtype_real(y->dtype) ? m.most_moved <= 1e-2 * size : m.most_moved == 0);
	measure_free(&m);
	if (good)
		fuzz_output(p->f, mica_op_assign(w, y), seed);
}

void fuzz_grow(fuzz *f, uint64_t seed)
{
	pool p = {.f = f};
	size_t first_leaf = f->n_leaves, steps, n;
	f->random = (seed + 1) * 0x9e3779b97f4a7c15u;
	for (size_t i = 0; i < 5; i++)
		next(f);
	n = 1 + below(f, 3);
	for (size_t i = 0; i < n; i++)
		pool_keep(&p, pool_leaf(&p, chance(f, 40), fuzz_type(f), fuzz_shape(f)));
	steps = 3 + below(f, 16);
	for (size_t i = 0; i < steps; i++)
		grow_one(&p);
	n = 1 + below(f, 4);
	for (size_t i = 0; i < n && p.n; i++) {
		mica_var y = p.v[i ? below(f, p.n) : p.n - 1].x;
		bool twice = !y->n_in && chance(f, 85); /* leaves are outputs too, but seldom */
		for (size_t k = 0; k < f->n_outputs; k++)
			twice = twice || f->outputs[k].y == y;
		if (!twice)
			fuzz_output(f, y, seed);
	}
	for (size_t i = first_leaf; i < f->n_leaves; i++)
		if (f->leaves[i].x->op == MICA__VARIABLE && chance(f, 60))
			assign(&p, f->leaves[i].x, seed);
}
