/* SPDX-License-Identifier: MIT */
/* runtime/tensor.c - values with copies on the host and on several contexts, moved through the host when asked for. */
#include "runtime/runtime.h"

#include <string.h>

typedef struct copy {
	mica_tensor *tensor; /* NULL once the tensor is gone */
	mica_context *ctx;
	mica__buffer *buffer;
	bool valid;
	struct copy *next;
} copy;

struct mica_tensor {
	mica_context *owner;
	mica_dtype dtype;
	mica_shape shape;
	size_t bytes;
	const void *host; /* NULL: none yet */
	void *own;        /* the same, unless it is somebody else's: then it is only read */
	bool host_valid;
	copy *copies;
	uint64_t moved;
};

static void unlink_copy(copy *c)
{
	for (copy **at = &c->tensor->copies; *at; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			return;
		}
}

/* Called when the copy's context is closed. */
static void free_copy(void *object)
{
	copy *c = object;
	unlink_copy(c);
	mica__buffer_destroy(c->buffer);
	mica__free(c);
}

static void free_tensor(void *object)
{
	mica_tensor *t = object;
	while (t->copies) {
		mica__context_disown(t->copies->ctx, t->copies);
		free_copy(t->copies);
	}
	mica__free(t->own);
	mica__free(t);
}

mica_status mica_tensor_create(mica_tensor **out, mica_context *ctx, mica_dtype dtype, mica_shape s)
{
	size_t count;
	*out = NULL;
	if (!ctx || s.rank > MICA_MAX_RANK)
		return mica__fail(MICA_EINVAL, "tensor: no context, or rank %zu above %d", s.rank, MICA_MAX_RANK);
	if (!mica__shape_checked_count(&s, &count))
		return mica__fail(MICA_EOVERFLOW, "tensor: shape %s has too many elements", mica__shape_text(&s));
	mica_tensor *t = mica__alloc(1, sizeof *t);
	if (!t)
		return MICA_ENOMEM;
	*t = (mica_tensor){.owner = ctx, .dtype = dtype, .shape = s, .bytes = count * mica__dtype_bytes(dtype)};
	mica_status st = mica__context_own(ctx, t, free_tensor);
	if (st != MICA_OK) {
		mica__free(t);
		return st;
	}
	*out = t;
	return MICA_OK;
}

mica_status mica__tensor_over(mica_tensor **out, mica_context *ctx, mica_dtype dtype, mica_shape s, const void *data)
{
	mica_status st = mica_tensor_create(out, ctx, dtype, s);
	if (st == MICA_OK) {
		(*out)->host = data;
		(*out)->host_valid = true;
	}
	return st;
}

void mica_tensor_destroy(mica_tensor *t)
{
	if (!t)
		return;
	mica__context_disown(t->owner, t);
	free_tensor(t);
}

mica_shape mica_tensor_shape(const mica_tensor *t)
{
	return t->shape;
}

mica_dtype mica_tensor_dtype(const mica_tensor *t)
{
	return t->dtype;
}

size_t mica_tensor_bytes(const mica_tensor *t)
{
	return t->bytes;
}

uint64_t mica_tensor_bytes_moved(const mica_tensor *t)
{
	return t->moved;
}

static copy *find_copy(const mica_tensor *t, const mica_context *ctx)
{
	for (copy *c = t->copies; c; c = c->next)
		if (c->ctx == ctx)
			return c;
	return NULL;
}

bool mica_tensor_is_on(const mica_tensor *t, const mica_context *ctx)
{
	const copy *c = find_copy(t, ctx);
	return c && c->valid;
}

static bool valid_anywhere(const mica_tensor *t)
{
	bool valid = t->host_valid;
	for (const copy *c = t->copies; c; c = c->next)
		valid = valid || c->valid;
	return valid;
}

