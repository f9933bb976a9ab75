/* SPDX-License-Identifier: MIT */
/* lower/emit.h - writing OpenCL C: a value evaluated at a position becomes a name; names are declared where they change.
   Declarations go to one of three texts: what is the same for a whole task, per row, and per element (or vector).  A failed
   allocation is remembered in st, whatever text it happened to, and looked at once, at the end.

   emit.c has names and sizes, memory.c loads and stores, value.c values, position.c what only changes a position, parts.c
   what several kinds of kernels need of a group. */
#ifndef MICA_LOWER_EMIT_H
#define MICA_LOWER_EMIT_H
#include "lower/kind.h"
#include "lower/skeleton.h"

#include <string.h>

typedef enum mica__level { MICA__PER_TASK, MICA__PER_ROW, MICA__PER_ELEMENT, MICA__LEVELS } mica__level;

typedef struct mica__name {
	char s[24];
	uint8_t level;
	bool vector;
	bool wide;     /* an integer that need not fit into 32 bits */
} mica__name;

/* Where an element of a node is: the number of its row, over all leading dimensions, and its last coordinate.  vector: the
   vector of elements from that column on; "0" is then the column `c` at hand, which is at `h` in panel `p`.  In the code, `r`
   is the row at hand. */
typedef struct mica__at {
	mica__name lead, column;
	bool vector;
} mica__at;

typedef struct mica__memo {
	uint32_t node; /* UINT32_MAX: an integer expression or a pointer, by its text */
	size_t key;    /* offset in the emitter's keys */
	mica__name name;
} mica__memo;

/* A row's number whose coordinates are known: the axes that it counts, the last first.  Of rows that a loop goes over the
   first n_taps are few and inside the loop along all others. */
typedef struct mica__digit {
	size_t size;
	mica__name at, before; /* the coordinate; the number that the axes before it make, "" if nobody has it */
} mica__digit;
typedef struct mica__raster {
	char row[24];          /* the name of the row's number */
	size_t n, n_taps;
	mica__digit axis[MICA_MAX_RANK];
} mica__raster;

typedef struct mica__emitter {
	mica__plan *p;
	mica__group *g;
	mica__text text[MICA__LEVELS];
	mica__memo *memo;
	size_t n_memo, cap_memo;
	uint32_t *index;         /* hash table of memo numbers + 1 */
	size_t n_index;
	mica__text keys;
	unsigned counter;
	bool by_rows;            /* something in memory lies row by row, each row longer than a panel */
	mica__raster rows;       /* of the loops around; n 0: not known */
	mica__raster *made;      /* of numbers that were put together from coordinates */
	size_t n_made, cap_made;
	bool within;             /* all taps of the row at hand are where `edges`, a condition, holds: no coordinate is tested */
	mica__text edges;
	char ahead[24];          /* loads and stores of vectors in row r fetch those so many rows ahead, if not empty */
	struct mica__scratch *scratch;
	mica__name (*value)(struct mica__emitter *e, mica_var x, mica__at at); /* mica__value_at */
	mica_status st;
} mica__emitter;

/* Marks on nodes that the walks through a group's expressions leave, so that no node is looked at twice; one for all
   groups, since clearing them each time would cost as much as the graph is long. */
typedef struct mica__scratch {
	struct { uint32_t group, depth; } *reductions; /* below a node, in the group of that number + 1 */
	uint32_t *outer, *inner;                       /* marks equal to the newest stamp are set */
	uint32_t outer_stamp, inner_stamp;
} mica__scratch;

/* ---- emit.c: names ---- */

/* A name that stands for itself. */
mica__name mica__literal(const char *s, mica__level level);
static inline uint8_t mica__deeper(uint8_t a, uint8_t b)
{
	return a > b ? a : b;
}
static inline bool mica__is(mica__name a, const char *s)
{
	return strcmp(a.s, s) == 0;
}
/* The first column of the vector at `at`. */
static inline const char *mica__first_column(const mica__at *at)
{
	return mica__is(at->column, "0") ? "c" : at->column.s;
}
/* The whole row r, seen by vectors (of vector groups) or at column c. */
mica__at mica__here(const mica__emitter *e);
/* Column 0 of the row of that name: where a value of one per row is. */
mica__at mica__at_row(mica__name row);

/* Declares `type name = expression` at level, or finds the same declaration again. */
mica__name mica__declare(mica__emitter *e, const char *type, mica__level level, const char *fmt, ...) MICA__PRINTF(4, 5);
/* The same for an integer that counts rows, columns or elements, of which there are at most `most`: a long, in which the
   expression must then calculate (MICA__WIDEN before its first operand), if they do not fit into 32 bits. */
mica__name mica__count(mica__emitter *e, size_t most, mica__level level, const char *fmt, ...) MICA__PRINTF(4, 5);
#define MICA__WIDEN(most) ((most) > INT32_MAX ? "(long)" : "")

/* The memo: what name the value of a node has at a position. */
mica__name *mica__find(mica__emitter *e, uint32_t node, const char *key);
void mica__add_memo(mica__emitter *e, uint32_t node, const char *key, mica__name name);
mica__name mica__declare_named(mica__emitter *e, uint32_t node, const char *key, const char *type, uint8_t level,
                               const char *expression);
