/* SPDX-License-Identifier: MIT */
/* nn/optimizers.c - optimizers: one variable's new value and state as nodes (Keras 1.7).
   An optimizer is a row: name, kind, default rate and weight decay, its function, the number of its slots.  What is the same for all
   variables (rate, bias correction) is made of scalars, so it is computed once per step. */
#include "nn/nn.h"

#include <math.h>
#include <string.h>

/* Old moments of a weight without gradient shrink by a constant factor at every step, and end among the denormal
   numbers, where CPUs compute many times slower.  Long before that they no longer move any weight: they become 0. */
static mica_var flush(mica_var size, double least, mica_var value)
{
	mica_graph *g = mica_var_graph(value);

	return mica_op_where(mica_op_lt(size, mica_graph_scalar(g, least)), mica_graph_scalar(g, 0), value);
}

static mica_var flush_mean(mica_var m)
{
	return flush(mica_op_abs(m), 1e-20, m);
}

static mica_var flush_square(mica_var v)
{
	return flush(v, 1e-30, v);
}

/* old + (now - old) (1 - keep) */
static mica_var moving(mica_var old, mica_var now, double keep)
{
	return mica_op_add(old, mica_op_mulc(mica_op_sub(now, old), 1 - keep));
}

static mica_var sgd(mica_var w, mica_var g, const mica_var *slots, mica_var *out, mica_var rate, mica_var step,
                    const void *payload)
{
	const mica_optimizer *o = payload;
	mica_var move = mica_op_mul(g, rate);

	(void)step;
	if (o->momentum == 0)
		return mica_op_sub(w, move);
	out[0] = flush_mean(mica_op_sub(mica_op_mulc(slots[0], o->momentum), move));
	if (o->nesterov)
		return mica_op_add(w, mica_op_sub(mica_op_mulc(out[0], o->momentum), move));
	return mica_op_add(w, out[0]);
}

/* slots: velocity, then momentum if there is any, then the average gradient if centered */
static mica_var rmsprop(mica_var w, mica_var g, const mica_var *slots, mica_var *out, mica_var rate, mica_var step,
                        const void *payload)
{
	const mica_optimizer *o = payload;
	size_t average = o->momentum != 0 ? 2 : 1;

	(void)step;
	out[0] = flush_square(moving(slots[0], mica_op_square(g), o->rho));
	mica_var d = out[0];
	if (o->centered) {
		out[average] = flush_mean(moving(slots[average], g, o->rho));
		d = mica_op_sub(d, mica_op_square(out[average]));
	}
	mica_var move = mica_op_div(mica_op_mul(rate, g), mica_op_sqrt(mica_op_addc(d, o->epsilon)));
	if (o->momentum == 0)
		return mica_op_sub(w, move);
	out[1] = flush_mean(mica_op_add(mica_op_mulc(slots[1], o->momentum), move));
	return mica_op_sub(w, out[1]);
}

/* 1 - beta^step: as e^x - 1, because pow in single precision would lose most of its digits near 1. */
static mica_var correction(mica_var step, double beta)
{
	return mica_op_neg(mica_op_expm1(mica_op_mulc(step, log(beta))));
}

/* slots: mean, mean of squares, with amsgrad the largest mean of squares so far */
static mica_var adam(mica_var w, mica_var g, const mica_var *slots, mica_var *out, mica_var rate, mica_var step,
                     const void *payload)
{
	const mica_optimizer *o = payload;
	mica_var root = mica_op_sqrt(correction(step, o->beta_2));
	mica_var alpha = mica_op_div(mica_op_mul(rate, root), correction(step, o->beta_1));

	out[0] = flush_mean(moving(slots[0], g, o->beta_1));
	out[1] = flush_square(moving(slots[1], mica_op_square(g), o->beta_2));
	mica_var v = out[1];
	if (o->amsgrad)
		v = out[2] = mica_op_max(slots[2], v);
	mica_var move = mica_op_div(mica_op_mul(out[0], alpha), mica_op_addc(mica_op_sqrt(v), o->epsilon));
	return mica_op_sub(w, move);
}

static size_t sgd_slots(const mica_optimizer *o)
{
	return o->momentum != 0;
}

