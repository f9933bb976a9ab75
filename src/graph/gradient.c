/* SPDX-License-Identifier: MIT */
/* graph/gradient.c - reverse-mode differentiation: walks the nodes that y needs backwards and adds each one's rule as new
   nodes.  Takes time for these nodes, however many the graph has.
   A loop is differentiated as a whole, where the first thing stands that comes out of it: then all that came out has its
   gradient, and nothing that went in was looked at.  One step is differentiated as any other nodes are, adjoint.c makes a loop
   of the result. */
#include "graph/adjoint.h"

/* Where a loop is in the order: its own nodes, and the first thing that comes out of it. */
typedef struct span {
	size_t first, end, out;
} span;

typedef struct backward {
	mica_var *order;  /* the nodes that y needs, inputs first */
	size_t n;
	bool *on_path;    /* by place in it: whether it depends on an x, through operations that have gradients */
	mica_var *grads;  /* by place: the sum of what has come so far */
	mica_var *dx;     /* of one node: as many as the one with most inputs has */
	span *loops;      /* by their numbers - 1 */
	mica__adjoint *loop; /* the one whose step is differentiated; NULL */
} backward;

static bool open_backward(backward *b, mica_var y)
{
	size_t most = 0;
	b->order = mica__topological(&y, 1, &b->n);
	for (size_t i = 0; b->order && i < b->n; i++)
		most = b->order[i]->n_in > most ? b->order[i]->n_in : most;
	b->on_path = mica__alloc(b->n, sizeof *b->on_path);
	b->grads = mica__alloc(b->n, sizeof *b->grads);
	b->dx = mica__alloc(most, sizeof *b->dx);
	b->loops = mica__alloc(y->g->n_loops, sizeof *b->loops);
	return b->order && b->on_path && b->grads && b->dx && b->loops;
}

static void close_backward(backward *b)
{
	mica__free(b->order);
	mica__free(b->on_path);
	mica__free(b->grads);
	mica__free(b->dx);
	mica__free(b->loops);
}

static void find_loops(backward *b)
{
	for (size_t i = 0; i < b->n; i++) {
		mica_var x = b->order[i];
		uint32_t loop = mica__is_from_loop(x) ? x->in[0]->loop : x->loop;
		span *s = loop ? &b->loops[loop - 1] : NULL;
		if (s && x->loop) {
			s->first = s->end ? s->first : i;
			s->end = i + 1;
		} else if (s && !s->out) {
			s->out = i;
		}
	}
}

/* Also true where a carry depends on an x through what it becomes: found by another round. */
static void mark(backward *b, const mica_var *xs, size_t n_xs)
{
	for (size_t i = 0; i < n_xs; i++)
		if (mica__order_of(xs[i]) != SIZE_MAX)
			b->on_path[mica__order_of(xs[i])] = true;
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < b->n; i++)
			for (size_t j = 0; j < b->order[i]->n_in; j++)
				if (b->on_path[mica__order_of(b->order[i]->in[j])] && mica__op_of(b->order[i])->gradient)
					b->on_path[i] = true;
		for (size_t i = 0; i < b->n; i++) {
			mica_var next = b->order[i]->op == MICA__CARRY ? mica__next_of(b->order[i]) : NULL;
			if (next && b->on_path[mica__order_of(next)] && !b->on_path[i])
				again = b->on_path[i] = true;
		}
	}
}

/* Sums x over the axes that were broadcast, so that it has shape s. */
static mica_var unbroadcast(mica_var x, const mica_shape *s)
{
	if (x->failed || mica__shape_equal(&x->shape, s))
		return x;
	size_t extra = x->shape.rank - s->rank;
	uint32_t axes = 0;
	for (size_t i = 0; i < x->shape.rank; i++)
		if (i < extra || (s->dim[i - extra] == 1 && x->shape.dim[i] != 1))
			axes |= MICA_AXIS(i);
	return mica_op_reshape(axes ? mica_op_sum(x, axes, true) : x, *s);
}

/* Of the step of a loop that is differentiated: a part of the gradient of x, which is outside. */
static void add_term(backward *b, mica_var x, mica_var d, bool row)
{
	mica__adjoint *a = b->loop;
	if (mica__grow(&a->terms, &a->cap_terms, a->n_terms + 1, sizeof *a->terms) != MICA_OK)
		mica__graph_fail(x->g, MICA_ENOMEM, "gradient: no memory for %zu parts of a loop's", a->n_terms);
	else
		a->terms[a->n_terms++] = (mica__adjoint_term){.of = x, .step = d, .row = row};
}

