/* SPDX-License-Identifier: MIT */
/* examples/10_regression.c - numbers in place of classes: how far an illness will have gone in a year, by ten measurements.
   The last layer has one unit and no activation, the loss is Huber's, which a few wild labels do not rule, and the metrics are in the
   labels' own unit: mean absolute error, and R2, the share of the labels' variance that is explained.
   You should see an R2 of about 0.5, as good as it gets with these data, from the line through them (one layer) and from the
   network; and that the line's largest weights are those of bmi and s5, a fat in the blood. */
#include "example.h"

enum { COLUMNS = 10 };

static double learn(mica_model *m, const mica_dataset *train, const mica_dataset *test, const char *name)
{
	mica_logs scores;

	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.05), .loss = mica_huber(.delta = 50),
	             .metrics = {mica_mean_absolute_error(.name = "mae"), mica_r2_score()});
	TRY(mica_fit(m, train, .epochs = 100));
	TRY(mica_evaluate(m, test, &scores));
	printf("%s: mean absolute error %.1f, R2 %.3f\n", name, mica_log(&scores, "mae"), mica_log(&scores, "r2_score"));
	return mica_log(&scores, "r2_score");
}

int main(void)
{
	float weight[COLUMNS];
	size_t most = 0, second = 0;
	mica_context *ctx = open_device();
	mica_dataset *patients = mica_dataset_diabetes(ctx, MICA_TRAIN), *train = mica_dataset_standardized(patients, NULL);
	mica_dataset *test = mica_dataset_standardized(mica_dataset_diabetes(ctx, MICA_TEST), patients);

	/* The mean of the labels is where the outputs begin: they are not standardized. */
	mica_model *line = mica_sequential(ctx, .seed = 10), *network = mica_sequential(ctx, .seed = 10);
	mica_add(line, mica_dense(1, .bias_initializer = MICA_CONSTANT_OF(150)));
	mica_add(network, mica_dense(16, .activation = MICA_RELU));
	mica_add(network, mica_dense(1, .bias_initializer = MICA_CONSTANT_OF(150)));
	double r2[] = {learn(line, train, test, "line"), learn(network, train, test, "network")};

	TRY(mica_value_read(mica_model_find(line, "dense/kernel"), weight, sizeof weight));
	for (size_t i = 0; i < COLUMNS; i++) {
		printf("%8s %6.1f\n", mica_dataset_column_name(train, i), (double)weight[i]);
		second = fabsf(weight[i]) > fabsf(weight[most]) ? most : i == 1 || fabsf(weight[i]) > fabsf(weight[second]) ? i : second;
		most = fabsf(weight[i]) > fabsf(weight[most]) ? i : most;
	}
	printf("what counts most: %s and %s\n", mica_dataset_column_name(train, most), mica_dataset_column_name(train, second));
	require(r2[0] > 0.35 && r2[1] > 0.35, "more than a third of the variance is explained");
	require(most + second == 2 + 8, "bmi and s5");
	mica_close(ctx);
	return 0;
}
