/* SPDX-License-Identifier: MIT */
/* nn/recurrent.c - recurrent layers (Keras 1.1): SimpleRNN, LSTM and GRU are cells in one loop over the steps.
   The products of the inputs of all steps stand before the loop, one for each gate; in it is what needs the state.  A gate has its
   block of columns of the weights, so that dropout may give each gate an input of its own. */
#include "nn/steps.h"

#include <assert.h>
#include <string.h>

enum { MOST_GATES = 4, MOST_STATES = 2 };

typedef struct call call;
typedef struct cell {
	size_t gates, states;
	/* Puts the states after a step in place of those before; [0] is the output too. */
	void (*step)(const call *c, mica_var *state);
} cell;

/* A call of a layer, or of a cell at one step. */
struct call {
	mica_build *b;
	const mica_recurrent_cell_opts *o;
	const cell *cell;
	size_t batch, units;
	mica_var kernel, recurrent;
	mica_var bias[2];              /* (gates units): of x W; of h U; NULL: none */
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

static bool allows(const call *c)
{
	const char *why = c->o->no_unit_forget_bias && c->cell != &lstm_cell ? "no_unit_forget_bias is an option of lstm"
	                : c->o->no_reset_after && c->cell != &gru_cell ? "no_reset_after is an option of gru" : NULL;

	if (why)
		mica__graph_fail(c->b->graph, MICA_EINVAL, "%s", why);
	return !why;
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
	const mica_recurrent_cell_opts *o = c->o;
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

static void make_weights(call *c, size_t features)
{
	const mica_recurrent_cell_opts *o = c->o;
	size_t columns = c->cell->gates * c->units;

	c->kernel = mica_weight(c->b, "kernel", MICA_SHAPE(features, columns), .initializer = o->kernel_initializer,
	                        .regularizer = o->kernel_regularizer, .constraint = o->kernel_constraint);
	c->recurrent = mica_weight(c->b, "recurrent_kernel", MICA_SHAPE(c->units, columns), .initializer = o->recurrent_initializer,
	                           .regularizer = o->recurrent_regularizer, .constraint = o->recurrent_constraint);
	if (!o->no_bias)
		make_bias(c);
}

/* x: (..., batch, features).  Dropout of the input is one for all gates, unless the state has dropout too. */
static void make_inputs(call *c, mica_var x)
{
	const mica_recurrent_cell_opts *o = c->o;
	mica_shape s = mica_var_shape(x), features = MICA_SHAPE(c->batch, mica__shape_last(&s));
	mica_var ones = mica_graph_fill(c->b->graph, 1, mica_var_dtype(x), MICA_SHAPE(c->batch, c->units));
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

/* ---- layers ---- */

static mica_var step(void *self, mica_scan *scan, mica_var *state)
{
	call *c = self;

	for (size_t k = 0; k < c->cell->gates; k++)
		c->from_x[k] = mica_scan_read(scan, c->from_x[k], 0);
	c->cell->step(c, state);
	return state[0];
}

/* What the layer says of its cell: the structs begin alike. */
static mica_recurrent_cell_opts cell_of(const mica_recurrent_opts *o)
{
	mica_recurrent_cell_opts c = {0};

	static_assert(offsetof(mica_recurrent_cell_opts, seed) == offsetof(mica_recurrent_opts, seed), "they have the same members");
	memcpy(&c, o, offsetof(mica_recurrent_cell_opts, name));
	return c;
}

static mica_var recur(mica_build *b, mica_var x, const mica_recurrent_opts *o, const cell *kind)
{
	mica_recurrent_cell_opts own = cell_of(o);
	mica_shape s = mica_var_shape(x), state[MOST_STATES] = {MICA_SHAPE(o->units), MICA_SHAPE(o->units)};
	call c = {.b = b, .o = &own, .cell = kind, .batch = s.dim[0], .units = o->units};
	mica__steps steps;

	if (!mica__steps_begin(&steps, b, x, 3, (mica__steps_opts)MICA__STEPS_OPTS(o), state, kind->states) || !allows(&c))
		return x;
	make_weights(&c, s.dim[2]);
	if (mica_graph_status(b->graph) != MICA_OK)
		return x;
	make_inputs(&c, mica__steps_first(x));
	return mica__layer_end(b, mica__steps_run(&steps, step, &c), &(mica_activation){{NULL, NULL}}, &o->activity_regularizer);
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

#define WEIGHT(type, what, otherwise)                                                                   \
	MICA_FIELD_PART(type, what##_initializer, .part_type = MICA_INITIALIZER, .part = &(otherwise)), \
	MICA_FIELD_PART(type, what##_regularizer, .part_type = MICA_REGULARIZER),                       \
	MICA_FIELD_PART(type, what##_constraint, .part_type = MICA_CONSTRAINT)
#define MEMBERS(type)                                                                                           \
	MICA_FIELD_SIZE(type, units, MICA_COUNT_FROM(1)),                                                       \
	MICA_FIELD_PART(type, activation, .part_type = MICA_ACTIVATION, .part = &mica_kind_tanh),               \
	MICA_FIELD_PART(type, recurrent_activation, .part_type = MICA_ACTIVATION, .part = &mica_kind_sigmoid),  \
	MICA_FIELD_FLAG(type, no_bias),                                                                         \
	MICA_FIELD_FLAG(type, no_unit_forget_bias),                                                             \
	MICA_FIELD_FLAG(type, no_reset_after),                                                                  \
	WEIGHT(type, kernel, mica_kind_glorot_uniform), WEIGHT(type, recurrent, mica_kind_orthogonal),          \
	WEIGHT(type, bias, mica_kind_zeros),                                                                    \
	MICA_FIELD_REAL(type, dropout, MICA_BELOW(0, 1)),                                                       \
	MICA_FIELD_REAL(type, recurrent_dropout, MICA_BELOW(0, 1)),                                             \
	MICA__SEED_FIELD(type),                                                                                 \
	MICA_FIELD_TEXT(type, name)
static const mica_field fields[] = {
	MEMBERS(mica_recurrent_opts), MICA__STEPS_FIELDS(mica_recurrent_opts),
	MICA_FIELD_PART(mica_recurrent_opts, activity_regularizer, .part_type = MICA_REGULARIZER),
};
#define RECURRENT(id, title_, most)                                                                                                 \
	const mica_kind mica_kind_##id = {.name = #id, .title = (title_), .type = MICA_LAYER, .size = sizeof(mica_recurrent_opts),  \
	                                  MICA_FIELDS(fields), .call = id##_call, .least_inputs = 1, .most_inputs = (most)};
RECURRENT(simple_rnn, "SimpleRNN", 2)
RECURRENT(lstm, "LSTM", 3)
RECURRENT(gru, "GRU", 2)

/* ---- cells ---- */

/* x: (batch, features), and the states before it; the output, and the states after it. */
static mica_var one_step(mica_build *b, mica_var x, const mica_recurrent_cell_opts *o, const cell *kind)
{
	mica_shape s = mica_var_shape(x), sample = mica__sample_shape(s), want = MICA_SHAPE(s.dim[0], o->units);
	call c = {.b = b, .o = o, .cell = kind, .batch = s.dim[0], .units = o->units};
	mica_var state[MOST_STATES];

	if (s.rank != 2)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s is no step; give (features)", mica__shape_text(&sample));
	for (size_t i = 0; i < kind->states; i++) {
		state[i] = mica_layer_input(b, 1 + i);
		mica_shape is = mica_var_shape(state[i]);
		if (!mica__shape_equal(&is, &want))
			return mica__graph_fail(b->graph, MICA_ESHAPE, "a state has shape %s; give one of %s", mica__shape_text(&is),
			                        mica__shape_text(&want));
	}
	if (!allows(&c))
		return x;
	make_weights(&c, s.dim[1]);
	if (mica_graph_status(b->graph) != MICA_OK)
		return x;
	make_inputs(&c, x);
	kind->step(&c, state);
	for (size_t i = 0; i < kind->states; i++)
		mica_layer_output(b, state[i]);
	return state[0];
}

static size_t states_of(const mica_recurrent_cell_opts *o, const cell *kind, mica_shape *states)
{
	for (size_t i = 0; i < kind->states; i++)
		states[i] = MICA_SHAPE(o->units);
	return kind->states;
}

static const mica_field cell_fields[] = {MEMBERS(mica_recurrent_cell_opts)};
#define CELL(id, title_, inputs, kind)                                                                                              \
	static mica_var id##_call(mica_build *b, mica_var x, const void *options)                                                   \
	{                                                                                                                           \
		return one_step(b, x, options, &(kind));                                                                            \
	}                                                                                                                           \
	static size_t id##_states(mica_shape step, const void *options, mica_shape *states)                                         \
	{                                                                                                                           \
		(void)step;                                                                                                         \
		return states_of(options, &(kind), states);                                                                         \
	}                                                                                                                           \
	const mica_kind mica_kind_##id = {.name = #id, .title = (title_), .type = MICA_LAYER, MICA_FIELDS(cell_fields),             \
	                                  .size = sizeof(mica_recurrent_cell_opts), .call = id##_call, .states = id##_states,       \
	                                  .least_inputs = (inputs)};
CELL(simple_rnn_cell, "SimpleRNNCell", 2, simple_cell)
CELL(lstm_cell, "LSTMCell", 3, lstm_cell)
CELL(gru_cell, "GRUCell", 2, gru_cell)
