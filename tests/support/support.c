/* SPDX-License-Identifier: MIT */
/* support/support.c - see support.h.

   Tolerances.  OpenCL gives each function a bound in ulp; two more are granted for the rounding of the result and of the
   argument of composed functions.  A dot product of length K rounds K times with signs at random: 4 sqrt(K) eps times
   the sum of absolute products in single precision, and in double, where the reference has the same precision, 4 K eps.
   Normalisations, softmax and means: 2e-6 of the largest value that entered (8 eps in double).  Whole numbers with
   sums below 2^24 are exact in any order, so whatever can be tested with them is, with no tolerance at all. */
#include "support.h"

#include "base/types.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_REPORTS = 8, MOST_DIFFERENCES = 48 };

typedef struct fed {
	mica_var x;
	double *values;
} fed;

typedef struct expectation {
	const char *label;
	mica_var y;
	double *want;
	tolerance limit;
} expectation;

typedef struct slope {
	const char *label;
	mica_var y, dy, *xs, *dxs;
	size_t n;
} slope;

struct check {
	char name[64];
	const char *part; /* which case adds to it, or NULL */
	mica_context *ctx;
	mica_graph *g;
	mica_dtype real;
	uint32_t without;
	uint64_t random;
	fed *inputs;
	expectation *expectations;
	slope *slopes;
	void **blocks;
	size_t n_inputs, n_expectations, n_slopes, n_blocks;
	const mica_var *outputs; /* of the newest plan */
};

/* ---- memory, types, shapes ---- */

static void *more(void *array, size_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	void *p = realloc(array, (n ? 2 * n : 1) * size);
	cr_assert(p, "no memory for the test");
	return p;
}

static void *keep(check *c, size_t bytes)
{
	c->blocks = more(c->blocks, c->n_blocks, sizeof *c->blocks);
	void *p = calloc(1, bytes + 1);
	cr_assert(p, "no memory for the test");
	return c->blocks[c->n_blocks++] = p;
}

double *check_array(check *c, size_t n)
{
	return keep(c, n * sizeof(double));
}

const char *check_label(check *c, const char *format, ...)
{
	char *s = keep(c, 160);
	va_list ap;
	va_start(ap, format);
	vsnprintf(s, 160, format, ap);
	va_end(ap);
	return s;
}

size_t dtype_bytes(mica_dtype t)
{
	return mica__dtype_bytes(t);
}

void to_bytes(void *out, mica_dtype t, const double *values, size_t n)
{
	mica_convert(out, t, values, MICA_F64, n);
}

void from_bytes(double *out, mica_dtype t, const void *bytes, size_t n)
{
	mica_convert(out, MICA_F64, bytes, t, n);
}

size_t shape_count(mica_shape s)
{
	size_t n = 1;
	for (size_t i = 0; i < s.rank; i++)
		n *= s.dim[i];
	return n;
}

const char *shape_text(mica_shape s)
{
	static char texts[8][96];
	static unsigned turn;
	char *t = texts[turn++ % 8];
	int n = snprintf(t, 96, "(");
	for (size_t i = 0; i < s.rank; i++)
		n += snprintf(t + n, 96 - (size_t)n, i ? ",%zu" : "%zu", s.dim[i]);
	snprintf(t + n, 96 - (size_t)n, ")");
	return t;
}

mica_shape shape_broadcast(mica_shape a, mica_shape b)
{
	mica_shape long_one = a.rank >= b.rank ? a : b, other = a.rank >= b.rank ? b : a;
	size_t extra = long_one.rank - other.rank;
	for (size_t i = 0; i < other.rank; i++)
		if (long_one.dim[extra + i] == 1)
			long_one.dim[extra + i] = other.dim[i];
	return long_one;
}

void shape_unravel(mica_shape s, size_t i, size_t *index)
{
	for (size_t k = s.rank; k-- > 0; i /= s.dim[k])
		index[k] = i % s.dim[k];
}

size_t shape_ravel(mica_shape s, const size_t *index)
{
	size_t i = 0;
	for (size_t k = 0; k < s.rank; k++)
		i = i * s.dim[k] + index[k];
	return i;
}

