/* SPDX-License-Identifier: MIT */
/* model/pass.c - a pass: every sample of a data set once, in batches.  What fit and evaluate have in common.
   Steps are enqueued in bursts of about 30 ms: long enough that the device hardly waits for the host in between, short
   enough to be interrupted. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BURST_SECONDS 0.03

/* Rough bytes of what training needs beside the data: weights, their gradients and state, values of each layer forward and back. */
static uint64_t plan_reserve(mica_model *m, size_t batch)
{
	double values = 0, weights = 2 * (double)mica_model_parameters(m) + (double)mica__model_slot_elements(m);

	for (size_t i = 0; i < m->net.n_symbols; i++)
		values += (double)mica__shape_count(&m->net.symbols[i]->shape);
	double bytes = (weights + 3 * (double)batch * values) * sizeof(float);
	return bytes < 0x1p60 ? (uint64_t)bytes : (uint64_t)1 << 60; /* which fits nowhere, and can be added to */
}

static void set_columns(mica__column_key *to, const mica__column *const *from, size_t n, const mica_dataset *d)
{
	for (size_t i = 0; i < n; i++)
		if (from[i])
			mica__column_key_set(&to[i], from[i]->array.type, from[i]->array.shape, mica__column_scale(d, from[i]));
}

static mica_status get_step(mica__pass *p, mica__step **out, mica__use use, size_t rows_of_step, size_t typical)
{
	const mica_dataset *d = p->source.data;
	mica__step_key key;

	memset(&key, 0, sizeof key);
	key.use = use;
	key.batch = rows_of_step;
	key.typical = typical;
	key.rows = p->source.rows;
	key.classes = use == MICA__TRAIN && p->m->class_weights ? mica_value_count(p->m->class_weights) : 0;
	key.trained = mica__model_trained(p->m);
	set_columns(key.x, p->source.feed.x, MICA_MAX_INPUTS, d);
	set_columns(key.y, p->source.feed.y, MICA_MAX_OUTPUTS, d);
	set_columns(key.w, p->source.feed.w, MICA_MAX_OUTPUTS, d);
	return mica__step_get(out, p->m, &key);
}

/* To the source's values; once these are gone, to none. */
static mica_status bind(const mica__pass *p, const mica__step *s)
{
	mica_status st = MICA_OK;

	if (!s)
		return MICA_OK;
	for (size_t i = 0; i < p->source.n_tracks; i++)
		MICA_TRY(mica__plan_bind(s->plan, p->source.tracks[i].input, p->source.tracks[i].value));
	MICA_TRY(mica__plan_bind(s->plan, "order", p->source.order));
out:
	return st;
}

static mica_status bind_both(const mica__pass *p)
{
	mica_status st = bind(p, p->whole);

	return st == MICA_OK ? bind(p, p->rest) : st;
}

static mica_status open_pass(mica__pass *p, const mica_dataset *d, const mica__feed *feed, mica__use use, size_t most)
{
	size_t rest = d->count % p->batch;
	mica_status st = MICA_OK;

	mica__source_open(&p->source, p->m->ctx, d, feed, p->batch, plan_reserve(p->m, p->batch), most);
	if (d->count >= p->batch)
		MICA_TRY(get_step(p, &p->whole, use, p->batch, p->batch));
	if (rest)
		MICA_TRY(get_step(p, &p->rest, use, rest, p->whole ? p->batch : rest));
	MICA_TRY(mica__source_load(&p->source));
out:
	return st;
}

/* What memory is short of was only estimated: older steps make room, then windows become smaller. */
mica_status mica__pass_open(mica__pass *p, mica_model *m, const mica_dataset *d, const mica__feed *feed, mica__use use, size_t batch)
{
	size_t most = 0;
	mica_status st;

	if (batch > d->count)
		batch = d->count;
	for (;;) {
		*p = (mica__pass){.m = m, .batch = batch, .steps = mica__ceil_div(d->count, batch), .burst = 1};
		p->run = p->steps;
		if ((st = open_pass(p, d, feed, use, most)) == MICA_OK)
			return st;
		bool smallest = p->source.streamed && p->source.chunk <= batch;
		size_t half = p->source.streamed ? p->source.chunk / 2 : d->count;
		mica__pass_close(p);
		if (st != MICA_EBUDGET || (!mica__steps_trim(m, 0) && smallest))
			return st;
		if (!smallest)
			most = half ? half : 1;
	}
}

