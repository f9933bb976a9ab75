/* SPDX-License-Identifier: MIT */
/* nn/steps.h - a layer's loop over the steps of a sequence, from each of which states go on to the next. */
#ifndef MICA_NN_STEPS_H
#define MICA_NN_STEPS_H
#include "nn/layers.h"

/* What the layers of the library that have such a loop say about it; sequence.h has what it means. */
typedef struct mica__steps_opts {
	bool return_sequences, return_state, go_backwards, stateful, zero_output_for_mask;
} mica__steps_opts;
#define MICA__STEPS_FIELDS(options)                        \
	MICA_FIELD_FLAG(options, return_sequences),        \
	MICA_FIELD_FLAG(options, return_state),            \
	MICA_FIELD_FLAG(options, go_backwards),            \
	MICA_FIELD_FLAG(options, stateful),                \
	MICA_FIELD_FLAG(options, zero_output_for_mask)
#define MICA__STEPS_OPTS(o) \
	{(o)->return_sequences, (o)->return_state, (o)->go_backwards, (o)->stateful, (o)->zero_output_for_mask}

typedef struct mica__steps {
	mica_build *b;
	mica_var x, mask;              /* (batch, steps, ...); (batch, steps), NULL: none */
	mica__steps_opts o;
	size_t batch, steps, n_states;
	mica_shape state[MICA_MOST_STATES]; /* with the batch */
	mica_var first[MICA_MOST_STATES];   /* before the first step; NULL: zeros */
} mica__steps;

/* Looks at the layer's inputs, a sequence and, all or none, its first states: false with the failure in the graph.  state: of a
   sample.  rank: of x; 0: 3 or more. */
bool mica__steps_begin(mica__steps *s, mica_build *b, mica_var x, size_t rank, mica__steps_opts o, const mica_shape *state,
                       size_t n_states);
/* The loop.  step is given the scan and the states, in whose place it puts those after the step, and returns its output.  What the layer
   returns: of all steps or of the last; it has its mask, and states that are to be given back or kept are. */
mica_var mica__steps_run(mica__steps *s, mica_var (*step)(void *self, mica_scan *scan, mica_var *state), void *self);

/* A sequence with its steps first, as a loop reads it. */
mica_var mica__steps_first(mica_var x);

#endif
