/* SPDX-License-Identifier: MIT */
/* tools/mica/json.c - indentation, commas and escapes; the file is written beside its place and then moved there. */
#include "tool.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PATH.part, with a shorter name where that would be too long. */
static bool name_part(json *j)
{
	const char *slash = strrchr(j->path, '/'), *name = slash ? slash + 1 : j->path;
	int kept = strlen(name) > NAME_MAX ? NAME_MAX + 1 : (int)strlen(name); /* too long is said when it is opened */

	if (kept > NAME_MAX - 5 && kept <= NAME_MAX)
		kept = NAME_MAX - 5;
	if (snprintf(j->part, sizeof j->part, "%.*s%.*s.part", (int)(name - j->path), j->path, kept, name) < (int)sizeof j->part)
		return true;
	errno = ENAMETOOLONG;
	return false;
}

bool json_begin(json *j, const char *path)
{
	struct stat old;
	bool there = stat(path, &old) == 0;

	memset(j, 0, sizeof *j);
	if (!strcmp(path, "-")) {
		j->file = stdout;
		return true;
	}
	if (!target_resolve(j->path, path))
		return false;
	if ((!there || S_ISREG(old.st_mode)) && !name_part(j)) /* a pipe or a device is written as it is */
		return false;
	j->file = fopen(j->part[0] ? j->part : path, "w");
	return j->file != NULL;
}

bool json_end(json *j)
{
	bool good = fputc('\n', j->file) != EOF && fflush(j->file) == 0 && !ferror(j->file);

	if (j->file == stdout)
		return good;
	if (j->part[0])
		good = good && fsync(fileno(j->file)) == 0;
	good = fclose(j->file) == 0 && good;
	if (!j->part[0])
		return good;
	good = good && rename(j->part, j->path) == 0;
	if (!good) {
		int cause = errno;
		remove(j->part);
		errno = cause;
	}
	return good;
}

void json_discard(json *j)
{
	if (j->file != stdout)
		fclose(j->file);
	if (j->part[0])
		remove(j->part);
}

static void write_text(json *j, const char *s)
{
	fputc('"', j->file);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			fprintf(j->file, "\\%c", c);
		else if (c < 32)
			fprintf(j->file, "\\u%04x", c);
		else
			fputc(c, j->file);
	}
	fputc('"', j->file);
}

static void new_line(json *j)
{
	fprintf(j->file, "\n%*s", 2 * j->depth, "");
}

/* All that stands before a value: comma, line, name. */
static void begin_value(json *j, const char *name)
{
	if (j->filled[j->depth])
		fputc(',', j->file);
	if (j->depth)
		new_line(j);
	j->filled[j->depth] = true;
	if (name) {
		write_text(j, name);
		fputs(": ", j->file);
	}
}

void json_open(json *j, const char *name, char bracket)
{
	begin_value(j, name);
	fputc(bracket, j->file);
	j->filled[++j->depth] = false;
}

void json_close(json *j, char bracket)
{
	bool filled = j->filled[j->depth--];

	if (filled)
		new_line(j);
	fputc(bracket, j->file);
}

void json_text(json *j, const char *name, const char *text)
{
	begin_value(j, name);
	write_text(j, text);
}

void json_whole(json *j, const char *name, uint64_t value)
{
	begin_value(j, name);
	fprintf(j->file, "%llu", (unsigned long long)value);
}

void json_real(json *j, const char *name, double value)
{
	if (!isfinite(value)) {
		json_null(j, name);
		return;
	}
	begin_value(j, name);
	fprintf(j->file, "%.9g", value);
}

void json_flag(json *j, const char *name, bool value)
{
	begin_value(j, name);
	fputs(value ? "true" : "false", j->file);
}

void json_null(json *j, const char *name)
{
	begin_value(j, name);
	fputs("null", j->file);
}