/* Makes later mica__value of x at that position give name. */
void mica__remember(mica__emitter *e, mica_var x, mica__at at, mica__name name);
/* One row has no row number, one column no column number: the same position has one key. */
void mica__normal_position(mica_var x, mica__at *at, char key[56]);
/* Forgets what was declared at level or deeper, so that the next block declares it anew. */
void mica__forget(mica__emitter *e, mica__level level);
/* Takes a level's text and empties it; row and element text together.  mica__done frees a text and notes if it failed. */
mica__text mica__take(mica__emitter *e, mica__level level);
mica__text mica__take_all(mica__emitter *e);
void mica__done(mica__emitter *e, mica__text *t);
/* Appends a section of cl/skeletons/FILE. */
void mica__loops(mica__emitter *e, mica__text *out, const char *file, const char *section, const mica__hole *holes);

/* What a value of type t is computed as: "float", "floatv". */
const char *mica__type(mica_dtype t, bool vector);

/* A number as OpenCL C. */
void mica__constant(double v, mica_dtype type, mica__text *out);

/* ---- emit.c: sizes ---- */

/* A size or offset that the function reads from the plan's table, so that the code does not depend on it; key names what
   it is, so that two equal sizes stay two.  EUNSUPPORTED above 2^31 - 1; an extent is a long there. */
mica__name mica__size(mica__emitter *e, size_t value, const char *key, ...) MICA__PRINTF(3, 4);
mica__name mica__extent(mica__emitter *e, size_t value, const char *key, ...) MICA__PRINTF(3, 4);
/* The slot, counted from the group's first, of the plan's table that holds value under that name. */
size_t mica__table_slot(mica__emitter *e, int64_t value, const char *key);
/* What a node's axis measures; its last axis; elements of a vector panel row. */
mica__name mica__dimension(mica__emitter *e, mica_var x, size_t axis);
mica__name mica__last(mica__emitter *e, mica_var x);
/* How many panels, rows and columns the group's domain has. */
mica__name mica__panels(mica__emitter *e);
mica__name mica__rows(mica__emitter *e);
mica__name mica__columns(mica__emitter *e);

/* The slot, counted from the group's first, of the word of the table that says where a store is. */
size_t mica__where_slot(mica__emitter *e, int store);
/* MICA_SLAB, the parameter that a word means (see cl/prelude.cl); the number of slabs is a power of two. */
void mica__choice_of_slab(const mica__plan *p, mica__text *out);
/* Parameters shared by all kernels: "global uchar *b0, ..., global const long *o". */
void mica__kernel_parameters(const mica__plan *p, mica__text *out);
/* On CPUs a kernel puts the slabs into a struct, whose address it hands on: so many arguments would not fit into registers,
   and choosing one is a load.  On GPUs that would be memory of each work-item's own: functions take the same parameters. */
void mica__slabs(const mica__plan *p, mica__text *out);
/* Parameters shared by all functions, and the matching arguments, the last of which is `table`. */
void mica__parameters(const mica__plan *p, mica__text *out);
void mica__arguments(const mica__plan *p, const char *table, mica__text *out);

/* ---- memory.c ---- */

/* Whether x is read from memory that this group does not write. */
bool mica__from_outside(const mica__emitter *e, mica_var x);
/* Pointer to a store's first element (type by the store's node); elements from one of its panels to the next. */
mica__name mica__pointer(mica__emitter *e, int store);
mica__name mica__panel_stride(mica__emitter *e, int store);
/* How many elements a row has in a panel of a store. */
const char *mica__panel_row(const mica__emitter *e, int store);
/* An expression that loads from a store seen with the shape of view. */
void mica__load(mica__emitter *e, int store, mica_var view, mica__at at, mica__text *out, uint8_t *level);
/* Adds the store of root x, whose value is v, to the element or row text. */
void mica__put(mica__emitter *e, mica_var x, mica__name v, mica__at at);

/* ---- value.c, position.c ---- */

/* An expression for a number that stands in the plan's table, so that the code does not depend on it. */
void mica__table_number(mica__emitter *e, double value, mica_dtype t, const char *key, mica__text *out);
/* Replaces $a $b $c, $T, $A and $M in an operation's expression (graph/op.h); first is the type of $a; vector: operands that
   are none become vectors. */
void mica__expand(const char *pattern, const mica__name *operand, const char *type, const char *first, bool vector,
                  mica__text *out);
