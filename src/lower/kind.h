/* SPDX-License-Identifier: MIT */
/* lower/kind.h - a kind of kernel: what its domain is, what may join it, how it is written.  Each is a file in kinds/ that
   ends in one constant; the passes know none of them by name.  A new kind is a file there and its name in kinds.c. */
#ifndef MICA_LOWER_KIND_H
#define MICA_LOWER_KIND_H
#include "lower/lower.h"

struct mica__emitter;

struct mica__kind {
	const char *name;
	/* Sets the domain of g if x, its only root, is what this kind is made for. */
	bool (*takes)(const mica__plan *p, mica_var x, mica__group *g);
	bool before, after;   /* elementwise roots of its domain may join, computed before or after what it is made for */
	bool per_row;         /* roots of one value per row of the domain may join; reductions among them are such */
	bool siblings;        /* groups that read the same may join it, so that it is read once */
	bool vectors;         /* on CPUs, what joins must be computed by vectors, as it is */
	bool panels;          /* on CPUs it makes whole panels, however few columns there are */
	bool element_reads;   /* an element of the domain reads one of each operand, however large that is */
	bool library;         /* a library may run it instead */
	bool turns;           /* on CPUs it goes through a panel row by row, and can store its transpose as well */
	/* Appends to a label what the domain does not say; NULL: the domain, "rows x columns". */
	void (*label)(const mica__group *g, char *out, size_t size);
	/* Arithmetic beyond an operation an element; NULL: none that is counted. */
	double (*flops)(const mica__group *g);
	/* Texts of cl/ that its functions call, by device class; NULL: none. */
	const char *cpu_source, *simt_source;
	/* Writes the function.  cpu: a task is one call with (x, y), x along `across` and y along `along`, which this sets.
	   simt: a task is one work-group, `item` its work-items. */
	void (*cpu)(struct mica__emitter *e, mica__text *out);
	void (*simt)(struct mica__emitter *e, mica__text *out);
};

/* Whether root x of a group has one value per row of its domain. */
static inline bool mica__per_row(const mica__group *g, mica_var x)
{
	return g->kind->per_row && (mica__is_reduction(x) || mica__shape_lead(&x->shape) != g->rows ||
	                            mica__shape_last(&x->shape) != g->columns);
}

/* Whether a group is no code of ours: it stands alone in its stage. */
static inline bool mica__is_call(const mica__plan *p, const mica__group *g)
{
	return p->device.library_products && g->kind->library;
}

/* The kind for a group whose only root is x; sets the group's domain. */
const mica__kind *mica__kind_for(const mica__plan *p, mica_var x, mica__group *g);

#endif