static void add_gradient(backward *b, mica_var x, mica_var d)
{
	mica_var *sum = &b->grads[mica__order_of(x)];
	if (b->loop && !x->loop)
		add_term(b, x, d, false);
	else
		*sum = *sum ? mica_op_add(*sum, d) : d;
}

static void propagate(backward *b, mica_var y, mica_var dy)
{
	const mica__scope *before = mica__scope_of(y->g, y, MICA_BACKWARD);
	bool row = b->loop && mica__is_row_of_step(y);
	for (size_t j = 0; j < y->n_in; j++)
		b->dx[j] = NULL;
	if (row)
		add_term(b, y->in[0], dy, true);
	else
		mica__op_of(y)->gradient(y, dy, b->dx);
	for (size_t j = 0; j < y->n_in; j++) {
		mica_var x = y->in[j];
		if (b->dx[j] && b->on_path[mica__order_of(x)] && mica__dtype_real(x->dtype))
			add_gradient(b, x, mica__is_pointwise(y) ? unbroadcast(b->dx[j], &x->shape) : b->dx[j]);
	}
	y->g->scope = before;
}

/* ---- loops ---- */

/* What stands for the gradient of x in the expressions of one step. */
static mica_var stand_in(mica_var x, uint32_t loop)
{
	return mica__node_of_loop(x->g, loop, MICA__CARRY, x->dtype, &x->shape, NULL, 0, &(mica__attr){.carry = SIZE_MAX});
}

/* The gradients of what comes out of the loop, as those of one step. */
static mica_status enter_loop(backward *b, mica__adjoint *a)
{
	mica_status st = MICA_OK;
	mica_scan *s = a->loop;
	for (size_t i = b->loops[s->number - 1].out; i < b->n; i++) {
		mica_var y = b->order[i];
		if (y->op != MICA__STACK || y->in[0]->loop != s->number || !b->grads[i] || !b->on_path[i])
			continue;
		mica__adjoint_rows rows = {stand_in(y->in[0], s->number), b->grads[i]};
		MICA_TRY(mica__grow(&a->rows, &a->cap_rows, a->n_rows + 1, sizeof *a->rows));
		a->rows[a->n_rows++] = rows;
		add_gradient(b, y->in[0], rows.stand_in);
	}
	for (size_t i = b->loops[s->number - 1].first; i < b->loops[s->number - 1].end; i++) {
		mica_var x = b->order[i];
		if (x->op != MICA__CARRY || x->loop != s->number || !b->on_path[i] || !mica__dtype_real(x->dtype))
			continue;
		mica__adjoint_carry c = {.carry = x, .stand_in = stand_in(x, s->number)};
		MICA_TRY(mica__grow(&a->carries, &a->cap_carries, a->n_carries + 1, sizeof *a->carries));
		for (size_t j = b->loops[s->number - 1].out; j < b->n; j++)
			if (b->order[j]->op == MICA__LAST && b->order[j]->in[0] == x)
				c.last = b->grads[j];
		a->carries[a->n_carries++] = c;
		if (b->on_path[mica__order_of(mica__next_of(x))])
			add_gradient(b, mica__next_of(x), c.stand_in);
	}
out:
	if (st != MICA_OK)
		mica__graph_fail(s->g, st, "gradient: no memory for a loop");
	return st;
}

static void differentiate_step(backward *b, mica__adjoint *a)
{
	const span *at = &b->loops[a->loop->number - 1];
	a->loop->open = true;
	b->loop = a;
	if (enter_loop(b, a) == MICA_OK)
		for (size_t i = at->end; i-- > at->first && a->loop->g->status == MICA_OK;)
			if (b->order[i]->loop == a->loop->number && b->grads[i] && b->on_path[i] && b->order[i]->op != MICA__CARRY &&
			    mica__op_of(b->order[i])->gradient)
				propagate(b, b->order[i], b->grads[i]);
	b->loop = NULL;
	a->loop->open = false;
}

static void propagate_loop(backward *b, mica_scan *s)
{
	const mica__scope *before = s->g->scope;
	mica__adjoint a = {.loop = s, .order = b->order, .n_order = b->n, .first = s->g->n};
	differentiate_step(b, &a);
	for (size_t i = 0; i < a.n_carries && s->g->status == MICA_OK; i++)
		a.carries[i].back = b->grads[mica__order_of(a.carries[i].carry)];
	s->g->scope = mica__scope_phase(s->step->scope, MICA_BACKWARD);
	if (s->g->status == MICA_OK && a.n_rows + a.n_carries && mica__adjoint_make(&a)) {
		for (size_t i = 0; i < a.n_carries; i++)
			if (b->on_path[mica__order_of(a.carries[i].carry->in[0])])
				add_gradient(b, a.carries[i].carry->in[0], a.carries[i].initial);
		for (size_t i = 0; i < a.n_terms; i++)
			add_gradient(b, a.terms[i].of, a.terms[i].all);
	}
	s->g->scope = before;
	mica__free(a.rows);
	mica__free(a.carries);
	mica__free(a.terms);
}

