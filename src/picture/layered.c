/* SPDX-License-Identifier: MIT */
/* picture/layered.c - a layered drawing of a graph.  Where an arrow passes a layer it has a place of its own there, a bend, so that
   all links lead from a layer to the next. */
#include "picture/layered.h"

#include <math.h>
#include <string.h>

enum { ORDER_SWEEPS = 24, PLACE_SWEEPS = 33 }; /* of places: an odd number, so that the last leads down */
static const double bend_width = 8;

/* A node, or a bend: its number is that in `slots`, nodes first. */
typedef struct slot {
	size_t layer;
	double width, x;       /* x: of its middle */
	double room;           /* width of the widest of its run: so that runs are straight */
	size_t above, below;   /* links */
	double want, weight;   /* of this sweep: where its neighbours would have it, and how strongly */
} slot;

/* From a slot to one in the next layer. */
typedef struct link {
	size_t from, to;
	double weight;         /* how much it wants to be straight */
} link;

typedef struct drawing {
	mica__layered *l;
	slot *slots;
	link *links;
	size_t *first_bend;    /* of each edge */
	size_t *order;         /* slots, layer by layer from left to right */
	size_t *place;         /* of each slot, in order */
	size_t *start;         /* of each layer, in order; one more at the end */
	size_t *first_link;    /* of each layer: of those that lead from it; one more at the end */
	size_t n_slots, n_links, n_layers;
} drawing;

/* ---- layers ---- */

/* As far down as the longest way to it; what nothing leads to stands right above what it leads to.  layer: of each node. */
static size_t choose_layers(const mica__layered *l, size_t *layer)
{
	size_t n = 1;
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < l->n_edges; i++) {
			const mica__layered_edge *e = &l->edges[i];
			if (layer[e->to] <= layer[e->from]) {
				layer[e->to] = layer[e->from] + 1;
				moved = true;
			}
		}
	}
	for (size_t v = l->n_nodes; v-- > 0;) {
		size_t nearest = SIZE_MAX;
		bool led_to = false;
		for (size_t i = 0; i < l->n_edges; i++) {
			led_to = led_to || l->edges[i].to == v;
			if (l->edges[i].from == v && layer[l->edges[i].to] < nearest)
				nearest = layer[l->edges[i].to];
		}
		if (!led_to && nearest != SIZE_MAX)
			layer[v] = nearest - 1;
		n = layer[v] >= n ? layer[v] + 1 : n;
	}
	return n;
}

/* A slot in each layer that an arrow passes. */
static void add_bends(drawing *d)
{
	for (size_t i = 0; i < d->l->n_edges; i++) {
		const mica__layered_edge *e = &d->l->edges[i];
		d->first_bend[i] = d->n_slots;
		for (size_t layer = d->slots[e->from].layer + 1; layer < d->slots[e->to].layer; layer++)
			d->slots[d->n_slots++] = (slot){.layer = layer, .width = bend_width};
	}
}

/* The link of an arrow that leads from that layer; false: it does not.  Long arrows are straight before short ones are. */
static bool link_of(const drawing *d, size_t edge, size_t layer, link *out)
{
	const mica__layered_edge *e = &d->l->edges[edge];
	size_t first = d->slots[e->from].layer, last = d->slots[e->to].layer, bend = d->first_bend[edge] + layer - first;

	if (layer < first || layer >= last)
		return false;
	out->from = layer == first ? e->from : bend - 1;
	out->to = layer + 1 == last ? e->to : bend;
	out->weight = last == first + 1 ? 1 : layer > first && layer + 1 < last ? 8 : 2;
	return true;
}

static void add_links(drawing *d)
{
	for (size_t layer = 0; layer < d->n_layers; layer++) {
		d->first_link[layer] = d->n_links;
		for (size_t i = 0; i < d->l->n_edges; i++)
			d->n_links += link_of(d, i, layer, &d->links[d->n_links]);
	}
	d->first_link[d->n_layers] = d->n_links;
}

/* Slots that have only one another as neighbours are a run: all of it gets the room of the widest. */
static bool is_run(const drawing *d, const link *k)
{
	return d->slots[k->from].below == 1 && d->slots[k->to].above == 1;
}

