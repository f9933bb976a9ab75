/* SPDX-License-Identifier: MIT */
/* A context opens as asked, frees what it owns in reverse order, and keeps its first failure. */
#include "device/check.h"

Test(context, opens_and_closes_again_and_again)
{
	for (int i = 0; i < 20; i++)
		mica_close(open_with(NULL));
	mica_close(NULL);
}

Test(context, two_are_independent)
{
	mica_context *a = open_with(NULL), *b = open_with(NULL);
	mica__buffer *x = make_buffer(a, 4096), *y = make_buffer(b, 100);
	mica__buffer_destroy(x);
	mica_close(a);
	float value = 3, got = 0;
	OK(mica__buffer_write(y, 8, &value, 4));
	OK(mica__buffer_read(y, 8, &got, 4));
	cr_assert_eq(got, 3);
	mica__buffer_destroy(y);
	mica_close(b);
}

static uint64_t budget(const char *text)
{
	setenv("MICA_MEMORY", text, 1);
	mica_context *ctx = open_with(NULL);
	uint64_t bytes = mica_context_usage(ctx).budget_bytes;
	mica_close(ctx);
	return bytes;
}

Test(context, the_budget_is_what_the_environment_says)
{
	cr_assert_eq(budget("12345"), 12345);
	cr_assert_eq(budget("64K"), 65536);
	cr_assert_eq(budget("1.5m"), 1572864);
	cr_assert_eq(budget("2G"), 2ull << 30);
}

Test(context, the_budget_is_the_option_before_the_environment_and_else_the_device)
{
	mica_context *ctx = open_with(&(mica_open_opts){.memory_budget = 777});
	cr_assert_eq(mica_context_usage(ctx).budget_bytes, 777);
	mica_close(ctx);
	setenv("MICA_MEMORY", "nonsense", 1);
	ctx = open_with(&(mica_open_opts){.memory_budget = 778});
	cr_assert_eq(mica_context_usage(ctx).budget_bytes, 778);
	mica_close(ctx);
	unsetenv("MICA_MEMORY");
	ctx = open_with(NULL);
	cr_assert_eq(mica_context_usage(ctx).budget_bytes, mica_context_device(ctx)->memory_bytes);
	mica_close(ctx);
}

Test(context, a_budget_that_is_no_number_of_bytes_is_refused)
{
	static const char *const bad[] = {"many", "12T", "12KB", "-5", "0", "nan", "1e30", "K"};
	for (size_t i = 0; i < MICA__COUNT(bad); i++) {
		setenv("MICA_MEMORY", bad[i], 1);
		cr_expect_null(mica_open(NULL), "'%s'", bad[i]);
		cr_expect(strstr(mica_error(NULL), "MICA_MEMORY is '") && strstr(mica_error(NULL), bad[i]), "%s", mica_error(NULL));
	}
}

Test(context, a_value_of_the_environment_that_nobody_reads_is_refused)
{
	static const char *const bad[][3] = {{"MICA_CLASS", "gpu", "cpu simt"}, {"MICA_DEBUG", "plan,graph", "MICA_DEBUG is 'graph'"},
	                                     {"MICA_WITHOUT", "fusion", "simplify fuse"}, {"MICA_PERSISTENT", "yes", "0 1"},
	                                     {"MICA_VECTOR_WIDTH", "5", "4 8 16"}};
	for (size_t i = 0; i < MICA__COUNT(bad); i++) {
		setenv(bad[i][0], bad[i][1], 1);
		cr_expect_null(mica_open(NULL), "%s", bad[i][0]);
		cr_expect(strstr(mica_error(NULL), bad[i][0]) && strstr(mica_error(NULL), bad[i][2]), "%s", mica_error(NULL));
		unsetenv(bad[i][0]);
	}
	setenv("MICA_WITHOUT", "fuse,,panels", 1);
	setenv("MICA_CLASS", "", 1);
	mica_close(open_with(NULL));
}

Test(context, an_option_of_a_later_version_is_refused)
{
	struct {
		mica_open_opts known;
		char later;
	} opts = {.known.size = sizeof opts, .later = 1};
	cr_assert_null(mica_open(&opts.known));
	cr_assert(strstr(mica_error(NULL), "open: an option that this version"), "%s", mica_error(NULL));
}

Test(context, a_device_that_is_not_there_is_refused)
{
	cr_assert_null(mica_open(&(mica_open_opts){.device = "no such device"}));
	cr_assert(strstr(mica_error(NULL), "'no such device'; there is: 0 = "), "%s", mica_error(NULL));
}

Test(context, a_part_of_a_device_has_so_many_units)
{
	mica_context *ctx = mica_open(&(mica_open_opts){.sub_device_units = 1});
	if (!ctx) {
		cr_assert(strstr(mica_error(NULL), "no sub-device of 1 compute units"), "%s", mica_error(NULL));
		cr_skip_test("%s", mica_error(NULL));
	}
	cr_assert_eq(mica_context_device(ctx)->compute_units, 1);
	cr_assert_eq(mica__class_of(mica__device_of(ctx))->workers, 1);
	mica_close(ctx);
	cr_assert_null(mica_open(&(mica_open_opts){.sub_device_units = 100000}));
	cr_assert(strstr(mica_error(NULL), "no sub-device of 100000"), "%s", mica_error(NULL));
}

