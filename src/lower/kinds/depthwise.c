/* SPDX-License-Identifier: MIT */
/* lower/kinds/depthwise.c - convolutions of every channel by itself, their transposes and the gradients of their weights: no
   products, but sums of neighbours, which are bound by memory. */
#include "graph/convolution.h"
#include "lower/kinds/convolution.h"

enum {
	LINE = 256,       /* of cl/depthwise_cpu.cl: pixels of a block */
	LEAST_PIXELS = 48 /* of one, so that lines above are in the cache when they are read again */
};
static const char file[] = "skeletons/depthwise.cl";

static mica__conv_block block_of(const mica__conv_pass *w, size_t most)
{
	mica__conv_block b = {.channels = 1};
	mica__conv_set_box(w, most < LEAST_PIXELS ? LEAST_PIXELS : most < LINE ? most : LINE, b.size);
	return b;
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	mica__conv_pass w = mica__conv_pass_of(x);
	mica__conv_block b = block_of(&w, mica__ceil_div(g->rows, MICA__CONV_TASKS * e->p->device.workers));
	size_t n_panels = mica__ceil_div(g->columns, mica__panel_width(e->p));
	char numbers[24];
	g->across = mica__conv_blocks(&w, &b);
	size_t part = mica__conv_panels_per_task(e, n_panels, g->across);
	g->along = mica__ceil_div(n_panels, part);
	mica__conv_put_table(e, &w, &b, x->in[0], numbers);
	mica__name source = mica__conv_operand(e, x->in[0]).base, panels = mica__panels(e);
	mica__matrix v = mica__conv_operand(e, x->in[1]);
	mica__remember(e, x, mica__here(e), (mica__name){"product", MICA__PER_ELEMENT, true, false});
	mica__put_elements(e, mica__here(e));
	mica__text body = mica__take(e, MICA__PER_ELEMENT), row = mica__take(e, MICA__PER_ROW), result = {0};
	char row_to[24];
	mica__put_result(e, &result, row_to);
	mica__loops(e, out, file, "cpu", MICA__HOLES(
	            {"numbers", numbers}, {"result", mica__text_string(&result)}, {"row_to", row_to}, {"panels", panels.s}, {"part", mica__size(e, part, "g part").s},
	            {"columns", mica__columns(e).s}, {"source", source.s}, {"weights", v.base.s}, {"row_b", v.row},
	            {"panel_b", v.panel.s}, {"row", mica__text_string(&row)}, {"vectors", mica__for_vectors(e)},
	            {"body", mica__text_string(&body)}));
	mica__done(e, &body);
	mica__done(e, &row);
	mica__done(e, &result);
}

/* Blocks, which depend on shapes only, are dealt out to the parts in order. */
static void cpu_weight(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	mica__conv_pass w = mica__conv_pass_of(x);
	mica__conv_block b = block_of(&w, LINE);
	size_t n_panels = mica__ceil_div(g->columns, mica__panel_width(e->p));
	char numbers[24];
	g->across = mica__convolution_of(x).parts;
	size_t part = mica__conv_panels_per_task(e, n_panels, g->across);
	g->along = mica__ceil_div(n_panels, part);
	mica__conv_put_table(e, &w, &b, x->in[0], numbers);
	mica__name source = mica__conv_operand(e, x->in[0]).base;
	mica__matrix y = mica__conv_operand(e, x->in[1]), to = mica__conv_operand(e, x);
	mica__loops(e, out, file, "cpu_weight", MICA__HOLES(
	            {"numbers", numbers}, {"panels", mica__panels(e).s}, {"part", mica__size(e, part, "g part").s},
	            {"columns", mica__columns(e).s}, {"blocks", mica__size(e, mica__conv_blocks(&w, &b), "g blocks").s},
	            {"parts", mica__size(e, g->across, "g parts").s}, {"rows", mica__size(e, g->rows / g->across, "g part rows").s},
	            {"to", to.base.s}, {"row_to", to.row}, {"panel_to", to.panel.s}, {"source", source.s}, {"y", y.base.s},
	            {"row_y", y.row}, {"panel_y", y.panel.s}));
}

static void simt(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	mica__conv_pass w = mica__conv_pass_of(x);
	bool weight = x->op == MICA__CONV_WEIGHT;
	size_t n_parts = mica__convolution_of(x).parts, pixels = w.images * mica__product_of_axes(w.result);
	char numbers[24];
	g->across = mica__ceil_div(mica__count_elements(e, g->rows, g->columns), e->p->device.group_size);
	g->along = 1;
	mica__conv_put_table(e, &w, &(mica__conv_block){.channels = 0}, x->in[0], numbers);
	mica__name source = mica__conv_operand(e, x->in[0]).base, right = mica__conv_operand(e, x->in[1]).base;
	mica__text product = {0};
	mica__loops(e, &product, file, weight ? "simt_weight" : "simt_forward", MICA__HOLES(
	            {"source", source.s}, {"right", right.s}, {"way", w.transposed ? "MICA_CONV_DATA" : "MICA_CONV"},
	            {"taps", mica__size(e, mica__product_of_axes(w.taps), "g taps").s}, {"k", mica__size(e, pixels, "g k").s},
	            {"parts", mica__size(e, n_parts, "g parts").s}));
	mica__remember(e, x, mica__here(e), (mica__name){"product", MICA__PER_ELEMENT, false, false});
	mica__put_elements(e, mica__here(e));
	mica__text body = mica__take_all(e);
	mica__wait_for_reads(e, out);
	mica__loops(e, out, file, "simt", MICA__HOLES(
	            {"numbers", numbers}, {"rows", mica__rows(e).s}, {"columns", mica__columns(e).s},
	            {"product", mica__text_string(&product)}, {"body", mica__text_string(&body)}));
	mica__done(e, &product);
	mica__done(e, &body);
}

static bool takes(const mica__plan *p, mica_var x)
{
	mica__conv_pass w;
	(void)p;
	if (x->op != MICA__CONV && x->op != MICA__CONV_DATA)
		return false;
	w = mica__conv_pass_of(x);
	return mica__conv_depthwise(&w);
}

static bool takes_weight(const mica__plan *p, mica_var x)
{
	mica__conv_pass w;
	(void)p;
	if (x->op != MICA__CONV_WEIGHT)
		return false;
	w = mica__conv_pass_of(x);
	return mica__conv_depthwise(&w);
}

const mica__kind mica__depthwise_kind = {
	.name = "depthwise", .takes = takes, .after = true, .vectors = true, .panels = true, .label = mica__conv_label,
	.flops = mica__conv_flops, .cpu_sources = {"convolution_blocks.cl", "depthwise_cpu.cl"},
	.simt_sources = {"product_simt.cl", "convolution_simt.cl", "depthwise_simt.cl"}, .cpu = cpu, .simt = simt,
};
const mica__kind mica__depthwise_weight_kind = {
	.name = "depthwise weight", .takes = takes_weight, .panels = true, .label = mica__conv_label, .flops = mica__conv_flops,
	.cpu_sources = {"convolution_blocks.cl", "depthwise_cpu.cl"},
	.simt_sources = {"product_simt.cl", "convolution_simt.cl", "depthwise_simt.cl"}, .cpu = cpu_weight, .simt = simt,
};
