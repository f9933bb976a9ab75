/* SPDX-License-Identifier: MIT */
/* data/npz.c - NumPy's .npz files: .npy files in a zip.
   Only the directory at the end of a zip says what is in it, and it is what is believed; local headers give nothing but
   where a member's bytes begin.  Every number is checked against the file's size, and a member is unpacked into exactly
   the bytes it declares, of which deflate cannot make more than about a thousand from one. */
#include "base/files.h"
#include "data/readers.h"

#include <string.h>

#if MICA_HAVE_ZLIB
#define ZLIB_CONST
#include <zlib.h>
#endif

#define END_SIZE 22       /* of the end record, before its comment */
#define ENTRY_SIZE 46     /* of an entry of the directory, before its name */
#define LOCAL_SIZE 30     /* of a local header, before its name */
#define DEFLATE_RATIO 1032
#define WIDE 0xffffffffu  /* stands for a number in the 64-bit extra field */

struct mica__npz {
	unsigned char *bytes;
	size_t n;
	char *file;
	size_t directory, directory_end, entries;
};

/* A member as the directory has it. */
typedef struct member {
	const char *name;
	size_t name_length;
	unsigned method, flags;
	uint32_t crc;
	uint64_t packed, size, local;
} member;

static uint64_t number(const unsigned char *p, size_t bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static mica_status damaged(const mica__npz *z, size_t at, const char *what)
{
	return mica__fail(MICA_EFORMAT, "%s: byte %zu: expected %s of a zip file; get or save the file again", z->file, at, what);
}

/* The end record is the last thing in the file but for a comment of at most 65535 bytes. */
static mica_status find_end(const mica__npz *z, size_t *at)
{
	size_t least = z->n > END_SIZE + 65535 ? z->n - END_SIZE - 65535 : 0;

	if (z->n < 4 || memcmp(z->bytes, "PK", 2))
		return mica__fail(MICA_EFORMAT, "%s: byte 0: expected PK of a zip file, as numpy.savez writes it; is it another kind"
		                  " of file?", z->file);
	for (size_t i = z->n < END_SIZE ? 0 : z->n - END_SIZE + 1; i-- > least;)
		if (!memcmp(z->bytes + i, "PK\5\6", 4)) {
			*at = i;
			return MICA_OK;
		}
	return mica__fail(MICA_EFORMAT, "%s: byte %zu: the file ends before its directory; get or save it again", z->file, z->n);
}

/* Where the directory is: from the end record, or from the 64-bit one that a locator before it names. */
static mica_status open_directory(mica__npz *z)
{
	size_t at = 0;
	uint64_t entries, size, offset;
	mica_status st = find_end(z, &at);

	if (st)
		return st;
	entries = number(z->bytes + at + 10, 2);
	size = number(z->bytes + at + 12, 4);
	offset = number(z->bytes + at + 16, 4);
	if (at >= 20 && !memcmp(z->bytes + at - 20, "PK\6\7", 4)) {
		uint64_t wide = number(z->bytes + at - 12, 8);
		if (at < 56 || wide > at - 56 || memcmp(z->bytes + wide, "PK\6\6", 4))
			return damaged(z, at - 20, "the place of the 64-bit end record");
		entries = number(z->bytes + wide + 32, 8);
		size = number(z->bytes + wide + 40, 8);
		offset = number(z->bytes + wide + 48, 8);
	}
	if (offset > at || size > at - offset || entries > size / ENTRY_SIZE)
		return damaged(z, at, "a directory that is in the file");
	z->directory = (size_t)offset;
	z->directory_end = (size_t)(offset + size);
	z->entries = (size_t)entries;
	return MICA_OK;
}

/* Takes a number that the 64-bit extra field has instead of *v. */
static bool take_wide(uint64_t *v, const unsigned char **p, const unsigned char *end)
{
	if (*v != WIDE)
		return true;
	if (end - *p < 8)
		return false;
	*v = number(*p, 8);
	*p += 8;
	return true;
}

static bool read_extra(member *m, const unsigned char *p, const unsigned char *end)
{
	while (end - p >= 4) {
		size_t id = (size_t)number(p, 2), size = (size_t)number(p + 2, 2);
		const unsigned char *field = p + 4;
		if (size > (size_t)(end - field))
			return false;
		p = field + size;
		if (id == 1)
			return take_wide(&m->size, &field, p) && take_wide(&m->packed, &field, p) && take_wide(&m->local, &field, p);
	}
	return true;
}

/* The entry at *at, which moves to the next. */
static mica_status next_entry(const mica__npz *z, size_t *at, member *m)
{
	const unsigned char *p = z->bytes + *at;
	size_t left = z->directory_end - *at, extra, comment;

	if (left < ENTRY_SIZE || memcmp(p, "PK\1\2", 4))
		return damaged(z, *at, "an entry of the directory");
	*m = (member){.name = (const char *)p + ENTRY_SIZE, .name_length = (size_t)number(p + 28, 2),
	              .flags = (unsigned)number(p + 8, 2), .method = (unsigned)number(p + 10, 2), .crc = (uint32_t)number(p + 16, 4),
	              .packed = number(p + 20, 4), .size = number(p + 24, 4), .local = number(p + 42, 4)};
	extra = (size_t)number(p + 30, 2);
	comment = (size_t)number(p + 32, 2);
	if (m->name_length + extra + comment > left - ENTRY_SIZE)
		return damaged(z, *at, "an entry of the directory that ends in it");
	p += ENTRY_SIZE + m->name_length;
	if (!read_extra(m, p, p + extra))
		return damaged(z, *at, "64-bit sizes in an entry of the directory");
	*at += ENTRY_SIZE + m->name_length + extra + comment;
	return MICA_OK;
}

/* NAME or NAME.npy, letters of either case. */
static bool is_called(const member *m, const char *name)
{
	size_t n = strlen(name);
	bool suffix = m->name_length == n + 4 && !memcmp(m->name + n, ".npy", 4);

	if (m->name_length != n && !suffix)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((m->name[i] >= 'A' && m->name[i] <= 'Z' ? m->name[i] + 32 : m->name[i]) != name[i])
			return false;
	return true;
}

/* *found: whether there is one. */
static mica_status find(const mica__npz *z, const char *name, member *m, bool *found)
{
	size_t at = z->directory;
	mica_status st;

	*found = false;
	for (size_t i = 0; i < z->entries; i++) {
		member other;
		st = next_entry(z, &at, &other);
		if (st)
			return st;
		if (!*found && is_called(&other, name)) {
			*m = other;
			*found = true;
		}
	}
	return MICA_OK;
}

/* ---- unpacking ---- */

#if MICA_HAVE_ZLIB
/* Raw deflate, in pieces since zlib counts in unsigned int; true if it gives exactly size bytes. */
static bool inflate_exactly(unsigned char *out, size_t size, const unsigned char *bytes, size_t n)
{
	const size_t piece = (size_t)1 << 30;
	z_stream z = {0};
	size_t used = 0, got = 0;
	unsigned char none[1];
	int code = inflateInit2(&z, -15);

	while (code == Z_OK) {
		size_t in = n - used < piece ? n - used : piece, room = size - got < piece ? size - got : piece;
		z.next_in = bytes + used;
		z.avail_in = (uInt)in;
		z.next_out = room ? out + got : none; /* what ends here may need one more call, which must give nothing */
		z.avail_out = room ? (uInt)room : 1;
		code = inflate(&z, Z_NO_FLUSH);
		used += in - z.avail_in;
		if (!room && !z.avail_out)
			break;
		got += room ? room - z.avail_out : 0;
	}
	inflateEnd(&z);
	return code == Z_STREAM_END && got == size;
}

static bool right_sum(const member *m, const unsigned char *bytes)
{
	const size_t piece = (size_t)1 << 30;
	uLong sum = crc32(0, NULL, 0);

	for (size_t at = 0; at < m->size; at += piece)
		sum = crc32(sum, bytes + at, (uInt)(m->size - at < piece ? m->size - at : piece));
	return sum == m->crc;
}

static mica_status unpack(const mica__npz *z, const member *m, const unsigned char *bytes, unsigned char **out)
{
	if (m->size / DEFLATE_RATIO > m->packed)
		return damaged(z, (size_t)m->local, "no more bytes than deflate can make");
	*out = mica__alloc((size_t)m->size + 1, 1);
	if (!*out)
		return MICA_ENOMEM;
	if (inflate_exactly(*out, (size_t)m->size, bytes, (size_t)m->packed))
		return MICA_OK;
	mica__free(*out);
	*out = NULL;
	return damaged(z, (size_t)m->local, "deflated bytes that are not damaged");
}
#else
static bool right_sum(const member *m, const unsigned char *bytes)
{
	(void)m, (void)bytes;
	return true; /* the sum is zlib's to count; a stored member's size is checked all the same */
}

static mica_status unpack(const mica__npz *z, const member *m, const unsigned char *bytes, unsigned char **out)
{
	(void)m, (void)bytes;
	*out = NULL;
	return mica__fail(MICA_EUNSUPPORTED, "%s: compressed, and this build of Mica has no zlib; save it with numpy.savez, or"
	                  " build with zlib", z->file);
}
#endif

/* Where m's bytes begin, all of which are in the file. */
static mica_status find_bytes(const mica__npz *z, const member *m, const unsigned char **out)
{
	const unsigned char *p;
	uint64_t head;

	if (m->local > z->n || z->n - m->local < LOCAL_SIZE || memcmp(z->bytes + m->local, "PK\3\4", 4))
		return damaged(z, (size_t)m->local, "a member");
	p = z->bytes + m->local;
	head = LOCAL_SIZE + number(p + 26, 2) + number(p + 28, 2);
	if (head > z->n - m->local || m->packed > z->n - m->local - head)
		return damaged(z, (size_t)m->local, "a member that ends in the file");
	if (m->flags & 1)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: encrypted; save it without a password", z->file, (size_t)m->local);
	if (m->method != 0 && m->method != 8)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: packed by method %u; save it with numpy.savez or savez_compressed",
		                  z->file, (size_t)m->local, m->method);
	if (m->method == 0 && m->packed != m->size)
		return damaged(z, (size_t)m->local, "a stored member of one size");
	*out = p + head;
	return MICA_OK;
}

