/* SPDX-License-Identifier: MIT */
/* lower/emit.c - names, declarations and sizes of the code being written (see emit.h). */
#include "lower/emit.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const mica__name zero = {"0", MICA__PER_TASK, false, false};

mica__name mica__literal(const char *s, mica__level level)
{
	mica__name n = {.level = (uint8_t)level};
	snprintf(n.s, sizeof n.s, "%s", s);
	return n;
}

mica__at mica__at_row(mica__name row)
{
	return (mica__at){row, zero, false};
}

mica__at mica__here(const mica__emitter *e)
{
	return (mica__at){mica__literal("r", MICA__PER_ROW), e->g->vector ? zero : mica__literal("c", MICA__PER_ELEMENT),
	                  e->g->vector};
}

const char *mica__type(mica_dtype t, bool vector)
{
	const mica__dtype_info *info = mica__dtype_describe(mica__dtype_describe(t)->computed);
	return vector ? info->vector : info->memory;
}

void mica__constant(double v, mica_dtype type, mica__text *out)
{
	const mica__dtype_info *info = mica__dtype_describe(mica__dtype_describe(type)->computed);
	char number[40];
	v = mica__dtype_round(type, v);
	if (v == info->least && !mica__dtype_real(type)) /* whose digits alone are no number of the type */
		mica__text_add(out, "%s", info->first);
	else if (!mica__dtype_real(type))
		mica__text_add(out, "%ld%s", (long)v, info->suffix);
	else if (v != v)
		mica__text_add(out, "(%s)NAN", info->memory);
	else if (isinf(v))
		mica__text_add(out, "(%s)%sINFINITY", info->memory, v < 0 ? "-" : "");
	else {
		mica__format(number, sizeof number, "%.*e%s", info->digits > FLT_MANT_DIG ? 17 : 9, v, info->suffix);
		mica__text_add(out, "%s", number);
	}
}

static void no_memory(mica__emitter *e)
{
	if (e->st == MICA_OK)
		e->st = mica__fail(MICA_ENOMEM, "plan: no memory for its code");
}

/* ---- memo ---- */

static uint64_t memo_hash(uint32_t node, const char *key)
{
	return mica__hash(node, key, strlen(key));
}

static const char *key_of(const mica__emitter *e, const mica__memo *m)
{
	return e->keys.s + m->key;
}

static void put_index(mica__emitter *e, size_t i)
{
	size_t mask = e->n_index - 1, at = (size_t)memo_hash(e->memo[i].node, key_of(e, &e->memo[i])) & mask;
	while (e->index[at])
		at = (at + 1) & mask;
	e->index[at] = (uint32_t)i + 1;
}

static void rebuild_index(mica__emitter *e, size_t size)
{
	if (e->keys.failed || !size)
		return;
	if (size != e->n_index) {
		uint32_t *index = mica__alloc(size, sizeof *index);
		if (!index) {
			no_memory(e);
			return;
		}
		mica__free(e->index);
		e->index = index;
		e->n_index = size;
	}
	memset(e->index, 0, e->n_index * sizeof *e->index);
	for (size_t i = 0; i < e->n_memo; i++)
		put_index(e, i);
}

/* The newest of that key. */
mica__name *mica__find(mica__emitter *e, uint32_t node, const char *key)
{
	mica__memo *found = NULL;
	if (!e->n_memo || e->keys.failed)
		return NULL;
	size_t mask = e->n_index - 1;
	for (size_t at = (size_t)memo_hash(node, key) & mask; e->index[at]; at = (at + 1) & mask) {
		mica__memo *m = &e->memo[e->index[at] - 1];
		if (m->node == node && !strcmp(key_of(e, m), key) && (!found || m > found))
			found = m;
	}
	return found ? &found->name : NULL;
}

void mica__add_memo(mica__emitter *e, uint32_t node, const char *key, mica__name name)
{
	size_t at = e->keys.n;
	mica__text_append(&e->keys, key, strlen(key) + 1);
	if (e->keys.failed || mica__grow(&e->memo, &e->cap_memo, e->n_memo + 1, sizeof *e->memo) != MICA_OK) {
		no_memory(e);
		return;
	}
	if (2 * (e->n_memo + 1) > e->n_index)
		rebuild_index(e, e->n_index ? 2 * e->n_index : 128);
	if (e->st != MICA_OK)
		return;
	e->memo[e->n_memo] = (mica__memo){node, at, name};
	put_index(e, e->n_memo++);
}

