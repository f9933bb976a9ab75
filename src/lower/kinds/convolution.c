/* SPDX-License-Identifier: MIT */
/* lower/kinds/convolution.c - convolution and its transpose (the gradient of its input), and what is elementwise after them,
   on the loops of cl/convolution_cpu.cl. */
#include "lower/kinds/convolution.h"
#include "graph/convolution.h"

#include <stdio.h>

enum {
	SLOTS = 256,          /* rows of a block, each phase rounded up to whole tiles */
	MOST_TAPS = 128,      /* in a pass */
	MOST_TILE = 8,        /* rows of a register tile of cl/convolution_cpu.cl, at most */
	LEAST_ROWS = 48,      /* of a block, for which a panel of the weights is worth loading */
	TASKS = 8             /* for each worker, so that all are done at about the same time */
};
static const char file[] = "skeletons/convolution.cl";

mica__conv_pass mica__conv_pass_of(mica_var x)
{
	mica__convolution c = mica__convolution_of(x);
	bool transposed = x->op == MICA__CONV_DATA;
	mica__conv_pass w = {.transposed = transposed, .images = c.n, .groups = c.groups, .in = transposed ? c.out : c.in,
	                     .out = transposed ? c.in : c.out};
	for (size_t i = 0; i < MICA__MOST_SPATIAL; i++) {
		w.source[i] = transposed ? c.outputs[i] : c.size[i];
		w.result[i] = transposed ? c.size[i] : c.outputs[i];
		w.taps[i] = c.taps[i];
		w.stride[i] = c.outputs[i] > 1 ? c.stride[i] : 1; /* a single window goes nowhere */
		w.dilation[i] = c.taps[i] > 1 ? c.dilation[i] : 1;
		w.before[i] = c.before[i];
	}
	return w;
}

/* ---- blocks ---- */

size_t mica__even_part(size_t n, size_t most)
{
	size_t parts = mica__ceil_div(n, most ? most : 1);
	return parts ? mica__ceil_div(n, parts) : 1;
}

void mica__conv_set_box(const mica__conv_pass *w, size_t most, size_t *size)
{
	size_t all[4] = {w->images, w->result[0], w->result[1], w->result[2]}, room = most;
	for (size_t i = 4; i-- > 0; room /= size[i] ? size[i] : 1) {
		size[i] = room ? mica__even_part(all[i], room) : 1;
		if (size[i] < all[i])
			room = 0;
	}
}

static size_t pixels(const mica__conv_block *b)
{
	return b->size[0] * b->size[1] * b->size[2] * b->size[3];
}

/* Pixels of the source that the windows of a block see; SIZE_MAX if they are very many. */
static size_t seen(const mica__conv_pass *w, const mica__conv_block *b)
{
	size_t n = b->size[0];
	for (size_t i = 0; i < MICA__MOST_SPATIAL; i++) {
		size_t taps = b->one_tap ? 1 : w->taps[i], far = (taps - 1) * w->dilation[i], last = b->size[i + 1] - 1, along;
		if (w->transposed)
			along = (last + far) / w->stride[i] + 2;
		else
			along = taps == 1 ? last + 1 : last * w->stride[i] + far + 1;
		if (!mica__mul(n, along, &n))
			return SIZE_MAX;
	}
	return n;
}

/* Rows of accumulators: each phase begins a new tile. */
static size_t slots(const mica__conv_pass *w, const mica__conv_block *b)
{
	size_t phases = 1, rows = pixels(b);
	for (size_t i = 0; i < MICA__MOST_SPATIAL; i++)
		phases *= !w->transposed ? 1 : w->stride[i] < b->size[i + 1] ? w->stride[i] : b->size[i + 1];
	return rows + phases * (MOST_TILE - 1);
}

/* Channels of a pass over the block that fit into the scratch; 0 if not even a panel of them does. */
static size_t channels(const mica__conv_pass *w, const mica__conv_block *b, size_t panel)
{
	size_t n = seen(w, b), room = MICA__CONV_SCRATCH - 4 * panel;
	if (!n || w->in <= room / n)
		return w->in ? w->in : 1;
	return room / n / panel * panel;
}

