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
#include <sys/stat.h>
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

Test(files, a_name_taken_by_a_killed_process_is_passed_over)
{
	char left[700];
	snprintf(left, sizeof left, "%s.%ld.0.tmp", path, (long)getpid());
	FILE *f = fopen(left, "w");
	cr_assert(f && !fclose(f));
	cr_assert_eq(put("new"), MICA_OK, "%s", mica__reason());
	expect("new");
	unlink(left);
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
