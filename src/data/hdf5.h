/* SPDX-License-Identifier: MIT */
/* data/hdf5.h - trees of named arrays in one file, in as much of the HDF5 format as Keras' files use: what h5py writes unless it is
   told otherwise.  That is superblock 0 or 1; groups that are a symbol table; arrays that lie in one piece; the format document
   ("HDF5 File Format Specification Version 2.0") has the names that are used here.  A reader of our own, since of all libraries
   for files this format's has the longest list of ways in for hostile ones. */
#ifndef MICA_DATA_HDF5_H
#define MICA_DATA_HDF5_H
#include "base/files.h"
#include "data/safetensors.h"

/* All arrays of a file, sorted by path ("layers/dense/vars/0").  Names are the object's, values the caller's bytes, which it borrows;
   an array of another type than Mica's is foreign, and dtype says what it is for people.
   EFORMAT: the file, the byte and what was expected; EUNSUPPORTED: what the format has beyond the above; ENOMEM. */
typedef struct mica__hdf5 {
	mica__stored *arrays;
	size_t n, capacity;
	const unsigned char *bytes;
	size_t size;
	const char *file;
	size_t visits;       /* left: of what groups and objects are made of, so that no loop in the file is one of the reader's */
	size_t unread;       /* bytes that values may still have */
} mica__hdf5;
mica__file_begins mica__hdf5_begins;
mica_status mica__hdf5_parse(mica__hdf5 *out, const unsigned char *bytes, size_t n, const char *file);
void mica__hdf5_free(mica__hdf5 *f); /* zeroed is fine, twice too */
const mica__stored *mica__hdf5_find(const mica__hdf5 *f, const char *path);

/* A group of a file that is written: its path, which may have groups of no other mention in it, and what its attribute "name" says;
   NULL: it has none. */
typedef struct mica__hdf5_group {
	const char *path, *name;
} mica__hdf5_group;
/* Adds to head all of a file but the arrays' values, which follow one after the other in their order.  EINVAL for a path that is
   twice there or is no path, or a type that has no place here; EOVERFLOW, ENOMEM. */
mica_status mica__hdf5_head(mica__text *head, const mica__stored *arrays, size_t n, const mica__hdf5_group *groups, size_t n_groups);

#endif
