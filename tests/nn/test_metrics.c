/* SPDX-License-Identifier: MIT */
/* nn/test_metrics.c - metrics that stream over batches, with weights and without, against Keras; states, masks, the user's own; what
   is refused. */
#include "golden/losses.h"
#include "golden/scores.h"
#include "nn/compute.h"
#include "nn/score.h"

#include <string.h>

#define OK(call) cr_assert((call) == MICA_OK, "%s", mica_error(NULL))

enum { SAMPLES = 16, LABELS = 4, N = SAMPLES * LABELS, BATCHES = 3 };

/* ---- what is streamed: as make_scores.py makes it ---- */

typedef enum data { NUMBERS, SAID, ONEHOT, BITS, BIT, REALS, LOGITS, SORTED, TIES, INNER, PARTS, PART, DATA } data;
static float column[DATA][N], weights[SAMPLES];

static double unit(size_t i, uint32_t salt)
{
	return hash_unit((uint32_t)i, salt);
}

/* How many of a row are smaller: where each stands once they are sorted. */
static void sort_row(size_t row)
{
	for (size_t i = 0; i < LABELS; i++) {
		size_t at = 0;
		for (size_t k = 0; k < LABELS; k++)
			at += unit(row * LABELS + k, 76) < unit(row * LABELS + i, 76);
		column[SORTED][row * LABELS + at] = (float)i;
	}
}

static void make_data(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		column[NUMBERS][i] = (float)(int)(unit(i, 70) * LABELS);
		column[SAID][i] = unit(i, 71) < 0.5 ? column[NUMBERS][i] : (float)(int)(unit(i, 72) * LABELS);
		column[ONEHOT][i * LABELS + (size_t)column[NUMBERS][i]] = 1;
		weights[i] = (float)(int)(3 * unit(i, 79));
		sort_row(i);
	}
	for (size_t i = 0; i < N; i++) {
		column[BITS][i] = unit(i, 73) > 0.5;
		column[REALS][i] = (float)(2 * unit(i, 74));
		column[LOGITS][i] = (float)(6 * unit(i, 75) - 3);
		column[TIES][i] = (float)((int)(5 * unit(i, 77)) / 5.0);
		column[INNER][i] = (float)(0.02 + 0.96 * unit(i, 78));
		column[PARTS][i] = (float)unit(i, 78);
	}
	column[PARTS][5] = column[PARTS][28] = 0;
	column[PARTS][9] = column[PARTS][39] = 1;
	column[PARTS][14] = 0.5f;
	for (size_t i = 0; i < SAMPLES; i++) {
		column[BIT][i] = column[BITS][i * LABELS];
		column[PART][i] = column[PARTS][i * LABELS];
	}
}

static size_t width(data d)
{
	return d == NUMBERS || d == SAID || d == BIT || d == PART ? 1 : LABELS;
}

/* ---- streaming ---- */

/* Metrics that are fed together, and what they are held against: of each batch, n numbers. */
typedef struct metric_case {
	const char *name;
	mica_metric metric;
	data y, x;
	const float *golden;
	size_t n;
} metric_case;

typedef struct stream {
	mica_context *ctx;
	const metric_case *cases;
	size_t n;
	mica__metric (*metrics)[2]; /* of each case: without weights, and with */
} stream;

/* Rows from..to of that data, of so many steps each. */
static mica_var rows_of(bench *b, data d, size_t from, size_t to, size_t steps)
{
	size_t w = width(d), rows = to - from;
	mica_shape s = steps == 1 ? (d == BIT || d == PART ? MICA_SHAPE(rows, 1) : MICA_SHAPE(rows, w)) : MICA_SHAPE(rows, steps, w);

	if (w == 1 && d != BIT && d != PART)
		s.rank--;
	return given(b, column[d] + from * steps * w, s);
}

