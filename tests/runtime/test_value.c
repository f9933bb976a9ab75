/* SPDX-License-Identifier: MIT */
/* runtime/test_value.c - values between the host and two contexts: which copies are valid, how many bytes moved, and
   values as inputs and outputs of plans. */
#include "base/fault.h"
#include "runtime/runtime.h"
#include "support/support.h"

#include <malloc.h>
#include <string.h>

typedef struct two {
	mica_context *a, *b;
} two;

static two open_two(void)
{
	mica_context *a = open_context();
	return (two){a, open_other(a)};
}

static void close_two(two t)
{
	mica_close(t.b);
	mica_close(t.a);
}

static mica_value *value(mica_context *ctx, mica_dtype t, mica_shape s)
{
	mica_value *x = NULL;
	OK(mica_value_create(&x, ctx, "t", MICA_ROLE_DATA, t, s));
	cr_assert(x, "no value");
	return x;
}

/* Two values are exchanged, and whichever allocation fails, both are or neither. */
Test(value, a_step_on_the_reference_device_is_all_or_nothing)
{
	mica_context *ctx = mica_open(&(mica_open_opts){.device = "reference"});
	cr_assert(ctx, "%s", mica_error(NULL));
	mica_graph *g = mica_graph_create(ctx);
	mica_var a = mica_graph_variable(g, "a", MICA_F32, MICA_SHAPE(4)), b = mica_graph_variable(g, "b", MICA_F32, MICA_SHAPE(4));
	mica_var both[2] = {mica_op_assign(a, b), mica_op_assign(b, mica_op_addc(a, 1))};
	mica_plan *p;
	OK(mica_plan_create(&p, both, 2, NULL));
	size_t failed = 0;
	for (uint64_t n = 1;; n++) {
		float one[4] = {1, 1, 1, 1}, two[4] = {2, 2, 2, 2}, got[2][4];
		OK(mica_value_write(mica_var_value(a), one, sizeof one));
		OK(mica_value_write(mica_var_value(b), two, sizeof two));
		mica__value_zero(mica_var_value(b)); /* so that it has no memory: b is 0 */
		mica__fault_after(MICA__FAULT_MEMORY, n, false);
		mica_status st = mica_plan_run(p, 1);
		mica__fault_after(MICA__FAULT_MEMORY, 0, false);
		OK(mica_value_read(mica_var_value(a), got[0], sizeof got[0]));
		OK(mica_value_read(mica_var_value(b), got[1], sizeof got[1]));
		cr_expect(st == MICA_OK ? got[0][0] == 0 && got[1][0] == 2 : got[0][0] == 1 && got[1][0] == 0, "allocation %d: %s, %g and %g",
		          (int)n, mica_status_name(st), (double)got[0][0], (double)got[1][0]);
		mica_clear(ctx);
		if (st == MICA_OK)
			break;
		failed++;
	}
	cr_expect(failed > 3, "%zu allocations", failed);
	mica_close(ctx);
}

static void expect_value(const char *label, mica_value *t, const float *want, size_t n)
{
	float got[64];
	OK(mica_value_read(t, got, n * sizeof *got));
	for (size_t i = 0; i < n; i++)
		cr_expect(got[i] == want[i], "%s [%zu]: got %g, want %g", label, i, (double)got[i], (double)want[i]);
}

Test(value, is_zeros_of_its_shape)
{
	mica_context *ctx = open_context();
	mica_value *t = value(ctx, MICA_I32, MICA_SHAPE(3, 5));
	int32_t got[15], zeros[15] = {0};
	memset(got, 1, sizeof got);
	OK(mica_value_read(t, got, sizeof got));
	cr_expect(!memcmp(got, zeros, sizeof got), "zeros at first");
	mica_shape s = mica_value_shape(t);
	cr_expect(s.rank == 2 && s.dim[0] == 3 && s.dim[1] == 5, "%s", shape_text(s));
	cr_expect(mica_value_dtype(t) == MICA_I32 && mica_value_bytes(t) == 60, "%zu bytes", mica_value_bytes(t));
	cr_expect(mica_value_bytes_moved(t) == 0, "nothing has moved");
	mica_value_destroy(t);
	mica_value_destroy(NULL);
	mica_close(ctx);
}

