/* SPDX-License-Identifier: MIT */
/* graph/scan.c - loops over time: their steps, what is carried from one to the next, what comes out of them.

   A loop is no node and has no graph of its own.  A node made of its step number or its carries has a value at each step
   (member loop), any other one value, wherever in the program it was made: so what does not depend on the step is computed
   outside of the loop, and values from outside are used like any other.  Only STACK and LAST lead out, and only once the loop
   is closed; so all that a loop uses has a smaller number than all that comes out of it, and going through the nodes in order
   one may run the whole loop where the first of these stands.

   A carry has its value before the first step as input.  What it becomes is made later, and stands in the table of the loop. */
#include "graph/node.h"

#include <string.h>

/* The gradient of a loop is made as a whole, see adjoint.c; these have one, that is all. */
static void as_a_whole(mica_var y, mica_var dy, mica_var *dx)
{
	(void)y, (void)dy, (void)dx;
}

const mica__op_info mica__op_STEP = {.name = "step", .family = MICA__FAMILY_SOURCE};
const mica__op_info mica__op_CARRY = {.name = "carry", .family = MICA__FAMILY_LEAF, .arity = 1, .gradient = as_a_whole};
const mica__op_info mica__op_STACK = {.name = "stack", .family = MICA__FAMILY_LOOP, .arity = 1, .gradient = as_a_whole};
const mica__op_info mica__op_LAST = {.name = "last", .family = MICA__FAMILY_LOOP, .arity = 2, .gradient = as_a_whole};
/* Of plans only, see lower/loops.c: the place where a carry's values of all steps are. */
const mica__op_info mica__op_HISTORY = {.name = "history", .family = MICA__FAMILY_LOOP};

/* ---- what loops make ---- */

mica_shape mica__stacked(size_t steps, const mica_shape *s)
{
	mica_shape out = {s->rank + 1, {steps}};
	for (size_t i = 0; i < s->rank && i + 1 < MICA_MAX_RANK; i++)
		out.dim[i + 1] = s->dim[i];
	return out;
}

bool mica__is_row_of_step(const struct mica_node *x)
{
	return x->op == MICA__GATHER && x->in[1]->op == MICA__STEP && !x->in[0]->loop &&
	       x->in[0]->shape.dim[0] == mica__loop_of(x)->steps;
}

/* ---- what a caller may do ---- */

/* Whether s is there, its graph has not failed, and x (if there is one to be) is of that graph; else *bad is what op returns. */
static bool usable(const char *op, const mica_scan *s, const mica_var *x, mica_var *bad)
{
	mica_graph *g = s ? s->g : x && *x ? (*x)->g : NULL;
	*bad = g ? &g->failed : NULL;
	if (!s && g)
		mica__graph_fail_null(g, "%s: no scan; look at what mica_scan_begin returned", op);
	else if (!s)
		mica__fail_null("%s: no scan; look at what mica_scan_begin returned", op);
	if (!s || g->status != MICA_OK || (x && !mica__operands(op, x, 1, bad)))
		return false;
	if (x && (*x)->g != g) {
		mica__graph_fail((*x)->g, MICA_EINVAL, "%s: a scan of another graph", op);
		mica__graph_fail(g, MICA_EINVAL, "%s: the operand is of another graph; make it in the scan's", op);
	}
	return g->status == MICA_OK;
}

static bool is_open(const char *op, const mica_scan *s, bool open)
{
	if (s->open != open)
		mica__graph_fail(s->g, MICA_EINVAL, open ? "%s: the scan has ended; this belongs before mica_scan_end"
		                                         : "%s: the scan has not ended; this belongs after mica_scan_end", op);
	return s->g->status == MICA_OK;
}

/* Whether x is a carry of s. */
static bool is_carry(const char *op, const mica_scan *s, mica_var x)
{
	if (x->op != MICA__CARRY || x->loop != s->number)
		mica__graph_fail(s->g, MICA_EINVAL, "%s: the first var is the result of %s; mica_scan_carry of this scan is wanted", op,
		                 mica__op_of(x)->name);
	return s->g->status == MICA_OK;
}

mica_scan *mica_scan_begin(mica_graph *g, size_t steps, bool reverse)
{
	if (!mica__graph_there(g, "scan") || g->status != MICA_OK)
		return NULL;
	if (steps >= INT32_MAX) {
		mica__graph_fail(g, MICA_EOVERFLOW, "scan: %zu steps; an i32 counts to %d", steps, INT32_MAX);
		return NULL;
	}
	mica_scan *s = mica__loop_add(g, steps, reverse);
	mica_var step = s ? mica__node_of_loop(g, s->number, MICA__STEP, MICA_I32, &MICA_SCALAR_SHAPE, NULL, 0, NULL) : NULL;
	if (!s)
		mica__graph_fail(g, MICA_ENOMEM, "scan: no memory for a loop");
	if (!s || step->failed)
		return NULL;
	s->step = step;
	return s;
}

mica_var mica_scan_step(mica_scan *s)
{
	mica_var bad;
	return usable("scan_step", s, NULL, &bad) && is_open("scan_step", s, true) ? s->step : bad;
}

