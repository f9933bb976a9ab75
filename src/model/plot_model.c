/* SPDX-License-Identifier: MIT */
/* model/plot_model.c - a model as a picture, SVG or DOT.  It is read from the network as a sheet: a box for each input and call, with
   what is to be said of it; a model that is a layer may be a sheet inside of its box.  Both forms are written from sheets. */
#include "base/fields.h"
#include "base/files.h"
#include "mica/plot.h"
#include "model/model.h"
#include "picture/layered.h"
#include "picture/svg.h"

#include <math.h>
#include <string.h>

enum { TITLE = 14, BODY = 12, LINE = 18, HEAD = 26, MARGIN = 12, KEY = 78, FRAME = 16, MOST_LINES = 5 };

typedef struct line {
	const char *key;
	mica__text value;
} line;

typedef struct sheet sheet;
typedef struct box {
	mica__text title;
	line lines[MOST_LINES];
	size_t n_lines;
	const char *colour;
	sheet *inner;          /* of a model that is shown, or NULL */
	size_t number;         /* in the whole of a DOT file */
} box;

struct sheet {
	const mica_model *m;
	box *boxes;            /* inputs, then calls: in an order in which they can be computed */
	size_t n_boxes;
	mica__layered place;
};

/* ---- what is said ---- */

static mica__text *add_line(box *b, const char *key)
{
	line *l = &b->lines[b->n_lines++];

	l->key = key;
	return &l->value;
}

static void add_shapes(box *b, const char *key, const mica__network *n, const size_t *symbols, size_t first, size_t count)
{
	mica__text *t = add_line(b, key);

	for (size_t i = 0; i < count; i++) {
		mica__text_add(t, "%s", i ? ", " : "");
		mica__sample_shape_add(t, n->symbols[symbols ? symbols[i] : first + i]->shape);
	}
}

static void add_types(box *b, const mica__network *n, size_t first, size_t count)
{
	mica__text *t = add_line(b, "type");

	for (size_t i = 0; i < count; i++)
		mica__text_add(t, "%s%s", i ? ", " : "", mica__dtype_name(n->symbols[first + i]->type));
}

static void add_title(box *b, const char *name, const char *kind, const mica_plot_model_opts *o)
{
	if (o->show_layer_names)
		mica__text_add(&b->title, "%s (%s)", name, kind);
	else
		mica__text_add(&b->title, "%s", kind);
}

static void read_input(box *b, const sheet *s, size_t i, const mica_plot_model_opts *o)
{
	const mica__end *input = &s->m->net.inputs[i];

	b->colour = "#2f7d5b";
	add_title(b, input->name, "InputLayer", o);
	if (o->show_shapes)
		add_shapes(b, "output", &s->m->net, NULL, input->symbol, 1);
	if (o->show_dtype)
		add_types(b, &s->m->net, input->symbol, 1);
}

/* The name of the layer's activation, NULL where it has no such option. */
static const char *activation_of(const mica_part *layer)
{
	mica_part activation;

	return !mica__part_inner(layer, "activation", &activation) ? NULL : activation.kind ? activation.kind->name : "linear";
}

static void read_call(box *b, const sheet *s, const mica__call *c, const mica_plot_model_opts *o)
{
	const mica__network *n = &s->m->net;
	const mica_instance *layer = c->layer;
	const char *activation = activation_of(&layer->layer.part);
	size_t calls = 1;

	for (const mica__call *before = n->calls; before < c; before++)
		calls += before->layer == layer;
	b->colour = layer->n_weights || layer->model ? "#35538a" : "#64748b";
	add_title(b, layer->name, mica__kind_title(layer->layer.part.kind), o);
	if (calls > 1)
		mica__text_add(&b->title, ", call %zu", calls);
	if (o->show_layer_activations && activation)
		mica__text_add(add_line(b, "activation"), "%s", activation);
	if (o->show_shapes) {
		add_shapes(b, "input", n, c->in, 0, c->n_in);
		add_shapes(b, "output", n, NULL, c->out, c->n_out);
	}
	if (o->show_dtype)
		add_types(b, n, c->out, c->n_out);
	if (o->show_trainable && (layer->n_weights || layer->model))
		mica__text_add(add_line(b, "trainable"), layer->frozen ? "no" : "yes");
}

/* ---- sheets ---- */

