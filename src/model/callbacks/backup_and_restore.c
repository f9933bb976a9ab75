/* SPDX-License-Identifier: MIT */
/* model/callbacks/backup_and_restore.c - a training that was killed goes on where its last backup stood.
   A backup is a whole model in backup_dir, under a name of its own, and a file beside it that says which it is and how many epochs
   were done.  That file is replaced at once, when the model is there: it never names one that is not whole. */
#include "base/files.h"
#include "model/file.h"

#include <stdio.h>
#include <string.h>

static const char name[] = "backup_and_restore", form[] = "{\"epoch\": %zu, \"batch\": %zu}%n";
enum { LONGEST = 200 };

typedef struct place {
	size_t epoch, step;   /* epochs that are done, and steps of the next one */
} place;
typedef struct state {
	place last;           /* what is there */
	bool any;
	size_t steps;         /* since the last one */
} state;

static const char *what_is_where(mica__text *out, const mica_backup_and_restore_opts *o, const char *file)
{
	out->n = 0;
	mica__text_add(out, "%s/%s", o->backup_dir, file);
	return mica__text_string(out);
}

static const char *model_file(mica__text *out, const mica_backup_and_restore_opts *o, const place *at)
{
	char file[80];

	snprintf(file, sizeof file, "epoch-%zu-%zu.mica", at->epoch, at->step);
	return what_is_where(out, o, file);
}

static mica_status read_place(place *at, const char *file)
{
	unsigned char *text;
	size_t n;
	int end = 0;
	mica_status st = mica__file_read(&text, &n, file, LONGEST);

	if (st != MICA_OK)
		return st;
	if (sscanf((const char *)text, form, &at->epoch, &at->step, &end) != 2 || (size_t)end != n)
		st = mica__fail(MICA_EFORMAT, "%s: {\"epoch\": N, \"batch\": N} was expected", file);
	mica__free(text);
	return st;
}

/* Goes on from a backup, if there is one. */
static mica_status on_train_begin(mica_training *t, const void *options)
{
	const mica_backup_and_restore_opts *o = options;
	state *s = t->state;
	mica__text path = {0};
	mica_status st = MICA_OK;

	if (!o->backup_dir || !o->backup_dir[0])
		return mica__fail(MICA_EINVAL, "%s: no folder", name);
	MICA_TRY(mica__folder_make(o->backup_dir));
	MICA_TRY(mica__save_check(t->model, model_file(&path, o, &s->last), &(mica_save_opts){MICA_OPTS(mica_save_opts)}));
	if (!mica__file_exists(what_is_where(&path, o, "training.json")))
		goto out;
	MICA_TRY(read_place(&s->last, path.s));
	MICA_TRY(mica_load(t->model, model_file(&path, o, &s->last), .resume = true));
	s->any = true;
	((mica__callbacks *)t->own)->resumed = s->last.epoch;
out:
	mica__text_free(&path);
	return st;
}

static mica_status back_up(mica_training *t, const mica_backup_and_restore_opts *o, place now)
{
	state *s = t->state;
	mica__text path = {0};
	char text[LONGEST];
	place old = s->last;
	mica_status st;

	MICA_TRY(mica_save(t->model, model_file(&path, o, &now)));
	snprintf(text, sizeof text, "{\"epoch\": %zu, \"batch\": %zu}", now.epoch, now.step);
	MICA_TRY(mica__file_replace(what_is_where(&path, o, "training.json"), &(mica__piece){text, strlen(text)}, 1));
	bool another = s->any && (old.epoch != now.epoch || old.step != now.step);
	s->last = now;
	s->any = true;
	if (another)
		st = mica__file_remove(model_file(&path, o, &old));
out:
	mica__text_free(&path);
	return st;
}

static mica_status on_epoch_end(mica_training *t, const void *options)
{
	const mica_backup_and_restore_opts *o = options;

	return o->save_freq ? MICA_OK : back_up(t, o, (place){t->epoch, 0});
}

static bool by_step(const void *options)
{
	return ((const mica_backup_and_restore_opts *)options)->save_freq > 0;
}

static mica_status on_train_batch_end(mica_training *t, const void *options)
{
	const mica_backup_and_restore_opts *o = options;
	state *s = t->state;

	if (!o->save_freq || ++s->steps < (size_t)o->save_freq)
		return MICA_OK;
	s->steps = 0;
	return back_up(t, o, (place){t->epoch - 1, t->step});
}

/* The training is over, so nothing is left to go on with. */
static mica_status on_train_end(mica_training *t, const void *options)
{
	const mica_backup_and_restore_opts *o = options;
	const state *s = t->state;
	mica__text path = {0};
	mica_status st = MICA_OK;

	if (o->keep_checkpoint || !s->any)
		return MICA_OK;
	MICA_TRY(mica__file_remove(what_is_where(&path, o, "training.json")));
	MICA_TRY(mica__file_remove(model_file(&path, o, &s->last)));
	mica__folder_remove(o->backup_dir);
out:
	mica__text_free(&path);
	return st;
}

static const mica_field fields[] = {
	MICA_FIELD_TEXT(mica_backup_and_restore_opts, backup_dir),
	MICA_FIELD_LONG(mica_backup_and_restore_opts, save_freq, MICA_COUNT_FROM(0)),
	MICA_FIELD_FLAG(mica_backup_and_restore_opts, keep_checkpoint),
};
static const mica_hooks hooks = {
	.state = sizeof(state), .by_step = by_step, .on_train_begin = on_train_begin, .on_epoch_end = on_epoch_end,
	.on_train_batch_end = on_train_batch_end, .on_train_end = on_train_end};
const mica_kind mica_kind_backup_and_restore = {
	.name = name, .type = MICA_CALLBACK, .size = sizeof(mica_backup_and_restore_opts), MICA_FIELDS(fields), .hooks = &hooks};
