/* SPDX-License-Identifier: MIT */
/* base/part.h - parts as they are kept: with options of their own, in which defaults stand and nothing is borrowed but what no
   row describes (a user's payload). */
#ifndef MICA_BASE_PART_H
#define MICA_BASE_PART_H
#include "base/fields.h"

/* Makes the part a copy of its own, nested parts and texts included; mica__part_drop frees it.  No part stays none; of one that
   is kept already the copy is equal.
   EINVAL for a kind of another type than one of the two (losses are metrics too), options out of range, or parts in parts
   beyond eight; EUNSUPPORTED for options of a newer version.  Messages begin with the kind's name. */
mica_status mica__part_keep(mica_part *part, mica_part_type type, mica_part_type or_type);
/* Of zeros and what was never kept is none: fine. */
void mica__part_drop(mica_part *part);

/* The kind, of the part or of one in it, whose options hold something that no row is about, as a function or a payload; NULL: rows
   say all.  part is kept. */
const mica_kind *mica__part_undescribed(const mica_part *part);

/* The text option of that name; NULL if it is not given, or the kind has none.  part is kept. */
const char *mica__part_text(const mica_part *part, const char *name);
/* The option of that name that is a part; false if the kind has none.  part is kept. */
bool mica__part_inner(const mica_part *part, const char *name, mica_part *out);

/* What a kind is called where people read it. */
const char *mica__kind_title(const mica_kind *kind);

#endif
