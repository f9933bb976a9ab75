/* SPDX-License-Identifier: MIT */
/* runtime/plan.c - plans that run: made of a graph, and what they need of it afterwards: names, types and shapes of inputs,
   outputs by their position, the values that are read and stored, with their copies here.  The graph may be destroyed. */
#include "runtime/plan.h"
#include "runtime/provider.h"

#include <stdio.h>
#include <string.h>

enum {
	FEWEST_SLABS = 8, /* kernel arguments; powers of two */
	MOST_SLABS = 64   /* OpenCL promises room for 128 pointers */
};

static void free_plan(void *object)
{
	mica_plan *p = object;
	for (size_t i = 0; i < p->n_kernels; i++)
		mica__kernel_destroy(p->kernels[i]);
	mica__free(p->kernels);
	for (size_t i = 0; p->renewals && i < p->low->n_renewals; i++)
		mica__kernel_destroy(p->renewals[i]);
	mica__free(p->renewals);
	mica__view_destroy(p->view);
	mica__free(p->buffers);
	mica__program_destroy(p->program);
	for (size_t i = 0; i < p->n_arenas; i++)
		mica__buffer_destroy(p->arenas[i]);
	mica__free(p->arenas);
	mica__buffer_destroy(p->table);
	mica__buffer_destroy(p->sync);
	mica__interpreter_free(p->interpreter);
	mica__lower_free(p->low);
	for (size_t i = 0; i < p->n_inputs; i++) {
		mica__value_release(p->inputs[i].bound, p->ctx);
		mica__value_release(p->inputs[i].own, p->ctx);
	}
	for (size_t i = 0; i < p->n_operands; i++)
		mica__value_release(p->operands[i].value, p->ctx);
	mica__free(p->inputs);
	mica__free(p->operands);
	mica__free(p->operand_numbers);
	mica__free(p->outputs);
	mica__free(p);
}

void mica__plan_free(mica_plan *p)
{
	if (p)
		free_plan(p);
}

void mica_plan_destroy(mica_plan *p)
{
	if (!p)
		return;
	mica__context_disown(p->ctx, p);
	free_plan(p);
}

/* ---- inputs and values ---- */

/* Which inputs outputs depend on; of those no two may have one name, as they are fed by it. */
static mica_status name_inputs(mica_plan *p, const mica_graph *g, const mica_var *outputs, size_t n)
{
	mica_status st = MICA_OK;
	size_t order_n;
	mica_var *order = mica__topological(outputs, n, &order_n);
	size_t most = 0;
	for (size_t i = 0; i < g->n; i++)
		most += g->nodes[i]->op == MICA__INPUT;
	if (!order || !(p->inputs = mica__alloc(most + 1, sizeof *p->inputs))) {
		st = MICA_ENOMEM;
		goto out;
	}
	for (size_t i = 0; i < g->n; i++) {
		mica_var x = g->nodes[i];
		if (x->op != MICA__INPUT)
			continue;
		mica__input *in = &p->inputs[p->n_inputs++];
		*in = (mica__input){.dtype = x->dtype, .shape = x->shape, .needed = mica__order_of(x) != SIZE_MAX, .buffer = -1};
		memcpy(in->name, x->name, sizeof in->name);
		for (mica__input *other = p->inputs; in->needed && other < in; other++)
			if (other->needed && !strcmp(other->name, in->name)) {
				st = mica__fail(MICA_EINVAL, "plan: two inputs are named \"%s\"; they are fed by name", in->name);
				goto out;
			}
	}
out:
	mica__free(order);
	return st;
}

mica__input *mica__plan_input(const mica_plan *p, const char *name)
{
	mica__input *found = NULL;
	for (size_t i = 0; i < p->n_inputs; i++)
		if (!strcmp(p->inputs[i].name, name) && (!found || p->inputs[i].needed))
			found = &p->inputs[i];
	return found;
}

