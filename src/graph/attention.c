/* SPDX-License-Identifier: MIT */
/* graph/attention.c - softmax(scale q k' + mask) v in one operation, whose scores are never stored: shape rule, gradient, and
   the same as an expression of other operations.

   An operation has one result, so what belongs together is several nodes of equal operands that differ in attr.attention.part,
   and the kernels compute them together:
     attention           of q, k, v[, mask]: the result; of each row the logarithm of the sum of its exponentials, L
     attention_gradient  of q, k, v, dy, L, D[, mask], where D is the sum of dy y over a row: those by q, k and v
   From L the probabilities are found again: P = exp(scores - L), dv = P' dy, dS = P (dy v' - D), dq = scale dS k,
   dk = scale dS' q (Dao et al. 2022, FlashAttention).  A row that may look at no key has L = inf, hence P = 0. */
#include "base/base.h"
#include "graph/node.h"

#include <math.h>

enum { RESULT, LOG_SUM };              /* parts of attention */
enum { BY_Q, BY_K, BY_V };             /* parts of attention_gradient, which are those of its inputs */
enum { DY = 3, MASK_OF_GRADIENT = 6 }; /* inputs */

static mica_var part_of(mica__op op, mica_shape s, const mica_var *in, size_t n, const mica__attr *like, unsigned part)
{
	mica__attr attr = *like;
	attr.attention.part = part;
	return mica__node(in[0]->g, op, in[0]->dtype, &s, in, n, &attr);
}

static uint32_t last_axis(mica_var x)
{
	return MICA_AXIS(x->shape.rank - 1);
}

/* ---- as an expression ---- */

/* Each head of x as often as there are for it of `heads`. */
static mica_var repeated(mica_var x, size_t heads)
{
	size_t rank = x->shape.rank, axis = rank - 3;
	if (rank < 3 || x->failed || x->shape.dim[axis] == heads)
		return x;
	mica_shape apart = x->shape, all = x->shape;
	for (size_t i = rank; i-- > axis + 1;)
		apart.dim[i + 1] = x->shape.dim[i];
	apart.dim[axis + 1] = 1;
	apart.rank++;
	all.dim[axis] = heads;
	x = mica_op_reshape(x, apart);
	apart.dim[axis + 1] = heads / apart.dim[axis];
	return mica_op_reshape(mica_op_broadcast(x, apart), all);
}

static size_t heads_of(mica_var x)
{
	return x->shape.rank > 2 ? x->shape.dim[x->shape.rank - 3] : 1;
}

/* scale q k' + mask, -inf where a query must not look. */
static mica_var scores(mica_var q, mica_var k, mica_var mask, double scale, bool causal)
{
	mica_graph *g = q->g;
	mica_var s = mica_op_mulc(mica_op_matmul(q, mica_op_transpose(repeated(k, heads_of(q)), NULL)), scale);
	if (mask)
		s = mica_op_add(s, mask);
	if (!causal || s->failed)
		return s;
	mica_shape last = MICA_SHAPE(s->shape.dim[s->shape.rank - 2], s->shape.dim[s->shape.rank - 1]);
	mica_var earlier = mica_op_le(mica_graph_iota(g, last, 1), mica_graph_iota(g, last, 0));
	return mica_op_where(mica_op_cast(earlier, s->dtype), s, mica_graph_scalar(g, -INFINITY));
}

static mica_var plain(mica_var q, mica_var k, mica_var v, mica_var mask, double scale, bool causal)
{
	mica_graph *g = q->g;
	mica_var s = scores(q, k, mask, scale, causal);
	if (s->failed)
		return s;
	mica_var most = mica_op_stop_gradient(mica_op_reduce_max(s, last_axis(s), true)), zero = mica_graph_scalar(g, 0);
	most = mica_op_where(mica_op_eq(most, mica_graph_scalar(g, -INFINITY)), zero, most);
	mica_var e = mica_op_exp(mica_op_sub(s, most)), sum = mica_op_sum(e, last_axis(s), true);
	sum = mica_op_where(mica_op_eq(sum, zero), mica_graph_scalar(g, 1), sum);
	return mica_op_matmul(mica_op_div(e, sum), repeated(v, heads_of(q)));
}

/* ---- gradients ---- */

/* dS, of full shape: what only a mask that is learned needs, and nothing else computes. */
static mica_var by_scores(const mica_var *in, const mica__attr *attr)
{
	mica_var q = in[0], s = scores(q, in[1], in[MASK_OF_GRADIENT], attr->attention.scale, attr->attention.causal);
	mica_var p = mica_op_exp(mica_op_sub(s, in[DY + 1]));
	mica_var dp = mica_op_matmul(in[DY], mica_op_transpose(repeated(in[2], heads_of(q)), NULL));
	return mica_op_mul(p, mica_op_sub(dp, in[DY + 2]));
}

static void no_second(mica_var y, mica_var dy, mica_var *dx)
{
	(void)dy, (void)dx;
	mica__graph_fail(y->g, MICA_EUNSUPPORTED, "attention: there is no second derivative of the fused form; make it with "
	                 ".plain = true");
}

