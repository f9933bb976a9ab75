/* SPDX-License-Identifier: MIT */
/* nn/test_optimizers.c - five updates of each optimizer against Keras; ranges; denormal moments. */
#include "golden/optimizers.h"
#include "nn/compute.h"
#include "nn/nn.h"

#include <string.h>

#define OK(call) cr_assert((call) == MICA_OK, "%s", mica_error(NULL))

enum { N = 6, STEPS = 10, MOST_SLOTS = 6, MOST_CASES = 48 };

typedef struct optimizer_case {
	const char *name;
	mica_optimizer o;
	const float *path;
} optimizer_case;

/* A variable and its optimizer's state; several share a step, a gradient and a plan. */
typedef struct trained {
	mica__weight weight;
	mica__variable v;
	mica_var w;
} trained;
typedef struct rig {
	bench b;
	mica_var gradient, step, next, out[1 + MOST_CASES * (1 + MOST_SLOTS)];
	size_t n, count;
	mica_plan *plan;
} rig;

static rig rig_open(size_t n)
{
	rig r = {.b = bench_open(), .n = n};

	r.gradient = mica_graph_input(r.b.g, "gradient", MICA_F32, MICA_SHAPE(n));
	r.step = mica_graph_variable(r.b.g, "step", MICA_F32, MICA_SCALAR_SHAPE);
	r.next = mica_op_addc(r.step, 1);
	r.out[r.count++] = mica_op_assign(r.step, r.next);
	return r;
}

/* Every slot that is asked for gets a new value.  The trained must stay until the rig is closed. */
static void rig_add(rig *r, trained *t, mica_optimizer o, const float *start)
{
	cr_assert(mica__optimizer_keep(&o) == MICA_OK, "%s", mica_error(NULL));
	cr_assert(r->count + 1 + MOST_SLOTS <= sizeof r->out / sizeof *r->out);
	t->w = given(&r->b, start, MICA_SHAPE(r->n));
	t->weight = (mica__weight){.value = mica_var_value(t->w)};
	t->v = (mica__variable){.weight = &t->weight, .name = (char *)mica_var_name(t->w)};
	mica_var rate = mica__optimizer_rate(&o, mica_graph_scalar(r->b.g, mica__optimizer_option(&o, "learning_rate")), r->step);
	mica_var new = r->gradient;
	mica__optimizer_update(&o, &(mica__variable *){&t->v}, &t->w, &new, 1, rate, r->next);
	r->out[r->count++] = mica_op_assign(t->w, new);
	cr_assert(mica_graph_status(r->b.g) == MICA_OK, "%s", mica_graph_error(r->b.g));
	for (size_t i = 0; i < t->v.slots.n; i++)
		r->out[r->count++] = mica_op_assign(t->v.slots.at[i].old, t->v.slots.at[i].next);
	OK(mica__slots_start(&t->v.slots));
	mica__part_drop(&o.part);
}

static void rig_close(rig *r, trained *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		mica__slots_free(&t[i].v.slots, r->b.ctx);
	mica_close(r->b.ctx);
}

static void rig_step(rig *r, const float *gradient)
{
	if (!r->plan)
		OK(mica_plan_create(&r->plan, r->out, r->count, NULL));
	OK(mica_plan_feed(r->plan, mica_var_name(r->gradient), gradient, r->n * sizeof *gradient));
	OK(mica_plan_run(r->plan, 1));
}

static void follow(const optimizer_case *cases, size_t n, const float *gradients)
{
	rig r = rig_open(N);
	trained t[MOST_CASES];
	float w[N];

	for (size_t i = 0; i < n; i++)
		rig_add(&r, &t[i], cases[i].o, golden_optimizer_start);
	for (size_t s = 0; s < STEPS; s++) {
		rig_step(&r, gradients + s * N);
		for (size_t i = 0; i < n; i++) {
			OK(mica_value_read(mica_var_value(t[i].w), w, sizeof w));
			check_near(cases[i].name, w, cases[i].path + s * N, N, 1e-6, 1e-8);
		}
	}
	rig_close(&r, t, n);
}

