/* SPDX-License-Identifier: MIT */
/* lower/lower.h - from a graph to kernels: what the passes share, and the finished result the runtime instantiates.

   lower.c runs the passes in this order:
     simplify.c   copies the needed nodes into a graph of the plan's own, folding constants and sharing equal nodes
     segments.c   orders them so that each loop stands together, and says where what it hands on has its place
     roots.c      chooses which nodes are stored (roots); reads.c notes what the expression of each root reads, and how
     groups.c     puts roots that can be computed together into groups, in an order that sequence.c keeps
     stages.c     orders groups into stages, assigned variables after their readers
     places.c     gives every stored value a layout and a place
     functions.c  writes each group as an OpenCL C function, by its kind (kinds/); kernels.c the kernels around them

   A group has a domain of R rows by C columns.  On CPUs values with more than one row live in column panels: element
   (r, c) is at (c / PW) * R * PW + r * PW + c % PW with PW twice the vector width, so that every tile a kernel touches is
   contiguous and no product packs or transposes anything; a matrix of no more columns than a vector has is one panel of that
   width, or half of the memory that is read would be padding.  What stands in a panel's columns past C is unspecified and
   never reaches a real element.  Everything else is linear (row-major). */
#ifndef MICA_LOWER_LOWER_H
#define MICA_LOWER_LOWER_H
#include "device/device.h"
#include "graph/node.h"
#include "mica/plan.h"

enum { MICA__MOST_ROWS = 13 /* rows of a product's register tile, at most */ };

/* Where a value lives: with a leaf, in one of the copies that a value has of its own, or in the plan's arena. */
typedef enum mica__place { MICA__IN_LEAF, MICA__IN_ARENA, MICA__IN_WHOLE } mica__place;

typedef struct mica__store {
	mica_var node;        /* plan node whose value this is */
	mica__place place;
	mica__form form;
	size_t rows, columns; /* of what is laid out */
	size_t elements;      /* stored, padding included, tail not */
	size_t offset;        /* bytes in its buffer */
	size_t first, last;   /* stages in which it is alive */
	unsigned buffer;      /* the runtime's number of the buffer it is in; the arenas are the first */
	/* Of one in another's place, a whole of several values (see mica__pane): */
	int whole;            /* the other, to whose beginning offset is added; -1 */
	size_t panel_rows;    /* rows of what is laid out there */
	size_t step_bytes;    /* further with each step of the loop; 0: the same at all */
	size_t row, rows_mask; /* of a stepped one: it is at ((step + row) & mask) * step_bytes */
} mica__store;

/* How a group is computed: see kind.h. */
typedef struct mica__kind mica__kind;

typedef struct mica__group {
	const mica__kind *kind;
	mica_var anchor;            /* the root that its kind is made for, of which all that a kind knows follows; of several, one */
	mica_var *roots;            /* in topological order */
	size_t n_roots, cap_roots;
	size_t rows, columns;       /* domain */
	bool vector;                /* columns are walked by vectors; else one by one */
	size_t segment;
	size_t stage;
	size_t across, along;       /* tasks: across is dealt out to workers in ranges, along is inside each */
	size_t first_slot;          /* of its sizes and offsets in the plan's table */
	size_t function;            /* groups whose code is the same share one */
	double flops, bytes;
	bool dead;                  /* merged into another */
	char label[160];
} mica__group;

/* A value of one step in the place of a value of all of them: it has the rows of number `row`, or with each step the next.
   Nothing is copied to hand on a carry, to read a row of a sequence, or to stack what each step makes. */
typedef struct mica__pane {
	mica_var whole;             /* NULL: it has a place of its own */
	size_t row;
	bool stepped;
} mica__pane;

typedef struct mica__info {      /* one per plan node */
	uint32_t segment;
	mica__pane window;        /* but see mica__pane_of */
	bool root;
	bool in_loop;               /* from outside of a loop, and read by what is in it, through moves at most */
	int group;                  /* of a root; -1 otherwise */
	int store;                  /* index of its store; -1 if it has none */
	int turned;                 /* store of a variable's transposed form; -1 */
	mica_var assigned;          /* root stored directly into this variable leaf */
	bool keep;                  /* plan output: alive to the end */
	bool beside;                /* the transposed form of a value of its group, which writes it with that */
} mica__info;

