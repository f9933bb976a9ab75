/* SPDX-License-Identifier: MIT */
/* mica/plan.h - a plan is what runs: kernels, buffers and launches made from a graph.
   Making a plan simplifies the graph, fuses nodes into kernels, gives every buffer a layout and a place in an arena,
   and builds the kernels (or finds them in the cache).  Running it enqueues the same launches again: nothing is
   allocated, looked up or waited for.  Values of inputs and outputs are row-major on the host whatever their layout on
   the device.  A plan belongs to the context of its graph, which may be destroyed as soon as the plan is made; the values
   that the graph refers to stay as long as the plan.  Failures are returned and recorded in the context (mica_error). */
#ifndef MICA_PLAN_H
#define MICA_PLAN_H
#include "mica/value.h"

MICA_BEGIN_DECLS

typedef struct mica_plan mica_plan;

/* Which passes are left out: for tests and for learning what each one gives. */
enum {
	MICA_NO_SIMPLIFY = 1,   /* constant folding, common subexpressions */
	MICA_NO_FUSE = 2,       /* every node its own kernel */
	MICA_NO_MERGE = 4,      /* every kernel its own launch */
	MICA_NO_PERSISTENT = 8, /* launches, never one persistent kernel */
	MICA_NO_PANELS = 16,    /* row-major buffers on every device */
	MICA_NO_REUSE = 32,     /* every buffer its own place in the arena */
	MICA_NO_WINOGRAD = 64,  /* convolutions as sums over taps, not by Winograd's algorithm, which rounds more */
	MICA_ONLY_PLAN = 128    /* no kernel is built, no device memory taken: the plan can be described and printed, not run */
};

typedef struct mica_plan_opts { /* all zero means these defaults */
	size_t size;
	uint32_t without;      /* MICA_NO_* bits; also read from MICA_WITHOUT="simplify,fuse,..." */
	size_t typical_rows;   /* rows of the usual batch, so that a shorter one uses the same kernels; 0: this graph's */
	const char *name;      /* for messages and profiles; copied */
} mica_plan_opts;

/* Makes a plan that computes outputs and every assignment among them.  opts may be NULL.  *out is NULL on failure:
   the graph's first failure, EINVAL (two inputs of one name), ENOMEM, EUNSUPPORTED, EBUDGET (says how much is needed), EBUILD, EDEVICE. */
MICA_API mica_status mica_plan_create(mica_plan **out, const mica_var *outputs, size_t n, const mica_plan_opts *opts);
MICA_API void mica_plan_destroy(mica_plan *p); /* NULL is fine; mica_close does it too */

/* Inputs by their names in the graph, of which a plan keeps what it needs.  One that no output depends on is checked and
   left alone; EINVAL for a name that is no input's.

   Copies host data, row-major in the input's own type (bytes must be exact: ESHAPE). */
MICA_API mica_status mica_plan_feed(mica_plan *p, const char *input, const void *data, size_t bytes);
/* Uses v's copy on the plan's context, without a copy where it is already there, at this run and the next, until another
   is bound or fed; the plan refers to v so long.  v NULL: to none.  v must have the input's type and shape (ESHAPE). */
MICA_API mica_status mica_plan_bind(mica_plan *p, const char *input, mica_value *v);

/* Enqueues the plan steps times; does not wait.  steps 0 is an error. */
MICA_API mica_status mica_plan_run(mica_plan *p, size_t steps);

/* Outputs by their position among those given to mica_plan_create, from 0.
   Waits for the plan and copies the value of an output, row-major, to data (bytes exact), or makes it v's. */
MICA_API mica_status mica_plan_fetch(mica_plan *p, size_t output, void *data, size_t bytes);
MICA_API mica_status mica_plan_take(mica_plan *p, size_t output, mica_value *v);

/* Waits until all that was enqueued on the context is done. */
MICA_API mica_status mica_context_wait(mica_context *ctx);

/* The plan as text (kernels in order, what each reads and writes, buffers, bytes) or as a DOT digraph.  Returns the
   length without the final NUL and writes at most size bytes. */
MICA_API size_t mica_plan_print(const mica_plan *p, bool dot, char *out, size_t size);

/* The passes that make a plan, in their order; then the driver's compiler builds its kernels. */
enum { MICA_SIMPLIFY, MICA_FUSE, MICA_LAYOUT, MICA_CODEGEN, MICA_PASSES };
MICA_API const char *mica_pass_name(size_t pass); /* "simplify"; "" past the last; static */

typedef struct mica_plan_info {
	size_t launches;      /* per step, as separate launches; those of a loop are counted once, not for each of its steps */
	size_t kernels;       /* fused kernels; a launch may hold several that do not depend on each other */
	bool persistent;      /* runs as one kernel that walks the launches by itself; false of MICA_ONLY_PLAN */
	uint64_t arena_bytes; /* device memory of intermediate values */
	uint64_t flops;       /* arithmetic of the matrix products of one step */
	size_t nodes;         /* of the graph once it is simplified */
	double seconds[MICA_PASSES]; /* that each pass took */
} mica_plan_info;
MICA_API mica_plan_info mica_plan_describe(const mica_plan *p);

MICA_END_DECLS
#endif
