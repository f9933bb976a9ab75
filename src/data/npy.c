/* SPDX-License-Identifier: MIT */
/* data/npy.c - NumPy's .npy files.
   \x93NUMPY, version, length of the header, then the header: a Python dictionary literal with exactly the keys descr,
   fortran_order and shape, and then the values.  The literal is read by hand, key by key, and anything that NumPy does
   not write is refused; nothing in it is ever evaluated. */
#include "data/readers.h"
#include "graph/node.h"

#include <string.h>

#define HEADER_CAP 10000 /* NumPy's own */

typedef struct cursor {
	const unsigned char *bytes;
	size_t pos, end; /* end of the header */
	const char *name;
} cursor;

typedef struct npy_header {
	mica__number number;
	mica_shape shape;
	bool fortran; /* the first axis varies fastest */
	bool has_descr, has_order, has_shape;
} npy_header;

static mica_status expected(const cursor *c, const char *what)
{
	return mica__fail(MICA_EFORMAT, "%s: byte %zu: expected %s in the header", c->name, c->pos, what);
}

/* Skips blanks, then takes text if it stands there. */
static bool take(cursor *c, const char *text)
{
	size_t n = strlen(text);

	while (c->pos < c->end && c->bytes[c->pos] && strchr(" \t\r\n\f", c->bytes[c->pos]))
		c->pos++;
	if (n > c->end - c->pos || memcmp(c->bytes + c->pos, text, n))
		return false;
	c->pos += n;
	return true;
}

/* A short string in single or double quotes, without escapes. */
static mica_status take_string(cursor *c, char *out, size_t size)
{
	size_t n = 0;
	char quote;

	if (take(c, "u")) /* Python 2 wrote names so where it was told that all texts are Unicode */
		take(c, "");
	quote = take(c, "'") ? '\'' : '"';
	if (quote == '"' && !take(c, "\""))
		return expected(c, "a string");
	while (c->pos < c->end && c->bytes[c->pos] != quote && n + 1 < size) {
		char ch = (char)c->bytes[c->pos];
		if (ch < ' ' || ch > '~' || ch == '\\')
			return expected(c, "printable text");
		out[n++] = ch;
		c->pos++;
	}
	out[n] = 0;
	if (c->pos == c->end || c->bytes[c->pos] != quote)
		return expected(c, "the end of a short string");
	c->pos++;
	return MICA_OK;
}

static mica_status take_size(cursor *c, size_t *out)
{
	size_t first = c->pos;

	*out = 0;
	for (; c->pos < c->end && c->bytes[c->pos] >= '0' && c->bytes[c->pos] <= '9'; c->pos++)
		if (!mica__mul(*out, 10, out) || __builtin_add_overflow(*out, (size_t)(c->bytes[c->pos] - '0'), out))
			return expected(c, "a size that fits into 64 bits");
	if (c->pos == first)
		return expected(c, "a size of the shape");
	if (c->pos < c->end && c->bytes[c->pos] == 'L') /* Python 2 wrote long integers so */
		c->pos++;
	return MICA_OK;
}

/* (), (5,), (3, 4): a single size has its comma. */
static mica_status take_shape(cursor *c, npy_header *h)
{
	mica_status st;
	bool comma = true;

	if (!take(c, "("))
		return expected(c, "the shape as (n, ...)");
	while (!take(c, ")")) {
		if (!comma)
			return expected(c, "a comma or the end of the shape");
		if (h->shape.rank == MICA_MAX_RANK)
			return mica__fail(MICA_EFORMAT,
			                  "%s: byte %zu: the shape has more than %d sizes; reshape the array", c->name,
			                  c->pos, MICA_MAX_RANK);
		st = take_size(c, &h->shape.dim[h->shape.rank]);
		if (st)
			return st;
		h->shape.rank++;
		comma = take(c, ",");
	}
	if (h->shape.rank == 1 && !comma)
		return expected(c, "a comma in the shape of one size");
	h->has_shape = true;
	return MICA_OK;
}

/* What to do about an array of a kind that holds no real numbers; NULL for kinds that do, and unknown ones. */
static const char *remedy(char kind)
{
	static const char *const rows[][2] = {
		{"SUa", "holds texts; save numbers, as numpy.unique(array, return_inverse=True)[1] makes of class names"},
		{"M", "holds dates; save days or seconds, as array.astype('datetime64[D]').astype('<i4')"},
		{"m", "holds spans of time; save a number, as array.astype('timedelta64[s]').astype('<i4')"},
		{"cFDG", "holds complex numbers; save numpy.stack([array.real, array.imag], axis=-1).astype('<f4')"},
		{"O", "holds Python objects, which are never read; save numbers, as array.astype('<f4') makes"},
		{"V", "holds records; save one field of it, as array['name']"},
	};

	for (size_t i = 0; i < MICA__COUNT(rows); i++)
		if (kind && strchr(rows[i][0], kind))
			return rows[i][1];
	return NULL;
}

