/* SPDX-License-Identifier: MIT */
/* nn/attention_heads.c - attention of several heads (Keras 1.1): MultiHeadAttention, GroupQueryAttention.
   A projection is one product for all heads, whose columns are then parted.  Samples of more than two axes are attended over some of
   them; the others are as more samples. */
#include "nn/layers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct call {
	mica_build *b;
	const mica_multi_head_attention_opts *o;
	size_t heads, key_heads, key_dim, value_dim;
	mica_var query, value, key;
	size_t free[MICA_MAX_RANK], attended[MICA_MAX_RANK], n_free, n_attended; /* axes of the inputs between batch and features */
} call;

/* ---- axes ---- */

static bool find_axes(call *c)
{
	size_t rank = mica_var_shape(c->query).rank;
	bool attended[MICA_MAX_RANK] = {false};

	for (size_t i = 0; i < MICA__COUNT(c->o->attention_axes) && c->o->attention_axes[i]; i++) {
		int axis = c->o->attention_axes[i], from_first = axis < 0 ? axis + (int)rank : axis;
		if (from_first < 1 || from_first + 1 >= (int)rank) {
			mica__graph_fail(c->b->graph, MICA_EINVAL, "attention_axes[%zu] is %d for a query of rank %zu; give 1 to %zu", i, axis, rank, rank - 2);
			return false;
		}
		attended[from_first] = true;
	}
	for (size_t i = 1; i + 1 < rank; i++)
		if (attended[i] || !c->o->attention_axes[0])
			c->attended[c->n_attended++] = i;
		else
			c->free[c->n_free++] = i;
	return true;
}

static bool fits(call *c)
{
	mica_shape q = mica_var_shape(c->query), v = mica_var_shape(c->value), k = mica_var_shape(c->key);
	mica_shape query = mica__sample_shape(q), value = mica__sample_shape(v), key = mica__sample_shape(k);
	bool fit = q.rank >= 3 && q.rank + 1 < MICA_MAX_RANK && v.rank == q.rank && k.rank == q.rank && memcmp(v.dim, k.dim, (k.rank - 1) * sizeof k.dim[0]) == 0 &&
	           q.dim[0] == v.dim[0];

	if (fit && !find_axes(c))
		return false;
	for (size_t i = 0; i < c->n_free; i++)
		fit = fit && q.dim[c->free[i]] == v.dim[c->free[i]];
	if (q.rank && v.rank && q.dim[0] != v.dim[0])
		mica__graph_fail(c->b->graph, MICA_ESHAPE, "query of %zu and value of %zu samples; they must be as many", q.dim[0], v.dim[0]);
	else if (!fit)
		mica__graph_fail(c->b->graph, MICA_ESHAPE, "samples of query %s, value %s and key %s; they must be (n, ...), (m, ...) and (m, ...)",
		                 mica__shape_text(&query), mica__shape_text(&value), mica__shape_text(&key));
	else if (c->heads % c->key_heads)
		mica__graph_fail(c->b->graph, MICA_EINVAL, "num_key_value_heads is %zu, which must divide num_heads, %zu", c->key_heads, c->heads);
	return mica_graph_status(c->b->graph) == MICA_OK;
}

/* Where axes go: batch, free ones, heads, attended ones, and what a head has; the input has the heads before the last. */
static void order_of(const call *c, size_t *perm)
{
	size_t n = 1, rank = mica_var_shape(c->query).rank;

	perm[0] = 0;
	for (size_t i = 0; i < c->n_free; i++)
		perm[n++] = c->free[i];
	perm[n++] = rank - 1;
	for (size_t i = 0; i < c->n_attended; i++)
		perm[n++] = c->attended[i];
	perm[n] = rank;
}

/* (batch, ..., heads size) as (batches, heads, steps, size), and back into the shape of such a one. */
static mica_var to_heads(const call *c, mica_var x, size_t heads)
{
	mica_shape s = mica_var_shape(x);
	size_t perm[MICA_MAX_RANK], size = s.dim[s.rank - 1] / heads, steps = 1;

	s.dim[s.rank - 1] = heads;
	s.dim[s.rank++] = size;
	order_of(c, perm);
	for (size_t i = 0; i < c->n_attended; i++)
		steps *= s.dim[c->attended[i]];
	return mica_op_reshape(mica_op_transpose(mica_op_reshape(x, s), perm), MICA_SHAPE(MICA_INFER, heads, steps, size));
}

