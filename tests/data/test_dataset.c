/* SPDX-License-Identifier: MIT */
/* tests/data/test_dataset.c - datasets from memory, from files and from the library itself. */
#include "check.h"
#include "data/columns.h"
#include "golden/tuning.h"

#include "mica/context.h"

#include <math.h>
#include <sys/stat.h>

/* Opens the device anew for a check that makes the context fail. */
static mica_context *ctx;

static void open_device(void)
{
	ctx = mica_open(NULL);
	cr_assert(ctx, "%s", mica_error(NULL));
}

static void close_device(void)
{
	mica_close(ctx);
}

TestSuite(dataset, .init = open_device, .fini = close_device);

/* d is NULL, the context has failed with want and the texts; then it is opened again. */
#define REFUSED(d, want, ...)                                                                                          \
	do {                                                                                                           \
		cr_assert_null(d);                                                                                     \
		FAILS(mica_context_status(ctx), want, __VA_ARGS__);                                                    \
		cr_assert_str_eq(mica_error(ctx), mica_error(NULL));                                               \
		close_device();                                                                                        \
		open_device();                                                                                         \
	} while (0)

static const float x[6] = {1, 2, 3, 4, 5, 6};
static const int32_t y[3] = {0, 4, 2};

static mica_dataset *arrays(mica_dtype xt, mica_shape xs, mica_dtype yt, mica_shape ys, double scale)
{
	return mica_dataset_arrays(ctx, x, xt, xs, y, yt, ys, scale);
}

Test(dataset, holds_copies)
{
	float mine[6];
	mica_dataset *d;

	memcpy(mine, x, sizeof x);
	d = mica_dataset_arrays(ctx, mine, MICA_F32, MICA_SHAPE(3, 2), y, MICA_I32, MICA_SHAPE(3), 0);
	cr_assert(d, "%s", mica_error(NULL));
	mine[0] = 99;
	cr_assert_eq(mica_dataset_count(d), 3);
	cr_assert_eq(mica_dataset_sample_shape(d).rank, 1);
	cr_assert_eq(mica_dataset_sample_shape(d).dim[0], 2);
	cr_assert_eq(target_shape(d).rank, 0);
	cr_assert_eq(mica_dataset_classes(d), 5);
	cr_assert_eq(mica_dataset_scale(d), 1.0);
	cr_assert_arr_eq(sample_at(d, 0), x, sizeof x);
	cr_assert_eq(*(const int32_t *)label_at(d, 1), 4);
	cr_assert_eq(mica_context_status(ctx), MICA_OK);
}

Test(dataset, bytes_are_scaled_and_labels_optional)
{
	const unsigned char bytes[4] = {0, 1, 2, 3};
	mica_dataset *d = mica_dataset_arrays(ctx, bytes, MICA_U8, MICA_SHAPE(4), NULL, MICA_F32, MICA_SCALAR_SHAPE, 0);

	cr_assert(d, "%s", mica_error(NULL));
	cr_assert_eq(mica_dataset_scale(d), 1.0 / 255);
	cr_assert_eq(mica_dataset_sample_shape(d).rank, 0);
	cr_assert_eq(mica_dataset_classes(d), 0);
	cr_assert_null(label_at(d, 0));
	FAILS(check_labels(d, 10, (double)NAN), MICA_EINVAL, "no labels", "0..9");
	d = mica_dataset_arrays(ctx, bytes, MICA_U8, MICA_SHAPE(4), NULL, MICA_F32, MICA_SCALAR_SHAPE, 0.5);
	cr_assert_eq(mica_dataset_scale(d), 0.5);
}

Test(dataset, refuses_arrays_that_do_not_fit)
{
	mica_shape one = MICA_SHAPE(3), two = MICA_SHAPE(3, 2);

	REFUSED(arrays((mica_dtype)-1, two, MICA_I32, one, 0), MICA_EINVAL, "x is of type -1", "mica_dtype");
	REFUSED(arrays(MICA_F32, two, (mica_dtype)77, one, 0), MICA_EINVAL, "y is of type 77", "mica_dtype");
	REFUSED(arrays(MICA_F32, MICA_SCALAR_SHAPE, MICA_I32, one, 0), MICA_EINVAL, "x has rank 0", "counting samples");
	REFUSED(arrays(MICA_F32, (mica_shape){9, {1}}, MICA_I32, one, 0), MICA_EINVAL, "x has rank 9");
	REFUSED(arrays(MICA_F32, MICA_SHAPE(0, 2), MICA_I32, one, 0), MICA_EINVAL, "empty data set", "(0, 2)",
	        "at least one sample");
	REFUSED(arrays(MICA_F32, two, MICA_I32, MICA_SHAPE(0), 0), MICA_EINVAL, "empty data set", "y has shape");
	REFUSED(arrays(MICA_F32, two, MICA_I32, MICA_SHAPE(2), 0), MICA_ESHAPE, "3 samples and 2 labels",
	        "a label for each sample");
	REFUSED(arrays(MICA_F32, MICA_SHAPE(SIZE_MAX, 2), MICA_I32, one, 0), MICA_EOVERFLOW, "x of shape", "larger");
	REFUSED(arrays(MICA_F32, two, MICA_I32, one, NAN), MICA_EINVAL, "scale is nan", "finite");
	REFUSED(mica_dataset_arrays(ctx, NULL, MICA_F32, two, y, MICA_I32, one, 0), MICA_EINVAL, "x is NULL");
	cr_assert_null(mica_dataset_arrays(NULL, x, MICA_F32, two, y, MICA_I32, one, 0));
	cr_assert(strstr(mica_error(NULL), "mica_open"));
}

