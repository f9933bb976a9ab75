/* SPDX-License-Identifier: MIT */
/* model/sequential.c - Sequential models: chains of layers, each called with what the one before it made. */
#include "model/model.h"

#include <string.h>

/* Takes back the calls and the input of a chain, so that it waits again. */
static void wait_again(mica_model *m)
{
	mica__network *n = &m->net;

	while (n->n_calls)
		mica__network_pop(n);
	while (n->n_symbols)
		mica__free(n->symbols[--n->n_symbols]);
	n->n_inputs = n->n_outputs = 0;
}

/* Each is called with what the one before it made.  The output is what the last one made. */
mica_status mica__chain_call(mica_model *m)
{
	mica__network *n = &m->net;
	mica_symbol *out[MICA__MOST_OUTPUTS];
	mica_status st = MICA_OK;
	size_t made;

	while (n->n_inputs && n->n_calls < n->n_layers && st == MICA_OK) {
		st = mica__network_call(m, n->layers[n->n_calls], &n->symbols[n->n_symbols - 1], 1, out, &made);
		if (st == MICA_OK && made != 1) {
			mica__network_pop(n);
			st = mica__fail(MICA_EINVAL, "%s has %zu outputs; only in a functional model the next layer can choose one",
			                n->layers[n->n_calls]->name, made);
		}
	}
	n->n_outputs = 0;
	return st == MICA_OK && n->n_calls ? mica__network_output(m, n->symbols[n->n_symbols - 1]) : st;
}

static mica_status add_layer(mica_model *m, const mica_layer *l)
{
	mica_instance *i;
	mica_status st;

	mica__steps_free(m); /* which do without it */
	m->changed = true;
	MICA_TRY(mica__network_make(m, *l, mica__model_nested_name(l), &i));
	if ((st = mica__model_nest(i)) == MICA_OK)
		st = mica__network_keep(&m->net, i);
	mica__instance_release(i);
	MICA_TRY(st);
	if ((st = mica__chain_call(m)) != MICA_OK) {
		mica__kept_reason why;
		mica__reason_keep(&why);
		mica__network_forget(&m->net);
		mica__reason_restore(&why);
	}
out:
	return st;
}

static mica_status add(mica_model *m, const mica_layer *l)
{
	mica_symbol *input;

	if (!l->part.kind)
		return mica__fail(MICA_EINVAL, "add: an empty layer; make it with mica_dense(...) and the like");
	if (!m->chain)
		return mica__fail(MICA_EINVAL, "add: \"%s\" is no sequential model; call its layers with mica_apply", m->name);
	if (m->compiled)
		return mica__fail(MICA_EINVAL, "add: the model is compiled; add all layers before mica_compile");
	if (l->part.kind == &mica_kind_input && !m->net.n_inputs && !m->net.n_layers)
		return mica__network_input(m, l, &input);
	if (l->part.kind == &mica_kind_input)
		return mica__fail(MICA_EINVAL, "Input must be the first layer, and only the first");
	return add_layer(m, l);
}

void mica_add(mica_model *m, mica_layer layer)
{
	if (!m)
		mica__fail_null("add: no model; check what mica_sequential returned");
	if (!m || !mica__model_may_grow(m))
		return;
	mica_status st = mica__model_may_change(m, "add");
	mica__model_hold(m);
	if (st == MICA_OK)
		st = add(m, &layer);
	if (st != MICA_OK)
		mica__model_fail(m, st);
	mica__model_release(m);
}

/* The layers that wait are called with the first samples that come. */
mica_status mica__model_infer(mica_model *m, const mica_shape *samples)
{
	mica_input_opts o = {MICA_OPTS(mica_input_opts)};
	mica_symbol *input;
	mica_status st;

	if (!samples || mica_model_status(m) != MICA_OK || !m->chain || m->net.n_inputs || !m->net.n_layers)
		return MICA_OK;
	mica_shape sample = mica__sample_shape(*samples);
	memcpy((char *)&o + offsetof(mica_input_opts, d0), sample.dim, sample.rank * sizeof o.d0);
	mica__steps_free(m);
	m->changed = true;
	MICA_TRY(mica__network_input(m, &MICA_PART(mica_layer, &mica_kind_input, &o), &input));
	st = mica__chain_call(m);
	if (st != MICA_OK) {
		mica__kept_reason why;
		mica__reason_keep(&why);
		wait_again(m);
		mica__reason_restore(&why);
	}
out:
	return st;
}

mica_status mica_model_build(mica_model *m, mica_shape sample)
{
	if (mica_model_status(m) != MICA_OK)
		return mica__model_check(m, "build", false);
	mica_shape samples = mica__with_rows(1, sample);
	mica__model_hold(m);
	mica_status st = sample.rank < MICA_MAX_RANK ? mica__model_infer(m, &samples)
	                 : mica__fail(MICA_EINVAL, "build: a sample of %zu dimensions; at most %d", sample.rank, MICA_MAX_RANK - 1);
	if (st == MICA_OK)
		st = mica__model_check(m, "build", false);
	st = mica__model_done(m, st);
	mica__model_release(m);
	return st;
}

static mica_status pop(mica_model *m)
{
	mica__network *n = &m->net;

	if (!m->chain)
		return mica__fail(MICA_EINVAL, "pop: \"%s\" is no sequential model; mica_between makes one of a part of it", m->name);
	if (m->compiled)
		return mica__fail(MICA_EINVAL, "pop: the model is compiled; take layers off before mica_compile");
	if (!n->n_layers)
		return mica__fail(MICA_EINVAL, "pop: the model has no layer");
	mica__steps_free(m);
	m->changed = true;
	if (n->n_calls == n->n_layers)
		mica__network_pop(n);
	mica_status st = mica__network_forget(n);
	n->n_outputs = 0;
	return st == MICA_OK && n->n_calls ? mica__network_output(m, n->symbols[n->n_symbols - 1]) : st;
}

void mica_pop(mica_model *m)
{
	if (!m)
		mica__fail_null("pop: no model; check what mica_sequential returned");
	if (!m || !mica__model_may_grow(m))
		return;
	mica_status st = mica__model_may_change(m, "pop");
	if (st == MICA_OK)
		st = pop(m);
	if (st != MICA_OK)
		mica__model_fail(m, st);
}
