/* SPDX-License-Identifier: MIT */
/* graph/test_rounding.c - passes that reorder arithmetic: whole training steps without them stay within rounding, measured in
   double precision, and in single precision within what is asked of a model's gradients. */
#include "support/models.h"

#include <stdio.h>

static const uint32_t alone[] = {MICA_NO_SIMPLIFY, MICA_NO_FUSE, MICA_NO_PANELS};
static const uint32_t together = MICA_NO_SIMPLIFY | MICA_NO_FUSE | MICA_NO_PANELS;
static const uint32_t nothing = MICA_NO_SIMPLIFY | MICA_NO_FUSE | MICA_NO_MERGE | MICA_NO_PERSISTENT | MICA_NO_PANELS | MICA_NO_REUSE;

static void expect_rounding(mica_context *ctx, const named_model *m, mica_dtype t, uint32_t without, size_t steps, const outcome *want, double limit)
{
	char label[96];
	outcome o = model_run(ctx, m, t, without, steps);
	snprintf(label, sizeof label, "%s in %s precision, without 0x%x", m->name, t == MICA_F64 ? "double" : "single", without);
	expect_near(label, &o, want, limit);
	outcome_free(&o);
}

/* All passes against none of those, for every model; each of them alone, and with nothing left at all, for every third. */
Test(rounding, is_all_that_passes_change)
{
	const double gradients = 1e-4, few = 1e-11; /* a model's gradients against double precision; a few thousand roundings of 2^-53 */
	mica_context *ctx = open_context();
	if (!mica_context_device(ctx)->has_fp64) {
		mica_close(ctx);
		cr_skip_test("no double precision on this device");
	}
	for (size_t i = 0; i < n_models; i++) {
		const named_model *m = &models[i];
		outcome exact = model_run(ctx, m, MICA_F64, 0, 2), first = model_run(ctx, m, MICA_F64, 0, 1);
		expect_rounding(ctx, m, MICA_F32, 0, 1, &first, gradients);
		expect_rounding(ctx, m, MICA_F64, together, 2, &exact, few);
		expect_rounding(ctx, m, MICA_F64, alone[i % 3], 2, &exact, few);
		if (i % 3 == 0)
			expect_rounding(ctx, m, MICA_F32, nothing, 1, &first, gradients);
		outcome_free(&exact);
		outcome_free(&first);
	}
	mica_close(ctx);
}
