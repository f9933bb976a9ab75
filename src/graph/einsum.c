/* SPDX-License-Identifier: MIT */
/* graph/einsum.c - products and sums over named axes, made of diagonals, sums, transposes and matrix products.
   Each operand first loses what it has alone: an axis named twice becomes its diagonal, one that nobody else has is summed
   up.  Then operands are taken together from left to right: as one matrix product, for which an operand that lies the other
   way round is a transposed one and not a copy, or, where there are no two matrices, as a product of elements. */
#include "graph/node.h"

#include <string.h>

enum { MOST_OPERANDS = 16, NAMES = 256, UNDER_ELLIPSIS = 128 /* and more: axes without a letter, numbered from the end */ };

typedef struct names {
	size_t n;
	unsigned char at[2 * MICA_MAX_RANK];
} names;

/* A value and the names of its axes. */
typedef struct term {
	mica_var x;
	names axes;
} term;

typedef struct einsum {
	mica_graph *g;
	const char *text; /* for messages */
	size_t n;
	term of[MOST_OPERANDS];
	names out;
	size_t size[NAMES], uses[NAMES]; /* uses: by operands, and by the result */
	size_t hidden;                   /* axes under an ellipsis, of the operand that has most */
	bool ellipsis;                   /* the result has one */
} einsum;

/* ---- names ---- */

static size_t place_of(const names *a, unsigned char name)
{
	size_t i = 0;
	while (i < a->n && a->at[i] != name)
		i++;
	return i;
}

static bool has(const names *a, unsigned char name)
{
	return place_of(a, name) < a->n;
}

static void append(names *a, unsigned char name)
{
	a->at[a->n++] = name;
}

static void append_all(names *a, const names *more)
{
	for (size_t i = 0; i < more->n; i++)
		append(a, more->at[i]);
}

static bool equal(const names *a, const names *b)
{
	return a->n == b->n && !memcmp(a->at, b->at, a->n);
}

static bool fits(einsum *e, const names *a)
{
	if (a->n > MICA_MAX_RANK)
		mica__graph_fail(e->g, MICA_ESHAPE, "einsum \"%s\": a step of it has %zu axes, at most %d; do it in parts", e->text, a->n,
		                 MICA_MAX_RANK);
	return e->g->status == MICA_OK;
}

static mica_shape shape_of(const einsum *e, const names *a)
{
	mica_shape s = {a->n, {0}};
	for (size_t i = 0; i < a->n; i++)
		s.dim[i] = e->size[a->at[i]];
	return s;
}

/* ---- reading the text ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters and dots of one operand or of the result, from *s on.  *gap is the place of the ellipsis, SIZE_MAX without one. */
static bool read_letters(einsum *e, const char **s, names *out, size_t *gap)
{
	*gap = SIZE_MAX;
	for (; **s && **s != ',' && **s != '-'; ++*s) {
		if (**s == ' ')
			continue;
		if (is_letter(**s) && out->n < MICA_MAX_RANK) {
			append(out, (unsigned char)**s);
		} else if (!strncmp(*s, "...", 3) && *gap == SIZE_MAX) {
			*gap = out->n;
			*s += 2;
		} else {
			mica__graph_fail(e->g, MICA_EINVAL, "einsum \"%s\": '%c' at place %zu; letters, one for each of at most %d axes, "
			                 "and one ... are read", e->text, **s, (size_t)(*s - e->text) + 1, MICA_MAX_RANK);
			return false;
		}
	}
	return true;
}

/* Puts the names of n axes without letters where the ellipsis stands. */
static void fill_gap(names *a, size_t gap, size_t n)
{
	memmove(a->at + gap + n, a->at + gap, a->n - gap);
	for (size_t i = 0; i < n; i++)
		a->at[gap + i] = (unsigned char)(UNDER_ELLIPSIS + n - 1 - i);
	a->n += n;
}

