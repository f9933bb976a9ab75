/* SPDX-License-Identifier: MIT */
/* graph/adjoint.c - the gradient of a loop: a loop that goes the other way.

   What comes in are expressions of one step (adjoint.h).  They are copied into the new loop; where they use a value of the old
   one, it is recalled: what is costly, and every carry, is stacked by the old loop and read row by row, what is cheap is
   computed anew from that.  So exactly what is used is kept.

   The gradient of a value from outside is a sum over the steps.  Where the expression is linear in something (a product
   A^T B, a sum over rows, a sum of such), that sum is made after the loop from the stacked operands: one product with the steps'
   rows below each other.  Only what is not of that kind is added up in a carry. */
#include "graph/adjoint.h"

enum { DEEPEST = 64 /* sums of expressions that are taken apart */ };

typedef struct maker {
	mica__adjoint *a;
	mica_graph *g;
	mica_scan *back;          /* the new loop */
	size_t n_new;             /* nodes made by differentiating */
	bool *need_old, *need_new; /* by place in order; by number - first */
	mica_var *old, *new;      /* what they are in the new loop */
	mica_var *sum;            /* by number - first: the carry in which it is added up; NULL */
} maker;

/* Where x stands; NULL if it is from outside of the loop. */
static mica_var *copy_of(const maker *m, mica_var x)
{
	if (x->loop != m->a->loop->number)
		return NULL;
	return x->id >= m->a->first ? &m->new[x->id - m->a->first] : &m->old[mica__order_of(x)];
}

static mica_var in_new(const maker *m, mica_var x)
{
	mica_var *copy = copy_of(m, x);
	return copy ? *copy : x;
}

/* ---- sums over steps ---- */

static bool moves_whole(mica_var x)
{
	return x->op == MICA__RESHAPE || x->op == MICA__TRANSPOSE || x->op == MICA__NEG;
}

/* A^T B of two matrices, one row of A and B for each of something. */
static bool is_outer_product(mica_var x)
{
	return x->op == MICA__MATMUL && x->shape.rank == 2 && x->in[0]->op == MICA__TRANSPOSE && x->in[0]->attr.perm[0] == 1;
}

static bool adds_like(mica_var x)
{
	return (x->op == MICA__ADD || x->op == MICA__SUB) && mica__shape_equal(&x->shape, &x->in[0]->shape) &&
	       mica__shape_equal(&x->shape, &x->in[1]->shape);
}

/* What of x must be there at each step for the sum of x over steps to be made after the loop; 0: x itself. */
static size_t parts_of(const maker *m, mica_var x, size_t depth, mica_var *out)
{
	size_t n = 0;
	if (x->loop != m->a->loop->number || x->id < m->a->first || depth >= DEEPEST)
		return 0;
	if (adds_like(x) || moves_whole(x))
		for (; n < x->n_in; n++)
			out[n] = x->in[n];
	else if (is_outer_product(x))
		out[n++] = x->in[0]->in[0], out[n++] = x->in[1];
	else if (x->op == MICA__SUM && x->shape.rank < MICA_MAX_RANK)
		out[n++] = x->in[0];
	return n;
}

static bool is_summed_further(mica_var x)
{
	return adds_like(x) || moves_whole(x);
}

static void need(const maker *m, mica_var x)
{
	if (x->loop == m->a->loop->number)
		*(x->id >= m->a->first ? &m->need_new[x->id - m->a->first] : &m->need_old[mica__order_of(x)]) = true;
}

/* Marks what the new loop has to compute for the sum of x over steps. */
static void need_sum(const maker *m, mica_var x, size_t depth)
{
	mica_var part[2];
	size_t n = parts_of(m, x, depth, part);
	for (size_t i = 0; i < n; i++)
		if (is_summed_further(x))
			need_sum(m, part[i], depth + 1);
		else
			need(m, part[i]);
	if (!n)
		need(m, x);
}

/* The gradient whose rows x stands in for; NULL. */
static mica_var rows_behind(const maker *m, mica_var x)
{
	for (size_t i = 0; i < m->a->n_rows; i++)
		if (m->a->rows[i].stand_in == x)
			return m->a->rows[i].gradient;
	return mica__is_row_of_step(x) ? x->in[0] : NULL;
}

/* Whether all steps of x are there without the new loop. */
static bool is_there(const maker *m, mica_var x)
{
	return x->loop != m->a->loop->number || x->id < m->a->first || rows_behind(m, x);
}