Test(value, copies_are_valid_or_stale)
{
	two c = open_two();
	mica_value *t = value(c.a, MICA_F32, MICA_SHAPE(40));
	float one[40], two_[40];
	for (size_t i = 0; i < 40; i++)
		one[i] = (float)i, two_[i] = -(float)i;
	OK(mica_value_write(t, one, sizeof one));
	cr_expect(!mica_value_is_on(t, c.a) && !mica_value_is_on(t, c.b), "written on the host only");
	cr_expect(mica_value_bytes_moved(t) == 0, "%llu", (unsigned long long)mica_value_bytes_moved(t));
	OK(mica_value_move(t, c.a));
	cr_expect(mica_value_is_on(t, c.a) && !mica_value_is_on(t, c.b), "on the first");
	cr_expect(mica_value_bytes_moved(t) == 160, "%llu", (unsigned long long)mica_value_bytes_moved(t));
	OK(mica_value_move(t, c.a));
	cr_expect(mica_value_bytes_moved(t) == 160, "a valid copy is not made again");
	OK(mica_value_move(t, c.b));
	cr_expect(mica_value_is_on(t, c.a) && mica_value_is_on(t, c.b), "on both");
	cr_expect(mica_value_bytes_moved(t) == 320, "the host's copy was valid: %llu", (unsigned long long)mica_value_bytes_moved(t));
	expect_value("one", t, one, 40);
	OK(mica_value_write(t, two_, sizeof two_));
	cr_expect(!mica_value_is_on(t, c.a) && !mica_value_is_on(t, c.b), "stale after a write");
	OK(mica_value_move(t, c.b));
	expect_value("two", t, two_, 40);
	close_two(c);
}

static mica_plan *twice(mica_graph *g, mica_var *x, mica_var *y)
{
	mica_plan *p = NULL;
	*x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(3, 5));
	*y = mica_op_mulc(*x, 2);
	OK(mica_plan_create(&p, y, 1, NULL));
	return p;
}

/* One plan's output is the next one's input, on another context: down once and up once. */
Test(value, goes_from_plan_to_plan)
{
	two c = open_two();
	mica_var xa, ya, xb, yb;
	mica_plan *a = twice(mica_graph_create(c.a), &xa, &ya), *b = twice(mica_graph_create(c.b), &xb, &yb);
	mica_value *in = value(c.a, MICA_F32, MICA_SHAPE(3, 5)), *between = value(c.a, MICA_F32, MICA_SHAPE(3, 5));
	mica_value *out = value(c.b, MICA_F32, MICA_SHAPE(3, 5));
	float v[15], want[15];
	OK(mica_plan_bind(a, mica_var_name(xa), in));
	OK(mica_plan_bind(b, mica_var_name(xb), between));
	for (int round = 1; round < 4; round++) {
		for (size_t i = 0; i < 15; i++) {
			v[i] = (float)((int)i * round);
			want[i] = 4 * v[i];
		}
		OK(mica_value_write(in, v, sizeof v));
		OK(mica_plan_run(a, 1));
		OK(mica_plan_take(a, 0, between));
		OK(mica_plan_run(b, 1));
		OK(mica_plan_take(b, 0, out));
		expect_value("four times", out, want, 15);
		expect_value("what was bound", in, v, 15);
	}
	cr_expect(mica_value_bytes_moved(in) == 3 * 60, "up once a round: %llu bytes", (unsigned long long)mica_value_bytes_moved(in));
	close_two(c);
}

