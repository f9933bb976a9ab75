/* SPDX-License-Identifier: MIT */
/* device/source.h - the texts of cl/, as the build writes them into kernel_texts.c. */
#ifndef MICA_DEVICE_SOURCE_H
#define MICA_DEVICE_SOURCE_H

typedef struct mica__kernel_text {
	const char *file, *text;
} mica__kernel_text;

/* Ends with an entry whose file is NULL. */
extern const mica__kernel_text mica__kernel_texts[];

#endif
