/* SPDX-License-Identifier: MIT */
/* nn/test_reductions.c - the loss of a batch, with every reduction and weighting, and its slope; losses over whole batches and
   sequences; axes; what is refused. */
#include "golden/scores.h"
#include "nn/compute.h"
#include "nn/score.h"

#include <stdio.h>
#include <string.h>

#define OK(call) cr_assert((call) == MICA_OK, "%s", mica_error(NULL))

enum { ROWS = 12, STEPS = 3, BATCH = 4, CLASSES = 5, N = ROWS * CLASSES, REDUCTIONS = 4, MOST_VARS = 1200 };

/* As make_scores.py makes them; n elements, classes in a row. */
static float numbers[ROWS], onehot[N], bits[N], reals[N], logits[N], parts[N], square[24], weights[ROWS], mask[ROWS], seed[N];

static void unit(float *out, size_t n, uint32_t salt, double scale, double offset)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (float)(scale * hash_unit((uint32_t)i, salt) + offset);
}

static void make_data(void)
{
	for (size_t i = 0; i < ROWS; i++) {
		numbers[i] = (float)(int)(hash_unit((uint32_t)i, 50) * CLASSES);
		onehot[i * CLASSES + (size_t)numbers[i]] = 1;
		mask[i] = hash_unit((uint32_t)i, 57) < 0.6;
	}
	for (size_t i = 0; i < N; i++)
		bits[i] = hash_unit((uint32_t)i, 51) > 0.5;
	unit(reals, N, 52, 2, 0);
	unit(logits, N, 53, 6, -3);
	unit(parts, N, 54, 0.96, 0.02);
	unit(weights, ROWS, 56, 2, 0);
	weights[3] = 0;
	unit(seed, N, 55, 1, -0.5);
	for (size_t r = 0; r < 6; r++) { /* rows of length 1 */
		float sum = 0;
		for (size_t k = 4 * r; k < 4 * r + 4; k++) {
			square[k] = (float)(hash_unit((uint32_t)k, 53) - 0.5);
			sum += square[k] * square[k];
		}
		for (size_t k = 4 * r; k < 4 * r + 4; k++)
			square[k] /= sqrtf(sum);
	}
}

/* What is computed together, and what it is held against: pairs of a loss and its slope times seed. */
typedef struct wanted {
	bench b;
	mica_var var[MOST_VARS];
	float got[MOST_VARS], want[MOST_VARS];
	char name[MOST_VARS][64];
	size_t n;
} wanted;

static void want(wanted *w, mica_var v, float value, const char *name, size_t reduction, size_t weighting, const char *what)
{
	cr_assert(w->n < MOST_VARS);
	snprintf(w->name[w->n], sizeof w->name[0], "%s %zu %zu %s", name, reduction, weighting, what);
	w->want[w->n] = value;
	w->var[w->n++] = v;
}

static void check(wanted *w, double relative)
{
	float *at[MOST_VARS];

	for (size_t i = 0; i < w->n; i++)
		at[i] = &w->got[i];
	values_of(w->var, at, w->n);
	for (size_t i = 0; i < w->n; i++)
		cr_expect(near((double)w->got[i], (double)w->want[i], relative, relative), "%s: %.9g, Keras has %.9g", w->name[i], (double)w->got[i],
		          (double)w->want[i]);
}

/* The reduction stands before the name at the end of every loss's options. */
static mica_loss with_reduction(mica_loss l, void *copy, int reduction)
{
	memcpy(copy, l.part.options, l.part.kind->size);
	OK(mica_option_set(l.part.kind, copy, "reduction", reduction));
	return MICA_PART(mica_loss, l.part.kind, copy);
}

static const int reductions[REDUCTIONS] = {MICA_SUM_OVER_BATCH_SIZE, MICA_MEAN, MICA_SUM, MICA_MEAN_WITH_SAMPLE_WEIGHT};

