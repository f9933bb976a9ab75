/* SPDX-License-Identifier: MIT */
/* nn/compute.h - a graph for one test, with constants, and the values of vars. */
#ifndef MICA_TESTS_NN_COMPUTE_H
#define MICA_TESTS_NN_COMPUTE_H
#include "golden/golden.h"
#include "mica/mica.h"

typedef struct bench {
	mica_context *ctx;
	mica_graph *g;
} bench;

static inline bench bench_open(void)
{
	bench b = {mica_open(NULL), NULL};

	if (!b.ctx)
		cr_skip_test("no OpenCL device");
	b.g = mica_graph_create(b.ctx);
	cr_assert(b.g, "%s", mica_error(NULL));
	return b;
}

/* A variable with these floats: not folded, as constants would be. */
static inline mica_var given(bench *b, const float *values, mica_shape s)
{
	mica_var v = mica_graph_variable(b->g, "given", MICA_F32, s);

	cr_assert(mica_value_write(mica_var_value(v), values, mica_var_count(v) * sizeof *values) == MICA_OK, "%s", mica_error(NULL));
	return v;
}

static inline void values_of(const mica_var *vars, float *const *out, size_t n)
{
	mica_plan *p;

	cr_assert(mica_plan_create(&p, vars, n, NULL) == MICA_OK, "%s", mica_error(NULL));
	cr_assert(mica_plan_run(p, 1) == MICA_OK, "%s", mica_error(NULL));
	for (size_t i = 0; i < n; i++)
		cr_assert(mica_plan_fetch(p, i, out[i], mica_var_count(vars[i]) * sizeof(float)) == MICA_OK, "%s",
		          mica_error(NULL));
	mica_plan_destroy(p);
}

#endif
