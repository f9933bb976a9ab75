/* SPDX-License-Identifier: MIT */
/* nn/build.c - what a layer may ask for while it is called: weights, random numbers, and what the call is for. */
#include "nn/nn.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

static mica__weight *find(mica_build *b, const char *name)
{
	for (size_t i = 0; i < b->weights->n; i++)
		if (strcmp(mica_value_path(b->weights->at[i].value), name) == 0)
			return &b->weights->at[i];
	return NULL;
}

mica_var mica_layer_weight(mica_build *b, const char *name, mica_shape s, mica_initializer init)
{
	char full[64];
	mica_graph *g = b->graph;

	if (mica_graph_status(g) != MICA_OK)
		return &g->failed;
	if (snprintf(full, sizeof full, "%s/%s", b->layer, name) >= (int)sizeof full)
		return mica__graph_fail(g, MICA_EINVAL, "weight name \"%s\" is too long with its layer's; at most 63 bytes", name);
	if (mica__name_fault(full)) /* so that what is trained can be saved */
		return mica__graph_fail(g, MICA_EINVAL, "weight name \"%s\" %s; give another", name, mica__name_fault(full));
	const mica__weight *old = find(b, full);
	if (old) {
		mica_shape was = mica_value_shape(old->value);
		if (!mica__shape_equal(&was, &s))
			return mica__graph_fail(g, MICA_ESHAPE, "weight \"%s\" has shape %s and was asked for as %s", name,
			                        mica__shape_text(&was), mica__shape_text(&s));
		return mica_graph_value(g, old->value);
	}
	mica__weights *w = b->weights;
	if (mica__grow(&w->at, &w->capacity, w->n + 1, sizeof *w->at) != MICA_OK)
		return mica__graph_fail(g, MICA_ENOMEM, "no memory for weight \"%s\"", name);
	mica_value *v;
	mica_status st = mica__value_make(&v, g->ctx, full, MICA_ROLE_WEIGHT, g->real, s);
	if (st != MICA_OK)
		return mica__graph_fail(g, st, "weight \"%s\": %s", name, mica__reason());
	if (!init.part.kind)
		init = s.rank < 2 ? MICA_ZEROS : MICA_GLOROT_UNIFORM;
	st = mica__part_keep(&init.part, MICA_INITIALIZER, MICA_INITIALIZER);
	if (st != MICA_OK) {
		mica__value_release(v, g->ctx);
		return mica__graph_fail(g, st, "weight \"%s\": %s", name, mica__reason());
	}
	w->at[w->n++] = (mica__weight){.value = v, .init = init, .layer = b->index};
	return mica_graph_value(g, v);
}

mica_var mica_layer_random(mica_build *b, mica_shape s)
{
	uint32_t stream = (uint32_t)b->index << 8 | (b->draws++ & 0xff);

	return mica_op_random(b->graph, s, b->seed, stream, b->step);
}

bool mica_layer_training(const mica_build *b)
{
	return b->training;
}

mica_graph *mica_layer_graph(const mica_build *b)
{
	return b->graph;
}
