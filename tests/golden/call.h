/* SPDX-License-Identifier: MIT */
/* golden/call.h - the numbers of a layer with several inputs, as make_calls.py writes them. */
#ifndef MICA_GOLDEN_CALL_H
#define MICA_GOLDEN_CALL_H
#include "golden/golden.h"
#include "mica/types.h"

enum { GOLDEN_MOST_INPUTS = 5 };
typedef struct golden_case {
	const char *name;
	size_t n_inputs;
	mica_shape x[GOLDEN_MOST_INPUTS];
	const char *masks;    /* of each input: 0 none, 1 one, 2 one that hides all of sample 1, 3 one that hides no first step, 4 none, but the input is one */
	const char *weights;  /* their names, in order */
	const float *numbers; /* outputs, masks of those that have one, gradients of the inputs, of the weights that are trained */
	size_t n;
} golden_case;

static inline bool golden_bit(size_t i, uint32_t number)
{
	return hash_unit((uint32_t)i, 400 + number) >= 0.4;
}

/* Of (batch, steps). */
static inline void golden_mask(unsigned char *out, size_t batch, size_t steps, uint32_t number, char kind)
{
	for (size_t i = 0; i < batch * steps; i++)
		out[i] = golden_bit(i, number) && (kind != '2' || i / steps != 1) ? 1 : kind == '3' && i % steps == 0;
}

#endif
