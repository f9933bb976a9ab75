/* SPDX-License-Identifier: MIT */
/* data/zip.c - zip files, both ways.
   Only the directory at the end of a zip says what is in it, and it is what is believed; local headers give nothing but
   where a member's bytes begin.  Every number is checked against the file's size, and a member is unpacked into exactly
   the bytes it declares, of which deflate cannot make more than about a thousand from one.  Written members are stored, as
   what .keras files hold is. */
#include "data/zip.h"

#include "data/little.h"

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
#define MOST_ENTRIES 0xffffu /* for their number in the 64-bit end record */

/* CRC-32 of more bytes behind those that gave sum. */
static uint32_t sum_of(uint32_t sum, const unsigned char *bytes, size_t n)
{
#if MICA_HAVE_ZLIB
	return (uint32_t)crc32_z(sum, bytes, n);
#else
	return mica__checksum(MICA__CRC32, sum, bytes, n);
#endif
}

static mica_status damaged(const mica__zip *z, size_t at, const char *what)
{
	return mica__fail(MICA_EFORMAT, "%s: byte %zu: expected %s of a zip file; get or save the file again", z->file, at, what);
}

bool mica__zip_begins(const unsigned char *bytes, size_t n)
{
	return n >= 4 && !memcmp(bytes, "PK", 2);
}

/* The end record is the last thing in the file but for a comment of at most 65535 bytes. */
static mica_status find_end(const mica__zip *z, size_t *at)
{
	size_t least = z->n > END_SIZE + 65535 ? z->n - END_SIZE - 65535 : 0;

	if (!mica__zip_begins(z->bytes, z->n))
		return mica__fail(MICA_EFORMAT, "%s: byte 0: expected PK of a zip file; is it another kind of file?", z->file);
	for (size_t i = z->n < END_SIZE ? 0 : z->n - END_SIZE + 1; i-- > least;)
		if (!memcmp(z->bytes + i, "PK\5\6", 4)) {
			*at = i;
			return MICA_OK;
		}
	return mica__fail(MICA_EFORMAT, "%s: byte %zu: the file ends before its directory; get or save it again", z->file, z->n);
}

