/* SPDX-License-Identifier: MIT */
/* lower/simplify.c - first pass: copies the nodes a plan needs into a graph of its own, where constants are folded, equal
   nodes are one node, reshapes stand next to the leaves and trailing axes of size 1 do not hide which axis a reduction
   runs over.  With MICA_NO_SIMPLIFY only what the later passes rely on is done. */
#include "lower/lower.h"

#include <math.h>
#include <string.h>

typedef struct pass {
	mica__plan *p;
	mica_graph *g;
	bool fold;
	mica_var *map;       /* by id in the user's graph */
	uint32_t *table;     /* hash table of node ids + 1 */
	size_t table_size;
} pass;

/* Equal nodes are one node: the last made one is dropped if it has a twin. */
static mica_var share(pass *s, mica_var x)
{
	if (x->failed || !s->fold || x->op == MICA__INPUT || x->op == MICA__VARIABLE)
		return x;
	size_t mask = s->table_size - 1, at = (size_t)mica__node_hash(x) & mask;
	for (; s->table[at]; at = (at + 1) & mask) {
		mica_var twin = s->g->nodes[s->table[at] - 1];
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
	s->table[at] = x->id + 1;
	return x;
}

static bool is_fill(mica_var x, double *v)
{
	if (x->op == MICA__FILL)
		*v = x->attr.value;
	return x->op == MICA__FILL;
}

static bool fold_value(mica__op op, const double *v, double *out)
{
	switch (op) {
	case MICA__NEG: *out = -v[0]; return true;
	case MICA__SQUARE: *out = v[0] * v[0]; return true;
	case MICA__SQRT: *out = sqrt(v[0]); return true;
	case MICA__EXP: *out = exp(v[0]); return true;
	case MICA__LOG: *out = log(v[0]); return true;
	case MICA__RECIPROCAL: *out = 1 / v[0]; return true;
	case MICA__ADD: *out = v[0] + v[1]; return true;
	case MICA__SUB: *out = v[0] - v[1]; return true;
	case MICA__MUL: *out = v[0] * v[1]; return true;
	case MICA__DIV: *out = v[0] / v[1]; return true;
	case MICA__GT: *out = v[0] > v[1]; return true;
	default: return false;
	}
}

static mica_var as_shape(mica_var x, const mica_shape *s)
{
	double v;
	if (mica__shape_equal(&x->shape, s))
		return x;
	return is_fill(x, &v) ? mica_graph_fill(x->g, v, x->dtype, *s) : mica_op_broadcast(x, *s);
}

/* x + 0, x * 1 and the like, and operations on constants; NULL if nothing applies. */
static mica_var folded(pass *s, mica_var x, mica_var *in)
{
	double v[3] = {0, 0, 0}, out;
	bool all = true, fill[3] = {false, false, false};
	for (size_t i = 0; i < x->n_in; i++)
		all = (fill[i] = is_fill(in[i], &v[i])) && all;
	if (all && x->dtype == s->g->real && fold_value(x->op, v, &out))
		return mica_graph_fill(s->g, out, x->dtype, x->shape);
	if ((x->op == MICA__MUL && fill[1] && v[1] == 1) || (x->op == MICA__DIV && fill[1] && v[1] == 1) ||
	    (x->op == MICA__SUB && fill[1] && v[1] == 0) || (x->op == MICA__ADD && fill[1] && v[1] == 0))
		return as_shape(in[0], &x->shape);
	if ((x->op == MICA__MUL && fill[0] && v[0] == 1) || (x->op == MICA__ADD && fill[0] && v[0] == 0))
		return as_shape(in[1], &x->shape);
	if (x->op == MICA__NEG && in[0]->op == MICA__NEG)
		return in[0]->in[0];
	return NULL;
}

static mica_var make(pass *s, mica__op op, mica_var like, const mica_shape *shape, const mica_var *in, size_t n)
{
	return share(s, mica__node(s->g, op, like->dtype, shape, in, n, &like->attr));
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

static mica_var reshaped(pass *s, mica_var x, const mica_shape *shape);

static mica_var reshaped_elementwise(pass *s, mica_var x, const mica_shape *shape)
{
	mica_var in[3];
	for (size_t i = 0; i < x->n_in; i++) {
		if (mica__shape_equal(&x->in[i]->shape, &x->shape))
			in[i] = reshaped(s, x->in[i], shape);
		else if (mica_var_count(x->in[i]) == 1)
			in[i] = reshaped(s, x->in[i], &MICA_SCALAR_SHAPE);
		else
			return NULL;
	}
	return make(s, x->op, x, shape, in, x->n_in);
}

static mica_var reshaped_gather(pass *s, mica_var x, const mica_shape *shape)
{
	mica_var table = x->in[0], index = x->in[1];
	size_t keep = index->shape.rank;
	if (shape->rank < keep || memcmp(shape->dim, x->shape.dim, keep * sizeof(size_t)))
		return NULL;
	mica_shape t = {1, {table->shape.dim[0]}};
	for (size_t i = keep; i < shape->rank; i++)
		t.dim[t.rank++] = shape->dim[i];
	return make(s, MICA__GATHER, x, shape, (mica_var[]){reshaped(s, table, &t), index}, 2);
}

/* Reshape, moved towards the leaves, where it costs nothing. */
static mica_var reshaped(pass *s, mica_var x, const mica_shape *shape)
{
	mica_var y = NULL;
	double v;
	if (mica__shape_equal(&x->shape, shape))
		return x;
	if (x->op == MICA__RESHAPE)
		return reshaped(s, x->in[0], shape);
	if (is_fill(x, &v))
		return share(s, mica_graph_fill(s->g, v, x->dtype, *shape));
	if (mica__is_elementwise(x) || x->op == MICA__CAST)
		y = reshaped_elementwise(s, x, shape);
	else if (x->op == MICA__GATHER)
		y = reshaped_gather(s, x, shape);
	return y ? y : share(s, mica__node(s->g, MICA__RESHAPE, x->dtype, shape, &x, 1, NULL));
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
	if (x->op == MICA__ARGMAX || in->rank == MICA_MAX_RANK)
		return 0;
	if (axis + 1 == in->rank)
		return outer < FEW && n >= 4 * ROW_PART ? part_length(n, ROW_PART) : 0;
	return outer * mica__ceil_div(inner, 32) < FEW && n >= 4 * COLUMN_PART ? part_length(n, COLUMN_PART) : 0;
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

static mica_var copy_leaf(pass *s, mica_var x)
{
	mica_var y = mica__node(s->g, x->op, x->dtype, &x->shape, NULL, 0, &x->attr);
	if (!y->failed) {
		y->origin = x;
		memcpy(y->name, x->name, sizeof y->name);
	}
	return y;
}

static mica_var assigned(pass *s, mica_var variable, mica_var value)
{
	mica__plan *p = s->p;
	/* What is stored must be computed: a leaf's value is copied by an operation of its own. */
	mica_var computed = make(s, MICA__STOP_GRADIENT, value, &value->shape, &value, 1);
	if (mica__grow(&p->assigns, &p->cap_assigns, p->n_assigns + 1, sizeof *p->assigns) != MICA_OK)
		return mica__graph_fail(s->g, MICA_ENOMEM, "plan: no memory for an assignment");
	for (size_t i = 0; i < p->n_assigns; i++)
		if (p->assigns[i].variable == variable)
			return mica__graph_fail(s->g, MICA_EINVAL, "plan: %s is assigned twice", variable->name);
	p->assigns[p->n_assigns++] = (mica__assignment){variable, computed};
	return computed;
}

/* A product on a CPU reads its left operand by tiles of rows, the last of which may reach past the end.  In panels that is
   a few elements; where row follows row it is much if the rows are long, so such an operand is copied to panels. */
static mica_var left_operand(pass *s, mica_var a)
{
	const mica__plan *p = s->p;
	mica_var y = a;
	while (y->op == MICA__RESHAPE)
		y = y->in[0];
	bool linear = y->op == MICA__INPUT || (y != a && !mica__in_panels(p, y));
	if (!p->device.cpu || p->without & MICA_NO_PANELS || !linear || mica__shape_lead(&a->shape) < 2 ||
	    mica__shape_last(&a->shape) <= MICA__TAIL / MICA__MOST_ROWS)
		return a;
	return make(s, MICA__STOP_GRADIENT, a, &a->shape, &a, 1);
}

static mica_var copied(pass *s, mica_var x)
{
	mica_var in[64], y;
	if (x->n_in > 64)
		return mica__graph_fail(s->g, MICA_EUNSUPPORTED, "%s: %zu inputs, at most 64", mica__op_describe(x->op)->name, x->n_in);
	for (size_t i = 0; i < x->n_in; i++)
		in[i] = s->map[x->in[i]->id];
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
	case MICA__RESHAPE: return reshaped(s, in[0], &x->shape);
	case MICA__TRANSPOSE: return transposed(s, x, in[0]);
	case MICA__BROADCAST: return share(s, s->fold ? as_shape(in[0], &x->shape) : mica_op_broadcast(in[0], x->shape));
	case MICA__ASSIGN: return assigned(s, in[0], in[1]);
	default: break;
	}
	if (mica__is_reduction(x))
		return reduction(s, x, in[0]);
	if (x->op == MICA__MATMUL)
		in[0] = left_operand(s, in[0]);
	return make(s, x->op, x, &x->shape, in, x->n_in);
}

mica_status mica__simplify(mica__plan *p, const mica_var *outputs, size_t n)
{
	mica_status st = MICA_OK;
	size_t order_n = 0;
	pass s = {.p = p, .fold = !(p->without & MICA_NO_SIMPLIFY), .table_size = 1};
	mica_var *order = mica__topological(outputs, n, &order_n);
	p->g = s.g = mica__graph_bare(outputs[0]->g->real);
	while (s.table_size < 8 * (order_n + 16))
		s.table_size *= 2;
	s.table = mica__alloc(s.table_size, sizeof *s.table);
	s.map = mica__alloc(outputs[0]->g->n, sizeof *s.map);
	p->outputs = mica__alloc(n, sizeof *p->outputs);
	if (!order || !p->g || !s.table || !s.map || !p->outputs) {
		st = mica__fail(MICA_ENOMEM, "plan: no memory for %zu nodes", order_n);
		goto out;
	}
	for (size_t i = 0; i < order_n; i++)
		s.map[order[i]->id] = copied(&s, order[i]);
	for (size_t i = 0; i < n; i++)
		p->outputs[i] = s.map[outputs[i]->id];
	p->n_outputs = n;
	if ((st = p->g->status) != MICA_OK)
		mica__fail(st, "%s", p->g->error);
out:
	mica__free(order);
	mica__free(s.table);
	mica__free(s.map);
	return st;
}