/* Half of the weights begin near 0, so that the digits of the moves are seen. */
Test(optimizers, agree_with_keras)
{
	const optimizer_case cases[] = {
		{"sgd", mica_sgd(), golden_optimizer_sgd},
		{"sgd_momentum", mica_sgd(.learning_rate = 0.1, .momentum = 0.9), golden_optimizer_sgd_momentum},
		{"sgd_nesterov", mica_sgd(.learning_rate = 0.1, .momentum = 0.9, .nesterov = true), golden_optimizer_sgd_nesterov},
		{"sgd_decay", mica_sgd(.learning_rate = 0.1, .weight_decay = 0.02), golden_optimizer_sgd_decay},
		{"sgd_rate_0", mica_sgd(.learning_rate = MICA_ZERO, .momentum = 0.9), golden_optimizer_sgd_rate_0},
		{"rmsprop", {{NULL, NULL}}, golden_optimizer_rmsprop},
		{"rmsprop_momentum", mica_rmsprop(.learning_rate = 0.01, .rho = 0.8, .momentum = 0.7), golden_optimizer_rmsprop_momentum},
		{"rmsprop_centered", mica_rmsprop(.learning_rate = 0.01, .centered = true), golden_optimizer_rmsprop_centered},
		{"rmsprop_both", mica_rmsprop(.learning_rate = 0.01, .momentum = 0.5, .centered = true), golden_optimizer_rmsprop_both},
		{"rmsprop_rho_0", mica_rmsprop(.learning_rate = 0.01, .rho = MICA_ZERO), golden_optimizer_rmsprop_rho_0},
		{"rmsprop_epsilon_0", mica_rmsprop(.learning_rate = 0.01, .epsilon = MICA_ZERO), golden_optimizer_rmsprop_epsilon_0},
		{"adam", mica_adam(), golden_optimizer_adam},
		{"adam_other", mica_adam(.learning_rate = 0.05, .beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 1e-3), golden_optimizer_adam_other},
		{"adam_amsgrad", mica_adam(.learning_rate = 0.05, .beta_2 = 0.7, .amsgrad = true), golden_optimizer_adam_amsgrad},
		{"adam_beta_1_0", mica_adam(.learning_rate = 0.01, .beta_1 = MICA_ZERO, .beta_2 = 0.9), golden_optimizer_adam_beta_1_0},
		{"adam_beta_2_0", mica_adam(.learning_rate = 0.01, .beta_2 = MICA_ZERO), golden_optimizer_adam_beta_2_0},
		{"adam_betas_0", mica_adam(.learning_rate = 0.01, .beta_1 = MICA_ZERO, .beta_2 = MICA_ZERO), golden_optimizer_adam_betas_0},
		{"adam_epsilon_0", mica_adam(.learning_rate = 0.01, .epsilon = MICA_ZERO), golden_optimizer_adam_epsilon_0},
		{"adamw", mica_adamw(.learning_rate = 0.01), golden_optimizer_adamw},
		{"adamw_decay", mica_adamw(.learning_rate = 0.01, .weight_decay = 0.3), golden_optimizer_adamw_decay},
		{"adamw_decay_0", mica_adamw(.learning_rate = 0.01, .weight_decay = MICA_ZERO), golden_optimizer_adamw_decay_0},
		{"adagrad", mica_adagrad(), golden_optimizer_adagrad},
		{"adagrad_other", mica_adagrad(.learning_rate = 0.1, .initial_accumulator_value = 0.5, .weight_decay = 0.1), golden_optimizer_adagrad_other},
		{"adagrad_start_0", mica_adagrad(.learning_rate = 0.1, .initial_accumulator_value = MICA_ZERO), golden_optimizer_adagrad_start_0},
		{"adadelta", mica_adadelta(), golden_optimizer_adadelta},
		{"adadelta_other", mica_adadelta(.learning_rate = 1, .rho = 0.8, .epsilon = 1e-3), golden_optimizer_adadelta_other},
		{"adamax", mica_adamax(), golden_optimizer_adamax},
		{"adamax_other", mica_adamax(.learning_rate = 0.05, .beta_1 = 0.7, .beta_2 = 0.8, .weight_decay = 0.1), golden_optimizer_adamax_other},
		{"nadam", mica_nadam(), golden_optimizer_nadam},
		{"nadam_other", mica_nadam(.learning_rate = 0.05, .beta_1 = 0.7, .beta_2 = 0.9), golden_optimizer_nadam_other},
		{"lion", mica_lion(), golden_optimizer_lion},
		{"lion_other", mica_lion(.learning_rate = 0.05, .beta_1 = 0.5, .beta_2 = 0.6), golden_optimizer_lion_other},
		{"lamb", mica_lamb(), golden_optimizer_lamb},
		{"lamb_other", mica_lamb(.learning_rate = 0.1, .beta_1 = 0.7, .beta_2 = 0.8, .epsilon = 1e-3), golden_optimizer_lamb_other},
		{"ftrl", mica_ftrl(), golden_optimizer_ftrl},
		{"ftrl_other", mica_ftrl(.learning_rate = 0.1, .learning_rate_power = -0.3, .initial_accumulator_value = 0.2,
		                         .l1_regularization_strength = 0.05, .l2_regularization_strength = 0.1,
		                         .l2_shrinkage_regularization_strength = 0.2, .beta = 0.3), golden_optimizer_ftrl_other},
		{"adafactor", mica_adafactor(), golden_optimizer_adafactor},
		{"adafactor_other", mica_adafactor(.learning_rate = 0.1, .beta_2_decay = -0.5, .epsilon_2 = 0.1, .clip_threshold = 0.6),
		 golden_optimizer_adafactor_other},
		{"clipnorm", mica_sgd(.learning_rate = 0.1, .clipnorm = 0.9), golden_optimizer_clipnorm},
		{"clipvalue", mica_sgd(.learning_rate = 0.1, .clipvalue = 0.7), golden_optimizer_clipvalue},
		{"global_clipnorm", mica_sgd(.learning_rate = 0.1, .global_clipnorm = 0.9), golden_optimizer_global_clipnorm},
		{"schedule", mica_sgd(.schedule = mica_exponential_decay(0.1, 2, 0.5)), golden_optimizer_schedule},
	};

	follow(cases, sizeof cases / sizeof *cases, golden_optimizer_gradients);
}

