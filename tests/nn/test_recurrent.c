/* SPDX-License-Identifier: MIT */
/* nn/test_recurrent.c - recurrent layers compute what Keras' do, forwards and backwards, with masks and first states. */
#include "golden/cells.h"
#include "golden/recurrent_layers.h"
#include "nn/golden_call.h"

Test(recurrent, layers_are_those_of_keras)
{
	GOLDEN_RECURRENT_LAYERS(GOLDEN_CALL, GOLDEN_TRAINED)
}

/* ---- a cell of a program's own ---- */

typedef struct gated_opts { size_t size; size_t units; const char *name; } gated_opts;

/* h' = tanh(x W + h U), y = x_0 h': the output is not the state. */
static mica_var gated_call(mica_build *b, mica_var x, const void *options)
{
	size_t units = ((const gated_opts *)options)->units, batch = mica_var_shape(x).dim[0];
	mica_var w = mica_weight(b, "kernel", MICA_SHAPE(mica_var_shape(x).dim[1], units));
	mica_var u = mica_weight(b, "recurrent_kernel", MICA_SHAPE(units, units));
	mica_var h = mica_op_tanh(mica_op_add(mica_op_matmul(x, w), mica_op_matmul(mica_layer_input(b, 1), u)));

	mica_layer_output(b, h);
	return mica_op_mul(mica_op_slice(x, (size_t[]){0, 0}, (size_t[]){batch, 1}, NULL), h);
}

static size_t gated_states(mica_shape step, const void *options, mica_shape *states)
{
	(void)step;
	states[0] = MICA_SHAPE(((const gated_opts *)options)->units);
	return 1;
}

static const mica_field gated_fields[] = {MICA_FIELD_SIZE(gated_opts, units, MICA_COUNT_FROM(1)), MICA_FIELD_TEXT(gated_opts, name)};
static const mica_kind gated = {.name = "mine/gated_cell", .type = MICA_LAYER, .size = sizeof(gated_opts), MICA_FIELDS(gated_fields),
                                .call = gated_call, .states = gated_states, .least_inputs = 2};
#define gated_cell(...) MICA_PART(mica_layer, &gated, &(gated_opts){MICA_OPTS(gated_opts), __VA_ARGS__})

static mica_var penalized_call(mica_build *b, mica_var x, const void *options)
{
	mica_var y = gated_call(b, x, options);

	mica_layer_loss(b, mica_op_sum(y, MICA_ALL_AXES, false));
	return y;
}

static size_t no_states(mica_shape step, const void *options, mica_shape *states)
{
	(void)step, (void)options, (void)states;
	return 0;
}

/* Adds up its inputs: its state is as its input is. */
static mica_var sum_call(mica_build *b, mica_var x, const void *options)
{
	mica_var sum = mica_op_add(mica_layer_input(b, 1), x);

	(void)options;
	mica_layer_output(b, sum);
	return sum;
}

static size_t sum_states(mica_shape step, const void *options, mica_shape *states)
{
	(void)options;
	states[0] = step;
	return 1;
}

static const mica_kind sums = {.name = "mine/sum_cell", .type = MICA_LAYER, .size = sizeof(gated_opts), MICA_FIELDS(gated_fields),
                               .call = sum_call, .states = sum_states, .least_inputs = 2};
static const mica_kind penalized = {.name = "mine/penalized_cell", .type = MICA_LAYER, .size = sizeof(gated_opts), MICA_FIELDS(gated_fields),
                                    .call = penalized_call, .states = gated_states, .least_inputs = 2};
static const mica_kind stateless = {.name = "mine/stateless_cell", .type = MICA_LAYER, .size = sizeof(gated_opts), MICA_FIELDS(gated_fields),
                                    .call = gated_call, .states = no_states, .least_inputs = 2};
#define OF_KIND(kind) MICA_PART(mica_layer, &(kind), &(gated_opts){MICA_OPTS(gated_opts), .units = 3})

Test(recurrent, cells_are_those_of_keras)
{
	GOLDEN_CELLS(GOLDEN_CALL, GOLDEN_TRAINED)
}

/* (3, 4, 2) goes through a cell of 5 to one that takes what comes. */
Test(recurrent, cells_take_the_shape_that_is_before_them)
{
	mica_var y[MICA__MOST_OUTPUTS];
	golden_bench g;

	cr_assert(golden_open(&g, mica_rnn(mica_stacked_rnn_cells(OF_KIND(sums), mica_gru_cell(5), OF_KIND(sums)), .return_state = true)) == MICA_OK);
	mica_var x = mica_graph_input(g.b.g, "x", MICA_F32, MICA_SHAPE(3, 4, 2));
	cr_assert_eq(mica__layer_call(&g.pass, g.layer, &x, 1, y), 4, "%s", mica_graph_error(g.b.g));
	const size_t sizes[] = {5, 2, 5, 5};
	for (size_t i = 0; i < 4; i++)
		cr_expect_eq(mica_var_shape(y[i]).dim[1], sizes[i]);
	golden_close(&g);
}

