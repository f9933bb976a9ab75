/* SPDX-License-Identifier: MIT */
/* fuzz/training.c - gradients of what there is, and steps of trainings: what an optimizer keeps and what it makes of weights. */
#include "fuzz/grow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

static void differentiate(pool *p, mica_var y, const mica_var *xs, size_t n, mica_var *d)
{
	if (mica_gradient(y, NULL, xs, n, d) != MICA_OK) {
		fprintf(stderr, "fuzz: gradient: %s\n", mica_graph_error(p->f->g));
		abort();
	}
	for (size_t i = 0; i < n; i++)
		pool_keep(p, d[i]);
}

/* Up to `most` real leaves that y depends on. */
static size_t leaves_of(pool *p, mica_var y, bool variables, mica_var *xs, size_t most)
{
	size_t n, found = 0;
	mica_var *order = mica__topological(&y, 1, &n);
	if (!order)
		abort();
	for (size_t i = 0; i < n && found < most; i++) {
		bool leaf = order[i]->op == MICA__VARIABLE || (order[i]->op == MICA__INPUT && !variables);
		if (leaf && mica__dtype_real(order[i]->dtype) && chance(p->f, 85))
			xs[found++] = order[i];
	}
	mica__free(order);
	return found;
}

/* With respect to leaves that a value depends on, or to values that it may depend on. */
void grow_gradient(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, is_real, NULL);
	mica_var xs[4], d[4];
	size_t n = 0;
	if (!a)
		return;
	mica_var y = a->x; /* keep may move nothing, but be plain */
	if (chance(f, 50))
		n = leaves_of(p, y, false, xs, 4);
	for (size_t k = 0; k < 3 && !n; k++) {
		const value *b = pool_pick(p, is_real, NULL);
		if (b && b->x->id < y->id)
			xs[n++] = b->x;
	}
	if (n && has_gradient(y))
		differentiate(p, y, xs, n, d);
}

/* ---- a step of a training ---- */

/* A value that an optimizer keeps of w. */
static mica_var slot(pool *p, mica_var w, double high)
{
	return fuzz_leaf(p->f, true, w->dtype, w->shape, 0, high);
}

static void update(pool *p, mica_var w, mica_var d)
{
	mica_var m, v;
	switch (below(p->f, 4)) {
	case 0: assign(p, w, mica_op_sub(w, mica_op_mulc(d, 0.125))); break;
	case 1: /* momentum */
		m = slot(p, w, 0.25);
		v = mica_op_add(mica_op_mulc(m, 0.75), mica_op_mulc(d, 0.125));
		assign(p, m, v);
		assign(p, w, mica_op_sub(w, v));
		break;
	case 2: { /* Adam without its corrections */
		m = slot(p, w, 0.25);
		v = slot(p, w, 1);
		mica_var next_m = mica_op_add(m, mica_op_mulc(mica_op_sub(d, m), 0.125));
		mica_var next_v = mica_op_add(v, mica_op_mulc(mica_op_sub(mica_op_square(d), v), 0.03125));
		assign(p, m, next_m);
		assign(p, v, next_v);
		assign(p, w, mica_op_sub(w, mica_op_div(mica_op_mulc(next_m, 0.0625), mica_op_addc(mica_op_sqrt(next_v), 0.01))));
		break;
	}
	default: /* Adagrad, with weights that decay */
		v = slot(p, w, 1);
		m = mica_op_add(v, mica_op_square(d));
		assign(p, v, m);
		assign(p, w, mica_op_sub(mica_op_mulc(w, 0.875), mica_op_mul(mica_op_mulc(d, 0.0625), mica_op_rsqrt(mica_op_addc(m, 0.01)))));
	}
}

void train(pool *p, mica_var y)
{
	mica_var xs[8], d[8], loss;
	size_t n = leaves_of(p, y, true, xs, 8);
	if (!n || !has_gradient(y))
		return;
	switch (below(p->f, 3)) {
	case 0: loss = mica_op_mean(mica_op_square(y), MICA_ALL_AXES, false); break;
	case 1: loss = mica_op_sum(mica_op_tanh(y), MICA_ALL_AXES, false); break;
	default: loss = mica_op_mean(mica_op_softplus(mica_op_neg(y)), MICA_ALL_AXES, false);
	}
	pool_keep(p, loss);
	differentiate(p, loss, xs, n, d);
	for (size_t i = 0; i < n; i++)
		update(p, xs[i], d[i]);
}

void grow_training(pool *p)
{
	const value *a = pool_pick(p, is_real, NULL);
	if (a && value_largest(a) < 1000 && mica_var_count(a->x))
		train(p, a->x);
}

/* ---- variables ---- */

static bool is_assigned(const fuzz *f, mica_var w)
{
	for (size_t i = 0; i < f->n_outputs; i++)
		if (f->outputs[i].y->op == MICA__ASSIGN && f->outputs[i].y->in[0] == w)
			return true;
	return false;
}

void assign(pool *p, mica_var w, mica_var y)
{
	if (is_assigned(p->f, w))
		return;
	measure m = measure_of(p->f, y, 3);
	double size = m.n ? fmax(fabs(m.low), fabs(m.high)) : 0;
	bool good = size < 1e6 && (mica__dtype_real(y->dtype) ? m.most_moved <= 1e-2 * size : m.most_moved == 0);
	measure_free(&m);
	if (good)
		fuzz_output(p->f, mica_op_assign(w, y), p->seed);
}

/* Something that fits, or something made of itself and a number that fits. */
void assign_any(pool *p, mica_var w)
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
	assign(p, w, y);
}
