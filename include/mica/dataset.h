/* SPDX-License-Identifier: MIT */
/* mica/dataset.h - a dataset is samples and labels in host memory, in their stored type.
   fit keeps them on the device when they fit into its memory budget and streams them through a prefetching thread when
   they do not; both give the same batches.  A CPU device reads those that fit from where they are.  A dataset belongs
   to its context and is freed with it, or earlier by mica_dataset_destroy. */
#ifndef MICA_DATASET_H
#define MICA_DATASET_H
#include "mica/graph.h"

MICA_BEGIN_DECLS

typedef struct mica_dataset mica_dataset;

typedef enum mica_split { MICA_TRAIN, MICA_TEST } mica_split;

/* x: (n, sample...); y: (n) or (n, target...), or NULL for predict; of any types.  Both are copied.  scale multiplies x when
   it is read (0: 1/255 for U8, 1 otherwise).  NULL on failure (context becomes failed): EINVAL for no values at all ("empty
   data set"), a wrong type, rank or scale, a number that no 32-bit float holds, ESHAPE when the first dimensions differ, EOVERFLOW, ENOMEM. */
MICA_API mica_dataset *mica_dataset_arrays(mica_context *ctx, const void *x, mica_dtype xt, mica_shape xs, const void *y,
                                           mica_dtype yt, mica_shape ys, double scale);

/* Several inputs, targets and weights of samples: each an array whose first dimension counts the samples, with the name of the
   model's input or output that it is for; NULL: they are taken in their order.  A list ends at the first without values.
   Weights are (n), or (n, ...) as the output without its last dimension; those without a name are for all outputs.  Copied.
   NULL on failure, as mica_dataset_arrays, and EINVAL for a name that is there twice. */
enum { MICA_MAX_COLUMNS = 8 };
typedef struct mica_column { const char *name; mica_array array; } mica_column;
typedef struct mica_columns_opts {
	size_t size;
	mica_column inputs[MICA_MAX_COLUMNS], targets[MICA_MAX_COLUMNS], weights[MICA_MAX_COLUMNS];
} mica_columns_opts;
MICA_API mica_dataset *mica_dataset_of_columns(mica_context *ctx, const mica_columns_opts *o);
/* mica_dataset_columns(ctx, .inputs = {{"wide", MICA_ARRAY(a, n, 5)}, {"deep", MICA_ARRAY(b, n, 6)}},
                        .targets = {{"main", MICA_ARRAY(y, n, 1)}}) */
#define mica_dataset_columns(ctx, ...) mica_dataset_of_columns(ctx, &(mica_columns_opts){MICA_OPTS(mica_columns_opts), __VA_ARGS__})

/* What is read from a file has no word about its scale: bytes are taken for levels of 0 to 255 and multiplied by 1/255 when
   they are read, all else, bools too, is taken as it is.  mica_dataset_scale says what it is for a data set, and
   mica_dataset_scaled gives one with the same samples and another scale (0: the usual one), which shares d's memory.  NULL on
   failure: EINVAL for a scale that is not finite; NULL for d NULL, whose failure is recorded already. */
MICA_API double mica_dataset_scale(const mica_dataset *d);
MICA_API mica_dataset *mica_dataset_scaled(mica_dataset *d, double scale);

/* IDX files, plain or packed by gzip: images and labels (NULL: none), of any of the format's types; bytes stay U8, other
   integers become I32, floats F32.  EIO, EFORMAT (file, byte offset and what was expected), EUNSUPPORTED (a packed file
   in a build without zlib), and what mica_dataset_arrays has. */
MICA_API mica_dataset *mica_dataset_idx(mica_context *ctx, const char *images, const char *labels);

/* NumPy .npy files of samples and labels (NULL: none), of any real type, byte order and order of axes: uint8 becomes U8, bool
   BOOL, float16 F16, other integers I32, other floats F32 (EFORMAT for a value that does not fit; what is infinite in the file
   stays so).  EIO, EFORMAT, and as mica_dataset_arrays. */
MICA_API mica_dataset *mica_dataset_npy(mica_context *ctx, const char *x, const char *y);

/* Arrays of one .npz file, stored or compressed: of MICA_TRAIN those named x_train and y_train, train_x and train_y,
   train_images and train_labels, x and y, or arr_0 and arr_1, whichever are there; of MICA_TEST x_test and y_test and so on.
   There need be no labels.  npz_has: whether there are samples of that split.  EIO, EFORMAT (which says what the file has),
   EUNSUPPORTED (a compressed one in a build without zlib), and as mica_dataset_arrays. */
