/* SPDX-License-Identifier: MIT */
/* mica/graph.h - expressions over tensors: nodes of one graph, built by plain functions.
   A var is a node: an operation, its inputs, a shape and a type.  Building checks shapes at once and is sticky: after the
   first failure the graph remembers it (mica_graph_status), and operations on a failed var return a failed var.  Nodes
   are never changed after they were made; equal nodes may be the same node.  All of a graph's vars live as long as the
   graph.  One graph belongs to one thread at a time.

   NULL is a failed var and a failed graph: calls on it give NULL, or a failed var where another operand has a graph, and
   leave the text of the call that gave NULL as it is (mica_error(NULL)).  What is refused is EINVAL (types, axes, missing
   arrays, vars of two graphs), ESHAPE (shapes), EOVERFLOW (too many elements) or ENOMEM; the text names operation, values
   and remedy.

   Types (mica/types.h): operands have one type, which is the result's; of unlike ones the text says to cast.  Values of several
   types, reals too, may stand in one graph.  Functions of reals (exp and so on, pow, matmul) refuse integers, arithmetic refuses
   truth values, of which max is "or", min is "and", ne is "either", and sums refuse U8 and BOOL, which would hold few of them.
   Integers wrap around; their division rounds towards zero.  Products are of the graph's real type, or of 16 bits.

   Shapes are row-major and written outermost dimension first, of rank 8 at most.  Binary and ternary operations broadcast as
   NumPy does.  Comparisons give 0 or 1 in the type of their operands, so that they can be multiplied with; cast to BOOL they
   are truth values.  Gradients are nodes too, so they can be differentiated again. */
#ifndef MICA_GRAPH_H
#define MICA_GRAPH_H
#include "mica/context.h"
#include "mica/types.h"

MICA_BEGIN_DECLS

typedef struct mica_graph mica_graph;
typedef struct mica_node *mica_var;
typedef struct mica_scan mica_scan;

/* A graph made from ctx, owned by it; NULL on failure (ENOMEM).  Real numbers are MICA_F32 unless created with
   mica_graph_create_real(ctx, MICA_F64), which the device must support (EUNSUPPORTED). */
MICA_API mica_graph *mica_graph_create(mica_context *ctx);
MICA_API mica_graph *mica_graph_create_real(mica_context *ctx, mica_dtype real);
MICA_API void mica_graph_destroy(mica_graph *g); /* NULL is fine; plans made of it live on */
MICA_API mica_context *mica_graph_context(const mica_graph *g);

/* The first failure while building, or MICA_OK, and its text. */
MICA_API mica_status mica_graph_status(const mica_graph *g);
MICA_API const char *mica_graph_error(const mica_graph *g);

/* Scopes.  Nodes made between enter and leave come from there: their scope is the path of the names entered ("encoder/
   dense_1"), with which texts of failures begin and which listings and profiles show; then " backward" for nodes that
   mica_gradient makes for a node of that path, " update" for those between mica_scope_update and leave.  Names are copied
   and may hold a / themselves; NULL or "" adds nothing to the path, but wants its leave too. */
typedef enum mica_phase { MICA_FORWARD, MICA_BACKWARD, MICA_UPDATE } mica_phase;
MICA_API void mica_scope_enter(mica_graph *g, const char *name);
MICA_API void mica_scope_update(mica_graph *g, const char *name);
MICA_API void mica_scope_leave(mica_graph *g); /* of what was entered last; nothing if all was left */
MICA_API const char *mica_var_scope(mica_var x); /* "encoder/dense_1 backward"; valid as long as the graph */

/* Leaves.  An input gets its value before each run, by its name (mica_plan_feed), which is copied, at most 63 bytes.  What
   keeps its value between runs and plans is a value (mica/value.h). */
MICA_API mica_var mica_graph_input(mica_graph *g, const char *name, mica_dtype t, mica_shape s);
MICA_API mica_var mica_graph_scalar(mica_graph *g, double value);              /* real */
MICA_API mica_var mica_graph_fill(mica_graph *g, double value, mica_dtype t, mica_shape s);
MICA_API mica_var mica_graph_iota(mica_graph *g, mica_shape s, size_t axis);   /* I32: the index along axis */

