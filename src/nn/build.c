/* SPDX-License-Identifier: MIT */
/* nn/build.c - what a layer may ask for while it is called: inputs, weights, masks, random numbers, layers inside of it. */
#include "nn/nn.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

/* Outside of a call there is nothing to ask for. */
static const char call_only[] = "mica_build; a layer's function is given one";

/* ---- weights ---- */

static uint64_t hash_of(const char *path)
{
	return mica__hash(0, path, strlen(path));
}

static mica__weight *find(const mica_build *b, const char *path)
{
	const mica_instance *in = b->frame->instance;

	for (size_t i, at = 0; (i = mica__table_next(&in->numbers, hash_of(path), &at)) != SIZE_MAX;)
		if (strcmp(mica_value_path(in->weights[i]->value), path) == 0)
			return in->weights[i];
	return NULL;
}

/* Each of the three is nothing where it could not be kept. */
static mica_status keep_parts(mica__weight *w)
{
	mica_status first = mica__part_keep(&w->init.part, MICA_INITIALIZER, MICA_INITIALIZER);
	mica_status second = mica__part_keep(&w->regularizer.part, MICA_REGULARIZER, MICA_REGULARIZER);
	mica_status third = mica__part_keep(&w->constraint.part, MICA_CONSTRAINT, MICA_CONSTRAINT);

	return first != MICA_OK ? first : second != MICA_OK ? second : third;
}

static void free_weight(mica__weight *w, mica_context *ctx)
{
	mica__value_release(w->value, ctx);
	mica__part_drop(&w->init.part);
	mica__part_drop(&w->regularizer.part);
	mica__part_drop(&w->constraint.part);
	mica__free(w);
}

static mica_status make(mica_build *b, const char *path, mica_shape s, const mica_weight_opts *o, bool state, mica__weight **out)
{
	mica_instance *in = b->frame->instance;
	mica_status st = mica__grow(&in->weights, &in->capacity, in->n_weights + 1, sizeof *in->weights);
	mica__weight *w = st == MICA_OK ? mica__alloc(1, sizeof *w) : NULL;

	if (!w)
		return MICA_ENOMEM;
	*w = (mica__weight){.init = o->initializer, .regularizer = o->regularizer, .constraint = o->constraint, .state = state,
	                    .seed = b->seed};
	if (!w->init.part.kind)
		w->init = s.rank < 2 ? MICA_ZEROS : MICA_GLOROT_UNIFORM;
	MICA_TRY(keep_parts(w));
	MICA_TRY(mica__value_make(&w->value, b->graph->ctx, path, state ? MICA_ROLE_STATE : MICA_ROLE_WEIGHT, b->graph->real, s));
	MICA_TRY(mica__table_add(&in->numbers, hash_of(path), in->n_weights));
	w->stream = (*b->streams)++;
	*out = in->weights[in->n_weights++] = w;
out:
	if (st != MICA_OK)
		free_weight(w, b->graph->ctx);
	return st;
}