static void free_sheet(sheet *s)
{
	for (size_t i = 0; s && i < s->n_boxes; i++) {
		free_sheet(s->boxes[i].inner);
		mica__text_free(&s->boxes[i].title);
		for (size_t k = 0; k < s->boxes[i].n_lines; k++)
			mica__text_free(&s->boxes[i].lines[k].value);
	}
	if (s) {
		mica__layered_free(&s->place);
		mica__free(s->place.nodes);
		mica__free(s->place.edges);
		mica__free(s->boxes);
	}
	mica__free(s);
}

/* The box that makes a symbol. */
static size_t box_of(const sheet *s, size_t symbol)
{
	const mica__network *n = &s->m->net;
	const mica__call *maker = mica__network_maker(n, n->symbols[symbol]);
	size_t i = 0;

	while (!maker && n->inputs[i].symbol != symbol)
		i++;
	return maker ? n->n_inputs + (size_t)(maker - n->calls) : i;
}

/* One arrow from a box to another, however many symbols go there. */
static void add_edges(sheet *s)
{
	const mica__network *n = &s->m->net;
	mica__layered *l = &s->place;

	for (size_t i = 0; i < n->n_calls; i++)
		for (size_t k = 0, first = l->n_edges; k < n->calls[i].n_in; k++) {
			mica__layered_edge e = {.from = box_of(s, n->calls[i].in[k]), .to = n->n_inputs + i};
			bool there = false;
			for (size_t j = first; j < l->n_edges; j++)
				there = there || l->edges[j].from == e.from;
			if (!there)
				l->edges[l->n_edges++] = e;
		}
}

static mica_status read_model(sheet **out, const mica_model *m, const mica_plot_model_opts *o);

static mica_status read_boxes(sheet *s, const mica_plot_model_opts *o)
{
	const mica__network *n = &s->m->net;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < n->n_inputs; i++)
		read_input(&s->boxes[i], s, i, o);
	for (size_t i = 0; i < n->n_calls && st == MICA_OK; i++) {
		box *b = &s->boxes[n->n_inputs + i];
		read_call(b, s, &n->calls[i], o);
		if (o->expand_nested && n->calls[i].layer->model)
			st = read_model(&b->inner, n->calls[i].layer->model, o);
	}
	for (size_t i = 0; i < s->n_boxes && st == MICA_OK; i++) {
		st = s->boxes[i].title.failed ? MICA_ENOMEM : st;
		for (size_t k = 0; k < s->boxes[i].n_lines; k++)
			st = s->boxes[i].lines[k].value.failed ? MICA_ENOMEM : st;
	}
	return st;
}

static mica_status read_model(sheet **out, const mica_model *m, const mica_plot_model_opts *o)
{
	const mica__network *n = &m->net;
	sheet *s = *out = mica__alloc(1, sizeof *s);
	size_t most = 0;

	if (!s)
		return MICA_ENOMEM;
	for (size_t i = 0; i < n->n_calls; i++)
		most += n->calls[i].n_in;
	s->m = m;
	s->boxes = mica__alloc(n->n_inputs + n->n_calls, sizeof *s->boxes);
	s->place.nodes = mica__alloc(n->n_inputs + n->n_calls, sizeof *s->place.nodes);
	s->place.edges = mica__alloc(most, sizeof *s->place.edges);
	if (!s->boxes || !s->place.nodes || !s->place.edges)
		return MICA_ENOMEM;
	s->n_boxes = s->place.n_nodes = n->n_inputs + n->n_calls;
	add_edges(s);
	return read_boxes(s, o);
}

/* ---- SVG ---- */

static mica_status place_sheet(sheet *s, bool across);

/* How large a box is: its texts, or the sheet in its frame. */
static mica_status measure(box *b, mica__layered_node *node, bool across)
{
	mica_status st = MICA_OK;

	node->width = mica__svg_width(mica__text_string(&b->title), TITLE, true) + 2 * MARGIN;
	node->height = HEAD + (b->n_lines ? (double)b->n_lines * LINE + 8 : 0);
	for (size_t i = 0; i < b->n_lines; i++)
		node->width = fmax(node->width, mica__svg_width(mica__text_string(&b->lines[i].value), BODY, false) + KEY + 2 * MARGIN);
	if (!b->inner)
		return st;
	MICA_TRY(place_sheet(b->inner, across));
	node->width = fmax(node->width, b->inner->place.width + 2 * FRAME);
	node->height = HEAD + b->inner->place.height + 2 * FRAME;
out:
	return st;
}