/* Notes how long an axis is; under an ellipsis one of size 1 goes with any. */
static bool measure(einsum *e, size_t operand, size_t axis)
{
	const term *t = &e->of[operand];
	unsigned char name = t->axes.at[axis];
	size_t size = t->x->shape.dim[axis], *known = &e->size[name];
	if (!e->uses[name] || (name >= UNDER_ELLIPSIS && *known == 1))
		*known = size;
	else if (size != *known && !(name >= UNDER_ELLIPSIS && size == 1) && name >= UNDER_ELLIPSIS)
		mica__graph_fail(e->g, MICA_ESHAPE, "einsum \"%s\": axis %zu of operand %zu, under the ellipsis, is %zu, in an operand "
		                 "before it %zu; they must be equal or 1", e->text, axis, operand + 1, size, *known);
	else if (size != *known && name < UNDER_ELLIPSIS)
		mica__graph_fail(e->g, MICA_ESHAPE, "einsum \"%s\": %c is %zu in operand %zu, of shape %s, and %zu before; one letter "
		                 "stands for one size", e->text, name, size, operand + 1, mica__shape_text(&t->x->shape), *known);
	e->uses[name] = 1;
	return e->g->status == MICA_OK;
}

static bool read_operand(einsum *e, const char **s, size_t i)
{
	term *t = &e->of[i];
	size_t gap, rank = t->x->shape.rank;
	if (!read_letters(e, s, &t->axes, &gap))
		return false;
	if (gap == SIZE_MAX ? t->axes.n != rank : t->axes.n > rank) {
		mica__graph_fail(e->g, MICA_ESHAPE, "einsum \"%s\": %zu letters for operand %zu of shape %s; one for each axis%s", e->text,
		                 t->axes.n, i + 1, mica__shape_text(&t->x->shape), gap == SIZE_MAX ? ", or ... for some" : "");
		return false;
	}
	if (gap != SIZE_MAX) {
		e->hidden = rank - t->axes.n > e->hidden ? rank - t->axes.n : e->hidden;
		fill_gap(&t->axes, gap, rank - t->axes.n);
	}
	for (size_t k = 0; k < rank; k++)
		if (!measure(e, i, k))
			return false;
	return true;
}

/* What a text without -> means: the axes of the ellipsis, then letters that stand once, in the order of the alphabet. */
static void usual_result(einsum *e)
{
	size_t count[UNDER_ELLIPSIS] = {0};
	for (size_t i = 0; i < e->n; i++)
		for (size_t k = 0; k < e->of[i].axes.n; k++)
			count[e->of[i].axes.at[k] % UNDER_ELLIPSIS] += e->of[i].axes.at[k] < UNDER_ELLIPSIS;
	fill_gap(&e->out, 0, e->hidden);
	for (unsigned char c = 'A'; c <= 'z' && e->out.n < MICA_MAX_RANK + 1; c++)
		if (count[c] == 1)
			append(&e->out, c);
}

static bool read_result(einsum *e, const char **s)
{
	size_t gap;
	if (!**s)
		return usual_result(e), fits(e, &e->out);
	*s += 2;
	if (!read_letters(e, s, &e->out, &gap))
		return false;
	for (size_t i = 0; i < e->out.n; i++) {
		unsigned char c = e->out.at[i];
		if (!e->uses[c] || place_of(&e->out, c) != i)
			mica__graph_fail(e->g, MICA_EINVAL, "einsum \"%s\": %c of the result is %s", e->text, c,
			                 e->uses[c] ? "there twice" : "in no operand");
	}
	if (gap != SIZE_MAX)
		fill_gap(&e->out, gap, e->hidden);
	else if (e->hidden)
		mica__graph_fail(e->g, MICA_EINVAL, "einsum \"%s\": operands have an ellipsis, the result has none; sum these axes first",
		                 e->text);
	if (**s)
		mica__graph_fail(e->g, MICA_EINVAL, "einsum \"%s\": '%s' after the result", e->text, *s);
	return fits(e, &e->out);
}

static bool read_text(einsum *e)
{
	const char *s = e->text;
	for (size_t i = 0; i < e->n; i++) {
		if (!read_operand(e, &s, i))
			return false;
		if (i + 1 < e->n ? *s != ',' : *s && strncmp(s, "->", 2)) {
			mica__graph_fail(e->g, MICA_EINVAL, "einsum \"%s\": %zu operands; their letters are separated by commas, and those of "
			                 "the result follow ->", e->text, e->n);
			return false;
		}
		s += i + 1 < e->n;
	}
	return read_result(e, &s);
}

/* ---- one operand ---- */

static void drop(names *a, size_t k)
{
	memmove(a->at + k, a->at + k + 1, --a->n - k);
}

