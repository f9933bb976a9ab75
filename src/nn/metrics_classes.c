/* SPDX-License-Identifier: MIT */
/* nn/metrics_classes.c - F-scores, and intersections over unions (Keras 1.6): what is counted is how often a class was said, was
   right, and was missed. */
#include "nn/score.h"

static mica_var total(mica_var x)
{
	return mica_op_sum(x, MICA_ALL_AXES, false);
}

/* a / (b + 1e-7) */
static mica_var ratio(mica_var a, mica_var b)
{
	return mica_op_div(a, mica_op_addc(b, MICA__EPSILON));
}

/* ---- F-scores ---- */

/* 1 for each class that the output says: the greatest, all of them if several are, or those above the threshold. */
static mica_var said(mica_var p, double threshold)
{
	if (threshold > 0)
		return mica_op_gt(p, mica__real(p, threshold));
	mica_var most = mica_op_reduce_max(p, MICA_AXIS(1), true);
	return mica_op_mul(mica_op_ge(p, most), mica_op_gt(mica_op_abs(p), mica__real(p, 1e-9)));
}

static void add_f(mica_tally *t, mica_var y_true, mica_var y_pred, const mica_f1_opts *o)
{
	mica_var truth = mica__same_shape(y_true, y_pred), w = mica_tally_weight(t, y_pred);
	mica_shape s = mica_var_shape(y_pred);
	uint32_t axes = o->average == MICA_MICRO ? MICA_ALL_AXES : MICA_AXIS(0);

	if (mica_graph_status(mica_var_graph(y_pred)) == MICA_OK && s.rank != 2)
		mica__graph_fail(mica_var_graph(y_pred), MICA_ESHAPE, "F-scores need outputs (batch, classes), these are %s", mica__shape_text(&s));
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return;
	mica_var guess = said(y_pred, o->threshold), wrong = mica__not(truth);
	mica_var counts[4] = {mica_op_mul(guess, truth), mica_op_mul(guess, wrong), mica_op_mul(mica__not(guess), truth), truth};
	static const char *const names[4] = {"true_positives", "false_positives", "false_negatives", "weights"};
	for (size_t i = 0; i < 4; i++)
		mica_tally_add(t, names[i], mica_op_sum(w ? mica_op_mul(counts[i], w) : counts[i], axes, false));
}

static mica_var f_of(mica_tally *t, const mica_f1_opts *o, double beta)
{
	mica_var tp = mica_tally_value(t, "true_positives");
	mica_var precision = ratio(tp, mica_op_add(tp, mica_tally_value(t, "false_positives")));
	mica_var recall = ratio(tp, mica_op_add(tp, mica_tally_value(t, "false_negatives")));
	mica_var f = ratio(mica_op_mul(precision, recall), mica_op_add(mica_op_mulc(precision, beta * beta), recall));

	f = mica_op_mulc(f, 1 + beta * beta);
	if (o->average == MICA_WEIGHTED) {
		mica_var w = mica_tally_value(t, "weights");
		return total(mica_op_mul(f, ratio(w, total(w))));
	}
	return o->average == MICA_NO_AVERAGE ? f : mica_op_mean(f, MICA_ALL_AXES, false);
}

static void add_f1(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	add_f(t, y_true, y_pred, options);
}

static mica_var f1_score(mica_tally *t, const void *options)
{
	return f_of(t, options, 1);
}

static mica_f1_opts without_beta(const mica_fbeta_opts *o)
{
	return (mica_f1_opts){.average = o->average, .threshold = o->threshold};
}

static void add_fbeta(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	mica_f1_opts o = without_beta(options);

	add_f(t, y_true, y_pred, &o);
}

static mica_var fbeta_score(mica_tally *t, const void *options)
{
	mica_f1_opts o = without_beta(options);

	return f_of(t, &o, ((const mica_fbeta_opts *)options)->beta);
}

/* ---- intersections over unions ---- */

/* What all of them are made of. */
typedef struct unions {
	size_t classes;
	const int *targets; /* up to the first that is none; none: all classes */
	int ignored;
} unions;

static mica_var flat(mica_var x)
{
	return mica_op_reshape(x, MICA_SHAPE(mica_var_count(x)));
}

/* Class numbers of x, flat: said as such, or where a row is largest. */
static mica_var classes_of(mica_var x, bool one_hot, int axis)
{
	return flat(one_hot ? mica_op_argmax(x, axis) : mica_var_dtype(x) == MICA_I32 ? x : mica_op_cast(x, MICA_I32));
}

