/* SPDX-License-Identifier: MIT */
/* data/sources.c - data sets from files. */
#include "data/csv.h"
#include "data/dataset.h"
#include "data/readers.h"
#include "device/device.h"
#include "graph/node.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096

typedef mica_status (*reader)(mica__array *out, const char *path);

/* Samples and labels from two files; y NULL: no labels. */
static mica_status read_both(mica__array *ax, mica__array *ay, const char *x, const char *y, reader read)
{
	mica_status st;

	if (!x)
		return mica__fail(MICA_EINVAL, "data set: the name of the file of samples is NULL");
	st = read(ax, x);
	if (!st && y)
		st = read(ay, y);
	if (st)
		mica__array_free(ax);
	return st;
}

static mica_dataset *from_files(mica_context *ctx, const char *x, const char *y, reader read)
{
	mica__array ax = {0}, ay = {0};
	mica_status st = mica__dataset_context(ctx);

	if (st)
		return NULL;
	st = read_both(&ax, &ay, x, y, read);
	if (!st)
		return mica__dataset_take(ctx, ax, ay, 0, x);
	mica__context_fail(ctx, st);
	return NULL;
}

mica_dataset *mica_dataset_idx(mica_context *ctx, const char *images, const char *labels)
{
	return from_files(ctx, images, labels, mica__idx_read);
}

mica_dataset *mica_dataset_npy(mica_context *ctx, const char *x, const char *y)
{
	return from_files(ctx, x, y, mica__npy_read);
}

mica_dataset *mica__csv_dataset(mica_context *ctx, mica__csv *c, const char *name)
{
	const mica__column columns[] = {{MICA__SAMPLE, .array = c->x}, {MICA__TARGET, .array = c->y}};

	return mica__dataset_take_columns(ctx, columns, c->y.data ? 2 : 1, &c->legend, name);
}

mica_dataset *mica_dataset_of_csv(mica_context *ctx, const char *file, const mica_csv_opts *o)
{
	mica_csv_opts opts;
	mica__csv c;
	mica_status st = mica__dataset_context(ctx);

	if (st)
		return NULL;
	MICA_TRY(mica__options(&opts, o, sizeof opts, "data set"));
	MICA_TRY(file ? MICA_OK : mica__fail(MICA_EINVAL, "data set: the name of the CSV file is NULL"));
	MICA_TRY(mica__csv_read(&c, file, &opts, opts.like ? &opts.like->all->legend : NULL));
	return mica__csv_dataset(ctx, &c, file);
out:
	mica__context_fail(ctx, st);
	return NULL;
}

/* ---- .npz ---- */

/* What the arrays of a split are usually called, samples and labels; the last rows are for files with one split. */
static const struct {
	mica_split split;
	const char *x, *y;
} usual[] = {
	{MICA_TRAIN, "x_train", "y_train"}, {MICA_TRAIN, "train_x", "train_y"}, {MICA_TRAIN, "train_images", "train_labels"},
	{MICA_TEST, "x_test", "y_test"},    {MICA_TEST, "test_x", "test_y"},    {MICA_TEST, "test_images", "test_labels"},
	{MICA_TRAIN, "x", "y"},             {MICA_TRAIN, "arr_0", "arr_1"},
};

/* The row of usual that the file has; MICA__COUNT(usual) if none. */
static mica_status find_split(const mica__npz *z, mica_split split, size_t *row)
{
	bool found = false;
	mica_status st = MICA_OK;

	for (*row = 0; *row < MICA__COUNT(usual); ++*row) {
		if (usual[*row].split == split)
			MICA_TRY(mica__npz_has(z, usual[*row].x, &found));
		if (found)
			break;
	}
out:
	return st;
}

static mica_status no_split(const mica__npz *z, mica_split split, const char *file)
{
	mica__text names = {0};
	mica_status st = mica__npz_names(z, &names);

	if (st == MICA_OK)
		st = mica__fail(MICA_EFORMAT, "%s: no array named %s; it has: %s; name the arrays %s", file,
		                split == MICA_TRAIN ? "x or x_train" : "x_test", mica__text_string(&names),
		                split == MICA_TRAIN ? "x and y, or x_train, y_train, x_test and y_test" : "x_test and y_test");
	mica__text_free(&names);
	return st;
}

