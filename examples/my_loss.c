/* SPDX-License-Identifier: MIT */
/* examples/my_loss.c - a loss that Mica does not have, trained by fit on data from memory: log cosh of the error, which is
   square for small errors and straight for large ones, so that a few wild targets do little harm.
   Checked: evaluate agrees with double precision, and the line behind the data is found in spite of the wild targets. */
#include "example.h"

enum { N = 512, IN = 3 };
static const double line[IN] = {0.5, -1.25, 2}, offset = 0.75;

/* log cosh e = |e| + log(1 + exp(-2 |e|)) - log 2, which does not overflow */
static mica_var log_cosh(mica_var y_true, mica_var y_pred, const void *payload)
{
	mica_var size = mica_op_abs(mica_op_sub(y_pred, y_true));
	mica_var loss = mica_op_addc(mica_op_add(size, mica_op_softplus(mica_op_mulc(size, -2))), -log(2));

	(void)payload;
	return mica_op_mean(loss, MICA_AXIS(1), false);
}

static double reference(const float *prediction, const float *y)
{
	double sum = 0;

	for (size_t i = 0; i < N; i++)
		sum += log(cosh((double)prediction[i] - (double)y[i]));
	return sum / N;
}

int main(void)
{
	double *values = numbers(N * IN, 1);
	float *x = to_floats(values, N * IN), y[N], prediction[N], kernel[IN], bias;
	mica_logs scores;

	for (size_t i = 0; i < N; i++) {
		double sum = offset + (i % 64 == 0 ? 20 : 0); /* the wild ones */
		for (size_t k = 0; k < IN; k++)
			sum += values[i * IN + k] * line[k];
		y[i] = (float)sum;
	}
	mica_context *ctx = open_device();
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(N, IN), y, MICA_F32, MICA_SHAPE(N, 1), 0);
	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_add(m, mica_input(IN));
	mica_add(m, mica_dense(1));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.01), .loss = mica_custom_loss(.score = log_cosh, .name = "log_cosh"));
	TRY(mica_fit(m, d, .epochs = 60));

	TRY(mica_evaluate(m, d, &scores));
	TRY(mica_predict(m, mica_dataset_samples(d), prediction, sizeof prediction, .batch_size = 64));
	double expected = reference(prediction, y);
	printf("loss %.7f, in double precision %.7f\n", mica_log(&scores, "loss"), expected);
	require(fabs(mica_log(&scores, "loss") - expected) < 1e-5 * expected, "evaluate agrees with double precision");

	TRY(mica_value_read(mica_model_weight(m, 0), kernel, sizeof kernel));
	TRY(mica_value_read(mica_model_weight(m, 1), &bias, sizeof bias));
	for (size_t k = 0; k < IN; k++) {
		printf("weight %zu: %.4f, should be %.4f\n", k, (double)kernel[k], line[k]);
		require(fabs((double)kernel[k] - line[k]) < 0.05, "the slopes of the line are found");
	}
	require(fabs((double)bias - offset) < 0.05, "the offset of the line is found");
	free(x);
	free(values);
	mica_close(ctx);
	return 0;
}
