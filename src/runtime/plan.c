/* SPDX-License-Identifier: MIT */
/* runtime/plan.c - plans that run: buffers, kernels with their arguments set once, launches replayed. */
#include "runtime/provider.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

enum {
	MOST_BUFFERS = 96,         /* kernel arguments; OpenCL promises room for 128 pointers */
	STAGES_PER_SYNC = 65000,   /* what fits beside the task counter in walk.cl */
	MOST_TASKS = 32767         /* of one worker in a stage, see walk.cl */
};

typedef struct input {
	mica_var node;      /* plan leaf */
	unsigned buffer;    /* number of its argument */
	mica_tensor *bound; /* whose copy is used */
	mica_tensor *own;   /* made by feed */
} input;

struct mica_plan {
	mica_context *ctx;
	mica_graph *g;
	mica__plan *low;
	mica_var *outputs;        /* as the user named them */
	size_t n_outputs;
	input *inputs;
	size_t n_inputs, cap_inputs;
	mica__buffer *arena, *table, *sync;
	mica__program *program;
	mica__kernel **kernels;   /* one per stage, NULL for a call, or the walk kernel alone */
	size_t n_kernels;
	bool persistent;
	int walked;               /* stages since sync was zero */
	mica__buffer *buffers[MOST_BUFFERS];
	size_t n_buffers;
};

static void free_plan(void *object)
{
	mica_plan *p = object;
	for (size_t i = 0; i < p->n_kernels; i++)
		mica__kernel_destroy(p->kernels[i]);
	mica__free(p->kernels);
	mica__program_destroy(p->program);
	mica__buffer_destroy(p->arena);
	mica__buffer_destroy(p->table);
	mica__buffer_destroy(p->sync);
	mica__lower_free(p->low);
	mica__free(p->inputs);
	mica__free(p->outputs);
	mica__free(p);
}

void mica_plan_destroy(mica_plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_inputs; i++)
		mica_tensor_destroy(p->inputs[i].own);
	mica__context_disown(p->ctx, p);
	free_plan(p);
}

/* ---- making ---- */

static mica_status number_inputs(mica_plan *p)
{
	for (size_t i = 0; i < p->low->n_stores; i++) {
		mica__store *t = &p->low->stores[i];
		if (t->node->op != MICA__INPUT)
			continue;
		if (p->n_buffers == MOST_BUFFERS)
			return mica__fail(MICA_EUNSUPPORTED, "plan: more than %d inputs and buffers", MOST_BUFFERS);
		if (mica__grow(&p->inputs, &p->cap_inputs, p->n_inputs + 1, sizeof *p->inputs) != MICA_OK)
			return MICA_ENOMEM;
		t->buffer = (unsigned)p->n_buffers;
		p->inputs[p->n_inputs++] = (input){.node = t->node, .buffer = t->buffer};
		p->buffers[p->n_buffers++] = NULL;
	}
	return MICA_OK;
}

/* The group of a stage that is a call of a provider; NULL if the stage is a kernel. */
static const mica__group *call_of(const mica_plan *p, size_t stage)
{
	const mica__group *g = &p->low->groups[p->low->order[p->low->stages[stage].first_group]];
	return mica__is_call(p->low, g) ? g : NULL;
}

/* Lowers for the provider of matrix products that this device has, or for our own if its products are wrong. */
static mica_status lower(mica_plan *p, const mica_plan_opts *opts)
{
	mica_status st = MICA_OK;
	mica__device_class class = *mica__class_of(mica__device_of(p->ctx));
	mica__provider provider;
	bool right = true;
	MICA_TRY(mica__provider_choose(&provider, p->ctx));
	class.library_products = provider == MICA__CLBLAST;
	MICA_TRY(mica__lower(&p->low, p->outputs, p->n_outputs, opts, &class));
	if (class.library_products && !(p->low->without & MICA_ONLY_PLAN))
		MICA_TRY(mica__provider_test(&right, p->ctx, p->low));
	if (!right) {
		mica__lower_free(p->low);
		class.library_products = false;
		MICA_TRY(mica__lower(&p->low, p->outputs, p->n_outputs, opts, &class));
	}
out:
	return st;
}

