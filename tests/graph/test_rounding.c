/* SPDX-License-Identifier: MIT */
/* graph/test_rounding.c - passes that reorder arithmetic: whole training steps without them stay within rounding, measured in
   double precision, and in single precision within what is asked of a model's gradients. */
#include "support/models.h"

#include <stdio.h>

static const uint32_t any_arithmetic[] = {
	MICA_NO_SIMPLIFY, MICA_NO_FUSE, MICA_NO_PANELS, MICA_NO_SIMPLIFY | MICA_NO_FUSE | MICA_NO_PANELS,
};
static const uint32_t nothing = MICA_NO_SIMPLIFY | MICA_NO_FUSE | MICA_NO_MERGE | MICA_NO_PERSISTENT | MICA_NO_PANELS | MICA_NO_REUSE;

static void within_rounding(const named_model *m)
{
	mica_context *ctx = open_context();
	if (!mica_context_device(ctx)->has_fp64) {
		mica_close(ctx);
		cr_skip_test("no double precision on this device");
	}
	outcome exact = model_run(ctx, m, MICA_F64, 0, 2), single = model_run(ctx, m, MICA_F32, 0, 1), first = model_run(ctx, m, MICA_F64, 0, 1);
	char label[96];
	snprintf(label, sizeof label, "%s in single precision", m->name);
	expect_near(label, &single, &first, 1e-4); /* gradients of a model against double precision */
	outcome_free(&single);
	for (size_t i = 0; i < COUNT(any_arithmetic); i++) {
		outcome o = model_run(ctx, m, MICA_F64, any_arithmetic[i], 2);
		snprintf(label, sizeof label, "%s, without 0x%x", m->name, any_arithmetic[i]);
		expect_near(label, &o, &exact, 1e-11); /* a few thousand roundings of 2^-53 */
		outcome_free(&o);
	}
	single = model_run(ctx, m, MICA_F32, nothing, 1);
	snprintf(label, sizeof label, "%s in single precision, without any", m->name);
	expect_near(label, &single, &first, 1e-4);
	outcome_free(&single);
	outcome_free(&exact);
	outcome_free(&first);
	mica_close(ctx);
}

#define MODELS(X) X(mlp_adam, 0) X(mlp_clipped, 1) X(norm_gelu, 2) X(attention, 3) X(shared_weights, 4) X(embedding, 5) X(moves, 6)
#define X(id, k)                               \
	Test(within_rounding, id)              \
	{                                      \
		within_rounding(&models[k]);   \
	}
MODELS(X)
#undef X
