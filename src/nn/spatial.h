/* SPDX-License-Identifier: MIT */
/* nn/spatial.h - what layers over spatial axes share: samples that have them, and windows by their options. */
#ifndef MICA_NN_SPATIAL_H
#define MICA_NN_SPATIAL_H
#include "nn/layers.h"
#include "mica/spatial.h"

/* Whether x is (batch, as many spatial axes, channels) and none of them is empty; if not, the graph's failure says so. */
bool mica__is_spatial(mica_build *b, mica_var x, size_t axes);

/* What is said of a window: `one` along every axis or each[i] along axis i (its option is called name, and name_size), which both may
   be 0 where there is a default; strides and dilation after their defaults, NULL: 1. */
typedef struct mica__window_of {
	const char *name;
	size_t one, otherwise;
	const size_t *each, *strides, *dilation;
	mica_padding padding;
} mica__window_of;
/* Such windows over as many axes of x: false, with the failure in the graph, if these make none or one does not fit in. */
bool mica__windows(mica_build *b, mica_var x, size_t axes, const mica__window_of *of, mica_window_opts *out);

/* A number for each axis: each[i], or what is said for all, which must not be said twice. */
bool mica__for_axes(mica_build *b, const char *name, size_t one, const char *each_name, const size_t *each, size_t axes, size_t out[MICA_WINDOW_AXES]);

/* The kinds of one to three axes: id with a dimension in it, title with it, a function (b, x, options, axes). */
#define MICA__SPATIAL(id, title_, rows, options, function, axes)                                                                \
	static mica_var id##_call(mica_build *b, mica_var x, const void *o)                                                     \
	{                                                                                                                       \
		return function(b, x, o, axes);                                                                                 \
	}                                                                                                                       \
	const mica_kind mica_kind_##id = {.name = #id, .title = (title_), .type = MICA_LAYER, .size = sizeof(options),          \
	                                  MICA_FIELDS(rows), .call = id##_call};
/* All three of them: mica_kind_ID1d, "TITLE1D", ... */
#define MICA__SPATIALS(id, title, rows, options, function)               \
	MICA__SPATIAL(id##1d, title "1D", rows, options, function, 1)    \
	MICA__SPATIAL(id##2d, title "2D", rows, options, function, 2)    \
	MICA__SPATIAL(id##3d, title "3D", rows, options, function, 3)
/* A number for each axis, of which those left out are as the first. */
#define MICA__EACH(options, member, ...) \
	MICA_FIELD_SIZE(options, member, .count = MICA_WINDOW_AXES, .repeats = true, __VA_ARGS__)

#endif
