/* SPDX-License-Identifier: MIT */
/* Buffers are zero at first, keep the order of the queue, and stay inside the budget. */
#include "device/check.h"

static mica_context *ctx;

static void close_context(void)
{
	mica_close(ctx);
}

TestSuite(buffer, .fini = close_context);

Test(buffer, is_zero_at_first)
{
	static const size_t sizes[] = {1, 3, 64, 65, 4096, 1000001};
	unsigned char *got = malloc(1000001);
	ctx = open_with(NULL);
	for (size_t i = 0; i < MICA__COUNT(sizes); i++) {
		mica__buffer *b = make_buffer(ctx, sizes[i]);
		cr_assert_eq(mica__buffer_bytes(b), sizes[i]);
		memset(got, 0xff, sizes[i]);
		OK(mica__buffer_read(b, 0, got, sizes[i]));
		for (size_t k = 0; k < sizes[i]; k++)
			cr_assert_eq(got[k], 0, "byte %zu of %zu", k, sizes[i]);
		mica__buffer_destroy(b);
	}
	free(got);
}

Test(buffer, what_is_written_is_read_whatever_place_and_size)
{
	unsigned char data[300], got[300], want[300] = {0};
	ctx = open_with(NULL);
	mica__buffer *b = make_buffer(ctx, sizeof want);
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (unsigned char)(i * 7 + 1);
	for (size_t n = 0; n <= 140; n++)
		for (size_t at = n % 3; at + n <= sizeof want; at += 37) {
			OK(mica__buffer_write(b, at, data + n, n));
			memcpy(want + at, data + n, n);
		}
	OK(mica__buffer_read(b, 0, got, sizeof got));
	cr_assert_arr_eq(got, want, sizeof want);
	OK(mica__buffer_read(b, 77, got, 100));
	cr_assert_arr_eq(got, want + 77, 100);
	mica__buffer_destroy(b);
}

Test(buffer, written_memory_may_be_reused_at_once)
{
	enum { N = 1 << 20 };
	char *data = malloc(N), *got = malloc(N);
	ctx = open_with(NULL);
	mica__buffer *b = make_buffer(ctx, N), *small = make_buffer(ctx, 4096);
	memset(data, 1, N);
	OK(mica__buffer_write(b, 0, data, N));
	memset(data, 2, N);
	for (uint32_t i = 0; i < 1024; i++)
		OK(mica__buffer_write(small, 4 * i, &i, 4)); /* one variable, a thousand values */
	OK(mica__buffer_read(b, 0, got, N));
	for (size_t i = 0; i < N; i++)
		cr_assert_eq(got[i], 1);
	uint32_t numbers[1024];
	OK(mica__buffer_read(small, 0, numbers, 4096));
	for (uint32_t i = 0; i < 1024; i++)
		cr_assert_eq(numbers[i], i);
	mica__buffer_destroy(b);
	mica__buffer_destroy(small);
	free(data);
	free(got);
}

Test(buffer, zero_clears_only_its_range)
{
	unsigned char data[200], got[200];
	ctx = open_with(NULL);
	mica__buffer *b = make_buffer(ctx, sizeof data);
	for (size_t at = 0; at < 20; at++)
		for (size_t n = 0; n < 40; n++) {
			memset(data, 9, sizeof data);
			OK(mica__buffer_write(b, 0, data, sizeof data));
			OK(mica__buffer_zero(b, at, n));
			memset(data + at, 0, n);
			OK(mica__buffer_read(b, 0, got, sizeof got));
			cr_assert_arr_eq(got, data, sizeof got, "%zu + %zu", at, n);
		}
	mica__buffer_destroy(b);
}

Test(buffer, a_range_outside_is_refused)
{
	char data[200] = {0};
	ctx = open_with(NULL);
	mica__buffer *b = make_buffer(ctx, 100);
	FAILS(mica__buffer_write(b, 0, data, 101), MICA_EINVAL, "bytes 0 to 0 + 101 of a buffer of 100");
	FAILS(mica__buffer_write(b, 101, data, 0), MICA_EINVAL, "101");
	FAILS(mica__buffer_read(b, 90, data, 11), MICA_EINVAL, "90");
	FAILS(mica__buffer_read(b, 1, data, SIZE_MAX), MICA_EINVAL, "100");
	FAILS(mica__buffer_zero(b, SIZE_MAX, 2), MICA_EINVAL, "100");
	OK(mica__buffer_write(b, 100, data, 0));
	mica__buffer_destroy(b);
}

