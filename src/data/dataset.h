/* SPDX-License-Identifier: MIT */
/* data/dataset.h - a dataset as the model room sees it: where the values are and which of them count.
   A range and the dataset it was cut from share one mica__samples, so that both can use one copy on the device. */
#ifndef MICA_DATA_DATASET_H
#define MICA_DATA_DATASET_H
#include "data/array.h"
#include "data/names.h"
#include "mica/dataset.h"

typedef enum mica__column_role { MICA__SAMPLE, MICA__TARGET, MICA__WEIGHT } mica__column_role;

/* What was taken off each of n numbers of a sample, as they were read, and what that was divided by: means, then deviations. */
typedef struct mica__standard {
	size_t users, n;
	double at[];
} mica__standard;
void mica__standard_release(mica__standard *s); /* NULL is fine */

/* Values of one kind for all samples: array.shape is (total, one sample's...). */
typedef struct mica__column {
	mica__column_role role;
	char name[48];           /* "": none, columns of its role are taken in their order */
	mica__array array;
	size_t bytes;            /* of one sample */
	double scale;            /* multiplies inputs when they are read; never 0 */
	mica__standard *standard; /* NULL: as they were read */
} mica__column;

enum { MICA__MOST_COLUMNS = 3 * MICA_MAX_COLUMNS };
typedef struct mica__samples {
	mica__column at[MICA__MOST_COLUMNS];
	size_t n;
	mica__legend legend;
	size_t users;            /* data sets and passes that look at them; freed with the last */
} mica__samples;

/* Samples offset .. offset + count - 1 of all. */
struct mica_dataset {
	mica_context *ctx;
	mica__samples *all;
	size_t offset, count;
	double scale;            /* of all inputs; 0: each column's own */
};

/* Takes the memory of x and y (y.data NULL: no labels), also when it fails; name begins the messages. */
mica_dataset *mica__dataset_take(mica_context *ctx, mica__array x, mica__array y, double scale, const char *name);
/* The same with columns, n of them, and what they are called. */
mica_dataset *mica__dataset_take_columns(mica_context *ctx, const mica__column *c, size_t n, mica__legend *legend, const char *name);

mica_status mica__dataset_context(const mica_context *ctx); /* EINVAL for NULL */
void mica__samples_hold(mica__samples *s);
void mica__samples_release(mica__samples *s); /* NULL is fine */

/* Makes each column of d's samples anew: to has c's members, but for the array's memory, which make allocates (mica__array_alloc) and
   fills, and for the standard, if it is another.  Names stay.  NULL, with the failure in the context. */
typedef mica_status mica__column_maker(mica__column *to, const mica_dataset *d, const mica__column *c, void *payload);
mica_dataset *mica__dataset_remade(const mica_dataset *d, mica__column_maker *make, void *payload);

/* The i-th column of a role, the one of that name and role; NULL if there is none.  How many there are. */
const mica__column *mica__dataset_column(const mica_dataset *d, mica__column_role role, size_t i);
const mica__column *mica__dataset_named(const mica_dataset *d, mica__column_role role, const char *name);
size_t mica__dataset_columns(const mica_dataset *d, mica__column_role role);
/* Its value of the i-th sample, where the data set's own offset is counted; what it is multiplied by. */
const void *mica__column_at(const mica_dataset *d, const mica__column *c, size_t i);
double mica__column_scale(const mica_dataset *d, const mica__column *c);
/* The samples of d in it, whose memory it is. */
mica_array mica__column_array(const mica_dataset *d, const mica__column *c);

/* Every label is an integer 0 .. classes-1, of whatever type, or the one that is ignored (NaN: none): EINVAL names the first
   that is not and its sample. */
mica_status mica__dataset_check_labels(const mica_dataset *d, const mica__column *labels, size_t classes, double ignored);

/* Means and variances (divided by the number, from the means, in double) of samples x, (n, sample...), for each place along the kept
   axes, bits of which axis 0 is none.  Where rounding is all there is to a deviation, it is 1.  ENOMEM. */
mica_status mica__moments(const mica_array *x, uint32_t kept, double *mean, double *variance);

#endif
