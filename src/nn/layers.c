/* SPDX-License-Identifier: MIT */
/* nn/layers.c - the layers: for each its nodes, its row (mica_layer_kind) and its constructor.
   x is (batch, sample...).  A call runs once per plan: weights are made by the first and found by name by the others. */
#include "base/fields.h"
#include "nn/nn.h"

#include <stddef.h>
#include <string.h>

mica_shape mica__sample_shape(mica_shape s)
{
	mica_shape sample = {s.rank ? s.rank - 1 : 0, {0}};

	for (size_t i = 0; i < sample.rank; i++)
		sample.dim[i] = s.dim[i + 1];
	return sample;
}

/* The batch dimension of x before sample. */
static mica_shape batch_shape(mica_var x, mica_shape sample)
{
	mica_shape s = {sample.rank + 1, {mica_var_shape(x).dim[0]}};

	for (size_t i = 0; i < sample.rank && i + 1 < MICA_MAX_RANK; i++)
		s.dim[i + 1] = sample.dim[i];
	return s;
}

/* Dimensions up to the first 0. */
static mica_shape listed_shape(const size_t dim[MICA_MAX_RANK])
{
	mica_shape s = {0, {0}};

	while (s.rank < MICA_MAX_RANK && dim[s.rank]) {
		s.dim[s.rank] = dim[s.rank];
		s.rank++;
	}
	return s;
}

/* Defaults and ranges of a layer's options; false with the failure in the graph, whose scope names the layer. */
static bool resolve(mica_build *b, void *options, const mica__field *fields, size_t n)
{
	if (mica__fields_resolve(NULL, options, fields, n) == MICA_OK)
		return true;
	mica__graph_fail(b->graph, MICA_EINVAL, "%s", mica__reason());
	return false;
}

/* Ends a layer with an activation and remembers its argument if a loss may want it. */
static mica_var activate(mica_build *b, mica_var x, mica_activation a)
{
	b->logits = mica__activation_keeps_logits(&a) ? x : NULL;
	return mica_activate(x, a);
}

/* ---- input ---- */

static mica_var input_call(mica_build *b, const mica_layer *l, mica_var x)
{
	(void)l;
	(void)x;
	return mica__graph_fail(b->graph, MICA_EINVAL, "Input must be the first layer, and only the first");
}

const mica_layer_kind mica__input_kind = {"InputLayer", "input_layer", offsetof(mica_layer, opts.input.name), input_call};

mica_status mica__input_shape(const mica_layer *l, mica_shape *out)
{
	mica_shape s = listed_shape(l->opts.input.dim);

	if (s.rank == 0 || s.rank + 1 > MICA_MAX_RANK)
		return mica__fail(MICA_EINVAL, "input: give the 1 to %d dimensions of one sample, as in mica_input(28, 28)",
		                  MICA_MAX_RANK - 1);
	*out = s;
	return MICA_OK;
}

mica_layer mica_layer_input(const mica_input_opts *o)
{
	return (mica_layer){&mica__input_kind, {.input = *o}};
}

/* ---- flatten, reshape ---- */

static mica_var flatten_call(mica_build *b, const mica_layer *l, mica_var x)
{
	mica_shape s = mica__sample_shape(mica_var_shape(x));

	(void)b;
	(void)l;
	return mica_op_reshape(x, batch_shape(x, MICA_SHAPE(mica__shape_count(&s))));
}

static const mica_layer_kind flatten_kind = {"Flatten", "flatten", offsetof(mica_layer, opts.flatten.name), flatten_call};

mica_layer mica_layer_flatten(const mica_flatten_opts *o)
{
	return (mica_layer){&flatten_kind, {.flatten = *o}};
}

/* Replaces the one MICA_INFER, so that messages show whole shapes; false if the sizes do not fit. */
static bool infer(mica_shape *to, size_t count)
{
	size_t known = 1, open = MICA_MAX_RANK;

	for (size_t i = 0; i < to->rank; i++) {
		if (to->dim[i] != MICA_INFER) {
			if (!mica__mul(known, to->dim[i], &known))
				return false;
		} else if (open == MICA_MAX_RANK) {
			open = i;
		} else {
			return false;
		}
	}
	if (open < MICA_MAX_RANK && count % known == 0)
		to->dim[open] = count / known;
	return open < MICA_MAX_RANK ? count % known == 0 : count == known;
}

static mica_var reshape_call(mica_build *b, const mica_layer *l, mica_var x)
{
	mica_shape from = mica__sample_shape(mica_var_shape(x)), to = listed_shape(l->opts.reshape.dim);

	if (to.rank == 0 || to.rank + 1 > MICA_MAX_RANK)
		return mica__graph_fail(b->graph, MICA_EINVAL, "give 1 to %d dimensions", MICA_MAX_RANK - 1);
	if (!infer(&to, mica__shape_count(&from)))
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s cannot take %s", mica__shape_text(&from),
		                        mica__shape_text(&to));
	return mica_op_reshape(x, batch_shape(x, to));
}

static const mica_layer_kind reshape_kind = {"Reshape", "reshape", offsetof(mica_layer, opts.reshape.name), reshape_call};

mica_layer mica_layer_reshape(const mica_reshape_opts *o)
{
	return (mica_layer){&reshape_kind, {.reshape = *o}};
}

