/* SPDX-License-Identifier: MIT */
/* tuning/test_ranges.c - ranges: shares as KerasTuner has them, steps of a grid, which values they hold, and those that are none. */
#include "golden/tuning.h"
#include "tuning/rig.h"
#include "tuning/tuning.h"

#include <limits.h>

static void check_shares(const char *what, mica__range r, const double want[10])
{
	r.first = r.low;
	OK(mica__range_check(&r, "x"));
	for (int k = 0; k < 10; k++) {
		double x = mica__range_share(&r, 0.1 * k + 0.05);
		cr_expect(near(x, want[k], 1e-15, 2e-16), "%s %d: %.17g, KerasTuner has %.17g", what, k, x, want[k]);
		cr_expect(mica__range_holds(&r, x), "%s %d: %.17g", what, k, x);
	}
}

Test(ranges, shares)
{
	check_shares("linear", (mica__range){.kind = MICA__REALS, .low = -1, .high = 3}, golden_shares_linear);
	check_shares("log", (mica__range){.kind = MICA__REALS, .low = 1e-4, .high = 1e-1, .log = true}, golden_shares_log);
	check_shares("whole", (mica__range){.kind = MICA__WHOLES, .low = 3, .high = 9, .step = 1}, golden_shares_whole);
	check_shares("whole log", (mica__range){.kind = MICA__WHOLES, .low = 1, .high = 1000, .log = true}, golden_shares_whole_log);
	check_shares("step", (mica__range){.kind = MICA__REALS, .low = 0, .high = 1, .step = 0.25}, golden_shares_step);
}

/* All values of a range as a grid has them. */
static void check_grid(mica__range r, const char *want)
{
	char got[400], text[MICA__VALUE_TEXT];
	double x = mica__range_first(&r);
	size_t n = 0;

	do
		n += (size_t)snprintf(got + n, sizeof got - n, " %s", mica__range_text(&r, x, text));
	while (mica__range_next(&r, x, &x));
	cr_expect_str_eq(got, want);
}

Test(ranges, grids)
{
	static const double numbers[] = {16, 4, 64};
	static const char *const texts[] = {"relu", "tanh"};

	check_grid((mica__range){.kind = MICA__REALS, .low = 0, .high = 1, .step = 0.2}, " 0 0.2 0.4 0.6 0.8 1"); /* rounding does not lose the last */
	check_grid((mica__range){.kind = MICA__REALS, .low = 0, .high = 1, .step = 0.3, .first = 0.3}, " 0.3 0 0.6 0.9");
	check_grid((mica__range){.kind = MICA__REALS, .low = 2, .high = 2, .first = 2}, " 2");
	check_grid((mica__range){.kind = MICA__REALS, .low = 0, .high = 1, .first = 0.5}, " 0.5 0.05 0.15 0.25 0.35 0.45 0.55 0.65 0.75 0.85 0.95");
	check_grid((mica__range){.kind = MICA__REALS, .low = 1, .high = 100, .first = 1, .step = 10, .log = true}, " 1 10 100");
	check_grid((mica__range){.kind = MICA__WHOLES, .low = -2, .high = 2, .first = 1, .step = 1}, " 1 -2 -1 0 2");
	check_grid((mica__range){.kind = MICA__WHOLES, .low = 1, .high = 5, .first = 1, .log = true}, " 1 2 3 4 5");
	check_grid((mica__range){.kind = MICA__BOOLS}, " false true");
	check_grid((mica__range){.kind = MICA__NUMBERS, .numbers = numbers, .n = 3}, " 16 4 64");
	check_grid((mica__range){.kind = MICA__TEXTS, .texts = texts, .n = 2}, " relu tanh");
}

Test(ranges, what_they_hold)
{
	mica__range r = {.kind = MICA__WHOLES, .low = 2, .high = 40, .step = 2, .log = true}, any = {.kind = MICA__REALS, .low = 0, .high = 1};

	cr_expect(mica__range_count(&r) == 5 && mica__range_count(&any) == 0);
	cr_expect(mica__range_holds(&r, 32) && !mica__range_holds(&r, 40) && !mica__range_holds(&r, 3) && !mica__range_holds(&r, (double)NAN));
	cr_expect(mica__range_holds(&any, 0.123) && !mica__range_holds(&any, 1.5));
	for (size_t i = 0; i < 5; i++)
		cr_expect(mica__range_place(&r, mica__range_at(&r, i)) == i);
	r = (mica__range){.kind = MICA__WHOLES, .low = -0x1p53, .high = 0x1p53, .step = 1};
	cr_expect(mica__range_holds(&r, -0x1p53) && mica__range_holds(&r, 0x1p53));
}

/* Outside of a search: the first of each range; a range that is none is said, and gives something that can be computed with. */
Test(ranges, without_a_search)
{
	cr_expect(mica_hyper_int(NULL, "units", 32, 512, .step = 32) == 32);
	cr_expect(mica_hyper_int(NULL, "units", -5, 5, .first = MICA_NONE) == 0 && mica_hyper_int(NULL, "units", -5, 5, .first = 3) == 3);
	cr_expect(mica_hyper_real(NULL, "rate", -1, 1, .first = MICA_ZERO) == 0 && mica_hyper_real(NULL, "rate", 1e-4, 1, .log = true) == 1e-4);
	cr_expect(mica_hyper_real(NULL, "rate", 0, 0.5, .step = 0.1, .first = 0.3) == 3 * 0.1); /* which 0.3 is not */
	cr_expect(mica_hyper_real(NULL, "rate", 1e-5, 1e-1, .step = 10, .log = true, .first = 1e-3) == 1e-5 * pow(10, 2));
	cr_expect(mica_hyper_int(NULL, "units", LONG_MAX, LONG_MAX) == LONG_MAX); /* refused, and told */
	cr_expect(!mica_hyper_bool(NULL, "bias"));
	cr_expect(mica_hyper_choice(NULL, "optimizer", "sgd", "adam") == 0);
	cr_expect(mica_hyper_number(NULL, "units", 16, 64, 128) == 16);
	static const struct { mica_hyper_real_opts o; const char *text; } none[] = {
		{{.low = 2, .high = 1}, "the lower one first"}, {{.low = 0, .high = 1, .log = true}, "above 0"}, {{.low = 0, .high = (double)INFINITY}, "finite"},
		{{.low = 1, .high = 2, .step = -1}, "step -1"}, {{.low = 1, .high = 2, .step = 1, .log = true}, "above 1"},
		{{.low = 1, .high = 2, .first = 3}, "none of its values"}, {{.low = 0, .high = 1, .step = 1e-300}, "can be counted"},
		{{.low = 0, .high = 1, .step = 0.5, .first = 0.3}, "none of its values"},
	};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		mica_clear(NULL);
		mica_hyper_ask_real(NULL, "rate", &none[i].o);
		cr_expect(strstr(mica_error(NULL), none[i].text), "%s: %s", none[i].text, mica_error(NULL));
	}
	mica_hyper_number(NULL, "units", 16, 16);
	cr_expect(strstr(mica_error(NULL), "are the same"), "%s", mica_error(NULL));
	mica_hyper_ask_choice(NULL, "optimizer", NULL, 3);
	cr_expect(strstr(mica_error(NULL), "list of nothing"), "%s", mica_error(NULL));
	mica_hyper_bool(NULL, NULL);
	cr_expect(strstr(mica_error(NULL), "name"), "%s", mica_error(NULL));
}
