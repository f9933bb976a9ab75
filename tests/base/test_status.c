/* SPDX-License-Identifier: MIT */
/* Statuses have names and texts; the reason of a failure is one line per thread. */
#include "base/base.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

Test(status, names_and_texts_are_those_of_the_table)
{
	cr_assert_str_eq(mica_status_name(MICA_OK), "OK");
	cr_assert_str_eq(mica_status_name(MICA_ESHAPE), "ESHAPE");
	cr_assert_str_eq(mica_status_text(MICA_EBUDGET), "the device memory budget is too small");
	cr_assert_str_eq(mica_status_name((mica_status)-999), "UNKNOWN");
	cr_assert_str_eq(mica_status_text((mica_status)7), "not a status of this library");
}

Test(status, the_reason_is_empty_at_first_and_then_the_last_one)
{
	cr_assert_str_eq(mica__reason(), "");
	cr_assert_eq(mica__fail(MICA_EIO, "file %s: %d", "a", 3), MICA_EIO);
	cr_assert_str_eq(mica__reason(), "file a: 3");
	mica__fail(MICA_EINVAL, "again: %s", mica__reason());
	cr_assert_str_eq(mica__reason(), "again: file a: 3");
}

Test(status, the_reason_is_one_line_and_cut_when_too_long)
{
	static char text[5000];
	memset(text, 'x', sizeof text - 1);
	mica__fail(MICA_EIO, "one\ntwo\r\n");
	cr_assert_str_eq(mica__reason(), "one two  ");
	mica__fail(MICA_EIO, "%s", text);
	cr_assert_eq(strlen(mica__reason()), 1023);
}

static void *fail_elsewhere(void *unused)
{
	(void)unused;
	bool was_empty = !*mica__reason();
	mica__fail(MICA_EIO, "elsewhere");
	return was_empty ? "empty" : NULL;
}

Test(status, threads_have_reasons_of_their_own)
{
	pthread_t thread;
	void *was_empty;
	mica__fail(MICA_EIO, "here");
	cr_assert_eq(pthread_create(&thread, NULL, fail_elsewhere, NULL), 0);
	pthread_join(thread, &was_empty);
	cr_assert_not_null(was_empty);
	cr_assert_str_eq(mica__reason(), "here");
}

Test(status, the_version_is_that_of_the_build)
{
	const char *version = getenv("MICA_TEST_VERSION");
	cr_assert_not_null(version);
	cr_assert_str_eq(mica_version(), version);
}

Test(status, what_was_tried_and_recovered_leaves_no_trace)
{
	mica__kept_reason before;
	mica__fail(MICA_EIO, "first");
	mica__reason_keep(&before);
	mica__fail(MICA_EINVAL, "a longer second");
	mica__reason_restore(&before);
	cr_assert_str_eq(mica__reason(), "first");
	mica__reason_clear();
	mica__reason_keep(&before);
	mica__fail(MICA_EINVAL, "third");
	mica__reason_restore(&before);
	cr_assert_str_eq(mica__reason(), "");
}
