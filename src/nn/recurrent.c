/* SPDX-License-Identifier: MIT */
/* nn/recurrent.c - recurrent layers (Keras 1.1): SimpleRNN, LSTM and GRU are cells in one loop over the steps.
   The products of the inputs of all steps stand before the loop, one for each gate; in it is what needs the state.  A gate has its
   block of columns of the weights, so that dropout may give each gate an input of its own. */
#include "nn/layers.h"

enum { MOST_GATES = 4, MOST_STATES = 2 };

typedef struct call call;
typedef struct cell {
	size_t gates, states;
	/* Puts the states after a step in place of those before; [0] is the output too. */
	void (*step)(const call *c, mica_var *state);
} cell;

/* A call of a layer. */
struct call {
	mica_build *b;
	const mica_recurrent_opts *o;
	const cell *cell;
	mica_var x, mask;              /* (batch, steps, features); (batch, steps), NULL: none */
	size_t batch, steps, units;
	mica_var kernel, recurrent;
	mica_var bias[2];              /* (gates units): of x W; of h U; NULL: none */
	mica_var first[MOST_STATES];   /* states before the first step; NULL: zeros */
	mica_var keep[MOST_GATES];     /* 1 / (1 - rate) where recurrent dropout keeps h, else 0; NULL: it keeps all */
	mica_var from_x[MOST_GATES];   /* what the gates have of the input, the bias included: (steps, batch, units), in the loop a step's */
};

/* Block k of as many columns as there are units. */
static mica_var block(const call *c, mica_var w, size_t k)
{
	size_t start[MICA_MAX_RANK] = {0};
	mica_shape s = mica_var_shape(w);

	start[s.rank - 1] = k * c->units;
	s.dim[s.rank - 1] = (k + 1) * c->units;
	return mica_op_slice(w, start, s.dim, NULL);
}

/* ---- cells ---- */

static mica_var kept(const call *c, mica_var h, size_t k)
{
	return c->keep[k] ? mica_op_mul(h, c->keep[k]) : h;
}

static mica_var times_block(const call *c, mica_var h, size_t k)
{
	return mica_op_matmul(h, block(c, c->recurrent, k));
}

/* x W + h U + b of gate k. */
static mica_var sum_of(const call *c, mica_var h, size_t k)
{
	return mica_op_add(c->from_x[k], times_block(c, kept(c, h, k), k));
}

static mica_var gate(const call *c, mica_var h, size_t k)
{
	return mica__activation_nodes(sum_of(c, h, k), &c->o->recurrent_activation);
}

static mica_var activated(const call *c, mica_var x)
{
	return mica__activation_nodes(x, &c->o->activation);
}

static void simple_step(const call *c, mica_var *state)
{
	state[0] = activated(c, sum_of(c, state[0], 0));
}

/* Gates are i, f, c, o. */
static void lstm_step(const call *c, mica_var *state)
{
	mica_var h = state[0], candidate = activated(c, sum_of(c, h, 2));

	state[1] = mica_op_add(mica_op_mul(gate(c, h, 1), state[1]), mica_op_mul(gate(c, h, 0), candidate));
	state[0] = mica_op_mul(gate(c, h, 3), activated(c, state[1]));
}

/* Gates are z, r, h. */
static void gru_step(const call *c, mica_var *state)
{
	mica_var h = state[0], update = gate(c, h, 0), reset = gate(c, h, 1), from_h;

	if (c->o->no_reset_after) {
		from_h = times_block(c, mica_op_mul(reset, kept(c, h, 2)), 2);
	} else {
		from_h = times_block(c, kept(c, h, 2), 2);
		from_h = mica_op_mul(reset, c->bias[1] ? mica_op_add(from_h, block(c, c->bias[1], 2)) : from_h);
	}
	mica_var candidate = activated(c, mica_op_add(c->from_x[2], from_h));
	state[0] = mica_op_add(mica_op_mul(update, h), mica_op_mul(mica_op_csub(1, update), candidate));
}

static const cell simple_cell = {1, 1, simple_step}, lstm_cell = {4, 2, lstm_step}, gru_cell = {3, 1, gru_step};

/* ---- before the loop ---- */

static bool refuse(const call *c, const char *why)
{
	mica__graph_fail(c->b->graph, MICA_EINVAL, "%s", why);
	return false;
}

static bool has_shape(const call *c, mica_var x, const char *what, mica_shape want)
{
	mica_shape s = mica_var_shape(x);

	if (!mica__shape_equal(&s, &want))
		mica__graph_fail(c->b->graph, MICA_ESHAPE, "%s has shape %s; give one of %s", what, mica__shape_text(&s), mica__shape_text(&want));
	return mica_graph_status(c->b->graph) == MICA_OK;
}

