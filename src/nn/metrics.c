/* SPDX-License-Identifier: MIT */
/* nn/metrics.c - metrics: one value per sample, whose mean is shown (Keras 1.6).  A metric is a function and a kind at
   the end; every loss is one too. */
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
	return mica__sample_mean(mica_op_eq(mica_op_gt(y_pred, threshold), t));
}

static mica_var categorical_accuracy(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_shape(y_true, y_pred);

	(void)options;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	return mica__sample_mean(as_real(mica_op_eq(mica_op_argmax(t, -1), mica_op_argmax(y_pred, -1)), y_pred));
}

static mica_var sparse_categorical_accuracy(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var label = mica__class_numbers(y_true, y_pred);

	(void)options;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return label;
	mica_var guess = mica_op_argmax(y_pred, -1);
	return mica__sample_mean(as_real(mica_op_eq(mica_op_reshape(label, mica_var_shape(guess)), guess), y_pred));
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

/* ---- the kinds ---- */

static const mica_field accuracy_fields[] = {
	MICA_FIELD_REAL(mica_accuracy_opts, threshold, .otherwise = 0.5),
	MICA_FIELD_TEXT(mica_accuracy_opts, name),
};

#define METRIC(id, options, rows, ...) MICA__SCORE(MICA_METRIC, id, id, options, rows, __VA_ARGS__)

METRIC(accuracy, mica_accuracy_opts, accuracy_fields, .alias = "acc")
METRIC(binary_accuracy, mica_accuracy_opts, accuracy_fields, .alias = NULL)
METRIC(categorical_accuracy, mica_score_opts, mica__score_fields, .labels = MICA_LABELS_DISTRIBUTION)
METRIC(sparse_categorical_accuracy, mica_score_opts, mica__score_fields, .labels = MICA_LABELS_CLASSES)
const mica_kind mica_kind_cosine_similarity_metric = {.name = "cosine_similarity", .type = MICA_METRIC, .size = sizeof(mica_score_opts),
                                                      .fields = mica__score_fields, .n_fields = 1, .score = cosine_similarity};
