/* SPDX-License-Identifier: MIT */
/* graph/op.h - operations: the list of them, and what each says of itself.
   An operation is one constant, mica__op_ID, in the file of its family, beside its shape rule (the public function) and its
   gradient; only its name stands here.  What other rooms want to know of an operation they ask of that constant, so that
   one more operation that moves elements, or works on each of them, is a matter of this room alone. */
#ifndef MICA_GRAPH_OP_H
#define MICA_GRAPH_OP_H
#include "base/types.h"
#include "mica/graph.h"

/* X(ID, name, arity, types, heavy, gradient, expression), of which elementwise.c makes mica_op_name and mica__op_ID.
   types: REAL for reals only, NUMBER for integers too, ANY for truth values too; CHOICE: as ANY, after a condition of a type
   of its own.  Types that are not calculated in are cast before and after.  heavy: not worth computing twice.  gradient: RULE
   where elementwise.c has one, ZERO where it is zero wherever it exists.  expression: $a $b $c are the operands and $T their
   type, scalar or vector (float, intv), which must hold for all of them; $A is that of a condition, and $M makes what a
   comparison of conditions gives into what ?: takes for $T, where both are vectors.  NaN comes through every one. */
#define MICA__ELEMENTWISE(X)                                                                                   \
	X(NEG, neg, 1, NUMBER, 0, RULE, "-$a")                                                                 \
	X(ABS, abs, 1, NUMBER, 0, RULE, "($a < ($T)0 ? -$a : $a + ($T)0)") /* -0 + 0 is 0 */                   \
	X(SIGN, sign, 1, NUMBER, 0, ZERO, "($a > ($T)0 ? ($T)1 : $a < ($T)0 ? ($T)-1 : $a * ($T)0)")           \
	X(EXP, exp, 1, REAL, 1, RULE, "exp_$T($a)")                                                            \
	X(EXPM1, expm1, 1, REAL, 1, RULE, "expm1($a)")                                                         \
	X(LOG, log, 1, REAL, 1, RULE, "log($a)")                                                               \
	X(LOG1P, log1p, 1, REAL, 1, RULE, "log1p($a)")                                                         \
	X(SQRT, sqrt, 1, REAL, 0, RULE, "sqrt($a)")                                                            \
	X(RSQRT, rsqrt, 1, REAL, 0, RULE, "(($T)1 / sqrt($a))")                                                \
	X(SQUARE, square, 1, NUMBER, 0, RULE, "($a * $a)")                                                     \
	X(RECIPROCAL, reciprocal, 1, REAL, 0, RULE, "(($T)1 / $a)")                                            \
	X(TANH, tanh, 1, REAL, 1, RULE, "tanh_$T($a)")                                                         \
	X(SIGMOID, sigmoid, 1, REAL, 1, RULE, "sigmoid_$T($a)")                                                   \
	X(SOFTPLUS, softplus, 1, REAL, 1, RULE, "(($a <= ($T)0 ? ($T)0 : $a) + log1p(exp(-fabs($a))))")        \
	X(ERF, erf, 1, REAL, 0, RULE, "erf_$T($a)")                                                            \
	X(SIN, sin, 1, REAL, 1, RULE, "sin_$T($a)")                                                            \
	X(COS, cos, 1, REAL, 1, RULE, "cos_$T($a)")                                                            \
	X(FLOOR, floor, 1, REAL, 0, ZERO, "floor($a)")                                                         \
	X(ROUND, round, 1, REAL, 0, ZERO, "rint($a)")                                                          \
	X(RELU, relu, 1, NUMBER, 0, RULE, "($a < ($T)0 ? ($T)0 : $a)")                                         \
	X(IS_FINITE, is_finite, 1, REAL, 0, ZERO, "($a - $a == ($T)0 ? ($T)1 : ($T)0)")                        \
	X(ADD, add, 2, NUMBER, 0, RULE, "($a + $b)")                                                           \
	X(SUB, sub, 2, NUMBER, 0, RULE, "($a - $b)")                                                           \
	X(MUL, mul, 2, NUMBER, 0, RULE, "($a * $b)")                                                           \
	X(DIV, div, 2, NUMBER, 0, RULE, "($a / $b)")                                                           \
	X(POW, pow, 2, REAL, 1, RULE, "pow_$T($a, $b)")                                                        \
	X(MAX, max, 2, ANY, 0, RULE, "($a >= $b || $a != $a ? $a : $b)")                                       \
	X(MIN, min, 2, ANY, 0, RULE, "($a <= $b || $a != $a ? $a : $b)")                                       \
	X(LT, lt, 2, ANY, 0, ZERO, "($a < $b ? ($T)1 : ($T)0)")                                                \
	X(LE, le, 2, ANY, 0, ZERO, "($a <= $b ? ($T)1 : ($T)0)")                                               \
	X(GT, gt, 2, ANY, 0, ZERO, "($a > $b ? ($T)1 : ($T)0)")                                                \
	X(GE, ge, 2, ANY, 0, ZERO, "($a >= $b ? ($T)1 : ($T)0)")                                               \
	X(EQ, eq, 2, ANY, 0, ZERO, "($a == $b ? ($T)1 : ($T)0)")                                               \
	X(NE, ne, 2, ANY, 0, ZERO, "($a != $b ? ($T)1 : ($T)0)")                                               \
	X(WHERE, where, 3, CHOICE, 0, RULE, "($M($a != ($A)0) ? $b : $c)")

