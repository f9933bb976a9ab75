/* SPDX-License-Identifier: MIT */
/* model/rig.h - data made by formulas and small models, for the tests of the model room. */
#ifndef MICA_TESTS_MODEL_RIG_H
#define MICA_TESTS_MODEL_RIG_H
#include "golden/golden.h"
#include "mica/mica.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK(call) cr_assert((call) == MICA_OK, "%s", mica_error(NULL))

static inline mica_context *open_budget(uint64_t bytes)
{
	mica_context *ctx = mica_open(&(mica_open_opts){.memory_budget = bytes});

	if (!ctx)
		cr_skip_test("no OpenCL device");
	return ctx;
}

static inline bool same_logs(const mica_logs *a, const mica_logs *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = strcmp(a->at[i].name, b->at[i].name) == 0 && a->at[i].value == b->at[i].value;
	return same;
}

/* The first figure that is no loss. */
static inline double metric_of(const mica_logs *logs)
{
	for (size_t i = 0; i < logs->n; i++)
		if (strcmp(logs->at[i].name, "loss") != 0)
			return logs->at[i].value;
	return (double)NAN;
}

static inline mica_context *open_any(void)
{
	return open_budget(0);
}

/* Rows of hash_unit numbers; the class of a row is the largest of ten weighted sums (make_keras.py has the same). */
static inline mica_dataset *hashed(mica_context *ctx, size_t rows, size_t width)
{
	float *x = malloc(rows * width * sizeof *x);
	int32_t *y = malloc(rows * sizeof *y);

	for (size_t i = 0; i < rows * width; i++)
		x[i] = (float)hash_unit((uint32_t)i, 9);
	for (size_t i = 0; i < rows; i++) {
		double best = -1e9;
		for (int c = 0; c < 10; c++) {
			double sum = 0;
			for (size_t k = 0; k < width; k++)
				sum += (double)x[i * width + k] * (hash_unit((uint32_t)(k * 10 + (size_t)c), 10) - 0.5);
			y[i] = sum > best ? c : y[i];
			best = sum > best ? sum : best;
		}
	}
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(rows, width), y, MICA_I32, MICA_SHAPE(rows), 0);
	free(x);
	free(y);
	cr_assert(d, "%s", mica_error(NULL));
	return d;
}

/* width - 32 - 10, with dropout between, compiled with Adam. */
static inline mica_model *small_model(mica_context *ctx, size_t width, double dropout)
{
	mica_model *m = mica_sequential(ctx, .seed = 7);

	mica_add(m, mica_input(width));
	mica_add(m, mica_dense(32, .activation = MICA_RELU));
	mica_add(m, mica_dropout(dropout));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.003), .loss = mica_sparse_categorical_crossentropy(),
	                .metrics = {mica_accuracy()}));
	return m;
}

/* All weights of a model, one after another; the caller frees them. */
static inline float *all_weights(mica_model *m, size_t *n)
{
	size_t at = 0;
	float *w = malloc(mica_model_parameters(m) * sizeof *w);

	for (size_t i = 0; mica_model_weight(m, i); i++) {
		mica_value *v = mica_model_weight(m, i);
		OK(mica_value_read(v, w + at, mica_value_bytes(v)));
		at += mica_value_count(v);
	}
	cr_assert(at == mica_model_parameters(m));
	*n = at;
	return w;
}

static inline void same_weights(mica_model *a, mica_model *b)
{
	size_t n, k;
	float *x = all_weights(a, &n), *y = all_weights(b, &k);

	cr_assert(n == k);
	for (size_t i = 0; i < n; i++)
		cr_assert(memcmp(&x[i], &y[i], sizeof *x) == 0, "parameter %zu of %zu: %.9g and %.9g", i, n, (double)x[i], (double)y[i]);
	free(x);
	free(y);
}

/* A place where print puts its text. */
typedef struct transcript {
	char text[20000];
	size_t n;
	size_t stop_after, asked; /* stop answers yes when asked so often; 0: never */
} transcript;

static inline void write_down(const char *text, void *payload)
{
	transcript *t = payload;
	size_t n = strlen(text);

	cr_assert(t->n + n < sizeof t->text);
	memcpy(t->text + t->n, text, n + 1);
	t->n += n;
}

static inline mica_status stop_soon(mica_training *training, void *payload)
{
	transcript *t = payload;

	(void)training;
	return t->stop_after && ++t->asked >= t->stop_after ? MICA_EINTERRUPTED : MICA_OK;
}

#endif
