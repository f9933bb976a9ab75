/* SPDX-License-Identifier: MIT */
/* lower/kernels.c - the kernels that call the functions of groups (see functions.c).
   Which function runs for which tasks stands in the plan's table, in a record for each stage; so stages that run the same
   functions share a kernel, and the kernel that walks a whole plan (CPUs, see cl/walk.cl) does not grow with it. */
#include "lower/emit.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- records of stages ---- */

static mica_status add_word(mica__plan *p, int64_t word)
{
	mica_status st = mica__grow(&p->table, &p->cap_table, p->n_table + 1, sizeof *p->table);
	if (st == MICA_OK)
		p->table[p->n_table++] = word;
	return st;
}

/* Of `across` columns of tasks, how many belong to the parts before this one. */
static size_t share(size_t across, size_t part, size_t parts)
{
	return across * part / parts;
}

/* The groups of a stage, which is that of a renewal, or one of the plan's. */
static const mica__group *group_at(const mica__plan *p, const mica__stage *stage, const mica__renewal *alone, size_t j)
{
	return alone ? &alone->group : &p->groups[p->order[stage->first_group + j]];
}

static size_t count_groups(const mica__stage *stage, const mica__renewal *alone)
{
	return alone ? 1 : stage->n_groups;
}

/* How cl/prelude.cl reads it: entries, tasks; for each group with tasks its function and first slot; for each part (worker
   of a walk; else one), for each group, where its tasks end, the first of its columns of tasks, and how many they are. */
static mica_status add_record(mica__plan *p, mica__stage *stage, const mica__renewal *alone, size_t parts)
{
	mica_status st = MICA_OK;
	size_t n = 0, n_groups = count_groups(stage, alone);
	for (size_t j = 0; j < n_groups; j++)
		n += mica__tasks(group_at(p, stage, alone, j)) > 0;
	stage->record = p->n_table;
	MICA_TRY(add_word(p, (int64_t)n));
	MICA_TRY(add_word(p, (int64_t)stage->groups));
	for (size_t j = 0; j < n_groups; j++) {
		const mica__group *g = group_at(p, stage, alone, j);
		if (!mica__tasks(g))
			continue;
		MICA_TRY(add_word(p, (int64_t)g->function));
		MICA_TRY(add_word(p, (int64_t)g->first_slot));
	}
	for (size_t part = 0; part < parts; part++) {
		size_t end = 0;
		for (size_t j = 0; j < n_groups; j++) {
			const mica__group *g = group_at(p, stage, alone, j);
			size_t first = share(g->across, part, parts), width = share(g->across, part + 1, parts) - first;
			if (!mica__tasks(g))
				continue;
			MICA_TRY(add_word(p, (int64_t)(end += width * g->along)));
			MICA_TRY(add_word(p, (int64_t)first));
			MICA_TRY(add_word(p, (int64_t)width));
		}
	}
out:
	return st;
}

static bool is_call_stage(const mica__plan *p, const mica__stage *stage)
{
	return mica__is_call(p, &p->groups[p->order[stage->first_group]]);
}

/* ---- the kernels ---- */

/* A branch for each of the functions. */
static void add_calls(const mica__plan *p, const size_t *functions, size_t n, mica__text *out)
{
	for (size_t i = 0; i < n; i++) {
		mica__text_add(out, "case %zu:\ngroup%zu(", functions[i], functions[i]);
		mica__arguments(p, "o + e[1]", out);
		mica__text_add(out, ", x, y, step%s);\nbreak;\n", p->device.cpu ? "" : ", m");
	}
}

static mica_status add_kernel(const mica__plan *p, const char *section, size_t number, const size_t *functions, size_t n,
                              mica__text *out)
{
	mica__text parameters = {0}, slabs = {0}, own = {0}, arguments = {0}, calls = {0};
	char name[32];
	snprintf(name, sizeof name, "stage%zu", number);
	mica__kernel_parameters(p, &parameters);
	mica__parameters(p, &own);
	mica__slabs(p, &slabs);
	mica__arguments(p, "o", &arguments);
	add_calls(p, functions, n, &calls);
	mica_status st = mica__skeleton(out, "skeletons/stages.cl", section, MICA__HOLES({"name", name},
	                                {"parameters", mica__text_string(&parameters)},
	                                {"own", mica__text_string(&own)}, {"slabs", mica__text_string(&slabs)},
	                                {"arguments", mica__text_string(&arguments)}, {"calls", mica__text_string(&calls)}));
	if (parameters.failed || own.failed || slabs.failed || arguments.failed || calls.failed)
		st = MICA_ENOMEM;
	mica__text_free(&parameters);
	mica__text_free(&own);
	mica__text_free(&slabs);
	mica__text_free(&arguments);
	mica__text_free(&calls);
	return st;
}

