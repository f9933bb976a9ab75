/* SPDX-License-Identifier: MIT */
/* lower/rows.c - loops over the rows of a domain that know the rows' coordinates (see emit.h).
   What moves elements is read at coordinates.  To divide a row's number by the sizes of all axes would cost more than the
   element; so loops go along the last of these axes, and divide once at its beginning. */
#include "lower/emit.h"

#include <stdio.h>

static const char file[] = "skeletons/rows.cl";

/* ---- which axes ---- */

/* Whether the value of x at a row needs the row's coordinates. */
static bool needs_coordinates(mica_var x)
{
	const mica_shape *s = &x->shape;
	if (x->op == MICA__IOTA)
		return x->attr.axis + 1 < s->rank;
	if (mica__is_move(x) && !mica__is_pointwise(x))
		return !mica__map_of(x, 0).linear;
	for (size_t i = 0; i < x->n_in && mica__is_pointwise(x); i++) {
		size_t lead = mica__shape_lead(&x->in[i]->shape);
		if (lead != 1 && lead != mica__shape_lead(s))
			return true;
	}
	return false;
}

/* The axes of what x computes for rows that are as many as those of the domain. */
static void find_axes(const mica__emitter *e, mica_var x, size_t rows, mica_shape *best)
{
	if (e->scratch->outer[x->id] == e->scratch->outer_stamp || mica__shape_lead(&x->shape) != rows)
		return;
	e->scratch->outer[x->id] = e->scratch->outer_stamp;
	if (needs_coordinates(x) && x->shape.rank > best->rank)
		*best = x->shape;
	if (mica__is_move(x) && !mica__is_pointwise(x) && !mica__map_of(x, 0).linear)
		return;
	for (size_t i = 0; i < x->n_in; i++)
		if (!mica__from_outside(e, x->in[i]) && !mica__is_reduction(x->in[i]))
			find_axes(e, x->in[i], rows, best);
}

mica_shape mica__axes_of_rows(const mica__emitter *e, size_t rows)
{
	mica_shape best = {0, {0}};
	e->scratch->outer_stamp++;
	for (size_t i = 0; i < e->g->n_roots; i++) {
		mica_var x = e->g->roots[i];
		find_axes(e, mica__is_reduction(x) ? x->in[0] : x, rows, &best);
	}
	mica_shape s = {0, {0}};
	for (size_t i = 0; i + 1 < best.rank; i++)
		if (best.dim[i] != 1)
			s.dim[s.rank++] = best.dim[i];
	return s;
}

/* ---- what is known ---- */

static mica__name named(const char *letter, size_t i)
{
	mica__name n = {.level = MICA__PER_ROW};
	snprintf(n.s, sizeof n.s, "%s%zu", letter, i);
	return n;
}

void mica__know_rows(mica__emitter *e, const char *row, const mica_shape *axes, size_t n_taps)
{
	mica__raster *r = &e->rows;
	*r = (mica__raster){.n = axes->rank, .n_taps = n_taps};
	snprintf(r->row, sizeof r->row, "%s", row);
	for (size_t k = 0; k < r->n; k++) { /* from the last on */
		size_t line = k - n_taps;
		r->axis[k].size = axes->dim[r->n - 1 - k];
		r->axis[k].at = k < n_taps ? named("t", k) : line + 1 == r->n - n_taps && line ? named("l", line - 1) : named("i", line);
		if (k >= n_taps && k + 1 < r->n)
			r->axis[k].before = named("l", line);
	}
}

void mica__made_row(mica__emitter *e, mica_var x, mica__name row, const mica__name *at)
{
	mica__raster r = {.n = 0};
	snprintf(r.row, sizeof r.row, "%s", row.s);
	for (size_t i = x->shape.rank - 1; i-- > 0;)
		if (x->shape.dim[i] != 1)
			r.axis[r.n++] = (mica__digit){.size = x->shape.dim[i], .at = at[i]};
	for (size_t i = 0; i < e->n_made; i++)
		if (!strcmp(e->made[i].row, r.row))
			return;
	if (mica__grow(&e->made, &e->cap_made, e->n_made + 1, sizeof *e->made) == MICA_OK)
		e->made[e->n_made++] = r;
	else if (e->st == MICA_OK)
		e->st = MICA_ENOMEM;
}

static const mica__raster *raster_of(const mica__emitter *e, mica__name lead)
{
	if (e->rows.n && mica__is(lead, e->rows.row))
		return &e->rows;
	for (size_t i = 0; i < e->n_made; i++)
		if (mica__is(lead, e->made[i].row))
			return &e->made[i];
	return NULL;
}