Test(dataset, ranges_share_memory)
{
	mica_dataset *d = arrays(MICA_F32, MICA_SHAPE(3, 2), MICA_I32, MICA_SHAPE(3), 0);
	mica_dataset *tail = mica_dataset_range(d, 1, 3), *last = mica_dataset_range(tail, 1, 2);

	cr_assert(tail && last, "%s", mica_error(NULL));
	cr_assert_eq(tail->all, d->all);
	cr_assert_eq(mica_dataset_count(tail), 2);
	cr_assert_eq(last->offset, 2);
	cr_assert_eq(*(const float *)sample_at(last, 0), 5.0f);
	cr_assert_eq(*(const int32_t *)label_at(last, 0), 2);
	cr_assert_eq(mica_dataset_classes(last), 3);
	cr_assert_null(mica_dataset_range(NULL, 0, 1));
	REFUSED(mica_dataset_range(tail, 1, 1), MICA_EINVAL, "range 1..1", "2 samples");
	REFUSED(mica_dataset_range(arrays(MICA_F32, MICA_SHAPE(3, 2), MICA_I32, MICA_SHAPE(3), 0), 2, 4), MICA_EINVAL,
	        "range 2..4", "3 samples");
}

static mica_dataset *labelled(mica_dtype t, const void *labels, mica_shape s)
{
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(3), labels, t, s, 0);

	cr_assert(d, "%s", mica_error(NULL));
	return d;
}

Test(dataset, checks_labels)
{
	mica_dataset *ints = labelled(MICA_I32, (int32_t[]){3, 12, -1}, MICA_SHAPE(3));
	mica_dataset *floats = labelled(MICA_F32, (float[]){3, 9, 1.5f}, MICA_SHAPE(3));
	mica_dataset *column = labelled(MICA_U8, (unsigned char[]){0, 1, 9}, MICA_SHAPE(3, 1));
	mica_dataset *pairs = labelled(MICA_U8, (unsigned char[]){0, 1, 2, 3, 4, 10}, MICA_SHAPE(3, 2));
	mica_dataset *nan = labelled(MICA_F32, (float[]){0, NAN, 1}, MICA_SHAPE(3));

	FAILS(check_labels(ints, 10, (double)NAN), MICA_EINVAL, "label 12 at sample 1 is outside 0..9");
	FAILS(check_labels(ints, 13, (double)NAN), MICA_EINVAL, "label -1 at sample 2 is outside 0..12");
	FAILS(check_labels(ints, 10, -1), MICA_EINVAL, "label 12 at sample 1");
	cr_assert_eq(check_labels(ints, 13, -1), MICA_OK);
	FAILS(check_labels(mica_dataset_range(ints, 1, 3), 10, (double)NAN), MICA_EINVAL, "label 12 at sample 0");
	FAILS(check_labels(floats, 10, (double)NAN), MICA_EINVAL, "label 1.5 at sample 2 is not an integer", "0..9");
	FAILS(check_labels(nan, 10, (double)NAN), MICA_EINVAL, "label nan at sample 1 is not an integer");
	FAILS(check_labels(pairs, 10, (double)NAN), MICA_EINVAL, "label 10 at sample 2 is outside 0..9");
	cr_assert_eq(check_labels(pairs, 11, (double)NAN), MICA_OK);
	cr_assert_eq(check_labels(column, 10, (double)NAN), MICA_OK);
	cr_assert_eq(check_labels(mica_dataset_range(floats, 0, 2), 10, (double)NAN), MICA_OK);
	cr_assert_eq(mica_dataset_classes(ints), 0);
	cr_assert_eq(mica_dataset_classes(floats), 0);
	cr_assert_eq(mica_dataset_classes(nan), 0);
	cr_assert_eq(mica_dataset_classes(pairs), 0);
	cr_assert_eq(mica_dataset_classes(column), 10);
	cr_assert_eq(mica_context_status(ctx), MICA_OK);
}