size_t shape_source(mica_shape result, size_t i, mica_shape operand)
{
	size_t index[MICA_MAX_RANK], extra = result.rank - operand.rank;
	shape_unravel(result, i, index);
	for (size_t k = 0; k < operand.rank; k++)
		index[k] = operand.dim[k] == 1 ? 0 : index[extra + k];
	return shape_ravel(operand, index);
}

/* ---- comparing ---- */

static double epsilon(mica_dtype t)
{
	return mica__dtype_epsilon(t);
}

tolerance tolerance_exact(void)
{
	return (tolerance){0, 0, NULL};
}

tolerance tolerance_ulps(double ulps)
{
	return (tolerance){ulps + 2, 0, NULL};
}

tolerance tolerance_dot(mica_dtype t, size_t length, const double *sums)
{
	double k = (double)(length ? length : 1);
	return (tolerance){0, t == MICA_F64 ? 4 * k : 4 * sqrt(k), sums};
}

tolerance tolerance_reduced(mica_dtype t, const double *largest)
{
	return (tolerance){0, t == MICA_F64 ? 8 : 2e-6 / (double)FLT_EPSILON, largest};
}

/* Distance of neighbours of a number of type t near x. */
static double ulp(mica_dtype t, double x)
{
	const mica__dtype_info *info = mica__dtype_describe(t);
	int exponent;
	frexp(x, &exponent);
	return ldexp(1, (exponent <= info->exponent ? info->exponent + 1 : exponent) - info->digits);
}

/* Devices may flush what is smaller than the smallest normal number. */
static bool is_close(mica_dtype t, double got, double want, double ulps, double slack)
{
	double largest = mica__dtype_describe(t)->most, smallest = mica__dtype_smallest(mica__dtype_describe(t)->computed);
	if (isnan(want) || isnan(got))
		return isnan(want) && isnan(got);
	if (got == want)
		return true;
	if (mica__dtype_real(t) && fabs(want) < smallest && fabs(got) < smallest)
		return true;
	if (ulps == 0 && slack == 0)
		return mica__dtype_describe(t)->digits <= FLT_MANT_DIG && mica__dtype_real(t) && (float)want == (float)got;
	if (isinf(want) || isinf(got))
		return fabs(want) + ulps * ulp(t, largest) >= largest && (want > 0) == (got > 0) && (isinf(got) || fabs(got) >= largest * 0.999999);
	return fabs(got - want) <= ulps * ulp(t, want) + slack;
}

bool compare(const char *name, const char *label, mica_dtype t, const double *got, const double *want, size_t n,
             tolerance limit)
{
	size_t wrong = 0;
	for (size_t i = 0; i < n; i++) {
		double slack = limit.bound * epsilon(t) * (limit.scale ? limit.scale[i] : 1);
		if (is_close(t, got[i], want[i], limit.ulps, slack))
			continue;
		if (wrong++ < MOST_REPORTS)
			cr_expect(false, "%s %s [%zu]: got %.17g, want %.17g: %.3g ulp apart, %g ulp + %.3g allowed", name, label,
			          i, got[i], want[i], fabs(got[i] - want[i]) / ulp(t, want[i]), limit.ulps, slack);
	}
	cr_expect(wrong <= MOST_REPORTS, "%s %s: %zu of %zu differ", name, label, wrong, n);
	return wrong == 0;
}

/* ---- a check ---- */

mica_context *open_context(void)
{
	mica_context *ctx = mica_open(NULL);
	if (!ctx && strstr(mica_error(NULL), "device"))
		cr_skip_test("%s", mica_error(NULL));
	cr_assert(ctx, "%s", mica_error(NULL));
	return ctx;
}

void without_kernels(void)
{
	cr_assert(setenv("MICA_DEVICE", "reference", 1) == 0);
}

world world_open(void)
{
	world w = {.ctx = open_context()};
	w.g = mica_graph_create(w.ctx);
	cr_assert(w.g, "%s", mica_error(NULL));
	return w;
}

mica_plan *plan_of(const mica_var *outputs, size_t n, uint32_t without)
{
	mica_plan *p = NULL;
	OK(mica_plan_create(&p, outputs, n, &(mica_plan_opts){.without = without}));
	cr_assert(p, "no plan");
	return p;
}

