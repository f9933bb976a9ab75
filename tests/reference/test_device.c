/* SPDX-License-Identifier: MIT */
/* reference/test_device.c - the interpreter as a device: chosen by name only, there without a driver, and plans on it do what
   plans on others do.  Every test works where no OpenCL driver can be found. */
#include "mica/plan.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK(call) cr_assert((call) == MICA_OK, "%s: %s", #call, mica_error(NULL))

static mica_context *open_reference(void)
{
	mica_context *ctx = mica_open(&(mica_open_opts){sizeof(mica_open_opts), .device = "reference"});
	cr_assert(ctx, "%s", mica_error(NULL));
	return ctx;
}

Test(device, is_there_without_a_driver)
{
	setenv("OCL_ICD_VENDORS", "/nonexistent/", 1);
	unsetenv("OCL_ICD_FILENAMES");
	unsetenv("MICA_DEVICE");
	cr_expect(!mica_open(NULL), "it must be asked for");
	cr_expect(strstr(mica_error(NULL), "reference"), "%s", mica_error(NULL));
	mica_close(open_reference());
	setenv("MICA_DEVICE", "reference", 1);
	mica_context *ctx = mica_open(NULL);
	cr_assert(ctx, "%s", mica_error(NULL));
	cr_expect(!strcmp(mica_context_device(ctx)->name, "reference") && mica_context_device(ctx)->has_fp64);
	mica_close(ctx);
}

Test(device, is_last_and_never_chosen_by_chance)
{
	mica_device_info all[32];
	char number[8];
	unsetenv("MICA_DEVICE");
	size_t n = mica_device_list(all, 32);
	if (n == 1)
		cr_skip_test("no OpenCL device");
	cr_assert(n >= 2 && n <= 32);
	cr_expect(!strcmp(all[n - 1].name, "reference") && !all[n - 1].selected && !all[n - 1].is_cpu && !all[n - 1].is_gpu);
	snprintf(number, sizeof number, "%zu", n - 1);
	mica_context *ctx = mica_open(&(mica_open_opts){sizeof(mica_open_opts), .device = number});
	cr_expect(ctx && !strcmp(mica_context_device(ctx)->name, "reference"), "%s", mica_error(NULL));
	mica_close(ctx);
	cr_expect(!mica_open(&(mica_open_opts){sizeof(mica_open_opts), .device = "referenc"}), "a part of its name");
}

Test(device, has_no_parts)
{
	cr_expect(!mica_open(&(mica_open_opts){sizeof(mica_open_opts), .device = "reference", .sub_device_units = 1}));
	cr_expect(strstr(mica_error(NULL), "reference"), "%s", mica_error(NULL));
}

/* An output is the old value of what is assigned; each step sees what the one before it stored. */
Test(device, runs_plans)
{
	mica_context *ctx = open_reference();
	mica_graph *g = mica_graph_create(ctx);
	const float rows[6] = {1, 2, 3, 4, 5, 6}, start[2] = {10, 20};
	float got[2], old[2], sums[2];
	mica_plan *p;
	mica_value *w;
	OK(mica_value_create(&w, ctx, "w", MICA_ROLE_STATE, MICA_F32, MICA_SHAPE(2)));
	mica_var x = mica_graph_input(g, "x", MICA_F32, MICA_SHAPE(3, 2)), v = mica_graph_value(g, w), sum = mica_op_sum(x, MICA_AXIS(0), false);
	mica_var out[] = {sum, mica_op_assign(v, mica_op_add(v, sum)), v};
	OK(mica_plan_create(&p, out, 3, NULL));
	mica_graph_destroy(g);
	cr_expect(mica_plan_run(p, 1) == MICA_EINVAL && strstr(mica_error(NULL), "x"), "%s", mica_error(NULL));
	OK(mica_value_write(w, start, sizeof start));
	OK(mica_plan_feed(p, "x", rows, sizeof rows));
	OK(mica_plan_run(p, 3));
	OK(mica_plan_fetch(p, 0, sums, sizeof sums));
	OK(mica_plan_fetch(p, 2, old, sizeof old));
	OK(mica_value_read(w, got, sizeof got));
	cr_expect(sums[0] == 9 && sums[1] == 12, "%g %g", (double)sums[0], (double)sums[1]);
	cr_expect(got[0] == 37 && got[1] == 56 && old[0] == 28 && old[1] == 44, "%g %g", (double)got[0], (double)old[0]);

	mica_value *other, *taken;
	OK(mica_value_create(&other, ctx, "other", MICA_ROLE_DATA, MICA_F32, MICA_SHAPE(3, 2)));
	OK(mica_value_create(&taken, ctx, "taken", MICA_ROLE_DATA, MICA_F32, MICA_SHAPE(2)));
	OK(mica_plan_bind(p, "x", other)); /* zeros */
	OK(mica_plan_run(p, 1));
	OK(mica_plan_take(p, 0, taken));
	OK(mica_value_read(taken, sums, sizeof sums));
	OK(mica_value_read(w, got, sizeof got));
	cr_expect(sums[0] == 0 && got[0] == 37);
	mica_plan_destroy(p);
	mica_close(ctx);
}

/* Values live in its memory as in that of others. */
Test(device, holds_values)
{
	mica_context *ctx = open_reference(), *second = open_reference();
	mica_value *v;
	int32_t whole[300], back[300];
	for (int i = 0; i < 300; i++)
		whole[i] = i * 7;
	OK(mica_value_create(&v, ctx, "v", MICA_ROLE_DATA, MICA_I32, MICA_SHAPE(100, 3)));
	OK(mica_value_write(v, whole, sizeof whole));
	OK(mica_value_move(v, second));
	cr_expect(mica_value_is_on(v, second) && mica_context_usage(second).bytes >= sizeof whole);
	OK(mica_value_read(v, back, sizeof back));
	cr_expect(!memcmp(whole, back, sizeof whole));
	mica_close(second);
	OK(mica_value_read(v, back, sizeof back));
	cr_expect(!memcmp(whole, back, sizeof whole));
	mica_close(ctx);
}
