/* SPDX-License-Identifier: MIT */
/* nn/metrics_confusion.c - metrics of yes and no (Keras 1.6): what is counted is how many true and false labels lie above each
   threshold, a state (1 + thresholds, labels, 2) whose first row counts all of them.  A few thresholds are compared with, one
   after the other; evenly spaced ones make buckets, into which each prediction is added once: so 200 of them cost no more
   memory than 200 numbers, and the sums from above are left to the result. */
#include "nn/score.h"

/* What a metric counts.  Thresholds are its own, or `even` of them from 0 to 1. */
typedef struct cut {
	const double *thresholds;   /* up to the first below 0 */
	size_t n;                   /* how many: of its own, or even */
	size_t even;
	bool beyond;                /* the first is just below 0, so that nothing is below it; the last just above 1 */
	size_t top_k;               /* of a row, only so many predictions are any; 0: all */
	int class_id;               /* the only one that is looked at, or MICA__NO_CLASS */
	bool by_label;              /* labels, (batch, labels), are counted each for itself */
	const double *label_weights; /* up to the first below 0 */
} cut;

static size_t given(const double *numbers, size_t most)
{
	size_t n = 0;

	while (n < most && numbers[n] >= 0)
		n++;
	return n;
}

/* ---- what a batch adds ---- */

/* Labels, 1 or 0, predictions and weights (NULL: 1), of one shape: (samples, labels). */
typedef struct samples { mica_var truth, guess, weight; } samples;

static mica_var numbers(mica_graph *g, const double *values, size_t n)
{
	mica_var each[MICA_MOST_LABELS];

	for (size_t i = 0; i < n; i++)
		each[i] = mica_graph_fill(g, values[i], g->real, MICA_SHAPE(1));
	return mica_op_concat(each, n, 0);
}

/* What is none of a row's k greatest, the first of equals, is below any threshold. */
static mica_var greatest(mica_var x, size_t k)
{
	mica_shape s = mica_var_shape(x);
	mica_var at;

	if (k > s.dim[s.rank - 1])
		return mica__graph_fail(mica_var_graph(x), MICA_EINVAL, "top_k is %zu, and there are %zu classes", k, s.dim[s.rank - 1]);
	mica_op_top_k(x, k, -1, &at);
	mica_var among = mica_op_sum(mica_op_one_hot(at, s.dim[s.rank - 1]), MICA_AXIS(s.rank - 1), false);
	return mica_op_where(among, x, mica__real(x, -1e10));
}

static mica_var one_class(mica_var x, size_t class)
{
	mica_shape s = mica_var_shape(x);
	size_t start[MICA_MAX_RANK] = {0}, stop[MICA_MAX_RANK];

	for (size_t i = 0; i < s.rank; i++)
		stop[i] = s.dim[i];
	start[s.rank - 1] = class;
	stop[s.rank - 1] = class + 1;
	return mica_op_slice(x, start, stop, NULL);
}

static bool has_class(mica_var x, const cut *c)
{
	mica_shape s = mica_var_shape(x);

	if (c->class_id != MICA__NO_CLASS && (s.rank < 2 || c->class_id < 0 || (size_t)c->class_id >= s.dim[s.rank - 1]))
		mica__graph_fail(mica_var_graph(x), MICA_EINVAL, "class_id is %d, and the output has shape %s", c->class_id, mica__shape_text(&s));
	return mica_graph_status(mica_var_graph(x)) == MICA_OK;
}

/* The weight of each label of x (..., labels), the sample's times the label's; NULL: 1. */
static mica_var weights(mica_tally *t, mica_var x, const cut *c)
{
	size_t n = c->label_weights ? given(c->label_weights, MICA_MOST_LABELS) : 0;
	mica_shape s = mica_var_shape(x);
	mica_var w = mica_tally_weight(t, x);

	if (!n || c->by_label)
		return w;
	if (n != s.dim[s.rank - 1])
		return mica__graph_fail(mica_var_graph(x), MICA_EINVAL, "%zu label_weights for %zu labels", n, s.dim[s.rank - 1]);
	mica_var own = numbers(mica_var_graph(x), c->label_weights, n);
	return w ? mica_op_mul(w, own) : own;
}

