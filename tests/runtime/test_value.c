/* SPDX-License-Identifier: MIT */
/* runtime/test_value.c - values between the host and two contexts: which copies are valid, how many bytes moved, and
   values as inputs and outputs of plans. */
#include "runtime/runtime.h"
#include "support/support.h"

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
