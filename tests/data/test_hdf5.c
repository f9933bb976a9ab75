/* SPDX-License-Identifier: MIT */
/* data/test_hdf5.c - trees of arrays, written and read; a file that is cut anywhere is refused.  (Files of Keras' are read in
   tests/model/test_keras_files.c, broken ones in tests/fuzz.) */
#include "base/files.h"
#include "base/types.h"
#include "data/hdf5.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { MANY = 600 };
static float numbers[MANY];
static int64_t steps = 7;
static char names[MANY][32];
static mica__stored arrays[MANY + 2];

/* A scalar, an array without elements, and more in one group than a node has room for; *n: bytes of the file. */
static unsigned char *written(size_t many, size_t *n)
{
	const mica__hdf5_group groups[] = {{"vars", "m"}, {"layers/flatten/vars", "flatten"}};
	mica__text head = {0};
	size_t k = 0;

	arrays[k++] = (mica__stored){.name = "optimizer/vars/0", .type = MICA_I64, .data = &steps, .bytes = sizeof steps};
	arrays[k++] = (mica__stored){.name = "layers/none/vars/0", .type = MICA_F64, .shape = MICA_SHAPE(3, 0)};
	for (size_t i = 0; i < many; i++) {
		numbers[i] = (float)i;
		snprintf(names[i], sizeof names[i], "layers/dense/vars/%zu", i);
		arrays[k++] = (mica__stored){.name = names[i], .type = MICA_F32, .shape = MICA_SHAPE(1), .data = &numbers[i], .bytes = sizeof(float)};
	}
	cr_assert(mica__hdf5_head(&head, arrays, k, groups, 2) == MICA_OK, "%s", mica__reason());
	*n = head.n + sizeof steps + many * sizeof(float);
	unsigned char *file = mica__alloc(*n, 1), *next = file + head.n;
	memcpy(file, head.s, head.n);
	for (size_t i = 0; i < k; next += arrays[i++].bytes)
		if (arrays[i].bytes)
			memcpy(next, arrays[i].data, arrays[i].bytes);
	mica__text_free(&head);
	return file;
}

Test(hdf5, what_is_written_is_read)
{
	size_t n;
	unsigned char *file = written(MANY, &n);
	mica__hdf5 f;

	cr_assert(mica__hdf5_parse(&f, file, n, "f") == MICA_OK, "%s", mica__reason());
	cr_assert_eq(f.n, MANY + 2);
	for (size_t i = 0; i < MANY + 2; i++) {
		const mica__stored *a = mica__hdf5_find(&f, arrays[i].name);
		cr_assert(a && !a->foreign && a->type == arrays[i].type && mica__shape_equal(&a->shape, &arrays[i].shape), "%s", arrays[i].name);
		cr_expect(a->bytes == arrays[i].bytes && (!a->bytes || !memcmp(a->data, arrays[i].data, a->bytes)), "%s", arrays[i].name);
	}
	cr_expect(!mica__hdf5_find(&f, "layers/dense/vars"));
	mica__hdf5_free(&f);
	mica__free(file);
}

/* All that is needed to read it lies before its end, which is that of the last array. */
Test(hdf5, no_file_that_is_cut_is_read)
{
	size_t n;
	unsigned char *file = written(20, &n);
	mica__hdf5 f;

	for (size_t cut = 0; cut < n; cut++) {
		unsigned char *part = mica__alloc(cut + 1, 1);
		memcpy(part, file, cut);
		cr_expect_eq(mica__hdf5_parse(&f, part, cut, "f"), MICA_EFORMAT, "%zu of %zu", cut, n);
		mica__free(part);
	}
	mica__free(file);
}

/* Puts an address in the place of another, wherever that stands. */
static void redirect(unsigned char *file, size_t n, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i + 8 <= n; i++)
		if (!memcmp(file + i, &from, 8))
			memcpy(file + i, &to, 8);
}

