/* SPDX-License-Identifier: MIT */
/* lower/kernels.c - last pass: the functions of all groups, and the kernels that call them.
   A stage kernel deals work-groups out to the groups of one stage; the walk kernel (CPUs) goes through all stages by
   itself, see cl/walk.cl.  Both read how many tasks a group has from the plan's table. */
#include "lower/emit.h"

#include <stdio.h>
#include <string.h>

static bool all_vectors(const mica__plan *p, const mica__group *g)
{
	if (!p->device.cpu || g->columns < 2)
		return p->device.cpu && g->anchor == MICA__PRODUCT;
	for (size_t i = 0; i < g->n_roots; i++) {
		mica_var x = g->roots[i];
		bool element = mica__is_reduction(x) || !mica__per_row(g, x);
		if (element && x->op != MICA__MATMUL && !mica__can_vector(p, x, g->columns))
			return false;
	}
	return true;
}

static void label_group(mica__group *g)
{
	static const char *const kinds[] = {[MICA__MAP] = "map", [MICA__ROW] = "row", [MICA__COL] = "col", [MICA__PRODUCT] = "product",
	                                    [MICA__SCATTER] = "scatter"};
	size_t n = (size_t)snprintf(g->label, sizeof g->label, "%s", kinds[g->anchor]);
	if (g->anchor == MICA__PRODUCT)
		n += (size_t)snprintf(g->label + n, sizeof g->label - n, " %zux%zux%zu%s%s", g->product.m, g->product.n, g->product.k,
		                      g->product.transposed_a ? " tn" : "", g->product.transposed_b ? " nt" : "");
	else
		n += (size_t)snprintf(g->label + n, sizeof g->label - n, " %zux%zu", g->rows, g->columns);
	if (g->n_roots > 1 && n < sizeof g->label)
		snprintf(g->label + n, sizeof g->label - n, " +%zu", g->n_roots - 1);
}

/* Of a value larger than the group's domain, a table, an element of the domain reads one. */
static void add_bytes(void *payload, mica_var y)
{
	mica__group *g = payload;
	size_t n = mica_var_count(y), domain = g->rows * g->columns;
	bool pointwise = g->anchor == MICA__MAP || g->anchor == MICA__ROW;
	g->bytes += (double)(pointwise && n > domain ? domain : n) * (double)mica__dtype_bytes(y->dtype);
}

static void count_cost(mica__plan *p, mica__group *g)
{
	for (size_t i = 0; i < g->n_roots; i++) {
		mica_var x = g->roots[i];
		if (p->info[x->id].store >= 0)
			add_bytes(g, x);
		mica__visit_reads(p, x, add_bytes, g);
	}
	p->flops += g->flops;
}

/* Layers of one kind differ in sizes and places only, which the functions read from the table: so a deep network has as
   much code as a shallow one. */
static mica_status add_function(mica__plan *p, mica__group *g, const mica__text *body)
{
	for (g->function = 0; g->function < p->n_bodies; g->function++)
		if (!strcmp(p->bodies[g->function], body->s ? body->s : ""))
			return MICA_OK;
	if (mica__grow(&p->bodies, &p->cap_bodies, p->n_bodies + 1, sizeof *p->bodies) != MICA_OK ||
	    !(p->bodies[p->n_bodies] = mica__strdup(body->s ? body->s : "")))
		return MICA_ENOMEM;
	mica__text_add(&p->source, "static MICA_FUNCTION void group%zu(", p->n_bodies);
	mica__parameters(p, &p->source);
	mica__text_add(&p->source, ", const int x, const int y%s)\n{\n%s}\n\n", p->device.cpu ? "" : ", local real *m", p->bodies[p->n_bodies]);
	p->n_bodies++;
	return MICA_OK;
}

