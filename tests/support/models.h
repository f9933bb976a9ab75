/* SPDX-License-Identifier: MIT */
/* support/models.h - small networks as graphs with their training step, for tests that compare one way of running with
   another: each has inputs, variables, outputs and assignments, and the same data whoever runs it. */
#ifndef MICA_TESTS_MODELS_H
#define MICA_TESTS_MODELS_H
#include "support/support.h"

enum { MOST_VARS = 32 };

typedef struct model {
	mica_graph *g;
	mica_var inputs[MOST_VARS], variables[MOST_VARS], outputs[MOST_VARS];
	int below[MOST_VARS]; /* of an I32 input: its values are smaller */
	size_t n_inputs, n_variables, n_outputs;
	size_t n_set; /* variables that do not start as zeros; 0: all real ones */
} model;

typedef void model_builder(model *m);
typedef struct named_model {
	const char *name;
	model_builder *build;
} named_model;
extern const named_model models[];
extern const size_t n_models;

/* All outputs, then all variables, after some steps from the same data: one array per part. */
typedef struct outcome {
	size_t n_parts, count[2 * MOST_VARS];
	double *part[2 * MOST_VARS];
	mica_plan_info info;
} outcome;
/* Makes the model in a graph of its own on ctx, runs it and destroys both. */
outcome model_run(mica_context *ctx, const named_model *m, mica_dtype real, uint32_t without, size_t steps);
void outcome_free(outcome *o);
/* Every bit the same. */
void expect_same_bits(const char *label, const outcome *a, const outcome *b);
/* The Euclidean distance of each part at most limit times its length. */
void expect_near(const char *label, const outcome *got, const outcome *want, double limit);

#endif