/* From y back; a loop at the first thing that comes out of it. */
static void go_back(backward *b, mica_var y)
{
	for (size_t i = b->n; i-- > 0 && y->g->status == MICA_OK;) {
		mica_var x = b->order[i];
		if (mica__is_from_loop(x)) {
			if (b->loops[x->in[0]->loop - 1].out == i)
				propagate_loop(b, mica__loop_of(x->in[0]));
		} else if (b->grads[i] && b->on_path[i] && mica__op_of(x)->gradient && x->loop == (x->loop ? y->loop : 0) &&
		           x->op != MICA__CARRY) {
			propagate(b, x, b->grads[i]);
		}
	}
}

/* The gradient of x, or zeros. */
static mica_var result(const backward *b, mica_var y, mica_var x)
{
	const mica__scope *before = mica__scope_of(x->g, y, MICA_BACKWARD);
	size_t at = mica__order_of(x);
	bool reached = at != SIZE_MAX && b->grads[at] && b->on_path[mica__order_of(y)];
	mica_dtype t = mica__dtype_real(x->dtype) ? x->dtype : x->g->real;
	mica_var dx = reached ? mica_op_broadcast(b->grads[at], x->shape) : mica_graph_fill(x->g, 0, t, x->shape);
	x->g->scope = before;
	return dx;
}

/* What y's own gradient is: the seed, or ones. */
static mica_var first(mica_var y, mica_var seed)
{
	const mica__scope *before = mica__scope_of(y->g, y, MICA_BACKWARD);
	mica_var dy = seed ? seed : mica_graph_fill(y->g, 1, y->dtype, y->shape);
	y->g->scope = before;
	return dy;
}

/* Of the values to differentiate, and by which: one graph, reals, a seed of y's shape. */
static bool check(mica_graph *g, mica_var y, mica_var seed, const mica_var *xs, size_t n, mica_var *out)
{
	mica_var bad;
	if (n && (!xs || !out))
		mica__graph_fail(g, MICA_EINVAL, "gradient: %s is NULL with n = %zu", xs ? "out" : "xs", n);
	else if (!mica__operands("gradient", xs, n, &bad) && !bad && n)
		mica__graph_fail_null(g, "gradient: all of xs are NULL; look at the calls that gave them");
	else if ((!n || mica__operands("gradient", xs, n, &bad)) &&
	         mica__operands("gradient", (mica_var[]){y, seed ? seed : y, n ? xs[0] : y}, 3, &bad)) {
		if (!mica__dtype_real(y->dtype))
			mica__graph_fail(g, MICA_EINVAL, "gradient: of a value of type %s; cast it to a real type",
			                 mica__dtype_name(y->dtype));
		else if (seed && (seed->dtype != y->dtype || !mica__shape_equal(&seed->shape, &y->shape)))
			mica__graph_fail(g, MICA_EINVAL, "gradient: of %s %s with a seed of %s %s; they must be equal",
			                 mica__dtype_name(y->dtype), mica__shape_text(&y->shape), mica__dtype_name(seed->dtype),
			                 mica__shape_text(&seed->shape));
		for (size_t i = 0; i < n; i++)
			if (xs[i]->loop && xs[i]->loop != y->loop)
				mica__graph_fail(g, MICA_EINVAL, "gradient: with respect to a value of a loop's steps, from outside of the loop; "
				                 "differentiate by what goes into it");
	}
	return g->status == MICA_OK;
}

mica_status mica_gradient(mica_var y, mica_var seed, const mica_var *xs, size_t n, mica_var *out)
{
	mica_var bad;
	backward b = {.n = 0};
	mica_graph *g = mica__operands("gradient", &y, 1, &bad);
	if (!g || !check(g, y, seed, xs, n, out))
		goto out;
	if (!open_backward(&b, y)) {
		mica__graph_fail(g, MICA_ENOMEM, "gradient: no memory for %zu nodes", b.n);
		goto out;
	}
	find_loops(&b);
	mark(&b, xs, n);
	b.grads[mica__order_of(y)] = first(y, seed);
	go_back(&b, y);
	for (size_t i = 0; i < n; i++)
		out[i] = result(&b, y, xs[i]);
out:
	close_backward(&b);
	mica_status st = bad ? bad->g->status : MICA_EINVAL;
	for (size_t i = 0; out && i < n && st != MICA_OK; i++)
		out[i] = bad;
	return st;
}
