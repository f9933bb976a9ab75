/* SPDX-License-Identifier: MIT */
/* graph/test_operations.c - what operations say of themselves: descriptions are complete, equality and hashing look at
   the attributes an operation uses and at nothing else, maps lead to the right elements, the order of a walk.  Needs no
   device. */
#include "graph/node.h"
#include "support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define L(...) ((size_t[]){__VA_ARGS__})
#define S(...) MICA_SHAPE(__VA_ARGS__)

static mica_graph *open_graph(void)
{
	mica_graph *g = mica__graph_bare(MICA_F32);
	cr_assert(g != NULL);
	return g;
}

Test(operations, are_described)
{
	for (int op = 0; op < MICA__OP_COUNT; op++) {
		if (op == MICA__ELEMENTWISE_END)
			continue;
		const mica__op_info *info = mica__op_describe((mica__op)op);
		cr_assert(info && info->name && info->name[0], "operation %d", op);
		bool elementwise = op < MICA__ELEMENTWISE_END;
		bool joins = info->family == MICA__FAMILY_REDUCTION && op != MICA__ARGMAX;
		cr_expect((elementwise || joins) == (info->expression != NULL), "%s: expression", info->name);
		cr_expect(!elementwise || (info->pointwise && info->family == MICA__FAMILY_POINTWISE), "%s: pointwise", info->name);
		cr_expect(info->family != MICA__FAMILY_MOVE || info->pointwise || info->map, "%s: a move without a map", info->name);
		cr_expect(!info->map || info->family == MICA__FAMILY_MOVE, "%s: a map of what is no move", info->name);
		/* A carry is a leaf of its loop's body that begins with its operand; a history is of the loop alone. */
		bool has_none = (info->family <= MICA__FAMILY_SOURCE && op != MICA__CARRY) || op == MICA__HISTORY;
		cr_expect(has_none == (info->arity == 0) || info->arity == MICA__ANY_ARITY, "%s: arity", info->name);
		for (int other = 0; other < op; other++)
			if (other != MICA__ELEMENTWISE_END)
				cr_expect(strcmp(info->name, mica__op_describe((mica__op)other)->name), "%s is there twice", info->name);
	}
}

/* ---- equality ---- */

/* The same node with garbage in the attributes it does not use. */
static mica_var dirty(mica_var x)
{
	mica__attr attr;
	memset(&attr, 0xa5, sizeof attr);
	switch (mica__op_of(x)->uses) {
	case MICA__USES_NOTHING: break;
	case MICA__USES_VALUE: attr.value = x->attr.value; break;
	case MICA__USES_AXIS: attr.axis = x->attr.axis; break;
	case MICA__USES_ALONG:
		attr.along.axis = x->attr.along.axis;
		attr.along.run = x->attr.along.run;
		attr.along.backward = x->attr.along.backward;
		break;
	case MICA__USES_ROWS: attr.rows = x->attr.rows; break;
	case MICA__USES_PERM: memcpy(attr.perm, x->attr.perm, x->shape.rank * sizeof(size_t)); break;
	case MICA__USES_SLICE:
		memcpy(attr.slice.start, x->attr.slice.start, x->shape.rank * sizeof(size_t));
		memcpy(attr.slice.step, x->attr.slice.step, x->shape.rank * sizeof(size_t));
		break;
	case MICA__USES_PAD:
		memcpy(attr.pad.before, x->attr.pad.before, x->shape.rank * sizeof(size_t));
		attr.pad.value = x->attr.pad.value;
		break;
	case MICA__USES_ATTENTION:
		attr.attention.scale = x->attr.attention.scale;
		attr.attention.causal = x->attr.attention.causal;
		attr.attention.part = x->attr.attention.part;
		break;
	case MICA__USES_PAD_MODE:
		memcpy(attr.mode.before, x->attr.mode.before, x->shape.rank * sizeof(size_t));
		attr.mode.how = x->attr.mode.how;
		break;
	case MICA__USES_WINDOW:
		attr.window.shape = x->attr.window.shape;
		attr.window.outside = x->attr.window.outside;
		break;
	case MICA__USES_RANDOM:
		attr.random.seed = x->attr.random.seed;
		attr.random.stream = x->attr.random.stream;
		break;
	}
	return mica__node(x->g, x->op, x->dtype, &x->shape, x->in, x->n_in, &attr);
}

