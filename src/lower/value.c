/* SPDX-License-Identifier: MIT */
/* lower/value.c - values at positions as OpenCL C (see emit.h): elementwise expressions, and operations that move elements,
   which only change the position. */
#include "lower/emit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const mica__name zero = {"0", MICA__PER_TASK, false};

/* ---- positions ---- */

/* Coordinates of row number lead in the leading dimensions of x. */
static void coordinates(mica__emitter *e, mica_var x, mica__name lead, mica__name *at)
{
	size_t n = x->shape.rank ? x->shape.rank - 1 : 0;
	mica__name rest = lead;
	for (size_t i = n; i-- > 0;) {
		mica__name d = mica__dimension(e, x, i);
		if (x->shape.dim[i] == 1) {
			at[i] = zero;
		} else if (i == 0) {
			at[0] = rest;
		} else {
			uint8_t level = mica__deeper(rest.level, d.level);
			at[i] = mica__declare(e, "const int", level, "REST(%s, %s)", rest.s, d.s);
			rest = mica__declare(e, "const int", level, "%s / %s", rest.s, d.s);
		}
	}
}

static mica__name lead_of(mica__emitter *e, mica_var x, const mica__name *at)
{
	mica__name lead = zero;
	for (size_t i = 0; i + 1 < x->shape.rank; i++) {
		if (mica__is(lead, "0")) {
			lead = at[i];
			continue;
		}
		mica__name d = mica__dimension(e, x, i);
		uint8_t level = mica__deeper(mica__deeper(lead.level, at[i].level), d.level);
		lead = mica__is(at[i], "0") ? mica__declare(e, "const int", level, "%s * %s", lead.s, d.s)
		                      : mica__declare(e, "const int", level, "%s * %s + %s", lead.s, d.s, at[i].s);
	}
	return lead;
}

/* Where x at lead reads an operand that is broadcast to it. */
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
	coordinates(e, x, lead, at);
	for (size_t i = 0; i + 1 < in->shape.rank; i++)
		mine[i] = in->shape.dim[i] == 1 ? zero : at[i + extra];
	return lead_of(e, in, mine);
}

/* ---- values ---- */

/* Constants that simplify arithmetic stand in the code; all others in the plan's table, because many depend on the batch
   or the layer, and the code shall not. */
static bool stands_in_code(double v)
{
	return v == 0 || v == 1 || v == -1 || v == 2 || v == 0.5 || v != v || isinf(v);
}

static int64_t float_bits(float v)
{
	uint32_t bits;
	memcpy(&bits, &v, sizeof bits);
	return bits;
}

static void table_constant(mica__emitter *e, mica_var x, char *out, size_t size)
{
	char key[40];
	int64_t bits = (int64_t)x->attr.value;
	if (x->dtype == MICA_F64)
		memcpy(&bits, &x->attr.value, sizeof bits);
	else if (x->dtype == MICA_F32)
		bits = float_bits((float)x->attr.value);
	snprintf(key, sizeof key, "n%u value", x->id);
	size_t slot = mica__table_slot(e->p, e->g, bits, key, &e->st);
	snprintf(out, size, x->dtype == MICA_F64 ? "as_double(o[%zu])" : x->dtype == MICA_F32 ? "as_float((int)o[%zu])" : "(int)o[%zu]", slot);
}

static void constant(mica_var x, char *out, size_t size)
{
	double v = x->attr.value;
	if (x->dtype == MICA_I32 || x->dtype == MICA_U8)
		snprintf(out, size, "%ld", (long)v);
	else if (v != v)
		snprintf(out, size, "(real)NAN");
	else if (isinf(v))
		snprintf(out, size, "(real)%sINFINITY", v < 0 ? "-" : "");
	else if (x->dtype == MICA_F32)
		mica__format(out, size, "R(%.9e)", v);
	else
		mica__format(out, size, "R(%.17e)", v);
}

/* Replaces $a $b $c and $T in an elementwise expression. */
static void expand(const char *pattern, const char *const operand[3], const char *type, char *out, size_t size)
{
	size_t n = 0;
	for (const char *s = pattern; *s && n + 1 < size; s++) {
		if (*s != '$') {
			out[n++] = *s;
			out[n] = 0;
			continue;
		}
		s++;
		const char *with = *s == 'T' ? type : operand[*s - 'a'];
		n += (size_t)snprintf(out + n, size - n, "%s", with);
	}
}

