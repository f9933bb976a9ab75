/* SPDX-License-Identifier: MIT */
/* model/callbacks/tensorboard.c - figures and histograms of weights as event files, in the folders train and validation of log_dir,
   with the tags of Keras: "epoch_loss", "batch_loss", "evaluation_loss_vs_iterations". */
#include "base/files.h"
#include "model/callbacks/events.h"
#include "model/model.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct state {
	mica__growing train, validation;
	size_t steps, at_begin;  /* of this fit so far, and when its epoch began */
	double began;            /* the epoch, in seconds */
} state;

static void free_state(void *of)
{
	state *s = of;

	mica__growing_close(&s->train);
	mica__growing_close(&s->validation);
}

/* ---- files ---- */

static double wall_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* FOLDER/events.out.tfevents.SECONDS.HOST.PID.NANOSECONDS.v2, so that each fit has its own. */
static mica_status make_name(mica__text *name, const char *folder)
{
	struct timespec now;
	char host[65] = "";

	clock_gettime(CLOCK_REALTIME, &now);
	if (gethostname(host, sizeof host - 1) != 0 || strchr(host, '/'))
		host[0] = 0;
	mica__text_add(name, "%s/events.out.tfevents.%010lld.%s.%ld.%ld.v2", folder, (long long)now.tv_sec, host[0] ? host : "host", (long)getpid(),
	               now.tv_nsec);
	return name->failed ? MICA_ENOMEM : MICA_OK;
}

/* That of validation begins when there is something for it. */
static mica_status begin_file(mica__growing *file, const char *log_dir, const char *part)
{
	mica__text folder = {0}, name = {0}, first = {0};
	mica_status st;

	mica__text_add(&folder, "%s/%s", log_dir ? log_dir : "logs", part);
	MICA_TRY(folder.failed ? MICA_ENOMEM : mica__folder_make(folder.s));
	MICA_TRY(make_name(&name, folder.s));
	MICA_TRY(mica__growing_open(file, name.s, false));
	mica__event_version(&first, wall_time());
	st = first.failed ? MICA_ENOMEM : mica__growing_add(file, first.s, first.n);
out:
	mica__text_free(&first);
	mica__text_free(&name);
	mica__text_free(&folder);
	return st;
}

/* Writes events and frees them. */
static mica_status emit(mica_training *t, const mica_tensorboard_opts *o, bool validation, mica__text *events)
{
	state *s = t->state;
	mica__growing *file = validation ? &s->validation : &s->train;
	mica_status st = events->failed ? MICA_ENOMEM : MICA_OK;

	if (st == MICA_OK && events->n && !file->open)
		st = begin_file(file, o->log_dir, validation ? "validation" : "train");
	if (st == MICA_OK && events->n)
		st = mica__growing_add(file, events->s, events->n);
	mica__text_free(events);
	return st;
}

/* ---- figures ---- */

static void add_scalar(mica__text *events, const char *before, const char *name, const char *after, size_t step, double value)
{
	char tag[120];

	snprintf(tag, sizeof tag, "%s%s%s", before, name, after);
	mica__event_scalar(events, wall_time(), step, tag, value);
}

static bool of_validation(const char *name)
{
	return strncmp(name, "val_", 4) == 0;
}

static mica_status write_figures(mica_training *t, const mica_tensorboard_opts *o)
{
	const state *s = t->state;
	mica__text train = {0}, validation = {0};
	size_t epoch = t->epoch - 1;

	for (size_t i = 0; i < t->logs->n; i++) {
		const mica_figure *f = &t->logs->at[i];
		bool val = of_validation(f->name);
		if (strcmp(f->name, "learning_rate") != 0)
			add_scalar(val ? &validation : &train, "epoch_", f->name + (val ? 4 : 0), "", epoch, f->value);
	}
	add_scalar(&train, "epoch_", "learning_rate", "", epoch, mica_learning_rate(t->model));
	if (o->write_steps_per_second)
		add_scalar(&train, "epoch_", "steps_per_second", "", epoch, (double)(s->steps - s->at_begin) / (mica__now() - s->began));
	mica_status st = emit(t, o, false, &train), more = emit(t, o, true, &validation);
	return st == MICA_OK ? more : st;
}