/* Taps that the kernel lists: neighbours along a line are one where all channels follow one another. */
static size_t listed_taps(const mica__conv_pass *w, const mica__conv_block *b)
{
	bool joined = !w->transposed && w->dilation[2] == 1 && b->channels >= w->in;
	return b->one_tap ? 1 : w->taps[0] * w->taps[1] * (joined ? 1 : w->taps[2]);
}

/* A block of at most so many pixels, and not many fewer, of which the source's channels fit whole; else one that takes several
   passes; else, where windows are huge, one that sees a tap after the other. */
static mica__conv_block choose_block(const mica__plan *p, const mica__conv_pass *w, size_t most)
{
	size_t panel = mica__panel_width(p);
	const struct { size_t channels, rows; bool one_tap; } tries[] = {{w->in, LEAST_ROWS / 2, false}, {panel, 1, false}, {1, 1, true}};
	mica__conv_block b = {.channels = 1};
	for (size_t i = 0; i < MICA__COUNT(tries); i++)
		for (size_t n = most; n >= tries[i].rows; n = n * 3 / 4) {
			b.one_tap = tries[i].one_tap;
			mica__conv_set_box(w, n, b.size);
			b.channels = channels(w, &b, panel);
			if (b.channels && b.channels >= tries[i].channels && slots(w, &b) <= SLOTS && listed_taps(w, &b) <= MOST_TAPS)
				return b;
		}
	return b;
}

size_t mica__conv_blocks(const mica__conv_pass *w, const mica__conv_block *b)
{
	size_t n = mica__ceil_div(w->images, b->size[0]);
	for (size_t i = 0; i < MICA__MOST_SPATIAL; i++)
		n *= mica__ceil_div(w->result[i], b->size[i + 1]);
	return n;
}

/* ---- CPUs ---- */

mica__matrix mica__conv_operand(mica__emitter *e, mica_var x)
{
	return mica__matrix_of(e, e->p->info[mica__stored(e->p, x)->id].store, x);
}

static size_t put_numbers(mica__emitter *e, const size_t *v, size_t n, size_t *count)
{
	size_t first = 0;
	for (size_t i = 0; i < n; i++) {
		char key[24];
		snprintf(key, sizeof key, "conv %zu", (*count)++);
		if (v[i] > INT32_MAX && e->st == MICA_OK)
			e->st = mica__fail(MICA_EUNSUPPORTED, "plan: a convolution with a size of %zu; at most 2^31 - 1", v[i]);
		size_t slot = mica__table_slot(e, (int64_t)v[i], key);
		first = i ? first : slot;
	}
	return first;
}

void mica__conv_put_table(mica__emitter *e, const mica__conv_pass *w, const mica__conv_block *b, mica_var source, char slot[24])
{
	const mica__store *t = &e->p->stores[e->p->info[mica__stored(e->p, source)->id].store];
	size_t panel = t->form.panel, count = 0, first = put_numbers(e, &w->images, 1, &count);
	const size_t *axes[] = {w->source, w->result, w->taps, w->stride, w->dilation, w->before};
	for (size_t i = 0; i < MICA__COUNT(axes); i++)
		put_numbers(e, axes[i], MICA__MOST_SPATIAL, &count);
	put_numbers(e, (size_t[]){w->in, w->out, w->groups, w->transposed, b->one_tap, b->channels}, 6, &count);
	put_numbers(e, b->size, 4, &count);
	put_numbers(e, (size_t[]){panel ? panel : w->groups * w->in, panel ? t->panel_rows * panel : mica__panel_width(e->p)}, 2, &count);
	snprintf(slot, 24, "%zu", first);
}

/* Parts of n_panels panels, so that there are some tasks for each worker with `tasks` for each part. */
static size_t panels_per_task(const mica__emitter *e, size_t n_panels, size_t tasks)
{
	size_t wanted = mica__ceil_div(TASKS / 2 * e->p->device.workers, tasks ? tasks : 1);
	return mica__ceil_div(n_panels ? n_panels : 1, wanted);
}

