/* SPDX-License-Identifier: MIT */
/* Files are read whole or not at all, and replaced whole or not at all. */
#include "base/files.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[512], path[600];

static void make_folder(void)
{
	const char *base = getenv("MICA_TEST_FOLDER");
	snprintf(folder, sizeof folder, "%s/files-XXXXXX", base ? base : "/tmp");
	cr_assert(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/file", folder);
}

static size_t entries(void)
{
	size_t n = 0;
	DIR *d = opendir(folder);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void remove_folder(void)
{
	unlink(path);
	rmdir(folder);
}

TestSuite(files, .init = make_folder, .fini = remove_folder);

static mica_status put(const char *text)
{
	return mica__file_replace(path, &(mica__piece){text, strlen(text)}, 1);
}

static void expect(const char *text)
{
	unsigned char *data;
	size_t n;
	cr_assert_eq(mica__file_read(&data, &n, path, 1000), MICA_OK, "%s", mica__reason());
	cr_assert_eq(n, strlen(text));
	cr_assert_str_eq((char *)data, text);
	mica__free(data);
}

Test(files, what_is_written_in_pieces_is_read_whole)
{
	mica__piece pieces[] = {{"one,", 4}, {NULL, 0}, {"two", 3}};
	cr_assert_eq(mica__file_replace(path, pieces, 3), MICA_OK, "%s", mica__reason());
	expect("one,two");
	cr_assert_eq(put(""), MICA_OK);
	expect("");
	cr_assert_eq(entries(), 1);
}

Test(files, a_replaced_file_keeps_its_mode)
{
	struct stat about;
	cr_assert_eq(put("old"), MICA_OK);
	chmod(path, 0640);
	cr_assert_eq(put("new"), MICA_OK);
	cr_assert_eq(stat(path, &about), 0);
	cr_assert_eq(about.st_mode & 0777, 0640);
	expect("new");
}

static void refuse(const char *name, size_t limit, const char *reason)
{
	unsigned char *data = (unsigned char *)"";
	size_t n = 9;
	cr_assert_eq(mica__file_read(&data, &n, name, limit), MICA_EIO);
	cr_assert(!data && !n);
	cr_assert(strstr(mica__reason(), name) && strstr(mica__reason(), reason), "%s", mica__reason());
}

Test(files, what_cannot_be_read_is_named_with_the_reason)
{
	refuse(path, 10, "No such file");
	refuse(folder, 10, "not a regular file");
	cr_assert_eq(put("four"), MICA_OK);
	refuse(path, 3, "4 bytes, more than the 3 allowed");
	expect("four");
}

Test(files, the_head_of_a_file_is_read_without_the_rest)
{
	unsigned char *data;
	size_t size;
	cr_assert_eq(put("four"), MICA_OK);
	cr_assert_eq(truncate(path, (off_t)1 << 40), 0); /* more than memory can hold */
	cr_assert_eq(mica__file_head(&data, &size, path, 4), MICA_OK, "%s", mica__reason());
	cr_assert(size == (size_t)1 << 40 && !strcmp((char *)data, "four"));
	mica__free(data);
	cr_assert_eq(truncate(path, 2), 0);
	cr_assert_eq(mica__file_head(&data, &size, path, 4), MICA_OK, "%s", mica__reason());
	cr_assert(size == 2 && !strcmp((char *)data, "fo"));
	mica__free(data);
}

Test(files, a_pipe_does_not_hold_the_reader_up)
{
	cr_assert_eq(mkfifo(path, 0600), 0);
	refuse(path, 10, "not a regular file");
}

Test(files, a_file_that_cannot_be_written_stays_as_it_was)
{
	char *big = calloc(1, 100000);
	cr_assert_eq(put("old"), MICA_OK);
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096}), 0);
	cr_assert_eq(mica__file_replace(path, &(mica__piece){big, 100000}, 1), MICA_EIO);
	cr_assert(strstr(mica__reason(), path) && strstr(mica__reason(), "File too large"), "%s", mica__reason());
	free(big);
	expect("old");
	cr_assert_eq(entries(), 1, "the temporary file was left");
}

