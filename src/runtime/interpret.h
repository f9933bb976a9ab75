/* SPDX-License-Identifier: MIT */
/* runtime/interpret.h - plans on the reference device: the graph is interpreted, step by step, on the host. */
#ifndef MICA_RUNTIME_INTERPRET_H
#define MICA_RUNTIME_INTERPRET_H
#include "lower/lower.h"
#include "runtime/runtime.h"

typedef struct mica__interpreter mica__interpreter;
/* low stays the plan's, which frees it later. */
mica_status mica__interpreter_make(mica__interpreter **out, const mica__plan *low);
void mica__interpreter_free(mica__interpreter *x); /* NULL is fine */

/* One step.  bound: the value of the input of that name, which has one. */
mica_status mica__interpreter_run(mica__interpreter *x, mica_value *(*bound)(void *payload, const char *input), void *payload);
/* Row-major, of the last step; zeros before the first. */
const void *mica__interpreter_result(const mica__interpreter *x, size_t output);

#endif