/* The weight of that name and shape, made if there is none; NULL with the failure in the graph. */
static mica__weight *weight_of(mica_build *b, const char *name, mica_shape s, const mica_weight_opts *o, bool state)
{
	char full[128];
	mica_graph *g = b->graph;
	mica_status st;

	if (mica_graph_status(g) != MICA_OK)
		return NULL;
	if (!name || snprintf(full, sizeof full, "%s/%s", b->frame->path, name) >= (int)sizeof full)
		st = mica__fail(MICA_EINVAL, name ? "the name is too long with its layer's; at most 127 bytes" : "it has no name");
	else if (mica__name_fault(full)) /* so that what is trained can be saved */
		st = mica__fail(MICA_EINVAL, "the name %s; give another", mica__name_fault(full));
	else
		st = MICA_OK;
	mica__weight *w = st == MICA_OK ? find(b, full) : NULL;
	if (st == MICA_OK && !w)
		st = make(b, full, s, o, state, &w);
	if (st != MICA_OK) {
		mica__graph_fail(g, st, "weight \"%s\": %s", name ? name : "", mica__reason());
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

	if (mica__absent(b, "layer_weight", call_only))
		return NULL;
	mica_status st = mica__options(&opts, o, sizeof opts, name);
	if (st != MICA_OK)
		return mica__graph_fail(b->graph, st, "%s", mica__reason());
	mica__weight *w = weight_of(b, name, s, &opts, false);
	mica_var v = w ? mica__weight_now(b, w, NULL) : &b->graph->failed;
	return w && b->rule ? b->rule->apply(b->rule, b, w, name, v) : v;
}

mica_var mica__weight_now(const mica_build *b, const mica__weight *w, mica__change **change)
{
	mica__change *found = NULL;

	for (size_t i = b->n_changes; i-- > 0 && !found;)
		if (b->changes[i].of == w)
			found = &b->changes[i];
	if (change)
		*change = found;
	return found ? found->next : mica_graph_value(b->graph, w->value);
}

mica_var mica__weight_change(mica_build *b, mica__weight *w, mica_var value)
{
	mica__change *change;

	mica__weight_now(b, w, &change);
	if (change)
		return change->next = value;
	if (mica__grow(&b->changes, &b->change_capacity, b->n_changes + 1, sizeof *b->changes) != MICA_OK)
		return mica__graph_fail(b->graph, MICA_ENOMEM, "%s: no memory for its new value", mica_value_path(w->value));
	b->changes[b->n_changes++] = (mica__change){w, value};
	return value;
}

mica_var mica_layer_state(mica_build *b, const char *name, mica_shape s, mica_initializer init)
{
	if (mica__absent(b, "layer_state", call_only))
		return NULL;
	mica__weight *w = weight_of(b, name, s, &(mica_weight_opts){.initializer = init}, true);
	return w ? mica__weight_now(b, w, NULL) : &b->graph->failed;
}

mica_var mica__layer_carried(mica_build *b, const char *name, mica_shape s)
{
	mica__weight *w = weight_of(b, name, s, &(mica_weight_opts){.initializer = MICA_ZEROS}, true);

	if (w)
		w->carried = true;
	return w ? mica__weight_now(b, w, NULL) : &b->graph->failed;
}

mica_var mica_layer_state_assign(mica_build *b, const char *name, mica_var value)
{
	char full[128];

	if (mica__absent(b, "layer_state_assign", call_only))
		return NULL;
	mica_graph *g = b->graph;
	name = name ? name : "";
	if (mica_graph_status(g) != MICA_OK)
		return &g->failed;
	mica__weight *w = snprintf(full, sizeof full, "%s/%s", b->frame->path, name) < (int)sizeof full ? find(b, full) : NULL;
	if (!w || !w->state || !value)
		return mica__graph_fail(g, MICA_EINVAL, "state \"%s\": %s", name, !value ? "its new value is NULL"
		                        : "there is none; call mica_layer_state first");
	mica_shape is = mica_var_shape(value), wanted = mica_value_shape(w->value);
	if (!mica__shape_equal(&is, &wanted))
		return mica__graph_fail(g, MICA_ESHAPE, "state \"%s\" has shape %s, its new value %s", name, mica__shape_text(&wanted),
		                        mica__shape_text(&is));
	return mica__weight_change(b, w, value);
}

/* ---- layers that are made ---- */

mica_status mica__instance_make(mica_instance **out, mica_context *ctx, mica_layer l)
{
	mica_instance *i = *out = mica__alloc(1, sizeof *i);

	if (!i) {
		mica__part_drop(&l.part);
		return MICA_ENOMEM;
	}
	i->users = 1;
	i->ctx = ctx;
	i->layer = l;
	i->rate_factor = 1;
	return MICA_OK;
}

void mica__instance_hold(mica_instance *i)
{
	i->users++;
}

void mica__instance_release(mica_instance *i)
{
	if (!i || --i->users)
		return;
	for (size_t k = 0; k < i->n_weights; k++)
		free_weight(i->weights[k], i->ctx);
	mica__free(i->weights);
	mica__table_free(&i->numbers);
	if (i->let_go)
		i->let_go(i->model);
	mica__part_drop(&i->layer.part);
	mica__free(i);
}

mica_status mica__weight_start(mica__weight *w)
{
	size_t bytes = mica_value_bytes(w->value);
	mica_shape shape = mica_value_shape(w->value);
	mica_status st = MICA_OK;

	if (w->started)
		return MICA_OK;
	float *values = mica__alloc(mica_value_count(w->value), sizeof *values);
	if (!values)
		st = mica__fail(MICA_ENOMEM, "%s of shape %s takes %s of host memory, and there is not so much; make the layer smaller",
		                mica_value_path(w->value), mica__shape_text(&shape), mica__bytes_text((double)bytes));
	if (st == MICA_OK)
		st = mica_initialize(values, shape, w->init, w->seed, w->stream);
	if (st == MICA_OK)
		st = mica_value_write(w->value, values, bytes);
	mica__free(values);
	w->started = st == MICA_OK;
	return st;
}

/* ---- calls ---- */

void mica__build_free(mica_build *b)
{
	mica__free(b->marks);
	mica__free(b->changes);
	b->marks = NULL;
	b->changes = NULL;
	b->n_marks = b->mark_capacity = b->n_changes = b->change_capacity = 0;
}

/* How many inputs a kind takes. */
static bool takes(const mica_kind *k, size_t n)
{
	size_t least = k->least_inputs ? k->least_inputs : 1, most = k->most_inputs ? k->most_inputs : least;

	return n >= least && n <= most;
}

/* What a call returned, if it is a result for this batch. */
static mica_var checked(mica_build *b, mica_var x, mica_var y)
{
	if (mica_graph_status(b->graph) != MICA_OK)
		return &b->graph->failed;
	if (!y)
		return mica__graph_fail(b->graph, MICA_EINVAL, "call returned NULL");
	mica_shape s = mica_var_shape(y);
	if (s.rank < 1 || s.dim[0] != mica_var_shape(x).dim[0])
		return mica__graph_fail(b->graph, MICA_ESHAPE, "call returned shape %s; its first dimension must be the batch's %zu",
		                        mica__shape_text(&s), mica_var_shape(x).dim[0]);
	return y;
}

/* What a layer hands on as it came has a mask no more unless the layer says so: a node of its own, as x's other readers see the mask. */
static mica_var without_mask(mica_build *b, const mica__frame *f, mica_var y)
{
	bool given = false;

	for (size_t k = 0; k < f->n_in; k++)
		given = given || y == f->in[k];
	return given && !f->masked && mica_layer_mask(b, y) ? mica__node(b->graph, MICA__RESHAPE, y->dtype, &y->shape, &y, 1, NULL) : y;
}

/* The kind's function in a frame of its own; an elementwise layer's result has the first input's mask. */
static mica_var call(mica_build *b, const mica_layer *l, mica__frame *f)
{
	mica__frame *outer = b->frame;
	const mica_kind *kind = l->part.kind;
	size_t least = kind->least_inputs ? kind->least_inputs : 1;

	if (!takes(kind, f->n_in))
		return mica__graph_fail(b->graph, MICA_EINVAL, "it was given %zu inputs and takes %s%zu", f->n_in,
		                        f->n_in < least ? kind->most_inputs > least ? "at least " : "" : kind->most_inputs ? "at most " : "",
		                        f->n_in < least || !kind->most_inputs ? least : kind->most_inputs);
	b->frame = f;
	mica_var y = checked(b, f->in[0], kind->call(b, f->in[0], l->part.options));
	if (kind->masks && mica_graph_status(b->graph) == MICA_OK && !mica_layer_mask(b, y))
		mica_layer_set_mask(b, y, mica_layer_mask(b, f->in[0]));
	else if (!kind->masks && mica_graph_status(b->graph) == MICA_OK)
		y = without_mask(b, f, y);
	b->frame = outer;
	return y;
}

size_t mica__layer_call(mica_build *b, mica_instance *i, const mica_var *in, size_t n, mica_var *out)
{
	mica__frame f = {.instance = i, .path = i->name, .in = in, .n_in = n, .n_out = 1};

	out[0] = &b->graph->failed;
	if (mica_graph_status(b->graph) != MICA_OK)
		return 1;
	b->index = b->calls++;
	b->draws = 0;
	mica_scope_enter(b->graph, i->name);
	out[0] = call(b, &i->layer, &f);
	mica_scope_leave(b->graph);
	if (mica_graph_status(b->graph) != MICA_OK)
		return 1;
	for (size_t k = 1; k < f.n_out; k++)
		out[k] = f.out[k];
	return f.n_out;
}

mica_var mica_layer_sublayer(mica_build *b, const char *name, mica_layer layer, const mica_var *x, size_t n, mica_var *more,
                             size_t n_more)
{
	char path[128];

	if (mica__absent(b, "layer_sublayer", call_only))
		return NULL;
	mica_graph *g = b->graph;
	if (n == MICA_TO_THE_LAST)
		for (n = 0; x && x[n];)
			n++;
	for (size_t k = 0; more && k < n_more; k++)
		more[k] = &g->failed;
	if (mica_graph_status(g) != MICA_OK)
		return &g->failed;
	if ((n && !x) || (n_more && !more))
		return mica__graph_fail(g, MICA_EINVAL, "a layer inside of it: %s is NULL", n && !x ? "the list of its inputs" : "more");
	if (!name || !name[0] || strchr(name, '/') || mica__name_fault(name) ||
	    snprintf(path, sizeof path, "%s/%s", b->frame->path, name) >= (int)sizeof path)
		return mica__graph_fail(g, MICA_EINVAL, "a layer inside of it needs a name without / that is not too long, not \"%s\"",
		                        name ? name : "");
	mica_status st = mica__part_keep(&layer.part, MICA_LAYER, MICA_LAYER);
	if (st == MICA_OK && !layer.part.kind)
		st = mica__fail(MICA_EINVAL, "an empty layer; make it with mica_dense(...) and the like");
	if (st != MICA_OK)
		return mica__graph_fail(g, st, "%s: %s", name, mica__reason());
	mica__frame f = {.instance = b->frame->instance, .path = path, .in = x, .n_in = n, .n_out = 1};
	mica_scope_enter(g, name);
	mica_var y = call(b, &layer, &f);
	mica_scope_leave(g);
	mica__part_drop(&layer.part);
	if (mica_graph_status(g) == MICA_OK && f.n_out < 1 + n_more)
		return mica__graph_fail(g, MICA_EINVAL, "%s: it has %zu outputs, %zu were asked for", name, f.n_out, 1 + n_more);
	for (size_t k = 0; k < n_more && mica_graph_status(g) == MICA_OK; k++)
		more[k] = f.out[1 + k];
	return y;
}

size_t mica_layer_inputs(const mica_build *b)
{
	return mica__absent(b, "layer_inputs", call_only) ? 0 : b->frame->n_in;
}

mica_var mica_layer_input(const mica_build *b, size_t i)
{
	return !mica__absent(b, "layer_input", call_only) && i < b->frame->n_in ? b->frame->in[i] : NULL;
}

void mica_layer_output(mica_build *b, mica_var also)
{
	if (mica__absent(b, "layer_output", call_only) || mica_graph_status(b->graph) != MICA_OK)
		return;
	mica__frame *f = b->frame;
	if (!also || f->n_out == MICA__MOST_OUTPUTS)
		mica__graph_fail(b->graph, MICA_EINVAL, also ? "more than %d outputs" : "an output is NULL", MICA__MOST_OUTPUTS);
	else
		f->out[f->n_out++] = checked(b, f->in[0], also);
}

/* ---- what is known of nodes ---- */

static mica__mark *mark_of(const mica_build *b, mica_var x)
{
	for (size_t i = b->n_marks; i-- > 0;)
		if (b->marks[i].of == x)
			return &b->marks[i];
	return NULL;
}

/* Makes it where there is none; NULL without memory, which the graph says. */
static mica__mark *mark(mica_build *b, mica_var x)
{
	mica__mark *m = mark_of(b, x);

	if (m || mica_graph_status(b->graph) != MICA_OK)
		return m;
	if (mica__grow(&b->marks, &b->mark_capacity, b->n_marks + 1, sizeof *b->marks) != MICA_OK) {
		mica__graph_fail(b->graph, MICA_ENOMEM, "no memory for what is known of a layer's result");
		return NULL;
	}
	b->marks[b->n_marks] = (mica__mark){.of = x};
	return &b->marks[b->n_marks++];
}

mica_var mica_layer_mask(const mica_build *b, mica_var x)
{
	const mica__mark *m = mica__absent(b, "layer_mask", call_only) ? NULL : mark_of(b, x);

	return m ? m->mask : NULL;
}

void mica_layer_set_mask(mica_build *b, mica_var x, mica_var mask)
{
	if (mica__absent(b, "layer_set_mask", call_only))
		return;
	mica__mark *m = mask || mark_of(b, x) ? mark(b, x) : NULL;
	if (b->frame) /* not before the first call */
		b->frame->masked = true;
	if (m)
		m->mask = mask;
}

mica_var mica__build_logits(const mica_build *b, mica_var y)
{
	const mica__mark *m = mark_of(b, y);

	return m ? m->logits : NULL;
}

void mica__build_set_logits(mica_build *b, mica_var y, mica_var logits)
{
	mica__mark *m = logits ? mark(b, y) : NULL;

	if (m)
		m->logits = logits;
}

/* ---- what is added to the loss ---- */

static mica_var added(mica_var sum, mica_var x)
{
	return sum ? mica_op_add(sum, x) : x;
}

void mica_layer_loss(mica_build *b, mica_var penalty)
{
	if (mica__absent(b, "layer_loss", call_only) || mica_graph_status(b->graph) != MICA_OK)
		return;
	if (!penalty || mica_var_count(penalty) != 1)
		mica__graph_fail(b->graph, MICA_ESHAPE, "a layer's loss is one number; this one is %s",
		                 penalty ? mica__shape_text(&penalty->shape) : "NULL");
	else if (penalty->loop)
		mica__graph_fail(b->graph, MICA_EINVAL, "a layer's loss is one number for all steps of a loop, and this one has a value at each; end the"
		                 " loop and give the sum of its mica_scan_stack");
	else
		b->penalty = added(b->penalty, mica_op_reshape(penalty, MICA_SCALAR_SHAPE));
}

mica_var mica__weight_penalty(const mica__weight *w, const mica_build *b, mica_var sum)
{
	const mica_part *r = &w->regularizer.part;

	return r->kind && !w->state ? added(sum, r->kind->penalty(mica__weight_now(b, w, NULL), r->options)) : sum;
}

/* ---- random numbers, and the rest ---- */

/* A call has streams of its own; one that draws more goes on with those of a call more. */
mica_var mica_layer_random(mica_build *b, mica_shape s)
{
	enum { OF_CALL = 256 };

	if (mica__absent(b, "layer_random", call_only))
		return NULL;
	if (b->draws == OF_CALL) {
		b->index = b->calls++;
		b->draws = 0;
	}
	return mica_op_random(b->graph, s, b->seed, (uint32_t)b->index * OF_CALL + b->draws++, b->step);
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
	return !mica__absent(b, "layer_training", call_only) && b->training;
}

bool mica_layer_trainable(const mica_build *b)
{
	return !mica__absent(b, "layer_trainable", call_only) && !b->frame->instance->frozen;
}

mica_graph *mica_layer_graph(const mica_build *b)
{
	return mica__absent(b, "layer_graph", call_only) ? NULL : b->graph;
}
