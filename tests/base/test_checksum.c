/* SPDX-License-Identifier: MIT */
/* base/test_checksum.c - the sums that the formats' documents give for "123456789", whole and in parts. */
#include "base/base.h"

#include <criterion/criterion.h>

Test(checksum, of_formats)
{
	static const struct { uint32_t polynomial, sum; } known[] = {{MICA__CRC32, 0xcbf43926}, {MICA__CRC32C, 0xe3069283}};

	for (size_t i = 0; i < MICA__COUNT(known); i++) {
		uint32_t part = mica__checksum(known[i].polynomial, 0, "1234", 4);
		cr_expect_eq(mica__checksum(known[i].polynomial, 0, "123456789", 9), known[i].sum);
		cr_expect_eq(mica__checksum(known[i].polynomial, part, "56789", 5), known[i].sum);
		cr_expect_eq(mica__checksum(known[i].polynomial, part, "", 0), part);
	}
}
