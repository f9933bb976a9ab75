/* SPDX-License-Identifier: MIT */
/* tests/data/test_npz.c - .npz files: what NumPy writes, stored and deflated, and zips that lie about themselves. */
#include "check.h"

#include "base/files.h"

/* Little-endian numbers into a growing file. */
typedef struct zip {
	unsigned char bytes[4096];
	size_t n;
} zip;

static void put(zip *z, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		z->bytes[z->n++] = (unsigned char)(v >> 8 * i);
}

static void put_bytes(zip *z, const void *p, size_t n)
{
	memcpy(z->bytes + z->n, p, n);
	z->n += n;
}

typedef struct given {
	const char *name;
	unsigned method, flags;
	bool wide; /* sizes in the 64-bit extra field */
	const void *data;
	size_t packed, size;
	uint32_t crc;
} given;

/* A zip of those members; the 64-bit end record too if the first is wide. */
static void make(zip *z, const given *m, size_t count)
{
	size_t local[8], directory, end;

	z->n = 0;
	for (size_t i = 0; i < count; i++) {
		local[i] = z->n;
		put_bytes(z, "PK\3\4", 4);
		put(z, 20, 2), put(z, m[i].flags, 2), put(z, m[i].method, 2), put(z, 0, 4), put(z, m[i].crc, 4);
		put(z, 0, 8), put(z, strlen(m[i].name), 2), put(z, 5, 2);
		put_bytes(z, m[i].name, strlen(m[i].name));
		put_bytes(z, "extra", 5);
		put_bytes(z, m[i].data, m[i].packed);
	}
	directory = z->n;
	for (size_t i = 0; i < count; i++) {
		put_bytes(z, "PK\1\2", 4);
		put(z, 20, 2), put(z, 20, 2), put(z, m[i].flags, 2), put(z, m[i].method, 2), put(z, 0, 4), put(z, m[i].crc, 4);
		put(z, m[i].wide ? 0xffffffff : m[i].packed, 4), put(z, m[i].wide ? 0xffffffff : m[i].size, 4);
		put(z, strlen(m[i].name), 2), put(z, m[i].wide ? 20 : 0, 2), put(z, 0, 2), put(z, 0, 8), put(z, local[i], 4);
		put_bytes(z, m[i].name, strlen(m[i].name));
		if (m[i].wide)
			put(z, 1, 2), put(z, 16, 2), put(z, m[i].size, 8), put(z, m[i].packed, 8);
	}
	end = z->n;
	if (m[0].wide) {
		put_bytes(z, "PK\6\6", 4);
		put(z, 44, 8), put(z, 45, 4), put(z, 0, 8), put(z, count, 8), put(z, count, 8), put(z, end - directory, 8);
		put(z, directory, 8);
		put_bytes(z, "PK\6\7", 4);
		put(z, 0, 4), put(z, end, 8), put(z, 1, 4);
	}
	put_bytes(z, "PK\5\6", 4);
	put(z, 0, 4), put(z, count, 2), put(z, count, 2), put(z, end - directory, 4), put(z, m[0].wide ? 0xffffffff : directory, 4);
	put(z, 0, 2);
}

static mica_status get(const zip *z, size_t n, const char *name, mica__array *out, bool *found)
{
	unsigned char *bytes = mica__alloc(n, 1);
	mica__npz *npz;

	memcpy(bytes, z->bytes, n);
	*out = (mica__array){0};
	*found = false;
	mica_status st = mica__npz_parse(&npz, bytes, n, "f.npz");
	if (st == MICA_OK)
		st = mica__npz_get(npz, out, name, found);
	mica__npz_close(npz);
	return st;
}

/* Two .npy files of two bytes, and their checksums. */
#define NPY(a, b) "\x93NUMPY\1\0\x37\0{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}" a b
static const char seven[] = NPY("\7", "\x8"), nine[] = NPY("\x9", "\xa");
enum { SIZE = sizeof seven - 1 };

static uint32_t crc(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint32_t c = ~0u;

	while (n--) {
		c ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
	}
	return ~c;
}

static given stored(const char *name, const char *data)
{
	return (given){.name = name, .data = data, .packed = SIZE, .size = SIZE, .crc = crc(data, SIZE)};
}

