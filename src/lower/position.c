/* SPDX-License-Identifier: MIT */
/* lower/position.c - operations that move elements, as OpenCL C (see emit.h): the value of one is that of an input at another
   position, so they cost an address and no memory.  Which position is what the maps of graph/op.h say; no operation is known
   here by name.  A vector stays one where the last coordinate is the same in both. */
#include "lower/emit.h"

static const mica__name zero = {"0", MICA__PER_TASK, false, false};

/* ---- coordinates ---- */

static size_t lead_count(mica_var x)
{
	return mica__shape_lead(&x->shape);
}

void mica__coordinates(mica__emitter *e, mica_var x, mica__name lead, mica__name *at)
{
	mica__name rest = lead;
	size_t left = lead_count(x);
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
			at[i] = mica__count(e, dim, level, rest.wide ? "(int)REST(%s, %s)" : "REST(%s, %s)", rest.s, d.s);
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
	return lead_of(e, in, mine);
}

mica__at mica__operand_at(mica__emitter *e, mica_var x, mica_var in, mica__at at)
{
	bool spread = mica__shape_last(&in->shape) == 1 && mica__shape_last(&x->shape) != 1;
	bool one = spread || in->shape.rank == 0;
	return (mica__at){broadcast_lead(e, x, in, at.lead), one ? zero : at.column, at.vector && !one};
}

/* The whole position of x, its last coordinate included (which means nothing for vectors). */
static void whole_position(mica__emitter *e, mica_var x, mica__at at, mica__name *where)
{
	mica__coordinates(e, x, at.lead, where);
	if (x->shape.rank)
		where[x->shape.rank - 1] = at.column;
}

static mica__name at_position(mica__emitter *e, mica_var in, const mica__name *where, bool vector)
{
	size_t rank = in->shape.rank;
	return mica__value(e, in, (mica__at){lead_of(e, in, where), rank ? where[rank - 1] : zero, vector});
}

/* ---- coordinates of an input ---- */

static mica__name clamped(mica__emitter *e, mica__name c, mica_var in, size_t axis)
{
	mica__name d = mica__dimension(e, in, axis);
	return mica__declare(e, "const int", mica__deeper(c.level, d.level), "clamp(%s, 0, %s - 1)", c.s, d.s);
}

/* A coordinate beyond an end, in the axis. */
static mica__name folded(mica__emitter *e, mica__name c, mica_var in, size_t axis, mica__beyond how)
{
	mica__name d = mica__dimension(e, in, axis);
	uint8_t level = mica__deeper(c.level, d.level);
	switch (how) {
	case MICA__BEYOND_REFLECT:
		return mica__declare(e, "const int", level, "%s < 0 ? -%s : %s < %s ? %s : 2 * %s - 2 - %s", c.s, c.s, c.s, d.s, c.s, d.s, c.s);
	case MICA__BEYOND_SYMMETRIC:
		return mica__declare(e, "const int", level, "%s < 0 ? -1 - %s : %s < %s ? %s : 2 * %s - 1 - %s", c.s, c.s, c.s, d.s, c.s, d.s, c.s);
	case MICA__BEYOND_WRAP:
		return mica__declare(e, "const int", level, "%s < 0 ? %s + %s : %s < %s ? %s : %s - %s", c.s, c.s, d.s, c.s, d.s, c.s, c.s, d.s);
	default: return clamped(e, c, in, axis);
	}
}

/* start + step * c, along that axis of x's i-th input. */
static mica__name stepped(mica__emitter *e, mica_var x, size_t i, size_t axis, mica__name c, int64_t start, int64_t step)
{
	if (step != 1 && step != -1) {
		mica__name s = mica__size(e, (size_t)(step < 0 ? -step : step), "n%u.%zu.%zu step", x->id, i, axis);
		c = mica__declare(e, "const int", mica__deeper(c.level, s.level), "%s * %s", c.s, s.s);
	}
	if (step > 0 && !start)
		return c;
	mica__name s = mica__size(e, (size_t)(start < 0 ? -start : start), "n%u.%zu.%zu start", x->id, i, axis);
	const char *sign = start < 0 ? "-" : "";
	uint8_t level = mica__deeper(c.level, s.level);
	return step < 0 ? mica__declare(e, "const int", level, "%s%s - %s", sign, s.s, c.s)
	                : mica__declare(e, "const int", level, "%s %c %s", c.s, start < 0 ? '-' : '+', s.s);
}

static mica__name input_value(mica__emitter *e, mica_var x, size_t i, const mica__name *where, bool vector, mica__name *inside);

/* The coordinate along an axis of the i-th input, which is in it; inside becomes false where the map's is not. */
static mica__name coordinate(mica__emitter *e, mica_var x, size_t i, const mica__map *m, size_t axis, const mica__name *where,
                             mica__name *inside)
{
	mica_var in = x->in[i];
	if (m->axis[axis].indexed) {
		mica__name index = input_value(e, x, 1, where, false, inside);
		return clamped(e, mica__declare(e, "const int", index.level, "%s", index.s), in, axis);
	}
	mica__name c = m->axis[axis].from == MICA__NO_AXIS ? zero : where[m->axis[axis].from];
	c = stepped(e, x, i, axis, c, m->axis[axis].start, m->axis[axis].from == MICA__NO_AXIS ? 1 : m->axis[axis].step);
	if (m->axis[axis].beyond != MICA__BEYOND_NOTHING)
		return folded(e, c, in, axis, m->axis[axis].beyond);
	if (!m->axis[axis].bounded)
		return c;
	mica__name d = mica__dimension(e, in, axis);
	*inside = mica__declare(e, "const int", mica__deeper(mica__deeper(inside->level, c.level), d.level),
	                        "%s && %s >= 0 && %s < %s", inside->s, c.s, c.s, d.s);
	return clamped(e, c, in, axis);
}

/* What x's i-th input has for position where of x.  A vector's last coordinate is the same in both. */
static mica__name input_value(mica__emitter *e, mica_var x, size_t i, const mica__name *where, bool vector, mica__name *inside)
{
	mica__map m = mica__map_of(x, i);
	mica__name from[MICA_MAX_RANK];
	for (size_t k = 0; k < x->in[i]->shape.rank; k++)
		from[k] = vector && k + 1 == x->in[i]->shape.rank ? zero : coordinate(e, x, i, &m, k, where, inside);
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
	mica__name column = mica__count(e, last, number.level, number.wide ? "(int)REST(%s, %s)" : "REST(%s, %s)", number.s, d.s);
	return (mica__at){row, column, false};
}

mica__at mica__reshaped_at(mica__emitter *e, mica_var x, mica__name row, mica__name column, size_t width)
{
	if (mica__shape_last(&x->shape) == width)
		return (mica__at){row, column, false};
	mica__name w = mica__size(e, width, "g width");
	return numbered(e, x, element_number(e, mica_var_count(x), row, column, w));
}

static mica__name reshape(mica__emitter *e, mica_var x, mica__at at)
{
	mica_var in = x->in[0];
	size_t last = mica__shape_last(&x->shape);
	if (last == mica__shape_last(&in->shape))
		return mica__value(e, in, at);
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
