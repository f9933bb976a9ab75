/* SPDX-License-Identifier: MIT */
/* Texts grow, fail once and for all, and are copied as snprintf copies; the log is silent unless asked for. */
#include "base/base.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>
#include <string.h>

Test(text, grows)
{
	mica__text t = {0};
	for (int i = 0; i < 1000; i++)
		mica__text_add(&t, "%03d,", i);
	mica__text_append(&t, "endless", 3);
	cr_assert_eq(t.n, 4003);
	cr_assert_eq(strlen(t.s), t.n);
	cr_assert(!strncmp(t.s, "000,001,", 8) && !strcmp(t.s + 3996, "999,end"));
	mica__text_free(&t);
	cr_assert(!t.s && !t.n && !t.failed);
}

Test(text, stays_failed_and_empty)
{
	mica__text t = {0};
	mica__text_add(&t, "abc");
	mica__text_append(&t, "x", SIZE_MAX / 2);
	cr_assert(t.failed && !t.s && !t.n);
	mica__text_add(&t, "more");
	mica__text_append(&t, "more", 4);
	cr_assert(t.failed && !t.s && !t.n);
	mica__text_free(&t);
	cr_assert_not(t.failed);
}

static size_t copy(const char *s, char *out, size_t size)
{
	mica__text t = {0};
	mica__text_add(&t, "%s", s);
	return mica__text_copy(&t, out, size);
}

Test(text, is_copied_as_far_as_there_is_room)
{
	char out[8];
	cr_assert_eq(copy("hello", out, sizeof out), 5);
	cr_assert_str_eq(out, "hello");
	cr_assert_eq(copy("hello", out, 3), 5);
	cr_assert_str_eq(out, "he");
	cr_assert_eq(copy("hello", NULL, 0), 5);
	mica__text empty = {0};
	cr_assert_eq(mica__text_copy(&empty, out, sizeof out), 0);
	cr_assert_str_eq(out, "");
}

Test(text, debug_words_are_whole_words)
{
	unsetenv("MICA_DEBUG");
	cr_assert_not(mica__debug("plan"));
	setenv("MICA_DEBUG", "graph,plan,,device", 1);
	cr_assert(mica__debug("graph") && mica__debug("plan") && mica__debug("device"));
	cr_assert_not(mica__debug("pla") || mica__debug("planet") || mica__debug("build"));
}

static void read_log(char *out, size_t size)
{
	fflush(stderr);
	FILE *f = cr_get_redirected_stderr();
	out[fread(out, 1, size - 1, f)] = 0;
}

Test(text, the_log_speaks_when_asked, .init = cr_redirect_stderr)
{
	static char log[4096], middle[3000];
	memset(middle, 'm', sizeof middle - 1);
	unsetenv("MICA_DEBUG");
	mica__log("unasked");
	setenv("MICA_DEBUG", "plan", 1);
	mica__log("short %d", 1);
	mica__log("long %s end", middle);
	read_log(log, sizeof log);
	cr_assert(!strncmp(log, "mica: short 1\nmica: long mmm", 28), "%.40s", log);
	cr_assert(!strcmp(log + strlen(log) - 5, " end\n"), "%s", log + strlen(log) - 20);
}

Test(text, names_are_clean_utf8)
{
	static const char *const good[] = {"a", "dense/kernel", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "..x", "\xed\x9f\xbf"};
	static const char *const bad[] = {"", "a\nb", "\t", "\x7f", "\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	                                  "\xf0\x80\x80\x80", "a\x80", "\xe2\x82", "a/../b", "\xf5\x80\x80\x80"};
	char longest[1026];

	for (size_t i = 0; i < MICA__COUNT(good); i++)
		cr_assert_null(mica__name_fault(good[i]), "%zu: %s", i, mica__name_fault(good[i]));
	for (size_t i = 0; i < MICA__COUNT(bad); i++)
		cr_assert(mica__name_fault(bad[i]), "%zu", i);
	memset(longest, 'x', sizeof longest);
	longest[1024] = 0;
	cr_assert_null(mica__name_fault(longest));
	longest[1024] = 'x';
	longest[1025] = 0;
	cr_assert(strstr(mica__name_fault(longest), "longer"));
}
