/* SPDX-License-Identifier: MIT */
/* base/types.h - the one table of types, numbers of each in memory, and shapes.  A type is a row of MICA__DTYPES; what others
   want to know of one they ask here, and name none. */
#ifndef MICA_BASE_TYPES_H
#define MICA_BASE_TYPES_H
#include "base/base.h"
#include "mica/types.h"

/* X(ID, name, bytes, class, digits, exponent, least, most, in safetensors, in .npy, in memory, suffix, computed as).
   class: REAL, WHOLE, TRUTH.  digits and exponent, of a real: the bits of its significand, the leading one included, and the
   exponent of its smallest normal number, from which all of IEEE 754 follows.  least and most: the finite range.
   In OpenCL C it is `in memory` there, and what is loaded from there is of the type that it is computed as, a type whose
   numbers end in the suffix.  The prelude's LOAD, STORE and TO have a form by each name. */
#define MICA__DTYPES(X)                                                                                               \
	X(F32, "f32", 4, REAL, 24, -126, -0x1.fffffep127, 0x1.fffffep127, "F32", "f4", "float", "f", F32)             \
	X(F64, "f64", 8, REAL, 53, -1022, -0x1.fffffffffffffp1023, 0x1.fffffffffffffp1023, "F64", "f8", "double", "", F64) \
	X(I32, "i32", 4, WHOLE, 0, 0, -2147483648.0, 2147483647.0, "I32", "i4", "int", "", I32)                       \
	X(U8, "u8", 1, WHOLE, 0, 0, 0, 255, "U8", "u1", "uchar", "", I32)                                             \
	X(F16, "f16", 2, REAL, 11, -14, -65504.0, 65504.0, "F16", "f2", "ushort", "", F32)                            \
	X(BF16, "bf16", 2, REAL, 8, -126, -0x1.fep127, 0x1.fep127, "BF16", NULL, "ushort", "", F32)                   \
	X(I64, "i64", 8, WHOLE, 0, 0, -0x1p63, 0x1.fffffffffffffp62, "I64", "i8", "long", "L", I64)                   \
	X(BOOL, "bool", 1, TRUTH, 0, 0, 0, 1, "BOOL", "b1", "uchar", "", I32)

typedef enum mica__class { MICA__CLASS_REAL, MICA__CLASS_WHOLE, MICA__CLASS_TRUTH } mica__class;

typedef struct mica__dtype_info {
	const char *name;
	size_t bytes;
	mica__class class;
	int digits, exponent;
	double least, most;
	const char *safetensors, *npy;  /* NULL: a file cannot hold it */
	const char *memory, *vector, *suffix; /* vector: of a CPU's V lanes */
	const char *first, *last;       /* the prelude's names of what is below, and above, all others: infinite, of reals */
	mica_dtype computed;
} mica__dtype_info;

/* Whether t is a type at all: users can pass any number. */
bool mica__dtype_valid(mica_dtype t);
/* t must be valid, here and below. */
const mica__dtype_info *mica__dtype_describe(mica_dtype t);
size_t mica__dtype_bytes(mica_dtype t);
const char *mica__dtype_name(mica_dtype t); /* "an unknown type" if it is not valid */
bool mica__dtype_real(mica_dtype t);
/* Whether there is arithmetic in t itself: other types are for storage. */
bool mica__dtype_computes(mica_dtype t);
/* Whether a number is a value of the type: any is one of a real type (rounded, infinite if it is too large), a whole number
   within its range of an integer one. */
bool mica__dtype_holds(mica_dtype t, double value);
/* Of a real type: what lies between 1 and the next number, and the smallest normal one. */
double mica__dtype_epsilon(mica_dtype t);
double mica__dtype_smallest(mica_dtype t);
/* What values of the type are multiplied by when they are read as data: bytes are levels, as of pixels. */
double mica__dtype_scale(mica_dtype t);

/* ---- element.c: values ---- */

/* The nearest number of a real type: of two as near the even one; infinite beyond what rounds to the largest.
   What other types hold is left as it is. */
double mica__dtype_round(mica_dtype t, double value);
/* A number as one of a whole type: towards zero, the nearest there is beyond the range, 0 for NaN; and a whole number as one
   of another: its low bits.  Truth values: whether it is not 0. */
int64_t mica__whole_of(mica_dtype t, double value);
int64_t mica__dtype_wrap(mica_dtype t, int64_t value);
/* A whole number as one of a real type; of those with less than 24 bits by way of a float. */
double mica__real_of(mica_dtype t, int64_t value);
/* Element i of an array in memory, aligned or not: as a double, or exactly where the type is whole. */
double mica__number_get(mica_dtype t, const void *array, size_t i);
int64_t mica__whole_get(mica_dtype t, const void *array, size_t i);
/* Sets it: rounded, wrapped. */
void mica__number_put(mica_dtype t, void *array, size_t i, double value);
void mica__whole_put(mica_dtype t, void *array, size_t i, int64_t value);

bool mica__shape_equal(const mica_shape *a, const mica_shape *b);
size_t mica__shape_count(const mica_shape *s); /* 1 for a scalar */
/* false if the rank is above MICA_MAX_RANK, or its sizes but for zeros multiply to more elements than memory can hold. */
bool mica__shape_checked_count(const mica_shape *s, size_t *out);
/* A sample's shape of that of a batch, which has the rows before it, and back; what is not used is 0. */
mica_shape mica__sample_shape(mica_shape s);
mica_shape mica__with_rows(size_t rows, mica_shape sample);
size_t mica__shape_last(const mica_shape *s);  /* 1 for a scalar */
size_t mica__shape_lead(const mica_shape *s);  /* product of all but the last */
/* "(3, 4)" in one of a few rotating thread-local texts. */
const char *mica__shape_text(const mica_shape *s);
/* "(None, 3, 4)", of samples that are (3, 4). */
void mica__sample_shape_add(mica__text *t, mica_shape sample);
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