MICA_API mica_shape mica_var_shape(mica_var x);
MICA_API mica_dtype mica_var_dtype(mica_var x);
MICA_API size_t mica_var_count(mica_var x); /* elements */
MICA_API const char *mica_var_name(mica_var x); /* "" if it has none */
MICA_API mica_graph *mica_var_graph(mica_var x);

/* Elementwise, one operand: f(x). */
MICA_API mica_var mica_op_neg(mica_var x);
MICA_API mica_var mica_op_abs(mica_var x);        /* gradient sign(x) */
MICA_API mica_var mica_op_sign(mica_var x);       /* -1, 0, 1; gradient 0 */
MICA_API mica_var mica_op_exp(mica_var x);
MICA_API mica_var mica_op_expm1(mica_var x);
MICA_API mica_var mica_op_log(mica_var x);
MICA_API mica_var mica_op_log1p(mica_var x);
MICA_API mica_var mica_op_sqrt(mica_var x);
MICA_API mica_var mica_op_rsqrt(mica_var x);
MICA_API mica_var mica_op_square(mica_var x);
MICA_API mica_var mica_op_reciprocal(mica_var x);
MICA_API mica_var mica_op_tanh(mica_var x);
MICA_API mica_var mica_op_sigmoid(mica_var x);
MICA_API mica_var mica_op_softplus(mica_var x);   /* log(1 + e^x), without overflow */
MICA_API mica_var mica_op_erf(mica_var x);
MICA_API mica_var mica_op_sin(mica_var x);
MICA_API mica_var mica_op_cos(mica_var x);
MICA_API mica_var mica_op_floor(mica_var x);      /* gradient 0 */
MICA_API mica_var mica_op_round(mica_var x);      /* half to even; gradient 0 */
MICA_API mica_var mica_op_relu(mica_var x);       /* x < 0 ? 0 : x; NaN passes; gradient 0 at 0 */
MICA_API mica_var mica_op_is_finite(mica_var x);  /* 1 or 0; gradient 0 */
MICA_API mica_var mica_op_cast(mica_var x, mica_dtype t); /* as mica/types.h says; the gradient is cast back */
MICA_API mica_var mica_op_stop_gradient(mica_var x);

/* Elementwise, two operands, broadcast. */
MICA_API mica_var mica_op_add(mica_var a, mica_var b);
MICA_API mica_var mica_op_sub(mica_var a, mica_var b);
MICA_API mica_var mica_op_mul(mica_var a, mica_var b);
MICA_API mica_var mica_op_div(mica_var a, mica_var b);
MICA_API mica_var mica_op_pow(mica_var a, mica_var b);
MICA_API mica_var mica_op_max(mica_var a, mica_var b); /* a NaN operand gives NaN; the gradient of a tie goes to a */
MICA_API mica_var mica_op_min(mica_var a, mica_var b);
MICA_API mica_var mica_op_lt(mica_var a, mica_var b);
MICA_API mica_var mica_op_le(mica_var a, mica_var b);
MICA_API mica_var mica_op_gt(mica_var a, mica_var b);
MICA_API mica_var mica_op_ge(mica_var a, mica_var b);
MICA_API mica_var mica_op_eq(mica_var a, mica_var b);
MICA_API mica_var mica_op_ne(mica_var a, mica_var b);
/* The same with a constant, which must be a whole number within the type's range for an integer operand (EINVAL; cast the
   operand): a + b, a * b, a - b, a / b. */
MICA_API mica_var mica_op_addc(mica_var a, double b);
MICA_API mica_var mica_op_mulc(mica_var a, double b);
MICA_API mica_var mica_op_csub(double a, mica_var b);
MICA_API mica_var mica_op_cdiv(double a, mica_var b);

/* Elementwise, three operands, broadcast. */
MICA_API mica_var mica_op_where(mica_var condition, mica_var a, mica_var b); /* condition, of any type, != 0 ? a : b */
MICA_API mica_var mica_op_clip(mica_var x, double low, double high);         /* gradient 1 inside, borders included */

