/* SPDX-License-Identifier: MIT */
/* fuzz/operations.c - random operations on values of the pool: elementwise, moving, by index, windows, reductions, along an axis. */
#include "fuzz/grow.h"

#include <string.h>

void grow_elementwise_one(pool *p)
{
	static mica_var (*const of_reals[])(mica_var) = {
		mica_op_neg, mica_op_abs, mica_op_sign, mica_op_exp, mica_op_expm1, mica_op_square, mica_op_tanh, mica_op_sigmoid,
		mica_op_softplus, mica_op_erf, mica_op_sin, mica_op_cos, mica_op_floor, mica_op_round, mica_op_relu,
		mica_op_is_finite, mica_op_stop_gradient,
	};
	static mica_var (*const of_positive[])(mica_var) = {mica_op_log, mica_op_log1p, mica_op_sqrt, mica_op_rsqrt, mica_op_reciprocal};
	static mica_var (*const of_integers[])(mica_var) = {mica_op_neg, mica_op_abs, mica_op_sign, mica_op_square, mica_op_relu, mica_op_stop_gradient};
	const value *a = pool_pick(p, is_number, NULL);
	size_t k = below(p->f, 23);
	if (!a)
		return;
	if (!mica__dtype_real(a->x->dtype)) {
		if (k % 6 != 3 || value_largest(a) < 40000)
			pool_keep(p, of_integers[k % 6](a->x));
	} else if (k < 17) {
		mica_var y = of_reals[k](a->x);
		bool steps = y->op == MICA__FLOOR || y->op == MICA__ROUND || y->op == MICA__SIGN;
		if ((y->op != MICA__EXP || value_largest(a) < 20) && (!steps || steps_elsewhere(p, a->x, y->op == MICA__ROUND ? 0.5 : 0)))
			pool_keep(p, y);
	} else {
		mica_var x = a->low > 0 ? a->x : mica_op_addc(mica_op_abs(a->x), 0.125);
		pool_keep(p, of_positive[below(p->f, 5)](x));
	}
}

void grow_elementwise_two(pool *p)
{
	static mica_var (*const f2[])(mica_var, mica_var) = {
		mica_op_add, mica_op_sub, mica_op_mul, mica_op_add, mica_op_sub, mica_op_mul, mica_op_max, mica_op_min,
		mica_op_lt, mica_op_le, mica_op_gt, mica_op_ge, mica_op_eq, mica_op_ne,
	};
	const value *first = pool_pick(p, is_number, NULL);
	if (!first)
		return;
	value a = *first, b = pool_beside(p, &a);
	bool real = mica__dtype_real(a.x->dtype), wraps = !real && !mica__dtype_computes(a.x->dtype);
	size_t k = below(p->f, 17);
	if (chance(p->f, 50)) {
		value c = a;
		a = b, b = c;
	}
	if (!real && (k == 2 || k == 5) && value_largest(&a) * value_largest(&b) > 2e9)
		return;
	if (!real && value_largest(&a) + value_largest(&b) > 2e9)
		return;
	if (k < 14)
		pool_keep(p, f2[k](a.x, b.x));
	else if ((k < 16 || !real) && !(wraps && b.low <= 0))
		pool_keep(p, mica_op_div(a.x, b.low > 0 ? b.x : mica_op_addc(mica_op_abs(b.x), 1)));
	else if (real && value_largest(&b) < 5)
		pool_keep(p, mica_op_pow(a.low > 0 ? a.x : mica_op_addc(mica_op_abs(a.x), 0.25), b.x));
}

void grow_elementwise_three(pool *p)
{
	const value *a = pool_pick(p, NULL, NULL), *c = pool_pick(p, fits_beside_any, a);
	if (!a)
		return;
	value x = *a, y = pool_beside(p, &x);
	if (!is_number(&x, NULL))
		pool_keep(p, chance(p->f, 50) ? mica_op_max(x.x, y.x) : mica_op_ne(x.x, y.x));
	else if (c && chance(p->f, 30))
		pool_keep(p, mica_op_where(c->x, x.x, mica_op_neg(x.x)));
	else if (chance(p->f, 40) && mica__dtype_real(x.x->dtype))
		pool_keep(p, mica_op_clip(x.x, -0.75, 1.5));
	else if (chance(p->f, 50))
		pool_keep(p, mica_op_where(mica_op_gt(x.x, y.x), x.x, y.x));
	else
		pool_keep(p, mica_op_where(mica_op_le(x.x, y.x), mica_op_neg(y.x), x.x));
}

