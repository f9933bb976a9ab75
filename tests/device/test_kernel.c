/* SPDX-License-Identifier: MIT */
/* Launches do what they are told in order; marks pass when the work before them is done; time is told by label. */
#include "device/check.h"

#include <math.h>

static const char source[] = "kernel void where(global int *x) { x[get_global_id(0)] = (int)get_group_id(0) * 1000\n"
                             "	+ (int)get_local_id(0); }\n"
                             "kernel void add(global int *x, const int n) { x[get_global_id(0)] += n; }\n"
                             "kernel __attribute__((reqd_work_group_size(4, 1, 1))) void four(global int *x)\n"
                             "{ x[get_global_id(0)] = 4; }\n"
                             "kernel void slow(global int *x, const int n) { int a = x[0];\n"
                             "	for (int i = 0; i < n; i++) a = a * 1664525 + 1013904223;\n"
                             "	x[0] = a; }\n"
                             "kernel void total(global int *x, local int *part) { const int i = (int)get_local_id(0);\n"
                             "	part[i] = x[i]; barrier(CLK_LOCAL_MEM_FENCE);\n"
                             "	if (!i) for (int k = 1; k < (int)get_local_size(0); k++) x[0] += part[k]; }\n";

typedef struct rig {
	mica_context *ctx;
	mica__kernel *k;
	mica__buffer *b;
} rig;

static rig open_rig(const char *function, bool profile)
{
	rig r = {.ctx = open_with(&(mica_open_opts){.profile = profile})};
	r.k = make_kernel(r.ctx, source, function);
	r.b = make_buffer(r.ctx, 64 * 4);
	OK(mica__kernel_buffer(r.k, 0, r.b));
	return r;
}

static void close_rig(rig r)
{
	mica__kernel_destroy(r.k);
	mica__kernel_destroy(NULL);
	mica__buffer_destroy(r.b);
	mica_close(r.ctx);
}

Test(kernel, runs_so_many_groups_of_so_many)
{
	rig r = open_rig("where", false);
	int got[64], want[64] = {0};
	OK(mica__kernel_launch(r.k, 6, 8));
	for (int i = 0; i < 48; i++)
		want[i] = i / 8 * 1000 + i % 8;
	OK(mica__buffer_read(r.b, 0, got, sizeof got));
	cr_assert_arr_eq(got, want, sizeof got);
	OK(mica__kernel_launch(r.k, 0, 8));
	cr_assert_eq(mica_context_usage(r.ctx).launches, 1);
	close_rig(r);
}

Test(kernel, without_a_group_size_each_item_runs_once)
{
	rig r = open_rig("add", false);
	int n = 5, got[64];
	OK(mica__kernel_value(r.k, 1, &n, sizeof n));
	OK(mica__kernel_launch(r.k, 37, 0));
	OK(mica__buffer_read(r.b, 0, got, sizeof got));
	for (int i = 0; i < 64; i++)
		cr_assert_eq(got[i], i < 37 ? 5 : 0);
	close_rig(r);
}

Test(kernel, takes_the_values_of_the_time_of_launch_in_order)
{
	rig r = open_rig("add", false);
	int want = 0, got;
	for (int n = 1; n <= 100; n++) {
		OK(mica__kernel_value(r.k, 1, &n, sizeof n));
		OK(mica__kernel_launch(r.k, 1, 1));
		if (n == 50)
			OK(mica__buffer_write(r.b, 0, &(int){1000000}, 4));
		want = n == 50 ? 1000000 : want + n;
	}
	OK(mica__device_flush(mica__device_of(r.ctx)));
	OK(mica__context_finish(r.ctx));
	OK(mica__buffer_read(r.b, 0, &got, 4));
	cr_assert_eq(got, want);
	cr_assert_eq(mica_context_usage(r.ctx).launches, 100);
	close_rig(r);
}

Test(kernel, a_required_group_size_is_met)
{
	rig r = open_rig("four", false);
	int got[64];
	OK(mica__kernel_launch(r.k, 2, 4));
	OK(mica__buffer_read(r.b, 0, got, sizeof got));
	cr_assert(got[7] == 4 && got[8] == 0);
	FAILS(mica__kernel_launch(r.k, 2, 3), MICA_EDEVICE, "clEnqueueNDRangeKernel: CL_INVALID_WORK_GROUP_SIZE (-54)");
	FAILS(mica__kernel_launch(r.k, SIZE_MAX, 4), MICA_EOVERFLOW, "groups of 4");
	close_rig(r);
}

Test(kernel, a_value_without_data_is_local_memory)
{
	rig r = open_rig("total", false);
	int numbers[8] = {1, 2, 3, 4, 5, 6, 7, 8}, got;
	OK(mica__buffer_write(r.b, 0, numbers, sizeof numbers));
	OK(mica__kernel_value(r.k, 1, NULL, 8 * sizeof(int)));
	OK(mica__kernel_launch(r.k, 1, 8));
	OK(mica__buffer_read(r.b, 0, &got, 4));
	cr_assert_eq(got, 36);
	close_rig(r);
}

