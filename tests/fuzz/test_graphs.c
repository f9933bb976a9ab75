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
