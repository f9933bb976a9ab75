/* SPDX-License-Identifier: MIT */
/* runtime/plan.c - plans that run: buffers, kernels with their arguments set once, launches replayed.
   A plan keeps what it needs of its graph, which may be destroyed: names, types and shapes of inputs, outputs by their
   position, and the values it reads and stores. */
#include "runtime/interpret.h"
#include "runtime/provider.h"
#include "lower/kind.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

enum {
	FEWEST_SLABS = 8,          /* kernel arguments; powers of two */
	MOST_SLABS = 64,           /* OpenCL promises room for 128 pointers */
	STAGES_PER_SYNC = 65000,   /* what fits beside the task counter in walk.cl */
	MOST_TASKS = 32767         /* of one worker in a stage, see walk.cl */
};

typedef struct input {
	char name[64];
	mica_dtype dtype;
	mica_shape shape;
	bool needed;        /* an output depends on it */
	int buffer;         /* number of its argument; -1: none, its value is not read */
	mica_value *bound;  /* whose copy is used */
	mica__copy *copy;
	mica_value *own;    /* made by feed */
} input;

/* A value that the plan reads or stores, and its copies here; turned: the transposed one, NULL if none is read. */
typedef struct operand {
	mica_value *value;
	mica__copy *copy, *turned;
	bool stored, turned_stored;
} operand;

typedef struct output {
	mica_dtype dtype;
	mica_shape shape;
} output;

struct mica_plan {
	mica_context *ctx;
	mica__plan *low;
	output *outputs;
	size_t n_outputs;
	input *inputs;            /* of the graph */
	size_t n_inputs;
	operand *operands;
	size_t n_operands, cap_operands;
	size_t *operand_numbers;  /* by plan node: of a leaf's, + 1; 0: none */
	mica__interpreter *interpreter; /* on the reference device, instead of all below */
	mica__buffer *arena, *table, *sync;
	mica__program *program;
	mica__kernel **kernels;   /* one per stage, NULL for a call, or the walk kernel alone */
	size_t n_kernels;
	bool persistent;
	int walked;               /* stages since sync was zero */
	mica__buffer **buffers;   /* by the number that stores have; NULL: of an input that has no value */
	size_t n_buffers, cap_buffers;
	mica__view *view;         /* the slabs that these are in */
};

static void free_plan(void *object)
{
	mica_plan *p = object;
	for (size_t i = 0; i < p->n_kernels; i++)
		mica__kernel_destroy(p->kernels[i]);
	mica__free(p->kernels);
	mica__view_destroy(p->view);
	mica__free(p->buffers);
	mica__program_destroy(p->program);
	mica__buffer_destroy(p->arena);
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
		input *in = &p->inputs[p->n_inputs++];
		*in = (input){.dtype = x->dtype, .shape = x->shape, .needed = mica__order_of(x) != SIZE_MAX, .buffer = -1};
		memcpy(in->name, x->name, sizeof in->name);
		for (input *other = p->inputs; in->needed && other < in; other++)
			if (other->needed && !strcmp(other->name, in->name)) {
				st = mica__fail(MICA_EINVAL, "plan: two inputs are named \"%s\"; they are fed by name", in->name);
				goto out;
			}
	}
out:
	mica__free(order);
	return st;
}