Test(kernel, a_wrong_argument_is_the_drivers_error)
{
	rig r = open_rig("add", false);
	FAILS(mica__kernel_value(r.k, 7, &(int){1}, 4), MICA_EDEVICE, "clSetKernelArg: CL_INVALID_ARG_INDEX (-49)");
	FAILS(mica__kernel_value(r.k, 1, &(int){1}, 2), MICA_EDEVICE, "clSetKernelArg: CL_INVALID_ARG_SIZE (-51)");
	FAILS(mica__kernel_launch(r.k, 1, 1), MICA_EDEVICE, "clEnqueueNDRangeKernel: CL_INVALID_KERNEL_ARGS (-52)");
	close_rig(r);
}

/* A round of work that takes at least 20 ms on any device: the fastest of three does, since the first launch may compile
   the kernel, and on a busy machine a short round may wait that long for a core. */
static void work(rig r)
{
	int n = 1 << 20;
	for (double fastest = 0; fastest < 0.02 && n < 1 << 29; n *= 2) {
		OK(mica__kernel_value(r.k, 1, &n, sizeof n));
		fastest = HUGE_VAL;
		for (int i = 0; i < 3 && fastest >= 0.02; i++) {
			double start = mica__now();
			OK(mica__kernel_launch(r.k, 1, 1));
			OK(mica__context_finish(r.ctx));
			fastest = fmin(fastest, mica__now() - start);
		}
	}
}

Test(kernel, a_mark_passes_when_the_work_before_it_is_done)
{
	rig r = open_rig("slow", false);
	mica__mark *early, *late;
	OK(mica__mark_create(&early, mica__device_of(r.ctx)));
	OK(mica__mark_wait(early));
	cr_assert(mica__mark_passed(early));
	work(r);
	double launched = mica__now();
	OK(mica__kernel_launch(r.k, 1, 1));
	OK(mica__mark_create(&late, mica__device_of(r.ctx)));
	bool at_once = mica__mark_passed(late) && mica__now() - launched < 0.005; /* not by a device that works in the call */
	OK(mica__mark_wait(late));
	cr_assert(mica__mark_passed(late));
	cr_assert_not(at_once, "passed before the work was done");
	for (int i = 0; i < 4; i++) { /* one that nobody waits for passes too */
		mica__mark_destroy(late);
		OK(mica__kernel_launch(r.k, 1, 1));
		OK(mica__mark_create(&late, mica__device_of(r.ctx)));
		double start = mica__now();
		while (!mica__mark_passed(late))
			cr_assert(mica__now() - start < 60, "a mark never passes");
	}
	mica__mark_destroy(early);
	mica__mark_destroy(late);
	mica__mark_destroy(NULL);
	close_rig(r);
}

Test(profile, rows_are_by_label_with_most_time_first)
{
	rig r = open_rig("slow", true);
	mica_kernel_time rows[4];
	cr_assert_eq(mica_profile(r.ctx, rows, 4), 0);
	double start = mica__now();
	work(r);
	double passed = mica__now() - start;
	uint64_t calls = mica_context_usage(r.ctx).launches;
	mica__kernel_cost(r.k, "cheap", 10, 20);
	OK(mica__kernel_value(r.k, 1, &(int){1}, 4));
	for (int i = 0; i < 5000; i++)
		OK(mica__kernel_launch(r.k, 1, 1));
	mica__kernel_cost(r.k, "cheap", 1, 2);
	OK(mica__kernel_launch(r.k, 1, 1));
	cr_assert_eq(mica_profile(r.ctx, rows, 4), 2);
	cr_assert_eq(mica_profile(r.ctx, rows, 1), 2);
	cr_assert_str_eq(rows[0].name, "slow");
	cr_assert_str_eq(rows[1].name, "cheap");
	cr_assert_eq(rows[0].calls, calls);
	cr_assert(rows[0].seconds > 0 && rows[0].seconds <= passed, "%g of %g s", rows[0].seconds, passed);
	cr_assert(rows[0].flops == 0 && rows[0].bytes == 0);
	cr_assert(rows[1].calls == 5001 && rows[1].flops == 50001 && rows[1].bytes == 100002);
	close_rig(r);
}

Test(profile, without_the_option_there_are_no_rows)
{
	rig r = open_rig("where", false);
	mica__kernel_cost(r.k, "label", 1, 1);
	OK(mica__kernel_launch(r.k, 8, 8));
	cr_assert_eq(mica_profile(r.ctx, NULL, 0), 0);
	close_rig(r);
}

Test(profile, a_long_label_is_cut)
{
	rig r = open_rig("where", true);
	char label[200];
	mica_kernel_time row;
	memset(label, 'x', sizeof label - 1);
	label[199] = 0;
	mica__kernel_cost(r.k, label, 1, 1);
	OK(mica__kernel_launch(r.k, 8, 8));
	cr_assert_eq(mica_profile(r.ctx, &row, 1), 1);
	cr_assert_eq(strlen(row.name), sizeof row.name - 1);
	close_rig(r);
}
