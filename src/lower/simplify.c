/* SPDX-License-Identifier: MIT */
/* lower/simplify.c - first pass: copies the nodes a plan needs into a graph of its own, where constants are folded, equal
   nodes are one node, reshapes stand next to the leaves and trailing axes of size 1 do not hide which axis a reduction
   runs over.  With MICA_NO_SIMPLIFY only what the later passes rely on is done.
   No rule changes a value, -0 and NaN included: x + 0 stays (it makes 0 of -0), and of constants only what every device
   rounds alike is computed here, in the precision of its type. */
#include "lower/kind.h"
#include "reference/reference.h"

#include <string.h>

/* A node that was given another shape, and what became of it. */
typedef struct reshaping {
	mica_var from, to; /* to has the shape */
} reshaping;

typedef struct pass {
	mica__plan *p;
	mica_graph *g;
	bool fold;
	mica_var *map;          /* by id in the user's graph */
	mica__table nodes;      /* each that is not equal to one before it, by id in g */
	mica__table shapes;     /* reshapings by number */
	reshaping *reshapings;
	size_t n_reshapings, cap_reshapings;
	reshaping *todo;        /* of reshaped; to: only its shape counts */
	mica_shape *todo_shape;
	size_t n_todo, cap_todo, cap_todo_shape;
	mica_var *in;           /* of the node at hand */
	size_t cap_in;
	bool *assigned;         /* by id of a variable in g */
	size_t cap_assigned;
	mica_var *placed;       /* by id in g: where its value at a step has its place: a STACK or a CARRY; NULL */
	size_t cap_placed;
} pass;

static mica_var no_memory(pass *s)
{
	return mica__graph_fail(s->g, MICA_ENOMEM, "plan: no memory for %zu nodes", s->g->n);
}

/* ---- equal nodes are one node ---- */

/* Equal nodes are one node: the last made one is dropped if it has a twin. */
static mica_var share(pass *s, mica_var x)
{
	if (x->failed || !s->fold || x->op == MICA__INPUT || x->op == MICA__VARIABLE)
		return x;
	uint64_t hash = mica__node_hash(x);
	size_t n, at = 0;
	while ((n = mica__table_next(&s->nodes, hash, &at)) != SIZE_MAX) {
		mica_var twin = s->g->nodes[n];
		if (twin == x)
			return x;
		if (mica__node_equal(twin, x)) {
			if (x->id + 1 == s->g->n) {
				s->g->n--;
				mica__free(x);
			}
			return twin;
		}
	}
	return mica__table_add(&s->nodes, hash, x->id) == MICA_OK ? x : no_memory(s);
}

/* ---- constants ---- */

static mica_var as_shape(mica_var x, const mica_shape *s)
{
	double v;
	if (mica__shape_equal(&x->shape, s))
		return x;
	return mica__is_fill(x, &v) ? mica_graph_fill(x->g, v, x->dtype, *s) : mica_op_broadcast(x, *s);
}

/* Operations on constants, and those that change nothing; NULL if x is neither.  Of F32 the result is rounded once, too: a
   double holds more than twice its digits. */
static mica_var folded(pass *s, mica_var x, mica_var *in)
{
	double v[3] = {0, 0, 0}, out;
	bool all = true;
	for (size_t i = 0; i < x->n_in; i++)
		all = mica__is_fill(in[i], &v[i]) && all;
	if (all && mica__dtype_real(x->dtype) && mica__reference_constant(&out, x->op, v))
		return mica_graph_fill(s->g, mica__dtype_round(x->dtype, out), x->dtype, x->shape);
	mica_var same = mica__same_as(x, in);
	return same ? as_shape(same, &x->shape) : NULL;
}

static mica_var make(pass *s, mica__op op, mica_var like, const mica_shape *shape, const mica_var *in, size_t n)
{
	return share(s, mica__node(s->g, op, like->dtype, shape, in, n, &like->attr));
}

