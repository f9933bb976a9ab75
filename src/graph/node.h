/* SPDX-License-Identifier: MIT */
/* graph/node.h - nodes of the expression graph as this room and the runtime see them.
   A node is immutable once made.  Adding an elementwise operation is one row of MICA__ELEMENTWISE and its gradient in
   elementwise.c; any other operation has its shape rule and gradient in the file of its family. */
#ifndef MICA_GRAPH_NODE_H
#define MICA_GRAPH_NODE_H
#include "base/types.h"
#include "mica/graph.h"

/* X(ID, arity, heavy, expression): $a $b $c are the operands, $T the type, scalar or vector, of real or int, so an
   expression must hold for both (a comparison of vectors is a mask that ?: accepts).  heavy: not worth computing twice.
   NaN comes through every one of them. */
#define MICA__ELEMENTWISE(X)                                                      \
	X(NEG, 1, 0, "-$a")                                                       \
	X(ABS, 1, 0, "($a < ($T)0 ? -$a : $a)")                                   \
	X(SIGN, 1, 0, "($a > ($T)0 ? ($T)1 : $a < ($T)0 ? ($T)-1 : $a * ($T)0)")  \
	X(EXP, 1, 1, "exp_$T($a)")                                                \
	X(EXPM1, 1, 1, "expm1($a)")                                               \
	X(LOG, 1, 1, "log($a)")                                                   \
	X(LOG1P, 1, 1, "log1p($a)")                                               \
	X(SQRT, 1, 0, "sqrt($a)")                                                 \
	X(RSQRT, 1, 0, "(($T)1 / sqrt($a))")                                      \
	X(SQUARE, 1, 0, "($a * $a)")                                              \
	X(RECIPROCAL, 1, 0, "(($T)1 / $a)")                                       \
	X(TANH, 1, 1, "tanh($a)")                                                 \
	X(SIGMOID, 1, 1, "(($T)1 / (($T)1 + exp_$T(-$a)))")                       \
	X(SOFTPLUS, 1, 1, "(($a <= ($T)0 ? ($T)0 : $a) + log1p(exp(-fabs($a))))") \
	X(ERF, 1, 1, "erf($a)")                                                   \
	X(SIN, 1, 1, "sin_$T($a)")                                                   \
	X(COS, 1, 1, "cos_$T($a)")                                                   \
	X(FLOOR, 1, 0, "floor($a)")                                               \
	X(ROUND, 1, 0, "rint($a)")                                                \
	X(RELU, 1, 0, "($a < ($T)0 ? ($T)0 : $a)")                                \
	X(IS_FINITE, 1, 0, "($a - $a == ($T)0 ? ($T)1 : ($T)0)")                  \
	X(ADD, 2, 0, "($a + $b)")                                                 \
	X(SUB, 2, 0, "($a - $b)")                                                 \
	X(MUL, 2, 0, "($a * $b)")                                                 \
	X(DIV, 2, 0, "($a / $b)")                                                 \
	X(POW, 2, 1, "pow_$T($a, $b)")                                               \
	X(MAX, 2, 0, "($a >= $b || $a != $a ? $a : $b)")                          \
	X(MIN, 2, 0, "($a <= $b || $a != $a ? $a : $b)")                          \
	X(LT, 2, 0, "($a < $b ? ($T)1 : ($T)0)")                                  \
	X(LE, 2, 0, "($a <= $b ? ($T)1 : ($T)0)")                                 \
	X(GT, 2, 0, "($a > $b ? ($T)1 : ($T)0)")                                  \
	X(GE, 2, 0, "($a >= $b ? ($T)1 : ($T)0)")                                 \
	X(EQ, 2, 0, "($a == $b ? ($T)1 : ($T)0)")                                 \
	X(NE, 2, 0, "($a != $b ? ($T)1 : ($T)0)")                                 \
	X(WHERE, 3, 0, "($a != ($T)0 ? $b : $c)")

/* The other operations, by family. */
#define MICA__STRUCTURAL(X)                                                       \
	X(INPUT) X(VARIABLE) X(FILL) X(IOTA) X(RANDOM)                            \
	X(CAST) X(STOP_GRADIENT)                                                  \
	X(RESHAPE) X(TRANSPOSE) X(BROADCAST) X(SLICE) X(PAD) X(CONCAT) X(FLIP)    \
	X(GATHER) X(SCATTER_ADD)                                                  \
	X(SUM) X(REDUCE_MAX) X(REDUCE_MIN) X(ARGMAX) X(MATMUL) X(ASSIGN)