mica__name mica__value_at(mica__emitter *e, mica_var x, mica__at at);
/* The same, through the emitter, for what the value of a node is made of. */
static inline mica__name mica__value(mica__emitter *e, mica_var x, mica__at at)
{
	return e->value(e, x, at);
}
/* The value of a node that only moves elements is that of its first input elsewhere: false if x is no such node. */
bool mica__moved(mica__emitter *e, mica_var x, mica__at at, mica__name *out);
/* The same where it depends on the position which of the inputs it is, or a constant (padding, joined parts): an expression. */
void mica__chosen(mica__emitter *e, mica_var x, mica__at at, mica__text *out, mica__name *r);
/* The same where x has one input, and is `otherwise` outside: its value there, if `inside` holds. */
bool mica__move_inside(mica__emitter *e, mica_var x, mica__at at, double otherwise, mica__name *inside, mica__name *value);
/* Where x at `at` reads an operand that is broadcast to it. */
mica__at mica__operand_at(mica__emitter *e, mica_var x, mica_var in, mica__at at);
/* The coordinates, of all dimensions but the last, of row number lead of x. */
void mica__coordinates(mica__emitter *e, mica_var x, mica__name lead, mica__name *at);
/* Element (row, column) of a value seen as rows of `width`, at x's own last dimension. */
mica__at mica__reshaped_at(mica__emitter *e, mica_var x, mica__name row, mica__name column, size_t width);

/* ---- rows.c ---- */

/* The axes that rows of the group's expressions are counted by, of so many rows and without those of size 1, where any
   expression needs the coordinates of rows; rank 0 if none does. */
mica_shape mica__axes_of_rows(const mica__emitter *e, size_t rows);
/* From now on the row of that name is one of the loops below, over these axes, of which the last n_taps are loops inside. */
void mica__know_rows(mica__emitter *e, const char *row, const mica_shape *axes, size_t n_taps);
/* The number of that name counts the rows of x, and was made of these coordinates. */
void mica__made_row(mica__emitter *e, mica_var x, mica__name row, const mica__name *at);
/* The coordinates, of all dimensions but the last, of x's row lead; false if they would have to be computed. */
bool mica__known_coordinates(mica__emitter *e, mica_var x, mica__name lead, mica__name *at);
const mica__digit *mica__digit_named(const mica__emitter *e, mica__name at); /* NULL if it is none of theirs */
/* body for each row from first up to past; for each tap, whose number is k, of so many. */
void mica__loop_rows(mica__emitter *e, const char *row, const char *first, const char *past, const char *body, mica__text *out);
void mica__loop_taps(mica__emitter *e, size_t count, bool unroll, const char *body, mica__text *out);
#define MICA__ROLLED "#pragma unroll 1\n"

/* ---- parts.c ---- */

/* Whether a root of the group has a place in memory; whether it has, and is not one per row; whether there is such a root;
   values of those at `at`, and their stores after loads. */
bool mica__is_stored_root(const mica__emitter *e, mica_var x);
bool mica__is_element(const mica__emitter *e, mica_var x);
bool mica__has_elements(const mica__emitter *e);
void mica__put_elements(mica__emitter *e, mica__at at);
/* Where the value of row r of a root with one per row is; false if x is none that is stored. */
bool mica__row_position(const mica__emitter *e, mica_var x, mica__at *at);
/* What a reduction's accumulator begins with; what becomes of it, a, with the next element b; how many reductions of the
   group lie one upon the other below x; whether x is a reduction with so many below it; the most of all. */
const char *mica__reduction_start(mica_var x);
void mica__reduction_join(mica_var x, const char *a, const char *b, bool vector, mica__text *out);
size_t mica__reduction_depth(const mica__emitter *e, mica_var x);
bool mica__reduces_at(const mica__emitter *e, mica_var x, size_t depth);
size_t mica__deepest_reduction(const mica__emitter *e);

/* On CPUs any layout of a store is rows and panels some elements apart: element (r, c) is at base + c / PW * panel + r * row +
   c % PW.  A single row has the strides of panels, so that what a tile reads past it is near.  view: the shape it is seen in. */
typedef struct mica__matrix {
	mica__name base, panel;
	char row[24];
} mica__matrix;
mica__matrix mica__matrix_of(mica__emitter *e, int store, mica_var view);

/* Where row r0 of panel p of a stored root is, and how far it is from there to the next row: what a core may ask memory for before it
   stores it.  0 if there is none of the anchor's type. */
void mica__put_result(mica__emitter *e, mica__text *base, char row[24]);

/* On CPUs: the elements of a task, roughly; the element text in a block for each vector of panel p, into the row text;
   whether the group keeps transposed copies of variables, and the code that writes them, after rows r0..r1 of panel p. */
enum { MICA__TASK_ELEMENTS = 16384 };
const char *mica__for_vectors(const mica__emitter *e);
void mica__close_vectors(mica__emitter *e);
bool mica__keeps_copies(const mica__emitter *e);
void mica__put_copies(mica__emitter *e, mica__text *out);

/* On GPUs: fewer work-groups than FEW_GROUPS leave one idle; elements counted in 32 bits (EUNSUPPORTED); a power of two;
   a barrier where all work-items may read what one of them then overwrites. */
enum { MICA__FEW_GROUPS = 64 };
size_t mica__count_elements(mica__emitter *e, size_t rows, size_t columns);
/* Rows and columns of the tiles of cl/product_simt.cl; no rows (EUNSUPPORTED) where work-groups are too small for them. */
enum { MICA__TILE_COLUMNS = 64 };
size_t mica__tile_rows(mica__emitter *e);
size_t mica__power_of_two(size_t least, size_t most);
void mica__wait_for_reads(mica__emitter *e, mica__text *out);

#endif