/* Movement.  In mica_op_reshape one dimension may be MICA_INFER.  An axis counts from 0; negative from the end. */
#define MICA_INFER ((size_t)-1)
MICA_API mica_var mica_op_reshape(mica_var x, mica_shape s);
MICA_API mica_var mica_op_transpose(mica_var x, const size_t *perm); /* perm[rank]; NULL: swaps the last two axes */
MICA_API mica_var mica_op_broadcast(mica_var x, mica_shape s);
/* Elements start[i], start[i] + step[i], ... below stop[i] along each axis. */
MICA_API mica_var mica_op_slice(mica_var x, const size_t *start, const size_t *stop, const size_t *step); /* step NULL: 1 */
/* before[i] and after[i] elements of value more along each axis; value must be one of x's type. */
MICA_API mica_var mica_op_pad(mica_var x, const size_t *before, const size_t *after, double value);
/* before[i] and after[i] elements more along each axis, made of x's own: the one at the edge again; a mirror of what follows the
   edge; a mirror with the edge; what stands at the other end.  All but the first add at most as many as there are, a mirror
   without the edge one less (ESHAPE). */
typedef enum mica_pad_mode { MICA_PAD_EDGE, MICA_PAD_REFLECT, MICA_PAD_SYMMETRIC, MICA_PAD_WRAP } mica_pad_mode;
MICA_API mica_var mica_op_pad_mode(mica_var x, const size_t *before, const size_t *after, mica_pad_mode how);
MICA_API mica_var mica_op_concat(const mica_var *xs, size_t n, int axis);
MICA_API mica_var mica_op_flip(mica_var x, int axis);
/* Windows move over the spatial axes of x (N, spatial..., C), of which there are one to three.  Along each of them, tap t of
   output o sees element o * stride + t * dilation - before, or what is outside.  With n elements and windows that reach over
   r = (taps - 1) * dilation + 1 of them there are (before + n + after - r) / stride + 1 outputs, rounded down. */
#define MICA_WINDOW_AXES 3
typedef enum mica_padding {
	MICA_VALID,   /* no element outside is seen */
	MICA_SAME,    /* ceil(n / stride) outputs; of what that takes, half before and an odd surplus after, as in TensorFlow */
	MICA_CAUSAL,  /* r - 1 before: with stride 1, output o sees nothing after element o */
	MICA_EXPLICIT /* as before and after say */
} mica_padding;
typedef struct mica_window_opts {
	size_t size;
	size_t taps[MICA_WINDOW_AXES];     /* that a window has along each spatial axis, at least 1 */
	size_t stride[MICA_WINDOW_AXES];   /* elements from one window to the next; 0: 1 */
	size_t dilation[MICA_WINDOW_AXES]; /* elements from one tap to the next; 0: 1 */
	mica_padding padding;
	size_t before[MICA_WINDOW_AXES], after[MICA_WINDOW_AXES]; /* of MICA_EXPLICIT: elements added along each axis */
	double outside;                    /* the value of elements outside, one of x's type */
} mica_window_opts;
/* What each tap of each output sees: (N, outputs..., taps..., C).  EINVAL for options that make no window, ESHAPE if x has
   no one to three spatial axes or the window reaches over more than there is.  gradient = fold. */
MICA_API mica_var mica_op_window(mica_var x, const mica_window_opts *opts);
/* Zeros of shape s (N, spatial..., C) to which each tap (N, outputs..., taps..., C) is added at the element that it sees
   there; what lies outside is dropped.  gradient = window. */
MICA_API mica_var mica_op_fold(mica_var x, mica_shape s, const mica_window_opts *opts);
/* Rows of table (R, ...) at index (any shape, I32 or I64): shape = index.shape + table.shape[1:].  An index outside 0..R-1
   is 0 or R-1, here and in the gradient, which is scatter_add: as JAX; TensorFlow fails on CPUs and reads zeros on GPUs. */
MICA_API mica_var mica_op_gather(mica_var table, mica_var index);
/* Zeros of shape (rows, x.shape[index.rank:]) to which each row of x is added at its index, in order of the rows;
   an index outside 0..rows-1 is 0 or rows-1.  What is done with the result, element by element (an optimizer's update),
   becomes part of it. */
MICA_API mica_var mica_op_scatter_add(mica_var x, mica_var index, size_t rows);

/* The element at index along an axis: index (I32) has as many axes as x, and along all others as many elements, or 1; the
   result has index's along this one.  An index outside reads the first or the last.  gradient = scatter_along. */
