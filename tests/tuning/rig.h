/* SPDX-License-Identifier: MIT */
/* tuning/rig.h - searches whose trials take no time: a line that is trained on four points, and a score that is told to it. */
#ifndef MICA_TESTS_TUNING_RIG_H
#define MICA_TESTS_TUNING_RIG_H
#include "model/rig.h"

static inline mica_dataset *four_points(mica_context *ctx)
{
	static const float x[4] = {0, 1, 2, 3}, y[4] = {1, 3, 5, 7};

	return mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(4, 1), y, MICA_F32, MICA_SHAPE(4, 1), 0);
}

static inline mica_model *line(mica_context *ctx, double rate)
{
	mica_model *m = mica_sequential(ctx, .seed = 1);

	mica_add(m, mica_input(1));
	mica_add(m, mica_dense(1));
	mica_compile(m, .optimizer = mica_sgd(.learning_rate = rate), .loss = mica_mean_squared_error());
	return m;
}

/* Sets the figure "score" to that of the trial, the n-th that is trained; NaN for those in failing. */
typedef struct told {
	size_t trials, stop_in;   /* stop_in: interrupts this trial; 0: none */
	size_t failing[8];
} told;

static inline mica_status count_trial(mica_training *t, void *payload)
{
	(void)t;
	((told *)payload)->trials++;
	return MICA_OK;
}

static inline mica_status tell_score(mica_training *t, void *payload)
{
	const told *s = payload;
	double score = hash_unit((uint32_t)s->trials, 77);

	for (size_t i = 0; i < 8; i++)
		score = s->failing[i] && s->failing[i] == s->trials ? (double)NAN : score;
	if (s->trials == s->stop_in)
		return MICA_EINTERRUPTED;
	return mica_log_set(t->logs, "score", score);
}
#define TOLD(s) mica_custom_callback(.on_train_begin = count_trial, .on_epoch_end = tell_score, .payload = (s))

/* "optimizer=sgd units=32" */
static inline const char *values_text(const mica_trial *t, char out[256])
{
	size_t n = 0;

	out[0] = 0;
	for (size_t i = 0; i < t->n_values; i++)
		n += (size_t)snprintf(out + n, 256 - n, "%s%s=%s", i ? " " : "", t->values[i].name, t->values[i].text);
	return out;
}

#endif
