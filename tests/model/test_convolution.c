/* SPDX-License-Identifier: MIT */
/* model/test_convolution.c - a network of layers over spatial axes trains as in Keras, with kernels. */
#include "golden/network.h"
#include "model/rig.h"

static mica_model *network(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);
	float w[1000];

	mica_add(m, mica_input(7, 6, 2));
	mica_add(m, mica_conv2d(6, 3, .padding = MICA_SAME, .activation = MICA_RELU));
	mica_add(m, mica_max_pooling2d(2));
	mica_add(m, mica_batch_normalization());
	mica_add(m, mica_depthwise_conv2d(2, .padding = MICA_SAME));
	mica_add(m, mica_conv2d_transpose(5, 3, .strides = {2}, .padding = MICA_SAME, .activation = MICA_RELU));
	mica_add(m, mica_separable_conv2d(4, 2));
	mica_add(m, mica_prelu(.shared_axes = {1, 2}));
	mica_add(m, mica_global_average_pooling2d());
	mica_add(m, mica_dense(3, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.01), .loss = mica_sparse_categorical_crossentropy()));
	uint32_t trained = 0;
	for (size_t i = 0; mica_model_weight(m, i); i++) {
		mica_value *v = mica_model_weight(m, i);
		bool kernel = mica_value_shape(v).rank > 1 && !strstr(mica_value_path(v), "alpha"), state = strstr(mica_value_path(v), "moving");
		spread(w, mica_value_count(v), 70 + trained, 0.6);
		if (kernel)
			OK(mica_value_write(v, w, mica_value_bytes(v)));
		trained += !state;
	}
	return m;
}

Test(convolution, network_has_the_losses_of_keras)
{
	mica_context *ctx = open_any();
	mica_model *m = network(ctx);
	float x[NETWORK_ROWS * 7 * 6 * 2], u[NETWORK_ROWS];
	int32_t labels[NETWORK_ROWS];
	mica_epoch e[NETWORK_STEPS];
	mica_logs scores;

	spread(x, sizeof x / sizeof *x, 60, 1);
	spread(u, NETWORK_ROWS, 61, 1);
	for (size_t i = 0; i < NETWORK_ROWS; i++)
		labels[i] = (int32_t)((u[i] + 1) * 1.5f);
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(NETWORK_ROWS, 7, 6, 2), labels, MICA_I32, MICA_SHAPE(NETWORK_ROWS), 0);
	cr_expect(mica_model_parameters(m) == NETWORK_PARAMETERS, "%zu, Keras has %d", mica_model_parameters(m), NETWORK_PARAMETERS);
	OK(mica_fit(m, d, .epochs = NETWORK_STEPS, .no_shuffle = true, .history = e));
	for (size_t s = 0; s < NETWORK_STEPS; s++)
		cr_expect(near(mica_log(&e[s].logs, "loss"), (double)golden_network[s], 2e-6, 0), "step %zu: loss %.9g, Keras %.9g", s,
		          mica_log(&e[s].logs, "loss"), (double)golden_network[s]);
	OK(mica_evaluate(m, d, &scores));
	double loss = mica_log(&scores, "loss");
	cr_expect(near(loss, (double)golden_network[NETWORK_STEPS], 5e-6, 0), "%.9g, Keras %.9g", loss, (double)golden_network[NETWORK_STEPS]);
	mica_close(ctx);
}