static mica_status read_member(mica__array *out, const mica__npz *z, const member *m)
{
	const unsigned char *bytes = NULL;
	unsigned char *unpacked = NULL;
	mica__text name = {0};
	mica_status st;

	MICA_TRY(find_bytes(z, m, &bytes));
	if (m->method == 8) {
		MICA_TRY(unpack(z, m, bytes, &unpacked));
		bytes = unpacked;
	}
	if (!right_sum(m, bytes)) {
		st = damaged(z, (size_t)m->local, "a member with the right checksum");
		goto out;
	}
	mica__text_add(&name, "%s: %.*s", z->file, (int)(m->name_length < 100 ? m->name_length : 100), m->name);
	MICA_TRY(name.failed ? MICA_ENOMEM : MICA_OK);
	st = mica__npy_parse(out, bytes, (size_t)m->size, name.s);
out:
	mica__text_free(&name);
	mica__free(unpacked);
	return st;
}

/* ---- the interface ---- */

mica_status mica__npz_parse(mica__npz **out, unsigned char *bytes, size_t n, const char *name)
{
	mica__npz *z = mica__alloc(1, sizeof *z);
	mica_status st = MICA_ENOMEM;

	*out = NULL;
	if (!z || !(z->file = mica__strdup(name))) {
		mica__free(bytes);
		goto out;
	}
	z->bytes = bytes;
	z->n = n;
	MICA_TRY(open_directory(z));
	*out = z;
	return MICA_OK;
out:
	mica__npz_close(z);
	return st;
}

