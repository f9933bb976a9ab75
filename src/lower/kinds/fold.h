/* SPDX-License-Identifier: MIT */
/* lower/kinds/fold.h - accumulators of a GPU's work-items and the tree that combines them, for rows and columns.
   The accumulator of root number i is a<i> (and i<i>, the place, for an argmax), its result f<i>. */
#ifndef MICA_LOWER_KINDS_FOLD_H
#define MICA_LOWER_KINDS_FOLD_H
#include "lower/emit.h"

/* first: the place that an argmax begins with. */
void mica__fold_declare(mica_var x, size_t index, const char *first, mica__text *out);
/* Takes v, which is number `at` of what is reduced, into the accumulator, in the element text. */
void mica__fold_add(mica__emitter *e, mica_var x, size_t index, mica__name v, const char *at);
/* Combines the accumulators of n work-items, `stride` apart and numbered by `at`: declares f<i> of each root in
   which[0..count). */
void mica__fold(mica__emitter *e, const size_t *which, size_t count, const char *at, const char *n, const char *stride,
                mica__text *out);

/* The slots of local memory that a value of x takes: they are as long as reals. */
size_t mica__value_slots(const mica__emitter *e, mica_var x);

#endif
