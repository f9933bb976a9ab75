/* SPDX-License-Identifier: MIT */
/* model/scoring.c - a pass that scores, of which callbacks are told: what evaluate does, and fit to validate. */
#include "model/model.h"

void mica__callbacks_look_at(mica__callbacks *c, const mica__pass *p, bool testing)
{
	c->pass = p;
	c->logs.n = 0;
	c->t.logs = &c->logs;
	c->t.testing = testing;
	c->t.step = p->done;
	c->t.steps = p->run;
}

typedef struct scoring {
	mica__pass *pass;
	mica__callbacks *callbacks;
	bool stops;
} scoring;

static mica_status tell(const scoring *s, size_t hook)
{
	mica__callbacks_look_at(s->callbacks, s->pass, true);
	return mica__callbacks_call(s->callbacks, hook);
}

static mica_status before_step(void *payload)
{
	return tell(payload, MICA__HOOK(on_test_batch_begin));
}

static mica_status after_steps(void *payload)
{
	const scoring *s = payload;
	mica_status st = MICA_OK;

	if (s->pass->watch.each)
		MICA_TRY(tell(s, MICA__HOOK(on_test_batch_end)));
	st = tell(s, MICA__HOOK(on_burst_end));
	s->pass->stop = s->stops && s->callbacks->stop;
out:
	return st;
}

mica_status mica__pass_score(mica__pass *p, size_t most, mica__callbacks *c, bool stops)
{
	scoring s = {p, c, stops};
	mica_status st;

	p->done = 0;
	p->run = most && most < p->steps ? most : p->steps;
	p->watch = (mica__watch){after_steps, before_step, &s, mica__callbacks_by_step(c)};
	MICA_TRY(tell(&s, MICA__HOOK(on_test_begin)));
	MICA_TRY(mica__pass_run(p, false, 0));
	mica__callbacks_look_at(c, p, true);
	MICA_TRY(mica__pass_logs(p, false, &c->logs));
	st = mica__callbacks_call(c, MICA__HOOK(on_test_end));
out:
	return st;
}
