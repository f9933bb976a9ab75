/* SPDX-License-Identifier: MIT */
/* A table gives back all numbers of a hash and no others, however it has grown, and is as it was when memory is out. */
#include "base/base.h"
#include "base/fault.h"

#include <criterion/criterion.h>

enum { MANY = 3000, KINDS = 7 };

/* Hashes whose lower bits are alike: chains run into each other. */
static uint64_t hash_of(size_t i)
{
	return (uint64_t)(i / KINDS) << 32 | i % KINDS;
}

static size_t times(const mica__table *t, uint64_t hash, size_t number)
{
	size_t n = 0, at = 0;
	for (size_t found; (found = mica__table_next(t, hash, &at)) != SIZE_MAX;)
		n += found == number;
	return n;
}

Test(table, finds_each_number_once)
{
	mica__table t = {0};
	size_t at = 0;
	cr_assert_eq(mica__table_next(&t, 1, &at), SIZE_MAX);
	for (size_t i = 0; i < MANY; i++)
		cr_assert_eq(mica__table_add(&t, hash_of(i), i), MICA_OK);
	for (size_t i = 0; i < MANY; i++)
		cr_assert_eq(times(&t, hash_of(i), i), 1, "%zu", i);
	cr_assert_eq(times(&t, hash_of(0), 1), 0);
	cr_assert_eq(times(&t, hash_of(MANY + KINDS), MANY), 0);
	mica__table_free(&t);
}

Test(table, finds_all_numbers_of_a_hash)
{
	mica__table t = {0};
	bool seen[100] = {false};
	for (size_t i = 0; i < MICA__COUNT(seen); i++)
		cr_assert_eq(mica__table_add(&t, 5, i), MICA_OK);
	size_t at = 0;
	for (size_t found; (found = mica__table_next(&t, 5, &at)) != SIZE_MAX;) {
		cr_assert(found < MICA__COUNT(seen) && !seen[found]);
		seen[found] = true;
	}
	for (size_t i = 0; i < MICA__COUNT(seen); i++)
		cr_assert(seen[i]);
	mica__table_free(&t);
}

Test(table, stays_as_it_was_when_memory_is_out)
{
	mica__table t = {0};
	size_t n = 0;
	for (; n < 8; n++)
		cr_assert_eq(mica__table_add(&t, n, n), MICA_OK);
	mica__fault_after(MICA__FAULT_MEMORY, 1, false);
	cr_assert_eq(mica__table_add(&t, n, n), MICA_ENOMEM);
	mica__fault_after(MICA__FAULT_MEMORY, 0, false);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(times(&t, i, i), 1);
	cr_assert_eq(times(&t, n, n), 0);
	cr_assert_eq(mica__table_add(&t, n, n), MICA_OK);
	cr_assert_eq(times(&t, n, n), 1);
	mica__table_free(&t);
}
