/* SPDX-License-Identifier: MIT */
/* nn/reduction.c - a loss as a model uses it: the one place where a batch's loss is made of its values (Keras' Loss.__call__,
   reduce_weighted_values and apply_mask). */
#include "nn/score.h"

#include <math.h>

mica_status mica__loss_keep(mica_loss *l, const char *layer, mica_shape output)
{
	mica_loss given = *l;
	const mica_kind *kind = given.part.kind;
	size_t width = mica__shape_last(&output);

	*l = (mica_loss){{NULL, NULL}};
	if (!kind)
		return mica__fail(MICA_EINVAL, "no loss; give one, as in .loss = mica_mean_squared_error()");
	if (kind->labels != MICA_LABELS_VALUES && width < 2)
		return mica__fail(MICA_EINVAL, "%s: its %zu output does not fit %s, which needs one per class; use "
		                  "binary_crossentropy for two classes in one output", layer, width, kind->name);
	mica_status st = mica__part_keep(&given.part, MICA_LOSS, MICA_LOSS);
	if (st == MICA_OK && mica__score_int(&given.part, "reduction", MICA_MEAN) == MICA_NO_REDUCTION) {
		mica__part_drop(&given.part);
		return mica__fail(MICA_EINVAL, "%s: reduction is MICA_NO_REDUCTION; a model needs one number: give another", kind->name);
	}
	*l = given;
	return st;
}

bool mica__loss_of_classes(const mica_loss *l)
{
	return l->part.kind->labels == MICA_LABELS_CLASSES;
}

double mica__loss_ignored(const mica_loss *l)
{
	int ignored = mica__score_int(&l->part, "ignore_class", MICA__NO_CLASS);

	return ignored == MICA__NO_CLASS ? (double)NAN : ignored;
}

static mica_var total(mica_var x)
{
	return mica_op_sum(x, MICA_ALL_AXES, false);
}

static mica_var both(mica_var a, mica_var b)
{
	return !a ? b : !b ? a : mica_op_mul(a, b);
}

/* The sum of w as broadcast to x. */
static mica_var broadcast_total(mica_var w, mica_var x)
{
	return mica_op_mulc(total(w), (double)mica_var_count(x) / (double)mica_var_count(w));
}

mica_var mica__loss_reduced(const mica_loss *l, mica_var y_true, mica_var y_pred, mica_var logits, mica_var weight, mica_var mask)
{
	mica_reduction how = (mica_reduction)mica__score_int(&l->part, "reduction", MICA_SUM_OVER_BATCH_SIZE);
	mica__scored s = mica__score(&l->part, y_true, y_pred, logits);
	mica_var v = s.values;
	mica_graph *g = mica_var_graph(y_pred);

	if (mica_graph_status(g) != MICA_OK)
		return v;
	if (mica_var_shape(v).rank == 0) {
		if (!weight && !mask)
			return v;
		v = mica_op_broadcast(v, MICA_SHAPE(mica_var_shape(y_pred).dim[0]));
	}
	mica_var m = both(mica__mask_for(mask, v), s.counted), w = mica__weights_for(weight, v, "sample weight");
	mica_var factor = both(w, m);
	if (mica_graph_status(g) != MICA_OK)
		return v;
	mica_var sum = total(both(v, factor));
	if (how == MICA_SUM)
		return sum;
	if (how == MICA_MEAN_WITH_SAMPLE_WEIGHT && factor)
		return mica__divided(sum, broadcast_total(factor, v));
	return m ? mica__divided(sum, broadcast_total(m, v)) : mica_op_mulc(sum, 1 / (double)mica_var_count(v));
}