mica_status mica__npz_open(mica__npz **out, const char *path)
{
	unsigned char *bytes;
	size_t n;
	mica_status st = mica__file_read(&bytes, &n, path, SIZE_MAX / 2);

	*out = NULL;
	return st ? st : mica__npz_parse(out, bytes, n, path);
}

void mica__npz_close(mica__npz *z)
{
	if (!z)
		return;
	mica__free(z->bytes);
	mica__free(z->file);
	mica__free(z);
}

mica_status mica__npz_get(const mica__npz *z, mica__array *out, const char *name, bool *found)
{
	member m = {0};
	mica_status st = find(z, name, &m, found);

	*out = (mica__array){0};
	return st == MICA_OK && *found ? read_member(out, z, &m) : st;
}

mica_status mica__npz_has(const mica__npz *z, const char *name, bool *found)
{
	member m;

	return find(z, name, &m, found);
}

mica_status mica__npz_names(const mica__npz *z, mica__text *out)
{
	size_t at = z->directory;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < z->entries && out->n < 300; i++) {
		member m;
		MICA_TRY(next_entry(z, &at, &m));
		mica__text_add(out, i ? ", " : "");
		for (size_t k = 0; k < m.name_length && k < 40; k++) {
			char c = m.name[k] < ' ' || m.name[k] > '~' ? '?' : m.name[k];
			mica__text_append(out, &c, 1);
		}
	}
	if (out->failed)
		st = MICA_ENOMEM;
out:
	return st;
}
