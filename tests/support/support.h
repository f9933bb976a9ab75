/* SPDX-License-Identifier: MIT */
/* support/support.h - what the tests of graph, runtime and the rooms above share.
   A check is one graph on one context: inputs with known values, and for each output what it must be.  check_run makes
   one plan of all outputs, runs it three times (the second with poisoned inputs, so that a value left over from an
   earlier run or from the unused part of a buffer shows), asks for the same bits from the first and the third, and
   compares them with the expectations.  In a double precision graph it also compares gradients with central differences.
   All failures of a run are reported, each with operation, case, index, both values and their distance in ulp.

   Everything handed out here lives until check_close.  Every function ends the test when something else fails. */
#ifndef MICA_TESTS_SUPPORT_H
#define MICA_TESTS_SUPPORT_H
#include "mica/graph.h"
#include "mica/plan.h"
#include "mica/value.h"

#include <criterion/criterion.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* The call must succeed. */
#define OK(call)                                                                                     \
	do {                                                                                         \
		mica_status ok_status = (call);                                                      \
		cr_assert(ok_status == MICA_OK, "%s: %s: %s", #call, mica_status_name(ok_status), mica_error(NULL)); \
	} while (0)

/* The device that MICA_DEVICE names; skips the test where there is none. */
mica_context *open_context(void);
/* Of a suite that is about what is computed and not about kernels: TestSuite(reduce_gradient, .init = without_kernels) */
void without_kernels(void);
/* A context that shares nothing with ctx: on a device of another platform where there is one, else on a part of ctx's own
   device or the same once more. */
mica_context *open_other(const mica_context *ctx);

/* A graph on the device of open_context; closing ctx frees all.  A plan of n outputs. */
typedef struct world {
	mica_context *ctx;
	mica_graph *g;
} world;
world world_open(void);
mica_plan *plan_of(const mica_var *outputs, size_t n, uint32_t without);

/* How far a result may be from the reference in double precision: ulps of the reference, and eps of the type times bound
   times scale[i].  All zero: exact.  See support.c for the reasons. */
typedef struct tolerance {
	double ulps, bound;
	const double *scale; /* NULL: 1 */
} tolerance;
tolerance tolerance_exact(void);
tolerance tolerance_ulps(double ulps);                                    /* what OpenCL grants a function */
tolerance tolerance_dot(mica_dtype t, size_t length, const double *sums); /* sums: of abs(a b) for each element */
tolerance tolerance_reduced(mica_dtype t, const double *largest);         /* normalisations, softmax, means */

typedef struct check check;
check *check_open(const char *name, mica_dtype real);
void check_close(check *c);
mica_graph *check_graph(check *c);
mica_dtype check_real(const check *c);
mica_context *check_context(check *c);
void check_without(check *c, uint32_t passes); /* mica_plan_opts.without */

/* Memory of n doubles; a label made as printf does. */
double *check_array(check *c, size_t n);
const char *check_label(check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Values in [low, high), the same in every run of the test; whole numbers from low to high. */
double *check_uniform(check *c, size_t n, double low, double high);
double *check_whole(check *c, size_t n, int low, int high);

/* An input with these values (copied, rounded to t), and its values after rounding. */
mica_var check_input(check *c, mica_dtype t, mica_shape s, const double *values);
const double *check_values(check *c, mica_var input);
/* y must be want (row-major); label and want are copied. */
void check_expect(check *c, const char *label, mica_var y, const double *want, tolerance t);
/* The gradient of y with respect to inputs xs, under a random cotangent, must agree with central differences. */
void check_gradient(check *c, const char *label, mica_var y, const mica_var *xs, size_t n);
void check_run(check *c);

/* Cases that share a check, and so one plan: of what a case costs most is that a driver's compiler starts.
   CASE(slices) { ... check_expect(c, ...); } is run by check_cases("movement", MICA_F32, CASES(THE(slices), THE(pads))), and what
   fails names it. */
typedef struct check_case {
	const char *name;
	void (*add)(check *c);
} check_case;
#define CASE(id) static void case_##id(check *c)
#define THE(id) {#id, case_##id}
#define CASES(...) (const check_case[]){__VA_ARGS__}, COUNT(((const check_case[]){__VA_ARGS__}))
void check_cases(const char *name, mica_dtype real, const check_case *cases, size_t n);

/* Values of any type from and to doubles. */
size_t dtype_bytes(mica_dtype t);
void to_bytes(void *out, mica_dtype t, const double *values, size_t n);
void from_bytes(double *out, mica_dtype t, const void *bytes, size_t n);
/* Reports up to eight differences between got and want; true if there were none. */
bool compare(const char *name, const char *label, mica_dtype t, const double *got, const double *want, size_t n,
             tolerance limit);

/* Shapes for references written in plain C. */
size_t shape_count(mica_shape s);
const char *shape_text(mica_shape s); /* in one of eight rotating texts */
/* The shape two operands broadcast to, and the element of an operand that element i of the result reads. */
mica_shape shape_broadcast(mica_shape a, mica_shape b);
size_t shape_source(mica_shape result, size_t i, mica_shape operand);
/* Indices of element i, and back. */
void shape_unravel(mica_shape s, size_t i, size_t *index);
size_t shape_ravel(mica_shape s, const size_t *index);

#endif
