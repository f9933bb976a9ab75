/* SPDX-License-Identifier: MIT */
/* nn/wrappers.c - layers that call another layer, which is one of their options (Keras 1.1). */
#include "nn/steps.h"

#include <stdio.h>
#include <string.h>

const char *mica__inner_name(const mica_layer *l, const char *prefix, char out[MICA__INNER_NAME])
{
	const char *given = mica__part_text(&l->part, "name"), *kind = l->part.kind->name, *stem = strrchr(kind, '/');

	snprintf(out, MICA__INNER_NAME, "%s%s", prefix, given ? given : stem ? stem + 1 : kind);
	return out;
}

static bool has_layer(mica_build *b, const mica_layer *l)
{
	if (!l->part.kind)
		mica__graph_fail(b->graph, MICA_EINVAL, "it has no layer inside; give one, as in mica_time_distributed(mica_dense(10))");
	return l->part.kind != NULL;
}

/* ---- both ways ---- */

/* A layer that goes over steps: a copy of its options, for the way it is called, and what they say of steps. */
typedef struct way {
	const mica_layer *layer;
	union { mica_recurrent_opts recurrent; mica_rnn_opts rnn; } o;
	mica__steps_opts steps;
	size_t n_states;
} way;

/* False, with the failure in the graph, if it is none.  step: a step of a sample. */
static bool find_way(mica_build *b, const mica_layer *l, mica_shape step, way *w)
{
	const mica_kind *k = l->part.kind;
	mica_shape states[MICA_MOST_STATES];

	*w = (way){.layer = l};
	if (k == &mica_kind_rnn) {
		memcpy(&w->o.rnn, l->part.options, sizeof w->o.rnn);
		const mica_part *cell = &w->o.rnn.cell.part;
		w->steps = (mica__steps_opts)MICA__STEPS_OPTS(&w->o.rnn);
		w->n_states = cell->kind && cell->kind->states ? cell->kind->states(step, cell->options, states) : 1; /* 1: it will be refused */
		return true;
	}
	if (k == &mica_kind_simple_rnn || k == &mica_kind_lstm || k == &mica_kind_gru) {
		memcpy(&w->o.recurrent, l->part.options, sizeof w->o.recurrent);
		w->steps = (mica__steps_opts)MICA__STEPS_OPTS(&w->o.recurrent);
		w->n_states = k == &mica_kind_lstm ? 2 : 1;
		return true;
	}
	mica__graph_fail(b->graph, MICA_EINVAL, "%s goes one way only; give a simple_rnn, lstm, gru or rnn", k ? k->name : "no layer");
	return false;
}

/* Where all steps are given, a masked one gives 0, as in Keras. */
static void direct(way *w, bool backwards)
{
	w->steps.go_backwards = backwards;
	w->steps.zero_output_for_mask = w->steps.return_sequences;
	if (w->layer->part.kind == &mica_kind_rnn) {
		w->o.rnn.go_backwards = backwards;
		w->o.rnn.zero_output_for_mask = w->steps.zero_output_for_mask;
	} else {
		w->o.recurrent.go_backwards = backwards;
		w->o.recurrent.zero_output_for_mask = w->steps.zero_output_for_mask;
	}
}

static bool fit_together(mica_build *b, const way *w, const way *back)
{
	const mica__steps_opts *one = &w->steps, *other = &back->steps;
	const char *what = one->go_backwards == other->go_backwards ? "go_backwards, which must differ"
	                 : one->return_sequences != other->return_sequences ? "return_sequences, which must not differ"
	                 : one->return_state != other->return_state ? "return_state, which must not differ"
	                 : one->stateful != other->stateful ? "stateful, which must not differ" : NULL;

	if (what)
		mica__graph_fail(b->graph, MICA_EINVAL, "the layers of the two ways say %s", what);
	else if (w->layer->part.kind != back->layer->part.kind || w->n_states != back->n_states)
		mica__graph_fail(b->graph, MICA_EINVAL, "the layers of the two ways are of different kinds");
	return mica_graph_status(b->graph) == MICA_OK;
}

/* One way: its output, in the order of the sequence, and its states. */
static mica_var one_way(mica_build *b, const char *prefix, const way *w, const mica_var *first, mica_var *states)
{
	char name[MICA__INNER_NAME];
	mica_var in[1 + MICA_MOST_STATES] = {mica_layer_input(b, 0)};
	size_t n = w->n_states;
	mica_layer part = {{w->layer->part.kind, &w->o}};

	for (size_t i = 0; i < n && first; i++)
		in[1 + i] = first[i];
	mica_var y = mica_layer_sublayer(b, mica__inner_name(w->layer, prefix, name), part, in, first ? 1 + n : 1, states,
	                                 w->steps.return_state ? n : 0);
	return w->steps.return_sequences && w->steps.go_backwards ? mica_op_flip(y, 1) : y;
}

