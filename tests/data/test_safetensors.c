/* SPDX-License-Identifier: MIT */
/* tests/data/test_safetensors.c - the format both ways: its bytes, a file of the reference implementation, and files
   that lie about themselves. */
#include "check.h"
#include "data/safetensors.h"

#include "base/files.h"

static const float kernel[] = {-0.5f, -0.25f, 0, 0.25f, 0.5f, 0.75f};
static const mica__stored two[] = {
	{.name = "dense/kernel", .type = MICA_F32, .shape = {2, {2, 3}}, .data = kernel},
	{.name = "step", .type = MICA_I32, .data = (const int32_t[]){7}},
};
static const mica__note notes[] = {{"format", "mica"}, {"a \"quote\"", "\xc3\xa4"}};

static void temporary(char path[64])
{
	write_file(path, "old", 3);
}

static mica_status read_whole(mica__safetensors **out, const char *path)
{
	unsigned char *bytes;
	size_t n;
	mica_status st = mica__file_read(&bytes, &n, path, SIZE_MAX / 2);

	*out = NULL;
	return st ? st : mica__safetensors_parse(out, bytes, n, path);
}

/* A file with the given header and number of zero bytes after it; the parser's result. */
static mica_status parse(mica__safetensors **f, const char *header, size_t values)
{
	size_t length = strlen(header), n = 8 + length + values;
	unsigned char *bytes = mica__alloc(n, 1);

	cr_assert(bytes);
	bytes[0] = (unsigned char)length;
	bytes[1] = (unsigned char)(length >> 8);
	memcpy(bytes + 8, header, length);
	return mica__safetensors_parse(f, bytes, n, "f");
}

Test(safetensors, has_these_bytes)
{
	static const char header[] = "{\"__metadata__\":{\"format\":\"mica\"},"
				     "\"dense/kernel\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
				     "\"step\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[24,28]}}";
	char path[64];
	unsigned char *bytes;
	size_t n, padded = (sizeof header - 1 + 7) / 8 * 8;

	temporary(path);
	for (int again = 0; again < 2; again++) {
		cr_assert_eq(mica__safetensors_write(path, two, 2, notes, 1), MICA_OK, "%s", mica_error(NULL));
		cr_assert_eq(mica__file_read(&bytes, &n, path, 1 << 20), MICA_OK);
		cr_assert_eq(n, 8 + padded + 28);
		cr_assert_eq(bytes[0], padded);
		for (int i = 1; i < 8; i++)
			cr_assert_eq(bytes[i], 0);
		cr_assert_arr_eq(bytes + 8, header, sizeof header - 1);
		for (size_t i = sizeof header - 1; i < padded; i++)
			cr_assert_eq(bytes[8 + i], ' ');
		cr_assert_arr_eq(bytes + 8 + padded, kernel, sizeof kernel);
		cr_assert_arr_eq(bytes + 8 + padded + 24, ((unsigned char[]){7, 0, 0, 0}), 4);
		mica__free(bytes);
	}
	unlink(path);
}

