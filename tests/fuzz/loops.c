/* SPDX-License-Identifier: MIT */
/* fuzz/loops.c - random loops: of anything that may be carried, and of recurrent cells as networks have them. */
#include "fuzz/grow.h"

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
		if (columns > 64 || !has_matrix(&(value){.x = h}, NULL))
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
void grow_scan(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, may_be_carried, NULL);
	if (!a)
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
	if (chance(f, 40))
		train(p, last[below(f, 2)]);
}

/* ---- recurrent cells ---- */

enum { MOST_GATES = 4 };

/* What a cell is made of: products of the step's input, or of all steps' inputs at once, and of the state, for each gate its own
   or one for all. */
typedef struct cell {
	pool *p;
	mica_scan *s;
	mica_var x; /* (batch, steps, columns), or steps first */
	int axis;   /* of the steps */
	size_t units, gates;
	bool joined, before;
	mica_var w[MOST_GATES], u[MOST_GATES], b[MOST_GATES]; /* before: w is the products */
} cell;

static void make_weights(cell *c)
{
	mica_dtype t = c->x->dtype;
	size_t parts = c->joined ? 1 : c->gates, n = c->joined ? c->gates * c->units : c->units;
	for (size_t i = 0; i < parts; i++) {
		c->w[i] = pool_weight(c->p, t, MICA_SHAPE(mica__shape_last(&c->x->shape), n));
		c->u[i] = pool_weight(c->p, t, MICA_SHAPE(c->units, n));
		c->b[i] = pool_weight(c->p, t, MICA_SHAPE(n));
		c->w[i] = c->before ? mica_op_matmul(c->x, c->w[i]) : c->w[i];
	}
}

/* Before its activation. */
static mica_var gate(const cell *c, size_t i, mica_var h)
{
	size_t k = c->joined ? 0 : i, start[2] = {0, i * c->units}, stop[2] = {h->shape.dim[0], (i + 1) * c->units};
	mica_var of_x = c->before ? mica_scan_read(c->s, c->w[k], c->axis) : mica_op_matmul(mica_scan_read(c->s, c->x, c->axis), c->w[k]);
	mica_var y = mica_op_add(mica_op_add(of_x, mica_op_matmul(h, c->u[k])), c->b[k]);
	return c->joined ? mica_op_slice(y, start, stop, NULL) : y;
}

/* SimpleRNN, GRU and LSTM: as many gates as 1, 3 and 4.  Masked steps keep what there is. */
void grow_cell(pool *p)
{
	static const size_t sizes[] = {1, 2, 3, 4, 5, 8, 16, 17, 20}, gates[] = {1, 3, 4, 4};
	fuzz *f = p->f;
	size_t batch = sizes[below(f, 9)], steps = 1 + below(f, 6), units = sizes[below(f, 9)];
	cell c = {p, mica_scan_begin(f->g, steps, chance(f, 30)), NULL, (int)below(f, 2), units, gates[below(f, 4)], chance(f, 50), chance(f, 50),
	          {0}, {0}, {0}};
	mica_shape s = MICA_SHAPE(batch, batch, sizes[below(f, 9)]), first = MICA_SHAPE(batch, units);
	s.dim[c.axis] = steps;
	c.x = fuzz_leaf(f, chance(f, 20), f->real, s, -1, 1);
	make_weights(&c);
	mica_var zero = mica_graph_fill(f->g, 0, f->real, first), initial = chance(f, 50) ? zero : fuzz_leaf(f, chance(f, 50), f->real, first, -1, 1);
	mica_var h = mica_scan_carry(c.s, initial), state = c.gates == 4 ? mica_scan_carry(c.s, zero) : NULL, next = mica_op_tanh(gate(&c, 0, h));
	if (c.gates == 3) {
		mica_var z = mica_op_sigmoid(gate(&c, 1, h)), r = mica_op_sigmoid(gate(&c, 2, h));
		next = chance(f, 50) ? mica_op_tanh(gate(&c, 0, mica_op_mul(r, h))) : mica_op_mul(next, r);
		next = mica_op_add(mica_op_mul(z, h), mica_op_mul(mica_op_csub(1, z), next));
	}
	mica_var mask = NULL;
	if (chance(f, 40)) {
		s.dim[2] = 1;
		mask = mica_scan_read(c.s, fuzz_leaf(f, false, chance(f, 50) ? MICA_BOOL : MICA_I32, s, 0, 2), c.axis);
	}
	if (state) {
		mica_var kept = mica_op_mul(mica_op_sigmoid(gate(&c, 1, h)), state);
		mica_var after = mica_op_add(kept, mica_op_mul(mica_op_sigmoid(gate(&c, 2, h)), next));
		next = mica_op_mul(mica_op_sigmoid(gate(&c, 3, h)), mica_op_tanh(after));
		mica_scan_next(c.s, state, mask ? mica_op_where(mask, after, state) : after);
	}
	mica_scan_next(c.s, h, mask ? mica_op_where(mask, next, h) : next);
	mica_scan_end(c.s);
	mica_var all = mica_scan_stack(c.s, next), last = mica_scan_last(c.s, chance(f, 30) && state ? state : h);
	pool_keep(p, all);
	pool_keep(p, last);
	if (chance(f, 60))
		train(p, chance(f, 50) ? all : last);
}