/* On the same context the value stays on the device. */
Test(value, stays_where_it_is)
{
	mica_context *ctx = open_context();
	mica_var xa, ya, xb, yb;
	mica_graph *g = mica_graph_create(ctx);
	mica_plan *a = twice(g, &xa, &ya), *b = twice(g, &xb, &yb);
	mica_value *t = value(ctx, MICA_F32, MICA_SHAPE(3, 5));
	float v[15], want[15], got[15];
	for (size_t i = 0; i < 15; i++) {
		v[i] = (float)i;
		want[i] = 4 * v[i];
	}
	OK(mica_plan_feed(a, mica_var_name(xa), v, sizeof v));
	OK(mica_plan_run(a, 1));
	OK(mica_plan_take(a, 0, t));
	OK(mica_plan_bind(b, mica_var_name(xb), t));
	OK(mica_value_move(t, ctx));
	mica_device_usage before = mica_context_usage(ctx);
	uint64_t moved = mica_value_bytes_moved(t);
	OK(mica_plan_run(b, 1));
	mica_device_usage after = mica_context_usage(ctx);
	cr_expect(before.uploaded_bytes == after.uploaded_bytes && mica_value_bytes_moved(t) == moved, "nothing was moved for a run");
	OK(mica_plan_fetch(b, 0, got, sizeof got));
	cr_expect(!memcmp(got, want, sizeof got), "four times");
	/* a plan that is fed again no longer reads the value */
	OK(mica_plan_feed(b, mica_var_name(xb), v, sizeof v));
	OK(mica_plan_run(b, 1));
	OK(mica_plan_fetch(b, 0, got, sizeof got));
	for (size_t i = 0; i < 15; i++)
		cr_expect(got[i] == 2 * v[i], "fed again [%zu]: %g", i, (double)got[i]);
	for (size_t i = 0; i < 15; i++)
		want[i] = 2 * v[i];
	expect_value("the value itself", t, want, 15);
	mica_close(ctx);
}

/* Values of somebody else's are read, from where they stand if the device can, and never written. */
Test(value, over_the_memory_of_another)
{
	static float v[15 + MICA__TAIL];
	mica_context *ctx = open_context();
	mica_var x, y;
	mica_plan *p = twice(mica_graph_create(ctx), &x, &y);
	mica_value *t = NULL;
	float got[15], want[15];
	for (size_t i = 0; i < 15; i++) {
		v[i] = (float)i - 4;
		want[i] = 2 * v[i];
	}
	OK(mica__value_over(&t, ctx, MICA_F32, MICA_SHAPE(3, 5), v));
	OK(mica_plan_bind(p, mica_var_name(x), t));
	OK(mica_plan_run(p, 1));
	OK(mica_plan_fetch(p, 0, got, sizeof got));
	cr_expect(!memcmp(got, want, sizeof got), "twice");
	cr_expect(mica_value_is_on(t, ctx));
	cr_expect(mica_value_bytes_moved(t) == (mica__class_of(mica__device_of(ctx))->host_memory ? 0 : 60), "%llu bytes",
	          (unsigned long long)mica_value_bytes_moved(t));
	cr_expect(mica_value_write(t, want, 60) == MICA_EINVAL, "%s", mica_error(NULL));
	cr_expect(mica_plan_take(p, 0, t) == MICA_EINVAL, "%s", mica_error(NULL));
	expect_value("untouched", t, v, 15);
	mica__value_release(t, ctx);
	mica_close(ctx);
}

