/* SPDX-License-Identifier: MIT */
/* lower/functions.c - last pass: writes each group as an OpenCL C function, by its kind (kinds/), and counts what it costs. */
#include "lower/emit.h"

#include <stdio.h>

static bool all_vectors(const mica__plan *p, const mica__group *g)
{
	if (!p->device.cpu || g->columns < 2)
		return p->device.cpu && g->kind->panels;
	for (size_t i = 0; i < g->n_roots; i++) {
		mica_var x = g->roots[i];
		bool element = !p->info[x->id].beside && (mica__is_reduction(x) || !mica__per_row(g, x));
		if (element && !mica__by_vectors(p, g, x))
			return false;
	}
	return true;
}

static bool scope_before(const mica__group *g, size_t root)
{
	for (size_t i = 0; i < root; i++)
		if (g->roots[i]->scope == g->roots[root]->scope)
			return true;
	return false;
}

/* Where its roots come from, as many as there is room for: ": dense_1 backward, optimizer update". */
static void add_scopes(mica__group *g)
{
	const char *before = ": ";
	for (size_t i = 0; i < g->n_roots; i++) {
		size_t n = strlen(g->label);
		const char *scope = mica_var_scope(g->roots[i]);
		if (!scope[0] || scope_before(g, i))
			continue;
		if (n + strlen(before) + strlen(scope) >= sizeof g->label)
			return;
		snprintf(g->label + n, sizeof g->label - n, "%s%s", before, scope);
		before = ", ";
	}
}

static void label_group(const mica__plan *p, mica__group *g)
{
	size_t n = (size_t)snprintf(g->label, sizeof g->label, "%s", g->kind->name);
	if (g->kind->label)
		g->kind->label(p, g, g->label + n, sizeof g->label - n);
	else
		snprintf(g->label + n, sizeof g->label - n, " %zux%zu", g->rows, g->columns);
	n = strlen(g->label);
	if (g->n_roots > 1)
		snprintf(g->label + n, sizeof g->label - n, " +%zu", g->n_roots - 1);
	add_scopes(g);
}

/* Of a value larger than the group's domain, a table, an element of the domain reads one. */
static void add_bytes(void *payload, mica_var y)
{
	mica__group *g = payload;
	size_t n = mica_var_count(y), domain = g->rows * g->columns;
	g->bytes += (double)(g->kind->element_reads && n > domain ? domain : n) * (double)mica__dtype_bytes(y->dtype);
}

static void count_cost(mica__plan *p, mica__group *g)
{
	g->flops = g->kind->flops ? g->kind->flops(p, g) : 0;
	for (size_t i = 0; i < g->n_roots; i++) {
		mica_var x = g->roots[i];
		if (p->info[x->id].store >= 0)
			add_bytes(g, x);
		mica__visit_reads(p, x, add_bytes, g);
	}
	p->flops += g->flops * (double)mica__segment_steps(&p->segments[g->segment]);
}

/* ---- functions ---- */

typedef struct functions {
	mica__plan *p;
	mica__scratch scratch;
	mica__table known; /* by their texts */
} functions;

/* The function of that text; SIZE_MAX if there is none yet. */
static size_t find_function(const functions *f, const char *text, uint64_t hash)
{
	size_t n, at = 0;
	while ((n = mica__table_next(&f->known, hash, &at)) != SIZE_MAX && strcmp(f->p->bodies[n], text) != 0)
		;
	return n;
}

/* Layers of one kind differ in sizes and places only, which the functions read from the table: so a deep network has as
   much code as a shallow one. */
static mica_status add_function(functions *f, mica__group *g, const char *body)
{
	mica__plan *p = f->p;
	uint64_t hash = mica__hash(0, body, strlen(body));
	g->function = find_function(f, body, hash);
	if (g->function == SIZE_MAX) {
		if (mica__grow(&p->bodies, &p->cap_bodies, p->n_bodies + 1, sizeof *p->bodies) != MICA_OK ||
		    mica__table_add(&f->known, hash, p->n_bodies) != MICA_OK || !(p->bodies[p->n_bodies] = mica__strdup(body)))
			return MICA_ENOMEM;
		mica__text_add(&p->source, "static MICA_FUNCTION void group%zu(", p->n_bodies);
		mica__parameters(p, &p->source);
		mica__text_add(&p->source, ", const int x, const int y, const int step%s)\n{\n%s}\n\n", p->device.cpu ? "" : ", local real *m", body);
		g->function = p->n_bodies++;
	}
	return p->source.failed ? mica__fail(MICA_ENOMEM, "plan: no memory for its code") : MICA_OK;
}

