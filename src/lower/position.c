/* SPDX-License-Identifier: MIT */
/* lower/position.c - operations that move elements, as OpenCL C (see emit.h): the value of one is that of an input at another
   position, so they cost an address and no memory.  Which position is what the maps of graph/op.h say; no operation is known
   here by name.  A vector stays one where the last coordinate is the same in both, and where rows of whole panels are put together
   or taken apart. */
#include "lower/emit.h"

#include <stdio.h>
#include <string.h>

static const mica__name zero = {"0", MICA__PER_TASK, false, false};

/* ---- coordinates ---- */

static size_t lead_count(mica_var x)
{
	return mica__shape_lead(&x->shape);
}

/* What is left of a number when it is divided by d, which is n. */
static mica__name rest_of(mica__emitter *e, mica__name number, mica__name d, size_t n)
{
	return mica__count(e, n, mica__deeper(number.level, d.level), number.wide && !d.wide ? "(int)REST(%s, %s)" : "REST(%s, %s)", number.s, d.s);
}

void mica__coordinates(mica__emitter *e, mica_var x, mica__name lead, mica__name *at)
{
	mica__name rest = lead;
	size_t left = lead_count(x);
	if (mica__known_coordinates(e, x, lead, at))
		return;
	for (size_t i = x->shape.rank ? x->shape.rank - 1 : 0; i-- > 0;) {
		size_t dim = x->shape.dim[i];
		mica__name d = mica__dimension(e, x, i);
		left = dim ? left / dim : 0;
		if (dim == 1) {
			at[i] = zero;
		} else if (i == 0) {
			at[0] = rest;
		} else {
			uint8_t level = mica__deeper(rest.level, d.level);
			at[i] = rest_of(e, rest, d, dim);
			rest = mica__count(e, left, level, "%s / %s", rest.s, d.s);
		}
	}
}

static mica__name lead_of(mica__emitter *e, mica_var x, const mica__name *at)
{
	mica__name lead = zero;
	size_t count = 1;
	for (size_t i = 0; i + 1 < x->shape.rank; i++) {
		count *= x->shape.dim[i];
		if (x->shape.dim[i] == 1)
			continue;
		if (mica__is(lead, "0")) {
			lead = at[i];
			continue;
		}
		mica__name d = mica__dimension(e, x, i);
		uint8_t level = mica__deeper(mica__deeper(lead.level, at[i].level), d.level);
		lead = mica__is(at[i], "0") ? mica__count(e, count, level, "%s%s * %s", MICA__WIDEN(count), lead.s, d.s)
		                      : mica__count(e, count, level, "%s%s * %s + %s", MICA__WIDEN(count), lead.s, d.s, at[i].s);
	}
	return lead;
}

static mica__name broadcast_lead(mica__emitter *e, mica_var x, mica_var in, mica__name lead)
{
	size_t extra = x->shape.rank - in->shape.rank;
	bool same = in->shape.rank > 0, one = true;
	mica__name at[MICA_MAX_RANK], mine[MICA_MAX_RANK];
	for (size_t i = 0; i + 1 < x->shape.rank; i++) {
		size_t d = i >= extra ? in->shape.dim[i - extra] : 1;
		same = same && d == x->shape.dim[i];
		one = one && d == 1;
	}
	if (one)
		return zero;
	if (same)
		return lead;
	mica__coordinates(e, x, lead, at);
	for (size_t i = 0; i + 1 < in->shape.rank; i++)
		mine[i] = in->shape.dim[i] == 1 ? zero : at[i + extra];
	mica__name row = lead_of(e, in, mine);
	if (in->shape.rank > 2)
		mica__made_row(e, in, row, mine);
	return row;
}

mica__at mica__operand_at(mica__emitter *e, mica_var x, mica_var in, mica__at at)
{
	bool spread = mica__shape_last(&in->shape) == 1 && mica__shape_last(&x->shape) != 1;
	bool one = spread || in->shape.rank == 0;
	return (mica__at){broadcast_lead(e, x, in, at.lead), one ? zero : at.column, at.vector && !one};
}

/* The whole position of x, its last coordinate included (of vectors, their first column or "0"). */
static void whole_position(mica__emitter *e, mica_var x, mica__at at, mica__name *where)
{
	mica__coordinates(e, x, at.lead, where);
	if (x->shape.rank)
		where[x->shape.rank - 1] = at.column;
}

