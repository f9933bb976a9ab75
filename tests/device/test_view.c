/* SPDX-License-Identifier: MIT */
/* Kernels find values by words, whatever slabs come and go. */
#include "device/check.h"

static const char source[] =
	"#define AT(w) (((w) >> 48 == 0 ? s0 : (w) >> 48 == 1 ? s1 : s2) + ((w) & 0xffffffffffffL))\n"
	"kernel void add(global const long *o, global uchar *s0, global uchar *s1, global uchar *s2)\n"
	"{ *(global int *)AT(o[2]) = *(global const int *)AT(o[0]) + *(global const int *)AT(o[1]); }\n";

enum { LARGE = 12 << 20 };

static mica_context *ctx;
static mica__view *view;
static mica__kernel *kernel;
static mica__buffer *table;

static void open_rig(void)
{
	ctx = open_with(NULL);
	OK(mica__view_create(&view, mica__device_of(ctx), 3));
	kernel = make_kernel(ctx, source, "add");
	table = make_buffer(ctx, 24);
	OK(mica__kernel_buffer(kernel, 0, table));
	mica__kernel_view(kernel, 1, view);
}

static void close_rig(void)
{
	mica__kernel_destroy(kernel);
	mica__view_destroy(view);
	mica__buffer_destroy(table);
	mica_close(ctx);
}

static mica__buffer *holding(size_t bytes, size_t at, int value)
{
	mica__buffer *b = make_buffer(ctx, bytes);
	OK(mica__buffer_write(b, at, &value, sizeof value));
	return b;
}

/* a[at] + b[0] by the kernel, the sum into c; false if the view is full. */
static bool sum(int *got, mica__buffer *a, size_t at, mica__buffer *b, mica__buffer *c)
{
	int64_t words[3];
	if (!mica__view_word(&words[0], view, a, at) || !mica__view_word(&words[1], view, b, 0) ||
	    !mica__view_word(&words[2], view, c, 4))
		return false;
	OK(mica__buffer_write(table, 0, words, sizeof words));
	OK(mica__kernel_launch(kernel, 1, 1));
	OK(mica__buffer_read(c, 4, got, sizeof *got));
	return true;
}

Test(view, values_are_found_in_any_slab, .init = open_rig, .fini = close_rig)
{
	int got;
	mica__buffer *a = holding(LARGE, LARGE - 4, 20), *b = holding(4, 0, 3), *c = make_buffer(ctx, 2 * LARGE), *d = make_buffer(ctx, 8);
	cr_assert(sum(&got, a, LARGE - 4, b, c) && got == 23, "%d", got);
	cr_assert(sum(&got, a, LARGE - 4, b, d) && got == 23, "%d", got);
	cr_assert(sum(&got, b, 0, b, d) && got == 6, "%d", got);
	mica__buffer_destroy(a);
	mica__buffer_destroy(b);
	mica__buffer_destroy(c);
	mica__buffer_destroy(d);
}

/* Each round's large buffer is a new slab, and soon one that the view has no number for. */
Test(view, slabs_that_are_gone_are_forgotten, .init = open_rig, .fini = close_rig)
{
	int got, forgot = 0;
	mica__buffer *b = holding(4, 0, 3), *c = make_buffer(ctx, 8);
	for (int round = 0; round < 10; round++) {
		mica__buffer *a = holding(LARGE * (size_t)(1 + round % 3), 0, round);
		if (!sum(&got, a, 0, b, c)) {
			forgot++;
			mica__view_forget(view);
			cr_assert(sum(&got, a, 0, b, c));
		}
		cr_assert_eq(got, round + 3);
		mica__buffer_destroy(a);
		cr_assert(sum(&got, b, 0, b, c) && got == 6, "%d", got);
	}
	cr_assert_geq(forgot, 4);
	mica__buffer_destroy(b);
	mica__buffer_destroy(c);
}

Test(view, more_slabs_than_it_has_numbers_are_refused, .init = open_rig, .fini = close_rig)
{
	int64_t word;
	mica__buffer *b[4];
	for (size_t i = 0; i < 4; i++) {
		b[i] = make_buffer(ctx, LARGE << i);
		cr_assert_eq(mica__view_word(&word, view, b[i], 0), i < 3);
	}
	for (size_t i = 0; i < 4; i++)
		mica__buffer_destroy(b[i]);
}
