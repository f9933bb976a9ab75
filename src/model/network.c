/* SPDX-License-Identifier: MIT */
/* model/network.c - a network: layers, their calls, and the symbols that these make of one another.
   A layer is made once and may be called several times, in several networks.  It is called at once with a small batch when a
   call is noted, so that a wrong shape is reported where it is written, and the weights exist from then on.  Symbols stand in
   the order in which they can be computed. */
#include "model/model.h"

#include <stdio.h>
#include <string.h>

/* Of 2, because a batch of 1 would broadcast where it must not. */
enum { PROBE = 2 };

/* ---- names ---- */

static uint64_t hash_of(const char *name)
{
	return mica__hash(0, name, strlen(name));
}

mica_instance *mica__network_find(const mica__network *n, const char *name)
{
	for (size_t i, at = 0; (i = mica__table_next(&n->names, hash_of(name), &at)) != SIZE_MAX;)
		if (strcmp(n->layers[i]->name, name) == 0)
			return n->layers[i];
	return NULL;
}

/* How many layers got their name from stem: so many of the names made of it are taken. */
static mica_status count_stem(mica__network *n, const char *stem, size_t **out)
{
	size_t i = 0;
	while (i < n->n_stems && strcmp(n->stems[i].text, stem) != 0)
		i++;
	if (i == n->n_stems) {
		mica_status st = mica__grow(&n->stems, &n->stem_capacity, i + 1, sizeof *n->stems);
		if (st != MICA_OK)
			return st;
		n->stems[n->n_stems++].text = stem;
	}
	*out = &n->stems[i].layers;
	return MICA_OK;
}

/* The user's name, that of a nested model, or "dense", "dense_1", ... */
static mica_status choose_name(mica__network *n, const mica_layer *l, const char *nested, char *out, size_t size)
{
	const char *given = mica__part_text(&l->part, "name"), *kind = nested ? nested : l->part.kind->name, *stem = strrchr(kind, '/');
	int most = (int)size - 8; /* characters of a stem: behind it a number has room */
	size_t none = 0, *made = &none; /* a model's name may be gone before the list of stems */

	if (given) {
		if (given[0] == 0 || strlen(given) >= size || strchr(given, '/'))
			return mica__fail(MICA_EINVAL, "layer name \"%s\": give 1 to %zu bytes without /", given, size - 1);
		if (mica__name_fault(given)) /* so that what is trained can be saved */
			return mica__fail(MICA_EINVAL, "layer name \"%s\" %s; give another", given, mica__name_fault(given));
		if (mica__network_find(n, given))
			return mica__fail(MICA_EINVAL, "layer name \"%s\" is there twice; names must differ", given);
		snprintf(out, size, "%s", given);
		return MICA_OK;
	}
	stem = stem ? stem + 1 : kind;
	mica_status st = nested ? MICA_OK : count_stem(n, stem, &made);
	if (st != MICA_OK)
		return st;
	for (size_t i = *made; i == *made || mica__network_find(n, out); i++)
		snprintf(out, size, i ? "%.*s_%zu" : "%.*s", most, stem, i);
	++*made;
	return MICA_OK;
}

/* ---- layers ---- */

mica_status mica__network_make(mica_model *m, mica_layer l, const char *nested, mica_instance **out)
{
	mica_instance *i = NULL;
	mica_status st;

	*out = NULL;
	if (!l.part.kind)
		return mica__fail(MICA_EINVAL, "an empty layer; make it with mica_dense(...) and the like");
	MICA_TRY(mica__part_keep(&l.part, MICA_LAYER, MICA_LAYER));
	MICA_TRY(mica__instance_make(&i, m->ctx, l));
	MICA_TRY(choose_name(&m->net, &l, nested, i->name, sizeof i->name));
	*out = i;
out:
	if (st != MICA_OK)
		mica__instance_release(i);
	return st;
}

static bool has(const mica__network *n, const mica_instance *i)
{
	return mica__network_find(n, i->name) == i;
}

/* Keeps the layer, unless it does already. */
mica_status mica__network_keep(mica__network *n, mica_instance *i)
{
	mica_status st;

	if (has(n, i))
		return MICA_OK;
	if (mica__network_find(n, i->name))
		return mica__fail(MICA_EINVAL, "layer name \"%s\" is there twice; names must differ", i->name);
	MICA_TRY(mica__grow(&n->layers, &n->layer_capacity, n->n_layers + 1, sizeof *n->layers));
	MICA_TRY(mica__table_add(&n->names, hash_of(i->name), n->n_layers));
	mica__instance_hold(i);
	n->layers[n->n_layers++] = i;
out:
	return st;
}

/* ---- symbols ---- */