/* Before the new loop ends: a carry for what can only be added up. */
static void add_up(const maker *m, mica_var x, size_t depth)
{
	mica_var part[2];
	size_t n = parts_of(m, x, depth, part);
	for (size_t i = 0; i < n && is_summed_further(x); i++)
		add_up(m, part[i], depth + 1);
	if (n || is_there(m, x) || m->sum[x->id - m->a->first])
		return;
	mica_var sum = mica_scan_carry(m->back, mica_graph_fill(m->g, 0, x->dtype, x->shape));
	mica_scan_next(m->back, sum, mica_op_add(sum, in_new(m, x)));
	m->sum[x->id - m->a->first] = sum;
}

/* All steps of x, by their numbers. */
static mica_var stack_of(const maker *m, mica_var x)
{
	if (x->loop != m->a->loop->number)
		return mica_op_broadcast(x, mica__stacked(m->back->steps, &x->shape));
	mica_var rows = rows_behind(m, x);
	if (rows)
		return rows;
	return x->id < m->a->first ? mica_scan_stack(m->a->loop, x) : mica_scan_stack(m->back, in_new(m, x));
}

/* The rows of all steps below each other. */
static mica_var rows_of(const maker *m, mica_var x)
{
	mica_var all = stack_of(m, x);
	return mica_op_reshape(all, MICA_SHAPE(all->shape.dim[0] * all->shape.dim[1], all->shape.dim[2]));
}

static mica_var summed(const maker *m, mica_var x, size_t depth)
{
	mica_var part[2];
	size_t n = parts_of(m, x, depth, part);
	if (x->loop != m->a->loop->number)
		return mica_op_mulc(x, (double)m->back->steps);
	if (!n && !is_there(m, x))
		return mica_scan_last(m->back, m->sum[x->id - m->a->first]);
	if (!n)
		return mica_op_reshape(mica_op_sum(stack_of(m, x), MICA_AXIS(0), false), x->shape);
	if (x->op == MICA__MATMUL)
		return mica_op_matmul(mica_op_transpose(rows_of(m, part[0]), NULL), rows_of(m, part[1]));
	if (x->op == MICA__SUM)
		return mica_op_reshape(mica_op_sum(stack_of(m, part[0]), MICA_AXIS(0) | MICA_AXIS(x->attr.axis + 1), false), x->shape);
	mica_var a = summed(m, part[0], depth + 1), b = n > 1 ? summed(m, part[1], depth + 1) : NULL;
	switch (x->op) {
	case MICA__ADD: return mica_op_add(a, b);
	case MICA__SUB: return mica_op_sub(a, b);
	case MICA__NEG: return mica_op_neg(a);
	case MICA__TRANSPOSE: return mica_op_transpose(a, x->attr.perm);
	default: return mica_op_reshape(a, x->shape);
	}
}

/* ---- what is used ---- */

/* Whether x is computed anew from what was kept, rather than kept. */
static bool is_cheap(mica_var x)
{
	const mica__op_info *op = mica__op_of(x);
	return op->family == MICA__FAMILY_SOURCE || op->family == MICA__FAMILY_MOVE || (op->family == MICA__FAMILY_POINTWISE && !op->heavy);
}

static void find_needs(const maker *m)
{
	const mica__adjoint *a = m->a;
	for (size_t i = 0; i < a->n_carries; i++)
		if (a->carries[i].back)
			need(m, a->carries[i].back);
	for (size_t i = 0; i < a->n_terms; i++)
		if (a->terms[i].row)
			need(m, a->terms[i].step);
		else
			need_sum(m, a->terms[i].step, 0);
	for (size_t i = m->n_new; i-- > 0;)
		for (size_t j = 0; m->need_new[i] && j < m->g->nodes[a->first + i]->n_in; j++)
			need(m, m->g->nodes[a->first + i]->in[j]);
	for (size_t i = a->n_order; i-- > 0;)
		for (size_t j = 0; m->need_old[i] && is_cheap(a->order[i]) && j < a->order[i]->n_in; j++)
			need(m, a->order[i]->in[j]);
}

/* ---- copying ---- */

