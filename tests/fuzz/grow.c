/* SPDX-License-Identifier: MIT */
/* fuzz/grow.c - makes random graphs.  A pool of values grows by one operation after another; what the reference finds too
   large, not finite or sensitive to rounding stays out of it. */
#include "fuzz/inside.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_POOL = 96, MOST_COUNT = 6000 };

typedef struct value {
	mica_var x;
	double low, high;
} value;

typedef struct pool {
	fuzz *f;
	value v[MOST_POOL];
	size_t n;
} pool;

/* ---- chance ---- */

static uint64_t next(fuzz *f)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return f->random >> 11;
}

static size_t below(fuzz *f, size_t n)
{
	return (size_t)(next(f) % n);
}

static bool chance(fuzz *f, unsigned percent)
{
	return below(f, 100) < percent;
}

static double uniform(fuzz *f, double low, double high)
{
	return low + (high - low) * (double)next(f) * 0x1p-53;
}

/* ---- leaves ---- */

mica_var fuzz_leaf(fuzz *f, bool variable, mica_dtype t, mica_shape s, double low, double high)
{
	char name[16];
	size_t n = 1;
	bool whole = chance(f, 30);
	if (f->n_leaves == MOST_LEAVES)
		abort();
	snprintf(name, sizeof name, "%s%zu", variable ? "w" : "x", f->n_leaves);
	mica_var x = variable ? mica_graph_variable(f->g, name, t, s) : mica_graph_input(f->g, name, t, s);
	for (size_t i = 0; i < s.rank; i++)
		n *= s.dim[i];
	char *data = calloc(n + 1, 8);
	for (size_t i = 0; i < n; i++) {
		double v = uniform(f, low, high);
		v = whole ? rint(v) : v;
		if (!mica__dtype_real(t))
			v = floor(v);
		else if (mica__dtype_describe(t)->digits > FLT_MANT_DIG && !whole) /* more digits than a float has */
			v = (double)(float)v + v * 0x1p-30;
		mica__number_put(t, data, i, v);
	}
	f->leaves[f->n_leaves++] = (leaf){x, data, n * mica__dtype_bytes(t)};
	return x;
}

void fuzz_output(fuzz *f, mica_var y, uint64_t seed)
{
	if (f->n_outputs == MOST_OUTPUTS || y->failed)
		abort();
	f->outputs[f->n_outputs++] = (output){y, seed};
}

static mica_shape some_shape(fuzz *f)
{
	static const size_t sizes[] = {1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 32, 33, 40, 64, 65, 100, 129, 257, 300};
	static const unsigned char ranks[] = {0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6, 8};
	mica_shape s = {ranks[below(f, sizeof ranks)], {0}};
	size_t n = 1;
	for (size_t i = 0; i < s.rank; i++) {
		do
			s.dim[i] = sizes[below(f, s.rank > 4 ? 6 : sizeof sizes / sizeof sizes[0])];
		while (n * s.dim[i] > MOST_COUNT);
		n *= s.dim[i];
	}
	if (s.rank && chance(f, 2))
		s.dim[below(f, s.rank)] = 0;
	return s;
}

/* ---- the pool ---- */

static void keep(pool *p, mica_var x)
{
	fuzz *f = p->f;
	if (x->failed) {
		fprintf(stderr, "fuzz: an operation that should be possible failed: %s\n", mica_graph_error(f->g));
		abort();
	}
	if (p->n == MOST_POOL || mica_var_count(x) > MOST_COUNT * 4)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].x == x)
			return;
	measure m = measure_of(f, x, 3);
	bool real = mica__dtype_real(x->dtype);
	double size = fmax(fabs(m.low), fabs(m.high));
	bool good = !m.n || (real ? size < 1e6 && m.most_moved <= 1e-2 * size : size < 2147483647.0 && m.most_moved == 0);
	if (good)
		p->v[p->n++] = (value){x, m.n ? m.low : 0, m.n ? m.high : 0};
	measure_free(&m);
}

/* One of the pool, the younger the likelier, for which fits says yes; NULL if a few tries find none. */
typedef bool fitting(const value *v, const void *with);
static const value *pick(pool *p, fitting *fits, const void *with)
{
	for (size_t try = 0; try < 24 && p->n; try++) {
		size_t a = below(p->f, p->n), b = below(p->f, p->n);
		const value *v = &p->v[chance(p->f, 50) && b > a ? b : a];
		if (!fits || fits(v, with))
			return v;
	}
	return NULL;
}

static bool is_real(const value *v, const void *with)
{
	(void)with;
	return mica__dtype_real(v->x->dtype);
}

static bool is_number(const value *v, const void *with)
{
	(void)with;
	return mica__dtype_describe(v->x->dtype)->class != MICA__CLASS_TRUTH;
}

