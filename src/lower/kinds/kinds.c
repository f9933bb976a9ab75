/* SPDX-License-Identifier: MIT */
/* lower/kinds/kinds.c - the one list of kinds of kernels (see kind.h). */
#include "lower/kind.h"

extern const mica__kind mica__turn_kind, mica__product_kind, mica__winograd_kind, mica__winograd_weight_kind, mica__winograd_spread_kind,
	mica__depthwise_kind, mica__depthwise_weight_kind, mica__convolution_kind, mica__convolution_weight_kind, mica__attention_kind,
	mica__attention_gradient_kind, mica__buckets_kind, mica__scatter_kind, mica__along_kind, mica__sort_kind, mica__recurrence_kind,
	mica__row_kind, mica__column_kind, mica__map_kind;

/* The first that takes a root; map takes any. */
static const mica__kind *const kinds[] = {&mica__turn_kind, &mica__product_kind, &mica__winograd_kind, &mica__winograd_weight_kind,
                                          &mica__winograd_spread_kind, &mica__depthwise_kind,
                                          &mica__depthwise_weight_kind, &mica__convolution_kind,
                                          &mica__convolution_weight_kind, &mica__attention_kind, &mica__attention_gradient_kind,
                                          &mica__buckets_kind, &mica__scatter_kind, &mica__along_kind, &mica__sort_kind,
                                          &mica__recurrence_kind, &mica__row_kind, &mica__column_kind, &mica__map_kind};

const mica__kind *mica__kind_of(const mica__plan *p, mica_var x)
{
	size_t i = 0;
	while (i + 1 < MICA__COUNT(kinds) && !kinds[i]->takes(p, x))
		i++;
	return kinds[i];
}

void mica__tune_kinds(mica__plan *p)
{
	for (size_t i = 0; i < MICA__COUNT(kinds); i++)
		if (kinds[i]->tune)
			kinds[i]->tune(p);
}

void mica__kind_options(const mica__plan *p, mica__text *out)
{
	for (size_t i = 0; i < MICA__COUNT(kinds); i++)
		if (kinds[i]->options)
			kinds[i]->options(p, out);
}