static mica_status write_code(functions *f, mica__group *g, mica__text *body)
{
	mica__emitter e = {.p = f->p, .g = g, .scratch = &f->scratch, .value = mica__value_at};
	mica__text out = {0};
	(f->p->device.cpu ? g->kind->cpu : g->kind->simt)(&e, &out);
	mica__text_append(body, mica__text_string(&e.text[MICA__PER_TASK]), e.text[MICA__PER_TASK].n);
	mica__text_append(body, mica__text_string(&out), out.n);
	mica__done(&e, &out);
	for (int i = 0; i < MICA__LEVELS; i++)
		mica__done(&e, &e.text[i]);
	mica__done(&e, &e.keys);
	if (body->failed && e.st == MICA_OK)
		e.st = mica__fail(MICA_ENOMEM, "plan: no memory for its code");
	mica__free(e.memo);
	mica__free(e.made);
	mica__free(e.index);
	return e.st;
}

static mica_status write_group(functions *f, mica__group *g)
{
	mica__plan *p = f->p;
	mica__text body = {0};
	g->vector = all_vectors(p, g);
	g->first_slot = p->n_table;
	label_group(p, g);
	if (mica__is_call(p, g)) {
		g->across = g->along = 1;
		count_cost(p, g);
		return MICA_OK;
	}
	mica_status st = write_code(f, g, &body);
	if (st == MICA_OK)
		st = add_function(f, g, mica__text_string(&body));
	if (st == MICA_OK)
		count_cost(p, g);
	mica__text_free(&body);
	return st;
}

static mica_status start(functions *f)
{
	size_t n = f->p->g->n + 1;
	f->scratch.reductions = mica__alloc(n, sizeof *f->scratch.reductions);
	f->scratch.outer = mica__alloc(n, sizeof *f->scratch.outer);
	f->scratch.inner = mica__alloc(n, sizeof *f->scratch.inner);
	return f->scratch.reductions && f->scratch.outer && f->scratch.inner ? MICA_OK : MICA_ENOMEM;
}

/* Adds a source that is not there yet. */
static mica_status add_source(const char *source, const char ***out, size_t *n, size_t *capacity)
{
	for (size_t i = 0; i < *n; i++)
		if (!strcmp((*out)[i], source))
			return MICA_OK;
	mica_status st = mica__grow(out, capacity, *n + 1, sizeof **out);
	if (st == MICA_OK)
		(*out)[(*n)++] = source;
	return st;
}

mica_status mica__code_sources(const mica__plan *p, const char ***out, size_t *n)
{
	mica_status st = MICA_OK;
	size_t capacity = 0;
	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < p->n_groups; i++) {
		const mica__kind *kind = p->groups[i].kind;
		const char *const *source = p->device.cpu ? kind->cpu_sources : kind->simt_sources;
		bool calls = !p->groups[i].dead && !mica__is_call(p, &p->groups[i]);
		for (size_t k = 0; calls && k < MICA__MOST_SOURCES && source[k]; k++)
			MICA_TRY(add_source(source[k], out, n, &capacity));
	}
	return MICA_OK;
out:
	mica__free(*out);
	*out = NULL;
	return st;
}

mica_status mica__codegen(mica__plan *p)
{
	functions f = {.p = p};
	mica_status st = MICA_OK;
	double began = mica__now();
	MICA_TRY(start(&f));
	mica__choice_of_slab(p, &p->source);
	for (size_t i = 0; i < p->n_stages; i++)
		for (size_t j = 0; j < p->stages[i].n_groups; j++) {
			mica__group *g = &p->groups[p->order[p->stages[i].first_group + j]];
			MICA_TRY(write_group(&f, g));
			p->stages[i].groups += mica__tasks(g);
		}
	for (size_t i = 0; i < p->n_renewals; i++) {
		MICA_TRY(write_group(&f, &p->renewals[i].group));
		p->renewals[i].stage.groups = mica__tasks(&p->renewals[i].group);
	}
	p->seconds[MICA_CODEGEN] = mica__now() - began;
out:
	mica__table_free(&f.known);
	mica__free(f.scratch.reductions);
	mica__free(f.scratch.outer);
	mica__free(f.scratch.inner);
	return st;
}
