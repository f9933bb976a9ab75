/* SPDX-License-Identifier: MIT */
/* tests/data/test_npy.c - NumPy files: every version and type, and headers that NumPy does not write. */
#include "check.h"
#include "lower/lower.h"

#include <math.h>

/* A file of the given version, header and values in a static buffer; *n is its size. */
static const unsigned char *npy(int version, const char *header, const void *values, size_t bytes, size_t *n)
{
	static unsigned char file[20480];
	size_t length = strlen(header), start = version == 1 ? 10 : 12;

	cr_assert_lt(start + length + bytes, sizeof file);
	memcpy(file, "\x93NUMPY", 6);
	file[6] = (unsigned char)version;
	file[7] = 0;
	for (size_t i = 0; i < start - 8; i++)
		file[8 + i] = (unsigned char)(length >> 8 * i);
	memcpy(file + start, header, length);
	memcpy(file + start + length, values, bytes);
	*n = start + length + bytes;
	return file;
}

static mica_status parse(mica__array *a, const char *header, const void *values, size_t bytes)
{
	size_t n;
	const unsigned char *file = npy(1, header, values, bytes, &n);
	unsigned char *copy = exact(file, n);
	mica_status st = mica__npy_parse(a, copy, n, "f");

	free(copy);
	return st;
}

Test(npy, reads_all_versions)
{
	const float values[] = {1, 2, 3, 4, 5, -6.5f};

	for (int version = 1; version <= 3; version++) {
		mica__array a;
		size_t n;
		const unsigned char *file =
			npy(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }     \n", values,
		            sizeof values, &n);
		cr_assert_eq(mica__npy_parse(&a, file, n, "f"), MICA_OK, "version %d: %s", version, mica_error(NULL));
		cr_assert_eq(a.type, MICA_F32);
		cr_assert_eq(a.shape.rank, 2);
		cr_assert_eq(a.shape.dim[0], 2);
		cr_assert_eq(a.shape.dim[1], 3);
		cr_assert_arr_eq(a.data, values, sizeof values);
		mica__array_free(&a);
	}
}

static void check_type(const char *descr, const void *values, size_t bytes, mica_dtype type, const double *expected,
                       size_t count)
{
	char header[128];
	mica__array a;

	snprintf(header, sizeof header, "{\"descr\":\"%s\",'fortran_order':False,'shape':(%zu,)}\n", descr, count);
	cr_assert_eq(parse(&a, header, values, bytes), MICA_OK, "%s: %s", descr, mica_error(NULL));
	cr_assert_eq(a.type, type, "%s", descr);
	for (size_t i = 0; i < count; i++) {
		double v = mica__number_get(type, a.data, i);
		cr_assert_eq(v, expected[i], "%s, value %zu: %g, expected %g", descr, i, v, expected[i]);
	}
	mica__array_free(&a);
}

Test(npy, converts_every_type)
{
	const double ints[] = {-5, 7}, naturals[] = {0, 200}, floats[] = {-0.5, 1024};

	check_type("|u1", (unsigned char[]){0, 200}, 2, MICA_U8, naturals, 2);
	check_type("|b1", (unsigned char[]){0, 200}, 2, MICA_BOOL, (double[]){0, 1}, 2);
	check_type("|i1", (signed char[]){-5, 7}, 2, MICA_I32, ints, 2);
	check_type("<i2", (int16_t[]){-5, 7}, 4, MICA_I32, ints, 2);
	check_type("<i4", (int32_t[]){-5, 7}, 8, MICA_I32, ints, 2);
	check_type("<i8", (int64_t[]){-5, 7}, 16, MICA_I32, ints, 2);
	check_type("<u2", (uint16_t[]){0, 200}, 4, MICA_I32, naturals, 2);
	check_type("<u4", (uint32_t[]){0, 200}, 8, MICA_I32, naturals, 2);
	check_type("<u8", (uint64_t[]){0, 200}, 16, MICA_I32, naturals, 2);
	check_type("<f4", (float[]){-0.5f, 1024}, 8, MICA_F32, floats, 2);
	check_type("<f8", (double[]){-0.5, 1024}, 16, MICA_F32, floats, 2);
	check_type("<f2", (uint16_t[]){0xb800, 0x6400}, 4, MICA_F16, floats, 2);
	check_type("<f2", (uint16_t[]){0x0001, 0x83ff, 0x7bff, 0xfc00}, 8, MICA_F16,
	           (double[]){0x1p-24, -0x1.ff8p-15, 65504, -INFINITY}, 4);
	check_type("<i8", (int64_t[]){INT32_MIN, INT32_MAX}, 16, MICA_I32, (double[]){INT32_MIN, INT32_MAX}, 2);
}