static mica_status add_buffer(mica_plan *p, mica__buffer *b, unsigned *number)
{
	mica_status st = mica__grow(&p->buffers, &p->cap_buffers, p->n_buffers + 1, sizeof *p->buffers);
	if (st != MICA_OK)
		return st;
	*number = (unsigned)p->n_buffers;
	p->buffers[p->n_buffers++] = b;
	return MICA_OK;
}

static mica_status number_inputs(mica_plan *p)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < p->low->n_stores; i++) {
		mica__store *t = &p->low->stores[i];
		if (t->node->op != MICA__INPUT)
			continue;
		MICA_TRY(add_buffer(p, NULL, &t->buffer));
		mica__plan_input(p, t->node->name)->buffer = (int)t->buffer;
	}
out:
	return st;
}

static bool is_operand(const mica__store *t)
{
	return t->node->op == MICA__VARIABLE && t->place != MICA__IN_ARENA;
}

static mica_status number_buffer(mica_plan *p, mica__buffer *b, unsigned *out)
{
	size_t i = 0;
	while (i < p->n_buffers && p->buffers[i] != b)
		i++;
	if (i == p->n_buffers)
		return add_buffer(p, b, out);
	*out = (unsigned)i;
	return MICA_OK;
}

/* The operand that a leaf is, made when it is new: each value has one leaf. */
static mica_status operand_of(mica__operand **out, mica_plan *p, mica_var leaf)
{
	mica_status st = MICA_OK;
	size_t *number = &p->operand_numbers[leaf->id];
	if (!*number) {
		MICA_TRY(mica__grow(&p->operands, &p->cap_operands, p->n_operands + 1, sizeof *p->operands));
		p->operands[p->n_operands++] = (mica__operand){.value = leaf->value};
		mica__value_hold(leaf->value, p->ctx);
		*number = p->n_operands;
	}
	*out = &p->operands[*number - 1];
out:
	return st;
}

static mica_status number_operands(mica_plan *p)
{
	p->operand_numbers = mica__alloc(p->low->g->n, sizeof *p->operand_numbers);
	return p->operand_numbers ? MICA_OK : MICA_ENOMEM;
}

/* Holds the values, finds or makes their copies, and tells the stores where these are.  New copies of one kind lie in one
   buffer, in the order of the stores. */
static mica_status place_values(mica_plan *p, bool turned)
{
	mica_status st = MICA_OK;
	mica__plan *low = p->low;
	mica__wanted *wanted = mica__alloc(low->n_stores + 1, sizeof *wanted);
	size_t n = 0, at = 0;
	if (!wanted)
		return MICA_ENOMEM;
	for (size_t i = 0; i < low->n_stores; i++)
		if (is_operand(&low->stores[i]) && low->stores[i].form.transposed == turned)
			wanted[n++] = (mica__wanted){low->stores[i].node->value, low->stores[i].form, false, NULL};
	MICA_TRY(mica__copies_find(wanted, n, p->ctx));
	for (size_t i = 0; i < low->n_stores; i++) {
		mica__store *t = &low->stores[i];
		if (!is_operand(t) || t->form.transposed != turned)
			continue;
		mica__copy *c = wanted[at++].copy;
		mica__operand *o;
		MICA_TRY(operand_of(&o, p, t->node));
		*(turned ? &o->turned : &o->copy) = c;
		t->offset = c->offset;
		MICA_TRY(number_buffer(p, c->pool->buffer, &t->buffer));
	}
out:
	mica__free(wanted);
	return st;
}

static void note_stored(mica_plan *p)
{
	for (size_t i = 0; i < p->low->n_assigns; i++) {
		mica_var v = p->low->assigns[i].variable;
		if (!p->operand_numbers[v->id])
			continue;
		mica__operand *o = &p->operands[p->operand_numbers[v->id] - 1];
		o->stored = true;
		o->turned_stored = p->low->info[v->id].turned >= 0;
	}
}

/* ---- making ---- */

