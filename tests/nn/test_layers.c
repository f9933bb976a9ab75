/* SPDX-License-Identifier: MIT */
/* nn/test_layers.c - layers by themselves: what random numbers depend on, and what is left for the loss. */
#include "nn/compute.h"
#include "nn/nn.h"

#include <string.h>

enum { N = 64 };

/* Two numbers from 0, below 1, in one: first, and thousandths of second above the point. */
static mica_var both(mica_var first, mica_var second)
{
	return mica_op_add(first, mica_op_floor(mica_op_mulc(second, 1000)));
}

static mica_var two_draws(mica_build *b, mica_var x, void *payload)
{
	mica_shape s = mica_var_shape(x);
	mica_var first = mica_layer_random(b, s);

	(void)payload;
	return both(first, mica_layer_random(b, s));
}

/* The first one, and one that is very many behind it. */
static mica_var far_draws(mica_build *b, mica_var x, void *payload)
{
	mica_shape s = mica_var_shape(x);
	mica_var first = mica_layer_random(b, s), last = first;

	(void)payload;
	for (size_t i = 0; i < 256; i++)
		last = mica_layer_random(b, s);
	return both(first, last);
}

/* A layer that is made and called once; its weights live as long as the context. */
static mica_instance *made(mica_build *b, mica_layer l)
{
	mica_instance *i;

	cr_assert(mica__part_keep(&l.part, MICA_LAYER, MICA_LAYER) == MICA_OK, "%s", mica_error(NULL));
	cr_assert(mica__instance_make(&i, mica_graph_context(b->graph), l) == MICA_OK);
	memcpy(i->name, "layer", sizeof "layer");
	return i;
}

/* As the call of that number. */
static mica_var call(mica_build *b, mica_layer l, size_t number, mica_var x)
{
	mica_instance *i = made(b, l);
	mica_var y[MICA__MOST_OUTPUTS];

	b->calls = number;
	mica__layer_call(b, i, &x, 1, y);
	mica__instance_release(i);
	return y[0];
}

static mica_build pass_of(bench *b, uint64_t seed)
{
	static uint32_t streams;

	return (mica_build){.graph = b->g, .streams = &streams, .seed = seed, .training = true};
}

static bool same(const float *a, const float *b)
{
	return memcmp(a, b, N * sizeof *a) == 0;
}

/* Two draws of one layer are different numbers, as are those of another layer; those of the next pass are the same. */
Test(layers, draw_new_numbers_at_every_use)
{
	bench b = bench_open();
	mica_layer l = mica_custom_layer(.call = two_draws), far = mica_custom_layer(.call = far_draws);
	float ones[N] = {0}, v[4][N];
	mica_var x = given(&b, ones, MICA_SHAPE(1, N)), out[4];
	size_t index[4] = {0, 1, 0, 0}, equal[4] = {0};

	for (size_t i = 0; i < 4; i++) {
		mica_build pass = pass_of(&b, 5);
		out[i] = call(&pass, i < 3 ? l : far, index[i], x);
	}
	values_of(out, (float *[]){v[0], v[1], v[2], v[3]}, 4);
	for (size_t k = 0; k < 4; k++)
		for (size_t i = 0; i < N; i++) {
			float second = floorf(v[k][i]) / 1000, first = v[k][i] - floorf(v[k][i]);
			equal[k] += fabsf(second - first) < 2e-3f;
		}
	cr_expect(equal[0] < N / 4 && equal[3] < N / 4, "%zu and %zu of %d numbers are drawn twice", equal[0], equal[3], N);
	cr_expect(!same(v[0], v[1]) && same(v[0], v[2]));
	mica_close(b.ctx);
}

/* A dropout's own seed; MICA_NONE is the seed 0, none the model's. */
Test(layers, of_dropout_have_the_seed_they_are_given)
{
	bench b = bench_open();
	const struct {
		uint64_t model, own;
	} seeds[] = {{0, 0}, {5, 0}, {5, 7}, {9, 7}, {9, (uint64_t)MICA_NONE}};
	enum { SEEDS = sizeof seeds / sizeof *seeds };
	float ones[N], v[SEEDS][N], *at[SEEDS];
	mica_var out[SEEDS];

	for (size_t i = 0; i < N; i++)
		ones[i] = 1;
	mica_var x = given(&b, ones, MICA_SHAPE(1, N));
	for (size_t i = 0; i < SEEDS; i++) {
		mica_layer l = mica_dropout(0.5, .seed = seeds[i].own);
		mica_build pass = pass_of(&b, seeds[i].model);
		out[i] = call(&pass, l, 0, x);
		cr_expect(pass.seed == seeds[i].model, "the seed of the other layers stays");
		at[i] = v[i];
	}
	values_of(out, at, SEEDS);
	cr_expect(!same(v[0], v[1]) && !same(v[1], v[2]) && same(v[2], v[3]) && same(v[4], v[0]));
	mica_close(b.ctx);
}