static mica_var from_heads(const call *c, mica_var y)
{
	mica_shape q = mica_var_shape(c->query), moved = {q.rank + 1, {0}};
	size_t perm[MICA_MAX_RANK], back[MICA_MAX_RANK];

	order_of(c, perm);
	q.dim[q.rank - 1] = c->heads;
	q.dim[q.rank] = c->value_dim;
	for (size_t i = 0; i < moved.rank; i++) {
		moved.dim[i] = q.dim[perm[i]];
		back[perm[i]] = i;
	}
	q.dim[q.rank - 1] = c->heads * c->value_dim;
	return mica_op_reshape(mica_op_transpose(mica_op_reshape(y, moved), back), q);
}

/* ---- projections ---- */

/* x by "name/kernel" of shape (in..., out...), over as many last axes of x as one, and "name/bias" (out...): (..., all of out). */
static mica_var projected(const call *c, mica_var x, const char *name, mica_shape kernel, size_t n_in)
{
	const mica_multi_head_attention_opts *o = c->o;
	mica_shape bias = {kernel.rank - n_in, {0}};
	mica_variance_scaling_opts own;
	char text[40];
	size_t in = 1, out = 1;
	int summed = 0, made = 0;

	for (size_t i = 0; i < kernel.rank; i++) {
		*(i < n_in ? &in : &out) *= kernel.dim[i];
		*(i < n_in ? &summed : &made) |= (int)MICA_AXIS(i);
	}
	memcpy(bias.dim, kernel.dim + n_in, bias.rank * sizeof bias.dim[0]);
	snprintf(text, sizeof text, "%s/kernel", name);
	mica_var w = mica_weight(c->b, text, kernel, .initializer = mica__initializer_over(&o->kernel_initializer, summed, made, &own),
	                         .regularizer = o->kernel_regularizer, .constraint = o->kernel_constraint);
	mica_var y = mica_op_matmul(x, mica_op_reshape(w, MICA_SHAPE(in, out)));
	snprintf(text, sizeof text, "%s/bias", name);
	if (!o->no_bias)
		y = mica_op_add(y, mica_op_reshape(mica_weight(c->b, text, bias, .initializer = o->bias_initializer, .regularizer = o->bias_regularizer,
		                                               .constraint = o->bias_constraint), MICA_SHAPE(out)));
	return mica__layer_end(c->b, y, &(mica_activation){{NULL, NULL}}, &o->activity_regularizer);
}

static mica_var of_heads(const call *c, mica_var x, const char *name, size_t heads, size_t size)
{
	mica_shape s = mica_var_shape(x);

	return projected(c, x, name, MICA_SHAPE(s.dim[s.rank - 1], heads, size), 1);
}

/* (batch, ..., heads value_dim) to (batch, ..., output...). */
static mica_var to_output(const call *c, mica_var x)
{
	mica_shape q = mica_var_shape(c->query), kernel = MICA_SHAPE(c->heads, c->value_dim), s = q;
	size_t n = 0;

	for (s.rank--; n < MICA__COUNT(c->o->output) && c->o->output[n]; n++)
		kernel.dim[kernel.rank++] = c->o->output[n];
	if (!n)
		kernel.dim[kernel.rank++] = q.dim[q.rank - 1];
	if (s.rank + kernel.rank - 2 > MICA_MAX_RANK)
		return mica__graph_fail(c->b->graph, MICA_ESHAPE, "the output would have more than %d axes", MICA_MAX_RANK);
	for (size_t i = 2; i < kernel.rank; i++)
		s.dim[s.rank++] = kernel.dim[i];
	return mica_op_reshape(projected(c, x, "attention_output", kernel, 2), s);
}

/* ---- what may be looked at ---- */

/* Either may be NULL: everything. */
static mica_var both(mica_var a, mica_var b)
{
	return a && b ? mica_op_min(a, b) : a ? a : b;
}

