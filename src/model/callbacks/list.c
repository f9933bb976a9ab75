/* SPDX-License-Identifier: MIT */
/* model/callbacks/list.c - the callbacks of a call: kept while it lasts, told what happens; and what their hooks may ask for. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- figures ---- */

static mica_figure *figure(mica_logs *logs, const char *name)
{
	for (size_t i = 0; logs && name && i < logs->n; i++)
		if (strcmp(logs->at[i].name, name) == 0)
			return &logs->at[i];
	return NULL;
}

double mica_log(const mica_logs *logs, const char *name)
{
	const mica_figure *f = figure((mica_logs *)(uintptr_t)logs, name);

	return f ? f->value : (double)NAN;
}

mica_status mica_log_set(mica_logs *logs, const char *name, double value)
{
	mica_figure *f = figure(logs, name), new = {.value = value};
	size_t at = 0;

	if (f) {
		f->value = value;
		return MICA_OK;
	}
	if (!logs || !name || !name[0] || strlen(name) >= sizeof new.name)
		return mica__fail(MICA_EINVAL, "log_set: %s; give one of 1 to %zu bytes", logs && name ? name : "no logs, or no name", sizeof new.name - 1);
	if (logs->n == MICA_MAX_LOGS)
		return mica__fail(MICA_EINVAL, "log_set: %s would be one figure too many; there is room for %d", name, MICA_MAX_LOGS);
	snprintf(new.name, sizeof new.name, "%s", name);
	while (at < logs->n && strcmp(logs->at[at].name, name) < 0)
		at++;
	memmove(&logs->at[at + 1], &logs->at[at], (logs->n++ - at) * sizeof new);
	logs->at[at] = new;
	return MICA_OK;
}

/* ---- what hooks ask for ---- */

/* NULL outside of a hook. */
static mica__callbacks *at_work(const mica_training *t, const char *caller)
{
	mica__callbacks *own = t ? t->own : NULL;

	return mica__absent(own, caller, "mica_training; a callback's hooks are given one") ? NULL : own;
}

mica_status mica_read_logs(mica_training *t)
{
	mica__callbacks *c = at_work(t, "read_logs");

	if (!c)
		return MICA_EINVAL;
	if (!c->pass || !c->pass->done) /* they stand there, or there are none yet */
		return MICA_OK;
	c->logs.n = 0;
	return mica__pass_logs(c->pass, false, &c->logs);
}

void mica_stop_training(mica_training *t)
{
	mica__callbacks *c = at_work(t, "stop_training");

	if (c)
		c->stop = true;
}

void mica_say(mica_training *t, const char *line)
{
	const mica__callbacks *c = at_work(t, "say");

	if (c && c->progress && line)
		mica__progress_say(c->progress, line);
}

/* ---- the list ---- */

static const mica_hooks *hooks_of(const mica__callbacks *c, size_t i)
{
	return c->at[i].part.part.kind->hooks;
}

static mica_hook hook_at(const mica__callbacks *c, size_t i, size_t offset)
{
	mica_hook hook;

	memcpy(&hook, (const char *)hooks_of(c, i) + offset, sizeof hook);
	return hook;
}

mica_status mica__callbacks_open(mica__callbacks *c, mica_model *m, const mica_callback *list, const char *caller)
{
	mica_status st = MICA_OK;

	*c = (mica__callbacks){.t = {.model = m}, .caller = caller};
	c->t.logs = &c->logs;
	c->t.own = c;
	for (size_t i = 0; i < MICA_MAX_CALLBACKS && list[i].part.kind && st == MICA_OK; i++) {
		mica_part part = list[i].part;
		MICA_TRY(mica__part_keep(&part, MICA_CALLBACK, MICA_CALLBACK));
		c->at[c->n++].part.part = part;
		if (!hooks_of(c, i))
			return mica__fail(MICA_EINVAL, "%s: callback %s has no hooks", caller, part.kind->name);
		if (!(c->at[i].state = mica__alloc(1, hooks_of(c, i)->state)))
			return MICA_ENOMEM;
	}
out:
	return st;
}

void mica__callbacks_close(mica__callbacks *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const mica_hooks *h = hooks_of(c, i);
		if (c->at[i].state && h && h->free)
			h->free(c->at[i].state);
		mica__free(c->at[i].state);
		mica__part_drop(&c->at[i].part.part);
	}
	c->n = 0;
}

/* A hook of the user's may return a failure that nothing was said about; one that succeeds leaves no trace of what it tried. */
static mica_status failed(const mica__callbacks *c, size_t i, mica_status st)
{
	if (st == MICA_EINTERRUPTED && c->t.epoch)
		return mica__fail(st, "%s: stopped on request in epoch %zu", c->caller, c->t.epoch);
	if (st == MICA_EINTERRUPTED)
		return mica__fail(st, "%s: stopped on request", c->caller);
	if (!mica__reason()[0])
		return mica__fail(st, "%s: a hook of %s returned %s", c->caller, c->at[i].part.part.kind->name, mica_status_name(st));
	return st;
}

mica_status mica__callbacks_call(mica__callbacks *c, size_t offset)
{
	mica__kept_reason before;

	for (size_t i = 0; i < c->n; i++) {
		mica_hook hook = hook_at(c, i, offset);
		if (!hook)
			continue;
		mica__reason_keep(&before);
		mica__reason_clear();
		c->t.state = c->at[i].state;
		mica_status st = hook(&c->t, c->at[i].part.part.options);
		if (st != MICA_OK)
			return failed(c, i, st);
		mica__reason_restore(&before);
	}
	return MICA_OK;
}

bool mica__callbacks_by_step(const mica__callbacks *c)
{
	static const size_t of_steps[] = {MICA__HOOK(on_train_batch_begin), MICA__HOOK(on_train_batch_end), MICA__HOOK(on_test_batch_begin),
	                                  MICA__HOOK(on_test_batch_end)};

	for (size_t i = 0; i < c->n; i++) {
		bool (*by_step)(const void *) = hooks_of(c, i)->by_step;
		bool has = false;
		for (size_t k = 0; k < MICA__COUNT(of_steps); k++)
			has = has || hook_at(c, i, of_steps[k]);
		if (has && (!by_step || by_step(c->at[i].part.part.options)))
			return true;
	}
	return false;
}
