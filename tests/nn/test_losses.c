/* SPDX-License-Identifier: MIT */
/* nn/test_losses.c - losses, their slopes, and metrics against Keras; the user's own; what is refused. */
#include "golden/losses.h"
#include "nn/compute.h"
#include "nn/score.h"

#include <string.h>

#define OK(call) cr_assert((call) == MICA_OK, "%s", mica_error(NULL))

enum { ROWS = 8, CLASSES = 5, N = ROWS * CLASSES };

typedef struct loss_case {
	const char *name;
	mica_loss loss;
	const float *x, *labels, *value, *slope;
	mica_activation activation; /* of the layer before the loss; x is its argument */
} loss_case;

#define GOLDEN(n) golden_loss_##n, golden_loss_##n##_slope
#define KIND(of, options) {{&mica_kind_##of, options}}
#define CASE(n, x, t, of) {#n, KIND(of, NULL), golden_loss_##x, golden_loss_##t, GOLDEN(n), {{NULL, NULL}}}
#define WITH(n, x, t, of, ...) {#n, KIND(of, (&__VA_ARGS__)), golden_loss_##x, golden_loss_##t, GOLDEN(n), {{NULL, NULL}}}
#define AFTER(n, a, x, t, of) {#n, KIND(of, NULL), golden_loss_##x, golden_loss_##t, GOLDEN(n), KIND(a, NULL)}
#define REALS(n) CASE(n, logits, real, n)
static const loss_case cases[] = {
	WITH(scce_logits, logits, labels, sparse_categorical_crossentropy, (mica_sparse_crossentropy_opts){.from_logits = true}),
	CASE(scce_loose, loose, labels, sparse_categorical_crossentropy),
	AFTER(scce_softmax, softmax, logits, labels, sparse_categorical_crossentropy),
	AFTER(scce_sigmoid, sigmoid, logits, labels, sparse_categorical_crossentropy),
	WITH(cce_logits, logits, onehot, categorical_crossentropy, (mica_crossentropy_opts){.from_logits = true}),
	CASE(cce_loose, loose, onehot, categorical_crossentropy),
	WITH(cce_smooth, logits, onehot, categorical_crossentropy, (mica_crossentropy_opts){.from_logits = true, .label_smoothing = 0.2}),
	WITH(cce_weights, logits, weights, categorical_crossentropy, (mica_crossentropy_opts){.from_logits = true}),
	WITH(cce_weights_smooth, logits, weights, categorical_crossentropy, (mica_crossentropy_opts){.from_logits = true, .label_smoothing = 0.2}),
	AFTER(cce_weights_softmax, softmax, logits, weights, categorical_crossentropy),
	CASE(cce_weights_loose, loose, weights, categorical_crossentropy),
	AFTER(cce_sigmoid, sigmoid, logits, onehot, categorical_crossentropy),
	WITH(bce_logits, logits, bits, binary_crossentropy, (mica_crossentropy_opts){.from_logits = true}),
	CASE(bce_loose, loose, bits, binary_crossentropy),
	WITH(bce_smooth, loose, bits, binary_crossentropy, (mica_crossentropy_opts){.label_smoothing = 0.3}),
	AFTER(bce_sigmoid, sigmoid, logits, bits, binary_crossentropy),
	AFTER(bce_softmax, softmax, logits, bits, binary_crossentropy),
	CASE(mse, loose, bits, mean_squared_error),
	REALS(mean_squared_error),
	REALS(mean_absolute_error),
	REALS(mean_absolute_percentage_error),
	REALS(mean_squared_logarithmic_error),
	REALS(huber),
	REALS(log_cosh),
	REALS(cosine_similarity),
	REALS(hinge),
	REALS(squared_hinge),
	REALS(categorical_hinge),
	REALS(poisson),
	WITH(huber_half, logits, real, huber, (mica_huber_opts){.delta = 0.5}),
	CASE(kl_divergence, loose, weights, kl_divergence),
	CASE(poisson_loose, loose, weights, poisson),
	CASE(msle_loose, loose, weights, mean_squared_logarithmic_error),
	CASE(categorical_hinge_onehot, logits, onehot, categorical_hinge),
	CASE(hinge_bits, logits, bits, hinge),
	CASE(hinge_signs, logits, signs, hinge),
	CASE(squared_hinge_bits, logits, bits, squared_hinge),
	CASE(squared_hinge_signs, logits, signs, squared_hinge),
};
enum { CASES = sizeof cases / sizeof *cases };

