/* SPDX-License-Identifier: MIT */
/* tools/mica/target.c - names of files to write: where they lead, and whether two lead to one file. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool target_resolve(char out[PATH_MAX], const char *path)
{
	enum { LINKS_MOST = 40 };
	char to[PATH_MAX];
	size_t n = strlen(path);

	if (n >= PATH_MAX)
		return errno = ENAMETOOLONG, false;
	memcpy(out, path, n + 1);
	for (int links = 0; links < LINKS_MOST; links++) {
		ssize_t got = readlink(out, to, sizeof to - 1);
		if (got < 0)
			return errno == EINVAL || errno == ENOENT;
		char *slash = strrchr(out, '/');
		size_t kept = to[0] != '/' && slash ? (size_t)(slash + 1 - out) : 0;
		if (kept + (size_t)got >= PATH_MAX)
			return errno = ENAMETOOLONG, false;
		memcpy(out + kept, to, (size_t)got);
		out[kept + (size_t)got] = 0;
	}
	return errno = ELOOP, false;
}

/* The folder that a resolved name is in, and the name there. */
static const char *split(char *path, struct stat *folder)
{
	char *slash = strrchr(path, '/');
	int failed;

	if (slash)
		*slash = 0;
	failed = stat(!slash ? "." : *path ? path : "/", folder);
	return failed ? NULL : slash ? slash + 1 : path;
}

bool target_same(const char *a, const char *b)
{
	char path_a[PATH_MAX], path_b[PATH_MAX];
	struct stat sa, sb;
	bool there_a = stat(a, &sa) == 0, there_b = stat(b, &sb) == 0;

	if (there_a && there_b)
		return sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
	if (there_a || there_b || !target_resolve(path_a, a) || !target_resolve(path_b, b))
		return false;
	const char *name_a = split(path_a, &sa), *name_b = split(path_b, &sb);
	return name_a && name_b && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino && !strcmp(name_a, name_b);
}