/* Sums of the CSV file that the digits were made from: of the training part, then of the test part. */
Test(dataset, digits_are_the_digits)
{
	static const unsigned sums[2] = {449372, 112346}, label_sums[2] = {6449, 1621};
	static const unsigned char first_row[8] = {0, 0, 5, 13, 9, 1, 0, 0};

	for (int i = 0; i < 2; i++) {
		mica_dataset *d = mica_dataset_digits(ctx, i ? MICA_TEST : MICA_TRAIN);
		unsigned sum = 0, labels = 0;
		cr_assert(d, "%s", mica_error(NULL));
		cr_assert_eq(mica_dataset_count(d), i ? 360 : 1437);
		cr_assert_eq(mica_dataset_sample_shape(d).rank, 2);
		cr_assert_eq(mica_dataset_classes(d), 10);
		cr_assert_eq(mica_dataset_scale(d), 1.0 / 16);
		for (size_t k = 0; k < mica_dataset_count(d) * 64; k++)
			sum += ((const unsigned char *)sample_at(d, 0))[k];
		for (size_t k = 0; k < mica_dataset_count(d); k++)
			labels += *(const unsigned char *)label_at(d, k);
		cr_assert_eq(sum, sums[i]);
		cr_assert_eq(labels, label_sums[i]);
		if (!i)
			cr_assert_arr_eq(sample_at(d, 0), first_row, 8);
	}
}

static const unsigned char idx_images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 40};
static const unsigned char idx_labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 3, 7};

Test(dataset, reads_idx_files)
{
	char images[64], labels[64];
	mica_dataset *d;

	write_file(images, idx_images, sizeof idx_images);
	write_file(labels, idx_labels, sizeof idx_labels);
	d = mica_dataset_idx(ctx, images, labels);
	cr_assert(d, "%s", mica_error(NULL));
	cr_assert_eq(mica_dataset_count(d), 2);
	cr_assert_eq(mica_dataset_classes(d), 8);
	cr_assert_eq(((const unsigned char *)sample_at(d, 1))[1], 40);
	d = mica_dataset_idx(ctx, images, NULL);
	cr_assert(d && !label_at(d, 0), "%s", mica_error(NULL));
	unlink(labels);
	REFUSED(mica_dataset_idx(ctx, images, labels), MICA_EIO, labels);
	REFUSED(mica_dataset_idx(ctx, NULL, labels), MICA_EINVAL, "is NULL");
	write_file(labels, (unsigned char[]){0, 0, 8, 1, 0, 0, 0, 1, 3}, 9);
	REFUSED(mica_dataset_idx(ctx, images, labels), MICA_ESHAPE, images, "2 samples and 1 labels");
	unlink(images);
	unlink(labels);
}

Test(dataset, reads_npy_files)
{
	static const char head[] = "\x93NUMPY\1\0\x34\0{'descr':'|u1','fortran_order':False,'shape':(2,)}\n ";
	char xs[64], ys[64], bytes[sizeof head + 1];
	mica_dataset *d;

	memcpy(bytes, head, sizeof head - 1);
	memcpy(bytes + sizeof head - 1, "\1\4", 2);
	write_file(xs, bytes, sizeof bytes);
	write_file(ys, bytes, sizeof bytes);
	d = mica_dataset_npy(ctx, xs, ys);
	cr_assert(d, "%s", mica_error(NULL));
	cr_assert_eq(mica_dataset_classes(d), 5);
	unlink(xs);
	write_file(xs, bytes, sizeof bytes - 1);
	REFUSED(mica_dataset_npy(ctx, xs, ys), MICA_EFORMAT, xs, "1 bytes of values", "expected (2)");
	unlink(xs);
	unlink(ys);
}

static void write_mnist(const char *folder, const char *name, const unsigned char *head, size_t n, unsigned char fill,
                        size_t values)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "wb");
	cr_assert(f && fwrite(head, 1, n, f) == n);
	while (values--)
		putc(fill, f);
	cr_assert_eq(fclose(f), 0);
}

static void remove_mnist(const char *folder)
{
	char path[256];

	snprintf(path, sizeof path, "%s/t10k-images-idx3-ubyte", folder);
	unlink(path);
	snprintf(path, sizeof path, "%s/t10k-labels-idx1-ubyte", folder);
	unlink(path);
	rmdir(folder);
}

Test(dataset, finds_mnist)
{
	static const unsigned char images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28};
	static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 2};
	char folder[] = "/tmp/mica-mnist-XXXXXX";
	mica_dataset *d;

	cr_assert(mkdtemp(folder));
	write_mnist(folder, "t10k-images-idx3-ubyte", images, sizeof images, 255, 2 * 784);
	write_mnist(folder, "t10k-labels-idx1-ubyte", labels, sizeof labels, 9, 2);
	d = mica_dataset_mnist(ctx, MICA_TEST, folder);
	cr_assert(d, "%s", mica_error(NULL));
	cr_assert_eq(mica_dataset_count(d), 2);
	cr_assert_eq(mica_dataset_classes(d), 10);
	cr_assert_eq(mica_dataset_scale(d), 1.0 / 255);
	setenv("MICA_DATA_DIR", folder, 1);
	cr_assert(mica_dataset_mnist(ctx, MICA_TEST, NULL), "%s", mica_error(NULL));
	REFUSED(mica_dataset_mnist(ctx, MICA_TRAIN, NULL), MICA_EIO, "no train-images-idx3-ubyte", folder,
	        "tools/get-mnist", "MICA_DATA_DIR");
	write_mnist(folder, "t10k-labels-idx1-ubyte", images, sizeof images, 0, 2 * 784);
	REFUSED(mica_dataset_mnist(ctx, MICA_TEST, folder), MICA_EFORMAT, "labels of shape (2, 28, 28)",
	        "expected images (n, ...)");
	remove_mnist(folder);
}