Test(value, refusals)
{
	mica_context *ctx = open_context();
	mica_var x, y;
	mica_plan *p = twice(mica_graph_create(ctx), &x, &y);
	mica_value *t = value(ctx, MICA_F32, MICA_SHAPE(3, 5)), *other = value(ctx, MICA_F32, MICA_SHAPE(5, 3));
	mica_value *whole = value(ctx, MICA_I32, MICA_SHAPE(3, 5)), *none = (mica_value *)(uintptr_t)1;
	float v[16] = {0};
	cr_expect(mica_value_write(t, v, 64) == MICA_ESHAPE && strstr(mica_error(NULL), "64") && strstr(mica_error(NULL), "60"), "%s", mica_error(NULL));
	cr_expect(mica_value_read(t, v, 4) == MICA_ESHAPE, "%s", mica_error(NULL));
	cr_expect(mica_plan_bind(p, mica_var_name(x), other) == MICA_ESHAPE && strstr(mica_error(NULL), "(3, 5)") && strstr(mica_error(NULL), "(5, 3)"), "%s", mica_error(NULL));
	cr_expect(mica_plan_bind(p, mica_var_name(x), whole) == MICA_ESHAPE && strstr(mica_error(NULL), "i32"), "%s", mica_error(NULL));
	cr_expect(mica_plan_bind(p, mica_var_name(y), t) == MICA_EINVAL, "not an input: %s", mica_error(NULL));
	cr_expect(mica_plan_take(p, 0, other) == MICA_ESHAPE, "%s", mica_error(NULL));
	cr_expect(mica_plan_take(p, 1, t) == MICA_EINVAL, "not an output: %s", mica_error(NULL));
	cr_expect(mica_value_create(&none, NULL, "t", MICA_ROLE_DATA, MICA_F32, MICA_SHAPE(3)) == MICA_EINVAL && !none, "%s", mica_error(NULL));
	none = t;
	cr_expect(mica_value_create(&none, ctx, "t", MICA_ROLE_DATA, MICA_F32, MICA_SHAPE(SIZE_MAX, 2)) == MICA_EOVERFLOW && !none, "%s", mica_error(NULL));
	mica_close(ctx);
}

/* 64 values of 2^58 bytes and a little, which together are only a little in 64 bits: each is too large by itself. */
Test(value, more_than_all_addresses_together_is_refused)
{
	enum { N = 64 };
	two c = open_two();
	mica_graph *g = mica_graph_create(c.a);
	mica_var first[N];
	mica_plan *p;
	for (size_t i = 0; i < N; i++)
		first[i] = mica_op_slice(mica_graph_value(g, value(c.a, MICA_F32, MICA_SHAPE((size_t)1 << 28, (size_t)1 << 28))),
		                         (size_t[]){0, 0}, (size_t[]){1, 1}, NULL);
	mica_status st = mica_plan_create(&p, first, N, NULL);
	cr_expect((st == MICA_EBUDGET && strstr(mica_error(c.a), "value t, f32 (268435456, 268435456), takes")) ||
	          mica__class_of(mica__device_of(c.a))->reference, "%s: %s", mica_status_name(st), mica_error(c.a));
	close_two(c);
}

/* Empty ones and bytes. */
Test(value, of_no_elements_and_of_bytes)
{
	two c = open_two();
	mica_value *empty = value(c.a, MICA_F32, MICA_SHAPE(0, 3)), *bytes = value(c.a, MICA_U8, MICA_SHAPE(7));
	uint8_t v[7] = {1, 2, 3, 250, 251, 252, 255}, got[7];
	OK(mica_value_write(empty, v, 0));
	OK(mica_value_move(empty, c.b));
	OK(mica_value_read(empty, got, 0));
	cr_expect(mica_value_bytes_moved(empty) == 0, "nothing to move");
	OK(mica_value_write(bytes, v, sizeof v));
	OK(mica_value_move(bytes, c.b));
	OK(mica_value_read(bytes, got, sizeof got));
	cr_expect(!memcmp(v, got, sizeof v), "bytes");
	close_two(c);
}

/* Freed with its context, even while a copy is on another. */
Test(value, goes_with_its_context)
{
	two c = open_two();
	mica_value *t = value(c.a, MICA_F32, MICA_SHAPE(1000));
	OK(mica_value_move(t, c.b));
	cr_expect(mica_context_usage(c.b).bytes >= 4000, "%llu", (unsigned long long)mica_context_usage(c.b).bytes);
	mica_value_destroy(t);
	cr_expect(mica_context_usage(c.b).bytes == 0, "%llu bytes left", (unsigned long long)mica_context_usage(c.b).bytes);
	t = value(c.a, MICA_F32, MICA_SHAPE(1000));
	OK(mica_value_move(t, c.b));
	mica_close(c.a);
	mica_close(c.b);
}

