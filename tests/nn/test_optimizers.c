/* SPDX-License-Identifier: MIT */
/* nn/test_optimizers.c - five updates of each optimizer against Keras; ranges; denormal moments. */
#include "golden/keras.h"
#include "nn/compute.h"
#include "nn/nn.h"

#include <string.h>

#define OK(call) cr_assert((call) == MICA_OK, "%s", mica_error(NULL))

enum { N = 6, STEPS = 5, MOST_SLOTS = 6 };

typedef struct optimizer_case {
	const char *name;
	mica_optimizer o;
	const float *path;
} optimizer_case;

/* A variable, its gradient as an input, and the plan of one update. */
typedef struct rig {
	bench b;
	mica_var w, gradient, step, slots[MOST_SLOTS];
	mica_plan *plan;
} rig;

static void rig_make(rig *r, const mica_optimizer *opts, const float *start, size_t n)
{
	mica_optimizer o = *opts;
	mica_var fresh[MOST_SLOTS] = {NULL}, out[2 + MOST_SLOTS];
	size_t count = 0;
	mica_slot slot;

	cr_assert(mica__optimizer_resolve(&o) == MICA_OK, "%s", mica_error(NULL));
	r->w = given(&r->b, start, MICA_SHAPE(n));
	r->gradient = mica_graph_input(r->b.g, "gradient", MICA_F32, MICA_SHAPE(n));
	r->step = mica_graph_variable(r->b.g, "step", MICA_F32, MICA_SCALAR_SHAPE);
	cr_assert(mica__optimizer_slots(&o) <= MOST_SLOTS);
	for (size_t i = 0; i < mica__optimizer_slots(&o); i++) {
		mica_shape s = MICA_SHAPE(n);
		if (!mica__optimizer_slot(&o, i, &slot))
			continue;
		r->slots[i] = mica_graph_variable(r->b.g, "slot", MICA_F32, slot.shape ? slot.shape(s) : s);
		float first[N];
		for (size_t k = 0; k < N; k++)
			first[k] = (float)slot.start;
		OK(mica_value_write(mica_var_value(r->slots[i]), first, mica_var_count(r->slots[i]) * sizeof *first));
	}
	mica_var rate = mica_graph_scalar(r->b.g, o.learning_rate), step = mica_op_addc(r->step, 1);
	out[count++] = mica_op_assign(r->w, mica__optimizer_update(&o, r->w, r->gradient, r->slots, fresh, rate, step));
	out[count++] = mica_op_assign(r->step, step);
	for (size_t i = 0; i < MOST_SLOTS; i++) {
		cr_assert(!r->slots[i] == !fresh[i], "slot %zu", i);
		if (fresh[i])
			out[count++] = mica_op_assign(r->slots[i], fresh[i]);
	}
	cr_assert(mica_plan_create(&r->plan, out, count, NULL) == MICA_OK, "%s", mica_error(NULL));
}

static void rig_step(rig *r, const float *gradient, float *w, size_t n)
{
	cr_assert(mica_plan_feed(r->plan, mica_var_name(r->gradient), gradient, n * sizeof *gradient) == MICA_OK, "%s", mica_error(NULL));
	cr_assert(mica_plan_run(r->plan, 1) == MICA_OK, "%s", mica_error(NULL));
	cr_assert(mica_value_read(mica_var_value(r->w), w, n * sizeof *w) == MICA_OK, "%s", mica_error(NULL));
}

Test(optimizers, agree_with_keras)
{
	const optimizer_case cases[] = {
		{"sgd", mica_sgd(), golden_optimizer_sgd},
		{"sgd_momentum", mica_sgd(.learning_rate = 0.1, .momentum = 0.9), golden_optimizer_sgd_momentum},
		{"sgd_nesterov", mica_sgd(.learning_rate = 0.1, .momentum = 0.9, .nesterov = true), golden_optimizer_sgd_nesterov},
		{"sgd_decay", mica_sgd(.learning_rate = 0.1, .weight_decay = 0.02), golden_optimizer_sgd_decay},
		{"rmsprop", {0}, golden_optimizer_rmsprop},
		{"rmsprop_momentum", mica_rmsprop(.learning_rate = 0.01, .rho = 0.8, .momentum = 0.7), golden_optimizer_rmsprop_momentum},
		{"rmsprop_centered", mica_rmsprop(.learning_rate = 0.01, .centered = true), golden_optimizer_rmsprop_centered},
		{"rmsprop_both", mica_rmsprop(.learning_rate = 0.01, .momentum = 0.5, .centered = true), golden_optimizer_rmsprop_both},
		{"adam", mica_adam(), golden_optimizer_adam},
		{"adam_other", mica_adam(.learning_rate = 0.05, .beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 1e-3), golden_optimizer_adam_other},
		{"adam_amsgrad", mica_adam(.learning_rate = 0.05, .beta_2 = 0.7, .amsgrad = true), golden_optimizer_adam_amsgrad},
		{"adamw", mica_adamw(.learning_rate = 0.01), golden_optimizer_adamw},
		{"adamw_decay", mica_adamw(.learning_rate = 0.01, .weight_decay = 0.3), golden_optimizer_adamw_decay},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		rig r = {.b = bench_open()};
		float w[N];
		rig_make(&r, &cases[i].o, golden_optimizer_start, N);
		for (size_t s = 0; s < STEPS; s++) {
			rig_step(&r, golden_optimizer_gradients + s * N, w, N);
			check_near(cases[i].name, w, cases[i].path + s * N, N, 2e-6, 2e-7);
		}
		mica_close(r.b.ctx);
	}
}

/* A weight whose gradient stays 0 must not keep denormal moments, which are slow. */
Test(optimizers, flush_moments_that_fade)
{
	rig r = {.b = bench_open()};
	float w[1], m[1];
	rig_make(&r, &mica_adam(.beta_1 = 1e-6, .beta_2 = 1e-6), (float[]){1}, 1);

	rig_step(&r, (float[]){1e-9f}, w, 1);
	for (int i = 0; i < 6; i++)
		rig_step(&r, (float[]){0}, w, 1);
	for (size_t i = 0; i < 2; i++) {
		cr_assert(mica_value_read(mica_var_value(r.slots[i]), m, sizeof m) == MICA_OK);
		cr_expect(m[0] == 0, "slot %zu is %g", i, (double)m[0]);
	}
	mica_close(r.b.ctx);
}

Test(optimizers, let_nan_through)
{
	rig r = {.b = bench_open()};
	float w[1];
	rig_make(&r, &mica_adam(), (float[]){1}, 1);

	rig_step(&r, (float[]){NAN}, w, 1);
	cr_expect(isnan(w[0]), "%g", (double)w[0]);
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
