/* SPDX-License-Identifier: MIT */
/* runtime/run.c - a plan at work: values bound to its inputs, launches replayed, outputs fetched. */
#include "runtime/plan.h"
#include "runtime/provider.h"

#include <stdio.h>
#include <string.h>

/* ---- inputs ---- */

static mica_status no_plan(const char *caller)
{
	return mica__fail_null("%s: no plan; check what mica_plan_create returned", caller);
}

/* The input of that name: EINVAL lists those there are. */
static mica_status input_named(mica__input **out, const mica_plan *p, const char *name, const char *caller)
{
	char list[256] = "";
	size_t at = 0;
	if (name && (*out = mica__plan_input(p, name)))
		return MICA_OK;
	for (size_t i = 0; i < p->n_inputs && at < sizeof list; i++)
		at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", i ? ", " : "", p->inputs[i].name);
	return mica__fail(MICA_EINVAL, "%s: %s is no input of this plan's graph, which has %s", caller, name ? name : "NULL",
	                  p->n_inputs ? list : "none");
}

/* Binding is writing words of the table. */
static mica_status use_buffer(mica_plan *p, const mica__input *in, mica__buffer *b)
{
	unsigned number = (unsigned)in->buffer;
	if (p->buffers[number] == b)
		return MICA_OK;
	p->buffers[number] = b;
	mica_status st = mica__plan_place(p, number);
	if (st != MICA_OK)
		p->buffers[number] = NULL;
	return st;
}

static void unbind(mica_plan *p, mica__input *in)
{
	mica__value_release(in->bound, p->ctx);
	in->bound = NULL;
	in->copy = NULL;
	if (in->buffer >= 0)
		p->buffers[in->buffer] = NULL;
}

static mica_status bind_input(mica_plan *p, mica__input *in, mica_value *v)
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
	mica__input *in;
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
	mica__input *in;
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

/* Where the host has the value, what is sent from there is both; else the one copy is made of the other on the device. */
static mica_status renew_turned(mica_plan *p, const mica__operand *o)
{
	mica_status st = MICA_OK;
	if (o->turned->valid || o->value->host_valid || !o->renewal)
		return mica__copy_renew(o->turned);
	size_t tasks = p->low->renewals[o->renewal - 1].stage.groups;
	if (tasks)
		MICA_TRY(mica__kernel_launch(p->renewals[o->renewal - 1], tasks, 1));
	o->turned->valid = true;
out:
	return st;
}

/* Inputs have values, and all copies that are read are valid. */
static mica_status prepare(mica_plan *p)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < p->n_inputs; i++) {
		mica__input *in = &p->inputs[i];
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
			MICA_TRY(renew_turned(p, &p->operands[i]));
	}
out:
	return st;
}

static mica_value *bound_to(void *payload, const char *name)
{
	return mica__plan_input(payload, name)->bound;
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
		mica__operand *o = &p->operands[i];
		if (!o->stored)
			continue;
		mica__value_zero(o->value);
		if (o->copy)
			o->copy->valid = true;
		if (o->turned)
			o->turned->valid = o->turned_stored;
	}
}

/* So many stages, from that place in a run on; what was walked before, since sync was zero, are whole runs. */
static mica_status walk_stages(mica_plan *p, size_t stages, size_t begin)
{
	mica_status st = MICA_OK;
	int32_t end = p->walked + (int32_t)stages, tasks = (int32_t)((size_t)p->walked / p->run.stages * p->run.tasks);
	const int32_t values[] = {p->walked, end, (int32_t)begin, tasks};
	for (unsigned i = 0; i < 4; i++)
		MICA_TRY(mica__kernel_value(p->kernels[0], p->low->n_slabs + 3 + i, &values[i], sizeof values[i]));
	MICA_TRY(mica__kernel_launch(p->kernels[0], p->low->device.workers, 1));
	p->walked = end;
out:
	return st;
}

/* One run of a plan of more stages than sync can count. */
static mica_status walk_long(mica_plan *p, size_t stages)
{
	mica_status st = MICA_OK;
	for (size_t at = 0, now; at < stages; at += now) {
		now = stages - at < MICA__STAGES_PER_SYNC ? stages - at : MICA__STAGES_PER_SYNC;
		MICA_TRY(mica__buffer_zero(p->sync, 0, mica__buffer_bytes(p->sync)));
		p->walked = 0;
		MICA_TRY(walk_stages(p, now, at));
	}
out:
	return st;
}

static mica_status walk(mica_plan *p, size_t steps)
{
	mica_status st = MICA_OK;
	size_t stages = p->run.stages;
	while (steps) {
		if (p->walked + stages > MICA__STAGES_PER_SYNC && p->walked) {
			MICA_TRY(mica__buffer_zero(p->sync, 0, mica__buffer_bytes(p->sync)));
			p->walked = 0;
		}
		size_t room = (MICA__STAGES_PER_SYNC - (size_t)p->walked) / stages, now = steps < room ? steps : room;
		MICA_TRY(now ? walk_stages(p, now * stages, 0) : walk_long(p, stages));
		steps -= now ? now : 1;
	}
out:
	return st;
}

static mica_status launch_segment(mica_plan *p, const mica__segment *segment, int32_t step)
{
	mica_status st = MICA_OK;
	size_t local = p->low->device.cpu ? 1 : p->low->device.group_size;
	for (size_t s = segment->first; s < segment->first + segment->n; s++) {
		if (!p->kernels[s])
			MICA_TRY(mica__provider_run(p->ctx, p->low, mica__call_of(p, s), p->buffers, (size_t)step));
		if (!p->kernels[s] || !p->low->stages[s].groups)
			continue;
		if (segment->loop)
			MICA_TRY(mica__kernel_value(p->kernels[s], p->low->n_slabs + 2, &step, sizeof step));
		MICA_TRY(mica__kernel_launch(p->kernels[s], p->low->stages[s].groups, local));
	}
out:
	return st;
}

static mica_status launch(mica_plan *p, size_t steps)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < steps; i++)
		for (size_t j = 0; j < p->low->n_segments; j++)
			for (size_t k = 0; k < mica__segment_steps(&p->low->segments[j]); k++)
				MICA_TRY(launch_segment(p, &p->low->segments[j], (int32_t)mica__segment_step(&p->low->segments[j], k)));
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
		mica__from_panels(data, packed, t->rows, t->columns, bytes, t->form.panel);
	mica__free(packed);
	return st;
}

static mica_status output_at(const mica__output **out, const mica_plan *p, size_t i, const char *caller)
{
	*out = &p->outputs[i];
	return i < p->n_outputs ? MICA_OK : mica__fail(MICA_EINVAL, "%s: output %zu of a plan that has %zu, counted from 0", caller,
	                                               i, p->n_outputs);
}

static mica_status fetch(mica_plan *p, size_t i, void *data, size_t bytes)
{
	const mica__output *o;
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
	const mica__output *o;
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
