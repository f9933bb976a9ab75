/* SPDX-License-Identifier: MIT */
/* graph/test_scan.c - loops over time: what comes out of them against plain loops and an LSTM against Keras' own, plans whose size
   does not depend on the steps, and refusals. */
#include "golden/golden.h"
#include "golden/recurrent.h"
#include "support/recurrent.h"

#include <string.h>

/* ---- values ---- */

/* h = 0.5 h + x_t * t, forward or backward, for some rows and columns: all carries, and the last. */
static void decay(check *c, mica_dtype t, size_t steps, mica_shape one, bool reverse)
{
	mica_graph *g = check_graph(c);
	size_t n = shape_count(one);
	mica_shape all = {one.rank + 1, {steps}};
	memcpy(&all.dim[1], one.dim, one.rank * sizeof *one.dim);
	mica_var x = check_input(c, t, all, check_whole(c, steps * n, -8, 8)), h0 = check_input(c, t, one, check_whole(c, n, -8, 8));
	const double *vx = check_values(c, x), *v0 = check_values(c, h0);
	mica_scan *s = mica_scan_begin(g, steps, reverse);
	mica_var h = mica_scan_carry(s, h0), step = mica_op_cast(mica_scan_step(s), t);
	mica_var next = mica_op_add(mica_op_mulc(h, 0.5), mica_op_mul(mica_scan_read(s, x, 0), step));
	mica_scan_next(s, h, next);
	OK(mica_scan_end(s));
	double *before = check_array(c, steps * n + 1), *after = check_array(c, steps * n + 1), *now = check_array(c, n + 1);
	memcpy(now, v0, n * sizeof *now);
	for (size_t k = 0; k < steps; k++) {
		size_t at = reverse ? steps - 1 - k : k;
		for (size_t i = 0; i < n; i++) {
			before[at * n + i] = now[i];
			after[at * n + i] = now[i] = 0.5 * now[i] + vx[at * n + i] * (double)at;
		}
	}
	const char *label = check_label(c, "%zu steps of %s%s", steps, shape_text(one), reverse ? " in reverse" : "");
	tolerance limit = {.ulps = 4, .bound = 64};
	check_expect(c, check_label(c, "%s, before", label), mica_scan_stack(s, h), before, limit);
	check_expect(c, check_label(c, "%s, after", label), mica_scan_stack(s, next), after, limit);
	check_expect(c, check_label(c, "%s, last", label), mica_scan_last(s, h), now, limit);
}

static const mica_shape shapes[] = {{0, {0}}, {1, {1}}, {1, {5}}, {1, {70}}, {2, {3, 1}}, {2, {1, 33}}, {2, {4, 17}}, {3, {2, 3, 40}}, {2, {3, 0}}};

CASE(carries_and_stacks_of_every_shape)
{
	for (size_t i = 0; i < COUNT(shapes); i++)
		for (int reverse = 0; reverse < 2; reverse++)
			decay(c, MICA_F32, 5 + i % 3, shapes[i], reverse);
	decay(c, MICA_F32, 0, shapes[6], false);
	decay(c, MICA_F32, 1, shapes[6], true);
	decay(c, MICA_F32, 2, shapes[5], true);
}

/* Only what is last is asked for: two rows take turns.  The two carries change places, so none may be overwritten before it
   is read. */
CASE(two_rows_take_turns_where_nobody_looks_back)
{
	for (size_t steps = 0; steps < 5; steps++)
		for (int reverse = 0; reverse < 2; reverse++) {
			mica_var first = check_input(c, MICA_F32, MICA_SHAPE(2, 9), check_whole(c, 18, 1, 9));
			mica_var second = check_input(c, MICA_F32, MICA_SHAPE(2, 9), check_whole(c, 18, 1, 9));
			mica_scan *s = mica_scan_begin(check_graph(c), steps, reverse);
			mica_var a = mica_scan_carry(s, first), b = mica_scan_carry(s, second);
			mica_scan_next(s, a, b);
			mica_scan_next(s, b, a);
			OK(mica_scan_end(s));
			check_expect(c, check_label(c, "%zu steps", steps), mica_scan_last(s, a), check_values(c, steps % 2 ? second : first),
			             tolerance_exact());
		}
}

