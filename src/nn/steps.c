/* SPDX-License-Identifier: MIT */
/* nn/steps.c - the loop of recurrent layers (Keras 1.1): first states, masks, what comes out of it. */
#include "nn/steps.h"

#include <stdio.h>

static bool refuse(const mica__steps *s, const char *why)
{
	mica__graph_fail(s->b->graph, MICA_EINVAL, "%s", why);
	return false;
}

static bool has_shape(const mica__steps *s, mica_var x, const char *what, mica_shape want)
{
	mica_shape is = mica_var_shape(x);

	if (!mica__shape_equal(&is, &want))
		mica__graph_fail(s->b->graph, MICA_ESHAPE, "%s has shape %s; give one of %s", what, mica__shape_text(&is), mica__shape_text(&want));
	return mica_graph_status(s->b->graph) == MICA_OK;
}

static bool fits(const mica__steps *s)
{
	size_t n = mica_layer_inputs(s->b);

	if (n != 1 && n != 1 + s->n_states) {
		mica__graph_fail(s->b->graph, MICA_EINVAL, s->n_states == 1 ? "give a sequence, or a sequence and a first state"
		                 : "give a sequence, or a sequence and %zu first states", s->n_states);
		return false;
	}
	for (size_t i = 1; i < n; i++)
		if (!has_shape(s, mica_layer_input(s->b, i), "the first state", s->state[i - 1]))
			return false;
	if (s->o.stateful && !s->b->batch)
		return refuse(s, "it is stateful, so its batches must have one size; say it with the input, as in mica_input(28, 28, .batch = 32)");
	if (s->o.stateful && s->batch != s->b->batch) {
		mica__graph_fail(s->b->graph, MICA_ESHAPE, "it is stateful and the input says batches of %zu samples; this one has %zu",
		                 s->b->batch, s->batch);
		return false;
	}
	return !s->mask || has_shape(s, s->mask, "the mask", MICA_SHAPE(s->batch, s->steps));
}

static const char *state_name(size_t i, char name[16])
{
	snprintf(name, 16, i ? "state_%zu" : "state", i);
	return name;
}

static bool find_first_states(mica__steps *s)
{
	char name[16];

	for (size_t i = 0; i < s->n_states; i++) {
		if (s->o.stateful)
			s->first[i] = mica__layer_carried(s->b, state_name(i, name), s->state[i]);
		if (mica_layer_inputs(s->b) > 1)
			s->first[i] = mica_layer_input(s->b, 1 + i);
	}
	return mica_graph_status(s->b->graph) == MICA_OK;
}

bool mica__steps_begin(mica__steps *s, mica_build *b, mica_var x, size_t rank, mica__steps_opts o, const mica_shape *state, size_t n_states)
{
	mica_shape shape = mica_var_shape(x), sample = mica__sample_shape(shape);

	if ((rank ? shape.rank != rank : shape.rank < 3) || !shape.dim[1]) {
		mica__graph_fail(b->graph, MICA_ESHAPE, "a sample of shape %s is no sequence; give (steps, features)", mica__shape_text(&sample));
		return false;
	}
	*s = (mica__steps){.b = b, .x = x, .mask = mica_layer_mask(b, x), .o = o, .batch = shape.dim[0], .steps = shape.dim[1],
	                   .n_states = n_states};
	for (size_t i = 0; i < n_states; i++)
		s->state[i] = mica__with_rows(s->batch, state[i]);
	return fits(s);
}

mica_var mica__steps_first(mica_var x)
{
	size_t axes[MICA_MAX_RANK] = {1, 0, 2, 3, 4, 5, 6, 7};

	return mica_op_transpose(x, axes);
}

/* ---- the loop ---- */

/* A mask for values of that shape, whose first axes, so many, it has. */
static mica_var for_values(mica_var mask, mica_shape s, size_t axes)
{
	for (size_t i = axes; i < s.rank; i++)
		s.dim[i] = 1;
	return mica_op_reshape(mask, s);
}

/* Without a first state the loop begins with zeros. */
static mica_var zeros(const mica__steps *s, mica_shape shape)
{
	return mica_graph_fill(s->b->graph, 0, s->b->graph->real, shape);
}

/* The output with zeros where the mask says no. */
static mica_var without_hidden(const mica__steps *s, mica_var y)
{
	size_t last = s->o.go_backwards ? 0 : s->steps - 1;
	mica_var mask = s->o.return_sequences ? s->mask : mica_op_slice(s->mask, (size_t[]){0, last}, (size_t[]){s->batch, last + 1}, NULL);

	return mica_op_where(for_values(mask, mica_var_shape(y), s->o.return_sequences ? 2 : 1), y, zeros(s, MICA_SCALAR_SHAPE));
}

static void hand_on_states(const mica__steps *s, mica_scan *scan, const mica_var *carry)
{
	char name[16];

	for (size_t i = 0; i < s->n_states; i++) {
		mica_var last = mica_scan_last(scan, carry[i]);
		if (s->o.stateful)
			mica_layer_state_assign(s->b, state_name(i, name), last);
		if (s->o.return_state)
			mica_layer_output(s->b, last);
	}
}

static mica_var output(const mica__steps *s, mica_scan *scan, mica_var y, mica_var carried)
{
	y = s->o.return_sequences ? mica__steps_first(mica_scan_stack(scan, y)) : mica_scan_last(scan, carried);
	y = s->mask && s->o.zero_output_for_mask ? without_hidden(s, y) : y;
	y = s->o.return_sequences && s->o.go_backwards ? mica_op_flip(y, 1) : y;
	mica_layer_set_mask(s->b, y, s->o.return_sequences ? s->mask : NULL);
	return y;
}

/* Steps that the mask hides leave the states, and the output, as they are; before the first that counts the output is 0. */
mica_var mica__steps_run(mica__steps *s, mica_var (*step)(void *self, mica_scan *scan, mica_var *state), void *self)
{
	mica_var carry[MICA_MOST_STATES], next[MICA_MOST_STATES];

	if (!find_first_states(s))
		return s->x;
	mica_scan *scan = mica_scan_begin(s->b->graph, s->steps, s->o.go_backwards);
	mica_var mask = s->mask ? mica_scan_read(scan, s->mask, 1) : NULL;
	for (size_t i = 0; i < s->n_states; i++)
		next[i] = carry[i] = mica_scan_carry(scan, s->first[i] ? s->first[i] : zeros(s, s->state[i]));
	mica_var y = step(self, scan, next);
	if (mica_graph_status(s->b->graph) != MICA_OK)
		return s->x;
	/* The output of most is their first state and is carried as that, unless a state from before the loop could be seen in its place. */
	bool is_state = y == next[0] && !(mask && s->first[0] && !s->o.zero_output_for_mask);
	mica_var carried = is_state ? carry[0] : mica_scan_carry(scan, zeros(s, mica_var_shape(y)));
	for (size_t i = 0; i < s->n_states; i++) {
		next[i] = mask ? mica_op_where(for_values(mask, s->state[i], 1), next[i], carry[i]) : next[i];
		mica_scan_next(scan, carry[i], next[i]);
	}
	if (is_state) {
		y = next[0];
	} else {
		y = mask ? mica_op_where(for_values(mask, mica_var_shape(y), 1), y, carried) : y;
		mica_scan_next(scan, carried, y);
	}
	mica_scan_end(scan);
	hand_on_states(s, scan, carry);
	return output(s, scan, y, carried);
}