void grow_cast(pool *p)
{
	const value *a = pool_pick(p, NULL, NULL);
	if (!a)
		return;
	mica_dtype t = chance(p->f, 50) ? p->f->real : fuzz_type(p->f);
	const mica__dtype_info *info = mica__dtype_describe(t);
	bool fits = mica__dtype_real(t) ? value_largest(a) < 2e9 : info->class == MICA__CLASS_TRUTH || (a->low >= info->least && a->high <= info->most);
	if (fits && (mica__dtype_real(t) || !mica__dtype_real(a->x->dtype) || steps_elsewhere(p, a->x, 0)))
		pool_keep(p, mica_op_cast(a->x, t));
}

void grow_reshape(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, NULL, NULL);
	mica_shape s;
	if (!a)
		return;
	s = a->x->shape;
	for (size_t k = 0; k < 3; k++) {
		if (s.rank > 1 && chance(f, 60)) { /* two axes become one */
			size_t i = below(f, s.rank - 1);
			s.dim[i] *= s.dim[i + 1];
			memmove(s.dim + i + 1, s.dim + i + 2, (s.rank - i - 2) * sizeof *s.dim);
			s.rank--;
		} else if (s.rank && s.rank < MICA_MAX_RANK) { /* one becomes two */
			size_t i = below(f, s.rank), by = 1;
			for (size_t d = 2; d < 9; d++)
				by = s.dim[i] % d == 0 && chance(f, 40) ? d : by;
			memmove(s.dim + i + 1, s.dim + i, (s.rank - i) * sizeof *s.dim);
			s.dim[i + 1] = by;
			s.dim[i] /= by;
			s.rank++;
		}
	}
	pool_keep(p, mica_op_reshape(a->x, s));
}

void grow_move(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, has_axes, NULL);
	size_t start[MICA_MAX_RANK], stop[MICA_MAX_RANK], step[MICA_MAX_RANK];
	if (!a)
		return;
	mica_shape s = a->x->shape;
	size_t axis = below(f, s.rank);
	bool inside = true;
	switch (below(f, 5)) {
	case 0: { /* transpose */
		for (size_t i = 0; i < s.rank; i++)
			start[i] = i;
		for (size_t i = s.rank; i-- > 1;) {
			size_t j = below(f, i + 1), kept = start[i];
			start[i] = start[j], start[j] = kept;
		}
		bool swap = s.rank > 1 && chance(f, 50);
		pool_keep(p, mica_op_transpose(a->x, swap ? NULL : start));
		break;
	}
	case 1: /* broadcast */
		for (size_t i = 0; i < s.rank; i++)
			s.dim[i] = s.dim[i] == 1 && chance(f, 70) ? 1 + below(f, 9) : s.dim[i];
		if (s.rank < MICA_MAX_RANK && chance(f, 40)) {
			memmove(s.dim + 1, s.dim, s.rank++ * sizeof *s.dim);
			s.dim[0] = 1 + below(f, 4);
		}
		pool_keep(p, mica_op_broadcast(a->x, s));
		break;
	case 2: /* slice */
		for (size_t i = 0; i < s.rank; i++) {
			bool all = chance(f, 50);
			start[i] = all ? 0 : below(f, s.dim[i] + 1);
			stop[i] = all ? s.dim[i] : start[i] + below(f, s.dim[i] - start[i] + 1);
			if (start[i] == stop[i] && chance(f, 97))
				start[i] = 0, stop[i] = s.dim[i];
			step[i] = chance(f, 70) ? 1 : 1 + below(f, 3);
		}
		pool_keep(p, mica_op_slice(a->x, start, stop, step));
		break;
	case 3: /* pad */
		for (size_t i = 0; i < s.rank; i++) {
			start[i] = chance(f, 60) ? 0 : below(f, 4);
			stop[i] = chance(f, 60) ? 0 : below(f, 4);
			inside = inside && start[i] < s.dim[i] && stop[i] < s.dim[i];
			s.dim[i] += start[i] + stop[i];
		}
		if (mica__shape_count(&s) > MOST_COUNT * 4)
			break;
		if (inside && chance(f, 40))
			pool_keep(p, mica_op_pad_mode(a->x, start, stop, (mica_pad_mode)below(f, 4)));
		else
			pool_keep(p, mica_op_pad(a->x, start, stop, (double)mica__dtype_wrap(a->x->dtype, (int64_t)below(f, 3))));
		break;
	default: pool_keep(p, mica_op_flip(a->x, (int)axis)); break;
	}
}

