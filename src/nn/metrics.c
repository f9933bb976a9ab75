/* SPDX-License-Identifier: MIT */
/* nn/metrics.c - metrics that are means (Keras 1.6): accuracies, and the user's own.  A metric is a function and a kind at the
   end; every loss is one too. */
#include "nn/score.h"

static mica_var as_real(mica_var comparison, mica_var like)
{
	return mica_op_cast(comparison, mica_var_dtype(like));
}

static mica_var binary_accuracy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_accuracy_opts *o = options;
	mica_var t = mica__same_shape(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	mica_var threshold = mica_graph_scalar(mica_var_graph(y_pred), o->threshold);
	return mica_op_eq(mica_op_gt(y_pred, threshold), t);
}

static mica_var categorical_accuracy(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_shape(y_true, y_pred);

	(void)options;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	return as_real(mica_op_eq(mica_op_argmax(t, -1), mica_op_argmax(y_pred, -1)), y_pred);
}

static mica_var sparse_categorical_accuracy(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var label = mica__class_numbers(y_true, y_pred);

	(void)options;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return label;
	mica_var guess = mica_op_argmax(y_pred, -1);
	return as_real(mica_op_eq(mica_op_reshape(label, mica_var_shape(guess)), guess), y_pred);
}

static mica_var exact_accuracy(mica_var y_true, mica_var y_pred, const void *options)
{
	(void)options;
	return mica_op_eq(mica__same_shape(y_true, y_pred), y_pred);
}

/* ---- one of the k likeliest ---- */

/* Whether the element at the label is among the k greatest: fewer than k are greater.  label: (..., 1). */
static mica_var in_top_k(mica_var label, mica_var x, size_t k)
{
	mica_shape s = mica_var_shape(x), rows = s;
	mica_var hit = as_real(mica_op_eq(mica_graph_iota(mica_var_graph(x), s, s.rank - 1), label), x), zero = mica__real(x, 0);
	mica_var own = mica_op_sum(mica_op_where(hit, x, zero), mica__last_axis(x), true);
	mica_var greater = mica_op_sum(mica_op_gt(x, own), mica__last_axis(x), true);
	mica_var in = mica_op_mul(mica_op_lt(greater, mica__real(x, (double)k)), mica_op_is_finite(own));

	rows.rank--;
	return mica_op_reshape(in, rows);
}

static mica_var sparse_top_k_categorical_accuracy(mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_top_k_opts *o = options;
	mica_var label = mica__class_numbers(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return label;
	if (!o->from_sorted_ids)
		return in_top_k(label, y_pred, o->k);
	mica_shape s = mica_var_shape(y_pred);
	mica_var first = as_real(mica_op_lt(mica_graph_iota(mica_var_graph(y_pred), s, s.rank - 1),
	                                    mica_graph_fill(mica_var_graph(y_pred), (double)o->k, MICA_I32, MICA_SCALAR_SHAPE)), y_pred);
	return mica_op_reduce_max(mica_op_mul(mica_op_eq(y_pred, as_real(label, y_pred)), first), mica__last_axis(y_pred), false);
}

static mica_var top_k_categorical_accuracy(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_rows(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	mica_shape s = mica_var_shape(y_pred);
	s.dim[s.rank - 1] = 1;
	return in_top_k(mica_op_reshape(mica_op_argmax(t, -1), s), y_pred, ((const mica_top_k_opts *)options)->k);
}

/* Keras' choice for "accuracy". */
static mica__score_fn *accuracy_for(mica_shape t, mica_shape p)
{
	if (p.rank < 2 || p.dim[p.rank - 1] == 1)
		return binary_accuracy;
	if (t.rank < p.rank || t.dim[t.rank - 1] == 1)
		return sparse_categorical_accuracy;
	return categorical_accuracy;
}

static mica_var accuracy(mica_var y_true, mica_var y_pred, const void *options)
{
	return accuracy_for(mica_var_shape(y_true), mica_var_shape(y_pred))(y_true, y_pred, options);
}

/* Unlike the loss of that name, larger is better. */
static mica_var cosine_similarity(mica_var y_true, mica_var y_pred, const void *options)
{
	(void)options;
	return mica__cosine(y_true, y_pred);
}

/* ---- the user's ---- */

static void custom_add(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_custom_metric_opts *o = options;

	if (!o->score == !o->accumulate || !o->accumulate != !o->result)
		mica__graph_fail(mica_var_graph(y_pred), MICA_EINVAL, "it has no score function; give that, or accumulate and result");
	else if (o->accumulate)
		o->accumulate(t, y_true, y_pred, o->payload);
	else
		mica_tally_mean(t, mica__score_values(&mica_kind_custom_metric, o->score, o->payload, y_true, y_pred));
}

static mica_var custom_result(mica_tally *t, const void *options)
{
	const mica_custom_metric_opts *o = options;

	return o->result ? o->result(t, o->payload) : mica_tally_mean_value(t);
}

/* ---- the kinds ---- */

static const mica_field accuracy_fields[] = {
	MICA_FIELD_REAL(mica_accuracy_opts, threshold, .otherwise = 0.5),
	MICA_FIELD_TEXT(mica_accuracy_opts, name),
};

static const mica_field top_k_fields[] = {
	MICA_FIELD_SIZE(mica_top_k_opts, k, .otherwise = 5, MICA_COUNT_FROM(1)),
	MICA_FIELD_FLAG(mica_top_k_opts, from_sorted_ids),
	MICA_FIELD_TEXT(mica_top_k_opts, name),
};

#define METRIC(id, options, rows, ...) MICA__SCORE(MICA_METRIC, id, id, options, rows, __VA_ARGS__)

METRIC(accuracy, mica_accuracy_opts, accuracy_fields, .alias = "acc", .better = 1)
METRIC(exact_accuracy, mica_metric_opts, mica__metric_fields, .better = 1)
METRIC(binary_accuracy, mica_accuracy_opts, accuracy_fields, .better = 1)
METRIC(categorical_accuracy, mica_metric_opts, mica__metric_fields, .labels = MICA_LABELS_DISTRIBUTION, .better = 1)
METRIC(sparse_categorical_accuracy, mica_metric_opts, mica__metric_fields, .labels = MICA_LABELS_CLASSES, .better = 1)
METRIC(top_k_categorical_accuracy, mica_top_k_opts, top_k_fields, .labels = MICA_LABELS_DISTRIBUTION, .better = 1)
METRIC(sparse_top_k_categorical_accuracy, mica_top_k_opts, top_k_fields, .labels = MICA_LABELS_CLASSES, .better = 1)
/* With the options of the loss. */
const mica_kind mica_kind_cosine_similarity_metric = {.name = "cosine_similarity", .type = MICA_METRIC, .size = sizeof(mica_cosine_opts),
                                                      MICA_FIELDS(mica__cosine_fields), .better = 1, .score = cosine_similarity};

static const mica_field custom_fields[] = {MICA_FIELD_TEXT(mica_custom_metric_opts, name)};
const mica_kind mica_kind_custom_metric = {.name = "custom_metric", .type = MICA_METRIC, .size = sizeof(mica_custom_metric_opts),
                                           MICA_FIELDS(custom_fields), .accumulate = custom_add, .result = custom_result};
