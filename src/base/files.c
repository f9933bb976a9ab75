/* SPDX-License-Identifier: MIT */
/* base/files.c - whole files: read with a limit, replace atomically.
   A file may change while it is read, a disk may fill while it is written: what is read is never longer than what was
   asked for, and what was on disk stays until the new file is whole. */
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mica_status failed(const char *doing, const char *path)
{
	return mica__fail(MICA_EIO, "%s %s: %s", doing, path, strerror(errno));
}

static mica_status read_all(int fd, unsigned char *to, size_t size, size_t *n, const char *path)
{
	for (*n = 0; *n < size;) {
		ssize_t got = read(fd, to + *n, size - *n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failed("reading", path);
		if (!got)
			break;
		*n += (size_t)got;
	}
	return MICA_OK;
}

static mica_status read_open(unsigned char **out, size_t *n, int fd, const char *path, size_t limit)
{
	struct stat about;
	if (fstat(fd, &about))
		return failed("reading", path);
	if (!S_ISREG(about.st_mode))
		return mica__fail(MICA_EIO, "reading %s: not a regular file", path);
	if ((uintmax_t)about.st_size > limit)
		return mica__fail(MICA_EIO, "reading %s: %ju bytes, more than the %zu allowed here", path,
		                  (uintmax_t)about.st_size, limit);
	size_t size = (size_t)about.st_size;
	unsigned char *data = size < SIZE_MAX - MICA__FILE_TAIL ? mica__alloc(size + MICA__FILE_TAIL, 1) : NULL;
	if (!data)
		return MICA_ENOMEM;
	mica_status st = read_all(fd, data, size, n, path);
	if (st == MICA_OK && *n < size)
		st = mica__fail(MICA_EIO, "reading %s: ended after %zu of %zu bytes", path, *n, size);
	if (st == MICA_OK)
		*out = data;
	else
		mica__free(data);
	return st;
}

mica_status mica__file_read(unsigned char **out, size_t *n, const char *path, size_t limit)
{
	*out = NULL;
	*n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe without a writer must not hold us up */
	if (fd < 0)
		return failed("reading", path);
	mica_status st = read_open(out, n, fd, path, limit);
	close(fd);
	if (st != MICA_OK)
		*n = 0;
	return st;
}

static mica_status write_all(int fd, const unsigned char *data, size_t n, const char *path)
{
	while (n) {
		ssize_t put = write(fd, data, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return failed("writing", path);
		data += put;
		n -= (size_t)put;
	}
	return MICA_OK;
}

/* The folder of path: what is before the last slash. */
static char *folder_of(const char *path)
{
	char *folder = mica__strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
	if (!folder)
		return NULL;
	if (slash == folder)
		slash[1] = 0;
	else if (slash)
		*slash = 0;
	else
		strcpy(folder, "."); /* path is not empty: it was opened */
	return folder;
}

/* A rename is on disk when its folder is.  Some file systems refuse to sync folders and need no such call. */
static mica_status sync_folder(const char *path)
{
	char *folder = folder_of(path);
	if (!folder)
		return MICA_ENOMEM;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mica_status st = fd < 0 || (fsync(fd) && errno != EINVAL && errno != EROFS) ? failed("syncing", folder) : MICA_OK;
	if (fd >= 0)
		close(fd);
	mica__free(folder);
	return st;
}

static mica_status write_temporary(int fd, const char *path, const char *temporary, const mica__piece *pieces, size_t count)
{
	mica_status st = MICA_OK;
	struct stat old;
	if (!stat(path, &old) && fchmod(fd, old.st_mode & 07777))
		st = failed("writing", temporary);
	for (size_t i = 0; i < count && st == MICA_OK; i++)
		st = write_all(fd, pieces[i].data, pieces[i].n, path);
	if (st == MICA_OK && fsync(fd))
		st = failed("writing", path);
	if (close(fd) && st == MICA_OK)
		st = failed("writing", path);
	if (st == MICA_OK && rename(temporary, path))
		st = failed("replacing", path);
	return st;
}

mica_status mica__file_replace(const char *path, const mica__piece *pieces, size_t count)
{
	mica__text name = {0};
	struct stat old;
	int fd = -1;
	if (!stat(path, &old) && !S_ISREG(old.st_mode)) /* a rename would take a device's or a pipe's place */
		return mica__fail(MICA_EIO, "writing %s: not a regular file; name another", path);
	for (unsigned try = 0; try < 100 && fd < 0; try++) { /* names left by killed processes are passed over */
		mica__text_free(&name);
		mica__text_add(&name, "%s.%ld.%u.tmp", path, (long)getpid(), try);
		if (name.failed)
			return MICA_ENOMEM;
		fd = open(name.s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	mica_status st = fd < 0 ? failed("writing", path) : write_temporary(fd, path, name.s, pieces, count);
	if (fd >= 0 && st != MICA_OK)
		unlink(name.s);
	mica__text_free(&name);
	return st == MICA_OK ? sync_folder(path) : st;
}

static mica_status make_one(const char *path)
{
	struct stat about;
	if (!mkdir(path, 0700))
		return MICA_OK;
	int why = errno;
	if (!stat(path, &about) && S_ISDIR(about.st_mode))
		return MICA_OK;
	errno = why;
	return failed("making the folder", path);
}

mica_status mica__folder_make(const char *path)
{
	char *part = mica__strdup(path);
	mica_status st = part ? MICA_OK : MICA_ENOMEM;
	for (char *s = part; st == MICA_OK && *s; s++)
		if (*s == '/' && s > part && s[-1] != '/') {
			*s = 0;
			st = make_one(part);
			*s = '/';
		}
	if (st == MICA_OK)
		st = make_one(part);
	mica__free(part);
	return st;
}
