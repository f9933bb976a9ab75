/* SPDX-License-Identifier: MIT */
/* nn/schedules.c - learning rates that depend on the number of steps (Keras 1.8; one cycle: Smith 2018): expressions of a scalar,
   so the device knows the rate and the host does not wait for it. */
#include "nn/nn.h"

#include <math.h>

#define PI 3.14159265358979323846

static mica_var number(mica_var s, double value)
{
	return mica_graph_scalar(mica_var_graph(s), value);
}

/* value^x */
static mica_var power_of(double value, mica_var x)
{
	return mica_op_pow(number(x, value), x);
}

/* (1 + cos(pi x)) / 2 */
static mica_var half_cosine(mica_var x)
{
	return mica_op_mulc(mica_op_addc(mica_op_cos(mica_op_mulc(x, PI)), 1), 0.5);
}

/* s / decay_steps, of whole multiples if it is a staircase. */
static mica_var periods(mica_var s, const mica_exponential_decay_opts *o)
{
	mica_var p = mica_op_mulc(s, 1 / o->decay_steps);

	return o->staircase ? mica_op_floor(mica_op_div(s, number(s, o->decay_steps))) : p;
}

static mica_var exponential_decay(mica_var s, const void *options)
{
	const mica_exponential_decay_opts *o = options;

	return mica_op_mulc(power_of(o->decay_rate, periods(s, o)), o->initial_learning_rate);
}

static mica_var inverse_time_decay(mica_var s, const void *options)
{
	const mica_exponential_decay_opts *o = options;

	return mica_op_div(number(s, o->initial_learning_rate), mica_op_addc(mica_op_mulc(periods(s, o), o->decay_rate), 1));
}

static mica_var piecewise_constant_decay(mica_var s, const void *options)
{
	const mica_piecewise_constant_decay_opts *o = options;
	size_t n = 0;

	for (; n < MICA_MOST_PIECES && o->boundaries[n] != 0; n++)
		if (!(o->boundaries[n] > (n ? o->boundaries[n - 1] : 0)))
			return mica__graph_fail(mica_var_graph(s), MICA_EINVAL, "piecewise_constant_decay: boundary %zu is %g; give numbers above 0 "
			                        "that increase", n, o->boundaries[n]);
	mica_var rate = number(s, o->values[n]);
	while (n-- > 0)
		rate = mica_op_where(mica_op_le(s, number(s, o->boundaries[n])), number(s, o->values[n]), rate);
	return rate;
}

static mica_var polynomial_decay(mica_var s, const void *options)
{
	const mica_polynomial_decay_opts *o = options;
	mica_var steps = number(s, o->decay_steps), at = mica_op_min(s, steps);

	if (o->cycle) {
		mica_var ceiling = mica_op_neg(mica_op_floor(mica_op_neg(mica_op_div(s, steps))));
		steps = mica_op_mul(steps, mica_op_max(ceiling, number(s, 1)));
		at = s;
	}
	mica_var left = mica_op_addc(mica_op_neg(mica_op_div(at, steps)), 1);
	if (o->power != 1)
		left = mica_op_pow(left, number(s, o->power));
	return mica_op_addc(mica_op_mulc(left, o->initial_learning_rate - o->end_learning_rate), o->end_learning_rate);
}

static mica_var cosine(mica_var share, double first, double alpha)
{
	return mica_op_mulc(mica_op_addc(mica_op_mulc(half_cosine(share), 1 - alpha), alpha), first);
}

static mica_var cosine_decay(mica_var s, const void *options)
{
	const mica_cosine_decay_opts *o = options;
	bool warm = o->warmup_target != 0 && o->warmup_steps > 0;
	double base = warm ? o->warmup_target : o->initial_learning_rate;
	mica_var at = warm ? mica_op_addc(s, -o->warmup_steps) : s;
	mica_var decayed = cosine(mica_op_div(mica_op_min(at, number(s, o->decay_steps)), number(s, o->decay_steps)), base, o->alpha);

	if (!warm)
		return decayed;
	double rise = o->warmup_target - o->initial_learning_rate;
	mica_var warming = mica_op_addc(mica_op_mulc(mica_op_mulc(s, 1 / o->warmup_steps), rise), o->initial_learning_rate);
	return mica_op_where(mica_op_lt(s, number(s, o->warmup_steps)), warming, decayed);
}

/* Period i begins at first (1 + t_mul + ... + t_mul^(i - 1)). */
static mica_var cosine_decay_restarts(mica_var s, const void *options)
{
	const mica_cosine_decay_restarts_opts *o = options;
	mica_var f = mica_op_div(s, number(s, o->first_decay_steps)), i, share;

	if (o->t_mul == 1) {
		i = mica_op_floor(f);
		share = mica_op_sub(f, i);
	} else {
		mica_var grown = mica_op_addc(mica_op_mulc(f, o->t_mul - 1), 1);
		i = mica_op_floor(mica_op_div(mica_op_log(grown), mica_op_log(number(s, o->t_mul)))); /* exact where a period begins */
		mica_var length = power_of(o->t_mul, i), begin = mica_op_mulc(mica_op_addc(length, -1), 1 / (o->t_mul - 1));
		share = mica_op_div(mica_op_sub(f, begin), length);
	}
	mica_var height = o->m_mul == 1 ? number(s, 1) : power_of(o->m_mul, i);
	mica_var wave = mica_op_mul(mica_op_mulc(half_cosine(share), 1 - o->alpha), height);
	return mica_op_mulc(mica_op_addc(wave, o->alpha), o->initial_learning_rate);
}

/* From low at share 0 to high at share 1. */
static mica_var swing(mica_var share, double low, double high)
{
	return mica_op_addc(mica_op_mulc(half_cosine(share), low - high), high);
}

