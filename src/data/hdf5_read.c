/* SPDX-License-Identifier: MIT */
/* data/hdf5_read.c - reading of hdf5.h.
   The file is a graph of addresses, none of which is trusted: a range is looked at through at(), which knows the file's size; groups
   are at most so deep in each other; and how many nodes, entries and messages are read in all, and how many bytes of values, is
   bounded by the file's size, so that addresses in a circle end and nothing is read again and again. */
#include "data/hdf5.h"

#include "base/types.h"
#include "data/little.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 32, MOST_ARRAYS = 1000000, MOST_PATH = 1024, NODE_BYTES = 24, LEAST_BYTES = 8 /* of what is visited */ };
#define SIGNATURE "\211HDF\r\n\032\n"
#define NOWHERE UINT64_MAX /* the address of what is not there */

/* Messages of an object header. */
enum { DATASPACE = 1, DATATYPE = 3, OUTSIDE = 7, LAYOUT = 8, CONTINUATION = 16, SYMBOL_TABLE = 17 };

/* An object: those of its messages that say what it is. */
typedef struct object {
	const unsigned char *message[SYMBOL_TABLE + 1];
	size_t bytes[SYMBOL_TABLE + 1];
	uint64_t address;
} object;

static mica_status damaged(const mica__hdf5 *f, uint64_t at, const char *what)
{
	return mica__fail(MICA_EFORMAT, "%s: byte %llu: expected %s of an HDF5 file; get or save the file again", f->file,
	                  (unsigned long long)at, what);
}

static mica_status beyond(const mica__hdf5 *f, uint64_t at, const char *what)
{
	return mica__fail(MICA_EUNSUPPORTED, "%s: byte %llu: %s, which Mica does not read; save the file as Keras does, by h5py and its defaults",
	                  f->file, (unsigned long long)at, what);
}

/* n bytes of the file; NULL if they are not there. */
static const unsigned char *at(const mica__hdf5 *f, uint64_t address, uint64_t n)
{
	return address <= f->size && n <= f->size - address ? f->bytes + address : NULL;
}

static mica_status visit(mica__hdf5 *f, uint64_t address)
{
	if (!f->visits)
		return damaged(f, address, "objects that are each in one place");
	f->visits--;
	return MICA_OK;
}

/* ---- objects ---- */

static mica_status read_messages(mica__hdf5 *f, object *o, uint64_t address, uint64_t n, size_t *left, int blocks)
{
	const unsigned char *p = at(f, address, n), *end;
	mica_status st = MICA_OK;

	if (!p || blocks > DEEPEST)
		return damaged(f, address, "messages of an object that are in the file");
	for (end = p + n; st == MICA_OK && *left && end - p >= 8;) {
		MICA_TRY(visit(f, address));
		size_t type = (size_t)mica__little(p, 2), size = (size_t)mica__little(p + 2, 2);
		bool shared = p[4] & 2;
		p += 8;
		--*left;
		if (size > (size_t)(end - p))
			return damaged(f, address, "a message that ends in its object");
		if (type == CONTINUATION && size >= 16)
			st = read_messages(f, o, mica__little(p, 8), mica__little(p + 8, 8), left, blocks + 1);
		else if (type <= SYMBOL_TABLE && shared)
			st = beyond(f, address, "a message that several objects share");
		else if (type <= SYMBOL_TABLE) {
			o->message[type] = p;
			o->bytes[type] = size;
		}
		p += size;
	}
out:
	return st;
}

static mica_status read_object(mica__hdf5 *f, object *o, uint64_t address)
{
	const unsigned char *p = at(f, address, 16);
	size_t left;

	*o = (object){.address = address};
	if (p && !memcmp(p, "OHDR", 4))
		return beyond(f, address, "an object header of version 2");
	if (!p || p[0] != 1)
		return damaged(f, address, "an object header of version 1");
	left = (size_t)mica__little(p + 2, 2);
	return read_messages(f, o, address + 16, mica__little(p + 8, 4), &left, 0);
}

/* ---- arrays ---- */

