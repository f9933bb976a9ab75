/* SPDX-License-Identifier: MIT */
/* reference/run.c - the interpreter: nodes in their order, each value kept until its last reader has been computed.  A loop
   runs, step by step, where the first thing stands that comes out of it; what comes out of it later is made then, too. */
#include "reference/run.h"

#include <string.h>

static mica__interpret *const families[MICA__OP_COUNT] = {
	[MICA__FILL] = mica__run_fill,
	[MICA__IOTA] = mica__run_iota,
	[MICA__RANDOM] = mica__run_random,
	[MICA__CAST] = mica__run_cast,
	[MICA__TRANSPOSE] = mica__run_transpose,
	[MICA__BROADCAST] = mica__run_broadcast,
	[MICA__SLICE] = mica__run_slice,
	[MICA__PAD] = mica__run_pad,
	[MICA__PAD_MODE] = mica__run_pad_mode,
	[MICA__CONCAT] = mica__run_concat,
	[MICA__FLIP] = mica__run_flip,
	[MICA__WINDOW] = mica__run_window,
	[MICA__SPREAD] = mica__run_spread,
	[MICA__GATHER] = mica__run_gather,
	[MICA__BUCKETS] = mica__run_buckets,
	[MICA__SCATTER_ADD] = mica__run_scatter_add,
	[MICA__TAKE_ALONG] = mica__run_take_along,
	[MICA__SCATTER_ALONG] = mica__run_scatter_along,
	[MICA__ORDER] = mica__run_order,
	[MICA__RECURRENCE] = mica__run_recurrence,
	[MICA__SUM] = mica__run_reduce,
	[MICA__PROD] = mica__run_reduce,
	[MICA__REDUCE_MAX] = mica__run_reduce,
	[MICA__REDUCE_MIN] = mica__run_reduce,
	[MICA__ARGMAX] = mica__run_argmax,
	[MICA__MATMUL] = mica__run_matmul,
	[MICA__ATTENTION] = mica__run_attention,
	[MICA__ATTENTION_GRADIENT] = mica__run_attention_gradient,
	[MICA__CONV] = mica__run_convolution,
	[MICA__CONV_DATA] = mica__run_convolution,
	[MICA__CONV_WEIGHT] = mica__run_convolution,
};

/* What a run knows; by number of a node, but for order. */
typedef struct state {
	mica_var *order;
	mica__array *value;
	size_t *readers; /* still to come */
	const mica__array **in;
	size_t n, n_ids;
	bool *looped;    /* by number of a loop - 1: it has run */
} state;

static void free_state(state *s)
{
	for (size_t i = 0; i < s->n_ids && s->value; i++)
		mica__array_release(&s->value[i]);
	mica__free(s->order);
	mica__free(s->value);
	mica__free(s->readers);
	mica__free(s->in);
	mica__free(s->looped);
}

/* Outputs and assignments count as readers; the latter until the end. */
static mica_status prepare(state *s, const mica_var *outputs, size_t n)
{
	size_t most_inputs = 0;
	s->order = mica__topological(outputs, n, &s->n);
	if (!s->order)
		return MICA_ENOMEM;
	s->n_ids = s->n ? s->order[s->n - 1]->id + (size_t)1 : 0;
	s->value = mica__alloc(s->n_ids, sizeof *s->value);
	s->readers = mica__alloc(s->n_ids, sizeof *s->readers);
	for (size_t i = 0; i < s->n; i++)
		most_inputs = s->order[i]->n_in > most_inputs ? s->order[i]->n_in : most_inputs;
	s->in = mica__alloc(most_inputs, sizeof *s->in);
	s->looped = mica__alloc(s->n ? s->order[0]->g->n_loops : 0, sizeof *s->looped);
	if (!s->value || !s->readers || !s->in || !s->looped)
		return MICA_ENOMEM;
	for (size_t i = 0; i < n; i++)
		s->readers[outputs[i]->id]++;
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < s->order[i]->n_in; j++)
			s->readers[s->order[i]->in[j]->id]++;
	return MICA_OK;
}

static mica_status compute(mica__run *run, const state *s, mica_var x, mica__array *out)
{
	mica_status st = MICA_OK;
	if (x->op == MICA__RESHAPE || x->op == MICA__STOP_GRADIENT || x->op == MICA__ASSIGN) {
		*out = mica__array_share(&s->value[x->in[x->n_in - 1]->id], &x->shape);
		return MICA_OK;
	}
	MICA_TRY(mica__array_make(out, x->dtype, &x->shape));
	mica__interpret *interpret = mica__is_elementwise(x) ? mica__run_elementwise : families[x->op];
	if (x->op == MICA__STEP)
		return MICA_OK;
	if (x->op == MICA__INPUT || x->op == MICA__VARIABLE)
		return run->r->read(run->r->payload, x, out);
	if (!interpret)
		return mica__fail(MICA_EUNSUPPORTED, "reference: %s is not known", mica__op_describe(x->op)->name);
	for (size_t j = 0; j < x->n_in; j++)
		s->in[j] = &s->value[x->in[j]->id];
	interpret(run, x, s->in, out);
out:
	return st;
}

static void release(state *s, mica_var x)
{
	if (--s->readers[x->id] == 0)
		mica__array_release(&s->value[x->id]);
}

/* ---- loops ---- */

