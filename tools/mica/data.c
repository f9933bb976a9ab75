/* SPDX-License-Identifier: MIT */
/* tools/mica/data.c - what --data names: sets of the library, mnist, a folder like MNIST's, .npy, .npz or CSV files. */
#include "tool.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

static void open_mnist(mica_context *ctx, const char *folder, data_sets *out)
{
	out->train = mica_dataset_mnist(ctx, MICA_TRAIN, folder);
	if (out->train && (!folder || mica_dataset_mnist_has(MICA_TEST, folder)))
		out->test = mica_dataset_mnist(ctx, MICA_TEST, folder);
}

static void open_npz(mica_context *ctx, const char *file, data_sets *out)
{
	out->train = mica_dataset_npz(ctx, MICA_TRAIN, file);
	if (out->train && mica_dataset_npz_has(MICA_TEST, file))
		out->test = mica_dataset_npz(ctx, MICA_TEST, file);
}

const char data_help[] = "digits, wine, breast_cancer, diabetes, houses, mnist, FOLDER[/PREFIX] of files named as MNIST's, FILE.npz,\n"
                         "                            X.npy,Y.npy[,XTEST.npy,YTEST.npy], FILE.csv[,TEST.csv] with --label\n"
                         "                            (mnist where MICA_DATA_DIR has it, else digits)";

typedef struct name_list {
	char text[4 * 4096];
	const char *at[MICA_MOST_NAMED];
	size_t n;
} name_list;

/* Names between commas; false if there are more, or one is empty. */
static bool split_names(name_list *l, const char *what)
{
	char *comma;

	l->n = 0;
	if (snprintf(l->text, sizeof l->text, "%s", what) >= (int)sizeof l->text)
		return false;
	for (char *s = l->text; s; s = comma ? comma + 1 : NULL) {
		comma = strchr(s, ',');
		if (comma)
			*comma = 0;
		if (!*s || l->n == MICA_MOST_NAMED)
			return false;
		l->at[l->n++] = s;
	}
	return true;
}

/* X,Y to train, and two more files to test; bare: X may be alone. */
static int open_npy(const command *c, mica_context *ctx, const char *what, bool bare, data_sets *out)
{
	name_list l;

	if (!split_names(&l, what) || l.n > 4 || (l.n % 2 && !(bare && l.n == 1)))
		return misused(c, "--data is %s; give %sX.npy,Y.npy or X.npy,Y.npy,XTEST.npy,YTEST.npy", what, bare ? "X.npy, " : "");
	out->train = mica_dataset_npy(ctx, l.at[0], l.n > 1 ? l.at[1] : NULL);
	if (out->train && l.n == 4)
		out->test = mica_dataset_npy(ctx, l.at[2], l.at[3]);
	return -1;
}

/* A table to train, and one to test that has the same columns; bare: there need be no label. */
static int open_csv(const command *c, mica_context *ctx, const data_options *o, bool bare, data_sets *out)
{
	mica_csv_opts opts = {MICA_OPTS(mica_csv_opts), .label = o->label, .classes = o->classes};
	name_list files, columns = {.n = 0};

	if (!split_names(&files, o->data) || files.n > 2)
		return misused(c, "--data is %s; give FILE.csv or FILE.csv,TEST.csv", o->data);
	if (!o->label && !bare)
		return misused(c, "--data is a table; name the column that is to be predicted, as --label price");
	if (o->columns && !split_names(&columns, o->columns))
		return misused(c, "--columns is %s; give up to %d names, with commas between them", o->columns, MICA_MOST_NAMED);
	memcpy(opts.columns, columns.at, columns.n * sizeof columns.at[0]);
	out->train = mica_dataset_of_csv(ctx, files.at[0], &opts);
	if (out->train && files.n == 2)
		out->test = mica_dataset_csv(ctx, files.at[1], .like = out->train);
	return -1;
}

/* Whether labels are numbers that are to be predicted: those of a table, where columns have names, and not classes. */
static bool is_regression(const data_sets *d)
{
	return mica_dataset_column_name(d->train, 0) && !mica_dataset_class_name(d->train, 0);
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
	if (strcmp(train, test) != 0)
		return complain(c, "%s: samples have shape %s to train and %s to test; give files of one kind", d->name, train, test);
	if (d->test && mica_dataset_scale(d->train) != mica_dataset_scale(d->test))
		return complain(c, "%s: samples, by their types, are multiplied by %g to train and by %g to test; say what is right for both with --scale",
		                d->name, mica_dataset_scale(d->train), mica_dataset_scale(d->test));
	return -1;
}

