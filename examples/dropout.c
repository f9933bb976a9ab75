/* SPDX-License-Identifier: MIT */
/* examples/dropout.c - random numbers inside a graph, and the network 128-dropout-64.
   Checked: dropped values are as many as they should be and the mean stays, a step gives the same numbers whenever it is
   run and other steps give others, and dropout does nothing when the model predicts. */
#include "example.h"

enum { N = 100000 };
static const double rate = 0.2;

static void count(const float *y, double *zeros, double *mean)
{
	*zeros = *mean = 0;
	for (size_t i = 0; i < N; i++) {
		*zeros += y[i] == 0;
		*mean += (double)y[i];
	}
	*zeros /= N;
	*mean /= N;
}

static void drop_ones(mica_context *ctx)
{
	static float y[3][N];
	const int32_t steps[3] = {1, 2, 1};
	double zeros, mean, deviation = sqrt(rate * (1 - rate) / N);
	mica_graph *g = mica_graph_create(ctx);
	mica_var step = mica_graph_input(g, "step", MICA_I32, MICA_SCALAR_SHAPE);
	mica_var keep = mica_op_ge(mica_op_random(g, MICA_SHAPE(N), 42, 0, step), mica_graph_scalar(g, rate));
	mica_var out = mica_op_mulc(keep, 1 / (1 - rate));
	mica_plan *p;

	TRY(mica_plan_create(&p, &out, 1, NULL));
	for (size_t i = 0; i < 3; i++) {
		TRY(mica_plan_feed(p, mica_var_name(step), &steps[i], sizeof steps[i]));
		TRY(mica_plan_run(p, 1));
		TRY(mica_plan_fetch(p, 0, y[i], sizeof y[i]));
		count(y[i], &zeros, &mean);
		printf("step %d: %.4f dropped, mean %.4f\n", (int)steps[i], zeros, mean);
		require(fabs(zeros - rate) < 5 * deviation, "as many zeros as the rate says");
		require(fabs(mean - 1) < 5 * deviation / (1 - rate), "the mean stays");
	}
	require(memcmp(y[0], y[2], sizeof y[0]) == 0, "the same step gives the same numbers");
	require(memcmp(y[0], y[1], sizeof y[0]) != 0, "another step gives others");
}

static void train(mica_context *ctx)
{
	mica_dataset *data = mica_dataset_digits(ctx, MICA_TRAIN), *test = mica_dataset_digits(ctx, MICA_TEST);
	mica_model *m = mica_sequential(ctx, .seed = 1);
	static float p[2][360 * 10];
	mica_logs scores;

	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(128, .activation = MICA_RELU));
	mica_add(m, mica_dropout(rate));
	mica_add(m, mica_dense(64, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});
	TRY(mica_fit(m, data, .epochs = 12, .verbose = 2, .print = print_text));
	TRY(mica_evaluate(m, test, &scores));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") > 0.88, "test accuracy above 0.88");
	for (size_t i = 0; i < 2; i++)
		TRY(mica_predict(m, mica_dataset_samples(test), p[i], sizeof p[i], .batch_size = 32));
	require(memcmp(p[0], p[1], sizeof p[0]) == 0, "no dropout in predictions");
}

int main(void)
{
	mica_context *ctx = open_device();

	drop_ones(ctx);
	train(ctx);
	mica_close(ctx);
	return 0;
}