Test(operations, equal_nodes)
{
	mica_graph *g = open_graph();
	mica_var x = mica_graph_input(g, "x", MICA_F32, S(4, 6)), y = mica_graph_input(g, "x", MICA_F32, S(4, 6));
	mica_var k = mica_graph_input(g, "k", MICA_I32, S(4)), image = mica_op_reshape(x, S(1, 12, 2));
	/* No two of them are equal. */
	mica_var all[] = {
		x, y, mica_op_neg(x), mica_op_neg(y), mica_op_abs(x), mica_op_add(x, y), mica_op_add(y, x), mica_op_add(x, x),
		mica_graph_scalar(g, 0), mica_graph_scalar(g, -0.0), mica_graph_scalar(g, (double)NAN), mica_graph_scalar(g, 1),
		mica_graph_fill(g, 1, MICA_F32, S(1)), mica_graph_fill(g, 1, MICA_I32, MICA_SCALAR_SHAPE),
		mica_graph_iota(g, S(4, 4), 0), mica_graph_iota(g, S(4, 4), 1), mica_op_transpose(x, NULL),
		mica_op_transpose(x, L(0, 1)), mica_op_slice(x, L(0, 0), L(2, 2), NULL), mica_op_slice(x, L(1, 0), L(3, 2), NULL),
		mica_op_slice(x, L(0, 1), L(2, 3), NULL), mica_op_slice(x, L(0, 0), L(3, 2), L(2, 1)),
		mica_op_pad(x, L(1, 0), L(0, 0), 0), mica_op_pad(x, L(0, 0), L(1, 0), 0), mica_op_pad(x, L(1, 0), L(0, 0), 1),
		mica_op_pad_mode(x, L(1, 0), L(0, 0), MICA_PAD_EDGE), mica_op_pad_mode(x, L(0, 1), L(0, 0), MICA_PAD_EDGE),
		mica_op_pad_mode(x, L(1, 0), L(0, 0), MICA_PAD_WRAP),
		mica_op_concat((mica_var[]){x, y}, 2, 0), mica_op_concat((mica_var[]){y, x}, 2, 0),
		mica_op_concat((mica_var[]){x, y}, 2, 1), mica_op_flip(x, 0), mica_op_flip(x, 1), mica_op_gather(x, k),
		mica_op_cumsum(x, 0, false, false), mica_op_cumsum(x, 0, false, true), mica_op_cumsum(x, 1, false, true),
		mica_op_argsort(x, 1, false), mica_op_argsort(x, 1, true),
		mica_op_scatter_add(x, k, 4), mica_op_scatter_add(x, k, 5), mica_op_sum(x, MICA_AXIS(0), true),
		mica_op_sum(x, MICA_AXIS(1), true), mica_op_reduce_max(x, MICA_AXIS(1), true), mica_op_reshape(x, S(24)),
		mica_op_reshape(x, S(6, 4)), mica_op_broadcast(x, S(1, 4, 6)), mica_op_random(g, S(4), 1, 0, NULL),
		mica_op_random(g, S(4), 1, 1, NULL), mica_op_random(g, S(4), 2, 0, NULL),
		mica_op_random(g, S(4), 1, 0, mica_graph_fill(g, 1, MICA_I32, S(1))), mica_op_stop_gradient(x),
		mica_op_cast(x, MICA_I32), mica_op_cast(x, MICA_U8),
		mica_op_window(image, &(mica_window_opts){.taps = {3}}), mica_op_window(image, &(mica_window_opts){.taps = {2}, .dilation = {2}}),
		mica_op_window(image, &(mica_window_opts){.taps = {3}, .padding = MICA_SAME}),
		mica_op_window(image, &(mica_window_opts){.taps = {3}, .padding = MICA_SAME, .outside = 1}),
		mica_op_window(image, &(mica_window_opts){.taps = {3}, .padding = MICA_CAUSAL}),
		mica_op_window(image, &(mica_window_opts){.taps = {3}, .padding = MICA_SAME, .stride = {2}}),
	};
	OK(mica_graph_status(g));
	for (size_t i = 0; i < COUNT(all); i++) {
		mica_var copy = dirty(all[i]);
		bool leaf = mica__is_leaf(all[i]);
		cr_expect(mica__node_equal(all[i], all[i]), "row %zu: not itself", i);
		cr_expect(mica__node_equal(all[i], copy) != leaf, "row %zu: %s and its copy", i, mica__op_of(copy)->name);
		cr_expect(leaf || mica__node_hash(all[i]) == mica__node_hash(copy), "row %zu: hash of %s and its copy", i,
		          mica__op_of(copy)->name);
		for (size_t j = 0; j < i; j++) {
			cr_expect(!mica__node_equal(all[i], all[j]), "rows %zu and %zu: %s", j, i, mica__op_of(all[i])->name);
			cr_expect(mica__node_hash(all[i]) != mica__node_hash(all[j]), "rows %zu and %zu: hash", j, i);
		}
	}
	mica_graph_destroy(g);
}

