/* SPDX-License-Identifier: MIT */
/* nn/test_activations.c - every activation and its slope against Keras: ordinary numbers, borders, huge ones, infinities, NaN. */
#include "golden/activations.h"
#include "nn/compute.h"

#include <string.h>

enum { ROW = 8, N = sizeof golden_activation_x / sizeof(float), ROWS = N / ROW };

typedef struct activation_case {
	const char *name;
	mica_activation activation;
	const float *value, *slope;
} activation_case;

#define GOLDEN(id) golden_activation_##id, golden_activation_##id##_slope
#define PLAIN(id) {#id, {{&mica_kind_##id, NULL}}, GOLDEN(id)}
#define WITH(id, of, opts, ...) {#id, {{&mica_kind_##of, &(mica_##opts##_opts){__VA_ARGS__}}}, GOLDEN(id)}

static const activation_case cases[] = {
	PLAIN(linear), PLAIN(relu), PLAIN(softmax), PLAIN(sigmoid), PLAIN(tanh), PLAIN(elu), PLAIN(selu), PLAIN(gelu),
	PLAIN(silu), PLAIN(softplus), PLAIN(softsign), PLAIN(leaky_relu), PLAIN(hard_sigmoid), PLAIN(mish),
	PLAIN(exponential), PLAIN(log_softmax), PLAIN(relu6), PLAIN(celu), PLAIN(squareplus), PLAIN(soft_shrink),
	PLAIN(sparse_plus), PLAIN(tanh_shrink), PLAIN(sparse_sigmoid), PLAIN(hard_silu), PLAIN(hard_tanh),
	PLAIN(hard_shrink), PLAIN(log_sigmoid), PLAIN(glu),
	WITH(relu_leaky, relu, relu, .negative_slope = 0.3),
	WITH(relu_most, relu, relu, .max_value = 2),
	WITH(relu_most_0, relu, relu, .max_value = MICA_ZERO),
	WITH(relu_threshold, relu, relu, .threshold = 1),
	WITH(relu_minus, relu, relu, .threshold = -0.5),
	WITH(relu_all, relu, relu, .negative_slope = 0.3, .max_value = 2, .threshold = -1),
	WITH(leaky_relu_0, leaky_relu, leaky_relu, .negative_slope = MICA_ZERO),
	WITH(leaky_relu_half, leaky_relu, leaky_relu, .negative_slope = 0.5),
	WITH(elu_2, elu, elu, .alpha = 2),
	WITH(elu_0, elu, elu, .alpha = MICA_ZERO),
	WITH(celu_2, celu, elu, .alpha = 2),
	WITH(gelu_tanh, gelu, gelu, .approximate = true),
	WITH(squareplus_1, squareplus, squareplus, .b = 1),
	WITH(squareplus_0, squareplus, squareplus, .b = MICA_ZERO),
	WITH(soft_shrink_2, soft_shrink, shrink, .threshold = 2),
	WITH(soft_shrink_0, soft_shrink, shrink, .threshold = MICA_ZERO),
	WITH(hard_shrink_2, hard_shrink, shrink, .threshold = 2),
	WITH(hard_shrink_0, hard_shrink, shrink, .threshold = MICA_ZERO),
	WITH(threshold_1_9, threshold, threshold, .threshold = 1, .default_value = 9),
	WITH(threshold_0_0, threshold, threshold, .threshold = 0),
};
enum { CASES = sizeof cases / sizeof *cases };

/* Where ours differs on purpose (docs/keras.md): element, and the value, or the slope before the seed. */
static const struct {
	const char *name;
	size_t i;
	bool slope;
	float want;
} ours[] = {
	{"softsign", 88, false, 1}, {"softsign", 96, false, -1},      /* at infinity Keras has NaN where there is a limit */
	{"hard_silu", 88, true, 1}, {"hard_silu", 96, true, 0},
	{"sparse_plus", 88, true, 1}, {"sparse_plus", 96, true, 0},
	{"mish", 88, true, 1},
	{"selu", 59, true, 1.75809933f}, {"selu", 61, true, 1.75809933f}, /* it takes the slope of a value rounded to 0 */
	{"elu", 104, true, NAN}, {"elu_2", 104, true, NAN}, {"elu_0", 104, true, NAN},
	{"selu", 104, true, NAN},                                     /* the slope at NaN is NaN */
	{"softmax", 88, false, NAN}, {"softmax", 104, false, NAN},    /* of a row: all of it is NaN */
};

static void put_ours(const activation_case *c, bool slope, const float *keras, float *want, size_t n)
{
	memcpy(want, keras, n * sizeof *want);
	for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
		if (strcmp(ours[k].name, c->name) == 0 && ours[k].slope == slope)
			for (size_t i = ours[k].i; i < ours[k].i + (isnan(ours[k].want) && !slope ? ROW : 1); i++)
				want[i] = slope ? ours[k].want * golden_activation_seed[i] : ours[k].want;
}

