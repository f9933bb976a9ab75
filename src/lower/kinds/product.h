/* SPDX-License-Identifier: MIT */
/* lower/kinds/product.h - a matrix product as its kernels, and the libraries that take their place, see it. */
#ifndef MICA_LOWER_KINDS_PRODUCT_H
#define MICA_LOWER_KINDS_PRODUCT_H
#include "lower/lower.h"

/* Result (batch * m, n). */
typedef struct mica__product {
	mica_var a, b;              /* stored operands, or leaves; transposed if so marked */
	bool transposed_a, transposed_b;
	size_t batch, m, n, k;
} mica__product;

/* The product that node x is: on CPUs the right operand is read along its columns, so a transposed one must be stored that
   way: variables in panels have a transposed copy that their updates keep, anything else is transposed by a kernel. */
mica__product mica__product_of(const mica__plan *p, mica_var x);

#endif