static mica_status place_sheet(sheet *s, bool across)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < s->n_boxes && st == MICA_OK; i++)
		st = measure(&s->boxes[i], &s->place.nodes[i], across);
	s->place.across = across;
	s->place.apart = 26;
	s->place.below = across ? 44 : 34;
	return st == MICA_OK ? mica__layered_place(&s->place) : st;
}

/* Along the layers straight on, and from a layer to the next in a curve that leaves and arrives straight. */
static void draw_edge(mica__text *t, const mica__layered_edge *e, double x, double y, bool across)
{
	const mica__point *p = e->points;

	mica__text_add(t, "<path d=\"M%.1f %.1f", x + p[0].x, y + p[0].y);
	for (size_t i = 1; i < e->n; i++) {
		mica__point a = p[i - 1], b = p[i];
		if (a.x == b.x || a.y == b.y)
			mica__text_add(t, "L%.1f %.1f", x + b.x, y + b.y);
		else if (across)
			mica__text_add(t, "C%.1f %.1f %.1f %.1f %.1f %.1f", x + (a.x + b.x) / 2, y + a.y, x + (a.x + b.x) / 2, y + b.y, x + b.x,
			               y + b.y);
		else
			mica__text_add(t, "C%.1f %.1f %.1f %.1f %.1f %.1f", x + a.x, y + (a.y + b.y) / 2, x + b.x, y + (a.y + b.y) / 2, x + b.x,
			               y + b.y);
	}
	mica__text_add(t, "\" fill=\"none\" stroke=\"" MICA__PALE "\" stroke-width=\"1.4\" marker-end=\"url(#arrow)\"/>\n");
}

static void draw_sheet(mica__text *t, const sheet *s, double x, double y);

/* A frame with its sheet in the middle, under the title. */
static void draw_frame(mica__text *t, const box *b, double left, double top, double width, double height)
{
	mica__text_add(t, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"8\" fill=\"#f8fafc\" stroke=\"%s\" "
	               "stroke-dasharray=\"5 4\"/>\n", left, top, width, height, b->colour);
	mica__svg_text(t, left + MARGIN, top + 18, TITLE, b->colour, "start", true, mica__text_string(&b->title));
	draw_sheet(t, b->inner, left + (width - b->inner->place.width) / 2, top + HEAD + FRAME);
}

static void draw_box(mica__text *t, const box *b, const mica__layered_node *at, double x, double y)
{
	double left = x + at->x - at->width / 2, top = y + at->y - at->height / 2;

	if (b->inner) {
		draw_frame(t, b, left, top, at->width, at->height);
		return;
	}
	mica__text_add(t, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"5\" fill=\"%s\"/>\n", left, top, at->width, at->height,
	               b->colour);
	if (b->n_lines)
		mica__text_add(t, "<path d=\"M%.1f %.1fh%.1fv%.1fa4 4 0 0 1 -4 4h%.1fa4 4 0 0 1 -4 -4z\" fill=\"white\"/>\n", left + 1, top + HEAD,
		               at->width - 2, at->height - HEAD - 5, 10 - at->width);
	mica__svg_text(t, left + at->width / 2, top + 18, TITLE, "white", "middle", true, mica__text_string(&b->title));
	for (size_t i = 0; i < b->n_lines; i++) {
		double base = top + HEAD + (double)(i + 1) * LINE - 2;
		mica__svg_text(t, left + MARGIN, base, BODY, MICA__PALE, "start", false, b->lines[i].key);
		mica__svg_text(t, left + MARGIN + KEY, base, BODY, MICA__INK, "start", false, mica__text_string(&b->lines[i].value));
	}
}

/* Frames first, as arrows end on them. */
static void draw_sheet(mica__text *t, const sheet *s, double x, double y)
{
	for (size_t i = 0; i < s->place.n_edges; i++)
		draw_edge(t, &s->place.edges[i], x, y, s->place.across);
	for (size_t i = 0; i < s->n_boxes; i++)
		draw_box(t, &s->boxes[i], &s->place.nodes[i], x, y);
}

static mica_status write_svg(sheet *s, const char *file, bool across)
{
	mica__text t = {0};
	mica_status st = place_sheet(s, across);

	if (st != MICA_OK)
		return st;
	mica__svg_begin(&t, s->place.width + 2 * MARGIN, s->place.height + 2 * MARGIN, s->m->name);
	mica__text_add(&t, "<defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"9.5\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" "
	               "orient=\"auto\"><path d=\"M0 1L10 5L0 9z\" fill=\"" MICA__PALE "\"/></marker></defs>\n");
	draw_sheet(&t, s, MARGIN, MARGIN);
	return mica__svg_end(&t, file);
}

