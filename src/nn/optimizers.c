/* SPDX-License-Identifier: MIT */
/* nn/optimizers.c - optimizers: one variable's new value and state as nodes (Keras 1.7).
   An optimizer is a row: its name, its options, its function, its slots.  What is the same for all variables (rate, bias
   correction) is made of scalars, so it is computed once per step.  Formulas are written as Keras computes them, in its
   order, since a training follows its last digits. */
#include "base/fields.h"
#include "nn/nn.h"

#include <string.h>

/* ---- parts of updates ---- */

/* Moments of a weight without gradient shrink by a constant factor at every step, and end among the denormal numbers, where
   CPUs compute many times slower and GPUs not at all: these are 0.  A larger number is never dropped, since an epsilon may
   be so small that an update notices any of them. */
static mica_var flush(mica_var x)
{
	mica_graph *g = mica_var_graph(x);
	double least = mica_var_dtype(x) == MICA_F64 ? DBL_MIN : (double)FLT_MIN;

	return mica_op_where(mica_op_lt(mica_op_abs(x), mica_graph_scalar(g, least)), mica_graph_scalar(g, 0), x);
}

/* old + (now - old) (1 - keep): Adam's. */
static mica_var moved(mica_var old, mica_var now, double keep)
{
	return flush(mica_op_add(old, mica_op_mulc(mica_op_sub(now, old), 1 - keep)));
}

/* keep old + (1 - keep) now: RMSprop's, whose two factors need not add up to 1 in single precision. */
static mica_var mixed(mica_var old, mica_var now, double keep)
{
	return flush(mica_op_add(mica_op_mulc(old, keep), mica_op_mulc(now, 1 - keep)));
}

/* 1 - beta^step as Keras has it: beta is a number of the variable's type, not 0.999 but the float next to it; its power is
   rounded to that type, and then subtracted, which for 0.999 costs the first steps' correction five of its digits.  Devices'
   pow is not exact enough to be rounded like that; e^x - 1 near 0 is. */
static mica_var correction(mica_var step, double beta)
{
	double held = mica_var_dtype(step) == MICA_F64 ? beta : (double)(float)beta;

	if (held == 0)
		return mica_graph_scalar(mica_var_graph(step), 1);
	mica_var power = mica_op_addc(mica_op_expm1(mica_op_mulc(step, log(held))), 1);
	return mica_op_addc(mica_op_neg(power), 1);
}

/* ---- optimizers: their slots by number, their functions, the slots, which of them are needed ---- */

enum { SGD_MOMENTUM, SGD_SLOTS };

static mica_var sgd(mica_var w, mica_var g, const mica_var *slots, mica_var *out, mica_var rate, mica_var step,
                    const void *payload)
{
	const mica_optimizer *o = payload;
	mica_var move = mica_op_mul(g, rate);

	(void)step;
	if (o->momentum == 0)
		return mica_op_sub(w, move);
	mica_var m = out[SGD_MOMENTUM] = flush(mica_op_sub(mica_op_mulc(slots[SGD_MOMENTUM], o->momentum), move));
	if (o->nesterov)
		return mica_op_add(w, mica_op_sub(mica_op_mulc(m, o->momentum), move));
	return mica_op_add(w, m);
}

enum { RMSPROP_VELOCITY, RMSPROP_MOMENTUM, RMSPROP_AVERAGE, RMSPROP_SLOTS };

static mica_var rmsprop(mica_var w, mica_var g, const mica_var *slots, mica_var *out, mica_var rate, mica_var step,
                        const void *payload)
{
	const mica_optimizer *o = payload;
	mica_var d = out[RMSPROP_VELOCITY] = mixed(slots[RMSPROP_VELOCITY], mica_op_square(g), o->rho);

	(void)step;
	if (o->centered) {
		mica_var mean = out[RMSPROP_AVERAGE] = mixed(slots[RMSPROP_AVERAGE], g, o->rho);
		d = mica_op_sub(d, mica_op_square(mean));
	}
	mica_var move = mica_op_div(mica_op_mul(rate, g), mica_op_sqrt(mica_op_addc(d, o->epsilon)));
	if (o->momentum == 0)
		return mica_op_sub(w, move);
	mica_var m = mica_op_add(mica_op_mulc(slots[RMSPROP_MOMENTUM], o->momentum), move);
	return mica_op_sub(w, out[RMSPROP_MOMENTUM] = flush(m));
}

