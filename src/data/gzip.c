/* SPDX-License-Identifier: MIT */
/* data/gzip.c - unpacks gzip data into memory whose size the caller has decided, so that no file can make it grow. */
#include "data/readers.h"

#if MICA_HAVE_ZLIB
#define ZLIB_CONST
#include <zlib.h>

#define PIECE ((size_t)1 << 30) /* zlib counts in unsigned int */

static mica_status unpack_failed(const z_stream *z, int code, size_t offset, const char *name)
{
	if (code == Z_MEM_ERROR)
		return mica__fail(MICA_ENOMEM, "%s: no memory to unpack it", name);
	if (code == Z_BUF_ERROR)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: the file ends inside its gzip data; get it again", name,
		                  offset);
	return mica__fail(MICA_EFORMAT, "%s: byte %zu: damaged gzip data (%s); get the file again", name, offset,
	                  z->msg ? z->msg : "a preset dictionary");
}

/* Feeds zlib until a member ends, the output is full, or an error.  *used and *got count bytes. */
static int inflate_member(z_stream *z, const unsigned char *bytes, size_t n, size_t *used, unsigned char *out,
                       size_t limit, size_t *got)
{
	int code = Z_OK;

	while (code == Z_OK && *got < limit) {
		size_t in = n - *used < PIECE ? n - *used : PIECE;
		size_t room = limit - *got < PIECE ? limit - *got : PIECE;

		z->next_in = bytes + *used;
		z->avail_in = (uInt)in;
		z->next_out = out + *got;
		z->avail_out = (uInt)room;
		code = inflate(z, Z_NO_FLUSH);
		*used += in - z->avail_in;
		*got += room - z->avail_out;
	}
	return code;
}

/* Whether bytes[used..n) begin another member. */
static bool more_members(const unsigned char *bytes, size_t n, size_t used)
{
	return n - used >= 2 && bytes[used] == 0x1f && bytes[used + 1] == 0x8b;
}

/* Tapes and some tools fill up the last block with zeros. */
static bool only_zeros(const unsigned char *bytes, size_t n, size_t used)
{
	while (used < n && !bytes[used])
		used++;
	return used == n;
}

mica_status mica__gunzip(unsigned char *out, size_t limit, size_t *got, const unsigned char *bytes, size_t n,
                         const char *name)
{
	z_stream z = {0};
	size_t used = 0;
	mica_status st = MICA_OK;
	int code = inflateInit2(&z, 15 + 16);

	*got = 0;
	if (code == Z_OK)
		code = inflate_member(&z, bytes, n, &used, out, limit, got);
	while (code == Z_STREAM_END && *got < limit && more_members(bytes, n, used)) {
		code = inflateReset(&z);
		if (code == Z_OK)
			code = inflate_member(&z, bytes, n, &used, out, limit, got);
	}
	if (code == Z_STREAM_END && *got < limit && !only_zeros(bytes, n, used))
		st = mica__fail(MICA_EFORMAT,
		                "%s: byte %zu: %zu bytes follow the gzip data; expected the end of the file", name,
		                used, n - used);
	else if (code != Z_STREAM_END && code != Z_OK)
		st = unpack_failed(&z, code, used, name);
	inflateEnd(&z);
	return st;
}

#else

mica_status mica__gunzip(unsigned char *out, size_t limit, size_t *got, const unsigned char *bytes, size_t n,
                         const char *name)
{
	(void)out, (void)limit, (void)bytes, (void)n;
	*got = 0;
	return mica__fail(MICA_EUNSUPPORTED,
	                  "%s: packed by gzip, and this build of Mica has no zlib; unpack the file with"
	                  " gunzip, or build with zlib",
	                  name);
}

#endif
