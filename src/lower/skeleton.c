/* SPDX-License-Identifier: MIT */
/* lower/skeleton.c - fills the holes of loop skeletons (see skeleton.h). */
#include "lower/skeleton.h"

#include "device/device.h"

#include <string.h>

/* The text after the line "//@ section". */
static const char *find_section(const char *text, const char *section)
{
	size_t n = strlen(section);
	for (const char *at = strstr(text, "//@ "); at; at = strstr(at + 1, "//@ "))
		if (!strncmp(at + 4, section, n) && at[4 + n] == '\n')
			return at + 5 + n;
	return NULL;
}

static const char *find_hole(const mica__hole *holes, const char *name, size_t n)
{
	for (; holes->name; holes++)
		if (strlen(holes->name) == n && !memcmp(holes->name, name, n))
			return holes->text;
	return NULL;
}

mica_status mica__skeleton(mica__text *out, const char *file, const char *section, const mica__hole *holes)
{
	const char *text = mica__kernel_source(file), *at = text ? find_section(text, section) : NULL;
	if (!text)
		return mica__fail(MICA_EBUILD, "kernel text %s: %s; MICA_KERNEL_DIR names a folder like cl/", file, mica__reason());
	if (!at)
		return mica__fail(MICA_EBUILD, "skeleton %s: there is no section %s", file, section);
	const char *stop = strstr(at, "//@ "), *end = stop ? stop : at + strlen(at);
	while (at < end) {
		const char *hole = memchr(at, '@', (size_t)(end - at));
		mica__text_append(out, at, (size_t)((hole ? hole : end) - at));
		if (!hole)
			break;
		const char *close = memchr(hole + 1, '@', (size_t)(end - hole - 1));
		const char *with = close ? find_hole(holes, hole + 1, (size_t)(close - hole - 1)) : NULL;
		if (!with)
			return mica__fail(MICA_EBUILD, "skeleton %s, %s: nothing for @%.*s@", file, section,
			                  (int)(close ? close - hole - 1 : end - hole - 1), hole + 1);
		mica__text_append(out, with, strlen(with));
		at = close + 1;
	}
	return out->failed ? MICA_ENOMEM : MICA_OK;
}