enum { ADAM_MEAN, ADAM_SQUARE, ADAM_LARGEST, ADAM_SLOTS };

static mica_var adam(mica_var w, mica_var g, const mica_var *slots, mica_var *out, mica_var rate, mica_var step,
                     const void *payload)
{
	const mica_optimizer *o = payload;
	mica_var root = mica_op_sqrt(correction(step, o->beta_2));
	mica_var alpha = mica_op_div(mica_op_mul(rate, root), correction(step, o->beta_1));
	mica_var m = out[ADAM_MEAN] = moved(slots[ADAM_MEAN], g, o->beta_1);
	mica_var v = out[ADAM_SQUARE] = moved(slots[ADAM_SQUARE], mica_op_square(g), o->beta_2);

	if (o->amsgrad)
		v = out[ADAM_LARGEST] = mica_op_max(slots[ADAM_LARGEST], v);
	return mica_op_sub(w, mica_op_div(mica_op_mul(m, alpha), mica_op_addc(mica_op_sqrt(v), o->epsilon)));
}

static mica_var adagrad(mica_var w, mica_var g, const mica_var *slots, mica_var *out, mica_var rate, mica_var step,
                        const void *payload)
{
	const mica_optimizer *o = payload;

	(void)step;
	out[0] = mica_op_add(slots[0], mica_op_square(g));
	return mica_op_sub(w, mica_op_div(mica_op_mul(rate, g), mica_op_sqrt(mica_op_addc(out[0], o->epsilon))));
}

static bool has_momentum(const mica_optimizer *o)
{
	return o->momentum != 0;
}

static bool is_centered(const mica_optimizer *o)
{
	return o->centered;
}

static bool has_amsgrad(const mica_optimizer *o)
{
	return o->amsgrad;
}

/* ---- the table ---- */

#define REAL(member, ...) MICA__FIELD(mica_optimizer, member, MICA__REAL, __VA_ARGS__)
#define FLAG(member) MICA__FLAG_FIELD(mica_optimizer, member)
#define FROM_0 0, MICA__FINITE, false, false
#define BELOW_1 0, 1, false, true
#define COMMON(rate, decay) REAL(learning_rate, rate, FROM_0), REAL(weight_decay, decay, FROM_0)
#define EPSILON REAL(epsilon, 1e-7, FROM_0)
#define BETAS REAL(beta_1, 0.9, BELOW_1), REAL(beta_2, 0.999, BELOW_1)
#define MOMENTUM REAL(momentum, 0, 0, 1, false, false)
#define ACCUMULATOR REAL(initial_accumulator_value, 0.1, FROM_0)

static const mica__field all_fields[] = {COMMON(0, 0), MOMENTUM, FLAG(nesterov), REAL(rho, 0.9, BELOW_1), FLAG(centered),
                                         BETAS, EPSILON, FLAG(amsgrad), ACCUMULATOR};
static const mica__field sgd_fields[] = {COMMON(1e-2, 0), MOMENTUM, FLAG(nesterov)};
static const mica__field rmsprop_fields[] = {COMMON(1e-3, 0), MOMENTUM, REAL(rho, 0.9, BELOW_1), FLAG(centered), EPSILON};
static const mica__field adam_fields[] = {COMMON(1e-3, 0), BETAS, EPSILON, FLAG(amsgrad)};
static const mica__field adamw_fields[] = {COMMON(1e-3, 0.004), BETAS, EPSILON, FLAG(amsgrad)};
static const mica__field adagrad_fields[] = {COMMON(1e-3, 0), EPSILON, ACCUMULATOR};
static const mica__field custom_fields[] = {COMMON(1e-3, 0)};

typedef struct slot {
	const char *name;
	bool (*needed)(const mica_optimizer *o); /* NULL: always */
	size_t start;                            /* where its first value stands among the options; 0: 0 */
} slot;