Test(buffer, the_budget_is_kept_and_freed_memory_counts_again)
{
	mica__buffer *b, *more;
	ctx = open_with(&(mica_open_opts){.memory_budget = 1000});
	b = make_buffer(ctx, 600);
	cr_assert(mica__device_fits(mica__device_of(ctx), 400) && !mica__device_fits(mica__device_of(ctx), 401) && !mica__device_fits(mica__device_of(ctx), UINT64_MAX));
	FAILS(mica__buffer_create(&more, mica__device_of(ctx), 401), MICA_EBUDGET, "401.00 B of device memory are needed, 600.00 B of 1000.00 B are in use");
	cr_assert_null(more);
	more = make_buffer(ctx, 400);
	mica__buffer_destroy(b);
	cr_assert(mica__device_fits(mica__device_of(ctx), 600));
	mica__buffer_destroy(more);
	mica__buffer_destroy(NULL);
	mica_device_usage u = mica_context_usage(ctx);
	cr_assert(u.bytes == 0 && u.peak_bytes == 1000 && u.budget_bytes == 1000);
}

Test(buffer, what_one_buffer_cannot_hold_is_refused_with_numbers)
{
	mica__buffer *b;
	ctx = open_with(&(mica_open_opts){.memory_budget = UINT64_MAX});
	FAILS(mica__buffer_create(&b, mica__device_of(ctx), SIZE_MAX / 4), MICA_EBUDGET, "CL_DEVICE_MAX_MEM_ALLOC_SIZE");
	FAILS(mica__buffer_create(&b, mica__device_of(ctx), SIZE_MAX), MICA_EOVERFLOW, "a buffer of");
	cr_assert_null(b);
	cr_assert_eq(mica_context_usage(ctx).bytes, 0);
}

Test(buffer, moved_bytes_are_counted)
{
	char data[1000] = {0};
	ctx = open_with(NULL);
	mica__buffer *b = make_buffer(ctx, 1000);
	OK(mica__buffer_write(b, 0, data, 1000));
	OK(mica__buffer_write(b, 0, data, 4));
	OK(mica__buffer_read(b, 0, data, 300));
	mica_device_usage u = mica_context_usage(ctx);
	cr_assert(u.uploaded_bytes == 1004 && u.downloaded_bytes == 300);
	mica__buffer_destroy(b);
}

/* Kernels see host memory where it stands; it counts, but nothing is moved. */
Test(buffer, may_stand_over_host_memory)
{
	enum { N = 1000 };
	static int32_t memory[N + 1];
	int32_t got[N];
	mica__buffer *over, *b, *more;
	ctx = open_with(&(mica_open_opts){.memory_budget = 2 * sizeof got + 4000});
	if (!mica__class_of(mica__device_of(ctx))->host_memory)
		cr_skip_test("the device has memory of its own");
	for (int32_t i = 0; i <= N; i++)
		memory[i] = 3 * i;
	OK(mica__buffer_over(&over, mica__device_of(ctx), memory + 1, sizeof got)); /* aligned as its elements are, and no better */
	b = make_buffer(ctx, sizeof got);
	FAILS(mica__buffer_over(&more, mica__device_of(ctx), memory, sizeof got + 4), MICA_EBUDGET, "3.91 KB of device memory are needed");
	cr_assert_null(more);
	mica_device_usage u = mica_context_usage(ctx);
	cr_assert(u.bytes == 2 * sizeof got && u.uploaded_bytes == 0, "%ju bytes, %ju uploaded", (uintmax_t)u.bytes,
	          (uintmax_t)u.uploaded_bytes);
	mica__kernel *k = make_kernel(ctx, "kernel void copy(global const int *x, global int *y)"
	                                   "{ size_t i = get_global_id(0); y[i] = x[i]; }", "copy");
	OK(mica__kernel_buffer(k, 0, over));
	OK(mica__kernel_buffer(k, 1, b));
	OK(mica__kernel_launch(k, N, 0));
	OK(mica__buffer_read(b, 0, got, sizeof got));
	cr_assert_arr_eq(got, memory + 1, sizeof got);
	mica__kernel_destroy(k);
	mica__buffer_destroy(over);
	mica__buffer_destroy(b);
}

Test(buffer, of_nothing_is_a_buffer)
{
	ctx = open_with(NULL);
	mica__buffer *b = make_buffer(ctx, 0);
	cr_assert_eq(mica__buffer_bytes(b), 0);
	OK(mica__buffer_zero(b, 0, 0));
	mica__buffer_destroy(b);
}

/* ---- slabs ---- */

#include "device/objects.h"

static size_t slabs_used(void)
{
	size_t n = 0;
	for (size_t i = 0; i < mica__device_of(ctx)->n_slabs; i++)
		n += mica__device_of(ctx)->slabs[i]->users > 0;
	return n;
}