static mica_var among(mica_var class, size_t classes)
{
	mica_graph *g = mica_var_graph(class);
	mica_var none = mica_graph_fill(g, 0, MICA_I32, MICA_SCALAR_SHAPE), end = mica_graph_fill(g, (double)classes, MICA_I32, MICA_SCALAR_SHAPE);

	return mica_op_mul(mica_op_ge(class, none), mica_op_lt(class, end));
}

/* Adds samples, flat, to the table of what is (rows) and what was said (columns); those out of range count nowhere. */
static void add_table(mica_tally *t, mica_var truth, mica_var guess, mica_var like, const unions *u)
{
	mica_graph *g = mica_var_graph(truth);

	if (mica_graph_status(g) != MICA_OK)
		return;
	size_t n = mica_var_count(guess);
	if (mica_var_count(truth) != n) {
		mica__graph_fail(g, MICA_ESHAPE, "%zu labels for outputs of %zu classes; one is needed for each", mica_var_count(truth), n);
		return;
	}
	mica_var in = mica_op_mul(among(truth, u->classes), among(guess, u->classes));
	if (u->ignored != MICA__NO_CLASS)
		in = mica_op_mul(in, mica_op_ne(truth, mica_graph_fill(g, u->ignored, MICA_I32, MICA_SCALAR_SHAPE)));
	mica_var at = mica_op_mul(mica_op_add(mica_op_mulc(truth, (double)u->classes), guess), in);
	mica_var w = mica_tally_weight(t, like), count = mica_op_cast(in, g->real);
	if (w)
		count = mica_op_mul(count, flat(mica_op_broadcast(w, mica_var_shape(like))));
	mica_var table = mica_op_scatter_add(mica_op_reshape(count, MICA_SHAPE(n, 1)), at, u->classes * u->classes);
	mica_tally_add(t, "confusion_matrix", mica_op_reshape(table, MICA_SHAPE(u->classes, u->classes)));
}

/* Mean over the targets that were there, or said, at all. */
static mica_var mean_iou_of(mica_tally *t, const unions *u)
{
	mica_var table = mica_tally_value(t, "confusion_matrix"), right = mica_op_diagonal(table, 0, 1);
	mica_var all = mica_op_sub(mica_op_add(mica_op_sum(table, MICA_AXIS(0), false), mica_op_sum(table, MICA_AXIS(1), false)), right);
	mica_var is = mica_op_gt(all, mica__real(all, 1e-9));
	mica_var wanted = NULL, number = mica_graph_iota(mica_var_graph(table), MICA_SHAPE(u->classes), 0);

	for (size_t i = 0; u->targets && i < MICA_MOST_TARGETS && u->targets[i] != MICA__NO_CLASS; i++) {
		mica_var one = mica_op_eq(number, mica_graph_fill(mica_var_graph(table), u->targets[i], MICA_I32, MICA_SCALAR_SHAPE));
		wanted = wanted ? mica_op_max(wanted, one) : one;
	}
	if (wanted)
		is = mica_op_mul(is, mica_op_cast(wanted, mica_var_dtype(is)));
	return ratio(total(mica_op_where(is, ratio(right, all), mica__real(all, 0))), total(is));
}

/* A target there is no class for is a mistake. */
static bool has_targets(const unions *u, mica_var y)
{
	for (size_t i = 0; u->targets && i < MICA_MOST_TARGETS && u->targets[i] != MICA__NO_CLASS; i++)
		if (u->targets[i] < 0 || (size_t)u->targets[i] >= u->classes)
			mica__graph_fail(mica_var_graph(y), MICA_EINVAL, "target_class_ids[%zu] is %d; there are %zu classes", i, u->targets[i], u->classes);
	return mica_graph_status(mica_var_graph(y)) == MICA_OK;
}

static void add_classes(mica_tally *t, mica_var y_true, mica_var y_pred, const mica_iou_opts *o)
{
	unions u = {o->num_classes, o->target_class_ids, o->ignore_class};

	if (!has_targets(&u, y_pred))
		return;
	mica_var guess = o->one_hot_y_pred ? mica_op_argmax(y_pred, o->axis) : y_pred;
	mica_var like = mica_op_cast(guess, mica_var_graph(y_pred)->real);
	add_table(t, classes_of(y_true, o->one_hot_y_true, o->axis), classes_of(guess, false, -1), like, &u);
}

static void add_iou(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	add_classes(t, y_true, y_pred, options);
}

static mica_var iou(mica_tally *t, const void *options)
{
	const mica_iou_opts *o = options;

	return mean_iou_of(t, &(unions){o->num_classes, o->target_class_ids, o->ignore_class});
}