mica_var mica_scan_read(mica_scan *s, mica_var x, int axis)
{
	mica_var bad;
	if (!usable("scan_read", s, &x, &bad) || !is_open("scan_read", s, true))
		return bad;
	size_t a, rank = x->shape.rank;
	if (!mica__axis(x, "scan_read", axis, &a))
		return &s->g->failed;
	if (x->shape.dim[a] != s->steps)
		return mica__graph_fail(s->g, MICA_ESHAPE, "scan_read: axis %d of %s for a scan of %zu steps; they must be equal", axis,
		                        mica__shape_text(&x->shape), s->steps);
	size_t perm[MICA_MAX_RANK] = {a}, n = 1;
	mica_shape row = {rank - 1, {0}};
	for (size_t i = 0; i < rank; i++)
		if (i != a) {
			row.dim[n - 1] = x->shape.dim[i];
			perm[n++] = i;
		}
	if (!s->steps) /* no row is ever read */
		return mica_graph_fill(s->g, 0, x->dtype, row);
	return mica_op_gather(a ? mica_op_transpose(x, perm) : x, s->step);
}

mica_var mica_scan_carry(mica_scan *s, mica_var initial)
{
	mica_var bad;
	if (!usable("scan_carry", s, &initial, &bad) || !is_open("scan_carry", s, true))
		return bad;
	if (initial->loop)
		return mica__graph_fail(s->g, MICA_EINVAL, "scan_carry: the first value is one of a loop's steps; it must be there before");
	mica_var x = mica__node_of_loop(s->g, s->number, MICA__CARRY, initial->dtype, &initial->shape, &initial, 1,
	                                &(mica__attr){.carry = s->n_carries});
	if (x->failed)
		return x;
	if (mica__grow(&s->carries, &s->cap_carries, s->n_carries + 1, sizeof *s->carries) != MICA_OK)
		return mica__graph_fail(s->g, MICA_ENOMEM, "scan_carry: no memory for one more");
	s->carries[s->n_carries++] = (mica__carry){x, NULL};
	return x;
}

void mica_scan_next(mica_scan *s, mica_var carry, mica_var value)
{
	mica_var bad;
	if (!usable("scan_next", s, &carry, &bad) || !usable("scan_next", s, &value, &bad) || !is_open("scan_next", s, true) ||
	    !is_carry("scan_next", s, carry))
		return;
	mica_var *next = &s->carries[carry->attr.carry].next;
	if (value->dtype != carry->dtype || !mica__shape_equal(&value->shape, &carry->shape))
		mica__graph_fail(s->g, MICA_ESHAPE, "scan_next: the carry is %s %s, what it becomes %s %s; they must be equal",
		                 mica__dtype_name(carry->dtype), mica__shape_text(&carry->shape), mica__dtype_name(value->dtype),
		                 mica__shape_text(&value->shape));
	else if (value->loop && value->loop != s->number)
		mica__graph_fail(s->g, MICA_EUNSUPPORTED, "scan_next: a value of the steps of another loop; loops do not nest");
	else if (*next)
		mica__graph_fail(s->g, MICA_EINVAL, "scan_next: carry %zu was given what it becomes before", carry->attr.carry);
	else
		*next = value;
}

mica_status mica_scan_end(mica_scan *s)
{
	mica_var bad;
	if (!usable("scan_end", s, NULL, &bad) || !is_open("scan_end", s, true))
		return bad ? bad->g->status : MICA_EINVAL;
	for (size_t i = 0; i < s->n_carries; i++)
		if (!s->carries[i].next)
			mica__graph_fail(s->g, MICA_EINVAL, "scan_end: carry %zu of %zu was not given what it becomes; call mica_scan_next", i,
			                 s->n_carries);
	s->open = false;
	return s->g->status;
}

mica_var mica_scan_stack(mica_scan *s, mica_var x)
{
	mica_var bad;
	if (!usable("scan_stack", s, &x, &bad) || !is_open("scan_stack", s, false))
		return bad;
	if (x->shape.rank == MICA_MAX_RANK)
		return mica__graph_fail(s->g, MICA_ESHAPE, "scan_stack: of %s; a value may have rank %d, with its steps",
		                        mica__shape_text(&x->shape), MICA_MAX_RANK);
	mica_shape stacked = mica__stacked(s->steps, &x->shape);
	if (!x->loop)
		return mica_op_broadcast(x, stacked);
	if (x->loop != s->number)
		return mica__graph_fail(s->g, MICA_EINVAL, "scan_stack: of a value of another scan");
	return mica__node(s->g, MICA__STACK, x->dtype, &stacked, &x, 1, NULL);
}

mica_var mica_scan_last(mica_scan *s, mica_var carry)
{
	mica_var bad;
	if (!usable("scan_last", s, &carry, &bad) || !is_open("scan_last", s, false) || !is_carry("scan_last", s, carry))
		return bad;
	return mica__node(s->g, MICA__LAST, carry->dtype, &carry->shape, (mica_var[]){carry, mica__next_of(carry)}, 2, NULL);
}