/* No moment is too small to be noticed when the epsilon is smaller still. */
Test(optimizers, keep_small_moments)
{
	const optimizer_case cases[] = {
		{"adam_small", mica_adam(.learning_rate = 0.1, .epsilon = 1e-20), golden_optimizer_adam_small},
		{"rmsprop_small", mica_rmsprop(.learning_rate = 0.1, .epsilon = 1e-33), golden_optimizer_rmsprop_small},
	};

	follow(cases, sizeof cases / sizeof *cases, golden_optimizer_small_gradients);
}

/* A weight whose gradient stays 0 must not keep denormal moments, which are slow; but the last normal number stays. */
Test(optimizers, flush_moments_that_fade)
{
	rig r = rig_open(1);
	trained t[2];
	float m[1];

	rig_add(&r, &t[0], mica_adam(.beta_1 = 1e-6, .beta_2 = 1e-6), (float[]){1});
	rig_add(&r, &t[1], mica_sgd(.learning_rate = 1, .momentum = 1e-6), (float[]){1});
	rig_step(&r, (float[]){1e-9f});
	for (int i = 0; i < 4; i++)
		rig_step(&r, (float[]){0});
	OK(mica_value_read(t[1].v.slots.at[0].value, m, sizeof m));
	cr_expect(near((double)m[0], -1e-33, 1e-5, 0), "%g", (double)m[0]);
	rig_step(&r, (float[]){0});
	mica_value *const slots[] = {t[0].v.slots.at[0].value, t[0].v.slots.at[1].value, t[1].v.slots.at[0].value};
	for (size_t i = 0; i < 3; i++) {
		OK(mica_value_read(slots[i], m, sizeof m));
		cr_expect(m[0] == 0, "slot %zu is %g", i, (double)m[0]);
	}
	rig_close(&r, t, 2);
}

