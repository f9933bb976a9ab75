/* SPDX-License-Identifier: MIT */
/* nn/test_losses.c - losses, their slopes and accuracies against Keras. */
#include "golden/keras.h"
#include "nn/compute.h"
#include "nn/nn.h"

#include <string.h>

enum { ROWS = 8, CLASSES = 5, N = ROWS * CLASSES };

typedef struct loss_case {
	const char *name;
	const float *x, *labels, *value, *slope;
	double smoothing;
	bool from_logits;
	mica_activation activation; /* of the layer before the loss; x is its argument */
} loss_case;

#define GOLDEN(n) golden_loss_##n, golden_loss_##n##_slope
static const loss_case cases[] = {
	{"scce_logits", golden_loss_logits, golden_loss_labels, GOLDEN(scce_logits), 0, true, MICA_LINEAR},
	{"scce_loose", golden_loss_loose, golden_loss_labels, GOLDEN(scce_loose), 0, false, MICA_LINEAR},
	{"scce_softmax", golden_loss_logits, golden_loss_labels, GOLDEN(scce_softmax), 0, false, MICA_SOFTMAX},
	{"cce_logits", golden_loss_logits, golden_loss_onehot, GOLDEN(cce_logits), 0, true, MICA_LINEAR},
	{"cce_loose", golden_loss_loose, golden_loss_onehot, GOLDEN(cce_loose), 0, false, MICA_LINEAR},
	{"cce_smooth", golden_loss_logits, golden_loss_onehot, GOLDEN(cce_smooth), 0.2, true, MICA_LINEAR},
	{"bce_logits", golden_loss_logits, golden_loss_bits, GOLDEN(bce_logits), 0, true, MICA_LINEAR},
	{"bce_loose", golden_loss_loose, golden_loss_bits, GOLDEN(bce_loose), 0, false, MICA_LINEAR},
	{"bce_smooth", golden_loss_loose, golden_loss_bits, GOLDEN(bce_smooth), 0.3, false, MICA_LINEAR},
	{"bce_sigmoid", golden_loss_logits, golden_loss_bits, GOLDEN(bce_sigmoid), 0, false, MICA_SIGMOID},
	{"mse", golden_loss_loose, golden_loss_bits, GOLDEN(mse), 0, false, MICA_LINEAR},
};

static mica_loss make_loss(const loss_case *c)
{
	mica_crossentropy_opts o = {.from_logits = c->from_logits, .label_smoothing = c->smoothing};

	switch (c->name[0]) {
	case 's': return mica_loss_sparse_categorical_crossentropy(&o);
	case 'c': return mica_loss_categorical_crossentropy(&o);
	case 'b': return mica_loss_binary_crossentropy(&o);
	default: return mica_mean_squared_error();
	}
}

static mica_var values_for(bench *b, const loss_case *c, mica_var x)
{
	mica_loss l = make_loss(c);
	mica_var y = given(b, c->labels, l.sparse ? MICA_SHAPE(ROWS) : MICA_SHAPE(ROWS, CLASSES));

	return mica__loss_values(&l, y, mica_activate(x, c->activation), c->activation ? x : NULL, c->activation);
}

/* Slopes of the softmax cases that Keras has as 1e-7 are differences of probabilities near 1: absolute 1e-6. */
Test(losses, agree_with_keras)
{
	bench b = bench_open();
	mica_var seed = given(&b, golden_loss_seed, MICA_SHAPE(ROWS));
	float value[ROWS], slope[N];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		mica_var x = given(&b, cases[i].x, MICA_SHAPE(ROWS, CLASSES)), dx;
		mica_var y = values_for(&b, &cases[i], x);
		cr_assert(mica_gradient(y, seed, &x, 1, &dx) == MICA_OK, "%s: %s", cases[i].name, mica_error(NULL));
		values_of((mica_var[]){y, dx}, (float *[]){value, slope}, 2);
		check_near(cases[i].name, value, cases[i].value, ROWS, 1e-5, 1e-6);
		check_near(cases[i].name, slope, cases[i].slope, N, 1e-5, 1e-6);
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
	float with, without;

	values_of((mica_var[]){mica__loss_values(&l, y, p, x, MICA_SOFTMAX), mica__loss_values(&l, y, p, NULL, MICA_LINEAR)},
	          (float *[]){&with, &without}, 2);
	cr_expect_float_eq(with, 500, 1e-3);
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

	values_of((mica_var[]){mica__loss_values(&sparse, y, x, NULL, MICA_LINEAR)}, (float *[]){value}, 1);
	check_near("smooth", value, golden_loss_cce_smooth, ROWS, 1e-5, 1e-6);
	mica_close(b.ctx);
}