/* Names as they are found: with a dot, of another split's word, packed beside plain, with a prefix; shapes of any rank. */
Test(dataset, finds_other_sets_in_the_form_of_mnist)
{
	static const unsigned char images[] = {0, 0, 8, 4, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 2};
	static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 2};
	static const char *const names[] = {"train-images.idx4-ubyte", "train-images.idx4-ubyte.gz", "train-labels.idx1-ubyte"};
	char folder[] = "/tmp/mica-idx-XXXXXX", path[256];
	mica_dataset *d;

	cr_assert(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/train-images-idx4-ubyte", folder);
	cr_assert_eq(mkdir(path, 0700), 0); /* as some archives have it, beside the file */
	write_mnist(folder, names[0], images, sizeof images, 255, 2 * 18);
	write_mnist(folder, names[1], images, sizeof images, 1, 1); /* not to be read */
	write_mnist(folder, names[2], labels, sizeof labels, 26, 2);
	cr_assert(mica_dataset_mnist_has(MICA_TRAIN, folder) && !mica_dataset_mnist_has(MICA_TEST, folder));
	d = mica_dataset_mnist(ctx, MICA_TRAIN, folder);
	cr_assert(d, "%s", mica_error(NULL));
	cr_assert(mica_dataset_sample_shape(d).rank == 3 && mica_dataset_classes(d) == 27);
	write_mnist(folder, "emnist-letters-train-images-idx3-ubyte", images, sizeof images, 0, 2 * 18);
	REFUSED(mica_dataset_mnist(ctx, MICA_TRAIN, folder), MICA_EIO, "both ", "emnist-letters-train-images-idx3-ubyte",
	        "names begin with");
	write_mnist(folder, "emnist-letters-train-labels-idx1-ubyte", labels, sizeof labels, 3, 2);
	snprintf(path, sizeof path, "%s/emnist-letters", folder);
	d = mica_dataset_mnist(ctx, MICA_TRAIN, path);
	cr_assert(d, "%s", mica_error(NULL));
	cr_assert_eq(mica_dataset_classes(d), 4);
	snprintf(path, sizeof path, "%s/emnist-digits", folder);
	REFUSED(mica_dataset_mnist(ctx, MICA_TRAIN, path), MICA_EIO, "no emnist-digits-train-images-idx3-ubyte",
	        "there is no folder", folder);
	snprintf(path, sizeof path, "rm -r %s", folder);
	cr_assert_eq(system(path), 0);
}

/* Of 2^40 bytes, of which no memory is asked for where the first are not the reader's. */
Test(dataset, large_files_of_another_kind_are_not_read)
{
	char path[] = "/tmp/mica-sparse-XXXXXX";
	int fd = mkstemp(path);

	cr_assert(fd >= 0 && ftruncate(fd, (off_t)1 << 40) == 0);
	REFUSED(mica_dataset_npz(ctx, MICA_TRAIN, path), MICA_EFORMAT, path, "expected PK");
	REFUSED(mica_dataset_npy(ctx, path, NULL), MICA_EFORMAT, path, "NUMPY");
	REFUSED(mica_dataset_idx(ctx, path, NULL), MICA_EFORMAT, path, "type 0x00");
	REFUSED(mica_dataset_csv(ctx, path, .label = "price"), MICA_EFORMAT, path, "byte 0 in it");
	close(fd);
	unlink(path);
}

Test(dataset, reads_npz)
{
	const char *file = MICA_GOLDEN "/numpy/stored.npz";
	mica_dataset *d = mica_dataset_npz(ctx, MICA_TRAIN, file);

	cr_assert(d, "%s", mica_error(NULL));
	cr_assert(mica_dataset_count(d) == 3 && mica_dataset_classes(d) == 3 && mica_dataset_scale(d) == 1);
	cr_assert(mica_dataset_npz_has(MICA_TRAIN, file) && !mica_dataset_npz_has(MICA_TEST, file));
	REFUSED(mica_dataset_npz(ctx, MICA_TEST, file), MICA_EFORMAT, "no array named x_test", "it has: x_train.npy, y_train.npy");
	REFUSED(mica_dataset_npz(ctx, MICA_TRAIN, MICA_GOLDEN "/numpy/big.npy"), MICA_EFORMAT, "expected PK");
	REFUSED(mica_dataset_npz(ctx, MICA_TRAIN, NULL), MICA_EINVAL, "is NULL");
}