static mica_var copied(const maker *m, mica_var x)
{
	mica_var *in = mica__alloc(x->n_in, sizeof *in);
	if (!in)
		return mica__graph_fail(m->g, MICA_ENOMEM, "gradient: no memory for a node");
	for (size_t i = 0; i < x->n_in; i++)
		in[i] = in_new(m, x->in[i]);
	m->g->scope = x->scope;
	mica_var y = mica__node(m->g, x->op, x->dtype, &x->shape, in, x->n_in, &x->attr);
	mica__free(in);
	return y;
}

/* The value that x had at the step at hand. */
static mica_var recalled(const maker *m, mica_var x)
{
	if (x->op == MICA__STEP)
		return m->back->step;
	if (is_cheap(x))
		return copied(m, x);
	m->g->scope = mica__scope_phase(x->scope, MICA_BACKWARD);
	return mica_scan_read(m->back, mica_scan_stack(m->a->loop, x), 0);
}

static void place_stand_ins(const maker *m)
{
	mica__adjoint *a = m->a;
	for (size_t i = 0; i < a->n_rows; i++)
		*copy_of(m, a->rows[i].stand_in) = mica_scan_read(m->back, a->rows[i].gradient, 0);
	for (size_t i = 0; i < a->n_carries; i++) {
		const mica__adjoint_carry *c = &a->carries[i];
		mica_var zeros = c->last ? NULL : mica_graph_fill(m->g, 0, c->carry->dtype, c->carry->shape);
		*copy_of(m, c->stand_in) = mica_scan_carry(m->back, c->last ? c->last : zeros);
	}
}

static void copy_body(const maker *m)
{
	const mica__adjoint *a = m->a;
	const mica__scope *scope = m->g->scope;
	place_stand_ins(m);
	for (size_t i = 0; i < a->n_order && m->g->status == MICA_OK; i++)
		if (m->need_old[i])
			m->old[i] = recalled(m, a->order[i]);
	for (size_t i = 0; i < m->n_new && m->g->status == MICA_OK; i++)
		if (m->need_new[i] && !m->new[i])
			m->new[i] = copied(m, m->g->nodes[a->first + i]);
	m->g->scope = scope;
}

static void make_loop(maker *m)
{
	mica__adjoint *a = m->a;
	m->back = mica_scan_begin(m->g, a->loop->steps, !a->loop->reverse);
	if (!m->back)
		return;
	copy_body(m);
	for (size_t i = 0; i < a->n_carries && m->g->status == MICA_OK; i++) {
		const mica__adjoint_carry *c = &a->carries[i];
		mica_var back = c->back ? in_new(m, c->back) : mica_graph_fill(m->g, 0, c->carry->dtype, c->carry->shape);
		mica_scan_next(m->back, *copy_of(m, c->stand_in), back);
	}
	for (size_t i = 0; i < a->n_terms && m->g->status == MICA_OK; i++)
		if (!a->terms[i].row)
			add_up(m, a->terms[i].step, 0);
	mica_scan_end(m->back);
	for (size_t i = 0; i < a->n_carries && m->g->status == MICA_OK; i++)
		a->carries[i].initial = mica_scan_last(m->back, *copy_of(m, a->carries[i].stand_in));
	for (size_t i = 0; i < a->n_terms && m->g->status == MICA_OK; i++) {
		mica__adjoint_term *t = &a->terms[i];
		t->all = t->row ? stack_of(m, t->step) : summed(m, t->step, 0);
	}
}

bool mica__adjoint_make(mica__adjoint *a)
{
	maker m = {.a = a, .g = a->loop->g, .n_new = a->loop->g->n - a->first};
	m.need_old = mica__alloc(a->n_order, sizeof *m.need_old);
	m.old = mica__alloc(a->n_order, sizeof *m.old);
	m.need_new = mica__alloc(m.n_new, sizeof *m.need_new);
	m.new = mica__alloc(m.n_new, sizeof *m.new);
	m.sum = mica__alloc(m.n_new, sizeof *m.sum);
	bool there = m.need_old && m.old && m.need_new && m.new && m.sum;
	if (there) {
		find_needs(&m);
		make_loop(&m);
	} else {
		mica__graph_fail(m.g, MICA_ENOMEM, "gradient: no memory for a loop of %zu nodes", m.n_new);
	}
	mica__free(m.need_old);
	mica__free(m.old);
	mica__free(m.need_new);
	mica__free(m.new);
	mica__free(m.sum);
	return there && m.g->status == MICA_OK;
}