Test(buffer, small_ones_share_a_slab_and_large_ones_have_their_own)
{
	mica__buffer *b[300];
	ctx = open_with(NULL);
	for (size_t i = 0; i < 300; i++)
		b[i] = make_buffer(ctx, i * 37 % 5000);
	cr_assert_eq(slabs_used(), 1);
	mica__buffer *large = make_buffer(ctx, 20 << 20), *half = make_buffer(ctx, 100 << 10);
	cr_assert_eq(slabs_used(), 2);
	cr_assert_neq(large->slab, half->slab);
	cr_assert_eq(half->slab, b[0]->slab);
	for (size_t i = 0; i < 300; i++)
		for (size_t k = 0; k < i; k++)
			cr_assert(b[i]->at + b[i]->whole <= b[k]->at || b[k]->at + b[k]->whole <= b[i]->at, "%zu and %zu overlap", i, k);
	mica__buffer_destroy(large);
	cr_assert_eq(mica__device_of(ctx)->n_slabs, 1, "the large one's memory is not given back");
	for (size_t i = 0; i < 300; i++)
		mica__buffer_destroy(b[i]);
	mica__buffer_destroy(half);
	cr_assert_eq(mica__device_of(ctx)->n_slabs, 1, "one empty slab is kept");
	cr_assert(mica__device_of(ctx)->slabs[0]->n_free == 1 && mica__device_of(ctx)->slabs[0]->users == 0, "ranges did not join");
	cr_assert_eq(mica_context_usage(ctx).bytes, 0);
}

/* Makes and destroys at random, holding what each buffer must hold against what it does. */
Test(buffer, ranges_that_come_and_go_keep_what_was_written)
{
	enum { N = 64 };
	mica__buffer *b[N] = {NULL};
	unsigned char mark[N] = {0}, *data = malloc(1 << 20);
	uint32_t random = 1;
	ctx = open_with(NULL);
	for (int round = 0; round < 1500; round++) {
		random = random * 1664525 + 1013904223;
		size_t i = random >> 26, bytes = (random >> 8) % (random & 64 ? 300000 : 3000) + 1;
		if (b[i]) {
			OK(mica__buffer_read(b[i], 0, data, mica__buffer_bytes(b[i])));
			for (size_t k = 0; k < mica__buffer_bytes(b[i]); k++)
				cr_assert_eq(data[k], mark[i], "round %d, buffer %zu, byte %zu: %d", round, i, k, data[k]);
			mica__buffer_destroy(b[i]);
		}
		b[i] = make_buffer(ctx, bytes);
		mark[i] = (unsigned char)(round % 3 ? random >> 16 : 0); /* 0: as it is at first */
		memset(data, mark[i], bytes);
		if (round % 3)
			OK(mica__buffer_write(b[i], 0, data, bytes));
	}
	for (size_t i = 0; i < N; i++)
		mica__buffer_destroy(b[i]);
	cr_assert_eq(mica__device_of(ctx)->slabs[0]->n_free, 1);
	free(data);
}

/* A range that is given back while kernels and uploads that use it are still to run may be taken at once. */
Test(buffer, is_free_at_once_and_zero_when_taken_again)
{
	enum { N = 1 << 16 };
	static int got[N];
	mica__staging *s;
	ctx = open_with(NULL);
	mica__kernel *k = make_kernel(ctx, "kernel void busy(global int *x) { size_t i = get_global_id(0); int a = x[i];"
	                                   "for (int n = 0; n < 2000; n++) a = a * 1664525 + 1013904223; x[i] = a | 1; }", "busy");
	OK(mica__staging_create(&s, mica__device_of(ctx), sizeof got));
	memset(mica__staging_memory(s), 0x55, sizeof got);
	for (int round = 0; round < 4; round++) {
		mica__buffer *b = make_buffer(ctx, sizeof got);
		size_t at = b->at;
		OK(mica__staging_wait(s));
		OK(mica__staging_upload(s, b, 0, sizeof got));
		OK(mica__kernel_buffer(k, 0, b));
		OK(mica__kernel_launch(k, N, 0));
		mica__buffer_destroy(b);
		b = make_buffer(ctx, sizeof got);
		cr_assert_eq(b->at, at);
		OK(mica__buffer_read(b, 0, got, sizeof got));
		for (size_t i = 0; i < N; i++)
			cr_assert_eq(got[i], 0, "round %d: element %zu is %d", round, i, got[i]);
		mica__buffer_destroy(b);
	}
	mica__staging_destroy(s);
	mica__kernel_destroy(k);
}
