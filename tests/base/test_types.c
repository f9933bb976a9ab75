/* SPDX-License-Identifier: MIT */
/* The table of types: what each holds, and the bits of its numbers, held against NumPy's and ml_dtypes'. */
#include "base/types.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const mica_dtype types[] = {
#define X(id, name, bytes, class, digits, exponent, least, most, safetensors, npy, memory, suffix, computed) MICA_##id,
	MICA__DTYPES(X)
#undef X
};

static bool same(double a, double b)
{
	return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b);
}

Test(types, each_row_says_what_the_machine_has)
{
	for (size_t k = 0; k < MICA__COUNT(types); k++) {
		const mica__dtype_info *t = mica__dtype_describe(types[k]);
		cr_expect(mica__dtype_computes(t->computed) && mica__dtype_real(t->computed) == mica__dtype_real(types[k]), "%s", t->name);
		cr_expect(t->bytes <= mica__dtype_bytes(t->computed), "%s", t->name);
		cr_expect(mica__dtype_holds(types[k], t->least) && mica__dtype_holds(types[k], t->most), "%s", t->name);
		cr_expect(mica__dtype_real(types[k]) || !mica__dtype_holds(types[k], 0.5), "%s", t->name);
	}
	cr_expect(mica__dtype_epsilon(MICA_F32) == 0x1p-23 && mica__dtype_epsilon(MICA_F64) == 0x1p-52);
	cr_expect(mica__dtype_smallest(MICA_F32) == 0x1p-126 && mica__dtype_smallest(MICA_F64) == 0x1p-1022);
}

/* What is read is what was put, at any address. */
Test(types, keep_their_values_in_memory)
{
	static const double values[] = {0, 1, 2, 100, 127, 128, 255, 256, 1000, 65535, 2147483647.0, -1, -128, -2147483648.0, 0.5, -0.0};
	unsigned char memory[40];
	for (size_t k = 0; k < MICA__COUNT(types); k++)
		for (size_t i = 0; i < MICA__COUNT(values); i++)
			for (size_t shift = 0; shift < 2; shift++) {
				double v = values[i];
				if (!mica__dtype_holds(types[k], v) || fabs(v) > mica__dtype_describe(types[k])->most)
					continue;
				memset(memory, 0xee, sizeof memory);
				mica__number_put(types[k], memory + shift, 2, v);
				double got = mica__number_get(types[k], memory + shift, 2);
				v = mica__dtype_real(types[k]) ? mica__dtype_round(types[k], v) : v + 0.0;
				cr_expect(same(got, v), "%s: %g, not %g", mica__dtype_name(types[k]), got, v);
				cr_expect(memory[shift + 2 * mica__dtype_bytes(types[k]) - 1] == 0xee &&
				          memory[shift + 3 * mica__dtype_bytes(types[k])] == 0xee, "%s", mica__dtype_name(types[k]));
			}
}

Test(types, whole_numbers_wrap_and_reals_saturate)
{
	cr_expect_eq(mica__dtype_wrap(MICA_I32, INT64_C(0x180000000)), INT32_MIN);
	cr_expect_eq(mica__dtype_wrap(MICA_U8, -1), 255);
	cr_expect_eq(mica__whole_of(MICA_I32, 1e10), INT32_MAX);
	cr_expect_eq(mica__whole_of(MICA_I32, -INFINITY), INT32_MIN);
	cr_expect_eq(mica__whole_of(MICA_I32, NAN), 0);
	cr_expect_eq(mica__whole_of(MICA_I32, -1.99), -1);
	cr_expect_eq(mica__whole_of(MICA_U8, -3), 0);
	cr_expect_eq(mica__whole_of(MICA_U8, 255.9), 255);
}
