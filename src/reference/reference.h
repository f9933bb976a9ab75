/* SPDX-License-Identifier: MIT */
/* reference/reference.h - what a graph's values are, computed without a device: an interpreter of every operation in plain
   C, one node after another, reals in double and integers in 64 bits.  It is what kernels are held against, and shares
   nothing with the code that makes them: no positions, no expressions, no simplification.  Uses base and graph. */
#ifndef MICA_REFERENCE_REFERENCE_H
#define MICA_REFERENCE_REFERENCE_H
#include "graph/node.h"

/* A value, row-major.  Reals are doubles whatever their type, all others 64-bit integers: whole holds a value of the type. */
typedef struct mica__array {
	mica_dtype dtype;
	mica_shape shape;
	size_t count; /* elements */
	union {
		void *data;
		double *real;
		int64_t *whole;
	};
	size_t *users; /* of data, which reshaped arrays share */
} mica__array;

/* From and to count elements of the array's own type, as inputs and variables hold them; a double beyond float becomes
   infinite. */
void mica__array_read(mica__array *a, const void *values);
void mica__array_write(const mica__array *a, void *values);
/* Element i as a double. */
double mica__array_element(const mica__array *a, size_t i);

/* What happens to a real value when its node is computed. */
typedef enum mica__rounding {
	MICA__TYPED, /* rounded to the node's type; floats without a normal form become 0, as on most CPU devices and in
	                TensorFlow */
	MICA__EXACT, /* kept in double */
	MICA__NOISY  /* rounded up or down at random, partial sums too, and functions are a few ulp off: as wrong as a device
	                may be.  How far several such runs are from the exact one is what to expect of a device */
} mica__rounding;

/* Where leaves get their values and where results go.  read fills value, which holds zeros; output and assign borrow it.
   output is called for each of the outputs; then, when all is computed, assign for each assigned variable. */
typedef struct mica__reference {
	mica__rounding rounding;
	uint64_t seed; /* of MICA__NOISY */
	mica_status (*read)(void *payload, mica_var leaf, mica__array *value);
	mica_status (*output)(void *payload, size_t output, const mica__array *value);
	mica_status (*assign)(void *payload, mica_var variable, const mica__array *value); /* NULL: not wanted */
	void *payload;
} mica__reference;

/* Computes the n outputs and every assignment they need, each node once, and keeps a value no longer than it is needed.
   Errors: what the functions of r return, ENOMEM, EINVAL (a variable is assigned twice). */
mica_status mica__reference_run(const mica__reference *r, const mica_var *outputs, size_t n);

/* The value of an elementwise operation on reals, of which v has three, for operations that are exact or rounded once;
   false for exp, log and the like, of which libraries differ in the last bit. */
bool mica__reference_constant(double *out, mica__op op, const double *v);

#endif
