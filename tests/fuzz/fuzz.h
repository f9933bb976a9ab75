/* SPDX-License-Identifier: MIT */
/* fuzz/fuzz.h - random graphs, run as plans and held against the reference executor.
   A seed is a graph: leaves with values, nodes of every kind, outputs, assignments.  Several seeds may share one plan, so
   that one program is built for them.  How far a plan may be from the exact value is measured: the executor runs several
   times with random rounding, and a plan may be a small factor further away than those runs; values that such noise
   changes much (a comparison of what is nearly equal, what cancels) become no outputs. */
#ifndef MICA_TESTS_FUZZ_H
#define MICA_TESTS_FUZZ_H
#include "reference/reference.h"
#include "mica/plan.h"

typedef struct fuzz fuzz;

/* A graph of this type on ctx, empty. */
fuzz *fuzz_open(mica_context *ctx, mica_dtype real);
void fuzz_close(fuzz *f);
mica_graph *fuzz_graph(fuzz *f);

/* Adds the graph of a seed. */
void fuzz_grow(fuzz *f, uint64_t seed);

/* For graphs written by hand: a leaf with random values of its type, seldom beyond low and high, and an output. */
mica_var fuzz_leaf(fuzz *f, bool variable, mica_dtype t, mica_shape s, double low, double high);
void fuzz_output(fuzz *f, mica_var y, uint64_t seed);

/* Runs all outputs as one plan, compares them and all variables with the reference; the number of differences, after a text
   of each of the first few with the graph behind it, made small by leaving out what the difference does not need.
   shrink: how many plans that may take; 0: none. */
size_t fuzz_check(fuzz *f, uint32_t without, size_t shrink, mica__text *report);

#endif