MICA_API mica_dataset *mica_dataset_npz(mica_context *ctx, mica_split split, const char *file);
MICA_API bool mica_dataset_npz_has(mica_split split, const char *file);

/* The IDX files of images and labels in folder, plain or .gz, named as MNIST's are: "train" or ("t10k" or "test"), "images" or
   "labels", and "idx" are in a name.  Where a folder has several such sets (EMNIST), folder/PREFIX names one.  NULL:
   MICA_DATA_DIR, else the folder mica/mnist of $XDG_CACHE_HOME or ~/.cache, where tools/get-mnist puts them.  mnist_has:
   whether there are images of that split.  EIO names the file and the folder, EFORMAT what is wrong in it. */
MICA_API mica_dataset *mica_dataset_mnist(mica_context *ctx, mica_split split, const char *folder);
MICA_API bool mica_dataset_mnist_has(mica_split split, const char *folder);

/* CSV: a table of text, with the names of its columns in the first line and a sample in each of the others.  Fields may be quoted;
   empty lines are skipped.  Samples are (columns) F32, in the file's order or the one that is asked for.  Labels are F32, or, where
   they are names, I32 numbers of classes.  Nothing is filled in: what is missing, no number or not finite is refused.
   NULL on failure: EIO; EFORMAT, which names file, line, column and value, or says which columns there are; EINVAL for options
   that contradict each other. */
enum { MICA_MOST_NAMED = 64 };
typedef struct mica_csv_opts {
	size_t size;
	const char *label;         /* the column that is to be predicted; NULL: none, that of .like */
	bool classes;              /* labels are names of classes, also where they are numbers; those that begin with a name are always */
	bool by_appearance;        /* classes are numbered as they appear in the file; otherwise sorted, numbers by what they are */
	const char *columns[MICA_MOST_NAMED]; /* of a sample, in this order; none: all but the label */
	const char *without[MICA_MOST_NAMED]; /* and but these */
	const mica_dataset *like;  /* read from such a file: the same columns in the same order, wherever they are, and classes of the same
	                              numbers; there need be no labels */
	bool no_header;            /* the first line is a sample, too; columns are called "1", "2", ... */
	char separator;            /* 0: ',' */
} mica_csv_opts;
MICA_API mica_dataset *mica_dataset_of_csv(mica_context *ctx, const char *file, const mica_csv_opts *o);
/* mica_dataset_csv(ctx, "prices.csv", .label = "price", .without = {"id"}) */
#define mica_dataset_csv(ctx, ...) MICA_DATASET_CSV_(ctx, __VA_ARGS__, MICA_OPTS(mica_csv_opts))
#define MICA_DATASET_CSV_(ctx, file, ...) mica_dataset_of_csv(ctx, file, &(mica_csv_opts){__VA_ARGS__})
/* The name of class i; of number i of a sample.  NULL past the end, or where the data came without names. */
MICA_API const char *mica_dataset_class_name(const mica_dataset *d, size_t i);
MICA_API const char *mica_dataset_column_name(const mica_dataset *d, size_t i);

/* d with every number of a sample, as it is read, less its mean and divided by its deviation in the samples of like, or d where that
   is NULL; one that is always the same is not divided.  A copy, F32, which remembers what was taken off and divided by: what is like it
   later, and was not standardized itself, becomes the same.  So test data is like the training data, before or after that was standardized:

     mica_dataset *wine = mica_dataset_wine(ctx, MICA_TRAIN);
     mica_dataset *train = mica_dataset_standardized(wine, NULL);
     mica_dataset *test = mica_dataset_standardized(mica_dataset_wine(ctx, MICA_TEST), wine);

   NULL on failure: ESHAPE for samples of another shape than like's, ENOMEM; NULL for d NULL, whose failure is recorded already. */
MICA_API mica_dataset *mica_dataset_standardized(const mica_dataset *d, const mica_dataset *like);

/* The samples of these numbers, in this order; a number may be there several times.  A copy.  NULL on failure: EINVAL for none, or
   a number that is not below the count, ENOMEM; NULL for d NULL, whose failure is recorded already. */
MICA_API mica_dataset *mica_dataset_pick(const mica_dataset *d, const size_t *numbers, size_t n);

/* Two parts of d, drawn by the seed and no sample in both: copies, which belong to the context.  *train and *test are NULL on failure:
   EINVAL for a share that leaves nothing, or labels that are no classes, ENOMEM. */
