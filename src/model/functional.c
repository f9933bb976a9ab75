/* SPDX-License-Identifier: MIT */
/* model/functional.c - functional models: layers called with symbols, in any arrangement; and models that are layers of others.
   A call finds its model in the symbols it is given.  Building calls after a failure do nothing, and return NULL. */
#include "model/model.h"

#include <math.h>
#include <string.h>

/* May m's network grow?  Failures are told of caller. */
static mica_status may_grow(const mica_model *m, const char *caller)
{
	if (m->chain)
		return mica__fail(MICA_EINVAL, "%s: \"%s\" is a sequential model; mica_add its layers, or make it with mica_functional", caller,
		                  m->name);
	if (m->compiled)
		return mica__fail(MICA_EINVAL, "%s: \"%s\" is compiled; add all layers before mica_compile", caller, m->name);
	return mica__model_may_change(m, caller);
}

/* Whether m can be built on; otherwise nothing is to be done. */
static bool begin(mica_model *m, const char *caller)
{
	if (!m)
		mica__fail_null("%s: no model; check what mica_functional returned", caller);
	if (!m || !mica__model_may_grow(m))
		return false;
	mica_status st = may_grow(m, caller);
	if (st != MICA_OK)
		mica__model_fail(m, st);
	return st == MICA_OK;
}

mica_symbol *mica_model_input(mica_model *m, mica_layer input)
{
	mica_symbol *s = NULL;

	if (!begin(m, "input"))
		return NULL;
	mica_status st = input.part.kind == &mica_kind_input ? mica__network_input(m, &input, &s)
	                 : mica__fail(MICA_EINVAL, "input: give mica_input(...), not %s", input.part.kind ? input.part.kind->name : "nothing");
	if (st != MICA_OK)
		mica__model_fail(m, st);
	return st == MICA_OK ? s : NULL;
}

void mica_model_output(mica_model *m, mica_symbol *x)
{
	if (!x || !begin(m, "output"))
		return;
	mica_status st = x->model == m ? mica__network_output(m, x)
	                 : mica__fail(MICA_EINVAL, "output: it belongs to \"%s\", not to \"%s\"", x->model->name, m->name);
	if (st != MICA_OK)
		mica__model_fail(m, st);
}

/* ---- layers ---- */

static mica_status make(mica_model *m, const mica_layer *l, mica_instance **out)
{
	mica_status st;

	if (l->part.kind == &mica_kind_input)
		return mica__fail(MICA_EINVAL, "an input is made by mica_model_input, which says whose it is");
	MICA_TRY(mica__network_make(m, *l, mica__model_nested_name(l), out));
	MICA_TRY(mica__model_nest(*out));
	st = mica__network_keep(&m->net, *out);
out:
	mica__instance_release(*out);
	return st;
}

mica_instance *mica_make(mica_model *m, mica_layer layer)
{
	mica_instance *i = NULL;

	if (!begin(m, "make"))
		return NULL;
	mica__model_hold(m);
	mica_status st = make(m, &layer, &i);
	if (st != MICA_OK)
		mica__model_fail(m, st);
	mica__model_release(m);
	return st == MICA_OK ? i : NULL;
}

/* ---- calls ---- */

static size_t count_symbols(mica_symbol *const *x, size_t n)
{
	size_t k = 0;

	while (x && n == MICA_TO_THE_LAST && x[k] != MICA_LAST_SYMBOL)
		k++;
	return n == MICA_TO_THE_LAST ? k : n;
}

/* The model of the first symbol, which all must be of. */
static mica_model *model_of(mica_symbol *const *x, size_t n, const char *name)
{
	for (size_t i = 0; x && i < n; i++)
		if (!x[i]) {
			mica__fail_null("%s: symbol %zu of %zu is NULL; look at the call that gave it", name, i + 1, n);
			return NULL;
		}
	if (!x || !n) {
		mica__fail_null("%s: called with nothing; give at least one symbol", name);
		return NULL;
	}
	return x[0]->model;
}

static mica_status call(mica_model *m, mica_instance *i, mica_symbol *const *x, size_t n, mica_symbol **out)
{
	mica_symbol *all[MICA__MOST_OUTPUTS];
	size_t made;
	mica_status st;

	for (size_t k = 1; k < n; k++)
		if (x[k]->model != m)
			return mica__fail(MICA_EINVAL, "%s: its inputs belong to two models, \"%s\" and \"%s\"", i->name, m->name, x[k]->model->name);
	if (i->ctx != m->ctx)
		return mica__fail(MICA_EINVAL, "%s: the layer belongs to another context than \"%s\"", i->name, m->name);
	mica__steps_free(m);
	m->changed = true;
	MICA_TRY(mica__network_call(m, i, x, n, all, &made));
	*out = all[0];
out:
	return st;
}

