/* SPDX-License-Identifier: MIT */
/* lower/memory.c - loads and stores of generated code: where in its buffer an element of a stored value is. */
#include "lower/emit.h"

#include <stdio.h>

bool mica__from_outside(const mica__emitter *e, mica_var x)
{
	bool mine = e->p->info[x->id].root && &e->p->groups[e->p->info[x->id].group] == e->g;
	return mica__has_storage(e->p, x) && !mine;
}

static void pointer_type(const mica__store *t, char out[40])
{
	snprintf(out, 40, "global %s *", mica__dtype_describe(t->node->dtype)->memory);
}

mica__name mica__pointer(mica__emitter *e, int store)
{
	const mica__store *t = &e->p->stores[store];
	char type[40], key[40];
	pointer_type(t, type);
	size_t slot = mica__where_slot(e, store);
	if (!t->step_bytes)
		return mica__declare(e, type, MICA__PER_TASK, "(%s)MICA_AT(o[%zu])", type, slot);
	snprintf(key, sizeof key, "s%d step", store);
	size_t bytes = mica__table_slot(e, (int64_t)t->step_bytes, key);
	return mica__declare(e, type, MICA__PER_TASK, "(%s)(MICA_AT(o[%zu]) + (size_t)((step + %s) & %s) * o[%zu])", type, slot,
	                     mica__size(e, t->row, "s%d row", store).s, mica__size(e, t->rows_mask, "s%d rows", store).s, bytes);
}

mica__name mica__panel_stride(mica__emitter *e, int store)
{
	const mica__store *t = &e->p->stores[store];
	return mica__extent(e, t->panel_rows * t->form.panel, "s%d stride", store);
}

const char *mica__panel_row(const mica__emitter *e, int store)
{
	return e->p->stores[store].form.panel == e->p->device.vector_width ? "V" : "PW";
}

/* Address in a store of panels. */
static void panel_address(mica__emitter *e, int store, const char *type, mica__at at, mica__text *out)
{
	mica__name base = mica__pointer(e, store), stride = mica__panel_stride(e, store);
	mica__name row = mica__is(at.lead, "0") ? base
	                                        : mica__declare(e, type, at.lead.level, "%s + (size_t)%s * %s", base.s, at.lead.s,
	                                                        mica__panel_row(e, store));
	if (at.vector && mica__is(at.column, "0"))
		mica__text_add(out, "%s + (size_t)p * %s + h", row.s, stride.s);
	else if (mica__is(at.column, "0"))
		mica__text_add(out, "%s", row.s);
	else
		mica__text_add(out, "%s + (size_t)(%s / PW) * %s + %s %% PW", row.s, at.column.s, stride.s, at.column.s);
}

/* Address in a store of rows as long as those of view. */
static void linear_address(mica__emitter *e, int store, mica_var view, const char *type, mica__at at, mica__text *out)
{
	mica__name row = mica__pointer(e, store);
	size_t last = mica__shape_last(&view->shape);
	if (!mica__is(at.lead, "0"))
		row = last == 1 ? mica__declare(e, type, at.lead.level, "%s + %s", row.s, at.lead.s)
		                : mica__declare(e, type, at.lead.level, "%s + (size_t)%s * %s", row.s, at.lead.s, mica__last(e, view).s);
	e->by_rows = e->by_rows || (at.vector && !mica__is(at.lead, "0") && last > mica__panel_width(e->p));
	mica__text_add(out, "%s + %s", row.s, at.vector ? mica__first_column(&at) : at.column.s);
}

static uint8_t address(mica__emitter *e, int store, mica_var view, mica__at at, mica__text *out)
{
	const mica__store *t = &e->p->stores[store];
	char type[40];
	pointer_type(t, type);
	if (t->form.panel)
		panel_address(e, store, type, at, out);
	else
		linear_address(e, store, view, type, at, out);
	return at.vector ? MICA__PER_ELEMENT : mica__deeper(at.lead.level, at.column.level);
}

/* How many rows ahead of row lead of the view to fetch: e->ahead in loops over rows, or nothing.  In loops over windows that step
   over their source it is what a line of windows steps over, as a line is too short for hardware to see where the next begins; a
   source that a core's cache holds is there already. */
static mica__name rows_ahead(mica__emitter *e, mica_var view, mica__name lead)
{
	enum { CACHED = 1 << 17 /* elements */ };
	const mica__raster *r = &e->rows;
	size_t windows = 1, rows = mica__shape_lead(&view->shape);
	if (!r->n_taps)
		return mica__literal(mica__is(lead, "r") ? e->ahead : "", MICA__PER_TASK);
	for (size_t k = r->n_taps; k < r->n; k++)
		windows *= r->axis[k].size;
	if (r->n == r->n_taps || rows <= windows || mica_var_count(view) <= CACHED)
		return mica__literal("", MICA__PER_TASK);
	return mica__size(e, rows / windows * r->axis[r->n_taps].size, "n%u rows ahead", view->id);
}

/* Fetches what is so many rows from where, a vector, once for each store. */
static void fetch(mica__emitter *e, int store, mica_var view, mica__at at, const char *where)
{
	char key[24];
	snprintf(key, sizeof key, "s%d ahead", store);
	if (!at.vector || mica__find(e, UINT32_MAX, key))
		return;
	mica__name ahead = rows_ahead(e, view, at.lead);
	if (!ahead.s[0])
		return;
	mica__add_memo(e, UINT32_MAX, key, mica__literal("0", MICA__PER_TASK));
	mica__text_add(&e->text[MICA__PER_ELEMENT], "FETCH_L2(%s + %s * %s);\n", where, ahead.s,
	               e->p->stores[store].form.panel ? mica__panel_row(e, store) : mica__last(e, view).s);
}

void mica__load(mica__emitter *e, int store, mica_var view, mica__at at, mica__text *out, uint8_t *level)
{
	mica_dtype type = e->p->stores[store].node->dtype;
	mica__text where = {0};
	*level = address(e, store, view, at, &where);
	fetch(e, store, view, at, mica__text_string(&where));
	if (at.vector)
		mica__text_add(out, "LOAD_%s(%s)", mica__dtype_name(type), mica__text_string(&where));
	else
		mica__text_add(out, "GET_%s(%s)", mica__dtype_name(type), mica__text_string(&where));
	mica__done(e, &where);
}

void mica__put(mica__emitter *e, mica_var x, mica__name v, mica__at at)
{
	int store = e->p->info[x->id].store;
	const mica__store *t = &e->p->stores[store];
	const char *type = mica__dtype_name(t->node->dtype), *vector = mica__type(t->node->dtype, true);
	mica__level level = at.vector || !mica__is(at.column, "0") ? MICA__PER_ELEMENT
	                                                           : (mica__level)mica__deeper(at.lead.level, MICA__PER_ROW);
	mica__text where = {0};
	address(e, store, x, at, &where);
	fetch(e, store, x, at, mica__text_string(&where));
	mica__text *out = &e->text[level];
	if (!at.vector)
		mica__text_add(out, "SET_%s(%s, %s);\n", type, mica__text_string(&where), v.s);
	else if (t->form.panel || (t->rows == 1 && t->whole < 0))
		mica__text_add(out, "STORE_%s(%s, (%s)%s);\n", type, mica__text_string(&where), vector, v.s);
	else
		mica__text_add(out, "STORE_PART_%s(%s, (%s)%s, %s - c);\n", type, mica__text_string(&where), vector, v.s,
		               mica__size(e, t->columns, "s%d columns", store).s);
	mica__done(e, &where);
}
