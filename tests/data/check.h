/* SPDX-License-Identifier: MIT */
/* tests/data/check.h - what the tests of the data room share: failures name their cause, damaged files fail cleanly. */
#ifndef MICA_TESTS_DATA_CHECK_H
#define MICA_TESTS_DATA_CHECK_H
#include "data/readers.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The call failed with want, and the message has every given text (up to NULL) in it. */
#define FAILS(call, want, ...) check_failure((call), (want), (const char *const[]){__VA_ARGS__, NULL}, __LINE__)

static inline void check_failure(mica_status st, mica_status want, const char *const *texts, int line)
{
	cr_assert_eq(st, want, "line %d: %s, expected %s; message: %s", line, mica_status_name(st),
	             mica_status_name(want), mica_error(NULL));
	for (; *texts; texts++)
		cr_assert(strstr(mica_error(NULL), *texts), "line %d: no \"%s\" in \"%s\"", line, *texts, mica_error(NULL));
	cr_assert_not(strchr(mica_error(NULL), '\n'), "line %d: more than one line: %s", line, mica_error(NULL));
}

/* A copy that ends where its memory ends, so that a sanitizer sees the first byte read past it. */
static inline unsigned char *exact(const void *bytes, size_t n)
{
	unsigned char *p = malloc(n ? n : 1);

	cr_assert(p);
	memcpy(p, bytes, n);
	return p;
}

typedef mica_status (*array_parser)(mica__array *out, const unsigned char *bytes, size_t n, const char *name);

/* Every shorter part of a good file is EFORMAT and leaves nothing behind; so is the file with one more byte, which is not zero. */
static inline void check_every_length(array_parser parse, const void *bytes, size_t n)
{
	mica__array a;

	for (size_t k = 0; k <= n + 1; k++) {
		unsigned char *part = exact(k > n ? "" : bytes, k > n ? 0 : k);
		if (k > n) {
			part = realloc(part, k);
			memcpy(part, bytes, n);
			part[n] = 'x';
		}
		mica_status st = parse(&a, part, k, "part");
		if (k == n) {
			cr_assert_eq(st, MICA_OK, "whole: %s", mica_error(NULL));
		} else {
			cr_assert_eq(st, MICA_EFORMAT, "%zu of %zu bytes: %s", k, n, mica_status_name(st));
			cr_assert(strstr(mica_error(NULL), "part: byte "), "%zu bytes: %s", k, mica_error(NULL));
			cr_assert_null(a.data);
		}
		mica__array_free(&a);
		free(part);
	}
}

/* Every file with one bit turned over is read or is EFORMAT: it never crashes and never asks for absurd memory. */
static inline void check_every_bit(array_parser parse, const void *bytes, size_t n)
{
	mica__array a;

	for (size_t bit = 0; bit < 8 * n; bit++) {
		unsigned char *copy = exact(bytes, n);
		copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
		mica_status st = parse(&a, copy, n, "flipped");
		cr_assert(st == MICA_OK || st == MICA_EFORMAT, "bit %zu: %s", bit, mica_error(NULL));
		mica__array_free(&a);
		free(copy);
	}
}

/* Writes bytes to a new file in the temporary folder; path has its name. */
static inline void write_file(char path[64], const void *bytes, size_t n)
{
	FILE *f;
	int fd;

	strcpy(path, "/tmp/mica-test-XXXXXX");
	fd = mkstemp(path);
	cr_assert(fd >= 0);
	f = fdopen(fd, "wb");
	cr_assert(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

#endif
