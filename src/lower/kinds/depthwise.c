/* SPDX-License-Identifier: MIT */
/* lower/kinds/depthwise.c - convolutions of every channel by itself, their transposes and the gradients of their weights: no
   products, but sums of neighbours, which are bound by memory. */
#include "graph/convolution.h"
#include "lower/kinds/convolution.h"

enum {
	LINE = 256,       /* pixels of a block, at most */
	LEAST_PIXELS = 48 /* of one, so that lines above are in the cache when they are read again */
};
static const char file[] = "skeletons/depthwise.cl";

static mica__conv_block block_of(const mica__conv_pass *w, size_t pixels)
{
	mica__conv_block b = {.channels = 1};
	mica__conv_set_box(w, pixels, b.size);
	return b;
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__conv_pass w = mica__conv_pass_of(e->g->anchor);
	mica__conv_block b = block_of(&w, mica__conv_rows_per_task(e, LEAST_PIXELS, LINE));
	mica__conv_cpu(e, file, &w, &b, out);
}

static void cpu_weight(mica__emitter *e, mica__text *out)
{
	mica__conv_pass w = mica__conv_pass_of(e->g->anchor);
	mica__conv_block b = block_of(&w, LINE);
	mica__conv_cpu_weight(e, file, &w, &b, out);
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

static void options(const mica__plan *p, mica__text *out)
{
	if (p->device.cpu)
		mica__text_add(out, " -DMICA_DEPTHWISE_LINE=%d", LINE);
}

const mica__kind mica__depthwise_kind = {
	.name = "depthwise", .takes = takes, .after = true, .vectors = true, .panels = true, .label = mica__conv_label,
	.flops = mica__conv_flops, .options = options, .cpu_sources = {"convolution_blocks.cl", "depthwise_cpu.cl"},
	.simt_sources = {"product_simt.cl", "convolution_simt.cl", "depthwise_simt.cl"}, .cpu = cpu, .simt = simt,
};
const mica__kind mica__depthwise_weight_kind = {
	.name = "depthwise weight", .takes = takes_weight, .panels = true, .label = mica__conv_label, .flops = mica__conv_flops,
	.cpu_sources = {"convolution_blocks.cl", "depthwise_cpu.cl"},
	.simt_sources = {"product_simt.cl", "convolution_simt.cl", "depthwise_simt.cl"}, .cpu = cpu_weight, .simt = simt,
};
