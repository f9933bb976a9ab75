/* SPDX-License-Identifier: MIT */
/* fuzz/test_files.c - the corpus of broken files of models, and more that are made of it: none crashes, and each that is refused
   is refused with a reason. */
#include "base/files.h"
#include "fuzz/files.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 1 << 16, MADE = 100 };

/* The file, and MADE others of it; how many of all are models. */
static size_t replay(mica_context *ctx, const char *name)
{
	static unsigned char data[MOST];
	unsigned char *bytes;
	size_t n, good;

	cr_assert(mica__file_read(&bytes, &n, name, MOST / 2) == MICA_OK, "%s", mica_error(NULL));
	good = fuzz_model_file(ctx, bytes, n);
	for (uint64_t seed = 0; seed < MADE; seed++) {
		memcpy(data, bytes, n);
		good += fuzz_model_file(ctx, data, fuzz_mutate(data, n, MOST, seed * 1000 + n));
	}
	mica__free(bytes);
	return good;
}

Test(files, no_file_of_a_model_crashes)
{
	mica_context *ctx = mica_open(&(mica_open_opts){.device = "reference"});
	DIR *folder = opendir(MICA_CORPUS);
	size_t files = 0, good = 0;

	cr_assert(ctx && folder);
	for (struct dirent *e; (e = readdir(folder));) {
		char name[1024];
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, MICA_CORPUS "/%s", e->d_name);
		good += replay(ctx, name);
		files++;
	}
	closedir(folder);
	cr_expect(files >= 4 && good > files && good < files * MADE, "%zu of %zu files", good, files);
	mica_close(ctx);
}