/* Real constants are cast here; and what was cast to the type it is computed as, and is cast back, is as it was. */
static mica_var cast(pass *s, mica_var x, mica_var in)
{
	double v;
	if (mica__is_fill(in, &v) && mica__dtype_real(x->dtype) && mica__dtype_real(in->dtype))
		return share(s, mica_graph_fill(s->g, mica__dtype_round(x->dtype, v), x->dtype, x->shape));
	if (in->op == MICA__CAST && in->in[0]->dtype == x->dtype && in->dtype == mica__dtype_describe(x->dtype)->computed)
		return in->in[0];
	return make(s, MICA__CAST, x, &x->shape, &in, 1);
}

/* A broadcast operand of an elementwise operation is not needed if the result keeps its shape without it. */
static void strip_broadcasts(mica_var x, mica_var *in)
{
	for (size_t i = 0; i < x->n_in; i++) {
		if (in[i]->op != MICA__BROADCAST)
			continue;
		mica_shape s = {0, {0}}, t;
		for (size_t j = 0; j < x->n_in; j++) {
			t = s;
			mica__shape_broadcast(&t, j == i ? &in[i]->in[0]->shape : &in[j]->shape, &s);
		}
		if (mica__shape_equal(&s, &x->shape))
			in[i] = in[i]->in[0];
	}
}

/* ---- reshapes ---- */

static uint64_t reshaping_hash(mica_var from, const mica_shape *shape)
{
	uint64_t h = mica__hash(0, &from->id, sizeof from->id);
	return mica__hash(mica__hash(h, &shape->rank, sizeof shape->rank), shape->dim, shape->rank * sizeof *shape->dim);
}

/* What x of that shape was found to be; NULL if it was not asked for yet. */
static mica_var known(const pass *s, mica_var x, const mica_shape *shape)
{
	if (mica__shape_equal(&x->shape, shape))
		return x;
	uint64_t hash = reshaping_hash(x, shape);
	for (size_t n, at = 0; (n = mica__table_next(&s->shapes, hash, &at)) != SIZE_MAX;) {
		const reshaping *r = &s->reshapings[n];
		if (r->from == x && mica__shape_equal(&r->to->shape, shape))
			return r->to;
	}
	return NULL;
}

/* Notes it, and the way back, so that no expression is made anew when its shape goes to and fro. */
static void note(pass *s, mica_var x, mica_var y)
{
	for (int i = 0; i < 2; i++) {
		mica_var from = i ? y : x, to = i ? x : y;
		if (s->g->status != MICA_OK || known(s, from, &to->shape))
			continue;
		if (mica__grow(&s->reshapings, &s->cap_reshapings, s->n_reshapings + 1, sizeof *s->reshapings) != MICA_OK ||
		    mica__table_add(&s->shapes, reshaping_hash(from, &to->shape), s->n_reshapings) != MICA_OK) {
			no_memory(s);
			return;
		}
		s->reshapings[s->n_reshapings++] = (reshaping){from, to};
	}
}

static void ask(pass *s, mica_var x, const mica_shape *shape)
{
	if (mica__grow(&s->todo, &s->cap_todo, s->n_todo + 1, sizeof *s->todo) != MICA_OK ||
	    mica__grow(&s->todo_shape, &s->cap_todo_shape, s->n_todo + 1, sizeof *s->todo_shape) != MICA_OK) {
		no_memory(s);
		return;
	}
	s->todo_shape[s->n_todo] = *shape;
	s->todo[s->n_todo++] = (reshaping){x, NULL};
}

