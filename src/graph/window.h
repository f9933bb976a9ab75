/* SPDX-License-Identifier: MIT */
/* graph/window.h - what a window is to the operations that are made of it. */
#ifndef MICA_GRAPH_WINDOW_H
#define MICA_GRAPH_WINDOW_H
#include "graph/node.h"

/* The window that opts describe over x (N, spatial..., C), padding in numbers; and how many outputs it has along each axis.
   op is the name in the text of a failure: false. */
bool mica__window_over(mica_graph *g, const char *op, const mica_shape *x, const mica_window_opts *opts, mica__window *out,
                       size_t outputs[MICA__MOST_SPATIAL]);
/* Elements from the first to the last that a window sees along an axis, both included. */
static inline size_t mica__window_reach(const mica__window *w, size_t axis)
{
	return (w->taps[axis] - 1) * w->dilation[axis] + 1;
}
/* (N, sizes..., taps..., C) with all taps as one axis, whose number is *axis. */
mica_var mica__taps_joined(mica_var x, size_t *axis);

#endif
