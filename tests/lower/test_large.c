/* SPDX-License-Identifier: MIT */
/* lower/test_large.c - values of more than 2^31 elements, and axes as long, that are read here and there and stored nowhere: numbers of
   elements, coordinates and what a map makes of them need more than 32 bits. */
#include "support/support.h"

enum { MOST = 4, SIDE = 50000 };
#define ALL ((size_t)SIDE * SIDE)

/* Element (r, c) of a square of bytes. */
static int pattern(size_t r, size_t c)
{
	return (int)((7 * r + 3 * c) % 256);
}

static int flat(size_t i)
{
	return pattern(i / SIDE, i % SIDE);
}

static mica_var square(mica_graph *g)
{
	mica_shape s = MICA_SHAPE(SIDE, SIDE);
	mica_var r = mica_graph_iota(g, s, 0), c = mica_graph_iota(g, s, 1);
	return mica_op_cast(mica_op_add(mica_op_mulc(r, 7), mica_op_mulc(c, 3)), MICA_U8);
}

typedef struct part {
	const char *what;
	mica_var x; /* of MOST elements at most, flat */
	int want[MOST];
} part;

/* n elements of x, as one row, from first on. */
static mica_var piece(mica_var x, size_t first, size_t n)
{
	mica_var all = mica_op_reshape(x, MICA_SHAPE(MICA_INFER));
	return mica_op_slice(all, &first, &(size_t){first + n}, NULL);
}

static mica_var padded(mica_var x, mica_pad_mode how)
{
	return mica_op_pad_mode(x, MICA_SHAPE(3).dim, MICA_SHAPE(3).dim, how);
}

Test(large, elements_are_where_they_should_be)
{
	const size_t by = 1000000000, behind = 2400000000;
	world w = world_open();
	mica_var x = square(w.g), row = mica_op_reshape(x, MICA_SHAPE(ALL)), column = mica_op_reshape(x, MICA_SHAPE(ALL, 1));
	mica_var turned = mica_op_transpose(mica_op_reshape(x, MICA_SHAPE(SIDE, SIDE / 2, 2)), (size_t[]){1, 0, 2});
	part parts[] = {
		{"a square turned over, as twice as wide", piece(mica_op_reshape(mica_op_flip(x, 0), MICA_SHAPE(SIDE / 2, 2 * SIDE)), ALL - 2, 2),
		 {pattern(0, SIDE - 2), pattern(0, SIDE - 1)}},
		{"a row", piece(row, ALL - 2, 2), {flat(ALL - 2), flat(ALL - 1)}},
		{"a column", piece(mica_op_flip(column, 0), 1, 2), {flat(ALL - 2), flat(ALL - 3)}},
		{"every so many", mica_op_slice(row, (size_t[]){1}, (size_t[]){ALL}, &by), {flat(1), flat(1 + by), flat(1 + 2 * by)}},
		{"a diagonal", piece(mica_op_diagonal(x, 0, 1), SIDE - 2, 2), {pattern(SIDE - 2, SIDE - 2), pattern(SIDE - 1, SIDE - 1)}},
		{"axes joined", piece(mica_op_flip(mica_op_reshape(turned, MICA_SHAPE(ALL / 2, 2)), 0), 2, 2), {pattern(SIDE - 2, SIDE - 2), pattern(SIDE - 2, SIDE - 1)}},
		{"two, one behind the other", piece(mica_op_concat((mica_var[]){row, mica_op_flip(row, 0)}, 2, 0), ALL + behind, 2),
		 {flat(ALL - 1 - behind), flat(ALL - 2 - behind)}},
		{"moved on", piece(mica_op_roll(row, -(long)behind, 0), 7, 2), {flat(behind + 7), flat(behind + 8)}},
		{"padded", piece(mica_op_pad(row, MICA_SHAPE(3).dim, MICA_SHAPE(3).dim, 7), ALL + 1, 3), {flat(ALL - 2), flat(ALL - 1), 7}},
		{"edge", piece(padded(row, MICA_PAD_EDGE), ALL + 2, 2), {flat(ALL - 1), flat(ALL - 1)}},
		{"reflect", piece(padded(row, MICA_PAD_REFLECT), ALL + 2, 3), {flat(ALL - 1), flat(ALL - 2), flat(ALL - 3)}},
		{"symmetric", piece(padded(row, MICA_PAD_SYMMETRIC), ALL + 2, 3), {flat(ALL - 1), flat(ALL - 1), flat(ALL - 2)}},
		{"wrap", piece(padded(row, MICA_PAD_WRAP), ALL + 2, 3), {flat(ALL - 1), flat(0), flat(1)}},
	};
	mica_var outputs[COUNT(parts)];
	for (size_t i = 0; i < COUNT(parts); i++)
		outputs[i] = mica_op_cast(parts[i].x, MICA_I32);
	cr_assert(mica_graph_status(w.g) == MICA_OK, "%s", mica_graph_error(w.g));
	mica_plan *p = plan_of(outputs, COUNT(parts), 0);
	OK(mica_plan_run(p, 1));
	for (size_t i = 0; i < COUNT(parts); i++) {
		int got[MOST];
		size_t n = mica_var_count(outputs[i]);
		OK(mica_plan_fetch(p, i, got, n * sizeof *got));
		for (size_t k = 0; k < n; k++)
			cr_expect(got[k] == parts[i].want[k], "%s [%zu]: %d instead of %d", parts[i].what, k, got[k], parts[i].want[k]);
	}
	mica_close(w.ctx);
}

/* What would take rows or columns of a kernel beyond 32 bits is refused, and says so. */
Test(large, kernels_of_as_many_rows_are_refused)
{
	world w = world_open();
	mica_var table = mica_op_reshape(square(w.g), MICA_SHAPE(SIDE, SIDE / 2, 2, 1)); /* which is stored, a row for each element */
	mica_var y = mica_op_gather(table, mica_graph_iota(w.g, MICA_SHAPE(2), 0));
	mica_plan *p = NULL;
	mica_status st = mica_plan_create(&p, &y, 1, NULL);
	cr_expect((st == MICA_EUNSUPPORTED || st == MICA_EBUDGET) && strstr(mica_error(NULL), "2500000000"), "%s", mica_error(NULL));
	mica_close(w.ctx);
}