/* The kernels made so far: which functions each calls, in the order of their numbers. */
typedef struct kernels {
	size_t *functions;
	size_t n_functions, cap_functions;
	mica__span *of;       /* by kernel, in functions */
	size_t n, capacity;
	mica__table known;    /* by their functions */
	size_t *seen, lists;  /* by function: the last list that has it; how many there were */
} kernels;

static int by_number(const void *a, const void *b)
{
	const size_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The functions that a stage runs, behind those that are there. */
static mica_status list_functions(kernels *k, const mica__plan *p, const mica__stage *stage, const mica__renewal *alone, mica__span *out)
{
	size_t n_groups = count_groups(stage, alone);
	mica_status st = mica__grow(&k->functions, &k->cap_functions, k->n_functions + n_groups, sizeof *k->functions);
	if (st != MICA_OK)
		return st;
	*out = (mica__span){k->n_functions, 0};
	k->lists++;
	for (size_t j = 0; j < n_groups; j++) {
		size_t f = group_at(p, stage, alone, j)->function;
		if (k->seen[f] != k->lists)
			k->functions[out->first + out->n++] = f;
		k->seen[f] = k->lists;
	}
	qsort(k->functions + out->first, out->n, sizeof *k->functions, by_number);
	return MICA_OK;
}

/* The kernel that runs the functions listed last, made if it is new. */
static mica_status kernel_of(kernels *k, const mica__plan *p, mica__span functions, mica__text *out, size_t *number)
{
	mica_status st = MICA_OK;
	const size_t *list = k->functions + functions.first;
	uint64_t hash = mica__hash(0, list, functions.n * sizeof *list);
	for (size_t i, at = 0; (i = mica__table_next(&k->known, hash, &at)) != SIZE_MAX;)
		if (k->of[i].n == functions.n && !memcmp(k->functions + k->of[i].first, list, functions.n * sizeof *list)) {
			*number = i;
			return MICA_OK;
		}
	MICA_TRY(mica__grow(&k->of, &k->capacity, k->n + 1, sizeof *k->of));
	MICA_TRY(mica__table_add(&k->known, hash, k->n));
	MICA_TRY(add_kernel(p, p->device.cpu ? "cpu_stage" : "simt_stage", k->n, list, functions.n, out));
	k->n_functions = functions.first + functions.n;
	k->of[k->n] = functions;
	*number = k->n++;
out:
	return st;
}

static mica_status add_stage(kernels *k, mica__plan *p, mica__stage *stage, const mica__renewal *alone, mica__text *out)
{
	mica_status st = MICA_OK;
	mica__span functions;
	MICA_TRY(add_record(p, stage, alone, 1));
	MICA_TRY(list_functions(k, p, stage, alone, &functions));
	MICA_TRY(kernel_of(k, p, functions, out, &stage->kernel));
out:
	return st;
}

/* Of the stages, unless one kernel walks them, and of renewals. */
static mica_status launched_kernels(mica__plan *p, bool walked, mica__text *out)
{
	mica_status st = MICA_OK;
	kernels k = {.seen = mica__alloc(p->n_bodies + 1, sizeof *k.seen)};
	if (!k.seen)
		return MICA_ENOMEM;
	for (size_t s = 0; s < p->n_stages && !walked; s++)
		if (!is_call_stage(p, &p->stages[s]))
			MICA_TRY(add_stage(&k, p, &p->stages[s], NULL, out));
	for (size_t i = 0; i < p->n_renewals; i++)
		MICA_TRY(add_stage(&k, p, &p->renewals[i].stage, &p->renewals[i], out));
out:
	mica__free(k.functions);
	mica__free(k.of);
	mica__table_free(&k.known);
	mica__free(k.seen);
	return st;
}

mica_status mica__stage_kernels(mica__plan *p, mica__text *out)
{
	return launched_kernels(p, false, out);
}

/* Stages of a segment that have tasks. */
static size_t full_stages(const mica__plan *p, const mica__segment *segment)
{
	size_t n = 0;
	for (size_t s = segment->first; s < segment->first + segment->n; s++)
		n += p->stages[s].groups > 0;
	return n;
}

/* The record of the walk, how cl/walk.cl reads it: segments that have tasks; of each, where it ends when all stages are counted
   for each step, how many stages it has, the word that says where the first one's record is, the steps (negative: the last
   comes first); then where the records are. */
static mica_status add_walk_record(mica__plan *p)
{
	mica_status st = MICA_OK;
	size_t n = 0, end = 0, word;
	for (size_t i = 0; i < p->n_segments; i++)
		n += full_stages(p, &p->segments[i]) * mica__segment_steps(&p->segments[i]) > 0;
	p->walk_record = p->n_table;
	word = p->walk_record + 1 + 4 * n;
	MICA_TRY(add_word(p, (int64_t)n));
	for (size_t i = 0; i < p->n_segments; i++) {
		const mica__segment *segment = &p->segments[i];
		size_t stages = full_stages(p, segment), steps = mica__segment_steps(segment);
		if (!stages || !steps)
			continue;
		MICA_TRY(add_word(p, (int64_t)(end += stages * steps)));
		MICA_TRY(add_word(p, (int64_t)stages));
		MICA_TRY(add_word(p, (int64_t)word));
		MICA_TRY(add_word(p, segment->loop && segment->loop->reverse ? -(int64_t)steps : (int64_t)steps));
		word += stages;
	}
	for (size_t i = 0; i < p->n_segments; i++)
		for (size_t s = p->segments[i].first; s < p->segments[i].first + p->segments[i].n; s++)
			if (p->stages[s].groups && mica__segment_steps(&p->segments[i]))
				MICA_TRY(add_word(p, (int64_t)p->stages[s].record));
out:
	return st;
}

mica_status mica__walk_kernel(mica__plan *p, mica__text *out)
{
	mica_status st = MICA_OK;
	size_t *all = mica__alloc(p->n_bodies + 1, sizeof *all);
	if (!all)
		return MICA_ENOMEM;
	for (size_t i = 0; i < p->n_bodies; i++)
		all[i] = i;
	for (size_t s = 0; s < p->n_stages; s++)
		MICA_TRY(add_record(p, &p->stages[s], NULL, p->device.workers));
	MICA_TRY(add_walk_record(p));
	MICA_TRY(add_kernel(p, "walk", 0, all, p->n_bodies, out));
	MICA_TRY(launched_kernels(p, true, out));
out:
	mica__free(all);
	return st;
}

mica__walk_size mica__walk_size_of(const mica__plan *p)
{
	mica__walk_size size = {0};
	for (size_t i = 0; i < p->n_segments; i++) {
		const mica__segment *segment = &p->segments[i];
		size_t steps = mica__segment_steps(segment);
		size.stages += full_stages(p, segment) * steps;
		for (size_t s = segment->first; s < segment->first + segment->n; s++)
			size.tasks += p->stages[s].groups * steps;
	}
	return size;
}

static bool has_doubles(const mica__plan *p)
{
	for (size_t i = 0; i < p->g->n; i++)
		if (mica__dtype_describe(p->g->nodes[i]->dtype)->digits > FLT_MANT_DIG)
			return true;
	return false;
}

void mica__kernel_options(const mica__plan *p, mica__text *out)
{
	const mica__device_class *d = &p->device;
	const char *real = mica__dtype_describe(p->g->real)->digits > FLT_MANT_DIG ? " -DMICA_DOUBLE"
	                 : has_doubles(p) ? " -DMICA_FP64" : "";
	mica__text_add(out, "-w -cl-denorms-are-zero%s", real);
	if (d->cpu)
		mica__text_add(out, " -DMICA_CPU -DMICA_V=%u%s", d->vector_width, d->inline_assembly ? " -DMICA_CLANG -DMICA_X86" : "");
	else
		mica__text_add(out, " -DMICA_SIMT -DMICA_GROUP=%u", d->group_size);
	if (d->sub_group && !d->cpu)
		mica__text_add(out, " -DMICA_SUB_GROUP=%u", d->sub_group);
	mica__kind_options(p, out);
}
