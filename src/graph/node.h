/* SPDX-License-Identifier: MIT */
/* graph/node.h - nodes of the expression graph as this room and the rooms after it see them.
   A node is immutable once made, but for the two members that a walk writes. */
#ifndef MICA_GRAPH_NODE_H
#define MICA_GRAPH_NODE_H
#include "graph/op.h"

/* Where a node comes from.  There is one of each in a graph and the plans made of it, so pointers can be compared. */
typedef struct mica__scope {
	const char *text;   /* "encoder/dense_1 backward"; "" for forward at the top */
	size_t length;      /* of the path, with which text begins */
	mica_phase phase;
} mica__scope;
typedef struct mica__scopes mica__scopes;

struct mica_node {
	mica_graph *g;
	const mica__scope *scope;
	uint32_t id;        /* position in the graph; inputs have smaller ones */
	uint32_t loop;      /* at whose steps it has a value each: their loop's number, from 1 on; 0: it has one value */
	mica__op op;
	mica_dtype dtype;
	bool failed;
	mica_shape shape;
	mica__attr attr;
	size_t n_in;
	mica_var *in;
	uint64_t walk;      /* the last walk that came here, and the node's place in its order: see mica__topological */
	size_t order;
	char name[64];      /* leaves; "" otherwise */
	struct mica_value *value; /* of a VARIABLE: what it refers to */
};

/* What a loop hands from one step to the next: the value of `next` at a step is that of `carry` at the following one. */
typedef struct mica__carry {
	mica_var carry, next;
} mica__carry;

struct mica_scan {
	mica_graph *g;
	uint32_t number;    /* of the loop: that of its nodes */
	size_t steps;
	bool reverse;
	bool open;          /* nodes may still be made of its nodes */
	mica_var step;
	mica__carry *carries;
	size_t n_carries, cap_carries;
};

struct mica_graph {
	mica_context *ctx;  /* NULL in a plan's own graph */
	mica_dtype real;
	mica_var *nodes;
	size_t n, capacity;
	uint64_t walks;
	mica__scopes *scopes;
	const mica__scope *scope, **outer;    /* of the next node; those around it, the innermost last */
	size_t n_outer, cap_outer;
	struct mica_node failed;              /* what failed calls return */
	mica_status status;
	char error[512];
	mica_var *values;   /* its VARIABLE leaves; each value has one */
	size_t n_values, cap_values;
	mica__table value_numbers; /* in values, by the value's address */
	mica_scan **loops;  /* by their numbers - 1 */
	size_t n_loops, cap_loops;
	void (*release)(struct mica_value *v, mica_context *ctx); /* set by the runtime with the first of them */
};

/* A node with the given parts; in is copied.  Returns the failed node if g or an input has failed or memory is out. */
mica_var mica__node(mica_graph *g, mica__op op, mica_dtype t, const mica_shape *s, const mica_var *in, size_t n_in,
                    const mica__attr *attr);
/* A leaf: INPUT or VARIABLE; name is copied, cut to 63 bytes. */
mica_var mica__leaf(mica_graph *g, mica__op op, const char *name, mica_dtype t, mica_shape s);
/* A node that has a value at each step of that loop, whatever its inputs are. */
mica_var mica__node_of_loop(mica_graph *g, uint32_t loop, mica__op op, mica_dtype t, const mica_shape *s, const mica_var *in,
                            size_t n_in, const mica__attr *attr);
/* Records the graph's first failure, with its scope in front, and returns the failed node. */
mica_var mica__graph_fail(mica_graph *g, mica_status s, const char *fmt, ...) MICA__PRINTF(3, 4);
/* The same for an operand that is NULL, which leaves this thread's line about the call that gave NULL as it is. */
mica_var mica__graph_fail_null(mica_graph *g, const char *fmt, ...) MICA__PRINTF(2, 3);
/* A graph that belongs to nobody but its maker and to no device, to be interpreted; and one like another, whose scopes it shares, for plans.  NULL
   when memory is out. */
mica_graph *mica__graph_bare(mica_dtype real);
mica_graph *mica__graph_like(const mica_graph *other);

/* The scopes of a new graph, its own or another's; NULL when memory is out.  Closing is fine after that, too. */
const mica__scope *mica__scopes_open(mica_graph *g, mica__scopes *shared);
void mica__scopes_close(mica_graph *g);
/* The scope of that path and phase, made when it is new; NULL when memory is out. */
const mica__scope *mica__scope_at(mica__scopes *s, const char *path, size_t length, mica_phase phase);
/* The same path in another phase. */
const mica__scope *mica__scope_phase(const mica__scope *s, mica_phase phase);
/* Nodes made from now on come from where x does, in that phase; returns what g->scope was. */
static inline const mica__scope *mica__scope_of(mica_graph *g, const struct mica_node *x, mica_phase phase)
{
	const mica__scope *before = g->scope;
	g->scope = mica__scope_phase(x->scope, phase);
	return before;
}

