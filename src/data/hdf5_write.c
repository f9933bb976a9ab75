/* SPDX-License-Identifier: MIT */
/* data/hdf5_write.c - writing of hdf5.h.
   A group is a heap of its entries' names, nodes of so many entries sorted by name, and a tree of one node over these.  How many
   entries and nodes there may be is the superblock's to say for all groups, so it is chosen for the largest; a node takes its
   full size in the file whatever is in it.  What a group consists of is written before it, so that addresses are known; those
   of values are known once all of the head is, whose size depends on none: it is written twice. */
#include "data/hdf5.h"

#include "base/types.h"
#include "data/little.h"

#include <stdlib.h>
#include <string.h>

enum { SUPERBLOCK = 96, LEAST_ENTRIES = 8, LEAST_NODES = 32, MOST_NAME = 255 };

/* A group or an array, and its place among those of the group that it is in. */
typedef struct entry {
	char *name;
	const char *attribute;    /* of a group; NULL: none */
	size_t array;             /* its number; SIZE_MAX: it is a group */
	struct entry *children;
	size_t n, capacity;
	uint64_t header, tree, heap; /* where they are in the file */
} entry;

typedef struct writer {
	mica__text *out;
	const mica__stored *arrays;
	const uint64_t *places;   /* of the arrays' values behind the head */
	uint64_t head;            /* bytes of it; 0: not known yet */
	size_t entries, nodes;    /* of a node; of a tree */
} writer;

/* ---- bytes ---- */

static void put_zeros(mica__text *t, size_t n)
{
	static const char zeros[64];

	for (; n > sizeof zeros; n -= sizeof zeros)
		mica__text_append(t, zeros, sizeof zeros);
	mica__text_append(t, zeros, n);
}

/* n bytes and zeros up to a multiple of 8. */
static void put_padded(mica__text *t, const char *bytes, size_t n)
{
	mica__text_append(t, bytes, n);
	put_zeros(t, mica__round_up(n, 8) - n);
}

static void put_message(mica__text *t, unsigned type, const mica__text *body)
{
	mica__little_add(t, type, 2);
	mica__little_add(t, mica__round_up(body->n, 8), 2);
	mica__little_add(t, 0, 4);
	put_padded(t, mica__text_string(body), body->n);
	t->failed = t->failed || body->failed;
}

/* ---- types and shapes ---- */

/* Class and bits, bytes of an element, and how the bits of a number are its sign, exponent and mantissa. */
static bool put_type(mica__text *t, mica_dtype type)
{
	static const struct { mica_dtype type; const char *bytes; size_t n; } known[] = {
		{MICA_F32, "\x11\x20\x1f\0\x04\0\0\0\0\0\x20\0\x17\x08\0\x17\x7f\0\0\0", 20},
		{MICA_F64, "\x11\x20\x3f\0\x08\0\0\0\0\0\x40\0\x34\x0b\0\x34\xff\x03\0\0", 20},
		{MICA_I32, "\x10\x08\0\0\x04\0\0\0\0\0\x20\0", 12},
		{MICA_I64, "\x10\x08\0\0\x08\0\0\0\0\0\x40\0", 12},
	};

	for (size_t i = 0; i < MICA__COUNT(known); i++)
		if (known[i].type == type) {
			mica__text_append(t, known[i].bytes, known[i].n);
			return true;
		}
	return false;
}

static void put_shape(mica__text *t, const mica_shape *s)
{
	mica__little_add(t, 1, 1);
	mica__little_add(t, s->rank, 1);
	mica__little_add(t, 0, 6);
	for (size_t i = 0; i < s->rank; i++)
		mica__little_add(t, s->dim[i], 8);
}

/* ---- objects ---- */

/* Version 1, so many messages of so many bytes; the address. */
static uint64_t put_object(writer *w, size_t count, const mica__text *messages)
{
	uint64_t address = w->out->n;

	mica__little_add(w->out, 1, 2);
	mica__little_add(w->out, count, 2);
	mica__little_add(w->out, 1, 4);
	mica__little_add(w->out, messages->n, 8);
	mica__text_append(w->out, mica__text_string(messages), messages->n);
	w->out->failed = w->out->failed || messages->failed;
	return address;
}

static uint64_t put_array(writer *w, size_t k)
{
	const mica__stored *a = &w->arrays[k];
	mica__text messages = {0}, body = {0};
	uint64_t bytes = mica__shape_count(&a->shape) * mica__dtype_bytes(a->type), address;

	put_shape(&body, &a->shape);
	put_message(&messages, 1, &body);
	body.n = 0;
	put_type(&body, a->type);
	put_message(&messages, 3, &body);
	body.n = 0;
	mica__little_add(&body, 0x01020202, 8); /* the value of what was never written: 0 */
	put_message(&messages, 5, &body);
	body.n = 0;
	mica__little_add(&body, 0x0103, 2);     /* in one piece, there */
	mica__little_add(&body, bytes ? w->head + w->places[k] : UINT64_MAX, 8);
	mica__little_add(&body, bytes, 8);
	put_message(&messages, 8, &body);
	address = put_object(w, 4, &messages);
	mica__text_free(&messages);
	mica__text_free(&body);
	return address;
}

