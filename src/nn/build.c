/* SPDX-License-Identifier: MIT */
/* nn/build.c - what a layer may ask for while it is called: weights, random numbers, and what the call is for. */
#include "nn/nn.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

static uint64_t hash_of(const char *path)
{
	return mica__hash(0, path, strlen(path));
}

static mica__weight *find(mica_build *b, const char *path)
{
	mica__weights *all = b->weights;

	for (size_t i, at = 0; (i = mica__table_next(&all->numbers, hash_of(path), &at)) != SIZE_MAX;)
		if (strcmp(mica_value_path(all->at[i].value), path) == 0)
			return &all->at[i];
	return NULL;
}

void mica__weights_free(mica__weights *w)
{
	mica__free(w->at);
	mica__table_free(&w->numbers);
}

static mica_status make(mica_build *b, const char *path, mica_shape s, const mica_weight_opts *o, bool state, mica__weight **out)
{
	mica__weights *all = b->weights;
	mica__weight w = {.init = o->initializer, .regularizer = o->regularizer, .constraint = o->constraint, .state = state,
	                  .layer = b->index};
	mica_status st;

	if (!w.init.part.kind)
		w.init = s.rank < 2 ? MICA_ZEROS : MICA_GLOROT_UNIFORM;
	MICA_TRY(mica__grow(&all->at, &all->capacity, all->n + 1, sizeof *all->at));
	/* Each of the three is nothing where it could not be kept. */
	st = mica__part_keep(&w.init.part, MICA_INITIALIZER, MICA_INITIALIZER);
	mica_status second = mica__part_keep(&w.regularizer.part, MICA_REGULARIZER, MICA_REGULARIZER);
	mica_status third = mica__part_keep(&w.constraint.part, MICA_CONSTRAINT, MICA_CONSTRAINT);
	st = st != MICA_OK ? st : second != MICA_OK ? second : third;
	if (st == MICA_OK)
		st = mica__value_make(&w.value, b->graph->ctx, path, state ? MICA_ROLE_STATE : MICA_ROLE_WEIGHT, b->graph->real, s);
	if (st == MICA_OK)
		st = mica__table_add(&all->numbers, hash_of(path), all->n);
	if (st == MICA_OK)
		*(*out = &all->at[all->n++]) = w;
	else
		mica__weight_free(&w, b->graph->ctx);
out:
	return st;
}

/* The weight of that name and shape, made if there is none; NULL with the failure in the graph. */
static mica__weight *weight_of(mica_build *b, const char *name, mica_shape s, const mica_weight_opts *o, bool state)
{
	char full[64];
	mica_graph *g = b->graph;
	mica_status st;

	if (mica_graph_status(g) != MICA_OK)
		return NULL;
	if (snprintf(full, sizeof full, "%s/%s", b->layer, name) >= (int)sizeof full)
		st = mica__fail(MICA_EINVAL, "the name is too long with its layer's; at most 63 bytes");
	else if (mica__name_fault(full)) /* so that what is trained can be saved */
		st = mica__fail(MICA_EINVAL, "the name %s; give another", mica__name_fault(full));
	else
		st = MICA_OK;
	mica__weight *w = st == MICA_OK ? find(b, full) : NULL;
	if (st == MICA_OK && !w)
		st = make(b, full, s, o, state, &w);
	if (st != MICA_OK) {
		mica__graph_fail(g, st, "weight \"%s\": %s", name, mica__reason());
		return NULL;
	}
	mica_shape was = mica_value_shape(w->value);
	if (!mica__shape_equal(&was, &s)) {
		mica__graph_fail(g, MICA_ESHAPE, "weight \"%s\" has shape %s and was asked for as %s", name, mica__shape_text(&was),
		                 mica__shape_text(&s));
		return NULL;
	}
	return w;
}

