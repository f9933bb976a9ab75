/* SPDX-License-Identifier: MIT */
/* graph/convolution.h - what a node of a convolution says of itself, in numbers. */
#ifndef MICA_GRAPH_CONVOLUTION_H
#define MICA_GRAPH_CONVOLUTION_H
#include "graph/node.h"

/* Of conv, conv_data or conv_weight: x (n, size..., groups * in) and y (n, outputs..., groups * out), weights by tap.  There
   are always three axes; those that a node lacks come first, with one element, one output and one tap.  In a plan the weights'
   gradient may have an axis of parts before the others, whose sum it is. */
typedef struct mica__convolution {
	size_t n, groups, in, out, parts;
	size_t size[MICA__MOST_SPATIAL], outputs[MICA__MOST_SPATIAL];
	size_t taps[MICA__MOST_SPATIAL], stride[MICA__MOST_SPATIAL], dilation[MICA__MOST_SPATIAL], before[MICA__MOST_SPATIAL];
} mica__convolution;
mica__convolution mica__convolution_of(const struct mica_node *x);

static inline size_t mica__product_of_axes(const size_t *sizes)
{
	return sizes[0] * sizes[1] * sizes[2];
}

#endif
