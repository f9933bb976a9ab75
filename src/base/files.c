/* SPDX-License-Identifier: MIT */
/* base/files.c - whole files: read with a limit, replace atomically.
   A file may change while it is read, a disk may fill while it is written: what is read is never longer than what was
   asked for, and what was on disk stays until the new file is whole. */
#include "base/files.h"
#include "base/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST = 512 }; /* bytes that say of what kind a file is */

/* Around calls that are -1 where they fail. */
#define TRIED(call) (mica__fault_now(MICA__FAULT_FILE) ? (errno = EIO, -1) : (call))

static mica_status failed(const char *doing, const char *path)
{
	return mica__fail(MICA_EIO, "%s %s: %s", doing, path, strerror(errno));
}

static mica_status read_all(int fd, unsigned char *to, size_t size, size_t *n, const char *path)
{
	for (*n = 0; *n < size;) {
		ssize_t got = TRIED(read(fd, to + *n, size - *n));
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

static mica_status size_of(size_t *size, int fd, const char *path, size_t limit)
{
	struct stat about;
	if (TRIED(fstat(fd, &about)))
		return failed("reading", path);
	if (!S_ISREG(about.st_mode))
		return mica__fail(MICA_EIO, "reading %s: not a regular file", path);
	if ((uintmax_t)about.st_size > limit)
		return mica__fail(MICA_EIO, "reading %s: %ju bytes, more than the %zu allowed here", path,
		                  (uintmax_t)about.st_size, limit);
	*size = (size_t)about.st_size;
	return MICA_OK;
}

/* The first n bytes, which the file has. */
static mica_status read_open(unsigned char **out, int fd, const char *path, size_t n)
{
	size_t got;
	unsigned char *data = n < SIZE_MAX - MICA__FILE_TAIL ? mica__alloc(n + MICA__FILE_TAIL, 1) : NULL;
	if (!data)
		return mica__fail(MICA_ENOMEM, "reading %s: no memory for %s", path, mica__bytes_text((double)n));
	mica_status st = read_all(fd, data, n, &got, path);
	if (st == MICA_OK && got < n)
		st = mica__fail(MICA_EIO, "reading %s: ended after %zu of %zu bytes", path, got, n);
	if (st == MICA_OK)
		*out = data;
	else
		mica__free(data);
	return st;
}

/* Whether what is at the file's beginning is no reason to read on. */
static bool begins_otherwise(int fd, size_t size, mica__file_begins *begins)
{
	unsigned char first[FIRST];
	return begins && size > FIRST && pread(fd, first, FIRST, 0) == FIRST && !begins(first, FIRST);
}

/* Reads the first most bytes of a file of at most limit; *size is the whole file's. */
static mica_status read_path(unsigned char **out, size_t *size, const char *path, size_t limit, size_t most, mica__file_begins *begins)
{
	*out = NULL;
	*size = 0;
	int fd = TRIED(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)); /* a pipe without a writer must not hold us up */
	if (fd < 0)
		return failed("reading", path);
	mica_status st = size_of(size, fd, path, limit);
	if (st == MICA_OK && begins_otherwise(fd, *size, begins))
		*size = FIRST;
	if (st == MICA_OK)
		st = read_open(out, fd, path, *size < most ? *size : most);
	close(fd);
	if (st != MICA_OK)
		*size = 0;
	return st;
}

mica_status mica__file_read(unsigned char **out, size_t *n, const char *path, size_t limit)
{
	return read_path(out, n, path, limit, limit, NULL);
}

mica_status mica__file_read_if(unsigned char **out, size_t *n, const char *path, mica__file_begins *begins)
{
	return read_path(out, n, path, SIZE_MAX / 2, SIZE_MAX / 2, begins);
}

mica_status mica__file_head(unsigned char **out, size_t *size, const char *path, size_t n)
{
	return read_path(out, size, path, SIZE_MAX / 2, n, NULL);
}

static mica_status write_all(int fd, const unsigned char *data, size_t n, const char *path)
{
	while (n) {
		ssize_t put = TRIED(write(fd, data, n));
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return failed("writing", path);
		data += put;
		n -= (size_t)put;
	}
	return MICA_OK;
}

/* ---- replacing a file ---- */

/* Where a file is written: the open folder, the file's own name in it, and beside it the temporary one.  All work is done
   by names in the open folder, so neither its being moved nor a path near the limit of lengths matters. */
typedef struct target {
	const char *path; /* as the caller named it, for messages */
	char *resolved;   /* without symbolic links as its last part */
	const char *name; /* in resolved */
	int folder, fd;   /* -1: not open */
	char temporary[NAME_MAX + 1];
} target;

static mica_status unwritable(const target *t)
{
	return failed("writing", t->path);
}

/* Opens the folder of t->resolved. */
static mica_status open_folder(target *t)
{
	char *slash = strrchr(t->resolved, '/');
	t->name = slash ? slash + 1 : t->resolved;
	if (slash)
		*slash = 0; /* for the moment of opening */
	const char *folder = !slash ? "." : slash == t->resolved ? "/" : t->resolved;
	t->folder = TRIED(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (slash)
		*slash = '/';
	if (t->folder < 0)
		return unwritable(t);
	return *t->name ? MICA_OK : mica__fail(MICA_EIO, "writing %s: the name of a folder; name a file", t->path);
}

/* Replaces t->resolved, a symbolic link, by what it leads to; *more says whether it was one. */
static mica_status follow_link(target *t, bool *more)
{
	char to[PATH_MAX];
	ssize_t n = readlink(t->resolved, to, sizeof to - 1);
	*more = n >= 0;
	if (n < 0)
		return errno == EINVAL || errno == ENOENT ? MICA_OK : unwritable(t); /* no link, or nothing there yet */
	to[n] = 0;
	const char *slash = to[0] == '/' ? NULL : strrchr(t->resolved, '/');
	mica__text whole = {0};
	if (slash)
		mica__text_append(&whole, t->resolved, (size_t)(slash + 1 - t->resolved));
	mica__text_append(&whole, to, (size_t)n);
	if (whole.failed)
		return MICA_ENOMEM;
	mica__free(t->resolved);
	t->resolved = whole.s;
	return MICA_OK;
}

/* A link is written through, as open would do; what has no name of its own any more, or is no regular file, is refused:
   a rename would take a device's or a pipe's place. */
static mica_status resolve(target *t)
{
	struct stat asked, found;
	bool there = !stat(t->path, &asked), more = true;
	errno = there && S_ISDIR(asked.st_mode) ? EISDIR : !there && *t->path && t->path[strlen(t->path) - 1] == '/' ? ENOTDIR : 0;
	if (errno)
		return unwritable(t);
	if (there && !S_ISREG(asked.st_mode))
		return mica__fail(MICA_EIO, "writing %s: not a regular file; name another", t->path);
	if (!*t->path)
		return mica__fail(MICA_EIO, "writing a file: its name is empty");
	mica_status st = MICA_OK;
	for (int links = 0; st == MICA_OK && more; links++) {
		if (links == 40)
			return mica__fail(MICA_EIO, "writing %s: %s", t->path, strerror(ELOOP));
		st = follow_link(t, &more);
	}
	if (st == MICA_OK && there &&
	    (stat(t->resolved, &found) || found.st_dev != asked.st_dev || found.st_ino != asked.st_ino))
		return mica__fail(MICA_EIO, "writing %s: the file has no name any more; name another", t->path);
	return st;
}

/* Room for ".PID.N.tmp" is left in a name that is nearly as long as names may be; characters are not cut in two. */
static int kept_length(const char *name)
{
	size_t n = strlen(name), most = NAME_MAX - 32;
	if (n > most)
		for (n = most; n > most - 3 && ((unsigned char)name[n] & 0xc0) == 0x80;)
			n--;
	return (int)n;
}

/* Whoever writes a temporary file holds a lock on it, which ends with the process: one that can be locked was left by a
   process that was killed.  (A process number would say nothing of another machine that shares the folder.) */
static void remove_if_left(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat about;
	if (fd < 0)
		return;
	if (!fstat(fd, &about) && S_ISREG(about.st_mode) && !flock(fd, LOCK_EX | LOCK_NB))
		unlinkat(folder, name, 0);
	close(fd);
}

/* NAME.PID.N.tmp, for any PID and N. */
static bool is_temporary_of(const char *entry, const char *name, size_t length)
{
	if (strncmp(entry, name, length) != 0)
		return false;
	const char *s = entry + length;
	for (int number = 0; number < 2; number++) {
		size_t digits = *s == '.' ? strspn(s + 1, "0123456789") : 0;
		if (!digits)
			return false;
		s += 1 + digits;
	}
	return strcmp(s, ".tmp") == 0;
}

static void remove_left(const target *t)
{
	int again = openat(t->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	if (!d) {
		if (again >= 0)
			close(again);
		return; /* it is only tidying up */
	}
	size_t length = (size_t)kept_length(t->name);
	for (struct dirent *e; (e = readdir(d));)
		if (is_temporary_of(e->d_name, t->name, length))
			remove_if_left(t->folder, e->d_name);
	closedir(d);
}

/* Takes the lock; false if someone who took the file for one that was left has removed it in between. */
static bool keep(int fd)
{
	struct stat about;
	return !(flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) && !fstat(fd, &about) && about.st_nlink > 0;
}

static mica_status make_temporary(target *t)
{
	for (unsigned try = 0; try < 100; try++) { /* names in use are passed over */
		snprintf(t->temporary, sizeof t->temporary, "%.*s.%ld.%u.tmp", kept_length(t->name), t->name, (long)getpid(), try);
		t->fd = TRIED(openat(t->folder, t->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
		if (t->fd >= 0 && keep(t->fd))
			return MICA_OK;
		if (t->fd >= 0)
			close(t->fd);
		else if (errno != EEXIST)
			return unwritable(t);
		t->fd = -1;
	}
	errno = EEXIST;
	return unwritable(t);
}

static void target_close(target *t)
{
	if (t->fd >= 0) {
		unlinkat(t->folder, t->temporary, 0);
		close(t->fd);
	}
	if (t->folder >= 0)
		close(t->folder);
	mica__free(t->resolved);
}

static mica_status target_open(target *t, const char *path)
{
	struct stat old;
	mica_status st = MICA_ENOMEM;
	*t = (target){.path = path, .folder = -1, .fd = -1};
	if (!(t->resolved = mica__strdup(path)))
		return st;
	MICA_TRY(resolve(t));
	MICA_TRY(open_folder(t));
	remove_left(t);
	/* The file's own name, which may be too long or refused even where the temporary one is not. */
	if (fstatat(t->folder, t->name, &old, 0) && errno != ENOENT) {
		st = unwritable(t);
		goto out;
	}
	st = make_temporary(t);
out:
	return st;
}

static mica_status write_pieces(target *t, const mica__piece *pieces, size_t count)
{
	struct stat old;
	mica_status st;
	if (!fstatat(t->folder, t->name, &old, 0) && fchmod(t->fd, old.st_mode & 07777))
		return unwritable(t);
	for (size_t i = 0; i < count; i++)
		MICA_TRY(write_all(t->fd, pieces[i].data, pieces[i].n, t->path));
	st = TRIED(fsync(t->fd)) ? unwritable(t) : MICA_OK;
out:
	return st;
}

/* A rename is on disk when its folder is.  Some file systems refuse to sync folders and need no such call. */
static mica_status put_in_place(target *t)
{
	if (TRIED(renameat(t->folder, t->temporary, t->folder, t->name)))
		return failed("replacing", t->path);
	int closed = close(t->fd);
	t->fd = -1; /* the temporary name is gone, and nothing is left to remove */
	if (closed || (TRIED(fsync(t->folder)) && errno != EINVAL && errno != EROFS))
		return failed("syncing", t->path);
	return MICA_OK;
}

mica_status mica__file_replace(const char *path, const mica__piece *pieces, size_t count)
{
	target t;
	mica_status st;
	MICA_TRY(target_open(&t, path));
	MICA_TRY(write_pieces(&t, pieces, count));
	st = put_in_place(&t);
out:
	target_close(&t);
	return st;
}

mica_status mica__file_check(const char *path)
{
	target t;
	mica_status st = target_open(&t, path);
	target_close(&t);
	return st;
}

/* ---- files that grow ---- */

mica_status mica__growing_open(mica__growing *g, const char *path, bool append)
{
	struct stat about;
	*g = (mica__growing){.path = mica__strdup(path)};
	if (!g->path)
		return MICA_ENOMEM;
	g->fd = TRIED(open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (append ? 0 : O_TRUNC), 0666));
	g->open = g->fd >= 0;
	if (!g->open || TRIED(fstat(g->fd, &about)))
		return failed("writing", path);
	g->was_empty = about.st_size == 0;
	return MICA_OK;
}

mica_status mica__growing_add(mica__growing *g, const void *data, size_t n)
{
	return write_all(g->fd, data, n, g->path);
}

void mica__growing_close(mica__growing *g)
{
	if (g->open)
		close(g->fd);
	mica__free(g->path);
	*g = (mica__growing){.fd = -1};
}

/* ---- single files, folders ---- */

bool mica__file_exists(const char *path)
{
	struct stat about;
	return stat(path, &about) == 0;
}

mica_status mica__file_remove(const char *path)
{
	return TRIED(unlink(path)) && errno != ENOENT ? failed("removing", path) : MICA_OK;
}

void mica__folder_remove(const char *path)
{
	rmdir(path); /* what is in it is someone else's */
}

static mica_status make_one(const char *path)
{
	struct stat about;
	if (!TRIED(mkdir(path, 0700)))
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