/* ---- maps ---- */

static double element(mica_var x, const size_t *at);

/* Element of input i at the position the map gives; false if it is outside. */
static bool mapped(mica_var x, size_t i, const size_t *at, double *out)
{
	const mica_shape *in = &x->in[i]->shape;
	mica__map m = mica__map_of(x, i);
	size_t to[MICA_MAX_RANK] = {0};
	if (m.linear)
		shape_unravel(*in, shape_ravel(x->shape, at), to);
	for (size_t k = 0; k < in->rank && !m.linear; k++) {
		double index = 0;
		int64_t c = m.axis[k].start + (m.axis[k].from == MICA__NO_AXIS ? 0 : m.axis[k].step * (int64_t)at[m.axis[k].from]);
		c += m.axis[k].from2 == MICA__NO_AXIS ? 0 : m.axis[k].step2 * (int64_t)at[m.axis[k].from2];
		bool between = c % m.axis[k].divisor != 0;
		c /= m.axis[k].divisor;
		if (m.axis[k].indexed) {
			cr_assert(mapped(x, 1, at, &index));
			c = (int64_t)fmin(fmax(index, 0), (double)in->dim[k] - 1);
		}
		bool inside = !between && c >= 0 && c < (int64_t)in->dim[k];
		cr_assert(inside || m.axis[k].bounded, "%s: axis %zu at %ld of %zu", mica__op_of(x)->name, k, (long)c, in->dim[k]);
		if (!inside)
			return *out = m.otherwise, false;
		to[k] = (size_t)c;
	}
	*out = element(x->in[i], to);
	return true;
}

/* Inputs count up from 0, but the indices, which are 3 0 9 -1. */
static double element(mica_var x, const size_t *at)
{
	static const double index[] = {3, 0, 9, -1};
	double v = 0;
	if (!strcmp(x->name, "index"))
		return index[at[0]];
	if (x->op == MICA__INPUT)
		return (double)shape_ravel(x->shape, at);
	bool indexed = x->op == MICA__GATHER || x->op == MICA__TAKE_ALONG; /* its second input is not a value of it */
	for (size_t i = 0; i < (indexed ? 1 : x->n_in); i++)
		if (mapped(x, i, at, &v))
			break;
	return v;
}

