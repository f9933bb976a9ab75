/* SPDX-License-Identifier: MIT */
/* model/values.c - the values of a model: first values of weights, slots of the optimizer, counters and sums. */
#include "model/model.h"

#include <stdio.h>
#include <string.h>

/* ---- weights ---- */

static mica_status set_first_values(mica_model *m, size_t i)
{
	const mica__weight *w = &m->weights.at[i];
	float *values = mica__alloc(mica_value_count(w->value), sizeof *values);
	mica_shape shape = mica_value_shape(w->value);
	mica_status st = MICA_OK;

	if (!values)
		st = mica__fail(MICA_ENOMEM, "%s of shape %s takes %zu bytes of host memory, and there are not so many; make the layer smaller",
		                mica_value_path(w->value), mica__shape_text(&shape), mica_value_bytes(w->value));
	if (st == MICA_OK)
		st = mica_initialize(values, shape, w->init, m->seed, (uint32_t)i);
	if (st == MICA_OK)
		st = mica_value_write(w->value, values, mica_value_bytes(w->value));
	mica__free(values);
	return st;
}

mica_status mica__model_initialize(mica_model *m)
{
	mica_status st = MICA_OK;

	for (; st == MICA_OK && m->weights_set < m->weights.n; m->weights_set += st == MICA_OK)
		st = set_first_values(m, m->weights_set);
	return st;
}

size_t mica__model_parameters_of(const mica_model *m, size_t layer)
{
	size_t n = 0;

	for (size_t i = 0; i < m->weights.n; i++)
		n += m->weights.at[i].layer == layer ? mica_value_count(m->weights.at[i].value) : 0;
	return n;
}

size_t mica_model_parameters(mica_model *m)
{
	size_t n = 0;

	for (size_t i = 0; m && i < m->weights.n; i++)
		n += mica_value_count(m->weights.at[i].value);
	return n;
}

/* ---- slots of the optimizer ---- */

static mica_status fill(mica_value *v, float x)
{
	size_t n = mica_value_count(v);
	float *elements = mica__alloc(n, sizeof *elements);

	if (!elements)
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++)
		elements[i] = x;
	mica_status st = mica_value_write(v, elements, n * sizeof *elements);
	mica__free(elements);
	return st;
}

/* A value with its first elements for slot k of weight w, if there is one. */
static mica_status make_slot(mica_model *m, const mica_value *w, size_t k, mica_value **out)
{
	char path[96];
	mica_slot slot;
	mica_status st;

	if (!mica__optimizer_slot(&m->optimizer, k, &slot))
		return MICA_OK;
	mica_shape s = slot.shape ? slot.shape(w->shape) : w->shape;
	snprintf(path, sizeof path, "%.60s/slot_%zu", w->path, k);
	MICA_TRY(mica__value_make(out, m->ctx, path, MICA_ROLE_SLOT, w->dtype, s));
	if (slot.start != 0)
		MICA_TRY(fill(*out, (float)slot.start));
out:
	return st;
}

mica_status mica__model_slots(mica_model *m)
{
	size_t n = m->n_slots, have = m->slots_made * n, most = 0;
	mica_status st = MICA_OK;

	if (!n || m->slots_made == m->weights.n)
		return MICA_OK;
	mica_value **slots = mica__mul(m->weights.n, n, &most) ? mica__alloc(most, sizeof *slots) : NULL;
	if (!slots)
		return mica__fail(MICA_ENOMEM, "compile: no memory for %zu slots of the optimizer", n);
	if (have)
		memcpy(slots, m->slots, have * sizeof *slots);
	mica__free(m->slots);
	m->slots = slots;
	for (; m->slots_made < m->weights.n; m->slots_made++) {
		slots = m->slots + m->slots_made * n;
		for (size_t k = 0; st == MICA_OK && k < n; k++)
			st = make_slot(m, m->weights.at[m->slots_made].value, k, &slots[k]);
		for (size_t k = 0; st != MICA_OK && k < n; k++)
			mica__value_release(slots[k], m->ctx);
		if (st != MICA_OK)
			return st;
	}
	return MICA_OK;
}

void mica__model_free_slots(mica_model *m)
{
	for (size_t i = 0; i < m->slots_made * m->n_slots; i++)
		mica__value_release(m->slots[i], m->ctx);
	mica__free(m->slots);
	m->slots = NULL;
	m->slots_made = 0;
}

size_t mica__model_slot_elements(const mica_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->slots_made * m->n_slots; i++)
		n += mica_value_count(m->slots[i]);
	return n;
}

/* ---- counters and sums ---- */

static mica_status make_counter(mica_model *m, mica_value **v, const char *path, mica_role role, mica_dtype t)
{
	return *v ? MICA_OK : mica__value_make(v, m->ctx, path, role, t, MICA_SCALAR_SHAPE);
}

mica_status mica__model_counters(mica_model *m)
{
	mica_status st;
	float rate = (float)m->optimizer.learning_rate;

	MICA_TRY(make_counter(m, &m->step, "step", MICA_ROLE_COUNTER, MICA_I32));
	MICA_TRY(make_counter(m, &m->position, "position", MICA_ROLE_COUNTER, MICA_I32));
	MICA_TRY(make_counter(m, &m->rate, "learning_rate", MICA_ROLE_COUNTER, m->real));
	MICA_TRY(make_counter(m, &m->loss_sum, "loss", MICA_ROLE_METRIC, m->real));
	for (size_t i = 0; i < MICA_MAX_METRICS; i++)
		MICA_TRY(make_counter(m, &m->metric_sum[i], "metric", MICA_ROLE_METRIC, m->real));
	mica__value_zero(m->step);
	MICA_TRY(mica_value_write(m->rate, &rate, sizeof rate));
out:
	return st;
}

/* ---- the end ---- */

void mica__model_free_values(mica_model *m)
{
	mica_value *counters[] = {m->step, m->position, m->rate, m->loss_sum};

	mica__model_free_slots(m);
	for (size_t i = 0; i < m->weights.n; i++)
		mica__value_release(m->weights.at[i].value, m->ctx);
	for (size_t i = 0; i < MICA__COUNT(counters); i++)
		mica__value_release(counters[i], m->ctx);
	for (size_t i = 0; i < MICA_MAX_METRICS; i++)
		mica__value_release(m->metric_sum[i], m->ctx);
}
