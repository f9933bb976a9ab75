/* SPDX-License-Identifier: MIT */
/* device/source.c - finds the text of a kernel file: compiled in, or on disk while somebody works on it.
   Texts from MICA_KERNEL_DIR are read once for each folder and file, and kept until the process ends, so that they
   live as long as the texts that are compiled in. */
#include "base/files.h"
#include "device/device.h"
#include "device/source.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 24 };

typedef struct kept {
	struct kept *next;
	char *path, *text;
} kept;

static kept *on_disk;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Takes path's memory. */
static const char *read_kept(char *path)
{
	for (kept *k = on_disk; k; k = k->next)
		if (!strcmp(k->path, path)) {
			mica__free(path);
			return k->text;
		}
	kept *k = mica__alloc(1, sizeof *k);
	unsigned char *text = NULL;
	size_t n;
	if (!k || mica__file_read(&text, &n, path, LARGEST) != MICA_OK) {
		mica__log("kernel source: %s", mica__reason());
		mica__free(k);
		mica__free(path);
		return NULL;
	}
	*k = (kept){.next = on_disk, .path = path, .text = (char *)text};
	on_disk = k;
	return k->text;
}

static const char *compiled_in(const char *file)
{
	for (const mica__kernel_text *t = mica__kernel_texts; t->file; t++)
		if (!strcmp(t->file, file))
			return t->text;
	return NULL;
}

const char *mica__kernel_source(const char *file)
{
	const char *folder = getenv("MICA_KERNEL_DIR");
	mica__text path = {0};
	if (!folder || !*folder)
		return compiled_in(file);
	mica__text_add(&path, "%s/%s", folder, file);
	if (path.failed)
		return NULL;
	pthread_mutex_lock(&lock);
	const char *text = read_kept(path.s);
	pthread_mutex_unlock(&lock);
	return text;
}