/* The other operations, by family. */
#define MICA__STRUCTURAL(X)                                                    \
	X(INPUT) X(VARIABLE) X(FILL) X(IOTA) X(RANDOM)                         \
	X(CAST) X(STOP_GRADIENT)                                               \
	X(RESHAPE) X(TRANSPOSE) X(BROADCAST) X(SLICE) X(PAD) X(PAD_MODE)       \
	X(CONCAT) X(FLIP) X(WINDOW) X(SPREAD)                                  \
	X(GATHER) X(BUCKETS) X(SCATTER_ADD)                                    \
	X(TAKE_ALONG) X(SCATTER_ALONG) X(ORDER) X(RECURRENCE)                  \
	X(SUM) X(PROD) X(REDUCE_MAX) X(REDUCE_MIN) X(ARGMAX) X(MATMUL)         \
	X(CONV) X(CONV_DATA) X(CONV_WEIGHT) X(WINOGRAD)                        \
	X(ATTENTION) X(ATTENTION_GRADIENT) X(ASSIGN)                           \
	X(STEP) X(CARRY) X(STACK) X(LAST) X(HISTORY)

typedef enum mica__op {
#define X(id, name, arity, types, heavy, gradient, expression) MICA__##id,
	MICA__ELEMENTWISE(X)
#undef X
	MICA__ELEMENTWISE_END,
#define X(id) MICA__##id,
	MICA__STRUCTURAL(X)
#undef X
	MICA__OP_COUNT
} mica__op;

/* What an element of the result is made of. */
typedef enum mica__family {
	MICA__FAMILY_LEAF,      /* comes from outside the graph */
	MICA__FAMILY_SOURCE,    /* of its position alone */
	MICA__FAMILY_POINTWISE, /* of the elements at its place of the operands, which broadcast to it */
	MICA__FAMILY_MOVE,      /* is an element of an input or a constant: see mica__map */
	MICA__FAMILY_REDUCTION, /* of all elements along attr.axis, which it keeps as 1 */
	MICA__FAMILY_KERNEL,    /* of elements in places of its own: a kind of kernel is made for it (lower/kind.h) */
	MICA__FAMILY_STORE,     /* is that of in[1], which becomes the value of in[0] */
	MICA__FAMILY_LOOP,      /* of what a loop has made when it is over: see graph/scan.c */
} mica__family;

/* A window that moves over the spatial axes, 1 to MICA__MOST_SPATIAL of them, of (N, spatial..., C): tap t of output o sees
   element o * stride + t * dilation - before along each axis; before + after elements are added to it.  Members of axes that
   are not there are 0. */
enum { MICA__MOST_SPATIAL = MICA_WINDOW_AXES };
typedef struct mica__window {
	size_t axes;
	size_t taps[MICA__MOST_SPATIAL], stride[MICA__MOST_SPATIAL], dilation[MICA__MOST_SPATIAL];
	size_t before[MICA__MOST_SPATIAL], after[MICA__MOST_SPATIAL];
} mica__window;

/* What an operation needs beyond its inputs.  Only the member that its description names is set and read. */
typedef union mica__attr {
	double value;
	size_t axis;
	size_t rows;
	struct { size_t axis, run; bool backward; } along; /* backward: or descending; run: elements that are in order already */
	size_t carry;                                                        /* its number among those of the loop */
	size_t perm[MICA_MAX_RANK];                                          /* rank of the result */
	struct { size_t start[MICA_MAX_RANK], step[MICA_MAX_RANK]; } slice;  /* the same */
	struct { size_t before[MICA_MAX_RANK]; double value; } pad;          /* the same */
	struct { size_t before[MICA_MAX_RANK]; mica_pad_mode how; } mode;    /* the same */
	struct { mica__window shape; double outside; } window;
	struct { uint64_t seed; uint32_t stream; } random;
	struct { double scale; bool causal; unsigned part; } attention; /* part: which of the results, see attention.c */
} mica__attr;