Test(files, what_is_no_regular_file_is_not_replaced)
{
	struct stat about;
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(put("new"), MICA_EIO);
	cr_assert(strstr(mica__reason(), path) && strstr(mica__reason(), "not a regular file"), "%s", mica__reason());
	cr_assert(!stat(path, &about) && S_ISFIFO(about.st_mode));
	cr_assert_eq(mica__file_replace(folder, NULL, 0), MICA_EIO);
	cr_assert_eq(entries(), 1);
}

Test(files, a_file_in_no_folder_is_refused)
{
	char missing[700];
	snprintf(missing, sizeof missing, "%s/none/file", folder);
	cr_assert_eq(mica__file_replace(missing, &(mica__piece){"x", 1}, 1), MICA_EIO);
	cr_assert(strstr(mica__reason(), missing) && strstr(mica__reason(), "No such file"), "%s", mica__reason());
}

Test(files, a_name_without_a_folder_is_in_the_current_one)
{
	cr_assert_eq(chdir(folder), 0);
	cr_assert_eq(mica__file_replace("file", &(mica__piece){"here", 4}, 1), MICA_OK, "%s", mica__reason());
	expect("here");
}

static void leave(const char *name)
{
	FILE *f = fopen(name, "w");
	cr_assert(f && !fclose(f));
}

Test(files, what_killed_processes_left_is_removed)
{
	char left[700], other[700];
	snprintf(left, sizeof left, "%s.%ld.0.tmp", path, (long)getpid());
	snprintf(other, sizeof other, "%s2.1.0.tmp", path); /* another file's */
	leave(left);
	snprintf(left, sizeof left, "%s.12345678.7.tmp", path);
	leave(left);
	leave(other);
	cr_assert_eq(put("new"), MICA_OK, "%s", mica__reason());
	expect("new");
	cr_assert_eq(entries(), 2, "%zu entries", entries());
	unlink(other);
}

Test(files, what_another_writer_holds_stays)
{
	char held[700];
	snprintf(held, sizeof held, "%s.%ld.0.tmp", path, (long)getpid());
	int fd = open(held, O_WRONLY | O_CREAT, 0600);
	cr_assert(fd >= 0 && !flock(fd, LOCK_EX));
	cr_assert_eq(put("new"), MICA_OK, "%s", mica__reason());
	expect("new");
	cr_assert_eq(entries(), 2);
	close(fd);
	unlink(held);
}

Test(files, writers_killed_at_any_moment_leave_a_whole_file_and_nothing_else)
{
	static char one[1 << 16], two[1 << 16];
	unsigned char *data;
	size_t n;
	memset(one, '1', sizeof one);
	memset(two, '2', sizeof two);
	cr_assert_eq(mica__file_replace(path, &(mica__piece){one, sizeof one}, 1), MICA_OK);
	for (int kill_at = 0; kill_at < 30; kill_at++) {
		pid_t child = fork();
		for (int i = 0; child == 0; i++)
			mica__file_replace(path, &(mica__piece){i % 2 ? one : two, sizeof one}, 1);
		nanosleep(&(struct timespec){.tv_nsec = 500000L + 300000L * kill_at}, NULL);
		kill(child, SIGKILL);
		cr_assert_eq(waitpid(child, NULL, 0), child);
		cr_assert_eq(mica__file_read(&data, &n, path, 1 << 20), MICA_OK, "%s", mica__reason());
		cr_assert(n == sizeof one && (!memcmp(data, one, n) || !memcmp(data, two, n)), "%zu bytes", n);
		mica__free(data);
	}
	cr_assert_eq(put("last"), MICA_OK);
	cr_assert_eq(entries(), 1);
}

Test(files, a_symbolic_link_is_written_through)
{
	char real[700], chain[700];
	struct stat about;
	snprintf(real, sizeof real, "%s/real", folder);
	snprintf(chain, sizeof chain, "%s/chain", folder);
	cr_assert(!symlink("real", chain) && !symlink(chain, path)); /* one relative, one absolute, leading nowhere yet */
	for (int again = 0; again < 2; again++) {
		cr_assert_eq(put(again ? "twice" : "once"), MICA_OK, "%s", mica__reason());
		cr_assert(!lstat(path, &about) && S_ISLNK(about.st_mode));
		cr_assert(!lstat(real, &about) && S_ISREG(about.st_mode));
		expect(again ? "twice" : "once");
	}
	cr_assert_eq(entries(), 3);
	unlink(real);
	unlink(chain);
	cr_assert(!symlink(path, chain) && !unlink(path) && !symlink(chain, path));
	cr_assert_eq(put("loop"), MICA_EIO);
	cr_assert(strstr(mica__reason(), "symbolic links"), "%s", mica__reason());
	unlink(chain);
}