/* ---- shared by graphs and plans ---- */

static mica_plan *counting_up(mica_context *ctx, mica_value *v, double by, uint32_t without)
{
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = mica_graph_value(g, v), out = mica_op_assign(x, mica_op_addc(x, by));
	mica_plan *p = NULL;
	cr_assert(mica_graph_value(g, v) == x, "one leaf for a value");
	OK(mica_plan_create(&p, &out, 1, &(mica_plan_opts){.without = without}));
	mica_graph_destroy(g); /* the plan does without */
	return p;
}

/* Two plans of two graphs, one with the value in panels and one row-major, see each other's updates and the host's. */
Test(value, is_shared_by_two_graphs)
{
	mica_context *ctx = open_context();
	mica_value *v = NULL;
	float w[3 * 40];
	OK(mica_value_create(&v, ctx, "layer/w", MICA_ROLE_WEIGHT, MICA_F32, MICA_SHAPE(3, 40)));
	mica_plan *one = counting_up(ctx, v, 1, 0), *ten = counting_up(ctx, v, 10, MICA_NO_PANELS);
	cr_expect(!strcmp(mica_value_name(v), "w") && !strcmp(mica_value_path(v), "layer/w") && mica_value_role(v) == MICA_ROLE_WEIGHT);
	for (size_t i = 0; i < COUNT(w); i++)
		w[i] = (float)i;
	OK(mica_value_write(v, w, sizeof w));
	for (int round = 1; round < 4; round++) {
		OK(mica_plan_run(one, 2));
		OK(mica_plan_run(ten, 1));
		OK(mica_plan_run(one, 1));
		OK(mica_value_read(v, w, sizeof w));
		for (size_t i = 0; i < COUNT(w); i++)
			cr_assert(w[i] == (float)i + 13 * (float)round, "round %d [%zu]: %g", round, i, (double)w[i]);
	}
	mica_value_destroy(v); /* the plans go on with it */
	OK(mica_plan_run(ten, 2));
	mica_close(ctx);
}

/* A step that trains and one that only scores, on one weight matrix that one of them also needs transposed. */
Test(value, its_transposed_copy_follows)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_value *v = NULL;
	float x[2 * 40], got[2 * 33];
	OK(mica_value_create(&v, ctx, "w", MICA_ROLE_WEIGHT, MICA_F32, MICA_SHAPE(33, 40)));
	mica_var in = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(2, 40));
	mica_var y = mica_op_matmul(in, mica_op_transpose(mica_graph_value(g, v), NULL));
	mica_plan *p = NULL, *up = counting_up(ctx, v, 1, 0);
	OK(mica_plan_create(&p, &y, 1, NULL));
	mica_graph_destroy(g);
	for (size_t i = 0; i < COUNT(x); i++)
		x[i] = 1;
	OK(mica_plan_feed(p, "x", x, sizeof x));
	for (int round = 0; round < 3; round++) {
		OK(mica_plan_run(p, 1));
		OK(mica_plan_fetch(p, 0, got, sizeof got));
		for (size_t i = 0; i < COUNT(got); i++)
			cr_assert(got[i] == 40 * (float)round, "round %d [%zu]: %g", round, i, (double)got[i]);
		OK(mica_plan_run(up, 1));
	}
	mica_close(ctx);
}

