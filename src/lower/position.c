/* SPDX-License-Identifier: MIT */
/* lower/position.c - operations that move elements, as OpenCL C (see emit.h): the value of one is that of an input at another
   position, so they cost an address and no memory.  A vector stays one where the last coordinate is the same in both. */
#include "lower/emit.h"

#include <stdio.h>

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

/* ---- steps along an axis ---- */

static mica__name shifted(mica__emitter *e, mica__name c, long by, const char *key, mica_var x, size_t axis)
{
	if (!by)
		return c;
	mica__name d = mica__size(e, (size_t)(by < 0 ? -by : by), "n%u.%zu %s", x->id, axis, key);
	return mica__declare(e, "const int", mica__deeper(c.level, d.level), "%s %c %s", c.s, by < 0 ? '-' : '+', d.s);
}

static mica__name clamped(mica__emitter *e, mica__name c, mica_var in, size_t axis)
{
	mica__name d = mica__dimension(e, in, axis);
	return mica__declare(e, "const int", mica__deeper(c.level, d.level), "clamp(%s, 0, %s - 1)", c.s, d.s);
}

/* Coordinates that a vector leaves alone: all but the last. */
static size_t moving_axes(mica_var x, bool vector)
{
	return x->shape.rank - (vector ? 1 : 0);
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

static mica__name transpose(mica__emitter *e, mica_var x, mica__at at)
{
	mica__name where[MICA_MAX_RANK], from[MICA_MAX_RANK];
	whole_position(e, x, at, where);
	for (size_t i = 0; i < x->shape.rank; i++)
		from[x->attr.perm[i]] = where[i];
	return at_position(e, x->in[0], from, at.vector);
}

static mica__name slice(mica__emitter *e, mica_var x, mica__at at)
{
	mica__name where[MICA_MAX_RANK];
	whole_position(e, x, at, where);
	for (size_t i = 0; i < moving_axes(x, at.vector); i++) {
		size_t step = x->attr.slice.step[i];
		if (step > 1) {
			mica__name s = mica__size(e, step, "n%u.%zu step", x->id, i);
			where[i] = mica__declare(e, "const int", mica__deeper(where[i].level, s.level), "%s * %s", where[i].s, s.s);
		}
		where[i] = shifted(e, where[i], (long)x->attr.slice.start[i], "start", x, i);
	}
	return at_position(e, x->in[0], where, at.vector);
}

static mica__name flip(mica__emitter *e, mica_var x, mica__at at)
{
	mica__name where[MICA_MAX_RANK];
	size_t a = x->attr.axis;
	whole_position(e, x, at, where);
	mica__name d = mica__dimension(e, x, a);
	where[a] = mica__declare(e, "const int", mica__deeper(where[a].level, d.level), "%s - 1 - %s", d.s, where[a].s);
	return at_position(e, x->in[0], where, at.vector);
}

static mica__name gather(mica__emitter *e, mica_var x, mica__at at)
{
	mica_var table = x->in[0], index = x->in[1];
	mica__name where[MICA_MAX_RANK], from[MICA_MAX_RANK];
	size_t k = index->shape.rank;
	whole_position(e, x, at, where);
	mica__name row = at_position(e, index, where, false);
	row = mica__declare(e, "const int", row.level, "%s", row.s);
	from[0] = clamped(e, row, table, 0);
	for (size_t i = 1; i < table->shape.rank; i++)
		from[i] = where[k + i - 1];
	return at_position(e, table, from, at.vector);
}

bool mica__moved(mica__emitter *e, mica_var x, mica__at at, mica__name *out)
{
	switch (x->op) {
	case MICA__STOP_GRADIENT:
	case MICA__BROADCAST: *out = mica__value(e, x->in[0], mica__operand_at(e, x, x->in[0], at)); return true;
	case MICA__RESHAPE: *out = reshape(e, x, at); return true;
	case MICA__TRANSPOSE: *out = transpose(e, x, at); return true;
	case MICA__SLICE: *out = slice(e, x, at); return true;
	case MICA__FLIP: *out = flip(e, x, at); return true;
	case MICA__GATHER: *out = gather(e, x, at); return true;
	default: return false;
	}
}

/* ---- an input or something else ---- */

void mica__padded(mica__emitter *e, mica_var x, mica__at at, mica__text *out, mica__name *r)
{
	mica_var in = x->in[0];
	mica__name where[MICA_MAX_RANK], inside = mica__literal("1", MICA__PER_TASK);
	if (!mica_var_count(in)) {
		mica__constant(x->attr.pad.value, x->dtype, out);
		return;
	}
	whole_position(e, x, at, where);
	for (size_t i = 0; i < moving_axes(x, at.vector); i++) {
		if (x->shape.dim[i] == in->shape.dim[i])
			continue;
		mica__name c = shifted(e, where[i], -(long)x->attr.pad.before[i], "before", x, i), d = mica__dimension(e, in, i);
		where[i] = clamped(e, c, in, i);
		inside = mica__declare(e, "const int", mica__deeper(mica__deeper(inside.level, c.level), d.level),
		                       "%s && %s >= 0 && %s < %s", inside.s, c.s, c.s, d.s);
	}
	mica__name v = at_position(e, in, where, at.vector);
	r->vector = v.vector;
	r->level = mica__deeper(v.level, inside.level);
	mica__text_add(out, "(%s ? %s : (%s)", inside.s, v.s, mica__type(x->dtype, v.vector));
	mica__constant(x->attr.pad.value, x->dtype, out);
	mica__text_add(out, ")");
}

void mica__joined(mica__emitter *e, mica_var x, mica__at at, mica__text *out, mica__name *r)
{
	mica__name where[MICA_MAX_RANK], mine[MICA_MAX_RANK];
	size_t a = x->attr.axis, start = 0;
	whole_position(e, x, at, where);
	mica__text_add(out, "(");
	for (size_t i = 0; i < x->n_in; start += x->in[i]->shape.dim[a], i++) {
		if (!x->in[i]->shape.dim[a])
			continue;
		memcpy(mine, where, sizeof mine);
		char key[24];
		snprintf(key, sizeof key, "part %u", (unsigned)i);
		mine[a] = clamped(e, shifted(e, where[a], -(long)start, key, x, a), x->in[i], a);
		mica__name v = at_position(e, x->in[i], mine, at.vector);
		r->vector |= v.vector;
		r->level = mica__deeper(mica__deeper(r->level, v.level), where[a].level);
		size_t end = start + x->in[i]->shape.dim[a];
		if (end < x->shape.dim[a])
			mica__text_add(out, "%s < %s ? %s : ", where[a].s, mica__size(e, end, "n%u end %zu", x->id, i).s, v.s);
		else
			mica__text_add(out, "%s", v.s);
	}
	mica__text_add(out, x->shape.dim[a] ? ")" : "0)");
}