mica_context *open_other(const mica_context *ctx)
{
	mica_device_info all[16];
	char number[8], *text = NULL;
	size_t n = mica_device_list(all, COUNT(all));
	for (size_t i = 0; i < n && i < COUNT(all) && !text; i++)
		if (strcmp(all[i].platform, mica_context_device(ctx)->platform)) {
			snprintf(number, sizeof number, "%zu", i);
			text = number;
		}
	mica_context *other = mica_open(&(mica_open_opts){.device = text, .sub_device_units = text ? 0 : 1});
	cr_assert(other || !text, "%s", mica_error(NULL));
	return other ? other : open_context();
}

check *check_open(const char *name, mica_dtype real)
{
	mica_context *ctx = open_context();
	if (real == MICA_F64 && !mica_context_device(ctx)->has_fp64) {
		mica_close(ctx);
		cr_skip_test("no double precision on this device");
	}
	check *c = calloc(1, sizeof *c);
	cr_assert(c, "no memory for the test");
	snprintf(c->name, sizeof c->name, "%s", name);
	c->ctx = ctx;
	c->real = real;
	c->random = 0x9e3779b97f4a7c15u;
	c->g = mica_graph_create_real(ctx, real);
	cr_assert(c->g, "%s", mica_error(NULL));
	return c;
}

/* What was added, so that there is room for more. */
static void forget(check *c)
{
	mica_graph_destroy(c->g);
	c->g = mica_graph_create_real(c->ctx, c->real);
	cr_assert(c->g, "%s", mica_error(NULL));
	for (size_t i = 0; i < c->n_blocks; i++)
		free(c->blocks[i]);
	c->n_inputs = c->n_expectations = c->n_slopes = c->n_blocks = 0;
}

void check_close(check *c)
{
	forget(c);
	mica_close(c->ctx);
	free(c->blocks);
	free(c->inputs);
	free(c->expectations);
	free(c->slopes);
	free(c);
}

mica_graph *check_graph(check *c)
{
	return c->g;
}

mica_dtype check_real(const check *c)
{
	return c->real;
}

mica_context *check_context(check *c)
{
	return c->ctx;
}

void check_without(check *c, uint32_t passes)
{
	c->without = passes;
}

static double uniform(check *c)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (double)(c->random >> 11) * 0x1p-53;
}

double *check_uniform(check *c, size_t n, double low, double high)
{
	double *v = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		v[i] = low + (high - low) * uniform(c);
	return v;
}

double *check_whole(check *c, size_t n, int low, int high)
{
	double *v = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		v[i] = low + floor(uniform(c) * (high - low + 1));
	return v;
}

mica_var check_input(check *c, mica_dtype t, mica_shape s, const double *values)
{
	char name[32];
	size_t n = shape_count(s);
	snprintf(name, sizeof name, "in_%zu", c->n_inputs);
	mica_var x = mica_graph_input(c->g, name, t, s);
	double *rounded = check_array(c, n);
	void *bytes = keep(c, n * 8);
	to_bytes(bytes, t, values, n);
	from_bytes(rounded, t, bytes, n);
	c->inputs = more(c->inputs, c->n_inputs, sizeof *c->inputs);
	c->inputs[c->n_inputs++] = (fed){x, rounded};
	return x;
}

const double *check_values(check *c, mica_var input)
{
	for (size_t i = 0; i < c->n_inputs; i++)
		if (c->inputs[i].x == input)
			return c->inputs[i].values;
	cr_assert(false, "%s: not an input of the check", c->name);
	return NULL;
}

/* A copy of the label, behind the name of the case. */
static const char *label_of(check *c, const char *label)
{
	return c->part ? check_label(c, "%s: %s", c->part, label) : check_label(c, "%s", label);
}

void check_expect(check *c, const char *label, mica_var y, const double *want, tolerance t)
{
	cr_assert(mica_graph_status(c->g) == MICA_OK, "%s %s: %s", c->name, label, mica_graph_error(c->g));
	size_t n = mica_var_count(y);
	double *copy = check_array(c, n);
	memcpy(copy, want, n * sizeof *copy);
	c->expectations = more(c->expectations, c->n_expectations, sizeof *c->expectations);
	c->expectations[c->n_expectations++] = (expectation){label_of(c, label), y, copy, t};
}

