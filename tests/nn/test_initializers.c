/* SPDX-License-Identifier: MIT */
/* nn/test_initializers.c - spread and limits as Keras', same numbers for the same seed. */
#include "golden/golden.h"
#include "golden/keras.h"
#include "base/types.h"
#include "mica/layer.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 300, COLUMNS = 200, N = ROWS * COLUMNS };

static const struct {
	const char *name;
	mica_initializer init;
	const float *keras; /* deviation and largest size of as many values */
	double limit;
} cases[] = {
	{"glorot_uniform", {{&mica_kind_glorot_uniform, NULL}}, golden_initializer_glorot_uniform, 0.10954451150103323},
	{"glorot_normal", {{&mica_kind_glorot_normal, NULL}}, golden_initializer_glorot_normal, 0.1438012},
	{"he_uniform", {{&mica_kind_he_uniform, NULL}}, golden_initializer_he_uniform, 0.1414213562373095},
	{"he_normal", {{&mica_kind_he_normal, NULL}}, golden_initializer_he_normal, 0.1856464},
	{"lecun_uniform", {{&mica_kind_lecun_uniform, NULL}}, golden_initializer_lecun_uniform, 0.1},
	{"lecun_normal", {{&mica_kind_lecun_normal, NULL}}, golden_initializer_lecun_normal, 0.1312719},
	{"random_uniform", {{&mica_kind_random_uniform, NULL}}, golden_initializer_random_uniform, 0.05},
	{"random_normal", {{&mica_kind_random_normal, NULL}}, golden_initializer_random_normal, 0.3},
	{"truncated_normal", {{&mica_kind_truncated_normal, NULL}}, golden_initializer_truncated_normal, 0.1},
};

static float values[N], again[N];

/* Of 60000 values the deviation is known to 0.3 % (one sigma), the mean to 0.4 % of it: 1.5 % and 2 % are 5 sigmas. */
Test(initializers, spread_as_keras)
{
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		double sum = 0, squares = 0, most = 0;
		cr_assert(mica_initialize(values, MICA_SHAPE(ROWS, COLUMNS), cases[c].init, 3, 0) == MICA_OK);
		for (size_t i = 0; i < N; i++) {
			double v = (double)values[i];
			sum += v;
			squares += v * v;
			most = fabs(v) > most ? fabs(v) : most;
		}
		double deviation = sqrt(squares / N), want = (double)cases[c].keras[0];
		cr_expect(near(deviation, want, 0.015, 0), "%s: deviation %g, Keras %g", cases[c].name, deviation, want);
		cr_expect(fabs(sum / N) < 0.02 * want, "%s: mean %g", cases[c].name, sum / N);
		cr_expect(most <= cases[c].limit, "%s: %g is beyond %g", cases[c].name, most, cases[c].limit);
		cr_expect(cases[c].init.part.kind == &mica_kind_random_normal || near(most, (double)cases[c].keras[1], 0.002, 0),
		          "%s: largest %g, Keras %g", cases[c].name, most, (double)cases[c].keras[1]);
	}
}

/* Columns i and k of a matrix, or its rows where these are fewer: gain^2 with themselves, else 0. */
static double inner(const float *v, size_t rows, size_t columns, size_t i, size_t k)
{
	double sum = 0;

	for (size_t j = 0; j < (rows < columns ? columns : rows); j++)
		sum += rows < columns ? (double)v[i * columns + j] * (double)v[k * columns + j] : (double)v[j * columns + i] * (double)v[j * columns + k];
	return sum;
}

/* An orthogonal matrix' numbers are spread evenly over its diagonal: the trace would be 40 if the first ones were near the axes. */
Test(initializers, orthogonal_makes_rows_or_columns_so)
{
	const struct {
		mica_shape shape;
		size_t rows, columns;
		double gain;
	} each[] = {
		{MICA_SHAPE(40, 40), 40, 40, 1}, {MICA_SHAPE(1, 1), 1, 1, 1}, {MICA_SHAPE(10, 60), 10, 60, 1}, {MICA_SHAPE(60, 10), 60, 10, 2}, {MICA_SHAPE(3, 4, 6), 12, 6, 1},
	};

	for (size_t c = 0; c < sizeof each / sizeof *each; c++) {
		size_t n = each[c].rows < each[c].columns ? each[c].rows : each[c].columns;
		double trace = 0;
		cr_assert(mica_initialize(values, each[c].shape, MICA_ORTHOGONAL_OF(each[c].gain), 3, 0) == MICA_OK);
		for (size_t i = 0; i < n; i++) {
			trace += (double)values[i * each[c].columns + i];
			for (size_t k = 0; k <= i; k++) {
				double got = inner(values, each[c].rows, each[c].columns, i, k), want = i == k ? each[c].gain * each[c].gain : 0;
				cr_expect(near(got, want, 1e-6, 1e-6), "%zu: %zu and %zu: %g", c, i, k, got);
			}
		}
		cr_expect(fabs(trace) < 5 * each[c].gain, "trace %g", trace);
	}
	cr_expect(mica_initialize(values, MICA_SHAPE(3), MICA_ORTHOGONAL, 3, 0) == MICA_EINVAL);
	cr_expect(strstr(mica_error(NULL), "orthogonal: a value of shape (3) has no rows"), "%s", mica_error(NULL));
}