/* Whatever goes first, the rest stays usable, and in the end all memory is back. */
Test(value, goes_in_any_order)
{
	for (int order = 0; order < 6; order++) {
		mica_context *ctx = open_context();
		mica_graph *g = mica_graph_create(ctx);
		mica_value *v = NULL, *in = NULL;
		float got[4];
		OK(mica_value_create(&v, ctx, "v", MICA_ROLE_STATE, MICA_F32, MICA_SHAPE(4)));
		OK(mica_value_create(&in, ctx, "in", MICA_ROLE_DATA, MICA_F32, MICA_SHAPE(4)));
		mica_var x = mica_graph_value(g, v), out = mica_op_assign(x, mica_op_add(x, mica_graph_input(g, "in", MICA_F32, MICA_SHAPE(4))));
		mica_plan *p = NULL;
		OK(mica_value_write(in, (float[4]){1, 2, 3, 4}, 16));
		OK(mica_plan_create(&p, &out, 1, NULL));
		OK(mica_plan_bind(p, "in", in));
		for (int k = 0; k < 3; k++) {
			static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
			if (orders[order][k] == 0)
				mica_graph_destroy(g);
			else if (orders[order][k] == 1)
				mica_value_destroy(v), mica_value_destroy(in);
			else
				mica_plan_destroy(p), p = NULL;
			if (!p)
				continue;
			OK(mica_plan_run(p, 1));
			OK(mica_plan_fetch(p, 0, got, sizeof got));
			cr_expect(got[3] == 4 * (float)(k + 1), "order %d, %d: %g", order, k, (double)got[3]);
		}
		cr_expect(mica_context_usage(ctx).bytes == 0, "order %d: %llu bytes left", order,
		          (unsigned long long)mica_context_usage(ctx).bytes);
		mica_close(ctx);
	}
}

static long heap_bytes(void)
{
	struct mallinfo2 m = mallinfo2();
	return (long)(m.uordblks + m.hblkhd);
}

/* A tape makes graphs by the thousand: nothing of them stays. */
Test(value, graphs_are_thrown_away)
{
	enum { FIRST = 200, ALL = 10000 };
	mica_context *ctx = open_context();
	mica_value *v = NULL;
	float got[8];
	long first = 0;
	uint64_t device = 0;
	OK(mica_value_create(&v, ctx, "v", MICA_ROLE_STATE, MICA_F32, MICA_SHAPE(8)));
	mica_plan *kept = counting_up(ctx, v, 1, 0); /* keeps the built program */
	for (int i = 0; i < ALL; i++) {
		mica_plan *p = counting_up(ctx, v, 1, 0);
		OK(mica_plan_run(p, 1));
		mica_plan_destroy(p);
		if (i == FIRST) {
			OK(mica_context_wait(ctx));
			first = heap_bytes();
			device = mica_context_usage(ctx).bytes;
		}
	}
	OK(mica_value_read(v, got, sizeof got));
	cr_expect(got[7] == ALL, "%g", (double)got[7]);
	cr_expect(heap_bytes() - first < 512 * 1024, "%ld bytes of %d graphs", heap_bytes() - first, ALL - FIRST);
	cr_expect(mica_context_usage(ctx).bytes == device, "%llu bytes on the device, then %llu", (unsigned long long)device,
	          (unsigned long long)mica_context_usage(ctx).bytes);
	mica_plan_destroy(kept);
	mica_close(ctx);
}

/* A driver call that fails once costs one run, never the value. */
Test(value, survives_a_failing_driver)
{
	uint64_t calls = 0;
	for (uint64_t n = 0; n <= calls; n++) { /* the first only counts */
		mica_context *ctx = open_context();
		mica_value *v = NULL;
		float got[60], w[60];
		OK(mica_value_create(&v, ctx, "v", MICA_ROLE_WEIGHT, MICA_F32, MICA_SHAPE(3, 20)));
		mica_plan *p = counting_up(ctx, v, 0, 0);
		for (size_t i = 0; i < 60; i++)
			w[i] = (float)i;
		OK(mica_value_write(v, w, sizeof w));
		mica__fault_after(MICA__FAULT_DRIVER, n ? n : UINT64_MAX, false);
		mica_status st = mica_plan_run(p, 1);
		calls = n ? calls : mica__fault_count(MICA__FAULT_DRIVER);
		mica__fault_after(MICA__FAULT_DRIVER, 0, false);
		OK(mica_plan_run(p, 1));
		OK(mica_value_read(v, got, sizeof got));
		cr_assert(!memcmp(got, w, sizeof w), "call %llu failed (%s), and the value is another", (unsigned long long)n,
		          mica_status_name(st));
		mica_close(ctx);
	}
	cr_expect(calls >= 3, "%llu calls", (unsigned long long)calls);
}