/* ---- dense ---- */

static const mica__field dense_fields[] = {
	MICA__FIELD(mica_dense_opts, units, MICA__SIZE, 0, 1, MICA__MOST_COUNT, false, false),
};

/* kernel: (in, units), over the last axis of x. */
static mica_var dense_call(mica_build *b, const mica_layer *l, mica_var x)
{
	mica_dense_opts o = l->opts.dense;
	mica_shape s = mica_var_shape(x);

	if (!resolve(b, &o, dense_fields, MICA__COUNT(dense_fields)))
		return x;
	if (s.rank < 2)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample needs at least one dimension");
	mica_initializer init = o.kernel_initializer ? o.kernel_initializer : MICA_GLOROT_UNIFORM;
	mica_var y = mica_op_matmul(x, mica_layer_weight(b, "kernel", MICA_SHAPE(s.dim[s.rank - 1], o.units), init));
	if (!o.no_bias) {
		init = o.bias_initializer ? o.bias_initializer : MICA_ZEROS;
		y = mica_op_add(y, mica_layer_weight(b, "bias", MICA_SHAPE(o.units), init));
	}
	return activate(b, y, o.activation);
}

static const mica_layer_kind dense_kind = {"Dense", "dense", offsetof(mica_layer, opts.dense.name), dense_call};

mica_layer mica_layer_dense(const mica_dense_opts *o)
{
	return (mica_layer){&dense_kind, {.dense = *o}};
}

/* ---- activation ---- */

static mica_var activation_call(mica_build *b, const mica_layer *l, mica_var x)
{
	return activate(b, x, l->opts.activation.activation);
}

static const mica_layer_kind activation_kind = {"Activation", "activation", offsetof(mica_layer, opts.activation.name),
                                                activation_call};

mica_layer mica_layer_activation(const mica_activation_opts *o)
{
	return (mica_layer){&activation_kind, {.activation = *o}};
}

/* ---- dropout ---- */

static const mica__field dropout_fields[] = {
	MICA__FIELD(mica_dropout_opts, rate, MICA__REAL, 0, 0, 1, false, false),
};

static mica_var dropout_call(mica_build *b, const mica_layer *l, mica_var x)
{
	mica_dropout_opts o = l->opts.dropout;
	mica_shape s = mica_var_shape(x);

	if (!resolve(b, &o, dropout_fields, MICA__COUNT(dropout_fields)) || !b->training || o.rate == 0)
		return x;
	if (o.rate == 1)
		return mica_graph_fill(b->graph, 0, mica_var_dtype(x), s);
	uint64_t seed = b->seed;
	if (o.seed)
		b->seed = o.seed == (uint64_t)MICA_NONE ? 0 : o.seed;
	mica_var keep = mica_op_ge(mica_layer_random(b, s), mica_graph_scalar(b->graph, o.rate));
	b->seed = seed;
	return mica_op_where(keep, mica_op_mulc(x, 1 / (1 - o.rate)), mica_graph_scalar(b->graph, 0));
}

static const mica_layer_kind dropout_kind = {"Dropout", "dropout", offsetof(mica_layer, opts.dropout.name), dropout_call};

mica_layer mica_layer_dropout(const mica_dropout_opts *o)
{
	return (mica_layer){&dropout_kind, {.dropout = *o}};
}

/* ---- the user's ---- */

static mica_var custom_call(mica_build *b, const mica_layer *l, mica_var x)
{
	const mica_custom_layer_opts *o = &l->opts.custom;

	if (!o->call)
		return mica__graph_fail(b->graph, MICA_EINVAL, "a custom layer needs a call function");
	mica_var y = o->call(b, x, o->payload);
	if (!y)
		return mica__graph_fail(b->graph, MICA_EINVAL, "call returned NULL");
	mica_shape s = mica_var_shape(y);
	if (mica_graph_status(b->graph) == MICA_OK && (s.rank < 1 || s.dim[0] != mica_var_shape(x).dim[0]))
		return mica__graph_fail(b->graph, MICA_ESHAPE, "call returned shape %s; its first dimension must be the batch's %zu",
		                        mica__shape_text(&s), mica_var_shape(x).dim[0]);
	return y;
}

static const mica_layer_kind custom_kind = {"Custom", "custom", offsetof(mica_layer, opts.custom.name), custom_call};

mica_layer mica_layer_custom(const mica_custom_layer_opts *o)
{
	return (mica_layer){&custom_kind, {.custom = *o}};
}

/* ---- all ---- */

const char *mica__layer_name(const mica_layer *l)
{
	const char *name;

	memcpy(&name, (const char *)l + l->kind->name_offset, sizeof name);
	return name;
}

void mica__layer_rename(mica_layer *l, const char *name)
{
	memcpy((char *)l + l->kind->name_offset, &name, sizeof name);
}

mica_var mica__layer_call(mica_build *b, const mica_layer *l, const char *name, size_t index, mica_var x)
{
	if (mica_graph_status(b->graph) != MICA_OK)
		return x;
	b->layer = name;
	b->index = index;
	b->draws = 0;
	b->logits = NULL;
	mica_scope_enter(b->graph, name);
	mica_var y = l->kind->call(b, l, x);
	mica_scope_leave(b->graph);
	return y;
}