static bool joins(const value *v, const void *with)
{
	const struct mica_node *x = with;
	return v->x->dtype == x->dtype && v->x->shape.rank == x->shape.rank;
}

void grow_concat(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, has_axes, NULL);
	mica_var xs[5];
	size_t n = 0;
	if (!a)
		return;
	mica_shape s = a->x->shape;
	size_t axis = below(f, s.rank);
	xs[n++] = a->x;
	while (n < 5 && (n < 2 || chance(f, 40))) {
		const value *b = pool_pick(p, joins, a->x);
		mica_shape t = b ? b->x->shape : s;
		t.dim[axis] = s.dim[axis];
		if (b && mica__shape_equal(&t, &s)) {
			xs[n++] = b->x;
		} else {
			t = s;
			t.dim[axis] = chance(f, 10) ? 0 : 1 + below(f, 5);
			xs[n++] = pool_leaf(p, false, a->x->dtype, t);
		}
	}
	size_t total = 0;
	for (size_t i = 0; i < n; i++)
		total += mica_var_count(xs[i]);
	if (total <= MOST_COUNT * 4)
		pool_keep(p, mica_op_concat(xs, n, chance(f, 50) ? (int)axis : (int)axis - (int)s.rank));
}

void grow_by_index(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, has_axes, NULL);
	if (!a || !a->x->shape.dim[0])
		return;
	mica_shape s = a->x->shape;
	double rows = (double)s.dim[0];
	mica_dtype index = chance(f, 70) ? MICA_I32 : MICA_I64;
	if (chance(f, 60) || !has_sums(a, NULL)) {
		mica_shape i = fuzz_shape(f);
		while (i.rank + s.rank - 1 > MICA_MAX_RANK || mica__shape_count(&i) * mica__shape_count(&s) / s.dim[0] > MOST_COUNT)
			i = fuzz_shape(f);
		pool_keep(p, mica_op_gather(a->x, fuzz_leaf(f, chance(f, 10), index, i, -2, rows + 2))); /* some outside */
	} else {
		size_t to = 1 + below(f, 12), lead = 1 + below(f, s.rank);
		mica_shape i = {lead, {0}};
		memcpy(i.dim, s.dim, lead * sizeof *s.dim);
		if (!mica__dtype_real(a->x->dtype) && value_largest(a) * (double)mica_var_count(a->x) > 2e9)
			return;
		pool_keep(p, mica_op_scatter_add(a->x, fuzz_leaf(f, false, index, i, 0, (double)to), to));
	}
}

static bool is_seen_by_windows(const value *v, const void *with)
{
	(void)with;
	return v->x->shape.rank >= 3 && v->x->shape.rank <= 2 + MICA_WINDOW_AXES && mica__dtype_computes(v->x->dtype);
}

/* Options that fit x, or nearly; false if there is no such window. */
static bool some_window(fuzz *f, mica_var x, mica_window_opts *o)
{
	*o = (mica_window_opts){.padding = (mica_padding)below(f, MICA_EXPLICIT + 1)};
	for (size_t k = 0; k + 2 < x->shape.rank; k++) {
		size_t n = x->shape.dim[1 + k];
		o->taps[k] = 1 + below(f, 3);
		o->stride[k] = chance(f, 30) ? o->taps[k] : 1 + below(f, 3);
		o->dilation[k] = chance(f, 75) ? 1 : 2;
		o->before[k] = o->padding == MICA_EXPLICIT ? below(f, 3) : 0;
		o->after[k] = o->padding == MICA_EXPLICIT ? below(f, 3) : 0;
		if (o->padding != MICA_SAME && n + o->before[k] + o->after[k] < (o->taps[k] - 1) * o->dilation[k] + 1)
			return false;
	}
	return true;
}