/* The type alone does not decide: bools are 0 and 1, bytes may be counts, and ranges keep what was chosen. */
Test(dataset, refuses_what_floats_do_not_hold)
{
	const double far[3] = {1, -1e300, INFINITY}, good[3] = {1, -3e38, INFINITY};
	const mica_shape s = {1, {3}};

	REFUSED(mica_dataset_arrays(ctx, far, MICA_F64, s, y, MICA_I32, s, 0), MICA_EINVAL, "data set: x: number 1 is -1e+300", "3.4e38");
	REFUSED(mica_dataset_arrays(ctx, x, MICA_F32, s, far, MICA_F64, s, 0), MICA_EINVAL, "data set: y: number 1 is -1e+300");
	REFUSED(mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(x, 3)}}, .weights = {{NULL, MICA_ARRAY(far, 3)}}), MICA_EINVAL, "the weights");
	REFUSED(mica_dataset_arrays(ctx, x, MICA_F32, s, y, MICA_I32, s, 1e300), MICA_EINVAL, "scale is 1e+300", "32-bit float");
	REFUSED(mica_dataset_arrays(ctx, x, MICA_F32, s, y, MICA_I32, s, 1e-300), MICA_EINVAL, "scale is 1e-300", "32-bit float");
	cr_assert(mica_dataset_arrays(ctx, good, MICA_F64, s, NULL, 0, s, 0), "%s", mica_error(ctx));
}

Test(dataset, says_its_scale_and_takes_another)
{
	char flags[64], bytes[64];
	static const char npy[] = "\x93NUMPY\1\0\x37\0{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}\0\1";
	char other[sizeof npy];

	memcpy(other, npy, sizeof npy);
	*strchr(other + 20, 'b') = 'u';
	write_file(flags, npy, sizeof npy - 1);
	write_file(bytes, other, sizeof npy - 1);
	mica_dataset *f = mica_dataset_npy(ctx, flags, NULL), *b = mica_dataset_npy(ctx, bytes, NULL);
	cr_assert(f && b, "%s", mica_error(NULL));
	cr_assert_eq(mica_dataset_scale(f), 1);
	cr_assert_eq(mica_dataset_scale(b), 1.0 / 255);
	mica_dataset *counts = mica_dataset_scaled(b, 1);
	cr_assert(counts && mica_dataset_scale(counts) == 1 && mica_dataset_scale(b) == 1.0 / 255);
	cr_assert_eq(sample_at(counts, 0), sample_at(b, 0));
	cr_assert_eq(mica_dataset_scale(mica_dataset_range(counts, 1, 2)), 1);
	cr_assert_eq(mica_dataset_scale(mica_dataset_scaled(counts, 0)), 1.0 / 255);
	cr_assert_eq(mica_dataset_scale(mica_dataset_digits(ctx, MICA_TEST)), 1.0 / 16);
	cr_assert_null(mica_dataset_scaled(NULL, 1));
	cr_assert_eq(mica_dataset_scale(NULL), 0);
	REFUSED(mica_dataset_scaled(b, NAN), MICA_EINVAL, "scale is nan", "finite");
	unlink(flags);
	unlink(bytes);
}

Test(dataset, tables_come_with_the_library)
{
	static const struct {
		mica_dataset *(*open)(mica_context *ctx, mica_split split);
		size_t train, test, columns, classes;
		const char *column, *name;  /* the last column, the last class */
		double sum, labels;         /* of all samples, as the source has them */
	} cases[] = {
		{mica_dataset_breast_cancer, 455, 114, 30, 2, "worst_fractal_dimension", "malignant", 1056474.4596, 212},
		{mica_dataset_wine, 142, 36, 13, 3, "proline", "class_2", 159975.295999, 167},
		{mica_dataset_diabetes, 353, 89, 10, 0, "s6_glu", NULL, 276404.2336, 67243},
		{mica_dataset_houses, 3200, 800, 11, 0, "north", NULL, 79008795.08883667, 316903.856986},
	};

	for (size_t i = 0; i < MICA__COUNT(cases); i++) {
		double sum = 0, labels = 0;
		mica_dataset *d[2] = {cases[i].open(ctx, MICA_TRAIN), cases[i].open(ctx, MICA_TEST)};
		cr_assert(d[0] && d[1], "%s", mica_error(NULL));
		cr_assert_eq(mica_dataset_count(d[0]), cases[i].train);
		cr_assert_eq(mica_dataset_count(d[1]), cases[i].test);
		for (size_t k = 0; k < 2; k++)
			for (size_t r = 0; r < mica_dataset_count(d[k]); r++) {
				for (size_t n = 0; n < cases[i].columns; n++)
					sum += (double)((const float *)sample_at(d[k], r))[n];
				labels += mica__number_get(labels_of(d[k])->array.type, label_at(d[k], r), 0);
			}
		cr_assert(fabs(sum - cases[i].sum) < 1e-6 * sum, "%zu: samples add up to %.10g", i, sum);
		cr_assert(fabs(labels - cases[i].labels) < 1e-9 * labels, "%zu: labels add up to %.12g", i, labels);
		cr_assert_str_eq(mica_dataset_column_name(d[1], cases[i].columns - 1), cases[i].column);
		cr_assert_null(mica_dataset_column_name(d[1], cases[i].columns));
		if (cases[i].name) {
			cr_assert_eq(mica_dataset_classes(d[0]), cases[i].classes);
			cr_assert_str_eq(mica_dataset_class_name(d[0], cases[i].classes - 1), cases[i].name);
		}
	}
	cr_assert_null(mica_dataset_class_name(mica_dataset_digits(ctx, MICA_TEST), 0));
	cr_assert_null(mica_dataset_wine(NULL, MICA_TRAIN));
}

