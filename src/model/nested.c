/* SPDX-License-Identifier: MIT */
/* model/nested.c - models that are layers of other models, which train the same weights.
   The layer holds its model, which does not change any more. */
#include "model/model.h"

static const mica_model *model_in(const void *options)
{
	return ((const mica_nested_opts *)options)->model;
}

static bool fits(mica_build *b, const mica_symbol *s, mica_var x, const char *name)
{
	mica_shape is = mica__sample_shape(mica_var_shape(x));

	if (mica__shape_equal(&is, &s->shape))
		return true;
	mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of input \"%s\" has shape %s, and %s was given", name, mica__shape_text(&s->shape),
	                 mica__shape_text(&is));
	return false;
}

static mica_var nested_call(mica_build *b, mica_var first, const void *options)
{
	const mica_model *m = model_in(options);
	mica_var x[MICA_MAX_INPUTS], y[MICA_MAX_OUTPUTS];

	(void)first;
	if (mica_layer_inputs(b) != m->net.n_inputs)
		return mica__graph_fail(b->graph, MICA_EINVAL, "it was given %zu inputs and has %zu", mica_layer_inputs(b), m->net.n_inputs);
	for (size_t i = 0; i < m->net.n_inputs; i++) {
		const mica_symbol *s = mica__model_input(m, i);
		x[i] = mica_layer_input(b, i);
		if (!fits(b, s, x[i], m->net.inputs[i].name))
			return &b->graph->failed;
		if (mica_var_dtype(x[i]) != s->type)
			x[i] = mica_op_cast(x[i], s->type);
	}
	mica__network_run(m, b, x, y);
	for (size_t i = 1; i < m->net.n_outputs; i++)
		mica_layer_output(b, y[i]);
	mica_layer_set_mask(b, y[0], mica_layer_mask(b, y[0])); /* as its layers have left it */
	return y[0];
}

static const mica_field fields[] = {MICA_FIELD_TEXT(mica_nested_opts, name)};
const mica_kind mica_kind_nested = {.name = "model", .title = "Functional", .type = MICA_LAYER, .size = sizeof(mica_nested_opts),
                                    MICA_FIELDS(fields), .call = nested_call, .most_inputs = MICA_ANY_INPUTS};

static void let_go(mica_model *m)
{
	m->nests--;
	mica__model_release(m);
}

const char *mica__model_nested_name(const mica_layer *l)
{
	const mica_model *m = l->part.kind == &mica_kind_nested && l->part.options ? model_in(l->part.options) : NULL;

	return m && *m->name ? m->name : NULL;
}

/* The model's part: the layer itself, or what goes over its steps; NULL: it is neither. */
static const mica_part *nested_part(const mica_layer *l)
{
	const mica_part *p = &l->part;

	if (p->kind == &mica_kind_time_distributed)
		p = &((const mica_time_distributed_opts *)p->options)->layer.part;
	return p->kind == &mica_kind_nested ? p : NULL;
}

mica_status mica__model_nest(mica_instance *i)
{
	const mica_part *p = nested_part(&i->layer);
	mica_status st;

	if (!p)
		return MICA_OK;
	mica_model *m = ((const mica_nested_opts *)p->options)->model;
	MICA_TRY(mica__model_check(m, i->name, false));
	if (p != &i->layer.part && (m->net.n_inputs != 1 || m->net.n_outputs != 1))
		return mica__fail(MICA_EINVAL, "%s: the model has %zu inputs and %zu outputs; one that goes over steps has one of each", i->name,
		                  m->net.n_inputs, m->net.n_outputs);
	if (m->ctx != i->ctx)
		return mica__fail(MICA_EINVAL, "%s: the model belongs to another context", i->name);
	mica__model_hold(m);
	m->nests++;
	i->model = m;
	i->let_go = let_go;
out:
	return st;
}
