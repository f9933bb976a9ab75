/* SPDX-License-Identifier: MIT */
/* picture/test_layered.c - layered drawings: what must hold in each, on graphs of all kinds. */
#include "picture/layered.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { MOST = 64 };
typedef struct graph {
	mica__layered_node nodes[MOST];
	mica__layered_edge edges[MOST * 4];
	mica__layered l;
} graph;

static void begin(graph *g, size_t n)
{
	*g = (graph){.l = {.n_nodes = n, .apart = 20, .below = 30}};
	g->l.nodes = g->nodes;
	g->l.edges = g->edges;
	for (size_t i = 0; i < n; i++)
		g->nodes[i] = (mica__layered_node){.width = 40 + (double)(i * 37 % 90), .height = 20 + (double)(i * 13 % 40)};
}

static void add(graph *g, size_t from, size_t to)
{
	g->edges[g->l.n_edges++] = (mica__layered_edge){.from = from, .to = to};
}

static bool overlap(const mica__layered_node *a, const mica__layered_node *b)
{
	return fabs(a->x - b->x) < (a->width + b->width) / 2 - 1e-6 && fabs(a->y - b->y) < (a->height + b->height) / 2 - 1e-6;
}

/* Whether the way from p to q, which is straight down or between layers, goes through a box. */
static bool cuts(const mica__layered_node *v, mica__point p, mica__point q)
{
	return p.x == q.x && fabs(p.x - v->x) < v->width / 2 && fmax(p.y, v->y - v->height / 2) + 1e-6 < fmin(q.y, v->y + v->height / 2) - 1e-6;
}

/* Boxes are in the picture and apart; arrows lead down from box to box, and through none. */
static void expect_drawing(graph *g)
{
	cr_assert_eq(mica__layered_place(&g->l), MICA_OK);
	for (size_t i = 0; i < g->l.n_nodes; i++) {
		const mica__layered_node *v = &g->nodes[i];
		cr_expect(v->x - v->width / 2 >= -1e-6 && v->x + v->width / 2 <= g->l.width + 1e-6 && v->y - v->height / 2 >= -1e-6 &&
		          v->y + v->height / 2 <= g->l.height + 1e-6, "box %zu", i);
		for (size_t k = 0; k < i; k++)
			cr_expect(!overlap(v, &g->nodes[k]), "boxes %zu and %zu", i, k);
	}
	for (size_t i = 0; i < g->l.n_edges; i++) {
		const mica__layered_edge *e = &g->edges[i];
		const mica__layered_node *from = &g->nodes[e->from], *to = &g->nodes[e->to];
		cr_assert_geq(e->n, 2);
		cr_expect(e->points[0].x == from->x && fabs(e->points[0].y - from->y - from->height / 2) < 1e-6);
		cr_expect(e->points[e->n - 1].x == to->x && fabs(e->points[e->n - 1].y - to->y + to->height / 2) < 1e-6);
		for (size_t k = 1; k < e->n; k++) {
			cr_expect_geq(e->points[k].y, e->points[k - 1].y - 1e-6);
			for (size_t v = 0; v < g->l.n_nodes; v++)
				cr_expect(!cuts(&g->nodes[v], e->points[k - 1], e->points[k]), "arrow %zu, box %zu", i, v);
		}
	}
}

Test(layered, a_chain_is_straight)
{
	graph g;

	begin(&g, 10);
	for (size_t i = 1; i < 10; i++)
		add(&g, i - 1, i);
	expect_drawing(&g);
	for (size_t i = 1; i < 10; i++)
		cr_expect_float_eq(g.nodes[i].x, g.nodes[0].x, 1e-6);
	mica__layered_free(&g.l);
}

/* Blocks of two, and an arrow around each. */
Test(layered, runs_beside_skips_are_straight)
{
	graph g;

	begin(&g, 13);
	for (size_t i = 1; i < 13; i++)
		add(&g, i - 1, i);
	for (size_t i = 0; i + 3 < 13; i += 3)
		add(&g, i, i + 3);
	expect_drawing(&g);
	for (size_t i = 0; i + 3 < 13; i += 3) {
		cr_expect_float_eq(g.nodes[i + 1].x, g.nodes[i + 2].x, 1e-6);
		cr_expect_float_eq(g.nodes[i + 3].x, g.nodes[0].x, 1e-6, "blocks drift");
	}
	mica__layered_free(&g.l);
}

/* Links that cross in the order of their numbers, and need not. */
Test(layered, crossings_are_taken_out)
{
	graph g;

	begin(&g, 8);
	for (size_t i = 0; i < 4; i++)
		add(&g, i, 7 - i);
	expect_drawing(&g);
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < i; k++)
			cr_expect_eq(g.nodes[i].x < g.nodes[k].x, g.nodes[7 - i].x < g.nodes[7 - k].x);
	mica__layered_free(&g.l);
}

Test(layered, what_nothing_leads_to_stands_above_what_it_leads_to)
{
	graph g;

	begin(&g, 5);
	add(&g, 0, 1);
	add(&g, 1, 2);
	add(&g, 3, 4);
	add(&g, 2, 4);
	expect_drawing(&g);
	cr_expect_gt(g.nodes[3].y, g.nodes[1].y);
	mica__layered_free(&g.l);
}

Test(layered, any_graph_can_be_drawn)
{
	graph g;

	srand(1);
	for (int trial = 0; trial < 300; trial++) {
		begin(&g, 1 + (size_t)(rand() % 24));
		for (size_t to = 1; to < g.l.n_nodes; to++)
			for (int k = rand() % 4; k > 0; k--)
				add(&g, (size_t)rand() % to, to);
		g.l.across = false;
		expect_drawing(&g);
		mica__layered_free(&g.l);
	}
}

Test(layered, across_is_down_with_the_axes_exchanged)
{
	graph g, a;

	begin(&g, 6);
	for (size_t i = 1; i < 6; i++)
		add(&g, i / 2, i);
	g.edges[0].from = 0;
	a = g;
	a.l.nodes = a.nodes;
	a.l.edges = a.edges;
	a.l.across = true;
	for (size_t i = 0; i < 6; i++)
		a.nodes[i] = (mica__layered_node){.width = g.nodes[i].height, .height = g.nodes[i].width};
	expect_drawing(&g);
	cr_assert_eq(mica__layered_place(&a.l), MICA_OK);
	for (size_t i = 0; i < 6; i++)
		cr_expect(a.nodes[i].x == g.nodes[i].y && a.nodes[i].y == g.nodes[i].x && a.nodes[i].width == g.nodes[i].height);
	mica__layered_free(&g.l);
	mica__layered_free(&a.l);
}