static void add_one_hot_iou(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_one_hot_iou_opts *o = options;
	mica_iou_opts all = {.num_classes = o->num_classes, .ignore_class = o->ignore_class, .one_hot_y_true = true, .one_hot_y_pred = !o->sparse_y_pred,
	                     .axis = o->axis};

	for (size_t i = 0; i < MICA_MOST_TARGETS; i++)
		all.target_class_ids[i] = o->target_class_ids[i];
	add_classes(t, y_true, y_pred, &all);
}

static mica_var one_hot_iou(mica_tally *t, const void *options)
{
	const mica_one_hot_iou_opts *o = options;

	return mean_iou_of(t, &(unions){o->num_classes, o->target_class_ids, o->ignore_class});
}

static unions binary(const mica_binary_iou_opts *o)
{
	return (unions){2, o->target_class_ids, MICA__NO_CLASS};
}

static void add_binary_iou(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_binary_iou_opts *o = options;
	unions u = binary(o);

	if (has_targets(&u, y_pred))
		add_table(t, classes_of(y_true, false, -1), classes_of(mica_op_ge(y_pred, mica__real(y_pred, o->threshold)), false, -1), y_pred, &u);
}

static mica_var binary_iou(mica_tally *t, const void *options)
{
	unions u = binary(options);

	return mean_iou_of(t, &u);
}

/* ---- the kinds ---- */

#define TARGETS_FIELD(options) \
	{.name = "target_class_ids", .offset = offsetof(options, target_class_ids), .type = MICA_FIELD_IS_INT, .count = MICA_MOST_TARGETS, .otherwise = MICA__NO_CLASS}
#define CLASSES_FIELD(options) MICA_FIELD_SIZE(options, num_classes, MICA_WITHIN(1, 30000))

#define F_FIELDS(options)                                                                                                            \
	MICA_FIELD_INT(options, average, .otherwise = MICA_NO_AVERAGE, MICA_WITHIN(MICA_NO_AVERAGE, MICA_WEIGHTED)),                 \
	MICA_FIELD_REAL(options, threshold, MICA_WITHIN(0, 1)),                                                                      \
	MICA_FIELD_TEXT(options, name)
static const mica_field f1_fields[] = {F_FIELDS(mica_f1_opts)};
static const mica_field fbeta_fields[] = {MICA_FIELD_REAL(mica_fbeta_opts, beta, .otherwise = 1, MICA_ABOVE(0)), F_FIELDS(mica_fbeta_opts)};
static const mica_field iou_fields[] = {
	CLASSES_FIELD(mica_iou_opts),
	TARGETS_FIELD(mica_iou_opts),
	MICA__CLASS_FIELD(mica_iou_opts, ignore_class),
	MICA_FIELD_FLAG(mica_iou_opts, one_hot_y_true),
	MICA_FIELD_FLAG(mica_iou_opts, one_hot_y_pred),
	MICA__AXIS_FIELD(mica_iou_opts),
	MICA_FIELD_TEXT(mica_iou_opts, name),
};
static const mica_field one_hot_fields[] = {
	CLASSES_FIELD(mica_one_hot_iou_opts),
	TARGETS_FIELD(mica_one_hot_iou_opts),
	MICA__CLASS_FIELD(mica_one_hot_iou_opts, ignore_class),
	MICA_FIELD_FLAG(mica_one_hot_iou_opts, sparse_y_pred),
	MICA__AXIS_FIELD(mica_one_hot_iou_opts),
	MICA_FIELD_TEXT(mica_one_hot_iou_opts, name),
};
static const mica_field binary_fields[] = {
	TARGETS_FIELD(mica_binary_iou_opts),
	MICA_FIELD_REAL(mica_binary_iou_opts, threshold, .otherwise = 0.5),
	MICA_FIELD_TEXT(mica_binary_iou_opts, name),
};

MICA__METRIC(f1_score, mica_f1_opts, f1_fields, 1, add_f1, f1_score)
MICA__METRIC(fbeta_score, mica_fbeta_opts, fbeta_fields, 1, add_fbeta, fbeta_score)
MICA__METRIC(iou, mica_iou_opts, iou_fields, 1, add_iou, iou)
MICA__METRIC(mean_iou, mica_iou_opts, iou_fields, 1, add_iou, iou)
MICA__METRIC(one_hot_iou, mica_one_hot_iou_opts, one_hot_fields, 1, add_one_hot_iou, one_hot_iou)
MICA__METRIC(one_hot_mean_iou, mica_one_hot_iou_opts, one_hot_fields, 1, add_one_hot_iou, one_hot_iou)
MICA__METRIC(binary_iou, mica_binary_iou_opts, binary_fields, 1, add_binary_iou, binary_iou)
