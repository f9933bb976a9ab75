/* SPDX-License-Identifier: MIT */
/* tests/data/test_idx.c - IDX files, plain and packed: each type, and each way in which a file can be wrong. */
#include "check.h"

#define BYTES(...) (const unsigned char[]){__VA_ARGS__}, sizeof(unsigned char[]){__VA_ARGS__}

static const unsigned char small[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255};

Test(idx, reads_bytes)
{
	mica__array a;

	cr_assert_eq(mica__idx_parse(&a, small, sizeof small, "small"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(a.type, MICA_U8);
	cr_assert_eq(a.shape.rank, 2);
	cr_assert_eq(a.shape.dim[0], 2);
	cr_assert_eq(a.shape.dim[1], 3);
	cr_assert_arr_eq(a.data, small + 12, 6);
	mica__array_free(&a);
}

static void check_ints(const unsigned char *bytes, size_t n, const int32_t *expected, size_t count)
{
	mica__array a;

	cr_assert_eq(mica__idx_parse(&a, bytes, n, "ints"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(a.type, MICA_I32);
	cr_assert_eq(a.shape.dim[0], count);
	for (size_t i = 0; i < count; i++)
		cr_assert_eq(((int32_t *)a.data)[i], expected[i], "value %zu", i);
	mica__array_free(&a);
}

static void check_floats(const unsigned char *bytes, size_t n, const float *expected, size_t count)
{
	mica__array a;

	cr_assert_eq(mica__idx_parse(&a, bytes, n, "floats"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(a.type, MICA_F32);
	for (size_t i = 0; i < count; i++)
		cr_assert_eq(((float *)a.data)[i], expected[i], "value %zu", i);
	mica__array_free(&a);
}

Test(idx, converts_the_other_types)
{
	check_ints(BYTES(0, 0, 9, 1, 0, 0, 0, 3, 0x80, 0xff, 0x7f), (int32_t[]){-128, -1, 127}, 3);
	check_ints(BYTES(0, 0, 0x0b, 1, 0, 0, 0, 2, 0x80, 0, 1, 2), (int32_t[]){-32768, 258}, 2);
	check_ints(BYTES(0, 0, 0x0c, 1, 0, 0, 0, 2, 0x80, 0, 0, 0, 1, 2, 3, 4), (int32_t[]){INT32_MIN, 0x01020304}, 2);
	check_floats(BYTES(0, 0, 0x0d, 1, 0, 0, 0, 2, 0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0), (float[]){1.0f, -2.5f}, 2);
	check_floats(BYTES(0, 0, 0x0e, 1, 0, 0, 0, 1, 0xc0, 0x04, 0, 0, 0, 0, 0, 0), (float[]){-2.5f}, 1);
}

Test(idx, refuses_what_is_not_idx)
{
	mica__array a;

	FAILS(mica__idx_parse(&a, BYTES(0), "f"), MICA_EFORMAT, "f: byte 1:", "expected the 4 bytes 00 00 type rank");
	FAILS(mica__idx_parse(&a, BYTES('P', 'K', 3, 4), "f"), MICA_EFORMAT, "f: byte 0:", "found 50 4b",
	      "another kind");
	FAILS(mica__idx_parse(&a, BYTES(0, 0, 0x0a, 1), "f"), MICA_EFORMAT, "f: byte 2:", "0x0a", "expected 08");
	FAILS(mica__idx_parse(&a, BYTES(0, 0, 8, 0), "f"), MICA_EFORMAT, "f: byte 3:", "rank 0", "expected 1 to 8");
	FAILS(mica__idx_parse(&a, BYTES(0, 0, 8, 9), "f"), MICA_EFORMAT, "f: byte 3:", "rank 9", "expected 1 to 8");
}

Test(idx, compares_the_sizes_with_the_file)
{
	mica__array a;
	unsigned char longer[sizeof small + 1] = {0};

	memcpy(longer, small, sizeof small);
	FAILS(mica__idx_parse(&a, small, 17, "f"), MICA_EFORMAT, "f: byte 17:", "expected 18 bytes for (2, 3)",
	      "get it again");
	FAILS(mica__idx_parse(&a, longer, sizeof longer, "f"), MICA_EFORMAT,
	      "f: byte 18:", "expected the end after (2, 3)");
	FAILS(mica__idx_parse(&a, BYTES(0, 0, 8, 2, 0, 0, 0, 2, 0), "f"), MICA_EFORMAT,
	      "f: byte 9:", "expected 12 bytes");
	FAILS(mica__idx_parse(&a, BYTES(0, 0, 0x0e, 2, 255, 255, 255, 255, 255, 255, 255, 255), "f"), MICA_EFORMAT,
	      "f: byte 4:", "(4294967295, 4294967295)", "more bytes than there can be");
	FAILS(mica__idx_parse(&a, BYTES(0, 0, 8, 1, 255, 255, 255, 255, 0), "f"), MICA_EFORMAT,
	      "f: byte 9:", "expected 4294967303 bytes");
}

Test(idx, an_empty_array_is_an_array)
{
	mica__array a;

	cr_assert_eq(mica__idx_parse(&a, BYTES(0, 0, 8, 1, 0, 0, 0, 0), "f"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(a.shape.dim[0], 0);
	mica__array_free(&a);
}

Test(idx, every_length_and_every_bit)
{
	check_every_length(mica__idx_parse, small, sizeof small);
	check_every_bit(mica__idx_parse, small, sizeof small);
}

Test(idx, reads_files)
{
	mica__array a;
	char path[64];

	write_file(path, small, sizeof small);
	cr_assert_eq(mica__idx_read(&a, path), MICA_OK, "%s", mica_error(NULL));
	mica__array_free(&a);
	unlink(path);
	FAILS(mica__idx_read(&a, path), MICA_EIO, path);
	cr_assert_null(a.data);
}

/* What gzip makes of small. */
static const unsigned char packed[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x63, 0x60, 0xe0, 0x60, 0x62, 0x60, 0x60, 0x00,
	0x61, 0x66, 0x46, 0x26, 0x66, 0x16, 0xd6, 0xff, 0x00, 0xf0, 0xde, 0x5f, 0x21, 0x12, 0x00, 0x00, 0x00,
};

#if MICA_HAVE_ZLIB
/* small with 70000 zero bytes after it. */
static const unsigned char bomb[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc3, 0xc1, 0x09, 0x00, 0x20, 0x0c,
	0x04, 0xb0, 0xb3, 0x55, 0x70, 0xff, 0x85, 0x15, 0x77, 0xf0, 0x99, 0x40, 0x92, 0x5d, 0x49, 0xde, 0x1e,
	0xd5, 0x73, 0x9d, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0xdf, 0x5d, 0x16, 0xf2, 0x71, 0x78, 0x82, 0x11, 0x01, 0x00,
};
/* Only a header: one dimension of 2^32 - 1 bytes. */
static const unsigned char boast[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x63, 0x60, 0xe0,
	0x60, 0xfc, 0x0f, 0x04, 0x00, 0x57, 0x54, 0xaa, 0x6a, 0x08, 0x00, 0x00, 0x00,
};

Test(idx, reads_packed_files)
{
	mica__array a;

	cr_assert_eq(mica__idx_parse(&a, packed, sizeof packed, "packed"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(a.shape.dim[1], 3);
	cr_assert_arr_eq(a.data, small + 12, 6);
	mica__array_free(&a);
}

Test(idx, refuses_damaged_packed_files)
{
	mica__array a;
	unsigned char copy[sizeof packed + 1] = {[sizeof packed] = 1};

	FAILS(mica__idx_parse(&a, packed, sizeof packed - 9, "f"), MICA_EFORMAT, "f: byte ",
	      "ends inside its gzip data", "get it again");
	memcpy(copy, packed, sizeof packed);
	FAILS(mica__idx_parse(&a, copy, sizeof copy, "f"), MICA_EFORMAT, "1 bytes follow the gzip data");
	copy[sizeof packed - 6] ^= 1; /* the checksum */
	FAILS(mica__idx_parse(&a, copy, sizeof packed, "f"), MICA_EFORMAT, "damaged gzip data", "incorrect data check",
	      "get the file again");
	check_every_length(mica__idx_parse, packed, sizeof packed);
	check_every_bit(mica__idx_parse, packed, sizeof packed);
}

/* packed as a member, with an empty member behind it, as two members, with zeros behind it: what gunzip unpacks. */
Test(idx, reads_packed_files_of_several_members)
{
	static const unsigned char empty[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	static const unsigned char first[] = { /* 00 00 08 */
		0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0x63, 0x60, 0xe0, 0, 0, 0x20, 0x51, 0x9a, 0xf1, 3, 0, 0, 0,
	}, second[] = { /* 01 00 00 00 02 2a 2b */
		0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0x63, 0x64, 0x60, 0x60, 0x60, 0xd2, 0xd2, 6, 0, 0xcc, 0x35, 0x48, 0xfb, 7, 0, 0, 0,
	};
	unsigned char file[200] = {0};
	mica__array a;

	memcpy(file, packed, sizeof packed);
	memcpy(file + sizeof packed, empty, sizeof empty);
	for (size_t zeros = 0; zeros < 3; zeros++) {
		cr_assert_eq(mica__idx_parse(&a, file, sizeof packed + sizeof empty + zeros, "f"), MICA_OK, "%s", mica_error(NULL));
		cr_assert_arr_eq(a.data, small + 12, 6);
		mica__array_free(&a);
	}
	FAILS(mica__idx_parse(&a, file, sizeof packed + sizeof empty - 1, "f"), MICA_EFORMAT, "ends inside its gzip data");
	memcpy(file, first, sizeof first);
	memcpy(file + sizeof first, second, sizeof second);
	cr_assert_eq(mica__idx_parse(&a, file, sizeof first + sizeof second, "f"), MICA_OK, "%s", mica_error(NULL));
	cr_assert(a.shape.rank == 1 && a.shape.dim[0] == 2 && ((unsigned char *)a.data)[1] == 0x2b);
	mica__array_free(&a);
	file[sizeof first + sizeof second] = 0x1f;
	FAILS(mica__idx_parse(&a, file, sizeof first + sizeof second + 1, "f"), MICA_EFORMAT, "1 bytes follow the gzip data");
}

Test(idx, unpacks_no_more_than_the_header_says)
{
	mica__array a;
	unsigned char out[32];
	size_t got;

	FAILS(mica__idx_parse(&a, bomb, sizeof bomb, "f"), MICA_EFORMAT,
	      "f: byte 18:", "expected the end after (2, 3)");
	FAILS(mica__idx_parse(&a, boast, sizeof boast, "f"), MICA_EFORMAT, "declares 4294967303 bytes", "can hold");
	memset(out, 7, sizeof out);
	cr_assert_eq(mica__gunzip(out, 20, &got, bomb, sizeof bomb, "f"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(got, 20);
	cr_assert_eq(out[19], 0);
	cr_assert_eq(out[20], 7);
}
#else
Test(idx, says_how_to_read_packed_files)
{
	mica__array a;

	FAILS(mica__idx_parse(&a, packed, sizeof packed, "f"), MICA_EUNSUPPORTED, "f: packed by gzip", "no zlib",
	      "gunzip");
}
#endif
