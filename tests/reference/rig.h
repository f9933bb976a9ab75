/* SPDX-License-Identifier: MIT */
/* reference/rig.h - graphs without a context, leaves with values, and the interpreter's results as doubles. */
#ifndef MICA_TESTS_REFERENCE_RIG_H
#define MICA_TESTS_REFERENCE_RIG_H
#include "mica/value.h"
#include "reference/reference.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LEAVES = 16, MOST_ELEMENTS = 4096 };

typedef struct rig {
	mica_graph *g;
	mica_var leaf[MOST_LEAVES];
	void *data[MOST_LEAVES];
	size_t n;
	mica__rounding rounding;
	uint64_t seed;
	double result[4][MOST_ELEMENTS];           /* of the last run */
	double assigned[MOST_LEAVES][MOST_ELEMENTS];
	size_t n_assigned;
} rig;

static inline rig *rig_open(mica_dtype real)
{
	rig *r = calloc(1, sizeof *r);
	cr_assert(r && (r->g = mica__graph_bare(real)));
	return r;
}

static inline void rig_close(rig *r)
{
	mica_graph_destroy(r->g);
	for (size_t i = 0; i < r->n; i++)
		free(r->data[i]);
	free(r);
}

/* values: doubles, stored in the leaf's type */
static inline mica_var rig_leaf(rig *r, bool variable, mica_dtype t, mica_shape s, const double *values)
{
	char name[16];
	snprintf(name, sizeof name, "%s%zu", variable ? "w" : "x", r->n);
	mica_var x = variable ? mica_graph_variable(r->g, name, t, s) : mica_graph_input(r->g, name, t, s);
	size_t n = mica__shape_count(&s);
	void *p = calloc(n + 1, 8);
	mica_convert(p, t, values, MICA_F64, n);
	r->leaf[r->n] = x;
	r->data[r->n++] = p;
	return x;
}
#define IN(r, t, shape, ...) rig_leaf(r, false, t, shape, (double[]){__VA_ARGS__})
#define VARIABLE(r, t, shape, ...) rig_leaf(r, true, t, shape, (double[]){__VA_ARGS__})

static inline mica_status rig_read(void *payload, mica_var x, mica__array *value)
{
	rig *r = payload;
	for (size_t i = 0; i < r->n; i++)
		if (r->leaf[i] == x)
			mica__array_read(value, r->data[i]);
	return MICA_OK;
}

static inline mica_status rig_output(void *payload, size_t output, const mica__array *value)
{
	rig *r = payload;
	for (size_t i = 0; i < value->count && i < MOST_ELEMENTS; i++)
		r->result[output][i] = mica__array_element(value, i);
	return MICA_OK;
}

static inline mica_status rig_assign(void *payload, mica_var x, const mica__array *value)
{
	rig *r = payload;
	for (size_t k = 0; k < r->n; k++)
		if (r->leaf[k] == x) {
			mica__array_write(value, r->data[k]);
			for (size_t i = 0; i < value->count; i++)
				r->assigned[k][i] = mica__array_element(value, i);
		}
	r->n_assigned++;
	return MICA_OK;
}

static inline mica_status rig_run(rig *r, const mica_var *outputs, size_t n)
{
	mica__reference how = {r->rounding, r->seed, rig_read, rig_output, rig_assign, r};
	return mica__reference_run(&how, outputs, n);
}

static inline void rig_expect(rig *r, const char *label, mica_var y, mica_shape s, mica_dtype t, const double *want)
{
	cr_assert(mica_graph_status(r->g) == MICA_OK, "%s: %s", label, mica_graph_error(r->g));
	cr_expect(mica__shape_equal(&y->shape, &s) && y->dtype == t, "%s: %s %s", label, mica__dtype_name(y->dtype),
	          mica__shape_text(&y->shape));
	cr_assert(rig_run(r, &y, 1) == MICA_OK, "%s: %s", label, mica__reason());
	for (size_t i = 0; i < mica__shape_count(&s); i++) {
		double got = r->result[0][i];
		bool right = isnan(want[i]) ? isnan(got) : got == want[i] || fabs(got - want[i]) <= 1e-12 * fabs(want[i]);
		cr_expect(right, "%s [%zu]: %.17g, want %.17g", label, i, got, want[i]);
	}
}
#define EXPECT(r, y, shape, t, ...) rig_expect(r, #y, y, shape, t, (double[]){__VA_ARGS__})

#endif
