/* SPDX-License-Identifier: MIT */
/* Clocks run forward, at the right speed. */
#include "base/base.h"

#include <criterion/criterion.h>
#include <time.h>

Test(clock, now_runs_as_fast_as_time)
{
	double start = mica__now();
	nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
	double passed = mica__now() - start;
	cr_assert(passed >= 0.03 && passed < 3, "%g s", passed);
}

Test(clock, a_process_grows_older_from_its_start)
{
	double first = mica__process_age();
	nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
	double second = mica__process_age();
	cr_assert(first >= 0 && first < 60, "%g s", first);
	cr_assert(second - first >= 0.04 && second - first < 3, "%g s, then %g s", first, second);
}