static void feed(stream *f, size_t from, size_t to, size_t steps)
{
	bench b = {f->ctx, mica_graph_create(f->ctx)};
	static mica_var out[1000];
	size_t n = 0;
	mica_plan *p;
	mica_var w = given(&b, weights + from * steps, steps == 1 ? MICA_SHAPE(to - from) : MICA_SHAPE(to - from, steps));

	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < 2; k++) {
			mica__metric *m = &f->metrics[i][k];
			mica__metric_add(m, rows_of(&b, f->cases[i].y, from, to, steps), rows_of(&b, f->cases[i].x, from, to, steps), NULL, k ? w : NULL, NULL);
			cr_assert(mica_graph_status(b.g) == MICA_OK, "%s: %s", f->cases[i].name, mica_graph_error(b.g));
			for (size_t s = 0; s < m->states.n; s++)
				out[n++] = mica_op_assign(m->states.at[s].old, m->states.at[s].next);
			if (!from)
				OK(mica__metric_reset(m));
		}
	OK(mica_plan_create(&p, out, n, NULL));
	OK(mica_plan_run(p, 1));
	OK(mica_context_wait(f->ctx));
	mica_plan_destroy(p);
	mica_graph_destroy(b.g);
}

static void check(stream *f, size_t batch)
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < 2; k++) {
			const metric_case *c = &f->cases[i];
			size_t each = c->n / (2 * BATCHES), n;
			double got[8], shown, sum = 0;
			OK(mica__metric_values(&f->metrics[i][k], got, 8, &n));
			OK(mica__metric_result(&f->metrics[i][k], &shown));
			cr_assert(n == each, "%s: %zu numbers, Keras has %zu", c->name, n, each);
			for (size_t v = 0; v < n; v++) {
				double want = (double)c->golden[(k * BATCHES + batch) * each + v];
				sum += got[v];
				cr_expect(near(got[v], want, 1e-5, 1e-6), "%s, batch %zu, %s weights, [%zu]: %.9g, Keras has %.9g", c->name, batch, k ? "with" : "no", v,
				          got[v], want);
			}
			cr_expect(near(shown, sum / (double)n, 1e-12, 0), "%s: %g is shown", c->name, shown);
		}
}

static void run(const metric_case *cases, size_t n, const size_t *split, size_t steps)
{
	static mica__metric metrics[100][2];
	stream f = {mica_open(NULL), cases, n, metrics};
	size_t at = 0;

	make_data();
	cr_assert(f.ctx && n <= 100);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 2; k++)
			OK(mica__metric_keep(&metrics[i][k], &cases[i].metric, f.ctx, cases[i].name));
	for (size_t batch = 0; batch < BATCHES; at += split[batch++]) {
		feed(&f, at, at + split[batch], steps);
		check(&f, batch);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 2; k++)
			mica__metric_drop(&metrics[i][k]);
	mica_close(f.ctx);
}

