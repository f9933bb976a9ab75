/* SPDX-License-Identifier: MIT */
/* Programs and libraries of different versions understand each other's options. */
#include "base/base.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct older {
	size_t size;
	int a;
} older;
typedef struct ours {
	size_t size;
	int a, b;
	double c;
} ours;
typedef struct newer {
	ours known;
	char later[16];
} newer;

Test(options, none_are_all_zero)
{
	ours o;
	memset(&o, 1, sizeof o);
	cr_assert_eq(mica__options(&o, NULL, sizeof o, "call"), MICA_OK);
	cr_assert(o.a == 0 && o.b == 0 && o.c == 0);
}

Test(options, without_a_size_are_of_this_version)
{
	ours o;
	cr_assert_eq(mica__options(&o, &(ours){.b = 2, .c = 3}, sizeof o, "call"), MICA_OK);
	cr_assert(o.a == 0 && o.b == 2 && o.c == 3);
	cr_assert_eq(mica__options(&o, &(ours){MICA_OPTS(ours), .a = 1}, sizeof o, "call"), MICA_OK);
	cr_assert(o.a == 1 && o.b == 0 && o.size == sizeof o);
}

Test(options, of_an_older_version_lack_what_is_new)
{
	ours o;
	older *theirs = mica__alloc(1, sizeof *theirs); /* a sanitizer sees what is read behind it */
	*theirs = (older){sizeof *theirs, 7};
	cr_assert_eq(mica__options(&o, theirs, sizeof o, "call"), MICA_OK);
	cr_assert(o.a == 7 && o.b == 0 && o.c == 0);
	mica__free(theirs);
}

Test(options, of_a_newer_version_may_only_say_what_is_known)
{
	ours o;
	newer theirs = {{.size = sizeof theirs, .a = 5}, {0}};
	cr_assert_eq(mica__options(&o, &theirs, sizeof o, "call"), MICA_OK);
	cr_assert_eq(o.a, 5);
	theirs.later[15] = 1;
	cr_assert_eq(mica__options(&o, &theirs, sizeof o, "call"), MICA_EUNSUPPORTED);
	cr_assert(strstr(mica__reason(), "call: an option that this version"), "%s", mica__reason());
	cr_assert_eq(o.a, 0);
}
