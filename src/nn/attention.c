/* SPDX-License-Identifier: MIT */
/* nn/attention.c - attention of one head (Keras 1.1): Attention, AdditiveAttention.
   Where nothing wants the scores, those of products are never stored.  A query that may look at no key has the mean of all values: it is
   what Keras has, which takes 1e9 from each score that is hidden. */
#include "nn/layers.h"

typedef struct call {
	mica_build *b;
	mica_var query, value, key;
	mica_var mask;     /* BOOL, where the value's mask allows to look: (batch, 1, m); NULL: everywhere */
	mica_var allowed;  /* the same, and the order of the steps if that counts: (batch or 1, 1 or n, m); NULL: everywhere */
	bool causal;
	double dropout;
	uint64_t seed;
	bool give_scores;
} call;

static bool fits(const call *c)
{
	mica_shape q = mica_var_shape(c->query), v = mica_var_shape(c->value), k = mica_var_shape(c->key);
	mica_shape query = mica__sample_shape(q), value = mica__sample_shape(v), key = mica__sample_shape(k);

	if (q.rank && v.rank && q.dim[0] != v.dim[0])
		mica__graph_fail(c->b->graph, MICA_ESHAPE, "query of %zu and value of %zu samples; they must be as many", q.dim[0], v.dim[0]);
	else if (q.rank != 3 || v.rank != 3 || k.rank != 3 || q.dim[0] != v.dim[0] || q.dim[0] != k.dim[0] || v.dim[1] != k.dim[1] || q.dim[2] != k.dim[2])
		mica__graph_fail(c->b->graph, MICA_ESHAPE, "samples of query %s, value %s and key %s; they must be (n, size), (m, any) and (m, size)",
		                 mica__shape_text(&query), mica__shape_text(&value), mica__shape_text(&key));
	return mica_graph_status(c->b->graph) == MICA_OK;
}

mica_var mica__causal_mask(mica_graph *g, size_t n, size_t m)
{
	mica_shape s = MICA_SHAPE(n, m);

	return mica_op_cast(mica_op_ge(mica_graph_iota(g, s, 0), mica_graph_iota(g, s, 1)), MICA_BOOL);
}

static void find_mask(call *c, bool causal)
{
	mica_shape q = mica_var_shape(c->query), v = mica_var_shape(c->value);
	mica_var mask = mica_layer_mask(c->b, c->value);

	c->causal = causal;
	c->allowed = c->mask = mask ? mica_op_reshape(mask, MICA_SHAPE(v.dim[0], 1, v.dim[1])) : NULL;
	if (causal) {
		mica_var order = mica_op_reshape(mica__causal_mask(c->b->graph, q.dim[1], v.dim[1]), MICA_SHAPE(1, q.dim[1], v.dim[1]));
		c->allowed = mask ? mica_op_min(c->mask, order) : order;
	}
}

static bool drops(const call *c)
{
	return c->dropout != 0 && c->b->training;
}

/* Of scores (batch, n, m) that are all there. */
static mica_var from_scores(const call *c, mica_var scores)
{
	mica_var hidden = mica_graph_fill(c->b->graph, -1e9, mica_var_dtype(scores), MICA_SCALAR_SHAPE);
	mica_var shares = mica_activate(c->allowed ? mica_op_where(c->allowed, scores, mica_op_add(scores, hidden)) : scores, MICA_SOFTMAX);

	shares = mica__layer_dropped(c->b, shares, mica_var_shape(shares), c->dropout, c->seed);
	if (c->give_scores)
		mica_layer_output(c->b, shares);
	return mica_op_matmul(shares, c->value);
}

static mica_var from_products(const call *c, mica_var scale)
{
	mica_var query = scale ? mica_op_mul(c->query, scale) : c->query;

	if (drops(c) || c->give_scores)
		return from_scores(c, mica_op_matmul(query, mica_op_transpose(c->key, NULL)));
	mica_var y = mica_op_attention(query, c->key, c->value, &(mica_attention_opts){.scale = 1, .causal = c->causal, .mask = c->mask});
	return c->mask ? mica_op_where(mica_op_any(c->allowed, MICA_AXIS(2), true), y, mica_op_mean(c->value, MICA_AXIS(1), true)) : y;
}

