/* SPDX-License-Identifier: MIT */
/* lower/emit.h - writing OpenCL C: a value evaluated at a position becomes a name; names are declared where they change.
   A position is (lead, column): lead numbers the rows of the node's leading dimensions, column its last one; in a vector
   group the column is a vector of consecutive ones starting at `c`, in panel `p` at offset `h`.
   Declarations go to one of three texts: what is the same for a whole task, per row, and per element (or vector). */
#ifndef MICA_GRAPH_EMIT_H
#define MICA_GRAPH_EMIT_H
#include "lower/lower.h"

#include <string.h>

typedef enum mica__level { MICA__PER_TASK, MICA__PER_ROW, MICA__PER_ELEMENT, MICA__LEVELS } mica__level;

typedef struct mica__name {
	char s[24];
	uint8_t level;
	bool vector;
} mica__name;

typedef struct mica__memo {
	uint32_t node; /* UINT32_MAX: an integer expression or a pointer, by its text */
	char key[88];
	mica__name name;
} mica__memo;

typedef struct mica__emitter {
	mica__plan *p;
	mica__group *g;
	mica__text text[MICA__LEVELS];
	mica__memo *memo;
	size_t n_memo, cap_memo;
	unsigned counter;
	bool by_rows;   /* something in memory lies row by row, each row longer than a panel */
	char ahead[24]; /* loads and stores of vectors in row r fetch those so many rows ahead, if not empty */
	mica_status st;
} mica__emitter;

/* A name that stands for itself. */
mica__name mica__literal(const char *s, mica__level level);
/* Declares `type name = expression` at level, or finds the same declaration again. */
mica__name mica__declare(mica__emitter *e, const char *type, mica__level level, const char *fmt, ...) MICA__PRINTF(4, 5);
/* A size or offset that the function reads from the plan's table, so that the code does not depend on it; key names what
   it is, so that two equal sizes stay two. */
mica__name mica__size(mica__emitter *e, size_t value, const char *key, ...) MICA__PRINTF(3, 4);
/* The slot, counted from the group's first, of the plan's table that holds value under that name. */
size_t mica__table_slot(mica__plan *p, const mica__group *g, int64_t value, const char *key, mica_status *st);
/* Pointer to a store's first element (type by the store's node). */
mica__name mica__pointer(mica__emitter *e, int store);
/* Elements from one panel to the next. */
mica__name mica__panel_stride(mica__emitter *e, int store);

/* For value.c: the deeper of two levels, whether a name is this text, the memo, what a node's axis measures, and an
   expression that loads from a store seen with the shape of view. */
static inline uint8_t mica__deeper(uint8_t a, uint8_t b)
{
	return a > b ? a : b;
}
static inline bool mica__is(mica__name a, const char *s)
{
	return strcmp(a.s, s) == 0;
}
mica__name *mica__find(mica__emitter *e, uint32_t node, const char *key);
void mica__add_memo(mica__emitter *e, uint32_t node, const char *key, mica__name name);
mica__name mica__declare_named(mica__emitter *e, uint32_t node, const char *key, const char *type, uint8_t level,
                               const char *expression);
/* One row has no row number, one column no column number: the same position has one key. */
void mica__normal_position(mica_var x, mica__name *lead, mica__name *column, char key[88], bool vector);
mica__name mica__dimension(mica__emitter *e, mica_var x, size_t axis);
void mica__load(mica__emitter *e, int store, mica_var view, mica__name lead, mica__name column, bool vector, char *out,
                size_t size, uint8_t *level);

/* The value of x at (lead, column); vector: at the vector of columns from `c`, column is then ignored. */
mica__name mica__value(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector);
/* Makes later mica__value of x at (lead, vector or column 0) give name. */
void mica__remember(mica__emitter *e, mica_var x, mica__name lead, mica__name column, bool vector, mica__name name);
/* Forgets what was declared at level or deeper, so that the next block declares it anew. */
void mica__forget(mica__emitter *e, mica__level level);
/* Takes a level's text (the caller appends it somewhere) and empties it. */
mica__text mica__take(mica__emitter *e, mica__level level);

/* Adds the store of root x, whose value is v, at (lead, column or vector) to the element or row text. */
void mica__put(mica__emitter *e, mica_var x, mica__name v, mica__name lead, mica__name column, bool vector);

/* "real", "realv", "int" or "intv". */
const char *mica__type(mica_dtype t, bool vector);

/* What cpu.c and simt.c have in common.  Whether a root of the group has a place in memory; whether it has, and is not one
   per row; whether there is such a root; values of those at (lead, c) or the vector at c, and their stores after loads. */
bool mica__is_stored_root(const mica__emitter *e, mica_var x);
bool mica__is_element(const mica__emitter *e, mica_var x);
bool mica__has_elements(const mica__emitter *e);
void mica__put_elements(mica__emitter *e, mica__name lead);
/* Where the value of row r of a root with one per row is; false if x is none that is stored. */
bool mica__row_position(const mica__emitter *e, mica_var x, mica__name *lead, mica__name *at);
/* Whether x is read from memory that this group does not write. */
bool mica__from_outside(const mica__emitter *e, mica_var x);
/* What a reduction's accumulator begins with; how many reductions of the group lie one upon the other below x; whether x is
   a reduction with so many below it; the most of all. */
const char *mica__reduction_start(mica_var x);
size_t mica__reduction_depth(const mica__emitter *e, mica_var x);
bool mica__reduces_at(const mica__emitter *e, mica_var x, size_t depth);
size_t mica__deepest_reduction(const mica__emitter *e);

/* What cpu.c and cpu_reduce.c have in common: the elements of a task, roughly; how many panels and rows the domain has;
   the beginning of a block for each vector of panel p; the element text in such blocks, into the row text. */
enum { MICA__TASK_ELEMENTS = 16384 };
mica__name mica__panels(mica__emitter *e);
mica__name mica__rows(mica__emitter *e);
const char *mica__for_vectors(const mica__emitter *e);
void mica__close_vectors(mica__emitter *e);
/* cpu_reduce.c for cpu.c: the code of a group of reductions. */
void mica__rows_group(mica__emitter *e, mica__text *out);
void mica__columns_group(mica__emitter *e, mica__text *out);

/* The body of one group's function, per device class; sets the group's tasks. */
mica_status mica__emit_cpu(mica__plan *p, size_t group, mica__text *body);
mica_status mica__emit_simt(mica__plan *p, size_t group, mica__text *body);
/* Parameter list shared by all functions ("global uchar *b0, ..., global const long *o") and the matching arguments,
   the last of which is `table`. */
void mica__parameters(const mica__plan *p, mica__text *out);
void mica__arguments(const mica__plan *p, const char *table, mica__text *out);

#endif
