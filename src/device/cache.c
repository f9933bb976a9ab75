/* SPDX-License-Identifier: MIT */
/* device/cache.c - built programs on disk, so that the second start of a program compiles nothing.
   A file is a header and the driver's binary, replaced atomically and checked when read, so that no lock is needed and a
   damaged file is as good as none.  Nothing here fails: whoever asks has the source. */
#include "base/files.h"
#include "device/objects.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 28 };

typedef struct header {
	char magic[8];
	uint64_t key[2];
	uint64_t length, checksum;
} header;

static const char magic[8] = "mica-cl";

char *mica__cache_folder(void)
{
	const char *own = getenv("MICA_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	mica__text folder = {0};
	if (own && *own) {
		if (!strcmp(own, "off"))
			return NULL;
		mica__text_add(&folder, "%s", own);
	} else if (xdg && *xdg == '/') {
		mica__text_add(&folder, "%s/mica", xdg);
	} else if (home && *home) {
		mica__text_add(&folder, "%s/.cache/mica", home);
	}
	return folder.s;
}

static void path_of(mica__text *path, const mica__device *d, const uint64_t key[2])
{
	mica__text_add(path, "%s/%016" PRIx64 "%016" PRIx64 ".bin", d->cache, key[0], key[1]);
}

static bool is_sound(const unsigned char *file, size_t n, const uint64_t key[2])
{
	header h;
	if (n < sizeof h)
		return false;
	memcpy(&h, file, sizeof h);
	return !memcmp(h.magic, magic, sizeof magic) && h.key[0] == key[0] && h.key[1] == key[1] && h.length == n - sizeof h &&
	       h.checksum == mica__hash(0, file + sizeof h, n - sizeof h);
}

static cl_program load(mica__device *d, const uint64_t key[2])
{
	mica__text path = {0};
	unsigned char *file = NULL;
	size_t n = 0;
	cl_program program = NULL;
	path_of(&path, d, key);
	if (!path.failed && mica__file_read(&file, &n, path.s, LARGEST) == MICA_OK && is_sound(file, n, key)) {
		const unsigned char *binary = file + sizeof(header);
		size_t length = n - sizeof(header);
		cl_int status, code;
		program = MICA__CL_MAKE(code, clCreateProgramWithBinary(d->cl, 1, &d->found.device, &length, &binary, &status, &code));
		if (program && (code != CL_SUCCESS || status != CL_SUCCESS)) {
			clReleaseProgram(program);
			program = NULL;
		}
	}
	if (mica__debug("build"))
		mica__log("cache: %s %s", path.failed ? "(no memory)" : path.s, program ? "used" : file ? "refused" : "absent");
	mica__free(file);
	mica__text_free(&path);
	return program;
}

cl_program mica__cache_load(mica__device *d, const uint64_t key[2])
{
	mica__kept_reason before;
	if (!d->cache)
		return NULL;
	mica__reason_keep(&before);
	cl_program program = load(d, key);
	mica__reason_restore(&before);
	return program;
}

static mica_status store(const mica__device *d, const uint64_t key[2], const unsigned char *binary, size_t n)
{
	mica__text path = {0};
	header h = {.key = {key[0], key[1]}, .length = n, .checksum = mica__hash(0, binary, n)};
	memcpy(h.magic, magic, sizeof magic);
	path_of(&path, d, key);
	mica_status st = path.failed ? MICA_ENOMEM : mica__folder_make(d->cache);
	if (st == MICA_OK)
		st = mica__file_replace(path.s, (mica__piece[]){{&h, sizeof h}, {binary, n}}, 2);
	mica__text_free(&path);
	return st;
}

/* The program's binary for the one device it was built for, in the file of that key. */
static mica_status save(mica__device *d, const uint64_t key[2], cl_program program)
{
	mica_status st;
	size_t n = 0;
	unsigned char *binary = NULL;
	MICA_TRY(MICA__CL(clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof n, &n, NULL)));
	if (!n)
		return MICA_OK;
	if (!(binary = mica__alloc(n, 1)))
		return MICA_ENOMEM;
	MICA_TRY(MICA__CL(clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL)));
	MICA_TRY(store(d, key, binary, n));
out:
	mica__free(binary);
	return st;
}

void mica__cache_save(mica__device *d, const uint64_t key[2], cl_program program)
{
	mica__kept_reason before;
	if (!d->cache)
		return;
	mica__reason_keep(&before);
	if (save(d, key, program) != MICA_OK)
		mica__log("cache: a program could not be kept: %s", mica__reason());
	mica__reason_restore(&before);
}
