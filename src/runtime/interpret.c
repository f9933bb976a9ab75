/* SPDX-License-Identifier: MIT */
/* runtime/interpret.c - see interpret.h.  What a plan assigns are further outputs of the interpreter, which gives them only
   after all has been computed, so that whoever reads a value reads the old one. */
#include "runtime/interpret.h"
#include "reference/reference.h"

struct mica__interpreter {
	const mica__plan *low;
	mica_var *wanted;    /* the plan's outputs, then what is assigned */
	void **results;      /* of the plan's outputs */
	mica_value *(*bound)(void *payload, const char *input);
	void *payload;
};

void mica__interpreter_free(mica__interpreter *x)
{
	if (!x)
		return;
	for (size_t i = 0; x->results && i < x->low->n_outputs; i++)
		mica__free(x->results[i]);
	mica__free(x->results);
	mica__free(x->wanted);
	mica__free(x);
}

static mica_status make_results(mica__interpreter *x)
{
	const mica__plan *low = x->low;
	x->wanted = mica__alloc(low->n_outputs + low->n_assigns, sizeof *x->wanted);
	x->results = mica__alloc(low->n_outputs, sizeof *x->results);
	if (!x->wanted || !x->results)
		return MICA_ENOMEM;
	for (size_t i = 0; i < low->n_outputs; i++) {
		x->wanted[i] = low->outputs[i];
		x->results[i] = mica__alloc(mica__shape_count(&low->outputs[i]->shape), mica__dtype_bytes(low->outputs[i]->dtype));
		if (!x->results[i])
			return MICA_ENOMEM;
	}
	for (size_t i = 0; i < low->n_assigns; i++)
		x->wanted[low->n_outputs + i] = low->assigns[i].value;
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

static mica_status assign(mica_value *v, const mica__array *value)
{
	void *data = mica__alloc(v->bytes, 1);
	if (!data)
		return MICA_ENOMEM;
	mica__array_write(value, data);
	mica_status st = mica_value_write(v, data, v->bytes);
	mica__free(data);
	return st;
}

static mica_status take_output(void *payload, size_t i, const mica__array *value)
{
	const mica__interpreter *x = payload;
	if (i >= x->low->n_outputs)
		return assign(x->low->assigns[i - x->low->n_outputs].variable->value, value);
	mica__array_write(value, x->results[i]);
	return MICA_OK;
}

mica_status mica__interpreter_run(mica__interpreter *x, mica_value *(*bound)(void *payload, const char *input), void *payload)
{
	mica__reference how = {MICA__TYPED, 0, read_leaf, take_output, NULL, x};
	x->bound = bound;
	x->payload = payload;
	return mica__reference_run(&how, x->wanted, x->low->n_outputs + x->low->n_assigns);
}

const void *mica__interpreter_result(const mica__interpreter *x, size_t output)
{
	return x->results[output];
}