void check_gradient(check *c, const char *label, mica_var y, const mica_var *xs, size_t n)
{
	slope s = {.label = label_of(c, label), .y = y, .n = n};
	cr_assert(mica_graph_status(c->g) == MICA_OK, "%s %s: %s", c->name, label, mica_graph_error(c->g));
	cr_assert(c->real == MICA_F64, "gradients are checked in double precision");
	s.dy = check_input(c, MICA_F64, mica_var_shape(y), check_uniform(c, mica_var_count(y), -1, 1));
	s.xs = keep(c, n * sizeof(mica_var));
	s.dxs = keep(c, n * sizeof(mica_var));
	memcpy(s.xs, xs, n * sizeof(mica_var));
	mica_status st = mica_gradient(y, s.dy, xs, n, s.dxs);
	cr_assert(st == MICA_OK, "%s %s: gradient: %s", c->name, label, mica_error(NULL));
	c->slopes = more(c->slopes, c->n_slopes, sizeof *c->slopes);
	c->slopes[c->n_slopes++] = s;
}

/* ---- running ---- */

/* An input that no output depends on is not part of the plan, which says so; its value does not matter then. */
static void feed_values(check *c, mica_plan *p, mica_var x, const double *values)
{
	size_t n = mica_var_count(x), bytes = n * dtype_bytes(mica_var_dtype(x));
	void *data = malloc(bytes + 1);
	cr_assert(data, "no memory for the test");
	to_bytes(data, mica_var_dtype(x), values, n);
	mica_status st = mica_plan_feed(p, mica_var_name(x), data, bytes);
	free(data);
	cr_assert(st == MICA_OK || st == MICA_EINVAL, "%s: feed of %s: %s", c->name, mica_var_name(x), mica_error(NULL));
}

static void feed_all(check *c, mica_plan *p)
{
	for (size_t i = 0; i < c->n_inputs; i++)
		feed_values(c, p, c->inputs[i].x, c->inputs[i].values);
}

static void poison(check *c, mica_plan *p)
{
	for (size_t i = 0; i < c->n_inputs; i++) {
		mica_var x = c->inputs[i].x;
		mica_dtype t = mica_var_dtype(x);
		size_t n = mica_var_count(x);
		double *bad = malloc((n + 1) * sizeof *bad);
		cr_assert(bad, "no memory for the test");
		for (size_t k = 0; k < n; k++)
			bad[k] = mica__dtype_real(t) ? (double)NAN : mica__dtype_describe(t)->most;
		feed_values(c, p, x, bad);
		free(bad);
	}
}

static double *fetch_values(check *c, mica_plan *p, mica_var y)
{
	size_t n = mica_var_count(y), bytes = n * dtype_bytes(mica_var_dtype(y));
	void *data = malloc(bytes + 1);
	double *values = malloc((n + 1) * sizeof *values);
	cr_assert(data && values, "no memory for the test");
	size_t i = 0;
	while (c->outputs[i] != y)
		i++;
	mica_status st = mica_plan_fetch(p, i, data, bytes);
	if (st == MICA_OK)
		from_bytes(values, mica_var_dtype(y), data, n);
	free(data);
	cr_assert(st == MICA_OK, "%s: fetch: %s", c->name, mica_error(NULL));
	return values;
}

static mica_plan *make_plan(check *c, const mica_var *outputs, size_t n)
{
	mica_plan *p = NULL;
	c->outputs = outputs;
	mica_status st = mica_plan_create(&p, outputs, n, &(mica_plan_opts){.without = c->without, .name = c->name});
	cr_assert(st == MICA_OK && p, "%s: plan: %s: %s", c->name, mica_status_name(st), mica_error(NULL));
	return p;
}

