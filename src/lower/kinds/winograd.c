/* SPDX-License-Identifier: MIT */
/* lower/kinds/winograd.c - convolutions of three taps by three with stride 1, their transposes and the gradients of their weights,
   with fewer multiplications, on the loops of cl/winograd_cpu.cl; and the transform of their weights, a node of the plan's own
   (MICA__WINOGRAD) that simplify puts in front of them. */
#include "graph/convolution.h"
#include "lower/kinds/convolution.h"

enum {
	TILES = 40,                               /* of a block, at most: more leave the first-level cache before they are read again */
	RUN = 64,                                 /* channels that lie together, a row of products */
	ROOM = 64,                                /* such rows in a place, at most */
	LEAST_TILES = 16,                         /* of a block, for which a panel of the weights is worth loading */
	LEAST_CHANNELS = 16, MOST_CHANNELS = 256, /* of the source: products of fewer are short, of more few tiles fit into a block */
	ROWS = 16                                 /* channels of a task that transforms weights */
};
static const char file[] = "skeletons/winograd.cl";

static size_t even(size_t n)
{
	return n + n % 2;
}

/* What counts does not depend on the number of images, so that all batches run one program. */
bool mica__winograd_fits(const mica__plan *p, mica_var x)
{
	mica__conv_pass w;
	if (!p->device.cpu || p->without & (MICA_NO_SIMPLIFY | MICA_NO_WINOGRAD) || x->dtype != MICA_F32 ||
	    (x->op != MICA__CONV && x->op != MICA__CONV_DATA && x->op != MICA__CONV_WEIGHT))
		return false;
	w = mica__conv_pass_of(x);
	bool square = w.taps[0] == 1 && w.result[0] == w.source[0] && w.taps[1] == 3 && w.taps[2] == 3;
	for (size_t i = 0; i < MICA__MOST_SPATIAL; i++)
		square = square && w.stride[i] == 1 && w.dilation[i] == 1;
	return square && w.groups == 1 && w.in >= LEAST_CHANNELS && w.in <= MOST_CHANNELS && w.out >= LEAST_CHANNELS &&
	       6 * even(w.result[1]) * even(w.result[2]) <= 9 * w.result[1] * w.result[2]; /* tiles past the ends eat the gain */
}

/* A block of about so many tiles, of which the source's channels fit whole, and some of them when they are packed. */
static mica__conv_block choose_block(const mica__plan *p, const mica__conv_pass *w, size_t tiles)
{
	size_t panel = mica__panel_width(p), room = ROOM / mica__ceil_div(w->in, RUN);
	mica__conv_block b = {.size = {1, 1, 1, 1}};
	for (size_t most = tiles < room ? tiles : room; most; most = most * 3 / 4) {
		b.size[3] = even(mica__even_part(w->result[2], 2 * most));
		b.size[2] = even(mica__even_part(w->result[1], 2 * (2 * most / b.size[3])));
		bool planes = b.size[2] >= w->result[1] && b.size[3] >= w->result[2] && w->result[0] == 1;
		b.size[0] = planes ? mica__even_part(w->images, 4 * most / (b.size[2] * b.size[3])) : 1;
		size_t fit = (MICA__CONV_SCRATCH - 4 * panel) / (b.size[0] * (b.size[2] + 2) * (b.size[3] + 2));
		for (b.channels = w->in < RUN ? w->in : RUN; b.channels > fit; b.channels = b.channels > RUN / 2 ? RUN / 2 : b.channels / 2)
			; /* a part of a run, so that runs are packed apart */
		if (b.channels >= panel || b.channels == w->in)
			break;
	}
	return b;
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__conv_pass w = mica__conv_pass_of(e->g->anchor);
	mica__conv_block b = choose_block(e->p, &w, mica__conv_rows_per_task(e, 4 * LEAST_TILES, 4 * TILES) / 4);
	mica__conv_cpu(e, file, &w, &b, out);
}

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return (x->op == MICA__CONV || x->op == MICA__CONV_DATA) && x->in[1]->op == MICA__WINOGRAD;
}

static void cpu_weight(mica__emitter *e, mica__text *out)
{
	mica__conv_pass w = mica__conv_pass_of(e->g->anchor);
	mica__conv_block b = choose_block(e->p, &w, TILES);
	mica__conv_cpu_weight(e, file, &w, &b, out);
}

static bool takes_weight(const mica__plan *p, mica_var x)
{
	return x->op == MICA__CONV_WEIGHT && mica__winograd_fits(p, x);
}

static void cpu_spread(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	size_t in = x->shape.dim[x->shape.rank - 2];
	g->across = mica__ceil_div(g->columns, mica__panel_width(e->p));
	g->along = mica__ceil_div(in, ROWS);
	mica__matrix from = mica__conv_operand(e, x->in[0]), to = mica__conv_operand(e, x);
	mica__loops(e, out, file, "weights", MICA__HOLES(
	            {"to", to.base.s}, {"panel_to", to.panel.s}, {"row_to", to.row}, {"from", from.base.s}, {"panel_from", from.panel.s},
	            {"row_from", from.row}, {"block", mica__size(e, ROWS, "g row block").s}, {"in", mica__size(e, in, "g in").s},
	            {"columns", mica__columns(e).s}));
}

static bool takes_spread(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__WINOGRAD;
}

static void options(const mica__plan *p, mica__text *out)
{
	if (p->device.cpu)
		mica__text_add(out, " -DMICA_WINOGRAD_TILES=%d -DMICA_WINOGRAD_RUN=%d -DMICA_WINOGRAD_ROOM=%d", TILES, RUN, ROOM);
}

#define SOURCES {"convolution_blocks.cl", "convolution_cpu.cl", "winograd_cpu.cl"}
const mica__kind mica__winograd_kind = {
	.name = "winograd", .takes = takes, .after = true, .vectors = true, .panels = true, .label = mica__conv_label,
	.flops = mica__conv_flops, .options = options, .cpu_sources = SOURCES, .cpu = cpu,
};
const mica__kind mica__winograd_weight_kind = {
	.name = "winograd weight", .takes = takes_weight, .panels = true, .label = mica__conv_label, .flops = mica__conv_flops,
	.cpu_sources = SOURCES, .cpu = cpu_weight,
};
const mica__kind mica__winograd_spread_kind = {
	.name = "spread weights", .takes = takes_spread, .panels = true, .cpu_sources = SOURCES, .cpu = cpu_spread,
};