typedef enum mica__uses {
	MICA__USES_NOTHING, MICA__USES_VALUE, MICA__USES_AXIS, MICA__USES_ALONG, MICA__USES_ROWS, MICA__USES_PERM, MICA__USES_SLICE,
	MICA__USES_PAD, MICA__USES_PAD_MODE, MICA__USES_WINDOW, MICA__USES_RANDOM, MICA__USES_ATTENTION,
} mica__uses;

/* Where the element of a moving operation's result at position `at` (a coordinate per axis) is in one of its inputs: along
   each of the input's axes at (start + step * at[from] + step2 * at[from2]) / divisor, if that is a whole number and inside.
   Inputs are tried in order; an element that is outside all of them is `otherwise`. */
enum { MICA__NO_AXIS = MICA_MAX_RANK };
/* What a coordinate beyond an end means, which may be as far from it as there are elements, or for a mirror of the inner ones
   one less; for the edge, as far as one likes. */
typedef enum mica__beyond {
	MICA__BEYOND_NOTHING, MICA__BEYOND_EDGE, MICA__BEYOND_REFLECT, MICA__BEYOND_SYMMETRIC, MICA__BEYOND_WRAP,
} mica__beyond;
typedef struct mica__map {
	bool linear;          /* at the same number in row-major order; nothing below is set */
	double otherwise;
	struct {
		size_t from, from2; /* axes of the result; MICA__NO_AXIS: nothing is added */
		int64_t start, step, step2, divisor;
		bool bounded; /* it can lie outside of this input, or between two elements */
		mica__beyond beyond;
		bool indexed; /* the coordinate is the element of in[1] that the map of in[1] says, clamped to the axis */
	} axis[MICA_MAX_RANK];
} mica__map;

/* in's axis k is read in order by the result's axis from. */
static inline void mica__map_along(mica__map *m, size_t k, size_t from)
{
	m->axis[k].from = from;
	m->axis[k].step = 1;
}

/* Gradient rules: dx[i] for each input of y, from dy; dx[i] comes as NULL and stays so where the gradient is zero.  Those
   of pointwise operations need not mind broadcasting. */
typedef void mica__gradient_rule(mica_var y, mica_var dy, mica_var *dx);
/* The map of x's i-th input; out comes zeroed with all axes from MICA__NO_AXIS and divisors of 1. */
typedef void mica__map_rule(mica_var x, size_t i, mica__map *out);
/* Into how many parts, with a leading axis for them, x is best computed before these are summed; 1: as it is. */
typedef size_t mica__parts_rule(mica_var x);
/* The shape that the i-th input must have for x, with the same elements, to have the shape s; false if there is none. */
typedef bool mica__reshape_rule(mica_var x, const mica_shape *s, size_t i, mica_shape *out);

/* 0, 1, what is below all numbers of the type, what is above them. */
typedef enum mica__start { MICA__START_ZERO, MICA__START_ONE, MICA__START_FIRST, MICA__START_LAST } mica__start;
typedef enum mica__types { MICA__TAKES_REAL, MICA__TAKES_NUMBER, MICA__TAKES_ANY, MICA__TAKES_CHOICE } mica__types;

enum { MICA__ANY_ARITY = 255 };
enum { MICA__RUN = 256 }; /* elements that an ORDER begins with: what the local memory of any device holds */
typedef struct mica__op_info {
	const char *name;              /* for people */
	mica__family family;
	mica__uses uses;
	uint8_t arity;                 /* number of inputs, or MICA__ANY_ARITY */
	bool pointwise;                /* reads its operands at its own place, broadcast: also operations that only move */
	mica__types types;             /* elementwise: see MICA__ELEMENTWISE */
	bool heavy;
	bool in_parts;                 /* a reduction that is the reduction of its parts' results */
	uint32_t stored_in;            /* bit i: in[i] is read at places of the operation's own, often or in any order, and so
	                                  from memory; of an operation without the bit it is computed where it is read */
	const char *expression;        /* elementwise; of a reduction, what $a so far and the next element $b make; else NULL */
	mica__start start;             /* what a reduction begins with */
	mica__gradient_rule *gradient; /* NULL: zero wherever it exists */
	mica__map_rule *map;           /* moving operations that are not pointwise */
	mica__parts_rule *parts;       /* NULL: 1 */
	mica__reshape_rule *reshape;   /* NULL: of pointwise operations the usual one, of others none */
} mica__op_info;

#define X(id, name, arity, types, heavy, gradient, expression) extern const mica__op_info mica__op_##id;
MICA__ELEMENTWISE(X)
#undef X
#define X(id) extern const mica__op_info mica__op_##id;
MICA__STRUCTURAL(X)
#undef X
extern const mica__op_info *const mica__ops[MICA__OP_COUNT];
static inline const mica__op_info *mica__op_describe(mica__op op)
{
	return mica__ops[op];
}

#endif