static mica_var merged(mica_var y, mica_var z, int how)
{
	switch (how) {
	case MICA_MERGE_SUM: return mica_op_add(y, z);
	case MICA_MERGE_MUL: return mica_op_mul(y, z);
	case MICA_MERGE_AVE: return mica_op_mulc(mica_op_add(y, z), 0.5);
	default: return how == MICA_MERGE_NONE ? y : mica_op_concat((mica_var[]){y, z}, 2, -1);
	}
}

static mica_var bidirectional_call(mica_build *b, mica_var x, const void *options)
{
	const mica_bidirectional_opts *o = options;
	const mica_layer *back = o->backward_layer.part.kind ? &o->backward_layer : &o->layer;
	mica_shape step = mica__sample_shape(mica__sample_shape(mica_var_shape(x)));
	size_t inputs = mica_layer_inputs(b);
	mica_var states[2 * MICA_MOST_STATES];
	way forward, backward;

	if (!find_way(b, &o->layer, step, &forward) || !find_way(b, back, step, &backward))
		return x;
	direct(&forward, forward.steps.go_backwards);
	direct(&backward, back == &o->layer || backward.steps.go_backwards);
	if (!fit_together(b, &forward, &backward))
		return x;
	size_t n = forward.n_states;
	if (n > MICA_MOST_STATES || (inputs != 1 && inputs != 1 + 2 * n))
		return mica__graph_fail(b->graph, MICA_EINVAL, "give a sequence, or a sequence and the first states of both ways");
	const mica_var *first = inputs == 1 ? NULL : b->frame->in + 1;
	mica_var y = one_way(b, "forward_", &forward, first, states);
	mica_var z = one_way(b, "backward_", &backward, first ? first + n : NULL, states + n), out = merged(y, z, o->merge);
	if (o->merge == MICA_MERGE_NONE)
		mica_layer_output(b, z);
	for (size_t i = 0; i < 2 * n && forward.steps.return_state; i++)
		mica_layer_output(b, states[i]);
	mica_var mask = forward.steps.return_sequences ? mica_layer_mask(b, x) : NULL;
	mica_layer_set_mask(b, out, mask);
	if (o->merge == MICA_MERGE_NONE)
		mica_layer_set_mask(b, z, mask);
	return out;
}

static const mica_field bidirectional_fields[] = {
	MICA_FIELD_PART(mica_bidirectional_opts, layer, .part_type = MICA_LAYER),
	MICA_FIELD_PART(mica_bidirectional_opts, backward_layer, .part_type = MICA_LAYER),
	MICA_FIELD_INT(mica_bidirectional_opts, merge, .otherwise = MICA_MERGE_CONCAT, MICA_WITHIN(1, MICA_MERGE_NONE)),
	MICA_FIELD_TEXT(mica_bidirectional_opts, name),
};
MICA__LAYER(bidirectional, "Bidirectional", bidirectional_fields, bidirectional_call, .least_inputs = 1, .most_inputs = 1 + 2 * MICA_MOST_STATES)

/* ---- every step ---- */

/* s with its first two axes as one, or that one as two. */
static mica_shape joined(mica_shape s)
{
	s.dim[1] *= s.dim[0];
	return mica__sample_shape(s);
}

static mica_shape parted(mica_shape s, size_t batch, size_t steps)
{
	mica_shape out = {s.rank + 1, {batch, steps}};

	for (size_t i = 1; i < s.rank && i + 1 < MICA_MAX_RANK; i++)
		out.dim[i + 1] = s.dim[i];
	return out;
}

static mica_var time_distributed_call(mica_build *b, mica_var x, const void *options)
{
	const mica_layer *l = &((const mica_time_distributed_opts *)options)->layer;
	mica_shape s = mica_var_shape(x), sample = mica__sample_shape(s);
	char name[MICA__INNER_NAME];

	if (!has_layer(b, l))
		return x;
	if (s.rank < 3)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s has no steps; give (steps, ...)", mica__shape_text(&sample));
	mica_var flat = mica_op_reshape(x, joined(s)), y = mica_layer_sublayer(b, mica__inner_name(l, "", name), *l, &flat, 1, NULL, 0);
	return mica_graph_status(b->graph) == MICA_OK ? mica_op_reshape(y, parted(mica_var_shape(y), s.dim[0], s.dim[1])) : y;
}