static mica__name at_position(mica__emitter *e, mica_var in, const mica__name *where, bool vector)
{
	size_t rank = in->shape.rank;
	mica__name lead = lead_of(e, in, where);
	if (rank > 2 && !mica__is(lead, "0"))
		mica__made_row(e, in, lead, where);
	return mica__value(e, in, (mica__at){lead, rank ? where[rank - 1] : zero, vector});
}

/* ---- coordinates of an input ---- */

static bool is_long(mica_var x, size_t axis)
{
	return x->shape.dim[axis] > INT32_MAX;
}

/* c where a vector, or an element (n is "1"), of that axis still begins. */
static mica__name clamped(mica__emitter *e, mica__name c, mica_var in, size_t axis, const char *n)
{
	mica__name d = mica__dimension(e, in, axis);
	const char *as = c.wide || d.wide ? "(long)" : "";
	return mica__count(e, in->shape.dim[axis], mica__deeper(c.level, d.level), "%sclamp(%s%s, %s0, %s%s - %s)",
	                   c.wide && !d.wide ? "(int)" : "", as, c.s, as, as, d.s, n);
}

/* A coordinate beyond an end, in the axis. */
static mica__name folded(mica__emitter *e, mica__name c, mica_var in, size_t axis, mica__beyond how)
{
	mica__name d = mica__dimension(e, in, axis);
	uint8_t level = mica__deeper(c.level, d.level);
	size_t n = in->shape.dim[axis];
	switch (how) {
	case MICA__BEYOND_REFLECT:
		return mica__count(e, n, level, "%s < 0 ? -%s : %s < %s ? %s : %s - 2 - (%s - %s)", c.s, c.s, c.s, d.s, c.s, d.s, c.s, d.s);
	case MICA__BEYOND_SYMMETRIC:
		return mica__count(e, n, level, "%s < 0 ? -1 - %s : %s < %s ? %s : %s - 1 - (%s - %s)", c.s, c.s, c.s, d.s, c.s, d.s, c.s, d.s);
	case MICA__BEYOND_WRAP:
		return mica__count(e, n, level, "%s < 0 ? %s + %s : %s < %s ? %s : %s - %s", c.s, c.s, d.s, c.s, d.s, c.s, c.s, d.s);
	default: return clamped(e, c, in, axis, "1");
	}
}

/* A number of the map of x's i-th input along an axis, without its sign. */
static mica__name map_size(mica__emitter *e, mica_var x, size_t i, size_t axis, int64_t n, const char *what)
{
	return mica__extent(e, (size_t)(n < 0 ? -n : n), "n%u.%zu.%zu %s", x->id, i, axis, what);
}

/* The largest number, without its sign, on the way to a coordinate along that axis of x's i-th input. */
static size_t most_on_the_way(mica_var x, const mica__map *m, size_t axis)
{
	size_t from[] = {m->axis[axis].from, m->axis[axis].from2};
	int64_t step[] = {m->axis[axis].step, m->axis[axis].step2}, start = m->axis[axis].start, low = 0, high = 0;
	for (int k = 0; k < 2; k++)
		if (from[k] != MICA__NO_AXIS && x->shape.dim[from[k]]) {
			int64_t last = step[k] * (int64_t)(x->shape.dim[from[k]] - 1);
			*(last < 0 ? &low : &high) += last;
		}
	int64_t all[] = {-low, high, start < 0 ? -start : start, -(low + start), high + start}, most = 0;
	for (size_t k = 0; k < sizeof all / sizeof *all; k++)
		most = all[k] > most ? all[k] : most;
	return (size_t)most;
}

/* sum + c, or sum - c, of numbers up to most. */
static mica__name plus(mica__emitter *e, size_t most, mica__name sum, mica__name c, bool minus)
{
	uint8_t level = mica__deeper(sum.level, c.level);
	if (mica__is(sum, "0"))
		return minus ? mica__count(e, most, level, "-%s", c.s) : c;
	return mica__count(e, most, level, "%s%s %c %s", MICA__WIDEN(most), sum.s, minus ? '-' : '+', c.s);
}