/* These run on a driver too. */
Test(recurrent, kernels_go_through_cells)
{
	golden_check_call(&golden_cells_first, mica_rnn(mica_stacked_rnn_cells(mica_lstm_cell(3), mica_gru_cell(3), mica_gru_cell(3)),
	                                                .return_sequences = true, .return_state = true), false);
}

Test(recurrent, kernels_compute_what_keras_does)
{
	golden_check_call(&golden_lstm_first_masked, mica_lstm(3, .return_sequences = true, .return_state = true), false);
}

Test(recurrent, options_that_do_not_fit_are_named)
{
	const mica_shape x = MICA_SHAPE(3, 4, 2), image = MICA_SHAPE(3, 4, 2, 1);
	const golden_wrong wrong[] = {
		{mica_lstm(), x, "lstm: units is 0; give a whole number from 1"},
		{mica_gru(3, .dropout = 1), x, "gru: dropout is 1; give a finite number from 0, below 1"},
		{mica_gru(3, .recurrent_dropout = -0.5), x, "gru: recurrent_dropout is -0.5"},
		{mica_lstm(3), image, "layer: a sample of shape (4, 2, 1) is no sequence; give (steps, features)"},
		{mica_lstm(3), MICA_SHAPE(3, 0, 2), "layer: a sample of shape (0, 2) is no sequence"},
		{mica_lstm(3, .stateful = true), x, "layer: it is stateful, so its batches must have one size"},
		{mica_gru(3, .no_unit_forget_bias = true), x, "layer: no_unit_forget_bias is an option of lstm"},
		{mica_lstm(3, .no_reset_after = true), x, "layer: no_reset_after is an option of gru"},
		{mica_rnn(.cell = {{NULL, NULL}}), x, "layer: no layer is no cell; give one, as in mica_rnn(mica_lstm_cell(8))"},
		{mica_rnn(mica_lstm(3)), x, "layer: lstm is no cell"},
		{mica_rnn(mica_lstm_cell(3)), MICA_SHAPE(3, 4), "layer: a sample of shape (4) is no sequence"},
		{mica_rnn(mica_lstm_cell(3)), image, "a sample of shape (2, 1) is no step; give (features)"},
		{mica_rnn(mica_stacked_rnn_cells()), x, "stacked_rnn_cells has 0 states"},
		{mica_rnn(mica_stacked_rnn_cells(mica_dense(3))), x, "stacked_rnn_cells has 0 states"},
		{mica_rnn(mica_stacked_rnn_cells(mica_gru_cell(3), mica_dense(3))), x, "dense is no cell"},
		{mica_rnn(OF_KIND(stateless)), x, "mine/stateless_cell has 0 states; a cell has 1 to 16"},
		{mica_rnn(mica_stacked_rnn_cells(OF_KIND(stateless), mica_gru_cell(3))), x, "stacked_rnn_cells has 0 states"},
		{mica_rnn(OF_KIND(penalized)), x, "penalized_cell: a layer's loss is one number for all steps of a loop"},
		{mica_rnn(mica_gru_cell(3, .no_unit_forget_bias = true)), x, "no_unit_forget_bias is an option of lstm"},
	};

	golden_check_wrong(wrong, sizeof wrong / sizeof *wrong);
}

Test(recurrent, first_states_that_do_not_fit_are_named)
{
	const mica_shape x = MICA_SHAPE(3, 4, 2);

	golden_check_inputs(mica_lstm(3), x, MICA_SHAPE(3, 3), 2, "layer: give a sequence, or a sequence and 2 first states");
	golden_check_inputs(mica_gru(3), x, MICA_SHAPE(3, 4), 2, "layer: the first state has shape (3, 4); give one of (3, 3)");
	golden_check_inputs(mica_gru(3), x, MICA_SHAPE(3, 3), 3, "layer: it was given 3 inputs and takes at most 2");
}

/* ---- how weights start ---- */

static void start_weights(golden_bench *g, mica_layer l)
{
	mica_var y[MICA__MOST_OUTPUTS];

	cr_assert(golden_open(g, l) == MICA_OK);
	mica_var x = mica_graph_input(g->b.g, "x", MICA_F32, MICA_SHAPE(3, 4, 2));
	mica__layer_call(&g->pass, g->layer, &x, 1, y);
	for (size_t i = 0; i < g->layer->n_weights; i++)
		cr_assert(mica__weight_start(g->layer->weights[i]) == MICA_OK, "%s", mica_error(NULL));
}

/* b_f of i, f, c, o with ones, the others as is said. */
Test(recurrent, bias_of_an_lstm_begins_with_ones_where_it_forgets)
{
	static const float each[][4] = {{0, 1, 0, 0}, {0, 0, 0, 0}, {0.5f, 1, 0.5f, 0.5f}};
	const mica_layer layers[] = {mica_lstm(3), mica_lstm(3, .no_unit_forget_bias = true), mica_lstm(3, .bias_initializer = MICA_CONSTANT_OF(0.5))};

	for (size_t k = 0; k < 3; k++) {
		golden_bench g;
		float bias[12];
		start_weights(&g, layers[k]);
		cr_assert(mica_value_read(g.layer->weights[2]->value, bias, sizeof bias) == MICA_OK);
		for (size_t i = 0; i < 12; i++)
			cr_expect(bias[i] == each[k][i / 3], "%zu: %zu is %g", k, i, (double)bias[i]);
		golden_close(&g);
	}
}

