/* SPDX-License-Identifier: MIT */
/* nn/test_activations.c - every activation and its slope against Keras, from -60 to 60. */
#include "golden/keras.h"
#include "nn/compute.h"

#include <string.h>

#define ACTIVATIONS(X)                                                                                  \
	X(linear) X(relu) X(softmax) X(sigmoid) X(tanh) X(elu) X(selu) X(gelu) X(silu) X(softplus)      \
	X(softsign) X(leaky_relu) X(hard_sigmoid) X(mish) X(exponential) X(log_softmax)

static const struct {
	const char *name;
	const float *value, *slope;
} golden[] = {
#define X(n) {#n, golden_activation_##n, golden_activation_##n##_slope},
	ACTIVATIONS(X)
#undef X
};

enum { N = 50 };

Test(activations, agree_with_keras)
{
	bench b = bench_open();
	mica_var x = given(&b, golden_activation_x, MICA_SHAPE(2, N / 2));
	mica_var seed = given(&b, golden_activation_seed, MICA_SHAPE(2, N / 2));
	float value[N], slope[N];

	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		mica_activation a;
		cr_assert(mica_activation_parse(golden[i].name, &a), "%s", golden[i].name);
		mica_var y = mica_activate(x, a), dx;
		cr_assert(mica_gradient(y, seed, &x, 1, &dx) == MICA_OK, "%s: %s", golden[i].name, mica_error(NULL));
		values_of((mica_var[]){y, dx}, (float *[]){value, slope}, 2);
		check_near(golden[i].name, value, golden[i].value, N, 4e-6, 1e-6);
		check_near(golden[i].name, slope, golden[i].slope, N, 4e-6, 2e-6);
	}
	mica_close(b.ctx);
}

Test(activations, have_names)
{
	mica_activation a;

	for (int i = 0; i <= MICA_LOG_SOFTMAX; i++) {
		const char *name = mica_activation_name((mica_activation)i);
		cr_assert(name && mica_activation_parse(name, &a) && (int)a == i, "%d", i);
	}
	cr_expect(mica_activation_name((mica_activation)(MICA_LOG_SOFTMAX + 1)) == NULL);
	cr_expect(!mica_activation_parse("relu7", &a));
	cr_expect(!mica_activation_parse(NULL, &a));
}

Test(activations, refuse_what_there_is_not)
{
	bench b = bench_open();
	mica_var x = given(&b, golden_activation_x, MICA_SHAPE(N));

	mica_activate(x, (mica_activation)99);
	cr_expect(mica_graph_status(b.g) == MICA_EINVAL);
	cr_expect(strstr(mica_graph_error(b.g), "99"), "%s", mica_graph_error(b.g));
	mica_close(b.ctx);
}
