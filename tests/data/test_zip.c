/* SPDX-License-Identifier: MIT */
/* data/test_zip.c - zip files, written and read: few members, and more than the old end record can count. */
#include "data/zip.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Member i is its number as text. */
static void check(size_t count)
{
	mica__packing *packed = mica__alloc(count, sizeof *packed);
	char(*names)[16] = mica__alloc(count, sizeof *names);
	mica__text file = {0}, directory = {0};
	mica__member m;
	mica__zip z;

	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof names[i], "%zu", i);
		packed[i] = (mica__packing){.name = names[i], .at = file.n};
		mica__zip_begin(&file, &packed[i], &(mica__piece){names[i], strlen(names[i])}, 1);
		mica__text_append(&file, names[i], strlen(names[i]));
	}
	mica__zip_end(&directory, packed, count, file.n);
	mica__text_append(&file, directory.s, directory.n);
	cr_assert(mica__zip_open(&z, (const unsigned char *)file.s, file.n, "f") == MICA_OK, "%s", mica__reason());
	cr_assert_eq(z.entries, count);
	for (size_t i = 0, at = z.directory; i < count; i++) {
		const unsigned char *bytes;
		unsigned char *unpacked;
		cr_assert(mica__zip_next(&z, &at, &m) == MICA_OK, "%s", mica__reason());
		cr_assert(mica__zip_get(&z, &m, &bytes, &unpacked) == MICA_OK, "%s", mica__reason());
		cr_assert(m.size == strlen(names[i]) && !memcmp(bytes, names[i], m.size) && m.name_length == m.size);
	}
	mica__free(packed);
	mica__free(names);
	mica__text_free(&file);
	mica__text_free(&directory);
}

Test(zip, what_is_written_is_read)
{
	check(1);
	check(3);
	check(70000);
}