Test(initializers, depend_on_seed_and_stream_only)
{
	mica_shape s = MICA_SHAPE(ROWS, COLUMNS);

	mica_initialize(values, s, MICA_HE_NORMAL, 3, 1);
	mica_initialize(again, s, MICA_HE_NORMAL, 3, 1);
	cr_expect(memcmp(values, again, sizeof values) == 0);
	mica_initialize(again, s, MICA_HE_NORMAL, 4, 1);
	cr_expect(memcmp(values, again, sizeof values) != 0);
	mica_initialize(again, s, MICA_HE_NORMAL, 3, 2);
	cr_expect(memcmp(values, again, sizeof values) != 0);
}

Test(initializers, default_to_glorot_and_zeros)
{
	mica_shape matrix = MICA_SHAPE(20, 30), vector = MICA_SHAPE(600);

	mica_initialize(values, matrix, (mica_initializer){{NULL, NULL}}, 1, 0);
	mica_initialize(again, matrix, MICA_GLOROT_UNIFORM, 1, 0);
	cr_expect(memcmp(values, again, 600 * sizeof *values) == 0);
	mica_initialize(values, vector, (mica_initializer){{NULL, NULL}}, 1, 0);
	mica_initialize(again, vector, MICA_ZEROS, 1, 0);
	cr_expect(memcmp(values, again, 600 * sizeof *values) == 0);
	cr_expect(values[0] == 0 && values[599] == 0);
	mica_initialize(values, vector, MICA_ONES, 1, 0);
	cr_expect(values[0] == 1 && values[599] == 1);
}

/* Fans go by position: (3, 3, 8, 16) has 72 in and 144 out. */
Test(initializers, count_a_receptive_field)
{
	double most = 0, limit = sqrt(6.0 / (72 + 144));

	mica_initialize(values, MICA_SHAPE(3, 3, 8, 16), MICA_GLOROT_UNIFORM, 1, 0);
	for (size_t i = 0; i < 3 * 3 * 8 * 16; i++)
		most = fabs((double)values[i]) > most ? fabs((double)values[i]) : most;
	cr_expect(most <= limit && most > 0.98 * limit, "%g of %g", most, limit);
}

/* Variance scaling by itself is what its kinds are with other numbers. */
Test(initializers, are_variance_scaling)
{
	mica_shape s = MICA_SHAPE(20, 30);

	mica_initialize(values, s, MICA_VARIANCE_SCALING_OF(.scale = 2), 1, 0);
	mica_initialize(again, s, MICA_HE_NORMAL, 1, 0);
	cr_expect(memcmp(values, again, 600 * sizeof *values) == 0);
	mica_initialize(values, s, MICA_VARIANCE_SCALING_OF(.mode = MICA_FAN_AVERAGE, .distribution = MICA_UNIFORM), 1, 0);
	mica_initialize(again, s, MICA_GLOROT_UNIFORM, 1, 0);
	cr_expect(memcmp(values, again, 600 * sizeof *values) == 0);
	mica_initialize(values, s, MICA_CONSTANT_OF(2.5), 1, 0);
	cr_expect(values[0] == 2.5f && values[599] == 2.5f);
	cr_expect(MICA_RANDOM_UNIFORM.part.kind == &mica_kind_random_uniform);
	mica_initialize(values, s, MICA_RANDOM_UNIFORM_OF(.minval = 1, .maxval = 2), 1, 0);
	for (size_t i = 0; i < 600; i++)
		cr_assert(values[i] >= 1 && values[i] <= 2, "%g", (double)values[i]);
}

Test(initializers, identity_is_the_unit_matrix)
{
	cr_assert(mica_initialize(values, MICA_SHAPE(2, 3), MICA_IDENTITY_OF(.gain = 3), 1, 0) == MICA_OK);
	cr_expect(memcmp(values, (float[]){3, 0, 0, 0, 3, 0}, 6 * sizeof *values) == 0);
	cr_expect(mica_initialize(values, MICA_SHAPE(2, 3, 1), MICA_IDENTITY, 1, 0) == MICA_EINVAL && strstr(mica_error(NULL), "for matrices"));
}

