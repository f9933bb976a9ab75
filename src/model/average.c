/* SPDX-License-Identifier: MIT */
/* model/average.c - moving averages of weights, which an optimizer may keep (use_ema), in the weights' place. */
#include "model/model.h"

#include <string.h>

bool mica__averages_are_kept(const mica_model *m)
{
	return mica__optimizer_option(&m->optimizer, "use_ema") != 0;
}

/* Each in the other's place; or, without swap, `to` becomes what `from` is. */
static mica_status move(mica_value *to, mica_value *from, bool swap)
{
	size_t bytes = mica_value_bytes(to);
	char *values = mica__alloc(bytes, 2);
	mica_status st = values ? MICA_OK : MICA_ENOMEM;

	if (!values)
		return st;
	MICA_TRY(mica_value_read(from, values, bytes));
	MICA_TRY(mica_value_read(to, values + bytes, bytes));
	MICA_TRY(mica_value_write(to, values, bytes));
	if (swap)
		st = mica_value_write(from, values + bytes, bytes);
out:
	mica__free(values);
	return st;
}

static mica_status move_all(mica_model *m, bool swap)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; mica__averages_are_kept(m) && i < m->n_variables && st == MICA_OK; i++) {
		mica__variable *v = &m->variables[i];
		mica_value *weight = v->weight->value, *average = mica__variable_trained(v) ? mica__variable_average(v) : NULL;
		if (average)
			st = m->averages_in ? move(average, weight, swap) : move(weight, average, swap);
	}
	return st;
}

mica_status mica__averages_put(mica_model *m, bool in)
{
	mica_status st = m->averages_in == in ? MICA_OK : move_all(m, true);

	m->averages_in = in;
	return st;
}

mica_status mica__averages_take(mica_model *m)
{
	mica_status st = move_all(m, false);

	m->averages_in = false;
	return st;
}
