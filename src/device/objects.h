/* SPDX-License-Identifier: MIT */
/* device/objects.h - what a context, a device, a buffer and a program are made of, for the files of this room. */
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

typedef struct mica__range {
	size_t offset, bytes;
} mica__range;

/* A piece of device memory of which buffers are ranges. */
typedef struct mica__slab {
	uint64_t id;       /* never used again on this device */
	cl_mem cl;
	char *host;        /* of the reference device, instead of cl */
	size_t bytes;
	bool shared;       /* else of one buffer */
	bool over;         /* memory of somebody else */
	size_t users;      /* buffers in it */
	mica__range *free; /* by offset; none touches the next */
	size_t n_free, room;
} mica__slab;

struct mica_context {
	mica__device **devices; /* today one */
	size_t n_devices;
	mica__owned *owned;
	size_t n_owned, owned_capacity;
	mica_status status;     /* the first failure of any kind, and its text */
	char error[MICA__REASON];
	mica_status building;   /* the first failure of a building call */
	mica__kinds kinds;
};

struct mica__device {
	mica__found found;
	mica__device_class class;
	long process;
	cl_context cl;
	cl_command_queue compute, upload;
	mica__slab **slabs;
	size_t n_slabs, slabs_room;
	uint64_t last_slab, released_slabs; /* the newest id; how many are gone */
	size_t align;    /* of buffers, bytes: what the driver asks of a part of its memory, and at least 256 */
	cl_event zeroed; /* the newest buffer is zero: the upload queue must not overtake it; NULL when it has waited for it */
	bool sub_device; /* found.device is ours to release */

	mica_device_usage usage;
	char *cache; /* folder of built programs; NULL for none */
	mica__program *programs; /* all that are alive, idle ones among them */

	uint64_t *right_products; /* see clblast.h */
	size_t n_right, right_capacity;

	bool profile;
	mica_kernel_time *rows;
	size_t n_rows, rows_capacity;
	mica__timing *timings;
	size_t n_timings, timings_capacity;
};

struct mica__buffer {
	mica__device *device;
	mica__slab *slab;
	size_t at, bytes, whole; /* where it begins, what was asked for and what it takes */
	bool over;               /* host memory */
	cl_mem part;             /* as an argument of its own; NULL: none yet */
};

struct mica__program {
	mica__program *next;
	mica__device *device;
	cl_program cl;
	size_t uses;             /* 0: idle */
	uint64_t key[2];
};
void mica__programs_free(mica__device *d); /* when none is in use any more */

/* Room for bytes, a multiple of align and not 0; EBUDGET if the driver has none.  over: a slab that is those bytes of the
   host.  give cannot fail. */
mica_status mica__slab_take(mica__slab **out, size_t *offset, mica__device *d, size_t bytes);
mica_status mica__slab_over(mica__slab **out, mica__device *d, const void *memory, size_t bytes);
void mica__slab_give(mica__device *d, mica__slab *s, size_t offset, size_t bytes);
void mica__slabs_free(mica__device *d);

/* The buffer as an object of its own, made when first asked for. */
mica_status mica__buffer_part(cl_mem *out, mica__buffer *b);

/* Sets the arguments of a view, unless it is as it was when *seen was set (0: never). */
mica_status mica__view_bind(mica__view *v, cl_kernel k, unsigned first, uint64_t *seen);

/* Refuses a range that is not in the buffer, and what mica__device_usable refuses. */
mica_status mica__buffer_range(const mica__buffer *b, size_t offset, size_t bytes);

/* NULL is fine.  Closes what no object uses any more. */
mica_status mica__device_open(mica__device **out, const mica_open_opts *opts);
void mica__device_close(mica__device *d);

/* Whether this process opened the device, not one that it was forked from; the same as a refusal. */
bool mica__device_is_here(const mica__device *d);
mica_status mica__device_usable(const mica__device *d);

/* The row of a label, made when it is new. */
mica_status mica__profile_row(size_t *out, mica__device *d, const char *label);
/* Remembers a launch; takes the event. */
mica_status mica__profile_add(mica__device *d, mica__timing t);
/* Appends the rows that have calls to an array that grows; waits for the launches. */
mica_status mica__profile_times(mica_kernel_time **out, size_t *n, size_t *capacity, mica__device *d);
void mica__profile_free(mica__device *d);

/* The disk cache of built programs.  load gives NULL, save does nothing, when there is no cache, or it fails: the source
   is always there. */
cl_program mica__cache_load(mica__device *d, const uint64_t key[2]);
void mica__cache_save(mica__device *d, const uint64_t key[2], cl_program program);
/* The folder that MICA_CACHE, XDG_CACHE_HOME or HOME say; NULL for none, or when there is no memory for its name. */
char *mica__cache_folder(void);

#endif
