/* SPDX-License-Identifier: MIT */
/* mica/context.h - a context is an opened OpenCL device, all that was made from it, and the first failure.
   A program may open several contexts, on devices of different platforms, and move tensors between them.  A context and
   what was made from it belong to one thread at a time.  mica_close frees everything that was made from the context.

   Environment variables are read where no option says otherwise: docs/environment.md, mica_environment. */
#ifndef MICA_CONTEXT_H
#define MICA_CONTEXT_H
#include "mica/status.h"

MICA_BEGIN_DECLS

typedef struct mica_context mica_context;

/* What a device says of itself. */
typedef struct mica_device_info {
	char name[128], platform[128], driver[64], version[128];
	bool is_gpu, is_cpu;
	bool has_fp64;
	bool selected;            /* the one mica_open(NULL) would take */
	unsigned compute_units;
	unsigned vector_width;    /* native float vector width; 1 on most GPUs */
	unsigned clock_mhz;
	uint64_t memory_bytes, max_alloc_bytes, local_bytes;
} mica_device_info;

typedef struct mica_open_opts { /* all zero means these defaults */
	size_t size;
	const char *device;        /* NULL: MICA_DEVICE, else the fastest kind present (GPU before CPU) */
	uint64_t memory_budget;    /* bytes; 0: MICA_MEMORY, else what the device has */
	bool profile;              /* queue with event times: see mica_profile */
	unsigned sub_device_units; /* not 0: a sub-device with so many compute units */
} mica_open_opts;

/* Fills at most n entries (none if out is NULL) with the machine's devices in the order of their numbers; returns how many there are.
   The last is the device 'reference', which needs no OpenCL: where it is the only one, mica_error(NULL) says why.  0, with a text
   there, when the list cannot be made: ENOMEM, a forked process. */
MICA_API size_t mica_device_list(mica_device_info *out, size_t n);

/* Opens a device.  NULL on failure, with ENODEVICE's text in mica_error: no platform, no device, or no match (the text
   lists what there is).  opts may be NULL.  Needs no other call first. */
MICA_API mica_context *mica_open(const mica_open_opts *opts);

/* Frees the context and everything made from it, in reverse order of making.  NULL is fine. */
MICA_API void mica_close(mica_context *ctx);

/* A context keeps the first failure of all that was made from it or ran on it: mica_ok says whether there was none,
   mica_context_status which, mica_error its text ("" if there was none), and mica_clear forgets it,
   and this thread's last failure with it.  After a failure of a building call (making data, models, layers) building calls do nothing; a failed fit, load, save or run
   is returned too, and stops nothing else.  What was tried, failed and was done another way leaves no trace.
   For NULL, as after a failed mica_open, mica_context_status (EINVAL if there was none) and mica_error tell this thread's last failure,
   which later calls on handles that are NULL for its sake leave as it is, and mica_clear forgets that. */
MICA_API bool mica_ok(const mica_context *ctx);
MICA_API mica_status mica_context_status(const mica_context *ctx);
MICA_API const char *mica_error(const mica_context *ctx);
MICA_API void mica_clear(mica_context *ctx);

/* The opened device; valid as long as the context.  For NULL a device without a name. */
MICA_API const mica_device_info *mica_context_device(const mica_context *ctx);

/* Bytes of device memory in use and the most there was; bytes moved to and from the device since it was opened;
   kernels launched.  Sums over the devices; zeros for NULL. */
typedef struct mica_device_usage {
	uint64_t bytes, peak_bytes, budget_bytes;
	uint64_t uploaded_bytes, downloaded_bytes;
	uint64_t launches;
} mica_device_usage;
MICA_API mica_device_usage mica_context_usage(const mica_context *ctx);

/* One row per kernel since the context was opened with .profile: name, calls, total seconds of device time, arithmetic
   and bytes as the plan counts them.  Fills at most n rows (none if rows is NULL), most time first, and returns how many there
   are; waits for the queue. */
typedef struct mica_kernel_time {
	char name[160];
	uint64_t calls;
	double seconds, flops, bytes;
} mica_kernel_time;
MICA_API size_t mica_profile(mica_context *ctx, mica_kernel_time *rows, size_t n);

/* The environment variables that Mica reads, one by one: name, what it may be, what it is for.  NULL past the last. */
typedef struct mica_environment_variable {
	const char *name, *values, *meaning;
} mica_environment_variable;
MICA_API const mica_environment_variable *mica_environment(size_t i);

MICA_END_DECLS
#endif