/* A gradient that is no number must not be hidden. */
Test(optimizers, let_nan_through)
{
	rig r = rig_open(1);
	const mica_optimizer all[] = {mica_adam(), mica_sgd(.momentum = 0.9), mica_rmsprop(.momentum = 0.5, .centered = true), mica_adagrad()};
	enum { ALL = sizeof all / sizeof *all };
	trained t[ALL];
	float w[1];

	for (size_t i = 0; i < ALL; i++)
		rig_add(&r, &t[i], all[i], (float[]){1});
	rig_step(&r, (float[]){NAN});
	for (size_t i = 0; i < ALL; i++) {
		OK(mica_value_read(mica_var_value(t[i].w), w, sizeof w));
		cr_expect(isnan(w[0]), "%s: %g", all[i].part.kind->name, (double)w[0]);
	}
	rig_close(&r, t, ALL);
}

/* w -= rate sum of slots; each slot counts its own way. */
static mica_var many_slots(mica_update *u, const void *payload)
{
	static const struct {
		const char *name;
		double start;
		bool scalar;
	} slots[MOST_SLOTS] = {{"a", 0.5, false}, {"b", 2, true}, {"0", 0, false}, {"c", 3, false}, {"d", 4, true}, {"e", 0.25, false}};
	mica_var sum = u->gradient;

	for (size_t i = 0; i < MOST_SLOTS; i++) {
		mica_shape s = slots[i].scalar ? MICA_SCALAR_SHAPE : mica_var_shape(u->variable);
		mica_var slot = mica_slot_shaped(u, slots[i].name, s, slots[i].start);
		sum = mica_op_add(sum, slot);
		mica_slot_assign(u, slots[i].name, mica_op_mulc(slot, *(const double *)payload));
	}
	return mica_op_sub(u->variable, mica_op_mul(sum, u->rate));
}

/* Any number of slots, each with its shape and first value. */
Test(optimizers, may_be_the_users)
{
	double half = 0.5;
	rig r = rig_open(2);
	trained t;
	float w[2];

	rig_add(&r, &t, mica_custom_optimizer(.learning_rate = 1, .update = many_slots, .payload = &half), (float[]){0, 100});
	rig_step(&r, (float[]){1, 2});
	OK(mica_value_read(mica_var_value(t.w), w, sizeof w));
	cr_expect(w[0] == -10.75f && w[1] == 88.25f, "%g %g", (double)w[0], (double)w[1]);
	rig_step(&r, (float[]){0, 0});
	OK(mica_value_read(mica_var_value(t.w), w, sizeof w));
	cr_expect(w[0] == -15.625f && w[1] == 83.375f, "%g %g", (double)w[0], (double)w[1]);
	cr_expect(t.v.slots.n == MOST_SLOTS && mica_value_count(t.v.slots.at[1].value) == 1);
	cr_expect(strcmp(mica_value_path(t.v.slots.at[1].value), "given/b") == 0, "%s", mica_value_path(t.v.slots.at[1].value));
	rig_close(&r, &t, 1);
}

/* ---- schedules ---- */

static mica_var halved(mica_var steps, const void *payload)
{
	return mica_op_mulc(steps, *(const double *)payload);
}