/* Lowers for the provider of matrix products that this device has, or for our own if its products are wrong. */
static mica_status lower(mica_plan *p, const mica_var *outputs, const mica_plan_opts *opts)
{
	mica_status st = MICA_OK;
	mica__device_class class = *mica__class_of(mica__device_of(p->ctx));
	mica__provider provider;
	bool right = true;
	mica_plan_opts o;
	MICA_TRY(mica__options(&o, opts, sizeof o, "plan"));
	o.without |= class.reference ? MICA_NO_SIMPLIFY : 0; /* what is asked for is interpreted, not what is as good */
	opts = &o;
	MICA_TRY(mica__provider_choose(&provider, p->ctx));
	class.library_products = provider == MICA__CLBLAST;
	MICA_TRY(mica__lower(&p->low, outputs, p->n_outputs, opts, &class));
	if (class.library_products && !(p->low->without & MICA_ONLY_PLAN))
		MICA_TRY(mica__provider_test(&right, p->ctx, p->low));
	if (!right) {
		mica__lower_free(p->low);
		class.library_products = false;
		MICA_TRY(mica__lower(&p->low, outputs, p->n_outputs, opts, &class));
	}
out:
	return st;
}

/* How many slabs the kernels take: room for those of the buffers there are, of the inputs, and of what comes in their place. */
static unsigned count_slabs(const mica_plan *p)
{
	size_t n = 1;
	unsigned most = FEWEST_SLABS;
	for (size_t i = 0; i < p->n_buffers; i++) {
		size_t k = 0;
		while (k < i && !(p->buffers[i] && p->buffers[k] && mica__buffer_slab(p->buffers[i]) == mica__buffer_slab(p->buffers[k])))
			k++;
		n += k == i;
	}
	while (most < n && most < MOST_SLABS)
		most *= 2;
	return most;
}

/* The first buffers, one for each piece. */
static mica_status make_arenas(mica_plan *p)
{
	mica_status st = MICA_OK;
	size_t left = p->low->arena_bytes ? p->low->arena_bytes : MICA__LINES, piece = p->low->arena_piece ? p->low->arena_piece : left;
	size_t n = mica__ceil_div(left, piece);
	unsigned number;
	if (!(p->arenas = mica__alloc(n, sizeof *p->arenas)))
		return MICA_ENOMEM;
	for (; p->n_arenas < n; p->n_arenas++, left -= piece) {
		mica__buffer **arena = &p->arenas[p->n_arenas];
		MICA_TRY(mica__buffer_create(arena, mica__device_of(p->ctx), left < piece ? left : piece));
		MICA_TRY(add_buffer(p, *arena, &number));
	}
out:
	return st;
}

static mica_status make_buffers(mica_plan *p)
{
	mica_status st = MICA_OK;
	mica__plan *low = p->low;
	MICA_TRY(make_arenas(p));
	MICA_TRY(number_operands(p));
	MICA_TRY(place_values(p, false));
	MICA_TRY(place_values(p, true));
	note_stored(p);
	MICA_TRY(number_inputs(p));
	low->n_slabs = count_slabs(p);
	MICA_TRY(mica__view_create(&p->view, mica__device_of(p->ctx), low->n_slabs));
out:
	return st;
}

static void log_plan(const mica_plan *p)
{
	size_t n = mica__plan_text(p->low, false, NULL, 0);
	char *text = mica__alloc(n + 1, 1);
	if (text) {
		mica__plan_text(p->low, false, text, n + 1);
		mica__log("%s", text);
	}
	mica__free(text);
}

static mica_status check_outputs(const mica_var *outputs, size_t n)
{
	if (!n || !outputs)
		return mica__fail(MICA_EINVAL, "plan: no outputs");
	for (size_t i = 0; i < n; i++)
		if (!outputs[i])
			return mica__fail_null("plan: an output is NULL; check what its operations returned");
	for (size_t i = 0; i < n; i++)
		if (outputs[i]->g->status != MICA_OK)
			return mica__fail(outputs[i]->g->status, "%s", outputs[i]->g->error);
	for (size_t i = 0; i < n; i++)
		if (outputs[i]->loop)
			return mica__fail(MICA_EINVAL, "plan: output %zu has a value at each step of a loop; give mica_scan_stack of it, or "
			                  "mica_scan_last", i);
	return outputs[0]->g->ctx ? MICA_OK : mica__fail(MICA_EINVAL, "plan: the graph belongs to no context");
}