static mica_status new_symbol(mica_model *m, mica_shape shape, mica_dtype type, mica_symbol **out)
{
	mica__network *n = &m->net;
	mica_status st = mica__grow(&n->symbols, &n->symbol_capacity, n->n_symbols + 1, sizeof *n->symbols);

	if (st != MICA_OK || !(*out = mica__alloc(1, sizeof **out)))
		return MICA_ENOMEM;
	**out = (mica_symbol){.model = m, .number = n->n_symbols, .shape = shape, .type = type};
	n->symbols[n->n_symbols++] = *out;
	return MICA_OK;
}

static mica_status new_end(mica__end **ends, size_t *n, size_t *capacity, const char *name, const mica_symbol *s)
{
	mica_status st = mica__grow(ends, capacity, *n + 1, sizeof **ends);

	if (st != MICA_OK)
		return st;
	mica__end *e = &(*ends)[(*n)++];
	*e = (mica__end){.symbol = s->number};
	snprintf(e->name, sizeof e->name, "%s", name);
	return MICA_OK;
}

mica_status mica__network_input(mica_model *m, const mica_layer *l, mica_symbol **out)
{
	mica__network *n = &m->net;
	mica_layer kept = *l;
	mica_shape sample;
	mica_dtype type;
	char name[48];
	mica_status st;

	MICA_TRY(mica__part_keep(&kept.part, MICA_LAYER, MICA_LAYER));
	MICA_TRY(mica__input_shape(&kept, &sample, &type));
	size_t batch = ((const mica_input_opts *)kept.part.options)->batch;
	n->batch = batch ? batch : n->batch;
	MICA_TRY(choose_name(n, &kept, NULL, name, sizeof name));
	for (size_t i = 0; i < n->n_inputs; i++)
		if (strcmp(n->inputs[i].name, name) == 0)
			return mica__fail(MICA_EINVAL, "input name \"%s\" is there twice; names must differ", name);
	if (n->n_inputs == MICA_MAX_INPUTS)
		return mica__fail(MICA_EINVAL, "input \"%s\": a model has at most %d inputs", name, MICA_MAX_INPUTS);
	MICA_TRY(new_symbol(m, sample, type, out));
	MICA_TRY(new_end(&n->inputs, &n->n_inputs, &n->input_capacity, name, *out));
out:
	mica__part_drop(&kept.part);
	return st;
}

mica_status mica__network_output(mica_model *m, const mica_symbol *s)
{
	mica__network *n = &m->net;
	const mica__call *maker = mica__network_maker(n, s);
	const char *name = maker ? maker->layer->name : n->inputs[0].name;

	for (size_t i = 0; !maker && i < n->n_inputs; i++)
		if (n->inputs[i].symbol == s->number)
			name = n->inputs[i].name;
	if (n->n_outputs == MICA_MAX_OUTPUTS)
		return mica__fail(MICA_EINVAL, "output \"%s\": a model has at most %d outputs", name, MICA_MAX_OUTPUTS);
	return new_end(&n->outputs, &n->n_outputs, &n->output_capacity, name, s);
}

const mica__call *mica__network_maker(const mica__network *n, const mica_symbol *s)
{
	size_t low = 0, high = n->n_calls; /* calls stand in the order of their symbols */

	while (low < high) {
		size_t middle = (low + high) / 2;
		const mica__call *c = &n->calls[middle];
		if (s->number < c->out)
			high = middle;
		else if (s->number >= c->out + c->n_out)
			low = middle + 1;
		else
			return c;
	}
	return NULL;
}

const mica_symbol *mica__model_input(const mica_model *m, size_t i)
{
	return m->net.symbols[m->net.inputs[i].symbol];
}

const mica_symbol *mica__model_output(const mica_model *m, size_t i)
{
	return m->net.symbols[m->net.outputs[i].symbol];
}

/* ---- calls ---- */

/* What a layer makes of a small batch: shapes and types of its outputs. */
typedef struct probed {
	size_t n;
	mica_shape shape[MICA__MOST_OUTPUTS];
	mica_dtype type[MICA__MOST_OUTPUTS];
} probed;

static mica_status probe(mica_model *m, mica_instance *i, mica_symbol *const *in, size_t n, bool training, probed *out)
{
	mica_var *x = mica__alloc(n, sizeof *x), y[MICA__MOST_OUTPUTS];
	mica_graph *g = x ? mica_graph_create(m->ctx) : NULL;

	if (!g) {
		mica__free(x);
		return MICA_ENOMEM;
	}
	mica_build b = {.graph = g, .seed = m->seed, .streams = &m->net.streams, .calls = m->net.n_calls, .training = training,
	                .batch = m->net.batch};
	for (size_t k = 0; k < n; k++) {
		char name[24];
		snprintf(name, sizeof name, "x%zu", k);
		x[k] = mica_graph_input(g, name, in[k]->type, mica__with_rows(b.batch ? b.batch : PROBE, in[k]->shape));
	}
	out->n = mica__layer_call(&b, i, x, n, y);
	mica_status st = mica_graph_status(g);
	for (size_t k = 0; k < out->n && st == MICA_OK; k++) {
		out->shape[k] = mica__sample_shape(mica_var_shape(y[k]));
		out->type[k] = mica_var_dtype(y[k]);
	}
	if (st != MICA_OK)
		mica__fail(st, "%s", mica_graph_error(g));
	mica__build_free(&b);
	mica_graph_destroy(g);
	mica__free(x);
	return st;
}