Test(operations, maps_of_moves)
{
	mica_graph *g = open_graph();
	mica_var x = mica_graph_input(g, "x", MICA_F32, S(2, 3)), c = mica_graph_input(g, "c", MICA_F32, S(2, 1));
	mica_var t = mica_graph_input(g, "t", MICA_F32, S(4, 2)), index = mica_graph_input(g, "index", MICA_I32, S(4));
	mica__attr window = {.window = {{.axes = 1, .taps = {2}, .stride = {2}, .dilation = {1}}, 0}};
	mica_var three = mica_op_reshape(mica_graph_input(g, "s", MICA_F32, S(8)), S(1, 2, 2, 2));
	mica_var spread = mica__node(g, MICA__SPREAD, MICA_F32, &S(1, 3, 2, 2), &three, 1, &window);
	struct {
		mica_var y;
		bool keeps_last;
		double want[12];
	} rows[] = {
		{mica_op_reshape(x, S(3, 2)), false, {0, 1, 2, 3, 4, 5}},
		{mica_op_reshape(x, S(1, 2, 3)), true, {0, 1, 2, 3, 4, 5}},
		{mica_op_transpose(x, NULL), false, {0, 3, 1, 4, 2, 5}},
		{mica_op_transpose(mica_op_reshape(t, S(2, 2, 2)), L(1, 0, 2)), true, {0, 1, 4, 5, 2, 3, 6, 7}},
		{mica_op_broadcast(c, S(2, 2)), false, {0, 0, 1, 1}},
		{mica_op_broadcast(x, S(2, 2, 3)), true, {0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5}},
		{mica_op_stop_gradient(x), true, {0, 1, 2, 3, 4, 5}},
		{mica_op_slice(x, L(0, 0), L(2, 3), L(1, 2)), false, {0, 2, 3, 5}},
		{mica_op_slice(x, L(1, 0), L(2, 3), NULL), true, {3, 4, 5}},
		{mica_op_pad(x, L(0, 1), L(0, 0), 7), false, {7, 0, 1, 2, 7, 3, 4, 5}},
		{mica_op_pad(x, L(1, 0), L(1, 0), -1), true, {-1, -1, -1, 0, 1, 2, 3, 4, 5, -1, -1, -1}},
		{mica_op_concat((mica_var[]){c, x, c}, 3, 1), false, {0, 0, 1, 2, 0, 1, 3, 4, 5, 1}},
		{mica_op_concat((mica_var[]){x, x}, 2, 0), true, {0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5}},
		{mica_op_flip(x, 1), false, {2, 1, 0, 5, 4, 3}},
		{mica_op_flip(x, 0), true, {3, 4, 5, 0, 1, 2}},
		{mica_op_window(mica_op_reshape(x, S(1, 3, 2)), &(mica_window_opts){.taps = {2}, .padding = MICA_SAME, .outside = 9}), true,
		 {0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 9, 9}},
		{mica_op_window(mica_op_reshape(x, S(1, 3, 2)), &(mica_window_opts){.taps = {2}, .dilation = {2}}), true, {0, 1, 4, 5}},
		{spread, true, {0, 1, 0, 0, 0, 0, 2, 3, 4, 5, 0, 0}},
		{mica_op_gather(t, index), true, {6, 7, 0, 1, 6, 7, 0, 1}},
		{mica_op_take_along(t, mica_op_reshape(index, S(2, 2)), 0), false, {6, 1, 6, 1}},
		{mica_op_take_along(mica_op_reshape(t, S(1, 8)), mica_op_reshape(index, S(1, 4)), 1), false, {3, 0, 7, 0}},
		{mica_op_gather(mica_op_reshape(t, S(8)), index), false, {3, 0, 7, 0}},
	};
	OK(mica_graph_status(g));
	for (size_t i = 0; i < COUNT(rows); i++) {
		mica_var y = rows[i].y;
		for (size_t k = 0; k < mica_var_count(y); k++) {
			size_t at[MICA_MAX_RANK];
			shape_unravel(y->shape, k, at);
			double got = element(y, at);
			cr_expect(got == rows[i].want[k], "row %zu, %s, element %zu: got %g, want %g", i, mica__op_of(y)->name, k, got,
			          rows[i].want[k]);
		}
		cr_expect(mica__keeps_last_axis(y, 0) == rows[i].keeps_last, "row %zu, %s: vectors", i, mica__op_of(y)->name);
	}
	mica_graph_destroy(g);
}

/* ---- walks ---- */

Test(operations, are_found_inputs_first)
{
	mica_graph *g = open_graph();
	mica_var x = mica_graph_input(g, "x", MICA_F32, S(3)), a = mica_op_exp(x), other = mica_op_neg(x);
	mica_var b = mica_op_mul(a, x), c = mica_op_add(b, a);
	size_t n = 0;
	mica_var *order = mica__topological((mica_var[]){c, a, NULL, c}, 4, &n);
	cr_assert(order != NULL && n == 4, "%zu nodes", n);
	cr_expect(order[0] == x && order[1] == a && order[2] == b && order[3] == c, "the order");
	for (size_t i = 0; i < n; i++)
		cr_expect(mica__order_of(order[i]) == i, "place %zu", i);
	cr_expect(mica__order_of(other) == SIZE_MAX, "not needed");
	mica__free(order);
	mica_graph_destroy(g);
}

/* Many gradients of small parts of a large graph, gradients through a long chain, and of many uses of one value. */
Test(operations, gradients_take_time_for_what_they_need)
{
	enum { LENGTH = 100000 };
	mica_graph *g = open_graph();
	mica_var x = mica_graph_input(g, "x", MICA_F32, S(3)), y = x, d;
	for (size_t i = 0; i < LENGTH; i++)
		y = mica_op_tanh(y);
	OK(mica_gradient(y, NULL, &x, 1, &d));
	for (size_t i = 0; i < LENGTH; i++) { /* by the number of nodes, each of them: 10^10 */
		mica_var small = mica_op_square(x);
		OK(mica_gradient(small, NULL, &x, 1, &d));
	}
	mica_var *all = mica__alloc(LENGTH, sizeof *all);
	for (size_t i = 0; i < LENGTH; i++)
		all[i] = mica_op_neg(x);
	y = mica_op_concat(all, LENGTH, 0);
	OK(mica_gradient(y, NULL, all, LENGTH, all)); /* in place */
	cr_expect(mica_var_shape(all[LENGTH - 1]).dim[0] == 3);
	mica__free(all);
	mica_graph_destroy(g);
}