static samples prepared(mica_tally *t, mica_var y_true, mica_var y_pred, const cut *c)
{
	samples s = {mica__same_shape(y_true, y_pred), y_pred, NULL};

	if (!has_class(y_pred, c))
		return s;
	s.truth = mica_op_ne(s.truth, mica__real(y_pred, 0));
	s.weight = weights(t, y_pred, c);
	if (c->top_k)
		s.guess = greatest(s.guess, c->top_k);
	mica_shape shape = mica_var_shape(y_pred);
	if (s.weight)
		s.weight = mica_op_broadcast(s.weight, shape);
	if (mica_graph_status(mica_var_graph(y_pred)) == MICA_OK && c->class_id != MICA__NO_CLASS) {
		s.truth = one_class(s.truth, (size_t)c->class_id);
		s.guess = one_class(s.guess, (size_t)c->class_id);
		s.weight = s.weight ? one_class(s.weight, (size_t)c->class_id) : NULL;
	}
	mica_shape rows = MICA_SHAPE(mica_var_count(s.guess), 1);
	if (c->by_label && shape.rank != 2)
		s.guess = mica__graph_fail(mica_var_graph(y_pred), MICA_ESHAPE, "multi_label needs outputs (batch, labels), these are %s", mica__shape_text(&shape));
	if (!c->by_label) {
		s.truth = mica_op_reshape(s.truth, rows);
		s.guess = mica_op_reshape(s.guess, rows);
		s.weight = s.weight ? mica_op_reshape(s.weight, rows) : NULL;
	}
	return s;
}

static mica_var weighed(mica_var x, mica_var w)
{
	return w ? mica_op_mul(x, w) : x;
}

/* A row (1, labels, 2) of the state: true and false labels where `above` is 1. */
static mica_var counted(const samples *s, mica_var above)
{
	mica_var truth = weighed(s->truth, s->weight), lie = weighed(mica__not(s->truth), s->weight);
	size_t labels = mica_var_shape(s->guess).dim[1];
	mica_var pair[2] = {mica_op_sum(weighed(truth, above), MICA_AXIS(0), false), mica_op_sum(weighed(lie, above), MICA_AXIS(0), false)};

	for (size_t i = 0; i < 2; i++)
		pair[i] = mica_op_reshape(pair[i], MICA_SHAPE(1, labels, 1));
	return mica_op_concat(pair, 2, 2);
}

static mica_var compared(const samples *s, const cut *c)
{
	mica_var row[1 + MICA_MOST_THRESHOLDS];

	row[0] = counted(s, NULL);
	for (size_t i = 0; i < c->n; i++) {
		double at = c->thresholds[i];
		if (at > 1 || (i && !(at > c->thresholds[i - 1])))
			return mica__graph_fail(mica_var_graph(s->guess), MICA_EINVAL, "thresholds[%zu] is %g; give numbers from 0 to 1 that increase", i, at);
		row[i + 1] = counted(s, mica_op_gt(s->guess, mica__real(s->guess, at)));
	}
	return mica_op_concat(row, c->n + 1, 0);
}

/* Each prediction in the bucket above the thresholds i / (even - 1) that it exceeds: ceil(p (even - 1)) of them. */
static mica_var bucketed(const samples *s, const cut *c)
{
	mica_graph *g = mica_var_graph(s->guess);
	mica_shape shape = mica_var_shape(s->guess);
	mica_var scaled = mica_op_mulc(mica_op_clip(s->guess, 0, 1), (double)c->even - 1);
	mica_var bucket = mica_op_neg(mica_op_floor(mica_op_neg(scaled)));

	if (c->beyond)
		bucket = mica_op_max(bucket, mica__real(bucket, 1));
	mica_var at = mica_op_add(mica_op_mulc(mica_op_cast(bucket, MICA_I32), (double)shape.dim[1]), mica_graph_iota(g, shape, 1));
	size_t n = mica_var_count(s->guess);
	mica_var pair[2] = {mica_op_reshape(weighed(s->truth, s->weight), MICA_SHAPE(n, 1)),
	                    mica_op_reshape(weighed(mica__not(s->truth), s->weight), MICA_SHAPE(n, 1))};
	mica_var sums = mica_op_scatter_add(mica_op_concat(pair, 2, 1), mica_op_reshape(at, MICA_SHAPE(n)), (c->even + 1) * shape.dim[1]);
	return mica_op_reshape(sums, MICA_SHAPE(c->even + 1, shape.dim[1], 2));
}

