/* SPDX-License-Identifier: MIT */
/* picture/layered.h - where the boxes and arrows of a graph without circles go: in layers, one below the other.
   Uses base only.  The steps are those of Sugiyama, Tagawa and Toda (1981): layers, an order with few crossings, places. */
#ifndef MICA_PICTURE_LAYERED_H
#define MICA_PICTURE_LAYERED_H
#include "base/base.h"

typedef struct mica__point {
	double x, y;
} mica__point;

/* A box; x, y of its middle are found. */
typedef struct mica__layered_node {
	double width, height;
	double x, y;
} mica__layered_node;

/* An arrow, from a node to one with a larger number.  The points it goes through are found: runs down a layer, at one x, and ways
   from a layer to the next. */
typedef struct mica__layered_edge {
	size_t from, to;
	mica__point *points;
	size_t n;
} mica__layered_edge;

typedef struct mica__layered {
	mica__layered_node *nodes;
	size_t n_nodes;
	mica__layered_edge *edges;
	size_t n_edges;
	double apart, below;   /* free space between boxes of a layer, between layers */
	bool across;           /* layers go from left to right */
	double width, height;  /* of all, found: everything is at 0 and more */
} mica__layered;

mica_status mica__layered_place(mica__layered *l);
void mica__layered_free(mica__layered *l); /* the points of its edges */

#endif