mica_var mica_layer_weight(mica_build *b, const char *name, mica_shape s, const mica_weight_opts *o)
{
	mica_weight_opts opts;
	mica_status st = mica__options(&opts, o, sizeof opts, name);

	if (st != MICA_OK)
		return mica__graph_fail(b->graph, st, "%s", mica__reason());
	mica__weight *w = weight_of(b, name, s, &opts, false);
	return w ? mica_graph_value(b->graph, w->value) : &b->graph->failed;
}

mica_var mica_layer_state(mica_build *b, const char *name, mica_shape s, mica_initializer init)
{
	mica__weight *w = weight_of(b, name, s, &(mica_weight_opts){.initializer = init}, true);

	return w ? mica_graph_value(b->graph, w->value) : &b->graph->failed;
}

mica_var mica_layer_state_assign(mica_build *b, const char *name, mica_var value)
{
	char full[64];
	mica_graph *g = b->graph;

	if (mica_graph_status(g) != MICA_OK)
		return &g->failed;
	mica__weight *w = snprintf(full, sizeof full, "%s/%s", b->layer, name) < (int)sizeof full ? find(b, full) : NULL;
	if (!w || !w->state || !value)
		return mica__graph_fail(g, MICA_EINVAL, "state \"%s\": %s", name, !value ? "its new value is NULL"
		                        : "there is none; call mica_layer_state first");
	mica_shape is = mica_var_shape(value), wanted = mica_value_shape(w->value);
	if (!mica__shape_equal(&is, &wanted))
		return mica__graph_fail(g, MICA_ESHAPE, "state \"%s\" has shape %s, its new value %s", name, mica__shape_text(&wanted),
		                        mica__shape_text(&is));
	return w->next = value;
}

void mica__weight_free(mica__weight *w, mica_context *ctx)
{
	mica__slots_free(&w->slots, ctx);
	mica__value_release(w->value, ctx);
	mica__part_drop(&w->init.part);
	mica__part_drop(&w->regularizer.part);
	mica__part_drop(&w->constraint.part);
}

/* ---- what is added to the loss ---- */

static mica_var added(mica_var sum, mica_var x)
{
	return sum ? mica_op_add(sum, x) : x;
}

void mica_layer_loss(mica_build *b, mica_var penalty)
{
	if (mica_graph_status(b->graph) != MICA_OK)
		return;
	if (!penalty || mica_var_count(penalty) != 1)
		mica__graph_fail(b->graph, MICA_ESHAPE, "a layer's loss is one number; this one is %s",
		                 penalty ? mica__shape_text(&penalty->shape) : "NULL");
	else
		b->penalty = added(b->penalty, mica_op_reshape(penalty, MICA_SCALAR_SHAPE));
}

mica_var mica__weights_penalty(const mica__weights *weights, mica_graph *g)
{
	mica_var sum = NULL;

	for (size_t i = 0; i < weights->n; i++) {
		const mica__weight *w = &weights->at[i];
		if (w->regularizer.part.kind && !w->state)
			sum = added(sum, w->regularizer.part.kind->penalty(mica_graph_value(g, w->value), w->regularizer.part.options));
	}
	return sum;
}

/* ---- random numbers, and the rest ---- */

mica_var mica_layer_random(mica_build *b, mica_shape s)
{
	uint32_t stream = (uint32_t)b->index << 8 | (b->draws++ & 0xff);

	return mica_op_random(b->graph, s, b->seed, stream, b->step);
}

/* Box and Muller: two draws. */
mica_var mica_layer_normal(mica_build *b, mica_shape s)
{
	mica_var u = mica_layer_random(b, s), v = mica_layer_random(b, s);
	mica_var radius = mica_op_sqrt(mica_op_mulc(mica_op_log(mica_op_addc(mica_op_neg(u), 1)), -2));

	return mica_op_mul(radius, mica_op_cos(mica_op_mulc(v, 6.283185307179586)));
}

bool mica_layer_training(const mica_build *b)
{
	return b->training;
}

mica_graph *mica_layer_graph(const mica_build *b)
{
	return b->graph;
}
