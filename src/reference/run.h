/* SPDX-License-Identifier: MIT */
/* reference/run.h - what the families of operations share.  A family's function fills out, whose type and shape are the
   node's and whose elements are zero, from the values of the node's inputs. */
#ifndef MICA_REFERENCE_RUN_H
#define MICA_REFERENCE_RUN_H
#include "reference/reference.h"

typedef struct mica__run {
	const mica__reference *r;
	uint64_t random;
} mica__run;

typedef void mica__interpret(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out);
mica__interpret mica__run_fill, mica__run_iota, mica__run_random, mica__run_cast;
mica__interpret mica__run_elementwise;
mica__interpret mica__run_transpose, mica__run_broadcast, mica__run_slice, mica__run_pad, mica__run_concat, mica__run_flip;
mica__interpret mica__run_window, mica__run_spread;
mica__interpret mica__run_gather, mica__run_buckets, mica__run_scatter_add;
mica__interpret mica__run_reduce, mica__run_argmax, mica__run_matmul, mica__run_attention, mica__run_attention_gradient;
mica__interpret mica__run_pad_mode, mica__run_convolution, mica__run_recurrence, mica__run_order, mica__run_take_along, mica__run_scatter_along;

enum { MICA__ELEMENT = 8 /* bytes, of any type */ };
mica_status mica__array_make(mica__array *out, mica_dtype t, const mica_shape *s);
/* The elements of a in another shape of as many. */
mica__array mica__array_share(const mica__array *a, const mica_shape *s);
void mica__array_release(mica__array *a); /* twice is fine */

/* A sum of whole numbers as the type holds it. */
static inline int64_t mica__whole_sum(mica_dtype t, int64_t a, int64_t b)
{
	return mica__dtype_wrap(t, (int64_t)((uint64_t)a + (uint64_t)b));
}

/* Rounds what was computed as the run asks; ulps: how far off a device may be before it rounds (0: not at all). */
void mica__settle(mica__run *run, mica__array *a, double ulps);
/* A partial sum of type t, as a device may have rounded it. */
double mica__noisy(mica__run *run, mica_dtype t, double x, double ulps);
static inline double mica__partial(mica__run *run, mica_dtype t, double x)
{
	return run->r->rounding == MICA__NOISY ? mica__noisy(run, t, x, 0) : x;
}

/* How many of n steps a device may take together: all, or where there is noise any number, at least 1. */
size_t mica__some_of(mica__run *run, size_t n);
/* The order in which a device may add n terms: as they are, or where there is noise from any of them by any step. */
typedef struct mica__terms {
	size_t n, circle, at, step; /* circle: n or more, whose places past n are passed over */
} mica__terms;
mica__terms mica__terms_of(mica__run *run, size_t n);
static inline size_t mica__terms_next(mica__terms *o)
{
	size_t at;
	do {
		at = o->at;
		o->at = at + o->step < o->circle ? at + o->step : at + o->step - o->circle;
	} while (at >= o->n);
	return at;
}

/* Elements between neighbours along each axis of a row-major shape. */
void mica__strides(const mica_shape *s, ptrdiff_t *stride);
/* Visits the elements of a shape in order, the last axis as a whole: position[k] is that of operand k, which moves by
   stride[k][axis].  mica__walk_next goes to the next row; false after the last. */
typedef struct mica__walk {
	const mica_shape *shape;
	size_t n, index[MICA_MAX_RANK];
	const ptrdiff_t *stride[4];
	ptrdiff_t position[4];
} mica__walk;
bool mica__walk_next(mica__walk *w);

#endif
