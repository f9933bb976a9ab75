/* SPDX-License-Identifier: MIT */
/* The table of types: what each holds, and the bits of its numbers, held against NumPy's and ml_dtypes'. */
#include "base/types.h"

#include "golden/types.h"

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

/* Bits of the 16-bit types, and back, as NumPy's float16 and ml_dtypes' bfloat16 have them. */
Test(types, halves_have_their_bits)
{
	for (size_t i = 0; i < MICA__COUNT(golden_types); i++)
		for (int brain = 0; brain < 2; brain++) {
			mica_dtype t = brain ? MICA_BF16 : MICA_F16;
			double v = golden_types[i].value;
			uint16_t want = brain ? golden_types[i].brain : golden_types[i].half, got[2] = {0, 0}, again[2] = {0, 0};
			mica__number_put(t, got, 1, v);
			cr_expect_eq(got[1], want, "%s of %a: %04x, not %04x", mica__dtype_name(t), v, (unsigned)got[1], (unsigned)want);
			mica__number_put(t, again, 1, mica__number_get(t, got, 1));
			cr_expect_eq(again[1], want, "%04x comes back as %04x", (unsigned)want, (unsigned)again[1]);
			cr_expect(same(mica__dtype_round(t, v), mica__number_get(t, got, 1)), "%s of %a", mica__dtype_name(t), v);
		}
	cr_expect_eq(mica__dtype_round(MICA_BF16, 1 + 0x1p-8 + 0x1p-40), 1 + 0x1p-7, "a double was rounded twice");
}

Test(types, convert_as_documented)
{
	static const double reals[] = {1e10, -0.5, NAN, 65519, 3};
	int32_t whole[5];
	int64_t wide = INT64_C(0x1ffffff85), back;
	unsigned char narrow;
	bool truth[5];
	uint16_t half[5];
	mica_convert(whole, MICA_I32, reals, MICA_F64, 5);
	cr_expect(whole[0] == INT32_MAX && whole[1] == 0 && whole[2] == 0 && whole[3] == 65519 && whole[4] == 3);
	mica_convert(truth, MICA_BOOL, reals, MICA_F64, 5);
	cr_expect(truth[0] && truth[1] && truth[2] && truth[3] && truth[4]);
	mica_convert(half, MICA_F16, reals, MICA_F64, 5);
	cr_expect(half[0] == 0x7c00 && half[1] == 0xb800 && half[2] == 0x7e00 && half[3] == 0x7bff && half[4] == 0x4200);
	mica_convert(&narrow, MICA_U8, &wide, MICA_I64, 1);
	cr_expect_eq(narrow, 0x85);
	mica_convert(&back, MICA_I64, (double[]){1e30}, MICA_F64, 1);
	cr_expect_eq(back, INT64_MAX);
}

Test(shapes, have_a_text_whatever_they_say)
{
	const mica_shape none = MICA_SCALAR_SHAPE, three = {3, {1, 20, 3}}, endless = {SIZE_MAX, {1, 2, 3, 4, 5, 6, 7, 8}};
	mica_shape long_one = {SIZE_MAX, {0}};
	for (size_t i = 0; i < MICA_MAX_RANK; i++)
		long_one.dim[i] = SIZE_MAX;
	cr_expect_str_eq(mica__shape_text(&none), "()");
	cr_expect_str_eq(mica__shape_text(&three), "(1, 20, 3)");
	cr_expect_str_eq(mica__shape_text(&endless), "(1, 2, 3, 4, 5, 6, 7, 8, ...)");
	size_t n = strlen(mica__shape_text(&long_one));
	cr_expect(n < 128 && !strcmp(mica__shape_text(&long_one) + n - 6, ", ...)"), "%s", mica__shape_text(&long_one));
}
