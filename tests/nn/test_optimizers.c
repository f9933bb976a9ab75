/* SPDX-License-Identifier: MIT */
/* nn/test_optimizers.c - five updates of each optimizer against Keras; ranges; denormal moments. */
#include "golden/optimizers.h"
#include "nn/compute.h"
#include "nn/nn.h"

#include <string.h>

#define OK(call) cr_assert((call) == MICA_OK, "%s", mica_error(NULL))

enum { N = 6, STEPS = 5, MOST_SLOTS = 6, MOST_CASES = 32 };

typedef struct optimizer_case {
	const char *name;
	mica_optimizer o;
	const float *path;
} optimizer_case;

/* A variable and its optimizer's state; several share a step, a gradient and a plan. */
typedef struct trained {
	mica_var w, slots[MOST_SLOTS];
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

static mica_var slot_variable(rig *r, const mica_slot *slot)
{
	mica_shape s = MICA_SHAPE(r->n);
	float first[N];

	for (size_t k = 0; k < N; k++)
		first[k] = (float)slot->start;
	return given(&r->b, first, slot->shape ? slot->shape(s) : s);
}

/* Only slots that the options need get a variable, and exactly these get a new value. */
static trained rig_add(rig *r, const mica_optimizer *opts, const float *start)
{
	mica_optimizer o = *opts;
	mica_var fresh[MOST_SLOTS] = {NULL};
	mica_slot slot;

	cr_assert(mica__optimizer_resolve(&o) == MICA_OK, "%s", mica_error(NULL));
	cr_assert(mica__optimizer_slots(&o) <= MOST_SLOTS && r->count + 1 + MOST_SLOTS <= sizeof r->out / sizeof *r->out);
	trained t = {.w = given(&r->b, start, MICA_SHAPE(r->n))};
	for (size_t i = 0; i < mica__optimizer_slots(&o); i++)
		if (mica__optimizer_slot(&o, i, &slot))
			t.slots[i] = slot_variable(r, &slot);
	mica_var rate = mica_graph_scalar(r->b.g, o.learning_rate);
	mica_var value = mica__optimizer_update(&o, t.w, r->gradient, t.slots, fresh, rate, r->next);
	r->out[r->count++] = mica_op_assign(t.w, value);
	for (size_t i = 0; i < MOST_SLOTS; i++) {
		cr_assert(!t.slots[i] == !fresh[i], "%s: slot %zu", o.name, i);
		if (fresh[i])
			r->out[r->count++] = mica_op_assign(t.slots[i], fresh[i]);
	}
	return t;
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
		t[i] = rig_add(&r, &cases[i].o, golden_optimizer_start);
	for (size_t s = 0; s < STEPS; s++) {
		rig_step(&r, gradients + s * N);
		for (size_t i = 0; i < n; i++) {
			OK(mica_value_read(mica_var_value(t[i].w), w, sizeof w));
			check_near(cases[i].name, w, cases[i].path + s * N, N, 1e-6, 1e-8);
		}
	}
	mica_close(r.b.ctx);
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
		{"rmsprop", {0}, golden_optimizer_rmsprop},
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
	trained adam = rig_add(&r, &mica_adam(.beta_1 = 1e-6, .beta_2 = 1e-6), (float[]){1});
	trained sgd = rig_add(&r, &mica_sgd(.learning_rate = 1, .momentum = 1e-6), (float[]){1});
	float m[1];

	rig_step(&r, (float[]){1e-9f});
	for (int i = 0; i < 4; i++)
		rig_step(&r, (float[]){0});
	OK(mica_value_read(mica_var_value(sgd.slots[0]), m, sizeof m));
	cr_expect(near((double)m[0], -1e-33, 1e-5, 0), "%g", (double)m[0]);
	rig_step(&r, (float[]){0});
	const mica_var slots[] = {adam.slots[0], adam.slots[1], sgd.slots[0]};
	for (size_t i = 0; i < 3; i++) {
		OK(mica_value_read(mica_var_value(slots[i]), m, sizeof m));
		cr_expect(m[0] == 0, "slot %zu is %g", i, (double)m[0]);
	}
	mica_close(r.b.ctx);
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
		t[i] = rig_add(&r, &all[i], (float[]){1});
	rig_step(&r, (float[]){NAN});
	for (size_t i = 0; i < ALL; i++) {
		OK(mica_value_read(mica_var_value(t[i].w), w, sizeof w));
		cr_expect(isnan(w[0]), "%s: %g", all[i].name, (double)w[0]);
	}
	mica_close(r.b.ctx);
}

static mica_shape scalar(mica_shape variable)
{
	(void)variable;
	return MICA_SCALAR_SHAPE;
}

/* w -= rate sum of slots; each slot counts its own way. */
static mica_var many_slots(mica_var w, mica_var g, const mica_var *slots, mica_var *out, mica_var rate, mica_var step, const void *payload)
{
	mica_var sum = g;

	(void)step;
	for (size_t i = 0; i < MOST_SLOTS; i++) {
		sum = mica_op_add(sum, slots[i]);
		out[i] = mica_op_mulc(slots[i], *(const double *)payload);
	}
	return mica_op_sub(w, mica_op_mul(sum, rate));
}

/* Any number of slots, each with its shape and first value. */
Test(optimizers, may_be_the_users)
{
	static const mica_slot slots[MOST_SLOTS] = {{"a", 0.5, NULL}, {"b", 2, scalar}, {NULL, 0, NULL}, {"c", 3, NULL}, {"d", 4, scalar}, {"e", 0.25, NULL}};
	double half = 0.5;
	rig r = rig_open(2);
	trained t = rig_add(&r, &mica_custom_optimizer(.learning_rate = 1, .update = many_slots, .slots = slots, .slot_count = MOST_SLOTS, .payload = &half),
	                    (float[]){0, 100});
	trained plain = rig_add(&r, &(mica_optimizer){.update = many_slots, .slot_count = MOST_SLOTS, .payload = &half, .learning_rate = 1}, (float[]){0, 100});
	float w[2];

	rig_step(&r, (float[]){1, 2});
	OK(mica_value_read(mica_var_value(t.w), w, sizeof w));
	cr_expect(w[0] == -10.75f && w[1] == 88.25f, "%g %g", (double)w[0], (double)w[1]);
	OK(mica_value_read(mica_var_value(plain.w), w, sizeof w));
	cr_expect(w[0] == -1 && w[1] == 98, "%g %g", (double)w[0], (double)w[1]);
	rig_step(&r, (float[]){0, 0});
	OK(mica_value_read(mica_var_value(t.w), w, sizeof w));
	cr_expect(w[0] == -15.625f && w[1] == 83.375f, "%g %g", (double)w[0], (double)w[1]);
	cr_expect(mica_var_count(t.slots[1]) == 1);
	mica_close(r.b.ctx);
}

Test(optimizers, have_names_and_defaults)
{
	mica_optimizer o;

	cr_assert(mica_optimizer_parse("sgd", &o) && strcmp(o.name, "sgd") == 0);
	cr_expect(mica__optimizer_resolve(&o) == MICA_OK && o.learning_rate == 0.01);
	cr_assert(mica_optimizer_parse("adamw", &o) && strcmp(o.name, "adamw") == 0);
	cr_expect(mica__optimizer_resolve(&o) == MICA_OK && o.learning_rate == 1e-3 && o.weight_decay == 0.004);
	cr_expect(!mica_optimizer_parse("adan", &o));
	cr_expect(!mica_optimizer_parse("custom", &o), "a custom optimizer has no name");
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
		{mica_custom_optimizer(), "update function"},
		{{.name = "adan"}, "no optimizer \"adan\"; there is rmsprop, sgd"},
		{mica_adam(.momentum = 0.9), "adam: it has no option momentum"},
		{mica_sgd(.amsgrad = true), "sgd: it has no option amsgrad"},
		{mica_adagrad(.initial_accumulator_value = -1), "initial_accumulator_value is -1"},
		{mica_sgd(.slot_count = 1), "update function of its own"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		mica_optimizer o = bad[i].o;
		cr_expect(mica__optimizer_resolve(&o) == MICA_EINVAL, "%s", bad[i].says);
		cr_expect(strstr(mica_error(NULL), bad[i].says), "\"%s\" lacks \"%s\"", mica_error(NULL), bad[i].says);
	}
}