/* Called both ways, as a layer may have weights that only one of them needs. */
mica_status mica__network_call(mica_model *m, mica_instance *i, mica_symbol *const *in, size_t n, mica_symbol **out, size_t *n_out)
{
	mica__network *net = &m->net;
	probed rest, trained;
	mica_status st;

	MICA_TRY(mica__grow(&net->calls, &net->call_capacity, net->n_calls + 1, sizeof *net->calls));
	MICA_TRY(probe(m, i, in, n, false, &rest));
	MICA_TRY(probe(m, i, in, n, true, &trained));
	MICA_TRY(mica__network_keep(net, i));
	mica__call c = {.layer = i, .in = mica__alloc(n, sizeof *c.in), .n_in = n, .out = net->n_symbols, .n_out = rest.n};
	if (!c.in)
		return MICA_ENOMEM;
	for (size_t k = 0; k < n; k++)
		c.in[k] = in[k]->number;
	for (size_t k = 0; k < rest.n && st == MICA_OK; k++)
		st = new_symbol(m, rest.shape[k], rest.type[k], &out[k]);
	if (st == MICA_OK) {
		net->calls[net->n_calls++] = c;
		*n_out = rest.n;
		return MICA_OK;
	}
	while (net->n_symbols > c.out)
		mica__free(net->symbols[--net->n_symbols]);
	mica__free(c.in);
out:
	return st;
}

void mica__network_run(const mica_model *m, mica_build *b, const mica_var *in, mica_var *out)
{
	const mica__network *n = &m->net;
	size_t most = 1;

	for (size_t i = 0; i < n->n_calls; i++)
		most = n->calls[i].n_in > most ? n->calls[i].n_in : most;
	mica_var *at = mica__alloc(n->n_symbols + most + MICA__MOST_OUTPUTS, sizeof *at);
	if (!at)
		mica__graph_fail(b->graph, MICA_ENOMEM, "no memory for the nodes of a network");
	for (size_t i = 0; at && i < n->n_inputs; i++)
		at[n->inputs[i].symbol] = in[i];
	for (size_t i = 0; at && i < n->n_calls && mica_graph_status(b->graph) == MICA_OK; i++) {
		const mica__call *c = &n->calls[i];
		mica_var *x = at + n->n_symbols, *y = x + most;
		for (size_t k = 0; k < c->n_in; k++)
			x[k] = at[c->in[k]];
		size_t made = mica__layer_call(b, c->layer, x, c->n_in, y);
		if (made != c->n_out)
			mica__graph_fail(b->graph, MICA_EINVAL, "%s has %zu outputs and had %zu when it was added", c->layer->name, made, c->n_out);
		for (size_t k = 0; k < c->n_out && mica_graph_status(b->graph) == MICA_OK; k++)
			at[c->out + k] = y[k];
	}
	for (size_t i = 0; i < n->n_outputs; i++)
		out[i] = mica_graph_status(b->graph) == MICA_OK ? at[n->outputs[i].symbol] : &b->graph->failed;
	mica__free(at);
}

/* ---- the end ---- */

void mica__network_pop(mica__network *n)
{
	mica__call *last = &n->calls[--n->n_calls];

	while (n->n_symbols > last->out)
		mica__free(n->symbols[--n->n_symbols]);
	mica__free(last->in);
}

mica_status mica__network_forget(mica__network *n)
{
	mica_status st = MICA_OK;

	mica__instance_release(n->layers[--n->n_layers]);
	mica__table_free(&n->names);
	for (size_t i = 0; i < n->n_layers && st == MICA_OK; i++)
		st = mica__table_add(&n->names, hash_of(n->layers[i]->name), i);
	return st;
}

void mica__network_free(mica__network *n)
{
	while (n->n_calls)
		mica__network_pop(n);
	while (n->n_symbols)
		mica__free(n->symbols[--n->n_symbols]);
	while (n->n_layers)
		mica__instance_release(n->layers[--n->n_layers]);
	mica__free(n->calls);
	mica__free(n->symbols);
	mica__free(n->layers);
	mica__free(n->inputs);
	mica__free(n->outputs);
	mica__free(n->stems);
	mica__table_free(&n->names);
}
