/* SPDX-License-Identifier: MIT */
/* Built programs are kept on disk; whatever happens to their files, the program is right.  PoCL is not asked for
   binaries, so what is kept is tested with Oclgrind, which gives them. */
#include "base/files.h"

#include "device/check.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[512], file[800];

static void make_folder(void)
{
	const char *base = getenv("MICA_TEST_FOLDER");
	snprintf(folder, sizeof folder, "%s/cache-XXXXXX", base ? base : "/tmp");
	cr_assert(mkdtemp(folder));
	setenv("MICA_CACHE", folder, 1);
}

/* How many files there are; file is the last. */
static size_t files(void)
{
	size_t n = 0;
	DIR *d = opendir(folder);
	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.') {
			snprintf(file, sizeof file, "%s/%s", folder, e->d_name);
			n++;
		}
	if (d)
		closedir(d);
	return n;
}

static void remove_folder(void)
{
	while (files() && !unlink(file))
		;
	rmdir(folder);
}

TestSuite(cache, .init = make_folder, .fini = remove_folder);

static void use_oclgrind(void)
{
	const char *icd = getenv("MICA_TEST_OCLGRIND");
	if (!icd || !*icd)
		cr_skip_test("Oclgrind is not installed");
	setenv("OCL_ICD_VENDORS", icd, 1);
}

/* What the program computes in a context of its own. */
static int run(const char *options)
{
	const char *text = "kernel void f(global int *x) { x[0] = N; }\n";
	mica_context *ctx = open_with(NULL);
	mica__program *p;
	mica__kernel *k;
	mica__buffer *b = make_buffer(ctx, 4);
	int got = 0;
	OK(mica__program_create(&p, mica__device_of(ctx), "test", &text, 1, options));
	cr_assert_str_eq(mica_error(NULL), "", "what the cache could not do is nobody's business");
	OK(mica__kernel_create(&k, p, "f"));
	OK(mica__kernel_buffer(k, 0, b));
	OK(mica__kernel_launch(k, 1, 1));
	OK(mica__buffer_read(b, 0, &got, 4));
	mica__kernel_destroy(k);
	mica__program_destroy(p);
	mica__buffer_destroy(b);
	mica_close(ctx);
	return got;
}

static ino_t inode(void)
{
	struct stat about;
	cr_assert_eq(files(), 1);
	cr_assert_eq(stat(file, &about), 0);
	return about.st_ino;
}

Test(cache, a_program_is_kept_by_text_and_options)
{
	use_oclgrind();
	cr_assert_eq(run("-DN=1"), 1);
	cr_assert_eq(files(), 1);
	cr_assert_eq(run("-DN=1"), 1);
	cr_assert_eq(files(), 1);
	cr_assert_eq(run("-DN=2"), 2);
	cr_assert_eq(files(), 2);
}

static void overwrite(const void *data, size_t n)
{
	FILE *f = fopen(file, "wb");
	cr_assert(f && fwrite(data, 1, n, f) == n && !fclose(f));
}

/* That the kept program is what runs: with the kept file of N=1 under the name that N=2 has, and the header that goes
   with the name, 1 comes out. */
Test(cache, the_second_start_takes_the_kept_program)
{
	unsigned char *one, *two;
	size_t n, m;
	use_oclgrind();
	cr_assert_eq(run("-DN=1"), 1);
	files();
	OK(mica__file_read(&one, &n, file, 1 << 24));
	unlink(file);
	cr_assert_eq(run("-DN=2"), 2);
	files();
	OK(mica__file_read(&two, &m, file, 1 << 24));
	memcpy(one + 8, two + 8, 16); /* the key */
	overwrite(one, n);
	cr_assert_eq(run("-DN=2"), 1);
	mica__free(one);
	mica__free(two);
}

Test(cache, a_damaged_file_is_replaced)
{
	unsigned char *good;
	size_t n;
	use_oclgrind();
	cr_assert_eq(run("-DN=3"), 3);
	files();
	OK(mica__file_read(&good, &n, file, 1 << 24));
	for (size_t at = 0; at < n; at += at < 48 ? 1 : n / 4) {
		good[at] ^= 0x10;
		overwrite(good, n);
		ino_t damaged = inode();
		cr_assert_eq(run("-DN=3"), 3, "byte %zu", at);
		cr_assert_neq(inode(), damaged, "byte %zu: not replaced", at);
		good[at] ^= 0x10;
	}
	static const size_t lengths[] = {0, 7, 39, 40, 41};
	for (size_t i = 0; i < MICA__COUNT(lengths); i++) {
		overwrite(good, lengths[i]);
		cr_assert_eq(run("-DN=3"), 3, "%zu bytes", lengths[i]);
	}
	mica__free(good);
}

/* A sound file around a binary that the driver refuses. */
Test(cache, a_binary_that_the_driver_refuses_is_rebuilt)
{
	unsigned char *good;
	size_t n;
	use_oclgrind();
	cr_assert_eq(run("-DN=4"), 4);
	files();
	OK(mica__file_read(&good, &n, file, 1 << 24));
	uint64_t length = 64, checksum;
	memset(good + 40, 0x5a, (size_t)length);
	checksum = mica__hash(0, good + 40, (size_t)length);
	memcpy(good + 24, &length, 8);
	memcpy(good + 32, &checksum, 8);
	overwrite(good, 40 + (size_t)length);
	cr_assert_eq(run("-DN=4"), 4);
	struct stat about;
	files();
	cr_assert(!stat(file, &about) && (size_t)about.st_size == n, "not replaced");
	mica__free(good);
}

Test(cache, a_folder_that_cannot_be_used_changes_nothing)
{
	char below[900];
	use_oclgrind();
	snprintf(file, sizeof file, "%s/plain", folder);
	overwrite("x", 1);
	snprintf(below, sizeof below, "%s/below", file);
	setenv("MICA_CACHE", below, 1);
	cr_assert_eq(run("-DN=5"), 5);
	setenv("MICA_CACHE", "off", 1);
	cr_assert_eq(run("-DN=6"), 6);
	cr_assert_eq(files(), 1);
}

Test(cache, the_folder_is_made_in_the_users_cache)
{
	char deep[700];
	use_oclgrind();
	unsetenv("MICA_CACHE");
	setenv("XDG_CACHE_HOME", folder, 1);
	cr_assert_eq(run("-DN=7"), 7);
	snprintf(deep, sizeof deep, "%s/mica", folder);
	memcpy(folder, deep, sizeof folder);
	cr_assert_eq(files(), 1);
	remove_folder();
	*strrchr(folder, '/') = 0;
	unsetenv("XDG_CACHE_HOME");
	setenv("HOME", folder, 1);
	cr_assert_eq(run("-DN=8"), 8);
	snprintf(folder + strlen(folder), 20, "/.cache/mica");
	cr_assert_eq(files(), 1);
	remove_folder();
	*strrchr(folder, '/') = 0;
	remove_folder();
	*strrchr(folder, '/') = 0;
}

Test(cache, pocl_is_not_asked_for_binaries)
{
	setenv("MICA_DEVICE", "Portable Computing Language", 1);
	mica_context *ctx = mica_open(NULL);
	if (!ctx)
		cr_skip_test("%s", mica_error(NULL));
	mica_close(ctx);
	cr_assert_eq(run("-DN=9"), 9);
	cr_assert_eq(files(), 0);
}
