/* SPDX-License-Identifier: MIT */
/* lower/lower.c - runs the passes (see lower.h) and prints what came out. */
#include "lower/groups.h"
#include "lower/kind.h"

#include <stdio.h>
#include <string.h>

/* Names of the passes in MICA_WITHOUT. */
static uint32_t without_from_environment(void)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} passes[] = {{"simplify", MICA_NO_SIMPLIFY}, {"fuse", MICA_NO_FUSE}, {"merge", MICA_NO_MERGE},
	              {"persistent", MICA_NO_PERSISTENT}, {"panels", MICA_NO_PANELS}, {"reuse", MICA_NO_REUSE},
	              {"winograd", MICA_NO_WINOGRAD}};
	uint32_t bits = 0;
	for (size_t i = 0; i < MICA__COUNT(passes); i++)
		if (mica__listed("MICA_WITHOUT", passes[i].name))
			bits |= passes[i].bit;
	return bits;
}

const char *mica_pass_name(size_t pass)
{
	static const char *const names[MICA_PASSES] = {
		[MICA_SIMPLIFY] = "simplify", [MICA_FUSE] = "fuse", [MICA_LAYOUT] = "layout", [MICA_CODEGEN] = "codegen"};
	return pass < MICA_PASSES ? names[pass] : "";
}

/* Notes the time since start for that pass, and starts anew. */
static void took(mica__plan *p, size_t pass, double *start)
{
	double now = mica__now();
	p->seconds[pass] = now - *start;
	*start = now;
}

mica_status mica__lower(mica__plan **out, const mica_var *outputs, size_t n, const mica_plan_opts *opts,
                        const mica__device_class *device)
{
	mica_status st = MICA_OK;
	mica_plan_opts o;
	mica__plan *p = mica__alloc(1, sizeof *p);
	*out = NULL;
	if (!p)
		return MICA_ENOMEM;
	p->device = *device;
	p->without = without_from_environment();
	MICA_TRY(mica__options(&o, opts, sizeof o, "plan"));
	for (size_t i = 1; i < n; i++)
		if (outputs[i]->g != outputs[0]->g) {
			st = mica__fail(MICA_EINVAL, "plan: outputs of two different graphs");
			goto out;
		}
	p->without |= o.without;
	p->typical_rows = o.typical_rows;
	snprintf(p->name, sizeof p->name, "%s", o.name ? o.name : "");
	double start = mica__now();
	MICA_TRY(mica__simplify(p, outputs, n));
	MICA_TRY(mica__find_segments(p));
	took(p, MICA_SIMPLIFY, &start);
	MICA_TRY(mica__fuse(p));
	took(p, MICA_FUSE, &start);
	MICA_TRY(mica__make_stages(p));
	MICA_TRY(mica__make_places(p));
	took(p, MICA_LAYOUT, &start);
	mica__tune_kinds(p);
	*out = p;
	return MICA_OK;
out:
	mica__lower_free(p);
	return st;
}

void mica__lower_free(mica__plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_groups; i++)
		mica__free(p->groups[i].roots);
	mica__free(p->groups);
	mica__free(p->outputs);
	mica__free(p->assigns);
	mica__free(p->info);
	mica__free_facts(&p->facts);
	mica__sequence_free(p->sequence);
	mica__free(p->stores);
	mica__free(p->order);
	mica__free(p->stages);
	mica__free(p->renewals);
	mica__free(p->segments);
	mica__free(p->table);
	mica__free(p->wheres);
	for (size_t i = 0; i < p->n_bodies; i++)
		mica__free(p->bodies[i]);
	mica__free(p->bodies);
	mica__text_free(&p->source);
	mica_graph_destroy(p->g);
	mica__free(p);
}

/* ---- printing ---- */

