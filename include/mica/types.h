/* SPDX-License-Identifier: MIT */
/* mica/types.h - what a number is stored as, and shapes.
   Shapes are row-major and written outermost dimension first.  Plain values: nobody owns them. */
#ifndef MICA_TYPES_H
#define MICA_TYPES_H
#include "mica/status.h"

MICA_BEGIN_DECLS

/* What a number is stored as.

   type           is                                       computed as
   MICA_F32       float: 24 bits, to 3.4e38                itself
   MICA_F64       double: 53 bits, to 1.8e308              itself; only devices that have it
   MICA_F16       half: 11 bits, to 65504                  F32
   MICA_BF16      bfloat16: 8 bits, to 3.4e38              F32
   MICA_I32       -2^31 to 2^31 - 1                        itself
   MICA_I64       -2^63 to 2^63 - 1                        itself
   MICA_U8        0 to 255                                 I32
   MICA_BOOL      a byte: 0 or 1                           I32

   What is computed as another type is cast to it, calculated there, and cast back, so that every value is one of its type:
   rounded (to the nearest, of two the even one), or its low bits.  Sums and products of 16 bits are added up in F32 and
   rounded once.

   A number as another type (mica_op_cast, mica_convert).  Real to real: rounded, infinite beyond the largest.  Integer to
   real: the same, to F16 and BF16 by way of F32.  Integer to integer: the low bits, as in C and NumPy.  Real to integer:
   towards zero; beyond its range the nearest there is, 0 of NaN (NumPy leaves those open).  To BOOL: whether it is not 0. */
typedef enum mica_dtype { MICA_F32, MICA_F64, MICA_I32, MICA_U8, MICA_F16, MICA_BF16, MICA_I64, MICA_BOOL } mica_dtype;

/* n numbers of host memory as another type; the arrays do not overlap, and need no alignment.  Nothing where
   one of them is NULL or a type that there is not. */
MICA_API void mica_convert(void *to, mica_dtype to_type, const void *from, mica_dtype from_type, size_t n);

#define MICA_MAX_RANK 8
typedef struct mica_shape {
	size_t rank;
	size_t dim[MICA_MAX_RANK];
} mica_shape;
/* MICA_SHAPE(28, 28) is a shape; MICA_SCALAR_SHAPE has rank 0. */
#define MICA_SHAPE(...)                                                                                           \
	((mica_shape){sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t), {__VA_ARGS__}})
#define MICA_SCALAR_SHAPE ((mica_shape){0, {0}})

/* Values of the caller's, row-major: MICA_ARRAY(image, 1, 28, 28) is what the pointer or array image of float, double, int,
   int64_t, unsigned char or bool points at, as 1 x 28 x 28.  scale multiplies them when they are read (0: 1/255 for U8, 1 otherwise). */
typedef struct mica_array {
	const void *data;
	mica_dtype type;
	mica_shape shape;
	double scale;
} mica_array;
#define MICA_ARRAY(p, ...) ((mica_array){(p), MICA_TYPE_OF(p), MICA_SHAPE(__VA_ARGS__), 0})
#define MICA_TYPE_OF(p)                                                                                           \
	_Generic((p), float *: MICA_F32, const float *: MICA_F32, double *: MICA_F64, const double *: MICA_F64,   \
	         int *: MICA_I32, const int *: MICA_I32, int64_t *: MICA_I64, const int64_t *: MICA_I64,          \
	         unsigned char *: MICA_U8, const unsigned char *: MICA_U8, bool *: MICA_BOOL, const bool *: MICA_BOOL)

MICA_END_DECLS
#endif
