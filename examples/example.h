/* SPDX-License-Identifier: MIT */
/* examples/example.h - what the examples need to check themselves: numbers to start from, plain double arithmetic to
   compare with, and one way to fail.  None of it is needed to use Mica. */
#ifndef EXAMPLE_H
#define EXAMPLE_H
#include <math.h>
#include <mica/mica.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the program with 1 after a message unless good is true; text is about what should have been. */
static inline void require(bool good, const char *text)
{
	if (good)
		return;
	fprintf(stderr, "failed: %s%s%s\n", text, mica_error(NULL)[0] ? ": " : "", mica_error(NULL));
	exit(EXIT_FAILURE);
}

/* For calls that return a mica_status. */
#define TRY(call) require((call) == MICA_OK, #call)

static inline mica_context *open_device(void)
{
	mica_context *ctx = mica_open(NULL);

	require(ctx != NULL, "mica_open");
	printf("device: %s\n", mica_context_device(ctx)->name);
	return ctx;
}

static inline void print_text(const char *text, void *payload)
{
	(void)payload;
	fputs(text, stdout);
	fflush(stdout);
}

/* n numbers in -1..1 that look random and are the same in every run; they are floats, so that a device and the double
   reference start from the same values. */
static inline double *numbers(size_t n, unsigned seed)
{
	double *x = malloc((n ? n : 1) * sizeof *x);

	require(x != NULL, "memory");
	for (size_t i = 0; i < n; i++) {
		uint32_t h = (uint32_t)i * 2654435761u + seed * 2246822519u;
		h = (h ^ h >> 15) * 3266489917u;
		h = (h ^ h >> 13) * 668265263u;
		x[i] = (double)((int)((h ^ h >> 16) % 4001) - 2000) / 2048;
	}
	return x;
}

static inline float *to_floats(const double *x, size_t n)
{
	float *f = malloc((n ? n : 1) * sizeof *f);

	require(f != NULL, "memory");
	for (size_t i = 0; i < n; i++)
		f[i] = (float)x[i];
	return f;
}

/* A variable with these values. */
static inline mica_var variable(mica_graph *g, const char *name, mica_shape s, const double *values)
{
	mica_var v = mica_graph_variable(g, name, MICA_F32, s);
	float *f = to_floats(values, mica_var_count(v));

	TRY(mica_value_write(mica_var_value(v), f, mica_var_count(v) * sizeof *f));
	free(f);
	return v;
}

/* A plan of these outputs, shown and run once. */
static inline mica_plan *run_plan(const char *name, const mica_var *outputs, size_t n)
{
	mica_plan *p;
	char text[16384];

	TRY(mica_plan_create(&p, outputs, n, &(mica_plan_opts){.name = name}));
	mica_plan_print(p, false, text, sizeof text);
	printf("%s\n", text);
	TRY(mica_plan_run(p, 1));
	return p;
}

/* The largest difference between an output of the plan, of n elements, and expected, as a share of the largest expected
   value. */
static inline double difference(mica_plan *p, size_t output, size_t n, const double *expected)
{
	float *got = malloc(n * sizeof *got);
	double most = 0, largest = 0;

	require(got != NULL, "memory");
	TRY(mica_plan_fetch(p, output, got, n * sizeof *got));
	for (size_t i = 0; i < n; i++) {
		double d = fabs((double)got[i] - expected[i]);
		most = d <= most ? most : d; /* keeps a NaN */
		largest = fmax(largest, fabs(expected[i]));
	}
	free(got);
	return largest > 0 ? most / largest : most;
}

/* Says how near output is to expected, and ends the program if that is farther than rounding explains: ulps is the number
   of roundings to single precision in a row. */
static inline void compare(const char *what, mica_plan *p, size_t output, size_t n, const double *expected, double ulps)
{
	double d = difference(p, output, n, expected);

	printf("%-24s differs by %.1e of the largest value\n", what, d);
	require(d <= ulps * 0x1p-24, what);
}

/* The gradient of f at its n parameters by central differences in double precision; f sees at[] changed in place. */
static inline double *central_differences(double (*f)(void), double *at, size_t n)
{
	const double h = 0x1p-17;
	double *out = malloc(n * sizeof *out);

	require(out != NULL, "memory");
	for (size_t i = 0; i < n; i++) {
		double x = at[i];
		at[i] = x + h;
		double up = f();
		at[i] = x - h;
		out[i] = (up - f()) / (2 * h);
		at[i] = x;
	}
	return out;
}

#endif
