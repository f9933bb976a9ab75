/* SPDX-License-Identifier: MIT */
/* runtime/provider.h - who makes matrix products: our kernels, fused into plans ("panel" on CPUs, "simt" on GPUs), or a
   library that a plan calls between its launches ("clblast").  MICA_GEMM names one. */
#ifndef MICA_RUNTIME_PROVIDER_H
#define MICA_RUNTIME_PROVIDER_H
#include "lower/lower.h"

typedef enum mica__provider { MICA__PANEL, MICA__SIMT, MICA__CLBLAST } mica__provider;

/* The provider for this device.  EINVAL if MICA_GEMM is none of those it can have. */
mica_status mica__provider_choose(mica__provider *out, mica_context *ctx);
/* Runs every product of a plan once on numbers whose result is known; *right says whether all were.  EUNSUPPORTED if one
   was not and MICA_GEMM asks for the library. */
mica_status mica__provider_test(bool *right, mica_context *ctx, const mica__plan *p);
/* Enqueues the product of a group, of a loop at that step; buffers: the plan's, by number. */
mica_status mica__provider_run(mica_context *ctx, const mica__plan *p, const mica__group *g, mica__buffer *const *buffers,
                               size_t step);

#endif