/* Whole numbers, a carry that becomes a value from outside, one that is never read, a constant, an odd table of rows. */
CASE(odd_carries)
{
	mica_graph *g = check_graph(c);
	mica_var x = check_input(c, MICA_I32, MICA_SHAPE(6, 3), check_whole(c, 18, -9, 9));
	mica_var w = check_input(c, MICA_F32, MICA_SHAPE(3), (double[]){1, 2, 3});
	const double *vx = check_values(c, x);
	mica_scan *s = mica_scan_begin(g, 6, false);
	mica_var sum = mica_scan_carry(s, mica_graph_fill(g, 0, MICA_I32, MICA_SHAPE(3)));
	mica_var same = mica_scan_carry(s, mica_graph_fill(g, 7, MICA_F32, MICA_SHAPE(3)));
	mica_var unread = mica_scan_carry(s, w), shifted = mica_scan_step(s);
	mica_scan_next(s, sum, mica_op_add(sum, mica_op_gather(x, mica_op_addc(shifted, 1)))); /* clamped: the last row twice */
	mica_scan_next(s, same, w);
	mica_scan_next(s, unread, mica_op_mul(same, mica_op_cast(shifted, MICA_F32)));
	OK(mica_scan_end(s));
	double total[3] = {0}, sames[18], unreads[3], steps[6];
	for (size_t t = 0; t < 6; t++)
		for (size_t i = 0; i < 3; i++) {
			total[i] += vx[(t < 5 ? t + 1 : 5) * 3 + i];
			sames[t * 3 + i] = t ? 1.0 + (double)i : 7;
			unreads[i] = sames[t * 3 + i] * (double)t;
			steps[t] = (double)t;
		}
	check_expect(c, "sum of rows by index", mica_scan_last(s, sum), total, tolerance_exact());
	check_expect(c, "what a value from outside replaces", mica_scan_stack(s, same), sames, tolerance_exact());
	check_expect(c, "what is never read", mica_scan_last(s, unread), unreads, tolerance_exact());
	check_expect(c, "step numbers", mica_scan_stack(s, shifted), steps, tolerance_exact());
	check_expect(c, "a value from outside, stacked", mica_op_sum(mica_scan_stack(s, w), MICA_ALL_AXES, false), (double[]){36},
	             tolerance_exact());
}

/* One loop after the other, the second on what the first has stacked, and a value beside both. */
CASE(loops_in_turn)
{
	mica_graph *g = check_graph(c);
	mica_var x = check_input(c, MICA_F32, MICA_SHAPE(4, 2, 20), check_whole(c, 160, 0, 3));
	const double *v = check_values(c, x);
	mica_var zero = mica_graph_fill(g, 0, MICA_F32, MICA_SHAPE(2, 20));
	mica_scan *s = mica_scan_begin(g, 4, false);
	mica_var a = mica_scan_carry(s, zero), next = mica_op_add(a, mica_scan_read(s, x, 0));
	mica_scan_next(s, a, next);
	OK(mica_scan_end(s));
	mica_var sums = mica_op_addc(mica_scan_stack(s, next), 1), beside = mica_op_sum(x, MICA_AXIS(0), false);
	mica_scan *r = mica_scan_begin(g, 4, true);
	mica_var b = mica_scan_carry(r, zero);
	mica_scan_next(r, b, mica_op_add(b, mica_op_mul(mica_scan_read(r, sums, 0), beside)));
	OK(mica_scan_end(r));
	double want[40];
	for (size_t i = 0; i < 40; i++) {
		double sum = 0, all = 0, total = 0;
		for (size_t t = 0; t < 4; t++)
			total += v[t * 40 + i];
		for (size_t t = 0; t < 4; t++)
			all += ((sum += v[t * 40 + i]) + 1) * total;
		want[i] = all;
	}
	check_expect(c, "two loops", mica_scan_last(r, b), want, tolerance_exact());
}

/* ---- an LSTM ---- */

enum { BATCH = 3, STEPS = 6, WIDTH = 5, UNITS = 9 };

typedef struct golden {
	const char *name;
	bool masked, backwards;
	const float *y, *state, *slopes;
} golden;
#define GOLDEN(name, masked, backwards) {#name, masked, backwards, golden_##name, golden_##name##_state, golden_##name##_slopes}
static const golden cases[] = {GOLDEN(lstm, false, false), GOLDEN(lstm_masked, true, false), GOLDEN(lstm_backwards, false, true),
                               GOLDEN(lstm_masked_backwards, true, true)};

/* What make_keras.py has computed with, in double. */
static mica_var numbers(check *c, mica_shape s, uint32_t salt, double limit)
{
	size_t n = shape_count(s);
	float *values = malloc(n * sizeof *values);
	double *wide = check_array(c, n);
	spread(values, n, salt, limit);
	for (size_t i = 0; i < n; i++)
		wide[i] = (double)values[i];
	free(values);
	return check_input(c, MICA_F32, s, wide);
}

static void expect_golden(check *c, const char *name, const char *part, mica_var y, const float *want)
{
	size_t n = mica_var_count(y);
	double *wide = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		wide[i] = (double)want[i];
	check_expect(c, check_label(c, "%s %s", name, part), y, wide, (tolerance){.ulps = 200, .bound = 60});
}

