/* SPDX-License-Identifier: MIT */
/* device/device.h - OpenCL as the rooms above see it.  The only room that calls cl*.
   Every cl* call goes through the wrapper in cl.h, which turns its code into a status with the call's name.
   Work is enqueued on one in-order compute queue; uploads of staging memory go to a queue of their own.
   A context owns objects and keeps errors; the devices under it do the work: buffers, programs, kernels, staging blocks and
   marks belong to a device.  A context, its devices and their objects belong to one thread at a time, except that a staging
   block may be filled by another. */
#ifndef MICA_DEVICE_DEVICE_H
#define MICA_DEVICE_DEVICE_H
#include "base/base.h"
#include "mica/context.h"

/* Objects made from a context are freed by mica_close in reverse order.  disown when one is destroyed earlier. */
mica_status mica__context_own(mica_context *ctx, void *object, void (*destroy)(void *object));
void mica__context_disown(mica_context *ctx, void *object);
/* A context keeps its first failure, with this thread's reason as its text.  record is for what ran (fit, load, a plan's run),
   and stops nothing; fail is for a building call, after whose failure mica__context_building says what it was and building
   calls do nothing.  All return s; MICA_OK, and a context that is NULL, change nothing. */
mica_status mica__context_record(mica_context *ctx, mica_status s);
mica_status mica__context_fail(mica_context *ctx, mica_status s);
mica_status mica__context_building(const mica_context *ctx);
/* Around an attempt whose failures leave no trace: keep what the context has, try, put it back. */
typedef struct mica__kept_failure {
	mica_status status, building;
	mica__kept_reason error, reason;
} mica__kept_failure;
void mica__context_keep(mica__kept_failure *k, const mica_context *ctx);
void mica__context_restore(mica_context *ctx, const mica__kept_failure *k);

/* The user's kinds of parts that files may name (mica_register): the context keeps the list, and does not look into it. */
typedef struct mica__kinds {
	const struct mica_kind **at;
	size_t n, capacity;
} mica__kinds;
mica__kinds *mica__context_kinds(mica_context *ctx);

/* The device of a context that has one, which today all have. */
typedef struct mica__device mica__device;
mica__device *mica__device_of(const mica_context *ctx);

/* Where plans come from: what kernels have to know of the device. */
typedef struct mica__device_class {
	bool cpu;               /* explicit vectors, one work-item per group; else SIMT with local memory */
	bool persistent;        /* a started work-group makes progress by itself: one kernel may walk a whole plan */
	bool inline_assembly;   /* the compiler is clang with x86 inline assembly (PoCL) */
	bool apart;             /* SIMT: the compiler gets barriers in branches wrong, so a launch runs one kind of task only */
	unsigned vector_width;  /* floats; 4, 8 or 16 on CPUs; MICA_VECTOR_WIDTH overrides */
	unsigned workers;       /* compute units */
	unsigned group_size;    /* SIMT: work-items per group, a power of two, at most what the device can */
	unsigned sub_group;     /* Intel's GPUs: the fewest work-items of a thread, which leaves each the most registers; else 0 */
	size_t largest;         /* bytes of one piece of memory, at most; 0: not known */
	bool fp64;
	bool host_memory;       /* the device's memory is the host's: mica__buffer_over may be used */
	bool reference;         /* no OpenCL: memory is the host's, there are no kernels, plans are interpreted */
	bool library_products;  /* set by the runtime: matrix products are calls of a library between the launches */
} mica__device_class;
const mica__device_class *mica__class_of(const mica__device *d);

/* Elements that loads of kernels may touch past the end of any value: every buffer has room for so many more. */
enum { MICA__TAIL = 1024 };

/* Device memory, counted against the budget; zeros at first.  EBUDGET says need, use and budget. */
typedef struct mica__buffer mica__buffer;
mica_status mica__buffer_create(mica__buffer **out, mica__device *d, size_t bytes);
/* NULL is fine.  What is enqueued may go on using it: nothing is waited for, unless it is over host memory. */
void mica__buffer_destroy(mica__buffer *b);
/* Over host memory of so many bytes, which is only read, where class->host_memory; it must outlive the buffer.  Counts
   against the budget as any other, because some drivers make a copy, of memory that is not aligned as they like. */
