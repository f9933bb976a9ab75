/* SPDX-License-Identifier: MIT */
/* fuzz/networks.c - random pieces of what networks are made of: products, alone and several of one input, attention, convolutions
   and their residual sums, normalizations, embeddings. */
#include "fuzz/grow.h"

#include <string.h>

void grow_product(pool *p)
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

/* ---- several products ---- */

static mica_var weighted(pool *p, mica_var x, size_t n)
{
	size_t columns = mica__shape_last(&x->shape);
	if (chance(p->f, 25))
		return mica_op_matmul(x, mica_op_transpose(pool_weight(p, x->dtype, MICA_SHAPE(n, columns)), NULL));
	return mica_op_matmul(x, pool_weight(p, x->dtype, MICA_SHAPE(columns, n)));
}

/* Several of one input, each perhaps with one of a second input added, as gates have it; their results meet, or do not. */
void grow_products(pool *p)
{
	static const size_t widths[] = {1, 1, 2, 3, 4, 5, 8, 9, 16, 17, 33};
	fuzz *f = p->f;
	const value *a = pool_pick(p, has_matrix, NULL);
	if (!a || value_largest(a) > 100)
		return;
	mica_var x = a->x, h = NULL, y[4];
	mica_shape s = x->shape;
	size_t count = 2 + below(f, 3), n = widths[below(f, 11)], rows = mica_var_count(x) / (mica__shape_last(&s) + 1) + 1;
	bool alike = chance(f, 70);
	if (rows * n > MOST_COUNT || mica__shape_last(&s) * n > MOST_COUNT)
		return;
	if (chance(f, 50)) {
		s.dim[s.rank - 1] = widths[below(f, 11)];
		h = fuzz_leaf(f, chance(f, 50), x->dtype, s, -1, 1);
		pool_keep(p, h);
	}
	for (size_t i = 0; i < count; i++) {
		size_t width = alike ? n : 1 + below(f, n);
		y[i] = weighted(p, x, width);
		y[i] = h ? mica_op_add(y[i], weighted(p, h, width)) : y[i];
		y[i] = chance(f, 60) ? mica_op_add(y[i], pool_weight(p, x->dtype, MICA_SHAPE(width))) : y[i];
	}
	switch (alike ? below(f, 4) : 3 * below(f, 2)) {
	case 0: pool_keep(p, mica_op_concat(y, count, -1)); break;
	case 1: pool_keep(p, mica_op_mul(mica_op_sigmoid(y[0]), mica_op_tanh(y[1]))); break;
	case 2: /* the next are of the first's result */
		for (size_t i = 1; i < count; i++)
			y[0] = mica_op_add(y[i], weighted(p, mica_op_relu(y[0]), n));
		pool_keep(p, y[0]);
		break;
	default:
		for (size_t i = 0; i < count; i++)
			pool_keep(p, y[i]);
	}
}

/* ---- attention ---- */

static bool has_small_rows(const value *v, const void *with)
{
	return has_matrix(v, with) && v->x->shape.rank <= 4 && value_largest(v) <= 4;
}

/* Of a value of the pool or a new one, sometimes with itself, with fewer heads, with a mask that is read or computed. */
void grow_attention(pool *p)
{
	static const size_t lengths[] = {1, 2, 5, 16, 17, 33, 70, 140};
	fuzz *f = p->f;
	const value *a = chance(f, 60) ? pool_pick(p, has_small_rows, NULL) : NULL;
	mica_var q = a ? a->x : pool_weight(p, f->real, MICA_SHAPE(1 + below(f, 3), 1 + below(f, 4), lengths[below(f, 6)], 1 + below(f, 20)));
	mica_var k = q, v = q;
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
	mica_attention_opts o = {.causal = chance(f, 40), .scale = chance(f, 30) ? 0.3 : 0, .plain = chance(f, 10)};
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
	mica_var y = mica_op_attention(q, k, v, &o);
	pool_keep(p, y);
	if (chance(f, 50))
		train(p, y);
}

/* ---- convolutions ---- */

/* Of the pool, or new: what has one to three spatial axes, and channels. */
static mica_var some_space(pool *p)
{
	static const size_t channels[] = {1, 2, 3, 4, 8, 16, 17, 32}, most[] = {40, 12, 5};
	fuzz *f = p->f;
	const value *a = chance(f, 60) ? pool_pick(p, has_real_space, NULL) : NULL;
	if (a && value_largest(a) <= 100)
		return a->x;
	mica_shape s = MICA_SHAPE(1 + below(f, 3));
	for (size_t axes = 1 + below(f, 3), i = 0; i < axes; i++)
		s.dim[s.rank++] = 1 + below(f, most[axes - 1]);
	s.dim[s.rank++] = channels[below(f, 8)];
	mica_var x = fuzz_leaf(f, chance(f, 30), f->real, s, -2, 2);
	pool_keep(p, x);
	return x;
}

