/* SPDX-License-Identifier: MIT */
/* graph/leaf.c - what a graph begins and ends with: inputs, values and their assignment, constants, indices, random
   numbers. */
#include "graph/node.h"

#include <stdio.h>
#include <string.h>

/* ---- what comes from outside ---- */

/* Users can pass any number as a type. */
static bool type_fits(mica_graph *g, const char *what, const char *name, mica_dtype t)
{
	char text[96];
	snprintf(text, sizeof text, "%s%s%s", what, name[0] ? " " : "", name);
	return mica__graph_has(g, text, t);
}

mica_var mica__leaf(mica_graph *g, mica__op op, const char *name, mica_dtype t, mica_shape s)
{
	const char *what = mica__op_describe(op)->name;
	name = name ? name : "";
	if (!mica__graph_there(g, what))
		return NULL;
	if (!type_fits(g, what, name, t))
		return &g->failed;
	if (s.rank > MICA_MAX_RANK)
		return mica__graph_fail(g, MICA_ESHAPE, "%s %s: rank %zu, at most %d", what, name, s.rank, MICA_MAX_RANK);
	mica_var x = mica__node(g, op, t, &s, NULL, 0, NULL);
	if (!x->failed)
		snprintf(x->name, sizeof x->name, "%s", name);
	return x;
}

const mica__op_info mica__op_INPUT = {.name = "input", .family = MICA__FAMILY_LEAF};

mica_var mica_graph_input(mica_graph *g, const char *name, mica_dtype t, mica_shape s)
{
	return mica__leaf(g, MICA__INPUT, name, t, s);
}

const mica__op_info mica__op_VARIABLE = {.name = "variable", .family = MICA__FAMILY_LEAF};

/* ---- what a position makes ---- */

const mica__op_info mica__op_FILL = {.name = "fill", .family = MICA__FAMILY_SOURCE, .uses = MICA__USES_VALUE};

mica_var mica_graph_fill(mica_graph *g, double value, mica_dtype t, mica_shape s)
{
	if (!mica__graph_there(g, "fill"))
		return NULL;
	if (!type_fits(g, "fill", "", t))
		return &g->failed;
	if (!mica__dtype_holds(t, value))
		return mica__graph_fail(g, MICA_EINVAL, "fill: %g is no value of type %s", value, mica__dtype_name(t));
	return mica__node(g, MICA__FILL, t, &s, NULL, 0, &(mica__attr){.value = value});
}

bool mica__is_fill(const struct mica_node *x, double *v)
{
	if (x->op == MICA__FILL)
		*v = mica__dtype_round(x->dtype, x->attr.value);
	return x->op == MICA__FILL;
}

mica_var mica_graph_scalar(mica_graph *g, double value)
{
	return mica__graph_there(g, "scalar") ? mica_graph_fill(g, value, g->real, MICA_SCALAR_SHAPE) : NULL;
}

const mica__op_info mica__op_IOTA = {.name = "iota", .family = MICA__FAMILY_SOURCE, .uses = MICA__USES_AXIS};

mica_var mica_graph_iota(mica_graph *g, mica_shape s, size_t axis)
{
	if (!mica__graph_there(g, "iota"))
		return NULL;
	if (axis >= s.rank)
		return mica__graph_fail(g, MICA_EINVAL, "iota: axis %zu of a shape of rank %zu", axis, s.rank);
	if (axis < MICA_MAX_RANK && s.dim[axis] > INT32_MAX)
		return mica__graph_fail(g, MICA_EOVERFLOW, "iota: axis %zu of size %zu; an i32 counts to %d", axis, s.dim[axis],
		                        INT32_MAX);
	return mica__node(g, MICA__IOTA, MICA_I32, &s, NULL, 0, &(mica__attr){.axis = axis});
}

const mica__op_info mica__op_RANDOM = {
	.name = "random", .family = MICA__FAMILY_SOURCE, .uses = MICA__USES_RANDOM, .arity = MICA__ANY_ARITY};

mica_var mica_op_random(mica_graph *g, mica_shape s, uint64_t seed, uint32_t stream, mica_var step)
{
	if (!mica__graph_there(g, "random"))
		return NULL;
	if (step && step->g == g && !step->failed && (step->dtype != MICA_I32 || mica_var_count(step) != 1))
		return mica__graph_fail(g, MICA_EINVAL, "random: step is %s%s; it must be one i32", mica__dtype_name(step->dtype),
		                        mica__shape_text(&step->shape));
	mica__attr attr;
	memset(&attr, 0, sizeof attr);
	attr.random.seed = seed;
	attr.random.stream = stream;
	return mica__node(g, MICA__RANDOM, g->real, &s, &step, step ? 1 : 0, &attr);
}

/* ---- what stays ---- */

static void assign_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	(void)y;
	dx[1] = dy;
}

const mica__op_info mica__op_ASSIGN = {
	.name = "assign", .family = MICA__FAMILY_STORE, .arity = 2, .gradient = assign_gradient};

mica_var mica_op_assign(mica_var variable, mica_var value)
{
	mica_var bad, in[] = {variable, value};
	mica_graph *g = mica__operands("assign", in, 2, &bad);
	if (!g)
		return bad;
	if (variable->op != MICA__VARIABLE)
		return mica__graph_fail(g, MICA_EINVAL, "assign: the target is no variable but the result of %s; make it with "
		                        "mica_graph_variable", mica__op_of(variable)->name);
	if (value->loop)
		return mica__graph_fail(g, MICA_EINVAL, "assign: %s would get a value at each step of a loop; end it and assign "
		                        "mica_scan_last of a carry", variable->name);
	if (variable->dtype != value->dtype)
		return mica__graph_fail(g, MICA_EINVAL, "assign: %s is of type %s, the value of type %s; cast it", variable->name,
		                        mica__dtype_name(variable->dtype), mica__dtype_name(value->dtype));
	if (!mica__shape_equal(&variable->shape, &value->shape))
		return mica__graph_fail(g, MICA_ESHAPE, "assign: %s is %s %s, the value %s %s", variable->name,
		                        mica__dtype_name(variable->dtype), mica__shape_text(&variable->shape),
		                        mica__dtype_name(value->dtype), mica__shape_text(&value->shape));
	return mica__node(g, MICA__ASSIGN, value->dtype, &value->shape, in, 2, NULL);
}