Test(npy, refuses_integers_that_do_not_fit)
{
	mica__array a;
	const char *head = "{'descr':'%s','fortran_order':False,'shape':(2,)}";
	char header[64];

	snprintf(header, sizeof header, head, "<i8");
	FAILS(parse(&a, header, (int64_t[]){0, INT64_C(1) << 31}, 16), MICA_EFORMAT, "f: byte ", "integer 1", "32 bits",
	      "convert");
	FAILS(parse(&a, header, (int64_t[]){INT32_MIN - INT64_C(1), 0}, 16), MICA_EFORMAT, "integer 0");
	snprintf(header, sizeof header, head, "<u8");
	FAILS(parse(&a, header, (uint64_t[]){0, UINT64_MAX}, 16), MICA_EFORMAT, "integer 1");
	snprintf(header, sizeof header, head, "<u4");
	FAILS(parse(&a, header, (uint32_t[]){UINT32_MAX, 0}, 8), MICA_EFORMAT, "integer 0");
	cr_assert_null(a.data);
}

Test(npy, a_scalar_is_one_value)
{
	mica__array a;

	cr_assert_eq(parse(&a, "{'descr':'<f4','fortran_order':False,'shape':()}", (float[]){3}, 4), MICA_OK, "%s",
	             mica_error(NULL));
	cr_assert_eq(a.shape.rank, 0);
	cr_assert_eq(*(float *)a.data, 3.0f);
	mica__array_free(&a);
}

Test(npy, refuses_other_files)
{
	mica__array a;
	size_t n;
	unsigned char *file = (unsigned char *)npy(1, "{}", "", 0, &n);

	FAILS(mica__npy_parse(&a, (const unsigned char *)"PK\3\4 a zip file", 14, "f"), MICA_EFORMAT,
	      "f: byte 0:", "expected \\x93NUMPY", "another kind");
	file[6] = 4;
	FAILS(mica__npy_parse(&a, file, n, "f"), MICA_EFORMAT, "f: byte 6:", "version 4.0", "expected 1.0, 2.0 or 3.0");
	file = (unsigned char *)npy(2, "{}", "", 0, &n);
	file[9] = 0x80;
	FAILS(mica__npy_parse(&a, file, n, "f"), MICA_EFORMAT, "f: byte 8:", "32770 bytes", "at most 10000");
}

Test(npy, says_how_to_save_what_it_does_not_read)
{
	mica__array a;
	static const struct {
		const char *descr, *cause, *remedy;
	} cases[] = {
		{"'|O'", "Python objects", "save numbers"},   {"[('a', '<f4')]", "records", "one field"},
		{"'|V8'", "records", "one field"},            {"'<c8'", "complex numbers", "array.imag"},
		{"'>c16'", "complex numbers", "array.real"},  {"'|S5'", "(type |S5) holds texts", "numpy.unique"},
		{"'<U3'", "texts", "return_inverse"},         {"'<M8[ns]'", "dates", "datetime64[D]"},
		{"'>m8[s]'", "spans of time", "timedelta64"}, {"'4 <'", "type 4 <", "astype('<f4')"},
		{"'<f4 '", "type <f4 ", "astype('<f4')"},     {"'<f16'", "type <f16", "astype('<f4')"},
		{"''", "type ;", "astype('<f4')"},            {"'<'", "type <;", "astype('<f4')"},
		{"'<f3'", "type <f3", "expected f2"},         {"'<b2'", "type <b2", "expected f2"},
	};

	for (size_t i = 0; i < MICA__COUNT(cases); i++) {
		char header[128];
		snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': False, 'shape': (1,), }",
		         cases[i].descr);
		FAILS(parse(&a, header, "", 0), MICA_EFORMAT, "f: byte 20", cases[i].cause, cases[i].remedy);
	}
}

