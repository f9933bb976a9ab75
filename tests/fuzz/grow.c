/* SPDX-License-Identifier: MIT */
/* fuzz/grow.c - makes random graphs: a pool of values grows by one thing after another, and some of it becomes outputs. */
#include "fuzz/grow.h"

static void source(pool *p)
{
	fuzz *f = p->f;
	mica_shape s = fuzz_shape(f);
	switch (below(f, 4)) {
	case 0: { /* of a step that a variable counts, or of none */
		mica_var step = chance(f, 40) ? fuzz_leaf(f, true, MICA_I32, MICA_SCALAR_SHAPE, 0, 1000) : NULL;
		pool_keep(p, mica_op_random(f->g, s, next(f), (uint32_t)below(f, 1000), step));
		if (step)
			assign(p, step, mica_op_addc(step, 1));
		break;
	}
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
		grow_move, grow_move, grow_concat, grow_by_index, grow_along, grow_along, grow_order, grow_matrix, grow_windows, grow_windows,
		grow_reduce, grow_reduce, grow_reduce, grow_product, grow_product, grow_products, grow_convolution, grow_residual,
		grow_attention, grow_pattern, grow_batch_normalization, grow_embedding, grow_gradient, grow_gradient, grow_training,
		grow_scan, grow_scan, grow_cell, source,
	};
	if (p->f->n_leaves + 40 < MOST_LEAVES && p->f->n_outputs + 40 < MOST_OUTPUTS)
		kinds[below(p->f, sizeof kinds / sizeof kinds[0])](p);
}

void fuzz_grow(fuzz *f, uint64_t seed)
{
	pool p = {.f = f, .seed = seed};
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
	n = 2 + below(f, 5);
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
			assign_any(&p, f->leaves[i].x);
}