void grow_windows(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, is_seen_by_windows, NULL);
	mica_window_opts o;
	if (!a || mica_var_count(a->x) > MOST_COUNT || !some_window(f, a->x, &o))
		return;
	mica_var x = a->x, seen, y = NULL;
	bool real = mica__dtype_real(x->dtype);
	size_t d = x->shape.rank - 2;
	mica_shape w = {d + 2, {0}};
	memcpy(w.dim, o.taps, d * sizeof *w.dim);
	w.dim[d] = x->shape.dim[d + 1];
	w.dim[d + 1] = 1 + below(f, 2);
	switch (below(f, 6)) {
	case 0:
		o.outside = (double)below(f, 3);
		pool_keep(p, mica_op_window(x, &o));
		break;
	case 1:
		seen = mica_op_window(x, &o);
		pool_keep(p, seen);
		if (real || value_largest(a) < 1e7)
			pool_keep(p, mica_op_fold(real ? mica_op_mul(seen, seen) : seen, x->shape, &o));
		break;
	case 2: y = mica_op_max_pool(x, &o); break;
	case 3:
		if (chance(f, 20))
			pool_keep(p, real ? mica_op_global_average_pool(x, chance(f, 50)) : mica_op_global_max_pool(x, chance(f, 50)));
		else if (o.padding != MICA_EXPLICIT) /* a window may see nothing */
			y = mica_op_average_pool(x, &o);
		break;
	default:
		if (x->dtype == f->real)
			y = mica_op_depthwise_conv(x, pool_leaf(p, chance(f, 60), x->dtype, w), &o);
	}
	if (y)
		pool_keep(p, y);
	if (y && real && value_largest(a) < 1000 && chance(f, 40))
		train(p, y);
}

void grow_reduce(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, is_number, NULL);
	if (!a)
		return;
	size_t rank = a->x->shape.rank;
	uint32_t axes = chance(f, 25) || !rank ? MICA_ALL_AXES : chance(f, 50) ? MICA_AXIS(rank - 1) : (uint32_t)below(f, (size_t)1 << rank);
	bool keep_axes = chance(f, 50), real = mica__dtype_real(a->x->dtype);
	double total = value_largest(a) * (double)mica_var_count(a->x);
	switch (below(f, 9)) {
	case 8: pool_keep(p, (chance(f, 50) ? mica_op_any : mica_op_all)(a->x, axes, keep_axes)); break;
	case 7:
		if (real && value_largest(a) < 1000)
			pool_keep(p, (chance(f, 50) ? mica_op_variance : mica_op_logsumexp)(a->x, axes, keep_axes));
		break;
	case 6:
		if (has_sums(a, NULL) && value_largest(a) <= 1)
			pool_keep(p, mica_op_prod(a->x, axes, keep_axes));
		break;
	case 0: case 1:
		if (real || (has_sums(a, NULL) && total < 2e9))
			pool_keep(p, mica_op_sum(a->x, axes, keep_axes));
		break;
	case 2:
		if (real)
			pool_keep(p, mica_op_mean(a->x, axes, keep_axes));
		break;
	case 3: pool_keep(p, mica_op_reduce_max(a->x, axes, keep_axes)); break;
	case 4: pool_keep(p, mica_op_reduce_min(a->x, axes, keep_axes)); break;
	default:
		if (rank) {
			size_t axis = chance(f, 50) ? rank - 1 : below(f, rank);
			if (a->x->shape.dim[axis])
				pool_keep(p, (chance(f, 70) ? mica_op_argmax : mica_op_argmin)(a->x, (int)axis));
		}
	}
}

/* A value, an axis of it, and one of the two ways; NULL: there is none that has axes. */
static const value *pick_along(pool *p, size_t *axis, bool *back)
{
	const value *a = pool_pick(p, has_axes, NULL);
	if (a) {
		*axis = below(p->f, a->x->shape.rank);
		*back = chance(p->f, 50);
	}
	return a;
}

/* Carried along an axis; by an order only of what no rounding can put in another. */
void grow_along(pool *p)
{
	fuzz *f = p->f;
	size_t axis;
	bool back;
	const value *a = pick_along(p, &axis, &back);
	if (!a)
		return;
	mica_shape s = a->x->shape;
	size_t n = s.dim[axis];
	bool real = mica__dtype_real(a->x->dtype), number = has_sums(a, NULL);
	mica_var index;
	switch (below(f, 6)) {
	case 0:
		if (number && value_largest(a) * (double)n < 1e6)
			pool_keep(p, mica_op_cumsum(a->x, (int)axis, chance(f, 30), back));
		break;
	case 1:
		if (real)
			pool_keep(p, mica_op_recurrence(mica_op_tanh(a->x), pool_leaf(p, false, a->x->dtype, s), (int)axis, back));
		break;
	case 2:
		if (number && value_largest(a) <= 1)
			pool_keep(p, mica_op_cumprod(a->x, (int)axis, chance(f, 30), back));
		break;
	case 3:
		index = mica_op_argsort(a->x, (int)axis, back);
		pool_keep(p, index);
		pool_keep(p, mica_op_take_along(a->x, index, (int)axis));
		break;
	case 4:
		pool_keep(p, mica_op_roll(a->x, (long)below(f, 9) - 4, (int)axis));
		break;
	default:
		if (!n)
			return;
		s.dim[axis] = below(f, 7);
		index = fuzz_leaf(f, chance(f, 10), MICA_I32, s, -2, (double)n + 2);
		pool_keep(p, mica_op_take_along(a->x, index, (int)axis));
		if (number && value_largest(a) * (double)n < 1e6)
			pool_keep(p, mica_op_scatter_along(mica_op_take_along(a->x, index, (int)axis), index, (int)axis, 1 + below(f, 9)));
	}
}

