/* SPDX-License-Identifier: MIT */
/* data/sets.h - the files of data/, which the build compiles into the library. */
#ifndef MICA_DATA_SETS_H
#define MICA_DATA_SETS_H
#include <stddef.h>

extern const unsigned char mica__digits_images[], mica__digits_labels[], mica__breast_cancer[], mica__wine[], mica__diabetes[],
	mica__houses[];
extern const size_t mica__digits_images_size, mica__digits_labels_size, mica__breast_cancer_size, mica__wine_size, mica__diabetes_size,
	mica__houses_size;

#endif