/* So that steps are bound to nothing afterwards. */
static void drop_values(mica__pass *p)
{
	mica__stream_close(p->source.stream);
	p->source.stream = NULL;
	for (size_t i = 0; i < p->source.n_tracks; i++) {
		mica__value_release(p->source.tracks[i].value, p->m->ctx);
		p->source.tracks[i].value = NULL;
	}
	mica__value_release(p->source.order, p->m->ctx);
	p->source.order = NULL;
}

void mica__pass_close(mica__pass *p)
{
	if (!p->m)
		return;
	p->m->unbound++;
	drop_values(p);
	bind_both(p);
	mica__source_close(&p->source);
	mica__step_release(p->m, p->whole);
	mica__step_release(p->m, p->rest);
	p->whole = p->rest = NULL;
}

/* Bursts grow slowly, as the first steps may be slow for reasons of their own. */
static void choose_burst(mica__pass *p, size_t steps, double seconds)
{
	double most = 4 * (double)p->burst, fits = BURST_SECONDS * (double)steps / (seconds > 1e-9 ? seconds : 1e-9);

	if (fits > most)
		fits = most;
	p->burst = fits > 1 ? (size_t)fits : 1;
}

/* Where the step after p->at stands: in which chunk, and how many steps behind its first. */
typedef struct place {
	size_t chunk, step;
	size_t whole, rest;   /* steps of that chunk that are to come */
} place;

static place place_of(const mica__pass *p)
{
	size_t each = mica__ceil_div(p->source.chunk, p->batch);
	place at = {.chunk = p->at / each, .step = p->at % each};
	size_t left = p->source.data->count - at.chunk * p->source.chunk;
	size_t samples = left < p->source.chunk ? left : p->source.chunk;

	at.whole = samples / p->batch - at.step;
	at.rest = samples % p->batch != 0;
	return at;
}

/* The row of the window that the next step begins with; passes between, as those of validation, have moved it. */
static mica_status set_position(const mica__pass *p)
{
	place at = place_of(p);
	int32_t row = (int32_t)((p->source.streamed ? at.chunk % 2 * p->source.chunk : 0) + at.step * p->batch);

	return mica_value_write(p->m->position, &row, sizeof row);
}

static size_t burst_of(const mica__pass *p, const place *at)
{
	size_t n = p->watch.each ? 1 : p->burst, left = p->run - p->done;

	n = n < at->whole ? n : at->whole;
	return !at->whole ? 1 : n < left ? n : left;
}

static mica_status run_burst(mica__pass *p)
{
	const mica__watch *w = &p->watch;
	place at = place_of(p);
	size_t n = burst_of(p, &at);
	double start = mica__now();
	mica__step *step = at.whole ? p->whole : p->rest;
	mica_status st;

	if (at.step == 0)
		MICA_TRY(mica__source_ready(&p->source, at.chunk));
	MICA_TRY(mica_plan_run(step->plan, n));
	step->proven = true;
	if (at.whole + at.rest == n)
		MICA_TRY(mica__source_leave(&p->source, at.chunk));
	MICA_TRY(mica_context_wait(p->m->ctx));
	if (at.whole)
		choose_burst(p, n, mica__now() - start);
	p->at += n;
	p->done += n;
	p->samples += at.whole ? n * p->batch : p->source.data->count % p->batch;
	st = w->after ? w->after(w->payload) : MICA_OK;
out:
	return st;
}

static mica_status begin_sums(mica_model *m)
{
	mica_status st = MICA_OK;

	mica__value_zero(m->sum);
	for (size_t i = 0; i < MICA_MAX_OUTPUTS; i++) {
		if (m->goals[i].sum)
			mica__value_zero(m->goals[i].sum);
		for (size_t k = 0; k < m->goals[i].n_metrics && st == MICA_OK; k++)
			st = mica__metric_reset(&m->goals[i].metrics[k].of);
	}
	return st;
}

/* Hooks may have used the same steps otherwise, before this pass and between its bursts. */
static mica_status run_bursts(mica__pass *p)
{
	const mica__watch *w = &p->watch;
	uint64_t unbound = p->m->unbound;
	mica_status st = bind_both(p);

	while (st == MICA_OK && p->done < p->run && p->at < p->steps && !p->stop) {
		if (w->each && w->before)
			MICA_TRY(w->before(w->payload));
		if (p->m->unbound != unbound)
			MICA_TRY(bind_both(p));
		unbound = p->m->unbound;
		st = run_burst(p);
	}
out:
	return st;
}

