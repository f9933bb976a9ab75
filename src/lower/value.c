/* SPDX-License-Identifier: MIT */
/* lower/value.c - values at positions as OpenCL C (see emit.h): loads, elementwise expressions, constants, random numbers.
   Operations that only move elements are in position.c. */
#include "lower/emit.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

static const mica__name zero = {"0", MICA__PER_TASK, false, false};

/* Constants that simplify arithmetic stand in the code; all others in the plan's table, because many depend on the batch
   or the layer, and the code shall not. */
static bool stands_in_code(double v)
{
	return v == 0 || v == 1 || v == -1 || v == 2 || v == 0.5 || v != v || isinf(v);
}

void mica__table_number(mica__emitter *e, double value, mica_dtype t, const char *key, mica__text *out)
{
	int64_t word = 0;
	mica_dtype type = mica__dtype_describe(t)->computed;
	mica__number_put(type, &word, 0, mica__dtype_round(t, value));
	mica__text_add(out, "CONSTANT_%s(o[%zu])", mica__type(type, false), mica__table_slot(e, word, key));
}

static void table_constant(mica__emitter *e, mica_var x, mica__text *out)
{
	char key[40];
	snprintf(key, sizeof key, "n%u value", x->id);
	mica__table_number(e, x->attr.value, x->dtype, key, out);
}

static void fill(mica__emitter *e, mica_var x, mica__text *out)
{
	if (stands_in_code(x->attr.value))
		mica__constant(x->attr.value, x->dtype, out);
	else
		table_constant(e, x, out);
}

void mica__expand(const char *pattern, const mica__name *operand, const char *type, const char *first, bool vector, mica__text *out)
{
	for (const char *s = pattern; *s;) {
		size_t plain = strcspn(s, "$");
		mica__text_append(out, s, plain);
		s += plain;
		if (!*s)
			break;
		size_t i = s[1] >= 'a' ? (size_t)(s[1] - 'a') : 0;
		if (s[1] == 'T' || s[1] == 'A')
			mica__text_add(out, "%s", s[1] == 'T' ? type : first);
		else if (s[1] == 'M')
			mica__text_add(out, vector ? "MASK_%.*s" : "", (int)strlen(type) - 1, type); /* floatv: MASK_float */
		else if (vector && !operand[i].vector)
			mica__text_add(out, "((%s)%s)", i ? type : first, operand[i].s);
		else
			mica__text_add(out, "%s", operand[i].s);
		s += 2;
	}
}

static void elementwise(mica__emitter *e, mica_var x, mica__at at, mica__text *out, mica__name *r)
{
	mica__name v[3];
	for (size_t i = 0; i < x->n_in; i++) {
		v[i] = mica__value(e, x->in[i], mica__operand_at(e, x, x->in[i], at));
		r->vector |= v[i].vector;
		r->level = mica__deeper(r->level, v[i].level);
	}
	mica_dtype first = x->in[0]->dtype;
	mica__expand(mica__op_describe(x->op)->expression, v, mica__type(x->dtype, r->vector), mica__type(first, r->vector), r->vector,
	             out);
}

static void cast(mica__emitter *e, mica_var x, mica__at at, mica__text *out, mica__name *r)
{
	mica__name v = mica__value(e, x->in[0], mica__operand_at(e, x, x->in[0], at));
	r->vector = v.vector;
	r->level = v.level;
	const mica__dtype_info *from = mica__dtype_describe(x->in[0]->dtype), *to = mica__dtype_describe(x->dtype);
	const char *v_or_not = v.vector ? "V" : "", *saturate = "", *narrow = "";
	if (from->class == MICA__CLASS_REAL && to->class == MICA__CLASS_WHOLE)
		saturate = "_SAT";
	if (from->class == MICA__CLASS_REAL && to->class == MICA__CLASS_REAL && from->digits > FLT_MANT_DIG && to->digits < FLT_MANT_DIG)
		narrow = v.vector ? "ODDV" : "ODD"; /* to a float first, but rounded once */
	mica__text_add(out, "TO%s_%s%s(%s(%s))", v_or_not, to->name, saturate, narrow, v.s);
}

