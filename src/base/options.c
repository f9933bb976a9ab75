/* SPDX-License-Identifier: MIT */
/* base/options.c - options of callers that were compiled with an older or a newer version of the public headers.
   Members are only ever added at the end of an options struct, and 0 is what an older version did. */
#include "base/base.h"

#include <string.h>

mica_status mica__options(void *to, const void *from, size_t size, const char *what)
{
	size_t theirs = 0;
	const char *bytes = from;

	memset(to, 0, size);
	if (from)
		memcpy(&theirs, from, sizeof theirs);
	else
		return MICA_OK;
	if (!theirs)
		theirs = size;
	for (size_t i = size; i < theirs; i++)
		if (bytes[i])
			return mica__fail(MICA_EUNSUPPORTED, "%s: an option that this version (%s) does not know; use the library that"
			                  " belongs to the program's headers", what, mica_version());
	memcpy(to, from, theirs < size ? theirs : size);
	memcpy(to, &size, sizeof size);
	return MICA_OK;
}