/* The limit of a uniform distribution is sqrt(3 scale / fan). */
Test(initializers, fans_are_of_the_axes_that_are_named)
{
	const struct {
		int in, out;
		mica_fan mode;
		double fan;
	} each[] = {
		{0, 0, MICA_FAN_IN, 2 * 3 * 4}, {0, 0, MICA_FAN_OUT, 2 * 3 * 50}, {MICA_AXIS(3), MICA_AXIS(0) | MICA_AXIS(1), MICA_FAN_IN, 50},
		{MICA_AXIS(3), MICA_AXIS(0) | MICA_AXIS(1), MICA_FAN_OUT, 6}, {0, MICA_AXIS(1), MICA_FAN_IN, 1},
	};

	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		float most = 0;
		mica_initialize(values, MICA_SHAPE(2, 3, 4, 50), MICA_VARIANCE_SCALING_OF(.mode = (int)each[i].mode, .distribution = MICA_UNIFORM,
		                .input_axes = each[i].in, .output_axes = each[i].out), 1, 0);
		for (size_t k = 0; k < 1200; k++)
			most = fmaxf(most, fabsf(values[k]));
		cr_expect(near((double)most, sqrt(3 / each[i].fan), 0.01, 0), "%zu: %g", i, (double)most);
	}
}

Test(initializers, stft_is_that_of_keras)
{
	const struct {
		mica_initializer init;
		const float *keras;
	} each[] = {
		{MICA_STFT, golden_initializer_stft},
		{MICA_STFT_OF(.imaginary = true, .window = MICA_HAMMING, .scaling = MICA_SPECTRUM), golden_initializer_stft_imaginary},
		{MICA_STFT_OF(.window = MICA_BLACKMAN, .periodic = true), golden_initializer_stft_periodic},
		{MICA_STFT_OF(.imaginary = true, .window = MICA_BARTLETT, .scaling = MICA_NO_SCALING), golden_initializer_stft_bartlett},
		{MICA_STFT_OF(.window = MICA_BOXCAR), golden_initializer_stft_boxcar},
		{MICA_STFT_OF(.window = MICA_NO_WINDOW), golden_initializer_stft_plain},
	};

	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		cr_assert(mica_initialize(values, MICA_SHAPE(7, 1, 4), each[i].init, 0, 0) == MICA_OK);
		for (size_t k = 0; k < 28; k++)
			cr_expect(near((double)values[k], (double)each[i].keras[k], 0, 2e-6), "case %zu, element %zu: %g, Keras %g", i, k, (double)values[k],
			          (double)each[i].keras[k]);
	}
	cr_expect(mica_initialize(values, MICA_SHAPE(2, 1, 3), MICA_STFT, 0, 0) == MICA_EINVAL && strstr(mica_error(NULL), "is 0 everywhere"));
	cr_expect(mica_initialize(values, MICA_SHAPE(8, 2, 3), MICA_STFT, 0, 0) == MICA_EINVAL && strstr(mica_error(NULL), "(taps, 1, bands)"));
	cr_expect(mica_initialize(values, MICA_SHAPE(8, 1, 1), MICA_STFT, 0, 0) == MICA_EINVAL);
	cr_expect(mica_initialize(values, MICA_SHAPE(1, 1, 2), MICA_STFT, 0, 0) == MICA_OK && values[0] == 1);
}

Test(initializers, refuse_what_there_is_not)
{
	cr_expect(mica_initialize(values, MICA_SHAPE(2), MICA_PART(mica_initializer, &mica_kind_relu, NULL), 0, 0) == MICA_EINVAL);
	cr_expect(strstr(mica_error(NULL), "relu is of type activation; give a part of type initializer"), "%s", mica_error(NULL));
	cr_expect(mica_initialize(values, MICA_SHAPE(2), MICA_RANDOM_NORMAL_OF(.stddev = -1), 0, 0) == MICA_EINVAL);
	cr_expect(mica_initialize(values, MICA_SHAPE(2), MICA_RANDOM_UNIFORM_OF(.minval = 2, .maxval = 1), 0, 0) == MICA_EINVAL);
	cr_expect(mica_initialize(values, MICA_SHAPE(2), MICA_VARIANCE_SCALING_OF(.mode = 4), 0, 0) == MICA_EINVAL);
	cr_expect(mica_initialize(NULL, MICA_SHAPE(2), MICA_ONES, 0, 0) == MICA_EINVAL);
}