Test(dataset, from_csv)
{
	char path[64];
	const char text[] = "size,rooms,price\n50,2,100\n80,3,160\n";

	write_file(path, text, sizeof text - 1);
	mica_dataset *d = mica_dataset_csv(ctx, path, .label = "price"), *part = mica_dataset_range(d, 1, 2);
	cr_assert(part, "%s", mica_error(ctx));
	cr_assert_eq(*(const float *)label_at(part, 0), 160.0f);
	cr_assert_eq(mica_dataset_labels(part).data, label_at(part, 0));
	cr_assert_eq(mica_dataset_labels(part).shape.dim[0], 1);
	cr_assert_null(mica_dataset_labels(NULL).data);
	cr_assert_str_eq(mica_dataset_column_name(part, 1), "rooms");
	cr_assert(mica_dataset_csv(ctx, path, .like = d), "%s", mica_error(ctx));
	REFUSED(mica_dataset_csv(ctx, path, .label = "prize"), MICA_EFORMAT, path, "no column \"prize\"", "size, rooms, price");
	unlink(path);
	REFUSED(mica_dataset_csv(ctx, path), MICA_EIO, path);
	REFUSED(mica_dataset_csv(ctx, NULL), MICA_EINVAL, "name of the CSV file is NULL");
}

/* What was as it was read becomes what the others are; parts of one set stay comparable; what cannot be right is refused. */
Test(dataset, standardized_like_what_was_standardized)
{
	const float a[] = {1, 7, 3, 7, 5, 7, 100, 0};
	mica_dataset *all = mica_dataset_arrays(ctx, a, MICA_F32, MICA_SHAPE(4, 2), NULL, 0, MICA_SCALAR_SHAPE, 0.5);
	mica_dataset *train = mica_dataset_range(all, 0, 3), *test = mica_dataset_range(all, 3, 4);
	mica_dataset *z = mica_dataset_standardized(train, NULL), *t = mica_dataset_standardized(test, train);

	mica_dataset *late = mica_dataset_standardized(test, z), *again = mica_dataset_standardized(z, z);
	cr_assert(late && again, "%s", mica_error(ctx));
	mica_array expected = mica_dataset_samples(t), got = mica_dataset_samples(late), twice = mica_dataset_samples(mica_dataset_standardized(test, again));
	for (size_t i = 0; i < mica__shape_count(&got.shape); i++) {
		cr_assert_eq(((const float *)got.data)[i], ((const float *)expected.data)[i], "what is like standardized samples is as they are");
		cr_assert_float_eq(((const float *)twice.data)[i], ((const float *)expected.data)[i], 1e-5);
	}
	mica_dataset *half = mica_dataset_range(z, 0, 2), *other = mica_dataset_standardized(test, NULL);
	cr_assert(mica_dataset_standardized(half, z), "parts of one set that was standardized: %s", mica_error(ctx));
	cr_assert(mica_dataset_standardized(t, z), "%s", mica_error(ctx));
	cr_assert(!mica_dataset_standardized(other, z) && strstr(mica_error(ctx), "standardized already"), "%s", mica_error(ctx));
	mica_clear(ctx);
}

Test(dataset, standardized_by_its_own_or_by_other_samples)
{
	const float a[] = {1, 7, 3, 7, 5, 7, 100, 0}, expected[] = {-1.2247449f, 0, 0, 0, 1.2247449f, 0};
	mica_dataset *all = mica_dataset_arrays(ctx, a, MICA_F32, MICA_SHAPE(4, 2), (const int32_t[]){3, 2, 1, 0}, MICA_I32, MICA_SHAPE(4), 0.5);
	mica_dataset *train = mica_dataset_range(all, 0, 3), *test = mica_dataset_range(all, 3, 4);
	mica_dataset *z = mica_dataset_standardized(train, NULL), *t = mica_dataset_standardized(test, train);

	cr_assert(z && t, "%s", mica_error(ctx));
	cr_assert_eq(mica_dataset_count(z), 3);
	cr_assert_eq(mica_dataset_scale(z), 1.0);
	cr_assert_eq(*(const int32_t *)label_at(z, 2), 1);
	cr_assert_eq(*(const int32_t *)label_at(t, 0), 0);
	for (size_t i = 0; i < 6; i++)
		cr_assert_float_eq(((const float *)sample_at(z, 0))[i], expected[i], 1e-6, "%zu", i);
	cr_assert_float_eq(((const float *)sample_at(t, 0))[0], 59.400127f, 1e-4);
	cr_assert_float_eq(((const float *)sample_at(t, 0))[1], -3.5f, 1e-6, "what never changes is not divided");
	cr_assert_str_eq(mica_dataset_column_name(mica_dataset_standardized(mica_dataset_wine(ctx, MICA_TEST), NULL), 0), "alcohol");
	cr_assert_null(mica_dataset_standardized(NULL, NULL));
	REFUSED(mica_dataset_standardized(train, mica_dataset_wine(ctx, MICA_TRAIN)), MICA_ESHAPE, "(2)", "(13)");
}