/* ---- DOT ---- */

static void write_box(mica__text *t, const box *b)
{
	mica__text_add(t, "n%zu [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"6\"><tr><td colspan=\"2\" "
	               "bgcolor=\"%s\"><font color=\"white\"><b>", b->number, b->colour);
	mica__xml_add(t, mica__text_string(&b->title));
	mica__text_add(t, "</b></font></td></tr>");
	for (size_t i = 0; i < b->n_lines; i++) {
		mica__text_add(t, "<tr><td>%s</td><td>", b->lines[i].key);
		mica__xml_add(t, mica__text_string(&b->lines[i].value));
		mica__text_add(t, "</td></tr>");
	}
	mica__text_add(t, "</table>>];\n");
}

static void write_boxes(mica__text *t, sheet *s, size_t *next)
{
	for (size_t i = 0; i < s->n_boxes; i++) {
		box *b = &s->boxes[i];
		b->number = (*next)++;
		if (!b->inner) {
			write_box(t, b);
			continue;
		}
		mica__text_add(t, "subgraph cluster%zu {\nstyle=dashed; labeljust=l; label=<", b->number);
		mica__xml_add(t, mica__text_string(&b->title));
		mica__text_add(t, ">;\n");
		write_boxes(t, b->inner, next);
		mica__text_add(t, "}\n");
	}
}

/* The box, in whatever sheet, that really makes a symbol; that really takes the k-th input. */
static size_t maker(const sheet *s, size_t symbol)
{
	size_t i = box_of(s, symbol);
	const box *b = &s->boxes[i];

	if (!b->inner)
		return b->number;
	size_t output = symbol - s->m->net.calls[i - s->m->net.n_inputs].out;
	return maker(b->inner, b->inner->m->net.outputs[output].symbol);
}

static void write_edges(mica__text *t, const sheet *s)
{
	const mica__network *n = &s->m->net;

	for (size_t i = 0; i < n->n_calls; i++) {
		const box *to = &s->boxes[n->n_inputs + i];
		for (size_t k = 0; k < n->calls[i].n_in; k++)
			mica__text_add(t, "n%zu -> n%zu;\n", maker(s, n->calls[i].in[k]), to->inner ? to->inner->boxes[k].number : to->number);
		if (to->inner)
			write_edges(t, to->inner);
	}
}

static mica_status write_dot(sheet *s, const char *file, bool across)
{
	mica__text t = {0};
	size_t next = 0;

	mica__text_add(&t, "strict digraph model {\nrankdir=%s; node [shape=plain, fontname=\"Helvetica\"]; fontname=\"Helvetica\";\n",
	               across ? "LR" : "TB");
	write_boxes(&t, s, &next);
	write_edges(&t, s);
	mica__text_add(&t, "}\n");
	mica_status st = t.failed ? MICA_ENOMEM : mica__file_replace(file, &(mica__piece){t.s, t.n}, 1);
	mica__text_free(&t);
	return st;
}

/* ---- the call ---- */

static mica_status plot(mica_model *m, const char *file, const mica_plot_model_opts *o)
{
	bool across = o->rankdir && strcmp(o->rankdir, "LR") == 0, dot = mica__ends_with(file, ".dot");
	sheet *s = NULL;
	mica_status st;

	MICA_TRY(mica__model_check(m, "plot_model", false));
	if (o->rankdir && !across && strcmp(o->rankdir, "TB") != 0)
		return mica__fail(MICA_EINVAL, "plot_model: rankdir is \"%s\"; give \"TB\" or \"LR\"", o->rankdir);
	if (!dot && !mica__ends_with(file, ".svg"))
		return mica__fail(MICA_EINVAL, "plot_model: file \"%s\"; give a name that ends in .svg or .dot", file ? file : "");
	MICA_TRY(read_model(&s, m, o));
	st = dot ? write_dot(s, file, across) : write_svg(s, file, across);
out:
	free_sheet(s);
	return st;
}

mica_status mica_plot_model_to(mica_model *m, const char *file, const mica_plot_model_opts *o)
{
	mica_plot_model_opts opts;
	mica_status st = mica__options(&opts, o, sizeof opts, "plot_model");

	return mica__model_done(m, st == MICA_OK ? plot(m, file, &opts) : st);
}