static mica__name operand_value(mica__emitter *e, mica_var x, mica_var in, mica__name lead, mica__name column, bool vector)
{
	bool spread = mica__shape_last(&in->shape) == 1 && mica__shape_last(&x->shape) != 1;
	return mica__value(e, in, broadcast_lead(e, x, in, lead), spread || in->shape.rank == 0 ? zero : column,
	                   vector && !spread && in->shape.rank > 0);
}

static void elementwise(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector, char *out,
                        size_t size, mica__name *r)
{
	char wide[3][96];
	const char *names[3] = {NULL, NULL, NULL};
	mica__name v[3];
	for (size_t i = 0; i < x->n_in; i++) {
		v[i] = operand_value(e, x, x->in[i], lead, column, vector);
		r->vector |= v[i].vector;
		r->level = mica__deeper(r->level, v[i].level);
	}
	const char *type = mica__type(x->dtype, r->vector);
	for (size_t i = 0; i < x->n_in; i++) {
		if (r->vector && !v[i].vector)
			snprintf(wide[i], sizeof wide[i], "((%s)%s)", type, v[i].s);
		else
			snprintf(wide[i], sizeof wide[i], "%s", v[i].s);
		names[i] = wide[i];
	}
	expand(mica__op_describe(x->op)->expression, names, type, out, size);
}

static void cast(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector, char *out, size_t size,
                 mica__name *r)
{
	mica__name v = operand_value(e, x, x->in[0], lead, column, vector);
	r->vector = v.vector;
	r->level = v.level;
	bool to_real = x->dtype == MICA_F32 || x->dtype == MICA_F64;
	if (v.vector)
		snprintf(out, size, to_real ? "CONVERT_R(%s)" : x->dtype == MICA_U8 ? "(CONVERT_I(%s) & 255)" : "CONVERT_I(%s)", v.s);
	else
		snprintf(out, size, to_real ? "(real)%s" : x->dtype == MICA_U8 ? "((int)%s & 255)" : "(int)%s", v.s);
}

static void iota(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector, char *out, size_t size,
                 mica__name *r)
{
	mica__name at[MICA_MAX_RANK];
	if (x->attr.axis + 1 == x->shape.rank) {
		r->vector = vector;
		r->level = vector ? MICA__PER_ELEMENT : column.level;
		snprintf(out, size, "%s", vector ? "(c + LANES)" : column.s);
		return;
	}
	coordinates(e, x, lead, at);
	r->level = at[x->attr.axis].level;
	snprintf(out, size, "%s", at[x->attr.axis].s);
}

static void random_number(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector, char *out,
                          size_t size, mica__name *r)
{
	mica__name step = x->n_in ? mica__value(e, x->in[0], zero, zero, false) : zero;
	r->vector = vector;
	r->level = mica__deeper(lead.level, vector ? MICA__PER_ELEMENT : column.level);
	char key[40];
	snprintf(key, sizeof key, "n%u stream", x->id);
	size_t stream = mica__table_slot(e->p, e->g, (int64_t)x->attr.random.stream, key, &e->st);
	snprintf(key, sizeof key, "n%u seed", x->id);
	size_t seed = mica__table_slot(e->p, e->g, (int64_t)x->attr.random.seed, key, &e->st);
	snprintf(out, size, "%s((uint)%s, (uint)%s, (uint)%s, (uint)o[%zu], (uint)o[%zu], (uint)(o[%zu] >> 32))",
	         vector ? "mica_uniform_v" : "mica_uniform", vector ? "c" : column.s, lead.s, step.s, stream, seed, seed);
}

/* The whole position of x, its last coordinate included (a literal for vectors, where nothing may depend on it). */
static void whole_position(mica__emitter *e, mica_var x, mica__name lead, mica__name column, mica__name *at)
{
	coordinates(e, x, lead, at);
	if (x->shape.rank)
		at[x->shape.rank - 1] = column;
}

static mica__name at_position(mica__emitter *e, mica_var in, const mica__name *at, bool vector)
{
	size_t rank = in->shape.rank;
	return mica__value(e, in, lead_of(e, in, at), rank ? at[rank - 1] : zero, vector);
}

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

