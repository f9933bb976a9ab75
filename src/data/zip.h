/* SPDX-License-Identifier: MIT */
/* data/zip.h - zip files: what is in them, and new ones.  Nothing that is read is trusted. */
#ifndef MICA_DATA_ZIP_H
#define MICA_DATA_ZIP_H
#include "base/files.h"

/* A file that is read: its bytes and name are the caller's. */
typedef struct mica__zip {
	const unsigned char *bytes;
	size_t n;
	const char *file;
	size_t directory, directory_end, entries;
} mica__zip;

/* A member as the directory has it; the name has no NUL at its end. */
typedef struct mica__member {
	const char *name;
	size_t name_length;
	unsigned method, flags;
	uint32_t crc;
	uint64_t packed, size, local;
} mica__member;

mica__file_begins mica__zip_begins;
/* EFORMAT: the file, the byte and what was expected there. */
mica_status mica__zip_open(mica__zip *z, const unsigned char *bytes, size_t n, const char *file);
/* The entry at *at, z->directory for the first of z->entries, which moves to the next. */
mica_status mica__zip_next(const mica__zip *z, size_t *at, mica__member *m);
/* The first of that name; *found: whether there is one. */
mica_status mica__zip_find(const mica__zip *z, const char *name, mica__member *m, bool *found);
/* The m->size bytes of a member, in the file's or in *unpacked, which is the caller's (mica__free).  EFORMAT; EUNSUPPORTED for a
   compressed one in a build without zlib; ENOMEM. */
mica_status mica__zip_get(const mica__zip *z, const mica__member *m, const unsigned char **bytes, unsigned char **unpacked);

/* A member that is written, at that place of the file. */
typedef struct mica__packing {
	const char *name;
	uint64_t at;
	uint64_t size; /* these are set by begin */
	uint32_t crc;
} mica__packing;
/* Adds what stands before the member's bytes to head, and what stands behind those of all members, at that place of the file, to
   directory. */
void mica__zip_begin(mica__text *head, mica__packing *p, const mica__piece *pieces, size_t count);
void mica__zip_end(mica__text *directory, const mica__packing *p, size_t count, uint64_t at);

#endif