static mica_status check_bytes(const mica_tensor *t, size_t bytes)
{
	if (bytes == t->bytes)
		return MICA_OK;
	return mica__fail(MICA_ESHAPE, "tensor: %zu bytes given, %s %s has %zu", bytes, mica__dtype_name(t->dtype),
	                  mica__shape_text(&t->shape), t->bytes);
}

static mica_status own_host(mica_tensor *t)
{
	if (t->host && !t->own)
		return mica__fail(MICA_EINVAL, "tensor: its values are only read: they are not its own");
	if (!t->own && !(t->own = mica__alloc(t->bytes, 1)))
		return MICA_ENOMEM;
	t->host = t->own;
	return MICA_OK;
}

mica_status mica_tensor_write(mica_tensor *t, const void *data, size_t bytes)
{
	mica_status st = check_bytes(t, bytes);
	if (st != MICA_OK || (st = own_host(t)) != MICA_OK)
		return st;
	memcpy(t->own, data, bytes);
	t->host_valid = true;
	for (copy *c = t->copies; c; c = c->next)
		c->valid = false;
	return MICA_OK;
}

/* Makes the host copy valid. */
static mica_status to_host(mica_tensor *t)
{
	mica_status st = MICA_OK;
	if (t->host_valid)
		return MICA_OK;
	if ((st = own_host(t)) != MICA_OK)
		return st;
	for (copy *c = t->copies; c; c = c->next)
		if (c->valid) {
			st = mica__buffer_read(c->buffer, 0, t->own, t->bytes);
			t->moved += t->bytes;
			break;
		}
	t->host_valid = st == MICA_OK;
	return st;
}

mica_status mica_tensor_read(mica_tensor *t, void *data, size_t bytes)
{
	mica_status st = check_bytes(t, bytes);
	if (st != MICA_OK || (st = to_host(t)) != MICA_OK)
		return st;
	memcpy(data, t->host, bytes);
	return MICA_OK;
}

/* A place on ctx; it is valid at once if it needs no copy. */
static mica_status make_copy(mica_tensor *t, mica_context *ctx, copy **out)
{
	mica_status st = MICA_OK;
	size_t bytes = t->bytes + MICA__TAIL * mica__dtype_bytes(t->dtype);
	copy *c = mica__alloc(1, sizeof *c);
	if (!c)
		return MICA_ENOMEM;
	*c = (copy){.tensor = t, .ctx = ctx, .valid = t->host && !t->own && mica__class_of(mica__device_of(ctx))->host_memory};
	MICA_TRY(c->valid ? mica__buffer_over(&c->buffer, mica__device_of(ctx), t->host, bytes)
	                  : mica__buffer_create(&c->buffer, mica__device_of(ctx), bytes));
	MICA_TRY(mica__context_own(ctx, c, free_copy));
	c->next = t->copies;
	t->copies = c;
	*out = c;
	return MICA_OK;
out:
	mica__buffer_destroy(c->buffer);
	mica__free(c);
	return st;
}

mica_status mica_tensor_move(mica_tensor *t, mica_context *ctx)
{
	mica_status st = MICA_OK;
	copy *c = find_copy(t, ctx);
	if (c && c->valid)
		return MICA_OK;
	bool zeros = !valid_anywhere(t);
	if (!zeros)
		MICA_TRY(to_host(t));
	if (!c)
		MICA_TRY(make_copy(t, ctx, &c));
	if (!c->valid && !zeros && t->bytes) {
		MICA_TRY(mica__buffer_write(c->buffer, 0, t->host, t->bytes));
		t->moved += t->bytes;
	}
	c->valid = true;
out:
	return st;
}

mica_status mica__tensor_buffer(mica_tensor *t, mica_context *ctx, mica__buffer **out, size_t *byte_offset)
{
	mica_status st = mica_tensor_move(t, ctx);
	if (st != MICA_OK)
		return st;
	copy *c = find_copy(t, ctx);
	*out = c->buffer;
	*byte_offset = 0;
	return MICA_OK;
}