static mica__name reshape(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector)
{
	mica_var in = x->in[0];
	size_t last = mica__shape_last(&x->shape), last_in = mica__shape_last(&in->shape);
	if (last == last_in)
		return mica__value(e, in, lead, column, vector);
	mica__name linear = column;
	if (last == 1)
		linear = lead;
	else if (!mica__is(lead, "0"))
		linear = mica__declare(e, "const int", mica__deeper(lead.level, column.level), "%s * %s + %s", lead.s,
		                       mica__size(e, last, "n%u.last", x->id).s, column.s);
	if (last_in == 1)
		return mica__value(e, in, linear, zero, false);
	if (mica__shape_lead(&in->shape) == 1)
		return mica__value(e, in, zero, linear, false);
	mica__name d = mica__size(e, last_in, "n%u.last", in->id);
	mica__name row = mica__declare(e, "const int", linear.level, "%s / %s", linear.s, d.s);
	return mica__value(e, in, row, mica__declare(e, "const int", linear.level, "REST(%s, %s)", linear.s, d.s), false);
}

static mica__name transpose(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector)
{
	mica__name at[MICA_MAX_RANK], from[MICA_MAX_RANK];
	whole_position(e, x, lead, column, at);
	for (size_t i = 0; i < x->shape.rank; i++)
		from[x->attr.perm[i]] = at[i];
	return at_position(e, x->in[0], from, vector);
}

static mica__name slice(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector)
{
	mica__name at[MICA_MAX_RANK];
	whole_position(e, x, lead, column, at);
	for (size_t i = 0; i < x->shape.rank - (vector ? 1 : 0); i++) {
		size_t step = x->attr.slice.step[i];
		if (step > 1) {
			mica__name s = mica__size(e, step, "n%u.%zu step", x->id, i);
			at[i] = mica__declare(e, "const int", mica__deeper(at[i].level, s.level), "%s * %s", at[i].s, s.s);
		}
		at[i] = shifted(e, at[i], (long)x->attr.slice.start[i], "start", x, i);
	}
	return at_position(e, x->in[0], at, vector);
}

static mica__name flip(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector)
{
	mica__name at[MICA_MAX_RANK];
	size_t a = x->attr.axis;
	whole_position(e, x, lead, column, at);
	mica__name d = mica__dimension(e, x, a);
	at[a] = mica__declare(e, "const int", mica__deeper(at[a].level, d.level), "%s - 1 - %s", d.s, at[a].s);
	return at_position(e, x->in[0], at, vector);
}

static void pad(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector, char *out, size_t size,
                mica__name *r)
{
	mica_var in = x->in[0];
	mica__name at[MICA_MAX_RANK], inside = mica__literal("1", MICA__PER_TASK);
	char value[48];
	constant(&(struct mica_node){.dtype = x->dtype, .attr = {.value = x->attr.pad.value}}, value, sizeof value);
	whole_position(e, x, lead, column, at);
	if (!mica_var_count(in)) {
		snprintf(out, size, "%s", value);
		return;
	}
	for (size_t i = 0; i < x->shape.rank - (vector ? 1 : 0); i++) {
		if (x->shape.dim[i] == in->shape.dim[i])
			continue;
		mica__name c = shifted(e, at[i], -(long)x->attr.pad.before[i], "before", x, i), d = mica__dimension(e, in, i);
		at[i] = clamped(e, c, in, i);
		inside = mica__declare(e, "const int", mica__deeper(mica__deeper(inside.level, c.level), d.level), "%s && %s >= 0 && %s < %s",
		                       inside.s, c.s, c.s, d.s);
	}
	mica__name v = at_position(e, in, at, vector);
	r->vector = v.vector;
	r->level = mica__deeper(v.level, inside.level);
	snprintf(out, size, "(%s ? %s : (%s)%s)", inside.s, v.s, mica__type(x->dtype, v.vector), value);
}