/* Sums of others wrap too soon to be of use. */
static bool has_sums(const value *v, const void *with)
{
	return is_real(v, with) || mica__dtype_computes(v->x->dtype);
}

static bool has_axes(const value *v, const void *with)
{
	(void)with;
	return v->x->shape.rank > 0;
}

static bool has_matrix(const value *v, const void *with)
{
	(void)with;
	return v->x->shape.rank > 1 && mica__dtype_real(v->x->dtype);
}

static bool fits_beside(const value *v, const void *with)
{
	const value *a = with;
	mica_shape s;
	return v->x->dtype == a->x->dtype && mica__shape_broadcast(&v->x->shape, &a->x->shape, &s) &&
	       mica__shape_count(&s) <= MOST_COUNT * 2;
}

/* A condition for a: exact, so that no noise chooses. */
static bool fits_beside_any(const value *v, const void *with)
{
	const value *a = with;
	mica_shape s;
	return a && !mica__dtype_real(v->x->dtype) && mica__shape_broadcast(&v->x->shape, &a->x->shape, &s) &&
	       mica__shape_count(&s) <= MOST_COUNT * 2;
}

static bool has_type_and_shape(const value *v, const void *with)
{
	const struct mica_node *x = with;
	return v->x->dtype == x->dtype && mica__shape_equal(&v->x->shape, &x->shape);
}

static mica_var leaf_of(pool *p, bool variable, mica_dtype t, mica_shape s)
{
	static const double ranges[][2] = {{-1, 1}, {-3, 3}, {0.1, 2}, {-30, 30}};
	const double *r = ranges[below(p->f, 4)];
	const mica__dtype_info *info = mica__dtype_describe(t);
	if (info->class != MICA__CLASS_REAL && info->least == 0)
		return fuzz_leaf(p->f, variable, t, s, 0, info->most + 1);
	if (info->class == MICA__CLASS_WHOLE && chance(p->f, 20))
		return fuzz_leaf(p->f, variable, t, s, -1e8, 1e8);
	return fuzz_leaf(p->f, variable, t, s, r[0], r[1]);
}

static mica_dtype some_type(fuzz *f)
{
	static const mica_dtype others[] = {MICA_I32, MICA_I32, MICA_U8, MICA_I64, MICA_BOOL, MICA_F16, MICA_BF16};
	return chance(f, 65) ? f->real : others[below(f, 7)];
}

/* Something that broadcasts with a: from the pool, a new leaf, a number, or made from a itself. */
static value beside(pool *p, const value *a)
{
	fuzz *f = p->f;
	const value *v = chance(f, 60) ? pick(p, fits_beside, a) : NULL;
	mica_shape s = a->x->shape;
	if (v)
		return *v;
	if (chance(f, 30)) {
		double c = mica__dtype_real(a->x->dtype) ? (double)(float)uniform(f, -2, 2) : (double)below(f, 9) - 4;
		c = mica__dtype_real(a->x->dtype) ? c : (double)mica__dtype_wrap(a->x->dtype, (int64_t)c);
		return (value){mica_graph_fill(f->g, c, a->x->dtype, MICA_SCALAR_SHAPE), c, c};
	}
	for (size_t i = 0; i < s.rank; i++)
		s.dim[i] = chance(f, 30) ? 1 : s.dim[i];
	for (size_t drop = s.rank ? below(f, s.rank + 1) : 0; drop && chance(f, 30); drop--)
		memmove(s.dim, s.dim + 1, --s.rank * sizeof *s.dim);
	mica_var x = leaf_of(p, chance(f, 30), a->x->dtype, s);
	keep(p, x);
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].x == x)
			return p->v[i];
	return *a;
}

static double largest(const value *v)
{
	return fmax(fabs(v->low), fabs(v->high));
}

/* Whether no element that is not exact lies near where f steps: at whole numbers plus `at`. */
static bool steps_elsewhere(pool *p, mica_var x, double at)
{
	measure m = measure_of(p->f, x, 3);
	bool far = true;
	for (size_t i = 0; i < m.n && far; i++)
		far = m.moved[i] == 0 ? m.exact[i] == (double)(float)m.exact[i] : fabs(m.exact[i] - at - rint(m.exact[i] - at)) > 1e-3;
	measure_free(&m);
	return far;
}

/* ---- operations ---- */

