/* SPDX-License-Identifier: MIT */
/* nn/update.c - what an optimizer's function may ask for while it updates a variable: its slots; and the update of all weights, in
   Keras' order: gradients are added up and clipped, weights decay, the optimizer moves them, averages follow, constraints hold. */
#include "base/fields.h"
#include "nn/nn.h"

#include <string.h>

/* Outside of an optimizer's function there is nothing to ask for. */
static bool absent(const mica_update *u, const char *caller)
{
	return mica__absent(u ? u->own : NULL, caller, "mica_update; an optimizer's function is given one");
}

static mica_graph *graph_of(const mica_update *u)
{
	return mica_var_graph(u->variable);
}

static mica__slots_owner owner(const mica__variable *w)
{
	return (mica__slots_owner){"slot", "mica_slot", w->name, MICA_ROLE_SLOT, mica_value_dtype(w->weight->value)};
}

mica_var mica_slot_shaped(mica_update *u, const char *name, mica_shape shape, double start)
{
	if (absent(u, "slot_shaped"))
		return NULL;
	mica__variable *w = u->own;
	mica__slots_owner o = owner(w);
	return mica__slots_ask(&w->slots, &o, graph_of(u), name, shape, start);
}

mica_var mica_slot(mica_update *u, const char *name, double start)
{
	return absent(u, "slot") ? NULL : mica_slot_shaped(u, name, mica_var_shape(u->variable), start);
}

mica_var mica_slot_assign(mica_update *u, const char *name, mica_var value)
{
	if (absent(u, "slot_assign"))
		return NULL;
	mica__variable *w = u->own;
	mica__slots_owner o = owner(w);
	return mica__slots_assign(&w->slots, &o, graph_of(u), name, value);
}

mica_status mica__variable_slot(mica__variable *w, mica_context *ctx, const char *name, mica_shape shape, mica__slot **out)
{
	mica__slots_owner o = owner(w);
	mica_status st = MICA_OK;

	if (!mica__slots_find(&w->slots, &o, name))
		st = mica__slots_make(&w->slots, &o, ctx, name, shape, 0);
	*out = mica__slots_find(&w->slots, &o, name);
	return st;
}

/* ---- the update ---- */

mica_status mica__optimizer_keep(mica_optimizer *o)
{
	if (!o->part.kind)
		o->part = (mica_part){&mica_kind_rmsprop, NULL};
	mica_status st = mica__part_keep(&o->part, MICA_OPTIMIZER, MICA_OPTIMIZER);
	if (st != MICA_OK)
		return st;
	bool by_norm = mica__optimizer_option(o, "clipnorm") != 0, by_value = mica__optimizer_option(o, "clipvalue") != 0;
	if (by_norm + by_value + (mica__optimizer_option(o, "global_clipnorm") != 0) > 1) {
		st = mica__fail(MICA_EINVAL, "%s: give one of clipnorm, clipvalue and global_clipnorm", o->part.kind->name);
		mica__part_drop(&o->part);
	}
	return st;
}

/* kind NULL: it has none. */
static mica_part schedule_of(const mica_optimizer *o)
{
	const mica_kind *kind = o->part.kind;
	mica_part schedule = {NULL, NULL};

	for (size_t i = 0; i < kind->n_fields; i++)
		if (kind->fields[i].type == MICA_FIELD_IS_PART && kind->fields[i].part_type == MICA_SCHEDULE)
			memcpy(&schedule, (const char *)o->part.options + kind->fields[i].offset, sizeof schedule);
	return schedule;
}

bool mica__optimizer_scheduled(const mica_optimizer *o)
{
	return schedule_of(o).kind != NULL;
}

mica_var mica__optimizer_rate(const mica_optimizer *o, mica_var rate, mica_var steps)
{
	mica_part schedule = schedule_of(o);

	if (!schedule.kind)
		return rate;
	mica_var now = schedule.kind->rate(steps, schedule.options);
	if (mica_graph_status(mica_var_graph(rate)) == MICA_OK && (!now || mica_var_count(now) != 1))
		return mica__graph_fail(mica_var_graph(rate), MICA_EINVAL, "%s: its function returned %s; give a scalar", schedule.kind->name,
		                        now ? mica__shape_text(&now->shape) : "NULL");
	return now;
}

/* ---- clipping ---- */

static mica_var squares(mica_var x)
{
	return mica_op_sum(mica_op_square(x), MICA_ALL_AXES, false);
}