static void concat(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector, char *out, size_t size,
                   mica__name *r)
{
	mica__name at[MICA_MAX_RANK], mine[MICA_MAX_RANK];
	size_t a = x->attr.axis, start = 0;
	mica__text t = {0};
	whole_position(e, x, lead, column, at);
	for (size_t i = 0; i < x->n_in; start += x->in[i]->shape.dim[a], i++) {
		if (!x->in[i]->shape.dim[a])
			continue;
		memcpy(mine, at, sizeof mine);
		char key[24];
		snprintf(key, sizeof key, "part %u", (unsigned)i);
		mine[a] = clamped(e, shifted(e, at[a], -(long)start, key, x, a), x->in[i], a);
		mica__name v = at_position(e, x->in[i], mine, vector);
		r->vector |= v.vector;
		r->level = mica__deeper(mica__deeper(r->level, v.level), at[a].level);
		size_t end = start + x->in[i]->shape.dim[a];
		if (end < x->shape.dim[a])
			mica__text_add(&t, "%s < %s ? %s : ", at[a].s, mica__size(e, end, "n%u end %zu", x->id, i).s, v.s);
		else
			mica__text_add(&t, "%s", v.s);
	}
	if (t.n + 3 > size)
		e->st = mica__fail(MICA_EUNSUPPORTED, "concat: %zu inputs in one kernel are too many", x->n_in);
	snprintf(out, size, "(%s)", t.s ? t.s : "0");
	mica__text_free(&t);
}

static mica__name gather(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector)
{
	mica_var table = x->in[0], index = x->in[1];
	mica__name at[MICA_MAX_RANK], from[MICA_MAX_RANK];
	size_t k = index->shape.rank;
	whole_position(e, x, lead, column, at);
	mica__name row = at_position(e, index, at, false);
	row = mica__declare(e, "const int", row.level, "%s", row.s);
	from[0] = clamped(e, row, table, 0);
	for (size_t i = 1; i < table->shape.rank; i++)
		from[i] = at[k + i - 1];
	return at_position(e, table, from, vector);
}

/* Operations whose value is another one's at another position, or a load: no new arithmetic. */
static bool moved(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector, mica__name *out)
{
	switch (x->op) {
	case MICA__STOP_GRADIENT:
	case MICA__BROADCAST: *out = operand_value(e, x, x->in[0], lead, column, vector); return true;
	case MICA__RESHAPE: *out = reshape(e, x, lead, column, vector); return true;
	case MICA__TRANSPOSE: *out = transpose(e, x, lead, column, vector); return true;
	case MICA__SLICE: *out = slice(e, x, lead, column, vector); return true;
	case MICA__FLIP: *out = flip(e, x, lead, column, vector); return true;
	case MICA__GATHER: *out = gather(e, x, lead, column, vector); return true;
	default: return false;
	}
}

mica__name mica__value(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector)
{
	char key[88], out[1200];
	mica__name r = {.level = MICA__PER_TASK};
	if (e->st != MICA_OK)
		return zero;
	mica__normal_position(x, &lead, &column, key, vector);
	mica__name *old = mica__find(e, x->id, key);
	if (old)
		return *old;
	mica_var y = mica__stored(e->p, x);
	if (y && mica__from_outside(e, y)) {
		mica__load(e, e->p->info[y->id].store, x, lead, column, vector, out, sizeof out, &r.level);
		r.vector = vector;
	} else if (moved(e, x, lead, column, vector, &r)) {
		mica__add_memo(e, x->id, key, r);
		return r;
	} else if (mica__is_elementwise(x)) {
		elementwise(e, x, lead, column, vector, out, sizeof out, &r);
	} else {
		switch (x->op) {
		case MICA__FILL:
			if (stands_in_code(x->attr.value))
				constant(x, out, sizeof out);
			else
				table_constant(e, x, out, sizeof out);
			break;
		case MICA__IOTA: iota(e, x, lead, column, vector, out, sizeof out, &r); break;
		case MICA__RANDOM: random_number(e, x, lead, column, vector, out, sizeof out, &r); break;
		case MICA__CAST: cast(e, x, lead, column, vector, out, sizeof out, &r); break;
		case MICA__PAD: pad(e, x, lead, column, vector, out, sizeof out, &r); break;
		case MICA__CONCAT: concat(e, x, lead, column, vector, out, sizeof out, &r); break;
		default:
			e->st = mica__fail(MICA_EUNSUPPORTED, "codegen: %s (node %u) at %s is not at hand", mica__op_describe(x->op)->name,
			                   x->id, key);
			return zero;
		}
	}
	if (strlen(out) + 1 >= sizeof out)
		e->st = mica__fail(MICA_EUNSUPPORTED, "codegen: an expression is too long");
	char type[40];
	snprintf(type, sizeof type, "const %s", mica__type(x->dtype, r.vector));
	mica__name n = mica__declare_named(e, x->id, key, type, r.level, out);
	n.vector = e->memo[e->n_memo - 1].name.vector = r.vector;
	return n;
}

