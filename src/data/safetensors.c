/* SPDX-License-Identifier: MIT */
/* data/safetensors.c - the safetensors format, both ways.
   Reading trusts nothing: each number of the header is checked against the file's size, and the tensors must fill it
   exactly, without overlap or gap, so that no byte of the file is unaccounted for.  Names point into the parsed header,
   which lives as long as the object.  Writing makes the header with the same library and hands the tensors to the
   atomic file writer as they are, so nothing is copied. */
#include "data/safetensors.h"

#include "base/files.h"
#include "base/types.h"
#include "data/array.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are written as they lie in memory");

#define HEADER_CAP 100000000 /* the format's own */
#define COUNT_CAP 1000000
#define METADATA "__metadata__"

struct mica__safetensors {
	unsigned char *bytes;     /* the whole file, or its head of n_head bytes */
	unsigned char *converted; /* values of another type than the file's */
	bool whole;               /* bytes are all there is */
	size_t n_head, size;      /* size: of the file that was opened */
	json_t *header;
	mica__stored *tensors;
	size_t count;
};

/* ---- names and types ---- */

/* The format's name of a type, and its bytes; those that Mica has are in base/types.h. */
static const struct {
	const char *name;
	unsigned char bytes;
} others[] = {
	{"U64", 8}, {"U32", 4}, {"I16", 2}, {"U16", 2}, {"I8", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1},
};

/* Sets t's type, or that it is foreign; the bytes of one value, 0 if the format has no such type. */
static size_t find_type(mica__stored *t, const char *name)
{
	for (mica_dtype k = 0; mica__dtype_valid(k); k++)
		if (!strcmp(mica__dtype_describe(k)->safetensors, name)) {
			t->type = k;
			t->dtype = mica__dtype_describe(k)->safetensors;
			return mica__dtype_bytes(k);
		}
	t->foreign = true;
	for (size_t k = 0; k < MICA__COUNT(others); k++)
		if (!strcmp(others[k].name, name)) {
			t->dtype = others[k].name;
			return others[k].bytes;
		}
	return 0;
}

/* A name as messages show it, which are one line. */
static const char *shown(const char *name)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			return "(not printable)";
	return name;
}

/* ---- writing ---- */

/* Adds key to object, taking value. */
static mica_status add(json_t *object, const char *key, json_t *value)
{
	if (!value)
		return mica__fail(MICA_ENOMEM, "safetensors: no memory for the value of \"%s\"", shown(key));
	if (json_object_get(object, key)) {
		json_decref(value);
		return mica__fail(MICA_EINVAL, "safetensors: two values are named \"%s\"; give each its own name",
		                  shown(key));
	}
	if (json_object_set_new(object, key, value))
		return mica__is_utf8(key) ? mica__fail(MICA_ENOMEM, "safetensors: no memory for \"%s\"", shown(key))
		                          : mica__fail(MICA_EINVAL, "safetensors: a name is not UTF-8");
	return MICA_OK;
}

static mica_status add_notes(json_t *header, const mica__note *notes, size_t count)
{
	json_t *object;
	mica_status st = MICA_OK;

	if (!count)
		return MICA_OK;
	object = json_object();
	for (size_t i = 0; i < count && !st; i++)
		st = mica__is_utf8(notes[i].value) ? add(object, notes[i].key, json_string(notes[i].value))
		     : mica__fail(MICA_EINVAL, "safetensors: the value of \"%s\" is not UTF-8", shown(notes[i].key));
	if (st)
		json_decref(object);
	return st ? st : add(header, METADATA, object);
}

