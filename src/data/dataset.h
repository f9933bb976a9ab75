/* SPDX-License-Identifier: MIT */
/* data/dataset.h - a dataset as the model room sees it: where the values are and which of them count.
   A range and the dataset it was cut from share one mica__samples, so that both can use one copy on the device. */
#ifndef MICA_DATA_DATASET_H
#define MICA_DATA_DATASET_H
#include "data/array.h"
#include "mica/dataset.h"

/* All values: x.shape is (total, sample...), y.shape (total, target...); y.data is NULL if there are no labels. */
typedef struct mica__samples {
	mica__array x, y;
	size_t x_bytes, y_bytes; /* of one sample, of one target */
	size_t users;            /* data sets and passes that look at them; freed with the last */
} mica__samples;

/* Samples offset .. offset + count - 1 of all. */
struct mica_dataset {
	mica_context *ctx;
	mica__samples *all;
	size_t offset, count;
	double scale; /* multiplies x when it is read; never 0 */
};

/* Takes the memory of x and y (y.data NULL: no labels), also when it fails; name begins the messages. */
mica_dataset *mica__dataset_take(mica_context *ctx, mica__array x, mica__array y, double scale, const char *name);

void mica__samples_hold(mica__samples *s);
void mica__samples_release(mica__samples *s); /* NULL is fine */

/* The i-th sample and target of the dataset, where its own offset is counted; target NULL if there are no labels. */
const void *mica__dataset_x(const mica_dataset *d, size_t i);
const void *mica__dataset_y(const mica_dataset *d, size_t i);
mica_shape mica__dataset_target_shape(const mica_dataset *d); /* without the first dimension */

/* Every label is an integer 0 .. classes-1, of whatever type, or the one that is ignored (NaN: none): EINVAL names the first
   that is not and its sample. */
mica_status mica__dataset_check_labels(const mica_dataset *d, size_t classes, double ignored);

#endif
