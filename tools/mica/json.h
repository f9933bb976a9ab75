/* SPDX-License-Identifier: MIT */
/* tools/mica/json.h - JSON written piece by piece into a file that replaces an old one only when it is whole. */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct json {
	FILE *file;
	char path[PATH_MAX], part[PATH_MAX]; /* where it goes, where it is written first; part is "" if it is the same */
	int depth;
	bool filled[16];             /* per depth: has an element already */
} json;

/* path "-" is standard output.  False, with errno, if the file cannot be made; json_end if it cannot be written. */
bool json_begin(json *j, const char *path);
bool json_end(json *j);
/* Instead of json_end: an old file stays as it was. */
void json_discard(json *j);

/* name is NULL in arrays and for the outermost value. */
void json_open(json *j, const char *name, char bracket);
void json_close(json *j, char bracket);
void json_text(json *j, const char *name, const char *text);
void json_whole(json *j, const char *name, uint64_t value);
void json_real(json *j, const char *name, double value); /* null if it is not finite */
void json_flag(json *j, const char *name, bool value);
void json_null(json *j, const char *name);

#endif
