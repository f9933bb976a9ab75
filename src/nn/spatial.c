/* SPDX-License-Identifier: MIT */
/* nn/spatial.c - samples with spatial axes, and windows over them, with messages in the words of a layer's options. */
#include "nn/spatial.h"

#include <stdio.h>
#include <string.h>

bool mica__is_spatial(mica_build *b, mica_var x, size_t axes)
{
	static const char *const names[] = {"length", "height, width", "depth, height, width"};
	mica_shape s = mica_var_shape(x), sample = mica__sample_shape(s);

	if (mica_graph_status(b->graph) != MICA_OK)
		return false;
	if (s.rank != axes + 2)
		mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s; it must be (%s, channels): put a mica_reshape(...) before it",
		                 mica__shape_text(&sample), names[axes - 1]);
	else if (mica__shape_count(&sample) == 0)
		mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s is empty", mica__shape_text(&sample));
	return mica_graph_status(b->graph) == MICA_OK;
}

/* A sample has as many axes as the layer's kind: what is said of another one is a mistake. */
static bool none_beyond(mica_build *b, const char *name, const size_t *each, size_t axes)
{
	for (size_t i = axes; each && i < MICA_WINDOW_AXES; i++)
		if (each[i] && each[i] != each[0])
			return mica__graph_fail(b->graph, MICA_EINVAL, "%s[%zu] is %zu, and there %s %zu spatial ax%s", name, i, each[i],
			                        axes == 1 ? "is" : "are", axes, axes == 1 ? "is" : "es"), false;
	return true;
}

bool mica__for_axes(mica_build *b, const char *name, size_t one, const char *each_name, const size_t *each, size_t axes,
                    size_t out[MICA_WINDOW_AXES])
{
	memset(out, 0, MICA_WINDOW_AXES * sizeof *out);
	if (one && each[0])
		return mica__graph_fail(b->graph, MICA_EINVAL, "%s %zu and %s; give one of them", name, one, each_name), false;
	if (!none_beyond(b, each_name, each, axes))
		return false;
	for (size_t i = 0; i < axes; i++) {
		out[i] = each[i] ? each[i] : one;
		if (!out[i])
			return mica__graph_fail(b->graph, MICA_EINVAL, "%s is 0; give a whole number from 1 to %d, or %s with one for each axis",
			                        name, MICA_MOST_COUNT, each_name), false;
	}
	return true;
}

/* A window must fit into what there is; with MICA_SAME and MICA_CAUSAL it always does. */
static bool fits(mica_build *b, mica_var x, size_t axes, const char *name, const mica_window_opts *w)
{
	mica_shape s = mica_var_shape(x);

	for (size_t i = 0; i < axes && w->padding == MICA_VALID; i++) {
		size_t n = s.dim[1 + i];
		if ((double)(w->taps[i] - 1) * (double)(w->dilation[i] ? w->dilation[i] : 1) + 1 <= (double)n)
			continue;
		return mica__graph_fail(b->graph, MICA_ESHAPE, "%s %zu with dilation %zu along spatial axis %zu, which has %zu; give less, or "
		                        ".padding = MICA_SAME", name, w->taps[i], w->dilation[i] ? w->dilation[i] : 1, i, n), false;
	}
	return true;
}

bool mica__windows(mica_build *b, mica_var x, size_t axes, const mica__window_of *of, mica_window_opts *out)
{
	char each_name[16];
	size_t one = of->one || of->each[0] ? of->one : of->otherwise;

	*out = (mica_window_opts){MICA_OPTS(mica_window_opts), .padding = of->padding};
	snprintf(each_name, sizeof each_name, "%s_size", of->name);
	if (!mica__is_spatial(b, x, axes) || !mica__for_axes(b, of->name, one, each_name, of->each, axes, out->taps))
		return false;
	if (of->padding == MICA_CAUSAL && axes > 1)
		return mica__graph_fail(b->graph, MICA_EINVAL, "padding is MICA_CAUSAL, which is for one axis; give MICA_VALID or MICA_SAME"), false;
	if (!none_beyond(b, "strides", of->strides, axes) || !none_beyond(b, "dilation", of->dilation, axes))
		return false;
	memcpy(out->stride, of->strides, axes * sizeof *out->stride);
	if (of->dilation)
		memcpy(out->dilation, of->dilation, axes * sizeof *out->dilation);
	return fits(b, x, axes, of->name, out);
}
