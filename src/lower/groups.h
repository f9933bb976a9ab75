/* SPDX-License-Identifier: MIT */
/* lower/groups.h - what the passes from roots to stages share, and nobody else needs. */
#ifndef MICA_LOWER_GROUPS_H
#define MICA_LOWER_GROUPS_H
#include "lower/lower.h"

/* What one kernel may have: nodes one upon the other, since the writer of code calls itself for each; on GPUs stored values that it
   reads or makes, since where each is stands in registers. */
enum { MICA__DEEPEST = 256, MICA__MOST_PLACES = 32 };

/* ---- segments.c ---- */

/* Gives what comes out of loops its places; p->info must have room for a node more for each carry. */
mica_status mica__make_windows(mica__plan *p);
size_t mica__count_carries(const mica__plan *p);

/* ---- reads.c ---- */

/* Finds anew what every root reads; p->info must have room for all nodes and the copies that assignments may need. */
mica_status mica__find_facts(mica__plan *p);
void mica__free_facts(mica__facts *f);
/* The same for a root made since, which copies one value. */
mica_status mica__add_copy_facts(mica__plan *p, mica_var copy);

/* ---- sequence.c ---- */

/* All groups in the order of their numbers, which must be a topological one, with room for that many more. */
mica_status mica__sequence_create(mica__plan *p, size_t more);
void mica__sequence_free(mica__sequence *s);
/* A new group, at the end. */
void mica__sequence_append(mica__sequence *s, size_t group);
/* Group b becomes part of group a.  False, and nothing changed, if something has to run between them, or if that would
   take too long to find out. */
bool mica__sequence_merge(const mica__plan *p, size_t a, size_t b);
/* Brings group `first` before group `then`; false if it depends on it, or may. */
bool mica__sequence_before(const mica__plan *p, size_t first, size_t then);
/* From now on `then` runs after `first`, which stands before it. */
mica_status mica__sequence_edge(mica__sequence *s, size_t first, size_t then);
/* Groups in order: the first, the one after it; SIZE_MAX at the end. */
size_t mica__sequence_first(const mica__sequence *s);
size_t mica__sequence_next(const mica__sequence *s, size_t group);
/* The groups with edges to it, one after the other: start with *at = 0; SIZE_MAX at the end. */
size_t mica__sequence_edge_to(const mica__sequence *s, size_t group, size_t *at);

/* ---- roots.c ---- */

/* Chooses the roots there must be, and cuts what is too long for one kernel. */
mica_status mica__mark_roots(mica__plan *p);
/* Makes roots of costly nodes that several groups compute.  Before there are groups: of the longest that several roots
   compute, so that none is looked at again and again; in the last round: also of those that read such a node. */
typedef enum mica__round { MICA__UNGROUPED, MICA__GROUPED, MICA__LAST_ROUND } mica__round;
mica_status mica__mark_repeated(mica__plan *p, mica__round round, bool *any);

/* ---- groups.c ---- */

/* A new group of one root. */
mica_status mica__add_group(mica__plan *p, mica_var x);
/* Group a gets the roots of group b, which is dead then. */
mica_status mica__join_groups(mica__plan *p, size_t a, size_t b);

#endif
