/* SPDX-License-Identifier: MIT */
/* data/array.h - an array as a file holds it becomes an array as a dataset holds it.
   Readers find out the shape and the kind of number a file declares, check both against the bytes that are there, and
   convert with mica__array_convert.  Uses base and graph. */
#ifndef MICA_DATA_ARRAY_H
#define MICA_DATA_ARRAY_H
#include "base/files.h"
#include "base/types.h"
#include "mica/graph.h"

/* Row-major values in host memory.  Behind the last are MICA__TAIL more that may be read.  The
   owner calls mica__array_free. */
typedef struct mica__array {
	mica_dtype type;
	mica_shape shape;
	void *data;
	void *memory; /* in which data is */
} mica__array;

/* Zeros; type and shape are set, and the shape's count has been checked.  ENOMEM. */
mica_status mica__array_alloc(mica__array *a);

/* A number in a file: kind 'b' (bool), 'u', 'i' or 'f', of 1, 2, 4 or 8 bytes, most significant byte first if big. */
typedef struct mica__number {
	char kind;
	unsigned char size;
	bool big;
} mica__number;

/* Where in which file a value stands, for messages; bytes are counted after unpacking where a file is packed. */
typedef struct mica__origin {
	const char *file;
	size_t offset;
} mica__origin;

/* Converts shape's values at bytes: bool to BOOL, u1 to U8, f2 to F16, other integers to I32, other floats to F32.  They go
   to new memory; but where bytes are in *memory (NULL: in none of ours), which has MICA__FILE_TAIL bytes behind them,
   and need no conversion, the array takes that memory, and *memory becomes NULL.  EFORMAT if a value does not fit into
   32 bits, ENOMEM. */
mica_status mica__array_convert(mica__array *out, const unsigned char *bytes, mica__number n, mica_shape shape,
                                mica__origin origin, unsigned char **memory);
/* Values in column-major ("Fortran") order of shape, as n axes reversed, become row-major: a has the axes of the file
   reversed, and gets them in order.  ENOMEM. */
mica_status mica__array_reverse_axes(mica__array *a);
void mica__array_free(mica__array *a);

/* Networks compute in 32-bit floats: whether these hold every finite number of an array, and a factor (0: the usual one).  EINVAL names
   the first that they do not; name begins the message. */
mica_status mica__reals_check(const void *data, mica_dtype type, size_t n, const char *name);
mica_status mica__scale_check(double scale, const char *name);

/* The array of a file of one: parse makes it of n bytes, which are in *memory, of which it may keep that. */
typedef mica_status mica__array_parser(mica__array *out, const unsigned char *bytes, size_t n, const char *name,
                                       unsigned char **memory);
mica_status mica__array_of_file(mica__array *out, const char *path, mica__file_begins *begins, mica__array_parser *parse);

#endif
