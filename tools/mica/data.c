/* SPDX-License-Identifier: MIT */
/* tools/mica/data.c - what --data names: digits, mnist, a folder like MNIST's, .npy files or a .npz file. */
#include "tool.h"

#include <string.h>

static void open_mnist(mica_context *ctx, const char *folder, data_sets *out)
{
	out->train = mica_dataset_mnist(ctx, MICA_TRAIN, folder);
	if (out->train)
		out->test = mica_dataset_mnist(ctx, MICA_TEST, folder);
}

static void open_npz(mica_context *ctx, const char *file, data_sets *out)
{
	out->train = mica_dataset_npz(ctx, MICA_TRAIN, file);
	if (out->train && mica_dataset_npz_has(MICA_TEST, file))
		out->test = mica_dataset_npz(ctx, MICA_TEST, file);
}

const char data_help[] = "digits, mnist, FOLDER[/PREFIX] of files named as MNIST's, X.npy,Y.npy[,XTEST.npy,YTEST.npy], FILE.npz\n"
                         "                            (mnist where MICA_DATA_DIR has it, else digits)";

/* X,Y to train, and two more files to test; bare: X may be alone. */
static int open_npy(const command *c, mica_context *ctx, const char *what, bool bare, data_sets *out)
{
	char text[4 * 4096], *file[4] = {text}, *comma;
	size_t n = 1;
	bool named = true;

	if (snprintf(text, sizeof text, "%s", what) >= (int)sizeof text)
		return misused(c, "--data is longer than %zu bytes", sizeof text);
	for (char *s = text; n < 4 && (comma = strchr(s, ',')); s = comma + 1) {
		*comma = 0;
		file[n++] = comma + 1;
	}
	for (size_t i = 0; i < n; i++)
		named = named && *file[i];
	if ((n % 2 && !(bare && n == 1)) || !named || strchr(file[n - 1], ','))
		return misused(c, "--data is %s; give %sX.npy,Y.npy or X.npy,Y.npy,XTEST.npy,YTEST.npy", what, bare ? "X.npy, " : "");
	out->train = mica_dataset_npy(ctx, file[0], n > 1 ? file[1] : NULL);
	if (out->train && n == 4)
		out->test = mica_dataset_npy(ctx, file[2], file[3]);
	return -1;
}

/* One for the largest label of both sets and all below it; -1, or the code to exit with after a message. */
static int count_classes(const command *c, data_sets *d)
{
	enum { MOST = 1 << 20 }; /* more would be numbers that stand for something else */
	size_t train = mica_dataset_classes(d->train), test = d->test ? mica_dataset_classes(d->test) : train;

	if (train == 0 || test == 0)
		return complain(c, "%s: %s", d->name, mica_error(NULL));
	d->classes = train > test ? train : test;
	if (d->classes < 2 || d->classes > MOST)
		return complain(c, "%s: the largest label is %zu; give numbers from 0, of at least 2 and at most %d classes",
		                d->name, d->classes - 1, MOST);
	return -1;
}

/* "(28, 28)" */
static void write_shape(char *out, size_t size, mica_shape s)
{
	size_t n = (size_t)snprintf(out, size, "(");

	for (size_t i = 0; i < s.rank && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%zu", i ? ", " : "", s.dim[i]);
	if (n < size)
		snprintf(out + n, size - n, ")");
}

/* What cannot be tested is found before training and not after it. */
static int compare_samples(const command *c, const data_sets *d)
{
	char train[200], test[200];

	write_shape(train, sizeof train, mica_dataset_sample_shape(d->train));
	write_shape(test, sizeof test, mica_dataset_sample_shape(d->test ? d->test : d->train));
	if (!strcmp(train, test))
		return -1;
	return complain(c, "%s: samples have shape %s to train and %s to test; give files of one kind", d->name, train,
	                test);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static int open_named(const command *c, mica_context *ctx, const char *what, bool bare, data_sets *out)
{
	if (!strcmp(what, "digits")) {
		out->train = mica_dataset_digits(ctx, MICA_TRAIN);
		out->test = mica_dataset_digits(ctx, MICA_TEST);
	} else if (!strcmp(what, "mnist")) {
		open_mnist(ctx, NULL, out);
	} else if (ends_with(what, ".npz") && !strchr(what, ',')) {
		open_npz(ctx, what, out);
	} else if (!strchr(what, ',') && !ends_with(what, ".npy")) {
		open_mnist(ctx, what, out);
	} else {
		return open_npy(c, ctx, what, bare, out);
	}
	return -1;
}

static int open_data(const command *c, mica_context *ctx, const char *what, double scale, bool bare, data_sets *out)
{
	int code;

	*out = (data_sets){.name = what ? what : mica_dataset_mnist_has(MICA_TRAIN, NULL) ? "mnist" : "digits"};
	code = open_named(c, ctx, out->name, bare, out);
	if (code >= 0)
		return code;
	if (scale != 0) {
		out->train = mica_dataset_scaled(out->train, scale);
		out->test = mica_dataset_scaled(out->test, scale);
	}
	return mica_context_status(ctx) != MICA_OK ? complain(c, "%s", mica_error(ctx)) : -1;
}

int data_open(const command *c, mica_context *ctx, const char *what, double scale, data_sets *out)
{
	int code = open_data(c, ctx, what, scale, false, out);

	if (code < 0)
		code = count_classes(c, out);
	return code < 0 ? compare_samples(c, out) : code;
}

int data_open_any(const command *c, mica_context *ctx, const char *what, double scale, data_sets *out)
{
	return open_data(c, ctx, what, scale, true, out);
}

int data_choose(const command *c, const data_sets *d, const char *split, const mica_dataset **out)
{
	bool train = split && !strcmp(split, "train");

	if (split && !train && strcmp(split, "test") != 0)
		return misused(c, "--split is '%s'; give train or test", split);
	if (split && !train && !d->test)
		return complain(c, "%s has no samples to test; give --split train", d->name);
	*out = train || !d->test ? d->train : d->test;
	return -1;
}

bool data_has_file(const char *what, const char *file)
{
	char name[PATH_MAX];

	for (const char *s = what; s; s = strchr(s, ','), s = s ? s + 1 : NULL) {
		snprintf(name, sizeof name, "%.*s", (int)strcspn(s, ","), s);
		if (*name && target_same(name, file))
			return true;
	}
	return false;
}
