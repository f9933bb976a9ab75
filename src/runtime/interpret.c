/* SPDX-License-Identifier: MIT */
/* runtime/interpret.c - see interpret.h.  What a plan assigns are further outputs of the interpreter, kept until all has been
   computed and there is room for all: then values change, or, after a failure, none. */
#include "runtime/interpret.h"
#include "reference/reference.h"

struct mica__interpreter {
	const mica__plan *low;
	mica_var *wanted;    /* the plan's outputs, then what is assigned */
	void **results;      /* of wanted */
	mica_value *(*bound)(void *payload, const char *input);
	void *payload;
};

void mica__interpreter_free(mica__interpreter *x)
{
	if (!x)
		return;
	for (size_t i = 0; x->results && i < x->low->n_outputs + x->low->n_assigns; i++)
		mica__free(x->results[i]);
	mica__free(x->results);
	mica__free(x->wanted);
	mica__free(x);
}

static mica_status make_results(mica__interpreter *x)
{
	const mica__plan *low = x->low;
	x->wanted = mica__alloc(low->n_outputs + low->n_assigns, sizeof *x->wanted);
	x->results = mica__alloc(low->n_outputs + low->n_assigns, sizeof *x->results);
	if (!x->wanted || !x->results)
		return MICA_ENOMEM;
	for (size_t i = 0; i < low->n_outputs + low->n_assigns; i++) {
		mica_var y = x->wanted[i] = i < low->n_outputs ? low->outputs[i] : low->assigns[i - low->n_outputs].value;
		if (!(x->results[i] = mica__alloc(mica__shape_count(&y->shape), mica__dtype_bytes(y->dtype))))
			return MICA_ENOMEM;
	}
	return MICA_OK;
}

mica_status mica__interpreter_make(mica__interpreter **out, const mica__plan *low)
{
	mica__interpreter *x = *out = mica__alloc(1, sizeof *x);
	if (!x)
		return MICA_ENOMEM;
	x->low = low;
	mica_status st = make_results(x);
	if (st != MICA_OK) {
		mica__interpreter_free(x);
		*out = NULL;
	}
	return st;
}

static mica_status read_leaf(void *payload, mica_var leaf, mica__array *value)
{
	const mica__interpreter *x = payload;
	const void *data;
	void *temporary = NULL;
	mica_value *v = leaf->op == MICA__INPUT ? x->bound(x->payload, leaf->name) : leaf->value;
	mica_status st = mica__value_linear(v, &data, &temporary);
	if (st == MICA_OK)
		mica__array_read(value, data);
	mica__free(temporary);
	return st;
}

static mica_status take_output(void *payload, size_t i, const mica__array *value)
{
	const mica__interpreter *x = payload;
	mica__array_write(value, x->results[i]);
	return MICA_OK;
}

static mica_status assign_all(mica__interpreter *x)
{
	const mica__plan *low = x->low;
	mica_status st = MICA_OK;
	for (size_t i = 0; i < low->n_assigns; i++)
		MICA_TRY(mica__value_reserve(low->assigns[i].variable->value));
	for (size_t i = 0; i < low->n_assigns; i++) {
		mica_value *v = low->assigns[i].variable->value;
		MICA_TRY(mica_value_write(v, x->results[low->n_outputs + i], v->bytes));
	}
out:
	return st;
}

mica_status mica__interpreter_run(mica__interpreter *x, mica_value *(*bound)(void *payload, const char *input), void *payload)
{
	mica__reference how = {MICA__TYPED, 0, read_leaf, take_output, NULL, x};
	x->bound = bound;
	x->payload = payload;
	mica_status st = mica__reference_run(&how, x->wanted, x->low->n_outputs + x->low->n_assigns);
	return st == MICA_OK ? assign_all(x) : st;
}

const void *mica__interpreter_result(const mica__interpreter *x, size_t output)
{
	return x->results[output];
}