/* The input of that name; one that is needed goes first. */
static input *find_input(const mica_plan *p, const char *name)
{
	input *found = NULL;
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
		find_input(p, t->node->name)->buffer = (int)t->buffer;
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
static mica_status operand_of(operand **out, mica_plan *p, mica_var leaf)
{
	mica_status st = MICA_OK;
	size_t *number = &p->operand_numbers[leaf->id];
	if (!*number) {
		MICA_TRY(mica__grow(&p->operands, &p->cap_operands, p->n_operands + 1, sizeof *p->operands));
		p->operands[p->n_operands++] = (operand){.value = leaf->value};
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
		operand *o;
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
		operand *o = &p->operands[p->operand_numbers[v->id] - 1];
		o->stored = true;
		o->turned_stored = p->low->info[v->id].turned >= 0;
	}
}

/* ---- making ---- */

/* The group of a stage that is a call of a provider; NULL if the stage is a kernel. */
static const mica__group *call_of(const mica_plan *p, size_t stage)
{
	const mica__group *g = &p->low->groups[p->low->order[p->low->stages[stage].first_group]];
	return mica__is_call(p->low, g) ? g : NULL;
}

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

static mica_status make_buffers(mica_plan *p)
{
	mica_status st = MICA_OK;
	mica__plan *low = p->low;
	MICA_TRY(mica__buffer_create(&p->arena, mica__device_of(p->ctx), low->arena_bytes ? low->arena_bytes : 256));
	unsigned first;
	MICA_TRY(add_buffer(p, p->arena, &first));
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

static bool can_walk(const mica_plan *p)
{
	const mica__plan *low = p->low;
	size_t stages = mica__full_stages(low);
	bool can = low->device.cpu && low->device.persistent && !(low->without & MICA_NO_PERSISTENT) && stages > 0 &&
	           stages < STAGES_PER_SYNC / 4;
	for (size_t i = 0; i < low->n_stages && can; i++)
		can = low->stages[i].groups <= MOST_TASKS;
	return can;
}

static mica_status build(mica_plan *p)
{
	mica_status st = MICA_OK;
	mica__plan *low = p->low;
	mica__text kernels = {0}, options = {0};
	const char **files = NULL, **pieces = NULL;
	size_t n = 0, n_files;
	p->persistent = can_walk(p);
	MICA_TRY(p->persistent ? mica__walk_kernel(low, &kernels) : mica__stage_kernels(low, &kernels));
	MICA_TRY(mica__code_sources(low, &files, &n_files));
	mica__kernel_options(low, &options);
	if (!(pieces = mica__alloc(n_files + 4, sizeof *pieces)) || kernels.failed || options.failed) {
		st = MICA_ENOMEM;
		goto out;
	}
	pieces[n++] = mica__kernel_source("prelude.cl");
	for (size_t i = 0; i < n_files; i++)
		pieces[n++] = mica__kernel_source(files[i]);
	if (p->persistent)
		pieces[n++] = mica__kernel_source("walk.cl");
	pieces[n++] = low->source.s ? low->source.s : "";
	pieces[n++] = kernels.s ? kernels.s : "";
	for (size_t i = 0; i < n; i++)
		if (!pieces[i]) {
			st = mica__fail(MICA_EBUILD, "plan: a kernel text is missing from the library");
			goto out;
		}
	if (mica__debug("source"))
		mica__log("%s\n%s", low->source.s, kernels.s);
	MICA_TRY(mica__program_create(&p->program, mica__device_of(p->ctx), low->name[0] ? low->name : "plan", pieces, n,
	                             mica__text_string(&options)));
out:
	mica__text_free(&kernels);
	mica__text_free(&options);
	mica__free(files);
	mica__free(pieces);
	return st;
}

/* Puts into the table where the stores of a buffer are (any: all that have one); false if the view has no room for a slab. */
static bool set_words(mica_plan *p, bool any, unsigned buffer)
{
	bool room = true;
	for (size_t i = 0; i < p->low->n_wheres && room; i++) {
		const mica__where *w = &p->low->wheres[i];
		const mica__store *t = &p->low->stores[w->store];
		if (p->buffers[t->buffer] && (any || t->buffer == buffer))
			room = mica__view_word(&p->low->table[w->slot], p->view, p->buffers[t->buffer], t->offset);
	}
	return room;
}

/* All words anew, and the table. */
static mica_status write_table(mica_plan *p)
{
	mica__view_forget(p->view);
	if (!set_words(p, true, 0))
		return mica__fail(MICA_EUNSUPPORTED, "plan: its values are in more than %u pieces of device memory; make them together, "
		                  "before the plan", p->low->n_slabs);
	return mica__buffer_write(p->table, 0, p->low->table, p->low->n_table * sizeof *p->low->table);
}

/* record: first word in the table of what the kernel runs. */
static mica_status set_arguments(mica_plan *p, mica__kernel *k, int32_t record)
{
	mica_status st = MICA_OK;
	unsigned n = p->low->n_slabs;
	mica__kernel_view(k, 0, p->view);
	MICA_TRY(mica__kernel_buffer(k, n, p->table));
	MICA_TRY(mica__kernel_value(k, n + 1, &record, sizeof record));
	if (p->persistent)
		MICA_TRY(mica__kernel_buffer(k, n + 2, p->sync));
out:
	return st;
}

static mica_status label_stage(const mica_plan *p, size_t s)
{
	char label[160] = "";
	double flops = 0, bytes = 0;
	size_t n = 0;
	for (size_t j = 0; j < p->low->stages[s].n_groups; j++) {
		const mica__group *g = &p->low->groups[p->low->order[p->low->stages[s].first_group + j]];
		if (n < sizeof label)
			n += (size_t)snprintf(label + n, sizeof label - n, "%s%s", j ? "; " : "", g->label);
		flops += g->flops;
		bytes += g->bytes;
	}
	return mica__kernel_cost(p->kernels[s], label, flops, bytes);
}

static mica_status make_kernels(mica_plan *p)
{
	mica_status st = MICA_OK;
	size_t n = p->persistent ? 1 : p->low->n_stages;
	if (p->persistent)
		MICA_TRY(mica__buffer_create(&p->sync, mica__device_of(p->ctx), (32 + 16 * ((size_t)p->low->device.workers + 1)) * sizeof(int32_t)));
	MICA_TRY(mica__buffer_create(&p->table, mica__device_of(p->ctx), (p->low->n_table + 1) * sizeof(int64_t)));
	MICA_TRY(write_table(p));
	if (!(p->kernels = mica__alloc(n + 1, sizeof *p->kernels)))
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		char name[32] = "walk";
		if (!p->persistent)
			snprintf(name, sizeof name, "stage%zu", p->low->stages[i].kernel);
		p->n_kernels++;
		if (!p->persistent && call_of(p, i))
			continue;
		MICA_TRY(mica__kernel_create(&p->kernels[i], p->program, name));
		MICA_TRY(set_arguments(p, p->kernels[i], (int32_t)(p->persistent ? p->low->walk_record : p->low->stages[i].record)));
		if (!p->persistent)
			MICA_TRY(label_stage(p, i));
		else
			MICA_TRY(mica__kernel_cost(p->kernels[i], p->low->name[0] ? p->low->name : "plan", p->low->flops, 0));
	}
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
	return outputs[0]->g->ctx ? MICA_OK : mica__fail(MICA_EINVAL, "plan: the graph belongs to no context");
}

static mica_status name_outputs(mica_plan *p, const mica_var *outputs, size_t n)
{
	if (!(p->outputs = mica__alloc(n, sizeof *p->outputs)))
		return MICA_ENOMEM;
	p->n_outputs = n;
	for (size_t i = 0; i < n; i++)
		p->outputs[i] = (output){outputs[i]->dtype, outputs[i]->shape};
	return MICA_OK;
}

/* On the reference device nothing is built.  Inputs that are needed are bound as elsewhere, without a buffer's number. */
static mica_status interpret(mica_plan *p)
{
	mica_status st = MICA_OK;
	MICA_TRY(mica__interpreter_make(&p->interpreter, p->low));
	MICA_TRY(number_operands(p));
	for (size_t i = 0; i < p->low->g->n; i++) {
		operand *o;
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
		MICA_TRY(build(p));
		MICA_TRY(make_kernels(p));
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

/* ---- inputs ---- */

static mica_status no_plan(const char *caller)
{
	return mica__fail_null("%s: no plan; check what mica_plan_create returned", caller);
}

/* The input of that name: EINVAL lists those there are. */
static mica_status input_named(input **out, const mica_plan *p, const char *name, const char *caller)
{
	char list[256] = "";
	size_t at = 0;
	if (name && (*out = find_input(p, name)))
		return MICA_OK;
	for (size_t i = 0; i < p->n_inputs && at < sizeof list; i++)
		at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", i ? ", " : "", p->inputs[i].name);
	return mica__fail(MICA_EINVAL, "%s: %s is no input of this plan's graph, which has %s", caller, name ? name : "NULL",
	                  p->n_inputs ? list : "none");
}

/* Binding is writing words of the table. */
static mica_status use_buffer(mica_plan *p, const input *in, mica__buffer *b)
{
	mica_status st = MICA_OK;
	unsigned number = (unsigned)in->buffer;
	if (p->buffers[number] == b)
		return MICA_OK;
	p->buffers[number] = b;
	if (!set_words(p, false, number))
		MICA_TRY(write_table(p));
	else
		for (size_t i = 0; i < p->low->n_wheres; i++) {
			const mica__where *w = &p->low->wheres[i];
			if (p->low->stores[w->store].buffer == number)
				MICA_TRY(mica__buffer_write(p->table, w->slot * sizeof(int64_t), &p->low->table[w->slot], sizeof(int64_t)));
		}
out:
	if (st != MICA_OK)
		p->buffers[number] = NULL;
	return st;
}

static void unbind(mica_plan *p, input *in)
{
	mica__value_release(in->bound, p->ctx);
	in->bound = NULL;
	in->copy = NULL;
	if (in->buffer >= 0)
		p->buffers[in->buffer] = NULL;
}

static mica_status bind_input(mica_plan *p, input *in, mica_value *v)
{
	mica__wanted w = {.value = v, .alone = true};
	mica_status st = MICA_OK;
	if (!mica__shape_equal(&v->shape, &in->shape) || v->dtype != in->dtype)
		return mica__fail(MICA_ESHAPE, "bind: input %s is %s %s, the value %s %s", in->name, mica__dtype_name(in->dtype),
		                  mica__shape_text(&in->shape), mica__dtype_name(v->dtype), mica__shape_text(&v->shape));
	if (p->interpreter) {
		mica__value_hold(v, p->ctx);
		unbind(p, in);
		in->bound = v;
		return MICA_OK;
	}
	if (in->buffer < 0) /* the plan does not read it */
		return MICA_OK;
	if (in->bound != v) {
		MICA_TRY(mica__copies_find(&w, 1, p->ctx));
		mica__value_hold(v, p->ctx);
		unbind(p, in);
		in->bound = v;
		in->copy = w.copy;
	}
	MICA_TRY(mica__copy_renew(in->copy));
	MICA_TRY(use_buffer(p, in, in->copy->pool->buffer));
out:
	return st;
}

mica_status mica__plan_bind(mica_plan *p, const char *name, mica_value *v)
{
	input *in;
	mica_status st = input_named(&in, p, name, "bind");
	if (st != MICA_OK)
		return st;
	if (v)
		return bind_input(p, in, v);
	unbind(p, in);
	return MICA_OK;
}

mica_status mica_plan_bind(mica_plan *p, const char *name, mica_value *v)
{
	return p ? mica__context_record(p->ctx, mica__plan_bind(p, name, v)) : no_plan("bind");
}

static mica_status feed(mica_plan *p, const char *name, const void *data, size_t bytes)
{
	mica_status st = MICA_OK;
	input *in;
	MICA_TRY(input_named(&in, p, name, "feed"));
	size_t want = mica__shape_count(&in->shape) * mica__dtype_bytes(in->dtype);
	if (bytes != want)
		return mica__fail(MICA_ESHAPE, "feed: %zu bytes for input %s, %s %s has %zu", bytes, in->name,
		                  mica__dtype_name(in->dtype), mica__shape_text(&in->shape), want);
	if (!data && bytes)
		return mica__fail(MICA_EINVAL, "feed: no memory for input %s: data is NULL", in->name);
	if (in->buffer < 0 && !(p->interpreter && in->needed))
		return MICA_OK;
	if (!in->own)
		MICA_TRY(mica__value_make(&in->own, p->ctx, in->name, MICA_ROLE_DATA, in->dtype, in->shape));
	MICA_TRY(mica_value_write(in->own, data, bytes));
	MICA_TRY(bind_input(p, in, in->own));
out:
	return st;
}

mica_status mica_plan_feed(mica_plan *p, const char *name, const void *data, size_t bytes)
{
	return p ? mica__context_record(p->ctx, feed(p, name, data, bytes)) : no_plan("feed");
}

/* ---- running ---- */

/* Inputs have values, and all copies that are read are valid. */
static mica_status prepare(mica_plan *p)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < p->n_inputs; i++) {
		input *in = &p->inputs[i];
		if (in->buffer < 0)
			continue;
		if (!in->bound)
			return mica__fail(MICA_EINVAL, "run: input %s has no value; feed or bind it", in->name);
		MICA_TRY(bind_input(p, in, in->bound));
	}
	for (size_t i = 0; i < p->n_operands; i++) {
		if (p->operands[i].copy)
			MICA_TRY(mica__copy_renew(p->operands[i].copy));
		if (p->operands[i].turned)
			MICA_TRY(mica__copy_renew(p->operands[i].turned));
	}
out:
	return st;
}

static mica_value *bound_to(void *payload, const char *name)
{
	return find_input(payload, name)->bound;
}

static mica_status interpret_steps(mica_plan *p, size_t steps)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < p->n_inputs; i++)
		if (p->inputs[i].needed && !p->inputs[i].bound)
			return mica__fail(MICA_EINVAL, "run: input %s has no value; feed or bind it", p->inputs[i].name);
	for (size_t i = 0; i < steps; i++)
		MICA_TRY(mica__interpreter_run(p->interpreter, bound_to, p));