static mica_status read_shape(const mica__hdf5 *f, const object *o, mica_shape *s)
{
	const unsigned char *p = o->message[DATASPACE];
	size_t n = o->bytes[DATASPACE], head = p && n >= 4 && p[0] == 2 ? 4 : 8;

	if (!p || n < head || p[0] < 1 || p[0] > 2 || (p[0] == 2 && p[3] > 1))
		return damaged(f, o->address, "the shape of an array");
	*s = (mica_shape){.rank = p[1]};
	if (s->rank > MICA_MAX_RANK || n - head < 8 * s->rank)
		return damaged(f, o->address, "an array of at most 8 axes");
	for (size_t i = 0; i < s->rank; i++) {
		uint64_t d = mica__little(p + head + 8 * i, 8);
		if (d > f->size) /* each element takes a byte */
			return damaged(f, o->address, "an array that fits into its file");
		s->dim[i] = (size_t)d;
	}
	return MICA_OK;
}

/* Numbers as IEEE 754 and two's complement have them, little-endian. */
static mica_status read_type(const mica__hdf5 *f, const object *o, mica__stored *a, size_t *bytes)
{
	static const struct { unsigned class; size_t bytes; const char *properties; mica_dtype type; } known[] = {
		{1, 4, "\0\0\x20\0\x17\x08\0\x17\x7f\0\0\0", MICA_F32}, {1, 8, "\0\0\x40\0\x34\x0b\0\x34\xff\x03\0\0", MICA_F64},
		{1, 2, "\0\0\x10\0\x0a\x05\0\x0a\x0f\0\0\0", MICA_F16}, {0, 4, "\0\0\x20\0", MICA_I32}, {0, 8, "\0\0\x40\0", MICA_I64},
	};
	const unsigned char *p = o->message[DATATYPE];
	size_t n = o->bytes[DATATYPE];

	if (!p || n < 8 || !(*bytes = (size_t)mica__little(p + 4, 4)))
		return damaged(f, o->address, "the type of an array");
	a->foreign = true;
	a->dtype = "another type than F32, F64, F16, I32 or I64";
	for (size_t i = 0; i < MICA__COUNT(known); i++) {
		size_t more = known[i].class ? 12 : 4;
		bool little = !(p[1] & 1), is_signed = known[i].class || p[1] & 8;
		if ((p[0] & 15) == known[i].class && *bytes == known[i].bytes && little && is_signed && n >= 8 + more &&
		    !memcmp(p + 8, known[i].properties, more)) {
			a->foreign = false;
			a->type = known[i].type;
			a->dtype = mica__dtype_describe(a->type)->safetensors;
		}
	}
	return MICA_OK;
}

/* Where the values lie: in one piece of the file, or in the object itself. */
static mica_status read_place(const mica__hdf5 *f, const object *o, mica__stored *a)
{
	const unsigned char *p = o->message[LAYOUT];
	size_t n = o->bytes[LAYOUT];
	uint64_t address, size = a->bytes;

	if (o->message[OUTSIDE])
		return beyond(f, o->address, "values in another file");
	if (!p || n < 2 || p[0] < 3 || p[0] > 4)
		return p && n >= 2 && p[0] && p[0] < 3 ? beyond(f, o->address, "a layout of an old version")
		                                       : damaged(f, o->address, "the layout of an array");
	if (p[1] > 1)
		return beyond(f, o->address, p[1] == 2 ? "an array in chunks" : "a virtual array");
	if (p[1] == 0) {
		if (n < 4 || mica__little(p + 2, 2) < size || size > n - 4)
			return damaged(f, o->address, "all values of an array");
		a->data = p + 4;
		return MICA_OK;
	}
	if (n < 18)
		return damaged(f, o->address, "the place of an array");
	address = mica__little(p + 2, 8);
	if (!size)
		address = 0;
	if (address == NOWHERE || mica__little(p + 10, 8) < size || !at(f, address, size))
		return damaged(f, o->address, "all values of an array in the file");
	a->data = at(f, address, size);
	return MICA_OK;
}

