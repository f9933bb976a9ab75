/* SPDX-License-Identifier: MIT */
/* picture/test_chart.c - ticks of axes. */
#include "picture/chart.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

static void expect_ticks(double low, double high, bool whole, bool log, const double *want, size_t n)
{
	double ticks[MICA__MOST_TICKS];
	size_t got = mica__ticks(ticks, low, high, whole, log);

	cr_expect_eq(got, n, "%g to %g: %zu ticks", low, high, got);
	for (size_t i = 0; i < n && i < got; i++)
		cr_expect_float_eq(ticks[i], want[i], 1e-9 * fabs(want[i]) + 1e-12, "%g to %g: tick %zu is %g", low, high, i, ticks[i]);
}
#define TICKS(low, high, whole, log, ...) \
	expect_ticks(low, high, whole, log, (double[]){__VA_ARGS__}, sizeof(double[]){__VA_ARGS__} / sizeof(double))

Test(chart, ticks_are_round_numbers)
{
	TICKS(0, 1, false, false, 0, 0.2, 0.4, 0.6, 0.8, 1);
	TICKS(-0.13, 0.31, false, false, -0.1, 0, 0.1, 0.2, 0.3);
	TICKS(1, 12, true, false, 2, 4, 6, 8, 10, 12);
	TICKS(0.5, 1.5, true, false, 1);
	TICKS(1e6, 1e6 + 119, false, false, 1000000, 1000020, 1000040, 1000060, 1000080, 1000100);
	TICKS(0.002, 3, false, true, 0.01, 0.1, 1);
	TICKS(0.2, 2.1, false, true, 0.2, 0.5, 1, 2);
	TICKS(0.61, 0.8, false, true, 0.65, 0.7, 0.75, 0.8);
	TICKS(1e-30, 1, false, true, 1e-28, 1e-24, 1e-20, 1e-16, 1e-12, 1e-8, 1e-4, 1);
}

Test(chart, there_are_two_ticks_or_more_on_any_axis)
{
	for (int power = -12; power <= 12; power++)
		for (int part = 1; part < 100; part++) {
			double low = pow(10, power) * part, high = low * (1 + 0.07 * part), ticks[MICA__MOST_TICKS];
			for (int log = 0; log < 2; log++) {
				size_t n = mica__ticks(ticks, low, high, false, log);
				cr_expect(n >= 2 && n <= MICA__MOST_TICKS, "%g to %g: %zu", low, high, n);
				for (size_t i = 0; i < n; i++)
					cr_expect(ticks[i] >= low * (1 - 1e-6) && ticks[i] <= high * (1 + 1e-6) && (!i || ticks[i] > ticks[i - 1]));
			}
		}
}

/* Whatever the numbers are, the picture has none that is none. */
Test(chart, coordinates_are_numbers)
{
	static const double values[][3] = {
		{1e308, -1e308, 0}, {DBL_MAX, -DBL_MAX, 1}, {DBL_MAX, DBL_MAX, DBL_MAX}, {DBL_TRUE_MIN, DBL_TRUE_MIN, 2 * DBL_TRUE_MIN}, {1e-300, 1e300, 1},
		{1e17, 1e17 + 16, 1e17}, {1, 1 + DBL_EPSILON, 1}, {-3, -3, -3}, {0, 0, 0}, {(double)NAN, (double)INFINITY, -(double)INFINITY},
	};
	static const double x[] = {1, 2, 3};

	for (size_t i = 0; i < MICA__COUNT(values); i++)
		for (int log = 0; log < 2; log++) {
			const mica__curve curve = {.name = "c", .colour = "red", .x = x, .y = values[i], .n = 3};
			mica__text t = {0};
			mica__chart_add(&t, &(mica__chart){.title = "t", .x_title = "x", .curves = &curve, .n = 1, .log = log}, 0, 0, 400, 300);
			cr_assert(!t.failed);
			cr_expect(!strstr(t.s, "nan") && !strstr(t.s, "inf\""), "%zu, log %d: %s", i, log, t.s);
			mica__text_free(&t);
		}
}