static mica_status write_group(mica__plan *p, size_t index)
{
	mica_status st = MICA_OK;
	mica__group *g = &p->groups[index];
	mica__text body = {0};
	g->vector = all_vectors(p, g);
	g->first_slot = p->n_table;
	label_group(g);
	if (mica__is_call(p, g)) {
		g->across = g->along = 1;
		g->flops = 2.0 * (double)g->product.batch * (double)g->product.m * (double)g->product.n * (double)g->product.k;
		count_cost(p, g);
		return MICA_OK;
	}
	MICA_TRY(p->device.cpu ? mica__emit_cpu(p, index, &body) : mica__emit_simt(p, index, &body));
	mica__table_slot(p, g, (int64_t)g->across, "across", &st);
	mica__table_slot(p, g, (int64_t)g->along, "along", &st);
	MICA_TRY(st);
	MICA_TRY(add_function(p, g, &body));
	count_cost(p, g);
out:
	mica__text_free(&body);
	return st;
}

mica_status mica__codegen(mica__plan *p)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < p->n_stages; i++)
		for (size_t j = 0; j < p->stages[i].n_groups; j++) {
			size_t index = p->order[p->stages[i].first_group + j];
			MICA_TRY(write_group(p, index));
			p->stages[i].groups += p->groups[index].across * p->groups[index].along;
		}
	if (p->source.failed)
		st = MICA_ENOMEM;
out:
	return st;
}

/* Absolute slot of a group's task counts; it is there since codegen. */
static size_t slot_of(const mica__plan *p, size_t group, const char *what)
{
	mica_status st = MICA_OK;
	const mica__group *g = &p->groups[group];
	return g->first_slot + mica__table_slot((mica__plan *)p, g, 0, what, &st);
}

/* ---- one launch per stage ---- */

mica_status mica__stage_kernels(const mica__plan *p, mica__text *out)
{
	bool cpu = p->device.cpu;
	for (size_t s = 0; s < p->n_stages; s++) {
		if (mica__is_call(p, &p->groups[p->order[p->stages[s].first_group]]))
			continue;
		mica__text_add(out, "%s void stage%zu(", cpu ? "kernel __attribute__((reqd_work_group_size(1, 1, 1)))" : "MICA_KERNEL", s);
		mica__parameters(p, out);
		mica__text_add(out, ")\n{\n%sint t = (int)get_group_id(0);\n",
		               cpu ? "" : "local real m[MICA_LOCAL] __attribute__((aligned(32)));\n");
		for (size_t j = 0; j < p->stages[s].n_groups; j++) {
			size_t g = p->order[p->stages[s].first_group + j];
			mica__text_add(out, "const int t%zu = t, a%zu = (int)o[%zu];\nt -= a%zu * (int)o[%zu];\n", j, j, slot_of(p, g, "across"), j,
			               slot_of(p, g, "along"));
		}
		for (size_t j = 0; j < p->stages[s].n_groups; j++) {
			size_t g = p->order[p->stages[s].first_group + j];
			if (j + 1 < p->stages[s].n_groups)
				mica__text_add(out, "if (t%zu < 0)\n", j + 1);
			mica__text_add(out, "group%zu(", p->groups[g].function);
			mica__arguments(p, &p->groups[g], out);
			mica__text_add(out, ", REST(t%zu, a%zu), t%zu / a%zu%s);\n%s", j, j, j, j, cpu ? "" : ", m",
			               j + 1 < p->stages[s].n_groups ? "else " : "");
		}
		mica__text_add(out, "}\n\n");
	}
	return out->failed ? MICA_ENOMEM : MICA_OK;
}

/* ---- one kernel for all stages ---- */