Test(files, names_may_be_as_long_as_they_can_be)
{
	char name[300], whole[900];
	memset(name, 'n', sizeof name);
	name[255] = 0;
	snprintf(whole, sizeof whole, "%s/%s", folder, name);
	cr_assert_eq(mica__file_check(whole), MICA_OK, "%s", mica__reason());
	cr_assert_eq(mica__file_replace(whole, &(mica__piece){"long", 4}, 1), MICA_OK, "%s", mica__reason());
	cr_assert_eq(entries(), 1);
	unlink(whole);
	strcat(whole, "n");
	cr_assert_eq(mica__file_check(whole), MICA_EIO);
	cr_assert(strstr(mica__reason(), "too long"), "%s", mica__reason());
}

Test(files, an_open_file_is_written_by_the_name_it_has)
{
	char by_number[64];
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	cr_assert(fd >= 0);
	snprintf(by_number, sizeof by_number, "/dev/fd/%d", fd);
	cr_assert_eq(mica__file_replace(by_number, &(mica__piece){"here", 4}, 1), MICA_OK, "%s", mica__reason());
	expect("here");
	close(fd);
	fd = open(path, O_RDWR);
	cr_assert(fd >= 0 && !unlink(path));
	snprintf(by_number, sizeof by_number, "/dev/fd/%d", fd);
	cr_assert_eq(mica__file_check(by_number), MICA_EIO);
	cr_assert(strstr(mica__reason(), by_number), "%s", mica__reason());
	cr_assert_eq(entries(), 0);
	close(fd);
}

Test(files, a_folder_that_is_gone_is_found_before_writing)
{
	cr_assert_eq(chdir(folder), 0);
	cr_assert_eq(rmdir(folder), 0);
	cr_assert_eq(mica__file_check("file"), MICA_EIO);
	cr_assert(strstr(mica__reason(), "writing file: No such file"), "%s", mica__reason());
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(mica__file_check(""), MICA_EIO);
}

Test(files, a_check_changes_nothing)
{
	cr_assert_eq(put("old"), MICA_OK);
	cr_assert_eq(mica__file_check(path), MICA_OK, "%s", mica__reason());
	expect("old");
	cr_assert_eq(entries(), 1);
	cr_assert_eq(mica__file_check(folder), MICA_EIO);
}

Test(files, folders_are_made_with_their_parents_and_may_exist)
{
	char deep[700], part[700];
	struct stat about;
	snprintf(deep, sizeof deep, "%s/a//b/c", folder);
	cr_assert_eq(mica__folder_make(deep), MICA_OK, "%s", mica__reason());
	cr_assert_eq(mica__folder_make(deep), MICA_OK, "%s", mica__reason());
	cr_assert(!stat(deep, &about) && S_ISDIR(about.st_mode) && (about.st_mode & 0777) == 0700);
	for (int cut = 0; cut < 3; cut++) {
		static const char *const parts[] = {"a/b/c", "a/b", "a"};
		snprintf(part, sizeof part, "%s/%s", folder, parts[cut]);
		rmdir(part);
	}
	cr_assert_eq(put("x"), MICA_OK);
	snprintf(deep, sizeof deep, "%s/below", path);
	cr_assert_eq(mica__folder_make(deep), MICA_EIO);
	cr_assert(strstr(mica__reason(), path), "%s", mica__reason());
}

Test(files, grow)
{
	mica__growing g;
	cr_assert_eq(put("old"), MICA_OK);
	cr_assert_eq(mica__growing_open(&g, path, true), MICA_OK, "%s", mica__reason());
	cr_expect(!g.was_empty);
	cr_assert_eq(mica__growing_add(&g, " and new", 8), MICA_OK);
	expect("old and new"); /* before it is closed */
	mica__growing_close(&g);
	mica__growing_close(&g);
	cr_assert_eq(mica__growing_open(&g, path, false), MICA_OK);
	cr_expect(g.was_empty);
	mica__growing_close(&g);
	expect("");
	cr_expect_eq(mica__growing_open(&g, folder, true), MICA_EIO);
	cr_expect(strstr(mica__reason(), folder), "%s", mica__reason());
	mica__growing_close(&g);
}
