/* SPDX-License-Identifier: MIT */
/* picture/test_svg.c - texts of users' in pictures. */
#include "picture/svg.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_xml(const char *text, const char *as)
{
	mica__text t = {0};

	mica__xml_add(&t, text);
	cr_expect_str_eq(mica__text_string(&t), as);
	mica__text_free(&t);
}

Test(svg, texts_are_escaped)
{
	expect_xml("", "");
	expect_xml("a<b> & \"c\" 'd'", "a&lt;b&gt; &amp; &quot;c&quot; 'd'");
	expect_xml("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", "\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80");
	expect_xml("a\x01\n\x7f", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	expect_xml("\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd");
	expect_xml("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* a surrogate */
}

Test(svg, widths_grow_with_the_text)
{
	cr_expect_eq(mica__svg_width("", 10, false), 0);
	cr_expect_lt(mica__svg_width("ill", 10, false), mica__svg_width("new", 10, false));
	cr_expect_lt(mica__svg_width("new", 10, false), mica__svg_width("new", 10, true));
	cr_expect_eq(mica__svg_width("\xe4\xb8\xad", 10, false), 10);
}
