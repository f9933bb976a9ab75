/* SPDX-License-Identifier: MIT */
/* Philox gives the published vectors; the hash tells texts apart. */
#include "base/base.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect(const uint32_t counter[4], const uint32_t key[2], const uint32_t want[4])
{
	uint32_t got[4];
	mica__philox(got, counter, key);
	cr_assert_arr_eq(got, want, sizeof got, "%08x %08x %08x %08x", got[0], got[1], got[2], got[3]);
}

/* The known answers that the authors of the generator publish for philox4x32 with 10 rounds. */
Test(random, philox_gives_the_known_answers)
{
	expect((uint32_t[]){0, 0, 0, 0}, (uint32_t[]){0, 0}, (uint32_t[]){0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
	expect((uint32_t[]){~0u, ~0u, ~0u, ~0u}, (uint32_t[]){~0u, ~0u},
	       (uint32_t[]){0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
	expect((uint32_t[]){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, (uint32_t[]){0xa4093822, 0x299f31d0},
	       (uint32_t[]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

Test(random, philox_may_write_over_its_counter)
{
	uint32_t c[4] = {0}, want[4];
	mica__philox(want, (uint32_t[4]){0}, (uint32_t[2]){0});
	mica__philox(c, c, (uint32_t[2]){0});
	cr_assert_arr_eq(c, want, sizeof c);
}

Test(random, every_bit_changes_the_hash_and_changes_it_widely)
{
	unsigned char data[37] = {0};
	uint64_t plain = mica__hash(0, data, sizeof data);
	for (size_t bit = 0; bit < 8 * sizeof data; bit++) {
		data[bit / 8] ^= (unsigned char)(1u << bit % 8);
		int changed = __builtin_popcountll(plain ^ mica__hash(0, data, sizeof data));
		cr_expect(changed >= 8, "bit %zu changes %d bits", bit, changed);
		data[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
}

Test(random, the_hash_depends_on_length_and_seed)
{
	static const char zeros[64];
	for (size_t n = 0; n < 64; n++) {
		cr_expect_neq(mica__hash(0, zeros, n), mica__hash(0, zeros, n + 1), "%zu and %zu zeros", n, n + 1);
		cr_expect_neq(mica__hash(0, zeros, n), mica__hash(1, zeros, n), "%zu zeros, two seeds", n);
	}
	cr_assert_neq(mica__hash(mica__hash(0, "ab", 2), "c", 1), mica__hash(mica__hash(0, "a", 1), "bc", 2));
}

Test(random, the_hash_does_not_depend_on_alignment)
{
	char data[64];
	for (size_t shift = 0; shift < 8; shift++) {
		memcpy(data + shift, "a text of some length", 21);
		cr_expect_eq(mica__hash(5, data + shift, 21), mica__hash(5, "a text of some length", 21), "shift %zu", shift);
	}
}

/* Each number once, and everywhere with the same chance; another turn and another tag are other orders. */
Test(random, shuffled_is_every_order)
{
	enum { N = 5, TIMES = 4000 };
	size_t at[N][N] = {{0}};
	int32_t a[100], b[100];

	for (uint64_t seed = 0; seed < TIMES; seed++) {
		unsigned seen = 0;
		mica__shuffled(a, N, seed, 0, 1);
		for (size_t i = 0; i < N; i++) {
			seen |= 1u << a[i];
			at[i][a[i]]++;
		}
		cr_assert_eq(seen, (1u << N) - 1);
	}
	for (size_t i = 0; i < N * N; i++)
		cr_expect(at[i / N][i % N] > TIMES / N - 130 && at[i / N][i % N] < TIMES / N + 130, "%zu", at[i / N][i % N]); /* 5 deviations */
	mica__shuffled(a, 100, 7, 0, 1);
	for (int k = 0; k < 2; k++) {
		mica__shuffled(b, 100, 7, k == 0, 1 + (k == 1));
		cr_expect(memcmp(a, b, sizeof a) != 0);
	}
	mica__shuffled(a, 0, 7, 0, 1);
}
