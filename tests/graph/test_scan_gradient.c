/* SPDX-License-Identifier: MIT */
/* graph/test_scan_gradient.c - gradients through loops over time against central differences.  What they are is a matter of the
   graph, so they are interpreted (MICA_DEVICE=reference); what kernels make of them is checked by test_scan.c and the random
   graphs. */
#include "support/support.h"
#include "support/recurrent.h"

static mica_var real(check *c, mica_shape s)
{
	return check_input(c, MICA_F64, s, check_uniform(c, shape_count(s), -0.9, 0.9));
}

enum { STEPS = 5, BATCH = 2, IN = 3, UNITS = 3 };

static lstm some_lstm(check *c, size_t steps, bool masked)
{
	lstm l = {.x = real(c, MICA_SHAPE(steps, BATCH, IN)), .w = real(c, MICA_SHAPE(IN, 4 * UNITS)), .u = real(c, MICA_SHAPE(UNITS, 4 * UNITS)),
	          .b = real(c, MICA_SHAPE(4 * UNITS)), .h0 = real(c, MICA_SHAPE(BATCH, UNITS)), .c0 = real(c, MICA_SHAPE(BATCH, UNITS))};
	l.mask = masked ? check_input(c, MICA_F64, MICA_SHAPE(steps, BATCH, 1), check_whole(c, steps * BATCH, 0, 1)) : NULL;
	return l;
}

Test(scan, gradients_of_an_lstm)
{
	check *c = check_open("lstm", MICA_F64);
	for (int k = 0; k < 4; k++) {
		lstm l = some_lstm(c, STEPS - (size_t)k, k & 1);
		mica_var xs[] = {l.x, l.w, l.u, l.b, l.h0, l.c0};
		lstm_build(&l, k & 2);
		check_gradient(c, check_label(c, "all outputs %d", k), l.hs, xs, COUNT(xs));
		check_gradient(c, check_label(c, "last %d", k), mica_op_mul(l.h, l.c), xs, COUNT(xs));
	}
	check_run(c);
	check_close(c);
}

/* Values from outside that are used in ways of all kinds, and a carry that reaches another. */
Test(scan, gradients_of_what_is_used_at_every_step)
{
	check *c = check_open("captured", MICA_F64);
	mica_graph *g = check_graph(c);
	mica_var x = real(c, MICA_SHAPE(3, 5, 4)), w = real(c, MICA_SHAPE(4, 4)), v = real(c, MICA_SHAPE(3, 4)), b = real(c, MICA_SHAPE(4));
	mica_var a0 = real(c, MICA_SHAPE(3, 4)), k = real(c, MICA_SCALAR_SHAPE), table = real(c, MICA_SHAPE(7, 4));
	mica_scan *s = mica_scan_begin(g, 5, false);
	mica_var a = mica_scan_carry(s, a0), d = mica_scan_carry(s, mica_op_mul(a0, v)), x_t = mica_scan_read(s, x, 1);
	mica_var left = mica_op_matmul(mica_op_transpose(w, NULL), mica_op_transpose(a, NULL)); /* w on the left: summed as it is */
	mica_var row = mica_op_gather(table, mica_op_addc(mica_scan_step(s), 2));
	mica_var norm = mica_op_sub(a, mica_op_mean(a, MICA_AXIS(1), true));
	mica_var next = mica_op_add(mica_op_matmul(mica_op_mulc(norm, 0.5), w), mica_op_add(mica_op_mul(x_t, v), b));
	next = mica_op_tanh(mica_op_sub(mica_op_mul(next, k), mica_op_mul(mica_op_transpose(left, NULL), row)));
	mica_scan_next(s, a, next);
	mica_scan_next(s, d, mica_op_add(mica_op_mulc(d, 0.5), mica_op_square(a)));
	OK(mica_scan_end(s));
	mica_var xs[] = {x, w, v, b, a0, k, table};
	check_gradient(c, "through another carry", mica_scan_last(s, d), xs, COUNT(xs));
	check_gradient(c, "and all steps", mica_op_mul(mica_scan_stack(s, next), mica_scan_last(s, d)), xs, COUNT(xs));
	check_run(c);
	check_close(c);
}

Test(scan, second_derivatives)
{
	check *c = check_open("second", MICA_F64);
	mica_graph *g = check_graph(c);
	mica_var x = real(c, MICA_SHAPE(4, 2, 3)), w = real(c, MICA_SHAPE(3, 3)), h0 = real(c, MICA_SHAPE(2, 3)), xs[] = {x, w, h0}, d[3];
	mica_scan *s = mica_scan_begin(g, 4, false);
	mica_var h = mica_scan_carry(s, h0), next = mica_op_tanh(mica_op_add(mica_scan_read(s, x, 0), mica_op_matmul(h, w)));
	mica_scan_next(s, h, next);
	OK(mica_scan_end(s));
	OK(mica_gradient(mica_op_sum(mica_op_square(mica_scan_stack(s, next)), MICA_ALL_AXES, false), NULL, xs, 3, d));
	mica_var norm = mica_op_sum(mica_op_square(d[1]), MICA_ALL_AXES, false);
	norm = mica_op_add(norm, mica_op_sum(mica_op_mul(mica_op_square(d[0]), x), MICA_ALL_AXES, false));
	check_gradient(c, "norm of a gradient", norm, xs, 3);
	check_run(c);
	check_close(c);
}

/* No row is there to be read or kept. */
Test(scan, gradients_of_no_steps)
{
	check *c = check_open("no steps", MICA_F64);
	lstm l = some_lstm(c, 0, true);
	mica_var xs[] = {l.x, l.w, l.u, l.b, l.h0, l.c0};
	lstm_build(&l, false);
	check_gradient(c, "last", mica_op_mul(l.h, l.c), xs, COUNT(xs));
	check_gradient(c, "all outputs", l.hs, xs, COUNT(xs));
	check_run(c);
	check_close(c);
}

/* A gradient inside of a body: steps of descent on a quadratic, whose own gradient is taken from outside. */
Test(scan, descent_within_a_loop)
{
	check *c = check_open("descent", MICA_F64);
	mica_graph *g = check_graph(c);
	mica_var target = real(c, MICA_SHAPE(3, 4)), start = real(c, MICA_SHAPE(3, 4)), rate = real(c, MICA_SCALAR_SHAPE), d;
	mica_scan *s = mica_scan_begin(g, 7, false);
	mica_var p = mica_scan_carry(s, start), loss = mica_op_sum(mica_op_square(mica_op_sub(p, target)), MICA_ALL_AXES, false);
	OK(mica_gradient(loss, NULL, &p, 1, &d));
	mica_scan_next(s, p, mica_op_sub(p, mica_op_mul(d, mica_op_mulc(rate, 0.1))));
	OK(mica_scan_end(s));
	mica_var xs[] = {target, start, rate};
	check_gradient(c, "through descent", mica_scan_last(s, p), xs, 3);
	check_run(c);
	check_close(c);
}
