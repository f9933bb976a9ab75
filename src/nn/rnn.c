/* SPDX-License-Identifier: MIT */
/* nn/rnn.c - the recurrent layer that is made of any cell, and cells one upon the other (Keras 1.1).
   A cell is a layer that is called inside of the loop.  What it makes there that depends on no step, as numbers for dropout, is made once:
   so a cell's dropout is one for all steps, as Keras has it. */
#include "nn/steps.h"

#include <stdio.h>
#include <string.h>

static bool is_cell(mica_build *b, const mica_layer *l)
{
	const mica_kind *k = l->part.kind;

	if (!k || !k->states)
		mica__graph_fail(b->graph, MICA_EINVAL, "%s is no cell; give one, as in mica_rnn(mica_lstm_cell(8)), or a kind with states",
		                 k ? k->name : "no layer");
	return k && k->states;
}

static size_t states_of(const mica_layer *cell, mica_shape step, mica_shape *states)
{
	return cell->part.kind->states(step, cell->part.options, states);
}

/* ---- the layer ---- */

typedef struct rnn {
	mica_build *b;
	mica_var x;
	const mica_layer *cell;
	size_t n_states;
} rnn;

static mica_var step(void *self, mica_scan *scan, mica_var *state)
{
	const rnn *r = self;
	mica_var in[1 + MICA_MOST_STATES] = {mica_scan_read(scan, r->x, 1)};
	char name[MICA__INNER_NAME];

	memcpy(in + 1, state, r->n_states * sizeof *in);
	return mica_layer_sublayer(r->b, mica__inner_name(r->cell, "", name), *r->cell, in, 1 + r->n_states, state, r->n_states);
}

static mica_var rnn_call(mica_build *b, mica_var x, const void *options)
{
	const mica_rnn_opts *o = options;
	mica_shape states[MICA_MOST_STATES], sample = mica__sample_shape(mica_var_shape(x));
	mica__steps s;

	if (!is_cell(b, &o->cell))
		return x;
	rnn r = {b, x, &o->cell, states_of(&o->cell, mica__sample_shape(sample), states)};
	if (!r.n_states || r.n_states > MICA_MOST_STATES)
		return mica__graph_fail(b->graph, MICA_EINVAL, "%s has %zu states; a cell has 1 to %d", o->cell.part.kind->name, r.n_states,
		                        MICA_MOST_STATES);
	if (!mica__steps_begin(&s, b, x, 0, (mica__steps_opts)MICA__STEPS_OPTS(o), states, r.n_states))
		return x;
	return mica__steps_run(&s, step, &r);
}

static const mica_field rnn_fields[] = {
	MICA_FIELD_PART(mica_rnn_opts, cell, .part_type = MICA_LAYER), MICA__STEPS_FIELDS(mica_rnn_opts), MICA_FIELD_TEXT(mica_rnn_opts, name),
};
MICA__LAYER(rnn, "RNN", rnn_fields, rnn_call, .least_inputs = 1, .most_inputs = 1 + MICA_MOST_STATES)

/* ---- cells one upon the other ---- */

enum { MOST_CELLS = 8 };

static size_t cells_of(const mica_stacked_rnn_cells_opts *o, mica_layer cells[MOST_CELLS])
{
	const mica_layer all[MOST_CELLS] = {o->c0, o->c1, o->c2, o->c3, o->c4, o->c5, o->c6, o->c7};
	size_t n = 0;

	while (n < MOST_CELLS && all[n].part.kind) {
		cells[n] = all[n];
		n++;
	}
	return n;
}

/* As mica_kind says; those past the most are counted only. */
static size_t stacked_rnn_cells_states(mica_shape step, const void *options, mica_shape *states)
{
	mica_layer cells[MOST_CELLS];
	mica_shape own[MICA_MOST_STATES];
	size_t n_cells = cells_of(options, cells), n = 0;

	for (size_t i = 0; i < n_cells && cells[i].part.kind->states; i++) {
		size_t more = states_of(&cells[i], step, own);
		if (!more)
			return 0;
		if (n + more <= MICA_MOST_STATES)
			memcpy(states + n, own, more * sizeof *own);
		n += more;
		step = own[0];
	}
	return n;
}

/* The cell's name, with its number among those before it that have the same. */
static const char *name_of(const mica_layer *cells, size_t i, char name[MICA__INNER_NAME])
{
	char other[MICA__INNER_NAME];
	size_t same = 0;

	mica__inner_name(&cells[i], "", name);
	for (size_t k = 0; k < i; k++)
		same += strcmp(mica__inner_name(&cells[k], "", other), name) == 0;
	if (same)
		snprintf(name + strlen(name), MICA__INNER_NAME - strlen(name), "_%zu", same);
	return name;
}

static mica_var stacked_rnn_cells_call(mica_build *b, mica_var x, const void *options)
{
	mica_layer cells[MOST_CELLS];
	size_t n_cells = cells_of(options, cells), first = 1;

	if (!n_cells)
		return mica__graph_fail(b->graph, MICA_EINVAL, "it has no cells; give some, as in "
		                        "mica_stacked_rnn_cells(mica_lstm_cell(8), mica_lstm_cell(8))");
	for (size_t i = 0; i < n_cells; i++) {
		mica_shape step = mica__sample_shape(mica_var_shape(x)), shapes[MICA_MOST_STATES];
		mica_var in[1 + MICA_MOST_STATES] = {x}, state[MICA_MOST_STATES];
		char name[MICA__INNER_NAME];
		if (!is_cell(b, &cells[i]))
			return x;
		size_t n = states_of(&cells[i], step, shapes);
		if (first + n > mica_layer_inputs(b))
			return mica__graph_fail(b->graph, MICA_EINVAL, "it was given %zu states, which are too few", mica_layer_inputs(b) - 1);
		for (size_t k = 0; k < n; k++)
			in[1 + k] = mica_layer_input(b, first + k);
		x = mica_layer_sublayer(b, name_of(cells, i, name), cells[i], in, 1 + n, state, n);
		for (size_t k = 0; k < n; k++)
			mica_layer_output(b, state[k]);
		first += n;
	}
	return x;
}

static const mica_field stacked_rnn_cells_fields[] = {
#define CELL(member) MICA_FIELD_PART(mica_stacked_rnn_cells_opts, member, .part_type = MICA_LAYER)
	CELL(c0), CELL(c1), CELL(c2), CELL(c3), CELL(c4), CELL(c5), CELL(c6), CELL(c7),
	MICA_FIELD_TEXT(mica_stacked_rnn_cells_opts, name),
};
MICA__LAYER(stacked_rnn_cells, "StackedRNNCells", stacked_rnn_cells_fields, stacked_rnn_cells_call, .states = stacked_rnn_cells_states,
            .least_inputs = 2, .most_inputs = 1 + MICA_MOST_STATES)