/* start + step * where[from] + step2 * where[from2], along that axis of x's i-th input, for position where of x. */
static mica__name stepped(mica__emitter *e, mica_var x, size_t i, const mica__map *m, size_t axis, const mica__name *where)
{
	size_t from[] = {m->axis[axis].from, m->axis[axis].from2}, most = most_on_the_way(x, m, axis);
	int64_t step[] = {m->axis[axis].step, m->axis[axis].step2}, start = m->axis[axis].start;
	mica__name sum = zero;
	for (int k = 0; k < 2; k++) {
		if (from[k] == MICA__NO_AXIS || mica__is(where[from[k]], "0"))
			continue;
		mica__name c = where[from[k]];
		if (step[k] != 1 && step[k] != -1) {
			mica__name size = map_size(e, x, i, axis, step[k], k ? "step2" : "step");
			c = mica__count(e, most, mica__deeper(c.level, size.level), "%s%s * %s", MICA__WIDEN(most), c.s, size.s);
		}
		sum = plus(e, most, sum, c, step[k] < 0);
	}
	return start ? plus(e, most, sum, map_size(e, x, i, axis, start, "start"), start < 0) : sum;
}

static mica__name input_value(mica__emitter *e, mica_var x, size_t i, const mica__name *where, bool vector, mica__name *inside);

/* A small divisor stands in the code, where compilers make something quicker of it. */
static mica__name divisor_of(mica__emitter *e, mica_var x, size_t i, const mica__map *m, size_t axis)
{
	enum { SMALL = 8 };
	mica__name n = {.level = MICA__PER_TASK};
	if (m->axis[axis].divisor > SMALL)
		return map_size(e, x, i, axis, m->axis[axis].divisor, "divisor");
	snprintf(n.s, sizeof n.s, "%d", (int)m->axis[axis].divisor);
	return n;
}

/* Adds to the condition of a row within the edges that this coordinate is inside for each of its taps; false if taps are not
   all that it varies with in a row. */
static bool within_edges(mica__emitter *e, mica_var x, size_t i, const mica__map *m, size_t axis, const mica__name *where)
{
	size_t from[] = {m->axis[axis].from, m->axis[axis].from2};
	int64_t step[] = {m->axis[axis].step, m->axis[axis].step2}, start = m->axis[axis].start;
	mica__text low = {0}, high = {0}, both = {0};
	bool known = e->within && m->axis[axis].divisor == 1 && most_on_the_way(x, m, axis) <= INT32_MAX && !is_long(x->in[i], axis);
	for (int k = 0; k < 2 && known; k++) {
		if (from[k] == MICA__NO_AXIS || mica__is(where[from[k]], "0"))
			continue;
		const mica__digit *a = mica__digit_named(e, where[from[k]]);
		bool tap = a && a < e->rows.axis + e->rows.n_taps;
		long long last = tap ? (long long)a->size - 1 : 0, s = step[k];
		known = a != NULL;
		if (tap) {
			mica__text_add(&low, " + %lld", s < 0 ? s * last : 0);
			mica__text_add(&high, " + %lld", s < 0 ? 0 : s * last);
		} else if (known) {
			mica__name size = map_size(e, x, i, axis, s, k ? "step2" : "step");
			mica__text_add(&low, " %c %s * %s", s < 0 ? '-' : '+', where[from[k]].s, size.s);
			mica__text_add(&high, " %c %s * %s", s < 0 ? '-' : '+', where[from[k]].s, size.s);
		}
	}
	mica__name s = start ? map_size(e, x, i, axis, start, "start") : zero;
	mica__text_add(&both, " && %c%s%s >= 0 && %c%s%s < %s", start < 0 ? '-' : '+', s.s, mica__text_string(&low), start < 0 ? '-' : '+', s.s,
	               mica__text_string(&high), mica__dimension(e, x->in[i], axis).s);
	if (known && !strstr(mica__text_string(&e->edges), mica__text_string(&both)))
		mica__text_add(&e->edges, "%s", mica__text_string(&both));
	mica__done(e, &low);
	mica__done(e, &high);
	mica__done(e, &both);
	return known;
}

/* inside, if c is in that axis. */
static mica__name still_inside(mica__emitter *e, mica__name inside, mica__name c, mica_var in, size_t axis)
{
	mica__name d = mica__dimension(e, in, axis);
	return mica__declare(e, "const int", mica__deeper(mica__deeper(inside.level, c.level), d.level), "%s && %s >= 0 && %s < %s", inside.s, c.s,
	                     c.s, d.s);
}