/* x of that shape, if all that it needs is known; NULL after asking for what is missing. */
static mica_var reshape_one(pass *s, mica_var x, const mica_shape *shape)
{
	mica_shape t;
	mica_var in[3], y = x->op == MICA__RESHAPE ? known(s, x->in[0], shape) : NULL;
	size_t missing = 0;
	double v;
	if (y)
		return y;
	if (x->op == MICA__RESHAPE)
		return ask(s, x->in[0], shape), NULL;
	if (mica__is_fill(x, &v))
		return share(s, mica_graph_fill(s->g, v, x->dtype, *shape));
	bool through = x->n_in > 0 && x->n_in <= MICA__COUNT(in);
	for (size_t i = 0; i < x->n_in && through; i++)
		through = mica__reshape_through(x, shape, i, &t);
	if (!through)
		return share(s, mica__node(s->g, MICA__RESHAPE, x->dtype, shape, &x, 1, NULL));
	for (size_t i = 0; i < x->n_in; i++) {
		mica__reshape_through(x, shape, i, &t);
		if (!(in[i] = known(s, x->in[i], &t))) {
			missing++;
			ask(s, x->in[i], &t);
		}
	}
	return missing ? NULL : make(s, x->op, x, shape, in, x->n_in);
}

/* Reshape, moved towards the leaves, where it costs nothing. */
static mica_var reshaped(pass *s, mica_var x, const mica_shape *shape)
{
	mica_var y = x->failed ? x : known(s, x, shape);
	mica_shape wanted = *shape;
	for (size_t i = wanted.rank; i < MICA_MAX_RANK; i++)
		wanted.dim[i] = 0;
	if (y)
		return y;
	s->n_todo = 0;
	ask(s, x, &wanted);
	while (s->n_todo && s->g->status == MICA_OK) {
		mica_var from = s->todo[s->n_todo - 1].from;
		mica_shape to = s->todo_shape[s->n_todo - 1];
		size_t before = s->n_todo;
		if (!(y = known(s, from, &to)) && (y = reshape_one(s, from, &to)))
			note(s, from, y);
		if (y)
			s->n_todo = before - 1;
	}
	return s->g->status == MICA_OK ? y : &s->g->failed;
}

/* A divisor of n near wanted, to cut a long reduction into equal parts; 0 if there is none. */
static size_t part_length(size_t n, size_t wanted)
{
	for (size_t d = wanted; d >= wanted / 8 && d > 1; d--)
		if (n % d == 0)
			return d;
	return 0;
}

/* The length of the parts into which a reduction is cut so that enough kernels' tasks share it; 0: not cut.  Depends on
   the shape only, so that the order of the additions does. */
static size_t cut_length(mica_var x, const mica_shape *in, size_t axis)
{
	enum { ROW_PART = 8192, COLUMN_PART = 1024, FEW = 8 };
	size_t n = in->dim[axis], inner = 1, outer = 1;
	for (size_t i = 0; i < in->rank; i++)
		*(i < axis ? &outer : &inner) *= i == axis ? 1 : in->dim[i];
	if (!mica__op_of(x)->in_parts || in->rank == MICA_MAX_RANK)
		return 0;
	if (axis + 1 == in->rank)
		return outer < FEW && n >= 4 * ROW_PART ? part_length(n, ROW_PART) : 0;
	return outer * mica__ceil_div(inner, 32) < FEW && n >= 4 * COLUMN_PART ? part_length(n, COLUMN_PART) : 0;
}

static bool reduces_last(const struct mica_node *x)
{
	return x->attr.axis + 1 == x->in[0]->shape.rank;
}

/* What rows of the results of rows are made of, where that lies row by row as well: rows as long as both together; *last is
   how long.  In panels it does not. */
static mica_var longer_rows(const pass *s, mica_var x, mica_var in, size_t *last)
{
	mica_var y = in;
	while (y->op == MICA__RESHAPE)
		y = y->in[0];
	bool panels = s->p->device.cpu && !(s->p->without & MICA_NO_PANELS);
	if (panels || !s->fold || y->op != x->op || !mica__op_of(x)->in_parts || !reduces_last(y) ||
	    !mica__mul(*last, mica__shape_last(&y->in[0]->shape), last))
		return in;
	return y->in[0];
}