/* Keras returns what it has made in the order in which it was made. */
static mica_var in_order(const golden *k, mica_var all)
{
	mica_var y = mica_op_transpose(all, (size_t[]){1, 0, 2});
	return k->backwards ? mica_op_flip(y, 1) : y;
}

CASE(an_lstm_as_keras_has_it)
{
	mica_var x = numbers(c, MICA_SHAPE(BATCH, STEPS, WIDTH), 1, 1.5), w = numbers(c, MICA_SHAPE(WIDTH, 4 * UNITS), 2, 0.7);
	mica_var u = numbers(c, MICA_SHAPE(UNITS, 4 * UNITS), 3, 0.5), b = numbers(c, MICA_SHAPE(4 * UNITS), 4, 0.5);
	mica_var seed = numbers(c, MICA_SHAPE(BATCH, STEPS, UNITS), 5, 1), xs[] = {x, w, u, b}, d[4];
	double *mask = check_array(c, BATCH * STEPS);
	for (size_t i = 0; i < BATCH * STEPS; i++)
		mask[i] = hash_unit((uint32_t)i, 6) < 0.6;
	mica_var m = check_input(c, MICA_F32, MICA_SHAPE(BATCH, STEPS, 1), mask), none = mica_graph_fill(check_graph(c), 0, MICA_F32, MICA_SHAPE(BATCH, UNITS));
	static const size_t time_first[] = {1, 0, 2};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const golden *k = &cases[i];
		lstm l = {.x = mica_op_transpose(x, time_first), .mask = k->masked ? mica_op_transpose(m, time_first) : NULL, .w = w, .u = u,
		          .b = b, .h0 = none, .c0 = none};
		lstm_build(&l, k->backwards);
		mica_var y = in_order(k, l.hs);
		OK(mica_gradient(y, seed, xs, 4, d));
		expect_golden(c, k->name, "outputs", y, k->y);
		expect_golden(c, k->name, "h", l.h, k->state);
		expect_golden(c, k->name, "c", l.c, k->state + BATCH * UNITS);
		const float *want = k->slopes;
		static const char *const parts[] = {"dx", "dw", "du", "db"};
		for (size_t j = 0; j < 4; want += mica_var_count(xs[j++]))
			expect_golden(c, k->name, parts[j], d[j], want);
	}
}

Test(scan, values)
{
	check_cases("scan", MICA_F32, CASES(THE(carries_and_stacks_of_every_shape),
	            THE(two_rows_take_turns_where_nobody_looks_back), THE(odd_carries), THE(loops_in_turn),
	            THE(an_lstm_as_keras_has_it)));
}

/* ---- plans ---- */

static mica_plan *train_plan(mica_context *ctx, size_t steps)
{
	mica_graph *g = mica_graph_create(ctx);
	mica_shape s = {3, {steps, 2, 8}};
	lstm l = {.x = mica_graph_input(g, "x", MICA_F32, s), .w = mica_graph_input(g, "w", MICA_F32, MICA_SHAPE(8, 64)),
	          .u = mica_graph_input(g, "u", MICA_F32, MICA_SHAPE(16, 64)), .b = mica_graph_input(g, "b", MICA_F32, MICA_SHAPE(64))};
	mica_var out[4], xs[3];
	l.h0 = l.c0 = mica_graph_fill(g, 0, MICA_F32, MICA_SHAPE(2, 16));
	lstm_build(&l, false);
	out[3] = mica_op_sum(mica_op_square(l.hs), MICA_ALL_AXES, false);
	xs[0] = l.w, xs[1] = l.u, xs[2] = l.b;
	OK(mica_gradient(out[3], NULL, xs, 3, out));
	mica_plan *p;
	OK(mica_plan_create(&p, out, 4, &(mica_plan_opts){.size = sizeof(mica_plan_opts), .without = MICA_ONLY_PLAN}));
	mica_graph_destroy(g);
	return p;
}

Test(scan, plans_do_not_grow_with_the_steps)
{
	mica_context *ctx = open_context();
	mica_plan *few = train_plan(ctx, 10), *many = train_plan(ctx, 1000);
	mica_plan_info a = mica_plan_describe(few), b = mica_plan_describe(many);
	cr_assert(a.launches == b.launches && a.kernels == b.kernels && a.nodes == b.nodes, "10 steps: %zu launches, %zu kernels, %zu "
	          "nodes; 1000 steps: %zu, %zu, %zu", a.launches, a.kernels, a.nodes, b.launches, b.kernels, b.nodes);
	mica_plan_destroy(few);
	mica_plan_destroy(many);
	mica_close(ctx);
}

