/* SPDX-License-Identifier: MIT */
/* examples/17_self_normalizing.c - SELU, an activation that brings the numbers of a layer nearer to mean 0 and deviation 1 than they came,
   if weights begin with variance 1 / in (LeCun): then 20 layers need no batch normalization.  Dropout has to keep mean and deviation,
   too: AlphaDropout does, by dropping to SELU's lower end.
   You should see deviations near 1 in all layers with SELU and LeCun, and of 0.1 to 0.2 with sigmoids; and that the first network, 20
   layers deep, tells malignant cells from benign ones with an accuracy above 0.93, where the second says benign to all. */
#include "example.h"

enum { LAYERS = 20, UNITS = 30, SAMPLES = 114, SHOWN = 4 };

static mica_model *network(mica_context *ctx, mica_activation activation, mica_initializer init, double rate, mica_symbol *s[LAYERS + 1])
{
	mica_model *m = mica_functional(ctx, .seed = 17);

	s[0] = mica_model_input(m, mica_input(UNITS));
	for (size_t i = 1; i <= LAYERS; i++)
		s[i] = mica_apply(mica_dense(UNITS, .activation = activation, .kernel_initializer = init), s[i - 1]);
	mica_symbol *last = rate > 0 ? mica_apply(mica_alpha_dropout(rate), s[LAYERS]) : s[LAYERS];
	mica_model_output(m, mica_apply(mica_dense(1, .activation = MICA_SIGMOID), last));
	mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.01, .momentum = 0.9), .loss = mica_binary_crossentropy(),
	             .metrics = {mica_accuracy()});
	return m;
}

/* The deviation of what layers 1, 7, 14 and 20 give. */
static void look(mica_symbol *const s[], const mica_dataset *d, double out[SHOWN])
{
	static float y[SHOWN][SAMPLES * UNITS];
	mica_model *inside = mica_between({s[0]}, {s[1], s[7], s[14], s[20]});

	TRY(mica_predict_all(inside, .inputs = {mica_dataset_samples(d)}, .batch_size = SAMPLES,
	                     .outputs = {{y[0], sizeof y[0]}, {y[1], sizeof y[0]}, {y[2], sizeof y[0]}, {y[3], sizeof y[0]}}));
	for (size_t k = 0; k < SHOWN; k++) {
		double sum = 0, squares = 0, n = SAMPLES * UNITS;
		for (size_t i = 0; i < SAMPLES * UNITS; i++) {
			sum += (double)y[k][i];
			squares += (double)y[k][i] * (double)y[k][i];
		}
		out[k] = sqrt(squares / n - sum / n * sum / n);
	}
}

static double run(mica_context *ctx, const char *name, mica_activation activation, mica_initializer init, double rate, double d[SHOWN])
{
	mica_dataset *cells = mica_dataset_breast_cancer(ctx, MICA_TRAIN), *train = mica_dataset_standardized(cells, NULL);
	mica_dataset *test = mica_dataset_standardized(mica_dataset_breast_cancer(ctx, MICA_TEST), cells);
	mica_symbol *s[LAYERS + 1];
	mica_logs scores;

	mica_model *m = network(ctx, activation, init, rate, s);
	look(s, test, d);
	TRY(mica_fit(m, train, .epochs = 10));
	TRY(mica_evaluate(m, test, &scores));
	printf("%-8s deviation in layers 1, 7, 14, 20: %.3f %.3f %.3f %.3f; trained: accuracy %.3f\n", name, d[0], d[1], d[2], d[3],
	       mica_log(&scores, "accuracy"));
	return mica_log(&scores, "accuracy");
}

int main(void)
{
	double d[SHOWN];
	mica_context *ctx = open_device();
	double selu = run(ctx, "SELU", MICA_SELU, MICA_LECUN_NORMAL, 0.1, d);

	for (size_t i = 0; i < SHOWN; i++)
		require(d[i] > 0.6 && d[i] < 1.5, "SELU keeps the deviation near 1");
	double sigmoid = run(ctx, "sigmoid", MICA_SIGMOID, MICA_LECUN_NORMAL, 0, d);
	require(selu > 0.93 && sigmoid < 0.75, "one learns, the other does not");
	mica_close(ctx);
	return 0;
}