/* The rows of a (3, 9) matrix, since these are fewer. */
Test(recurrent, recurrent_kernel_begins_orthogonal)
{
	golden_bench g;
	float u[27];

	start_weights(&g, mica_gru(3));
	cr_assert(mica_value_read(g.layer->weights[1]->value, u, sizeof u) == MICA_OK);
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 3; k++) {
			double sum = 0;
			for (size_t j = 0; j < 9; j++)
				sum += (double)u[i * 9 + j] * (double)u[k * 9 + j];
			cr_expect(near(sum, i == k, 1e-6, 1e-6), "%zu %zu: %g", i, k, sum);
		}
	golden_close(&g);
}

/* ---- dropout ---- */

enum { SAMPLES = 256, STEPS = 3 };

/* Outputs of a layer of one unit while training, whose input, state and weights are ones, but for u. */
static void train_ones(mica_layer l, bool state, float u, float *out, size_t n)
{
	static float ones[SAMPLES * STEPS];
	golden_bench g;
	mica_var y[MICA__MOST_OUTPUTS], x[2];

	for (size_t i = 0; i < SAMPLES * STEPS; i++)
		ones[i] = 1;
	cr_assert(golden_open(&g, l) == MICA_OK);
	x[0] = given(&g.b, ones, MICA_SHAPE(SAMPLES, STEPS, 1));
	x[1] = given(&g.b, ones, MICA_SHAPE(SAMPLES, 1));
	mica__layer_call(&g.pass, g.layer, x, state ? 2 : 1, y);
	cr_assert(mica_var_count(y[0]) == n, "%s", mica_graph_error(g.b.g));
	for (size_t i = 0; i < g.layer->n_weights; i++) {
		float w[4] = {1, 1, 1, 1};
		for (size_t k = 0; k < 4 && i == 1; k++)
			w[k] = u;
		cr_assert(mica_value_write(g.layer->weights[i]->value, w, mica_value_bytes(g.layer->weights[i]->value)) == MICA_OK);
	}
	values_of(y, (float *[]){out}, 1);
	golden_close(&g);
}

/* A quarter of the samples loses its input, at all steps; the others have 4 / 3 of it.  5 sigmas are 35. */
Test(recurrent, dropout_is_one_for_all_steps)
{
	static float y[SAMPLES * STEPS];
	size_t lost = 0;

	train_ones(mica_simple_rnn(1, .dropout = 0.25, .no_bias = true, .activation = MICA_LINEAR, .return_sequences = true), false, 0, y, SAMPLES * STEPS);
	for (size_t i = 0; i < SAMPLES; i++) {
		lost += y[i * STEPS] == 0;
		cr_expect(y[i * STEPS] == 0 || near((double)y[i * STEPS], 4 / 3., 1e-6, 0));
		cr_expect(y[i * STEPS + 1] == y[i * STEPS] && y[i * STEPS + 2] == y[i * STEPS]);
	}
	cr_expect(lost > 29 && lost < 99, "%zu of %d", lost, SAMPLES);
}

/* h' = 1 + 2 h, or 1 where h is lost; twice what h was is left of it, the third time too. */
Test(recurrent, recurrent_dropout_is_one_for_all_steps)
{
	static float y[SAMPLES];
	size_t lost = 0;

	train_ones(mica_simple_rnn(1, .recurrent_dropout = 0.5, .no_bias = true, .activation = MICA_LINEAR), true, 1, y, SAMPLES);
	for (size_t i = 0; i < SAMPLES; i++) {
		lost += y[i] == 1;
		cr_expect(y[i] == 1 || y[i] == 15, "%g", (double)y[i]);
	}
	cr_expect(lost > 88 && lost < 168, "%zu of %d", lost, SAMPLES);
}

/* Linear gates of an input that is 0 or 2: h = i g o of the only step is 8 in half of the samples, or, with dropout of the state, where
   each gate has an input of its own, in an eighth. */
Test(recurrent, gates_have_dropout_of_their_own_only_if_the_state_has)
{
	static float y[SAMPLES];
	const mica_activation linear = MICA_LINEAR;

	for (int own = 0; own < 2; own++) {
		size_t kept = 0;
		train_ones(mica_lstm(1, .dropout = 0.5, .recurrent_dropout = own ? 0.5 : 0, .no_bias = true, .activation = linear,
		                     .recurrent_activation = linear, .zero_output_for_mask = true), false, 0, y, SAMPLES);
		for (size_t i = 0; i < SAMPLES; i++)
			kept += y[i] != 0;
		cr_expect(own ? kept > 5 && kept < 59 : kept > 88 && kept < 168, "%zu of %d", kept, SAMPLES);
	}
}