/* Axes of one name become one. */
static void take_diagonals(term *t)
{
	for (size_t i = 0; i < t->axes.n; i++)
		for (size_t k = i + 1; k < t->axes.n; k++)
			if (t->axes.at[k] == t->axes.at[i]) {
				unsigned char name = t->axes.at[i];
				t->x = mica_op_diagonal(t->x, (int)i, (int)k);
				drop(&t->axes, k);
				drop(&t->axes, i);
				append(&t->axes, name);
				i = SIZE_MAX; /* from the beginning */
				break;
			}
}

/* Axes of size 1 that stand for longer ones go: what lacks an axis is the same all along it. */
static void drop_broadcast(const einsum *e, term *t)
{
	mica_shape s = t->x->shape;
	for (size_t k = t->axes.n; k-- > 0;)
		if (s.dim[k] != e->size[t->axes.at[k]]) {
			memmove(s.dim + k, s.dim + k + 1, (--s.rank - k) * sizeof *s.dim);
			drop(&t->axes, k);
		}
	t->x = mica_op_reshape(t->x, s);
}

static void sum_over(term *t, const names *gone)
{
	uint32_t axes = 0;
	for (size_t k = t->axes.n; k-- > 0;)
		if (has(gone, t->axes.at[k])) {
			axes |= MICA_AXIS(k);
			drop(&t->axes, k);
		}
	t->x = axes ? mica_op_sum(t->x, axes, false) : t->x;
}

static void sum_own(const einsum *e, term *t)
{
	names own = {.n = 0};
	for (size_t k = 0; k < t->axes.n; k++)
		if (e->uses[t->axes.at[k]] == 1)
			append(&own, t->axes.at[k]);
	sum_over(t, &own);
}

static mica_var transposed(const term *t, const names *order)
{
	size_t perm[MICA_MAX_RANK];
	for (size_t k = 0; k < order->n; k++)
		perm[k] = place_of(&t->axes, order->at[k]);
	return equal(&t->axes, order) ? t->x : mica_op_transpose(t->x, perm);
}

/* ---- two operands ---- */

/* What the axes of two operands are to their product. */
typedef struct roles {
	names batch, gone;   /* of both: that stay, that are summed over */
	names left, right;   /* of one alone */
} roles;

static roles roles_of(const einsum *e, const term *a, const term *b)
{
	roles r = {.batch = {.n = 0}};
	for (size_t k = 0; k < a->axes.n; k++) {
		unsigned char c = a->axes.at[k];
		append(!has(&b->axes, c) ? &r.left : e->uses[c] > 2 ? &r.batch : &r.gone, c);
	}
	for (size_t k = 0; k < b->axes.n; k++)
		if (!has(&a->axes, b->axes.at[k]))
			append(&r.right, b->axes.at[k]);
	return r;
}

static mica_shape matrix_shape(const einsum *e, const names *batch, const names *rows, const names *columns)
{
	const names *of[] = {batch, rows, columns};
	mica_shape s = {3, {1, 1, 1}};
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < of[i]->n; k++)
			s.dim[i] *= e->size[of[i]->at[k]];
	if (!batch->n)
		s = (mica_shape){2, {s.dim[1], s.dim[2]}};
	return s;
}

/* t as matrices of rows by columns, one for each of batch: as it lies, or the transpose of how it lies, if it can. */
static mica_var matrices(const einsum *e, const term *t, const names *batch, const names *rows, const names *columns)
{
	names order = *batch, other = *batch;
	append_all(&order, rows);
	append_all(&order, columns);
	append_all(&other, columns);
	append_all(&other, rows);
	if (equal(&t->axes, &other) && !equal(&order, &other))
		return mica_op_transpose(mica_op_reshape(t->x, matrix_shape(e, batch, columns, rows)), NULL);
	return mica_op_reshape(transposed(t, &order), matrix_shape(e, batch, rows, columns));
}

static term by_matrices(einsum *e, const term *a, const term *b, const roles *r)
{
	term y = {.axes = r->batch};
	append_all(&y.axes, &r->left);
	append_all(&y.axes, &r->right);
	if (fits(e, &y.axes))
		y.x = mica_op_matmul(matrices(e, a, &r->batch, &r->left, &r->gone), matrices(e, b, &r->batch, &r->gone, &r->right));
	if (e->g->status == MICA_OK)
		y.x = mica_op_reshape(y.x, shape_of(e, &y.axes));
	return y;
}

