/* SPDX-License-Identifier: MIT */
/* Uploads from staging memory come after what was guarded and before what is launched later. */
#include "device/check.h"

enum { N = 65000 }; /* llvmpipe leaves loops after 65535 rounds */

static const char source[] = "kernel void sum(global const int *x, global int *y, const int n, const int row)\n"
                             "{ int a = 0; for (int i = 0; i < n; i++) a += x[i]; y[row] = a; }\n";

typedef struct rig {
	mica_context *ctx;
	mica__staging *s[2];
	mica__buffer *batch, *sums;
	mica__kernel *k;
} rig;

static rig open_rig(void)
{
	rig r = {.ctx = open_with(NULL)};
	OK(mica__staging_create(&r.s[0], mica__device_of(r.ctx), N * 4));
	OK(mica__staging_create(&r.s[1], mica__device_of(r.ctx), N * 4));
	r.batch = make_buffer(r.ctx, N * 4);
	r.sums = make_buffer(r.ctx, 400);
	r.k = make_kernel(r.ctx, source, "sum");
	OK(mica__kernel_buffer(r.k, 0, r.batch));
	OK(mica__kernel_buffer(r.k, 1, r.sums));
	OK(mica__kernel_value(r.k, 2, &(int){N}, 4));
	return r;
}

static void close_rig(rig r)
{
	mica__staging_destroy(r.s[0]);
	mica__staging_destroy(r.s[1]);
	mica__staging_destroy(NULL);
	mica__kernel_destroy(r.k);
	mica__buffer_destroy(r.batch);
	mica__buffer_destroy(r.sums);
	mica_close(r.ctx);
}

/* The loop of a prefetching trainer: one batch buffer, two staging blocks, no wait for the compute queue. */
Test(staging, no_batch_is_lost_or_torn)
{
	rig r = open_rig();
	int got[100];
	for (int step = 0; step < 100; step++) {
		mica__staging *s = r.s[step % 2];
		OK(mica__staging_wait(s));
		int *memory = mica__staging_memory(s);
		for (int i = 0; i < N; i++)
			memory[i] = step + 1;
		OK(mica__staging_guard(s));
		OK(mica__staging_upload(s, r.batch, 0, N * 4));
		OK(mica__kernel_value(r.k, 3, &step, 4));
		OK(mica__kernel_launch(r.k, 1, 1));
	}
	OK(mica__buffer_read(r.sums, 0, got, sizeof got));
	for (int step = 0; step < 100; step++)
		cr_assert_eq(got[step], (step + 1) * N, "step %d: %d", step, got[step]);
	cr_assert_eq(mica_context_usage(r.ctx).uploaded_bytes, 100ull * N * 4);
	close_rig(r);
}

Test(staging, an_upload_goes_where_it_is_sent)
{
	rig r = open_rig();
	int *memory = mica__staging_memory(r.s[0]), got[4];
	memory[0] = 7;
	memory[1] = 8;
	OK(mica__staging_upload(r.s[0], r.sums, 4, 8));
	OK(mica__buffer_read(r.sums, 0, got, sizeof got));
	cr_assert(got[0] == 0 && got[1] == 7 && got[2] == 8 && got[3] == 0);
	OK(mica__staging_wait(r.s[0]));
	OK(mica__staging_wait(r.s[0]));
	close_rig(r);
}

Test(staging, an_upload_does_not_overtake_the_zeroing_of_a_new_buffer)
{
	rig r = open_rig();
	const size_t bytes = 32 << 20;
	int *memory = mica__staging_memory(r.s[0]), got;
	memory[0] = 7;
	for (int i = 0; i < 5; i++) {
		mica__buffer *b = make_buffer(r.ctx, bytes);
		OK(mica__staging_upload(r.s[0], b, bytes - 4, 4));
		OK(mica__buffer_read(b, bytes - 4, &got, 4));
		cr_assert_eq(got, 7);
		mica__buffer_destroy(b);
	}
	close_rig(r);
}

Test(staging, what_does_not_fit_is_refused)
{
	rig r = open_rig();
	FAILS(mica__staging_upload(r.s[0], r.sums, 396, 8), MICA_EINVAL, "of a buffer of 400");
	mica__buffer *large = make_buffer(r.ctx, N * 8);
	FAILS(mica__staging_upload(r.s[0], large, 0, N * 4 + 4), MICA_EINVAL, "from a staging block of");
	OK(mica__staging_upload(r.s[0], large, 0, 0));
	mica__buffer_destroy(large);
	close_rig(r);
}

Test(staging, may_be_destroyed_with_an_upload_under_way)
{
	rig r = open_rig();
	for (int i = 0; i < 20; i++) {
		OK(mica__staging_guard(r.s[0]));
		OK(mica__staging_upload(r.s[0], r.batch, 0, N * 4));
	}
	close_rig(r);
}
