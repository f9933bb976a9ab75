/* SPDX-License-Identifier: MIT */
/* examples/11_wide_and_deep.c - two inputs and two outputs.
   What the body's measures say (wide) goes straight to the last layer; what the blood says (deep) goes through two hidden layers first.
   A second output looks at the deep path alone, and has a small part in the loss: so that path must be good for something by
   itself.
   You should see a loss for each output, their weighted sum under "loss", and a main output that explains more of the variance (R2)
   than the one that knows the blood alone. */
#include "example.h"

enum { COLUMNS = 10, WIDE = 4, DEEP = COLUMNS - WIDE, MOST = 512 }; /* age, sex, bmi, pressure; six values of the serum */

/* One table as two inputs and a label for each output. */
static mica_dataset *divide(mica_context *ctx, const mica_dataset *d)
{
	static float wide[MOST * WIDE], deep[MOST * DEEP];
	const float *x = mica_dataset_samples(d).data, *y = mica_dataset_labels(d).data;
	size_t n = mica_dataset_count(d);

	for (size_t i = 0; i < n; i++) {
		memcpy(wide + i * WIDE, x + i * COLUMNS, WIDE * sizeof *x);
		memcpy(deep + i * DEEP, x + i * COLUMNS + WIDE, DEEP * sizeof *x);
	}
	return mica_dataset_columns(ctx, .inputs = {{"wide", MICA_ARRAY(wide, n, WIDE)}, {"deep", MICA_ARRAY(deep, n, DEEP)}},
	                            .targets = {{"main", MICA_ARRAY(y, n)}, {"blood", MICA_ARRAY(y, n)}});
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_dataset *patients = mica_dataset_diabetes(ctx, MICA_TRAIN), *train = divide(ctx, mica_dataset_standardized(patients, NULL));
	mica_dataset *test = divide(ctx, mica_dataset_standardized(mica_dataset_diabetes(ctx, MICA_TEST), patients));
	mica_logs scores;

	mica_model *m = mica_functional(ctx, .seed = 11);
	mica_symbol *wide = mica_model_input(m, mica_input(WIDE, .name = "wide"));
	mica_symbol *deep = mica_model_input(m, mica_input(DEEP, .name = "deep"));
	mica_symbol *hidden = mica_apply(mica_dense(30, .activation = MICA_RELU), deep);
	hidden = mica_apply(mica_dense(30, .activation = MICA_RELU), hidden);
	mica_symbol *both = mica_apply(mica_concatenate(), wide, hidden);
	mica_model_output(m, mica_apply(mica_dense(1, .name = "main", .bias_initializer = MICA_CONSTANT_OF(150)), both));
	mica_model_output(m, mica_apply(mica_dense(1, .name = "blood", .bias_initializer = MICA_CONSTANT_OF(150)), hidden));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.005),
	             .outputs = {{"main", .loss = mica_mean_squared_error(), .weight = 0.9, .metrics = {mica_r2_score()}},
	                         {"blood", .loss = mica_mean_squared_error(), .weight = 0.1, .metrics = {mica_r2_score()}}});
	TRY(mica_fit(m, train, .epochs = 40));
	TRY(mica_evaluate(m, test, &scores));
	for (size_t i = 0; i < scores.n; i++)
		printf("%-16s %10.4f\n", scores.at[i].name, scores.at[i].value);

	double sum = 0.9 * mica_log(&scores, "main_loss") + 0.1 * mica_log(&scores, "blood_loss");
	require(fabs(mica_log(&scores, "loss") - sum) < 1e-4 * sum, "the loss is the weighted sum");
	require(mica_log(&scores, "main_r2_score") > 0.35, "the main output explains a third of the variance");
	require(mica_log(&scores, "main_r2_score") > mica_log(&scores, "blood_r2_score"), "who knows both knows more");
	mica_close(ctx);
	return 0;
}
