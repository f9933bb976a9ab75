/* SPDX-License-Identifier: MIT */
/* lower/skeleton.h - OpenCL C with named holes: the loops that the generated expressions stand in, readable as text.
   A file cl/skeletons/NAME.cl has sections, each begun by a line "//@ section"; in one, @hole@ is replaced by the text that
   the caller gives under that name. */
#ifndef MICA_LOWER_SKELETON_H
#define MICA_LOWER_SKELETON_H
#include "base/base.h"

typedef struct mica__hole {
	const char *name, *text;
} mica__hole;
#define MICA__HOLES(...) (const mica__hole[]){__VA_ARGS__, {NULL, NULL}}

/* Appends a section of a file with its holes filled.  EBUILD for a file, section or hole that is not there. */
mica_status mica__skeleton(mica__text *out, const char *file, const char *section, const mica__hole *holes);

#endif
