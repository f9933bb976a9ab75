/* SPDX-License-Identifier: MIT */
/* base/files.h - whole files: read with a limit, replace atomically.  Uses base.h only.
   Failures name the file and errno's text. */
#ifndef MICA_BASE_FILES_H
#define MICA_BASE_FILES_H
#include "base/base.h"

enum { MICA__FILE_TAIL = 4096 };

/* Reads a whole regular file of at most limit bytes; *out is the caller's (mica__free), with MICA__FILE_TAIL zero bytes
   after the last: a text ends there, and vectors may be loaded that reach beyond an array. */
mica_status mica__file_read(unsigned char **out, size_t *n, const char *path, size_t limit);

/* Of a large file that does not begin as its reader expects (the first bytes, n of them), these first bytes alone, of which a parser
   says what they are not: so that no file is read, and no memory taken, for nothing. */
typedef bool mica__file_begins(const unsigned char *bytes, size_t n);
mica_status mica__file_read_if(unsigned char **out, size_t *n, const char *path, mica__file_begins *begins);

/* The first n bytes of a regular file, fewer only where it is shorter; *size is the whole file's.  *out as above. */
mica_status mica__file_head(unsigned char **out, size_t *size, const char *path, size_t n);

/* Writes the pieces one after another to a temporary file in the same folder, fsyncs it, renames it over path and fsyncs
   the folder: path is the old file or the whole new one, never less.  A symbolic link stays and what it leads to is
   replaced; other hard links of the file keep what it was.  Temporary files that killed processes left of the same path
   are removed.  What is there and no regular file is refused. */
typedef struct mica__piece {
	const void *data;
	size_t n;
} mica__piece;
mica_status mica__file_replace(const char *path, const mica__piece *pieces, size_t count);

/* Whether mica__file_replace could begin: makes its temporary file and removes it. */
mica_status mica__file_check(const char *path);

/* A file that grows while someone may read it: what was added is there, even if this process is killed.  Zeroed it is closed. */
typedef struct mica__growing {
	char *path;
	int fd;
	bool open;
	bool was_empty; /* when it was opened */
} mica__growing;
/* What is there stays with `append`, and goes otherwise. */
mica_status mica__growing_open(mica__growing *g, const char *path, bool append);
mica_status mica__growing_add(mica__growing *g, const void *data, size_t n);
void mica__growing_close(mica__growing *g);

bool mica__file_exists(const char *path); /* of whatever kind */
mica_status mica__file_remove(const char *path); /* OK if it is not there */

/* Makes a folder and its parents (mode 0700 for new ones).  OK if it exists. */
mica_status mica__folder_make(const char *path);
void mica__folder_remove(const char *path); /* if it is empty */

#endif