/* Adds a loop to g; NULL when memory is out. */
mica_scan *mica__loop_add(mica_graph *g, size_t steps, bool reverse);
static inline mica_scan *mica__loop_of(const struct mica_node *x)
{
	return x->loop ? x->g->loops[x->loop - 1] : NULL;
}
/* What a carry becomes with the next step; NULL as long as that is not said. */
static inline mica_var mica__next_of(const struct mica_node *carry)
{
	const mica_scan *s = mica__loop_of(carry);
	return carry->attr.carry < s->n_carries ? s->carries[carry->attr.carry].next : NULL;
}
/* The shape of `steps` values of that shape, stacked. */
mica_shape mica__stacked(size_t steps, const mica_shape *s);
/* Whether x is, at each step, the row of that number of a value from outside of the loop, which has one for each step. */
bool mica__is_row_of_step(const struct mica_node *x);

/* The graph of the operands of op, if a node can be made of them.  Otherwise NULL, and *bad is what op returns: the failed
   node of their graph, or NULL where all of them are NULL. */
mica_graph *mica__operands(const char *op, const mica_var *in, size_t n, mica_var *bad);
/* Whether x has that axis, which may be counted from the end: *out is its number.  Whether *index holds numbers of
   places, of I32 or I64; then it is one that kernels count in, I32: those beyond are the nearest there is, outside of any axis. */
bool mica__axis(mica_var x, const char *op, int axis, size_t *out);
bool mica__is_index(mica_var *index, const char *op);
/* Whether a graph is there to make a leaf in; what: "input" or so. */
bool mica__graph_there(const mica_graph *g, const char *what);

static inline const mica__op_info *mica__op_of(const struct mica_node *x)
{
	return mica__op_describe(x->op);
}
static inline bool mica__is_elementwise(const struct mica_node *x)
{
	return x->op < MICA__ELEMENTWISE_END;
}
static inline bool mica__is_pointwise(const struct mica_node *x)
{
	return mica__op_of(x)->pointwise;
}
static inline bool mica__is_move(const struct mica_node *x)
{
	return mica__op_of(x)->family == MICA__FAMILY_MOVE;
}
static inline bool mica__is_reduction(const struct mica_node *x)
{
	return mica__op_of(x)->family == MICA__FAMILY_REDUCTION;
}
/* Whether a kind of kernel is made for its operation, so that its value is stored. */
static inline bool mica__has_kind(const struct mica_node *x)
{
	return mica__is_reduction(x) || mica__op_of(x)->family == MICA__FAMILY_KERNEL;
}
static inline bool mica__is_from_loop(const struct mica_node *x)
{
	return mica__op_of(x)->family == MICA__FAMILY_LOOP;
}
static inline bool mica__is_leaf(const struct mica_node *x)
{
	return mica__op_of(x)->family == MICA__FAMILY_LEAF;
}

/* Whether two nodes of one graph have the same value: same operation, type, shape, inputs, and of the attributes exactly
   those that the operation uses.  Two leaves never are.  Equal nodes have equal hashes. */
bool mica__node_equal(const struct mica_node *a, const struct mica_node *b);
uint64_t mica__node_hash(const struct mica_node *x);

/* Whether x is a constant, and which, as its type holds it. */
bool mica__is_fill(const struct mica_node *x, double *v);
/* The operand that the elementwise operation x on the operands in has the value of, whatever that is: of x + -0 or -(-x),
   x; NULL if there is none. */
mica_var mica__same_as(const struct mica_node *x, const mica_var *in);
/* The shape that the i-th input must have for x to have the shape s; false if a reshape cannot go through x. */
bool mica__reshape_through(mica_var x, const mica_shape *s, size_t i, mica_shape *out);

/* Where the elements of a move or a pointwise operation x are in its i-th input. */
mica__map mica__map_of(const struct mica_node *x, size_t i);
/* Whether neighbours along x's last axis are neighbours, in order, along the i-th input's, which has the same length:
   whether a vector of x is a vector of that input.  For moves. */
bool mica__keeps_last_axis(const struct mica_node *x, size_t i);

/* Whether g's device has the type; if not, g fails, and what begins the message. */
bool mica__graph_has(mica_graph *g, const char *what, mica_dtype t);
/* x as the type that it is computed as: operations without a kernel for x's own type take that, and cast their result. */
mica_var mica__widened(mica_var x);

/* The nodes that roots (of one graph) need, inputs first, and what carries become counted among what they need; n_out of them, NULL when memory is out.  The caller frees it.
   Takes time for the nodes it finds, however many the graph has.  Until the next call mica__order_of(x) is the place
   of x in it, SIZE_MAX for a node that roots do not need. */
mica_var *mica__topological(const mica_var *roots, size_t n, size_t *n_out);
static inline size_t mica__order_of(const struct mica_node *x)
{
	return x->walk == x->g->walks ? x->order : SIZE_MAX;
}

/* A line "%3 = add %1 %2 : f32(4) # encoder/dense_1 backward". */
void mica__print_node(mica__text *t, mica_var x);

#endif