static mica_status make_buffers(mica_plan *p)
{
	mica_status st = MICA_OK;
	mica__plan *low = p->low;
	MICA_TRY(mica__buffer_create(&p->arena, mica__device_of(p->ctx), low->arena_bytes ? low->arena_bytes : 256));
	p->buffers[p->n_buffers++] = p->arena;
	MICA_TRY(mica__place_variables(low, p->ctx, p->buffers, &p->n_buffers, MOST_BUFFERS));
	MICA_TRY(number_inputs(p));
	low->n_buffers = (unsigned)p->n_buffers;
out:
	return st;
}

/* Buffer numbers as a plan has them whose variables all meet in it, without the buffers. */
static void number_only(mica__plan *low)
{
	low->n_buffers = 3; /* the arena, variables, their transposed copies */
	for (size_t i = 0; i < low->n_stores; i++) {
		mica__store *t = &low->stores[i];
		if (t->place != MICA__IN_ARENA)
			t->buffer = t->node->op == MICA__INPUT ? low->n_buffers++ : t->place == MICA__IN_LEAF ? 1 : 2;
	}
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
	mica__text kernels = {0};
	char options[256];
	p->persistent = can_walk(p);
	MICA_TRY(p->persistent ? mica__walk_kernel(low, &kernels) : mica__stage_kernels(low, &kernels));
	bool product = false;
	for (size_t i = 0; i < low->n_groups; i++)
		product = product || (!low->groups[i].dead && low->groups[i].anchor == MICA__PRODUCT && !mica__is_call(low, &low->groups[i]));
	const char *pieces[5];
	size_t n = 0;
	pieces[n++] = mica__kernel_source("prelude.cl");
	if (product)
		pieces[n++] = mica__kernel_source(low->device.cpu ? "product_cpu.cl" : "product_simt.cl");
	if (p->persistent)
		pieces[n++] = mica__kernel_source("walk.cl");
	pieces[n++] = low->source.s ? low->source.s : "";
	pieces[n++] = kernels.s ? kernels.s : "";
	for (size_t i = 0; i < n; i++)
		if (!pieces[i]) {
			st = mica__fail(MICA_EBUILD, "plan: a kernel text is missing from the library");
			goto out;
		}
	mica__kernel_options(low, options, sizeof options);
	if (mica__debug("source"))
		mica__log("%s\n%s", low->source.s, kernels.s);
	MICA_TRY(mica__program_create(&p->program, mica__device_of(p->ctx), low->name[0] ? low->name : "plan", pieces, n, options));
out:
	mica__text_free(&kernels);
	return st;
}

/* record: first word in the table of what the kernel runs. */
static mica_status set_arguments(mica_plan *p, mica__kernel *k, int32_t record)
{
	mica_status st = MICA_OK;
	for (unsigned i = 0; i < p->n_buffers; i++)
		if (p->buffers[i])
			MICA_TRY(mica__kernel_buffer(k, i, p->buffers[i]));
	unsigned n = (unsigned)p->n_buffers;
	MICA_TRY(mica__kernel_buffer(k, n, p->table));
	MICA_TRY(mica__kernel_value(k, n + 1, &record, sizeof record));
	if (p->persistent)
		MICA_TRY(mica__kernel_buffer(k, n + 2, p->sync));
out:
	return st;
}