/* golden: of each reduction, of each weighting, the loss and its slope. */
static void want_reduced(wanted *w, const char *name, mica_loss l, size_t reduction, mica_var y, mica_var x, mica_var weight, mica_var hide,
                         size_t weighting, const float *golden)
{
	char copy[256];
	mica_loss kept = with_reduction(l, copy, reductions[reduction]);
	mica_var slope, s = given(&w->b, seed, mica_var_shape(x));

	OK(mica__loss_keep(&kept, "dense", mica__sample_shape(mica_var_shape(x))));
	mica_var loss = mica__loss_reduced(&kept, y, x, NULL, weight, hide);
	cr_assert(mica_gradient(loss, NULL, &x, 1, &slope) == MICA_OK, "%s: %s", name, mica_graph_error(w->b.g));
	want(w, loss, golden[0], name, reduction, weighting, "loss");
	want(w, mica_op_sum(mica_op_mul(slope, s), MICA_ALL_AXES, false), golden[1], name, reduction, weighting, "slope");
	mica__part_drop(&kept.part);
}

#define CASE(name, loss, y, x) {#name, loss, y, x, golden_reduced_##name}
Test(reductions, of_every_loss_agree_with_keras)
{
	static wanted w;
	const struct {
		const char *name;
		mica_loss l;
		const float *y, *x, *golden;
	} cases[] = {
		CASE(mean_squared_error, mica_mean_squared_error(), reals, logits),
		CASE(mean_absolute_error, mica_mean_absolute_error(), reals, logits),
		CASE(mean_absolute_percentage_error, mica_mean_absolute_percentage_error(), reals, logits),
		CASE(mean_squared_logarithmic_error, mica_mean_squared_logarithmic_error(), reals, parts),
		CASE(cosine_similarity, mica_cosine_similarity(), reals, logits),
		CASE(huber, mica_huber(.delta = 0.7), reals, logits),
		CASE(log_cosh, mica_log_cosh(), reals, logits),
		CASE(hinge, mica_hinge(), bits, logits),
		CASE(squared_hinge, mica_squared_hinge(), bits, logits),
		CASE(categorical_hinge, mica_categorical_hinge(), onehot, logits),
		CASE(kl_divergence, mica_kl_divergence(), reals, parts),
		CASE(poisson, mica_poisson(), reals, parts),
		CASE(binary_crossentropy, mica_binary_crossentropy(.label_smoothing = 0.1), bits, parts),
		CASE(binary_focal_crossentropy, mica_binary_focal_crossentropy(), bits, parts),
		CASE(binary_focal_crossentropy_all,
		     mica_binary_focal_crossentropy(.from_logits = true, .alpha = 0.4, .gamma = 1.5, .apply_class_balancing = true, .label_smoothing = 0.1),
		     bits, logits),
		CASE(categorical_crossentropy, mica_categorical_crossentropy(.from_logits = true), onehot, logits),
		CASE(categorical_focal_crossentropy, mica_categorical_focal_crossentropy(), onehot, parts),
		CASE(categorical_focal_crossentropy_all,
		     mica_categorical_focal_crossentropy(.from_logits = true, .alpha = 0.4, .gamma = 1.5, .label_smoothing = 0.1), onehot, logits),
		CASE(sparse_categorical_crossentropy, mica_sparse_categorical_crossentropy(), numbers, parts),
		CASE(sparse_categorical_crossentropy_ignore, mica_sparse_categorical_crossentropy(.from_logits = true, .ignore_class = 2), numbers, logits),
		CASE(sparse_categorical_crossentropy_ignore_0, mica_sparse_categorical_crossentropy(.ignore_class = MICA_NONE), numbers, parts),
		CASE(categorical_generalized_cross_entropy, mica_categorical_generalized_cross_entropy(.q = 0.3), numbers, parts),
	};

	make_data();
	w.b = bench_open();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool classes = cases[i].y == numbers;
		for (size_t k = 0; k < 5; k++) {
			mica_shape rows = k < 2 ? MICA_SHAPE(ROWS) : MICA_SHAPE(BATCH, STEPS), all = k < 2 ? MICA_SHAPE(ROWS, CLASSES) : MICA_SHAPE(BATCH, STEPS, CLASSES);
			mica_var y = given(&w.b, cases[i].y, classes ? rows : all), x = given(&w.b, cases[i].x, all);
			mica_var weight = k == 1 || k == 2 || k == 4 ? given(&w.b, weights, rows) : NULL, hide = k > 2 ? given(&w.b, mask, rows) : NULL;
			for (size_t r = 0; r < REDUCTIONS; r++)
				want_reduced(&w, cases[i].name, cases[i].l, r, y, x, weight, hide, k, cases[i].golden + 10 * r + 2 * k);
		}
	}
	check(&w, 1e-5);
	mica_close(w.b.ctx);
}

