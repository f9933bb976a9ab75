/* SPDX-License-Identifier: MIT */
/* base/test_fields.c - an option of 0, a real 0, and numbers out of range, for every type an option may have. */
#include "base/fields.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

typedef struct opts {
	double open, closed, free, unbounded;
	int i;
	long l;
	size_t size;
	uint64_t u;
	bool flag;
	size_t each[3], same[3];
	double weights[2];
} opts;

static const mica_field fields[] = {
	MICA_FIELD_REAL(opts, open, .otherwise = 0.5, .low = 0, .high = 1, .range = MICA_RANGE_ABOVE_LOW | MICA_RANGE_BELOW_HIGH),
	MICA_FIELD_REAL(opts, closed, .otherwise = 0.25, MICA_WITHIN(0, 1)),
	MICA_FIELD_REAL(opts, free, .otherwise = 3),
	MICA_FIELD_REAL(opts, unbounded, .otherwise = INFINITY, MICA_WITHIN(0, INFINITY)),
	MICA_FIELD_INT(opts, i, .otherwise = 7, MICA_WITHIN(0, 9)),
	MICA_FIELD_LONG(opts, l, .otherwise = 32, MICA_WITHIN(1, 1e15)),
	MICA_FIELD_SIZE(opts, size, .otherwise = 5, MICA_WITHIN(0, 100)),
	MICA_FIELD_U64(opts, u, .otherwise = 11),
	MICA_FIELD_FLAG(opts, flag),
	MICA_FIELD_SIZE(opts, each, .count = 3, .otherwise = 2, MICA_WITHIN(0, 100)),
	MICA_FIELD_SIZE(opts, same, .count = 3, .repeats = true, .otherwise = 1, MICA_WITHIN(0, 100)),
	MICA_FIELD_REAL(opts, weights, .count = 2, .otherwise = 0.5, MICA_FROM(0)),
};
enum { N = MICA__COUNT(fields) };

Test(fields, of_0_are_their_defaults)
{
	opts o = {0};

	cr_assert(mica__fields_resolve("part", &o, fields, N) == MICA_OK);
	cr_expect(o.open == 0.5 && o.closed == 0.25 && o.free == 3 && isinf(o.unbounded));
	cr_expect(o.i == 7 && o.l == 32 && o.size == 5 && o.u == 11 && !o.flag);
}

Test(fields, may_be_a_real_0)
{
	opts o = {.closed = MICA_ZERO, .free = -0.0, .unbounded = MICA_ZERO, .i = MICA_NONE, .size = (size_t)MICA_NONE,
	          .u = (uint64_t)MICA_NONE};

	cr_assert(mica__fields_resolve("part", &o, fields, N) == MICA_OK, "%s", mica__reason());
	cr_expect(o.closed == 0 && o.free == 0 && o.unbounded == 0 && !signbit(o.closed));
	cr_expect(o.i == 0 && o.size == 0 && o.u == 0);
	cr_expect(o.open == 0.5 && o.l == 32);
}

Test(fields, keep_what_is_given)
{
	opts o = {.open = 0.75, .closed = 1, .free = -2, .i = 9, .l = 1, .size = 100, .u = UINT64_MAX, .flag = true};

	cr_assert(mica__fields_resolve("part", &o, fields, N) == MICA_OK, "%s", mica__reason());
	cr_expect(o.open == 0.75 && o.closed == 1 && o.free == -2 && o.i == 9 && o.l == 1 && o.size == 100);
	cr_expect(o.u == UINT64_MAX && o.flag);
}

/* Of an array each number is an option of its own; where they repeat, those left out are as the first. */
Test(fields, of_arrays_are_resolved_one_by_one)
{
	opts o = {.each = {7, 0, (size_t)MICA_NONE}, .same = {3, 0, 4}, .weights = {0, 4}}, none = {.same = {0, 5, (size_t)MICA_NONE}};

	cr_assert(mica__fields_resolve("part", &o, fields, N) == MICA_OK && mica__fields_resolve("part", &none, fields, N) == MICA_OK);
	cr_expect(o.each[0] == 7 && o.each[1] == 2 && o.each[2] == 0);
	cr_expect(o.same[0] == 3 && o.same[1] == 3 && o.same[2] == 4 && o.weights[0] == 0.5 && o.weights[1] == 4);
	cr_expect(none.same[0] == 1 && none.same[1] == 5 && none.same[2] == 0);
}

Test(fields, out_of_range_are_refused_with_name_value_and_range)
{
	const struct {
		opts o;
		const char *says;
	} bad[] = {
		{{.open = 1}, "part: open is 1; give a finite number above 0, below 1 (0 stands for 0.5)"},
		{{.open = MICA_ZERO}, "part: open is 0; give a finite number above 0, below 1"},
		{{.closed = -1e-9}, "part: closed is -1e-09; give a finite number from 0 to 1 (0 stands for 0.25)"},
		{{.closed = NAN}, "closed is nan"},
		{{.closed = 1.5}, "closed is 1.5"},
		{{.free = INFINITY}, "part: free is inf; give a finite number (0 stands for 3)"},
		{{.free = 1e39}, "free is 1e+39"},
		{{.free = NAN}, "free is nan"},
		{{.unbounded = -1}, "part: unbounded is -1; give a number from 0 (0 stands for inf)"},
		{{.i = -1}, "part: i is -1; give a whole number from 0 to 9 (0 stands for 7)"},
		{{.i = 10}, "i is 10"},
		{{.l = MICA_NONE}, "part: l is 0; give a whole number from 1 to 1e+15"},
		{{.l = -3}, "l is -3"},
		{{.size = 101}, "size is 101"},
		{{.same = {3, 200}}, "part: same[1] is 200; give a whole number from 0 to 100 (0 stands for 1)"},
		{{.weights = {1, -1}}, "part: weights[1] is -1; give a finite number from 0"},
	};

	for (size_t i = 0; i < MICA__COUNT(bad); i++) {
		opts o = bad[i].o;
		cr_expect(mica__fields_resolve("part", &o, fields, N) == MICA_EINVAL, "%s", bad[i].says);
		cr_expect(strstr(mica__reason(), bad[i].says), "\"%s\" lacks \"%s\"", mica__reason(), bad[i].says);
	}
}