/* Byte order (<, > or NumPy's "as this machine": =, |, nothing), kind, size.  False if it is no number that is read. */
static bool real_type(const char *s, mica__number *out)
{
	static const char *const types[] = {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"};
	bool ordered = *s && strchr("<>=|", *s);
	const char *type = s + ordered;

	if (!strcmp(type, "?"))
		type = "b1";
	for (size_t i = 0; i < MICA__COUNT(types); i++)
		if (!strcmp(type, types[i])) {
			bool other = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
			bool big = *s == '>' || (other && *s != '<');
			*out = (mica__number){type[0], (unsigned char)(type[1] - '0'), big};
			return true;
		}
	return false;
}

static mica_status take_descr(cursor *c, npy_header *h)
{
	char s[32];
	size_t at = c->pos;
	mica_status st;

	if (take(c, "["))
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: the array %s", c->name, at, remedy('V'));
	st = take_string(c, s, sizeof s);
	if (st)
		return st;
	h->has_descr = true;
	if (real_type(s, &h->number))
		return MICA_OK;
	const char *how = remedy(s[*s && strchr("<>=|", *s)]);
	if (how)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: the array (type %s) %s", c->name, at, s, how);
	return mica__fail(MICA_EFORMAT,
	                  "%s: byte %zu: type %s; expected f2, f4, f8, i1 to i8, u1 to u8 or b1; save array.astype('<f4')",
	                  c->name, at, s);
}

static mica_status take_order(cursor *c, npy_header *h)
{
	h->fortran = take(c, "True");
	if (!h->fortran && !take(c, "False"))
		return expected(c, "True or False");
	h->has_order = true;
	return MICA_OK;
}

static mica_status take_pair(cursor *c, npy_header *h)
{
	char key[16];
	mica_status st = take_string(c, key, sizeof key);

	if (st)
		return st;
	if (!take(c, ":"))
		return expected(c, "a colon");
	take(c, "");
	if (!strcmp(key, "descr") && !h->has_descr)
		return take_descr(c, h);
	if (!strcmp(key, "fortran_order") && !h->has_order)
		return take_order(c, h);
	if (!strcmp(key, "shape") && !h->has_shape)
		return take_shape(c, h);
	return expected(c, "each of the keys descr, fortran_order and shape once, and no other");
}

static mica_status take_literal(cursor *c, npy_header *h)
{
	mica_status st;
	bool comma = true;

	if (!take(c, "{"))
		return expected(c, "{");
	while (!take(c, "}")) {
		if (!comma)
			return expected(c, "a comma or }");
		st = take_pair(c, h);
		if (st)
			return st;
		comma = take(c, ",");
	}
	take(c, "");
	if (c->pos != c->end)
		return expected(c, "nothing but blanks after }");
	if (!h->has_descr || !h->has_order || !h->has_shape)
		return expected(c, "the keys descr, fortran_order and shape");
	return MICA_OK;
}

static bool begins(const unsigned char *bytes, size_t n)
{
	return n >= 6 && !memcmp(bytes, "\x93NUMPY", 6);
}

/* Magic, version and length: sets the cursor on the header. */
static mica_status open_header(cursor *c, const unsigned char *p, size_t n)
{
	size_t start, length;

	if (n < 10 || !begins(p, n))
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte 0: expected \\x93NUMPY and a version; is it another kind of file?",
		                  c->name);
	if (p[6] < 1 || p[6] > 3 || p[7] != 0)
		return mica__fail(MICA_EFORMAT, "%s: byte 6: version %d.%d; expected 1.0, 2.0 or 3.0", c->name, p[6],
		                  p[7]);
	start = p[6] == 1 ? 10 : 12;
	if (n < start)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: the file ends; expected the header's length", c->name,
		                  n);
	length = p[8] | (size_t)p[9] << 8;
	if (start == 12)
		length |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
	if (length > HEADER_CAP)
		return mica__fail(MICA_EFORMAT, "%s: byte 8: a header of %zu bytes; expected at most %d", c->name,
		                  length, HEADER_CAP);
	if (length > n - start)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: the file ends in its header; expected %zu bytes of it",
		                  c->name, n, length);
	*c = (cursor){p, start, start + length, c->name};
	return MICA_OK;
}

static void reverse(mica_shape *s)
{
	for (size_t i = 0; i < s->rank / 2; i++) {
		size_t d = s->dim[i];
		s->dim[i] = s->dim[s->rank - 1 - i];
		s->dim[s->rank - 1 - i] = d;
	}
}

/* memory: as in mica__array_convert. */
static mica_status parse(mica__array *out, const unsigned char *bytes, size_t n, const char *name, unsigned char **memory)
{
	cursor c = {.name = name};
	npy_header h = {0};
	size_t count, there;
	mica_status st;

	*out = (mica__array){0};
	MICA_TRY(open_header(&c, bytes, n));
	MICA_TRY(take_literal(&c, &h));
	there = n - c.end;
	if (!mica__shape_checked_count(&h.shape, &count) || count * h.number.size != there)
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte %zu: %zu bytes of values; expected %s values of %d bytes; save or get"
		                  " the file again",
		                  name, c.end, there, mica__shape_text(&h.shape), h.number.size);
	h.fortran = h.fortran && h.shape.rank > 1;
	if (h.fortran)
		reverse(&h.shape);
	MICA_TRY(mica__array_convert(out, bytes + c.end, h.number, h.shape, (mica__origin){name, c.end}, memory));
	if (h.fortran && (st = mica__array_reverse_axes(out)) != MICA_OK)
		mica__array_free(out);
out:
	return st;
}

mica_status mica__npy_parse(mica__array *out, const unsigned char *bytes, size_t n, const char *name)
{
	return parse(out, bytes, n, name, NULL);
}

mica_status mica__npy_read(mica__array *out, const char *path)
{
	return mica__array_of_file(out, path, begins, parse);
}
