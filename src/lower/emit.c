/* SPDX-License-Identifier: MIT */
/* lower/emit.c - names, declarations, sizes and memory of the code being written (see emit.h); values are in value.c. */
#include "lower/emit.h"

#include <stdio.h>
#include <string.h>

static const mica__name zero = {"0", MICA__PER_TASK, false};

mica__name mica__literal(const char *s, mica__level level)
{
	mica__name n = {.level = (uint8_t)level};
	snprintf(n.s, sizeof n.s, "%s", s);
	return n;
}

const char *mica__type(mica_dtype t, bool vector)
{
	return mica__dtype_real(t) ? (vector ? "realv" : "real") : vector ? "intv" : "int";
}

/* ---- memo ---- */

mica__name *mica__find(mica__emitter *e, uint32_t node, const char *key)
{
	for (size_t i = e->n_memo; i-- > 0;)
		if (e->memo[i].node == node && !strcmp(e->memo[i].key, key))
			return &e->memo[i].name;
	return NULL;
}

void mica__add_memo(mica__emitter *e, uint32_t node, const char *key, mica__name name)
{
	if (mica__grow(&e->memo, &e->cap_memo, e->n_memo + 1, sizeof *e->memo) != MICA_OK) {
		e->st = MICA_ENOMEM;
		return;
	}
	mica__memo *m = &e->memo[e->n_memo++];
	m->node = node;
	m->name = name;
	snprintf(m->key, sizeof m->key, "%s", key);
}

/* One row has no row number, one column no column number: the same position has one key. */
void mica__normal_position(mica_var x, mica__name *lead, mica__name *column, char key[88], bool vector)
{
	if (mica__shape_lead(&x->shape) == 1)
		*lead = zero;
	if (mica__shape_last(&x->shape) == 1)
		*column = zero;
	snprintf(key, 88, "%s,%s", lead->s, vector ? "v" : column->s);
}

void mica__remember(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector, mica__name name)
{
	char key[88];
	mica__normal_position(x, &lead, &column, key, vector);
	mica__add_memo(e, x->id, key, name);
}

void mica__forget(mica__emitter *e, mica__level level)
{
	size_t n = 0;
	for (size_t i = 0; i < e->n_memo; i++)
		if (e->memo[i].name.level < level)
			e->memo[n++] = e->memo[i];
	e->n_memo = n;
}