/* t with axes of size 1 where order has others. */
static mica_var spread(const einsum *e, const term *t, const names *order)
{
	names own = {.n = 0};
	mica_shape s = {order->n, {0}};
	for (size_t k = 0; k < order->n; k++) {
		bool mine = has(&t->axes, order->at[k]);
		s.dim[k] = mine ? e->size[order->at[k]] : 1;
		if (mine)
			append(&own, order->at[k]);
	}
	return mica_op_reshape(transposed(t, &own), s);
}

/* In the order of the one with more axes, which is read as it lies. */
static term by_elements(einsum *e, const term *a, const term *b, const roles *r)
{
	bool wide = b->axes.n > a->axes.n;
	term y = {.axes = wide ? b->axes : a->axes};
	append_all(&y.axes, wide ? &r->left : &r->right);
	if (!fits(e, &y.axes))
		return y;
	y.x = mica_op_mul(spread(e, a, &y.axes), spread(e, b, &y.axes));
	sum_over(&y, &r->gone);
	return y;
}

/* Whether the result has the first of b's own axes before the first of a's, so that b belongs on the left. */
static bool in_other_order(const einsum *e, const roles *r)
{
	return place_of(&e->out, r->right.at[0]) < place_of(&e->out, r->left.at[0]);
}

static term together(einsum *e, term a, term b)
{
	roles r = roles_of(e, &a, &b);
	bool matrices = r.gone.n && r.left.n && r.right.n && mica__dtype_real(a.x->dtype);
	if (matrices && in_other_order(e, &r)) {
		term c = a;
		a = b, b = c;
		r = roles_of(e, &a, &b);
	}
	for (size_t k = 0; k < r.batch.n; k++)
		e->uses[r.batch.at[k]]--;
	return matrices ? by_matrices(e, &a, &b, &r) : by_elements(e, &a, &b, &r);
}

/* ---- all of them ---- */

/* Who needs an axis, now that each operand has a name once and only axes of full length. */
static void count_uses(einsum *e)
{
	memset(e->uses, 0, sizeof e->uses);
	for (size_t i = 0; i < e->n; i++)
		for (size_t k = 0; k < e->of[i].axes.n; k++)
			e->uses[e->of[i].axes.at[k]]++;
	for (size_t k = 0; k < e->out.n; k++)
		e->uses[e->out.at[k]]++;
}

static mica_var result(einsum *e)
{
	for (size_t i = 0; i < e->n; i++) {
		take_diagonals(&e->of[i]);
		drop_broadcast(e, &e->of[i]);
	}
	count_uses(e);
	for (size_t i = 0; i < e->n; i++)
		sum_own(e, &e->of[i]);
	term y = e->of[0];
	for (size_t i = 1; i < e->n && e->g->status == MICA_OK; i++)
		y = together(e, y, e->of[i]);
	return e->g->status == MICA_OK ? transposed(&y, &e->out) : &e->g->failed;
}

mica_var mica_op_einsum(const char *subscripts, const mica_var *xs, size_t n)
{
	mica_var bad;
	mica_graph *g = mica__operands("einsum", xs, n, &bad);
	if (!g)
		return bad;
	if (!subscripts)
		return mica__graph_fail(g, MICA_EINVAL, "einsum: the subscripts of %zu operands are NULL; write for example \"ij,jk->ik\"",
		                        n);
	if (n > MOST_OPERANDS)
		return mica__graph_fail(g, MICA_EINVAL, "einsum \"%s\": %zu operands, at most %d", subscripts, n, MOST_OPERANDS);
	einsum e = {.g = g, .text = subscripts, .n = n};
	for (size_t i = 0; i < n; i++) {
		e.of[i].x = xs[i];
		if (xs[i]->dtype != xs[0]->dtype)
			return mica__graph_fail(g, MICA_EINVAL, "einsum \"%s\": types %s and %s; cast one of them", subscripts,
			                        mica__dtype_name(xs[0]->dtype), mica__dtype_name(xs[i]->dtype));
	}
	return read_text(&e) ? result(&e) : &g->failed;
}
