/* SPDX-License-Identifier: MIT */
/* Texts with numbers in them do not depend on the locale, which the calling program may have set to one with commas. */
#include "base/base.h"

#include "support/commas.h"

#include <criterion/criterion.h>
#include <math.h>
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

/* As Python's repr, and read back as the same number. */
Test(number, is_written_as_short_as_it_is_exact)
{
	static const struct { double x; const char *text; } cases[] = {
		{0, "0.0"}, {-0.0, "-0.0"}, {1, "1.0"}, {0.1, "0.1"}, {1e-4, "0.0001"}, {1e-5, "1e-05"}, {123456789012345, "123456789012345.0"},
		{1e15, "1000000000000000.0"}, {1e16, "1e+16"}, {0.6931471824645996, "0.6931471824645996"}, {1.0 / 3, "0.3333333333333333"},
		{5e-324, "5e-324"}, {1.7976931348623157e308, "1.7976931348623157e+308"}, {-2.5, "-2.5"}, {1234567.891, "1234567.891"},
		{9007199254740993.0, "9007199254740992.0"}, {0.00012, "0.00012"}, {NAN, "nan"}, {INFINITY, "inf"}, {-INFINITY, "-inf"},
	};
	char text[32];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		mica__number_text(text, cases[i].x);
		cr_expect_str_eq(text, cases[i].text);
	}
}