static void elementwise_one(pool *p)
{
	static mica_var (*const of_reals[])(mica_var) = {
		mica_op_neg, mica_op_abs, mica_op_sign, mica_op_exp, mica_op_expm1, mica_op_square, mica_op_tanh, mica_op_sigmoid,
		mica_op_softplus, mica_op_erf, mica_op_sin, mica_op_cos, mica_op_floor, mica_op_round, mica_op_relu,
		mica_op_is_finite, mica_op_stop_gradient,
	};
	static mica_var (*const of_positive[])(mica_var) = {mica_op_log, mica_op_log1p, mica_op_sqrt, mica_op_rsqrt, mica_op_reciprocal};
	static mica_var (*const of_integers[])(mica_var) = {mica_op_neg, mica_op_abs, mica_op_sign, mica_op_square, mica_op_relu, mica_op_stop_gradient};
	const value *a = pick(p, is_number, NULL);
	size_t k = below(p->f, 23);
	if (!a)
		return;
	if (!mica__dtype_real(a->x->dtype)) {
		if (k % 6 != 3 || largest(a) < 40000)
			keep(p, of_integers[k % 6](a->x));
	} else if (k < 17) {
		mica_var y = of_reals[k](a->x);
		bool steps = y->op == MICA__FLOOR || y->op == MICA__ROUND || y->op == MICA__SIGN;
		if ((y->op != MICA__EXP || largest(a) < 20) && (!steps || steps_elsewhere(p, a->x, y->op == MICA__ROUND ? 0.5 : 0)))
			keep(p, y);
	} else {
		mica_var x = a->low > 0 ? a->x : mica_op_addc(mica_op_abs(a->x), 0.125);
		keep(p, of_positive[below(p->f, 5)](x));
	}
}

static void elementwise_two(pool *p)
{
	static mica_var (*const f2[])(mica_var, mica_var) = {
		mica_op_add, mica_op_sub, mica_op_mul, mica_op_add, mica_op_sub, mica_op_mul, mica_op_max, mica_op_min,
		mica_op_lt, mica_op_le, mica_op_gt, mica_op_ge, mica_op_eq, mica_op_ne,
	};
	const value *first = pick(p, is_number, NULL);
	if (!first)
		return;
	value a = *first, b = beside(p, &a);
	bool real = mica__dtype_real(a.x->dtype), wraps = !real && !mica__dtype_computes(a.x->dtype);
	size_t k = below(p->f, 17);
	if (chance(p->f, 50)) {
		value c = a;
		a = b, b = c;
	}
	if (!real && (k == 2 || k == 5) && largest(&a) * largest(&b) > 2e9)
		return;
	if (!real && largest(&a) + largest(&b) > 2e9)
		return;
	if (k < 14)
		keep(p, f2[k](a.x, b.x));
	else if ((k < 16 || !real) && !(wraps && b.low <= 0))
		keep(p, mica_op_div(a.x, b.low > 0 ? b.x : mica_op_addc(mica_op_abs(b.x), 1)));
	else if (real && largest(&b) < 5)
		keep(p, mica_op_pow(a.low > 0 ? a.x : mica_op_addc(mica_op_abs(a.x), 0.25), b.x));
}

static void elementwise_three(pool *p)
{
	const value *a = pick(p, NULL, NULL), *c = pick(p, fits_beside_any, a);
	if (!a)
		return;
	value x = *a, y = beside(p, &x);
	if (!is_number(&x, NULL))
		keep(p, chance(p->f, 50) ? mica_op_max(x.x, y.x) : mica_op_ne(x.x, y.x));
	else if (c && chance(p->f, 30))
		keep(p, mica_op_where(c->x, x.x, mica_op_neg(x.x)));
	else if (chance(p->f, 40) && mica__dtype_real(x.x->dtype))
		keep(p, mica_op_clip(x.x, -0.75, 1.5));
	else if (chance(p->f, 50))
		keep(p, mica_op_where(mica_op_gt(x.x, y.x), x.x, y.x));
	else
		keep(p, mica_op_where(mica_op_le(x.x, y.x), mica_op_neg(y.x), x.x));
}

static void cast(pool *p)
{
	const value *a = pick(p, NULL, NULL);
	if (!a)
		return;
	mica_dtype t = chance(p->f, 50) ? p->f->real : some_type(p->f);
	const mica__dtype_info *info = mica__dtype_describe(t);
	bool fits = mica__dtype_real(t) ? largest(a) < 2e9 : info->class == MICA__CLASS_TRUTH || (a->low >= info->least && a->high <= info->most);
	if (fits && (mica__dtype_real(t) || !mica__dtype_real(a->x->dtype) || steps_elsewhere(p, a->x, 0)))
		keep(p, mica_op_cast(a->x, t));
}

static void reshape(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, NULL, NULL);
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
	keep(p, mica_op_reshape(a->x, s));
}