/* ---- refusals ---- */

typedef struct rig {
	mica_context *ctx;
	mica_graph *g;
	mica_scan *s;
	mica_var x, h;
} rig;

static rig open_rig(void)
{
	rig r = {.ctx = open_context()};
	r.g = mica_graph_create(r.ctx);
	r.x = mica_graph_input(r.g, "x", MICA_F32, MICA_SHAPE(4, 3));
	r.s = mica_scan_begin(r.g, 4, false);
	r.h = mica_scan_carry(r.s, mica_graph_fill(r.g, 0, MICA_F32, MICA_SHAPE(3)));
	return r;
}

static void expect_refused(const rig *r, mica_status s, const char *part)
{
	cr_expect(mica_graph_status(r->g) == s, "%s: %s, %s", part, mica_status_name(mica_graph_status(r->g)), mica_graph_error(r->g));
	cr_expect(strstr(mica_graph_error(r->g), part) != NULL, "no '%s' in: %s", part, mica_graph_error(r->g));
	mica_close(r->ctx);
}

static void end(const rig *r)
{
	mica_scan_next(r->s, r->h, r->h);
	OK(mica_scan_end(r->s));
}

Test(scan, refusals_say_what_to_do)
{
	rig r = open_rig();
	mica_scan_read(r.s, mica_graph_fill(r.g, 0, MICA_F32, MICA_SHAPE(5, 3)), 0);
	expect_refused(&r, MICA_ESHAPE, "axis 0 of (5, 3) for a scan of 4 steps");
	r = open_rig();
	mica_scan_read(r.s, r.x, 2);
	expect_refused(&r, MICA_EINVAL, "axis 2 of shape (4, 3)");
	r = open_rig();
	mica_scan_next(r.s, r.h, r.x);
	expect_refused(&r, MICA_ESHAPE, "the carry is f32 (3), what it becomes f32 (4, 3)");
	r = open_rig();
	mica_scan_next(r.s, r.x, r.x);
	expect_refused(&r, MICA_EINVAL, "mica_scan_carry of this scan is wanted");
	r = open_rig();
	mica_scan_next(r.s, r.h, r.h);
	mica_scan_next(r.s, r.h, r.h);
	expect_refused(&r, MICA_EINVAL, "carry 0 was given what it becomes before");
	r = open_rig();
	mica_scan_carry(r.s, r.h);
	expect_refused(&r, MICA_EINVAL, "must be there before");
	r = open_rig();
	mica_scan_end(r.s);
	expect_refused(&r, MICA_EINVAL, "carry 0 of 1 was not given what it becomes");
	r = open_rig();
	mica_scan_stack(r.s, r.h);
	expect_refused(&r, MICA_EINVAL, "after mica_scan_end");
	r = open_rig();
	end(&r);
	mica_scan_read(r.s, r.x, 0);
	expect_refused(&r, MICA_EINVAL, "before mica_scan_end");
	r = open_rig();
	end(&r);
	mica_op_add(r.h, r.h);
	expect_refused(&r, MICA_EINVAL, "add: operand 1 has a value at each step of a loop that has ended");
	r = open_rig();
	mica_op_add(r.h, mica_op_cast(mica_scan_step(mica_scan_begin(r.g, 3, false)), MICA_F32));
	expect_refused(&r, MICA_EUNSUPPORTED, "loops do not nest");
	r = open_rig();
	cr_expect(mica_scan_begin(r.g, (size_t)1 << 31, false) == NULL);
	expect_refused(&r, MICA_EOVERFLOW, "2147483648 steps");
	r = open_rig();
	end(&r);
	mica_gradient(mica_scan_last(r.s, r.h), NULL, &r.h, 1, &(mica_var){NULL});
	expect_refused(&r, MICA_EINVAL, "differentiate by what goes into it");
	r = open_rig();
	mica_op_assign(mica_graph_variable(r.g, "v", MICA_F32, MICA_SHAPE(3)), r.h);
	expect_refused(&r, MICA_EINVAL, "assign mica_scan_last of a carry");
}

Test(scan, what_is_no_scan)
{
	rig r = open_rig();
	mica_plan *p;
	end(&r);
	cr_expect(mica_plan_create(&p, &r.h, 1, NULL) == MICA_EINVAL && strstr(mica_error(r.ctx), "give mica_scan_stack of it"));
	cr_expect(mica_scan_begin(NULL, 3, false) == NULL && mica_scan_step(NULL) == NULL && mica_scan_end(NULL) == MICA_EINVAL);
	mica_scan_carry(NULL, r.x);
	expect_refused(&r, MICA_EINVAL, "no scan; look at what mica_scan_begin returned");
}