static void add(mica_tally *t, mica_var y_true, mica_var y_pred, const cut *c)
{
	samples s = prepared(t, y_true, y_pred, c);

	if (mica_graph_status(mica_var_graph(y_pred)) != MICA_OK)
		return;
	if (c->even)
		mica_tally_add(t, "buckets", bucketed(&s, c));
	else
		mica_tally_add(t, "above", compared(&s, c));
}

/* ---- what the results are made of ---- */

/* (thresholds, labels) each. */
typedef struct counts { mica_var tp, fp, tn, fn; } counts;

static mica_var rows(mica_var x, size_t from, size_t to)
{
	size_t columns = mica_var_shape(x).dim[1];

	return mica_op_slice(x, (size_t[]){from, 0}, (size_t[]){to, columns}, NULL);
}

static counts read(mica_tally *t, const cut *c)
{
	mica_var above = c->even ? mica_op_cumsum(mica_tally_value(t, "buckets"), 0, false, true) : mica_tally_value(t, "above");
	mica_shape s = mica_var_shape(above);
	counts r = {above, above, above, above};
	mica_var all[2];

	if (mica_graph_status(mica_var_graph(above)) != MICA_OK)
		return r;
	for (size_t i = 0; i < 2; i++)
		all[i] = mica_op_reshape(mica_op_slice(above, (size_t[]){0, 0, i}, (size_t[]){s.dim[0], s.dim[1], i + 1}, NULL), MICA_SHAPE(s.dim[0], s.dim[1]));
	r.tp = rows(all[0], 1, s.dim[0]);
	r.fp = rows(all[1], 1, s.dim[0]);
	r.fn = mica_op_sub(rows(all[0], 0, 1), r.tp);
	r.tn = mica_op_sub(rows(all[1], 0, 1), r.fp);
	return r;
}

static mica_var share(mica_var a, mica_var b)
{
	return mica__divided(a, mica_op_add(a, b));
}

static mica_var recall_of(counts r)
{
	return share(r.tp, r.fn);
}

static mica_var precision_of(counts r)
{
	return share(r.tp, r.fp);
}

static mica_var specificity_of(counts r)
{
	return share(r.tn, r.fp);
}

/* ---- counts, precision, recall ---- */

static cut cut_of(const mica_confusion_opts *o)
{
	static const double half[2] = {0.5, -1}, any[2] = {-1e10, -1};
	cut c = {.thresholds = o->thresholds, .n = given(o->thresholds, MICA_MOST_THRESHOLDS), .top_k = o->top_k, .class_id = o->class_id};

	if (!c.n) {
		c.thresholds = o->top_k ? any : half;
		c.n = 1;
	}
	return c;
}

static void add_thresholds(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	cut c = cut_of(options);

	add(t, y_true, y_pred, &c);
}

#define THRESHOLD_RESULT(id, value)                                \
	static mica_var id(mica_tally *t, const void *options)     \
	{                                                          \
		cut c = cut_of(options);                           \
		counts r = read(t, &c);                            \
		return value;                                      \
	}
THRESHOLD_RESULT(true_positives, r.tp)
THRESHOLD_RESULT(true_negatives, r.tn)
THRESHOLD_RESULT(false_positives, r.fp)
THRESHOLD_RESULT(false_negatives, r.fn)
THRESHOLD_RESULT(precision, precision_of(r))
THRESHOLD_RESULT(recall, recall_of(r))

/* ---- the best of one where another is good enough ---- */

static cut even_of(const mica_at_opts *o)
{
	static const double half[2] = {0.5, -1};
	cut c = {.n = o->num_thresholds, .even = o->num_thresholds, .class_id = o->class_id};

	return c.n > 1 ? c : (cut){.thresholds = half, .n = 1, .class_id = o->class_id};
}

static void add_even(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	cut c = even_of(options);

	add(t, y_true, y_pred, &c);
}

static mica_var best(mica_var of, mica_var where, double at)
{
	return mica_op_reduce_max(mica_op_where(mica_op_ge(where, mica__real(where, at)), of, mica__real(of, 0)), MICA_ALL_AXES, false);
}

#define AT_RESULT(id, of, where)                                   \
	static mica_var id(mica_tally *t, const void *options)     \
	{                                                          \
		const mica_at_opts *o = options;                   \
		cut c = even_of(o);                                \
		counts r = read(t, &c);                            \
		return best(of(r), where(r), o->at);               \
	}
