/* SPDX-License-Identifier: MIT */
/* nn/metrics.c - metrics: one value per sample, whose mean is shown (Keras 1.6). */
#include "nn/score.h"

static mica_var as_real(mica_var comparison, mica_var like)
{
	return mica_op_cast(comparison, mica_var_dtype(like));
}

/* payload: the metric, for its threshold. */
static mica_var binary_accuracy(mica_var y_true, mica_var y_pred, const void *payload)
{
	const mica_metric *m = payload;
	mica_var t = mica__same_shape(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	mica_var threshold = mica_graph_scalar(mica_var_graph(y_pred), m->threshold == 0 ? 0.5 : m->threshold);
	return mica__sample_mean(mica_op_eq(mica_op_gt(y_pred, threshold), t));
}

static mica_var categorical_accuracy(mica_var y_true, mica_var y_pred, const void *payload)
{
	mica_var t = mica__same_shape(y_true, y_pred);

	(void)payload;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	return mica__sample_mean(as_real(mica_op_eq(mica_op_argmax(t, -1), mica_op_argmax(y_pred, -1)), y_pred));
}

static mica_var sparse_categorical_accuracy(mica_var y_true, mica_var y_pred, const void *payload)
{
	mica_var label = mica__class_numbers(y_true, y_pred);

	(void)payload;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return label;
	mica_var guess = mica_op_argmax(y_pred, -1);
	return mica__sample_mean(as_real(mica_op_eq(mica_op_reshape(label, mica_var_shape(guess)), guess), y_pred));
}

/* Keras' choice for "accuracy". */
static mica_score_fn accuracy_for(mica_shape t, mica_shape p)
{
	if (p.rank < 2 || p.dim[p.rank - 1] == 1)
		return binary_accuracy;
	if (t.rank < p.rank || t.dim[t.rank - 1] == 1)
		return sparse_categorical_accuracy;
	return categorical_accuracy;
}

mica_metric mica_metric_accuracy(void)
{
	return (mica_metric){.name = "accuracy"};
}

mica_metric mica_metric_binary_accuracy(void)
{
	return (mica_metric){.name = "binary_accuracy", .score = binary_accuracy};
}

mica_metric mica_metric_categorical_accuracy(void)
{
	return (mica_metric){.name = "categorical_accuracy", .score = categorical_accuracy};
}

mica_metric mica_metric_sparse_categorical_accuracy(void)
{
	return (mica_metric){.name = "sparse_categorical_accuracy", .score = sparse_categorical_accuracy};
}

mica_metric mica_metric_mean_squared_error(void)
{
	return (mica_metric){.name = "mean_squared_error", .score = mica__squared_error};
}

mica_metric mica_metric_custom(const char *name, mica_score_fn score, const void *payload)
{
	return (mica_metric){.name = name, .score = score, .payload = payload};
}

mica_var mica__metric_values(const mica_metric *m, mica_var y_true, mica_var y_pred)
{
	mica_score_fn score = m->score ? m->score : accuracy_for(mica_var_shape(y_true), mica_var_shape(y_pred));
	const void *payload = score == binary_accuracy ? (const void *)m : m->payload;

	return mica__per_sample("metric", m->name, score(y_true, y_pred, payload), y_pred);
}