void data_say_scale(FILE *out, const mica_dataset *d)
{
	double scale = mica_dataset_scale(d);

	if (scale == 1)
		fprintf(out, "scale: 1, values as they are\n");
	else if (fabs(scale) < 1 && fabs(1 / scale - round(1 / scale)) < 1e-9)
		fprintf(out, "scale: 1/%.0f, by which values are multiplied; --scale 1 takes them as they are\n", 1 / scale);
	else
		fprintf(out, "scale: %g, by which values are multiplied; --scale 1 takes them as they are\n", scale);
}

typedef mica_dataset *open_split(mica_context *ctx, mica_split split);

static const struct {
	const char *name;
	open_split *open;
} in_library[] = {
	{"digits", mica_dataset_digits}, {"wine", mica_dataset_wine}, {"breast_cancer", mica_dataset_breast_cancer},
	{"diabetes", mica_dataset_diabetes},
	{"houses", mica_dataset_houses},
};

static bool is_file(const char *what)
{
	struct stat s;

	return stat(what, &s) == 0 && S_ISREG(s.st_mode);
}

static int open_named(const command *c, mica_context *ctx, const data_options *o, bool bare, data_sets *out)
{
	const char *what = out->name;

	for (size_t i = 0; i < sizeof in_library / sizeof in_library[0]; i++)
		if (!strcmp(what, in_library[i].name)) {
			out->train = in_library[i].open(ctx, MICA_TRAIN);
			out->test = in_library[i].open(ctx, MICA_TEST);
			return -1;
		}
	if (!strcmp(what, "mnist"))
		open_mnist(ctx, NULL, out);
	else if (ends_with(what, ".npz") && !strchr(what, ','))
		open_npz(ctx, what, out);
	else if (ends_with(what, ".csv"))
		return open_csv(c, ctx, o, bare, out);
	else if (is_file(what) && !ends_with(what, ".npy"))
		return misused(c, "--data is %s, a file whose name does not say of what kind it is; call it FILE.npz, FILE.npy or FILE.csv", what);
	else if (!strchr(what, ',') && !ends_with(what, ".npy"))
		open_mnist(ctx, what, out);
	else
		return open_npy(c, ctx, what, bare, out);
	return -1;
}

static int open_data(const command *c, mica_context *ctx, const data_options *o, bool bare, data_sets *out)
{
	int code;

	*out = (data_sets){.name = o->data ? o->data : mica_dataset_mnist_has(MICA_TRAIN, NULL) ? "mnist" : "digits"};
	if ((o->label || o->columns || o->classes) && !ends_with(out->name, ".csv"))
		return misused(c, "--label, --columns and --classes are for FILE.csv, and --data is %s", out->name);
	code = open_named(c, ctx, o, bare, out);
	if (code >= 0)
		return code;
	if (o->test_split != 0 && out->test)
		return misused(c, "--test-split is for data without samples to test, and %s has some", out->name);
	if (o->test_split != 0 && out->train)
		mica_dataset_split(out->train, &out->train, &out->test, .test = o->test_split);
	if (o->scale != 0) {
		out->train = mica_dataset_scaled(out->train, o->scale);
		out->test = mica_dataset_scaled(out->test, o->scale);
	}
	return mica_context_status(ctx) != MICA_OK ? complain(c, "%s", mica_error(ctx)) : -1;
}

int data_open(const command *c, mica_context *ctx, const data_options *o, data_sets *out)
{
	int code = open_data(c, ctx, o, false, out);

	if (code < 0 && !is_regression(out))
		code = count_classes(c, out);
	return code < 0 ? compare_samples(c, out) : code;
}

int data_open_any(const command *c, mica_context *ctx, const data_options *o, data_sets *out)
{
	return open_data(c, ctx, o, true, out);
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

size_t shape_count(mica_shape s)
{
	size_t n = 1;

	for (size_t i = 0; i < s.rank; i++)
		n *= s.dim[i];
	return n;
}
