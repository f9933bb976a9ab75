/* SPDX-License-Identifier: MIT */
/* nn/metrics.c - metrics: one value per sample, whose mean is shown (Keras 1.6).  A metric is a function and a row at the
   end; every loss is one too. */
#include "nn/score.h"

static mica_var as_real(mica_var comparison, mica_var like)
{
	return mica_op_cast(comparison, mica_var_dtype(like));
}

static mica_var binary_accuracy(mica_var y_true, mica_var y_pred, const void *payload)
{
	const mica_metric *m = payload;
	mica_var t = mica__same_shape(y_true, y_pred);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	mica_var threshold = mica_graph_scalar(mica_var_graph(y_pred), m->threshold);
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

static mica_var accuracy(mica_var y_true, mica_var y_pred, const void *payload)
{
	return accuracy_for(mica_var_shape(y_true), mica_var_shape(y_pred))(y_true, y_pred, payload);
}

/* Unlike the loss of that name, larger is better. */
static mica_var cosine_similarity(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)payload;
	return mica__cosine(y_true, y_pred);
}

/* ---- the table ---- */

static const mica__field fields[] = {
	MICA__FIELD(mica_metric, threshold, MICA__REAL, 0.5, -MICA__FINITE, MICA__FINITE, false, false),
};

static const mica__score rows[] = {
	{"accuracy", "acc", accuracy, fields, MICA__COUNT(fields), MICA__VALUES, false},
	{"binary_accuracy", NULL, binary_accuracy, fields, MICA__COUNT(fields), MICA__VALUES, false},
	{"categorical_accuracy", NULL, categorical_accuracy, NULL, 0, MICA__DISTRIBUTION, false},
	{"sparse_categorical_accuracy", NULL, sparse_categorical_accuracy, NULL, 0, MICA__CLASSES, false},
	{"cosine_similarity", NULL, cosine_similarity, NULL, 0, MICA__VALUES, false},
};

static const mica__score *row_of(const mica_metric *m)
{
	const mica__score *row = m->score ? NULL : mica__score_find(rows, MICA__COUNT(rows), m->name);

	return row || m->score ? row : mica__loss_find(m->name);
}

mica_status mica__metric_check(const mica_metric *m)
{
	const mica__score *row = row_of(m);
	mica_metric copy = *m;

	if (!m->score && !row)
		return mica__fail(MICA_EINVAL, "there is no metric \"%s\"; train.h lists them", m->name);
	return mica__score_resolve(&copy, row);
}

mica_var mica__metric_values(const mica_metric *m, mica_var y_true, mica_var y_pred, mica_var logits)
{
	const mica__score *row = row_of(m);
	mica_metric o = *m;

	if (m->score)
		return mica__user_values("metric", m, y_true, y_pred);
	if (!row || mica__score_resolve(&o, row) != MICA_OK)
		return mica__graph_fail(mica_var_graph(y_pred), MICA_EINVAL, "%s", row ? mica__reason() : "there is no such metric");
	if (row->logits && logits) {
		o.from_logits = true;
		y_pred = logits;
	}
	return row->score(y_true, y_pred, &o);
}