/* ---- scopes ---- */

static void expect_scope(mica_var x, const char *want)
{
	cr_expect(!strcmp(mica_var_scope(x), want), "%s: scope \"%s\", want \"%s\"", mica__op_of(x)->name, mica_var_scope(x), want);
}

Test(operations, know_their_scope)
{
	mica_graph *g = open_graph();
	mica_var x = mica_graph_input(g, "x", MICA_F32, S(3)), other = mica_graph_input(g, "o", MICA_F32, S(3)), d[2], dd;
	expect_scope(x, "");
	mica_scope_leave(g); /* nothing to leave */
	mica_scope_enter(g, "encoder");
	mica_scope_enter(g, "dense_1");
	mica_var a = mica_op_exp(x);
	mica_scope_enter(g, NULL);
	mica_var same = mica_op_neg(a);
	mica_scope_leave(g);
	mica_scope_leave(g);
	mica_var b = mica_op_square(a);
	mica_scope_leave(g);
	mica_scope_enter(g, "encoder/dense_1");
	mica_var again = mica_op_neg(x);
	mica_scope_leave(g);
	mica_scope_enter(g, "a\nb");
	expect_scope(mica_op_neg(x), "a?b");
	mica_scope_leave(g);
	mica_scope_enter(g, "loss");
	OK(mica_gradient(b, NULL, (mica_var[]){x, other}, 2, d)); /* of where b's nodes come from, not of where it is called */
	OK(mica_gradient(d[0], NULL, &x, 1, &dd));
	mica_var after = mica_op_neg(x);
	mica_scope_leave(g);
	mica_scope_update(g, "encoder/dense_1");
	mica_var u = mica_op_sub(x, d[0]);
	mica_scope_enter(g, "inner");
	expect_scope(mica_op_neg(u), "encoder/dense_1/inner update");
	mica_scope_leave(g);
	mica_scope_leave(g);
	expect_scope(a, "encoder/dense_1");
	expect_scope(same, "encoder/dense_1");
	expect_scope(b, "encoder");
	expect_scope(d[0], "encoder/dense_1 backward");
	expect_scope(d[1], "encoder backward");
	cr_expect(strstr(mica_var_scope(dd), " backward") != NULL, "%s", mica_var_scope(dd));
	expect_scope(after, "loss");
	expect_scope(u, "encoder/dense_1 update");
	expect_scope(mica_op_neg(x), "");
	cr_expect(a->scope == again->scope, "one object for one path");
	char text[2000];
	mica_graph_print(&u, 1, false, text, sizeof text);
	cr_expect(strstr(text, "# encoder/dense_1 backward\n") && strstr(text, "# encoder/dense_1 update\n"), "%s", text);
	mica_graph_destroy(g);
}

/* A plan's graph keeps the scopes of the graph it was made of; many of them are found again. */
Test(operations, share_many_scopes)
{
	mica_graph *g = open_graph(), *h = mica__graph_like(g);
	mica_var x = mica_graph_input(g, "x", MICA_F32, S(3));
	const mica__scope *first[1000];
	for (int turn = 0; turn < 2; turn++)
		for (int i = 0; i < 1000; i++) {
			char name[20];
			snprintf(name, sizeof name, "layer_%d", i);
			mica_scope_enter(g, name);
			mica_var y = mica_op_neg(x);
			cr_expect(turn == 0 || y->scope == first[i], "%s", name);
			first[i] = y->scope;
			mica_scope_leave(g);
		}
	mica_graph_destroy(g);
	for (int i = 0; i < 1000; i++) {
		char name[20];
		snprintf(name, sizeof name, "layer_%d", i);
		cr_expect(!strcmp(first[i]->text, name), "%s", first[i]->text);
		cr_expect(!strcmp(mica__scope_phase(first[i], MICA_UPDATE)->text + strlen(name), " update"), "%s", name);
	}
	mica_graph_destroy(h);
}