#define CASE(name, metric, y, x) {#name, metric, y, x, golden_stream_##name, sizeof golden_stream_##name / sizeof(float)}
Test(metrics, stream_as_in_keras)
{
	const metric_case cases[] = {
		CASE(exact_accuracy, mica_exact_accuracy(), NUMBERS, SAID),
		CASE(binary_accuracy, mica_binary_accuracy(.threshold = 0.4), BITS, PARTS),
		CASE(categorical_accuracy, mica_categorical_accuracy(), ONEHOT, PARTS),
		CASE(sparse_categorical_accuracy, mica_sparse_categorical_accuracy(), NUMBERS, PARTS),
		CASE(top_k_categorical_accuracy, mica_top_k_categorical_accuracy(.k = 2), ONEHOT, PARTS),
		CASE(sparse_top_k_categorical_accuracy, mica_sparse_top_k_categorical_accuracy(.k = 2), NUMBERS, TIES),
		CASE(sparse_top_k_sorted, mica_sparse_top_k_categorical_accuracy(.k = 2, .from_sorted_ids = true), NUMBERS, SORTED),
		CASE(mean_squared_error, mica_mean_squared_error(), REALS, LOGITS),
		CASE(mean_absolute_error, mica_mean_absolute_error(), REALS, LOGITS),
		CASE(mean_absolute_percentage_error, mica_mean_absolute_percentage_error(), REALS, LOGITS),
		CASE(mean_squared_logarithmic_error, mica_mean_squared_logarithmic_error(), REALS, PARTS),
		CASE(root_mean_squared_error, mica_root_mean_squared_error(), REALS, LOGITS),
		CASE(cosine_similarity, mica_cosine_similarity(), REALS, LOGITS),
		CASE(log_cosh, mica_log_cosh(), REALS, LOGITS),
		CASE(pearson_correlation, mica_pearson_correlation(), REALS, LOGITS),
		CASE(concordance_correlation, mica_concordance_correlation(), REALS, LOGITS),
		CASE(pearson_correlation_0, mica_pearson_correlation(.axis = -1), REALS, LOGITS),
		CASE(hinge, mica_hinge(), BITS, LOGITS),
		CASE(squared_hinge, mica_squared_hinge(), BITS, LOGITS),
		CASE(categorical_hinge, mica_categorical_hinge(), ONEHOT, LOGITS),
		CASE(kl_divergence, mica_kl_divergence(), REALS, PARTS),
		CASE(poisson, mica_poisson(), REALS, INNER),
		CASE(binary_crossentropy, mica_binary_crossentropy(.label_smoothing = 0.1), BITS, INNER),
		CASE(categorical_crossentropy, mica_categorical_crossentropy(.from_logits = true), ONEHOT, LOGITS),
		CASE(sparse_categorical_crossentropy, mica_sparse_categorical_crossentropy(), NUMBERS, INNER),
		CASE(sparse_categorical_crossentropy_ignore, mica_sparse_categorical_crossentropy(.from_logits = true, .ignore_class = 2), NUMBERS, LOGITS),
		CASE(r2_score, mica_r2_score(), REALS, PARTS),
		CASE(r2_score_variance, mica_r2_score(.class_aggregation = MICA_VARIANCE_WEIGHTED_AVERAGE), REALS, PARTS),
		CASE(r2_score_each, mica_r2_score(.class_aggregation = MICA_NO_AGGREGATION), REALS, PARTS),
		CASE(r2_score_adjusted, mica_r2_score(.num_regressors = 3), REALS, PARTS),
		CASE(r2_score_too_many, mica_r2_score(.num_regressors = 30), REALS, PARTS),
		CASE(mean, mica_mean(), REALS, LOGITS),
		CASE(sum, mica_sum(), REALS, LOGITS),
		CASE(true_positives, mica_true_positives(), BITS, PARTS),
		CASE(true_negatives, mica_true_negatives(.thresholds = {0.3}), BITS, PARTS),
		CASE(false_positives, mica_false_positives(.thresholds = {MICA_ZERO, 0.2, 0.9}), BITS, PARTS),
		CASE(false_negatives, mica_false_negatives(.thresholds = {MICA_ZERO, 0.5, 1}), BITS, PARTS),
		CASE(precision, mica_precision(), BITS, PARTS),
		CASE(precision_thresholds, mica_precision(.thresholds = {0.2, 0.6, 0.7, 0.999}), BITS, PARTS),
		CASE(precision_top_k, mica_precision(.top_k = 2), BITS, TIES),
		CASE(precision_top_k_class, mica_precision(.top_k = 2, .class_id = 1, .thresholds = {0.1, 0.4}), BITS, TIES),
		CASE(precision_class_0, mica_precision(.class_id = MICA_NONE), BITS, PARTS),
		CASE(recall, mica_recall(), BITS, PARTS),
		CASE(recall_top_k, mica_recall(.top_k = 1), BITS, TIES),
		CASE(recall_class, mica_recall(.class_id = 3, .thresholds = {0.25, 0.5, 0.75}), BITS, PARTS),
		CASE(sensitivity_at_specificity, mica_sensitivity_at_specificity(.at = 0.6), BITS, PARTS),
		CASE(sensitivity_at_specificity_few, mica_sensitivity_at_specificity(.at = 0.6, .num_thresholds = 1), BITS, PARTS),
		CASE(specificity_at_sensitivity, mica_specificity_at_sensitivity(.at = 0.7, .num_thresholds = 50), BITS, PARTS),
		CASE(precision_at_recall, mica_precision_at_recall(.at = 0.5), BITS, PARTS),
		CASE(recall_at_precision, mica_recall_at_precision(.at = 0.65, .class_id = 2), BITS, PARTS),
		CASE(auc, mica_auc(), BITS, PARTS),
		CASE(auc_minoring, mica_auc(.num_thresholds = 11, .summation_method = MICA_MINORING), BITS, PARTS),
		CASE(auc_majoring, mica_auc(.num_thresholds = 11, .summation_method = MICA_MAJORING), BITS, PARTS),
		CASE(auc_pr, mica_auc(.curve = MICA_PR), BITS, PARTS),
		CASE(auc_pr_majoring, mica_auc(.curve = MICA_PR, .num_thresholds = 21, .summation_method = MICA_MAJORING), BITS, PARTS),
		CASE(auc_pr_gain, mica_auc(.curve = MICA_PR_GAIN, .num_thresholds = 31), BITS, PARTS),
		CASE(auc_thresholds, mica_auc(.thresholds = {MICA_ZERO, 0.15, 0.5, 0.8}), BITS, PARTS),
		CASE(auc_logits, mica_auc(.from_logits = true, .curve = MICA_PR), BITS, LOGITS),
		CASE(auc_labels, mica_auc(.multi_label = true), BITS, PARTS),
		CASE(auc_labels_weights, mica_auc(.multi_label = true, .num_thresholds = 21, .curve = MICA_PR, .label_weights = {0.1, MICA_ZERO, 2, 0.7}), BITS, PARTS),
		CASE(auc_labels_thresholds, mica_auc(.multi_label = true, .thresholds = {0.3, 0.4}), BITS, PARTS),
		CASE(auc_weights, mica_auc(.label_weights = {0.1, MICA_ZERO, 2, 0.7}), BITS, PARTS),
		CASE(f1_score, mica_f1_score(), ONEHOT, PARTS),
		CASE(f1_score_micro, mica_f1_score(.average = MICA_MICRO, .threshold = 0.5), BITS, PARTS),
		CASE(f1_score_macro, mica_f1_score(.average = MICA_MACRO), ONEHOT, TIES),
		CASE(fbeta_score, mica_fbeta_score(.average = MICA_WEIGHTED, .beta = 2, .threshold = 0.3), BITS, PARTS),
		CASE(fbeta_score_each, mica_fbeta_score(.beta = 0.5), ONEHOT, PARTS),
		CASE(iou, mica_iou(.num_classes = 4, .target_class_ids = {MICA_NONE, 2}), NUMBERS, SAID),
		CASE(iou_ignore, mica_iou(.num_classes = 4, .target_class_ids = {1, 2, 3}, .ignore_class = 1), NUMBERS, SAID),
		CASE(iou_one_hot_labels, mica_iou(.num_classes = 4, .target_class_ids = {MICA_NONE, 1}, .one_hot_y_true = true), ONEHOT, SAID),
		CASE(mean_iou, mica_mean_iou(.num_classes = 4), NUMBERS, SAID),
		CASE(mean_iou_few, mica_mean_iou(.num_classes = 3), NUMBERS, SAID),
		CASE(binary_iou, mica_binary_iou(.threshold = 0.6), BIT, PART),
		CASE(binary_iou_1, mica_binary_iou(.target_class_ids = {1}), BIT, PART),
		CASE(one_hot_iou, mica_one_hot_iou(.num_classes = 4, .target_class_ids = {MICA_NONE, 3}), ONEHOT, PARTS),
		CASE(one_hot_iou_said, mica_one_hot_iou(.num_classes = 4, .target_class_ids = {MICA_NONE, 3}, .sparse_y_pred = true), ONEHOT, SAID),
		CASE(one_hot_mean_iou, mica_one_hot_mean_iou(.num_classes = 4, .ignore_class = MICA_NONE), ONEHOT, TIES),
	};

	run(cases, sizeof cases / sizeof *cases, (size_t[]){6, 6, 4}, 1);
}
#undef CASE