static size_t rmsprop_slots(const mica_optimizer *o)
{
	return 1 + (size_t)(o->momentum != 0) + o->centered;
}

static size_t adam_slots(const mica_optimizer *o)
{
	return 2 + (size_t)o->amsgrad;
}

static const struct {
	const char *name;
	double rate, decay;
	mica_update_fn update;
	size_t (*slots)(const mica_optimizer *o);
} rows[] = {
	[MICA_RMSPROP] = {"rmsprop", 1e-3, 0, rmsprop, rmsprop_slots},
	[MICA_SGD] = {"sgd", 1e-2, 0, sgd, sgd_slots},
	[MICA_ADAM] = {"adam", 1e-3, 0, adam, adam_slots},
	[MICA_ADAMW] = {"adamw", 1e-3, 0.004, adam, adam_slots},
	[MICA_CUSTOM_OPTIMIZER] = {"custom", 1e-3, 0, NULL, NULL},
};

bool mica_optimizer_parse(const char *name, mica_optimizer *out)
{
	for (size_t i = 0; name && i < MICA_CUSTOM_OPTIMIZER; i++)
		if (strcmp(rows[i].name, name) == 0) {
			*out = (mica_optimizer){.kind = (mica_optimizer_kind)i};
			return true;
		}
	return false;
}

/* A number whose 0 means its default, then within low..high, or high left out. */
typedef struct range {
	const char *name;
	double *value, otherwise, low, high;
	bool below_high;
} range;

static mica_status check(const char *optimizer, const range *r)
{
	if (*r->value == 0)
		*r->value = r->otherwise;
	if (isfinite(*r->value) && *r->value >= r->low && (r->below_high ? *r->value < r->high : *r->value <= r->high))
		return MICA_OK;
	return mica__fail(MICA_EINVAL, "%s: %s is %g; give a finite number from %g, %s %g", optimizer, r->name, *r->value,
	                  r->low, r->below_high ? "below" : "at most", r->high);
}

mica_status mica__optimizer_resolve(mica_optimizer *o)
{
	if ((size_t)o->kind >= MICA__COUNT(rows))
		return mica__fail(MICA_EINVAL, "there is no optimizer %d", (int)o->kind);
	const range ranges[] = {
		{"learning_rate", &o->learning_rate, rows[o->kind].rate, 0, 1e30, false},
		{"momentum", &o->momentum, 0, 0, 1, false},
		{"rho", &o->rho, 0.9, 0, 1, true},
		{"beta_1", &o->beta_1, 0.9, 0, 1, true},
		{"beta_2", &o->beta_2, 0.999, 0, 1, true},
		{"epsilon", &o->epsilon, 1e-7, 0, 1e30, false},
		{"weight_decay", &o->weight_decay, rows[o->kind].decay, 0, 1e30, false},
	};
	for (size_t i = 0; i < MICA__COUNT(ranges); i++)
		if (check(rows[o->kind].name, &ranges[i]) != MICA_OK)
			return MICA_EINVAL;
	if (o->kind != MICA_CUSTOM_OPTIMIZER)
		return MICA_OK;
	if (!o->update || o->slot_count > MICA__MAX_SLOTS)
		return mica__fail(MICA_EINVAL, "custom optimizer: give an update function and at most %d slots", MICA__MAX_SLOTS);
	return MICA_OK;
}

size_t mica__optimizer_slots(const mica_optimizer *o)
{
	return rows[o->kind].slots ? rows[o->kind].slots(o) : o->slot_count;
}

mica_var mica__optimizer_update(const mica_optimizer *o, mica_var variable, mica_var gradient, const mica_var *slots,
                                mica_var *new_slots, mica_var rate, mica_var step)
{
	mica_var w = variable;

	if (o->weight_decay > 0)
		w = mica_op_sub(w, mica_op_mul(w, mica_op_mulc(rate, o->weight_decay)));
	if (o->kind == MICA_CUSTOM_OPTIMIZER)
		return o->update(w, gradient, slots, new_slots, rate, step, o->payload);
	return rows[o->kind].update(w, gradient, slots, new_slots, rate, step, o);
}