/* Where the directory is: from the end record, or from the 64-bit one that a locator before it names. */
static mica_status open_directory(mica__zip *z)
{
	size_t at = 0;
	uint64_t entries, size, offset;
	mica_status st = find_end(z, &at);

	if (st)
		return st;
	entries = mica__little(z->bytes + at + 10, 2);
	size = mica__little(z->bytes + at + 12, 4);
	offset = mica__little(z->bytes + at + 16, 4);
	if (at >= 20 && !memcmp(z->bytes + at - 20, "PK\6\7", 4)) {
		uint64_t wide = mica__little(z->bytes + at - 12, 8);
		if (at < 56 || wide > at - 56 || memcmp(z->bytes + wide, "PK\6\6", 4))
			return damaged(z, at - 20, "the place of the 64-bit end record");
		entries = mica__little(z->bytes + wide + 32, 8);
		size = mica__little(z->bytes + wide + 40, 8);
		offset = mica__little(z->bytes + wide + 48, 8);
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
	*v = mica__little(*p, 8);
	*p += 8;
	return true;
}

static bool read_extra(mica__member *m, const unsigned char *p, const unsigned char *end)
{
	while (end - p >= 4) {
		size_t id = (size_t)mica__little(p, 2), size = (size_t)mica__little(p + 2, 2);
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
mica_status mica__zip_next(const mica__zip *z, size_t *at, mica__member *m)
{
	const unsigned char *p = z->bytes + *at;
	size_t left = z->directory_end - *at, extra, comment;

	if (left < ENTRY_SIZE || memcmp(p, "PK\1\2", 4))
		return damaged(z, *at, "an entry of the directory");
	*m = (mica__member){.name = (const char *)p + ENTRY_SIZE, .name_length = (size_t)mica__little(p + 28, 2),
	              .flags = (unsigned)mica__little(p + 8, 2), .method = (unsigned)mica__little(p + 10, 2),
	              .crc = (uint32_t)mica__little(p + 16, 4),
	              .packed = mica__little(p + 20, 4), .size = mica__little(p + 24, 4), .local = mica__little(p + 42, 4)};
	extra = (size_t)mica__little(p + 30, 2);
	comment = (size_t)mica__little(p + 32, 2);
	if (m->name_length + extra + comment > left - ENTRY_SIZE)
		return damaged(z, *at, "an entry of the directory that ends in it");
	p += ENTRY_SIZE + m->name_length;
	if (!read_extra(m, p, p + extra))
		return damaged(z, *at, "64-bit sizes in an entry of the directory");
	*at += ENTRY_SIZE + m->name_length + extra + comment;
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

static mica_status unpack(const mica__zip *z, const mica__member *m, const unsigned char *bytes, unsigned char **out)
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
static mica_status unpack(const mica__zip *z, const mica__member *m, const unsigned char *bytes, unsigned char **out)
{
	(void)m, (void)bytes;
	*out = NULL;
	return mica__fail(MICA_EUNSUPPORTED,
	                  "%s: compressed, and this build of Mica has no zlib; save it without compression, or build with zlib", z->file);
}
#endif

/* Where m's bytes begin, all of which are in the file. */
static mica_status find_bytes(const mica__zip *z, const mica__member *m, const unsigned char **out)
{
	const unsigned char *p;
	uint64_t head;

	if (m->local > z->n || z->n - m->local < LOCAL_SIZE || memcmp(z->bytes + m->local, "PK\3\4", 4))
		return damaged(z, (size_t)m->local, "a member");
	p = z->bytes + m->local;
	head = LOCAL_SIZE + mica__little(p + 26, 2) + mica__little(p + 28, 2);
	if (head > z->n - m->local || m->packed > z->n - m->local - head)
		return damaged(z, (size_t)m->local, "a member that ends in the file");
	if (m->flags & 1)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: encrypted; save it without a password", z->file, (size_t)m->local);
	if (m->method != 0 && m->method != 8)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: packed by method %u; expected members that are stored or deflated",
		                  z->file, (size_t)m->local, m->method);
	if (m->method == 0 && m->packed != m->size)
		return damaged(z, (size_t)m->local, "a stored member of one size");
	*out = p + head;
	return MICA_OK;
}


mica_status mica__zip_open(mica__zip *z, const unsigned char *bytes, size_t n, const char *file)
{
	*z = (mica__zip){.bytes = bytes, .n = n, .file = file};
	return open_directory(z);
}

mica_status mica__zip_find(const mica__zip *z, const char *name, mica__member *m, bool *found)
{
	size_t at = z->directory, n = strlen(name);
	mica_status st = MICA_OK;

	*found = false;
	for (size_t i = 0; i < z->entries && !*found; i++) {
		MICA_TRY(mica__zip_next(z, &at, m));
		*found = m->name_length == n && !memcmp(m->name, name, n);
	}
out:
	return st;
}

mica_status mica__zip_get(const mica__zip *z, const mica__member *m, const unsigned char **bytes, unsigned char **unpacked)
{
	mica_status st;

	*unpacked = NULL;
	MICA_TRY(find_bytes(z, m, bytes));
	if (m->method == 8) {
		MICA_TRY(unpack(z, m, *bytes, unpacked));
		*bytes = *unpacked;
	}
	if (sum_of(0, *bytes, (size_t)m->size) == m->crc)
		return MICA_OK;
	st = damaged(z, (size_t)m->local, "a member with the right checksum");
out:
	mica__free(*unpacked);
	*unpacked = NULL;
	return st;
}

/* ---- writing ---- */

/* What a local header and an entry of the directory have in common; no time is told: the first day that the format knows. */
static void put_common(mica__text *t, const mica__packing *p)
{
	bool wide = p->size >= WIDE;

	mica__little_add(t, wide ? 45 : 20, 2); /* the version that is needed */
	mica__little_add(t, 0, 4);              /* no flags; stored */
	mica__little_add(t, 0x00210000, 4);
	mica__little_add(t, p->crc, 4);
	mica__little_add(t, wide ? WIDE : p->size, 4);
	mica__little_add(t, wide ? WIDE : p->size, 4);
	mica__little_add(t, strlen(p->name), 2);
}

/* The field of 64-bit numbers, which a local header and an entry have where one does not fit. */
static void put_wide(mica__text *t, uint64_t size, const uint64_t *at)
{
	bool far = at && *at >= WIDE;

	if (size < WIDE && !far)
		return;
	mica__little_add(t, 1, 2);
	mica__little_add(t, (size < WIDE ? 0 : 16) + (far ? 8 : 0), 2);
	if (size >= WIDE) {
		mica__little_add(t, size, 8);
		mica__little_add(t, size, 8);
	}
	if (far)
		mica__little_add(t, *at, 8);
}

static size_t wide_bytes(uint64_t size, uint64_t at)
{
	return (size < WIDE && at < WIDE ? 0 : 4) + (size < WIDE ? 0 : 16) + (at < WIDE ? 0 : 8);
}

void mica__zip_begin(mica__text *head, mica__packing *p, const mica__piece *pieces, size_t count)
{
	p->size = p->crc = 0;
	for (size_t i = 0; i < count; i++) {
		p->crc = sum_of(p->crc, pieces[i].data, pieces[i].n);
		p->size += pieces[i].n;
	}
	mica__little_add(head, 0x04034b50, 4);
	put_common(head, p);
	mica__little_add(head, wide_bytes(p->size, 0), 2);
	mica__text_append(head, p->name, strlen(p->name));
	put_wide(head, p->size, NULL);
}

void mica__zip_end(mica__text *directory, const mica__packing *p, size_t count, uint64_t at)
{
	uint64_t size;

	for (size_t i = 0; i < count; i++) {
		mica__little_add(directory, 0x02014b50, 4);
		mica__little_add(directory, 45, 2);
		put_common(directory, &p[i]);
		mica__little_add(directory, wide_bytes(p[i].size, p[i].at), 2);
		mica__little_add(directory, 0, 4); /* no comment, on the first disk */
		mica__little_add(directory, 0, 6); /* no attributes */
		mica__little_add(directory, p[i].at < WIDE ? p[i].at : WIDE, 4);
		mica__text_append(directory, p[i].name, strlen(p[i].name));
		put_wide(directory, p[i].size, &p[i].at);
	}
	size = directory->n;
	bool many = count >= MOST_ENTRIES;
	if (at >= WIDE || size >= WIDE || many) {
		mica__little_add(directory, 0x06064b50, 4);
		mica__little_add(directory, 44, 8);
		mica__little_add(directory, 45, 2);
		mica__little_add(directory, 45, 2);
		mica__little_add(directory, 0, 8);
		mica__little_add(directory, count, 8);
		mica__little_add(directory, count, 8);
		mica__little_add(directory, size, 8);
		mica__little_add(directory, at, 8);
		mica__little_add(directory, 0x07064b50, 4);
		mica__little_add(directory, 0, 4);
		mica__little_add(directory, at + size, 8);
		mica__little_add(directory, 1, 4);
	}
	mica__little_add(directory, 0x06054b50, 4);
	mica__little_add(directory, 0, 4);
	mica__little_add(directory, many ? MOST_ENTRIES : count, 2);
	mica__little_add(directory, many ? MOST_ENTRIES : count, 2);
	mica__little_add(directory, size < WIDE ? size : WIDE, 4);
	mica__little_add(directory, at < WIDE ? at : WIDE, 4);
	mica__little_add(directory, 0, 2);
}
