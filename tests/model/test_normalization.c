/* SPDX-License-Identifier: MIT */
/* model/test_normalization.c - normalization by what the data is like: adapt, against Keras, and what is refused. */
#include "golden/normalization.h"
#include "model/rig.h"

#define NEAR(a, b) cr_expect(fabs((double)(a) - (double)(b)) <= 1e-5 * (1 + fabs((double)(b))), "%g for %g", (double)(a), (double)(b))

/* n: means. */
static void check(mica_layer l, size_t n, const float *mean, const float *variance, const float *y)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	mica_array x = MICA_ARRAY(normalization_x, 4, 2, 3);
	float got[24], states[2][6];

	mica_add(m, mica_input(2, 3));
	mica_add(m, l);
	if (mean) {
		OK(mica_adapt(mica_model_layer_at(m, 0), x));
		OK(mica_value_read(mica_model_find(m, "normalization/mean"), states[0], n * sizeof(float)));
		OK(mica_value_read(mica_model_find(m, "normalization/variance"), states[1], n * sizeof(float)));
		for (size_t i = 0; i < n; i++) {
			NEAR(states[0][i], mean[i]);
			NEAR(states[1][i], variance[i]);
		}
	}
	OK(mica_predict(m, x, got, sizeof got));
	for (size_t i = 0; i < 24; i++)
		NEAR(got[i], y[i]);
	mica_close(ctx);
}
#define ADAPTED(layer, name) \
	check(layer, sizeof normalization_##name##_mean / sizeof(float), normalization_##name##_mean, normalization_##name##_variance, normalization_##name)

Test(normalization, adapts_as_keras_does)
{
	ADAPTED(mica_normalization(), last);
	ADAPTED(mica_normalization(.axes = MICA_AXIS(1)), first);
	ADAPTED(mica_normalization(.axes = MICA_AXIS(1) | MICA_AXIS(2)), both);
	ADAPTED(mica_normalization(.axes = MICA_NONE), all);
	ADAPTED(mica_normalization(.invert = true), invert);
	check(mica_normalization(.axes = MICA_NONE, .mean = 2, .variance = 9), 1, NULL, NULL, normalization_given);
	float y[24];
	for (size_t i = 0; i < 24; i++)
		y[i] = normalization_x[i] / 1e-7f; /* as Keras divides where there is no deviation */
	check(mica_normalization(.axes = MICA_NONE, .variance = MICA_ZERO), 1, NULL, NULL, y);
}

/* What it has learned goes into the file with the model, is not trained, and counts bytes as they are read. */
Test(normalization, stays_with_the_model)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx, .seed = 1);
	uint8_t bytes[] = {0, 51, 102, 153, 204, 255, 0, 255, 255, 0, 102, 153};
	float same[] = {1, 2, 1, 4, 1, 6}, y[4], again[4], states[2];

	mica_add(m, mica_input(2));
	mica_add(m, mica_normalization());
	mica_add(m, mica_dense(1));
	OK(mica_compile(m, .loss = mica_mean_squared_error(), .optimizer = mica_sgd()));
	OK(mica_adapt(mica_model_layer(m, "normalization"), MICA_ARRAY(same, 3, 2)));
	OK(mica_value_read(mica_model_find(m, "normalization/variance"), states, sizeof states));
	cr_expect_eq(states[0], 1); /* of what is all the same */
	OK(mica_adapt(mica_model_layer(m, "normalization"), MICA_ARRAY(bytes, 6, 2)));
	OK(mica_value_read(mica_model_find(m, "normalization/mean"), states, sizeof states));
	NEAR(states[0], (0 + 102 + 204 + 0 + 255 + 102) / 6.0 / 255);
	mica_dataset *d = mica_dataset_arrays(ctx, same, MICA_F32, MICA_SHAPE(3, 2), same, MICA_F32, MICA_SHAPE(3), 0);
	OK(mica_fit(m, d, .epochs = 2));
	float after[2];
	OK(mica_value_read(mica_model_find(m, "normalization/mean"), after, sizeof after));
	cr_expect(states[0] == after[0] && states[1] == after[1]);
	OK(mica_predict(m, MICA_ARRAY(same, 3, 2), y, 3 * sizeof *y));
	OK(mica_save(m, "test_normalization.mica"));
	OK(mica_predict(mica_load_model(ctx, "test_normalization.mica"), MICA_ARRAY(same, 3, 2), again, 3 * sizeof *y));
	remove("test_normalization.mica");
	cr_expect(memcmp(y, again, 3 * sizeof *y) == 0);
	mica_close(ctx);
}

/* The paths of its states may be shorter than what their names are looked for by. */
Test(normalization, may_have_a_short_name)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	float x[] = {1, 5}, variance = 0;

	mica_add(m, mica_input(1));
	mica_add(m, mica_normalization(.name = "n"));
	OK(mica_adapt(mica_model_layer(m, "n"), MICA_ARRAY(x, 2, 1)));
	OK(mica_value_read(mica_model_find(m, "n/variance"), &variance, sizeof variance));
	cr_expect_eq(variance, 4);
	mica_close(ctx);
}

Test(normalization, what_cannot_be_adapted_is_refused)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx), *waiting = mica_sequential(ctx);
	float x[12] = {0};

	mica_add(m, mica_input(3));
	mica_add(m, mica_normalization());
	mica_add(m, mica_dense(2));
	mica_add(waiting, mica_normalization());
	cr_expect_eq(mica_adapt(mica_model_layer_at(m, 1), MICA_ARRAY(x, 4, 3)), MICA_EINVAL);
	cr_expect(strstr(mica_error(NULL), "mica_normalization"), "%s", mica_error(NULL));
	cr_expect_eq(mica_adapt(mica_model_layer_at(m, 0), MICA_ARRAY(x, 3, 4)), MICA_ESHAPE);
	cr_expect_eq(mica_adapt(mica_model_layer_at(m, 0), MICA_ARRAY(x, 12)), MICA_ESHAPE);
	cr_expect_eq(mica_adapt(mica_model_layer_at(m, 0), (mica_array){.data = NULL}), MICA_EINVAL);
	cr_expect_eq(mica_adapt(NULL, MICA_ARRAY(x, 4, 3)), MICA_EINVAL);
	cr_expect_eq(mica_adapt(mica_model_layer_at(waiting, 0), MICA_ARRAY(x, 4, 3)), MICA_EINVAL);
	mica_close(ctx);
}
