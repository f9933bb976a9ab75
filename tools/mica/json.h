/* SPDX-License-Identifier: MIT */
/* tools/mica/json.h - files that replace old ones only when they are whole; JSON written into one piece by piece. */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct replacement {
	FILE *file;
	char path[PATH_MAX], part[PATH_MAX]; /* where it goes, where it is written first; part is "" if it is the same */
} replacement;

/* path "-" is standard output.  False, with errno, if the file cannot be made; replace_end if it cannot be written. */
bool replace_begin(replacement *o, const char *path);
bool replace_end(replacement *o);
/* Instead of replace_end: an old file stays as it was. */
void replace_discard(replacement *o);

typedef struct json {
	replacement to;
	int depth;
	bool filled[16];             /* per depth: has an element already */
} json;

/* As those of its file. */
bool json_begin(json *j, const char *path);
bool json_end(json *j);
void json_discard(json *j);

/* name is NULL in arrays and for the outermost value.  (json_real and json_null would be called by jansson's users, too.) */
void json_open(json *j, const char *name, char bracket);
void json_close(json *j, char bracket);
void json_put_text(json *j, const char *name, const char *text);
void json_put_whole(json *j, const char *name, uint64_t value);
void json_put_real(json *j, const char *name, double value); /* null if it is not finite */
void json_put_flag(json *j, const char *name, bool value);

#endif