/* With weights, a loss that is one number for the batch is one for each sample. */
Test(reductions, over_whole_batches_agree_with_keras)
{
	static wanted w;
	float classes[6];
	const struct {
		const char *name;
		mica_loss l;
		const float *y, *x, *golden;
	} cases[] = {
		CASE(dice, mica_dice(), bits, parts),
		CASE(tversky, mica_tversky(.alpha = 0.3, .beta = 0.6), bits, parts),
		CASE(dice_rows, mica_dice(.axes = MICA_AXIS(1)), bits, parts),
		CASE(tversky_rows, mica_tversky(.alpha = 0.3, .beta = 0.6, .axes = MICA_AXIS(1)), bits, parts),
		CASE(circle, mica_circle(), classes, square),
		CASE(circle_all, mica_circle(.gamma = 10, .margin = 0.2, .keep_diagonal = true), classes, square),
	};

	make_data();
	for (size_t i = 0; i < 6; i++)
		classes[i] = (float)(int)(hash_unit((uint32_t)i, 58) * 3);
	w.b = bench_open();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t k = 0; k < 2; k++) {
			mica_var y = given(&w.b, cases[i].y, cases[i].y == classes ? MICA_SHAPE(6) : MICA_SHAPE(6, 4)), x = given(&w.b, cases[i].x, MICA_SHAPE(6, 4));
			mica_var weight = k ? given(&w.b, weights, MICA_SHAPE(6)) : NULL;
			for (size_t r = 0; r < REDUCTIONS; r++)
				want_reduced(&w, cases[i].name, cases[i].l, r, y, x, weight, NULL, k, cases[i].golden + 4 * r + 2 * k);
		}
	const mica_loss of_channels = mica_dice(.axes = MICA_AXIS(1) | MICA_AXIS(2));
	const mica_loss of_middle = mica_tversky(.alpha = 0.3, .beta = 0.6, .axes = MICA_AXIS(2));
	mica_shape s = MICA_SHAPE(3, 2, 2, 2);
	for (size_t r = 0; r < REDUCTIONS; r++) { /* axes behind those that went are left */
		want_reduced(&w, "dice_channels", of_channels, r, given(&w.b, bits, s), given(&w.b, parts, s), NULL, NULL, 0, golden_reduced_dice_channels + 2 * r);
		want_reduced(&w, "tversky_middle", of_middle, r, given(&w.b, bits, s), given(&w.b, parts, s), NULL, NULL, 0, golden_reduced_tversky_middle + 2 * r);
	}
	check(&w, 2e-5); /* of numbers that are a hundred times as large on the way */
	mica_close(w.b.ctx);
}
#undef CASE

static mica_var values(mica_loss l, mica_var y, mica_var x)
{
	OK(mica__part_keep(&l.part, MICA_LOSS, MICA_LOSS));
	mica_var v = mica__score(&l.part, y, x, NULL).values;
	mica__part_drop(&l.part);
	return v;
}

Test(losses, of_sequences_agree_with_keras)
{
	static const float labels[15] = {1, 2, 3, 2, 2, 0, 0, 0, 0, 3, 1, 0, 1, 0, 0};
	bench b = bench_open();
	float x[120], by[5], value[5], slope[120], one[2];
	mica_var dx;

	unit(x, 120, 60, 6, -3);
	unit(by, 5, 61, 1, -0.5);
	mica_var logit = given(&b, x, MICA_SHAPE(5, 6, 4)), v = values(mica_ctc(), given(&b, labels, MICA_SHAPE(5, 3)), logit);
	cr_assert(mica_gradient(v, given(&b, by, MICA_SHAPE(5)), &logit, 1, &dx) == MICA_OK, "%s", mica_error(NULL));
	memcpy(x + 4, x + 24, 4 * sizeof *x);
	mica_var short_ = values(mica_ctc(), given(&b, (float[]){1, 0}, MICA_SHAPE(2, 1)), given(&b, x, MICA_SHAPE(2, 1, 4)));
	values_of((mica_var[]){v, dx, short_}, (float *[]){value, slope, one}, 3);
	check_near("ctc", value, golden_ctc, 5, 1e-5, 1e-6);
	check_near("slope", slope, golden_ctc_slope, 120, 1e-5, 1e-6);
	check_near("one step", one, golden_ctc_one_step, 2, 1e-5, 1e-6);
	mica_close(b.ctx);
}