/* A text of n bytes as the attribute "name". */
static void put_attribute(mica__text *messages, const char *text)
{
	mica__text body = {0};
	size_t n = strlen(text) + 1;

	mica__little_add(&body, 1, 2);
	mica__little_add(&body, 5, 2); /* bytes of "name", of the type, of the shape */
	mica__little_add(&body, 8, 2);
	mica__little_add(&body, 8, 2);
	put_padded(&body, "name", 5);
	mica__little_add(&body, 0x1013, 4); /* UTF-8 that ends with 0 */
	mica__little_add(&body, n, 4);
	put_shape(&body, &(mica_shape){.rank = 0});
	mica__text_append(&body, text, n);
	put_message(messages, 12, &body);
	mica__text_free(&body);
}

/* ---- groups ---- */

/* The names of a group's entries, at whose beginning is an empty one; where each is. */
static void put_heap(writer *w, entry *e, uint64_t *at)
{
	mica__text names = {0};

	put_zeros(&names, 8);
	for (size_t i = 0; i < e->n; i++) {
		at[i] = names.n;
		put_padded(&names, e->children[i].name, strlen(e->children[i].name) + 1);
	}
	e->heap = w->out->n;
	mica__text_append(w->out, "HEAP\0\0\0\0", 8);
	mica__little_add(w->out, names.n, 8);
	mica__little_add(w->out, 1, 8); /* nothing of it is free */
	mica__little_add(w->out, w->out->n + 8, 8);
	mica__text_append(w->out, mica__text_string(&names), names.n);
	w->out->failed = w->out->failed || names.failed;
	mica__text_free(&names);
}

static void put_entry(writer *w, const entry *e, uint64_t name)
{
	bool group = e->array == SIZE_MAX;

	mica__little_add(w->out, name, 8);
	mica__little_add(w->out, e->header, 8);
	mica__little_add(w->out, group, 8);
	mica__little_add(w->out, group ? e->tree : 0, 8);
	mica__little_add(w->out, group ? e->heap : 0, 8);
}

/* Node k of the entries. */
static uint64_t put_node(writer *w, const entry *e, size_t k, const uint64_t *names)
{
	size_t first = k * w->entries, n = e->n - first < w->entries ? e->n - first : w->entries;
	uint64_t address = w->out->n;

	mica__text_append(w->out, "SNOD\1\0", 6);
	mica__little_add(w->out, n, 2);
	for (size_t i = first; i < first + n; i++)
		put_entry(w, &e->children[i], names[i]);
	put_zeros(w->out, 40 * (w->entries - n));
	return address;
}

/* Between the nodes stand the greatest names of those before. */
static void put_tree(writer *w, entry *e, const uint64_t *nodes, size_t n, const uint64_t *names)
{
	e->tree = w->out->n;
	mica__text_append(w->out, "TREE\0\0", 6);
	mica__little_add(w->out, n, 2);
	mica__little_add(w->out, UINT64_MAX, 8); /* there are none beside it */
	mica__little_add(w->out, UINT64_MAX, 8);
	mica__little_add(w->out, 0, 8);
	for (size_t i = 0; i < n; i++) {
		size_t end = (i + 1) * w->entries;
		mica__little_add(w->out, nodes[i], 8);
		mica__little_add(w->out, names[(end < e->n ? end : e->n) - 1], 8);
	}
	put_zeros(w->out, 16 * (w->nodes - n));
}

static mica_status put_group(writer *w, entry *e)
{
	mica__text messages = {0}, body = {0};
	size_t n = mica__ceil_div(e->n, w->entries);
	uint64_t *names = mica__alloc(e->n + n, sizeof *names), *nodes = names + e->n;
	mica_status st = names ? MICA_OK : MICA_ENOMEM;

	for (size_t i = 0; i < e->n && st == MICA_OK; i++) {
		if (e->children[i].array == SIZE_MAX)
			MICA_TRY(put_group(w, &e->children[i]));
		else
			e->children[i].header = put_array(w, e->children[i].array);
	}
	MICA_TRY(st);
	put_heap(w, e, names);
	for (size_t i = 0; i < n; i++)
		nodes[i] = put_node(w, e, i, names);
	put_tree(w, e, nodes, n, names);
	mica__little_add(&body, e->tree, 8);
	mica__little_add(&body, e->heap, 8);
	put_message(&messages, 17, &body);
	if (e->attribute)
		put_attribute(&messages, e->attribute);
	e->header = put_object(w, e->attribute ? 2 : 1, &messages);
out:
	mica__text_free(&messages);
	mica__text_free(&body);
	mica__free(names);
	return st;
}

static void put_superblock(mica__text *t, const writer *w, const entry *root, uint64_t end)
{
	mica__text_append(t, "\211HDF\r\n\032\n\0\0\0\0\0\x08\x08\0", 16);
	mica__little_add(t, w->entries / 2, 2);
	mica__little_add(t, w->nodes / 2, 2);
	mica__little_add(t, 0, 4);
	mica__little_add(t, 0, 8);
	mica__little_add(t, UINT64_MAX, 8);
	mica__little_add(t, end, 8);
	mica__little_add(t, UINT64_MAX, 8);
	mica__little_add(t, 0, 8);
	mica__little_add(t, root->header, 8);
	mica__little_add(t, 1, 8);
	mica__little_add(t, root->tree, 8);
	mica__little_add(t, root->heap, 8);
}