/* All of them by one factor: most / |all| where that is below 1.  A length that is no number makes them none. */
static void clip_together(mica_var *gradients, size_t n, double most)
{
	mica_var sum = squares(gradients[0]), one;

	for (size_t i = 1; i < n; i++)
		sum = mica_op_add(sum, squares(gradients[i]));
	mica_var length = mica_op_sqrt(sum);
	one = mica_graph_scalar(mica_var_graph(sum), 1 / most);
	mica_var factor = mica_op_mulc(mica_op_min(mica_op_reciprocal(length), one), most);
	factor = mica_op_add(factor, mica_op_sub(length, length));
	for (size_t i = 0; i < n; i++)
		gradients[i] = mica_op_mul(gradients[i], factor);
}

static void clip(const mica_optimizer *o, mica_var *gradients, size_t n)
{
	double norm = mica__optimizer_option(o, "clipnorm"), value = mica__optimizer_option(o, "clipvalue");
	double together = mica__optimizer_option(o, "global_clipnorm");

	for (size_t i = 0; i < n && norm != 0; i++) {
		mica_var least = mica_graph_scalar(mica_var_graph(gradients[i]), norm);
		mica_var length = mica_op_max(mica_op_sqrt(squares(gradients[i])), least);
		gradients[i] = mica_op_mul(gradients[i], mica_op_div(least, length));
	}
	for (size_t i = 0; i < n && value != 0; i++)
		gradients[i] = mica_op_clip(gradients[i], -value, value);
	if (n && together != 0)
		clip_together(gradients, n, together);
}

/* ---- one variable ---- */

double mica__optimizer_option(const mica_optimizer *o, const char *name)
{
	const mica_kind *kind = o->part.kind;

	for (size_t i = 0; i < kind->n_fields; i++) {
		const mica_field *f = &kind->fields[i];
		if (strcmp(f->name, name) != 0)
			continue;
		mica__field_value x = mica__field_get(f, o->part.options, 0);
		return f->type == MICA_FIELD_IS_REAL ? x.real : f->type == MICA_FIELD_IS_FLAG ? x.flag : f->type == MICA_FIELD_IS_LONG ? (double)x.l : 0;
	}
	return 0;
}

bool mica__named(const char *name, const char *names)
{
	for (const char *at = names ? names : ""; *at; at += *at == ',') {
		size_t n = strcspn(at, ",");
		for (const char *s = name; n && strlen(s) >= n; s++)
			if (strncmp(s, at, n) == 0)
				return true;
		at += n;
	}
	return false;
}

/* What all weights of a step have in common. */
typedef struct shared {
	const mica_optimizer *o;
	mica_var rate;        /* of this step */
	mica_var number;      /* of this update, from 1 */
	double of;            /* so many steps' gradients make one update; 0: each its own */
	mica_var due;         /* whether they are complete; NULL: always */
	mica_var keep;        /* what an average keeps of itself; NULL: there are none */
	mica_var overwrite;   /* whether averages become the weights now; NULL: never */
} shared;

/* Whether x, a whole number, is a multiple of n. */
static mica_var is_multiple(mica_var x, double n)
{
	mica_var whole = mica_op_mulc(mica_op_floor(mica_op_mulc(mica_op_addc(x, 0.5), 1 / n)), n);

	return mica_op_lt(mica_op_sub(x, whole), mica_graph_scalar(mica_var_graph(x), 0.5));
}

static shared share(const mica_optimizer *o, mica_var rate, mica_var step)
{
	double of = mica__optimizer_option(o, "gradient_accumulation_steps"), often = mica__optimizer_option(o, "ema_overwrite_frequency");
	mica_graph *g = mica_var_graph(step);
	shared s = {.o = o, .rate = rate, .number = step, .of = of > 1 ? of : 0};

	if (s.of != 0) {
		s.due = is_multiple(step, of);
		s.number = mica_op_addc(mica_op_floor(mica_op_mulc(mica_op_addc(step, -0.5), 1 / of)), 1);
	}
	if (mica__optimizer_option(o, "use_ema") == 0)
		return s;
	mica_var momentum = mica_graph_scalar(g, mica__optimizer_option(o, "ema_momentum"));
	s.keep = mica_op_where(mica_op_lt(s.number, mica_graph_scalar(g, 1.5)), mica_graph_scalar(g, 0), momentum);
	s.overwrite = often > 0 ? is_multiple(s.number, often) : NULL;
	return s;
}

