/* SPDX-License-Identifier: MIT */
/* fuzz/inside.h - what the two halves of the fuzzer share: what makes graphs (grow.h), and what holds plans against the
   reference (check.c). */
#ifndef MICA_TESTS_FUZZ_INSIDE_H
#define MICA_TESTS_FUZZ_INSIDE_H
#include "fuzz/fuzz.h"

enum { MOST_LEAVES = 1500, MOST_OUTPUTS = 1000, NOISY_RUNS = 6, MORE_RUNS = 60 };
/* How much further than random rounding a plan may be: its sums have another order, its functions other errors. */
enum { FURTHER = 16 };

typedef struct leaf {
	mica_var x;
	void *data; /* in its own type */
	size_t bytes;
} leaf;

typedef struct output {
	mica_var y;
	uint64_t seed;
} output;

struct fuzz {
	mica_context *ctx;
	mica_graph *g;
	mica_dtype real;
	uint64_t random;
	leaf leaves[MOST_LEAVES];
	output outputs[MOST_OUTPUTS];
	size_t n_leaves, n_outputs;
};

/* What the reference says of a value: exactly, and how far noise moves each element. */
typedef struct measure {
	size_t n;
	double *exact, *moved; /* n each */
	double low, high;      /* of exact; NaN if any is */
	double most_moved;     /* infinite if noise makes a NaN */
} measure;
measure measure_of(fuzz *f, mica_var y, size_t runs);
void measure_free(measure *m);

#endif
