/* SPDX-License-Identifier: MIT */
/* data/columns.h - the first input and the first target of a data set. */
#ifndef TESTS_DATA_COLUMNS_H
#define TESTS_DATA_COLUMNS_H
#include "data/dataset.h"

static inline const mica__column *labels_of(const mica_dataset *d)
{
	return mica__dataset_column(d, MICA__TARGET, 0);
}

static inline const void *sample_at(const mica_dataset *d, size_t i)
{
	return mica__column_at(d, mica__dataset_column(d, MICA__SAMPLE, 0), i);
}

/* NULL if there are no labels. */
static inline const void *label_at(const mica_dataset *d, size_t i)
{
	return labels_of(d) ? mica__column_at(d, labels_of(d), i) : NULL;
}

static inline mica_shape target_shape(const mica_dataset *d)
{
	return mica__sample_shape(labels_of(d)->array.shape);
}

static inline mica_status check_labels(const mica_dataset *d, size_t classes, double ignored)
{
	return mica__dataset_check_labels(d, labels_of(d), classes, ignored);
}

#endif