static mica_status read_array(mica__hdf5 *f, const object *o, const char *path)
{
	mica__stored a = {0};
	size_t count, bytes = 0;
	mica_status st;

	if (f->n >= MOST_ARRAYS)
		return mica__fail(MICA_EFORMAT, "%s: more than %d arrays", f->file, MOST_ARRAYS);
	MICA_TRY(read_shape(f, o, &a.shape));
	MICA_TRY(read_type(f, o, &a, &bytes));
	if (!mica__shape_checked_count(&a.shape, &count) || !mica__mul(count, bytes, &a.bytes))
		return damaged(f, o->address, "an array that fits into its file");
	if (a.bytes > f->unread)
		return damaged(f, o->address, "arrays that do not lie upon each other");
	f->unread -= a.bytes;
	MICA_TRY(read_place(f, o, &a));
	MICA_TRY(mica__grow(&f->arrays, &f->capacity, f->n + 1, sizeof *f->arrays));
	if (!(a.name = mica__strdup(path)))
		return MICA_ENOMEM;
	f->arrays[f->n++] = a;
out:
	return st;
}

/* ---- groups ---- */

/* A heap of names. */
typedef struct heap {
	const char *text;
	uint64_t n;
} heap;

/* A group that is read, behind which path of n bytes: its entries go on there. */
typedef struct walk {
	mica__hdf5 *f;
	heap names;
	char *path;
	size_t n;
	int depth;
} walk;

static mica_status read_group(mica__hdf5 *f, const object *o, char *path, size_t n, int depth);

static mica_status read_heap(const mica__hdf5 *f, uint64_t address, heap *h)
{
	const unsigned char *p = at(f, address, 32);

	if (!p || memcmp(p, "HEAP", 4))
		return damaged(f, address, "a heap of names");
	h->n = mica__little(p + 8, 8);
	h->text = (const char *)at(f, mica__little(p + 24, 8), h->n);
	return h->text && h->n && !h->text[h->n - 1] ? MICA_OK : damaged(f, address, "names in the file");
}

/* Adds the entry's name to the path; its new length. */
static mica_status add_name(const walk *w, uint64_t entry, uint64_t offset, size_t *n)
{
	const char *name = offset < w->names.n ? w->names.text + offset : "";
	size_t length = strlen(name);

	if (!length || length > 255 || w->n + length + 2 > MOST_PATH || mica__name_fault(name) || strchr(name, '/'))
		return damaged(w->f, entry, "the name of an object");
	*n = w->n;
	if (*n)
		w->path[(*n)++] = '/';
	memcpy(w->path + *n, name, length + 1);
	*n += length;
	return MICA_OK;
}

static mica_status read_entry(const walk *w, uint64_t address)
{
	const unsigned char *p = at(w->f, address, 40);
	object o;
	size_t n = 0;
	mica_status st;

	MICA_TRY(p ? visit(w->f, address) : damaged(w->f, address, "an entry of a group"));
	if (mica__little(p + 16, 4) > 1)
		return beyond(w->f, address, "a link to a name");
	MICA_TRY(add_name(w, address, mica__little(p, 8), &n));
	MICA_TRY(read_object(w->f, &o, mica__little(p + 8, 8)));
	st = o.message[SYMBOL_TABLE] ? read_group(w->f, &o, w->path, n, w->depth + 1) : read_array(w->f, &o, w->path);
out:
	w->path[w->n] = 0;
	return st;
}

static mica_status read_symbols(const walk *w, uint64_t address)
{
	const unsigned char *p = at(w->f, address, 8);
	mica_status st = MICA_OK;

	if (!p || memcmp(p, "SNOD", 4) || p[4] != 1)
		return damaged(w->f, address, "the entries of a group");
	for (size_t i = 0, n = (size_t)mica__little(p + 6, 2); i < n && st == MICA_OK; i++)
		st = read_entry(w, address + 8 + 40 * i);
	return st;
}