static void stage_function(const mica__plan *p, size_t s, mica__text *out)
{
	const mica__stage *stage = &p->stages[s];
	mica__text_add(out, "static MICA_FUNCTION int walk%zu(", s);
	mica__parameters(p, out);
	mica__text_add(out, ", volatile global int *sync, const int w, const int workers, const int now)\n{\nint done = 0;\n"
	               "for (int i = 0; i < workers; i++) {\nconst int v = (w + i) %% workers;\nint limit = 0;\n");
	for (size_t j = 0; j < stage->n_groups; j++) {
		size_t g = p->order[stage->first_group + j];
		mica__text_add(out, "const int a%zu = (int)o[%zu], f%zu = mica_share(a%zu, v, workers), w%zu = mica_share(a%zu, v + 1, workers) - f%zu, "
		               "n%zu = w%zu * (int)o[%zu];\nlimit += n%zu;\n", j, slot_of(p, g, "across"), j, j, j, j, j, j, j, slot_of(p, g, "along"), j);
	}
	mica__text_add(out, "for (int t; (t = mica_claim(sync, v, now, limit)) >= 0; done++) {\n");
	for (size_t j = 0; j < stage->n_groups; j++) {
		const mica__group *g = &p->groups[p->order[stage->first_group + j]];
		mica__text_add(out, "if (t < n%zu) {\ngroup%zu(", j, g->function);
		mica__arguments(p, g, out);
		mica__text_add(out, ", f%zu + REST(t, w%zu), t / w%zu);\ncontinue;\n}\nt -= n%zu;\n", j, j, j, j);
	}
	mica__text_add(out, "}\n}\nreturn done;\n}\n\n");
}

mica_status mica__walk_kernel(const mica__plan *p, mica__text *out)
{
	for (size_t s = 0; s < p->n_stages; s++)
		stage_function(p, s, out);
	mica__text_add(out, "kernel __attribute__((reqd_work_group_size(1, 1, 1))) void walk(");
	mica__parameters(p, out);
	mica__text_add(out, ", volatile global int *sync, const int end)\n{\n"
	               "const int w = (int)get_group_id(0), workers = (int)get_num_groups(0);\n"
	               "for (int now = sync[0]; now < end; now = sync[0]) {\nint done = 0, all = 0;\nMICA_FENCE;\nswitch (now %% %zu) {\n", p->n_stages);
	for (size_t s = 0; s < p->n_stages; s++) {
		mica__text_add(out, "case %zu:\ndone = walk%zu(", s, s);
		mica__arguments(p, NULL, out);
		mica__text_add(out, ", sync, w, workers, now);\nall = 0");
		for (size_t j = 0; j < p->stages[s].n_groups; j++) {
			size_t g = p->order[p->stages[s].first_group + j];
			mica__text_add(out, " + (int)(o[%zu] * o[%zu])", slot_of(p, g, "across"), slot_of(p, g, "along"));
		}
		mica__text_add(out, ";\nbreak;\n");
	}
	mica__text_add(out, "}\nMICA_FENCE;\nif (done && atomic_add(sync + 16, done) + done == all)\nmica_open_next(sync, workers, now);\n"
	               "while (sync[0] == now)\nMICA_PAUSE;\n}\n}\n");
	return out->failed ? MICA_ENOMEM : MICA_OK;
}

void mica__kernel_options(const mica__plan *p, char *out, size_t size)
{
	const mica__device_class *d = &p->device;
	const char *real = p->g->real == MICA_F64 ? " -DMICA_DOUBLE" : "";
	char sub_group[32] = "";
	if (d->sub_group)
		snprintf(sub_group, sizeof sub_group, " -DMICA_SUB_GROUP=%u", d->sub_group);
	if (d->cpu)
		snprintf(out, size, "-w -cl-denorms-are-zero -DMICA_CPU -DMICA_V=%u -DMICA_ROWS=%u -DMICA_ROWS_T=%u%s%s", d->vector_width,
		         p->tile_rows, p->tile_rows_t, d->inline_assembly ? " -DMICA_CLANG -DMICA_X86" : "", real);
	else
		snprintf(out, size, "-w -cl-denorms-are-zero -DMICA_SIMT -DMICA_GROUP=%u%s%s", d->group_size, sub_group, real);
}