/* How a root reads a stored value: the worst of all its reads. */
typedef enum mica__reads {
	MICA__READ_NOT,
	MICA__READ_SAME,   /* element (r, c) for element (r, c) */
	MICA__READ_ROW,    /* element r for row r */
	MICA__READ_OTHER
} mica__reads;
typedef struct mica__read {
	mica_var value;
	uint8_t element, row; /* mica__reads, if the root is evaluated at each element, or once per row */
} mica__read;
typedef struct mica__span {
	size_t first, n;
} mica__span;

/* What roots read, found once when roots are chosen. */
typedef struct mica__facts {
	size_t nodes;               /* that there were; nodes made since have reads, and no readers */
	mica__read *reads;
	size_t n_reads, cap_reads;
	mica__span *reads_of;       /* by root: in reads */
	mica_var *readers;
	mica__span *readers_of;     /* by stored value: roots, in readers */
	uint32_t *length, *depth;   /* nodes that the expression of a root computes; the most one upon the other */
	bool *vectors;              /* by node: mica__can_vector for its own columns */
} mica__facts;

/* Groups in a topological order, see sequence.c. */
typedef struct mica__sequence mica__sequence;

typedef struct mica__assignment {
	mica_var variable, value;   /* plan nodes */
} mica__assignment;

/* The stages of one loop, which are run for each of its steps in turn, or those between two loops.  Groups of different
   segments are never one. */
typedef struct mica__segment {
	mica_scan *loop;              /* of the plan's graph; NULL */
	size_t first, n;              /* stages */
} mica__segment;
static inline size_t mica__segment_steps(const mica__segment *s)
{
	return s->loop ? s->loop->steps : 1;
}
/* The number of the step that is run as the k-th. */
static inline size_t mica__segment_step(const mica__segment *s, size_t k)
{
	return s->loop && s->loop->reverse ? s->loop->steps - 1 - k : k;
}

/* What a launch needs besides the code. */
typedef struct mica__stage {
	size_t first_group, n_groups; /* in order[] */
	size_t groups;                /* work-groups as a launch of its own: its tasks */
	size_t record;                /* first word of its record in the table: what runs for which task */
	size_t kernel;                /* as a launch of its own: "stage<kernel>" */
} mica__stage;

/* A launch by itself that makes a variable's transposed copy of its usual one, where only that is up to date. */
typedef struct mica__renewal {
	mica_var variable;
	mica__group group;
	mica__stage stage;
} mica__renewal;

/* The word `slot` of the table says where a store is: MICA_AT in cl/prelude.cl. */
typedef struct mica__where {
	size_t slot;
	int store;
} mica__where;

typedef struct mica__plan {
	/* given */
	mica__device_class device;
	uint32_t without;
	size_t typical_rows;
	char name[64];
	/* simplify */
	mica_graph *g;
	mica_var *outputs;          /* plan node of each output asked for */
	size_t n_outputs;
	mica__assignment *assigns;
	size_t n_assigns, cap_assigns;
	/* roots and groups */
	mica__info *info;           /* by node id */
	mica__facts facts;
	mica__group *groups;
	size_t n_groups, cap_groups;
	mica__sequence *sequence;
	/* stages and places */
	mica__store *stores;
	size_t n_stores, cap_stores;
	size_t *order;              /* groups by stage */
	mica__stage *stages;
	size_t n_stages;
	mica__renewal *renewals;
	size_t n_renewals, cap_renewals;
	size_t arena_bytes, arena_piece; /* of all arenas one after the other, and of each but the last; piece 0: there is one */
	mica__segment *segments;
	size_t n_segments;
	unsigned n_slabs;           /* kernel arguments: pieces of device memory; set by the runtime before codegen */
	/* codegen */
	unsigned tile_rows;         /* rows of the register tile of A B; of A^T B it is tile_rows_t */
	unsigned tile_rows_t;
	mica__text source;          /* functions of all groups */
	char **bodies;              /* of the functions */
	size_t n_bodies, cap_bodies;
	int64_t *table;             /* sizes and offsets the functions read */
	size_t n_table, cap_table;
	mica__where *wheres;        /* words of the table that the runtime fills */
	size_t n_wheres, cap_wheres;
	size_t walk_record;         /* first word of the record of the kernel that walks all stages */
	double flops;
	double seconds[MICA_PASSES];
} mica__plan;