static void attention_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	if (y->attr.attention.part != RESULT) {
		no_second(y, dy, dx);
		return;
	}
	mica_shape row = y->shape;
	row.dim[row.rank - 1] = 1;
	mica_var log_sum = part_of(MICA__ATTENTION, row, y->in, y->n_in, &y->attr, LOG_SUM);
	mica_var product = mica_op_sum(mica_op_mul(dy, y), last_axis(y), true);
	const mica_var in[] = {y->in[0], y->in[1], y->in[2], dy, log_sum, product, y->n_in > 3 ? y->in[3] : NULL};
	for (unsigned i = BY_Q; i <= BY_V; i++)
		dx[i] = part_of(MICA__ATTENTION_GRADIENT, y->in[i]->shape, in, y->n_in + 3, &y->attr, i);
	if (y->n_in > 3)
		dx[3] = by_scores(in, &y->attr);
}

const mica__op_info mica__op_ATTENTION = {.name = "attention", .family = MICA__FAMILY_KERNEL, .uses = MICA__USES_ATTENTION,
                                          .arity = MICA__ANY_ARITY, .stored_in = 7, .gradient = attention_gradient};
const mica__op_info mica__op_ATTENTION_GRADIENT = {.name = "attention_gradient", .family = MICA__FAMILY_KERNEL,
                                                   .uses = MICA__USES_ATTENTION, .arity = MICA__ANY_ARITY, .stored_in = 15,
                                                   .gradient = no_second};

/* ---- the operation ---- */

static bool check_shapes(mica_graph *g, mica_var q, mica_var k, mica_var v)
{
	size_t rank = q->shape.rank;
	bool real = q->dtype == g->real && k->dtype == g->real && v->dtype == g->real;
	bool fit = rank >= 2 && k->shape.rank == rank && v->shape.rank == rank;
	for (size_t i = 0; fit && i + 2 < rank; i++) {
		size_t of_q = q->shape.dim[i], of_k = k->shape.dim[i];
		bool heads = i + 3 == rank && of_k && of_q % of_k == 0;
		fit = of_k == v->shape.dim[i] && (of_q == of_k || heads);
	}
	fit = fit && q->shape.dim[rank - 1] == k->shape.dim[rank - 1] && k->shape.dim[rank - 2] == v->shape.dim[rank - 2];
	if (!real || !fit)
		mica__graph_fail(g, MICA_ESHAPE, "attention: q %s %s, k %s %s, v %s %s; reals (..., heads, lq, size), (..., heads, lk, "
		                 "size) and (..., heads, lk, size_v) are needed, where k and v may have fewer heads that divide q's",
		                 mica__dtype_name(q->dtype), mica__shape_text(&q->shape), mica__dtype_name(k->dtype),
		                 mica__shape_text(&k->shape), mica__dtype_name(v->dtype), mica__shape_text(&v->shape));
	return real && fit;
}

/* The mask as reals to be added, of the scores' shape; a failed var if it is none. */
static mica_var added_mask(mica_graph *g, mica_var mask, mica_var q, mica_var k)
{
	mica_shape all = q->shape, s;
	all.dim[all.rank - 1] = k->shape.dim[all.rank - 2];
	if (!mica__shape_broadcast(&mask->shape, &all, &s) || !mica__shape_equal(&s, &all))
		return mica__graph_fail(g, MICA_ESHAPE, "attention: a mask %s for scores %s; it has to broadcast to them",
		                        mica__shape_text(&mask->shape), mica__shape_text(&all));
	mask = mica__dtype_real(mask->dtype) ? mica_op_cast(mask, g->real)
	                                     : mica_op_where(mask, mica_graph_scalar(g, 0), mica_graph_scalar(g, -INFINITY));
	return mica_op_broadcast(mask, all);
}

mica_var mica_op_attention(mica_var q, mica_var k, mica_var v, const mica_attention_opts *opts)
{
	mica_attention_opts o;
	mica_var bad;
	mica_graph *g = mica__operands("attention", (mica_var[]){q, k, v}, 3, &bad);
	if (!g)
		return bad;
	if (mica__options(&o, opts, sizeof o, "attention") != MICA_OK)
		return mica__graph_fail(g, MICA_EUNSUPPORTED, "%s", mica__reason());
	if (o.mask && !mica__operands("attention", (mica_var[]){q, o.mask}, 2, &bad))
		return bad;
	if (mica__dtype_real(q->dtype) && !mica__dtype_computes(q->dtype) && k->dtype == q->dtype && v->dtype == q->dtype) {
		mica_var y = mica_op_attention(mica_op_cast(q, g->real), mica_op_cast(k, g->real), mica_op_cast(v, g->real), opts);
		return mica_op_cast(y, q->dtype);
	}
	if (!check_shapes(g, q, k, v))
		return &g->failed;
	if (!isfinite(o.scale))
		return mica__graph_fail(g, MICA_EINVAL, "attention: scale = %g; give a finite number", o.scale);
	size_t rank = q->shape.rank, size = q->shape.dim[rank - 1];
	if (o.scale == 0)
		o.scale = signbit(o.scale) || !size ? 0 : 1 / sqrt((double)size);
	if (o.mask)
		o.mask = added_mask(g, o.mask, q, k);
	if (o.plain)
		return plain(q, k, v, o.mask, o.scale, o.causal);
	mica_shape s = q->shape;
	s.dim[rank - 1] = v->shape.dim[rank - 1];
	return part_of(MICA__ATTENTION, s, (mica_var[]){q, k, v, o.mask}, o.mask ? 4 : 3,
	               &(mica__attr){.attention = {.scale = o.scale, .causal = o.causal}}, RESULT);
}
