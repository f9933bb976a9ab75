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
		st = mica__fail(MICA_ENOMEM, "%s of shape %s takes %s of host memory, and there is not so much; make the layer smaller",
		                mica_value_path(w->value), mica__shape_text(&shape), mica__bytes_text((double)mica_value_bytes(w->value)));
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

size_t mica__model_states(const mica_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->weights.n; i++)
		n += m->weights.at[i].state ? mica_value_count(m->weights.at[i].value) : 0;
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

mica_status mica__model_start_slots(mica_model *m)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < m->weights.n && st == MICA_OK; i++)
		st = mica__slots_start(&m->weights.at[i].slots);
	return st;
}

/* The optimizer itself says which slots it has, by asking for them: its updates are added to a graph that nobody runs. */
mica_status mica__model_slots(mica_model *m)
{
	mica_graph *g = mica_graph_create(m->ctx);

	if (!g)
		return MICA_ENOMEM;
	mica_var one = mica_graph_scalar(g, 1);
	for (size_t i = 0; i < m->weights.n && mica_graph_status(g) == MICA_OK; i++) {
		mica__weight *w = &m->weights.at[i];
		if (w->state)
			continue;
		mica_var d = mica_graph_input(g, "gradient", mica_value_dtype(w->value), mica_value_shape(w->value));
		mica__optimizer_update(&m->optimizer, w, mica_graph_value(g, w->value), d, one, one);
	}
	mica_status st = mica_graph_status(g);
	if (st != MICA_OK)
		mica__fail(st, "%s", mica_graph_error(g));
	mica_graph_destroy(g);
	return st == MICA_OK ? mica__model_start_slots(m) : st;
}

void mica__model_free_slots(mica_model *m)
{
	for (size_t i = 0; i < m->weights.n; i++)
		mica__slots_free(&m->weights.at[i].slots, m->ctx);
}

size_t mica__model_slot_elements(const mica_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->weights.n; i++)
		for (size_t k = 0; k < m->weights.at[i].slots.n; k++)
			n += mica_value_count(m->weights.at[i].slots.at[k].value);
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
	float rate = (float)mica__optimizer_option(&m->optimizer, "learning_rate");

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
		mica__weight_free(&m->weights.at[i], m->ctx);
	for (size_t i = 0; i < MICA__COUNT(counters); i++)
		mica__value_release(counters[i], m->ctx);
	for (size_t i = 0; i < MICA_MAX_METRICS; i++)
		mica__value_release(m->metric_sum[i], m->ctx);
}
