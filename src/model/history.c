/* SPDX-License-Identifier: MIT */
/* model/history.c - the figures of the epochs that a model was trained, as they were shown. */
#include "model/model.h"

#include <stdio.h>
#include <string.h>

mica_status mica__history_add(mica__history *h, size_t epoch, const char *figure, double value)
{
	size_t i = 0;
	mica_status st;

	while (i < h->n_figures && strcmp(h->figures[i].name, figure) != 0)
		i++;
	if (i == h->n_figures) {
		MICA_TRY(mica__grow(&h->figures, &h->figure_capacity, i + 1, sizeof *h->figures));
		snprintf(h->figures[i].name, sizeof h->figures[i].name, "%s", figure);
		h->n_figures++;
	}
	MICA_TRY(mica__grow(&h->points, &h->capacity, h->n + 1, sizeof *h->points));
	h->figures[i].value = value;
	h->points[h->n++] = (struct mica__history_point){epoch, i, value};
out:
	return st;
}

mica_status mica__history_note(mica__history *h, size_t epoch, const mica_logs *logs)
{
	mica_status st = MICA_OK;

	while (h->n && h->points[h->n - 1].epoch >= epoch)
		h->n--;
	if (!h->n)
		h->n_figures = 0;
	for (size_t i = 0; i < logs->n && st == MICA_OK; i++)
		st = mica__history_add(h, epoch, logs->at[i].name, logs->at[i].value);
	return st;
}

void mica__history_free(mica__history *h)
{
	mica__free(h->figures);
	mica__free(h->points);
	*h = (mica__history){0};
}
