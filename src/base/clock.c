/* SPDX-License-Identifier: MIT */
/* base/clock.c - the monotonic clock, and the age of this process. */
#include "base/base.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double seconds(clockid_t clock)
{
	struct timespec t = {0};
	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double mica__now(void)
{
	return seconds(CLOCK_MONOTONIC);
}

/* Field 22 of /proc/self/stat, in ticks since boot; field 2 is the program's name in parentheses, which may hold any
   character.  Negative when there is no such file. */
static double start_since_boot(void)
{
	char line[2048] = "";
	unsigned long long ticks = 0;
	FILE *f = fopen("/proc/self/stat", "r");
	if (!f)
		return -1;
	size_t n = fread(line, 1, sizeof line - 1, f);
	fclose(f);
	line[n] = 0;
	const char *rest = strrchr(line, ')');
	if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
	                    &ticks) != 1)
		return -1;
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

double mica__process_age(void)
{
	double start = start_since_boot(), used = seconds(CLOCK_PROCESS_CPUTIME_ID);
#ifdef CLOCK_BOOTTIME
	double age = seconds(CLOCK_BOOTTIME) - start;
#else
	double age = seconds(CLOCK_MONOTONIC) - start;
#endif
	return start >= 0 && age > 0 ? age : used; /* the processor time used so far is the best other answer */
}
