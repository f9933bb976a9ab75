/* SPDX-License-Identifier: MIT */
/* fuzz/pool.c - the values that a random graph grows from: leaves, and what operations made of them.  What the reference finds too
   large, not finite or sensitive to rounding stays out. */
#include "fuzz/grow.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

mica_shape fuzz_shape(fuzz *f)
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

/* Whether what x compares, if it is a comparison of reals, is equal or further apart than a plan may be wrong: a few noisy
   runs do not always show that a tie is near. */
static bool is_decided(fuzz *f, mica_var x)
{
	while (x->op == MICA__CAST && mica__dtype_real(x->in[0]->dtype))
		x = x->in[0];
	if (x->op < MICA__LT || x->op > MICA__NE || !mica__dtype_real(x->in[0]->dtype))
		return true;
	measure m = measure_of(f, mica_op_sub(x->in[0], x->in[1]), 3);
	bool decided = true;
	for (size_t i = 0; i < m.n; i++)
		decided = decided && (m.moved[i] == 0 || fabs(m.exact[i]) > FURTHER * m.moved[i]);
	measure_free(&m);
	return decided;
}

void pool_keep(pool *p, mica_var x)
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
	if (good && is_decided(f, x))
		p->v[p->n++] = (value){x, m.n ? m.low : 0, m.n ? m.high : 0};
	measure_free(&m);
}

const value *pool_pick(pool *p, fitting *fits, const void *with)
{
	for (size_t try = 0; try < 24 && p->n; try++) {
		size_t a = below(p->f, p->n), b = below(p->f, p->n);
		const value *v = &p->v[chance(p->f, 50) && b > a ? b : a];
		if (!fits || fits(v, with))
			return v;
	}
	return NULL;
}

bool is_real(const value *v, const void *with)
{
	(void)with;
	return mica__dtype_real(v->x->dtype);
}

bool is_number(const value *v, const void *with)
{
	(void)with;
	return mica__dtype_describe(v->x->dtype)->class != MICA__CLASS_TRUTH;
}

/* Sums of others wrap too soon to be of use. */
bool has_sums(const value *v, const void *with)
{
	return is_real(v, with) || mica__dtype_computes(v->x->dtype);
}

bool has_axes(const value *v, const void *with)
{
	(void)with;
	return v->x->shape.rank > 0;
}

/* Of a type that products are made of. */
bool has_matrix(const value *v, const void *with)
{
	mica_dtype t = v->x->dtype;
	return v->x->shape.rank > 1 && is_real(v, with) && (t == v->x->g->real || mica__dtype_bytes(t) == 2);
}

bool has_real_space(const value *v, const void *with)
{
	const mica_shape *s = &v->x->shape;
	(void)with;
	return v->x->dtype == v->x->g->real && s->rank > 2 && s->rank <= 2 + MICA_WINDOW_AXES && s->dim[s->rank - 1] > 0;
}

bool fits_beside(const value *v, const void *with)
{
	const value *a = with;
	mica_shape s;
	return v->x->dtype == a->x->dtype && mica__shape_broadcast(&v->x->shape, &a->x->shape, &s) &&
	       mica__shape_count(&s) <= MOST_COUNT * 2;
}

/* A condition for a: exact, so that no noise chooses. */
bool fits_beside_any(const value *v, const void *with)
{
	const value *a = with;
	mica_shape s;
	return a && !mica__dtype_real(v->x->dtype) && mica__shape_broadcast(&v->x->shape, &a->x->shape, &s) &&
	       mica__shape_count(&s) <= MOST_COUNT * 2;
}

bool has_type_and_shape(const value *v, const void *with)
{
	const struct mica_node *x = with;
	return v->x->dtype == x->dtype && mica__shape_equal(&v->x->shape, &x->shape);
}

mica_var pool_leaf(pool *p, bool variable, mica_dtype t, mica_shape s)
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

mica_var pool_weight(pool *p, mica_dtype t, mica_shape s)
{
	mica_var x = fuzz_leaf(p->f, true, t, s, -0.5, 0.5);
	pool_keep(p, x);
	return x;
}

mica_dtype fuzz_type(fuzz *f)
{
	static const mica_dtype others[] = {MICA_I32, MICA_I32, MICA_U8, MICA_I64, MICA_BOOL, MICA_F16, MICA_BF16, MICA_F64};
	mica_dtype t = chance(f, 65) ? f->real : others[below(f, 8)];
	return t != MICA_F64 || mica_context_device(f->ctx)->has_fp64 ? t : f->real;
}

value pool_beside(pool *p, const value *a)
{
	fuzz *f = p->f;
	const value *v = chance(f, 60) ? pool_pick(p, fits_beside, a) : NULL;
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
	mica_var x = pool_leaf(p, chance(f, 30), a->x->dtype, s);
	pool_keep(p, x);
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].x == x)
			return p->v[i];
	return *a;
}

double value_largest(const value *v)
{
	return fmax(fabs(v->low), fabs(v->high));
}

bool steps_elsewhere(pool *p, mica_var x, double at)
{
	measure m = measure_of(p->f, x, 3);
	bool far = true;
	for (size_t i = 0; i < m.n && far; i++)
		far = m.moved[i] == 0 ? m.exact[i] == (double)(float)m.exact[i] : fabs(m.exact[i] - at - rint(m.exact[i] - at)) > 1e-3;
	measure_free(&m);
	return far;
}