size_t mica__conv_rows_per_task(const mica__emitter *e, size_t least, size_t most)
{
	size_t rows = mica__ceil_div(e->g->rows, TASKS * e->p->device.workers);
	return rows < least ? least : rows < most ? rows : most;
}

void mica__conv_cpu(mica__emitter *e, const char *skeleton, const mica__conv_pass *w, const mica__conv_block *b, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	size_t n_panels = mica__ceil_div(g->columns, mica__panel_width(e->p));
	char numbers[24];
	g->across = mica__conv_blocks(w, b);
	size_t part = panels_per_task(e, n_panels, g->across);
	g->along = mica__ceil_div(n_panels, part);
	mica__conv_put_table(e, w, b, x->in[0], numbers);
	mica__name source = mica__conv_operand(e, x->in[0]).base, panels = mica__panels(e);
	mica__matrix v = mica__conv_operand(e, x->in[1]);
	mica__remember(e, x, mica__here(e), (mica__name){"product", MICA__PER_ELEMENT, true, false});
	mica__put_elements(e, mica__here(e));
	mica__text body = mica__take(e, MICA__PER_ELEMENT), row = mica__take(e, MICA__PER_ROW);
	mica__text result = {0};
	char row_to[24];
	mica__put_result(e, &result, row_to);
	mica__loops(e, out, skeleton, "cpu", MICA__HOLES(
	            {"result", mica__text_string(&result)}, {"result_row", row_to},
	            {"numbers", numbers}, {"panels", panels.s}, {"part", mica__size(e, part, "g part").s},
	            {"columns", mica__columns(e).s}, {"source", source.s}, {"weights", v.base.s}, {"row_b", v.row},
	            {"panel_b", v.panel.s}, {"row", mica__text_string(&row)}, {"vectors", mica__for_vectors(e)},
	            {"body", mica__text_string(&body)}));
	mica__done(e, &body);
	mica__done(e, &row);
	mica__done(e, &result);
}

/* Blocks, which depend on shapes only, are dealt out to the parts in order; some panels of a part are a task. */
void mica__conv_cpu_weight(mica__emitter *e, const char *skeleton, const mica__conv_pass *w, const mica__conv_block *b, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	size_t n_panels = mica__ceil_div(g->columns, mica__panel_width(e->p));
	char numbers[24];
	g->across = mica__convolution_of(x).parts;
	size_t part = panels_per_task(e, n_panels, g->across);
	g->along = mica__ceil_div(n_panels, part);
	mica__conv_put_table(e, w, b, x->in[0], numbers);
	mica__name source = mica__conv_operand(e, x->in[0]).base;
	mica__matrix y = mica__conv_operand(e, x->in[1]), to = mica__conv_operand(e, x);
	mica__loops(e, out, skeleton, "cpu_weight", MICA__HOLES(
	            {"numbers", numbers}, {"panels", mica__panels(e).s}, {"part", mica__size(e, part, "g part").s},
	            {"columns", mica__columns(e).s}, {"blocks", mica__size(e, mica__conv_blocks(w, b), "g blocks").s},
	            {"parts", mica__size(e, g->across, "g parts").s}, {"rows", mica__size(e, g->rows / g->across, "g part rows").s},
	            {"to", to.base.s}, {"row_to", to.row}, {"panel_to", to.panel.s}, {"source", source.s}, {"y", y.base.s},
	            {"row_y", y.row}, {"panel_y", y.panel.s}));
}

static void cpu(mica__emitter *e, mica__text *out)
{
	mica__conv_pass w = mica__conv_pass_of(e->g->anchor);
	mica__conv_block b = choose_block(e->p, &w, mica__conv_rows_per_task(e, LEAST_ROWS, SLOTS));
	mica__conv_cpu(e, file, &w, &b, out);
}

static void cpu_weight(mica__emitter *e, mica__text *out)
{
	mica__conv_pass w = mica__conv_pass_of(e->g->anchor);
	mica__conv_block b = choose_block(e->p, &w, SLOTS);
	mica__conv_cpu_weight(e, file, &w, &b, out);
}

/* ---- GPUs ---- */