/* Adds one tensor's entry; *offset moves past its values. */
static mica_status add_tensor(json_t *header, const mica__stored *t, size_t *offset)
{
	const char *wrong = mica__name_fault(t->name);
	size_t count, begin = *offset;
	json_t *shape;

	if (!mica__dtype_valid(t->type))
		return mica__fail(MICA_EINVAL, "safetensors: \"%s\" has an unknown type (%d)", t->name, (int)t->type);
	if (wrong || !strcmp(t->name, METADATA))
		return mica__fail(MICA_EINVAL, "safetensors: the name \"%.40s\" %s; rename the variable",
		                  shown(t->name), wrong ? wrong : "is reserved");
	if (t->shape.rank > MICA_MAX_RANK || !mica__shape_checked_count(&t->shape, &count) ||
	    __builtin_add_overflow(begin, count * mica__dtype_bytes(t->type), offset))
		return mica__fail(MICA_EOVERFLOW, "safetensors: \"%s\" or all tensors together are too large", t->name);
	shape = json_array();
	for (size_t i = 0; i < t->shape.rank; i++)
		json_array_append_new(shape, json_integer((json_int_t)t->shape.dim[i]));
	return add(header, t->name,
	           json_pack("{s:s, s:o, s:[I, I]}", "dtype", mica__dtype_describe(t->type)->safetensors, "shape", shape, "data_offsets",
	                     (json_int_t)begin, (json_int_t)*offset));
}

/* Length and header text, padded with blanks to a multiple of 8. */
static mica_status header_text(mica__text *out, json_t *header)
{
	char *json = json_dumps(header, JSON_COMPACT);
	unsigned char length[8];
	size_t n, padded;

	if (!json)
		return mica__fail(MICA_ENOMEM, "safetensors: no memory for the header");
	n = strlen(json);
	padded = mica__round_up(n, 8);
	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(padded >> 8 * i);
	mica__text_append(out, (const char *)length, sizeof length);
	mica__text_append(out, json, n);
	mica__text_append(out, "       ", padded - n);
	free(json);
	if (padded > HEADER_CAP)
		return mica__fail(MICA_EOVERFLOW, "safetensors: a header of %zu bytes; at most %d can be read again",
		                  padded, HEADER_CAP);
	return out->failed ? MICA_ENOMEM : MICA_OK;
}

/* A file as its pieces: the header's text, and count of values behind it; *pieces is the caller's (mica__free) in any case. */
static mica_status make_pieces(mica__piece **pieces, mica__text *text, const mica__stored *tensors, size_t count, const mica__note *notes,
                               size_t note_count)
{
	json_t *header = json_object();
	size_t offset = 0, before;
	mica_status st = MICA_OK;

	*pieces = mica__alloc(count + 1, sizeof **pieces);
	if (!header || !*pieces) {
		st = mica__fail(MICA_ENOMEM, "safetensors: no memory for the header");
		goto out;
	}
	MICA_TRY(add_notes(header, notes, note_count));
	for (size_t i = 0; i < count; i++) {
		before = offset;
		MICA_TRY(add_tensor(header, &tensors[i], &offset));
		(*pieces)[i + 1] = (mica__piece){tensors[i].data, offset - before};
	}
	MICA_TRY(header_text(text, header));
	(*pieces)[0] = (mica__piece){text->s, text->n};
out:
	json_decref(header);
	return st;
}

mica_status mica__safetensors_write(const char *path, const mica__stored *tensors, size_t count,
                                    const mica__note *notes, size_t note_count)
{
	mica__piece *pieces;
	mica__text text = {0};
	mica_status st;

	MICA_TRY(make_pieces(&pieces, &text, tensors, count, notes, note_count));
	st = mica__file_replace(path, pieces, count + 1);
out:
	mica__free(pieces);
	mica__text_free(&text);
	return st;
}

/* ---- reading ---- */

static bool get_size(const json_t *v, size_t *out)
{
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return false;
	*out = (size_t)json_integer_value(v);
	return true;
}

static mica_status get_shape(mica__stored *t, const json_t *v, const char *file)
{
	if (!json_is_array(v))
		return mica__fail(MICA_EFORMAT, "%s: tensor \"%s\": expected a list of sizes as its shape", file,
		                  t->name);
	t->shape.rank = json_array_size(v);
	if (t->shape.rank > MICA_MAX_RANK)
		return mica__fail(MICA_EFORMAT, "%s: tensor \"%s\": rank %zu; expected at most %d", file, t->name,
		                  t->shape.rank, MICA_MAX_RANK);
	for (size_t i = 0; i < t->shape.rank; i++)
		if (!get_size(json_array_get(v, i), &t->shape.dim[i]))
			return mica__fail(MICA_EFORMAT, "%s: tensor \"%s\": expected sizes from 0 as its shape", file,
			                  t->name);
	return MICA_OK;
}

