/* SPDX-License-Identifier: MIT */
/* data/little.h - whole numbers of so many bytes, the lowest first, as files have them. */
#ifndef MICA_DATA_LITTLE_H
#define MICA_DATA_LITTLE_H
#include "base/base.h"

static inline uint64_t mica__little(const unsigned char *p, size_t bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static inline void mica__little_add(mica__text *t, uint64_t number, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		mica__text_append(t, &(char){(char)(number >> 8 * i)}, 1);
}

#endif