mica_symbol *mica_call_layer(mica_instance *layer, mica_symbol *const *x, size_t n)
{
	mica_symbol *out = NULL;
	n = count_symbols(x, n);
	mica_model *m = layer ? model_of(x, n, layer->name) : NULL;

	if (!layer)
		mica__fail_null("call: no layer; check what mica_make returned");
	if (!m || !begin(m, "call"))
		return NULL;
	mica__model_hold(m);
	mica_status st = call(m, layer, x, n, &out);
	if (st != MICA_OK)
		mica__model_fail(m, st);
	mica__model_release(m);
	return st == MICA_OK ? out : NULL;
}

mica_symbol *mica_apply_layer(mica_layer layer, mica_symbol *const *x, size_t n)
{
	n = count_symbols(x, n);
	mica_model *m = model_of(x, n, layer.part.kind ? layer.part.kind->name : "apply");
	mica_instance *i = m ? mica_make(m, layer) : NULL;

	return i ? mica_call_layer(i, x, n) : NULL;
}

mica_symbol *mica_symbol_beside(mica_symbol *x, size_t i)
{
	if (!x) {
		mica__fail_null("output %zu: NULL is no symbol; look at the call that gave it", i);
		return NULL;
	}
	const mica__call *maker = mica__network_maker(&x->model->net, x);
	if (maker && i < maker->n_out)
		return x->model->net.symbols[maker->out + i];
	mica__model_fail(x->model, mica__fail(MICA_EINVAL, "output %zu: %s has %zu", i, maker ? maker->layer->name : "an input",
	                                      maker ? maker->n_out : 1));
	return NULL;
}

mica_shape mica_symbol_shape(const mica_symbol *x)
{
	return x ? x->shape : MICA_SCALAR_SHAPE;
}

mica_dtype mica_symbol_dtype(const mica_symbol *x)
{
	return x ? x->type : MICA_F32;
}

/* ---- what is there ---- */

mica_instance *mica_model_layer(mica_model *m, const char *name)
{
	mica_instance *i = m && name ? mica__network_find(&m->net, name) : NULL;

	if (m && !i)
		mica__fail(MICA_EINVAL, "\"%s\" has no layer \"%s\"; mica_summary lists them", m->name, name ? name : "");
	return i;
}

mica_instance *mica_model_layer_at(mica_model *m, size_t i)
{
	return m && i < m->net.n_layers ? m->net.layers[i] : NULL;
}

mica_symbol *mica_model_symbol(mica_model *m, const char *name)
{
	const mica__network *n = m ? &m->net : NULL;

	for (size_t i = 0; n && name && i < n->n_inputs; i++)
		if (strcmp(n->inputs[i].name, name) == 0)
			return n->symbols[n->inputs[i].symbol];
	for (size_t i = 0; n && name && i < n->n_calls; i++)
		if (strcmp(n->calls[i].layer->name, name) == 0)
			return n->symbols[n->calls[i].out];
	if (m)
		mica__fail(MICA_EINVAL, "\"%s\" has no input and no called layer \"%s\"; mica_summary lists them", m->name, name ? name : "");
	return NULL;
}

const char *mica_instance_name(const mica_instance *i)
{
	return i ? i->name : "";
}

mica_value *mica_instance_weight(mica_instance *i, size_t k)
{
	if (!i || k >= i->n_weights || mica__weight_start(i->weights[k]) != MICA_OK)
		return NULL;
	return i->weights[k]->value;
}

void mica_set_trainable(mica_instance *i, bool trainable)
{
	if (i)
		i->frozen = !trainable;
	if (i && i->model)
		mica_model_set_trainable(i->model, trainable);
}

void mica_model_set_trainable(mica_model *m, bool trainable)
{
	for (size_t i = 0; m && i < m->net.n_layers; i++)
		mica_set_trainable(m->net.layers[i], trainable);
}

void mica_set_learning_rate_factor(mica_instance *i, double factor)
{
	if (i && factor >= 0 && isfinite(factor))
		i->rate_factor = factor;
	for (size_t k = 0; i && i->model && k < i->model->net.n_layers; k++)
		mica_set_learning_rate_factor(i->model->net.layers[k], factor);
}

/* ---- a part of a model as another model ---- */