static bool fits(const call *c)
{
	size_t n = mica_layer_inputs(c->b), states = c->cell->states;

	if (n != 1 && n != 1 + states)
		return refuse(c, states == 1 ? "give a sequence, or a sequence and a first state" : "give a sequence, or a sequence and two first states, h and c");
	for (size_t i = 1; i < n; i++)
		if (!has_shape(c, mica_layer_input(c->b, i), "the first state", MICA_SHAPE(c->batch, c->units)))
			return false;
	if (c->o->no_unit_forget_bias && c->cell != &lstm_cell)
		return refuse(c, "no_unit_forget_bias is an option of lstm");
	if (c->o->no_reset_after && c->cell != &gru_cell)
		return refuse(c, "no_reset_after is an option of gru");
	if (c->o->stateful && !c->b->batch)
		return refuse(c, "it is stateful, so its batches must have one size; say it with the input, as in mica_input(28, 28, .batch = 32)");
	if (c->o->stateful && c->batch != c->b->batch) {
		mica__graph_fail(c->b->graph, MICA_ESHAPE, "it is stateful and the input says batches of %zu samples; this one has %zu", c->b->batch, c->batch);
		return false;
	}
	return !c->mask || has_shape(c, c->mask, "the mask", MICA_SHAPE(c->batch, c->steps));
}

static const char *state_name(size_t i)
{
	return i ? "state_1" : "state";
}

static void find_first_states(call *c)
{
	for (size_t i = 0; i < c->cell->states; i++) {
		if (c->o->stateful)
			c->first[i] = mica__layer_carried(c->b, state_name(i), MICA_SHAPE(c->batch, c->units));
		if (mica_layer_inputs(c->b) > 1)
			c->first[i] = mica_layer_input(c->b, 1 + i);
	}
}

/* The first values of b_f are ones, and of the others as is said. */
typedef struct lstm_bias_opts { size_t size; mica_initializer others; } lstm_bias_opts;

static mica_status lstm_bias(float *values, mica_shape s, uint64_t seed, uint32_t stream, const void *options)
{
	const mica_part *others = &((const lstm_bias_opts *)options)->others.part;
	size_t n = s.dim[0] / 4;
	mica_status st = others->kind->initialize(values, MICA_SHAPE(n), seed, stream, others->options);

	for (size_t i = n; i < 2 * n; i++)
		values[i] = 1;
	return st != MICA_OK ? st : others->kind->initialize(values + 2 * n, MICA_SHAPE(2 * n), seed, stream, others->options);
}

static const mica_field lstm_bias_fields[] = {MICA_FIELD_PART(lstm_bias_opts, others, .part_type = MICA_INITIALIZER, .part = &mica_kind_zeros)};
static const mica_kind lstm_bias_kind = {.name = "lstm_bias", .type = MICA_INITIALIZER, .size = sizeof(lstm_bias_opts),
                                         MICA_FIELDS(lstm_bias_fields), .initialize = lstm_bias};

/* GRU adds one bias to x W and one to h U, of which only that of the candidate has to wait for the loop. */
static void make_bias(call *c)
{
	const mica_recurrent_opts *o = c->o;
	size_t columns = c->cell->gates * c->units;
	bool two = c->cell == &gru_cell && !o->no_reset_after, forget = c->cell == &lstm_cell && !o->no_unit_forget_bias;
	mica_initializer init = forget ? MICA_PART(mica_initializer, &lstm_bias_kind, &(lstm_bias_opts){.others = o->bias_initializer}) : o->bias_initializer;
	mica_var w = mica_weight(c->b, "bias", two ? MICA_SHAPE(2, columns) : MICA_SHAPE(columns), .initializer = init,
	                         .regularizer = o->bias_regularizer, .constraint = o->bias_constraint);

	if (mica_graph_status(c->b->graph) != MICA_OK)
		return;
	for (size_t i = 0; i < (two ? 2 : 1); i++)
		c->bias[i] = two ? mica_op_reshape(mica_op_slice(w, (size_t[]){i, 0}, (size_t[]){i + 1, columns}, NULL), MICA_SHAPE(columns)) : w;
}

