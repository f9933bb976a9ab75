/* SPDX-License-Identifier: MIT */
/* graph/adjoint.h - the gradient of a loop, between gradient.c, which differentiates one step of it, and adjoint.c, which makes
   of that a loop the other way. */
#ifndef MICA_GRAPH_ADJOINT_H
#define MICA_GRAPH_ADJOINT_H
#include "graph/node.h"

/* One step differentiated: expressions of the loop's own nodes and of stand-ins for the gradients of what the step makes. */

/* Of a STACK: row `step` of the gradient of all rows. */
typedef struct mica__adjoint_rows {
	mica_var stand_in, gradient;
} mica__adjoint_rows;

/* Of a carry: what the later steps send back. */
typedef struct mica__adjoint_carry {
	mica_var carry;
	mica_var stand_in;  /* for the gradient of what it becomes */
	mica_var last;      /* gradient of its LAST; NULL: zeros */
	mica_var back;      /* gradient of the carry itself at the step; NULL: zeros */
	mica_var initial;   /* result: gradient of its first value */
} mica__adjoint_carry;

/* A part of the gradient of a value from outside. */
typedef struct mica__adjoint_term {
	mica_var of, step;  /* step: at each step */
	bool row;           /* of its row of that step; else of all of it */
	mica_var all;       /* result: of all steps */
} mica__adjoint_term;

typedef struct mica__adjoint {
	mica_scan *loop;
	mica_var *order;    /* nodes that hold all of the loop's own that are used, by mica__order_of */
	size_t n_order;
	size_t first;       /* nodes from this number on were made by differentiating */
	mica__adjoint_rows *rows;
	mica__adjoint_carry *carries;
	mica__adjoint_term *terms;
	size_t n_rows, n_carries, n_terms, cap_rows, cap_carries, cap_terms;
} mica__adjoint;

/* Sets the results; false when memory is out or the graph has failed. */
bool mica__adjoint_make(mica__adjoint *a);

#endif