MICA_API mica_var mica_op_take_along(mica_var x, mica_var index, int axis);
/* Zeros, `size` of them along the axis, to which each element of x is added at its index, in order. */
MICA_API mica_var mica_op_scatter_along(mica_var x, mica_var index, int axis, size_t size);
/* Elements moved by so many places along an axis; those that leave come in at the other end. */
MICA_API mica_var mica_op_roll(mica_var x, long by, int axis);
/* Elements at equal places of two axes, which go, as a new last axis: as long as the shorter of the two. */
MICA_API mica_var mica_op_diagonal(mica_var x, int axis1, int axis2);
/* Matrices with the last axis of x on their diagonal, zeros elsewhere. */
MICA_API mica_var mica_op_diag(mica_var x);
/* Matrices without what is above (tril) or below (triu) the k-th diagonal: 0 there, k counts to the right. */
MICA_API mica_var mica_op_tril(mica_var x, long k);
MICA_API mica_var mica_op_triu(mica_var x, long k);
/* A new last axis: 1 at the index (I32), else 0, as reals; all 0 where the index is none of 0..classes-1. */
MICA_API mica_var mica_op_one_hot(mica_var index, size_t classes);

/* Reductions over axes, keeping reduced axes as 1 if keep.  axes are bits: MICA_AXIS(0) | MICA_AXIS(2), or MICA_ALL_AXES, which -1
   is too: the last axis of x is MICA_AXIS(mica_var_shape(x).rank - 1).  An empty sum is 0, an
   empty max -inf, an empty product 1.  Axes that are neighbours are reduced as one.  The gradient of max and min goes to the
   first element that reaches it; that of a product is right where factors are 0. */
#define MICA_ALL_AXES 0xffffffffu
#define MICA_AXIS(k) (1u << (k))
MICA_API mica_var mica_op_sum(mica_var x, uint32_t axes, bool keep);
MICA_API mica_var mica_op_mean(mica_var x, uint32_t axes, bool keep); /* of what is not real: in the graph's real type */
MICA_API mica_var mica_op_variance(mica_var x, uint32_t axes, bool keep); /* of n numbers, divided by n; types as of mean */
MICA_API mica_var mica_op_prod(mica_var x, uint32_t axes, bool keep);
MICA_API mica_var mica_op_reduce_max(mica_var x, uint32_t axes, bool keep);
MICA_API mica_var mica_op_reduce_min(mica_var x, uint32_t axes, bool keep);
MICA_API mica_var mica_op_logsumexp(mica_var x, uint32_t axes, bool keep); /* log(sum(e^x)), without overflow */
MICA_API mica_var mica_op_any(mica_var x, uint32_t axes, bool keep); /* 1 where one is not 0, else 0, in x's type */
MICA_API mica_var mica_op_all(mica_var x, uint32_t axes, bool keep); /* 1 where none is 0 */
MICA_API mica_var mica_op_argmax(mica_var x, int axis); /* I32, without the axis; the first of equals; no gradient */
MICA_API mica_var mica_op_argmin(mica_var x, int axis); /* any axis that is not empty; integers exactly */

/* Sums and products of the elements up to each along an axis, itself left out if exclusive (then the first is 0, or 1); from
   the last to the first if backward.  Integers wrap around. */
MICA_API mica_var mica_op_cumsum(mica_var x, int axis, bool exclusive, bool backward);
MICA_API mica_var mica_op_cumprod(mica_var x, int axis, bool exclusive, bool backward);
/* y[i] = a[i] y[i-1] + b[i] along an axis, from y[first] = b[first]; backward: from the last element, on y[i+1].  a and b
   broadcast.  Moving averages, discounted sums; on a GPU in a tree, so that a's products must not overflow. */
MICA_API mica_var mica_op_recurrence(mica_var a, mica_var b, int axis, bool backward);

/* Order along an axis.  It is stable: equal elements stay as they stood, descending too.  A NaN counts as greater than any
   number: last, or descending first.  Axes may be as long as an I32 counts; of more than 256 elements they are sorted in
   several passes.  The gradient of sorted elements goes where they came from; an order has none. */
MICA_API mica_var mica_op_sort(mica_var x, int axis, bool descending);
MICA_API mica_var mica_op_argsort(mica_var x, int axis, bool descending); /* I32: where the i-th element stands in x */
/* The n greatest, the greatest first; *index (if not NULL) is where they stand, I32. */
MICA_API mica_var mica_op_top_k(mica_var x, size_t n, int axis, mica_var *index);

