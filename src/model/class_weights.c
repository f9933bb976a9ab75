/* SPDX-License-Identifier: MIT */
/* model/class_weights.c - what the loss of each class' samples is multiplied by, as a value that steps read. */
#include "model/model.h"

#include <math.h>

mica_status mica__class_weights_set(mica_model *m, const mica_dataset *d, const mica__feed *feed, const double *weights, long classes,
                                    const char *caller)
{
	size_t there = m->class_weights ? mica_value_count(m->class_weights) : 0;
	float *w;
	mica_status st;

	if (there != (weights ? (size_t)classes : 0)) { /* steps that know them refer to this value */
		mica__steps_free(m);
		mica__value_release(m->class_weights, m->ctx);
		m->class_weights = NULL;
	}
	if (!weights)
		return MICA_OK;
	if (classes < 1 || m->net.n_outputs > 1)
		return mica__fail(MICA_EINVAL, classes < 1 ? "%s: class_weight without .classes; say how many there are"
		                  : "%s: class_weight is for models of one output; give .weights of samples in the data set", caller);
	if (!(w = mica__alloc((size_t)classes, sizeof *w)))
		return MICA_ENOMEM;
	for (long i = 0; i < classes; i++) {
		w[i] = (float)weights[i];
		if (!isfinite(w[i])) {
			st = mica__fail(MICA_EINVAL, "%s: class_weight of class %ld is %g; give a finite number", caller, i, weights[i]);
			goto out;
		}
	}
	if (feed->y[0] && mica__sample_shape(feed->y[0]->array.shape).rank == 0)
		MICA_TRY(mica__dataset_check_labels(d, feed->y[0], (size_t)classes, (double)NAN));
	if (!m->class_weights)
		MICA_TRY(mica__value_make(&m->class_weights, m->ctx, "class_weight", MICA_ROLE_DATA, MICA_F32, MICA_SHAPE((size_t)classes)));
	st = mica_value_write(m->class_weights, w, (size_t)classes * sizeof *w);
out:
	mica__free(w);
	return st;
}
