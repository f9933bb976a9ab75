/* SPDX-License-Identifier: MIT */
/* model/values.c - the values of a model: its weights, slots of the optimizer, counters and sums. */
#include "model/model.h"


/* ---- weights ---- */

static void free_variable(mica__variable *v, mica_context *ctx)
{
	mica__slots_free(&v->slots, ctx);
	mica__free(v->name);
}

static uint64_t hash_of(const mica__weight *w)
{
	return mica__hash(0, &w, sizeof w);
}

/* The list while it is made anew; what stood in the old one is taken from there. */
typedef struct lister {
	mica__variable *at, *old;
	size_t n, capacity, n_old;
	mica__table numbers;   /* in old, by weight */
} lister;

static mica__variable *find_old(lister *l, const mica__weight *w)
{
	for (size_t i, at = 0; (i = mica__table_next(&l->numbers, hash_of(w), &at)) != SIZE_MAX;)
		if (l->old[i].weight == w)
			return &l->old[i];
	return NULL;
}

static mica_status list_weight(lister *l, mica_instance *i, mica__weight *w, const char *prefix)
{
	mica__variable *old = find_old(l, w);
	mica__text name = {0};
	mica_status st = mica__grow(&l->at, &l->capacity, l->n + 1, sizeof *l->at);

	if (st != MICA_OK)
		return st;
	mica__text_add(&name, "%s%s", prefix, mica_value_path(w->value));
	if (name.failed)
		return MICA_ENOMEM;
	mica__variable v = {.weight = w, .instance = i};
	if (old) {
		v = *old;
		mica__free(old->name);
		*old = (mica__variable){0};
	}
	v.name = name.s;
	l->at[l->n++] = v;
	return MICA_OK;
}

static void unmark(const mica__network *n)
{
	for (size_t i = 0; i < n->n_layers; i++) {
		n->layers[i]->listed = false;
		if (n->layers[i]->model)
			unmark(&n->layers[i]->model->net);
	}
}

static mica_status list_network(lister *l, const mica__network *n, const char *prefix);

/* Weights of a model that is a layer: their names are behind its. */
static mica_status list_inner(lister *l, const mica_instance *i, const char *prefix)
{
	mica__text inner = {0};

	mica__text_add(&inner, "%s%s/", prefix, i->name);
	mica_status st = inner.failed ? MICA_ENOMEM : list_network(l, &i->model->net, inner.s);
	mica__text_free(&inner);
	return st;
}

/* Weights of the layers, in their order; a layer that is met again is listed already. */
static mica_status list_network(lister *l, const mica__network *n, const char *prefix)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < n->n_layers && st == MICA_OK; i++) {
		mica_instance *in = n->layers[i];
		if (in->listed)
			continue;
		in->listed = true;
		for (size_t k = 0; k < in->n_weights && st == MICA_OK; k++)
			st = list_weight(l, in, in->weights[k], prefix);
		if (in->model && st == MICA_OK)
			st = list_inner(l, in, prefix);
	}
	return st;
}

/* Of those that are gone, the optimizer's slots go too. */
mica_status mica__model_variables(mica_model *m)
{
	lister l = {.old = m->variables, .n_old = m->n_variables};
	mica_status st = MICA_OK;

	if (!m->changed)
		return MICA_OK;
	for (size_t i = 0; i < l.n_old; i++)
		MICA_TRY(mica__table_add(&l.numbers, hash_of(l.old[i].weight), i));
	unmark(&m->net);
	MICA_TRY(list_network(&l, &m->net, ""));
out:
	mica__table_free(&l.numbers);
	if (st != MICA_OK) {
		for (size_t i = 0; i < l.n; i++)
			free_variable(&l.at[i], m->ctx);
		mica__free(l.at);
		return st;
	}
	for (size_t i = 0; i < l.n_old; i++)
		free_variable(&l.old[i], m->ctx);
	mica__free(l.old);
	m->variables = l.at;
	m->n_variables = l.n;
	m->variable_capacity = l.capacity;
	m->changed = false;
	return MICA_OK;
}

mica_status mica__model_initialize(mica_model *m)
{
	mica_status st = mica__model_variables(m);

	for (size_t i = 0; st == MICA_OK && i < m->n_variables; i++)
		st = mica__weight_start(m->variables[i].weight);
	return st;
}

mica_status mica_reset_states(mica_model *m)
{
	mica_status st = m ? mica__model_initialize(m) : mica__fail_null("reset_states: no model; check what made it");

	for (size_t i = 0; st == MICA_OK && i < m->n_variables; i++) {
		mica__weight *w = m->variables[i].weight;
		w->started = w->started && !w->carried;
		st = mica__weight_start(w);
	}
	return st;
}