Test(npy, reads_either_byte_order_and_signs_that_mean_nothing)
{
	const double naturals[] = {0, 200}, floats[] = {-0.5, 1024}, ints[] = {-5, 7};
	static const char *const signs[] = {"", "|", "<", ">", "="};
	char descr[8];

	for (size_t i = 0; i < MICA__COUNT(signs); i++) {
		snprintf(descr, sizeof descr, "%su1", signs[i]);
		check_type(descr, (unsigned char[]){0, 200}, 2, MICA_U8, naturals, 2);
		snprintf(descr, sizeof descr, "%sb1", signs[i]);
		check_type(descr, (unsigned char[]){0, 200}, 2, MICA_BOOL, (double[]){0, 1}, 2);
		snprintf(descr, sizeof descr, "%s?", signs[i]);
		check_type(descr, (unsigned char[]){0, 200}, 2, MICA_BOOL, (double[]){0, 1}, 2);
		snprintf(descr, sizeof descr, "%si1", signs[i]);
		check_type(descr, (signed char[]){-5, 7}, 2, MICA_I32, ints, 2);
		if (*signs[i] == '>')
			continue;
		snprintf(descr, sizeof descr, "%sf4", signs[i]);
		check_type(descr, (float[]){-0.5f, 1024}, 8, MICA_F32, floats, 2);
		snprintf(descr, sizeof descr, "%si8", signs[i]);
		check_type(descr, (int64_t[]){-5, 7}, 16, MICA_I32, ints, 2);
	}
	check_type(">f4", "\xbf\0\0\0\x44\x80\0\0", 8, MICA_F32, floats, 2);
	check_type(">f8", "\xbf\xe0\0\0\0\0\0\0\x40\x90\0\0\0\0\0\0", 16, MICA_F32, floats, 2);
	check_type(">f2", "\xb8\0\x64\0", 4, MICA_F16, floats, 2);
	check_type(">i2", "\xff\xfb\0\7", 4, MICA_I32, ints, 2);
	check_type(">u4", "\0\0\0\0\0\0\0\xc8", 8, MICA_I32, naturals, 2);
	check_type(">i8", "\xff\xff\xff\xff\xff\xff\xff\xfb\0\0\0\0\0\0\0\7", 16, MICA_I32, ints, 2);
}

/* Element (i, j, k) of shape (2, 3, 4) is 12 i + 4 j + k, whatever the order in the file. */
static void check_axes(mica__array *a)
{
	cr_assert(a->shape.rank == 3 && a->shape.dim[0] == 2 && a->shape.dim[1] == 3 && a->shape.dim[2] == 4);
	for (int i = 0; i < 24; i++)
		cr_assert_eq(((int32_t *)a->data)[i], i, "%d", i);
	mica__array_free(a);
}

Test(npy, reads_either_order_of_axes)
{
	int32_t values[24];
	mica__array a;

	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 3; j++)
			for (int k = 0; k < 4; k++)
				values[i + 2 * j + 6 * k] = 12 * i + 4 * j + k;
	cr_assert_eq(parse(&a, "{'descr':'<i4','fortran_order':True,'shape':(2,3,4)}", values, sizeof values), MICA_OK, "%s",
	             mica_error(NULL));
	check_axes(&a);
	cr_assert_eq(mica__npy_read(&a, MICA_GOLDEN "/numpy/fortran.npy"), MICA_OK, "%s", mica_error(NULL));
	check_axes(&a);
	cr_assert_eq(mica__npy_read(&a, MICA_GOLDEN "/numpy/big.npy"), MICA_OK, "%s", mica_error(NULL));
	cr_assert(a.type == MICA_F32 && a.shape.dim[1] == 3 && ((float *)a.data)[5] == 5);
	mica__array_free(&a);
	cr_assert_eq(parse(&a, "{'descr':'<i4','fortran_order':True,'shape':(24,)}", values, sizeof values), MICA_OK);
	cr_assert_arr_eq(a.data, values, sizeof values);
	mica__array_free(&a);
	cr_assert_eq(parse(&a, "{'descr':'<i4','fortran_order':True,'shape':(0,3)}", values, 0), MICA_OK);
	cr_assert(a.shape.dim[0] == 0 && a.shape.dim[1] == 3);
	mica__array_free(&a);
}