/* A loss may have the argument of a softmax or sigmoid that came last, and of nothing else. */
Test(layers, leave_logits_of_softmax_and_sigmoid_only)
{
	bench b = bench_open();
	float zeros[N] = {0};
	mica_var x = given(&b, zeros, MICA_SHAPE(1, N));
	const struct {
		mica_layer l;
		bool logits;
	} each[] = {
		{mica_activation_layer(MICA_SOFTMAX), true}, {mica_activation_layer(MICA_TANH), false},
		{mica_activation_layer(MICA_SIGMOID), true}, {mica_flatten(), false},
		{mica_activation_layer(MICA_LOG_SOFTMAX), false},
	};
	mica_build pass = pass_of(&b, 0);

	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		mica_var y = call(&pass, each[i].l, i, x);
		cr_expect(mica__build_logits(&pass, y) == (each[i].logits ? x : NULL), "%zu", i);
	}
	mica__build_free(&pass);
	mica_close(b.ctx);
}

/* ---- noise ---- */

enum { MANY = 64 * 1024, CHANNELS = 16 };

typedef struct spread_of {
	double mean, deviation;
	size_t zeros;
} spread_of;

static spread_of measure(const float *v, size_t n)
{
	double sum = 0, squares = 0;
	size_t zeros = 0;

	for (size_t i = 0; i < n; i++) {
		sum += (double)v[i];
		squares += (double)v[i] * (double)v[i];
		zeros += v[i] == 0;
	}
	return (spread_of){sum / (double)n, sqrt(squares / (double)n - sum / (double)n * (sum / (double)n)), zeros};
}

/* Of 65,536 numbers the mean is known to 0.4 % of the deviation, and that to 0.3 %: 2 % are 5 sigmas and more. */
Test(layers, of_noise_have_the_moments_of_keras)
{
	static float ones[MANY], normal[MANY], v[3][MANY];
	bench b = bench_open();
	mica_shape s = MICA_SHAPE(MANY / 1024, 64, CHANNELS);
	mica_build pass = pass_of(&b, 3), rest = pass;

	rest.training = false;
	for (size_t i = 0; i < MANY; i++) {
		ones[i] = 1;
		normal[i] = (float)(sqrt(-2 * log(1 - hash_unit((uint32_t)i, 50))) * cos(6.283185307179586 * hash_unit((uint32_t)i, 51)));
	}
	mica_var x = given(&b, ones, s), n = given(&b, normal, s);
	cr_expect(call(&rest, mica_gaussian_noise(2), 0, x) == x && call(&rest, mica_alpha_dropout(0.5), 0, x) == x);
	cr_expect(call(&rest, mica_gaussian_dropout(0.5), 0, x) == x && call(&rest, mica_spatial_dropout(0.5), 0, x) == x);
	values_of((mica_var[]){call(&pass, mica_gaussian_noise(0.5), 0, x), call(&pass, mica_gaussian_dropout(0.2), 1, x),
	                       call(&pass, mica_alpha_dropout(0.3), 2, n)}, (float *[]){v[0], v[1], v[2]}, 3);
	spread_of noise = measure(v[0], MANY), dropout = measure(v[1], MANY), alpha = measure(v[2], MANY);
	cr_expect(near(noise.mean, 1, 0.02, 0) && near(noise.deviation, 0.5, 0.02, 0), "%g %g", noise.mean, noise.deviation);
	cr_expect(near(dropout.mean, 1, 0.02, 0) && near(dropout.deviation, 0.5, 0.02, 0), "%g %g", dropout.mean, dropout.deviation);
	cr_expect(near(alpha.mean, 0, 0, 0.02) && near(alpha.deviation, 1, 0.02, 0), "%g %g", alpha.mean, alpha.deviation);
	mica_close(b.ctx);
}

/* All of a channel of a sample, or none of it, whatever becomes of the other channels; half of the 1024 channels. */
Test(layers, of_spatial_dropout_drop_channels)
{
	static float ones[MANY], v[MANY];
	bench b = bench_open();
	mica_build pass = pass_of(&b, 3);
	size_t dropped = 0, mixed = 0;

	for (size_t i = 0; i < MANY; i++)
		ones[i] = 1;
	mica_var x = given(&b, ones, MICA_SHAPE(MANY / 1024, 64, CHANNELS));
	values_of((mica_var[]){call(&pass, mica_spatial_dropout(0.5), 0, x)}, (float *[]){v}, 1);
	for (size_t sample = 0; sample < MANY / 1024; sample++) {
		size_t before = dropped;
		for (size_t c = 0; c < CHANNELS; c++) {
			float first = v[sample * 1024 + c];
			dropped += first == 0;
			for (size_t i = 0; i < 64; i++)
				cr_assert(v[sample * 1024 + i * CHANNELS + c] == first && (first == 0 || first == 2));
		}
		mixed += dropped > before && dropped < before + CHANNELS;
	}
	cr_expect(dropped > 430 && dropped < 594, "%zu of 1024", dropped); /* 5 sigmas of 16 */
	cr_expect(mixed + 2 > MANY / 1024, "%zu samples of %d lose some channels and keep others", mixed, MANY / 1024);
	mica_close(b.ctx);
}