static void compare_expectations(check *c, mica_plan *p)
{
	double **first = keep(c, (c->n_expectations + 1) * sizeof *first);
	feed_all(c, p);
	OK(mica_plan_run(p, 1));
	for (size_t i = 0; i < c->n_expectations; i++)
		first[i] = fetch_values(c, p, c->expectations[i].y);
	poison(c, p);
	OK(mica_plan_run(p, 1));
	feed_all(c, p);
	OK(mica_plan_run(p, 1));
	for (size_t i = 0; i < c->n_expectations; i++) {
		const expectation *e = &c->expectations[i];
		mica_dtype t = mica_var_dtype(e->y);
		size_t n = mica_var_count(e->y);
		double *again = fetch_values(c, p, e->y);
		if (compare(c->name, e->label, t, first[i], e->want, n, e->limit))
			for (size_t k = 0; k < n; k++)
				cr_expect(!memcmp(&first[i][k], &again[k], 8) || (isnan(first[i][k]) && isnan(again[k])),
				          "%s %s [%zu]: %.17g at first, %.17g when run again", c->name, e->label, k, first[i][k], again[k]);
		free(again);
		free(first[i]);
	}
}

/* Sum of cotangent * (y(x + eps) - y(x - eps)) / (2 eps), for element k of input i. */
static double difference(check *c, mica_plan *p, const slope *s, size_t i, size_t k)
{
	const double eps = 1e-6, *dy = check_values(c, s->dy);
	double *x = (double *)check_values(c, s->xs[i]), kept = x[k], *y[2], sum = 0;
	for (int side = 0; side < 2; side++) {
		x[k] = side ? kept - eps : kept + eps;
		feed_values(c, p, s->xs[i], x);
		OK(mica_plan_run(p, 1));
		y[side] = fetch_values(c, p, s->y);
	}
	x[k] = kept;
	for (size_t e = 0; e < mica_var_count(s->y); e++)
		sum += dy[e] * (y[0][e] - y[1][e]);
	free(y[0]);
	free(y[1]);
	return sum / (2 * eps);
}

static void compare_slope(check *c, mica_plan *p, const slope *s)
{
	for (size_t i = 0; i < s->n; i++) {
		feed_all(c, p);
		OK(mica_plan_run(p, 1));
		double *dx = fetch_values(c, p, s->dxs[i]);
		size_t n = mica_var_count(s->xs[i]), step = n / MOST_DIFFERENCES + 1;
		for (size_t k = 0; k < n; k += step) {
			double want = difference(c, p, s, i, k);
			cr_expect(fabs(dx[k] - want) <= 1e-5 + 1e-3 * fabs(want),
			          "%s %s: gradient of input %zu [%zu]: got %.12g, central difference %.12g", c->name, s->label, i, k,
			          dx[k], want);
		}
		free(dx);
	}
}

void check_run(check *c)
{
	size_t n = 0, most = c->n_expectations;
	for (size_t i = 0; i < c->n_slopes; i++)
		most += 1 + c->slopes[i].n;
	mica_var *outputs = keep(c, (most + 1) * sizeof *outputs);
	cr_assert(mica_graph_status(c->g) == MICA_OK, "%s: %s", c->name, mica_graph_error(c->g));
	for (size_t i = 0; i < c->n_expectations; i++)
		outputs[n++] = c->expectations[i].y;
	for (size_t i = 0; i < c->n_slopes; i++) {
		outputs[n++] = c->slopes[i].y;
		for (size_t k = 0; k < c->slopes[i].n; k++)
			outputs[n++] = c->slopes[i].dxs[k];
	}
	mica_plan *p = make_plan(c, outputs, n);
	compare_expectations(c, p);
	for (size_t i = 0; i < c->n_slopes; i++)
		compare_slope(c, p, &c->slopes[i]);
	mica_plan_destroy(p);
}

/* Where each stage is a kernel, compiling all of them takes the square of how many there are. */
static bool one_plan(const mica_context *ctx)
{
	const char *class = getenv("MICA_CLASS");
	return mica_context_device(ctx)->is_cpu && !(class && !strcmp(class, "simt"));
}

void check_cases(const char *name, mica_dtype real, const check_case *cases, size_t n)
{
	check *c = check_open(name, real);
	bool together = one_plan(c->ctx);
	for (size_t i = 0; i < n; i++) {
		c->part = cases[i].name;
		cases[i].add(c);
		if (!together || i + 1 == n)
			check_run(c);
		if (!together)
			forget(c);
	}
	check_close(c);
}