/* Rates at steps 0, 3, 6, ...; all of them in one plan, from a variable that holds the step. */
Test(schedules, agree_with_keras)
{
	enum { TIMES = 17 };
	const struct {
		const char *name;
		mica_schedule s;
		const float *keras;
	} cases[] = {
#define CASE(id, ...) {#id, __VA_ARGS__, golden_schedule_##id}
		CASE(exponential, mica_exponential_decay(0.1, 7, 0.6)),
		CASE(exponential_staircase, mica_exponential_decay(0.1, 7, 0.6, .staircase = true)),
		CASE(inverse, mica_inverse_time_decay(0.1, 7, 0.6)),
		CASE(inverse_staircase, mica_inverse_time_decay(0.1, 7, 0.6, .staircase = true)),
		CASE(piecewise, mica_piecewise_constant_decay(.boundaries = {5, 8, 20}, .values = {1, 0.5, 0.25, 0.125})),
		CASE(polynomial, mica_polynomial_decay(0.1, 30)),
		CASE(polynomial_power, mica_polynomial_decay(0.1, 30, 0.02, .power = 2.5)),
		CASE(polynomial_cycle, mica_polynomial_decay(0.1, 9, 0.02, .cycle = true)),
		CASE(cosine, mica_cosine_decay(0.1, 30)),
		CASE(cosine_alpha, mica_cosine_decay(0.1, 30, .alpha = 0.2)),
		CASE(cosine_warmup, mica_cosine_decay(0.01, 30, .warmup_target = 0.1, .warmup_steps = 10)),
		CASE(restarts, mica_cosine_decay_restarts(0.1, 7)),
		CASE(restarts_other, mica_cosine_decay_restarts(0.1, 6, .t_mul = 1.5, .m_mul = 0.8, .alpha = 0.1)),
		CASE(restarts_equal, mica_cosine_decay_restarts(0.1, 7, .t_mul = 1, .m_mul = 0.7)),
	};
	enum { CASES = sizeof cases / sizeof *cases };
	bench b = bench_open();
	double half = 0.5;
	mica_var step = mica_graph_variable(b.g, "step", MICA_F32, MICA_SCALAR_SHAPE), out[CASES + 3], none = mica_graph_scalar(b.g, -1);

	for (size_t i = 0; i < CASES + 2; i++) {
		mica_optimizer o = mica_sgd(.schedule = i < CASES ? cases[i].s : i == CASES ? mica_one_cycle(1, 48) : mica_custom_schedule(.rate = halved, .payload = &half));
		OK(mica__optimizer_keep(&o));
		out[i] = mica__optimizer_rate(&o, none, step);
		mica__part_drop(&o.part);
	}
	out[CASES + 2] = mica_op_assign(step, mica_op_addc(step, 3));
	mica_plan *p;
	float rate, cycle[TIMES];
	OK(mica_plan_create(&p, out, CASES + 3, NULL));
	for (size_t t = 0; t < TIMES; t++) {
		OK(mica_plan_run(p, 1));
		for (size_t i = 0; i < CASES; i++) {
			OK(mica_plan_fetch(p, i, &rate, sizeof rate));
			cr_expect(near((double)rate, (double)cases[i].keras[t], 2e-5, 1e-8), "%s at %zu: %.9g, Keras has %.9g", cases[i].name, 3 * t,
			          (double)rate, (double)cases[i].keras[t]);
		}
		OK(mica_plan_fetch(p, CASES, &cycle[t], sizeof rate));
		OK(mica_plan_fetch(p, CASES + 1, &rate, sizeof rate));
		cr_expect(rate == 1.5f * (float)t, "%g", (double)rate);
	}
	cr_expect(near((double)cycle[0], 0.04, 1e-5, 0) && near((double)cycle[16], 4e-6, 1e-2, 0), "%g %g", (double)cycle[0], (double)cycle[16]);
	for (size_t t = 1; t < TIMES; t++) /* the top is at 14.4 */
		cr_expect(t <= 4 ? cycle[t] > cycle[t - 1] : t == 5 || cycle[t] < cycle[t - 1], "%zu", t);
	cr_expect(cycle[5] > 0.98f);
	mica_plan_destroy(p);
	mica_close(b.ctx);
}

static mica_var leaves_a_slot(mica_update *u, const void *payload)
{
	(void)payload;
	return mica_op_add(u->variable, mica_slot(u, "left", 0));
}

static mica_var assigns_no_slot(mica_update *u, const void *payload)
{
	(void)payload;
	return mica_slot_assign(u, "none", u->gradient);
}

static mica_var assigns_a_number(mica_update *u, const void *payload)
{
	(void)payload;
	mica_slot(u, "m", 0);
	return mica_slot_assign(u, "m", u->rate);
}

static mica_var names_badly(mica_update *u, const void *payload)
{
	(void)payload;
	return mica_slot(u, "a\nb", 0);
}

static mica_var is_nothing(mica_update *u, const void *payload)
{
	(void)u;
	(void)payload;
	return NULL;
}

