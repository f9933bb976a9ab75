/* SPDX-License-Identifier: MIT */
/* data/readers.h - files of arrays, read whole and with suspicion.
   A file's numbers are checked against the bytes that are there before anything is allocated for them; a file that is
   too short, too long, damaged or of another kind is EFORMAT with its name, the byte and what was expected there.
   The parsers are pure: they know only the bytes they are given, and name stands for the file in messages. */
#ifndef MICA_DATA_READERS_H
#define MICA_DATA_READERS_H
#include "data/array.h"

/* IDX, the format of MNIST: 00 00 type rank, rank sizes, values, all big-endian; plain or packed by gzip. */
mica_status mica__idx_read(mica__array *out, const char *path);
mica_status mica__idx_parse(mica__array *out, const unsigned char *bytes, size_t n, const char *name);

/* NumPy's .npy, versions 1 to 3: real numbers of either byte order, row-major or column-major. */
mica_status mica__npy_read(mica__array *out, const char *path);
mica_status mica__npy_parse(mica__array *out, const unsigned char *bytes, size_t n, const char *name);

/* NumPy's .npz: arrays in a zip, stored or deflated (EUNSUPPORTED in a build without zlib).  A name in lower case finds the
   array of that name in either case; *found says whether there is one.  names: all there are, at most a few hundred bytes of
   them.  The parser takes bytes (from mica__alloc) also when it fails. */
typedef struct mica__npz mica__npz;
mica_status mica__npz_open(mica__npz **out, const char *path);
mica_status mica__npz_parse(mica__npz **out, unsigned char *bytes, size_t n, const char *name);
void mica__npz_close(mica__npz *z); /* NULL is fine */
mica_status mica__npz_has(const mica__npz *z, const char *name, bool *found);
mica_status mica__npz_get(const mica__npz *z, mica__array *out, const char *name, bool *found);
mica_status mica__npz_names(const mica__npz *z, mica__text *out);

/* Unpacks gzip data into out until it ends (*got < limit, and its checksums are right) or limit bytes are there: one member
   or several, as gunzip does, and zeros may follow the last.
   EFORMAT, ENOMEM; EUNSUPPORTED in a build without zlib. */
mica_status mica__gunzip(unsigned char *out, size_t limit, size_t *got, const unsigned char *bytes, size_t n,
                         const char *name);

#endif
