/* SPDX-License-Identifier: MIT */
/* lower/stages.c - third pass, first half: in which stage each group runs.
   Groups of one stage do not depend on each other and run in one launch.  An assigned value is stored straight into its
   variable where every other reader of the old value can come before, through a temporary otherwise. */
#include "lower/groups.h"
#include "lower/kind.h"

#include <string.h>

/* ---- assignments ---- */

/* The groups that read variable: group number i of them, -1 at the end. */
static int reader(const mica__plan *p, mica_var variable, size_t i)
{
	const mica__span *of = &p->facts.readers_of[variable->id];
	return i < of->n ? p->info[p->facts.readers[of->first + i]->id].group : -1;
}

/* May group g store into variable what it computes, element by element, while it still reads the old value? */
static bool reads_in_place(const mica__plan *p, size_t g, mica_var variable)
{
	const mica__group *group = &p->groups[g];
	const mica__span *of = &p->facts.readers_of[variable->id];
	bool whole = mica__shape_lead(&variable->shape) == group->rows && mica__shape_last(&variable->shape) == group->columns;
	for (size_t i = of->first; i < of->first + of->n; i++) {
		mica_var x = p->facts.readers[i];
		if (p->info[x->id].group == (int)g &&
		    mica__how_reads(p, x, mica__per_row(group, x), variable) != (whole ? MICA__READ_SAME : MICA__READ_ROW))
			return false;
	}
	return true;
}

static mica_status assign_through_copy(mica__plan *p, const mica__assignment *a)
{
	mica_status st = MICA_OK;
	p->g->scope = a->value->scope;
	mica_var copy = mica__node(p->g, MICA__STOP_GRADIENT, a->value->dtype, &a->value->shape, &a->value, 1, NULL);
	if (copy->failed)
		return p->g->status;
	p->info[copy->id] = (mica__info){.segment = (uint32_t)p->n_segments - 1, .root = true, .group = -1, .store = -1, .turned = -1,
	                                 .assigned = a->variable};
	MICA_TRY(mica__add_copy_facts(p, copy));
	MICA_TRY(mica__add_group(p, copy));
	size_t c = p->n_groups - 1;
	mica__sequence_append(p->sequence, c);
	for (size_t i = 0; reader(p, a->variable, i) >= 0; i++)
		MICA_TRY(mica__sequence_edge(p->sequence, (size_t)reader(p, a->variable, i), c));
out:
	return st;
}

/* Only kernels that go through a panel row by row can write the transposed form beside it. */
static bool can_turn(const mica__plan *p, const mica__group *g)
{
	for (size_t i = 0; i < g->n_roots && !g->kind->vectors; i++)
		if (!p->info[g->roots[i]->id].beside && !mica__can_vector(p, g->roots[i], g->columns))
			return false;
	return g->kind->turns;
}

/* Group b, which only turns a value, becomes part of the one that makes it, where that can. */
static mica_status write_beside(mica__plan *p, size_t b)
{
	mica_var x = p->groups[b].anchor, y = mica__stored(p, x->in[0]);
	int a = p->info[y->id].group;
	if (a < 0 || p->groups[a].segment != p->groups[b].segment || p->info[y->id].window.whole || !mica__in_panels(p, y) || !can_turn(p, &p->groups[a]) || !mica__sequence_merge(p, (size_t)a, b))
		return MICA_OK;
	p->info[x->id].beside = true;
	return mica__join_groups(p, (size_t)a, b);
}

static mica_status write_all_beside(mica__plan *p)
{
	mica_status st = MICA_OK;
	for (size_t b = 0; b < p->n_groups && st == MICA_OK && !(p->without & MICA_NO_FUSE); b++)
		if (!p->groups[b].dead && p->groups[b].kind->beside)
			st = write_beside(p, b);
	return st;
}

/* transposed: whether variables, by number, have a transposed copy. */
static mica_status place_assignment(mica__plan *p, const mica__assignment *a, const bool *transposed)
{
	mica_status st = MICA_OK;
	size_t g = (size_t)p->info[a->value->id].group;
	bool direct = !p->info[a->value->id].assigned && reads_in_place(p, g, a->variable) &&
	              (!transposed[a->variable->id] || can_turn(p, &p->groups[g]));
	for (size_t i = 0; direct && reader(p, a->variable, i) >= 0; i++) {
		size_t h = (size_t)reader(p, a->variable, i);
		direct = h == g || mica__sequence_before(p, h, g);
	}
	if (!direct)
		return assign_through_copy(p, a);
	p->info[a->value->id].assigned = a->variable;
	for (size_t i = 0; reader(p, a->variable, i) >= 0; i++)
		if (reader(p, a->variable, i) != (int)g)
			MICA_TRY(mica__sequence_edge(p->sequence, (size_t)reader(p, a->variable, i), g));
out:
	return st;
}

