/* SPDX-License-Identifier: MIT */
/* mica/merge.h - layers that make one result of several inputs.
   Inputs have the same batch.  Where their ranks differ, axes of 1 are put behind the batch of the shorter ones; then shapes broadcast.
   ESHAPE for those that do not. */
#ifndef MICA_MERGE_H
#define MICA_MERGE_H
#include "mica/layer.h"

MICA_BEGIN_DECLS

#define MICA_MERGE_(name, type, ...) MICA_PART(mica_layer, &mica_kind_##name, &(type){MICA_OPTS(type), __VA_ARGS__})

/* Element by element.  If all inputs have masks, the result has one that is true where any of theirs is; what is masked then counts for
   nothing in a product (as 1), a maximum and a minimum (as the others). */
typedef struct mica_merge_opts { size_t size; const char *name; } mica_merge_opts;
#define mica_merge_add(...) MICA_MERGE_(add, mica_merge_opts, __VA_ARGS__)
#define mica_merge_subtract(...) MICA_MERGE_(subtract, mica_merge_opts, __VA_ARGS__) /* two inputs */
#define mica_merge_multiply(...) MICA_MERGE_(multiply, mica_merge_opts, __VA_ARGS__)
#define mica_merge_average(...) MICA_MERGE_(average, mica_merge_opts, __VA_ARGS__)
#define mica_merge_maximum(...) MICA_MERGE_(maximum, mica_merge_opts, __VA_ARGS__)
#define mica_merge_minimum(...) MICA_MERGE_(minimum, mica_merge_opts, __VA_ARGS__)

/* One after the other along an axis, which is not the batch; all others are equal.  Masks are put together too; an input without one
   counts everywhere. */
typedef struct mica_concatenate_opts { size_t size; int axis; const char *name; } mica_concatenate_opts; /* 0: -1, the last */
#define mica_concatenate(...) MICA_MERGE_(concatenate, mica_concatenate_opts, __VA_ARGS__)

/* Sums of products of two inputs over an axis of each, for each sample: the axes that are left of the first, then those of the second,
   or (batch, 1) where none are left.  normalize: of vectors divided by their norms, which are at least 1e-7. */
typedef struct mica_dot_opts {
	size_t size;
	int axes[2]; /* 0: -1, the last, and the second as the first */
	bool normalize;
	const char *name;
} mica_dot_opts;
#define mica_dot(...) MICA_MERGE_(dot, mica_dot_opts, __VA_ARGS__) /* mica_dot(.axes = {1, 2}) */

MICA_API extern const mica_kind mica_kind_add, mica_kind_subtract, mica_kind_multiply, mica_kind_average, mica_kind_maximum, mica_kind_minimum,
	mica_kind_concatenate, mica_kind_dot;

MICA_END_DECLS
#endif