void mica__normal_position(mica_var x, mica__at *at, char key[56])
{
	if (mica__shape_lead(&x->shape) == 1)
		at->lead = zero;
	if (mica__shape_last(&x->shape) == 1)
		at->column = zero;
	snprintf(key, 56, "%s,%s%s", at->lead.s, at->vector ? "v" : "", at->column.s);
}

void mica__remember(mica__emitter *e, mica_var x, mica__at at, mica__name name)
{
	char key[56];
	mica__normal_position(x, &at, key);
	mica__add_memo(e, x->id, key, name);
}

void mica__forget(mica__emitter *e, mica__level level)
{
	size_t n = 0;
	for (size_t i = 0; i < e->n_memo; i++)
		if (e->memo[i].name.level < level)
			e->memo[n++] = e->memo[i];
	e->n_memo = n;
	rebuild_index(e, e->n_index);
}

/* ---- texts ---- */

mica__text mica__take(mica__emitter *e, mica__level level)
{
	mica__text t = e->text[level];
	e->text[level] = (mica__text){0};
	return t;
}

mica__text mica__take_all(mica__emitter *e)
{
	mica__text all = mica__take(e, MICA__PER_ROW), elements = mica__take(e, MICA__PER_ELEMENT);
	mica__text_append(&all, mica__text_string(&elements), elements.n);
	mica__done(e, &elements);
	return all;
}

void mica__done(mica__emitter *e, mica__text *t)
{
	if (t->failed)
		no_memory(e);
	mica__text_free(t);
}

void mica__loops(mica__emitter *e, mica__text *out, const char *file, const char *section, const mica__hole *holes)
{
	mica_status st = mica__skeleton(out, file, section, holes);
	if (e->st == MICA_OK)
		e->st = st;
}

mica__name mica__declare_named(mica__emitter *e, uint32_t node, const char *key, const char *type, uint8_t level,
                                const char *expression)
{
	mica__name n = {.level = level};
	snprintf(n.s, sizeof n.s, "%c%u", "krx"[level], e->counter++);
	mica__text_add(&e->text[level], "%s %s = %s;\n", type, n.s, expression);
	mica__add_memo(e, node, key, n);
	return n;
}

static mica__name declare(mica__emitter *e, const char *type, mica__level level, const char *fmt, va_list ap)
{
	mica__text expression = {0}, key = {0};
	mica__name n = zero;
	mica__text_addv(&expression, fmt, ap);
	mica__text_add(&key, "%s|%s", type, mica__text_string(&expression));
	if (!expression.failed && !key.failed) {
		mica__name *old = mica__find(e, UINT32_MAX, key.s);
		n = old ? *old : mica__declare_named(e, UINT32_MAX, key.s, type, (uint8_t)level, mica__text_string(&expression));
	}
	mica__done(e, &expression);
	mica__done(e, &key);
	return n;
}

mica__name mica__declare(mica__emitter *e, const char *type, mica__level level, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	mica__name n = declare(e, type, level, fmt, ap);
	va_end(ap);
	return n;
}

mica__name mica__count(mica__emitter *e, size_t most, mica__level level, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	mica__name n = declare(e, most > INT32_MAX ? "const long" : "const int", level, fmt, ap);
	va_end(ap);
	n.wide = most > INT32_MAX;
	return n;
}

/* ---- sizes ---- */

/* A group's slots lie one after the other in the plan's table; which holds what is in the memo, for as long as the group's
   function is written. */
size_t mica__table_slot(mica__emitter *e, int64_t value, const char *key)
{
	mica__name *old = mica__find(e, UINT32_MAX - 1, key);
	if (old)
		return (size_t)strtoul(old->s, NULL, 10);
	mica__plan *p = e->p;
	if (mica__grow(&p->table, &p->cap_table, p->n_table + 1, sizeof *p->table) != MICA_OK) {
		no_memory(e);
		return 0;
	}
	size_t slot = p->n_table - e->g->first_slot;
	mica__name n = {.level = MICA__PER_TASK};
	snprintf(n.s, sizeof n.s, "%zu", slot);
	mica__add_memo(e, UINT32_MAX - 1, key, n);
	p->table[p->n_table++] = value;
	return slot;
}

static mica__name size(mica__emitter *e, size_t value, const char *key, va_list ap)
{
	char text[40];
	vsnprintf(text, sizeof text, key, ap);
	return mica__count(e, value, MICA__PER_TASK, "%so[%zu]", value > INT32_MAX ? "" : "(int)", mica__table_slot(e, (int64_t)value, text));
}