/* A node of the tree of a group, level levels above the entries. */
static mica_status read_node(const walk *w, uint64_t address, int level)
{
	const unsigned char *p = at(w->f, address, NODE_BYTES);
	size_t n;
	mica_status st;

	MICA_TRY(visit(w->f, address));
	if (level < 0)
		return read_symbols(w, address);
	if (!p || memcmp(p, "TREE", 4) || p[4] || (level != 255 && p[5] != level) || p[5] > DEEPEST)
		return damaged(w->f, address, "the tree of a group");
	n = (size_t)mica__little(p + 6, 2);
	if (!at(w->f, address, NODE_BYTES + 16 * n + 8))
		return damaged(w->f, address, "a node that ends in the file");
	for (size_t i = 0; i < n; i++)
		MICA_TRY(read_node(w, mica__little(p + NODE_BYTES + 8 + 16 * i, 8), p[5] - 1));
out:
	return st;
}

static mica_status read_group(mica__hdf5 *f, const object *o, char *path, size_t n, int depth)
{
	walk w = {.f = f, .path = path, .n = n, .depth = depth};
	mica_status st;

	if (depth > DEEPEST || o->bytes[SYMBOL_TABLE] < 16)
		return damaged(f, o->address, depth > DEEPEST ? "at most 32 groups in each other" : "the place of a group");
	MICA_TRY(read_heap(f, mica__little(o->message[SYMBOL_TABLE] + 8, 8), &w.names));
	st = read_node(&w, mica__little(o->message[SYMBOL_TABLE], 8), 255);
out:
	return st;
}

/* ---- the file ---- */

bool mica__hdf5_begins(const unsigned char *bytes, size_t n)
{
	return n >= 8 && !memcmp(bytes, SIGNATURE, 8);
}

static mica_status read_superblock(mica__hdf5 *f, uint64_t *root)
{
	const unsigned char *p = at(f, 0, 96);
	size_t more;

	if (!p || !mica__hdf5_begins(p, 96))
		return mica__fail(MICA_EFORMAT, "%s: byte 0: expected an HDF5 file; is it another kind of file?", f->file);
	if (p[8] > 1)
		return beyond(f, 8, "a superblock of a later version");
	more = p[8] ? 4 : 0;
	if (p[13] != 8 || p[14] != 8 || mica__little(p + 24 + more, 8))
		return beyond(f, 13, "addresses that are not of 8 bytes from the file's beginning");
	*root = mica__little(p + 64 + more, 8);
	return MICA_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const mica__stored *)a)->name, ((const mica__stored *)b)->name);
}

mica_status mica__hdf5_parse(mica__hdf5 *out, const unsigned char *bytes, size_t n, const char *file)
{
	char path[MOST_PATH] = "";
	object o;
	uint64_t root = 0;
	mica_status st;

	*out = (mica__hdf5){.bytes = bytes, .size = n, .file = file, .visits = n / LEAST_BYTES, .unread = n};
	MICA_TRY(read_superblock(out, &root));
	MICA_TRY(read_object(out, &o, root));
	MICA_TRY(o.message[SYMBOL_TABLE] ? read_group(out, &o, path, 0, 0) : beyond(out, root, "a root group that is no symbol table"));
	qsort(out->arrays, out->n, out->n ? sizeof *out->arrays : 0, by_name);
	for (size_t i = 1; i < out->n; i++)
		if (!strcmp(out->arrays[i - 1].name, out->arrays[i].name))
			MICA_TRY(mica__fail(MICA_EFORMAT, "%s: two arrays are named \"%s\"", file, out->arrays[i].name));
	return MICA_OK;
out:
	mica__hdf5_free(out);
	return st;
}

void mica__hdf5_free(mica__hdf5 *f)
{
	for (size_t i = 0; i < f->n; i++)
		mica__free((void *)(uintptr_t)f->arrays[i].name);
	mica__free(f->arrays);
	f->arrays = NULL;
	f->n = f->capacity = 0;
}

const mica__stored *mica__hdf5_find(const mica__hdf5 *f, const char *path)
{
	mica__stored key = {.name = path};

	return f->n ? bsearch(&key, f->arrays, f->n, sizeof *f->arrays, by_name) : NULL;
}