static mica_var one_cycle(mica_var s, const void *options)
{
	const mica_one_cycle_opts *o = options;
	double top = o->max_learning_rate, first = top / o->first_factor, up = o->rise * o->total_steps, down = o->total_steps - up;
	mica_var zero = number(s, 0), one = number(s, 1);
	mica_var fallen = mica_op_min(mica_op_max(mica_op_mulc(mica_op_addc(s, -up), 1 / down), zero), one);
	mica_var rising = swing(mica_op_min(mica_op_mulc(s, 1 / up), one), first, top);

	return mica_op_where(mica_op_lt(s, number(s, up)), rising, swing(fallen, top, first / o->last_factor));
}

static mica_var custom(mica_var s, const void *options)
{
	const mica_custom_schedule_opts *o = options;

	if (!o->rate)
		return mica__graph_fail(mica_var_graph(s), MICA_EINVAL, "custom_schedule: it has no rate function");
	return o->rate(s, o->payload);
}

/* ---- the kinds ---- */

#define SCHEDULE(id, options, function, ...)                                                                          \
	static const mica_field id##_fields[] = {__VA_ARGS__};                                                        \
	const mica_kind mica_kind_##id = {.name = #id, .type = MICA_SCHEDULE, .size = sizeof(options),                \
	                                  MICA_FIELDS(id##_fields), .rate = (function)};
#define EXPONENTIAL(id)                                                                                               \
	SCHEDULE(id, mica_exponential_decay_opts, id,                                                                 \
	         MICA_FIELD_REAL(mica_exponential_decay_opts, initial_learning_rate, MICA_FROM(0)),                   \
	         MICA_FIELD_REAL(mica_exponential_decay_opts, decay_steps, MICA_ABOVE(0)),                            \
	         MICA_FIELD_REAL(mica_exponential_decay_opts, decay_rate, MICA_FROM(0)),                              \
	         MICA_FIELD_FLAG(mica_exponential_decay_opts, staircase))

EXPONENTIAL(exponential_decay)
EXPONENTIAL(inverse_time_decay)
SCHEDULE(polynomial_decay, mica_polynomial_decay_opts, polynomial_decay,
         MICA_FIELD_REAL(mica_polynomial_decay_opts, initial_learning_rate, MICA_FROM(0)),
         MICA_FIELD_REAL(mica_polynomial_decay_opts, decay_steps, MICA_ABOVE(0)),
         MICA_FIELD_REAL(mica_polynomial_decay_opts, end_learning_rate, .otherwise = 1e-4, MICA_FROM(0)),
         MICA_FIELD_REAL(mica_polynomial_decay_opts, power, .otherwise = 1, MICA_FROM(0)),
         MICA_FIELD_FLAG(mica_polynomial_decay_opts, cycle))
SCHEDULE(cosine_decay, mica_cosine_decay_opts, cosine_decay,
         MICA_FIELD_REAL(mica_cosine_decay_opts, initial_learning_rate, MICA_FROM(0)),
         MICA_FIELD_REAL(mica_cosine_decay_opts, decay_steps, MICA_ABOVE(0)),
         MICA_FIELD_REAL(mica_cosine_decay_opts, alpha, MICA_WITHIN(0, 1)),
         MICA_FIELD_REAL(mica_cosine_decay_opts, warmup_target, MICA_FROM(0)),
         MICA_FIELD_REAL(mica_cosine_decay_opts, warmup_steps, MICA_FROM(0)))
SCHEDULE(cosine_decay_restarts, mica_cosine_decay_restarts_opts, cosine_decay_restarts,
         MICA_FIELD_REAL(mica_cosine_decay_restarts_opts, initial_learning_rate, MICA_FROM(0)),
         MICA_FIELD_REAL(mica_cosine_decay_restarts_opts, first_decay_steps, MICA_ABOVE(0)),
         MICA_FIELD_REAL(mica_cosine_decay_restarts_opts, t_mul, .otherwise = 2, MICA_FROM(1)),
         MICA_FIELD_REAL(mica_cosine_decay_restarts_opts, m_mul, .otherwise = 1, MICA_ABOVE(0)),
         MICA_FIELD_REAL(mica_cosine_decay_restarts_opts, alpha, MICA_WITHIN(0, 1)))
SCHEDULE(one_cycle, mica_one_cycle_opts, one_cycle,
         MICA_FIELD_REAL(mica_one_cycle_opts, max_learning_rate, MICA_FROM(0)),
         MICA_FIELD_REAL(mica_one_cycle_opts, total_steps, MICA_ABOVE(0)),
         MICA_FIELD_REAL(mica_one_cycle_opts, rise, .otherwise = 0.3, .low = 0, .high = 1, .range = MICA_RANGE_ABOVE_LOW | MICA_RANGE_BELOW_HIGH),
         MICA_FIELD_REAL(mica_one_cycle_opts, first_factor, .otherwise = 25, MICA_FROM(1)),
         MICA_FIELD_REAL(mica_one_cycle_opts, last_factor, .otherwise = 1e4, MICA_FROM(1)))
SCHEDULE(piecewise_constant_decay, mica_piecewise_constant_decay_opts, piecewise_constant_decay,
         MICA_FIELD_REAL(mica_piecewise_constant_decay_opts, boundaries, .count = MICA_MOST_PIECES),
         MICA_FIELD_REAL(mica_piecewise_constant_decay_opts, values, .count = MICA_MOST_PIECES + 1))
const mica_kind mica_kind_custom_schedule = {.name = "custom_schedule", .type = MICA_SCHEDULE, .size = sizeof(mica_custom_schedule_opts),
                                             .rate = custom};