/* Axes of size 1 after the reduced one are dropped, so that it is the last where it can be; a long reduction with few
   results is cut into parts, whose results are reduced once more. */
static mica_var reduction(pass *s, mica_var x, mica_var in)
{
	size_t axis = x->attr.axis, rank = axis + 1;
	for (size_t i = axis + 1; i < x->shape.rank; i++)
		if (x->in[0]->shape.dim[i] != 1)
			rank = i + 1;
	mica_shape cut = in->shape, result = x->shape;
	cut.rank = result.rank = rank;
	if (rank == axis + 1)
		in = longer_rows(s, x, in, &cut.dim[axis]);
	for (size_t i = rank; i < MICA_MAX_RANK; i++)
		cut.dim[i] = result.dim[i] = 0;
	size_t part = s->fold ? cut_length(x, &cut, axis) : 0;
	if (part) {
		mica_shape parts = cut, partial;
		memmove(&parts.dim[axis + 1], &cut.dim[axis], (rank - axis) * sizeof(size_t));
		parts.rank++;
		parts.dim[axis] = cut.dim[axis] / part;
		parts.dim[axis + 1] = part;
		partial = parts;
		partial.dim[axis + 1] = 1;
		mica_var split = reshaped(s, in, &parts);
		in = share(s, mica__node(s->g, x->op, x->dtype, &partial, &split, 1, &(mica__attr){.axis = axis + 1}));
		cut.dim[axis] /= part;
	}
	mica_var y = make(s, x->op, x, &result, (mica_var[]){reshaped(s, in, &cut)}, 1);
	return reshaped(s, y, &x->shape);
}

/* x as the sum of its parts, if it is best computed so. */
static mica_var summed_parts(pass *s, mica_var x, const mica_var *in)
{
	size_t parts = s->fold && mica__op_of(x)->parts ? mica__op_of(x)->parts(x) : 1;
	mica_shape each = x->shape, sum;
	if (parts < 2)
		return make(s, x->op, x, &x->shape, in, x->n_in);
	memmove(&each.dim[1], &x->shape.dim[0], x->shape.rank * sizeof(size_t));
	each.rank++;
	each.dim[0] = parts;
	sum = each;
	sum.dim[0] = 1;
	mica_var y = make(s, x->op, x, &each, in, x->n_in);
	return reshaped(s, share(s, mica__node(s->g, MICA__SUM, x->dtype, &sum, &y, 1, &(mica__attr){.axis = 0})), &x->shape);
}

static mica_var transposed(pass *s, mica_var x, mica_var in)
{
	if (in->op != MICA__TRANSPOSE)
		return make(s, MICA__TRANSPOSE, x, &x->shape, &in, 1);
	mica__attr both = {.perm = {0}};
	bool identity = true;
	for (size_t i = 0; i < x->shape.rank; i++) {
		both.perm[i] = in->attr.perm[x->attr.perm[i]];
		identity = identity && both.perm[i] == i;
	}
	return identity ? in->in[0]
	                : share(s, mica__node(s->g, MICA__TRANSPOSE, x->dtype, &x->shape, &in->in[0], 1, &both));
}

/* ---- loops ---- */

/* The loops of the graph, with the same numbers; open, since nodes for them may come until the end. */
static mica_status copy_loops(pass *s, const mica_graph *from)
{
	for (size_t i = 0; i < from->n_loops; i++) {
		const mica_scan *old = from->loops[i];
		mica_scan *loop = mica__loop_add(s->g, old->steps, old->reverse);
		if (!loop || mica__grow(&loop->carries, &loop->cap_carries, old->n_carries, sizeof *loop->carries) != MICA_OK)
			return MICA_ENOMEM;
		loop->n_carries = old->n_carries;
	}
	return MICA_OK;
}

/* Where the value of x at a step has its place: a STACK or a CARRY; NULL. */
static mica_var place_of(const pass *s, mica_var x)
{
	return x->id < s->cap_placed ? s->placed[x->id] : NULL;
}