/* Weights of (batch, steps). */
#define STEPS(name, metric, y, x) {#name, metric, y, x, golden_steps_##name, sizeof golden_steps_##name / sizeof(float)}
Test(metrics, of_sequences_stream_as_in_keras)
{
	const metric_case cases[] = {
		STEPS(binary_accuracy, mica_binary_accuracy(.threshold = 0.4), BITS, PARTS),
		STEPS(sparse_categorical_accuracy, mica_sparse_categorical_accuracy(), NUMBERS, PARTS),
		STEPS(mean_squared_error, mica_mean_squared_error(), REALS, LOGITS),
		STEPS(root_mean_squared_error, mica_root_mean_squared_error(), REALS, LOGITS),
		STEPS(precision, mica_precision(), BITS, PARTS),
		STEPS(auc, mica_auc(), BITS, PARTS),
	};

	run(cases, sizeof cases / sizeof *cases, (size_t[]){2, 2, 1}, 3);
}
#undef STEPS

/* ---- values ---- */

static mica_var values(mica_metric l, mica_var y_true, mica_var y_pred)
{
	mica__metric m;

	OK(mica__metric_keep(&m, &l, mica_graph_context(mica_var_graph(y_pred)), "metric"));
	mica__scored s = mica__score(&m.metric.part, y_true, y_pred, NULL);
	mica__metric_drop(&m);
	return s.values;
}