/* Windows of a few taps, with any padding; weights from a leaf, for one group of channels or, where they divide, for some. */
void grow_convolution(pool *p)
{
	fuzz *f = p->f;
	mica_var x = some_space(p);
	mica_shape s = x->shape, w = s;
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
	if (mica__shape_count(&w) > MOST_COUNT || mica__shape_count(&w) * mica_var_count(x) > 2000000)
		return;
	mica_var v = pool_leaf(p, chance(f, 50), f->real, w);
	pool_keep(p, v);
	mica_var y = transposed ? mica_op_conv_transpose(x, v, &o, NULL) : mica_op_conv(x, v, &o);
	pool_keep(p, y);
	if (chance(f, 30))
		train(p, y);
}

static mica_var convolved(pool *p, mica_var x, size_t filters, const mica_window_opts *o)
{
	mica_shape w = x->shape;
	size_t axes = w.rank - 2, c = w.dim[axes + 1];
	for (size_t i = 0; i < axes; i++)
		w.dim[i] = chance(p->f, 70) ? 3 : 1;
	w.dim[axes] = c;
	w.dim[axes + 1] = filters;
	return mica_op_conv(x, pool_weight(p, x->dtype, w), o);
}

/* Sums of what convolutions make of a value and of the value, or of a convolution of it. */
void grow_residual(pool *p)
{
	static const size_t widths[] = {1, 2, 3, 8, 16, 17, 32};
	fuzz *f = p->f;
	mica_var x = some_space(p);
	size_t axes = x->shape.rank - 2, c = x->shape.dim[axes + 1], filters = chance(f, 50) ? c : widths[below(f, 7)];
	mica_window_opts same = {.padding = MICA_SAME}, first = same;
	for (size_t i = 0; i < axes; i++)
		first.stride[i] = filters == c ? 1 : 1 + chance(f, 40);
	if (!c || c > 40 || mica_var_count(x) * filters * 27 > 4000000)
		return;
	for (size_t blocks = 1 + below(f, 2); blocks; blocks--) {
		mica_var y = mica_op_relu(convolved(p, x, filters, &first)), z = filters == c ? x : convolved(p, x, filters, &first);
		y = chance(f, 60) ? convolved(p, y, filters, &same) : y;
		y = chance(f, 30) ? mica_op_add(y, pool_weight(p, f->real, MICA_SHAPE(filters))) : y;
		x = mica_op_add(y, z);
		x = chance(f, 60) ? mica_op_relu(x) : x;
		pool_keep(p, x);
		c = filters;
		first = same;
	}
	if (chance(f, 50))
		train(p, x);
}

/* ---- normalization ---- */

/* A row is reduced and the result goes back to its elements. */
void grow_pattern(pool *p)
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

/* Of each channel over all else, with what it learns and what it keeps of batches. */
void grow_batch_normalization(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, has_matrix, NULL);
	if (!a || value_largest(a) > 50)
		return;
	mica_var x = a->x;
	mica_dtype t = x->dtype;
	size_t rank = x->shape.rank, c = mica__shape_last(&x->shape);
	uint32_t axes = MICA_AXIS(rank - 1) - 1;
	mica_var mean = mica_op_mean(x, axes, false), variance = mica_op_variance(x, axes, false);
	mica_var y = mica_op_mul(mica_op_sub(x, mean), mica_op_rsqrt(mica_op_addc(variance, 0.01)));
	if (chance(f, 70))
		y = mica_op_add(mica_op_mul(y, pool_weight(p, t, MICA_SHAPE(c))), pool_weight(p, t, MICA_SHAPE(c)));
	pool_keep(p, chance(f, 50) ? mica_op_relu(y) : y);
	if (chance(f, 60)) {
		mica_var m = fuzz_leaf(f, true, t, MICA_SHAPE(c), -1, 1), v = fuzz_leaf(f, true, t, MICA_SHAPE(c), 0.5, 1);
		assign(p, m, mica_op_add(mica_op_mulc(m, 0.75), mica_op_mulc(mean, 0.25)));
		assign(p, v, mica_op_add(mica_op_mulc(v, 0.75), mica_op_mulc(variance, 0.25)));
	}
	if (chance(f, 50))
		train(p, y);
}

/* ---- embeddings ---- */

/* Rows of a table that are averaged or multiplied; its update adds up what comes back to each. */
void grow_embedding(pool *p)
{
	static const size_t widths[] = {1, 2, 3, 4, 7, 8, 16, 17};
	fuzz *f = p->f;
	size_t rows = 1 + below(f, 40), width = widths[below(f, 8)], batch = 1 + below(f, 9), length = 1 + below(f, 12);
	mica_var table = pool_weight(p, f->real, MICA_SHAPE(rows, width));
	mica_shape s = chance(f, 50) ? MICA_SHAPE(batch) : MICA_SHAPE(batch, length);
	mica_var index = fuzz_leaf(f, false, chance(f, 70) ? MICA_I32 : MICA_I64, s, -1, (double)rows + 1);
	mica_var y = mica_op_gather(table, index);
	if (chance(f, 30)) /* where another has its place too */
		y = mica_op_add(y, mica_op_gather(table, mica_op_flip(index, 0)));
	pool_keep(p, y);
	y = s.rank == 2 && chance(f, 50) ? mica_op_mean(y, MICA_AXIS(1), false) : y;
	y = chance(f, 50) ? weighted(p, y, 1 + below(f, 9)) : y;
	pool_keep(p, y);
	if (chance(f, 70))
		train(p, y);
}