static const slot sgd_slots[SGD_SLOTS] = {{"momentum", has_momentum, 0}};
static const slot rmsprop_slots[RMSPROP_SLOTS] = {
	[RMSPROP_VELOCITY] = {"velocity", NULL, 0},
	[RMSPROP_MOMENTUM] = {"momentum", has_momentum, 0},
	[RMSPROP_AVERAGE] = {"average_gradient", is_centered, 0},
};
static const slot adam_slots[ADAM_SLOTS] = {
	[ADAM_MEAN] = {"momentum", NULL, 0},
	[ADAM_SQUARE] = {"velocity", NULL, 0},
	[ADAM_LARGEST] = {"velocity_hat", has_amsgrad, 0},
};
static const slot adagrad_slots[] = {{"accumulator", NULL, offsetof(mica_optimizer, initial_accumulator_value)}};

typedef struct row {
	const char *name;
	mica_update_fn update;
	const mica__field *fields;
	size_t n_fields;
	const slot *slots;
	size_t n_slots;
} row;

#define ROW(id) {#id, id, id##_fields, MICA__COUNT(id##_fields), id##_slots, MICA__COUNT(id##_slots)}
static const row rows[] = {
	ROW(rmsprop),
	ROW(sgd),
	ROW(adam),
	{"adamw", adam, adamw_fields, MICA__COUNT(adamw_fields), adam_slots, MICA__COUNT(adam_slots)},
	ROW(adagrad),
};
static const row custom = {"custom", NULL, custom_fields, MICA__COUNT(custom_fields), NULL, 0};

/* ---- using it ---- */

static const row *find(const char *name)
{
	for (size_t i = 0; i < MICA__COUNT(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

/* The row of o, which is resolved. */
static const row *row_of(const mica_optimizer *o)
{
	return o->update ? &custom : find(o->name);
}

bool mica_optimizer_parse(const char *name, mica_optimizer *out)
{
	const row *r = name && out ? find(name) : NULL;

	if (r)
		*out = (mica_optimizer){.name = r->name};
	return r != NULL;
}

mica_status mica__optimizer_resolve(mica_optimizer *o)
{
	mica_status st;

	if (!o->name)
		o->name = o->update ? custom.name : rows[0].name;
	const row *r = row_of(o);
	if (!r && strcmp(o->name, custom.name) == 0)
		return mica__fail(MICA_EINVAL, "custom optimizer: it has no update function");
	if (!r)
		return mica__fail(MICA_EINVAL, "there is no optimizer \"%s\"; there is rmsprop, sgd, adam, adamw, adagrad", o->name);
	if (r != &custom && (o->slot_count || o->slots))
		return mica__fail(MICA_EINVAL, "%s: slots are for an optimizer with an update function of its own", o->name);
	MICA_TRY(mica__fields_only(o->name, o, r->fields, r->n_fields, all_fields, MICA__COUNT(all_fields)));
	MICA_TRY(mica__fields_resolve(o->name, o, r->fields, r->n_fields));
out:
	return st;
}

size_t mica__optimizer_slots(const mica_optimizer *o)
{
	const row *r = row_of(o);

	return r == &custom ? o->slot_count : r->n_slots;
}

bool mica__optimizer_slot(const mica_optimizer *o, size_t i, mica_slot *out)
{
	const row *r = row_of(o);

	if (r == &custom) {
		*out = o->slots ? o->slots[i] : (mica_slot){0};
		return true;
	}
	*out = (mica_slot){.name = r->slots[i].name};
	if (r->slots[i].start)
		memcpy(&out->start, (const char *)o + r->slots[i].start, sizeof out->start);
	return !r->slots[i].needed || r->slots[i].needed(o);
}

mica_var mica__optimizer_update(const mica_optimizer *o, mica_var variable, mica_var gradient, const mica_var *slots,
                                mica_var *new_slots, mica_var rate, mica_var step)
{
	const row *r = row_of(o);
	mica_var w = variable;

	if (o->weight_decay > 0)
		w = mica_op_sub(w, mica_op_mul(mica_op_mulc(w, o->weight_decay), rate));
	if (r == &custom)
		return o->update(w, gradient, slots, new_slots, rate, step, o->payload);
	return r->update(w, gradient, slots, new_slots, rate, step, o);
}
