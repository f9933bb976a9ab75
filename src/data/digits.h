/* SPDX-License-Identifier: MIT */
/* data/digits.h - the two IDX files of data/, which the build compiles into the library. */
#ifndef MICA_DATA_DIGITS_H
#define MICA_DATA_DIGITS_H
#include <stddef.h>

extern const unsigned char mica__digits_images[], mica__digits_labels[];
extern const size_t mica__digits_images_size, mica__digits_labels_size;

#endif
