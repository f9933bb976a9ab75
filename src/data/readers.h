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

/* NumPy's .npy, versions 1 to 3, little-endian, C order. */
mica_status mica__npy_read(mica__array *out, const char *path);
mica_status mica__npy_parse(mica__array *out, const unsigned char *bytes, size_t n, const char *name);

/* Unpacks gzip data into out until it ends (*got < limit, and its checksum is right) or limit bytes are there.
   EFORMAT, ENOMEM; EUNSUPPORTED in a build without zlib. */
mica_status mica__gunzip(unsigned char *out, size_t limit, size_t *got, const unsigned char *bytes, size_t n,
                         const char *name);

#endif
