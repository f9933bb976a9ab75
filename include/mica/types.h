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

MICA_END_DECLS
#endif