static void check(const char *name, const char *what, const float *got, const float *want, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect(near((double)got[i], (double)want[i], 4e-6, 2e-6), "%s: %s[%zu] at %.9g is %.9g, Keras has %.9g", name, what,
		          i, (double)golden_activation_x[i], (double)got[i], (double)want[i]);
}

Test(activations, agree_with_keras)
{
	bench b = bench_open();
	mica_var x = given(&b, golden_activation_x, MICA_SHAPE(ROWS, ROW)), out[2 * CASES];
	mica_var seed = given(&b, golden_activation_seed, MICA_SHAPE(ROWS, ROW));
	mica_var half = mica_op_slice(seed, (const size_t[]){0, 0}, (const size_t[]){ROWS, ROW / 2}, NULL);
	static float value[CASES][N], slope[CASES][N];
	float *at[2 * CASES];

	for (size_t i = 0; i < CASES; i++) {
		mica_var y = out[2 * i] = mica_activate(x, cases[i].activation);
		mica_status st = mica_gradient(y, mica_var_count(y) == N ? seed : half, &x, 1, &out[2 * i + 1]);
		cr_assert(st == MICA_OK, "%s: %s", cases[i].name, mica_error(NULL));
		at[2 * i] = value[i];
		at[2 * i + 1] = slope[i];
	}
	values_of(out, at, 2 * CASES);
	for (size_t i = 0; i < CASES; i++) {
		float want[N];
		size_t n = mica_var_count(out[2 * i]);
		put_ours(&cases[i], false, cases[i].value, want, n);
		check(cases[i].name, "value", value[i], want, n);
		put_ours(&cases[i], true, cases[i].slope, want, N);
		check(cases[i].name, "slope", slope[i], want, N);
	}
	mica_close(b.ctx);
}

/* max(x - t, 0) of a row, t found by trying every size of the support; dy minus its mean over the support. */
static void project(const float *x, const float *dy, double *y, double *dx, size_t n)
{
	double t = 0, mean = 0;
	size_t support = 0;

	for (size_t i = 0; i < n; i++) {
		double sum = 0, k = 0;
		for (size_t j = 0; j < n; j++)
			if (x[j] >= x[i])
				sum += (double)x[j], k++;
		if (1 + k * (double)x[i] > sum && k > (double)support)
			t = (sum - 1) / k, support = (size_t)k;
	}
	for (size_t i = 0; i < n; i++)
		mean += (double)x[i] > t ? (double)dy[i] / (double)support : 0;
	for (size_t i = 0; i < n; i++) {
		y[i] = (double)x[i] > t ? (double)x[i] - t : 0;
		dx[i] = (double)x[i] > t ? (double)dy[i] - mean : 0;
	}
}

/* Not against Keras, whose rows do not add up to 1 (docs/keras.md). */
Test(activations, sparsemax_is_the_nearest_distribution)
{
	enum { FINITE = 80, TIES = 8 };
	static const float known[TIES] = {-0.5f, 0, 1, 2, 3, 0.25f, 3, 3};
	bench b = bench_open();
	float values[FINITE + TIES], y[FINITE + TIES], dx[FINITE + TIES];
	double want[ROW], slope[ROW];

	for (size_t i = 0; i < FINITE; i++)
		values[i] = golden_activation_x[i] * (i < FINITE / 2 ? 0.4f : 1);
	memcpy(values + FINITE, known, sizeof known);
	mica_var x = given(&b, values, MICA_SHAPE(FINITE / ROW + 1, ROW)), d;
	mica_var seed = given(&b, golden_activation_seed, MICA_SHAPE(FINITE / ROW + 1, ROW)), p = mica_activate(x, MICA_SPARSEMAX);
	cr_assert(mica_gradient(p, seed, &x, 1, &d) == MICA_OK);
	values_of((mica_var[]){p, d}, (float *[]){y, dx}, 2);
	for (size_t r = 0; r < FINITE + TIES; r += ROW) {
		double sum = 0;
		project(values + r, golden_activation_seed + r, want, slope, ROW);
		for (size_t i = 0; i < ROW; i++) {
			sum += (double)y[r + i];
			cr_expect(near((double)y[r + i], want[i], 0, 2e-6), "%zu %zu: %g, want %g", r, i, (double)y[r + i], want[i]);
			cr_expect(near((double)dx[r + i], slope[i], 0, 2e-6), "slope %zu %zu: %g, want %g", r, i, (double)dx[r + i], slope[i]);
		}
		cr_expect(near(sum, 1, 0, 1e-5), "row %zu adds up to %g", r, sum);
	}
	mica_close(b.ctx);
}