static void iota(mica__emitter *e, mica_var x, mica__at at, mica__text *out, mica__name *r)
{
	mica__name where[MICA_MAX_RANK];
	if (x->attr.axis + 1 == x->shape.rank) {
		r->vector = at.vector;
		r->level = at.vector ? MICA__PER_ELEMENT : at.column.level;
		mica__text_add(out, at.vector ? "(%s + LANES)" : "%s", at.vector ? mica__first_column(&at) : at.column.s);
		return;
	}
	mica__coordinates(e, x, at.lead, where);
	r->level = where[x->attr.axis].level;
	mica__text_add(out, "%s", where[x->attr.axis].s);
}

static void random_number(mica__emitter *e, mica_var x, mica__at at, mica__text *out, mica__name *r)
{
	mica__name step = x->n_in ? mica__value(e, x->in[0], mica__at_row(zero)) : zero;
	char key[40];
	r->vector = at.vector;
	r->level = mica__deeper(at.lead.level, at.vector ? MICA__PER_ELEMENT : at.column.level);
	snprintf(key, sizeof key, "n%u stream", x->id);
	size_t stream = mica__table_slot(e, (int64_t)x->attr.random.stream, key);
	snprintf(key, sizeof key, "n%u seed", x->id);
	size_t seed = mica__table_slot(e, (int64_t)x->attr.random.seed, key);
	mica__text_add(out, "%s_%s(%s((uint)%s, (uint)%s, (uint)%s, (uint)o[%zu], (uint)o[%zu], (uint)(o[%zu] >> 32))) * ",
	               at.vector ? "TOV" : "TO", mica__dtype_name(x->dtype), at.vector ? "mica_random_v" : "mica_random",
	               at.vector ? mica__first_column(&at) : at.column.s, at.lead.s, step.s, stream, seed, seed);
	mica__constant(0x1p-24, x->dtype, out);
}

/* The expression of x, whose vector and level are set in r. */
static void expression(mica__emitter *e, mica_var x, mica__at at, const char *key, mica__text *out, mica__name *r)
{
	mica_var y = mica__stored(e->p, x);
	if (y && mica__from_outside(e, y)) {
		mica__load(e, e->p->info[y->id].store, x, at, out, &r->level);
		r->vector = at.vector;
	} else if (mica__is_elementwise(x)) {
		elementwise(e, x, at, out, r);
	} else if (mica__is_move(x)) {
		mica__chosen(e, x, at, out, r);
	} else {
		switch (x->op) {
		case MICA__FILL: fill(e, x, out); break;
		case MICA__IOTA: iota(e, x, at, out, r); break;
		case MICA__STEP: mica__text_add(out, "step"); break;
		case MICA__RANDOM: random_number(e, x, at, out, r); break;
		case MICA__CAST: cast(e, x, at, out, r); break;
		default:
			if (e->st == MICA_OK)
				e->st = mica__fail(MICA_EUNSUPPORTED, "codegen: %s (node %u) at %s is not at hand",
				                   mica__op_describe(x->op)->name, x->id, key);
		}
	}
}

static mica__name declared(mica__emitter *e, mica_var x, mica__at at, const char *key)
{
	mica__name r = {.level = MICA__PER_TASK};
	mica__text out = {0};
	expression(e, x, at, key, &out, &r);
	mica__name n = zero;
	if (e->st == MICA_OK) {
		char type[24];
		snprintf(type, sizeof type, "const %s", mica__type(x->dtype, r.vector));
		n = mica__declare_named(e, x->id, key, type, r.level, mica__text_string(&out));
		n.vector = r.vector;
		mica__name *kept = mica__find(e, x->id, key);
		if (kept)
			kept->vector = r.vector;
	}
	mica__done(e, &out);
	return n;
}

mica__name mica__value_at(mica__emitter *e, mica_var x, mica__at at)
{
	char key[56];
	mica__name r = zero;
	if (e->st != MICA_OK)
		return zero;
	mica__normal_position(x, &at, key);
	mica__name *old = mica__find(e, x->id, key);
	if (old)
		return *old;
	mica_var y = mica__stored(e->p, x);
	if (!(y && mica__from_outside(e, y)) && mica__moved(e, x, at, &r)) {
		mica__add_memo(e, x->id, key, r);
		return r;
	}
	return declared(e, x, at, key);
}