static void move(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, has_axes, NULL);
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
		keep(p, mica_op_transpose(a->x, swap ? NULL : start));
		break;
	}
	case 1: /* broadcast */
		for (size_t i = 0; i < s.rank; i++)
			s.dim[i] = s.dim[i] == 1 && chance(f, 70) ? 1 + below(f, 9) : s.dim[i];
		if (s.rank < MICA_MAX_RANK && chance(f, 40)) {
			memmove(s.dim + 1, s.dim, s.rank++ * sizeof *s.dim);
			s.dim[0] = 1 + below(f, 4);
		}
		keep(p, mica_op_broadcast(a->x, s));
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
		keep(p, mica_op_slice(a->x, start, stop, step));
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
			keep(p, mica_op_pad_mode(a->x, start, stop, (mica_pad_mode)below(f, 4)));
		else
			keep(p, mica_op_pad(a->x, start, stop, (double)mica__dtype_wrap(a->x->dtype, (int64_t)below(f, 3))));
		break;
	default: keep(p, mica_op_flip(a->x, (int)axis)); break;
	}
}

static bool joins(const value *v, const void *with)
{
	const struct mica_node *x = with;
	return v->x->dtype == x->dtype && v->x->shape.rank == x->shape.rank;
}

static void concat(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, has_axes, NULL);
	mica_var xs[5];
	size_t n = 0;
	if (!a)
		return;
	mica_shape s = a->x->shape;
	size_t axis = below(f, s.rank);
	xs[n++] = a->x;
	while (n < 5 && (n < 2 || chance(f, 40))) {
		const value *b = pick(p, joins, a->x);
		mica_shape t = b ? b->x->shape : s;
		t.dim[axis] = s.dim[axis];
		if (b && mica__shape_equal(&t, &s)) {
			xs[n++] = b->x;
		} else {
			t = s;
			t.dim[axis] = chance(f, 10) ? 0 : 1 + below(f, 5);
			xs[n++] = leaf_of(p, false, a->x->dtype, t);
		}
	}
	size_t total = 0;
	for (size_t i = 0; i < n; i++)
		total += mica_var_count(xs[i]);
	if (total <= MOST_COUNT * 4)
		keep(p, mica_op_concat(xs, n, chance(f, 50) ? (int)axis : (int)axis - (int)s.rank));
}

static void by_index(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, has_axes, NULL);
	if (!a || !a->x->shape.dim[0])
		return;
	mica_shape s = a->x->shape;
	double rows = (double)s.dim[0];
	mica_dtype index = chance(f, 70) ? MICA_I32 : MICA_I64;
	if (chance(f, 60) || !has_sums(a, NULL)) {
		mica_shape i = some_shape(f);
		while (i.rank + s.rank - 1 > MICA_MAX_RANK || mica__shape_count(&i) * mica__shape_count(&s) / s.dim[0] > MOST_COUNT)
			i = some_shape(f);
		keep(p, mica_op_gather(a->x, fuzz_leaf(f, chance(f, 10), index, i, -2, rows + 2))); /* some outside */
	} else {
		size_t to = 1 + below(f, 12), lead = 1 + below(f, s.rank);
		mica_shape i = {lead, {0}};
		memcpy(i.dim, s.dim, lead * sizeof *s.dim);
		if (!mica__dtype_real(a->x->dtype) && largest(a) * (double)mica_var_count(a->x) > 2e9)
			return;
		keep(p, mica_op_scatter_add(a->x, fuzz_leaf(f, false, index, i, 0, (double)to), to));
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

static void windows(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, is_seen_by_windows, NULL);
	mica_window_opts o;
	if (!a || mica_var_count(a->x) > MOST_COUNT || !some_window(f, a->x, &o))
		return;
	mica_var x = a->x, seen;
	bool real = mica__dtype_real(x->dtype);
	size_t d = x->shape.rank - 2;
	mica_shape w = {d + 2, {0}};
	memcpy(w.dim, o.taps, d * sizeof *w.dim);
	w.dim[d] = x->shape.dim[d + 1];
	w.dim[d + 1] = 1 + below(f, 2);
	switch (below(f, 6)) {
	case 0:
		o.outside = (double)below(f, 3);
		keep(p, mica_op_window(x, &o));
		break;
	case 1:
		seen = mica_op_window(x, &o);
		keep(p, seen);
		if (real || largest(a) < 1e7)
			keep(p, mica_op_fold(real ? mica_op_mul(seen, seen) : seen, x->shape, &o));
		break;
	case 2: keep(p, mica_op_max_pool(x, &o)); break;
	case 3:
		if (chance(f, 20))
			keep(p, real ? mica_op_global_average_pool(x, chance(f, 50)) : mica_op_global_max_pool(x, chance(f, 50)));
		else if (o.padding != MICA_EXPLICIT) /* a window may see nothing */
			keep(p, mica_op_average_pool(x, &o));
		break;
	default:
		if (x->dtype == f->real)
			keep(p, mica_op_depthwise_conv(x, leaf_of(p, chance(f, 60), x->dtype, w), &o));
	}
}

