/* SPDX-License-Identifier: MIT */
/* nn/update.c - what an optimizer's function may ask for while it updates a variable: its slots; and the update itself. */
#include "nn/nn.h"

#include <string.h>

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
	mica__variable *w = u->own;
	mica__slots_owner o = owner(w);

	return mica__slots_ask(&w->slots, &o, graph_of(u), name, shape, start);
}

mica_var mica_slot(mica_update *u, const char *name, double start)
{
	return mica_slot_shaped(u, name, mica_var_shape(u->variable), start);
}

mica_var mica_slot_assign(mica_update *u, const char *name, mica_var value)
{
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

void mica__optimizer_clip(const mica_optimizer *o, mica_var *gradients, size_t n)
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
	double x = 0;

	for (size_t i = 0; i < kind->n_fields; i++)
		if (kind->fields[i].type == MICA_FIELD_IS_REAL && strcmp(kind->fields[i].name, name) == 0)
			memcpy(&x, (const char *)o->part.options + kind->fields[i].offset, sizeof x);
	return x;
}

mica_var mica__optimizer_update(const mica_optimizer *o, mica__variable *w, mica_var variable, mica_var gradient, mica_var rate,
                                mica_var step)
{
	mica_update u = {variable, gradient, rate, step, w};
	double decay = mica__optimizer_option(o, "weight_decay");
	mica_graph *g = mica_var_graph(variable);

	if (decay > 0)
		u.variable = mica_op_sub(variable, mica_op_mul(mica_op_mulc(variable, decay), rate));
	mica__slots_begin(&w->slots);
	mica_var value = o->part.kind->update(&u, o->part.options);
	if (mica_graph_status(g) == MICA_OK && !value)
		return mica__graph_fail(g, MICA_EINVAL, "optimizer: its function returned NULL for %s", mica_var_name(variable));
	const mica__slot *left = mica__slots_unassigned(&w->slots);
	if (left)
		mica__graph_fail(g, MICA_EINVAL, "optimizer: no new value for slot %s; call mica_slot_assign", mica_value_path(left->value));
	if (mica_graph_status(g) == MICA_OK && w->weight->constraint.part.kind)
		value = w->weight->constraint.part.kind->project(value, w->weight->constraint.part.options);
	return mica_graph_status(g) == MICA_OK ? value : &g->failed;
}
