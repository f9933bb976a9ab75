/* SPDX-License-Identifier: MIT */
/* graph/test_gradient.c - differentiation as a whole: gradients of gradients, what is shared, stopped or not reached,
   seeds, networks, and refusals.  The rule of each operation is checked beside the operation. */
#include "support/support.h"

#include <math.h>
#include <string.h>

static mica_var real(check *c, mica_shape s)
{
	return check_input(c, MICA_F64, s, check_uniform(c, shape_count(s), -1.5, 1.5));
}

static mica_var gradient_of(mica_var y, mica_var x)
{
	mica_var dx;
	OK(mica_gradient(y, NULL, &x, 1, &dx));
	return dx;
}

/* ---- of higher order ---- */

Test(gradient, second_derivatives_of_functions)
{
	check *c = check_open("second", MICA_F64);
	static const struct {
		const char *name;
		mica_var (*build)(mica_var x);
	} rows[] = {
		{"exp", mica_op_exp}, {"expm1", mica_op_expm1}, {"square", mica_op_square}, {"tanh", mica_op_tanh},
		{"sigmoid", mica_op_sigmoid}, {"softplus", mica_op_softplus}, {"erf", mica_op_erf}, {"sin", mica_op_sin},
		{"cos", mica_op_cos}, {"log", mica_op_log}, {"log1p", mica_op_log1p}, {"sqrt", mica_op_sqrt},
		{"rsqrt", mica_op_rsqrt}, {"reciprocal", mica_op_reciprocal},
	};
	mica_var x = check_input(c, MICA_F64, MICA_SHAPE(5), check_uniform(c, 5, 0.4, 1.5));
	for (size_t k = 0; k < COUNT(rows); k++)
		check_gradient(c, rows[k].name, gradient_of(rows[k].build(x), x), &x, 1);
	check_run(c);
	check_close(c);
}

/* Derivatives of x^5 down to zero, in whole numbers. */
Test(gradient, of_every_order)
{
	check *c = check_open("orders", MICA_F64);
	mica_var x = check_input(c, MICA_F64, MICA_SHAPE(3), (double[]){1, 2, -3});
	mica_var y = mica_op_mul(mica_op_square(mica_op_square(x)), x);
	const double *v = check_values(c, x), factor[] = {1, 5, 20, 60, 120, 120, 0};
	for (size_t order = 0; order < 7; order++, y = gradient_of(y, x)) {
		double want[3];
		for (size_t i = 0; i < 3; i++)
			want[i] = order > 5 ? 0 : factor[order] * pow(v[i], 5 - (double)order);
		check_expect(c, check_label(c, "order %zu", order), y, want, tolerance_exact());
	}
	check_run(c);
	check_close(c);
}

static mica_var network(mica_var x, mica_var w, mica_var v)
{
	mica_var h = mica_op_tanh(mica_op_matmul(x, w));
	return mica_op_sum(mica_op_square(mica_op_matmul(h, v)), MICA_ALL_AXES, false);
}

Test(gradient, of_a_gradient_norm)
{
	check *c = check_open("norm", MICA_F64);
	mica_var xs[3] = {real(c, MICA_SHAPE(3, 4)), real(c, MICA_SHAPE(4, 5)), real(c, MICA_SHAPE(5, 2))}, d[3];
	mica_var y = network(xs[0], xs[1], xs[2]);
	OK(mica_gradient(y, NULL, xs, 3, d));
	mica_var squares = mica_op_sum(mica_op_square(d[1]), MICA_ALL_AXES, false);
	mica_var norm = mica_op_sqrt(mica_op_add(squares, mica_op_sum(mica_op_square(d[2]), MICA_ALL_AXES, false)));
	check_gradient(c, "network", y, xs, 3);
	check_gradient(c, "norm of its gradient", norm, xs, 3);
	check_run(c);
	check_close(c);
}