static void reduce(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, is_number, NULL);
	if (!a)
		return;
	size_t rank = a->x->shape.rank;
	uint32_t axes = chance(f, 25) || !rank ? MICA_ALL_AXES : chance(f, 50) ? MICA_AXIS(rank - 1) : (uint32_t)below(f, (size_t)1 << rank);
	bool keep_axes = chance(f, 50), real = mica__dtype_real(a->x->dtype);
	double total = largest(a) * (double)mica_var_count(a->x);
	switch (below(f, 7)) {
	case 6:
		if (has_sums(a, NULL) && largest(a) <= 1)
			keep(p, mica_op_prod(a->x, axes, keep_axes));
		break;
	case 0: case 1:
		if (real || (has_sums(a, NULL) && total < 2e9))
			keep(p, mica_op_sum(a->x, axes, keep_axes));
		break;
	case 2:
		if (real)
			keep(p, mica_op_mean(a->x, axes, keep_axes));
		break;
	case 3: keep(p, mica_op_reduce_max(a->x, axes, keep_axes)); break;
	case 4: keep(p, mica_op_reduce_min(a->x, axes, keep_axes)); break;
	default:
		if (rank) {
			size_t axis = chance(f, 50) ? rank - 1 : below(f, rank);
			if (a->x->shape.dim[axis])
				keep(p, (chance(f, 70) ? mica_op_argmax : mica_op_argmin)(a->x, (int)axis));
		}
	}
}

/* Carried along an axis; by an order only of what no rounding can put in another. */
static void along(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, has_axes, NULL);
	if (!a)
		return;
	mica_shape s = a->x->shape;
	size_t axis = below(f, s.rank), n = s.dim[axis];
	bool back = chance(f, 50), real = mica__dtype_real(a->x->dtype), number = has_sums(a, NULL);
	mica_var index;
	switch (below(f, 6)) {
	case 0:
		if (number && largest(a) * (double)n < 1e6)
			keep(p, mica_op_cumsum(a->x, (int)axis, chance(f, 30), back));
		break;
	case 1:
		if (real)
			keep(p, mica_op_recurrence(mica_op_tanh(a->x), leaf_of(p, false, a->x->dtype, s), (int)axis, back));
		break;
	case 2:
		if (number && largest(a) <= 1)
			keep(p, mica_op_cumprod(a->x, (int)axis, chance(f, 30), back));
		break;
	case 3:
		index = mica_op_argsort(a->x, (int)axis, back);
		keep(p, index);
		keep(p, mica_op_take_along(a->x, index, (int)axis));
		break;
	case 4:
		keep(p, mica_op_roll(a->x, (long)below(f, 9) - 4, (int)axis));
		break;
	default:
		if (!n)
			return;
		s.dim[axis] = below(f, 7);
		index = fuzz_leaf(f, chance(f, 10), MICA_I32, s, -2, (double)n + 2);
		keep(p, mica_op_take_along(a->x, index, (int)axis));
		if (number && largest(a) * (double)n < 1e6)
			keep(p, mica_op_scatter_along(mica_op_take_along(a->x, index, (int)axis), index, (int)axis, 1 + below(f, 9)));
	}
}

static void product(pool *p)
{
	static const size_t sizes[] = {1, 2, 3, 5, 8, 16, 17, 33, 40};
	fuzz *f = p->f;
	const value *a = pick(p, has_matrix, NULL);
	if (!a)
		return;
	mica_var x = a->x, other;
	mica_dtype t = x->dtype;
	mica_shape s = x->shape;
	size_t rank = s.rank, n = sizes[below(f, 9)], batch = mica__shape_count(&s) / (s.dim[rank - 1] * s.dim[rank - 2] + 1) + 1;
	if (batch * (n * s.dim[rank - 1] + n * s.dim[rank - 2]) > MOST_COUNT * 4)
		return;
	switch (below(f, 5)) {
	case 0: /* with itself, turned */
		if (batch * s.dim[rank - 2] * s.dim[rank - 2] < MOST_COUNT)
			keep(p, mica_op_matmul(x, mica_op_transpose(x, NULL)));
		return;
	case 1:
		if (batch * s.dim[rank - 1] * s.dim[rank - 1] < MOST_COUNT)
			keep(p, mica_op_matmul(mica_op_transpose(x, NULL), x));
		return;
	case 2: { /* one matrix for all */
		other = leaf_of(p, true, t, MICA_SHAPE(s.dim[rank - 1], n));
		keep(p, other);
		mica_var y = mica_op_matmul(x, other);
		keep(p, y);
		keep(p, chance(f, 50) ? mica_op_tanh(y) : mica_op_add(y, leaf_of(p, true, t, MICA_SHAPE(n))));
		return;
	}
	case 3: /* b turned */
		s.dim[rank - 2] = n;
		other = leaf_of(p, chance(f, 50), t, s);
		keep(p, other);
		keep(p, mica_op_matmul(x, mica_op_transpose(other, NULL)));
		return;
	default: /* from the left */
		s.dim[rank - 1] = s.dim[rank - 2];
		s.dim[rank - 2] = n;
		if (chance(f, 30))
			s = MICA_SHAPE(s.dim[rank - 2], s.dim[rank - 1]);
		keep(p, mica_op_matmul(leaf_of(p, false, t, s), x));
	}
}