static void widen_runs(drawing *d)
{
	for (size_t s = 0; s < d->n_slots; s++)
		d->slots[s].room = d->slots[s].width;
	for (size_t i = 0; i < d->n_links; i++) {
		d->slots[d->links[i].from].below++;
		d->slots[d->links[i].to].above++;
	}
	for (size_t i = 0; i < d->n_links; i++)
		if (is_run(d, &d->links[i]))
			d->slots[d->links[i].to].room = fmax(d->slots[d->links[i].to].room, d->slots[d->links[i].from].room);
	for (size_t i = d->n_links; i-- > 0;)
		if (is_run(d, &d->links[i]))
			d->slots[d->links[i].from].room = d->slots[d->links[i].to].room;
}

/* ---- order ---- */

static void note_places(drawing *d)
{
	for (size_t i = 0; i < d->n_slots; i++)
		d->place[d->order[i]] = i;
}

/* Slots of each layer in the order of their numbers. */
static void begin_order(drawing *d)
{
	size_t n = 0;

	for (size_t layer = 0; layer < d->n_layers; layer++) {
		d->start[layer] = n;
		for (size_t s = 0; s < d->n_slots; s++)
			if (d->slots[s].layer == layer)
				d->order[n++] = s;
	}
	d->start[d->n_layers] = n;
	note_places(d);
}

static size_t crossings(const drawing *d)
{
	size_t n = 0;

	for (size_t layer = 0; layer < d->n_layers; layer++)
		for (size_t i = d->first_link[layer]; i < d->first_link[layer + 1]; i++)
			for (size_t k = d->first_link[layer]; k < i; k++) {
				const link *a = &d->links[i], *b = &d->links[k];
				if (a->from != b->from && a->to != b->to)
					n += (d->place[a->from] < d->place[b->from]) != (d->place[a->to] < d->place[b->to]);
			}
	return n;
}

static void add_want(const drawing *d, slot *s, size_t neighbour, double weight, bool by_place)
{
	weight = by_place ? 1 : weight;
	s->want += weight * (by_place ? (double)d->place[neighbour] : d->slots[neighbour].x);
	s->weight += weight;
}

/* Where the slots of a layer would be by the mean of their neighbours' x, or places in the order. */
static void find_wants(drawing *d, size_t layer, bool above, bool by_place)
{
	for (size_t i = d->start[layer]; i < d->start[layer + 1]; i++)
		d->slots[d->order[i]].want = d->slots[d->order[i]].weight = 0;
	if (above && layer)
		for (const link *k = d->links + d->first_link[layer - 1]; k < d->links + d->first_link[layer]; k++)
			add_want(d, &d->slots[k->to], k->from, k->weight, by_place);
	if (!above)
		for (const link *k = d->links + d->first_link[layer]; k < d->links + d->first_link[layer + 1]; k++)
			add_want(d, &d->slots[k->from], k->to, k->weight, by_place);
	for (size_t i = d->start[layer]; i < d->start[layer + 1]; i++) {
		slot *s = &d->slots[d->order[i]];
		s->want = s->weight > 0 ? s->want / s->weight : by_place ? (double)i : s->x;
	}
}

/* Insertion sort, as it keeps what is equal: layers are short. */
static void sort_layer(drawing *d, size_t layer)
{
	for (size_t i = d->start[layer] + 1; i < d->start[layer + 1]; i++)
		for (size_t k = i; k > d->start[layer] && d->slots[d->order[k - 1]].want > d->slots[d->order[k]].want; k--) {
			size_t swap = d->order[k];
			d->order[k] = d->order[k - 1];
			d->order[k - 1] = swap;
		}
	note_places(d);
}

/* Sweeps down and up; best has room for an order. */
static void choose_order(drawing *d, size_t *best)
{
	size_t least, bytes = d->n_slots * sizeof *best;

	begin_order(d);
	least = crossings(d);
	memcpy(best, d->order, bytes);
	for (size_t sweep = 0; sweep < ORDER_SWEEPS && least; sweep++) {
		for (size_t i = 1; i < d->n_layers; i++) {
			bool down = sweep % 2 == 0;
			size_t layer = down ? i : d->n_layers - 1 - i;
			find_wants(d, layer, down, true);
			sort_layer(d, layer);
		}
		size_t now = crossings(d);
		if (now < least) {
			least = now;
			memcpy(best, d->order, bytes);
		}
	}
	memcpy(d->order, best, bytes);
	note_places(d);
}

