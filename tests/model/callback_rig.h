/* SPDX-License-Identifier: MIT */
/* model/callback_rig.h - a model of one weight and figures that are given to it, for the tests of callbacks. */
#ifndef MICA_TESTS_MODEL_CALLBACK_RIG_H
#define MICA_TESTS_MODEL_CALLBACK_RIG_H
#include "golden/callbacks.h"
#include "model/rig.h"

/* A hook that writes a letter, the epoch and the step into the transcript that is its payload. */
#define NOTE(hook, letter)                                                                                                  \
	static mica_status hook(mica_training *t, void *payload)                                                            \
	{                                                                                                                   \
		char text[32];                                                                                              \
		snprintf(text, sizeof text, letter "%zu.%zu ", t->epoch, t->step);                                          \
		write_down(text, payload);                                                                                  \
		return MICA_OK;                                                                                             \
	}

/* Figures of epochs, in place of the real ones; the kernel is the epoch's number. */
typedef struct script {
	const double *values;
	double rates[16];
	size_t epochs;
} script;

static inline mica_status give(mica_training *t, void *payload)
{
	script *s = payload;

	OK(mica_value_write(mica_model_weight(t->model, 0), &(float){(float)t->epoch}, sizeof(float)));
	s->epochs = t->epoch;
	return mica_log_set(t->logs, "val_loss", s->values[t->epoch - 1]);
}

static inline mica_model *line(mica_context *ctx, double rate)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(1));
	mica_add(m, mica_dense(1));
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = rate), .loss = mica_mean_squared_error(), .metrics = {mica_mean_absolute_error()}));
	return m;
}

static inline mica_dataset *point(mica_context *ctx)
{
	static const float x[1] = {1}, y[1] = {2};

	return mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(1, 1), y, MICA_F32, MICA_SHAPE(1, 1), 0);
}

static const double figures[16] = {0.9, 0.8, 0.81, 0.8, 0.79995, 0.7, 0.72, 0.71, 0.705, 0.7, 0.69, 0.695, 0.69, 0.8, 0.6, 0.61};

#endif