Test(losses, may_be_over_another_axis)
{
	bench b = bench_open();
	mica_shape s = MICA_SHAPE(BATCH, CLASSES, STEPS), by_class = MICA_SHAPE(BATCH, STEPS, CLASSES);
	float v[4][ROWS];

	make_data();
	mica_var t = given(&b, bits, s), p = given(&b, parts, s);
	mica_var classes = mica_op_transpose(given(&b, onehot, by_class), NULL);
	values_of((mica_var[]){values(mica_cosine_similarity(.axis = 1), t, p), values(mica_binary_crossentropy(.axis = 1), t, p),
	                       values(mica_categorical_crossentropy(.axis = -2), classes, p),
	                       values(mica_categorical_focal_crossentropy(.axis = 1), classes, p)},
	          (float *[]){v[0], v[1], v[2], v[3]}, 4);
	check_near("cosine", v[0], golden_axis_cosine, ROWS, 1e-5, 1e-6);
	check_near("binary", v[1], golden_axis_binary, ROWS, 1e-5, 1e-6);
	check_near("categorical", v[2], golden_axis_categorical, ROWS, 1e-5, 1e-6);
	check_near("focal", v[3], golden_axis_focal, ROWS, 1e-5, 1e-6);
	mica_close(b.ctx);
}

/* Weights of samples count for each of their rows, and a mask of nothing leaves nothing. */
Test(reductions, broadcast_weights_and_survive_empty_masks)
{
	bench b = bench_open();
	float zeros[ROWS] = {0}, each[ROWS], got[3];
	mica_loss mean = mica_mean_squared_error(), weighted = mica_mean_squared_error(.reduction = MICA_MEAN_WITH_SAMPLE_WEIGHT);

	make_data();
	for (size_t i = 0; i < ROWS; i++)
		each[i] = weights[i / STEPS];
	mica_var y = given(&b, reals, MICA_SHAPE(BATCH, STEPS, CLASSES)), x = given(&b, logits, MICA_SHAPE(BATCH, STEPS, CLASSES));
	OK(mica__loss_keep(&mean, "dense", MICA_SHAPE(STEPS, CLASSES)));
	OK(mica__loss_keep(&weighted, "dense", MICA_SHAPE(STEPS, CLASSES)));
	values_of((mica_var[]){mica__loss_reduced(&weighted, y, x, NULL, given(&b, weights, MICA_SHAPE(BATCH)), NULL),
	                       mica__loss_reduced(&weighted, y, x, NULL, given(&b, each, MICA_SHAPE(BATCH, STEPS, 1)), NULL),
	                       mica__loss_reduced(&mean, y, x, NULL, NULL, given(&b, zeros, MICA_SHAPE(BATCH, STEPS)))},
	          (float *[]){&got[0], &got[1], &got[2]}, 3);
	cr_expect(near((double)got[0], (double)got[1], 1e-6, 0) && got[0] > 0 && got[2] == 0, "%g %g %g", (double)got[0], (double)got[1], (double)got[2]);
	mica__part_drop(&mean.part);
	mica__part_drop(&weighted.part);
	mica_close(b.ctx);
}

/* ---- what is refused ---- */