static void expect_damaged(const unsigned char *file, size_t n, const char *text)
{
	mica__hdf5 f;

	cr_expect_eq(mica__hdf5_parse(&f, file, n, "f"), MICA_EFORMAT);
	cr_expect(strstr(mica__reason(), text), "%s", mica__reason());
}

/* Which a small file could say a thousand times of the same megabyte. */
Test(hdf5, arrays_do_not_lie_upon_each_other)
{
	static double values[1000];
	const mica__stored two[] = {{.name = "a", .type = MICA_F64, .shape = MICA_SHAPE(1000), .data = values},
	                            {.name = "b", .type = MICA_F64, .shape = MICA_SHAPE(1000), .data = values}};
	mica__text file = {0};

	cr_assert_eq(mica__hdf5_head(&file, two, 2, NULL, 0), MICA_OK);
	size_t head = file.n;
	mica__text_append(&file, (const char *)values, sizeof values);
	redirect((unsigned char *)file.s, head, head + sizeof values, head);
	expect_damaged((unsigned char *)file.s, file.n, "do not lie upon each other");
	mica__text_free(&file);
}

/* What h5py does with arrays that are compressed. */
Test(hdf5, arrays_in_chunks_are_named)
{
	size_t n, i = 0;
	unsigned char *file = written(1, &n);
	mica__hdf5 f;

	while (i + 10 < n && memcmp(file + i, "\x08\0\x18\0\0\0\0\0\3\1", 10))
		i++;
	cr_assert(i + 10 < n);
	file[i + 9] = 2;
	cr_expect_eq(mica__hdf5_parse(&f, file, n, "f"), MICA_EUNSUPPORTED);
	cr_expect(strstr(mica__reason(), "an array in chunks"), "%s", mica__reason());
	mica__free(file);
}

/* One object of very many messages, which all entries name. */
Test(hdf5, objects_are_read_once)
{
	enum { NONE = 3000 };
	static const char nothing[8 * NONE];
	size_t n;
	unsigned char *file = written(MANY, &n);
	mica__text all = {0};

	for (size_t i = 0; i + 16 <= n; i++) /* a header of four messages: an array's */
		if (!memcmp(file + i, "\1\0\4\0\1\0\0\0", 8)) {
			uint64_t own = 0, bytes, longer = n;
			memcpy(&bytes, file + i + 8, 8);
			mica__text_append(&all, (const char *)file, n);
			mica__text_append(&all, (const char *)file + i, 16);
			mica__text_append(&all, nothing, sizeof nothing);
			mica__text_append(&all, (const char *)file + i + 16, bytes);
			memcpy(all.s + n + 2, (uint16_t[]){NONE + 4}, 2);
			memcpy(all.s + n + 8, (uint64_t[]){sizeof nothing + bytes}, 8);
			for (own = i; own + 16 <= n; own++)
				if (!memcmp(file + own, "\1\0\4\0\1\0\0\0", 8))
					redirect((unsigned char *)all.s, n, own, longer);
			break;
		}
	cr_assert(all.n);
	expect_damaged((unsigned char *)all.s, all.n, "objects that are each in one place");
	mica__text_free(&all);
	mica__free(file);
}

Test(hdf5, names_that_are_no_tree_are_refused)
{
	static const char *const others[] = {"a/b", "a/b/c", "a//c", ""};
	mica__text head = {0};

	for (size_t i = 0; i < MICA__COUNT(others); i++) {
		const mica__stored two[] = {{.name = "a/b", .type = MICA_I64, .data = &steps}, {.name = others[i], .type = MICA_I64, .data = &steps}};
		cr_expect_eq(mica__hdf5_head(&head, two, 2, NULL, 0), MICA_EINVAL, "\"%s\"", others[i]);
	}
	const mica__stored bytes = {.name = "a", .type = MICA_U8, .data = &steps};
	cr_expect_eq(mica__hdf5_head(&head, &bytes, 1, NULL, 0), MICA_EINVAL);
	mica__text_free(&head);
}
