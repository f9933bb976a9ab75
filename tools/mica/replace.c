/* SPDX-License-Identifier: MIT */
/* tools/mica/replace.c - files that are written beside their place and then moved there. */
#include "tool.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PATH.part, with a shorter name where that would be too long. */
static bool name_part(replacement *o)
{
	const char *slash = strrchr(o->path, '/'), *name = slash ? slash + 1 : o->path;
	int kept = strlen(name) > NAME_MAX ? NAME_MAX + 1 : (int)strlen(name); /* too long is said when it is opened */

	if (kept > NAME_MAX - 5 && kept <= NAME_MAX)
		kept = NAME_MAX - 5;
	if (snprintf(o->part, sizeof o->part, "%.*s%.*s.part", (int)(name - o->path), o->path, kept, name) < (int)sizeof o->part)
		return true;
	errno = ENAMETOOLONG;
	return false;
}

bool replace_begin(replacement *o, const char *path)
{
	struct stat old;
	bool there = stat(path, &old) == 0;

	memset(o, 0, sizeof *o);
	if (!strcmp(path, "-")) {
		o->file = stdout;
		return true;
	}
	if (!target_resolve(o->path, path))
		return false;
	if ((!there || S_ISREG(old.st_mode)) && !name_part(o)) /* a pipe or a device is written as it is */
		return false;
	o->file = fopen(o->part[0] ? o->part : path, "w");
	return o->file != NULL;
}

bool replace_end(replacement *o)
{
	bool good = fflush(o->file) == 0 && !ferror(o->file);

	if (o->file == stdout)
		return good;
	if (o->part[0])
		good = good && fsync(fileno(o->file)) == 0;
	good = fclose(o->file) == 0 && good;
	if (!o->part[0])
		return good;
	good = good && rename(o->part, o->path) == 0;
	if (!good) {
		int cause = errno;
		remove(o->part);
		errno = cause;
	}
	return good;
}

void replace_discard(replacement *o)
{
	if (o->file != stdout)
		fclose(o->file);
	if (o->part[0])
		remove(o->part);
}
