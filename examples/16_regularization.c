/* SPDX-License-Identifier: MIT */
/* examples/16_regularization.c - what is said against large weights: L2 adds their squares to the loss, L1 their absolute values, and a
   constraint (max-norm) cuts down the weights of a unit that have become longer than it allows, after each step.
   You should see, beside what comes without, weights that L2 makes small all over; weights of which L1 makes more than half next to
   nothing (a measurement that is not needed is not listened to); lengths of at most 1 under max-norm; and a lower loss on new
   samples with L2 and L1. */
#include "example.h"

enum { IN = 30, UNITS = 32 };

typedef struct figures { double mean, small, longest, test; } figures;

/* Of a kernel: the mean of |w|, the share below 0.01, and the length of the longest unit's weights, a column. */
static figures measure(mica_value *kernel)
{
	static float w[IN][UNITS];
	figures f = {0, 0, 0, 0};

	TRY(mica_value_read(kernel, w, sizeof w));
	for (size_t u = 0; u < UNITS; u++) {
		double squares = 0;
		for (size_t i = 0; i < IN; i++) {
			double x = (double)w[i][u];
			f.mean += fabs(x) / (IN * UNITS);
			f.small += (fabs(x) < 0.01) / (double)(IN * UNITS);
			squares += x * x;
		}
		f.longest = fmax(f.longest, sqrt(squares));
	}
	return f;
}

static figures learn(mica_context *ctx, const char *name, mica_regularizer regularizer, mica_constraint constraint)
{
	mica_dataset *cells = mica_dataset_breast_cancer(ctx, MICA_TRAIN), *train = mica_dataset_standardized(cells, NULL);
	mica_dataset *test = mica_dataset_standardized(mica_dataset_breast_cancer(ctx, MICA_TEST), cells);
	mica_model *m = mica_sequential(ctx, .seed = 16);
	mica_logs scores;

	mica_add(m, mica_dense(UNITS, .activation = MICA_RELU, .kernel_regularizer = regularizer, .kernel_constraint = constraint,
	                       .name = "hidden"));
	mica_add(m, mica_dense(1, .activation = MICA_SIGMOID));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.01), .loss = mica_binary_crossentropy(),
	             .metrics = {mica_accuracy(), mica_binary_crossentropy(.name = "entropy")}); /* the loss without what is added to it */
	TRY(mica_fit(m, train, .epochs = 60));
	TRY(mica_evaluate(m, test, &scores));
	figures f = measure(mica_model_find(m, "hidden/kernel"));
	f.test = mica_log(&scores, "entropy");
	printf("%-9s mean |w| %.3f, %3.0f %% next to 0, longest %.2f; new samples: loss %.3f, accuracy %.3f\n", name, f.mean, 100 * f.small,
	       f.longest, f.test, mica_log(&scores, "accuracy"));
	return f;
}

int main(void)
{
	mica_context *ctx = open_device();
	const mica_regularizer no_regularizer = {.part = {.kind = NULL}};
	const mica_constraint no_constraint = {.part = {.kind = NULL}};
	figures none = learn(ctx, "nothing", no_regularizer, no_constraint);
	figures l2 = learn(ctx, "L2", mica_l2(0.003), no_constraint);
	figures l1 = learn(ctx, "L1", mica_l1(0.005), no_constraint);
	figures most = learn(ctx, "max-norm", no_regularizer, mica_max_norm(1));

	require(l2.mean < 0.5 * none.mean, "L2 makes weights small");
	require(l1.small > 0.5 && none.small < 0.1, "L1 makes most of them next to nothing");
	require(most.longest < 1.001 && none.longest > 1.5, "max-norm bounds the length of a unit's weights");
	require(l2.test < none.test && l1.test < none.test, "with small weights it does better on new samples");
	mica_close(ctx);
	return 0;
}