out:
	return st;
}

/* What was stored is valid here only.  Also after a failed launch: all copies here were valid before it. */
static void mark_stored(mica_plan *p)
{
	for (size_t i = 0; i < p->n_operands; i++) {
		operand *o = &p->operands[i];
		if (!o->stored)
			continue;
		mica__value_zero(o->value);
		if (o->copy)
			o->copy->valid = true;
		if (o->turned)
			o->turned->valid = o->turned_stored;
	}
}

static mica_status walk(mica_plan *p, size_t steps)
{
	mica_status st = MICA_OK;
	size_t stages = mica__full_stages(p->low), most = STAGES_PER_SYNC / stages;
	while (steps) {
		size_t room = (STAGES_PER_SYNC - (size_t)p->walked) / stages;
		if (!room) {
			MICA_TRY(mica__buffer_zero(p->sync, 0, mica__buffer_bytes(p->sync)));
			p->walked = 0;
			room = most;
		}
		size_t now = steps < room ? steps : room;
		int32_t end = p->walked + (int32_t)(now * stages);
		MICA_TRY(mica__kernel_value(p->kernels[0], p->low->n_slabs + 3, &end, sizeof end));
		MICA_TRY(mica__kernel_launch(p->kernels[0], p->low->device.workers, 1));
		p->walked = end;
		steps -= now;
	}
out:
	return st;
}