static mica_status label_stage(const mica_plan *p, size_t s)
{
	char label[96] = "";
	double flops = 0, bytes = 0;
	size_t n = 0;
	for (size_t j = 0; j < p->low->stages[s].n_groups; j++) {
		const mica__group *g = &p->low->groups[p->low->order[p->low->stages[s].first_group + j]];
		if (n < sizeof label)
			n += (size_t)snprintf(label + n, sizeof label - n, "%s%s", j ? ", " : "", g->label);
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
	MICA_TRY(mica__buffer_write(p->table, 0, p->low->table, p->low->n_table * sizeof(int64_t)));
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

mica_status mica_plan_create(mica_plan **out, const mica_var *outputs, size_t n, const mica_plan_opts *opts)
{
	mica_status st = MICA_OK;
	*out = NULL;
	if (!n)
		return mica__fail(MICA_EINVAL, "plan: no outputs");
	mica_graph *g = outputs[0]->g;
	if (g->status != MICA_OK)
		return mica__fail(g->status, "%s", g->error);
	mica_plan *p = mica__alloc(1, sizeof *p);
	if (!p)
		return MICA_ENOMEM;
	p->g = g;
	p->ctx = g->ctx;
	p->n_outputs = n;
	if (!(p->outputs = mica__alloc(n, sizeof *p->outputs))) {
		st = MICA_ENOMEM;
		goto out;
	}
	memcpy(p->outputs, outputs, n * sizeof *outputs);
	MICA_TRY(lower(p, opts));
	if (p->low->without & MICA_ONLY_PLAN)
		number_only(p->low);
	else
		MICA_TRY(make_buffers(p));
	MICA_TRY(mica__codegen(p->low));
	if (mica__debug("plan"))
		log_plan(p);
	if (!(p->low->without & MICA_ONLY_PLAN)) {
		MICA_TRY(build(p));
		MICA_TRY(make_kernels(p));
	}
	MICA_TRY(mica__context_own(p->ctx, p, free_plan));
	*out = p;
	return MICA_OK;
out:
	free_plan(p);
	return st;
}

/* ---- inputs ---- */

static input *find_input(mica_plan *p, mica_var v)
{
	for (size_t i = 0; i < p->n_inputs; i++)
		if (p->inputs[i].node->origin == v)
			return &p->inputs[i];
	return NULL;
}

static bool is_input(const mica_plan *p, mica_var v)
{
	return !v->failed && v->op == MICA__INPUT && v->g == p->g;
}

mica_status mica_plan_bind(mica_plan *p, mica_var v, mica_tensor *t)
{
	mica_status st = MICA_OK;
	mica__buffer *b;
	size_t offset;
	mica_shape s = mica_tensor_shape(t);
	if (!is_input(p, v))
		return mica__fail(MICA_EINVAL, "bind: %s is no input of this plan's graph", v->name);
	if (!mica__shape_equal(&s, &v->shape) || mica_tensor_dtype(t) != v->dtype)
		return mica__fail(MICA_ESHAPE, "bind: input %s is %s %s, the tensor %s %s", v->name, mica__dtype_name(v->dtype),
		                  mica__shape_text(&v->shape), mica__dtype_name(mica_tensor_dtype(t)), mica__shape_text(&s));
	input *in = find_input(p, v);
	if (!in)
		return MICA_OK; /* the plan does not need it */
	MICA_TRY(mica__tensor_buffer(t, p->ctx, &b, &offset));
	for (size_t i = 0; i < p->n_kernels; i++)
		if (p->kernels[i])
			MICA_TRY(mica__kernel_buffer(p->kernels[i], in->buffer, b));
	p->buffers[in->buffer] = b;
	in->bound = t;
out:
	return st;
}

mica_status mica_plan_feed(mica_plan *p, mica_var v, const void *data, size_t bytes)
{
	mica_status st = MICA_OK;
	if (!is_input(p, v))
		return mica__fail(MICA_EINVAL, "feed: %s is no input of this plan's graph", v->name);
	size_t want = mica_var_count(v) * mica__dtype_bytes(v->dtype);
	if (bytes != want)
		return mica__fail(MICA_ESHAPE, "feed: %zu bytes for input %s, %s %s has %zu", bytes, v->name,
		                  mica__dtype_name(v->dtype), mica__shape_text(&v->shape), want);
	input *in = find_input(p, v);
	if (!in)
		return MICA_OK;
	if (!in->own)
		MICA_TRY(mica_tensor_create(&in->own, p->ctx, v->dtype, v->shape));
	MICA_TRY(mica_tensor_write(in->own, data, bytes));
	MICA_TRY(mica_plan_bind(p, v, in->own));
out:
	return st;
}

/* ---- running ---- */

/* Inputs have values, their copies here are valid, and transposed copies are up to date. */
static mica_status prepare(mica_plan *p)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < p->n_inputs; i++) {
		if (!p->inputs[i].bound)
			return mica__fail(MICA_EINVAL, "run: input %s has no value; feed or bind it", p->inputs[i].node->name);
		if (!mica_tensor_is_on(p->inputs[i].bound, p->ctx))
			MICA_TRY(mica_plan_bind(p, p->inputs[i].node->origin, p->inputs[i].bound));
	}
	for (size_t i = 0; i < p->low->n_stores; i++)
		if (p->low->stores[i].place == MICA__IN_SHADOW)
			MICA_TRY(mica__refresh_copy(p->low->stores[i].node->origin));
out:
	return st;
}