mica__text mica__take(mica__emitter *e, mica__level level)
{
	mica__text t = e->text[level];
	e->text[level] = (mica__text){0};
	return t;
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

mica__name mica__declare(mica__emitter *e, const char *type, mica__level level, const char *fmt, ...)
{
	char expression[512], key[88];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(expression, sizeof expression, fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof expression)
		e->st = mica__fail(MICA_EUNSUPPORTED, "codegen: an index expression of %d characters", n);
	snprintf(key, sizeof key, "%.8s|%.78s", type, expression);
	mica__name *old = n < 78 ? mica__find(e, UINT32_MAX, key) : NULL;
	return old ? *old : mica__declare_named(e, UINT32_MAX, key, type, (uint8_t)level, expression);
}

/* ---- sizes and pointers ---- */

struct mica__table_key {
	char text[40];
};

size_t mica__table_slot(mica__plan *p, const mica__group *g, int64_t value, const char *key, mica_status *st)
{
	for (size_t i = g->first_slot; i < p->n_table; i++)
		if (!strcmp(p->keys[i].text, key))
			return i - g->first_slot;
	if (mica__grow(&p->table, &p->cap_table, p->n_table + 1, sizeof *p->table) != MICA_OK ||
	    mica__grow(&p->keys, &p->cap_keys, p->n_table + 1, sizeof *p->keys) != MICA_OK) {
		*st = MICA_ENOMEM;
		return 0;
	}
	snprintf(p->keys[p->n_table].text, sizeof p->keys[0].text, "%s", key);
	p->table[p->n_table] = value;
	return p->n_table++ - g->first_slot;
}

mica__name mica__size(mica__emitter *e, size_t value, const char *key, ...)
{
	char text[40];
	va_list ap;
	va_start(ap, key);
	vsnprintf(text, sizeof text, key, ap);
	va_end(ap);
	if (value > INT32_MAX)
		e->st = mica__fail(MICA_EUNSUPPORTED, "plan: a dimension of %zu; at most 2^31 - 1", value);
	return mica__declare(e, "const int", MICA__PER_TASK, "(int)o[%zu]", mica__table_slot(e->p, e->g, (int64_t)value, text, &e->st));
}

static const char *memory_type(mica_dtype t)
{
	return mica__dtype_describe(t)->memory;
}

mica__name mica__pointer(mica__emitter *e, int store)
{
	const mica__store *t = &e->p->stores[store];
	char key[40], type[40];
	snprintf(key, sizeof key, "s%d", store);
	snprintf(type, sizeof type, "global %s *", memory_type(t->node->dtype));
	return mica__declare(e, type, MICA__PER_TASK, "(%s)(b%u + o[%zu])", type, t->buffer,
	                     mica__table_slot(e->p, e->g, (int64_t)t->offset, key, &e->st));
}

mica__name mica__panel_stride(mica__emitter *e, int store)
{
	const mica__store *t = &e->p->stores[store];
	return mica__size(e, t->rows * mica__panel_width(e->p), "s%d stride", store);
}

mica__name mica__dimension(mica__emitter *e, mica_var x, size_t axis)
{
	return x->shape.dim[axis] == 1 ? mica__literal("1", MICA__PER_TASK)
	                               : mica__size(e, x->shape.dim[axis], "n%u.%zu", x->id, axis);
}

/* ---- memory ---- */

/* Address of (lead, column or vector) in a store seen as rows of `last` columns. */
static void address(mica__emitter *e, int store, mica_var view, mica__name lead, mica__name column, bool vector, char *out,
                    size_t size, uint8_t *level)
{
	const mica__store *t = &e->p->stores[store];
	mica__name base = mica__pointer(e, store);
	size_t last = mica__shape_last(&view->shape);
	char type[40];
	snprintf(type, sizeof type, "global %s *", memory_type(t->node->dtype));
	if (t->panel) {
		mica__name stride = mica__panel_stride(e, store);
		mica__name row = mica__is(lead, "0") ? base : mica__declare(e, type, lead.level, "%s + (size_t)%s * PW", base.s, lead.s);
		*level = vector ? MICA__PER_ELEMENT : mica__deeper(lead.level, column.level);
		if (vector)
			snprintf(out, size, "%s + (size_t)p * %s + h", row.s, stride.s);
		else if (mica__is(column, "0"))
			snprintf(out, size, "%s", row.s);
		else
			snprintf(out, size, "%s + (size_t)(%s / PW) * %s + %s %% PW", row.s, column.s, stride.s, column.s);
		return;
	}
	mica__name row = base;
	if (!mica__is(lead, "0"))
		row = last == 1 ? mica__declare(e, type, lead.level, "%s + %s", base.s, lead.s)
		                : mica__declare(e, type, lead.level, "%s + (size_t)%s * %s", base.s, lead.s,
		                                mica__size(e, last, "n%u.last", view->id).s);
	e->by_rows = e->by_rows || (vector && !mica__is(lead, "0") && last > mica__panel_width(e->p));
	*level = vector ? MICA__PER_ELEMENT : mica__deeper(lead.level, column.level);
	snprintf(out, size, "%s + %s", row.s, vector ? "c" : column.s);
}

/* Fetches what is e->ahead rows from where, a vector of row r, once for each store. */
static void fetch(mica__emitter *e, int store, mica_var view, mica__name lead, bool vector, const char *where)
{
	char key[24];
	snprintf(key, sizeof key, "s%d ahead", store);
	if (!vector || !e->ahead[0] || !mica__is(lead, "r") || mica__find(e, UINT32_MAX, key))
		return;
	mica__add_memo(e, UINT32_MAX, key, zero);
	mica__text_add(&e->text[MICA__PER_ELEMENT], "FETCH_L2(%s + %s * %s);\n", where, e->ahead,
	               e->p->stores[store].panel ? "PW" : mica__size(e, mica__shape_last(&view->shape), "n%u.last", view->id).s);
}

void mica__load(mica__emitter *e, int store, mica_var view, mica__name lead, mica__name column, bool vector, char *out,
                 size_t size, uint8_t *level)
{
	char where[200];
	mica_dtype t = e->p->stores[store].node->dtype;
	address(e, store, view, lead, column, vector, where, sizeof where, level);
	fetch(e, store, view, lead, vector, where);
	if (vector)
		snprintf(out, size, "LOAD%s(%s)", mica__dtype_describe(t)->letter, where);
	else
		snprintf(out, size, "*(%s)", where);
}

void mica__put(mica__emitter *e, mica_var x, mica__name v, mica__name lead, mica__name column, bool vector)
{
	int store = e->p->info[x->id].store;
	const mica__store *t = &e->p->stores[store];
	char where[200];
	uint8_t level;
	mica__level at = vector || !mica__is(column, "0") ? MICA__PER_ELEMENT : (mica__level)mica__deeper(lead.level, MICA__PER_ROW);
	address(e, store, x, lead, column, vector, where, sizeof where, &level);
	fetch(e, store, x, lead, vector, where);
	const char *macro = mica__dtype_describe(t->node->dtype)->letter;
	if (!vector)
		mica__text_add(&e->text[at], "*(%s) = %s;\n", where, v.s);
	else if (t->panel || t->rows == 1)
		mica__text_add(&e->text[at], "STORE%s(%s, (%s)%s);\n", macro, where, mica__type(t->node->dtype, true), v.s);
	else
		mica__text_add(&e->text[at], "STORE%s_PART(%s, (%s)%s, %s - c);\n", macro, where, mica__type(t->node->dtype, true), v.s,
		               mica__size(e, t->columns, "s%d columns", store).s);
}

void mica__parameters(const mica__plan *p, mica__text *out)
{
	for (unsigned i = 0; i < p->n_buffers; i++)
		mica__text_add(out, "global uchar *b%u, ", i);
	mica__text_add(out, "global const long *o");
}

void mica__arguments(const mica__plan *p, const char *table, mica__text *out)
{
	for (unsigned i = 0; i < p->n_buffers; i++)
		mica__text_add(out, "b%u, ", i);
	mica__text_add(out, "%s", table);
}