static mica_status get_type(mica__stored *t, const json_t *v, size_t *size, const char *file)
{
	const char *name = json_is_string(v) ? json_string_value(v) : "";

	*size = find_type(t, name);
	if (*size)
		return MICA_OK;
	return mica__fail(MICA_EFORMAT,
	                  "%s: tensor \"%s\": unknown dtype \"%.40s\"; expected F32, F64, I32, U8 or another of"
	                  " the format's types",
	                  file, t->name, shown(name));
}

/* One tensor's entry; room: bytes of values in the file. */
static mica_status get_tensor(mica__stored *t, const json_t *v, size_t room, const char *file)
{
	const json_t *offsets = json_object_get(v, "data_offsets");
	const char *wrong = mica__name_fault(t->name);
	size_t begin, end, size = 0, count;
	mica_status st;

	if (wrong)
		return mica__fail(MICA_EFORMAT, "%s: the tensor name \"%.40s\" %s", file, shown(t->name), wrong);
	if (json_object_size(v) != 3)
		return mica__fail(MICA_EFORMAT,
		                  "%s: tensor \"%s\": expected dtype, shape and data_offsets, and nothing else", file,
		                  t->name);
	MICA_TRY(get_type(t, json_object_get(v, "dtype"), &size, file));
	MICA_TRY(get_shape(t, json_object_get(v, "shape"), file));
	if (json_array_size(offsets) != 2 || !get_size(json_array_get(offsets, 0), &begin) ||
	    !get_size(json_array_get(offsets, 1), &end) || begin > end || end > room)
		return mica__fail(MICA_EFORMAT,
		                  "%s: tensor \"%s\": expected two data_offsets in order and at most %zu, the bytes of"
		                  " values in the file; is it cut off?",
		                  file, t->name, room);
	if (!mica__shape_checked_count(&t->shape, &count) || count * size != end - begin)
		return mica__fail(MICA_EFORMAT,
		                  "%s: tensor \"%s\": data_offsets span %zu bytes; expected %s values of %zu bytes",
		                  file, t->name, end - begin, mica__shape_text(&t->shape), size);
	t->at = begin;
	t->bytes = end - begin;
out:
	return st;
}

static int by_place(const void *a, const void *b)
{
	const mica__stored *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Sorts the tensors by place and checks that they fill the room bytes behind the head. */
static mica_status check_places(mica__safetensors *f, size_t room, const char *file)
{
	size_t pos = 0, base = f->n_head;

	qsort(f->tensors, f->count, sizeof *f->tensors, by_place);
	for (size_t i = 0; i < f->count; i++) {
		const mica__stored *t = &f->tensors[i];
		size_t begin = t->at;
		if (begin != pos)
			return mica__fail(
				MICA_EFORMAT, "%s: byte %zu: tensor \"%s\" %s; expected it to begin at byte %zu", file,
				base + begin, t->name,
				begin < pos ? "overlaps the one before it" : "leaves a hole before it", base + pos);
		pos += t->bytes;
	}
	if (pos != room)
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte %zu: %zu bytes belong to no tensor; expected the end of the file", file,
		                  base + pos, room - pos);
	return MICA_OK;
}

static mica_status check_notes(const json_t *notes, const char *file)
{
	const char *key;
	json_t *value;

	if (!json_is_object(notes))
		return mica__fail(MICA_EFORMAT, "%s: " METADATA ": expected an object of texts", file);
	json_object_foreach ((json_t *)notes, key, value)
		if (!json_is_string(value))
			return mica__fail(MICA_EFORMAT, "%s: " METADATA ": \"%.40s\" is not a text", file, shown(key));
	return MICA_OK;
}

static mica_status get_tensors(mica__safetensors *f, size_t room, const char *file)
{
	const char *key;
	json_t *value;
	size_t n = json_object_size(f->header);
	mica_status st = MICA_OK;

	if (n > COUNT_CAP)
		return mica__fail(MICA_EFORMAT, "%s: %zu tensors; expected at most %d", file, n, COUNT_CAP);
	f->tensors = mica__alloc(n, sizeof *f->tensors);
	if (!f->tensors)
		return MICA_ENOMEM;
	json_object_foreach (f->header, key, value) {
		if (!strcmp(key, METADATA)) {
			st = check_notes(value, file);
		} else {
			f->tensors[f->count].name = key;
			st = get_tensor(&f->tensors[f->count++], value, room, file);
		}
		if (st)
			return st;
	}
	return check_places(f, room, file);
}