static mica_var halves(mica_var y_true, mica_var y_pred, const void *payload)
{
	mica_var wide = mica_op_mulc(mica_op_sub(y_pred, y_true), *(const double *)payload);

	return mica_op_reshape(wide, MICA_SHAPE(ROWS, CLASSES, 1));
}

/* A user's loss of any shape is averaged over its sample. */
Test(losses, may_be_the_users)
{
	bench b = bench_open();
	double half = 0.5;
	mica_loss l = mica_loss_custom("halves", halves, &half);
	mica_var x = given(&b, golden_loss_loose, MICA_SHAPE(ROWS, CLASSES)), y = given(&b, golden_loss_bits, MICA_SHAPE(ROWS, CLASSES));
	float value[ROWS];

	values_of((mica_var[]){mica__loss_values(&l, y, x, NULL, MICA_LINEAR)}, (float *[]){value}, 1);
	for (size_t i = 0; i < ROWS; i++) {
		double want = 0;
		for (size_t k = 0; k < CLASSES; k++)
			want += 0.5 / CLASSES * (double)(golden_loss_loose[i * CLASSES + k] - golden_loss_bits[i * CLASSES + k]);
		cr_expect(near((double)value[i], want, 1e-5, 1e-6), "%zu: %g, want %g", i, (double)value[i], want);
	}
	mica_close(b.ctx);
}

Test(losses, refuse_labels_of_another_shape)
{
	for (int sparse = 0; sparse < 2; sparse++) {
		bench b = bench_open();
		mica_loss l = sparse ? mica_sparse_categorical_crossentropy() : mica_mean_squared_error();
		mica_var x = given(&b, golden_loss_loose, MICA_SHAPE(ROWS, CLASSES)), y = given(&b, golden_loss_bits, MICA_SHAPE(ROWS, 4));
		mica__loss_values(&l, y, x, NULL, MICA_LINEAR);
		cr_expect(mica_graph_status(b.g) == MICA_ESHAPE);
		cr_expect(strstr(mica_graph_error(b.g), "(4)") && strstr(mica_graph_error(b.g), "(5)"), "%s", mica_graph_error(b.g));
		mica_close(b.ctx);
	}
}

Test(metrics, agree_with_keras)
{
	bench b = bench_open();
	mica_var x = given(&b, golden_loss_loose, MICA_SHAPE(ROWS, CLASSES)), bits = given(&b, golden_loss_bits, MICA_SHAPE(ROWS, CLASSES));
	mica_var onehot = given(&b, golden_loss_onehot, MICA_SHAPE(ROWS, CLASSES)), labels = given(&b, golden_loss_labels, MICA_SHAPE(ROWS, 1));
	mica_metric binary = mica_metric_binary_accuracy(), strict = binary, sparse = mica_metric_sparse_categorical_accuracy();
	mica_metric categorical = mica_metric_categorical_accuracy(), any = mica_accuracy();
	float v[6][ROWS];

	strict.threshold = 0.8;
	values_of((mica_var[]){mica__metric_values(&binary, bits, x), mica__metric_values(&strict, bits, x),
	                       mica__metric_values(&categorical, onehot, x), mica__metric_values(&sparse, labels, x),
	                       mica__metric_values(&any, labels, x), mica__metric_values(&any, onehot, x)},
	          (float *[]){v[0], v[1], v[2], v[3], v[4], v[5]}, 6);
	check_near("binary", v[0], golden_accuracy_binary, ROWS, 1e-6, 0);
	check_near("binary, 0.8", v[1], golden_accuracy_binary_0_8, ROWS, 1e-6, 0);
	check_near("categorical", v[2], golden_accuracy_categorical, ROWS, 0, 0);
	check_near("sparse", v[3], golden_accuracy_sparse, ROWS, 0, 0);
	check_near("accuracy of class numbers", v[4], golden_accuracy_sparse, ROWS, 0, 0);
	check_near("accuracy of vectors", v[5], golden_accuracy_categorical, ROWS, 0, 0);
	mica_close(b.ctx);
}

/* One output: labels (batch) and (batch, 1) are the same. */
Test(metrics, choose_binary_accuracy_for_one_output)
{
	bench b = bench_open();
	mica_metric any = mica_accuracy();
	mica_var x = given(&b, (float[]){0.2f, 0.5f, 0.7f, 0.9f}, MICA_SHAPE(4, 1)), y = given(&b, (float[]){0, 1, 1, 0}, MICA_SHAPE(4));
	float v[4];

	values_of((mica_var[]){mica__metric_values(&any, y, x)}, (float *[]){v}, 1);
	check_near("binary", v, (float[]){1, 0, 1, 0}, 4, 0, 0);
	mica_close(b.ctx);
}