/* Keras' choice by the shapes of labels and outputs; of one output, labels (batch) and (batch, 1) are the same. */
Test(metrics, accuracy_is_chosen_by_the_shapes)
{
	enum { ROWS = 8, CLASSES = 5 };
	bench b = bench_open();
	mica_var x = given(&b, golden_loss_loose, MICA_SHAPE(ROWS, CLASSES)), one = given(&b, (float[]){0.2f, 0.5f, 0.7f, 0.9f}, MICA_SHAPE(4, 1));
	mica_var y = given(&b, (float[]){0, 1, 1, 0}, MICA_SHAPE(4));
	mica_metric by_name = MICA_PART(mica_metric, mica_kind_find(MICA_METRIC, "acc"), NULL);
	float v[5][ROWS];

	values_of((mica_var[]){values(mica_accuracy(), given(&b, golden_loss_labels, MICA_SHAPE(ROWS, 1)), x),
	                       values(mica_accuracy(), given(&b, golden_loss_labels, MICA_SHAPE(ROWS)), x),
	                       values(by_name, given(&b, golden_loss_onehot, MICA_SHAPE(ROWS, CLASSES)), x),
	                       values(mica_accuracy(), y, one), values(mica_accuracy(.threshold = 0.1), y, one)},
	          (float *[]){v[0], v[1], v[2], v[3], v[4]}, 5);
	check_near("column", v[0], golden_accuracy_sparse, ROWS, 0, 0);
	check_near("flat", v[1], golden_accuracy_sparse, ROWS, 0, 0);
	check_near("vectors", v[2], golden_accuracy_categorical, ROWS, 0, 0);
	check_near("binary", v[3], (float[]){1, 0, 1, 0}, 4, 0, 0);
	check_near("threshold", v[4], (float[]){0, 1, 1, 0}, 4, 0, 0);
	mica_close(b.ctx);
}

/* A metric that is kept, fed once and read. */
static double fed(bench *b, mica_metric part, mica_var y, mica_var x, mica_var weight, mica_var mask)
{
	mica__metric m;
	mica_var out[8];
	mica_plan *p;
	double shown;

	OK(mica__metric_keep(&m, &part, b->ctx, "metric/one"));
	OK(mica__metric_result(&m, &shown));
	cr_expect(isnan(shown), "nothing was added, and %g is shown", shown);
	mica__metric_add(&m, y, x, NULL, weight, mask);
	cr_assert(mica_graph_status(b->g) == MICA_OK, "%s", mica_graph_error(b->g));
	for (size_t i = 0; i < m.states.n; i++)
		out[i] = mica_op_assign(m.states.at[i].old, m.states.at[i].next);
	OK(mica__metric_reset(&m));
	OK(mica_plan_create(&p, out, m.states.n, NULL));
	OK(mica_plan_run(p, 1));
	OK(mica_context_wait(b->ctx));
	mica_plan_destroy(p);
	OK(mica__metric_result(&m, &shown));
	mica__metric_drop(&m);
	return shown;
}

/* What is masked weighs nothing, whatever a metric is made of. */
Test(metrics, leave_out_what_is_masked)
{
	bench b = bench_open();
	mica_var y = given(&b, (float[]){1, 0, 1, 1, 0, 1}, MICA_SHAPE(3, 2, 1)), x = given(&b, (float[]){0.9f, 0.8f, 0.7f, 0.1f, 0.2f, 0.6f}, MICA_SHAPE(3, 2, 1));
	mica_var mask = given(&b, (float[]){1, 0, 7, 0, 1, 1}, MICA_SHAPE(3, 2)), heavy = given(&b, (float[]){1, 2, 3}, MICA_SHAPE(3));

	cr_expect(near(fed(&b, mica_binary_accuracy(), y, x, NULL, mask), 1, 1e-6, 0));
	cr_expect(near(fed(&b, mica_precision(), y, x, NULL, mask), 1, 1e-6, 0));
	cr_expect(near(fed(&b, mica_precision(), y, x, NULL, NULL), 0.75, 1e-6, 0));
	cr_expect(near(fed(&b, mica_precision(), y, x, heavy, NULL), 6 / 7.0, 1e-6, 0));
	cr_expect(near(fed(&b, mica_mean(), y, x, heavy, mask), (0.5 * 0.9 + 0.7 + 1.5 * 0.8) / 4.5, 1e-6, 0));
	cr_expect(near(fed(&b, mica_auc(), y, x, NULL, mask), 1, 1e-6, 0));
	mica_close(b.ctx);
}