/* Runs all passes but the last.  The runtime then sets the number of slabs, calls mica__codegen, and fills the words of the
   table that say where stores are. */
mica_status mica__lower(mica__plan **out, const mica_var *outputs, size_t n, const mica_plan_opts *opts,
                        const mica__device_class *device);
void mica__lower_free(mica__plan *p);

/* The passes. */
mica_status mica__simplify(mica__plan *p, const mica_var *outputs, size_t n);
mica_status mica__find_segments(mica__plan *p);
mica_status mica__fuse(mica__plan *p);
mica_status mica__make_stages(mica__plan *p);
mica_status mica__make_places(mica__plan *p);
mica_status mica__codegen(mica__plan *p);

/* The kernels of a plan around its group functions, and their records in its table: one for all stages that run the same
   functions, or one that walks all stages; both with those of renewals. */
mica_status mica__stage_kernels(mica__plan *p, mica__text *out);
mica_status mica__walk_kernel(mica__plan *p, mica__text *out);
/* Of one run: stages that have any task, and tasks, counted for all steps of loops. */
typedef struct mica__walk_size {
	size_t stages, tasks;
} mica__walk_size;
mica__walk_size mica__walk_size_of(const mica__plan *p);
/* The store that has the place which that one is in: itself, or its whole. */
static inline const mica__store *mica__base_of(const mica__plan *p, const mica__store *t)
{
	return t->whole < 0 ? t : &p->stores[t->whole];
}
static inline size_t mica__tasks(const mica__group *g)
{
	return g->across * g->along;
}
/* The files of cl/ that the functions call, each once, in an array that the caller frees. */
mica_status mica__code_sources(const mica__plan *p, const char ***out, size_t *n);
/* Build options that the functions were written for. */
void mica__kernel_options(const mica__plan *p, mica__text *out);
size_t mica__plan_text(const mica__plan *p, bool dot, char *out, size_t size);


/* Whether x is a leaf with memory, a root, or in the place of such. */
bool mica__has_storage(const mica__plan *p, mica_var x);
/* In whose place x is; whole NULL if it has its own, or none. */
mica__pane mica__pane_of(const mica__plan *p, mica_var x);
/* Through reshapes that only give a stored value another shape, to the node that has the storage; NULL if x is computed
   where it is read. */
mica_var mica__stored(const mica__plan *p, mica_var x);
/* Whether a leaf or root of this shape lives in panels. */
bool mica__in_panels(const mica__plan *p, mica_var x);
/* Whether x transposes each matrix of its operand. */
bool mica__swaps_last_two(mica_var x);
static inline size_t mica__panel_width(const mica__plan *p)
{
	return 2 * p->device.vector_width;
}
/* Width of the panel of a value that has so few columns that one vector holds them, or of any other's panels. */
static inline size_t mica__width_in_panels(const mica__plan *p, size_t columns)
{
	return columns <= p->device.vector_width ? p->device.vector_width : mica__panel_width(p);
}

/* How the expression of root x, evaluated at each element (or once per row), reads y: the worst of all reads. */
mica__reads mica__how_reads(const mica__plan *p, mica_var x, bool per_row, mica_var y);
/* Whether the expression of x can be evaluated for a vector of columns; inside: x may also be read from memory. */
bool mica__can_vector(const mica__plan *p, mica_var x, size_t columns);
bool mica__can_vector_inside(const mica__plan *p, mica_var x, size_t columns);
/* Whether the vectors of x's columns are vectors of its i-th input, some further on, each of them inside or outside of it. */
bool mica__shifts_vectors(const mica__plan *p, mica_var x, size_t i);
/* Calls visit for every stored value that the expression of x reads (x itself excluded). */
void mica__visit_reads(const mica__plan *p, mica_var x, void (*visit)(void *payload, mica_var y), void *payload);

#endif
