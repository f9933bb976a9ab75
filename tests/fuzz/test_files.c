/* SPDX-License-Identifier: MIT */
/* fuzz/test_files.c - the corpora of broken files of models, of data and of searches, of texts of parts, and more that are made of them:
   none crashes, and each that is refused is refused with a reason. */
#include "base/files.h"
#include "fuzz/files.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 1 << 16, MADE = 100 };

typedef bool reader(mica_context *ctx, const unsigned char *data, size_t n);

static bool read_data(mica_context *ctx, const unsigned char *data, size_t n)
{
	(void)ctx;
	return fuzz_data_file(data, n);
}

/* The file, and MADE others of it; how many of all are good. */
static size_t replay(reader *read, mica_context *ctx, const char *name)
{
	static unsigned char data[MOST];
	unsigned char *bytes;
	size_t n, good;

	cr_assert(mica__file_read(&bytes, &n, name, MOST / 2) == MICA_OK, "%s", mica_error(NULL));
	good = read(ctx, bytes, n);
	for (uint64_t seed = 0; seed < MADE; seed++) {
		memcpy(data, bytes, n);
		good += read(ctx, data, fuzz_mutate(data, n, MOST, seed * 1000 + n));
	}
	mica__free(bytes);
	return good;
}

static void replay_all(reader *read, mica_context *ctx, const char *corpus, size_t least)
{
	DIR *folder = opendir(corpus);
	size_t files = 0, good = 0;

	cr_assert(folder, "%s", corpus);
	for (struct dirent *e; (e = readdir(folder));) {
		char name[1024];
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", corpus, e->d_name);
		good += replay(read, ctx, name);
		files++;
	}
	closedir(folder);
	cr_expect(files >= least && good > files && good < files * MADE, "%zu of %zu files", good, files);
}

Test(files, no_file_of_a_model_crashes)
{
	mica_context *ctx = mica_open(&(mica_open_opts){.device = "reference"});

	cr_assert(ctx);
	replay_all(fuzz_model_file, ctx, MICA_CORPUS "/model", 4);
	mica_close(ctx);
}

Test(files, no_file_of_data_crashes)
{
	replay_all(read_data, NULL, MICA_CORPUS "/data", 8);
}

Test(files, no_text_of_a_part_crashes)
{
	mica_context *ctx = mica_open(&(mica_open_opts){.device = "reference"});

	cr_assert(ctx);
	replay_all(fuzz_part_text, ctx, MICA_CORPUS "/part", 3);
	mica_close(ctx);
}

Test(files, no_file_of_a_search_crashes)
{
	mica_context *ctx = mica_open(&(mica_open_opts){.device = "reference"});

	cr_assert(ctx);
	replay_all(fuzz_search_file, ctx, MICA_CORPUS "/search", 2);
	mica_close(ctx);
}