Test(reductions, refuse_weights_of_another_shape)
{
	const struct {
		mica_shape weight, mask;
		const char *says;
	} bad[] = {
		{MICA_SHAPE(STEPS), MICA_SCALAR_SHAPE, "a sample weight of shape (3) does not fit values of shape (4, 3)"},
		{MICA_SHAPE(BATCH, BATCH), MICA_SCALAR_SHAPE, "of shape (4, 4)"},
		{MICA_SHAPE(BATCH, STEPS, CLASSES), MICA_SCALAR_SHAPE, "of shape (4, 3, 5)"},
		{MICA_SHAPE(1), MICA_SCALAR_SHAPE, "of shape (1)"},
		{MICA_SCALAR_SHAPE, MICA_SHAPE(BATCH, 2), "a mask of shape (4, 2) does not fit"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bench b = bench_open();
		mica_loss l = mica_mean_squared_error();
		mica_var x = given(&b, parts, MICA_SHAPE(BATCH, STEPS, CLASSES));
		OK(mica__loss_keep(&l, "dense", MICA_SHAPE(STEPS, CLASSES)));
		mica__loss_reduced(&l, x, x, NULL, bad[i].weight.rank ? given(&b, parts, bad[i].weight) : NULL, bad[i].mask.rank ? given(&b, parts, bad[i].mask) : NULL);
		cr_expect(mica_graph_status(b.g) == MICA_ESHAPE && strstr(mica_graph_error(b.g), bad[i].says), "\"%s\" lacks \"%s\"", mica_graph_error(b.g),
		          bad[i].says);
		mica__part_drop(&l.part);
		mica_close(b.ctx);
	}
}

Test(losses, refuse_options_and_shapes_that_do_not_fit)
{
	const struct {
		mica_loss l;
		mica_shape y, x;
		const char *says;
	} bad[] = {
		{mica_cosine_similarity(.axis = 3), MICA_SHAPE(4, 3), MICA_SHAPE(4, 3), "cosine_similarity: axis 3"},
		{mica_binary_crossentropy(.axis = MICA_NONE), MICA_SHAPE(4, 3), MICA_SHAPE(4, 3), "axis 0; the first is the batch"},
		{mica_circle(), MICA_SHAPE(4, 3), MICA_SHAPE(4, 3), "it needs a class number and a row for each sample"},
		{mica_circle(), MICA_SHAPE(4), MICA_SHAPE(4, 3, 2), "circle: labels of shape (4) and outputs of shape (4, 3, 2)"},
		{mica_ctc(), MICA_SHAPE(4), MICA_SHAPE(4, 3, 2), "it needs (batch, labels) and (batch, steps, classes)"},
		{mica_dice(), MICA_SHAPE(4, 2), MICA_SHAPE(4, 3), "a label of shape (2) does not fit an output of shape (3)"},
		{mica_tversky(.axes = MICA_AXIS(5)), MICA_SHAPE(4, 3), MICA_SHAPE(4, 3), "ax"},
	};
	const struct {
		mica_loss l;
		const char *says;
	} kept[] = {
		{mica_mean_squared_error(.reduction = MICA_NO_REDUCTION), "mean_squared_error: reduction is MICA_NO_REDUCTION; a model needs one number"},
		{mica_mean_squared_error(.reduction = 9), "reduction is 9; give a whole number from 1 to 5 (0 stands for 1)"},
		{mica_categorical_generalized_cross_entropy(.q = 1), "q is 1"},
		{mica_binary_focal_crossentropy(.gamma = -1), "gamma is -1"},
		{mica_circle(.margin = 1.5), "margin is 1.5"},
		{mica_sparse_categorical_crossentropy(.label_smoothing = -1), "label_smoothing is -1"},
	};

	make_data();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bench b = bench_open();
		values(bad[i].l, given(&b, parts, bad[i].y), given(&b, parts, bad[i].x));
		cr_expect(mica_graph_status(b.g) != MICA_OK && strstr(mica_graph_error(b.g), bad[i].says), "\"%s\" lacks \"%s\"", mica_graph_error(b.g),
		          bad[i].says);
		mica_close(b.ctx);
	}
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		mica_loss l = kept[i].l;
		cr_expect(mica__loss_keep(&l, "dense", MICA_SHAPE(3)) == MICA_EINVAL && !l.part.kind, "%s", kept[i].says);
		cr_expect(strstr(mica_error(NULL), kept[i].says), "\"%s\" lacks \"%s\"", mica_error(NULL), kept[i].says);
	}
}