/* The value of x as a node that has a place where a loop hands it on: x itself if it is computed at each step of the loop, and
   has no such place yet. */
static mica_var placeable(pass *s, mica_var x, uint32_t loop)
{
	mica__family f = mica__op_of(x)->family;
	bool computed = x->loop == loop && f != MICA__FAMILY_LEAF && f != MICA__FAMILY_SOURCE && f != MICA__FAMILY_MOVE;
	if (!x->failed && (!computed || place_of(s, x)))
		x = mica__node_of_loop(s->g, loop, MICA__STOP_GRADIENT, x->dtype, &x->shape, &x, 1, NULL);
	return x;
}

static mica_var place(pass *s, mica_var x, mica_var where)
{
	if (x->failed || where->failed)
		return &s->g->failed;
	if (mica__grow(&s->placed, &s->cap_placed, (size_t)x->id + 1, sizeof *s->placed) != MICA_OK)
		return no_memory(s);
	s->placed[x->id] = where;
	return x;
}

static mica_var carry(pass *s, mica_var x, mica_var initial)
{
	mica_var first = mica__node(s->g, MICA__STOP_GRADIENT, x->dtype, &x->shape, &initial, 1, NULL); /* of this carry alone */
	mica_var y = mica__node_of_loop(s->g, x->loop, MICA__CARRY, x->dtype, &x->shape, &first, 1, &x->attr);
	if (!y->failed)
		s->g->loops[x->loop - 1]->carries[x->attr.carry].carry = y;
	return place(s, y, y);
}

/* What carries become, once all of the loop's nodes are there: with the first thing that comes out of it. */
static void close_carries(pass *s, const mica_scan *from)
{
	mica_scan *loop = s->g->loops[from->number - 1];
	for (size_t i = 0; i < loop->n_carries; i++) {
		mica__carry *c = &loop->carries[i];
		if (c->carry && !c->next)
			c->next = place(s, placeable(s, s->map[from->carries[i].next->id], loop->number), c->carry);
	}
}

/* STACK or LAST.  A carry's values of all steps, or what it becomes, are in the carry's own place. */
static mica_var from_loop(pass *s, mica_var x, mica_var *in)
{
	uint32_t loop = x->in[0]->loop;
	close_carries(s, x->g->loops[loop - 1]);
	if (s->g->status != MICA_OK)
		return &s->g->failed;
	if (x->op == MICA__LAST)
		return make(s, MICA__LAST, x, &x->shape, (mica_var[]){in[0], mica__next_of(in[0])}, 2);
	mica_var where = place_of(s, in[0]), y = where ? in[0] : placeable(s, in[0], loop);
	if (where && where->op == MICA__STACK)
		return where;
	mica_var stack = make(s, MICA__STACK, x, &x->shape, &y, 1);
	return where || !place(s, y, stack)->failed ? stack : &s->g->failed;
}

static mica_var copy_leaf(pass *s, mica_var x)
{
	mica_var y = mica__node(s->g, x->op, x->dtype, &x->shape, NULL, 0, &x->attr);
	if (!y->failed) {
		y->value = x->value;
		memcpy(y->name, x->name, sizeof y->name);
	}
	return y;
}

static mica_var assigned(pass *s, mica_var variable, mica_var value)
{
	mica__plan *p = s->p;
	/* What is stored must be computed: a leaf's value is copied by an operation of its own. */
	mica_var computed = make(s, MICA__STOP_GRADIENT, value, &value->shape, &value, 1);
	if (computed->failed || variable->failed)
		return &s->g->failed;
	if (mica__grow(&p->assigns, &p->cap_assigns, p->n_assigns + 1, sizeof *p->assigns) != MICA_OK ||
	    mica__grow(&s->assigned, &s->cap_assigned, (size_t)variable->id + 1, sizeof *s->assigned) != MICA_OK)
		return no_memory(s);
	if (s->assigned[variable->id])
		return mica__graph_fail(s->g, MICA_EINVAL, "plan: %s is assigned twice", variable->name);
	s->assigned[variable->id] = true;
	p->assigns[p->n_assigns++] = (mica__assignment){variable, computed};
	return computed;
}

