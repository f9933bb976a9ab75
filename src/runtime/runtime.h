/* SPDX-License-Identifier: MIT */
/* runtime/runtime.h - values, their copies on devices, and plans that run, as this room and the model room see them.
   A value is counted: whoever refers to it holds it (graphs, plans, models, and the user who made it), and it is freed when
   nobody does.  Its copies are in one of the forms that plans read; values that first meet in one plan share one buffer,
   each at its offset, so that parameters, gradients' moments and counters are a few flat arenas. */
#ifndef MICA_RUNTIME_RUNTIME_H
#define MICA_RUNTIME_RUNTIME_H
#include "device/device.h"
#include "graph/node.h"
#include "mica/plan.h"
#include "mica/value.h"

/* ---- copies (copy.c) ---- */

/* A device buffer shared by several copies; freed with the last. */
typedef struct mica__pool {
	mica__buffer *buffer;
	size_t users;
} mica__pool;

typedef struct mica__copy {
	mica_value *value;
	mica_context *ctx;
	mica__form form;
	mica__pool *pool;
	size_t offset;      /* bytes */
	bool valid;
	struct mica__copy *next;
} mica__copy;

/* What a plan asks for: the copy of a value in a form.  alone: at the start of a buffer of its own. */
typedef struct mica__wanted {
	mica_value *value;
	mica__form form;
	bool alone;
	mica__copy *copy;   /* the answer */
} mica__wanted;
/* Finds or makes the copies on ctx; new ones share buffers, as few as the device's largest allows, in this order.  They are not
   made valid. */
mica_status mica__copies_find(mica__wanted *w, size_t n, mica_context *ctx);
/* Makes a copy valid, from whichever is.  A failure leaves all as it was. */
mica_status mica__copy_renew(mica__copy *c);
void mica__copy_destroy(mica__copy *c);

/* Between row-major memory and column panels; rows by columns elements of `bytes` each. */
void mica__to_panels(void *panels, const void *flat, size_t rows, size_t columns, size_t bytes, size_t panel_width);
void mica__from_panels(void *flat, const void *panels, size_t rows, size_t columns, size_t bytes, size_t panel_width);

/* ---- values (value.c) ---- */

struct mica_value {
	size_t users;         /* who holds it */
	size_t guests;        /* those of another context than its own */
	mica_context *home;   /* NULL once that is closed */
	bool handle;          /* one of the users is the user, who has not destroyed it */
	char *path;
	mica_role role;
	mica_dtype dtype;
	mica_shape shape;
	size_t bytes;
	const void *host;     /* row-major; NULL: none */
	void *own;            /* the same, unless it is somebody else's: then it is only read */
	bool host_valid;
	bool lost;            /* its contents could not be read when the context that had them was closed */
	mica__copy *copies;   /* where nothing is valid, the value is zeros */
	uint64_t moved;
};

/* A value held once, by the caller. */
mica_status mica__value_make(mica_value **out, mica_context *home, const char *path, mica_role role, mica_dtype t,
                             mica_shape s);
/* The same with the values at data, which stay as they are, with MICA__TAIL more behind them that may be read, until the
   value is gone.  A device whose memory is the host's reads them where they are, and nothing moves. */
mica_status mica__value_over(mica_value **out, mica_context *home, mica_dtype t, mica_shape s, const void *data);
/* by: the context of who refers to it. */
void mica__value_hold(mica_value *v, mica_context *by);
void mica__value_release(mica_value *v, mica_context *by); /* NULL is fine */

bool mica__value_valid_anywhere(const mica_value *v);
/* The value row-major: the host's copy, or *temporary, read from a device, which the caller frees. */
mica_status mica__value_linear(mica_value *v, const void **out, void **temporary);
/* Room on the host, so that writing the value does not fail for want of it. */
mica_status mica__value_reserve(mica_value *v);
/* No copy is valid any more: the value is zeros, or what a copy holds that is marked valid after this. */
void mica__value_zero(mica_value *v);
/* Its row-major buffer on ctx, made valid: for those who fill it themselves. */
mica_status mica__value_buffer(mica_value *v, mica_context *ctx, mica__buffer **out, size_t *byte_offset);

/* ---- plans (plan.c, run.c) ---- */

/* mica_plan_create and _destroy for a plan that its maker owns, and whose failure is no failure of the context. */
mica_status mica__plan_make(mica_plan **out, const mica_var *outputs, size_t n, const mica_plan_opts *opts);
void mica__plan_free(mica_plan *p); /* NULL is fine */
mica_status mica__plan_bind(mica_plan *p, const char *input, mica_value *v);

#endif