/* BOOL of (batch or 1, heads or 1, n or 1, m or 1): what masks and the window allow; NULL: everything. */
static mica_var allowed(const call *c, size_t n, size_t m)
{
	mica_graph *g = c->b->graph;
	mica_var in[] = {c->query, c->value, c->key != c->value ? c->key : NULL}, all = NULL, given = mica_layer_input(c->b, 3);

	for (size_t i = 0; i < MICA__COUNT(in); i++) {
		mica_var mask = in[i] ? mica_layer_mask(c->b, in[i]) : NULL;
		if (mask && mica_var_shape(in[i]).rank != 3)
			return mica__graph_fail(g, MICA_EUNSUPPORTED, "masks are for inputs of (batch, steps, features)");
		if (mask)
			all = both(all, mica_op_reshape(mask, MICA_SHAPE(mica_var_shape(mask).dim[0], 1, i ? 1 : n, i ? m : 1)));
	}
	if (c->o->sliding_window) {
		mica_shape s = MICA_SHAPE(1, 1, n, m);
		mica_var apart = mica_op_abs(mica_op_sub(mica_graph_iota(g, s, 2), mica_graph_iota(g, s, 3)));
		mica_var window = mica_graph_fill(g, (double)c->o->sliding_window, MICA_I32, MICA_SCALAR_SHAPE);
		all = both(all, mica_op_cast(mica_op_lt(apart, window), MICA_BOOL));
	}
	if (given) {
		mica_shape s = mica_var_shape(given);
		given = mica_op_cast(given, MICA_BOOL);
		all = both(all, s.rank == 3 ? mica_op_reshape(given, MICA_SHAPE(s.dim[0], 1, s.dim[1], s.dim[2])) : given);
	}
	return all;
}

/* ---- scores ---- */

/* x of fewer heads, each as often as there are queries for it. */
static mica_var repeated(const call *c, mica_var x)
{
	mica_shape s = mica_var_shape(x);
	size_t times = c->heads / c->key_heads;

	if (times == 1)
		return x;
	x = mica_op_broadcast(mica_op_reshape(x, MICA_SHAPE(s.dim[0], s.dim[1], 1, s.dim[2], s.dim[3])), MICA_SHAPE(s.dim[0], s.dim[1], times, s.dim[2], s.dim[3]));
	return mica_op_reshape(x, MICA_SHAPE(s.dim[0], c->heads, s.dim[2], s.dim[3]));
}

/* With scores that are stored; where all is hidden, 0. */
static mica_var with_scores(const call *c, mica_var q, mica_var k, mica_var v, mica_var mask)
{
	mica_graph *g = c->b->graph;
	mica_var scaled = mica_op_mulc(q, 1 / sqrt((double)c->key_dim)), scores = mica_op_matmul(scaled, mica_op_transpose(repeated(c, k), NULL));
	mica_var hidden = mica_graph_fill(g, -1e9, mica_var_dtype(q), MICA_SCALAR_SHAPE), zero = mica_graph_fill(g, 0, mica_var_dtype(q), MICA_SCALAR_SHAPE);
	mica_var shares = mica_activate(mask ? mica_op_where(mask, scores, hidden) : scores, MICA_SOFTMAX);

	shares = mask ? mica_op_where(mask, shares, zero) : shares;
	if (c->o->return_attention_scores)
		mica_layer_output(c->b, shares);
	return mica_op_matmul(mica__layer_dropped(c->b, shares, mica_var_shape(shares), c->o->dropout, c->o->seed), repeated(c, v));
}

/* The operation leaves zeros where all is hidden; without dropout Keras has the mean there. */
static mica_var without_scores(const call *c, mica_var q, mica_var k, mica_var v, mica_var mask, mica_var all)
{
	mica_var y = mica_op_attention(q, k, v, &(mica_attention_opts){.causal = c->o->use_causal_mask, .mask = mask});

	if (!mask || c->o->dropout != 0)
		return y;
	return mica_op_where(mica_op_any(all, MICA_AXIS(3), true), y, repeated(c, mica_op_mean(v, MICA_AXIS(2), true)));
}

