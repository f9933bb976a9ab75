/* SPDX-License-Identifier: MIT */
/* golden/layer.h - a layer's numbers as make_layers.py writes them, and its operands by their formula. */
#ifndef MICA_GOLDEN_LAYER_H
#define MICA_GOLDEN_LAYER_H
#include "golden/golden.h"
#include "mica/types.h"

typedef struct golden_layer {
	const char *name;
	mica_shape x, y;      /* batches */
	float scale, shift;   /* of the input's numbers */
	const char *weights;  /* their names, in order */
	const float *numbers; /* the output, the input's gradient, that of each weight that is trained */
	size_t n;
} golden_layer;

enum { GOLDEN_SEED = 9 };

/* Operand 0 is the input, 1, 2, ... are the weights, GOLDEN_SEED is the gradient of the output. */
static inline void golden_operand(float *out, size_t n, size_t k, float scale)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (float)((int)((i * (3 + k % 7) + 3 * k) % 11) - 5) * scale;
}

#endif