/* Sums of products over named axes: a letter for each axis of each operand, then those of the result; what the result
   lacks is summed over.  "bij,bjk->bik" are matrix products, "ij->ji" is a transpose, "ii->i" a diagonal, "i,j->ij" an outer
   product; "...ij" has any axes in front, which broadcast and stay.  Without -> the result has the letters that stand once,
   in the order of the alphabet.  At most 16 operands of one type, taken together from left to right, in which no step may
   have more than 8 axes. */
MICA_API mica_var mica_op_einsum(const char *subscripts, const mica_var *xs, size_t n);

/* Matrix product of reals over the last two axes; leading axes must be equal or absent on one side. */
MICA_API mica_var mica_op_matmul(mica_var a, mica_var b);

/* Attention: softmax(scale q k' + mask) v, of q (..., lq, size), k (..., lk, size) and v (..., lk, size_v); the result is (...,
   lq, size_v).  Leading axes are equal, but k and v may have fewer heads (the last of them) that divide q's: then q's head h
   reads theirs of number h / (heads of q / heads of k).  A row that may look at no key is zeros.  Scores are never stored,
   neither for the gradient, so memory grows with the lengths and not with their product; only a mask that is differentiated
   takes that much.  size is at most 1,000 or so on devices (EUNSUPPORTED from mica_plan_create says how much).
   The gradient cannot be differentiated again unless plain is set (EUNSUPPORTED). */
typedef struct mica_attention_opts { /* all zero means these defaults */
	size_t size;     /* of this struct, set by nobody: 0 is this header's */
	double scale;    /* 0: 1 / sqrt(size); MICA_ZERO is a real 0 */
	bool causal;     /* query i looks at keys 0 to i only */
	bool plain;      /* an expression of matmul, exp and so on, with all scores in memory */
	mica_var mask;   /* broadcasts to (..., lq, lk): of reals, added to the scaled scores; of other types, 0 hides */
} mica_attention_opts;
MICA_API mica_var mica_op_attention(mica_var q, mica_var k, mica_var v, const mica_attention_opts *opts); /* opts NULL: all 0 */
/* The greatest of what each window of x (N, spatial..., C) sees, or the average, in which elements outside do not count.  opts as
   for mica_op_window, but that a stride of 0 is as many elements as there are taps, and that outside stays 0.  The gradient
   of the greatest goes to the first of equals; the average of integers is real.  The global ones pool over all there is, and
   keep the spatial axes as 1 if keep. */
MICA_API mica_var mica_op_max_pool(mica_var x, const mica_window_opts *opts);
MICA_API mica_var mica_op_average_pool(mica_var x, const mica_window_opts *opts);
MICA_API mica_var mica_op_global_max_pool(mica_var x, bool keep);
MICA_API mica_var mica_op_global_average_pool(mica_var x, bool keep);
/* Each channel c of x (N, spatial..., C) by M filters of its own, weights (taps..., C, M): channel c * M + m of the result is the
   sum over taps t of x[o * stride + t * dilation - before, c] * w[t, c, m], where x is 0 outside.  opts (NULL: one stride, no
   padding) as for mica_op_window; its taps are those of w, and outside stays 0. */
MICA_API mica_var mica_op_depthwise_conv(mica_var x, mica_var w, const mica_window_opts *opts);

/* Convolution of x (N, spatial..., C) by weights w (taps..., C, F), as Keras lays them out: output o, filter f is the sum over
   taps t and channels c of x[o * stride + t * dilation - before, c] * w[t, c, f], where x is 0 outside; no tap is flipped.
   Weights of C / g channels make g groups: the filters of each, F / g that follow one another, see their own C / g channels.
   opts (NULL: one stride, no padding) as for mica_op_window; its taps are those of w, and outside stays 0.  EINVAL or ESHAPE
   where they do not fit. */
MICA_API mica_var mica_op_conv(mica_var x, mica_var w, const mica_window_opts *opts);
/* Its transpose, for x (N, spatial..., C) by weights (taps..., F, C): each element of x, times the weights, is added to what its
   window would see of the result (N, spatial..., F).  With windows that reach over r elements, n of them become n * stride
   (MICA_SAME), n * stride + max(r - stride, 0) (MICA_VALID), or (n - 1) * stride + r - before - after (MICA_EXPLICIT).
   output_padding: NULL, or for each spatial axis how many more than the fewest there are, less than the stride:
   (n - 1) * stride + r - cut + more, where cut is 2 * (r / 2) of MICA_SAME and 0 of MICA_VALID.  MICA_CAUSAL is EINVAL. */