uint64_t mica__model_trained(const mica_model *m)
{
	uint64_t hash = m->n_variables;

	for (size_t i = 0; i < m->n_variables; i++)
		hash = mica__hash(hash, &(double){mica__variable_trained(&m->variables[i]) ? m->variables[i].instance->rate_factor : -1}, sizeof(double));
	return hash;
}

bool mica__variable_trained(const mica__variable *v)
{
	return !v->weight->state && !v->instance->frozen;
}

size_t mica__instance_parameters(mica_instance *i)
{
	size_t n = i->model ? mica_model_parameters(i->model) : 0;

	for (size_t k = 0; k < i->n_weights; k++)
		n += mica_value_count(i->weights[k]->value);
	return n;
}

static size_t parameters(mica_model *m, bool trained_only)
{
	size_t n = 0;

	if (!m || mica__model_variables(m) != MICA_OK)
		return 0;
	for (size_t i = 0; i < m->n_variables; i++)
		n += !trained_only || mica__variable_trained(&m->variables[i]) ? mica_value_count(m->variables[i].weight->value) : 0;
	return n;
}

size_t mica__model_trained_parameters(mica_model *m)
{
	return parameters(m, true);
}

size_t mica_model_parameters(mica_model *m)
{
	return parameters(m, false);
}

/* ---- slots of the optimizer ---- */

mica_status mica__model_start_slots(mica_model *m)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < m->n_variables && st == MICA_OK; i++)
		st = mica__slots_start(&m->variables[i].slots);
	return st;
}

/* The optimizer itself says which slots it has, by asking for them: its updates are added to a graph that nobody runs. */
mica_status mica__model_slots(mica_model *m)
{
	mica_graph *g = mica_graph_create(m->ctx);

	if (!g)
		return MICA_ENOMEM;
	mica_var one = mica_graph_scalar(g, 1);
	for (size_t i = 0; i < m->n_variables && mica_graph_status(g) == MICA_OK; i++) {
		mica__variable *v = &m->variables[i];
		mica_value *w = v->weight->value;
		if (!mica__variable_trained(v))
			continue;
		mica_var of = mica_graph_value(g, w), d = mica_graph_input(g, "gradient", mica_value_dtype(w), mica_value_shape(w));
		mica__optimizer_update(&m->optimizer, &v, &of, &d, 1, one, one);
	}
	mica_status st = mica_graph_status(g);
	if (st != MICA_OK)
		mica__fail(st, "%s", mica_graph_error(g));
	mica_graph_destroy(g);
	return st == MICA_OK ? mica__model_start_slots(m) : st;
}

void mica__model_free_slots(mica_model *m)
{
	for (size_t i = 0; i < m->n_variables; i++)
		mica__slots_free(&m->variables[i].slots, m->ctx);
}

size_t mica__model_slot_elements(const mica_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_variables; i++)
		for (size_t k = 0; k < m->variables[i].slots.n; k++)
			n += mica_value_count(m->variables[i].slots.at[k].value);
	return n;
}

/* ---- counters and sums ---- */

static mica_status make_counter(mica_model *m, mica_value **v, const char *path, mica_role role, mica_dtype t)
{
	return *v ? MICA_OK : mica__value_make(v, m->ctx, path, role, t, MICA_SCALAR_SHAPE);
}

static mica_status make_counters(mica_model *m)
{
	mica_status st;
	float rate = (float)mica__optimizer_option(&m->optimizer, "learning_rate");

	MICA_TRY(make_counter(m, &m->step, "step", MICA_ROLE_COUNTER, MICA_I32));
	MICA_TRY(make_counter(m, &m->position, "position", MICA_ROLE_COUNTER, MICA_I32));
	MICA_TRY(make_counter(m, &m->rate, "learning_rate", MICA_ROLE_COUNTER, m->real));
	MICA_TRY(make_counter(m, &m->sum, "loss", MICA_ROLE_METRIC, m->real));
	mica__value_zero(m->step);
	MICA_TRY(mica_value_write(m->rate, &rate, sizeof rate));
out:
	return st;
}

mica_status mica__model_ready(mica_model *m)
{
	mica_status st = MICA_OK;

	if (m->ready)
		return MICA_OK;
	MICA_TRY(mica__model_initialize(m));
	MICA_TRY(mica__model_slots(m));
	MICA_TRY(make_counters(m));
	m->ready = true;
out:
	return st;
}

/* ---- the end ---- */

void mica__model_free_values(mica_model *m)
{
	mica_value *counters[] = {m->step, m->position, m->rate, m->sum, m->class_weights};

	for (size_t i = 0; i < m->n_variables; i++)
		free_variable(&m->variables[i], m->ctx);
	mica__free(m->variables);
	for (size_t i = 0; i < MICA__COUNT(counters); i++)
		mica__value_release(counters[i], m->ctx);
}