/* *length is the header's, checked against the file's n bytes. */
static mica_status get_length(size_t *length, const unsigned char *bytes, size_t n, const char *file)
{
	uint64_t value = 0;

	if (n < 8)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: the file ends; expected 8 bytes of header length", file,
		                  n);
	for (int i = 0; i < 8; i++)
		value |= (uint64_t)bytes[i] << 8 * i;
	if (value > HEADER_CAP)
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte 0: a header of %" PRIu64 " bytes; expected at most %d; is it another kind"
		                  " of file?",
		                  file, value, HEADER_CAP);
	if (value > n - 8)
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte %zu: the file ends in its header; expected %" PRIu64 " bytes of it", file,
		                  n, value);
	*length = (size_t)value;
	return MICA_OK;
}

/* All but the values: f->bytes has the head of a file of size bytes. */
static mica_status parse_head(mica__safetensors *f, size_t size, const char *name)
{
	json_error_t error;
	size_t length = f->n_head - 8;

	if (!length || f->bytes[8] != '{')
		return mica__fail(MICA_EFORMAT, "%s: byte 8: expected a header that begins with {", name);
	f->header = json_loadb((const char *)f->bytes + 8, length, JSON_REJECT_DUPLICATES, &error);
	if (!f->header && !error.text[0]) /* what a parser says nothing of */
		return mica__fail(MICA_ENOMEM, "%s: no memory for its header", name);
	if (!f->header)
		return mica__fail(MICA_EFORMAT, "%s: byte %zu: the header is not JSON as expected: %s", name,
		                  8 + (size_t)(error.position > 0 ? error.position : 0), error.text);
	return get_tensors(f, size - f->n_head, name);
}

static mica_status changed(const char *path)
{
	return mica__fail(MICA_EIO, "reading %s: it was replaced in the meantime; try again", path);
}

mica_status mica__safetensors_parse(mica__safetensors **out, unsigned char *bytes, size_t n, const char *name)
{
	mica__safetensors *f = mica__alloc(1, sizeof *f);
	size_t length = 0;
	mica_status st;

	*out = NULL;
	if (!f) {
		mica__free(bytes);
		return MICA_ENOMEM;
	}
	f->bytes = bytes;
	MICA_TRY(get_length(&length, bytes, n, name));
	f->n_head = 8 + length;
	MICA_TRY(parse_head(f, n, name));
	for (size_t i = 0; i < f->count; i++)
		f->tensors[i].data = bytes + f->n_head + f->tensors[i].at;
	f->whole = true;
	f->size = n;
	*out = f;
	return MICA_OK;
out:
	mica__safetensors_destroy(f);
	return st;
}

mica_status mica__safetensors_made(mica__safetensors **out, const mica__stored *tensors, size_t count, const mica__note *notes, size_t note_count,
                                   const char *name)
{
	mica__piece *pieces;
	mica__text text = {0};
	unsigned char *bytes = NULL, *next;
	size_t n = 0;
	mica_status st;

	*out = NULL;
	MICA_TRY(make_pieces(&pieces, &text, tensors, count, notes, note_count));
	for (size_t i = 0; i <= count; i++)
		n += pieces[i].n;
	if (!(next = bytes = mica__alloc(n, 1))) {
		st = MICA_ENOMEM;
		goto out;
	}
	for (size_t i = 0; i <= count; next += pieces[i++].n)
		if (pieces[i].n)
			memcpy(next, pieces[i].data, pieces[i].n);
	st = mica__safetensors_parse(out, bytes, n, name);
out:
	mica__free(pieces);
	mica__text_free(&text);
	return st;
}