static void make_weights(call *c)
{
	const mica_recurrent_opts *o = c->o;
	size_t features = mica_var_shape(c->x).dim[2], columns = c->cell->gates * c->units;

	c->kernel = mica_weight(c->b, "kernel", MICA_SHAPE(features, columns), .initializer = o->kernel_initializer,
	                        .regularizer = o->kernel_regularizer, .constraint = o->kernel_constraint);
	c->recurrent = mica_weight(c->b, "recurrent_kernel", MICA_SHAPE(c->units, columns), .initializer = o->recurrent_initializer,
	                           .regularizer = o->recurrent_regularizer, .constraint = o->recurrent_constraint);
	if (!o->no_bias)
		make_bias(c);
}

/* Steps first, as the loop reads them. */
static mica_var steps_first(mica_var x)
{
	return mica_op_transpose(x, (size_t[]){1, 0, 2});
}

/* Dropout of the input is one for all gates, unless the state has dropout too. */
static void make_inputs(call *c)
{
	const mica_recurrent_opts *o = c->o;
	mica_shape features = MICA_SHAPE(c->batch, mica_var_shape(c->x).dim[2]);
	mica_var x = steps_first(c->x), ones = mica_graph_fill(c->b->graph, 1, mica_var_dtype(x), MICA_SHAPE(c->batch, c->units));
	mica_var dropped = mica__layer_dropped(c->b, x, features, o->dropout, o->seed);

	for (size_t k = 0; k < c->cell->gates; k++) {
		if (k && o->recurrent_dropout != 0)
			dropped = mica__layer_dropped(c->b, x, features, o->dropout, o->seed);
		if (c->b->training && o->recurrent_dropout != 0)
			c->keep[k] = mica__layer_dropped(c->b, ones, mica_var_shape(ones), o->recurrent_dropout, o->seed);
		c->from_x[k] = mica_op_matmul(dropped, block(c, c->kernel, k));
		if (c->bias[0])
			c->from_x[k] = mica_op_add(c->from_x[k], block(c, c->bias[0], k));
		if (c->bias[1] && k < 2)
			c->from_x[k] = mica_op_add(c->from_x[k], block(c, c->bias[1], k));
	}
}

/* ---- the loop, and after it ---- */

/* The outputs of all steps, steps first, and the states after the last. */
static mica_var run(call *c, mica_var *last)
{
	mica_graph *g = c->b->graph;
	mica_scan *s = mica_scan_begin(g, c->steps, c->o->go_backwards);
	mica_var carry[MOST_STATES], next[MOST_STATES];

	for (size_t i = 0; i < c->cell->states; i++)
		next[i] = carry[i] = mica_scan_carry(s, c->first[i] ? c->first[i] : mica_graph_fill(g, 0, mica_var_dtype(c->x), MICA_SHAPE(c->batch, c->units)));
	for (size_t k = 0; k < c->cell->gates; k++)
		c->from_x[k] = mica_scan_read(s, c->from_x[k], 0);
	c->cell->step(c, next);
	for (size_t i = 0; i < c->cell->states; i++) {
		if (c->mask)
			next[i] = mica_op_where(mica_op_reshape(mica_scan_read(s, c->mask, 1), MICA_SHAPE(c->batch, 1)), next[i], carry[i]);
		mica_scan_next(s, carry[i], next[i]);
	}
	mica_scan_end(s);
	for (size_t i = 0; i < c->cell->states; i++)
		last[i] = mica_scan_last(s, carry[i]);
	return c->o->return_sequences ? mica_scan_stack(s, next[0]) : last[0];
}

/* Where the output is not 0, (batch, steps): where the mask says so, or else from the first step that counts, before which the
   state may be none of this sequence's; NULL: everywhere. */
static mica_var where_output(const call *c)
{
	if (!c->mask || c->o->zero_output_for_mask || !c->first[0])
		return c->o->zero_output_for_mask ? c->mask : NULL;
	return mica_op_cumsum(mica_op_cast(c->mask, MICA_I32), 1, false, c->o->go_backwards);
}

static mica_var output(const call *c, mica_var y)
{
	mica_var where = where_output(c), zero = mica_graph_fill(c->b->graph, 0, mica_var_dtype(c->x), MICA_SCALAR_SHAPE);
	size_t last = c->o->go_backwards ? 0 : c->steps - 1;

	if (c->o->return_sequences) {
		y = mica_op_transpose(y, (size_t[]){1, 0, 2});
		y = where ? mica_op_where(mica_op_reshape(where, MICA_SHAPE(c->batch, c->steps, 1)), y, zero) : y;
		return c->o->go_backwards ? mica_op_flip(y, 1) : y;
	}
	return where ? mica_op_where(mica_op_slice(where, (size_t[]){0, last}, (size_t[]){c->batch, last + 1}, NULL), y, zero) : y;
}