static mica_status launch(mica_plan *p, size_t steps)
{
	mica_status st = MICA_OK;
	size_t local = p->low->device.cpu ? 1 : p->low->device.group_size;
	for (size_t i = 0; i < steps; i++)
		for (size_t s = 0; s < p->n_kernels; s++)
			if (!p->kernels[s])
				MICA_TRY(mica__provider_run(p->ctx, p->low, call_of(p, s), p->buffers));
			else if (p->low->stages[s].groups)
				MICA_TRY(mica__kernel_launch(p->kernels[s], p->low->stages[s].groups, local));
out:
	return st;
}

static mica_status run(mica_plan *p, size_t steps)
{
	mica_status st = MICA_OK;
	if (!steps)
		return mica__fail(MICA_EINVAL, "run: 0 steps");
	if (p->low->without & MICA_ONLY_PLAN)
		return mica__fail(MICA_EINVAL, "run: the plan has no kernels; make it without MICA_ONLY_PLAN");
	if (p->interpreter)
		return interpret_steps(p, steps);
	MICA_TRY(prepare(p));
	st = p->persistent ? walk(p, steps) : launch(p, steps);
	mark_stored(p);
	if (st == MICA_OK)
		st = mica__device_flush(mica__device_of(p->ctx));
out:
	return st;
}