/* The values of a loss, or of it as a metric, that is kept for as long. */
static mica_var values(mica_loss l, bool metric, mica_var y_true, mica_var y_pred, mica_var logits)
{
	mica__metric m = {.ctx = NULL};
	mica_status st = metric ? mica__metric_keep(&m, &l, mica_graph_context(mica_var_graph(y_pred)), "metric")
	                        : mica__loss_keep(&l, "dense", mica__sample_shape(mica_var_shape(y_pred)));

	cr_assert(st == MICA_OK, "%s", mica_error(NULL));
	mica__scored s = mica__score(metric ? &m.metric.part : &l.part, y_true, y_pred, logits);
	if (metric)
		mica__metric_drop(&m);
	else
		mica__part_drop(&l.part);
	return s.values;
}

static mica_var values_for(bench *b, const loss_case *c, mica_var x)
{
	bool classes = mica__loss_of_classes(&c->loss);
	mica_var y = given(b, c->labels, classes ? MICA_SHAPE(ROWS) : MICA_SHAPE(ROWS, CLASSES));

	return values(c->loss, false, y, mica_activate(x, c->activation), c->activation.part.kind ? x : NULL);
}

/* Slopes of the softmax cases that Keras has as 1e-7 are differences of probabilities near 1: absolute 1e-6. */
Test(losses, agree_with_keras)
{
	bench b = bench_open();
	mica_var seed = given(&b, golden_loss_seed, MICA_SHAPE(ROWS)), out[2 * CASES];
	static float value[CASES][ROWS], slope[CASES][N];
	float *at[2 * CASES];

	for (size_t i = 0; i < CASES; i++) {
		mica_var x = given(&b, cases[i].x, MICA_SHAPE(ROWS, CLASSES));
		out[2 * i] = values_for(&b, &cases[i], x);
		cr_assert(mica_gradient(out[2 * i], seed, &x, 1, &out[2 * i + 1]) == MICA_OK, "%s: %s", cases[i].name, mica_error(NULL));
		at[2 * i] = value[i];
		at[2 * i + 1] = slope[i];
	}
	values_of(out, at, 2 * CASES);
	for (size_t i = 0; i < CASES; i++) {
		check_near(cases[i].name, value[i], cases[i].value, ROWS, 1e-5, 1e-6);
		check_near(cases[i].name, slope[i], cases[i].slope, N, 1e-5, 1e-6);
	}
	mica_close(b.ctx);
}

/* No probability may be rounded to 0 on the way: the loss of a hopeless sample is its distance, not -log(1e-7). */
Test(losses, use_the_logits_behind_a_softmax)
{
	bench b = bench_open();
	mica_loss l = mica_sparse_categorical_crossentropy();
	mica_var x = given(&b, (float[]){0, 500}, MICA_SHAPE(1, 2)), y = given(&b, (float[]){0}, MICA_SHAPE(1));
	mica_var p = mica_activate(x, MICA_SOFTMAX);
	float with, without, shown;

	values_of((mica_var[]){values(l, false, y, p, x), values(l, false, y, p, NULL), values(l, true, y, p, x)},
	          (float *[]){&with, &without, &shown}, 3);
	cr_expect_float_eq(with, 500, 1e-3);
	cr_expect_float_eq(shown, 500, 1e-3);
	cr_expect(without < 17, "%g", (double)without);
	mica_close(b.ctx);
}

Test(losses, smooth_class_numbers_as_their_vectors)
{
	bench b = bench_open();
	mica_loss sparse = mica_sparse_categorical_crossentropy(.from_logits = true, .label_smoothing = 0.2);
	mica_var x = given(&b, golden_loss_logits, MICA_SHAPE(ROWS, CLASSES));
	mica_var y = given(&b, golden_loss_labels, MICA_SHAPE(ROWS));
	float value[ROWS];

	values_of((mica_var[]){values(sparse, false, y, x, NULL)}, (float *[]){value}, 1);
	check_near("smooth", value, golden_loss_cce_smooth, ROWS, 1e-5, 1e-6);
	mica_close(b.ctx);
}

