/* SPDX-License-Identifier: MIT */
/* model/snapshot.c - weights as they stood once, to be put back: those of the best epoch, for one. */
#include "model/model.h"

void mica__snapshot_free(mica__snapshot *s)
{
	for (size_t i = 0; i < s->n; i++)
		mica__free(s->at[i].data);
	mica__free(s->at);
	*s = (mica__snapshot){NULL, 0};
}

mica_status mica__snapshot_take(mica__snapshot *s, mica_model *m)
{
	mica_status st = MICA_OK;

	mica__snapshot_free(s);
	if (!(s->at = mica__alloc(m->n_variables, sizeof *s->at)))
		return MICA_ENOMEM;
	for (s->n = 0; s->n < m->n_variables && st == MICA_OK; s->n++) {
		mica_value *v = m->variables[s->n].weight->value;
		size_t bytes = s->at[s->n].bytes = mica_value_bytes(v);
		if (!(s->at[s->n].data = mica__alloc(bytes, 1)))
			return MICA_ENOMEM;
		st = mica_value_read(v, s->at[s->n].data, bytes);
	}
	return st;
}

mica_status mica__snapshot_put(const mica__snapshot *s, mica_model *m)
{
	mica_status st = mica__model_initialize(m);

	if (st == MICA_OK && s->n != m->n_variables)
		return mica__fail(MICA_EINVAL, "weights: %zu arrays for a model of %zu", s->n, m->n_variables);
	for (size_t i = 0; i < s->n && st == MICA_OK; i++)
		st = mica_value_write(m->variables[i].weight->value, s->at[i].data, s->at[i].bytes);
	return st;
}
