/* SPDX-License-Identifier: MIT */
/* The call that a test asks for fails, and no other. */
#include "base/base.h"
#include "base/fault.h"

#include <criterion/criterion.h>

static void give_up(void)
{
	for (int i = 0; i < MICA__FAULT_KINDS; i++)
		mica__fault_after((mica__fault)i, 0, false);
}

TestSuite(fault, .fini = give_up);

/* Which of six allocations failed, as bits. */
static unsigned failed(void)
{
	unsigned which = 0;
	for (unsigned i = 0; i < 6; i++) {
		void *p = mica__alloc(1, 8);
		which |= (unsigned)!p << i;
		mica__free(p);
	}
	return which;
}

Test(fault, the_nth_allocation_fails_and_with_more_all_that_follow)
{
	cr_assert_eq(failed(), 0);
	mica__fault_after(MICA__FAULT_MEMORY, 3, false);
	cr_assert_eq(failed(), 4);
	cr_assert_eq(mica__fault_count(MICA__FAULT_MEMORY), 6);
	mica__fault_after(MICA__FAULT_MEMORY, 3, true);
	cr_assert_eq(failed(), 0x3c);
	mica__fault_after(MICA__FAULT_MEMORY, UINT64_MAX, false);
	cr_assert_eq(failed(), 0);
	cr_assert_eq(mica__fault_count(MICA__FAULT_MEMORY), 6);
	mica__fault_after(MICA__FAULT_MEMORY, 0, false);
	cr_assert_eq(failed(), 0);
}

Test(fault, kinds_are_counted_apart)
{
	mica__fault_after(MICA__FAULT_FILE, 1, false);
	cr_assert_eq(failed(), 0);
	cr_assert(mica__fault_now(MICA__FAULT_FILE));
	cr_assert_not(mica__fault_now(MICA__FAULT_DRIVER));
}