static void copy_row(mica__array *to, size_t to_row, const mica__array *from, size_t rows)
{
	size_t bytes = rows ? to->count / rows * MICA__ELEMENT : 0;
	if (bytes)
		memcpy((char *)to->data + to_row * bytes, from->data, bytes);
}

/* All that comes out of the loop, with room for its steps. */
static mica_status make_results(const state *s, const mica_scan *loop)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < s->n; i++) {
		mica_var x = s->order[i];
		if (mica__is_from_loop(x) && x->in[0]->loop == loop->number)
			MICA_TRY(mica__array_make(&s->value[x->id], x->dtype, &x->shape));
	}
out:
	return st;
}

/* The carries of the next step: what came of the one before, or their first values. */
static mica_status hand_over(const state *s, const mica_scan *loop, bool first)
{
	mica_status st = MICA_OK;
	mica__array *now = mica__alloc(loop->n_carries, sizeof *now);
	if (!now)
		return MICA_ENOMEM;
	for (size_t i = 0; i < loop->n_carries; i++) { /* of all, before any is overwritten */
		mica_var x = loop->carries[i].carry;
		if (x && mica__order_of(x) != SIZE_MAX)
			now[i] = mica__array_share(&s->value[(first ? x->in[0] : mica__next_of(x))->id], &x->shape);
	}
	for (size_t i = 0; i < loop->n_carries; i++)
		if (now[i].users) {
			mica__array_release(&s->value[loop->carries[i].carry->id]);
			s->value[loop->carries[i].carry->id] = now[i];
		}
	mica__free(now);
	return st;
}

static mica_status run_step(mica__run *run, const state *s, const mica_scan *loop, size_t step)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < s->n; i++) {
		mica_var x = s->order[i];
		if (x->loop != loop->number || x->op == MICA__CARRY)
			continue;
		mica__array_release(&s->value[x->id]);
		MICA_TRY(compute(run, s, x, &s->value[x->id]));
		if (x->op == MICA__STEP)
			s->value[x->id].whole[0] = (int64_t)step;
	}
	for (size_t i = 0; i < s->n; i++)
		if (s->order[i]->op == MICA__STACK && s->order[i]->in[0]->loop == loop->number)
			copy_row(&s->value[s->order[i]->id], step, &s->value[s->order[i]->in[0]->id], loop->steps);
out:
	return st;
}

static mica_status run_loop(mica__run *run, state *s, const mica_scan *loop)
{
	mica_status st = MICA_OK;
	s->looped[loop->number - 1] = true;
	MICA_TRY(make_results(s, loop));
	MICA_TRY(hand_over(s, loop, true));
	for (size_t k = 0; k < loop->steps; k++) {
		MICA_TRY(run_step(run, s, loop, loop->reverse ? loop->steps - 1 - k : k));
		MICA_TRY(hand_over(s, loop, false));
	}
	for (size_t i = 0; i < s->n; i++) {
		mica_var x = s->order[i];
		if (x->op == MICA__LAST && x->in[0]->loop == loop->number)
			copy_row(&s->value[x->id], 0, &s->value[x->in[0]->id], 1);
		for (size_t j = 0; x->loop == loop->number && j < x->n_in; j++)
			if (!x->in[j]->loop)
				release(s, x->in[j]);
	}
	for (size_t i = 0; i < s->n; i++)
		if (s->order[i]->loop == loop->number)
			mica__array_release(&s->value[s->order[i]->id]);
out:
	return st;
}

/* ---- the run ---- */

static mica_status assign_all(mica__run *run, const state *s)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < s->n && run->r->assign; i++)
		if (s->order[i]->op == MICA__ASSIGN)
			MICA_TRY(run->r->assign(run->r->payload, s->order[i]->in[0], &s->value[s->order[i]->id]));
out:
	return st;
}

static mica_status check_assignments(const state *s)
{
	mica_status st = MICA_OK;
	bool *assigned = mica__alloc(s->n_ids, sizeof *assigned);
	if (!assigned)
		return MICA_ENOMEM;
	for (size_t i = 0; i < s->n; i++) {
		mica_var x = s->order[i];
		if (x->op != MICA__ASSIGN)
			continue;
		if (assigned[x->in[0]->id])
			MICA_TRY(mica__fail(MICA_EINVAL, "reference: %s is assigned twice", x->in[0]->name));
		assigned[x->in[0]->id] = true;
		s->readers[x->id]++;
	}
out:
	mica__free(assigned);
	return st;
}

mica_status mica__reference_run(const mica__reference *r, const mica_var *outputs, size_t n)
{
	mica_status st = MICA_OK;
	state s = {0};
	mica__run run = {r, 0x9e3779b97f4a7c15u * (r->seed + 1)};
	MICA_TRY(prepare(&s, outputs, n));
	MICA_TRY(check_assignments(&s));
	for (size_t i = 0; i < s.n; i++) {
		mica_var x = s.order[i];
		if (mica__is_from_loop(x) && !s.looped[x->in[0]->loop - 1])
			MICA_TRY(run_loop(&run, &s, mica__loop_of(x->in[0])));
		if (mica__is_from_loop(x) || x->loop)
			continue;
		MICA_TRY(compute(&run, &s, x, &s.value[x->id]));
		for (size_t j = 0; j < x->n_in; j++)
			release(&s, x->in[j]);
	}
	for (size_t i = 0; i < n; i++)
		MICA_TRY(r->output(r->payload, i, &s.value[outputs[i]->id]));
	MICA_TRY(assign_all(&run, &s));
out:
	free_state(&s);
	return st;
}
