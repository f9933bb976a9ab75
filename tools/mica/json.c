/* SPDX-License-Identifier: MIT */
/* tools/mica/json.c - indentation, commas and escapes. */
#include "tool.h"

#include <math.h>
#include <string.h>

bool json_begin(json *j, const char *path)
{
	memset(j, 0, sizeof *j);
	return replace_begin(&j->to, path);
}

bool json_end(json *j)
{
	fputc('\n', j->to.file); /* whose failure the end of the file tells */
	return replace_end(&j->to);
}

void json_discard(json *j)
{
	replace_discard(&j->to);
}

static void write_text(json *j, const char *s)
{
	fputc('"', j->to.file);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			fprintf(j->to.file, "\\%c", c);
		else if (c < 32)
			fprintf(j->to.file, "\\u%04x", c);
		else
			fputc(c, j->to.file);
	}
	fputc('"', j->to.file);
}

static void new_line(json *j)
{
	fprintf(j->to.file, "\n%*s", 2 * j->depth, "");
}

/* All that stands before a value: comma, line, name. */
static void begin_value(json *j, const char *name)
{
	if (j->filled[j->depth])
		fputc(',', j->to.file);
	if (j->depth)
		new_line(j);
	j->filled[j->depth] = true;
	if (name) {
		write_text(j, name);
		fputs(": ", j->to.file);
	}
}

void json_open(json *j, const char *name, char bracket)
{
	begin_value(j, name);
	fputc(bracket, j->to.file);
	j->filled[++j->depth] = false;
}

void json_close(json *j, char bracket)
{
	bool filled = j->filled[j->depth--];

	if (filled)
		new_line(j);
	fputc(bracket, j->to.file);
}

void json_put_text(json *j, const char *name, const char *text)
{
	begin_value(j, name);
	write_text(j, text);
}

void json_put_whole(json *j, const char *name, uint64_t value)
{
	begin_value(j, name);
	fprintf(j->to.file, "%llu", (unsigned long long)value);
}

void json_put_real(json *j, const char *name, double value)
{
	begin_value(j, name);
	if (isfinite(value))
		fprintf(j->to.file, "%.9g", value);
	else
		fputs("null", j->to.file);
}

void json_put_flag(json *j, const char *name, bool value)
{
	begin_value(j, name);
	fputs(value ? "true" : "false", j->to.file);
}