/* Of a value of the pool, sometimes with itself, with fewer heads, with a mask that is read or computed. */
static void attention(pool *p)
{
	static const size_t lengths[] = {1, 2, 5, 16, 17, 33, 70, 140};
	fuzz *f = p->f;
	const value *a = pick(p, has_matrix, NULL);
	if (!a || largest(a) > 4 || a->x->shape.rank > 4)
		return;
	mica_var q = a->x, k = q, v = q;
	mica_shape s = q->shape;
	size_t rank = s.rank, lk = lengths[below(f, 8)], heads = rank > 2 ? s.dim[rank - 3] : 1;
	if (chance(f, 75)) {
		mica_shape t = s;
		t.dim[rank - 2] = lk;
		if (rank > 2 && heads > 1 && chance(f, 40))
			t.dim[rank - 3] = heads % 2 || chance(f, 50) ? 1 : heads / 2;
		k = fuzz_leaf(f, chance(f, 30), q->dtype, t, -2, 2);
		t.dim[rank - 1] = 1 + below(f, 20);
		v = fuzz_leaf(f, chance(f, 30), q->dtype, t, -2, 2);
	}
	lk = k->shape.dim[rank - 2];
	mica_shape scores = s;
	scores.dim[rank - 1] = lk;
	mica_attention_opts o = {.causal = chance(f, 40), .scale = chance(f, 30) ? 0.3 : 0};
	if (mica__shape_count(&scores) > MOST_COUNT * 4)
		return;
	if (chance(f, 40)) {
		mica_shape m = scores;
		for (size_t i = 0; i < rank; i++)
			m.dim[i] = chance(f, 40) ? 1 : m.dim[i];
		bool hides = chance(f, 40);
		o.mask = fuzz_leaf(f, false, hides ? MICA_I32 : f->real, m, hides ? 0 : -2, hides ? 3 : 2);
		if (!hides && chance(f, 30))
			o.mask = mica_op_flip(o.mask, (int)rank - 1);
	}
	keep(p, mica_op_attention(q, k, v, &o));
}

static bool has_real_space(const value *v, const void *with)
{
	const mica_shape *s = &v->x->shape;
	(void)with;
	return v->x->dtype == v->x->g->real && s->rank > 2 && s->rank <= 2 + MICA_WINDOW_AXES && s->dim[s->rank - 1] > 0;
}

/* Windows of a few taps, with any padding; weights from a leaf, for one group of channels or, where they divide, for some. */
static void convolution(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, has_real_space, NULL);
	if (!a)
		return;
	mica_shape s = a->x->shape, w = s;
	size_t axes = s.rank - 2, c = s.dim[axes + 1], filters[] = {1, 2, 3, 6, 16, 17, 24, 40}, groups = 2 + below(f, 2);
	mica_window_opts o = {.padding = (mica_padding)below(f, 4)};
	bool transposed = chance(f, 25);
	o.padding = transposed && o.padding == MICA_CAUSAL ? MICA_SAME : o.padding;
	for (size_t i = 0; i < axes; i++) {
		size_t n = s.dim[i + 1], room;
		o.stride[i] = 1 + below(f, 3) * chance(f, 40);
		o.dilation[i] = 1 + below(f, 3) * chance(f, 25);
		if (o.padding == MICA_EXPLICIT && !transposed) {
			o.before[i] = below(f, 4);
			o.after[i] = below(f, 3);
		}
		room = o.padding == MICA_SAME || o.padding == MICA_CAUSAL || transposed ? 3 : n + o.before[i] + o.after[i];
		w.dim[i] = 1 + below(f, 4);
		if (!n || !room)
			return;
		if ((w.dim[i] - 1) * o.dilation[i] + 1 > room)
			w.dim[i] = 1;
	}
	size_t k = filters[below(f, sizeof filters / sizeof filters[0])];
	groups = !transposed && c % groups == 0 && chance(f, 30) ? groups : 1;
	w.dim[axes] = transposed ? k : c / groups;
	w.dim[axes + 1] = transposed ? c : k * groups;
	if (mica__shape_count(&w) > MOST_COUNT || mica__shape_count(&w) * mica_var_count(a->x) > 2000000)
		return;
	mica_var v = leaf_of(p, chance(f, 50), f->real, w);
	keep(p, transposed ? mica_op_conv_transpose(a->x, v, &o, NULL) : mica_op_conv(a->x, v, &o));
}