/* A loss that is one number for the batch is the mean of batches as a metric. */
Test(metrics, may_be_losses_of_whole_batches)
{
	bench b = bench_open();
	mica_var y = given(&b, (float[]){1, 0, 1, 1}, MICA_SHAPE(4, 1)), x = given(&b, (float[]){0.5f, 0.5f, 1, 0}, MICA_SHAPE(4, 1));
	double want = 1 - 2 * 1.5 / 5;

	cr_expect(near(fed(&b, mica_dice(), y, x, NULL, NULL), want, 1e-6, 0));
	cr_expect(near(fed(&b, mica_dice(), y, x, given(&b, (float[]){1, 2, 3, 4}, MICA_SHAPE(4)), NULL), want, 1e-6, 0));
	mica_close(b.ctx);
}

/* ---- the user's ---- */

static mica_var halves(mica_var y_true, mica_var y_pred, const void *payload)
{
	return mica_op_mulc(mica_op_sub(y_pred, y_true), *(const double *)payload);
}

/* The largest error so far, which begins at -1, and where it was looked for. */
static void add_largest(mica_tally *t, mica_var y_true, mica_var y_pred, const void *payload)
{
	mica_var old = mica_tally_state(t, "largest", MICA_SCALAR_SHAPE, -1);
	mica_var now = mica_op_reduce_max(mica_op_abs(mica_op_sub(y_pred, y_true)), MICA_ALL_AXES, false);

	(void)payload;
	mica_tally_assign(t, "largest", mica_op_max(old, now));
	mica_tally_add(t, "batches", mica_graph_scalar(mica_var_graph(old), 1));
}

static mica_var largest(mica_tally *t, const void *payload)
{
	mica_var each[2] = {mica_op_reshape(mica_tally_value(t, "largest"), MICA_SHAPE(1)), mica_op_reshape(mica_tally_value(t, "batches"), MICA_SHAPE(1))};

	(void)payload;
	return mica_op_concat(each, 2, 0);
}

Test(metrics, may_be_the_users)
{
	bench b = bench_open();
	double half = 0.5;
	mica_var y = given(&b, (float[]){1, 0, 1, 1}, MICA_SHAPE(4)), x = given(&b, (float[]){0.5f, 0.5f, 1, 0}, MICA_SHAPE(4, 1));

	cr_expect(near(fed(&b, mica_custom_metric(.score = halves, .payload = &half), y, x, NULL, NULL), -0.125, 1e-6, 0));
	cr_expect(near(fed(&b, mica_custom_metric(.accumulate = add_largest, .result = largest), y, x, NULL, NULL), 1, 1e-6, 0)); /* (1 + 1) / 2 */
	mica_close(b.ctx);
}

/* States begin anew with an epoch; what is in them can be put aside and back. */
Test(metrics, have_states_that_are_put_aside)
{
	bench b = bench_open();
	mica__metric m;
	mica_var out[2];
	mica_plan *p;
	double shown[4];
	void *saved;

	OK(mica__metric_keep(&m, &mica_custom_metric(.accumulate = add_largest, .result = largest), b.ctx, "metric/largest"));
	mica__metric_add(&m, given(&b, (float[]){0, 0}, MICA_SHAPE(2, 1)), given(&b, (float[]){3, -5}, MICA_SHAPE(2, 1)), NULL, NULL, NULL);
	for (size_t i = 0; i < 2; i++)
		out[i] = mica_op_assign(m.states.at[i].old, m.states.at[i].next);
	cr_expect_str_eq(mica_value_path(m.states.at[0].value), "metric/largest/largest");
	cr_expect(mica_value_role(m.states.at[0].value) == MICA_ROLE_METRIC);
	OK(mica_plan_create(&p, out, 2, NULL));
	for (size_t i = 0; i < 3; i++) { /* twice, then once more from the beginning */
		if (i != 1)
			OK(mica__metric_reset(&m));
		OK(mica__metric_result(&m, &shown[3]));
		cr_expect(i == 1 || near(shown[3], -0.5, 1e-12, 0), "%g", shown[3]);
		OK(mica_plan_run(p, 1));
		OK(mica__metric_result(&m, &shown[i]));
		if (i == 1)
			OK(mica__slots_save(&m.states, &saved));
	}
	OK(mica__slots_restore(&m.states, saved));
	OK(mica__metric_result(&m, &shown[3]));
	cr_expect(shown[0] == 3 && shown[1] == 3.5 && shown[2] == 3 && shown[3] == 3.5, "%g %g %g %g", shown[0], shown[1], shown[2], shown[3]);
	mica__free(saved);
	mica_plan_destroy(p);
	mica__metric_drop(&m);
	mica_close(b.ctx);
}

