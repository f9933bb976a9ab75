/* SPDX-License-Identifier: MIT */
/* lower/kind.h - a kind of kernel: what its domain is, what may join it, how it is written.  Each is a file in kinds/ that
   ends in one constant; the passes know none of them by name.  A new kind is a file there and its name in kinds.c. */
#ifndef MICA_LOWER_KIND_H
#define MICA_LOWER_KIND_H
#include "lower/lower.h"

struct mica__emitter;

enum { MICA__MOST_SOURCES = 3 };

struct mica__kind {
	const char *name;
	/* Whether x, if its value is stored, is what this kind is made for.  Of operations for which a kind is made
	   (mica__has_kind) it is asked of the user's nodes too, before anything is known of a plan but its device. */
	bool (*takes)(const mica__plan *p, mica_var x);
	/* Sets rows and columns of g, whose only root is its anchor; NULL: those of its value. */
	void (*domain)(const mica__plan *p, mica__group *g);
	/* The node that it reads from memory in place of x's i-th operand, which it looks through (a transposition); NULL: the
	   operand.  Which operands are stored at all says the operation (stored_in in graph/op.h). */
	mica_var (*operand)(const mica__plan *p, mica_var x, size_t i);
	/* On CPUs, the i-th of the nodes that transpose a stored value and are not stored themselves, if it reads the transposed form
	   of that value; NULL, or no such function: none. */
	mica_var (*turned)(const mica__plan *p, const mica__group *g, size_t i);
	uint32_t past_end;    /* bit i: on CPUs, operand i is read by tiles of rows of which the last may reach past the end */
	bool before, after;   /* elementwise roots of its domain may join, computed before or after what it is made for */
	bool per_row;         /* roots of one value per row of the domain may join; reductions among them are such */
	bool siblings;        /* groups that read the same may join it, so that it is read once */
	/* Whether two groups of this kind and the same domain are one, if nothing has to run between them; NULL: as flags say. */
	bool (*together)(const mica__plan *p, const mica__group *a, const mica__group *b);
	bool vectors;         /* on CPUs, what joins must be computed by vectors, as it is */
	bool (*by_vectors)(const mica__plan *p, mica_var x); /* on CPUs, whether it computes its anchor so; NULL: as its operands are */
	bool panels;          /* on CPUs it makes whole panels, however few columns there are */
	bool element_reads;   /* an element of the domain reads one of each operand, however large that is */
	bool library;         /* a library may run it instead */
	bool turns;           /* on CPUs it goes through a panel row by row, and can store its transpose as well */
	bool beside;          /* what it makes of a value, the transposed form, may be written by a maker of the value that `turns` */
	/* Appends to a label what the domain does not say; NULL: the domain, "rows x columns". */
	void (*label)(const mica__plan *p, const mica__group *g, char *out, size_t size);
	/* Arithmetic beyond an operation an element; NULL: none that is counted. */
	double (*flops)(const mica__plan *p, const mica__group *g);
	/* Chooses, when groups are known, what all its functions share (sizes of tiles), and appends the build options that say
	   so.  NULL: nothing. */
	void (*tune)(mica__plan *p);
	void (*options)(const mica__plan *p, mica__text *out);
	/* Texts of cl/ that its functions call, in this order, by device class. */
	const char *cpu_sources[MICA__MOST_SOURCES], *simt_sources[MICA__MOST_SOURCES];
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

/* Whether root x of a group is computed by vectors of the domain's columns, on CPUs. */
static inline bool mica__by_vectors(const mica__plan *p, const mica__group *g, mica_var x)
{
	if (x == g->anchor && g->kind->by_vectors)
		return g->kind->by_vectors(p, x);
	return (g->kind->panels && g->kind->takes(p, x)) || mica__can_vector(p, x, g->columns);
}

/* The i-th transposition of a stored value that a group reads in its transposed form; NULL. */
static inline mica_var mica__turned_by(const mica__plan *p, const mica__group *g, size_t i)
{
	return p->device.cpu && !g->dead && g->kind->turned ? g->kind->turned(p, g, i) : NULL;
}

/* ---- kinds.c ---- */

/* The kind made for x. */
const mica__kind *mica__kind_of(const mica__plan *p, mica_var x);
/* Whether a plan computes convolution x by Winograd's algorithm: then it reads transformed weights, a node MICA__WINOGRAD. */
bool mica__winograd_fits(const mica__plan *p, mica_var x);
/* What the kinds that have something to choose choose, and its build options. */
void mica__tune_kinds(mica__plan *p);
void mica__kind_options(const mica__plan *p, mica__text *out);

#endif