/* Numbers for the channels alone drop channels, as spatial dropout does; alpha dropout's are kept or not together too. */
Test(layers, of_dropout_have_the_noise_shape_they_are_given)
{
	enum { STEPS = N / 8 };
	bench b = bench_open();
	mica_build pass = pass_of(&b, 3);
	float ones[N], v[3][N];

	for (size_t i = 0; i < N; i++)
		ones[i] = 1;
	mica_var x = given(&b, ones, MICA_SHAPE(2, STEPS / 2, 8));
	values_of((mica_var[]){call(&pass, mica_spatial_dropout(0.5), 0, x), call(&pass, mica_dropout(0.5, .noise_shape = {1, MICA_INFER}), 0, x),
	                       call(&pass, mica_alpha_dropout(0.5, .noise_shape = {STEPS / 2, 1}), 0, x)}, (float *[]){v[0], v[1], v[2]}, 3);
	cr_expect(same(v[0], v[1]));
	for (size_t i = 0; i < N; i++)
		cr_expect(v[2][i] == v[2][i / 8 * 8], "%zu", i);
	call(&pass, mica_dropout(0.5, .noise_shape = {3, 8}), 0, x);
	cr_expect(strstr(mica_graph_error(b.g), "noise_shape does not go with a sample of shape (4, 8)"), "%s", mica_graph_error(b.g));
	mica_close(b.ctx);
}

/* ---- states and losses of a layer's own ---- */

static mica_var counts(mica_build *b, mica_var x, void *payload)
{
	mica_var seen = mica_layer_state(b, "seen", MICA_SCALAR_SHAPE, MICA_ONES);

	(void)payload;
	mica_layer_state_assign(b, "seen", mica_op_addc(seen, 1));
	mica_layer_loss(b, mica_op_mulc(seen, 0.5));
	mica_layer_loss(b, mica_op_mulc(seen, 0.25));
	return x;
}

static mica_var assigns_nothing(mica_build *b, mica_var x, void *payload)
{
	(void)payload;
	mica_layer_state_assign(b, "none", x);
	return x;
}

static mica_var assigns_another_shape(mica_build *b, mica_var x, void *payload)
{
	(void)payload;
	mica_layer_state(b, "s", MICA_SHAPE(3), MICA_ONES);
	mica_layer_state_assign(b, "s", x);
	return x;
}

static mica_var adds_a_row(mica_build *b, mica_var x, void *payload)
{
	(void)payload;
	mica_layer_loss(b, x);
	return x;
}

/* A second call of the layer goes on from what the first one assigned. */
Test(layers, may_have_states_and_losses)
{
	bench b = bench_open();
	mica_build pass = pass_of(&b, 0);
	float v[2], zeros[2] = {0};
	mica_var x = given(&b, zeros, MICA_SHAPE(1, 2)), y[MICA__MOST_OUTPUTS];
	mica_instance *i = made(&pass, mica_custom_layer(.call = counts));

	for (size_t k = 0; k < 2; k++)
		mica__layer_call(&pass, i, &x, 1, y);
	cr_assert(i->n_weights == 1 && i->weights[0]->state && pass.n_changes == 1 && pass.penalty);
	mica_value_write(i->weights[0]->value, (float[]){8}, sizeof(float));
	values_of((mica_var[]){pass.changes[0].next, pass.penalty}, (float *[]){&v[0], &v[1]}, 2);
	cr_expect(v[0] == 10 && v[1] == 12.75f, "%g %g", (double)v[0], (double)v[1]);
	mica__instance_release(i);
	mica__build_free(&pass);
	mica_close(b.ctx);
}

Test(layers, that_misuse_states_and_losses_are_told)
{
	float zeros[2] = {0};
	const struct {
		mica_var (*call)(mica_build *b, mica_var x, void *payload);
		const char *says;
	} bad[] = {
		{assigns_nothing, "state \"none\": there is none; call mica_layer_state first"},
		{assigns_another_shape, "state \"s\" has shape (3), its new value (1, 2)"},
		{adds_a_row, "a layer's loss is one number; this one is (1, 2)"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bench b = bench_open();
		mica_build pass = pass_of(&b, 0);
		call(&pass, mica_custom_layer(.call = bad[i].call), 0, given(&b, zeros, MICA_SHAPE(1, 2)));
		cr_expect(strstr(mica_graph_error(b.g), bad[i].says), "\"%s\" lacks \"%s\"", mica_graph_error(b.g), bad[i].says);
		mica__build_free(&pass);
		mica_close(b.ctx);
	}
}