mica_status mica_plan_run(mica_plan *p, size_t steps)
{
	return p ? mica__context_record(p->ctx, run(p, steps)) : no_plan("run");
}

mica_status mica_context_wait(mica_context *ctx)
{
	if (!ctx)
		return mica__fail_null("wait: no context; check what mica_open returned");
	return mica__context_record(ctx, mica__context_finish(ctx));
}

/* ---- outputs ---- */

static mica_status read_store(mica_plan *p, const mica__store *t, void *data)
{
	size_t bytes = mica__dtype_bytes(t->node->dtype), size = t->elements * bytes;
	mica__buffer *b = p->low->without & MICA_ONLY_PLAN ? NULL : p->buffers[t->buffer];
	if (!size)
		return MICA_OK;
	if (p->low->without & MICA_ONLY_PLAN)
		return mica__fail(MICA_EINVAL, "fetch: the plan has no kernels; make it without MICA_ONLY_PLAN");
	if (!b)
		return mica__fail(MICA_EINVAL, "fetch: input %s has no value yet", t->node->name);
	if (!t->form.panel)
		return mica__buffer_read(b, t->offset, data, size);
	void *packed = mica__alloc(size, 1);
	if (!packed)
		return MICA_ENOMEM;
	mica_status st = mica__buffer_read(b, t->offset, packed, size);
	if (st == MICA_OK)
		mica__from_panels(data, packed, t->rows, t->columns, bytes, mica__panel_width(p->low));
	mica__free(packed);
	return st;
}