mica__name mica__extent(mica__emitter *e, size_t value, const char *key, ...)
{
	va_list ap;
	va_start(ap, key);
	mica__name n = size(e, value, key, ap);
	va_end(ap);
	return n;
}

mica__name mica__size(mica__emitter *e, size_t value, const char *key, ...)
{
	va_list ap;
	if (value > INT32_MAX && e->st == MICA_OK)
		e->st = mica__fail(MICA_EUNSUPPORTED, "plan: a size of %zu; rows and columns of a kernel are at most 2^31 - 1", value);
	va_start(ap, key);
	mica__name n = size(e, value, key, ap);
	va_end(ap);
	return n;
}

mica__name mica__dimension(mica__emitter *e, mica_var x, size_t axis)
{
	return x->shape.dim[axis] == 1 ? mica__literal("1", MICA__PER_TASK)
	                               : mica__extent(e, x->shape.dim[axis], "n%u.%zu", x->id, axis);
}

mica__name mica__last(mica__emitter *e, mica_var x)
{
	return mica__extent(e, mica__shape_last(&x->shape), "n%u.last", x->id);
}

mica__name mica__rows(mica__emitter *e)
{
	return mica__size(e, e->g->rows, "g rows");
}

mica__name mica__columns(mica__emitter *e)
{
	return mica__size(e, e->g->columns, "g columns");
}

mica__name mica__panels(mica__emitter *e)
{
	return mica__declare(e, "const int", MICA__PER_TASK, "(%s + PW - 1) / PW", mica__columns(e).s);
}

/* ---- memory ---- */

size_t mica__where_slot(mica__emitter *e, int store)
{
	mica__plan *p = e->p;
	char key[40];
	size_t before = p->n_table;
	snprintf(key, sizeof key, "s%d", store);
	size_t slot = mica__table_slot(e, 0, key);
	if (p->n_table == before)
		return slot;
	if (mica__grow(&p->wheres, &p->cap_wheres, p->n_wheres + 1, sizeof *p->wheres) != MICA_OK)
		no_memory(e);
	else
		p->wheres[p->n_wheres++] = (mica__where){before, store};
	return slot;
}

/* A tree of choices by the bits of n, the number of a slab. */
static void choose(mica__text *out, unsigned first, unsigned count)
{
	if (count == 1) {
		mica__text_add(out, "b%u", first);
		return;
	}
	mica__text_add(out, "((w) >> %d & %u ? ", MICA__WORD_BITS, count / 2);
	choose(out, first + count / 2, count / 2);
	mica__text_add(out, " : ");
	choose(out, first, count / 2);
	mica__text_add(out, ")");
}

void mica__choice_of_slab(const mica__plan *p, mica__text *out)
{
	if (p->device.cpu) {
		mica__text_add(out, "typedef struct mica_slabs { global uchar *at[%u]; } mica_slabs;\n", p->n_slabs);
		mica__text_add(out, "#define MICA_SLAB(w) slabs->at[(w) >> %d]\n\n", MICA__WORD_BITS);
		return;
	}
	mica__text_add(out, "#define MICA_SLAB(w) ");
	choose(out, 0, p->n_slabs);
	mica__text_add(out, "\n\n");
}

void mica__kernel_parameters(const mica__plan *p, mica__text *out)
{
	for (unsigned i = 0; i < p->n_slabs; i++)
		mica__text_add(out, "global uchar *b%u, ", i);
	mica__text_add(out, "global const long *o");
}

void mica__parameters(const mica__plan *p, mica__text *out)
{
	if (p->device.cpu)
		mica__text_add(out, "private const mica_slabs *slabs, global const long *o");
	else
		mica__kernel_parameters(p, out);
}

void mica__arguments(const mica__plan *p, const char *table, mica__text *out)
{
	if (p->device.cpu)
		mica__text_add(out, "slabs, ");
	for (unsigned i = 0; i < p->n_slabs && !p->device.cpu; i++)
		mica__text_add(out, "b%u, ", i);
	mica__text_add(out, "%s", table);
}

void mica__slabs(const mica__plan *p, mica__text *out)
{
	mica__text_add(out, "const mica_slabs all = {{");
	for (unsigned i = 0; i < p->n_slabs; i++)
		mica__text_add(out, i ? ", b%u" : "b%u", i);
	mica__text_add(out, "}}, *const slabs = &all;\n");
}
