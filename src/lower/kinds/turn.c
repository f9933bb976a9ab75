/* SPDX-License-Identifier: MIT */
/* lower/kinds/turn.c - on CPUs, the transposed form of a stored value where its maker cannot write it beside: what a product needs
   to read A B^T along the rows of B. */
#include "lower/emit.h"

enum { ROW_BLOCK = 128 /* rows of a task: some panels of the result */ };

static bool takes(const mica__plan *p, mica_var x)
{
	if (!p->device.cpu || !mica__swaps_last_two(x) || x->dtype != p->g->real || !mica__in_panels(p, x))
		return false;
	mica_var in = x->in[0], y = mica__stored(p, in);
	return y && mica__shape_last(&y->shape) == mica__shape_last(&in->shape);
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor, in = x->in[0], y = mica__stored(e->p, in);
	int to = e->p->info[x->id].store, from = e->p->info[y->id].store;
	bool panels = e->p->stores[from].form.panel > 0;
	size_t m = in->shape.dim[in->shape.rank - 2], n = mica__shape_last(&in->shape), batch = m ? mica__shape_lead(&in->shape) / m : 0;
	mica__name columns = mica__size(e, n, "g columns");
	g->across = mica__ceil_div(n, mica__panel_width(e->p)) * batch;
	g->along = mica__ceil_div(m, ROW_BLOCK);
	mica__loops(e, out, "skeletons/turn.cl", "cpu", MICA__HOLES(
	            {"to", mica__pointer(e, to).s}, {"to_stride", mica__panel_stride(e, to).s}, {"from", mica__pointer(e, from).s},
	            {"panel", panels ? mica__panel_stride(e, from).s : "PW"}, {"row", panels ? mica__panel_row(e, from) : columns.s}, {"to_row", mica__panel_row(e, to)},
	            {"rows", mica__size(e, m, "g rows").s}, {"columns", columns.s},
	            {"row_block", mica__size(e, ROW_BLOCK, "g row block").s}));
}

const mica__kind mica__turn_kind = {.name = "turn", .takes = takes, .beside = true, .cpu = cpu};
