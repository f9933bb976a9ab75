/* SPDX-License-Identifier: MIT */
/* fuzz/test_graphs.c - a fixed set of random graphs against the reference executor, many in one plan so that few programs
   are built; tools/fuzz-graphs runs any number of others. */
#include "fuzz/fuzz.h"
#include "support/support.h"

static void check_seeds(mica_dtype real, uint64_t first, uint64_t last, uint32_t without)
{
	mica_context *ctx = open_context();
	if (real == MICA_F64 && !mica_context_device(ctx)->has_fp64) {
		mica_close(ctx);
		cr_skip_test("no double precision on this device");
	}
	mica__text report = {0};
	fuzz *f = fuzz_open(ctx, real);
	for (uint64_t s = first; s <= last; s++)
		fuzz_grow(f, s);
	size_t wrong = fuzz_check(f, without, 0, &report);
	cr_expect(!wrong, "%zu values differ: tools/fuzz-graphs --seeds %llu-%llu tells more\n%.400s", wrong, (unsigned long long)first,
	          (unsigned long long)last, mica__text_string(&report));
	mica__text_free(&report);
	fuzz_close(f);
	mica_close(ctx);
}

Test(fuzz, graphs)
{
	check_seeds(MICA_F32, 2, 5, 0);
}

Test(fuzz, graphs_without_fusion)
{
	check_seeds(MICA_F32, 15, 17, MICA_NO_FUSE | MICA_NO_SIMPLIFY);
}

Test(fuzz, graphs_in_double_precision)
{
	check_seeds(MICA_F64, 2, 4, 0);
}

/* ---- small ones that differed once ---- */

/* Of what is padded, at a row within the edges, nothing may be taken for what holds in every row: not a constant's value, nor one that
   does not vary with the row. */
static void sum_of_padded_constants(fuzz *f)
{
	const size_t before[] = {0, 3, 0}, after[] = {0, 0, 0};
	mica_var zeros = mica_graph_fill(fuzz_graph(f), 0, MICA_F32, MICA_SHAPE(65, 1, 4));
	mica_var row = mica_op_broadcast(fuzz_leaf(f, false, MICA_F32, MICA_SHAPE(1, 1, 4), -1, 1), MICA_SHAPE(65, 1, 4));

	fuzz_output(f, mica_op_sum(mica_op_reshape(mica_op_pad(zeros, before, after, 2), MICA_SHAPE(260, 4)), MICA_AXIS(0), true), 0);
	fuzz_output(f, mica_op_sum(mica_op_reshape(mica_op_pad(row, before, after, 2), MICA_SHAPE(260, 4)), MICA_AXIS(0), true), 1);
}

Test(fuzz, graphs_that_differed_once)
{
	mica_context *ctx = open_context();
	mica__text report = {0};
	fuzz *f = fuzz_open(ctx, MICA_F32);
	sum_of_padded_constants(f);
	size_t wrong = fuzz_check(f, 0, 0, &report);
	cr_expect(!wrong, "%zu values differ: %.900s", wrong, mica__text_string(&report));
	mica__text_free(&report);
	fuzz_close(f);
	mica_close(ctx);
}