Test(metrics, know_what_is_better)
{
	const struct {
		mica_metric m;
		int better;
	} each[] = {{mica_accuracy(), 1},      {mica_mean_squared_error(), -1}, {mica_cosine_similarity(), 1}, {mica_root_mean_squared_error(), -1},
	            {mica_true_positives(), 0}, {mica_auc(), 1},                 {mica_huber(), -1},            {mica_custom_metric(), 0}};

	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		mica__metric m;
		OK(mica__metric_keep(&m, &each[i].m, NULL, "m"));
		cr_expect(mica__metric_better(&m) == each[i].better, "%s", mica__metric_name(&m));
		mica__metric_drop(&m);
	}
}

/* ---- what is refused ---- */

static void forgets(mica_tally *t, mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)y_true;
	(void)payload;
	mica_tally_state(t, "left", mica_var_shape(y_pred), 0);
}

static void changes_shape(mica_tally *t, mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)y_true;
	(void)payload;
	mica_tally_add(t, "sum", y_pred);
	mica_tally_add(t, "sum", mica_op_sum(y_pred, MICA_ALL_AXES, false));
}

static void names_nothing(mica_tally *t, mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)y_true;
	(void)payload;
	mica_tally_add(t, "", y_pred);
}

static mica_var asks_for_none(mica_tally *t, const void *payload)
{
	(void)payload;
	return mica_tally_value(t, "none");
}

static mica_var adds(mica_tally *t, const void *payload)
{
	(void)payload;
	return mica_tally_state(t, "batches", MICA_SCALAR_SHAPE, 0);
}

static mica_var gives_nothing(mica_tally *t, const void *payload)
{
	(void)t;
	(void)payload;
	return NULL;
}