Test(dataset, splits_into_parts_that_have_all)
{
	enum { N = 103 };
	int32_t label[N];
	float x_of[N][2];
	bool seen[N] = {false};
	size_t moved = 0;
	mica_dataset *train, *test, *again, *rest;

	for (int i = 0; i < N; i++) {
		label[i] = i;
		x_of[i][0] = x_of[i][1] = (float)i;
	}
	mica_dataset *d = mica_dataset_arrays(ctx, x_of, MICA_F32, MICA_SHAPE(N, 2), label, MICA_I32, MICA_SHAPE(N), 0);
	cr_assert_eq(mica_dataset_split(d, &train, &test, .test = 0.2, .seed = 5), MICA_OK, "%s", mica_error(ctx));
	cr_assert_eq(mica_dataset_count(train), 82);
	cr_assert_eq(mica_dataset_count(test), 21);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < mica_dataset_count(k ? test : train); i++) {
			int32_t at = *(const int32_t *)label_at(k ? test : train, i);
			cr_assert(at >= 0 && at < N && !seen[at]);
			seen[at] = true;
			cr_assert_eq(((const float *)sample_at(k ? test : train, i))[1], (float)at, "a sample keeps its label");
			moved += k == 0 && (size_t)at != i;
		}
	cr_assert_gt(moved, 70);
	cr_assert_eq(mica_dataset_split(d, &again, &rest, .test = 0.2, .seed = 5), MICA_OK);
	cr_assert_arr_eq(sample_at(again, 0), sample_at(train, 0), 82 * 2 * sizeof(float), "the same seed, the same parts");
	cr_assert_eq(mica_dataset_split(d, &again, &rest, .no_shuffle = true), MICA_OK);
	cr_assert_eq(*(const int32_t *)label_at(rest, 0), 77);
	cr_assert_eq(mica_dataset_split(mica_dataset_wine(ctx, MICA_TRAIN), &again, &rest), MICA_OK);
	cr_assert_str_eq(mica_dataset_class_name(rest, 2), "class_2");
	cr_assert_eq(mica_dataset_split(NULL, &again, &rest), MICA_EINVAL);
	cr_assert_eq(mica_dataset_split(d, &again, &rest, .test = 1), MICA_EINVAL);
	REFUSED(again, MICA_EINVAL, "1 of 103 samples", "below 1");
}

/* Samples whose number and label are their own, by golden_labels. */
static mica_dataset *numbered(const int *labels, size_t n)
{
	float x[100];

	for (size_t i = 0; i < n; i++)
		x[i] = (float)i;
	return mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(n, 1), labels, MICA_I32, MICA_SHAPE(n), 0);
}

static size_t number_of(const mica_dataset *d, size_t i)
{
	return (size_t)*(const float *)sample_at(d, i);
}

enum { LABELS = sizeof golden_labels / sizeof golden_labels[0] };

static void check_folds(const mica_dataset *d, const int *want, long folds, bool stratify)
{
	for (size_t k = 0; k < (size_t)folds; k++) {
		mica_dataset *train, *test;
		size_t n = 0;
		cr_assert_eq(mica_dataset_fold(d, k, &train, &test, .folds = folds, .stratify = stratify), MICA_OK, "%s", mica_error(ctx));
		for (size_t i = 0; i < LABELS; i++)
			n += want[i] == (int)k;
		cr_assert_eq(mica_dataset_count(test), n);
		cr_assert_eq(mica_dataset_count(train), LABELS - n);
		for (size_t i = 0; i < n; i++) {
			cr_assert_eq(want[number_of(test, i)], (int)k);
			cr_assert_eq(*(const int *)label_at(test, i), golden_labels[number_of(test, i)]);
			cr_assert(i == 0 || number_of(test, i) > number_of(test, i - 1), "in d's order");
		}
		for (size_t i = 0; i < LABELS - n; i++)
			cr_assert_neq(want[number_of(train, i)], (int)k);
	}
}