/* The coordinate along an axis of the i-th input, which is in it; inside becomes false where the map's is not. */
static mica__name coordinate(mica__emitter *e, mica_var x, size_t i, const mica__map *m, size_t axis, const mica__name *where,
                             mica__name *inside)
{
	mica_var in = x->in[i];
	if (m->axis[axis].indexed) {
		mica__name index = input_value(e, x, 1, where, false, inside);
		return clamped(e, mica__declare(e, "const int", index.level, "%s", index.s), in, axis, "1");
	}
	mica__name c = stepped(e, x, i, m, axis, where);
	if (m->axis[axis].beyond != MICA__BEYOND_NOTHING)
		return folded(e, c, in, axis, m->axis[axis].beyond);
	if (m->axis[axis].divisor != 1) {
		mica__name sum = c, by = divisor_of(e, x, i, m, axis);
		c = mica__count(e, sum.wide ? SIZE_MAX : 0, mica__deeper(sum.level, by.level), "%s / %s", sum.s, by.s);
		*inside = mica__declare(e, "const int", mica__deeper(inside->level, c.level), "%s && %s * %s == %s", inside->s, c.s, by.s,
		                        sum.s);
	}
	if (m->axis[axis].bounded && !within_edges(e, x, i, m, axis, where)) {
		*inside = still_inside(e, *inside, c, in, axis);
		return clamped(e, c, in, axis, "1");
	}
	if (m->axis[axis].bounded) { /* what is made of it holds in this row, whatever it varies with */
		c.level = mica__deeper(c.level, MICA__PER_ROW);
		inside->level = mica__deeper(inside->level, MICA__PER_ROW);
	}
	return c.wide && !is_long(in, axis) ? mica__declare(e, "const int", c.level, "(int)%s", c.s) : c;
}

/* The first column of a vector in x's i-th input, some vectors further on than in x. */
static mica__name shifted(mica__emitter *e, mica_var x, size_t i, const mica__map *m, const mica__name *where, mica__name *inside)
{
	size_t axis = x->in[i]->shape.rank - 1, last = x->shape.rank - 1;
	mica__name at[MICA_MAX_RANK];
	memcpy(at, where, sizeof at);
	if (mica__is(where[last], "0"))
		at[last] = mica__literal("c", MICA__PER_ELEMENT);
	mica__name c = stepped(e, x, i, m, axis, at);
	if (!m->axis[axis].bounded)
		return c;
	*inside = still_inside(e, *inside, c, x->in[i], axis);
	return clamped(e, c, x->in[i], axis, "V");
}

/* What x's i-th input has for position where of x.  A vector's last coordinate is the same in both, or it is shifted. */
static mica__name input_value(mica__emitter *e, mica_var x, size_t i, const mica__name *where, bool vector, mica__name *inside)
{
	mica__map m = mica__map_of(x, i);
	mica__name from[MICA_MAX_RANK];
	for (size_t k = 0; k < x->in[i]->shape.rank; k++)
		if (!vector || k + 1 < x->in[i]->shape.rank)
			from[k] = coordinate(e, x, i, &m, k, where, inside);
		else
			from[k] = mica__keeps_last_axis(x, i) ? where[x->shape.rank - 1] : shifted(e, x, i, &m, where, inside);
	return at_position(e, x->in[i], from, vector);
}

/* ---- one input elsewhere ---- */

/* Element (row, column) of rows of that width: its number among all elements. */
static mica__name element_number(mica__emitter *e, size_t count, mica__name row, mica__name column, mica__name width)
{
	if (mica__is(row, "0"))
		return column;
	return mica__count(e, count, mica__deeper(row.level, column.level), "%s%s * %s + %s", MICA__WIDEN(count), row.s, width.s,
	                   column.s);
}

/* The position in x of its element of that number. */
static mica__at numbered(mica__emitter *e, mica_var x, mica__name number)
{
	size_t last = mica__shape_last(&x->shape);
	if (last == 1)
		return (mica__at){number, zero, false};
	if (lead_count(x) == 1)
		return (mica__at){zero, number, false};
	mica__name d = mica__last(e, x);
	mica__name row = mica__count(e, lead_count(x), number.level, "%s / %s", number.s, d.s);
	return (mica__at){row, rest_of(e, number, d, last), false};
}

