/* SPDX-License-Identifier: MIT */
/* device/clblast.h - matrix products of row-major matrices by CLBlast, in the order of the compute queue.
   The only place where CLBlast is called.  Its first product of a kind compiles kernels, which it keeps in memory. */
#ifndef MICA_DEVICE_CLBLAST_H
#define MICA_DEVICE_CLBLAST_H
#include "device/device.h"

/* c = a b for each of a batch: a is (m, k), or (k, m) if transposed, b is (k, n), or (n, k) if transposed, c is (m, n);
   the matrices of a batch follow each other. */
typedef struct mica__gemm {
	mica__buffer *a, *b, *c;
	size_t a_offset, b_offset, c_offset; /* bytes, multiples of the element's size */
	size_t batch, m, n, k;
	bool f64, transposed_a, transposed_b;
	const char *label;                   /* and cost, for the profile */
	double flops, bytes;
} mica__gemm;

/* Whether this library was built with CLBlast. */
bool mica__clblast_is_built(void);
/* Enqueues; does not wait.  EUNSUPPORTED if CLBlast refuses or is not built in, EDEVICE and the like from the driver. */
mica_status mica__clblast_product(mica__device *d, const mica__gemm *g);
/* Notes that a product like this (a hash of what matters) was right on this context's device; whether one was noted. */
mica_status mica__clblast_note(mica__device *d, uint64_t like);
bool mica__clblast_noted(const mica__device *d, uint64_t like);

#endif