Test(dataset, folds_are_those_of_scikit_learn)
{
	mica_dataset *d = numbered(golden_labels, LABELS), *train, *test, *again;

	check_folds(d, golden_folds_plain, 7, false);
	check_folds(d, golden_folds_stratified, 4, true);
	for (int stratify = 0; stratify < 2; stratify++) { /* drawn: each sample in one fold, other folds for another seed */
		int seen[LABELS] = {0};
		size_t moved = 0;
		for (size_t k = 0; k < 4; k++) {
			cr_assert_eq(mica_dataset_fold(d, k, &train, &test, .folds = 4, .stratify = stratify, .shuffle = true, .seed = 1), MICA_OK);
			for (size_t i = 0; i < mica_dataset_count(test); i++) {
				seen[number_of(test, i)]++;
				moved += number_of(test, i) / 16 != k;
			}
			int ones = 0;
			for (size_t i = 0; i < mica_dataset_count(test); i++)
				ones += *(const int *)label_at(test, i) == 1;
			cr_assert(!stratify || ones == 4 || ones == 5, "%d of 17 in a fold", ones);
			cr_assert_eq(mica_dataset_fold(d, k, &train, &again, .folds = 4, .stratify = stratify, .shuffle = true, .seed = 2), MICA_OK);
			cr_assert(mica_dataset_count(again) != mica_dataset_count(test) ||
			          memcmp(sample_at(again, 0), sample_at(test, 0), mica_dataset_count(test) * sizeof(float)) != 0);
		}
		for (size_t i = 0; i < LABELS; i++)
			cr_assert_eq(seen[i], 1);
		cr_assert_gt(moved, 30);
	}
	cr_assert_eq(mica_dataset_fold(NULL, 0, &train, &test), MICA_EINVAL);
	cr_assert_eq(mica_dataset_fold(d, 5, &train, &test), MICA_EINVAL);
	cr_assert(strstr(mica_error(ctx), "no fold 5 of 5"), "%s", mica_error(ctx));
	mica_clear(ctx);
	cr_assert_eq(mica_dataset_fold(d, 0, &train, &test, .folds = 20, .stratify = true), MICA_EINVAL);
	cr_assert(strstr(mica_error(ctx), "no class has more than 17") && !train && !test, "%s", mica_error(ctx));
	mica_clear(ctx);
	cr_assert_eq(mica_dataset_fold(d, 0, &train, &test, .folds = 62), MICA_EINVAL);
	cr_assert(strstr(mica_error(NULL), "62 folds of 61 samples"), "%s", mica_error(NULL));
	mica_clear(ctx);
	cr_assert_eq(mica_dataset_fold(mica_dataset_diabetes(ctx, MICA_TRAIN), 0, &train, &test, .stratify = true, .folds = 50), MICA_EINVAL);
}

Test(dataset, splits_classes_alike)
{
	int labels[LABELS], counts[5];
	mica_dataset *train, *test;

	for (size_t i = 0; i < LABELS; i++)
		labels[i] = golden_labels[i] > 4 ? 0 : golden_labels[i];
	mica_dataset *d = numbered(labels, LABELS);
	for (int shuffle = 0; shuffle < 2; shuffle++) {
		bool seen[LABELS] = {false};
		memset(counts, 0, sizeof counts);
		cr_assert_eq(mica_dataset_split(d, &train, &test, .test = 0.3, .stratify = true, .no_shuffle = !shuffle, .seed = 3), MICA_OK, "%s", mica_error(ctx));
		cr_assert_eq(mica_dataset_count(test), 19);
		for (size_t i = 0; i < 19; i++)
			counts[*(const int *)label_at(test, i)]++;
		cr_assert_arr_eq(counts, golden_share, sizeof counts);
		for (size_t i = 0; i < LABELS; i++)
			seen[i < 42 ? number_of(train, i) : number_of(test, i - 42)] = true;
		for (size_t i = 0; i < LABELS; i++)
			cr_assert(seen[i]);
		for (size_t i = 1; i < 42 && !shuffle; i++)
			cr_assert(number_of(train, i) > number_of(train, i - 1), "in d's order");
	}
	labels[0] = -7;
	cr_assert_eq(mica_dataset_split(numbered(labels, LABELS), &train, &test, .stratify = true), MICA_EINVAL);
	cr_assert(strstr(mica_error(ctx), "one sample only"), "%s", mica_error(ctx));
	mica_clear(ctx);
	labels[1] = -7; /* any numbers are classes */
	cr_assert_eq(mica_dataset_split(numbered(labels, LABELS), &train, &test, .stratify = true), MICA_OK);
}

Test(dataset, picks_samples)
{
	const size_t numbers[] = {5, 0, 5}, wrong[] = {61};
	mica_dataset *d = numbered(golden_labels, LABELS), *p = mica_dataset_pick(d, numbers, 3);

	cr_assert_eq(mica_dataset_count(p), 3);
	cr_assert(number_of(p, 0) == 5 && number_of(p, 1) == 0 && number_of(p, 2) == 5);
	cr_assert_eq(*(const int *)label_at(p, 1), golden_labels[0]);
	mica_dataset *of_range = mica_dataset_pick(mica_dataset_range(mica_dataset_range(d, 10, 30), 5, 20), numbers, 2);
	cr_assert(number_of(of_range, 0) == 20 && number_of(of_range, 1) == 15, "numbers are those in the range");
	cr_assert_eq(*(const int *)label_at(of_range, 0), golden_labels[20]);
	cr_assert_null(mica_dataset_pick(NULL, numbers, 3));
	cr_assert_eq(mica_dataset_scale(mica_dataset_pick(mica_dataset_scaled(d, 0.25), numbers, 3)), 0.25);
	REFUSED(mica_dataset_pick(d, wrong, 1), MICA_EINVAL, "sample 61", "of 61");
	REFUSED(mica_dataset_pick(numbered(golden_labels, LABELS), numbers, 0), MICA_EINVAL, "no samples", "one at least");
}
