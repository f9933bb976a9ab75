/* SPDX-License-Identifier: MIT */
/* tests/device/check.h - what the tests of the device room share.  Contexts are opened inside tests only: a test runs in
   a process of its own, and drivers do not survive a fork. */
#ifndef MICA_TESTS_DEVICE_CHECK_H
#define MICA_TESTS_DEVICE_CHECK_H
#include "device/device.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The call must succeed. */
#define OK(call)                                                                                             \
	do {                                                                                                 \
		mica_status ok_status = (call);                                                              \
		cr_assert(ok_status == MICA_OK, "%s: %s: %s", #call, mica_status_name(ok_status), mica_error(NULL)); \
	} while (0)

/* The call must fail with this status, and its reason contain this text. */
#define FAILS(call, want, text)                                                                                \
	do {                                                                                                   \
		mica_status fails_status = (call);                                                             \
		cr_assert(fails_status == (want), "%s: %s: %s", #call, mica_status_name(fails_status), mica_error(NULL)); \
		cr_assert(strstr(mica_error(NULL), text), "%s: no \"%s\" in \"%s\"", #call, text, mica_error(NULL));    \
	} while (0)

static inline mica_context *open_with(const mica_open_opts *opts)
{
	mica_context *ctx = mica_open(opts);
	cr_assert(ctx, "%s", mica_error(NULL));
	return ctx;
}

static inline mica__buffer *make_buffer(mica_context *ctx, size_t bytes)
{
	mica__buffer *b;
	OK(mica__buffer_create(&b, mica__device_of(ctx), bytes));
	return b;
}

static inline mica__kernel *make_kernel(mica_context *ctx, const char *source, const char *function)
{
	mica__program *p;
	mica__kernel *k;
	OK(mica__program_create(&p, mica__device_of(ctx), "test", &source, 1, NULL));
	OK(mica__kernel_create(&k, p, function));
	mica__program_destroy(p); /* the kernel keeps it */
	return k;
}

#endif