/* A Hessian-vector product two ways: gradient of (g . v), and by the difference of gradients that check_gradient takes. */
Test(gradient, hessian_of_softmax_cross_entropy)
{
	check *c = check_open("hessian", MICA_F64);
	mica_var x = real(c, MICA_SHAPE(3, 4)), target = check_input(c, MICA_F64, MICA_SHAPE(3, 4), (double[]){1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0});
	mica_var largest = mica_op_stop_gradient(mica_op_reduce_max(x, MICA_AXIS(1), true)), z = mica_op_sub(x, largest);
	mica_var log_sum = mica_op_log(mica_op_sum(mica_op_exp(z), MICA_AXIS(1), true));
	mica_var loss = mica_op_neg(mica_op_sum(mica_op_mul(target, mica_op_sub(z, log_sum)), MICA_ALL_AXES, false));
	mica_var dx = gradient_of(loss, x), v = real(c, MICA_SHAPE(3, 4));
	check_gradient(c, "loss", loss, &x, 1);
	check_gradient(c, "gradient", dx, &x, 1);
	check_gradient(c, "along v", mica_op_sum(mica_op_mul(dx, v), MICA_ALL_AXES, false), (mica_var[]){x, v}, 2);
	check_run(c);
	check_close(c);
}

/* Through scatter_add, gather, steps, concatenation and extremes, twice. */
Test(gradient, second_derivatives_of_moves)
{
	check *c = check_open("moves", MICA_F64);
	mica_var x = real(c, MICA_SHAPE(4, 6)), index = check_input(c, MICA_I32, MICA_SHAPE(5), (double[]){3, 0, 3, 1, 2});
	mica_var rows = mica_op_gather(mica_op_exp(x), index);
	mica_var cut = mica_op_slice(mica_op_square(rows), (size_t[]){0, 1}, (size_t[]){5, 6}, (size_t[]){2, 2});
	mica_var both = mica_op_concat((mica_var[]){cut, mica_op_flip(cut, 0)}, 2, 0);
	mica_var y = mica_op_mul(both, mica_op_reduce_max(mica_op_sin(x), MICA_ALL_AXES, false));
	check_gradient(c, "once", y, &x, 1);
	check_gradient(c, "twice", gradient_of(y, x), &x, 1);
	check_run(c);
	check_close(c);
}

/* ---- what is shared, stopped, or not reached ---- */

Test(gradient, shared_subexpressions_are_summed)
{
	check *c = check_open("shared", MICA_F64);
	mica_var x = real(c, MICA_SHAPE(3, 4)), e = mica_op_exp(x), y = mica_op_mul(e, mica_op_add(e, mica_op_mul(x, e)));
	check_gradient(c, "diamond", y, &x, 1);
	mica_var deep = x;
	for (int i = 0; i < 12; i++)
		deep = mica_op_mulc(mica_op_add(deep, mica_op_tanh(deep)), 0.6); /* 2^12 paths */
	check_gradient(c, "many paths", deep, &x, 1);
	check_gradient(c, "x on both sides", mica_op_div(mica_op_pow(mica_op_addc(mica_op_square(x), 1), x), mica_op_addc(mica_op_square(x), 1)),
	               &x, 1);
	check_run(c);
	check_close(c);
}

Test(gradient, stops_and_seeds)
{
	check *c = check_open("stops", MICA_F64);
	mica_var x = check_input(c, MICA_F64, MICA_SHAPE(3), (double[]){1, 2, 3}), y, d[2];
	mica_var seed = check_input(c, MICA_F64, MICA_SHAPE(3), (double[]){10, 100, 1000});
	y = mica_op_mul(mica_op_stop_gradient(x), x); /* only one factor counts */
	check_expect(c, "half stopped", gradient_of(y, x), (double[]){1, 2, 3}, tolerance_exact());
	OK(mica_gradient(mica_op_square(x), seed, &x, 1, d));
	check_expect(c, "seed", d[0], (double[]){20, 400, 6000}, tolerance_exact());
	check_expect(c, "of x itself", gradient_of(x, x), (double[]){1, 1, 1}, tolerance_exact());
	OK(mica_gradient(x, seed, &x, 1, d));
	check_expect(c, "of x itself, seed", d[0], (double[]){10, 100, 1000}, tolerance_exact());
	mica_var middle = mica_op_square(x);
	OK(mica_gradient(mica_op_mulc(middle, 3), NULL, (mica_var[]){middle, x}, 2, d));
	check_expect(c, "of a value between", d[0], (double[]){3, 3, 3}, tolerance_exact());
	check_expect(c, "and of what it is made from", d[1], (double[]){6, 12, 18}, tolerance_exact());
	mica_var stopped = mica_op_stop_gradient(middle);
	OK(mica_gradient(mica_op_mulc(stopped, 3), NULL, (mica_var[]){stopped, x}, 2, d));
	check_expect(c, "of what a stop gives", d[0], (double[]){3, 3, 3}, tolerance_exact());
	check_expect(c, "behind the stop", d[1], (double[]){0, 0, 0}, tolerance_exact());
	check_run(c);
	check_close(c);
}

