/* SPDX-License-Identifier: MIT */
/* mica/tensor.h - a tensor is a value that may live on the host and on any number of contexts.
   Each copy is valid or stale; asking for it somewhere moves it there and counts the bytes.  Values are row-major.
   A tensor belongs to the first context it was made from and is freed with it, or earlier by mica_tensor_destroy. */
#ifndef MICA_TENSOR_H
#define MICA_TENSOR_H
#include "mica/plan.h"

MICA_BEGIN_DECLS

typedef struct mica_tensor mica_tensor;

/* A tensor of zeros.  *out is NULL on failure: EINVAL, EOVERFLOW, ENOMEM. */
MICA_API mica_status mica_tensor_create(mica_tensor **out, mica_context *ctx, mica_dtype t, mica_shape s);
MICA_API void mica_tensor_destroy(mica_tensor *t); /* NULL is fine */

MICA_API mica_shape mica_tensor_shape(const mica_tensor *t);
MICA_API mica_dtype mica_tensor_dtype(const mica_tensor *t);
MICA_API size_t mica_tensor_bytes(const mica_tensor *t);

/* Sets the value from host memory (copied; all device copies become stale), or copies it to host memory, from wherever
   it is valid.  bytes must be exact (ESHAPE). */
MICA_API mica_status mica_tensor_write(mica_tensor *t, const void *data, size_t bytes);
MICA_API mica_status mica_tensor_read(mica_tensor *t, void *data, size_t bytes);

/* Makes the copy on ctx valid: through the host where the devices share no context.  EBUDGET, EDEVICE. */
MICA_API mica_status mica_tensor_move(mica_tensor *t, mica_context *ctx);
MICA_API bool mica_tensor_is_on(const mica_tensor *t, const mica_context *ctx); /* a valid copy is there */
MICA_API uint64_t mica_tensor_bytes_moved(const mica_tensor *t); /* all copies between host and devices so far */

/* Uses t's copy on the plan's context as the value of an input, without a copy where it is already there.  t must have
   the input's type and shape (ESHAPE) and outlive the plan or the next bind. */
MICA_API mica_status mica_plan_bind(mica_plan *p, mica_var input, mica_tensor *t);
/* Waits, and makes t the value of an output. */
MICA_API mica_status mica_plan_take(mica_plan *p, mica_var output, mica_tensor *t);

MICA_END_DECLS
#endif
