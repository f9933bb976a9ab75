/* SPDX-License-Identifier: MIT */
/* Host memory is zeroed, sizes are checked, failures are recorded and leave arrays as they were. */
#include "base/base.h"

#include <criterion/criterion.h>
#include <string.h>

Test(memory, is_zero)
{
	unsigned char *p = mica__alloc(1000, 3);
	cr_assert_not_null(p);
	for (size_t i = 0; i < 3000; i++)
		cr_assert_eq(p[i], 0);
	mica__free(p);
}

Test(memory, nothing_is_a_pointer_of_its_own)
{
	void *a = mica__alloc(0, 8), *b = mica__alloc(8, 0);
	cr_assert(a && b && a != b);
	mica__free(a);
	mica__free(b);
	mica__free(NULL);
}

Test(memory, what_cannot_be_had_is_null_with_the_reason)
{
	cr_assert_null(mica__alloc(SIZE_MAX / 2, 3));
	cr_assert(strstr(mica__reason(), "3 bytes are more than can be addressed"), "%s", mica__reason());
	cr_assert_null(mica__alloc(SIZE_MAX / 4, 1));
	cr_assert(strstr(mica__reason(), "of host memory"), "%s", mica__reason());
}

Test(memory, a_grown_array_keeps_its_elements_and_zeroes_the_rest)
{
	int *a = NULL;
	size_t capacity = 0;
	for (size_t n = 1; n <= 1000; n++) {
		cr_assert_eq(mica__grow(&a, &capacity, n, sizeof *a), MICA_OK);
		cr_assert(capacity >= n && capacity <= 2 * n + 8);
		cr_assert_eq(a[n - 1], 0);
		a[n - 1] = (int)n;
	}
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(a[i], i + 1);
	mica__free(a);
}

Test(memory, a_failed_growth_changes_nothing)
{
	int *a = NULL, *before;
	size_t capacity = 0;
	cr_assert_eq(mica__grow(&a, &capacity, 3, sizeof *a), MICA_OK);
	before = a;
	a[2] = 7;
	size_t old = capacity;
	cr_assert_eq(mica__grow(&a, &capacity, SIZE_MAX / 2, sizeof *a), MICA_EOVERFLOW);
	cr_assert_eq(mica__grow(&a, &capacity, SIZE_MAX / 8, sizeof *a), MICA_ENOMEM);
	cr_assert(a == before && capacity == old && a[2] == 7);
	mica__free(a);
}

Test(memory, arithmetic_is_checked)
{
	size_t n = 0;
	cr_assert(mica__mul(1u << 20, 1u << 10, &n) && n == 1u << 30);
	cr_assert_not(mica__mul(SIZE_MAX, 2, &n));
	cr_assert_eq(mica__ceil_div(SIZE_MAX, 2), SIZE_MAX / 2 + 1);
	cr_assert_eq(mica__round_up(65, 64), 128);
	cr_assert_eq(mica__round_up(64, 64), 64);
}

Test(memory, a_copied_text_is_another_text)
{
	char text[] = "abc", *copy = mica__strdup(text);
	text[0] = 'x';
	cr_assert_str_eq(copy, "abc");
	mica__free(copy);
}