/* The head is read in two steps, so that a file of any size that is of another kind costs 8 bytes. */
mica_status mica__safetensors_open(mica__safetensors **out, const char *path)
{
	mica__safetensors *f = mica__alloc(1, sizeof *f);
	size_t size, length = 0;
	mica_status st = MICA_ENOMEM;

	*out = NULL;
	if (!f)
		return st;
	MICA_TRY(mica__file_head(&f->bytes, &size, path, 8));
	MICA_TRY(get_length(&length, f->bytes, size, path));
	mica__free(f->bytes);
	f->n_head = 8 + length;
	MICA_TRY(mica__file_head(&f->bytes, &f->size, path, f->n_head));
	MICA_TRY(f->size == size ? MICA_OK : changed(path));
	MICA_TRY(parse_head(f, size, path));
	*out = f;
	return MICA_OK;
out:
	mica__safetensors_destroy(f);
	return st;
}

/* ---- values as another type ---- */

bool mica__stored_converts(const mica__stored *t)
{
	return !t->foreign && mica__dtype_real(t->type);
}

/* t's values to out, which has room for them as type; then they are t's. */
static mica_status convert(mica__stored *t, mica_dtype type, unsigned char *out, const char *file)
{
	size_t count = mica__shape_count(&t->shape);

	for (size_t i = 0; i < count; i++) {
		double d = mica__number_get(t->type, t->data, i);
		mica__number_put(type, out, i, d);
		if (isinf(mica__number_get(type, out, i)) && !isinf(d))
			return mica__fail(MICA_EFORMAT, "%s: tensor \"%s\": number %zu is %g, and %s ends at %.2g; use a model in"
			                  " double precision", file, t->name, i, d, mica__dtype_describe(type)->safetensors,
			                  mica__dtype_describe(type)->most);
	}
	t->data = out;
	t->bytes = count * mica__dtype_bytes(type);
	t->type = type;
	t->dtype = mica__dtype_describe(type)->safetensors;
	return MICA_OK;
}

static mica_status read_whole(mica__safetensors *f, const char *path)
{
	unsigned char *bytes;
	size_t n;
	mica_status st = mica__file_read(&bytes, &n, path, SIZE_MAX / 2);

	if (st != MICA_OK)
		return st;
	st = n == f->size && !memcmp(bytes, f->bytes, f->n_head) ? MICA_OK : changed(path);
	mica__free(f->bytes);
	f->bytes = bytes;
	return st;
}

mica_status mica__safetensors_values(mica__safetensors *f, mica_dtype type, const char *path)
{
	unsigned char *next;
	size_t count = 0;
	mica_status st;

	MICA_TRY(f->whole ? MICA_OK : read_whole(f, path));
	for (size_t i = 0; i < f->count; i++)
		count += mica__shape_count(&f->tensors[i].shape);
	if (!(f->converted = next = mica__alloc(count, mica__dtype_bytes(type))))
		return MICA_ENOMEM;
	for (size_t i = 0; i < f->count; i++) {
		mica__stored *t = &f->tensors[i];
		t->data = f->bytes + f->n_head + t->at;
		if (mica__stored_converts(t) && t->type != type)
			MICA_TRY(convert(t, type, next, path));
		next += mica__shape_count(&t->shape) * mica__dtype_bytes(type);
	}
out:
	return st;
}

size_t mica__safetensors_count(const mica__safetensors *f)
{
	return f->count;
}

const mica__stored *mica__safetensors_at(const mica__safetensors *f, size_t i)
{
	return i < f->count ? &f->tensors[i] : NULL;
}

const mica__stored *mica__safetensors_find(const mica__safetensors *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (!strcmp(f->tensors[i].name, name))
			return &f->tensors[i];
	return NULL;
}

const char *mica__safetensors_note(const mica__safetensors *f, const char *key)
{
	return json_string_value(json_object_get(json_object_get(f->header, METADATA), key));
}

const char *mica__safetensors_note_at(const mica__safetensors *f, size_t i, const char **value)
{
	json_t *notes = json_object_get(f->header, METADATA);
	void *at = json_object_iter(notes);

	while (at && i-- > 0)
		at = json_object_iter_next(notes, at);
	*value = at ? json_string_value(json_object_iter_value(at)) : NULL;
	return at ? json_object_iter_key(at) : NULL;
}

size_t mica__safetensors_size(const mica__safetensors *f)
{
	return f->size;
}

void mica__safetensors_destroy(mica__safetensors *f)
{
	if (!f)
		return;
	json_decref(f->header);
	mica__free(f->tensors);
	mica__free(f->bytes);
	mica__free(f->converted);
	mica__free(f);
}
