/* SPDX-License-Identifier: MIT */
/* nn/metrics_regression.c - metrics of numbers (Keras 1.6): the root of a mean, shares of a variance, correlations, and sums. */
#include "nn/score.h"

static mica_var total(mica_var x)
{
	return mica_op_sum(x, MICA_ALL_AXES, false);
}

/* ---- the root of the mean square ---- */

static mica_var squared_error(mica_var y_true, mica_var y_pred, const void *options)
{
	(void)options;
	return mica_op_square(mica_op_sub(y_pred, mica__same_shape(y_true, y_pred)));
}

static mica_var root_mean(mica_tally *t, const void *options)
{
	(void)options;
	return mica_op_sqrt(mica_tally_mean_value(t));
}

/* ---- correlations, of rows ---- */

static mica_var row_mean(mica_var x)
{
	return mica_op_mean(x, mica__last_axis(x), true);
}

static mica_var without_mean(mica_var x)
{
	return mica_op_sub(x, row_mean(x));
}

static mica_var to_values(mica_var x)
{
	return mica_op_mean(x, mica__last_axis(x), false);
}

static mica_var scaled(mica_var centred)
{
	return mica_op_div(centred, mica_op_sqrt(row_mean(mica_op_square(centred))));
}

static mica_var pearson_correlation(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_rows(y_true, y_pred);

	(void)options;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	return to_values(mica_op_mul(scaled(without_mean(t)), scaled(without_mean(y_pred))));
}

/* 2 cov / (var t + var p + (mean t - mean p)^2 + 1e-7) (Lin 1989). */
static mica_var concordance_correlation(mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var t = mica__same_rows(y_true, y_pred);

	(void)options;
	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return t;
	mica_var a = without_mean(t), b = without_mean(y_pred), apart = mica_op_square(mica_op_sub(row_mean(t), row_mean(y_pred)));
	mica_var all = mica_op_add(mica_op_add(row_mean(mica_op_square(a)), row_mean(mica_op_square(b))), apart);
	return to_values(mica_op_mulc(mica_op_div(mica_op_mul(a, b), mica_op_addc(all, MICA__EPSILON)), 2));
}

/* ---- the share of the variance that is explained ---- */

static void add_r2(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var y = mica__same_shape(y_true, y_pred), w = mica_tally_weight(t, y_pred);
	mica_graph *g = mica_var_graph(y_pred);
	mica_shape s = mica_var_shape(y_pred);

	(void)options;
	if (mica_graph_status(g) == MICA_OK && s.rank != 2)
		mica__graph_fail(g, MICA_ESHAPE, "r2_score needs outputs (batch, numbers), these are %s", mica__shape_text(&s));
	if (mica_graph_status(g) != MICA_OK)
		return;
	mica_var one = mica_op_broadcast(w ? w : mica__real(y_pred, 1), s), of = mica_op_mul(y, one);
	mica_var error = mica_op_mul(mica_op_square(mica_op_sub(y, y_pred)), one);
	mica_tally_add(t, "sum", mica_op_sum(of, MICA_AXIS(0), false));
	mica_tally_add(t, "squared_sum", mica_op_sum(mica_op_mul(y, of), MICA_AXIS(0), false));
	mica_tally_add(t, "residual", mica_op_sum(error, MICA_AXIS(0), false));
	mica_tally_add(t, "count", mica_op_sum(one, MICA_AXIS(0), false));
	mica_tally_add(t, "num_samples", mica__real(y_pred, (double)mica_var_count(y)));
}

/* 1 - (1 - r) (n - 1) / (n - p - 1) if there are enough numbers for that. */
static mica_var adjusted(mica_var r, mica_var n, double regressors)
{
	mica_var left = mica_op_addc(n, -regressors - 1), enough = mica_op_gt(left, mica__real(n, 0));
	mica_var safe = mica_op_where(enough, left, mica__real(n, 1));
	mica_var a = mica__not(mica_op_div(mica_op_mul(mica__not(r), mica_op_addc(n, -1)), safe));

	return mica_op_where(enough, a, r);
}

static mica_var r2_score(mica_tally *t, const void *options)
{
	const mica_r2_opts *o = options;
	mica_var sum = mica_tally_value(t, "sum"), mean = mica_op_div(sum, mica_tally_value(t, "count"));
	mica_var all = mica_op_sub(mica_tally_value(t, "squared_sum"), mica_op_mul(sum, mean)), residual = mica_tally_value(t, "residual");
	mica_var zero = mica__real(sum, 0), constant = mica_op_mul(mica_op_eq(all, zero), mica_op_ne(residual, zero));
	mica_var r = mica_op_where(constant, zero, mica__not(mica_op_div(residual, all)));

	if (o->class_aggregation == MICA_UNIFORM_AVERAGE)
		r = mica_op_mean(r, MICA_ALL_AXES, false);
	else if (o->class_aggregation == MICA_VARIANCE_WEIGHTED_AVERAGE)
		r = mica_op_div(total(mica_op_mul(all, r)), total(all));
	return o->num_regressors ? adjusted(r, mica_tally_value(t, "num_samples"), (double)o->num_regressors) : r;
}

/* ---- of outputs alone ---- */

static mica_var output(mica_var y_true, mica_var y_pred, const void *options)
{
	(void)y_true;
	(void)options;
	return y_pred;
}

static void add_sum(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	mica_var w = mica_tally_weight(t, y_pred);

	(void)y_true;
	(void)options;
	mica_tally_add(t, "total", total(w ? mica_op_mul(y_pred, w) : y_pred));
}

static mica_var sum_value(mica_tally *t, const void *options)
{
	(void)options;
	return mica_tally_value(t, "total");
}

/* ---- the kinds ---- */

static const mica_field correlation_fields[] = {
	MICA__AXIS_FIELD(mica_correlation_opts),
	MICA_FIELD_TEXT(mica_correlation_opts, name),
};
static const mica_field r2_fields[] = {
	MICA_FIELD_INT(mica_r2_opts, class_aggregation, .otherwise = MICA_UNIFORM_AVERAGE, MICA_WITHIN(MICA_UNIFORM_AVERAGE, MICA_NO_AGGREGATION)),
	MICA_FIELD_SIZE(mica_r2_opts, num_regressors, MICA_COUNT_FROM(0)),
	MICA_FIELD_TEXT(mica_r2_opts, name),
};

MICA__SCORE(MICA_METRIC, root_mean_squared_error, squared_error, mica_metric_opts, mica__metric_fields, .better = -1, .alias = "rmse", .result = root_mean)
MICA__SCORE(MICA_METRIC, pearson_correlation, pearson_correlation, mica_correlation_opts, correlation_fields, .better = 1)
MICA__SCORE(MICA_METRIC, concordance_correlation, concordance_correlation, mica_correlation_opts, correlation_fields, .better = 1)
MICA__METRIC(r2_score, mica_r2_opts, r2_fields, 1, add_r2, r2_score)
MICA__SCORE(MICA_METRIC, mean, output, mica_metric_opts, mica__metric_fields, .alias = NULL)
MICA__METRIC(sum, mica_metric_opts, mica__metric_fields, 0, add_sum, sum_value)
