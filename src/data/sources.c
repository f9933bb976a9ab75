/* SPDX-License-Identifier: MIT */
/* data/sources.c - datasets from files and from the digits that are part of the library. */
#include "data/dataset.h"
#include "data/digits.h"
#include "data/readers.h"
#include "device/device.h"
#include "graph/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define DIGITS_TRAIN 1437 /* 80 percent of 1797, as the header says */

typedef mica_status (*reader)(mica__array *out, const char *path);

static mica_status need_context(const mica_context *ctx)
{
	return ctx ? MICA_OK : mica__fail(MICA_EINVAL, "data set: the context is NULL; did mica_open fail?");
}

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
	mica_status st = need_context(ctx);

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

/* The folder where the MNIST files should be. */
static mica_status mnist_folder(char out[PATH_SIZE], const char *folder)
{
	const char *home = getenv("HOME"), *cache = getenv("XDG_CACHE_HOME");
	int n;

	if (!folder)
		folder = getenv("MICA_DATA_DIR");
	if (folder && *folder)
		n = snprintf(out, PATH_SIZE, "%s", folder);
	else if (cache && *cache)
		n = snprintf(out, PATH_SIZE, "%s/mica/mnist", cache);
	else
		n = snprintf(out, PATH_SIZE, "%s/.cache/mica/mnist", home ? home : "");
	if (n < 0 || n > PATH_SIZE - 64)
		return mica__fail(MICA_EINVAL, "MNIST: the folder's name is longer than %d bytes", PATH_SIZE - 64);
	return MICA_OK;
}

/* FOLDER/SPLIT-WHAT or the same with .gz, whichever is there. */
static mica_status mnist_file(char out[PATH_SIZE], const char *folder, mica_split split, const char *what)
{
	const char *prefix = split == MICA_TRAIN ? "train" : "t10k";
	int n = snprintf(out, PATH_SIZE, "%s/%s-%s", folder, prefix, what);

	if (access(out, F_OK) == 0)
		return MICA_OK;
	snprintf(out + n, (size_t)(PATH_SIZE - n), ".gz");
	if (access(out, F_OK) == 0)
		return MICA_OK;
	return mica__fail(MICA_EIO,
	                  "MNIST: no %s-%s or %s-%s.gz in %s; run tools/get-mnist, or name the folder in"
	                  " MICA_DATA_DIR",
	                  prefix, what, prefix, what, folder);
}

/* What makes two IDX files MNIST: images of 28x28 bytes, one label 0..9 for each. */
static mica_status check_mnist(const mica__array *x, const mica__array *y, const char *folder)
{
	if (x->type != MICA_U8 || x->shape.rank != 3 || x->shape.dim[1] != 28 || x->shape.dim[2] != 28 ||
	    y->type != MICA_U8 || y->shape.rank != 1)
		return mica__fail(MICA_EFORMAT,
		                  "MNIST: images of shape %s %s and labels of shape %s %s in %s; expected (n, 28, 28)"
		                  " u8 and (n) u8",
		                  mica__shape_text(&x->shape), mica__dtype_name(x->type), mica__shape_text(&y->shape),
		                  mica__dtype_name(y->type), folder);
	for (size_t i = 0; i < y->shape.dim[0]; i++)
		if (((const unsigned char *)y->data)[i] > 9)
			return mica__fail(MICA_EFORMAT, "MNIST: label %d at sample %zu in %s; expected 0..9",
			                  ((const unsigned char *)y->data)[i], i, folder);
	return MICA_OK;
}

mica_dataset *mica_dataset_mnist(mica_context *ctx, mica_split split, const char *folder)
{
	mica__array x = {0}, y = {0};
	char where[PATH_SIZE], images[PATH_SIZE], labels[PATH_SIZE];
	mica_status st = need_context(ctx);

	if (st)
		return NULL;
	MICA_TRY(mnist_folder(where, folder));
	MICA_TRY(mnist_file(images, where, split, "images-idx3-ubyte"));
	MICA_TRY(mnist_file(labels, where, split, "labels-idx1-ubyte"));
	MICA_TRY(read_both(&x, &y, images, labels, mica__idx_read));
	MICA_TRY(check_mnist(&x, &y, where));
	return mica__dataset_take(ctx, x, y, 0, "MNIST");
out:
	mica__array_free(&x);
	mica__array_free(&y);
	mica__context_fail(ctx, st);
	return NULL;
}

/* Keeps rows from..to-1 of a U8 array. */
static void keep_rows(mica__array *a, size_t from, size_t to)
{
	size_t bytes = mica__shape_count(&a->shape) / a->shape.dim[0];

	a->data = (unsigned char *)a->data + from * bytes;
	a->shape.dim[0] = to - from;
}

mica_dataset *mica_dataset_digits(mica_context *ctx, mica_split split)
{
	mica__array x = {0}, y = {0};
	size_t from, to;
	mica_status st = need_context(ctx);

	if (st)
		return NULL;
	MICA_TRY(mica__idx_parse(&x, mica__digits_images, mica__digits_images_size, "digits-images.idx"));
	MICA_TRY(mica__idx_parse(&y, mica__digits_labels, mica__digits_labels_size, "digits-labels.idx"));
	from = split == MICA_TRAIN ? 0 : DIGITS_TRAIN;
	to = split == MICA_TRAIN ? DIGITS_TRAIN : x.shape.dim[0];
	keep_rows(&x, from, to);
	keep_rows(&y, from, to);
	return mica__dataset_take(ctx, x, y, 1.0 / 16, "digits");
out:
	mica__array_free(&x);
	mica__context_fail(ctx, st);
	return NULL;
}