/* On another context than its own it outlives that. */
Test(value, outlives_its_context_where_it_is_used)
{
	two c = open_two();
	mica_value *v = value(c.a, MICA_F32, MICA_SHAPE(5));
	float w[5] = {1, 2, 3, 4, 5}, got[5];
	OK(mica_value_write(v, w, sizeof w));
	mica_plan *here = counting_up(c.a, v, 1, 0), *there = counting_up(c.b, v, 10, 0);
	OK(mica_plan_run(there, 1));
	OK(mica_plan_run(here, 1)); /* only the first context has the newest value */
	mica_close(c.a);
	OK(mica_plan_run(there, 1));
	OK(mica_plan_fetch(there, 0, got, sizeof got));
	cr_expect(got[0] == 22 && got[4] == 26, "%g %g", (double)got[0], (double)got[4]);
	mica_close(c.b);
}

/* Where a context is closed without the memory that its values need, they are not zeros but lost, until they are written. */
Test(value, is_lost_rather_than_wrong)
{
	float w[5] = {1, 2, 3, 4, 5}, got[5] = {0};
	bool lost = false;
	for (uint64_t n = 1; n <= 3; n++) {
		two c = open_two();
		mica_value *v = value(c.a, MICA_F32, MICA_SHAPE(5));
		OK(mica_value_write(v, w, sizeof w));
		mica_plan *here = counting_up(c.a, v, 1, 0), *there = counting_up(c.b, v, 10, 0);
		OK(mica_plan_run(there, 1));
		OK(mica_plan_run(here, 1));
		mica__fault_after(MICA__FAULT_MEMORY, n, true);
		mica_close(c.a);
		mica__fault_after(MICA__FAULT_MEMORY, 0, false);
		mica_status st = mica_plan_run(there, 1);
		lost = lost || st != MICA_OK;
		if (st != MICA_OK)
			cr_expect(st == MICA_EDEVICE && strstr(mica_error(c.b), "lost"), "%s: %s", mica_status_name(st), mica_error(c.b));
		else
			OK(mica_plan_fetch(there, 0, got, sizeof got));
		cr_expect(st != MICA_OK || got[0] == 22, "%g", (double)got[0]);
		mica_close(c.b);
	}
	cr_expect(lost, "nothing failed");
}

/* ---- nonsense ---- */