/* A sample with a dimension besides that of the loss has a value for each of its rows. */
Test(losses, have_a_value_for_each_row_of_a_sample)
{
	bench b = bench_open();
	mica_loss cosine = mica_cosine_similarity(), square = mica_mean_squared_error();
	mica_var x = given(&b, golden_loss_logits, MICA_SHAPE(ROWS / 2, 2, CLASSES));
	mica_var y = given(&b, golden_loss_real, MICA_SHAPE(ROWS / 2, 2, CLASSES));
	float value[2][ROWS];

	values_of((mica_var[]){values(cosine, false, y, x, NULL), values(square, false, y, x, NULL)},
	          (float *[]){value[0], value[1]}, 2);
	check_near("cosine", value[0], golden_loss_cosine_similarity, ROWS, 1e-5, 1e-6);
	check_near("square", value[1], golden_loss_mean_squared_error, ROWS, 1e-5, 1e-6);
	mica_close(b.ctx);
}

/* ---- the user's ---- */

static mica_var halves(mica_var y_true, mica_var y_pred, const void *payload)
{
	mica_var wide = mica_op_mulc(mica_op_sub(y_pred, y_true), *(const double *)payload);

	return mica_op_mean(wide, MICA_AXIS(1), true);
}

/* One value per sample, (batch) or (batch, 1); labels without the output's last dimension of 1 get it. */
Test(losses, may_be_the_users)
{
	bench b = bench_open();
	double half = 0.5;
	mica_loss l = mica_custom_loss(.score = halves, .payload = &half, .name = "halves");
	mica_var x = given(&b, golden_loss_loose, MICA_SHAPE(ROWS, CLASSES)), y = given(&b, golden_loss_bits, MICA_SHAPE(ROWS, CLASSES));
	mica_var column = given(&b, golden_loss_loose, MICA_SHAPE(N, 1)), flat = given(&b, golden_loss_bits, MICA_SHAPE(N));
	float value[ROWS], each[N];

	values_of((mica_var[]){values(l, false, y, x, NULL), values(l, false, flat, column, NULL)},
	          (float *[]){value, each}, 2);
	for (size_t i = 0; i < ROWS; i++) {
		double sum = 0;
		for (size_t k = i * CLASSES; k < (i + 1) * CLASSES; k++) {
			double want = 0.5 * (double)(golden_loss_loose[k] - golden_loss_bits[k]);
			sum += want / CLASSES;
			cr_expect(near((double)each[k], want, 1e-5, 1e-6), "%zu: %g, want %g", k, (double)each[k], want);
		}
		cr_expect(near((double)value[i], sum, 1e-5, 1e-6), "%zu: %g, want %g", i, (double)value[i], sum);
	}
	mica_close(b.ctx);
}

static mica_var difference(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)payload;
	return mica_op_sub(y_pred, mica_op_reshape(y_true, MICA_SHAPE(MICA_INFER)));
}

static mica_var turned(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)y_true;
	(void)payload;
	return mica_op_transpose(y_pred, NULL);
}

static mica_var one_number(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)y_true;
	(void)payload;
	return mica_op_mean(y_pred, MICA_ALL_AXES, false);
}

static mica_var class_numbers(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)y_true;
	(void)payload;
	return mica_op_argmax(y_pred, -1);
}

static mica_var nothing(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)y_true;
	(void)y_pred;
	(void)payload;
	return NULL;
}