/* What an output shows after the run: an assigned variable's storage holds the new value by then, so the old one is copied. */
static mica_var shown(pass *s, mica_var x)
{
	mica_var y = x;
	while (y->op == MICA__RESHAPE)
		y = y->in[0];
	bool changed = y->op == MICA__VARIABLE && y->id < s->cap_assigned && s->assigned[y->id];
	bool part = y->op == MICA__LAST || (y->op == MICA__STACK && place_of(s, y->in[0]) != y); /* of a carry's place */
	return changed || part ? make(s, MICA__STOP_GRADIENT, x, &x->shape, &x, 1) : x;
}

/* What is read on a CPU by tiles of rows, the last of which may reach past the end.  In panels that is a few elements; where
   row follows row it is much if the rows are long, so such an operand is copied to panels. */
static mica_var read_past_end(pass *s, mica_var a)
{
	const mica__plan *p = s->p;
	mica_var y = a;
	while (y->op == MICA__RESHAPE || mica__is_row_of_step(y))
		y = y->in[0];
	bool linear = y->op == MICA__INPUT || (y != a && !mica__in_panels(p, y));
	if (!p->device.cpu || p->without & MICA_NO_PANELS || !linear || mica__shape_lead(&a->shape) < 2 ||
	    mica__shape_last(&a->shape) <= MICA__TAIL / MICA__MOST_ROWS)
		return a;
	return make(s, MICA__STOP_GRADIENT, a, &a->shape, &a, 1);
}

/* Weights (3, 3, I, O) as (4, 4, I, O): once, for all convolutions that take them. */
static mica_var winograd_weights(pass *s, mica_var w)
{
	mica_shape t = w->shape;
	t.dim[t.rank - 4] = t.dim[t.rank - 3] = 4;
	return w->failed ? w : share(s, mica__node(s->g, MICA__WINOGRAD, w->dtype, &t, &w, 1, NULL));
}

static mica_var copied(pass *s, mica_var x)
{
	mica_var *in, y;
	if (mica__grow(&s->in, &s->cap_in, x->n_in + 1, sizeof *s->in) != MICA_OK)
		return no_memory(s);
	in = s->in;
	for (size_t i = 0; i < x->n_in; i++)
		if ((in[i] = s->map[x->in[i]->id])->failed)
			return in[i];
	if (mica__is_elementwise(x)) {
		if (s->fold && (y = folded(s, x, in)))
			return share(s, y);
		if (s->fold)
			strip_broadcasts(x, in);
		return make(s, x->op, x, &x->shape, in, x->n_in);
	}
	switch (x->op) {
	case MICA__INPUT: case MICA__VARIABLE: return copy_leaf(s, x);
	case MICA__STOP_GRADIENT: return in[0];
	case MICA__CAST: return s->fold ? cast(s, x, in[0]) : make(s, x->op, x, &x->shape, in, 1);
	case MICA__RESHAPE: return reshaped(s, in[0], &x->shape);
	case MICA__TRANSPOSE: return transposed(s, x, in[0]);
	case MICA__BROADCAST: return share(s, s->fold ? as_shape(in[0], &x->shape) : mica_op_broadcast(in[0], x->shape));
	case MICA__ASSIGN: return assigned(s, in[0], in[1]);
	case MICA__STEP: return share(s, mica__node_of_loop(s->g, x->loop, x->op, x->dtype, &x->shape, NULL, 0, NULL));
	case MICA__CARRY: return carry(s, x, in[0]);
	case MICA__STACK: case MICA__LAST: return from_loop(s, x, in);
	default: break;
	}
	if (mica__is_reduction(x))
		return reduction(s, x, in[0]);
	const mica__kind *kind = mica__has_kind(x) ? mica__kind_of(s->p, x) : NULL;
	for (size_t i = 0; kind && i < x->n_in; i++)
		if (kind->past_end >> i & 1)
			in[i] = read_past_end(s, in[i]);
	if (x->op != MICA__CONV_WEIGHT && mica__winograd_fits(s->p, x))
		in[1] = winograd_weights(s, in[1]);
	return summed_parts(s, x, in);
}

