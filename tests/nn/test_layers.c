/* SPDX-License-Identifier: MIT */
/* nn/test_layers.c - layers by themselves: what random numbers depend on, and what is left for the loss. */
#include "nn/compute.h"
#include "nn/nn.h"

#include <string.h>

enum { N = 64 };

static mica_var two_draws(mica_build *b, mica_var x, void *payload)
{
	mica_shape s = mica_var_shape(x);

	(void)payload;
	return mica_op_add(mica_layer_random(b, s), mica_op_mulc(mica_layer_random(b, s), 1000));
}

/* The layer called once, kept for as long. */
static mica_var call(mica_build *b, mica_layer l, size_t index, mica_var x)
{
	cr_assert(mica__part_keep(&l.part, MICA_LAYER, MICA_LAYER) == MICA_OK, "%s", mica_error(NULL));
	mica_var y = mica__layer_call(b, &l, "layer", index, x);
	mica__part_drop(&l.part);
	return y;
}

static mica_build pass_of(bench *b, mica__weights *weights, uint64_t seed)
{
	return (mica_build){.graph = b->g, .weights = weights, .seed = seed, .training = true};
}

static bool same(const float *a, const float *b)
{
	return memcmp(a, b, N * sizeof *a) == 0;
}

/* Two draws of one layer are different numbers, as are those of another layer; those of the next pass are the same. */
Test(layers, draw_new_numbers_at_every_use)
{
	bench b = bench_open();
	mica__weights none = {0};
	mica_layer l = mica_custom_layer(.call = two_draws);
	float ones[N] = {0}, v[3][N], first[N], second[N];
	mica_var x = given(&b, ones, MICA_SHAPE(1, N)), out[3];
	size_t index[3] = {0, 1, 0}, equal = 0;

	for (size_t i = 0; i < 3; i++) {
		mica_build pass = pass_of(&b, &none, 5);
		out[i] = call(&pass, l, index[i], x);
	}
	values_of(out, (float *[]){v[0], v[1], v[2]}, 3);
	for (size_t i = 0; i < N; i++) {
		second[i] = floorf(v[0][i]) / 1000; /* 1000 second + first, of which first is below 1 */
		first[i] = v[0][i] - floorf(v[0][i]);
		equal += fabsf(second[i] - first[i]) < 2e-3f;
	}
	cr_expect(equal < N / 4, "%zu of %d numbers are drawn twice", equal, N);
	cr_expect(!same(v[0], v[1]) && same(v[0], v[2]));
	mica_close(b.ctx);
}

/* A dropout's own seed; MICA_NONE is the seed 0, none the model's. */
Test(layers, of_dropout_have_the_seed_they_are_given)
{
	bench b = bench_open();
	mica__weights none = {0};
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
		mica_build pass = pass_of(&b, &none, seeds[i].model);
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
	mica__weights none = {0};
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
	mica_build pass = pass_of(&b, &none, 0);

	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		call(&pass, each[i].l, i, x);
		cr_expect(pass.logits == (each[i].logits ? x : NULL), "%zu", i);
	}
	mica_close(b.ctx);
}