static char order[8];

static void note(void *object)
{
	size_t n = strlen(order);
	order[n] = *(char *)object;
}

Test(context, what_it_owns_is_freed_in_reverse_order)
{
	char a = 'a', b = 'b', c = 'c', d = 'd';
	mica_context *ctx = open_with(NULL);
	OK(mica__context_own(ctx, &a, note));
	OK(mica__context_own(ctx, &b, note));
	OK(mica__context_own(ctx, &c, note));
	OK(mica__context_own(ctx, &d, note));
	mica__context_disown(ctx, &b);
	mica__context_disown(ctx, order);
	mica_close(ctx);
	cr_assert_str_eq(order, "dca");
}

static struct node {
	mica_context *ctx;
	struct node *part;
} whole;

static void destroy_node(void *object)
{
	struct node *n = object;
	if (n->part) {
		mica__context_disown(n->ctx, n->part);
		note("part");
	}
	note("whole");
}

Test(context, an_owned_object_may_take_others_with_it)
{
	mica_context *ctx = open_with(NULL);
	struct node part = {ctx, NULL};
	whole = (struct node){ctx, &part};
	OK(mica__context_own(ctx, &part, destroy_node));
	OK(mica__context_own(ctx, &whole, destroy_node));
	mica_close(ctx);
	cr_assert_str_eq(order, "pw");
}

Test(context, the_first_failure_stays)
{
	mica_context *ctx = open_with(NULL);
	cr_assert_eq(mica_context_status(ctx), MICA_OK);
	cr_assert_str_eq(mica_error(ctx), "");
	cr_assert_eq(mica__context_fail(ctx, MICA_OK), MICA_OK);
	cr_assert_eq(mica__context_fail(ctx, mica__fail(MICA_ESHAPE, "first")), MICA_ESHAPE);
	cr_assert_eq(mica__context_fail(ctx, mica__fail(MICA_EINVAL, "second")), MICA_EINVAL);
	cr_assert_eq(mica__context_record(ctx, mica__fail(MICA_EIO, "third")), MICA_EIO);
	cr_assert_eq(mica_context_status(ctx), MICA_ESHAPE);
	cr_assert_str_eq(mica_error(ctx), "first");
	cr_assert_eq(mica__context_building(ctx), MICA_ESHAPE);
	mica_clear(ctx);
	cr_assert(mica_ok(ctx) && mica__context_building(ctx) == MICA_OK);
	cr_assert_str_eq(mica_error(ctx), "");
	cr_assert_str_eq(mica_error(NULL), ""); /* or "third" would be why a handle is NULL */
	mica_close(ctx);
}

Test(context, what_failed_while_it_ran_does_not_stop_building)
{
	mica_context *ctx = open_with(NULL);
	cr_assert_eq(mica__context_record(ctx, mica__fail(MICA_EIO, "no file")), MICA_EIO);
	cr_assert(!mica_ok(ctx) && mica__context_building(ctx) == MICA_OK);
	cr_assert_str_eq(mica_error(ctx), "no file");
	cr_assert_eq(mica__context_fail(ctx, mica__fail(MICA_ESHAPE, "no shape")), MICA_ESHAPE);
	cr_assert_eq(mica__context_building(ctx), MICA_ESHAPE);
	cr_assert_eq(mica_context_status(ctx), MICA_EIO);
	cr_assert_str_eq(mica_error(ctx), "no file");
	mica_close(ctx);
}

Test(context, why_a_handle_is_null_is_not_forgotten)
{
	cr_assert_null(mica_open(&(mica_open_opts){.device = "no such device"}));
	cr_assert_eq(mica__fail_null("digits: no context"), MICA_EINVAL);
	cr_assert_eq(mica__context_fail(NULL, MICA_EINVAL), MICA_EINVAL);
	cr_assert(strstr(mica_error(NULL), "no such device"), "%s", mica_error(NULL));
	mica_clear(NULL);
	cr_assert_str_eq(mica_error(NULL), "");
	cr_assert_eq(mica__fail_null("digits: no context"), MICA_EINVAL);
	cr_assert_str_eq(mica_error(NULL), "digits: no context");
}

Test(context, no_context_is_no_crash)
{
	mica_device_info info;
	mica_kernel_time row;
	mica_close(NULL);
	mica_clear(NULL);
	cr_assert(!mica_ok(NULL) && mica_context_status(NULL) == MICA_EINVAL);
	cr_assert(!mica_open(&(mica_open_opts){.device = "no such device"}) && mica_context_status(NULL) == MICA_ENODEVICE);
	mica_clear(NULL);
	cr_assert_eq(mica_context_status(NULL), MICA_EINVAL);
	cr_assert_str_eq(mica_context_device(NULL)->name, "");
	cr_assert_eq(mica_context_usage(NULL).budget_bytes, 0);
	cr_assert_eq(mica_profile(NULL, &row, 1), 0);
	cr_assert_str_eq(mica_error(NULL), "profile: no context");
	cr_assert_geq(mica_device_list(NULL, 5), 1);
	cr_assert_geq(mica_device_list(&info, 0), 1);
	mica_context *ctx = open_with(&(mica_open_opts){.profile = true});
	cr_assert_eq(mica_profile(ctx, NULL, 5), 0);
	mica_close(ctx);
}