Test(npy, reads_every_blank_that_python_reads)
{
	mica__array a;

	cr_assert_eq(parse(&a, "{\t'descr':\r\n '<f4',\t\"fortran_order\" :\tFalse,\f u'shape' :( 1\t,\r\n) }\t\r\n", (float[]){3}, 4),
	             MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(*(float *)a.data, 3.0f);
	mica__array_free(&a);
}

Test(npy, says_which_number_is_beyond_floats)
{
	mica__array a;
	const char *header = "{'descr':'<f8','fortran_order':False,'shape':(3,)}";

	FAILS(parse(&a, header, (double[]){1, -1e300, 2}, 24), MICA_EFORMAT, "f: byte ", "number 1 is -1e+300", "3.4e38", "divide");
	cr_assert_eq(parse(&a, header, (double[]){INFINITY, -INFINITY, 3.4028235e38}, 24), MICA_OK, "%s", mica_error(NULL));
	cr_assert(isinf(((float *)a.data)[0]) && isinf(((float *)a.data)[1]) && isfinite(((float *)a.data)[2]));
	mica__array_free(&a);
}

Test(npy, refuses_headers_that_are_not_right)
{
	static const struct {
		const char *header, *expected;
	} cases[] = {
		{"", "expected {"},
		{"[]", "expected {"},
		{"{}", "the keys descr"},
		{"{'descr':'<f4','fortran_order':False}", "the keys descr"},
		{"{'descr':'<f4','descr':'<f4','fortran_order':False,'shape':(1,)}", "once"},
		{"{'descr':'<f4','fortran_order':False,'shape':(1,),'more':1}", "no other"},
		{"{'descr' '<f4'}", "a colon"},
		{"{descr:'<f4'}", "a string"},
		{"{'descr':'<f4' 'shape':()}", "a comma or }"},
		{"{'descr':'<f4", "end of a short string"},
		{"{'a key that is far too long':1}", "end of a short string"},
		{"{'des\\x63r':'<f4'}", "printable text"},
		{"{'descr':'<f4','fortran_order':None,'shape':(1,)}", "True or False"},
		{"{'descr':'<f4','fortran_order':False,'shape':1}", "the shape as (n, ...)"},
		{"{'descr':'<f4','fortran_order':False,'shape':(1)}", "a comma in the shape"},
		{"{'descr':'<f4','fortran_order':False,'shape':(1 1)}", "a comma or the end"},
		{"{'descr':'<f4','fortran_order':False,'shape':(-1,)}", "a size of the shape"},
		{"{'descr':'<f4','fortran_order':False,'shape':(1,,)}", "a size of the shape"},
		{"{'descr':'<f4','fortran_order':False,'shape':(99999999999999999999,)}", "fits into 64 bits"},
		{"{'descr':'<f4','fortran_order':False,'shape':(1,1,1,1,1,1,1,1,1)}", "more than 8 sizes"},
		{"{'descr':'<f4','fortran_order':False,'shape':(1,)} x", "nothing but blanks"},
	};
	mica__array a;

	for (size_t i = 0; i < MICA__COUNT(cases); i++)
		FAILS(parse(&a, cases[i].header, "\0\0\0", 4), MICA_EFORMAT, "f: byte ", cases[i].expected);
}

Test(npy, compares_the_shape_with_the_file)
{
	mica__array a;

	FAILS(parse(&a, "{'descr':'<f4','fortran_order':False,'shape':(2,3)}", "12345678901234567890123", 23),
	      MICA_EFORMAT, "23 bytes of values", "expected (2, 3) values of 4 bytes");
	FAILS(parse(&a, "{'descr':'<f4','fortran_order':False,'shape':(4611686018427387905,)}", "1234", 4),
	      MICA_EFORMAT, "4 bytes of values", "4611686018427387905");
	FAILS(parse(&a,
	            "{'descr':'|u1','fortran_order':False,'shape':(18446744073709551615,18446744073709551615,"
	            "18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615)}",
	            "1", 1),
	      MICA_EFORMAT, "1 bytes of values");
	FAILS(parse(&a, "{'descr':'<f8','fortran_order':False,'shape':(0,)}", "1", 1), MICA_EFORMAT,
	      "1 bytes of values");
}

Test(npy, every_length_and_every_bit)
{
	size_t n;
	const unsigned char *file =
		npy(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2), }\n", "abcdefgh", 8, &n);

	check_every_length(mica__npy_parse, file, n);
	check_every_bit(mica__npy_parse, file, n);
}

Test(npy, reads_files)
{
	mica__array a;
	char path[64];
	size_t n;
	const unsigned char *file = npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n", "abc", 3, &n);

	write_file(path, file, n);
	cr_assert_eq(mica__npy_read(&a, path), MICA_OK, "%s", mica_error(NULL));
	cr_assert_arr_eq(a.data, "abc", 3);
	mica__array_free(&a);
	unlink(path);
	FAILS(mica__npy_read(&a, path), MICA_EIO, path);
}

/* Values stay in the memory that the file was read to, but only where numbers of their size may stand. */
Test(npy, file_values_stay_where_they_were_read)
{
	const float values[] = {1, -2.5f, 3};
	const char *const headers[] = {
		"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } ",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }  ",
	};

	for (size_t i = 0; i < 2; i++) {
		mica__array a;
		char path[64];
		size_t n;
		const unsigned char *file = npy(1, headers[i], values, sizeof values, &n);
		bool aligned = (n - sizeof values) % sizeof *values == 0;
		write_file(path, file, n);
		cr_assert_eq(mica__npy_read(&a, path), MICA_OK, "%s", mica_error(NULL));
		unlink(path);
		cr_assert_eq(aligned, i == 0, "the headers differ in where the values begin");
		cr_assert_eq(a.data != a.memory, aligned);
		cr_assert_eq((uintptr_t)a.data % sizeof *values, 0);
		cr_assert_arr_eq(a.data, values, sizeof values);
		for (size_t k = 0; k < MICA__TAIL; k++)
			cr_assert_eq(((const float *)a.data)[3 + k], 0, "%zu behind the last", k);
		mica__array_free(&a);
	}
}