/* Sums over features of tanh((q + k) inside) outside; a factor that is NULL is 1. */
static mica_var sums(const call *c, mica_var inside, mica_var outside)
{
	mica_shape q = mica_var_shape(c->query), k = mica_var_shape(c->key);
	mica_var both = mica_op_add(mica_op_reshape(c->query, MICA_SHAPE(q.dim[0], q.dim[1], 1, q.dim[2])),
	                            mica_op_reshape(c->key, MICA_SHAPE(k.dim[0], 1, k.dim[1], k.dim[2])));
	mica_var each = mica_op_tanh(inside ? mica_op_mul(both, inside) : both);

	return mica_op_sum(outside ? mica_op_mul(each, outside) : each, MICA_AXIS(3), false);
}

/* The result is 0 where the query's mask says no. */
static mica_var ended(const call *c, mica_var y)
{
	mica_shape q = mica_var_shape(c->query);
	mica_var mask = mica_layer_mask(c->b, c->query);

	if (mask)
		y = mica_op_where(mica_op_reshape(mask, MICA_SHAPE(q.dim[0], q.dim[1], 1)), y, mica_graph_fill(c->b->graph, 0, mica_var_dtype(y), MICA_SCALAR_SHAPE));
	if (mica_graph_status(c->b->graph) == MICA_OK)
		mica_layer_set_mask(c->b, y, mask);
	return y;
}

static call call_of(mica_build *b, double dropout, uint64_t seed, bool scores)
{
	mica_var key = mica_layer_input(b, 2), value = mica_layer_input(b, 1);

	return (call){.b = b, .query = mica_layer_input(b, 0), .value = value, .key = key ? key : value, .dropout = dropout, .seed = seed,
	              .give_scores = scores};
}

static mica_var attention_call(mica_build *b, mica_var x, const void *options)
{
	const mica_attention_layer_opts *o = options;
	call c = call_of(b, o->dropout, o->seed, o->return_attention_scores);

	if (!fits(&c))
		return x;
	find_mask(&c, o->use_causal_mask);
	mica_var scale = o->use_scale ? mica_weight(b, "scale", MICA_SCALAR_SHAPE, .initializer = MICA_ONES) : NULL;
	if (!o->concat)
		return ended(&c, from_products(&c, scale));
	mica_var factor = mica_weight(b, "concat_score_weight", MICA_SCALAR_SHAPE, .initializer = MICA_ONES);
	return ended(&c, from_scores(&c, mica_op_mul(factor, sums(&c, scale, NULL))));
}

static mica_var additive_attention_call(mica_build *b, mica_var x, const void *options)
{
	const mica_additive_attention_opts *o = options;
	call c = call_of(b, o->dropout, o->seed, o->return_attention_scores);
	mica_shape features = MICA_SHAPE(mica_var_shape(x).dim[mica_var_shape(x).rank - 1]);

	if (!fits(&c))
		return x;
	find_mask(&c, o->use_causal_mask);
	mica_var scale = o->no_scale ? NULL : mica_weight(b, "scale", features, .initializer = MICA_GLOROT_UNIFORM);
	return ended(&c, from_scores(&c, sums(&c, NULL, scale)));
}

static const mica_field attention_fields[] = {
	MICA_FIELD_FLAG(mica_attention_layer_opts, use_scale),
	MICA_FIELD_FLAG(mica_attention_layer_opts, concat),
	MICA_FIELD_REAL(mica_attention_layer_opts, dropout, MICA_BELOW(0, 1)),
	MICA__SEED_FIELD(mica_attention_layer_opts),
	MICA_FIELD_FLAG(mica_attention_layer_opts, use_causal_mask),
	MICA_FIELD_FLAG(mica_attention_layer_opts, return_attention_scores),
	MICA_FIELD_TEXT(mica_attention_layer_opts, name),
};
const mica_kind mica_kind_attention = {.name = "attention", .title = "Attention", .type = MICA_LAYER, .size = sizeof(mica_attention_layer_opts),
                                       MICA_FIELDS(attention_fields), .call = attention_call, .least_inputs = 2, .most_inputs = 3};
static const mica_field additive_attention_fields[] = {
	MICA_FIELD_FLAG(mica_additive_attention_opts, no_scale),
	MICA_FIELD_REAL(mica_additive_attention_opts, dropout, MICA_BELOW(0, 1)),
	MICA__SEED_FIELD(mica_additive_attention_opts),
	MICA_FIELD_FLAG(mica_additive_attention_opts, use_causal_mask),
	MICA_FIELD_FLAG(mica_additive_attention_opts, return_attention_scores),
	MICA_FIELD_TEXT(mica_additive_attention_opts, name),
};
MICA__LAYER(additive_attention, "AdditiveAttention", additive_attention_fields, additive_attention_call, .least_inputs = 2, .most_inputs = 3)