AT_RESULT(sensitivity_at_specificity, recall_of, specificity_of)
AT_RESULT(specificity_at_sensitivity, specificity_of, recall_of)
AT_RESULT(precision_at_recall, precision_of, recall_of)
AT_RESULT(recall_at_precision, recall_of, precision_of)

/* ---- area under a curve ---- */

typedef struct curve {
	cut c;
	double thresholds[MICA_MOST_THRESHOLDS + 2];
} curve;

/* Of a user's thresholds, one below 0 and one above 1 come in addition. */
static void curve_of(curve *v, const mica_auc_opts *o)
{
	size_t n = given(o->thresholds, MICA_MOST_THRESHOLDS);

	v->c = (cut){.class_id = MICA__NO_CLASS, .by_label = o->multi_label, .label_weights = o->label_weights, .beyond = true};
	if (!n) {
		v->c.n = v->c.even = o->num_thresholds;
		return;
	}
	for (size_t i = 0; i < n; i++)
		v->thresholds[i] = o->thresholds[i];
	v->c.thresholds = v->thresholds;
	v->c.n = n;
}

static void add_curve(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options)
{
	const mica_auc_opts *o = options;
	curve v;

	curve_of(&v, o);
	add(t, y_true, o->from_logits ? mica_op_sigmoid(y_pred) : y_pred, &v.c);
}

/* Of (thresholds, labels), each with its next: the former and the latter. */
static mica_var former(mica_var x)
{
	return rows(x, 0, mica_var_shape(x).dim[0] - 1);
}

static mica_var latter(mica_var x)
{
	return rows(x, 1, mica_var_shape(x).dim[0]);
}

static mica_var not_negative(mica_var x)
{
	return mica_op_max(x, mica__real(x, 0));
}

/* Precision and recall between two thresholds, interpolated in true positives (Davis and Goadrich 2006). */
static mica_var interpolated(counts r)
{
	mica_var dtp = mica_op_sub(former(r.tp), latter(r.tp)), p = mica_op_add(r.tp, r.fp), zero = mica__real(p, 0);
	mica_var slope = mica__divided(dtp, not_negative(mica_op_sub(former(p), latter(p))));
	mica_var intercept = mica_op_sub(latter(r.tp), mica_op_mul(slope, latter(p)));
	mica_var both = mica_op_mul(mica_op_gt(former(p), zero), mica_op_gt(latter(p), zero));
	mica_var ratio = mica_op_where(both, mica__divided(former(p), not_negative(latter(p))), mica__real(p, 1));
	mica_var area = mica_op_mul(slope, mica_op_add(dtp, mica_op_mul(intercept, mica_op_log(ratio))));

	return mica__divided(area, not_negative(mica_op_add(latter(r.tp), latter(r.fn))));
}

/* What the curve has along and up. */
static void axes(counts r, int kind, mica_var *x, mica_var *y)
{
	mica_var none = mica_op_eq(r.tp, mica__real(r.tp, 0));

	*x = recall_of(r);
	*y = precision_of(r);
	if (kind == MICA_ROC) {
		*y = *x;
		*x = share(r.fp, r.tn);
	} else if (kind == MICA_PR_GAIN) { /* Flach and Kull 2015 */
		mica_var odds = mica__divided(mica_op_add(r.tp, r.fn), mica_op_add(r.tn, r.fp));
		*x = not_negative(mica_op_where(none, mica__real(r.tp, 0), mica__not(mica_op_mul(odds, mica__divided(r.fn, r.tp)))));
		*y = mica_op_where(none, mica__real(r.tp, 1), mica__not(mica_op_mul(odds, mica__divided(r.fp, r.tp))));
	}
}

static mica_var areas(counts r, const mica_auc_opts *o)
{
	mica_var x, y;

	if (o->curve == MICA_PR && o->summation_method == MICA_INTERPOLATION)
		return interpolated(r);
	axes(r, o->curve, &x, &y);
	mica_var height = o->summation_method == MICA_MINORING   ? mica_op_min(former(y), latter(y))
	                  : o->summation_method == MICA_MAJORING ? mica_op_max(former(y), latter(y))
	                                                         : mica_op_mulc(mica_op_add(former(y), latter(y)), 0.5);
	return mica_op_mul(mica_op_sub(former(x), latter(x)), height);
}