mica_status mica__buffer_over(mica__buffer **out, mica__device *d, const void *memory, size_t bytes);
size_t mica__buffer_bytes(const mica__buffer *b);
/* The piece of memory that it is in: the same number for buffers of one slab, and no other's ever. */
uint64_t mica__buffer_slab(const mica__buffer *b);
/* Both keep the order of the compute queue; data may be reused at once after write; read waits. */
mica_status mica__buffer_write(mica__buffer *b, size_t offset, const void *data, size_t bytes);
mica_status mica__buffer_read(mica__buffer *b, size_t offset, void *data, size_t bytes);
mica_status mica__buffer_zero(mica__buffer *b, size_t offset, size_t bytes);
/* The slabs of device memory that the kernels of a program see: `most` arguments of each.  A word tells such a kernel where a
   value is: the number of its slab in the upper 16 bits, bytes from there in the lower 48.  It is right until the buffer is
   destroyed or the view forgets.  Where there is no number left for the buffer's slab, word is false: forget, and ask for the
   words of all buffers in use anew; if that is false again, the program needs a view of more. */
enum { MICA__WORD_BITS = 48 };
typedef struct mica__view mica__view;
mica_status mica__view_create(mica__view **out, mica__device *d, unsigned most);
void mica__view_destroy(mica__view *v); /* after the kernels that have it */
bool mica__view_word(int64_t *word, mica__view *v, const mica__buffer *b, size_t offset);
void mica__view_forget(mica__view *v);

/* Would bytes more fit into the budget? */
bool mica__device_fits(const mica__device *d, uint64_t bytes);

/* Pinned host memory for prefetching.  upload enqueues on the upload queue after the compute queue's work so far that
   was marked by mica__staging_guard has finished; the compute queue's later work waits for it. */
typedef struct mica__staging mica__staging;
mica_status mica__staging_create(mica__staging **out, mica__device *d, size_t bytes);
void mica__staging_destroy(mica__staging *s);
void *mica__staging_memory(mica__staging *s);
/* Marks that work enqueued on the compute queue so far uses the destination: the next upload waits for it. */
mica_status mica__staging_guard(mica__staging *s);
mica_status mica__staging_upload(mica__staging *s, mica__buffer *b, size_t offset, size_t bytes);
/* Waits until the last upload has left the staging memory, so that it may be filled again. */
mica_status mica__staging_wait(mica__staging *s);

/* A built program.  pieces are joined in order; #line directives in them name our files.  The same text and options on
   one device give the same program (counted).  EBUILD carries the first line of the compiler's log in its text; the
   whole log goes to mica__log. */
typedef struct mica__program mica__program;
mica_status mica__program_create(mica__program **out, mica__device *d, const char *name, const char *const *pieces,
                                 size_t count, const char *options);
void mica__program_destroy(mica__program *p);

/* The text of cl/FILE, compiled into the library; NULL if there is no such file.  MICA_KERNEL_DIR reads from disk. */
const char *mica__kernel_source(const char *file);

typedef struct mica__kernel mica__kernel;
mica_status mica__kernel_create(mica__kernel **out, mica__program *p, const char *function);
void mica__kernel_destroy(mica__kernel *k);
mica_status mica__kernel_buffer(mica__kernel *k, unsigned index, mica__buffer *b);
/* Arguments first and the following are the slabs of a view, whatever is added to it. */
void mica__kernel_view(mica__kernel *k, unsigned first, mica__view *v);
mica_status mica__kernel_value(mica__kernel *k, unsigned index, const void *value, size_t bytes);
/* Label and cost of one call, for the profile.  Fails for want of memory only. */
mica_status mica__kernel_cost(mica__kernel *k, const char *label, double flops, double bytes);
/* Enqueues; local 0: the driver's choice.  Does not wait. */
mica_status mica__kernel_launch(mica__kernel *k, size_t groups, size_t local);

/* Hands the compute queue's work to the driver; waits for all queues of the device, or of all devices of a context. */
mica_status mica__device_flush(mica__device *d);
mica_status mica__device_finish(mica__device *d);
mica_status mica__context_finish(mica_context *ctx);

/* A point in the compute queue: made by mark, passed when all work before it is done. */
typedef struct mica__mark mica__mark;
mica_status mica__mark_create(mica__mark **out, mica__device *d);
bool mica__mark_passed(mica__mark *m);
mica_status mica__mark_wait(mica__mark *m);
void mica__mark_destroy(mica__mark *m);

#endif
