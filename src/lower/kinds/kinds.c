/* SPDX-License-Identifier: MIT */
/* lower/kinds/kinds.c - the one list of kinds of kernels (see kind.h). */
#include "lower/kind.h"

extern const mica__kind mica__turn_kind, mica__product_kind, mica__scatter_kind, mica__row_kind, mica__column_kind, mica__map_kind;

/* The first that takes a root; map takes any. */
static const mica__kind *const kinds[] = {&mica__turn_kind, &mica__product_kind, &mica__scatter_kind, &mica__row_kind, &mica__column_kind,
                                          &mica__map_kind};

const mica__kind *mica__kind_for(const mica__plan *p, mica_var x, mica__group *g)
{
	size_t i = 0;
	while (i + 1 < MICA__COUNT(kinds) && !kinds[i]->takes(p, x, g))
		i++;
	return kinds[i];
}
