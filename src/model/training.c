/* SPDX-License-Identifier: MIT */
/* model/training.c - what a model is trained for and by: losses, metrics, optimizer, which it keeps. */
#include "model/model.h"

void mica__training_drop(mica_model *m)
{
	mica__part_drop(&m->optimizer.part);
	mica__part_drop(&m->loss.part);
	while (m->n_metrics)
		mica__metric_drop(&m->metrics[--m->n_metrics]);
}

mica_status mica__training_keep(mica_model *m, const mica_compile_opts *o)
{
	mica_status st;

	mica__training_drop(m);
	m->optimizer = o->optimizer;
	MICA_TRY(mica__optimizer_keep(&m->optimizer));
	m->loss = o->loss;
	MICA_TRY(mica__loss_keep(&m->loss, m->net.outputs[0].name, mica__model_output(m, 0)->shape));
	for (size_t i = 0; i < MICA_MAX_METRICS && o->metrics[i].part.kind; i++) {
		MICA_TRY(mica__metric_keep(&m->metrics[i], &o->metrics[i], m->ctx, "metric"));
		m->n_metrics = i + 1;
	}
out:
	return st;
}
