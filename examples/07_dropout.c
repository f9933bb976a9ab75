/* SPDX-License-Identifier: MIT */
/* examples/07_dropout.c - a network with more weights than there are patients, which learns them by heart, and what dropout does against
   it: in each step it leaves out half of the units, others each time, so that none can rely on what another has noticed.
   You should see the plain network's mean squared error end at 2100 on the patients it was trained on and at 3600 on others; with dropout
   at 2300 and at 2900, which is about the least that can be had from these data.  While a network predicts, nothing is dropped: the
   same sample twice gives the same numbers. */
#include "example.h"

typedef struct errors { double known, new; } errors;

static mica_model *network(mica_context *ctx, double rate)
{
	mica_model *m = mica_sequential(ctx, .seed = 7);

	for (int i = 0; i < 2; i++) {
		mica_add(m, mica_dense(64, .activation = MICA_RELU));
		mica_add(m, mica_dropout(rate));
	}
	mica_add(m, mica_dense(1, .bias_initializer = MICA_CONSTANT_OF(150)));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.02), .loss = mica_mean_squared_error());
	return m;
}

/* evaluate drops nothing, so the errors of both can be compared. */
static errors learn(mica_model *m, const mica_dataset *known, const mica_dataset *new)
{
	mica_logs on_known, on_new;

	TRY(mica_fit(m, known, .epochs = 40));
	TRY(mica_evaluate(m, known, &on_known));
	TRY(mica_evaluate(m, new, &on_new));
	return (errors){mica_log(&on_known, "loss"), mica_log(&on_new, "loss")};
}

int main(void)
{
	static const double rates[] = {0, 0.5};
	static float p[2][89];
	mica_context *ctx = open_device();
	mica_dataset *patients = mica_dataset_diabetes(ctx, MICA_TRAIN), *known = mica_dataset_standardized(patients, NULL);
	mica_dataset *new = mica_dataset_standardized(mica_dataset_diabetes(ctx, MICA_TEST), patients);
	mica_model *m = NULL;
	errors e[2];

	for (size_t i = 0; i < 2; i++) {
		m = network(ctx, rates[i]);
		e[i] = learn(m, known, new);
		printf("dropout %.1f: error %.0f on patients it knows, %.0f on others\n", rates[i], e[i].known, e[i].new);
	}
	require(e[0].known < 0.7 * e[0].new, "without dropout it learns by heart");
	require(e[1].known > e[0].known && e[1].new < 0.85 * e[0].new, "with dropout it knows less and does better");

	for (size_t i = 0; i < 2; i++)
		TRY(mica_predict(m, mica_dataset_samples(new), p[i], sizeof p[i]));
	require(memcmp(p[0], p[1], sizeof p[0]) == 0, "no dropout in predictions");
	mica_close(ctx);
	return 0;
}