static const mica_field time_distributed_fields[] = {
	MICA_FIELD_PART(mica_time_distributed_opts, layer, .part_type = MICA_LAYER), MICA_FIELD_TEXT(mica_time_distributed_opts, name),
};
MICA__LAYER(time_distributed, "TimeDistributed", time_distributed_fields, time_distributed_call, .masks = true)

/* ---- spectral normalization ---- */

/* x / |x|, where |x| is at least 1e-7. */
static mica_var unit(mica_var x)
{
	mica_var least = mica_graph_fill(mica_var_graph(x), 1e-14, mica_var_dtype(x), MICA_SCALAR_SHAPE);

	return mica_op_mul(x, mica_op_rsqrt(mica_op_max(mica_op_sum(mica_op_square(x), MICA_ALL_AXES, false), least)));
}

typedef struct spectral {
	mica__weight_rule rule;
	mica__frame *frame; /* of the wrapping layer, whose state u is */
	size_t iterations;
	bool found;         /* a kernel */
} spectral;

/* The kernel (..., n) as a matrix W (m, n): v = u W', u = v W, each made a unit vector, then W / (v W u').  A kernel of zeros stays. */
static mica_var over_largest(mica_build *b, size_t iterations, mica_var before, mica_var w)
{
	mica_shape s = mica_var_shape(w);
	mica_var matrix = mica_op_reshape(w, MICA_SHAPE(MICA_INFER, mica__shape_last(&s))), turned = mica_op_transpose(matrix, NULL);
	mica_var u = before, v = NULL, some = mica_op_any(w, MICA_ALL_AXES, false);

	for (size_t i = 0; i < iterations; i++) {
		v = unit(mica_op_matmul(u, turned));
		u = unit(mica_op_matmul(v, matrix));
	}
	mica_var largest = mica_op_reshape(mica_op_matmul(mica_op_matmul(v, matrix), mica_op_transpose(u, NULL)), MICA_SCALAR_SHAPE);
	mica_layer_state_assign(b, "vector_u", mica_op_where(some, u, before));
	return mica_op_div(w, mica_op_where(some, largest, mica_graph_fill(b->graph, 1, mica_var_dtype(w), MICA_SCALAR_SHAPE)));
}

static mica_var normalize(mica__weight_rule *rule, mica_build *b, mica__weight *of, const char *name, mica_var w)
{
	spectral *self = (spectral *)rule;
	mica__frame *inner = b->frame;

	if (self->found || (strcmp(name, "kernel") != 0 && strcmp(name, "embeddings") != 0) || mica_graph_status(b->graph) != MICA_OK)
		return w;
	mica_shape s = mica_var_shape(w);
	self->found = true;
	b->frame = self->frame;
	mica_var u = mica_layer_state(b, "vector_u", MICA_SHAPE(1, mica__shape_last(&s)), MICA_TRUNCATED_NORMAL_OF(.stddev = 0.02));
	if (b->training)
		w = mica__weight_change(b, of, over_largest(b, self->iterations, u, w));
	b->frame = inner;
	return w;
}

static mica_var spectral_normalization_call(mica_build *b, mica_var x, const void *options)
{
	const mica_spectral_normalization_opts *o = options;
	spectral s = {{normalize}, b->frame, o->power_iterations, false};
	mica__weight_rule *outer = b->rule;
	char name[MICA__INNER_NAME];

	if (!has_layer(b, &o->layer))
		return x;
	b->rule = &s.rule;
	mica_var y = mica_layer_sublayer(b, mica__inner_name(&o->layer, "", name), o->layer, b->frame->in, b->frame->n_in, NULL, 0);
	b->rule = outer;
	if (!s.found && mica_graph_status(b->graph) == MICA_OK)
		return mica__graph_fail(b->graph, MICA_EINVAL, "%s has no kernel and no embeddings that could be normalized", o->layer.part.kind->name);
	return y;
}

static const mica_field spectral_normalization_fields[] = {
	MICA_FIELD_PART(mica_spectral_normalization_opts, layer, .part_type = MICA_LAYER),
	MICA_FIELD_SIZE(mica_spectral_normalization_opts, power_iterations, .otherwise = 1, MICA_COUNT_FROM(1)),
	MICA_FIELD_TEXT(mica_spectral_normalization_opts, name),
};
MICA__LAYER(spectral_normalization, "SpectralNormalization", spectral_normalization_fields, spectral_normalization_call)
