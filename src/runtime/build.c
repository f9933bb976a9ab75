/* SPDX-License-Identifier: MIT */
/* runtime/build.c - what a plan's launches need: the program of its code, the table that says where values are, kernels with
   their arguments set once. */
#include "runtime/plan.h"

#include <stdio.h>
#include <string.h>

enum { MOST_TASKS = 32767 /* of one worker in a stage, see cl/walk.cl */ };

static bool can_walk(const mica_plan *p)
{
	const mica__plan *low = p->low;
	size_t stages = p->run.stages;
	bool can = low->device.cpu && low->device.persistent && !(low->without & MICA_NO_PERSISTENT) && stages > 0 && stages < INT32_MAX;
	for (size_t i = 0; i < low->n_stages && can; i++)
		can = low->stages[i].groups <= MOST_TASKS;
	return can;
}

static mica_status make_program(mica_plan *p)
{
	mica_status st = MICA_OK;
	mica__plan *low = p->low;
	mica__text kernels = {0}, options = {0};
	const char **files = NULL, **pieces = NULL;
	size_t n = 0, n_files;
	p->run = mica__walk_size_of(p->low);
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
		const mica__store *t = &p->low->stores[w->store], *base = mica__base_of(p->low, t);
		size_t offset = base->offset + (t == base ? 0 : t->offset);
		if (p->buffers[base->buffer] && (any || base->buffer == buffer))
			room = mica__view_word(&p->low->table[w->slot], p->view, p->buffers[base->buffer], offset);
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
static mica_status set_arguments(mica_plan *p, mica__kernel *k, size_t first_word, bool walks)
{
	mica_status st = MICA_OK;
	unsigned n = p->low->n_slabs;
	int32_t record = (int32_t)first_word;
	mica__kernel_view(k, 0, p->view);
	MICA_TRY(mica__kernel_buffer(k, n, p->table));
	MICA_TRY(mica__kernel_value(k, n + 1, &record, sizeof record));
	if (walks)
		MICA_TRY(mica__kernel_buffer(k, n + 2, p->sync));
	else
		MICA_TRY(mica__kernel_value(k, n + 2, &(int32_t){0}, sizeof(int32_t)));
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
		MICA_TRY(mica__buffer_create(&p->sync, mica__device_of(p->ctx), 16 * ((size_t)p->low->device.workers + 1) * sizeof(int32_t)));
	MICA_TRY(mica__buffer_create(&p->table, mica__device_of(p->ctx), (p->low->n_table + 1) * sizeof(int64_t)));
	MICA_TRY(write_table(p));
	if (!(p->kernels = mica__alloc(n + 1, sizeof *p->kernels)))
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		char name[32] = "walk";
		if (!p->persistent)
			snprintf(name, sizeof name, "stage%zu", p->low->stages[i].kernel);
		p->n_kernels++;
		if (!p->persistent && mica__call_of(p, i))
			continue;
		MICA_TRY(mica__kernel_create(&p->kernels[i], p->program, name));
		MICA_TRY(set_arguments(p, p->kernels[i], p->persistent ? p->low->walk_record : p->low->stages[i].record, p->persistent));
		if (!p->persistent)
			MICA_TRY(label_stage(p, i));
		else
			MICA_TRY(mica__kernel_cost(p->kernels[i], p->low->name[0] ? p->low->name : "plan", p->low->flops, 0));
	}
out:
	return st;
}

static mica_status make_renewals(mica_plan *p)
{
	mica_status st = MICA_OK;
	const mica__plan *low = p->low;
	if (!(p->renewals = mica__alloc(low->n_renewals, sizeof *p->renewals)))
		return MICA_ENOMEM;
	for (size_t i = 0; i < low->n_renewals; i++) {
		const mica__renewal *r = &low->renewals[i];
		char name[32];
		snprintf(name, sizeof name, "stage%zu", r->stage.kernel);
		MICA_TRY(mica__kernel_create(&p->renewals[i], p->program, name));
		MICA_TRY(set_arguments(p, p->renewals[i], r->stage.record, false));
		MICA_TRY(mica__kernel_cost(p->renewals[i], r->group.label, 0, r->group.bytes));
		p->operands[p->operand_numbers[r->variable->id] - 1].renewal = i + 1;
	}
out:
	return st;
}

mica_status mica__plan_build(mica_plan *p)
{
	mica_status st = make_program(p);
	if (st == MICA_OK)
		st = make_kernels(p);
	return st == MICA_OK ? make_renewals(p) : st;
}

mica_status mica__plan_place(mica_plan *p, unsigned buffer)
{
	mica_status st = MICA_OK;
	if (!set_words(p, false, buffer))
		return write_table(p);
	for (size_t i = 0; i < p->low->n_wheres; i++) {
		const mica__where *w = &p->low->wheres[i];
		if (mica__base_of(p->low, &p->low->stores[w->store])->buffer == buffer)
			MICA_TRY(mica__buffer_write(p->table, w->slot * sizeof(int64_t), &p->low->table[w->slot], sizeof(int64_t)));
	}
out:
	return st;
}
