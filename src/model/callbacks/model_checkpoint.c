/* SPDX-License-Identifier: MIT */
/* model/callbacks/model_checkpoint.c - saves the model while it is trained: after each epoch, every so many steps, or where a figure is
   the best so far. */
#include "base/files.h"
#include "model/callbacks/file_name.h"
#include "model/callbacks/monitor.h"
#include "model/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char name[] = "model_checkpoint";

typedef struct state {
	mica__monitor watch;
	size_t steps;         /* since it was saved last */
} state;

static mica_status make_folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	mica__text folder = {0};

	if (!slash || slash == file)
		return MICA_OK;
	mica__text_append(&folder, file, (size_t)(slash - file));
	mica_status st = folder.failed ? MICA_ENOMEM : mica__folder_make(folder.s);
	mica__text_free(&folder);
	return st;
}

/* Whether the model can be saved, before time is spent on training it: under the name with other numbers in it, if these are not the
   folder's. */
static mica_status check(mica_training *t, const mica_model_checkpoint_opts *o)
{
	const char *slash = strrchr(o->filepath, '/'), *brace = strpbrk(o->filepath, "{}");
	mica__text file = {0};
	mica_status st;

	MICA_TRY(mica__file_name(&file, name, o->filepath, NULL));
	if (slash && brace && brace < slash)
		goto out;
	MICA_TRY(make_folder_of(file.s));
	st = mica__save_check(t->model, file.s, &(mica_save_opts){MICA_OPTS(mica_save_opts), .weights_only = o->save_weights_only});
out:
	mica__text_free(&file);
	return st;
}

static mica_status on_train_begin(mica_training *t, const void *options)
{
	const mica_model_checkpoint_opts *o = options;
	state *s = t->state;
	mica_status st;

	if (!o->filepath || !o->filepath[0])
		return mica__fail(MICA_EINVAL, "%s: no file name", name);
	MICA_TRY(check(t, o));
	if (!o->save_best_only)
		return MICA_OK;
	MICA_TRY(mica__monitor_begin(&s->watch, t->model, name, o->monitor, o->mode, 0));
	if (!isinf(o->initial_value_threshold)) {
		s->watch.any = true;
		s->watch.best = o->initial_value_threshold;
	}
out:
	return st;
}

static void say(mica_training *t, const char *what, const char *rest)
{
	char line[400];

	snprintf(line, sizeof line, "Epoch %zu: %s%s", t->epoch, what, rest);
	mica_say(t, line);
}

/* Whether it is to be saved now: a figure that is not there holds nothing up. */
static bool is_due(mica_training *t, const mica_model_checkpoint_opts *o)
{
	state *s = t->state;
	char best[40], text[200];
	double x;

	if (!o->save_best_only || !mica__monitor_read(&s->watch, t, name, &x))
		return true;
	if (s->watch.any)
		snprintf(best, sizeof best, "%.5f", s->watch.best);
	else
		snprintf(best, sizeof best, "None");
	bool improved = mica__monitor_improved(&s->watch, x);
	if (improved)
		snprintf(text, sizeof text, " improved from %s to %.5f", best, x);
	else
		snprintf(text, sizeof text, " did not improve from %s", best);
	if (o->verbose)
		say(t, s->watch.figure, text);
	return improved;
}

static mica_status save(mica_training *t, const mica_model_checkpoint_opts *o)
{
	mica__text file = {0};
	mica_status st = mica__file_name(&file, name, o->filepath, t);

	if (st != MICA_OK || !is_due(t, o))
		goto out;
	if (o->verbose)
		say(t, "saving model to ", file.s);
	MICA_TRY(make_folder_of(file.s));
	st = mica_save(t->model, file.s, .weights_only = o->save_weights_only);
out:
	mica__text_free(&file);
	return st;
}

static bool by_step(const void *options)
{
	return ((const mica_model_checkpoint_opts *)options)->save_freq > 0;
}

static mica_status on_train_batch_end(mica_training *t, const void *options)
{
	const mica_model_checkpoint_opts *o = options;
	state *s = t->state;

	if (!o->save_freq || ++s->steps < (size_t)o->save_freq)
		return MICA_OK;
	s->steps = 0;
	mica_status st = mica_read_logs(t);
	return st == MICA_OK ? save(t, o) : st;
}

static mica_status on_epoch_end(mica_training *t, const void *options)
{
	const mica_model_checkpoint_opts *o = options;

	return o->save_freq ? MICA_OK : save(t, o);
}

static const mica_field fields[] = {
	MICA_FIELD_TEXT(mica_model_checkpoint_opts, filepath),
	MICA__MONITOR_FIELDS(mica_model_checkpoint_opts),
	MICA_FIELD_FLAG(mica_model_checkpoint_opts, save_best_only),
	MICA_FIELD_FLAG(mica_model_checkpoint_opts, save_weights_only),
	MICA_FIELD_LONG(mica_model_checkpoint_opts, save_freq, MICA_COUNT_FROM(0)),
	MICA__MAYBE_FIELD(mica_model_checkpoint_opts, initial_value_threshold),
	MICA_FIELD_FLAG(mica_model_checkpoint_opts, verbose),
};
static const mica_hooks hooks = {
	.state = sizeof(state), .by_step = by_step, .on_train_begin = on_train_begin, .on_train_batch_end = on_train_batch_end,
	.on_epoch_end = on_epoch_end};
const mica_kind mica_kind_model_checkpoint = {
	.name = name, .type = MICA_CALLBACK, .size = sizeof(mica_model_checkpoint_opts), MICA_FIELDS(fields), .hooks = &hooks};