static mica_status name_outputs(mica_plan *p, const mica_var *outputs, size_t n)
{
	if (!(p->outputs = mica__alloc(n, sizeof *p->outputs)))
		return MICA_ENOMEM;
	p->n_outputs = n;
	for (size_t i = 0; i < n; i++)
		p->outputs[i] = (mica__output){outputs[i]->dtype, outputs[i]->shape};
	return MICA_OK;
}

/* On the reference device nothing is built.  Inputs that are needed are bound as elsewhere, without a buffer's number. */
static mica_status interpret(mica_plan *p)
{
	mica_status st = MICA_OK;
	MICA_TRY(mica__interpreter_make(&p->interpreter, p->low));
	MICA_TRY(number_operands(p));
	for (size_t i = 0; i < p->low->g->n; i++) {
		mica__operand *o;
		if (p->low->g->nodes[i]->op == MICA__VARIABLE)
			MICA_TRY(operand_of(&o, p, p->low->g->nodes[i]));
	}
out:
	return st;
}

mica_status mica__plan_make(mica_plan **out, const mica_var *outputs, size_t n, const mica_plan_opts *opts)
{
	*out = NULL;
	mica_status st = check_outputs(outputs, n);
	if (st != MICA_OK)
		return st;
	mica_plan *p = mica__alloc(1, sizeof *p);
	if (!p)
		return MICA_ENOMEM;
	p->ctx = outputs[0]->g->ctx;
	MICA_TRY(name_outputs(p, outputs, n));
	MICA_TRY(lower(p, outputs, opts));
	MICA_TRY(name_inputs(p, outputs[0]->g, outputs, n));
	bool interpreted = mica__class_of(mica__device_of(p->ctx))->reference;
	if (p->low->without & MICA_ONLY_PLAN || interpreted)
		p->low->n_slabs = FEWEST_SLABS;
	else
		MICA_TRY(make_buffers(p));
	if (!interpreted)
		MICA_TRY(mica__codegen(p->low));
	if (mica__debug("plan"))
		log_plan(p);
	if (interpreted && !(p->low->without & MICA_ONLY_PLAN)) {
		MICA_TRY(interpret(p));
	} else if (!(p->low->without & MICA_ONLY_PLAN)) {
		MICA_TRY(mica__plan_build(p));
	}
	*out = p;
	return MICA_OK;
out:
	free_plan(p);
	return st;
}

mica_status mica_plan_create(mica_plan **out, const mica_var *outputs, size_t n, const mica_plan_opts *opts)
{
	mica_status st = MICA_OK;
	mica_context *ctx = n && outputs && outputs[0] ? outputs[0]->g->ctx : NULL;
	if (!out)
		return mica__fail(MICA_EINVAL, "plan: nowhere to put it: out is NULL");
	MICA_TRY(mica__plan_make(out, outputs, n, opts));
	if ((st = mica__context_own(ctx, *out, free_plan)) != MICA_OK) {
		free_plan(*out);
		*out = NULL;
	}
out:
	return ctx ? mica__context_record(ctx, st) : st;
}

/* ---- what it is ---- */

size_t mica_plan_print(const mica_plan *p, bool dot, char *out, size_t size)
{
	if (p)
		return mica__plan_text(p->low, dot, out, out ? size : 0);
	if (out && size)
		out[0] = 0;
	return 0;
}

mica_plan_info mica_plan_describe(const mica_plan *p)
{
	if (!p)
		return (mica_plan_info){0};
	mica_plan_info info = {.launches = p->low->n_stages, .persistent = p->persistent, .arena_bytes = p->low->arena_bytes,
	                       .flops = (uint64_t)p->low->flops, .nodes = p->low->g->n};
	memcpy(info.seconds, p->low->seconds, sizeof info.seconds);
	for (size_t i = 0; i < p->low->n_groups; i++)
		info.kernels += !p->low->groups[i].dead;
	return info;
}