Test(metrics, refuse_what_does_not_fit)
{
	const mica_shape row = MICA_SHAPE(4, 3), flat = MICA_SHAPE(4);
	const struct {
		mica_metric m;
		mica_shape y, x, weight;
		const char *says;
	} bad[] = {
		{mica_precision(), MICA_SHAPE(4, 2), row, MICA_SCALAR_SHAPE, "a label of shape (2) does not fit an output of shape (3)"},
		{mica_precision(), row, row, MICA_SHAPE(3), "a sample weight of shape (3) does not fit values of shape (4, 3)"},
		{mica_precision(.class_id = 3), row, row, MICA_SCALAR_SHAPE, "class_id is 3, and the output has shape (4, 3)"},
		{mica_precision(.class_id = MICA_NONE), flat, flat, MICA_SCALAR_SHAPE, "class_id is 0"},
		{mica_precision(.top_k = 4), row, row, MICA_SCALAR_SHAPE, "top_k is 4, and there are 3 classes"},
		{mica_recall(.thresholds = {0.5, 0.2}), row, row, MICA_SCALAR_SHAPE, "thresholds[1] is 0.2; give numbers from 0 to 1 that increase"},
		{mica_recall(.thresholds = {1.5}), row, row, MICA_SCALAR_SHAPE, "thresholds[0] is 1.5"},
		{mica_auc(.multi_label = true), MICA_SHAPE(4, 1, 1), MICA_SHAPE(4, 1, 1), MICA_SCALAR_SHAPE, "multi_label needs outputs (batch, labels)"},
		{mica_auc(.label_weights = {1, 2}), row, row, MICA_SCALAR_SHAPE, "2 label_weights for 3 labels"},
		{mica_f1_score(), flat, flat, MICA_SCALAR_SHAPE, "F-scores need outputs (batch, classes)"},
		{mica_r2_score(), MICA_SHAPE(4, 3, 1), MICA_SHAPE(4, 3, 1), MICA_SCALAR_SHAPE, "r2_score needs outputs (batch, numbers)"},
		{mica_iou(.num_classes = 2, .target_class_ids = {1, 2}), flat, flat, MICA_SCALAR_SHAPE, "target_class_ids[1] is 2; there are 2 classes"},
		{mica_mean_iou(.num_classes = 2), flat, row, MICA_SCALAR_SHAPE, "4 labels for outputs of 12 classes"},
		{mica_sparse_top_k_categorical_accuracy(), row, row, MICA_SCALAR_SHAPE, "one class number is needed"},
		{mica_pearson_correlation(.axis = 2), row, row, MICA_SCALAR_SHAPE, "pearson_correlation: axis 2"},
		{mica_custom_metric(), row, row, MICA_SCALAR_SHAPE, "it has no score function; give that, or accumulate and result"},
		{mica_custom_metric(.accumulate = forgets), row, row, MICA_SCALAR_SHAPE, "give that, or accumulate and result"},
		{mica_custom_metric(.accumulate = forgets, .result = largest), row, row, MICA_SCALAR_SHAPE, "no new value for state m/left; call mica_tally_assign"},
		{mica_custom_metric(.accumulate = changes_shape, .result = largest), row, row, MICA_SCALAR_SHAPE,
		 "metric state \"sum\" has shape (4, 3) and was asked for as ()"},
		{mica_custom_metric(.accumulate = names_nothing, .result = largest), row, row, MICA_SCALAR_SHAPE, "metric state name \"\" is empty"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bench b = bench_open();
		mica__metric m;
		OK(mica__metric_keep(&m, &bad[i].m, b.ctx, "m"));
		mica__metric_add(&m, given(&b, column[PARTS], bad[i].y), given(&b, column[PARTS], bad[i].x), NULL,
		                 bad[i].weight.rank ? given(&b, column[PARTS], bad[i].weight) : NULL, NULL);
		cr_expect(mica_graph_status(b.g) != MICA_OK && strstr(mica_graph_error(b.g), bad[i].says), "\"%s\" lacks \"%s\"", mica_graph_error(b.g),
		          bad[i].says);
		mica__metric_drop(&m);
		mica_close(b.ctx);
	}
}

Test(metrics, refuse_options_out_of_range)
{
	const struct {
		mica_metric m;
		const char *says;
	} bad[] = {
		{mica_binary_accuracy(.threshold = (double)NAN), "threshold is nan"},
		{mica_auc(.num_thresholds = 1), "auc: num_thresholds is 1; give a whole number from 2"},
		{mica_auc(.curve = 4), "curve is 4; give a whole number from 1 to 3"},
		{mica_sensitivity_at_specificity(.at = 1.5), "at is 1.5; give a finite number from 0 to 1"},
		{mica_f1_score(.average = 5), "average is 5"},
		{mica_fbeta_score(.beta = -1), "beta is -1; give a finite number above 0"},
		{mica_mean_iou(), "num_classes is 0; give a whole number from 1"},
		{mica_r2_score(.class_aggregation = 9), "class_aggregation is 9"},
		{{mica_adam().part}, "adam is of type optimizer; give a part of type metric"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		mica__metric m;
		cr_expect(mica__metric_keep(&m, &bad[i].m, NULL, "m") == MICA_EINVAL && !m.metric.part.kind, "%s", bad[i].says);
		cr_expect(strstr(mica_error(NULL), bad[i].says), "\"%s\" lacks \"%s\"", mica_error(NULL), bad[i].says);
		mica__metric_drop(&m);
	}
}

Test(metrics, refuse_results_that_are_none)
{
	const struct {
		mica_var (*result)(mica_tally *t, const void *payload);
		const char *says;
	} bad[] = {
		{asks_for_none, "metric state \"none\": there is none of that name"},
		{adds, "metric state \"batches\": a result only reads; call mica_tally_value"},
		{gives_nothing, "metric custom_metric: its result is NULL"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bench b = bench_open();
		mica__metric m;
		double shown;
		OK(mica__metric_keep(&m, &mica_custom_metric(.accumulate = add_largest, .result = bad[i].result), b.ctx, "m"));
		mica__metric_add(&m, given(&b, column[PARTS], MICA_SHAPE(4)), given(&b, column[PARTS], MICA_SHAPE(4)), NULL, NULL, NULL);
		cr_expect(mica__metric_result(&m, &shown) == MICA_EINVAL && isnan(shown));
		cr_expect(strstr(mica_error(NULL), bad[i].says), "\"%s\" lacks \"%s\"", mica_error(NULL), bad[i].says);
		mica__metric_drop(&m);
		mica_close(b.ctx);
	}
}