typedef struct mica_split_opts {
	size_t size;
	double test;     /* the share of the samples that is for testing, rounded up; above 0 and below 1; 0: 0.25 */
	uint64_t seed;
	bool no_shuffle; /* the last samples are for testing; no copies are made, unless stratify */
	bool stratify;   /* each class (label, a number) has the same share in both, to the nearest sample; none has one sample only */
} mica_split_opts;
MICA_API mica_status mica_dataset_split_by(mica_dataset *d, mica_dataset **train, mica_dataset **test, const mica_split_opts *o);
/* mica_dataset_split(d, &train, &test, .test = 0.2, .seed = 1) */
#define mica_dataset_split(d, train, ...) MICA_DATASET_SPLIT_(d, train, __VA_ARGS__, MICA_OPTS(mica_split_opts))
#define MICA_DATASET_SPLIT_(d, train, test, ...) mica_dataset_split_by(d, train, test, &(mica_split_opts){__VA_ARGS__})

/* Parts of d of which fold k, from 0, is for testing and the others are for training; each sample is in one fold, so that of k = 0,
   1, ... each is tested once.  Copies, in d's order.  Sizes differ by one at most, the former folds are larger (scikit-learn's
   KFold, and StratifiedKFold where stratify).  EINVAL for more folds than samples, or than the largest class has, labels that are no
   classes, ENOMEM. */
typedef struct mica_fold_opts {
	size_t size;
	long folds;      /* from 2; 0: 5 */
	bool shuffle;    /* folds are drawn by the seed; else samples that stand together are in one */
	bool stratify;   /* each class has the same share in all of them, to the nearest sample */
	uint64_t seed;
} mica_fold_opts;
MICA_API mica_status mica_dataset_fold_by(const mica_dataset *d, size_t k, mica_dataset **train, mica_dataset **test,
                                          const mica_fold_opts *o);
/* mica_dataset_fold(d, k, &train, &test, .folds = 10, .stratify = true) */
#define mica_dataset_fold(d, k, train, ...) MICA_DATASET_FOLD_(d, k, train, __VA_ARGS__, MICA_OPTS(mica_fold_opts))
#define MICA_DATASET_FOLD_(d, k, train, test, ...) mica_dataset_fold_by(d, k, train, test, &(mica_fold_opts){__VA_ARGS__})

/* ---- data that comes with the library (data/README.md) ---- */

/* Tables, as a CSV file would be, in an order that was shuffled once: the first four fifths are for training, the others for testing.
   Breast cancer: 30 measurements of cells in each of 569 images, classes benign (0) and malignant (1).
   Wine: 13 of each of 178 wines, by which of three growers.  Diabetes: 10 of each of 442 patients, and, as a number from 25 to 346,
   how far the illness had gone a year later.  Houses: 11 of each of 4000 houses in Ohio, where it stands among them, and the price for
   which it was sold, in thousands of dollars. */
MICA_API mica_dataset *mica_dataset_breast_cancer(mica_context *ctx, mica_split split);
MICA_API mica_dataset *mica_dataset_wine(mica_context *ctx, mica_split split);
MICA_API mica_dataset *mica_dataset_diabetes(mica_context *ctx, mica_split split);
MICA_API mica_dataset *mica_dataset_houses(mica_context *ctx, mica_split split);

/* The UCI optical digits that come with the library: 8x8 images with values 0..16, 10 classes; the first 1437 samples
   are for training, the last 360 for testing. */
MICA_API mica_dataset *mica_dataset_digits(mica_context *ctx, mica_split split);

/* The samples from..to-1 as a dataset that shares d's memory, which d's destruction does not free.  EINVAL if empty or outside d.  NULL for d NULL, whose failure is recorded already. */
MICA_API mica_dataset *mica_dataset_range(mica_dataset *d, size_t from, size_t to);

/* Frees it.  Data sets that share its memory, and a fit that is running, keep that as long as they need it.  NULL is fine. */
MICA_API void mica_dataset_destroy(mica_dataset *d);

/* The samples as an array (for mica_predict), without a copy: its data is d's. */
MICA_API mica_array mica_dataset_samples(const mica_dataset *d);
/* The labels likewise; no data where there are none. */
MICA_API mica_array mica_dataset_labels(const mica_dataset *d);

MICA_API size_t mica_dataset_count(const mica_dataset *d);
MICA_API mica_shape mica_dataset_sample_shape(const mica_dataset *d); /* without the first dimension */
/* As many as have names; else the largest label plus 1; 0 if there are no labels, several for a sample, or one that is not an
   integer from 0: which one, says mica_error. */
MICA_API size_t mica_dataset_classes(const mica_dataset *d);

MICA_END_DECLS
#endif
