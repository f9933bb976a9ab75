/* SPDX-License-Identifier: MIT */
/* runtime/plan.h - a plan that runs, as the files that make it and run it see it: plan.c (what it needs of its graph, which
   values it reads and stores), build.c (its table, program and kernels), run.c (its inputs, steps and outputs). */
#ifndef MICA_RUNTIME_PLAN_H
#define MICA_RUNTIME_PLAN_H
#include "lower/kind.h"
#include "runtime/interpret.h"
#include "runtime/runtime.h"

enum { MICA__STAGES_PER_SYNC = 65000 /* what fits beside the task counter in cl/walk.cl */ };

typedef struct mica__input {
	char name[64];
	mica_dtype dtype;
	mica_shape shape;
	bool needed;        /* an output depends on it */
	int buffer;         /* number of its argument; -1: none, its value is not read */
	mica_value *bound;  /* whose copy is used */
	mica__copy *copy;
	mica_value *own;    /* made by feed */
} mica__input;

/* A value that the plan reads or stores, and its copies here; turned: the transposed one, NULL if none is read. */
typedef struct mica__operand {
	mica_value *value;
	mica__copy *copy, *turned;
	bool stored, turned_stored;
	size_t renewal;     /* of turned, of copy, + 1; 0: none */
} mica__operand;

typedef struct mica__output {
	mica_dtype dtype;
	mica_shape shape;
} mica__output;

struct mica_plan {
	mica_context *ctx;
	mica__plan *low;
	mica__output *outputs;
	size_t n_outputs;
	mica__input *inputs;      /* of the graph */
	size_t n_inputs;
	mica__operand *operands;
	size_t n_operands, cap_operands;
	size_t *operand_numbers;  /* by plan node: of a leaf's, + 1; 0: none */
	mica__interpreter *interpreter; /* on the reference device, instead of all below */
	mica__buffer **arenas, *table, *sync;
	size_t n_arenas;
	mica__program *program;
	mica__kernel **kernels;   /* one per stage, NULL for a call, or the walk kernel alone */
	size_t n_kernels;
	mica__kernel **renewals;  /* as many as the code has */
	bool persistent;
	mica__walk_size run;      /* of the walk kernel, once over the plan */
	int walked;               /* stages since sync was zero */
	mica__buffer **buffers;   /* by the number that stores have; NULL: of an input that has no value */
	size_t n_buffers, cap_buffers;
	mica__view *view;         /* the slabs that these are in */
};

/* The group of a stage that is a call of a provider; NULL if the stage is a kernel. */
static inline const mica__group *mica__call_of(const mica_plan *p, size_t stage)
{
	const mica__group *g = &p->low->groups[p->low->order[p->low->stages[stage].first_group]];
	return mica__is_call(p->low, g) ? g : NULL;
}
/* The input of that name, of several one that is needed; NULL. */
mica__input *mica__plan_input(const mica_plan *p, const char *name);

/* ---- build.c ---- */

/* Program, table and kernels of a plan whose code is written and whose values have their places. */
mica_status mica__plan_build(mica_plan *p);
/* Tells the kernels where what has that number is now. */
mica_status mica__plan_place(mica_plan *p, unsigned buffer);

#endif