/* seen: by node, the last group, counted from 1, in which it was printed. */
static void print_inside(const mica__plan *p, mica__text *t, mica_var x, size_t *seen, size_t group, bool start)
{
	if (seen[x->id] == group || x->op == MICA__FILL || (!start && mica__has_storage(p, x)))
		return;
	seen[x->id] = group;
	for (size_t i = 0; i < x->n_in; i++)
		print_inside(p, t, x->in[i], seen, group, false);
	mica__text_add(t, "      ");
	mica__print_node(t, x);
}

static void print_store(const mica__plan *p, mica__text *t, mica_var x)
{
	const mica__info *info = &p->info[x->id];
	if (info->store < 0)
		return;
	const mica__store *s = &p->stores[info->store];
	mica__text_add(t, "      -> ");
	if (info->assigned)
		mica__text_add(t, "%s%s", info->assigned->name, p->info[info->assigned->id].turned >= 0 ? " and its transposed copy" : "");
	else
		mica__text_add(t, s->whole < 0 ? "%%%u in the arena at %zu" : "%%%u in its whole at %zu", x->id, s->offset);
	mica__text_add(t, ", %s\n", s->form.panel ? "panels" : "row-major");
}

static void print_group(const mica__plan *p, mica__text *t, const mica__group *g, size_t *seen)
{
	mica__text_add(t, "    %s: %zu x %zu tasks, %s\n", g->label, g->across, g->along, g->vector ? "vectors" : "elements");
	for (size_t i = 0; i < g->n_roots; i++)
		print_inside(p, t, g->roots[i], seen, (size_t)(g - p->groups) + 1, true);
	for (size_t i = 0; i < g->n_roots; i++)
		print_store(p, t, g->roots[i]);
}

static void print_segment(const mica__plan *p, mica__text *t, const mica__segment *segment, size_t *seen)
{
	const mica_scan *loop = segment->loop;
	if (loop)
		mica__text_add(t, "  %zu steps%s of the next %zu launches\n", loop->steps, loop->reverse ? ", the last first," : "", segment->n);
	for (size_t s = segment->first; s < segment->first + segment->n; s++) {
		mica__text_add(t, "  launch %zu: %zu work-groups\n", s, p->stages[s].groups);
		for (size_t j = 0; j < p->stages[s].n_groups; j++)
			print_group(p, t, &p->groups[p->order[p->stages[s].first_group + j]], seen);
	}
}

static void dot_plan(const mica__plan *p, mica__text *t)
{
	mica__text_add(t, "digraph plan {\nnode [shape=box];\n");
	for (size_t s = 0; s < p->n_stages; s++) {
		mica__text_add(t, "subgraph cluster_%zu { label=\"launch %zu\";\n", s, s);
		for (size_t j = 0; j < p->stages[s].n_groups; j++) {
			size_t g = p->order[p->stages[s].first_group + j];
			mica__text_add(t, "g%zu [label=\"%s\"];\n", g, p->groups[g].label);
		}
		mica__text_add(t, "}\n");
	}
	for (size_t i = 0; i < p->g->n; i++)
		for (size_t j = 0; j < p->g->nodes[i]->n_in; j++) {
			mica_var x = mica__stored(p, p->g->nodes[i]->in[j]), y = p->g->nodes[i];
			if (x && p->info[y->id].group >= 0 && p->info[x->id].group >= 0 && p->info[x->id].group != p->info[y->id].group)
				mica__text_add(t, "g%d -> g%d;\n", p->info[x->id].group, p->info[y->id].group);
		}
	mica__text_add(t, "}\n");
}

size_t mica__plan_text(const mica__plan *p, bool dot, char *out, size_t size)
{
	mica__text t = {0};
	size_t *seen = mica__alloc(p->g->n + 1, sizeof *seen);
	if (dot) {
		dot_plan(p, &t);
	} else if (seen) {
		mica__text_add(&t, "plan %s: %zu launches, arena %zu bytes, %.0f flop\n", p->name, p->n_stages, p->arena_bytes, p->flops);
		for (size_t i = 0; i < p->n_segments; i++)
			print_segment(p, &t, &p->segments[i], seen);
	}
	mica__free(seen);
	return mica__text_copy(&t, out, size);
}