static mica_var recur(mica_build *b, mica_var x, const void *options, const cell *kind)
{
	mica_shape s = mica_var_shape(x);
	mica_var last[MOST_STATES];

	if (s.rank != 3 || !s.dim[1]) {
		mica_shape sample = mica__sample_shape(s);
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s is no sequence; give (steps, features)", mica__shape_text(&sample));
	}
	call c = {.b = b, .o = options, .cell = kind, .x = x, .mask = mica_layer_mask(b, x), .batch = s.dim[0], .steps = s.dim[1]};
	c.units = c.o->units;
	if (!fits(&c))
		return x;
	make_weights(&c);
	find_first_states(&c);
	if (mica_graph_status(b->graph) != MICA_OK)
		return x;
	make_inputs(&c);
	mica_var y = output(&c, run(&c, last));
	for (size_t i = 0; i < kind->states && c.o->stateful; i++)
		mica_layer_state_assign(b, state_name(i), last[i]);
	for (size_t i = 0; i < kind->states && c.o->return_state; i++)
		mica_layer_output(b, last[i]);
	y = mica__layer_end(b, y, &(mica_activation){{NULL, NULL}}, &c.o->activity_regularizer);
	mica_layer_set_mask(b, y, c.o->return_sequences ? c.mask : NULL);
	return y;
}

static mica_var simple_rnn_call(mica_build *b, mica_var x, const void *options)
{
	return recur(b, x, options, &simple_cell);
}

static mica_var lstm_call(mica_build *b, mica_var x, const void *options)
{
	return recur(b, x, options, &lstm_cell);
}

static mica_var gru_call(mica_build *b, mica_var x, const void *options)
{
	return recur(b, x, options, &gru_cell);
}

#define WEIGHT(what, otherwise)                                                                                                    \
	MICA_FIELD_PART(mica_recurrent_opts, what##_initializer, .part_type = MICA_INITIALIZER, .part = &(otherwise)),              \
	MICA_FIELD_PART(mica_recurrent_opts, what##_regularizer, .part_type = MICA_REGULARIZER),                                    \
	MICA_FIELD_PART(mica_recurrent_opts, what##_constraint, .part_type = MICA_CONSTRAINT)
static const mica_field fields[] = {
	MICA_FIELD_SIZE(mica_recurrent_opts, units, MICA_COUNT_FROM(1)),
	MICA_FIELD_PART(mica_recurrent_opts, activation, .part_type = MICA_ACTIVATION, .part = &mica_kind_tanh),
	MICA_FIELD_PART(mica_recurrent_opts, recurrent_activation, .part_type = MICA_ACTIVATION, .part = &mica_kind_sigmoid),
	MICA_FIELD_FLAG(mica_recurrent_opts, no_bias),
	MICA_FIELD_FLAG(mica_recurrent_opts, no_unit_forget_bias),
	MICA_FIELD_FLAG(mica_recurrent_opts, no_reset_after),
	WEIGHT(kernel, mica_kind_glorot_uniform), WEIGHT(recurrent, mica_kind_orthogonal), WEIGHT(bias, mica_kind_zeros),
	MICA_FIELD_PART(mica_recurrent_opts, activity_regularizer, .part_type = MICA_REGULARIZER),
	MICA_FIELD_REAL(mica_recurrent_opts, dropout, MICA_BELOW(0, 1)),
	MICA_FIELD_REAL(mica_recurrent_opts, recurrent_dropout, MICA_BELOW(0, 1)),
	MICA__SEED_FIELD(mica_recurrent_opts),
	MICA_FIELD_FLAG(mica_recurrent_opts, return_sequences),
	MICA_FIELD_FLAG(mica_recurrent_opts, return_state),
	MICA_FIELD_FLAG(mica_recurrent_opts, go_backwards),
	MICA_FIELD_FLAG(mica_recurrent_opts, stateful),
	MICA_FIELD_FLAG(mica_recurrent_opts, zero_output_for_mask),
	MICA__SEED_FIELD(mica_recurrent_opts),
	MICA_FIELD_TEXT(mica_recurrent_opts, name),
};
#define RECURRENT(id, title_, most)                                                                                                \
	const mica_kind mica_kind_##id = {.name = #id, .title = (title_), .type = MICA_LAYER, .size = sizeof(mica_recurrent_opts),   \
	                                  MICA_FIELDS(fields), .call = id##_call, .least_inputs = 1, .most_inputs = (most)};
RECURRENT(simple_rnn, "SimpleRNN", 2)
RECURRENT(lstm, "LSTM", 3)
RECURRENT(gru, "GRU", 2)