Test(value, nothing_crashes_on_nothing)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(3)), y = mica_op_addc(x, 1), none = NULL;
	mica_plan *p = NULL;
	mica_value *v = NULL;
	float w[3] = {0};
	OK(mica_plan_create(&p, &y, 1, NULL));
	mica_clear(NULL);
	cr_expect(mica_value_write(NULL, w, 12) == MICA_EINVAL && strstr(mica_error(NULL), "no value"), "%s", mica_error(NULL));
	cr_expect(mica_plan_run(NULL, 1) == MICA_EINVAL && strstr(mica_error(NULL), "no value"), "the first cause stays: %s", mica_error(NULL));
	cr_expect(mica_value_read(NULL, w, 12) == MICA_EINVAL && mica_value_move(NULL, ctx) == MICA_EINVAL);
	cr_expect(mica_value_create(NULL, ctx, "v", MICA_ROLE_DATA, MICA_F32, MICA_SHAPE(3)) == MICA_EINVAL);
	cr_expect(mica_value_create(&v, ctx, "v", (mica_role)77, MICA_F32, MICA_SHAPE(3)) == MICA_EINVAL && !v);
	cr_expect(mica_value_create(&v, ctx, "v", MICA_ROLE_DATA, (mica_dtype)77, MICA_SHAPE(3)) == MICA_EINVAL && !v);
	cr_expect(mica_value_create(&v, ctx, "v", MICA_ROLE_DATA, MICA_F32, (mica_shape){99, {1}}) == MICA_EINVAL && !v);
	OK(mica_value_create(&v, ctx, NULL, MICA_ROLE_DATA, MICA_F32, MICA_SHAPE(3)));
	cr_expect(mica_value_write(v, NULL, 12) == MICA_EINVAL && mica_value_read(v, NULL, 12) == MICA_EINVAL);
	cr_expect(mica_value_move(v, NULL) == MICA_EINVAL && !mica_value_is_on(v, NULL) && !mica_value_is_on(NULL, ctx));
	cr_expect(!*mica_value_path(NULL) && !*mica_value_name(NULL) && mica_value_bytes(NULL) == 0 && mica_value_count(NULL) == 0 &&
	          mica_value_shape(NULL).rank == 0 && mica_value_dtype(NULL) == MICA_F32 && mica_value_bytes_moved(NULL) == 0);
	cr_expect(mica_var_value(NULL) == NULL && mica_var_value(x) == NULL && mica_graph_value(NULL, v) == NULL);
	cr_expect(mica_graph_variable(NULL, "v", MICA_F32, MICA_SHAPE(3)) == NULL);
	cr_expect(mica_plan_create(NULL, &y, 1, NULL) == MICA_EINVAL && mica_plan_create(&p, &none, 1, NULL) == MICA_EINVAL && !p);
	cr_expect(mica_plan_create(&p, NULL, 1, NULL) == MICA_EINVAL && !p);
	OK(mica_plan_create(&p, &y, 1, NULL));
	cr_expect(mica_plan_feed(p, NULL, w, 12) == MICA_EINVAL && mica_plan_feed(p, "x", NULL, 12) == MICA_EINVAL);
	cr_expect(mica_plan_feed(p, "z", w, 12) == MICA_EINVAL && strstr(mica_error(NULL), "which has x"), "%s", mica_error(NULL));
	cr_expect(mica_plan_bind(p, NULL, v) == MICA_EINVAL && mica_plan_bind(p, "x", NULL) == MICA_OK);
	cr_expect(mica_plan_run(p, 1) == MICA_EINVAL, "bound to nothing");
	cr_expect(mica_plan_fetch(p, 0, NULL, 12) == MICA_EINVAL && mica_plan_fetch(p, 9, w, 12) == MICA_EINVAL);
	cr_expect(mica_plan_take(p, 0, NULL) == MICA_EINVAL);
	cr_expect(mica_plan_feed(NULL, "x", w, 12) == MICA_EINVAL && mica_plan_bind(NULL, "x", v) == MICA_EINVAL &&
	          mica_plan_fetch(NULL, 0, w, 12) == MICA_EINVAL && mica_plan_take(NULL, 0, v) == MICA_EINVAL);
	cr_expect(mica_plan_print(NULL, false, NULL, 0) == 0 && mica_plan_describe(NULL).kernels == 0 && mica_context_wait(NULL) == MICA_EINVAL);
	cr_expect(mica_plan_print(p, false, NULL, 0) > 0);
	mica_plan_destroy(NULL);
	mica_value_destroy(NULL);
	mica_value_destroy(mica_var_value(mica_graph_variable(g, "w", MICA_F32, MICA_SHAPE(3)))); /* not the user's */
	mica_graph_destroy(g);
	mica_close(ctx);
}

Test(value, two_inputs_of_one_name_are_refused)
{
	mica_context *ctx = open_context();
	mica_graph *g = mica_graph_create(ctx);
	mica_var a = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(3)), b = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(3)), y = mica_op_add(a, b);
	mica_plan *p = NULL;
	cr_expect(mica_plan_create(&p, &y, 1, NULL) == MICA_EINVAL && strstr(mica_error(NULL), "\"x\""), "%s", mica_error(NULL));
	cr_expect(strstr(mica_error(ctx), "\"x\"") && !mica_ok(ctx), "the context keeps it: %s", mica_error(ctx));
	mica_close(ctx);
}