/* What networks are made of: a row is reduced and the result goes back to its elements. */
static void pattern(pool *p)
{
	const value *a = pick(p, is_real, NULL);
	if (!a || !a->x->shape.rank || largest(a) > 50)
		return;
	mica_var x = a->x, y;
	uint32_t axes = chance(p->f, 70) ? MICA_AXIS(x->shape.rank - 1) : MICA_AXIS(below(p->f, x->shape.rank));
	switch (below(p->f, 3)) {
	case 0:
		y = mica_op_exp(mica_op_sub(x, mica_op_reduce_max(x, axes, true)));
		keep(p, mica_op_div(y, mica_op_sum(y, axes, true)));
		break;
	case 1:
		y = mica_op_sub(x, mica_op_mean(x, axes, true));
		keep(p, mica_op_mul(y, mica_op_rsqrt(mica_op_addc(mica_op_mean(mica_op_square(y), axes, true), 0.01))));
		break;
	default:
		y = mica_op_sub(x, mica_op_reduce_max(x, axes, true));
		keep(p, mica_op_sub(y, mica_op_log(mica_op_sum(mica_op_exp(y), axes, true))));
	}
}

/* Attention has no second derivative. */
static bool has_gradient(mica_var y)
{
	size_t n;
	bool good = true;
	mica_var *order = mica__topological(&y, 1, &n);
	if (!order)
		abort();
	for (size_t i = 0; i < n; i++)
		good = good && order[i]->op != MICA__ATTENTION_GRADIENT;
	mica__free(order);
	return good;
}

static bool may_be_carried(const value *v, const void *with)
{
	(void)with;
	return mica__dtype_real(v->x->dtype) && v->x->shape.rank < MICA_MAX_RANK && mica_var_count(v->x) <= MOST_COUNT / 8 &&
	       largest(v) < 50;
}

/* One thing that a body makes of its carry h: with a row of a sequence, a value from outside, a product, or along an axis. */
static mica_var body(pool *p, mica_scan *s, size_t steps, mica_var h)
{
	fuzz *f = p->f;
	mica_shape one = h->shape, all = mica__stacked(steps, &one);
	size_t rank = one.rank, columns = rank ? one.dim[rank - 1] : 1;
	switch (below(f, 7)) {
	case 0: return mica_op_add(mica_op_mulc(h, 0.75), mica_scan_read(s, fuzz_leaf(f, chance(f, 40), h->dtype, all, -1, 1), 0));
	case 1: return mica_op_mul(h, mica_scan_read(s, mica_op_tanh(fuzz_leaf(f, false, h->dtype, all, -1, 1)), 0));
	case 2: return mica_op_sub(h, mica_op_sin(fuzz_leaf(f, true, h->dtype, one, -1, 1)));
	case 3:
		if (rank < 2 || columns > 64)
			return mica_op_neg(h);
		return mica_op_matmul(h, fuzz_leaf(f, true, h->dtype, MICA_SHAPE(columns, columns), -0.3, 0.3));
	case 4: return rank ? mica_op_sub(h, mica_op_mean(h, MICA_AXIS(below(f, rank)), true)) : h;
	case 5: return rank ? mica_op_flip(h, (int)below(f, rank)) : h;
	default: {
		mica_var t = mica_op_cast(mica_scan_step(s), h->dtype), some = fuzz_leaf(f, false, h->dtype, all, -1, 1);
		return mica_op_where(mica_op_gt(mica_scan_read(s, some, 0), mica_graph_fill(f->g, 0, h->dtype, MICA_SCALAR_SHAPE)),
		                     mica_op_add(h, mica_op_mulc(t, 0.25)), h); /* a mask */
	}
	}
}

/* A loop of a carry or two; what comes out of it. */
static void scan(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, may_be_carried, NULL);
	if (!a || f->n_leaves + 8 > MOST_LEAVES)
		return;
	size_t steps = chance(f, 5) ? 0 : 1 + below(f, 5);
	mica_var first = a->x, last[2], other = NULL;
	mica_scan *s = mica_scan_begin(f->g, steps, chance(f, 40));
	mica_var h = mica_scan_carry(s, first), part = body(p, s, steps, h), next = mica_op_tanh(body(p, s, steps, part));
	if (chance(f, 40)) {
		other = mica_scan_carry(s, chance(f, 50) ? first : mica_graph_fill(f->g, 0.5, first->dtype, first->shape));
		mica_scan_next(s, other, chance(f, 30) ? h : mica_op_add(mica_op_mulc(other, 0.5), part));
		next = mica_op_mul(next, mica_op_sigmoid(other));
	}
	mica_scan_next(s, h, next);
	mica_scan_end(s);
	last[0] = mica_scan_last(s, h);
	last[1] = mica_scan_last(s, other ? other : h);
	if (chance(f, 60))
		keep(p, mica_scan_stack(s, chance(f, 50) ? next : part));
	if (chance(f, 30))
		keep(p, mica_scan_stack(s, h));
	keep(p, last[below(f, 2)]);
}

