/* SPDX-License-Identifier: MIT */
/* tools/mica/data.c - what --data names: digits, mnist, a folder like MNIST's, or .npy files. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool mnist_is_here(void)
{
	const char *folder = getenv("MICA_DATA_DIR"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	static const char *const ends[] = {"", ".gz"};
	char path[4096];

	for (size_t i = 0; i < 2; i++) {
		if (folder && *folder)
			snprintf(path, sizeof path, "%s/train-images-idx3-ubyte%s", folder, ends[i]);
		else if (cache && *cache)
			snprintf(path, sizeof path, "%s/mica/mnist/train-images-idx3-ubyte%s", cache, ends[i]);
		else
			snprintf(path, sizeof path, "%s/.cache/mica/mnist/train-images-idx3-ubyte%s", home ? home : "",
			         ends[i]);
		if (access(path, R_OK) == 0)
			return true;
	}
	return false;
}

static void open_mnist(mica_context *ctx, const char *folder, data_sets *out)
{
	out->train = mica_dataset_mnist(ctx, MICA_TRAIN, folder);
	if (out->train)
		out->test = mica_dataset_mnist(ctx, MICA_TEST, folder);
}

/* X,Y to train, and two more files to test. */
static int open_npy(const command *c, mica_context *ctx, const char *what, data_sets *out)
{
	char text[4 * 4096], *file[4] = {text}, *comma;
	size_t n = 1;

	if (snprintf(text, sizeof text, "%s", what) >= (int)sizeof text)
		return misused(c, "--data is longer than %zu bytes", sizeof text);
	for (char *s = text; n < 4 && (comma = strchr(s, ',')); s = comma + 1) {
		*comma = 0;
		file[n++] = comma + 1;
	}
	if (n % 2 || strchr(file[n - 1], ','))
		return misused(c, "--data is %s; give X.npy,Y.npy or X.npy,Y.npy,XTEST.npy,YTEST.npy", what);
	out->train = mica_dataset_npy(ctx, file[0], file[1]);
	if (out->train && n == 4)
		out->test = mica_dataset_npy(ctx, file[2], file[3]);
	return -1;
}

/* One for the largest label of both sets and all below it; 0 if a label is no class number. */
static size_t count_classes(const data_sets *d)
{
	size_t train = mica_dataset_classes(d->train), test = d->test ? mica_dataset_classes(d->test) : train;

	return train == 0 || test == 0 ? 0 : train > test ? train : test;
}

int data_open(const command *c, mica_context *ctx, const char *what, data_sets *out)
{
	int code = -1;

	*out = (data_sets){.name = what ? what : mnist_is_here() ? "mnist" : "digits"};
	if (!strcmp(out->name, "digits")) {
		out->train = mica_dataset_digits(ctx, MICA_TRAIN);
		out->test = mica_dataset_digits(ctx, MICA_TEST);
	} else if (!strcmp(out->name, "mnist")) {
		open_mnist(ctx, NULL, out);
	} else if (!strchr(what, ',')) {
		open_mnist(ctx, what, out);
	} else {
		code = open_npy(c, ctx, what, out);
	}
	if (code >= 0)
		return code;
	if (mica_context_status(ctx) != MICA_OK)
		return complain(c, "%s", mica_context_error(ctx));
	out->classes = count_classes(out);
	if (out->classes < 2)
		return complain(c, "%s: expected one label for each sample, whole numbers from 0 with at least 2 classes",
		                out->name);
	return -1;
}
