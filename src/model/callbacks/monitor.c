/* SPDX-License-Identifier: MIT */
/* model/callbacks/monitor.c - figures that are watched: see monitor.h. */
#include "model/callbacks/monitor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* 1, -1; 0: it does not say. */
static int direction_of(const mica_model *m, const char *figure)
{
	const char *bare = strncmp(figure, "val_", 4) == 0 ? figure + 4 : figure;

	for (size_t i = 0; i < m->n_shown; i++) {
		const mica__shown *s = &m->shown[i];
		if (strcmp(s->name + strlen("val_"), bare) == 0)
			return s->metric == SIZE_MAX ? -1 : mica__metric_better(&s->goal->metrics[s->metric].of);
	}
	return 0;
}

/* A name that was misspelt is seen beside those that there are. */
static mica_status unknown_direction(const mica_model *m, const char *caller, const char *figure)
{
	mica__text all = {0};

	for (size_t i = 0; i < m->n_shown; i++)
		mica__text_add(&all, "%s%s", i ? ", " : "", m->shown[i].name + strlen("val_"));
	mica__fail(MICA_EINVAL, "%s: whether %s is better when it is larger is not known; give .mode = MICA_MODE_MAX or MICA_MODE_MIN, or a figure "
	           "of the model: %s, or val_ and one of these", caller, figure, mica__text_string(&all));
	mica__text_free(&all);
	return MICA_EINVAL;
}

mica_status mica__monitor_begin(mica__monitor *w, const mica_model *m, const char *caller, const char *figure, mica_mode mode, double least)
{
	*w = (mica__monitor){.figure = figure ? figure : "val_loss", .least = fabs(least)};
	w->better = mode == MICA_MODE_AUTO ? direction_of(m, w->figure) : mode == MICA_MODE_MAX ? 1 : -1;
	if (!w->better)
		return unknown_direction(m, caller, w->figure);
	return MICA_OK;
}

bool mica__monitor_read(mica__monitor *w, mica_training *t, const char *caller, double *x)
{
	mica__text line = {0};
	bool there = false;

	for (size_t i = 0; i < t->logs->n; i++)
		there = there || strcmp(t->logs->at[i].name, w->figure) == 0;
	*x = mica_log(t->logs, w->figure);
	if (there || w->said)
		return there;
	w->said = true;
	mica__text_add(&line, "%s: there is no %s; the figures are", caller, w->figure);
	for (size_t i = 0; i < t->logs->n; i++)
		mica__text_add(&line, "%s %s", i ? "," : "", t->logs->at[i].name);
	mica_say(t, mica__text_string(&line));
	mica__text_free(&line);
	return false;
}

/* As Keras has it, in single precision: figures that differ by less are equal. */
bool mica__monitor_better(const mica__monitor *w, double x, double than)
{
	return w->better > 0 ? (float)(x - w->least) > (float)than : (float)(x + w->least) < (float)than;
}

bool mica__monitor_improved(mica__monitor *w, double x)
{
	bool better = !w->any || mica__monitor_better(w, x, w->best);

	w->any = true;
	if (better)
		w->best = x;
	return better;
}