/* The mean of the gradients since the last update. */
static mica_var accumulated(const shared *s, mica__variable *w, mica_var variable, mica_var gradient)
{
	mica_update u = {.variable = variable, .own = w};
	mica_graph *g = mica_var_graph(variable);
	mica_var sum = mica_op_add(gradient, mica_slot(&u, "gradient_accumulator", 0));

	mica_slot_assign(&u, "gradient_accumulator", mica_op_where(s->due, mica_graph_scalar(g, 0), sum));
	return mica_op_div(sum, mica_graph_scalar(g, s->of));
}

/* A step in the middle of an accumulation leaves all as it is, but for the sum. */
static mica_var if_due(const shared *s, mica__variable *w, mica_var old, mica_var new)
{
	mica__slots_owner o = owner(w);
	const mica__slot *sum = mica__slots_find(&w->slots, &o, "gradient_accumulator");

	for (size_t i = 0; i < w->slots.n; i++) {
		mica__slot *slot = &w->slots.at[i];
		if (slot != sum && slot->next)
			slot->next = mica_op_where(s->due, slot->next, slot->old);
	}
	return mica_op_where(s->due, new, old);
}

/* keep average + (1 - keep) value; what the weight becomes: value, or the average where it is time for that. */
static mica_var averaged(const shared *s, mica__variable *w, mica_var value)
{
	mica_update u = {.variable = value, .own = w};
	mica_var rest = mica_op_sub(mica_graph_scalar(mica_var_graph(value), 1), s->keep);
	mica_var average = mica_op_add(mica_op_mul(s->keep, mica_slot(&u, "average", 0)), mica_op_mul(rest, value));

	mica_slot_assign(&u, "average", average);
	return s->overwrite ? mica_op_where(s->overwrite, average, value) : value;
}

mica_value *mica__variable_average(const mica__variable *w)
{
	mica__slots_owner o = owner(w);
	const mica__slot *slot = mica__slots_find(&w->slots, &o, "average");

	return slot ? slot->value : NULL;
}

static double decay_of(const mica_optimizer *o, const mica_update *u)
{
	const mica__variable *w = u->own;

	if (mica__named(w->name, mica__part_text(&o->part, "exclude_from_weight_decay")))
		return 0;
	return o->part.kind->decay ? o->part.kind->decay(u, o->part.options) : mica__optimizer_option(o, "weight_decay");
}

static mica_var update(const shared *s, mica__variable *w, mica_var variable, mica_var gradient)
{
	double factor = w->instance ? w->instance->rate_factor : 1;
	const mica_kind *kind = s->o->part.kind;
	mica_update u = {variable, gradient, factor == 1 ? s->rate : mica_op_mulc(s->rate, factor), s->number, w};
	mica_graph *g = mica_var_graph(variable);
	double decay = decay_of(s->o, &u);

	if (decay > 0)
		u.variable = mica_op_sub(variable, mica_op_mul(mica_op_mulc(variable, decay), u.rate));
	mica_var value = kind->update(&u, s->o->part.options);
	if (mica_graph_status(g) == MICA_OK && !value)
		return mica__graph_fail(g, MICA_EINVAL, "optimizer: its function returned NULL for %s", mica_var_name(variable));
	const mica__slot *left = mica__slots_unassigned(&w->slots);
	if (left)
		return mica__graph_fail(g, MICA_EINVAL, "optimizer: no new value for slot %s; call mica_slot_assign", mica_value_path(left->value));
	if (mica_graph_status(g) == MICA_OK && s->due)
		value = if_due(s, w, variable, value);
	if (mica_graph_status(g) == MICA_OK && s->keep)
		value = averaged(s, w, value);
	if (mica_graph_status(g) == MICA_OK && w->weight->constraint.part.kind)
		value = w->weight->constraint.part.kind->project(value, w->weight->constraint.part.options);
	return mica_graph_status(g) == MICA_OK ? value : &g->failed;
}

void mica__optimizer_update(const mica_optimizer *o, mica__variable *const *w, const mica_var *variables, mica_var *gradients, size_t n,
                            mica_var rate, mica_var step)
{
	shared s = share(o, rate, step);

	for (size_t i = 0; i < n; i++) {
		mica__slots_begin(&w[i]->slots);
		if (s.of != 0)
			gradients[i] = accumulated(&s, w[i], variables[i], gradients[i]);
	}
	clip(o, gradients, n);
	for (size_t i = 0; i < n; i++)
		gradients[i] = update(&s, w[i], variables[i], gradients[i]);
}