/* ---- orders and matrices ---- */

void grow_order(pool *p)
{
	fuzz *f = p->f;
	size_t axis;
	bool down;
	const value *a = pick_along(p, &axis, &down);
	if (!a)
		return;
	mica_shape s = a->x->shape;
	size_t n = s.dim[axis];
	if (chance(f, 50)) {
		pool_keep(p, mica_op_sort(a->x, (int)axis, down));
	} else if (n) {
		mica_var index;
		pool_keep(p, mica_op_top_k(a->x, 1 + below(f, n < 9 ? n : 9), (int)axis, &index));
		pool_keep(p, index);
	}
}

static bool has_small_matrix(const value *v, const void *with)
{
	return has_sums(v, with) && v->x->shape.rank > 1 && mica_var_count(v->x) <= MOST_COUNT;
}

/* Sums of products over axes that letters name; of operands of the pool's shapes. */
static void einsum(pool *p, const value *a)
{
	static const struct { const char *text; size_t rank, other; } forms[] = { /* of the other operand's axes, one bit for each that is new */
		{"ij,jk->ik", 2, 2}, {"ij,kj->ki", 2, 1}, {"ij,ij->i", 2, 0}, {"ij->ji", 2, 0}, {"bij,bjk->bik", 3, 4}, {"bij,bkj->bik", 3, 2},
		{"bij,jk->bik", 3, 2}, {"bij,bij->", 3, 0}, {"bij,bij->bj", 3, 0}, {"...ij->...i", 2, 0}, {"bihd,bjhd->bhij", 4, 2},
	};
	fuzz *f = p->f;
	size_t k = below(f, sizeof forms / sizeof forms[0]), rank = a->x->shape.rank, at = 0;
	const char *text = forms[k].text, *second = strchr(text, ',');
	mica_var xs[2] = {a->x, NULL};
	mica_shape s = {0};
	if (forms[k].rank != rank && text[0] != '.')
		return;
	for (const char *c = second ? second + 1 : ""; *c && *c != '-'; c++, at++) {
		const char *same = memchr(text, *c, (size_t)(second - text));
		s.dim[s.rank++] = same ? a->x->shape.dim[same - text] : 1 + below(f, 12);
	}
	xs[1] = second ? pool_leaf(p, chance(f, 50), a->x->dtype, s) : NULL;
	if (second && mica__shape_count(&s) * mica_var_count(a->x) > 2000000)
		return;
	pool_keep(p, mica_op_einsum(text, xs, second ? 2 : 1));
}

void grow_matrix(pool *p)
{
	fuzz *f = p->f;
	const value *a = pool_pick(p, has_small_matrix, NULL);
	if (!a)
		return;
	mica_shape s = a->x->shape;
	long k = (long)below(f, 5) - 2;
	switch (below(f, 7)) {
	case 0: pool_keep(p, mica_op_tril(a->x, k)); break;
	case 1: pool_keep(p, mica_op_triu(a->x, k)); break;
	case 2: pool_keep(p, mica_op_diagonal(a->x, 0, (int)s.rank - 1)); break;
	case 3:
		if (s.rank < MICA_MAX_RANK && mica_var_count(a->x) * mica__shape_last(&s) <= MOST_COUNT)
			pool_keep(p, mica_op_diag(a->x));
		break;
	case 4:
		if (s.rank < MICA_MAX_RANK) {
			for (size_t i = 0; i < s.rank; i++)
				s.dim[i] = chance(f, 50) || !s.dim[i] ? 1 : s.dim[i];
			pool_keep(p, mica_op_one_hot(fuzz_leaf(f, false, MICA_I32, s, -1, 7), 1 + below(f, 7)));
		}
		break;
	default:
		if (has_matrix(a, NULL) && value_largest(a) < 100)
			einsum(p, a);
	}
}