static void gradient(pool *p)
{
	fuzz *f = p->f;
	const value *a = pick(p, is_real, NULL);
	mica_var xs[3], d[3];
	size_t n = 0;
	if (!a)
		return;
	mica_var y = a->x; /* keep may move nothing, but be plain */
	for (size_t k = 0; k < 3; k++) {
		const value *b = pick(p, is_real, NULL);
		if (b && b->x->id < y->id)
			xs[n++] = b->x;
	}
	if (!n || !has_gradient(y))
		return;
	mica_status st = mica_gradient(y, NULL, xs, n, d);
	if (st != MICA_OK) {
		fprintf(stderr, "fuzz: gradient: %s\n", mica_graph_error(f->g));
		abort();
	}
	for (size_t i = 0; i < n; i++)
		keep(p, d[i]);
}

static void source(pool *p)
{
	fuzz *f = p->f;
	mica_shape s = some_shape(f);
	switch (below(f, 4)) {
	case 0: keep(p, mica_op_random(f->g, s, next(f), (uint32_t)below(f, 1000), NULL)); break;
	case 1:
		if (s.rank)
			keep(p, mica_graph_iota(f->g, s, below(f, s.rank)));
		break;
	case 2: keep(p, mica_graph_fill(f->g, (double)(float)uniform(f, -2, 2), f->real, s)); break;
	default: keep(p, leaf_of(p, chance(f, 40), some_type(f), s));
	}
}

static void grow_one(pool *p)
{
	static void (*const kinds[])(pool *) = {
		elementwise_one, elementwise_one, elementwise_one, elementwise_two, elementwise_two, elementwise_two, elementwise_two,
		elementwise_three, cast, reshape, move, move, move, concat, by_index, along, along, windows, windows, reduce, reduce, reduce,
		product, product, convolution, attention, pattern,
		gradient, scan, scan, source,
	};
	kinds[below(p->f, sizeof kinds / sizeof kinds[0])](p);
}

/* ---- a whole graph ---- */

/* A value for a variable to take: something that fits, or something made of itself and a number that fits. */
static void assign(pool *p, mica_var w, uint64_t seed)
{
	const value *v = pick(p, has_type_and_shape, w);
	mica_var y = v && v->x != w ? v->x : NULL;
	if (!y && !mica__dtype_computes(w->dtype))
		return;
	if (!y) {
		const value *b = pick(p, is_real, NULL);
		y = mica_op_addc(w, 1);
		if (b && b->x->dtype == w->dtype)
			y = mica_op_sub(w, mica_op_mulc(mica_op_mean(b->x, MICA_ALL_AXES, false), 0.25));
	}
	measure m = measure_of(p->f, y, 3);
	double size = m.n ? fmax(fabs(m.low), fabs(m.high)) : 0;
	bool good = size < 1e6 && (mica__dtype_real(y->dtype) ? m.most_moved <= 1e-2 * size : m.most_moved == 0);
	measure_free(&m);
	if (good)
		fuzz_output(p->f, mica_op_assign(w, y), seed);
}

void fuzz_grow(fuzz *f, uint64_t seed)
{
	pool p = {.f = f};
	size_t first_leaf = f->n_leaves, steps, n;
	f->random = (seed + 1) * 0x9e3779b97f4a7c15u;
	for (size_t i = 0; i < 5; i++)
		next(f);
	n = 1 + below(f, 3);
	for (size_t i = 0; i < n; i++)
		keep(&p, leaf_of(&p, chance(f, 40), some_type(f), some_shape(f)));
	steps = 3 + below(f, 16);
	for (size_t i = 0; i < steps; i++)
		grow_one(&p);
	n = 1 + below(f, 4);
	for (size_t i = 0; i < n && p.n; i++) {
		mica_var y = p.v[i ? below(f, p.n) : p.n - 1].x;
		bool twice = !y->n_in && chance(f, 85); /* leaves are outputs too, but seldom */
		for (size_t k = 0; k < f->n_outputs; k++)
			twice = twice || f->outputs[k].y == y;
		if (!twice)
			fuzz_output(f, y, seed);
	}
	for (size_t i = first_leaf; i < f->n_leaves; i++)
		if (f->leaves[i].x->op == MICA__VARIABLE && chance(f, 60))
			assign(&p, f->leaves[i].x, seed);
}