Test(gradient, zeros_where_nothing_is_reached)
{
	check *c = check_open("unreached", MICA_F32);
	double zeros[6] = {0};
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(2, 3), check_uniform(c, 6, -1, 1));
	mica_var other = check_input(c, MICA_F32, MICA_SHAPE(3), check_uniform(c, 3, -1, 1)), later, d[4];
	mica_var count = check_input(c, MICA_I32, MICA_SHAPE(2), (double[]){1, 2}), y = mica_op_square(x);
	later = mica_op_exp(x); /* made after y */
	OK(mica_gradient(y, NULL, (mica_var[]){other, later, count, x}, 4, d));
	check_expect(c, "other input", d[0], zeros, tolerance_exact());
	check_expect(c, "made later", d[1], zeros, tolerance_exact());
	check_expect(c, "whole numbers", d[2], zeros, tolerance_exact());
	mica_var steps = mica_op_cast(mica_op_argmax(x, -1), MICA_F32);
	check_expect(c, "through argmax", gradient_of(steps, x), zeros, tolerance_exact());
	check_expect(c, "through comparisons", gradient_of(mica_op_lt(x, other), x), zeros, tolerance_exact());
	check_expect(c, "through nothing at all", gradient_of(mica_graph_fill(check_graph(c), 2, MICA_F32, MICA_SHAPE(2, 3)), x), zeros,
	             tolerance_exact());
	check_run(c);
	check_close(c);
}

Test(gradient, of_a_variable_and_an_assignment)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var w = mica_graph_variable(g, "w", MICA_F32, MICA_SHAPE(3)), dw;
	mica_var stored = mica_op_assign(w, mica_op_mulc(w, 2)), loss = mica_op_sum(mica_op_square(stored), MICA_ALL_AXES, false);
	OK(mica_gradient(loss, NULL, &w, 1, &dw)); /* of (2 w)^2: 8 w */
	mica_plan *p;
	float v[3] = {1, 2, 3}, got[3];
	OK(mica_plan_create(&p, &dw, 1, NULL));
	OK(mica_value_write(mica_var_value(w), v, sizeof v));
	OK(mica_plan_run(p, 1));
	OK(mica_plan_fetch(p, 0, got, sizeof got));
	for (size_t i = 0; i < 3; i++)
		cr_expect(got[i] == 8 * v[i], "[%zu]: got %g, want %g", i, (double)got[i], (double)(8 * v[i]));
	mica_close(ctx);
}

/* ---- refusals ---- */

Test(gradient, refuses)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(3)), d;
	mica_var seed = mica_graph_input(g, "seed", MICA_F32, MICA_SHAPE(4));
	cr_expect(mica_gradient(mica_op_square(x), seed, &x, 1, &d) == MICA_EINVAL || mica_graph_status(g) == MICA_ESHAPE,
	          "a seed of another shape: %s", mica_error(NULL));
	cr_expect(strstr(mica_error(NULL), "(3)") != NULL, "%s", mica_error(NULL));
	cr_expect(mica_graph_status(g) != MICA_OK, "a refused gradient is a failure of the graph");
	cr_expect(mica_gradient(x, NULL, &x, 1, &d) == mica_graph_status(g), "the graph has failed already");

	mica_graph *h = mica_graph_create(ctx);
	mica_var n = mica_graph_input(h, "n", MICA_I32, MICA_SHAPE(3));
	cr_expect(mica_gradient(n, NULL, &n, 1, &d) == MICA_EINVAL, "a whole number has no gradient: %s", mica_error(NULL));

	mica_graph *a = mica_graph_create(ctx), *b = mica_graph_create(ctx);
	mica_var here = mica_graph_input(a, "here", MICA_F32, MICA_SHAPE(3)), there = NULL;
	for (int i = 0; i < 200; i++) /* its number is far past those of the other graph */
		there = mica_graph_input(b, "there", MICA_F32, MICA_SHAPE(3));
	cr_expect(mica_gradient(mica_op_square(here), NULL, &there, 1, &d) == MICA_EINVAL, "a var of another graph: %s", mica_error(NULL));
	mica_close(ctx);
}
