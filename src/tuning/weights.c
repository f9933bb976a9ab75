/* SPDX-License-Identifier: MIT */
/* tuning/weights.c - the weights of trials: in the search's folder where it has one, else in host memory.
   Kept are those of the best trials, as many as was asked for, and those that the algorithm may go on with; so their number does not
   grow with that of trials. */
#include "base/files.h"
#include "tuning/tuning.h"

#include <stdio.h>

static bool wanted(const mica_search *s, const mica__trial *t)
{
	size_t rank = mica__trial_rank(s, t);
	const mica_part *algorithm = &s->opts.algorithm.part;
	const mica__proposer *p = algorithm->kind->proposer;

	return rank != SIZE_MAX && (rank < (size_t)s->opts.keep || (p->wants && p->wants(s, t, algorithm->options)));
}

static const char *file_of(mica__text *text, const mica_search *s, const mica__trial *t)
{
	char name[48];

	snprintf(name, sizeof name, "trial-%zu.safetensors", t->shown.number);
	return mica__results_path(text, s, name);
}

bool mica__weights_wanted(const mica_search *s)
{
	return s->opts.keep > 0 || s->opts.algorithm.part.kind->proposer->wants;
}

mica_status mica__weights_keep(const mica_search *s, mica__trial *t, mica__snapshot *weights, mica_model *m)
{
	mica__text file = {0};
	mica_status st = MICA_OK;

	if (!wanted(s, t))
		return MICA_OK;
	if (s->opts.folder) {
		MICA_TRY(mica__snapshot_put(weights, m));
		MICA_TRY(mica_save(m, file_of(&file, s, t), .weights_only = true));
	} else {
		t->weights = *weights;
		*weights = (mica__snapshot){NULL, 0};
	}
	t->kept = true;
out:
	mica__text_free(&file);
	return st;
}

void mica__weights_are_there(const mica_search *s, mica__trial *t)
{
	t->kept = wanted(s, t);
}

mica_status mica__weights_put(const mica_search *s, const mica__trial *t, mica_model *m)
{
	mica__text file = {0};
	mica_status st;

	if (!t->kept)
		return mica__fail(MICA_EINVAL, "search: the weights of trial %zu were not kept; give .keep for those of more trials", t->shown.number);
	if (!s->opts.folder)
		return mica__snapshot_put(&t->weights, m);
	st = mica_load(m, file_of(&file, s, t));
	mica__text_free(&file);
	return st;
}

mica_status mica__weights_tidy(const mica_search *s)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < s->n && st == MICA_OK; i++) {
		mica__trial *t = s->trials[i];
		mica__text file = {0};
		if (!t->kept || wanted(s, t))
			continue;
		mica__snapshot_free(&t->weights);
		t->kept = false;
		if (s->opts.folder)
			st = mica__file_remove(file_of(&file, s, t));
		mica__text_free(&file);
	}
	return st;
}
