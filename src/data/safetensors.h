/* SPDX-License-Identifier: MIT */
/* data/safetensors.h - named tensors in one file, in the safetensors format, which needs no code to read.
   A file is: the length of a JSON header (8 bytes, little-endian), the header, padded with blanks so that values begin
   at a multiple of 8, and the values, little-endian and row-major, without a gap.  Objects belong to one thread at a time. */
#ifndef MICA_DATA_SAFETENSORS_H
#define MICA_DATA_SAFETENSORS_H
#include "base/base.h"
#include "mica/graph.h"

/* One tensor.  For writing name, type, shape and data count.  When read, all is the file's; data is NULL as long as only the
   header was read, may be unaligned (copy it), and foreign is set where dtype ("I16") is a type of the format that Mica does
   not have: type is then meaningless. */
typedef struct mica__stored {
	const char *name;
	mica_dtype type;
	bool foreign;
	const char *dtype;
	mica_shape shape;
	const void *data;
	size_t at, bytes; /* at: where in the file's values it begins, when read */
} mica__stored;

/* A line of the file's metadata. */
typedef struct mica__note {
	const char *key, *value;
} mica__note;

/* Replaces path by a file of the tensors and notes in the order given: the same input gives the same bytes.
   EINVAL (a name that is empty, too long, twice there or not clean UTF-8), EOVERFLOW, EIO, ENOMEM. */
mica_status mica__safetensors_write(const char *path, const mica__stored *tensors, size_t count,
                                    const mica__note *notes, size_t note_count);

/* Open reads the header of a file and checks it against the file's size; the parser has all bytes, of whatever file, and takes
   them (from mica__alloc) also when it fails.  *out is NULL on failure: EIO, EFORMAT (file, byte or tensor, what was expected),
   ENOMEM. */
typedef struct mica__safetensors mica__safetensors;
mica_status mica__safetensors_open(mica__safetensors **out, const char *path);
mica_status mica__safetensors_parse(mica__safetensors **out, unsigned char *bytes, size_t n, const char *name);
/* An object of tensors and notes that no file of this format held: it is what one with them would give, and name stands for it. */
mica_status mica__safetensors_made(mica__safetensors **out, const mica__stored *tensors, size_t count, const mica__note *notes, size_t note_count,
                                   const char *name);
void mica__safetensors_destroy(mica__safetensors *f); /* NULL is fine */

/* Whether t holds reals, which values can make another real type of.  values reads the values of a file that was opened, or
   of a whole one, all of whose tensors convert, as that type.  EIO (also if the file is no longer the one that was opened), EFORMAT for a number that does
   not fit, ENOMEM. */
bool mica__stored_converts(const mica__stored *t);
mica_status mica__safetensors_values(mica__safetensors *f, mica_dtype type, const char *path);

/* Tensors in the order of their values in the file; NULL past the end, or where there is no such name or note. */
size_t mica__safetensors_count(const mica__safetensors *f);
const mica__stored *mica__safetensors_at(const mica__safetensors *f, size_t i);
const mica__stored *mica__safetensors_find(const mica__safetensors *f, const char *name);
const char *mica__safetensors_note(const mica__safetensors *f, const char *key);
/* The key of note i, and what it says. */
const char *mica__safetensors_note_at(const mica__safetensors *f, size_t i, const char **value);
size_t mica__safetensors_size(const mica__safetensors *f); /* bytes of the file that was opened */

#endif
