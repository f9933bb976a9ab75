/* SPDX-License-Identifier: MIT */
/* runtime/runtime.h - values on devices and plans that run, as this room and the model room see them.
   A variable's storage hangs on its node; variables that first meet in one plan share one buffer, each at its offset, so
   that parameters, gradients' moments and counters are a few flat arenas.  Inputs are tensors. */
#ifndef MICA_RUNTIME_RUNTIME_H
#define MICA_RUNTIME_RUNTIME_H
#include "lower/lower.h"
#include "mica/tensor.h"

/* A tensor with the values at data, which stay as they are, with MICA__TAIL more behind them that may be read, until the
   tensor is gone.  A device whose memory is the host's reads them where they are, and nothing moves. */
mica_status mica__tensor_over(mica_tensor **out, mica_context *ctx, mica_dtype dtype, mica_shape s, const void *data);

/* A device buffer shared by several values; freed with the last. */
typedef struct mica__pool {
	mica__buffer *buffer;
	size_t users;
} mica__pool;
mica_status mica__pool_create(mica__pool **out, mica_context *ctx, size_t bytes);
void mica__pool_release(mica__pool *p);

/* A variable's value: on the host until a plan needs it, on the device from then on. */
typedef struct mica__storage {
	void *pending;      /* row-major host value, before there is a device one; NULL: zeros */
	mica__pool *pool;
	size_t offset;      /* bytes */
	bool panel;
	size_t panel_width;
	mica__pool *copy;   /* the transposed copy, in panels */
	size_t copy_offset;
	bool copy_stale;
} mica__storage;

/* The storage of a variable, made if there is none. */
mica_status mica__storage_of(mica__storage **out, mica_var variable);
/* Gives a plan's variables and transposed copies their places: fills buffer and offset of their stores, and the list of
   distinct buffers behind the n there are already. */
mica_status mica__place_variables(mica__plan *p, mica_context *ctx, mica__buffer **buffers, size_t *n, size_t most);
/* Brings the transposed copy up to date if it is stale. */
mica_status mica__refresh_copy(mica_var variable);

/* Between row-major host memory and column panels; rows by columns elements of `bytes` each. */
void mica__to_panels(void *panels, const void *flat, size_t rows, size_t columns, size_t bytes, size_t panel_width);
void mica__from_panels(void *flat, const void *panels, size_t rows, size_t columns, size_t bytes, size_t panel_width);

/* The tensor's row-major buffer on ctx, its copy there made valid. */
mica_status mica__tensor_buffer(mica_tensor *t, mica_context *ctx, mica__buffer **out, size_t *byte_offset);

#endif