/* ---- places in a layer ---- */

/* Slots that touch and so move as one: the mean of where they would be, less what is to the left of them. */
typedef struct block {
	double at, weight;
	size_t n;
} block;

static double distance(const drawing *d, size_t left, size_t right)
{
	return (d->slots[left].room + d->slots[right].room) / 2 + d->l->apart;
}

/* The places that are nearest to what slots want, by weighted squares, and far enough apart: pool adjacent violators. */
static void place_layer(drawing *d, size_t layer, block *blocks)
{
	size_t begin = d->start[layer], end = d->start[layer + 1], n = 0;
	double offset = 0;

	for (size_t i = begin; i < end; i++) {
		const slot *s = &d->slots[d->order[i]];
		offset += i > begin ? distance(d, d->order[i - 1], d->order[i]) : 0;
		blocks[n++] = (block){s->want - offset, s->weight > 0 ? s->weight : 0.01, 1};
		for (; n > 1 && blocks[n - 2].at > blocks[n - 1].at; n--) {
			block *a = &blocks[n - 2], *b = &blocks[n - 1];
			a->at = (a->at * a->weight + b->at * b->weight) / (a->weight + b->weight);
			a->weight += b->weight;
			a->n += b->n;
		}
	}
	offset = 0;
	for (size_t i = begin, b = 0, in = 0; i < end; i++) {
		offset += i > begin ? distance(d, d->order[i - 1], d->order[i]) : 0;
		d->slots[d->order[i]].x = blocks[b].at + offset;
		if (++in == blocks[b].n) {
			b++;
			in = 0;
		}
	}
}

static void choose_places(drawing *d, block *blocks)
{
	for (size_t layer = 0; layer < d->n_layers; layer++)
		place_layer(d, layer, blocks);
	for (size_t sweep = 0; sweep < PLACE_SWEEPS; sweep++)
		for (size_t i = 0; i < d->n_layers; i++) {
			bool down = sweep % 2 == 0;
			size_t layer = down ? i : d->n_layers - 1 - i;
			find_wants(d, layer, down, false);
			place_layer(d, layer, blocks);
		}
}

/* ---- the picture ---- */

static void add_point(mica__layered_edge *e, double x, double y)
{
	e->points[e->n++] = (mica__point){x, y};
}

/* Down from its box to the end of the layer, down each layer that it passes, and down to the other box. */
static mica_status route(const drawing *d, size_t edge, const double *top, const double *bottom)
{
	mica__layered_edge *e = &d->l->edges[edge];
	const mica__layered_node *from = &d->l->nodes[e->from], *to = &d->l->nodes[e->to];
	size_t first = d->slots[e->from].layer, last = d->slots[e->to].layer;

	e->points = mica__alloc(2 * (last - first) + 2, sizeof *e->points);
	if (!e->points)
		return MICA_ENOMEM;
	add_point(e, from->x, from->y + from->height / 2);
	add_point(e, from->x, bottom[first]);
	for (size_t layer = first + 1; layer < last; layer++) {
		double x = d->slots[d->first_bend[edge] + layer - first - 1].x;
		add_point(e, x, top[layer]);
		add_point(e, x, bottom[layer]);
	}
	add_point(e, to->x, top[last]);
	add_point(e, to->x, to->y - to->height / 2);
	return MICA_OK;
}

/* top and bottom: room for the layers. */
static mica_status draw(drawing *d, double *top, double *bottom)
{
	mica__layered *l = d->l;
	double left = INFINITY, right = -INFINITY, y = 0;
	mica_status st = MICA_OK;

	for (size_t s = 0; s < d->n_slots; s++) {
		left = fmin(left, d->slots[s].x - d->slots[s].width / 2);
		right = fmax(right, d->slots[s].x + d->slots[s].width / 2);
	}
	for (size_t s = 0; s < d->n_slots; s++)
		d->slots[s].x -= left;
	for (size_t layer = 0; layer < d->n_layers; layer++, y += l->below) {
		top[layer] = y;
		for (size_t v = 0; v < l->n_nodes; v++)
			if (d->slots[v].layer == layer)
				y = fmax(y, top[layer] + l->nodes[v].height);
		bottom[layer] = y;
	}
	l->width = right - left;
	l->height = bottom[d->n_layers - 1];
	for (size_t v = 0; v < l->n_nodes; v++) {
		l->nodes[v].x = d->slots[v].x;
		l->nodes[v].y = (top[d->slots[v].layer] + bottom[d->slots[v].layer]) / 2;
	}
	for (size_t i = 0; i < l->n_edges && st == MICA_OK; i++)
		st = route(d, i, top, bottom);
	return st;
}

