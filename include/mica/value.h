/* SPDX-License-Identifier: MIT */
/* mica/value.h - a value is a tensor with a name: a weight, a state, an optimizer's slot, a counter, data.
   It has a copy on the host and on each device that used it, each valid or stale and each laid out as its readers want;
   asking for it somewhere moves it there and counts the bytes.  On the host values are row-major.

   Graphs refer to values (mica_graph_value): several graphs and plans may refer to one, and what one plan stores the others
   read.  A value is zeros until it is written.  It belongs to the context it was made from, to one thread at a time; what
   keeps it alive is in docs/ownership.md. */
#ifndef MICA_VALUE_H
#define MICA_VALUE_H
#include "mica/graph.h"

MICA_BEGIN_DECLS

typedef struct mica_value mica_value;

/* What a value is for: which of them are trained, saved, or forgotten. */
typedef enum mica_role {
	MICA_ROLE_DATA,    /* inputs, samples, results */
	MICA_ROLE_WEIGHT,  /* trained */
	MICA_ROLE_STATE,   /* of a layer, not trained */
	MICA_ROLE_SLOT,    /* of an optimizer, one for each weight */
	MICA_ROLE_COUNTER, /* steps, positions, rates */
	MICA_ROLE_METRIC   /* sums of loss and metrics */
} mica_role;

/* A value of zeros.  path, copied, is its name with the names of what it is part of in front: "encoder/dense_1/kernel";
   NULL: "".  *out is NULL on failure: EINVAL (no context, a type or rank there is not), EOVERFLOW, ENOMEM. */
MICA_API mica_status mica_value_create(mica_value **out, mica_context *ctx, const char *path, mica_role role,
                                       mica_dtype t, mica_shape s);
/* Gives it up: graphs and plans that refer to it keep it as long as they need it.  For values that mica_value_create made;
   NULL and others are left alone. */
MICA_API void mica_value_destroy(mica_value *v);

/* NULL gives "", MICA_ROLE_DATA, a scalar of F32, 0. */
MICA_API const char *mica_value_path(const mica_value *v);
MICA_API const char *mica_value_name(const mica_value *v); /* what stands behind the path's last '/' */
MICA_API mica_role mica_value_role(const mica_value *v);
MICA_API mica_dtype mica_value_dtype(const mica_value *v);
MICA_API mica_shape mica_value_shape(const mica_value *v);
MICA_API size_t mica_value_count(const mica_value *v); /* elements */
MICA_API size_t mica_value_bytes(const mica_value *v);

/* Sets it from row-major host memory of its own type (mica_convert makes that of another), which is copied: every other copy
   becomes stale.  bytes must be exact (ESHAPE). */
MICA_API mica_status mica_value_write(mica_value *v, const void *data, size_t bytes);
/* Copies it to host memory, from wherever it is valid; waits for plans that store it. */
MICA_API mica_status mica_value_read(mica_value *v, void *data, size_t bytes);

/* Makes a copy on ctx's device valid, through the host where it is on another.  EBUDGET, EDEVICE: it stays where it was. */
MICA_API mica_status mica_value_move(mica_value *v, mica_context *ctx);
MICA_API bool mica_value_is_on(const mica_value *v, const mica_context *ctx); /* a valid copy is there */
MICA_API uint64_t mica_value_bytes_moved(const mica_value *v); /* all copies between host and devices so far */

/* The leaf of g that stands for v: always the same var, which keeps its value between runs and between plans, and which
   mica_op_assign can store.  The graph refers to v until it is destroyed. */
MICA_API mica_var mica_graph_value(mica_graph *g, mica_value *v);
/* The same for a new value of role MICA_ROLE_WEIGHT that lives as long as the graph, or a plan made of it. */
MICA_API mica_var mica_graph_variable(mica_graph *g, const char *path, mica_dtype t, mica_shape s);
/* The value that a leaf refers to; NULL, with the reason, if x is something else.  It is not x's to destroy. */
MICA_API mica_value *mica_var_value(mica_var x);

MICA_END_DECLS
#endif
