/* SPDX-License-Identifier: MIT */
/* Texts with numbers in them do not depend on the locale, which the calling program may have set to one with commas. */
#include "base/base.h"

#include "support/commas.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(number, is_written_and_read_with_a_point)
{
	char text[32];
	const char *end;
	mica__text t = {0};
	if (!use_commas())
		cr_skip_test("there is no locale with a decimal comma");
	snprintf(text, sizeof text, "%.2f", 1.5);
	cr_assert_str_eq(text, "1,50", "the locale has no effect: nothing is tested");
	cr_assert_eq(mica__format(text, sizeof text, "%.2f", 1.5), 4);
	cr_assert_str_eq(text, "1.50");
	mica__text_add(&t, "R(%.9e)", 0.1);
	cr_assert_str_eq(mica__text_string(&t), "R(1.000000000e-01)");
	mica__text_free(&t);
	mica__fail(MICA_EINVAL, "rate is %g", 0.25);
	cr_assert_str_eq(mica__reason(), "rate is 0.25");
	cr_assert_eq(mica__parse_number("2.5G", &end), 2.5);
	cr_assert_str_eq(end, "G");
	snprintf(text, sizeof text, "%.2f", 1.5);
	cr_assert_str_eq(text, "1,50", "the caller's locale is gone");
}

Test(number, ends_where_the_number_does)
{
	const char *end, *none = "none";
	cr_assert_eq(mica__parse_number("-1.25e2,", &end), -125);
	cr_assert_str_eq(end, ",");
	mica__parse_number(none, &end);
	cr_assert_eq(end, none);
}
