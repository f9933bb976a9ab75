/* SPDX-License-Identifier: MIT */
/* examples/11_wide_and_deep.c - two inputs and two outputs: what a house will be sold for.
   What is measured of the house (wide) goes straight to the last layer, since more of it costs more; where it stands and when it was built
   (deep) goes through two hidden layers first, since a map of prices is no line.
   A second output looks at the deep path alone, and has a small part in the loss: so that path must be good for something by itself.
   You should see a loss for each output, their weighted sum under "loss", and a main output that explains about 0.7 of the variance
   (R2), where the place and the year alone explain half. */
#include "example.h"

enum { WIDE = 8, DEEP = 3, COLUMNS = WIDE + DEEP, MOST = 3200 };

/* One table as two inputs and a label for each output. */
static mica_dataset *divide(mica_context *ctx, const mica_dataset *d)
{
	static float wide[MOST * WIDE], deep[MOST * DEEP];
	const float *x = mica_dataset_samples(d).data, *y = mica_dataset_labels(d).data;
	size_t n = mica_dataset_count(d), n_wide = 0, n_deep = 0;

	for (size_t i = 0; i < n * COLUMNS; i++) {
		const char *column = mica_dataset_column_name(d, i % COLUMNS);
		if (strcmp(column, "year_built") == 0 || strcmp(column, "east") == 0 || strcmp(column, "north") == 0)
			deep[n_deep++] = x[i];
		else
			wide[n_wide++] = x[i];
	}
	return mica_dataset_columns(ctx, .inputs = {{"wide", MICA_ARRAY(wide, n, WIDE)}, {"deep", MICA_ARRAY(deep, n, DEEP)}},
	                            .targets = {{"main", MICA_ARRAY(y, n)}, {"place", MICA_ARRAY(y, n)}});
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_dataset *houses = mica_dataset_houses(ctx, MICA_TRAIN), *train = divide(ctx, mica_dataset_standardized(houses, NULL));
	mica_dataset *test = divide(ctx, mica_dataset_standardized(mica_dataset_houses(ctx, MICA_TEST), houses));
	mica_logs scores;

	mica_model *m = mica_functional(ctx, .seed = 11);
	mica_symbol *wide = mica_model_input(m, mica_input(WIDE, .name = "wide"));
	mica_symbol *deep = mica_model_input(m, mica_input(DEEP, .name = "deep"));
	mica_symbol *hidden = mica_apply(mica_dense(30, .activation = MICA_RELU), deep);
	hidden = mica_apply(mica_dense(30, .activation = MICA_RELU), hidden);
	mica_symbol *both = mica_apply(mica_concatenate(), wide, hidden);
	mica_model_output(m, mica_apply(mica_dense(1, .name = "main", .bias_initializer = MICA_CONSTANT_OF(80)), both));
	mica_model_output(m, mica_apply(mica_dense(1, .name = "place", .bias_initializer = MICA_CONSTANT_OF(80)), hidden));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.005),
	             .outputs = {{"main", .loss = mica_mean_squared_error(), .weight = 0.9, .metrics = {mica_r2_score()}},
	                         {"place", .loss = mica_mean_squared_error(), .weight = 0.1, .metrics = {mica_r2_score()}}});
	TRY(mica_fit(m, train, .epochs = 40));
	TRY(mica_evaluate(m, test, &scores));
	for (size_t i = 0; i < scores.n; i++)
		printf("%-16s %10.4f\n", scores.at[i].name, scores.at[i].value);

	double sum = 0.9 * mica_log(&scores, "main_loss") + 0.1 * mica_log(&scores, "place_loss");
	require(fabs(mica_log(&scores, "loss") - sum) < 1e-4 * sum, "the loss is the weighted sum");
	require(mica_log(&scores, "main_r2_score") > 0.6, "the main output explains most of the variance");
	require(mica_log(&scores, "main_r2_score") > mica_log(&scores, "place_r2_score"), "who knows both knows more");
	mica_close(ctx);
	return 0;
}