/* The size of the loops' axis k: that of taps stands in the code. */
static mica__name size_of(mica__emitter *e, size_t k)
{
	mica__name n = {.level = MICA__PER_TASK};
	if (k >= e->rows.n_taps)
		return mica__size(e, e->rows.axis[k].size, "g axis %zu", k - e->rows.n_taps);
	snprintf(n.s, sizeof n.s, "%zu", e->rows.axis[k].size);
	return n;
}

/* The coordinate along what axes first..past - 1 are as one; sizes are those of x's dimension of that number. */
static mica__name joined(mica__emitter *e, const mica__raster *r, mica_var x, size_t first, size_t past)
{
	bool loops = r == &e->rows;
	if (past == first + 1)
		return r->axis[first].at;
	if (past == r->n && first && r->axis[first - 1].before.s[0])
		return r->axis[first - 1].before;
	if (loops && !first && past == r->n_taps)
		return mica__literal("k", MICA__PER_ROW);
	mica__name all = r->axis[past - 1].at;
	size_t count = r->axis[past - 1].size;
	for (size_t k = past - 1; k-- > first;) {
		mica__name at = r->axis[k].at;
		const mica__digit *tap = mica__digit_named(e, at);
		mica__name size = loops ? size_of(e, k) : tap && tap < e->rows.axis + e->rows.n_taps ? size_of(e, (size_t)(tap - e->rows.axis))
		                        : mica__extent(e, r->axis[k].size, "n%u of %s.%zu", x->id, r->row, k);
		count *= r->axis[k].size;
		all = mica__count(e, count, mica__deeper(all.level, at.level), "%s%s * %s + %s", MICA__WIDEN(count), all.s, size.s, at.s);
	}
	return all;
}

bool mica__known_coordinates(mica__emitter *e, mica_var x, mica__name lead, mica__name *at)
{
	const mica__raster *found = raster_of(e, lead);
	mica__raster r;
	size_t k = 0;
	if (!found)
		return false;
	r = *found; /* declarations may move it */
	for (size_t i = x->shape.rank ? x->shape.rank - 1 : 0; i-- > 0;) {
		size_t first = k, product = 1;
		at[i] = mica__literal("0", MICA__PER_TASK);
		while (product < x->shape.dim[i] && k < r.n)
			product *= r.axis[k++].size;
		if (product != x->shape.dim[i])
			return false;
		if (k > first)
			at[i] = joined(e, found == &e->rows ? found : &r, x, first, k);
	}
	return k == r.n;
}

const mica__digit *mica__digit_named(const mica__emitter *e, mica__name at)
{
	for (size_t k = 0; k < e->rows.n; k++)
		if (mica__is(at, e->rows.axis[k].at.s))
			return &e->rows.axis[k];
	return NULL;
}

/* ---- loops ---- */

void mica__loop_rows(mica__emitter *e, const char *row, const char *first, const char *past, const char *body, mica__text *out)
{
	const mica__raster *r = &e->rows;
	size_t lines = r->n - r->n_taps;
	mica__text axes = {0};
	if (lines < 2) {
		mica__loops(e, out, file, lines ? "axis" : "plain", MICA__HOLES({"row", row}, {"first", first}, {"past", past}, {"body", body}));
		return;
	}
	for (size_t k = 1; k + 1 < lines; k++)
		mica__text_add(&axes, "const int l%zu = l%zu / %s, i%zu = REST(l%zu, %s);\n", k, k - 1, size_of(e, r->n_taps + k).s, k, k - 1,
		               size_of(e, r->n_taps + k).s);
	mica__loops(e, out, file, "lines", MICA__HOLES({"row", row}, {"first", first}, {"past", past},
	            {"size", size_of(e, r->n_taps).s}, {"axes", mica__text_string(&axes)},
	            {"body", body}));
	mica__done(e, &axes);
}

void mica__loop_taps(mica__emitter *e, size_t count, bool unroll, const char *body, mica__text *out)
{
	const mica__raster *r = &e->rows;
	if (r->n_taps) {
		for (size_t k = r->n_taps; k-- > 0;)
			mica__text_add(out, "%sfor (int t%zu = 0; t%zu < %zu; t%zu++) {\n", unroll ? "#pragma unroll\n" : MICA__ROLLED, k, k,
			               r->axis[k].size, k);
		mica__text_add(out, "int k = t%zu;\n", r->n_taps - 1);
		for (size_t k = r->n_taps - 1; k-- > 0;)
			mica__text_add(out, "k = k * %zu + t%zu;\n", r->axis[k].size, k);
	} else if (unroll) {
		mica__text_add(out, "#pragma unroll\nfor (int k = 0; k < %zu; k++) {\n", count);
	} else {
		mica__text_add(out, MICA__ROLLED "for (int k = 0; k < %zu; k++) {\n", count);
	}
	mica__text_add(out, "%s", body);
	for (size_t k = 0; k < (r->n_taps ? r->n_taps : 1); k++)
		mica__text_add(out, "}\n");
}