MICA_API mica_var mica_op_conv_transpose(mica_var x, mica_var w, const mica_window_opts *opts, const size_t *output_padding);

/* Uniform numbers in [0, 1) from Philox4x32-10: the value at element i depends on seed, stream, step and i only, on
   every device.  step is an I32 scalar var (NULL: 0).  No gradient. */
MICA_API mica_var mica_op_random(mica_graph *g, mica_shape s, uint64_t seed, uint32_t stream, mica_var step);

/* Loops over time (scans).  Between begin and end the body is built of the calls below and of any operations, once, however
   many steps there are.  What is made of the step's number, of a row that is read, or of a carry has a value at each step;
   anything else, wherever it was made, is a value from outside, computed once, and may be used at every step.  After the
   end, stack and last give what comes out; nothing else may be made of a step's values (EINVAL).  Values of two loops do not
   meet: loops do not nest (EUNSUPPORTED).  A scan lives as long as its graph; a graph may have any number.

     mica_scan *s = mica_scan_begin(g, steps, false);
     mica_var x_t = mica_scan_read(s, x, 0), h = mica_scan_carry(s, h0);
     mica_var next = mica_op_tanh(mica_op_add(x_t, mica_op_matmul(h, u)));
     mica_scan_next(s, h, next);
     mica_scan_end(s);
     mica_var all = mica_scan_stack(s, next), last = mica_scan_last(s, h);

   For sequences of unequal length let a masked step keep what it has: mica_scan_next(s, h, mica_op_where(mask_t, next, h)).

   Gradients go through: that of a loop is a loop the other way, which reads what the forward one has kept of each step
   (carries, products, costly functions), and the gradient of a value from outside is summed over all steps, for the right
   operand of a product by one product after the loop.  They can be differentiated again.  A gradient of a value of a step, taken
   within the body, ends at carries.

   Launches, kernels and the size of a plan do not depend on the number of steps. */
/* A loop of so many steps, of which the last comes first if reverse.  NULL on failure. */
MICA_API mica_scan *mica_scan_begin(mica_graph *g, size_t steps, bool reverse);
MICA_API mica_var mica_scan_step(mica_scan *s);                           /* I32: 0 to steps - 1, down to 0 if reverse */
MICA_API mica_var mica_scan_read(mica_scan *s, mica_var x, int axis);     /* x at the step along that axis, without the axis */
/* A value that is initial at the first step, and at each later one what next gave it at the one before: of the same shape and
   type, for every carry once before the end. */
MICA_API mica_var mica_scan_carry(mica_scan *s, mica_var initial);
MICA_API void mica_scan_next(mica_scan *s, mica_var carry, mica_var value);
MICA_API mica_status mica_scan_end(mica_scan *s);
/* x of all steps, by the step's number, along a new first axis. */
MICA_API mica_var mica_scan_stack(mica_scan *s, mica_var x);
/* What a carry has become with the last step that ran; initial if there are no steps. */
MICA_API mica_var mica_scan_last(mica_scan *s, mica_var carry);

/* Makes a run of a plan that contains it store value into variable after every other node has read the old one.
   Returns the value.  Shapes and types must be equal (ESHAPE, EINVAL); one assignment per variable and plan. */
MICA_API mica_var mica_op_assign(mica_var variable, mica_var value);

/* out[i] = gradient of sum(y) with respect to xs[i], as nodes; seed (NULL: ones) has y's shape and multiplies.  Where y
   does not depend on xs[i], or only through operations whose gradient is zero wherever it exists, out[i] is zeros.  y is
   real, seed of its type (EINVAL); out[i] has the type of xs[i].  out may be xs. */
MICA_API mica_status mica_gradient(mica_var y, mica_var seed, const mica_var *xs, size_t n, mica_var *out);

/* The nodes that outputs need, as text (one line each) or as a DOT digraph.  Returns the length without the final NUL
   and writes at most size bytes.  A line ends with the node's scope; what is no var of the first one's graph is said so. */
MICA_API size_t mica_graph_print(const mica_var *outputs, size_t n, bool dot, char *out, size_t size);

MICA_END_DECLS
#endif