/* Along another axis it is that of the transposed matrix; the first axis is MICA_NONE, as 0 stands for the last. */
Test(activations, sparsemax_may_be_along_any_axis)
{
	bench b = bench_open();
	float values[24], y[2][24];

	spread(values, 24, 3, 1);
	mica_var x = given(&b, values, MICA_SHAPE(4, 6));
	mica_var rows = mica_op_transpose(mica_activate(mica_op_transpose(x, NULL), MICA_SPARSEMAX), NULL);
	values_of((mica_var[]){rows, mica_activate(x, MICA_SPARSEMAX_OF(.axis = MICA_NONE))}, (float *[]){y[0], y[1]}, 2);
	for (size_t i = 0; i < 24; i++)
		cr_expect(near((double)y[1][i], (double)y[0][i], 1e-6, 1e-7), "%zu: %g, %g", i, (double)y[1][i], (double)y[0][i]);
	mica_close(b.ctx);
}

Test(activations, have_names)
{
	const mica_kind *kind;
	size_t n = 0;

	for (; (kind = mica_kind_at(MICA_ACTIVATION, n)); n++)
		cr_expect(mica_kind_find(MICA_ACTIVATION, kind->name) == kind, "%s", kind->name);
	cr_expect(n >= 30, "%zu", n);
	cr_expect(mica_kind_find(MICA_ACTIVATION, "swish") == &mica_kind_silu);
	cr_expect(mica_kind_find(MICA_ACTIVATION, "hard_swish") == &mica_kind_hard_silu);
	cr_expect(!mica_kind_find(MICA_ACTIVATION, "relu7") && !mica_kind_find(MICA_LOSS, "relu") && !mica_kind_find(MICA_ACTIVATION, NULL));
}

static mica_var doubled(mica_var x, const void *payload)
{
	return payload ? mica_op_mulc(x, *(const double *)payload) : NULL;
}

Test(activations, may_be_the_users)
{
	bench b = bench_open();
	double three = 3;
	mica_var x = given(&b, (float[]){1, -2}, MICA_SHAPE(2));
	float v[2][2];

	values_of((mica_var[]){mica_activate(x, MICA_CUSTOM_ACTIVATION(.call = doubled, .payload = &three)),
	                       mica_activate(x, (mica_activation){{NULL, NULL}})}, (float *[]){v[0], v[1]}, 2);
	cr_expect(v[0][0] == 3 && v[0][1] == -6);
	cr_expect(v[1][0] == 1 && v[1][1] == -2);
	mica_close(b.ctx);
}

Test(activations, refuse_what_there_is_not)
{
	const struct {
		mica_activation a;
		mica_shape s;
		const char *says;
	} bad[] = {
		{MICA_PART(mica_activation, &mica_kind_dense, NULL), MICA_SHAPE(4), "dense is of type layer; give a part of type activation"},
		{MICA_RELU_OF(.max_value = -1), MICA_SHAPE(4), "relu: max_value is -1; give a number from 0"},
		{MICA_RELU_OF(.negative_slope = NAN), MICA_SHAPE(4), "negative_slope is nan"},
		{MICA_CELU_OF(.alpha = MICA_ZERO), MICA_SHAPE(4), "celu: alpha is 0; give a finite number above 0"},
		{MICA_SQUAREPLUS_OF(.b = -1), MICA_SHAPE(4), "b is -1"},
		{MICA_HARD_SHRINK_OF(.threshold = -1), MICA_SHAPE(4), "threshold is -1"},
		{MICA_CUSTOM_ACTIVATION(.call = doubled), MICA_SHAPE(4), "custom_activation: the activation's function returned NULL"},
		{MICA_CUSTOM_ACTIVATION(.payload = NULL), MICA_SHAPE(4), "custom_activation: it has no call"},
		{MICA_GLU, MICA_SHAPE(3), "glu: an axis of 3 has no halves"},
		{MICA_SOFTMAX, MICA_SCALAR_SHAPE, "softmax: a scalar has no axes"},
		{MICA_SOFTMAX_OF(.axis = 1), MICA_SHAPE(4), "softmax: axis 1 of 1; give one from -1 to 0"},
		{MICA_GLU_OF(.axis = -3), MICA_SHAPE(4, 2), "glu: axis -3 of 2; give one from -2 to 1"},
		{MICA_SPARSEMAX, MICA_SHAPE(1, 1, 1, 1, 1, 1, 1, 2), "sparsemax: at most 7 dimensions"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bench b = bench_open();
		mica_activate(given(&b, golden_activation_x, bad[i].s), bad[i].a);
		cr_expect(mica_graph_status(b.g) != MICA_OK, "%s", bad[i].says);
		cr_expect(strstr(mica_graph_error(b.g), bad[i].says), "\"%s\" lacks \"%s\"", mica_graph_error(b.g), bad[i].says);
		mica_close(b.ctx);
	}
}
