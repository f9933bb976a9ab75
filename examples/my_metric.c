/* SPDX-License-Identifier: MIT */
/* examples/my_metric.c - a metric that Mica does not have and that is no mean: how far a network's confidence is from how often it is
   right (expected calibration error, Naeini et al. 2015).  Predictions are put into bins by their confidence; each bin adds up what
   was said and what was right, in states on the device, batch after batch; the result is made of the sums.
   Checked: evaluate shows what the predictions themselves say, sample by sample. */
#include "example.h"

enum { N = 600, IN = 6, CLASSES = 3, BINS = 10 };

/* y_true: class numbers; y_pred: probabilities, (batch, CLASSES). */
static void add_batch(mica_tally *t, mica_var y_true, mica_var y_pred, const void *payload)
{
	size_t batch = mica_var_shape(y_pred).dim[0];
	mica_var guess = mica_op_argmax(y_pred, -1), label = mica_op_reshape(mica_op_cast(y_true, MICA_I32), MICA_SHAPE(batch));
	mica_var right = mica_op_cast(mica_op_eq(guess, label), MICA_F32), said = mica_op_reduce_max(y_pred, MICA_AXIS(1), false);
	mica_var bin = mica_op_cast(mica_op_clip(mica_op_mulc(said, BINS), 0, BINS - 1), MICA_I32);
	mica_var in = mica_op_transpose(mica_op_one_hot(bin, BINS), NULL); /* (BINS, batch) */

	(void)payload;
	mica_tally_add(t, "right", mica_op_sum(mica_op_mul(in, right), MICA_AXIS(1), false));
	mica_tally_add(t, "said", mica_op_sum(mica_op_mul(in, said), MICA_AXIS(1), false));
	mica_tally_add(t, "count", mica_op_sum(in, MICA_ALL_AXES, false));
}

static mica_var error(mica_tally *t, const void *payload)
{
	mica_var apart = mica_op_abs(mica_op_sub(mica_tally_value(t, "right"), mica_tally_value(t, "said")));

	(void)payload;
	return mica_op_div(mica_op_sum(apart, MICA_ALL_AXES, false), mica_tally_value(t, "count"));
}

/* The same, sample by sample. */
static double reference(const float *p, const int *label)
{
	double apart[BINS] = {0}, sum = 0;

	for (size_t i = 0; i < N; i++, p += CLASSES) {
		size_t best = 0;
		for (size_t c = 1; c < CLASSES; c++)
			best = p[c] > p[best] ? c : best;
		size_t bin = (size_t)(p[best] * BINS) < BINS ? (size_t)(p[best] * BINS) : BINS - 1;
		apart[bin] += ((int)best == label[i]) - (double)p[best];
	}
	for (size_t i = 0; i < BINS; i++)
		sum += fabs(apart[i]);
	return sum / N;
}

int main(void)
{
	double *values = numbers(N * IN, 1), *noise = numbers(N * CLASSES, 2);
	float *x = to_floats(values, N * IN), p[N * CLASSES];
	int label[N];
	mica_logs scores;

	for (size_t i = 0; i < N; i++) { /* the largest of three inputs, most of the time */
		double most = -9;
		for (int c = 0; c < CLASSES; c++) {
			double v = values[i * IN + (size_t)c] + noise[i * CLASSES + (size_t)c] / 2;
			label[i] = v > most ? c : label[i];
			most = v > most ? v : most;
		}
	}
	mica_context *ctx = open_device();
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(N, IN), label, MICA_I32, MICA_SHAPE(N), 0);
	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_add(m, mica_input(IN));
	mica_add(m, mica_dense(16, .activation = MICA_TANH));
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.01), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy(), mica_custom_metric(.accumulate = add_batch, .result = error, .name = "calibration")});
	TRY(mica_fit(m, d, .epochs = 8, .verbose = 2, .print = print_text));
	TRY(mica_evaluate(m, d, &scores));
	TRY(mica_predict(m, mica_dataset_samples(d), p, sizeof p));

	double expected = reference(p, label), shown = mica_log(&scores, "calibration");
	printf("right %.4f of the time, and confidence is off by %.4f; sample by sample %.4f\n", mica_log(&scores, "accuracy"), shown, expected);
	require(fabs(shown - expected) < 1e-5, "evaluate shows what the predictions say");
	free(x);
	free(values);
	free(noise);
	mica_close(ctx);
	return 0;
}
