/* SPDX-License-Identifier: MIT */
/* data/npz.c - NumPy's .npz files: .npy files in a zip. */
#include "base/files.h"
#include "data/readers.h"
#include "data/zip.h"

#include <string.h>

struct mica__npz {
	unsigned char *bytes;
	char *file;
	mica__zip zip;
};

/* NAME or NAME.npy, letters of either case. */
static bool is_called(const mica__member *m, const char *name)
{
	size_t n = strlen(name);
	bool suffix = m->name_length == n + 4 && !memcmp(m->name + n, ".npy", 4);

	if (m->name_length != n && !suffix)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((m->name[i] >= 'A' && m->name[i] <= 'Z' ? m->name[i] + 32 : m->name[i]) != name[i])
			return false;
	return true;
}

/* *found: whether there is one. */
static mica_status find(const mica__npz *z, const char *name, mica__member *m, bool *found)
{
	size_t at = z->zip.directory;
	mica_status st;

	*found = false;
	for (size_t i = 0; i < z->zip.entries; i++) {
		mica__member other;
		st = mica__zip_next(&z->zip, &at, &other);
		if (st)
			return st;
		if (!*found && is_called(&other, name)) {
			*m = other;
			*found = true;
		}
	}
	return MICA_OK;
}

static mica_status read_member(mica__array *out, const mica__npz *z, const mica__member *m)
{
	const unsigned char *bytes = NULL;
	unsigned char *unpacked = NULL;
	mica__text name = {0};
	mica_status st;

	MICA_TRY(mica__zip_get(&z->zip, m, &bytes, &unpacked));
	mica__text_add(&name, "%s: %.*s", z->file, (int)(m->name_length < 100 ? m->name_length : 100), m->name);
	MICA_TRY(name.failed ? MICA_ENOMEM : MICA_OK);
	st = mica__npy_parse(out, bytes, (size_t)m->size, name.s);
out:
	mica__text_free(&name);
	mica__free(unpacked);
	return st;
}

/* ---- the interface ---- */

mica_status mica__npz_parse(mica__npz **out, unsigned char *bytes, size_t n, const char *name)
{
	mica__npz *z = mica__alloc(1, sizeof *z);
	mica_status st = MICA_ENOMEM;

	*out = NULL;
	if (!z || !(z->file = mica__strdup(name))) {
		mica__free(bytes);
		goto out;
	}
	z->bytes = bytes;
	MICA_TRY(mica__zip_open(&z->zip, bytes, n, z->file));
	*out = z;
	return MICA_OK;
out:
	mica__npz_close(z);
	return st;
}

mica_status mica__npz_open(mica__npz **out, const char *path)
{
	unsigned char *bytes;
	size_t n;
	mica_status st = mica__file_read_if(&bytes, &n, path, mica__zip_begins);

	*out = NULL;
	return st ? st : mica__npz_parse(out, bytes, n, path);
}

void mica__npz_close(mica__npz *z)
{
	if (!z)
		return;
	mica__free(z->bytes);
	mica__free(z->file);
	mica__free(z);
}

mica_status mica__npz_get(const mica__npz *z, mica__array *out, const char *name, bool *found)
{
	mica__member m = {0};
	mica_status st = find(z, name, &m, found);

	*out = (mica__array){0};
	return st == MICA_OK && *found ? read_member(out, z, &m) : st;
}

mica_status mica__npz_has(const mica__npz *z, const char *name, bool *found)
{
	mica__member m;

	return find(z, name, &m, found);
}

mica_status mica__npz_names(const mica__npz *z, mica__text *out)
{
	size_t at = z->zip.directory;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < z->zip.entries && out->n < 300; i++) {
		mica__member m;
		MICA_TRY(mica__zip_next(&z->zip, &at, &m));
		mica__text_add(out, i ? ", " : "");
		for (size_t k = 0; k < m.name_length && k < 40; k++) {
			char c = m.name[k] < ' ' || m.name[k] > '~' ? '?' : m.name[k];
			mica__text_append(out, &c, 1);
		}
	}
	if (out->failed)
		st = MICA_ENOMEM;
out:
	return st;
}