static mica_status output_at(const output **out, const mica_plan *p, size_t i, const char *caller)
{
	*out = &p->outputs[i];
	return i < p->n_outputs ? MICA_OK : mica__fail(MICA_EINVAL, "%s: output %zu of a plan that has %zu, counted from 0", caller,
	                                               i, p->n_outputs);
}

static mica_status fetch(mica_plan *p, size_t i, void *data, size_t bytes)
{
	const output *o;
	mica_status st = output_at(&o, p, i, "fetch");
	if (st != MICA_OK)
		return st;
	size_t want = mica__shape_count(&o->shape) * mica__dtype_bytes(o->dtype);
	if (bytes != want)
		return mica__fail(MICA_ESHAPE, "fetch: %zu bytes for output %zu, %s %s has %zu", bytes, i, mica__dtype_name(o->dtype),
		                  mica__shape_text(&o->shape), want);
	if (!data && bytes)
		return mica__fail(MICA_EINVAL, "fetch: no memory for output %zu: data is NULL", i);
	if (p->interpreter) {
		if (bytes)
			memcpy(data, mica__interpreter_result(p->interpreter, i), bytes);
		return MICA_OK;
	}
	mica_var y = mica__stored(p->low, p->low->outputs[i]);
	return read_store(p, &p->low->stores[p->low->info[y->id].store], data);
}

mica_status mica_plan_fetch(mica_plan *p, size_t i, void *data, size_t bytes)
{
	return p ? mica__context_record(p->ctx, fetch(p, i, data, bytes)) : no_plan("fetch");
}

static mica_status take(mica_plan *p, size_t i, mica_value *v)
{
	const output *o;
	void *data = NULL;
	mica_status st = MICA_OK;
	MICA_TRY(output_at(&o, p, i, "take"));
	if (!v)
		return mica__fail_null("take: no value");
	if (!mica__shape_equal(&v->shape, &o->shape) || v->dtype != o->dtype)
		return mica__fail(MICA_ESHAPE, "take: output %zu is %s %s, the value %s %s", i, mica__dtype_name(o->dtype),
		                  mica__shape_text(&o->shape), mica__dtype_name(v->dtype), mica__shape_text(&v->shape));
	if (!(data = mica__alloc(v->bytes, 1)))
		return MICA_ENOMEM;
	MICA_TRY(fetch(p, i, data, v->bytes));
	MICA_TRY(mica_value_write(v, data, v->bytes));
out:
	mica__free(data);
	return st;
}

mica_status mica_plan_take(mica_plan *p, size_t i, mica_value *v)
{
	return p ? mica__context_record(p->ctx, take(p, i, v)) : no_plan("take");
}

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