static mica_var attended(const call *c, mica_var q, mica_var k, mica_var v)
{
	size_t n = mica_var_shape(q).dim[2], m = mica_var_shape(k).dim[2];
	mica_var mask = allowed(c, n, m), all = mask;

	if (c->o->use_causal_mask)
		all = both(mask, mica_op_reshape(mica__causal_mask(c->b->graph, n, m), MICA_SHAPE(1, 1, n, m)));
	if (mica_graph_status(c->b->graph) != MICA_OK)
		return q;
	if (c->o->return_attention_scores || (c->o->dropout != 0 && c->b->training))
		return with_scores(c, q, k, v, all);
	return without_scores(c, q, k, v, mask, all);
}

static mica_var heads_call(mica_build *b, mica_var x, const void *options)
{
	const mica_multi_head_attention_opts *o = options;
	mica_var value = mica_layer_input(b, 1), key = mica_layer_input(b, 2), gate = NULL;
	call c = {.b = b, .o = o, .heads = o->num_heads, .key_heads = o->num_key_value_heads ? o->num_key_value_heads : o->num_heads, .key_dim = o->key_dim,
	          .value_dim = o->value_dim ? o->value_dim : o->key_dim, .query = x, .value = value ? value : x};

	c.key = key ? key : c.value;
	if (!fits(&c))
		return x;
	mica_var q = of_heads(&c, c.query, "query", c.heads, c.key_dim), k = of_heads(&c, c.key, "key", c.key_heads, c.key_dim);
	if (o->use_gate)
		gate = mica_op_sigmoid(of_heads(&c, c.query, "gate", c.heads, c.value_dim));
	mica_var v = of_heads(&c, c.value, "value", c.key_heads, c.value_dim);
	if (mica_graph_status(b->graph) != MICA_OK)
		return x;
	mica_var y = from_heads(&c, attended(&c, to_heads(&c, q, c.heads), to_heads(&c, k, c.key_heads), to_heads(&c, v, c.key_heads)));
	y = to_output(&c, gate ? mica_op_mul(y, gate) : y);
	if (mica_graph_status(b->graph) == MICA_OK)
		mica_layer_set_mask(b, y, mica_layer_mask(b, x));
	return y;
}

#define OPTIONS mica_multi_head_attention_opts
static const mica_field fields[] = {
	MICA_FIELD_SIZE(OPTIONS, num_heads, MICA_COUNT_FROM(1)),
	MICA_FIELD_SIZE(OPTIONS, key_dim, MICA_COUNT_FROM(1)),
	MICA_FIELD_SIZE(OPTIONS, num_key_value_heads, MICA_COUNT_FROM(0)),
	MICA_FIELD_SIZE(OPTIONS, value_dim, MICA_COUNT_FROM(0)),
	MICA_FIELD_SIZE(OPTIONS, output, .count = 4, MICA_COUNT_FROM(0)),
	MICA_FIELD_INT(OPTIONS, attention_axes, .count = 4),
	MICA_FIELD_REAL(OPTIONS, dropout, MICA_BELOW(0, 1)),
	MICA__SEED_FIELD(OPTIONS),
	MICA_FIELD_FLAG(OPTIONS, no_bias),
	MICA_FIELD_FLAG(OPTIONS, use_gate),
	MICA_FIELD_SIZE(OPTIONS, sliding_window, MICA_COUNT_FROM(0)),
	MICA_FIELD_FLAG(OPTIONS, use_causal_mask),
	MICA_FIELD_FLAG(OPTIONS, return_attention_scores),
	MICA__KERNEL_FIELDS(OPTIONS),
	MICA_FIELD_TEXT(OPTIONS, name),
};
#define HEADS(id, title_)                                                                                                        \
	const mica_kind mica_kind_##id = {.name = #id, .title = (title_), .type = MICA_LAYER, .size = sizeof(OPTIONS),            \
	                                  MICA_FIELDS(fields), .call = heads_call, .least_inputs = 1, .most_inputs = 4};
HEADS(multi_head_attention, "MultiHeadAttention")
HEADS(group_query_attention, "GroupQueryAttention")