/* Notes the calls again that lie between, in their order: needed are the symbols that an output depends on. */
static mica_status copy_calls(mica_model *to, const mica_model *from, mica_symbol **at, bool *needed)
{
	const mica__network *n = &from->net;
	mica_status st = MICA_OK;

	for (size_t i = n->n_calls; i-- > 0;) {
		const mica__call *c = &n->calls[i];
		bool wanted = false;
		for (size_t k = 0; k < c->n_out; k++)
			wanted = wanted || (needed[c->out + k] && !at[c->out + k]);
		for (size_t k = 0; k < c->n_in && wanted; k++)
			needed[c->in[k]] = true;
	}
	for (size_t i = 0; i < n->n_calls && st == MICA_OK; i++) {
		const mica__call *c = &n->calls[i];
		mica_symbol *in[MICA__MOST_OUTPUTS], *out[MICA__MOST_OUTPUTS], **x = in;
		bool wanted = false, ready = true;
		size_t made;
		for (size_t k = 0; k < c->n_out; k++)
			wanted = wanted || (needed[c->out + k] && !at[c->out + k]);
		if (!wanted)
			continue;
		if (c->n_in > MICA__COUNT(in) && !(x = mica__alloc(c->n_in, sizeof *x)))
			return MICA_ENOMEM;
		for (size_t k = 0; k < c->n_in; k++)
			ready = (x[k] = at[c->in[k]]) && ready;
		st = ready ? mica__network_call(to, c->layer, x, c->n_in, out, &made)
		           : mica__fail(MICA_EINVAL, "between: \"%s\" depends on an input of \"%s\" that is not among those given", c->layer->name,
		                        from->name);
		for (size_t k = 0; k < c->n_out && st == MICA_OK; k++)
			at[c->out + k] = out[k];
		if (x != in)
			mica__free(x);
	}
	return st;
}

/* The name of an input, or of the layer that made it. */
static const char *name_of(const mica_symbol *x)
{
	const mica__network *n = &x->model->net;
	const mica__call *maker = mica__network_maker(n, x);

	if (maker)
		return maker->layer->name;
	for (size_t i = 0; i < n->n_inputs; i++)
		if (n->inputs[i].symbol == x->number)
			return n->inputs[i].name;
	return "";
}

static mica_status between(mica_model *to, const mica_between_opts *o)
{
	const mica_model *from = o->outputs[0]->model;
	size_t n = from->net.n_symbols;
	mica_symbol **at = mica__alloc(n, sizeof *at);
	bool *needed = mica__alloc(n, sizeof *needed);
	mica_status st = at && needed ? MICA_OK : MICA_ENOMEM;

	for (size_t i = 0; st == MICA_OK && i < MICA_MAX_INPUTS && o->inputs[i]; i++) {
		const mica_symbol *x = o->inputs[i];
		mica_input_opts input = {MICA_OPTS(mica_input_opts), .name = name_of(x), .type = x->type};
		memcpy((char *)&input + offsetof(mica_input_opts, d0), x->shape.dim, x->shape.rank * sizeof input.d0);
		st = x->model == from ? mica__network_input(to, &MICA_PART(mica_layer, &mica_kind_input, &input), &at[x->number])
		                      : mica__fail(MICA_EINVAL, "between: inputs and outputs belong to two models");
	}
	for (size_t i = 0; st == MICA_OK && i < MICA_MAX_OUTPUTS && o->outputs[i]; i++)
		if (o->outputs[i]->model == from)
			needed[o->outputs[i]->number] = true;
		else
			st = mica__fail(MICA_EINVAL, "between: inputs and outputs belong to two models");
	if (st == MICA_OK)
		st = copy_calls(to, from, at, needed);
	for (size_t i = 0; st == MICA_OK && i < MICA_MAX_OUTPUTS && o->outputs[i]; i++)
		st = mica__network_output(to, at[o->outputs[i]->number]);
	mica__free(at);
	mica__free(needed);
	return st;
}

mica_model *mica_model_between(const mica_between_opts *o)
{
	mica_between_opts opts;
	mica_status st = mica__options(&opts, o, sizeof opts, "between");

	if (st == MICA_OK && (!opts.inputs[0] || !opts.outputs[0]))
		mica__fail_null("between: no %s; check what made the symbols", opts.inputs[0] ? "outputs" : "inputs");
	if (st != MICA_OK || !opts.inputs[0] || !opts.outputs[0])
		return NULL;
	mica_model *m = mica__model_make(opts.outputs[0]->model->ctx, "between", opts.name ? opts.name : "functional",
	                                 opts.outputs[0]->model->seed, false);
	if (m && (st = between(m, &opts)) != MICA_OK)
		mica__model_fail(m, st);
	return m;
}