/* (4) against (4, 1) would train on a (4, 4) of differences. */
Test(losses, of_the_user_must_be_one_value_per_sample)
{
	const struct {
		mica_var (*score)(mica_var y_true, mica_var y_pred, const void *payload);
		size_t width;
		const char *says;
	} bad[] = {
		{difference, 1, "function returned shape (4, 4) of f32 for labels of shape (4, 1) and outputs of shape (4, 1); one"},
		{turned, 3, "returned shape (3, 4)"},
		{one_number, 1, "returned shape ()"},
		{class_numbers, 4, "of i32"},
		{nothing, 1, "returned NULL"},
		{difference, 4, "only because there are 4 samples"}, /* else it would be (3) against (3, 4) */
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		for (int metric = 0; metric < 2; metric++) {
			bench b = bench_open();
			mica_loss l = mica_custom_loss(.score = bad[i].score, .name = "mine");
			mica__metric m;
			OK(mica__metric_keep(&m, &mica_custom_metric(.score = bad[i].score, .name = "mine"), b.ctx, "metric"));
			mica_var x = given(&b, golden_loss_loose, MICA_SHAPE(4, bad[i].width)), y = given(&b, golden_loss_bits, MICA_SHAPE(4));
			if (metric)
				mica__metric_add(&m, y, x, NULL, NULL, NULL);
			else
				values(l, false, y, x, NULL);
			mica__metric_drop(&m);
			cr_expect(mica_graph_status(b.g) != MICA_OK, "%zu", i);
			cr_expect(strstr(mica_graph_error(b.g), bad[i].says), "%s", mica_graph_error(b.g));
			cr_expect(strstr(mica_graph_error(b.g), metric ? "the metric's" : "the loss's"), "%s", mica_graph_error(b.g));
			mica_close(b.ctx);
		}
	}
}

/* ---- what is refused ---- */

Test(losses, refuse_labels_of_another_shape)
{
	static const char *const names[] = {"sparse_categorical_crossentropy", "mse", "cosine_similarity", "hinge", "kld",
	                                    "categorical_hinge", "categorical_crossentropy", "bce", "huber"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		bench b = bench_open();
		mica_loss l = MICA_PART(mica_loss, mica_kind_find(MICA_LOSS, names[i]), NULL);
		mica_var x = given(&b, golden_loss_loose, MICA_SHAPE(ROWS, CLASSES)), y = given(&b, golden_loss_bits, MICA_SHAPE(ROWS, 4));
		values(l, false, y, x, NULL);
		cr_expect(mica_graph_status(b.g) == MICA_ESHAPE, "%s", names[i]);
		cr_expect(strstr(mica_graph_error(b.g), "(4)") && strstr(mica_graph_error(b.g), "(5)"), "%s", mica_graph_error(b.g));
		mica_close(b.ctx);
	}
}

Test(losses, refuse_what_is_out_of_range_or_no_loss)
{
	const struct {
		mica_loss l;
		const char *says;
	} bad[] = {
		{{{NULL, NULL}}, "no loss; give one"},
		{mica_huber(.delta = MICA_ZERO), "huber: delta is 0; give a finite number above 0 (0 stands for 1)"},
		{mica_huber(.delta = -1), "delta is -1"},
		{mica_binary_crossentropy(.label_smoothing = 1.5), "label_smoothing is 1.5; give a finite number from 0 to 1"},
		{mica_accuracy(), "accuracy is of type metric; give a part of type loss"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		mica_loss l = bad[i].l;
		cr_expect(mica__loss_keep(&l, "dense", MICA_SHAPE(3)) == MICA_EINVAL && !l.part.kind, "%s", bad[i].says);
		cr_expect(strstr(mica_error(NULL), bad[i].says), "\"%s\" lacks \"%s\"", mica_error(NULL), bad[i].says);
	}
	mica_metric low = mica_binary_accuracy(.threshold = NAN), optimizer = {mica_adam().part}, huber = mica_huber(.delta = 2);
	mica__metric m;
	cr_expect(mica__metric_keep(&m, &low, NULL, "m") == MICA_EINVAL && !m.metric.part.kind);
	cr_expect(mica__metric_keep(&m, &optimizer, NULL, "m") == MICA_EINVAL && strstr(mica_error(NULL), "adam is of type optimizer"));
	cr_expect(mica__metric_keep(&m, &huber, NULL, "m") == MICA_OK && strcmp(mica__metric_name(&m), "huber") == 0);
	mica__metric_drop(&m);
}