static mica_status write_weight(mica_training *t, const mica_tensorboard_opts *o, const mica__variable *v)
{
	mica_value *w = v->weight->value;
	size_t bytes = mica_value_bytes(w), n = mica_value_count(w);
	mica__text events = {0}, tag = {0};
	char *stored = mica__alloc(bytes, 1);
	float *values = mica__alloc(n, sizeof *values);
	mica_status st = stored && values ? mica_value_read(w, stored, bytes) : MICA_ENOMEM;

	mica__text_add(&tag, "%s/histogram", v->name);
	if (st == MICA_OK && !tag.failed) {
		mica_convert(values, MICA_F32, stored, mica_value_dtype(w), n);
		mica__event_histogram(&events, wall_time(), t->epoch - 1, tag.s, values, n);
	}
	mica__text_free(&tag);
	mica__free(values);
	mica__free(stored);
	mica_status written = emit(t, o, false, &events);
	return st == MICA_OK ? written : st;
}

/* ---- hooks ---- */

/* So that a folder that cannot be written is found before time is spent. */
static mica_status on_train_begin(mica_training *t, const void *options)
{
	state *s = t->state;

	return begin_file(&s->train, ((const mica_tensorboard_opts *)options)->log_dir, "train");
}

static mica_status on_epoch_begin(mica_training *t, const void *options)
{
	state *s = t->state;

	(void)options;
	s->at_begin = s->steps;
	s->began = mica__now();
	return MICA_OK;
}

static mica_status on_epoch_end(mica_training *t, const void *options)
{
	const mica_tensorboard_opts *o = options;
	state *s = t->state;

	s->steps = s->at_begin + t->step;
	mica_status st = write_figures(t, o);
	if (!o->histogram_freq || (t->epoch - 1) % (size_t)o->histogram_freq)
		return st;
	for (size_t i = 0; i < t->model->n_variables && st == MICA_OK; i++)
		st = write_weight(t, o, &t->model->variables[i]);
	return st;
}

static bool by_step(const void *options)
{
	return ((const mica_tensorboard_opts *)options)->update_freq > 0;
}

static mica_status on_train_batch_end(mica_training *t, const void *options)
{
	const mica_tensorboard_opts *o = options;
	state *s = t->state;
	mica__text events = {0};
	mica_status st = MICA_OK;

	s->steps = s->at_begin + t->step;
	if (!o->update_freq || s->steps % (size_t)o->update_freq)
		return MICA_OK;
	if ((st = mica_read_logs(t)) != MICA_OK)
		return st;
	for (size_t i = 0; i < t->logs->n; i++)
		add_scalar(&events, "batch_", t->logs->at[i].name, "", s->steps, t->logs->at[i].value);
	return emit(t, o, false, &events);
}

/* By the steps that the optimizer has done. */
static mica_status on_test_end(mica_training *t, const void *options)
{
	mica__text events = {0};
	int32_t steps = 0;
	mica_status st = t->model->step ? mica_value_read(t->model->step, &steps, sizeof steps) : MICA_OK;

	if (st != MICA_OK)
		return st;
	for (size_t i = 0; i < t->logs->n; i++)
		add_scalar(&events, "evaluation_", t->logs->at[i].name, "_vs_iterations", (size_t)steps, t->logs->at[i].value);
	return emit(t, options, true, &events);
}

static const mica_field fields[] = {
	MICA_FIELD_TEXT(mica_tensorboard_opts, log_dir),
	MICA_FIELD_LONG(mica_tensorboard_opts, histogram_freq, MICA_COUNT_FROM(0)),
	MICA_FIELD_LONG(mica_tensorboard_opts, update_freq, MICA_COUNT_FROM(0)),
	MICA_FIELD_FLAG(mica_tensorboard_opts, write_steps_per_second),
};
static const mica_hooks hooks = {
	.state = sizeof(state), .free = free_state, .by_step = by_step, .on_train_begin = on_train_begin, .on_epoch_begin = on_epoch_begin, .on_epoch_end = on_epoch_end,
	.on_train_batch_end = on_train_batch_end, .on_test_end = on_test_end};
const mica_kind mica_kind_tensorboard = {
	.name = "tensorboard", .type = MICA_CALLBACK, .size = sizeof(mica_tensorboard_opts), MICA_FIELDS(fields), .hooks = &hooks};