/* ---- the tree of names ---- */

static void free_entry(entry *e)
{
	for (size_t i = 0; i < e->n; i++)
		free_entry(&e->children[i]);
	mica__free(e->children);
	mica__free(e->name);
}

/* The group's entry of n bytes of name, made if there is none. */
static mica_status child_of(entry *e, const char *name, size_t n, entry **out)
{
	mica_status st;

	for (size_t i = 0; i < e->n; i++)
		if (strlen(e->children[i].name) == n && !memcmp(e->children[i].name, name, n)) {
			*out = &e->children[i];
			return MICA_OK;
		}
	if (!n || n > MOST_NAME)
		return mica__fail(MICA_EINVAL, "hdf5: a name of %zu bytes; expected 1 to %d", n, MOST_NAME);
	MICA_TRY(mica__grow(&e->children, &e->capacity, e->n + 1, sizeof *e->children));
	*out = &e->children[e->n];
	**out = (entry){.array = SIZE_MAX, .name = mica__alloc(n + 1, 1)};
	if (!(*out)->name)
		return MICA_ENOMEM;
	memcpy((*out)->name, name, n);
	e->n++;
out:
	return st;
}

/* The entry of that path; array: its number, SIZE_MAX for a group. */
static mica_status add_path(entry *root, const char *path, size_t array, const char *attribute)
{
	entry *e = root;
	mica_status st = MICA_OK;

	for (const char *p = path; st == MICA_OK;) {
		size_t n = strcspn(p, "/");
		entry *in = e;
		MICA_TRY(child_of(in, p, n, &e));
		bool last = !p[n];
		if (e->array != SIZE_MAX || (last && array != SIZE_MAX && e->n))
			return mica__fail(MICA_EINVAL, "hdf5: \"%s\" is in the way of another array or group", path);
		if (last) {
			e->array = array;
			if (attribute)
				e->attribute = attribute;
			return st;
		}
		p += n + 1;
	}
out:
	return st;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

/* Sorts the entries, and finds out how many the largest group has. */
static void sort(entry *e, size_t *most)
{
	if (e->n)
		qsort(e->children, e->n, sizeof *e->children, by_name);
	*most = e->n > *most ? e->n : *most;
	for (size_t i = 0; i < e->n; i++)
		sort(&e->children[i], most);
}

/* The numbers of entries and nodes are even, and both large enough together. */
static void choose_sizes(writer *w, size_t most)
{
	w->entries = LEAST_ENTRIES;
	w->nodes = LEAST_NODES;
	while (w->entries * w->nodes < most) {
		w->entries *= 2;
		w->nodes *= 2;
	}
}

static mica_status make_tree(entry *root, const mica__stored *arrays, size_t n, const mica__hdf5_group *groups, size_t n_groups)
{
	mica__text none = {0};
	mica_status st = MICA_OK;

	for (size_t i = 0; i < n; i++) {
		if (!put_type(&none, arrays[i].type))
			MICA_TRY(mica__fail(MICA_EINVAL, "hdf5: \"%s\" is %s; expected f32, f64, i32 or i64", arrays[i].name, mica__dtype_name(arrays[i].type)));
		none.n = 0;
		MICA_TRY(add_path(root, arrays[i].name, i, NULL));
	}
	for (size_t i = 0; i < n_groups; i++)
		MICA_TRY(add_path(root, groups[i].path, SIZE_MAX, groups[i].name));
out:
	mica__text_free(&none);
	return st;
}

mica_status mica__hdf5_head(mica__text *head, const mica__stored *arrays, size_t n, const mica__hdf5_group *groups, size_t n_groups)
{
	entry root = {.array = SIZE_MAX};
	uint64_t *places = mica__alloc(n, sizeof *places), end = 0;
	writer w = {.out = head, .arrays = arrays, .places = places};
	mica__text superblock = {0};
	size_t most = 0;
	mica_status st = places ? MICA_OK : MICA_ENOMEM;

	MICA_TRY(st);
	for (size_t i = 0; i < n; i++) {
		places[i] = end;
		end += mica__shape_count(&arrays[i].shape) * mica__dtype_bytes(arrays[i].type);
	}
	MICA_TRY(make_tree(&root, arrays, n, groups, n_groups));
	sort(&root, &most);
	choose_sizes(&w, most);
	for (int pass = 0; pass < 2; pass++) {
		w.head = head->n;
		head->n = 0;
		put_zeros(head, SUPERBLOCK);
		MICA_TRY(put_group(&w, &root));
	}
	put_superblock(&superblock, &w, &root, head->n + end);
	if (head->failed || superblock.failed)
		st = MICA_ENOMEM;
	else
		memcpy(head->s, superblock.s, SUPERBLOCK);
out:
	mica__text_free(&superblock);
	free_entry(&root);
	mica__free(places);
	return st;
}