Test(optimizers, of_the_user_must_keep_their_slots)
{
	const struct {
		mica_var (*update)(mica_update *u, const void *payload);
		const char *says;
	} bad[] = {
		{leaves_a_slot, "no new value for slot given/left"}, {assigns_no_slot, "slot \"none\": assigned, but never asked for"},
		{assigns_a_number, "slot \"m\" has shape (2), its new value ()"}, {names_badly, "slot name"}, {is_nothing, "returned NULL for given"},
		{NULL, "custom_optimizer: it has no update function"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bench b = bench_open();
		mica_optimizer o = mica_custom_optimizer(.update = bad[i].update);
		mica_var w = given(&b, (float[]){1, 2}, MICA_SHAPE(2)), one = mica_graph_scalar(b.g, 1);
		mica__weight weight = {.value = mica_var_value(w)};
		mica__variable v = {.weight = &weight, .name = (char *)mica_var_name(w)};
		OK(mica__optimizer_keep(&o));
		mica__optimizer_update(&o, &(mica__variable *){&v}, &w, &(mica_var){w}, 1, one, one);
		cr_expect(mica_graph_status(b.g) != MICA_OK && strstr(mica_graph_error(b.g), bad[i].says), "\"%s\" lacks \"%s\"",
		          mica_graph_error(b.g), bad[i].says);
		mica__slots_free(&v.slots, b.ctx);
		mica__part_drop(&o.part);
		mica_close(b.ctx);
	}
}

Test(optimizers, have_names_and_defaults)
{
	const struct {
		const char *name;
		double rate, decay;
	} each[] = {{"sgd", 0.01, 0}, {"rmsprop", 1e-3, 0}, {"adam", 1e-3, 0}, {"adamw", 1e-3, 0.004}, {"adagrad", 1e-3, 0}};

	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		mica_optimizer o = MICA_PART(mica_optimizer, mica_kind_find(MICA_OPTIMIZER, each[i].name), NULL);
		OK(mica__optimizer_keep(&o));
		cr_expect(mica__optimizer_option(&o, "learning_rate") == each[i].rate, "%s", each[i].name);
		cr_expect(mica__optimizer_option(&o, "weight_decay") == each[i].decay, "%s", each[i].name);
		mica__part_drop(&o.part);
	}
	cr_expect(!mica_kind_find(MICA_OPTIMIZER, "adan"));
}

Test(optimizers, refuse_numbers_out_of_range)
{
	const struct {
		mica_optimizer o;
		const char *says;
	} bad[] = {
		{mica_adam(.learning_rate = -1), "learning_rate is -1"},
		{mica_adam(.learning_rate = NAN), "learning_rate is nan"},
		{mica_sgd(.learning_rate = INFINITY), "learning_rate is inf"},
		{mica_sgd(.momentum = 1.5), "momentum is 1.5"},
		{mica_rmsprop(.rho = 1), "rho is 1"},
		{mica_adam(.beta_1 = 1), "beta_1 is 1"},
		{mica_adam(.epsilon = -1e-7), "epsilon is -1e-07"},
		{mica_adamw(.weight_decay = -1), "weight_decay is -1"},
		{mica_adagrad(.initial_accumulator_value = -1), "initial_accumulator_value is -1"},
		{{mica_huber().part}, "huber is of type loss; give a part of type optimizer"},
		{mica_adam(.clipnorm = -1), "clipnorm is -1"},
		{mica_adam(.clipnorm = 1, .global_clipnorm = 1), "adam: give one of clipnorm, clipvalue and global_clipnorm"},
		{mica_adam(.schedule = mica_exponential_decay(0.1)), "exponential_decay: decay_steps is 0; give a finite number above 0"},
		{mica_adam(.schedule = {mica_adam().part}), "adam is of type optimizer; give a part of type schedule"},
		{mica_ftrl(.learning_rate_power = 1), "learning_rate_power is 1; give a finite number at most 0"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		mica_optimizer o = bad[i].o;
		cr_expect(mica__optimizer_keep(&o) == MICA_EINVAL && !o.part.kind, "%s", bad[i].says);
		cr_expect(strstr(mica_error(NULL), bad[i].says), "\"%s\" lacks \"%s\"", mica_error(NULL), bad[i].says);
	}
}
