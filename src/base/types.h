/* SPDX-License-Identifier: MIT */
/* base/types.h - the one table of types, and shapes.  A type is a row of MICA__DTYPES; nothing else lists them. */
#ifndef MICA_BASE_TYPES_H
#define MICA_BASE_TYPES_H
#include "base/base.h"
#include "mica/types.h"

/* X(ID, name, bytes, real, least, most, name in safetensors, in .npy, OpenCL type in memory, letter): least and most bound
   what an integer holds; the letter stands in the names of the prelude's LOAD, STORE and CONVERT of that type.  All
   arithmetic is in `real` or `int`. */
#define MICA__DTYPES(X)                                                               \
	X(F32, "f32", 4, true, 0, 0, "F32", "f4", "real", "R")                        \
	X(F64, "f64", 8, true, 0, 0, "F64", "f8", "real", "R")                        \
	X(I32, "i32", 4, false, -2147483648.0, 2147483647.0, "I32", "i4", "int", "I") \
	X(U8, "u8", 1, false, 0, 255, "U8", "u1", "uchar", "B")

typedef struct mica__dtype_info {
	const char *name;
	size_t bytes;
	bool real;
	double least, most;
	const char *safetensors, *npy, *memory, *letter;
} mica__dtype_info;

/* Whether t is a type at all: users can pass any number. */
bool mica__dtype_valid(mica_dtype t);
/* t must be valid. */
const mica__dtype_info *mica__dtype_describe(mica_dtype t);
size_t mica__dtype_bytes(mica_dtype t);
const char *mica__dtype_name(mica_dtype t); /* "an unknown type" if it is not valid */
bool mica__dtype_real(mica_dtype t);
/* Whether a number is a value of the type: any is one of a real type (rounded, infinite if it is too large), a whole number
   within its range of an integer one. */
bool mica__dtype_holds(mica_dtype t, double value);

bool mica__shape_equal(const mica_shape *a, const mica_shape *b);
size_t mica__shape_count(const mica_shape *s); /* 1 for a scalar */
/* false if the rank is above MICA_MAX_RANK, or its sizes but for zeros multiply to more elements than memory can hold. */
bool mica__shape_checked_count(const mica_shape *s, size_t *out);
size_t mica__shape_last(const mica_shape *s);  /* 1 for a scalar */
size_t mica__shape_lead(const mica_shape *s);  /* product of all but the last */
/* "(3, 4)" in one of a few rotating thread-local texts. */
const char *mica__shape_text(const mica_shape *s);
/* How a value is stored: as the matrix of all leading dimensions by the last, or as its transpose; row by row (panel 0), or
   in column panels of that width: element (r, c) is at (c / panel) * rows * panel + r * panel + c % panel. */
typedef struct mica__form {
	size_t panel;
	bool transposed;
} mica__form;
static inline bool mica__form_linear(mica__form f)
{
	return !f.panel && !f.transposed;
}
/* Rows and columns of what is laid out, and the elements stored, padding included. */
size_t mica__form_rows(mica__form f, const mica_shape *s);
size_t mica__form_columns(mica__form f, const mica_shape *s);
size_t mica__form_elements(mica__form f, const mica_shape *s);
/* Bytes of these and of `more` elements behind them, in whole cache lines; false if that is more than a quarter of what can be
   addressed, so that two of it can be added. */
bool mica__form_bytes(mica__form f, const mica_shape *s, mica_dtype t, size_t more, size_t *out);
enum { MICA__LINES = 256 }; /* bytes of a few cache lines: where values in shared memory begin */
#define MICA__MOST_BYTES (SIZE_MAX / 4)

/* NumPy's rule; false if they do not fit. */
bool mica__shape_broadcast(const mica_shape *a, const mica_shape *b, mica_shape *out);

#endif