static void expect(const zip *z, const char *name, unsigned char first)
{
	mica__array a;
	bool found;

	cr_assert_eq(get(z, z->n, name, &a, &found), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(found, first != 0, "%s", name);
	if (found)
		cr_assert(a.type == MICA_U8 && a.shape.rank == 1 && ((unsigned char *)a.data)[0] == first, "%s", name);
	mica__array_free(&a);
}

Test(npz, finds_arrays_by_name)
{
	zip z;
	given m[] = {stored("x_train.npy", seven), stored("Y.npy", nine), stored("folder/z.npy", nine), stored("bare", seven)};

	for (int wide = 0; wide < 2; wide++) {
		m[0].wide = m[2].wide = wide;
		make(&z, m, 4);
		expect(&z, "x_train", 7);
		expect(&z, "y", 9);
		expect(&z, "bare", 7);
		expect(&z, "z", 0);
		expect(&z, "x", 0);
		put_bytes(&z, "after the end", 13); /* a comment, as its length says or not */
		expect(&z, "y", 9);
	}
}

Test(npz, says_what_is_wrong)
{
	zip z;
	mica__array a;
	bool found;
	given m = stored("x.npy", seven);

	m.method = 12;
	make(&z, &m, 1);
	FAILS(get(&z, z.n, "x", &a, &found), MICA_EFORMAT, "f.npz: byte 0:", "method 12", "stored or deflated");
	m.method = 0;
	m.flags = 1;
	make(&z, &m, 1);
	FAILS(get(&z, z.n, "x", &a, &found), MICA_EFORMAT, "encrypted", "without a password");
	m.flags = 0;
	m.size++;
	make(&z, &m, 1);
	FAILS(get(&z, z.n, "x", &a, &found), MICA_EFORMAT, "a stored member of one size");
	m = (given){.name = "x.npy", .data = "not an array", .packed = 12, .size = 12, .crc = crc("not an array", 12)};
	make(&z, &m, 1);
	FAILS(get(&z, z.n, "x", &a, &found), MICA_EFORMAT, "f.npz: x.npy: byte 0:", "NUMPY");
	memcpy(z.bytes, "no", 2);
	FAILS(get(&z, z.n, "x", &a, &found), MICA_EFORMAT, "f.npz: byte 0:", "expected PK", "another kind");
#if MICA_HAVE_ZLIB
	m = stored("x.npy", seven);
	m.crc ^= 1;
	make(&z, &m, 1);
	FAILS(get(&z, z.n, "x", &a, &found), MICA_EFORMAT, "checksum");
	m = (given){.name = "x.npy", .data = "\3\0", .packed = 2, .size = 4000, .method = 8};
	make(&z, &m, 1);
	FAILS(get(&z, z.n, "x", &a, &found), MICA_EFORMAT, "no more bytes than deflate can make");
	m.size = 10;
	make(&z, &m, 1);
	FAILS(get(&z, z.n, "x", &a, &found), MICA_EFORMAT, "deflated bytes");
#endif
}

Test(npz, every_length_and_every_bit)
{
	zip z, flipped;
	mica__array a;
	bool found;
	given m[] = {stored("x.npy", seven), stored("y.npy", nine)};

	for (int wide = 0; wide < 2; wide++) {
		m[0].wide = m[1].wide = wide;
		make(&z, m, 2);
		for (size_t n = 0; n < z.n; n++)
			FAILS(get(&z, n, "x", &a, &found), MICA_EFORMAT, "f.npz: byte ");
		for (size_t bit = 0; bit < 8 * z.n; bit++) {
			flipped = z;
			flipped.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
			mica_status st = get(&flipped, z.n, "y", &a, &found);
			cr_assert(st == MICA_OK || st == MICA_EFORMAT, "bit %zu: %s", bit, mica_error(NULL));
			mica__array_free(&a);
		}
	}
}

/* Files that NumPy wrote: tests/golden/make_numpy.py. */
Test(npz, reads_what_numpy_writes)
{
	static const char *const files[] = {
		MICA_GOLDEN "/numpy/stored.npz",
#if MICA_HAVE_ZLIB
		MICA_GOLDEN "/numpy/compressed.npz",
#endif
	};
	mica__npz *z;
	mica__array a;
	mica__text names = {0};
	bool found;

	for (size_t i = 0; i < MICA__COUNT(files); i++) {
		cr_assert_eq(mica__npz_open(&z, files[i]), MICA_OK, "%s", mica_error(NULL));
		cr_assert_eq(mica__npz_get(z, &a, "x_train", &found), MICA_OK, "%s", mica_error(NULL));
		cr_assert(found && a.type == MICA_F32 && a.shape.rank == 2 && a.shape.dim[0] == 3 && a.shape.dim[1] == 2);
		for (size_t k = 0; k < 6; k++)
			cr_assert_eq(((float *)a.data)[k], (float)k / 2);
		mica__array_free(&a);
		cr_assert_eq(mica__npz_get(z, &a, "y_train", &found), MICA_OK, "%s", mica_error(NULL));
		cr_assert(found && a.type == MICA_I32 && ((int32_t *)a.data)[2] == 2);
		mica__array_free(&a);
		cr_assert_eq(mica__npz_names(z, &names), MICA_OK);
		cr_assert_str_eq(names.s, "x_train.npy, y_train.npy");
		mica__text_free(&names);
		mica__npz_close(z);
	}
	cr_assert_eq(mica__npz_open(&z, "/no/file.npz"), MICA_EIO);
	cr_assert_null(z);
}
