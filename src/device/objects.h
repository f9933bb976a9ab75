/* SPDX-License-Identifier: MIT */
/* device/objects.h - what a context, a buffer and a program are made of, for the files of this room. */
#ifndef MICA_DEVICE_OBJECTS_H
#define MICA_DEVICE_OBJECTS_H
#include "device/cl.h"
#include "device/device.h"
#include "device/discover.h"

/* A launch whose time is still to be read. */
typedef struct mica__timing {
	cl_event event;
	size_t row;
	double flops, bytes;
} mica__timing;

typedef struct mica__owned {
	void *object;
	void (*destroy)(void *object);
} mica__owned;

struct mica_context {
	mica__found found;
	mica__device_class class;
	long process;
	cl_context cl;
	cl_command_queue compute, upload;
	cl_event zeroed; /* the newest buffer is zero: the upload queue must not overtake it; NULL when it has waited for it */
	bool sub_device; /* found.device is ours to release */

	mica_device_usage usage;
	mica_status status;
	char error[1024];
	char *cache; /* folder of built programs; NULL for none */

	mica__owned *owned;
	size_t n_owned, owned_capacity;
	mica__program *programs; /* all that are alive */

	uint64_t *right_products; /* see clblast.h */
	size_t n_right, right_capacity;

	bool profile;
	mica_kernel_time *rows;
	size_t n_rows, rows_capacity;
	mica__timing *timings;
	size_t n_timings, timings_capacity;
};

struct mica__buffer {
	mica_context *ctx;
	cl_mem cl;
	size_t bytes;
};

struct mica__program {
	mica__program *next;
	mica_context *ctx;
	cl_program cl;
	size_t uses;
	uint64_t key[2];
};

/* Refuses a range that is not in the buffer, and what mica__context_usable refuses. */
mica_status mica__buffer_range(const mica__buffer *b, size_t offset, size_t bytes);

/* Refuses a context in a process that was forked from the one that opened it. */
mica_status mica__context_usable(const mica_context *ctx);

/* The row of a label, made when it is new. */
mica_status mica__profile_row(size_t *out, mica_context *ctx, const char *label);
/* Remembers a launch; takes the event. */
mica_status mica__profile_add(mica_context *ctx, mica__timing t);
void mica__profile_free(mica_context *ctx);

/* The disk cache of built programs.  load gives NULL, save does nothing, when there is no cache, or it fails: the source
   is always there. */
cl_program mica__cache_load(mica_context *ctx, const uint64_t key[2]);
void mica__cache_save(mica_context *ctx, const uint64_t key[2], cl_program program);
/* The folder that MICA_CACHE, XDG_CACHE_HOME or HOME say; NULL for none, or when there is no memory for its name. */
char *mica__cache_folder(void);

#endif
