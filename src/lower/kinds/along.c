/* SPDX-License-Identifier: MIT */
/* lower/kinds/along.c - scatter_along: elements added, in their order, at an index for each along an axis of (outer, n, inner).
   On CPUs a task makes some lines of the result, on GPUs a work-item one element of it, which looks at all that may be added. */
#include "lower/emit.h"

enum { LINES = 32 /* side by side, that a task on a CPU adds up */ };
static const char file[] = "skeletons/along.cl";

/* (outer, n, inner), to which `size` in place of n are made. */
typedef struct axis {
	size_t outer, n, inner, size;
} axis;

static axis axis_of(mica_var x)
{
	const mica_shape *s = &x->in[0]->shape;
	size_t k = x->attr.along.axis;
	axis a = {1, s->dim[k], 1, x->shape.dim[k]};
	for (size_t i = 0; i < s->rank; i++)
		*(i < k ? &a.outer : &a.inner) *= i == k ? 1 : s->dim[i];
	return a;
}

static mica__name here(const char *s)
{
	return mica__literal(s, MICA__PER_ELEMENT);
}

/* The element of x in row `row` of all, of `inner` elements each. */
static mica__at in_line(mica__emitter *e, mica_var x, const char *row)
{
	return mica__reshaped_at(e, x, here(row), here("i"), axis_of(e->g->anchor).inner);
}

static mica__text taken(mica__emitter *e)
{
	mica__text t = mica__take_all(e);
	mica__forget(e, MICA__PER_ROW);
	return t;
}

/* x = 0, or x += v, at the place `to`. */
static mica__text put_sum(mica__emitter *e, mica_var x, const char *v)
{
	mica__at at = in_line(e, x, "to");
	mica__name sum = here("0");
	if (v) {
		mica__text old = {0};
		uint8_t level;
		mica__load(e, e->p->info[x->id].store, x, at, &old, &level);
		sum = mica__declare(e, mica__type(x->dtype, false), MICA__PER_ELEMENT, "%s + %s", mica__text_string(&old), v);
		mica__done(e, &old);
	}
	mica__put(e, x, sum, at);
	return taken(e);
}

/* Text that declares what x has in row `from`, as name. */
static mica__text value_from(mica__emitter *e, mica_var x, const char *name)
{
	mica__name v = mica__value(e, x, in_line(e, x, "from"));
	mica__text_add(&e->text[MICA__PER_ELEMENT], "const %s %s = %s;\n", mica__type(x->dtype, false), name, v.s);
	return taken(e);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	axis a = axis_of(x);
	size_t most = (a.size > a.n ? a.size : a.n) * LINES;
	size_t block = most < MICA__TASK_ELEMENTS ? mica__ceil_div(MICA__TASK_ELEMENTS, most + 1) : 1;
	block = mica__ceil_div(a.outer, block) < 2 * e->p->device.workers ? 1 : block;
	g->across = mica__ceil_div(a.outer, block);
	g->along = mica__ceil_div(a.inner, LINES);
	mica__text zero = put_sum(e, x, NULL), index = value_from(e, x->in[1], "at"), value = value_from(e, x->in[0], "v"),
	           add = put_sum(e, x, "v");
	mica__loops(e, out, file, "cpu", MICA__HOLES({"outer", mica__size(e, a.outer, "g outer").s},
	            {"inner", mica__size(e, a.inner, "g inner").s}, {"size", mica__size(e, a.size, "g size").s},
	            {"n", mica__size(e, a.size ? a.n : 0, "g along").s}, {"block", mica__size(e, block, "g block").s},
	            {"zero", mica__text_string(&zero)}, {"index", mica__text_string(&index)}, {"value", mica__text_string(&value)},
	            {"add", mica__text_string(&add)}));
	mica__done(e, &zero);
	mica__done(e, &index);
	mica__done(e, &value);
	mica__done(e, &add);
}

static void simt(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	axis a = axis_of(x);
	size_t results = mica__count_elements(e, a.outer * a.size, a.inner);
	g->across = mica__ceil_div(results, e->p->device.group_size);
	g->along = 1;
	mica__text index = value_from(e, x->in[1], "at"), value = value_from(e, x->in[0], "v");
	mica__put(e, x, here("sum"), in_line(e, x, "to"));
	mica__text put = taken(e);
	mica__loops(e, out, file, "simt", MICA__HOLES({"type", mica__type(x->dtype, false)},
	            {"results", mica__size(e, results, "g results").s}, {"inner", mica__size(e, a.inner, "g inner").s},
	            {"size", mica__size(e, a.size, "g size").s}, {"n", mica__size(e, a.n, "g along").s},
	            {"index", mica__text_string(&index)}, {"value", mica__text_string(&value)}, {"put", mica__text_string(&put)}));
	mica__done(e, &index);
	mica__done(e, &value);
	mica__done(e, &put);
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__SCATTER_ALONG;
}

const mica__kind mica__along_kind = {.name = "add along", .takes = takes, .cpu = cpu, .simt = simt};