static void simt(mica__emitter *e, mica__text *out)
{
	mica__group *g = e->g;
	mica_var x = g->anchor;
	mica__conv_pass w = mica__conv_pass_of(x);
	bool weight = x->op == MICA__CONV_WEIGHT;
	size_t n_parts = mica__convolution_of(x).parts, n_tiles = mica__ceil_div(w.out, MICA__TILE_COLUMNS), tile_rows = mica__tile_rows(e);
	size_t taps = mica__product_of_axes(w.taps), pixels = w.images * mica__product_of_axes(w.result);
	size_t rows = g->rows / n_parts, k = weight ? pixels : taps * w.in;
	char numbers[24];
	if (!tile_rows)
		return;
	g->across = n_tiles * w.groups * n_parts;
	g->along = mica__ceil_div(rows, tile_rows);
	mica__conv_put_table(e, &w, &(mica__conv_block){.channels = 0}, x->in[0], numbers);
	mica__name source = mica__conv_operand(e, x->in[0]).base, right = mica__conv_operand(e, x->in[1]).base;
	mica__remember(e, x, mica__here(e), (mica__name){"product", MICA__PER_ELEMENT, false, false});
	mica__put_elements(e, mica__here(e));
	mica__text row = mica__take(e, MICA__PER_ROW), body = mica__take(e, MICA__PER_ELEMENT), wait = {0};
	mica__wait_for_reads(e, &wait);
	mica__loops(e, out, file, "simt", MICA__HOLES(
	            {"numbers", numbers}, {"tiles", mica__size(e, n_tiles, "g tiles").s}, {"rows", mica__size(e, rows, "g part rows").s},
	            {"k", mica__size(e, k, "g k").s}, {"parts", mica__size(e, n_parts, "g parts").s}, {"source", source.s},
	            {"right", right.s}, {"way", weight ? "MICA_CONV_WEIGHT" : w.transposed ? "MICA_CONV_DATA" : "MICA_CONV"},
	            {"wait", mica__text_string(&wait)}, {"row", mica__text_string(&row)}, {"body", mica__text_string(&body)}));
	mica__done(e, &wait);
	mica__done(e, &row);
	mica__done(e, &body);
}

/* ---- the kinds ---- */

static bool takes(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__CONV || x->op == MICA__CONV_DATA;
}

static bool takes_weight(const mica__plan *p, mica_var x)
{
	(void)p;
	return x->op == MICA__CONV_WEIGHT;
}

double mica__conv_flops(const mica__plan *p, const mica__group *g)
{
	(void)p;
	mica__convolution c = mica__convolution_of(g->anchor);
	double pixels = (double)c.n * (double)mica__product_of_axes(c.outputs) * (double)mica__product_of_axes(c.taps);
	return 2 * pixels * (double)c.groups * (double)c.in * (double)c.out;
}

void mica__conv_label(const mica__plan *p, const mica__group *g, char *out, size_t size)
{
	(void)p;
	mica_var x = g->anchor;
	snprintf(out, size, " %s by %s", mica__shape_text(&x->in[0]->shape), mica__shape_text(&x->in[1]->shape));
}

static void options(const mica__plan *p, mica__text *out)
{
	if (p->device.cpu)
		mica__text_add(out, " -DMICA_CONV_SLOTS=%d -DMICA_CONV_SCRATCH=%d -DMICA_CONV_TAPS=%d", SLOTS, MICA__CONV_SCRATCH, MOST_TAPS);
}

const mica__kind mica__convolution_kind = {
	.name = "conv", .takes = takes, .after = true, .vectors = true, .panels = true, .label = mica__conv_label, .flops = mica__conv_flops,
	.options = options, .cpu_sources = {"convolution_blocks.cl", "convolution_cpu.cl"}, .simt_sources = {"product_simt.cl", "convolution_simt.cl"}, .cpu = cpu, .simt = simt,
};
const mica__kind mica__convolution_weight_kind = {
	.name = "conv weight", .takes = takes_weight, .panels = true, .label = mica__conv_label, .flops = mica__conv_flops,
	.cpu_sources = {"convolution_blocks.cl", "convolution_cpu.cl"}, .simt_sources = {"product_simt.cl", "convolution_simt.cl"}, .cpu = cpu_weight,
	.simt = simt,
};
