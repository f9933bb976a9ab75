/* SPDX-License-Identifier: MIT */
/* lower/kinds/kept.h - a costly value of each element that several passes over a row need (softmax: the exponential): the
   first of them, for the reductions at depth, stores it where the root `place` will be stored by the last. */
#ifndef MICA_LOWER_KINDS_KEPT_H
#define MICA_LOWER_KINDS_KEPT_H
#include "lower/emit.h"

typedef struct mica__kept {
	mica_var value, place; /* value is NULL if there is none */
	size_t depth;
} mica__kept;

mica__kept mica__kept_find(const mica__emitter *e, size_t deepest);
/* In the pass that makes the value; in later ones, before anything computes it. */
void mica__kept_store(mica__emitter *e, const mica__kept *k);
void mica__kept_load(mica__emitter *e, const mica__kept *k);

#endif