/* Copies that this plan does not keep up to date itself. */
static void mark_stale_copies(mica_plan *p)
{
	for (size_t i = 0; i < p->low->n_assigns; i++) {
		mica_var v = p->low->assigns[i].variable;
		mica__storage *s = v->origin->storage;
		if (s && s->copy && p->low->info[v->id].shadow < 0)
			s->copy_stale = true;
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
		MICA_TRY(mica__kernel_value(p->kernels[0], (unsigned)p->n_buffers + 3, &end, sizeof end));
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

mica_status mica_plan_run(mica_plan *p, size_t steps)
{
	mica_status st = MICA_OK;
	if (!steps)
		return mica__fail(MICA_EINVAL, "run: 0 steps");
	if (p->low->without & MICA_ONLY_PLAN)
		return mica__fail(MICA_EINVAL, "run: the plan has no kernels; make it without MICA_ONLY_PLAN");
	MICA_TRY(prepare(p));
	MICA_TRY(p->persistent ? walk(p, steps) : launch(p, steps));
	mark_stale_copies(p);
	MICA_TRY(mica__device_flush(mica__device_of(p->ctx)));
out:
	return st;
}

mica_status mica_context_wait(mica_context *ctx)
{
	return mica__context_finish(ctx);
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
	if (!t->panel)
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

mica_status mica_plan_fetch(mica_plan *p, mica_var output, void *data, size_t bytes)
{
	size_t want = mica_var_count(output) * mica__dtype_bytes(output->dtype);
	for (size_t i = 0; i < p->n_outputs; i++) {
		if (p->outputs[i] != output)
			continue;
		if (bytes != want)
			return mica__fail(MICA_ESHAPE, "fetch: %zu bytes for %s %s, which has %zu", bytes, mica__dtype_name(output->dtype),
			                  mica__shape_text(&output->shape), want);
		mica_var y = mica__stored(p->low, p->low->outputs[i]);
		return read_store(p, &p->low->stores[p->low->info[y->id].store], data);
	}
	return mica__fail(MICA_EINVAL, "fetch: the var is no output of this plan");
}

mica_status mica_plan_take(mica_plan *p, mica_var output, mica_tensor *t)
{
	mica_status st = MICA_OK;
	size_t bytes = mica_tensor_bytes(t);
	mica_shape s = mica_tensor_shape(t);
	if (!mica__shape_equal(&s, &output->shape) || mica_tensor_dtype(t) != output->dtype)
		return mica__fail(MICA_ESHAPE, "take: the output is %s %s, the tensor %s %s", mica__dtype_name(output->dtype),
		                  mica__shape_text(&output->shape), mica__dtype_name(mica_tensor_dtype(t)), mica__shape_text(&s));
	void *data = mica__alloc(bytes, 1);
	if (!data)
		return MICA_ENOMEM;
	MICA_TRY(mica_plan_fetch(p, output, data, bytes));
	MICA_TRY(mica_tensor_write(t, data, bytes));
out:
	mica__free(data);
	return st;
}

size_t mica_plan_print(const mica_plan *p, bool dot, char *out, size_t size)
{
	return mica__plan_text(p->low, dot, out, size);
}

mica_plan_info mica_plan_describe(const mica_plan *p)
{
	mica_plan_info info = {.launches = p->low->n_stages, .persistent = p->persistent, .arena_bytes = p->low->arena_bytes,
	                       .flops = (uint64_t)p->low->flops, .nodes = p->low->g->n};
	memcpy(info.seconds, p->low->seconds, sizeof info.seconds);
	for (size_t i = 0; i < p->low->n_groups; i++)
		info.kernels += !p->low->groups[i].dead;
	return info;
}
