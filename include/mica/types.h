/* SPDX-License-Identifier: MIT */
/* mica/types.h - what a number is stored as, and shapes.
   Shapes are row-major and written outermost dimension first.  Plain values: nobody owns them. */
#ifndef MICA_TYPES_H
#define MICA_TYPES_H
#include "mica/status.h"

MICA_BEGIN_DECLS

/* F32 and F64 are reals; I32 is for indices and counts; U8 is for storage: cast it before computing. */
typedef enum mica_dtype { MICA_F32, MICA_F64, MICA_I32, MICA_U8 } mica_dtype;

#define MICA_MAX_RANK 8
typedef struct mica_shape {
	size_t rank;
	size_t dim[MICA_MAX_RANK];
} mica_shape;
/* MICA_SHAPE(28, 28) is a shape; MICA_SCALAR_SHAPE has rank 0. */
#define MICA_SHAPE(...)                                                                                           \
	((mica_shape){sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t), {__VA_ARGS__}})
#define MICA_SCALAR_SHAPE ((mica_shape){0, {0}})

/* Values of the caller's, row-major: MICA_ARRAY(image, 1, 28, 28) is what the pointer or array image of float, double, int or
   unsigned char points at, as 1 x 28 x 28.  scale multiplies them when they are read (0: 1/255 for U8, 1 otherwise). */
typedef struct mica_array {
	const void *data;
	mica_dtype type;
	mica_shape shape;
	double scale;
} mica_array;
#define MICA_ARRAY(p, ...) ((mica_array){(p), MICA_TYPE_OF(p), MICA_SHAPE(__VA_ARGS__), 0})
#define MICA_TYPE_OF(p)                                                                                           \
	_Generic((p), float *: MICA_F32, const float *: MICA_F32, double *: MICA_F64, const double *: MICA_F64,   \
	         int *: MICA_I32, const int *: MICA_I32, unsigned char *: MICA_U8, const unsigned char *: MICA_U8)

MICA_END_DECLS
#endif
