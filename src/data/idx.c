/* SPDX-License-Identifier: MIT */
/* data/idx.c - IDX files.
   A packed file is unpacked twice: its header first, then exactly the bytes that the header declares and one more,
   which only a file that is too long has.  So a small file cannot fill the memory. */
#include "base/files.h"
#include "data/readers.h"
#include "graph/node.h"

#define HEADER_MAX (4 + 4 * MICA_MAX_RANK)
#define DEFLATE_RATIO 1032 /* what deflate can do at most: 258 bytes from 2 bits */

typedef struct idx_header {
	mica__number number;
	mica_shape shape;
	size_t bytes; /* the header's own */
	size_t total; /* header and values */
} idx_header;

static bool idx_number(unsigned char code, mica__number *n)
{
	static const struct {
		unsigned char code;
		mica__number number;
	} rows[] = {
		{0x08, {'u', 1, true}}, {0x09, {'i', 1, true}}, {0x0b, {'i', 2, true}},
		{0x0c, {'i', 4, true}}, {0x0d, {'f', 4, true}}, {0x0e, {'f', 8, true}},
	};

	for (size_t i = 0; i < MICA__COUNT(rows); i++)
		if (rows[i].code == code) {
			*n = rows[i].number;
			return true;
		}
	return false;
}

static mica_status check_magic(idx_header *h, const unsigned char *p, size_t n, const char *name)
{
	if (n < 4)
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte %zu: the file ends; expected the 4 bytes 00 00 type rank of an IDX"
		                  " file",
		                  name, n);
	if (p[0] || p[1])
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte 0: expected 00 00 of an IDX file, found %02x %02x; is it another kind"
		                  " of file?",
		                  name, p[0], p[1]);
	if (!idx_number(p[2], &h->number))
		return mica__fail(MICA_EFORMAT, "%s: byte 2: type 0x%02x; expected 08, 09, 0b, 0c, 0d or 0e", name,
		                  p[2]);
	if (p[3] < 1 || p[3] > MICA_MAX_RANK)
		return mica__fail(MICA_EFORMAT, "%s: byte 3: rank %d; expected 1 to %d", name, p[3], MICA_MAX_RANK);
	h->shape.rank = p[3];
	h->bytes = 4 + 4 * h->shape.rank;
	return MICA_OK;
}

/* p has the file's first n bytes; more than HEADER_MAX are not needed. */
static mica_status parse_header(idx_header *h, const unsigned char *p, size_t n, const char *name)
{
	size_t count;
	mica_status st = check_magic(h, p, n, name);

	if (st)
		return st;
	if (n < h->bytes)
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte %zu: the file ends in its header; expected %zu bytes for %zu sizes", name,
		                  n, h->bytes, h->shape.rank);
	for (size_t i = 0; i < h->shape.rank; i++) {
		const unsigned char *d = p + 4 + 4 * i;
		h->shape.dim[i] = (size_t)d[0] << 24 | (size_t)d[1] << 16 | (size_t)d[2] << 8 | d[3];
	}
	if (!mica__shape_checked_count(&h->shape, &count))
		return mica__fail(MICA_EFORMAT, "%s: byte 4: the sizes %s multiply to more bytes than there can be; get the"
		                  " file again",
		                  name, mica__shape_text(&h->shape));
	h->total = h->bytes + count * h->number.size;
	return MICA_OK;
}

/* memory: as in mica__array_convert. */
static mica_status parse_plain(mica__array *out, const unsigned char *bytes, size_t n, const char *name,
                               unsigned char **memory)
{
	idx_header h = {0};
	mica_status st = parse_header(&h, bytes, n, name);

	if (st)
		return st;
	if (n < h.total)
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte %zu: the file ends early; expected %zu bytes for %s values of %d"
		                  " bytes; get it again",
		                  name, n, h.total, mica__shape_text(&h.shape), h.number.size);
	if (n > h.total)
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte %zu: more bytes follow; expected the end after %s values of %d bytes; get"
		                  " the file again", name,
		                  h.total, mica__shape_text(&h.shape), h.number.size);
	return mica__array_convert(out, bytes + h.bytes, h.number, h.shape, (mica__origin){name, h.bytes}, memory);
}

static mica_status parse_packed(mica__array *out, const unsigned char *bytes, size_t n, const char *name)
{
	idx_header h = {0};
	unsigned char head[HEADER_MAX], *unpacked = NULL;
	size_t got;
	mica_status st;

	MICA_TRY(mica__gunzip(head, sizeof head, &got, bytes, n, name));
	MICA_TRY(parse_header(&h, head, got, name));
	if (h.total / DEFLATE_RATIO > n) {
		st = mica__fail(MICA_EFORMAT,
		                "%s: byte 4 (unpacked): the header declares %zu bytes, more than %zu bytes of gzip"
		                " data can hold; get the file again",
		                name, h.total, n);
		goto out;
	}
	unpacked = mica__alloc(h.total + MICA__FILE_TAIL, 1);
	if (!unpacked)
		return MICA_ENOMEM;
	MICA_TRY(mica__gunzip(unpacked, h.total + 1, &got, bytes, n, name));
	st = parse_plain(out, unpacked, got, name, &unpacked);
out:
	mica__free(unpacked);
	return st;
}

static bool is_packed(const unsigned char *bytes, size_t n)
{
	return n >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

static bool begins(const unsigned char *bytes, size_t n)
{
	mica__number number;

	return is_packed(bytes, n) || (n >= 4 && !bytes[0] && !bytes[1] && idx_number(bytes[2], &number));
}

static mica_status parse(mica__array *out, const unsigned char *bytes, size_t n, const char *name, unsigned char **memory)
{
	*out = (mica__array){0};
	if (is_packed(bytes, n))
		return parse_packed(out, bytes, n, name);
	return parse_plain(out, bytes, n, name, memory);
}

mica_status mica__idx_parse(mica__array *out, const unsigned char *bytes, size_t n, const char *name)
{
	return parse(out, bytes, n, name, NULL);
}

mica_status mica__idx_read(mica__array *out, const char *path)
{
	return mica__array_of_file(out, path, begins, parse);
}