/* All predictions are above the threshold that is added below 0, none above that beyond 1. */
static mica_var with_ends(mica_var x, mica_var first)
{
	mica_var all[3] = {first, x, mica_op_sub(first, first)};

	return mica_op_concat(all, 3, 0);
}

static mica_var auc(mica_tally *t, const void *options)
{
	const mica_auc_opts *o = options;
	curve v;

	curve_of(&v, o);
	counts r = read(t, &v.c);
	if (mica_graph_status(mica_var_graph(r.tp)) != MICA_OK)
		return r.tp;
	if (!v.c.even) {
		mica_var truth = mica_op_add(rows(r.tp, 0, 1), rows(r.fn, 0, 1)), lie = mica_op_add(rows(r.fp, 0, 1), rows(r.tn, 0, 1));
		r.tp = with_ends(r.tp, truth);
		r.fp = with_ends(r.fp, lie);
		r.fn = mica_op_sub(truth, r.tp);
		r.tn = mica_op_sub(lie, r.fp);
	}
	mica_var each = mica_op_sum(areas(r, o), MICA_AXIS(0), false);
	size_t n = given(o->label_weights, MICA_MOST_LABELS);
	if (!o->multi_label || !n)
		return mica_op_mean(each, MICA_ALL_AXES, false);
	mica_var w = numbers(mica_var_graph(each), o->label_weights, n);
	return mica__divided(mica_op_sum(mica_op_mul(each, w), MICA_ALL_AXES, false), mica_op_sum(w, MICA_ALL_AXES, false));
}

/* ---- the kinds ---- */

/* A list of numbers from 0: what was not given is below. */
#define LIST_FIELD(options, member, most) MICA_FIELD_REAL(options, member, .otherwise = -1, .count = (most))

static const mica_field threshold_fields[] = {
	LIST_FIELD(mica_confusion_opts, thresholds, MICA_MOST_THRESHOLDS),
	MICA_FIELD_SIZE(mica_confusion_opts, top_k, MICA_COUNT_FROM(0)),
	MICA__CLASS_FIELD(mica_confusion_opts, class_id),
	MICA_FIELD_TEXT(mica_confusion_opts, name),
};
static const mica_field at_fields[] = {
	MICA_FIELD_REAL(mica_at_opts, at, .otherwise = 0.5, MICA_WITHIN(0, 1)),
	MICA_FIELD_SIZE(mica_at_opts, num_thresholds, .otherwise = 200, MICA_WITHIN(1, 1e6)),
	MICA__CLASS_FIELD(mica_at_opts, class_id),
	MICA_FIELD_TEXT(mica_at_opts, name),
};
static const mica_field auc_fields[] = {
	MICA_FIELD_SIZE(mica_auc_opts, num_thresholds, .otherwise = 200, MICA_WITHIN(2, 1e6)),
	MICA_FIELD_INT(mica_auc_opts, curve, .otherwise = MICA_ROC, MICA_WITHIN(MICA_ROC, MICA_PR_GAIN)),
	MICA_FIELD_INT(mica_auc_opts, summation_method, .otherwise = MICA_INTERPOLATION, MICA_WITHIN(MICA_INTERPOLATION, MICA_MAJORING)),
	LIST_FIELD(mica_auc_opts, thresholds, MICA_MOST_THRESHOLDS),
	MICA_FIELD_FLAG(mica_auc_opts, multi_label),
	LIST_FIELD(mica_auc_opts, label_weights, MICA_MOST_LABELS),
	MICA_FIELD_FLAG(mica_auc_opts, from_logits),
	MICA_FIELD_TEXT(mica_auc_opts, name),
};

#define THRESHOLD(id, better) MICA__METRIC(id, mica_confusion_opts, threshold_fields, better, add_thresholds, id)
#define AT(id) MICA__METRIC(id, mica_at_opts, at_fields, 1, add_even, id)

THRESHOLD(true_positives, 0)
THRESHOLD(true_negatives, 0)
THRESHOLD(false_positives, 0)
THRESHOLD(false_negatives, 0)
THRESHOLD(precision, 1)
THRESHOLD(recall, 1)
AT(sensitivity_at_specificity)
AT(specificity_at_sensitivity)
AT(precision_at_recall)
AT(recall_at_precision)
MICA__METRIC(auc, mica_auc_opts, auc_fields, 1, add_curve, auc)
