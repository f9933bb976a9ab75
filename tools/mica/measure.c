/* SPDX-License-Identifier: MIT */
/* tools/mica/measure.c - clocks, memory, what variables of a plan are filled with, and its time. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double clock_seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double now_seconds(void)
{
	return clock_seconds(CLOCK_MONOTONIC);
}

#ifdef CLOCK_BOOTTIME
/* The kernel's own note of the start, in ticks since boot: field 22 of stat, 20 after the name's closing bracket. */
double process_age(void)
{
	char text[1024] = "";
	FILE *f = fopen("/proc/self/stat", "r");
	double start = 0;

	if (f && fgets(text, sizeof text, f)) {
		const char *s = strrchr(text, ')');
		for (int field = 2; s && field < 22; field++)
			s = strchr(s + 1, ' ');
		start = s ? strtod(s, NULL) / (double)sysconf(_SC_CLK_TCK) : 0;
	}
	if (f)
		fclose(f);
	return start > 0 ? clock_seconds(CLOCK_BOOTTIME) - start : clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}
#else
double process_age(void)
{
	return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}
#endif

double peak_rss_mb(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) == 0 ? (double)u.ru_maxrss / 1024 : 0;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, size_t n)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof *values, by_size);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Writes what was made of v, unless there was no memory for it, and frees it. */
static bool write_and_free(const command *c, mica_var v, void *values, size_t bytes)
{
	if (!values)
		return complain(c, "no memory for %zu bytes; give smaller sizes", bytes), false;
	bool good = mica_value_write(mica_var_value(v), values, bytes) == MICA_OK;
	free(values);
	if (!good)
		complain(c, "%s", mica_error(NULL));
	return good;
}

/* The i-th of many numbers that look random, below 2^16. */
static size_t scattered(size_t i)
{
	return (uint32_t)(i * 2654435761u) >> 16;
}

bool fill_numbers(const command *c, mica_var v, double scale)
{
	size_t n = mica_var_count(v);
	float *values = malloc(n * sizeof *values);

	for (size_t i = 0; values && i < n; i++)
		values[i] = (float)(scale * ((double)(scattered(i) % 2001) / 1000 - 1));
	return write_and_free(c, v, values, n * sizeof *values);
}

bool fill_indices(const command *c, mica_var v, size_t rows)
{
	size_t n = mica_var_count(v);
	int32_t *values = malloc(n * sizeof *values);

	for (size_t i = 0; values && i < n; i++)
		values[i] = (int32_t)(scattered(i) % rows);
	return write_and_free(c, v, values, n * sizeof *values);
}

/* Seconds of so many steps of p, each waited for at the end only. */
static bool time_steps(mica_context *ctx, mica_plan *p, size_t steps, double *out)
{
	double start = now_seconds();

	if (mica_plan_run(p, steps) != MICA_OK || mica_context_wait(ctx) != MICA_OK)
		return false;
	*out = now_seconds() - start;
	return true;
}

bool measure_plan(mica_context *ctx, mica_plan *p, double seconds, double *out)
{
	enum { ROUNDS = 7, STEPS_MOST = 1 << 20 };
	double round = seconds / (ROUNDS + 1), times[ROUNDS], t;
	size_t steps = 1;

	signals_guard();
	if (!time_steps(ctx, p, 1, &t))
		return false;
	for (;;) { /* until a burst takes as long as a round should */
		if (!time_steps(ctx, p, steps, &t))
			return false;
		if (t >= round / 2 || steps >= STEPS_MOST)
			break;
		steps *= 2;
	}
	for (size_t i = 0; i < ROUNDS; i++)
		if (!time_steps(ctx, p, steps, &times[i]))
			return false;
	*out = median(times, ROUNDS) / (double)steps;
	return true;
}