Test(safetensors, comes_back)
{
	char path[64];
	mica__safetensors *f;
	const mica__stored *t;

	temporary(path);
	cr_assert_eq(mica__safetensors_write(path, two, 2, notes, 2), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(read_whole(&f, path), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(mica__safetensors_count(f), 2);
	t = mica__safetensors_find(f, "dense/kernel");
	cr_assert_eq(t, mica__safetensors_at(f, 0));
	cr_assert_eq(t->type, MICA_F32);
	cr_assert_not(t->foreign);
	cr_assert_eq(t->shape.rank, 2);
	cr_assert_eq(t->shape.dim[1], 3);
	cr_assert_eq(t->bytes, sizeof kernel);
	cr_assert_arr_eq(t->data, kernel, sizeof kernel);
	cr_assert_eq(mica__safetensors_at(f, 1)->type, MICA_I32);
	cr_assert_null(mica__safetensors_at(f, 2));
	cr_assert_null(mica__safetensors_find(f, "__metadata__"));
	cr_assert_str_eq(mica__safetensors_note(f, "a \"quote\""), "\xc3\xa4");
	cr_assert_null(mica__safetensors_note(f, "none"));
	mica__safetensors_destroy(f);
	unlink(path);
}

Test(safetensors, may_be_empty)
{
	char path[64];
	mica__safetensors *f;

	temporary(path);
	cr_assert_eq(mica__safetensors_write(path, NULL, 0, NULL, 0), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(read_whole(&f, path), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(mica__safetensors_count(f), 0);
	cr_assert_null(mica__safetensors_note(f, "format"));
	mica__safetensors_destroy(f);
	unlink(path);
}

Test(safetensors, a_refused_write_leaves_the_old_file)
{
	char path[64];
	unsigned char *bytes;
	size_t n;
	mica__stored bad[2] = {two[0], two[0]};

	temporary(path);
	FAILS(mica__safetensors_write(path, bad, 2, NULL, 0), MICA_EINVAL, "two values are named \"dense/kernel\"",
	      "its own name");
	bad[0].name = "";
	FAILS(mica__safetensors_write(path, bad, 1, NULL, 0), MICA_EINVAL, "is empty", "rename");
	bad[0].name = "a/../b";
	FAILS(mica__safetensors_write(path, bad, 1, NULL, 0), MICA_EINVAL, "has /.. in it", "rename");
	bad[0].name = "line\nfeed";
	cr_assert_eq(mica__safetensors_write(path, bad, 1, NULL, 0), MICA_EINVAL);
	bad[0].name = "__metadata__";
	FAILS(mica__safetensors_write(path, bad, 1, NULL, 0), MICA_EINVAL, "is reserved");
	bad[0].name = "\xff";
	FAILS(mica__safetensors_write(path, bad, 1, NULL, 0), MICA_EINVAL, "not UTF-8");
	bad[0] = two[0];
	bad[0].shape = MICA_SHAPE(SIZE_MAX / 2, 8);
	FAILS(mica__safetensors_write(path, bad, 1, NULL, 0), MICA_EOVERFLOW, "dense/kernel", "too large");
	FAILS(mica__safetensors_write(path, two, 1, (mica__note[]){{"k", "\xff"}}, 1), MICA_EINVAL,
	      "\"k\" is not UTF-8");
	cr_assert_eq(mica__file_read(&bytes, &n, path, 100), MICA_OK);
	cr_assert_eq(n, 3);
	cr_assert_arr_eq(bytes, "old", 3);
	mica__free(bytes);
	unlink(path);
	FAILS(mica__safetensors_write("/nonexistent/folder/f", two, 1, NULL, 0), MICA_EIO, "/nonexistent/folder/f");
}

#define T(name, dtype, shape, begin, end)                                                                              \
	"\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":[" shape "],\"data_offsets\":[" #begin "," #end "]}"

Test(safetensors, refuses_files_that_lie)
{
	static const struct {
		const char *header;
		size_t values;
		const char *cause, *expected;
	} cases[] = {
		{"{" T("a", "F32", "2", 0, 8) "}", 7, "tensor \"a\"", "is it cut off?"},
		{"{" T("a", "F32", "2", 0, 8) "}", 9, "1 bytes belong to no tensor", "expected the end of the file"},
		{"{" T("a", "F32", "2", 1, 9) "}", 9, "\"a\" leaves a hole before it", "expected it to begin at byte"},
		{"{" T("a", "U8", "4", 0, 4) "," T("b", "U8", "4", 3, 7) "}", 7, "\"b\" overlaps",
	         "expected it to begin at byte"},
		{"{" T("a", "U8", "4", 0, 4) "," T("b", "U8", "4", 0, 4) "}", 4, "\"b\" overlaps",
	         "expected it to begin at byte"},
		{"{" T("a", "U8", "4", 0, 4) "," T("b", "U8", "4", 5, 9) "}", 9, "\"b\" leaves a hole",
	         "expected it to begin"},
		{"{" T("a", "F32", "3", 0, 8) "}", 8, "\"a\": data_offsets span 8 bytes",
	         "expected (3) values of 4 bytes"},
		{"{" T("a", "F32", "4611686018427387904,4", 0, 0) "}", 0, "\"a\": data_offsets span 0 bytes",
	         "expected ("},
		{"{" T("a", "F31", "2", 0, 8) "}", 8, "unknown dtype \"F31\"", "expected F32, F64, I32, U8"},
		{"{" T("a", "F32", "-2", 0, 8) "}", 8, "tensor \"a\"", "expected sizes from 0"},
		{"{" T("a", "F32", "2.0", 0, 8) "}", 8, "tensor \"a\"", "expected sizes from 0"},
		{"{" T("a", "F32", "1,1,1,1,1,1,1,1,2", 0, 8) "}", 8, "rank 9", "expected at most 8"},
		{"{" T("a", "F32", "2", 8, 0) "}", 8, "tensor \"a\"", "expected two data_offsets in order"},
		{"{" T("a", "F32", "2", -8, 0) "}", 8, "tensor \"a\"", "expected two data_offsets in order"},
		{"{" T("a", "F32", "2", 0, 99999999999999999999) "}", 8, "f: byte ", "too big integer"},
		{"{" T("a", "U8", "1", 0, 1) "," T("a", "U8", "1", 1, 2) "}", 2, "f: byte ", "duplicate"},
		{"{\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0]}}", 1, "\"a\"",
	         "expected two data_offsets"},
		{"{\"a\":{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}}", 1, "\"a\"",
	         "expected a list of sizes"},
		{"{\"a\":{\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "\"a\"", "unknown dtype \"\""},
		{"{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "\"a\"", "expected dtype, shape and data_offsets"},
		{"{\"a\":[]}", 1, "\"a\"", "expected dtype, shape and data_offsets"},
		{"{" T("", "U8", "1", 0, 1) "}", 1, "the tensor name \"\"", "is empty"},
		{"{" T("a\\n", "U8", "1", 0, 1) "}", 1, "the tensor name", "control character"},
		{"{" T("/../a", "U8", "1", 0, 1) "}", 1, "the tensor name \"/../a\"", "has /.. in it"},
		{"{\"a\\u0000\":1}", 0, "f: byte ", "not JSON as expected"},
		{"{\"__metadata__\":1}", 0, "__metadata__", "expected an object of texts"},
		{"{\"__metadata__\":{\"a\":1}}", 0, "__metadata__", "\"a\" is not a text"},
		{"{} x", 0, "f: byte ", "not JSON as expected"},
		{"{\"a\"", 0, "f: byte ", "not JSON as expected"},
		{" {}", 0, "f: byte 8:", "begins with {"},
		{"", 0, "f: byte 8:", "begins with {"},
	};
	mica__safetensors *f;

	for (size_t i = 0; i < MICA__COUNT(cases); i++) {
		FAILS(parse(&f, cases[i].header, cases[i].values), MICA_EFORMAT, cases[i].cause, cases[i].expected);
		cr_assert_null(f);
	}
}

Test(safetensors, refuses_a_header_that_is_too_long)
{
	static const unsigned char huge[8] = {1, 0xe1, 0xf5, 5}, longer[8] = {3},
				   most[8] = {255, 255, 255, 255, 255, 255, 255, 255};
	mica__safetensors *f;
	unsigned char *p = mica__alloc(10, 1);

	memcpy(p, huge, 8);
	FAILS(mica__safetensors_parse(&f, p, 10, "f"), MICA_EFORMAT, "f: byte 0:", "100000001", "at most 100000000");
	p = mica__alloc(10, 1);
	memcpy(p, most, 8);
	FAILS(mica__safetensors_parse(&f, p, 10, "f"), MICA_EFORMAT, "f: byte 0:", "18446744073709551615");
	p = mica__alloc(10, 1);
	memcpy(p, longer, 8);
	FAILS(mica__safetensors_parse(&f, p, 10, "f"), MICA_EFORMAT, "f: byte 10:", "expected 3 bytes of it");
}

/* Every length and every bit of a good file. */
Test(safetensors, damaged_files_are_refused_cleanly)
{
	char path[64];
	unsigned char *bytes, *part;
	size_t n;
	mica__safetensors *f;

	temporary(path);
	cr_assert_eq(mica__safetensors_write(path, two, 2, notes, 2), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(mica__file_read(&bytes, &n, path, 1 << 20), MICA_OK);
	for (size_t k = 0; k < n; k++) {
		part = mica__alloc(k, 1);
		memcpy(part, bytes, k);
		FAILS(mica__safetensors_parse(&f, part, k, "part"), MICA_EFORMAT, "part: ");
		cr_assert_null(f);
	}
	for (size_t bit = 0; bit < 8 * n; bit++) {
		part = mica__alloc(n, 1);
		memcpy(part, bytes, n);
		part[bit / 8] ^= (unsigned char)(1u << bit % 8);
		mica_status st = mica__safetensors_parse(&f, part, n, "flipped");
		cr_assert(st == MICA_OK || st == MICA_EFORMAT, "bit %zu: %s", bit, mica_error(NULL));
		mica__safetensors_destroy(f);
	}
	mica__free(bytes);
	unlink(path);
	FAILS(mica__safetensors_open(&f, path), MICA_EIO, path);
	cr_assert_null(f);
}

static const mica__stored *golden_tensor(const mica__safetensors *f, const char *name, mica_dtype type,
                                         const void *values, size_t bytes)
{
	const mica__stored *t = mica__safetensors_find(f, name);

	cr_assert(t, "no %s", name);
	cr_assert(!t->foreign && t->type == type, "%s is %s", name, t->dtype);
	cr_assert_eq(t->bytes, bytes, "%s has %zu bytes", name, t->bytes);
	cr_assert_arr_eq(t->data, values, bytes, "%s", name);
	return t;
}

/* The values are those of tests/golden/make_safetensors.py. */
Test(safetensors, reads_what_the_reference_implementation_writes)
{
	mica__safetensors *f;
	const mica__stored *t;

	cr_assert_eq(read_whole(&f, MICA_GOLDEN "/safetensors/python.safetensors"), MICA_OK, "%s",
	             mica_error(NULL));
	cr_assert_eq(mica__safetensors_count(f), 7);
	cr_assert_str_eq(mica__safetensors_note(f, "format"), "golden");
	t = golden_tensor(f, "dense/kernel", MICA_F32, kernel, sizeof kernel);
	cr_assert(t->shape.rank == 2 && t->shape.dim[0] == 2 && t->shape.dim[1] == 3);
	golden_tensor(f, "dense/bias", MICA_F32, (const float[]){1.5f, -2, 1e-3f}, 12);
	t = golden_tensor(f, "step", MICA_I32, (const int32_t[]){12345}, 4);
	cr_assert_eq(t->shape.rank, 0);
	golden_tensor(f, "wide", MICA_F64, (const double[]){0.1, 1e300}, 16);
	golden_tensor(f, "bytes", MICA_U8, (const unsigned char[]){0, 127, 255}, 3);
	t = golden_tensor(f, "empty", MICA_F32, "", 0);
	cr_assert(t->shape.rank == 2 && t->shape.dim[0] == 0 && t->shape.dim[1] == 4);
	t = mica__safetensors_find(f, "half");
	cr_assert(t && !t->foreign && t->type == MICA_F16 && !strcmp(t->dtype, "F16"));
	mica__safetensors_destroy(f);
}

/* Writes a file of four bytes per value of a (2) tensor "w", whatever its type. */
static void write_typed(char path[64], const char *dtype, const void *values, size_t bytes)
{
	char file[256] = {0};
	int n = snprintf(file + 8, sizeof file - 8, "{\"w\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[0,%zu]}}", dtype, bytes);

	file[0] = (char)n;
	memcpy(file + 8 + n, values, bytes);
	write_file(path, file, 8 + (size_t)n + bytes);
}

Test(safetensors, reads_every_real_type_as_the_one_that_is_wanted)
{
	const struct {
		const char *dtype;
		const void *values;
		size_t bytes;
	} cases[] = {
		{"F32", (const float[]){-0.5f, 1024}, 8},
		{"F64", (const double[]){-0.5, 1024}, 16},
		{"F16", (const uint16_t[]){0xb800, 0x6400}, 4},
		{"BF16", (const uint16_t[]){0xbf00, 0x4480}, 4},
	};

	for (size_t i = 0; i < MICA__COUNT(cases); i++)
		for (int wide = 0; wide < 2; wide++) {
			char path[64];
			mica__safetensors *f;
			write_typed(path, cases[i].dtype, cases[i].values, cases[i].bytes);
			cr_assert_eq(mica__safetensors_open(&f, path), MICA_OK, "%s", mica_error(NULL));
			const mica__stored *t = mica__safetensors_find(f, "w");
			cr_assert(t && !t->data && mica__stored_converts(t));
			cr_assert_eq(mica__safetensors_values(f, wide ? MICA_F64 : MICA_F32, path), MICA_OK, "%s", mica_error(NULL));
			cr_assert(!t->foreign && t->type == (wide ? MICA_F64 : MICA_F32) && t->bytes == (wide ? 16 : 8));
			for (size_t k = 0; k < 2; k++) {
				float narrow;
				double d;
				memcpy(&narrow, (const char *)t->data + 4 * k, 4);
				memcpy(&d, (const char *)t->data + (wide ? 8 * k : 0), 8);
				cr_assert_eq(wide ? d : (double)narrow, k ? 1024 : -0.5, "%s", cases[i].dtype);
			}
			mica__safetensors_destroy(f);
			unlink(path);
		}
}

Test(safetensors, says_which_number_does_not_fit)
{
	char path[64];
	mica__safetensors *f;

	write_typed(path, "F64", (double[]){1, 1e300}, 16);
	cr_assert_eq(mica__safetensors_open(&f, path), MICA_OK, "%s", mica_error(NULL));
	FAILS(mica__safetensors_values(f, MICA_F32, path), MICA_EFORMAT, path, "\"w\": number 1 is 1e+300", "F32 ends at");
	mica__safetensors_destroy(f);
	cr_assert_eq(mica__safetensors_open(&f, path), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(truncate(path, 40), 0);
	FAILS(mica__safetensors_values(f, MICA_F32, path), MICA_EIO, path, "replaced in the meantime");
	mica__safetensors_destroy(f);
	unlink(path);
}

/* A file far larger than memory is refused by its first bytes. */
Test(safetensors, reads_the_header_before_the_values)
{
	char path[64];
	mica__safetensors *f;

	write_typed(path, "F32", (float[]){1, 2}, 8);
	cr_assert_eq(truncate(path, (off_t)1 << 42), 0);
	FAILS(mica__safetensors_open(&f, path), MICA_EFORMAT, "belong to no tensor");
	unlink(path);
	write_file(path, "GGUF and more", 13);
	cr_assert_eq(truncate(path, (off_t)1 << 42), 0);
	FAILS(mica__safetensors_open(&f, path), MICA_EFORMAT, "another kind");
	unlink(path);
}

/* A tensor of each type comes back with its bytes; what the format has and Mica has not is foreign. */
Test(safetensors, keeps_every_type)
{
	static const unsigned char values[16] = {0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1};
	mica__stored all[32];
	char path[64];
	mica__safetensors *f;
	size_t n = 0;

	for (mica_dtype t = 0; mica__dtype_valid(t); t++)
		all[n++] = (mica__stored){.name = mica__dtype_name(t), .type = t, .shape = {1, {2}}, .data = values};
	write_file(path, "", 0);
	cr_assert_eq(mica__safetensors_write(path, all, n, NULL, 0), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(read_whole(&f, path), MICA_OK, "%s", mica_error(NULL));
	for (size_t i = 0; i < n; i++)
		golden_tensor(f, all[i].name, all[i].type, values, 2 * mica__dtype_bytes(all[i].type));
	mica__safetensors_destroy(f);
	write_typed(path, "I16", values, 4);
	cr_assert_eq(read_whole(&f, path), MICA_OK, "%s", mica_error(NULL));
	cr_assert(mica__safetensors_find(f, "w")->foreign);
	mica__safetensors_destroy(f);
	unlink(path);
}