static mica_status read_npz(mica__array *x, mica__array *y, mica_split split, const char *file)
{
	mica__npz *z = NULL;
	size_t row = 0;
	bool found;
	mica_status st;

	MICA_TRY(mica__npz_open(&z, file));
	MICA_TRY(find_split(z, split, &row));
	MICA_TRY(row < MICA__COUNT(usual) ? MICA_OK : no_split(z, split, file));
	MICA_TRY(mica__npz_get(z, x, usual[row].x, &found));
	MICA_TRY(mica__npz_get(z, y, usual[row].y, &found));
out:
	mica__npz_close(z);
	return st;
}

mica_dataset *mica_dataset_npz(mica_context *ctx, mica_split split, const char *file)
{
	mica__array x = {0}, y = {0};
	mica_status st = mica__dataset_context(ctx);

	if (st)
		return NULL;
	MICA_TRY(file ? MICA_OK : mica__fail(MICA_EINVAL, "data set: the name of the .npz file is NULL"));
	MICA_TRY(read_npz(&x, &y, split, file));
	return mica__dataset_take(ctx, x, y, 0, file);
out:
	mica__array_free(&x);
	mica__array_free(&y);
	mica__context_fail(ctx, st);
	return NULL;
}

bool mica_dataset_npz_has(mica_split split, const char *file)
{
	mica__npz *z = NULL;
	size_t row = MICA__COUNT(usual);
	bool has = file && mica__npz_open(&z, file) == MICA_OK && find_split(z, split, &row) == MICA_OK;

	mica__npz_close(z);
	return has && row < MICA__COUNT(usual);
}

/* ---- IDX files in the form of MNIST's ---- */

/* Where the files are, and what their names begin with. */
typedef struct place {
	char folder[PATH_SIZE];
	const char *prefix; /* "" or a part of the name that was given */
} place;

static mica_status mnist_place(place *out, const char *name)
{
	const char *home = getenv("HOME"), *cache = getenv("XDG_CACHE_HOME");
	int n;

	if (!name)
		name = getenv("MICA_DATA_DIR");
	if (name && *name)
		n = snprintf(out->folder, PATH_SIZE, "%s", name);
	else if (cache && *cache == '/') /* a relative one is to be ignored, says the standard of it */
		n = snprintf(out->folder, PATH_SIZE, "%s/mica/mnist", cache);
	else
		n = snprintf(out->folder, PATH_SIZE, "%s/.cache/mica/mnist", home ? home : "");
	out->prefix = "";
	if (n < 0 || n > PATH_SIZE - 512)
		return mica__fail(MICA_EINVAL, "IDX data: the folder's name is longer than %d bytes", PATH_SIZE - 512);
	char *slash = strrchr(out->folder, '/');
	if (access(out->folder, F_OK) != 0 && slash && slash > out->folder && slash[1]) {
		*slash = 0;
		out->prefix = slash + 1;
		if (access(out->folder, F_OK) != 0) { /* neither is there: the whole name is told */
			*slash = '/';
			out->prefix = "";
		}
	}
	return MICA_OK;
}

/* Bytes of a name without .gz. */
static size_t stem_length(const char *name)
{
	size_t n = strlen(name);

	return n >= 3 && !strcmp(name + n - 3, ".gz") ? n - 3 : n;
}

/* Whether two names are of one file: packed or not, with -idx or .idx. */
static bool same_stem(const char *a, const char *b)
{
	size_t n = stem_length(a);

	if (n != stem_length(b))
		return false;
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i] && !((a[i] == '-' || a[i] == '.') && (b[i] == '-' || b[i] == '.')))
			return false;
	return true;
}

/* Of the split and of images or labels, and IDX: train-images-idx3-ubyte, train-images.idx3-ubyte, with .gz, with something
   before it (emnist-letters-test-images-idx3-ubyte), of any rank and type. */
static bool is_named(DIR *d, const char *entry, const place *p, mica_split split, const char *what)
{
	struct stat about;

	if (strncmp(entry, p->prefix, strlen(p->prefix)) != 0 || !strstr(entry, what) || !strstr(entry, "idx"))
		return false;
	if (split == MICA_TRAIN ? !strstr(entry, "train") : !strstr(entry, "t10k") && !strstr(entry, "test"))
		return false;
	return !fstatat(dirfd(d), entry, &about, 0) && S_ISREG(about.st_mode);
}