mica__at mica__reshaped_at(mica__emitter *e, mica_var x, mica__name row, mica__name column, size_t width)
{
	if (mica__shape_last(&x->shape) == width)
		return (mica__at){row, column, false};
	mica__name w = mica__size(e, width, "g width");
	return numbered(e, x, element_number(e, mica_var_count(x), row, column, w));
}

/* A vector in rows of `last` columns, where the input's are as many whole panels more or less. */
static mica__name regrouped(mica__emitter *e, mica_var x, mica__at at)
{
	mica_var in = x->in[0];
	mica__name first = mica__literal(mica__first_column(&at), MICA__PER_ELEMENT);
	mica__at to = numbered(e, in, element_number(e, mica_var_count(x), at.lead, first, mica__last(e, x)));
	to.vector = true;
	return mica__value(e, in, to);
}

static mica__name reshape(mica__emitter *e, mica_var x, mica__at at)
{
	mica_var in = x->in[0];
	size_t last = mica__shape_last(&x->shape);
	if (last == mica__shape_last(&in->shape))
		return mica__value(e, in, at);
	if (at.vector)
		return regrouped(e, x, at);
	mica__name number = last == 1 ? at.lead : mica__is(at.lead, "0") ? at.column
	                  : element_number(e, mica_var_count(x), at.lead, at.column, mica__last(e, x));
	return mica__value(e, in, numbered(e, in, number));
}

/* Whether the first input has every element. */
static bool covers(mica_var x)
{
	mica__map m = mica__map_of(x, 0);
	bool all = true;
	for (size_t k = 0; k < x->in[0]->shape.rank; k++)
		all = all && !m.axis[k].bounded;
	return all;
}

bool mica__moved(mica__emitter *e, mica_var x, mica__at at, mica__name *out)
{
	mica__name where[MICA_MAX_RANK], inside = zero;
	if (!mica__is_move(x))
		return false;
	if (mica__is_pointwise(x)) {
		*out = mica__value(e, x->in[0], mica__operand_at(e, x, x->in[0], at));
	} else if (mica__map_of(x, 0).linear) {
		*out = reshape(e, x, at);
	} else if (covers(x)) {
		whole_position(e, x, at, where);
		*out = input_value(e, x, 0, where, at.vector, &inside);
	} else {
		return false;
	}
	return true;
}

/* ---- one of the inputs, or a constant ---- */

void mica__chosen(mica__emitter *e, mica_var x, mica__at at, mica__text *out, mica__name *r)
{
	const char *type = mica__type(x->dtype, at.vector);
	mica__name where[MICA_MAX_RANK];
	whole_position(e, x, at, where);
	mica__text_add(out, "(");
	for (size_t i = 0; i < x->n_in; i++) {
		mica__name inside = mica__literal("1", MICA__PER_TASK);
		if (!mica_var_count(x->in[i]))
			continue;
		mica__name v = input_value(e, x, i, where, at.vector, &inside);
		mica__text_add(out, "%s ? (%s)%s : ", inside.s, type, v.s);
		r->level = mica__deeper(mica__deeper(r->level, v.level), inside.level);
	}
	mica__text_add(out, "(%s)(", type);
	mica__constant(mica__map_of(x, 0).otherwise, x->dtype, out);
	mica__text_add(out, "))");
	r->vector = at.vector;
}

bool mica__move_inside(mica__emitter *e, mica_var x, mica__at at, double otherwise, mica__name *inside, mica__name *value)
{
	mica__name where[MICA_MAX_RANK];
	while (x->op == MICA__RESHAPE && !mica__has_storage(e->p, x) && mica__shape_last(&x->shape) == mica__shape_last(&x->in[0]->shape))
		x = x->in[0];
	if (mica__has_storage(e->p, x) || !mica__is_move(x) || mica__is_pointwise(x) || x->n_in != 1 || covers(x) ||
	    mica__map_of(x, 0).otherwise != otherwise || !mica_var_count(x->in[0]))
		return false;
	whole_position(e, x, at, where);
	*inside = mica__literal("1", MICA__PER_TASK);
	*value = input_value(e, x, 0, where, at.vector, inside);
	return true;
}