static void forget_carries(mica_graph *g, const bool *need)
{
	for (size_t i = 0; i < g->n_loops; i++)
		for (size_t j = 0; j < g->loops[i]->n_carries; j++) {
			mica__carry *c = &g->loops[i]->carries[j];
			if (c->carry && !need[c->carry->id])
				*c = (mica__carry){NULL, NULL};
		}
}

/* Only nodes that outputs and assignments need stay, numbered anew. */
static mica_status drop_others(pass *s)
{
	mica__plan *p = s->p;
	mica_graph *g = s->g;
	bool *need = mica__alloc(g->n + 1, sizeof *need);
	size_t n = 0;
	if (!need)
		return MICA_ENOMEM;
	for (size_t i = 0; i < p->n_outputs; i++)
		need[p->outputs[i]->id] = true;
	for (size_t i = 0; i < p->n_assigns; i++)
		need[p->assigns[i].value->id] = need[p->assigns[i].variable->id] = true;
	for (bool again = true; again;) {
		again = false;
		for (size_t i = g->n; i-- > 0;)
			for (size_t j = 0; need[i] && j < g->nodes[i]->n_in; j++)
				need[g->nodes[i]->in[j]->id] = true;
		for (size_t i = 0; i < g->n; i++) {
			mica_var next = need[i] && g->nodes[i]->op == MICA__CARRY ? mica__next_of(g->nodes[i]) : NULL;
			if (next && !need[next->id])
				again = need[next->id] = true;
		}
	}
	forget_carries(g, need);
	for (size_t i = 0; i < g->n; i++) {
		mica_var x = g->nodes[i];
		if (need[i])
			(g->nodes[n] = x)->id = (uint32_t)n, n++;
		else
			mica__free(x);
	}
	g->n = n;
	mica__free(need);
	return MICA_OK;
}

mica_status mica__simplify(mica__plan *p, const mica_var *outputs, size_t n)
{
	mica_status st = MICA_OK;
	size_t order_n = 0;
	pass s = {.p = p, .fold = !(p->without & MICA_NO_SIMPLIFY)};
	mica_var *order = mica__topological(outputs, n, &order_n);
	p->g = s.g = mica__graph_like(outputs[0]->g);
	s.map = mica__alloc(outputs[0]->g->n, sizeof *s.map);
	p->outputs = mica__alloc(n, sizeof *p->outputs);
	if (!order || !p->g || !s.map || !p->outputs) {
		st = mica__fail(MICA_ENOMEM, "plan: no memory for %zu nodes", order_n);
		goto out;
	}
	if ((st = copy_loops(&s, outputs[0]->g)) != MICA_OK)
		goto out;
	for (size_t i = 0; i < order_n; i++) {
		s.g->scope = order[i]->scope;
		s.map[order[i]->id] = copied(&s, order[i]);
	}
	for (size_t i = 0; i < n && s.g->status == MICA_OK; i++)
		p->outputs[i] = shown(&s, s.map[outputs[i]->id]);
	p->n_outputs = n;
	if ((st = p->g->status) != MICA_OK)
		mica__fail(st, "%s", p->g->error);
	else
		st = drop_others(&s);
out:
	mica__free(order);
	mica__table_free(&s.nodes);
	mica__table_free(&s.shapes);
	mica__free(s.reshapings);
	mica__free(s.todo);
	mica__free(s.todo_shape);
	mica__free(s.in);
	mica__free(s.assigned);
	mica__free(s.placed);
	mica__free(s.map);
	return st;
}