/* The one file of that kind in the folder; where it is there packed and plain, the plain one. */
static mica_status find_idx(char out[PATH_SIZE], const place *p, mica_split split, const char *what)
{
	const char *example = split == MICA_TRAIN ? "train" : "t10k";
	char best[NAME_MAX + 1] = "", other[NAME_MAX + 1] = "";
	DIR *d = opendir(p->folder);

	for (struct dirent *e; d && (e = readdir(d));) {
		size_t n = strlen(e->d_name);
		if (n > NAME_MAX || !is_named(d, e->d_name, p, split, what))
			continue;
		if (*best && !same_stem(best, e->d_name))
			memcpy(other, e->d_name, n + 1);
		else if (!*best || n < strlen(best))
			memcpy(best, e->d_name, n + 1);
	}
	if (d)
		closedir(d);
	if (*other)
		return mica__fail(MICA_EIO, "%s: both %s and %s could be meant; name the folder and what the files' names begin with",
		                  p->folder, best, other);
	if (!*best && *p->prefix)
		return mica__fail(MICA_EIO, "MNIST: there is no folder %s/%s, and no %s-%s-%s-idx%d-ubyte, plain or .gz, in %s; run "
		                  "tools/get-mnist, or name the folder in MICA_DATA_DIR",
		                  p->folder, p->prefix, p->prefix, example, what, !strcmp(what, "images") ? 3 : 1, p->folder);
	if (!*best)
		return mica__fail(MICA_EIO,
		                  "MNIST: no %s-%s-idx%d-ubyte, plain or .gz, in %s; run tools/get-mnist, or name the folder in"
		                  " MICA_DATA_DIR",
		                  example, what, !strcmp(what, "images") ? 3 : 1, p->folder);
	if (snprintf(out, PATH_SIZE, "%s/%s", p->folder, best) >= PATH_SIZE)
		return mica__fail(MICA_EINVAL, "IDX data: the folder's name is longer than %d bytes", PATH_SIZE - 512);
	return MICA_OK;
}

/* What makes two IDX files a set to tell classes apart: an array for each sample, and one whole number. */
static mica_status check_idx(const mica__array *x, const mica__array *y, const char *images)
{
	if (x->shape.rank >= 2 && y->shape.rank == 1 && !mica__dtype_real(y->type))
		return MICA_OK;
	return mica__fail(MICA_EFORMAT, "%s: shape %s %s, and labels of shape %s %s; expected images (n, ...) and class numbers (n)",
	                  images, mica__shape_text(&x->shape), mica__dtype_name(x->type), mica__shape_text(&y->shape),
	                  mica__dtype_name(y->type));
}

static mica_status find_both(char images[PATH_SIZE], char labels[PATH_SIZE], mica_split split, const char *folder)
{
	place p;
	mica_status st;

	MICA_TRY(mnist_place(&p, folder));
	MICA_TRY(find_idx(images, &p, split, "images"));
	MICA_TRY(find_idx(labels, &p, split, "labels"));
out:
	return st;
}

mica_dataset *mica_dataset_mnist(mica_context *ctx, mica_split split, const char *folder)
{
	mica__array x = {0}, y = {0};
	char images[PATH_SIZE], labels[PATH_SIZE];
	mica_status st = mica__dataset_context(ctx);

	if (st)
		return NULL;
	MICA_TRY(find_both(images, labels, split, folder));
	MICA_TRY(read_both(&x, &y, images, labels, mica__idx_read));
	MICA_TRY(check_idx(&x, &y, images));
	return mica__dataset_take(ctx, x, y, 0, images);
out:
	mica__array_free(&x);
	mica__array_free(&y);
	mica__context_fail(ctx, st);
	return NULL;
}

bool mica_dataset_mnist_has(mica_split split, const char *folder)
{
	char images[PATH_SIZE];
	mica__kept_reason why;
	place p;

	mica__reason_keep(&why); /* a question is no failure */
	bool there = mnist_place(&p, folder) == MICA_OK && find_idx(images, &p, split, "images") == MICA_OK;
	mica__reason_restore(&why);
	return there;
}