/* The order of the samples is made anew; those that are left out go by. */
static mica_status begin_source(mica__pass *p, bool shuffle, uint64_t epoch)
{
	place at = place_of(p);
	mica_status st;

	MICA_TRY(mica__source_begin(&p->source, shuffle, p->m->seed, epoch));
	for (size_t c = 0; c < at.chunk; c++) {
		MICA_TRY(mica__source_ready(&p->source, c));
		MICA_TRY(mica__source_leave(&p->source, c));
	}
	if (at.step)
		st = mica__source_ready(&p->source, at.chunk);
out:
	return st;
}

mica_status mica__pass_run(mica__pass *p, bool shuffle, uint64_t epoch)
{
	mica_model *m = p->m;
	bool inside = m->passing, begins = p->at == 0 || p->at == p->steps || !p->goes_on;
	mica_status st;

	m->passing = true;
	p->done = p->samples = 0;
	if (begins)
		p->at = p->from < p->source.data->count && p->from % p->batch == 0 ? p->from / p->batch : 0;
	p->from = 0;
	MICA_TRY(set_position(p));
	MICA_TRY(begin_sums(m));
	if (begins)
		MICA_TRY(begin_source(p, shuffle, epoch));
	st = run_bursts(p);
out:
	m->passing = inside;
	return st;
}

/* ---- what is shown ---- */

static void free_states(mica__counters *c)
{
	for (size_t i = 0; i < MICA_MAX_OUTPUTS; i++)
		for (size_t k = 0; k < 2 * MICA_MAX_METRICS; k++) {
			mica__free(c->states[i][k]);
			c->states[i][k] = NULL;
		}
}

mica_status mica__counters_keep(mica__counters *c, mica_model *m)
{
	mica_status st;

	*c = (mica__counters){0};
	MICA_TRY(mica_value_read(m->position, &c->position, sizeof c->position));
	MICA_TRY(mica_value_read(m->sum, &c->sum[0], sizeof c->sum[0]));
	for (size_t i = 0; i < MICA_MAX_OUTPUTS; i++) {
		if (m->goals[i].sum)
			MICA_TRY(mica_value_read(m->goals[i].sum, &c->sum[1 + i], sizeof c->sum[0]));
		for (size_t k = 0; k < m->goals[i].n_metrics; k++)
			MICA_TRY(mica__slots_save(&m->goals[i].metrics[k].of.states, &c->states[i][k]));
	}
out:
	if (st != MICA_OK)
		free_states(c);
	return st;
}

mica_status mica__counters_restore(mica__counters *c, mica_model *m)
{
	mica_status st;

	MICA_TRY(mica_value_write(m->position, &c->position, sizeof c->position));
	MICA_TRY(mica_value_write(m->sum, &c->sum[0], sizeof c->sum[0]));
	for (size_t i = 0; i < MICA_MAX_OUTPUTS; i++) {
		if (m->goals[i].sum)
			MICA_TRY(mica_value_write(m->goals[i].sum, &c->sum[1 + i], sizeof c->sum[0]));
		for (size_t k = 0; k < m->goals[i].n_metrics; k++)
			MICA_TRY(mica__slots_restore(&m->goals[i].metrics[k].of.states, c->states[i][k]));
	}
out:
	free_states(c);
	return st;
}

static mica_status read_mean(mica_value *sum, size_t samples, double *out)
{
	float value;
	mica_status st = mica_value_read(sum, &value, sizeof value);

	*out = isnan(value) ? (double)NAN : (double)value / (double)samples; /* which has no sign to be printed */
	return st;
}

mica_status mica__pass_logs(const mica__pass *p, bool validation, mica_logs *logs)
{
	mica_model *m = p->m;
	mica_status st = MICA_OK;

	for (size_t i = 0; i < m->n_shown && st == MICA_OK; i++) {
		const mica__shown *s = &m->shown[i];
		mica_figure *f = &logs->at[logs->n++];
		mica__goal *g = s->goal ? &m->goals[s->goal - m->goals] : NULL;
		snprintf(f->name, sizeof f->name, "%s", s->name + (validation ? 0 : strlen("val_")));
		st = s->metric == SIZE_MAX ? read_mean(g ? g->sum : m->sum, p->samples, &f->value)
		                           : mica__metric_result(&g->metrics[s->metric].of, &f->value);
	}
	return st;
}