typedef enum mica__op {
#define X(id, arity, heavy, expression) MICA__##id,
	MICA__ELEMENTWISE(X)
#undef X
	MICA__ELEMENTWISE_END,
#define X(id) MICA__##id,
	MICA__STRUCTURAL(X)
#undef X
	MICA__OP_COUNT
} mica__op;

typedef struct mica__op_info {
	const char *name, *expression; /* expression: elementwise only */
	uint8_t arity;
	bool heavy;
} mica__op_info;
const mica__op_info *mica__op_describe(mica__op op);

/* What an operation needs beyond its inputs; compared bytewise, so unused members stay zero. */
typedef union mica__attr {
	double value;                                         /* FILL */
	size_t axis;                                          /* IOTA, CONCAT, FLIP, reductions: the one axis reduced */
	size_t rows;                                          /* SCATTER_ADD */
	size_t perm[MICA_MAX_RANK];                           /* TRANSPOSE */
	struct { size_t start[MICA_MAX_RANK], step[MICA_MAX_RANK]; } slice;
	struct { size_t before[MICA_MAX_RANK]; double value; } pad;
	struct { uint64_t seed; uint32_t stream; } random;
} mica__attr;

struct mica_node {
	mica_graph *g;
	uint32_t id;        /* position in the graph; inputs have smaller ones */
	mica__op op;
	mica_dtype dtype;
	bool failed;
	mica_shape shape;
	mica__attr attr;
	size_t n_in;
	mica_var *in;
	char name[64];      /* leaves; "" otherwise */
	mica_var origin;    /* in a plan's graph: the user's leaf that this one stands for */
	void *storage;      /* of a user's leaf: owned by the runtime, freed by graph's free_storage */
};

struct mica_graph {
	mica_context *ctx;  /* NULL in a plan's own graph */
	mica_dtype real;
	mica_var *nodes;
	size_t n, capacity;
	struct mica_node failed;              /* what failed calls return */
	mica_status status;
	char error[512], scope[64];
	void (*free_storage)(void *storage);  /* set by the runtime */
};

/* A node with the given parts; in is copied.  Returns the failed node if g or an input has failed or memory is out. */
mica_var mica__node(mica_graph *g, mica__op op, mica_dtype t, const mica_shape *s, const mica_var *in, size_t n_in,
                    const mica__attr *attr);
/* Records the graph's first failure, with its scope in front, and returns the failed node. */
mica_var mica__graph_fail(mica_graph *g, mica_status s, const char *fmt, ...) MICA__PRINTF(3, 4);
/* A graph that belongs to nobody but its maker: for plans and tests. */
mica_graph *mica__graph_bare(mica_dtype real);

static inline bool mica__is_elementwise(const struct mica_node *x)
{
	return x->op < MICA__ELEMENTWISE_END;
}
static inline bool mica__is_reduction(const struct mica_node *x)
{
	return x->op == MICA__SUM || x->op == MICA__REDUCE_MAX || x->op == MICA__REDUCE_MIN || x->op == MICA__ARGMAX;
}

/* Gradient rules: dx[i] for each input of y, from dy; leaves dx[i] NULL where there is none.  Elementwise rules need not
   mind broadcasting. */
typedef void mica__gradient_rule(mica_var y, mica_var dy, mica_var *dx);
mica__gradient_rule *mica__elementwise_gradient(mica__op op);
mica__gradient_rule mica__movement_gradient, mica__reduce_gradient, mica__matmul_gradient;
/* Sums x over the axes that were broadcast, so that it has shape s. */
mica_var mica__unbroadcast(mica_var x, const mica_shape *s);

/* The nodes that roots need, inputs first; n_out of them, NULL when memory is out.  The caller frees it. */
mica_var *mica__topological(const mica_var *roots, size_t n, size_t *n_out);

/* A line "%3 = ADD %1 %2 : f32(4)". */
void mica__print_node(mica__text *t, mica_var x);

#endif
