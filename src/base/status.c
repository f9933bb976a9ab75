/* SPDX-License-Identifier: MIT */
/* base/status.c - status names and texts, and the one line that says why the last call of this thread failed.
   The line is a fixed array per thread: there may be no context yet to hold it, and reporting ENOMEM needs no memory. */
#include "base/base.h"

#include <string.h>

static _Thread_local char reason[MICA__REASON];
static _Thread_local mica_status status; /* of that line */

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

mica_status mica__reason_status(void)
{
	return status;
}

const char *mica_version(void)
{
	return MICA_VERSION;
}

static void record(const char *fmt, va_list args)
{
	char line[sizeof reason]; /* the arguments may point into the reason that is replaced */
	mica__vformat(line, sizeof line, fmt, args);
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	memcpy(reason, line, strlen(line) + 1);
}

mica_status mica__fail(mica_status s, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	record(fmt, args);
	va_end(args);
	status = s;
	return s;
}

mica_status mica__unmade(const char *caller)
{
	return status != MICA_OK ? status : mica__fail(MICA_ENOMEM, "%s: no memory for the description", caller);
}

mica_status mica__fail_null(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	if (!*reason) {
		record(fmt, args);
		status = MICA_EINVAL;
	}
	va_end(args);
	return MICA_EINVAL;
}

bool mica__absent(const void *handle, const char *caller, const char *what)
{
	if (!handle)
		mica__fail_null("%s: no %s", caller, what);
	return !handle;
}

void mica__reason_keep(mica__kept_reason *k)
{
	memcpy(k->line, reason, strlen(reason) + 1);
	k->status = status;
}

void mica__reason_restore(const mica__kept_reason *k)
{
	memcpy(reason, k->line, strlen(k->line) + 1);
	status = k->status;
}

void mica__reason_clear(void)
{
	*reason = 0;
	status = MICA_OK;
}
