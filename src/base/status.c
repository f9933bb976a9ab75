/* SPDX-License-Identifier: MIT */
/* base/status.c - status names and texts, and the one line that says why the last call of this thread failed.
   The line is a fixed array per thread: there may be no context yet to hold it, and reporting ENOMEM needs no memory. */
#include "base/base.h"

#include <string.h>

static _Thread_local char reason[1024];

const char *mica_status_name(mica_status s)
{
	switch (s) {
#define X(id, value, text) \
	case MICA_##id:    \
		return #id;
		MICA_STATUS_MAP(X)
#undef X
	}
	return "UNKNOWN";
}

const char *mica_status_text(mica_status s)
{
	switch (s) {
#define X(id, value, text) \
	case MICA_##id:    \
		return text;
		MICA_STATUS_MAP(X)
#undef X
	}
	return "not a status of this library";
}

const char *mica__reason(void)
{
	return reason;
}

const char *mica_version(void)
{
	return MICA_VERSION;
}

mica_status mica__fail(mica_status s, const char *fmt, ...)
{
	char line[sizeof reason]; /* the arguments may point into the reason that is replaced */
	va_list args;
	va_start(args, fmt);
	mica__vformat(line, sizeof line, fmt, args);
	va_end(args);
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	memcpy(reason, line, strlen(line) + 1);
	return s;
}