static void swap_doubles(double *a, double *b)
{
	double was = *a;

	*a = *b;
	*b = was;
}

/* Left to right is top to bottom with the axes exchanged. */
static void exchange_axes(mica__layered *l)
{
	swap_doubles(&l->width, &l->height);
	for (size_t v = 0; v < l->n_nodes; v++) {
		swap_doubles(&l->nodes[v].width, &l->nodes[v].height);
		swap_doubles(&l->nodes[v].x, &l->nodes[v].y);
	}
	for (size_t i = 0; i < l->n_edges; i++)
		for (size_t k = 0; k < l->edges[i].n; k++)
			swap_doubles(&l->edges[i].points[k].x, &l->edges[i].points[k].y);
}

/* layer: of each node; scratch: as many numbers as there are slots. */
static mica_status place_all(drawing *d, const size_t *layer, size_t *scratch, block *blocks)
{
	double *bands = mica__alloc(2 * d->n_layers, sizeof *bands);
	mica_status st = MICA_ENOMEM;

	for (size_t v = 0; v < d->l->n_nodes; v++)
		d->slots[v] = (slot){.layer = layer[v], .width = d->l->nodes[v].width};
	d->n_slots = d->l->n_nodes;
	add_bends(d);
	add_links(d);
	widen_runs(d);
	choose_order(d, scratch);
	choose_places(d, blocks);
	if (bands)
		st = draw(d, bands, bands + d->n_layers);
	mica__free(bands);
	return st;
}

static mica_status place(drawing *d)
{
	const mica__layered *l = d->l;
	size_t slots = l->n_nodes, *layer = mica__alloc(l->n_nodes, sizeof *layer), *scratch = NULL;
	block *blocks = NULL;
	mica_status st = MICA_ENOMEM;

	if (!layer)
		return st;
	d->n_layers = choose_layers(l, layer);
	for (size_t i = 0; i < l->n_edges; i++)
		slots += layer[l->edges[i].to] - layer[l->edges[i].from] - 1;
	d->slots = mica__alloc(slots, sizeof *d->slots);
	d->links = mica__alloc(slots - l->n_nodes + l->n_edges + 1, sizeof *d->links);
	d->first_bend = mica__alloc(l->n_edges, sizeof *d->first_bend);
	d->order = mica__alloc(slots, sizeof *d->order);
	d->place = mica__alloc(slots, sizeof *d->place);
	d->start = mica__alloc(d->n_layers + 1, sizeof *d->start);
	d->first_link = mica__alloc(d->n_layers + 1, sizeof *d->first_link);
	scratch = mica__alloc(slots, sizeof *scratch);
	blocks = mica__alloc(slots, sizeof *blocks);
	if (d->slots && d->links && d->first_bend && d->order && d->place && d->start && d->first_link && scratch && blocks)
		st = place_all(d, layer, scratch, blocks);
	mica__free(layer);
	mica__free(scratch);
	mica__free(blocks);
	return st;
}

mica_status mica__layered_place(mica__layered *l)
{
	drawing d = {.l = l};
	mica_status st = MICA_OK;

	if (!l->n_nodes)
		return st;
	if (l->across)
		exchange_axes(l);
	st = place(&d);
	if (l->across)
		exchange_axes(l);
	mica__free(d.slots);
	mica__free(d.links);
	mica__free(d.first_bend);
	mica__free(d.order);
	mica__free(d.place);
	mica__free(d.start);
	mica__free(d.first_link);
	return st;
}

void mica__layered_free(mica__layered *l)
{
	for (size_t i = 0; i < l->n_edges; i++) {
		mica__free(l->edges[i].points);
		l->edges[i].points = NULL;
		l->edges[i].n = 0;
	}
}