static mica_status place_assignments(mica__plan *p)
{
	mica_status st = MICA_OK;
	bool *transposed = mica__alloc(p->g->n + 1, sizeof *transposed);
	if (!transposed)
		return MICA_ENOMEM;
	for (size_t i = 0; i < p->n_groups; i++) {
		mica_var turned;
		for (size_t j = 0; (turned = mica__turned_by(p, &p->groups[i], j)); j++)
			transposed[turned->in[0]->id] = true;
	}
	for (size_t i = 0; i < p->n_assigns; i++)
		MICA_TRY(place_assignment(p, &p->assigns[i], transposed));
out:
	mica__free(transposed);
	return st;
}

/* ---- stages ---- */

/* The longest way to group g, whose predecessors have theirs, in its segment, which begins after level `most`. */
static size_t level_of(const mica__plan *p, size_t g, const size_t *level, size_t most)
{
	size_t from, at = 0;
	for (size_t i = 0; i < p->groups[g].n_roots; i++) {
		mica__span of = p->facts.reads_of[p->groups[g].roots[i]->id];
		for (size_t j = of.first; j < of.first + of.n; j++) {
			int h = p->info[p->facts.reads[j].value->id].group;
			if (h >= 0 && h != (int)g && p->groups[h].segment == p->groups[g].segment && level[h] > most)
				most = level[h];
		}
	}
	while ((from = mica__sequence_edge_to(p->sequence, g, &at)) != SIZE_MAX)
		most = level[from] > most ? level[from] : most;
	return most + 1;
}

/* Puts groups of a level into order[at...]: those that are calls, each in a stage of its own, or the others. */
static void fill_level(mica__plan *p, const size_t *groups, size_t n, bool calls, size_t *at)
{
	bool alone = calls || p->without & MICA_NO_MERGE || p->device.apart;
	mica__stage *stage = NULL;
	for (size_t i = 0; i < n; i++) {
		if (mica__is_call(p, &p->groups[groups[i]]) != calls)
			continue;
		if (!stage || alone) {
			stage = &p->stages[p->n_stages++];
			stage->first_group = *at;
		}
		p->groups[groups[i]].stage = p->n_stages - 1;
		p->order[(*at)++] = groups[i];
		stage->n_groups++;
	}
}

/* They stand one after the other, segment by segment. */
static void find_segment_stages(mica__plan *p)
{
	for (size_t s = p->n_stages; s-- > 0;) {
		mica__segment *segment = &p->segments[p->groups[p->order[p->stages[s].first_group]].segment];
		segment->first = s;
		segment->n++;
	}
}

mica_status mica__make_stages(mica__plan *p)
{
	mica_status st = write_all_beside(p);
	if (st == MICA_OK)
		st = place_assignments(p);
	size_t n = p->n_groups, *level = mica__alloc(n + 1, sizeof *level), *first = mica__alloc(n + 3, sizeof *first);
	size_t *groups = mica__alloc(n + 1, sizeof *groups), at = 0, most = 0;
	size_t segment = 0, before = 0;
	p->order = mica__alloc(n + 1, sizeof *p->order);
	p->stages = mica__alloc(n + 1, sizeof *p->stages);
	if (!level || !first || !groups || !p->order || !p->stages)
		st = MICA_ENOMEM;
	if (st != MICA_OK)
		goto out;
	for (size_t g = mica__sequence_first(p->sequence); g != SIZE_MAX; g = mica__sequence_next(p->sequence, g)) {
		before = p->groups[g].segment == segment ? before : most;
		segment = p->groups[g].segment;
		level[g] = level_of(p, g, level, before);
		first[level[g] + 1]++;
		most = level[g] > most ? level[g] : most;
	}
	for (size_t l = 1; l <= most + 1; l++)
		first[l] += first[l - 1];
	for (size_t i = 0; i < n; i++) /* first[l] becomes where level l ends */
		if (!p->groups[i].dead)
			groups[first[level[i]]++] = i;
	for (size_t l = 1; l <= most; l++)
		for (int calls = 1; calls >= 0; calls--)
			fill_level(p, groups + first[l - 1], first[l] - first[l - 1], calls, &at);
	find_segment_stages(p);
out:
	mica__free(level);
	mica__free(first);
	mica__free(groups);
	return st;
}
