/* SPDX-License-Identifier: MIT */
/* nn/slots.h - values that a part keeps from step to step: an optimizer's for a weight, a metric's.  They are asked for by name
   while nodes are added, so that nothing has to be declared: the first call of a name makes the value.  Uses base, graph and
   runtime. */
#ifndef MICA_NN_SLOTS_H
#define MICA_NN_SLOTS_H
#include "graph/node.h"
#include "mica/value.h"

typedef struct mica__slot {
	mica_value *value;     /* its path is the owner's and its name; held by the list */
	double start;          /* what its elements are at first */
	bool started;          /* they are */
	mica_var old, next;    /* while a graph is built: as read, and after the step; NULL where it was not asked for, not assigned */
} mica__slot;
typedef struct mica__slots {
	mica__slot *at;
	size_t n, capacity;
} mica__slots;

/* Whose they are, for what is made and what is said. */
typedef struct mica__slots_owner {
	const char *what;      /* "slot", "state" */
	const char *ask;       /* the call that makes one */
	const char *path;      /* what their paths begin with */
	mica_role role;
	mica_dtype type;
} mica__slots_owner;

/* A graph begins, in which none has been asked for. */
void mica__slots_begin(mica__slots *s);
/* The one of that name as g reads it, made if there is none; its value after the step, which is returned.  Failures are in g:
   EINVAL for a name, for one that was never asked for, or NULL; ESHAPE where the shape is not that of before. */
mica_var mica__slots_ask(mica__slots *s, const mica__slots_owner *o, mica_graph *g, const char *name, mica_shape shape, double start);
mica_var mica__slots_assign(mica__slots *s, const mica__slots_owner *o, mica_graph *g, const char *name, mica_var value);
/* Makes one. */
mica_status mica__slots_make(mica__slots *s, const mica__slots_owner *o, mica_context *ctx, const char *name, mica_shape shape,
                             double start);
/* NULL: there is none. */
mica__slot *mica__slots_find(const mica__slots *s, const mica__slots_owner *o, const char *name);
/* One that was asked for and has no new value; NULL: all have. */
const mica__slot *mica__slots_unassigned(const mica__slots *s);
/* Gives those made since their first values; all of them, again. */
mica_status mica__slots_start(mica__slots *s);
mica_status mica__slots_restart(mica__slots *s);
/* What is in all of them, in memory that the caller frees; and back.  ENOMEM, EDEVICE. */
mica_status mica__slots_save(const mica__slots *s, void **out);
mica_status mica__slots_restore(const mica__slots *s, const void *saved);
void mica__slots_free(mica__slots *s, mica_context *ctx);

#endif
